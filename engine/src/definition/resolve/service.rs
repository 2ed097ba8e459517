//! Services: prestations, bookable days, dated rules.

use jiff::civil::Date;
use rules::faits::{FaitId, Symboles};
use rules::mesure::{Mesure, Paliers, Pas};

use rules::valeur::Valeur;

use super::fichiers::Fichiers;
use super::index::Index;
use super::{
    Resolution, charges, choix, condition, derive, donnees, forfait, offerte, pipeline, question,
    reservation, texte_source,
};
use crate::commune::Texte;
use crate::definition::arbre::Noeud;
use crate::definition::lecture::{Liste, Sp, suggestion};
use crate::definition::raw::commune::RawVacances;
use crate::definition::raw::service::{
    RawAbsence, RawAcces, RawAttribution, RawJours, RawMesure, RawPresenceSans, RawPrestation,
    RawReservation, RawService, RawVersionService,
};
use crate::definition::raw::source::RawSource;
use crate::definition::raw::valeurs::{
    RawDuree, RawExige, RawListeAcces, RawMemeJour, RawRangee, RawReservationOuAucune,
};
use crate::definition::source::Span;
use crate::diagnostic::{Diagnostic, codes};
use crate::service::{
    Acces, Accueil, Evenement, Exige, Jours, Periodes, PresenceSansReservation, Prestation, RegleService,
    Service, Tarif,
};

/// The booking and absence blocks of a service, all versions: what the vocabulary is made from.
pub(super) struct Blocs<'a> {
    pub reservations: Vec<&'a RawReservation>,
    pub absences: Vec<&'a RawAbsence>,
}

/// See [`Blocs`].
pub(super) fn reservations(service: &RawService) -> Blocs<'_> {
    fn regle(r: &Option<Sp<RawReservationOuAucune>>) -> Option<&RawReservation> {
        match r.as_ref().map(|r| &r.valeur) {
            Some(RawReservationOuAucune::Regle(regle)) => Some(regle),
            _ => None,
        }
    }
    let versions = || service.versions.iter();
    Blocs {
        reservations: regle(&service.reservation)
            .into_iter()
            .chain(versions().filter_map(|v| regle(&v.reservation)))
            .collect(),
        absences: service
            .absence
            .iter()
            .map(|a| &a.valeur)
            .chain(versions().filter_map(|v| v.absence.as_ref()).map(|a| &a.valeur))
            .collect(),
    }
}

/// What the rules of one service are read with.
pub(super) struct Contexte<'a> {
    /// Service id.
    pub id: &'a str,
    /// Values that may happen in this service.
    pub restreint: Vec<(FaitId, Vec<Valeur>)>,
    /// Names of calendars for repères.
    pub calendriers: Vec<String>,
    /// Does the service say what its periods are?
    pub a_des_periodes: bool,
    /// Nearest source.
    pub source: Option<Texte>,
}

/// Compiles every service.
pub(super) fn resout(r: &mut Resolution<'_>, f: &Fichiers, index: &mut Index) -> Vec<Service> {
    let mut vus: Vec<&str> = Vec::new();
    let mut prestations: Vec<(&str, Span)> = Vec::new();
    let mut services = Vec::new();
    for raw in &f.services {
        if vus.contains(&raw.service.as_str()) {
            r.signale(donnees::double(raw.service.span, "service", &raw.service));
        }
        vus.push(&raw.service);
        for p in &raw.prestations {
            match prestations.iter().find(|(n, _)| *n == p.prestation.as_str()) {
                Some((_, autre)) => {
                    let d = donnees::double(p.prestation.span, "prestation", &p.prestation);
                    r.signale(d.secondaire(*autre, "définie ici"));
                }
                None => prestations.push((&p.prestation, p.prestation.span)),
            }
        }
        services.push(un(r, f, index, raw));
    }
    services
}

fn un(r: &mut Resolution<'_>, f: &Fichiers, index: &mut Index, raw: &Sp<RawService>) -> Service {
    let id = raw.service.to_string();
    question::de_source(r, &format!("service.{id}"), raw.source.as_ref());
    question::de_liste(r, &format!("service.{id}"), &raw.questions);
    contact(r, f, &raw.gestionnaire);
    let source = raw.source.as_ref().map(|s| texte_source(s));
    let lieu = r.pose(raw.service.span, source.as_ref());
    let ctx = Contexte {
        id: &id,
        restreint: restreint(r, f, raw),
        calendriers: calendriers(f),
        a_des_periodes: raw.periode_de.is_some(),
        source: source.clone(),
    };
    let prestations = raw.prestations.iter().map(|p| prestation(r, &ctx, index, p)).collect();
    let jours = jours(r, f, &raw.jours);
    let versions = versions(r, &ctx, index, raw);
    let periode_de = raw.periode_de.as_ref().and_then(|p| periodes(r, &p.valeur.0));
    Service {
        id,
        nom: raw.nom.0.clone(),
        gestionnaire: raw.gestionnaire.to_string(),
        prestations,
        jours,
        periode_de,
        versions,
        lieu,
    }
}

