//! « Mes pièces »: what the household gave, until when it holds, and what is still asked, by whom and by when.

use axum::http::StatusCode;
use axum::response::Response;
use engine::demarche::{
    Accepte, Completude, Demandeuse, Dossier, EtatTenu, FICHIERS_PAR_PIECE, Famille, PieceDuFoyer, completude,
};
use engine::foyer::Genre as GenreDePersonne;
use engine::identifiant::{FoyerId, PersonneId};
use engine_store::{Erreur, FoyerLu, Portee};
use forms::vues::{FichierVu, Genre, PageMesPieces, PieceGardee, PiecesDe};
use rules::date_fr;

use super::connexion::Retour;
use super::{Arret, page};
use crate::acts;
use crate::facts;
use crate::routes::{Acces, Routes};
use crate::session::{Parent, Visiteur};

/// What is taken, in words.
pub(super) const FORMATS: &str = "PDF, JPEG ou PNG, 5 Mo au plus";

pub(super) fn routes() -> Routes {
    Routes::default().get("/{slug}/pieces", Acces::Famille, pieces)
}

/// `GET /{slug}/pieces`
async fn pieces(parent: Parent, retour: Retour) -> Result<Response, Arret> {
    let visiteur = &parent.visiteur;
    let sections = lit(visiteur, &parent.session.portee, &parent.foyer).await;
    let sections = sections.map_err(|e| visiteur.etat.panne(&e))?;
    let mut cadre = visiteur.cadre("Mes pièces");
    cadre.avis = retour.avis();
    let jeton = parent.session.jeton_de_formulaire();
    let (formats, vide) = (FORMATS.to_owned(), String::new);
    let vue = PageMesPieces { cadre, de_qui: vide(), retour: vide(), sections, formats, jeton };
    Ok(page(&visiteur.etat, StatusCode::OK, &vue))
}

/// The documents of a household, for itself or for an agent, who sees those of their own services.
pub(super) async fn lit(
    visiteur: &Visiteur,
    portee: &Portee,
    foyer: &FoyerId,
) -> Result<Vec<PiecesDe>, Erreur> {
    let de = foyer;
    let (etat, commune) = (&visiteur.etat, &visiteur.commune);
    let maintenant = etat.horloge.maintenant();
    let jour = commune.fuseau.to_datetime(maintenant).date();
    let FoyerLu { foyer, faits } = etat.store.famille(portee, de).await?;
    let mut dossiers = etat.store.dossiers_du_foyer(portee, de).await?;
    // another service's files are not this agent's, at the counter either; nor is what was never sent
    dossiers.retain(|d| d.depose_le.is_some() || !visiteur.est_agent());
    dossiers.retain(|d| acts::est_montre(etat, commune, &d.demarche, portee.auteur()));
    let membres = foyer.map(|f| f.membres).unwrap_or_default();
    let enfants = membres.into_iter().filter(|m| m.genre == GenreDePersonne::Enfant).map(|m| m.personne);
    let prenom = |e: &PersonneId| facts::texte(&faits, e, "prenom", jour, maintenant);
    let mut enfants: Vec<PersonneId> = enfants.collect();
    enfants.sort_by_cached_key(prenom);
    let famille = Famille {
        foyer: de,
        responsable: portee.auteur().personne(),
        enfants: &enfants,
        faits: &faits,
        dossiers: &dossiers,
    };
    let tous = completude(commune, famille, maintenant).into_iter().filter(|c| !c.pieces.is_empty());
    Ok(tous
        .map(|c| {
            let titre = c.enfant.as_ref().map_or_else(|| "Toute la famille".to_owned(), prenom);
            section(visiteur, &dossiers, titre, &c)
        })
        .collect())
}

