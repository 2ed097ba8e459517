//! A family's own requests, the latest first.

use engine::demarche::Dossier;
use engine::identifiant::FoyerId;

use crate::cx::Cx;
use crate::dossier::{Curseur, lit_etat};
use crate::erreur::Erreur;
use crate::portee::Portee;
use crate::sql::{requete, requetes};
use crate::store::Store;

requetes! {
    // a draft that the family deleted is none; its own key in the index of households keeps the list short
    RECENTS = "SELECT etat, id, version FROM dossier
        WHERE commune_id = $1 AND foyer_id = $2 AND (numero IS NOT NULL OR phase <> 'annulee')
            AND ($3 = 0 OR phase = 'brouillon') AND ($4 = 0 OR phase <> 'brouillon') AND (entree_le, id) < ($5, $6)
        ORDER BY entree_le DESC, id DESC LIMIT $7";

    // what was refused or given up holds nothing
    DU_FOYER = "SELECT etat, id, version FROM dossier
        WHERE commune_id = $1 AND foyer_id = $2 AND phase NOT IN ('refusee', 'annulee', 'expiree')
        ORDER BY entree_le DESC, id DESC";
}

/// Which of a family's requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recents {
    /// Any.
    Tous,
    /// What is still being written.
    Brouillons,
    /// What was sent once.
    Envoyes,
}

impl Store {
    /// The household's own dossiers, the last to enter its étape first, before `avant`; none without a household.
    pub async fn recents(
        &self,
        portee: &Portee,
        lesquels: Recents,
        avant: Option<&Curseur>,
        nombre: u32,
    ) -> Result<Vec<Dossier>, Erreur> {
        recents(&mut self.lecture(portee).await?, portee, lesquels, avant, nombre).await
    }

    /// All that a household has asked for and that was neither refused nor given up, drafts too; none of another household than
    /// the scope's. Pages that show them leave out those of services that the reader is not of.
    pub async fn dossiers_du_foyer(&self, portee: &Portee, foyer: &FoyerId) -> Result<Vec<Dossier>, Erreur> {
        if portee.filtre().is_some() && portee.foyer() != Some(foyer) {
            return Ok(Vec::new());
        }
        du_foyer(&mut self.lecture(portee).await?, portee, foyer).await
    }
}

async fn du_foyer(cx: &mut Cx, portee: &Portee, foyer: &FoyerId) -> Result<Vec<Dossier>, Erreur> {
    let rangs = requete(DU_FOYER).bind(portee.commune().as_str()).bind(foyer.as_str());
    let rangs = rangs.fetch_all(&mut *cx).await?;
    rangs.iter().map(|r| lit_etat(cx, portee.commune().as_str(), r)).collect()
}

pub(crate) async fn recents(
    cx: &mut Cx,
    portee: &Portee,
    lesquels: Recents,
    avant: Option<&Curseur>,
    nombre: u32,
) -> Result<Vec<Dossier>, Erreur> {
    let Some(foyer) = portee.foyer() else { return Ok(Vec::new()) };
    let (instant, id) = avant.map_or((i64::MAX, ""), Curseur::bornes);
    let rangs = requete(RECENTS)
        .bind(portee.commune().as_str())
        .bind(foyer.as_str())
        .bind(i64::from(lesquels == Recents::Brouillons))
        .bind(i64::from(lesquels == Recents::Envoyes))
        .bind(instant)
        .bind(id.to_owned())
        .bind(i64::from(nombre))
        .fetch_all(&mut *cx)
        .await?;
    rangs.iter().map(|r| lit_etat(cx, portee.commune().as_str(), r)).collect()
}
