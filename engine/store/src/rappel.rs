//! What a batch of writes changes of what a commune says across towns, said once a batch.

use crate::a_faire::Rappel;
use crate::cx::Cx;
use crate::erreur::Erreur;
use crate::instant::en_micros;
use crate::ordre::Ordre;
use crate::{echeance, outbox, publication};
use engine::decision::{Decision, Ecriture};

/// Of effects, of échéances, of publications.
#[derive(Debug, Default)]
pub(crate) struct Rappels {
    effets: Besoin,
    echeances: Besoin,
    publication: Besoin,
}

#[derive(Clone, Copy, Debug, Default)]
enum Besoin {
    #[default]
    Rien,
    Avance(i64),
    Relire,
}

impl Besoin {
    fn avance(&mut self, le: i64) {
        *self = match *self {
            Self::Rien => Self::Avance(le),
            Self::Avance(autre) => Self::Avance(autre.min(le)),
            Self::Relire => Self::Relire,
        };
    }
}

impl Rappels {
    /// After that order was written.
    pub(crate) fn apres(&mut self, ordre: &Ordre) {
        match ordre {
            Ordre::Commettre { decisions, .. } => decisions.iter().for_each(|d| self.decide(d)),
            Ordre::PrendreEffets { .. } | Ordre::EffetFait { .. } | Ordre::EffetManque { .. } => {
                self.effets = Besoin::Relire;
            }
            Ordre::PrendreEcheances { .. } | Ordre::FermerEcheance { .. } => self.echeances = Besoin::Relire,
            Ordre::Publier { .. } => self.publication = Besoin::Relire,
            Ordre::Rappeler => {
                *self =
                    Self { effets: Besoin::Relire, echeances: Besoin::Relire, publication: Besoin::Relire };
            }
            Ordre::OuvrirSession(_)
            | Ordre::OuvrirSuivi(_)
            | Ordre::FermerSession { .. }
            | Ordre::VoirSession { .. }
            | Ordre::Consigner(_)
            | Ordre::FaireCles(_)
            | Ordre::RevoquerCle(_)
            | Ordre::EssayerCle(_)
            | Ordre::GarderReponse { .. }
            | Ordre::Purger { .. }
            | Ordre::Sceller
            | Ordre::Regler { .. } => {}
        }
    }

    fn decide(&mut self, decision: &Decision) {
        if !decision.effets.is_empty() {
            self.effets.avance(en_micros(decision.entree.le));
        }
        for ecriture in &decision.ecritures {
            if let Ecriture::EffetRejoue { le, .. } = ecriture {
                self.effets.avance(en_micros(*le));
            }
        }
        for echeance in &decision.echeances {
            self.echeances.avance(en_micros(echeance.le));
        }
    }

    /// What to say, in the order of [`GENRES`](crate::a_faire::GENRES). Read after the batch, in its transaction.
    pub(crate) async fn lit(self, cx: &mut Cx, commune: &str) -> Result<[Rappel; 3], Erreur> {
        let effets = match self.effets {
            Besoin::Rien => Rappel::Rien,
            Besoin::Avance(le) => Rappel::Avance(le),
            Besoin::Relire => Rappel::Fixe(outbox::prochain(cx, commune).await?),
        };
        let echeances = match self.echeances {
            Besoin::Rien => Rappel::Rien,
            Besoin::Avance(le) => Rappel::Avance(le),
            Besoin::Relire => Rappel::Fixe(echeance::prochaine(cx, commune).await?),
        };
        let publication = match self.publication {
            Besoin::Relire => Rappel::Fixe(publication::derniere(cx, commune).await?),
            Besoin::Rien | Besoin::Avance(_) => Rappel::Rien,
        };
        Ok([effets, echeances, publication])
    }
}
