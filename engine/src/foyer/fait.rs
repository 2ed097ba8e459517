//! A dated, sourced fact: never updated, only closed by a newer one.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use rules::valeur::{Domaine, Valeur};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Sujet;
use crate::identifiant::{AgentId, CompteId, DossierId, FichierId};

/// What a fact, or the answer to a field, is worth. Names are text: a town may reorder its lists without changing what was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValeurFait {
    /// Yes or no.
    Booleen(bool),
    /// One of a list, by its id.
    Choix(String),
    /// A number or an amount in euros; stored as text, exact.
    Nombre(Decimal),
    /// A civil date.
    Date(Date),
    /// A time of day.
    Heure(Time),
    /// A text.
    Texte(String),
    /// Some of a list, by their ids.
    Ensemble(BTreeSet<String>),
    /// A postal address.
    Adresse(Adresse),
}

/// A postal address. The INSEE code, when known, says the zone of residence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adresse {
    /// Number and street.
    pub voie: String,
    /// Building, floor, locality.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complement: Option<String>,
    /// `80400`.
    pub code_postal: String,
    /// Name of the commune.
    pub commune: String,
    /// Its INSEE code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub insee: Option<String>,
}

/// Who said it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceFait {
    /// An accepted dossier.
    Dossier(DossierId),
    /// A document.
    Piece(FichierId),
    /// An agent, at the counter.
    Agent(AgentId),
    /// A file of the town, by its name.
    Import(String),
    /// Whoever holds this account, when they made it.
    Compte(CompteId),
}

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fait {
    /// About whom.
    pub sujet: Sujet,
    /// Name in `donnees.yaml`, without its subject.
    pub fait: String,
    /// Its value.
    pub valeur: ValeurFait,
    /// First day on which it holds.
    pub valable_du: Date,
    /// Last day (included); `None` = until a newer one.
    pub valable_au: Option<Date>,
    /// When the town learned it: the server's instant.
    pub connu_le: Timestamp,
    /// Who said it.
    pub source: SourceFait,
    /// The agent who checked it.
    pub valide_par: Option<AgentId>,
}

/// A value that does not belong to what `donnees.yaml` declares.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stored value of `{fait}` does not belong to its declared domain")]
pub struct ErreurFait {
    /// Which fact.
    pub fait: String,
}

/// All facts of the people that an act concerns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FaitsDates {
    // in the order in which they were learnt
    par_nom: BTreeMap<(Sujet, String), Vec<Fait>>,
}

impl FaitsDates {
    /// From rows, in any order; of two learnt at the same instant, the one given last wins.
    pub fn nouveau(faits: impl IntoIterator<Item = Fait>) -> Self {
        let mut par_nom: BTreeMap<(Sujet, String), Vec<Fait>> = BTreeMap::new();
        for fait in faits {
            par_nom.entry((fait.sujet.clone(), fait.fait.clone())).or_default().push(fait);
        }
        for liste in par_nom.values_mut() {
            liste.sort_by_key(|f| f.connu_le);
        }
        Self { par_nom }
    }

    /// What was known at `connu_au` to hold on `au`: the newest knowledge that covers the day. `None` = absent.
    pub fn valeur(&self, sujet: &Sujet, fait: &str, au: Date, connu_au: Timestamp) -> Option<&Fait> {
        let connus = self.par_nom.get(&(sujet.clone(), fait.to_owned()))?;
        // a newer fact closes the older ones that started before it, even once it is over itself
        let mut ferme: Option<Date> = None;
        for f in connus.iter().rev().filter(|f| f.connu_le <= connu_au && f.valable_du <= au) {
            if ferme.is_none_or(|du| f.valable_du > du) {
                if f.valable_au.is_none_or(|fin| au <= fin) {
                    return Some(f);
                }
                ferme = Some(f.valable_du);
            }
        }
        None
    }

    /// All that is known of one fact, in the order learnt.
    pub fn de(&self, sujet: &Sujet, fait: &str) -> &[Fait] {
        self.par_nom.get(&(sujet.clone(), fait.to_owned())).map_or(&[], Vec::as_slice)
    }

    /// Every fact, by subject and name, then in the order learnt.
    pub fn iter(&self) -> impl Iterator<Item = &Fait> {
        self.par_nom.values().flatten()
    }
}

impl ValeurFait {
    /// Does it say no?
    pub const fn est_non(&self) -> bool {
        matches!(self, Self::Booleen(false))
    }

