//! Accounts: asked for, activated, entered, changed.

mod cle;
mod code;
mod creation;
mod espace;
mod lien;
mod oubli;
pub(super) mod second;
pub(super) mod verification;

use axum::http::StatusCode;
use axum::response::Response;
use engine::compte::{Compte, EtatCompte, LienDonne};
use engine::decision::{CleUnique, Decision, Garde};
use engine::demarche::ErreurChamp;
use engine::identifiant::{Alea, CompteId};
use engine_store::{Commis, Erreur};
use forms::formulaire::{ChampVue, ErreurVue, Rendu};
use forms::vues::{Lien, PageCompte};
use jiff::{SignedDuration, Timestamp};

use super::{Arret, page};
use crate::alea::alea;
use crate::password::{Impossible, se_devine};
use crate::routes::Routes;
use crate::session::Visiteur;
use crate::state::Etat;

/// How long the link to choose a password opens (OWASP ASVS 5.0, 6.6: short-lived).
const MOT_DE_PASSE_DELAI: SignedDuration = SignedDuration::from_hours(1);
/// How long both addresses have to confirm.
const COURRIEL_DELAI: SignedDuration = SignedDuration::from_hours(24);
/// How many times an act is decided again when the account changed meanwhile.
const ESSAIS: usize = 4;

/// Names of the inputs that hold a password: nothing that begins so is ever shown again.
pub(super) const MOT: &str = "_mot_de_passe";
const NOUVEAU: &str = "_nouveau";
const ENCORE: &str = "_encore";

pub(super) fn routes() -> Routes {
    Routes::default()
        .merge(creation::routes())
        .merge(lien::routes())
        .merge(oubli::routes())
        .merge(espace::routes())
        .merge(second::routes())
        .merge(verification::routes())
        .merge(code::routes())
}

/// A link to give until then.
fn lien_neuf(visiteur: &Visiteur, expire_le: Timestamp) -> Result<LienDonne, Arret> {
    let etat = &visiteur.etat;
    let alea = alea().map_err(|e| etat.panne(&e))?;
    let lien = etat.liens.lien_neuf(visiteur.slug.as_str(), alea, expire_le);
    Ok(lien.ok_or_else(|| etat.panne(&Impossible))?)
}

/// A link until the town's own delay for activations.
pub(super) fn lien_d_activation(visiteur: &Visiteur, le: Timestamp) -> Result<LienDonne, Arret> {
    let commune = &visiteur.commune;
    let fin = commune.compte.delai_activation.apres_instant(le, &commune.fuseau, &commune.calendrier);
    lien_neuf(visiteur, fin.map_err(|e| visiteur.etat.panne(&e))?)
}

fn tirage(etat: &Etat) -> Result<Alea, Arret> {
    Ok(Alea::nouveau(alea().map_err(|e| etat.panne(&e))?))
}

/// Why a decision on an account was not committed.
pub(super) enum Manque {
    /// Another active account has this login name.
    NomPris,
    /// Another active account has this address.
    CourrielPris,
    /// The link was followed meanwhile, or is over.
    Lien,
    /// The account changed meanwhile.
    Change,
    /// The store failed.
    Store(Erreur),
}

pub(super) async fn commet(visiteur: &Visiteur, decisions: Vec<Decision>) -> Result<(), Manque> {
    let store = &visiteur.etat.store;
    // whoever has the link, or the password, is not in a session yet: the account's own guards say what they may
    let portee = store.portee_de_commande(&visiteur.slug, "compte");
    match store.commet_ensemble(&portee, decisions, None).await {
        Ok(Commis::Ecrit { .. } | Commis::Deja { .. }) => Ok(()),
        Err(Erreur::Garde(garde)) => Err(match *garde {
            Garde::Unique(CleUnique::Identifiant(_)) => Manque::NomPris,
            Garde::Unique(CleUnique::Courriel(_)) => Manque::CourrielPris,
            Garde::Lien { .. } => Manque::Lien,
            _ => Manque::Change,
        }),
        Err(erreur) => Err(Manque::Store(erreur)),
    }
}

/// Tells the holder of an account that somebody entered it from a device that never had.
pub(super) async fn previent_d_un_appareil(visiteur: &Visiteur, id: &CompteId) -> Result<(), Arret> {
    let etat = &visiteur.etat;
    let portee = etat.store.portee_de_commande(&visiteur.slug, "compte");
    for _ in 0..ESSAIS {
        let lu = etat.store.compte(&portee, id).await.map_err(|e| etat.panne(&e))?;
        let Some(compte) = lu.filter(|c| c.etat == EtatCompte::Actif) else { return Ok(()) };
        let decision = engine::compte::entre_d_un_nouvel_appareil(&compte, etat.horloge.maintenant());
        match commet(visiteur, vec![decision]).await {
            Ok(()) => return Ok(()),
            Err(Manque::Store(erreur)) => return Err(etat.panne(&erreur).into()),
            // something else of the account changed at this very moment
            Err(_) => {}
        }
    }
    tracing::warn!(commune = %visiteur.slug, "the letter about a new device was not decided");
    Ok(())
}

