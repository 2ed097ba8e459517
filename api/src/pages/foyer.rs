//! « Mon foyer »: who is in it, what is known of each, and how somebody is added or taken away.

use axum::http::StatusCode;
use axum::response::Response;
use engine::decision::Auteur;
use engine::demarche::{Demarche, Dossier};
use engine_store::{FoyerLu, Recents};
use forms::foyer::{self, Lecteur};
use forms::vues::{Lien, PageFoyer};

use super::{Arret, demandes, page};
use crate::routes::{Acces, Routes};
use crate::session::{Parent, Visiteur};

/// Most of the latest requests looked through for those under way: a family adds few people at once.
const DEMANDES: u32 = 50;

pub(super) fn routes() -> Routes {
    Routes::default().get("/{slug}/foyer", Acces::Famille, montre)
}

/// `GET /{slug}/foyer`
async fn montre(parent: Parent) -> Result<Response, Arret> {
    let (visiteur, session) = (&parent.visiteur, &parent.session);
    let (etat, commune) = (&visiteur.etat, &visiteur.commune);
    let panne = |e| Arret::from(etat.panne(&e));
    let FoyerLu { foyer: lu, faits } =
        etat.store.famille(&session.portee, &parent.foyer).await.map_err(panne)?;
    let recents = etat.store.recents(&session.portee, Recents::Tous, None, DEMANDES).await.map_err(panne)?;
    let en_cours: Vec<Dossier> = recents.into_iter().filter(|d| change_le_foyer(visiteur, d)).collect();
    let demandes = demandes::resumes(visiteur, session, &en_cours).await.map_err(panne)?;
    let (Auteur::Parent { personne, .. } | Auteur::AuGuichet { personne, .. }) = session.portee.auteur()
    else {
        return Err(visiteur.a_l_entree().into());
    };
    let connu_au = etat.horloge.maintenant();
    let jour = connu_au.to_zoned(commune.fuseau.clone()).date();
    let lecteur = Lecteur { personne, jour, connu_au };
    let vers = |garde: fn(&Demarche) -> bool| -> Vec<Lien> {
        let gardees = commune.demarches_en_ordre().into_iter().filter(|d| garde(d));
        let lien = |d: &Demarche| Lien {
            titre: d.nom.clone(),
            href: format!("/{}/demarches/{}", visiteur.slug, d.id),
        };
        gardees.map(lien).collect()
    };
    let retirer = vers(retire);
    let vue = PageFoyer {
        cadre: visiteur.cadre("Mon foyer"),
        foyer: lu.as_ref().map(|f| foyer::du_foyer(commune, f, &faits, lecteur)).unwrap_or_default(),
        membres: lu.as_ref().map(|f| foyer::membres(commune, f, &faits, lecteur)).unwrap_or_default(),
        demandes,
        ajouter: vers(Demarche::ajoute_une_personne),
        retrait: format!(
            "Vous ne pouvez pas retirer une personne vous-même : {} le fait pour vous, après vérification.",
            commune.organisme
        ),
        retirer,
    };
    Ok(page(etat, StatusCode::OK, &vue))
}

/// Is it a request under way that adds or takes away somebody?
fn change_le_foyer(visiteur: &Visiteur, dossier: &Dossier) -> bool {
    let demarche = visiteur.etat.demarche_de(&visiteur.commune, &dossier.demarche);
    !dossier.phase.est_finale() && demarche.is_some_and(|d| d.ajoute_une_personne() || retire(d))
}

/// Does it take somebody away: itself, or by an agent, as the words under which families look for it say?
fn retire(demarche: &Demarche) -> bool {
    demarche.retire_une_personne() || demarche.mots.iter().any(|m| m == "retirer")
}
