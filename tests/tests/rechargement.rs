//! R13: folders change under load. A valid one goes live, an invalid one never does, no request sees two versions or an error.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "../../rules/tests/longs/mod.rs"]
mod longs;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use regex::Regex;
use tests::commande::{copie_commune, guichet};
use tests::grappe;
use tests::serveur::{Navigateur, Serveur};

/// Folders to swap: 20 in the everyday run, 500 in the long one.
fn combien(peu: u32, beaucoup: u32) -> u32 {
    if longs::longs() { beaucoup } else { peu }
}

struct Ville {
    _temporaire: tempfile::TempDir,
    /// `--base`, on PostgreSQL.
    base: Option<String>,
    communes: PathBuf,
    donnees: PathBuf,
    commune: String,
    demarche: String,
}

/// A copy of a town whose name and whose procedure's name both tell the version.
fn ville() -> Ville {
    let temporaire = tempfile::tempdir().unwrap();
    let communes = temporaire.path().join("communes");
    copie_commune("ham", &communes).unwrap();
    let lit = |chemin: &str| std::fs::read_to_string(communes.join(chemin)).unwrap();
    let (commune, demarche) = (lit("ham/commune.yaml"), lit("ham/demarches/inscription.yaml"));
    let donnees = temporaire.path().join("data");
    Ville { _temporaire: temporaire, base: None, communes, donnees, commune, demarche }
}

/// The same on a PostgreSQL database of its own; `None`: this run goes without.
fn ville_postgres() -> Option<Ville> {
    let base = grappe::base_dans(grappe::administrateur()?);
    let fait = guichet(&["migrate", "--base", &base.proprietaire]).unwrap();
    assert_eq!(fait.statut, 0, "{}", fait.erreurs);
    Some(Ville { base: Some(base.application), ..ville() })
}

impl Ville {
    fn moteur(&self) -> &'static str {
        if self.base.is_some() { "PostgreSQL" } else { "SQLite" }
    }

    fn ou(&self) -> Vec<&str> {
        self.base.iter().flat_map(|base| ["--base", base.as_str()]).collect()
    }

    fn lance(&self, options: &[&str]) -> Serveur {
        Serveur::lance_avec(&self.communes, &self.donnees, &[options, &self.ou()].concat()).unwrap()
    }

    /// Writes version `n`; an invalid one has a key that nobody knows.
    fn ecrit(&self, n: u32, valide: bool) {
        let nom = Regex::new("(?m)^nom: .*$").unwrap();
        let mut commune = nom.replace(&self.commune, format!("nom: \"Ham version {n}.\"")).into_owned();
        if !valide {
            commune.push_str("\ncle_que_personne_ne_connait: oui\n");
        }
        assert!(nom.is_match(&self.demarche), "the procedure has a name of its own");
        let demarche = nom.replace(&self.demarche, format!("nom: \"Inscription version {n}.\""));
        pose(&self.communes.join("ham/demarches/inscription.yaml"), &demarche);
        pose(&self.communes.join("ham/commune.yaml"), &commune);
    }
}

/// As editors do: written beside, then renamed.
fn pose(chemin: &Path, texte: &str) {
    let provisoire = chemin.with_extension("tmp");
    std::fs::write(&provisoire, texte).unwrap();
    std::fs::rename(provisoire, chemin).unwrap();
}

fn previent(serveur: &Serveur) {
    let fait = Command::new("kill").args(["-HUP", &serveur.pid().to_string()]).status().unwrap();
    assert!(fait.success());
}

/// The versions that a page names.
fn versions(texte: &str) -> Vec<u32> {
    // the demonstration's accounts were named when the data folder was made: they are data, not definition
    let texte = texte.replace("Agent – Ham version", "");
    let motif = Regex::new(r"version (\d+)\.").unwrap();
    motif.captures_iter(&texte).map(|c| c[1].parse().unwrap()).collect()
}

fn attend(n: &Navigateur, quoi: &str, mut vrai: impl FnMut(&Navigateur) -> bool) {
    let debut = Instant::now();
    while !vrai(n) {
        assert!(
            debut.elapsed() < Duration::from_secs(30),
            "{quoi}: {}",
            n.lit("/_versions").unwrap().visible()
        );
        std::thread::sleep(Duration::from_millis(15));
    }
}

fn en_service(n: &Navigateur) -> u32 {
    let page = n.lit("/ham/").unwrap();
    assert_eq!(page.code, 200, "{}", page.visible());
    versions(&page.texte)[0]
}

#[test]
fn cinq_cents_dossiers_changent_sous_la_charge() {
    change_sous_la_charge(&ville(), 20);
}

#[test]
fn de_meme_sur_postgresql() {
    let Some(ville) = ville_postgres() else { return };
    change_sous_la_charge(&ville, 4);
}

