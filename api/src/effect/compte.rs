//! The letters about accounts.

use engine::commune::Commune;
use engine::compte::lettre::{CODE_CHANGE, EXISTANT, LETTRES, MOT_DE_PASSE_CHANGE, NOUVEL_APPAREIL};
use engine::compte::{AdresseDeCompte, Compte};
use engine::decision::{Agregat, Auteur};
use engine::identifiant::{CourrierId, LienId};
use engine_store::{Courrier, EffetDu, Erreur, EtatLien};
use forms::lettre::{self, Nomme, Titre, VariablesDeCompte};
use jiff::Timestamp;

use super::Manque;
use crate::alea::alea;
use crate::state::Etat;
use crate::{facts, links};

/// The letter as it is kept, its links named; `None`: nobody waits for it any more.
pub(super) async fn ecrit(
    etat: &Etat,
    commune: &Commune,
    du: &EffetDu,
    (modele, a): (&str, AdresseDeCompte),
    lien: Option<&LienId>,
    maintenant: Timestamp,
) -> Result<Result<Option<Courrier>, Manque>, Erreur> {
    let Agregat::Compte(id) = &du.effet.cle.agregat else {
        return Ok(Err(Manque::Definitif(format!("le message « {modele} » ne concerne aucun compte"))));
    };
    let Some(compte) = etat.store.compte(&du.portee, id).await? else { return Ok(Ok(None)) };
    let adresse = match a {
        AdresseDeCompte::Actuelle => Some(compte.courriel.clone()),
        AdresseDeCompte::Demandee => compte.changement.as_ref().map(|c| c.nouveau.clone()),
    };
    let Some(adresse) = adresse else { return Ok(Ok(None)) };
    let base = format!("{}/{}", etat.adresse(), commune.slug);
    let (lien, expire) = match lien {
        None if [EXISTANT, MOT_DE_PASSE_CHANGE, NOUVEL_APPAREIL, CODE_CHANGE].contains(&modele) => {
            (format!("{base}/compte/oubli"), maintenant)
        }
        None => (format!("{base}/"), maintenant),
        Some(lien) => {
            let jeton = etat.liens.jeton_de_compte(&commune.slug, lien);
            let lu = match &jeton {
                Some(jeton) => etat.store.lien_de_compte(du.portee.commune(), jeton, maintenant).await?,
                None => None,
            };
            match lu {
                Some(lu) if lu.etat == EtatLien::Ouvert => {
                    (format!("{base}{}", links::marque_de_compte(lien)), lu.expire_le)
                }
                // replaced, followed or over meanwhile: another letter came, or will
                _ => return Ok(Ok(None)),
            }
        }
    };
    let variables = VariablesDeCompte {
        demandeur: titulaire(etat, commune, du, &compte, maintenant).await?,
        lien,
        identifiant: compte.identifiant.clone().unwrap_or_else(|| compte.courriel.clone()),
        expire: expire.to_string(),
        commune: Titre { nom: commune.nom.clone() },
    };
    Ok(compose(commune, modele, &variables, (adresse, &compte), maintenant).map(Some))
}

fn compose(
    commune: &Commune,
    modele: &str,
    variables: &VariablesDeCompte,
    (a, compte): (String, &Compte),
    le: Timestamp,
) -> Result<Courrier, Manque> {
    let propre = commune.message(modele).map(|m| (m.objet.as_str(), m.corps.as_str()));
    let notre = || LETTRES.iter().find(|l| l.id == modele).map(|l| (l.objet, l.corps));
    let (objet, corps) = propre
        .or_else(notre)
        .ok_or_else(|| Manque::Definitif(format!("le message « {modele} » n'existe plus")))?;
    let rend = |t: &str| {
        lettre::rend(t, variables, &commune.fuseau)
            .map_err(|_| Manque::Definitif(format!("le message « {modele} » ne s'écrit pas")))
    };
    let alea = alea().map_err(|e| Manque::Passager(e.to_string()))?;
    Ok(Courrier {
        id: CourrierId::neuf(alea),
        foyer: compte.auteur.as_ref().and_then(Auteur::foyer).cloned(),
        a,
        objet: rend(objet)?,
        corps: rend(corps)?,
        le,
    })
}

/// Who holds it, where the town knows them: what a stranger typed is in no letter.
async fn titulaire(
    etat: &Etat,
    commune: &Commune,
    du: &EffetDu,
    compte: &Compte,
    maintenant: Timestamp,
) -> Result<Nomme, Erreur> {
    let Some(Auteur::Parent { personne, foyer }) = &compte.auteur else {
        return Ok(Nomme { prenom: String::new(), nom: compte.nom.clone().unwrap_or_default() });
    };
    let faits = etat.store.famille(&du.portee, foyer).await?.faits;
    let jour = maintenant.to_zoned(commune.fuseau.clone()).date();
    let texte = |fait| facts::texte(&faits, personne, fait, jour, maintenant);
    Ok(Nomme { prenom: texte("prenom"), nom: texte("nom") })
}
