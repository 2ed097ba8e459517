//! A family starts a dossier.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::chantier::Chantier;
use super::connus::{self, Vises};
use super::contexte::Contexte;
use super::decide::service_concerne;
use super::definition::{Acces, Demarche, SujetVise, Unicite};
use super::dossier::{Changement, Dossier};
use super::effets::{applique, verifie};
use super::ouverture;
use super::phase::Phase;
use super::reponses::{Reponse, Reponses};
use super::suivi::Suivi;
use crate::decision::{Auteur, CleUnique, Decision, Garde, Refus};
use crate::foyer::Genre;
use crate::identifiant::{Alea, DossierId, FoyerId, PersonneId, hexa};

pub(super) fn demarrer(
    demarche: &Demarche,
    foyer: Option<&FoyerId>,
    enfant: Option<&PersonneId>,
    reponses: &Reponses,
    ctx: &Contexte<'_>,
) -> Result<Decision, Refus> {
    Ok(ouvre(demarche, foyer, enfant, reponses, ctx)?.fini("demarrer", None))
}

/// A new dossier, with what is already known of the family where `reponses` says nothing else.
pub(super) fn ouvre<'a>(
    demarche: &'a Demarche,
    foyer: Option<&FoyerId>,
    enfant: Option<&PersonneId>,
    reponses: &Reponses,
    ctx: &'a Contexte<'a>,
) -> Result<Chantier<'a>, Refus> {
    if matches!(ctx.auteur, Auteur::AuGuichet { .. }) && !service_concerne(demarche, ctx.auteur) {
        let motif = "Cette démarche est d’un autre service que le vôtre : la famille la commence elle-même, ou auprès de lui.";
        return Err(Refus::nouveau("dossier.guichet", motif).lieu(demarche.lieu));
    }
    let demandeur = demandeur(demarche, foyer, ctx)?;
    if let Some(enfant) = enfant {
        let sien = ctx.foyer.is_some_and(|f| {
            Some(&f.id) == foyer
                && f.membres.iter().any(|m| m.personne == *enfant && m.genre == Genre::Enfant)
        });
        if !sien {
            return Err(Refus::nouveau("dossier.enfant", "Cet enfant ne fait pas partie de votre foyer."));
        }
    }
    let Some(premiere) = demarche.etapes.first().filter(|e| e.phase == Phase::Brouillon) else {
        let motif = "Cette démarche ne commence pas par un brouillon.";
        return Err(Refus::nouveau(format!("demarche.{}.etapes", demarche.id), motif).lieu(demarche.lieu));
    };
    let mut alea = Alea::nouveau(ctx.alea);
    let dossier = Dossier {
        id: DossierId::neuf(alea.tire()),
        demarche: demarche.id.clone(),
        digest: demarche.digest.clone(),
        numero: None,
        foyer: foyer.cloned(),
        demandeur,
        enfant: enfant.cloned(),
        annee_scolaire: ctx.annee_scolaire.map(str::to_owned),
        etape: premiere.id.clone(),
        phase: premiere.phase,
        entree: 0,
        entree_le: ctx.maintenant,
        depots: 0,
        depose_le: None,
        cree_le: ctx.maintenant,
        reponses: Reponses::default(),
        pieces: BTreeMap::new(),
        cle: None,
        dernier_depot_le: None,
        rejet_implicite_le: None,
        motif: None,
        affecte_a: None,
        suivi: Suivi::default(),
        documents: Vec::new(),
        version: 0,
    };
    let mut connues = connus::au_depart(demarche, ctx, Vises::du_dossier(&dossier));
    connues.0.extend(reponses.0.clone());
    let mut chantier = Chantier::neuf(demarche, ctx, alea, dossier);
    chantier.repond(&connues)?;
    ouverture::au_depart(&mut chantier)?;
    // who the form describes is known when it is filed
    if !demarche.un_dossier_par.contains(&Unicite::PersonneAjoutee) {
        reserve_la_place(&mut chantier)?;
    }
    chantier.entre(premiere)?;
    for effet in &premiere.a_l_entree {
        applique(&mut chantier, effet)?;
    }
    verifie(&chantier)?;
    Ok(chantier)
}

