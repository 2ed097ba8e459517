//! « Mes demandes »: drafts to take up again, and what was sent, the latest first.

use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use engine::demarche::{Cote, Dossier, Phase};
use engine::foyer::FaitsDates;
use engine_store::{Curseur, Erreur, FoyerLu, Recents};
use forms::suivi;
use forms::vues::{PageDemandes, ResumeDossier};
use rules::date_fr;
use serde::Deserialize;

use super::connexion::Retour;
use super::{Arret, page};
use crate::acts;
use crate::facts;
use crate::routes::{Acces, Routes};
use crate::session::{Ouverte, Parent, Visiteur};

/// Requests on a page.
const DEMANDES: u32 = 20;

pub(super) fn routes() -> Routes {
    Routes::default().get("/{slug}/demandes", Acces::Famille, demandes)
}

/// Where the page before ended.
#[derive(Debug, Deserialize)]
struct Suite {
    apres: Option<String>,
}

/// `GET /{slug}/demandes`, and `?apres=` for what was sent before.
async fn demandes(parent: Parent, retour: Retour, Query(suite): Query<Suite>) -> Result<Response, Arret> {
    let visiteur = &parent.visiteur;
    let apres = suite.apres.as_deref().and_then(Curseur::lit);
    let lu = lit(visiteur, &parent.session, apres.as_ref()).await;
    let (brouillons, demandes, suite) = lu.map_err(|e| visiteur.etat.panne(&e))?;
    let mut cadre = visiteur.cadre("Mes demandes");
    cadre.avis = retour.avis();
    let jeton = parent.session.jeton_de_formulaire();
    let vue = PageDemandes { cadre, brouillons, demandes, premiere: apres.is_none(), suite, jeton };
    Ok(page(&visiteur.etat, StatusCode::OK, &vue))
}

/// Drafts (on the first page only), a page of what was sent, and where the next one is.
async fn lit(
    visiteur: &Visiteur,
    session: &Ouverte,
    apres: Option<&Curseur>,
) -> Result<(Vec<ResumeDossier>, Vec<ResumeDossier>, String), Erreur> {
    let store = &visiteur.etat.store;
    let brouillons = match apres {
        None => store.recents(&session.portee, Recents::Brouillons, None, acts::BROUILLONS_MAX).await?,
        Some(_) => Vec::new(),
    };
    // one more than the page, to know whether there is another
    let mut envoyes = store.recents(&session.portee, Recents::Envoyes, apres, DEMANDES + 1).await?;
    let nombre = usize::try_from(DEMANDES).unwrap_or(usize::MAX);
    let encore = envoyes.len() > nombre;
    envoyes.truncate(nombre);
    let suite = envoyes.last().filter(|_| encore);
    let suite = suite.map(|d| format!("/{}/demandes?apres={}", visiteur.slug, Curseur::de(d).texte()));
    let brouillons = resumes(visiteur, session, &brouillons).await?;
    Ok((brouillons, resumes(visiteur, session, &envoyes).await?, suite.unwrap_or_default()))
}

/// A family's requests as its lists show them.
pub(super) async fn resumes(
    visiteur: &Visiteur,
    session: &Ouverte,
    dossiers: &[Dossier],
) -> Result<Vec<ResumeDossier>, Erreur> {
    let Some(foyer) = session.portee.auteur().foyer().filter(|_| !dossiers.is_empty()) else {
        return Ok(Vec::new());
    };
    let FoyerLu { faits, .. } = visiteur.etat.store.famille(&session.portee, foyer).await?;
    // at the counter, another service's files are not this agent's
    let montre = |d: &&Dossier| {
        acts::est_montre(&visiteur.etat, &visiteur.commune, &d.demarche, session.portee.auteur())
    };
    Ok(dossiers.iter().filter(montre).map(|d| resume(visiteur, &faits, d)).collect())
}

fn resume(visiteur: &Visiteur, faits: &FaitsDates, d: &Dossier) -> ResumeDossier {
    let commune = &visiteur.commune;
    let maintenant = visiteur.etat.horloge.maintenant();
    let jour = maintenant.to_zoned(commune.fuseau.clone()).date();
    let prenom = d.enfant.as_ref().map(|e| facts::texte(faits, e, "prenom", jour, maintenant));
    let demarche = visiteur.etat.demarche_de(commune, &d.demarche);
    let etape = demarche.and_then(|m| m.etape(&d.etape));
    let quand = date_fr::date_courte(d.entree_le.to_zoned(commune.fuseau.clone()).date());
    let titre = demarche.map_or_else(|| d.demarche.clone(), |m| m.nom.clone());
    let href = format!("/{}/dossiers/{}", visiteur.slug, d.id);
    let brouillon = d.phase == Phase::Brouillon;
    ResumeDossier {
        titre: match prenom.filter(|p| !p.is_empty()) {
            Some(prenom) => format!("{titre} – {prenom}"),
            None => titre,
        },
        detail: match &d.numero {
            Some(numero) => format!("Dossier {numero}, le {quand}"),
            None => format!("Commencée le {quand}"),
        },
        etat: etape.map_or_else(|| d.phase.libelle().to_owned(), |e| e.nom.clone()),
        genre: suivi::genre(d.phase),
        non_lus: d.suivi.non_lus(Cote::Famille),
        supprimer: if brouillon { format!("{href}/suppression") } else { String::new() },
        href,
    }
}
