//! A child with two homes: which of them answers for a day, its bookings, its bills and its letters.
//!
//! Weeks are those of ISO 8601, which calendars print: Monday to Sunday, week 1 holds 4 January. A year of 53 weeks ends on an odd
//! one and the next begins on another: read as printed, the same home has two weeks running; a town may rather ask.

use jiff::civil::Date;

use crate::identifiant::FoyerId;

/// The weeks that a home says are its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Semaines {
    /// Those of an even number.
    Paires,
    /// Those of an odd number.
    Impaires,
}

impl Semaines {
    /// As `semaines_garde` is written in donnees.yaml.
    pub fn lit(mot: &str) -> Option<Self> {
        match mot {
            "paires" => Some(Self::Paires),
            "impaires" => Some(Self::Impaires),
            _ => None,
        }
    }

    /// Is `jour` in one of them?
    pub fn tiennent(self, jour: Date) -> bool {
        (jour.iso_week_date().week() % 2 == 0) == (self == Self::Paires)
    }
}

/// What a 53rd week is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Semaine53 {
    /// An odd week, as calendars print it.
    SelonCalendrier,
    /// A question for the two homes.
    Demander,
}

impl Semaine53 {
    /// As `garde_alternee.semaine_53` is written.
    pub fn lit(mot: &str) -> Option<Self> {
        match mot {
            "selon_calendrier" => Some(Self::SelonCalendrier),
            "demander" => Some(Self::Demander),
            _ => None,
        }
    }
}

/// Days that a calendar, published or signed by both, gives to a home whatever the week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Periode {
    /// First day.
    pub du: Date,
    /// Last day, included.
    pub au: Date,
    /// Whose.
    pub foyer: FoyerId,
}

/// A home of the child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Maison {
    /// Which household.
    pub foyer: FoyerId,
    /// Its weeks; `None`: not told.
    pub semaines: Option<Semaines>,
}

/// Who answers for a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DuJour {
    /// This household.
    Foyer(FoyerId),
    /// Nobody knows: why, in French.
    ADemander(&'static str),
}

/// The household that answers for the child on `jour`. A child of one home is that home's, whatever it says of weeks; the first
/// period of the calendar that holds the day comes before the parity.
pub fn du_jour(maisons: &[Maison], calendrier: &[Periode], regle: Semaine53, jour: Date) -> DuJour {
    let (une, autre) = match maisons {
        [] => return DuJour::ADemander("Aucun foyer ne dit qu’il accueille cet enfant."),
        [seule] => return DuJour::Foyer(seule.foyer.clone()),
        [une, autre] => (une, autre),
        _ => return DuJour::ADemander("Plus de deux foyers disent accueillir cet enfant."),
    };
    if let Some(p) = calendrier.iter().find(|p| (p.du..=p.au).contains(&jour)) {
        return DuJour::Foyer(p.foyer.clone());
    }
    if regle == Semaine53::Demander && jour.iso_week_date().week() == 53 {
        return DuJour::ADemander(
            "La semaine 53 suit, ou précède, une autre semaine impaire : les deux foyers le disent.",
        );
    }
    let tient = |m: &Maison| m.semaines.map(|s| s.tiennent(jour));
    match (tient(une), tient(autre)) {
        (Some(true), Some(false) | None) | (None, Some(false)) => DuJour::Foyer(une.foyer.clone()),
        (Some(false) | None, Some(true)) | (Some(false), None) => DuJour::Foyer(autre.foyer.clone()),
        (None, None) => DuJour::ADemander("Aucun des deux foyers n’a dit ses semaines."),
        (Some(true), Some(true)) | (Some(false), Some(false)) => {
            DuJour::ADemander("Les deux foyers disent les mêmes semaines.")
        }
    }
}

