//! The calendar of one commune: public holidays, school holidays, open days, school days, closures, and why a day is closed.
//!
//! Built once when the commune is loaded, for a span of years; every question outside what is known is an error.

mod definition;
mod feries;
mod jours;
mod vacances;

use jiff::civil::{Date, Weekday};
use thiserror::Error;

pub use definition::{DefinitionCalendrier, Fermeture, RegleJours};
pub use feries::{RegimeFeries, Territoire, feries, paques};
use jours::JoursOuverts;
pub use jours::{Semaine, jours_entre, plus_jours};
pub use vacances::{CalendrierScolaire, Periode, Vacances, Zone};

use crate::date_fr;
use crate::lieu::Lieu;

/// How days are counted in `J-2 ouvres`, `10 jours francs`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Compte {
    /// Every day.
    Civils,
    /// Every day, neither end counted: between `J-6 francs` and J there are six whole days.
    Francs,
    /// The commune's working days.
    Ouvres,
    /// The commune's school days.
    Ecole,
    /// A calendar that the commune names.
    Nomme(Box<str>),
}

impl Compte {
    /// The word of the language; empty for civil days.
    pub fn mot(&self) -> &str {
        match self {
            Self::Civils => "",
            Self::Francs => "francs",
            Self::Ouvres => "ouvres",
            Self::Ecole => "ecole",
            Self::Nomme(nom) => nom,
        }
    }

    /// `jours ouvrés`, for sentences. Singular when `n` is 1.
    pub fn en_mots(&self, n: u32) -> String {
        let s = if n > 1 { "s" } else { "" };
        match self {
            Self::Civils => format!("jour{s}"),
            Self::Francs => format!("jour{s} franc{s}"),
            Self::Ouvres => format!("jour{s} ouvré{s}"),
            Self::Ecole => format!("jour{s} d'école"),
            Self::Nomme(nom) => format!("jour{s} « {} »", nom.replace('_', " ")),
        }
    }
}

/// Why a day is not open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MotifFerme<'a> {
    /// Not one of the calendar's weekdays.
    JourDeSemaine(Weekday),
    /// A public holiday.
    Ferie(&'static str),
    /// School holidays.
    Vacances(&'a Vacances),
    /// The commune closes.
    Fermeture(&'a Fermeture),
}

impl MotifFerme<'_> {
    /// In French, after « fermé : ».
    pub fn en_mots(&self) -> String {
        match self {
            Self::JourDeSemaine(jour) => format!("pas d'ouverture le {}", date_fr::nom_jour(*jour)),
            Self::Ferie(nom) => format!("jour férié ({nom})"),
            Self::Vacances(v) => v.en_mots(),
            Self::Fermeture(f) => f.motif.to_string(),
        }
    }
}

/// A question that the calendar cannot answer, or a definition that it cannot take.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ErreurCalendrier {
    /// Outside the computed years, or counting left them.
    #[error("le {} sort du calendrier calculé (du {} au {})", date_fr::date_courte(*.jour), date_fr::date_courte(*.du), date_fr::date_courte(*.au))]
    HorsCalendrier {
        /// The day asked.
        jour: Date,
        /// First known day.
        du: Date,
        /// Last known day.
        au: Date,
    },
    /// School holidays are not known that day.
    #[error("les vacances scolaires ne sont connues que du {} au {} : le {} n'y est pas", date_fr::date_courte(*.du), date_fr::date_courte(*.au), date_fr::date_courte(*.jour))]
    VacancesInconnues {
        /// The day asked.
        jour: Date,
        /// First known day.
        du: Date,
        /// Last known day.
        au: Date,
    },
    /// No calendar has that name.
    #[error("aucun calendrier ne s'appelle « {nom} »")]
    CalendrierInconnu {
        /// The name asked.
        nom: Box<str>,
    },
    /// Holidays that end before they start.
    #[error("les vacances « {nom} » finissent ({}) avant de commencer ({})", date_fr::date_courte(*.fin), date_fr::date_courte(*.debut))]
    VacancesInversees {
        /// The holiday.
        nom: String,
        /// First day.
        debut: Date,
        /// Last day.
        fin: Date,
    },
    /// Two holidays share a day.
    #[error("les vacances « {a} » et « {b} » se superposent")]
    VacancesSuperposees {
        /// The earlier.
        a: String,
        /// The later.
        b: String,
    },
    /// A holiday outside the span that the list declares.
    #[error("les vacances « {nom} » sortent de la période que la liste couvre (du {} au {})", date_fr::date_courte(*.du), date_fr::date_courte(*.au))]
    VacancesHorsListe {
        /// The holiday.
        nom: String,
        /// First covered day.
        du: Date,
        /// Last covered day.
        au: Date,
    },
    /// A committed data line that does not read.
    #[error("ligne illisible dans les vacances publiées : « {ligne} »")]
    DonneesIllisibles {
        /// The line.
        ligne: String,
    },
    /// The years are reversed, or before 1900 or after 2200.
    #[error("années du calendrier impossibles : de {de} à {a}")]
    Annees {
        /// First year.
        de: i16,
        /// Last year.
        a: i16,
    },
    /// A named calendar takes a word of the language, or a name twice.
    #[error("le nom de calendrier « {nom} » est déjà pris")]
    NomPris {
        /// The name.
        nom: Box<str>,
    },
    /// A closure names a calendar that does not exist.
    #[error("la fermeture « {motif} » vise le calendrier « {nom} », qui n'existe pas")]
    FermetureDInconnu {
        /// The closure.
        motif: Box<str>,
        /// The calendar it names.
        nom: Box<str>,
        /// Where the closure is written.
        lieu: Lieu,
    },
    /// A closure ends before it starts.
    #[error("la fermeture « {motif} » finit ({}) avant de commencer ({})", date_fr::date_courte(*.fin), date_fr::date_courte(*.debut))]
    FermetureInversee {
        /// The closure.
        motif: Box<str>,
        /// First day.
        debut: Date,
        /// Last day.
        fin: Date,
        /// Where it is written.
        lieu: Lieu,
    },
    /// Two closures of one calendar share a day: one of the two dates is wrong.
    #[error("les fermetures « {a} » et « {b} » se superposent le {}", date_fr::date_courte(*.jour))]
    FermeturesSuperposees {
        /// The one that starts first.
        a: Box<str>,
        /// The other.
        b: Box<str>,
        /// First day they share.
        jour: Date,
        /// Where the other is written.
        lieu: Lieu,
    },
}

