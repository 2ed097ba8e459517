//! Time passes: what falls due between two steps happens in order, each at its own instant.

use jiff::Timestamp;

use super::{Impossible, Monde};
use crate::decision::{Auteur, EcheanceAFaire};
use crate::demarche::{ECHEANCE_PERIMEE, Evenement, Phase, VautSilence};

/// Most échéances between two steps: past it, the town's définition turns in a circle.
const ECHEANCES_MAX: usize = 10_000;

impl Monde<'_> {
    /// Moves the clock to `jusque`, never backwards.
    pub(in crate::cas) fn avance(&mut self, jusque: Timestamp) -> Result<(), Impossible> {
        if jusque < self.maintenant {
            return Err(Impossible("l'horloge ne recule pas : cette étape est avant la précédente".into()));
        }
        for _ in 0..ECHEANCES_MAX {
            let Some(echeance) = self.prochaine(jusque) else {
                self.maintenant = jusque;
                return Ok(());
            };
            self.maintenant = self.maintenant.max(echeance.le);
            self.echoit(&echeance);
        }
        Err(Impossible(format!("plus de {ECHEANCES_MAX} échéances avant cette étape")))
    }

    /// The next one due, taken away; of two at the same instant, the one that was set first.
    fn prochaine(&mut self, jusque: Timestamp) -> Option<EcheanceAFaire> {
        let mut premiere: Option<(usize, Timestamp)> = None;
        for (i, e) in self.echeances.iter().enumerate().filter(|(_, e)| e.le <= jusque) {
            if premiere.is_none_or(|(_, le)| e.le < le) {
                premiere = Some((i, e.le));
            }
        }
        premiere.map(|(i, _)| self.echeances.remove(i))
    }

    fn echoit(&mut self, echeance: &EcheanceAFaire) {
        let evenement = echeance.appartient.evenement();
        let decide = self.decide_dossier(&echeance.dossier, &evenement, &Auteur::Systeme);
        match decide.and_then(|d| self.applique(&d).map(|()| d)) {
            Ok(_) => {
                if let Evenement::Silence { .. } = evenement {
                    self.dit_le_silence(echeance);
                }
            }
            Err(refus) if &*refus.regle == ECHEANCE_PERIMEE => {}
            Err(refus) => self.note_refus(&refus),
        }
    }

    fn dit_le_silence(&mut self, echeance: &EcheanceAFaire) {
        let Some(dossier) = self.dossiers.get(&echeance.dossier) else { return };
        let Some(demarche) = self.commune.demarche(&dossier.demarche) else { return };
        let vaut = match demarche.silence.vaut {
            VautSilence::Rejet => "rejet",
            VautSilence::Acceptation if dossier.phase == Phase::Acceptee => "acceptation",
            VautSilence::Acceptation => return,
        };
        self.silences.insert(echeance.dossier.clone(), vaut);
    }
}
