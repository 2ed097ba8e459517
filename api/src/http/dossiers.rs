//! Dossiers: started with their answers, read, acted on by the family or an agent.

use axum::Json;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::decision::Refus;
use engine::demarche::{Champ, Dossier, EtatPiece, Evenement, Phase, Reponses};
use engine::identifiant::{DossierId, PersonneId};
use engine_store::FiltreDossiers;
use forms::formulaire::{Formulaire, Saisie};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Probleme;
use super::appel::{Appel, Cle, Corps};
use crate::acts::{self, Lu};
use crate::routes::{Acces, Routes};

/// Most dossiers of a list.
const NOMBRE: u32 = 200;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/{slug}/api/v1/dossiers", Acces::Connu, liste)
        .post("/{slug}/api/v1/dossiers", Acces::Famille, cree)
        .get("/{slug}/api/v1/dossiers/{id}", Acces::Connu, un)
        .post("/{slug}/api/v1/dossiers/{id}/actions/{action}", Acces::Connu, agit)
}

/// `GET dossiers`: the family's own, or for an agent those that are filed.
async fn liste(appel: Appel) -> Result<Json<Value>, Probleme> {
    let etat = &appel.visiteur.etat;
    let filtre = FiltreDossiers { nombre: NOMBRE, ..FiltreDossiers::default() };
    let resumes = etat.store.dossiers(&appel.session.portee, &filtre).await?;
    let agent = appel.visiteur.est_agent();
    let dossiers: Vec<Value> = resumes
        .iter()
        .filter(|r| !agent || r.phase != Phase::Brouillon)
        .map(|r| {
            json!({
                "id": r.id, "demarche": r.demarche, "numero": r.numero,
                "etape": r.etape, "phase": r.phase, "depuis": r.entree_le,
            })
        })
        .collect();
    Ok(Json(json!({ "dossiers": dossiers })))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nouveau {
    demarche: String,
    enfant: Option<String>,
    #[serde(default)]
    reponses: Map<String, Value>,
}

/// `POST dossiers`: a draft with its answers; documents and filing follow.
async fn cree(appel: Appel, Cle(cle): Cle, Corps(corps): Corps<Nouveau>) -> Result<Response, Probleme> {
    let (etat, commune) = (&appel.visiteur.etat, &appel.visiteur.commune);
    let (portee, foyer) = (&appel.session.portee, appel.foyer()?);
    let demarche = commune.demarche(&corps.demarche).ok_or_else(Probleme::introuvable)?;
    let enfant = match &corps.enfant {
        Some(texte) => Some(PersonneId::lit(texte).map_err(|_| Probleme::introuvable())?),
        None => None,
    };
    let echec = |e| Probleme::acte(commune, e);
    let lu = acts::neuf(etat, commune, portee, demarche, foyer).await.map_err(echec)?;
    let reponses = reponses(&lu, &corps.reponses).map_err(|r| Probleme::refus(commune, &[r]))?;
    let evenement = Evenement::Demarrer { foyer: Some(foyer.clone()), enfant, reponses };
    let id = acts::commet(etat, portee, &lu, &evenement, Some(&cle)).await.map_err(echec)?;
    let lu = acts::lit(etat, commune, portee, &id).await.map_err(echec)?;
    let adresse = format!("/{}/api/v1/dossiers/{id}", commune.slug);
    Ok((StatusCode::CREATED, [(header::LOCATION, adresse)], Json(montre(&appel, &lu)?)).into_response())
}

/// The answers of a form, all at once; a refusal lists every field that is wrong.
fn reponses(lu: &Lu<'_>, objet: &Map<String, Value>) -> Result<Reponses, Refus> {
    let champs: Vec<Champ> = lu.demarche.champs().cloned().collect();
    let refus = |motif: &str, champs| {
        let mut refus = Refus::nouveau(format!("demarche.{}.formulaire", lu.demarche.id), motif);
        refus.champs = champs;
        refus
    };
    if let Some(inconnu) = objet.keys().find(|cle| champs.iter().all(|c| c.id != **cle)) {
        return Err(refus(&format!("Le formulaire n’a pas de champ « {inconnu} »."), Vec::new()));
    }
    let ailleurs = Reponses::default();
    let formulaire = Formulaire {
        champs: &champs,
        conditions: &lu.demarche.champs_conditions,
        valeurs: &lu.valeurs,
        ailleurs: &ailleurs,
        parametres: &lu.parametres,
        hote: lu.commune,
        aujourdhui: lu.aujourdhui,
    };
    formulaire
        .lit(&Saisie::json(objet))
        .complete()
        .map_err(|erreurs| refus("Des réponses manquent ou sont mal écrites.", erreurs))
}

/// `GET dossiers/{id}`
async fn un(appel: Appel, Path((_, id)): Path<(String, String)>) -> Result<Json<Value>, Probleme> {
    let id = DossierId::lit(&id).map_err(|_| Probleme::introuvable())?;
    let commune = &appel.visiteur.commune;
    let lu = acts::lit(&appel.visiteur.etat, commune, &appel.session.portee, &id).await;
    let lu = lu.map_err(|e| Probleme::acte(commune, e))?;
    montre(&appel, &lu).map(Json)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Action {
    motif: Option<String>,
}

/// `POST dossiers/{id}/actions/{action}`: what a button of the dossier's page does.
async fn agit(
    appel: Appel,
    Path((_, id, action)): Path<(String, String, String)>,
    Cle(cle): Cle,
    Corps(corps): Corps<Action>,
) -> Result<Json<Value>, Probleme> {
    let id = DossierId::lit(&id).map_err(|_| Probleme::introuvable())?;
    let (etat, commune) = (&appel.visiteur.etat, &appel.visiteur.commune);
    let portee = &appel.session.portee;
    let evenement = Evenement::Agir { action, motif: corps.motif, reponses: None, vue: None };
    let echec = |e| Probleme::acte(commune, e);
    let id = acts::agit(etat, commune, portee, &id, &evenement, Some(&cle)).await.map_err(echec)?;
    let lu = acts::lit(etat, commune, portee, &id).await.map_err(echec)?;
    montre(&appel, &lu).map(Json)
}

/// A dossier as its reader may see it; an agent sees none before it is filed.
pub(super) fn montre(appel: &Appel, lu: &Lu<'_>) -> Result<Value, Probleme> {
    let dossier: &Dossier = lu.dossier.as_ref().ok_or_else(Probleme::introuvable)?;
    if appel.visiteur.est_agent() && dossier.phase == Phase::Brouillon {
        return Err(Probleme::introuvable());
    }
    let pieces: Vec<Value> = lu
        .pieces
        .iter()
        .map(|p| {
            let recue = dossier.pieces.get(&p.piece);
            let (etat, motif) = match recue.map(|r| &r.etat) {
                None => ("attendue", None),
                Some(EtatPiece::AVerifier) => ("a_verifier", None),
                Some(EtatPiece::Acceptee) => ("acceptee", None),
                Some(EtatPiece::Refusee(motif)) => ("refusee", Some(motif)),
            };
            json!({ "piece": p.piece, "nom": p.nom, "bloque": p.bloque, "etat": etat, "motif": motif })
        })
        .collect();
    let actions: Vec<Value> = lu
        .actions(appel.session.portee.auteur())
        .iter()
        .map(|(a, refus)| {
            json!({ "id": a.id, "nom": a.nom, "possible": refus.is_none(), "raison": refus.as_ref().map(|r| &r.motif) })
        })
        .collect();
    Ok(json!({
        "id": dossier.id,
        "numero": dossier.numero,
        "demarche": dossier.demarche,
        "enfant": dossier.enfant,
        "etape": dossier.etape,
        "etat": lu.demarche.etape(&dossier.etape).map(|e| &e.nom),
        "phase": dossier.phase,
        "depose_le": dossier.depose_le,
        "motif": dossier.motif,
        "reponses": Saisie::de_reponses(&dossier.reponses).objet(),
        "pieces": pieces,
        "actions": actions,
    }))
}
