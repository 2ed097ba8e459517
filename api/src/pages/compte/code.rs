//! The code that a parent may choose to be asked after the password: an application is enrolled, codes are given for the day when
//! it is lost, and it is taken away with the password. An agent's is not a choice, and is set when they first enter.

use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::compte::{self, Compte, SecondFacteur};
use engine::decision::Auteur;
use engine::demarche::ErreurChamp;
use engine::identifiant::Alea;
use forms::formulaire::{ChampVue, Rendu};
use forms::vues::{DessinDeCode, PageCode};

use super::super::dossier::{Paires, champ, cle};
use super::super::{Arret, page, page_introuvable};
use super::espace::{sien, tombe};
use super::second::{facteur, sceau_de_secours};
use super::{MOT, commet, resume, tirage, vers};
use crate::routes::{Acces, Routes};
use crate::session::{Ouverte, Visiteur};
use crate::totp::Secret;

/// How many codes are given for the day when the application is lost.
const SECOURS: usize = 8;
/// Letters of one: 60 bits, in three groups.
const LETTRES: usize = 12;
/// Neither 0 nor 1, nor O nor I.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/{slug}/compte/code", Acces::Famille, code)
        .post("/{slug}/compte/code", Acces::Famille, active)
        .post("/{slug}/compte/code/fin", Acces::Famille, retire)
}

/// The session of a parent and its account; at the counter, and in the demonstration without an account, the page does not exist.
async fn parent(visiteur: &Visiteur) -> Result<(Ouverte, Compte), Arret> {
    let lu = sien(visiteur).await?;
    let sien = lu.filter(|(s, _)| matches!(s.portee.auteur(), Auteur::Parent { .. }));
    sien.ok_or_else(|| page_introuvable(&visiteur.etat, &visiteur.chemin).into())
}

/// `GET /{slug}/compte/code`
async fn code(visiteur: Visiteur) -> Result<Response, Arret> {
    let (session, compte) = parent(&visiteur).await?;
    Ok(rend(&visiteur, &session, &compte, None, Vec::new()))
}

fn rend(
    visiteur: &Visiteur,
    session: &Ouverte,
    compte: &Compte,
    erreur: Option<(&str, &str)>,
    secours: Vec<String>,
) -> Response {
    let etat = &visiteur.etat;
    let erreurs: Vec<ErreurChamp> =
        erreur.map(|(c, m)| ErreurChamp { champ: c.to_owned(), motif: m.to_owned() }).into_iter().collect();
    let actif = compte.demande_un_code();
    let (mut dessin, mut lettres, mut champs) = (None, String::new(), Vec::new());
    if actif {
        champs.push(ChampVue::seul(
            (MOT, "Mot de passe"),
            Rendu::Password,
            ("", "current-password"),
            &erreurs,
        ));
    } else {
        let secret = Secret::de(&etat.liens, visiteur.slug.as_str(), compte, facteur(compte).generation);
        let qui = compte.identifiant.as_ref().unwrap_or(&compte.courriel);
        dessin = dessine(&secret.adresse(&visiteur.commune.nom, qui));
        lettres = secret.en_lettres();
        let aide = match etat.est_demonstration() {
            true => format!("Démonstration : le code est {}.", secret.code(etat.horloge.reel())),
            false => "Six chiffres, montrés par votre application.".to_owned(),
        };
        let mut champ =
            ChampVue::seul(("code", "Code de vérification"), Rendu::Text, (&aide, "one-time-code"), &erreurs);
        champ.clavier = "numeric".to_owned();
        champs.push(champ);
    }
    let reste = compte.second_facteur.as_ref().map_or(0, |f| f.secours.len());
    let vue = PageCode {
        cadre: visiteur.cadre("Code de vérification"),
        erreurs: resume(&champs),
        actif,
        reste,
        dessin,
        lettres,
        champs,
        secours,
        jeton: session.jeton_de_formulaire(),
        action: format!("/{}/compte/code", visiteur.slug),
        retour: vers(visiteur, "Revenir à mon compte", "compte"),
    };
    let statut = if vue.erreurs.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(etat, statut, &vue)
}

/// The picture of an address: the squares of its dark modules, with the margin of four that readers ask for.
fn dessine(adresse: &str) -> Option<DessinDeCode> {
    const MARGE: usize = 4;
    let code = qrcode::QrCode::new(adresse.as_bytes()).ok()?;
    let cote = code.width();
    let couleurs = code.to_colors();
    let sombres = couleurs.iter().enumerate().filter(|(_, c)| **c == qrcode::Color::Dark);
    let trace = sombres.map(|(i, _)| format!("M{} {}h1v1h-1z", i % cote + MARGE, i / cote + MARGE)).collect();
    Some(DessinDeCode { cote: cote + 2 * MARGE, trace })
}

