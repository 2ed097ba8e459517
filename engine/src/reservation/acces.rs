//! What a family must have to book: every requirement that does not hold, each with its sentence.

use jiff::Timestamp;
use rules::faits::Symboles;
use rules::valeur::{Domaine, Valeur};

use super::echeance::Cadre;
use super::{Etat, Venue, phrases};
use crate::decision::Refus;
use crate::service::{Acces, Exige, RegleService};
use crate::tarification::Valeurs;

/// The access rules that refuse, by the facts of the day of the act.
pub(super) fn refus(
    cadre: &Cadre<'_>,
    regles: &RegleService,
    etat: &Etat<'_>,
    venue: &Venue,
    recu_le: Timestamp,
) -> Vec<Refus> {
    let aujourdhui = cadre.commune.fuseau.to_datetime(recu_le).date();
    let valeurs = match cadre.valeurs(etat, venue.mode.as_deref(), aujourdhui, recu_le) {
        Ok(v) => v,
        Err(refus) => return refus,
    };
    regles.acces.iter().filter_map(|a| un(cadre, a, etat, venue, &valeurs)).collect()
}

fn un(cadre: &Cadre<'_>, acces: &Acces, etat: &Etat<'_>, venue: &Venue, valeurs: &Valeurs) -> Option<Refus> {
    let refus = |raison: &str| {
        let refus = Refus::nouveau(acces.id.as_str(), phrases::impossible(phrases::RESERVATION, raison));
        phrases::avec_message(refus.lieu(acces.lieu), acces.message.as_ref())
    };
    match acces.si.tient(&valeurs.faits(), cadre.commune) {
        Ok(true) => {}
        Ok(false) => return None,
        Err(e) => return Some(refus(&format!("la règle ne peut pas être lue ({e})"))),
    }
    raison(cadre, &acces.exige, etat, venue, valeurs).map(|r| refus(&r))
}

/// Why the requirement does not hold; `None` when it does.
fn raison(
    cadre: &Cadre<'_>,
    exige: &Exige,
    etat: &Etat<'_>,
    venue: &Venue,
    valeurs: &Valeurs,
) -> Option<String> {
    let commune = cadre.commune;
    let nom = |prestation: &str| {
        commune.prestation(prestation).map_or(prestation.to_owned(), |(_, p)| p.nom.clone())
    };
    let si = |tient: bool, raison: String| (!tient).then_some(raison);
    match exige {
        Exige::DossierComplet => {
            let manque = etat.pieces_manquantes.join(", ");
            si(
                etat.pieces_manquantes.is_empty(),
                format!("le dossier n’est pas complet (il manque : {manque})"),
            )
        }
        Exige::InscriptionAcceptee => {
            let couvre = etat.inscriptions.iter().any(|i| {
                i.service == cadre.service.id && i.du <= venue.jour && i.au.is_none_or(|au| venue.jour <= au)
            });
            si(couvre, format!("aucune inscription acceptée à {} ne couvre ce jour", cadre.service.nom))
        }
        Exige::SansImpaye => si(!etat.impaye, "des sommes restent impayées".to_owned()),
        Exige::CompteValide => {
            si(etat.compte_valide, format!("le compte n’est pas encore validé par {}", commune.organisme))
        }
        Exige::Ecole(ecoles) => ecole(cadre, ecoles, valeurs),
        Exige::Piece(piece) => {
            let libelle = commune.piece(piece).map_or(piece, |p| &p.nom);
            si(etat.pieces_valables.contains(piece), format!("il manque le document « {libelle} »"))
        }
        Exige::Paye(p) => si(etat.payees.contains(p), format!("« {} » n’est pas payé", nom(p))),
        Exige::Fait(condition) => match condition.tient(&valeurs.faits(), commune) {
            Ok(tient) => si(tient, "la condition de la commune n’est pas remplie".to_owned()),
            Err(e) => Some(format!("la condition de la commune ne peut pas être lue ({e})")),
        },
        Exige::Compteur { de, max, .. } => match etat.compteurs.get(de) {
            Some(n) => si(n <= max, format!("{} : {n}, au plus {max}", de.replace('_', " "))),
            None => Some(format!("le compte de « {} » n’est pas connu", de.replace('_', " "))),
        },
        Exige::Presence(p) => {
            let present = etat.presences.contains(&(p.clone(), venue.jour));
            si(present, format!("l’enfant n’est pas présent à « {} » ce jour", nom(p)))
        }
        Exige::Reserve(p) => {
            let reserve = etat.reservee(p, venue.jour).is_some();
            si(reserve, format!("« {} » n’est pas réservé ce jour", nom(p)))
        }
        Exige::Autorisations(liste) => {
            let manquent: Vec<&str> =
                liste.iter().filter(|a| !etat.autorisations.contains(*a)).map(String::as_str).collect();
            si(manquent.is_empty(), format!("il manque une autorisation signée ({})", manquent.join(", ")))
        }
    }
}

fn ecole(cadre: &Cadre<'_>, ecoles: &[String], valeurs: &Valeurs) -> Option<String> {
    let commune = cadre.commune;
    let fait = commune.vocabulaire.fait("ecole");
    let valeur = fait.map_or(Valeur::Absent, |f| valeurs.faits().valeur(f));
    let domaine = fait.map(|f| commune.vocabulaire.domaine(f));
    let (Valeur::Choix(i), Some(Domaine::Choix(noms))) = (valeur, domaine) else {
        return Some("l’école de l’enfant n’est pas connue".to_owned());
    };
    let ecole = noms.get(usize::from(i)).map_or("", |n| n);
    if ecoles.iter().any(|e| e == ecole) {
        return None;
    }
    let nom = |id: &str| commune.ecoles.iter().find(|e| e.id == id).map_or(id.to_owned(), |e| e.nom.clone());
    let servies: Vec<String> = ecoles.iter().map(|e| nom(e)).collect();
    Some(format!("{} ne sert pas {} (école servie : {})", cadre.service.nom, nom(ecole), servies.join(", ")))
}