fn section(visiteur: &Visiteur, dossiers: &[Dossier], titre: String, completude: &Completude) -> PiecesDe {
    let id = completude.enfant.as_ref().map_or("foyer", PersonneId::as_str).to_owned();
    let bloquantes = completude.pieces.iter().filter(|p| p.bloque && p.etat.manque()).count();
    let attendues = completude.pieces.iter().filter(|p| !p.bloque && p.etat.manque()).count();
    let bilan = match (bloquantes, attendues) {
        (0, 0) => "Rien ne manque.".to_owned(),
        (0, _) => "Rien d’obligatoire ne manque ; un document reste à donner dès que possible.".to_owned(),
        (1, _) => "Il manque un document.".to_owned(),
        (n, _) => format!("Il manque {n} documents."),
    };
    let pieces = completude.pieces.iter().map(|p| piece(visiteur, dossiers, &id, p)).collect();
    PiecesDe { id: format!("pieces-{id}"), titre, bilan, manque: bloquantes > 0, pieces }
}

fn piece(visiteur: &Visiteur, dossiers: &[Dossier], qui: &str, p: &PieceDuFoyer) -> PieceGardee {
    let (etat, genre) = en_mots(p);
    let de = |id: &engine::identifiant::DossierId| dossiers.iter().find(|d| d.id == *id);
    // a document is replaced where it is; a first one goes to the first request that asks for it
    let demandee = |d: &&Demandeuse| d.ouverte;
    let ou =
        p.pour.iter().find(|d| p.recue.as_ref() == Some(&d.dossier)).or_else(|| p.pour.iter().find(demandee));
    let ou = ou.filter(|d| d.ouverte).and_then(|d| de(&d.dossier));
    let fige = |d: &Dossier| {
        p.etat == EtatTenu::Acceptee
            && !p.renouvelable
            && p.recue.as_ref() == Some(&d.id)
            && !d.phase.famille_ecrit()
    };
    // an agent reads: what is sent is sent by the family
    let agent = visiteur.est_agent();
    let ou = ou.filter(|d| !fige(d) && !agent);
    let tenant = p.recue.as_ref().and_then(de);
    let recue = tenant.and_then(|d| d.pieces.get(&p.piece));
    let chez = if agent { "agent/dossiers" } else { "dossiers" };
    let adresse = |d: &Dossier| format!("/{}/{chez}/{}", visiteur.slug, d.id);
    let nombre = recue.map_or(0, |r| r.fichiers.len());
    let max = visiteur.commune.piece(&p.piece).and_then(|p| p.fichiers).unwrap_or(FICHIERS_PAR_PIECE);
    let ici = ou.is_some_and(|d| p.recue.as_ref() == Some(&d.id));
    let refusee = matches!(p.etat, EtatTenu::Refusee(_) | EtatTenu::Expiree(_));
    let fichiers = recue.zip(tenant).map(|(r, d)| {
        let un = |(n, id): (usize, &engine::identifiant::FichierId)| FichierVu {
            id: id.to_string(),
            titre: format!("{}, fichier {n}", p.nom),
            href: format!("{}/pieces/{}/{n}", adresse(d), p.piece),
            image: !agent && r.images.contains(id),
        };
        (1..).zip(&r.fichiers).map(un).collect()
    });
    PieceGardee {
        id: format!("{qui}-{}", p.piece),
        piece: p.piece.clone(),
        nom: p.nom.clone(),
        etat,
        genre,
        details: details(visiteur, p),
        pourquoi: pourquoi(p),
        source: p.source.clone().unwrap_or_default(),
        fichiers: fichiers.unwrap_or_default(),
        a_la_place: p.a_la_place.iter().filter(|_| p.etat.manque()).map(autre).collect(),
        envoi: ou.map(|d| format!("{}/pieces", adresse(d))).unwrap_or_default(),
        a_completer: ici && !refusee && nombre > 0 && nombre < usize::try_from(max).unwrap_or(usize::MAX),
        a_remplacer: nombre > 0,
        retrait: tenant
            .filter(|d| nombre > 0 && d.phase.famille_ecrit() && !agent)
            .map(|d| format!("{}/retrait-de-piece", adresse(d)))
            .unwrap_or_default(),
        datee: p.datee,
    }
}