/// A contact of `commune.yaml`; an unknown one is reported.
pub(super) fn contact(r: &mut Resolution<'_>, f: &Fichiers, id: &Sp<crate::definition::lecture::Id>) {
    let Some(commune) = &f.commune else { return };
    let contacts = commune.contacts.iter().flat_map(|c| c.valeur.iter()).map(|(c, _)| c.texte.as_str());
    let roles = commune.roles.iter().flat_map(|c| c.valeur.iter()).map(|(c, _)| c.texte.as_str());
    let connus: Vec<&str> = contacts.chain(roles).collect();
    if !connus.contains(&id.as_str()) {
        let d = Diagnostic::new(codes::REF01, id.span, format!("contact inconnu : « {} »", id.as_str()));
        r.signale(d.aide(suggestion(id.as_str(), connus)));
    }
}

fn calendriers(f: &Fichiers) -> Vec<String> {
    let propres =
        f.commune.iter().flat_map(|c| c.calendriers.calendriers.iter().flat_map(|k| k.valeur.iter()));
    std::iter::once("jours_service".to_owned()).chain(propres.map(|(c, _)| c.texte.clone())).collect()
}

fn restreint(r: &Resolution<'_>, f: &Fichiers, raw: &RawService) -> Vec<(FaitId, Vec<Valeur>)> {
    let blocs = reservations(raw);
    let mut liste = Vec::new();
    let mut ajoute = |nom: &str, noms: Vec<&str>| {
        let Some(fait) = r.vocabulaire.fait(nom) else { return };
        let valeurs: Vec<Valeur> = noms.iter().filter_map(|n| r.vocabulaire.domaine(fait).choix(n)).collect();
        if !valeurs.is_empty() {
            liste.push((fait, valeurs));
        }
    };
    ajoute("service", vec![&raw.service]);
    ajoute("prestation", raw.prestations.iter().map(|p| p.prestation.as_str()).collect());
    ajoute("mode", blocs.reservations.iter().flat_map(|b| b.modes.iter()).map(|m| m.as_str()).collect());
    let annonces = blocs.absences.iter().flat_map(|b| b.annonces.iter()).map(|a| a.annonce.as_str());
    ajoute("annonce", annonces.chain(["trop_tard", "aucune"]).collect());
    ajoute("motif", blocs.absences.iter().flat_map(|b| b.motifs.iter()).map(|m| m.as_str()).collect());
    let commune = f.commune.as_ref();
    let propres =
        commune.into_iter().flat_map(|c| c.calendriers.calendriers.iter().flat_map(|k| k.valeur.iter()));
    let calendrier = raw.jours.calendrier.as_str();
    let jours: Vec<&str> = match propres.into_iter().find(|(c, _)| c.texte == calendrier) {
        Some((_, jours)) => jours.valeur.0.iter().map(|j| j.as_str()).collect(),
        None => {
            commune.into_iter().flat_map(|c| c.calendriers.jours_service.iter()).map(|j| j.as_str()).collect()
        }
    };
    ajoute("jour_semaine", jours);
    liste
}

