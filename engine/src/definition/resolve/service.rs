//! Services: prestations, bookable days, dated rules.

use jiff::civil::Date;
use rules::faits::{FaitId, Symboles};
use rules::limite::Limite as Borne;

use rules::repere::Repere;

use rules::table::Table;
use rules::valeur::Valeur;

use super::bareme::Index;
use super::fichiers::Fichiers;
use super::table::{self, Forme};
use super::{Resolution, condition, derive, donnees, question, texte_source};
use crate::commune::Texte;
use crate::definition::arbre::Noeud;
use crate::definition::lecture::{Liste, Sp, suggestion};
use crate::definition::raw::service::{
    RawAbsence, RawAcces, RawJours, RawPresenceSans, RawPrestation, RawReservation, RawService,
    RawVersionService,
};
use crate::definition::raw::valeurs::{
    RawExige, RawListeAcces, RawRangee, RawReservationOuAucune, RawSinon, RawSource,
};
use crate::definition::source::Span;
use crate::diagnostic::{Diagnostic, codes};
use crate::service::{
    Absence, Acces, Accueil, Annonce, Capacite, Credit, Delai, Evenement, Exige, Facturee, Jours,
    LigneAbsence, Limite, PresenceSansReservation, Prestation, RegleService, Reservation, Service, Sinon,
    Tarif, Verdict,
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
struct Contexte<'a> {
    /// Service id.
    id: &'a str,
    /// Values that may happen in this service.
    restreint: Vec<(FaitId, Vec<Valeur>)>,
    /// Names of calendars for repères.
    calendriers: Vec<String>,
    /// Nearest source.
    source: Option<Texte>,
    index: &'a Index,
}

