//! The keys of documents: the first encrypts, each of them decrypts.
//!
//! They are kept beside the data folder (`data.cles`), never inside: a copy of the data alone tells nothing. On several
//! machines the secrets give them (`cles_des_fichiers`).

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use engine::identifiant::hexa;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::sceau::NOM;
use crate::error::Fatale;

/// The line that says that nothing is kept in clear.
const TOUT_CHIFFRE: &str = "tout_chiffre";

/// One key.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Cle([u8; 32]);

/// All of them, never none.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Trousseau {
    premiere: Cle,
    autres: Vec<Cle>,
    /// Was everything encrypted once? Then nothing in clear is a document of ours.
    tout_chiffre: bool,
}

impl std::fmt::Debug for Trousseau {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Trousseau({} clés)", self.autres.len() + 1)
    }
}

impl Cle {
    fn neuve() -> Result<Self, getrandom::Error> {
        let mut octets = [0; 32];
        getrandom::fill(&mut octets)?;
        Ok(Self(octets))
    }

    fn lit(texte: &str) -> Option<Self> {
        let mut octets = [0; 32];
        if texte.len() != 64 || !texte.bytes().all(|c| c.is_ascii_hexdigit()) {
            return None;
        }
        for (i, cible) in octets.iter_mut().enumerate() {
            *cible = u8::from_str_radix(texte.get(2 * i..2 * i + 2)?, 16).ok()?;
        }
        Some(Self(octets))
    }

    /// A key of its own for each use.
    pub(super) fn derive(&self, usage: &[&str]) -> Option<[u8; 32]> {
        let mut hmac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        for partie in usage {
            hmac.update(partie.as_bytes());
            hmac.update(&[0]);
        }
        Some(hmac.finalize().into_bytes().into())
    }

    /// What names it in the head of a document, and says nothing of it.
    pub(super) fn nom(&self) -> [u8; NOM] {
        let nom = self.derive(&["nom"]).and_then(|n| n.first_chunk().copied());
        nom.unwrap_or_default()
    }
}

impl Trousseau {
    /// One key a line, in 64 hexadecimal digits; `#` begins a comment.
    pub(super) fn lit(texte: &str) -> Option<Self> {
        let lignes = || texte.lines().map(|l| l.split('#').next().unwrap_or_default().trim());
        let mut cles = lignes().filter(|l| !l.is_empty() && *l != TOUT_CHIFFRE).map(Cle::lit);
        let premiere = cles.next()??;
        let tout_chiffre = lignes().any(|l| l == TOUT_CHIFFRE);
        Some(Self { premiere, autres: cles.collect::<Option<_>>()?, tout_chiffre })
    }

    /// A first key.
    fn neuf() -> Result<Self, getrandom::Error> {
        Ok(Self { premiere: Cle::neuve()?, autres: Vec::new(), tout_chiffre: false })
    }

    /// The one that encrypts.
    pub(super) const fn premiere(&self) -> &Cle {
        &self.premiere
    }

    /// The one of that name.
    pub(super) fn cle(&self, nom: &[u8; NOM]) -> Option<&Cle> {
        std::iter::once(&self.premiere).chain(&self.autres).find(|c| c.nom() == *nom)
    }

    /// How many.
    pub(super) fn combien(&self) -> usize {
        self.autres.len() + 1
    }

    /// The same, with a new key that encrypts from now on.
    pub(super) fn avec_une_neuve(&self) -> Result<Self, getrandom::Error> {
        let autres = std::iter::once(&self.premiere).chain(&self.autres).cloned().collect();
        Ok(Self { premiere: Cle::neuve()?, autres, tout_chiffre: self.tout_chiffre })
    }

    /// The first alone, once it opens everything: what is in clear from then on was put there by somebody else.
    pub(super) fn sans_les_anciennes(&self) -> Self {
        Self { premiere: self.premiere.clone(), autres: Vec::new(), tout_chiffre: true }
    }

    /// Is everything that is ours encrypted?
    pub(super) const fn tout_est_chiffre(&self) -> bool {
        self.tout_chiffre
    }

    fn texte(&self) -> String {
        let mut texte =
            "# Guichet : clés des documents des familles. La première chiffre, toutes déchiffrent.\n\
            # À garder hors des sauvegardes des données ; sans elles, les documents sont perdus.\n"
                .to_owned();
        for cle in std::iter::once(&self.premiere).chain(&self.autres) {
            texte.push_str(&hexa(&cle.0));
            texte.push('\n');
        }
        if self.tout_chiffre {
            texte.push_str(TOUT_CHIFFRE);
            texte.push_str(" # rien n'est plus gardé en clair : un fichier en clair n'est pas à nous\n");
        }
        texte
    }
}

/// Where the keys come from.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// The file beside the data folder.
    Fichier(PathBuf),
    /// The exploitant's secrets.
    Secrets,
}

/// The file of keys of that data folder.
pub(super) fn fichier(data: &Path) -> Result<PathBuf, Fatale> {
    let vrai = data.canonicalize().map_err(|e| Fatale::chemin(data, e))?;
    let nom = vrai.file_name().ok_or_else(|| {
        Fatale::Usage(
            "le dossier des données a un nom : les clés de ses documents se gardent à côté (ou dans « cles_des_fichiers » des secrets)"
                .to_owned(),
        )
    })?;
    Ok(vrai.with_file_name(format!("{}.cles", nom.to_string_lossy())))
}

