//! A family's file: started, filled in screen by screen, sent, followed.

use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::decision::Refus;
use engine::demarche::{Dossier, ErreurChamp, Evenement, Reponses};
use engine::identifiant::{DossierId, PersonneId};
use forms::formulaire::{Formulaire, Saisie};
use forms::suivi::{self, Ou};
use forms::vues::{Avis, Cadre, Genre, PageDossier, PageEcran, PagePieces};

use super::connexion::Retour;
use super::suite::{chronologie, echec};
use super::{Arret, page, page_introuvable};
use crate::acts::{self, Echec, Lu};
use crate::routes::{Acces, Routes};
use crate::session::{Ouverte, Parent, Visiteur};

pub(super) fn routes() -> Routes {
    Routes::default()
        .post("/{slug}/demarches/{id}", Acces::Famille, demarre)
        .get("/{slug}/dossiers/{dossier}", Acces::Famille, dossier)
        .get("/{slug}/dossiers/{dossier}/ecrans/{n}", Acces::Famille, ecran)
        .post("/{slug}/dossiers/{dossier}/ecrans/{n}", Acces::Famille, enregistre)
        .get("/{slug}/dossiers/{dossier}/pieces", Acces::Famille, pieces)
        .post("/{slug}/dossiers/{dossier}/actes", Acces::Famille, acte)
}

/// The pairs of a posted form, in order.
type Paires = Form<Vec<(String, String)>>;

pub(super) fn champ<'p>(paires: &'p [(String, String)], nom: &str) -> &'p str {
    paires.iter().find(|(n, _)| n == nom).map(|(_, v)| v.as_str()).unwrap_or_default()
}

/// The identifier of an address, or the 404 page.
fn identifiant(visiteur: &Visiteur, texte: &str) -> Result<DossierId, Arret> {
    DossierId::lit(texte).map_err(|_| page_introuvable(&visiteur.etat, &visiteur.chemin).into())
}

/// The key of the form that was sent, or the page that says to send it again.
pub(super) fn cle(
    visiteur: &Visiteur,
    session: &Ouverte,
    paires: &[(String, String)],
) -> Result<String, Arret> {
    session.cle_de_formulaire(champ(paires, "_jeton")).ok_or_else(|| super::page_perimee(visiteur).into())
}

/// `POST /{slug}/demarches/{id}`
async fn demarre(
    parent: Parent,
    Path((_, id)): Path<(String, String)>,
    Form(paires): Paires,
) -> Result<Response, Arret> {
    let visiteur = &parent.visiteur;
    let cle = cle(visiteur, &parent.session, &paires)?;
    let Some(demarche) = visiteur.commune.demarche(&id) else {
        return Ok(page_introuvable(&visiteur.etat, &visiteur.chemin));
    };
    let enfant = PersonneId::lit(champ(&paires, "enfant")).ok();
    let evenement = Evenement::Demarrer {
        foyer: Some(parent.foyer.clone()),
        enfant: enfant.clone(),
        reponses: Reponses::default(),
    };
    let portee = &parent.session.portee;
    let fait = async {
        let lu =
            acts::neuf(&visiteur.etat, &visiteur.commune, portee, demarche, &parent.foyer, enfant.as_ref())
                .await?;
        acts::commet(&visiteur.etat, portee, &lu, &evenement, Some(&cle)).await
    };
    let dossier = fait.await.map_err(|e| echec(visiteur, e))?;
    Ok(Redirect::to(&format!("/{}/dossiers/{dossier}/ecrans/1", visiteur.slug)).into_response())
}

/// Reads the dossier of an address.
async fn lu<'a>(parent: &'a Parent, id: &DossierId) -> Result<(Lu<'a>, Dossier), Arret> {
    let visiteur = &parent.visiteur;
    let lu = acts::lit(&visiteur.etat, &visiteur.commune, &parent.session.portee, id).await;
    let lu = lu.map_err(|e| echec(visiteur, e))?;
    match lu.dossier.clone() {
        Some(dossier) => Ok((lu, dossier)),
        None => Err(page_introuvable(&visiteur.etat, &visiteur.chemin).into()),
    }
}

