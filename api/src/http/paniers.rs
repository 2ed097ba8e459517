//! Days booked together: all of them or none.

use axum::Json;
use axum::response::Response;
use engine::reservation::Issue;
use rules::montant::Montant;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Probleme;
use super::appel::{Appel, Cle, Corps, Faite};
use super::operation::{self as description, Operation};
use super::reservations::{JourDemande, Reservation, montre};
use super::valeurs::{identifiant, jour};
use crate::basket::{self, Echec, JOURS_MAX, Ligne};
use crate::bookings::{self, Pour};
use crate::routes::{Acces, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .post("/{slug}/api/v1/paniers", Acces::Famille, reserve)
        .decrite(
            Operation::lit::<Panier>("reserver_panier", "Réserve plusieurs jours ensemble : tous, ou aucun.")
                .agit(description::Corps::Json(description::corps::<Demande>), 201),
        )
        .post("/{slug}/api/v1/paniers/devis", Acces::Famille, devis)
        .decrite(Operation {
            corps: description::Corps::Json(description::corps::<Demande>),
            ..Operation::lit::<Devis>(
                "devis_panier",
                "Le prix de plusieurs jours pris ensemble, sans rien réserver.",
            )
        })
}

/// Days to book together.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Demande {
    #[schemars(length(min = 1, max = 62))]
    lignes: Vec<JourDemande>,
}

fn lignes(demande: Demande) -> Result<Vec<Ligne>, Probleme> {
    if demande.lignes.is_empty() || demande.lignes.len() > JOURS_MAX {
        return Err(Probleme::illisible(&format!("Un panier a de 1 à {JOURS_MAX} lignes.")));
    }
    let ligne = |l: JourDemande| l.lit().map(|(enfant, venue)| Ligne { enfant, venue });
    demande.lignes.into_iter().map(ligne).collect()
}

/// What was booked.
#[derive(Debug, Serialize, JsonSchema)]
struct Panier {
    /// In the order of the demand.
    reservations: Vec<Reservation>,
}

/// `POST paniers`
async fn reserve(
    appel: Appel,
    cle: Cle,
    Corps { lu: corps, demande }: Corps<Demande>,
) -> Result<Response, Probleme> {
    let fait = async {
        let (etat, pour) = (&appel.visiteur.etat, appel.pour()?);
        let lignes = lignes(corps)?;
        let ids = basket::reserve(etat, pour, &lignes, &cle.d_acte()).await;
        let ids = ids.map_err(|e| probleme(pour, e))?;
        let mut reservations = Vec::new();
        for id in &ids {
            let une =
                bookings::une(etat, pour, id).await.map_err(|e| Probleme::reservation(pour.commune, e))?;
            reservations.push(montre(&une));
        }
        let adresse = format!("/{}/api/v1/reservations", pour.commune.slug);
        Faite::nouvelle(&Panier { reservations }, Some(adresse))
    };
    appel.une_fois(&cle, demande, fait).await
}

/// What booking them would cost.
#[derive(Debug, Serialize, JsonSchema)]
struct Devis {
    /// In the order of the demand.
    lignes: Vec<LigneDevisee>,
    /// Euros, with two decimals; null when the price of a line is not known.
    total: Option<String>,
}

/// One of them.
#[derive(Debug, Serialize, JsonSchema)]
struct LigneDevisee {
    #[schemars(schema_with = "identifiant")]
    enfant: String,
    prestation: String,
    #[schemars(schema_with = "jour")]
    jour: String,
    /// Euros, with two decimals; null when no text gives it.
    montant: Option<String>,
    /// Why this price, or why none.
    phrases: Vec<String>,
}

/// `POST paniers/devis`: nothing is written.
async fn devis(appel: Appel, Corps { lu: corps, .. }: Corps<Demande>) -> Result<Json<Devis>, Probleme> {
    let (etat, pour) = (&appel.visiteur.etat, appel.pour()?);
    let lignes = lignes(corps)?;
    let lue = basket::lit(etat, pour, &lignes).await.map_err(|e| probleme(pour, e))?;
    let issues = basket::decide(&lue, &lignes).map_err(|r| probleme(pour, Echec::Refus(r)))?;
    let montants: Vec<Option<Montant>> = issues.iter().map(basket::prix).collect();
    let total = montants.iter().try_fold(Montant::centimes(0), |somme, m| somme.plus((*m)?));
    let une = |((ligne, issue), montant): ((&Ligne, &Issue), &Option<Montant>)| LigneDevisee {
        enfant: ligne.enfant.to_string(),
        prestation: ligne.venue.prestation.clone(),
        jour: ligne.venue.jour.to_string(),
        montant: montant.map(|m| m.en_euros().to_string()),
        phrases: basket::phrases(issue),
    };
    let lignes = lignes.iter().zip(&issues).zip(&montants).map(une).collect();
    Ok(Json(Devis { lignes, total: total.map(|m| m.en_euros().to_string()) }))
}

/// Why a basket was not booked: what refuses each line is told under its rank.
fn probleme(pour: Pour<'_>, echec: Echec) -> Probleme {
    match echec {
        Echec::Inconnu => Probleme::introuvable(),
        Echec::Store(erreur) => erreur.into(),
        Echec::Refus(refus) => Probleme::refus_par_ligne(pour.commune, &refus),
    }
}
