//! A family books a day for a child, sees why it costs what it costs, and gives a day back.

use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::commune::Commune;
use engine::decision::{EtatReservation, Refus};
use engine::identifiant::{PersonneId, ReservationId};
use engine::reservation::{Acte, Issue, Venue};
use engine::service::Facturee;
use engine_store::Erreur;
use forms::formulaire::{ErreurVue, OptionVue};
use forms::vues::{Devis, Genre, PageReservations, RefusVue, ReservationVue};
use jiff::ToSpan;
use jiff::civil::Date;
use rules::date_fr::date_longue;
use rules::montant::Montant;

use super::connexion::Retour;
use super::dossier::{champ, cle};
use super::{Arret, page, page_introuvable, page_perimee};
use crate::bookings::{self, Echec, Lue, Pour, Reservee};
use crate::routes::{Acces, Routes};
use crate::session::Parent;

/// How long a past day stays in the list.
const JOURS_PASSES: i64 = 31;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/{slug}/reservations", Acces::Famille, liste)
        .post("/{slug}/reservations", Acces::Famille, choisit)
        .post("/{slug}/reservations/{id}/annulation", Acces::Famille, annule)
}

type Paires = Form<Vec<(String, String)>>;

/// What was chosen, as typed.
#[derive(Clone, Debug, Default)]
struct Choix {
    enfant: String,
    prestation: String,
    jour: String,
    mode: String,
}

impl Choix {
    fn poste(paires: &[(String, String)]) -> Self {
        let texte = |nom| champ(paires, nom).trim().to_owned();
        Self {
            enfant: texte("enfant"),
            prestation: texte("prestation"),
            jour: texte("jour"),
            mode: texte("mode"),
        }
    }
}

/// What the page says of the choice.
#[derive(Default)]
struct Reponse {
    erreurs: Vec<ErreurVue>,
    refus_titre: String,
    refus: Vec<RefusVue>,
    devis: Option<Devis>,
}

/// `GET /{slug}/reservations`
async fn liste(parent: Parent, retour: Retour) -> Result<Response, Arret> {
    rend(&parent, &Choix::default(), Reponse::default(), &retour).await
}

/// `POST /{slug}/reservations`: shows what a day would give, or books it.
async fn choisit(parent: Parent, Form(paires): Paires) -> Result<Response, Arret> {
    let visiteur = &parent.visiteur;
    let cle = cle(visiteur, &parent.session, &paires)?;
    let choix = Choix::poste(&paires);
    let (enfant, venue) = match lit(&visiteur.commune, &choix) {
        Ok(lus) => lus,
        Err(erreurs) => {
            let reponse = Reponse { erreurs, ..Reponse::default() };
            return rend(&parent, &choix, reponse, &Retour::default()).await;
        }
    };
    let prenom = prenom(&parent, &choix.enfant).await.map_err(|e| visiteur.etat.panne(&e))?;
    let acte = Acte::Reserver(venue.clone());
    let refuse = |refus: &[Refus]| Reponse {
        refus_titre: "Réservation impossible".to_owned(),
        refus: refus.iter().map(|r| refus_vue(&visiteur.commune, r, &prenom, venue.jour)).collect(),
        ..Reponse::default()
    };
    let reponse = if champ(&paires, "geste") == "reserver" {
        match bookings::agit(&visiteur.etat, pour(&parent), &enfant, &acte, Some(&cle)).await {
            Ok(_) => {
                let vers = format!("/{}/reservations?fait=reserver", visiteur.slug);
                return Ok(Redirect::to(&vers).into_response());
            }
            Err(Echec::Refus(refus)) => refuse(&refus),
            Err(autre) => return Ok(echec(&parent, autre)),
        }
    } else {
        let lue = bookings::lit(&visiteur.etat, pour(&parent), &enfant, &acte).await;
        let lue = lue.map_err(|e| echec(&parent, e))?;
        match lue.decide(&enfant, &acte) {
            Ok(issue) => Reponse {
                devis: Some(devis(&parent, &lue, &enfant, &venue, &issue, &prenom)),
                ..Reponse::default()
            },
            Err(refus) => refuse(&refus),
        }
    };
    rend(&parent, &choix, reponse, &Retour::default()).await
}

