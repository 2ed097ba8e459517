//! The keys of a map, read one by one by `bloc!` or by a hand-written reader.

use super::{CleDeclaree, Declaration, Lecture, Lire, Liste, Sp, proche};
use crate::definition::arbre::{Cle, Noeud, abrege};
use crate::definition::source::Span;
use crate::diagnostic::{Diagnostic, codes};

/// A map being read.
#[derive(Debug)]
pub struct Cles<'n> {
    span: Span,
    entrees: &'n [(Cle, Noeud)],
    declaration: &'static Declaration,
    incomplet: bool,
    /// Other keys are mistakes.
    stricte: bool,
}

impl<'n> Cles<'n> {
    /// Opens a map whose keys are all declared; each other key is SYN02. Every `ouvre` is followed by one [`Cles::ferme`].
    pub fn ouvre(noeud: &'n Noeud, l: &mut Lecture, declaration: &'static Declaration) -> Option<Self> {
        let mut cles = Self { stricte: true, ..Self::ouvre_libre(noeud, l, declaration)? };
        for (cle, _) in cles.autres() {
            inconnue(cle, l, declaration);
            cles.incomplet = true;
        }
        Some(cles)
    }

    /// Opens a map that may hold other keys than the declared ones (a table's row): see [`Cles::autres`].
    pub fn ouvre_libre(noeud: &'n Noeud, l: &mut Lecture, declaration: &'static Declaration) -> Option<Self> {
        let Some(entrees) = noeud.carte() else {
            let cles: Vec<&str> = declaration.cles.iter().map(|c| c.nom).take(8).collect();
            let exemple = cles.first().map_or(String::new(), |c| format!(", ex. `{{ {c}: … }}`"));
            let aide = match noeud.texte().and_then(|t| t.split_once(':')) {
                Some((cle, suite)) if !suite.starts_with(' ') => {
                    let ecrit = abrege(&format!("{cle}: {suite}"));
                    format!("il manque une espace après `:` — écrivez `{ecrit}`")
                }
                _ => format!("clés possibles : {}", cles.join(", ")),
            };
            l.inattendu(noeud, &format!("bloc de clés attendu{exemple}"), Some(&aide));
            return None;
        };
        l.ouverts.push(declaration);
        Some(Self { span: noeud.span, entrees, declaration, incomplet: false, stricte: false })
    }

    /// The entries whose key is not declared, in order.
    pub fn autres(&self) -> impl Iterator<Item = &'n (Cle, Noeud)> + use<'n> {
        let declaration = self.declaration;
        self.entrees.iter().filter(move |(cle, _)| declaration.cles.iter().all(|c| c.nom != cle.texte))
    }

