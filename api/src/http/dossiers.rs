//! Dossiers: started with their answers, read, acted on by the family or an agent.

use axum::Json;
use axum::extract::Path;
use axum::response::Response;
use engine::commune::Commune;
use engine::decision::Refus;
use engine::demarche::{
    Avis, Champ, Cote, Demarche, DocumentFait, Dossier, Echange, ErreurChamp, EtatPiece, Evenement,
    PieceDemandee, Reponses,
};
use engine::identifiant::{DossierId, PersonneId};
use engine_store::{Curseur, FiltreDossiers, ResumeDossier};
use forms::formulaire::Saisie;
use schemars::{JsonSchema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Probleme;
use super::appel::{Appel, Apres as Filtre, Cle, Corps, Faite};
use super::operation::{self as description, Operation};
use super::valeurs::{
    IDENTIFIANT, dossier, identifiant, identifiant_ou_rien, instant, instant_ou_rien, objet,
};
use crate::acts::{self, Apres, Lu};
use crate::routes::{Acces, Routes};

/// Most dossiers of a list.
const NOMBRE: u32 = 100;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/{slug}/api/v1/dossiers", Acces::Connu, liste)
        .decrite(
            Operation::lit::<Dossiers>(
                "dossiers",
                "Les dossiers du foyer ; pour un agent, ceux qui sont déposés et que son service traite.",
            )
            .requete::<Page>(),
        )
        .post("/{slug}/api/v1/dossiers", Acces::Famille, cree)
        .decrite(
            Operation::lit::<DossierVu>("creer_dossier", "Commence un dossier, avec ses réponses.")
                .agit(description::Corps::Json(nouveau), 201),
        )
        .get("/{slug}/api/v1/dossiers/{dossier}", Acces::Connu, un)
        .decrite(Operation::lit::<DossierVu>("dossier", "Un dossier, avec ce que son lecteur peut y faire."))
        .post("/{slug}/api/v1/dossiers/{dossier}/reponses", Acces::Famille, enregistre)
        .decrite(
            Operation::lit::<DossierVu>(
                "enregistrer_brouillon",
                "Garde des réponses d’un brouillon, complet ou non.",
            )
            .agit(description::Corps::Json(description::corps::<Brouillon>), 200),
        )
        .post("/{slug}/api/v1/dossiers/{dossier}/actions/{action}", Acces::Connu, agit)
        .decrite(
            Operation::lit::<DossierVu>("agir", "Ce que fait un bouton de la page du dossier.")
                .agit(description::Corps::Json(description::corps::<Action>), 200),
        )
}

/// Which part of a list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Page {
    /// The `suite` of the page before.
    #[schemars(length(max = 100), regex(pattern = "^[01]-[0-9]{1,18}-[0-9a-hjkmnp-tv-z]{26}$"))]
    apres: Option<String>,
}

/// A page of dossiers.
#[derive(Debug, Serialize, JsonSchema)]
struct Dossiers {
    dossiers: Vec<Resume>,
    /// The `apres` of the next page; null = this is the last.
    suite: Option<String>,
}

/// A dossier of a list.
#[derive(Debug, Serialize, JsonSchema)]
struct Resume {
    #[schemars(schema_with = "identifiant")]
    id: String,
    demarche: String,
    numero: Option<String>,
    etape: String,
    phase: String,
    /// When it entered that step.
    #[schemars(schema_with = "instant")]
    depuis: String,
}

