//! The tabs of a dossier, for the family and for the agents: each is an address, and works without a script.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::decision::Refus;
use engine::demarche::{Cote, Demarche, Dossier, Phase, SujetVise};
use engine::foyer::Sujet;
use engine::identifiant::DossierId;
use engine_store::Erreur;
use forms::accuse::accuse;
use forms::formulaire::{OptionVue, reponse_lisible};
use forms::suivi::{self, Ou};
use forms::vues::{
    Avis, EchangeVue, Genre, LigneRecap, Onglet, PageDemandeur, PageDossier, PageEchanges, PageHistorique,
    PagePieces, TeteDossier, TexteVue,
};
use rules::date_fr;

use super::connexion::Retour;
use super::dossier::{identifiant, lu, raisons, sujet};
use super::feuillet::{Coupe, Feuillet};
use super::suite::chronologie;
use super::{Arret, agenda, joindre, page, page_introuvable};
use crate::acts::Lu;
use crate::routes::{Acces, Routes};
use crate::session::{Agent, Famille, Lecteur, Ouverte, Visiteur};

/// Messages on a page.
const MESSAGES: usize = 20;
/// Lines of a history on a page.
pub(super) const PASSAGES: usize = 30;

/// A tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Volet {
    Demandeur,
    Demande,
    Historique,
    Echanges,
    Pieces,
    RendezVous,
}

impl Volet {
    /// The end of its address.
    const fn chemin(self) -> &'static str {
        match self {
            Self::Demande => "",
            Self::Demandeur => "/demandeur",
            Self::Historique => "/historique",
            Self::Echanges => "/echanges",
            Self::Pieces => "/pieces",
            Self::RendezVous => "/rendez-vous",
        }
    }

    fn lit(mot: &str) -> Option<Self> {
        [Self::Demandeur, Self::Historique, Self::Echanges, Self::Pieces, Self::RendezVous]
            .into_iter()
            .find(|v| v.chemin().strip_prefix('/') == Some(mot))
    }
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/{slug}/dossiers/{dossier}/informations", Acces::Demandeur, informations)
        .get("/{slug}/dossiers/{dossier}/rendez-vous.ics", Acces::Demandeur, agenda::calendrier)
        .get("/{slug}/dossiers/{dossier}/demandeur", Acces::Demandeur, volet_de::<Famille>)
        .get("/{slug}/dossiers/{dossier}/historique", Acces::Demandeur, volet_de::<Famille>)
        .get("/{slug}/dossiers/{dossier}/echanges", Acces::Demandeur, volet_de::<Famille>)
        .get("/{slug}/dossiers/{dossier}/pieces", Acces::Demandeur, volet_de::<Famille>)
        .get("/{slug}/dossiers/{dossier}/rendez-vous", Acces::Demandeur, volet_de::<Famille>)
        .get("/{slug}/agent/dossiers/{dossier}/echanges", Acces::Agent, volet_de::<Agent>)
        .get("/{slug}/agent/dossiers/{dossier}/pieces", Acces::Agent, volet_de::<Agent>)
        .get("/{slug}/agent/dossiers/{dossier}/rendez-vous", Acces::Agent, volet_de::<Agent>)
}

/// Where a dossier is, for whoever reads it.
pub(super) fn adresse(visiteur: &Visiteur, id: &DossierId) -> String {
    let chemin = if visiteur.est_agent() { "agent/dossiers" } else { "dossiers" };
    format!("/{}/{chemin}/{id}", visiteur.slug)
}

/// `GET /{slug}/dossiers/{dossier}/echanges`, and the other tabs; the same below `/{slug}/agent`.
async fn volet_de<L: Lecteur>(
    lecteur: L,
    Path((_, id)): Path<(String, String)>,
    retour: Retour,
    Query(feuillet): Query<Feuillet>,
) -> Result<Response, Arret> {
    let (visiteur, session) = lecteur.ouvert();
    let retour = &retour;
    // each tab is an address, and ends with its name
    let volet = visiteur.chemin.rsplit('/').next().unwrap_or_default();
    let (lu, dossier) = lu(visiteur, session, &identifiant(visiteur, &id)?).await?;
    let absent = || page_introuvable(&visiteur.etat, &visiteur.chemin);
    let brouillon = dossier.phase == Phase::Brouillon;
    Ok(match Volet::lit(volet) {
        Some(Volet::Pieces) => pieces(visiteur, session, &lu, &dossier, PiecesDites::default(), retour),
        Some(Volet::RendezVous) if lu.demarche.rendez_vous.is_some() => {
            agenda::rendez_vous(visiteur, session, &lu, &dossier, None, retour).await?
        }
        // the other tabs follow the filing
        _ if brouillon => absent(),
        Some(Volet::Demandeur) => demandeur(visiteur, session, &lu, &dossier, Vec::new()),
        Some(Volet::Historique) => {
            let chronologie = chronologie(&visiteur.etat, session, &lu, &dossier).await;
            let chronologie = chronologie.map_err(|e| visiteur.etat.panne(&e))?;
            let tete = tete(visiteur, session, &lu, &dossier, Volet::Historique, Vec::new());
            let recentes = chronologie.into_iter().rev().collect();
            let Coupe { lignes: chronologie, suite, retour: avant } =
                feuillet.coupe(recentes, PASSAGES, &visiteur.chemin);
            let cadre = cadre(visiteur, &lu, retour);
            let vue = PageHistorique { cadre, tete, chronologie, suite, retour: avant };
            page(&visiteur.etat, StatusCode::OK, &vue)
        }
        Some(Volet::Echanges) if lu.demarche.echanges => {
            echanges(visiteur, session, &lu, &dossier, None, (retour, &feuillet))
        }
        _ => absent(),
    })
}

