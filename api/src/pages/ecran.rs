//! A screen of the form: shown, kept as it is typed, read.

use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::demarche::{Champ, Dossier, ErreurChamp, Evenement, Reponses};
use engine::identifiant::hexa;
use forms::formulaire::{Formulaire, Saisie};
use forms::suivi::{self, Ou};
use forms::vues::PageEcran;
use sha2::{Digest, Sha256};

use super::connexion::Retour;
use super::dossier::{self, Paires, champ, cle, identifiant, sujet};
use super::suite::echec;
use super::suivi::formulaire_change;
use super::{Arret, page, page_introuvable};
use crate::acts::{self, Lu};
use crate::routes::{Acces, Routes};
use crate::session::Famille;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/{slug}/dossiers/{dossier}/ecrans/{n}", Acces::Demandeur, ecran)
        .post("/{slug}/dossiers/{dossier}/ecrans/{n}", Acces::Demandeur, enregistre)
        .post("/{slug}/dossiers/{dossier}/suppression", Acces::Demandeur, supprime)
}

/// Answers of the screens other than the `n`-th, and its own.
fn partage(lu: &Lu<'_>, dossier: &Dossier, n: usize) -> (Reponses, Reponses) {
    let (mut ailleurs, mut ici) = (dossier.reponses.clone(), Reponses::default());
    for champ in champs(lu, n) {
        if let Some(reponse) = ailleurs.0.remove(&champ.id) {
            ici.0.insert(champ.id.clone(), reponse);
        }
    }
    (ailleurs, ici)
}

fn champs<'l>(lu: &'l Lu<'_>, n: usize) -> &'l [Champ] {
    lu.demarche.formulaire.get(n).map(|e| e.champs.as_slice()).unwrap_or_default()
}

/// A short word for what is stored on a screen: it changes when an answer does.
fn condense(ici: &Reponses) -> String {
    let octets = Sha256::digest(serde_json::to_vec(ici).unwrap_or_default());
    hexa(octets.iter().take(8))
}

/// What a page of a screen says besides its fields.
#[derive(Default)]
struct Rendu<'r> {
    erreurs: &'r [ErreurChamp],
    precisions: bool,
    /// What was typed, read, when the stored answers changed meanwhile.
    entretemps: Option<&'r Reponses>,
    avis: Option<forms::vues::Avis>,
}

/// The page of the `n`-th screen (from 0), as typed.
fn page_ecran(
    famille: &Famille,
    lu: &Lu<'_>,
    dossier: &Dossier,
    n: usize,
    saisie: &Saisie,
    rendu: Rendu<'_>,
) -> Response {
    let visiteur = &famille.visiteur;
    let Some(ecran) = lu.demarche.formulaire.get(n) else {
        return page_introuvable(&visiteur.etat, &visiteur.chemin);
    };
    let (ailleurs, ici) = partage(lu, dossier, n);
    let formulaire = lu.formulaire(&ecran.champs, &ailleurs);
    let mut champs = formulaire.vue(saisie, rendu.erreurs);
    if let Some(saisies) = rendu.entretemps {
        formulaire.montre_entretemps(&mut champs, &ici, saisies);
    }
    let adresse = format!("/{}/dossiers/{}", visiteur.slug, dossier.id);
    let mut cadre = visiteur.cadre(&lu.demarche.nom);
    cadre.avis = rendu.avis.or_else(|| formulaire_change(lu));
    let vue = PageEcran {
        cadre,
        jalons: suivi::jalons(lu.demarche, Ou::Ecran(n)),
        titre: ecran.titre.clone(),
        aide: ecran.aide.clone().unwrap_or_default(),
        aide_generale: match lu.demarche.aide {
            Some(_) => format!("/{}/demarches/{}#aide", visiteur.slug, lu.demarche.id),
            None => String::new(),
        },
        sujet: sujet(lu, dossier),
        lu: condense(&ici),
        change_ailleurs: rendu.entretemps.is_some(),
        affiches: Formulaire::affiches(&champs),
        erreurs: formulaire.resume(&champs),
        champs,
        precisions: rendu.precisions,
        jeton: famille.session.jeton_de_formulaire(),
        action: format!("{adresse}/ecrans/{}", n + 1),
        precedent: match (n, &dossier.foyer) {
            (0, Some(_)) => format!("{adresse}/informations"),
            (0, None) => format!("/{}/demarches/{}", visiteur.slug, lu.demarche.id),
            (n, _) => format!("{adresse}/ecrans/{n}"),
        },
    };
    let code = match (rendu.entretemps, rendu.erreurs.is_empty()) {
        (Some(_), _) => StatusCode::CONFLICT,
        (None, false) => StatusCode::UNPROCESSABLE_ENTITY,
        (None, true) => StatusCode::OK,
    };
    page(&visiteur.etat, code, &vue)
}

