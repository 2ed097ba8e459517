//! Entering and leaving: with an account, or, in the demonstration, by saying who one is.

use axum::extract::FromRequest as _;
use axum::extract::{Form, Query, Request};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use engine::cle_enfance::Modes as _;
use engine::compte::{self, Compte, EtatCompte, courriel_normalise, nom_normalise};
use engine::decision::Auteur;
use engine::demarche::ErreurChamp;
use engine_store::{Erreur, Titre};
use forms::formulaire::{ChampVue, Rendu};
use forms::vues::{Lien, PageCompte};
use jiff::ToSpan;
use serde::Deserialize;
use tokio::time::{Duration, Instant};

use super::compte::{MOT, commet, previent_d_un_appareil, second};
use super::dossier::champ;
use super::{Arret, page};
use crate::demo;
use crate::password::est_le_notre;
use crate::session::{self, Visiteur};

/// Where accounts are taken over, no refusal comes sooner: longer than any hash that is taken over.
const REFUS_AU_PLUS_TOT: Duration = Duration::from_millis(1_500);

/// `GET /{slug}/connexion`
pub(super) async fn formulaire(visiteur: Visiteur, retour: Retour) -> Response {
    if visiteur.session.as_ref().is_some_and(|s| !matches!(s.portee.auteur(), Auteur::Public)) {
        return Redirect::to(&format!("/{}/", visiteur.slug)).into_response();
    }
    rend(&visiteur, "", None, &retour)
}

fn rend(visiteur: &Visiteur, saisi: &str, motif: Option<&str>, retour: &Retour) -> Response {
    let erreurs: Vec<ErreurChamp> = motif
        .map(|m| ErreurChamp { champ: "identifiant".to_owned(), motif: m.to_owned() })
        .into_iter()
        .collect();
    let libelle = "Identifiant ou adresse électronique";
    let mut nom = ChampVue::seul(("identifiant", libelle), Rendu::Text, ("", "username"), &erreurs);
    nom.valeur = saisi.to_owned();
    let champs =
        vec![nom, ChampVue::seul((MOT, "Mot de passe"), Rendu::Password, ("", "current-password"), &[])];
    let lien = |titre: &str, suite: &str| Lien {
        titre: titre.to_owned(),
        href: format!("/{}/{suite}", visiteur.slug),
    };
    let mut cadre = visiteur.cadre("Se connecter");
    cadre.avis = retour.avis();
    let vue = PageCompte {
        cadre,
        titre: "Se connecter".to_owned(),
        textes: Vec::new(),
        erreurs: super::compte::resume(&champs),
        champs,
        autre_titre: String::new(),
        autres: Vec::new(),
        cgu: None,
        caches: Vec::new(),
        action: format!("/{}/connexion", visiteur.slug),
        bouton: "Se connecter".to_owned(),
        liens: vec![
            lien("Mot de passe oublié, ou lien d’activation perdu", "compte/oubli"),
            lien("Créer mon espace famille", "compte/creation"),
        ],
    };
    let code = if motif.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page(&visiteur.etat, code, &vue)
}

