//! What is sensitive (health, what a court decides) is sealed in its column: a copy of the database alone tells nothing of it.
//!
//! `scelle1:` then, in base64, 24 random bytes and what XChaCha20-Poly1305 seals, under a key of the town that is itself kept
//! sealed elsewhere: changing the keys seals that one again, and the journal, which nobody rewrites, stays readable. The town, the
//! table, the row and its version are authenticated with it: a value put in the place of another does not open. What a former
//! version kept in clear is read as it is, and sealed when it is next written.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use engine::decision::EntreeJournal;
use engine::demarche::{Changement, Dossier, Reponse, Reponses};
use engine::identifiant::CommuneSlug;

use crate::cx::Cx;
use crate::erreur::Erreur;
use crate::ordre::{Ordre, Recu};
use crate::sql::{requete, requetes};
use crate::store::Store;
use crate::{dossier, fait, reglage};

requetes! {
    FAITS = "SELECT n, foyer_id, personne_id, enfant_id, fait, valeur, connu_le FROM fait
        WHERE commune_id = $1 AND fait IN (SELECT value FROM json_each($2)) AND valeur NOT LIKE 'scelle1:%' ORDER BY n",
        pg: "SELECT n, foyer_id, personne_id, enfant_id, fait, valeur, connu_le FROM fait
        WHERE commune_id = $1 AND fait = ANY (ARRAY(SELECT json_array_elements_text(CAST($2 AS json))))
            AND valeur NOT LIKE 'scelle1:%' ORDER BY n";
    SCELLER_FAIT = "UPDATE fait SET valeur = $3 WHERE commune_id = $1 AND n = $2";
    DOSSIERS = "SELECT etat, id, version FROM dossier
        WHERE commune_id = $1 AND id > $2 AND etat NOT LIKE 'scelle1:%' ORDER BY id LIMIT 500";
    SCELLER_DOSSIER = "UPDATE dossier SET etat = $3 WHERE commune_id = $1 AND id = $2";
}

/// The event of whoever is taken out of a household.
const RETRAIT: &str = "retirer_personne";
/// The setting that says what is sealed already.
const REGLAGE: &str = "scelles";
/// How a sealed column begins: no JSON text does.
const MARQUE: &str = "scelle1:";
/// The random part.
const NONCE: usize = 24;

/// A town's key, and what it seals.
#[derive(Clone)]
pub struct Coffre {
    cle: [u8; 32],
    faits: Arc<BTreeSet<String>>,
    champs: Arc<BTreeSet<String>>,
}

/// The key is not printed.
impl std::fmt::Debug for Coffre {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Coffre({} faits)", self.faits.len())
    }
}

/// Where a town's readers and its writer find it.
pub(crate) type Partage = Arc<RwLock<Option<Coffre>>>;

pub(crate) fn lu(partage: &Partage) -> Option<Coffre> {
    partage.read().unwrap_or_else(PoisonError::into_inner).clone()
}

impl Store {
    /// Gives a town's key to this process: from now on, the facts of these names, the dossiers whose answers to these fields say
    /// them, and their journal, are sealed. Given again, the names are added.
    pub async fn confie(
        &self,
        commune: &CommuneSlug,
        cle: [u8; 32],
        faits: BTreeSet<String>,
        champs: BTreeSet<String>,
    ) -> Result<(), Erreur> {
        let partage = self.base(commune).await?.coffre();
        let mut place = partage.write().unwrap_or_else(PoisonError::into_inner);
        // a name that the town does not have any more was sensitive when it was said
        let (mut f, mut c) = (faits, champs);
        if let Some(avant) = &*place {
            f.extend(avant.faits.iter().cloned());
            c.extend(avant.champs.iter().cloned());
        }
        *place = Some(Coffre { cle, faits: Arc::new(f), champs: Arc::new(c) });
        Ok(())
    }

    /// Seals what a former version, or this one before these names were sensitive, kept in clear: facts and dossiers; what the
    /// journal says is never rewritten. How many rows; they are looked through once for the same names.
    pub async fn scelle_le_passe(&self, commune: &CommuneSlug) -> Result<u64, Erreur> {
        match self.demande(commune, Ordre::Sceller).await? {
            Recu::Scelles(n) => Ok(n),
            _ => Err(Erreur::Ferme),
        }
    }
}

