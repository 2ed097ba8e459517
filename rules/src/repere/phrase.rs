//! Repères and their instants in French sentences.

use super::{Ancre, Decalage, Echeance, Repere, Signalement, Verbe};
use crate::date_fr;
use crate::scalaire::Heure;

impl Repere {
    /// The rule in words, without its verb: `3 jours d'école avant, à 11 h 30`.
    pub fn en_mots(&self) -> String {
        let jour = self.jour_en_mots();
        match self.heure {
            Some(heure) if self.compte_avant() => format!("{jour}, à {}", heure.en_mots()),
            Some(heure) => format!("{jour} à {}", heure.en_mots()),
            None => jour,
        }
    }

    /// The rule in words: `au plus tard la veille à 10 h`, `plus de 72 heures avant le début`, `dès le 12 du mois précédent`.
    pub fn regle_en_mots(&self, verbe: Verbe) -> String {
        match (verbe, self.heure) {
            (Verbe::JusquA, _) => format!("au plus tard {}", self.en_mots()),
            (Verbe::Des, _) => format!("dès {}", self.en_mots()),
            (Verbe::Avant, Some(heure)) => format!("{}, avant {}", self.jour_en_mots(), heure.en_mots()),
            (Verbe::Avant, None) if self.compte_avant() => format!("plus de {}", self.jour_en_mots()),
            (Verbe::Avant, None) => format!("avant {}", self.jour_en_mots()),
        }
    }

    /// Is it said « n … avant »?
    fn compte_avant(&self) -> bool {
        match &self.ancre {
            Ancre::Heures { .. } => true,
            Ancre::Jour(d) => d.n != 0 && !veille(d),
            Ancre::Periode { decalage, .. } => decalage.n != 0,
            _ => false,
        }
    }

    fn jour_en_mots(&self) -> String {
        match &self.ancre {
            Ancre::Jour(d) if d.n == 0 => "le jour même".to_owned(),
            Ancre::Jour(d) if veille(d) => "la veille".to_owned(),
            Ancre::Jour(d) => ecart(d),
            Ancre::Heures { n, ouvrees } => {
                let s = if *n > 1 { "s" } else { "" };
                let ouvree = if *ouvrees { format!(" ouvrée{s}") } else { String::new() };
                format!("{n} heure{s}{ouvree} avant le début")
            }
            Ancre::Semaine { jour, decalage } => {
                let jour = date_fr::nom_jour(*jour);
                match decalage {
                    0 => format!("le {jour} de la même semaine"),
                    -1 => format!("le {jour} de la semaine précédente"),
                    1 => format!("le {jour} de la semaine suivante"),
                    n if *n < 0 => format!("le {jour}, {} semaines avant", n.unsigned_abs()),
                    n => format!("le {jour}, {n} semaines après"),
                }
            }
            Ancre::Precedent(jour) => format!("le {} précédent", date_fr::nom_jour(*jour)),
            Ancre::Mois { quantieme, decalage } => {
                let quantieme = match quantieme {
                    None => "dernier jour".to_owned(),
                    Some(1) => "1er".to_owned(),
                    Some(q) => q.to_string(),
                };
                match decalage {
                    0 => format!("le {quantieme} du mois"),
                    -1 => format!("le {quantieme} du mois précédent"),
                    1 => format!("le {quantieme} du mois suivant"),
                    n if *n < 0 => format!("le {quantieme} du mois, {} mois avant", n.unsigned_abs()),
                    n => format!("le {quantieme} du mois, {n} mois après"),
                }
            }
            Ancre::Periode { fin, decalage } => {
                let bout = if *fin { "la fin" } else { "le début" };
                match (decalage.n, fin) {
                    (0, true) => "le dernier jour de la période".to_owned(),
                    (0, false) => "le premier jour de la période".to_owned(),
                    _ => format!("{} {bout} de la période", ecart(decalage)),
                }
            }
            Ancre::Absolu { date, .. } => format!("le {}", date_fr::date_longue(*date)),
        }
    }
}

/// `J-1`, counted in civil days.
fn veille(d: &Decalage) -> bool {
    d.n == -1 && d.compte.mot().is_empty()
}

/// `3 jours d'école avant`.
fn ecart(d: &Decalage) -> String {
    let n = d.n.unsigned_abs();
    format!("{n} {} {}", d.compte.en_mots(n), if d.n < 0 { "avant" } else { "après" })
}

impl Echeance {
    /// `jeudi 4 septembre 2025 à 6 h`.
    pub fn date_en_mots(&self) -> String {
        format!("{} à {}", date_fr::date_longue(self.jour), self.heure.en_mots())
    }

    /// `avant le jeudi 4 septembre 2025 à 6 h`, `jusqu'au samedi 23 août 2025 inclus`, `à partir du lundi 12 janvier 2026`.
    pub fn en_mots(&self) -> String {
        let jour = date_fr::date_longue(self.jour);
        let a = format!("à {}", self.heure.en_mots());
        match (self.verbe, self.heure) {
            (Verbe::Avant, Heure::DEBUT_DE_JOUR) => format!("avant le {jour}"),
            (Verbe::Avant, _) => format!("avant le {jour} {a}"),
            (Verbe::JusquA, Heure::FIN_DE_JOUR) => format!("jusqu'au {jour} inclus"),
            (Verbe::JusquA, _) => format!("jusqu'au {jour} {a}"),
            (Verbe::Des, Heure::DEBUT_DE_JOUR) => format!("à partir du {jour}"),
            (Verbe::Des, _) => format!("à partir du {jour} {a}"),
        }
    }
}

impl Signalement {
    /// For the configurateur, in French.
    pub fn en_mots(&self) -> String {
        match self {
            Self::HeureInexistante { ecrite, retenue } => format!(
                "le {} n'existe pas (passage à l'heure d'été) : {} est retenu",
                date_fr::instant(*ecrite),
                date_fr::instant(*retenue)
            ),
            Self::HeureDouble { ecrite } => format!(
                "le {} existe deux fois (passage à l'heure d'hiver) : la première est retenue",
                date_fr::instant(*ecrite)
            ),
            Self::ChangementDHeure { local, au_cadran } => format!(
                "un changement d'heure tombe dans le délai : {} au lieu de {}",
                date_fr::instant(*local),
                date_fr::instant(*au_cadran)
            ),
            Self::QuantiemeAbsent { quantieme, retenu } => {
                format!("le mois n'a pas de {quantieme} : le {} est retenu", date_fr::date_courte(*retenu))
            }
            Self::JourFerme { jour, deplace_au: None } => {
                format!("l'échéance tombe un jour fermé : {}", date_fr::date_longue(*jour))
            }
            Self::JourFerme { jour, deplace_au: Some(autre) } => format!(
                "l'échéance tombe un jour fermé ({}) : elle passe au {}",
                date_fr::date_longue(*jour),
                date_fr::date_longue(*autre)
            ),
        }
    }
}
