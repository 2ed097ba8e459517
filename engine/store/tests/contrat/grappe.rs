//! A throwaway PostgreSQL cluster (`tests/postgres`), its roles, and a database a test.
//!
//! `GUICHET_PG` names the cluster by its administrator's URL; without it, one is started for this process and goes with it.
//! `GUICHET_SANS_PG` skips what needs it, aloud.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// What PostgreSQL's side of a test needs.
#[derive(Clone, Debug)]
pub struct Base {
    /// Owns the tables: `guichet migrate`.
    pub proprietaire: String,
    /// Owns nothing: `guichet serve`.
    pub application: String,
    /// Sees everything.
    pub administrateur: String,
}

fn racine() -> PathBuf {
    let mut dossier = Path::new(env!("CARGO_MANIFEST_DIR"));
    while !dossier.join("tests/postgres").exists() {
        dossier = dossier.parent().expect("the tree holds tests/postgres");
    }
    dossier.to_owned()
}

fn outil(arguments: &[&str]) -> String {
    let sortie = Command::new(racine().join("tests/postgres")).args(arguments).output().expect("bash");
    let erreurs = String::from_utf8_lossy(&sortie.stderr);
    assert!(
        sortie.status.success(),
        "tests/postgres {arguments:?}: {erreurs}\n(tests/postgres installe, or GUICHET_SANS_PG=1 to go without)"
    );
    String::from_utf8(sortie.stdout).expect("text").trim().to_owned()
}

/// Starts a cluster of its own in `dossier`, with these server options; it is removed when this process ends.
pub fn lance(dossier: &Path, options: &[&str]) -> String {
    let chemin = dossier.to_str().expect("a path in UTF-8");
    let url = outil(&[&["lance", chemin], options].concat());
    let outil = racine().join("tests/postgres");
    // who watches is nobody's child: it outlives this process, by one command
    let veille = "( while kill -0 \"$0\" 2>/dev/null; do sleep 0.5; done; exec \"$1\" efface \"$2\" ) &";
    let lancee = Command::new("sh")
        .args(["-c", veille, &std::process::id().to_string()])
        .arg(outil)
        .arg(chemin)
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("a watcher");
    assert!(lancee.success());
    url
}

/// Kills each process of a cluster, as a power cut would end them.
pub fn tue(dossier: &Path) {
    outil(&["tue", dossier.to_str().expect("a path in UTF-8")]);
}

/// Stops it and removes it.
pub fn efface(dossier: &Path) {
    outil(&["efface", dossier.to_str().expect("a path in UTF-8")]);
}

/// Starts it again.
pub fn relance(dossier: &Path) {
    outil(&["lance", dossier.to_str().expect("a path in UTF-8")]);
}

/// Where throwaway clusters live.
pub fn dossier(nom: &str) -> PathBuf {
    let cible = std::env::current_exe().expect("a path");
    let cible = cible.ancestors().find(|d| d.ends_with("target")).expect("below target/").to_owned();
    cible.join("postgres").join(format!("{nom}-{}", std::process::id()))
}

/// The administrator's URL of the cluster that the tests share; `None`: this run goes without.
pub fn administrateur() -> Option<&'static str> {
    static URL: OnceLock<Option<String>> = OnceLock::new();
    let url = URL.get_or_init(|| {
        if std::env::var_os("GUICHET_SANS_PG").is_some() {
            return None;
        }
        let url = std::env::var("GUICHET_PG").unwrap_or_else(|_| lance(&dossier("essais"), &[]));
        roles(&url);
        Some(url)
    });
    if url.is_none() {
        eprintln!("PostgreSQL: NOT TESTED (GUICHET_SANS_PG)");
    }
    url.as_deref()
}

/// The two roles of `engine-store`'s documentation, once a cluster.
pub fn roles(url: &str) {
    psql(
        url,
        "DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'guichet_application') THEN
                CREATE ROLE guichet_application NOLOGIN;
                CREATE ROLE guichet_proprietaire LOGIN;
                CREATE ROLE guichet LOGIN IN ROLE guichet_application;
            END IF;
        END $$",
    );
}

/// Runs statements by the client program; what it prints, unaligned, without headings.
pub fn psql(url: &str, sql: &str) -> String {
    let sortie = Command::new("psql")
        .args(["-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", url])
        .args(["-c", sql])
        .output()
        .expect("psql");
    assert!(sortie.status.success(), "{sql}: {}", String::from_utf8_lossy(&sortie.stderr));
    String::from_utf8(sortie.stdout).expect("text").trim().to_owned()
}

/// The same URL, for another role and database.
pub fn url(administrateur: &str, role: &str, base: &str) -> String {
    let (_, reste) = administrateur.split_once('@').expect("postgres://user@host/database");
    let (hote, reste) = reste.split_once('/').expect("a database");
    let options = reste.split_once('?').map(|(_, o)| format!("?{o}")).unwrap_or_default();
    format!("postgres://{role}@{hote}/{base}{options}")
}

/// An empty database of its own, in this cluster.
pub fn base_dans(administrateur: &str) -> Base {
    static RANG: AtomicU32 = AtomicU32::new(0);
    let nom = format!("essai_{}_{}", std::process::id(), RANG.fetch_add(1, Ordering::Relaxed));
    psql(administrateur, &format!("CREATE DATABASE {nom} OWNER guichet_proprietaire"));
    Base {
        proprietaire: url(administrateur, "guichet_proprietaire", &nom),
        application: url(administrateur, "guichet", &nom),
        administrateur: url(administrateur, "postgres", &nom),
    }
}
