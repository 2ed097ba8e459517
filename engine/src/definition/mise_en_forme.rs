//! The canonical layout of a file: what `guichet fmt` writes. Comments and meaning stay as they are.
//!
//! The editors' line first · no space at the ends of lines, one newline at the end, no blank line twice · one space
//! after the colon of a key · amounts without quotes. Indentation is not moved: it is meaning.

use super::arbre::{self, Contenu, Noeud, Style};
use super::genres::Genre;
use super::raw::valeurs::montant;
use super::source::{SourceSet, Span};

/// The keys whose value is an amount, alone or in a list.
const MONTANTS: [&str; 8] =
    ["prix", "montant", "plancher", "plafond", "parts", "exemple", "saut_maximal", "cout_complet"];

/// The text laid out; `chemin` is below the communes folder. `None` when it is not readable YAML, or would change meaning.
pub fn met_en_forme(chemin: &str, texte: &str) -> Option<String> {
    let avant = lit(chemin, texte)?;
    let mut nouveau = sans_guillemets(texte, &avant);
    nouveau = lignes(&nouveau, &lit(chemin, &nouveau)?);
    if let Some(modeline) = Genre::modeline(chemin) {
        nouveau = avec_modeline(&nouveau, &modeline);
    }
    let apres = lit(chemin, &nouveau)?;
    (sens(&avant) == sens(&apres)).then_some(nouveau)
}

fn lit(chemin: &str, texte: &str) -> Option<Noeud> {
    let mut sources = SourceSet::new();
    let fichier = sources.ajoute(chemin, texte);
    arbre::lit(&sources, fichier, &mut Vec::new())
}

/// What the tree says, without places nor quotes.
fn sens(noeud: &Noeud) -> String {
    match &noeud.contenu {
        Contenu::Nul => "~".to_owned(),
        Contenu::Scalaire(s) => format!("{:?}", s.texte),
        Contenu::Liste(elements) => format!("[{}]", elements.iter().map(sens).collect::<Vec<_>>().join(",")),
        Contenu::Carte(entrees) => {
            let une = |(c, v): &(arbre::Cle, Noeud)| format!("{:?}:{}", c.texte, sens(v));
            format!("{{{}}}", entrees.iter().map(une).collect::<Vec<_>>().join(","))
        }
    }
}

/// Amounts written with quotes lose them.
fn sans_guillemets(texte: &str, noeud: &Noeud) -> String {
    let mut cites = Vec::new();
    montants(noeud, false, &mut cites);
    let mut nouveau = texte.to_owned();
    // from the end, so that places before stay right
    cites.sort_by_key(|(span, _)| std::cmp::Reverse(span.debut));
    for (span, montant) in cites {
        let (Ok(debut), Ok(fin)) = (usize::try_from(span.debut), usize::try_from(span.fin)) else { continue };
        if nouveau.get(debut..fin).is_some_and(|t| t.len() == montant.len() + 2) {
            nouveau.replace_range(debut..fin, &montant);
        }
    }
    nouveau
}

fn montants(noeud: &Noeud, dans: bool, cites: &mut Vec<(Span, String)>) {
    match &noeud.contenu {
        Contenu::Carte(entrees) => {
            for (cle, valeur) in entrees {
                montants(
                    valeur,
                    MONTANTS.contains(&cle.texte.as_str()) || (dans && valeur.carte().is_none()),
                    cites,
                );
            }
        }
        Contenu::Liste(elements) => {
            elements.iter().for_each(|e| montants(e, dans && e.carte().is_none(), cites))
        }
        Contenu::Scalaire(s) if dans && s.style == Style::Guillemets && montant(&s.texte).is_ok() => {
            cites.push((noeud.span, s.texte.clone()));
        }
        _ => {}
    }
}

