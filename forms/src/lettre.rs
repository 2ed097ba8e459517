//! The letters of a town: its own texts (`messages/*.tera`), with typed variables.

use jiff::tz::TimeZone;
use serde::Serialize;

use crate::gabarit::ErreurGabarit;

/// What a letter about a dossier may name.
#[derive(Clone, Debug, Serialize)]
pub struct Variables {
    /// Who filed.
    pub demandeur: Nomme,
    /// The child that it is about.
    pub enfant: Nomme,
    /// The procedure.
    pub demarche: Titre,
    /// The dossier.
    pub dossier: Numero,
    /// The reason given by the agent; empty when there is none.
    pub motif: String,
    /// The town.
    pub commune: Titre,
    /// The service that examines.
    pub service: Titre,
    /// The acknowledgement of receipt, as a block; empty before filing.
    pub accuse: String,
    /// How to contest a refusal.
    pub recours: String,
    /// Where the dossier is followed.
    pub lien: String,
}

/// What a document made about a dossier may name.
#[derive(Clone, Debug, Serialize)]
pub struct VariablesDocument {
    /// Who filed.
    pub demandeur: Nomme,
    /// The child that it is about.
    pub enfant: Nomme,
    /// The procedure.
    pub demarche: Titre,
    /// The dossier.
    pub dossier: Depot,
    /// Services that the child is registered to, in words.
    pub services: String,
    /// Instant of the decision.
    pub fait_le: String,
    /// The service that examined it.
    pub service: Titre,
    /// The town.
    pub commune: Titre,
}

/// What a letter about an account may name.
#[derive(Clone, Debug, Serialize)]
pub struct VariablesDeCompte {
    /// Who holds it, where the town knows them.
    pub demandeur: Nomme,
    /// Where to go on.
    pub lien: String,
    /// With what one enters.
    pub identifiant: String,
    /// Instant at which the link ends.
    pub expire: String,
    /// The town.
    pub commune: Titre,
}

/// A filed dossier.
#[derive(Clone, Debug, Serialize)]
pub struct Depot {
    /// `2025-00042`
    pub numero: String,
    /// `2025-2026`; empty when it is for no school year.
    pub annee: String,
    /// Instant of the filing.
    pub depose_le: String,
}

/// Somebody.
#[derive(Clone, Debug, Serialize)]
pub struct Nomme {
    /// First name.
    pub prenom: String,
    /// Name.
    pub nom: String,
}

/// Something that has a name.
#[derive(Clone, Debug, Serialize)]
pub struct Titre {
    /// The name.
    pub nom: String,
}

/// A dossier's number.
#[derive(Clone, Debug, Serialize)]
pub struct Numero {
    /// `2025-00042`
    pub numero: String,
}

/// The text of a letter. `fuseau` is the zone in which instants are said; an unknown variable is an error.
pub fn rend(corps: &str, variables: &impl Serialize, fuseau: &TimeZone) -> Result<String, ErreurGabarit> {
    Ok(engine::message::rend(corps, variables, fuseau)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_lettre_dit_ses_dates_et_ses_montants_en_francais() {
        let fuseau = TimeZone::get("Europe/Paris").unwrap();
        let v = serde_json::json!({ "jour": "2025-09-04", "fin": "2025-09-04T04:00:00Z", "prix": 350, "nom": "L'Huillier" });
        let texte = rend(
            "{{ nom }} : {{ jour | date_longue }}, avant {{ fin | instant }}, {{ prix | montant }}\n",
            &v,
            &fuseau,
        );
        assert_eq!(
            texte.unwrap(),
            "L'Huillier : jeudi 4 septembre 2025, avant jeudi 4 septembre 2025 à 6 h, 3,50\u{a0}€"
        );
        assert!(rend("{{ inconnu }}", &v, &fuseau).is_err());
        assert!(rend("{{ nom | date_longue }}", &v, &fuseau).is_err());
    }
}
