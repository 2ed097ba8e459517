//! What the effects of a transition write now, and what they leave to a worker.

use std::collections::BTreeSet;

use jiff::civil::Date;
use rules::scalaire::Duree;

use super::chantier::Chantier;
use super::definition::{Champ, FaitVise, SujetVise, Validite, genre_de_lien};
use super::effet::{ChampsVises, Destinataire, Effet, PersonneVisee, Quoi, ServicesVises};
use super::reponses::Reponse;
use crate::decision::{Auteur, Ecriture, Garde, Refus, Sortie};
use crate::foyer::{Fait, Genre, SourceFait, Sujet, ValeurFait, nommes, obstacles};
use crate::identifiant::{FoyerId, InscriptionId, PersonneId};

pub(super) fn applique(chantier: &mut Chantier<'_>, effet: &Effet) -> Result<(), Refus> {
    let regle = format!("effet.{}", effet.quoi.nom());
    let fait = match &effet.quoi {
        Quoi::EnregistrerFaits(champs) => enregistre(chantier, champs),
        Quoi::AjouterPersonne { lien } => ajoute(chantier, lien),
        Quoi::RetirerPersonne(qui) => retire(chantier, qui),
        Quoi::OuvrirServices(services) => ouvre(chantier, services),
        Quoi::FermerService(service) => ferme(chantier, service),
        Quoi::OuvrirDemarche(demarche) => {
            let enfant = chantier.personne.clone().or_else(|| chantier.dossier.enfant.clone());
            sort(chantier, Sortie::OuvrirDemarche { demarche: demarche.clone(), enfant })
        }
        Quoi::Message { modele, a } => {
            let motif = chantier.dossier.motif.clone();
            for a in chacun(chantier, a) {
                chantier.envoie(Sortie::Message { modele: modele.clone(), a, motif: motif.clone() });
            }
            Ok(())
        }
        Quoi::Adherer(vise) => ecrit_fait(chantier, vise, ValeurFait::Booleen(true)),
        Quoi::Document(modele) => sort(chantier, Sortie::Document { modele: modele.clone() }),
        Quoi::RattacherCompte | Quoi::AttribuerCle => acte(chantier, effet, None),
        Quoi::Facturer(argument)
        | Quoi::Crediter(argument)
        | Quoi::Rembourser(argument)
        | Quoi::Planifier(argument)
        | Quoi::NoterCritere(argument)
        | Quoi::Appeler(argument) => acte(chantier, effet, Some(argument.clone())),
    };
    fait.map_err(|motif| Refus::nouveau(regle.as_str(), motif).lieu(effet.lieu))?;
    chantier.pas(regle, Some(effet.lieu), "fait");
    Ok(())
}

/// One letter an address: two parents who share one receive one, and whoever has none stops nobody's. When nobody has one, the
/// letter waits for an address.
fn chacun(chantier: &Chantier<'_>, a: &Destinataire) -> Vec<Destinataire> {
    if *a != Destinataire::Responsables {
        return vec![a.clone()];
    }
    let (faits, jour, connu_au) = (chantier.ctx.faits, chantier.aujourdhui(), chantier.ctx.maintenant);
    let mut adresses = BTreeSet::new();
    let mut seuls = Vec::new();
    for membre in chantier.ctx.foyer.iter().flat_map(|f| &f.membres) {
        let sujet = Sujet::Personne(membre.personne.clone());
        let adresse = faits.valeur(&sujet, "courriel", jour, connu_au).map(|f| &f.valeur);
        if let (true, Some(ValeurFait::Texte(adresse))) = (membre.genre.est_responsable(), adresse)
            && !adresse.is_empty()
            && adresses.insert(adresse)
        {
            seuls.push(Destinataire::Personne(membre.personne.clone()));
        }
    }
    if seuls.is_empty() { vec![a.clone()] } else { seuls }
}

/// Facts about a person whom no effect adds to the household would belong to nobody.
pub(super) fn verifie(chantier: &Chantier<'_>) -> Result<(), Refus> {
    let Some(personne) = &chantier.personne else { return Ok(()) };
    let ajoutee = |e: &Ecriture| matches!(e, Ecriture::Membre { personne: p, .. } if p == personne);
    if chantier.ecritures().iter().any(ajoutee) {
        return Ok(());
    }
    let motif = "Des informations concernent une personne que la démarche n’ajoute pas au foyer (« ajouter_personne » manque).";
    Err(Refus::nouveau("effet.ajouter_personne", motif).lieu(chantier.demarche.lieu))
}

/// Done, or the French sentence that says why not.
type Ecrit = Result<(), String>;

fn sort(chantier: &mut Chantier<'_>, sortie: Sortie) -> Ecrit {
    chantier.envoie(sortie);
    Ok(())
}