/// `GET dossiers`: the family's own, or for an agent those that are filed.
async fn liste(appel: Appel, Filtre(page): Filtre<Page>) -> Result<Json<Dossiers>, Probleme> {
    let etat = &appel.visiteur.etat;
    let apres =
        match &page.apres {
            None => None,
            Some(texte) => {
                let place = Curseur::lit(texte);
                Some(place.ok_or_else(|| {
                    Probleme::illisible("« apres » est la « suite » d’une page précédente.")
                })?)
            }
        };
    // one more than the page, to know whether there is another
    let filtre = FiltreDossiers { nombre: NOMBRE + 1, apres, ..FiltreDossiers::default() };
    let mut resumes = etat.store.dossiers(&appel.session.portee, &filtre).await?;
    let encore = resumes.len() > usize::try_from(NOMBRE).unwrap_or(usize::MAX);
    resumes.truncate(usize::try_from(NOMBRE).unwrap_or(usize::MAX));
    let suite = resumes.last().filter(|_| encore).map(|r| r.curseur().texte());
    // another service's files are left out of an agent's page, which may then be shorter
    let commune = &appel.visiteur.commune;
    let auteur = appel.session.portee.auteur();
    resumes.retain(|r| acts::est_montre(etat, commune, &r.demarche, auteur));
    let resume = |r: ResumeDossier| Resume {
        id: r.id.to_string(),
        demarche: r.demarche,
        numero: r.numero,
        etape: r.etape,
        phase: r.phase.nom().to_owned(),
        depuis: r.entree_le.to_string(),
    };
    Ok(Json(Dossiers { dossiers: resumes.into_iter().map(resume).collect(), suite }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nouveau {
    demarche: String,
    enfant: Option<String>,
    #[serde(default)]
    reponses: Map<String, Value>,
    /// A draft with holes, that `reponses` will fill.
    #[serde(default)]
    incomplet: bool,
}

/// One schema a procedure: its answers are those of its form.
fn nouveau(_: &mut SchemaGenerator, commune: &Commune) -> Value {
    let une = |d: &Demarche| {
        let enfant = json!({ "type": ["string", "null"], "pattern": IDENTIFIANT });
        json!({
            "title": d.nom,
            "type": "object",
            "properties": {
                "demarche": { "const": d.id },
                "enfant": enfant,
                "reponses": { "$ref": format!("#/components/schemas/Reponses_{}", d.id) },
                "incomplet": { "const": false },
            },
            "required": ["demarche"],
            "additionalProperties": false,
        })
    };
    let mut formes: Vec<Value> = commune.demarches.iter().map(une).collect();
    formes.push(json!({
        "title": "Un brouillon incomplet",
        "type": "object",
        "properties": {
            "demarche": { "enum": commune.demarches.iter().map(|d| &d.id).collect::<Vec<_>>() },
            "enfant": { "type": ["string", "null"], "pattern": IDENTIFIANT },
            "reponses": { "type": "object" },
            "incomplet": { "const": true },
        },
        "required": ["demarche", "incomplet"],
        "additionalProperties": false,
    }));
    json!({ "oneOf": formes })
}

/// `POST dossiers`: a draft with its answers; documents and filing follow.
async fn cree(
    appel: Appel,
    cle: Cle,
    Corps { lu: corps, demande }: Corps<Nouveau>,
) -> Result<Response, Probleme> {
    let fait = async {
        let (etat, commune) = (&appel.visiteur.etat, &appel.visiteur.commune);
        let (portee, foyer) = (&appel.session.portee, appel.foyer()?);
        let demarche = commune.demarche(&corps.demarche).ok_or_else(Probleme::introuvable)?;
        let enfant = match &corps.enfant {
            Some(texte) => Some(PersonneId::lit(texte).map_err(|_| Probleme::introuvable())?),
            None => None,
        };
        let echec = |e| Probleme::acte(commune, e);
        let lu = acts::neuf(etat, commune, portee, demarche, foyer, enfant.as_ref()).await.map_err(echec)?;
        let reponses =
            lues(&lu, &corps.reponses, corps.incomplet).map_err(|r| Probleme::refus(commune, &[r]))?;
        let evenement = Evenement::Demarrer { foyer: Some(foyer.clone()), enfant, reponses };
        let acte = acts::commet(etat, portee, &lu, &evenement, Some(&cle.d_acte())).await.map_err(echec)?;
        let adresse = format!("/{}/api/v1/dossiers/{}", commune.slug, acte.id);
        let apres = acts::apres(etat, commune, portee, lu, acte).await.map_err(echec)?;
        montree(&appel, &apres, Some(adresse))
    };
    appel.une_fois(&cle, demande, fait).await
}

/// The field of a key: a field of several parts writes `adresse.code_postal`.
fn du_champ(cle: &str) -> &str {
    cle.split('.').next().unwrap_or_default()
}

fn vide(valeur: &Value) -> bool {
    matches!(valeur, Value::Null)
        || valeur.as_str().is_some_and(str::is_empty)
        || valeur.as_array().is_some_and(Vec::is_empty)
}

/// Answers that are sent before the filing: those that are not there are kept.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Brouillon {
    #[schemars(schema_with = "objet")]
    reponses: Map<String, Value>,
}

/// The answers of a form, all at once; a refusal lists every field that is wrong. `partielles`: what is missing is no fault.
fn lues(lu: &Lu<'_>, objet: &Map<String, Value>, partielles: bool) -> Result<Reponses, Refus> {
    let champs: Vec<Champ> = lu.demarche.champs().cloned().collect();
    let refus = |motif: &str, champs| {
        let mut refus = Refus::nouveau(format!("demarche.{}.formulaire", lu.demarche.id), motif);
        refus.champs = champs;
        refus
    };
    if let Some(inconnu) = objet.keys().find(|cle| champs.iter().all(|c| c.id != du_champ(cle))) {
        return Err(refus(&format!("Le formulaire n’a pas de champ « {inconnu} »."), Vec::new()));
    }
    let ailleurs = Reponses::default();
    let lecture = lu.formulaire(&champs, &ailleurs).lit(&Saisie::json(objet));
    if !partielles {
        let motif = "Des réponses manquent ou sont mal écrites.";
        return lecture.complete().map_err(|erreurs| refus(motif, erreurs));
    }
    // a draft is kept with its holes: only what is there must be well written
    let ecrite = |e: &ErreurChamp| objet.get(du_champ(&e.champ)).is_some_and(|v| !vide(v));
    let erreurs: Vec<_> = lecture.erreurs.into_iter().filter(ecrite).collect();
    match erreurs.is_empty() {
        true => Ok(lecture.reponses),
        false => Err(refus("Des réponses sont mal écrites.", erreurs)),
    }
}

/// The answers of a dossier with some changed: what is well written, and nothing asked that is missing.
fn completees(lu: &Lu<'_>, changees: &Map<String, Value>) -> Result<Reponses, Refus> {
    let actuelles = lu.dossier.as_ref().map(|d| Saisie::objet_de(&d.reponses));
    let mut toutes = actuelles.unwrap_or_default();
    // a field of several parts is replaced as a whole
    toutes.retain(|cle, _| !changees.keys().any(|c| du_champ(c) == du_champ(cle)));
    toutes.extend(changees.clone());
    lues(lu, &toutes, true)
}

/// `POST dossiers/{dossier}/reponses`: a draft's answers, or some of them.
async fn enregistre(
    appel: Appel,
    Path((_, id)): Path<(String, String)>,
    cle: Cle,
    Corps { lu: corps, demande }: Corps<Brouillon>,
) -> Result<Response, Probleme> {
    let fait = async {
        let id = dossier(&id)?;
        let (etat, commune) = (&appel.visiteur.etat, &appel.visiteur.commune);
        let lu = acts::lit(etat, commune, &appel.session.portee, &id).await;
        let lu = lu.map_err(|e| Probleme::acte(commune, e))?;
        let reponses = completees(&lu, &corps.reponses).map_err(|r| Probleme::refus(commune, &[r]))?;
        let vue = lu.dossier.as_ref().map(|d| d.version);
        accomplit(&appel, &id, &Evenement::EnregistrerBrouillon { reponses, vue }, &cle).await
    };
    appel.une_fois(&cle, demande, fait).await
}

/// Does an act on a dossier, once under `cle`, and answers with the dossier after it.
pub(super) async fn accomplit(
    appel: &Appel,
    id: &DossierId,
    evenement: &Evenement,
    cle: &Cle,
) -> Result<Faite, Probleme> {
    let (etat, commune, portee) = (&appel.visiteur.etat, &appel.visiteur.commune, &appel.session.portee);
    let echec = |e| Probleme::acte(commune, e);
    let cle = cle.d_acte();
    let apres = acts::agit_et_lit(etat, commune, portee, id, evenement, Some(&cle)).await.map_err(echec)?;
    montree(appel, &apres, None)
}

/// A dossier after an act, as an answer.
pub(super) fn montree(appel: &Appel, apres: &Apres<'_>, adresse: Option<String>) -> Result<Faite, Probleme> {
    let faite = Faite::nouvelle(&montre(appel, &apres.lu)?, adresse)?;
    Ok(if apres.premiere { faite.premiere() } else { faite })
}

/// `GET dossiers/{dossier}`
async fn un(appel: Appel, Path((_, id)): Path<(String, String)>) -> Result<Json<DossierVu>, Probleme> {
    let id = dossier(&id)?;
    let commune = &appel.visiteur.commune;
    let lu = acts::lit(&appel.visiteur.etat, commune, &appel.session.portee, &id).await;
    let lu = lu.map_err(|e| Probleme::acte(commune, e))?;
    montre(&appel, &lu).map(Json)
}

/// What goes with an action.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Action {
    /// The reason, for an action that asks for one.
    #[schemars(length(max = 2000))]
    motif: Option<String>,
    /// Answers changed with it, by the family; the others are kept.
    #[schemars(schema_with = "reponses_ou_rien")]
    reponses: Option<Map<String, Value>>,
}

fn reponses_ou_rien(_: &mut SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "type": ["object", "null"] })
}

