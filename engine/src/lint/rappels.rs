//! WKF06: a reminder comes before what it reminds of.

use rules::scalaire::{Duree, Unite};

use super::Examen;
use crate::demarche::{Echeance, Quand, Quoi};
use crate::diagnostic::{Diagnostic, codes};

/// Every étape of every démarche.
pub(super) fn controle(examen: &Examen<'_>, sortie: &mut Vec<Diagnostic>) {
    for etape in examen.commune.demarches.iter().flat_map(|d| &d.etapes) {
        let fins = || etape.echeances.iter().filter(|e| e.vers.is_some());
        for rappel in etape.echeances.iter().filter(|e| e.vers.is_none() && previent(e)) {
            let Some(fin) = fins().find(|f| pas_avant(rappel, f)) else { continue };
            let message = format!(
                "ce rappel de l'étape `{}` ne part jamais : l'échéance qui la quitte tombe avant",
                etape.id
            );
            let d = Diagnostic::new(codes::WKF06, examen.span(rappel.lieu), message);
            let d = d.secondaire(examen.span(fin.lieu), "le dossier quitte l'étape ici");
            sortie.push(d.aide("avancez le rappel, ou reculez l'échéance"));
        }
    }
}

fn previent(e: &Echeance) -> bool {
    e.effets.iter().any(|x| matches!(x.quoi, Quoi::Message { .. }))
}

/// Does `rappel` surely fall at the same time as `fin`, or later?
fn pas_avant(rappel: &Echeance, fin: &Echeance) -> bool {
    match (&rappel.quand, &fin.quand) {
        (Quand::Apres(r), Quand::Apres(f)) => {
            bornes(r).0 >= bornes(f).1 || (r.unite == f.unite && r.n >= f.n)
        }
        (Quand::Le(r), Quand::Le(f)) => r >= f,
        // one counts from the entry, the other is a day: it depends on the dossier
        _ => false,
    }
}

/// Fewest and most minutes that a duration lasts.
fn bornes(duree: &Duree) -> (u64, u64) {
    const JOUR: u64 = 24 * 60;
    let (court, long) = match &duree.unite {
        Unite::Minutes => (1, 1),
        Unite::Heures => (60, 60),
        // days of a calendar are at least civil days, and an eleven-day closure may stand between two
        Unite::Jours(rules::calendrier::Compte::Civils) => (JOUR, JOUR),
        Unite::Jours(_) => (JOUR, 12 * JOUR),
        Unite::Semaines => (7 * JOUR, 7 * JOUR),
        Unite::Mois => (28 * JOUR, 31 * JOUR),
        Unite::Ans => (365 * JOUR, 366 * JOUR),
    };
    (court * u64::from(duree.n), long * u64::from(duree.n))
}
