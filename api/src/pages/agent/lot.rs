//! One act on several files: what it would do to each is shown first, nothing is decided before the agent confirms.

use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::Response;
use engine::demarche::Evenement;
use engine::identifiant::DossierId;
use forms::vues::{Genre, LigneLot, PageLot};

use super::sien;
use crate::acts::{self, Echec, Lu};
use crate::pages::dossier::{champ, cle};
use crate::pages::{Arret, page};
use crate::session::Agent;

/// Most files of one act: what an agent can read before confirming.
const DOSSIERS: usize = 50;

type Paires = Form<Vec<(String, String)>>;

/// What was asked.
struct Lot {
    dossiers: Vec<DossierId>,
    acte: String,
    motif: String,
    retour: String,
}

impl Lot {
    fn lit(agent: &Agent, paires: &[(String, String)]) -> Self {
        let choisis =
            paires.iter().filter(|(n, _)| n == "dossier").filter_map(|(_, v)| DossierId::lit(v).ok());
        let mut dossiers: Vec<DossierId> = choisis.take(DOSSIERS).collect();
        dossiers.dedup();
        // only back to a page of this desk
        let bureau = format!("/{}/agent/", agent.visiteur.slug);
        let retour = champ(paires, "retour");
        Self {
            dossiers,
            acte: champ(paires, "acte").to_owned(),
            motif: champ(paires, "motif").trim().to_owned(),
            retour: if retour.starts_with(&bureau) { retour.to_owned() } else { bureau },
        }
    }

    fn evenement(&self) -> Evenement {
        let motif = (!self.motif.is_empty()).then(|| self.motif.clone());
        Evenement::Agir { action: self.acte.clone(), motif, reponses: None, vue: None }
    }
}

/// `POST /{slug}/agent/lot`: what the act would do to each file. Nothing is written.
pub(super) async fn prepare(agent: Agent, Form(paires): Paires) -> Result<Response, Arret> {
    cle(&agent.visiteur, &agent.session, &paires)?;
    let lot = Lot::lit(&agent, &paires);
    let mut lignes = Vec::new();
    let mut nom = lot.acte.clone();
    for id in &lot.dossiers {
        let Some((lu, ligne)) = lit(&agent, id).await? else { continue };
        if let Some(action) = action(&lu, &lot.acte) {
            nom = action;
        }
        lignes.push(match lu.decide(agent.session.portee.auteur(), &lot.evenement()) {
            Ok(decision) => LigneLot { resultat: suite(&lu, &decision.suivant), ..ligne },
            Err(refus) => LigneLot { id: String::new(), ..refusee(ligne, &refus.motif) },
        });
    }
    let possibles = lignes.iter().filter(|l| !l.id.is_empty()).count();
    let bilan = match (lignes.len(), possibles) {
        (0, _) => "Aucun dossier n’est choisi : revenez à la liste et cochez-en.".to_owned(),
        (_, 0) => "Ce n’est possible pour aucun de ces dossiers. Rien n’a été fait.".to_owned(),
        (n, p) if n == p => "Rien n’est encore fait. Vérifiez, puis confirmez en bas de la page.".to_owned(),
        (n, p) => format!(
            "Possible pour {p} dossiers sur {n} ; les autres resteront tels quels. Rien n’est encore fait."
        ),
    };
    let jeton = if possibles > 0 { agent.session.jeton_de_formulaire() } else { String::new() };
    Ok(montre(&agent, lot, format!("Aperçu : {nom}"), nom, lignes, bilan, jeton))
}

