//! What a page says of what happened before: the file's story, or why an act did not happen.

use axum::response::Response;
use engine::decision::Agregat;
use engine::demarche::{Changement, DocumentFait, Dossier};
use engine_store::Erreur;
use forms::francais;
use forms::vues::Etape;
use jiff::Timestamp;
use rules::date_fr;

use super::{page_doublon, page_introuvable, page_perimee, page_refus};
use crate::acts::{Echec, Lu};
use crate::session::{Ouverte, Visiteur};
use crate::state::Etat;

/// The steps that the dossier entered, oldest first.
pub(super) async fn chronologie(
    etat: &Etat,
    session: &Ouverte,
    lu: &Lu<'_>,
    dossier: &Dossier,
) -> Result<Vec<Etape>, Erreur> {
    let journal = etat.store.journal(&session.portee, &Agregat::Dossier(dossier.id.clone())).await?;
    let nom = |id: &str| lu.demarche.etape(id).map_or_else(|| id.to_owned(), |e| e.nom.clone());
    let mut etapes = Vec::new();
    let quand = |le: Timestamp| date_fr::instant(le.to_zoned(lu.commune.fuseau.clone()).datetime());
    for lue in &journal {
        for changement in &lue.entree.changements {
            match changement {
                Changement::Entre { etape, le, .. } => {
                    etapes.push(Etape { quand: quand(*le), quoi: nom(etape), href: String::new() });
                }
                Changement::DocumentFait(fait) => {
                    let href = format!("/{}/{}", lu.commune.slug, document(dossier, fait));
                    etapes.push(Etape { quand: quand(fait.le), quoi: fait.titre.clone(), href });
                }
                _ => {}
            }
        }
    }
    Ok(etapes)
}

/// Where a document made about the dossier is read, below the town or the agents' desk.
pub(super) fn document(dossier: &Dossier, fait: &DocumentFait) -> String {
    let rang = dossier.documents.iter().position(|d| (d.entree, d.rang) == (fait.entree, fait.rang));
    format!("dossiers/{}/documents/{}", dossier.id, rang.map_or(1, |r| r + 1))
}

/// The page of an act that did not happen.
pub(super) fn echec(visiteur: &Visiteur, echec: Echec) -> Response {
    match echec {
        Echec::Inconnu => page_introuvable(&visiteur.etat, &visiteur.chemin),
        Echec::Store(Erreur::CleReutilisee) => page_perimee(visiteur),
        Echec::Store(erreur) => visiteur.etat.panne(&erreur),
        Echec::Doublon(refus, dossier) => {
            let lieu = if visiteur.est_agent() { "agent/dossiers" } else { "dossiers" };
            page_doublon(visiteur, &refus.motif, &format!("/{}/{lieu}/{dossier}", visiteur.slug))
        }
        Echec::Refus(refus) if &*refus.regle == "dossier.acces" => {
            page_introuvable(&visiteur.etat, &visiteur.chemin)
        }
        Echec::Refus(refus) => {
            let possible = refus.quand_possible.map(|q| {
                let quand = francais::instant(&q.to_zoned(visiteur.commune.fuseau.clone()));
                format!(" Date à retenir : {quand}.")
            });
            page_refus(visiteur, &format!("{}{}", refus.motif, possible.unwrap_or_default()))
        }
    }
}
