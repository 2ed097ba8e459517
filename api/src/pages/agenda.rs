//! The appointment of a dossier: the page of its slots, and the file for a calendar.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::decision::Refus;
use engine::demarche::{Dossier, Phase, creneau_tenu_jusqu_a};
use forms::formulaire::OptionVue;
use forms::ical;
use forms::vues::{JourCreneaux, PageRendezVous};
use jiff::civil::{Date, DateTime};
use rules::date_fr;
use rules::repere::premier_instant;
use rules::scalaire::Heure;

use super::connexion::Retour;
use super::dossier::{identifiant, lu, raisons};
use super::suivi::{Volet, adresse, cadre, pris_en_mots, tete};
use super::{Arret, page, page_introuvable};
use crate::acts::Lu;
use crate::session::{Famille, Ouverte, Visiteur};
use crate::slots;

/// The appointment: taken, to take, to change.
pub(super) async fn rendez_vous(
    visiteur: &Visiteur,
    session: &Ouverte,
    lu: &Lu<'_>,
    dossier: &Dossier,
    refus: Option<&Refus>,
    retour: &Retour,
) -> Result<Response, Arret> {
    let Some(agenda) = &lu.demarche.rendez_vous else {
        return Ok(page_introuvable(&visiteur.etat, &visiteur.chemin));
    };
    let (agent, brouillon) = (visiteur.est_agent(), dossier.phase == Phase::Brouillon);
    let base = adresse(visiteur, &dossier.id);
    let pris = dossier.suivi.rendez_vous.as_ref();
    let passe = pris.and_then(|r| instant(lu, r.debut)).is_some_and(|i| i <= lu.maintenant);
    let a_choisir = dossier.phase.occupe() && !passe;
    let jours = match a_choisir {
        true => slots::libres(&visiteur.etat, &session.portee, lu, agenda, None)
            .await
            .map_err(|e| visiteur.etat.panne(&e))?,
        false => Vec::new(),
    };
    let dites = refus.map(raisons).unwrap_or_default();
    let vue = PageRendezVous {
        cadre: cadre(visiteur, lu, retour),
        pris: pris_en_mots(dossier),
        tenu_jusqu_a: creneau_tenu_jusqu_a(dossier)
            .map(|fin| date_fr::heure(Heure::de(fin.to_zoned(lu.commune.fuseau.clone()).time())))
            .unwrap_or_default(),
        perdu: dossier.suivi.creneau_perdu.map(date_fr::instant).unwrap_or_default(),
        endroit: agenda.endroit.clone(),
        obligatoire: agenda.obligatoire,
        constat: match pris.and_then(|r| r.tenu) {
            Some(true) => "tenu".to_owned(),
            Some(false) => "manqué".to_owned(),
            None => String::new(),
        },
        a_choisir,
        jours: jours.into_iter().map(jour).collect(),
        agenda: match (pris, agent) {
            (Some(_), false) => format!("{base}/rendez-vous.ics"),
            _ => String::new(),
        },
        a_constater: agent && passe && pris.is_some_and(|r| r.tenu.is_none()),
        precedent: if brouillon {
            format!("/{}/demarches/{}", visiteur.slug, lu.demarche.id)
        } else {
            String::new()
        },
        suivant: match (brouillon, &dossier.foyer) {
            (true, Some(_)) => format!("{base}/informations"),
            (true, None) => format!("{base}/ecrans/1"),
            (false, _) => String::new(),
        },
        tete: tete(visiteur, session, lu, dossier, Volet::RendezVous, dites),
    };
    let code = if refus.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(page(&visiteur.etat, code, &vue))
}

fn jour((jour, debuts): (Date, Vec<DateTime>)) -> JourCreneaux {
    let creneau = |d: DateTime| OptionVue {
        valeur: d.to_string(),
        libelle: date_fr::heure(Heure::de(d.time())),
        choisie: false,
    };
    JourCreneaux { jour: date_fr::date_longue(jour), creneaux: debuts.into_iter().map(creneau).collect() }
}

fn instant(lu: &Lu<'_>, debut: DateTime) -> Option<jiff::Timestamp> {
    premier_instant(&lu.commune.fuseau, debut)
}

/// `GET /{slug}/dossiers/{dossier}/rendez-vous.ics`
pub(super) async fn calendrier(
    famille: Famille,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Arret> {
    let visiteur = &famille.visiteur;
    let (lu, dossier) = lu(visiteur, &famille.session, &identifiant(visiteur, &id)?).await?;
    let pris = dossier.suivi.rendez_vous.as_ref();
    let (Some(agenda), Some(debut)) = (&lu.demarche.rendez_vous, pris.and_then(|r| instant(&lu, r.debut)))
    else {
        return Ok(page_introuvable(&visiteur.etat, &visiteur.chemin));
    };
    let texte = ical::fichier(&ical::Evenement {
        identifiant: dossier.id.as_str(),
        rang: dossier.version,
        fait_le: lu.maintenant,
        debut,
        minutes: agenda.minutes,
        titre: &format!("Rendez-vous : {}", lu.demarche.nom),
        endroit: &agenda.endroit,
    });
    let entetes = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"rendez-vous.ics\""),
    ];
    Ok((entetes, texte).into_response())
}
