//! What a script writes, checked before it runs: names, arity, writes, and whatever is not allowed.

use std::collections::{BTreeMap, BTreeSet};

use rhai::{AST, ASTFlags, ASTNode, Expr, FnCallExpr, Position, Stmt};

use super::contrat::Contrat;
use super::hote::{AVEC_FONCTION, FONCTIONS};
use super::moteur::DIVISE;
use super::{ErreurScript, erreur};
use crate::syntaxe;

/// Variables, parameters and loop names of a whole file. Without recursion, no more can live at once.
const DECLARATIONS_MAX: usize = 128;

const OPERATEURS: [&str; 17] =
    ["+", "-", "*", "%", "==", "!=", "<", "<=", ">", ">=", "!", "..", "..=", "&&", "||", DIVISE, "contains"];

/// Rhai's own words that the sandbox does not have: the reason is more useful than « n'existe pas ».
const INTERDITES: [(&str, &str); 16] = [
    ("sleep", "un script n'attend pas"),
    ("timestamp", "un script n'a pas d'horloge : une date est une entrée"),
    ("rand", "un script ne tire rien au hasard"),
    ("eval", "un script n'exécute pas de texte"),
    ("print", "un script n'affiche rien : il rend une valeur"),
    ("debug", "un script n'affiche rien : il rend une valeur"),
    ("Fn", "écrivez la fonction sur place : |x| …"),
    ("call", "appelez la fonction par son nom"),
    ("curry", "écrivez la fonction sur place : |x| …"),
    ("exit", "écrivez « return »"),
    ("type_of", "le type d'une entrée est dans l'en-tête"),
    ("to_float", "les nombres sont exacts : il n'y a pas de nombre flottant"),
    ("parse_float", "les nombres sont exacts : il n'y a pas de nombre flottant"),
    ("round", "écrivez arrondi(x, décimales)"),
    ("floor", "écrivez arrondi_inf(x, 0)"),
    ("ceiling", "écrivez arrondi_sup(x, 0)"),
];

struct Analyse<'a> {
    contrat: &'a Contrat,
    /// The script's own functions: name and number of parameters.
    fonctions: BTreeSet<(String, usize)>,
    /// Who calls whom, closures included.
    appels: BTreeMap<String, BTreeSet<String>>,
    /// The function being read; empty for the file's body.
    dans: String,
    /// Local names in scope.
    locaux: Vec<String>,
    declarations: usize,
    lues: BTreeSet<String>,
    erreurs: Vec<ErreurScript>,
}

/// Every error, or the warnings.
pub(super) fn verifie(ast: &AST, contrat: &Contrat) -> Result<Vec<ErreurScript>, Vec<ErreurScript>> {
    let signatures: Vec<(String, Vec<String>)> = ast
        .iter_functions()
        .map(|f| (f.name.to_owned(), f.params.iter().map(|p| (*p).to_owned()).collect()))
        .collect();
    let mut analyse = Analyse {
        contrat,
        fonctions: signatures.iter().map(|(nom, params)| (nom.clone(), params.len())).collect(),
        appels: BTreeMap::new(),
        dans: String::new(),
        locaux: Vec::new(),
        declarations: 0,
        lues: BTreeSet::new(),
        erreurs: Vec::new(),
    };
    analyse.instructions(ast.statements());
    for (nom, params) in &signatures {
        analyse.fonction(ast, nom, params);
    }
    analyse.recursion();
    let debut = Position::new(1, 1);
    if analyse.declarations > DECLARATIONS_MAX {
        let message =
            format!("ce fichier déclare {} variables, au plus {DECLARATIONS_MAX}", analyse.declarations);
        analyse.erreurs.push(erreur("RHA03", debut, message, None));
    }
    if !analyse.erreurs.is_empty() {
        let mut erreurs = analyse.erreurs;
        erreurs.sort_by_key(|e| (e.ligne, e.colonne));
        return Err(erreurs);
    }
    let jamais = contrat.entrees.iter().filter(|e| !analyse.lues.contains(&*e.nom));
    Ok(jamais
        .map(|e| erreur("RHA05", e.position, format!("l'entrée « {} » n'est jamais lue", e.nom), None))
        .collect())
}

