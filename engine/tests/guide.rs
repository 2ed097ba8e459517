//! The configurateur's guide is checked: each fragment of communes/README.md is dropped into the invented town of
//! tests/fixtures/guide, at the region that its comment names; the folder must load without an error, and the steps
//! written with the fragment must give their figures.

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

use std::path::{Path, PathBuf};

use engine::cas::{execute, transcript};
use engine::definition::resolve::{Chargement, charge};
use engine::definition::source::SourceSet;
use engine::diagnostic::{Diagnostic, Gravite, rendu};
use regex::Regex;

/// Lines a fragment may have.
const LIGNES_MAX: usize = 8;
/// Shapes of French rules that the guide says.
const FORMES: usize = 26;

struct Fragment {
    forme: usize,
    fichier: String,
    region: String,
    a_venir: bool,
    etapes: String,
    texte: String,
}

fn racine() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn fragments() -> Vec<Fragment> {
    let guide = std::fs::read_to_string(racine().join("communes/README.md")).unwrap();
    let motif = r"(?s)<!-- forme: (\d+) \| fichier: ([^#\s|]+)#(\w+)( \| a_venir: partie_\d)?\s*\n?(.*?)-->\n```yaml\n(.*?)```";
    let motif = Regex::new(motif).unwrap();
    let lus = motif.captures_iter(&guide).map(|c| Fragment {
        forme: c[1].parse().unwrap(),
        fichier: c[2].to_owned(),
        region: c[3].to_owned(),
        a_venir: c.get(4).is_some(),
        etapes: c[5].to_owned(),
        texte: c[6].to_owned(),
    });
    lus.collect()
}

fn lit(dossier: &Path, racine: &Path, fichiers: &mut Vec<(String, String)>) {
    let mut entrees: Vec<_> = std::fs::read_dir(dossier).unwrap().map(|e| e.unwrap().path()).collect();
    entrees.sort();
    for chemin in entrees {
        if chemin.is_dir() {
            lit(&chemin, racine, fichiers);
        } else {
            let relatif = chemin.strip_prefix(racine).unwrap().to_string_lossy().replace('\\', "/");
            fichiers.push((relatif, std::fs::read_to_string(&chemin).unwrap()));
        }
    }
}

fn fixture() -> Vec<(String, String)> {
    let racine = racine().join("tests/fixtures");
    let mut fichiers = Vec::new();
    lit(&racine.join("guide"), &racine, &mut fichiers);
    fichiers
}

/// The text with the lines between `# >>> region` and `# <<< region` replaced, at the marker's indentation.
fn pose(texte: &str, region: &str, fragment: &str) -> Option<String> {
    let (ouvre, ferme) = (format!("# >>> {region}"), format!("# <<< {region}"));
    let lignes: Vec<&str> = texte.lines().collect();
    let debut = lignes.iter().position(|l| l.trim() == ouvre)?;
    let fin = lignes.iter().position(|l| l.trim() == ferme)?;
    let retrait = " ".repeat(lignes[debut].len() - lignes[debut].trim_start().len());
    let milieu: Vec<String> = fragment.lines().map(|l| format!("{retrait}{l}")).collect();
    let sortie = lignes[..debut].iter().map(|l| (*l).to_owned()).chain(milieu);
    Some(
        sortie.chain(lignes[fin + 1..].iter().map(|l| (*l).to_owned())).collect::<Vec<_>>().join("\n") + "\n",
    )
}

fn chargee(fichiers: &[(String, String)]) -> (Chargement, SourceSet) {
    let mut sources = SourceSet::new();
    for (chemin, texte) in fichiers {
        sources.ajoute(chemin.clone(), texte.clone());
    }
    let chargement = charge(&sources, "guide");
    assert!(chargement.commune.is_some());
    (chargement, sources)
}

fn erreurs(fichiers: &[(String, String)]) -> (Vec<Diagnostic>, SourceSet) {
    let (chargement, sources) = chargee(fichiers);
    (chargement.diagnostics.into_iter().filter(|d| d.gravite == Gravite::Erreur).collect(), sources)
}

/// The fixture with one fragment in its region.
fn avec(f: &Fragment) -> Result<Vec<(String, String)>, String> {
    let mut fichiers = fixture();
    let chemin = format!("guide/{}", f.fichier);
    let cible = fichiers.iter_mut().find(|(c, _)| *c == chemin);
    let cible = cible.ok_or_else(|| format!("forme {} : {} n'est pas dans le guide", f.forme, f.fichier))?;
    let pose = pose(&cible.1, &f.region, &f.texte);
    cible.1 = pose.ok_or_else(|| format!("forme {} : pas de région {}", f.forme, f.region))?;
    Ok(fichiers)
}

/// A case file made of the fixture's beginning and these steps.
fn en_cas(etapes: &str) -> String {
    let base = fixture().into_iter().find(|(c, _)| c == "guide/cas/base.yaml").unwrap().1;
    let (debut, _) = base.split_once("etapes:").unwrap();
    let lignes: String = etapes.lines().map(|l| format!("  {l}\n")).collect();
    format!("{debut}etapes:\n{lignes}")
}