/// `POST /{slug}/reservations/{id}/annulation`
async fn annule(
    parent: Parent,
    Path((_, id)): Path<(String, String)>,
    Form(paires): Paires,
) -> Result<Response, Arret> {
    let visiteur = &parent.visiteur;
    // a day that is cancelled stays so: the form needs no key of its own
    cle(visiteur, &parent.session, &paires)?;
    let Ok(id) = ReservationId::lit(&id) else {
        return Ok(page_introuvable(&visiteur.etat, &visiteur.chemin));
    };
    let une = bookings::une(&visiteur.etat, pour(&parent), &id).await.map_err(|e| echec(&parent, e))?;
    let faite = une.faite;
    let motif = champ(&paires, "motif").trim();
    let acte = bookings::annulation(&faite, (!motif.is_empty()).then(|| motif.to_owned()));
    let fait = match &faite.etat {
        EtatReservation::Ferme => {
            bookings::agit(&visiteur.etat, pour(&parent), &faite.enfant, &acte, None).await
        }
        EtatReservation::Annulee { .. } | EtatReservation::SansReservation => Ok(id),
    };
    match fait {
        Ok(_) => Ok(Redirect::to(&format!("/{}/reservations?fait=annuler", visiteur.slug)).into_response()),
        Err(Echec::Refus(refus)) => {
            let prenom = prenom(&parent, faite.enfant.as_str()).await;
            let prenom = prenom.map_err(|e| visiteur.etat.panne(&e))?;
            let reponse = Reponse {
                refus_titre: "Annulation impossible".to_owned(),
                refus: refus.iter().map(|r| refus_vue(&visiteur.commune, r, &prenom, faite.jour)).collect(),
                ..Reponse::default()
            };
            rend(&parent, &Choix::default(), reponse, &Retour::default()).await
        }
        Err(autre) => Ok(echec(&parent, autre)),
    }
}

fn pour(parent: &Parent) -> Pour<'_> {
    Pour { commune: &parent.visiteur.commune, portee: &parent.session.portee, foyer: &parent.foyer }
}

fn echec(parent: &Parent, echec: Echec) -> Response {
    let visiteur = &parent.visiteur;
    match echec {
        Echec::Store(Erreur::CleReutilisee) => page_perimee(visiteur),
        Echec::Store(erreur) => visiteur.etat.panne(&erreur),
        Echec::Inconnu | Echec::Refus(_) => page_introuvable(&visiteur.etat, &visiteur.chemin),
    }
}

/// The child and the day, or what is wrong.
fn lit(commune: &Commune, choix: &Choix) -> Result<(PersonneId, Venue), Vec<ErreurVue>> {
    let mut erreurs = Vec::new();
    let mut erreur =
        |cible: &str, texte: &str| erreurs.push(ErreurVue { cible: cible.into(), texte: texte.into() });
    let enfant = PersonneId::lit(&choix.enfant).ok();
    if enfant.is_none() {
        erreur("enfant", "Choisissez pour quel enfant vous réservez.");
    }
    let prestation = commune.prestation(&choix.prestation);
    if prestation.is_none() {
        erreur("prestation", "Choisissez un service de la liste.");
    }
    let jour = choix.jour.parse::<Date>().ok();
    if jour.is_none() {
        erreur("jour", "Choisissez le jour, par exemple 04/09/2025.");
    }
    if let (Some((service, _)), Some(jour)) = (prestation, jour)
        && !modes(service, jour).is_empty()
        && choix.mode.is_empty()
    {
        erreur("mode", "Dites comment vous réservez.");
    }
    let mode = (!choix.mode.is_empty()).then(|| choix.mode.clone());
    match (enfant, jour) {
        (Some(enfant), Some(jour)) if erreurs.is_empty() => {
            Ok((enfant, Venue { mode, ..Venue::simple(&choix.prestation, jour) }))
        }
        _ => Err(erreurs),
    }
}

