//! The agents' accounts, for whoever administers them.

use serde::Serialize;

use super::cadre::{Cadre, Genre};
use crate::formulaire::OptionVue;
use crate::gabarit::Vue;

/// `/{slug}/agent/agents`
#[derive(Clone, Debug, Serialize)]
pub struct PageAgents {
    /// Frame.
    pub cadre: Cadre,
    /// Why what was just tried was refused; empty when nothing was.
    pub refus: String,
    /// The accounts, by name.
    pub agents: Vec<AgentVu>,
    /// The name typed.
    pub nom: String,
    /// The address typed.
    pub courriel: String,
    /// The town's roles.
    pub roles: Vec<OptionVue>,
    /// Form token.
    pub jeton: String,
    /// Where forms are posted.
    pub action: String,
}

/// An agent's account.
#[derive(Clone, Debug, Serialize)]
pub struct AgentVu {
    /// Identifier.
    pub id: String,
    /// Name.
    pub nom: String,
    /// Address.
    pub courriel: String,
    /// The services that they work for, in words.
    pub roles: String,
    /// State in words.
    pub etat: String,
    /// Its tone.
    pub genre: Genre,
    /// Is it the reader's own?
    pub ici: bool,
    /// May it be closed?
    pub a_fermer: bool,
    /// May its code be set again?
    pub a_recoder: bool,
}

impl Vue for PageAgents {
    const GABARIT: &'static str = "agent/agents.html";

    fn samples() -> Vec<Self> {
        let agent = |ici: bool| AgentVu {
            id: "1".into(),
            nom: "Agnès <b>".into(),
            courriel: "a@exemple.fr".into(),
            roles: "Scolaire".into(),
            etat: "actif".into(),
            genre: Genre::Succes,
            ici,
            a_fermer: !ici,
            a_recoder: !ici,
        };
        let role = |choisie| OptionVue { valeur: "scolaire".into(), libelle: "Scolaire".into(), choisie };
        Cadre::samples()
            .into_iter()
            .zip([false, true])
            .map(|(cadre, plein)| Self {
                cadre,
                refus: if plein { "Refusé.".into() } else { String::new() },
                agents: if plein { vec![agent(true), agent(false)] } else { vec![] },
                nom: String::new(),
                courriel: String::new(),
                roles: vec![role(plein), role(!plein)],
                jeton: "x".into(),
                action: "/a/agent/agents".into(),
            })
            .collect()
    }
}