/// `POST dossiers/{dossier}/actions/{action}`: what a button of the dossier's page does.
async fn agit(
    appel: Appel,
    Path((_, id, action)): Path<(String, String, String)>,
    cle: Cle,
    Corps { lu: corps, demande }: Corps<Action>,
) -> Result<Response, Probleme> {
    let fait = async {
        let id = dossier(&id)?;
        let (etat, commune) = (&appel.visiteur.etat, &appel.visiteur.commune);
        let portee = &appel.session.portee;
        let echec = |e| Probleme::acte(commune, e);
        let (mut reponses, mut vue) = (None, None);
        if let Some(changees) = &corps.reponses {
            let lu = acts::lit(etat, commune, portee, &id).await.map_err(echec)?;
            reponses = Some(completees(&lu, changees).map_err(|r| Probleme::refus(commune, &[r]))?);
            vue = lu.dossier.as_ref().map(|d| d.version);
        }
        accomplit(&appel, &id, &Evenement::Agir { action, motif: corps.motif, reponses, vue }, &cle).await
    };
    appel.une_fois(&cle, demande, fait).await
}

/// A dossier.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct DossierVu {
    #[schemars(schema_with = "identifiant")]
    id: String,
    /// Its number, once filed.
    numero: Option<String>,
    demarche: String,
    #[schemars(schema_with = "identifiant_ou_rien")]
    enfant: Option<String>,
    etape: String,
    /// The step's name.
    etat: Option<String>,
    phase: String,
    #[schemars(schema_with = "instant_ou_rien")]
    depose_le: Option<String>,
    /// The reason given with the last action that asked for one.
    motif: Option<String>,
    #[schemars(schema_with = "objet")]
    reponses: Map<String, Value>,
    pieces: Vec<PieceVue>,
    documents: Vec<DocumentVu>,
    /// In order.
    messages: Vec<MessageVu>,
    /// The appointment that is taken.
    rendez_vous: Option<RendezVousVu>,
    /// Opinions of agents; a family reads none.
    avis: Vec<AvisVu>,
    actions: Vec<ActionVue>,
}

