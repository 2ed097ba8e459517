//! What conditions see of a family on a day.

use jiff::civil::Date;
use rules::faits::{FaitId, Faits};
use rules::valeur::Valeur;

use crate::commune::Commune;
use crate::commune::SiManque;
use crate::decision::Refus;
use crate::demarche::{Demarche, PieceDemandee, Reponse, Reponses};
use crate::tarification::{Connus, derives, parametres};

/// What rules see of a family on a day, derived facts included.
pub(super) fn valeurs(commune: &Commune, connus: &Connus, jour: Date) -> Vec<Valeur> {
    let mut valeurs: Vec<Valeur> = commune.vocabulaire.iter().map(|(id, _)| connus.valeur(id).0).collect();
    // a derived fact that cannot be computed stays absent: tables say what happens then, or refuse
    let _ = derives(commune, &mut valeurs, &parametres(commune, jour), jour);
    valeurs
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
