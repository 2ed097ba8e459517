//! What happens without anybody asking: letters to write, delays that are over.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use engine::commune::Commune;
use engine::decision::{Agregat, Appartient, Sortie};
use engine::demarche::{Destinataire, Evenement};
use engine::identifiant::{CommuneSlug, CourrierId};
use engine_store::{Courrier, EcheanceDue, EffetDu, Erreur, GenreTravail};
use forms::lettre::{self, Nomme, Numero, Titre, Variables};
use jiff::{Timestamp, ToSpan};
use tokio_cron_scheduler::{Job, JobScheduler};

use crate::acts::{self, Echec, Lu};
use crate::command::Serve;
use crate::error::Fatale;
use crate::facts;
use crate::publication::{Aiguillage, Surveillance};
use crate::state::Etat;
use crate::sweep;

/// Most tasks taken at once from a town.
const LOT: u32 = 20;
/// How long a task is somebody's before another may take it.
const BAIL_SECONDES: i64 = 60;
/// After a failure, the next try.
const REPRISE_SECONDES: i64 = 60;

/// How often this process asks whether a version was published.
const VERSIONS: Duration = Duration::from_millis(500);

/// Starts the heartbeat: each second, in UTC, it does what is due and nothing else.
pub(crate) async fn demarre(aiguillage: Arc<Aiguillage>, args: &Serve) -> Result<JobScheduler, Fatale> {
    let planificateur = JobScheduler::new().await?;
    suit_les_versions(aiguillage.clone(), args);
    let menage = aiguillage.clone();
    // one beat at a time: a slow one makes the next ones pass
    let un_seul = Arc::new(tokio::sync::Mutex::new(()));
    let battement = Job::new_async("* * * * * *", move |_, _| {
        let (etat, un_seul) = (aiguillage.etat(), un_seul.clone());
        Box::pin(async move {
            let Ok(_garde) = un_seul.try_lock() else { return };
            if let Err(erreur) = fait_ce_qui_est_du(&etat, etat.horloge.maintenant()).await {
                tracing::error!(%erreur, "heartbeat");
            }
            etat.mesures.battement.store(etat.horloge.reel().as_second(), Ordering::Relaxed);
        })
    })?;
    planificateur.add(battement).await?;
    planificateur.add(sweep::travail(menage)?).await?;
    planificateur.start().await?;
    Ok(planificateur)
}

/// Follows the folders, SIGHUP and what is published elsewhere, beside the other work.
fn suit_les_versions(aiguillage: Arc<Aiguillage>, args: &Serve) {
    let mut surveillance = Surveillance::commence(&args.communes);
    let surveille = !args.sans_surveillance;
    tokio::spawn(async move {
        let mut rappel = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok();
        let mut battement = tokio::time::interval(VERSIONS);
        battement.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let appele = tokio::select! {
                _ = battement.tick() => false,
                recu = async { match &mut rappel { Some(s) => s.recv().await, None => std::future::pending().await } } => {
                    recu.is_some()
                }
            };
            let fait = async {
                if appele {
                    surveillance.relit(&aiguillage, "signal SIGHUP").await?;
                } else if surveille {
                    surveillance.regarde(&aiguillage).await?;
                }
                aiguillage.suit().await
            };
            if let Err(erreur) = fait.await {
                // what runs goes on running; the next look tries again
                tracing::error!(%erreur, "versions");
            }
        }
    });
}

/// Executes what is due at `maintenant`.
async fn fait_ce_qui_est_du(etat: &Etat, maintenant: Timestamp) -> Result<(), Erreur> {
    let jusqu_a = maintenant.checked_add(BAIL_SECONDES.seconds()).unwrap_or(maintenant);
    for travail in etat.store.travail_du(maintenant).await? {
        let Some(commune) = etat.communes.get(travail.commune.as_str()) else { continue };
        match travail.genre {
            GenreTravail::Effets => {
                for effet in etat.store.prend_effets(&travail.commune, maintenant, jusqu_a, LOT).await? {
                    execute(etat, commune, effet, maintenant).await?;
                }
            }
            GenreTravail::Echeances => {
                for due in etat.store.prend_echeances(&travail.commune, maintenant, jusqu_a, LOT).await? {
                    echoit(etat, commune, &travail.commune, due, maintenant).await?;
                }
            }
        }
    }
    Ok(())
}

