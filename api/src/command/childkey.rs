//! `guichet childkey`: the clés enfance of a town, made for the families that have none, as letters; listed; taken back.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use engine::cle_enfance::{CleRemise, Modes as _, UnePar};
use engine::commune::Commune;
use engine::identifiant::{CleEnfanceId, FoyerId, PersonneId};
use engine_store::{CleRangee, EtatCle, FoyerLu, Portee, Store};
use forms::vues::LettreCle;
use jiff::Timestamp;

use super::key::{Ou, ouvre};
use super::sealed::{self, Scelles};
use super::serve::Url;
use super::{Issue, ecrit, qui, storage};
use crate::attachment;
use crate::childkeys::{Atelier, lettre};
use crate::clock::Horloge;
use crate::error::Fatale;
use crate::links::CleDesLiens;

/// Households read at once.
const LOT: u32 = 100;
/// Most keys of a household, or of a list.
const CLES: u32 = 1_000;

/// What `childkey` takes.
#[derive(Debug, Clone, Args)]
#[command(subcommand_value_name = "GESTE", subcommand_help_heading = "Gestes ")]
pub(super) struct Childkey {
    #[command(subcommand)]
    geste: Geste,
}

#[derive(Debug, Clone, Subcommand)]
enum Geste {
    /// Fait les clés des familles qui n'en ont pas, une lettre par clé : elles ne sont lisibles que là.
    New(Neuves),
    /// Liste les clés d'une commune, sans ce qu'on tape.
    List(Ou),
    /// Retire une clé : elle n'ouvre plus rien.
    Revoke(Retrait),
}

#[derive(Debug, Clone, Args)]
struct Neuves {
    #[command(flatten)]
    ou: Ou,
    /// Le fichier PDF à écrire (A4, une page par lettre), lisible de vous seul ; il ne doit pas exister.
    #[arg(long, value_name = "FICHIER")]
    pdf: PathBuf,
    /// L'adresse publique du portail, que la lettre donne
    #[arg(long, value_name = "ADRESSE")]
    url: Url,
    /// Cette famille seulement (l'identifiant que donne « childkey list ») ; sa clé est refaite si elle en a une.
    #[arg(long, value_name = "FAMILLE")]
    foyer: Option<String>,
    #[command(flatten)]
    scelles: Scelles,
}

#[derive(Debug, Clone, Args)]
struct Retrait {
    #[command(flatten)]
    ou: Ou,
    /// L'identifiant que donne « childkey list ».
    #[arg(value_name = "CLÉ", index = 2)]
    cle: String,
}

pub(super) fn run(args: &Childkey) -> Result<Issue, Fatale> {
    storage::attend(fait(&args.geste))
}

async fn fait(geste: &Geste) -> Result<Issue, Fatale> {
    let texte = match geste {
        Geste::New(args) => neuves(args).await?,
        Geste::List(ou) => liste(ou).await?,
        Geste::Revoke(args) => retire(args).await?,
    };
    ecrit(&texte)?;
    Ok(Issue::Bien)
}

fn remise(commune: &Commune) -> Result<&CleRemise, Fatale> {
    commune.cle_enfance.cle().ok_or_else(|| {
        Fatale::Usage(format!("{} ne remet pas de clé (compte.cle_enfance de commune.yaml)", commune.nom))
    })
}

async fn neuves(args: &Neuves) -> Result<String, Fatale> {
    let (commune, store, portee) = ouvre(&args.ou, "childkey").await?;
    let remise = remise(&commune)?;
    let secrets = sealed::confie(&args.scelles, &args.ou, &commune, (&store, &portee)).await?;
    let liens =
        CleDesLiens::des_villes(args.ou.data(), &secrets, &store, &[portee.commune().clone()]).await?;
    // before any key is made: one that could not be written down would be lost
    let ouvert = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&args.pdf);
    let mut fichier = ouvert.map_err(|e| Fatale::chemin(&args.pdf, e))?;
    let travail = Travail {
        commune: &commune,
        remise,
        store: &store,
        portee: &portee,
        liens: &liens,
        adresse: format!("{}/{}/", args.url.adresse(), portee.commune()),
        le: Horloge::default().reel(),
    };
    let mut lettres = Vec::new();
    let fait = travail.lettres(args.foyer.as_deref(), &mut lettres).await;
    if lettres.is_empty() {
        // nothing was written: the name is free for the next time
        std::fs::remove_file(&args.pdf).map_err(|e| Fatale::chemin(&args.pdf, e))?;
        fait?;
        return Ok(format!("Chaque famille de {} a déjà sa clé : aucune n'a été faite.\n", commune.nom));
    }
    // those made before a failure are readable nowhere else
    fichier.write_all(&forms::pdf::lettres_de_cles(&lettres)).map_err(|e| Fatale::chemin(&args.pdf, e))?;
    fichier.sync_all().map_err(|e| Fatale::chemin(&args.pdf, e))?;
    fait?;
    Ok(format!(
        "{} clé{} de {}, une page chacune : {}\nElles ne seront plus montrées. Imprimez le fichier, puis effacez-le : il ouvre les dossiers des familles.\n",
        lettres.len(),
        if lettres.len() > 1 { "s" } else { "" },
        commune.nom,
        args.pdf.display()
    ))
}

