//! S10: hostile files, by every way in. Refused in French, or written again; nothing half-kept; served harmless.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, reports what it measured, and looks at the disk"
)]

mod corpus;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::parcours::{enfants, entre};
use tests::serveur::{Navigateur, Serveur};

use crate::corpus::{Hostile, Sort, corpus};

/// Longest that one file may take, the request included.
const DUREE_MAX: Duration = Duration::from_secs(5);
/// Most memory that they may add to the process, in kB.
const MEMOIRE_MAX: u64 = 256 * 1024;

/// A line of `/proc/<pid>/status`, in kB.
fn memoire(serveur: &Serveur, ligne: &str) -> u64 {
    let texte = std::fs::read_to_string(format!("/proc/{}/status", serveur.pid())).unwrap();
    let ligne = texte.lines().find(|l| l.starts_with(ligne)).unwrap();
    ligne.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Everything kept for the town, with its size.
fn gardes(donnees: &Path) -> Vec<(String, u64)> {
    let Ok(dossier) = std::fs::read_dir(donnees.join("fichiers/ham")) else { return Vec::new() };
    let mut noms: Vec<(String, u64)> = dossier
        .map(|e| e.unwrap())
        .map(|e| (e.file_name().to_string_lossy().into_owned(), e.metadata().unwrap().len()))
        // the town's own key, which is no document
        .filter(|(nom, _)| nom != "_coffre")
        .collect();
    noms.sort();
    noms
}

/// A draft without a document.
fn brouillon(n: &Navigateur, rang: usize) -> String {
    let demande =
        json!({ "demarche": "inscription", "enfant": enfants(n)[rang], "reponses": {}, "incomplet": true });
    let cle = format!("hostile-{rang}");
    let (code, p) =
        n.json("/ham/api/v1/dossiers", &[("idempotency-key", cle.as_str())], Some(&demande)).unwrap();
    assert_eq!(code, 201, "{p}");
    p["id"].as_str().unwrap().to_owned()
}

/// The ways in: the page, the page that adds to what is there, the API; whether it was taken, and what was said.
fn envoie(
    n: &Navigateur,
    dossier: &str,
    piece: &str,
    voie: usize,
    hostile: &Hostile,
    cle: usize,
) -> (u16, String) {
    let base = format!("/ham/dossiers/{dossier}/pieces");
    if voie == 2 {
        let chemin = format!("/ham/api/v1/dossiers/{dossier}/pieces/{piece}");
        let genre = match hostile.octets.first() {
            Some(0xff) => "image/jpeg",
            Some(0x89) => "image/png",
            _ => "application/pdf",
        };
        let cle = format!("h{cle}");
        let entetes = [("idempotency-key", cle.as_str()), ("content-type", genre)];
        let (code, corps) = n.octets(&chemin, &entetes, &hostile.octets).unwrap();
        return (code, corps.get("detail").and_then(Value::as_str).unwrap_or_default().to_owned());
    }
    let page = n.lit(&base).unwrap();
    let mut champs = vec![("_jeton", page.jeton().unwrap()), ("piece", piece)];
    if voie == 1 {
        champs.push(("geste", "ajouter"));
    }
    let rendue = n.envoie_fichier(&base, &champs, &hostile.nom, &hostile.octets).unwrap();
    (rendue.code, rendue.visible())
}

#[test]
fn un_corpus_hostile_est_refuse_ou_refait_par_toutes_les_entrees() {
    let temporaire = tempfile::tempdir().unwrap();
    let donnees = temporaire.path().join("data");
    let serveur = Serveur::lance(&donnees).unwrap();
    let n = entre(&serveur, "durand");
    let dossier = brouillon(&n, 0);
    let corpus = corpus();
    assert!(corpus.len() >= 60, "{}", corpus.len());
    let avant = memoire(&serveur, "VmRSS");
    let (mut essais, mut refuses, mut pire) = (0_usize, 0_usize, (Duration::ZERO, ""));
    for piece in ["dossier_sante", "procedures_obligatoires"] {
        for hostile in &corpus {
            for voie in 0..3 {
                let kept = gardes(&donnees);
                let depart = Instant::now();
                let (code, dit) = envoie(&n, &dossier, piece, voie, hostile, essais);
                let duree = depart.elapsed();
                essais += 1;
                if duree > pire.0 {
                    pire = (duree, hostile.quoi);
                }
                let ou = format!(
                    "{} ({}) par la voie {voie} : {code} {dit}",
                    hostile.quoi,
                    hostile.nom.escape_debug()
                );
                if hostile.sort == Sort::Refuse {
                    refuses += 1;
                    assert!(matches!(code, 413 | 415 | 422), "{ou}");
                    let phrases = ["fichier", "image", "photo", "PDF", "document", "lourd"];
                    assert!(phrases.iter().any(|p| dit.contains(p)), "{ou}");
                    assert_eq!(gardes(&donnees), kept, "nothing is kept: {ou}");
                } else if voie < 2 && hostile.nom.contains(char::is_control) {
                    // no browser writes such a name: the whole form is refused
                    assert!(code == 400 && dit.contains("n’a pas pu être lu"), "{ou}");
                    assert_eq!(gardes(&donnees), kept, "nothing is kept: {ou}");
                } else if voie != 1 {
                    assert_eq!(code, 200, "{ou}");
                } else {
                    // four files at most: the rule refuses what is one too many
                    assert!(code == 200 || dit.contains("4 au plus"), "{ou}");
                }
                assert!(!dit.contains("onerror") && !dit.contains("etc/passwd"), "its name is nowhere: {ou}");
            }
        }
    }
    let ajoutee = memoire(&serveur, "VmHWM").saturating_sub(avant);
    println!(
        "{} fichiers × 2 pièces × 3 entrées = {essais} envois, {refuses} refus ; au plus {:?} ({}) et {} Mo de plus",
        corpus.len(),
        pire.0,
        pire.1,
        ajoutee / 1024
    );
    assert!(pire.0 < DUREE_MAX, "{pire:?}");
    assert!(ajoutee < MEMOIRE_MAX, "{ajoutee} kB");
    // no half-received file is left, and everything kept is encrypted
    for (nom, _) in gardes(&donnees) {
        assert_eq!(nom.len(), 26, "{nom}");
        let octets = std::fs::read(donnees.join("fichiers/ham").join(&nom)).unwrap();
        assert!(octets.starts_with(b"GCF1"), "{nom}");
    }
    assert_eq!(n.lit("/sante").unwrap().code, 200);
}

#[test]
fn ce_qui_est_garde_est_servi_sans_danger_et_sans_position() {
    let temporaire = tempfile::tempdir().unwrap();
    let serveur = Serveur::lance(&temporaire.path().join("data")).unwrap();
    let n = entre(&serveur, "durand");
    let dossier = brouillon(&n, 0);
    let (image, mut gardees) = (corpus::avec_position(), 0);
    assert!(image.windows(3).any(|m| m == b"GPS"));
    let gardes = |h: &&Hostile| h.sort != Sort::Refuse && !h.nom.contains(char::is_control);
    for hostile in corpus().iter().filter(gardes) {
        let (code, dit) = envoie(&n, &dossier, "dossier_sante", 0, hostile, 0);
        assert_eq!(code, 200, "{}: {dit}", hostile.quoi);
        let chemin = format!("/ham/dossiers/{dossier}/pieces/dossier_sante/1");
        let (entetes, octets) = lit_brut(&serveur, &n, &chemin);
        assert!(entetes.contains("x-content-type-options: nosniff"), "{entetes}");
        assert!(entetes.contains("content-security-policy: sandbox; default-src 'none'"), "{entetes}");
        assert!(entetes.contains("cache-control: no-store"), "{entetes}");
        let disposition = entetes.lines().find(|l| l.starts_with("content-disposition")).unwrap();
        let montre = if hostile.sort == Sort::Refait { "inline" } else { "attachment" };
        assert!(disposition.contains(&format!("{montre}; filename=\"dossier_sante-1.")), "{disposition}");
        if hostile.sort == Sort::Refait {
            for trace in [&b"GPS"[..], b"Exif", b"script", b"php", b"PK\x03\x04"] {
                assert!(octets.windows(trace.len()).all(|m| m != trace), "{}", hostile.quoi);
            }
            let relue = image::load_from_memory(&octets).unwrap();
            // turned as it was held
            let tournee = hostile.quoi == "jpeg with its place";
            assert_eq!(
                (relue.width(), relue.height()),
                if tournee { (48, 64) } else { (64, 48) },
                "{}",
                hostile.quoi
            );
        } else {
            assert_eq!(octets, hostile.octets, "{}", hostile.quoi);
        }
        gardees += 1;
    }
    assert!(gardees >= 15, "{gardees}");
    // the page shows the photograph, and one may add, replace, take back
    let photo = Hostile { quoi: "", nom: "a.jpg".into(), octets: image, sort: Sort::Refait };
    envoie(&n, &dossier, "dossier_sante", 0, &photo, 0);
    let autre = Hostile { octets: corpus::photo(image::ImageFormat::Png), ..photo };
    envoie(&n, &dossier, "dossier_sante", 1, &autre, 0);
    let page = n.lit(&format!("/ham/dossiers/{dossier}/pieces")).unwrap();
    assert_eq!(page.texte.matches("<img src=").count(), 2, "{}", page.texte);
    assert!(page.visible().contains("2 fichiers sur 4"), "{}", page.visible());
    let premier = page.cache("fichier").unwrap().to_owned();
    let champs =
        [("_jeton", page.jeton().unwrap()), ("piece", "dossier_sante"), ("fichier", premier.as_str())];
    let page = n.poste(&format!("/ham/dossiers/{dossier}/retrait-de-piece"), &champs).unwrap();
    assert!(page.visible().contains("1 fichier sur 4"), "{}", page.visible());
    let champs = [("_jeton", page.jeton().unwrap()), ("piece", "dossier_sante")];
    let page = n.poste(&format!("/ham/dossiers/{dossier}/retrait-de-piece"), &champs).unwrap();
    assert!(!page.texte.contains("<img src=") && page.visible().contains("à envoyer"), "{}", page.visible());
}

/// The answer's head in lower case, and its body.
fn lit_brut(serveur: &Serveur, n: &Navigateur, chemin: &str) -> (String, Vec<u8>) {
    let mut lu = Vec::new();
    let adresse = serveur.adresse.trim_start_matches("http://");
    let mut flux = TcpStream::connect(adresse).unwrap();
    let cookie = n.cookie("ham");
    write!(flux, "GET {chemin} HTTP/1.1\r\nHost: {adresse}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n")
        .unwrap();
    flux.read_to_end(&mut lu).unwrap();
    let fin = lu.windows(4).position(|m| m == b"\r\n\r\n").unwrap();
    let entetes = String::from_utf8_lossy(&lu[..fin]).to_lowercase();
    assert!(entetes.starts_with("http/1.1 200"), "{chemin}: {entetes}");
    (entetes, lu[fin + 4..].to_vec())
}

/// 3 GB: refused by what its head says, or once counted; never read whole.
#[test]
fn trois_gigaoctets_sont_refuses_avant_d_etre_lus() {
    let temporaire = tempfile::tempdir().unwrap();
    let serveur = Serveur::lance(&temporaire.path().join("data")).unwrap();
    let n = entre(&serveur, "durand");
    let dossier = brouillon(&n, 0);
    let adresse = serveur.adresse.trim_start_matches("http://");
    for (genre, longueur) in [("dit", "Content-Length: 3221225472"), ("compté", "Transfer-Encoding: chunked")]
    {
        let mut flux = TcpStream::connect(adresse).unwrap();
        flux.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        flux.set_write_timeout(Some(Duration::from_secs(5))).unwrap();
        let depart = Instant::now();
        write!(
            flux,
            "POST /ham/dossiers/{dossier}/pieces HTTP/1.1\r\nHost: {adresse}\r\nCookie: {}\r\nContent-Type: multipart/form-data; boundary=x\r\n{longueur}\r\n\r\n",
            n.cookie("ham")
        )
        .unwrap();
        let tete = b"--x\r\nContent-Disposition: form-data; name=\"fichier\"; filename=\"a\"\r\n\r\n";
        let mut envoyes = 0_u64;
        let bloc = vec![b'a'; 64 * 1024];
        let ecrit = |flux: &mut TcpStream, octets: &[u8]| match genre {
            "dit" => flux.write_all(octets),
            _ => write!(flux, "{:x}\r\n", octets.len())
                .and_then(|()| flux.write_all(octets))
                .and_then(|()| flux.write_all(b"\r\n")),
        };
        ecrit(&mut flux, tete).unwrap();
        // as much as the server takes, until it has answered
        while envoyes < 200 * 1024 * 1024 && ecrit(&mut flux, &bloc).is_ok() {
            envoyes += 64 * 1024;
        }
        let mut reponse = vec![0; 64];
        let lus = flux.read(&mut reponse).unwrap_or(0);
        let reponse = String::from_utf8_lossy(&reponse[..lus]).into_owned();
        println!(
            "{genre} : {} Mo lus en {:?} : {}",
            envoyes >> 20,
            depart.elapsed(),
            reponse.lines().next().unwrap_or("fermé")
        );
        assert!(envoyes < 120 * 1024 * 1024, "{envoyes}");
        assert!(reponse.is_empty() || reponse.starts_with("HTTP/1.1 413"), "{reponse}");
        assert!(depart.elapsed() < Duration::from_secs(60));
    }
    assert_eq!(gardes(&temporaire.path().join("data")), Vec::new());
    assert_eq!(n.lit("/sante").unwrap().code, 200);
}
