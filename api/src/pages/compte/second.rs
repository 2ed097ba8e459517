//! The code asked after the password: always of an agent, set the first time.

use axum::extract::Form;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use engine::compte::{self, Compte, EtatCompte, SecondFacteur};
use engine::demarche::ErreurChamp;
use engine::identifiant::CompteId;
use forms::formulaire::{ChampVue, Rendu};
use forms::vues::PageCompte;
use jiff::{SignedDuration, Timestamp};

use super::super::connexion::{Appareil, entre_chez};
use super::super::dossier::{Paires, champ};
use super::super::{Arret, page, page_perimee};
use super::{Manque, commet, resume, vers, vide};
use crate::routes::{Acces, Routes};
use crate::session::{self, Visiteur, egaux};
use crate::totp::Secret;

/// How long one has to type the code.
const DUREE: SignedDuration = SignedDuration::from_mins(10);

pub(super) fn routes() -> Routes {
    Routes::default().post("/{slug}/connexion/code", Acces::Public, verifie)
}

/// The second factor that this account must show now: its own, or the first one to set.
pub(super) fn facteur(compte: &Compte) -> SecondFacteur {
    match &compte.second_facteur {
        Some(f) if f.confirme => f.clone(),
        autre => SecondFacteur {
            generation: autre.as_ref().map_or(1, |f| f.generation.saturating_add(1)),
            confirme: false,
            dernier_pas: 0,
            secours: Vec::new(),
        },
    }
}

/// The page that asks the code; whoever sees it gave the password.
pub(in crate::pages) fn demande(visiteur: &Visiteur, compte: &Compte, motif: Option<&str>) -> Response {
    let etat = &visiteur.etat;
    let facteur = facteur(compte);
    let secret = Secret::de(&etat.liens, visiteur.slug.as_str(), compte, facteur.generation);
    let erreurs: Vec<ErreurChamp> =
        motif.map(|m| ErreurChamp { champ: "code".to_owned(), motif: m.to_owned() }).into_iter().collect();
    let aide = match facteur.secours.is_empty() {
        true => "Six chiffres, montrés par votre application.",
        false => {
            "Six chiffres, montrés par votre application ; si vous ne l’avez plus, un de vos codes de secours."
        }
    };
    let mut code =
        ChampVue::seul(("code", "Code de vérification"), Rendu::Text, (aide, "one-time-code"), &erreurs);
    if facteur.secours.is_empty() {
        code.clavier = "numeric".to_owned();
    }
    let mut textes = Vec::new();
    if !facteur.confirme {
        textes.push("Votre compte ouvre des données de familles : un code s’ajoute au mot de passe. Dans une application de codes (FreeOTP, Aegis, ou celle de votre téléphone), ajoutez un compte avec cette clé :".to_owned());
        textes.push(secret.en_lettres());
        textes.push("Puis écrivez ici le code qu’elle montre. Cette clé ne sera plus montrée.".to_owned());
    }
    if etat.est_demonstration() {
        textes.push(format!("Démonstration : le code est {}.", secret.code(etat.horloge.reel())));
    }
    let champs = vec![code];
    let depart = format!(
        "{}.{}.{}.{}",
        compte.id,
        facteur.generation,
        compte.version,
        etat.horloge.reel().as_microsecond()
    );
    let sceau = etat.liens.sceau(&["etape", visiteur.slug.as_str(), &depart]);
    let vue = PageCompte {
        textes,
        erreurs: resume(&champs),
        champs,
        caches: vec![("_etape".to_owned(), format!("{depart}.{sceau}"))],
        action: format!("/{}/connexion/code", visiteur.slug),
        bouton: "Entrer".to_owned(),
        liens: vec![vers(visiteur, "Recommencer", "connexion")],
        ..vide(visiteur, "Code de vérification")
    };
    let statut = if motif.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page(etat, statut, &vue)
}

