//! The administrative state that a town's étape declares.

use serde::{Deserialize, Serialize};

/// Closed: it carries the guarantees of the administration (accusé de réception, silence, remedies). Feminine, as *demande*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Being written by the family; the administration has not seen it.
    Brouillon,
    /// Received: the accusé de réception is due, the silence delay runs.
    Deposee,
    /// Sent back for a missing piece or field: the silence delay is suspended.
    Incomplete,
    /// Being examined.
    EnInstruction,
    /// Complete, waiting for a place or a commission.
    EnAttente,
    /// Accepted.
    Acceptee,
    /// Refused, with its reason and remedies.
    Refusee,
    /// Given up by the family.
    Annulee,
    /// Left without answer too long.
    Expiree,
    /// Accepted, then held back for a while.
    Suspendue,
}

impl Phase {
    /// All of them, in the order of a life.
    pub const TOUTES: [Self; 10] = [
        Self::Brouillon,
        Self::Deposee,
        Self::Incomplete,
        Self::EnInstruction,
        Self::EnAttente,
        Self::Acceptee,
        Self::Refusee,
        Self::Annulee,
        Self::Expiree,
        Self::Suspendue,
    ];

    /// As written in a `phase:`.
    pub const fn nom(self) -> &'static str {
        match self {
            Self::Brouillon => "brouillon",
            Self::Deposee => "deposee",
            Self::Incomplete => "incomplete",
            Self::EnInstruction => "en_instruction",
            Self::EnAttente => "en_attente",
            Self::Acceptee => "acceptee",
            Self::Refusee => "refusee",
            Self::Annulee => "annulee",
            Self::Expiree => "expiree",
            Self::Suspendue => "suspendue",
        }
    }

    /// The phase of that name.
    pub fn lit(nom: &str) -> Option<Self> {
        Self::TOUTES.into_iter().find(|p| p.nom() == nom)
    }

    /// As a family or an agent reads it.
    pub const fn libelle(self) -> &'static str {
        match self {
            Self::Brouillon => "brouillon",
            Self::Deposee => "demande déposée",
            Self::Incomplete => "demande à compléter",
            Self::EnInstruction => "demande en cours d’examen",
            Self::EnAttente => "demande en attente",
            Self::Acceptee => "demande acceptée",
            Self::Refusee => "demande refusée",
            Self::Annulee => "demande annulée",
            Self::Expiree => "demande expirée",
            Self::Suspendue => "demande suspendue",
        }
    }

    /// Nothing but an explicit action moves it any more: no deadline, no silence.
    pub const fn est_finale(self) -> bool {
        matches!(self, Self::Acceptee | Self::Refusee | Self::Annulee | Self::Expiree)
    }

    /// Does the family still write in it?
    pub const fn famille_ecrit(self) -> bool {
        matches!(self, Self::Brouillon | Self::Incomplete)
    }

    /// Does it hold its place against a second dossier on the same subject (`un_dossier_par`)?
    pub const fn occupe(self) -> bool {
        !matches!(self, Self::Refusee | Self::Annulee | Self::Expiree)
    }

    /// Does the administration look at documents in it? Those of a request that the family still writes are not before it.
    pub const fn se_verifie(self) -> bool {
        self.silence_court() || matches!(self, Self::Acceptee | Self::Suspendue)
    }

    /// Does the administration's silence count in it?
    pub const fn silence_court(self) -> bool {
        matches!(self, Self::Deposee | Self::EnInstruction | Self::EnAttente)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chaque_phase_se_relit() {
        for phase in Phase::TOUTES {
            assert_eq!(Phase::lit(phase.nom()), Some(phase));
            assert_eq!(serde_json::to_string(&phase).unwrap(), format!("\"{}\"", phase.nom()));
            assert!(!(phase.est_finale() && (phase.silence_court() || phase.famille_ecrit())), "{phase:?}");
        }
        assert_eq!(Phase::lit("accepté"), None);
        assert_eq!(Phase::TOUTES.iter().filter(|p| p.est_finale()).count(), 4);
    }
}
