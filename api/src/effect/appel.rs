//! `appeler: nom`: another system is told that something happened, with identifiers and nothing else.

use std::net::IpAddr;
use std::time::Duration;

use engine::commune::Commune;
use engine::decision::{Agregat, CleEffet};
use engine::identifiant::hexa;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use serde_json::json;
use sha2::Sha256;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

use super::adresse::{est_du_reseau, est_publique};
use super::{Manque, identite};
use crate::state::Etat;

/// Longest wait for the answer: shorter than the lease of the task.
const DELAI: Duration = Duration::from_secs(20);
/// Longest head of the answer, in bytes; its body is not read.
const ENTETES_MAX: usize = 16 * 1024;
/// Answers that ask to come back: timeout, conflict, too early, too many.
const REVENIR: [u16; 4] = [408, 409, 425, 429];

/// What is sent, and where.
struct Appele {
    url: String,
    cle: String,
    /// May it be of the exploitant's own network?
    prive: bool,
}

/// Posts `{ id, appel, commune, dossier, entree, le }`, signed.
///
/// `Guichet-Signature: t=<seconds>,v1=<hex>` where `v1` is HMAC-SHA-256, under the shared key, of `<t>.<body>`: whoever is
/// called refuses an old `t`, and an `id` (also `Idempotency-Key`) that it already saw.
pub(super) async fn appelle(
    etat: &Etat,
    commune: &Commune,
    cle: &CleEffet,
    nom: &str,
    maintenant: Timestamp,
) -> Result<(), Manque> {
    let Some(appel) = commune.appel(nom) else {
        return Err(Manque::Definitif(format!("l'appel « {nom} » n'est plus dans commune.yaml")));
    };
    let slug = &commune.slug;
    let Some(secret) = etat.secrets.secret(slug, &appel.secret).filter(|s| !s.is_empty()) else {
        return Err(Manque::Definitif(format!("la clé de l'appel « {nom} » n'est pas donnée (--secrets)")));
    };
    let privee = etat.secrets.adresse_privee(slug, nom);
    let appele = Appele {
        url: privee.unwrap_or(&appel.url).to_owned(),
        cle: secret.to_owned(),
        prive: privee.is_some(),
    };
    let dossier = match &cle.agregat {
        Agregat::Dossier(id) => Some(id.to_string()),
        _ => None,
    };
    let id = identite(slug, cle, nom);
    let corps = json!({
        "id": &id,
        "appel": nom,
        "commune": slug,
        "dossier": dossier,
        "entree": cle.seq,
        "le": maintenant.to_string(),
    })
    .to_string();
    // whoever is called compares it with its own clock
    let signature = signe(&appele.cle, etat.horloge.reel().as_second(), &corps)?;
    let envoi = tokio::task::spawn_blocking(move || envoie(&appele, &id, &corps, &signature));
    envoi.await.map_err(|_| Manque::Passager("l'appel s'est interrompu".to_owned()))?
}

fn signe(cle: &str, t: i64, corps: &str) -> Result<String, Manque> {
    let mut hmac = Hmac::<Sha256>::new_from_slice(cle.as_bytes())
        .map_err(|_| Manque::Definitif("la clé de l'appel est inutilisable".to_owned()))?;
    hmac.update(format!("{t}.{corps}").as_bytes());
    Ok(format!("t={t},v1={}", hexa(&hmac.finalize().into_bytes())))
}