fn modes(service: &engine::service::Service, jour: Date) -> &[String] {
    service.regles(jour).and_then(|r| r.reservation.as_ref()).map(|r| r.modes.as_slice()).unwrap_or_default()
}

/// The first name of a child of the household; empty for anybody else.
async fn prenom(parent: &Parent, enfant: &str) -> Result<String, Erreur> {
    let enfants = parent.visiteur.enfants(&parent.session.portee, &parent.foyer).await?;
    Ok(enfants.into_iter().find(|e| e.valeur == enfant).map(|e| e.libelle).unwrap_or_default())
}

fn objet(commune: &Commune, prestation: &str, prenom: &str, jour: Date) -> String {
    let nom = commune.prestation(prestation).map_or(prestation, |(_, p)| p.nom.as_str());
    format!("{nom} de {prenom}, {}", date_longue(jour))
}

/// « Règle « delai » : ham/services/restauration.yaml:20 (document) ».
fn refus_vue(commune: &Commune, refus: &Refus, prenom: &str, jour: Date) -> RefusVue {
    let detail = refus.lieu.and_then(|l| commune.lieux.detail(l));
    let ecrite = detail.map(|d| format!(", écrite dans {}:{}", d.fichier, d.ligne)).unwrap_or_default();
    let document =
        detail.and_then(|d| d.source.as_deref()).map(|s| format!(" (source : {s})")).unwrap_or_default();
    // the heading says what is impossible
    let texte = ["Réservation impossible : ", "Annulation impossible : "]
        .iter()
        .find_map(|titre| refus.motif.strip_prefix(titre))
        .map_or_else(|| refus.motif.to_string(), majuscule);
    RefusVue {
        texte,
        message: bookings::texte_de_la_commune(commune, refus, prenom, jour).unwrap_or_default(),
        regle: format!("Règle « {} »{ecrite}{document}.", refus.regle),
    }
}

fn devis(
    parent: &Parent,
    lue: &Lue<'_>,
    enfant: &PersonneId,
    venue: &Venue,
    issue: &Issue,
    prenom: &str,
) -> Devis {
    let commune = &parent.visiteur.commune;
    let lignes = issue.prix.as_deref().unwrap_or_default();
    let mut montants = lignes.iter().filter_map(|l| l.montant.as_ref().ok());
    let total = montants.try_fold(Montant::centimes(0), |somme, m| somme.plus(*m));
    let connu = !lignes.is_empty() && lignes.iter().all(|l| l.montant.is_ok());
    let raison = |r: &Refus| r.motif.to_string();
    let phrases: Vec<String> = match &issue.prix {
        Ok(lignes) => lignes.iter().map(|l| l.phrase.clone()).collect(),
        Err(refus) => refus.iter().map(raison).collect(),
    };
    let lieu = lignes.first().map(|l| l.lieu);
    let detail = lieu.and_then(|l| commune.lieux.detail(l));
    let echeances = lue.echeances(enfant, venue).ok();
    Devis {
        objet: objet(commune, &venue.prestation, prenom, venue.jour),
        limite: echeances
            .as_ref()
            .and_then(|e| e.derniere())
            .map(|e| format!("réservation possible {}.", e.en_mots()))
            .unwrap_or_default(),
        prix: total.filter(|_| connu).map_or_else(|| "Prix à confirmer".to_owned(), |m| m.to_string()),
        phrase: phrases.join(" "),
        source: detail.map(|d| format!("{}:{}", d.fichier, d.ligne)).unwrap_or_default(),
        document: detail.and_then(|d| d.source.as_deref()).unwrap_or_default().to_owned(),
        enfant: enfant.to_string(),
        prestation: venue.prestation.clone(),
        mode: venue.mode.clone().unwrap_or_default(),
    }
}

