//! « J'ai une clé », or a partner's account: a parent types what the town gave, or what the partner knows them by, with the birth
//! date of a child. What is wrong is never said more than of the two together.

use axum::extract::Form;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use engine::cle_enfance::{CleRemise, Modes as _, normale};
use engine::commune::Commune;
use engine::decision::Auteur;
use engine::identifiant::CompteId;
use engine_store::{Erreur, Essai, EssaiFait};
use forms::formulaire::lit_date;
use forms::vues::PageCle;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use rules::date_fr;

use super::commune::affiche;
use super::dossier::{Paires, champ, cle as cle_du_formulaire};
use super::{Arret, page, page_interdite, page_introuvable};
use crate::attachment;
use crate::routes::{Acces, Routes};
use crate::session::{self, Parent, Visiteur};

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/{slug}/cle", Acces::Famille, |p| formulaire(p, Par::Cle))
        .post("/{slug}/cle", Acces::Famille, |p, parts, f| essaie(p, parts, f, Par::Cle))
        .get("/{slug}/partenaire", Acces::Famille, |p| formulaire(p, Par::Partenaire))
        .post("/{slug}/partenaire", Acces::Famille, |p, parts, f| essaie(p, parts, f, Par::Partenaire))
}

/// With what a family is recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Par {
    /// The key that the town gave.
    Cle,
    /// What the space of a partner knows it by: a reference that the town took over from it, tried as a key is.
    Partenaire,
}

/// The page's words.
struct Mots {
    titre: String,
    intro: String,
    libelle: String,
    aide: String,
    sans: String,
    remise: String,
    action: String,
}

impl Par {
    /// `None`: the town does not have it.
    fn mots(self, commune: &Commune) -> Option<Mots> {
        let slug = &commune.slug;
        match self {
            Self::Cle => {
                let remise = commune.cle_enfance.cle().filter(|c| c.plus_tard)?;
                Some(Mots {
                    titre: "J’ai une clé".to_owned(),
                    intro: format!(
                        "La clé enfance relie votre espace à la famille que {} connaît déjà. Elle ouvre les démarches marquées d’un cadenas. Vous pouvez la saisir plus tard.",
                        commune.nom
                    ),
                    libelle: "Clé enfance".to_owned(),
                    aide: format!(
                        "Comme {}. Les espaces, les tirets et les majuscules ne comptent pas.",
                        remise.format.exemple()
                    ),
                    sans: "Je n’ai pas de clé".to_owned(),
                    remise: format!(
                        "Le service la remet {}. Une clé sert une seule fois.",
                        remise_en_mots(remise)
                    ),
                    action: format!("/{slug}/cle"),
                })
            }
            Self::Partenaire => {
                let (nom, _) = commune.cle_enfance.partenaire()?;
                Some(Mots {
                    titre: format!("Relier mon compte : {nom}"),
                    intro: format!("Vous avez déjà un compte auprès de {nom} ? Reliez-le une seule fois : votre espace trouve votre famille, et rien ne vous est redemandé ensuite. Vous pouvez le faire plus tard."),
                    libelle: format!("Votre identifiant ou code : {nom}"),
                    aide: "Tel que ce service vous l’a donné. Les espaces, les tirets et les majuscules ne comptent pas. Votre mot de passe n’est jamais demandé ici.".to_owned(),
                    sans: "Je ne le retrouve pas".to_owned(),
                    remise: "Le service peut vous le redire, ou rattacher lui-même votre espace à votre famille.".to_owned(),
                    action: format!("/{slug}/partenaire"),
                })
            }
        }
    }
}

/// What is wrong, and with what.
#[derive(Default)]
struct Dites<'d> {
    naissance: &'d str,
    refus: String,
    faute_cle: &'d str,
    faute_naissance: &'d str,
}

/// `GET /{slug}/cle`
async fn formulaire(parent: Parent, par: Par) -> Result<Response, Arret> {
    let mots = mots(&parent, par)?;
    montre(&parent, mots, StatusCode::OK, Dites::default()).await
}

