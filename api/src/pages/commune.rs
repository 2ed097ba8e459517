//! A town's own pages that anybody may read.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use engine::cle_enfance::{Modes as _, est_sous_cadenas};
use engine::commune::{Commune, Contact};
use engine::decision::Auteur;
use engine::demarche::{self, Demarche};
use engine_store::{Erreur, Recents};
use forms::couleur::Theme;
use forms::fenetre;
use forms::vues::{
    Accessibilite, Attente, Connexion, ContactAffiche, Genre, Lien, PageCommune, ResumeDossier, Tuile,
};
use jiff::Timestamp;
use jiff::civil::DateTime;
use rules::date_fr;
use serde::Deserialize;

use super::compte::verification;
use super::connexion::Retour;
use super::{demandes, page, page_introuvable};
use crate::acts;
use crate::attachment;
use crate::demo;
use crate::routes::{Acces, Routes};
use crate::session::Visiteur;
use crate::state::Etat;

/// How many requests the home shows.
const DERNIERES: usize = 4;
/// Among how many it looks for appointments that come.
const REGARDEES: u32 = 30;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/{slug}", Acces::Public, sans_barre)
        .get("/{slug}/", Acces::Public, accueil)
        .get("/{slug}/theme.css", Acces::Public, theme)
        .get("/{slug}/accessibilite", Acces::Public, accessibilite)
}

/// `GET /{slug}`
async fn sans_barre(State(etat): State<Arc<Etat>>, Path(slug): Path<String>) -> Response {
    if etat.communes.contains_key(&slug) {
        return Redirect::permanent(&format!("/{slug}/")).into_response();
    }
    page_introuvable(&etat, &format!("/{slug}"))
}

/// What is looked for.
#[derive(Debug, Deserialize)]
struct Cherche {
    q: Option<String>,
}

/// `GET /{slug}/`, and `?q=cantine` to find a procedure.
async fn accueil(visiteur: Visiteur, retour: Retour, Query(cherche): Query<Cherche>) -> Response {
    let (etat, commune) = (&visiteur.etat, &visiteur.commune);
    match verification::d_abord(&visiteur).await {
        Ok(None) => {}
        Ok(Some(ailleurs)) => return ailleurs,
        Err(erreur) => return etat.panne(&erreur),
    }
    let (connexions, (dossiers, rendez_vous)) = match (connexions(&visiteur).await, dossiers(&visiteur).await)
    {
        (Ok(connexions), Ok((dossiers, rendez_vous))) => (connexions, (dossiers, rendez_vous)),
        (Err(erreur), _) | (_, Err(erreur)) => return etat.panne(&erreur),
    };
    let mut cadre = visiteur.cadre("Accueil");
    cadre.avis = retour.avis();
    let maintenant = etat.horloge.maintenant();
    let cherche = demarche::recherche_nettoyee(&cherche.q.unwrap_or_default());
    let trouvees = demarche::cherche(commune, &cherche);
    let trouve = match trouvees.as_deref() {
        None => String::new(),
        Some([]) => format!("Aucune démarche ne correspond à « {cherche} »."),
        Some([_]) => format!("1 démarche pour « {cherche} »."),
        Some(n) => format!("{} démarches pour « {cherche} ».", n.len()),
    };
    let demarches = trouvees.unwrap_or_else(|| commune.demarches_en_ordre());
    let (attente, fermee) = match attente(&visiteur).await {
        Ok(attente) => attente,
        Err(erreur) => return etat.panne(&erreur),
    };
    let entre = visiteur.session.as_ref().is_some_and(|s| !matches!(s.portee.auteur(), Auteur::Public));
    let toutes = visiteur.famille().map(|_| format!("/{}/demandes", visiteur.slug));
    let vue = PageCommune {
        cadre,
        entrees: visiteur.session.is_none(),
        connexions,
        dossiers,
        rendez_vous,
        toutes: toutes.unwrap_or_default(),
        cherche,
        trouve,
        tuiles: demarches.into_iter().map(|d| tuile(commune, d, maintenant, fermee)).collect(),
        autres_espaces: autres_espaces(&visiteur, attente.is_none()),
        attente,
        premiere_visite: if entre { String::new() } else { format!("/{}/premiere-visite", visiteur.slug) },
        contacts: contacts(commune),
    };
    page(etat, StatusCode::OK, &vue)
}

/// The demonstration's logins, for whoever has not entered.
async fn connexions(visiteur: &Visiteur) -> Result<Vec<Connexion>, Erreur> {
    let etat = &visiteur.etat;
    let entre = visiteur.session.as_ref().is_some_and(|s| !matches!(s.portee.auteur(), Auteur::Public));
    if entre || !etat.est_demonstration() {
        return Ok(Vec::new());
    }
    let comptes = demo::comptes(&etat.store, &visiteur.commune, &visiteur.slug).await?;
    let connexion = |c: demo::Compte| Connexion {
        agent: matches!(c.auteur, Auteur::Agent { .. }),
        identifiant: c.identifiant,
        libelle: c.libelle,
    };
    Ok(comptes.into_iter().map(connexion).collect())
}