/// The ring of that file, made when it is not there.
pub(super) fn lit_ou_cree(chemin: &Path) -> Result<Trousseau, Fatale> {
    match std::fs::read_to_string(chemin) {
        Ok(texte) => Trousseau::lit(&texte).ok_or_else(|| {
            Fatale::Usage(format!(
                "{} n'est pas un fichier de clés (64 chiffres hexadécimaux par ligne) : remettez celui d'une sauvegarde",
                chemin.display()
            ))
        }),
        Err(e) if e.kind() == ErrorKind::NotFound => {
            let neuf = Trousseau::neuf().map_err(|e| Fatale::Interne(e.to_string()))?;
            let provisoire = ecrit(chemin, &neuf)?;
            // several servers may start at once: the first one's is everybody's
            let pose = std::fs::hard_link(&provisoire, chemin);
            std::fs::remove_file(&provisoire).map_err(|e| Fatale::chemin(&provisoire, e))?;
            match pose {
                Ok(()) => synchronise(chemin).map(|()| neuf),
                Err(e) if e.kind() == ErrorKind::AlreadyExists => lit_ou_cree(chemin),
                Err(e) => Err(Fatale::chemin(chemin, e)),
            }
        }
        Err(e) => Err(Fatale::chemin(chemin, e)),
    }
}

/// Puts that ring in the place of the file's: whole, or not at all.
pub(super) fn remplace(chemin: &Path, trousseau: &Trousseau) -> Result<(), Fatale> {
    let provisoire = ecrit(chemin, trousseau)?;
    std::fs::rename(&provisoire, chemin).map_err(|e| Fatale::chemin(chemin, e))?;
    synchronise(chemin)
}

/// The same text in a file beside, on the disk.
fn ecrit(chemin: &Path, trousseau: &Trousseau) -> Result<PathBuf, Fatale> {
    let provisoire = chemin.with_extension(format!("cles.{}", std::process::id()));
    let mut fichier = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&provisoire)
        .map_err(|e| Fatale::chemin(&provisoire, e))?;
    fichier
        .write_all(trousseau.texte().as_bytes())
        .and_then(|()| fichier.sync_all())
        .map_err(|e| Fatale::chemin(&provisoire, e))?;
    Ok(provisoire)
}

/// The folder's entry on the disk: a document is never encrypted by a key that a power cut would lose.
fn synchronise(chemin: &Path) -> Result<(), Fatale> {
    let dossier = chemin.parent().unwrap_or(chemin);
    std::fs::File::open(dossier).and_then(|d| d.sync_all()).map_err(|e| Fatale::chemin(dossier, e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn le_trousseau_se_lit_ligne_a_ligne() {
        let (a, b) = ("a1".repeat(32), "b2".repeat(32));
        let lu = Trousseau::lit(&format!("# clés\n{a}\n\n{b} # ancienne\n")).unwrap();
        assert!(lu.combien() == 2 && *lu.premiere() == Cle::lit(&a).unwrap());
        assert!(lu.cle(&Cle::lit(&b).unwrap().nom()).is_some());
        assert!(!lu.tout_est_chiffre() && lu.sans_les_anciennes().tout_est_chiffre());
        let seule = lu.sans_les_anciennes();
        assert_eq!(Trousseau::lit(&seule.texte()), Some(seule.clone()));
        assert!(seule.avec_une_neuve().unwrap().tout_est_chiffre());
        assert!(lu.sans_les_anciennes().cle(&Cle::lit(&b).unwrap().nom()).is_none());
        assert_eq!(Trousseau::lit(&lu.texte()), Some(lu.clone()));
        for faux in ["", "# rien\n", "a1", &format!("{a}\nreste"), &"g1".repeat(32)] {
            assert!(Trousseau::lit(faux).is_none(), "{faux}");
        }
        assert_eq!(format!("{lu:?}"), "Trousseau(2 clés)");
    }

    #[test]
    fn le_fichier_est_fait_une_fois_et_pour_soi() {
        use std::os::unix::fs::PermissionsExt as _;
        let dossier = tempfile::tempdir().unwrap();
        let chemin = dossier.path().join("data.cles");
        let premier = lit_ou_cree(&chemin).unwrap();
        assert_eq!(lit_ou_cree(&chemin).unwrap(), premier);
        assert_eq!(std::fs::metadata(&chemin).unwrap().permissions().mode() & 0o777, 0o600);
        let tourne = premier.avec_une_neuve().unwrap();
        remplace(&chemin, &tourne).unwrap();
        assert_eq!(lit_ou_cree(&chemin).unwrap(), tourne);
        assert_eq!(std::fs::read_dir(dossier.path()).unwrap().count(), 1, "nothing provisional is left");
        std::fs::write(&chemin, "abc").unwrap();
        assert!(lit_ou_cree(&chemin).unwrap_err().to_string().contains("n'est pas un fichier de clés"));
    }
}
