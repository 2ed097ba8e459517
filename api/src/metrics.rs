//! Figures of the process, for Prometheus: counts and durations by route; no name, no address, no identifier.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the histogram, in milliseconds.
const BORNES_MS: [u64; 9] = [5, 10, 25, 50, 100, 250, 500, 1_000, 5_000];
/// What no route of the table answered.
const AUCUNE: &str = "none";

/// What the table of routes matched, as an answer carries it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prise(pub(crate) &'static str);

#[derive(Clone, Debug, Default)]
struct Durees {
    /// Answers of at most each bound, the longer ones last.
    cases: [u64; BORNES_MS.len() + 1],
    micros: u64,
    nombre: u64,
}

/// Counters of the process, since it started.
#[derive(Debug, Default)]
pub(crate) struct Mesures {
    /// By method, route and status.
    reponses: Mutex<BTreeMap<(String, &'static str, u16), u64>>,
    durees: Mutex<BTreeMap<&'static str, Durees>>,
    /// Connections open now.
    pub(crate) connexions: AtomicI64,
    /// Rows that were over and are gone.
    pub(crate) purges: AtomicU64,
    /// Documents that no dossier received and are gone.
    pub(crate) orphelins: AtomicU64,
    /// The worker's last beat, in seconds since 1970; 0 = none yet.
    pub(crate) battement: AtomicI64,
}

/// What is known elsewhere than in the counters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instantane {
    /// Towns served.
    pub(crate) communes: usize,
    /// Folders refused.
    pub(crate) refusees: usize,
    /// Towns whose due work waits.
    pub(crate) en_retard: usize,
    /// Effects that failed too often, and wait for an agent.
    pub(crate) morts: i64,
}

impl Mesures {
    /// An answer was given.
    pub(crate) fn note(&self, methode: &str, route: Option<Prise>, code: u16, duree: Duration) {
        let route = route.map_or(AUCUNE, |Prise(chemin)| chemin);
        // a method that nobody declared would let a caller make as many lines as it likes
        let methode =
            ["GET", "HEAD", "POST", "DELETE"].into_iter().find(|m| *m == methode).unwrap_or("other");
        if let Ok(mut reponses) = self.reponses.lock() {
            *reponses.entry((methode.to_owned(), route, code)).or_default() += 1;
        }
        let micros = u64::try_from(duree.as_micros()).unwrap_or(u64::MAX);
        if let Ok(mut durees) = self.durees.lock() {
            let d = durees.entry(route).or_default();
            let case = BORNES_MS.iter().position(|b| micros <= b * 1_000).unwrap_or(BORNES_MS.len());
            if let Some(case) = d.cases.get_mut(case) {
                *case += 1;
            }
            d.micros = d.micros.saturating_add(micros);
            d.nombre += 1;
        }
    }

    /// As Prometheus reads it.
    pub(crate) fn texte(&self, instantane: Instantane) -> String {
        let mut t = String::new();
        let mut simple = |nom: &str, genre: &str, aide: &str, valeur: i64| {
            // writing to a text does not fail
            let _ = writeln!(t, "# HELP {nom} {aide}\n# TYPE {nom} {genre}\n{nom} {valeur}");
        };
        let entier = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let compte = |n: &AtomicU64| i64::try_from(n.load(Ordering::Relaxed)).unwrap_or(i64::MAX);
        simple("guichet_towns", "gauge", "Towns served.", entier(instantane.communes));
        simple("guichet_towns_refused", "gauge", "Folders that are not served.", entier(instantane.refusees));
        simple("guichet_towns_late", "gauge", "Towns whose due work waits.", entier(instantane.en_retard));
        simple("guichet_connections", "gauge", "Connections open.", self.connexions.load(Ordering::Relaxed));
        simple("guichet_dead_effects", "gauge", "Effects that wait for an agent.", instantane.morts);
        let battement = self.battement.load(Ordering::Relaxed);
        simple("guichet_heartbeat_timestamp_seconds", "gauge", "Last beat of the worker.", battement);
        simple("guichet_purged_rows_total", "counter", "Rows over and gone.", compte(&self.purges));
        simple(
            "guichet_orphan_files_total",
            "counter",
            "Documents never received and gone.",
            compte(&self.orphelins),
        );
        self.requetes(&mut t);
        t
    }

    fn requetes(&self, t: &mut String) {
        let nom = "guichet_http_requests_total";
        let _ = writeln!(t, "# HELP {nom} Answers by route and status.\n# TYPE {nom} counter");
        if let Ok(reponses) = self.reponses.lock() {
            for ((methode, route, code), n) in reponses.iter() {
                let _ = writeln!(t, "{nom}{{method=\"{methode}\",route=\"{route}\",status=\"{code}\"}} {n}");
            }
        }
        let nom = "guichet_http_request_duration_seconds";
        let _ = writeln!(t, "# HELP {nom} Time to answer.\n# TYPE {nom} histogram");
        if let Ok(durees) = self.durees.lock() {
            for (route, d) in durees.iter() {
                let mut cumul = 0;
                for (borne, n) in BORNES_MS.iter().zip(d.cases) {
                    cumul += n;
                    let _ = writeln!(
                        t,
                        "{nom}_bucket{{route=\"{route}\",le=\"{}\"}} {cumul}",
                        secondes(borne * 1_000)
                    );
                }
                let _ = writeln!(t, "{nom}_bucket{{route=\"{route}\",le=\"+Inf\"}} {}", d.nombre);
                let _ = writeln!(t, "{nom}_sum{{route=\"{route}\"}} {}", secondes(d.micros));
                let _ = writeln!(t, "{nom}_count{{route=\"{route}\"}} {}", d.nombre);
            }
        }
    }
}

/// Microseconds as seconds, exactly.
fn secondes(micros: u64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_mesures_se_lisent() {
        let m = Mesures::default();
        let route = Some(Prise("/{slug}/"));
        m.note("GET", route, 200, Duration::from_millis(7));
        m.note("GET", route, 200, Duration::from_millis(8_000));
        m.note("PURGE", None, 405, Duration::from_millis(1));
        m.purges.fetch_add(3, Ordering::Relaxed);
        let t = m.texte(Instantane { communes: 2, refusees: 1, en_retard: 0, morts: 4 });
        for ligne in [
            "guichet_towns 2",
            "guichet_towns_refused 1",
            "guichet_purged_rows_total 3",
            "guichet_dead_effects 4",
            "guichet_http_requests_total{method=\"GET\",route=\"/{slug}/\",status=\"200\"} 2",
            "guichet_http_requests_total{method=\"other\",route=\"none\",status=\"405\"} 1",
            "guichet_http_request_duration_seconds_bucket{route=\"/{slug}/\",le=\"0.005000\"} 0",
            "guichet_http_request_duration_seconds_bucket{route=\"/{slug}/\",le=\"0.010000\"} 1",
            "guichet_http_request_duration_seconds_bucket{route=\"/{slug}/\",le=\"5.000000\"} 1",
            "guichet_http_request_duration_seconds_bucket{route=\"/{slug}/\",le=\"+Inf\"} 2",
            "guichet_http_request_duration_seconds_sum{route=\"/{slug}/\"} 8.007000",
        ] {
            assert!(t.lines().any(|l| l == ligne), "{ligne}\n{t}");
        }
        // every line is a comment, or a name and a number
        for ligne in t.lines().filter(|l| !l.starts_with('#')) {
            assert!(ligne.rsplit_once(' ').unwrap().1.parse::<f64>().is_ok(), "{ligne}");
        }
    }
}
