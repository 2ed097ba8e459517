//! How a kept document is sent: to be saved; a photograph that we wrote may be shown.

use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};

use super::Format;

/// The answer; `nom` is ours, never its sender's.
pub(crate) fn envoie(octets: Vec<u8>, nom: &str, montre: bool) -> Option<Response> {
    let format = Format::reconnu(&octets)?;
    let comment = if montre && format.est_image() { "inline" } else { "attachment" };
    let disposition = format!("{comment}; filename=\"{nom}.{}\"", format.extension());
    let entetes = [
        (CONTENT_TYPE, format.mime().to_owned()),
        (CONTENT_DISPOSITION, disposition),
        (CACHE_CONTROL, "no-store".to_owned()),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'; frame-ancestors 'none'".to_owned()),
    ];
    Some((entetes, Body::from(octets)).into_response())
}
