//! S01, S02 and S03: nothing of a household is read by another, in its town or elsewhere, whatever the address, the verb or the
//! cookie; and what one may not read looks like what does not exist.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../../rules/tests/longs/mod.rs"]
mod longs;

use std::collections::{BTreeSet, VecDeque};

use regex::Regex;
use serde_json::json;
use tests::hasard::Hasard;
use tests::routes::{Route, routes};
use tests::serveur::{Navigateur, Page};
use tests::trois_villes::{Foyer, TroisVilles, VILLES};

/// Everybody's marks but those of `lecteurs`.
fn etrangeres<'m>(foyers: &'m [Foyer], lecteurs: &[&str]) -> Vec<&'m str> {
    foyers.iter().map(|f| f.marque.as_str()).filter(|m| !lecteurs.contains(m)).collect()
}

fn propre(page: &Page, etrangeres: &[&str], qui: &str) {
    let entetes = page.entetes.iter().map(|(n, v)| format!("{n}: {v}\n")).collect::<String>();
    for marque in etrangeres {
        assert!(
            !page.texte.contains(marque) && !entetes.contains(marque),
            "{qui} reads {marque} at {} ({})",
            page.chemin,
            page.code
        );
    }
}

/// Everything that reads, from the table of routes and from the links of its pages.
fn parcourt(n: &Navigateur, departs: Vec<String>, interdites: &[&str], qui: &str) -> Vec<Page> {
    let lien = Regex::new(r##"(?:href|src|action)="(/[^"#]*)""##).unwrap();
    let nombre = departs.len();
    let (mut a_lire, mut lues, mut pages) = (VecDeque::from(departs), BTreeSet::new(), Vec::new());
    while let Some(adresse) = a_lire.pop_front() {
        let adresse = adresse.replace("&amp;", "&");
        // the departures come first; a page that writes its own address gives ever longer ones
        if lues.len() > nombre + 200 || !lues.insert(adresse.clone()) {
            continue;
        }
        let page = n.brut("GET", &adresse, &[], b"").unwrap();
        assert!(page.code < 500, "{qui}: {adresse}: {}", page.texte);
        propre(&page, interdites, qui);
        a_lire.extend(lien.captures_iter(&page.texte).map(|c| c[1].to_owned()));
        pages.push(page);
    }
    assert!(lues.len() >= nombre, "{qui}: {} of {nombre}", lues.len());
    pages
}

/// What a reader tries: each route with its own identifiers, then with everybody's, in every town.
fn adresses(foyers: &[Foyer], toutes: &[Route]) -> Vec<String> {
    let lues: Vec<&Route> = toutes.iter().filter(|r| !r.change() && r.chemin.contains("{slug}")).collect();
    let mut adresses = BTreeSet::from(["/".to_owned()]);
    for route in lues {
        for foyer in foyers {
            adresses.extend(VILLES.map(|ville| foyer.adresse(route, ville)));
        }
    }
    for ville in VILLES {
        for f in foyers {
            adresses
                .insert(format!("/{ville}/api/v1/prix?enfant={}&prestation=repas&jour=2025-09-04", f.enfant));
            adresses.insert(format!("/{ville}/agent/?nom={}", f.marque));
            adresses.insert(format!("/{ville}/agent/guichet?nom={}", f.marque));
        }
    }
    adresses.into_iter().collect()
}

/// Without what changes from one page to the next: seals, identifiers, times.
fn sans_hasard(page: &Page, ids: &[&str]) -> String {
    let mut texte = page.texte.clone();
    for id in ids {
        texte = texte.replace(id, "…");
    }
    let seme = Regex::new(r"[0-9a-f]{32}\.[0-9a-f]{32}|\d{2}:\d{2}:\d{2}").unwrap();
    seme.replace_all(&texte, "…").into_owned()
}

/// An identifier of the same form that nobody has.
fn inconnu(id: &str) -> String {
    let (debut, fin) = id.split_at(id.len() - 4);
    format!("{debut}{}", if fin == "0000" { "1111" } else { "0000" })
}

fn rien_ne_fuit(villes: &TroisVilles) -> usize {
    let toutes = routes();
    let adresses = adresses(&villes.foyers, &toutes);
    let mut lues = 0;
    for foyer in &villes.foyers {
        let interdites = etrangeres(&villes.foyers, &[&foyer.marque]);
        let pages = parcourt(&foyer.n, adresses.clone(), &interdites, &foyer.marque);
        // the crawl did read the family's own: else finding nothing would prove nothing
        let siennes = pages.iter().filter(|p| p.code == 200 && p.texte.contains(&foyer.marque)).count();
        assert!(siennes >= 12, "{}: {siennes} pages of its own", foyer.marque);
        lues += pages.len();
    }
    for (ville, agent) in VILLES.iter().zip(&villes.agents) {
        let siennes: Vec<&str> =
            villes.foyers.iter().filter(|f| f.ville == *ville).map(|f| f.marque.as_str()).collect();
        let interdites = etrangeres(&villes.foyers, &siennes);
        let pages = parcourt(agent, adresses.clone(), &interdites, ville);
        assert!(
            siennes.iter().all(|m| pages.iter().any(|p| p.code == 200 && p.texte.contains(m))),
            "{ville}"
        );
        lues += pages.len();
    }
    let anonyme = villes.serveur.navigateur();
    lues + parcourt(&anonyme, adresses, &etrangeres(&villes.foyers, &[]), "nobody").len()
}

/// A well-formed body of that route of the API: what is refused is then the identifier, not the words.
fn corps(route: &Route, moi: &Foyer) -> Vec<u8> {
    let fin = route.chemin.rsplit("{dossier}").next().unwrap();
    let json = match fin {
        "/reponses" => json!({ "reponses": {} }),
        "/actions/{action}" => json!({ "motif": "Essai" }),
        "/messages" => json!({ "texte": "Essai" }),
        "/pieces_demandees" => json!({ "pieces": ["dossier_sante"], "texte": "Essai" }),
        "/pieces/{piece}/verification" => json!({ "accepte": true }),
        "/avis" => json!({ "favorable": true, "texte": "Essai" }),
        "/copie" => json!({ "enfant": moi.enfant }),
        "/rendez_vous" => json!({ "debut": "2025-09-04T09:00:00" }),
        "/rendez_vous/constat" => json!({ "tenu": true }),
        _ => return Vec::new(),
    };
    json.to_string().into_bytes()
}

/// Sends to that address what the route takes.
fn envoie(moi: &Foyer, route: &Route, adresse: &str, jeton: &str) -> Page {
    let cle = format!("s01-{}-{adresse}", moi.ville);
    let cle = ("idempotency-key", cle.as_str());
    let piece = route.chemin.ends_with("/pieces/{piece}") && route.change();
    if route.chemin.ends_with("/dossiers/{dossier}/pieces") && route.change() {
        let champs = [("_jeton", jeton), ("piece", "dossier_sante"), ("date", "2025-08-20")];
        return moi.n.envoie_fichier(adresse, &champs, "document.pdf", b"%PDF-1.4\n%%EOF\n").unwrap();
    }
    let formulaire = format!(
        "_jeton={jeton}&action=annuler&motif=Essai&texte=Essai&piece=dossier_sante&enfant={}",
        moi.enfant
    );
    let (entetes, octets): (Vec<(&str, &str)>, Vec<u8>) = match (route.change(), route.api()) {
        (false, _) => (vec![], vec![]),
        (true, true) if piece => {
            (vec![cle, ("content-type", "application/pdf")], b"%PDF-1.4\n%%EOF\n".into())
        }
        (true, true) => match corps(route, moi) {
            corps if corps.is_empty() => (vec![cle], corps),
            corps => (vec![cle, ("content-type", "application/json")], corps),
        },
        (true, false) => {
            (vec![("content-type", "application/x-www-form-urlencoded")], formulaire.into_bytes())
        }
    };
    moi.n.brut(&route.methode, adresse, &entetes, &octets).unwrap()
}

/// Everything that a family has, as it reads it.
fn etat(foyer: &Foyer) -> String {
    let lit = |fin: &str| foyer.n.lit(&format!("/{}/api/v1/{fin}", foyer.ville)).unwrap().texte;
    [
        lit(&format!("dossiers/{}", foyer.entourage)),
        lit(&format!("dossiers/{}", foyer.inscription)),
        lit(&format!("reservations/{}", foyer.reservation)),
    ]
    .join("\n")
}

/// Each address of the neighbour's, read or written, by somebody of the same town: as what does not exist.
fn rien_ne_se_touche(villes: &TroisVilles) -> usize {
    let mut essais = 0;
    for paire in villes.foyers.chunks(2) {
        let [moi, voisin] = paire else { panic!("two families a town") };
        let avant = etat(voisin);
        let page = moi.n.lit(&format!("/{}/reservations", moi.ville)).unwrap();
        let jeton = page.jeton().unwrap();
        let interdites = etrangeres(&villes.foyers, &[&moi.marque]);
        let ids = [&voisin.entourage, &voisin.inscription, &voisin.reservation];
        let faux: Vec<String> = ids.iter().map(|id| inconnu(id)).collect();
        let connus: Vec<&str> =
            ids.iter().map(|i| i.as_str()).chain(faux.iter().map(String::as_str)).collect();
        let vise =
            |r: &Route| ["{dossier}", "{reservation}", "{id}"].iter().any(|trou| r.chemin.contains(trou));
        let des_demarches = |r: &Route| r.chemin.contains("/demarches/");
        for route in routes().into_iter().filter(|r| vise(r) && !des_demarches(r)) {
            let sienne = voisin.adresse(&route, moi.ville);
            let absente = ids.iter().fold(sienne.clone(), |a, id| a.replace(id.as_str(), &inconnu(id)));
            assert_ne!(sienne, absente, "{route:?}");
            let refusee = envoie(moi, &route, &sienne, jeton);
            let rien = envoie(moi, &route, &absente, jeton);
            propre(&refusee, &interdites, &moi.marque);
            // an agent's routes are refused before any identifier is looked at; others say that there is no such thing
            let attendu = if route.acces == "Agent" { 403 } else { 404 };
            assert_eq!((refusee.code, rien.code), (attendu, attendu), "{route:?}: {}", refusee.texte);
            assert_eq!(sans_hasard(&refusee, &connus), sans_hasard(&rien, &connus), "{route:?}");
            essais += 2;
        }
        assert_eq!(etat(voisin), avant, "{}", voisin.marque);
        assert!(avant.contains(&voisin.marque), "{avant}");
    }
    essais
}

/// Interleaved readers on one pool, each in its own town, or elsewhere as nobody.
fn rien_ne_se_melange(villes: &TroisVilles, nombre: usize) -> usize {
    const FILS: usize = 8;
    std::thread::scope(|s| {
        let fils: Vec<_> = (0..FILS)
            .map(|graine| {
                s.spawn(move || {
                    let mut hasard = Hasard(u64::try_from(graine).unwrap() + 1);
                    let mut pioche =
                        |n: usize| usize::try_from(hasard.sous(u64::try_from(n).unwrap())).unwrap();
                    for _ in 0..nombre / FILS {
                        let foyer = villes.foyers.get(pioche(villes.foyers.len())).unwrap();
                        let ville = VILLES.get(pioche(VILLES.len())).unwrap();
                        let (id, chez_soi) = (&foyer.entourage, foyer.ville == *ville);
                        // at home its own texts are there
                        let (adresse, montre) = match pioche(6) {
                            0 => (format!("/{ville}/api/v1/enfants"), true),
                            1 => (format!("/{ville}/api/v1/dossiers/{id}"), true),
                            2 => (format!("/{ville}/dossiers/{id}"), true),
                            3 => (format!("/{ville}/demandes"), false),
                            4 => (format!("/{ville}/api/v1/dossiers"), false),
                            _ => (format!("/{ville}/reservations"), true),
                        };
                        let page = foyer.n.brut("GET", &adresse, &[], b"").unwrap();
                        let interdites = etrangeres(&villes.foyers, &[&foyer.marque]);
                        propre(&page, &interdites, &foyer.marque);
                        let vue = page.code == 200 && page.texte.contains(&foyer.marque);
                        assert!(!montre || vue == chez_soi, "{adresse} by {}: {}", foyer.marque, page.code);
                    }
                    nombre / FILS
                })
            })
            .collect();
        fils.into_iter().map(|f| f.join().unwrap()).sum()
    })
}

/// A session of one town, sent under the name of another town's cookie.
fn une_session_ne_passe_pas_d_une_ville_a_l_autre(villes: &TroisVilles) {
    for (rang, foyer) in villes.foyers.iter().enumerate() {
        for ville in VILLES.iter().filter(|v| **v != foyer.ville) {
            let jeton = villes.jetons.get(rang).unwrap();
            let cookie = format!("guichet-{ville}={jeton}; Path=/{ville}");
            let n = Navigateur::de(&villes.serveur.adresse, &cookie);
            let (code, p) = n.json(&format!("/{ville}/api/v1/enfants"), &[], None).unwrap();
            assert_eq!(code, 401, "{ville} for {}: {p}", foyer.marque);
        }
    }
}

/// Each letter to a family names no other one; each to a service, nobody of another town.
fn les_lettres_vont_chez_elles(villes: &TroisVilles) -> usize {
    let lettres = villes.smtp.textes();
    for lettre in &lettres {
        let entier = lettre.replace("=\r\n", "").replace("=\n", "");
        let a = entier.lines().find_map(|l| l.strip_prefix("To: ")).unwrap().split('@').next().unwrap();
        for cite in villes.foyers.iter().filter(|f| entier.contains(&f.marque)) {
            assert!(a == cite.marque || a == cite.ville, "{} in a letter to {a}: {lettre}", cite.marque);
        }
    }
    let recues = |f: &&Foyer| lettres.iter().any(|l| l.contains(&format!("To: {}@exemple.fr", f.marque)));
    assert_eq!(
        villes.foyers.iter().filter(recues).count(),
        villes.foyers.len(),
        "each family has its letters"
    );
    lettres.len()
}

fn tout(villes: &TroisVilles, moteur: &str) {
    let nombre = if longs::longs() { 10_000 } else { 1_600 };
    let lues = rien_ne_fuit(villes);
    let essais = rien_ne_se_touche(villes);
    let melees = rien_ne_se_melange(villes, nombre);
    une_session_ne_passe_pas_d_une_ville_a_l_autre(villes);
    let lettres = les_lettres_vont_chez_elles(villes);
    assert!(
        lues > 1_000 && essais > 150 && melees == nombre && lettres >= 6,
        "{lues} {essais} {melees} {lettres}"
    );
    longs::rapporte(&format!("S02 pages crawled, {moteur}"), lues, "0 text of another household or town");
    longs::rapporte(&format!("S01 acts on a neighbour's, {moteur}"), essais, "as what does not exist");
    longs::rapporte(&format!("S03 interleaved reads in three towns, {moteur}"), melees, "0 crossing");
}

#[test]
fn s01_s02_s03_rien_ne_passe_d_un_foyer_ni_d_une_ville_a_l_autre() {
    tout(&TroisVilles::sqlite(), "SQLite");
}

#[test]
fn s01_s02_s03_de_meme_sur_postgresql() {
    if let Some(villes) = TroisVilles::postgres() {
        tout(&villes, "PostgreSQL");
    }
}