fn prestation(
    r: &mut Resolution<'_>,
    ctx: &Contexte<'_>,
    index: &Index,
    raw: &Sp<RawPrestation>,
) -> Prestation {
    let id = raw.prestation.to_string();
    question::de_source(r, &format!("prestation.{id}"), raw.source.as_ref());
    question::de_liste(r, &format!("prestation.{id}"), &raw.questions);
    let lieu = r.pose(raw.prestation.span, ctx.source.as_ref());
    let tarif = match (&raw.bareme, &raw.gratuit) {
        (Some(b), None) => {
            index.bareme(r, b, b.span);
            Tarif::Bareme(b.to_string())
        }
        (None, Some(g)) => {
            question::de_source(r, &format!("prestation.{id}.gratuit"), Some(&g.source));
            Tarif::Gratuit(texte_source(&g.source))
        }
        (None, None) => {
            let message = format!("la prestation `{id}` n'a pas de tarif");
            let aide = "`bareme: nom`, ou `gratuit: { source: .. }` si elle est gratuite";
            r.signale(Diagnostic::new(codes::TAR08, raw.prestation.span, message).aide(aide));
            Tarif::Gratuit("".into())
        }
        (Some(_), Some(g)) => {
            let message = format!("la prestation `{id}` a un barème et est gratuite");
            r.signale(Diagnostic::new(codes::TAR08, g.span, message).aide("gardez l'un des deux"));
            Tarif::Gratuit("".into())
        }
    };
    let creneau = raw.creneau.as_ref().map(|c| c.0);
    Prestation {
        id,
        nom: raw.nom.0.clone(),
        unite: raw.unite.to_string(),
        tarif,
        offerte: raw.offerte.as_ref().and_then(|o| offerte::une(r, ctx, &raw.prestation, o)),
        facturation: (raw.facturation.as_str() != "aucune").then(|| raw.facturation.to_string()),
        creneau,
        echeancier: raw.forfait.as_ref().and_then(|f| forfait::echeancier(r, f)),
        mesure: raw.mesure.as_ref().and_then(|m| mesure(r, m)),
        lieu,
    }
}

fn jours(r: &mut Resolution<'_>, f: &Fichiers, raw: &Sp<RawJours>) -> Jours {
    let lieu = r.pose(raw.span, None);
    let connus = calendriers(f);
    let connus: Vec<String> =
        connus.into_iter().chain(["jours_ouvres", "jours_ecole"].map(str::to_owned)).collect();
    if !connus.iter().any(|c| *c == *raw.calendrier.as_str()) {
        let message = format!("calendrier inconnu : « {} »", raw.calendrier.as_str());
        let d = Diagnostic::new(codes::REF01, raw.calendrier.span, message);
        r.signale(d.aide(suggestion(raw.calendrier.as_str(), connus.iter().map(String::as_str))));
    }
    let sauf = |mot: &str| raw.sauf.iter().any(|s| s.as_str() == mot);
    for mot in &raw.sauf {
        derive::mot(r, mot, &["feries", "fermetures"]);
    }
    let fait = r.vocabulaire.fait("periode");
    for p in &raw.periodes {
        let connue = fait.is_some_and(|f| {
            let domaine = r.vocabulaire.domaine(f);
            let rules::valeur::Domaine::Choix(noms) = domaine else { return false };
            p.as_str() == "vacances"
                || noms.iter().any(|n| **n == *p.as_str() || n.starts_with(&format!("{}_", p.as_str())))
        });
        if !connue {
            let message = format!("période inconnue : « {} »", p.as_str());
            r.signale(
                Diagnostic::new(codes::CAL01, p.span, message)
                    .aide("`scolaire`, `vacances`, ou une période nommée, ex. `toussaint`"),
            );
        }
    }
    Jours {
        calendrier: raw.calendrier.to_string(),
        periodes: raw.periodes.iter().map(|p| p.to_string()).collect(),
        sauf_feries: sauf("feries"),
        sauf_fermetures: sauf("fermetures"),
        lieu,
    }
}

/// `vacances`, `mois`, or a dated list; `None` was reported.
fn periodes(r: &mut Resolution<'_>, noeud: &Noeud) -> Option<Periodes> {
    match (noeud.texte(), noeud.liste()) {
        (Some("vacances"), _) => Some(Periodes::Vacances),
        (Some("mois"), _) => Some(Periodes::Mois),
        (None, Some(elements)) => {
            let lues: Vec<_> = elements.iter().filter_map(|n| r.lecture.lit::<RawVacances>(n)).collect();
            let mut liste: Vec<(String, Date, Date)> = Vec::new();
            for p in &lues {
                let (du, au) = (p.du.0, p.au.0);
                if au < du {
                    r.signale(Diagnostic::new(
                        codes::CAL01,
                        p.span,
                        "cette période finit avant de commencer",
                    ));
                } else if let Some((autre, ..)) = liste.iter().find(|(_, d, a)| *d <= au && du <= *a) {
                    let message = format!("les périodes `{autre}` et `{}` se recouvrent", p.periode.as_str());
                    r.signale(Diagnostic::new(codes::CAL01, p.span, message));
                }
                liste.push((p.periode.to_string(), du, au));
            }
            liste.sort_by_key(|(_, du, _)| *du);
            Some(Periodes::Liste(liste))
        }
        _ => {
            let aide = "un trimestre ou un séjour s'écrit avec ses dates";
            let attendu =
                "`vacances`, `mois` ou `[ { periode: ete, du: 2026-07-06, au: 2026-07-31 } ]` attendu";
            r.lecture.inattendu(noeud, attendu, Some(aide));
            None
        }
    }
}

