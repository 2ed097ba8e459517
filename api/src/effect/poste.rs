//! How letters leave: the local mailbox, or an SMTP server (RFC 5321).

use std::collections::BTreeMap;
use std::time::Duration;

use engine_store::Courrier;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use super::Manque;
use super::secrets::{Secrets, Securite, Smtp};
use crate::error::Fatale;

/// Longest wait for each answer of the server: a whole letter stays within the lease of its task.
const DELAI: Duration = Duration::from_secs(10);
/// Longest time for a whole letter.
const DELAI_TOTAL: Duration = Duration::from_secs(40);
/// The server does not know us, or not protected enough (RFC 4954 §6): the exploitant's to repair, not the letter's fault.
const AUTHENTIFICATION: [u16; 4] = [530, 534, 535, 538];

/// Where letters go.
pub(crate) enum Poste {
    /// Kept in the store and shown, never sent.
    Locale,
    /// Sent by this server, and kept.
    Smtp {
        /// Its connections.
        transport: Box<AsyncSmtpTransport<Tokio1Executor>>,
        /// `From`.
        expediteur: Mailbox,
        /// `From`, for the towns that have their own.
        expediteurs: BTreeMap<String, Mailbox>,
    },
}

impl std::fmt::Debug for Poste {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // the transport holds a password
        f.write_str(match self {
            Self::Locale => "Locale",
            Self::Smtp { .. } => "Smtp",
        })
    }
}

impl Poste {
    /// As the secrets say; a demonstration sends nothing to anybody.
    pub(crate) fn ouvre(secrets: &Secrets, demonstration: bool) -> Result<Self, Fatale> {
        let Some(smtp) = &secrets.smtp else { return Ok(Self::Locale) };
        if demonstration {
            let refus = "une démonstration n'envoie aucun courriel : retirez « smtp » des secrets, ou servez un vrai dossier de données avec --production";
            return Err(Fatale::Usage(refus.to_owned()));
        }
        let expediteur = adresse(&smtp.expediteur)?;
        let mut expediteurs = BTreeMap::new();
        for (slug, texte) in secrets.expediteurs() {
            expediteurs.insert(slug.to_owned(), adresse(texte)?);
        }
        let transport = Box::new(transport(smtp, expediteur.email.domain())?);
        Ok(Self::Smtp { transport, expediteur, expediteurs })
    }

    /// Are letters kept here and nowhere else?
    pub(crate) const fn est_locale(&self) -> bool {
        matches!(self, Self::Locale)
    }

    /// Sends a town's letter. `identite` is its `Message-ID`: a letter sent twice is the same one for whoever receives it.
    pub(super) async fn envoie(
        &self,
        commune: &str,
        courrier: &Courrier,
        identite: &str,
    ) -> Result<(), Manque> {
        let Self::Smtp { transport, expediteur, expediteurs } = self else { return Ok(()) };
        let message = message(expediteurs.get(commune).unwrap_or(expediteur), courrier, identite)?;
        match tokio::time::timeout(DELAI_TOTAL, transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(erreur)) => Err(manque(&erreur)),
            Err(_) => Err(Manque::Passager("le serveur de courriel ne répond pas à temps".to_owned())),
        }
    }
}

fn adresse(texte: &str) -> Result<Mailbox, Fatale> {
    texte.parse().map_err(|_| {
        Fatale::Usage(format!(
            "secrets : « {texte} » n'est pas une adresse d'expéditeur, ex. « Mairie <mairie@exemple.fr> »"
        ))
    })
}

fn transport(smtp: &Smtp, domaine: &str) -> Result<AsyncSmtpTransport<Tokio1Executor>, Fatale> {
    let refus = |quoi: &str| Fatale::Usage(format!("secrets : {quoi}"));
    let mut tls = TlsParameters::builder(smtp.serveur.clone());
    if let Some(chemin) = &smtp.autorite {
        let pem = std::fs::read(chemin).map_err(|e| Fatale::chemin(chemin, e))?;
        let certificat =
            Certificate::from_pem(&pem).map_err(|_| refus("« autorite » n'est pas un certificat PEM"))?;
        tls = tls.add_root_certificate(certificat);
    }
    let tls = || tls.build_rustls().map_err(|_| refus("« serveur » n'est pas le nom d'une machine"));
    let (protection, port) = match smtp.securite {
        Securite::Starttls => (Tls::Required(tls()?), 587),
        Securite::Tls => (Tls::Wrapper(tls()?), 465),
        Securite::Aucune => (Tls::None, 25),
    };
    let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&smtp.serveur)
        .port(smtp.port.unwrap_or(port))
        .tls(protection)
        .hello_name(ClientId::Domain(domaine.to_owned()))
        .timeout(Some(DELAI));
    match (&smtp.identifiant, &smtp.mot_de_passe) {
        (None, None) => {}
        (Some(_), Some(_)) if smtp.securite == Securite::Aucune => {
            return Err(refus("un mot de passe ne part pas en clair : « securite: starttls » ou « tls »"));
        }
        (Some(nom), Some(mot)) => {
            transport = transport.credentials(Credentials::new(nom.clone(), mot.clone()))
        }
        _ => return Err(refus("« identifiant » et « mot_de_passe » vont ensemble")),
    }
    Ok(transport.build())
}

