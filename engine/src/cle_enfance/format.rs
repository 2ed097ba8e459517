//! What a key looks like, how it is drawn, and what somebody who types it means.

use crate::identifiant::Alea;

/// Digits.
const CHIFFRES: &[u8] = b"0123456789";
/// Letters that nobody takes for a digit, in print or on the telephone: no `I`, `L`, `O`.
const LETTRES: &[u8] = b"ABCDEFGHJKMNPQRSTUVWXYZ";
/// Either.
const LES_DEUX: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTUVWXYZ";
/// Longest form: a key is dictated.
const LONGUEUR: usize = 40;

/// The form of a town's keys, as written (`9999-AAA-999`): `9` a digit, `A` a letter, `X` either, the rest as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatCle(String);

/// Why a form is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ErreurFormat {
    /// A character that is neither a place to draw nor a separator.
    #[error("« {0} » n'est ni une place (9, A, X) ni un séparateur (tiret, espace)")]
    Signe(char),
    /// Longer than anybody dictates.
    #[error("une clé a 40 signes au plus")]
    Longue,
}

const fn alphabet(place: char) -> Option<&'static [u8]> {
    match place {
        '9' => Some(CHIFFRES),
        'A' => Some(LETTRES),
        'X' => Some(LES_DEUX),
        _ => None,
    }
}

impl FormatCle {
    /// Reads a form.
    pub fn lit(texte: &str) -> Result<Self, ErreurFormat> {
        if texte.chars().count() > LONGUEUR {
            return Err(ErreurFormat::Longue);
        }
        match texte.chars().find(|c| alphabet(*c).is_none() && !matches!(c, '-' | ' ')) {
            Some(signe) => Err(ErreurFormat::Signe(signe)),
            None => Ok(Self(texte.to_owned())),
        }
    }

    /// As the town wrote it.
    pub fn texte(&self) -> &str {
        &self.0
    }

    /// How many bits of chance a key of this form holds.
    pub fn bits(&self) -> f64 {
        let choix = |c: char| alphabet(c).and_then(|a| u32::try_from(a.len()).ok());
        self.0.chars().filter_map(choix).map(|n| f64::from(n).log2()).sum()
    }

    /// A new key: each place drawn alike among its characters.
    pub fn tire(&self, alea: &mut Alea) -> String {
        let mut octets = Vec::new();
        let mut suivant = || loop {
            if let Some(octet) = octets.pop() {
                return octet;
            }
            octets.extend(alea.tire());
        };
        self.0
            .chars()
            .map(|place| match alphabet(place) {
                Some(alphabet) => char::from(un_parmi(alphabet, &mut suivant)),
                None => place,
            })
            .collect()
    }

    /// An example of what to type, that is nobody's key: `1234-ABC-123`.
    pub fn exemple(&self) -> String {
        let (mut chiffres, mut lettres) = (b"1234567890".iter().cycle(), LETTRES.iter().cycle());
        let mut precedente = None;
        let place = |place: char| {
            // each group starts again, as one reads it
            if precedente.replace(place) != Some(place) {
                (chiffres, lettres) = (b"1234567890".iter().cycle(), LETTRES.iter().cycle());
            }
            let signe = match place {
                '9' => chiffres.next(),
                'A' | 'X' => lettres.next(),
                _ => None,
            };
            signe.map_or(place, |s| char::from(*s))
        };
        self.0.chars().map(place).collect()
    }
}

/// One of these, all equally likely: a byte that would favour the first ones is thrown away.
fn un_parmi(alphabet: &[u8], suivant: &mut impl FnMut() -> u8) -> u8 {
    let n = u8::try_from(alphabet.len()).unwrap_or(u8::MAX);
    let entier = u8::MAX - (u8::MAX % n + 1) % n;
    loop {
        let octet = suivant();
        if octet <= entier
            && let Some(signe) = alphabet.get(usize::from(octet % n))
        {
            return *signe;
        }
    }
}

/// What a key is compared by, however it was typed: capitals, no separator, and the letters that are never drawn read as the
/// digit that they look like.
pub fn normale(saisie: &str) -> String {
    saisie
        .chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            autre => autre,
        })
        .take(LONGUEUR)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn une_forme_dit_sa_force() {
        for (forme, bits) in
            [("9999-AAA-999", 36.82), ("AAAA-9999-AA", 40.43), ("XXXX", 20.18), ("9999", 13.29)]
        {
            let lue = FormatCle::lit(forme).unwrap().bits();
            assert!((lue - bits).abs() < 0.01, "{forme} : {lue}");
        }
        assert_eq!(FormatCle::lit("99/99"), Err(ErreurFormat::Signe('/')));
        assert_eq!(FormatCle::lit(&"9".repeat(41)), Err(ErreurFormat::Longue));
    }

    #[test]
    fn une_cle_suit_sa_forme_et_ne_se_lit_que_d_une_facon() {
        let forme = FormatCle::lit("AAAA-9999-AA XX").unwrap();
        let mut alea = Alea::nouveau([3; 16]);
        for _ in 0..2_000 {
            let cle = forme.tire(&mut alea);
            assert_eq!(cle.len(), forme.texte().len());
            for (place, signe) in forme.texte().chars().zip(cle.chars()) {
                match alphabet(place) {
                    Some(alphabet) => assert!(alphabet.contains(&(signe as u8)), "{cle}"),
                    None => assert_eq!(signe, place),
                }
            }
            assert!(!cle.contains(['I', 'L', 'O']), "{cle}");
        }
        assert_eq!(FormatCle::lit("9999-AAA-999").unwrap().exemple(), "1234-ABC-123");
        assert_eq!(forme.exemple(), "ABCD-1234-AB AB");
    }

    /// 23,000 letters drawn: each comes 1,000 times, give or take what chance does (5 standard deviations, 155).
    #[test]
    fn chaque_signe_est_tire_aussi_souvent() {
        let forme = FormatCle::lit("A").unwrap();
        let mut alea = Alea::nouveau([9; 16]);
        let mut comptes = BTreeMap::new();
        for _ in 0..23_000 {
            *comptes.entry(forme.tire(&mut alea)).or_insert(0_u32) += 1;
        }
        assert_eq!(comptes.len(), 23);
        assert!(comptes.values().all(|n| n.abs_diff(1_000) < 155), "{comptes:?}");
    }

    #[test]
    fn une_cle_se_reconnait_comme_on_la_tape() {
        for saisie in ["1034-ABC-123", "1034abc123", " 1O34 abc 12 3", "1o34-ABC-l23", "IO34.ABC.123"] {
            assert_eq!(normale(saisie), "1034ABC123", "{saisie}");
        }
        assert_eq!(normale("é-'; DROP"), "DR0P");
        assert_eq!(normale(&"9".repeat(10_000)).len(), LONGUEUR);
    }
}
