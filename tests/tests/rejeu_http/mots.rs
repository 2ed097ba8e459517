//! What an answer shows, in the words of a case.

use engine::cas::{Obtenu, mot_de_la_regle};
use serde_json::Value;

use crate::joueur::{Vu, mot};

/// What a refusal shows: the kinds of rules, what lacks, and the first one's sentence.
pub(crate) fn refus(corps: &Value) -> Vu {
    let raisons: Vec<&Value> = corps["refus"].as_array().into_iter().flatten().collect();
    let mut mots: Vec<&str> =
        raisons.iter().map(|r| mot_de_la_regle(r["regle"].as_str().unwrap_or_default())).collect();
    if mots.is_empty() {
        // what somebody may not read is not there
        let genre = corps["type"].as_str().unwrap_or_default();
        mots.push(if genre.ends_with(":introuvable") { "acces" } else { genre });
    }
    mots.sort_unstable();
    let mut vu = Vu::from([(mot("accepte"), "non".to_owned()), (mot("refus"), mots.join(", "))]);
    let champs = raisons.iter().flat_map(|r| r["champs"].as_array().into_iter().flatten());
    let mut manquants: Vec<&str> = champs.filter_map(|c| c["champ"].as_str()).collect();
    if !manquants.is_empty() {
        manquants.sort_unstable();
        vu.insert(mot("manquants"), manquants.join(", "));
    }
    if let Some(premiere) = raisons.first()
        // the form has its own sentence, and a page says which dossier is already there
        && mots != ["champs"]
        && mots != ["un_dossier_par"]
    {
        vu.insert(mot("motif"), premiere["motif"].as_str().unwrap_or_default().to_owned());
    }
    vu
}

pub(crate) fn prix(lignes: &[Value]) -> Vu {
    let mut somme = rust_decimal::Decimal::ZERO;
    for ligne in lignes {
        let Some(montant) = ligne["montant"].as_str() else { return Vu::new() };
        somme += montant.parse::<rust_decimal::Decimal>().unwrap();
    }
    Vu::from([(mot("prix"), Obtenu::Montant(somme).to_string())])
}
