//! Booked days: load what `decide` may read, decide, commit; decide again when something moved meanwhile.

use std::collections::{BTreeMap, BTreeSet};

use engine::commune::Commune;
use engine::decision::{EtatReservation, LigneFaite, Refus, ReservationFaite, Suivant};
use engine::demarche::{EtatPiece, Phase};
use engine::foyer::{FaitsDates, Foyer, Genre, Sujet, ValeurFait};
use engine::identifiant::{Alea, FoyerId, PersonneId, ReservationId};
use engine::reservation::{self, Acte, Besoins, Contexte, Echeances, Inscrit, Issue, Venue};
use engine::tarification::{self, Circonstances, Connus, Enfant, FaitsFamille, Famille, LignePricee, Sujets};
use engine_store::{CleIdempotence, Commis, Erreur, FiltreDossiers, Inscription, Portee};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use sha2::{Digest, Sha256};

use crate::acts::{self, ESSAIS};
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
            acts::Echec::Refus(refus) => Self::Refus(vec![*refus]),
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

/// What an act on a child's day may read.
pub(crate) struct Lue<'a> {
    commune: &'a Commune,
    foyer: Foyer,
    faits: FaitsDates,
    sujets: Sujets,
    enfants: Vec<PersonneId>,
    inscriptions: Vec<Inscription>,
    manquantes: Vec<String>,
    valables: BTreeSet<String>,
    reservations: Vec<ReservationFaite>,
    autres: Vec<tarification::Acte>,
    prises: Option<u32>,
    contexte: Contexte,
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
    let (store, portee) = (&etat.store, pour.portee);
    let recu_le = etat.horloge.maintenant();
    let foyer = store.foyer(portee, pour.foyer).await?.ok_or(Echec::Inconnu)?;
    let membres = foyer.membres.iter().filter(|m| m.genre == Genre::Enfant);
    let enfants: Vec<PersonneId> = membres.map(|m| m.personne.clone()).collect();
    if !enfants.contains(enfant) {
        return Err(Echec::Inconnu);
    }
    let besoins = reservation::besoins(pour.commune, acte);
    let responsable = portee.auteur().personne().cloned();
    let mut lue = Lue {
        commune: pour.commune,
        faits: store.faits(portee, pour.foyer).await?,
        sujets: Sujets { foyer: foyer.id.clone(), enfant: Some(enfant.clone()), responsable },
        inscriptions: store.inscriptions(portee, pour.foyer).await?,
        foyer,
        enfants,
        manquantes: Vec::new(),
        valables: BTreeSet::new(),
        reservations: Vec::new(),
        autres: Vec::new(),
        prises: None,
        contexte: Contexte {
            recu_le,
            auteur: portee.auteur().clone(),
            alea: Alea::nouveau(acts::alea().map_err(Erreur::from)?),
        },
    };
    if besoins.dossier || !besoins.pieces.is_empty() {
        lue.lit_pieces(etat, pour, enfant).await?;
    }
    lue.lit_reservations(etat, pour, acte, &besoins).await?;
    if let Some(cle) = &besoins.places {
        let prises = store.places_prises(portee, cle).await?;
        lue.prises = Some(u32::try_from(prises).unwrap_or(u32::MAX));
    }
    Ok(lue)
}

