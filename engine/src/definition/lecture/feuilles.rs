//! The generic leaves: identifiers, texts, integers, yes/no, one or several, free keys, raw nodes.

use std::ops::Deref;

use rules::scalaire::ErreurScalaire;
use schemars::{Schema, SchemaGenerator, json_schema};

use super::{Declaration, Lecture, Lire, Liste, Sp, schema::schema_texte};
use crate::definition::arbre::{Cle, Contenu, Noeud, Style};
use crate::diagnostic::{Diagnostic, codes};

/// `[a-z][a-z0-9_]*`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(String);

impl Id {
    /// The identifier that a text is, or why it is not one.
    pub fn analyse(texte: &str) -> Result<Self, ErreurScalaire> {
        let permis =
            |i: usize, c: char| c.is_ascii_lowercase() || (i > 0 && (c.is_ascii_digit() || c == '_'));
        let faute = texte.char_indices().find(|(i, c)| !permis(*i, *c));
        let Some((debut, c)) = faute.or((texte.is_empty()).then_some((0, ' '))) else {
            return Ok(Self(texte.to_owned()));
        };
        let aide = Some(match sans_accent(texte) {
            Some(propose) => format!("écrivez `{propose}`"),
            None => "une minuscule, puis minuscules, chiffres et `_`, ex. `ecole_jean_zay`".to_owned(),
        });
        let message = format!("identifiant attendu — trouvé « {} »", crate::definition::arbre::abrege(texte));
        Err(ErreurScalaire { message, debut, fin: debut + c.len_utf8(), aide })
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for Id {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// An identifier near a text that is not one: lower case, accents removed, `_` for the rest.
fn sans_accent(texte: &str) -> Option<String> {
    let mut propose = String::new();
    for c in texte.chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => propose.push(c),
            'à' | 'â' | 'ä' => propose.push('a'),
            'é' | 'è' | 'ê' | 'ë' => propose.push('e'),
            'î' | 'ï' => propose.push('i'),
            'ô' | 'ö' => propose.push('o'),
            'ù' | 'û' | 'ü' => propose.push('u'),
            'ç' => propose.push('c'),
            'œ' => propose.push_str("oe"),
            ' ' | '-' | '_' | '\'' | '’' | '.' => propose.push('_'),
            _ => return None,
        }
    }
    propose.starts_with(|c: char| c.is_ascii_lowercase()).then_some(propose)
}

impl Lire for Id {
    fn lire(noeud: &Noeud, l: &mut Lecture) -> Option<Self> {
        l.feuille(noeud, "identifiant attendu, ex. `repas`", Self::analyse)
    }

    fn nom() -> String {
        "identifiant".to_owned()
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[a-z][a-z0-9_]*$" })
    }
}

/// A text that is not empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Texte(pub String);

impl Texte {
    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for Texte {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Lire for Texte {
    fn lire(noeud: &Noeud, l: &mut Lecture) -> Option<Self> {
        l.feuille(noeud, "texte attendu", |texte| match texte.trim() {
            "" => Err(ErreurScalaire::entier(texte, "le texte est vide")),
            _ => Ok(Self(texte.to_owned())),
        })
    }

    fn nom() -> String {
        "texte".to_owned()
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        schema_texte(None)
    }
}

/// A whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entier(pub i64);

impl Lire for Entier {
    fn lire(noeud: &Noeud, l: &mut Lecture) -> Option<Self> {
        const ATTENDU: &str = "nombre entier attendu, ex. 12";
        l.feuille(noeud, ATTENDU, |texte| {
            let chiffres = texte.strip_prefix('-').unwrap_or(texte);
            let ecrit = !chiffres.is_empty() && chiffres.bytes().all(|b| b.is_ascii_digit());
            let lu =
                texte.parse().ok().filter(|_| ecrit && (chiffres.len() == 1 || !chiffres.starts_with('0')));
            lu.map(Self).ok_or_else(|| {
                ErreurScalaire::entier(texte, format!("{ATTENDU} — trouvé {}", noeud.en_mots()))
            })
        })
    }

    fn nom() -> String {
        "nombre entier".to_owned()
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer" })
    }
}

/// `oui` or `non` (`true` and `false` are read too).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Booleen(pub bool);

impl Lire for Booleen {
    fn lire(noeud: &Noeud, l: &mut Lecture) -> Option<Self> {
        let propose = match noeud.texte().map(str::to_ascii_lowercase).as_deref() {
            Some("oui" | "true") if noeud.texte().is_some_and(est_minuscule) => return Some(Self(true)),
            Some("non" | "false") if noeud.texte().is_some_and(est_minuscule) => return Some(Self(false)),
            Some("oui" | "true" | "yes" | "on" | "vrai") => Some("oui"),
            Some("non" | "false" | "no" | "off" | "faux") => Some("non"),
            _ => None,
        };
        let message = format!("`oui` ou `non` attendu — trouvé {}", noeud.en_mots());
        let mut d = Diagnostic::new(codes::SYN04, noeud.span, message);
        if let Some(propose) = propose {
            d = d.aide(format!("écrivez `{propose}`")).correction(noeud.span, propose);
        }
        l.signale(d);
        None
    }

    fn nom() -> String {
        "`oui` ou `non`".to_owned()
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "enum": ["oui", "non", true, false] })
    }
}

fn est_minuscule(texte: &str) -> bool {
    texte.bytes().all(|b| b.is_ascii_lowercase())
}

/// A value alone or a list of them.
#[derive(Clone, Debug, PartialEq)]
pub struct UnOuListe<T>(pub Liste<T>);

impl<T> Deref for UnOuListe<T> {
    type Target = [Sp<T>];

