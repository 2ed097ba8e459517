//! Idempotency keys: the same request gives its effect once, and the same answer.

use engine::identifiant::DossierId;
use jiff::Timestamp;

use crate::coffre;
use crate::cx::Cx;
use crate::differe::Ajout;
use crate::erreur::Erreur;
use crate::instant::en_micros;
use crate::ordre::Ordre;
use crate::portee::Portee;
use crate::sql::{requete, requetes};
use crate::store::Store;

requetes! {
    LIRE = "SELECT corps, reponse FROM cle_idempotence WHERE commune_id = $1 AND cle = $2";
    // those of a batch, a JSON list
    LIRE_TOUTES = "SELECT cle, corps, reponse FROM cle_idempotence WHERE commune_id = $1 AND cle IN (SELECT value FROM json_each($2))",
        pg: "SELECT cle, corps, reponse FROM cle_idempotence WHERE commune_id = $1
            AND cle = ANY (ARRAY(SELECT json_array_elements_text(CAST($2 AS json))))";
    LIRE_COMPLETE = "SELECT corps, complete FROM cle_idempotence WHERE commune_id = $1 AND cle = $2";
    COMPLETER = "INSERT INTO cle_idempotence (commune_id, cle, corps, reponse, le, complete) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (commune_id, cle) DO NOTHING";
    PURGER = "DELETE FROM cle_idempotence WHERE commune_id = $1 AND le < $2";
    // an identifier of 130 random bits is in no other answer, and no wildcard is in it
    OUBLIER = "DELETE FROM cle_idempotence WHERE commune_id = $1 AND complete LIKE '%' || $2 || '%'";
    ECRIRE = "INSERT INTO cle_idempotence (commune_id, cle, corps, reponse, le) VALUES ($1, $2, $3, $4, $5)";
}

/// Between a sealed answer and the identifiers that it shows.
const NOMMES: char = ' ';

/// The key of a request, made by who sends it (a form's token, an `Idempotency-Key`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CleIdempotence {
    /// The key, with who used it in front: two families' keys never meet.
    pub cle: String,
    /// SHA-256 of the request.
    pub corps: [u8; 32],
    /// What to answer, now and each time it comes again.
    pub reponse: String,
}

impl Store {
    /// The answer already given to this request under this key.
    pub async fn deja_repondu(
        &self,
        portee: &Portee,
        cle: &str,
        corps: &[u8; 32],
    ) -> Result<Option<String>, Erreur> {
        deja(&mut self.lecture(portee).await?, portee.commune().as_str(), cle, corps).await
    }

    /// The whole answer kept for this request under this key.
    pub async fn reponse_gardee(
        &self,
        portee: &Portee,
        cle: &str,
        corps: &[u8; 32],
    ) -> Result<Option<String>, Erreur> {
        complete(&mut self.lecture(portee).await?, portee.commune().as_str(), cle, corps).await
    }

    /// Keeps the whole answer of a request that was done, under a key of its own; the first one stays.
    pub async fn garde_reponse(
        &self,
        portee: &Portee,
        cle: CleIdempotence,
        le: Timestamp,
    ) -> Result<(), Erreur> {
        self.demande(portee.commune(), Ordre::GarderReponse { cle, le }).await.map(|_| ())
    }
}

/// The answer already given to this very request. Another request under the same key is an error.
pub(crate) async fn deja(
    cx: &mut Cx,
    commune: &str,
    cle: &str,
    corps: &[u8; 32],
) -> Result<Option<String>, Erreur> {
    let connue = match cx.differes.cles.get(cle) {
        Some(connue) => connue.clone(),
        None => match requete(LIRE).bind(commune).bind(cle).fetch_optional(cx).await? {
            Some(rang) => Some((rang.try_get(0)?, rang.try_get(1)?)),
            None => None,
        },
    };
    match connue {
        Some((lu, reponse)) if lu == corps => Ok(Some(reponse)),
        Some(_) => Err(Erreur::CleReutilisee),
        None => Ok(None),
    }
}

