//! From parser events to the tree, within budgets.

use std::collections::HashMap;

use serde_saphyr::granit_parser::{Event, Options, Parser, ScalarStyle, Span as Etendue, StrInput, Tag};

use super::{
    Cle, Contenu, NOEUDS_MAX, Noeud, PROFONDEUR_MAX, REMARQUES_MAX, Scalaire, Style, caracteres, pieges,
    syntaxe,
};
use crate::definition::source::{Defaut, FichierId, SourceSet, Span, TAILLE_MAX};
use crate::diagnostic::{Diagnostic, codes};

/// Reads a file into a tree. `None` when it is not YAML or goes over a budget: then at least one error was added.
///
/// An empty file is [`Contenu::Nul`]. Duplicate keys, tags and anchors are reported and reading goes on
/// (the first of two equal keys is kept).
pub fn lit(sources: &SourceSet, fichier: FichierId, diagnostics: &mut Vec<Diagnostic>) -> Option<Noeud> {
    let source = sources.fichier(fichier)?;
    match source.defaut {
        Some(Defaut::TropGrand(taille)) => {
            let message =
                format!("le fichier fait {} ; le maximum est {}", en_kio(taille), en_kio(TAILLE_MAX));
            let d = Diagnostic::new(codes::SYN06, Span::new(fichier, 0, 0), message);
            diagnostics.push(d.aide("répartissez-le en plusieurs fichiers"));
            return None;
        }
        Some(Defaut::PasUtf8(octet)) => {
            let message = "le fichier n'est pas enregistré en UTF-8 (un octet illisible ici)";
            let d = Diagnostic::new(codes::SYN01, Span::new(fichier, octet, octet), message);
            diagnostics.push(d.aide("réenregistrez-le avec l'encodage « UTF-8 » de votre éditeur"));
            return None;
        }
        None => {}
    }
    let mut remarques = Vec::new();
    caracteres::controle(fichier, &source.texte, &mut remarques);
    let mut construit = Construit {
        fichier,
        texte: &source.texte,
        pile: Vec::new(),
        noeuds: 0,
        dernier: None,
        diagnostics: &mut remarques,
    };
    let mut racine = construit.document();
    if remarques.len() > REMARQUES_MAX {
        remarques.truncate(REMARQUES_MAX);
        let fin = remarques.last().map_or(Span::new(fichier, 0, 0), |d| d.principal);
        let message = format!("plus de {REMARQUES_MAX} remarques : la lecture de ce fichier s'arrête ici");
        remarques.push(Diagnostic::new(codes::SYN06, fin, message).aide("corrigez celles-ci d'abord"));
        racine = None;
    }
    diagnostics.append(&mut remarques);
    racine
}

fn en_kio(octets: usize) -> String {
    format!("{} Kio", octets.div_ceil(1024))
}

/// A map or a list that is not closed yet.
struct Ouvert {
    debut: u32,
    genre: Genre,
}

enum Genre {
    Liste(Vec<Noeud>),
    Carte {
        entrees: Vec<(Cle, Noeud)>,
        vues: HashMap<String, Span>,
        /// The key whose value is awaited; `ecarte` when it repeats another or is not a text.
        cle: Option<(Cle, bool)>,
    },
}

struct Construit<'a> {
    fichier: FichierId,
    texte: &'a str,
    pile: Vec<Ouvert>,
    noeuds: usize,
    /// The last scalar read, to explain what comes after it.
    dernier: Option<Span>,
    diagnostics: &'a mut Vec<Diagnostic>,
}

/// The reading of this file stops; the reason was reported.
struct Arret;

