//! `/{slug}/agent/envois`: what could not be delivered, tried again or given up.

use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::demarche::Evenement;
use engine::identifiant::DossierId;
use forms::vues::{EnvoiMort, PageEnvois};
use rules::date_fr;

use crate::acts::{self, Echec};
use crate::deliveries::{self, EnAttente};
use crate::pages::connexion::Retour;
use crate::pages::dossier::{champ, cle, raisons};
use crate::pages::suite::echec;
use crate::pages::{Arret, page, page_introuvable};
use crate::session::Agent;

type Paires = Form<Vec<(String, String)>>;

/// `GET /{slug}/agent/envois`
pub(super) async fn envois(agent: Agent, retour: Retour) -> Result<Response, Arret> {
    montre(&agent, &retour, Vec::new()).await
}

async fn montre(agent: &Agent, retour: &Retour, refus: Vec<String>) -> Result<Response, Arret> {
    let visiteur = &agent.visiteur;
    let (etat, commune) = (&visiteur.etat, &visiteur.commune);
    let liste = deliveries::en_attente(etat, commune, &agent.session.portee).await;
    let liste = liste.map_err(|e| etat.panne(&e))?;
    let mut cadre = visiteur.cadre("Envois qui n’ont pas abouti");
    cadre.avis = retour.avis();
    let code = if refus.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let vue = PageEnvois {
        cadre,
        envois: liste.iter().map(|e| envoi(agent, e)).collect(),
        refus,
        jeton: agent.session.jeton_de_formulaire(),
    };
    Ok(page(etat, code, &vue))
}

fn envoi(agent: &Agent, EnAttente { mort, dossier }: &EnAttente) -> EnvoiMort {
    let (slug, commune) = (&agent.visiteur.slug, &agent.visiteur.commune);
    let cle = &mort.effet.cle;
    EnvoiMort {
        id: format!("{}-{}-{}", dossier.id, cle.seq, cle.rang),
        quoi: deliveries::en_mots(commune, &mort.effet.sortie),
        numero: dossier.numero.clone().unwrap_or_else(|| "sans numéro".to_owned()),
        demarche: commune.demarche(&dossier.demarche).map(|d| d.nom.clone()).unwrap_or_default(),
        href: format!("/{slug}/agent/dossiers/{}", dossier.id),
        depuis: date_fr::instant(mort.mort_le.to_zoned(commune.fuseau.clone()).datetime()),
        essais: mort.essais,
        erreur: mort.erreur.clone(),
        entree: cle.seq,
        rang: cle.rang,
    }
}

/// `POST /{slug}/agent/dossiers/{dossier}/envois`
pub(super) async fn decide(
    agent: Agent,
    Path((_, id)): Path<(String, String)>,
    Form(paires): Paires,
) -> Result<Response, Arret> {
    let visiteur = &agent.visiteur;
    let (etat, commune, portee) = (&visiteur.etat, &visiteur.commune, &agent.session.portee);
    let cle = cle(visiteur, &agent.session, &paires)?;
    let quel = (champ(&paires, "entree").parse(), champ(&paires, "rang").parse());
    let (Ok(id), (Ok(entree), Ok(rang))) = (DossierId::lit(&id), quel) else {
        return Ok(page_introuvable(etat, &visiteur.chemin));
    };
    let attend = deliveries::attend(etat, commune, portee, &id, (entree, rang)).await;
    if !attend.map_err(|e| etat.panne(&e))? {
        let deja = "Cet envoi n’attend plus : un autre agent s’en est occupé, ou il est parti.";
        return montre(&agent, &Retour::default(), vec![deja.to_owned()]).await;
    }
    let evenement = match champ(&paires, "acte") {
        "abandonner" => {
            Evenement::AbandonnerEnvoi { entree, rang, motif: champ(&paires, "motif").trim().to_owned() }
        }
        _ => Evenement::RejouerEnvoi { entree, rang },
    };
    match acts::agit(etat, commune, portee, &id, &evenement, Some(&cle)).await {
        Ok(_) => Ok(Redirect::to(&format!("/{}/agent/envois?fait=agir", visiteur.slug)).into_response()),
        Err(Echec::Refus(refus)) => montre(&agent, &Retour::default(), raisons(&refus)).await,
        Err(autre) => Ok(echec(visiteur, autre)),
    }
}
