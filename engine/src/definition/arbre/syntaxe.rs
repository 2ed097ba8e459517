//! SYN01: what the parser refused, in French, with the construct that was left open.

use serde_saphyr::granit_parser::{ErrorKind, ScanError};

use super::PROFONDEUR_MAX;
use crate::definition::source::{FichierId, Span};
use crate::diagnostic::{Diagnostic, codes};

/// What was being read when the parser stopped.
pub(super) struct Contexte<'a> {
    pub(super) fichier: FichierId,
    pub(super) texte: &'a str,
    /// Start of each map or list not closed yet, outermost first.
    pub(super) ouverts: Vec<u32>,
    /// The last scalar read.
    pub(super) dernier: Option<Span>,
}

/// The diagnostic of a parser error.
pub(super) fn explique(contexte: &Contexte<'_>, erreur: &ScanError) -> Diagnostic {
    let texte = contexte.texte;
    let octet = texte.floor_char_boundary(erreur.marker().byte_offset().unwrap_or(0).min(texte.len()));
    if let Some(tabulation) = contexte.tabulation(octet) {
        let d = contexte.diagnostic(tabulation, "une tabulation sert d'indentation".to_owned());
        let span = d.principal;
        return d.aide("remplacez-la par des espaces, deux par niveau").correction(span, "  ");
    }
    let ici = contexte.mot(octet);
    match erreur.kind() {
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => {
            contexte.deux_points(octet).unwrap_or_else(|| {
                let message = if contexte.entre_crochets() {
                    "`:` inattendu : la liste ouverte avant n'est pas fermée"
                } else {
                    "`:` inattendu ici"
                };
                contexte.avec_ouvrant(ici, message).aide("vérifiez l'indentation, les virgules et les fermetures")
            })
        }
        ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::ExpectedFlowSequenceSeparator => {
            contexte.separateur(octet, ici)
        }
        ErrorKind::UnclosedFlowCollection { open } => contexte
            .diagnostic(ici, format!("`{open}` n'est jamais fermé"))
            .aide(format!("ajoutez `{}` là où la liste finit", fermant(*open))),
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => contexte
            .diagnostic((octet, octet + open.len_utf8()), format!("`{open}` est fermé par `{close}`"))
            .aide(format!("fermez-le par `{}`", fermant(*open))),
        ErrorKind::MisplacedFlowCollectionEnd => {
            contexte.diagnostic(ici, "cette fermeture ne ferme rien".to_owned()).aide("retirez-la")
        }
        ErrorKind::UnexpectedEofImplicitFlowMapping
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofBlockMapping
        | ErrorKind::UnexpectedEofBlockSequence
        | ErrorKind::UnexpectedEof
        | ErrorKind::ExpectedNodeContent => contexte
            .avec_ouvrant(ici, "une valeur est attendue ici")
            .aide("retirez la virgule en trop, ou écrivez la valeur qui manque"),
        ErrorKind::ExpectedBlockMappingKey if contexte.tiret(octet).is_some() => contexte
            .avec_ouvrant(contexte.tiret(octet).unwrap_or(ici), "un tiret de liste parmi des clés")
            .aide("donnez une clé à la liste (`cle:` à la ligne du dessus), ou retirez le tiret"),
        ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedDocumentStart
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::InvalidIndentation
        | ErrorKind::InvalidFlowScalarIndent => contexte
            .avec_ouvrant(ici, "cette ligne n'est alignée avec aucun bloc ouvert")
            .aide("vérifiez l'indentation : les clés d'un bloc, ou les tirets d'une liste, commencent à la même colonne"),
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => contexte
            .diagnostic(ici, "il manque `:` après ce mot".to_owned())
            .aide("écrivez `cle: valeur`, ou mettez cette ligne dans la valeur du dessus"),
        ErrorKind::BlockSequenceEntryNotAllowed
        | ErrorKind::BlockEntryInFlowCollection
        | ErrorKind::InvalidBlockEntryWhitespace => contexte
            .diagnostic(ici, "un tiret ne peut pas commencer une liste ici".to_owned())
            .aide("commencez la liste à la ligne suivante, ou écrivez `[a, b]`"),
        ErrorKind::UnclosedQuotedScalar
        | ErrorKind::InvalidQuotedScalarIndent
        | ErrorKind::DocumentIndicatorInQuotedScalar => contexte.guillemet_ouvert(octet, ici),
        ErrorKind::InvalidTrailingSingleQuotedScalar => contexte
            .guillemet(octet, ici, "du texte suit l'apostrophe qui ferme la valeur")
            .aide("entre apostrophes, une apostrophe se double (`'l''école'`) ; ou prenez `\"l'école\"`"),
        ErrorKind::InvalidTrailingDoubleQuotedScalar => contexte
            .guillemet(octet, ici, "du texte suit le guillemet qui ferme la valeur")
            .aide("mettez tout le texte entre les guillemets ; un guillemet intérieur s'écrit `\\\"`"),
        ErrorKind::UnknownQuotedScalarEscape
        | ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidLowSurrogateHexEscape
        | ErrorKind::InvalidLowSurrogate
        | ErrorKind::MissingLowSurrogate
        | ErrorKind::UnpairedLowSurrogate
        | ErrorKind::InvalidUnicodeEscape => contexte
            .diagnostic(contexte.echappement(octet), "`\\` commence un échappement inconnu".to_owned())
            .aide("doublez-la (`\\\\`), ou écrivez la valeur entre apostrophes"),
        ErrorKind::InvalidBlockScalarHeader
        | ErrorKind::ZeroBlockScalarIndent
        | ErrorKind::InvalidBlockScalarIndent
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::MissingAnchorOrAliasName
        | ErrorKind::PlainScalarStartsWithDashFlowIndicator => contexte.a_guillemeter(octet),
        ErrorKind::UnexpectedCharacter { character } if character.is_control() => contexte
            .diagnostic(ici, format!("caractère de contrôle interdit (U+{:04X})", u32::from(*character)))
            .aide("effacez-le"),
        ErrorKind::UnexpectedCharacter { .. } => contexte.a_guillemeter(octet),
        ErrorKind::BomInsideDocument => contexte
            .diagnostic(ici, "marque d'ordre des octets au milieu du fichier".to_owned())
            .aide("effacez-la : elle vient souvent de fichiers mis bout à bout"),
        ErrorKind::DirectiveDisallowed => {
            let d = contexte.diagnostic(ici, "les directives YAML (`%…`) ne sont pas acceptées".to_owned());
            Diagnostic { code: codes::SYN06, ..d }.aide("retirez cette ligne")
        }
        ErrorKind::RecursionLimitExceeded => {
            let d = contexte.diagnostic(ici, format!("plus de {PROFONDEUR_MAX} niveaux imbriqués"));
            Diagnostic { code: codes::SYN06, ..d }.aide("une définition en demande rarement plus de six")
        }
        ErrorKind::UndeclaredTagHandle
        | ErrorKind::ExpectedTagBang
        | ErrorKind::InvalidTagTerminator
        | ErrorKind::MissingTagUri
        | ErrorKind::UnclosedVerbatimTag
        | ErrorKind::InvalidTagEscape => contexte.a_guillemeter(octet),
        ErrorKind::CommentNotSeparated | ErrorKind::CommentInterceptedScalar => contexte
            .diagnostic(ici, "commentaire mal placé".to_owned())
            .aide("laissez une espace avant `#`, ou mettez la valeur entre guillemets"),
        _ => contexte.avec_ouvrant(ici, "le YAML n'est pas lisible à partir d'ici").aide(
            "vérifiez l'indentation, les guillemets et les virgules de cette ligne et de celle du dessus",
        ),
    }
}

