//! Templates and static files inside the binary (read from the disk in a debug build).

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../forms/templates/"]
struct Gabarits;

#[derive(RustEmbed)]
#[folder = "statique/"]
struct Statiques;

/// Name and text of each template.
pub(crate) fn gabarits() -> impl Iterator<Item = (String, String)> {
    Gabarits::iter().filter_map(|nom| {
        let fichier = Gabarits::get(&nom)?;
        Some((nom.into_owned(), String::from_utf8_lossy(&fichier.data).into_owned()))
    })
}

/// A word that changes when a static file does: it goes into their addresses, so that browsers keep them for long.
pub(crate) fn version() -> String {
    let mut tout = 0_u64;
    for nom in Statiques::iter() {
        if let Some(fichier) = Statiques::get(&nom) {
            let [a, b, c, d, e, f, g, h, ..] = fichier.metadata.sha256_hash();
            tout = tout.rotate_left(1) ^ u64::from_be_bytes([a, b, c, d, e, f, g, h]);
        }
    }
    format!("{tout:016x}")
}

/// `GET /statique/{fichier}`
pub(crate) async fn statique(Path(fichier): Path<String>) -> Response {
    let genre = match fichier.rsplit_once('.') {
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "svg")) => "image/svg+xml",
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    match Statiques::get(&fichier) {
        Some(contenu) => (
            [(header::CONTENT_TYPE, genre), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")],
            contenu.data.into_owned(),
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
