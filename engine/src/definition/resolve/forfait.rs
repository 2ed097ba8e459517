//! `forfait:` of a prestation: the months in which its price is called.

use rules::echeancier::Reste;
use rules::scalaire::MOIS;

use super::{Resolution, derive};
use crate::definition::lecture::Sp;
use crate::definition::raw::service::RawForfait;
use crate::diagnostic::{Diagnostic, codes};
use crate::service::Echeancier;

/// The instalments; `None`: not asked, or reported.
pub(super) fn echeancier(r: &mut Resolution<'_>, raw: &Sp<RawForfait>) -> Option<Echeancier> {
    let ecrit = raw.echeances.as_ref()?;
    let mut mois: Vec<u8> = Vec::new();
    for nom in &ecrit.mois {
        derive::mot(r, nom, &MOIS)?;
        let numero = MOIS.iter().zip(1_u8..).find(|(m, _)| **m == nom.as_str()).map(|(_, n)| n)?;
        if mois.contains(&numero) {
            let message = format!("le mois de {} est écrit deux fois", nom.as_str());
            r.signale(Diagnostic::new(codes::REF06, nom.span, message).aide("une échéance par mois"));
            return None;
        }
        mois.push(numero);
    }
    if mois.is_empty() {
        let d = Diagnostic::new(codes::SYN04, ecrit.span, "un échéancier a au moins un mois");
        r.signale(d.aide("ex. `mois: [septembre, octobre, novembre]`"));
        return None;
    }
    derive::mot(r, &ecrit.montant, &["egal"])?;
    let reste = match derive::mot(r, &ecrit.reste, &["premiere", "derniere"])?.as_str() {
        "premiere" => Reste::Premiere,
        _ => Reste::Derniere,
    };
    Some(Echeancier { mois, reste, lieu: r.pose(ecrit.span, None) })
}
