//! `guichet import`: families, and the accounts with which they entered, taken over from another program.

mod fichiers;

use std::path::PathBuf;

use clap::Args;
use engine::cle_enfance::Modes as _;
use engine::commune::Commune;
use engine::compte::LienDonne;
use engine::compte::lettre::PRECREE;
use engine::foyer::Genre;
use engine::identifiant::{CleEnfanceId, LienId};
use engine::import::{Bilan, Contexte, FamilleReprise, Origine, PersonneReprise, ecart};
use engine_store::{CleNeuve, CleRangee, Erreur, EtatCle, Portee, Store};
use forms::import::{Fichier, Lecture, Probleme, Tableau};
use jiff::{Timestamp, ToSpan};

use super::key::{Ou, ouvre};
use super::sealed::{self, Scelles};
use super::{Issue, ecrit, qui, storage};
use crate::alea::alea;
use crate::clock::Horloge;
use crate::error::Fatale;
use crate::links::CleDesLiens;
use crate::password;

/// How many times a household is read again when a server wrote it meanwhile.
const ESSAIS: usize = 4;

/// Keys of a household that are looked at.
const CLES: u32 = 100;
/// How long a partner's reference may be tried, and how many misses with it: as the towns' own keys.
const REFERENCE_JOURS: i64 = 365;
const REFERENCE_ESSAIS: u32 = 5;

/// What `import` takes.
#[derive(Debug, Clone, Args)]
pub(super) struct Import {
    #[command(flatten)]
    ou: Ou,
    /// Le dossier des fichiers : familles.csv, responsables.csv, enfants.csv, contacts.csv, comptes.csv, partenaires.csv.
    #[arg(value_name = "DOSSIER", index = 2)]
    dossier: PathBuf,
    /// Le logiciel d'où viennent les fichiers : ses références ne se confondent pas avec celles d'un autre.
    #[arg(long, value_name = "NOM", default_value = "l'ancien logiciel")]
    logiciel: String,
    /// Dit ce qui serait écrit, et n'écrit rien.
    #[arg(long)]
    essai: bool,
    /// N'envoie aucun courriel d'activation : chaque famille demande le sien à sa première visite.
    #[arg(long)]
    sans_lettres: bool,
    #[command(flatten)]
    scelles: Scelles,
}

pub(super) fn run(args: &Import) -> Result<Issue, Fatale> {
    storage::attend(importe(args))
}

/// An import under way.
struct Travail<'t> {
    commune: &'t Commune,
    store: &'t Store,
    portee: &'t Portee,
    contexte: Contexte<'t>,
    /// What links are derived from; `None`: nothing is written.
    liens: Option<CleDesLiens>,
}

