//! Hostile scripts are refused, each within its stated operations; harmless ones return their figure (S13).

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and prints the worst time"
)]

mod longs;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use jiff::civil::{Date, date};
use rules::faits::{FaitId, Symboles};
use rules::fonctions::SansCalendrier;
use rules::script::{HotePartage, OPERATIONS_MAX, Script, ValeurScript};
use rules::valeur::Domaine;
use rust_decimal::Decimal;

/// One choice fact, so that a header may name it.
struct Ville(Domaine);

fn ville() -> Ville {
    Ville(Domaine::Choix(["commune", "exterieur"].into_iter().map(Box::from).collect()))
}

impl Symboles for Ville {
    fn fait(&self, nom: &str) -> Option<FaitId> {
        (nom == "residence").then_some(FaitId(0))
    }
    fn domaine(&self, _: FaitId) -> &Domaine {
        &self.0
    }
    fn nom(&self, _: FaitId) -> &str {
        "residence"
    }
    fn peut_manquer(&self, _: FaitId) -> bool {
        false
    }
    fn noms(&self) -> Vec<&str> {
        vec!["residence"]
    }
    fn parametre(&self, _: &str) -> Option<u16> {
        None
    }
}

fn hote() -> HotePartage {
    Arc::new(SansCalendrier)
}

fn d(texte: &str) -> Decimal {
    texte.parse().unwrap()
}

fn nombre(texte: &str) -> ValeurScript {
    ValeurScript::Nombre(d(texte))
}

fn ligne(jour: Date, montant: &str) -> Vec<ValeurScript> {
    vec![ValeurScript::Date(jour), nombre(montant)]
}

fn fichiers(dossier: &str) -> Vec<(String, String)> {
    let chemin = format!("{}/tests/{dossier}", env!("CARGO_MANIFEST_DIR"));
    let mut tous: Vec<(String, String)> = std::fs::read_dir(chemin)
        .unwrap()
        .map(|e| e.unwrap().path())
        .map(|p| {
            (p.file_stem().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&p).unwrap())
        })
        .collect();
    tous.sort();
    tous
}

fn annonce<'a>(source: &'a str, cle: &str) -> Option<&'a str> {
    source.lines().find_map(|l| l.strip_prefix("// ")?.strip_prefix(cle)?.strip_prefix(": "))
}

#[test]
fn chaque_script_hostile_est_refuse() {
    let tous = fichiers("scripts_hostiles");
    assert!(tous.len() >= 60, "{} scripts", tous.len());
    let mut pire = (std::time::Duration::ZERO, String::new());
    let mut fautes = Vec::new();
    for (nom, source) in &tous {
        let attendu = annonce(source, "refus").unwrap_or_else(|| panic!("{nom}: « // refus: » manque"));
        let borne: u64 = annonce(source, "operations").unwrap().parse().unwrap();
        let debut = Instant::now();
        match Script::compile(nom, source, &ville(), 1) {
            Ok(_) => fautes.push(format!("{nom}: accepté, {attendu} attendu")),
            Err(erreurs) => {
                if !erreurs.iter().any(|e| e.code == attendu) {
                    fautes.push(format!("{nom}: {attendu} attendu, {erreurs:?}"));
                }
                if erreurs.iter().any(|e| e.message.contains("échouer le moteur")) {
                    fautes.push(format!("{nom}: panique"));
                }
                if erreurs.iter().any(|e| e.ligne == 0 || e.message.is_empty()) {
                    fautes.push(format!("{nom}: sans lieu ou sans message, {erreurs:?}"));
                }
            }
        }
        // one run, for those that only a run refuses
        if let Ok(script) = Script::lit(nom, source, &ville()) {
            let entrees: Vec<ValeurScript> = script
                .contrat()
                .entrees
                .iter()
                .map(|e| {
                    if &*e.nom == "lignes" {
                        ValeurScript::Liste(vec![ligne(date(2025, 9, 1), "3.50")])
                    } else {
                        nombre("650")
                    }
                })
                .collect();
            let (_, operations) = script.execute_et_compte(&entrees, &hote());
            // the operation that passes the bound is counted too, and so is the size of one host call
            if operations > borne + 10_000 {
                fautes.push(format!("{nom}: {operations} opérations, {borne} annoncées"));
            }
        }
        pire = pire.max((debut.elapsed(), nom.clone()));
    }
    assert!(fautes.is_empty(), "{}", fautes.join("\n"));
    let resultat = format!("all refused, 0 panic, longest {:.1?} ({})", pire.0, pire.1);
    longs::rapporte("S13 hostile scripts", tous.len(), &resultat);
}

fn harmless(nom: &str, entrees: &[ValeurScript]) -> Result<ValeurScript, String> {
    let (_, source) = fichiers("scripts").into_iter().find(|(n, _)| n == nom).unwrap();
    let script = Script::compile(nom, &source, &ville(), 7).unwrap_or_else(|e| panic!("{nom}: {e:#?}"));
    script.execute(entrees, &hote()).map_err(|e| e.to_string())
}