#[derive(Clone, Debug)]
struct UnCalendrier {
    nom: Box<str>,
    regle: RegleJours,
    jours: JoursOuverts,
}

/// The calendar of one commune over a span of years.
#[derive(Clone, Debug)]
pub struct Calendrier {
    du: Date,
    au: Date,
    feries: Box<[(Date, &'static str)]>,
    scolaire: CalendrierScolaire,
    fermetures: Box<[Fermeture]>,
    ouvres: UnCalendrier,
    ecole: UnCalendrier,
    nommes: Box<[UnCalendrier]>,
}

impl Calendrier {
    /// Computes every open day of the span once; all mistakes of the definition otherwise.
    pub fn construit(definition: DefinitionCalendrier) -> Result<Self, Vec<ErreurCalendrier>> {
        let (de, a) = definition.annees;
        let mut erreurs = definition::verifie(&definition);
        let (Ok(du), Ok(au)) = (Date::new(de, 1, 1), Date::new(a, 12, 31)) else {
            erreurs.push(ErreurCalendrier::Annees { de, a });
            return Err(erreurs);
        };
        if de < 1900 || a > 2200 || a < de {
            erreurs.push(ErreurCalendrier::Annees { de, a });
        }
        if !erreurs.is_empty() {
            return Err(erreurs);
        }
        let feries: Box<[_]> = (de..=a).flat_map(|annee| feries(annee, definition.feries)).collect();
        let tous = RegleJours {
            jours: definition.jours_ouvres,
            sauf_feries: true,
            sauf_vacances: false,
            sauf_fermetures: true,
        };
        let ecole = RegleJours { jours: definition.jours_ecole, sauf_vacances: true, ..tous };
        let (scolaire, fermetures) = (definition.scolaire, definition.fermetures);
        let compte = |nom: &str, regle: RegleJours| {
            let (mut debut, mut fin) = (du, au);
            if regle.sauf_vacances {
                // beyond the published holidays nobody knows which days are school days
                let (connu_du, connu_au) = scolaire.couverture();
                (debut, fin) = (du.max(connu_du), au.min(connu_au));
            }
            let jours = JoursOuverts::compte(debut, fin, |jour| {
                ferme(&regle, nom, jour, &feries, &scolaire, &fermetures).is_none()
            });
            UnCalendrier { nom: nom.into(), regle, jours }
        };
        let nommes = definition.nommes.iter().map(|(nom, regle)| compte(nom, *regle)).collect();
        let (ouvres, ecole) = (compte("ouvres", tous), compte("ecole", ecole));
        Ok(Self { du, au, feries, scolaire, fermetures: fermetures.into(), ouvres, ecole, nommes })
    }

    /// First and last day computed.
    pub fn couverture(&self) -> (Date, Date) {
        (self.du, self.au)
    }

    /// School holidays.
    pub fn scolaire(&self) -> &CalendrierScolaire {
        &self.scolaire
    }

    /// Names of the commune's own calendars.
    pub fn noms(&self) -> impl Iterator<Item = &str> {
        self.nommes.iter().map(|c| &*c.nom)
    }

    /// The name of the public holiday that falls on `jour` (the first, where two do).
    pub fn nom_ferie(&self, jour: Date) -> Result<Option<&'static str>, ErreurCalendrier> {
        self.dans(jour)?;
        Ok(nom_ferie(&self.feries, jour))
    }

    /// Is `jour` a public holiday?
    pub fn est_ferie(&self, jour: Date) -> Result<bool, ErreurCalendrier> {
        Ok(self.nom_ferie(jour)?.is_some())
    }

    /// The weekdays of `jour`'s ISO week that are public holidays (dimension `feries_semaine`).
    pub fn feries_semaine(&self, jour: Date) -> Result<Semaine, ErreurCalendrier> {
        let lundi = lundi_de(jour).ok_or(self.hors(jour))?;
        let mut feries = Vec::new();
        for n in 0..7 {
            let j = plus_jours(lundi, n).ok_or(self.hors(jour))?;
            if self.est_ferie(j)? {
                feries.push(j.weekday());
            }
        }
        Ok(Semaine::de(feries))
    }

    /// School term or named holiday, with its first and last day.
    pub fn periode(&self, jour: Date) -> Result<Periode<'_>, ErreurCalendrier> {
        self.scolaire.periode(jour)
    }