/// The letter as it leaves: nothing written by a family can become a header.
fn message(expediteur: &Mailbox, courrier: &Courrier, identite: &str) -> Result<Message, Manque> {
    let a: Mailbox = courrier
        .a
        .parse()
        .map_err(|_| Manque::Definitif("l'adresse du destinataire est mal écrite".to_owned()))?;
    let objet: String = courrier.objet.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    // no holiday answers it (RFC 3834)
    let automatique = HeaderName::new_from_ascii_str("Auto-Submitted");
    Message::builder()
        .from(expediteur.clone())
        .to(a)
        .subject(objet)
        .message_id(Some(format!("<{identite}@{}>", expediteur.email.domain())))
        .raw_header(HeaderValue::new(automatique, "auto-generated".to_owned()))
        .header(ContentType::TEXT_PLAIN)
        .body(courrier.corps.clone())
        .map_err(|_| Manque::Definitif("le courriel ne peut pas être écrit".to_owned()))
}

fn manque(erreur: &lettre::transport::smtp::Error) -> Manque {
    let code = erreur.status().map(u16::from);
    match code {
        Some(code) if AUTHENTIFICATION.contains(&code) => {
            Manque::Passager(format!("le serveur de courriel refuse l'identifiant ({code})"))
        }
        Some(code) if erreur.is_permanent() => {
            Manque::Definitif(format!("le serveur de courriel refuse ce courriel ({code})"))
        }
        _ => Manque::Passager(format!("le serveur de courriel ne prend pas ce courriel : {}", cause(erreur))),
    }
}

/// What went wrong, without the server's words, which may repeat an address.
fn cause(erreur: &lettre::transport::smtp::Error) -> String {
    match erreur.status() {
        Some(code) => format!("réponse {code}"),
        None if erreur.is_timeout() => "pas de réponse".to_owned(),
        None if erreur.is_response() => "réponse illisible".to_owned(),
        None if erreur.is_tls() => "la connexion chiffrée échoue".to_owned(),
        None if erreur.is_client() => {
            "la protection ou l'authentification demandée n'est pas offerte".to_owned()
        }
        None => "connexion impossible, ou coupée".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use engine::identifiant::CourrierId;

    use super::*;

    fn courrier(a: &str, objet: &str) -> Courrier {
        Courrier {
            id: CourrierId::neuf([1; 16]),
            foyer: None,
            a: a.to_owned(),
            objet: objet.to_owned(),
            corps: "Bonjour,\n.\nÀ bientôt".to_owned(),
            le: "2025-09-01T08:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn rien_de_ce_qu_ecrit_une_famille_ne_devient_un_en_tete() {
        let de: Mailbox = "Mairie <mairie@exemple.fr>".parse().unwrap();
        let ecrit = |a: &str, objet: &str| {
            message(&de, &courrier(a, objet), "abc").map(|m| String::from_utf8(m.formatted()).unwrap())
        };
        let bon = ecrit("parent@exemple.fr", "Demande reçue").unwrap();
        for ligne in
            ["To: parent@exemple.fr", "Message-ID: <abc@exemple.fr>", "Auto-Submitted: auto-generated"]
        {
            assert!(bon.lines().any(|l| l == ligne), "{ligne}\n{bon}");
        }
        for piege in [
            "Reçu\r\nBcc: tous@exemple.fr",
            "Reçu\nBcc: tous@exemple.fr",
            "Recu\r\n\r\ncorps",
            "Recu\rBcc: x@y.fr",
        ] {
            let texte = ecrit("parent@exemple.fr", piege).unwrap();
            let (entetes, _) = texte.split_once("\r\n\r\n").unwrap();
            assert!(!entetes.to_lowercase().contains("\nbcc"), "{texte}");
            assert_eq!(entetes.lines().filter(|l| l.starts_with("Subject:")).count(), 1);
            assert_eq!(texte.matches("\r\n\r\n").count(), bon.matches("\r\n\r\n").count(), "{texte}");
        }
        for a in [
            "parent@exemple.fr\r\nBcc: b@c.fr",
            "a@b.fr, c@d.fr",
            "pas une adresse",
            "",
            "a@b.fr>\r\nRCPT TO:<c@d.fr",
        ] {
            assert!(matches!(ecrit(a, "Reçu"), Err(Manque::Definitif(_))), "{a}");
        }
    }

    #[test]
    fn un_mot_de_passe_ne_part_pas_en_clair() {
        let smtp = |securite, mot: Option<&str>| Smtp {
            serveur: "localhost".to_owned(),
            port: None,
            securite,
            identifiant: Some("guichet".to_owned()),
            mot_de_passe: mot.map(str::to_owned),
            expediteur: "mairie@exemple.fr".to_owned(),
            autorite: None,
        };
        assert!(transport(&smtp(Securite::Aucune, Some("sesame")), "exemple.fr").is_err());
        assert!(transport(&smtp(Securite::Starttls, None), "exemple.fr").is_err());
    }
}
