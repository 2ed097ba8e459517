//! What could not be delivered: listed, tried again, given up.

use axum::Json;
use axum::extract::Path;
use axum::response::Response;
use engine::demarche::Evenement;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Probleme;
use super::appel::{Appel, Cle, Corps, Faite};
use super::operation::{self as description, Operation};
use super::valeurs::{dossier, identifiant, instant};
use crate::acts;
use crate::deliveries::{self, EnAttente};
use crate::routes::{Acces, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/{slug}/api/v1/envois", Acces::Agent, liste)
        .decrite(Operation::lit::<Envois>("envois", "Ce qui n’a pas pu être envoyé, et attend un agent."))
        .post("/{slug}/api/v1/dossiers/{dossier}/envois", Acces::Agent, decide)
        .decrite(
            Operation::lit::<Envois>(
                "decider_envoi",
                "Réessaie un envoi, ou l’abandonne ; ce qui attend encore.",
            )
            .agit(description::Corps::Json(description::corps::<Suite>), 200),
        )
}

/// What waits for an agent.
#[derive(Debug, Serialize, JsonSchema)]
struct Envois {
    envois: Vec<Envoi>,
}

/// A letter, a call, a document that failed too often.
#[derive(Debug, Serialize, JsonSchema)]
struct Envoi {
    #[schemars(schema_with = "identifiant")]
    dossier: String,
    /// Journal entry that decided it.
    entree: i64,
    /// Rank in that entry.
    rang: u16,
    /// What, in words that name nobody.
    quoi: String,
    #[schemars(schema_with = "instant")]
    depuis: String,
    essais: i64,
    /// What the last try said.
    erreur: String,
}

/// What to do with one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Suite {
    entree: i64,
    rang: u16,
    acte: Acte,
    /// Why it is given up.
    #[schemars(length(max = 2000))]
    motif: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Acte {
    Reessayer,
    Abandonner,
}

async fn lus(appel: &Appel) -> Result<Envois, Probleme> {
    let visiteur = &appel.visiteur;
    let commune = &visiteur.commune;
    let liste = deliveries::en_attente(&visiteur.etat, commune, &appel.session.portee).await?;
    let envoi = |e: &EnAttente| Envoi {
        dossier: e.dossier.id.to_string(),
        entree: e.mort.effet.cle.seq,
        rang: e.mort.effet.cle.rang,
        quoi: deliveries::en_mots(commune, &e.mort.effet.sortie),
        depuis: e.mort.mort_le.to_string(),
        essais: e.mort.essais,
        erreur: e.mort.erreur.clone(),
    };
    Ok(Envois { envois: liste.iter().map(envoi).collect() })
}

/// `GET envois`
async fn liste(appel: Appel) -> Result<Json<Envois>, Probleme> {
    lus(&appel).await.map(Json)
}

/// `POST dossiers/{dossier}/envois`
async fn decide(
    appel: Appel,
    Path((_, id)): Path<(String, String)>,
    cle: Cle,
    Corps { lu: corps, demande }: Corps<Suite>,
) -> Result<Response, Probleme> {
    let fait = async {
        let id = dossier(&id)?;
        let (etat, commune) = (&appel.visiteur.etat, &appel.visiteur.commune);
        let portee = &appel.session.portee;
        let Suite { entree, rang, acte, motif } = corps;
        if !deliveries::attend(etat, commune, portee, &id, (entree, rang)).await? {
            return Err(Probleme::introuvable());
        }
        let evenement = match acte {
            Acte::Reessayer => Evenement::RejouerEnvoi { entree, rang },
            Acte::Abandonner => Evenement::AbandonnerEnvoi { entree, rang, motif: motif.unwrap_or_default() },
        };
        acts::agit(etat, commune, portee, &id, &evenement, Some(&cle.d_acte()))
            .await
            .map_err(|e| Probleme::acte(commune, e))?;
        Faite::nouvelle(&lus(&appel).await?, None)
    };
    appel.une_fois(&cle, demande, fait).await
}