    /// As rules read it, in a declared domain; `None` when it does not belong to it. Texts and addresses are no dimension.
    pub fn en_valeur(&self, domaine: &Domaine) -> Option<Valeur> {
        match (self, domaine) {
            (Self::Booleen(b), Domaine::Booleen) => Some(Valeur::Booleen(*b)),
            (Self::Choix(c), Domaine::Choix(_)) => domaine.choix(c),
            (Self::Nombre(n), Domaine::Nombre { min, max, .. }) => {
                (min.is_none_or(|m| *n >= m) && max.is_none_or(|m| *n <= m)).then_some(Valeur::Nombre(*n))
            }
            (Self::Date(d), Domaine::Date) => Some(Valeur::Date(*d)),
            (Self::Heure(h), Domaine::Heure) => {
                let minutes = i32::from(h.hour()) * 60 + i32::from(h.minute());
                u16::try_from(minutes).ok().map(Valeur::Heure)
            }
            (Self::Ensemble(noms), Domaine::Ensemble(_)) => noms
                .iter()
                .try_fold(0_u64, |bits, nom| match domaine.choix(nom) {
                    Some(Valeur::Ensemble(bit)) => Some(bits | bit),
                    _ => None,
                })
                .map(Valeur::Ensemble),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identifiant::FoyerId;

    fn fait(du: &str, au: Option<&str>, connu: &str, n: i64) -> Fait {
        Fait {
            sujet: Sujet::Foyer(FoyerId::neuf([1; 16])),
            fait: "quotient".into(),
            valeur: ValeurFait::Nombre(n.into()),
            valable_du: du.parse().unwrap(),
            valable_au: au.map(|d| d.parse().unwrap()),
            connu_le: connu.parse().unwrap(),
            source: SourceFait::Import("reprise".into()),
            valide_par: None,
        }
    }

    #[test]
    fn un_fait_se_lit_a_sa_date_et_a_ce_quon_savait() {
        let faits = FaitsDates::nouveau([
            fait("2025-10-01", None, "2025-10-15T08:00:00Z", 700),
            fait("2025-09-01", Some("2025-12-31"), "2025-08-20T08:00:00Z", 900),
            fait("2025-01-01", None, "2025-01-02T08:00:00Z", 1000),
            // a correction of the past closes nothing that came after
            fait("2025-02-01", Some("2025-02-28"), "2025-10-20T08:00:00Z", 800),
        ]);
        let sujet = Sujet::Foyer(FoyerId::neuf([1; 16]));
        let lit = |au: &str, connu: &str| {
            faits
                .valeur(&sujet, "quotient", au.parse().unwrap(), connu.parse().unwrap())
                .map(|f| f.valeur.clone())
        };
        let n = |n: i64| Some(ValeurFait::Nombre(n.into()));
        assert_eq!(lit("2025-10-05", "2025-10-10T00:00:00Z"), n(900), "what one knew then");
        assert_eq!(lit("2025-10-05", "2025-10-16T00:00:00Z"), n(700), "the newest knowledge");
        assert_eq!(lit("2025-09-05", "2025-10-16T00:00:00Z"), n(900), "before the new one starts");
        assert_eq!(lit("2025-08-31", "2025-10-16T00:00:00Z"), n(1000));
        assert_eq!(
            lit("2026-01-01", "2025-10-10T00:00:00Z"),
            None,
            "past its validity, and the older one stays closed"
        );
        assert_eq!(lit("2025-09-05", "2025-01-01T00:00:00Z"), None, "not yet known");
        assert_eq!(lit("2025-02-10", "2025-10-21T00:00:00Z"), n(800), "the correction");
        assert_eq!(lit("2025-10-10", "2025-10-21T00:00:00Z"), n(700), "which leaves the rest");
        assert_eq!(lit("2025-03-01", "2025-10-21T00:00:00Z"), None, "but closed what it corrects");
    }

    #[test]
    fn une_valeur_hors_du_domaine_nest_pas_une_absence() {
        let domaine = Domaine::Choix(["a".into(), "b".into()].into());
        assert_eq!(ValeurFait::Choix("b".into()).en_valeur(&domaine), Some(Valeur::Choix(1)));
        assert_eq!(ValeurFait::Choix("c".into()).en_valeur(&domaine), None);
        assert_eq!(ValeurFait::Booleen(true).en_valeur(&domaine), None);
    }

    #[test]
    fn un_nombre_est_garde_exact() {
        let texte = serde_json::to_string(&ValeurFait::Nombre("900.50".parse().unwrap())).unwrap();
        assert_eq!(texte, r#"{"nombre":"900.50"}"#);
        let relu: ValeurFait = serde_json::from_str(&texte).unwrap();
        assert_eq!(serde_json::to_string(&relu).unwrap(), texte);
    }
}
