//! Booked days: load what `decide` may read, decide, commit; decide again when something moved meanwhile.

use std::collections::BTreeMap;

use engine::commune::Commune;
use engine::decision::{Decision, LigneFaite, Refus, ReservationFaite, Suivant};
use engine::demarche::Dossier;
use engine::foyer::{FaitsDates, Foyer, Genre};
use engine::identifiant::{Alea, FoyerId, PersonneId, ReservationId};
use engine::reservation::{self, Acte, Besoins, Contexte, Echeances, FoyerConnu, Inscrit, Issue, Venue};
use engine::service::Service;
use engine::tarification::{LignePricee, Sujets};
use engine_store::{CleIdempotence, Commis, Erreur, FoyerLu, Inscription, Portee};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use sha2::{Digest, Sha256};

use crate::acts::{self, ESSAIS};
use crate::alea::alea;
use crate::attachment;
use crate::state::Etat;

/// Why an act did not happen.
#[derive(Debug)]
pub(crate) enum Echec {
    /// Every rule that says no.
    Refus(Vec<Refus>),
    /// There is no such child or booking, for this person.
    Inconnu,
    /// The store failed.
    Store(Erreur),
}

impl From<Erreur> for Echec {
    fn from(erreur: Erreur) -> Self {
        Self::Store(erreur)
    }
}

impl From<acts::Echec> for Echec {
    fn from(echec: acts::Echec) -> Self {
        match echec {
            acts::Echec::Refus(refus) | acts::Echec::Doublon(refus, _) => Self::Refus(vec![*refus]),
            acts::Echec::Inconnu => Self::Inconnu,
            acts::Echec::Store(erreur) => Self::Store(erreur),
        }
    }
}

/// Who asks, for whom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pour<'a> {
    /// The town.
    pub(crate) commune: &'a Commune,
    /// The session's scope.
    pub(crate) portee: &'a Portee,
    /// The household.
    pub(crate) foyer: &'a FoyerId,
}

/// What acts on a household's days may read.
pub(crate) struct Lue<'a> {
    pub(crate) commune: &'a Commune,
    foyer: Foyer,
    faits: FaitsDates,
    responsable: Option<PersonneId>,
    inscriptions: Vec<(Option<PersonneId>, Inscrit)>,
    reservations: Vec<ReservationFaite>,
    dossiers: Vec<Dossier>,
    compte_valide: bool,
    /// By counter of places: how many are taken.
    prises: BTreeMap<String, u32>,
    pub(crate) contexte: Contexte,
}

/// A booked day and what was told of its price.
pub(crate) struct Reservee {
    /// The day.
    pub(crate) faite: ReservationFaite,
    /// Its line; `None` when no text gives the price.
    pub(crate) ligne: Option<LigneFaite>,
}

/// Reads what deciding `acte` for `enfant` needs.
pub(crate) async fn lit<'a>(
    etat: &Etat,
    pour: Pour<'a>,
    enfant: &PersonneId,
    acte: &Acte,
) -> Result<Lue<'a>, Echec> {
    lit_ensemble(etat, pour, &[(enfant, acte)]).await
}

/// The same for acts that are decided together: the household is read once.
pub(crate) async fn lit_ensemble<'a>(
    etat: &Etat,
    pour: Pour<'a>,
    actes: &[(&PersonneId, &Acte)],
) -> Result<Lue<'a>, Echec> {
    let (store, portee) = (&etat.store, pour.portee);
    let recu_le = etat.horloge.maintenant();
    let FoyerLu { foyer, faits } = store.famille(portee, pour.foyer).await?;
    let foyer = foyer.ok_or(Echec::Inconnu)?;
    let sien =
        |enfant: &PersonneId| foyer.membres.iter().any(|m| m.genre == Genre::Enfant && m.personne == *enfant);
    if !actes.iter().all(|(enfant, _)| sien(enfant)) {
        return Err(Echec::Inconnu);
    }
    let premier = foyer.membres.iter().find(|m| m.genre == Genre::Responsable).map(|m| m.personne.clone());
    let responsable = portee.auteur().personne().cloned().or(premier);
    let inscrit = |i: Inscription| (i.enfant, Inscrit { service: i.service, du: i.du, au: i.au });
    let inscriptions = store.inscriptions(portee, pour.foyer).await?;
    let besoins: Vec<Besoins> =
        actes.iter().map(|(_, acte)| reservation::besoins(pour.commune, acte)).collect();
    let jours = besoins.iter().filter_map(|b| b.reservations);
    let reservations = match jours.reduce(|(de, a), (d, f)| (de.min(d), a.max(f))) {
        Some((de, a)) => store.reservations(portee, pour.foyer, de, a).await?,
        None => Vec::new(),
    };
    let mut prises = BTreeMap::new();
    for cle in besoins.iter().filter_map(|b| b.places.as_ref()) {
        let n = u32::try_from(store.places_prises(portee, cle).await?).unwrap_or(u32::MAX);
        prises.insert(cle.clone(), n);
    }
    let compte_valide =
        !besoins.iter().any(|b| b.compte) || attachment::est_connu(store, portee, pour.foyer).await?;
    let documents = besoins.iter().any(|b| b.dossier || !b.pieces.is_empty());
    Ok(Lue {
        commune: pour.commune,
        faits,
        responsable,
        inscriptions: inscriptions.into_iter().map(inscrit).collect(),
        foyer,
        reservations,
        compte_valide,
        dossiers: match documents {
            true => store.dossiers_du_foyer(portee, pour.foyer).await?,
            false => Vec::new(),
        },
        prises,
        contexte: Contexte {
            recu_le,
            auteur: portee.auteur().clone(),
            alea: Alea::nouveau(alea().map_err(Erreur::from)?),
        },
    })
}

