//! Passwords: hashed with Argon2id beside the threads that answer requests, a few at a time.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{CustomizedPasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use engine::compte::Empreinte;
use tokio::sync::Semaphore;
use zxcvbn::zxcvbn;

/// Memory in KiB, passes, lanes: the OWASP's second choice for Argon2id (19 MiB, 2, 1).
const MEMOIRE: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// How many at once: more would take the processors, and the memory, of everything else.
const ENSEMBLE: usize = 2;
/// Powers of ten of the guesses that a password must need: eight characters drawn at random need 10⁸.
const DEVINETTES: f64 = 7.5;
/// Longest part of a password that the lists are searched for: the search grows faster than the text.
const CHERCHEE: usize = 64;

/// The one way to a password's hash.
#[derive(Debug)]
pub(crate) struct MotsDePasse {
    tour: Arc<Semaphore>,
    /// What a password is compared with where there is no account: the same work.
    personne: Empreinte,
}

/// Why a password could not be hashed.
#[derive(Debug, thiserror::Error)]
#[error("a password could not be hashed")]
pub(crate) struct Impossible;

impl MotsDePasse {
    /// With a hash of nobody's password.
    pub(crate) fn nouveau() -> Result<Self, Impossible> {
        Ok(Self { tour: Arc::new(Semaphore::new(ENSEMBLE)), personne: hache("")? })
    }

    /// What is kept of a password.
    pub(crate) async fn hache(&self, mot: String) -> Result<Empreinte, Impossible> {
        let tour = self.tour.clone().acquire_owned().await.map_err(|_| Impossible)?;
        let fait = tokio::task::spawn_blocking(move || {
            let _tour = tour;
            hache(&mot)
        });
        fait.await.map_err(|_| Impossible)?
    }

    /// Is it the password that left this? Without one, the same work and no.
    pub(crate) async fn verifie(
        &self,
        mot: String,
        empreinte: Option<&Empreinte>,
    ) -> Result<bool, Impossible> {
        let (gardee, quelqu_un) = (empreinte.unwrap_or(&self.personne).clone(), empreinte.is_some());
        let tour = self.tour.clone().acquire_owned().await.map_err(|_| Impossible)?;
        let fait = tokio::task::spawn_blocking(move || {
            let _tour = tour;
            est_bon(&mot, gardee.phc())
        });
        Ok(fait.await.map_err(|_| Impossible)?? && quelqu_un)
    }
}

fn est_bon(mot: &str, gardee: &str) -> Result<bool, Impossible> {
    if est_bcrypt(gardee) {
        return bcrypt::verify(mot, gardee).map_err(|_| Impossible);
    }
    let lue = PasswordHash::new(gardee).map_err(|_| Impossible)?;
    // the parameters are those that the hash says
    Ok(if lue.algorithm.as_str() == PBKDF2 {
        pbkdf2::Pbkdf2::default().verify_password(mot.as_bytes(), &lue).is_ok()
    } else {
        Argon2::default().verify_password(mot.as_bytes(), &lue).is_ok()
    })
}

/// The one kind of PBKDF2 that is taken from another program.
const PBKDF2: &str = "pbkdf2-sha256";
/// Its fewest rounds (less is guessed as fast as it is read) and most (more would hold a processor for a second).
const PBKDF2_TOURS: std::ops::RangeInclusive<u32> = 10_000..=2_000_000;
/// The same for bcrypt, powers of two.
const BCRYPT_COUT: std::ops::RangeInclusive<u32> = 8..=14;
/// Most memory, in KiB, and passes of an Argon2 that others made.
const ARGON2_MEMOIRE_MAX: u32 = 256 * 1024;
const ARGON2_PASSES_MAX: u32 = 16;

fn est_bcrypt(texte: &str) -> bool {
    ["$2a$", "$2b$", "$2y$"].iter().any(|p| texte.starts_with(p))
}

/// Was it made by us, as every password is now?
pub(crate) fn est_le_notre(empreinte: &Empreinte) -> bool {
    empreinte.phc().starts_with(&format!("$argon2id$v=19$m={MEMOIRE},t={PASSES},p=1$"))
}