/// Ends of lines, blank lines, the space after the colon of a key; block texts (`|`, `>`) are left alone.
fn lignes(texte: &str, noeud: &Noeud) -> String {
    let mut gardees = Vec::new();
    let mut deux_points = Vec::new();
    reperes(noeud, &mut gardees, &mut deux_points);
    let mut nouveau = String::with_capacity(texte.len());
    let mut debut = 0;
    let mut blanche = true;
    for ligne in texte.split_inclusive('\n') {
        let fin = debut + ligne.len();
        let brute = gardees.iter().any(|(d, f)| debut < *f && *d < fin);
        let mut propre = ligne.trim_end_matches(['\n', '\r']).to_owned();
        if !brute {
            for place in deux_points.iter().rev().filter(|p| debut <= **p && **p < fin) {
                serre(&mut propre, place - debut);
            }
            propre.truncate(propre.trim_end().len());
        }
        debut = fin;
        if propre.is_empty() && blanche && !brute {
            continue;
        }
        blanche = propre.is_empty();
        nouveau.push_str(&propre);
        nouveau.push('\n');
    }
    nouveau.truncate(nouveau.trim_end().len());
    nouveau.push('\n');
    nouveau
}

/// One space after the colon that ends a key at `cle`, when a value follows on the line.
fn serre(ligne: &mut String, cle: usize) {
    let Some(suite) = ligne.get(cle..) else { return };
    let Some(apres) = suite.strip_prefix(':') else { return };
    let valeur = apres.trim_start_matches(' ');
    let espaces = apres.len() - valeur.len();
    if espaces > 1 && !valeur.is_empty() && !valeur.starts_with('#') {
        ligne.replace_range(cle + 1..cle + 1 + espaces, " ");
    }
}

/// Bytes of texts on several lines, and the byte after each key.
fn reperes(noeud: &Noeud, gardees: &mut Vec<(usize, usize)>, deux_points: &mut Vec<usize>) {
    let octet = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
    match &noeud.contenu {
        Contenu::Carte(entrees) => {
            for (cle, valeur) in entrees {
                deux_points.push(octet(cle.span.fin));
                reperes(valeur, gardees, deux_points);
            }
        }
        Contenu::Liste(elements) => elements.iter().for_each(|e| reperes(e, gardees, deux_points)),
        Contenu::Scalaire(s) if s.style == Style::Bloc || s.decalage.is_none() => {
            gardees.push((octet(noeud.span.debut), octet(noeud.span.fin)));
        }
        _ => {}
    }
}

fn avec_modeline(texte: &str, modeline: &str) -> String {
    let reste = match texte.split_once('\n') {
        Some((premiere, reste)) if premiere.starts_with("# yaml-language-server:") => reste,
        _ => texte,
    };
    format!("{modeline}\n{reste}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forme(texte: &str) -> String {
        let une = met_en_forme("ici/baremes/repas.yaml", texte).unwrap();
        assert_eq!(met_en_forme("ici/baremes/repas.yaml", &une).as_deref(), Some(une.as_str()), "deux fois");
        une.strip_prefix("# yaml-language-server: $schema=../../schema/bareme.json\n").unwrap().to_owned()
    }

    #[test]
    fn la_forme_canonique() {
        let ecrit = "bareme:   repas   # la cantine\r\n\n\n\nunite:  repas\nversions:  \n  - { depuis: 2025-09-01,  prix: \"3.50\" }\n  - parts: { a: '1.00', b: 2.00 }\n\n";
        let attendu = "bareme: repas   # la cantine\n\nunite: repas\nversions:\n  - { depuis: 2025-09-01,  prix: 3.50 }\n  - parts: { a: 1.00, b: 2.00 }\n";
        assert_eq!(forme(ecrit), attendu);
    }

    #[test]
    fn ce_qui_est_un_texte_reste_entre_guillemets() {
        let ecrit =
            "nom: \"3.50\"\nsource: \"a:  b\"\nlignes:\n  - { prix: \"3.5\", quotient: \"900.00\" }\n";
        assert_eq!(forme(ecrit), ecrit);
        let bloc = "aide: |\n  deux  espaces   \n\n\n  fin:  ici\nnom: x\n";
        assert_eq!(forme(bloc), bloc);
    }

    #[test]
    fn une_mauvaise_modeline_est_remplacee_et_l_illisible_laisse() {
        let forme = met_en_forme("ici/commune.yaml", "# yaml-language-server: $schema=x\nnom: a").unwrap();
        assert_eq!(forme, "# yaml-language-server: $schema=../schema/commune.json\nnom: a\n");
        assert_eq!(met_en_forme("ici/commune.yaml", "nom: [a"), None);
    }
}
