//! What conditions see of a family on a day.

use jiff::Timestamp;
use jiff::civil::Date;
use rules::faits::{FaitId, Faits};
use rules::valeur::Valeur;

use crate::commune::Commune;
use crate::commune::SiManque;
use crate::decision::Refus;
use crate::demarche::{Demarche, PieceDemandee, Reponse, Reponses};
use crate::derive;
use crate::foyer::{FaitsDates, Sujet};
use crate::identifiant::{FoyerId, PersonneId};

/// Whose facts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Regard<'a> {
    pub(super) foyer: &'a FoyerId,
    pub(super) adulte: &'a PersonneId,
    pub(super) enfant: Option<&'a PersonneId>,
    pub(super) jour: Date,
    pub(super) connu_au: Timestamp,
}

/// The dimensions of conditions, derived facts included.
pub(super) fn valeurs(
    commune: &Commune,
    faits: &FaitsDates,
    regard: Regard<'_>,
    poses: &[(FaitId, Valeur)],
) -> Result<Vec<Valeur>, Refus> {
    let mut valeurs = vec![Valeur::Absent; commune.vocabulaire.len()];
    for (id, symbole) in commune.vocabulaire.iter() {
        let sujet = match symbole.sujet.as_deref() {
            Some("foyer") => Some(Sujet::Foyer(regard.foyer.clone())),
            Some("enfant" | "personne") => regard.enfant.cloned().map(Sujet::Personne),
            Some("responsable") => Some(Sujet::Personne(regard.adulte.clone())),
            _ => None,
        };
        let lu = sujet.and_then(|s| faits.valeur(&s, &symbole.nom, regard.jour, regard.connu_au));
        if let Some(valeur) = lu.and_then(|f| f.valeur.en_valeur(&symbole.domaine))
            && let Some(case) = valeurs.get_mut(usize::from(id.0))
        {
            *case = valeur;
        }
    }
    for (fait, valeur) in poses {
        if let Some(case) = valeurs.get_mut(usize::from(fait.0)) {
            *case = *valeur;
        }
    }
    let parametres = parametres(commune, regard.jour);
    let rentree = Date::new(regard.jour.year() - i16::from(regard.jour.month() < 9), 9, 1).ok();
    derive::remplit(&commune.derives, &mut valeurs, &parametres, regard.jour, rentree, &*commune.calendrier)
        .map_err(|e| Refus::nouveau("moteur.faits", e.to_string()))?;
    Ok(valeurs)
}

/// The named figures in force on a day.
pub(super) fn parametres(commune: &Commune, jour: Date) -> Vec<Valeur> {
    let en_vigueur = |versions: &Vec<(Date, Valeur)>| {
        versions.iter().rev().find(|(depuis, _)| *depuis <= jour).map_or(Valeur::Absent, |(_, v)| *v)
    };
    commune.parametres.iter().map(en_vigueur).collect()
}

/// The answers of a form as the facts that they will become: what asks for documents reads them before they are recorded.
pub(super) fn reponses_en_faits(
    commune: &Commune,
    demarche: &Demarche,
    reponses: &Reponses,
) -> Vec<(FaitId, Valeur)> {
    use rules::faits::Symboles;
    let un = |champ: &crate::demarche::Champ| {
        let fait = commune.vocabulaire.fait(&champ.fait.as_ref()?.nom)?;
        let Reponse::Valeur(valeur) = reponses.0.get(&champ.id)? else { return None };
        Some((fait, valeur.en_valeur(commune.vocabulaire.domaine(fait))?))
    };
    demarche.champs().filter_map(un).collect()
}

/// The documents that a démarche asks of a family; `deja` says which were given and still hold.
pub(super) fn pieces_demandees(
    commune: &Commune,
    demarche: &Demarche,
    valeurs: &[Valeur],
    jour: Date,
    deja: impl Fn(&str) -> bool,
) -> Result<Vec<PieceDemandee>, Refus> {
    let parametres = parametres(commune, jour);
    let faits = Faits { valeurs, parametres: &parametres };
    let refus = |piece: &crate::commune::Piece, e: rules::expression::ErreurCalcul| {
        let motif = format!("Une condition de pièce n’a pas pu être calculée : {e}.");
        Refus::nouveau(format!("piece.{}.quand", piece.id), motif).lieu(piece.lieu)
    };
    let mut demandees = Vec::new();
    for id in &demarche.pieces {
        let Some(piece) = commune.pieces.iter().find(|p| p.id == *id) else { continue };
        if !piece.quand.tient(&faits, &*commune.calendrier).map_err(|e| refus(piece, e))? {
            continue;
        }
        let mut alternatives = Vec::new();
        for a in &piece.alternatives {
            if a.si.tient(&faits, &*commune.calendrier).map_err(|e| refus(piece, e))? {
                alternatives.push(a.pieces.clone());
            }
        }
        alternatives.extend(piece.provisoire.iter().map(|p| vec![p.clone()]));
        demandees.push(PieceDemandee {
            piece: piece.id.clone(),
            nom: piece.nom.clone(),
            bloque: piece.si_manque == SiManque::Bloque,
            deja_recue: deja(&piece.id),
            alternatives,
            age_max: piece.age_max.clone(),
        });
    }
    Ok(demandees)
}