/// The page's words; that of a town that has it not, or for an agent at the counter, does not exist.
fn mots(parent: &Parent, par: Par) -> Result<Mots, Arret> {
    let visiteur = &parent.visiteur;
    if !matches!(parent.session.portee.auteur(), Auteur::Parent { .. }) {
        return Err(page_interdite(visiteur).into());
    }
    par.mots(&visiteur.commune).ok_or_else(|| page_introuvable(&visiteur.etat, &visiteur.chemin).into())
}

async fn montre(parent: &Parent, mots: Mots, code: StatusCode, dites: Dites<'_>) -> Result<Response, Arret> {
    let visiteur = &parent.visiteur;
    let (etat, commune) = (&visiteur.etat, &visiteur.commune);
    let connu = attachment::est_connu(&etat.store, &parent.session.portee, &parent.foyer).await;
    let vue = PageCle {
        cadre: visiteur.cadre(&mots.titre),
        titre: mots.titre,
        intro: mots.intro,
        libelle: mots.libelle,
        aide: mots.aide,
        sans: mots.sans,
        action: mots.action,
        naissance: dites.naissance.to_owned(),
        refus: dites.refus,
        faute_cle: dites.faute_cle.to_owned(),
        faute_naissance: dites.faute_naissance.to_owned(),
        rattachee: connu.map_err(|e| etat.panne(&e))?,
        contact: contact(commune).map(affiche),
        remise: mots.remise,
        jeton: parent.session.jeton_de_formulaire(),
    };
    Ok(page(etat, code, &vue))
}

/// Who gives keys: the service that attaches accounts, else the first one that answers.
pub(crate) fn contact(commune: &Commune) -> Option<&engine::commune::Contact> {
    let par = commune.cle_enfance.rattache_par().and_then(|par| commune.contact(par));
    par.or_else(|| commune.contacts.iter().find(|c| c.telephone.is_some()))
}

/// « par courrier ou au guichet »
pub(super) fn remise_en_mots(remise: &CleRemise) -> String {
    let mots = |moyen: &String| match moyen.as_str() {
        "courrier" => "par courrier",
        "guichet" => "au guichet",
        "telephone" => "par téléphone",
        _ => "par courriel",
    };
    remise.remise.iter().map(mots).collect::<Vec<_>>().join(" ou ")
}

/// `POST /{slug}/cle`
async fn essaie(parent: Parent, parts: Parts, Form(paires): Paires, par: Par) -> Result<Response, Arret> {
    let mots = mots(&parent, par)?;
    let visiteur = &parent.visiteur;
    cle_du_formulaire(visiteur, &parent.session, &paires)?;
    let (saisie, naissance) = (champ(&paires, "cle"), champ(&paires, "naissance").trim());
    let date = lit_date(naissance);
    let (mut faute_cle, faute_naissance) = fautes(saisie, naissance, date);
    if par == Par::Partenaire && !faute_cle.is_empty() {
        faute_cle = "Saisissez votre identifiant ou votre code.";
    }
    let Some(date) = date.filter(|_| faute_cle.is_empty()) else {
        let dites = Dites { naissance, faute_cle, faute_naissance, ..Dites::default() };
        return montre(&parent, mots, StatusCode::UNPROCESSABLE_ENTITY, dites).await;
    };
    let (etat, slug) = (&visiteur.etat, &visiteur.slug);
    let connu = attachment::est_connu(&etat.store, &parent.session.portee, &parent.foyer).await;
    if connu.map_err(|e| etat.panne(&e))? {
        return montre(&parent, mots, StatusCode::OK, Dites::default()).await;
    }
    let fait = tente(&parent, &parts, (par, saisie), date).await.map_err(|e| etat.panne(&e))?;
    match fait {
        EssaiFait::Ouverte { foyer, personne, .. } => {
            let accueil = format!("/{slug}/?fait=cle");
            if parent.session.portee.compte().is_some() {
                // its sessions read the account: this one is the family's already
                return Ok(Redirect::to(&accueil).into_response());
            }
            let reel = etat.horloge.reel();
            let fin = reel.checked_add(session::DUREE_HEURES.hours()).unwrap_or(reel);
            let auteur = Auteur::Parent { personne, foyer };
            let jeton = etat.store.ouvre_session(slug, auteur, reel, fin).await;
            let ferme = etat.store.ferme_session(slug, session::jeton(&parent.session)).await;
            ferme.map_err(|e| etat.panne(&e))?;
            Ok(session::entree(etat, slug, &jeton.map_err(|e| etat.panne(&e))?, &accueil))
        }
        EssaiFait::Refusee => {
            let refus = refus_en_mots(&visiteur.commune);
            let dites = Dites { naissance, refus, ..Dites::default() };
            montre(&parent, mots, StatusCode::UNPROCESSABLE_ENTITY, dites).await
        }
        EssaiFait::Trop { jusqu_a, commune } => {
            if commune {
                tracing::warn!(commune = %slug, "cle.essais: the whole town waits, somebody looks for keys");
            }
            let refus = trop_en_mots(&visiteur.commune, jusqu_a);
            let dites = Dites { naissance, refus, ..Dites::default() };
            montre(&parent, mots, StatusCode::TOO_MANY_REQUESTS, dites).await
        }
    }
}

