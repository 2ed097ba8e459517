//! The texts of a definition and the positions in them. No file is opened here: texts come in as arguments.

use std::collections::BTreeMap;
use std::ops::Bound;

/// Largest file read, in bytes. What is beyond is not kept: memory is bounded by the number of files.
pub const TAILLE_MAX: usize = 1 << 20;

/// A file of a [`SourceSet`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FichierId(u32);

/// Byte offsets `debut..fin` in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub fichier: FichierId,
    /// First byte.
    pub debut: u32,
    /// One past the last byte.
    pub fin: u32,
}

impl Span {
    /// `debut..fin` in `fichier`; `fin` is raised to `debut` when it is before it.
    pub fn new(fichier: FichierId, debut: u32, fin: u32) -> Self {
        Self { fichier, debut, fin: fin.max(debut) }
    }

    /// From the start of `self` to the end of `autre` (same file; otherwise `self`).
    #[must_use]
    pub fn jusqu_a(self, autre: Self) -> Self {
        if self.fichier == autre.fichier { Self::new(self.fichier, self.debut, autre.fin) } else { self }
    }

    /// Bytes `debut..fin` counted from the start of `self`, kept inside it.
    #[must_use]
    pub fn partie(self, debut: u32, fin: u32) -> Self {
        let borne = |n: u32| self.debut.saturating_add(n).min(self.fin);
        Self::new(self.fichier, borne(debut), borne(fin))
    }
}

/// Line and column, both from 1; the column counts characters, as an editor shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub ligne: u32,
    /// Column in characters, from 1.
    pub colonne: u32,
}

/// Why a file's text cannot be used as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defaut {
    /// Larger than [`TAILLE_MAX`]; the number of bytes received.
    TropGrand(usize),
    /// Not UTF-8 from this byte on (the text kept stops there).
    PasUtf8(u32),
}

/// One file.
#[derive(Clone, Debug)]
pub struct Fichier {
    /// Path relative to the folder of the communes, with `/`: `villeneuve/baremes/repas.yaml`.
    pub chemin: String,
    /// Its text, at most [`TAILLE_MAX`] bytes.
    pub texte: String,
    /// What was wrong with the bytes, if anything.
    pub defaut: Option<Defaut>,
    /// Offset of the first byte of each line.
    lignes: Vec<u32>,
}

/// The files of a definition, found by path, in the order they were given.
#[derive(Clone, Debug, Default)]
pub struct SourceSet {
    fichiers: Vec<Fichier>,
    par_chemin: BTreeMap<String, FichierId>,
}

impl SourceSet {
    /// An empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text. A path given twice keeps the last text, under a new identity.
    pub fn ajoute(&mut self, chemin: impl Into<String>, texte: impl Into<String>) -> FichierId {
        let mut texte = texte.into();
        let taille = texte.len();
        let mut defaut = None;
        if taille > TAILLE_MAX {
            defaut = Some(Defaut::TropGrand(taille));
            texte.truncate(texte.floor_char_boundary(TAILLE_MAX));
        }
        self.range(chemin.into(), texte, defaut)
    }

    /// Adds the bytes of a file, which may not be UTF-8: the text kept then stops at the first wrong byte.
    pub fn ajoute_octets(&mut self, chemin: impl Into<String>, octets: &[u8]) -> FichierId {
        if octets.len() > TAILLE_MAX {
            let debut = octets.get(..TAILLE_MAX).unwrap_or_default();
            let texte = prefixe_utf8(debut).to_owned();
            return self.range(chemin.into(), texte, Some(Defaut::TropGrand(octets.len())));
        }
        let texte = prefixe_utf8(octets).to_owned();
        let defaut = (texte.len() < octets.len()).then(|| Defaut::PasUtf8(en_u32(texte.len())));
        self.range(chemin.into(), texte, defaut)
    }

