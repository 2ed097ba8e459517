//! The dossiers of a household that an account declared follow it to the one that the town knows, in the write that attaches it.

use engine::cle_enfance::enfants_reconnus;
use engine::decision::{Agregat, Auteur, EntreeJournal, Pas};
use engine::demarche::{Changement, Dossier};
use engine::identifiant::{CommuneSlug, FoyerId, PersonneId};
use jiff::Timestamp;

use crate::cx::Cx;
use crate::erreur::{Erreur, illisible};
use crate::portee::Portee;
use crate::{dossier, foyer, idempotence, journal};

/// Moves them all, drafts and what was filed: what waits on them (échéances, silence, letters) names the dossier and stays.
///
/// A child whom the known household does not have stays the one that was declared: its name and its answers are the family's,
/// and the service reads them. A dossier whose place another one holds there is moved without it.
pub(crate) async fn suit(
    cx: &mut Cx,
    commune: &str,
    declare: (&FoyerId, &PersonneId),
    connu: (&FoyerId, &PersonneId),
    (auteur, le): (&Auteur, Timestamp),
) -> Result<(), Erreur> {
    let dossiers = dossier::du_foyer(cx, commune, declare.0).await?;
    if dossiers.is_empty() || declare.0 == connu.0 {
        return Ok(());
    }
    let slug = CommuneSlug::lit(commune).map_err(illisible("dossier", "commune_id"))?;
    let ici = Portee::nouvelle(slug, Auteur::Systeme);
    let (avant, apres) =
        (foyer::famille(cx, &ici, declare.0).await?, foyer::famille(cx, &ici, connu.0).await?);
    let (Some(de), Some(vers)) = (&avant.foyer, &apres.foyer) else {
        return Err(Erreur::Incoherence { table: "rattachement", colonne: "vers_foyer" });
    };
    let mut connues = enfants_reconnus((de, &avant.faits), (vers, &apres.faits));
    connues.insert(declare.1.clone(), connu.1.clone());
    for avant in dossiers {
        let mut changements = avant.suit(connu.0, &connues);
        let mut trace = Vec::new();
        let mut suivant = applique(&avant, &changements)?;
        if let Some(cle) = suivant.cle_vivante()
            && dossier::vivant(cx, commune, cle, suivant.id.as_str()).await?
        {
            changements.push(Changement::PlaceRendue);
            suivant = applique(&avant, &changements)?;
            trace.push(pas(
                "un_dossier_par",
                "La famille a déjà une demande sur ce sujet : celle-ci reste, sans en tenir la place.",
            ));
        }
        if suivant.enfant.as_ref().is_some_and(|e| !vers.contient(e)) {
            trace.push(pas(
                "enfant",
                "La famille connue n’a pas cet enfant : la demande garde celui qui a été déclaré.",
            ));
        }
        suivant.version = avant.version.saturating_add(1);
        let agregat = Agregat::Dossier(avant.id.clone());
        dossier::connait(cx, &avant);
        dossier::ecrit(cx, commune, &suivant, None).await?;
        let entree = EntreeJournal {
            agregat,
            seq: suivant.version,
            le,
            auteur: auteur.clone(),
            evenement: "rattacher".to_owned(),
            detail: None,
            changements,
        };
        journal::ecrit(cx, commune, &entree, &trace).await?;
        idempotence::oublie(cx, commune, &avant.id).await?;
    }
    Ok(())
}

fn applique(avant: &Dossier, changements: &[Changement]) -> Result<Dossier, Erreur> {
    let apres = changements.iter().try_fold(avant.clone(), |d, c| c.applique(Some(d)));
    apres.ok_or(Erreur::Incoherence { table: "dossier", colonne: "etat" })
}

fn pas(quoi: &str, resultat: &str) -> Pas {
    Pas { regle: format!("rattachement.{quoi}"), lieu: None, resultat: resultat.to_owned() }
}
