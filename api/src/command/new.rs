//! `guichet new`: a town's folder that checks clean and whose cases pass, to start from.

use std::path::{Path, PathBuf};

use clap::Args;
use engine::definition::lecture::suggestion;
use jiff::civil::{Date, Weekday};

use super::{Issue, ecrit};
use crate::assets;
use crate::clock::Horloge;
use crate::error::Fatale;

/// What `new` takes.
#[derive(Debug, Clone, Args)]
pub(super) struct New {
    /// Le nom du dossier et de l'adresse : minuscules, chiffres, tirets.
    #[arg(value_name = "COMMUNE")]
    slug: String,
    /// Le nom montré aux familles ; sinon, celui du dossier.
    #[arg(long, value_name = "NOM")]
    nom: Option<String>,
    /// Le code INSEE.
    #[arg(long, value_name = "CODE", default_value = "00000")]
    insee: String,
    /// La zone scolaire.
    #[arg(long, value_name = "ZONE", default_value = "A", value_parser = ["A", "B", "C"])]
    zone: String,
    /// Le modèle dont elle hérite.
    #[arg(long, value_name = "MODÈLE", default_value = "espace-famille")]
    modele: String,
    /// Dossier des communes.
    #[arg(long, value_name = "DOSSIER", default_value = "communes")]
    communes: PathBuf,
}

pub(super) fn run(args: &New) -> Result<Issue, Fatale> {
    let dossier = args.communes.join(&args.slug);
    refuse(args, &dossier)?;
    let aujourd_hui = Horloge::default().maintenant().to_zoned(jiff::tz::TimeZone::UTC).date();
    let mots = mots(args, aujourd_hui)?;
    let mut ecrits = Vec::new();
    for (chemin, gabarit) in assets::modeles_new(&args.modele) {
        let texte = mots.iter().fold(gabarit, |texte, (mot, par)| texte.replace(mot, par));
        let cible = dossier.join(&chemin);
        if let Some(parent) = cible.parent() {
            std::fs::create_dir_all(parent).map_err(|e| Fatale::chemin(parent, e))?;
        }
        std::fs::write(&cible, texte).map_err(|e| Fatale::chemin(&cible, e))?;
        ecrits.push(cible.display().to_string());
    }
    let slug = &args.slug;
    ecrit(&format!(
        "{}\n\nEnsuite : guichet check {slug} · guichet test {slug} · guichet serve\n",
        ecrits.join("\n")
    ))?;
    Ok(Issue::Bien)
}

/// What must be right before anything is written.
fn refuse(args: &New, dossier: &Path) -> Result<(), Fatale> {
    let slug = &args.slug;
    let bon = slug.starts_with(|c: char| c.is_ascii_lowercase())
        && slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !["modeles", "schema"].contains(&slug.as_str());
    if !bon {
        return Err(Fatale::Usage(format!(
            "`{slug}` n'est pas un nom de dossier : minuscules, chiffres et tirets, ex. `ma-commune`"
        )));
    }
    if dossier.exists() {
        return Err(Fatale::Usage(format!("{} existe déjà", dossier.display())));
    }
    let modeles = assets::noms_modeles_new();
    if !modeles.contains(&args.modele) {
        let aide = suggestion(&args.modele, modeles.iter().map(String::as_str));
        return Err(Fatale::Usage(format!("le modèle `{}` n'existe pas ; {aide}", args.modele)));
    }
    let modele = args.communes.join("modeles").join(&args.modele);
    if !modele.is_dir() {
        return Err(Fatale::Usage(format!(
            "{} n'existe pas : une commune hérite de son modèle, copiez-le d'abord",
            modele.display()
        )));
    }
    let chiffres = args.insee.bytes().enumerate();
    let insee = args.insee.len() == 5
        && chiffres.into_iter().all(|(i, b)| b.is_ascii_digit() || (i == 1 && matches!(b, b'A' | b'B')));
    if !insee {
        return Err(Fatale::Usage(format!("`{}` n'est pas un code INSEE, ex. 01001", args.insee)));
    }
    match &args.nom {
        Some(nom) if nom.contains(['"', '\\', '\n', '%']) || nom.trim().is_empty() => Err(Fatale::Usage(
            "le nom ne peut contenir ni guillemet, ni barre oblique inversée, ni `%`".to_owned(),
        )),
        _ => Ok(()),
    }
}

/// The words of the templates.
fn mots(args: &New, aujourd_hui: Date) -> Result<Vec<(&'static str, String)>, Fatale> {
    let annee = aujourd_hui.year() - i16::from(aujourd_hui.month() < 7);
    let horloge = |e: jiff::Error| Fatale::Usage(format!("l'horloge de la machine est fausse : {e}"));
    let rentree = Date::new(annee, 9, 1).map_err(horloge)?;
    // a Thursday after the first weeks: a school day in every zone
    let jour = rentree.nth_weekday_of_month(3, Weekday::Thursday).map_err(horloge)?;
    let nom = args.nom.clone().unwrap_or_else(|| majuscule(&args.slug));
    Ok(vec![
        ("%SLUG%", args.slug.clone()),
        ("%NOM%", nom),
        ("%INSEE%", args.insee.clone()),
        ("%ZONE%", args.zone.clone()),
        ("%MODELE%", args.modele.clone()),
        ("%ANNEE%", annee.to_string()),
        ("%RENTREE%", rentree.to_string()),
        ("%JOUR%", jour.to_string()),
        ("%VEILLE%", jour.yesterday().map_err(horloge)?.to_string()),
    ])
}

/// `ma-commune` → « Ma-Commune ».
fn majuscule(slug: &str) -> String {
    let mots = slug.split('-').map(|mot| {
        let mut lettres = mot.chars();
        lettres.next().map(|l| l.to_ascii_uppercase()).into_iter().chain(lettres).collect::<String>()
    });
    mots.collect::<Vec<_>>().join("-")
}
