//! One's own account: with what one enters, what one may change, where it is open.

use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::compte::{self, Compte, courriel_normalise, nom_normalise};
use engine::decision::{Auteur, Suivant};
use engine::demarche::ErreurChamp;
use forms::formulaire::{ChampVue, Rendu};
use forms::vues::{Changement, PageMonCompte, SessionVue};
use jiff::Timestamp;
use rules::date_fr;

use super::super::connexion::{Retour, rouvre};
use super::super::dossier::{Paires, champ, cle};
use super::super::{Arret, page, page_introuvable};
use super::{
    COURRIEL_DELAI, ENCORE, MOT, Manque, NOUVEAU, champs_du_nouveau, commet, lien_neuf, personnels,
    refus_du_nouveau, resume,
};
use crate::routes::{Acces, Routes};
use crate::session::{self, Ouverte, Visiteur};

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/{slug}/compte", Acces::Connu, espace)
        .post("/{slug}/compte/mot-de-passe", Acces::Connu, |v, f| geste(v, f, Geste::MotDePasse))
        .post("/{slug}/compte/identifiant", Acces::Connu, |v, f| geste(v, f, Geste::Identifiant))
        .post("/{slug}/compte/courriel", Acces::Connu, |v, f| geste(v, f, Geste::Courriel))
        .post("/{slug}/compte/sorties", Acces::Connu, |v, f| geste(v, f, Geste::Sorties))
}

/// What one may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Geste {
    MotDePasse,
    Identifiant,
    Courriel,
    Sorties,
}

impl Geste {
    const fn nom(self) -> &'static str {
        match self {
            Self::MotDePasse => "mot-de-passe",
            Self::Identifiant => "identifiant",
            Self::Courriel => "courriel",
            Self::Sorties => "sorties",
        }
    }
}

/// The session and its account; `None` where one entered without an account.
pub(super) async fn sien(visiteur: &Visiteur) -> Result<Option<(Ouverte, Compte)>, Arret> {
    let Some(session) = visiteur.session.clone() else { return Err(visiteur.a_l_entree().into()) };
    let Some(id) = session.portee.compte() else { return Ok(None) };
    let compte = visiteur.etat.store.compte(&session.portee, id).await;
    Ok(compte.map_err(|e| visiteur.etat.panne(&e))?.map(|c| (session, c)))
}

/// What was just tried, and what is wrong in it.
struct Essai<'e> {
    geste: Geste,
    saisi: &'e str,
    erreurs: &'e [ErreurChamp],
}

async fn rend(visiteur: &Visiteur, essai: Option<Essai<'_>>, retour: &Retour) -> Result<Response, Arret> {
    let mut cadre = visiteur.cadre("Mon compte");
    cadre.avis = retour.avis();
    let mut vue = PageMonCompte {
        cadre,
        fiche: Vec::new(),
        changements: Vec::new(),
        erreurs: Vec::new(),
        sessions: Vec::new(),
        jeton: String::new(),
        adresse: format!("/{}/compte", visiteur.slug),
        code: String::new(),
    };
    if let Some((session, compte)) = sien(visiteur).await? {
        let maintenant = visiteur.etat.horloge.reel();
        let ouvertes = visiteur.etat.store.sessions(&session.portee, &compte.id, maintenant).await;
        let ici = session::jeton(&session).empreinte();
        let quand = |le: Timestamp| {
            format!("le {}", date_fr::instant(le.to_zoned(visiteur.commune.fuseau.clone()).datetime()))
        };
        vue.sessions = ouvertes
            .map_err(|e| visiteur.etat.panne(&e))?
            .into_iter()
            .map(|s| SessionVue {
                ouverte: quand(s.ouverte_le),
                vue: s.vue_le.map(quand).unwrap_or_default(),
                ici: s.empreinte == ici,
            })
            .collect();
        if matches!(session.portee.auteur(), Auteur::Parent { .. }) {
            let demande = if compte.demande_un_code() { "demandé" } else { "pas demandé" };
            vue.code = format!("Un code, après le mot de passe, est {demande}.");
        }
        vue.fiche = fiche(&compte);
        vue.changements = changements(visiteur, &compte, essai.as_ref());
        vue.erreurs = vue.changements.iter().flat_map(|c| resume(&c.champs)).collect();
        vue.jeton = session.jeton_de_formulaire();
    }
    let code = if vue.erreurs.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(page(&visiteur.etat, code, &vue))
}

