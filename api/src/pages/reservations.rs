//! A family books a day for a child, sees why it costs what it costs, and gives a day back.

use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::commune::Commune;
use engine::decision::{EtatReservation, Refus, ReservationFaite};
use engine::identifiant::{PersonneId, ReservationId};
use engine::reservation::{Acte, Issue, Venue, pourquoi_ferme};
use engine::service::Facturee;
use engine_store::Erreur;
use forms::formulaire::{ErreurVue, OptionVue};
use forms::vues::{Devis, Genre, LigneDevis, PageReservations, RefusVue, ReservationVue, SemaineVue};
use jiff::ToSpan;
use jiff::civil::Date;
use rules::date_fr::{date_courte, date_longue};
use rules::montant::Montant;

use super::connexion::Retour;
use super::dossier::{champ, cle};
use super::{Arret, page, page_introuvable, page_perimee};
use crate::basket::{self, JOURS_MAX, Ligne};
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
    /// One day, or several.
    jours: Vec<String>,
    mode: String,
}

impl Choix {
    fn poste(paires: &[(String, String)]) -> Self {
        let texte = |nom| champ(paires, nom).trim().to_owned();
        let mut jours: Vec<String> = Vec::new();
        for (_, jour) in paires.iter().filter(|(nom, _)| nom == "jour") {
            let jour = jour.trim();
            if !jour.is_empty() && !jours.iter().any(|j| j == jour) {
                jours.push(jour.to_owned());
            }
        }
        jours.sort();
        Self { enfant: texte("enfant"), prestation: texte("prestation"), jours, mode: texte("mode") }
    }
}

/// What the page says of the choice.
#[derive(Default)]
struct Reponse {
    erreurs: Vec<ErreurVue>,
    refus_titre: String,
    refus: Vec<RefusVue>,
    /// Of several days, those that nothing refuses.
    possibles: Vec<String>,
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
    let lignes = match lit(&visiteur.commune, &choix) {
        Ok(lignes) => lignes,
        Err(erreurs) => {
            let reponse = Reponse { erreurs, ..Reponse::default() };
            return rend(&parent, &choix, reponse, &Retour::default()).await;
        }
    };
    let prenom = prenom(&parent, &choix.enfant).await.map_err(|e| visiteur.etat.panne(&e))?;
    let refuse = |refus: &[Vec<Refus>]| refusees(&parent, &lignes, refus, &prenom);
    let reponse = if champ(&paires, "geste") == "reserver" {
        match basket::reserve(&visiteur.etat, pour(&parent), &lignes, &cle).await {
            Ok(_) => {
                let vers = format!("/{}/reservations?fait=reserver", visiteur.slug);
                return Ok(Redirect::to(&vers).into_response());
            }
            Err(basket::Echec::Refus(refus)) => refuse(&refus),
            Err(autre) => return Ok(echec(&parent, autre.into())),
        }
    } else {
        let lue = basket::lit(&visiteur.etat, pour(&parent), &lignes).await;
        let lue = lue.map_err(|e| echec(&parent, e.into()))?;
        match basket::decide(&lue, &lignes) {
            Ok(issues) => {
                Reponse { devis: Some(devis(&parent, &lue, &lignes, &issues, &prenom)), ..Reponse::default() }
            }
            Err(refus) => refuse(&refus),
        }
    };
    rend(&parent, &choix, reponse, &Retour::default()).await
}