/// A draft that the form has left behind says so.
pub(super) fn formulaire_change(lu: &Lu<'_>) -> Option<Avis> {
    lu.formulaire_change().then(|| Avis {
        genre: Genre::Info,
        texte: "Ce formulaire a changé depuis votre dernier passage. Vos réponses sont gardées quand la question existe encore : relisez-les avant de déposer.".to_owned(),
    })
}

/// The frame of a dossier's page.
pub(super) fn cadre(visiteur: &Visiteur, lu: &Lu<'_>, retour: &Retour) -> forms::vues::Cadre {
    let mut cadre = visiteur.cadre(&lu.demarche.nom);
    cadre.avis = retour.avis().or_else(|| formulaire_change(lu));
    cadre
}

/// The tabs of a dossier that was filed; an agent's first one holds the requester and the history as well.
fn onglets(visiteur: &Visiteur, lu: &Lu<'_>, dossier: &Dossier, ici: Volet) -> Vec<Onglet> {
    let adresse = adresse(visiteur, &dossier.id);
    let agent = visiteur.est_agent();
    let mut onglets = Vec::new();
    let mut onglet = |titre: &str, v: Volet| {
        let href = format!("{adresse}{}", v.chemin());
        onglets.push(Onglet { titre: titre.to_owned(), href, actif: v == ici });
    };
    onglet("Demande", Volet::Demande);
    if !agent {
        onglet("Demandeur", Volet::Demandeur);
    }
    match (agent, lu.pieces.is_empty() && dossier.pieces.is_empty()) {
        (true, _) if !lu.demarche.pieces.is_empty() => onglet("Demander des pièces", Volet::Pieces),
        (false, false) => onglet("Pièces", Volet::Pieces),
        _ => {}
    }
    if lu.demarche.rendez_vous.is_some() {
        onglet("Rendez-vous", Volet::RendezVous);
    }
    if lu.demarche.echanges {
        let lecteur = if agent { Cote::Service } else { Cote::Famille };
        match dossier.suivi.non_lus(lecteur) {
            0 => onglet("Échanges", Volet::Echanges),
            1 => onglet("Échanges (1 non lu)", Volet::Echanges),
            n => onglet(&format!("Échanges ({n} non lus)"), Volet::Echanges),
        }
    }
    if !agent {
        onglet("Historique", Volet::Historique);
    }
    // one page alone needs no tabs
    if onglets.len() > 1 { onglets } else { Vec::new() }
}

/// The tabs of an agent's page of a file.
pub(super) fn onglets_d_agent(visiteur: &Visiteur, lu: &Lu<'_>, dossier: &Dossier) -> Vec<Onglet> {
    onglets(visiteur, lu, dossier, Volet::Demande)
}

