//! What a household has given and what it lacks, for each child and for itself: one answer for its pages and the agents' desk.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::contexte::{Accepte, PieceDemandee};
use super::dossier::{Dossier, EtatPiece};
use super::famille::{demandees_de, vue};
use super::fenetre::Fenetre;
use super::phase::Phase;
use super::tenue::{Tenue, du_dossier, fin_du_provisoire, tenues};
use crate::annee;
use crate::commune::{Commune, Provisoire};
use crate::foyer::FaitsDates;
use crate::identifiant::{DossierId, FoyerId, PersonneId};
use crate::tarification::Sujets;

/// Where a document stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EtatTenu {
    /// Received, not looked at yet.
    AVerifier,
    /// Accepted.
    Acceptee,
    /// Refused, with the reason.
    Refusee(String),
    /// It held until then.
    Expiree(Date),
    /// Another document stands for it: its names; `provisoire`, for a while.
    Remplacee {
        /// Those given instead.
        par: Vec<String>,
        /// Only while the document itself is being made?
        provisoire: bool,
        /// Last day on which they stand for it; `None` = until it is given, or nobody said until when.
        fin: Option<Date>,
    },
    /// What stood for it for a while does not since that day.
    Due(Date),
    /// Asked, and it stops the request.
    Manquante,
    /// Asked, and the request goes on without it.
    DesQuePossible,
    /// Not asked of everybody, or asked without stopping anything.
    Facultative,
}

impl EtatTenu {
    /// Is something still to be sent?
    pub const fn manque(&self) -> bool {
        matches!(
            self,
            Self::Refusee(_) | Self::Expiree(_) | Self::Due(_) | Self::Manquante | Self::DesQuePossible
        )
    }
}

/// A request that asks for a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demandeuse {
    /// Which.
    pub dossier: DossierId,
    /// Its démarche's name.
    pub demarche: String,
    /// The school year that it is for.
    pub annee_scolaire: Option<String>,
    /// May the family send documents to it now?
    pub ouverte: bool,
}

/// A document of a child, or of the household.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PieceDuFoyer {
    /// Which piece.
    pub piece: String,
    /// Its name.
    pub nom: String,
    /// Of whom it is asked, in words; empty = of everybody.
    pub pour_qui: String,
    /// Where it stands.
    pub etat: EtatTenu,
    /// The request that holds what was received.
    pub recue: Option<DossierId>,
    /// Last day that it holds, once received; `None` = until it is replaced.
    pub fin: Option<Date>,
    /// What may be given instead of it.
    pub a_la_place: Vec<Accepte>,
    /// Does its absence stop a request?
    pub bloque: bool,
    /// Must the date written on it be given?
    pub datee: bool,
    /// How many must sign it.
    pub signataires: u8,
    /// May it be given again though it was accepted: does its reminder run?
    pub renouvelable: bool,
    /// The requests that ask for it; none: it is kept, and nothing asks for it now.
    pub pour: Vec<Demandeuse>,
    /// The day by which a request that is not sent yet must be.
    pub avant: Option<Timestamp>,
    /// The rule that asks for it.
    pub regle: String,
    /// Where that is written: the town's own document.
    pub source: Option<String>,
}

/// The documents of one child, or (`None`) of the household.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completude {
    /// Whose.
    pub enfant: Option<PersonneId>,
    /// What is asked first, in the town's order, then what is kept besides.
    pub pieces: Vec<PieceDuFoyer>,
}

/// Whose documents, and what is known of them.
#[derive(Clone, Copy, Debug)]
pub struct Famille<'a> {
    /// The household.
    pub foyer: &'a FoyerId,
    /// Who answers for it.
    pub responsable: Option<&'a PersonneId>,
    /// Its children.
    pub enfants: &'a [PersonneId],
    /// What is known of its people.
    pub faits: &'a FaitsDates,
    /// All its requests.
    pub dossiers: &'a [Dossier],
}

/// The household's documents: its own, then each child's.
pub fn completude(commune: &Commune, famille: Famille<'_>, maintenant: Timestamp) -> Vec<Completude> {
    let sujets = std::iter::once(None).chain(famille.enfants.iter().map(Some));
    sujets
        .map(|enfant| Completude {
            enfant: enfant.cloned(),
            pieces: de(commune, famille, enfant, maintenant),
        })
        .collect()
}

