//! What a letter about a dossier says of who files, with or without an account.

use engine::demarche::{Destinataire, Dossier, Reponse, SujetVise, TypeChamp};
use engine::foyer::ValeurFait;
use engine_store::{Courrier, Erreur, Portee};
use jiff::{Timestamp, ToSpan};
use rules::date_fr;

use crate::acts::Lu;
use crate::state::Etat;
use crate::{facts, links};

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

/// Where whoever receives the letter follows the dossier. Without an account it is a secret link with its end, as a kept letter
/// writes it ([`links`]).
pub(crate) fn lien(
    etat: &Etat,
    lu: &Lu<'_>,
    dossier: &Dossier,
    a: &Destinataire,
    fait_le: Timestamp,
) -> String {
    let base = format!("{}/{}", etat.adresse(), lu.commune.slug);
    match (a, &dossier.foyer) {
        (Destinataire::Agents(_), _) => format!("{base}/agent/dossiers/{}", dossier.id),
        (_, Some(_)) => format!("{base}/dossiers/{}", dossier.id),
        (_, None) => {
            let fin = date_fr::date_longue(fin(fait_le).to_zoned(lu.commune.fuseau.clone()).date());
            format!(
                "{base}{}\nCe lien est personnel : ne le transmettez pas. Il ouvre votre demande jusqu’au {fin}, et chaque nouveau courriel du service le prolonge.",
                links::marque(&dossier.id)
            )
        }
    }
}

/// Makes the secret links of a letter open, before it leaves; the letter as it leaves.
pub(crate) async fn ouvre(
    etat: &Etat,
    portee: &Portee,
    dossier: &Dossier,
    courrier: &Courrier,
    fait_le: Timestamp,
) -> Result<Courrier, Erreur> {
    let commune = portee.commune();
    let parti = Courrier {
        corps: etat.liens.en_clair(commune.as_str(), &courrier.a, &courrier.corps),
        ..courrier.clone()
    };
    if parti.corps != courrier.corps
        && let Some(jeton) = etat.liens.jeton(commune.as_str(), &dossier.id, &courrier.a)
    {
        let (reel, maintenant) = (etat.horloge.reel(), etat.horloge.maintenant());
        // links live in real time, whatever the demonstration's clock says
        let fin = reel.saturating_add(fin(fait_le).duration_since(maintenant)).unwrap_or(reel);
        etat.store.ouvre_suivi(commune, &jeton, dossier.id.clone(), reel, fin).await?;
    }
    Ok(parti)
}

/// When the link of a letter decided then does not open any more.
fn fin(fait_le: Timestamp) -> Timestamp {
    fait_le.checked_add((links::LIEN_JOURS * 24).hours()).unwrap_or(fait_le)
}
