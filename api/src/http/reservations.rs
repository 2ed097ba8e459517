//! Booked days.

use axum::Json;
use axum::extract::Path;
use axum::response::Response;
use engine::decision::EtatReservation;
use engine::identifiant::{PersonneId, ReservationId};
use engine::reservation::{Acte, Venue};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Probleme;
use super::appel::{Appel, Apres, Cle, Corps, Faite};
use super::operation::{self as description, Operation};
use super::valeurs::{Jour, identifiant, instant, jour, objet};
use crate::bookings::{self, Echec, Reservee};
use crate::routes::{Acces, Routes};

/// Most days of a page.
const NOMBRE: usize = 100;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/{slug}/api/v1/reservations", Acces::Famille, liste)
        .decrite(
            Operation::lit::<Reservations>("reservations", "Les jours réservés du foyer, annulés compris.")
                .requete::<Depuis>(),
        )
        .post("/{slug}/api/v1/reservations", Acces::Famille, reserve)
        .decrite(
            Operation::lit::<Reservation>("reserver", "Réserve un jour pour un enfant.")
                .agit(description::Corps::Json(description::corps::<JourDemande>), 201),
        )
        .get("/{slug}/api/v1/reservations/{reservation}", Acces::Famille, lit)
        .decrite(Operation::lit::<Reservation>("reservation", "Un jour réservé."))
        .delete("/{slug}/api/v1/reservations/{reservation}", Acces::Famille, annule)
        .decrite(Operation {
            corps: description::Corps::JsonOuRien(description::corps::<Motif>),
            ..Operation::lit::<Reservation>("annuler", "Annule un jour ; déjà annulé, il le reste.")
        })
}

/// Which part of the list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Depuis {
    /// From which day on; today by default.
    depuis: Option<Jour>,
    /// The `suite` of the page before.
    #[schemars(length(max = 100), regex(pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9a-hjkmnp-tv-z]{26}$"))]
    apres: Option<String>,
}

/// A page of booked days.
#[derive(Debug, Serialize, JsonSchema)]
struct Reservations {
    reservations: Vec<Reservation>,
    /// The `apres` of the next page; null = this is the last.
    suite: Option<String>,
}

/// `GET reservations?depuis=2025-09-01`: from today on by default, cancelled days too.
async fn liste(
    appel: Appel,
    Apres(Depuis { depuis, apres }): Apres<Depuis>,
) -> Result<Json<Reservations>, Probleme> {
    let (etat, commune) = (&appel.visiteur.etat, &appel.visiteur.commune);
    let aujourdhui = commune.fuseau.to_datetime(etat.horloge.maintenant()).date();
    // « 2025-09-04-01h… »: the last day of the page before, and its booking
    let place = match &apres {
        None => None,
        Some(texte) => Some(
            curseur(texte)
                .ok_or_else(|| Probleme::illisible("« apres » est la « suite » d’une page précédente."))?,
        ),
    };
    let depuis = place.as_ref().map(|(jour, _)| *jour).or(depuis.map(|Jour(jour)| jour));
    let toutes = bookings::liste(etat, appel.pour()?, depuis.unwrap_or(aujourdhui)).await?;
    // a household's days of two years at most: the page is taken from them here
    let debut = match &place {
        None => 0,
        Some((_, id)) => toutes.iter().position(|r| r.faite.id == *id).map_or(0, |n| n + 1),
    };
    let page: Vec<Reservation> = toutes.iter().skip(debut).take(NOMBRE).map(montre).collect();
    let encore = toutes.len() > debut + page.len();
    let suite = page.last().filter(|_| encore).map(|r| format!("{}-{}", r.jour, r.id));
    Ok(Json(Reservations { reservations: page, suite }))
}

fn curseur(texte: &str) -> Option<(jiff::civil::Date, ReservationId)> {
    let (jour, id) = texte.rsplit_once('-')?;
    Some((jour.parse().ok()?, ReservationId::lit(id).ok()?))
}

/// A day to book.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct JourDemande {
    #[schemars(schema_with = "identifiant")]
    enfant: String,
    prestation: String,
    jour: Jour,
    /// The town's booking mode, where it has some.
    mode: Option<String>,
}

impl JourDemande {
    /// Who comes, where and when.
    pub(super) fn lit(self) -> Result<(PersonneId, Venue), Probleme> {
        let enfant = PersonneId::lit(&self.enfant).map_err(|_| Probleme::introuvable())?;
        Ok((enfant, Venue { mode: self.mode, ..Venue::simple(&self.prestation, self.jour.0) }))
    }
}