fn demandeur(
    demarche: &Demarche,
    foyer: Option<&FoyerId>,
    ctx: &Contexte<'_>,
) -> Result<Option<PersonneId>, Refus> {
    match (demarche.acces, ctx.auteur) {
        (_, Auteur::Parent { personne, foyer: sien } | Auteur::AuGuichet { personne, foyer: sien, .. })
            if Some(sien) == foyer =>
        {
            Ok(Some(personne.clone()))
        }
        // the démarche before this one was accepted and opens it
        (_, Auteur::Systeme) if foyer.is_some() => Ok(None),
        (Acces::Public, Auteur::Public) if foyer.is_none() => Ok(None),
        (Acces::Compte, Auteur::Public) => Err(Refus::nouveau(
            format!("demarche.{}.acces", demarche.id),
            "Cette démarche demande un compte : connectez-vous ou créez votre espace.",
        )
        .lieu(demarche.lieu)),
        _ => Err(Refus::nouveau("dossier.acces", "Vous ne pouvez pas commencer ce dossier.")),
    }
}

/// Takes the place that `un_dossier_par` leaves to one live dossier.
pub(super) fn reserve_la_place(chantier: &mut Chantier<'_>) -> Result<(), Refus> {
    let demarche = chantier.demarche;
    if demarche.un_dossier_par.is_empty() || chantier.dossier.cle.is_some() {
        return Ok(());
    }
    let mut valeurs = Vec::with_capacity(demarche.un_dossier_par.len());
    for partie in &demarche.un_dossier_par {
        let (valeur, nom) = match partie {
            Unicite::Foyer => (chantier.dossier.foyer.as_ref().map(ToString::to_string), "foyer"),
            Unicite::Demandeur => (chantier.dossier.demandeur.as_ref().map(ToString::to_string), "demandeur"),
            Unicite::Enfant => (chantier.dossier.enfant.as_ref().map(ToString::to_string), "enfant"),
            Unicite::AnneeScolaire => (chantier.dossier.annee_scolaire.clone(), "annee_scolaire"),
            Unicite::PersonneAjoutee => (personne_decrite(chantier), "personne_ajoutee"),
        };
        let Some(valeur) = valeur else {
            let motif =
                format!("Ce dossier doit dire son {} : on n’en ouvre qu’un par {0}.", nom.replace('_', " "));
            let refus = Refus::nouveau(chantier.regle("un_dossier_par"), motif).lieu(demarche.lieu);
            return Err(Refus { fait_manquant: Some(nom.into()), ..refus });
        };
        valeurs.push(valeur);
    }
    let cle = cle_de_place(&demarche.id, &valeurs);
    chantier.garde(Garde::Unique(CleUnique::Dossier(cle.clone())));
    chantier.change(Changement::Unique(cle));
    Ok(())
}

/// The key of a place: the values that `un_dossier_par` names, in its order.
pub(super) fn cle_de_place(demarche: &str, valeurs: &[String]) -> String {
    let mut empreinte = Sha256::new().chain_update(demarche);
    for valeur in valeurs {
        empreinte.update([0]);
        empreinte.update(valeur);
    }
    hexa(&empreinte.finalize())
}

/// The household and the described person's facts, letter case and outer spaces aside.
fn personne_decrite(chantier: &Chantier<'_>) -> Option<String> {
    let mut decrite = chantier.dossier.foyer.as_ref()?.to_string();
    let mut vue = false;
    let siens =
        |c: &&super::definition::Champ| c.fait.as_ref().is_some_and(|f| f.de == SujetVise::PersonneAjoutee);
    for champ in chantier.demarche.champs().filter(siens) {
        let nom = champ.fait.as_ref().map_or("", |f| f.nom.as_str());
        if !matches!(nom, "nom" | "prenom" | "naissance") {
            continue;
        }
        if let Some(Reponse::Valeur(v)) = chantier.dossier.reponses.0.get(&champ.id) {
            vue = true;
            decrite.push('\u{1f}');
            decrite.push_str(&match v {
                crate::foyer::ValeurFait::Texte(t) => t.trim().to_lowercase(),
                crate::foyer::ValeurFait::Date(d) => d.to_string(),
                autre => format!("{autre:?}"),
            });
        }
    }
    vue.then_some(decrite)
}