impl Construit<'_> {
    fn document(&mut self) -> Option<Noeud> {
        let mut options = Options::default();
        options.disallow_directives = true;
        options.emit_unresolved_aliases = true;
        options.emit_anchor_events = true;
        options.flow_nesting_limit = PROFONDEUR_MAX * 2;
        options.block_nesting_limit = PROFONDEUR_MAX * 2;
        let mut parser = Parser::<StrInput<'_>>::new_from_str_with_options(self.texte, options);
        let mut racine = None;
        let mut documents = 0;
        while let Some(suivant) = parser.next_event() {
            let (evenement, etendue) = match suivant {
                Ok(suivant) => suivant,
                Err(erreur) => {
                    let contexte = syntaxe::Contexte {
                        fichier: self.fichier,
                        texte: self.texte,
                        ouverts: self.pile.iter().map(|o| o.debut).collect(),
                        dernier: self.dernier,
                    };
                    self.diagnostics.push(syntaxe::explique(&contexte, &erreur));
                    return None;
                }
            };
            if let Event::DocumentStart(..) = evenement {
                documents += 1;
                if documents > 1 {
                    let d = Diagnostic::new(
                        codes::SYN06,
                        self.span(&etendue),
                        "un second document commence ici : un fichier contient un seul document",
                    );
                    self.diagnostics.push(d.aide("retirez la ligne `---`, ou faites deux fichiers"));
                    return None;
                }
            }
            if self.diagnostics.len() > REMARQUES_MAX {
                return None;
            }
            match self.evenement(evenement, &etendue) {
                Ok(Some(noeud)) => racine = Some(noeud),
                Ok(None) => {}
                Err(Arret) => return None,
            }
        }
        let fichier = self.fichier;
        Some(racine.unwrap_or(Noeud { span: Span::new(fichier, 0, 0), contenu: Contenu::Nul }))
    }

    /// One event; gives the root when it is complete.
    fn evenement(&mut self, evenement: Event<'_>, etendue: &Etendue) -> Result<Option<Noeud>, Arret> {
        let span = self.span(etendue);
        match evenement {
            Event::Scalar(texte, style, _, etiquette) => {
                self.compte(span)?;
                self.refuse_etiquette(etiquette.as_deref(), etendue, span);
                let noeud = self.scalaire(&texte, style, span);
                Ok(self.pose(noeud))
            }
            Event::SequenceStart(_, _, etiquette) => {
                self.ouvre(span, Genre::Liste(Vec::new()))?;
                self.refuse_etiquette(etiquette.as_deref(), etendue, span);
                Ok(None)
            }
            Event::MappingStart(_, _, etiquette) => {
                let genre = Genre::Carte { entrees: Vec::new(), vues: HashMap::new(), cle: None };
                self.ouvre(span, genre)?;
                self.refuse_etiquette(etiquette.as_deref(), etendue, span);
                Ok(None)
            }
            Event::SequenceEnd | Event::MappingEnd => Ok(self.ferme(span)),
            Event::Anchor(..) => {
                let d = Diagnostic::new(codes::SYN06, span, "les ancres YAML (`&nom`) ne sont pas acceptées");
                self.diagnostics.push(d.aide("écrivez la valeur à chaque endroit où elle sert"));
                Ok(None)
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                self.compte(span)?;
                let d = Diagnostic::new(codes::SYN06, span, "les renvois YAML (`*nom`) ne sont pas acceptés");
                self.diagnostics.push(d.aide("recopiez la valeur : une définition se lit sans renvoi caché"));
                Ok(self.pose(Noeud { span, contenu: Contenu::Nul }))
            }
            _ => Ok(None),
        }
    }

    fn span(&self, etendue: &Etendue) -> Span {
        let octet = |n: Option<usize>| n.and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
        Span::new(self.fichier, octet(etendue.start.byte_offset()), octet(etendue.end.byte_offset()))
    }

    fn compte(&mut self, span: Span) -> Result<(), Arret> {
        self.noeuds += 1;
        if self.noeuds <= NOEUDS_MAX {
            return Ok(());
        }
        let message = format!("le fichier a plus de {NOEUDS_MAX} clés et valeurs");
        self.diagnostics
            .push(Diagnostic::new(codes::SYN06, span, message).aide("répartissez-le en plusieurs fichiers"));
        Err(Arret)
    }

    fn ouvre(&mut self, span: Span, genre: Genre) -> Result<(), Arret> {
        self.compte(span)?;
        if self.pile.len() >= PROFONDEUR_MAX {
            let message = format!("plus de {PROFONDEUR_MAX} niveaux imbriqués");
            let d = Diagnostic::new(codes::SYN06, span, message);
            self.diagnostics.push(d.aide("une définition en demande rarement plus de six"));
            return Err(Arret);
        }
        self.pile.push(Ouvert { debut: span.debut, genre });
        Ok(())
    }

    fn ferme(&mut self, fin: Span) -> Option<Noeud> {
        let ouvert = self.pile.pop()?;
        let dernier = match &ouvert.genre {
            Genre::Liste(elements) => elements.last().map(|n| n.span.fin),
            Genre::Carte { entrees, .. } => entrees.last().map(|(c, n)| n.span.fin.max(c.span.fin)),
        };
        // a block collection ends where its last value ends; a flow one, after its bracket
        let fin = if fin.fin > fin.debut { fin.fin } else { dernier.unwrap_or(fin.debut) };
        let span = Span::new(self.fichier, ouvert.debut, fin);
        let contenu = match ouvert.genre {
            Genre::Liste(elements) => Contenu::Liste(elements),
            Genre::Carte { entrees, .. } => Contenu::Carte(entrees),
        };
        self.pose(Noeud { span, contenu })
    }

    /// Gives a complete node to the open collection, as a key, a value or an element; the root has none.
    fn pose(&mut self, noeud: Noeud) -> Option<Noeud> {
        let Some(ouvert) = self.pile.last_mut() else { return Some(noeud) };
        match &mut ouvert.genre {
            Genre::Liste(elements) => elements.push(noeud),
            Genre::Carte { entrees, vues, cle } => match cle.take() {
                Some((_, true)) => {}
                Some((c, false)) => {
                    self.diagnostics.extend(espace_oubliee(self.texte, &c, &noeud));
                    entrees.push((c, noeud));
                }
                None => {
                    let (lue, ecarte) = lit_cle(noeud, vues, self.diagnostics);
                    *cle = Some((lue, ecarte));
                }
            },
        }
        None
    }

    fn attend_une_cle(&self) -> bool {
        matches!(self.pile.last(), Some(Ouvert { genre: Genre::Carte { cle: None, .. }, .. }))
    }

    fn scalaire(&mut self, texte: &str, style: ScalarStyle, span: Span) -> Noeud {
        let source = source(self.texte, span);
        let blancs = source.len() - source.trim_end_matches([' ', '\t', '\r', '\n']).len();
        let span =
            Span::new(span.fichier, span.debut, span.fin.saturating_sub(u32::try_from(blancs).unwrap_or(0)));
        self.dernier = Some(span);
        let style = match style {
            ScalarStyle::Plain => Style::Nu,
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Guillemets,
            ScalarStyle::Literal | ScalarStyle::Folded => Style::Bloc,
        };
        if style == Style::Nu && matches!(texte, "" | "~" | "null" | "Null" | "NULL") {
            return Noeud { span, contenu: Contenu::Nul };
        }
        if style == Style::Nu {
            self.diagnostics.extend(pieges::piege(texte, span, self.attend_une_cle()));
            caracteres::controle_guillemets(texte, span, self.diagnostics);
        }
        let decalage = match style {
            Style::Nu if source == texte => Some(0),
            Style::Guillemets if source.get(1..source.len().saturating_sub(1)) == Some(texte) => Some(1),
            _ => None,
        };
        let scalaire = Scalaire { texte: texte.to_owned(), style, decalage };
        Noeud { span, contenu: Contenu::Scalaire(scalaire) }
    }

    fn refuse_etiquette(&mut self, etiquette: Option<&Tag>, etendue: &Etendue, span: Span) {
        if let Some(etiquette) = etiquette {
            let lieu = etendue.tag_span().map_or(span, |e| self.span(&e));
            let message =
                format!("les types YAML (`{}`) ne sont pas acceptés", super::abrege(&etiquette.original()));
            self.diagnostics.push(Diagnostic::new(codes::SYN06, lieu, message).aide("retirez-le"));
        }
    }
}

