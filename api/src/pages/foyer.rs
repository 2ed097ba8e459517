//! « Mon foyer »: who is in it, what is known of each, and how somebody is added or taken away.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use axum::response::Response;
use engine::decision::Auteur;
use engine::demarche::{Demarche, Dossier};
use engine::identifiant::PersonneId;
use engine_store::{EtatRapprochement, FoyerLu, Rapprochement, Recents};
use forms::foyer::{self, Lecteur};
use forms::vues::{Lien, MembreVu, PageFoyer};

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
    let lecteur = Lecteur { personne: Some(personne), caches: &BTreeSet::new(), jour, connu_au };
    let rapprochements =
        etat.store.rapprochements_du_foyer(&session.portee, &parent.foyer).await.map_err(panne)?;
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
        membres: lu
            .as_ref()
            .map(|f| foyer::membres(commune, f, &faits, lecteur))
            .unwrap_or_default()
            .into_iter()
            .map(|(membre, vu)| {
                let nom = |qui: &PersonneId| foyer::nom(&faits, qui, lecteur);
                let mut dits = vec![note(&commune.organisme, &rapprochements, &membre.personne, nom)];
                // its weeks are said by the household, to whoever may read the household
                let sien = lu.as_ref().filter(|f| f.montre_a(personne));
                dits.extend(sien.and_then(|f| foyer::garde(commune, f, &faits, &membre.personne, lecteur)));
                dits.retain(|d| !d.is_empty());
                MembreVu { note: dits.join(" "), ..vu }
            })
            .collect(),
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

/// What a merge says of somebody: the same as one whom the town knew, or perhaps.
fn note(
    organisme: &str,
    rapprochements: &[Rapprochement],
    personne: &PersonneId,
    nom: impl Fn(&PersonneId) -> String,
) -> String {
    let attend = |r: &&Rapprochement| r.etat == EtatRapprochement::EnAttente && r.declaree == *personne;
    if let Some(question) = rapprochements.iter().find(attend) {
        return format!(
            "Vous avez déclaré cette personne, et {organisme} connaît déjà {} : le service vérifie s’il s’agit de la même. Rien n’est perdu en attendant.",
            nom(&question.connue)
        );
    }
    let meme = |r: &&Rapprochement| r.etat == EtatRapprochement::Meme && r.connue == *personne;
    if rapprochements.iter().any(|r| meme(&r)) {
        return format!(
            "{organisme} connaissait déjà cette personne, que vous avez aussi déclarée : elle n’a qu’une fiche.",
            organisme = majuscule(organisme)
        );
    }
    String::new()
}

fn majuscule(texte: &str) -> String {
    let mut lettres = texte.chars();
    lettres.next().map(|l| l.to_uppercase().chain(lettres).collect()).unwrap_or_default()
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
