//! S15: patterns that blow up a backtracking engine answer 50 kB within 50 ms, or are refused when the town is checked.
#![expect(clippy::disallowed_methods, reason = "the bound is a duration")]

#[path = "../../rules/tests/longs/mod.rs"]
mod longs;

use std::time::{Duration, Instant};

use engine::motif::{ErreurMotif, Motif};

/// Patterns known to blow up a backtracking engine, with the text that does it.
const DANGEREUX: [(&str, char); 30] = [
    ("(a+)+", 'a'),
    ("(a|a)*(a+)+", 'a'),
    ("(a|aa)+", 'a'),
    ("(a|a?)+", 'a'),
    ("(.*a){20}", 'a'),
    ("(.*)*", 'a'),
    ("(a*)*b", 'a'),
    ("(a+)*b", 'a'),
    ("([a-zA-Z]+)*", 'a'),
    ("(([a-z])+.)+[A-Z]([a-z])+", 'a'),
    ("(x+x+)+y", 'x'),
    ("(.+)+\\d", 'a'),
    ("(\\w+\\s?)*", 'a'),
    ("\\s*\\s*\\s*\\s*x", ' '),
    ("([\\w.-]+)*@([\\w.-]+)+", 'a'),
    ("([a-z0-9]+([._-][a-z0-9]+)*)+@x", 'a'),
    ("(0|[1-9][0-9]*)*x", '1'),
    ("(\\d+)*\\.(\\d+)*", '1'),
    ("(?:a?){100}a{100}", 'a'),
    ("(\\w{200}){200}", 'a'),
    ("(((a{50}){50}){50}){50}", 'a'),
    ("((a{0,50}){0,50}){0,50}", 'a'),
    ("\\pL{1000}{1000}", 'a'),
    ("(é|e)*(é+)+", 'é'),
    ("(a+)\\1", 'a'),
    ("(?=(a+))a*b", 'a'),
    ("(?<!a)(a+)+", 'a'),
    ("^(([^,]*),)*z$", ','),
    ("(.|\\n)*z", 'a'),
    ("((a|b)*c|(a|b)*d)*e", 'a'),
];

/// Every pattern once; the longest answer.
fn un_tour(repondus: &mut u32, refuses: &mut u32) -> Duration {
    let mut pire = Duration::ZERO;
    for (texte, lettre) in DANGEREUX {
        match Motif::compile(texte) {
            Ok(motif) => {
                // 50 kB that match until the last character, which does not
                let saisie = lettre.to_string().repeat(50_000 / lettre.len_utf8()) + "!";
                let debut = Instant::now();
                let accepte = motif.accepte(&saisie);
                pire = pire.max(debut.elapsed());
                assert!(!accepte || texte.contains('.'), "{texte}");
                *repondus += 1;
            }
            Err(e) => {
                assert!(e.to_string().starts_with("ce motif"), "{e}");
                *refuses += 1;
            }
        }
    }
    pire
}

#[test]
fn s15_un_motif_dangereux_repond_vite_ou_est_refuse() {
    // several times in a long run: the worst of them counts
    let tours = if longs::longs() { 20 } else { 1 };
    let (mut repondus, mut refuses, mut pire) = (0, 0, Duration::ZERO);
    for _ in 0..tours {
        (repondus, refuses) = (0, 0);
        pire = pire.max(un_tour(&mut repondus, &mut refuses));
    }
    assert_eq!(repondus + refuses, 30);
    assert!(repondus >= 20, "{repondus} répondus");
    // an unoptimised build on a busy machine is not what the bound is about
    assert!(pire < Duration::from_millis(if cfg!(debug_assertions) { 2_000 } else { 50 }), "{pire:?}");
    let resultat = format!("{repondus} answered, {refuses} refused, slowest {pire:.1?}");
    longs::rapporte("S15 dangerous patterns on 50 kB", 30 * tours, &resultat);
    assert_eq!(Motif::compile("(\\w{200}){200}"), Err(ErreurMotif::TropLourd));
    assert_eq!(Motif::compile(&"a".repeat(201)), Err(ErreurMotif::TropLong(201)));
    assert!(Motif::compile(&"é".repeat(200)).is_ok());
    assert!(matches!(Motif::compile("(a+)\\1"), Err(ErreurMotif::NonLineaire(_))));
    assert!(matches!(Motif::compile("(?=a)a"), Err(ErreurMotif::NonLineaire(_))));
    assert!(matches!(Motif::compile("a)(b"), Err(ErreurMotif::Illisible(_))));
}
