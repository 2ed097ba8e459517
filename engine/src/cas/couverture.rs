//! Which rules the cases executed, by the places that decisions touched.

use super::rapport::Rapport;
use crate::commune::Commune;
use rules::lieu::Lieu;

/// One rule of the town.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegleCouverte {
    /// `ligne de barème`, `délai`, `annonce`, `absence`, `ajustement`, `action`, `échéance`, `pièce`…
    pub genre: &'static str,
    /// Its name.
    pub nom: String,
    /// Where it is written.
    pub lieu: Lieu,
    /// `villeneuve/baremes/repas.yaml:12`.
    pub place: String,
    /// Did a case execute it?
    pub executee: bool,
}

/// Every rule that cases can execute, in the order of the town's files.
pub fn couverture(commune: &Commune, rapport: &Rapport) -> Vec<RegleCouverte> {
    let mut regles = Vec::new();
    let mut pose = |genre: &'static str, nom: String, lieu: Lieu| {
        if lieu == Lieu::default() {
            // a row that the engine adds for what a table does not speak of
            return;
        }
        let place = commune.lieux.texte(lieu);
        regles.push(RegleCouverte { genre, nom, lieu, place, executee: rapport.touches.contains(&lieu) });
    };
    for bareme in &commune.baremes {
        for version in bareme.bareme.versions() {
            let lignes = version.grille.iter().flat_map(|g| g.table().lignes());
            for ligne in lignes {
                let nom = match &ligne.nom {
                    Some(n) => format!("{} {n}, {}", bareme.nom, version.depuis),
                    None => format!("{}, {}", bareme.nom, version.depuis),
                };
                pose("ligne de barème", nom, ligne.lieu);
            }
        }
    }
    for service in &commune.services {
        for (depuis, regles) in &service.versions {
            let nom = |quoi: &str| format!("{}.{quoi}, {depuis}", service.id);
            for acces in &regles.acces {
                pose("accès", nom(&acces.id), acces.lieu);
            }
            if let Some(reservation) = &regles.reservation {
                for ligne in reservation.ouverture.lignes() {
                    pose("ouverture", nom("ouverture"), ligne.lieu);
                }
                for delai in &reservation.delais {
                    for ligne in delai.limite.lignes() {
                        pose("délai", nom(&delai.id), ligne.lieu);
                    }
                }
            }
            if let Some(absence) = &regles.absence {
                for annonce in &absence.annonces {
                    for ligne in annonce.limite.lignes() {
                        pose("annonce", nom(&annonce.id), ligne.lieu);
                    }
                }
                for ligne in absence.lignes.lignes() {
                    pose("absence", nom("absence"), ligne.lieu);
                }
            }
            for ajustement in &regles.noms.ajustements {
                pose("ajustement", nom(&ajustement.id), ajustement.lieu);
            }
            if let Some(presence) = &regles.presence_sans_reservation {
                pose("présence sans réservation", nom("presence_sans_reservation"), presence.lieu);
            }
        }
    }
    for demarche in &commune.demarches {
        for ligne in &demarche.ouverture {
            pose("ouverture", demarche.id.clone(), ligne.lieu);
        }
        for etape in &demarche.etapes {
            pose("étape", format!("{}.{}", demarche.id, etape.id), etape.lieu);
            for action in &etape.actions {
                pose("action", format!("{}.{}.{}", demarche.id, etape.id, action.id), action.lieu);
            }
            for echeance in &etape.echeances {
                pose("échéance", format!("{}.{}", demarche.id, etape.id), echeance.lieu);
            }
        }
        pose("silence", demarche.id.clone(), demarche.silence.lieu);
    }
    for piece in &commune.pieces {
        pose("pièce", piece.id.clone(), piece.lieu);
    }
    regles
}