/// `POST /{slug}/connexion`
pub(super) async fn entre(visiteur: Visiteur, requete: Request) -> Result<Response, Arret> {
    let appareils = session::appareils(requete.headers(), &visiteur);
    let Form(paires) = Form::<Vec<(String, String)>>::from_request(requete, &())
        .await
        .map_err(IntoResponse::into_response)?;
    let saisi = champ(&paires, "identifiant").to_owned();
    if visiteur.etat.est_demonstration() && !paires.iter().any(|(nom, _)| nom == MOT) {
        return Ok(demonstration(&visiteur, &saisi).await);
    }
    let mot = champ(&paires, MOT).to_owned();
    let etat = &visiteur.etat;
    let debut = Instant::now();
    let nom = courriel_normalise(&saisi).or_else(|_| nom_normalise(&saisi)).unwrap_or_default();
    let compte = etat.store.compte_nomme(&visiteur.slug, &nom).await.map_err(|e| etat.panne(&e))?;
    // a device that entered before is counted apart: nobody locks it out from elsewhere
    let connu = compte.as_ref().is_some_and(|c| session::est_son_appareil(&visiteur, c, &appareils));
    // what is no name is counted as it was typed: one family's slip does not count against another's
    let compte_sous = if nom.is_empty() { saisi.trim() } else { nom.as_str() };
    let essai = [if connu { "appareil" } else { "entrer" }, visiteur.slug.as_str(), compte_sous];
    let permis = etat.essais.compte(&essai);
    let empreinte = compte.as_ref().and_then(|c| c.mot_de_passe.as_ref());
    let bon = etat.mots_de_passe.verifie(mot.clone(), empreinte).await.map_err(|e| etat.panne(&e))?;
    let entre = bon && permis.is_ok();
    if !entre && visiteur.commune.cle_enfance.importe() {
        // how long another program's hash takes must not say that there is an account
        tokio::time::sleep_until(debut + REFUS_AU_PLUS_TOT).await;
    }
    match (compte, bon, permis) {
        (Some(compte), true, Ok(())) => {
            etat.essais.reussit(&essai);
            let compte = rehache(&visiteur, compte, mot).await;
            let appareil = if connu { Appareil::Connu } else { Appareil::Nouveau };
            ouvre(&visiteur, &compte, "", appareil).await
        }
        (_, _, Err(_)) => Ok(rend(
            &visiteur,
            &saisi,
            Some(
                "Trop d’essais avec ce nom : attendez un quart d’heure, ou choisissez un nouveau mot de passe par courriel.",
            ),
            &Retour::default(),
        )),
        _ => {
            tracing::info!(commune = %visiteur.slug, "login refused");
            Ok(rend(
                &visiteur,
                &saisi,
                Some("Ces identifiants ne sont pas reconnus : vérifiez le nom et le mot de passe."),
                &Retour::default(),
            ))
        }
    }
}

/// A password taken over from another program becomes ours, now that it was shown; when that fails, at the next entry.
async fn rehache(visiteur: &Visiteur, compte: Compte, mot: String) -> Compte {
    let (etat, slug) = (&visiteur.etat, &visiteur.slug);
    if compte.mot_de_passe.as_ref().is_none_or(est_le_notre) {
        return compte;
    }
    let Ok(neuf) = etat.mots_de_passe.hache(mot).await else { return compte };
    let decision = compte::rehache(&compte, neuf.clone(), etat.horloge.maintenant());
    match commet(visiteur, vec![decision]).await {
        // the session opens by the password as it is kept from now on
        Ok(()) => Compte { mot_de_passe: Some(neuf), ..compte.suivant() },
        Err(_) => {
            tracing::warn!(commune = %slug, "a password taken over stays as it was");
            compte
        }
    }
}

/// The demonstration's own logins, by one click.
async fn demonstration(visiteur: &Visiteur, identifiant: &str) -> Response {
    let etat = &visiteur.etat;
    let comptes = match demo::comptes(&etat.store, &visiteur.commune, &visiteur.slug).await {
        Ok(comptes) => comptes,
        Err(erreur) => return etat.panne(&erreur),
    };
    let Some(compte) = comptes.into_iter().find(|c| c.identifiant == identifiant) else {
        return Redirect::to(&format!("/{}/", visiteur.slug)).into_response();
    };
    let vers = chez(visiteur, &compte.auteur, "");
    let auteur = match attache(visiteur, compte.auteur).await {
        Ok(auteur) => auteur,
        Err(erreur) => return etat.panne(&erreur),
    };
    // a session lives in real time, whatever the demonstration's clock says
    let reel = etat.horloge.reel();
    let expire = reel.checked_add(session::DUREE_HEURES.hours()).unwrap_or(reel);
    match etat.store.ouvre_session(&visiteur.slug, auteur, reel, expire).await {
        Ok(jeton) => session::entree(etat, &visiteur.slug, &jeton, &vers),
        Err(erreur) => etat.panne(&erreur),
    }
}

