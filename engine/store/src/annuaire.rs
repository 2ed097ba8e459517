//! Whom a list is about, and whose name an agent types: nothing more of them is read.

use engine::foyer::{ValeurFait, cle_de_recherche};
use engine::identifiant::{FoyerId, PersonneId};

use crate::cx::Cx;
use crate::erreur::{Erreur, illisible};
use crate::portee::Portee;
use crate::sql::{requete, requetes};
use crate::store::Store;

requetes! {
    NOMS = "SELECT fait, valeur FROM fait
        WHERE commune_id = $1 AND personne_id = $2 AND enfant_id IS NULL AND fait IN ('nom', 'prenom') ORDER BY n";
    RESPONSABLES = "SELECT personne_id FROM lien
        WHERE commune_id = $1 AND foyer_id = $2 AND genre = 'responsable' AND jusqu_a IS NULL ORDER BY depuis, personne_id";
    // SQLite, without statistics, would read every household to have them in order
    CHERCHER = "SELECT DISTINCT foyer_id FROM lien INDEXED BY lien_personne
            WHERE commune_id = $1 AND jusqu_a IS NULL AND personne_id IN
                (SELECT personne_id FROM fait WHERE commune_id = $1 AND recherche >= $2 AND recherche < $3)
            ORDER BY foyer_id LIMIT $4",
        pg: "SELECT DISTINCT foyer_id FROM lien WHERE commune_id = $1 AND jusqu_a IS NULL AND personne_id IN
                (SELECT personne_id FROM fait WHERE commune_id = $1 AND recherche >= $2 AND recherche < $3)
            ORDER BY foyer_id LIMIT $4";
}

/// Somebody's names, as last told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Designation {
    /// First name.
    pub prenom: String,
    /// Family name.
    pub nom: String,
}

impl Designation {
    /// « Camille Durand »; empty when nothing is known.
    pub fn en_entier(&self) -> String {
        format!("{} {}", self.prenom, self.nom).trim().to_owned()
    }
}

/// What comes after every text: the end of a range of texts that begin alike.
const FIN: char = '\u{10ffff}';

impl Store {
    /// The names of a person, for an agent's list.
    pub async fn designation(&self, portee: &Portee, personne: &PersonneId) -> Result<Designation, Erreur> {
        designation(&mut self.lecture(portee).await?, portee, personne).await
    }

    /// Who answers for a household, for an agent.
    pub async fn responsables(&self, portee: &Portee, foyer: &FoyerId) -> Result<Vec<PersonneId>, Erreur> {
        responsables(&mut self.lecture(portee).await?, portee, foyer).await
    }

    /// The households of somebody whose family name begins like `nom`, for an agent.
    pub async fn cherche_foyers(
        &self,
        portee: &Portee,
        nom: &str,
        nombre: u32,
    ) -> Result<Vec<FoyerId>, Erreur> {
        cherche(&mut self.lecture(portee).await?, portee, nom, nombre).await
    }
}

/// The names of a person. Agents' scopes only.
pub(crate) async fn designation(
    cx: &mut Cx,
    portee: &Portee,
    personne: &PersonneId,
) -> Result<Designation, Erreur> {
    let mut lue = Designation::default();
    if portee.filtre().is_some() {
        return Ok(lue);
    }
    let rangs = requete(NOMS).bind(portee.commune().as_str()).bind(personne.as_str()).fetch_all(cx).await?;
    for rang in rangs {
        let (fait, valeur): (String, String) = (rang.try_get(0)?, rang.try_get(1)?);
        let ValeurFait::Texte(texte) = serde_json::from_str(&valeur).map_err(illisible("fait", "valeur"))?
        else {
            continue;
        };
        if fait == "nom" { lue.nom = texte } else { lue.prenom = texte }
    }
    Ok(lue)
}

/// Who answers for a household, the first declared first. Agents' scopes only.
pub(crate) async fn responsables(
    cx: &mut Cx,
    portee: &Portee,
    foyer: &FoyerId,
) -> Result<Vec<PersonneId>, Erreur> {
    if portee.filtre().is_some() {
        return Ok(Vec::new());
    }
    let rangs =
        requete(RESPONSABLES).bind(portee.commune().as_str()).bind(foyer.as_str()).fetch_all(cx).await?;
    rangs
        .iter()
        .map(|r| PersonneId::lit(&r.try_get::<String>(0)?).map_err(illisible("lien", "personne_id")))
        .collect()
}

/// The households of somebody whose family name begins like `nom`. Agents' scopes only; an empty name finds nobody.
pub(crate) async fn cherche(
    cx: &mut Cx,
    portee: &Portee,
    nom: &str,
    nombre: u32,
) -> Result<Vec<FoyerId>, Erreur> {
    let cle = cle_de_recherche(nom);
    if portee.filtre().is_some() || cle.is_empty() {
        return Ok(Vec::new());
    }
    let fin = format!("{cle}{FIN}");
    let rangs = requete(CHERCHER)
        .bind(portee.commune().as_str())
        .bind(cle)
        .bind(fin)
        .bind(i64::from(nombre))
        .fetch_all(cx)
        .await?;
    rangs
        .iter()
        .map(|r| FoyerId::lit(&r.try_get::<String>(0)?).map_err(illisible("lien", "foyer_id")))
        .collect()
}
