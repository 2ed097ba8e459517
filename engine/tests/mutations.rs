//! 500 one-token mutations of the towns, always the same ones: none may panic, and each that changes what the town does
//! is reported by the checks, or fails a case of the town, or is explained here or on its line. Untouched towns say only what
//! is listed here.

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

#[path = "../../rules/tests/longs/mod.rs"]
mod longs;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use engine::cas::Atelier;
use engine::commune::Commune;
use engine::definition::arbre;
use engine::definition::resolve::{Partage, charge_avec};
use engine::definition::source::{FichierId, SourceSet, Span};
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

fn sources(fichiers: &Dossier) -> SourceSet {
    let mut sources = SourceSet::new();
    for (chemin, texte) in fichiers {
        sources.ajoute(chemin.clone(), texte.clone());
    }
    sources
}

/// What a folder gives: how many findings of each code in each file, and its digest.
struct Etat {
    constats: BTreeMap<(String, &'static str), usize>,
    erreurs: usize,
    commune: Option<Arc<Commune>>,
}

impl Etat {
    fn digest(&self) -> &str {
        self.commune.as_ref().map_or("", |c| &c.digest)
    }
}

fn etat(fichiers: &Dossier, slug: &str, partage: &mut Partage) -> Etat {
    let sources = sources(fichiers);
    let chargement = charge_avec(&sources, slug, partage);
    let mut constats = BTreeMap::new();
    for d in &chargement.diagnostics {
        let cle = (sources.chemin(d.principal.fichier).to_owned(), d.code.nom());
        *constats.entry(cle).or_insert(0) += 1;
    }
    let erreurs = chargement.diagnostics.iter().filter(|d| d.gravite == Gravite::Erreur).count();
    Etat { constats, erreurs, commune: chargement.commune }
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

/// What people read, quoted or told: no rule depends on a word of it.
const TEXTES: [&str; 22] = [
    "nom",
    "titre",
    "aide",
    "source",
    "question",
    "a_demander",
    "adresse",
    "telephone",
    "url",
    "jamais",
    "citation",
    "document",
    "description",
    "horaires",
    "courriel",
    "texte",
    "textes",
    "pourquoi",
    "valeurs",
    "liens",
    "imprime",
    "pour_qui",
];

/// Keys that no case of a town can see, and why: their effect is shown elsewhere, or is to come.
const EXPLIQUES: [(&str, &str); 20] = [
    ("conservation", "how long it is kept: the purge, in the part on data"),
    ("fichiers", "how many files a document takes: refused when it is received (api), never in a case"),
    ("formats", "which files a document takes: refused when it is received (api), never in a case"),
    ("duree", "the time that a form takes, announced on its page"),
    ("ecran", "the name of a screen, that only its file reads"),
    ("zonages", "an address becomes a zone with the account; cases give the zone"),
    ("compte", "accounts and keys: the part on accounts"),
    ("moyens", "means of payment: the part on money"),
    ("unite", "the word printed beside a price"),
    ("ajustement", "the name of a step of a price, printed in its explanation"),
    ("facturations", "dates and reminders of invoices: the part on money"),
    ("couleurs", "what the portal looks like"),
    ("insee", "the town's code, printed on exports"),
    ("modele", "the version of the model, a label"),
    ("retroactif", "what was billed before: the part on money"),
    ("mots", "words by which a procedure is found: the search has its own tests"),
    ("motifs", "the reasons that a family may pick, all treated alike"),
    ("classes", "the classes of a school, offered in lists: the part on accounts"),
    ("sur", "what a question is about, in the words of its file: printed with it"),
    ("egalite", "how equal requests are told apart: the part on commissions"),
];

/// A token: its bytes in its file, and the keys that lead to it.
#[derive(Clone)]
struct Jeton {
    de: usize,
    a: usize,
    chemin: String,
}

/// Words and numbers of the values and keys, outside comments and texts for people.
fn jetons(sources: &SourceSet, fichier: FichierId) -> Vec<Jeton> {
    let mut jetons = Vec::new();
    let texte = &sources.fichier(fichier).unwrap().texte;
    let racine = arbre::lit(sources, fichier, &mut Vec::new()).unwrap();
    let mut pile = vec![(&racine, String::new())];
    while let Some((noeud, chemin)) = pile.pop() {
        for (cle, valeur) in noeud.carte().unwrap_or_default() {
            mots(texte, cle.span, &chemin, &mut jetons);
            let prose = cle.texte == "choix" && noeud.champ("question").is_some();
            if !prose && !TEXTES.contains(&cle.texte.as_str()) {
                pile.push((valeur, format!("{chemin}.{}", cle.texte)));
            }
        }
        pile.extend(noeud.liste().unwrap_or_default().iter().map(|n| (n, chemin.clone())));
        if noeud.texte().is_some() {
            mots(texte, noeud.span, &chemin, &mut jetons);
        }
    }
    jetons.sort_unstable_by_key(|j| j.de);
    jetons
}

fn mots(texte: &str, span: Span, chemin: &str, jetons: &mut Vec<Jeton>) {
    let (de, a) = (usize::try_from(span.debut).unwrap(), usize::try_from(span.fin).unwrap());
    let mut debut = None;
    for (i, c) in texte[de..a].char_indices().chain([(a - de, ' ')]) {
        let mot = c.is_alphanumeric() || c == '_' || c == '.' && debut.is_some();
        match (mot, debut) {
            (true, None) => debut = Some(i),
            (false, Some(d)) => {
                // a word with an accent is a text
                if texte[de + d..de + i].is_ascii() {
                    jetons.push(Jeton { de: de + d, a: de + i, chemin: chemin.to_owned() });
                }
                debut = None;
            }
            _ => {}
        }
    }
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
    let mut i = hasard.jusqu_a(octets.len());
    // a name stays a name
    i = if octets[i] == b'_' { i - 1 } else { i };
    octets[i] = match octets[i] {
        b'9' => b'8',
        c @ b'0'..=b'8' => c + 1,
        b'z' => b'y',
        b'.' => b',',
        c => c + 1,
    };
    String::from_utf8(octets).unwrap()
}

/// What came of the mutations of one town.
#[derive(Default)]
struct Bilan {
    /// The checks say something else.
    dites: usize,
    /// The definition changes, and a case fails.
    tuees: usize,
    /// The definition changes, no case sees it, and there is a reason: that of [`EXPLIQUES`], or of the line.
    expliquees: BTreeMap<String, usize>,
    /// The definition changes and nobody says so: where amounts, bounds, dates, hours or documents are written.
    strictes: Vec<String>,
    /// The same, elsewhere.
    survivent: Vec<String>,
    /// Neither report nor change.
    sans_effet: Vec<String>,
}

/// Why no case sees it: its key's reason, or `# equivalent: parce que …` on its line.
fn explication(cles: &str, ligne: &str) -> Option<String> {
    if let Some((_, pourquoi)) = ligne.split_once("# equivalent:") {
        return Some(pourquoi.trim().to_owned());
    }
    let cle = EXPLIQUES.iter().find(|(cle, _)| cles.split('.').any(|c| c == *cle));
    cle.map(|(cle, pourquoi)| format!("{cle}: {pourquoi}"))
}

/// An amount, a bound, a date, an hour, a required document.
fn stricte(cles: &str, jeton: &str) -> bool {
    let cle = cles.rsplit('.').next().unwrap();
    jeton.starts_with(|c: char| c.is_ascii_digit()) || ["pieces", "si_manque", "quand"].contains(&cle)
}

fn mute(slug: &str, combien: usize, graine: u64) -> Bilan {
    let (mut hasard, mut partage, mut bilan) = (Hasard(graine), Partage::default(), Bilan::default());
    let sources = sources(&dossier(slug));
    let atelier = Atelier::nouveau(&sources, slug, &mut partage).unwrap();
    let mut origine = dossier(slug);
    // what is mutated is the definition: its cases and its list of requirements are left out
    origine.retain(|c, _| !c.contains("/cas/") && !c.ends_with("exigences.yaml"));
    let avant = etat(&origine, slug, &mut partage);
    let definition = |c: &str| c.starts_with(&format!("{slug}/")) && c.ends_with(".yaml");
    let possibles: Vec<(&String, Jeton)> = sources
        .iter()
        .filter(|(_, f)| definition(&f.chemin))
        .filter_map(|(id, f)| Some((id, origine.get_key_value(&*f.chemin)?.0)))
        .flat_map(|(id, c)| jetons(&sources, id).into_iter().map(move |j| (c, j)))
        .collect();
    for _ in 0..combien {
        let (chemin, Jeton { de, a, chemin: cles }) = possibles[hasard.jusqu_a(possibles.len())].clone();
        let texte = &origine[chemin];
        let (jeton, nouveau) = (&texte[de..a], autre(&texte[de..a], &mut hasard));
        let mut mute = origine.clone();
        mute.insert(chemin.clone(), format!("{}{nouveau}{}", &texte[..de], &texte[a..]));
        let apres = etat(&mute, slug, &mut partage);
        if apres.constats != avant.constats {
            bilan.dites += 1;
            continue;
        }
        let ligne = texte[..de].matches('\n').count() + 1;
        let dit = format!(
            "{chemin}:{ligne} {jeton} → {nouveau} | {}",
            texte.lines().nth(ligne - 1).unwrap().trim()
        );
        let changee = apres.commune.as_ref().filter(|_| apres.digest() != avant.digest());
        match changee.map(|c| atelier.premier_echec(c)) {
            None => bilan.sans_effet.push(dit),
            Some(Some(_)) => bilan.tuees += 1,
            Some(None) => match explication(&cles, &dit) {
                Some(pourquoi) => *bilan.expliquees.entry(pourquoi).or_default() += 1,
                None if stricte(&cles, jeton) => bilan.strictes.push(dit),
                None => bilan.survivent.push(dit),
            },
        }
    }
    bilan
}

/// Half of the mutations: of each town.
fn combien() -> usize {
    if longs::longs() { 2_500 } else { 250 }
}

#[test]
fn cinq_cents_mutations_d_un_jeton() {
    let (ham, donges) = std::thread::scope(|s| {
        let ham = s.spawn(|| mute("ham", combien(), 20_260_901));
        let donges = s.spawn(|| mute("donges", combien(), 20_260_902));
        (ham.join().unwrap(), donges.join().unwrap())
    });
    let (dites, tuees) = (ham.dites + donges.dites, ham.tuees + donges.tuees);
    let mut expliquees = ham.expliquees;
    donges.expliquees.into_iter().for_each(|(k, n)| *expliquees.entry(k).or_default() += n);
    let explique: usize = expliquees.values().sum();
    let strictes = [ham.strictes, donges.strictes].concat();
    let survivent = [ham.survivent, donges.survivent].concat();
    let bilan = format!(
        "{dites} reported, {tuees} kill a case, {explique} explained, {} survive",
        strictes.len() + survivent.len()
    );
    println!("{bilan}\n{expliquees:#?}\n{}", survivent.join("\n"));
    let sans_effet = [ham.sans_effet, donges.sans_effet].concat();
    assert_eq!(sans_effet, Vec::<String>::new(), "neither reported nor a change of the definition");
    assert_eq!(strictes, Vec::<String>::new(), "an amount, a bound, a date, an hour or a document survives");
    assert_eq!(dites + tuees + explique + survivent.len(), 2 * combien());
    let changent = tuees + explique + survivent.len();
    assert!(survivent.len() * 20 <= changent, "{bilan}\n{}", survivent.join("\n"));
    longs::rapporte("mutations of one token, Ham and Donges", 2 * combien(), &bilan);
}

/// DON13: the printed grid of outings says « < 500 » then « 501 ». The hole is a finding, with its smallest case.
#[test]
fn le_trou_imprime_est_montre() {
    let sources = sources(&dossier("donges"));
    let dits = |sources: &SourceSet| -> Vec<String> {
        let trous = charge_avec(sources, "donges", &mut Partage::default()).diagnostics;
        let trous = trous.iter().filter(|d| d.code.nom() == "TAR01");
        trous.map(|d| format!("{} {:?} {}", sources.lieu(d.principal), d.gravite, d.message)).collect()
    };
    let avant = dits(&sources);
    assert!(
        avant.iter().any(|d| d.starts_with("donges/baremes/sortie.yaml:17:")
            && d.contains("Attention la grille imprimée dit « ..<500 » puis « 501..1000 » : `quotient` 500 n'est dans aucune tranche")
            && d.contains("que paie un quotient de 500 juste")),
        "{avant:#?}"
    );
    assert!(avant.iter().any(|d| d.contains("`quotient` 1500,01 n'est dans aucune tranche")), "{avant:#?}");
    // the town's answer ends it
    let mut repond = dossier("donges");
    let sortie = repond.get_mut("donges/baremes/sortie.yaml").unwrap();
    let repondu =
        sortie.replace("501..1000\"], ", "501..1000\"], confirme: { par: \"régie\", le: 2024-07-12 }, ");
    assert_ne!(*sortie, repondu);
    *sortie = repondu;
    assert_eq!(dits(&self::sources(&repond)).len(), avant.len() - 1);
}

#[test]
fn les_communes_intactes_ne_disent_que_cela() {
    for (slug, attendu) in [("ham", "SYN09 3, TAR08 1"), ("donges", "SYN09 7, TAR01 2, TAR03 2")] {
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
