//! The agents' accounts: opened, closed, their code set again; the same acts for the command line and for the town's administrator.
//! A password is chosen by its holder only.

use engine::commune::Commune;
use engine::compte::{self, Compte, EtatCompte, LienDonne, courriel_normalise};
use engine::decision::Auteur;
use engine::identifiant::{AgentId, Alea, CompteId, LienId};
use engine_store::{Erreur, Jeton, Portee, Store};
use jiff::{Timestamp, ToSpan};

use crate::alea::alea;

/// The role of whoever administers the agents' accounts; it opens nothing of any family.
pub(crate) const ADMINISTRATEUR: &str = "administrateur";
/// Does this agent work for a service that receives families? The administrator of accounts does not.
pub(crate) fn sert_les_familles(auteur: &Auteur) -> bool {
    matches!(auteur, Auteur::Agent { roles, .. } if roles.iter().any(|r| r != ADMINISTRATEUR))
}

/// How long the link of a new account opens.
pub(crate) const LIEN_HEURES: i64 = 24;
/// Longest name.
const NOM_MAX: usize = 120;

/// Why an act on an agent's account was not done, as whoever asked reads it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refuse {
    /// What is wrong, in French.
    #[error("{0}")]
    Motif(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] Erreur),
}

fn motif<T>(texte: impl Into<String>) -> Result<T, Refuse> {
    Err(Refuse::Motif(texte.into()))
}

/// An agent's account to open.
pub(crate) struct Neuf<'n> {
    /// « Agnès Petit »
    pub(crate) nom: &'n str,
    /// Where they read their letters, with which they enter.
    pub(crate) courriel: &'n str,
    /// The services that they work for.
    pub(crate) roles: &'n [String],
}

/// How the link that activates an account reaches its holder.
pub(crate) enum Remise<'r> {
    /// Whoever opens the account gives it: the token is theirs to show, once.
    EnMain(&'r Jeton),
    /// By a letter, which makes its token from its name.
    Lettre(&'r (dyn Fn(&LienId) -> Option<Jeton> + Sync)),
}

/// Who administers, where.
pub(crate) struct Bureau<'b> {
    /// Where accounts are.
    pub(crate) store: &'b Store,
    /// The town.
    pub(crate) commune: &'b Commune,
    /// Who acts.
    pub(crate) portee: &'b Portee,
    /// When.
    pub(crate) le: Timestamp,
}

/// May this agent administer the town's accounts?
pub(crate) fn administre(auteur: &Auteur) -> bool {
    matches!(auteur, Auteur::Agent { roles, .. } if roles.iter().any(|r| r == ADMINISTRATEUR))
}

/// The roles of the town, each with its name: its services, and the administration of accounts.
pub(crate) fn roles(commune: &Commune) -> Vec<(&str, &str)> {
    let services = commune.contacts.iter().map(|c| (c.id.as_str(), c.nom.as_str()));
    let deja = commune.contact(ADMINISTRATEUR).is_some();
    services.chain((!deja).then_some((ADMINISTRATEUR, "Administration des comptes"))).collect()
}

/// Roles are those of the town; the sentence that says which is not.
pub(crate) fn sont_des_roles(commune: &Commune, voulus: &[String]) -> Result<(), String> {
    let connus: Vec<&str> = roles(commune).iter().map(|(id, _)| *id).collect();
    match voulus.iter().find(|r| !connus.contains(&r.as_str())) {
        None => Ok(()),
        Some(inconnu) => {
            Err(format!("« {inconnu} » n'est pas un service de la commune : {}", connus.join(", ")))
        }
    }
}

