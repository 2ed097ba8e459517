//! A forgotten password, or a letter that did not come: a link by mail, and the same answer to everybody.

use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::cle_enfance::Modes as _;
use engine::compte::lettre::PRECREE;
use engine::compte::{self, courriel_normalise, nom_normalise};
use engine::decision::Auteur;
use engine::demarche::ErreurChamp;
use forms::formulaire::{ChampVue, Rendu};
use forms::vues::PageCompte;

use super::super::dossier::{Paires, champ};
use super::super::{Arret, page};
use super::{MOT_DE_PASSE_DELAI, Manque, commet, dit, lien_d_activation, lien_neuf, resume, vers, vide};
use crate::routes::{Acces, Routes};
use crate::session::Visiteur;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/{slug}/compte/oubli", Acces::Public, formulaire)
        .post("/{slug}/compte/oubli", Acces::Public, demande)
        .get("/{slug}/compte/oubli/envoye", Acces::Public, envoye)
}

fn rend(visiteur: &Visiteur, saisi: &str, erreurs: &[ErreurChamp]) -> Response {
    let mut nom = ChampVue::seul(
        ("identifiant", "Identifiant ou adresse électronique"),
        Rendu::Text,
        ("Celui ou celle avec quoi vous entrez.", "username"),
        erreurs,
    );
    nom.valeur = saisi.to_owned();
    let champs = vec![nom];
    let vue = PageCompte {
        textes: vec!["Nous vous envoyons un lien pour choisir un nouveau mot de passe, ou pour activer votre espace si ce n’est pas fait. Le courriel rappelle aussi votre identifiant.".to_owned()],
        erreurs: resume(&champs),
        champs,
        action: format!("/{}/compte/oubli", visiteur.slug),
        bouton: "Recevoir un lien".to_owned(),
        liens: vec![vers(visiteur, "Se connecter", "connexion")],
        ..vide(visiteur, "Mot de passe oublié")
    };
    let code = if erreurs.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(&visiteur.etat, code, &vue)
}

/// `GET /{slug}/compte/oubli`
async fn formulaire(visiteur: Visiteur) -> Response {
    rend(&visiteur, "", &[])
}

/// `POST /{slug}/compte/oubli`: the answer leaves before anything is looked for.
async fn demande(visiteur: Visiteur, Form(paires): Paires) -> Result<Response, Arret> {
    let saisi = champ(&paires, "identifiant").to_owned();
    let Ok(nom) = courriel_normalise(&saisi).or_else(|_| nom_normalise(&saisi)) else {
        let motif = "Écrivez votre identifiant, ou votre adresse électronique entière.".to_owned();
        return Ok(rend(&visiteur, &saisi, &[ErreurChamp { champ: "identifiant".to_owned(), motif }]));
    };
    let reponse = Redirect::to(&format!("/{}/compte/oubli/envoye", visiteur.slug)).into_response();
    // not more letters to one person than they can read
    if visiteur.etat.essais.compte(&["oubli", visiteur.slug.as_str(), &nom]).is_ok() {
        tokio::spawn(async move {
            if let Err(erreur) = envoie(&visiteur, &nom).await {
                tracing::error!(commune = %visiteur.slug, %erreur, "forgotten password");
            }
        });
    }
    Ok(reponse)
}

/// Gives the link, where there is somebody to give it to.
async fn envoie(visiteur: &Visiteur, nom: &str) -> Result<(), engine_store::Erreur> {
    let (store, le) = (&visiteur.etat.store, visiteur.etat.horloge.maintenant());
    for _ in 0..super::ESSAIS {
        let fin = le.checked_add(MOT_DE_PASSE_DELAI).unwrap_or(le);
        let sans_alea = |_: Arret| engine_store::Erreur::Ferme;
        let decision = match store.compte_nomme(&visiteur.slug, nom).await? {
            Some(compte) => compte::oublie(&compte, lien_neuf(visiteur, fin).map_err(sans_alea)?, le),
            None => match store.compte_en_attente(&visiteur.slug, nom).await? {
                Some(compte) => {
                    let lien = lien_d_activation(visiteur, le).map_err(sans_alea)?;
                    let precree = visiteur.commune.cle_enfance.precree().unwrap_or(PRECREE);
                    compte::rappelle(&compte, lien, precree, (Auteur::Public, le))
                }
                None => return Ok(()),
            },
        };
        match commet(visiteur, vec![decision]).await {
            Ok(()) => return Ok(()),
            Err(Manque::Store(erreur)) => return Err(erreur),
            Err(_) => {}
        }
    }
    Ok(())
}

/// `GET /{slug}/compte/oubli/envoye`
async fn envoye(visiteur: Visiteur) -> Response {
    let textes = [
        "Si un compte répond à ce nom ou à cette adresse, un courriel vient de lui partir. Son lien sert une fois, et pas longtemps : ouvrez-le sans attendre.".to_owned(),
        "Rien ne vient ? Regardez dans les courriers indésirables, vérifiez l’adresse, ou joignez le service.".to_owned(),
    ];
    let liens =
        vec![vers(&visiteur, "Se connecter", "connexion"), vers(&visiteur, "Revenir à l’accueil", "")];
    dit(&visiteur, StatusCode::OK, "Regardez vos courriels", &textes, liens)
}