/// What was kept in clear is sealed, by the town's writer.
pub(crate) async fn scelle_le_passe(cx: &mut Cx, commune: &str) -> Result<u64, Erreur> {
    let Some(coffre) = cx.coffre.clone() else { return Ok(0) };
    let noms = serde_json::to_string(&(&*coffre.faits, &*coffre.champs))?;
    if reglage::lit(cx, commune, REGLAGE).await?.as_ref() == Some(&noms) {
        return Ok(0);
    }
    let faits = serde_json::to_string(&*coffre.faits)?;
    let mut scelles = 0;
    for rang in requete(FAITS).bind(commune).bind(faits).fetch_all(&mut *cx).await? {
        let n: i64 = rang.try_get(0)?;
        let qui: [Option<String>; 3] = [rang.try_get(1)?, rang.try_get(2)?, rang.try_get(3)?];
        let (nom, valeur, connu_le): (String, String, String) =
            (rang.try_get(4)?, rang.try_get(5)?, rang.try_get(6)?);
        let place = fait::place(commune, qui.each_ref().map(Option::as_deref), (&nom, &connu_le));
        let valeur = coffre.scelle(&valeur, &place)?;
        requete(SCELLER_FAIT).bind(commune).bind(n).bind(valeur).execute(&mut *cx).await?;
        scelles += 1;
    }
    let mut apres = String::new();
    loop {
        let rangs = requete(DOSSIERS).bind(commune).bind(&apres).fetch_all(&mut *cx).await?;
        let Some(dernier) = rangs.last() else { break };
        apres = dernier.try_get(1)?;
        for rang in &rangs {
            let dossier = dossier::lit_etat(cx, commune, rang)?;
            if !coffre.garde_dossier(&dossier) {
                continue;
            }
            let place = [commune, "dossier", dossier.id.as_str(), &dossier.version.to_string()];
            let etat = coffre.scelle(&rang.try_get::<String>(0)?, &place)?;
            requete(SCELLER_DOSSIER)
                .bind(commune)
                .bind(dossier.id.as_str())
                .bind(etat)
                .execute(&mut *cx)
                .await?;
            scelles += 1;
        }
    }
    reglage::ecrit(cx, commune, REGLAGE, &noms).await?;
    Ok(scelles)
}

impl Coffre {
    /// Is this fact sensitive?
    pub(crate) fn garde_fait(&self, nom: &str) -> bool {
        self.faits.contains(nom)
    }

    /// Does this text name one of them?
    fn nomme(&self, texte: &str) -> bool {
        self.faits.iter().chain(&*self.champs).any(|nom| texte.contains(&format!("\"{nom}\"")))
    }

    fn garde_reponses(&self, reponses: &Reponses) -> bool {
        reponses.0.iter().any(|(champ, reponse)| {
            let dedans = match reponse {
                Reponse::Groupe(rangs) => rangs.iter().any(|r| self.garde_reponses(r)),
                Reponse::Valeur(_) | Reponse::Valeurs(_) => false,
            };
            dedans || self.champs.contains(champ)
        })
    }

    /// Does this dossier say something sensitive?
    pub(crate) fn garde_dossier(&self, dossier: &Dossier) -> bool {
        self.garde_reponses(&dossier.reponses)
    }

    /// Does this entry?
    pub(crate) fn garde_entree(&self, entree: &EntreeJournal) -> bool {
        // why somebody was taken out is often a court's decision
        entree.evenement == RETRAIT
            || entree.changements.iter().any(|c| match c {
                Changement::Cree(dossier) => self.garde_dossier(dossier),
                Changement::Repondu(reponses) => self.garde_reponses(reponses),
                _ => false,
            })
    }

