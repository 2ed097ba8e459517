//! What follows a filed dossier: messages both ways, documents that an agent asks or looks at, opinions; a copy for a sibling.

use axum::extract::Path;
use axum::response::Response;
use engine::demarche::{EtatPiece, Evenement, MESSAGE_MAX};
use engine::identifiant::PersonneId;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use super::Probleme;
use super::appel::{Appel, Cle, Corps, Faite};
use super::dossiers::{DossierVu, accomplit, montree};
use super::operation::{self as description, Operation};
use super::valeurs::{Rien, dossier, identifiant};
use crate::acts;
use crate::routes::{Acces, Routes};

pub(super) fn routes() -> Routes {
    let vu = Operation::lit::<DossierVu>;
    Routes::default()
        .post("/{slug}/api/v1/dossiers/{dossier}/messages", Acces::Connu, ecrit)
        .decrite(
            vu("ecrire", "Écrit à l’autre : la famille au service, ou le service à la famille.")
                .agit(description::Corps::Json(description::corps::<Message>), 200),
        )
        .post("/{slug}/api/v1/dossiers/{dossier}/messages/{n}/lecture", Acces::Connu, ouvre)
        .decrite(
            vu("lire_message", "Ouvre un message de l’autre : il est lu.")
                .agit(description::Corps::JsonOuRien(description::corps::<Rien>), 200),
        )
        .post("/{slug}/api/v1/dossiers/{dossier}/pieces_demandees", Acces::Connu, demande)
        .decrite(
            vu("demander_pieces", "Demande des pièces à la famille, qui les envoie comme les autres.")
                .agit(description::Corps::Json(description::corps::<Demande>), 200),
        )
        .post("/{slug}/api/v1/dossiers/{dossier}/pieces/{piece}/verification", Acces::Connu, verifie)
        .decrite(
            vu("verifier_piece", "Dit si une pièce reçue convient.")
                .agit(description::Corps::Json(description::corps::<Verification>), 200),
        )
        .post("/{slug}/api/v1/dossiers/{dossier}/avis", Acces::Connu, rend_un_avis)
        .decrite(
            vu("rendre_avis", "Note l’avis d’un agent, pour une action qui en exige un.")
                .agit(description::Corps::Json(description::corps::<Avis>), 200),
        )
        .post("/{slug}/api/v1/dossiers/{dossier}/copie", Acces::Famille, copie)
        .decrite(
            vu("copier_dossier", "Commence la même démarche pour un frère ou une sœur, avec ses réponses.")
                .agit(description::Corps::Json(description::corps::<Copie>), 201),
        )
        .post("/{slug}/api/v1/dossiers/{dossier}/suppression", Acces::Famille, supprime)
        .decrite(
            Operation::lit::<Supprime>(
                "supprimer_brouillon",
                "Oublie un brouillon qui n’a jamais été envoyé.",
            )
            .agit(description::Corps::JsonOuRien(description::corps::<Rien>), 200),
        )
}

/// What is written to the other side.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Message {
    #[schemars(schema_with = "texte_de_message")]
    texte: String,
}

fn texte_de_message(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "minLength": 1, "maxLength": MESSAGE_MAX })
}

/// Documents that an agent asks for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Demande {
    #[schemars(length(min = 1, max = 50))]
    pieces: Vec<String>,
    /// What the family reads.
    #[schemars(length(min = 1, max = 2000))]
    texte: String,
}

/// What an agent says of a document.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Verification {
    accepte: bool,
    /// Why it is refused; the family reads it.
    #[schemars(length(max = 2000))]
    motif: Option<String>,
}

/// An opinion.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Avis {
    favorable: bool,
    /// Why, for the agents only.
    #[schemars(length(min = 1, max = 2000))]
    texte: String,
}

/// For whom a copy is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Copie {
    #[schemars(schema_with = "identifiant")]
    enfant: String,
}

/// What was forgotten.
#[derive(Debug, serde::Serialize, JsonSchema)]
struct Supprime {
    #[schemars(schema_with = "identifiant")]
    id: String,
}

/// `POST dossiers/{dossier}/messages`
async fn ecrit(
    appel: Appel,
    Path((_, id)): Path<(String, String)>,
    cle: Cle,
    Corps { lu, demande }: Corps<Message>,
) -> Result<Response, Probleme> {
    let fait =
        async { accomplit(&appel, &dossier(&id)?, &Evenement::Ecrire { texte: lu.texte }, &cle).await };
    appel.une_fois(&cle, demande, fait).await
}

