//! Does the town know a household? One that it made, it does; one that a new account declared waits for the service, or for a key.

use engine::cle_enfance::{Modes as _, est_sous_cadenas};
use engine::commune::Commune;
use engine::decision::{Auteur, Refus};
use engine::demarche::Demarche;
use engine::identifiant::FoyerId;
use engine_store::{Erreur, Portee, Store};

/// Does the town know this household of the scope?
pub(crate) async fn est_connu(store: &Store, portee: &Portee, foyer: &FoyerId) -> Result<bool, Erreur> {
    Ok(store.rattachement(portee, foyer).await?.is_none_or(|r| r.est_valide()))
}

/// Why this household may not start this procedure yet.
pub(crate) async fn cadenas(
    store: &Store,
    commune: &Commune,
    portee: &Portee,
    (demarche, foyer): (&Demarche, &FoyerId),
) -> Result<Option<Refus>, Erreur> {
    if !est_sous_cadenas(commune, demarche) || est_connu(store, portee, foyer).await? {
        return Ok(None);
    }
    Ok(Some(Refus::nouveau("compte_valide", phrase(commune))))
}

/// What opens a padlock, for a parent.
pub(crate) fn phrase(commune: &Commune) -> String {
    let par_cle = commune.cle_enfance.cle().is_some_and(|c| c.plus_tard);
    let service = commune.cle_enfance.rattache_par().and_then(|par| commune.contact(par));
    let qui = service.map_or(commune.organisme.as_str(), |c| c.nom.as_str());
    match (par_cle, service.is_some()) {
        (true, true) => {
            format!("Cette démarche s’ouvre avec votre clé enfance, ou une fois votre espace validé ({qui}).")
        }
        (true, false) => "Cette démarche s’ouvre avec votre clé enfance.".to_owned(),
        (false, _) => format!("Cette démarche s’ouvre une fois votre espace validé ({qui})."),
    }
}

/// What a family that the town does not know yet waits for.
pub(crate) fn attente(commune: &Commune) -> String {
    let service = commune.cle_enfance.rattache_par().and_then(|par| commune.contact(par));
    let cle = commune.cle_enfance.cle().is_some_and(|c| c.plus_tard);
    match (service, cle) {
        (Some(s), true) => format!(
            "Les démarches marquées d’un cadenas s’ouvrent avec la clé que {} vous a remise, ou quand ce service aura validé votre espace : vous recevrez un courriel.",
            s.nom
        ),
        (Some(s), false) => format!(
            "{} vérifie votre espace et le rattache à votre famille : vous n’avez rien à faire. Un courriel vous préviendra, et les démarches marquées d’un cadenas s’ouvriront.",
            s.nom
        ),
        (None, true) => {
            "Les démarches marquées d’un cadenas s’ouvrent avec la clé que le service vous a remise."
                .to_owned()
        }
        (None, false) => format!("{} vérifie votre espace.", majuscule(&commune.organisme)),
    }
}

fn majuscule(texte: &str) -> String {
    let mut lettres = texte.chars();
    lettres.next().map(|l| l.to_uppercase().chain(lettres).collect()).unwrap_or_default()
}

/// May this agent attach accounts and make keys? Those of the contact that the town names; of any, where it names none.
pub(crate) fn rattache(commune: &Commune, auteur: &Auteur) -> bool {
    let Auteur::Agent { roles, .. } = auteur else { return false };
    commune.cle_enfance.rattache_par().is_none_or(|par| roles.iter().any(|r| r == par))
}
