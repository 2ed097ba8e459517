//! How somebody prefers to be reached: proposed in each new request, and kept in their household for the next ones.

use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Redirect, Response};
use engine::decision::{Agregat, Decision, Ecriture, Garde};
use engine::demarche::{Dossier, Phase};
use engine::foyer::{Fait, SourceFait, Sujet, ValeurFait};
use engine_store::Erreur;
use forms::formulaire::OptionVue;
use forms::vues::ContactPrefere;
use rules::valeur::Domaine;

use super::dossier::{Paires, champ, cle, identifiant, lu};
use super::{Arret, page_introuvable};
use crate::acts::Lu;
use crate::routes::{Acces, Routes};
use crate::session::{Ouverte, Parent, Visiteur};

/// The fact that the creation of an account asks, and that requests propose.
const FAIT: &str = "contact_prefere";
/// How many times it is tried when the household was written meanwhile.
const ESSAIS: usize = 3;

pub(super) fn routes() -> Routes {
    Routes::default().post("/{slug}/dossiers/{dossier}/joindre", Acces::Famille, garde)
}

/// The ways that the town offers, in its order; none where it does not ask.
fn moyens(visiteur: &Visiteur) -> Vec<(String, String)> {
    let vocabulaire = &visiteur.commune.vocabulaire;
    let declare = vocabulaire.iter().find(|(_, s)| s.nom == FAIT && s.lecture.is_some());
    let Some(Domaine::Choix(ids)) = declare.map(|(_, s)| &s.domaine) else { return Vec::new() };
    let mots = |id: &str| match id {
        "courriel" => "Par courriel".to_owned(),
        "telephone" => "Par téléphone".to_owned(),
        autre => autre.replace('_', " "),
    };
    ids.iter().map(|id| (id.to_string(), mots(id))).collect()
}

/// The way that whoever files chose; empty before they did.
fn choisi(lu: &Lu<'_>, dossier: &Dossier) -> String {
    let sujet = dossier.demandeur.clone().map(Sujet::Personne);
    let fait = sujet.and_then(|s| lu.faits.valeur(&s, FAIT, lu.aujourdhui, lu.maintenant));
    match fait.map(|f| &f.valeur) {
        Some(ValeurFait::Choix(id)) => id.clone(),
        _ => String::new(),
    }
}

/// In words, for whoever reads the request.
pub(super) fn en_mots(visiteur: &Visiteur, lu: &Lu<'_>, dossier: &Dossier) -> Option<String> {
    let choisi = choisi(lu, dossier);
    moyens(visiteur).into_iter().find(|(id, _)| *id == choisi).map(|(_, mots)| mots)
}

/// What a draft proposes; `None`: nobody of a household files it, or the town does not ask.
pub(super) fn propose(
    visiteur: &Visiteur,
    session: &Ouverte,
    lu: &Lu<'_>,
    dossier: &Dossier,
) -> Option<ContactPrefere> {
    let moyens = moyens(visiteur);
    if moyens.is_empty() || dossier.demandeur.is_none() || dossier.phase != Phase::Brouillon {
        return None;
    }
    let choisi = choisi(lu, dossier);
    Some(ContactPrefere {
        options: moyens
            .into_iter()
            .map(|(valeur, libelle)| OptionVue { choisie: valeur == choisi, valeur, libelle })
            .collect(),
        action: format!("/{}/dossiers/{}/joindre", visiteur.slug, dossier.id),
        jeton: session.jeton_de_formulaire(),
    })
}

/// `POST /{slug}/dossiers/{dossier}/joindre`: for this request and those that follow.
async fn garde(
    parent: Parent,
    Path((_, id)): Path<(String, String)>,
    Form(paires): Paires,
) -> Result<Response, Arret> {
    let (visiteur, session) = (&parent.visiteur, &parent.session);
    cle(visiteur, session, &paires)?;
    let (lu, dossier) = lu(visiteur, session, &identifiant(visiteur, &id)?).await?;
    let choix = champ(&paires, FAIT);
    let retour = Redirect::to(&format!("/{}/dossiers/{}/informations", visiteur.slug, dossier.id));
    let connu = moyens(visiteur).iter().any(|(id, _)| id == choix);
    let Some(demandeur) = dossier.demandeur.clone().filter(|_| dossier.phase == Phase::Brouillon) else {
        return Ok(page_introuvable(&visiteur.etat, &visiteur.chemin));
    };
    if !connu || choisi(&lu, &dossier) == choix {
        return Ok(retour.into_response());
    }
    let panne = |e: &Erreur| Arret::from(visiteur.etat.panne(e));
    let (etat, le) = (&visiteur.etat, visiteur.etat.horloge.maintenant());
    let fait = Fait {
        sujet: Sujet::Personne(demandeur),
        fait: FAIT.to_owned(),
        valeur: ValeurFait::Choix(choix.to_owned()),
        valable_du: lu.aujourdhui,
        valable_au: None,
        connu_le: le,
        source: SourceFait::Dossier(dossier.id.clone()),
        valide_par: None,
    };
    for _ in 0..ESSAIS {
        let foyer = etat.store.foyer(&session.portee, &parent.foyer).await.map_err(|e| panne(&e))?;
        let version = foyer.map_or(0, |f| f.version);
        let seq = version.saturating_add(1);
        let ecritures = vec![Ecriture::Fait(fait.clone())];
        let mut decision = Decision::du_systeme(&parent.foyer, seq, le, "preferer_contact", ecritures);
        decision.entree.auteur = session.portee.auteur().clone();
        let agregat = Agregat::Foyer(parent.foyer.clone());
        decision.gardes.push(Garde::Version { agregat, attendue: version });
        match etat.store.commet(&session.portee, decision, None).await {
            Ok(_) => return Ok(retour.into_response()),
            Err(Erreur::Garde(_)) => {}
            Err(erreur) => return Err(panne(&erreur)),
        }
    }
    Err(panne(&Erreur::Occupee))
}
