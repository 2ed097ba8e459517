//! The `motif` of a form's field: a regular expression written by a configurateur, run on what a parent types.
//!
//! The `regex` crate is linear in the text (no look-around, no back-reference), so only the pattern's own size is bounded.

use regex::{Regex, RegexBuilder};

/// Longest pattern, in characters.
pub const LONGUEUR_MAX: usize = 200;
/// Largest compiled pattern, in bytes.
pub const TAILLE_MAX: usize = 256 * 1024;

/// A compiled pattern: the whole text must match it.
#[derive(Clone, Debug)]
pub struct Motif {
    expression: Regex,
    texte: Box<str>,
}

/// Two patterns are the same when they are written the same.
impl PartialEq for Motif {
    fn eq(&self, autre: &Self) -> bool {
        self.texte == autre.texte
    }
}

/// Why a pattern is refused, in French.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ErreurMotif {
    /// Longer than [`LONGUEUR_MAX`].
    #[error("ce motif fait {0} caractères, au plus {LONGUEUR_MAX}")]
    TropLong(usize),
    /// Compiled, it passes [`TAILLE_MAX`]: a repetition of a repetition, usually.
    #[error("ce motif est trop lourd : réduisez ses répétitions {{n}}")]
    TropLourd,
    /// Look-around and back-references, which would make the search exponential.
    #[error("ce motif regarde autour de lui ou se répète ({0}) : ce n'est pas possible ici")]
    NonLineaire(&'static str),
    /// Anything else that is not a regular expression.
    #[error("ce motif n'est pas une expression régulière : {0}")]
    Illisible(String),
}

impl Motif {
    /// Compiles `texte`, anchored at both ends: `[0-9]{5}` accepts five digits and nothing around them.
    pub fn compile(texte: &str) -> Result<Self, ErreurMotif> {
        let longueur = texte.chars().count();
        if longueur > LONGUEUR_MAX {
            return Err(ErreurMotif::TropLong(longueur));
        }
        // alone first: `a)(b` must not become readable by the anchors' parentheses
        construit(texte)?;
        // the comment of a verbose pattern swallows the closing anchor: it then stands on the next line
        let expression = construit(&format!("\\A(?:{texte})\\z"))
            .or_else(|_| construit(&format!("\\A(?:{texte}\n)\\z")))?;
        Ok(Self { expression, texte: texte.into() })
    }

    /// Does the whole of `saisie` match?
    pub fn accepte(&self, saisie: &str) -> bool {
        self.expression.is_match(saisie)
    }

    /// The pattern as written.
    pub fn texte(&self) -> &str {
        &self.texte
    }
}

fn construit(texte: &str) -> Result<Regex, ErreurMotif> {
    RegexBuilder::new(texte).size_limit(TAILLE_MAX).dfa_size_limit(TAILLE_MAX).build().map_err(|e| match e {
        regex::Error::CompiledTooBig(_) => ErreurMotif::TropLourd,
        autre => {
            let message = autre.to_string();
            if message.contains("look-around") {
                ErreurMotif::NonLineaire("(?=…), (?!…), (?<=…) ou (?<!…)")
            } else if message.contains("backreference") {
                ErreurMotif::NonLineaire("\\1")
            } else {
                let derniere = message.lines().last().unwrap_or_default();
                ErreurMotif::Illisible(derniere.trim_start_matches("error: ").to_owned())
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_motif_porte_sur_tout_le_texte() {
        let code = Motif::compile("[0-9]{5}|2[AB][0-9]{3}").unwrap();
        assert!(code.accepte("57110"));
        assert!(code.accepte("2A004"));
        for non in ["5711", "571100", " 57110", "57110\n", "x2A004"] {
            assert!(!code.accepte(non), "{non:?}");
        }
        assert_eq!(code.texte(), "[0-9]{5}|2[AB][0-9]{3}");
        let commente = Motif::compile("(?x) [0-9]{2} # deux chiffres").unwrap();
        assert!(commente.accepte("12") && !commente.accepte("123"));
    }
}
