//! The first visit: which way in, by the town's modes.

use axum::http::StatusCode;
use axum::response::Response;
use engine::cle_enfance::Modes as _;
use engine::commune::Commune;
use forms::vues::{ChoixVue, PagePremiereVisite};

use super::cle::{contact, remise_en_mots};
use super::commune::affiche;
use super::page;
use crate::routes::{Acces, Routes};
use crate::session::Visiteur;

pub(super) fn routes() -> Routes {
    Routes::default().get("/{slug}/premiere-visite", Acces::Public, premiere_visite)
}

/// `GET /{slug}/premiere-visite`
async fn premiere_visite(visiteur: Visiteur) -> Response {
    let commune = &visiteur.commune;
    let vue = PagePremiereVisite {
        cadre: visiteur.cadre("Première visite"),
        choix: choix(commune),
        contact: contact(commune).map(affiche),
    };
    page(&visiteur.etat, StatusCode::OK, &vue)
}

/// The ways of the town, those of a family that it knows first.
fn choix(commune: &Commune) -> Vec<ChoixVue> {
    let slug = &commune.slug;
    let (creer, oubli) = (format!("/{slug}/compte/creation"), format!("/{slug}/compte/oubli"));
    let un = |titre: &str, texte: String, lien: &str, href: &str| ChoixVue {
        titre: titre.to_owned(),
        texte,
        href: href.to_owned(),
        lien: lien.to_owned(),
    };
    let modes = &commune.cle_enfance;
    let service = modes.rattache_par().and_then(|par| commune.contact(par)).map(|c| c.nom.as_str());
    let mut choix = Vec::new();
    if modes.importe() {
        choix.push(un(
            "J’ai déjà un compte dans l’ancien portail",
            "Votre identifiant ne change pas. À votre première visite, choisissez un mot de passe : un lien vous est envoyé à votre adresse électronique.".to_owned(),
            "Choisir mon mot de passe",
            &oubli,
        ));
    }
    if modes.precree().is_some() {
        choix.push(un(
            "J’ai reçu un courriel d’activation",
            "Votre espace est déjà créé. Ouvrez le lien du courriel pour choisir votre mot de passe. Le lien est perdu, ou passé : demandez-en un autre.".to_owned(),
            "Recevoir un autre lien",
            &oubli,
        ));
    }
    if let Some(cle) = modes.cle() {
        choix.push(un(
            "J’ai une clé",
            format!("Le service vous a remis une clé ({}) {}. Créez votre espace, ou entrez dans le vôtre, puis saisissez-la avec la date de naissance d’un de vos enfants.", cle.format.exemple(), remise_en_mots(cle)),
            "Créer mon espace",
            &creer,
        ));
        choix.push(un(
            "Le service connaît ma famille, je n’ai pas de clé",
            format!("Demandez votre clé : elle vous est remise {}.", remise_en_mots(cle)),
            "",
            "",
        ));
    }
    if let Some((nom, _)) = modes.partenaire() {
        choix.push(un(
            &format!("J’ai déjà un compte : {nom}"),
            "Créez votre espace, et dites dans quel service vous avez ce compte : la liaison se fait une seule fois, rien ne vous est redemandé ensuite.".to_owned(),
            "Créer mon espace",
            &creer,
        ));
    }
    let connue = match (modes.cle().is_some(), service) {
        (false, Some(service)) => format!("Créez votre espace. {service} le rattache à votre famille : vous n’avez rien d’autre à faire."),
        (_, Some(service)) => format!("Créez votre espace, déclarez votre entourage : {service} le valide, et un courriel vous prévient."),
        (_, None) => "Créez votre espace, puis présentez-vous au service avec vos documents : votre clé vous est remise sur place.".to_owned(),
    };
    choix.push(un(
        if modes.cle().is_some() || modes.importe() {
            "Nous sommes une nouvelle famille"
        } else {
            "Ma famille est connue, ou nouvelle : je n’ai pas de compte"
        },
        connue,
        "Créer mon espace",
        &creer,
    ));
    choix
}
