//! Facts as rules see them: a flat array of values, indexed by the town's interned names.

use crate::valeur::{Domaine, Valeur};

/// A fact or built-in dimension, interned when the town is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FaitId(pub u16);

/// The names that a condition or an expression may use, with their domains.
///
/// The engine implements it over the town's `donnees.yaml` and the built-in dimensions.
pub trait Symboles {
    /// The fact of that name (`quotient`, `enfant.classe`).
    fn fait(&self, nom: &str) -> Option<FaitId>;
    /// Its domain.
    fn domaine(&self, fait: FaitId) -> &Domaine;
    /// Its name.
    fn nom(&self, fait: FaitId) -> &str;
    /// May it be `absent`? A comparison with such a fact must be guarded by `est_connu`.
    fn peut_manquer(&self, fait: FaitId) -> bool;
    /// All names, for « vouliez-vous dire ».
    fn noms(&self) -> Vec<&str>;
    /// A named dated figure (`parametre("nom")`), by index, or `None`.
    fn parametre(&self, nom: &str) -> Option<u16>;
}

/// The values of one line's facts, in the order of [`FaitId`]; what is not there is [`Valeur::Absent`].
#[derive(Clone, Copy, Debug)]
pub struct Faits<'a> {
    /// One value a fact.
    pub valeurs: &'a [Valeur],
    /// One value a `parametre`, in force on the priced day.
    pub parametres: &'a [Valeur],
}

impl Faits<'_> {
    /// The value of `fait`.
    #[inline]
    pub fn valeur(&self, fait: FaitId) -> Valeur {
        self.valeurs.get(usize::from(fait.0)).copied().unwrap_or(Valeur::Absent)
    }

    /// The value of a named figure.
    pub fn parametre(&self, indice: u16) -> Valeur {
        self.parametres.get(usize::from(indice)).copied().unwrap_or(Valeur::Absent)
    }
}