/// What went wrong when the steps ran, and how many steps and figures were seen.
fn joue(f: &Fragment, etapes: &str) -> (Vec<String>, usize, usize) {
    let mut fichiers = avec(f).unwrap();
    fichiers.push(("guide/cas/forme.yaml".into(), en_cas(etapes)));
    let (chargement, sources) = chargee(&fichiers);
    let erreurs: Vec<_> =
        chargement.diagnostics.iter().filter(|d| d.gravite == Gravite::Erreur).cloned().collect();
    if !erreurs.is_empty() {
        return (vec![format!("forme {}\n{}", f.forme, en_texte(&erreurs, &sources))], 0, 0);
    }
    let cas: Vec<_> = chargement.cas.into_iter().filter(|c| &*c.fichier == "guide/cas/forme.yaml").collect();
    let rapport = execute(&chargement.commune.unwrap(), &cas);
    let echecs = match rapport.reussi() {
        true => Vec::new(),
        false => vec![format!("forme {}\n{}", f.forme, transcript::echecs(&rapport))],
    };
    (echecs, rapport.etapes().count(), rapport.assertions())
}

fn en_texte(erreurs: &[Diagnostic], sources: &SourceSet) -> String {
    rendu::rend(rendu::Format::Texte, erreurs, sources, rendu::Options::default())
}

#[test]
fn la_commune_du_guide_se_charge_seule() {
    let (erreurs, sources) = erreurs(&fixture());
    assert!(erreurs.is_empty(), "{}", en_texte(&erreurs, &sources));
}

#[test]
fn la_commune_du_guide_tient_debout() {
    let (chargement, _) = chargee(&fixture());
    let rapport = execute(&chargement.commune.unwrap(), &chargement.cas);
    assert!(rapport.reussi() && rapport.assertions() >= 5, "{}", transcript::echecs(&rapport));
}

#[test]
fn chaque_forme_a_un_fragment_de_huit_lignes_au_plus() {
    let fragments = fragments();
    let formes: Vec<usize> = fragments.iter().map(|f| f.forme).collect();
    assert_eq!(formes, (1..=FORMES).collect::<Vec<_>>());
    for f in &fragments {
        assert!(f.texte.lines().count() <= LIGNES_MAX, "forme {}", f.forme);
        assert!(f.a_venir || !f.etapes.trim().is_empty(), "forme {} : ni étape, ni a_venir", f.forme);
    }
}

#[test]
fn chaque_fragment_se_charge_sans_erreur() {
    let mut problemes = Vec::new();
    for f in fragments() {
        let fichiers = match avec(&f) {
            Ok(fichiers) => fichiers,
            Err(probleme) => {
                problemes.push(probleme);
                continue;
            }
        };
        let (erreurs, sources) = erreurs(&fichiers);
        if !erreurs.is_empty() {
            problemes.push(format!("forme {}\n{}", f.forme, en_texte(&erreurs, &sources)));
        }
    }
    assert!(problemes.is_empty(), "\n{}", problemes.join("\n"));
}

/// The test above can fail: a fragment with a wrong word is reported.
#[test]
fn un_fragment_faux_est_vu() {
    let mut fichiers = fixture();
    let cible = fichiers.iter_mut().find(|(c, _)| c == "guide/baremes/preuve.yaml").unwrap();
    cible.1 = pose(&cible.1, "lignes", "- { residence: commune, quotient: \"..900\", prix: 3.00 }").unwrap();
    let (erreurs, _) = erreurs(&fichiers);
    assert!(erreurs.iter().any(|d| d.code.nom() == "TAR01"), "{erreurs:?}");
}

#[test]
fn chaque_fragment_donne_ses_chiffres() {
    let (mut problemes, mut a_venir) = (Vec::new(), Vec::new());
    let (mut jouees, mut etapes, mut chiffres) = (0, 0, 0);
    for f in fragments() {
        if f.a_venir {
            a_venir.push(f.forme);
            continue;
        }
        let (echecs, n, assertions) = joue(&f, &f.etapes);
        problemes.extend(echecs);
        jouees += 1;
        etapes += n;
        chiffres += assertions;
    }
    println!("{jouees} formes jouées, {etapes} étapes, {chiffres} assertions ; à venir : {a_venir:?}");
    assert!(problemes.is_empty(), "\n{}", problemes.join("\n"));
    assert!(chiffres >= etapes && etapes >= 2 * jouees, "{etapes} étapes, {chiffres} assertions");
}

/// The test above can fail: a figure one centime away is reported.
#[test]
fn un_chiffre_faux_est_vu() {
    let forme = fragments().into_iter().find(|f| f.forme == 1).unwrap();
    let faux = forme.etapes.replace("prix: 2.64", "prix: 2.65");
    assert_ne!(faux, forme.etapes);
    let (echecs, ..) = joue(&forme, &faux);
    assert!(echecs.iter().any(|e| e.contains("2.65") && e.contains("2.64")), "{echecs:?}");
}
