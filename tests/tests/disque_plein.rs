//! R10: the disk fills up while families write. What was acknowledged is kept, what is refused is said (507, in French, with
//! what was typed), what is there can still be read, and writing works again when there is room, without a restart.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, prints its counts, and writes files"
)]

#[path = "../../rules/tests/longs/mod.rs"]
mod longs;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use engine::identifiant::CommuneSlug;
use engine_store::Store;
use serde_json::{Value, json};
use tests::arbre::racine;
use tests::hasard::Hasard;
use tests::parcours::{PDF, brouillon, enfants, entre, json as poste, regle};
use tests::precharge;
use tests::serveur::{Navigateur, Serveur};

/// A library that makes every write to a file fail while a file of that name exists: `ENOSPC`, as a full disk says it.
fn bibliotheque(dossier: &Path) -> PathBuf {
    let texte = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>
static int plein(int fd) {
    const char *drapeau = getenv("GUICHET_ESSAI_PLEIN");
    struct stat s;
    if (!drapeau || access(drapeau, F_OK) != 0) return 0;
    if (fstat(fd, &s) != 0 || !S_ISREG(s.st_mode)) return 0;
    errno = ENOSPC;
    return 1;
}
#define SUIVANT(nom) static __typeof__(nom) *vrai; if (!vrai) vrai = dlsym(RTLD_NEXT, #nom)
ssize_t write(int fd, const void *b, size_t n) { SUIVANT(write); return plein(fd) ? -1 : vrai(fd, b, n); }
ssize_t pwrite(int fd, const void *b, size_t n, off_t o) { SUIVANT(pwrite); return plein(fd) ? -1 : vrai(fd, b, n, o); }
ssize_t pwrite64(int fd, const void *b, size_t n, off64_t o) { SUIVANT(pwrite64); return plein(fd) ? -1 : vrai(fd, b, n, o); }
"#;
    precharge::bibliotheque(dossier, "plein", texte)
}

/// One more person, declared; whether it was acknowledged, and what was said otherwise.
fn declare(n: &Navigateur, cle: &str) -> Result<String, (u16, Value)> {
    let nom: String = cle
        .chars()
        .map(|c| if c.is_ascii_digit() { char::from(b'a' + (c as u8 - b'0')) } else { c })
        .collect();
    let reponses = json!({ "lien": "contact", "nom": nom.replace('-', ""), "prenom": "Alix", "telephone": "06 12 34 56 78" });
    let (code, p) = poste(n, "/dossiers", cle, &json!({ "demarche": "entourage", "reponses": reponses }));
    if code != 201 {
        return Err((code, p));
    }
    Ok(p["id"].as_str().unwrap().to_owned())
}

/// A draft is a draft: each is cancelled by nobody, and a household keeps forty at most, so that it is filed.
fn depose(n: &Navigateur, cle: &str) -> Result<String, (u16, Value)> {
    let id = declare(n, cle)?;
    let (code, p) = poste(n, &format!("/dossiers/{id}/actions/deposer"), &format!("{cle}-d"), &json!({}));
    if code == 200 { Ok(id) } else { Err((code, p)) }
}

