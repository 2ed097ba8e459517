//! `/_courrier`: the letters that the demonstration did not send.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use engine::identifiant::CommuneSlug;
use forms::vues::{Lettre, Mot, PageCourrier};
use rules::date_fr;

use super::{page, page_introuvable};
use crate::state::Etat;

/// Most letters of a town on the page.
const LETTRES: u32 = 50;

/// `GET /_courrier`
pub(super) async fn courrier(State(etat): State<Arc<Etat>>, uri: Uri) -> Response {
    if !etat.est_demonstration() {
        return page_introuvable(&etat, uri.path());
    }
    let mut lettres = Vec::new();
    for commune in etat.communes.values() {
        let Ok(slug) = CommuneSlug::lit(&commune.slug) else { continue };
        let portee = etat.store.portee_de_commande(&slug, "courrier");
        match etat.store.courriers(&portee, LETTRES).await {
            Ok(siennes) => lettres.extend(siennes.into_iter().map(|l| (l.le, commune, l))),
            Err(erreur) => return etat.panne(&erreur),
        }
    }
    lettres.sort_by_key(|(le, ..)| std::cmp::Reverse(*le));
    let lettres = lettres
        .into_iter()
        .map(|(le, commune, l)| Lettre {
            commune: commune.nom.clone(),
            quand: date_fr::instant(le.to_zoned(commune.fuseau.clone()).datetime()),
            corps: etat
                .liens
                .en_clair(&commune.slug, &l.a, &l.corps)
                .split_inclusive(char::is_whitespace)
                .map(Mot::lit)
                .collect(),
            a: l.a,
            objet: l.objet,
        })
        .collect();
    page(&etat, StatusCode::OK, &PageCourrier { cadre: etat.cadre("Courriels envoyés", uri.path()), lettres })
}
