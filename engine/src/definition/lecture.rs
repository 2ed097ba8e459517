//! Typed reading of the tree, which never stops at the first mistake: what cannot be read is reported in the
//! author's words and left out, and whatever encloses it knows that it is incomplete.

mod bloc;
mod carte;
mod feuilles;
mod proche;
mod schema;
#[cfg(test)]
mod tests;
mod variantes;

pub(crate) use bloc::bloc;
pub use carte::Cles;
pub use feuilles::{Booleen, Brut, Carte, Entier, Id, Texte, UnOuListe};
pub use proche::{proche, suggestion};
pub use schema::{racine, schema_bloc, schema_libre, schema_texte, schema_variantes};
pub use schemars::{Schema, SchemaGenerator};
pub use variantes::choisie;
pub(crate) use variantes::variantes;

use std::ops::Deref;

use rules::scalaire::ErreurScalaire;

use super::arbre::{Contenu, Noeud};
use super::source::Span;
use crate::diagnostic::{Diagnostic, codes};

/// What is read from a node. Implemented by `bloc!`, `variantes!`, the leaves, and by hand where a shape is richer.
pub trait Lire: Sized {
    /// Reads the node; on `None` at least one error was added to `l`.
    fn lire(noeud: &Noeud, l: &mut Lecture) -> Option<Self>;
    /// The type in the author's words: « montant », « liste de identifiant ».
    fn nom() -> String;
    /// JSON Schema (draft-07) of what is accepted, for editors.
    fn schema(g: &mut SchemaGenerator) -> Schema;
    /// The declaration behind the type, to walk the reference of keys.
    fn declaration() -> Option<&'static Declaration> {
        None
    }
}

/// The reading of one or more files: what was found wrong so far.
#[derive(Debug, Default)]
pub struct Lecture {
    diagnostics: Vec<Diagnostic>,
    /// Blocks being read, outermost first: an unknown key may belong to one of them.
    ouverts: Vec<&'static Declaration>,
    /// How many blocks being read are under a key that waits: what is inside was said with it.
    en_attente: usize,
}

impl Lecture {
    /// Nothing read yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a diagnostic.
    pub fn signale(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// What was found, in the order of reading (see [`crate::diagnostic::trie`]).
    pub fn fin(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

    /// Where [`super::arbre::lit`] adds what it finds.
    pub fn diagnostics(&mut self) -> &mut Vec<Diagnostic> {
        &mut self.diagnostics
    }

    /// Reads what a declared key holds. SYN09 when nothing obeys the key yet, once for all that is under it.
    pub(crate) fn sous<T>(&mut self, cle: &CleDeclaree, span: Span, lit: impl FnOnce(&mut Self) -> T) -> T {
        let Some(partie) = cle.attente.and_then(Attente::partie) else { return lit(self) };
        // a key that must be written is no choice of its author: the reference of keys says it
        let choisie = !matches!(cle.presence, Presence::Requise | Presence::ListeRequise);
        if self.en_attente == 0 && choisie {
            let message =
                format!("`{}` est compris, mais rien ne l'applique encore : attend {partie}", cle.nom);
            let d = Diagnostic::new(codes::SYN09, span, message);
            self.signale(
                d.aide("retirez la clé, ou gardez-la en sachant que rien ne la suit pour l'instant"),
            );
        }
        self.en_attente += 1;
        let lu = lit(self);
        self.en_attente -= 1;
        lu
    }

    /// Reads a node and keeps its place.
    pub fn lit<T: Lire>(&mut self, noeud: &Noeud) -> Option<Sp<T>> {
        T::lire(noeud, self).map(|valeur| Sp { valeur, span: noeud.span })
    }

    /// Reads the elements of a list; a node that is not a list is an error and gives an empty, incomplete list.
    pub fn lit_liste<T: Lire>(&mut self, noeud: &Noeud) -> Liste<T> {
        let mut liste = Liste { elements: Vec::new(), incomplete: false, span: Some(noeud.span) };
        match &noeud.contenu {
            Contenu::Liste(noeuds) => {
                for noeud in noeuds {
                    match self.lit(noeud) {
                        Some(element) => liste.elements.push(element),
                        None => liste.incomplete = true,
                    }
                }
            }
            Contenu::Nul => {
                let d = Diagnostic::new(codes::SYN04, noeud.span, "liste attendue — trouvé rien");
                self.signale(d.aide("écrivez `[]` si la liste est vide"));
                liste.incomplete = true;
            }
            Contenu::Scalaire(scalaire) => {
                let message = format!("liste attendue, ex. `[a, b]` — trouvé {}", noeud.en_mots());
                let d = Diagnostic::new(codes::SYN04, noeud.span, message)
                    .aide("mettez la valeur entre crochets");
                self.signale(match scalaire.decalage {
                    Some(0) => d.correction(noeud.span, format!("[{}]", scalaire.texte)),
                    _ => d,
                });
                liste.incomplete = true;
            }
            Contenu::Carte(_) => {
                let aide = "commencez chaque élément de la liste par un tiret";
                self.inattendu(noeud, "liste attendue, ex. `[a, b]`", Some(aide));
                liste.incomplete = true;
            }
        }
        liste
    }

    /// SYN04: « montant attendu, ex. 3.50 — trouvé « trois » ».
    pub fn inattendu(&mut self, noeud: &Noeud, attendu: &str, aide: Option<&str>) {
        let message = format!("{attendu} — trouvé {}", noeud.en_mots());
        let mut d = Diagnostic::new(codes::SYN04, noeud.span, message);
        d.aide = aide.map(str::to_owned);
        self.signale(d);
    }

    /// Reads a scalar with a parser of texts; its error is placed on the part of the text that it names.
    /// `attendu` is what to say when the node is not a scalar: « montant attendu, ex. 3.50 ».
    pub fn feuille<T>(
        &mut self,
        noeud: &Noeud,
        attendu: &str,
        analyse: impl FnOnce(&str) -> Result<T, ErreurScalaire>,
    ) -> Option<T> {
        let Some(texte) = noeud.texte() else {
            self.inattendu(noeud, attendu, None);
            return None;
        };
        match analyse(texte) {
            Ok(valeur) => Some(valeur),
            Err(erreur) => {
                let span = noeud.partie(erreur.debut, erreur.fin);
                let span = if span.debut == span.fin { noeud.span } else { span };
                let mut d = Diagnostic::new(codes::SYN04, span, erreur.message);
                d.aide = erreur.aide;
                self.signale(d);
                None
            }
        }
    }
}

/// A value and its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sp<T> {
    /// The value.
    pub valeur: T,
    /// Where it was written.
    pub span: Span,
}

impl<T> Deref for Sp<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.valeur
    }
}

