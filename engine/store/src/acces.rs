//! What agents read of a household, and when they act in its name: entries of the same chained journal.

use engine::decision::{Agregat, Auteur, EntreeJournal};
use engine::identifiant::FoyerId;
use jiff::Timestamp;
use sqlx::SqliteConnection;

use crate::erreur::Erreur;
use crate::journal;

/// An access to write down.
#[derive(Clone, Debug)]
pub(crate) struct Acces {
    pub(crate) foyer: FoyerId,
    pub(crate) auteur: Auteur,
    pub(crate) evenement: &'static str,
    pub(crate) detail: Option<String>,
    pub(crate) le: Timestamp,
}

/// Its rank is allotted here: an access never fails because another came first.
pub(crate) async fn ecrit(cx: &mut SqliteConnection, commune: &str, acces: &Acces) -> Result<(), Erreur> {
    let agregat = Agregat::Acces(acces.foyer.clone());
    let seq = journal::dernier_seq(cx, commune, &agregat).await?.saturating_add(1);
    let entree = EntreeJournal {
        agregat,
        seq,
        le: acces.le,
        auteur: acces.auteur.clone(),
        evenement: acces.evenement.to_owned(),
        detail: acces.detail.clone(),
        changements: Vec::new(),
    };
    journal::ecrit(cx, commune, &entree, &[]).await
}
