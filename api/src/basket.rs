//! Days booked together: read once, decided as a whole, committed in one transaction, all of them or none.

use engine::decision::{Refus, Suivant};
use engine::identifiant::{PersonneId, ReservationId};
use engine::reservation::{self, Acte, Demande, FoyerConnu, Issue, Venue};
use engine_store::Erreur;
use rules::montant::Montant;
use sha2::{Digest, Sha256};

use crate::bookings::{self, Lue, Pour};
use crate::state::Etat;

/// Most days of a basket: a family of three plans four weeks of a service, or one child a term.
pub(crate) const JOURS_MAX: usize = 62;

/// A child's day.
#[derive(Clone, Debug)]
pub(crate) struct Ligne {
    /// Who comes.
    pub(crate) enfant: PersonneId,
    /// Where and when.
    pub(crate) venue: Venue,
}

impl Ligne {
    fn acte(&self) -> Acte {
        Acte::Reserver(self.venue.clone())
    }
}

/// Why nothing was booked.
#[derive(Debug)]
pub(crate) enum Echec {
    /// What refuses each line, in their order; nothing for one that could be booked.
    Refus(Vec<Vec<Refus>>),
    /// There is no such child, for this person.
    Inconnu,
    /// The store failed.
    Store(Erreur),
}

impl From<Erreur> for Echec {
    fn from(erreur: Erreur) -> Self {
        Self::Store(erreur)
    }
}

impl From<Echec> for bookings::Echec {
    fn from(echec: Echec) -> Self {
        match echec {
            Echec::Refus(refus) => Self::Refus(refus.into_iter().flatten().collect()),
            Echec::Inconnu => Self::Inconnu,
            Echec::Store(erreur) => Self::Store(erreur),
        }
    }
}

/// Reads what deciding the lines needs.
pub(crate) async fn lit<'a>(etat: &Etat, pour: Pour<'a>, lignes: &[Ligne]) -> Result<Lue<'a>, Echec> {
    let actes: Vec<Acte> = lignes.iter().map(Ligne::acte).collect();
    let de: Vec<_> = lignes.iter().map(|l| &l.enfant).zip(&actes).collect();
    bookings::lit_ensemble(etat, pour, &de).await.map_err(|echec| match echec {
        bookings::Echec::Inconnu => Echec::Inconnu,
        bookings::Echec::Refus(refus) => Echec::Refus(vec![refus]),
        bookings::Echec::Store(erreur) => Echec::Store(erreur),
    })
}

/// What booking the lines would give now, each seeing the others.
pub(crate) fn decide(lue: &Lue<'_>, lignes: &[Ligne]) -> Result<Vec<Issue>, Vec<Vec<Refus>>> {
    let actes: Vec<Acte> = lignes.iter().map(Ligne::acte).collect();
    let connus: Vec<FoyerConnu<'_>> = actes.iter().map(|a| lue.connu(a)).collect();
    let sujets: Vec<_> = lignes.iter().map(|l| lue.sujets(&l.enfant)).collect();
    let (mut etats, mut refus) = (Vec::new(), Vec::new());
    for (((ligne, acte), connu), sujets) in lignes.iter().zip(&actes).zip(&connus).zip(&sujets) {
        match connu.etat(lue.commune, sujets, &ligne.enfant, acte) {
            Ok(etat) => {
                etats.push(etat);
                refus.push(Vec::new());
            }
            Err(plus) => refus.push(plus),
        }
    }
    if refus.iter().any(|r| !r.is_empty()) {
        return Err(refus);
    }
    let demandes: Vec<Demande<'_>> = etats.iter().zip(lignes.iter().map(|l| &l.venue)).collect();
    reservation::decide_chacune(lue.commune, &demandes, &lue.contexte)
}

/// Books the lines, once under `cle`; the bookings, in the order of the lines.
pub(crate) async fn reserve(
    etat: &Etat,
    pour: Pour<'_>,
    lignes: &[Ligne],
    cle: &str,
) -> Result<Vec<ReservationId>, Echec> {
    let mut corps = Sha256::new().chain_update("panier");
    for ligne in lignes {
        corps.update([0]);
        corps.update(ligne.enfant.as_str());
        corps.update([0]);
        corps.update(serde_json::to_vec(&ligne.venue).map_err(Erreur::from)?);
    }
    let corps: [u8; 32] = corps.finalize().into();
    let essai = || async move {
        let lue = lit(etat, pour, lignes).await?;
        let issues = decide(&lue, lignes).map_err(Echec::Refus)?;
        let (mut ids, mut decisions) = (Vec::new(), Vec::new());
        for issue in issues {
            let Suivant::Reservation(faite) = &issue.decision.suivant else { return Err(Echec::Inconnu) };
            ids.push(faite.id.to_string());
            decisions.push(issue.decision);
        }
        Ok((ids.join(" "), decisions))
    };
    match bookings::une_fois(etat, pour.portee, Some((cle, corps)), essai).await? {
        Some(reponse) => lues(&reponse),
        None => Err(Echec::Refus(lignes.iter().map(|_| vec![bookings::occupe()]).collect())),
    }
}

/// The bookings that the same basket gave the first time.
fn lues(reponse: &str) -> Result<Vec<ReservationId>, Echec> {
    reponse.split(' ').map(|id| ReservationId::lit(id).map_err(|_| Echec::Inconnu)).collect()
}

/// What a line costs; `None` when no text gives it.
pub(crate) fn prix(issue: &Issue) -> Option<Montant> {
    let lignes = issue.prix.as_ref().ok().filter(|l| !l.is_empty())?;
    lignes.iter().try_fold(Montant::centimes(0), |somme, l| somme.plus(*l.montant.as_ref().ok()?))
}

/// Why it costs that, or why nobody knows.
pub(crate) fn phrases(issue: &Issue) -> Vec<String> {
    match &issue.prix {
        Ok(lignes) => lignes.iter().map(|l| l.phrase.clone()).collect(),
        Err(refus) => refus.iter().map(|r| r.motif.to_string()).collect(),
    }
}
