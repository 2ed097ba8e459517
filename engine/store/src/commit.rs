//! A decision becomes rows: its guards are checked here, inside the transaction that writes it.

use engine::decision::{
    Agregat, Appartient, Auteur, CleUnique, Decision, EcheanceAFaire, Ecriture, EntreeJournal,
    EtatReservation, Garde, Suivant,
};
use engine::demarche::{Changement, Dossier};
use jiff::Timestamp;

use crate::cx::Cx;
use crate::erreur::Erreur;
use crate::idempotence::{self, CleIdempotence};
use crate::{
    cle as cles, compte, compteur, dossier, echeance, fait, foyer, inscription, journal, ligne, outbox,
    rapprochement, rattachement, reservation, session,
};

/// What a commit gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Commis {
    /// Written.
    Ecrit {
        /// The number that the dossier received, if it did; the last one of decisions written together.
        numero: Option<String>,
    },
    /// This very request was already committed: nothing was written, this was the answer.
    Deja {
        /// As given the first time.
        reponse: String,
    },
}

/// Commits decisions that were taken together: all of them or, at the first guard that fails, none; once under `cle`.
pub(crate) async fn commet(
    cx: &mut Cx,
    commune: &str,
    decisions: &[Decision],
    cle: Option<&CleIdempotence>,
) -> Result<Commis, Erreur> {
    if let Some(cle) = cle
        && let Some(reponse) = idempotence::deja(cx, commune, &cle.cle, &cle.corps).await?
    {
        return Ok(Commis::Deja { reponse });
    }
    let mut donne = None;
    for decision in decisions {
        donne = une(cx, commune, decision).await?.or(donne);
    }
    if let (Some(cle), Some(premiere)) = (cle, decisions.first()) {
        idempotence::garde(cx, commune, cle, premiere.entree.le);
    }
    Ok(Commis::Ecrit { numero: donne })
}

/// Writes a decision; the number that it gave.
async fn une(cx: &mut Cx, commune: &str, decision: &Decision) -> Result<Option<String>, Erreur> {
    for garde in decision.gardes.iter().filter(|g| !se_verifie_en_ecrivant(g, &decision.suivant)) {
        if !tient(cx, commune, garde).await? {
            return Err(Erreur::Garde(Box::new(garde.clone())));
        }
    }
    let numerote = numerote(cx, commune, decision).await?;
    let (suivant, entree) = match &numerote {
        Some(Numerote { dossier, entree, .. }) => (Some(dossier), entree),
        None => match &decision.suivant {
            Suivant::Dossier(d) => (Some(&**d), &decision.entree),
            Suivant::Reservation(_) | Suivant::Compte(_) | Suivant::Rien => (None, &decision.entree),
        },
    };
    // whom rows point to comes first
    for ecriture in decision.ecritures.iter().filter(|e| est_une_personne(e)) {
        ecrit(cx, commune, ecriture, &entree.auteur).await?;
    }
    if let Some(d) = suivant {
        dossier::ecrit(cx, commune, d, silence(decision, d)).await?;
    }
    if let Suivant::Reservation(r) = &decision.suivant {
        reservation::ecrit(cx, commune, r).await?;
    }
    if let Suivant::Compte(c) = &decision.suivant {
        compte::ecrit(cx, commune, c).await?;
    }
    for ecriture in decision.ecritures.iter().filter(|e| !est_une_personne(e)) {
        ecrit(cx, commune, ecriture, &entree.auteur).await?;
    }
    journal::ecrit(cx, commune, entree, &decision.trace).await?;
    if let Agregat::Foyer(id) = &entree.agregat {
        foyer::au_moins(cx, commune, id, entree.seq).await?;
    }
    for effet in &decision.effets {
        outbox::ecrit(cx, commune, effet, entree.le)?;
    }
    for e in &decision.echeances {
        echeance::ecrit(cx, commune, e)?;
        if est_un_silence(e) && suivant.is_none_or(|d| d.id != e.dossier) {
            dossier::limite(cx, commune, &e.dossier, e.le).await?;
        }
    }
    Ok(numerote.map(|n| n.numero))
}