impl Lue<'_> {
    /// The documents of the child's own files: which are valid, and which blocking ones lack.
    async fn lit_pieces(&mut self, etat: &Etat, pour: Pour<'_>, enfant: &PersonneId) -> Result<(), Echec> {
        let filtre =
            FiltreDossiers { foyer: Some(pour.foyer.clone()), nombre: 10_000, ..FiltreDossiers::default() };
        let mut demandees = Vec::new();
        for resume in etat.store.dossiers(pour.portee, &filtre).await? {
            if resume.phase == Phase::Brouillon || !resume.phase.occupe() {
                continue;
            }
            let lu = acts::lit(etat, pour.commune, pour.portee, &resume.id).await?;
            let Some(dossier) = lu.dossier.as_ref().filter(|d| d.enfant.as_ref().is_none_or(|e| e == enfant))
            else {
                continue;
            };
            let bonnes = dossier.pieces.iter().filter(|(_, p)| !matches!(p.etat, EtatPiece::Refusee(_)));
            self.valables.extend(bonnes.map(|(id, _)| id.clone()));
            demandees.extend(lu.pieces.into_iter().filter(|p| p.bloque));
        }
        for piece in demandees {
            let autrement = piece.alternatives.iter().any(|a| a.iter().all(|p| self.valables.contains(p)));
            let la = piece.deja_recue || self.valables.contains(&piece.piece) || autrement;
            if !la && !self.manquantes.contains(&piece.nom) {
                self.manquantes.push(piece.nom);
            }
        }
        Ok(())
    }

    async fn lit_reservations(
        &mut self,
        etat: &Etat,
        pour: Pour<'_>,
        acte: &Acte,
        besoins: &Besoins,
    ) -> Result<(), Echec> {
        let Some((de, a)) = besoins.reservations else { return Ok(()) };
        self.reservations = etat.store.reservations(pour.portee, pour.foyer, de, a).await?;
        if !besoins.actes_du_foyer {
            return Ok(());
        }
        let (prestation, jour) = acte.quoi();
        for (numero, r) in (0..).zip(&self.reservations) {
            let celle_ci = r.prestation == prestation
                && r.jour == jour
                && Some(&r.enfant) == self.sujets.enfant.as_ref();
            if r.etat != EtatReservation::Ferme || celle_ci {
                continue;
            }
            let sujets = Sujets { enfant: Some(r.enfant.clone()), ..self.sujets.clone() };
            let connus = Connus::dates(self.commune, &self.faits, &sujets, r.jour, self.contexte.recu_le)
                .map_err(Echec::Refus)?;
            let circonstances = Circonstances {
                mode: r.mode.clone(),
                delai: Some(r.delai.clone()),
                ..Circonstances::default()
            };
            let enfant = self.numero(&r.enfant);
            self.autres.push(tarification::Acte {
                numero,
                enfant,
                ..tarification::Acte::seul(&r.prestation, r.jour, circonstances, connus)
            });
        }
        Ok(())
    }

    /// The child's place in the household.
    fn numero(&self, enfant: &PersonneId) -> u32 {
        self.enfants.iter().position(|e| e == enfant).and_then(|n| u32::try_from(n).ok()).unwrap_or(u32::MAX)
    }

    fn famille(&self) -> Famille {
        let un = |enfant: &PersonneId| {
            let jour = self.commune.fuseau.to_datetime(self.contexte.recu_le).date();
            let sujet = Sujet::Personne(enfant.clone());
            let naissance = self.faits.valeur(&sujet, "naissance", jour, self.contexte.recu_le);
            let sien = |i: &&Inscription| i.enfant.as_ref().is_none_or(|e| e == enfant);
            Enfant {
                naissance: match naissance.map(|f| &f.valeur) {
                    Some(ValeurFait::Date(d)) => Some(*d),
                    _ => None,
                },
                inscrit_a: self.inscriptions.iter().filter(sien).map(|i| i.service.clone()).collect(),
            }
        };
        Famille { enfants: self.enfants.iter().map(un).collect() }
    }

    fn etat<'e>(&'e self, enfant: &PersonneId) -> reservation::Etat<'e> {
        let faits = FaitsFamille::Dates { faits: &self.faits, sujets: &self.sujets };
        let sien = |i: &&Inscription| i.enfant.as_ref().is_none_or(|e| e == enfant);
        let inscrit = |i: &Inscription| Inscrit { service: i.service.clone(), du: i.du, au: i.au };
        reservation::Etat {
            version_foyer: Some(self.foyer.version),
            numero: self.numero(enfant),
            famille: self.famille(),
            inscriptions: self.inscriptions.iter().filter(sien).map(inscrit).collect(),
            pieces_manquantes: self.manquantes.clone(),
            pieces_valables: self.valables.clone(),
            // whoever holds a session was let in by the town
            compte_valide: true,
            reservations: self.reservations.clone(),
            autres: self.autres.clone(),
            prises: self.prises,
            ..reservation::Etat::nouveau(self.foyer.id.clone(), enfant.clone(), faits)
        }
    }

    /// What the act would give, now.
    pub(crate) fn decide(&self, enfant: &PersonneId, acte: &Acte) -> Result<Issue, Vec<Refus>> {
        reservation::decide(self.commune, &self.etat(enfant), acte, &self.contexte)
    }

    /// When that day can be booked.
    pub(crate) fn echeances(&self, enfant: &PersonneId, venue: &Venue) -> Result<Echeances, Vec<Refus>> {
        reservation::echeances(self.commune, &self.etat(enfant), venue, self.contexte.recu_le)
    }

    /// Until when the day can be given back.
    pub(crate) fn annulations(&self, enfant: &PersonneId, venue: &Venue) -> Result<Echeances, Vec<Refus>> {
        reservation::echeances_absence(self.commune, &self.etat(enfant), venue, self.contexte.recu_le)
    }

    /// The price of that day as a presence, whether or not it can still be booked.
    pub(crate) fn prix(&self, enfant: &PersonneId, venue: &Venue) -> Result<Vec<LignePricee>, Vec<Refus>> {
        let echeances = self.echeances(enfant, venue).ok();
        let delai = echeances.as_ref().and_then(|e| e.delai(self.contexte.recu_le)).map(|d| d.id.clone());
        let connus =
            Connus::dates(self.commune, &self.faits, &self.sujets, venue.jour, self.contexte.recu_le)?;
        let circonstances = Circonstances { mode: venue.mode.clone(), delai, ..Circonstances::default() };
        let acte = tarification::Acte {
            numero: u32::MAX,
            enfant: self.numero(enfant),
            ..tarification::Acte::seul(&venue.prestation, venue.jour, circonstances, connus)
        };
        tarification::panier(
            self.commune,
            &tarification::Panier {
                actes: std::slice::from_ref(&acte),
                contexte: &self.autres,
                famille: &self.famille(),
                etendue: tarification::Etendue::Acte,
            },
        )
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
    let cle = cle.map(|c| format!("{}:{c}", acts::qui(pour.portee.auteur())));
    for _ in 0..ESSAIS {
        if let Some(cle) = &cle
            && let Some(reponse) = etat.store.deja_repondu(pour.portee, cle, &corps).await?
        {
            return ReservationId::lit(&reponse).map_err(|_| Echec::Inconnu);
        }
        let lue = lit(etat, pour, enfant, acte).await?;
        let issue = match lue.decide(enfant, acte) {
            Ok(issue) => issue,
            Err(refus) => {
                // the same click sent twice: the first one may have been committed since we looked
                if let Some(cle) = &cle
                    && let Some(reponse) = etat.store.deja_repondu(pour.portee, cle, &corps).await?
                {
                    return ReservationId::lit(&reponse).map_err(|_| Echec::Inconnu);
                }
                return Err(Echec::Refus(refus));
            }
        };
        let id = match &issue.decision.suivant {
            Suivant::Reservation(r) => r.id.clone(),
            _ => return Err(Echec::Inconnu),
        };
        let cle = cle.clone().map(|cle| CleIdempotence { cle, corps, reponse: id.to_string() });
        match etat.store.commet(pour.portee, issue.decision, cle).await {
            Ok(Commis::Ecrit { .. }) => return Ok(id),
            Ok(Commis::Deja { reponse }) => return ReservationId::lit(&reponse).map_err(|_| Echec::Inconnu),
            Err(Erreur::Garde(_)) => {}
            Err(erreur) => return Err(erreur.into()),
        }
    }
    Err(Echec::Refus(vec![Refus::nouveau(
        "occupe",
        "Quelqu’un d’autre modifie ce dossier en ce moment. Réessayez dans un instant.",
    )]))
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
