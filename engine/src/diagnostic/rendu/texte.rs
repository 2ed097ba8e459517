//! Underlined sources, as compilers show them.

use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};

use super::Options;
use crate::definition::source::{FichierId, SourceSet, Span};
use crate::diagnostic::{Diagnostic, Gravite, resume};

pub(super) fn rend(diagnostics: &[Diagnostic], sources: &SourceSet, options: Options<'_>) -> String {
    let rendu = if options.couleurs { Renderer::styled() } else { Renderer::plain() };
    let mut sortie = String::new();
    for d in diagnostics.iter().take(options.maximum) {
        sortie.push_str(&rendu.render(&groupes(d, sources, options.racine)));
        sortie.push_str("\n\n");
    }
    match diagnostics.len().saturating_sub(options.maximum) {
        0 => {}
        1 => sortie.push_str("… et 1 autre\n\n"),
        n => sortie.push_str(&format!("… et {n} autres\n\n")),
    }
    sortie.push_str(&resume(diagnostics));
    sortie.push('\n');
    sortie
}

fn groupes<'a>(d: &'a Diagnostic, sources: &'a SourceSet, racine: &str) -> Vec<Group<'a>> {
    let niveau = match d.gravite {
        Gravite::Erreur => Level::ERROR,
        Gravite::Attention => Level::WARNING,
        Gravite::Info => Level::INFO,
    }
    .with_name(super::nom(d.gravite));
    let mut groupe =
        niveau.primary_title(d.message.as_str()).id(d.code.nom()).elements(extraits(d, sources, racine));
    if let Some(temoin) = &d.temoin {
        groupe = groupe.element(Level::NOTE.with_name("exemple ").message(temoin.as_str()));
    }
    let aide = || Level::HELP.with_name("aide ");
    match (&d.aide, &d.correction) {
        (aide_texte, Some(correction)) => {
            let titre = aide_texte.as_deref().unwrap_or("correction possible");
            let extrait = Extrait::autour(sources, correction.span.fichier, &[correction.span]);
            let chemin = format!("{racine}{}", sources.chemin(correction.span.fichier));
            let patch = Patch::new(extrait.bornes(correction.span), correction.texte.as_str());
            let snippet = Snippet::source(extrait.texte).line_start(extrait.ligne).path(chemin).patch(patch);
            vec![groupe, aide().secondary_title(titre).element(snippet)]
        }
        (Some(texte), None) => vec![groupe.element(aide().message(texte.as_str()))],
        (None, None) => vec![groupe],
    }
}

/// One snippet a file, the file of the main place first.
fn extraits<'a>(
    d: &'a Diagnostic,
    sources: &'a SourceSet,
    racine: &str,
) -> Vec<Snippet<'a, annotate_snippets::Annotation<'a>>> {
    let mut fichiers = vec![d.principal.fichier];
    for (span, _) in &d.secondaires {
        if !fichiers.contains(&span.fichier) {
            fichiers.push(span.fichier);
        }
    }
    fichiers
        .into_iter()
        .map(|fichier| {
            let secondaires = d.secondaires.iter().filter(|(span, _)| span.fichier == fichier);
            let principal = (d.principal.fichier == fichier).then_some(d.principal);
            let spans: Vec<Span> =
                principal.into_iter().chain(secondaires.clone().map(|(s, _)| *s)).collect();
            let extrait = Extrait::autour(sources, fichier, &spans);
            let chemin = format!("{racine}{}", sources.chemin(fichier));
            Snippet::source(extrait.texte)
                .line_start(extrait.ligne)
                .path(chemin)
                .annotations(principal.map(|s| AnnotationKind::Primary.span(extrait.bornes(s))))
                .annotations(
                    secondaires.map(|(s, texte)| {
                        AnnotationKind::Context.span(extrait.bornes(*s)).label(texte.as_str())
                    }),
                )
        })
        .collect()
}

/// The lines that hold some places: a large file is not laid out for one line of it.
struct Extrait<'a> {
    texte: &'a str,
    debut: usize,
    ligne: usize,
}

impl<'a> Extrait<'a> {
    fn autour(sources: &'a SourceSet, fichier: FichierId, spans: &[Span]) -> Self {
        let texte = sources.fichier(fichier).map_or("", |f| f.texte.as_str());
        let octet = |n: u32| texte.floor_char_boundary(usize::try_from(n).unwrap_or(usize::MAX));
        let premier = spans.iter().map(|s| octet(s.debut)).min().unwrap_or(0);
        let dernier = spans.iter().map(|s| octet(s.debut)).max().unwrap_or(0);
        let debut = texte.get(..premier).and_then(|t| t.rfind('\n')).map_or(0, |n| n + 1);
        let fin = texte.get(dernier..).and_then(|t| t.find('\n')).map_or(texte.len(), |n| dernier + n);
        let position = sources.position(fichier, u32::try_from(debut).unwrap_or(0));
        let ligne = usize::try_from(position.ligne).unwrap_or(1);
        Self { texte: texte.get(debut..fin).unwrap_or("").trim_end_matches('\r'), debut, ligne }
    }

    /// A span inside the extract, on characters, cut at the end of its first line.
    fn bornes(&self, span: Span) -> std::ops::Range<usize> {
        let octet = |n: u32| {
            let n = usize::try_from(n).unwrap_or(usize::MAX).saturating_sub(self.debut);
            self.texte.floor_char_boundary(n)
        };
        let (debut, fin) = (octet(span.debut), octet(span.fin).max(octet(span.debut)));
        let ligne = self.texte.get(debut..fin).unwrap_or("");
        let long = ligne.find(['\n', '\r']).unwrap_or(ligne.len());
        debut..debut + long
    }
}