/// `POST reservations`
async fn reserve(
    appel: Appel,
    cle: Cle,
    Corps { lu: corps, demande }: Corps<JourDemande>,
) -> Result<Response, Probleme> {
    let fait = async {
        let (etat, pour) = (&appel.visiteur.etat, appel.pour()?);
        let (enfant, venue) = corps.lit()?;
        let echec = |e| Probleme::reservation(pour.commune, e);
        let acte = Acte::Reserver(venue);
        let id = bookings::agit(etat, pour, &enfant, &acte, Some(&cle.d_acte())).await.map_err(echec)?;
        let une = bookings::une(etat, pour, &id).await.map_err(echec)?;
        let adresse = format!("/{}/api/v1/reservations/{id}", pour.commune.slug);
        Faite::nouvelle(&montre(&une), Some(adresse))
    };
    appel.une_fois(&cle, demande, fait).await
}

/// `GET reservations/{reservation}`
async fn lit(appel: Appel, Path((_, id)): Path<(String, String)>) -> Result<Json<Reservation>, Probleme> {
    let (etat, pour) = (&appel.visiteur.etat, appel.pour()?);
    let id = ReservationId::lit(&id).map_err(|_| Probleme::introuvable())?;
    let une = bookings::une(etat, pour, &id).await.map_err(|e| Probleme::reservation(pour.commune, e))?;
    Ok(Json(montre(&une)))
}

/// Why a day is given back: a word of the town's. In the body: an address is written in logs.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Motif {
    #[schemars(length(max = 200))]
    motif: Option<String>,
}

/// `DELETE reservations/{reservation}`: a day that is cancelled stays so, however often, and at once, it is asked.
async fn annule(
    appel: Appel,
    Path((_, id)): Path<(String, String)>,
    Corps { lu: corps, .. }: Corps<Option<Motif>>,
) -> Result<Json<Reservation>, Probleme> {
    let (etat, pour) = (&appel.visiteur.etat, appel.pour()?);
    let id = ReservationId::lit(&id).map_err(|_| Probleme::introuvable())?;
    let echec = |e| Probleme::reservation(pour.commune, e);
    let une = bookings::une(etat, pour, &id).await.map_err(echec)?;
    if une.faite.etat == EtatReservation::Ferme {
        let acte = bookings::annulation(&une.faite, corps.unwrap_or_default().motif);
        let fait = bookings::agit(etat, pour, &une.faite.enfant, &acte, None).await;
        let une = bookings::une(etat, pour, &id).await.map_err(echec)?;
        return match fait {
            // another copy of the same demand came first: it is cancelled, which is what was asked
            Err(Echec::Refus(_)) if une.faite.etat != EtatReservation::Ferme => Ok(Json(montre(&une))),
            Err(erreur) => Err(echec(erreur)),
            Ok(_) => Ok(Json(montre(&une))),
        };
    }
    Ok(Json(montre(&une)))
}

/// A booked day.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Reservation {
    #[schemars(schema_with = "identifiant")]
    id: String,
    #[schemars(schema_with = "identifiant")]
    enfant: String,
    prestation: String,
    #[schemars(schema_with = "jour")]
    jour: String,
    mode: Option<String>,
    /// The town's delay that it met.
    delai: String,
    /// The server's instant of the request.
    #[schemars(schema_with = "instant")]
    recu_le: String,
    /// `ferme`, `annulee`
    etat: &'static str,
    /// What the family had announced, by the town's delays, when it is cancelled.
    annonce: Option<String>,
    /// Null when no text gives the price.
    prix: Option<Prix>,
}

/// What was told of a price.
#[derive(Debug, Serialize, JsonSchema)]
struct Prix {
    /// Euros, with two decimals.
    montant: String,
    phrase: String,
    /// File and line of the tariff.
    lieu: Option<String>,
    /// The vote, or the document.
    source: Option<String>,
    #[schemars(schema_with = "objet")]
    trace: Value,
}

pub(super) fn montre(une: &Reservee) -> Reservation {
    let faite = &une.faite;
    let (etat, annonce) = match &faite.etat {
        EtatReservation::Ferme => ("ferme", None),
        EtatReservation::SansReservation => ("sans_reservation", None),
        EtatReservation::Annulee { annonce, .. } => ("annulee", Some(annonce.clone())),
    };
    let texte = |trace: &Value, cle: &str| trace.get(cle).and_then(Value::as_str).map(str::to_owned);
    let prix = une.ligne.as_ref().map(|l| Prix {
        montant: l.montant.en_euros().to_string(),
        phrase: l.phrase.clone(),
        lieu: texte(&l.trace, "lieu"),
        source: texte(&l.trace, "source"),
        trace: l.trace.clone(),
    });
    Reservation {
        id: faite.id.to_string(),
        enfant: faite.enfant.to_string(),
        prestation: faite.prestation.clone(),
        jour: faite.jour.to_string(),
        mode: faite.mode.clone(),
        delai: faite.delai.clone(),
        recu_le: faite.recu_le.to_string(),
        etat,
        annonce,
        prix,
    }
}
