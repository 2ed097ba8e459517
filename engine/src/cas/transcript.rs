//! A run as text: one line a step, what came, and why when it is not what was expected.

use std::fmt::Write as _;

use super::rapport::{Rapport, RapportCas, RapportEtape};

/// The whole run, readable and stable.
pub fn transcript(rapport: &Rapport) -> String {
    let mut texte = String::new();
    for cas in &rapport.cas {
        let _ = writeln!(texte, "{} ({})", cas.nom, cas.fichier);
        for etape in &cas.etapes {
            let _ = writeln!(texte, "  {}", ligne(etape));
        }
    }
    texte
}

fn ligne(etape: &RapportEtape) -> String {
    let obtenu: Vec<String> = etape.obtenu.iter().map(|(cle, o)| format!("{cle}: {o}")).collect();
    let verdict = if etape.echecs.is_empty() { "ok" } else { "ÉCHEC" };
    format!(
        "{} {} {} · {} · {} · {} → {verdict}",
        etape.genre,
        etape.numero,
        etape.a,
        etape.par,
        etape.geste,
        obtenu.join(", ")
    )
}

/// What did not go as expected: file:line of the step, its number, attendu / obtenu, and the decision's trace.
pub fn echecs(rapport: &Rapport) -> String {
    let mut texte = String::new();
    for (cas, etape) in rapport.echecs() {
        un_echec(&mut texte, cas, etape);
    }
    texte
}

fn un_echec(texte: &mut String, cas: &RapportCas, etape: &RapportEtape) {
    let _ = writeln!(texte, "échec : {} — « {} », {} {}", etape.place, cas.nom, etape.genre, etape.numero);
    let _ = writeln!(texte, "  à {}, par {} : {}", etape.a, etape.par, etape.geste);
    for echec in &etape.echecs {
        let _ = writeln!(texte, "  {} : attendu {}, obtenu {}", echec.cle, echec.attendu, echec.obtenu);
    }
    for pas in &etape.trace {
        let lieu = if pas.lieu.is_empty() { String::new() } else { format!(" ({})", pas.lieu) };
        let _ = writeln!(texte, "    {} : {}{lieu}", pas.regle, pas.resultat);
    }
}

/// « 3 cas, 120 étapes, 411 assertions, 2 échecs ».
pub fn resume(rapport: &Rapport) -> String {
    format!(
        "{} cas, {} étapes et lignes, {} assertions, {} en échec",
        rapport.cas.len(),
        rapport.etapes().count(),
        rapport.assertions(),
        rapport.echecs().count()
    )
}