/// Answers of the screens other than the `n`-th.
fn ailleurs(lu: &Lu<'_>, dossier: &Dossier, n: usize) -> Reponses {
    let ici = lu.demarche.formulaire.get(n);
    let mut reponses = dossier.reponses.clone();
    for champ in ici.iter().flat_map(|e| e.champs.iter()) {
        reponses.0.remove(&champ.id);
    }
    reponses
}

/// The page of the `n`-th screen (from 0), as typed.
fn page_ecran(
    parent: &Parent,
    lu: &Lu<'_>,
    dossier: &Dossier,
    n: usize,
    saisie: &Saisie,
    erreurs: &[ErreurChamp],
    precisions: bool,
) -> Response {
    let visiteur = &parent.visiteur;
    let Some(ecran) = lu.demarche.formulaire.get(n) else {
        return page_introuvable(&visiteur.etat, &visiteur.chemin);
    };
    let autres = ailleurs(lu, dossier, n);
    let formulaire = formulaire(lu, n, &autres);
    let champs = formulaire.vue(saisie, erreurs);
    let adresse = format!("/{}/dossiers/{}", visiteur.slug, dossier.id);
    let vue = PageEcran {
        cadre: cadre_du_formulaire(visiteur, lu),
        jalons: suivi::jalons(lu.demarche, Ou::Ecran(n)),
        titre: ecran.titre.clone(),
        sujet: sujet(lu, dossier),
        affiches: Formulaire::affiches(&champs),
        erreurs: formulaire.resume(&champs),
        champs,
        precisions,
        jeton: parent.session.jeton_de_formulaire(),
        action: format!("{adresse}/ecrans/{}", n + 1),
        precedent: match n {
            0 => format!("/{}/demarches/{}", visiteur.slug, lu.demarche.id),
            n => format!("{adresse}/ecrans/{n}"),
        },
    };
    let code = if erreurs.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(&visiteur.etat, code, &vue)
}

/// The form's frame; a draft that the form has left behind says so.
fn cadre_du_formulaire(visiteur: &Visiteur, lu: &Lu<'_>) -> Cadre {
    let mut cadre = visiteur.cadre(&lu.demarche.nom);
    if lu.formulaire_change() {
        cadre.avis = Some(Avis {
            genre: Genre::Info,
            texte: "La mairie a modifié ce formulaire depuis votre dernier passage. Vos réponses sont gardées quand la question existe encore : relisez-les avant de déposer.".to_owned(),
        });
    }
    cadre
}

fn formulaire<'f>(lu: &'f Lu<'_>, n: usize, ailleurs: &'f Reponses) -> Formulaire<'f> {
    Formulaire {
        champs: lu.demarche.formulaire.get(n).map(|e| e.champs.as_slice()).unwrap_or_default(),
        conditions: &lu.demarche.champs_conditions,
        valeurs: &lu.valeurs,
        ailleurs,
        parametres: &lu.parametres,
        hote: lu.commune,
        aujourdhui: lu.aujourdhui,
    }
}

pub(super) fn sujet(lu: &Lu<'_>, dossier: &Dossier) -> String {
    match lu.prenom(dossier).as_str() {
        "" => String::new(),
        prenom => format!("Pour {prenom}"),
    }
}

/// `GET /{slug}/dossiers/{dossier}/ecrans/{n}`
async fn ecran(parent: Parent, Path((_, id, n)): Path<(String, String, usize)>) -> Result<Response, Arret> {
    let id = identifiant(&parent.visiteur, &id)?;
    let (lu, dossier) = lu(&parent, &id).await?;
    Ok(match n.checked_sub(1) {
        Some(rang) if dossier.phase.famille_ecrit() => {
            let saisie = Saisie::de_reponses(&dossier.reponses);
            page_ecran(&parent, &lu, &dossier, rang, &saisie, &[], false)
        }
        _ => Redirect::to(&format!("/{}/dossiers/{}", parent.visiteur.slug, dossier.id)).into_response(),
    })
}