    /// Seals a text for that place.
    pub(crate) fn scelle(&self, texte: &str, place: &[&str]) -> Result<String, Erreur> {
        let refus = || Erreur::Incoherence { table: "coffre", colonne: "cle" };
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|_| refus())?;
        let associe = associe(place);
        let charge = Payload { msg: texte.as_bytes(), aad: &associe };
        let chiffre = XChaCha20Poly1305::new(&self.cle.into());
        let corps = chiffre.encrypt(&XNonce::from(nonce), charge).map_err(|_| refus())?;
        Ok(format!("{MARQUE}{}", BASE64.encode([nonce.as_slice(), &corps].concat())))
    }

    fn ouvre(&self, scelle: &str, place: &[&str]) -> Option<String> {
        let octets = BASE64.decode(scelle).ok()?;
        let (nonce, corps) = octets.split_first_chunk::<NONCE>()?;
        let associe = associe(place);
        let charge = Payload { msg: corps, aad: &associe };
        let clair = XChaCha20Poly1305::new(&self.cle.into()).decrypt(&XNonce::from(*nonce), charge).ok()?;
        String::from_utf8(clair).ok()
    }
}

fn associe(place: &[&str]) -> Vec<u8> {
    let mut associe = b"guichet\0colonne".to_vec();
    for partie in place {
        associe.push(0);
        associe.extend_from_slice(partie.as_bytes());
    }
    associe
}

/// The text of a column, sealed for that place where `garde` says that it is sensitive.
pub(crate) fn range(
    coffre: Option<&Coffre>,
    texte: String,
    place: &[&str],
    garde: impl FnOnce(&Coffre) -> bool,
) -> Result<String, Erreur> {
    match coffre {
        Some(c) if garde(c) => c.scelle(&texte, place),
        _ => Ok(texte),
    }
}

/// The same, for texts that say a sensitive name where they carry it: a trace, an answer kept whole.
pub(crate) fn range_s_il_nomme(
    coffre: Option<&Coffre>,
    texte: String,
    place: &[&str],
) -> Result<String, Erreur> {
    let nomme = |c: &Coffre| c.nomme(&texte);
    match coffre {
        Some(c) if nomme(c) => c.scelle(&texte, place),
        _ => Ok(texte),
    }
}

/// The text of a column, sealed or not; without the key, a sealed one does not read.
pub(crate) fn lis(
    coffre: Option<&Coffre>,
    texte: String,
    place: &[&str],
    (table, colonne): (&'static str, &'static str),
) -> Result<String, Erreur> {
    let Some(scelle) = texte.strip_prefix(MARQUE) else { return Ok(texte) };
    let clair = coffre.and_then(|c| c.ouvre(scelle, place));
    clair.ok_or(Erreur::Incoherence { table, colonne })
}

/// Is it sealed?
pub(crate) fn est_scelle(texte: &str) -> bool {
    texte.starts_with(MARQUE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coffre(n: u8) -> Coffre {
        Coffre { cle: [n; 32], faits: Arc::default(), champs: Arc::default() }
    }

    #[test]
    fn une_colonne_s_ouvre_sous_sa_cle_a_sa_place_et_entiere() {
        let (un, place) = (coffre(1), ["ham", "fait", "p1", "regime", "2025"]);
        let ou = ("fait", "valeur");
        let scelle = un.scelle("{\"choix\":\"pai\"}", &place).unwrap();
        assert!(est_scelle(&scelle) && !scelle.contains("pai"));
        assert_ne!(scelle, un.scelle("{\"choix\":\"pai\"}", &place).unwrap(), "never twice the same");
        assert_eq!(lis(Some(&un), scelle.clone(), &place, ou).unwrap(), "{\"choix\":\"pai\"}");
        for (cle, ailleurs) in [
            (Some(coffre(2)), place),
            (None, place),
            (Some(coffre(1)), ["melle", "fait", "p1", "regime", "2025"]),
            (Some(coffre(1)), ["ham", "fait", "p2", "regime", "2025"]),
            (Some(coffre(1)), ["ham", "fait", "p1", "medecin", "2025"]),
            (Some(coffre(1)), ["ham", "fait", "p1", "regime", "2026"]),
        ] {
            assert!(lis(cle.as_ref(), scelle.clone(), &ailleurs, ou).is_err(), "{ailleurs:?}");
        }
        let coupe = scelle[..scelle.len() - 4].to_owned();
        assert!(lis(Some(&un), coupe, &place, ou).is_err());
        assert_eq!(lis(None, "{}".into(), &place, ou).unwrap(), "{}", "kept in clear before");
    }
}
