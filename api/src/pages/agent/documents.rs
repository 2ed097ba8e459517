//! The documents that families gave and that nobody looked at yet, over all the services of this agent: opened, accepted, refused.

use axum::extract::{Form, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::decision::Refus;
use engine::demarche::{Dossier, EtatPiece, Evenement, PieceRecue, validite};
use engine::identifiant::DossierId;
use engine_store::{Curseur, Erreur};
use forms::formulaire::OptionVue;
use forms::vues::{DocumentALire, Genre, PageDocuments};
use jiff::Timestamp;
use jiff::civil::Date;
use rules::date_fr;
use serde::Deserialize;

use super::{age, aujourdhui, personne, sien, siennes};
use crate::acts::{self, Echec};
use crate::pages::dossier::{Paires, champ, cle};
use crate::pages::suite::echec;
use crate::pages::{Arret, page, page_introuvable};
use crate::session::Agent;

/// Dossiers on a page; each may hold several documents.
const DOSSIERS: u32 = 25;

/// Where the page before ended, and what was just done.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Suite {
    apres: Option<String>,
    fait: Option<String>,
}

/// What was refused to the agent, and what they had typed.
struct Essai<'e> {
    dossier: &'e DossierId,
    piece: &'e str,
    motif: &'e str,
    refus: &'e Refus,
}

/// `GET /{slug}/agent/documents`
pub(super) async fn documents(agent: Agent, Query(suite): Query<Suite>) -> Response {
    montre(&agent, &suite, None).await
}

async fn montre(agent: &Agent, suite: &Suite, essai: Option<Essai<'_>>) -> Response {
    match lit(agent, suite, essai.as_ref()).await {
        Ok(vue) => {
            let code = if essai.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
            page(&agent.visiteur.etat, code, &vue)
        }
        Err(erreur) => agent.visiteur.etat.panne(&erreur),
    }
}

async fn lit(agent: &Agent, suite: &Suite, essai: Option<&Essai<'_>>) -> Result<PageDocuments, Erreur> {
    let visiteur = &agent.visiteur;
    let demarches = siennes(agent);
    let ids: Vec<&str> = demarches.iter().map(|d| d.id.as_str()).collect();
    let apres = suite.apres.as_deref().and_then(Curseur::lit);
    let portee = &agent.session.portee;
    let dossiers = visiteur.etat.store.a_lire(portee, &ids, apres.as_ref(), DOSSIERS).await?;
    let pleine = u32::try_from(dossiers.len()) == Ok(DOSSIERS);
    let apres = dossiers.last().filter(|_| pleine).map(|(_, place)| place.texte());
    let adresse = format!("/{}/agent/documents", visiteur.slug);
    let mut lignes = Vec::new();
    for (dossier, _) in dossiers.iter().filter(|(d, _)| sien(visiteur, &agent.session, d)) {
        let de_qui = personne(agent, (dossier.enfant.as_ref(), dossier.foyer.as_ref())).await?;
        let nom = demarches.iter().find(|d| d.id == dossier.demarche).map_or("", |d| d.nom.as_str());
        let a_lire = dossier.pieces.iter().filter(|(_, r)| r.etat == EtatPiece::AVerifier);
        lignes.extend(a_lire.map(|(piece, recue)| {
            let tente = essai.filter(|e| *e.dossier == dossier.id && e.piece == piece);
            document(agent, (dossier, &de_qui, nom), (piece, recue), tente)
        }));
    }
    let mut cadre = visiteur.cadre("Documents à lire");
    cadre.avis = suite.fait.as_deref().and_then(dit);
    let textes = visiteur.commune.textes_de_pieces.iter();
    Ok(PageDocuments {
        cadre,
        refus: essai.map(|e| e.refus.motif.to_string()).unwrap_or_default(),
        documents: lignes,
        textes: textes
            .map(|(nom, _)| OptionVue { valeur: nom.clone(), libelle: nom.clone(), choisie: false })
            .collect(),
        jeton: agent.session.jeton_de_formulaire(),
        suite: apres.map(|a| format!("{adresse}?apres={a}")).unwrap_or_default(),
        action: adresse,
    })
}

fn dit(fait: &str) -> Option<forms::vues::Avis> {
    let texte = match fait {
        "acceptee" => "Le document est accepté.",
        "refusee" => "Le document est refusé : la famille en est prévenue par courriel.",
        _ => return None,
    };
    Some(forms::vues::Avis { genre: Genre::Succes, texte: texte.to_owned() })
}

