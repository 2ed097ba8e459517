//! LIM01, LIM02, LIM04, LIM05: every deadline is computed over a real school year, and what it gives is looked at.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use rules::calendrier::Compte;
use rules::faits::Symboles;
use rules::lieu::Lieu;
use rules::limite::{Fenetre, Limite};
use rules::repere::{
    Ancre, Contexte, Echeance, ErreurCalcul, SiJourFerme, Signalement, Verbe, premier_instant,
};
use rules::scalaire::Heure;
use rules::table::Table;

use super::Examen;
use super::annee::{self, JourLu};
use crate::definition::raw::service::{RawReservation, RawService};
use crate::definition::raw::valeurs::RawReservationOuAucune;
use crate::definition::source::Span;
use crate::diagnostic::{Diagnostic, Gravite, codes};
use crate::service::{Prestation, RegleService, Service, Verdict};

/// Every service, version by version.
pub(super) fn controle(examen: &Examen<'_>, sortie: &mut Vec<Diagnostic>) {
    let commune = examen.commune;
    let (_, connu_au) = commune.calendrier.scolaire().couverture();
    let mut lus: BTreeMap<Date, JourLu> = BTreeMap::new();
    for (service, raw) in commune.services.iter().zip(&examen.fichiers.services) {
        for (i, (depuis, regles)) in service.versions.iter().enumerate() {
            let Some((du, au)) = annee::jours_de(commune, service, i) else { continue };
            let ouvert = |j: &Date| service.jours.ouvre(*j, &commune.calendrier).unwrap_or(false);
            let jours: Vec<Date> = annee::jours(du, au.min(connu_au)).filter(ouvert).collect();
            for jour in &jours {
                lus.entry(*jour).or_insert_with(|| JourLu::lit(commune, *jour));
            }
            let un = Un { examen, service, regles, raw, depuis: *depuis, jours: &jours, lus: &lus };
            un.controle(sortie);
        }
    }
}

struct Un<'a> {
    examen: &'a Examen<'a>,
    service: &'a Service,
    regles: &'a RegleService,
    raw: &'a RawService,
    depuis: Date,
    jours: &'a [Date],
    lus: &'a BTreeMap<Date, JourLu>,
}

/// What one row of limits gives over the year.
#[derive(Default)]
struct Releve {
    apres_le_service: Vec<Date>,
    ferme: Vec<Date>,
    heures: Vec<Date>,
    quantieme: Vec<Date>,
    ouvres: Vec<Date>,
    erreur: Option<ErreurCalcul>,
}