/// The prestation that is looked at the same day.
fn meme_jour(r: &mut Resolution<'_>, raw: &Sp<RawMemeJour>) -> String {
    derive::mot(r, &raw.meme, &["jour"]);
    raw.prestation.to_string()
}

/// The questions of an attribution; its criteria are not applied yet, and that is said where they are read.
fn attribution(r: &mut Resolution<'_>, service: &str, raw: &RawAttribution) {
    let sur = format!("{service}.attribution");
    question::de_source(r, &sur, raw.source.as_ref());
    question::de_liste(r, &sur, &raw.questions);
}

/// A service without dated versions writes the same keys as a version: two types, one reading.
macro_rules! blocs_ecrits {
    ($s:expr) => {
        BlocsEcrits {
            source: $s.source.as_ref(),
            acces: $s.acces.as_ref(),
            reservation: $s.reservation.as_ref(),
            choix: &$s.regles_de_choix,
            absence: $s.absence.as_ref(),
            presence: $s.presence_sans_reservation.as_ref(),
            ajustements: &$s.ajustements,
            penalites: &$s.penalites,
            sur_periode: &$s.sur_periode,
            frais: &$s.frais,
            tiers: &$s.tiers_payeurs,
            capacite: &$s.capacite,
            evenements: &$s.evenements,
        }
    };
}

/// Block by block: for a date, each block is taken from the latest version that writes it.
fn versions(
    r: &mut Resolution<'_>,
    ctx: &Contexte<'_>,
    index: &mut Index,
    raw: &Sp<RawService>,
) -> Vec<(Date, RegleService)> {
    let base = regles(r, ctx, index, &blocs_ecrits!(raw), None);
    let mut ordre: Vec<&Sp<RawVersionService>> = raw.versions.iter().collect();
    ordre.sort_by_key(|v| v.depuis.0);
    for paire in ordre.windows(2) {
        if let [a, b] = paire
            && a.depuis.0 == b.depuis.0
        {
            let message = format!("service `{}` : deux versions commencent le {}", ctx.id, b.depuis.0);
            r.signale(
                Diagnostic::new(codes::TAR07, b.depuis.span, message).secondaire(a.depuis.span, "l'autre"),
            );
        }
    }
    let mut sortie = Vec::new();
    if base.ecrit {
        sortie.push((Date::MIN, base.regles.clone()));
    }
    if let Some(a) = &raw.attribution {
        attribution(r, &format!("service.{}", ctx.id), a);
    }
    let mut courant = base.regles;
    for v in ordre {
        let sur = format!("service.{} (depuis le {})", ctx.id, v.depuis.0);
        question::de_source(r, &sur, v.source.as_ref());
        question::de_liste(r, &sur, &v.questions);
        if let Some(a) = &v.attribution {
            attribution(r, &sur, a);
        }
        let source = v.source.as_ref().map(|s| texte_source(s)).or_else(|| ctx.source.clone());
        let de_version = Contexte {
            source,
            restreint: ctx.restreint.clone(),
            calendriers: ctx.calendriers.clone(),
            ..*ctx
        };
        let plus = regles(r, &de_version, index, &blocs_ecrits!(v), Some(&courant));
        courant = plus.regles;
        sortie.push((v.depuis.0, courant.clone()));
    }
    sortie
}

/// The blocks of a service or of one of its versions.
struct BlocsEcrits<'a> {
    source: Option<&'a Sp<RawSource>>,
    acces: Option<&'a Sp<RawListeAcces>>,
    reservation: Option<&'a Sp<RawReservationOuAucune>>,
    choix: &'a Liste<crate::definition::raw::service::RawRegleDeChoix>,
    absence: Option<&'a Sp<RawAbsence>>,
    presence: Option<&'a Sp<RawPresenceSans>>,
    ajustements: &'a Liste<crate::definition::raw::pipeline::RawAjustement>,
    penalites: &'a Liste<crate::definition::raw::pipeline::RawPenalite>,
    sur_periode: &'a Liste<crate::definition::raw::pipeline::RawReglePeriode>,
    frais: &'a Liste<crate::definition::raw::pipeline::RawFrais>,
    tiers: &'a Liste<crate::definition::raw::pipeline::RawTiers>,
    capacite: &'a Liste<RawRangee>,
    evenements: &'a Liste<crate::definition::raw::service::RawEvenement>,
}

