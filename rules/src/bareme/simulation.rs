//! « What would all our families pay under this grid? »: from columns of facts to amounts in centimes.

use super::{Grille, Resultat};
use crate::montant::Montant;
use crate::table::{Colonne, Manque};

/// Cases computed at a time: the working columns stay in the cache.
const BLOC: usize = 4_096;

/// Why a simulation stops. No family is ever counted at zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusSimulation {
    /// A case has no row.
    Manque(Manque),
    /// That row is not one voted amount in whole centimes: ask its price case by case.
    LigneCalculee(u32),
}

impl Grille {
    /// Writes what each case pays into `prix`. One column a dimension, in their order, each as long as `prix`.
    pub fn simule(&self, colonnes: &[Colonne<'_>], prix: &mut [Montant]) -> Result<(), RefusSimulation> {
        let fixes: Vec<Option<Montant>> = self
            .table()
            .lignes()
            .iter()
            .map(|l| match l.resultat {
                Resultat::Prix(p) => Montant::exact(p),
                _ => None,
            })
            .collect();
        let mut lignes = vec![0_u32; BLOC.min(prix.len())];
        for (rang, bloc) in prix.chunks_mut(BLOC).enumerate() {
            let debut = rang * BLOC;
            let tranches: Option<Vec<Colonne<'_>>> = colonnes
                .iter()
                .map(|c| {
                    Some(match c {
                        Colonne::Choix(v) => Colonne::Choix(v.get(debut..debut + bloc.len())?),
                        Colonne::Pas(v) => Colonne::Pas(v.get(debut..debut + bloc.len())?),
                    })
                })
                .collect();
            let tranches = tranches.ok_or(RefusSimulation::Manque(Manque::Trou))?;
            let lignes = lignes.get_mut(..bloc.len()).unwrap_or_default();
            self.table().lignes_en_colonnes(&tranches, lignes).map_err(RefusSimulation::Manque)?;
            for (montant, ligne) in bloc.iter_mut().zip(lignes.iter()) {
                let fixe = usize::try_from(*ligne).ok().and_then(|l| fixes.get(l).copied().flatten());
                *montant = fixe.ok_or(RefusSimulation::LigneCalculee(*ligne))?;
            }
        }
        Ok(())
    }
}