    fn deref(&self) -> &[Sp<T>] {
        &self.0.elements
    }
}

impl<T: Lire> Lire for UnOuListe<T> {
    fn lire(noeud: &Noeud, l: &mut Lecture) -> Option<Self> {
        if noeud.liste().is_some() {
            return Some(Self(l.lit_liste(noeud)));
        }
        let seul = l.lit(noeud)?;
        Some(Self(Liste { span: Some(noeud.span), elements: vec![seul], incomplete: false }))
    }

    fn nom() -> String {
        format!("{}, ou une liste", T::nom())
    }

    fn schema(g: &mut SchemaGenerator) -> Schema {
        let un = T::schema(g).to_value();
        json_schema!({ "anyOf": [un, { "type": "array", "items": un }] })
    }

    fn declaration() -> Option<&'static Declaration> {
        T::declaration()
    }
}

/// A map whose keys are free (zones, moyens de paiement…), in the order written.
#[derive(Clone, Debug, PartialEq)]
pub struct Carte<T> {
    /// The entries that could be read.
    pub entrees: Vec<(Cle, Sp<T>)>,
    /// An entry could not be read.
    pub incomplete: bool,
}

impl<T> Deref for Carte<T> {
    type Target = [(Cle, Sp<T>)];

    fn deref(&self) -> &[(Cle, Sp<T>)] {
        &self.entrees
    }
}

impl<T: Lire> Lire for Carte<T> {
    fn lire(noeud: &Noeud, l: &mut Lecture) -> Option<Self> {
        let Contenu::Carte(entrees) = &noeud.contenu else {
            l.inattendu(noeud, "bloc de clés attendu", None);
            return None;
        };
        let mut carte = Self { entrees: Vec::new(), incomplete: false };
        for (cle, valeur) in entrees {
            match l.lit(valeur) {
                Some(valeur) => carte.entrees.push((cle.clone(), valeur)),
                None => carte.incomplete = true,
            }
        }
        Some(carte)
    }

    fn nom() -> String {
        format!("clés libres → {}", T::nom())
    }

    fn schema(g: &mut SchemaGenerator) -> Schema {
        let valeur = T::schema(g).to_value();
        json_schema!({ "type": "object", "additionalProperties": valeur })
    }

    fn declaration() -> Option<&'static Declaration> {
        T::declaration()
    }
}

/// Any node, to be read later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brut(pub Noeud);

impl Deref for Brut {
    type Target = Noeud;

    fn deref(&self) -> &Noeud {
        &self.0
    }
}

impl Brut {
    /// Written with quotes.
    pub fn entre_guillemets(&self) -> bool {
        self.0.scalaire().is_some_and(|s| s.style == Style::Guillemets)
    }
}

impl Lire for Brut {
    fn lire(noeud: &Noeud, _: &mut Lecture) -> Option<Self> {
        Some(Self(noeud.clone()))
    }

    fn nom() -> String {
        "valeur".to_owned()
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!(true)
    }
}