fn change_sous_la_charge(ville: &Ville, peu: u32) {
    ville.ecrit(1, true);
    let serveur = ville.lance(&["--sans-surveillance"]);
    let (fini, requetes) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let charge: Vec<_> = (0..3)
        .map(|_| {
            let (n, fini, requetes) = (serveur.navigateur(), fini.clone(), requetes.clone());
            std::thread::spawn(move || {
                let mut derniere = 0;
                while !fini.load(Ordering::Relaxed) {
                    for chemin in
                        ["/ham/", "/ham/demarches/inscription", "/ham/api/v1/demarches", "/", "/sante"]
                    {
                        let page = n.lit(chemin).unwrap();
                        assert!(page.code < 500, "{chemin}: {} {}", page.code, page.visible());
                        let vues = versions(&page.texte);
                        assert!(vues.iter().all(|v| *v == vues[0]), "{chemin} shows {vues:?}");
                        // even versions are invalid, and none comes back
                        if let Some(vue) = vues.first() {
                            assert!(vue % 2 == 1, "version {vue} is invalid and live");
                            assert!(*vue >= derniere, "{vue} after {derniere}");
                            derniere = *vue;
                        }
                        requetes.fetch_add(1, Ordering::Relaxed);
                    }
                }
            })
        })
        .collect();
    let n = serveur.navigateur();
    let derniere = combien(peu, 500) + 1;
    for version in 2..=derniere {
        let valide = version % 2 == 1;
        ville.ecrit(version, valide);
        previent(&serveur);
        if valide {
            attend(&n, "live", |n| en_service(n) == version);
        } else {
            attend(&n, "refused", |n| {
                n.lit("/_versions").unwrap().visible().contains("cle_que_personne_ne_connait")
            });
            assert_eq!(en_service(&n), version - 1, "the old one keeps serving");
        }
    }
    fini.store(true, Ordering::Relaxed);
    charge.into_iter().for_each(|c| c.join().unwrap());
    let vues = requetes.load(Ordering::Relaxed);
    assert!(vues > u64::from(derniere), "{vues} requests");
    longs::rapporte(
        &format!("R13 reloads under load, {}", ville.moteur()),
        derniere as usize - 1,
        &format!("0 5xx, 0 mixed page in {vues} requests"),
    );
    let (communes, donnees) = (ville.communes.to_str().unwrap(), ville.donnees.to_str().unwrap());
    let ou = ["publish", "ham", "--journal", "--communes", communes, "--data", donnees];
    let journal = guichet(&[&ou[..], &ville.ou()].concat()).unwrap();
    let attendues = usize::try_from(derniere / 2 + 1).unwrap().min(50);
    assert_eq!(journal.texte.lines().count(), attendues, "{}", journal.texte);
    assert!(journal.texte.lines().next().unwrap().contains("signal SIGHUP"), "{}", journal.texte);
}

#[test]
fn tue_pendant_une_publication_il_sert_l_ancienne_ou_la_nouvelle() {
    tue_pendant_une_publication(&ville(), 3);
}

#[test]
fn tue_de_meme_sur_postgresql() {
    let Some(ville) = ville_postgres() else { return };
    tue_pendant_une_publication(&ville, 2);
}

fn tue_pendant_une_publication(ville: &Ville, peu: u32) {
    ville.ecrit(1, true);
    let (mut servie_avant, mut avant, mut gardees, mut prises) = (1, 1, 0, 0);
    let coups = combien(peu, 50);
    for coup in 0..coups {
        let serveur = ville.lance(&["--sans-surveillance"]);
        let n = serveur.navigateur();
        let servie = en_service(&n);
        assert!(servie == avant || servie == servie_avant, "{servie} after {servie_avant}, {avant} proposed");
        if coup > 0 {
            if servie == avant { prises += 1 } else { gardees += 1 }
        }
        servie_avant = servie;
        let neuve = 3 + 2 * coup;
        ville.ecrit(neuve, true);
        previent(&serveur);
        std::thread::sleep(Duration::from_millis(u64::from(coup * 137 % 900)));
        serveur.tue().unwrap();
        avant = neuve;
    }
    // an invalid folder at the start changes nothing either
    ville.ecrit(1000, false);
    let serveur = ville.lance(&[]);
    assert!(en_service(&serveur.navigateur()) < 1000);
    let refus = serveur.navigateur().lit("/_versions").unwrap().visible();
    assert!(refus.contains("cle_que_personne_ne_connait"), "{refus}");
    longs::rapporte(
        &format!("R13 kills during a publication, {}", ville.moteur()),
        coups as usize,
        &format!("0 broken start ({prises} new, {gardees} old)"),
    );
}