impl Lue<'_> {
    /// What is known of the household, for `acte`.
    pub(crate) fn connu(&self, acte: &Acte) -> FoyerConnu<'_> {
        let (prestation, jour) = acte.quoi();
        FoyerConnu {
            foyer: &self.foyer,
            garde: true,
            faits: &self.faits,
            inscriptions: self.inscriptions.clone(),
            reservations: self.reservations.clone(),
            dossiers: self.dossiers.clone(),
            // nothing is billed yet: nobody is suspended
            impaye: false,
            compte_valide: self.compte_valide,
            prises: self.prises.get(&reservation::cle_places(prestation, jour)).copied(),
            recu_le: self.contexte.recu_le,
        }
    }

    /// Whom rules about that child speak of.
    pub(crate) fn sujets(&self, enfant: &PersonneId) -> Sujets {
        Sujets {
            foyer: self.foyer.id.clone(),
            enfant: Some(enfant.clone()),
            responsable: self.responsable.clone(),
        }
    }

    /// What `lit` makes of the household's state for that act about that child.
    fn sur<T>(
        &self,
        enfant: &PersonneId,
        acte: &Acte,
        lit: impl FnOnce(&reservation::Etat<'_>) -> Result<T, Vec<Refus>>,
    ) -> Result<T, Vec<Refus>> {
        let (connu, sujets) = (self.connu(acte), self.sujets(enfant));
        lit(&connu.etat(self.commune, &sujets, enfant, acte)?)
    }

    /// What the act would give, now.
    pub(crate) fn decide(&self, enfant: &PersonneId, acte: &Acte) -> Result<Issue, Vec<Refus>> {
        self.sur(enfant, acte, |etat| reservation::decide(self.commune, etat, acte, &self.contexte))
    }

    /// When that day can be booked.
    pub(crate) fn echeances(&self, enfant: &PersonneId, venue: &Venue) -> Result<Echeances, Vec<Refus>> {
        self.sur(enfant, &Acte::Reserver(venue.clone()), |etat| {
            reservation::echeances(self.commune, etat, venue, self.contexte.recu_le)
        })
    }

    /// Until when the day can be given back.
    pub(crate) fn annulations(&self, enfant: &PersonneId, venue: &Venue) -> Result<Echeances, Vec<Refus>> {
        self.sur(enfant, &Acte::Reserver(venue.clone()), |etat| {
            reservation::echeances_absence(self.commune, etat, venue, self.contexte.recu_le)
        })
    }

    /// The price of that day as a presence, whether or not it can still be booked.
    pub(crate) fn prix(&self, enfant: &PersonneId, venue: &Venue) -> Result<Vec<LignePricee>, Vec<Refus>> {
        let echeances = self.echeances(enfant, venue).ok();
        let delai = echeances.as_ref().and_then(|e| e.delai(self.contexte.recu_le)).map(|d| d.id.clone());
        self.sur(enfant, &Acte::Reserver(venue.clone()), |etat| {
            reservation::prix_dit(self.commune, etat, venue, delai.as_deref(), &self.contexte)
        })
    }
}

/// Does `acte` for `enfant`, once under `cle`; the booking that it made or ended.
pub(crate) async fn agit(
    etat: &Etat,
    pour: Pour<'_>,
    enfant: &PersonneId,
    acte: &Acte,
    cle: Option<&str>,
) -> Result<ReservationId, Echec> {
    let corps: [u8; 32] = Sha256::new()
        .chain_update(enfant.as_str())
        .chain_update([0])
        .chain_update(serde_json::to_vec(acte).map_err(Erreur::from)?)
        .finalize()
        .into();
    let essai = || async move {
        let lue = lit(etat, pour, enfant, acte).await?;
        let issue = lue.decide(enfant, acte).map_err(Echec::Refus)?;
        match &issue.decision.suivant {
            Suivant::Reservation(r) => Ok((r.id.to_string(), vec![issue.decision])),
            _ => Err(Echec::Inconnu),
        }
    };
    match une_fois(etat, pour.portee, cle.map(|c| (c, corps)), essai).await? {
        Some(reponse) => ReservationId::lit(&reponse).map_err(|_| Echec::Inconnu),
        None => Err(Echec::Refus(vec![occupe()])),
    }
}

