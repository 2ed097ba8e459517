//! What the tabs of a dossier post: messages, appointments, documents asked.

use axum::extract::{Form, Path};
use axum::response::Response;
use engine::demarche::Evenement;
use jiff::civil::DateTime;

use super::connexion::Retour;
use super::dossier::{Paires, champ, cle, identifiant, lu, raisons, suite_de};
use super::feuillet::Feuillet;
use super::suivi::{self, PiecesDites};
use super::{Arret, agenda};
use crate::acts::{self, Echec};
use crate::routes::{Acces, Routes};
use crate::session::{Agent, Famille, Lecteur};

pub(super) fn routes() -> Routes {
    Routes::default()
        .post("/{slug}/dossiers/{dossier}/echanges", Acces::Demandeur, ecrit::<Famille>)
        .post("/{slug}/agent/dossiers/{dossier}/echanges", Acces::Agent, ecrit::<Agent>)
        .post("/{slug}/dossiers/{dossier}/echanges/{n}", Acces::Demandeur, ouvre::<Famille>)
        .post("/{slug}/agent/dossiers/{dossier}/echanges/{n}", Acces::Agent, ouvre::<Agent>)
        .post("/{slug}/dossiers/{dossier}/rendez-vous", Acces::Demandeur, choisit::<Famille>)
        .post("/{slug}/agent/dossiers/{dossier}/rendez-vous", Acces::Agent, choisit::<Agent>)
        .post("/{slug}/agent/dossiers/{dossier}/demande-de-pieces", Acces::Agent, demande)
}

/// A message is sent, or shown again with what is wrong.
async fn ecrit<L: Lecteur>(
    lecteur: L,
    Path((_, id)): Path<(String, String)>,
    Form(paires): Paires,
) -> Result<Response, Arret> {
    let (visiteur, session) = lecteur.ouvert();
    let cle = cle(visiteur, session, &paires)?;
    let id = identifiant(visiteur, &id)?;
    let texte = champ(&paires, "texte");
    let evenement = Evenement::Ecrire { texte: texte.to_owned() };
    let fait =
        acts::agit(&visiteur.etat, &visiteur.commune, &session.portee, &id, &evenement, Some(&cle)).await;
    if let Err(Echec::Refus(refus)) = &fait
        && refus.regle.starts_with("echange.")
    {
        let (lu, dossier) = lu(visiteur, session, &id).await?;
        let rate = Some((texte, &*refus.motif));
        return Ok(suivi::echanges(
            visiteur,
            session,
            &lu,
            &dossier,
            rate,
            (&Retour::default(), &Feuillet::default()),
        ));
    }
    suite_de(visiteur, fait, "/echanges?fait=ecrire")
}

/// A message is opened: the other side sees that it was.
async fn ouvre<L: Lecteur>(
    lecteur: L,
    Path((_, id, n)): Path<(String, String, u32)>,
    Form(paires): Paires,
) -> Result<Response, Arret> {
    let (visiteur, session) = lecteur.ouvert();
    cle(visiteur, session, &paires)?;
    let id = identifiant(visiteur, &id)?;
    let evenement = Evenement::LireEchange { n };
    let fait = acts::agit(&visiteur.etat, &visiteur.commune, &session.portee, &id, &evenement, None).await;
    let fait = match fait {
        // opened from another tab a moment ago
        Err(Echec::Refus(refus)) if &*refus.regle == "echange.lu" => Ok(id),
        autre => autre,
    };
    suite_de(visiteur, fait, &format!("/echanges#message-{n}"))
}

/// A slot is taken, changed, given back, or noted as held.
async fn choisit<L: Lecteur>(
    lecteur: L,
    Path((_, id)): Path<(String, String)>,
    Form(paires): Paires,
) -> Result<Response, Arret> {
    let (visiteur, session) = lecteur.ouvert();
    let cle = cle(visiteur, session, &paires)?;
    let id = identifiant(visiteur, &id)?;
    let evenement = match (champ(&paires, "annuler"), champ(&paires, "tenu")) {
        ("", "") => {
            let debut = champ(&paires, "creneau").parse::<DateTime>();
            // nothing chosen: a slot that does not exist, refused as such
            Evenement::PrendreRendezVous { debut: debut.unwrap_or(DateTime::MIN) }
        }
        ("", tenu) => Evenement::ConstaterRendezVous { tenu: tenu == "oui" },
        _ => Evenement::AnnulerRendezVous,
    };
    let fait =
        acts::agit(&visiteur.etat, &visiteur.commune, &session.portee, &id, &evenement, Some(&cle)).await;
    if let Err(Echec::Refus(refus)) = &fait
        && refus.regle.ends_with(".rendez_vous")
    {
        let (lu, dossier) = lu(visiteur, session, &id).await?;
        return agenda::rendez_vous(visiteur, session, &lu, &dossier, Some(refus), &Retour::default()).await;
    }
    suite_de(visiteur, fait, "/rendez-vous?fait=agir")
}

/// An agent asks for documents.
async fn demande(
    agent: Agent,
    Path((_, id)): Path<(String, String)>,
    Form(paires): Paires,
) -> Result<Response, Arret> {
    let (visiteur, session) = (&agent.visiteur, &agent.session);
    let cle = cle(visiteur, session, &paires)?;
    let id = identifiant(visiteur, &id)?;
    let pieces: Vec<String> = paires.iter().filter(|(n, _)| n == "pieces").map(|(_, v)| v.clone()).collect();
    let mut texte = champ(&paires, "texte").trim().to_owned();
    if texte.is_empty() {
        let (lu, dossier) = lu(visiteur, session, &id).await?;
        texte = suivi::texte_type(&lu, &dossier, "", champ(&paires, "type"), &pieces);
    }
    let evenement = Evenement::DemanderPieces { pieces: pieces.clone(), texte: texte.clone() };
    let fait =
        acts::agit(&visiteur.etat, &visiteur.commune, &session.portee, &id, &evenement, Some(&cle)).await;
    if let Err(Echec::Refus(refus)) = &fait {
        let (lu, dossier) = lu(visiteur, session, &id).await?;
        let dites = PiecesDites { refus: raisons(refus), cochees: pieces, texte, ..PiecesDites::default() };
        return Ok(suivi::pieces(visiteur, session, &lu, &dossier, dites, &Retour::default()));
    }
    suite_de(visiteur, fait, "/pieces?fait=agir")
}