#[test]
fn le_dossier_est_suivi_et_publier_porte_un_nom() {
    let ville = ville();
    ville.ecrit(1, true);
    let serveur = Serveur::lance_avec(&ville.communes, &ville.donnees, &[]).unwrap();
    let n = serveur.navigateur();
    ville.ecrit(3, true);
    attend(&n, "watched", |n| en_service(n) == 3);
    drop(serveur);

    let serveur = Serveur::lance_avec(&ville.communes, &ville.donnees, &["--sans-surveillance"]).unwrap();
    let n = serveur.navigateur();
    ville.ecrit(5, true);
    std::thread::sleep(Duration::from_millis(2500));
    assert_eq!(en_service(&n), 3, "nobody published it");
    let ou = ["--communes", ville.communes.to_str().unwrap(), "--data", ville.donnees.to_str().unwrap()];
    let publie = |reste: &[&str]| guichet(&[&["publish", "ham"][..], &ou[..], reste].concat()).unwrap();
    assert_eq!(publie(&[]).statut, 2, "a publication has an author");
    let passe = publie(&["--auteur", "Claude Petit", "--depuis", "2020-01-01"]);
    assert_eq!((passe.statut, passe.erreurs.contains("passé")), (2, true), "{}", passe.erreurs);
    let a_venir = publie(&["--auteur", "Claude Petit", "--depuis", "2099-01-01"]);
    assert_eq!(a_venir.statut, 0, "{}", a_venir.texte);
    std::thread::sleep(Duration::from_millis(1500));
    assert_eq!(en_service(&n), 3, "not before its day");
    let faite = publie(&["--auteur", "Claude Petit"]);
    assert!(faite.texte.contains("publiée par Claude Petit"), "{}", faite.texte);
    attend(&n, "published", |n| en_service(n) == 5);
    assert!(publie(&["--auteur", "Claude Petit"]).texte.contains("rien ne change"));
    ville.ecrit(6, false);
    let refusee = publie(&["--auteur", "Claude Petit"]);
    assert_eq!((refusee.statut, refusee.texte.contains("SYN02")), (1, true), "{}", refusee.texte);
    let journal = publie(&["--journal"]).texte;
    assert_eq!(journal.lines().count(), 4, "{journal}");
    let premiere = journal.lines().next().unwrap();
    assert!(premiere.contains("par Claude Petit") && premiere.ends_with("← en service"), "{journal}");
    assert!(premiere.contains("changements (commune.ham, demarche.inscription)"), "{journal}");
    assert!(journal.contains("(à venir)"), "{journal}");
    let page = n.lit("/_versions").unwrap().visible();
    assert!(page.contains("publiée par Claude Petit"), "{page}");
}

/// A watching server puts nothing in force before the date that somebody published it for, and says what it does not follow.
#[test]
fn ce_qui_est_publie_pour_plus_tard_attend_et_ce_qui_part_se_dit() {
    let ville = ville();
    ville.ecrit(1, true);
    let serveur = Serveur::lance_sur(&ville.communes, &ville.donnees).unwrap();
    let n = serveur.navigateur();
    assert_eq!(en_service(&n), 1);
    // prepared elsewhere, published for a later day, then put in the folder that is watched
    let prepare = self::ville();
    prepare.ecrit(2, true);
    let chemin = |p: &Path| p.to_str().unwrap().to_owned();
    let (communes, donnees) = (chemin(&prepare.communes), chemin(&ville.donnees));
    let publie = ["publish", "ham", "--communes", &communes, "--data", &donnees, "--auteur", "A. Petit"];
    let sortie = guichet(&[&publie[..], &["--depuis", "2099-01-01"]].concat()).unwrap();
    assert_eq!(sortie.statut, 0, "{}{}", sortie.texte, sortie.erreurs);
    ville.ecrit(2, true);
    // two looks and more
    std::thread::sleep(Duration::from_secs(5));
    assert_eq!(en_service(&n), 1);
    let dit = n.lit("/_versions").unwrap().visible();
    assert!(dit.contains("1er janvier 2099") && dit.contains("(à venir)"), "{dit}");
    // another text is another version: nobody gave it a date
    ville.ecrit(3, true);
    attend(&n, "version 3", |n| en_service(n) == 3);
    // the folder goes away: families go on, and it is told
    std::fs::rename(ville.communes.join("ham"), ville.communes.with_file_name("ailleurs")).unwrap();
    attend(&n, "told", |n| n.lit("/_versions").unwrap().visible().contains("n'est plus là"));
    assert_eq!(en_service(&n), 3);
    std::fs::rename(ville.communes.with_file_name("ailleurs"), ville.communes.join("ham")).unwrap();
    attend(&n, "back", |n| !n.lit("/_versions").unwrap().visible().contains("n'est plus là"));
}