fn acte(chantier: &mut Chantier<'_>, effet: &Effet, argument: Option<String>) -> Ecrit {
    sort(chantier, Sortie::Acte { genre: effet.quoi.nom().to_owned(), argument })
}

fn enregistre(chantier: &mut Chantier<'_>, vises: &ChampsVises) -> Ecrit {
    let demarche = chantier.demarche;
    let champs: Vec<&Champ> = match vises {
        ChampsVises::Tous => demarche.champs().filter(|c| c.fait.is_some()).collect(),
        ChampsVises::Liste(ids) => ids
            .iter()
            .map(|id| demarche.champ(id).ok_or_else(|| format!("Le champ « {id} » n’existe pas.")))
            .collect::<Result<_, _>>()?,
    };
    for champ in champs {
        let Some(vise) = &champ.fait else {
            return Err(format!("Le champ « {} » n’est pas une information de donnees.yaml.", champ.id));
        };
        let valeur = match chantier.dossier.reponses.0.get(&champ.id) {
            None => continue,
            Some(Reponse::Valeur(v)) => v.clone(),
            Some(Reponse::Valeurs(vs)) => ensemble(vs).ok_or_else(|| {
                format!("« {} » : plusieurs valeurs ne font pas une information.", champ.nom)
            })?,
            Some(Reponse::Groupe(_)) => {
                return Err(format!(
                    "« {} » : un groupe de réponses ne fait pas une information.",
                    champ.nom
                ));
            }
        };
        ecrit_fait(chantier, vise, valeur)?;
    }
    Ok(())
}

/// A dated fact, from the day of the filing.
fn ecrit_fait(chantier: &mut Chantier<'_>, vise: &FaitVise, valeur: ValeurFait) -> Ecrit {
    let sujet = sujet(chantier, vise.de)?;
    let recu_le = chantier.dossier.depose_le.unwrap_or(chantier.ctx.maintenant);
    let valable_du = recu_le.to_zoned(chantier.ctx.fuseau.clone()).date();
    let valable_au = dernier_jour(chantier, &vise.validite, valable_du)?;
    let valide_par = match chantier.ctx.auteur {
        Auteur::Agent { agent, .. } => Some(agent.clone()),
        _ => None,
    };
    let fait = Fait {
        sujet,
        fait: vise.nom.clone(),
        valeur,
        valable_du,
        valable_au,
        connu_le: chantier.ctx.maintenant,
        source: SourceFait::Dossier(chantier.dossier.id.clone()),
        valide_par,
    };
    chantier.ecrit(Ecriture::Fait(fait));
    Ok(())
}

fn ensemble(valeurs: &[ValeurFait]) -> Option<ValeurFait> {
    let noms = valeurs.iter().map(|v| match v {
        ValeurFait::Choix(c) => Some(c.clone()),
        _ => None,
    });
    noms.collect::<Option<_>>().map(ValeurFait::Ensemble)
}

/// The last day on which the fact holds.
fn dernier_jour(chantier: &Chantier<'_>, validite: &Validite, du: Date) -> Result<Option<Date>, String> {
    let fin = match validite {
        Validite::Illimitee => return Ok(None),
        Validite::Duree(duree) => veille_de_la_fin(chantier, duree, du)?,
        Validite::JusquA(jour) => jour.des(du),
        Validite::AnneeScolaire => {
            let annee = chantier.dossier.annee_scolaire.as_deref();
            let annee = annee.ok_or("Le dossier ne dit pas pour quelle année scolaire il est.")?;
            annee.rsplit('-').next().and_then(|a| a.parse().ok()).and_then(|a| Date::new(a, 8, 31).ok())
        }
    };
    fin.map(Some).ok_or_else(|| "La fin de validité d’une information n’a pas de date.".to_owned())
}

fn veille_de_la_fin(chantier: &Chantier<'_>, duree: &Duree, du: Date) -> Result<Option<Date>, String> {
    let apres = duree.apres(du, chantier.ctx.calendrier).map_err(|e| e.to_string())?;
    Ok(apres.and_then(|d| d.yesterday().ok()))
}

fn sujet(chantier: &mut Chantier<'_>, de: SujetVise) -> Result<Sujet, String> {
    let personne = match de {
        SujetVise::Foyer => return foyer(chantier).map(Sujet::Foyer),
        SujetVise::PersonneAjoutee => Some(chantier.personne_ajoutee()),
        SujetVise::Enfant => chantier.dossier.enfant.clone(),
        SujetVise::Demandeur => chantier.dossier.demandeur.clone(),
    };
    personne.map(Sujet::Personne).ok_or_else(|| {
        match de {
            SujetVise::Enfant => "Le dossier ne dit pas de quel enfant il s’agit.",
            _ => "Le dossier ne dit pas qui le dépose.",
        }
        .to_owned()
    })
}

