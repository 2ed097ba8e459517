//! A decision becomes rows: its guards are checked here, inside the transaction that writes it.

use engine::decision::{Agregat, Appartient, CleUnique, Decision, Ecriture, EtatReservation, Garde, Suivant};
use engine::demarche::{Changement, Dossier};

use crate::cx::Cx;
use crate::erreur::Erreur;
use crate::idempotence::{self, CleIdempotence};
use crate::{
    cle as cles, compteur, dossier, echeance, fait, foyer, inscription, journal, ligne, outbox, reservation,
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
        idempotence::garde(cx, commune, cle, premiere.entree.le).await?;
    }
    Ok(Commis::Ecrit { numero: donne })
}

/// Writes a decision; the number that it gave.
async fn une(cx: &mut Cx, commune: &str, decision: &Decision) -> Result<Option<String>, Erreur> {
    let decision = &mut decision.clone();
    for garde in decision.gardes.iter().filter(|g| !se_verifie_en_ecrivant(g, &decision.suivant)) {
        if !tient(cx, commune, garde).await? {
            return Err(Erreur::Garde(Box::new(garde.clone())));
        }
    }
    let numero = numerote(cx, commune, decision).await?;
    // whom rows point to comes first
    for ecriture in decision.ecritures.iter().filter(|e| est_une_personne(e)) {
        ecrit(cx, commune, ecriture).await?;
    }
    match &decision.suivant {
        Suivant::Dossier(d) => dossier::ecrit(cx, commune, d).await?,
        Suivant::Reservation(r) => reservation::ecrit(cx, commune, r).await?,
        Suivant::Rien => {}
    }
    for ecriture in decision.ecritures.iter().filter(|e| !est_une_personne(e)) {
        ecrit(cx, commune, ecriture).await?;
    }
    let le = decision.entree.le;
    journal::ecrit(cx, commune, &decision.entree, &decision.trace).await?;
    if let Agregat::Foyer(id) = &decision.entree.agregat {
        foyer::au_moins(cx, commune, id, decision.entree.seq).await?;
    }
    for effet in &decision.effets {
        outbox::ecrit(cx, commune, effet, le).await?;
    }
    for e in &decision.echeances {
        echeance::ecrit(cx, commune, e).await?;
        if matches!(e.appartient, Appartient::Silence { .. }) {
            dossier::limite(cx, commune, &e.dossier, e.le).await?;
        }
    }
    Ok(numero)
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
                // written once and ended once: nothing is read of it before
                Agregat::Cle(_) => 0,
            };
            Ok(version == *attendue)
        }
        Garde::Unique(CleUnique::Dossier(cle)) => Ok(!dossier::vivant(cx, commune, cle, "").await?),
        Garde::Unique(CleUnique::Reservation { enfant, prestation, jour }) => {
            Ok(!reservation::vivante(cx, commune, (enfant, prestation, *jour), "").await?)
        }
        Garde::Capacite { cle, places, prend } => compteur::prend(cx, commune, cle, *prend, *places).await,
    }
}

/// Gives the dossier its number, in its snapshot and in the journal.
async fn numerote(cx: &mut Cx, commune: &str, decision: &mut Decision) -> Result<Option<String>, Erreur> {
    let mut donne = None;
    for ecriture in &decision.ecritures {
        let Ecriture::Numero { compteur, prefixe, dossier } = ecriture else { continue };
        let Suivant::Dossier(suivant) = &mut decision.suivant else { continue };
        if suivant.id != *dossier {
            continue;
        }
        let numero = format!("{prefixe}{:05}", compteur::suivant(cx, commune, compteur).await?);
        let changement = Changement::Numerote(numero.clone());
        let apres: Option<Dossier> = changement.applique(Some((**suivant).clone()));
        if let Some(apres) = apres {
            **suivant = apres;
        }
        decision.entree.changements.push(changement);
        donne = Some(numero);
    }
    Ok(donne)
}

const fn est_une_personne(ecriture: &Ecriture) -> bool {
    matches!(ecriture, Ecriture::Foyer(_) | Ecriture::Membre { .. })
}

async fn ecrit(cx: &mut Cx, commune: &str, ecriture: &Ecriture) -> Result<(), Erreur> {
    match ecriture {
        Ecriture::Fait(f) => fait::ecrit(cx, commune, f).await,
        Ecriture::Foyer(id) => foyer::cree(cx, commune, id).await,
        Ecriture::Membre { foyer: id, personne, genre, depuis } => {
            foyer::ajoute(cx, commune, id, personne, *genre, *depuis).await
        }
        Ecriture::FinMembre { foyer: id, personne, le } => {
            foyer::retire(cx, commune, id, personne, *le).await
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
        Ecriture::RendPlace { cle, nombre } => compteur::rend(cx, commune, cle, *nombre).await,
        Ecriture::EffetRejoue { cle, le } => outbox::rejoue(cx, commune, cle, *le).await,
        Ecriture::EffetAbandonne { cle, le } => outbox::abandonne(cx, commune, cle, *le).await,
    }
}