/// The family's latest requests, and the appointments that come.
async fn dossiers(visiteur: &Visiteur) -> Result<(Vec<ResumeDossier>, Vec<Lien>), Erreur> {
    let Some((session, _)) = visiteur.famille() else { return Ok((Vec::new(), Vec::new())) };
    let recents = visiteur.etat.store.recents(&session.portee, Recents::Tous, None, REGARDEES).await?;
    let (etat, commune) = (&visiteur.etat, &visiteur.commune);
    let ici = etat.horloge.maintenant().to_zoned(commune.fuseau.clone()).datetime();
    let mut a_venir: Vec<(DateTime, Lien)> = Vec::new();
    for dossier in
        recents.iter().filter(|d| acts::est_montre(etat, commune, &d.demarche, session.portee.auteur()))
    {
        let Some(pris) = dossier.suivi.rendez_vous.as_ref() else { continue };
        if pris.tenu.is_some() || pris.debut < ici || dossier.phase.est_finale() {
            continue;
        }
        let demarche = etat.demarche_de(commune, &dossier.demarche).map_or("", |d| d.nom.as_str());
        let lien = Lien {
            titre: format!("{} : {demarche}", date_fr::instant(pris.debut)),
            href: format!("/{}/dossiers/{}/rendez-vous", visiteur.slug, dossier.id),
        };
        a_venir.push((pris.debut, lien));
    }
    a_venir.sort_by_key(|(debut, _)| *debut);
    let dernieres = recents.get(..DERNIERES).unwrap_or(&recents);
    let resumes = demandes::resumes(visiteur, &session, dernieres).await?;
    Ok((resumes, a_venir.into_iter().map(|(_, lien)| lien).collect()))
}

/// `GET /{slug}/theme.css`: the town's colours. Its address changes with the town's definition.
async fn theme(State(etat): State<Arc<Etat>>, Path(slug): Path<String>) -> Response {
    let Some(commune) = etat.communes.get(&slug) else { return StatusCode::NOT_FOUND.into_response() };
    let portail = &commune.portail;
    let theme = portail.principale.as_deref().and_then(|p| Theme::nouveau(p, portail.texte.as_deref()));
    let css = theme.map(|t| t.css()).unwrap_or_default();
    let garde = "public, max-age=31536000, immutable";
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, garde)], css).into_response()
}

/// `GET /{slug}/accessibilite`
async fn accessibilite(visiteur: Visiteur) -> Response {
    let vue = Accessibilite {
        cadre: visiteur.cadre("Accessibilité"),
        commune: visiteur.commune.nom.clone(),
        contacts: contacts(&visiteur.commune),
    };
    page(&visiteur.etat, StatusCode::OK, &vue)
}

/// What a family that the town does not know yet waits for, and whether procedures are closed to it meanwhile.
async fn attente(visiteur: &Visiteur) -> Result<(Option<Attente>, bool), Erreur> {
    let Some((session, foyer)) = visiteur.famille() else { return Ok((None, false)) };
    let lu = visiteur.etat.store.rattachement(&session.portee, &foyer).await?;
    let Some(lu) = lu.filter(|r| !r.est_valide()) else { return Ok((None, false)) };
    let commune = &visiteur.commune;
    let cle = commune.cle_enfance.cle().filter(|c| c.plus_tard);
    let cle =
        cle.map(|_| Lien { titre: "J’ai une clé".to_owned(), href: format!("/{}/cle", visiteur.slug) });
    let partenaire = commune.cle_enfance.partenaire().map(|(nom, _)| Lien {
        titre: format!("Relier mon compte : {nom}"),
        href: format!("/{}/partenaire", visiteur.slug),
    });
    let attente = Attente {
        texte: attachment::attente(commune),
        motif: lu.reponse.and_then(Result::err).unwrap_or_default(),
        liens: cle.into_iter().chain(partenaire).collect(),
    };
    Ok((Some(attente), true))
}

/// The partners' spaces of somebody of a household: linked where the town knows it.
fn autres_espaces(visiteur: &Visiteur, connue: bool) -> Vec<Tuile> {
    let Some((nom, _)) = visiteur.commune.cle_enfance.partenaire().filter(|_| visiteur.famille().is_some())
    else {
        return Vec::new();
    };
    let (detail, etat) = if connue {
        ("Votre espace est relié à votre famille : rien ne vous est redemandé.", "Relié")
    } else {
        ("Reliez une seule fois le compte que vous y avez déjà.", "")
    };
    vec![Tuile {
        href: format!("/{}/partenaire", visiteur.slug),
        titre: nom.to_owned(),
        detail: detail.to_owned(),
        etat: etat.to_owned(),
        genre: Genre::Succes,
        cadenas: false,
    }]
}

fn tuile(commune: &Commune, demarche: &Demarche, maintenant: Timestamp, inconnue: bool) -> Tuile {
    let duree = demarche.duree.as_ref().map(|d| format!("{d} au plus"));
    let (etat, genre) = fenetre::en_bref(demarche.fenetre(maintenant), &commune.fuseau);
    Tuile {
        href: format!("/{}/demarches/{}", commune.slug, demarche.id),
        titre: demarche.nom.clone(),
        detail: duree.unwrap_or_else(|| commune.instructeur(demarche)),
        etat,
        genre,
        cadenas: inconnue && est_sous_cadenas(commune, demarche),
    }
}

/// The town hall's services; an address kept as a secret is not shown.
fn contacts(commune: &Commune) -> Vec<ContactAffiche> {
    commune
        .contacts
        .iter()
        .map(affiche)
        // a name alone helps nobody to reach it
        .filter(|c: &ContactAffiche| !c.lignes.is_empty())
        .collect()
}

/// A service, and how to reach it.
pub(crate) fn affiche(contact: &Contact) -> ContactAffiche {
    let lignes =
        [telephone(contact), contact.courriel.clone(), contact.adresse.clone(), contact.horaires.clone()];
    ContactAffiche {
        nom: contact.nom.clone(),
        lignes: lignes.into_iter().flatten().filter(|l| !l.starts_with("secret:")).collect(),
    }
}

/// The number, and when nobody answers it.
fn telephone(contact: &Contact) -> Option<String> {
    let numero = contact.telephone.clone()?;
    Some(match &contact.telephone_ferme {
        Some(ferme) => format!("{numero} (ne répond pas {ferme})"),
        None => numero,
    })
}