/// Decides and commits by `essai`, which gives the answer kept and the decisions; again when something moved meanwhile, once
/// under the key. `None`: somebody else was quicker each time.
pub(crate) async fn une_fois<E, F>(
    etat: &Etat,
    portee: &Portee,
    cle: Option<(&str, [u8; 32])>,
    essai: impl Fn() -> F,
) -> Result<Option<String>, E>
where
    E: From<Erreur>,
    F: Future<Output = Result<(String, Vec<Decision>), E>>,
{
    let cle = cle.map(|(cle, corps)| (format!("{}:{cle}", acts::qui(portee.auteur())), corps));
    for _ in 0..ESSAIS {
        if let Some(reponse) = deja(etat, portee, cle.as_ref()).await? {
            return Ok(Some(reponse));
        }
        let (reponse, decisions) = match essai().await {
            Ok(decide) => decide,
            // the same click sent twice: the first one may have been committed since we looked
            Err(echec) => {
                let deja = deja(etat, portee, cle.as_ref()).await?;
                return deja.map_or(Err(echec), |reponse| Ok(Some(reponse)));
            }
        };
        let garde = cle.clone().map(|(cle, corps)| CleIdempotence { cle, corps, reponse: reponse.clone() });
        match etat.store.commet_ensemble(portee, decisions, garde).await {
            Ok(Commis::Ecrit { .. }) => return Ok(Some(reponse)),
            Ok(Commis::Deja { reponse }) => return Ok(Some(reponse)),
            Err(Erreur::Garde(_)) => {}
            Err(erreur) => return Err(erreur.into()),
        }
    }
    Ok(None)
}

/// The answer kept under the key, if the act was done already.
async fn deja(
    etat: &Etat,
    portee: &Portee,
    cle: Option<&(String, [u8; 32])>,
) -> Result<Option<String>, Erreur> {
    match cle {
        Some((cle, corps)) => etat.store.deja_repondu(portee, cle, corps).await,
        None => Ok(None),
    }
}

/// Somebody else was quicker each time.
pub(crate) fn occupe() -> Refus {
    Refus::nouveau("occupe", "Quelqu’un d’autre modifie ce dossier en ce moment. Réessayez dans un instant.")
}

/// The household's booked days from `depuis` on, cancelled ones too, in the order of days.
pub(crate) async fn liste(etat: &Etat, pour: Pour<'_>, depuis: Date) -> Result<Vec<Reservee>, Erreur> {
    // two school years ahead: nothing is booked further
    let jusqu_a = depuis.checked_add(2.years()).unwrap_or(Date::MAX);
    let faites = etat.store.reservations(pour.portee, pour.foyer, depuis, jusqu_a).await?;
    let lignes = etat.store.lignes(pour.portee, pour.foyer, depuis, jusqu_a).await?;
    let mut par_reservation: BTreeMap<ReservationId, LigneFaite> =
        lignes.into_iter().filter_map(|l| Some((l.reservation.clone()?, l))).collect();
    Ok(faites.into_iter().map(|faite| Reservee { ligne: par_reservation.remove(&faite.id), faite }).collect())
}

/// One booked day of this household.
pub(crate) async fn une(etat: &Etat, pour: Pour<'_>, id: &ReservationId) -> Result<Reservee, Echec> {
    let faite = etat.store.reservation(pour.portee, id).await?.ok_or(Echec::Inconnu)?;
    let lignes = etat.store.lignes(pour.portee, &faite.foyer, faite.jour, faite.jour).await?;
    let ligne = lignes.into_iter().find(|l| l.reservation.as_ref() == Some(id));
    Ok(Reservee { faite, ligne })
}

/// Is it booked, under the rules of today or later ones?
pub(crate) fn se_reserve(service: &Service, aujourdhui: Date) -> bool {
    let mut en_vigueur = false;
    let utiles = service.versions.iter().rev().take_while(|(depuis, _)| {
        let avant = !en_vigueur;
        en_vigueur |= *depuis <= aujourdhui;
        avant
    });
    utiles.into_iter().any(|(_, r)| r.reservation.is_some())
}

/// The act that gives a booked day back.
pub(crate) fn annulation(faite: &ReservationFaite, motif: Option<String>) -> Acte {
    Acte::Absence(reservation::Absence {
        prestation: faite.prestation.clone(),
        jour: faite.jour,
        motif,
        canal: None,
        piece: None,
    })
}

/// The town's own text for a refusal; `None` when it has none, or when the text asks for what this act does not know.
pub(crate) fn texte_de_la_commune(
    commune: &Commune,
    refus: &Refus,
    prenom: &str,
    jour: Date,
) -> Option<String> {
    let message = commune.message(refus.message.as_deref()?)?;
    let variables = serde_json::json!({
        "enfant": { "prenom": prenom },
        "commune": { "nom": commune.nom },
        "jour": jour,
        "echeance": refus.quand_possible.map(|q: Timestamp| q.to_string()),
    });
    match forms::lettre::rend(&message.corps, &variables, &commune.fuseau) {
        Ok(texte) => Some(texte),
        Err(erreur) => {
            tracing::warn!(commune = commune.slug, message = message.id, %erreur, "text of a refusal");
            None
        }
    }
}