/// Reads once all the keys that a batch will ask for, where it has several.
pub(crate) async fn annonce(cx: &mut Cx, commune: &str, cles: &[&str]) -> Result<(), Erreur> {
    if cles.len() < 2 {
        return Ok(());
    }
    let liste = serde_json::to_string(cles)?;
    let rangs = requete(LIRE_TOUTES).bind(commune).bind(liste).fetch_all(cx).await?;
    cx.differes.cles = cles.iter().map(|c| ((*c).to_owned(), None)).collect();
    for rang in rangs {
        cx.differes.cles.insert(rang.try_get(0)?, Some((rang.try_get(1)?, rang.try_get(2)?)));
    }
    Ok(())
}

pub(crate) fn garde(cx: &mut Cx, commune: &str, cle: &CleIdempotence, le: Timestamp) {
    let CleIdempotence { cle, corps, reponse } = cle;
    if let Some(connue) = cx.differes.cles.get_mut(cle) {
        *connue = Some((corps.to_vec(), reponse.clone()));
    }
    let rang = vec![
        commune.to_owned().into(),
        cle.clone().into(),
        corps.to_vec().into(),
        reponse.clone().into(),
        en_micros(le).into(),
    ];
    cx.ajoute(Ajout::Cle, rang);
}

/// The whole answer of this very request, where one was kept. Another request under the same key is an error.
pub(crate) async fn complete(
    cx: &mut Cx,
    commune: &str,
    cle: &str,
    corps: &[u8; 32],
) -> Result<Option<String>, Erreur> {
    let Some(rang) = requete(LIRE_COMPLETE).bind(commune).bind(cle).fetch_optional(&mut *cx).await? else {
        return Ok(None);
    };
    let lu: Vec<u8> = rang.try_get(0)?;
    if lu != corps {
        return Err(Erreur::CleReutilisee);
    }
    let complete: Option<String> = rang.try_get(1)?;
    let ouvre = |texte: String| {
        let scelle = match texte.split_once(NOMMES) {
            Some((scelle, _)) if coffre::est_scelle(scelle) => scelle.to_owned(),
            _ => texte,
        };
        let place = [commune, "reponse", cle];
        coffre::lis(cx.coffre.as_ref(), scelle, &place, ("cle_idempotence", "complete"))
    };
    complete.map(ouvre).transpose()
}

/// Keeps a whole answer; the first one stays.
pub(crate) fn garde_complete(
    cx: &mut Cx,
    commune: &str,
    cle: &CleIdempotence,
    le: Timestamp,
) -> Result<(), Erreur> {
    let CleIdempotence { cle, corps, reponse } = cle;
    let place = [commune, "reponse", cle.as_str()];
    let mut complete = coffre::range_s_il_nomme(cx.coffre.as_ref(), reponse.clone(), &place)?;
    if coffre::est_scelle(&complete) {
        // an erased dossier is looked for among the names that the answer shows
        complete.push(NOMMES);
        complete.push_str(&noms(reponse).join(" "));
    }
    cx.differes.cles.remove(cle);
    let rang = vec![
        commune.to_owned().into(),
        cle.clone().into(),
        corps.to_vec().into(),
        // the short answer is an act's
        String::new().into(),
        en_micros(le).into(),
        complete.into(),
    ];
    cx.ajoute(Ajout::Reponse, rang);
    Ok(())
}

/// The identifiers that an answer shows.
fn noms(reponse: &str) -> Vec<&str> {
    let mots = reponse.split('"').filter(|mot| DossierId::lit(mot).is_ok());
    mots.collect()
}

/// Forgets the whole answers that show that dossier.
pub(crate) async fn oublie(cx: &mut Cx, commune: &str, dossier: &DossierId) -> Result<(), Erreur> {
    requete(OUBLIER).bind(commune).bind(dossier.as_str()).execute(cx).await?;
    Ok(())
}

/// Forgets the keys of acts older than `avant`.
pub(crate) async fn purge(cx: &mut Cx, commune: &str, avant: Timestamp) -> Result<u64, Erreur> {
    cx.differes.cles.clear();
    let fait = requete(PURGER).bind(commune).bind(en_micros(avant)).execute(cx).await?;
    Ok(fait)
}