/// What refuses each day, and which days nothing refuses.
fn refusees(parent: &Parent, lignes: &[Ligne], refus: &[Vec<Refus>], prenom: &str) -> Reponse {
    let commune = &parent.visiteur.commune;
    let mut reponse = Reponse {
        refus_titre: match lignes {
            [_] => "Réservation impossible".to_owned(),
            _ => "Rien n’est réservé : tous ces jours ne sont pas possibles".to_owned(),
        },
        ..Reponse::default()
    };
    for (ligne, refus) in lignes.iter().zip(refus) {
        let jour = ligne.venue.jour;
        if refus.is_empty() {
            reponse.possibles.push(jour.to_string());
        }
        reponse.refus.extend(refus.iter().map(|r| RefusVue {
            jour: if lignes.len() > 1 { majuscule(&date_longue(jour)) } else { String::new() },
            ..refus_vue(commune, r, prenom, jour)
        }));
    }
    reponse
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

/// The child and the days, or what is wrong.
fn lit(commune: &Commune, choix: &Choix) -> Result<Vec<Ligne>, Vec<ErreurVue>> {
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
    let jours: Vec<Date> = choix.jours.iter().filter_map(|j| j.parse().ok()).collect();
    if jours.is_empty() || jours.len() != choix.jours.len() {
        erreur("jour", "Choisissez un jour, par exemple 04/09/2025, ou cochez-en plusieurs.");
    }
    if jours.len() > JOURS_MAX {
        erreur("jour", &format!("Réservez {JOURS_MAX} jours à la fois au plus."));
    }
    if let (Some((service, _)), Some(jour)) = (prestation, jours.first())
        && !modes(service, *jour).is_empty()
        && choix.mode.is_empty()
    {
        erreur("mode", "Dites comment vous réservez.");
    }
    let mode = (!choix.mode.is_empty()).then(|| choix.mode.clone());
    match enfant {
        Some(enfant) if erreurs.is_empty() => Ok(jours
            .into_iter()
            .map(|jour| Ligne {
                enfant: enfant.clone(),
                venue: Venue { mode: mode.clone(), ..Venue::simple(&choix.prestation, jour) },
            })
            .collect()),
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
        jour: String::new(),
        texte,
        message: bookings::texte_de_la_commune(commune, refus, prenom, jour).unwrap_or_default(),
        regle: format!("Règle « {} »{ecrite}{document}.", refus.regle),
    }
}

/// What the days would cost, one by one and together.
fn devis(parent: &Parent, lue: &Lue<'_>, lignes: &[Ligne], issues: &[Issue], prenom: &str) -> Devis {
    let commune = &parent.visiteur.commune;
    let une = |(ligne, issue): (&Ligne, &Issue)| {
        let lieu = issue.prix.as_deref().unwrap_or_default().first().map(|l| l.lieu);
        let detail = lieu.and_then(|l| commune.lieux.detail(l));
        let echeances = lue.echeances(&ligne.enfant, &ligne.venue).ok();
        LigneDevis {
            objet: objet(commune, &ligne.venue.prestation, prenom, ligne.venue.jour),
            limite: echeances
                .as_ref()
                .and_then(|e| e.derniere())
                .map(|e| format!("réservation possible {}.", e.en_mots()))
                .unwrap_or_default(),
            prix: basket::prix(issue).map_or_else(|| "Prix à confirmer".to_owned(), |m| m.to_string()),
            phrase: basket::phrases(issue).join(" "),
            source: detail.map(|d| format!("{}:{}", d.fichier, d.ligne)).unwrap_or_default(),
            document: detail.and_then(|d| d.source.as_deref()).unwrap_or_default().to_owned(),
        }
    };
    let total = issues.iter().map(basket::prix).try_fold(Montant::centimes(0), |somme, m| somme.plus(m?));
    let premiere = lignes.first();
    Devis {
        lignes: lignes.iter().zip(issues).map(une).collect(),
        total: match (lignes.len(), total) {
            (0 | 1, _) => String::new(),
            (n, Some(total)) => format!("{n} jours : {total}"),
            (n, None) => format!("{n} jours, prix à confirmer"),
        },
        enfant: premiere.map(|l| l.enfant.to_string()).unwrap_or_default(),
        prestation: premiere.map(|l| l.venue.prestation.clone()).unwrap_or_default(),
        mode: premiere.and_then(|l| l.venue.mode.clone()).unwrap_or_default(),
        jours: lignes.iter().map(|l| l.venue.jour.to_string()).collect(),
    }
}

/// How many weeks are offered to be ticked.
const SEMAINES: usize = 5;

/// The next weeks, from the first day on which something is open; a day on which nothing that is booked is open is not offered.
fn semaines(commune: &Commune, aujourdhui: Date, choisis: &[String]) -> Vec<SemaineVue> {
    let services: Vec<_> = commune.services.iter().filter(|s| bookings::se_reserve(s, aujourdhui)).collect();
    let ouvert = |jour: Date| services.iter().any(|s| pourquoi_ferme(commune, s, jour).is_none());
    let Some(premier) = aujourdhui.series(1.day()).take(100).find(|j| ouvert(*j)) else { return Vec::new() };
    let mut semaines: Vec<SemaineVue> = Vec::new();
    for jour in premier.series(1.day()).take(7 * (SEMAINES + 1)).filter(|j| ouvert(*j)) {
        let lundi = rules::calendrier::lundi_de(jour).unwrap_or(jour);
        let titre = format!("Semaine du {}", date_courte(lundi));
        // the week says the year
        let longue = date_longue(jour);
        let libelle = longue.rsplit_once(' ').map_or(longue.as_str(), |(jour, _)| jour).to_owned();
        let valeur = jour.to_string();
        let option = OptionVue { libelle, choisie: choisis.contains(&valeur), valeur };
        match semaines.last_mut().filter(|s| s.titre == titre) {
            Some(derniere) => derniere.jours.push(option),
            None => semaines.push(SemaineVue { titre, jours: vec![option] }),
        }
    }
    semaines.truncate(SEMAINES);
    semaines
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
    let listees = bookings::liste(etat, pour(parent), depuis).await.map_err(panne)?;
    let rendues: Vec<_> = listees.iter().map(|l| rendue(commune, &l.faite, aujourdhui)).collect();
    let actes: Vec<_> = listees
        .iter()
        .zip(&rendues)
        .filter_map(|(l, rendue)| Some((&l.faite.enfant, &rendue.as_ref()?.acte)))
        .collect();
    // what giving each day back means is asked of one reading of the household
    let lue = match actes.is_empty() {
        true => None,
        false => {
            Some(bookings::lit_ensemble(etat, pour(parent), &actes).await.map_err(|e| echec(parent, e))?)
        }
    };
    let mut reservees = Vec::new();
    for (une, rendue) in listees.iter().zip(rendues) {
        let prenom = enfants.iter().find(|e| e.valeur == une.faite.enfant.as_str());
        let prenom = prenom.map(|e| e.libelle.as_str()).unwrap_or_default();
        let annulation = lue.as_ref().zip(rendue).and_then(|(lue, r)| annulation(lue, &une.faite, r));
        reservees.push(reservee(parent, une, prenom, annulation));
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
    let premier = choix.jours.first().and_then(|j| j.parse().ok());
    let coches = if choix.jours.len() > 1 { choix.jours.as_slice() } else { &[] };
    let semaines = semaines(commune, aujourdhui, coches);
    let coche = |jour: &&String| semaines.iter().any(|s| s.jours.iter().any(|o| o.valeur == **jour));
    let vue = PageReservations {
        cadre,
        enfants,
        modes: service
            .map(|s| modes(s, premier.unwrap_or(aujourdhui)))
            .unwrap_or_default()
            .iter()
            .map(|m| option(m, m, &choix.mode))
            .collect(),
        prestations,
        // several days are ticked below; one is written above, wherever it is
        jour: match choix.jours.as_slice() {
            [jour] => jour.clone(),
            jours => jours.iter().find(|j| !coche(j)).cloned().unwrap_or_default(),
        },
        plusieurs: choix.jours.len() > 1,
        semaines,
        possibles: reponse.possibles,
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
    let de = |s: &engine::service::Service| {
        s.prestations
            .iter()
            .map(|p| {
                let libelle = if p.nom == s.nom { p.nom.clone() } else { format!("{} ({})", p.nom, s.nom) };
                OptionVue { valeur: p.id.clone(), libelle, choisie: p.id == choisie }
            })
            .collect::<Vec<_>>()
    };
    commune.services.iter().filter(|s| bookings::se_reserve(s, aujourdhui)).flat_map(de).collect()
}

fn reservee(
    parent: &Parent,
    une: &Reservee,
    prenom: &str,
    annulation: Option<(String, Vec<OptionVue>)>,
) -> ReservationVue {
    let commune = &parent.visiteur.commune;
    let Reservee { faite, ligne } = une;
    let (etat, genre) = match &faite.etat {
        EtatReservation::Ferme => ("Réservé", Genre::Succes),
        EtatReservation::Annulee { .. } => ("Annulé", Genre::Info),
        EtatReservation::SansReservation => ("Venu sans réservation", Genre::Info),
    };
    let (annulation, motifs) = annulation.unzip();
    let annulable = annulation.is_some();
    let lieu = ligne.as_ref().and_then(|l| l.trace.get("lieu")?.as_str()).unwrap_or_default();
    ReservationVue {
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
    }
}

/// Giving a day back, and the reasons that the family may pick.
struct Rendue {
    acte: Acte,
    motifs: Vec<OptionVue>,
}

/// `None` when the day is past or given back already.
fn rendue(commune: &Commune, faite: &ReservationFaite, aujourdhui: Date) -> Option<Rendue> {
    if faite.etat != EtatReservation::Ferme || faite.jour < aujourdhui {
        return None;
    }
    let (service, _) = commune.prestation(&faite.prestation)?;
    let absence = service.regles(faite.jour).and_then(|r| r.absence.as_ref());
    let motifs: Vec<OptionVue> =
        absence.map(|a| a.motifs.iter().map(|m| option(m, m, "")).collect()).unwrap_or_default();
    let acte = bookings::annulation(faite, motifs.first().map(|m| m.valeur.clone()));
    Some(Rendue { acte, motifs })
}

/// What giving the day back now means; `None` when the town's rules do not let it be given back.
fn annulation(
    lue: &Lue<'_>,
    faite: &ReservationFaite,
    Rendue { acte, motifs }: Rendue,
) -> Option<(String, Vec<OptionVue>)> {
    let issue = lue.decide(&faite.enfant, &acte).ok()?;
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
    Some((phrase, motifs))
}