impl Analyse<'_> {
    fn refuse(
        &mut self,
        code: &'static str,
        position: Position,
        message: impl Into<String>,
        aide: Option<&str>,
    ) {
        self.erreurs.push(erreur(code, position, message, aide.map(str::to_owned)));
    }

    /// Rhai keeps functions apart; this one alone is walked.
    fn fonction(&mut self, ast: &AST, nom: &str, params: &[String]) {
        // (`clone_functions_only_filtered` of Rhai 1.27 keeps them all)
        let mut seule = ast.clone_functions_only();
        seule.retain_functions(|_, _, n, arite| n == nom && arite == params.len());
        self.dans = nom.to_owned();
        self.locaux = params.to_vec();
        self.declarations += params.len();
        if FONCTIONS.iter().any(|f| f.0 == nom) || nom == "sleep" {
            self.refuse(
                "RHA02",
                Position::new(1, 1),
                format!("la fonction « {nom} » existe déjà : choisissez un autre nom"),
                None,
            );
        }
        seule.walk(&mut |chemin: &[ASTNode]| {
            if let [ASTNode::Stmt(instruction)] = chemin {
                self.instruction(instruction);
            }
            true
        });
    }

    /// A function that calls itself, directly or not, would make depth depend on data.
    fn recursion(&mut self) {
        let noms: Vec<String> = self.appels.keys().cloned().collect();
        for nom in noms.iter().filter(|n| !n.is_empty()) {
            let mut vus: BTreeSet<&str> = BTreeSet::new();
            let mut a_voir: Vec<&str> = vec![nom];
            let mut boucle = false;
            while let Some(courant) = a_voir.pop() {
                for appele in self.appels.get(courant).into_iter().flatten() {
                    boucle |= appele == nom;
                    if vus.insert(appele) {
                        a_voir.push(appele);
                    }
                }
            }
            if boucle {
                let message = if nom.starts_with("anon$") {
                    "une fonction écrite sur place s'appelle elle-même".to_owned()
                } else {
                    format!("la fonction « {nom} » s'appelle elle-même")
                };
                self.refuse("RHA03", Position::new(1, 1), message, Some("parcourez une liste avec « for »"));
            }
        }
    }

    fn instructions(&mut self, instructions: &[Stmt]) {
        let avant = self.locaux.len();
        for instruction in instructions {
            self.instruction(instruction);
        }
        self.locaux.truncate(avant);
    }

    fn declare(&mut self, nom: &str, position: Position) {
        self.declarations += 1;
        if self.est_entree(nom) {
            self.refuse(
                "RHA02",
                position,
                format!("« {nom} » est déjà une entrée : choisissez un autre nom"),
                None,
            );
        }
        self.locaux.push(nom.to_owned());
    }

    /// An input as the file's body sees it.
    fn est_entree(&self, nom: &str) -> bool {
        self.dans.is_empty() && self.contrat.entrees.iter().any(|e| *e.nom == *nom)
    }

    fn instruction(&mut self, instruction: &Stmt) {
        match instruction {
            Stmt::Noop(_) => {}
            Stmt::If(x, _) => {
                self.expression(&x.expr);
                self.instructions(x.body.statements());
                self.instructions(x.branch.statements());
            }
            Stmt::Switch(x, _) => {
                let (valeur, cas) = &**x;
                self.expression(valeur);
                // conditions and bodies of all cases; literal case values are not in the tree
                for bloc in &cas.expressions {
                    self.expression(&bloc.lhs);
                    self.expression(&bloc.rhs);
                }
            }
            Stmt::While(x, _) | Stmt::Do(x, ..) => {
                self.expression(&x.expr);
                self.instructions(x.body.statements());
            }
            Stmt::For(x, position) => {
                let (nom, compteur, corps) = &**x;
                self.expression(&corps.expr);
                let avant = self.locaux.len();
                self.declare(&nom.name, *position);
                if let Some(compteur) = compteur {
                    self.declare(&compteur.name, *position);
                }
                self.instructions(corps.body.statements());
                self.locaux.truncate(avant);
            }
            Stmt::Var(x, _, position) => {
                self.expression(&x.1);
                self.declare(&x.0.name, *position);
            }
            Stmt::Assignment(x) => {
                self.affectation(&x.1.lhs, &x.1.rhs, x.0.get_op_assignment_info().map(|i| i.3))
            }
            Stmt::FnCall(appel, position) => self.appel(appel, None, *position),
            Stmt::Block(bloc) => self.instructions(bloc.statements()),
            Stmt::Expr(expr) => self.expression(expr),
            Stmt::BreakLoop(valeur, ..) | Stmt::Return(valeur, ..) => {
                if let Some(valeur) = valeur {
                    self.expression(valeur);
                }
            }
            Stmt::TryCatch(_, position) => {
                let aide = "une erreur de calcul est un refus : elle ne se rattrape pas";
                self.refuse("RHA03", *position, "« try » n'est pas possible dans un script", Some(aide));
            }
            Stmt::Import(_, position) | Stmt::Export(_, position) => {
                self.refuse("RHA03", *position, "un script n'importe et n'exporte rien", None);
            }
            autre => self.refuse("RHA03", autre.position(), "ceci n'est pas possible dans un script", None),
        }
    }

    fn affectation(&mut self, cible: &Expr, valeur: &Expr, op: Option<&str>) {
        self.expression(valeur);
        match cible {
            Expr::Variable(x, _, position) => {
                if self.locaux.iter().any(|l| **l == *x.1) {
                } else if self.est_entree(&x.1) {
                    let message = format!("« {} » est une entrée : elle ne se modifie pas", x.1);
                    self.refuse("RHA02", *position, message, Some("copiez-la : let resultat = …"));
                } else {
                    self.inconnue(&x.1, *position);
                }
            }
            autre => {
                let aide = "construisez un autre enregistrement #{ … }, ou une liste avec ajoute()";
                self.refuse(
                    "RHA03",
                    autre.start_position(),
                    "un enregistrement ou une liste ne se modifie pas",
                    Some(aide),
                );
            }
        }
        if op.is_some_and(|op| !["+=", "-=", "*="].contains(&op)) {
            let position = cible.start_position();
            self.refuse("RHA03", position, "seuls =, +=, -= et *= existent", Some("écrivez x = x / y"));
        }
    }

    fn inconnue(&mut self, nom: &str, position: Position) {
        let entree = self.contrat.entrees.iter().any(|e| *e.nom == *nom);
        if entree {
            let message = format!("une fonction ne voit pas l'entrée « {nom} »");
            return self.refuse("RHA02", position, message, Some("donnez-la en paramètre"));
        }
        let noms = self.contrat.entrees.iter().map(|e| &*e.nom).chain(self.locaux.iter().map(String::as_str));
        let aide = syntaxe::vouliez_vous_dire(nom, noms);
        self.refuse("RHA02", position, format!("« {nom} » n'existe pas"), aide.as_deref());
    }

    fn variable(&mut self, nom: &str, position: Position) {
        if self.locaux.iter().any(|l| l == nom) {
            return;
        }
        if self.est_entree(nom) {
            self.lues.insert(nom.to_owned());
        } else {
            self.inconnue(nom, position);
        }
    }

    fn expression(&mut self, expr: &Expr) {
        match expr {
            Expr::BoolConstant(..) | Expr::IntegerConstant(..) | Expr::StringConstant(..) | Expr::Unit(_) => {
            }
            Expr::DynamicConstant(valeur, position) => {
                if valeur.as_decimal().is_err() {
                    self.refuse(
                        "RHA03",
                        *position,
                        "une fonction s'écrit là où elle sert : filtre(liste, |x| …)",
                        None,
                    );
                }
            }
            Expr::CharConstant(_, position) => {
                self.refuse("RHA03", *position, "un texte s'écrit entre guillemets doubles", None);
            }
            Expr::InterpolatedString(_, position) => {
                self.refuse("RHA03", *position, "un script ne construit pas de texte", None);
            }
            Expr::Array(elements, _) => elements.iter().for_each(|e| self.expression(e)),
            Expr::Map(x, _) => x.0.iter().for_each(|(_, e)| self.expression(e)),
            Expr::Variable(x, _, position) => {
                if x.2.is_empty() {
                    self.variable(&x.1, *position);
                } else {
                    self.refuse("RHA03", *position, "un script n'importe aucun module", None);
                }
            }
            Expr::Property(..) => {}
            Expr::MethodCall(appel, position) => self.appel(appel, None, *position),
            Expr::FnCall(appel, position) => self.appel(appel, None, *position),
            Expr::Stmt(bloc) => self.instructions(bloc.statements()),
            Expr::Dot(x, drapeaux, position) => {
                if drapeaux.intersects(ASTFlags::NEGATED) {
                    self.refuse("RHA03", *position, "« ?. » cache une absence", Some("écrivez est_connu(x)"));
                }
                self.expression(&x.lhs);
                match &x.rhs {
                    Expr::MethodCall(appel, position) => self.appel(appel, Some(&x.lhs), *position),
                    autre => self.expression(autre),
                }
            }
            Expr::And(liste, _) | Expr::Or(liste, _) => liste.iter().for_each(|e| self.expression(e)),
            Expr::Coalesce(_, position) => {
                self.refuse("RHA03", *position, "« ?? » cache une absence", Some("écrivez est_connu(x)"));
            }
            autre => self.refuse(
                "RHA03",
                autre.start_position(),
                "ceci n'est pas possible dans un script",
                Some("une liste se lit par rang(liste, i), premier() ou « for »"),
            ),
        }
    }

    fn appel(&mut self, appel: &FnCallExpr, objet: Option<&Expr>, position: Position) {
        let nom = appel.name.as_str();
        if !appel.namespace.is_empty() {
            return self.refuse("RHA03", position, "un script n'importe aucun module", None);
        }
        let arite = appel.args.len() + usize::from(objet.is_some());
        let mut args: &[Expr] = &appel.args;
        if AVEC_FONCTION.contains(&nom)
            && let [avant @ .., dernier] = args
            && self.fonction_sur_place(dernier)
        {
            args = avant;
        }
        args.iter().for_each(|arg| self.expression(arg));
        if appel.is_operator_call() {
            if !OPERATEURS.contains(&nom) {
                self.refuse(
                    "RHA03",
                    position,
                    format!("l'opérateur « {nom} » n'est pas possible dans un script"),
                    None,
                );
            }
            return;
        }
        if nom == "ajoute"
            && let Some(Expr::Variable(x, ..)) = objet.or(appel.args.first())
            && self.est_entree(&x.1)
            && !self.locaux.iter().any(|l| **l == *x.1)
        {
            let aide = "commencez une autre liste : let resultat = liste();";
            self.refuse(
                "RHA02",
                position,
                format!("« {} » est une entrée : elle ne se modifie pas", x.1),
                Some(aide),
            );
        }
        if self.fonctions.contains(&(nom.to_owned(), arite)) && objet.is_none() {
            self.appels.entry(self.dans.clone()).or_default().insert(nom.to_owned());
            return;
        }
        if let Some((_, raison)) = INTERDITES.iter().find(|(n, _)| *n == nom) {
            return self.refuse("RHA03", position, format!("« {nom} » n'existe pas ici : {raison}"), None);
        }
        let propre = self.fonctions.iter().find(|(n, _)| n == nom).map(|(_, n)| *n);
        match FONCTIONS.iter().find(|f| f.0 == nom) {
            Some(&(_, forme, au_moins, au_plus)) if !(au_moins..=au_plus).contains(&arite) => {
                let message = format!("la fonction « {nom} » ne reçoit pas {arite} valeur(s)");
                self.refuse("RHA02", position, message, Some(&format!("elle s'écrit {nom}({forme})")));
            }
            Some(_) => {}
            None => {
                if let Some(n) = propre {
                    let message = format!("la fonction « {nom} » reçoit {n} valeur(s), pas {arite}");
                    return self.refuse("RHA02", position, message, None);
                }
                let noms =
                    FONCTIONS.iter().map(|f| f.0).chain(self.fonctions.iter().map(|(n, _)| n.as_str()));
                let aide = syntaxe::vouliez_vous_dire(nom, noms);
                self.refuse(
                    "RHA02",
                    position,
                    format!("la fonction « {nom} » n'existe pas"),
                    aide.as_deref(),
                );
            }
        }
    }

    /// `|x| …` as an argument, with or without names taken from around it. Its body is read with the functions.
    fn fonction_sur_place(&mut self, expr: &Expr) -> bool {
        let (pointeur, pris): (&Expr, &[Expr]) = match expr {
            Expr::DynamicConstant(..) => (expr, &[]),
            Expr::Stmt(bloc) => match bloc.statements() {
                [Stmt::Share(_), Stmt::Expr(e)] => match &**e {
                    Expr::FnCall(appel, _) => match appel.args.split_first() {
                        Some((pointeur, pris)) => (pointeur, pris),
                        None => return false,
                    },
                    _ => return false,
                },
                _ => return false,
            },
            _ => return false,
        };
        let Expr::DynamicConstant(valeur, _) = pointeur else { return false };
        let Some(f) = valeur.clone().try_cast::<rhai::FnPtr>() else { return false };
        self.appels.entry(self.dans.clone()).or_default().insert(f.fn_name().to_owned());
        pris.iter().for_each(|variable| self.expression(variable));
        true
    }
}
