//! Settings of a town's store: the demonstration's clock.

use crate::cx::Cx;
use crate::erreur::Erreur;
use crate::ordre::Ordre;
use crate::portee::Portee;
use crate::sql::{requete, requetes};
use crate::store::Store;

requetes! {
    LIRE = "SELECT valeur FROM reglage WHERE commune_id = $1 AND cle = $2";
    ECRIRE = "INSERT INTO reglage (commune_id, cle, valeur) VALUES ($1, $2, $3)
        ON CONFLICT (commune_id, cle) DO UPDATE SET valeur = excluded.valeur";
}

impl Store {
    /// A setting of this town's store.
    pub async fn reglage(&self, portee: &Portee, cle: &str) -> Result<Option<String>, Erreur> {
        lit(&mut self.lecture(portee).await?, portee.commune().as_str(), cle).await
    }

    /// Changes a setting.
    pub async fn regle(&self, portee: &Portee, cle: String, valeur: String) -> Result<(), Erreur> {
        self.demande(portee.commune(), Ordre::Regler { cle, valeur }).await.map(|_| ())
    }
}

pub(crate) async fn lit(cx: &mut Cx, commune: &str, cle: &str) -> Result<Option<String>, Erreur> {
    let rang = requete(LIRE).bind(commune).bind(cle).fetch_optional(cx).await?;
    rang.map(|r| r.try_get(0)).transpose()
}

pub(crate) async fn ecrit(cx: &mut Cx, commune: &str, cle: &str, valeur: &str) -> Result<(), Erreur> {
    requete(ECRIRE).bind(commune).bind(cle).bind(valeur).execute(cx).await?;
    Ok(())
}
