//! Compulsory combinations, judged on what the child would have once the act is done.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use rules::calendrier::{lundi_de, plus_jours};
use rules::date_fr::{date_longue, nom_jour};

use super::echeance::Cadre;
use super::{Etat, Venue, jour, phrases};
use crate::annee;
use crate::decision::{EtatReservation, Refus};
use crate::service::{Combinaison, Etendue, Nombre, Parmi, RegleDeChoix, RegleService};

/// The rules of choice that refuse. `etat` already holds the other days of the same basket.
pub(super) fn refus(
    cadre: &Cadre<'_>,
    regles: &RegleService,
    etat: &Etat<'_>,
    venue: &Venue,
    recu_le: Timestamp,
) -> Vec<Refus> {
    if regles.choix.is_empty() {
        return Vec::new();
    }
    let valeurs = match cadre.valeurs(etat, venue.mode.as_deref(), venue.jour, recu_le) {
        Ok(v) => v,
        Err(refus) => return refus,
    };
    let examen = Examen { cadre, etat, venue };
    let un = |regle: &RegleDeChoix| {
        let raison = match regle.si.tient(&valeurs.faits(), cadre.commune) {
            Ok(false) => return None,
            Ok(true) => examen.raison(&regle.combinaison)?,
            Err(e) => format!("la règle ne peut pas être lue ({e})"),
        };
        let refus = Refus::nouveau(regle.id.as_str(), phrases::impossible(phrases::RESERVATION, &raison));
        Some(phrases::avec_message(refus.lieu(regle.lieu), regle.message.as_ref()))
    };
    regles.choix.iter().filter_map(un).collect()
}

/// First and last day of the bookings that the rules of choice of `jour` read; `None`: that day is enough.
pub(super) fn jours_lus(cadre: &Cadre<'_>, regles: &RegleService) -> Option<(Date, Date)> {
    let lus = |c: &Combinaison| match c {
        Combinaison::Exige { .. } | Combinaison::Exclut { .. } | Combinaison::FratrieEnsemble => None,
        Combinaison::JoursParSemaine(_) | Combinaison::SemaineEntiere => Some(Etendue::Semaine),
        Combinaison::JoursFixes(_) => Some(Etendue::Periode),
        Combinaison::Jours { par, .. } | Combinaison::Laisse { par, .. } => Some(*par),
    };
    let bornes = regles.choix.iter().filter_map(|r| lus(&r.combinaison)).filter_map(|e| bornes(cadre, e));
    bornes.reduce(|(de, a), (d, f)| (de.min(d), a.max(f)))
}

/// First and last day counted together with the service day. `None`: the calendar does not say.
fn bornes(cadre: &Cadre<'_>, etendue: Etendue) -> Option<(Date, Date)> {
    let jour = cadre.jour;
    match etendue {
        Etendue::Semaine => {
            let lundi = lundi_de(jour)?;
            Some((lundi, plus_jours(lundi, 6)?))
        }
        Etendue::Mois => Some((jour.first_of_month(), jour.last_of_month())),
        Etendue::Periode => cadre.service.periode_de.as_ref()?.bornes(jour, &cadre.commune.calendrier),
        Etendue::AnneeScolaire => annee::bornes(cadre.commune, jour),
    }
}

fn en_mots(etendue: Etendue) -> &'static str {
    match etendue {
        Etendue::Semaine => "dans la semaine",
        Etendue::Mois => "dans le mois",
        Etendue::Periode => "sur la période",
        Etendue::AnneeScolaire => "sur l’année scolaire",
    }
}

struct Examen<'a> {
    cadre: &'a Cadre<'a>,
    etat: &'a Etat<'a>,
    venue: &'a Venue,
}