async fn importe(args: &Import) -> Result<Issue, Fatale> {
    let (commune, store, portee) = ouvre(&args.ou, "import").await?;
    let lus = fichiers::lit(&args.dossier)?;
    let secrets = sealed::confie(&args.scelles, &args.ou, &commune, (&store, &portee)).await?;
    let le = Horloge::default().reel();
    let mode = if args.essai { " (essai : rien n'est écrit)" } else { "" };
    let mut texte = format!("Reprise de {} pour {}{mode}\n", args.logiciel, commune.nom);
    for lu in &lus {
        let lignes = lu.tableau.lignes.len();
        let separateur =
            if lu.separateur == '\t' { "tabulation".to_owned() } else { lu.separateur.to_string() };
        texte.push_str(&format!(
            "  {:<18} {}, séparateur « {separateur} », {lignes} lignes\n",
            lu.tableau.nom, lu.encodage
        ));
    }
    let tableaux: Vec<_> = lus.into_iter().map(|l| l.tableau).collect();
    let lecture = Lecture {
        commune: &commune,
        origine: Origine { commune: portee.commune().as_str(), logiciel: &args.logiciel },
        jour: le.to_zoned(commune.fuseau.clone()).date(),
        empreinte: &password::reprend,
    };
    let mut lu = forms::import::lit(&lecture, &tableaux);
    let modele = commune.cle_enfance.precree().unwrap_or(PRECREE).to_owned();
    let par = qui();
    let liens = if args.essai {
        None
    } else {
        Some(CleDesLiens::des_villes(args.ou.data(), &secrets, &store, &[portee.commune().clone()]).await?)
    };
    let travail = Travail {
        commune: &commune,
        store: &store,
        portee: &portee,
        contexte: Contexte {
            logiciel: &args.logiciel,
            par: &par,
            jour: lecture.jour,
            le,
            lettre: (!args.sans_lettres).then_some(modele.as_str()),
        },
        liens,
    };
    let comptes = tableaux.iter().find(|t| t.fichier == Fichier::Comptes).map_or("comptes.csv", |t| &t.nom);
    lu.problemes.extend(annonces(&commune, &lu.familles, comptes));
    let codes = tableaux.iter().find(|t| t.fichier == Fichier::Partenaires);
    if let Some(codes) = codes.filter(|_| commune.cle_enfance.partenaire().is_none()) {
        lu.problemes.push(Probleme {
            fichier: codes.nom.clone(),
            ligne: 0,
            colonne: String::new(),
            attention: false,
            motif: "commune.yaml n'annonce pas d'espace partenaire : ajoutez `- espace_partenaire: { nom: …, une_fois: oui }` à compte.cle_enfance, ou retirez ce fichier".to_owned(),
        });
    }
    for famille in &lu.familles {
        lu.problemes.extend(travail.noms_pris(famille, comptes).await?);
    }
    lu.problemes.sort();
    for probleme in &lu.problemes {
        texte.push_str(&format!("{probleme}\n"));
    }
    if !lu.est_juste() {
        let n = lu.problemes.iter().filter(|p| !p.attention).count();
        texte.push_str(&format!("{n} erreur{} : rien n'a été écrit.\n", if n > 1 { "s" } else { "" }));
        ecrit(&texte)?;
        return Ok(Issue::Erreurs);
    }
    let mut bilan = Bilan::default();
    let mut retires = Vec::new();
    for famille in &lu.familles {
        let (fait, sortis) = travail.reprend(famille).await?;
        bilan.ajoute(&fait);
        bilan.ajoute(&travail.references(famille, &sortis).await?);
        retires.extend(sortis.into_iter().map(|p| retire(famille, p, &tableaux)));
    }
    retires.sort();
    for probleme in retires {
        texte.push_str(&format!("{probleme}\n"));
    }
    texte.push_str(&rapport(&bilan, args));
    ecrit(&texte)?;
    Ok(Issue::Bien)
}

/// Accounts are only taken over by a town that says so to its families.
fn annonces(commune: &Commune, familles: &[FamilleReprise], fichier: &str) -> Vec<Probleme> {
    let modes = &commune.cle_enfance;
    let comptes = familles.iter().flat_map(|f| &f.personnes).filter_map(|p| p.compte.as_ref());
    let fautes = comptes.filter_map(|c| {
        let (annonce, motif) = match c.mot_de_passe {
            Some(_) => (
                modes.importe(),
                "commune.yaml n'annonce pas que les identifiants restent : ajoutez `- import: { identifiants_conserves: oui }` à compte.cle_enfance, ou retirez la colonne mot_de_passe",
            ),
            None => (
                modes.importe() || modes.precree().is_some(),
                "commune.yaml n'annonce pas de comptes déjà créés : ajoutez `- compte_precree: …` (ou `- import: …`) à compte.cle_enfance",
            ),
        };
        (!annonce).then(|| Probleme {
            fichier: fichier.to_owned(),
            ligne: c.ligne,
            colonne: String::new(),
            attention: false,
            motif: motif.to_owned(),
        })
    });
    // one line says it for all
    fautes.take(1).collect()
}

