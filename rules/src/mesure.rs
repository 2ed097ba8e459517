//! Metering: how much of a product a time of presence is.

use rust_decimal::Decimal;

/// `mesure`: minutes of presence → a quantity to bill.
#[derive(Clone, Debug, PartialEq)]
pub enum Mesure {
    /// By steps: `{ pas: 15 min, entame: du, tolerance, de, prix_par }`.
    Pas(Pas),
    /// By a ladder: `{ paliers: [2 h, 5 h, 9 h], au_dela: reel }`.
    Paliers(Paliers),
}

/// Metering by steps of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pas {
    /// Minutes of one step.
    pub pas: u16,
    /// Is a step begun due (`entame: du`), or only a whole one?
    pub entamee: bool,
    /// Minutes of a step begun that are forgiven.
    pub tolerance: u16,
    /// Only the presence between these minutes of the day counts.
    pub de: Option<(u16, u16)>,
    /// The voted price is for that many minutes.
    pub prix_par: u16,
}

/// Metering by a ladder of durations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paliers {
    /// Minutes, increasing.
    pub paliers: Box<[u16]>,
    /// Beyond the last one: the real duration, or no answer.
    pub au_dela_reel: bool,
    /// The voted price is for that many minutes.
    pub prix_par: u16,
}

/// Why a presence cannot be metered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ErreurMesure {
    /// The departure comes before the arrival.
    #[error("le départ précède l'arrivée")]
    DepartAvantArrivee,
    /// Longer than the last step of the ladder, and nothing says what is then due.
    #[error("la durée dépasse le dernier palier")]
    AuDela,
    /// A step or a priced duration of no minute, or a ladder that does not rise.
    #[error("la mesure est mal définie")]
    MalDefinie,
}

impl Mesure {
    /// The quantity that a presence from `arrivee` to `depart` (minutes since midnight) is, in units of the voted price.
    pub fn quantite(&self, arrivee: u16, depart: u16) -> Result<Decimal, ErreurMesure> {
        if depart < arrivee {
            return Err(ErreurMesure::DepartAvantArrivee);
        }
        let (minutes, par) = match self {
            Self::Pas(p) => (p.minutes(arrivee, depart)?, p.prix_par),
            Self::Paliers(p) => (p.minutes(depart - arrivee)?, p.prix_par),
        };
        Decimal::from(minutes).checked_div(Decimal::from(par)).ok_or(ErreurMesure::MalDefinie)
    }
}

impl Pas {
    /// The minutes due.
    fn minutes(&self, arrivee: u16, depart: u16) -> Result<u32, ErreurMesure> {
        if self.pas == 0 {
            return Err(ErreurMesure::MalDefinie);
        }
        let (debut, fin) = self.de.unwrap_or((0, 24 * 60));
        let presence = depart.min(fin).saturating_sub(arrivee.max(debut));
        let (entiers, reste) = (presence / self.pas, presence % self.pas);
        let pas = entiers + u16::from(self.entamee && reste > self.tolerance);
        Ok(u32::from(pas) * u32::from(self.pas))
    }
}

impl Paliers {
    fn minutes(&self, duree: u16) -> Result<u32, ErreurMesure> {
        if self.paliers.windows(2).any(|p| p.first() >= p.last()) {
            return Err(ErreurMesure::MalDefinie);
        }
        match self.paliers.iter().find(|p| **p >= duree) {
            Some(palier) => Ok(u32::from(*palier)),
            None if self.au_dela_reel => Ok(u32::from(duree)),
            None => Err(ErreurMesure::AuDela),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn h(heures: u16, minutes: u16) -> u16 {
        heures * 60 + minutes
    }

    #[test]
    fn le_quart_dheure_entame_est_du() {
        let quart =
            Pas { pas: 15, entamee: true, tolerance: 0, de: Some((h(16, 30), h(18, 30))), prix_par: 15 };
        for (mesure, a, d, attendu) in [
            // DON10: 16:30–17:50 is six quarters
            (quart, h(16, 30), h(17, 50), "6"),
            (quart, h(16, 30), h(16, 30), "0"),
            (quart, h(16, 0), h(19, 0), "8"),
            (quart, h(16, 30), h(16, 46), "2"),
            (Pas { tolerance: 1, ..quart }, h(16, 30), h(16, 46), "1"),
            (Pas { entamee: false, ..quart }, h(16, 30), h(17, 50), "5"),
            // a price an hour, by started quarters
            (Pas { prix_par: 60, ..quart }, h(16, 30), h(17, 50), "1.5"),
        ] {
            assert_eq!(
                Mesure::Pas(mesure).quantite(a, d),
                Ok(attendu.parse().unwrap()),
                "{mesure:?} {a} {d}"
            );
        }
        assert_eq!(Mesure::Pas(quart).quantite(h(17, 0), h(16, 0)), Err(ErreurMesure::DepartAvantArrivee));
        assert_eq!(Mesure::Pas(Pas { pas: 0, ..quart }).quantite(0, 9), Err(ErreurMesure::MalDefinie));
        assert_eq!(Mesure::Pas(Pas { prix_par: 0, ..quart }).quantite(0, 9), Err(ErreurMesure::MalDefinie));
    }

    #[test]
    fn les_paliers() {
        let paliers = Paliers { paliers: [180, 300, 540].into(), au_dela_reel: true, prix_par: 60 };
        for (minutes, attendu) in [(1, "3"), (180, "3"), (181, "5"), (540, "9"), (570, "9.5")] {
            assert_eq!(
                Mesure::Paliers(paliers.clone()).quantite(0, minutes),
                Ok(attendu.parse().unwrap()),
                "{minutes}"
            );
        }
        let ferme = Paliers { au_dela_reel: false, ..paliers.clone() };
        assert_eq!(Mesure::Paliers(ferme).quantite(0, 541), Err(ErreurMesure::AuDela));
        let desordre = Paliers { paliers: [300, 180].into(), ..paliers };
        assert_eq!(Mesure::Paliers(desordre).quantite(0, 1), Err(ErreurMesure::MalDefinie));
    }
}
