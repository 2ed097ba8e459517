//! Pages that say why there is no other.

use axum::http::StatusCode;
use axum::response::Response;
use forms::vues::{Cadre, Erreur};

use super::page;
use crate::session::Visiteur;
use crate::state::Etat;

/// The page, which travels with its answer: what was typed is added to it on the way out.
fn rend(etat: &Etat, code: StatusCode, vue: Erreur) -> Response {
    let mut reponse = page(etat, code, &vue);
    reponse.extensions_mut().insert(vue);
    reponse
}

/// 404, in the town's frame when the address begins with a town.
pub(crate) fn page_introuvable(etat: &Etat, chemin: &str) -> Response {
    page_du_code(etat, chemin, StatusCode::NOT_FOUND, Vec::new())
}

/// The page of a status.
pub(crate) fn page_du_code(
    etat: &Etat,
    chemin: &str,
    code: StatusCode,
    saisie: Vec<(String, String)>,
) -> Response {
    let (titre, explication) = textes(code);
    let commune = chemin.split('/').nth(1).and_then(|slug| etat.communes.get(slug));
    let cadre = match commune {
        Some(commune) => etat.cadre_de(commune, titre, chemin),
        None => etat.cadre(titre, chemin),
    };
    let vue = Erreur {
        cadre,
        titre: titre.to_owned(),
        explication: explication.to_owned(),
        code: code.as_u16(),
        retour: commune.map_or_else(|| "/".to_owned(), |c| format!("/{}/", c.slug)),
        retour_libelle: "Aller à l’accueil".to_owned(),
        saisie,
    };
    rend(etat, code, vue)
}

/// Title, and what to do.
fn textes(code: StatusCode) -> (&'static str, &'static str) {
    match code {
        StatusCode::NOT_FOUND => (
            "Page introuvable",
            "Cette adresse ne mène à aucune page. Le lien est peut-être ancien, ou mal recopié.",
        ),
        StatusCode::METHOD_NOT_ALLOWED => (
            "Cette adresse ne s’utilise pas ainsi",
            "Rien n’a été fait. Revenez à la page précédente et recommencez depuis son formulaire.",
        ),
        StatusCode::FORBIDDEN => (
            "Envoi refusé",
            "Cet envoi ne vient pas d’une page de ce site : rien n’a été fait. Ouvrez la page ici et recommencez.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => (
            "Votre envoi est trop lourd",
            "Rien n’a été enregistré. Revenez en arrière : ce que vous aviez écrit est toujours dans le formulaire. Raccourcissez le texte, ou envoyez chaque document séparément, 5 Mo au plus.",
        ),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            "Votre envoi n’a pas la forme attendue",
            "Rien n’a été enregistré. Revenez en arrière et renvoyez le formulaire depuis sa page.",
        ),
        StatusCode::REQUEST_TIMEOUT => (
            "L’envoi a pris trop de temps",
            "Nous ne savons pas s’il est arrivé en entier : revenez en arrière et renvoyez-le, il ne sera enregistré qu’une fois.",
        ),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => (
            "Le service met trop de temps à répondre",
            "Attendez quelques secondes, puis revenez en arrière et renvoyez le même formulaire : si votre demande a été reçue, elle ne sera pas faite deux fois.",
        ),
        StatusCode::INSUFFICIENT_STORAGE => (
            "Nous ne pouvons rien enregistrer en ce moment",
            "Votre demande n’a pas été prise, et ce que vous aviez déjà envoyé est gardé. Le problème vient de nous : recommencez dans quelques minutes.",
        ),
        code if code.is_server_error() => (
            "Une erreur est survenue",
            "Le problème vient de nous, et il est noté. Ce que vous aviez déjà enregistré est gardé : réessayez dans un instant.",
        ),
        _ => (
            "Votre envoi n’a pas pu être lu",
            "Rien n’a été enregistré. Revenez en arrière : ce que vous aviez écrit est toujours dans le formulaire. Vérifiez-le, puis renvoyez-le.",
        ),
    }
}

/// 429: too many posts without an account from one address.
pub(crate) fn page_trop_souvent(etat: &Etat, chemin: &str, secondes: u64) -> Response {
    let titre = "Trop d’envois depuis votre connexion";
    let attente = match secondes {
        0..=1 => "une seconde".to_owned(),
        2..=90 => format!("{secondes} secondes"),
        _ => format!("{} minutes", secondes.div_ceil(60)),
    };
    let commune = chemin.split('/').nth(1).and_then(|slug| etat.communes.get(slug));
    let vue = Erreur {
        cadre: commune.map_or_else(|| etat.cadre(titre, chemin), |c| etat.cadre_de(c, titre, chemin)),
        titre: titre.to_owned(),
        explication: format!(
            "Rien n’a été enregistré. Attendez {attente}, revenez en arrière, puis renvoyez le même formulaire : ce que vous aviez écrit y est toujours. Si vous êtes plusieurs derrière la même connexion (école, médiathèque), le service peut aussi vous recevoir."
        ),
        code: StatusCode::TOO_MANY_REQUESTS.as_u16(),
        retour: commune.map_or_else(|| "/".to_owned(), |c| format!("/{}/", c.slug)),
        retour_libelle: "Aller à l’accueil".to_owned(),
        saisie: Vec::new(),
    };
    rend(etat, StatusCode::TOO_MANY_REQUESTS, vue)
}

