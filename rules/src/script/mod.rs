//! Scripts of `regles/*.rhai`: what a table cannot say, in a sandbox.
//!
//! A script declares its contract in a header, reads its inputs and returns one value. It has no clock, no chance, no
//! file, no float, no import, no recursion, and a bounded number of operations: the same inputs always give the same
//! answer or the same refusal. `a / b` is exact (7 / 2 is 3.5), as in an expression.

mod analyse;
mod contrat;
mod essais;
mod hote;
mod moteur;
mod valeur;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rhai::{AST, Dynamic, EvalAltResult, Position, Scope};

pub use contrat::{Contrat, Entree, TypeScript};
pub use hote::Liste;
pub use moteur::{OPERATIONS_MAX, moteur};
pub use valeur::ValeurScript;

use crate::faits::Symboles;
use crate::fonctions::Hote;
use crate::syntaxe;

/// Largest script, in bytes.
pub const SOURCE_MAX: usize = 64 * 1024;

/// What a script asks of its town, shared with the execution that reads it.
pub type HotePartage = Arc<dyn Hote + Send + Sync>;

/// One problem of a script's source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErreurScript {
    /// `RHA01` not readable, `RHA02` unknown name, wrong arity or write to an input, `RHA03` forbidden,
    /// `RHA04` fails on a sample, `RHA05` (a warning) input never read or constant answer.
    pub code: &'static str,
    /// What is wrong, in French.
    pub message: String,
    /// 1-based line.
    pub ligne: usize,
    /// 1-based character in the line.
    pub colonne: usize,
    /// What to write instead.
    pub aide: Option<String>,
}

/// Why an execution gave nothing: the refusal's reason, with its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} (ligne {ligne})")]
pub struct ErreurExecution {
    /// In French.
    pub message: String,
    /// 1-based line; 0 when no line is at fault.
    pub ligne: usize,
    /// 1-based character; 0 when unknown.
    pub colonne: usize,
    /// The script itself refused (`throw "motif"`).
    pub voulue: bool,
}

/// A compiled script with its contract.
#[derive(Clone, Debug)]
pub struct Script {
    nom: Box<str>,
    ast: AST,
    contrat: Contrat,
    avertissements: Vec<ErreurScript>,
}

impl Script {
    /// Reads the header, checks the source ([`Self::lit`]), and runs it on samples of its inputs' domains drawn from `graine`.
    pub fn compile(
        nom: &str,
        source: &str,
        symboles: &dyn Symboles,
        graine: u64,
    ) -> Result<Self, Vec<ErreurScript>> {
        let mut script = Self::lit(nom, source, symboles)?;
        let avertissements = essais::essaie(&script, graine)?;
        script.avertissements.extend(avertissements);
        Ok(script)
    }

    /// Without the samples: for a source that was checked when it was deployed.
    ///
    /// Errors of one stage are reported together: the header and the syntax, then names and what is forbidden.
    pub fn lit(nom: &str, source: &str, symboles: &dyn Symboles) -> Result<Self, Vec<ErreurScript>> {
        if source.len() > SOURCE_MAX {
            let message = format!("ce script fait {} octets, au plus {SOURCE_MAX}", source.len());
            return Err(vec![erreur("RHA03", Position::new(1, 1), message, None)]);
        }
        let (contrat, mut erreurs) = contrat::lit(source, symboles);
        let ast = match moteur().compile(source) {
            Ok(ast) => Some(ast),
            Err(e) => {
                erreurs.push(illisible(&e));
                None
            }
        };
        let (Some(contrat), Some(ast), true) = (contrat, ast, erreurs.is_empty()) else {
            erreurs.sort_by_key(|e| (e.ligne, e.colonne));
            return Err(erreurs);
        };
        let avertissements = analyse::verifie(&ast, &contrat)?;
        Ok(Self { nom: nom.into(), ast, contrat, avertissements })
    }

    /// The file's name.
    pub fn nom(&self) -> &str {
        &self.nom
    }

    /// Its inputs and its output.
    pub fn contrat(&self) -> &Contrat {
        &self.contrat
    }

    /// Where the script's answer is written: the beginning of its last statement.
    fn reponse(&self) -> Position {
        match self.ast.statements().last() {
            Some(rhai::Stmt::Expr(e)) => e.start_position(),
            Some(autre) => autre.position(),
            None => Position::new(1, 1),
        }
    }

    /// What the check noticed and did not refuse (`RHA05`).
    pub fn avertissements(&self) -> &[ErreurScript] {
        &self.avertissements
    }

    /// Runs on `entrees`, in the order of the contract. Whatever goes wrong is an error with its place; nothing panics.
    pub fn execute(
        &self,
        entrees: &[ValeurScript],
        hote: &HotePartage,
    ) -> Result<ValeurScript, ErreurExecution> {
        self.execute_et_compte(entrees, hote).0
    }

