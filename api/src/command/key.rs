//! `guichet key`: the keys with which machines call `/api/v1`. Made, listed and taken back here only, and journaled.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand};
use engine::commune::Commune;
use engine::decision::{Agregat, Auteur, CleMachine, Decision, Ecriture, EntreeJournal, Suivant};
use engine::definition::resolve::charge;
use engine::diagnostic::Gravite;
use engine::identifiant::{AgentId, Alea, CleId, CommuneSlug};
use engine_store::{Jeton, Portee, Store};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::{Issue, ecrit, storage};
use crate::agents::sont_des_roles;
use crate::alea::alea;
use crate::clock::Horloge;
use crate::error::Fatale;
use crate::folders::{Dossiers, Perimetre};
use crate::session::PREFIXE_CLE;

/// Longest life of a key, in days: a forgotten one ends by itself.
const DUREE_MAX_JOURS: i64 = 730;

/// What `key` takes.
#[derive(Debug, Clone, Args)]
#[command(subcommand_value_name = "GESTE", subcommand_help_heading = "Gestes ")]
pub(super) struct Key {
    #[command(subcommand)]
    geste: Geste,
}

#[derive(Debug, Clone, Subcommand)]
enum Geste {
    /// Fait une clé et l'écrit une seule fois : seule son empreinte est gardée.
    New(Neuve),
    /// Liste les clés d'une commune.
    List(Ou),
    /// Retire une clé.
    Revoke(Retrait),
}

/// Of which town.
#[derive(Debug, Clone, Args)]
pub(super) struct Ou {
    /// La commune.
    #[arg(value_name = "COMMUNE", index = 1)]
    commune: String,
    /// Dossier des communes.
    #[arg(long, value_name = "DOSSIER", default_value = "communes")]
    communes: PathBuf,
    /// Dossier des données.
    #[arg(long, value_name = "DOSSIER", default_value = "data")]
    data: PathBuf,
    /// Base PostgreSQL (postgres://…) ; sinon GUICHET_BASE, sinon SQLite dans le dossier des données.
    #[arg(long, value_name = "URL")]
    base: Option<String>,
}

impl Ou {
    /// The data folder.
    pub(super) fn data(&self) -> &std::path::Path {
        &self.data
    }
}

#[derive(Debug, Clone, Args)]
struct Neuve {
    #[command(flatten)]
    ou: Ou,
    /// Le service (contact) pour lequel elle agit ; peut être répété.
    #[arg(long = "role", value_name = "SERVICE", required = true)]
    roles: Vec<String>,
    /// Ce qui s'en sert, par exemple « logiciel de cantine ».
    #[arg(long, value_name = "NOM")]
    nom: String,
    /// Le dernier jour où elle ouvre (2026-12-31), dans deux ans au plus.
    #[arg(long, value_name = "JOUR")]
    fin: Date,
}

#[derive(Debug, Clone, Args)]
struct Retrait {
    #[command(flatten)]
    ou: Ou,
    /// L'identifiant que donne « key list ».
    #[arg(value_name = "CLÉ", index = 2)]
    cle: String,
}

pub(super) fn run(args: &Key) -> Result<Issue, Fatale> {
    storage::attend(fait(&args.geste))
}

async fn fait(geste: &Geste) -> Result<Issue, Fatale> {
    let texte = match geste {
        Geste::New(args) => neuve(args).await?,
        Geste::List(ou) => liste(ou).await?,
        Geste::Revoke(args) => retire(args).await?,
    };
    ecrit(&texte)?;
    Ok(Issue::Bien)
}

/// The town, its store, and the scope of the verb `commande`.
pub(super) async fn ouvre(ou: &Ou, commande: &'static str) -> Result<(Arc<Commune>, Store, Portee), Fatale> {
    let lus = Dossiers::lit_dans(&ou.communes, Perimetre::Commune(&ou.commune))?;
    let inconnue = || Fatale::Usage(format!("aucune commune valide ne s'appelle « {} »", ou.commune));
    if !lus.slugs.contains(&ou.commune) {
        return Err(inconnue());
    }
    let charge = charge(&lus.sources, &ou.commune);
    let erreur = charge.diagnostics.iter().any(|d| d.gravite == Gravite::Erreur);
    let commune = charge.commune.filter(|_| !erreur).ok_or_else(inconnue)?;
    let slug = CommuneSlug::lit(&ou.commune).map_err(|_| inconnue())?;
    if storage::base(ou.base.as_deref())?.is_none() && !ou.data.is_dir() {
        return Err(Fatale::Usage(format!("{} n'est pas un dossier de données", ou.data.display())));
    }
    let store = storage::ouvre(&ou.data, ou.base.as_deref()).await?;
    let portee = store.portee_de_commande(&slug, commande);
    Ok((commune, store, portee))
}

