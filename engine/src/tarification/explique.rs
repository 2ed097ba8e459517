//! A price step by step: every figure with its place, its source and the facts it read.

use std::fmt::Write as _;

use rules::montant::{Mode, Montant};
use rules::phrase::{montant_en_lettres, nombre_en_lettres};
use rules::trace::{Pas, Quoi};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::LignePricee;
use crate::commune::Commune;

/// The steps of a line, one a line of text, for a terminal.
pub fn explique(ligne: &LignePricee, commune: &Commune) -> String {
    let mut texte = format!("{}\n", ligne.phrase);
    let mut source = None;
    for (n, pas) in (1..).zip(&ligne.pas) {
        let detail = commune.lieux.detail(pas.lieu);
        let montant = match (pas.avant, pas.apres) {
            (Some(avant), Some(apres)) => {
                format!(" : {} → {}", montant_en_lettres(avant), montant_en_lettres(apres))
            }
            (None, Some(apres)) => format!(" : {}", montant_en_lettres(apres)),
            _ => String::new(),
        };
        let _ = writeln!(
            texte,
            "{n:>3}. {}{montant}  [{}]",
            quoi(commune, ligne, pas),
            commune.lieux.texte(pas.lieu)
        );
        if let Some(s) = detail.and_then(|d| d.source.as_ref())
            && source != Some(s)
        {
            let _ = writeln!(texte, "     source : {s}");
            source = Some(s);
        }
    }
    if !ligne.echeances.is_empty() {
        let une = |(mois, montant): &(&str, Montant)| format!("{mois} {montant}");
        let toutes: Vec<String> = ligne.echeances.iter().map(une).collect();
        let _ = writeln!(texte, "     échéances : {}", toutes.join(", "));
    }
    texte
}

/// The same as data: what an invoice line keeps.
pub fn en_json(ligne: &LignePricee, commune: &Commune) -> Value {
    let pas = (1..).zip(&ligne.pas).map(|(n, pas)| {
        let source = commune.lieux.detail(pas.lieu).and_then(|d| d.source.as_deref());
        json!({
            "n": n,
            "quoi": quoi(commune, ligne, pas),
            "lieu": commune.lieux.texte(pas.lieu),
            "source": source,
            "avant": pas.avant.map(|d| d.to_string()),
            "apres": pas.apres.map(|d| d.to_string()),
        })
    });
    let faits = ligne.faits.iter().map(|(id, lu)| {
        json!({
            "fait": commune.vocabulaire.symbole(*id).map(|s| s.nom.as_str()),
            "valeur": commune.vocabulaire.ecrit(*id, lu.valeur),
            "provenance": lu.provenance,
        })
    });
    json!({
        "produit": ligne.produit,
        "jour": ligne.jour.to_string(),
        "quantite": ligne.quantite.to_string(),
        "unitaire": ligne.unitaire.to_string(),
        "montant": ligne.montant.as_ref().ok().map(|m| m.en_euros().to_string()),
        "a_demander": ligne.montant.as_ref().err().map(|r| r.motif.to_string()),
        "echeances": ligne.echeances.iter().map(|(mois, m)| json!({
            "mois": mois, "montant": m.en_euros().to_string(),
        })).collect::<Vec<_>>(),
        "exemple": ligne.exemple,
        "phrase": ligne.phrase,
        "lieu": commune.lieux.texte(ligne.lieu),
        "source": commune.lieux.detail(ligne.lieu).and_then(|d| d.source.as_deref()),
        "etapes": ligne.etapes.iter().map(|e| json!({
            "id": e.id, "ecart": e.ecart.map(|d| d.to_string()), "lieu": commune.lieux.texte(e.lieu),
        })).collect::<Vec<_>>(),
        "faits": faits.collect::<Vec<_>>(),
        "pas": pas.collect::<Vec<_>>(),
        "digest": commune.digest,
    })
}