/// Compiles every service.
pub(super) fn resout(r: &mut Resolution<'_>, f: &Fichiers, index: &Index) -> Vec<Service> {
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

fn un(r: &mut Resolution<'_>, f: &Fichiers, index: &Index, raw: &Sp<RawService>) -> Service {
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
        source: source.clone(),
        index,
    };
    let prestations = raw.prestations.iter().map(|p| prestation(r, &ctx, p)).collect();
    let jours = jours(r, f, &raw.jours);
    let versions = versions(r, &ctx, raw);
    Service {
        id,
        nom: raw.nom.0.clone(),
        gestionnaire: raw.gestionnaire.to_string(),
        prestations,
        jours,
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

fn prestation(r: &mut Resolution<'_>, ctx: &Contexte<'_>, raw: &Sp<RawPrestation>) -> Prestation {
    let id = raw.prestation.to_string();
    question::de_source(r, &format!("prestation.{id}"), raw.source.as_ref());
    question::de_liste(r, &format!("prestation.{id}"), &raw.questions);
    let lieu = r.pose(raw.prestation.span, ctx.source.as_ref());
    let tarif = match (&raw.bareme, &raw.gratuit) {
        (Some(b), None) => {
            ctx.index.bareme(r, b, b.span);
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
    let creneau = raw.creneau.as_ref().map(|c| c.0.clone());
    Prestation {
        id,
        nom: raw.nom.0.clone(),
        unite: raw.unite.to_string(),
        tarif,
        facturation: (raw.facturation.as_str() != "aucune").then(|| raw.facturation.to_string()),
        creneau,
        mesure: None,
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

/// Block by block: for a date, each block is taken from the latest version that writes it.
fn versions(r: &mut Resolution<'_>, ctx: &Contexte<'_>, raw: &Sp<RawService>) -> Vec<(Date, RegleService)> {
    let base = regles(r, ctx, &BlocsEcrits::de_service(raw), None);
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
    let mut courant = base.regles;
    for v in ordre {
        let sur = format!("service.{} (depuis le {})", ctx.id, v.depuis.0);
        question::de_source(r, &sur, v.source.as_ref());
        question::de_liste(r, &sur, &v.questions);
        let source = v.source.as_ref().map(|s| texte_source(s)).or_else(|| ctx.source.clone());
        let de_version = Contexte {
            source,
            restreint: ctx.restreint.clone(),
            calendriers: ctx.calendriers.clone(),
            ..*ctx
        };
        let plus = regles(r, &de_version, &BlocsEcrits::de_version(v), Some(&courant));
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
    absence: Option<&'a Sp<RawAbsence>>,
    presence: Option<&'a Sp<RawPresenceSans>>,
    ajustements: &'a Liste<crate::definition::raw::pipeline::RawAjustement>,
    penalites: &'a Liste<crate::definition::raw::pipeline::RawPenalite>,
    capacite: &'a Liste<RawRangee>,
    evenements: &'a Liste<crate::definition::raw::service::RawEvenement>,
}

impl<'a> BlocsEcrits<'a> {
    fn de_service(s: &'a RawService) -> Self {
        Self {
            source: s.source.as_ref(),
            acces: s.acces.as_ref(),
            reservation: s.reservation.as_ref(),
            absence: s.absence.as_ref(),
            presence: s.presence_sans_reservation.as_ref(),
            ajustements: &s.ajustements,
            penalites: &s.penalites,
            capacite: &s.capacite,
            evenements: &s.evenements,
        }
    }

    fn de_version(s: &'a RawVersionService) -> Self {
        Self {
            source: s.source.as_ref(),
            acces: s.acces.as_ref(),
            reservation: s.reservation.as_ref(),
            absence: s.absence.as_ref(),
            presence: s.presence_sans_reservation.as_ref(),
            ajustements: &s.ajustements,
            penalites: &s.penalites,
            capacite: &s.capacite,
            evenements: &s.evenements,
        }
    }
}

struct Lues {
    regles: RegleService,
    ecrit: bool,
}

fn regles(
    r: &mut Resolution<'_>,
    ctx: &Contexte<'_>,
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
            g.reservation = Some(reservation(r, ctx, raw, span));
        }
        Some((RawReservationOuAucune::Aucune, _)) => {
            ecrit = true;
            g.reservation = None;
        }
        None => {}
    }
    if let Some(raw) = b.absence {
        ecrit = true;
        g.absence = Some(absence(r, ctx, raw));
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
    if b.ajustements.span.is_some() {
        ecrit = true;
        g.ajustements = Vec::new();
    }
    if b.penalites.span.is_some() {
        ecrit = true;
    }
    if b.capacite.span.is_some() {
        ecrit = true;
        g.capacite = b.capacite.iter().filter_map(|c| capacite(r, ctx, c)).collect();
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
        RawExige::Presence(p) => ("presence", Exige::Presence(p.prestation.to_string())),
        RawExige::Reserve(p) => ("reserve", Exige::Reserve(p.prestation.to_string())),
        RawExige::Autorisations(a) => {
            ("autorisations", Exige::Autorisations(a.iter().map(|x| x.to_string()).collect()))
        }
    };
    let id = raw.acces.as_ref().map_or_else(|| mot.to_owned(), |a| a.to_string());
    Some(Acces { id, exige, si, message: raw.message.as_ref().map(|m| m.to_string()), lieu })
}

fn reservation(r: &mut Resolution<'_>, ctx: &Contexte<'_>, raw: &RawReservation, span: Span) -> Reservation {
    let sur = format!("service.{}.reservation", ctx.id);
    question::de_source(r, &sur, raw.source.as_ref());
    question::de_liste(r, &sur, &raw.questions);
    let source = raw.source.as_ref().map(|s| texte_source(s)).or_else(|| ctx.source.clone());
    let lieu = r.pose(span, source.as_ref());
    let ouverture = limite(
        r,
        ctx,
        &format!("l'ouverture de `{}`", ctx.id),
        &raw.ouverture,
        &["des", "entre", "toujours", "jamais", "a_demander"],
        span,
    );
    let mut delais = Vec::new();
    let mut sinon = None;
    for d in &raw.delais {
        question::de_source(r, &sur, d.source.as_ref());
        match (&d.delai, &d.sinon) {
            (Some(id), None) => {
                let nom = format!("la limite du délai `{}` de `{}`", id.as_str(), ctx.id);
                let verbes = ["avant", "jusqu_a", "entre", "toujours", "jamais", "a_demander"];
                let limite = limite(r, ctx, &nom, &d.limite, &verbes, d.span);
                delais.push(Delai { id: id.to_string(), limite, lieu: r.pose(d.span, source.as_ref()) });
            }
            (None, Some(s)) => {
                let message = d.message.as_ref().map(|m| m.to_string());
                sinon = Some(match &s.valeur {
                    RawSinon::Refus => Sinon::Refus(message),
                    RawSinon::ListeAttente => Sinon::ListeAttente,
                    RawSinon::Delai(id) => Sinon::Delai(id.to_string()),
                });
            }
            _ => {
                let d = Diagnostic::new(
                    codes::SYN04,
                    d.span,
                    "un délai a un nom (`delai`) et une `limite`, ou c'est le `sinon` final",
                );
                r.signale(d);
            }
        }
    }
    let sinon = sinon.unwrap_or_else(|| {
        if !raw.delais.incomplete {
            let message = format!("service `{}` : rien n'est dit quand tous les délais sont passés", ctx.id);
            let ou = raw.delais.span.unwrap_or(span);
            r.signale(
                Diagnostic::new(codes::LIM01, ou, message).aide("terminez `delais` par `{ sinon: refus }`"),
            );
        }
        Sinon::Refus(None)
    });
    Reservation { modes: raw.modes.iter().map(|m| m.to_string()).collect(), ouverture, delais, sinon, lieu }
}

/// A table of limits: conditions, and exactly one verb.
fn limite(
    r: &mut Resolution<'_>,
    ctx: &Contexte<'_>,
    nom: &str,
    lignes: &Liste<RawRangee>,
    verbes: &[&str],
    span: Span,
) -> Table<Limite> {
    let forme = Forme {
        nom: nom.to_owned(),
        dimensions: None,
        resultats: verbes,
        restreint: &ctx.restreint,
        source: ctx.source.as_ref(),
        trou: codes::LIM01,
        span: lignes.span.unwrap_or(span),
    };
    let hors = Limite { borne: Verdict::Borne(Borne::Toujours), lieu: rules::lieu::Lieu::default() };
    table::table(r, &forme, lignes, hors, |r, rangee, lieu| {
        question::de_source(r, nom, rangee.source.as_ref());
        question::de_liste(r, nom, &rangee.questions);
        let (verbe, noeud) = table::un_resultat(r, rangee, verbes)?;
        Some(Limite { borne: verdict(r, ctx, nom, verbe, noeud)?, lieu })
    })
}

fn verdict(
    r: &mut Resolution<'_>,
    ctx: &Contexte<'_>,
    nom: &str,
    verbe: &str,
    noeud: &Noeud,
) -> Option<Verdict> {
    let borne = match verbe {
        "avant" => Borne::Avant(repere(r, ctx, noeud)?),
        "jusqu_a" => Borne::JusquA(repere(r, ctx, noeud)?),
        "des" => Borne::Des(repere(r, ctx, noeud)?),
        "toujours" => Borne::Toujours,
        "jamais" => Borne::Jamais(noeud.texte().unwrap_or_default().into()),
        "entre" => match noeud.liste() {
            Some([de, a]) => Borne::Entre(repere(r, ctx, de)?, repere(r, ctx, a)?),
            _ => {
                r.lecture.inattendu(noeud, "deux repères attendus, ex. `[\"J 07:30\", \"J 08:45\"]`", None);
                return None;
            }
        },
        _ => {
            let q = noeud.texte().unwrap_or_default();
            question::a_demander(r, nom, noeud.span, q);
            return Some(Verdict::ADemander(q.to_owned()));
        }
    };
    Some(Verdict::Borne(borne))
}

fn repere(r: &mut Resolution<'_>, ctx: &Contexte<'_>, noeud: &Noeud) -> Option<Repere> {
    let noms: Vec<&str> = ctx.calendriers.iter().map(String::as_str).collect();
    r.lecture.feuille(noeud, "repère attendu, ex. `\"J-1 12:00\"`", |t| {
        Repere::lit_avec(t, &noms).map_err(crate::definition::raw::valeurs::de_rules)
    })
}

fn absence(r: &mut Resolution<'_>, ctx: &Contexte<'_>, raw: &Sp<RawAbsence>) -> Absence {
    let sur = format!("service.{}.absence", ctx.id);
    question::de_source(r, &sur, raw.source.as_ref());
    question::de_liste(r, &sur, &raw.questions);
    let source = raw.source.as_ref().map(|s| texte_source(s)).or_else(|| ctx.source.clone());
    let lieu = r.pose(raw.span, source.as_ref());
    let mut annonces = Vec::new();
    for a in &raw.annonces {
        question::de_source(r, &sur, a.source.as_ref());
        let nom = format!("la limite de l'annonce `{}` de `{}`", a.annonce.as_str(), ctx.id);
        let limite = limite(
            r,
            ctx,
            &nom,
            &a.limite,
            &["avant", "jusqu_a", "entre", "toujours", "jamais", "a_demander"],
            a.span,
        );
        annonces.push(Annonce { id: a.annonce.to_string(), limite, lieu: r.pose(a.span, source.as_ref()) });
    }
    let resultats = ["facture", "droit", "message", "a_demander"];
    let forme = Forme {
        nom: format!("le tableau des absences de `{}`", ctx.id),
        dimensions: None,
        resultats: &resultats,
        restreint: &ctx.restreint,
        source: source.as_ref(),
        trou: codes::TAR01,
        span: raw.lignes.span.unwrap_or(raw.span),
    };
    let hors = LigneAbsence { facture: Facturee::Oui, droit: None, message: None, lieu };
    let lignes = table::table(r, &forme, &raw.lignes, hors, |r, rangee, lieu| {
        question::de_source(r, &sur, rangee.source.as_ref());
        question::de_liste(r, &sur, &rangee.questions);
        let (cle, noeud) = table::un_resultat(r, rangee, &["facture", "a_demander"])?;
        let facture = match noeud.texte().unwrap_or_default() {
            q if cle == "a_demander" => {
                question::a_demander(r, &sur, noeud.span, q);
                Facturee::ADemander(q.to_owned())
            }
            "oui" | "true" => Facturee::Oui,
            "non" | "false" => Facturee::Non,
            t if t.trim_end().ends_with('%') => Facturee::Taux(r.lecture.feuille(
                noeud,
                "taux attendu",
                crate::definition::raw::valeurs::taux,
            )?),
            _ => Facturee::Montant(r.lecture.feuille(
                noeud,
                "`oui`, `non`, un taux ou un montant attendu",
                crate::definition::raw::valeurs::montant,
            )?),
        };
        let texte = |cle: &str| rangee.entree(cle).and_then(|(_, n)| n.texte()).map(str::to_owned);
        Some(LigneAbsence { facture, droit: texte("droit"), message: texte("message"), lieu })
    });
    let credit = raw.credit.as_ref().and_then(|c| match c.as_str() {
        "facture_suivante" => Some(Credit::FactureSuivante),
        "fin_annee" => Some(Credit::FinAnnee),
        "portefeuille" => Some(Credit::Portefeuille),
        _ => derive::mot(r, c, &["facture_suivante", "fin_annee", "portefeuille"]).and(None),
    });
    Absence { motifs: raw.motifs.iter().map(|m| m.to_string()).collect(), annonces, lignes, credit, lieu }
}

fn capacite(r: &mut Resolution<'_>, ctx: &Contexte<'_>, raw: &Sp<RawRangee>) -> Option<Capacite> {
    question::de_source(r, &format!("service.{}.capacite", ctx.id), raw.source.as_ref());
    let lieu = r.pose(raw.span, ctx.source.as_ref());
    let (cle, noeud) = table::un_resultat(r, raw, &["places", "encadrement", "a_demander"])?;
    let conditions: Vec<_> = raw
        .entrees
        .iter()
        .filter(|(c, _)| !["places", "encadrement", "a_demander"].contains(&c.texte.as_str()))
        .cloned()
        .collect();
    let si = match conditions.is_empty() {
        true => crate::commune::Condition::default(),
        false => condition::condition(r, &crate::definition::raw::valeurs::RawCondition::Carte(conditions))?,
    };
    let places = match cle {
        "places" => {
            let n = r.lecture.lit::<crate::definition::lecture::Entier>(noeud)?;
            if n.0 <= 0 {
                r.signale(Diagnostic::new(codes::LIM06, noeud.span, "une capacité est d'au moins une place"));
                return None;
            }
            Some(u32::try_from(n.0).ok()?)
        }
        "a_demander" => {
            question::a_demander(
                r,
                &format!("service.{}.capacite", ctx.id),
                noeud.span,
                noeud.texte().unwrap_or_default(),
            );
            None
        }
        _ => None,
    };
    Some(Capacite { si, places, lieu })
}