/// A list; `incomplete` when an element could not be read, so that no gap is concluded from what is missing.
#[derive(Clone, Debug, PartialEq)]
pub struct Liste<T> {
    /// The elements that could be read, in order.
    pub elements: Vec<Sp<T>>,
    /// An element (or the list itself) was written and could not be read.
    pub incomplete: bool,
    /// Where; `None` when the key is not written.
    pub span: Option<Span>,
}

impl<T> Default for Liste<T> {
    fn default() -> Self {
        Self { elements: Vec::new(), incomplete: false, span: None }
    }
}

impl<T> Deref for Liste<T> {
    type Target = [Sp<T>];

    fn deref(&self) -> &[Sp<T>] {
        &self.elements
    }
}

impl<'a, T> IntoIterator for &'a Liste<T> {
    type Item = &'a Sp<T>;
    type IntoIter = std::slice::Iter<'a, Sp<T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.elements.iter()
    }
}

/// What `bloc!` or `variantes!` declares: the reference that is shown to authors.
#[derive(Debug)]
pub struct Declaration {
    /// Name of the Rust type; that of its definition in the JSON Schema.
    pub nom: &'static str,
    /// Its doc comment.
    pub doc: &'static str,
    /// Its keys, or its words.
    pub cles: &'static [CleDeclaree],
    /// A map with these keys, or exactly one of these words.
    pub forme: Forme,
}

/// How the keys of a [`Declaration`] are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forme {
    /// A map with these keys.
    Bloc,
    /// One of these words, alone or as the only key of a map.
    Variantes,
}

/// One key (or word) of a declaration.
#[derive(Debug)]
pub struct CleDeclaree {
    /// As written in YAML.
    pub nom: &'static str,
    /// Its doc comment, as it stands in the source (see [`CleDeclaree::aide`]).
    pub doc: &'static str,
    /// Must it be written, and how.
    pub presence: Presence,
    /// Its type in the author's words.
    pub genre: fn() -> String,
    /// The declaration of its type.
    pub declaration: fn() -> Option<&'static Declaration>,
    /// Nothing obeys it yet.
    pub attente: Option<Attente>,
}

/// What a key that nothing obeys yet is waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attente {
    /// The parent's space: accounts, keys, documents.
    Espace,
    /// Bookings, places, attendance, penalties.
    Reservations,
    /// Invoices and payments.
    Factures,
    /// Nothing: kept for those who read the file, or obeyed before the typed reading.
    Memoire,
}

impl Attente {
    /// The part that will obey it, in French; `None` when nobody has to be told.
    pub const fn partie(self) -> Option<&'static str> {
        match self {
            Self::Espace => Some("l'espace famille (partie 3)"),
            Self::Reservations => Some("les réservations et le pointage (partie 4)"),
            Self::Factures => Some("les factures et les paiements (après la partie 4)"),
            Self::Memoire => None,
        }
    }
}

impl CleDeclaree {
    /// The doc comment as one line.
    pub fn aide(&self) -> String {
        let mut aide = self.doc.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some(partie) = self.attente.and_then(Attente::partie) {
            aide.push_str(&format!(" Pas encore appliqué : attend {partie}."));
        }
        aide
    }
}

/// Must a key be written?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Yes.
    Requise,
    /// No: its absence means that this does not exist here.
    Optionnelle,
    /// A list; absent = empty.
    Liste,
    /// A list that must be written, if only as `[]`.
    ListeRequise,
    /// A word alone.
    Mot,
    /// A word with a value, `{ mot: valeur }`.
    MotAvecValeur,
}
