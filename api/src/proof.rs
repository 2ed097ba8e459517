//! Who fills in a form without an account: a sealed time of departure, and a proof of work where a script runs.
//!
//! Nothing is kept for a form that is only read. Without a script a person goes on at a slower rate ([`rate`](crate::rate)).

use std::collections::HashMap;
use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::links::CleDesLiens;

/// Zero bits that the hash of a proof begins with: about 65 000 tries, a second or two of a telephone.
const BITS: u32 = 16;
/// Nobody fills in such a form in less.
const AU_MOINS: SignedDuration = SignedDuration::from_secs(2);
/// Longer, and the page is asked for again.
const AU_PLUS: SignedDuration = SignedDuration::from_hours(4);
/// Most proofs remembered at once: beyond, none is taken until some are forgotten.
const DEPENSEES_MAX: usize = 50_000;

/// The proofs already spent, until their form is too old.
#[derive(Debug, Default)]
pub(crate) struct Preuves(Mutex<HashMap<[u8; 32], Timestamp>>);

/// When a form was sent, as its departure says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depart {
    /// In time.
    Bon,
    /// Sooner than anybody could.
    TropTot,
    /// Too late, or not ours.
    Perime,
}

/// The sealed departure of a form, for that town.
pub(crate) fn depart(cle: &CleDesLiens, commune: &str, le: Timestamp, alea: &str) -> String {
    let texte = format!("{}.{alea}", le.as_microsecond());
    let sceau = cle.sceau(&["depart", commune, &texte]);
    format!("{texte}.{sceau}")
}

/// Reads it back.
pub(crate) fn lit_depart(cle: &CleDesLiens, commune: &str, depart: &str, maintenant: Timestamp) -> Depart {
    let Some((texte, sceau)) = depart.rsplit_once('.') else { return Depart::Perime };
    let le = texte.split_once('.').and_then(|(t, _)| Timestamp::from_microsecond(t.parse().ok()?).ok());
    let Some(le) = le.filter(|_| cle.est_du_sceau(&["depart", commune, texte], sceau)) else {
        return Depart::Perime;
    };
    match maintenant.duration_since(le) {
        ecoule if ecoule > AU_PLUS || ecoule.is_negative() => Depart::Perime,
        ecoule if ecoule < AU_MOINS => Depart::TropTot,
        _ => Depart::Bon,
    }
}

impl Preuves {
    /// Spends the proof of that departure: `false` when it proves nothing, or was spent.
    pub(crate) fn depense(&self, depart: &str, preuve: &str, maintenant: Timestamp) -> bool {
        if preuve.is_empty() || preuve.len() > 20 {
            return false;
        }
        let empreinte: [u8; 32] = Sha256::digest(format!("{depart}:{preuve}")).into();
        if zeros(&empreinte) < BITS {
            return false;
        }
        let Ok(mut depensees) = self.0.lock() else { return false };
        let cle: [u8; 32] = Sha256::digest(depart).into();
        if depensees.len() >= DEPENSEES_MAX {
            depensees.retain(|_, le| maintenant.duration_since(*le) <= AU_PLUS);
        }
        depensees.len() < DEPENSEES_MAX && depensees.insert(cle, maintenant).is_none()
    }

    /// Forgets those whose form is too old.
    pub(crate) fn oublie(&self, maintenant: Timestamp) {
        if let Ok(mut depensees) = self.0.lock() {
            depensees.retain(|_, le| maintenant.duration_since(*le) <= AU_PLUS);
        }
    }
}

fn zeros(empreinte: &[u8; 32]) -> u32 {
    let mut bits = 0;
    for octet in empreinte {
        bits += octet.leading_zeros();
        if *octet != 0 {
            break;
        }
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::Secrets;

    #[test]
    fn un_depart_est_scelle_et_a_son_temps() {
        let dossier = tempfile::tempdir().unwrap();
        let data = dossier.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let cle = CleDesLiens::ouvre(&data, &Secrets::default()).unwrap();
        let le: Timestamp = "2025-09-01T08:00:00Z".parse().unwrap();
        let d = depart(&cle, "ville", le, "abc");
        let lu = |commune, d: &str, s| lit_depart(&cle, commune, d, le + SignedDuration::from_secs(s));
        assert_eq!((lu("ville", &d, 1), lu("ville", &d, 2)), (Depart::TropTot, Depart::Bon));
        assert_eq!((lu("ville", &d, 4 * 3600), lu("ville", &d, 4 * 3600 + 1)), (Depart::Bon, Depart::Perime));
        let plus_tard = d.replacen("1756", "1757", 1);
        for faux in ["", "x", "1.2.3", plus_tard.as_str()] {
            assert_eq!(lu("ville", faux, 10), Depart::Perime, "{faux}");
        }
        assert_eq!(lu("autre", &d, 10), Depart::Perime, "of one town");

        let preuves = Preuves::default();
        let bonne = (0_u32..)
            .map(|n| n.to_string())
            .find(|n| zeros(&Sha256::digest(format!("{d}:{n}")).into()) >= BITS)
            .unwrap();
        assert!(!preuves.depense(&d, "", le) && !preuves.depense("autre", &bonne, le));
        assert!(preuves.depense(&d, &bonne, le), "{bonne}");
        assert!(!preuves.depense(&d, &bonne, le), "once");
        preuves.oublie(le + SignedDuration::from_hours(5));
        assert!(preuves.depense(&d, &bonne, le), "its form is too old by then");
    }
}
