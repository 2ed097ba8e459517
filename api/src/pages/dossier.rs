//! A family's request: started, filled in screen by screen, sent.

use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Redirect, Response};
use engine::decision::Refus;
use engine::demarche::{Acces, Demarche, Dossier, Evenement, Reponses};
use engine::identifiant::{DossierId, FoyerId, PersonneId};
use engine_store::Jeton;
use jiff::ToSpan;

use super::agent::sien;
use super::connexion::Retour;
use super::suite::echec;
use super::{Arret, page_introuvable, suivi};
use crate::acts::{self, Echec, Lu};
use crate::routes::{Acces as Droit, Routes};
use crate::session::{self, Famille, Ouverte, Visiteur};

/// How long somebody without an account may leave a draft and come back on the same device.
const BROUILLON_PUBLIC_JOURS: i64 = 30;

pub(super) fn routes() -> Routes {
    Routes::default()
        .post("/{slug}/demarches/{id}", Droit::Public, demarre)
        .get("/{slug}/dossiers/{dossier}", Droit::Demandeur, dossier)
        .post("/{slug}/dossiers/{dossier}/actes", Droit::Demandeur, acte)
        .post("/{slug}/dossiers/{dossier}/copie", Droit::Famille, copie)
}

/// The pairs of a posted form, in order.
pub(super) type Paires = Form<Vec<(String, String)>>;

pub(super) fn champ<'p>(paires: &'p [(String, String)], nom: &str) -> &'p str {
    paires.iter().find(|(n, _)| n == nom).map(|(_, v)| v.as_str()).unwrap_or_default()
}

/// The identifier of an address, or the 404 page.
pub(super) fn identifiant(visiteur: &Visiteur, texte: &str) -> Result<DossierId, Arret> {
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
    visiteur: Visiteur,
    Path((_, id)): Path<(String, String)>,
    Form(paires): Paires,
) -> Result<Response, Arret> {
    let Some(demarche) = visiteur.commune.demarche(&id) else {
        return Ok(page_introuvable(&visiteur.etat, &visiteur.chemin));
    };
    match visiteur.famille() {
        Some((session, foyer)) => {
            let cle = cle(&visiteur, &session, &paires)?;
            let enfant = PersonneId::lit(champ(&paires, "enfant")).ok();
            let evenement = Evenement::Demarrer {
                foyer: Some(foyer.clone()),
                enfant: enfant.clone(),
                reponses: Reponses::default(),
            };
            let fait = commence(&visiteur, &session, demarche, (&foyer, enfant.as_ref()), &evenement, &cle);
            let dossier = fait.await?;
            let suite = premiere_page(demarche, true);
            Ok(Redirect::to(&format!("/{}/dossiers/{dossier}/{suite}", visiteur.slug)).into_response())
        }
        None if demarche.acces == Acces::Public => demarre_sans_compte(&visiteur, demarche).await,
        // its own page says that it needs an account
        None => Ok(Redirect::to(&visiteur.chemin).into_response()),
    }
}

/// A new dossier of a household, about that child, by `evenement`.
async fn commence(
    visiteur: &Visiteur,
    session: &Ouverte,
    demarche: &Demarche,
    (foyer, enfant): (&FoyerId, Option<&PersonneId>),
    evenement: &Evenement,
    cle: &str,
) -> Result<DossierId, Arret> {
    let (etat, portee) = (&visiteur.etat, &session.portee);
    let fait = async {
        let lu = acts::neuf(etat, &visiteur.commune, portee, demarche, foyer, enfant).await?;
        acts::commet(etat, portee, &lu, evenement, Some(cle)).await
    };
    fait.await.map(|acte| acte.id).map_err(|e| echec(visiteur, e).into())
}

/// Somebody without an account: the cookie is the secret link of the request just begun.
async fn demarre_sans_compte(visiteur: &Visiteur, demarche: &Demarche) -> Result<Response, Arret> {
    let etat = &visiteur.etat;
    let evenement = Evenement::Demarrer { foyer: None, enfant: None, reponses: Reponses::default() };
    let portee = etat.store.portee_publique(&visiteur.slug);
    let fait = async {
        let lu = acts::neuf_public(etat, &visiteur.commune, &portee, demarche);
        acts::commet(etat, &portee, &lu, &evenement, None).await
    };
    let dossier = fait.await.map_err(|e| echec(visiteur, e))?.id;
    // a cookie lives in real time, whatever the demonstration's clock says
    let reel = etat.horloge.reel();
    let fin = reel.checked_add((BROUILLON_PUBLIC_JOURS * 24).hours()).unwrap_or(reel);
    let jeton = Jeton::tire().map_err(|e| etat.panne(&e))?;
    let ouvert = etat.store.ouvre_suivi(&visiteur.slug, &jeton, dossier.clone(), reel, fin).await;
    ouvert.map_err(|e| etat.panne(&e))?;
    let suite = premiere_page(demarche, false);
    let adresse = format!("/{}/dossiers/{dossier}/{suite}", visiteur.slug);
    Ok(session::entree(&visiteur.etat, &visiteur.slug, &jeton, &adresse))
}

