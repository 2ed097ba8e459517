//! S14: hostile definitions. Every bomb is refused with a diagnostic, within budgets; no bytes make the reader panic.

#[path = "../../rules/tests/longs/mod.rs"]
mod longs;

use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use engine::definition::arbre::{self, NOEUDS_MAX, PROFONDEUR_MAX, REMARQUES_MAX};
use engine::definition::resolve::charge;
use engine::definition::source::{SourceSet, TAILLE_MAX};
use engine::diagnostic::{Diagnostic, Gravite, rendu, trie};
use proptest::prelude::*;

/// Reads bytes as the loader does; gives the number of nodes kept and what was reported, all renderings exercised.
fn lit(octets: &[u8]) -> (Option<usize>, Vec<Diagnostic>) {
    let mut sources = SourceSet::new();
    let fichier = sources.ajoute_octets("ham/bombe.yaml", octets);
    let mut diagnostics = Vec::new();
    let noeuds = arbre::lit(&sources, fichier, &mut diagnostics).map(|n| n.taille());
    trie(&mut diagnostics, &sources);
    for format in rendu::Format::NOMS.into_iter().filter_map(rendu::Format::trouve) {
        let premiers = diagnostics.get(..diagnostics.len().min(20)).unwrap_or_default();
        let texte = rendu::rend(format, premiers, &sources, rendu::Options::default());
        assert!(texte.len() < 1 << 20, "{} octets de rendu", texte.len());
    }
    (noeuds, diagnostics)
}

/// Name, bytes, code that refuses.
fn bombes() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let mut rires = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for n in 1..10 {
        rires.push_str(&format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 10].join(", ")));
    }
    let bloc = |n: usize| (0..n).map(|i| format!("{}a:\n", " ".repeat(i))).collect::<String>();
    let gros = TAILLE_MAX - 1;
    let cas: Vec<(&str, String, &str)> = vec![
        ("milliard de rires", rires, "SYN06"),
        ("alias de soi-même", "a: &a [*a]\n".into(), "SYN06"),
        ("alias d'une clé", "&a a: 1\n*a : 2\n".into(), "SYN06"),
        ("alias sans ancre", "a: *rien\n".into(), "SYN06"),
        ("fusion", "a: { x: 1 }\nb:\n  <<: { x: 2 }\n".into(), "SYN06"),
        ("fusion répétée", "<<: {}\n".repeat(10_000), "SYN06"),
        ("crochets ouverts, 10 000", "[".repeat(10_000), "SYN06"),
        ("crochets fermés, 10 000", format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)), "SYN06"),
        ("crochets, un mébioctet", "[".repeat(gros), "SYN06"),
        ("accolades ouvertes, 10 000", "{a: ".repeat(10_000), "SYN06"),
        ("tirets d'une ligne, 10 000", "- ".repeat(10_000), "SYN06"),
        ("tirets d'une ligne, un mébioctet", "- ".repeat(gros / 2), "SYN06"),
        ("clés imbriquées, 1 000 niveaux", bloc(1_000), "SYN06"),
        ("points d'interrogation, 10 000", "? ".repeat(10_000), "SYN06"),
        ("juste un niveau de trop", format!("{}1{}", "[".repeat(33), "]".repeat(33)), "SYN06"),
        ("100 000 éléments", format!("a: [{}]\n", "1,".repeat(100_000)), "SYN06"),
        ("60 000 lignes vides de sens", "- 1\n".repeat(60_000), "SYN06"),
        ("400 000 clés", (0..400_000).map(|n| format!("k{n}: 1\n")).collect(), "SYN06"),
        ("deux mébioctets de commentaires", "# x\n".repeat(1 << 19), "SYN06"),
        ("scalaire de deux mébioctets", format!("a: {}\n", "x".repeat(2 << 20)), "SYN06"),
        ("deux documents", "a: 1\n---\nb: 2\n".into(), "SYN06"),
        ("mille documents", "---\na: 1\n".repeat(1_000), "SYN06"),
        ("type exécutable", "a: !!python/object/apply:os.system ['ls']\n".into(), "SYN06"),
        ("type binaire", "a: !!binary aGVsbG8=\n".into(), "SYN06"),
        ("directive", "%YAML 1.1\n---\na: no\n".into(), "SYN06"),
        ("directive d'étiquette", "%TAG ! tag:x,2000:\n---\na: !b c\n".into(), "SYN06"),
        ("clé répétée 20 000 fois", "a: 1\n".repeat(20_000), "SYN03"),
        ("clé longue et ouverte", format!("{}\nb: 1\n", "a".repeat(gros - 10)), "SYN01"),
        ("guillemet jamais fermé", format!("a: \"{}", "x ".repeat(gros / 2 - 4)), "SYN01"),
        ("guillemets ouverts à chaque ligne", "a: \"\n".repeat(100_000), "SYN01"),
        ("tabulations", format!("a:\n{}b: 1\n", "\t".repeat(100_000)), "SYN01"),
        ("262 000 accents décomposés", "é\u{301}".repeat(gros / 4), "SYN06"),
        ("350 000 lettres cyrilliques", "а ".repeat(gros / 3), "SYN06"),
        ("150 000 ancres", "- &a 1\n".repeat(gros / 7), "SYN06"),
        ("25 000 heures nues", "- 16:30\n".repeat(25_000), "SYN06"),
        ("octets nuls", "a: \0\0\0\n".repeat(1_000), "SYN01"),
    ];
    let mut cas: Vec<_> = cas.into_iter().map(|(nom, texte, code)| (nom, texte.into_bytes(), code)).collect();
    cas.push(("latin-1", b"nom: \xe9cole\n".to_vec(), "SYN01"));
    cas.push(("utf-16", b"\xff\xfea\0:\0 \x001\0".to_vec(), "SYN01"));
    cas.push(("octets de suite seuls", vec![0x80; 5_000], "SYN01"));
    cas
}