#[test]
fn les_scripts_inoffensifs_rendent_leur_chiffre() {
    let lundi = date(2025, 9, 1);
    let jours = |n: i8, prix: &str| {
        ValeurScript::Liste(
            (0..n).map(|i| ligne(lundi.saturating_add(jiff::Span::new().days(i)), prix)).collect(),
        )
    };
    assert_eq!(harmless("taux_effort", &[nombre("650.50")]), Ok(nombre("2.73")));
    assert_eq!(harmless("taux_effort", &[nombre("99999")]), Ok(nombre("6.80")));
    assert_eq!(harmless("fratrie", &[nombre("3.50"), nombre("2")]), Ok(nombre("2.80")));
    assert_eq!(harmless("fratrie", &[nombre("3.50"), nombre("4")]), Ok(nombre("1.75")));
    assert_eq!(harmless("semaine_complete", &[nombre("0"), jours(5, "12.00")]), Ok(nombre("48.00")));
    assert_eq!(
        harmless("age_rentree", &[ValeurScript::Date(date(2022, 9, 1)), ValeurScript::Date(lundi)]),
        Ok(ValeurScript::Booleen(true))
    );
    assert_eq!(
        harmless("age_rentree", &[ValeurScript::Date(date(2022, 9, 2)), ValeurScript::Date(lundi)]),
        Ok(ValeurScript::Booleen(false))
    );
    assert_eq!(
        harmless("capture", &[nombre("3"), ValeurScript::Liste(vec![ligne(lundi, "2"), ligne(lundi, "7")])]),
        Ok(nombre("3.5"))
    );
    let remise = harmless("remise_lignes", &[jours(2, "3.33"), nombre("0.5")]);
    let attendu = ValeurScript::Liste(
        (0..2).map(|i| ligne(lundi.saturating_add(jiff::Span::new().days(i)), "1.67")).collect(),
    );
    assert_eq!(remise, Ok(attendu));
    assert_eq!(harmless("quotient_absent", &[nombre("24.5")]), Ok(nombre("3.5")));
    let refus = harmless("quotient_absent", &[ValeurScript::Absent]).unwrap_err();
    assert_eq!(refus, "le quotient n'est pas connu : le tarif ne peut pas être calculé (ligne 4)");
}

#[test]
fn une_entree_est_verifiee_avant_de_servir() {
    let refus = |entrees: &[ValeurScript]| harmless("taux_effort", entrees).unwrap_err();
    assert!(refus(&[ValeurScript::Absent]).contains("n'est pas connue"));
    assert!(refus(&[nombre("-1")]).contains("sort des bornes"));
    assert!(refus(&[ValeurScript::Booleen(true)]).contains("un nombre est attendu"));
    assert!(refus(&[]).contains("attend 1 entrées"));
}

#[test]
fn le_meme_script_fait_le_meme_nombre_doperations() {
    let source = "//! entrees: quotient: quotient\n//! sortie: montant\nloop { }";
    let script = Script::lit("boucle", source, &ville()).unwrap();
    let un = script.execute_et_compte(&[nombre("1")], &hote());
    let deux = script.execute_et_compte(&[nombre("1")], &hote());
    assert_eq!(un, deux);
    assert_eq!(un.1, OPERATIONS_MAX);
}

#[test]
fn un_voisin_travaille_pendant_quun_script_boucle() {
    let boucle = Script::lit("boucle", "//! entrees:\n//! sortie: montant\nloop { }", &ville()).unwrap();
    let (_, source) = fichiers("scripts").into_iter().find(|(n, _)| n == "taux_effort").unwrap();
    let calme = Script::compile("taux_effort", &source, &ville(), 7).unwrap();
    let (fini, travail) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|s| {
        s.spawn(|| {
            while !fini.load(Ordering::Relaxed) {
                assert_eq!(calme.execute(&[nombre("650.50")], &hote()), Ok(nombre("2.73")));
                travail.fetch_add(1, Ordering::Relaxed);
            }
        });
        while travail.load(Ordering::Relaxed) == 0 {
            std::thread::yield_now();
        }
        for _ in 0..20 {
            assert!(boucle.execute(&[], &hote()).is_err());
        }
        // more work after the loops than before them
        let avant = travail.load(Ordering::Relaxed);
        while travail.load(Ordering::Relaxed) == avant {
            assert!(boucle.execute(&[], &hote()).is_err());
        }
        fini.store(true, Ordering::Relaxed);
    });
    assert!(travail.load(Ordering::Relaxed) > 0);
}

#[test]
fn toutes_les_fautes_dun_script_et_ses_avertissements() {
    let source = "//! entrees: quotient: quotient, rang: nombre\n//! sortie: montant\nlet a = quotien;\nlet b = arondi(a, 2);\nquotient = b;\nb";
    let erreurs = Script::compile("fautes", source, &ville(), 1).unwrap_err();
    let dites: Vec<(&str, usize, usize, Option<&str>)> =
        erreurs.iter().map(|e| (e.code, e.ligne, e.colonne, e.aide.as_deref())).collect();
    assert_eq!(
        dites,
        [
            ("RHA02", 3, 9, Some("vouliez-vous dire « quotient » ?")),
            ("RHA02", 4, 9, Some("vouliez-vous dire « arrondi » ?")),
            ("RHA02", 5, 1, Some("copiez-la : let resultat = …")),
        ]
    );
    // integers divide exactly; an input never read and a constant answer are noticed, not refused
    let constant = "//! entrees: quotient: quotient\n//! sortie: montant\n7 / 2";
    let script = Script::compile("constant", constant, &ville(), 1).unwrap();
    assert_eq!(script.execute(&[nombre("1")], &hote()), Ok(nombre("3.5")));
    let places: Vec<_> = script.avertissements().iter().map(|a| (a.code, a.ligne, a.colonne)).collect();
    assert_eq!(places, [("RHA05", 1, 14), ("RHA05", 3, 3)], "the input's name, then the sign of the answer");
    // an answer of another type is shown where it is written
    let texte = "//! entrees: quotient: quotient\n//! sortie: montant\nlet a = quotient;\n\n  \"cher\"";
    let erreurs = Script::compile("texte", texte, &ville(), 1).unwrap_err();
    assert_eq!(erreurs.iter().map(|e| (e.code, e.ligne, e.colonne)).collect::<Vec<_>>(), [("RHA04", 5, 3)]);
}