/// A document that is asked.
#[derive(Debug, Serialize, JsonSchema)]
struct PieceVue {
    piece: String,
    nom: String,
    /// Does the filing wait for it?
    bloque: bool,
    /// `attendue`, `a_verifier`, `acceptee`, `refusee`
    etat: &'static str,
    /// Why it was refused.
    motif: Option<String>,
}

/// A document that the town hall made.
#[derive(Debug, Serialize, JsonSchema)]
struct DocumentVu {
    /// The text that it was made from.
    modele: String,
    titre: String,
    #[schemars(schema_with = "instant")]
    le: String,
    /// Where its reader opens it: HTML, to be printed.
    adresse: String,
}

/// A message.
#[derive(Debug, Serialize, JsonSchema)]
struct MessageVu {
    n: u32,
    /// `famille`, `service`
    de: &'static str,
    #[schemars(schema_with = "instant")]
    le: String,
    /// Null until its reader opens it.
    texte: Option<String>,
    #[schemars(schema_with = "instant_ou_rien")]
    lu_le: Option<String>,
}

/// An appointment.
#[derive(Debug, Serialize, JsonSchema)]
struct RendezVousVu {
    /// Its beginning, at the town's watch.
    debut: String,
    /// Did the family come? Null until an agent says it.
    tenu: Option<bool>,
}