/// Is the request alive, and of a school year that is not over?
fn vit(commune: &Commune, dossier: &Dossier, jour: Date) -> bool {
    let annee = dossier.annee_scolaire.as_deref().and_then(|a| a.split('-').next()?.parse().ok());
    let finie = annee.is_some_and(|a: i16| a < annee::annee_scolaire(commune, jour));
    dossier.phase.occupe() && !dossier.suivi.efface && !finie
}

fn de(
    commune: &Commune,
    famille: Famille<'_>,
    enfant: Option<&PersonneId>,
    maintenant: Timestamp,
) -> Vec<PieceDuFoyer> {
    let jour = commune.fuseau.to_datetime(maintenant).date();
    let mut recues = tenues(commune, famille.dossiers, enfant);
    // what is in a draft is there, for the draft at least
    let brouillons = famille.dossiers.iter().filter(|d| d.phase == Phase::Brouillon && !d.suivi.efface);
    recues.extend(brouillons.flat_map(|d| du_dossier(commune, d, enfant)));
    let mut rangees: BTreeMap<usize, PieceDuFoyer> = BTreeMap::new();
    let rang = |piece: &str| commune.pieces.iter().position(|p| p.id == piece);
    for dossier in famille.dossiers.iter().filter(|d| vit(commune, d, jour)) {
        let sien = dossier.enfant.as_ref().is_none_or(|e| enfant.is_none_or(|voulu| voulu == e));
        let Some(demarche) = commune.demarche(&dossier.demarche).filter(|d| sien && !d.pieces.is_empty())
        else {
            continue;
        };
        let sujets = Sujets {
            foyer: famille.foyer.clone(),
            enfant: dossier.enfant.clone(),
            responsable: dossier.demandeur.as_ref().or(famille.responsable).cloned(),
        };
        let en_plus = demandees_de(Some(dossier));
        let asked = vue(
            commune,
            demarche,
            (famille.faits, Some(&sujets)),
            (Some(&dossier.reponses), &en_plus),
            maintenant,
        );
        let ouverte = dossier.phase != Phase::Suspendue;
        let fin = match demarche.fenetre(maintenant) {
            Fenetre::Ouverte { jusqu_a } if dossier.phase.famille_ecrit() => jusqu_a,
            _ => None,
        };
        // a household's document is asked once, whichever child's request asks for it
        let de_lui = |p: &PieceDemandee| p.du_foyer == enfant.is_none();
        for piece in asked.pieces.iter().filter(|p| de_lui(p)) {
            let Some(rang) = rang(&piece.piece) else { continue };
            let ligne = rangees.entry(rang).or_insert_with(|| demandee(commune, piece, &recues, jour));
            ligne.bloque |= piece.bloque;
            ligne.avant = [ligne.avant, fin].into_iter().flatten().min();
            ligne.pour.push(Demandeuse {
                dossier: dossier.id.clone(),
                demarche: demarche.nom.clone(),
                annee_scolaire: dossier.annee_scolaire.clone(),
                ouverte,
            });
        }
    }
    let mut pieces: Vec<PieceDuFoyer> = rangees.into_values().collect();
    let autres = recues.iter().filter(|t| match enfant {
        None => true,
        Some(_) => commune.piece(t.piece).is_some_and(|p| p.de == "enfant"),
    });
    for tenue in autres {
        if pieces.iter().all(|p| p.piece != tenue.piece) {
            pieces.extend(gardee(commune, tenue, jour));
        }
    }
    pieces
}

/// The state of what was received.
fn etat(tenue: &Tenue<'_>, jour: Date) -> EtatTenu {
    match (&tenue.recue.etat, tenue.fin.filter(|fin| *fin < jour)) {
        (EtatPiece::Refusee(motif), _) => EtatTenu::Refusee(motif.clone()),
        (_, Some(fin)) => EtatTenu::Expiree(fin),
        (EtatPiece::AVerifier, None) => EtatTenu::AVerifier,
        (EtatPiece::Acceptee, None) => EtatTenu::Acceptee,
    }
}

