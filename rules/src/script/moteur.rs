//! The one Rhai engine of all scripts, with every limit explicit, and the account of one execution.

use std::cell::RefCell;
use std::sync::LazyLock;

use rhai::packages::{ArithmeticPackage, BasicIteratorPackage, LogicPackage, Package};
use rhai::{Dynamic, Engine, OptimizationLevel, Token};

use super::{HotePartage, hote};

/// Operations that one execution may spend; a host function spends one an element.
pub const OPERATIONS_MAX: u64 = 100_000;

/// The word that replaces the sign `/`: see [`moteur`].
pub(super) const DIVISE: &str = "divise_exactement";

static MOTEUR: LazyLock<Engine> = LazyLock::new(construit);

/// The sandbox.
///
/// Time: operations are counted, and a host function counts its elements, so a run is bounded without a clock.
/// Memory: lists are shared and not copied, written arrays and maps are small, texts are short; the analysis refuses
/// recursion and bounds the variables of a file, so all live values together are bounded too.
/// Rhai's `/` truncates integers: here it is read as our own exact division.
pub fn moteur() -> &'static Engine {
    &MOTEUR
}

fn construit() -> Engine {
    let mut moteur = Engine::new_raw();
    // the default optimizer runs code at compile time, and panics on a write to a constant
    moteur.set_optimization_level(OptimizationLevel::None);
    // no LanguageCore (sleep, exit), no Math (.round is half-to-even), no Array, String and Map packages: their
    // functions cost their size for one operation
    for paquet in [
        ArithmeticPackage::new().as_shared_module(),
        LogicPackage::new().as_shared_module(),
        BasicIteratorPackage::new().as_shared_module(),
    ] {
        moteur.register_global_module(paquet);
    }
    moteur
        .set_max_operations(OPERATIONS_MAX)
        .set_max_call_levels(16)
        .set_max_expr_depths(32, 16)
        .set_max_string_size(4_096)
        .set_max_array_size(64)
        .set_max_map_size(64)
        .set_max_variables(128)
        .set_max_functions(64)
        .set_max_modules(0)
        .set_fail_on_invalid_map_property(true)
        .set_allow_shadowing(true);
    for symbole in
        ["eval", "import", "export", "Fn", "call", "curry", "is_def_var", "is_def_fn", "is_shared", "this"]
    {
        moteur.disable_symbol(symbole);
    }
    // a callback's own operations are not added up by Rhai: this count is
    moteur.on_progress(|_| if depense(1) { None } else { Some(Dynamic::UNIT) });
    // a word cannot fail to register: it is a valid name and a valid precedence
    let _ = moteur.register_custom_operator(DIVISE, 180);
    #[expect(
        deprecated,
        reason = "not deprecated but volatile, as Rhai says: the version is in Cargo.lock, and tests hold 7 / 2 = 3.5"
    )]
    moteur.on_parse_token(|mot, _, _| match mot {
        Token::Divide => Token::Custom(Box::new(DIVISE.into())),
        autre => autre,
    });
    hote::inscrit(&mut moteur);
    moteur
}

/// What the execution on this thread has spent, and whom it asks.
struct Compte {
    operations: u64,
    hote: HotePartage,
}

thread_local! {
    // Rhai gives its progress callback a number only, and an execution stays on its thread
    static COMPTE: RefCell<Option<Compte>> = const { RefCell::new(None) };
}

/// An execution; its account is closed when it is dropped.
pub(super) struct Execution;

impl Execution {
    pub(super) fn commence(hote: HotePartage) -> Self {
        COMPTE.with_borrow_mut(|c| *c = Some(Compte { operations: 0, hote }));
        Self
    }
}

impl Drop for Execution {
    fn drop(&mut self) {
        COMPTE.with_borrow_mut(|c| *c = None);
    }
}

/// Spends `n` operations; `false` when there are not so many left.
pub(super) fn depense(n: u64) -> bool {
    COMPTE.with_borrow_mut(|c| match c {
        Some(compte) => {
            compte.operations = compte.operations.saturating_add(n);
            compte.operations <= OPERATIONS_MAX
        }
        None => false,
    })
}

/// Operations spent so far.
pub(super) fn operations() -> u64 {
    COMPTE.with_borrow(|c| c.as_ref().map_or(0, |c| c.operations))
}

/// The host of the execution on this thread.
pub(super) fn hote_en_cours() -> Option<HotePartage> {
    COMPTE.with_borrow(|c| c.as_ref().map(|c| c.hote.clone()))
}
