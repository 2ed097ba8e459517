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
            let lue = PasswordHash::new(gardee.phc()).map_err(|_| Impossible)?;
            // the parameters are those that the hash says
            Ok(Argon2::default().verify_password(mot.as_bytes(), &lue).is_ok())
        });
        Ok(fait.await.map_err(|_| Impossible)?? && quelqu_un)
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