/// A login of the demonstration has no account that moves: once attached, it enters the household that the town knew.
async fn attache(visiteur: &Visiteur, auteur: Auteur) -> Result<Auteur, Erreur> {
    let Some(declare) = auteur.foyer() else { return Ok(auteur) };
    let portee = visiteur.etat.store.portee_de_commande(&visiteur.slug, "demonstration");
    let devenu = visiteur.etat.store.devenu(&portee, declare).await?;
    Ok(devenu.map_or(auteur, |(foyer, personne)| Auteur::Parent { personne, foyer }))
}

/// Where whoever enters begins.
fn chez(visiteur: &Visiteur, auteur: &Auteur, suite: &str) -> String {
    match auteur {
        Auteur::Agent { .. } => format!("/{}/agent/{suite}", visiteur.slug),
        _ => format!("/{}/{suite}", visiteur.slug),
    }
}

/// Opens a session for whoever proved that this account is theirs; the one that they came with, if any, is over.
pub(super) async fn ouvre(
    visiteur: &Visiteur,
    compte: &Compte,
    suite: &str,
    appareil: Appareil,
) -> Result<Response, Arret> {
    // an agent always shows a code, a parent who chose to
    let agent = matches!(compte.auteur, Some(Auteur::Agent { .. }));
    if agent || compte.demande_un_code() {
        return Ok(second::demande(visiteur, compte, None));
    }
    entre_chez(visiteur, compte, suite, appareil).await
}

/// From what device somebody enters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Appareil {
    /// The account entered from it before, or was just made on it.
    Connu,
    /// It never did: the holder is told.
    Nouveau,
}

/// The same once everything that the account asks was shown.
pub(super) async fn entre_chez(
    visiteur: &Visiteur,
    compte: &Compte,
    suite: &str,
    appareil: Appareil,
) -> Result<Response, Arret> {
    let Some(auteur) = compte.auteur.clone().filter(|_| compte.etat == EtatCompte::Actif) else {
        return Ok(visiteur.a_l_entree());
    };
    // what was taken over from another program is looked at first
    let premiere = if compte.a_verifier { format!("verification{suite}") } else { suite.to_owned() };
    let vers = chez(visiteur, &auteur, &premiere);
    let reponse = entre_par(visiteur, compte, auteur, &vers).await?;
    if appareil == Appareil::Nouveau {
        previent_d_un_appareil(visiteur, &compte.id).await?;
    }
    Ok(reponse)
}

/// The same from one's own account, to a page of it.
pub(super) async fn rouvre(visiteur: &Visiteur, compte: &Compte, suite: &str) -> Result<Response, Arret> {
    let Some(auteur) = compte.auteur.clone() else { return Ok(visiteur.a_l_entree()) };
    entre_par(visiteur, compte, auteur, &format!("/{}/{suite}", visiteur.slug)).await
}

async fn entre_par(
    visiteur: &Visiteur,
    compte: &Compte,
    auteur: Auteur,
    vers: &str,
) -> Result<Response, Arret> {
    let (etat, slug) = (&visiteur.etat, &visiteur.slug);
    // a session lives in real time, whatever the demonstration's clock says
    let reel = etat.horloge.reel();
    let expire = reel.checked_add(session::DUREE_HEURES.hours()).unwrap_or(reel);
    let titre = Some(Titre::du_mot_de_passe(compte));
    let jeton = match etat.store.ouvre_session_de(slug, titre, auteur, reel, expire).await {
        // the password changed, or the account was closed, while this one was looked at
        Err(Erreur::Garde(_)) => return Ok(visiteur.a_l_entree()),
        jeton => jeton.map_err(|e| etat.panne(&e))?,
    };
    if let Some(avant) = &visiteur.session {
        etat.store.ferme_session(slug, session::jeton(avant)).await.map_err(|e| etat.panne(&e))?;
    }
    let mut reponse = session::entree(etat, slug, &jeton, vers);
    if let Ok(appareil) = HeaderValue::from_str(&session::appareil(visiteur, compte)) {
        reponse.headers_mut().append(SET_COOKIE, appareil);
    }
    Ok(reponse)
}

