//! Households and who is in them.

use engine::foyer::{FaitsDates, Foyer, Genre, Membre, Sujet};
use engine::identifiant::{FoyerId, PersonneId};
use jiff::Timestamp;

use crate::cx::{Cx, Rang};
use crate::erreur::{Erreur, illisible};
use crate::fait;
use crate::instant::en_micros;
use crate::portee::Portee;
use crate::sql::{requete, requetes};
use crate::store::Store;

requetes! {
    // its version and its members, of one moment
    LIRE = "SELECT f.version, l.personne_id, l.genre FROM foyer f
            LEFT JOIN lien l ON l.commune_id = f.commune_id AND l.foyer_id = f.id AND l.jusqu_a IS NULL
        WHERE f.commune_id = $1 AND f.id = $2 AND ($3 IS NULL OR f.id = $3) ORDER BY l.depuis, l.personne_id";
    // the same with every fact about it and whoever is, or was, in it: one row, of one moment, its lists in JSON; two reads and not
    // an OR, for which SQLite walks every fact of the town
    FAMILLE = "SELECT f.version,
            (SELECT json_group_array(json_array(l.personne_id, l.genre) ORDER BY l.depuis, l.personne_id)
                FROM lien l WHERE l.commune_id = f.commune_id AND l.foyer_id = f.id AND l.jusqu_a IS NULL),
            (SELECT json_group_array(json_array(a.foyer_id, a.personne_id, a.enfant_id, a.fait, a.valeur, a.valable_du,
                    a.valable_au, a.connu_le, a.source, a.valide_par) ORDER BY a.n)
                FROM (SELECT * FROM fait WHERE commune_id = f.commune_id AND foyer_id = f.id
                    UNION ALL SELECT * FROM fait WHERE commune_id = f.commune_id AND personne_id IN
                        (SELECT l.personne_id FROM lien l WHERE l.commune_id = f.commune_id AND l.foyer_id = f.id)) a)
        FROM foyer f WHERE f.commune_id = $1 AND f.id = $2 AND ($3 IS NULL OR f.id = $3)",
        pg: "SELECT f.version,
            (SELECT COALESCE(CAST(json_agg(json_build_array(l.personne_id, l.genre) ORDER BY l.depuis, l.personne_id) AS TEXT), '[]')
                FROM lien l WHERE l.commune_id = f.commune_id AND l.foyer_id = f.id AND l.jusqu_a IS NULL),
            (SELECT COALESCE(CAST(json_agg(json_build_array(a.foyer_id, a.personne_id, a.enfant_id, a.fait, a.valeur, a.valable_du,
                    a.valable_au, a.connu_le, a.source, a.valide_par) ORDER BY a.n) AS TEXT), '[]')
                FROM (SELECT * FROM fait WHERE commune_id = f.commune_id AND foyer_id = f.id
                    UNION ALL SELECT * FROM fait WHERE commune_id = f.commune_id AND personne_id IN
                        (SELECT l.personne_id FROM lien l WHERE l.commune_id = f.commune_id AND l.foyer_id = f.id)) a)
        FROM foyer f WHERE f.commune_id = $1 AND f.id = $2 AND ($3 IS NULL OR f.id = $3)";
    PARTIS = "SELECT DISTINCT personne_id FROM lien
        WHERE commune_id = $1 AND foyer_id = $2 AND jusqu_a IS NOT NULL AND ($3 IS NULL OR foyer_id = $3) ORDER BY personne_id";
    VERSION = "SELECT version FROM foyer WHERE commune_id = $1 AND id = $2";
    LISTER = "SELECT id FROM foyer WHERE commune_id = $1 AND ($2 IS NULL OR id = $2) ORDER BY id LIMIT $3";
    CREER = "INSERT INTO foyer (commune_id, id, version) VALUES ($1, $2, 1)";
    PERSONNE = "INSERT INTO personne (commune_id, id) VALUES ($1, $2) ON CONFLICT (commune_id, id) DO NOTHING";
    LIER = "INSERT INTO lien (commune_id, foyer_id, personne_id, genre, depuis) VALUES ($1, $2, $3, $4, $5)";
    DELIER = "UPDATE lien SET jusqu_a = $4 WHERE commune_id = $1 AND foyer_id = $2 AND personne_id = $3 AND jusqu_a IS NULL";
    TOUCHER = "UPDATE foyer SET version = version + 1 WHERE commune_id = $1 AND id = $2";
    TOUCHER_LES_SIENS = "UPDATE foyer SET version = version + 1 WHERE commune_id = $1 AND id IN
        (SELECT foyer_id FROM lien WHERE commune_id = $1 AND personne_id = $2 AND jusqu_a IS NULL)";
    AU_MOINS = "UPDATE foyer SET version = $3 WHERE commune_id = $1 AND id = $2 AND version < $3";
}

