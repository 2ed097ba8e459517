//! Clés enfance at the desk: made for a family that the town knows, shown once on the letter to print, taken back.

use axum::extract::Form;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use engine::cle_enfance::{CleRemise, Modes as _, UnePar};
use engine::foyer::{FaitsDates, Foyer, Genre};
use engine::identifiant::{CleEnfanceId, FoyerId, PersonneId};
use engine_store::{CleIdempotence, CleRangee, Erreur, EtatCle, FoyerLu};
use forms::vues::{FamilleACle, Genre as Ton, LettreCle, PageCles, PageLettres, PersonneACle};
use jiff::Timestamp;
use rules::date_fr;

use crate::attachment;
use crate::childkeys::{Atelier, Faite, lettre};
use crate::facts;
use crate::pages::connexion::Retour;
use crate::pages::dossier::{champ, cle};
use crate::pages::{Arret, page, page_interdite, page_introuvable};
use crate::session::Agent;

/// Most families shown: beyond, the name is to be typed further.
const FAMILLES: usize = 20;
/// Most keys of a household that are looked at, the newest first.
const CLES: u32 = 50;

type Paires = Form<Vec<(String, String)>>;

/// The town's keys; the pages of a town that gives none do not exist, and another service's agent makes none.
fn remise(agent: &Agent) -> Result<&CleRemise, Arret> {
    let visiteur = &agent.visiteur;
    if !attachment::rattache(&visiteur.commune, agent.session.portee.auteur()) {
        return Err(page_interdite(visiteur).into());
    }
    let remise = visiteur.commune.cle_enfance.cle();
    remise.ok_or_else(|| page_introuvable(&visiteur.etat, &visiteur.chemin).into())
}

/// `GET /{slug}/agent/cles`
pub(super) async fn cles(agent: Agent, retour: Retour) -> Result<Response, Arret> {
    let remise = remise(&agent)?;
    Ok(montre(&agent, remise, None, Vec::new(), &retour))
}

/// `POST /{slug}/agent/cles`: looks for a family (a name never goes in an address), makes a key, or takes one back.
pub(super) async fn agit(agent: Agent, Form(paires): Paires) -> Result<Response, Arret> {
    let remise = remise(&agent)?;
    let visiteur = &agent.visiteur;
    let jeton = cle(visiteur, &agent.session, &paires)?;
    let panne = |e: Erreur| visiteur.etat.panne(&e);
    let la = format!("/{}/agent/cles", visiteur.slug);
    if let Ok(retiree) = CleEnfanceId::lit(champ(&paires, "retirer")) {
        let le = visiteur.etat.horloge.maintenant();
        visiteur.etat.store.revoque_cle(&agent.session.portee, &retiree, le).await.map_err(panne)?;
        return Ok(Redirect::to(&format!("{la}?fait=cle_retiree")).into_response());
    }
    let geste = paires.iter().find(|(nom, _)| nom == "faire" || nom == "pdf");
    if let Some((geste, pour)) = geste {
        let Ok(foyer) = FoyerId::lit(champ(&paires, "foyer")) else {
            return Ok(page_introuvable(&visiteur.etat, &visiteur.chemin));
        };
        if !premiere_fois(&agent, &jeton).await.map_err(panne)? {
            return Ok(Redirect::to(&format!("{la}?fait=cle_montree")).into_response());
        }
        let pour = PersonneId::lit(pour).ok();
        return fait(&agent, remise, &foyer, (pour.as_ref(), geste == "pdf")).await;
    }
    let nom: String = champ(&paires, "nom").trim().chars().take(80).collect();
    let familles = familles(&agent, remise, &nom).await.map_err(panne)?;
    Ok(montre(&agent, remise, Some(nom), familles, &Retour::default()))
}

/// A page of keys asked for again (reloaded, gone back to) makes no other key.
async fn premiere_fois(agent: &Agent, jeton: &str) -> Result<bool, Erreur> {
    let (etat, portee) = (&agent.visiteur.etat, &agent.session.portee);
    let cle = format!("cle_enfance:{jeton}");
    if etat.store.reponse_gardee(portee, &cle, &[0; 32]).await?.is_some() {
        return Ok(false);
    }
    let faite = CleIdempotence { cle, corps: [0; 32], reponse: "faite".to_owned() };
    etat.store.garde_reponse(portee, faite, etat.horloge.maintenant()).await?;
    Ok(true)
}

fn montre(
    agent: &Agent,
    remise: &CleRemise,
    nom: Option<String>,
    familles: Vec<FamilleACle>,
    retour: &Retour,
) -> Response {
    let visiteur = &agent.visiteur;
    let mut cadre = visiteur.cadre("Clés enfance");
    cadre.avis = retour.avis();
    let vue = PageCles {
        cadre,
        cherche: nom.is_some(),
        recherche: nom.unwrap_or_default(),
        familles,
        par_responsable: remise.une_par == UnePar::Responsable,
        jeton: agent.session.jeton_de_formulaire(),
        action: format!("/{}/agent/cles", visiteur.slug),
    };
    page(&visiteur.etat, StatusCode::OK, &vue)
}

async fn familles(agent: &Agent, remise: &CleRemise, nom: &str) -> Result<Vec<FamilleACle>, Erreur> {
    let (etat, portee) = (&agent.visiteur.etat, &agent.session.portee);
    let mut familles = Vec::new();
    for id in etat.store.cherche_foyers(portee, nom, FAMILLES).await? {
        // a household that an account declared is not one that the town knows
        if !attachment::est_connu(&etat.store, portee, &id).await? {
            continue;
        }
        let FoyerLu { foyer: Some(foyer), faits } = etat.store.famille(portee, &id).await? else { continue };
        let cles = etat.store.cles_enfance(portee, Some(&id), CLES).await?;
        familles.push(famille(agent, remise, &foyer, &faits, &cles));
    }
    Ok(familles)
}

