//! The secret links of letters: each is derived from a key that the data do not hold. The same key makes the secrets of codes
//! and the hashes of families' keys.
//!
//! One link a dossier and an address, the same each time that a letter is tried again, and nowhere in the data: what is kept
//! of a link is its hash, and a kept letter names the dossier in its place ([`MARQUE`]).

use std::io::Write as _;
use std::net::IpAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use engine::cle_enfance::normale;
use engine::compte::LienDonne;
use engine::identifiant::{CommuneSlug, DossierId, LienId, hexa};
use engine_store::{Jeton, Store};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;

use crate::effect::Secrets;
use crate::error::Fatale;
use crate::session::egaux;
use crate::witness::Temoin;

/// How long a link opens, from the last letter that gives it: every letter about the dossier makes it last again.
pub(crate) const LIEN_JOURS: i64 = 180;
/// The setting of a town's store that tells its key from another.
const TEMOIN: &str = "temoin_de_la_cle";
/// What stands for the token in a kept letter, before the dossier's identifier, or that of an account's link.
const MARQUE: &str = "/suivi/@";
const MARQUE_DE_COMPTE: &str = "/compte/lien/@";

/// The key that links are derived from.
pub(crate) struct CleDesLiens(String);

impl std::fmt::Debug for CleDesLiens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CleDesLiens(…)")
    }
}

impl CleDesLiens {
    /// The secrets' own, else the one kept beside the data folder (`data.cle`), made at the first start.
    pub(crate) fn ouvre(data: &Path, secrets: &Secrets) -> Result<Self, Fatale> {
        if let Some(cle) = secrets.cle_des_liens() {
            return match cle.len() {
                32.. => Ok(Self(cle.to_owned())),
                _ => Err(Fatale::Usage(
                    "secrets : « cle_des_liens » compte 32 caractères au moins (openssl rand -hex 32)"
                        .to_owned(),
                )),
            };
        }
        let cible = a_cote(data)?;
        if !cible.exists() {
            cree(&cible).map_err(|e| Fatale::chemin(&cible, e))?;
        }
        let lue = std::fs::read_to_string(&cible).map_err(|e| Fatale::chemin(&cible, e))?;
        let cle = lue.trim();
        if cle.len() != 64 || !cle.bytes().all(|c| c.is_ascii_hexdigit()) {
            return Err(Fatale::Usage(format!(
                "{} n'est pas une clé : remettez celle d'une sauvegarde. Ne supprimez pas ce fichier : une autre clé fermerait les liens déjà envoyés, les clés remises aux familles et les codes de vérification des agents",
                cible.display()
            )));
        }
        Ok(Self(cle.to_owned()))
    }

    /// The key of these towns: what their store keeps of it tells another one apart, which would open nothing of what was given,
    /// and one that is missing is not made anew.
    pub(crate) async fn des_villes(
        data: &Path,
        secrets: &Secrets,
        store: &Store,
        villes: &[CommuneSlug],
    ) -> Result<Self, Fatale> {
        let mut temoins = Vec::new();
        for slug in villes {
            temoins.push(Temoin::lit(store, slug, TEMOIN).await?);
        }
        let autre = |ou: String, quoi: &str| {
            Fatale::Usage(format!(
                "{ou} {quoi} : remettez la clé d'une sauvegarde. Avec une autre, les liens déjà envoyés, les clés remises aux familles et les codes de vérification des agents n'ouvriraient plus rien"
            ))
        };
        let ou = match secrets.cle_des_liens() {
            Some(_) => "« cle_des_liens » des secrets".to_owned(),
            None => {
                let cible = a_cote(data)?;
                if temoins.iter().any(Temoin::connait) && !cible.exists() {
                    return Err(autre(cible.display().to_string(), "manque"));
                }
                cible.display().to_string()
            }
        };
        let cle = Self::ouvre(data, secrets)?;
        let empreinte = cle.sceau(&["temoin"]);
        for temoin in &temoins {
            if !temoin.reconnait(store, &empreinte).await? {
                return Err(autre(ou, "n'est pas la clé de ces données"));
            }
        }
        Ok(cle)
    }

    /// The token of the link to that dossier, for whoever reads that address.
    pub(crate) fn jeton(&self, commune: &str, dossier: &DossierId, a: &str) -> Option<Jeton> {
        Jeton::lit(&self.sceau(&["suivi", commune, dossier.as_str(), a]))
    }