    /// The entry of a key.
    pub fn entree(&self, nom: &str) -> Option<&'n (Cle, Noeud)> {
        self.entrees.iter().find(|(cle, _)| cle.texte == nom)
    }

    /// Reads a key that must be there.
    pub fn requise<T: Lire>(&mut self, nom: &str, l: &mut Lecture) -> Option<Sp<T>> {
        match self.entree(nom) {
            Some((cle, noeud)) => self.valeur(cle, noeud, l),
            None => {
                self.manque(nom, l);
                None
            }
        }
    }

    /// Reads a key that may be absent. Written and unreadable: `None`, and the block is incomplete.
    pub fn optionnelle<T: Lire>(&mut self, nom: &str, l: &mut Lecture) -> Option<Sp<T>> {
        let (cle, noeud) = self.entree(nom)?;
        self.valeur(cle, noeud, l)
    }

    /// Reads a list; absent, it is empty.
    pub fn liste<T: Lire>(&mut self, nom: &str, l: &mut Lecture) -> Liste<T> {
        let Some((cle, noeud)) = self.entree(nom) else { return Liste::default() };
        let liste: Liste<T> = match self.declaree(nom) {
            Some(declaree) => l.sous(declaree, cle.span, |l| l.lit_liste(noeud)),
            None => l.lit_liste(noeud),
        };
        self.incomplet |= liste.incomplete;
        liste
    }

    /// Reads a list that must be written.
    pub fn liste_requise<T: Lire>(&mut self, nom: &str, l: &mut Lecture) -> Option<Liste<T>> {
        if self.entree(nom).is_none() {
            self.manque(nom, l);
            return None;
        }
        Some(self.liste(nom, l))
    }

    /// The one entry whose key is among `noms`; none or several is an error that lists them.
    pub fn exactement_une(&mut self, noms: &[&str], l: &mut Lecture) -> Option<&'n (Cle, Noeud)> {
        let mut ecrites = self.entrees.iter().filter(|(cle, _)| noms.contains(&cle.texte.as_str()));
        let liste = || noms.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
        let Some(premiere) = ecrites.next() else {
            let d =
                Diagnostic::new(codes::SYN04, self.span, format!("il manque une de ces clés : {}", liste()));
            l.signale(d.aide("écrivez-en exactement une"));
            self.incomplet = true;
            return None;
        };
        let mut seule = true;
        for (cle, _) in ecrites {
            let message = format!("`{}` et `{}` ne vont pas ensemble", premiere.0.texte, cle.texte);
            let d = Diagnostic::new(codes::SYN04, cle.span, message)
                .secondaire(premiere.0.span, "déjà écrit ici");
            l.signale(d.aide(format!("gardez exactement une de ces clés : {}", liste())));
            self.incomplet = true;
            seule = false;
        }
        seule.then_some(premiere)
    }

    /// Something of this map could not be read.
    pub fn marque_incomplet(&mut self) {
        self.incomplet = true;
    }

    /// Closes the map: its place, the keys written, and whether something in it could not be read.
    pub fn ferme(self, l: &mut Lecture) -> (Span, Vec<(String, Span)>, bool) {
        l.ouverts.pop();
        let cles = self.entrees.iter().map(|(cle, _)| (cle.texte.clone(), cle.span)).collect();
        (self.span, cles, self.incomplet)
    }

    fn valeur<T: Lire>(&mut self, cle: &Cle, noeud: &Noeud, l: &mut Lecture) -> Option<Sp<T>> {
        if noeud.est_nul() {
            let message = format!("rien n'est écrit pour `{}` — attendu : {}", cle.texte, T::nom());
            let d = Diagnostic::new(codes::SYN04, cle.span, message);
            l.signale(d.aide("retirez la clé ou donnez-lui une valeur"));
            self.incomplet = true;
            return None;
        }
        let lue = match self.declaree(&cle.texte) {
            Some(declaree) => l.sous(declaree, cle.span, |l| l.lit(noeud)),
            None => l.lit(noeud),
        };
        self.incomplet |= lue.is_none();
        lue
    }

    fn declaree(&self, nom: &str) -> Option<&'static CleDeclaree> {
        self.declaration.cles.iter().find(|c| c.nom == nom)
    }

    fn manque(&mut self, nom: &str, l: &mut Lecture) {
        self.incomplet = true;
        if self.stricte && self.autres().any(|(cle, _)| proche(&cle.texte, [nom]).is_some()) {
            return; // misspelt, and said so
        }
        // a block is shown by its first key: its own span may be a hundred lines
        let lieu = match self.entrees.first() {
            Some((cle, _)) if cle.span.debut == self.span.debut => cle.span,
            _ => self.span,
        };
        let mut d = Diagnostic::new(codes::SYN04, lieu, format!("il manque la clé `{nom}`"));
        if let Some(cle) = self.declaration.cles.iter().find(|c| c.nom == nom) {
            d.aide = Some(format!("`{nom}` : {}", cle.aide()));
        }
        l.signale(d);
    }
}

/// SYN02, with the nearest key, or the block above that has it, or the candidates.
fn inconnue(cle: &Cle, l: &mut Lecture, declaration: &'static Declaration) {
    let noms = declaration.cles.iter().map(|c| c.nom);
    let d = Diagnostic::new(codes::SYN02, cle.span, format!("clé inconnue `{}`", abrege(&cle.texte)));
    let dessus = l.ouverts.iter().rev().skip(1);
    let est_plus_haut = dessus.flat_map(|d| d.cles).any(|c| c.nom == cle.texte);
    let d = match proche(&cle.texte, noms.clone()) {
        _ if est_plus_haut => {
            d.aide(format!("`{}` appartient à un bloc au-dessus : vérifiez l'indentation", cle.texte))
        }
        Some(candidat) => d.aide(format!("vouliez-vous dire `{candidat}` ?")).correction(cle.span, candidat),
        None => {
            let possibles = super::suggestion(&cle.texte, noms);
            d.aide(format!("clés {possibles} ; vérifiez l'indentation"))
        }
    };
    l.signale(d);
}