/// What may be sent instead, as its sender chooses it.
fn autre(a: &Accepte) -> (String, String) {
    let nom = if a.provisoire { format!("{}, en attendant", a.nom) } else { a.nom.clone() };
    (a.piece.clone(), nom)
}

/// The state, with its tone.
fn en_mots(p: &PieceDuFoyer) -> (String, Genre) {
    match &p.etat {
        EtatTenu::AVerifier => ("reçue, à vérifier".to_owned(), Genre::Info),
        EtatTenu::Acceptee => ("acceptée".to_owned(), Genre::Succes),
        EtatTenu::Refusee(_) => ("refusée".to_owned(), Genre::Erreur),
        EtatTenu::Expiree(fin) => (format!("expirée le {}", date_fr::date_courte(*fin)), Genre::Erreur),
        EtatTenu::Remplacee { provisoire: true, .. } => ("provisoire".to_owned(), Genre::Info),
        EtatTenu::Remplacee { .. } => ("remplacée".to_owned(), Genre::Succes),
        EtatTenu::Due(depuis) => {
            (format!("à donner depuis le {}", date_fr::date_courte(*depuis)), Genre::Erreur)
        }
        EtatTenu::Manquante => ("manquante".to_owned(), Genre::Alerte),
        EtatTenu::DesQuePossible => ("dès que possible".to_owned(), Genre::Info),
        EtatTenu::Facultative => ("facultative".to_owned(), Genre::Info),
    }
}

fn details(visiteur: &Visiteur, p: &PieceDuFoyer) -> Vec<String> {
    let mut lignes = Vec::new();
    match &p.etat {
        EtatTenu::Refusee(motif) => lignes.push(format!("Motif : {motif}")),
        EtatTenu::Remplacee { par, provisoire, fin } => {
            let en_attendant = if *provisoire { " en attendant" } else { "" };
            let jusqu_a = fin.map(|f| format!(", accepté jusqu’au {}", date_fr::date_courte(f)));
            lignes.push(format!("Donnée{en_attendant} : {}{}.", par.join(", "), jusqu_a.unwrap_or_default()));
        }
        EtatTenu::Due(_) => lignes.push("Le document provisoire ne suffit plus.".to_owned()),
        EtatTenu::AVerifier | EtatTenu::Acceptee => {
            lignes.extend(p.fin.map(|fin| format!("Valable jusqu’au {}.", date_fr::date_courte(fin))));
        }
        _ => {}
    }
    if let Some(avant) = p.avant.filter(|_| p.etat.manque()) {
        let jour = visiteur.commune.fuseau.to_datetime(avant).date();
        lignes.push(format!("À envoyer au plus tard le {}.", date_fr::date_courte(jour)));
    }
    if p.signataires > 1 {
        lignes.push(format!("À faire signer par {} personnes.", p.signataires));
    }
    lignes
}

/// « Demandée si vous êtes allocataire, pour « Inscription » 2025-2026. »
fn pourquoi(p: &PieceDuFoyer) -> String {
    let mut pour: Vec<String> = Vec::new();
    for d in &p.pour {
        let annee = d.annee_scolaire.as_ref().map(|a| format!(" {a}")).unwrap_or_default();
        let nom = format!("« {} »{annee}", d.demarche);
        if !pour.contains(&nom) {
            pour.push(nom);
        }
    }
    match (pour.is_empty(), p.pour_qui.is_empty()) {
        (true, _) => "Aucune demande en cours n’a besoin de ce document.".to_owned(),
        (false, true) => format!("Demandée pour {}.", pour.join(", ")),
        (false, false) => format!("Demandée {}, pour {}.", p.pour_qui, pour.join(", ")),
    }
}
