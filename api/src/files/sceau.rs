//! How a document is encrypted where it is kept.
//!
//! `GCF1`, 8 bytes that name the key, 19 random ones, then pieces of 64 KiB, each sealed by XChaCha20-Poly1305 under a key of
//! the town. A piece's nonce ends with its rank and whether it is the last (the STREAM construction of Hoang, Reyhanitabar,
//! Rogaway and Vizár, 2015): pieces cannot be cut off, moved, or taken from another document. The town and the document are
//! authenticated with each: a file put in the place of another does not open.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use super::trousseau::{Cle, Trousseau};

/// How an encrypted document begins: no format that families may send does.
const MARQUE: &[u8; 4] = b"GCF1";
/// Bytes that name the key.
pub(super) const NOM: usize = 8;
/// The random part of the nonces.
const PREFIXE: usize = 19;
/// Before the first piece.
pub(super) const ENTETE: usize = MARQUE.len() + NOM + PREFIXE;
/// Of a piece, before it is sealed.
const MORCEAU: usize = 64 * 1024;
/// What sealing adds to a piece.
const AJOUT: usize = 16;

/// Why a kept document does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Illisible {
    /// Its key is not among those given.
    #[error("its key is not in the key file")]
    CleAbsente,
    /// It is not what was kept.
    #[error("it was altered, or cut short")]
    Altere,
    /// It is in clear, and everything of ours is encrypted.
    #[error("it is in clear: somebody put it there")]
    EnClair,
    /// The system gives no randomness, or more than 256 TiB were given.
    #[error("it cannot be sealed")]
    NonScelle,
}

/// The name of the key that a kept document needs; `None`: it was kept in clear, before documents were encrypted.
pub(super) fn cle_de(octets: &[u8]) -> Option<[u8; NOM]> {
    octets.strip_prefix(MARQUE)?.first_chunk().copied()
}

/// Encrypts, under the ring's first key.
pub(super) fn scelle(
    trousseau: &Trousseau,
    commune: &str,
    id: &str,
    octets: &[u8],
) -> Result<Vec<u8>, Illisible> {
    let cle = trousseau.premiere();
    let mut prefixe = [0; PREFIXE];
    getrandom::fill(&mut prefixe).map_err(|_| Illisible::NonScelle)?;
    let chiffre = chiffre(cle, commune)?;
    let associe = associe(commune, id);
    let mut scelle = Vec::with_capacity(ENTETE + octets.len() + AJOUT * (octets.len() / MORCEAU + 1));
    scelle.extend_from_slice(MARQUE);
    scelle.extend_from_slice(&cle.nom());
    scelle.extend_from_slice(&prefixe);
    let morceaux = octets.len().div_ceil(MORCEAU).max(1);
    for rang in 0..morceaux {
        let debut = rang * MORCEAU;
        let morceau = octets.get(debut..octets.len().min(debut + MORCEAU)).unwrap_or_default();
        let nonce = nonce(&prefixe, rang, rang + 1 == morceaux).ok_or(Illisible::NonScelle)?;
        let charge = Payload { msg: morceau, aad: &associe };
        scelle.extend(chiffre.encrypt(&nonce, charge).map_err(|_| Illisible::NonScelle)?);
    }
    Ok(scelle)
}

/// What was kept; one kept in clear is given as it is, until everything was encrypted.
pub(super) fn ouvre(
    trousseau: &Trousseau,
    commune: &str,
    id: &str,
    octets: Vec<u8>,
) -> Result<Vec<u8>, Illisible> {
    let Some(nom) = cle_de(&octets) else {
        return if trousseau.tout_est_chiffre() { Err(Illisible::EnClair) } else { Ok(octets) };
    };
    let cle = trousseau.cle(&nom).ok_or(Illisible::CleAbsente)?;
    let (entete, corps) = octets.split_at_checked(ENTETE).ok_or(Illisible::Altere)?;
    let prefixe: &[u8; PREFIXE] = entete.last_chunk().ok_or(Illisible::Altere)?;
    let chiffre = chiffre(cle, commune)?;
    let associe = associe(commune, id);
    let morceaux = corps.len().div_ceil(MORCEAU + AJOUT).max(1);
    let mut clair = Vec::with_capacity(corps.len());
    for rang in 0..morceaux {
        let debut = rang * (MORCEAU + AJOUT);
        let fin = corps.len().min(debut + MORCEAU + AJOUT);
        let nonce = nonce(prefixe, rang, rang + 1 == morceaux).ok_or(Illisible::Altere)?;
        let charge = Payload { msg: corps.get(debut..fin).unwrap_or_default(), aad: &associe };
        clair.extend(chiffre.decrypt(&nonce, charge).map_err(|_| Illisible::Altere)?);
    }
    Ok(clair)
}

