//! The deadline of each day of a month, from the same function that refuses a late booking.

use std::fmt::Write as _;

use clap::Args;
use engine::commune::Commune;
use engine::service::{Limite, Service, Verdict};
use jiff::ToSpan as _;
use jiff::civil::Date;
use rules::calendrier::ErreurCalendrier;
use rules::date_fr::{mois_et_annee, nom_jour};
use rules::repere::{Contexte, Echeance, SiJourFerme, Verbe};
use rules::table::Ligne;

use super::Sortie;
use super::svg::Dessin;
use crate::command::Issue;
use crate::command::target::{Ville, introuvable};
use crate::error::Fatale;

/// What `graph echeances` takes.
#[derive(Debug, Clone, Args)]
pub(super) struct Echeances {
    #[command(flatten)]
    ville: Ville,
    /// Le service.
    #[arg(value_name = "SERVICE")]
    service: String,
    /// Le mois, ex. 2025-09.
    #[arg(long, value_name = "MOIS", value_parser = mois)]
    mois: Date,
    /// Forme du dessin.
    #[arg(long, value_name = "FORME", default_value = "texte", value_parser = ["texte", "svg"])]
    format: String,
    #[command(flatten)]
    sortie: Sortie,
}

fn mois(texte: &str) -> Result<Date, String> {
    format!("{texte}-01").parse().map_err(|_| "mois attendu, ex. 2025-09".to_owned())
}

/// A day of the month.
struct Jour {
    jour: Date,
    ouvert: bool,
    /// A line for each delay and each audience: name, deadline in words, short form.
    limites: Vec<(String, String, String)>,
}

pub(super) fn run(args: &Echeances) -> Result<Issue, Fatale> {
    let commune = args.ville.charge()?;
    let Some(service) = commune.services.iter().find(|s| s.id == args.service) else {
        let connus = commune.services.iter().map(|s| s.id.as_str());
        return Err(introuvable("un service", &args.service, &commune.nom, connus));
    };
    let jours: Result<Vec<Jour>, ErreurCalendrier> = args
        .mois
        .series(1.day())
        .take_while(|j| j.month() == args.mois.month())
        .map(|jour| un_jour(&commune, service, jour))
        .collect();
    let jours = jours.map_err(|e| Fatale::Definition(format!("le calendrier de {} : {e}", commune.nom)))?;
    let titre = format!("{}, {} — {}", service.nom, mois_et_annee(args.mois), commune.nom);
    args.sortie.pose(&match args.format.as_str() {
        "svg" => svg(&titre, &jours),
        _ => texte(&titre, &jours),
    })
}

fn un_jour(commune: &Commune, service: &Service, jour: Date) -> Result<Jour, ErreurCalendrier> {
    let ouvert = service.jours.ouvre(jour, &commune.calendrier)?;
    let reservation = service.regles(jour).and_then(|r| r.reservation.as_ref()).filter(|_| ouvert);
    let mut limites = Vec::new();
    if let Some(reservation) = reservation {
        for ligne in reservation.ouverture.lignes() {
            limites.extend(une_limite(commune, service, jour, "ouverture", ligne, reservation.si_jour_ferme));
        }
        for delai in &reservation.delais {
            for ligne in delai.limite.lignes() {
                limites.extend(une_limite(
                    commune,
                    service,
                    jour,
                    &delai.id,
                    ligne,
                    reservation.si_jour_ferme,
                ));
            }
        }
    }
    limites.sort();
    limites.dedup();
    Ok(Jour { jour, ouvert, limites })
}