/// `POST /{slug}/agent/lot/confirme`: each file is decided on its own; one that changed meanwhile is left and said.
pub(super) async fn confirme(agent: Agent, Form(paires): Paires) -> Result<Response, Arret> {
    let cle = cle(&agent.visiteur, &agent.session, &paires)?;
    let lot = Lot::lit(&agent, &paires);
    let (etat, portee) = (&agent.visiteur.etat, &agent.session.portee);
    let mut lignes = Vec::new();
    let mut nom = lot.acte.clone();
    for id in &lot.dossiers {
        let Some((lu, ligne)) = lit(&agent, id).await? else { continue };
        if let Some(action) = action(&lu, &lot.acte) {
            nom = action;
        }
        // a confirmation sent twice finds each file's answer under its own key
        let cle = format!("{cle}:{id}");
        let fait = acts::agit(etat, &agent.visiteur.commune, portee, id, &lot.evenement(), Some(&cle)).await;
        lignes.push(match fait {
            Ok(_) => LigneLot { resultat: "Fait".to_owned(), ..ligne },
            Err(Echec::Refus(refus) | Echec::Doublon(refus, _)) => refusee(ligne, &refus.motif),
            Err(Echec::Inconnu) => refusee(ligne, "Ce dossier n’existe plus."),
            Err(Echec::Store(erreur)) => {
                tracing::error!(%erreur, "bulk act");
                refusee(ligne, "Une erreur est survenue : réessayez pour ce dossier.")
            }
        });
    }
    let faits = lignes.iter().filter(|l| l.genre == Genre::Succes).count();
    let bilan = match (faits, lignes.len()) {
        (f, n) if f == n => format!("C’est fait pour {n} dossiers."),
        (f, n) => format!("C’est fait pour {f} dossiers sur {n}. Les autres n’ont pas changé."),
    };
    Ok(montre(&agent, lot, nom.clone(), nom, lignes, bilan, String::new()))
}

/// A file of this agent's services, and its line.
async fn lit<'a>(agent: &'a Agent, id: &DossierId) -> Result<Option<(Lu<'a>, LigneLot)>, Arret> {
    let visiteur = &agent.visiteur;
    let lu = match acts::lit(&visiteur.etat, &visiteur.commune, &agent.session.portee, id).await {
        Ok(lu) => lu,
        Err(Echec::Store(erreur)) => return Err(visiteur.etat.panne(&erreur).into()),
        Err(_) => return Ok(None),
    };
    let Some(d) = lu.dossier.as_ref().filter(|d| sien(&agent.visiteur, &agent.session, d)) else {
        return Ok(None);
    };
    let personne = d.enfant.as_ref().or(d.demandeur.as_ref());
    let ligne = LigneLot {
        id: id.to_string(),
        href: format!("/{}/agent/dossiers/{id}", visiteur.slug),
        numero: d.numero.clone().unwrap_or_else(|| "sans numéro".to_owned()),
        sujet: personne.map(|p| lu.nom_entier(p)).unwrap_or_default(),
        resultat: String::new(),
        genre: Genre::Succes,
    };
    Ok(Some((lu, ligne)))
}

fn action(lu: &Lu<'_>, id: &str) -> Option<String> {
    let etape = lu.demarche.etape(&lu.dossier.as_ref()?.etape)?;
    etape.actions.iter().find(|a| a.id == id).map(|a| a.nom.clone())
}

/// The étape that it would enter.
fn suite(lu: &Lu<'_>, suivant: &engine::decision::Suivant) -> String {
    match suivant {
        engine::decision::Suivant::Dossier(d) => {
            let etape = lu.demarche.etape(&d.etape).map(|e| e.nom.clone());
            format!("deviendra : {}", etape.unwrap_or_default())
        }
        _ => String::new(),
    }
}

fn refusee(ligne: LigneLot, raison: &str) -> LigneLot {
    LigneLot { resultat: raison.to_owned(), genre: Genre::Erreur, ..ligne }
}

fn montre(
    agent: &Agent,
    lot: Lot,
    titre: String,
    acte_nom: String,
    lignes: Vec<LigneLot>,
    bilan: String,
    jeton: String,
) -> Response {
    let visiteur = &agent.visiteur;
    let vue = PageLot {
        cadre: visiteur.cadre(&titre),
        titre,
        lignes,
        bilan,
        acte: lot.acte,
        acte_nom,
        motif: lot.motif,
        jeton,
        action: format!("/{}/agent/lot/confirme", visiteur.slug),
        retour: lot.retour,
    };
    page(&visiteur.etat, StatusCode::OK, &vue)
}
