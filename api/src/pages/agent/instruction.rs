//! A file to examine: what was answered and sent, what may be decided, everything that happened.

use axum::extract::{Form, Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::decision::{Agregat, Auteur, Refus};
use engine::demarche::{Avis as AvisRendu, Changement, Dossier, EtatPiece, Evenement};
use engine::identifiant::DossierId;
use engine_store::{EntreeLue, Erreur};
use forms::suivi;
use forms::vues::{Genre, PageInstruction, Passage, PieceInstruite};
use jiff::Timestamp;
use rules::date_fr;

use super::documents::vue as vue_du_document;
use super::{aujourdhui, limite, sien};
use crate::acts::{self, Echec, Lu};
use crate::facts;
use crate::pages::connexion::Retour;
use crate::pages::dossier::{champ, cle, identifiant, lu, raisons};
use crate::pages::feuillet::Feuillet;
use crate::pages::suite::{document, echec};
use crate::pages::suivi::{PASSAGES, onglets_d_agent, texte_type};
use crate::pages::{Arret, page, page_introuvable};
use crate::session::Agent;

type Paires = Form<Vec<(String, String)>>;

/// What the agent just tried, and why it was refused.
#[derive(Default)]
struct Essai {
    refus: Vec<String>,
    motif: String,
    /// The opinion that was typed.
    avis: String,
    /// Which page of the history is read.
    feuillet: Feuillet,
}

/// `GET /{slug}/agent/dossiers/{dossier}`
pub(super) async fn dossier(
    agent: Agent,
    Path((_, id)): Path<(String, String)>,
    retour: Retour,
    Query(feuillet): Query<Feuillet>,
) -> Response {
    montre(&agent, &id, &retour, Essai { feuillet, ..Essai::default() }).await
}

async fn montre(agent: &Agent, id: &str, retour: &Retour, essai: Essai) -> Response {
    let visiteur = &agent.visiteur;
    let introuvable = || page_introuvable(&visiteur.etat, &visiteur.chemin);
    let Ok(id) = DossierId::lit(id) else { return introuvable() };
    let lu = match acts::lit(&visiteur.etat, &visiteur.commune, &agent.session.portee, &id).await {
        Ok(lu) => lu,
        Err(erreur) => return echec(visiteur, erreur),
    };
    match &lu.dossier {
        Some(d) if sien(&agent.visiteur, &agent.session, d) => match instruite(agent, &lu, d, retour, &essai)
            .await
        {
            Ok(vue) => {
                let code =
                    if essai.refus.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
                page(&visiteur.etat, code, &vue)
            }
            Err(erreur) => visiteur.etat.panne(&erreur),
        },
        _ => introuvable(),
    }
}

/// The page, once it is written down that this agent reads what it shows of health, or of a court's decision.
async fn instruite(
    agent: &Agent,
    lu: &Lu<'_>,
    d: &Dossier,
    retour: &Retour,
    essai: &Essai,
) -> Result<PageInstruction, Erreur> {
    let sensibles = facts::sensibles(lu.commune);
    let repondus = lu.demarche.champs().filter(|c| d.reponses.0.contains_key(&c.id));
    let mut lus: Vec<&str> = repondus
        .filter_map(|c| c.fait.as_ref())
        .map(|f| f.nom.as_str())
        .filter(|f| sensibles.contains(*f))
        .collect();
    lus.dedup();
    if let (Some(foyer), false) = (&d.foyer, lus.is_empty()) {
        let (etat, portee) = (&agent.visiteur.etat, &agent.session.portee);
        let detail = Some(format!("{}/{}", d.id, lus.join(",")));
        let le = etat.horloge.maintenant();
        etat.store.consigne(portee, foyer, "lire_donnees_sensibles", detail, le).await?;
    }
    vue(agent, lu, d, retour, essai).await
}

async fn vue(
    agent: &Agent,
    lu: &Lu<'_>,
    d: &Dossier,
    retour: &Retour,
    essai: &Essai,
) -> Result<PageInstruction, Erreur> {
    let visiteur = &agent.visiteur;
    let auteur = agent.session.portee.auteur();
    let journal = visiteur.etat.store.journal(&agent.session.portee, &Agregat::Dossier(d.id.clone())).await?;
    let en_travail = match &d.numero {
        Some(numero) => visiteur.etat.store.dossier_numero(&agent.session.portee, numero).await?,
        None => None,
    };
    let mut cadre = visiteur.cadre(&lu.demarche.nom);
    cadre.avis = retour.avis();
    let adresse = format!("/{}/agent/dossiers/{}", visiteur.slug, d.id);
    let pieces = pieces(lu, d, &adresse);
    let historique = essai.feuillet.coupe(journal.iter().rev().collect(), PASSAGES, &adresse);
    let charge = match &d.affecte_a {
        _ if d.phase.est_finale() => "",
        None => "prendre",
        Some(a) if Some(a) == auteur.agent() => "rendre",
        Some(_) => "",
    };
    Ok(PageInstruction {
        cadre,
        titre: lu.demarche.nom.clone(),
        numero: d.numero.as_ref().map(|n| format!("Dossier {n}")).unwrap_or_default(),
        etat: lu.demarche.etape(&d.etape).map(|e| e.nom.clone()).unwrap_or_default(),
        genre: suivi::genre(d.phase),
        onglets: onglets_d_agent(visiteur, lu, d),
        fiche: fiche(agent, lu, d, en_travail.and_then(|t| t.limite_le)),
        motif: d.motif.clone().unwrap_or_default(),
        sections: suivi::recapitulatif(lu.demarche, &d.reponses, &lu.visibles(d), |_| String::new()),
        actions: suivi::actions(lu.demarche, &lu.actions(auteur)),
        demande: demande(&pieces),
        pieces,
        refus: essai.refus.clone(),
        motif_saisi: essai.motif.clone(),
        avis: d.suivi.avis.iter().map(|a| avis(lu, a)).collect(),
        avis_possible: lu.demarche.demande_un_avis() && d.phase.silence_court(),
        avis_saisi: essai.avis.clone(),
        historique: historique.lignes.into_iter().map(|e| passage(lu, auteur, e)).collect(),
        historique_suite: historique.suite,
        historique_retour: historique.retour,
        charge: charge.to_owned(),
        jeton: agent.session.jeton_de_formulaire(),
        adresse,
    })
}

/// An opinion: when, for or against, and why.
fn avis(lu: &Lu<'_>, avis: &AvisRendu) -> (String, String) {
    let sens = if avis.favorable { "Avis favorable" } else { "Avis défavorable" };
    let quand = date_fr::instant(avis.le.to_zoned(lu.commune.fuseau.clone()).datetime());
    (format!("{sens}, {quand}"), avis.texte.clone())
}

/// What the agent must know first.
fn fiche(agent: &Agent, lu: &Lu<'_>, d: &Dossier, silence: Option<Timestamp>) -> Vec<(String, String)> {
    let mut lignes = Vec::new();
    let mut ligne = |titre: &str, valeur: String| {
        if !valeur.is_empty() {
            lignes.push((titre.to_owned(), valeur));
        }
    };
    if let Some(enfant) = &d.enfant {
        ligne("Enfant", lu.nom_entier(enfant));
    }
    if let Some(demandeur) = &d.demandeur {
        ligne("Demandeur", lu.nom_entier(demandeur));
        ligne("Courriel", lu.texte(demandeur, "courriel"));
        ligne("Téléphone", lu.texte(demandeur, "telephone"));
    }
    let jour = |t: Timestamp| date_fr::date_courte(t.to_zoned(lu.commune.fuseau.clone()).date());
    ligne("Reçue le", d.depose_le.map(jour).unwrap_or_default());
    ligne("Pour l’année", d.annee_scolaire.clone().unwrap_or_default());
    let silence = silence.filter(|_| d.phase.silence_court());
    ligne("Réponse due au plus tard", limite(&lu.commune.fuseau, silence, aujourdhui(agent)).0);
    let charge = match &d.affecte_a {
        None => "personne",
        Some(a) if Some(a) == agent.session.portee.auteur().agent() => "vous",
        Some(_) => "un autre agent",
    };
    ligne("En charge", charge.to_owned());
    lignes
}

fn pieces(lu: &Lu<'_>, d: &Dossier, adresse: &str) -> Vec<PieceInstruite> {
    suivi::pieces(&lu.pieces, d, false, None)
        .into_iter()
        .map(|p| {
            let recue = d.pieces.get(&p.piece);
            let nombre = recue.map_or(0, |r| r.fichiers.len());
            let quand =
                recue.map(|r| date_fr::instant(r.recue_le.to_zoned(lu.commune.fuseau.clone()).datetime()));
            let (etat, genre) = match recue.map(|r| &r.etat) {
                Some(EtatPiece::AVerifier) => ("à vérifier".to_owned(), Genre::Info),
                Some(EtatPiece::Refusee(motif)) => (format!("refusée : {motif}"), Genre::Erreur),
                _ => (p.etat, p.genre),
            };
            PieceInstruite {
                a_verifier: recue.is_some() && d.phase.silence_court(),
                a_accepter: recue.is_some_and(|r| r.etat != EtatPiece::Acceptee),
                fichiers: (1..=nombre)
                    .map(|n| {
                        let texte = if nombre == 1 {
                            "Ouvrir le fichier".to_owned()
                        } else {
                            format!("Ouvrir le fichier {n}")
                        };
                        (texte, format!("{adresse}/pieces/{}/{n}", p.piece))
                    })
                    .collect(),
                vue: recue.map(|r| r.recue_le.to_string()).unwrap_or_default(),
                piece: p.piece,
                nom: p.nom,
                etat,
                genre,
                recue: quand.unwrap_or_default(),
            }
        })
        .collect()
}

/// What a request for more would begin with: what is missing or was refused.
fn demande(pieces: &[PieceInstruite]) -> String {
    let noms: Vec<String> = pieces
        .iter()
        .filter(|p| matches!(p.genre, Genre::Erreur | Genre::Alerte))
        .map(|p| format!("- {}", p.nom))
        .collect();
    if noms.is_empty() {
        return String::new();
    }
    format!(
        "Bonjour,\n\nPour examiner votre demande, il nous manque :\n{}\n\nMerci de l’envoyer depuis votre espace.",
        noms.join("\n")
    )
}

/// An entry of the journal, in words.
fn passage(lu: &Lu<'_>, lecteur: &Auteur, lue: &EntreeLue) -> Passage {
    let entree = &lue.entree;
    let etape = |id: &str| lu.demarche.etape(id).map_or_else(|| id.to_owned(), |e| e.nom.clone());
    let piece = |id: &str| {
        let connue = lu.commune.piece(id);
        connue.map_or_else(|| id.to_owned(), |p| format!("« {} »", p.nom))
    };
    let detail = entree.detail.as_deref().unwrap_or_default();
    let entre = entree.changements.iter().rev().find_map(|c| match c {
        Changement::Entre { etape: id, .. } => Some(etape(id)),
        _ => None,
    });
    let quoi = match (entree.evenement.as_str(), entre) {
        (_, Some(etape)) => etape,
        ("enregistrer_brouillon", _) => "Réponses enregistrées".to_owned(),
        ("deposer_piece", _) => format!("Document reçu : {}", piece(detail)),
        ("verifier_piece", _) => format!("Document vérifié : {}", piece(detail)),
        ("rendre_avis", _) => "Avis donné".to_owned(),
        ("affecter", _) => match entree.changements.first() {
            Some(Changement::Affecte(Some(_))) => "Prise en charge".to_owned(),
            _ => "Rendue à l’équipe".to_owned(),
        },
        ("garder_document", _) => format!("Document fait : {detail}"),
        ("rejouer_envoi", _) => "Envoi réessayé".to_owned(),
        ("abandonner_envoi", _) => format!("Envoi abandonné : {detail}"),
        ("ecrire", _) => "Message envoyé".to_owned(),
        ("lire_echange", _) => "Message ouvert".to_owned(),
        ("prendre_rendez_vous", _) => "Rendez-vous pris".to_owned(),
        ("annuler_rendez_vous", _) => "Rendez-vous annulé".to_owned(),
        ("constater_rendez_vous", _) => "Rendez-vous constaté".to_owned(),
        ("demander_pieces", _) => "Pièces demandées".to_owned(),
        ("rattacher", _) => "Rangée dans l’espace d’une famille".to_owned(),
        ("alerte_silence", _) => "Le délai de réponse approche".to_owned(),
        ("silence", _) => "Le délai de réponse est passé".to_owned(),
        (autre, _) => format!("{autre} {detail}").trim().to_owned(),
    };
    let qui = match &entree.auteur {
        Auteur::Parent { .. } => "la famille".to_owned(),
        a if a.agent().is_some() => {
            let qui = if a.agent() == lecteur.agent() { "vous" } else { "un agent" };
            let guichet = if a.foyer().is_some() { ", au guichet pour la famille" } else { "" };
            format!("{qui}{guichet}")
        }
        Auteur::Public => "une personne sans compte".to_owned(),
        _ => "Guichet, au jour prévu".to_owned(),
    };
    let quand = date_fr::instant(entree.le.to_zoned(lu.commune.fuseau.clone()).datetime());
    let href = entree.changements.iter().find_map(|c| match (c, &lu.dossier) {
        (Changement::DocumentFait(fait), Some(d)) => {
            Some(format!("/{}/agent/{}", lu.commune.slug, document(d, fait)))
        }
        _ => None,
    });
    Passage { quand, qui, quoi, href: href.unwrap_or_default() }
}

/// Commits what an agent does to a file, and shows it again.
async fn agit(agent: &Agent, id: &str, evenement: &Evenement, cle: &str) -> Result<Response, Arret> {
    let visiteur = &agent.visiteur;
    let Ok(dossier) = DossierId::lit(id) else {
        return Ok(page_introuvable(&visiteur.etat, &visiteur.chemin));
    };
    let fait =
        acts::agit(&visiteur.etat, &visiteur.commune, &agent.session.portee, &dossier, evenement, Some(cle))
            .await;
    match fait {
        Ok(id) => {
            let adresse = format!("/{}/agent/dossiers/{id}?fait=agir", visiteur.slug);
            Ok(Redirect::to(&adresse).into_response())
        }
        Err(Echec::Refus(refus)) => Ok(refuse(agent, id, &refus, motif(evenement)).await),
        Err(autre) => Ok(echec(visiteur, autre)),
    }
}

fn motif(evenement: &Evenement) -> String {
    match evenement {
        Evenement::Agir { motif, .. } => motif.clone().unwrap_or_default(),
        Evenement::VerifierPiece { etat: EtatPiece::Refusee(motif), .. } => motif.clone(),
        _ => String::new(),
    }
}

async fn refuse(agent: &Agent, id: &str, refus: &Refus, motif: String) -> Response {
    montre(agent, id, &Retour::default(), Essai { refus: raisons(refus), motif, ..Essai::default() }).await
}

/// `POST /{slug}/agent/dossiers/{dossier}/actes`
pub(super) async fn acte(
    agent: Agent,
    Path((_, id)): Path<(String, String)>,
    Form(paires): Paires,
) -> Result<Response, Arret> {
    let cle = cle(&agent.visiteur, &agent.session, &paires)?;
    let action = champ(&paires, "action").to_owned();
    let mut motif = champ(&paires, &format!("motif_{action}")).trim().to_owned();
    let type_choisi = champ(&paires, &format!("type_{action}"));
    if !type_choisi.is_empty() {
        motif = texte_du_type(&agent, &id, &action, type_choisi).await?;
    }
    let motif = (!motif.is_empty()).then_some(motif);
    agit(&agent, &id, &Evenement::Agir { action, motif, reponses: None, vue: None }, &cle).await
}

/// The town's text of that name, with the documents that are missing or were refused.
async fn texte_du_type(agent: &Agent, id: &str, action: &str, nom: &str) -> Result<String, Arret> {
    let visiteur = &agent.visiteur;
    let (lu, d) = lu(visiteur, &agent.session, &identifiant(visiteur, id)?).await?;
    let manquantes = suivi::pieces(&lu.pieces, &d, false, None).into_iter();
    let manquantes: Vec<String> =
        manquantes.filter(|p| matches!(p.genre, Genre::Erreur | Genre::Alerte)).map(|p| p.piece).collect();
    Ok(texte_type(&lu, &d, action, nom, &manquantes))
}

/// `POST /{slug}/agent/dossiers/{dossier}/charge`
pub(super) async fn charge(
    agent: Agent,
    Path((_, id)): Path<(String, String)>,
    Form(paires): Paires,
) -> Result<Response, Arret> {
    let cle = cle(&agent.visiteur, &agent.session, &paires)?;
    let prend = champ(&paires, "charge") == "prendre";
    let a = agent.session.portee.auteur().agent().filter(|_| prend).cloned();
    agit(&agent, &id, &Evenement::Affecter { a }, &cle).await
}

/// `POST /{slug}/agent/dossiers/{dossier}/pieces/{piece}`
pub(super) async fn piece(
    agent: Agent,
    Path((_, id, piece)): Path<(String, String, String)>,
    Form(paires): Paires,
) -> Result<Response, Arret> {
    let cle = cle(&agent.visiteur, &agent.session, &paires)?;
    let etat = match champ(&paires, "etat") {
        "acceptee" => EtatPiece::Acceptee,
        _ => EtatPiece::Refusee(champ(&paires, "motif").trim().to_owned()),
    };
    agit(&agent, &id, &Evenement::VerifierPiece { piece, etat, vue: vue_du_document(&paires) }, &cle).await
}

/// `POST /{slug}/agent/dossiers/{dossier}/avis`
pub(super) async fn rend_un_avis(
    agent: Agent,
    Path((_, id)): Path<(String, String)>,
    Form(paires): Paires,
) -> Result<Response, Arret> {
    let cle = cle(&agent.visiteur, &agent.session, &paires)?;
    let texte = champ(&paires, "texte").trim().to_owned();
    let favorable = match champ(&paires, "sens") {
        "favorable" => true,
        "defavorable" => false,
        _ => {
            let refus = vec!["Dites si l’avis est favorable ou défavorable.".to_owned()];
            let essai = Essai { refus, avis: texte, ..Essai::default() };
            return Ok(montre(&agent, &id, &Retour::default(), essai).await);
        }
    };
    agit(&agent, &id, &Evenement::RendreAvis { favorable, texte }, &cle).await
}
