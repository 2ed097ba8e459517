//! Two households, or two sheets of one person, become one: everything that hung on the first follows, in the write that says it.

use std::collections::BTreeMap;

use engine::decision::{Agregat, Auteur, EntreeJournal, EtatReservation, Pas};
use engine::demarche::{Changement, Dossier};
use engine::foyer::{Foyer, Fusion};
use engine::identifiant::{CommuneSlug, FoyerId, PersonneId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::cx::Cx;
use crate::erreur::{Erreur, illisible};
use crate::portee::Portee;
use crate::rapprochement::{self, EtatRapprochement};
use crate::sql::{requete, requetes};
use crate::{compte, dossier, fait, foyer, idempotence, inscription, journal, reservation};

requetes! {
    INSCRIRE = "UPDATE inscription SET foyer_id = $3, enfant_id = $4 WHERE commune_id = $1 AND id = $2";
    // a right that the other sheet has already: no day depends on this one
    DOUBLER = "UPDATE inscription SET foyer_id = $3, enfant_id = $4, au = du WHERE commune_id = $1 AND id = $2";
    LIGNES = "UPDATE ligne SET foyer_id = $3 WHERE commune_id = $1 AND foyer_id = $2";
    LIGNES_DE = "UPDATE ligne SET enfant_id = $4 WHERE commune_id = $1 AND foyer_id = $2 AND enfant_id = $3";
    COURRIERS = "UPDATE courrier SET foyer_id = $3 WHERE commune_id = $1 AND foyer_id = $2";
}

/// Where things go: the households, and whoever is somebody else there.
struct Vers<'v> {
    de: &'v FoyerId,
    foyer: &'v Foyer,
    memes: &'v BTreeMap<PersonneId, PersonneId>,
    qui: (&'v Auteur, Timestamp),
}

/// A declared household follows its account to the one that the town knows: its people, what is known of them, its requests,
/// drafts and what was filed, its rights and bookings. What waits on them (échéances, silence, letters) names them and stays.
pub(crate) async fn suit(
    cx: &mut Cx,
    commune: &str,
    declare: (&FoyerId, &PersonneId),
    connu: (&FoyerId, &PersonneId),
    (auteur, le): (&Auteur, Timestamp),
) -> Result<(), Erreur> {
    if declare.0 == connu.0 {
        return Ok(());
    }
    let ici = ici(commune)?;
    let (avant, apres) =
        (foyer::famille(cx, &ici, declare.0).await?, foyer::famille(cx, &ici, connu.0).await?);
    let (Some(de), Some(vers)) = (&avant.foyer, &apres.foyer) else {
        return Err(Erreur::Incoherence { table: "rattachement", colonne: "vers_foyer" });
    };
    let fusion = Fusion::de_foyers((de, &avant.faits), (vers, &apres.faits), (declare.1, connu.1), le);
    applique(cx, commune, &fusion, (declare.0, vers), (auteur, le)).await?;
    for sql in [LIGNES, COURRIERS] {
        requete(sql).bind(commune).bind(declare.0.as_str()).bind(connu.0.as_str()).execute(&mut *cx).await?;
    }
    // the account's own sheet is no discovery
    for (declaree, connue) in fusion.memes.iter().filter(|(d, _)| *d != declare.1) {
        let etat = EtatRapprochement::Meme;
        rapprochement::pose(cx, commune, connu.0, (declaree, connue), etat, le).await?;
    }
    for (declaree, connue) in &fusion.incertains {
        let etat = EtatRapprochement::EnAttente;
        rapprochement::pose(cx, commune, connu.0, (declaree, connue), etat, le).await?;
    }
    let entree = EntreeJournal {
        agregat: Agregat::Foyer(connu.0.clone()),
        seq: foyer::version(cx, commune, connu.0).await?.saturating_add(1),
        le,
        auteur: auteur.clone(),
        evenement: "reunir".to_owned(),
        detail: Some(format!("foyer:{}", declare.0)),
        changements: Vec::new(),
    };
    journal::ecrit(cx, commune, &entree, &trace(&fusion)).await?;
    foyer::au_moins(cx, commune, connu.0, entree.seq).await
}

/// Two sheets of a household are one person: what hung on `doublon` hangs on `connue`. The caller's decision is in the journal.
pub(crate) async fn une_personne(
    cx: &mut Cx,
    commune: &str,
    id: &FoyerId,
    (doublon, connue): (&PersonneId, &PersonneId),
    qui: (&Auteur, Timestamp),
) -> Result<(), Erreur> {
    let lu = foyer::famille(cx, &ici(commune)?, id).await?;
    let Some(foyer) = lu.foyer.filter(|f| f.contient(doublon) && f.contient(connue)) else {
        return Err(Erreur::Incoherence { table: "rapprochement", colonne: "foyer_id" });
    };
    let fusion = Fusion::de_personnes(&lu.faits, doublon, connue, qui.1);
    applique(cx, commune, &fusion, (id, &foyer), qui).await?;
    // whoever enters by the sheet that goes is the person who stays
    for compte in compte::ceux_du_foyer(cx, &ici(commune)?, id).await? {
        if compte.auteur.as_ref().and_then(Auteur::personne) == Some(doublon) {
            compte::ecrit(cx, commune, &compte.devient(id, connue)).await?;
        }
    }
    Ok(())
}

fn ici(commune: &str) -> Result<Portee, Erreur> {
    let slug = CommuneSlug::lit(commune).map_err(illisible("foyer", "commune_id"))?;
    Ok(Portee::nouvelle(slug, Auteur::Systeme))
}

/// One line a person: which sheet is which.
fn trace(fusion: &Fusion) -> Vec<Pas> {
    let memes = fusion.memes.iter().map(|(d, c)| pas("meme", &format!("{d} est {c}")));
    let incertains = fusion.incertains.iter().map(|(d, c)| pas("question", &format!("{d} est-il {c} ?")));
    let neufs = fusion.rejoignent.iter().map(|m| pas("rejoint", m.personne.as_str()));
    memes.chain(incertains).chain(neufs).collect()
}

async fn applique(
    cx: &mut Cx,
    commune: &str,
    fusion: &Fusion,
    (de, vers): (&FoyerId, &Foyer),
    qui: (&Auteur, Timestamp),
) -> Result<(), Erreur> {
    for membre in &fusion.rejoignent {
        foyer::ajoute(cx, commune, &vers.id, &membre.personne, membre.genre, qui.1).await?;
    }
    for un in &fusion.faits {
        fait::ecrit(cx, commune, un).await?;
    }
    let rejoint =
        Foyer { membres: vers.membres.iter().chain(&fusion.rejoignent).cloned().collect(), ..vers.clone() };
    let ou = Vers { de, foyer: &rejoint, memes: &fusion.memes, qui };
    demandes(cx, commune, &ou).await?;
    inscriptions(cx, commune, &ou).await?;
    reservations(cx, commune, &ou).await?;
    for (avant, apres) in &fusion.memes {
        let lignes = requete(LIGNES_DE).bind(commune).bind(de.as_str());
        lignes.bind(avant.as_str()).bind(apres.as_str()).execute(&mut *cx).await?;
    }
    for personne in &fusion.quittent {
        foyer::retire(cx, commune, de, personne, qui.1).await?;
    }
    Ok(())
}

/// Requests. A child whom the known household does not have stays the one that was declared: its name and its answers are the
/// family's, and the service reads them. A dossier whose place another one holds there is moved without it.
async fn demandes(cx: &mut Cx, commune: &str, ou: &Vers<'_>) -> Result<(), Erreur> {
    let meme_foyer = *ou.de == ou.foyer.id;
    for avant in dossier::du_foyer(cx, commune, ou.de).await? {
        let nommes = [&avant.demandeur, &avant.enfant];
        if meme_foyer && !nommes.into_iter().flatten().any(|p| ou.memes.contains_key(p)) {
            continue;
        }
        let mut changements = avant.suit(&ou.foyer.id, ou.memes);
        let mut trace = Vec::new();
        let mut suivant = change(&avant, &changements)?;
        if let Some(cle) = suivant.cle_vivante()
            && dossier::vivant(cx, commune, cle, suivant.id.as_str()).await?
        {
            changements.push(Changement::PlaceRendue);
            suivant = change(&avant, &changements)?;
            trace.push(pas(
                "un_dossier_par",
                "La famille a déjà une demande sur ce sujet : celle-ci reste, sans en tenir la place.",
            ));
        }
        suivant.version = avant.version.saturating_add(1);
        dossier::connait(cx, &avant);
        dossier::ecrit(cx, commune, &suivant, None).await?;
        consigne(cx, commune, (Agregat::Dossier(avant.id.clone()), suivant.version), ou, changements, &trace)
            .await?;
        idempotence::oublie(cx, commune, &avant.id).await?;
    }
    Ok(())
}

/// Rights to services: one that the other sheet has already ends, the other stays.
async fn inscriptions(cx: &mut Cx, commune: &str, ou: &Vers<'_>) -> Result<(), Erreur> {
    let ici = ici(commune)?;
    let siennes = inscription::du_foyer(cx, &ici, ou.de).await?;
    let mut vivantes = inscription::du_foyer(cx, &ici, &ou.foyer.id).await?;
    vivantes.retain(|i| i.au.is_none());
    for avant in siennes {
        let enfant = avant.enfant.as_ref().map(|e| ou.memes.get(e).unwrap_or(e).clone());
        if *ou.de == ou.foyer.id && enfant == avant.enfant {
            continue;
        }
        let double = avant.au.is_none()
            && vivantes.iter().any(|v| {
                (&v.enfant, &v.service, &v.annee_scolaire) == (&enfant, &avant.service, &avant.annee_scolaire)
            });
        requete(if double { DOUBLER } else { INSCRIRE })
            .bind(commune)
            .bind(avant.id.as_str())
            .bind(ou.foyer.id.as_str())
            .bind(enfant.as_ref().map(PersonneId::as_str))
            .execute(&mut *cx)
            .await?;
        if avant.au.is_none() && !double {
            vivantes.push(inscription::Inscription { foyer: ou.foyer.id.clone(), enfant, ..avant });
        }
    }
    Ok(())
}

/// Booked days, cancelled ones too. One that the other sheet has booked already keeps the sheet that was declared.
async fn reservations(cx: &mut Cx, commune: &str, ou: &Vers<'_>) -> Result<(), Erreur> {
    let toutes = reservation::du_foyer(cx, &ici(commune)?, ou.de, Date::MIN, Date::MAX).await?;
    for avant in toutes {
        let mut suivante = avant.clone();
        suivante.foyer = ou.foyer.id.clone();
        suivante.enfant = ou.memes.get(&avant.enfant).unwrap_or(&avant.enfant).clone();
        if suivante == avant {
            continue;
        }
        let jour = (&suivante.enfant, suivante.prestation.as_str(), suivante.jour);
        if suivante.etat == EtatReservation::Ferme
            && reservation::vivante(cx, commune, jour, suivante.id.as_str()).await?
        {
            suivante.enfant = avant.enfant.clone();
        }
        suivante.version = avant.version.saturating_add(1);
        reservation::ecrit(cx, commune, &suivante).await?;
        consigne(cx, commune, (Agregat::Reservation(avant.id), suivante.version), ou, Vec::new(), &[])
            .await?;
    }
    Ok(())
}

async fn consigne(
    cx: &mut Cx,
    commune: &str,
    (agregat, seq): (Agregat, i64),
    ou: &Vers<'_>,
    changements: Vec<Changement>,
    trace: &[Pas],
) -> Result<(), Erreur> {
    let entree = EntreeJournal {
        agregat,
        seq,
        le: ou.qui.1,
        auteur: ou.qui.0.clone(),
        evenement: "rattacher".to_owned(),
        detail: None,
        changements,
    };
    journal::ecrit(cx, commune, &entree, trace).await
}

fn change(avant: &Dossier, changements: &[Changement]) -> Result<Dossier, Erreur> {
    let apres = changements.iter().try_fold(avant.clone(), |d, c| c.applique(Some(d)));
    apres.ok_or(Erreur::Incoherence { table: "dossier", colonne: "etat" })
}

fn pas(quoi: &str, resultat: &str) -> Pas {
    Pas { regle: format!("rattachement.{quoi}"), lieu: None, resultat: resultat.to_owned() }
}
