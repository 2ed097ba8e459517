//! What the exploitant gives and no town's folder holds: the SMTP server, and the values behind `secret:nom`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::Fatale;

/// Names the file when `--secrets` does not.
const VARIABLE: &str = "GUICHET_SECRETS";

/// The file of `--secrets`, in YAML.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Secrets {
    /// How letters leave; without it they stay in the local mailbox.
    pub(super) smtp: Option<Smtp>,
    /// What secret links are derived from: the same on every server of a shared database.
    cle_des_liens: Option<String>,
    /// The keys of documents, the first encrypts: the same on every server of shared documents.
    cles_des_fichiers: Vec<String>,
    /// What each town needs, by its folder's name.
    communes: BTreeMap<String, DeVille>,
}

/// An SMTP server.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Smtp {
    /// Its name.
    pub(super) serveur: String,
    /// Its port; 587, 465 or 25 by default, as `securite` says.
    pub(super) port: Option<u16>,
    /// How the connection is protected.
    #[serde(default)]
    pub(super) securite: Securite,
    /// Account, with its password.
    pub(super) identifiant: Option<String>,
    /// Its password.
    pub(super) mot_de_passe: Option<String>,
    /// `From`: « Mairie <ne-pas-repondre@exemple.fr> ».
    pub(super) expediteur: String,
    /// A certificate (PEM) that signs the server's, for one that no public authority knows.
    pub(super) autorite: Option<PathBuf>,
}

/// How the connection to the SMTP server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Securite {
    /// In clear until STARTTLS, which the server must offer (RFC 3207).
    #[default]
    Starttls,
    /// From the first byte (RFC 8314).
    Tls,
    /// Not at all: a relay of the same machine.
    Aucune,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct DeVille {
    /// `From`, in place of the server's.
    expediteur: Option<String>,
    /// `secret:nom` → value.
    secrets: BTreeMap<String, String>,
    /// The calls (`appels:`) that reach a machine of the exploitant's own network: at this address, which may be `http://`.
    appels_prives: BTreeMap<String, String>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(…)")
    }
}

impl Secrets {
    /// Reads the file that `--secrets` or the environment names; one that others may read, or that lies among the towns'
    /// folders or the data, is refused.
    pub(crate) fn lit(donne: Option<&Path>, ailleurs: &[&Path]) -> Result<Self, Fatale> {
        let chemin = donne.map(Path::to_path_buf).or_else(|| std::env::var_os(VARIABLE).map(PathBuf::from));
        let Some(chemin) = chemin else { return Ok(Self::default()) };
        let vrai = chemin.canonicalize().map_err(|e| Fatale::chemin(&chemin, e))?;
        let dedans = |d: &&&Path| d.canonicalize().is_ok_and(|d| vrai.starts_with(d));
        if let Some(dossier) = ailleurs.iter().find(dedans) {
            return Err(Fatale::Usage(format!(
                "{} est dans {} : les secrets ne se gardent ni avec les communes, ni avec les données",
                chemin.display(),
                dossier.display()
            )));
        }
        let droits = std::fs::metadata(&vrai).map_err(|e| Fatale::chemin(&chemin, e))?.permissions();
        if std::os::unix::fs::PermissionsExt::mode(&droits) & 0o077 != 0 {
            return Err(Fatale::Usage(format!(
                "{} est lisible par d'autres que vous : chmod 600 {0}",
                chemin.display()
            )));
        }
        let texte = std::fs::read_to_string(&vrai).map_err(|e| Fatale::chemin(&chemin, e))?;
        serde_saphyr::from_str(&texte).map_err(|e| {
            // the place without the reason, which may quote a value
            let ligne = e.location().map_or(0, |l| l.line());
            Fatale::Usage(format!(
                "{}:{ligne} : ce n'est pas ce qu'un fichier de secrets attend (voir README.md)",
                chemin.display()
            ))
        })
    }

    /// What `texte` says, read behind `secret:`; `None`: it was not given.
    pub(super) fn valeur<'s>(&'s self, commune: &str, texte: &'s str) -> Option<&'s str> {
        match texte.strip_prefix("secret:") {
            None => Some(texte),
            Some(nom) => self.secret(commune, nom.trim()),
        }
    }

    /// What secret links are derived from, when the exploitant gives it.
    pub(crate) fn cle_des_liens(&self) -> Option<&str> {
        self.cle_des_liens.as_deref()
    }

    /// The keys of documents, when the exploitant gives them.
    pub(crate) fn cles_des_fichiers(&self) -> &[String] {
        &self.cles_des_fichiers
    }

    /// The value of that name.
    pub(super) fn secret(&self, commune: &str, nom: &str) -> Option<&str> {
        self.communes.get(commune)?.secrets.get(nom).map(String::as_str)
    }

    /// The senders of towns that have their own.
    pub(super) fn expediteurs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.communes.iter().filter_map(|(slug, v)| Some((slug.as_str(), v.expediteur.as_deref()?)))
    }

    /// Where this call goes in the exploitant's own network, if it does.
    pub(super) fn adresse_privee(&self, commune: &str, appel: &str) -> Option<&str> {
        self.communes.get(commune)?.appels_prives.get(appel).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    const TEXTE: &str = "smtp: { serveur: smtp.exemple.fr, expediteur: \"Mairie <mairie@exemple.fr>\" }\n\
        communes:\n  ham: { secrets: { courriel: accueil@exemple.fr }, appels_prives: { caisse: \"http://10.0.0.5/\" } }\n";

    fn ecrit(dossier: &Path, texte: &str, mode: u32) -> PathBuf {
        let chemin = dossier.join("secrets.yaml");
        std::fs::write(&chemin, texte).unwrap();
        std::fs::set_permissions(&chemin, std::fs::Permissions::from_mode(mode)).unwrap();
        chemin
    }

    #[test]
    fn les_secrets_sont_a_soi_et_a_part() {
        let dossier = tempfile::tempdir().unwrap();
        let lus = Secrets::lit(Some(&ecrit(dossier.path(), TEXTE, 0o600)), &[]).unwrap();
        assert_eq!(
            lus.smtp.as_ref().unwrap().securite,
            Securite::Starttls,
            "nothing goes in clear unless it is said"
        );
        assert_eq!(lus.valeur("ham", "secret:courriel"), Some("accueil@exemple.fr"));
        assert_eq!(lus.valeur("donges", "secret:courriel"), None, "a town's secret is its own");
        assert_eq!(lus.valeur("ham", "a@b.fr"), Some("a@b.fr"));
        assert_eq!(lus.adresse_privee("ham", "caisse"), Some("http://10.0.0.5/"));
        assert_eq!(lus.adresse_privee("donges", "caisse"), None);
        assert_eq!(format!("{lus:?}"), "Secrets(…)");

        for mode in [0o640, 0o604, 0o660] {
            let refus = Secrets::lit(Some(&ecrit(dossier.path(), TEXTE, mode)), &[]).unwrap_err().to_string();
            assert!(refus.contains("chmod 600"), "{refus}");
        }
        let chemin = ecrit(dossier.path(), TEXTE, 0o600);
        let refus = Secrets::lit(Some(&chemin), &[dossier.path()]).unwrap_err().to_string();
        assert!(refus.contains("ni avec les communes, ni avec les données"), "{refus}");
        let faux = "smtp:\n  serveur: a\n  expediteur: b\n  mdp: sesame-ouvre-toi\n";
        let refus = Secrets::lit(Some(&ecrit(dossier.path(), faux, 0o600)), &[]).unwrap_err().to_string();
        assert!(refus.contains("secrets.yaml:") && !refus.contains("sesame"), "{refus}");
    }
}