async fn neuve(args: &Neuve) -> Result<String, Fatale> {
    let (commune, store, portee) = ouvre(&args.ou, "key").await?;
    sont_des_roles(&commune, &args.roles).map_err(Fatale::Usage)?;
    let maintenant = Horloge::default().reel();
    let aujourdhui = maintenant.to_zoned(commune.fuseau.clone()).date();
    let au_plus = aujourdhui.checked_add(DUREE_MAX_JOURS.days()).unwrap_or(aujourdhui);
    if args.fin < aujourdhui || args.fin > au_plus {
        return Err(Fatale::Usage(format!("--fin va du {aujourdhui} au {au_plus}")));
    }
    // its last day included
    let fin = args.fin.tomorrow().ok().and_then(|j| j.to_zoned(commune.fuseau.clone()).ok());
    let expire_le = fin.map_or(maintenant, |z| z.timestamp());
    let jeton = Jeton::tire()?;
    let mut tirage = Alea::nouveau(alea().map_err(engine_store::Erreur::from)?);
    let cle = CleMachine {
        id: CleId::neuf(tirage.tire()),
        nom: args.nom.clone(),
        empreinte: jeton.empreinte(),
        agent: AgentId::neuf(tirage.tire()),
        roles: args.roles.clone(),
        cree_le: maintenant,
        expire_le,
    };
    let id = cle.id.clone();
    let detail = format!("{} : {}", args.nom, args.roles.join(", "));
    let ecriture = Ecriture::Cle(Box::new(cle));
    store.commet(&portee, decision(&id, 1, maintenant, "creer_cle", Some(detail), ecriture), None).await?;
    Ok(format!(
        "{PREFIXE_CLE}{}\n\nClé {id} de {}, jusqu'au {} compris. Elle ne sera plus montrée : gardez-la comme un mot de passe.\nEn-tête à envoyer : Authorization: Bearer {PREFIXE_CLE}…\n",
        jeton.texte(),
        commune.nom,
        args.fin
    ))
}

async fn liste(ou: &Ou) -> Result<String, Fatale> {
    let (commune, store, portee) = ouvre(ou, "key").await?;
    let maintenant = Horloge::default().reel();
    let mut texte = String::new();
    for cle in store.cles(&portee).await? {
        let jour = |t: Timestamp| t.to_zoned(commune.fuseau.clone()).date();
        let etat = match cle.revoquee_le {
            Some(le) => format!("retirée le {}", jour(le)),
            None if cle.expire_le <= maintenant => "échue".to_owned(),
            None => "ouverte".to_owned(),
        };
        let dernier = jour(cle.expire_le).yesterday().unwrap_or(Date::MIN);
        texte.push_str(&format!(
            "{}  {etat}  du {} au {dernier}  {}  {}\n",
            cle.id,
            jour(cle.cree_le),
            cle.roles.join(","),
            cle.nom
        ));
    }
    Ok(if texte.is_empty() { format!("{} n'a aucune clé.\n", commune.nom) } else { texte })
}

async fn retire(args: &Retrait) -> Result<String, Fatale> {
    let (commune, store, portee) = ouvre(&args.ou, "key").await?;
    let id =
        CleId::lit(&args.cle).map_err(|_| Fatale::Usage(format!("« {} » n'est pas une clé", args.cle)))?;
    let cles = store.cles(&portee).await?;
    let Some(cle) = cles.into_iter().find(|c| c.id == id) else {
        return Err(Fatale::Usage(format!("{} n'a pas la clé {id}", commune.nom)));
    };
    if cle.revoquee_le.is_some() {
        return Ok(format!("La clé {id} était déjà retirée.\n"));
    }
    let le = Horloge::default().reel();
    let ecriture = Ecriture::FinCle { cle: id.clone(), le };
    store.commet(&portee, decision(&id, 2, le, "retirer_cle", None, ecriture), None).await?;
    Ok(format!("La clé {id} n'ouvre plus rien.\n"))
}

/// The `seq`-th act on a key.
fn decision(
    id: &CleId,
    seq: i64,
    le: Timestamp,
    evenement: &str,
    detail: Option<String>,
    ecriture: Ecriture,
) -> Decision {
    let entree = EntreeJournal {
        agregat: Agregat::Cle(id.clone()),
        seq,
        le,
        auteur: Auteur::Systeme,
        evenement: evenement.to_owned(),
        detail,
        changements: Vec::new(),
    };
    Decision {
        entree,
        suivant: Suivant::Rien,
        ecritures: vec![ecriture],
        effets: Vec::new(),
        echeances: Vec::new(),
        gardes: Vec::new(),
        trace: Vec::new(),
    }
}