/// The page, as typed.
async fn rend(parent: &Parent, choix: &Choix, reponse: Reponse, retour: &Retour) -> Result<Response, Arret> {
    let visiteur = &parent.visiteur;
    let (etat, commune) = (&visiteur.etat, &visiteur.commune);
    let panne = |e: Erreur| Arret::from(etat.panne(&e));
    let mut enfants = visiteur.enfants(&parent.session.portee, &parent.foyer).await.map_err(panne)?;
    let seul = enfants.len() == 1;
    for enfant in &mut enfants {
        enfant.choisie = seul || enfant.valeur == choix.enfant;
    }
    let aujourdhui = commune.fuseau.to_datetime(etat.horloge.maintenant()).date();
    let depuis = aujourdhui.checked_sub(JOURS_PASSES.days()).unwrap_or(aujourdhui);
    let mut reservees = Vec::new();
    for une in bookings::liste(etat, pour(parent), depuis).await.map_err(panne)? {
        let prenom = enfants.iter().find(|e| e.valeur == une.faite.enfant.as_str());
        let prenom = prenom.map(|e| e.libelle.clone()).unwrap_or_default();
        reservees.push(reservee(parent, une, &prenom, aujourdhui).await.map_err(|e| echec(parent, e))?);
    }
    let code = match (reponse.erreurs.is_empty(), reponse.refus.is_empty()) {
        (true, true) => StatusCode::OK,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let mut cadre = visiteur.cadre("Réserver");
    cadre.avis = retour.avis();
    let prestations = prestations(commune, aujourdhui, &choix.prestation);
    let choisie = prestations.iter().find(|p| p.choisie).or(prestations.first());
    let service = choisie.and_then(|p| commune.prestation(&p.valeur)).map(|(s, _)| s);
    let vue = PageReservations {
        cadre,
        enfants,
        modes: service
            .map(|s| modes(s, choix.jour.parse().unwrap_or(aujourdhui)))
            .unwrap_or_default()
            .iter()
            .map(|m| option(m, m, &choix.mode))
            .collect(),
        prestations,
        jour: choix.jour.clone(),
        erreurs: reponse.erreurs,
        refus_titre: reponse.refus_titre,
        refus: reponse.refus,
        devis: reponse.devis,
        reservees,
        jeton: parent.session.jeton_de_formulaire(),
        jeton_annulation: parent.session.jeton_de_formulaire(),
        action: format!("/{}/reservations", visiteur.slug),
    };
    Ok(page(etat, code, &vue))
}

fn option(valeur: &str, libelle: &str, choisie: &str) -> OptionVue {
    OptionVue {
        valeur: valeur.to_owned(),
        libelle: majuscule(&libelle.replace('_', " ")),
        choisie: valeur == choisie,
    }
}

fn majuscule(texte: &str) -> String {
    let mut lettres = texte.chars();
    lettres.next().map_or_else(String::new, |c| c.to_uppercase().chain(lettres).collect())
}

/// What can be booked now or later.
fn prestations(commune: &Commune, aujourdhui: Date, choisie: &str) -> Vec<OptionVue> {
    let se_reserve = |s: &engine::service::Service| {
        let encore = s.versions.iter().rev();
        let mut vues = 0;
        encore
            .take_while(|(depuis, _)| {
                let avant = vues == 0;
                if *depuis <= aujourdhui {
                    vues += 1;
                }
                avant
            })
            .any(|(_, r)| r.reservation.is_some())
    };
    let de = |s: &engine::service::Service| {
        s.prestations
            .iter()
            .map(|p| {
                let libelle = if p.nom == s.nom { p.nom.clone() } else { format!("{} ({})", p.nom, s.nom) };
                OptionVue { valeur: p.id.clone(), libelle, choisie: p.id == choisie }
            })
            .collect::<Vec<_>>()
    };
    commune.services.iter().filter(|s| se_reserve(s)).flat_map(de).collect()
}

async fn reservee(
    parent: &Parent,
    une: Reservee,
    prenom: &str,
    aujourdhui: Date,
) -> Result<ReservationVue, Echec> {
    let commune = &parent.visiteur.commune;
    let Reservee { faite, ligne } = une;
    let (etat, genre) = match &faite.etat {
        EtatReservation::Ferme => ("Réservé", Genre::Succes),
        EtatReservation::Annulee { .. } => ("Annulé", Genre::Info),
        EtatReservation::SansReservation => ("Venu sans réservation", Genre::Info),
    };
    let vivante = faite.etat == EtatReservation::Ferme && faite.jour >= aujourdhui;
    let annulation = if vivante { annulation(parent, &faite).await? } else { None };
    let (annulation, motifs) = annulation.unzip();
    let annulable = annulation.is_some();
    let lieu = ligne.as_ref().and_then(|l| l.trace.get("lieu")?.as_str()).unwrap_or_default();
    Ok(ReservationVue {
        id: faite.id.to_string(),
        objet: objet(commune, &faite.prestation, prenom, faite.jour),
        etat: etat.to_owned(),
        genre,
        prix: ligne.as_ref().map_or_else(|| "Prix à confirmer".to_owned(), |l| l.montant.to_string()),
        phrase: ligne.as_ref().map(|l| l.phrase.clone()).unwrap_or_default(),
        source: lieu.to_owned(),
        annulation: annulation.unwrap_or_default(),
        annuler: if annulable {
            format!("/{}/reservations/{}/annulation", parent.visiteur.slug, faite.id)
        } else {
            String::new()
        },
        motifs: motifs.unwrap_or_default(),
    })
}

/// What giving the day back now means; `None` when the town's rules do not let it be given back.
async fn annulation(
    parent: &Parent,
    faite: &engine::decision::ReservationFaite,
) -> Result<Option<(String, Vec<OptionVue>)>, Echec> {
    let commune = &parent.visiteur.commune;
    let Some((service, _)) = commune.prestation(&faite.prestation) else { return Ok(None) };
    let absence = service.regles(faite.jour).and_then(|r| r.absence.as_ref());
    let motifs: Vec<OptionVue> =
        absence.map(|a| a.motifs.iter().map(|m| option(m, m, "")).collect()).unwrap_or_default();
    let acte = bookings::annulation(faite, motifs.first().map(|m| m.valeur.clone()));
    let lue = bookings::lit(&parent.visiteur.etat, pour(parent), &faite.enfant, &acte).await?;
    let Ok(issue) = lue.decide(&faite.enfant, &acte) else { return Ok(None) };
    let venue = Venue { mode: faite.mode.clone(), ..Venue::simple(&faite.prestation, faite.jour) };
    let echeances = lue.annulations(&faite.enfant, &venue).ok();
    let limite = echeances.as_ref().and_then(|e| e.derniere()).map(|e| e.en_mots());
    let phrase = match (&issue.facture, limite) {
        (Some(Facturee::Non), Some(limite)) => format!("Annulation sans frais {limite}."),
        (Some(Facturee::Non), None) => "Annulation sans frais.".to_owned(),
        (Some(Facturee::Oui), Some(limite)) => {
            format!("Annulation sans frais possible {limite} : annulée maintenant, la journée reste due.")
        }
        (Some(Facturee::Oui), None) => "Annulée, la journée reste due.".to_owned(),
        (_, Some(limite)) => format!("Annulation possible {limite}, avec des frais."),
        (_, None) => "L’annulation peut entraîner des frais.".to_owned(),
    };
    Ok(Some((phrase, motifs)))
}