const fn est_un_silence(e: &EcheanceAFaire) -> bool {
    matches!(e.appartient, Appartient::Silence { .. })
}

/// When silence becomes an answer for the dossier that this decision writes, where it arms it: the last one said.
fn silence(decision: &Decision, dossier: &Dossier) -> Option<Timestamp> {
    decision.echeances.iter().rev().find(|e| est_un_silence(e) && e.dossier == dossier.id).map(|e| e.le)
}

/// The write of the aggregate itself is conditional on its version and on its key: asking before would be asking twice.
fn se_verifie_en_ecrivant(garde: &Garde, suivant: &Suivant) -> bool {
    let suit = |attendue: i64, version: i64| attendue == version.saturating_sub(1);
    match (garde, suivant) {
        (Garde::Version { agregat: Agregat::Dossier(id), attendue }, Suivant::Dossier(d)) => {
            *id == d.id && suit(*attendue, d.version)
        }
        (Garde::Version { agregat: Agregat::Reservation(id), attendue }, Suivant::Reservation(r)) => {
            *id == r.id && suit(*attendue, r.version)
        }
        (Garde::Version { agregat: Agregat::Compte(id), attendue }, Suivant::Compte(c)) => {
            *id == c.id && suit(*attendue, c.version)
        }
        // an account's name and address are asked for by whatever writes it
        (Garde::Unique(CleUnique::Identifiant(_) | CleUnique::Courriel(_)), _) => true,
        (Garde::Unique(CleUnique::Dossier(cle)), Suivant::Dossier(d)) => d.cle_vivante() == Some(cle),
        (Garde::Unique(CleUnique::Reservation { enfant, prestation, jour }), Suivant::Reservation(r)) => {
            r.etat == EtatReservation::Ferme
                && (enfant, prestation, jour) == (&r.enfant, &r.prestation, &r.jour)
        }
        _ => false,
    }
}

async fn tient(cx: &mut Cx, commune: &str, garde: &Garde) -> Result<bool, Erreur> {
    match garde {
        Garde::Version { agregat, attendue } => {
            let version = match agregat {
                Agregat::Dossier(id) => dossier::version(cx, commune, id).await?,
                Agregat::Foyer(id) => foyer::version(cx, commune, id).await?,
                Agregat::Reservation(id) => reservation::version(cx, commune, id).await?,
                Agregat::Acces(_) => journal::dernier_seq(cx, commune, agregat).await?,
                Agregat::Compte(id) => compte::version(cx, commune, id).await?,
                // written once and ended once, or by an order of its own: nothing is read of it before
                Agregat::Cle(_) | Agregat::CleEnfance(_) | Agregat::EssaisDeCle => 0,
            };
            Ok(version == *attendue)
        }
        Garde::Unique(CleUnique::Dossier(cle)) => Ok(!dossier::vivant(cx, commune, cle, "").await?),
        Garde::Unique(CleUnique::Reservation { enfant, prestation, jour }) => {
            Ok(!reservation::vivante(cx, commune, (enfant, prestation, *jour), "").await?)
        }
        // asked for with the account's own write
        Garde::Unique(CleUnique::Identifiant(_) | CleUnique::Courriel(_)) => Ok(true),
        Garde::Lien { empreinte, compte: id, le } => compte::suit(cx, commune, empreinte, id, *le).await,
        Garde::Brouillons { foyer, max } => Ok(dossier::brouillons(cx, commune, foyer).await? < *max),
        Garde::SansInscription { personne, foyer } => {
            Ok(!inscription::ouverte(cx, commune, (personne, foyer)).await?)
        }
        Garde::Capacite { cle, places, prend } => compteur::prend(cx, commune, cle, *prend, *places).await,
    }
}

/// What a decision becomes once its dossier has its number.
struct Numerote {
    numero: String,
    dossier: Dossier,
    entree: EntreeJournal,
}

