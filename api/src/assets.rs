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

#[derive(RustEmbed)]
#[folder = "modeles_new/"]
struct ModelesNew;

/// What `guichet new` can start from.
pub(crate) fn noms_modeles_new() -> Vec<String> {
    let mut noms: Vec<String> =
        ModelesNew::iter().filter_map(|nom| Some(nom.split_once('/')?.0.to_owned())).collect();
    noms.sort();
    noms.dedup();
    noms
}

/// Path below the town's folder, and text, of each file that `guichet new` writes.
pub(crate) fn modeles_new(modele: &str) -> Vec<(String, String)> {
    let un = |nom: std::borrow::Cow<'static, str>| {
        let chemin = nom.strip_prefix(modele)?.strip_prefix('/')?.to_owned();
        let fichier = ModelesNew::get(&nom)?;
        Some((chemin, String::from_utf8_lossy(&fichier.data).into_owned()))
    };
    let mut fichiers: Vec<(String, String)> = ModelesNew::iter().filter_map(un).collect();
    fichiers.sort();
    fichiers
}

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
        Some((_, "js")) => "text/javascript; charset=utf-8",
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
