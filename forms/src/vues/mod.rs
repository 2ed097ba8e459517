//! The pages' typed contexts, one file a group of pages.

mod cadre;
mod public;

pub use cadre::{Avis, Cadre, EnTete, Genre, Horloge, Lien, Onglet, Utilisateur};
pub use public::{
    Accueil, CommuneServie, Connexion, ContactAffiche, Erreur, PageCommune, Refusee, ResumeDossier, Tuile,
};

/// Calls `$f::<V>($args…)` for each page.
#[cfg(test)]
macro_rules! chaque_vue {
    ($f:ident, $($arg:expr),*) => {{
        $f::<$crate::vues::Accueil>($($arg),*);
        $f::<$crate::vues::PageCommune>($($arg),*);
        $f::<$crate::vues::Erreur>($($arg),*);
    }};
}
#[cfg(test)]
pub(crate) use chaque_vue;
