//! The household that a new account declared, and what the town's service says of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::compte::{AdresseDeCompte, Compte};
use crate::decision::{
    Agregat, Auteur, CleEffet, Decision, Ecriture, EffetAFaire, EntreeJournal, Garde, Sortie, Suivant,
};
use crate::foyer::Foyer;
use crate::identifiant::{FoyerId, PersonneId};

/// Name of the letter that says that the space is open.
pub const LETTRE_RATTACHE: &str = "compte_rattache";
/// Name of the letter that says why it is not.
pub const LETTRE_REFUSE: &str = "compte_refuse";

/// A household that an account declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rattachement {
    /// As declared.
    pub foyer: FoyerId,
    /// Who declared it.
    pub personne: PersonneId,
    /// When.
    pub demande_le: Timestamp,
    /// What the service said: yes, or why not; `None` = it waits.
    pub reponse: Option<Result<(), String>>,
}

impl Rattachement {
    /// Does the town know this family now?
    pub const fn est_valide(&self) -> bool {
        matches!(self.reponse, Some(Ok(())))
    }
}

/// What the service says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReponseRattachement {
    /// A family that arrives: the household stays as it was declared.
    Accepte,
    /// It is a family that the town knew.
    Rattache {
        /// Which household.
        foyer: FoyerId,
        /// Who they are in it.
        personne: PersonneId,
    },
    /// Neither.
    Refuse {
        /// What the family reads.
        motif: String,
    },
}

/// The service answers: the account, where there is one, is of the household said, and its holder receives a letter.
///
/// `declare` is the household as it was read, which guards the answer. The letter does not say why: the family reads it in its
/// space.
pub fn repond(
    declare: &Foyer,
    compte: Option<&Compte>,
    reponse: ReponseRattachement,
    auteur: &Auteur,
    le: Timestamp,
) -> Decision {
    let (evenement, modele, detail) = match &reponse {
        ReponseRattachement::Accepte => ("accepter_foyer", LETTRE_RATTACHE, None),
        ReponseRattachement::Rattache { foyer, .. } => {
            ("rattacher_compte", LETTRE_RATTACHE, Some(format!("foyer:{foyer}")))
        }
        ReponseRattachement::Refuse { motif } => ("refuser_foyer", LETTRE_REFUSE, Some(motif.clone())),
    };
    let version = |agregat: &Agregat, attendue| Garde::Version { agregat: agregat.clone(), attendue };
    let foyer = Agregat::Foyer(declare.id.clone());
    let mut gardes = vec![version(&foyer, declare.version)];
    let (agregat, seq, suivant) = match compte {
        None => (foyer, declare.version.saturating_add(1), Suivant::Rien),
        Some(compte) => {
            let agregat = Agregat::Compte(compte.id.clone());
            gardes.push(version(&agregat, compte.version));
            let suivant = match &reponse {
                ReponseRattachement::Rattache { foyer, personne } => compte.devient(foyer, personne),
                _ => compte.suivant(),
            };
            (agregat, suivant.version, Suivant::Compte(Box::new(suivant)))
        }
    };
    let effets = compte.map(|_| EffetAFaire {
        cle: CleEffet { agregat: agregat.clone(), seq, rang: 0 },
        sortie: Sortie::Compte { modele: modele.to_owned(), a: AdresseDeCompte::Actuelle, lien: None },
    });
    Decision {
        entree: EntreeJournal {
            agregat,
            seq,
            le,
            auteur: auteur.clone(),
            evenement: evenement.to_owned(),
            detail,
            changements: Vec::new(),
        },
        suivant,
        ecritures: vec![Ecriture::ReponseRattachement { foyer: declare.id.clone(), reponse, le }],
        effets: effets.into_iter().collect(),
        echeances: Vec::new(),
        gardes,
        trace: Vec::new(),
    }
}