    /// Is it a working day of the commune?
    pub fn est_ouvre(&self, jour: Date) -> Result<bool, ErreurCalendrier> {
        self.est_ouvert(&Compte::Ouvres, jour)
    }

    /// Is it a school day?
    pub fn est_ecole(&self, jour: Date) -> Result<bool, ErreurCalendrier> {
        self.est_ouvert(&Compte::Ecole, jour)
    }

    /// Does `jour` count in that calendar? Civil and clear days always do.
    pub fn est_ouvert(&self, compte: &Compte, jour: Date) -> Result<bool, ErreurCalendrier> {
        match self.calendrier(compte)? {
            None => self.dans(jour).map(|()| true),
            Some(c) => c.jours.est_ouvert(jour).ok_or_else(|| self.inconnu(c, jour)),
        }
    }

    /// Why `jour` is closed in that calendar; `None` when it is open.
    pub fn pourquoi_ferme(
        &self,
        compte: &Compte,
        jour: Date,
    ) -> Result<Option<MotifFerme<'_>>, ErreurCalendrier> {
        let Some(c) = self.calendrier(compte)? else { return self.dans(jour).map(|()| None) };
        c.jours.est_ouvert(jour).ok_or_else(|| self.inconnu(c, jour))?;
        Ok(ferme(&c.regle, &c.nom, jour, &self.feries, &self.scolaire, &self.fermetures))
    }

    /// The n-th counted day strictly before `jour`; `jour` itself when `n` is 0.
    pub fn n_jours_avant(&self, compte: &Compte, jour: Date, n: u32) -> Result<Date, ErreurCalendrier> {
        match self.calendrier(compte)? {
            None => self.civil(jour, -pas(compte, n)),
            Some(c) => c.jours.avant(jour, n).ok_or_else(|| self.inconnu(c, jour)),
        }
    }

    /// The n-th counted day strictly after `jour`; `jour` itself when `n` is 0.
    pub fn n_jours_apres(&self, compte: &Compte, jour: Date, n: u32) -> Result<Date, ErreurCalendrier> {
        match self.calendrier(compte)? {
            None => self.civil(jour, pas(compte, n)),
            Some(c) => c.jours.apres(jour, n).ok_or_else(|| self.inconnu(c, jour)),
        }
    }

    /// The days of `compte` from `de` to `a`, both included. Civil and clear days: all of them.
    pub fn jours(&self, compte: &Compte, de: Date, a: Date) -> Result<Vec<Date>, ErreurCalendrier> {
        let Some(c) = self.calendrier(compte)? else {
            self.dans(de)?;
            self.dans(a)?;
            let tous = std::iter::successors(Some(de), |j| j.tomorrow().ok());
            return Ok(tous.take_while(|j| *j <= a).collect());
        };
        for borne in [de, a] {
            c.jours.est_ouvert(borne).ok_or_else(|| self.inconnu(c, borne))?;
        }
        Ok(c.jours.entre(de, a).to_vec())
    }

    /// The closure that the calendar of that name observes on `jour`.
    pub fn fermeture(&self, nom: &str, jour: Date) -> Option<&Fermeture> {
        self.fermetures.iter().find(|f| f.debut <= jour && jour <= f.fin && f.vise(nom))
    }

    fn calendrier(&self, compte: &Compte) -> Result<Option<&UnCalendrier>, ErreurCalendrier> {
        match compte {
            Compte::Civils | Compte::Francs => Ok(None),
            Compte::Ouvres => Ok(Some(&self.ouvres)),
            Compte::Ecole => Ok(Some(&self.ecole)),
            Compte::Nomme(nom) => match self.nommes.iter().find(|c| c.nom == *nom) {
                Some(c) => Ok(Some(c)),
                None => Err(ErreurCalendrier::CalendrierInconnu { nom: nom.clone() }),
            },
        }
    }

    fn civil(&self, jour: Date, n: i64) -> Result<Date, ErreurCalendrier> {
        let arrivee = plus_jours(jour, n).ok_or_else(|| self.hors(jour))?;
        self.dans(arrivee).map(|()| arrivee)
    }

    fn dans(&self, jour: Date) -> Result<(), ErreurCalendrier> {
        if jour < self.du || jour > self.au { Err(self.hors(jour)) } else { Ok(()) }
    }

    pub(crate) fn hors(&self, jour: Date) -> ErreurCalendrier {
        ErreurCalendrier::HorsCalendrier { jour, du: self.du, au: self.au }
    }

    fn inconnu(&self, calendrier: &UnCalendrier, jour: Date) -> ErreurCalendrier {
        let (du, au) = (calendrier.jours.du, calendrier.jours.au);
        if calendrier.regle.sauf_vacances {
            ErreurCalendrier::VacancesInconnues { jour, du, au }
        } else {
            ErreurCalendrier::HorsCalendrier { jour, du, au }
        }
    }
}