/// Somebody of the files who is not in that household any more: looked at by whoever imports, changed by the service.
fn retire(famille: &FamilleReprise, personne: &PersonneReprise, tableaux: &[Tableau]) -> Probleme {
    let dans = match personne.genre {
        Genre::Enfant => Fichier::Enfants,
        Genre::Contact => Fichier::Contacts,
        Genre::Responsable | Genre::CoRepresentant => Fichier::Responsables,
    };
    Probleme {
        fichier: tableaux.iter().find(|t| t.fichier == dans).map_or(dans.nom(), |t| &t.nom).to_owned(),
        ligne: personne.ligne,
        colonne: String::new(),
        attention: true,
        motif: format!(
            "la personne {} n'est plus dans la famille {} (retirée, ou rattachée ailleurs, depuis la reprise) : rien de cette ligne n'est repris ; retirez-la du fichier, ou voyez avec le service",
            personne.reference, famille.reference
        ),
    }
}

impl Travail<'_> {
    /// The accounts of a household whose name, or address, is another active account's.
    async fn noms_pris(&self, famille: &FamilleReprise, fichier: &str) -> Result<Vec<Probleme>, Erreur> {
        let mut pris = Vec::new();
        for personne in &famille.personnes {
            let Some(repris) = &personne.compte else { continue };
            let noms = [
                ("identifiant", repris.identifiant.as_deref()),
                ("courriel", Some(repris.courriel.as_str())),
            ];
            for (colonne, nom) in noms {
                let Some(nom) = nom else { continue };
                let Some(deja) = self.store.compte_nomme(self.portee.commune(), nom).await? else { continue };
                let sien = deja.auteur.as_ref().and_then(|a| a.personne()) == Some(&personne.id);
                if deja.id != repris.id && !sien {
                    pris.push(Probleme {
                        fichier: fichier.to_owned(),
                        ligne: repris.ligne,
                        colonne: colonne.to_owned(),
                        attention: false,
                        motif: format!("« {nom} » est déjà celui d'un autre compte du portail : rattachez ce compte à la famille (agent), ou retirez la ligne"),
                    });
                }
            }
        }
        Ok(pris)
    }

    /// One household, in one transaction; with whoever is kept out of it.
    async fn reprend<'f>(
        &self,
        famille: &'f FamilleReprise,
    ) -> Result<(Bilan, Vec<&'f PersonneReprise>), Erreur> {
        let mut reste = ESSAIS;
        loop {
            let lu = self.store.famille(self.portee, &famille.id).await?;
            let partis = self.store.partis(self.portee, &famille.id).await?;
            let mut comptes = self.store.comptes_du_foyer(self.portee, &famille.id).await?;
            // one that was taken over and whose holder is in another household since
            for repris in famille.personnes.iter().filter_map(|p| p.compte.as_ref()) {
                comptes.extend(self.store.compte(self.portee, &repris.id).await?);
            }
            let connu = (lu.foyer.as_ref(), &*partis, &lu.faits);
            let fait = ecart(famille, connu, &comptes, &self.contexte, || self.lien())?;
            if self.liens.is_none() || fait.decisions.is_empty() {
                return Ok((fait.bilan, fait.sortis));
            }
            reste -= 1;
            match self.store.commet_ensemble(self.portee, fait.decisions, None).await {
                Ok(_) => return Ok((fait.bilan, fait.sortis)),
                // a server wrote it meanwhile
                Err(Erreur::Garde(_)) if reste > 0 => {}
                Err(erreur) => return Err(erreur),
            }
        }
    }

    /// What a partner's space knows its guardians by: tried once, as a key is, and only its keyed hash kept. Whoever has a key,
    /// used or not, needs no other; nor does whoever is kept out.
    async fn references(
        &self,
        famille: &FamilleReprise,
        sortis: &[&PersonneReprise],
    ) -> Result<Bilan, Erreur> {
        let mut bilan = Bilan::default();
        let dedans = famille.personnes.iter().filter(|p| !sortis.iter().any(|s| s.id == p.id));
        let siens = dedans.filter_map(|p| Some((&p.id, p.partenaire.as_deref()?)));
        let siens: Vec<_> = siens.collect();
        if siens.is_empty() {
            return Ok(bilan);
        }
        let cles = self.store.cles_enfance(self.portee, Some(&famille.id), CLES).await?;
        let mut neuves = Vec::new();
        for (personne, code) in siens {
            let tient =
                |c: &CleRangee| matches!(c.etat(self.contexte.le), EtatCle::Ouverte | EtatCle::Utilisee);
            if cles.iter().any(|c| c.responsable.as_ref() == Some(personne) && tient(c)) {
                bilan.references_deja += 1;
                continue;
            }
            bilan.references += 1;
            let Some(liens) = &self.liens else { continue };
            let empreinte = liens.empreinte_de_partenaire(self.portee.commune().as_str(), code);
            let fin =
                self.contexte.le.checked_add((24 * REFERENCE_JOURS).hours()).unwrap_or(self.contexte.le);
            neuves.push(CleNeuve {
                id: CleEnfanceId::neuf(alea()?),
                empreinte: empreinte
                    .ok_or(Erreur::Incoherence { table: "cle_enfance", colonne: "empreinte" })?,
                foyer: famille.id.clone(),
                responsable: Some(personne.clone()),
                ouvre: Vec::new(),
                expire_le: fin,
                essais: REFERENCE_ESSAIS,
            });
        }
        if !neuves.is_empty() {
            self.store.fait_cles(self.portee, neuves, self.contexte.le).await?;
        }
        Ok(bilan)
    }

    fn lien(&self) -> Result<LienDonne, Erreur> {
        let le: Timestamp = self.contexte.le;
        let Some(liens) = &self.liens else {
            return Ok(LienDonne { id: LienId::neuf([0; 16]), empreinte: [0; 32], expire_le: le });
        };
        let sans = || Erreur::Incoherence { table: "lien_compte", colonne: "expire_le" };
        let (delai, commune) = (&self.commune.compte.delai_activation, self.commune);
        let fin = delai.apres_instant(le, &commune.fuseau, &commune.calendrier).map_err(|_| sans())?;
        liens.lien_neuf(self.portee.commune().as_str(), alea()?, fin).ok_or_else(sans)
    }
}

