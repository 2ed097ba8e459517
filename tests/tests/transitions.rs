//! S20 over the five towns: each étape of each démarche holds a dossier, on which everybody tries every action over HTTP. What
//! the definition does not allow is refused and changes nothing. One démarche in four, unless
//! `GUICHET_ESSAIS_LONGS=1`: then all of them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and opens sessions now"
)]

#[path = "../../rules/tests/longs/mod.rs"]
mod longs;

use std::collections::BTreeSet;

use engine::commune::Commune;
use engine::decision::{Agregat, Auteur, Decision, EntreeJournal, Suivant};
use engine::definition::resolve::charge;
use engine::demarche::{Acces, Acteur, Changement, Demarche, Dossier, Phase, Reponses, Suivi};
use engine::identifiant::{AgentId, CommuneSlug, DossierId};
use engine_store::{Portee, Store};
use jiff::Timestamp;
use serde_json::{Value, json};
use tests::arbre::sources;
use tests::magasin::villes;
use tests::serveur::{Navigateur, Serveur};

const LE: &str = "2025-09-01T08:00:00Z";

/// Somebody, as the store knows them.
struct Acteurs {
    noms: Vec<&'static str>,
    auteurs: Vec<Auteur>,
    cookies: Vec<String>,
}

/// The demonstration's accounts of a town, and an agent who has no role in it.
fn acteurs(tokio: &tokio::runtime::Runtime, store: &Store, slug: &CommuneSlug) -> Acteurs {
    let portee = store.portee_de_commande(slug, "essai");
    let texte = tokio.block_on(store.reglage(&portee, "demonstration.comptes")).unwrap().unwrap();
    let comptes: Vec<Value> = serde_json::from_str(&texte).unwrap();
    let de = |nom: &str| -> Auteur {
        let compte = comptes.iter().find(|c| c["identifiant"] == nom).unwrap();
        serde_json::from_value(compte["auteur"].clone()).unwrap()
    };
    let Auteur::Agent { roles, .. } = de("agent") else { panic!("an agent") };
    let Auteur::Parent { personne, foyer } = de("durand") else { panic!("a parent") };
    let agent = |n: u8, roles: Vec<String>| Auteur::Agent { agent: AgentId::neuf([n; 16]), roles };
    let au_guichet = Auteur::AuGuichet { agent: AgentId::neuf([3; 16]), roles: Vec::new(), personne, foyer };
    let (noms, auteurs): (Vec<_>, Vec<_>) = [
        ("parent", de("durand")),
        ("voisin", de("martin")),
        ("agent", agent(1, roles)),
        ("agent d’un autre service", agent(2, vec!["voirie".into()])),
        ("au guichet d’un autre service", au_guichet),
    ]
    .into_iter()
    .unzip();
    let reel = Timestamp::now();
    let fin = reel + jiff::SignedDuration::from_hours(2);
    let ouvre = |a: &Auteur| {
        let jeton = tokio.block_on(store.ouvre_session(slug, a.clone(), reel, fin)).unwrap();
        format!("guichet-{slug}={}", jeton.texte())
    };
    let mut cookies: Vec<String> = auteurs.iter().map(ouvre).collect();
    let mut noms = noms;
    noms.push("inconnu");
    cookies.push(String::new());
    Acteurs { noms, auteurs, cookies }
}

/// A dossier of the first family that stands in that étape.
fn pose(
    tokio: &tokio::runtime::Runtime,
    (store, portee): (&Store, &Portee),
    d: &Demarche,
    rang: usize,
    n: u8,
    parent: &Auteur,
) -> DossierId {
    let le: Timestamp = LE.parse().unwrap();
    let etape = &d.etapes[rang];
    let depose = (etape.phase != Phase::Brouillon).then_some(le);
    let mut octets = [n; 16];
    octets[0] = u8::try_from(rang).unwrap();
    let dossier = Dossier {
        id: DossierId::neuf(octets),
        demarche: d.id.clone(),
        digest: d.digest.clone(),
        numero: depose.map(|_| format!("2025-{n:02}{rang:03}")),
        foyer: parent.foyer().cloned(),
        demandeur: parent.personne().cloned(),
        enfant: None,
        annee_scolaire: Some("2025-2026".into()),
        etape: etape.id.clone(),
        phase: etape.phase,
        entree: 1,
        entree_le: le,
        depots: u32::from(depose.is_some()),
        depose_le: depose,
        dernier_depot_le: depose,
        cree_le: le,
        reponses: Reponses::default(),
        pieces: Default::default(),
        cle: None,
        rejet_implicite_le: None,
        motif: None,
        affecte_a: None,
        suivi: Suivi::default(),
        documents: Vec::new(),
        version: 1,
    };
    let id = dossier.id.clone();
    let decision = Decision {
        entree: EntreeJournal {
            agregat: Agregat::Dossier(id.clone()),
            seq: 1,
            le,
            auteur: Auteur::Systeme,
            evenement: "demarrer".into(),
            detail: None,
            changements: vec![Changement::Cree(Box::new(dossier.clone()))],
        },
        suivant: Suivant::Dossier(Box::new(dossier)),
        ecritures: Vec::new(),
        effets: Vec::new(),
        echeances: Vec::new(),
        gardes: Vec::new(),
        trace: Vec::new(),
    };
    tokio.block_on(store.commet(portee, decision, None)).unwrap();
    id
}