/// `POST /{slug}/dossiers/{dossier}/ecrans/{n}`: what is well written is kept, the rest is shown again as typed.
async fn enregistre(
    parent: Parent,
    Path((_, id, n)): Path<(String, String, usize)>,
    Form(paires): Paires,
) -> Result<Response, Arret> {
    let visiteur = &parent.visiteur;
    cle(visiteur, &parent.session, &paires)?;
    let id = identifiant(visiteur, &id)?;
    let (lu, dossier) = lu(&parent, &id).await?;
    let Some(rang) = n.checked_sub(1) else {
        return Ok(page_introuvable(&visiteur.etat, &visiteur.chemin));
    };
    let saisie = Saisie::postee(paires);
    let autres = ailleurs(&lu, &dossier, rang);
    let lecture = formulaire(&lu, rang, &autres).lit(&saisie);
    let mut reponses = autres.clone();
    reponses.0.extend(lecture.reponses.0.clone());
    let evenement = Evenement::EnregistrerBrouillon { reponses, vue: None };
    // a draft is replaced as a whole: sending it twice is harmless, and going back to change it is usual
    acts::agit(&visiteur.etat, &visiteur.commune, &parent.session.portee, &id, &evenement, None)
        .await
        .map_err(|e| echec(visiteur, e))?;
    let geste = Formulaire::est_un_geste(&saisie);
    if geste || !lecture.erreurs.is_empty() || !lecture.apparus.is_empty() {
        let erreurs = if geste { Vec::new() } else { lecture.erreurs };
        let precisions = erreurs.is_empty() && !geste;
        return Ok(page_ecran(&parent, &lu, &dossier, rang, &saisie, &erreurs, precisions));
    }
    let suite = match (n < lu.demarche.formulaire.len(), lu.pieces.is_empty()) {
        (true, _) => format!("ecrans/{}", n + 1),
        (false, false) => "pieces".to_owned(),
        (false, true) => String::new(),
    };
    let adresse = format!("/{}/dossiers/{id}/{suite}", visiteur.slug);
    Ok(Redirect::to(adresse.trim_end_matches('/')).into_response())
}

/// `GET /{slug}/dossiers/{dossier}/pieces`
async fn pieces(
    parent: Parent,
    Path((_, id)): Path<(String, String)>,
    retour: Retour,
) -> Result<Response, Arret> {
    page_pieces(&parent, &id, None, retour).await
}

/// The documents; `erreur` is what is wrong with the one just sent.
pub(super) async fn page_pieces(
    parent: &Parent,
    id: &str,
    erreur: Option<(&str, &str)>,
    retour: Retour,
) -> Result<Response, Arret> {
    let visiteur = &parent.visiteur;
    let (lu, dossier) = lu(parent, &identifiant(visiteur, id)?).await?;
    let adresse = format!("/{}/dossiers/{}", visiteur.slug, dossier.id);
    let mut pieces = suivi::pieces(&lu.pieces, &dossier, dossier.phase.famille_ecrit());
    for piece in &mut pieces {
        if let Some((_, motif)) = erreur.filter(|(p, _)| *p == piece.piece) {
            piece.erreur = motif.to_owned();
        }
    }
    let mut cadre = visiteur.cadre("Mes documents");
    cadre.avis = retour.avis();
    let vue = PagePieces {
        cadre,
        jalons: suivi::jalons(lu.demarche, Ou::Pieces),
        pieces,
        jeton: parent.session.jeton_de_formulaire(),
        action: format!("{adresse}/pieces"),
        precedent: format!("{adresse}/ecrans/{}", lu.demarche.formulaire.len().max(1)),
        suivant: adresse,
        formats: "PDF, JPEG ou PNG, 5 Mo au plus".to_owned(),
    };
    let code = if erreur.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(page(&visiteur.etat, code, &vue))
}

/// `GET /{slug}/dossiers/{dossier}`: the recapitulation of a draft, the follow-up of the rest.
async fn dossier(
    parent: Parent,
    Path((_, id)): Path<(String, String)>,
    retour: Retour,
) -> Result<Response, Arret> {
    let (lu, dossier) = lu(&parent, &identifiant(&parent.visiteur, &id)?).await?;
    Ok(page_dossier(&parent, &lu, &dossier, None, &retour).await)
}