/// Civil days to step for `n` counted ones: a clear day leaves both ends out.
fn pas(compte: &Compte, n: u32) -> i64 {
    match (compte, n) {
        (_, 0) => 0,
        (Compte::Francs, n) => i64::from(n) + 1,
        (_, n) => i64::from(n),
    }
}

/// The Monday of `jour`'s ISO week.
pub fn lundi_de(jour: Date) -> Option<Date> {
    plus_jours(jour, -i64::from(jour.weekday().to_monday_zero_offset()))
}

fn nom_ferie(feries: &[(Date, &'static str)], jour: Date) -> Option<&'static str> {
    let i = feries.partition_point(|(j, _)| *j < jour);
    feries.get(i).filter(|(j, _)| *j == jour).map(|(_, nom)| *nom)
}

/// The first reason for which a calendar is closed; weekday, public holiday, closure, then school holidays.
fn ferme<'a>(
    regle: &RegleJours,
    nom: &str,
    jour: Date,
    feries: &[(Date, &'static str)],
    scolaire: &'a CalendrierScolaire,
    fermetures: &'a [Fermeture],
) -> Option<MotifFerme<'a>> {
    if !regle.jours.contient(jour.weekday()) {
        return Some(MotifFerme::JourDeSemaine(jour.weekday()));
    }
    if regle.sauf_feries
        && let Some(nom) = nom_ferie(feries, jour)
    {
        return Some(MotifFerme::Ferie(nom));
    }
    let vise = |f: &&Fermeture| f.debut <= jour && jour <= f.fin && f.vise(nom);
    if regle.sauf_fermetures
        && let Some(f) = fermetures.iter().find(vise)
    {
        return Some(MotifFerme::Fermeture(f));
    }
    match scolaire.periode(jour) {
        Ok(Periode::Vacances(v)) if regle.sauf_vacances => Some(MotifFerme::Vacances(v)),
        _ => None,
    }
}

/// What expressions and scripts ask of a calendar.
impl crate::fonctions::Hote for Calendrier {
    fn est_ferie(&self, jour: Date) -> Option<bool> {
        self.est_ferie(jour).ok()
    }

    fn est_ecole(&self, jour: Date) -> Option<bool> {
        self.est_ecole(jour).ok()
    }
}

#[cfg(test)]
pub(crate) mod tests;
