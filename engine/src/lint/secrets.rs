//! SEC01: a folder is reviewed, copied and kept for ever; what must stay secret has no place in it.

use super::Examen;
use crate::definition::source::{FichierId, Span};
use crate::diagnostic::{Diagnostic, codes};

/// Pieces of keys that hold a secret.
const CLES: [&str; 9] =
    ["password", "passwd", "secret", "token", "jeton", "cle_api", "api_key", "apikey", "cle_privee"];
/// How well-known keys begin.
const PREFIXES: [&str; 6] = ["sk_live_", "sk_test_", "rk_live_", "AKIA", "ghp_", "xoxb-"];

/// Every file of the town and its model.
pub(super) fn controle(examen: &Examen<'_>, sortie: &mut Vec<Diagnostic>) {
    let propres = examen.sources.sous(&examen.commune.slug);
    for (id, _, fichier) in propres.chain(examen.sources.sous("modeles")) {
        let suspect = Suspect::nouveau(&fichier.texte, fichier.chemin.ends_with(".yaml"));
        let mut debut = 0;
        for ligne in fichier.texte.split_inclusive('\n') {
            if let Some((de, a, quoi)) = ligne_secrete(ligne, &suspect) {
                sortie.push(diagnostic(id, debut + de, debut + a, quoi));
            }
            debut += ligne.len();
        }
    }
}

/// What a file may hold at all, asked once: most hold nothing, and their lines are not cut into words.
struct Suspect {
    privee: bool,
    mots: bool,
    cles: bool,
}

impl Suspect {
    fn nouveau(texte: &str, yaml: bool) -> Self {
        let minuscules = if yaml { texte.to_ascii_lowercase() } else { String::new() };
        Self {
            privee: texte.contains("-----BEGIN"),
            mots: texte.contains("://") || PREFIXES.iter().any(|p| texte.contains(p)),
            cles: CLES.iter().any(|c| minuscules.contains(c)),
        }
    }
}

fn diagnostic(fichier: FichierId, de: usize, a: usize, quoi: &str) -> Diagnostic {
    let octet = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let span = Span::new(fichier, octet(de), octet(a));
    Diagnostic::new(codes::SEC01, span, format!("ceci ressemble à {quoi}"))
        .aide("écrivez `secret:nom` et donnez la valeur à l'hébergeur ; si elle a été publiée, changez-la")
}

/// The bytes of the line that look secret, and what they look like.
fn ligne_secrete(ligne: &str, suspect: &Suspect) -> Option<(usize, usize, &'static str)> {
    if suspect.privee
        && let Some(i) = ligne.find("-----BEGIN").filter(|_| ligne.contains("PRIVATE KEY"))
    {
        return Some((i, ligne.trim_end().len(), "une clé privée"));
    }
    let mut i = 0;
    let coupee = if suspect.mots { ligne } else { "" };
    for mot in coupee.split(|c: char| c.is_whitespace() || "\"',{}[]()".contains(c)) {
        if PREFIXES.iter().any(|p| mot.starts_with(p) && mot.len() >= p.len() + 12) {
            return Some((i, i + mot.len(), "une clé d'accès"));
        }
        if let Some((avant, _)) = mot.split_once('@')
            && avant.split_once("://").is_some_and(|(_, u)| u.contains(':') && !u.contains('/'))
        {
            return Some((i, i + mot.len(), "une adresse avec son mot de passe"));
        }
        i += mot.len() + ligne.get(i + mot.len()..).and_then(|r| r.chars().next()).map_or(0, char::len_utf8);
    }
    iban(ligne).or_else(|| if suspect.cles { cle_secrete(ligne) } else { None })
}

/// An IBAN, with or without spaces, whose check digits are right.
fn iban(ligne: &str) -> Option<(usize, usize, &'static str)> {
    let octets = ligne.as_bytes();
    let alnum = |i: usize| octets.get(i).is_some_and(u8::is_ascii_alphanumeric);
    for de in 0..octets.len() {
        let tete = octets.get(de..de + 4)?;
        let [p, q, c1, c2] = tete else { continue };
        if !(p.is_ascii_uppercase() && q.is_ascii_uppercase() && c1.is_ascii_digit() && c2.is_ascii_digit())
            || (de > 0 && alnum(de - 1))
        {
            continue;
        }
        let (mut a, mut signes) = (de, Vec::new());
        while let Some(o) = octets.get(a) {
            match o {
                b' ' if alnum(a + 1) && signes.len() < 34 => {}
                o if o.is_ascii_uppercase() || o.is_ascii_digit() => signes.push(*o),
                _ => break,
            }
            a += 1;
            if (15..=34).contains(&signes.len()) && !alnum(a) && cle_iban(&signes) {
                return Some((de, a, "un compte bancaire (IBAN)"));
            }
        }
    }
    None
}

/// ISO 13616: the country and its digits go to the end, letters count from 10, and the remainder by 97 is 1.
fn cle_iban(signes: &[u8]) -> bool {
    let (tete, corps) = signes.split_at(signes.len().min(4));
    let reste = corps.iter().chain(tete).fold(0_u32, |r, o| match o {
        b'0'..=b'9' => (r * 10 + u32::from(o - b'0')) % 97,
        _ => (r * 100 + u32::from(o.saturating_sub(b'A')) + 10) % 97,
    });
    reste == 1
}

/// `api_key: abcd`, anywhere in the line, unless the value is `secret:…`.
fn cle_secrete(ligne: &str) -> Option<(usize, usize, &'static str)> {
    for (i, _) in ligne.match_indices(": ") {
        let avant = ligne.get(..i)?;
        let debut = avant.rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).map_or(0, |d| d + 1);
        let cle = avant.get(debut..)?.to_ascii_lowercase();
        let valeur = ligne.get(i + 2..)?;
        let vide = valeur.len() - valeur.trim_start().len();
        let brute = valeur.trim_start();
        let nue = brute.trim_start_matches(['"', '\'']);
        let fin = nue.find(['"', '\'', ',', '}', '\n', '#']).unwrap_or(nue.len());
        let texte = nue.get(..fin)?.trim_end();
        let place = i + 2 + vide + (brute.len() - nue.len());
        if CLES.iter().any(|c| cle.contains(c))
            && !texte.is_empty()
            && !texte.starts_with("secret:")
            && !texte.starts_with(['{', '['])
        {
            return Some((place, place + texte.len(), "un secret"));
        }
    }
    None
}
