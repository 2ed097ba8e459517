//! Values that tests of the contract write: two families' worth of decisions.

use std::collections::BTreeMap;

use engine::decision::{
    Agregat, Appartient, Auteur, CleEffet, CleUnique, Decision, EcheanceAFaire, Ecriture, EffetAFaire,
    EntreeJournal, EtatReservation, Garde, LigneFaite, Pas, ReservationFaite, Sortie, Suivant,
};
use engine::demarche::{Changement, Destinataire, Dossier, Phase, Reponses};
use engine::foyer::Genre;
use engine::identifiant::{DossierId, FoyerId, LigneId, PersonneId, ReservationId};
use engine_store::{Commis, Erreur};
use jiff::{SignedDuration, Timestamp};
use rules::montant::Montant;

pub(crate) fn id(n: u8) -> [u8; 16] {
    [n; 16]
}

pub(crate) fn foyer(n: u8) -> FoyerId {
    FoyerId::neuf(id(n))
}

pub(crate) fn personne(n: u8) -> PersonneId {
    PersonneId::neuf(id(n))
}

pub(crate) fn le() -> Timestamp {
    "2025-09-01T08:00:00Z".parse().unwrap()
}

pub(crate) fn decision(agregat: Agregat, seq: i64, suivant: Suivant, ecritures: Vec<Ecriture>) -> Decision {
    Decision {
        entree: EntreeJournal {
            agregat,
            seq,
            le: le(),
            auteur: Auteur::Systeme,
            evenement: "essai".into(),
            detail: None,
            changements: Vec::new(),
        },
        suivant,
        ecritures,
        effets: Vec::new(),
        echeances: Vec::new(),
        gardes: Vec::new(),
        trace: vec![Pas { regle: "essai".into(), lieu: None, resultat: "fait".into() }],
    }
}

/// A household `n`: its responsable is person `n`, its child person `n + 100`.
pub(crate) fn famille(n: u8) -> Decision {
    let membre = |p, genre| Ecriture::Membre { foyer: foyer(n), personne: personne(p), genre, depuis: le() };
    let ecritures =
        vec![Ecriture::Foyer(foyer(n)), membre(n, Genre::Responsable), membre(n + 100, Genre::Enfant)];
    decision(Agregat::Foyer(foyer(n)), 1, Suivant::Rien, ecritures)
}

pub(crate) fn dossier(n: u8, version: i64, cle: Option<&str>) -> Dossier {
    Dossier {
        id: DossierId::neuf(id(n)),
        demarche: "inscription".into(),
        digest: "d1".into(),
        numero: None,
        foyer: Some(foyer(1)),
        demandeur: Some(personne(1)),
        enfant: Some(personne(101)),
        annee_scolaire: Some("2025-2026".into()),
        etape: "deposee".into(),
        phase: Phase::Deposee,
        entree: 1,
        entree_le: le(),
        depots: 1,
        depose_le: Some(le()),
        dernier_depot_le: Some(le()),
        cree_le: le(),
        reponses: Reponses::default(),
        pieces: BTreeMap::new(),
        cle: cle.map(str::to_owned),
        rejet_implicite_le: None,
        motif: None,
        affecte_a: None,
        suivi: engine::demarche::Suivi::default(),
        documents: Vec::new(),
        version,
    }
}

/// Files dossier `n`, at its first version.
pub(crate) fn depot(n: u8, cle: Option<&str>) -> Decision {
    depose(dossier(n, 1, cle))
}

/// Files one of many.
pub(crate) fn depot_de(rang: u128) -> Decision {
    depose(Dossier { id: DossierId::neuf(rang.to_be_bytes()), ..dossier(0, 1, None) })
}

fn depose(d: Dossier) -> Decision {
    let agregat = Agregat::Dossier(d.id.clone());
    let numero =
        Ecriture::Numero { compteur: "dossier-2025".into(), prefixe: "2025-".into(), dossier: d.id.clone() };
    let mut depot = decision(agregat.clone(), 1, Suivant::Dossier(Box::new(d.clone())), vec![numero]);
    depot.entree.changements = vec![Changement::Cree(Box::new(d.clone()))];
    depot.gardes = vec![Garde::Version { agregat: agregat.clone(), attendue: 0 }];
    depot.effets = vec![EffetAFaire {
        cle: CleEffet { agregat, seq: 1, rang: 0 },
        sortie: Sortie::Message { modele: "accuse".into(), a: Destinataire::Demandeur, motif: None },
    }];
    depot.echeances = vec![EcheanceAFaire {
        dossier: d.id,
        le: le() + SignedDuration::from_hours(24),
        appartient: Appartient::Silence { depot: 1 },
    }];
    depot
}

pub(crate) fn reservation(n: u8, etat: EtatReservation, version: i64) -> ReservationFaite {
    ReservationFaite {
        id: ReservationId::neuf(id(n)),
        foyer: foyer(1),
        enfant: personne(101),
        prestation: "repas".into(),
        jour: "2025-09-02".parse().unwrap(),
        mode: None,
        delai: "a_temps".into(),
        recu_le: le(),
        etat,
        pointee_le: None,
        version,
    }
}

/// Books, with its price.
pub(crate) fn reserve(n: u8) -> Decision {
    let r = reservation(n, EtatReservation::Ferme, 1);
    let agregat = Agregat::Reservation(r.id.clone());
    let ligne = LigneFaite {
        id: LigneId::neuf(id(n)),
        foyer: foyer(1),
        enfant: Some(personne(101)),
        reservation: Some(r.id.clone()),
        prestation: r.prestation.clone(),
        jour: r.jour,
        montant: Montant::centimes(350),
        phrase: "Repas du mardi 2 septembre : 3,50 €.".into(),
        trace: serde_json::json!({ "pas": [] }),
        digest: "d1".into(),
    };
    let cle =
        CleUnique::Reservation { enfant: r.enfant.clone(), prestation: r.prestation.clone(), jour: r.jour };
    let mut d = decision(
        agregat.clone(),
        1,
        Suivant::Reservation(Box::new(r)),
        vec![Ecriture::Ligne(Box::new(ligne))],
    );
    d.gardes = vec![Garde::Version { agregat, attendue: 0 }, Garde::Unique(cle)];
    d
}

pub(crate) fn garde_de(resultat: Result<Commis, Erreur>) -> Garde {
    match resultat {
        Err(Erreur::Garde(g)) => *g,
        autre => panic!("{autre:?}"),
    }
}