/// An opinion.
#[derive(Debug, Serialize, JsonSchema)]
struct AvisVu {
    favorable: bool,
    texte: String,
    #[schemars(schema_with = "instant")]
    le: String,
}

/// What the reader may do.
#[derive(Debug, Serialize, JsonSchema)]
struct ActionVue {
    id: String,
    nom: String,
    possible: bool,
    /// What stops it now.
    raison: Option<String>,
}

fn message(e: &Echange, lecteur: Cote) -> MessageVu {
    let ouvert = e.de == lecteur || e.lu_le.is_some();
    MessageVu {
        n: e.n,
        de: match e.de {
            Cote::Famille => "famille",
            Cote::Service => "service",
        },
        le: e.le.to_string(),
        texte: ouvert.then(|| e.texte.clone()),
        lu_le: e.lu_le.map(|le| le.to_string()),
    }
}

fn document(appel: &Appel, dossier: &Dossier, n: usize, fait: &DocumentFait) -> DocumentVu {
    let ou = if appel.visiteur.est_agent() { "agent/" } else { "" };
    DocumentVu {
        modele: fait.modele.clone(),
        titre: fait.titre.clone(),
        le: fait.le.to_string(),
        adresse: format!("/{}/{ou}dossiers/{}/documents/{n}", appel.visiteur.slug, dossier.id),
    }
}

/// A dossier as its reader may see it.
pub(super) fn montre(appel: &Appel, lu: &Lu<'_>) -> Result<DossierVu, Probleme> {
    let dossier: &Dossier = lu.dossier.as_ref().ok_or_else(Probleme::introuvable)?;
    let piece = |p: &PieceDemandee| {
        let (etat, motif) = match dossier.pieces.get(&p.piece).map(|r| &r.etat) {
            None => ("attendue", None),
            Some(EtatPiece::AVerifier) => ("a_verifier", None),
            Some(EtatPiece::Acceptee) => ("acceptee", None),
            Some(EtatPiece::Refusee(motif)) => ("refusee", Some(motif.clone())),
        };
        PieceVue { piece: p.piece.clone(), nom: p.nom.clone(), bloque: p.bloque, etat, motif }
    };
    let agent = appel.visiteur.est_agent();
    let lecteur = if agent { Cote::Service } else { Cote::Famille };
    let avis = |a: &Avis| AvisVu { favorable: a.favorable, texte: a.texte.clone(), le: a.le.to_string() };
    let rendez_vous = dossier.suivi.rendez_vous.as_ref();
    let actions = lu.actions(appel.session.portee.auteur());
    let action = |(a, refus): &(&engine::demarche::Action, Option<Refus>)| ActionVue {
        id: a.id.clone(),
        nom: a.nom.clone(),
        possible: refus.is_none(),
        raison: refus.as_ref().map(|r| r.motif.to_string()),
    };
    Ok(DossierVu {
        id: dossier.id.to_string(),
        numero: dossier.numero.clone(),
        demarche: dossier.demarche.clone(),
        enfant: dossier.enfant.as_ref().map(ToString::to_string),
        etape: dossier.etape.clone(),
        etat: lu.demarche.etape(&dossier.etape).map(|e| e.nom.clone()),
        phase: dossier.phase.nom().to_owned(),
        depose_le: dossier.depose_le.map(|d| d.to_string()),
        motif: dossier.motif.clone(),
        reponses: Saisie::objet_de(&dossier.reponses),
        pieces: lu.pieces.iter().map(piece).collect(),
        documents: (1..).zip(&dossier.documents).map(|(n, d)| document(appel, dossier, n, d)).collect(),
        messages: dossier.suivi.echanges.iter().map(|e| message(e, lecteur)).collect(),
        rendez_vous: rendez_vous.map(|r| RendezVousVu { debut: r.debut.to_string(), tenu: r.tenu }),
        avis: dossier.suivi.avis.iter().filter(|_| agent).map(avis).collect(),
        actions: actions.iter().map(action).collect(),
    })
}