/// What stands above every tab.
pub(super) fn tete(
    visiteur: &Visiteur,
    session: &Ouverte,
    lu: &Lu<'_>,
    dossier: &Dossier,
    volet: Volet,
    refus: Vec<String>,
) -> TeteDossier {
    let adresse = adresse(visiteur, &dossier.id);
    let agent = visiteur.est_agent();
    // sent back, it is filled in again, and followed as well
    let ecrit = dossier.phase == Phase::Brouillon && !agent;
    let onglets = if ecrit { Vec::new() } else { onglets(visiteur, lu, dossier, volet) };
    let ou = match volet {
        Volet::RendezVous => Ou::RendezVous,
        Volet::Demandeur => Ou::Informations,
        Volet::Pieces => Ou::Pieces,
        Volet::Demande | Volet::Historique | Volet::Echanges => Ou::Recapitulatif,
    };
    let titre = match (ecrit, volet) {
        (false, _) => lu.demarche.nom.clone(),
        (true, Volet::RendezVous) => "Mon rendez-vous".to_owned(),
        (true, Volet::Demandeur) => "Mes informations".to_owned(),
        (true, Volet::Pieces) => "Mes documents".to_owned(),
        (true, _) => "Récapitulatif".to_owned(),
    };
    TeteDossier {
        titre,
        jalons: if ecrit { suivi::jalons(lu.demarche, ou) } else { Vec::new() },
        onglets,
        sujet: sujet(lu, dossier),
        numero: dossier.numero.as_ref().map(|n| format!("Dossier {n}")).unwrap_or_default(),
        etat: lu.demarche.etape(&dossier.etape).map(|e| e.nom.clone()).unwrap_or_default(),
        genre: suivi::genre(dossier.phase),
        refus,
        jeton: session.jeton_de_formulaire(),
        adresse,
        agent,
    }
}

/// The request, for the family or for an agent; `refus` is that of the act just tried, with its reason.
pub(super) async fn demande(
    visiteur: &Visiteur,
    session: &Ouverte,
    lu: &Lu<'_>,
    dossier: &Dossier,
    refus: Option<(&Refus, &str)>,
    retour: &Retour,
) -> Response {
    let ecrit = dossier.phase.famille_ecrit() && !visiteur.est_agent();
    let adresse = adresse(visiteur, &dossier.id);
    let modifier = |i: usize| if ecrit { format!("{adresse}/ecrans/{}", i + 1) } else { String::new() };
    let freres = match freres(visiteur, session, lu, dossier).await {
        Ok(freres) => freres,
        Err(erreur) => return visiteur.etat.panne(&erreur),
    };
    let fuseau = &lu.commune.fuseau;
    let dites = refus.map(|(r, _)| raisons(r)).unwrap_or_default();
    let vue = PageDossier {
        cadre: cadre(visiteur, lu, retour),
        tete: tete(visiteur, session, lu, dossier, Volet::Demande, dites),
        motif: dossier.motif.clone().unwrap_or_default(),
        suite: suivi::suite(lu.demarche, dossier, fuseau),
        accuse: accuse(lu.demarche, dossier, lu.contact(), fuseau),
        sections: suivi::recapitulatif(lu.demarche, &dossier.reponses, &lu.visibles(dossier), modifier),
        pieces: suivi::pieces(&lu.pieces, dossier, ecrit, None),
        rendez_vous: pris_en_mots(dossier),
        actions: suivi::actions(lu.demarche, &lu.actions(session.portee.auteur())),
        motif_saisi: refus.map(|(_, motif)| motif.to_owned()).unwrap_or_default(),
        vue: dossier.version,
        freres,
        supprimable: ecrit && dossier.phase == Phase::Brouillon,
    };
    let code = if refus.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page(&visiteur.etat, code, &vue)
}

/// The other children of a family that has filed for one of them.
async fn freres(
    visiteur: &Visiteur,
    session: &Ouverte,
    lu: &Lu<'_>,
    dossier: &Dossier,
) -> Result<Vec<OptionVue>, Erreur> {
    let (Some(foyer), Some(enfant)) = (&dossier.foyer, &dossier.enfant) else { return Ok(Vec::new()) };
    if visiteur.est_agent()
        || dossier.phase == Phase::Brouillon
        || lu.commune.demarche(&dossier.demarche).is_none()
    {
        return Ok(Vec::new());
    }
    let enfants = visiteur.enfants(&session.portee, foyer).await?;
    Ok(enfants.into_iter().filter(|e| e.valeur != enfant.as_str()).collect())
}

/// Who files, as the town knows them; a draft goes on from there.
fn demandeur(
    visiteur: &Visiteur,
    session: &Ouverte,
    lu: &Lu<'_>,
    dossier: &Dossier,
    refus: Vec<String>,
) -> Response {
    let brouillon = dossier.phase == Phase::Brouillon;
    let base = adresse(visiteur, &dossier.id);
    let vue = PageDemandeur {
        cadre: cadre(visiteur, lu, &Retour::default()),
        tete: tete(visiteur, session, lu, dossier, Volet::Demandeur, refus),
        lignes: identite(visiteur, lu, dossier),
        contact: joindre::propose(visiteur, session, lu, dossier),
        suivant: if brouillon { format!("{base}/ecrans/1") } else { String::new() },
        precedent: match (brouillon, &lu.demarche.rendez_vous) {
            (false, _) => String::new(),
            (true, Some(_)) => format!("{base}/rendez-vous"),
            (true, None) => format!("/{}/demarches/{}", visiteur.slug, lu.demarche.id),
        },
    };
    page(&visiteur.etat, StatusCode::OK, &vue)
}