    /// The token of a link to an account.
    pub(crate) fn jeton_de_compte(&self, commune: &str, lien: &LienId) -> Option<Jeton> {
        Jeton::lit(&self.sceau(&["compte", commune, lien.as_str()]))
    }

    /// A link to give by letter, named by these random bytes, until then.
    pub(crate) fn lien_neuf(&self, commune: &str, alea: [u8; 16], expire_le: Timestamp) -> Option<LienDonne> {
        let id = LienId::neuf(alea);
        let empreinte = self.jeton_de_compte(commune, &id)?.empreinte();
        Some(LienDonne { id, empreinte, expire_le })
    }

    /// A seal on these words, 256 bits in hexadecimal: nobody without the key makes it. The first word says what it is for.
    pub(crate) fn sceau(&self, parties: &[&str]) -> String {
        let Ok(mut hmac) = Hmac::<Sha256>::new_from_slice(self.0.as_bytes()) else { return String::new() };
        for partie in parties {
            hmac.update(partie.as_bytes());
            hmac.update(&[0]);
        }
        hexa(&hmac.finalize().into_bytes())
    }

    /// Is it the seal on these words?
    pub(crate) fn est_du_sceau(&self, parties: &[&str], sceau: &str) -> bool {
        let bon = self.sceau(parties);
        !bon.is_empty() && egaux(&bon, sceau)
    }

    /// What is kept of a family's key, however it was typed.
    pub(crate) fn empreinte_de_cle(&self, commune: &str, saisie: &str) -> Option<[u8; 32]> {
        self.empreinte(["cle_enfance", commune, &normale(saisie)])
    }

    /// What is kept of the name that a family has in a partner's space, however it was typed.
    pub(crate) fn empreinte_de_partenaire(&self, commune: &str, saisie: &str) -> Option<[u8; 32]> {
        self.empreinte(["partenaire", commune, &normale(saisie)])
    }

    /// What is kept of a network address, for as long as its tries count.
    pub(crate) fn empreinte_d_adresse(&self, commune: &str, adresse: IpAddr) -> Option<[u8; 32]> {
        self.empreinte(["adresse", commune, &adresse.to_string()])
    }

    fn empreinte(&self, parties: [&str; 3]) -> Option<[u8; 32]> {
        let mut hmac = Hmac::<Sha256>::new_from_slice(self.0.as_bytes()).ok()?;
        for partie in parties {
            hmac.update(partie.as_bytes());
            hmac.update(&[0]);
        }
        Some(hmac.finalize().into_bytes().into())
    }

    /// A kept letter as it was sent: its links open again.
    pub(crate) fn en_clair(&self, commune: &str, a: &str, corps: &str) -> String {
        let suivis =
            remplace(corps, MARQUE, |id| DossierId::lit(id).ok().and_then(|id| self.jeton(commune, &id, a)));
        remplace(&suivis, MARQUE_DE_COMPTE, |id| {
            LienId::lit(id).ok().and_then(|id| self.jeton_de_compte(commune, &id))
        })
    }
}

/// The text with the token of each identifier that follows the mark.
fn remplace(corps: &str, marque: &str, jeton: impl Fn(&str) -> Option<Jeton>) -> String {
    let mut morceaux = corps.split(marque);
    let mut texte = morceaux.next().unwrap_or_default().to_owned();
    for morceau in morceaux {
        let fin = morceau.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(morceau.len());
        let (id, reste) = morceau.split_at(fin);
        match jeton(id) {
            Some(jeton) => texte.extend([marque.trim_end_matches('@'), &jeton.texte(), reste]),
            None => texte.extend([marque, morceau]),
        }
    }
    texte
}

/// The link of an account as a kept letter writes it.
pub(crate) fn marque_de_compte(lien: &LienId) -> String {
    format!("{MARQUE_DE_COMPTE}{lien}")
}

/// The link as a kept letter writes it.
pub(crate) fn marque(dossier: &DossierId) -> String {
    format!("{MARQUE}{dossier}")
}