    /// [`Self::execute`], with the number of operations spent.
    pub fn execute_et_compte(
        &self,
        entrees: &[ValeurScript],
        hote: &HotePartage,
    ) -> (Result<ValeurScript, ErreurExecution>, u64) {
        let mut portee = Scope::new();
        if entrees.len() != self.contrat.entrees.len() {
            let message = format!(
                "ce script attend {} entrées, il en reçoit {}",
                self.contrat.entrees.len(),
                entrees.len()
            );
            return (Err(sans_lieu(message)), 0);
        }
        for (entree, valeur) in self.contrat.entrees.iter().zip(entrees) {
            if let Err(defaut) = entree.accepte(valeur) {
                return (Err(sans_lieu(format!("l'entrée « {} » : {defaut}", entree.nom))), 0);
            }
            portee.push_constant_dynamic(entree.nom.as_ref(), valeur.vers_rhai(&entree.genre));
        }
        let _execution = moteur::Execution::commence(hote.clone());
        let resultat = catch_unwind(AssertUnwindSafe(|| {
            moteur().eval_ast_with_scope::<Dynamic>(&mut portee, &self.ast)
        }));
        let operations = moteur::operations();
        let resultat = match resultat {
            Ok(Ok(valeur)) => self.contrat.sortie.relit(valeur).map_err(|message| {
                let fin = self.reponse();
                let (ligne, colonne) = (fin.line().unwrap_or(0), fin.position().unwrap_or(0));
                ErreurExecution { message, ligne, colonne, voulue: false }
            }),
            Ok(Err(e)) => Err(execution(*e)),
            Err(_) => Err(sans_lieu("ce script a fait échouer le moteur".to_owned())),
        };
        (resultat, operations)
    }
}

fn erreur(
    code: &'static str,
    position: Position,
    message: impl Into<String>,
    aide: Option<String>,
) -> ErreurScript {
    ErreurScript {
        code,
        message: message.into(),
        ligne: position.line().unwrap_or(1),
        colonne: position.position().unwrap_or(1),
        aide,
    }
}

/// A word that the sandbox does not have is forbidden rather than unreadable.
fn illisible(e: &rhai::ParseError) -> ErreurScript {
    use rhai::{LexError, ParseErrorType};
    if let ParseErrorType::Reserved(mot) | ParseErrorType::BadInput(LexError::ImproperSymbol(mot, _)) =
        e.err_type()
        && mot.starts_with(|c: char| c.is_ascii_alphabetic())
    {
        let message = format!("« {mot} » n'existe pas dans un script");
        return erreur("RHA03", e.position(), message, None);
    }
    erreur("RHA01", e.position(), syntaxe::phrase(e.err_type()), None)
}

fn sans_lieu(message: String) -> ErreurExecution {
    ErreurExecution { message, ligne: 0, colonne: 0, voulue: false }
}

/// Rhai's error as a French sentence at the innermost place.
fn execution(e: EvalAltResult) -> ErreurExecution {
    let lieu = e.position();
    let mut voulue = false;
    let message = match e {
        EvalAltResult::ErrorInFunctionCall(_, _, interieure, _) => return execution(*interieure),
        EvalAltResult::ErrorTooManyOperations(_) | EvalAltResult::ErrorTerminated(..) => {
            format!("ce script demande plus de {OPERATIONS_MAX} opérations")
        }
        EvalAltResult::ErrorRuntime(valeur, _) => match valeur.try_cast_result::<hote::Echec>() {
            Ok(echec) => echec.0.into_owned(),
            Err(motif) => {
                voulue = true;
                motif
                    .into_immutable_string()
                    .map_or_else(|_| "ce script refuse".to_owned(), |m| m.to_string())
            }
        },
        EvalAltResult::ErrorStackOverflow(_) => {
            "ce script appelle des fonctions trop profondément".to_owned()
        }
        EvalAltResult::ErrorDataTooLarge(..) => "une valeur de ce script devient trop grande".to_owned(),
        EvalAltResult::ErrorTooManyVariables(_) => "ce script a trop de variables".to_owned(),
        EvalAltResult::ErrorVariableNotFound(nom, _) => format!("« {nom} » n'existe pas"),
        EvalAltResult::ErrorPropertyNotFound(nom, _) => format!("« .{nom} » n'existe pas ici"),
        EvalAltResult::ErrorFunctionNotFound(signature, _) => {
            format!("cette opération n'existe pas pour ces valeurs : {signature}")
        }
        EvalAltResult::ErrorArithmetic(..) => {
            "ce calcul est impossible (division par zéro ou nombre trop grand)".to_owned()
        }
        EvalAltResult::ErrorArrayBounds(..) | EvalAltResult::ErrorIndexNotFound(..) => {
            "cet indice sort de la liste".to_owned()
        }
        EvalAltResult::ErrorIndexingType(..) => "ceci ne se lit pas par un indice".to_owned(),
        EvalAltResult::ErrorAssignmentToConstant(nom, _)
        | EvalAltResult::ErrorNonPureMethodCallOnConstant(nom, _) => {
            format!("« {nom} » ne peut pas être modifié")
        }
        EvalAltResult::ErrorMismatchDataType(attendu, recu, _) => format!("{attendu} attendu, {recu} reçu"),
        EvalAltResult::ErrorFor(_) => "« for » parcourt une liste".to_owned(),
        EvalAltResult::ErrorDataRace(nom, _) => {
            format!("« {nom} » est déjà utilisé par la fonction en cours")
        }
        autre => format!("ce script échoue ({autre})"),
    };
    ErreurExecution {
        message,
        ligne: lieu.line().unwrap_or(0),
        colonne: lieu.position().unwrap_or(0),
        voulue,
    }
}
