//! Paired measurements: A B A B …, at least five rounds, medians, and the ratio printed first.
//!
//! A shared machine drifts; two measures taken side by side drift together, so only their ratio is held to a bound. Times are
//! the processor's: what a busy machine kept this thread from is not counted.

use std::hint::black_box;

/// How long one measure lasts, in seconds.
const DUREE: f64 = 0.2;

/// Measures `a` and `b` in turn over `tours` rounds (at least five), prints the median ratio, then both medians; returns the ratio.
#[expect(clippy::print_stdout, reason = "a bench answers on its standard output")]
pub(crate) fn compare<A, B>(
    nom: &str,
    tours: usize,
    (nom_a, mut a): (&str, impl FnMut() -> A),
    (nom_b, mut b): (&str, impl FnMut() -> B),
) -> f64 {
    let (par_a, par_b) = (etalonne(&mut a), etalonne(&mut b));
    let mut mesures_a = Vec::new();
    let mut mesures_b = Vec::new();
    let mut rapports = Vec::new();
    for _ in 0..tours.max(5) {
        let (ta, tb) = (mesure(&mut a, par_a), mesure(&mut b, par_b));
        mesures_a.push(ta);
        mesures_b.push(tb);
        rapports.push(ta / tb);
    }
    let (rapport, a, b) = (mediane(&mut rapports), mediane(&mut mesures_a), mediane(&mut mesures_b));
    println!("{rapport:.3}  {nom}: {nom_a} {a:.1} ns, {nom_b} {b:.1} ns");
    rapport
}

/// How many calls fill one measure.
fn etalonne<T>(f: &mut impl FnMut() -> T) -> u32 {
    let mut appels = 1_u32;
    loop {
        let duree = mesure(f, appels) * f64::from(appels) / 1e9;
        if duree > DUREE / 8.0 || appels > 1 << 28 {
            return (f64::from(appels) * DUREE / duree).max(1.0) as u32;
        }
        appels *= 4;
    }
}

/// Nanoseconds of processor a call, over `appels` calls.
fn mesure<T>(f: &mut impl FnMut() -> T, appels: u32) -> f64 {
    let debut = processeur();
    for _ in 0..appels {
        black_box(f());
    }
    (processeur() - debut) * 1e9 / f64::from(appels)
}

/// Seconds of processor that this thread took so far.
#[expect(clippy::expect_used, reason = "a bench that cannot measure stops")]
pub(crate) fn processeur() -> f64 {
    let statut = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    let nanosecondes = statut.split_whitespace().next().and_then(|n| n.parse::<f64>().ok());
    nanosecondes.expect("a number") / 1e9
}

fn mediane(mesures: &mut [f64]) -> f64 {
    mesures.sort_by(f64::total_cmp);
    mesures.get(mesures.len() / 2).copied().unwrap_or(f64::NAN)
}
