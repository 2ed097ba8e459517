//! S14: no input makes the loader or the runner of cases panic, hang, or refuse without a reason. Inputs are the real files of
//! `communes/`, cut, spliced, mutated, or random bytes: 3,000 of them, or ten minutes by the clock in a long run.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "a test stops at its first surprise, and prints its counts"
)]

mod dossiers;
#[path = "../../rules/tests/longs/mod.rs"]
mod longs;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::cas::{Cas, execute};
use engine::commune::Commune;
use engine::definition::arbre;
use engine::definition::lecture::Lecture;
use engine::definition::raw::cas::RawCas;
use engine::definition::resolve::{Chargement, Partage, charge, charge_avec};
use engine::definition::source::SourceSet;
use engine::diagnostic::{Gravite, rendu};

/// Nothing takes longer, whatever the machine does meanwhile.
const PATIENCE: Duration = Duration::from_secs(30);

/// Small and reproducible: an input is named by its number.
struct Hasard(u64);

impl Hasard {
    fn tire(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn sous(&mut self, n: usize) -> usize {
        usize::try_from(self.tire() % u64::try_from(n.max(1)).unwrap()).unwrap()
    }

    fn parmi<'a, T>(&mut self, choix: &'a [T]) -> &'a T {
        &choix[self.sous(choix.len())]
    }
}

type Fichier = (String, Vec<u8>);

/// What a configurateur, or somebody hostile, may put where a value stands.
const VALEURS: [&str; 28] = [
    "0",
    "-1",
    "1e400",
    "99999999999999999999999999999",
    "0.005",
    "3,50",
    "..",
    "..900",
    ">900..",
    "absent",
    "sinon",
    "2025-02-30",
    "9999-12-31",
    "0000-01-01",
    "24:00",
    "25:61",
    "J-99999 ouvres",
    "J-1 06:00",
    "999999999 h",
    "P-10 francs",
    "fin M",
    "- {",
    "{ a_demander: x }",
    "{ formule: \"quotient * quotient\" }",
    "{ script: regles/x.rhai }",
    "[[[[[[",
    "oui",
    "é\u{301}",
];

/// One to four changes of a text.
fn abime(h: &mut Hasard, octets: &[u8], autres: &[Fichier]) -> Vec<u8> {
    let mut o = octets.to_vec();
    for _ in 0..=h.sous(4) {
        let (a, b) = (h.sous(o.len() + 1), h.sous(o.len() + 1));
        let (de, a) = (a.min(b), a.max(b));
        match h.sous(12) {
            0 => o.truncate(a),
            1 => {
                let autre = &h.parmi(autres).1;
                let suite = h.sous(autre.len() + 1);
                o.truncate(de);
                o.extend_from_slice(&autre[suite..]);
            }
            2 => {
                for _ in 0..=h.sous(8) {
                    let i = h.sous(o.len());
                    if let Some(octet) = o.get_mut(i) {
                        *octet ^= 1 << h.sous(8);
                    }
                }
            }
            3 => {
                let ajout: Vec<u8> = (0..h.sous(20)).map(|_| h.tire().to_le_bytes()[0]).collect();
                o.splice(de..de, ajout);
            }
            4 => drop(o.drain(de..a.min(de + 40))),
            5 | 6 => {
                // a line, elsewhere or twice
                let mut lignes: Vec<Vec<u8>> =
                    o.split_inclusive(|c| *c == b'\n').map(<[u8]>::to_vec).collect();
                if lignes.len() > 1 {
                    let prise = lignes[h.sous(lignes.len())].clone();
                    if h.sous(2) == 0 {
                        lignes.remove(h.sous(lignes.len()));
                    }
                    lignes.insert(h.sous(lignes.len()), prise);
                }
                o = lignes.concat();
            }
            _ => {
                // a word replaced by a value, or by a word of another file
                let mots = mots(&o);
                if let Some((debut, fin)) = mots.get(h.sous(mots.len())).copied() {
                    let autre = &h.parmi(autres).1;
                    let siens = self::mots(autre);
                    let neuf = match siens.get(h.sous(siens.len())) {
                        Some((d, f)) if h.sous(2) == 0 => autre[*d..*f].to_vec(),
                        _ => h.parmi(&VALEURS).as_bytes().to_vec(),
                    };
                    o.splice(debut..fin, neuf);
                }
            }
        }
    }
    o
}

/// Runs of letters, digits and signs that are one value.
fn mots(o: &[u8]) -> Vec<(usize, usize)> {
    let un_mot = |c: u8| c.is_ascii_alphanumeric() || b"_.-:>".contains(&c) || c >= 0x80;
    let mut trouves = Vec::new();
    let mut debut = None;
    for (i, c) in o.iter().enumerate() {
        match (un_mot(*c), debut) {
            (true, None) => debut = Some(i),
            (false, Some(d)) => {
                trouves.push((d, i));
                debut = None;
            }
            _ => {}
        }
    }
    trouves
}

