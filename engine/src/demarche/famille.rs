//! What decisions about a dossier read of a family on a day: its facts as dimensions, the documents it is asked.
//!
//! One computation for pages, acts and cases.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rules::expression::ErreurCalcul;
use rules::faits::{FaitId, Faits, Symboles};
use rules::valeur::Valeur;

use super::{Accepte, Demarche, Dossier, Evenement, PieceDemandee, Reponse, Reponses};
use crate::annee;
use crate::commune::{Commune, Condition, Piece, SiManque};
use crate::decision::Refus;
use crate::foyer::FaitsDates;
use crate::tarification::{Connus, Sujets, derives, parametres};

/// A family as the conditions of a démarche see it.
#[derive(Clone, Debug, Default)]
pub struct Vue {
    /// One value a name of the vocabulary, derived facts included; answers not recorded yet are not among them.
    pub valeurs: Vec<Valeur>,
    /// The town's named figures in force that day.
    pub parametres: Vec<Valeur>,
    /// The documents asked, given the answers.
    pub pieces: Vec<PieceDemandee>,
    /// The school year that families enrol for.
    pub annee_scolaire: Option<String>,
    /// What could not be read: a value that the town no longer declares, a condition that cannot be computed. The value is
    /// then absent, and the document asked.
    pub defauts: Vec<Refus>,
}

/// The family at `maintenant`; `reponses` are the answers that the documents depend on, `en_plus` the documents that
/// an agent asked for besides.
pub fn vue(
    commune: &Commune,
    demarche: &Demarche,
    (faits, sujets): (&FaitsDates, Option<&Sujets>),
    (reponses, en_plus): (Option<&Reponses>, &BTreeSet<String>),
    maintenant: Timestamp,
) -> Vue {
    let jour = commune.fuseau.to_datetime(maintenant).date();
    let mut defauts = Vec::new();
    let connus = match sujets.map(|s| Connus::dates(commune, faits, s, jour, maintenant)) {
        None => Connus::default(),
        Some(Ok(connus)) => connus,
        Some(Err(refus)) => {
            defauts.extend(refus);
            Connus::default()
        }
    };
    let parametres = parametres(commune, jour);
    let valeurs = |connus: &Connus| {
        let mut v: Vec<Valeur> = commune.vocabulaire.iter().map(|(id, _)| connus.valeur(id).0).collect();
        // a derived fact that cannot be computed stays absent: tables say what happens then, or refuse
        let _ = derives(commune, &mut v, &parametres, jour);
        v
    };
    let lues = valeurs(&connus);
    let poses = reponses.map(|r| reponses_en_faits(commune, demarche, r)).unwrap_or_default();
    let pieces = match poses.is_empty() {
        true => demandees(commune, demarche, &lues, &parametres, en_plus, &mut defauts),
        false => {
            demandees(commune, demarche, &valeurs(&connus.avec(poses)), &parametres, en_plus, &mut defauts)
        }
    };
    let annee_scolaire = annee::d_inscription(commune, jour).map(annee::nom);
    Vue { valeurs: lues, parametres, pieces, annee_scolaire, defauts }
}

/// The documents that a démarche asks of whoever has these values.
pub fn pieces_pour(commune: &Commune, demarche: &Demarche, connus: &Connus, maintenant: Timestamp) -> Vue {
    let jour = commune.fuseau.to_datetime(maintenant).date();
    let parametres = parametres(commune, jour);
    let mut valeurs: Vec<Valeur> = commune.vocabulaire.iter().map(|(id, _)| connus.valeur(id).0).collect();
    let _ = derives(commune, &mut valeurs, &parametres, jour);
    let mut defauts = Vec::new();
    let pieces = demandees(commune, demarche, &valeurs, &parametres, &BTreeSet::new(), &mut defauts);
    Vue { valeurs, parametres, pieces, annee_scolaire: None, defauts }
}

