//! What a town's store keeps of a key that it does not hold: it tells another key from the first, and a lost one from one that was
//! never made.

use engine::identifiant::CommuneSlug;
use engine_store::{Erreur, Portee, Store};

use crate::session::egaux;

/// The witness of one key of one town.
pub(crate) struct Temoin {
    portee: Portee,
    nom: &'static str,
    garde: Option<String>,
}

impl Temoin {
    /// As the town's store keeps it, in the setting of that name.
    pub(crate) async fn lit(store: &Store, slug: &CommuneSlug, nom: &'static str) -> Result<Self, Erreur> {
        let portee = store.portee_de_commande(slug, "temoin");
        let garde = store.reglage(&portee, nom).await?;
        Ok(Self { portee, nom, garde })
    }

    /// Was the town ever given a key?
    pub(crate) fn connait(&self) -> bool {
        self.garde.is_some()
    }

    /// Is it the key whose fingerprint this is? The first one is.
    pub(crate) async fn reconnait(&self, store: &Store, empreinte: &str) -> Result<bool, Erreur> {
        match &self.garde {
            Some(garde) => Ok(egaux(garde, empreinte)),
            None => {
                store.regle(&self.portee, self.nom.to_owned(), empreinte.to_owned()).await?;
                Ok(true)
            }
        }
    }
}