/// What is wrong with a new password and its repetition, in the order of the fields.
async fn refus_du_nouveau(
    visiteur: &Visiteur,
    (champ, mot): (&str, &str),
    (champ_encore, encore): (&str, &str),
    personnels: &[String],
) -> Result<Vec<ErreurChamp>, Arret> {
    let erreur = |champ: &str, motif: String| ErreurChamp { champ: champ.to_owned(), motif };
    if mot.is_empty() {
        return Ok(vec![erreur(champ, "Choisissez un mot de passe.".to_owned())]);
    }
    let tous: Vec<&str> =
        personnels.iter().map(String::as_str).chain([visiteur.commune.nom.as_str()]).collect();
    let mut refus = engine::compte::refus_du_mot_de_passe(mot, visiteur.commune.compte.mot_de_passe, &tous);
    if refus.is_empty() {
        let (mot, tous) = (mot.to_owned(), personnels.to_vec());
        let cherche = tokio::task::spawn_blocking(move || {
            let tous: Vec<&str> = tous.iter().map(String::as_str).collect();
            se_devine(&mot, &tous)
        });
        if cherche.await.map_err(|_| visiteur.etat.panne(&Impossible))? {
            refus.push("Ce mot de passe est parmi ceux que l’on essaie en premier : choisissez-en un autre, par exemple quatre mots sans lien entre eux.".to_owned());
        }
    }
    let mut erreurs: Vec<ErreurChamp> = Vec::new();
    if !refus.is_empty() {
        erreurs.push(erreur(champ, refus.join(" ")));
    } else if mot != encore {
        erreurs.push(erreur(
            champ_encore,
            "Les deux mots de passe ne sont pas les mêmes : écrivez-les de nouveau.".to_owned(),
        ));
    }
    Ok(erreurs)
}

/// The rule of passwords, in words.
fn regle_en_mots(visiteur: &Visiteur) -> String {
    let regle = visiteur.commune.compte.mot_de_passe;
    let mut exige = Vec::new();
    if regle.longueur > 0 {
        exige.push(format!("{} caractères au moins", regle.longueur));
    }
    if regle.minuscule {
        exige.push("une minuscule".to_owned());
    }
    if regle.chiffre {
        exige.push("un chiffre".to_owned());
    }
    let propre =
        if exige.is_empty() { String::new() } else { format!(" Il faut aussi : {}.", exige.join(", ")) };
    format!(
        "Par exemple quatre mots sans lien entre eux, ou huit caractères mêlant majuscules, minuscules, chiffres et signes. Ni votre nom, ni celui de la commune.{propre}"
    )
}

/// A new password and its repetition.
fn champs_du_nouveau(visiteur: &Visiteur, erreurs: &[ErreurChamp]) -> Vec<ChampVue> {
    let regle = regle_en_mots(visiteur);
    vec![
        ChampVue::seul((NOUVEAU, "Nouveau mot de passe"), Rendu::Password, (&regle, "new-password"), erreurs),
        ChampVue::seul(
            (ENCORE, "Le même mot de passe, encore une fois"),
            Rendu::Password,
            ("", "new-password"),
            erreurs,
        ),
    ]
}

/// The summary of what is wrong in these fields.
pub(super) fn resume(champs: &[ChampVue]) -> Vec<ErreurVue> {
    let un = |c: &ChampVue| ErreurVue { cible: c.id.clone(), texte: format!("{} : {}", c.libelle, c.erreur) };
    champs.iter().filter(|c| !c.erreur.is_empty()).map(un).collect()
}

/// A page of this title with nothing in it yet.
fn vide(visiteur: &Visiteur, titre: &str) -> PageCompte {
    PageCompte {
        cadre: visiteur.cadre_sans_chemin(titre),
        titre: titre.to_owned(),
        textes: Vec::new(),
        erreurs: Vec::new(),
        champs: Vec::new(),
        autre_titre: String::new(),
        autres: Vec::new(),
        cgu: None,
        caches: Vec::new(),
        action: String::new(),
        bouton: String::new(),
        liens: Vec::new(),
    }
}

/// A page that only says something.
fn dit(visiteur: &Visiteur, code: StatusCode, titre: &str, textes: &[String], liens: Vec<Lien>) -> Response {
    page(&visiteur.etat, code, &PageCompte { textes: textes.to_vec(), liens, ..vide(visiteur, titre) })
}

/// Words that a password may not be made of.
fn personnels(compte: &Compte) -> Vec<String> {
    let mut mots = vec![compte.courriel.clone()];
    mots.extend(compte.identifiant.clone());
    mots.extend(compte.nom.clone());
    mots
}

/// `/{slug}/suite`, as a link.
fn vers(visiteur: &Visiteur, titre: &str, suite: &str) -> Lien {
    Lien { titre: titre.to_owned(), href: format!("/{}/{suite}", visiteur.slug) }
}