fn famille(
    agent: &Agent,
    remise: &CleRemise,
    foyer: &Foyer,
    faits: &FaitsDates,
    cles: &[CleRangee],
) -> FamilleACle {
    let commune = &agent.visiteur.commune;
    let maintenant = agent.visiteur.etat.horloge.maintenant();
    let jour = super::aujourdhui(agent);
    let texte = |p: &PersonneId, fait| facts::texte(faits, p, fait, jour, maintenant);
    let nomme = |p: &PersonneId| format!("{} {}", texte(p, "prenom"), texte(p, "nom")).trim().to_owned();
    let de = |genre: fn(Genre) -> bool| foyer.membres.iter().filter(move |m| genre(m.genre));
    let responsables: Vec<&PersonneId> = de(Genre::est_responsable).map(|m| &m.personne).collect();
    let mut enfants: Vec<String> = de(|g| g == Genre::Enfant).map(|m| texte(&m.personne, "prenom")).collect();
    enfants.sort();
    let une = |personne: Option<&PersonneId>, nom: String| {
        let derniere = cles.iter().find(|c| c.responsable.as_ref() == personne);
        let etat = derniere.map(|c| c.etat(maintenant));
        let fin = |t: Timestamp| date_fr::date_courte(t.to_zoned(commune.fuseau.clone()).date());
        let (etat_dit, genre) = match (etat, derniere) {
            (Some(EtatCle::Ouverte), Some(c)) => {
                (format!("Clé faite, ouverte jusqu’au {}", fin(c.expire_le)), Ton::Succes)
            }
            (Some(EtatCle::Utilisee), _) => ("Clé utilisée".to_owned(), Ton::Info),
            (Some(EtatCle::Revoquee), _) => ("Clé retirée".to_owned(), Ton::Alerte),
            (Some(EtatCle::Expiree), _) => ("Clé passée".to_owned(), Ton::Alerte),
            (Some(EtatCle::Bloquee), _) => ("Clé bloquée par trop d’essais".to_owned(), Ton::Erreur),
            _ => (String::new(), Ton::Info),
        };
        PersonneACle {
            personne: personne.map_or_else(|| "foyer".to_owned(), ToString::to_string),
            nom,
            etat: etat_dit,
            genre,
            cle: derniere
                .filter(|_| etat == Some(EtatCle::Ouverte))
                .map(|c| c.id.to_string())
                .unwrap_or_default(),
        }
    };
    let refus = match (responsables.is_empty(), enfants.is_empty()) {
        (true, _) => "Cette famille n’a pas de représentant connu : aucune clé ne l’ouvre.",
        (false, true) => {
            "Aucun enfant n’est connu : sans date de naissance, aucune clé n’ouvre cette famille."
        }
        (false, false) => "",
    };
    let personnes = match (refus.is_empty(), remise.une_par) {
        (false, _) => Vec::new(),
        (true, UnePar::Foyer) => vec![une(None, "Toute la famille".to_owned())],
        (true, UnePar::Responsable) => responsables.iter().map(|p| une(Some(p), nomme(p))).collect(),
    };
    FamilleACle {
        foyer: foyer.id.to_string(),
        nom: responsables.iter().map(|p| nomme(p)).collect::<Vec<_>>().join(", "),
        enfants: enfants.join(", "),
        personnes,
        refus: refus.to_owned(),
    }
}

/// Makes them and shows the letters, or gives them as a file to print: the only time that they are readable.
async fn fait(
    agent: &Agent,
    remise: &CleRemise,
    foyer: &FoyerId,
    (pour, en_pdf): (Option<&PersonneId>, bool),
) -> Result<Response, Arret> {
    let visiteur = &agent.visiteur;
    let (etat, portee) = (&visiteur.etat, &agent.session.portee);
    let atelier = Atelier {
        store: &etat.store,
        liens: &etat.liens,
        commune: &visiteur.commune,
        portee,
        le: etat.horloge.maintenant(),
    };
    let lettres = async {
        if !attachment::est_connu(&etat.store, portee, foyer).await? {
            return Ok(Vec::new());
        }
        let faites = atelier.fait(remise, foyer, pour).await?;
        let FoyerLu { foyer: Some(lu), faits } = etat.store.famille(portee, foyer).await? else {
            return Ok(Vec::new());
        };
        let adresse = format!("{}/{}/", etat.adresse(), visiteur.slug);
        let une = |f: &Faite| lettre(&visiteur.commune, &adresse, remise, f, (&lu, &faits), atelier.le);
        Ok::<_, Erreur>(faites.iter().map(une).collect())
    };
    let lettres: Vec<LettreCle> = lettres.await.map_err(|e| etat.panne(&e))?;
    if lettres.is_empty() {
        return Ok(page_introuvable(etat, &visiteur.chemin));
    }
    if en_pdf {
        let entetes = [
            (CONTENT_TYPE, "application/pdf"),
            (CONTENT_DISPOSITION, "attachment; filename=\"cles-enfance.pdf\""),
            (CACHE_CONTROL, "no-store"),
        ];
        return Ok((entetes, forms::pdf::lettres_de_cles(&lettres)).into_response());
    }
    let vue = PageLettres {
        cadre: visiteur.cadre("Clé à remettre"),
        lettres,
        retour: format!("/{}/agent/cles", visiteur.slug),
    };
    Ok(page(etat, StatusCode::OK, &vue))
}