/// What may be given instead of a document, each once.
fn a_la_place(commune: &Commune, alternatives: &[Vec<String>], piece: &Piece) -> Vec<Accepte> {
    let nom = |id: &String| commune.piece(id).map_or(id, |p| &p.nom).clone();
    let mut acceptes: Vec<Accepte> = Vec::new();
    let definitives = alternatives.iter().flatten().map(|id| (id, false));
    for (id, provisoire) in definitives.chain(piece.provisoire.iter().map(|p| (&p.piece, true))) {
        if acceptes.iter().all(|a| a.piece != *id) {
            acceptes.push(Accepte { piece: id.clone(), nom: nom(id), provisoire });
        }
    }
    acceptes
}

/// The documents that an agent asked for, besides those of the definition.
pub fn demandees_de(dossier: Option<&Dossier>) -> BTreeSet<String> {
    dossier.map(|d| d.suivi.pieces_demandees.clone()).unwrap_or_default()
}

/// The answers that a decision about `dossier` reads: those that the event brings, else those kept.
pub fn reponses_de<'r>(evenement: &'r Evenement, dossier: Option<&'r Dossier>) -> Option<&'r Reponses> {
    match evenement {
        Evenement::Demarrer { reponses, .. }
        | Evenement::EnregistrerBrouillon { reponses, .. }
        | Evenement::Agir { reponses: Some(reponses), .. } => Some(reponses),
        Evenement::Dupliquer { source, .. } => Some(&source.reponses),
        _ => dossier.map(|d| &d.reponses),
    }
}

/// The answers of a form as the facts that they will become: what asks for documents reads them before they are recorded.
fn reponses_en_faits(commune: &Commune, demarche: &Demarche, reponses: &Reponses) -> Vec<(FaitId, Valeur)> {
    let un = |champ: &super::Champ| {
        let fait = commune.vocabulaire.fait(&champ.fait.as_ref()?.nom)?;
        let Reponse::Valeur(valeur) = reponses.0.get(&champ.id)? else { return None };
        Some((fait, valeur.en_valeur(commune.vocabulaire.domaine(fait))?))
    };
    demarche.champs().filter_map(un).collect()
}

fn demandees(
    commune: &Commune,
    demarche: &Demarche,
    valeurs: &[Valeur],
    parametres: &[Valeur],
    en_plus: &BTreeSet<String>,
    defauts: &mut Vec<Refus>,
) -> Vec<PieceDemandee> {
    let faits = Faits { valeurs, parametres };
    let mut tient = |piece: &Piece, si: &Condition| {
        si.tient(&faits, commune).unwrap_or_else(|e: ErreurCalcul| {
            let motif = format!("Une condition de pièce n’a pas pu être calculée : {e}.");
            defauts.push(Refus::nouveau(format!("piece.{}.quand", piece.id), motif).lieu(piece.lieu));
            true
        })
    };
    let mut demandees = Vec::new();
    let propres_en_plus = en_plus.iter().filter(|id| !demarche.pieces.contains(id));
    let voulues = demarche.pieces.iter().chain(propres_en_plus);
    for piece in voulues.filter_map(|id| commune.piece(id)) {
        let redemandee = en_plus.contains(&piece.id);
        if !redemandee && !tient(piece, &piece.quand) {
            continue;
        }
        let siennes = piece.alternatives.iter().filter(|a| tient(piece, &a.si)).map(|a| a.pieces.clone());
        let alternatives: Vec<Vec<String>> = siennes.collect();
        demandees.push(PieceDemandee {
            piece: piece.id.clone(),
            nom: piece.nom.clone(),
            // an agent who asks for it again asks whatever the condition
            pour_qui: if redemandee { String::new() } else { piece.pour_qui.clone() },
            du_foyer: piece.de != "enfant",
            bloque: redemandee || piece.si_manque == SiManque::Bloque,
            deja_recue: false,
            a_la_place: a_la_place(commune, &alternatives, piece),
            alternatives,
            age_max: piece.age_max.clone(),
            plus_tard: piece.si_manque == SiManque::DesQuePossible,
            sensible: piece.est_sensible(),
            provisoire: piece.provisoire.clone(),
            valable: piece.valable.clone(),
            fin_d_annee: None,
            rappel: piece.rappel.clone(),
            relance: piece.relance.clone(),
            ailleurs: None,
            fichiers: piece.fichiers,
        });
    }
    demandees
}