/// `POST dossiers/{dossier}/messages/{n}/lecture`
async fn ouvre(
    appel: Appel,
    Path((_, id, n)): Path<(String, String, String)>,
    cle: Cle,
    Corps { demande, .. }: Corps<Option<Rien>>,
) -> Result<Response, Probleme> {
    let fait = async {
        let n = n.parse().map_err(|_| Probleme::introuvable())?;
        accomplit(&appel, &dossier(&id)?, &Evenement::LireEchange { n }, &cle).await
    };
    appel.une_fois(&cle, demande, fait).await
}

/// `POST dossiers/{dossier}/pieces_demandees`
async fn demande(
    appel: Appel,
    Path((_, id)): Path<(String, String)>,
    cle: Cle,
    Corps { lu, demande }: Corps<Demande>,
) -> Result<Response, Probleme> {
    let evenement = Evenement::DemanderPieces { pieces: lu.pieces, texte: lu.texte };
    let fait = async { accomplit(&appel, &dossier(&id)?, &evenement, &cle).await };
    appel.une_fois(&cle, demande, fait).await
}

/// `POST dossiers/{dossier}/pieces/{piece}/verification`
async fn verifie(
    appel: Appel,
    Path((_, id, piece)): Path<(String, String, String)>,
    cle: Cle,
    Corps { lu, demande }: Corps<Verification>,
) -> Result<Response, Probleme> {
    let etat = match lu.accepte {
        true => EtatPiece::Acceptee,
        false => EtatPiece::Refusee(lu.motif.unwrap_or_default().trim().to_owned()),
    };
    let fait = async {
        accomplit(&appel, &dossier(&id)?, &Evenement::VerifierPiece { piece, etat, vue: None }, &cle).await
    };
    appel.une_fois(&cle, demande, fait).await
}

/// `POST dossiers/{dossier}/avis`
async fn rend_un_avis(
    appel: Appel,
    Path((_, id)): Path<(String, String)>,
    cle: Cle,
    Corps { lu, demande }: Corps<Avis>,
) -> Result<Response, Probleme> {
    let evenement = Evenement::RendreAvis { favorable: lu.favorable, texte: lu.texte };
    let fait = async { accomplit(&appel, &dossier(&id)?, &evenement, &cle).await };
    appel.une_fois(&cle, demande, fait).await
}

/// `POST dossiers/{dossier}/copie`
async fn copie(
    appel: Appel,
    Path((_, id)): Path<(String, String)>,
    cle: Cle,
    Corps { lu: corps, demande }: Corps<Copie>,
) -> Result<Response, Probleme> {
    let fait = async {
        let (etat, commune) = (&appel.visiteur.etat, &appel.visiteur.commune);
        let (portee, foyer) = (&appel.session.portee, appel.foyer()?);
        let echec = |e| Probleme::acte(commune, e);
        let enfant = PersonneId::lit(&corps.enfant).map_err(|_| Probleme::introuvable())?;
        let source = acts::lit(etat, commune, portee, &dossier(&id)?).await.map_err(echec)?;
        let autre = source.dossier.clone().ok_or_else(Probleme::introuvable)?;
        // as it is now: the other one may follow an older form
        let demarche = commune.demarche(&autre.demarche).ok_or_else(Probleme::introuvable)?;
        let lu = acts::neuf(etat, commune, portee, demarche, foyer, Some(&enfant)).await.map_err(echec)?;
        let evenement = Evenement::Dupliquer { source: Box::new(autre), enfant: Some(enfant) };
        let acte = acts::commet(etat, portee, &lu, &evenement, Some(&cle.d_acte())).await.map_err(echec)?;
        let adresse = format!("/{}/api/v1/dossiers/{}", commune.slug, acte.id);
        let apres = acts::apres(etat, commune, portee, lu, acte).await.map_err(echec)?;
        montree(&appel, &apres, Some(adresse))
    };
    appel.une_fois(&cle, demande, fait).await
}

/// `POST dossiers/{dossier}/suppression`
async fn supprime(
    appel: Appel,
    Path((_, id)): Path<(String, String)>,
    cle: Cle,
    Corps { demande, .. }: Corps<Option<Rien>>,
) -> Result<Response, Probleme> {
    let fait = async {
        let (etat, commune, portee) = (&appel.visiteur.etat, &appel.visiteur.commune, &appel.session.portee);
        let evenement = Evenement::SupprimerBrouillon;
        let fait = acts::agit(etat, commune, portee, &dossier(&id)?, &evenement, Some(&cle.d_acte())).await;
        let id = fait.map_err(|e| Probleme::acte(commune, e))?;
        Faite::nouvelle(&Supprime { id: id.to_string() }, None)
    };
    appel.une_fois(&cle, demande, fait).await
}