#[test]
fn r10_un_disque_plein_se_dit_et_ne_perd_rien() {
    let dossier = tempfile::tempdir().unwrap();
    let (plein, data) = (dossier.path().join("plein"), dossier.path().join("data"));
    let objet = bibliotheque(dossier.path());
    let serveur = Serveur::lance_dans(
        &racine().join("communes"),
        &data,
        &["--sans-surveillance"],
        &[("LD_PRELOAD", objet.as_os_str()), ("GUICHET_ESSAI_PLEIN", plein.as_os_str())],
    )
    .unwrap();
    regle(&serveur.navigateur(), "2025-09-01", "10:00");
    let (durand, martin) = (entre(&serveur, "durand"), entre(&serveur, "martin"));
    let enfant = &enfants(&durand)[0];
    let connu = brouillon(&durand, enfant, &["restauration"], "connu");
    let page = durand.lit("/ham/demarches/entourage").unwrap();
    let jeton = page.jeton().unwrap().to_owned();

    // full, at a calm moment: each way of writing says so, reading goes on
    std::fs::write(&plein, "").unwrap();
    let (code, p) = depose(&martin, "plein").unwrap_err();
    assert_eq!((code, p["type"].as_str()), (507, Some("urn:guichet:probleme:sans_place")), "{p}");
    let chemin = format!("/ham/api/v1/dossiers/{connu}/pieces/attestation_caf?date=2025-08-21");
    let entetes = [("idempotency-key", "plein-piece"), ("content-type", "application/pdf")];
    let (code, p) = durand.octets(&chemin, &entetes, &[PDF, b"%plein"].concat()).unwrap();
    assert_eq!(code, 507, "{p}");
    let champs =
        [("_jeton", jeton.as_str()), ("lien", "contact"), ("nom", "Dupont-Écrit"), ("prenom", "Alix")];
    let page = durand.poste("/ham/demarches/entourage", &champs).unwrap();
    assert_eq!(page.code, 507, "{}", page.visible());
    for dit in ["Nous ne pouvons rien enregistrer en ce moment", "Dupont-Écrit"] {
        assert!(page.visible().contains(dit), "{}", page.visible());
    }
    assert!(page.entete("retry-after").is_some());
    let (code, lu) = durand.json(&format!("/ham/api/v1/dossiers/{connu}"), &[], None).unwrap();
    assert_eq!((code, lu["etape"].as_str()), (200, Some("brouillon")));
    assert_eq!(durand.lit("/ham/reservations").unwrap().code, 200);
    std::fs::remove_file(&plein).unwrap();
    depose(&martin, "plein").unwrap();

    // full at random moments, under writers who write down what they were told
    let moments = if longs::longs() { 30 } else { 5 };
    let (fin, refus) = (AtomicBool::new(false), AtomicUsize::new(0));
    let mut acquittes: Vec<String> = Vec::new();
    let mut pire = Duration::ZERO;
    std::thread::scope(|s| {
        let ecrivains: Vec<_> = (0..4)
            .map(|e| {
                let (n, fin, refus) =
                    (if e % 2 == 0 { durand.clone() } else { martin.clone() }, &fin, &refus);
                s.spawn(move || {
                    let mut siens = Vec::new();
                    let mut rang = 0;
                    while !fin.load(Ordering::Relaxed) {
                        rang += 1;
                        match depose(&n, &format!("ecrivain-{e}-{rang}")) {
                            Ok(id) => siens.push(id),
                            Err((507, _)) => drop(refus.fetch_add(1, Ordering::Relaxed)),
                            // drafts that a full disk kept from being filed
                            Err((422, p)) if p["regle"] == "foyer.brouillons" => break,
                            Err(autre) => panic!("{autre:?}"),
                        }
                    }
                    siens
                })
            })
            .collect();
        let mut hasard = Hasard(10);
        for _ in 0..moments {
            std::thread::sleep(Duration::from_millis(50 + hasard.sous(150)));
            std::fs::write(&plein, "").unwrap();
            std::thread::sleep(Duration::from_millis(30 + hasard.sous(60)));
            std::fs::remove_file(&plein).unwrap();
            let (depuis, n) = (Instant::now(), serveur.navigateur());
            let agent = entre(&serveur, "agent");
            while agent.lit("/ham/agent/").unwrap().code != 200 || n.lit("/ham/").unwrap().code != 200 {
                assert!(depuis.elapsed() < Duration::from_secs(60));
            }
            pire = pire.max(depuis.elapsed());
        }
        fin.store(true, Ordering::Relaxed);
        for e in ecrivains {
            acquittes.extend(e.join().unwrap());
        }
    });
    depose(&martin, "apres").unwrap();
    let perdus = acquittes
        .iter()
        .filter(|id| {
            [&durand, &martin].iter().all(|n| {
                let (_, lu) = n.json(&format!("/ham/api/v1/dossiers/{id}"), &[], None).unwrap();
                lu["phase"] != "deposee"
            })
        })
        .count();
    let refuses = refus.load(Ordering::Relaxed);
    println!(
        "{moments} times full: {} acknowledged, {refuses} refused, {perdus} lost, again after {pire:?} at most",
        acquittes.len()
    );
    assert_eq!(perdus, 0);
    assert!(!acquittes.is_empty() && refuses > 0, "{} acknowledged, {refuses} refused", acquittes.len());
    serveur.tue().unwrap();
    let tokio = tokio::runtime::Runtime::new().unwrap();
    tokio.block_on(async {
        let store = Store::sqlite(&data).await.unwrap();
        let portee = store.portee_de_commande(&CommuneSlug::lit("ham").unwrap(), "essai");
        store.verifie_journal(&portee).await.unwrap().unwrap();
    });
    longs::rapporte(
        "R10 disk full under writers",
        moments,
        &format!("{} acknowledged, 0 lost; {refuses} refused by 507; journal whole", acquittes.len()),
    );
}