fn envoie(appele: &Appele, id: &str, corps: &str, signature: &str) -> Result<(), Manque> {
    if !appele.prive && !appele.url.starts_with("https://") {
        return Err(Manque::Definitif("un appel se fait en https".to_owned()));
    }
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(DELAI))
        // an answer that leads elsewhere is not followed: it would not be checked
        .max_redirects(0)
        .max_response_header_size(ENTETES_MAX)
        .proxy(None)
        .http_status_as_error(false)
        .build();
    let agent = ureq::Agent::with_parts(config, DefaultConnector::default(), Verifie { prive: appele.prive });
    let reponse = agent
        .post(&appele.url)
        .header("content-type", "application/json")
        .header("user-agent", "Guichet")
        .header("idempotency-key", id)
        .header("guichet-signature", signature)
        .send(corps);
    match reponse {
        Ok(reponse) if reponse.status().is_success() => Ok(()),
        Ok(reponse) => {
            let code = reponse.status().as_u16();
            let erreur = format!("le système appelé répond {code}");
            // what will not change by itself: a bad address, a bad key, a redirection
            let definitif = (300..500).contains(&code) && !REVENIR.contains(&code);
            Err(if definitif { Manque::Definitif(erreur) } else { Manque::Passager(erreur) })
        }
        Err(ureq::Error::Other(cause)) if cause.is::<AdresseRefusee>() => {
            Err(Manque::Definitif(cause.to_string()))
        }
        // the reason may quote what the other system wrote
        Err(erreur) => Err(Manque::Passager(format!("le système appelé ne répond pas : {}", cause(&erreur)))),
    }
}

fn cause(erreur: &ureq::Error) -> &'static str {
    match erreur {
        ureq::Error::HostNotFound => "nom inconnu",
        ureq::Error::Timeout(_) => "pas de réponse à temps",
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => "la connexion chiffrée échoue",
        ureq::Error::ConnectionFailed | ureq::Error::Io(_) => "connexion impossible, ou coupée",
        _ => "réponse illisible",
    }
}

/// The name leads to a machine that is not to be called.
#[derive(Debug, thiserror::Error)]
#[error("l'adresse appelée est celle d'un réseau privé (appels_prives des secrets)")]
struct AdresseRefusee;

/// Resolves a name, and keeps the addresses that may be called: what is checked is what is connected to.
#[derive(Debug)]
struct Verifie {
    prive: bool,
}

impl Verifie {
    fn accepte(&self, ip: IpAddr) -> bool {
        est_publique(ip) || self.prive && est_du_reseau(ip)
    }
}

impl Resolver for Verifie {
    fn resolve(
        &self,
        uri: &Uri,
        config: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let trouvees = DefaultResolver::default().resolve(uri, config, timeout)?;
        let mut gardees = self.empty();
        for adresse in trouvees.iter().filter(|a| self.accepte(a.ip())) {
            gardees.push(*adresse);
        }
        if gardees.is_empty() { Err(ureq::Error::Other(Box::new(AdresseRefusee))) } else { Ok(gardees) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `printf '1756713600.{}' | openssl dgst -sha256 -hmac cle`
    #[test]
    fn la_signature_couvre_l_instant_et_le_corps() {
        let signe = |t, corps: &str| signe("cle", t, corps).unwrap();
        let une = signe(1_756_713_600, "{}");
        assert_eq!(une, "t=1756713600,v1=c8122dcf17448fda831f27874600c8491c56f563351bf106edfbc7d56cf926bd");
        assert_ne!(une, signe(1_756_713_601, "{}"));
        assert_ne!(une, signe(1_756_713_600, "{ }"));
    }

    #[test]
    fn une_adresse_privee_ou_en_clair_n_est_pas_appelee() {
        let essai = |url: &str, prive| {
            let appele = Appele { url: url.to_owned(), cle: "cle".to_owned(), prive };
            envoie(&appele, "id", "{}", "t=0,v1=")
        };
        for url in [
            "http://example.org/",
            "https://127.0.0.1:1/",
            "https://localhost:1/",
            "https://[::1]:1/",
            "https://10.0.0.1:1/",
            "https://169.254.169.254/",
            "https://[::ffff:10.0.0.1]/",
            // the same machine, written as a number
            "https://2130706433/",
            "https://0x7f.1/",
        ] {
            assert!(
                matches!(essai(url, false), Err(Manque::Definitif(_))),
                "{url} : {:?}",
                essai(url, false)
            );
        }
        // said to be private: tried, and nobody listens; a machine's own metadata never is
        assert!(matches!(essai("http://127.0.0.1:1/", true), Err(Manque::Passager(_))));
        assert!(matches!(essai("http://169.254.169.254/", true), Err(Manque::Definitif(_))));
    }
}
