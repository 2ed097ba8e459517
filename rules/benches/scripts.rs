//! What the sandbox costs: a script through it, against bare Rhai on the same script with the same features, optimizer
//! level and limits; and what an expression costs. `cargo bench -p rules --bench scripts`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a bench that cannot run stops")]

mod paires;

use std::sync::Arc;

use rhai::packages::{
    ArithmeticPackage, BasicArrayPackage, BasicIteratorPackage, BasicMapPackage, LogicPackage, Package,
};
use rhai::{AST, Array, Dynamic, Engine, Map, OptimizationLevel, Scope};
use rules::expression::{Expr, SansCalendrier, TypeExpr};
use rules::faits::{FaitId, Faits, Symboles};
use rules::script::{HotePartage, OPERATIONS_MAX, Script, ValeurScript};
use rules::valeur::{Domaine, Valeur};
use rust_decimal::Decimal;

/// One number, the quotient.
struct Ville(Domaine);

impl Symboles for Ville {
    fn fait(&self, nom: &str) -> Option<FaitId> {
        (nom == "quotient").then_some(FaitId(0))
    }
    fn domaine(&self, _: FaitId) -> &Domaine {
        &self.0
    }
    fn nom(&self, _: FaitId) -> &str {
        "quotient"
    }
    fn peut_manquer(&self, _: FaitId) -> bool {
        false
    }
    fn noms(&self) -> Vec<&str> {
        vec!["quotient"]
    }
    fn parametre(&self, _: &str) -> Option<u16> {
        None
    }
}

/// Rhai alone, with the same limits, and plain arrays.
fn nu() -> Engine {
    let mut moteur = Engine::new_raw();
    moteur.set_optimization_level(OptimizationLevel::None);
    for paquet in [
        ArithmeticPackage::new().as_shared_module(),
        LogicPackage::new().as_shared_module(),
        BasicIteratorPackage::new().as_shared_module(),
        BasicArrayPackage::new().as_shared_module(),
        BasicMapPackage::new().as_shared_module(),
    ] {
        moteur.register_global_module(paquet);
    }
    moteur
        .set_max_operations(OPERATIONS_MAX)
        .set_max_call_levels(16)
        .set_max_expr_depths(32, 16)
        .set_max_string_size(4_096)
        .set_max_array_size(1_024)
        .set_max_map_size(64)
        .set_max_variables(128)
        .set_max_functions(64)
        .set_max_modules(0)
        .set_fail_on_invalid_map_property(true);
    moteur
}

const BANDES: &str = "//! entrees: quotient: quotient\n//! sortie: montant\n\
    let prix = if quotient < 400 { 1.20 } else if quotient < 600 { 2.10 } else if quotient < 900 { 3.05 } \
    else if quotient < 1200 { 4.10 } else { 5.60 };\n\
    if prix > 3 { prix * 1.05 } else { prix }";

const LIGNES: &str = "//! entrees: lignes: [ligne { quantite: nombre, montant }]\n//! sortie: montant\n\
    let total = 0.00;\n\
    for l in lignes { if l.quantite > 1 { total += l.montant * l.quantite; } else { total += l.montant; } }\n\
    total";

fn main() {
    let ville = Ville(Domaine::Nombre { pas: None, min: Some(Decimal::ZERO), max: None });
    let hote: HotePartage = Arc::new(SansCalendrier);
    let nu = nu();
    let quotient: Decimal = "650.50".parse().unwrap();

    let script = Script::compile("bandes", BANDES, &ville, 1).unwrap_or_else(|e| panic!("{e:?}"));
    let ast = nu.compile(BANDES).unwrap();
    let entrees = [ValeurScript::Nombre(quotient)];
    let bare = |ast: &AST, nom: &'static str, valeur: Dynamic| {
        let mut portee = Scope::new();
        portee.push_constant_dynamic(nom, valeur);
        nu.eval_ast_with_scope::<Dynamic>(&mut portee, ast).unwrap()
    };
    paires::compare(
        "script de cinq tranches",
        7,
        ("bac à sable", || script.execute(&entrees, &hote)),
        ("rhai nu", || bare(&ast, "quotient", Dynamic::from_decimal(quotient))),
    );

    let script = Script::compile("lignes", LIGNES, &ville, 1).unwrap_or_else(|e| panic!("{e:?}"));
    let ast = nu.compile(LIGNES).unwrap();
    let cellules: Vec<[Decimal; 2]> =
        (1..=40).map(|i| [Decimal::from(i % 3), Decimal::new(350 + i, 2)]).collect();
    let entrees = [ValeurScript::Liste(
        cellules.iter().map(|l| l.iter().map(|x| ValeurScript::Nombre(*x)).collect()).collect(),
    )];
    let tableau = || -> Array {
        let table = |[q, m]: &[Decimal; 2]| -> Map {
            Map::from([
                ("quantite".into(), Dynamic::from_decimal(*q)),
                ("montant".into(), Dynamic::from_decimal(*m)),
            ])
        };
        cellules.iter().map(|l| Dynamic::from_map(table(l))).collect()
    };
    paires::compare(
        "script sur 40 lignes",
        7,
        ("bac à sable", || script.execute(&entrees, &hote)),
        ("rhai nu", || bare(&ast, "lignes", Dynamic::from_array(tableau()))),
    );

    let expr = Expr::compile("quotient * 0.00420 * 2 + 3.95", &ville, TypeExpr::Nombre).unwrap();
    let valeurs = [Valeur::Nombre(quotient)];
    let (taux, deux, fixe) = (Decimal::new(420, 5), Decimal::TWO, Decimal::new(395, 2));
    paires::compare(
        "expression quotient * 0.00420 * 2 + 3.95",
        7,
        ("expression", || {
            let faits = Faits { valeurs: std::hint::black_box(&valeurs), parametres: &[] };
            expr.evalue(&faits, &SansCalendrier)
        }),
        ("les trois opérations écrites en Rust", || {
            let q = std::hint::black_box(quotient);
            q.checked_mul(taux)?.checked_mul(deux)?.checked_add(fixe)
        }),
    );
}
