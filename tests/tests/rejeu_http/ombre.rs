//! What a case gives its households and no act of anybody does, and what no route does yet: written to the store.

use std::collections::BTreeMap;

use engine::commune::Commune;
use engine::decision::{Agregat, Decision, Ecriture, Garde, Suivant};
use engine::demarche::{Dossier, EtatPiece, Phase, PieceRecue, Reponses};
use engine::foyer::{SourceFait, Sujet};
use engine::identifiant::{DossierId, FichierId, FoyerId, InscriptionId, ReservationId};
use jiff::Timestamp;
use jiff::civil::Date;

/// A household said `inscrit`, or `dossier_complet`: an old dossier with its rights, or every document accepted.
pub(crate) fn dossier_de_l_etat(
    commune: &Commune,
    foyer: &FoyerId,
    rang: u8,
    etat: &[String],
    le: Timestamp,
) -> Decision {
    let (complet, inscrit) =
        (etat.iter().any(|e| e == "dossier_complet"), etat.iter().any(|e| e == "inscrit"));
    let id = DossierId::neuf([rang; 16]);
    let demarche =
        commune.demarches.iter().find(|d| !d.pieces.is_empty()).or(commune.demarches.first()).unwrap();
    let etape = demarche.etapes.iter().find(|e| e.phase == Phase::Acceptee).unwrap();
    // good for as long as the case lasts, whatever it is good for
    let plus_tard = Date::constant(2099, 1, 1).to_zoned(commune.fuseau.clone()).unwrap().timestamp();
    let recue = |n: usize| PieceRecue {
        fichiers: vec![FichierId::neuf([u8::try_from(n).unwrap(); 16])],
        images: Vec::new(),
        date: None,
        recue_le: plus_tard,
        etat: EtatPiece::Acceptee,
    };
    let pieces = demarche.pieces.iter().enumerate().map(|(n, p)| (p.clone(), recue(n))).collect();
    let dossier = Dossier {
        id: id.clone(),
        demarche: demarche.id.clone(),
        digest: demarche.digest.clone(),
        numero: None,
        foyer: Some(foyer.clone()),
        demandeur: None,
        enfant: None,
        annee_scolaire: Some("2099-2100".to_owned()),
        etape: etape.id.clone(),
        // one that was refused holds no document
        phase: if complet { Phase::Acceptee } else { Phase::Refusee },
        entree: 1,
        entree_le: le,
        depots: 1,
        depose_le: Some(le),
        dernier_depot_le: Some(le),
        cree_le: le,
        reponses: Reponses::default(),
        pieces,
        cle: None,
        rejet_implicite_le: None,
        motif: None,
        affecte_a: None,
        suivi: Default::default(),
        documents: Default::default(),
        version: 1,
    };
    let droit = |(n, service): (usize, &engine::service::Service)| Ecriture::Inscription {
        id: InscriptionId::neuf([rang, u8::try_from(n).unwrap(), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        sujet: Sujet::Foyer(foyer.clone()),
        foyer: foyer.clone(),
        service: service.id.clone(),
        annee_scolaire: None,
        du: Date::constant(1900, 1, 1),
        dossier: id.clone(),
    };
    let droits = if inscrit { commune.services.iter().enumerate().map(droit).collect() } else { Vec::new() };
    let mut decision = Decision::du_systeme(foyer, 1, le, "cas", droits);
    decision.entree.agregat = Agregat::Dossier(id);
    decision.suivant = Suivant::Dossier(Box::new(dossier));
    decision
}

/// What memory named, as the server names it.
#[derive(Debug, Default)]
pub(crate) struct Noms {
    pub(crate) dossiers: BTreeMap<DossierId, DossierId>,
    pub(crate) jours: BTreeMap<ReservationId, ReservationId>,
}

/// The same decision about the dossiers and the booked days that the server knows under other names.
pub(crate) fn renomme(mut d: Decision, noms: &Noms) -> Decision {
    let autre = |id: &mut DossierId| {
        if let Some(nom) = noms.dossiers.get(id) {
            *id = nom.clone();
        }
    };
    let jour = |id: &mut ReservationId| {
        if let Some(nom) = noms.jours.get(id) {
            *id = nom.clone();
        }
    };
    let agregat = |a: &mut Agregat| match a {
        Agregat::Dossier(id) => autre(id),
        Agregat::Reservation(id) => jour(id),
        _ => {}
    };
    agregat(&mut d.entree.agregat);
    match &mut d.suivant {
        Suivant::Dossier(dossier) => autre(&mut dossier.id),
        Suivant::Reservation(r) => jour(&mut r.id),
        Suivant::Compte(_) | Suivant::Rien => {}
    }
    for ecriture in &mut d.ecritures {
        match ecriture {
            Ecriture::Inscription { dossier, .. }
            | Ecriture::Numero { dossier, .. }
            | Ecriture::FinEcheance { dossier, .. } => autre(dossier),
            Ecriture::Ligne(ligne) => ligne.reservation.iter_mut().for_each(jour),
            Ecriture::Fait(fait) => {
                if let SourceFait::Dossier(id) = &mut fait.source {
                    autre(id);
                }
            }
            _ => {}
        }
    }
    for effet in &mut d.effets {
        agregat(&mut effet.cle.agregat);
    }
    for echeance in &mut d.echeances {
        autre(&mut echeance.dossier);
    }
    for garde in &mut d.gardes {
        if let Garde::Version { agregat: a, .. } = garde {
            agregat(a);
        }
    }
    d
}
