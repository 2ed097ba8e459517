//! What is booked and billed: services, their prestations, and the dated rules that govern them.

mod choix;
mod periodes;
mod regles;

pub use choix::{Combinaison, Etendue, Nombre, Parmi, RegleDeChoix};
pub use periodes::Periodes;
pub use regles::{
    Absence, Acces, Accueil, Annonce, Capacite, Credit, Delai, Evenement, Exige, Facturee, LigneAbsence,
    Limite, NomRegle, NomsRegles, PresenceSansReservation, RegleService, Reservation, Sinon, Verdict,
};

use jiff::civil::Date;
use rules::calendrier::{Calendrier, Compte, ErreurCalendrier, MotifFerme, Periode};
use rules::date_fr::nom_jour;
use rules::echeancier::{Reste, egales};
use rules::lieu::Lieu;
use rules::mesure::Mesure;
use rules::montant::Montant;
use rules::scalaire::{MOIS, Plage};

use crate::commune::{Condition, Texte};

/// A service: restauration, garderie, bus…
#[derive(Clone, Debug)]
pub struct Service {
    /// Identifier, unique in the town.
    pub id: String,
    /// Name shown to families.
    pub nom: String,
    /// The contact (and agents' role) that manages it.
    pub gestionnaire: String,
    /// What is booked and billed.
    pub prestations: Vec<Prestation>,
    /// The days on which it can be booked.
    pub jours: Jours,
    /// What `P` counts from; `None` = no deadline may.
    pub periode_de: Option<Periodes>,
    /// Rules by date of the service day: sorted, each in force until the next one starts.
    pub versions: Vec<(Date, RegleService)>,
    /// Where it is written.
    pub lieu: Lieu,
}

impl Service {
    /// The rules in force on `jour`; `None` before the first version.
    pub fn regles(&self, jour: Date) -> Option<&RegleService> {
        self.versions.iter().rev().find(|(depuis, _)| *depuis <= jour).map(|(_, r)| r)
    }

    /// The prestation of that name.
    pub fn prestation(&self, id: &str) -> Option<&Prestation> {
        self.prestations.iter().find(|p| p.id == id)
    }
}

/// What is booked and billed: a meal, a slot, a day, a trip.
#[derive(Clone, Debug)]
pub struct Prestation {
    /// Identifier, unique in the town.
    pub id: String,
    /// Name shown to families.
    pub nom: String,
    /// Unit of its price: repas, creneau, heure, jour…
    pub unite: String,
    /// How it is priced.
    pub tarif: Tarif,
    /// Free for some, for a time, whatever its tariff.
    pub offerte: Option<Offerte>,
    /// The invoice stream, `None` for `aucune`.
    pub facturation: Option<String>,
    /// Its time slot, when a deadline or a meter needs it.
    pub creneau: Option<Plage>,
    /// The instalments in which its price is called; `None` = at once.
    pub echeancier: Option<Echeancier>,
    /// How attendance is metered.
    pub mesure: Option<Mesure>,
    /// Where it is written.
    pub lieu: Lieu,
}

/// `forfait.echeances`: a price called in equal instalments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Echeancier {
    /// Months, 1 to 12, in the order in which they are called.
    pub mois: Vec<u8>,
    /// Which one takes the centimes that the division leaves.
    pub reste: Reste,
    /// Where it is written.
    pub lieu: Lieu,
}

impl Echeancier {
    /// The instalments of `montant`, each with its month; they add up to it. `None` for a negative amount.
    pub fn de(&self, montant: Montant) -> Option<Vec<(&'static str, Montant)>> {
        let montants = egales(montant, self.mois.len(), self.reste)?;
        let nom = |m: &u8| MOIS.get(usize::from(m.checked_sub(1)?)).copied();
        self.mois.iter().zip(montants).map(|(mois, montant)| Some((nom(mois)?, montant))).collect()
    }
}

/// A gift: `offerte`.
#[derive(Clone, Debug)]
pub struct Offerte {
    /// To whom.
    pub si: Condition,
    /// First service day.
    pub des: Option<Date>,
    /// Last service day, included.
    pub jusqu_a: Option<Date>,
    /// The text that says so.
    pub source: Texte,
    /// Where it is written.
    pub lieu: Lieu,
}

impl Offerte {
    /// Is a service of `jour` within its dates?
    pub fn court(&self, jour: Date) -> bool {
        self.des.is_none_or(|d| d <= jour) && self.jusqu_a.is_none_or(|d| jour <= d)
    }
}

/// How a prestation is priced.
#[derive(Clone, Debug)]
pub enum Tarif {
    /// By a table, named in the town.
    Bareme(String),
    /// Free, as its source says.
    Gratuit(Texte),
}

/// The days on which a service can be booked.
#[derive(Clone, Debug)]
pub struct Jours {
    /// Named calendar of `commune.yaml`.
    pub calendrier: String,
    /// `scolaire`, or named holiday periods; empty = every period.
    pub periodes: Vec<String>,
    /// Days left out: `feries`, `fermetures`.
    pub sauf_feries: bool,
    /// Closures voted by the town.
    pub sauf_fermetures: bool,
    /// Where it is written.
    pub lieu: Lieu,
}

impl Jours {
    /// Is the service open on `jour`? An error when the calendar does not reach it.
    pub fn ouvre(&self, jour: Date, calendrier: &Calendrier) -> Result<bool, ErreurCalendrier> {
        Ok(self.pourquoi_ferme(jour, calendrier)?.is_none())
    }

    /// Why the service is closed on `jour`, in French; `None` when it is open. An error when the calendar does not reach it.
    pub fn pourquoi_ferme(
        &self,
        jour: Date,
        calendrier: &Calendrier,
    ) -> Result<Option<String>, ErreurCalendrier> {
        let compte = match self.calendrier.as_str() {
            "jours_ouvres" => Compte::Ouvres,
            "jours_ecole" => Compte::Ecole,
            nom => Compte::Nomme(nom.into()),
        };
        match calendrier.pourquoi_ferme(&compte, jour)? {
            None => {}
            Some(MotifFerme::JourDeSemaine(j)) => {
                return Ok(Some(format!("il n’ouvre pas le {}", nom_jour(j))));
            }
            Some(motif) => return Ok(Some(motif.en_mots())),
        }
        if self.sauf_feries
            && let Some(nom) = calendrier.nom_ferie(jour)?
        {
            return Ok(Some(MotifFerme::Ferie(nom).en_mots()));
        }
        if self.sauf_fermetures
            && let Some(fermeture) = calendrier.fermeture(&self.calendrier, jour)
        {
            return Ok(Some(fermeture.motif.to_string()));
        }
        if self.periodes.is_empty() {
            return Ok(None);
        }
        let periode = calendrier.periode(jour)?;
        let comprise = self.periodes.iter().any(|p| match &periode {
            Periode::Scolaire { .. } => p == "scolaire",
            Periode::Vacances(v) => p == "vacances" || **p == *v.nom || *p == v.id(),
        });
        Ok(match periode {
            _ if comprise => None,
            Periode::Scolaire { .. } => Some("période scolaire".to_owned()),
            Periode::Vacances(v) => Some(v.en_mots()),
        })
    }
}
