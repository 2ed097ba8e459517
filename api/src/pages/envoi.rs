//! A family sends a document, looks at it, takes it back.

use axum::extract::{Form, Multipart, Path};
use axum::response::{IntoResponse, Redirect, Response};
use engine::demarche::{Evenement, PieceDonnee};
use engine::identifiant::{DossierId, FichierId};
use forms::formulaire::lit_date;
use serde::Deserialize;

use super::connexion::Retour;
use super::dossier::identifiant;
use super::suite::echec;
use super::suivi::{self, PiecesDites};
use super::{Arret, dossier, page_introuvable, page_perimee};
use crate::acts::{self, Echec, Lu};
use crate::files::{self, Defaut, Recu, TAILLE_MAX};
use crate::routes::{Acces, Routes};
use crate::session::Famille;

/// Files sent at once; a document made of more is sent in several goes.
const FICHIERS: usize = 4;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/{slug}/dossiers/{dossier}/pieces/{piece}/{n}", Acces::Demandeur, montre)
        .post("/{slug}/dossiers/{dossier}/pieces", Acces::Demandeur, envoie)
        // a little more than the documents, for the form around them
        .corps(FICHIERS * TAILLE_MAX + 64 * 1024)
        .post("/{slug}/dossiers/{dossier}/retrait-de-piece", Acces::Demandeur, retire)
}

#[derive(Default)]
struct Envoi {
    jeton: String,
    piece: String,
    date: String,
    en_plus: bool,
    retour: String,
    fichiers: Vec<Vec<u8>>,
}

/// Reads the parts; a document that is too long is cut just above the limit, which is enough to refuse it. The names that
/// files have at their sender's are not read.
async fn lit(mut parties: Multipart) -> Result<Envoi, Arret> {
    let mut envoi = Envoi::default();
    while let Some(mut partie) = parties.next_field().await.map_err(|e| Arret::from(e.into_response()))? {
        let nom = partie.name().unwrap_or_default().to_owned();
        let mut octets = Vec::new();
        while let Some(morceau) = partie.chunk().await.map_err(|e| Arret::from(e.into_response()))? {
            if octets.len() <= TAILLE_MAX {
                octets.extend_from_slice(&morceau);
            }
        }
        let texte = || String::from_utf8_lossy(&octets).into_owned();
        match nom.as_str() {
            // one more than is taken is enough to refuse
            "fichier" if envoi.fichiers.len() <= FICHIERS => envoi.fichiers.push(octets),
            "_jeton" => envoi.jeton = texte(),
            "_retour" => envoi.retour = texte(),
            "date" => envoi.date = texte(),
            "piece" => envoi.piece = texte(),
            "geste" => envoi.en_plus = octets == b"ajouter",
            _ => {}
        }
    }
    Ok(envoi)
}

/// The files as they will be kept, or what is wrong with one.
async fn recus(famille: &Famille, lu: &Lu<'_>, envoi: &mut Envoi) -> Result<Vec<Recu>, String> {
    let fichiers = std::mem::take(&mut envoi.fichiers);
    let nombre = fichiers.len();
    if nombre > FICHIERS {
        return Err(format!("Envoyez {FICHIERS} fichiers à la fois au plus."));
    }
    if nombre == 0 {
        return Err(Defaut::Vide.to_string());
    }
    let mut recus = Vec::new();
    for (rang, octets) in fichiers.into_iter().enumerate() {
        let recu = famille.visiteur.etat.fichiers.recoit(octets, lu.formats(&envoi.piece)).await;
        recus.push(recu.map_err(|defaut| match nombre {
            1 => defaut.to_string(),
            _ => format!("Fichier {} sur {nombre} : {defaut} Rien n’a été gardé de cet envoi.", rang + 1),
        })?);
    }
    Ok(recus)
}

/// The documents again, with what is wrong beside the one just sent.
async fn remontre(famille: &Famille, id: &DossierId, erreur: (&str, &str)) -> Result<Response, Arret> {
    let (visiteur, session) = (&famille.visiteur, &famille.session);
    let (lu, dossier) = dossier::lu(visiteur, session, id).await?;
    let dites = PiecesDites { erreur: Some(erreur), ..PiecesDites::default() };
    Ok(suivi::pieces(visiteur, session, &lu, &dossier, dites, &Retour::default()))
}

/// Where one goes on from: the documents of the request, or all of the family's.
fn suite(famille: &Famille, id: &DossierId, retour: &str, fait: &str) -> Response {
    let slug = &famille.visiteur.slug;
    let ou = match retour {
        "pieces" => format!("/{slug}/pieces?fait={fait}"),
        _ => format!("/{slug}/dossiers/{id}/pieces?fait={fait}"),
    };
    Redirect::to(&ou).into_response()
}

