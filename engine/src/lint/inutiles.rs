//! REF02: what a town defines and nothing reads.
//!
//! A name counts as used as soon as it is written anywhere else in the folder or its model, comments and cases left
//! out: an unused name that is also a common word may be missed, a used one is never reported.

use std::collections::HashMap;

use super::Examen;
use crate::definition::lecture::{Id, Sp};
use crate::definition::source::Span;
use crate::diagnostic::{Diagnostic, codes};

/// Facts, tariffs, calls, named figures, zonings, calendars, scripts.
pub(super) fn controle(examen: &Examen<'_>, sortie: &mut Vec<Diagnostic>) {
    if !examen.sain || examen.fichiers.incomplet {
        return;
    }
    let textes = lus(examen);
    let (mots, paires) = comptes(&textes);
    let compte = |mot: &str| mots.get(mot).copied().unwrap_or(0);
    let propre =
        |span: Span| examen.sources.chemin(span.fichier).starts_with(&format!("{}/", examen.commune.slug));
    let mut dit = |quoi: &str, id: &str, span: Span, aide: &str| {
        if propre(span) {
            let message = format!("{quoi} `{id}` : rien ne s'en sert");
            sortie.push(Diagnostic::new(codes::REF02, span, message).aide(aide.to_owned()));
        }
    };
    let f = examen.fichiers;
    for fait in f.donnees.iter().flat_map(|d| d.faits.iter()) {
        if compte(&fait.fait) < 2 {
            dit(
                "le fait",
                &fait.fait,
                fait.fait.span,
                "demandez-le dans une démarche, lisez-le dans une règle, ou retirez-le",
            );
        }
    }
    for b in &f.baremes {
        if paires.get(&("bareme", b.bareme.as_str())).copied().unwrap_or(0) < 2 {
            dit(
                "le barème",
                &b.bareme,
                b.bareme.span,
                "donnez-le à une prestation (`bareme: …`), ou retirez-le",
            );
        }
    }
    for (cle, _) in f.commune.iter().flat_map(|c| c.appels.iter().flat_map(|a| a.valeur.iter())) {
        if paires.get(&("appeler", cle.texte.as_str())).copied().unwrap_or(0) < 1 {
            dit(
                "l'appel",
                &cle.texte,
                cle.span,
                "donnez-le à un effet d'une démarche (`appeler: …`), ou retirez-le",
            );
        }
    }
    for p in &f.parametres {
        if compte(&p.parametre) < 2 {
            dit(
                "la figure",
                &p.parametre,
                p.parametre.span,
                "nommez-la dans une formule ou un montant, ou retirez-la",
            );
        }
    }
    for (cle, zones) in f.commune.iter().flat_map(|c| c.zonages.iter().flat_map(|z| z.valeur.iter())) {
        let zone_lue = |z: &Sp<Id>| compte(z.as_str()) > 1;
        if compte(&cle.texte) < 2 && !zones.valeur.0.iter().any(|z| zone_lue(&z.zone)) {
            dit(
                "le zonage",
                &cle.texte,
                cle.span,
                "c'est une dimension des barèmes : lisez-la, ou retirez-le",
            );
        }
    }
    for (cle, _) in
        f.commune.iter().flat_map(|c| c.calendriers.calendriers.iter().flat_map(|z| z.valeur.iter()))
    {
        if compte(&cle.texte) < 2 {
            dit(
                "le calendrier",
                &cle.texte,
                cle.span,
                "donnez-le à un service ou à une échéance, ou retirez-le",
            );
        }
    }
    for (chemin, fichier) in &f.scripts {
        if !textes.iter().any(|t| t.contains(chemin.as_str())) {
            dit(
                "le script",
                chemin,
                Span::new(*fichier, 0, 0),
                "nommez-le dans une règle (`script: …`), ou retirez-le",
            );
        }
    }
}

/// The texts where a name may be used.
fn lus<'a>(examen: &Examen<'a>) -> Vec<&'a str> {
    let propres = examen.sources.sous(&examen.commune.slug);
    let tous = propres.chain(examen.sources.sous("modeles"));
    tous.filter(|(_, chemin, _)| !chemin.starts_with("cas/") && *chemin != "exigences.yaml")
        .map(|(_, _, f)| f.texte.as_str())
        .collect()
}

type Comptes<'a> = (HashMap<&'a str, usize>, HashMap<(&'a str, &'a str), usize>);

/// How many times each word is written, and each word after another.
fn comptes<'a>(textes: &[&'a str]) -> Comptes<'a> {
    let (mut mots, mut paires) = (HashMap::new(), HashMap::new());
    for ligne in textes.iter().flat_map(|t| t.lines()) {
        // a comment starts the line or follows a space; one inside quotes only hides a use from this count
        let ligne =
            if ligne.trim_start().starts_with('#') { "" } else { ligne.split(" #").next().unwrap_or(ligne) };
        let mut avant: Option<&str> = None;
        for mot in ligne.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|m| !m.is_empty()) {
            *mots.entry(mot).or_insert(0) += 1;
            if let Some(avant) = avant {
                *paires.entry((avant, mot)).or_insert(0) += 1;
            }
            avant = Some(mot);
        }
    }
    (mots, paires)
}
