//! What was taken over from another program, shown once to its family: all is right, or here is where it is corrected.

use std::collections::BTreeSet;

use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::cle_enfance::Modes as _;
use engine::compte::{self, Compte};
use engine::demarche::{Demarche, Quoi, SujetVise};
use engine_store::{Erreur, FoyerLu};
use forms::formulaire::ErreurVue;
use forms::foyer::{self, Lecteur};
use forms::vues::{CguVues, Lien, PageVerification};

use super::super::commune::affiche;
use super::super::connexion::Retour;
use super::super::dossier::{Paires, champ, cle};
use super::super::{Arret, page};
use super::{Manque, commet};
use crate::routes::{Acces, Routes};
use crate::session::{Ouverte, Parent, Visiteur};

/// Facts about oneself, or the household, that a short procedure corrects.
const COORDONNEES: [&str; 9] = [
    "adresse",
    "civilite",
    "commune_naissance",
    "courriel",
    "domicile",
    "naissance",
    "nom",
    "prenom",
    "telephone",
];

pub(super) fn routes() -> Routes {
    Routes::default().get("/{slug}/verification", Acces::Famille, montre).post(
        "/{slug}/verification",
        Acces::Famille,
        repond,
    )
}

/// Does this town take accounts over? Nobody is asked elsewhere.
fn reprend(visiteur: &Visiteur) -> bool {
    let modes = &visiteur.commune.cle_enfance;
    modes.importe() || modes.precree().is_some()
}

/// The account of this session, while what was taken over waits to be looked at.
async fn a_verifier(visiteur: &Visiteur, session: &Ouverte) -> Result<Option<Compte>, Erreur> {
    let Some(id) = session.portee.compte().filter(|_| reprend(visiteur)) else { return Ok(None) };
    Ok(visiteur.etat.store.compte(&session.portee, id).await?.filter(|c| c.a_verifier))
}

/// Where somebody whose household waits to be looked at goes first.
pub(in crate::pages) async fn d_abord(visiteur: &Visiteur) -> Result<Option<Response>, Erreur> {
    let Some(session) = &visiteur.session else { return Ok(None) };
    let attend = a_verifier(visiteur, session).await?.is_some();
    Ok(attend.then(|| Redirect::to(&format!("/{}/verification", visiteur.slug)).into_response()))
}

/// `GET /{slug}/verification`
async fn montre(parent: Parent, retour: Retour) -> Result<Response, Arret> {
    let visiteur = &parent.visiteur;
    let attend = a_verifier(visiteur, &parent.session).await.map_err(|e| visiteur.etat.panne(&e))?;
    match attend {
        Some(compte) => rend(&parent, &compte, false, &retour).await,
        None => Ok(Redirect::to(&format!("/{}/", visiteur.slug)).into_response()),
    }
}

/// Are the terms of use accepted, in their present version?
fn acceptees(visiteur: &Visiteur, compte: &Compte) -> bool {
    compte.cgu.as_ref().is_some_and(|a| a.version == visiteur.commune.compte.cgu.version)
}