/// `POST /{slug}/deconnexion`
pub(super) async fn sort(visiteur: Visiteur) -> Response {
    if let Some(session) = &visiteur.session
        && let Err(erreur) = visiteur.etat.store.ferme_session(&visiteur.slug, session::jeton(session)).await
    {
        return visiteur.etat.panne(&erreur);
    }
    session::sortie(&visiteur.etat, &visiteur.slug, &format!("/{}/", visiteur.slug))
}

/// What the previous act did, as the address of the next page says it: a word of this list, never a text.
#[derive(Debug, Deserialize, Default)]
pub(crate) struct Fait {
    fait: Option<String>,
}

impl Fait {
    /// The sentence.
    pub(crate) fn avis(&self) -> Option<forms::vues::Avis> {
        use forms::vues::{Avis, Genre};
        let (genre, texte) = match self.fait.as_deref()? {
            "entrer" => (Genre::Info, "Entrez dans votre espace pour continuer."),
            "activer" => (Genre::Succes, "Votre espace est actif. Bienvenue !"),
            "mot_de_passe" => (Genre::Succes, "Votre mot de passe est changé : entrez avec le nouveau."),
            "mot_de_passe_change" => {
                (Genre::Succes, "Votre mot de passe est changé. Vos autres appareils sont déconnectés.")
            }
            "courriel" => (
                Genre::Info,
                "Deux courriels partent, à votre adresse actuelle et à la nouvelle : ouvrez le lien de chacun.",
            ),
            "agir" => (Genre::Succes, "C’est enregistré."),
            "copie" => (Genre::Succes, "Vos réponses sont reprises : vérifiez-les, puis continuez."),
            "ecrire" => (Genre::Succes, "Votre message est envoyé."),
            "rattacher" => (Genre::Succes, "Cette demande est maintenant dans votre espace."),
            "supprimer" => (Genre::Succes, "Le brouillon est supprimé."),
            "piece" => (Genre::Succes, "Votre document est bien reçu."),
            "retirer" => (Genre::Succes, "Le document est retiré."),
            "reserver" => (Genre::Succes, "La réservation est enregistrée."),
            "cle" => (Genre::Succes, "Votre espace est maintenant relié à votre famille."),
            "cle_montree" => (
                Genre::Info,
                "Cette lettre a déjà été montrée : une clé ne s’affiche qu’une fois. Refaites-la si vous ne l’avez pas imprimée.",
            ),
            "rattachement" => (Genre::Succes, "C’est fait : la famille en est prévenue par courriel."),
            "verifier" => {
                (Genre::Succes, "Merci : votre dossier est vérifié. Vous pouvez commencer vos démarches.")
            }
            "compte_ouvert" => (
                Genre::Succes,
                "C’est fait : un courriel part avec le lien d’activation. La famille y choisit son mot de passe.",
            ),
            "cle_refusee" => (
                Genre::Alerte,
                "Votre espace est activé. La clé et la date de naissance saisies n’ouvrent pas votre dossier : saisissez-les de nouveau.",
            ),
            "cle_trop" => (
                Genre::Alerte,
                "Votre espace est activé. Votre clé n’a pas été essayée : trop d’essais ont échoué depuis votre connexion. Saisissez-la de nouveau dans une heure.",
            ),
            "cle_retiree" => (Genre::Succes, "La clé est retirée : elle n’ouvre plus rien."),
            "agent_ouvert" => (
                Genre::Succes,
                "Le compte est ouvert : un courriel part à l’agent, avec le lien qui l’active.",
            ),
            "agent_ferme" => (Genre::Succes, "Le compte est fermé : il n’ouvre plus rien."),
            "agent_recode" => {
                (Genre::Succes, "C’est fait : l’agent réglera une autre application à sa prochaine entrée.")
            }
            "annuler" => (Genre::Succes, "La réservation est annulée."),
            _ => return None,
        };
        Some(Avis { genre, texte: texte.to_owned() })
    }
}

/// The extractor of [`Fait`].
pub(crate) type Retour = Query<Fait>;