#[test]
fn s14_chaque_bombe_est_refusee() {
    let bombes = bombes();
    assert_eq!(bombes.len(), 39);
    let mut refusees = 0;
    for (nom, octets, code) in &bombes {
        let (noeuds, diagnostics) = lit(octets);
        assert!(noeuds.unwrap_or(0) <= NOEUDS_MAX, "{nom} : {noeuds:?} nœuds");
        assert!(diagnostics.len() <= REMARQUES_MAX + 1, "{nom} : {} remarques", diagnostics.len());
        let refus = diagnostics
            .iter()
            .find(|d| d.gravite == Gravite::Erreur)
            .unwrap_or_else(|| panic!("{nom} passe"));
        assert_eq!(refus.code.nom(), *code, "{nom} : {}", refus.message);
        refusees += 1;
    }
    assert_eq!(refusees, 39);
}

/// Most memory of a process that reads one bomb, in kibibytes.
const MEMOIRE_MAX: u64 = 128 * 1024;

/// Each bomb alone in a process: refused, in time and within its memory, wherever in a town's folder it stands.
#[test]
#[expect(clippy::disallowed_methods, reason = "the bound is a duration")]
fn s14_chaque_bombe_tient_en_memoire() {
    let bombes = bombes();
    let (mut haut, mut long) = ((0, ""), (Duration::ZERO, ""));
    for (nom, octets, _) in &bombes {
        let debut = Instant::now();
        let mut enfant = Command::new(std::env::current_exe().unwrap())
            .args(["s14_enfant", "--exact", "--nocapture"])
            .env(ENFANT, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        enfant.stdin.take().unwrap().write_all(octets).unwrap();
        let sortie = enfant.wait_with_output().unwrap();
        let texte = String::from_utf8_lossy(&sortie.stdout);
        assert!(sortie.status.success(), "{nom} : {texte}");
        let pic = texte.split_once("pic=").and_then(|(_, n)| n.split_whitespace().next()).unwrap();
        haut = haut.max((pic.parse().unwrap(), nom));
        long = long.max((debut.elapsed(), nom));
    }
    assert!(haut.0 > 0 && haut.0 <= MEMOIRE_MAX, "{haut:?}");
    // an unoptimised build on a busy machine is not what the bound of one second is about
    assert!(long.0 < Duration::from_secs(if cfg!(debug_assertions) { 20 } else { 1 }), "{long:?}");
    let resultat =
        format!("all refused, highest {} KiB ({}), longest {:.1?} ({})", haut.0, haut.1, long.0, long.1);
    println!("S14: {} bombs, {resultat}", bombes.len());
    longs::rapporte("S14 bombs, each in its process, three places of a folder", bombes.len(), &resultat);
}

const ENFANT: &str = "GUICHET_S14_ENFANT";

/// What the process of one bomb does; nothing unless [`s14_chaque_bombe_tient_en_memoire`] started it.
#[test]
#[expect(clippy::disallowed_methods, reason = "a child process is told so by its environment")]
fn s14_enfant() {
    if std::env::var(ENFANT).is_err() {
        return;
    }
    let mut octets = Vec::new();
    std::io::stdin().read_to_end(&mut octets).unwrap();
    for place in ["ham/commune.yaml", "ham/baremes/x.yaml", "ham/cas/x.yaml"] {
        let mut sources = SourceSet::new();
        sources.ajoute_octets(place, &octets);
        let diagnostics = charge(&sources, "ham").diagnostics;
        let refuse =
            |d: &Diagnostic| d.gravite == Gravite::Erreur && sources.chemin(d.principal.fichier) == place;
        assert!(diagnostics.iter().any(refuse), "{place} passe");
    }
    let statut = std::fs::read_to_string("/proc/self/status").unwrap();
    let pic = statut.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap();
    println!("pic={}", pic.trim());
}

#[test]
fn s14_les_limites_sont_exactes() {
    let profond = |n: usize| lit(format!("{}1{}", "[".repeat(n), "]".repeat(n)).as_bytes());
    assert_eq!(profond(PROFONDEUR_MAX).0, Some(PROFONDEUR_MAX + 1));
    assert_eq!(profond(PROFONDEUR_MAX).1, vec![]);
    assert_eq!(profond(PROFONDEUR_MAX + 1).0, None);
    // the root and its elements
    let large = |n: usize| lit("- 1\n".repeat(n).as_bytes());
    assert_eq!(large(NOEUDS_MAX - 1).0, Some(NOEUDS_MAX));
    assert_eq!(large(NOEUDS_MAX).0, None);
    let gros = |n: usize| lit(format!("a: {}", "x".repeat(n - 3)).as_bytes());
    assert_eq!(gros(TAILLE_MAX).0, Some(3));
    assert_eq!(gros(TAILLE_MAX + 1).0, None);
}

/// A file without an error is a tree; a refused one has an error: never neither.
fn arbre_ou_erreur(octets: &[u8]) {
    let (noeuds, diagnostics) = lit(octets);
    assert!(
        noeuds.is_some() || diagnostics.iter().any(|d| d.gravite == Gravite::Erreur),
        "refusé sans raison : {octets:?}"
    );
}

/// Pieces that meet in real files, in any order: they reach further into the parser than random bytes.
fn morceaux() -> impl Strategy<Value = Vec<u8>> {
    let morceau = prop::sample::select(vec![
        "bareme: repas\n",
        "  - ",
        "- ",
        "{ ",
        " }",
        "[",
        "]",
        ", ",
        ": ",
        ":",
        "\n",
        "\n  ",
        "\n    ",
        "\t",
        "\"",
        "'",
        "|\n",
        ">\n",
        "&a ",
        "*a",
        "!t ",
        "<<: ",
        "---\n",
        "...\n",
        "%YAML 1.2\n",
        "# c\n",
        "é",
        "\u{301}",
        "\u{202e}",
        "а",
        "“",
        "\u{a0}",
        "\\",
        "\\x",
        "~",
        "null",
        "no",
        "16:30",
        "3.50",
        "prix",
        "? ",
        "\r\n",
        "\r",
        "\u{feff}",
        "\0",
    ]);
    prop::collection::vec(morceau, 0..40).prop_map(|m| m.concat().into_bytes())
}

/// Inputs of each property.
fn essais() -> u32 {
    if longs::longs() { 20_000 } else { 1_500 }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(essais()) })]

    #[test]
    fn s14_aucun_octet_ne_fait_paniquer(octets in prop::collection::vec(any::<u8>(), 0..300)) {
        arbre_ou_erreur(&octets);
    }

    #[test]
    fn s14_aucun_morceau_ne_fait_paniquer(octets in morceaux()) {
        arbre_ou_erreur(&octets);
    }
}