/// What follows the presentation.
fn premiere_page(demarche: &Demarche, connue: bool) -> &'static str {
    match (&demarche.rendez_vous, connue) {
        (Some(_), _) => "rendez-vous",
        (None, true) => "informations",
        (None, false) => "ecrans/1",
    }
}

/// Reads the dossier of an address.
pub(super) async fn lu<'a>(
    visiteur: &'a Visiteur,
    session: &Ouverte,
    id: &DossierId,
) -> Result<(Lu<'a>, Dossier), Arret> {
    let lu = acts::lit(&visiteur.etat, &visiteur.commune, &session.portee, id).await;
    let lu = lu.map_err(|e| echec(visiteur, e))?;
    match lu.dossier.clone() {
        // a file of another service is not this agent's
        Some(d) if !visiteur.est_agent() || sien(visiteur, session, &d) => Ok((lu, d)),
        _ => Err(page_introuvable(&visiteur.etat, &visiteur.chemin).into()),
    }
}

pub(super) fn sujet(lu: &Lu<'_>, dossier: &Dossier) -> String {
    match lu.prenom(dossier).as_str() {
        "" => String::new(),
        prenom => format!("Pour {prenom}"),
    }
}

/// `GET /{slug}/dossiers/{dossier}`: the recapitulation of a draft, the request of the rest.
async fn dossier(
    famille: Famille,
    Path((_, id)): Path<(String, String)>,
    retour: Retour,
) -> Result<Response, Arret> {
    let (visiteur, session) = (&famille.visiteur, &famille.session);
    let (lu, dossier) = lu(visiteur, session, &identifiant(visiteur, &id)?).await?;
    Ok(suivi::demande(visiteur, session, &lu, &dossier, None, &retour).await)
}

/// The sentences of a refusal.
pub(super) fn raisons(refus: &Refus) -> Vec<String> {
    if refus.champs.is_empty() {
        vec![refus.motif.to_string()]
    } else {
        refus.champs.iter().map(|c| c.motif.clone()).collect()
    }
}

/// `POST /{slug}/dossiers/{dossier}/actes`: what a button of the page says.
async fn acte(
    famille: Famille,
    Path((_, id)): Path<(String, String)>,
    Form(paires): Paires,
) -> Result<Response, Arret> {
    let (visiteur, session) = (&famille.visiteur, &famille.session);
    let paires = paires.as_slice();
    let cle = cle(visiteur, session, paires)?;
    let id = identifiant(visiteur, &id)?;
    let action = champ(paires, "action").to_owned();
    let motif = champ(paires, &format!("motif_{action}")).trim().to_owned();
    let evenement = Evenement::Agir {
        motif: (!motif.is_empty()).then(|| motif.clone()),
        action,
        reponses: None,
        // what they decided on is what they saw
        vue: champ(paires, "_vue").parse().ok(),
    };
    let (etat, portee) = (&visiteur.etat, &session.portee);
    let refus = match acts::agit(etat, &visiteur.commune, portee, &id, &evenement, Some(&cle)).await {
        Err(Echec::Refus(refus)) => refus,
        fait => return suite_de(visiteur, fait, "?fait=agir"),
    };
    let (lu, dossier) = lu(visiteur, session, &id).await?;
    Ok(suivi::demande(visiteur, session, &lu, &dossier, Some((&refus, &motif)), &Retour::default()).await)
}

/// `POST /{slug}/dossiers/{dossier}/copie`: the same request for a sibling.
async fn copie(
    famille: Famille,
    Path((_, id)): Path<(String, String)>,
    Form(paires): Paires,
) -> Result<Response, Arret> {
    let (visiteur, session) = (&famille.visiteur, &famille.session);
    let cle = cle(visiteur, session, &paires)?;
    let (source, dossier) = lu(visiteur, session, &identifiant(visiteur, &id)?).await?;
    let enfant = PersonneId::lit(champ(&paires, "enfant")).ok();
    let Some(foyer) = dossier.foyer.clone() else {
        return Ok(page_introuvable(&visiteur.etat, &visiteur.chemin));
    };
    let evenement = Evenement::Dupliquer { source: Box::new(dossier), enfant: enfant.clone() };
    let fait = commence(visiteur, session, source.demarche, (&foyer, enfant.as_ref()), &evenement, &cle);
    let copie = fait.await?;
    Ok(Redirect::to(&format!("/{}/dossiers/{copie}/ecrans/1?fait=copie", visiteur.slug)).into_response())
}

/// The page of an address after an act, or the reason why it did not happen.
pub(super) fn suite_de(
    visiteur: &Visiteur,
    fait: Result<DossierId, Echec>,
    vers: &str,
) -> Result<Response, Arret> {
    match fait {
        Ok(id) => {
            let adresse = format!("{}{vers}", suivi::adresse(visiteur, &id));
            Ok(Redirect::to(&adresse).into_response())
        }
        Err(erreur) => Ok(echec(visiteur, erreur)),
    }
}