fn foyer(chantier: &Chantier<'_>) -> Result<FoyerId, String> {
    chantier.dossier.foyer.clone().ok_or_else(|| "Le dossier n’est rattaché à aucun foyer.".to_owned())
}

fn ajoute(chantier: &mut Chantier<'_>, lien: &str) -> Ecrit {
    let foyer = foyer(chantier)?;
    let Some(ValeurFait::Choix(option)) = chantier.dossier.reponses.valeur(lien) else {
        return Err(format!("Le champ « {lien} » ne dit pas qui est la personne."));
    };
    let genre =
        genre_de_lien(option).ok_or_else(|| format!("« {option} » ne dit pas ce qu’est la personne."))?;
    let (personne, depuis) = (chantier.personne_ajoutee(), chantier.ctx.maintenant);
    chantier.ecrit(Ecriture::Membre { foyer, personne, genre, depuis });
    Ok(())
}

/// A child with an open right, or whom a court decision concerns, leaves by an agent's own act, which reads it first.
fn retire(chantier: &mut Chantier<'_>, qui: &PersonneVisee) -> Ecrit {
    let foyer = foyer(chantier)?;
    let (quand, faits) = ((chantier.aujourdhui(), chantier.ctx.maintenant), chantier.ctx.faits);
    let personne = match qui {
        PersonneVisee::Enfant => {
            chantier.dossier.enfant.clone().ok_or("Le dossier ne dit pas qui quitte le foyer.")?
        }
        PersonneVisee::Nommee { nom, prenom } => {
            let dit = |champ: &str| match chantier.dossier.reponses.valeur(champ) {
                Some(ValeurFait::Texte(texte)) => texte.clone(),
                _ => String::new(),
            };
            let (prenom, nom) = (dit(prenom), dit(nom));
            let trouvees = chantier.ctx.foyer.map(|f| nommes(f, faits, (&prenom, &nom), quand));
            match trouvees.unwrap_or_default().as_slice() {
                [une] => une.clone(),
                [] => return Err(format!("Personne ne s’appelle « {prenom} {nom} » dans ce foyer.")),
                _ => {
                    return Err(format!("Plusieurs personnes s’appellent « {prenom} {nom} » dans ce foyer."));
                }
            }
        }
    };
    let membre = chantier.ctx.foyer.and_then(|f| f.membres.iter().find(|m| m.personne == personne));
    if membre.is_some_and(|m| m.genre == Genre::Responsable) {
        return Err("Le titulaire de l’espace ne se retire pas du foyer.".to_owned());
    }
    let judiciaire = |fait: &str| chantier.ctx.judiciaires.contains(fait);
    if !obstacles(faits, &personne, &[], judiciaire, quand).is_empty() {
        return Err(
            "Une décision de justice concerne cette personne : retirez-la depuis la fiche de la famille, après l’avoir lue."
                .to_owned(),
        );
    }
    chantier.garde(Garde::SansInscription { personne: personne.clone(), foyer: foyer.clone() });
    let le = chantier.ctx.maintenant;
    chantier.ecrit(Ecriture::FinMembre { foyer, personne, le });
    Ok(())
}

fn ouvre(chantier: &mut Chantier<'_>, services: &ServicesVises) -> Ecrit {
    let foyer = foyer(chantier)?;
    let services: Vec<String> = match services {
        ServicesVises::Liste(liste) => liste.clone(),
        ServicesVises::Champ(champ) => {
            let choisis = chantier.dossier.reponses.choix(champ);
            let choisis =
                choisis.ok_or_else(|| format!("Le champ « {champ} » ne dit pas quels services ouvrir."))?;
            choisis.into_iter().map(str::to_owned).collect()
        }
    };
    let (sujet, du) = (beneficiaire(chantier, &foyer), chantier.aujourdhui());
    for service in services {
        let inscription = Ecriture::Inscription {
            id: InscriptionId::neuf(chantier.alea.tire()),
            sujet: sujet.clone(),
            foyer: foyer.clone(),
            service,
            annee_scolaire: chantier.dossier.annee_scolaire.clone(),
            du,
            dossier: chantier.dossier.id.clone(),
        };
        chantier.ecrit(inscription);
    }
    Ok(())
}

fn ferme(chantier: &mut Chantier<'_>, service: &str) -> Ecrit {
    let foyer = foyer(chantier)?;
    let (sujet, au) = (beneficiaire(chantier, &foyer), chantier.aujourdhui());
    chantier.ecrit(Ecriture::FinInscription { sujet, foyer, service: service.to_owned(), au });
    Ok(())
}

/// The child that the dossier is about, or the whole household.
fn beneficiaire(chantier: &Chantier<'_>, foyer: &FoyerId) -> Sujet {
    let enfant: Option<PersonneId> = chantier.dossier.enfant.clone();
    enfant.map_or_else(|| Sujet::Foyer(foyer.clone()), Sujet::Personne)
}
