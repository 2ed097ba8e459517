//! `guichet price`: a price step by step, with the file and line of each figure.

use std::path::Path;

use clap::Args;
use engine::cas::valeur_ecrite;
use engine::commune::Commune;
use engine::decision::Refus;
use engine::tarification::{Acte, Circonstances, Connus, LignePricee, en_json, explique, prix};
use jiff::civil::Date;
use rules::phrase::montant_en_lettres;
use rules::scalaire::{Heure, lit_date};
use rust_decimal::Decimal;

use super::target::{Ville, introuvable};
use super::{Issue, ecrit};
use crate::error::Fatale;

/// What `price` takes.
#[derive(Debug, Clone, Args)]
pub(super) struct Price {
    #[command(flatten)]
    ville: Ville,
    /// La prestation.
    #[arg(long, value_name = "PRESTATION")]
    prestation: String,
    /// Le jour du service, ex. 2025-09-04.
    #[arg(long, value_name = "JOUR", value_parser = jour)]
    jour: Date,
    /// Un fait connu, ex. quotient=901 ou residence=absent (répétable).
    #[arg(long = "fait", value_name = "NOM=VALEUR")]
    faits: Vec<String>,
    /// Le mode de réservation.
    #[arg(long, value_name = "MODE")]
    mode: Option<String>,
    /// Le délai tenu, ou sans_reservation.
    #[arg(long, value_name = "DÉLAI")]
    delai: Option<String>,
    /// L'enfant est absent.
    #[arg(long)]
    absent: bool,
    /// Heure d'arrivée, ex. 07:50.
    #[arg(long, value_name = "HEURE", value_parser = minutes)]
    arrivee: Option<u16>,
    /// Heure de départ.
    #[arg(long, value_name = "HEURE", value_parser = minutes)]
    depart: Option<u16>,
    /// Nombre d'unités.
    #[arg(long, value_name = "NOMBRE")]
    quantite: Option<Decimal>,
    /// Coût réel, pour un tarif qui en est une part.
    #[arg(long, value_name = "EUROS")]
    cout_reel: Option<Decimal>,
    /// Forme de la réponse.
    #[arg(long, value_name = "FORME", default_value = "texte", value_parser = ["texte", "json"])]
    format: String,
}

/// A day, as the towns' files write it.
pub(super) fn jour(texte: &str) -> Result<Date, String> {
    lit_date(texte).map_err(|e| e.message)
}

fn minutes(texte: &str) -> Result<u16, String> {
    Heure::lit(texte).map(|h| h.minutes()).map_err(|e| e.message)
}

pub(super) fn run(args: &Price) -> Result<Issue, Fatale> {
    let commune = args.ville.charge()?;
    if commune.prestation(&args.prestation).is_none() {
        let connues = commune.services.iter().flat_map(|s| &s.prestations).map(|p| p.id.as_str());
        return Err(introuvable("une prestation", &args.prestation, &commune.nom, connues));
    }
    let circonstances = Circonstances {
        mode: args.mode.clone(),
        delai: args.delai.clone(),
        echeance: None,
        absent: args.absent,
        arrivee: args.arrivee,
        depart: args.depart,
        quantite: args.quantite,
        cout_reel: args.cout_reel,
    };
    let acte = Acte::seul(&args.prestation, args.jour, circonstances, connus(&commune, &args.faits)?);
    let (texte, issue) = match prix(&commune, &acte) {
        Ok(lignes) => (reponse(&lignes, &commune, &args.format), Issue::Bien),
        Err(refus) => (refusee(&refus, &commune, &args.ville.communes), Issue::Erreurs),
    };
    ecrit(&texte)?;
    Ok(issue)
}

fn connus(commune: &Commune, faits: &[String]) -> Result<Connus, Fatale> {
    let mut poses = Vec::new();
    for ecrit in faits {
        let Some((nom, valeur)) = ecrit.split_once('=') else {
            return Err(Fatale::Usage(format!("--fait {ecrit} : écrivez nom=valeur, ex. quotient=901")));
        };
        let lu = valeur_ecrite(commune, nom, valeur);
        poses.push(lu.map_err(|e| Fatale::Usage(format!("--fait {ecrit} : {e}")))?);
    }
    Ok(Connus::default().avec(poses))
}

fn reponse(lignes: &[LignePricee], commune: &Commune, format: &str) -> String {
    if format == "json" {
        let lignes: Vec<_> = lignes.iter().map(|l| en_json(l, commune)).collect();
        return format!("{:#}\n", serde_json::Value::from(lignes));
    }
    let mut texte: String = lignes.iter().map(|l| explique(l, commune)).collect();
    let total: Option<Decimal> = lignes.iter().map(|l| l.montant.as_ref().ok().map(|m| m.en_euros())).sum();
    match total {
        Some(total) if lignes.len() > 1 => {
            texte.push_str(&format!("Total : {}\n", montant_en_lettres(total)));
        }
        _ => {}
    }
    texte
}

fn refusee(refus: &[Refus], commune: &Commune, communes: &Path) -> String {
    let une = |r: &Refus| {
        let lieu = r.lieu.map(|l| commune.lieux.texte(l)).filter(|l| !l.is_empty());
        let ou = lieu.map(|l| format!("  [{}]", communes.join(l).display())).unwrap_or_default();
        format!("Pas de prix : {}{ou}\n", r.motif)
    };
    refus.iter().map(une).collect()
}
