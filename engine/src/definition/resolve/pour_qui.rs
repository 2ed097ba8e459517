//! Of whom something is asked, in words, from the facts that its condition reads.

use rules::condition::Condition;
use rules::date_fr::date_longue;
use rules::phrase::intervalle_en_mots;
use rules::selection::{Motif, Selection};
use rules::valeur::{Domaine, Valeur};

use crate::vocabulaire::{Vocabulaire, ecrit_dans};

/// « si « Allocataire de la CAF » : oui »; empty when everybody is concerned.
pub(super) fn en_mots(condition: &Condition, vocabulaire: &Vocabulaire) -> String {
    let mut parts: Vec<String> = condition
        .cellules()
        .map(|(fait, domaine, selection)| {
            let libelle = vocabulaire.symbole(fait).map_or("", |s| s.libelle.as_str());
            format!("« {libelle} » : {}", choisies(domaine, selection))
        })
        .collect();
    if !condition.textes().is_empty() {
        parts.push("une condition calculée d’après vos réponses".to_owned());
    }
    if parts.is_empty() { String::new() } else { format!("si {}", parts.join(", et ")) }
}

fn choisies(domaine: &Domaine, selection: &Selection) -> String {
    let motifs: Vec<String> = selection.motifs.iter().map(|m| motif(domaine, m)).collect();
    let liste = motifs.join(" ou ");
    match (selection.sauf, selection.absent_aussi) {
        (false, _) => liste,
        (true, false) => format!("tout sauf {liste}"),
        (true, true) => format!("tout sauf {liste}, ou non renseigné"),
    }
}

fn motif(domaine: &Domaine, motif: &Motif) -> String {
    match motif {
        Motif::Valeur(Valeur::Absent) => "non renseigné".to_owned(),
        Motif::Valeur(Valeur::Date(d)) => date_longue(*d),
        Motif::Valeur(v) => ecrit_dans(domaine, *v).replace('_', " "),
        Motif::Nombres(i) => intervalle_en_mots(i),
        Motif::Dates(_) | Motif::Entiers(_) => "selon sa valeur".to_owned(),
    }
}
