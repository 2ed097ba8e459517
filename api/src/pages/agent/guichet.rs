//! The counter: an agent acts for somebody who is there or on the telephone, with that person's rights, under the agent's name.

use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::decision::Auteur;
use engine::foyer::Genre;
use engine::identifiant::{FoyerId, PersonneId};
use engine_store::{Erreur, Titre};
use forms::vues::{FamilleTrouvee, PageGuichet};
use jiff::ToSpan;

use crate::pages::dossier::{champ, cle};
use crate::pages::{Arret, page, page_interdite, page_introuvable};
use crate::session::{self, Agent, Visiteur};

/// Most families shown: beyond, the page says to add the first name.
const FAMILLES: usize = 20;
/// How long the agent may act for a family before saying so again.
const DUREE_HEURES: i64 = 1;

type Paires = Form<Vec<(String, String)>>;

/// `GET /{slug}/agent/guichet`
pub(super) async fn guichet(agent: Agent) -> Result<Response, Arret> {
    super::recoit_les_familles(&agent)?;
    Ok(montre(&agent, String::new(), false, Trouvees::default()))
}

/// `POST /{slug}/agent/guichet`: a name never goes in an address.
pub(super) async fn cherche(agent: Agent, Form(paires): Paires) -> Result<Response, Arret> {
    cle(&agent.visiteur, &agent.session, &paires)?;
    super::recoit_les_familles(&agent)?;
    let nom: String = champ(&paires, "nom").trim().chars().take(80).collect();
    let trouvees = familles(&agent, &nom).await.map_err(|e| agent.visiteur.etat.panne(&e))?;
    Ok(montre(&agent, nom, true, trouvees))
}

/// What a name finds, and whether there is more than is shown.
#[derive(Default)]
struct Trouvees {
    familles: Vec<FamilleTrouvee>,
    encore: bool,
}

fn montre(agent: &Agent, recherche: String, cherche: bool, trouvees: Trouvees) -> Response {
    let visiteur = &agent.visiteur;
    let vue = PageGuichet {
        cadre: visiteur.cadre("Au guichet"),
        recherche,
        cherche,
        familles: trouvees.familles,
        encore: trouvees.encore,
        jeton: agent.session.jeton_de_formulaire(),
        action: format!("/{}/agent/guichet", visiteur.slug),
    };
    page(&visiteur.etat, StatusCode::OK, &vue)
}

async fn familles(agent: &Agent, nom: &str) -> Result<Trouvees, Erreur> {
    let (store, portee) = (&agent.visiteur.etat.store, &agent.session.portee);
    let mut familles = Vec::new();
    let mut trouves = store.cherche_foyers(portee, nom, FAMILLES + 1).await?;
    let encore = trouves.len() > FAMILLES;
    trouves.truncate(FAMILLES);
    for id in trouves {
        let Some(foyer) = store.foyer(portee, &id).await? else { continue };
        let mut enfants = Vec::new();
        for membre in foyer.membres.iter().filter(|m| m.genre == Genre::Enfant) {
            enfants.push(store.designation(portee, &membre.personne).await?.prenom);
        }
        for membre in foyer.membres.iter().filter(|m| m.genre.est_responsable()) {
            let designation = store.designation(portee, &membre.personne).await?;
            familles.push(FamilleTrouvee {
                personne: membre.personne.to_string(),
                foyer: id.to_string(),
                nom: designation.en_entier(),
                enfants: enfants.join(", "),
            });
        }
    }
    Ok(Trouvees { familles, encore })
}

/// `POST /{slug}/agent/guichet/ouvre`: the agent's session becomes one for that person, and the journal says so.
pub(super) async fn ouvre(agent: Agent, Form(paires): Paires) -> Result<Response, Arret> {
    let visiteur = &agent.visiteur;
    cle(visiteur, &agent.session, &paires)?;
    super::recoit_les_familles(&agent)?;
    let introuvable = || page_introuvable(&visiteur.etat, &visiteur.chemin);
    let (Ok(foyer), Ok(personne)) =
        (FoyerId::lit(champ(&paires, "foyer")), PersonneId::lit(champ(&paires, "personne")))
    else {
        return Ok(introuvable());
    };
    let (store, portee) = (&visiteur.etat.store, &agent.session.portee);
    let Auteur::Agent { agent: qui, roles } = portee.auteur() else { return Ok(page_interdite(visiteur)) };
    let lu = store.foyer(portee, &foyer).await.map_err(|e| visiteur.etat.panne(&e))?;
    let responsable =
        lu.is_some_and(|f| f.membres.iter().any(|m| m.personne == personne && m.genre.est_responsable()));
    if !responsable {
        return Ok(introuvable());
    }
    let le = visiteur.etat.horloge.maintenant();
    let note = store.consigne(portee, &foyer, "guichet_ouvert", Some(personne.to_string()), le).await;
    note.map_err(|e| visiteur.etat.panne(&e))?;
    let auteur = Auteur::AuGuichet { agent: qui.clone(), roles: roles.clone(), personne, foyer };
    change(visiteur, auteur, &format!("/{}/", visiteur.slug)).await
}

/// `POST /{slug}/guichet/fin`: back to the agent's own desk.
pub(super) async fn ferme(visiteur: Visiteur) -> Result<Response, Arret> {
    let Some(Auteur::AuGuichet { agent, roles, .. }) =
        visiteur.session.as_ref().map(|s| s.portee.auteur().clone())
    else {
        return Ok(Redirect::to(&format!("/{}/", visiteur.slug)).into_response());
    };
    change(&visiteur, Auteur::Agent { agent, roles }, &format!("/{}/agent/guichet", visiteur.slug)).await
}

/// Another session in place of this one: the old cookie opens nothing any more.
async fn change(visiteur: &Visiteur, auteur: Auteur, vers: &str) -> Result<Response, Arret> {
    let etat = &visiteur.etat;
    let reel = etat.horloge.reel();
    let duree = if auteur.foyer().is_some() { DUREE_HEURES } else { session::DUREE_HEURES };
    let expire = reel.checked_add(duree.hours()).unwrap_or(reel);
    let ici = visiteur.session.as_ref();
    let titre =
        ici.and_then(|s| Some(Titre::Session(s.portee.compte()?.clone(), session::jeton(s).empreinte())));
    let jeton = match etat.store.ouvre_session_de(&visiteur.slug, titre, auteur, reel, expire).await {
        Err(Erreur::Garde(_)) => return Ok(visiteur.a_l_entree()),
        jeton => jeton.map_err(|e| etat.panne(&e))?,
    };
    if let Some(ancienne) = &visiteur.session {
        let ferme = etat.store.ferme_session(&visiteur.slug, session::jeton(ancienne)).await;
        ferme.map_err(|e| etat.panne(&e))?;
    }
    Ok(session::entree(etat, &visiteur.slug, &jeton, vers))
}
