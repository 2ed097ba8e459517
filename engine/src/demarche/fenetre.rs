//! What is told of a démarche's opening before anybody says who they are: the rows' dates, their conditions aside.

use jiff::Timestamp;

use super::definition::{ApresCloture, Demarche, Ouverture};

/// Where a démarche stands in its opening windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fenetre {
    /// Open, to some families at least; until then, when every row that is open closes.
    Ouverte {
        /// Last instant (included).
        jusqu_a: Option<Timestamp>,
    },
    /// Its window has ended then, and late requests are still taken.
    Tardive {
        /// When it ended.
        depuis: Timestamp,
    },
    /// Open to nobody yet, and first then.
    AVenir {
        /// First instant.
        des: Timestamp,
    },
    /// Closed to everybody since then.
    Close {
        /// Last instant that it was open.
        depuis: Timestamp,
    },
    /// No row opens it to anybody.
    Jamais,
}

impl Fenetre {
    /// May somebody start it now?
    pub const fn prend(self) -> bool {
        matches!(self, Self::Ouverte { .. } | Self::Tardive { .. })
    }
}

impl Demarche {
    /// Where it stands at that instant.
    pub fn fenetre(&self, maintenant: Timestamp) -> Fenetre {
        let rangs: Vec<&Ouverture> = self.ouverture.iter().filter(|o| o.jamais.is_none()).collect();
        let commence = |o: &&&Ouverture| o.des.is_none_or(|des| des <= maintenant);
        let passee = |o: &Ouverture| o.jusqu_a.filter(|fin| maintenant > *fin);
        let commences: Vec<&&Ouverture> = rangs.iter().filter(commence).collect();
        let ouverts: Vec<&&&Ouverture> = commences.iter().filter(|o| passee(o).is_none()).collect();
        if !ouverts.is_empty() {
            // one row without an end, and it stays open
            let jusqu_a = ouverts.iter().map(|o| o.jusqu_a).collect::<Option<Vec<_>>>();
            return Fenetre::Ouverte { jusqu_a: jusqu_a.and_then(|fins| fins.into_iter().max()) };
        }
        let tardifs = commences.iter().filter(|o| o.apres == ApresCloture::Accepte);
        if let Some(depuis) = tardifs.filter_map(|o| passee(o)).max() {
            return Fenetre::Tardive { depuis };
        }
        let a_venir = rangs.iter().filter_map(|o| o.des).filter(|des| *des > maintenant).min();
        let close = commences.iter().filter_map(|o| passee(o)).max();
        match (a_venir, close) {
            (Some(des), _) => Fenetre::AVenir { des },
            (None, Some(depuis)) => Fenetre::Close { depuis },
            (None, None) => Fenetre::Jamais,
        }
    }
}

#[cfg(test)]
mod tests {
    use rules::lieu::Lieu;

    use super::*;
    use crate::demarche::exemple;

    fn rang(des: Option<&str>, jusqu_a: Option<&str>, apres: ApresCloture) -> Ouverture {
        let lit = |t: Option<&str>| t.map(|t| t.parse().unwrap());
        Ouverture { si: None, des: lit(des), jusqu_a: lit(jusqu_a), apres, jamais: None, lieu: Lieu(0) }
    }

    #[test]
    fn une_fenetre_se_dit_sans_savoir_qui_lit() {
        use ApresCloture::{Accepte, Ferme};
        let (juin, aout) = ("2024-06-01T00:00:00Z", "2024-08-23T22:00:00Z");
        let dit = |rangs: Vec<Ouverture>, quand: &str| {
            let mut demarche = exemple::demarche();
            demarche.ouverture = rangs;
            demarche.fenetre(quand.parse().unwrap())
        };
        let instant = |t: &str| t.parse::<Timestamp>().unwrap();
        let ete = |apres| vec![rang(Some(juin), Some(aout), apres)];
        assert_eq!(dit(ete(Ferme), "2024-05-31T23:59:59Z"), Fenetre::AVenir { des: instant(juin) });
        assert_eq!(dit(ete(Ferme), juin), Fenetre::Ouverte { jusqu_a: Some(instant(aout)) });
        assert_eq!(dit(ete(Ferme), aout), Fenetre::Ouverte { jusqu_a: Some(instant(aout)) });
        assert_eq!(dit(ete(Ferme), "2024-08-23T22:00:01Z"), Fenetre::Close { depuis: instant(aout) });
        assert_eq!(dit(ete(Accepte), "2024-08-23T22:00:01Z"), Fenetre::Tardive { depuis: instant(aout) });
        // next year's row is already written: what comes is told, not what is over
        let deux = vec![rang(Some(juin), Some(aout), Ferme), rang(Some("2025-06-01T00:00:00Z"), None, Ferme)];
        let suivante = Fenetre::AVenir { des: instant("2025-06-01T00:00:00Z") };
        assert_eq!(dit(deux, "2024-12-01T00:00:00Z"), suivante);
        let toujours = vec![rang(None, Some(aout), Ferme), rang(None, None, Ferme)];
        assert_eq!(dit(toujours, "2030-01-01T00:00:00Z"), Fenetre::Ouverte { jusqu_a: None });
        let mut jamais = rang(None, None, Ferme);
        jamais.jamais = Some("réservée".to_owned());
        assert_eq!(dit(vec![jamais], juin), Fenetre::Jamais);
    }
}