    fn range(&mut self, chemin: String, texte: String, defaut: Option<Defaut>) -> FichierId {
        let id = FichierId(en_u32(self.fichiers.len()));
        let debuts = texte.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| en_u32(i + 1));
        let lignes = std::iter::once(0).chain(debuts).collect();
        self.par_chemin.insert(chemin.clone(), id);
        self.fichiers.push(Fichier { chemin, texte, defaut, lignes });
        id
    }

    /// The file `id`. `None` only for an identity that comes from another set.
    pub fn fichier(&self, id: FichierId) -> Option<&Fichier> {
        self.fichiers.get(usize::try_from(id.0).ok()?)
    }

    /// The path of a file, or an empty text for an identity of another set.
    pub fn chemin(&self, id: FichierId) -> &str {
        self.fichier(id).map_or("", |f| &f.chemin)
    }

    /// The start of the first file: where to point when a whole file is missing.
    pub fn debut(&self) -> Span {
        Span::new(FichierId(0), 0, 0)
    }

    /// The file at this path.
    pub fn trouve(&self, chemin: &str) -> Option<FichierId> {
        self.par_chemin.get(chemin).copied()
    }

    /// The files in the order of their paths.
    pub fn iter(&self) -> impl Iterator<Item = (FichierId, &Fichier)> {
        self.par_chemin.values().filter_map(|id| Some((*id, self.fichier(*id)?)))
    }

    /// The files below a folder, in the order of their paths, with their path below it.
    pub fn sous(&self, dossier: &str) -> impl Iterator<Item = (FichierId, &str, &Fichier)> {
        let prefixe = format!("{dossier}/");
        let depuis = self.par_chemin.range::<str, _>((Bound::Included(prefixe.as_str()), Bound::Unbounded));
        depuis.map_while(move |(chemin, id)| Some((*id, chemin.strip_prefix(&prefixe)?, self.fichier(*id)?)))
    }

    /// The text under a span (empty when the span is not of this set).
    pub fn texte(&self, span: Span) -> &str {
        let bornes = usize::try_from(span.debut).ok().zip(usize::try_from(span.fin).ok());
        bornes.and_then(|(d, f)| self.fichier(span.fichier)?.texte.get(d..f)).unwrap_or("")
    }

    /// Line and column of a byte. An offset past the end gives the end.
    pub fn position(&self, fichier: FichierId, octet: u32) -> Position {
        let Some(fichier) = self.fichier(fichier) else { return Position { ligne: 1, colonne: 1 } };
        let octet = octet.min(en_u32(fichier.texte.len()));
        let ligne = fichier.lignes.partition_point(|debut| *debut <= octet).max(1);
        let debut = fichier.lignes.get(ligne - 1).copied().unwrap_or(0);
        let (debut, fin) = (debut as usize, fichier.texte.floor_char_boundary(octet as usize));
        let avant = fichier.texte.get(debut..fin).unwrap_or("");
        // the byte order mark takes no column
        let avant = if debut == 0 { avant.trim_start_matches('\u{feff}') } else { avant };
        Position { ligne: en_u32(ligne), colonne: en_u32(avant.chars().count() + 1) }
    }

    /// The word (or the sign) at a line and a column in characters, both from 1.
    pub fn mot_a(&self, id: FichierId, ligne: usize, colonne: usize) -> Span {
        let Some(fichier) = self.fichier(id) else { return Span::new(id, 0, 0) };
        let depart = ligne.checked_sub(1).and_then(|l| fichier.lignes.get(l)).copied().unwrap_or(0);
        let texte = fichier.texte.get(depart as usize..).unwrap_or("");
        let texte = texte.lines().next().unwrap_or("");
        let avant: usize = texte.chars().take(colonne.saturating_sub(1)).map(char::len_utf8).sum();
        let reste = texte.get(avant..).unwrap_or("");
        let mot: usize =
            reste.chars().take_while(|c| c.is_alphanumeric() || *c == '_').map(char::len_utf8).sum();
        let long = if mot == 0 { reste.chars().next().map_or(0, char::len_utf8) } else { mot };
        let debut = depart.saturating_add(en_u32(avant));
        Span::new(id, debut, debut.saturating_add(en_u32(long)))
    }

    /// `chemin:ligne:colonne` of the start of a span.
    pub fn lieu(&self, span: Span) -> String {
        let p = self.position(span.fichier, span.debut);
        format!("{}:{}:{}", self.chemin(span.fichier), p.ligne, p.colonne)
    }
}

/// The longest prefix that is UTF-8.
fn prefixe_utf8(octets: &[u8]) -> &str {
    octets.utf8_chunks().next().map_or("", |morceau| morceau.valid())
}

/// Lengths here are bounded by [`TAILLE_MAX`] or by a count of files.
fn en_u32(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn la_colonne_compte_des_caracteres() {
        let mut s = SourceSet::new();
        let f = s.ajoute("ham/x.yaml", "nom: École\r\nà: été bleu\n");
        let debut = s.fichier(f).unwrap().texte.find("bleu").unwrap() as u32;
        assert_eq!(s.position(f, debut), Position { ligne: 2, colonne: 8 });
        assert_eq!(s.texte(Span::new(f, debut, debut + 4)), "bleu");
        assert_eq!(s.lieu(Span::new(f, debut, debut + 4)), "ham/x.yaml:2:8");
        // past the end, and in the middle of a character
        assert_eq!(s.position(f, 10_000), Position { ligne: 3, colonne: 1 });
        assert_eq!(s.position(f, 6), Position { ligne: 1, colonne: 6 });
        let mut s = SourceSet::new();
        let f = s.ajoute("ham/x.yaml", "\u{feff}nom: a");
        assert_eq!(s.position(f, 3), Position { ligne: 1, colonne: 1 });
    }

    #[test]
    fn sous_un_dossier_rien_de_son_voisin() {
        let mut s = SourceSet::new();
        for chemin in
            ["ham/commune.yaml", "ham-2/commune.yaml", "ham/baremes/repas.yaml", "hamac.yaml", "ham"]
        {
            s.ajoute(chemin, "");
        }
        let sous: Vec<&str> = s.sous("ham").map(|(_, chemin, _)| chemin).collect();
        assert_eq!(sous, ["baremes/repas.yaml", "commune.yaml"]);
    }

    #[test]
    fn un_fichier_trop_grand_ou_pas_utf8_est_garde_jusqu_au_defaut() {
        let mut s = SourceSet::new();
        let f = s.ajoute("a.yaml", "é".repeat(TAILLE_MAX));
        assert_eq!(s.fichier(f).unwrap().defaut, Some(Defaut::TropGrand(2 * TAILLE_MAX)));
        assert_eq!(s.fichier(f).unwrap().texte.len(), TAILLE_MAX);
        let f = s.ajoute_octets("b.yaml", b"nom: \xe9cole");
        assert_eq!(s.fichier(f).unwrap().defaut, Some(Defaut::PasUtf8(5)));
        assert_eq!(s.fichier(f).unwrap().texte, "nom: ");
        assert_eq!(s.trouve("b.yaml"), Some(f));
    }
}