/// Is the child, on that day, in the home that says these weeks? `None`: the two homes say.
pub fn chez_soi(semaines: Semaines, regle: Semaine53, jour: Date) -> Option<bool> {
    let demande = regle == Semaine53::Demander && jour.iso_week_date().week() == 53;
    (!demande).then(|| semaines.tiennent(jour))
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use proptest::prelude::*;

    use super::*;

    fn foyer(n: u8) -> FoyerId {
        FoyerId::neuf([n; 16])
    }

    fn maisons(une: Option<Semaines>, autre: Option<Semaines>) -> [Maison; 2] {
        [Maison { foyer: foyer(1), semaines: une }, Maison { foyer: foyer(2), semaines: autre }]
    }

    fn jour(texte: &str) -> Date {
        texte.parse().unwrap()
    }

    #[test]
    fn l_annee_de_53_semaines_a_deux_semaines_impaires_de_suite() {
        let deux = maisons(Some(Semaines::Paires), Some(Semaines::Impaires));
        // 2026 has 53 weeks: 28 December 2026 to 3 January 2027, then week 1 of 2027
        for (texte, attendu) in [
            ("2026-12-21", 1),
            ("2026-12-27", 1),
            ("2026-12-28", 2),
            ("2027-01-03", 2),
            ("2027-01-04", 2),
            ("2027-01-10", 2),
            ("2027-01-11", 1),
        ] {
            let lu = du_jour(&deux, &[], Semaine53::SelonCalendrier, jour(texte));
            assert_eq!(lu, DuJour::Foyer(foyer(attendu)), "{texte}");
        }
        for (texte, demande) in
            [("2026-12-27", false), ("2026-12-28", true), ("2027-01-03", true), ("2027-01-04", false)]
        {
            let lu = du_jour(&deux, &[], Semaine53::Demander, jour(texte));
            assert_eq!(matches!(lu, DuJour::ADemander(_)), demande, "{texte}");
        }
        // unless both published who has it
        let publie = [Periode { du: jour("2026-12-19"), au: jour("2027-01-03"), foyer: foyer(1) }];
        let lu = du_jour(&deux, &publie, Semaine53::Demander, jour("2026-12-30"));
        assert_eq!(lu, DuJour::Foyer(foyer(1)));
    }

    #[test]
    fn ce_que_les_foyers_disent_se_complete_ou_se_demande() {
        let (paire, impaire) = (jour("2025-09-01"), jour("2025-09-08"));
        let lit = |une, autre, j| du_jour(&maisons(une, autre), &[], Semaine53::SelonCalendrier, j);
        // one is enough: the other has the rest
        assert_eq!(lit(Some(Semaines::Paires), None, paire), DuJour::Foyer(foyer(1)));
        assert_eq!(lit(Some(Semaines::Paires), None, impaire), DuJour::Foyer(foyer(2)));
        assert_eq!(lit(None, Some(Semaines::Paires), paire), DuJour::Foyer(foyer(2)));
        assert_eq!(lit(None, Some(Semaines::Paires), impaire), DuJour::Foyer(foyer(1)));
        for (une, autre) in [(None, None), (Some(Semaines::Paires), Some(Semaines::Paires))] {
            assert!(matches!(lit(une, autre, paire), DuJour::ADemander(_)));
            assert!(matches!(lit(une, autre, impaire), DuJour::ADemander(_)));
        }
        let seul = [Maison { foyer: foyer(1), semaines: Some(Semaines::Impaires) }];
        assert_eq!(du_jour(&seul, &[], Semaine53::Demander, paire), DuJour::Foyer(foyer(1)));
    }

    proptest! {
        /// Over 60 years: one home and only one each day, the same from Monday to Sunday, the other the week after, but for the year's
        /// end of 53 weeks; and whoever is asked first changes nothing.
        #[test]
        fn un_foyer_et_un_seul(ecart in 0_i32..22_000) {
            let j = jour("2000-01-03").checked_add(ecart.days()).unwrap();
            let deux = maisons(Some(Semaines::Paires), Some(Semaines::Impaires));
            let lit = |j| du_jour(&deux, &[], Semaine53::SelonCalendrier, j);
            let du = lit(j);
            let DuJour::Foyer(_) = &du else { panic!("{du:?}") };
            let [une, autre] = deux.clone();
            prop_assert_eq!(&du, &du_jour(&[autre, une], &[], Semaine53::SelonCalendrier, j));
            let lundi = j.checked_sub(i32::from(j.weekday().to_monday_zero_offset()).days()).unwrap();
            for n in 0..7 {
                prop_assert_eq!(&lit(lundi.checked_add(n.days()).unwrap()), &du);
            }
            let suivant = j.checked_add(7.days()).unwrap();
            let meme = j.iso_week_date().week() == 53;
            prop_assert_eq!(lit(suivant) == du, meme, "{}", j);
            let demande = du_jour(&deux, &[], Semaine53::Demander, j);
            prop_assert_eq!(matches!(demande, DuJour::ADemander(_)), meme);
            let lue = chez_soi(Semaines::Paires, Semaine53::Demander, j);
            prop_assert_eq!(lue, (!meme).then(|| du == DuJour::Foyer(foyer(1))));
        }
    }
}