/// What is not there, or is no date: it says nothing of the town's keys.
pub(super) fn fautes(saisie: &str, naissance: &str, date: Option<Date>) -> (&'static str, &'static str) {
    let cle = if normale(saisie).is_empty() { "Saisissez la clé que le service vous a remise." } else { "" };
    let jour = match (naissance.is_empty(), date) {
        (true, _) => "Indiquez la date de naissance d’un de vos enfants.",
        (false, None) => "Écrivez une date, par exemple 14/05/2018.",
        (false, Some(_)) => "",
    };
    (cle, jour)
}

/// The same sentence whatever was wrong.
pub(super) fn refus_en_mots(commune: &Commune) -> String {
    let qui = contact(commune).map_or(commune.organisme.as_str(), |c| c.nom.as_str());
    format!(
        "Cette clé et cette date de naissance n’ouvrent pas votre dossier. Vérifiez les deux : une clé ne sert qu’une fois, et pour un temps. Si cela continue, demandez-en une autre ({qui})."
    )
}

pub(super) fn trop_en_mots(commune: &Commune, jusqu_a: Timestamp) -> String {
    let a = jusqu_a.to_zoned(commune.fuseau.clone()).datetime();
    format!("Trop d’essais ont échoué. Réessayez après {}, ou demandez une autre clé.", date_fr::instant(a))
}

async fn tente(
    parent: &Parent,
    parts: &Parts,
    (par, saisie): (Par, &str),
    naissance: Date,
) -> Result<EssaiFait, Erreur> {
    let visiteur = &parent.visiteur;
    let (etat, slug, portee) = (&visiteur.etat, &visiteur.slug, &parent.session.portee);
    let nom = match portee.auteur().personne() {
        Some(personne) => etat.store.designation(portee, personne).await?.en_entier(),
        None => String::new(),
    };
    let empreinte = match par {
        Par::Cle => etat.liens.empreinte_de_cle(slug.as_str(), saisie),
        Par::Partenaire => etat.liens.empreinte_de_partenaire(slug.as_str(), saisie),
    };
    let empreinte = empreinte.ok_or_else(sans_empreinte)?;
    let essai = essai(visiteur, parts, (portee.auteur(), portee.compte(), nom), empreinte, naissance)?;
    etat.store.essaie_cle(slug, essai).await
}

const fn sans_empreinte() -> Erreur {
    Erreur::Incoherence { table: "cle_enfance", colonne: "empreinte" }
}

/// A try of this key, by this account, from where the request comes.
pub(super) fn essai(
    visiteur: &Visiteur,
    parts: &Parts,
    (auteur, compte, nom): (&Auteur, Option<&CompteId>, String),
    empreinte: [u8; 32],
    naissance: Date,
) -> Result<Essai, Erreur> {
    let (etat, slug) = (&visiteur.etat, &visiteur.slug);
    let adresse = etat.cadence.adresse(&parts.extensions, &parts.headers);
    Ok(Essai {
        empreinte,
        naissance,
        auteur: auteur.clone(),
        compte: compte.cloned(),
        nom,
        adresse: etat.liens.empreinte_d_adresse(slug.as_str(), adresse).ok_or_else(sans_empreinte)?,
        le: etat.horloge.maintenant(),
        reel: etat.horloge.reel(),
    })
}
