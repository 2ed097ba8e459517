//! One type an identifier. Random ones are made from bytes passed in: the engine has no randomness of its own.
//!
//! Names that a town writes (démarche, étape, champ, pièce, prestation…) stay plain text: they are checked when the town is loaded.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest, Sha256};

/// Bytes in hexadecimal, two digits each.
pub fn hexa<'o>(octets: impl IntoIterator<Item = &'o u8>) -> String {
    octets.into_iter().map(|o| format!("{o:02x}")).collect()
}

/// A text that is not an identifier of the expected kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{texte}` is not a valid {genre}")]
pub struct ErreurIdentifiant {
    /// The expected type.
    pub genre: &'static str,
    /// What was read.
    pub texte: String,
}

/// Random bytes of one act, stretched to as many identifiers as it needs. The same seed gives the same identifiers.
#[derive(Clone, Debug)]
pub struct Alea {
    graine: [u8; 16],
    tirages: u64,
}

impl Alea {
    /// From bytes that the process drew.
    pub const fn nouveau(graine: [u8; 16]) -> Self {
        Self { graine, tirages: 0 }
    }

    /// The next 16 bytes.
    pub fn tire(&mut self) -> [u8; 16] {
        let empreinte =
            Sha256::new().chain_update(self.graine).chain_update(self.tirages.to_be_bytes()).finalize();
        self.tirages = self.tirages.wrapping_add(1);
        let mut octets = [0; 16];
        for (cible, source) in octets.iter_mut().zip(empreinte) {
            *cible = source;
        }
        octets
    }
}

/// Crockford's base 32, lower case: no `i`, `l`, `o`, `u`, so that it can be read over the telephone.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// 128 bits as 26 characters.
fn en_texte(octets: [u8; 16]) -> String {
    let n = u128::from_be_bytes(octets);
    (0..26_u32)
        .rev()
        .filter_map(|i| {
            let cinq = n.checked_shr(i * 5)? & 31;
            ALPHABET.get(usize::try_from(cinq).ok()?).map(|c| char::from(*c))
        })
        .collect()
}

fn est_aleatoire(texte: &str) -> bool {
    texte.len() == 26 && texte.bytes().all(|c| ALPHABET.contains(&c))
}

fn est_slug(texte: &str) -> bool {
    texte.len() <= 63
        && texte.starts_with(|c: char| c.is_ascii_lowercase())
        && texte.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_' || c == b'-')
}

macro_rules! identifiant {
    ($(#[$doc:meta])* $nom:ident, $valide:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $nom(Box<str>);

        impl $nom {
            /// Reads it from text (an address, a row).
            pub fn lit(texte: &str) -> Result<Self, ErreurIdentifiant> {
                if $valide(texte) {
                    Ok(Self(texte.into()))
                } else {
                    Err(ErreurIdentifiant { genre: stringify!($nom), texte: texte.into() })
                }
            }

            /// As text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $nom {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $nom {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let texte = std::borrow::Cow::<'de, str>::deserialize(d)?;
                Self::lit(&texte).map_err(serde::de::Error::custom)
            }
        }
    };
}

macro_rules! aleatoires {
    ($($(#[$doc:meta])* $nom:ident;)*) => {
        $(
            identifiant!($(#[$doc])* $nom, est_aleatoire);

            impl $nom {
                /// From 16 random bytes.
                pub fn neuf(octets: [u8; 16]) -> Self {
                    Self(en_texte(octets).into())
                }
            }
        )*
    };
}

identifiant!(
    /// A town: the name of its folder and of its first path segment.
    CommuneSlug,
    est_slug
);

aleatoires! {
    /// A household.
    FoyerId;
    /// Somebody of a household: responsable, child, contact.
    PersonneId;
    /// An agent of the town.
    AgentId;
    /// A family's running instance of a démarche.
    DossierId;
    /// A right to use a service.
    InscriptionId;
    /// A booked day of a prestation.
    ReservationId;
    /// A priced line.
    LigneId;
    /// A deposited document.
    FichierId;
    /// A machine's key.
    CleId;
    /// A key that links an account to a family.
    CleEnfanceId;
    /// A letter in the local mailbox.
    CourrierId;
    /// An account.
    CompteId;
    /// A secret link of an account, as the letter that gives it names it.
    LienId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_identifiant_se_relit() {
        let id = DossierId::neuf([0xff; 16]);
        assert_eq!(id.as_str(), "7zzzzzzzzzzzzzzzzzzzzzzzzz");
        assert_eq!(DossierId::lit(id.as_str()), Ok(id.clone()));
        assert_eq!(serde_json::from_str::<DossierId>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
        assert_eq!(FoyerId::neuf([0; 16]).as_str(), "0".repeat(26));
    }

    #[test]
    fn un_texte_quelconque_est_refuse() {
        for texte in
            ["", "1", "7ZZZZZZZZZZZZZZZZZZZZZZZZZ", "../../etc/passwd", "7zzzzzzzzzzzzzzzzzzzzzzzzzz"]
        {
            assert!(DossierId::lit(texte).is_err(), "{texte}");
        }
        assert!(CommuneSlug::lit("la-ville_2").is_ok());
        for texte in ["", "2ville", "la ville", "Ville", "../ville"] {
            assert!(CommuneSlug::lit(texte).is_err(), "{texte}");
        }
        assert!(serde_json::from_str::<FoyerId>("\"x\"").is_err());
    }

    #[test]
    fn la_meme_graine_donne_les_memes_tirages() {
        let (mut a, mut b) = (Alea::nouveau([7; 16]), Alea::nouveau([7; 16]));
        let (un, deux) = (a.tire(), a.tire());
        assert_ne!(un, deux);
        assert_eq!([un, deux], [b.tire(), b.tire()]);
    }
}