fn rapport(bilan: &Bilan, args: &Import) -> String {
    let (creer, completer, reprendre) = if args.essai {
        ("à créer", "à compléter", "à reprendre")
    } else {
        ("créées", "complétées", "repris")
    };
    let mut texte = format!(
        "\nFamilles      {} {creer}, {} {completer}, {} déjà là\nPersonnes     {} {creer}, {} gardées hors de leur famille (retirées depuis)\nInformations  {} {}, {} gardées telles quelles (la famille ou un agent les a changées depuis)\nComptes       {} {reprendre} avec leur mot de passe, {} à activer par un lien, {} déjà là\n",
        bilan.familles,
        bilan.completees,
        bilan.deja,
        bilan.personnes,
        bilan.sortis,
        bilan.faits,
        if args.essai { "à écrire" } else { "écrites" },
        bilan.gardes,
        bilan.ouverts,
        bilan.a_activer,
        bilan.comptes_deja,
    );
    let suite = match (args.essai, bilan.change(), bilan.a_activer, args.sans_lettres) {
        (_, false, ..) => "Rien à changer : tout est déjà là.\n",
        (true, ..) => "Rien n'a été écrit : la même commande sans --essai le fait.\n",
        (false, _, 1.., false) => {
            "C'est écrit. Le serveur envoie les courriels d'activation à son prochain passage.\n"
        }
        (false, _, 1.., true) => {
            "C'est écrit, sans courriel : chaque famille demande son lien par « Mot de passe oublié, ou lien d'activation perdu ».\n"
        }
        (false, ..) => "C'est écrit.\n",
    };
    if bilan.references + bilan.references_deja > 0 {
        texte.push_str(&format!(
            "Partenaire    {} références {}, {} déjà là\n",
            bilan.references,
            if args.essai { "à reprendre" } else { "reprises" },
            bilan.references_deja
        ));
    }
    texte.push_str(suite);
    texte
}