/// `POST /{slug}/dossiers/{dossier}/pieces`
async fn envoie(
    famille: Famille,
    Path((_, dossier)): Path<(String, String)>,
    parties: Multipart,
) -> Result<Response, Arret> {
    let visiteur = &famille.visiteur;
    let mut envoi = lit(parties).await?;
    if famille.session.cle_de_formulaire(&envoi.jeton).is_none() {
        return Ok(page_perimee(visiteur));
    }
    let id = identifiant(visiteur, &dossier)?;
    let portee = &famille.session.portee;
    // whose dossier it is, before anything is looked at
    let lu = match acts::lit(&visiteur.etat, &visiteur.commune, portee, &id).await {
        Ok(lu) => lu,
        Err(erreur) => return Ok(echec(visiteur, erreur)),
    };
    let date = lit_date(envoi.date.trim());
    if !envoi.date.is_empty() && date.is_none() {
        let motif = "Écrivez la date du document, par exemple 21/04/2025.";
        return remontre(&famille, &id, (&envoi.piece, motif)).await;
    }
    let recus = match recus(&famille, &lu, &mut envoi).await {
        Ok(recus) => recus,
        Err(motif) => return remontre(&famille, &id, (&envoi.piece, &motif)).await,
    };
    let mut donnee =
        PieceDonnee { piece: envoi.piece, date, en_plus: envoi.en_plus, ..PieceDonnee::default() };
    for recu in &recus {
        // its content names it: sent twice, it is kept once
        let fichier = visiteur.etat.fichiers.nomme(&visiteur.slug, &id, &recu.octets);
        let fichier = fichier.map_err(|e| visiteur.etat.panne(&e))?;
        if recu.format.est_image() {
            donnee.images.push(fichier.clone());
        }
        donnee.fichiers.push(fichier);
    }
    let (piece, noms) = (donnee.piece.clone(), donnee.fichiers.clone());
    let evenement = Evenement::DeposerPiece(donnee);
    // whether the dossier takes this document, before a byte is kept
    match lu.decide(portee.auteur(), &evenement) {
        Ok(_) => {}
        Err(refus) if refus.regle.starts_with("piece.") => {
            return remontre(&famille, &id, (&piece, &refus.motif)).await;
        }
        Err(refus) => return Ok(echec(visiteur, Echec::Refus(Box::new(refus)))),
    }
    for (fichier, recu) in noms.iter().zip(&recus) {
        if let Err(erreur) = visiteur.etat.fichiers.garde(&visiteur.slug, fichier, &recu.octets).await {
            return Ok(visiteur.etat.panne(&erreur));
        }
    }
    Ok(match acts::agit(&visiteur.etat, &visiteur.commune, portee, &id, &evenement, None).await {
        // what is wrong with the document is said beside it
        Err(Echec::Refus(refus)) if refus.regle.starts_with("piece.") => {
            remontre(&famille, &id, (&piece, &refus.motif)).await?
        }
        Ok(id) => suite(&famille, &id, &envoi.retour, "piece"),
        Err(erreur) => echec(visiteur, erreur),
    })
}

/// What is taken back.
#[derive(Debug, Deserialize)]
struct Retrait {
    #[serde(rename = "_jeton")]
    jeton: String,
    #[serde(rename = "_retour", default)]
    retour: String,
    piece: String,
    /// Its file; none: all of them.
    fichier: Option<String>,
}

/// `POST /{slug}/dossiers/{dossier}/retrait-de-piece`
async fn retire(
    famille: Famille,
    Path((_, dossier)): Path<(String, String)>,
    Form(retrait): Form<Retrait>,
) -> Result<Response, Arret> {
    let visiteur = &famille.visiteur;
    let id = identifiant(visiteur, &dossier)?;
    let Some(cle) = famille.session.cle_de_formulaire(&retrait.jeton) else {
        return Ok(page_perimee(visiteur));
    };
    let fichier = match retrait.fichier.as_deref().filter(|f| !f.is_empty()).map(FichierId::lit) {
        None => None,
        Some(Ok(fichier)) => Some(fichier),
        Some(Err(_)) => return Ok(page_introuvable(&visiteur.etat, &visiteur.chemin)),
    };
    let evenement = Evenement::RetirerPiece { piece: retrait.piece.clone(), fichier };
    let portee = &famille.session.portee;
    Ok(match acts::agit(&visiteur.etat, &visiteur.commune, portee, &id, &evenement, Some(&cle)).await {
        Ok(id) => suite(&famille, &id, &retrait.retour, "retirer"),
        Err(Echec::Refus(refus)) if refus.regle.starts_with("piece.") => {
            remontre(&famille, &id, (&retrait.piece, &refus.motif)).await?
        }
        Err(erreur) => echec(visiteur, erreur),
    })
}

/// `GET /{slug}/dossiers/{dossier}/pieces/{piece}/{n}`: the `n`-th file (from 1) of a document that the family sent; a photograph
/// is shown, the rest is to be saved.
async fn montre(
    famille: Famille,
    Path((_, id, piece, n)): Path<(String, String, String, usize)>,
) -> Result<Response, Arret> {
    let visiteur = &famille.visiteur;
    let etat = &visiteur.etat;
    let (_, dossier) = dossier::lu(visiteur, &famille.session, &identifiant(visiteur, &id)?).await?;
    let introuvable = || page_introuvable(etat, &visiteur.chemin);
    let recue = dossier.pieces.get(&piece);
    let Some(fichier) = recue.zip(n.checked_sub(1)).and_then(|(p, i)| p.fichiers.get(i)) else {
        return Ok(introuvable());
    };
    let image = recue.is_some_and(|r| r.images.contains(fichier));
    let octets = etat.fichiers.lit(&visiteur.slug, fichier).await.map_err(|e| etat.panne(&e))?;
    Ok(files::envoie(octets, &format!("{piece}-{n}"), image).unwrap_or_else(introuvable))
}
