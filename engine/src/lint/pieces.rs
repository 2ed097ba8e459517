//! PIE01, PIE03, PIE04, REF01 and REF02 on documents: each one asked somewhere, for as long as it says, of somebody.

use rules::condition::Portee;
use rules::faits::Symboles;

use super::Examen;
use crate::commune::SiManque;
use crate::definition::lecture::{Id, Sp, suggestion};
use crate::definition::raw::piece::RawPiece;
use crate::definition::raw::valeurs::{RawExige, RawQuand, RawValable};
use crate::diagnostic::{Diagnostic, Gravite, codes};
use crate::service::Exige;

/// Every document.
pub(super) fn controle(examen: &Examen<'_>, sortie: &mut Vec<Diagnostic>) {
    let Some(raws) = &examen.fichiers.pieces else { return };
    let connues: Vec<&str> = raws.pieces.iter().map(|p| p.piece.as_str()).collect();
    for citee in raws.pieces.iter().flat_map(|p| nommees(p)).chain(exigees(examen)) {
        if !connues.contains(&citee.as_str()) {
            let message = format!("pièce inconnue de pieces.yaml : « {} »", citee.as_str());
            let d = Diagnostic::new(codes::REF01, citee.span, message);
            sortie.push(d.aide(suggestion(citee.as_str(), connues.iter().copied())));
        }
    }
    for raw in &raws.pieces {
        validite(raw, sortie);
        portee(examen, raw, sortie);
        if examen.sain {
            demandee(examen, raw, &raws.pieces, sortie);
        }
    }
}

/// The documents that this one names.
fn nommees(raw: &RawPiece) -> impl Iterator<Item = &Sp<Id>> {
    let alternatives = raw.alternatives.iter().flat_map(|a| a.pieces.iter());
    alternatives.chain(raw.provisoire.iter().map(|p| &p.piece))
}

/// The documents that services ask for access.
fn exigees<'a>(examen: &'a Examen<'_>) -> impl Iterator<Item = &'a Sp<Id>> {
    let services = examen.fichiers.services.iter();
    let acces = services.flat_map(|s| {
        let versions = s.versions.iter().filter_map(|v| v.acces.as_ref());
        s.acces.iter().chain(versions).flat_map(|a| a.valeur.0.iter())
    });
    acces.filter_map(|a| match &a.exige.valeur {
        RawExige::Piece(id) => Some(id),
        _ => None,
    })
}

/// PIE01, or REF02 when nothing waits for it.
fn demandee(examen: &Examen<'_>, raw: &Sp<RawPiece>, toutes: &[Sp<RawPiece>], sortie: &mut Vec<Diagnostic>) {
    let id = raw.piece.as_str();
    let dans = |id: &str| examen.commune.demarches.iter().any(|d| d.pieces.iter().any(|p| p == id));
    // accepted instead of a document that is asked
    let remplace = toutes.iter().any(|p| dans(&p.piece) && nommees(p).any(|n| n.as_str() == id));
    if dans(id) || remplace {
        return;
    }
    let bloque = examen.commune.pieces.iter().any(|p| p.id == id && p.si_manque == SiManque::Bloque);
    let exigee = examen
        .commune
        .services
        .iter()
        .flat_map(|s| s.versions.iter().flat_map(|(_, v)| &v.acces))
        .any(|a| matches!(&a.exige, Exige::Piece(p) if p == id));
    let d = if bloque || exigee {
        let quoi = if exigee { "un service l'exige" } else { "son absence bloque le dossier" };
        let message = format!("aucune démarche ne demande la pièce `{id}`, et {quoi}");
        let d = Diagnostic::new(codes::PIE01, raw.piece.span, message);
        d.aide("ajoutez-la aux `pieces:` d'une démarche, ou retirez-la")
    } else {
        let d = Diagnostic::new(
            codes::REF02,
            raw.piece.span,
            format!("aucune démarche ne demande la pièce `{id}`"),
        );
        d.aide("retirez-la, ou ajoutez-la aux `pieces:` d'une démarche")
    };
    sortie.push(d);
}

/// PIE03: until when it holds, and what happens then.
fn validite(raw: &Sp<RawPiece>, sortie: &mut Vec<Diagnostic>) {
    let id = raw.piece.as_str();
    let mut manque = |span, message: String, aide: &str| {
        sortie.push(Diagnostic::new(codes::PIE03, span, message).aide(aide));
    };
    if let (Some(age), None) = (&raw.age_max, &raw.valable) {
        let message =
            format!("`{id}` a un âge au plus à son dépôt, et rien ne dit jusqu'à quand elle vaut ensuite");
        manque(
            age.span,
            message,
            "ajoutez `valable:`, ex. `annee_scolaire` : la famille sera relancée à sa fin",
        );
    }
    if let Some(p) = raw.provisoire.as_ref().filter(|p| p.jusqu_a.is_none()) {
        let message = format!("la pièce provisoire acceptée pour `{id}` l'est sans fin");
        manque(p.span, message, "ex. `provisoire: { piece: …, jusqu_a: 2 mois }`, ou `a_confirmer`");
    }
    let finit = raw
        .valable
        .as_ref()
        .is_some_and(|v| !matches!(v.valeur, RawValable::EnCours | RawValable::Illimitee));
    if let Some(rappel) = raw.rappel.as_ref().filter(|_| !finit) {
        let message = format!("`{id}` a un rappel avant sa fin, et vaut sans fin");
        manque(rappel.span, message, "ajoutez `valable:`, ex. `{ jusqu_a: 12-31 }`, ou retirez `rappel`");
    }
    if let (Some(renouvelle), Some(valable)) = (&raw.renouvelle, &raw.valable)
        && matches!(valable.valeur, RawValable::Illimitee)
    {
        let message = format!("`{id}` est à redonner chaque année, et vaut sans fin");
        manque(
            renouvelle.span,
            message,
            "gardez l'un des deux : `valable: annee_scolaire`, ou pas de `renouvelle`",
        );
    }
}

/// PIE04: a condition that no family, or every family, meets.
fn portee(examen: &Examen<'_>, raw: &Sp<RawPiece>, sortie: &mut Vec<Diagnostic>) {
    let Some(piece) = examen.commune.piece(raw.piece.as_str()) else { return };
    let manque = |f| examen.commune.vocabulaire.peut_manquer(f);
    let mut dit = |portee, span, quoi: &str, ecrite: bool| match portee {
        Portee::Jamais => {
            let d = Diagnostic::new(codes::PIE04, span, format!("{quoi} ne concerne aucune famille"));
            sortie.push(d.aide("aucune valeur possible ne remplit la condition : corrigez-la"));
        }
        Portee::Toujours if ecrite => {
            let d = Diagnostic::new(codes::PIE04, span, format!("{quoi} concerne toutes les familles"));
            sortie.push(
                d.gravite(Gravite::Attention).aide("écrivez `quand: toujours`, ou retirez la condition"),
            );
        }
        _ => {}
    };
    let ecrite = matches!(raw.quand.valeur, RawQuand::Si(_));
    dit(piece.quand.portee(manque), raw.quand.span, &format!("la pièce `{}`", piece.id), ecrite);
    for (alternative, a) in piece.alternatives.iter().zip(&raw.alternatives) {
        let quoi = format!("une alternative de `{}`", piece.id);
        dit(alternative.si.portee(manque), a.si.as_ref().map_or(a.span, |s| s.span), &quoi, a.si.is_some());
    }
}
