//! `guichet staff`: the agents' accounts. Made, listed and closed here, and journaled; a password is chosen by its holder only.

use clap::{Args, Subcommand};
use engine::commune::Commune;
use engine::compte::EtatCompte;
use engine::decision::Auteur;
use engine::identifiant::CompteId;
use engine_store::{Jeton, Portee, Store};

use super::key::{Ou, ouvre};
use super::{Issue, ecrit, storage};
use crate::agents::{self, Bureau, LIEN_HEURES, Refuse, Remise};
use crate::clock::Horloge;
use crate::error::Fatale;

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
    Close(Sien),
    /// Oublie l'application de codes d'un agent qui l'a perdue : il en règle une autre à sa prochaine entrée.
    Reset(Sien),
}

#[derive(Debug, Clone, Args)]
struct Neuf {
    #[command(flatten)]
    ou: Ou,
    /// Le service (contact) pour lequel il travaille, ou « administrateur » des comptes ; peut être répété.
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
struct Sien {
    #[command(flatten)]
    ou: Ou,
    /// L'identifiant que donne « staff list ».
    #[arg(value_name = "COMPTE", index = 2)]
    compte: String,
}

impl Sien {
    fn compte(&self) -> Result<CompteId, Fatale> {
        CompteId::lit(&self.compte)
            .map_err(|_| Fatale::Usage(format!("« {} » n'est pas un compte", self.compte)))
    }
}

pub(super) fn run(args: &Staff) -> Result<Issue, Fatale> {
    storage::attend(fait(&args.geste))
}

async fn fait(geste: &Geste) -> Result<Issue, Fatale> {
    let texte = match geste {
        Geste::New(args) => neuf(args).await?,
        Geste::List(ou) => liste(ou).await?,
        Geste::Close(args) => ferme(args).await?,
        Geste::Reset(args) => reinitialise(args).await?,
    };
    ecrit(&texte)?;
    Ok(Issue::Bien)
}

async fn neuf(args: &Neuf) -> Result<String, Fatale> {
    let (commune, store, portee) = ouvre(&args.ou, "staff").await?;
    let jeton = Jeton::tire()?;
    let neuf = agents::Neuf { nom: &args.nom, courriel: &args.courriel, roles: &args.roles };
    let bureau = bureau(&commune, &store, &portee);
    let id = bureau.ouvre(&neuf, Remise::EnMain(&jeton)).await.map_err(fatale)?;
    Ok(format!(
        "/{}/compte/lien/{}\n\nCompte {id} de {}. Donnez-lui cette adresse, précédée de celle du portail : elle ouvre une fois, pendant {LIEN_HEURES} h, et ne sera plus montrée. Il y choisit son mot de passe.\n",
        portee.commune(),
        jeton.texte(),
        args.nom
    ))
}

fn bureau<'b>(commune: &'b Commune, store: &'b Store, portee: &'b Portee) -> Bureau<'b> {
    Bureau { store, commune, portee, le: Horloge::default().reel() }
}

fn fatale(refuse: Refuse) -> Fatale {
    match refuse {
        Refuse::Motif(motif) => Fatale::Usage(motif),
        Refuse::Store(erreur) => erreur.into(),
    }
}

async fn liste(ou: &Ou) -> Result<String, Fatale> {
    let (commune, store, portee) = ouvre(ou, "staff").await?;
    let mut texte = String::new();
    for compte in bureau(&commune, &store, &portee).liste().await? {
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

async fn ferme(args: &Sien) -> Result<String, Fatale> {
    let (commune, store, portee) = ouvre(&args.ou, "staff").await?;
    let id = args.compte()?;
    Ok(match bureau(&commune, &store, &portee).ferme(&id).await.map_err(fatale)? {
        true => format!("Le compte {id} n'ouvre plus rien.\n"),
        false => format!("Le compte {id} était déjà fermé.\n"),
    })
}

async fn reinitialise(args: &Sien) -> Result<String, Fatale> {
    let (commune, store, portee) = ouvre(&args.ou, "staff").await?;
    let id = args.compte()?;
    Ok(match bureau(&commune, &store, &portee).reinitialise_le_code(&id).await.map_err(fatale)? {
        true => format!(
            "Le compte {id} choisira une autre application de codes à sa prochaine entrée ; ses sessions sont finies.\n"
        ),
        false => format!("Le compte {id} n'avait pas de code.\n"),
    })
}
