//! PEN02 and references of the cash office: a suspension is announced, in time, and decided by somebody.

use super::Examen;
use crate::definition::lecture::suggestion;
use crate::diagnostic::{Diagnostic, codes};
use crate::regie::{Facturation, QuandImpaye, Relance};

/// Every stream of invoices.
pub(super) fn controle(examen: &Examen<'_>, sortie: &mut Vec<Diagnostic>) {
    let Some(regie) = &examen.commune.regie else { return };
    for facturation in &regie.facturations {
        suspensions(examen, facturation, sortie);
        let servie = examen.commune.services.iter().flat_map(|s| &s.prestations);
        if examen.sain && !servie.clone().any(|p| p.facturation.as_deref() == Some(&facturation.id)) {
            let message = format!("aucune prestation n'est facturée par `{}`", facturation.id);
            let d = Diagnostic::new(codes::REF02, examen.span(facturation.lieu), message);
            sortie.push(d.aide("retirez ce flux, ou donnez-le pour `facturation:` à une prestation"));
        }
    }
    let connues: Vec<&str> = regie.facturations.iter().map(|f| f.id.as_str()).collect();
    for p in examen.fichiers.services.iter().flat_map(|s| s.prestations.iter()) {
        let ecrite = &p.facturation;
        if examen.sain && ecrite.as_str() != "aucune" && !connues.contains(&ecrite.as_str()) {
            let message = format!("facturation inconnue de regie.yaml : « {} »", ecrite.as_str());
            let d = Diagnostic::new(codes::REF01, ecrite.span, message);
            sortie.push(d.aide(suggestion(ecrite.as_str(), connues.iter().copied().chain(["aucune"]))));
        }
    }
}

fn suspensions(examen: &Examen<'_>, facturation: &Facturation, sortie: &mut Vec<Diagnostic>) {
    for (i, etape) in facturation.impayes.iter().enumerate() {
        if !etape.faire.iter().any(|f| matches!(f, Relance::ProposerSuspension { .. })) {
            continue;
        }
        let avant = facturation.impayes.iter().take(i);
        let avertie = avant.flat_map(|e| {
            e.faire.iter().filter_map(move |f| match f {
                Relance::AvertirSuspension { delai } => Some((e, delai)),
                _ => None,
            })
        });
        let Some((avertissement, delai)) = avertie.last() else {
            let message = format!("la facturation `{}` suspend sans avoir averti la famille", facturation.id);
            let d = Diagnostic::new(codes::PEN02, examen.span(etape.lieu), message);
            sortie.push(d.aide("ajoutez avant une étape `avertir_suspension: { delai: 15 jours }`"));
            continue;
        };
        let (QuandImpaye::Apres(debut), QuandImpaye::Apres(fin)) = (&avertissement.quand, &etape.quand)
        else {
            continue;
        };
        if debut.unite == fin.unite && delai.unite == fin.unite && fin.n < debut.n.saturating_add(delai.n) {
            let message = format!(
                "la suspension est proposée {} après l'échéance, avant la fin des {} annoncés à la famille",
                fin.en_mots(),
                delai.en_mots()
            );
            let d = Diagnostic::new(codes::PEN02, examen.span(etape.lieu), message);
            let d = d.secondaire(examen.span(avertissement.lieu), "l'avertissement part ici");
            sortie.push(d.aide("reculez cette étape, ou réduisez le délai annoncé"));
        }
    }
}
