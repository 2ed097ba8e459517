//! Rhai's positions and parse errors, in our terms: bytes of the text, French sentences.

use rhai::{LexError, ParseErrorType, Position};

/// Turns Rhai's line and character into bytes of the text.
#[derive(Debug)]
pub(crate) struct Repere<'a> {
    texte: &'a str,
}

impl<'a> Repere<'a> {
    pub(crate) fn new(texte: &'a str) -> Self {
        Self { texte }
    }

    /// The byte at `position`; the end of the text when Rhai gives none.
    pub(crate) fn octet(&self, position: Position) -> usize {
        let (Some(ligne), colonne) = (position.line(), position.position().unwrap_or(1)) else {
            return self.texte.len();
        };
        let mut debut = 0;
        for (i, texte) in self.texte.split_inclusive('\n').enumerate() {
            if i + 1 == ligne {
                let dans =
                    texte.char_indices().nth(colonne.saturating_sub(1)).map_or(texte.len(), |(o, _)| o);
                return debut + dans;
            }
            debut += texte.len();
        }
        self.texte.len()
    }

    /// The byte after the token that starts at `debut`: a name, a number, a quoted text, or one sign.
    pub(crate) fn fin_du_mot(&self, debut: usize) -> usize {
        let reste = self.texte.get(debut..).unwrap_or_default();
        let premier = reste.chars().next();
        let longueur = match premier {
            None => 0,
            Some('"') => {
                let mut echappe = false;
                let fin = reste.char_indices().skip(1).find(|&(_, c)| {
                    let ferme = c == '"' && !echappe;
                    echappe = c == '\\' && !echappe;
                    ferme
                });
                fin.map_or(reste.len(), |(i, _)| i + 1)
            }
            Some('-') => {
                1 + reste.chars().skip(1).take_while(|c| c.is_ascii_digit() || matches!(c, '.' | '_')).count()
            }
            Some(c) if c.is_ascii_digit() => reste
                .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_')))
                .unwrap_or(reste.len()),
            Some(c) if c.is_alphabetic() || c == '_' => {
                reste.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(reste.len())
            }
            Some(_) if ["==", "!=", "<=", ">=", "&&", "||"].iter().any(|op| reste.starts_with(op)) => 2,
            Some(c) => c.len_utf8(),
        };
        debut + longueur
    }
}

/// A parse error as a sentence.
pub(crate) fn phrase(erreur: &ParseErrorType) -> String {
    match erreur {
        ParseErrorType::UnexpectedEOF => "le texte s'arrête trop tôt : il manque la suite".to_owned(),
        ParseErrorType::BadInput(LexError::UnexpectedInput(mot)) => {
            format!("« {mot} » n'est pas attendu ici")
        }
        ParseErrorType::BadInput(LexError::ImproperSymbol(mot, _)) => {
            format!("le signe « {mot} » n'existe pas")
        }
        ParseErrorType::BadInput(LexError::UnterminatedString) => {
            "il manque le guillemet fermant \" ".trim().to_owned()
        }
        ParseErrorType::BadInput(LexError::MalformedNumber(nombre)) => {
            format!("« {nombre} » n'est pas un nombre")
        }
        ParseErrorType::BadInput(LexError::MalformedIdentifier(nom)) => format!("« {nom} » n'est pas un nom"),
        ParseErrorType::BadInput(LexError::MalformedChar(texte)) => {
            format!("« '{texte}' » : un texte s'écrit entre guillemets doubles \"…\"")
        }
        ParseErrorType::BadInput(LexError::MalformedEscapeSequence(suite)) => {
            format!("« {suite} » n'est pas une suite d'échappement")
        }
        ParseErrorType::BadInput(_) => "le texte n'est pas lisible ici".to_owned(),
        ParseErrorType::MissingToken(mot, _) => format!("il manque « {mot} »"),
        ParseErrorType::MissingSymbol(_) => "il manque un signe".to_owned(),
        ParseErrorType::UnknownOperator(op) => format!("l'opérateur « {op} » n'existe pas"),
        ParseErrorType::MalformedIndexExpr(_) => "cet indice entre crochets n'est pas valable".to_owned(),
        ParseErrorType::MalformedCapture(_) => "cette capture n'est pas valable".to_owned(),
        ParseErrorType::DuplicatedProperty(nom) => format!("la clé « {nom} » est écrite deux fois"),
        ParseErrorType::DuplicatedVariable(nom) | ParseErrorType::VariableExists(nom) => {
            format!("la variable « {nom} » existe déjà")
        }
        ParseErrorType::PropertyExpected => "il manque le nom d'une information après le point".to_owned(),
        ParseErrorType::VariableExpected => "il manque le nom d'une variable".to_owned(),
        ParseErrorType::ForbiddenVariable(nom) => format!("« {nom} » ne peut pas servir de nom"),
        ParseErrorType::Reserved(mot) => format!("« {mot} » est un mot réservé"),
        ParseErrorType::ExprExpected(_) => "il manque une valeur ou un calcul ici".to_owned(),
        ParseErrorType::WrongFnDefinition => {
            "une fonction se définit au premier niveau du fichier".to_owned()
        }
        ParseErrorType::FnDuplicatedDefinition(nom, _) => {
            format!("la fonction « {nom} » est définie deux fois")
        }
        ParseErrorType::FnMissingName => "il manque le nom de la fonction".to_owned(),
        ParseErrorType::FnMissingParams(nom) => format!("il manque les paramètres de la fonction « {nom} »"),
        ParseErrorType::FnDuplicatedParam(nom, parametre) => {
            format!("la fonction « {nom} » a deux fois le paramètre « {parametre} »")
        }
        ParseErrorType::FnMissingBody(_) => "il manque le corps { … } de la fonction".to_owned(),
        ParseErrorType::AssignmentToConstant(nom) => format!("« {nom} » ne peut pas être modifié"),
        ParseErrorType::AssignmentToInvalidLHS(_) => "on ne peut rien affecter à cela".to_owned(),
        ParseErrorType::VariableUndefined(nom) => format!("« {nom} » n'existe pas"),
        ParseErrorType::ModuleUndefined(nom) => {
            format!("le module « {nom} » n'existe pas : un script n'importe rien")
        }
        ParseErrorType::ExprTooDeep => "ce calcul est trop imbriqué".to_owned(),
        ParseErrorType::TooManyFunctions => "ce fichier définit trop de fonctions".to_owned(),
        ParseErrorType::LiteralTooLarge(_, max) => {
            format!("cette valeur écrite est trop grande (au plus {max})")
        }
        ParseErrorType::LoopBreak => "« break » et « continue » n'ont de sens que dans une boucle".to_owned(),
        ParseErrorType::WrongDocComment => "un commentaire « /// » précède une fonction".to_owned(),
        autre => format!("le texte n'est pas lisible ({autre})"),
    }
}

/// « vouliez-vous dire … ? », by the distance that rustc uses.
pub(crate) fn vouliez_vous_dire<'a>(mot: &str, noms: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let mut meilleur: Option<(usize, &str)> = None;
    for nom in noms {
        let distance = strsim::damerau_levenshtein(mot, nom);
        if distance <= (mot.chars().count() / 3).max(1) && meilleur.is_none_or(|(d, _)| distance < d) {
            meilleur = Some((distance, nom));
        }
    }
    meilleur.map(|(_, nom)| format!("vouliez-vous dire « {nom} » ?"))
}