/// The account, as it was when its password was given; `None`: not ours, over, or changed meanwhile.
async fn attendu(visiteur: &Visiteur, etape: &str) -> Result<Option<Compte>, Arret> {
    let etat = &visiteur.etat;
    let Some((depart, sceau)) = etape.rsplit_once('.') else { return Ok(None) };
    if !etat.liens.est_du_sceau(&["etape", visiteur.slug.as_str(), depart], sceau) {
        return Ok(None);
    }
    let parties: Vec<&str> = depart.split('.').collect();
    let [id, generation, version, micros] = parties.as_slice() else { return Ok(None) };
    let parti = micros.parse().ok().and_then(|m| Timestamp::from_microsecond(m).ok());
    if parti.is_none_or(|p| etat.horloge.reel().duration_since(p) > DUREE) {
        return Ok(None);
    }
    let Ok(id) = CompteId::lit(id) else { return Ok(None) };
    let portee = etat.store.portee_de_commande(&visiteur.slug, "compte");
    let compte = etat.store.compte(&portee, &id).await.map_err(|e| etat.panne(&e))?;
    Ok(compte.filter(|c| {
        c.etat == EtatCompte::Actif
            && c.version.to_string() == *version
            && facteur(c).generation.to_string() == *generation
    }))
}

/// `POST /{slug}/connexion/code`
async fn verifie(visiteur: Visiteur, entetes: HeaderMap, Form(paires): Paires) -> Result<Response, Arret> {
    let etat = &visiteur.etat;
    let Some(compte) = attendu(&visiteur, champ(&paires, "_etape")).await? else {
        return Ok(page_perimee(&visiteur));
    };
    let essai = ["code", visiteur.slug.as_str(), compte.id.as_str()];
    if etat.essais.compte(&essai).is_err() {
        return Ok(demande(&visiteur, &compte, Some("Trop d’essais : attendez un quart d’heure.")));
    }
    let facteur = facteur(&compte);
    let secret = Secret::de(&etat.liens, visiteur.slug.as_str(), &compte, facteur.generation);
    let saisi = champ(&paires, "code");
    // the first code of an application is shown where the account was just opened
    let connu = !facteur.confirme
        || session::est_son_appareil(&visiteur, &compte, &session::appareils(&entetes, &visiteur));
    let montre = match secret.pas_de(saisi, etat.horloge.reel(), facteur.dernier_pas) {
        Some(dernier_pas) => Some(SecondFacteur { confirme: true, dernier_pas, ..facteur }),
        None => sans_le_code_de_secours(&visiteur, &compte, facteur, saisi),
    };
    let Some(montre) = montre else {
        let motif = "Ce code n’est pas le bon, ou il a déjà servi : attendez le suivant.";
        return Ok(demande(&visiteur, &compte, Some(motif)));
    };
    let decision = compte::regle_second_facteur(&compte, montre, etat.horloge.maintenant());
    match commet(&visiteur, vec![decision]).await {
        Ok(()) => {
            etat.essais.reussit(&essai);
            let appareil = if connu { Appareil::Connu } else { Appareil::Nouveau };
            entre_chez(&visiteur, &compte, "", appareil).await
        }
        Err(Manque::Store(erreur)) => Err(etat.panne(&erreur).into()),
        // the same code came twice at once: one of them entered
        Err(_) => Ok(page_perimee(&visiteur)),
    }
}

/// The same second factor, without the code of the list that was just given; `None`: it is none of them.
fn sans_le_code_de_secours(
    visiteur: &Visiteur,
    compte: &Compte,
    facteur: SecondFacteur,
    saisi: &str,
) -> Option<SecondFacteur> {
    let sceau = sceau_de_secours(visiteur, compte, saisi);
    let mut reste = facteur.secours.clone();
    reste.retain(|garde| !egaux(garde, &sceau));
    let servi = facteur.confirme && !sceau.is_empty() && reste.len() < facteur.secours.len();
    servi.then_some(SecondFacteur { secours: reste, ..facteur })
}

/// What is kept of a code to enter with when the application is lost, however it was typed.
pub(super) fn sceau_de_secours(visiteur: &Visiteur, compte: &Compte, code: &str) -> String {
    let lettres: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    let lettres = lettres.to_ascii_uppercase();
    visiteur.etat.liens.sceau(&["secours", visiteur.slug.as_str(), compte.id.as_str(), &lettres])
}
