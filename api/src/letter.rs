//! What a letter about a dossier says of who files, with or without an account.

use engine::demarche::{Destinataire, Dossier, Reponse, SujetVise, TypeChamp};
use engine::foyer::ValeurFait;
use engine_store::{Erreur, Portee};

use crate::acts::Lu;
use crate::facts;
use crate::state::Etat;

/// What is known of who files, or what the form says of them; empty when neither does.
pub(crate) fn demandeur(lu: &Lu<'_>, dossier: &Dossier, fait: &str) -> String {
    let connu = dossier.demandeur.as_ref();
    let connu = connu.map(|p| facts::texte(&lu.faits, p, fait, lu.aujourdhui, lu.maintenant));
    if let Some(connu) = connu.filter(|c| !c.is_empty()) {
        return connu;
    }
    let vise = lu
        .demarche
        .champs()
        .find(|c| c.fait.as_ref().is_some_and(|f| f.de == SujetVise::Demandeur && f.nom == fait));
    // a public form may ask for an address that becomes no fact
    let courriel = || lu.demarche.champs().find(|c| matches!(c.genre, TypeChamp::Courriel));
    let champ = vise.or_else(|| if fait == "courriel" { courriel() } else { None });
    match champ.and_then(|c| dossier.reponses.0.get(&c.id)) {
        Some(Reponse::Valeur(ValeurFait::Texte(t))) => t.clone(),
        _ => String::new(),
    }
}

/// Where whoever receives the letter follows the dossier. Without an account, it is a new secret link: only its hash is kept.
pub(crate) async fn lien(
    etat: &Etat,
    portee: &Portee,
    lu: &Lu<'_>,
    dossier: &Dossier,
    a: &Destinataire,
) -> Result<String, Erreur> {
    let base = format!("{}/{}", etat.adresse(), lu.commune.slug);
    Ok(match (a, &dossier.foyer) {
        (Destinataire::Agents(_), _) => format!("{base}/agent/dossiers/{}", dossier.id),
        (_, Some(_)) => format!("{base}/dossiers/{}", dossier.id),
        (_, None) => {
            let le = etat.horloge.reel();
            let jeton = etat.store.ouvre_suivi(portee.commune(), dossier.id.clone(), le, None).await?;
            format!("{base}/suivi/{}", jeton.texte())
        }
    })
}