/// Keys under way.
struct Travail<'t> {
    commune: &'t Commune,
    remise: &'t CleRemise,
    store: &'t Store,
    portee: &'t Portee,
    liens: &'t CleDesLiens,
    adresse: String,
    le: Timestamp,
}

impl Travail<'_> {
    async fn lettres(&self, foyer: Option<&str>, lettres: &mut Vec<LettreCle>) -> Result<(), Fatale> {
        if let Some(foyer) = foyer {
            let inconnue =
                || Fatale::Usage(format!("« {foyer} » n'est pas une famille de {}", self.commune.nom));
            let id = FoyerId::lit(foyer).map_err(|_| inconnue())?;
            lettres.extend(self.du_foyer(&id, true).await?);
            return if lettres.is_empty() { Err(inconnue()) } else { Ok(()) };
        }
        let mut apres: Option<FoyerId> = None;
        loop {
            let lot = self.store.foyers_a_cle(self.portee, apres.as_ref(), LOT).await?;
            let Some(dernier) = lot.last().cloned() else { return Ok(()) };
            for foyer in &lot {
                lettres.extend(self.du_foyer(foyer, false).await?);
            }
            apres = Some(dernier);
        }
    }

    /// Those of one household: of whoever has none that opens, or opened; of all of it when they are made again.
    async fn du_foyer(&self, foyer: &FoyerId, refait: bool) -> Result<Vec<LettreCle>, Fatale> {
        if !attachment::est_connu(self.store, self.portee, foyer).await? {
            return Ok(Vec::new());
        }
        let cles = self.store.cles_enfance(self.portee, Some(foyer), CLES).await?;
        let FoyerLu { foyer: Some(lu), faits } = self.store.famille(self.portee, foyer).await? else {
            return Ok(Vec::new());
        };
        let a = |pour: Option<&PersonneId>| {
            let vivante = |c: &&CleRangee| matches!(c.etat(self.le), EtatCle::Ouverte | EtatCle::Utilisee);
            cles.iter().filter(vivante).any(|c| c.responsable.as_ref() == pour)
        };
        let atelier = Atelier {
            store: self.store,
            liens: self.liens,
            commune: self.commune,
            portee: self.portee,
            le: self.le,
        };
        let mut faites = Vec::new();
        match self.remise.une_par {
            UnePar::Foyer if refait || !a(None) => faites = atelier.fait(self.remise, foyer, None).await?,
            UnePar::Foyer => {}
            UnePar::Responsable => {
                for m in lu.membres.iter().filter(|m| m.genre.est_responsable()) {
                    if refait || !a(Some(&m.personne)) {
                        faites.extend(atelier.fait(self.remise, foyer, Some(&m.personne)).await?);
                    }
                }
            }
        }
        if !faites.is_empty() {
            let detail = format!("{} par {}", faites.len(), qui());
            self.store.consigne(self.portee, foyer, "cles_imprimees", Some(detail), self.le).await?;
        }
        let sorties = faites
            .iter()
            .map(|f| lettre(self.commune, &self.adresse, self.remise, f, (&lu, &faits), self.le));
        Ok(sorties.collect())
    }
}

async fn liste(ou: &Ou) -> Result<String, Fatale> {
    let (commune, store, portee) = ouvre(ou, "childkey").await?;
    remise(&commune)?;
    let maintenant = Horloge::default().reel();
    let jour = |t: Timestamp| t.to_zoned(commune.fuseau.clone()).date();
    let mut texte = String::new();
    for cle in store.cles_enfance(&portee, None, CLES).await? {
        let etat = match (cle.etat(maintenant), cle.utilisee_le, cle.revoquee_le) {
            (EtatCle::Utilisee, Some(le), _) => format!("utilisée le {}", jour(le)),
            (EtatCle::Revoquee, _, Some(le)) => format!("retirée le {}", jour(le)),
            (EtatCle::Bloquee, ..) => "bloquée par trop d'essais".to_owned(),
            (EtatCle::Expiree, ..) => "échue".to_owned(),
            _ => "ouverte".to_owned(),
        };
        let dernier = jour(cle.expire_le).yesterday().unwrap_or(jour(cle.expire_le));
        texte.push_str(&format!(
            "{}  {etat}  du {} au {dernier}  famille {}\n",
            cle.id,
            jour(cle.cree_le),
            cle.foyer
        ));
    }
    Ok(if texte.is_empty() { format!("{} n'a aucune clé enfance.\n", commune.nom) } else { texte })
}

async fn retire(args: &Retrait) -> Result<String, Fatale> {
    let (commune, store, portee) = ouvre(&args.ou, "childkey").await?;
    let id = CleEnfanceId::lit(&args.cle)
        .map_err(|_| Fatale::Usage(format!("« {} » n'est pas une clé enfance", args.cle)))?;
    let cles = store.cles_enfance(&portee, None, CLES).await?;
    let Some(cle) = cles.into_iter().find(|c| c.id == id) else {
        return Err(Fatale::Usage(format!("{} n'a pas la clé {id}", commune.nom)));
    };
    let le = Horloge::default().reel();
    if !store.revoque_cle(&portee, &id, le).await? {
        return Ok(format!("La clé {id} n'ouvrait déjà plus rien.\n"));
    }
    store.consigne(&portee, &cle.foyer, "cle_retiree", Some(format!("{id} par {}", qui())), le).await?;
    Ok(format!("La clé {id} n'ouvre plus rien.\n"))
}
