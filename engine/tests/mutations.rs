//! 500 one-token mutations of the towns, always the same ones: none may panic, and each that changes what the town does
//! is reported by the checks or changes its digest: what a case is then run against. Untouched towns say only what is
//! listed here.

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

use std::collections::BTreeMap;
use std::path::Path;

use engine::definition::resolve::{Partage, charge_avec};
use engine::definition::source::SourceSet;
use engine::diagnostic::Gravite;

type Dossier = BTreeMap<String, String>;

fn lit(dossier: &Path, racine: &Path, fichiers: &mut Dossier) {
    for entree in std::fs::read_dir(dossier).unwrap() {
        let chemin = entree.unwrap().path();
        if chemin.is_dir() {
            lit(&chemin, racine, fichiers);
        } else {
            let nom = chemin.strip_prefix(racine).unwrap().to_string_lossy().replace('\\', "/");
            fichiers.insert(nom, std::fs::read_to_string(&chemin).unwrap());
        }
    }
}

fn dossier(slug: &str) -> Dossier {
    let racine = Path::new(env!("CARGO_MANIFEST_DIR")).join("../communes");
    let mut fichiers = Dossier::new();
    lit(&racine.join(slug), &racine, &mut fichiers);
    lit(&racine.join("modeles"), &racine, &mut fichiers);
    fichiers
}

/// What a folder gives: how many findings of each code in each file, and its digest.
struct Etat {
    constats: BTreeMap<(String, &'static str), usize>,
    erreurs: usize,
    digest: String,
}

fn etat(fichiers: &Dossier, slug: &str, partage: &mut Partage) -> Etat {
    let mut sources = SourceSet::new();
    for (chemin, texte) in fichiers {
        sources.ajoute(chemin.clone(), texte.clone());
    }
    let chargement = charge_avec(&sources, slug, partage);
    let mut constats = BTreeMap::new();
    for d in &chargement.diagnostics {
        let cle = (sources.chemin(d.principal.fichier).to_owned(), d.code.nom());
        *constats.entry(cle).or_insert(0) += 1;
    }
    let erreurs = chargement.diagnostics.iter().filter(|d| d.gravite == Gravite::Erreur).count();
    let digest = chargement.commune.map(|c| c.digest.clone()).unwrap_or_default();
    Etat { constats, erreurs, digest }
}

/// SplitMix64: the same draw on every machine.
struct Hasard(u64);

impl Hasard {
    fn jusqu_a(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(n).unwrap()).unwrap()
    }
}

/// Words and numbers of the values and keys, outside comments and texts for people.
fn jetons(texte: &str) -> Vec<(usize, usize)> {
    let mut jetons = Vec::new();
    let mut ligne_debut = 0;
    for ligne in texte.split_inclusive('\n') {
        let utile = if ligne.trim_start().starts_with('#') { "" } else { ligne.split(" #").next().unwrap() };
        let mut debut = None;
        for (i, c) in utile.char_indices().chain([(utile.len(), ' ')]) {
            let mot = c.is_ascii_alphanumeric() || c == '_' || c == '.' && debut.is_some();
            match (mot, debut) {
                (true, None) => debut = Some(i),
                (false, Some(d)) => {
                    jetons.push((ligne_debut + d, ligne_debut + i));
                    debut = None;
                }
                _ => {}
            }
        }
        ligne_debut += ligne.len();
    }
    jetons
}

/// Another token: a number one away, a verb for its neighbour, a word with a letter changed.
fn autre(jeton: &str, hasard: &mut Hasard) -> String {
    for (a, b) in
        [("avant", "jusqu_a"), ("oui", "non"), ("true", "false"), ("majore", "remise"), ("lundi", "mardi")]
    {
        if jeton == a {
            return b.to_owned();
        }
        if jeton == b {
            return a.to_owned();
        }
    }
    let mut octets = jeton.as_bytes().to_vec();
    let i = hasard.jusqu_a(octets.len());
    octets[i] = match octets[i] {
        b'9' => b'8',
        c @ b'0'..=b'8' => c + 1,
        b'z' => b'y',
        b'.' => b',',
        c => c + 1,
    };
    String::from_utf8(octets).unwrap()
}

/// What came of the mutations of one town: reported, changing the digest, neither.
#[derive(Default)]
struct Bilan {
    dites: usize,
    changent: usize,
    sans_effet: Vec<String>,
}

fn mute(slug: &str, combien: usize, graine: u64) -> Bilan {
    let (mut hasard, mut partage, mut bilan) = (Hasard(graine), Partage::default(), Bilan::default());
    let mut origine = dossier(slug);
    // what is mutated is the definition: its cases and its list of requirements are left out
    origine.retain(|c, _| !c.contains("/cas/") && !c.ends_with("exigences.yaml"));
    let avant = etat(&origine, slug, &mut partage);
    let possibles: Vec<(&String, (usize, usize))> = origine
        .iter()
        .filter(|(c, _)| c.starts_with(&format!("{slug}/")) && c.ends_with(".yaml"))
        .flat_map(|(c, t)| jetons(t).into_iter().map(move |j| (c, j)))
        .collect();
    for _ in 0..combien {
        let (chemin, (de, a)) = possibles[hasard.jusqu_a(possibles.len())];
        let texte = &origine[chemin];
        let (jeton, nouveau) = (&texte[de..a], autre(&texte[de..a], &mut hasard));
        let mut mute = origine.clone();
        mute.insert(chemin.clone(), format!("{}{nouveau}{}", &texte[..de], &texte[a..]));
        let apres = etat(&mute, slug, &mut partage);
        if apres.constats != avant.constats {
            bilan.dites += 1;
        } else if apres.digest != avant.digest {
            bilan.changent += 1;
        } else {
            let ligne = texte[..de].matches('\n').count() + 1;
            bilan.sans_effet.push(format!("{chemin}:{ligne} {jeton} → {nouveau}"));
        }
    }
    bilan
}

#[test]
fn cinq_cents_mutations_d_un_jeton() {
    let (ham, donges) = std::thread::scope(|s| {
        let ham = s.spawn(|| mute("ham", 250, 20_260_901));
        let donges = s.spawn(|| mute("donges", 250, 20_260_902));
        (ham.join().unwrap(), donges.join().unwrap())
    });
    let (dites, changent) = (ham.dites + donges.dites, ham.changent + donges.changent);
    println!("{dites} mutations dites, {changent} changent la définition");
    let sans_effet = [ham.sans_effet, donges.sans_effet].concat();
    assert_eq!((dites + changent, sans_effet), (500, Vec::new()), "mutations sans effet ni constat");
}

#[test]
fn les_communes_intactes_ne_disent_que_cela() {
    for (slug, attendu) in [("ham", "TAR08 1"), ("donges", "TAR03 2")] {
        let avant = etat(&dossier(slug), slug, &mut Partage::default());
        let mut comptes: BTreeMap<&str, usize> = BTreeMap::new();
        for ((_, code), n) in &avant.constats {
            *comptes.entry(code).or_insert(0) += n;
        }
        // how many questions a town is asked changes with its answers
        comptes.remove("CFM02");
        assert!(comptes.remove("CFM01").is_some_and(|n| n >= 8), "{slug}");
        let dit: Vec<String> = comptes.iter().map(|(c, n)| format!("{c} {n}")).collect();
        assert_eq!((avant.erreurs, dit.join(", ").as_str()), (0, attendu), "{slug}");
    }
}
