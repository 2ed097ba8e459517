//! Effects of the outbox: letters, calls to other systems. Each is tried until it is done, with longer and longer waits, then
//! left to an agent; done twice, it says the same identity twice.

mod adresse;
mod appel;
mod compte;
mod document;
mod lettre;
mod poste;
mod reprise;
mod secrets;

pub(crate) use poste::Poste;
pub(crate) use secrets::Secrets;

use engine::commune::Commune;
use engine::decision::{Agregat, CleEffet, Sortie};
use engine::identifiant::hexa;
use engine_store::{Courrier, EffetDu, Erreur};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::acts::{self, Echec};
use crate::alea::alea;
use crate::letter;
use crate::state::Etat;

/// Why an effect did not happen.
#[derive(Debug)]
pub(super) enum Manque {
    /// It may work later.
    Passager(String),
    /// It will not work until somebody changes something.
    Definitif(String),
}

/// Executes one effect and says what came of it.
pub(crate) async fn execute(
    etat: &Etat,
    commune: &Commune,
    du: EffetDu,
    maintenant: Timestamp,
) -> Result<(), Erreur> {
    let (cle, portee) = (du.effet.cle.clone(), &du.portee);
    match fait(etat, commune, &du, maintenant).await? {
        Ok(courriers) => etat.store.effet_fait(portee, cle, maintenant, courriers).await,
        Err(manque) => {
            let (erreur, reprise) = match manque {
                Manque::Definitif(erreur) => (erreur, None),
                // without randomness, those that failed together come back together
                Manque::Passager(erreur) => {
                    let alea = alea().unwrap_or_default();
                    (erreur, reprise::prochaine(du.essais, maintenant, alea))
                }
            };
            // what is wrong, never about whom
            tracing::error!(
                commune = commune.slug,
                effet = identite(&commune.slug, &cle, ""),
                essais = du.essais,
                erreur,
                mort = reprise.is_none(),
                "effect failed"
            );
            etat.store.effet_manque(portee, cle, erreur, maintenant, reprise).await
        }
    }
}

/// Does it; the letters to keep.
async fn fait(
    etat: &Etat,
    commune: &Commune,
    du: &EffetDu,
    maintenant: Timestamp,
) -> Result<Result<Vec<Courrier>, Manque>, Erreur> {
    let cle = &du.effet.cle;
    match &du.effet.sortie {
        Sortie::Message { modele, a, motif } => {
            let Agregat::Dossier(id) = &cle.agregat else {
                return Ok(Err(Manque::Definitif(format!(
                    "le message « {modele} » ne concerne aucun dossier"
                ))));
            };
            let lu = match acts::lit(etat, commune, &du.portee, id).await {
                Ok(lu) => lu,
                Err(Echec::Store(erreur)) => return Err(erreur),
                Err(_) => return Ok(Err(Manque::Passager("le dossier ne peut pas être lu".to_owned()))),
            };
            let Some(dossier) = &lu.dossier else {
                return Ok(Err(Manque::Definitif("le message ne concerne aucun dossier".to_owned())));
            };
            let lien = letter::lien(etat, &lu, dossier, a, du.cree_le);
            let courriers = match lettre::ecrit(etat, &lu, modele, a, motif.as_deref(), lien, maintenant) {
                Ok(courriers) => courriers,
                Err(manque) => return Ok(Err(manque)),
            };
            for courrier in &courriers {
                let id = identite(&commune.slug, cle, &courrier.a);
                let parti = letter::ouvre(etat, &du.portee, dossier, courrier, du.cree_le).await?;
                if let Err(manque) = etat.poste.envoie(&commune.slug, &parti, &id).await {
                    return Ok(Err(manque));
                }
            }
            Ok(Ok(courriers))
        }
        Sortie::Acte { genre, argument: Some(nom) } if genre == "appeler" => {
            Ok(appel::appelle(etat, commune, cle, nom, maintenant).await.map(|()| Vec::new()))
        }
        Sortie::Document { modele } => {
            let Agregat::Dossier(id) = &cle.agregat else {
                return Ok(Err(Manque::Definitif(format!(
                    "le document « {modele} » ne concerne aucun dossier"
                ))));
            };
            match acts::lit(etat, commune, &du.portee, id).await {
                Ok(lu) => Ok(document::garde(etat, &lu, du, modele).await?.map(|()| Vec::new())),
                Err(Echec::Store(erreur)) => Err(erreur),
                Err(_) => Ok(Err(Manque::Passager("le dossier ne peut pas être lu".to_owned()))),
            }
        }
        Sortie::Compte { modele, a, lien } => {
            let lettre = compte::ecrit(etat, commune, du, (modele, *a), lien.as_ref(), maintenant).await?;
            let courrier = match lettre {
                Ok(Some(courrier)) => courrier,
                Ok(None) => return Ok(Ok(Vec::new())),
                Err(manque) => return Ok(Err(manque)),
            };
            let corps = etat.liens.en_clair(&commune.slug, &courrier.a, &courrier.corps);
            let parti = Courrier { corps, ..courrier.clone() };
            let id = identite(&commune.slug, cle, &courrier.a);
            Ok(etat.poste.envoie(&commune.slug, &parti, &id).await.map(|()| vec![courrier]))
        }
        // the next procedure is offered on the town's page
        Sortie::OuvrirDemarche { .. } => Ok(Ok(Vec::new())),
        Sortie::Acte { genre, .. } => {
            Ok(Err(Manque::Definitif(format!("« {genre} » n'est pas encore exécuté par ce programme"))))
        }
    }
}

/// What names an effect outside, the same at each try: it says nothing of anybody.
fn identite(commune: &str, cle: &CleEffet, a: &str) -> String {
    let (genre, de) = match &cle.agregat {
        Agregat::Dossier(id) => ("dossier", id.as_str()),
        Agregat::Foyer(id) => ("foyer", id.as_str()),
        Agregat::Reservation(id) => ("reservation", id.as_str()),
        Agregat::Acces(id) => ("acces", id.as_str()),
        Agregat::Cle(id) => ("cle", id.as_str()),
        Agregat::Compte(id) => ("compte", id.as_str()),
        Agregat::CleEnfance(id) => ("cle_enfance", id.as_str()),
        Agregat::EssaisDeCle => ("essais_de_cle", ""),
    };
    let empreinte = Sha256::new()
        .chain_update(commune)
        .chain_update([0])
        .chain_update(genre)
        .chain_update(de)
        .chain_update([0])
        .chain_update(cle.seq.to_be_bytes())
        .chain_update(cle.rang.to_be_bytes())
        .chain_update(a)
        .finalize();
    hexa(empreinte.iter().take(16))
}

#[cfg(test)]
mod tests;