fn sens(mode: Mode) -> &'static str {
    match mode {
        Mode::DemiSuperieur => "au plus proche, demi au supérieur",
        Mode::DemiPair => "au plus proche, demi au pair",
        Mode::Inferieur => "inférieur",
        Mode::Superieur => "supérieur",
    }
}

/// One step in words, without its amounts.
fn quoi(commune: &Commune, ligne: &LignePricee, pas: &Pas) -> String {
    let bareme = |id: rules::bareme::BaremeId| {
        let nomme = commune.baremes.iter().find(|b| b.bareme.id() == id);
        nomme.map_or_else(String::new, |b| b.nom.clone())
    };
    let regle = || {
        let etape = ligne.etapes.iter().find(|e| e.lieu == pas.lieu);
        etape.map_or_else(String::new, |e| format!(" « {} »", e.id))
    };
    let taux = |t: Option<Decimal>| {
        let pour_cent = t.and_then(|t| t.checked_mul(Decimal::ONE_HUNDRED));
        pour_cent.map_or_else(String::new, |t| format!(" de {} %", nombre_en_lettres(t)))
    };
    match pas.quoi {
        Quoi::Version(id, depuis) => format!("barème « {} », en vigueur depuis le {depuis}", bareme(id)),
        Quoi::Fait(id, valeur) => {
            let nom = commune.vocabulaire.symbole(id).map_or("", |s| s.nom.as_str());
            let provenance = ligne.faits.get(&id).and_then(|f| f.provenance.as_deref());
            let provenance = provenance.map_or_else(String::new, |p| format!(" ({p})"));
            format!("{nom} = {}{provenance}", commune.vocabulaire.ecrit(id, valeur))
        }
        Quoi::Ligne(_, i) => format!("ligne n° {} du barème", u64::from(i) + 1),
        Quoi::Decale(de, i) => format!("ligne décalée de {de} : n° {}", u64::from(i) + 1),
        Quoi::Prix => "prix voté".to_owned(),
        Quoi::Exemple => "montant d’exemple, non voté".to_owned(),
        Quoi::Part(id) => {
            format!("part « {} »", commune.parts.get(usize::from(id.0)).map_or("", String::as_str))
        }
        Quoi::Taux { taux: t, assiette } => {
            format!("taux{} de {}", taux(Some(t)), nombre_en_lettres(assiette))
        }
        Quoi::Plancher => format!("minimum{}", regle()),
        Quoi::Plafond => format!("maximum{}", regle()),
        Quoi::Entre => "entre les deux bornes de la tranche".to_owned(),
        Quoi::Formule => "formule".to_owned(),
        Quoi::Script(i) => {
            format!("script {}", commune.scripts.get(usize::from(i)).map_or("", String::as_str))
        }
        Quoi::Comme(id) => format!("comme le barème « {} »", bareme(id)),
        Quoi::Fois(n) => format!("× {}", nombre_en_lettres(n)),
        Quoi::Majore(_, t) => format!("majoration{}{}", regle(), taux(t)),
        Quoi::Remise(_, t) => format!("remise{}{}", regle(), taux(t)),
        Quoi::Remplace(_) => format!("remplacement{}", regle()),
        Quoi::Supplement(_) => format!("supplément{}", regle()),
        Quoi::Ajustement(_) => format!("étape{}", regle()),
        Quoi::Regle(_) => "règle de la période".to_owned(),
        Quoi::Repartition(_) => "part d’un total".to_owned(),
        Quoi::Arrondi(a) => format!("arrondi à {}, {}", nombre_en_lettres(a.pas), sens(a.mode)),
        Quoi::Penalite(_) => "pénalité".to_owned(),
        Quoi::Frais(_) => "frais".to_owned(),
        Quoi::Tiers(_) => "part d’un tiers payeur".to_owned(),
        Quoi::Question => "règle à confirmer par la commune".to_owned(),
    }
}