/// A node read as a key; `true` when its value must be left out.
fn lit_cle(noeud: Noeud, vues: &mut HashMap<String, Span>, diagnostics: &mut Vec<Diagnostic>) -> (Cle, bool) {
    let span = noeud.span;
    let texte = match noeud.contenu {
        Contenu::Scalaire(s) => s.texte,
        autre => {
            let trouve = Noeud { span, contenu: autre }.en_mots();
            let d = Diagnostic::new(codes::SYN01, span, format!("une clé est un mot ; trouvé {trouve}"));
            diagnostics.push(d.aide("écrivez `cle: valeur`"));
            return (Cle { texte: String::new(), span }, true);
        }
    };
    if texte == "<<" {
        let d = Diagnostic::new(codes::SYN06, span, "la fusion YAML (`<<`) n'est pas acceptée");
        diagnostics.push(d.aide("recopiez les clés, ou mettez-les dans un modèle de commune"));
        return (Cle { texte, span }, true);
    }
    if let Some(premiere) = vues.get(&texte) {
        let message = format!("la clé `{}` est écrite deux fois", super::abrege(&texte));
        let d = Diagnostic::new(codes::SYN03, span, message).secondaire(*premiere, "déjà écrite ici");
        diagnostics.push(d.aide("gardez-en une : rien ne dit laquelle compte"));
        return (Cle { texte, span }, true);
    }
    vues.insert(texte.clone(), span);
    let cle = Cle { texte, span };
    caracteres::controle_cle(&cle, diagnostics);
    (cle, false)
}

/// `{ prix:3.50 }`: YAML reads one key « prix:3.50 » without a value.
fn espace_oubliee(texte: &str, cle: &Cle, valeur: &Noeud) -> Option<Diagnostic> {
    let (nom, suite) = cle.texte.split_once(':')?;
    if !valeur.est_nul() || valeur.span.debut < valeur.span.fin || source(texte, cle.span) != cle.texte {
        return None;
    }
    let n = cle.span.debut.saturating_add(u32::try_from(nom.len()).ok()?);
    let d = Diagnostic::new(codes::SYN01, cle.span, "il manque une espace après `:`");
    let deux_points = Span::new(cle.span.fichier, n, n.saturating_add(1));
    let aide = format!("écrivez `{}`", super::abrege(&format!("{nom}: {suite}")));
    Some(d.aide(aide).correction(deux_points, ": "))
}

/// The source under a span.
fn source(texte: &str, span: Span) -> &str {
    let bornes = usize::try_from(span.debut).ok().zip(usize::try_from(span.fin).ok());
    bornes.and_then(|(d, f)| texte.get(d..f)).unwrap_or("")
}
