//! Paired measurements: A B A B …, at least five rounds, medians, and the ratio printed first.
//!
//! A shared machine drifts; two measures taken side by side drift together, so only their ratio is held to a bound.

use std::hint::black_box;
use std::time::Instant;

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

/// Nanoseconds a call, over `appels` calls.
#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn mesure<T>(f: &mut impl FnMut() -> T, appels: u32) -> f64 {
    let debut = Instant::now();
    for _ in 0..appels {
        black_box(f());
    }
    debut.elapsed().as_secs_f64() * 1e9 / f64::from(appels)
}

fn mediane(mesures: &mut [f64]) -> f64 {
    mesures.sort_by(f64::total_cmp);
    mesures.get(mesures.len() / 2).copied().unwrap_or(f64::NAN)
}