fn document(
    agent: &Agent,
    (dossier, de_qui, demarche): (&Dossier, &str, &str),
    (piece, recue): (&str, &PieceRecue),
    tente: Option<&Essai<'_>>,
) -> DocumentALire {
    let visiteur = &agent.visiteur;
    let commune = &visiteur.commune;
    let definie = commune.piece(piece);
    let base = format!("/{}/agent/dossiers/{}", visiteur.slug, dossier.id);
    let jour = aujourdhui(agent);
    let fin = validite(commune, dossier, piece, recue);
    let mut lignes = Vec::new();
    lignes.extend(recue.date.map(|d| format!("Daté du {}.", date_fr::date_courte(d))));
    lignes.extend(fin.map(|fin| validite_en_mots(fin, jour)));
    let provisoire = commune.pieces.iter().find(|p| p.provisoire_est(piece));
    lignes.extend(provisoire.map(|p| format!("En attendant : {}.", p.nom)));
    DocumentALire {
        id: format!("{}-{piece}", dossier.id),
        dossier: dossier.id.to_string(),
        piece: piece.to_owned(),
        nom: definie.map_or_else(|| piece.to_owned(), |p| p.nom.clone()),
        sensible: definie.is_some_and(engine::commune::Piece::est_sensible),
        de_qui: de_qui.to_owned(),
        demarche: demarche.to_owned(),
        numero: dossier.numero.clone().unwrap_or_else(|| "sans numéro".to_owned()),
        href: base.clone(),
        age: age(&commune.fuseau, recue.recue_le, jour),
        lignes,
        fichiers: (1..=recue.fichiers.len())
            .map(|n| {
                let titre = match recue.fichiers.len() {
                    1 => "Ouvrir le document".to_owned(),
                    _ => format!("Ouvrir le fichier {n}"),
                };
                (titre, format!("{base}/pieces/{piece}/{n}"))
            })
            .collect(),
        vue: recue.recue_le.to_string(),
        motif: tente.map(|e| e.motif.to_owned()).unwrap_or_default(),
        tente: tente.is_some(),
    }
}

fn validite_en_mots(fin: Date, jour: Date) -> String {
    let quand = date_fr::date_courte(fin);
    if fin < jour {
        format!("N’est plus valable depuis le {quand}.")
    } else {
        format!("Valable jusqu’au {quand}.")
    }
}

/// When the document that the agent had before their eyes came.
pub(super) fn vue(paires: &[(String, String)]) -> Option<Timestamp> {
    champ(paires, "vue").parse().ok()
}

/// `POST /{slug}/agent/documents`: accepts or refuses one, and comes back to the list.
pub(super) async fn juge(agent: Agent, Form(paires): Paires) -> Result<Response, Arret> {
    let visiteur = &agent.visiteur;
    let cle = cle(visiteur, &agent.session, &paires)?;
    let Ok(dossier) = DossierId::lit(champ(&paires, "dossier")) else {
        return Ok(page_introuvable(&visiteur.etat, &visiteur.chemin));
    };
    let piece = champ(&paires, "piece");
    let mut motif = champ(&paires, "motif").trim().to_owned();
    let choisi = champ(&paires, "texte");
    if motif.is_empty() {
        let type_choisi = visiteur.commune.textes_de_pieces.iter().find(|(nom, _)| nom == choisi);
        motif = type_choisi.map(|(_, texte)| texte.clone()).unwrap_or_default();
    }
    let (etat, fait) = match champ(&paires, "etat") {
        "acceptee" => (EtatPiece::Acceptee, "acceptee"),
        _ => (EtatPiece::Refusee(motif.clone()), "refusee"),
    };
    let evenement = Evenement::VerifierPiece { piece: piece.to_owned(), etat, vue: vue(&paires) };
    let (etat, portee) = (&visiteur.etat, &agent.session.portee);
    match acts::agit(etat, &visiteur.commune, portee, &dossier, &evenement, Some(&cle)).await {
        Ok(_) => Ok(Redirect::to(&format!("/{}/agent/documents?fait={fait}", visiteur.slug)).into_response()),
        Err(Echec::Refus(refus)) => {
            let essai = Essai { dossier: &dossier, piece, motif: &motif, refus: &refus };
            Ok(montre(&agent, &Suite::default(), Some(essai)).await)
        }
        Err(autre) => Ok(echec(visiteur, autre)),
    }
}
