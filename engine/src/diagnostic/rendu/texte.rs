//! Underlined sources, as compilers show them.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Patch, Renderer, Snippet};

use super::Options;
use crate::definition::source::{FichierId, SourceSet, Span};
use crate::diagnostic::{Diagnostic, Gravite, resume};

pub(super) fn rend(diagnostics: &[Diagnostic], sources: &SourceSet, options: Options<'_>) -> String {
    let rendu = if options.couleurs { Renderer::styled() } else { Renderer::plain() };
    let mut sortie = String::new();
    for d in montres(diagnostics, options.maximum) {
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

/// The `maximum` most serious, in the order of the files: a warning never takes the place of an error.
fn montres(diagnostics: &[Diagnostic], maximum: usize) -> Vec<&Diagnostic> {
    let mut choisis: Vec<(usize, &Diagnostic)> = diagnostics.iter().enumerate().collect();
    choisis.sort_by_key(|(_, d)| d.gravite);
    choisis.truncate(maximum);
    choisis.sort_by_key(|(i, _)| *i);
    choisis.into_iter().map(|(_, d)| d).collect()
}

/// Longest extract laid out, in bytes; beyond, or with a line longer than [`LIGNE_MAX`], only the place is given.
const EXTRAIT_MAX: usize = 16 << 10;
const LIGNE_MAX: usize = 1_000;

fn groupes<'a>(d: &'a Diagnostic, sources: &'a SourceSet, racine: &str) -> Vec<Group<'a>> {
    let niveau = match d.gravite {
        Gravite::Erreur => Level::ERROR,
        Gravite::Attention => Level::WARNING,
        Gravite::Info => Level::INFO,
    }
    .with_name(super::nom(d.gravite));
    let titre = niveau.primary_title(d.message.as_str()).id(d.code.nom());
    let mut groupe = lieux(Group::with_title(titre), d, sources, racine);
    if let Some(temoin) = &d.temoin {
        groupe = groupe.element(Level::NOTE.with_name("exemple ").message(temoin.as_str()));
    }
    let aide = || Level::HELP.with_name("aide ");
    if let Some(correction) = &d.correction
        && let Some(extrait) = Extrait::autour(sources, correction.span.fichier, &[correction.span])
    {
        let titre = d.aide.as_deref().unwrap_or("correction possible");
        let patch = Patch::new(extrait.bornes(correction.span), correction.texte.as_str());
        let chemin = format!("{racine}{}", sources.chemin(correction.span.fichier));
        let snippet = Snippet::source(extrait.texte).line_start(extrait.ligne).path(chemin).patch(patch);
        return vec![groupe, aide().secondary_title(titre).element(snippet)];
    }
    match &d.aide {
        Some(texte) => vec![groupe.element(aide().message(texte.as_str()))],
        None => vec![groupe],
    }
}

/// The places, those of one file together when they are near each other, the main one first.
fn lieux<'a>(mut groupe: Group<'a>, d: &'a Diagnostic, sources: &'a SourceSet, racine: &str) -> Group<'a> {
    let tous: Vec<(Span, Option<&str>)> = std::iter::once((d.principal, None))
        .chain(d.secondaires.iter().map(|(span, texte)| (*span, Some(texte.as_str()))))
        .collect();
    let mut reste = tous.as_slice();
    while let Some(((premier, _), _)) = reste.split_first() {
        // the longest run of places of this file that fits in one extract
        let meme = reste.iter().take_while(|(span, _)| span.fichier == premier.fichier).count();
        let trouve = (1..=meme).rev().find_map(|n| {
            let (pris, suite) = reste.split_at_checked(n)?;
            let spans: Vec<Span> = pris.iter().map(|(span, _)| *span).collect();
            Extrait::autour(sources, premier.fichier, &spans).map(|extrait| (extrait, pris, suite))
        });
        let chemin = format!("{racine}{}", sources.chemin(premier.fichier));
        let Some((extrait, pris, suite)) = trouve else {
            let p = sources.position(premier.fichier, premier.debut);
            let (ligne, colonne) = (usize::try_from(p.ligne), usize::try_from(p.colonne));
            let origine = Origin::path(chemin).line(ligne.unwrap_or(1)).char_column(colonne.unwrap_or(1));
            groupe = groupe.element(origine);
            reste = reste.split_first().map_or(&[], |(_, suite)| suite);
            continue;
        };
        let annotations = pris.iter().map(|(span, texte)| match texte {
            None => AnnotationKind::Primary.span(extrait.bornes(*span)),
            Some(texte) => AnnotationKind::Context.span(extrait.bornes(*span)).label(*texte),
        });
        let snippet = Snippet::source(extrait.texte).line_start(extrait.ligne).path(chemin);
        groupe = groupe.element(snippet.annotations(annotations));
        reste = suite;
    }
    groupe
}

/// The lines that hold some places: a large file is not laid out for one line of it.
struct Extrait<'a> {
    texte: &'a str,
    debut: usize,
    ligne: usize,
}

impl<'a> Extrait<'a> {
    /// `None` when it would be too long to be read.
    fn autour(sources: &'a SourceSet, fichier: FichierId, spans: &[Span]) -> Option<Self> {
        let texte = sources.fichier(fichier).map_or("", |f| f.texte.as_str());
        let octet = |n: u32| texte.floor_char_boundary(usize::try_from(n).unwrap_or(usize::MAX));
        let premier = spans.iter().map(|s| octet(s.debut)).min().unwrap_or(0);
        let dernier = spans.iter().map(|s| octet(s.debut)).max().unwrap_or(0);
        let debut = texte.get(..premier).and_then(|t| t.rfind('\n')).map_or(0, |n| n + 1);
        let fin = texte.get(dernier..).and_then(|t| t.find('\n')).map_or(texte.len(), |n| dernier + n);
        let extrait = texte.get(debut..fin).unwrap_or("").trim_end_matches('\r');
        if extrait.len() > EXTRAIT_MAX || extrait.lines().any(|ligne| ligne.len() > LIGNE_MAX) {
            return None;
        }
        let position = sources.position(fichier, u32::try_from(debut).unwrap_or(0));
        Some(Self { texte: extrait, debut, ligne: usize::try_from(position.ligne).unwrap_or(1) })
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