/// The page of a dossier; `refus` is that of the act just tried, with its reason.
async fn page_dossier(
    parent: &Parent,
    lu: &Lu<'_>,
    dossier: &Dossier,
    refus: Option<(&Refus, &str)>,
    retour: &Retour,
) -> Response {
    let (visiteur, session) = (&parent.visiteur, &parent.session);
    let ecrit = dossier.phase.famille_ecrit();
    let adresse = format!("/{}/dossiers/{}", visiteur.slug, dossier.id);
    let chronologie = match chronologie(&visiteur.etat, session, lu, dossier).await {
        Ok(chronologie) => chronologie,
        Err(erreur) => return visiteur.etat.panne(&erreur),
    };
    let modifier = |i: usize| if ecrit { format!("{adresse}/ecrans/{}", i + 1) } else { String::new() };
    let mut cadre = cadre_du_formulaire(visiteur, lu);
    cadre.avis = retour.avis().or(cadre.avis);
    let depose = dossier.numero.is_some();
    let vue = PageDossier {
        cadre,
        jalons: if ecrit { suivi::jalons(lu.demarche, Ou::Recapitulatif) } else { Vec::new() },
        titre: if depose { lu.demarche.nom.clone() } else { "Récapitulatif".to_owned() },
        sujet: sujet(lu, dossier),
        numero: dossier.numero.as_ref().map(|n| format!("Dossier {n}")).unwrap_or_default(),
        etat: if depose {
            lu.demarche.etape(&dossier.etape).map(|e| e.nom.clone()).unwrap_or_default()
        } else {
            String::new()
        },
        genre: suivi::genre(dossier.phase),
        motif: dossier.motif.clone().unwrap_or_default(),
        suite: suivi::suite(lu.demarche, dossier),
        sections: suivi::recapitulatif(lu.demarche, &dossier.reponses, &lu.visibles(dossier), modifier),
        pieces: suivi::pieces(&lu.pieces, dossier, ecrit),
        chronologie,
        actions: suivi::actions(lu.demarche, &lu.actions(session.portee.auteur())),
        refus: refus.map(|(r, _)| raisons(r)).unwrap_or_default(),
        motif_saisi: refus.map(|(_, motif)| motif.to_owned()).unwrap_or_default(),
        jeton: session.jeton_de_formulaire(),
        action: format!("{adresse}/actes"),
    };
    let code = if refus.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page(&visiteur.etat, code, &vue)
}

/// The sentences of a refusal.
pub(super) fn raisons(refus: &Refus) -> Vec<String> {
    if refus.champs.is_empty() {
        vec![refus.motif.to_string()]
    } else {
        refus.champs.iter().map(|c| c.motif.clone()).collect()
    }
}

/// `POST /{slug}/dossiers/{dossier}/actes`: does what a button of the dossier's page says.
async fn acte(
    parent: Parent,
    Path((_, id)): Path<(String, String)>,
    Form(paires): Paires,
) -> Result<Response, Arret> {
    let (visiteur, session) = (&parent.visiteur, &parent.session);
    let cle = cle(visiteur, session, &paires)?;
    let id = identifiant(visiteur, &id)?;
    let action = champ(&paires, "action").to_owned();
    let motif = champ(&paires, &format!("motif_{action}")).trim().to_owned();
    let evenement = Evenement::Agir {
        motif: (!motif.is_empty()).then(|| motif.clone()),
        action,
        reponses: None,
        vue: None,
    };
    let fait =
        acts::agit(&visiteur.etat, &visiteur.commune, &session.portee, &id, &evenement, Some(&cle)).await;
    let refus = match fait {
        Ok(id) => {
            let adresse = format!("/{}/dossiers/{id}?fait=agir", visiteur.slug);
            return Ok(Redirect::to(&adresse).into_response());
        }
        Err(Echec::Refus(refus)) => refus,
        Err(autre) => return Ok(echec(visiteur, autre)),
    };
    let (lu, dossier) = lu(&parent, &id).await?;
    Ok(page_dossier(&parent, &lu, &dossier, Some((&refus, &motif)), &Retour::default()).await)
}
