//! Codes of six digits that an application shows (RFC 6238: HMAC-SHA-1, steps of 30 s). A secret is derived from the process's key
//! and is nowhere in the data.

use engine::compte::Compte;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha1::Sha1;

use crate::links::CleDesLiens;

/// Seconds of a step.
const PAS: i64 = 30;
/// Letters of base 32 (RFC 4648).
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The secret of an account, 160 bits; another one for each generation.
#[derive(Clone)]
pub(crate) struct Secret([u8; 20]);

impl Secret {
    /// Of that account.
    pub(crate) fn de(cle: &CleDesLiens, commune: &str, compte: &Compte, generation: u32) -> Self {
        let sceau = cle.sceau(&["totp", commune, compte.id.as_str(), &generation.to_string()]);
        let mut octets = [0; 20];
        for (i, octet) in octets.iter_mut().enumerate() {
            let paire = sceau.get(2 * i..2 * i + 2).and_then(|p| u8::from_str_radix(p, 16).ok());
            *octet = paire.unwrap_or_default();
        }
        Self(octets)
    }

    /// As one types it into an application: base 32, in groups of four.
    pub(crate) fn en_lettres(&self) -> String {
        let (mut reste, mut bits, mut texte) = (0_u32, 0, String::new());
        for octet in self.0 {
            reste = (reste << 8 | u32::from(octet)) & 0xfff;
            bits += 8;
            while bits >= 5 {
                bits -= 5;
                let lettre = usize::try_from(reste >> bits & 31).ok().and_then(|i| ALPHABET.get(i));
                if texte.len() % 5 == 4 {
                    texte.push(' ');
                }
                texte.extend(lettre.map(|l| char::from(*l)));
            }
        }
        texte
    }

    /// What an application reads from a picture (the Key URI format).
    pub(crate) fn adresse(&self, chez: &str, qui: &str) -> String {
        let code = |texte: &str| -> String {
            texte
                .bytes()
                .map(|o| match o {
                    b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                        char::from(o).to_string()
                    }
                    autre => format!("%{autre:02X}"),
                })
                .collect()
        };
        let cle = self.en_lettres().replace(' ', "");
        format!("otpauth://totp/{}:{}?secret={cle}&issuer={}", code(chez), code(qui), code(chez))
    }

    /// The code of now.
    pub(crate) fn code(&self, maintenant: Timestamp) -> String {
        self.du_pas(maintenant.as_second() / PAS)
    }

    fn du_pas(&self, pas: i64) -> String {
        let Ok(mut hmac) = Hmac::<Sha1>::new_from_slice(&self.0) else { return String::new() };
        hmac.update(&pas.to_be_bytes());
        let octets = hmac.finalize().into_bytes();
        let debut = octets.last().map_or(0, |o| usize::from(o & 15));
        let quatre = octets.iter().skip(debut).take(4);
        let n = quatre.fold(0_u32, |n, o| n << 8 | u32::from(*o)) & 0x7fff_ffff;
        format!("{:06}", n % 1_000_000)
    }

    /// The step of a code of now, one step early or late, and after `dernier`; `None`: it is no code, or was used.
    pub(crate) fn pas_de(&self, code: &str, maintenant: Timestamp, dernier: i64) -> Option<i64> {
        let ici = maintenant.as_second() / PAS;
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        (ici - 1..=ici + 1).find(|pas| *pas > dernier && self.du_pas(*pas) == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_codes_sont_ceux_de_la_rfc_6238() {
        let secret = Secret(*b"12345678901234567890");
        let a = |s| Timestamp::from_second(s).unwrap();
        for (s, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (2_000_000_000, "279037")]
        {
            assert_eq!(secret.code(a(s)), code);
        }
        assert_eq!(secret.en_lettres(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert_eq!(
            secret.adresse("Ham", "é@x.fr"),
            "otpauth://totp/Ham:%C3%A9%40x.fr?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Ham"
        );
        // one step early or late, and once
        assert_eq!(secret.pas_de("287 082", a(59), 0), Some(1));
        assert_eq!(secret.pas_de("287082", a(89), 0), Some(1));
        assert_eq!(secret.pas_de("287082", a(120), 0), None);
        assert_eq!(secret.pas_de("287082", a(59), 1), None, "used already");
        assert_eq!(secret.pas_de("287083", a(59), 0), None);
    }
}
