//! What could not be delivered of the files of an agent: letters, calls, documents.

use engine::commune::Commune;
use engine::decision::{Agregat, CleEffet, Sortie};
use engine::demarche::{Destinataire, Dossier, agent_concerne};
use engine::identifiant::DossierId;
use engine_store::{EffetMort, Erreur, Portee};

use crate::acts;
use crate::state::Etat;

/// Most of a list: an agent who has more repairs the cause first.
const NOMBRE: usize = 200;
/// How many are read at once.
const PAGE: u32 = 500;

/// An effect that waits for an agent, and its file.
pub(crate) struct EnAttente {
    /// The effect.
    pub(crate) mort: EffetMort,
    /// Its file.
    pub(crate) dossier: Dossier,
}

/// Those of the agent's files, the newest first.
pub(crate) async fn en_attente(
    etat: &Etat,
    commune: &Commune,
    portee: &Portee,
) -> Result<Vec<EnAttente>, Erreur> {
    let mut liste = Vec::new();
    let mut lu: Option<EffetMort> = None;
    // page after page: those of other services hide none of this one's
    loop {
        let page = etat.store.effets_morts(portee, lu.as_ref(), PAGE).await?;
        let Some(dernier) = page.last().cloned() else { return Ok(liste) };
        for mort in page {
            let demarche = mort.demarche.as_deref().and_then(|d| etat.demarche_de(commune, d));
            let Agregat::Dossier(id) = &mort.effet.cle.agregat else { continue };
            if !demarche.is_some_and(|d| agent_concerne(d, portee.auteur())) {
                continue;
            }
            let Some(dossier) = etat.store.dossier(portee, id).await? else { continue };
            if acts::a_instruire(etat, commune, &dossier, portee.auteur()) {
                liste.push(EnAttente { mort, dossier });
            }
            if liste.len() == NOMBRE {
                return Ok(liste);
            }
        }
        lu = Some(dernier);
    }
}

/// Does this effect of that file still wait for the agent?
pub(crate) async fn attend(
    etat: &Etat,
    commune: &Commune,
    portee: &Portee,
    dossier: &DossierId,
    (entree, rang): (i64, u16),
) -> Result<bool, Erreur> {
    let lu = etat.store.dossier(portee, dossier).await?;
    if !lu.is_some_and(|d| acts::a_instruire(etat, commune, &d, portee.auteur())) {
        return Ok(false);
    }
    let cle = CleEffet { agregat: Agregat::Dossier(dossier.clone()), seq: entree, rang };
    etat.store.est_mort(portee, &cle).await
}

/// What it is, in words that name nobody.
pub(crate) fn en_mots(commune: &Commune, sortie: &Sortie) -> String {
    match sortie {
        Sortie::Message { modele, a, .. } => {
            format!("Courriel « {} », {}", objet(commune, modele), destinataire(commune, a))
        }
        Sortie::Compte { modele, .. } => {
            format!("Courriel « {} », au titulaire d’un compte", objet(commune, modele))
        }
        Sortie::Document { modele } => format!("Document « {modele} »"),
        Sortie::OuvrirDemarche { demarche, .. } => format!("Ouverture de la démarche « {demarche} »"),
        Sortie::Acte { genre, argument: Some(nom) } if genre == "appeler" => {
            format!("Appel du logiciel « {nom} »")
        }
        Sortie::Acte { genre, argument } => {
            format!("{genre} {}", argument.as_deref().unwrap_or_default()).trim().to_owned()
        }
    }
}

/// The subject of a text, or its name where the subject holds a variable, which is not this file's here.
fn objet<'a>(commune: &'a Commune, modele: &'a str) -> &'a str {
    let objet = commune.message(modele).map_or(modele, |m| m.objet.as_str());
    if objet.contains("{{") { modele } else { objet }
}

fn destinataire(commune: &Commune, a: &Destinataire) -> String {
    match a {
        Destinataire::Demandeur => "à qui a fait la demande".to_owned(),
        Destinataire::Payeur => "à qui paie".to_owned(),
        Destinataire::Personne(_) => "à un responsable de l’enfant".to_owned(),
        Destinataire::Responsables => "aux responsables de l’enfant".to_owned(),
        Destinataire::Agents(service) => {
            let nom = commune.contact(service).map_or(service, |c| &c.nom);
            format!("au service {nom}")
        }
    }
}