async fn rend(parent: &Parent, compte: &Compte, sans_cgu: bool, retour: &Retour) -> Result<Response, Arret> {
    let visiteur = &parent.visiteur;
    let (etat, commune) = (&visiteur.etat, &visiteur.commune);
    let FoyerLu { foyer: lu, faits } =
        etat.store.famille(&parent.session.portee, &parent.foyer).await.map_err(|e| etat.panne(&e))?;
    let Some(personne) = parent.session.portee.auteur().personne() else {
        return Err(visiteur.a_l_entree().into());
    };
    let connu_au = etat.horloge.maintenant();
    let jour = connu_au.to_zoned(commune.fuseau.clone()).date();
    let lecteur = Lecteur { personne: Some(personne), caches: &BTreeSet::new(), jour, connu_au };
    let regles = &commune.compte;
    let mut erreurs = Vec::new();
    let cgu = (!acceptees(visiteur, compte)).then(|| {
        let mut cgu = CguVues::nouvelles(&regles.cgu.version, &regles.cgu.texte);
        if sans_cgu {
            cgu.erreur = "Acceptez les conditions générales d’utilisation pour continuer.".to_owned();
            erreurs.push(ErreurVue { cible: "c-cgu".to_owned(), texte: cgu.erreur.clone() });
        }
        cgu
    });
    let mut cadre = visiteur.cadre("Vérifiez votre dossier");
    cadre.avis = retour.avis();
    let vue = PageVerification {
        cadre,
        foyer: lu.as_ref().map(|f| foyer::du_foyer(commune, f, &faits, lecteur)).unwrap_or_default(),
        membres: lu
            .as_ref()
            .map(|f| foyer::membres(commune, f, &faits, lecteur))
            .unwrap_or_default()
            .into_iter()
            .map(|(_, vu)| vu)
            .collect(),
        corrections: corrections(visiteur)
            .into_iter()
            .map(|d| Lien { titre: d.nom.clone(), href: d.id.clone() })
            .collect(),
        retrait: if regles.suppression_par_agent {
            "Vous pouvez ajouter quelqu’un, mais pas le retirer vous-même : le service le fait pour vous."
                .to_owned()
        } else {
            String::new()
        },
        contacts: commune.contacts.iter().map(affiche).filter(|c| !c.lignes.is_empty()).collect(),
        cgu,
        erreurs,
        jeton: parent.session.jeton_de_formulaire(),
        action: format!("/{}/verification", visiteur.slug),
    };
    let code = if sans_cgu { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(page(etat, code, &vue))
}

/// The procedures that correct who one is, how one is reached, and who is in the family; none that registers to a service.
fn corrections(visiteur: &Visiteur) -> Vec<&Demarche> {
    let corrige = |d: &&Demarche| {
        let inscrit = d.effets().any(|q| matches!(q, Quoi::OuvrirServices(_) | Quoi::OuvrirDemarche(_)));
        let coordonnees = d.champs().any(|c| {
            let fait = c.fait.as_ref();
            fait.is_some_and(|f| {
                matches!(f.de, SujetVise::Demandeur | SujetVise::Foyer)
                    && COORDONNEES.contains(&f.nom.as_str())
            })
        });
        let famille =
            d.ajoute_une_personne() || d.retire_une_personne() || d.mots.iter().any(|m| m == "retirer");
        !inscrit && (coordonnees || famille)
    };
    visiteur.commune.demarches_en_ordre().into_iter().filter(corrige).collect()
}

/// `POST /{slug}/verification`: said once, by whoever holds the account.
async fn repond(parent: Parent, Form(paires): Paires) -> Result<Response, Arret> {
    let visiteur = &parent.visiteur;
    cle(visiteur, &parent.session, &paires)?;
    let accueil = format!("/{}/", visiteur.slug);
    let attend = a_verifier(visiteur, &parent.session).await.map_err(|e| visiteur.etat.panne(&e))?;
    let Some(compte) = attend else { return Ok(Redirect::to(&accueil).into_response()) };
    let version = &visiteur.commune.compte.cgu.version;
    let deja = acceptees(visiteur, &compte);
    if !deja && champ(&paires, "cgu") != version {
        return rend(&parent, &compte, true, &Retour::default()).await;
    }
    let corrige = champ(&paires, "corriger");
    let vers = match corrections(visiteur).into_iter().find(|d| d.id == corrige) {
        Some(demarche) => format!("/{}/demarches/{}", visiteur.slug, demarche.id),
        None if corrige.is_empty() => format!("{accueil}?fait=verifier"),
        None => format!("/{}/foyer", visiteur.slug),
    };
    let le = visiteur.etat.horloge.maintenant();
    let cgu = (!deja).then(|| version.clone());
    let decision = compte::verifie_famille(&compte, corrige.is_empty(), cgu, le);
    match commet(visiteur, vec![decision]).await {
        Ok(()) => Ok(Redirect::to(&vers).into_response()),
        Err(Manque::Store(erreur)) => Err(visiteur.etat.panne(&erreur).into()),
        // it changed meanwhile: what is to be looked at is read again
        Err(_) => Ok(Redirect::to(&format!("/{}/verification", visiteur.slug)).into_response()),
    }
}