impl Bureau<'_> {
    /// Every agent's account, by name.
    pub(crate) async fn liste(&self) -> Result<Vec<Compte>, Erreur> {
        self.store.comptes_des_agents(self.portee).await
    }

    /// Opens an account, to be activated by a link.
    pub(crate) async fn ouvre(&self, neuf: &Neuf<'_>, remise: Remise<'_>) -> Result<CompteId, Refuse> {
        sont_des_roles(self.commune, neuf.roles).map_err(Refuse::Motif)?;
        let nom = neuf.nom.trim();
        if nom.is_empty() || nom.chars().count() > NOM_MAX {
            return motif("le nom de l'agent compte de 1 à 120 caractères");
        }
        if neuf.roles.is_empty() {
            return motif("un agent travaille pour un service au moins");
        }
        let courriel = courriel_normalise(neuf.courriel).map_err(|e| Refuse::Motif(e.to_string()))?;
        if self.store.compte_nomme(self.portee.commune(), &courriel).await?.is_some() {
            return motif(format!("{} a déjà un compte avec cette adresse", self.commune.nom));
        }
        let mut tirage = Alea::nouveau(alea().map_err(Erreur::from)?);
        let id = LienId::neuf(tirage.tire());
        let expire_le = self.le.checked_add(LIEN_HEURES.hours()).unwrap_or(self.le);
        let (jeton, modele) = match remise {
            Remise::EnMain(jeton) => (Some(jeton.clone()), None),
            Remise::Lettre(derive) => (derive(&id), Some(compte::lettre::AGENT)),
        };
        let Some(jeton) = jeton else {
            return Err(Erreur::Incoherence { table: "lien_compte", colonne: "jeton" }.into());
        };
        let lien = LienDonne { id, empreinte: jeton.empreinte(), expire_le };
        let compte = Compte {
            id: CompteId::neuf(tirage.tire()),
            etat: EtatCompte::EnAttente,
            identifiant: None,
            courriel,
            mot_de_passe: None,
            auteur: Some(Auteur::Agent { agent: AgentId::neuf(tirage.tire()), roles: neuf.roles.to_vec() }),
            nom: Some(nom.to_owned()),
            cgu: None,
            reponses: None,
            changement: None,
            second_facteur: None,
            a_verifier: false,
            cree_le: self.le,
            version: 0,
        };
        let id = compte.id.clone();
        let decision = compte::ouvre(compte, lien, modele, self.portee.auteur().clone(), self.le);
        self.store.commet(self.portee, decision, None).await?;
        Ok(id)
    }

    /// Closes an account: its sessions end with it. `false`: it was closed already.
    pub(crate) async fn ferme(&self, id: &CompteId) -> Result<bool, Refuse> {
        let agents = self.liste().await?;
        let compte = self.celui_de(&agents, id)?;
        if compte.etat == EtatCompte::Ferme {
            return Ok(false);
        }
        let administrent =
            |c: &&Compte| c.etat == EtatCompte::Actif && c.auteur.as_ref().is_some_and(administre);
        let reste = agents.iter().filter(administrent).any(|c| c.id != *id);
        if administre(self.portee.auteur()) && administrent(&compte) && !reste {
            return motif("c'est le dernier compte qui administre les autres : ouvrez-en un autre avant");
        }
        self.store
            .commet(self.portee, compte::ferme(compte, self.portee.auteur().clone(), self.le), None)
            .await?;
        Ok(true)
    }

    /// Forgets the application of an agent who lost it: they set another one when they next enter. `false`: none was set.
    pub(crate) async fn reinitialise_le_code(&self, id: &CompteId) -> Result<bool, Refuse> {
        let agents = self.liste().await?;
        let compte = self.celui_de(&agents, id)?;
        if !compte.demande_un_code() {
            return Ok(false);
        }
        let par = Some(self.portee.auteur().clone());
        self.store.commet(self.portee, compte::retire_second_facteur(compte, par, self.le), None).await?;
        Ok(true)
    }

    /// The account of another agent: nobody closes, or opens to somebody else, their own.
    fn celui_de<'c>(&self, agents: &'c [Compte], id: &CompteId) -> Result<&'c Compte, Refuse> {
        let Some(compte) = agents.iter().find(|c| c.id == *id) else {
            return motif(format!("{} n'a pas l'agent {id}", self.commune.nom));
        };
        let ici = self.portee.auteur().agent();
        if ici.is_some() && compte.auteur.as_ref().and_then(Auteur::agent) == ici {
            return motif("c'est votre propre compte : demandez-le à un autre administrateur");
        }
        Ok(compte)
    }
}