/// Name and ways to reach who files: what is known of them, or what the form says of them.
fn identite(visiteur: &Visiteur, lu: &Lu<'_>, dossier: &Dossier) -> Vec<LigneRecap> {
    let connu = |nom: &str| {
        let sujets =
            [dossier.demandeur.clone().map(Sujet::Personne), dossier.foyer.clone().map(Sujet::Foyer)];
        let fait = sujets
            .into_iter()
            .flatten()
            .find_map(|s| lu.faits.valeur(&s, nom, lu.aujourdhui, lu.maintenant))?;
        Some(match &fait.valeur {
            engine::foyer::ValeurFait::Texte(t) => t.clone(),
            engine::foyer::ValeurFait::Adresse(a) => format!("{}, {} {}", a.voie, a.code_postal, a.commune),
            _ => return None,
        })
    };
    let ecrit = |nom: &str| {
        let sien = |f: &engine::demarche::FaitVise| {
            matches!(f.de, SujetVise::Demandeur | SujetVise::Foyer) && f.nom == nom
        };
        let champ = lu.demarche.champs().find(|c| c.fait.as_ref().is_some_and(sien))?;
        dossier.reponses.0.get(&champ.id).map(|r| reponse_lisible(champ, r))
    };
    // a draft proposes it below
    let prefere = joindre::en_mots(visiteur, lu, dossier).filter(|_| dossier.phase != Phase::Brouillon);
    let prefere =
        prefere.map(|valeur| LigneRecap { libelle: "À joindre de préférence".to_owned(), valeur });
    [
        ("prenom", "Prénom"),
        ("nom", "Nom"),
        ("courriel", "Adresse électronique"),
        ("telephone", "Téléphone"),
        ("adresse", "Adresse"),
    ]
    .into_iter()
    .filter_map(|(fait, libelle)| {
        let valeur = connu(fait).or_else(|| ecrit(fait)).filter(|v| !v.is_empty())?;
        Some(LigneRecap { libelle: libelle.to_owned(), valeur })
    })
    .chain(prefere)
    .collect()
}

/// `GET /{slug}/dossiers/{dossier}/informations`: the step of a draft.
async fn informations(famille: Famille, Path((_, id)): Path<(String, String)>) -> Result<Response, Arret> {
    let (visiteur, session) = (&famille.visiteur, &famille.session);
    let (lu, dossier) = lu(visiteur, session, &identifiant(visiteur, &id)?).await?;
    let base = adresse(visiteur, &dossier.id);
    Ok(match dossier.phase {
        Phase::Brouillon => demandeur(visiteur, session, &lu, &dossier, Vec::new()),
        _ => Redirect::to(&format!("{base}/demandeur")).into_response(),
    })
}

/// The messages; `rate` is what could not be sent, and why.
pub(super) fn echanges(
    visiteur: &Visiteur,
    session: &Ouverte,
    lu: &Lu<'_>,
    dossier: &Dossier,
    rate: Option<(&str, &str)>,
    (retour, feuillet): (&Retour, &Feuillet),
) -> Response {
    let moi = if visiteur.est_agent() { Cote::Service } else { Cote::Famille };
    let service = lu.commune.instructeur(lu.demarche);
    // the latest page holds the last ones; each reads from the oldest to the latest
    let recents = dossier.suivi.echanges.iter().rev().collect();
    let Coupe { lignes, suite, retour: avant } = feuillet.coupe(recents, MESSAGES, &visiteur.chemin);
    let echanges = lignes.into_iter().rev().map(|e| {
        let (de_moi, lu_par_l_autre) = (e.de == moi, e.lu_le.is_some());
        let a_ouvrir = !de_moi && !lu_par_l_autre;
        EchangeVue {
            n: e.n,
            de: match (de_moi, e.de) {
                (true, _) => "Vous".to_owned(),
                (false, Cote::Famille) => "La famille".to_owned(),
                (false, Cote::Service) => service.clone(),
            },
            quand: date_fr::instant(e.le.to_zoned(lu.commune.fuseau.clone()).datetime()),
            texte: if a_ouvrir { String::new() } else { e.texte.clone() },
            de_moi,
            a_ouvrir,
            lecture: if lu_par_l_autre { "Lu" } else { "Non lu" }.to_owned(),
        }
    });
    let vue = PageEchanges {
        cadre: cadre(visiteur, lu, retour),
        echanges: echanges.collect(),
        suite,
        retour: avant,
        texte: rate.map(|(texte, _)| texte.to_owned()).unwrap_or_default(),
        erreur: rate.map(|(_, erreur)| erreur.to_owned()).unwrap_or_default(),
        tete: tete(visiteur, session, lu, dossier, Volet::Echanges, Vec::new()),
    };
    let code = if rate.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page(&visiteur.etat, code, &vue)
}

