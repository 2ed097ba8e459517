//! FRM01, FRM02, FRM03: fields that show in a circle, that never show, or that a better type would check.

use rules::condition::Portee;

use super::Examen;
use super::actions::peut_manquer;
use crate::demarche::{Champ, Demarche, Obligatoire, TypeChamp};
use crate::diagnostic::{Diagnostic, Gravite, codes};

/// Names that say which type a free text should have had.
const MIEUX: [(&str, &str); 9] = [
    ("naissance", "date"),
    ("date", "date"),
    ("telephone", "telephone"),
    ("portable", "telephone"),
    ("courriel", "courriel"),
    ("email", "courriel"),
    ("mail", "courriel"),
    ("adresse", "adresse"),
    ("montant", "montant"),
];

/// Every form.
pub(super) fn controle(examen: &Examen<'_>, sortie: &mut Vec<Diagnostic>) {
    for demarche in &examen.commune.demarches {
        for champ in demarche.champs() {
            jamais(examen, demarche, champ, sortie);
            mieux_type(examen, champ, sortie);
        }
        cercles(examen, demarche, sortie);
    }
}

fn jamais(examen: &Examen<'_>, demarche: &Demarche, champ: &Champ, sortie: &mut Vec<Diagnostic>) {
    let manque = peut_manquer(examen, demarche);
    if champ.si.as_ref().is_some_and(|si| si.portee(manque) == Portee::Jamais) {
        let quoi = match champ.obligatoire {
            Obligatoire::Jamais => "n'est jamais affiché",
            _ => "est obligatoire et n'est jamais affiché",
        };
        let d =
            Diagnostic::new(codes::FRM02, examen.span(champ.lieu), format!("le champ `{}` {quoi}", champ.id));
        sortie.push(d.aide("ses conditions `si` (celles de l'écran comprises) se contredisent"));
    }
    if let Obligatoire::Si(si) = &champ.obligatoire
        && si.portee(manque) == Portee::Jamais
    {
        let message = format!("le champ `{}` n'est jamais obligatoire", champ.id);
        let d = Diagnostic::new(codes::FRM02, examen.span(champ.lieu), message);
        sortie.push(d.aide("corrigez la condition, ou écrivez `obligatoire: non`"));
    }
}

/// FRM03, as a warning.
fn mieux_type(examen: &Examen<'_>, champ: &Champ, sortie: &mut Vec<Diagnostic>) {
    if champ.fait.is_some() || champ.motif.is_some() || !matches!(champ.genre, TypeChamp::Texte { .. }) {
        return;
    }
    let mots: Vec<&str> = champ.id.split('_').collect();
    if let Some((_, mieux)) = MIEUX.iter().find(|(mot, _)| mots.contains(mot)) {
        let message =
            format!("le champ `{}` est un texte libre : le type `{mieux}` le vérifierait", champ.id);
        let d = Diagnostic::new(codes::FRM03, examen.span(champ.lieu), message).gravite(Gravite::Attention);
        sortie.push(d.aide(format!("écrivez `type: {mieux}`")));
    }
}

/// FRM01: a field that shows according to itself, straight or through others.
fn cercles(examen: &Examen<'_>, demarche: &Demarche, sortie: &mut Vec<Diagnostic>) {
    let lus = |champ: &Champ| -> Vec<usize> {
        let ids = champ.si.iter().flat_map(|c| c.faits_lus());
        ids.filter_map(|f| f.0.checked_sub(demarche.champs_conditions.base).map(usize::from)).collect()
    };
    let noms = &demarche.champs_conditions.champs;
    for (i, (nom, _)) in noms.iter().enumerate() {
        let Some(champ) = demarche.champ(nom) else { continue };
        let mut vus = Vec::new();
        let mut a_voir = lus(champ);
        while let Some(n) = a_voir.pop() {
            if vus.contains(&n) {
                continue;
            }
            vus.push(n);
            a_voir.extend(noms.get(n).and_then(|(nom, _)| demarche.champ(nom)).map(lus).unwrap_or_default());
        }
        // one report a circle: at its first field
        let autres = vus.iter().filter(|n| **n < i);
        let deja = autres.clone().any(|n| {
            let mut suite =
                noms.get(*n).and_then(|(nom, _)| demarche.champ(nom)).map(lus).unwrap_or_default();
            let mut lies = Vec::new();
            while let Some(m) = suite.pop() {
                if !lies.contains(&m) {
                    lies.push(m);
                    suite.extend(
                        noms.get(m).and_then(|(nom, _)| demarche.champ(nom)).map(lus).unwrap_or_default(),
                    );
                }
            }
            lies.contains(&i)
        });
        if vus.contains(&i) && !deja {
            let message = format!("l'affichage du champ `{nom}` dépend de sa propre réponse");
            let d = Diagnostic::new(codes::FRM01, examen.span(champ.lieu), message);
            sortie.push(d.aide("un champ s'affiche selon ceux qui le précèdent"));
        }
    }
}
