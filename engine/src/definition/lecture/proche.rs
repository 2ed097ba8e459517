//! « vouliez-vous dire » : the nearest known word.

/// The candidate nearest to `mot`: Jaro ≥ 0.85 or at most two letters away (one, for words of three letters or less).
pub fn proche<'c>(mot: &str, candidats: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let distance_max = if mot.chars().count() <= 3 { 1 } else { 2 };
    let mut meilleur: Option<(f64, &str)> = None;
    for candidat in candidats {
        let jaro = strsim::jaro(mot, candidat);
        let assez = jaro >= 0.85 || strsim::damerau_levenshtein(mot, candidat) <= distance_max;
        if assez && meilleur.is_none_or(|(m, _)| jaro > m) {
            meilleur = Some((jaro, candidat));
        }
    }
    meilleur.map(|(_, candidat)| candidat)
}

/// « vouliez-vous dire `preuve` ? », or the first eight candidates.
pub fn suggestion<'c>(mot: &str, candidats: impl IntoIterator<Item = &'c str> + Clone) -> String {
    if let Some(candidat) = proche(mot, candidats.clone()) {
        return format!("vouliez-vous dire `{candidat}` ?");
    }
    let noms: Vec<String> = candidats.into_iter().map(|c| format!("`{c}`")).collect();
    match noms.get(..8).filter(|_| noms.len() > 8) {
        Some(debut) => format!("possibles : {}…", debut.join(", ")),
        None => format!("possibles : {}", noms.join(", ")),
    }
}