fn du_visiteur(visiteur: &Visiteur, code: StatusCode, titre: &str, explication: &str) -> Response {
    let cadre: Cadre = visiteur.cadre(titre);
    let vue = Erreur {
        cadre,
        titre: titre.to_owned(),
        explication: explication.to_owned(),
        code: code.as_u16(),
        retour: format!("/{}/", visiteur.slug),
        retour_libelle: "Revenir à l’accueil".to_owned(),
        saisie: Vec::new(),
    };
    rend(&visiteur.etat, code, vue)
}

/// 403: the page is another role's.
pub(crate) fn page_interdite(visiteur: &Visiteur) -> Response {
    du_visiteur(
        visiteur,
        StatusCode::FORBIDDEN,
        "Cette page n’est pas la vôtre",
        "Elle est réservée à un autre type de compte. Déconnectez-vous pour en changer.",
    )
}

/// 401: the session ended while the form was open.
pub(crate) fn page_sans_session(visiteur: &Visiteur) -> Response {
    du_visiteur(
        visiteur,
        StatusCode::UNAUTHORIZED,
        "Votre session est terminée",
        "Rien n’a été envoyé. Entrez de nouveau dans votre espace depuis l’accueil, rouvrez la page et reprenez ce que vous aviez écrit.",
    )
}

/// 403: the form was not made for this session.
pub(crate) fn page_perimee(visiteur: &Visiteur) -> Response {
    du_visiteur(
        visiteur,
        StatusCode::FORBIDDEN,
        "Cette page a été ouverte il y a trop longtemps",
        "Rien n’a été envoyé. Revenez en arrière, rechargez la page et recommencez.",
    )
}

/// 410: a secret link that had an end.
pub(crate) fn page_lien_passe(visiteur: &Visiteur) -> Response {
    let mut vue = Erreur {
        cadre: visiteur.cadre_sans_chemin("Ce lien n’ouvre plus la demande"),
        titre: "Ce lien n’ouvre plus la demande".to_owned(),
        explication: "Il a été envoyé il y a trop longtemps ; la demande, elle, n’est pas perdue. Prenez le lien du dernier courriel que le service vous a envoyé : chaque courriel le prolonge. Sinon, appelez le service avec le numéro de la demande : il vous écrira, et ce courriel ouvrira de nouveau la demande. Les coordonnées sont à l’accueil.".to_owned(),
        code: StatusCode::GONE.as_u16(),
        retour: format!("/{}/", visiteur.slug),
        retour_libelle: "Voir les coordonnées des services".to_owned(),
        saisie: Vec::new(),
    };
    vue.cadre.fil.clear();
    rend(&visiteur.etat, StatusCode::GONE, vue)
}

/// 422: a rule refuses.
pub(crate) fn page_refus(visiteur: &Visiteur, explication: &str) -> Response {
    du_visiteur(visiteur, StatusCode::UNPROCESSABLE_ENTITY, "Ce n’est pas possible", explication)
}

/// 422: there is such a request already, at `adresse`.
pub(crate) fn page_doublon(visiteur: &Visiteur, explication: &str, adresse: &str) -> Response {
    let titre = "Cette demande existe déjà";
    let vue = Erreur {
        cadre: visiteur.cadre(titre),
        titre: titre.to_owned(),
        explication: explication.to_owned(),
        code: StatusCode::UNPROCESSABLE_ENTITY.as_u16(),
        retour: adresse.to_owned(),
        retour_libelle: "Ouvrir la demande qui existe".to_owned(),
        saisie: Vec::new(),
    };
    rend(&visiteur.etat, StatusCode::UNPROCESSABLE_ENTITY, vue)
}

/// 421: a demonstration was called by another name than its machine's.
pub(crate) fn page_de_la_machine(etat: &Etat, code: StatusCode) -> Response {
    let titre = "Démonstration";
    let vue = Erreur {
        cadre: etat.cadre(titre, "/"),
        titre: titre.to_owned(),
        explication: "Ses comptes s’ouvrent sans mot de passe : elle ne répond qu’à sa propre machine, sous l’adresse localhost ou 127.0.0.1, sans relais.".to_owned(),
        code: code.as_u16(),
        retour: "/".to_owned(),
        retour_libelle: "Aller à l’accueil".to_owned(),
        saisie: Vec::new(),
    };
    rend(etat, code, vue)
}