/// Tries inputs until the count, or the ten minutes, is reached; keeps the input that panics.
fn essaie(nom: &str, compte: usize, mut un: impl FnMut(u64, &mut Hasard, &mut Vec<Fichier>)) {
    let debut = Instant::now();
    let (mut faits, mut pire) = (0, Duration::ZERO);
    let encore = |faits: usize| match longs::longs() {
        true => debut.elapsed() < Duration::from_secs(600),
        false => faits < compte,
    };
    while encore(faits) {
        let numero = u64::try_from(faits).unwrap();
        let mut hasard = Hasard(numero.wrapping_mul(0x2545_f491_4f6c_dd1d));
        let mut ecrits = Vec::new();
        let depart = Instant::now();
        let fini = catch_unwind(AssertUnwindSafe(|| un(numero, &mut hasard, &mut ecrits)));
        if fini.is_err() {
            let garde = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("s14-{numero}"));
            for (chemin, octets) in &ecrits {
                let fichier = garde.join(chemin.replace('/', "__"));
                std::fs::create_dir_all(&garde).unwrap();
                std::fs::write(fichier, octets).unwrap();
            }
            panic!("{nom}: input {numero} panics; it is kept in {}", garde.display());
        }
        pire = pire.max(depart.elapsed());
        assert!(depart.elapsed() < PATIENCE, "{nom}: input {numero} took {:?}", depart.elapsed());
        faits += 1;
    }
    longs::rapporte(nom, faits, &format!("0 panic, slowest {pire:.1?}"));
}

/// A folder that gives no town says why; every rendering of what is found works.
fn controle(charge: &Chargement, sources: &SourceSet) {
    let erreur = charge.diagnostics.iter().any(|d| d.gravite == Gravite::Erreur);
    assert!(charge.commune.is_some() || erreur, "refused without a reason");
    let premiers = &charge.diagnostics[..charge.diagnostics.len().min(10)];
    for format in rendu::Format::NOMS.into_iter().filter_map(rendu::Format::trouve) {
        rendu::rend(format, premiers, sources, rendu::Options::default());
    }
}

#[test]
fn s14_le_chargeur_ne_panique_pas() {
    let tous = dossiers::fichiers(&["ham", "donges", "modeles"]);
    let yaml: Vec<Fichier> = tous.iter().filter(|(c, _)| c.ends_with(".yaml")).cloned().collect();
    let mut partage = Partage::default();
    essaie("S14 loader, mutated folders", 2_000, |numero, h, ecrits| {
        // calendars of the mutated zones and closures are not kept for ever
        if numero % 200 == 0 {
            partage = Partage::default();
        }
        let slug = *h.parmi(&["ham", "donges"]);
        let (chemin, octets) = h.parmi(&yaml).clone();
        let chemin = chemin.split_once('/').map(|(_, c)| format!("{slug}/{c}")).unwrap();
        let abimes = match h.sous(40) {
            0 => (0..h.sous(2_000)).map(|_| h.tire().to_le_bytes()[0]).collect(),
            _ => abime(h, &octets, &yaml),
        };
        ecrits.push((chemin.clone(), abimes));
        // one time in fifty the whole town; else what the mutated file stands on
        let entiere = numero % 50 == 0;
        let socle = |c: &str| {
            entiere
                || c.starts_with("modeles/")
                || c.ends_with("/commune.yaml")
                || c.ends_with("/donnees.yaml")
        };
        let garde = |c: &str| c != chemin && (c.starts_with(slug) || c.starts_with("modeles/")) && socle(c);
        let mut fichiers: Vec<Fichier> = tous.iter().filter(|(c, _)| garde(c)).cloned().collect();
        fichiers.extend(ecrits.iter().cloned());
        let sources = dossiers::sources(&fichiers);
        controle(&charge_avec(&sources, slug, &mut partage), &sources);
    });
}

#[test]
fn s14_les_cas_ne_paniquent_pas() {
    let villes: Vec<(Arc<Commune>, Vec<Fichier>)> = ["ham", "donges"]
        .into_iter()
        .map(|slug| {
            let tous = dossiers::fichiers(&[slug, "modeles"]);
            let cas = tous.iter().filter(|(c, _)| c.contains("/cas/")).cloned().collect();
            (charge(&dossiers::sources(&tous), slug).commune.unwrap(), cas)
        })
        .collect();
    let mut joues = 0;
    essaie("S14 runner of cases, mutated cases", 1_000, |_, h, ecrits| {
        let (commune, cas) = h.parmi(&villes);
        let (chemin, octets) = h.parmi(cas);
        let abimes = abime(h, octets, cas);
        ecrits.push((chemin.clone(), abimes));
        let sources = dossiers::sources(ecrits);
        let fichier = sources.trouve(chemin).unwrap();
        let Some(noeud) = arbre::lit(&sources, fichier, &mut Vec::new()) else { return };
        let Some(raw) = Lecture::new().lit::<RawCas>(&noeud) else { return };
        let texte = &sources.fichier(fichier).unwrap().texte;
        execute(commune, &[Cas::nouveau(chemin, texte, raw.valeur)]);
        joues += 1;
    });
    assert!(joues > 100, "{joues} cases were still readable");
}