fn fiche(compte: &Compte) -> Vec<(String, String)> {
    let mut fiche = Vec::new();
    fiche.extend(compte.identifiant.clone().map(|nom| ("Nom d’utilisateur".to_owned(), nom)));
    fiche.push(("Adresse électronique".to_owned(), compte.courriel.clone()));
    if let Some(c) = &compte.changement {
        let attend = match (c.ancien_confirme, c.nouveau_confirme) {
            (false, false) => "les deux adresses doivent confirmer",
            (true, false) => "la nouvelle adresse doit confirmer",
            (false, true) => "l’adresse actuelle doit confirmer",
            (true, true) => "confirmée",
        };
        fiche.push(("Adresse demandée".to_owned(), format!("{} ({attend})", c.nouveau)));
    }
    fiche.extend(
        compte.cgu.as_ref().map(|a| ("Conditions acceptées".to_owned(), format!("version {}", a.version))),
    );
    fiche
}

fn changements(visiteur: &Visiteur, compte: &Compte, essai: Option<&Essai<'_>>) -> Vec<Changement> {
    let un = |geste: Geste, titre: &str, texte: &str, bouton: &str| {
        let tente = essai.filter(|e| e.geste == geste);
        let erreurs = tente.map(|e| e.erreurs).unwrap_or_default();
        let actuel =
            ChampVue::seul((MOT, "Mot de passe actuel"), Rendu::Password, ("", "current-password"), erreurs);
        let mut champs = match geste {
            Geste::MotDePasse => champs_du_nouveau(visiteur, erreurs),
            Geste::Identifiant => vec![ChampVue::seul(
                ("identifiant", "Nouveau nom d’utilisateur"),
                Rendu::Text,
                ("", "username"),
                erreurs,
            )],
            Geste::Courriel => vec![ChampVue::seul(
                ("courriel", "Nouvelle adresse électronique"),
                Rendu::Email,
                ("", "email"),
                erreurs,
            )],
            Geste::Sorties => Vec::new(),
        };
        if let (Some(tente), Some(premier)) =
            (tente, champs.first_mut().filter(|c| c.rendu != Rendu::Password))
        {
            premier.valeur = tente.saisi.to_owned();
        }
        champs.insert(0, actuel);
        // several forms on the page: an id each
        for c in &mut champs {
            let id = format!("{}-{}", geste.nom(), c.id);
            c.decrit_par = c.decrit_par.replace(&c.id, &id);
            c.id = id;
        }
        Changement {
            id: geste.nom().to_owned(),
            titre: titre.to_owned(),
            texte: texte.to_owned(),
            champs,
            bouton: bouton.to_owned(),
            ouvert: !erreurs.is_empty(),
        }
    };
    let mut tous = vec![un(
        Geste::MotDePasse,
        "Mot de passe",
        "Vos autres appareils seront déconnectés.",
        "Changer de mot de passe",
    )];
    if compte.identifiant.is_some() {
        tous.push(un(Geste::Identifiant, "Nom d’utilisateur", "", "Changer de nom d’utilisateur"));
    }
    tous.push(un(
        Geste::Courriel,
        "Adresse électronique",
        "Un courriel part à votre adresse actuelle et à la nouvelle : chacune doit confirmer.",
        "Changer d’adresse électronique",
    ));
    tous
}

/// `GET /{slug}/compte`
async fn espace(visiteur: Visiteur, retour: Retour) -> Result<Response, Arret> {
    rend(&visiteur, None, &retour).await
}

