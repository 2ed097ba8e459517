//! Whom a list is about, and whose name an agent types: nothing more of them is read.

use std::collections::BTreeSet;

use engine::foyer::{ValeurFait, cle_de_recherche};
use engine::identifiant::{FoyerId, PersonneId};

use crate::cx::{Cx, Rang};
use crate::erreur::{Erreur, illisible};
use crate::portee::Portee;
use crate::sql::{requete, requetes};
use crate::store::Store;

requetes! {
    NOMS = "SELECT fait, valeur FROM fait
        WHERE commune_id = $1 AND personne_id = $2 AND enfant_id IS NULL AND fait IN ('nom', 'prenom') ORDER BY n";
    RESPONSABLES = "SELECT personne_id FROM lien
        WHERE commune_id = $1 AND foyer_id = $2 AND genre IN ('responsable', 'co_representant') AND jusqu_a IS NULL ORDER BY depuis, personne_id";
    // the first names as last told; SQLite, without statistics, would read every household to have them in order
    CHERCHER = "SELECT lien.foyer_id, fait.recherche, (SELECT p.valeur FROM fait p WHERE p.commune_id = $1
                AND p.personne_id = fait.personne_id AND p.enfant_id IS NULL AND p.fait = 'prenom' ORDER BY p.n DESC LIMIT 1)
            FROM fait INDEXED BY fait_recherche JOIN lien INDEXED BY lien_personne
                ON lien.commune_id = $1 AND lien.personne_id = fait.personne_id AND lien.jusqu_a IS NULL
            WHERE fait.commune_id = $1 AND fait.recherche >= $2 AND fait.recherche < $3
            ORDER BY fait.recherche LIMIT $4",
        pg: "SELECT lien.foyer_id, fait.recherche, (SELECT p.valeur FROM fait p WHERE p.commune_id = $1
                AND p.personne_id = fait.personne_id AND p.enfant_id IS NULL AND p.fait = 'prenom' ORDER BY p.n DESC LIMIT 1)
            FROM fait JOIN lien ON lien.commune_id = $1 AND lien.personne_id = fait.personne_id AND lien.jusqu_a IS NULL
            WHERE fait.commune_id = $1 AND fait.recherche >= $2 AND fait.recherche < $3
            ORDER BY fait.recherche LIMIT $4";
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

/// Most words of a search that are tried as a family name.
const MOTS: usize = 6;
/// Most people of one family name looked through.
const HOMONYMES: i64 = 2_000;
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

    /// The households of somebody whose names begin like the words typed, family name first or last (« diallo fat », « Fatou
    /// Diallo »), for an agent: the closest first, `nombre` at most.
    pub async fn cherche_foyers(
        &self,
        portee: &Portee,
        noms: &str,
        nombre: usize,
    ) -> Result<Vec<FoyerId>, Erreur> {
        cherche(&mut self.lecture(portee).await?, portee, noms, nombre).await
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

/// What ranks a household that a search found: another family name than the one typed, then the names.
type Rangee = (bool, String, String, FoyerId);

/// The households of somebody whose names begin like these words. Agents' scopes only; no word finds nobody.
pub(crate) async fn cherche(
    cx: &mut Cx,
    portee: &Portee,
    noms: &str,
    nombre: usize,
) -> Result<Vec<FoyerId>, Erreur> {
    let cle = cle_de_recherche(noms);
    let mots: Vec<&str> = cle.split(' ').filter(|m| !m.is_empty()).collect();
    if portee.filtre().is_some() {
        return Ok(Vec::new());
    }
    let mut trouves = BTreeSet::<Rangee>::new();
    // any of them may begin the family name
    for debut in mots.iter().take(MOTS) {
        let rangs = requete(CHERCHER)
            .bind(portee.commune().as_str())
            .bind(*debut)
            .bind(format!("{debut}{FIN}"))
            .bind(HOMONYMES)
            .fetch_all(&mut *cx)
            .await?;
        for rang in &rangs {
            trouves.extend(ressemble(rang, &mots)?);
        }
    }
    let mut vus = BTreeSet::new();
    Ok(trouves.into_iter().map(|(.., foyer)| foyer).filter(|f| vus.insert(f.clone())).take(nombre).collect())
}

/// A row whose names have a word that begins like each of these.
fn ressemble(rang: &Rang, mots: &[&str]) -> Result<Option<Rangee>, Erreur> {
    let nom: String = rang.try_get(1)?;
    let prenom = rang.try_get::<Option<String>>(2)?;
    let prenom = prenom.map(|p| serde_json::from_str(&p).map_err(illisible("fait", "valeur"))).transpose()?;
    let prenom = match prenom {
        Some(ValeurFait::Texte(prenom)) => cle_de_recherche(&prenom),
        _ => String::new(),
    };
    let siens = || nom.split(' ').chain(prenom.split(' '));
    if !mots.iter().all(|mot| siens().any(|sien| sien.starts_with(mot))) {
        return Ok(None);
    }
    let foyer = FoyerId::lit(&rang.try_get::<String>(0)?).map_err(illisible("lien", "foyer_id"))?;
    let autre_nom = !nom.split(' ').all(|n| mots.contains(&n));
    Ok(Some((autre_nom, nom, prenom, foyer)))
}