/// Gives the dossier its number, in its snapshot and in the journal.
async fn numerote(cx: &mut Cx, commune: &str, decision: &Decision) -> Result<Option<Numerote>, Erreur> {
    let Suivant::Dossier(suivant) = &decision.suivant else { return Ok(None) };
    let mut donne: Option<Numerote> = None;
    for ecriture in &decision.ecritures {
        let Ecriture::Numero { compteur, prefixe, dossier } = ecriture else { continue };
        if suivant.id != *dossier {
            continue;
        }
        let numero = format!("{prefixe}{:05}", compteur::suivant(cx, commune, compteur).await?);
        let (avant, mut entree) = match donne.take() {
            Some(n) => (n.dossier, n.entree),
            None => ((**suivant).clone(), decision.entree.clone()),
        };
        let changement = Changement::Numerote(numero.clone());
        let Some(dossier) = changement.applique(Some(avant)) else {
            return Err(Erreur::Incoherence { table: "dossier", colonne: "numero" });
        };
        entree.changements.push(changement);
        donne = Some(Numerote { numero, dossier, entree });
    }
    Ok(donne)
}

const fn est_une_personne(ecriture: &Ecriture) -> bool {
    matches!(ecriture, Ecriture::Foyer(_) | Ecriture::Membre { .. })
}

async fn ecrit(cx: &mut Cx, commune: &str, ecriture: &Ecriture, auteur: &Auteur) -> Result<(), Erreur> {
    match ecriture {
        Ecriture::Fait(f) => fait::ecrit(cx, commune, f).await,
        Ecriture::Foyer(id) => foyer::cree(cx, commune, id).await,
        Ecriture::Membre { foyer: id, personne, genre, depuis } => {
            foyer::ajoute(cx, commune, id, personne, *genre, *depuis).await
        }
        Ecriture::FinMembre { foyer: id, personne, le } => {
            foyer::retire(cx, commune, id, personne, *le).await?;
            rapprochement::oublie(cx, commune, id, personne).await
        }
        Ecriture::Inscription { .. } | Ecriture::FinInscription { .. } => {
            inscription::ecrit(cx, commune, ecriture).await
        }
        Ecriture::Ligne(l) => ligne::ecrit(cx, commune, l).await,
        // given before the snapshot was written
        Ecriture::Numero { .. } => Ok(()),
        Ecriture::FinEcheance { dossier, appartient } => {
            echeance::ferme(cx, commune, dossier, *appartient).await
        }
        Ecriture::Cle(neuve) => cles::cree(cx, commune, neuve).await,
        Ecriture::FinCle { cle, le } => cles::revoque(cx, commune, cle, *le).await,
        Ecriture::Rattachement { foyer, personne, le } => {
            rattachement::demande(cx, commune, foyer, personne, *le).await
        }
        Ecriture::ReponseRattachement { foyer, reponse, le } => {
            rattachement::repond(cx, commune, foyer, reponse, (auteur, *le)).await
        }
        Ecriture::ReponseRapprochement { foyer, declaree, connue, meme, le } => {
            rapprochement::repond(cx, commune, foyer, (declaree, connue), *meme, (auteur, *le)).await
        }
        Ecriture::LienCompte(lien) => compte::lie(cx, commune, lien).await,
        Ecriture::FinLiens { compte: id, genres } => compte::delie(cx, commune, id, genres).await,
        Ecriture::FinSessions { compte: id, sauf } => {
            session::ferme_celles_de(cx, commune, id, sauf.as_ref()).await
        }
        Ecriture::RendPlace { cle, nombre } => compteur::rend(cx, commune, cle, *nombre).await,
        Ecriture::OubliReponses { dossier } => idempotence::oublie(cx, commune, dossier).await,
        Ecriture::EffetRejoue { cle, le } => outbox::rejoue(cx, commune, cle, *le).await,
        Ecriture::EffetAbandonne { cle, le } => outbox::abandonne(cx, commune, cle, *le).await,
    }
}
