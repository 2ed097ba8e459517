//! A case over a store: at the end of each step its decisions are committed, and memory is forgotten for what is stored.

use super::{Impossible, Inscription, Monde};
use crate::cas::depot::Depot;
use crate::decision::{Decision, Ecriture};
use crate::foyer::{Fait, FaitsDates, Sujet};
use crate::identifiant::{DossierId, FoyerId};

impl Monde<'_> {
    /// From here on, everything goes through `depot`; the households of the case are its first rows.
    pub(in crate::cas) fn branche(&mut self, depot: Box<dyn Depot>) -> Result<(), Impossible> {
        let foyers: Vec<_> = self.foyers.values().map(|f| f.foyer.clone()).collect();
        for foyer in &foyers {
            let mut ecritures = vec![Ecriture::Foyer(foyer.id.clone())];
            ecritures.extend(foyer.membres.iter().map(|m| Ecriture::Membre {
                foyer: foyer.id.clone(),
                personne: m.personne.clone(),
                genre: m.genre,
                depuis: self.maintenant,
            }));
            let siens = self.faits.iter().filter(|f| match &f.sujet {
                Sujet::Foyer(id) => *id == foyer.id,
                Sujet::Personne(p) | Sujet::Lien { enfant: p, .. } => foyer.contient(p),
            });
            ecritures.extend(siens.cloned().map(Ecriture::Fait));
            self.ecrit_au_foyer(&foyer.id, ecritures);
        }
        self.depot = Some(depot);
        self.verse()
    }

    /// Keeps for the store a fact that no decision brought.
    pub(in crate::cas) fn retient(&mut self, fait: &Fait) {
        let sien = |f: &&super::FoyerCas| match &fait.sujet {
            Sujet::Foyer(id) => *id == f.foyer.id,
            Sujet::Personne(p) | Sujet::Lien { enfant: p, .. } => f.foyer.contient(p),
        };
        let foyer = self.foyers.values().find(sien).map(|f| f.foyer.id.clone());
        if let (Some(foyer), true) = (foyer, self.depot.is_some()) {
            self.ecrit_au_foyer(&foyer, vec![Ecriture::Fait(fait.clone())]);
        }
    }

    fn ecrit_au_foyer(&mut self, foyer: &FoyerId, ecritures: Vec<Ecriture>) {
        let seq = self.seqs.entry(foyer.clone()).or_insert(0);
        *seq += 1;
        self.decisions.push(Decision::du_systeme(foyer, *seq, self.maintenant, "cas", ecritures));
    }

    /// Commits what the step decided, then reads everything again. Without a store, nothing.
    pub(in crate::cas) fn verse(&mut self) -> Result<(), Impossible> {
        let decisions = std::mem::take(&mut self.decisions);
        let Some(mut depot) = self.depot.take() else { return Ok(()) };
        let verse = self.verse_dans(&mut *depot, &decisions);
        self.depot = Some(depot);
        verse.map_err(Impossible)
    }

    fn verse_dans(&mut self, depot: &mut dyn Depot, decisions: &[Decision]) -> Result<(), String> {
        for decision in decisions {
            depot.commet(decision)?;
        }
        let foyers: Vec<FoyerId> = self.foyers.values().map(|f| f.foyer.id.clone()).collect();
        let dossiers: Vec<DossierId> = self.dossiers.keys().cloned().collect();
        let relu = depot.relit(&foyers, &dossiers)?;
        for lu in relu.foyers {
            if let Some(f) = self.foyers.values_mut().find(|f| f.foyer.id == lu.id) {
                f.foyer = lu;
            }
        }
        self.dates = FaitsDates::nouveau(relu.faits.iter().cloned());
        self.faits = relu.faits;
        self.dossiers = relu.dossiers.into_iter().map(|d| (d.id.clone(), d)).collect();
        let inscription = |(sujet, i): (_, crate::reservation::Inscrit)| Inscription {
            sujet,
            service: i.service,
            du: i.du,
            au: i.au,
        };
        self.inscriptions = relu.inscriptions.into_iter().map(inscription).collect();
        self.reservations = relu.reservations;
        Ok(())
    }
}