/// A household, and what is known of it: nothing in it is older than the household's version, so that what is decided on it and
/// guarded by that version was decided on all of it.
#[derive(Clone, Debug, Default)]
pub struct FoyerLu {
    /// The household; `None` when there is none in this scope.
    pub foyer: Option<Foyer>,
    /// Every fact about it and whoever is, or was, in it.
    pub faits: FaitsDates,
}

impl Store {
    /// A household of this scope with everything known of it.
    pub async fn famille(&self, portee: &Portee, id: &FoyerId) -> Result<FoyerLu, Erreur> {
        famille(&mut self.lecture(portee).await?, portee, id).await
    }

    /// Whoever was in a household of this scope and left it, or was taken out of it; they may be in it again.
    pub async fn partis(&self, portee: &Portee, id: &FoyerId) -> Result<Vec<PersonneId>, Erreur> {
        let rangs = requete(PARTIS)
            .bind(portee.commune().as_str())
            .bind(id.as_str())
            .bind(portee.filtre())
            .fetch_all(&mut self.lecture(portee).await?)
            .await?;
        let lit =
            |r: &Rang| PersonneId::lit(&r.try_get::<String>(0)?).map_err(illisible("lien", "personne_id"));
        rangs.iter().map(lit).collect()
    }

    /// A household of this scope.
    pub async fn foyer(&self, portee: &Portee, id: &FoyerId) -> Result<Option<Foyer>, Erreur> {
        lit(&mut self.lecture(portee).await?, portee, id).await
    }

    /// Households of this scope, by id.
    pub async fn foyers(&self, portee: &Portee, nombre: u32) -> Result<Vec<FoyerId>, Erreur> {
        liste(&mut self.lecture(portee).await?, portee, nombre).await
    }
}

pub(crate) async fn famille(cx: &mut Cx, portee: &Portee, id: &FoyerId) -> Result<FoyerLu, Erreur> {
    let rang = requete(FAMILLE)
        .bind(portee.commune().as_str())
        .bind(id.as_str())
        .bind(portee.filtre())
        .fetch_optional(&mut *cx)
        .await?;
    let Some(rang) = rang else { return Ok(FoyerLu::default()) };
    let commune = portee.commune().as_str();
    let faits = fait::lus(cx.coffre.as_ref(), commune, &rang.try_get::<String>(2)?)?;
    let lies: Vec<(String, String)> =
        serde_json::from_str(&rang.try_get::<String>(1)?).map_err(illisible("lien", "genre"))?;
    let membres = lies.iter().map(|(personne, genre)| membre(personne, genre)).collect::<Result<_, _>>()?;
    let foyer = Foyer { id: id.clone(), version: rang.try_get(0)?, membres };
    Ok(FoyerLu { foyer: Some(foyer), faits })
}

pub(crate) async fn lit(cx: &mut Cx, portee: &Portee, id: &FoyerId) -> Result<Option<Foyer>, Erreur> {
    let rangs = requete(LIRE)
        .bind(portee.commune().as_str())
        .bind(id.as_str())
        .bind(portee.filtre())
        .fetch_all(cx)
        .await?;
    let Some(premier) = rangs.first() else { return Ok(None) };
    let version = premier.try_get(0)?;
    let mut membres = Vec::with_capacity(rangs.len());
    for rang in &rangs {
        // a household without anybody has one row, without a member
        if let (Some(personne), Some(genre)) =
            (rang.try_get::<Option<String>>(1)?, rang.try_get::<Option<String>>(2)?)
        {
            membres.push(membre(&personne, &genre)?);
        }
    }
    Ok(Some(Foyer { id: id.clone(), version, membres }))
}