/// What the page of documents says besides them.
#[derive(Default)]
pub(super) struct PiecesDites<'p> {
    /// The document that could not be taken, and why.
    pub(super) erreur: Option<(&'p str, &'p str)>,
    /// Why the request of an agent was not sent.
    pub(super) refus: Vec<String>,
    /// What the agent had ticked and typed.
    pub(super) cochees: Vec<String>,
    pub(super) texte: String,
}

/// The documents.
pub(super) fn pieces(
    visiteur: &Visiteur,
    session: &Ouverte,
    lu: &Lu<'_>,
    dossier: &Dossier,
    dites: PiecesDites<'_>,
    retour: &Retour,
) -> Response {
    let agent = visiteur.est_agent();
    let brouillon = dossier.phase == Phase::Brouillon;
    let base = adresse(visiteur, &dossier.id);
    let mut pieces =
        suivi::pieces(&lu.pieces, dossier, dossier.phase.occupe() && !agent, (!agent).then_some(&base));
    for piece in &mut pieces {
        if let Some((_, motif)) = dites.erreur.filter(|(p, _)| *p == piece.piece) {
            piece.erreur = motif.to_owned();
        }
    }
    let demande = agent && !dossier.phase.est_finale();
    let connues = lu.commune.pieces.iter().filter(|p| lu.demarche.pieces.contains(&p.id));
    let demandables = connues
        .filter(|_| demande)
        .map(|p| OptionVue {
            valeur: p.id.clone(),
            libelle: p.nom.clone(),
            choisie: dites.cochees.contains(&p.id),
        })
        .collect();
    let code = match (dites.erreur, dites.refus.is_empty()) {
        (None, true) => StatusCode::OK,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let vue = PagePieces {
        cadre: cadre(visiteur, lu, retour),
        pieces,
        precedent: if brouillon {
            format!("{base}/ecrans/{}", lu.demarche.formulaire.len().max(1))
        } else {
            String::new()
        },
        suivant: if brouillon { base } else { String::new() },
        formats: super::pieces::FORMATS.to_owned(),
        demandables,
        textes: textes(lu.demarche, dossier),
        texte: dites.texte,
        tete: tete(visiteur, session, lu, dossier, Volet::Pieces, dites.refus),
    };
    page(&visiteur.etat, code, &vue)
}

/// The texts that an agent may start from to ask for documents.
fn textes(demarche: &Demarche, dossier: &Dossier) -> Vec<TexteVue> {
    let actions = demarche.etape(&dossier.etape).map(|e| e.actions.as_slice()).unwrap_or_default();
    let renvoie = |vers: Option<&str>| {
        vers.and_then(|v| demarche.etape(v)).is_some_and(|e| e.phase == Phase::Incomplete)
    };
    let textes = actions.iter().filter(|a| renvoie(a.vers.as_deref())).flat_map(|a| a.textes.iter());
    textes.map(|(nom, texte)| TexteVue { nom: nom.clone(), texte: texte.clone() }).collect()
}

/// The text of that name for an action (any that sends the file back, when `action` is empty), with the documents that it names.
pub(super) fn texte_type(
    lu: &Lu<'_>,
    dossier: &Dossier,
    action: &str,
    nom: &str,
    pieces: &[String],
) -> String {
    let actions = lu.demarche.etape(&dossier.etape).map(|e| e.actions.as_slice()).unwrap_or_default();
    let siennes = actions.iter().filter(|a| action.is_empty() || a.id == action);
    let texte = siennes.flat_map(|a| a.textes.iter()).find(|(n, _)| n == nom).map(|(_, t)| t.as_str());
    let noms = pieces.iter().map(|id| {
        let piece = lu.commune.piece(id);
        format!("« {} »", piece.map_or(id.as_str(), |p| p.nom.as_str()))
    });
    let noms = noms.collect::<Vec<_>>().join(", ");
    texte.unwrap_or_default().replace("{{ pieces }}", &noms)
}

/// When the appointment is, in words; empty when there is none.
pub(super) fn pris_en_mots(dossier: &Dossier) -> String {
    dossier.suivi.rendez_vous.as_ref().map(|r| date_fr::instant(r.debut)).unwrap_or_default()
}
