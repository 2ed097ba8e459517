//! `guichet staff`: the agents' accounts. Made, listed and closed here, and journaled; a password is chosen by its holder only.

use clap::{Args, Subcommand};
use engine::compte::{self, Compte, EtatCompte, LienDonne, courriel_normalise};
use engine::decision::Auteur;
use engine::identifiant::{AgentId, Alea, CompteId, LienId};
use engine_store::Jeton;
use jiff::ToSpan;

use super::key::{Ou, ouvre, sont_des_services};
use super::{Issue, ecrit, storage};
use crate::alea::alea;
use crate::clock::Horloge;
use crate::error::Fatale;

/// How long the link of a new account opens.
const LIEN_HEURES: i64 = 24;

/// What `staff` takes.
#[derive(Debug, Clone, Args)]
#[command(subcommand_value_name = "GESTE", subcommand_help_heading = "Gestes ")]
pub(super) struct Staff {
    #[command(subcommand)]
    geste: Geste,
}

#[derive(Debug, Clone, Subcommand)]
enum Geste {
    /// Fait le compte d'un agent et écrit une seule fois le lien qui l'active.
    New(Neuf),
    /// Liste les comptes des agents d'une commune.
    List(Ou),
    /// Ferme un compte : ses sessions finissent aussitôt.
    Close(Fin),
}

#[derive(Debug, Clone, Args)]
struct Neuf {
    #[command(flatten)]
    ou: Ou,
    /// Le service (contact) pour lequel il travaille ; peut être répété.
    #[arg(long = "role", value_name = "SERVICE", required = true)]
    roles: Vec<String>,
    /// Son nom, par exemple « Agnès Petit ».
    #[arg(long, value_name = "NOM")]
    nom: String,
    /// Son adresse professionnelle, avec laquelle il entre.
    #[arg(long, value_name = "COURRIEL")]
    courriel: String,
}

#[derive(Debug, Clone, Args)]
struct Fin {
    #[command(flatten)]
    ou: Ou,
    /// L'identifiant que donne « staff list ».
    #[arg(value_name = "COMPTE", index = 2)]
    compte: String,
}

pub(super) fn run(args: &Staff) -> Result<Issue, Fatale> {
    storage::attend(fait(&args.geste))
}

async fn fait(geste: &Geste) -> Result<Issue, Fatale> {
    let texte = match geste {
        Geste::New(args) => neuf(args).await?,
        Geste::List(ou) => liste(ou).await?,
        Geste::Close(args) => ferme(args).await?,
    };
    ecrit(&texte)?;
    Ok(Issue::Bien)
}

async fn neuf(args: &Neuf) -> Result<String, Fatale> {
    let (commune, store, portee) = ouvre(&args.ou, "staff").await?;
    sont_des_services(&commune, &args.roles)?;
    let courriel = courriel_normalise(&args.courriel).map_err(|e| Fatale::Usage(e.to_string()))?;
    if store.compte_nomme(portee.commune(), &courriel).await?.is_some() {
        return Err(Fatale::Usage(format!("{} a déjà un compte avec cette adresse", commune.nom)));
    }
    let le = Horloge::default().reel();
    let jeton = Jeton::tire()?;
    let mut tirage = Alea::nouveau(alea().map_err(engine_store::Erreur::from)?);
    let expire_le = le.checked_add(LIEN_HEURES.hours()).unwrap_or(le);
    let lien = LienDonne { id: LienId::neuf(tirage.tire()), empreinte: jeton.empreinte(), expire_le };
    let compte = Compte {
        id: CompteId::neuf(tirage.tire()),
        etat: EtatCompte::EnAttente,
        identifiant: None,
        courriel,
        mot_de_passe: None,
        auteur: Some(Auteur::Agent { agent: AgentId::neuf(tirage.tire()), roles: args.roles.clone() }),
        nom: Some(args.nom.clone()),
        cgu: None,
        reponses: None,
        changement: None,
        second_facteur: None,
        a_verifier: false,
        cree_le: le,
        version: 0,
    };
    let id = compte.id.clone();
    store.commet(&portee, compte::ouvre(compte, lien, None, Auteur::Systeme, le), None).await?;
    Ok(format!(
        "/{}/compte/lien/{}\n\nCompte {id} de {}. Donnez-lui cette adresse, précédée de celle du portail : elle ouvre une fois, pendant {LIEN_HEURES} h, et ne sera plus montrée. Il y choisit son mot de passe.\n",
        portee.commune(),
        jeton.texte(),
        args.nom
    ))
}

async fn liste(ou: &Ou) -> Result<String, Fatale> {
    let (commune, store, portee) = ouvre(ou, "staff").await?;
    let mut texte = String::new();
    for compte in store.comptes_des_agents(&portee).await? {
        let roles = match &compte.auteur {
            Some(Auteur::Agent { roles, .. }) => roles.join(","),
            _ => String::new(),
        };
        let etat = match compte.etat {
            EtatCompte::EnAttente => "à activer",
            EtatCompte::Actif => "actif",
            EtatCompte::Ferme => "fermé",
        };
        let nom = compte.nom.unwrap_or_default();
        texte.push_str(&format!("{}  {etat}  {roles}  {nom}  {}\n", compte.id, compte.courriel));
    }
    Ok(if texte.is_empty() { format!("{} n'a aucun agent.\n", commune.nom) } else { texte })
}

async fn ferme(args: &Fin) -> Result<String, Fatale> {
    let (commune, store, portee) = ouvre(&args.ou, "staff").await?;
    let id = CompteId::lit(&args.compte)
        .map_err(|_| Fatale::Usage(format!("« {} » n'est pas un compte", args.compte)))?;
    let agents = store.comptes_des_agents(&portee).await?;
    let Some(compte) = agents.into_iter().find(|c| c.id == id) else {
        return Err(Fatale::Usage(format!("{} n'a pas l'agent {id}", commune.nom)));
    };
    if compte.etat == EtatCompte::Ferme {
        return Ok(format!("Le compte {id} était déjà fermé.\n"));
    }
    let le = Horloge::default().reel();
    store.commet(&portee, compte::ferme(&compte, Auteur::Systeme, le), None).await?;
    Ok(format!("Le compte {id} n'ouvre plus rien.\n"))
}