/// `POST /{slug}/compte/code`: the first code of the application.
async fn active(visiteur: Visiteur, Form(paires): Paires) -> Result<Response, Arret> {
    let (session, compte) = parent(&visiteur).await?;
    cle(&visiteur, &session, &paires)?;
    let etat = &visiteur.etat;
    if compte.demande_un_code() {
        return Ok(Redirect::to(&format!("/{}/compte/code", visiteur.slug)).into_response());
    }
    let essai = ["code", visiteur.slug.as_str(), compte.id.as_str()];
    if etat.essais.compte(&essai).is_err() {
        let motif = "Trop d’essais : attendez un quart d’heure.";
        return Ok(rend(&visiteur, &session, &compte, Some(("code", motif)), Vec::new()));
    }
    let facteur = facteur(&compte);
    let secret = Secret::de(&etat.liens, visiteur.slug.as_str(), &compte, facteur.generation);
    let pas = secret.pas_de(champ(&paires, "code"), etat.horloge.reel(), facteur.dernier_pas);
    let Some(dernier_pas) = pas else {
        let motif = "Ce code n’est pas le bon : vérifiez l’heure de votre appareil, ou attendez le suivant.";
        return Ok(rend(&visiteur, &session, &compte, Some(("code", motif)), Vec::new()));
    };
    let codes = codes_de_secours(&mut tirage(etat)?);
    let sceaux = codes.iter().map(|c| sceau_de_secours(&visiteur, &compte, c)).collect();
    let montre = SecondFacteur { confirme: true, dernier_pas, secours: sceaux, ..facteur };
    let decision = compte::regle_second_facteur(&compte, montre.clone(), etat.horloge.maintenant());
    match commet(&visiteur, vec![decision]).await {
        Ok(()) => {
            etat.essais.reussit(&essai);
            let apres = Compte { second_facteur: Some(montre), ..compte };
            // shown once: only their seals are kept
            Ok(rend(&visiteur, &session, &apres, None, codes))
        }
        Err(manque) => Err(tombe(&visiteur, manque)),
    }
}

/// `ABCD-EFGH-JKLM`
fn codes_de_secours(alea: &mut Alea) -> Vec<String> {
    let un = |_| {
        let octets = alea.tire();
        let lettres =
            octets.iter().take(LETTRES).filter_map(|o| ALPHABET.get(usize::from(*o) % ALPHABET.len()));
        let texte: String = lettres.map(|l| char::from(*l)).collect();
        let groupes: Vec<&str> = (0..LETTRES).step_by(4).filter_map(|i| texte.get(i..i + 4)).collect();
        groupes.join("-")
    };
    (0..SECOURS).map(un).collect()
}

/// `POST /{slug}/compte/code/fin`: no code is asked any more, for whoever has the password.
async fn retire(visiteur: Visiteur, Form(paires): Paires) -> Result<Response, Arret> {
    let (session, compte) = parent(&visiteur).await?;
    cle(&visiteur, &session, &paires)?;
    let etat = &visiteur.etat;
    let essai = ["compte", visiteur.slug.as_str(), compte.id.as_str()];
    let permis = etat.essais.compte(&essai).is_ok();
    let mot = champ(&paires, MOT).to_owned();
    let bon = etat.mots_de_passe.verifie(mot, compte.mot_de_passe.as_ref()).await;
    if !(bon.map_err(|e| etat.panne(&e))? && permis) {
        let motif = match permis {
            true => "Ce n’est pas votre mot de passe.",
            false => "Trop d’essais : attendez un quart d’heure.",
        };
        return Ok(rend(&visiteur, &session, &compte, Some((MOT, motif)), Vec::new()));
    }
    etat.essais.reussit(&essai);
    if !compte.demande_un_code() {
        return Ok(Redirect::to(&format!("/{}/compte/code", visiteur.slug)).into_response());
    }
    let decision = compte::retire_second_facteur(&compte, None, etat.horloge.maintenant());
    match commet(&visiteur, vec![decision]).await {
        Ok(()) => Ok(Redirect::to(&format!("/{}/compte?fait=agir", visiteur.slug)).into_response()),
        Err(manque) => Err(tombe(&visiteur, manque)),
    }
}