fn une_limite(
    commune: &Commune,
    service: &Service,
    jour: Date,
    nom: &str,
    ligne: &Ligne<Limite>,
    si_jour_ferme: SiJourFerme,
) -> Option<(String, String, String)> {
    let borne = match &ligne.resultat.borne {
        Verdict::Borne(borne) => borne,
        Verdict::ADemander(question) => {
            return Some((nom.to_owned(), format!("à demander : {question}"), "à demander".to_owned()));
        }
    };
    let creneau = service.prestations.iter().find_map(|p| p.creneau.as_ref()).map(|p| p.de);
    let periode = service.periode_de.as_ref().and_then(|p| p.bornes(jour, &commune.calendrier));
    let ctx = Contexte {
        jour,
        debut_creneau: creneau,
        periode,
        fuseau: &commune.fuseau,
        calendrier: &commune.calendrier,
        si_jour_ferme,
    };
    let (long, court) = match borne.fenetre(&ctx) {
        Err(e) => (format!("ne se calcule pas : {e}"), "?".to_owned()),
        Ok(f) => {
            let echeances = f.ouvre.iter().chain(&f.ferme);
            let long: Vec<String> = echeances.clone().map(|e| e.en_mots()).collect();
            let court: Vec<String> = echeances.map(court).collect();
            match f.jamais {
                Some(motif) => (format!("jamais : {motif}"), "jamais".to_owned()),
                None if long.is_empty() => return None,
                None => (long.join(", "), court.join(", ")),
            }
        }
    };
    let pour: Vec<String> = ligne
        .conditions
        .iter()
        .map(|(fait, s)| {
            let motifs = s.motifs.iter().filter_map(|m| match m {
                rules::selection::Motif::Valeur(v) => Some(commune.vocabulaire.ecrit(*fait, *v)),
                _ => None,
            });
            motifs.collect::<Vec<_>>().join(" ou ")
        })
        .filter(|p| !p.is_empty())
        .collect();
    let nom = if pour.is_empty() { nom.to_owned() } else { format!("{nom} ({})", pour.join(", ")) };
    Some((nom, long, court))
}

/// « avant 04/09 06:00 ».
fn court(e: &Echeance) -> String {
    let verbe = match e.verbe {
        Verbe::Avant => "avant",
        Verbe::JusquA => "jusqu'au",
        Verbe::Des => "dès",
    };
    format!("{verbe} {:02}/{:02} {}", e.jour.day(), e.jour.month(), e.heure)
}

fn texte(titre: &str, jours: &[Jour]) -> String {
    let mut texte = format!("{titre}\n\n");
    for jour in jours {
        let date = format!("{:<9}{:>3}", nom_jour(jour.jour.weekday()), jour.jour.day());
        if !jour.ouvert {
            let _ = writeln!(texte, "{date}  fermé");
        } else if jour.limites.is_empty() {
            let _ = writeln!(texte, "{date}  ouvert, sans délai de réservation");
        }
        for (i, (nom, limite, _)) in jour.limites.iter().enumerate() {
            let tete = if i == 0 { date.clone() } else { " ".repeat(12) };
            let _ = writeln!(texte, "{tete}  {nom} : {limite}");
        }
    }
    texte
}

/// Width of a day, and height of its head and of each of its lines.
const CASE: (u32, u32, u32) = (172, 30, 34);

fn svg(titre: &str, jours: &[Jour]) -> String {
    let description: Vec<String> = jours
        .iter()
        .flat_map(|j| j.limites.iter().map(|(nom, limite, _)| format!("{} : {nom}, {limite}", j.jour)))
        .collect();
    let mut dessin = Dessin::nouveau(titre, &description.join(" ; "));
    dessin.texte(24, 34, "titre", titre);
    let (large, tete, ligne) = CASE;
    let lignes = jours.iter().map(|j| j.limites.len()).max().unwrap_or(0).max(1);
    let hauteur = tete + u32::try_from(lignes).unwrap_or(1) * ligne;
    let Some(premier) = jours.first().map(|j| j.jour.weekday().to_monday_zero_offset()) else {
        return dessin.fin();
    };
    for (colonne, jour) in jiff::civil::Weekday::Monday.cycle_forward().take(7).enumerate() {
        let x = 24 + u32::try_from(colonne).unwrap_or(0) * (large + 6);
        dessin.texte(x + 6, 64, "fort", nom_jour(jour));
    }
    for jour in jours {
        let rang = u32::try_from(i32::from(jour.jour.day()) - 1 + i32::from(premier)).unwrap_or(0);
        let (x, y) = (24 + rang % 7 * (large + 6), 76 + rang / 7 * (hauteur + 6));
        dessin.boite((x, y), (large, hauteur), if jour.ouvert { "jour" } else { "ferme" });
        dessin.texte(x + 8, y + 20, if jour.ouvert { "fort" } else { "pale" }, &jour.jour.day().to_string());
        if !jour.ouvert {
            dessin.texte(x + 34, y + 20, "pale", "fermé");
        }
        for (i, (nom, _, court)) in jour.limites.iter().enumerate() {
            let y = y + tete + u32::try_from(i).unwrap_or(0) * ligne;
            dessin.texte(x + 8, y + 8, "pale", &coupe(nom));
            dessin.texte(x + 8, y + 23, "", &coupe(court));
        }
    }
    dessin.fin()
}

/// What fits in the width of a day.
fn coupe(texte: &str) -> String {
    if texte.chars().count() <= 22 {
        return texte.to_owned();
    }
    texte.chars().take(21).chain(std::iter::once('…')).collect()
}
