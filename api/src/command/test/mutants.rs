//! `guichet test --mutants`: each small change of the files that neither a check nor a case sees.

use std::fmt::Write as _;

use engine::cas::{Atelier, BilanMutants, Mutation, Verdict};
use engine::definition::resolve::Partage;
use engine::definition::source::SourceSet;

use crate::command::cores::par_coeur;
use crate::error::Fatale;

/// Tries the mutations of a town on every core; what to print, and whether none survives that must not.
pub(super) fn essaie(sources: &SourceSet, slug: &str, un_sur: usize) -> Result<(String, bool), Fatale> {
    let atelier = Atelier::nouveau(sources, slug, &mut Partage::default());
    let Some(atelier) = atelier else {
        return Err(Fatale::Definition(format!("{slug} ne se charge pas : guichet check {slug}")));
    };
    let mutations = atelier.mutations(un_sur);
    let lots = par_coeur(&mutations, "un essai de mutation s'est arrêté", |part| lot(&atelier, part))?;
    let verdicts: Vec<_> = lots.into_iter().flatten().collect();
    let bilan = BilanMutants::nouveau(verdicts);
    Ok((rapport(slug, &atelier, &bilan), sain(&bilan)))
}

fn lot(atelier: &Atelier<'_>, mutations: &[Mutation]) -> Vec<(Mutation, Verdict)> {
    let mut partage = Partage::default();
    mutations.iter().map(|m| (m.clone(), atelier.essaie(m, &mut partage))).collect()
}

/// No amount, bound, date, hour or document survives, at most 5 % of the rest, and no explanation is wrong.
fn sain(bilan: &BilanMutants) -> bool {
    let (mut tentees, mut survivantes) = (0, 0);
    for (classe, (essais, restes)) in &bilan.par_classe {
        if classe.sans_survivant() && *restes > 0 {
            return false;
        }
        if !classe.sans_survivant() {
            tentees += essais;
            survivantes += restes;
        }
    }
    survivantes * 20 <= tentees && bilan.explication_fausse.is_empty()
}

fn rapport(slug: &str, atelier: &Atelier<'_>, bilan: &BilanMutants) -> String {
    let mut texte = String::new();
    for m in &bilan.survivants {
        let _ = writeln!(
            texte,
            "survit : {} {} ({}) {} → {}",
            m.place,
            m.cle,
            m.classe.nom(),
            m.ancien,
            m.nouveau
        );
        if let Some(tueur) = atelier.tueur(m) {
            let _ = writeln!(
                texte,
                "  le cas qui la verrait :\n    {}",
                tueur.yaml.trim_end().replace('\n', "\n    ")
            );
        }
    }
    for m in &bilan.expliques {
        let pourquoi = m.equivalent.as_deref().unwrap_or_default();
        let _ =
            writeln!(texte, "équivalente : {} {} {} → {} ({pourquoi})", m.place, m.cle, m.ancien, m.nouveau);
    }
    for m in &bilan.explication_fausse {
        let _ = writeln!(
            texte,
            "dite équivalente, et vue pourtant : {} {} {} → {}",
            m.place, m.cle, m.ancien, m.nouveau
        );
    }
    let _ = writeln!(texte, "\n{:<18}{:>8}{:>12}", "classe", "essais", "survivantes");
    for (classe, (essais, restes)) in &bilan.par_classe {
        let _ = writeln!(texte, "{:<18}{essais:>8}{restes:>12}", classe.nom());
    }
    let _ = writeln!(
        texte,
        "{slug} : {} mutations, {} vues par un contrôle, {} par un cas, {} survivantes, {} expliquées",
        bilan.tentees(),
        bilan.controle,
        bilan.cas,
        bilan.survivants.len(),
        bilan.expliques.len()
    );
    texte
}