impl Examen<'_> {
    fn nom(&self, prestation: &str) -> String {
        let commune = self.cadre.commune;
        commune.prestation(prestation).map_or(prestation.to_owned(), |(_, p)| p.nom.clone())
    }

    /// Would the child have that prestation that day?
    fn a(&self, prestation: &str, jour: Date) -> bool {
        (self.venue.prestation == prestation && self.venue.jour == jour)
            || self.etat.reservee(prestation, jour).is_some()
    }

    /// The days between two dates on which the child would have something of the service (or that prestation of it).
    fn jours(&self, (de, a): (Date, Date), prestation: Option<&str>) -> BTreeSet<Date> {
        let service = self.cadre.service;
        let siennes = |p: &str| prestation.map_or(service.prestation(p).is_some(), |q| p == q);
        let faites = self.etat.reservations.iter();
        let faites = faites.filter(|r| r.enfant == self.etat.enfant && r.etat == EtatReservation::Ferme);
        faites
            .map(|r| (r.prestation.as_str(), r.jour))
            .chain(std::iter::once((self.venue.prestation.as_str(), self.venue.jour)))
            .filter(|(p, jour)| siennes(p) && de <= *jour && *jour <= a)
            .map(|(_, jour)| jour)
            .collect()
    }

    fn ouverts(&self, (de, a): (Date, Date)) -> Vec<Date> {
        let jours = std::iter::successors(Some(de), |j| j.tomorrow().ok()).take_while(|j| *j <= a);
        jours.filter(|j| jour::pourquoi_ferme(self.cadre.commune, self.cadre.service, *j).is_none()).collect()
    }

    /// Why the combination does not hold; `None` when it does.
    fn raison(&self, combinaison: &Combinaison) -> Option<String> {
        match combinaison {
            Combinaison::Exige { avec, prestation } => self.exige(avec.as_deref(), prestation),
            Combinaison::Exclut { avec, prestation } => self.exclut(avec.as_deref(), prestation),
            Combinaison::JoursParSemaine(n) => self.par_semaine(*n),
            Combinaison::SemaineEntiere => self.semaine_entiere(),
            Combinaison::JoursFixes(n) => self.jours_fixes(*n),
            Combinaison::Jours { n, par } => {
                let jours = self.dans(*par, |b| self.jours(b, None));
                self.compte(
                    *n,
                    jours.map(|j| j.len()),
                    &format!("{} de {}", "jours", self.cadre.service.nom),
                    *par,
                )
            }
            Combinaison::Laisse { n, parmi, par } => self.laisse(*n, parmi, *par),
            Combinaison::FratrieEnsemble => self.fratrie(),
        }
    }

    fn dans<T>(&self, par: Etendue, de: impl FnOnce((Date, Date)) -> T) -> Option<T> {
        bornes(self.cadre, par).map(de)
    }

    fn compte(&self, n: Nombre, jours: Option<usize>, quoi: &str, par: Etendue) -> Option<String> {
        let Some(jours) = jours else {
            return Some(format!("le calendrier ne dit pas où finit cette période ({})", en_mots(par)));
        };
        let compte = u32::try_from(jours).unwrap_or(u32::MAX);
        (!n.comprend(compte))
            .then(|| format!("il faut {} {quoi} {}, et cela ferait {compte}", n.en_mots(), en_mots(par)))
    }

    fn exige(&self, avec: Option<&str>, prestation: &str) -> Option<String> {
        let concerne = avec.map_or(self.venue.prestation != prestation, |a| self.venue.prestation == a);
        if !concerne || self.a(prestation, self.venue.jour) {
            return None;
        }
        let (avec, prestation) = (self.nom(&self.venue.prestation), self.nom(prestation));
        let le = date_longue(self.venue.jour);
        Some(format!("« {avec} » se réserve avec « {prestation} » : ajoutez « {prestation} » le {le}"))
    }

    fn exclut(&self, avec: Option<&str>, prestation: &str) -> Option<String> {
        let le = date_longue(self.venue.jour);
        let Some(avec) = avec else {
            let concerne = self.venue.prestation == prestation;
            return concerne.then(|| format!("« {} » ne se réserve pas le {le}", self.nom(prestation)));
        };
        let autre = match self.venue.prestation.as_str() {
            p if p == avec => prestation,
            p if p == prestation => avec,
            _ => return None,
        };
        let ensemble = self.a(autre, self.venue.jour);
        ensemble.then(|| {
            format!("« {} » et « {} » ne vont pas ensemble le {le}", self.nom(avec), self.nom(prestation))
        })
    }

    /// A week with fewer open days than required is taken whole.
    fn par_semaine(&self, n: Nombre) -> Option<String> {
        let compte = self.dans(Etendue::Semaine, |b| (self.jours(b, None).len(), self.ouverts(b).len()));
        let (jours, ouverts) = compte?;
        let de = n.de.min(u32::try_from(ouverts).unwrap_or(u32::MAX));
        let quoi = format!("jours de {}", self.cadre.service.nom);
        self.compte(Nombre { de, ..n }, Some(jours), &quoi, Etendue::Semaine)
    }

    fn semaine_entiere(&self) -> Option<String> {
        let bornes = bornes(self.cadre, Etendue::Semaine)?;
        let pris = self.jours(bornes, Some(&self.venue.prestation));
        let manque = self.ouverts(bornes).into_iter().find(|j| !pris.contains(j))?;
        let nom = self.nom(&self.venue.prestation);
        Some(format!("« {nom} » se réserve à la semaine entière : il manque le {}", date_longue(manque)))
    }

    fn jours_fixes(&self, n: Nombre) -> Option<String> {
        let differents = self.dans(Etendue::Periode, |b| {
            let jours = self.jours(b, None).into_iter();
            jours.map(|j| j.weekday().to_monday_zero_offset()).collect::<BTreeSet<i8>>()
        });
        let quoi = "jours de la semaine différents";
        self.compte(n, differents.map(|d| d.len()), quoi, Etendue::Periode)
    }

    fn laisse(&self, n: Nombre, parmi: &Parmi, par: Etendue) -> Option<String> {
        let (quoi, du): (String, Option<Weekday>) = match parmi {
            Parmi::JourDeSemaine(j) if self.venue.jour.weekday() != *j => return None,
            Parmi::JourDeSemaine(j) => (format!("{}s libres", nom_jour(*j)), Some(*j)),
            Parmi::Prestation(p) if self.venue.prestation != *p => return None,
            Parmi::Prestation(p) => (format!("jours sans « {} »", self.nom(p)), None),
        };
        let prestation = match parmi {
            Parmi::Prestation(p) => Some(p.as_str()),
            Parmi::JourDeSemaine(_) => None,
        };
        let libres = self.dans(par, |b| {
            let pris = self.jours(b, prestation);
            let ouverts = self.ouverts(b).into_iter().filter(|j| du.is_none_or(|d| j.weekday() == d));
            ouverts.filter(|j| !pris.contains(j)).count()
        });
        self.compte(n, libres, &quoi, par)
    }

    fn fratrie(&self) -> Option<String> {
        let (service, jour) = (self.cadre.service, self.venue.jour);
        let inscrits = (0_u32..).zip(&self.etat.famille.enfants);
        let freres = inscrits.filter(|(n, e)| *n != self.etat.numero && e.inscrit_a.contains(&service.id));
        let vient = |n: u32| {
            let siens = self.etat.autres.iter().filter(|a| a.enfant == n && a.jour == jour);
            siens.filter(|a| !a.circonstances.absent).any(|a| a.prestation == self.venue.prestation)
        };
        let manquent = freres.filter(|(n, _)| !vient(*n)).count();
        let nom = self.nom(&self.venue.prestation);
        (manquent > 0).then(|| {
            format!(
                "les frères et sœurs viennent ensemble à « {nom} » : réservez le {} pour tous",
                date_longue(jour)
            )
        })
    }
}