/// `GET /{slug}/dossiers/{dossier}/ecrans/{n}`
async fn ecran(
    famille: Famille,
    Path((_, id, n)): Path<(String, String, usize)>,
    retour: Retour,
) -> Result<Response, Arret> {
    let visiteur = &famille.visiteur;
    let (lu, dossier) = dossier::lu(visiteur, &famille.session, &identifiant(visiteur, &id)?).await?;
    Ok(match n.checked_sub(1) {
        Some(rang) if dossier.phase.famille_ecrit() => {
            let saisie = Saisie::de_reponses(&dossier.reponses);
            let rendu = Rendu { avis: retour.avis(), ..Rendu::default() };
            page_ecran(&famille, &lu, &dossier, rang, &saisie, rendu)
        }
        _ => Redirect::to(&format!("/{}/dossiers/{}", visiteur.slug, dossier.id)).into_response(),
    })
}

/// `POST /{slug}/dossiers/{dossier}/ecrans/{n}`: what is well written is kept, the rest is shown again as typed.
async fn enregistre(
    famille: Famille,
    Path((_, id, n)): Path<(String, String, usize)>,
    Form(paires): Paires,
) -> Result<Response, Arret> {
    let visiteur = &famille.visiteur;
    cle(visiteur, &famille.session, &paires)?;
    let id = identifiant(visiteur, &id)?;
    let (lu, dossier) = dossier::lu(visiteur, &famille.session, &id).await?;
    let Some(rang) = n.checked_sub(1) else {
        return Ok(page_introuvable(&visiteur.etat, &visiteur.chemin));
    };
    // the page's script, a few seconds after the last key
    let tout_seul = !champ(&paires, "_auto").is_empty();
    let vu = champ(&paires, "_lu").to_owned();
    let saisie = Saisie::postee(paires);
    let (ailleurs, ici) = partage(&lu, &dossier, rang);
    let lecture = lu.formulaire(champs(&lu, rang), &ailleurs).lit(&saisie);
    if !vu.is_empty() && vu != condense(&ici) && lecture.reponses != ici {
        return Ok(if tout_seul {
            StatusCode::CONFLICT.into_response()
        } else {
            let entretemps = Some(&lecture.reponses);
            let rendu = Rendu { erreurs: &lecture.erreurs, entretemps, ..Rendu::default() };
            page_ecran(&famille, &lu, &dossier, rang, &saisie, rendu)
        });
    }
    let mut reponses = ailleurs.clone();
    reponses.0.extend(lecture.reponses.0.clone());
    let change = reponses != dossier.reponses;
    let evenement = Evenement::EnregistrerBrouillon { reponses, vue: change.then_some(dossier.version) };
    if change || !tout_seul {
        // a draft is replaced as a whole: sending it twice is harmless, and going back to change it is usual
        acts::agit(&visiteur.etat, &visiteur.commune, &famille.session.portee, &id, &evenement, None)
            .await
            .map_err(|e| echec(visiteur, e))?;
    }
    if tout_seul {
        return Ok(condense(&lecture.reponses).into_response());
    }
    let geste = Formulaire::est_un_geste(&saisie);
    if geste || !lecture.erreurs.is_empty() || !lecture.apparus.is_empty() {
        let erreurs = if geste { Vec::new() } else { lecture.erreurs };
        let precisions = erreurs.is_empty() && !geste;
        let (lu, dossier) = dossier::lu(visiteur, &famille.session, &id).await?;
        let rendu = Rendu { erreurs: &erreurs, precisions, ..Rendu::default() };
        return Ok(page_ecran(&famille, &lu, &dossier, rang, &saisie, rendu));
    }
    // the documents asked may follow from what was just answered
    let (lu, _) = dossier::lu(visiteur, &famille.session, &id).await?;
    let suite = match (n < lu.demarche.formulaire.len(), lu.pieces.is_empty()) {
        (true, _) => format!("ecrans/{}", n + 1),
        (false, false) => "pieces".to_owned(),
        (false, true) => String::new(),
    };
    let adresse = format!("/{}/dossiers/{id}/{suite}", visiteur.slug);
    Ok(Redirect::to(adresse.trim_end_matches('/')).into_response())
}

/// `POST /{slug}/dossiers/{dossier}/suppression`: a draft is forgotten.
async fn supprime(
    famille: Famille,
    Path((_, id)): Path<(String, String)>,
    Form(paires): Paires,
) -> Result<Response, Arret> {
    let visiteur = &famille.visiteur;
    let cle = cle(visiteur, &famille.session, &paires)?;
    let id = identifiant(visiteur, &id)?;
    let (etat, portee) = (&visiteur.etat, &famille.session.portee);
    let fait =
        acts::agit(etat, &visiteur.commune, portee, &id, &Evenement::SupprimerBrouillon, Some(&cle)).await;
    Ok(match fait {
        Ok(_) => Redirect::to(&format!("/{}/demandes?fait=supprimer", visiteur.slug)).into_response(),
        Err(erreur) => echec(visiteur, erreur),
    })
}