/// A document that a request asks for, with the best of what was received.
fn demandee(commune: &Commune, piece: &PieceDemandee, recues: &[Tenue<'_>], jour: Date) -> PieceDuFoyer {
    let siennes = || recues.iter().filter(|t| t.piece == piece.piece);
    let bonne = siennes().find(|t| t.vaut(jour)).or_else(|| siennes().next());
    let tient = |id: &String| recues.iter().any(|t| t.piece == id && t.vaut(jour));
    let definie = commune.piece(&piece.piece);
    let autrement = piece.alternatives.iter().find(|a| !a.is_empty() && a.iter().all(tient));
    let nom = |id: &String| commune.piece(id).map_or(id, |p| &p.nom).clone();
    let provisoire = piece.provisoire.as_ref().and_then(|p| en_attendant(commune, p, recues, jour));
    let etat = match (bonne.map(|t| etat(t, jour)), autrement, provisoire) {
        (Some(etat), _, _) if !etat.manque() => etat,
        (_, Some(par), _) => {
            EtatTenu::Remplacee { par: par.iter().map(nom).collect(), provisoire: false, fin: None }
        }
        (_, None, Some(etat)) => etat,
        (Some(etat), None, None) => etat,
        (None, None, None) if piece.bloque => EtatTenu::Manquante,
        (None, None, None) if piece.plus_tard => EtatTenu::DesQuePossible,
        (None, None, None) => EtatTenu::Facultative,
    };
    let detail = definie.and_then(|p| commune.lieux.detail(p.lieu));
    PieceDuFoyer {
        piece: piece.piece.clone(),
        nom: piece.nom.clone(),
        pour_qui: piece.pour_qui.clone(),
        etat,
        recue: bonne.map(|t| t.dossier.id.clone()),
        fin: bonne.and_then(|t| t.fin),
        a_la_place: piece.a_la_place.clone(),
        bloque: piece.bloque,
        datee: piece.age_max.is_some(),
        signataires: definie.map_or(1, |p| p.signataires),
        renouvelable: bonne.is_some_and(|t| se_renouvelle(commune, t, jour)),
        pour: Vec::new(),
        avant: None,
        regle: format!("piece.{}.quand", piece.piece),
        source: detail.and_then(|d| d.source.as_ref()).map(ToString::to_string),
    }
}

/// What a document given for a while makes of the one that it stands for; `None`: none was given.
fn en_attendant(
    commune: &Commune,
    provisoire: &Provisoire,
    recues: &[Tenue<'_>],
    jour: Date,
) -> Option<EtatTenu> {
    let tenue = recues.iter().find(|t| t.piece == provisoire.piece && t.vaut(jour))?;
    let fin = fin_du_provisoire(provisoire, tenue.recue.recue_le, &commune.calendrier, &commune.fuseau);
    let fin = fin.map(|fin| commune.fuseau.to_datetime(fin).date());
    match fin {
        Some(due) if due <= jour => Some(EtatTenu::Due(due)),
        _ => Some(EtatTenu::Remplacee {
            par: vec![commune.piece(&provisoire.piece).map_or(&provisoire.piece, |p| &p.nom).clone()],
            provisoire: true,
            fin: fin.and_then(|fin| fin.yesterday().ok()),
        }),
    }
}

/// Does the reminder of its end run?
fn se_renouvelle(commune: &Commune, tenue: &Tenue<'_>, jour: Date) -> bool {
    let avant = commune.piece(tenue.piece).and_then(|p| p.rappel.as_ref());
    avant.zip(tenue.fin).and_then(|(avant, fin)| avant.avant(fin)).is_some_and(|des| jour >= des)
}

/// One that was received, and that nothing asks for now.
fn gardee(commune: &Commune, tenue: &Tenue<'_>, jour: Date) -> Option<PieceDuFoyer> {
    let definie = commune.piece(tenue.piece)?;
    Some(PieceDuFoyer {
        piece: definie.id.clone(),
        nom: definie.nom.clone(),
        pour_qui: String::new(),
        etat: etat(tenue, jour),
        recue: Some(tenue.dossier.id.clone()),
        fin: tenue.fin,
        a_la_place: Vec::new(),
        bloque: false,
        datee: definie.age_max.is_some(),
        signataires: definie.signataires,
        renouvelable: false,
        pour: Vec::new(),
        avant: None,
        regle: format!("piece.{}", definie.id),
        source: None,
    })
}