/// What a password left in another program: checked at its holder's next entry, then made ours. In French, why it is not taken.
pub(crate) fn reprend(texte: &str) -> Result<Empreinte, String> {
    const PRISES: &str = "prises : $argon2id$…, $argon2i$…, $argon2d$…, $pbkdf2-sha256$… (format PHC) et bcrypt ($2y$…). Laissez la valeur vide : la famille choisira un mot de passe par un lien";
    let refus = |pourquoi: &str| Err(format!("cette empreinte de mot de passe {pourquoi} ; {PRISES}"));
    if !texte.starts_with('$') {
        return refus("n'en est pas une (un mot de passe en clair ne se reprend jamais)");
    }
    if est_bcrypt(texte) {
        let bonne = texte.parse::<bcrypt::HashParts>().is_ok_and(|h| BCRYPT_COUT.contains(&h.get_cost()));
        return if bonne {
            Ok(Empreinte::nouvelle(texte))
        } else {
            refus("bcrypt est abîmée, ou de coût hors de 8 à 14")
        };
    }
    let Ok(lue) = PasswordHash::new(texte) else { return refus("est abîmée, ou d'un format inconnu") };
    let nombre = |nom: &str| lue.params.get_decimal(nom);
    let bonne = match lue.algorithm.as_str() {
        PBKDF2 => nombre("i").is_some_and(|i| PBKDF2_TOURS.contains(&i)),
        "argon2id" | "argon2i" | "argon2d" => {
            nombre("m").is_some_and(|m| m <= ARGON2_MEMOIRE_MAX)
                && nombre("t").is_some_and(|t| t <= ARGON2_PASSES_MAX)
        }
        _ => return refus("est d'un algorithme qui ne se reprend pas"),
    };
    if bonne && lue.salt.is_some() && lue.hash.is_some() {
        Ok(Empreinte::nouvelle(texte))
    } else {
        refus("a trop peu de tours pour protéger, ou tant qu'elle arrêterait le serveur")
    }
}

fn hache(mot: &str) -> Result<Empreinte, Impossible> {
    let params = Params::new(MEMOIRE, PASSES, 1, None).map_err(|_| Impossible)?;
    let mut sel = [0; 16];
    getrandom::fill(&mut sel).map_err(|_| Impossible)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let hache = argon2.hash_password_customized(mot.as_bytes(), &sel, Some("argon2id"), Some(0x13), params);
    hache.map(|h| Empreinte::nouvelle(h.to_string())).map_err(|_| Impossible)
}

/// Is it one that is guessed first: of the lists of leaked passwords, a word, a date, a row of keys, or made of these names?
pub(crate) fn se_devine(mot: &str, personnels: &[&str]) -> bool {
    let debut: String = mot.chars().take(CHERCHEE).collect();
    zxcvbn(&debut, personnels).guesses_log10() < DEVINETTES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn un_mot_de_passe_se_verifie_et_personne_n_en_a() {
        let mots = MotsDePasse::nouveau().unwrap();
        let empreinte = mots.hache("velo-tomate-lune-42".into()).await.unwrap();
        assert!(empreinte.phc().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", empreinte.phc());
        assert_ne!(empreinte, mots.hache("velo-tomate-lune-42".into()).await.unwrap(), "a salt each");
        assert!(mots.verifie("velo-tomate-lune-42".into(), Some(&empreinte)).await.unwrap());
        assert!(!mots.verifie("velo-tomate-lune-43".into(), Some(&empreinte)).await.unwrap());
        for mot in ["", "velo-tomate-lune-42"] {
            assert!(!mots.verifie(mot.into(), None).await.unwrap());
        }
        let autre = Empreinte::nouvelle("pas une empreinte");
        assert!(mots.verifie("x".into(), Some(&autre)).await.is_err());
    }

    #[test]
    fn ce_que_tout_le_monde_essaie_se_devine() {
        for mot in ["motdepasse123", "azertyuiop123", "Password123!"] {
            assert!(se_devine(mot, &["camille", "durand", "1984"]), "{mot}");
        }
        for mot in ["velo-tomate-lune-42", "aB3$eKx7", "correct cheval pile agrafe"] {
            assert!(!se_devine(mot, &["camille"]), "{mot}");
        }
    }
}