fn membre(personne: &str, genre: &str) -> Result<Membre, Erreur> {
    Ok(Membre {
        personne: PersonneId::lit(personne).map_err(illisible("lien", "personne_id"))?,
        genre: Genre::lit(genre).ok_or(Erreur::Incoherence { table: "lien", colonne: "genre" })?,
    })
}

pub(crate) async fn liste(cx: &mut Cx, portee: &Portee, nombre: u32) -> Result<Vec<FoyerId>, Erreur> {
    let rangs = requete(LISTER)
        .bind(portee.commune().as_str())
        .bind(portee.filtre())
        .bind(i64::from(nombre))
        .fetch_all(cx)
        .await?;
    rangs.iter().map(|r| FoyerId::lit(&r.try_get::<String>(0)?).map_err(illisible("foyer", "id"))).collect()
}

pub(crate) async fn version(cx: &mut Cx, commune: &str, id: &FoyerId) -> Result<i64, Erreur> {
    let rang = requete(VERSION).bind(commune).bind(id.as_str()).fetch_optional(cx).await?;
    rang.map_or(Ok(0), |r| r.try_get(0))
}

pub(crate) async fn cree(cx: &mut Cx, commune: &str, id: &FoyerId) -> Result<(), Erreur> {
    requete(CREER).bind(commune).bind(id.as_str()).execute(cx).await?;
    Ok(())
}

pub(crate) async fn ajoute(
    cx: &mut Cx,
    commune: &str,
    foyer: &FoyerId,
    personne: &PersonneId,
    genre: Genre,
    depuis: Timestamp,
) -> Result<(), Erreur> {
    requete(PERSONNE).bind(commune).bind(personne.as_str()).execute(&mut *cx).await?;
    requete(LIER)
        .bind(commune)
        .bind(foyer.as_str())
        .bind(personne.as_str())
        .bind(genre.nom())
        .bind(en_micros(depuis))
        .execute(&mut *cx)
        .await?;
    touche(cx, commune, foyer).await
}

pub(crate) async fn retire(
    cx: &mut Cx,
    commune: &str,
    foyer: &FoyerId,
    personne: &PersonneId,
    le: Timestamp,
) -> Result<(), Erreur> {
    let fait = requete(DELIER)
        .bind(commune)
        .bind(foyer.as_str())
        .bind(personne.as_str())
        .bind(en_micros(le))
        .execute(&mut *cx)
        .await?;
    if fait != 1 {
        return Err(Erreur::Incoherence { table: "lien", colonne: "jusqu_a" });
    }
    touche(cx, commune, foyer).await
}

/// Whoever decided on what the household was must read it again.
pub(crate) async fn touche(cx: &mut Cx, commune: &str, foyer: &FoyerId) -> Result<(), Erreur> {
    requete(TOUCHER).bind(commune).bind(foyer.as_str()).execute(cx).await?;
    Ok(())
}

/// The same, for the households of whom a fact is about.
pub(crate) async fn touche_sujet(cx: &mut Cx, commune: &str, sujet: &Sujet) -> Result<(), Erreur> {
    match sujet {
        Sujet::Foyer(foyer) => touche(cx, commune, foyer).await,
        Sujet::Personne(personne) | Sujet::Lien { enfant: personne, .. } => {
            requete(TOUCHER_LES_SIENS).bind(commune).bind(personne.as_str()).execute(cx).await?;
            Ok(())
        }
    }
}

/// A household's own journal entries number its versions.
pub(crate) async fn au_moins(cx: &mut Cx, commune: &str, id: &FoyerId, seq: i64) -> Result<(), Erreur> {
    requete(AU_MOINS).bind(commune).bind(id.as_str()).bind(seq).execute(cx).await?;
    Ok(())
}