impl Un<'_> {
    fn controle(&self, sortie: &mut Vec<Diagnostic>) {
        let Some(reservation) = &self.regles.reservation else { return };
        // latest instant of each day at which one may still book, or announce an absence
        let (mut reserve, mut annule) = (BTreeMap::new(), BTreeMap::new());
        let mut fermes: Vec<(Date, Span)> = Vec::new();
        for delai in &reservation.delais {
            self.table(&delai.limite, true, &mut reserve, &mut fermes, sortie);
        }
        for annonce in self.regles.absence.iter().flat_map(|a| &a.annonces) {
            self.table(&annonce.limite, false, &mut annule, &mut fermes, sortie);
        }
        self.jour_ferme(&fermes, sortie);
        self.avant_l_ouverture(&reserve, sortie);
        self.annulation(&reserve, &annule, sortie);
    }

    fn contexte(&self, jour: Date, prestation: &Prestation) -> Contexte<'_> {
        let commune = self.examen.commune;
        Contexte {
            jour,
            debut_creneau: prestation.creneau.map(|c| c.de),
            periode: self.service.periode_de.as_ref().and_then(|p| p.bornes(jour, &commune.calendrier)),
            fuseau: &commune.fuseau,
            calendrier: &commune.calendrier,
            si_jour_ferme: self.regles.reservation.as_ref().map_or(SiJourFerme::Garde, |r| r.si_jour_ferme),
        }
    }

    /// The prestations that a row may speak of.
    fn prestations<'s>(
        &'s self,
        conditions: &[(rules::faits::FaitId, rules::selection::Selection)],
    ) -> Vec<&'s Prestation> {
        let v = &self.examen.commune.vocabulaire;
        let fait = v.fait("prestation");
        let selection = conditions.iter().find(|(f, _)| Some(*f) == fait).map(|(_, s)| s);
        let prise = |p: &&Prestation| match (selection, fait.and_then(|f| v.domaine(f).choix(&p.id))) {
            (Some(s), Some(choix)) => s.accepte(choix),
            _ => true,
        };
        self.service.prestations.iter().filter(prise).collect()
    }

    fn table(
        &self,
        table: &Table<crate::service::Limite>,
        reserve: bool,
        derniers: &mut BTreeMap<Date, Option<Timestamp>>,
        fermes: &mut Vec<(Date, Span)>,
        sortie: &mut Vec<Diagnostic>,
    ) {
        for ligne in table.lignes() {
            let Verdict::Borne(limite) = &ligne.resultat.borne else { continue };
            // a row that no file wrote stands for what cannot happen in this service
            if matches!(limite, Limite::Jamais(_)) || ligne.lieu == Lieu::default() {
                continue;
            }
            let mut releve = Releve::default();
            for prestation in self.prestations(&ligne.conditions) {
                for jour in self.jours {
                    if self.lus.get(jour).is_some_and(|l| !l.permet(&ligne.conditions)) {
                        continue;
                    }
                    let ctx = self.contexte(*jour, prestation);
                    match limite.fenetre(&ctx) {
                        Ok(fenetre) => {
                            self.releve(limite, &fenetre, &ctx, prestation, &mut releve);
                            // no closing: one may always
                            let ferme = fenetre.ferme.map(|e| e.instant);
                            let vu = derniers.entry(*jour).or_insert(ferme);
                            *vu = vu.zip(ferme).map(|(a, b)| a.max(b));
                        }
                        Err(e) => drop(releve.erreur.get_or_insert(e)),
                    }
                }
            }
            let ou = self.examen.span(ligne.resultat.lieu);
            fermes.extend(releve.ferme.iter().map(|j| (*j, ou)));
            self.dit(ou, limite, reserve, &releve, sortie);
        }
    }

    fn releve(&self, limite: &Limite, f: &Fenetre, ctx: &Contexte<'_>, p: &Prestation, r: &mut Releve) {
        let Some(ferme) = &f.ferme else { return };
        let jour = ctx.jour;
        let fin_du_jour = || Heure::FIN_DE_JOUR.le(jour);
        let debut = p.creneau.map_or_else(fin_du_jour, |c| c.de.le(jour));
        if debut.and_then(|d| premier_instant(ctx.fuseau, d)).is_some_and(|d| ferme.instant > d) {
            r.apres_le_service.push(jour);
        }
        for s in &ferme.signale {
            match s {
                Signalement::JourFerme { .. } => r.ferme.push(jour),
                Signalement::QuantiemeAbsent { .. } => r.quantieme.push(jour),
                _ => r.heures.push(jour),
            }
        }
        if autrement_en_jours(limite, ferme, ctx) {
            r.ouvres.push(jour);
        }
    }

    fn dit(&self, ou: Span, limite: &Limite, reserve: bool, r: &Releve, sortie: &mut Vec<Diagnostic>) {
        let nom = &self.service.id;
        let regle = limite.en_mots();
        let jours = |j: &[Date]| {
            let mut j = j.to_vec();
            j.dedup();
            annee::liste(&j)
        };
        if let Some(e) = &r.erreur {
            let d = Diagnostic::new(codes::LIM01, ou, format!("service `{nom}` : {e}"));
            sortie.push(match e {
                ErreurCalcul::SansCreneau { .. } => d.aide("donnez son `creneau` à la prestation, ex. `creneau: \"07:50..08:40\"`, ou comptez en jours : `J-3`"),
                ErreurCalcul::SansPeriode { .. } => d.aide("donnez `periode_de` au service : `vacances`, `mois`, ou des périodes datées qui prennent ce jour"),
                _ => d,
            });
        }
        if reserve && !r.apres_le_service.is_empty() {
            let message = format!("service `{nom}` : « {regle} » tombe après le début du service");
            // one date for all days is meant for an event: the days that are already over are seen by the reader
            let datee = limite.reperes().all(|r| matches!(r.ancre(), Ancre::Absolu { .. }));
            let gravite = if datee { Gravite::Attention } else { Gravite::Erreur };
            let d = Diagnostic::new(codes::LIM02, ou, message)
                .gravite(gravite)
                .temoin(jours(&r.apres_le_service));
            sortie.push(d.aide("une réservation se ferme avant que le service commence"));
        }
        if !r.heures.is_empty() {
            let message = format!("service `{nom}` : « {regle} » tombe sur un changement d'heure");
            let d = Diagnostic::new(codes::LIM04, ou, message)
                .gravite(Gravite::Attention)
                .temoin(jours(&r.heures));
            sortie.push(
                d.aide("Guichet prend le premier instant possible ; une autre heure évite la question"),
            );
        }
        if !r.quantieme.is_empty() {
            let message = format!("service `{nom}` : « {regle} » : certains mois n'ont pas ce jour");
            let d = Diagnostic::new(codes::LIM04, ou, message)
                .gravite(Gravite::Attention)
                .temoin(jours(&r.quantieme));
            sortie.push(d.aide("Guichet prend alors le dernier jour du mois ; `fin M` le dit mieux"));
        }
        if !r.ouvres.is_empty() {
            let message =
                format!("service `{nom}` : « {regle} » ne donne pas la même échéance qu'en jours ouvrés");
            let d =
                Diagnostic::new(codes::LIM04, ou, message).gravite(Gravite::Info).temoin(jours(&r.ouvres));
            sortie.push(d.aide(
                "vérifiez que le texte compte bien des heures, et non des jours ouvrés (`J-3 ouvres`)",
            ));
        }
    }

    /// The `reservation` block in force, as it is written.
    fn ecrite(&self) -> Option<(&RawReservation, Span)> {
        let regle = |r: &Option<crate::definition::lecture::Sp<RawReservationOuAucune>>| -> Option<Span> {
            r.as_ref().filter(|r| matches!(r.valeur, RawReservationOuAucune::Regle(_))).map(|r| r.span)
        };
        let de_versions = self
            .raw
            .versions
            .iter()
            .filter(|v| v.depuis.0 <= self.depuis && regle(&v.reservation).is_some())
            .max_by_key(|v| v.depuis.0)
            .and_then(|v| v.reservation.as_ref());
        let ecrite = de_versions.or(self.raw.reservation.as_ref())?;
        match &ecrite.valeur {
            RawReservationOuAucune::Regle(regle) => Some((regle, ecrite.span)),
            RawReservationOuAucune::Aucune => None,
        }
    }

    fn jour_ferme(&self, fermes: &[(Date, Span)], sortie: &mut Vec<Diagnostic>) {
        let Some((ecrite, span)) = self.ecrite() else { return };
        let premiere = fermes.first().map(|(_, ou)| *ou);
        let mut jours: Vec<Date> = fermes.iter().map(|(j, _)| *j).collect();
        jours.sort_unstable();
        jours.dedup();
        match &ecrite.si_jour_ferme {
            None if !jours.is_empty() => {
                let message = format!(
                    "service `{}` : une échéance tombe un jour fermé, et rien ne dit ce qui se passe alors",
                    self.service.id
                );
                let d = Diagnostic::new(codes::LIM04, premiere.unwrap_or(span), message);
                sortie.push(d.temoin(format!("pour {}", annee::liste(&jours))).aide(
                    "ajoutez `si_jour_ferme: garde`, `avance` (le jour ouvré d'avant) ou `recule` (celui d'après)",
                ));
            }
            Some(mot) if jours.is_empty() && !self.jours.is_empty() => {
                let message = format!(
                    "service `{}` : `si_jour_ferme` ne sert à rien, aucune échéance ne tombe un jour fermé",
                    self.service.id
                );
                let d = Diagnostic::new(codes::LIM04, mot.span, message).gravite(Gravite::Attention);
                sortie.push(d.aide("retirez cette clé"));
            }
            _ => {}
        }
    }

    /// LIM02: a day whose last deadline is before the earliest opening can never be booked.
    fn avant_l_ouverture(&self, reserve: &BTreeMap<Date, Option<Timestamp>>, sortie: &mut Vec<Diagnostic>) {
        let Some(reservation) = &self.regles.reservation else { return };
        let mut perdus = Vec::new();
        for (jour, dernier) in reserve {
            let (Some(dernier), Some(lu)) = (dernier, self.lus.get(jour)) else { continue };
            let mut ouvre: Option<Timestamp> = None;
            let mut toujours = false;
            for ligne in reservation
                .ouverture
                .lignes()
                .iter()
                .filter(|l| l.lieu != Lieu::default() && lu.permet(&l.conditions))
            {
                let Verdict::Borne(limite) = &ligne.resultat.borne else { continue };
                for p in self.prestations(&ligne.conditions) {
                    match limite.fenetre(&self.contexte(*jour, p)).map(|f| (f.jamais, f.ouvre)) {
                        Ok((None, Some(e))) => ouvre = Some(ouvre.map_or(e.instant, |o| o.min(e.instant))),
                        Ok((Some(_), _)) => {}
                        _ => toujours = true,
                    }
                }
            }
            if !toujours && ouvre.is_some_and(|o| *dernier <= o) {
                perdus.push(*jour);
            }
        }
        let Some((ecrite, span)) = self.ecrite().filter(|_| !perdus.is_empty()) else { return };
        let message = format!(
            "service `{}` : la dernière échéance passe avant que les réservations n'ouvrent",
            self.service.id
        );
        let tous = perdus.len() == reserve.len();
        let d = Diagnostic::new(codes::LIM02, ecrite.ouverture.span.unwrap_or(span), message)
            .gravite(if tous { Gravite::Erreur } else { Gravite::Attention })
            .temoin(format!("pour {}", annee::liste(&perdus)));
        sortie.push(
            d.aide("ces jours-là ne pourront jamais être réservés : ouvrez plus tôt, ou fermez plus tard"),
        );
    }

    /// LIM05: one may still cancel when nobody may book any more.
    fn annulation(
        &self,
        reserve: &BTreeMap<Date, Option<Timestamp>>,
        annule: &BTreeMap<Date, Option<Timestamp>>,
        sortie: &mut Vec<Diagnostic>,
    ) {
        let plus_tard = |(jour, a): &(&Date, &Option<Timestamp>)| match (reserve.get(*jour), a) {
            (Some(Some(r)), Some(a)) => a > r,
            (Some(Some(_)), None) => true,
            _ => false,
        };
        let jours: Vec<Date> = annule.iter().filter(plus_tard).map(|(j, _)| *j).collect();
        let Some(absence) = self.regles.absence.as_ref().filter(|_| !jours.is_empty()) else { return };
        let ou = absence.annonces.last().map_or(absence.lieu, |a| a.lieu);
        let message =
            format!("service `{}` : on peut encore annuler quand on ne peut plus réserver", self.service.id);
        let d = Diagnostic::new(codes::LIM05, self.examen.span(ou), message);
        sortie.push(d.temoin(format!("pour {}", annee::liste(&jours))).aide(
            "une place annulée après la dernière réservation reste vide : à vérifier sur le règlement",
        ));
    }
}

/// `72 h`: would three working days give another instant?
fn autrement_en_jours(limite: &Limite, ferme: &Echeance, ctx: &Contexte<'_>) -> bool {
    let (Limite::Avant(repere) | Limite::JusquA(repere)) = limite else { return false };
    let Ancre::Heures { n, ouvrees: false } = repere.ancre() else { return false };
    let (Some(debut), 0) = (ctx.debut_creneau, n % 24) else { return false };
    let jour = ctx.calendrier.n_jours_avant(&Compte::Ouvres, ctx.jour, n / 24);
    let instant = jour.ok().and_then(|j| premier_instant(ctx.fuseau, debut.le(j)?));
    ferme.verbe != Verbe::Des && instant.is_some_and(|i| i != ferme.instant)
}