/// The town's own key: what opens one town's documents opens no other's.
fn chiffre(cle: &Cle, commune: &str) -> Result<XChaCha20Poly1305, Illisible> {
    let derivee = cle.derive(&["fichiers", commune]).ok_or(Illisible::NonScelle)?;
    Ok(XChaCha20Poly1305::new(&derivee.into()))
}

fn associe(commune: &str, id: &str) -> Vec<u8> {
    [b"guichet\0fichier\0", commune.as_bytes(), b"\0", id.as_bytes()].concat()
}

fn nonce(prefixe: &[u8; PREFIXE], rang: usize, dernier: bool) -> Option<XNonce> {
    let rang = u32::try_from(rang).ok()?.to_be_bytes();
    let mut octets = [0; 24];
    let source = prefixe.iter().chain(&rang).copied().chain(std::iter::once(u8::from(dernier)));
    for (cible, octet) in octets.iter_mut().zip(source) {
        *cible = octet;
    }
    Some(octets.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trousseau(cles: &[u8]) -> Trousseau {
        let texte: Vec<String> = cles.iter().map(|c| format!("{c:02x}").repeat(32)).collect();
        Trousseau::lit(&texte.join("\n")).unwrap()
    }

    #[test]
    fn un_document_s_ouvre_sous_sa_cle_a_sa_place_et_entier() {
        let un = trousseau(&[1]);
        for taille in [0, 1, MORCEAU - 1, MORCEAU, MORCEAU + 1, 3 * MORCEAU + 5] {
            let clair: Vec<u8> = (0..taille).map(|i| (i % 251) as u8).collect();
            let scelle = scelle(&un, "a", "f", &clair).unwrap();
            let morceaux = taille.div_ceil(MORCEAU).max(1);
            assert_eq!(scelle.len(), ENTETE + taille + AJOUT * morceaux);
            assert_eq!(ouvre(&un, "a", "f", scelle.clone()).unwrap(), clair);
            assert_eq!(ouvre(&trousseau(&[2, 1]), "a", "f", scelle.clone()).unwrap(), clair, "an older key");
            assert_eq!(ouvre(&trousseau(&[2]), "a", "f", scelle.clone()), Err(Illisible::CleAbsente));
            for (commune, id) in [("b", "f"), ("a", "g"), ("af", "")] {
                assert_eq!(ouvre(&un, commune, id, scelle.clone()), Err(Illisible::Altere), "{commune}/{id}");
            }
            // cut at the end of a piece, in a piece, in its head
            for fin in [scelle.len() - 1, ENTETE + MORCEAU + AJOUT, ENTETE, ENTETE - 1] {
                if fin < scelle.len() {
                    let coupe = scelle[..fin].to_vec();
                    assert_eq!(ouvre(&un, "a", "f", coupe), Err(Illisible::Altere), "{taille} {fin}");
                }
            }
        }
    }

    #[test]
    fn un_bit_change_ou_deux_morceaux_echanges_se_voient() {
        let un = trousseau(&[1]);
        let scelle = scelle(&un, "a", "f", &vec![7; 2 * MORCEAU]).unwrap();
        for place in [ENTETE - 1, ENTETE, ENTETE + MORCEAU, scelle.len() - 1] {
            let mut change = scelle.clone();
            change[place] ^= 1;
            assert_eq!(ouvre(&un, "a", "f", change), Err(Illisible::Altere), "{place}");
        }
        let (entete, corps) = scelle.split_at(ENTETE);
        let (a, b) = corps.split_at(MORCEAU + AJOUT);
        assert_eq!(ouvre(&un, "a", "f", [entete, b, a].concat()), Err(Illisible::Altere));
    }

    #[test]
    fn un_document_d_avant_se_lit_encore() {
        let clair = b"%PDF-1.4\n".to_vec();
        assert_eq!(ouvre(&trousseau(&[1]), "a", "f", clair.clone()).unwrap(), clair);
    }
}