/// May this one do it, by the text of the definition alone?
fn permis(d: &Demarche, etape: &str, action: &str, auteur: Option<&Auteur>) -> bool {
    let Some(auteur) = auteur else { return false };
    let etape = d.etape(etape).unwrap();
    let est = |acteur: &Acteur| match (acteur, auteur) {
        (Acteur::Parent, Auteur::Parent { .. }) => true,
        (Acteur::Agent(role), Auteur::Agent { roles, .. }) => {
            roles.contains(role.as_ref().unwrap_or(&d.instruit_par))
        }
        _ => false,
    };
    etape.actions.iter().any(|a| a.id == action && a.par.iter().any(est))
}

fn essaie(
    n: &Navigateur,
    slug: &str,
    cookie: &str,
    id: &DossierId,
    action: &str,
    cle: &str,
) -> (u16, String) {
    let chemin = format!("/{slug}/api/v1/dossiers/{id}/actions/{action}");
    let entetes = [("cookie", cookie), ("idempotency-key", cle), ("content-type", "application/json")];
    let page = n.brut("POST", &chemin, &entetes, json!({ "motif": "Essai" }).to_string().as_bytes()).unwrap();
    (page.code, page.texte)
}

/// Tries everything in the démarche's étapes: refused, allowed.
fn parcourt(
    n: &Navigateur,
    slug: &str,
    d: &Demarche,
    dossiers: &[DossierId],
    qui: &Acteurs,
) -> (usize, usize) {
    let mut actions: BTreeSet<&str> =
        d.etapes.iter().flat_map(|e| &e.actions).map(|a| a.id.as_str()).collect();
    actions.extend(["inconnue", "..%2Fvalider"]);
    let (mut refusees, mut legales) = (0, 0);
    for (etape, id) in d.etapes.iter().zip(dossiers) {
        let lit =
            || n.lit_avec(&format!("/{slug}/api/v1/dossiers/{id}"), &[("cookie", &qui.cookies[0])]).unwrap();
        let avant = lit();
        assert_eq!(avant.code, 200, "{slug} {} {}: {}", d.id, etape.id, avant.texte);
        for action in &actions {
            for (i, nom) in qui.noms.iter().enumerate() {
                // a neighbour is a parent too, of another household
                let auteur = qui.auteurs.get(i).filter(|_| *nom != "voisin");
                if permis(d, &etape.id, action, auteur) {
                    legales += 1;
                    continue;
                }
                let cle = format!("{id}-{action}-{i}");
                let (code, texte) = essaie(n, slug, &qui.cookies[i], id, action, &cle);
                assert!(
                    (400..500).contains(&code) && texte.contains("urn:guichet:probleme:"),
                    "{slug} {} {} {action} by {nom}: {code} {texte}",
                    d.id,
                    etape.id
                );
                refusees += 1;
            }
        }
        assert_eq!(lit().texte, avant.texte, "{slug} {} {}: a refusal changes nothing", d.id, etape.id);
    }
    (refusees, legales)
}

#[test]
fn s20_dans_les_cinq_communes() {
    let donnees = tempfile::tempdir().unwrap();
    let data = donnees.path().join("data");
    let tokio = tokio::runtime::Runtime::new().unwrap();
    let slugs = villes();
    {
        // the demonstration makes its accounts when somebody comes
        let serveur = Serveur::lance(&data).unwrap();
        for slug in &slugs {
            assert_eq!(serveur.navigateur().lit(&format!("/{slug}/")).unwrap().code, 200);
        }
    }
    let store = tokio.block_on(Store::sqlite(&data)).unwrap();
    let tous = longs::longs();
    let mut prets = Vec::new();
    for slug in &slugs {
        let commune: std::sync::Arc<Commune> = charge(&sources(slug), slug).commune.unwrap();
        let nom = CommuneSlug::lit(slug).unwrap();
        let (portee, qui) = (store.portee_de_commande(&nom, "essai"), acteurs(&tokio, &store, &nom));
        let comptes = commune.demarches.iter().filter(|d| d.acces == Acces::Compte).enumerate();
        let poses: Vec<(Demarche, Vec<DossierId>)> = comptes
            .filter(|(i, _)| tous || i % 4 == 0)
            .map(|(i, d)| {
                let n = u8::try_from(i + 1).unwrap();
                let un = |rang| pose(&tokio, (&store, &portee), d, rang, n, &qui.auteurs[0]);
                (d.clone(), (0..d.etapes.len()).map(un).collect())
            })
            .collect();
        assert!(!poses.is_empty(), "{slug}");
        prets.push((slug.clone(), qui, poses));
    }
    drop(store);
    let serveur = Serveur::lance(&data).unwrap();
    tests::parcours::regle(&serveur.navigateur(), "2025-09-01", "10:00");
    let n = serveur.navigateur();
    let (mut refusees, mut legales, mut etapes) = (0, 0, 0);
    for (slug, qui, poses) in &prets {
        for (d, dossiers) in poses {
            let (r, l) = parcourt(&n, slug, d, dossiers, qui);
            (refusees, legales, etapes) = (refusees + r, legales + l, etapes + dossiers.len());
        }
    }
    println!("{etapes} étapes, {refusees} refused, {legales} allowed by the definitions");
    let (au_moins, permises) = if tous { (8_000, 180) } else { (2_500, 55) };
    assert!(refusees >= au_moins && legales >= permises, "{refusees} refused, {legales} allowed");
    longs::rapporte(
        "S20 étape × action × actor, five towns over HTTP",
        refusees + legales,
        &format!("{etapes} étapes, {refusees} illegal, all refused, nothing changed"),
    );
}
