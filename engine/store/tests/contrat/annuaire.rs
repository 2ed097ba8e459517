//! Families found by the names that an agent types.

use engine::decision::{Agregat, Ecriture, Suivant};
use engine::foyer::{Fait, Genre, SourceFait, Sujet, ValeurFait};
use engine::identifiant::{AgentId, FoyerId};
use jiff::civil::Date;

use crate::base::{Essai, sur_les_deux};
use crate::valeurs::{decision, foyer, id, le, personne};

/// The household `n`, of one guardian with these names.
async fn nommee(e: &Essai, n: u8, genre: Genre, prenom: &str, nom: &str) {
    let dit = |nom: &str, valeur: &str| {
        Ecriture::Fait(Fait {
            sujet: Sujet::Personne(personne(n)),
            fait: nom.into(),
            valeur: ValeurFait::Texte(valeur.into()),
            valable_du: Date::constant(2020, 1, 1),
            valable_au: None,
            connu_le: le(),
            source: SourceFait::Agent(AgentId::neuf(id(9))),
            valide_par: None,
        })
    };
    let ecritures = vec![
        Ecriture::Foyer(foyer(n)),
        Ecriture::Membre { foyer: foyer(n), personne: personne(n), genre, depuis: le() },
        dit("nom", nom),
        dit("prenom", "Ancien"),
        dit("prenom", prenom),
    ];
    let d = decision(Agregat::Foyer(foyer(n)), 1, Suivant::Rien, ecritures);
    e.store.commet(&e.portee, d, None).await.unwrap();
}

async fn une_famille_se_trouve_par_ses_noms(e: &Essai) {
    // thirty of the same name: the first name tells them apart
    for n in 1..=30 {
        nommee(e, n, Genre::Responsable, &format!("Prénom {n:02}"), "DIALLO").await;
    }
    nommee(e, 40, Genre::CoRepresentant, "Fatou", "Diallo").await;
    nommee(e, 41, Genre::Responsable, "Léa", "Le Guen").await;
    nommee(e, 42, Genre::Responsable, "Zoé", "Martinez").await;
    nommee(e, 43, Genre::Responsable, "Tom", "Martin").await;
    let trouve = async |noms: &str, nombre| e.store.cherche_foyers(&e.portee, noms, nombre).await.unwrap();
    assert_eq!(trouve("diallo", 10).await.len(), 10);
    assert_eq!(trouve("diallo", 100).await.len(), 31);
    let fatou: &[FoyerId] = &[foyer(40)];
    for noms in ["diallo fatou", "Fatou Diallo", "DIALLO fat", "fat dia"] {
        assert_eq!(trouve(noms, 10).await, fatou, "{noms}");
    }
    for noms in ["le guen", "Léa LE-GUEN", "lea leguen le", "guen"] {
        let attendu: &[FoyerId] = if noms.contains("leguen") || noms == "guen" { &[] } else { &[foyer(41)] };
        assert_eq!(trouve(noms, 10).await, attendu, "{noms}");
    }
    // the very name before those that begin like it
    assert_eq!(trouve("martin", 10).await, [foyer(43), foyer(42)]);
    // a former first name is not looked at, and nothing typed finds nobody
    for noms in ["diallo ancien", "", "  ", "%", "inconnue"] {
        assert_eq!(trouve(noms, 10).await, [], "{noms}");
    }
    assert_eq!(e.store.responsables(&e.portee, &foyer(40)).await.unwrap(), [personne(40)]);
}

sur_les_deux!(une_famille_se_trouve_par_ses_noms,);
