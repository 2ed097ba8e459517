//! The rows of many cases at once, from columns of facts: for simulations over all the families of a town.

use super::{Corps, Manque, Table};

/// A column: one value a case.
#[derive(Clone, Copy, Debug)]
pub enum Colonne<'a> {
    /// Places in the domain's list of names; `u16::MAX` is absent.
    Choix(&'a [u16]),
    /// Whole numbers of the dimension's `pas`, minutes or units of a duration; `i64::MIN` is absent.
    Pas(&'a [i64]),
}

impl<R> Table<R> {
    /// Writes the row of each case into `lignes`. One column a dimension, in their order, each as long as `lignes`.
    ///
    /// The first case without a row, or whose column has not the dimension's type, stops with its reason: a
    /// simulation never counts a family at zero. Text conditions and large tables are not for columns: [`Manque::Trou`].
    pub fn lignes_en_colonnes(&self, colonnes: &[Colonne<'_>], lignes: &mut [u32]) -> Result<(), Manque> {
        let Corps::Cellules(cellules) = &self.corps else { return Err(Manque::Trou) };
        lignes.fill(0);
        if colonnes.len() != self.dimensions.len() {
            return Err(Manque::Trou);
        }
        for ((d, axe), (colonne, pas)) in
            self.dimensions.iter().zip(&self.axes).zip(colonnes.iter().zip(&cellules.pas))
        {
            let hors = Manque::HorsDomaine(d.fait);
            match colonne {
                Colonne::Choix(valeurs) if !axe.ordonne() && valeurs.len() == lignes.len() => {
                    for (cellule, v) in lignes.iter_mut().zip(*valeurs) {
                        let classe = if *v == u16::MAX { axe.absente() } else { u32::from(*v) };
                        if classe > axe.absente() || (classe == axe.absente() && *v != u16::MAX) {
                            return Err(hors);
                        }
                        *cellule += classe * pas;
                    }
                }
                Colonne::Pas(valeurs) if axe.entier() && valeurs.len() == lignes.len() => {
                    for (cellule, v) in lignes.iter_mut().zip(*valeurs) {
                        let classe = if *v == i64::MIN { axe.absente() } else { axe.classe_de_cle(*v) };
                        *cellule += classe * pas;
                    }
                }
                _ => return Err(hors),
            }
        }
        for cellule in lignes {
            *cellule = match cellules.simple(*cellule) {
                Some(ligne) => ligne,
                None if cellules.candidates(*cellule).is_empty() => self.sinon.ok_or(Manque::Trou)?,
                None => return Err(Manque::Trou),
            };
        }
        Ok(())
    }
}
