//! The seam of R03: in this crate's own tests, the k-th call to the database fails. Compiled for them alone.

use std::cell::Cell;

use crate::erreur::Erreur;

/// What the next calls do.
#[derive(Clone, Copy)]
enum Etat {
    /// They work.
    Sain,
    /// This many work, then one fails, or all.
    Avant { reste: u32, tenace: bool },
    /// One failed; the others work again, or not.
    Apres { tenace: bool },
}

thread_local! {
    static ETAT: Cell<Etat> = const { Cell::new(Etat::Sain) };
}

/// From now on, on this thread, the `k`-th call fails (from 1): once, or with all those that follow.
pub(crate) fn a_la(k: u32, tenace: bool) {
    ETAT.set(Etat::Avant { reste: k.saturating_sub(1), tenace });
}

/// Ends it. Was the call that fails reached?
pub(crate) fn atteinte() -> bool {
    matches!(ETAT.replace(Etat::Sain), Etat::Apres { .. })
}

/// A call to the database.
pub(crate) fn appel() -> Result<(), Erreur> {
    match ETAT.get() {
        Etat::Sain | Etat::Apres { tenace: false } => return Ok(()),
        Etat::Avant { reste: 0, tenace } => ETAT.set(Etat::Apres { tenace }),
        Etat::Avant { reste, tenace } => {
            ETAT.set(Etat::Avant { reste: reste - 1, tenace });
            return Ok(());
        }
        Etat::Apres { tenace: true } => {}
    }
    // not one that may pass: it would be tried again
    Err(Erreur::Base(sqlx::Error::Protocol("panne d'essai".to_owned())))
}