struct Lues {
    regles: RegleService,
    ecrit: bool,
}

fn regles(
    r: &mut Resolution<'_>,
    ctx: &Contexte<'_>,
    index: &mut Index,
    b: &BlocsEcrits<'_>,
    avant: Option<&RegleService>,
) -> Lues {
    let mut g = avant.cloned().unwrap_or_default();
    let mut ecrit = false;
    if let Some(source) = b.source {
        g.source = Some(texte_source(source));
    }
    if let Some(acces_ecrits) = b.acces {
        ecrit = true;
        g.acces = acces_ecrits.valeur.0.iter().filter_map(|a| acces(r, ctx, a)).collect();
    }
    match b.reservation.map(|x| (&x.valeur, x.span)) {
        Some((RawReservationOuAucune::Regle(raw), span)) => {
            ecrit = true;
            g.reservation = Some(reservation::reservation(r, ctx, raw, span));
        }
        Some((RawReservationOuAucune::Aucune, _)) => {
            ecrit = true;
            g.reservation = None;
        }
        None => {}
    }
    if b.choix.span.is_some() {
        ecrit = true;
        g.choix = choix::regles(r, ctx, b.choix);
    }
    if let Some(raw) = b.absence {
        ecrit = true;
        g.absence = Some(reservation::absence(r, ctx, raw));
    }
    if let Some(raw) = b.presence {
        ecrit = true;
        let lieu = r.pose(raw.span, ctx.source.as_ref());
        let accueil = match raw.accueil.as_str() {
            "accepte" => Some(Accueil::Accepte),
            "refuse" => Some(Accueil::Refuse),
            "selon_place" => Some(Accueil::SelonPlace),
            _ => derive::mot(r, &raw.accueil, &["accepte", "refuse", "selon_place"]).and(None),
        };
        let message = raw.message.as_ref().map(|m| m.to_string());
        g.presence_sans_reservation =
            accueil.map(|accueil| PresenceSansReservation { accueil, message, lieu });
    }
    let mut cadre =
        pipeline::Cadre { service: ctx.id, restreint: &ctx.restreint, source: ctx.source.as_ref(), index };
    let (p, n) = (&mut g.pipeline, &mut g.noms);
    if b.ajustements.span.is_some() {
        ecrit = true;
        (p.ajustements, n.ajustements) = pipeline::ajustements(r, &mut cadre, b.ajustements);
    }
    if b.sur_periode.span.is_some() {
        ecrit = true;
        (p.sur_periode, n.sur_periode) = charges::sur_periode(r, &mut cadre, b.sur_periode);
    }
    if b.penalites.span.is_some() {
        ecrit = true;
        (p.penalites, n.penalites) = charges::penalites(r, &mut cadre, b.penalites);
    }
    if b.frais.span.is_some() {
        ecrit = true;
        (p.frais, n.frais) = charges::frais(r, &mut cadre, b.frais);
    }
    if b.tiers.span.is_some() {
        ecrit = true;
        (p.tiers, n.tiers) = charges::tiers(r, &mut cadre, b.tiers);
    }
    if b.capacite.span.is_some() {
        ecrit = true;
        g.capacite = b.capacite.iter().filter_map(|c| reservation::capacite(r, ctx, c)).collect();
    }
    if b.evenements.span.is_some() {
        ecrit = true;
        g.evenements = b
            .evenements
            .iter()
            .map(|e| Evenement {
                id: e.evenement.to_string(),
                portee: e.portee.to_string(),
                lieu: r.pose(e.span, ctx.source.as_ref()),
            })
            .collect();
    }
    Lues { regles: g, ecrit }
}