/// Where the key stands beside the data folder.
fn a_cote(data: &Path) -> Result<PathBuf, Fatale> {
    let vrai = data.canonicalize().map_err(|e| Fatale::chemin(data, e))?;
    let nom = vrai.file_name().ok_or_else(|| {
        Fatale::Usage("le dossier des données a un nom : sa clé se garde à côté (ou dans « cle_des_liens » des secrets)".to_owned())
    })?;
    Ok(vrai.with_file_name(format!("{}.cle", nom.to_string_lossy())))
}

/// A new key, whole or not at all: two processes that start at once keep the same.
fn cree(cible: &Path) -> std::io::Result<()> {
    let mut octets = [0; 32];
    getrandom::fill(&mut octets).map_err(|e| std::io::Error::other(e.to_string()))?;
    let provisoire = cible.with_extension(format!("cle.{}", std::process::id()));
    let mut fichier =
        std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&provisoire)?;
    writeln!(fichier, "{}", hexa(&octets))?;
    fichier.sync_all()?;
    let pose = std::fs::hard_link(&provisoire, cible);
    std::fs::remove_file(&provisoire)?;
    match pose {
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
        autre => autre?,
    }
    // the folder's entry on the disk: nothing is sealed by a key that a power cut would lose
    std::fs::File::open(cible.parent().unwrap_or(cible))?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn un_lien_est_le_meme_a_chaque_essai_et_la_cle_reste_a_cote() {
        let dossier = tempfile::tempdir().unwrap();
        let data = dossier.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let ouvre = || CleDesLiens::ouvre(&data, &Secrets::default()).unwrap();
        let (cle, encore) = (ouvre(), ouvre());
        let fichier = dossier.path().join("data.cle");
        assert_eq!(std::fs::metadata(&fichier).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(&data).unwrap().count(), 0, "not among the data");
        let [a, b] = [1, 2].map(|n| DossierId::neuf([n; 16]));
        let un = |c: &CleDesLiens, d: &DossierId, qui: &str| c.jeton("ham", d, qui).unwrap().texte();
        assert_eq!(un(&cle, &a, "x@exemple.fr"), un(&encore, &a, "x@exemple.fr"));
        for autre in [un(&cle, &b, "x@exemple.fr"), un(&cle, &a, "y@exemple.fr")] {
            assert_ne!(autre, un(&cle, &a, "x@exemple.fr"));
        }
        let corps = format!("Suivez : https://f.fr/ham{}\nMerci @vous.", marque(&a));
        let lu = cle.en_clair("ham", "x@exemple.fr", &corps);
        assert_eq!(
            lu,
            format!("Suivez : https://f.fr/ham/suivi/{}\nMerci @vous.", un(&cle, &a, "x@exemple.fr"))
        );
        std::fs::write(&fichier, "court").unwrap();
        assert!(
            CleDesLiens::ouvre(&data, &Secrets::default())
                .unwrap_err()
                .to_string()
                .contains("Ne supprimez pas ce fichier")
        );
    }

    #[tokio::test]
    async fn une_autre_cle_ne_prend_pas_la_place_de_la_premiere() {
        let dossier = tempfile::tempdir().unwrap();
        let data = dossier.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let store = Store::sqlite(&data).await.unwrap();
        let villes = [CommuneSlug::lit("ham").unwrap(), CommuneSlug::lit("donges").unwrap()];
        let ouvre = async |secrets: &Secrets| CleDesLiens::des_villes(&data, secrets, &store, &villes).await;
        let premiere = ouvre(&Secrets::default()).await.unwrap();
        assert_eq!(ouvre(&Secrets::default()).await.unwrap().0, premiere.0);
        // lost: it is not made anew
        let fichier = dossier.path().join("data.cle");
        std::fs::rename(&fichier, dossier.path().join("sauvegarde")).unwrap();
        let dit = ouvre(&Secrets::default()).await.unwrap_err().to_string();
        assert!(dit.contains("data.cle manque") && !fichier.exists(), "{dit}");
        // another one
        std::fs::write(&fichier, "0".repeat(64)).unwrap();
        let dit = ouvre(&Secrets::default()).await.unwrap_err().to_string();
        assert!(dit.contains("n'est pas la clé de ces données"), "{dit}");
        std::fs::rename(dossier.path().join("sauvegarde"), &fichier).unwrap();
        assert_eq!(ouvre(&Secrets::default()).await.unwrap().0, premiere.0);
    }
}
