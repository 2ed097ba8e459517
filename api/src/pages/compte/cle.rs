//! The key, where a town's creation asks for it: sealed when it is typed, tried once the account is activated. Until then nobody
//! who has no account learns anything of the town's keys.

use axum::http::request::Parts;
use engine::compte::{CLE, Compte, NAISSANCE_ENFANT};
use engine::demarche::{ErreurChamp, Reponse, Reponses};
use engine::foyer::ValeurFait;
use engine::identifiant::hexa;
use engine_store::{Erreur, Essai, EssaiFait, Jeton};

use super::super::cle::essai;
use crate::session::Visiteur;

/// Takes the key's text out of the answers: its keyed hash stands in its place. One of the two alone is said to be.
pub(super) fn scelle(visiteur: &Visiteur, reponses: &mut Reponses, erreurs: &mut Vec<ErreurChamp>) {
    let saisie = match reponses.0.remove(CLE) {
        Some(Reponse::Valeur(ValeurFait::Texte(saisie))) if !saisie.trim().is_empty() => saisie,
        _ => {
            reponses.0.remove(NAISSANCE_ENFANT);
            return;
        }
    };
    if !reponses.0.contains_key(NAISSANCE_ENFANT) {
        erreurs.push(ErreurChamp {
            champ: NAISSANCE_ENFANT.to_owned(),
            motif: "Avec la clé, indiquez la date de naissance d’un de vos enfants.".to_owned(),
        });
        return;
    }
    if let Some(empreinte) = visiteur.etat.liens.empreinte_de_cle(visiteur.slug.as_str(), &saisie) {
        let scellee = Reponse::Valeur(ValeurFait::Texte(hexa(&empreinte)));
        reponses.0.insert(CLE.to_owned(), scellee);
    }
}

/// Tries the key that was typed at the creation of this account, now active; `None`: none was.
pub(super) async fn tente(
    visiteur: &Visiteur,
    parts: &Parts,
    reponses: &Reponses,
    compte: &Compte,
) -> Result<Option<EssaiFait>, Erreur> {
    let texte = |champ| match reponses.valeur(champ) {
        Some(ValeurFait::Texte(t)) => t.as_str(),
        _ => "",
    };
    let empreinte = Jeton::lit(texte(CLE)).map(|scelle| scelle.octets());
    let (Some(empreinte), Some(ValeurFait::Date(naissance)), Some(auteur)) =
        (empreinte, reponses.valeur(NAISSANCE_ENFANT), &compte.auteur)
    else {
        return Ok(None);
    };
    let nom = format!("{} {}", texte("prenom"), texte("nom"));
    let qui = (auteur, Some(&compte.id), nom);
    let essai: Essai = essai(visiteur, parts, qui, empreinte, *naissance)?;
    visiteur.etat.store.essaie_cle(&visiteur.slug, essai).await.map(Some)
}