fn fermant(ouvrant: char) -> char {
    if ouvrant == '[' { ']' } else { '}' }
}

type Octets = (usize, usize);

impl Contexte<'_> {
    fn span(&self, (debut, fin): Octets) -> Span {
        let octet = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span::new(self.fichier, octet(debut), octet(fin))
    }

    fn diagnostic(&self, lieu: Octets, message: String) -> Diagnostic {
        Diagnostic::new(codes::SYN01, self.span(lieu), message)
    }

    /// With the place where the innermost open bracket or block starts, when it is on another line.
    fn avec_ouvrant(&self, lieu: Octets, message: &str) -> Diagnostic {
        let d = self.diagnostic(lieu, message.to_owned());
        let Some(debut) = self.ouverts.last().and_then(|o| usize::try_from(*o).ok()) else { return d };
        match self.depuis(debut).chars().next() {
            Some(c @ ('[' | '{')) => d.secondaire(self.span((debut, debut + 1)), format!("`{c}` ouvert ici")),
            Some(_) if self.ligne(debut) != self.ligne(lieu.0) => {
                d.secondaire(self.span(self.mot(debut)), "le bloc commence ici")
            }
            _ => d,
        }
    }

    /// The innermost open list or map is written in brackets.
    fn entre_crochets(&self) -> bool {
        let debut = self.ouverts.last().and_then(|o| usize::try_from(*o).ok());
        debut.is_some_and(|o| self.depuis(o).starts_with(['[', '{']))
    }

    /// The dash that starts the line of a byte.
    fn tiret(&self, octet: usize) -> Option<Octets> {
        let (debut, fin) = self.ligne(octet);
        let ligne = self.texte.get(debut..fin)?;
        let n = debut + ligne.len() - ligne.trim_start().len();
        self.depuis(n).starts_with("- ").then_some((n, n + 1))
    }

    fn depuis(&self, octet: usize) -> &str {
        self.texte.get(octet..).unwrap_or("")
    }

    /// Start and end of the line that holds a byte.
    fn ligne(&self, octet: usize) -> Octets {
        let avant = self.texte.get(..octet).unwrap_or(self.texte);
        let debut = avant.rfind('\n').map_or(0, |n| n + 1);
        let fin = self.depuis(octet).find(['\n', '\r']).map_or(self.texte.len(), |n| octet + n);
        (debut, fin)
    }

    /// The word that starts at a byte, at least one character unless the line ends there.
    fn mot(&self, octet: usize) -> Octets {
        let suite = self.depuis(octet);
        let fin = suite.find(|c: char| c.is_whitespace() || matches!(c, ',' | ':' | ']' | '}'));
        let fin = fin.unwrap_or(suite.len());
        match suite.chars().next() {
            Some(c) if fin == 0 && c != '\n' && c != '\r' => (octet, octet + c.len_utf8()),
            _ => (octet, octet + fin),
        }
    }

    /// A tab in the indentation of the line of the error, of the one before or of the one after.
    fn tabulation(&self, octet: usize) -> Option<Octets> {
        let (debut, fin) = self.ligne(octet);
        let precedente = debut.checked_sub(1).map(|n| self.ligne(n).0);
        let suivante = (fin < self.texte.len())
            .then(|| self.depuis(fin).find('\n').map_or(self.texte.len(), |n| fin + n + 1));
        [precedente, Some(debut), suivante].into_iter().flatten().find_map(|debut| {
            let suite = self.depuis(debut);
            let blancs = suite.len() - suite.trim_start_matches([' ', '\t', '-']).len();
            let premiere = debut + suite.get(..blancs)?.find('\t')?;
            let tabulations = self.depuis(premiere);
            Some((premiere, premiere + tabulations.len() - tabulations.trim_start_matches('\t').len()))
        })
    }

    /// A second `:` on a line, a line that continues the value above it, or `cle:valeur` without a space.
    fn deux_points(&self, octet: usize) -> Option<Diagnostic> {
        let dernier = self.dernier?;
        let (debut, fin) = (usize::try_from(dernier.debut).ok()?, usize::try_from(dernier.fin).ok()?);
        let valeur = self.texte.get(debut..fin)?;
        let colle = valeur.lines().next()?;
        if let Some((cle, suite)) = colle.split_once(':')
            && self.ligne(debut).0 + self.indentation(debut) == debut
            && !suite.starts_with(' ')
            && !colle.contains(' ')
        {
            let n = debut + cle.len();
            let d =
                self.diagnostic((debut, debut + colle.len()), "il manque une espace après `:`".to_owned());
            let aide = format!("écrivez `{}`", super::abrege(&format!("{cle}: {suite}")));
            return Some(d.aide(aide).correction(self.span((n, n + 1)), ": "));
        }
        if let Some(n) = valeur.rfind('\n') {
            let mot = valeur.get(n + 1..)?.trim_start();
            let lieu = (fin - mot.len(), fin);
            let d = self.diagnostic(lieu, "cette ligne continue la valeur de la ligne du dessus".to_owned());
            let d = d.secondaire(self.span((debut, debut + colle.len())), "valeur commencée ici");
            return Some(
                d.aide("alignez-la avec la clé du dessus, ou fermez la valeur (`]`, `}`, guillemet)"),
            );
        }
        if self.entre_crochets() || self.ligne(debut) != self.ligne(octet) {
            return None;
        }
        let (debut, fin) = self.valeur(debut);
        let d = self.diagnostic((octet, octet + 1), "second `:` sur la même ligne".to_owned());
        Some(self.entre_guillemets(d, (debut, fin)))
    }

    /// A missing comma, or a bracket that is not closed before the next key.
    fn separateur(&self, octet: usize, ici: Octets) -> Diagnostic {
        let suite = self.dernier.and_then(|s| {
            let (debut, fin) = (usize::try_from(s.debut).ok()?, usize::try_from(s.fin).ok()?);
            Some((debut, fin, self.texte.get(debut..fin)?))
        });
        if let Some((debut, fin, valeur)) = suite
            && self.depuis(octet).starts_with(':')
        {
            if let Some(n) = valeur.rfind('\n') {
                let mot = valeur.get(n + 1..).unwrap_or("").trim_start();
                return self
                    .avec_ouvrant(
                        (fin - mot.len(), fin),
                        "cette ligne est encore dans l'accolade ouverte plus haut",
                    )
                    .aide("fermez-la par `}` ou `]`, ou séparez par une virgule");
            }
            if let Some(n) = valeur.rfind(' ') {
                return self
                    .avec_ouvrant((debut + n + 1, fin), "il manque une virgule avant cette clé")
                    .aide("séparez les clés par `, `")
                    .correction(self.span((debut + n, debut + n + 1)), ", ");
            }
        }
        self.avec_ouvrant(ici, "il manque une virgule ou une fermeture avant ceci")
            .aide("séparez par `, `, fermez par `}` ou `]`, ou mettez la valeur entre guillemets")
    }

    fn indentation(&self, octet: usize) -> usize {
        let ligne = self.depuis(self.ligne(octet).0);
        ligne.len() - ligne.trim_start_matches([' ', '-']).len()
    }

    /// The opening quote of the value that ends (or fails) at `octet`.
    fn ouvrant(&self, octet: usize) -> Option<usize> {
        let depart = self.dernier.and_then(|s| usize::try_from(s.fin).ok()).unwrap_or(0);
        self.texte.get(depart..octet)?.find(['"', '\'']).map(|n| depart + n)
    }

    fn guillemet(&self, octet: usize, ici: Octets, message: &str) -> Diagnostic {
        let d = self.diagnostic(ici, message.to_owned());
        match self.ouvrant(octet) {
            Some(n) => d.secondaire(self.span((n, n + 1)), "valeur ouverte ici"),
            None => d,
        }
    }

    fn guillemet_ouvert(&self, octet: usize, ici: Octets) -> Diagnostic {
        let Some(n) = self.ouvrant(octet) else {
            return self.diagnostic(ici, "guillemet jamais fermé".to_owned()).aide("fermez la valeur");
        };
        let fin = n + self.texte.get(n..self.ligne(n).1).unwrap_or("").trim_end().len();
        let guillemet = if self.depuis(n).starts_with('"') { '"' } else { '\'' };
        let d = self.diagnostic((n, fin), format!("`{guillemet}` n'est jamais fermé"));
        d.aide(format!("ajoutez `{guillemet}` à la fin de la valeur"))
            .correction(self.span((fin, fin)), guillemet)
    }

    /// The backslash of the escape: the last one of the line before the place where reading failed, or the next.
    fn echappement(&self, octet: usize) -> Octets {
        let suite = self.texte.get(octet..self.ligne(octet).1).unwrap_or("");
        let mut saute = false;
        for (n, c) in suite.char_indices() {
            match c {
                _ if saute => saute = false,
                '\\' => {
                    let suivant = suite.get(n + 1..).and_then(|s| s.chars().next());
                    if suivant.is_none_or(|c| !"0abtnvfre \"/\\N_LPxuU\t".contains(c)) {
                        return (octet + n, octet + n + 1 + suivant.map_or(0, char::len_utf8));
                    }
                    saute = true;
                }
                _ => {}
            }
        }
        self.mot(octet)
    }

    /// A value that YAML cannot start like this: quote it.
    fn a_guillemeter(&self, octet: usize) -> Diagnostic {
        let (debut, fin) = self.valeur(octet);
        let premier = self.depuis(debut).chars().next().unwrap_or(' ');
        let message = format!("une valeur qui commence par `{premier}` se met entre guillemets");
        self.entre_guillemets(self.diagnostic((debut, fin), message), (debut, fin))
    }

    fn entre_guillemets(&self, d: Diagnostic, valeur: Octets) -> Diagnostic {
        let texte = self.texte.get(valeur.0..valeur.1).unwrap_or("");
        let corrige = format!("\"{}\"", texte.replace('\\', "\\\\").replace('"', "\\\""));
        let d = d.aide(format!("écrivez `{}`", super::abrege(&corrige)));
        // beyond some lines, a replacement is no longer something to paste
        if corrige.len() > 400 { d } else { d.correction(self.span(valeur), corrige) }
    }

    /// From a byte to the end of its value: comment left out, and in brackets what follows a comma too.
    fn valeur(&self, octet: usize) -> Octets {
        let suite = self.texte.get(octet..self.ligne(octet).1).unwrap_or("");
        let suite = suite.split_once(" #").map_or(suite, |(avant, _)| avant);
        let fin = if self.entre_crochets() {
            suite.find([',', ']', '}']).unwrap_or(suite.len())
        } else {
            suite.len()
        };
        (octet, octet + suite.get(..fin).unwrap_or("").trim_end().len())
    }
}
