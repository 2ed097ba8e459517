//! What agents read of a household, and when they act in its name: entries of the same chained journal.

use engine::decision::{Agregat, Auteur, EntreeJournal};
use engine::identifiant::FoyerId;
use jiff::Timestamp;

use crate::cx::Cx;
use crate::erreur::Erreur;
use crate::journal;
use crate::ordre::Ordre;
use crate::portee::Portee;
use crate::store::Store;

/// An access to write down.
#[derive(Clone, Debug)]
pub(crate) struct Acces {
    pub(crate) foyer: FoyerId,
    pub(crate) auteur: Auteur,
    pub(crate) evenement: &'static str,
    pub(crate) detail: Option<String>,
    pub(crate) le: Timestamp,
}

impl Store {
    /// Writes in the journal that this scope read `detail` of a household, or acted in its name.
    pub async fn consigne(
        &self,
        portee: &Portee,
        foyer: &FoyerId,
        evenement: &'static str,
        detail: Option<String>,
        le: Timestamp,
    ) -> Result<(), Erreur> {
        let auteur = portee.auteur().clone();
        let acces = Acces { foyer: foyer.clone(), auteur, evenement, detail, le };
        self.demande(portee.commune(), Ordre::Consigner(acces)).await.map(|_| ())
    }
}

/// Its rank is allotted here: an access never fails because another came first.
pub(crate) async fn ecrit(cx: &mut Cx, commune: &str, acces: &Acces) -> Result<(), Erreur> {
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