/// One effect of the outbox: done, or tried again later.
async fn execute(etat: &Etat, commune: &Commune, du: EffetDu, maintenant: Timestamp) -> Result<(), Erreur> {
    let courriers = match (&du.effet.sortie, &du.effet.cle.agregat) {
        (Sortie::Message { modele, a, motif }, Agregat::Dossier(id)) => {
            match acts::lit(etat, commune, &du.portee, id).await {
                Ok(lu) => ecrit(&lu, modele, a, motif.as_deref(), maintenant),
                Err(Echec::Store(erreur)) => return Err(erreur),
                Err(_) => Err(format!("dossier {id} unreadable")),
            }
        }
        (Sortie::Message { modele, .. }, autre) => Err(format!("message {modele} about {autre:?}")),
        // the next procedure is offered on the town's page; the other acts belong to invoicing, not built yet
        (Sortie::OuvrirDemarche { .. }, _) => Ok(Vec::new()),
        (Sortie::Acte { genre, .. }, _) => Err(format!("effect {genre} has no executor")),
    };
    match courriers {
        Ok(courriers) => etat.store.effet_fait(&du.portee, du.effet.cle, maintenant, courriers).await,
        Err(erreur) => {
            tracing::error!(commune = commune.slug, erreur, "effect failed");
            let reprise = maintenant.checked_add((REPRISE_SECONDES * du.essais.clamp(1, 60)).seconds());
            etat.store.effet_manque(&du.portee, du.effet.cle, erreur, maintenant, reprise.ok()).await
        }
    }
}

/// The letters of a message.
fn ecrit(
    lu: &Lu<'_>,
    modele: &str,
    a: &Destinataire,
    motif: Option<&str>,
    maintenant: Timestamp,
) -> Result<Vec<Courrier>, String> {
    let message = lu.commune.message(modele).ok_or_else(|| format!("message {modele} unknown"))?;
    let Some(dossier) = &lu.dossier else { return Err("no dossier".to_owned()) };
    let texte = |personne: Option<&_>, fait: &str| {
        personne.map(|p| facts::texte(&lu.faits, p, fait, lu.aujourdhui, lu.maintenant)).unwrap_or_default()
    };
    let nomme = |p| Nomme { prenom: texte(p, "prenom"), nom: texte(p, "nom") };
    let demandeur = dossier.demandeur.as_ref();
    let (adresse, foyer) = match a {
        Destinataire::Agents(service) => (format!("service {service}"), None),
        Destinataire::Demandeur | Destinataire::Payeur | Destinataire::Responsables => {
            (texte(demandeur, "courriel"), dossier.foyer.clone())
        }
    };
    if adresse.is_empty() {
        return Err("no address to write to".to_owned());
    }
    let variables = Variables {
        demandeur: nomme(demandeur),
        enfant: nomme(dossier.enfant.as_ref()),
        demarche: Titre { nom: lu.demarche.nom.clone() },
        dossier: Numero { numero: dossier.numero.clone().unwrap_or_default() },
        motif: motif.or(dossier.motif.as_deref()).unwrap_or_default().to_owned(),
        commune: Titre { nom: lu.commune.nom.clone() },
    };
    let rend = |t: &str| lettre::rend(t, &variables, &lu.commune.fuseau).map_err(|e| e.to_string());
    Ok(vec![Courrier {
        id: CourrierId::neuf(acts::alea().map_err(|e| e.to_string())?),
        foyer,
        a: adresse,
        objet: rend(&message.objet)?,
        corps: rend(&message.corps)?,
        le: maintenant,
    }])
}

/// A delay is over: decided like any other event; one that came too late does nothing.
async fn echoit(
    etat: &Etat,
    commune: &Commune,
    slug: &CommuneSlug,
    due: EcheanceDue,
    maintenant: Timestamp,
) -> Result<(), Erreur> {
    let evenement = match due.echeance.appartient {
        Appartient::Etape { entree, rang } => Evenement::Echeance { entree, rang },
        Appartient::Silence { depot } => Evenement::Silence { depot },
    };
    let dossier = due.echeance.dossier.clone();
    match acts::agit(etat, commune, &due.portee, &dossier, &evenement, None).await {
        Ok(_) => {}
        Err(Echec::Store(erreur)) => return Err(erreur),
        // a clock that went back, or a delay that a newer definition made longer: not lost, taken again later
        Err(Echec::Refus(refus)) if refus.quand_possible.is_some_and(|q| q > maintenant) => return Ok(()),
        Err(Echec::Refus(refus)) => {
            tracing::info!(commune = %slug, regle = refus.regle, "deadline without effect")
        }
        Err(Echec::Inconnu) => tracing::warn!(commune = %slug, "deadline of an unknown dossier"),
    }
    etat.store.ferme_echeance(&due.portee, dossier, due.echeance.appartient).await
}
