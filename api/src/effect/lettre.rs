//! The letters of a message: to whom, and what they say.

use engine::demarche::lettres::LETTRES;
use engine::demarche::{Destinataire, Dossier};
use engine::identifiant::{CourrierId, FoyerId, PersonneId};
use engine_store::Courrier;
use forms::accuse;
use forms::lettre::{self, Nomme, Numero, Titre, Variables};
use forms::suivi::RECOURS;
use jiff::Timestamp;

use super::Manque;
use crate::acts::Lu;
use crate::alea::alea;
use crate::state::Etat;
use crate::{facts, letter};

/// One letter an address.
pub(super) fn ecrit(
    etat: &Etat,
    lu: &Lu<'_>,
    modele: &str,
    a: &Destinataire,
    motif: Option<&str>,
    lien: String,
    maintenant: Timestamp,
) -> Result<Vec<Courrier>, Manque> {
    // the text as it is now: a message is not part of what a dossier is pinned to
    let propre = lu.commune.message(modele).map(|m| (m.objet.as_str(), m.corps.as_str()));
    let notre = || LETTRES.iter().find(|l| l.id == modele).map(|l| (l.objet, l.corps));
    let (objet, corps) = propre
        .or_else(notre)
        .ok_or_else(|| Manque::Definitif(format!("le message « {modele} » n'existe plus")))?;
    let Some(dossier) = &lu.dossier else {
        return Err(Manque::Definitif("le message ne concerne aucun dossier".to_owned()));
    };
    let texte =
        |personne: Option<&PersonneId>, fait: &str| personne.map(|p| lu.texte(p, fait)).unwrap_or_default();
    let nomme = |p| Nomme { prenom: texte(p, "prenom"), nom: texte(p, "nom") };
    let variables = Variables {
        demandeur: Nomme {
            prenom: letter::demandeur(lu, dossier, "prenom"),
            nom: letter::demandeur(lu, dossier, "nom"),
        },
        enfant: nomme(dossier.enfant.as_ref()),
        demarche: Titre { nom: lu.demarche.nom.clone() },
        dossier: Numero {
            numero: dossier.numero.clone().unwrap_or_else(|| "pas encore attribué".to_owned()),
        },
        motif: motif.or(dossier.motif.as_deref()).unwrap_or_default().to_owned(),
        commune: Titre { nom: lu.commune.nom.clone() },
        service: Titre { nom: lu.commune.instructeur(lu.demarche) },
        accuse: accuse::en_texte(&accuse::accuse(lu.demarche, dossier, lu.contact(), &lu.commune.fuseau)),
        recours: RECOURS.to_owned(),
        lien,
    };
    let rend = |t: &str| {
        lettre::rend(t, &variables, &lu.commune.fuseau)
            .map_err(|_| Manque::Definitif(format!("le message « {modele} » ne s'écrit pas")))
    };
    let (objet, corps) = (rend(objet)?, rend(corps)?);
    let (adresses, foyer) = destinataires(etat, lu, dossier, a)?;
    adresses
        .into_iter()
        .map(|a| {
            let alea = alea().map_err(|e| Manque::Passager(e.to_string()))?;
            Ok(Courrier {
                id: CourrierId::neuf(alea),
                foyer: foyer.clone(),
                a,
                objet: objet.clone(),
                corps: corps.clone(),
                le: maintenant,
            })
        })
        .collect()
}

/// Addresses, each once, and whose letters they are.
fn destinataires(
    etat: &Etat,
    lu: &Lu<'_>,
    dossier: &Dossier,
    a: &Destinataire,
) -> Result<(Vec<String>, Option<FoyerId>), Manque> {
    let courriel = |p: &PersonneId| facts::texte(&lu.faits, p, "courriel", lu.aujourdhui, lu.maintenant);
    let (mut adresses, foyer): (Vec<String>, _) = match a {
        Destinataire::Agents(service) => {
            let contact = lu.commune.contact(service);
            let ecrite = contact.and_then(|c| c.courriel.as_deref());
            let adresse = ecrite.and_then(|c| etat.secrets.valeur(&lu.commune.slug, c));
            match adresse {
                Some(adresse) if !etat.poste.est_locale() => (vec![adresse.to_owned()], None),
                // the local mailbox needs no address to show whom it was for
                _ if etat.poste.est_locale() => (vec![format!("service {service}")], None),
                _ => {
                    return Err(Manque::Definitif(format!(
                        "le service « {service} » n'a pas d'adresse (commune.yaml, --secrets)"
                    )));
                }
            }
        }
        Destinataire::Responsables => {
            let membres = lu.foyer.iter().flat_map(|f| &f.membres);
            let responsables = membres.filter(|m| m.genre.est_responsable());
            (responsables.map(|m| courriel(&m.personne)).collect(), dossier.foyer.clone())
        }
        Destinataire::Personne(personne) => (vec![courriel(personne)], dossier.foyer.clone()),
        Destinataire::Demandeur | Destinataire::Payeur => {
            (vec![letter::demandeur(lu, dossier, "courriel")], dossier.foyer.clone())
        }
    };
    adresses.retain(|a| !a.is_empty());
    adresses.sort();
    adresses.dedup();
    if adresses.is_empty() && dossier.foyer.is_none() && dossier.numero.is_none() {
        // a draft without an account, left before it said where to write to: nobody waits for a letter
        return Ok((adresses, None));
    }
    if adresses.is_empty() {
        // the family may give one meanwhile
        return Err(Manque::Passager("aucune adresse où écrire".to_owned()));
    }
    Ok((adresses, foyer))
}