fn acces(r: &mut Resolution<'_>, ctx: &Contexte<'_>, raw: &Sp<RawAcces>) -> Option<Acces> {
    question::de_source(r, &format!("service.{}.acces", ctx.id), raw.source.as_ref());
    let source = raw.source.as_ref().map(|s| texte_source(s)).or_else(|| ctx.source.clone());
    let lieu = r.pose(raw.span, source.as_ref());
    let si = condition::facultative(r, raw.si.as_ref())?;
    let (mot, exige) = match &raw.exige.valeur {
        RawExige::DossierComplet => ("dossier_complet", Exige::DossierComplet),
        RawExige::InscriptionAcceptee => ("inscription_acceptee", Exige::InscriptionAcceptee),
        RawExige::SansImpaye => ("sans_impaye", Exige::SansImpaye),
        RawExige::CompteValide => ("compte_valide", Exige::CompteValide),
        RawExige::Ecole(ecoles) => {
            let fait = r.vocabulaire.fait("ecole");
            for e in ecoles.iter() {
                let connue = fait.is_some_and(|f| r.vocabulaire.domaine(f).choix(e.as_str()).is_some());
                if !connue {
                    let d =
                        Diagnostic::new(codes::REF01, e.span, format!("école inconnue : « {} »", e.as_str()));
                    let noms: Vec<String> = match fait.map(|f| r.vocabulaire.domaine(f)) {
                        Some(rules::valeur::Domaine::Choix(noms)) => {
                            noms.iter().map(ToString::to_string).collect()
                        }
                        _ => Vec::new(),
                    };
                    r.signale(d.aide(suggestion(e.as_str(), noms.iter().map(String::as_str))));
                }
            }
            ("ecole", Exige::Ecole(ecoles.iter().map(|e| e.to_string()).collect()))
        }
        RawExige::Piece(p) => ("piece", Exige::Piece(p.to_string())),
        RawExige::Paye(p) => ("paye", Exige::Paye(p.to_string())),
        RawExige::Fait(c) => ("fait", Exige::Fait(condition::condition(r, &c.valeur)?)),
        RawExige::Compteur(c) => {
            let max = u32::try_from(c.max.valeur.0).unwrap_or(0);
            ("compteur", Exige::Compteur { de: c.de.to_string(), max, par: c.par.to_string() })
        }
        RawExige::Presence(p) => ("presence", Exige::Presence(meme_jour(r, p))),
        RawExige::Reserve(p) => ("reserve", Exige::Reserve(meme_jour(r, p))),
        RawExige::Autorisations(a) => {
            ("autorisations", Exige::Autorisations(a.iter().map(|x| x.to_string()).collect()))
        }
    };
    let id = raw.acces.as_ref().map_or_else(|| mot.to_owned(), |a| a.to_string());
    Some(Acces { id, exige, si, message: raw.message.as_ref().map(|m| m.to_string()), lieu })
}

/// Metering of a prestation; `None` was reported.
fn mesure(r: &mut Resolution<'_>, raw: &Sp<RawMesure>) -> Option<Mesure> {
    let minutes = |r: &mut Resolution<'_>, d: &Sp<RawDuree>| {
        let m = d.valeur.0.en_minutes().and_then(|m| u16::try_from(m).ok());
        if m.is_none() {
            r.signale(Diagnostic::new(codes::SYN04, d.span, "minutes ou heures attendues, ex. 15 min"));
        }
        m
    };
    let pas = match &raw.pas {
        Some(p) => Some(minutes(r, p)?),
        None => None,
    };
    let prix_par = match &raw.prix_par {
        Some(p) => Some(minutes(r, p)?),
        None => None,
    };
    if !raw.paliers.is_empty() {
        let paliers: Vec<Option<u16>> = raw.paliers.iter().map(|p| minutes(r, p)).collect();
        let paliers: Option<Box<[u16]>> = paliers.into_iter().collect();
        let au_dela_reel = raw.au_dela.as_ref().is_some_and(|m| derive::mot(r, m, &["reel"]).is_some());
        return Some(Mesure::Paliers(Paliers {
            paliers: paliers?,
            au_dela_reel,
            prix_par: prix_par.unwrap_or(60),
        }));
    }
    let (Some(pas), Some(entame)) = (pas, &raw.entame) else {
        let d =
            Diagnostic::new(codes::TAR11, raw.span, "une mesure dit son `pas`, et si un pas entamé est dû");
        r.signale(d.aide("ex. `mesure: { pas: 15 min, entame: du }`, ou `paliers: [3 h, 5 h]`"));
        return None;
    };
    let entamee = derive::mot(r, entame, &["du", "non_du"])? == "du";
    let tolerance = match &raw.tolerance {
        Some(t) => minutes(r, t)?,
        None => 0,
    };
    let de = raw.de.as_ref().map(|p| (p.valeur.0.de.minutes(), p.valeur.0.a.minutes()));
    Some(Mesure::Pas(Pas { pas, entamee, tolerance, de, prix_par: prix_par.unwrap_or(pas) }))
}