/// `POST /{slug}/compte/…`: one change of one's account.
async fn geste(visiteur: Visiteur, Form(paires): Paires, geste: Geste) -> Result<Response, Arret> {
    let Some((session, compte)) = sien(&visiteur).await? else {
        return Ok(page_introuvable(&visiteur.etat, &visiteur.chemin));
    };
    cle(&visiteur, &session, &paires)?;
    let (etat, le) = (&visiteur.etat, visiteur.etat.horloge.maintenant());
    if geste == Geste::Sorties {
        commet(&visiteur, vec![compte::sort_partout(&compte, le)]).await.map_err(|e| tombe(&visiteur, e))?;
        return Ok(session::sortie(etat, &visiteur.slug, &format!("/{}/", visiteur.slug)));
    }
    let mut erreurs = Vec::new();
    let faute = |champ: &str, motif: &str| ErreurChamp { champ: champ.to_owned(), motif: motif.to_owned() };
    let essai = ["compte", visiteur.slug.as_str(), compte.id.as_str()];
    let permis = etat.essais.compte(&essai).is_ok();
    let mot = champ(&paires, MOT).to_owned();
    let verifie = etat.mots_de_passe.verifie(mot, compte.mot_de_passe.as_ref()).await;
    if verifie.map_err(|e| etat.panne(&e))? && permis {
        etat.essais.reussit(&essai);
    } else {
        let motif = if permis {
            "Ce n’est pas votre mot de passe actuel."
        } else {
            "Trop d’essais : attendez un quart d’heure."
        };
        erreurs.push(faute(MOT, motif));
    }
    let saisi = match geste {
        Geste::Identifiant => champ(&paires, "identifiant"),
        Geste::Courriel => champ(&paires, "courriel"),
        Geste::MotDePasse | Geste::Sorties => "",
    };
    let decision = match geste {
        Geste::MotDePasse => {
            let (nouveau, encore) = (champ(&paires, NOUVEAU), champ(&paires, ENCORE));
            erreurs.extend(
                refus_du_nouveau(&visiteur, (NOUVEAU, nouveau), (ENCORE, encore), &personnels(&compte))
                    .await?,
            );
            if erreurs.is_empty() {
                let empreinte =
                    etat.mots_de_passe.hache(nouveau.to_owned()).await.map_err(|e| etat.panne(&e))?;
                Some(compte::change_mot_de_passe(&compte, empreinte, None, le))
            } else {
                None
            }
        }
        Geste::Identifiant => match nom_normalise(saisi) {
            Ok(nom) => Some(compte::change_identifiant(&compte, nom, le)),
            Err(e) => {
                erreurs.push(faute("identifiant", &e.to_string()));
                None
            }
        },
        Geste::Courriel => match courriel_normalise(saisi) {
            Ok(courriel) => {
                let fin = le.checked_add(COURRIEL_DELAI).unwrap_or(le);
                let liens = [lien_neuf(&visiteur, fin)?, lien_neuf(&visiteur, fin)?];
                Some(compte::demande_courriel(&compte, courriel, liens, le))
            }
            Err(e) => {
                erreurs.push(faute("courriel", &e.to_string()));
                None
            }
        },
        Geste::Sorties => None,
    };
    let retour = Retour::default();
    let (Some(decision), true) = (decision, erreurs.is_empty()) else {
        return rend(&visiteur, Some(Essai { geste, saisi, erreurs: &erreurs }), &retour).await;
    };
    let apres = match &decision.suivant {
        Suivant::Compte(apres) => (**apres).clone(),
        Suivant::Dossier(_) | Suivant::Reservation(_) | Suivant::Rien => compte,
    };
    match commet(&visiteur, vec![decision]).await {
        // a new password is a new session
        Ok(()) if geste == Geste::MotDePasse => {
            rouvre(&visiteur, &apres, "compte?fait=mot_de_passe_change").await
        }
        Ok(()) => {
            let fait = if geste == Geste::Courriel { "courriel" } else { "agir" };
            Ok(Redirect::to(&format!("/{}/compte?fait={fait}", visiteur.slug)).into_response())
        }
        Err(Manque::NomPris) => {
            let erreurs = [faute("identifiant", "Ce nom est déjà pris : choisissez-en un autre.")];
            rend(&visiteur, Some(Essai { geste, saisi, erreurs: &erreurs }), &retour).await
        }
        Err(erreur) => Err(tombe(&visiteur, erreur)),
    }
}

/// What one cannot do anything about but try again.
pub(super) fn tombe(visiteur: &Visiteur, manque: Manque) -> Arret {
    match manque {
        Manque::Store(erreur) => visiteur.etat.panne(&erreur).into(),
        _ => visiteur.etat.panne(&engine_store::Erreur::Occupee).into(),
    }
}
