//! A real `guichet serve` on a port of its own, and a browser without a screen that keeps cookies.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use crate::arbre::racine;

/// What goes wrong around a server.
pub type Echec = Box<dyn std::error::Error + Send + Sync>;

/// A running server; killed when dropped.
#[derive(Debug)]
pub struct Serveur {
    enfant: Child,
    /// `http://127.0.0.1:41234`
    pub adresse: String,
}

/// The binary: `GUICHET_BIN`, or built now, once a test program: the time of a restart is the server's alone.
pub fn binaire() -> Result<PathBuf, Echec> {
    static BINAIRE: OnceLock<PathBuf> = OnceLock::new();
    if let Some(connu) = BINAIRE.get() {
        return Ok(connu.clone());
    }
    let chemin = match std::env::var_os("GUICHET_BIN") {
        Some(chemin) => chemin.into(),
        None => construit()?,
    };
    Ok(BINAIRE.get_or_init(|| chemin).clone())
}

fn construit() -> Result<PathBuf, Echec> {
    let ici = std::env::current_exe()?;
    let profil = ici.ancestors().nth(2).ok_or("no target folder")?;
    let chemin = profil.join("guichet");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut construction = Command::new(cargo);
    construction.args(["build", "-q", "-p", "api"]).current_dir(racine());
    // what `cargo test` tells a test of its own package makes the build scripts that look at it (ring's) run again: TLS, the
    // store and the server would be built twice, once for the tests and once for everybody else
    for (nom, _) in std::env::vars_os() {
        let dit = nom.to_string_lossy().into_owned();
        if dit.starts_with("CARGO_PKG_") || dit.starts_with("CARGO_MANIFEST_") {
            construction.env_remove(nom);
        }
    }
    if construction.status()?.success() { Ok(chemin) } else { Err("cargo build -p api failed".into()) }
}

impl Serveur {
    /// Starts it on the towns of the tree and this data folder, on a free port.
    pub fn lance(donnees: &Path) -> Result<Self, Echec> {
        Self::lance_sur(&racine().join("communes"), donnees)
    }

    /// The same on other towns.
    pub fn lance_sur(communes: &Path, donnees: &Path) -> Result<Self, Echec> {
        Self::lance_avec(communes, donnees, &[])
    }

    /// The same with more options (`--base`).
    pub fn lance_avec(communes: &Path, donnees: &Path, options: &[&str]) -> Result<Self, Echec> {
        Self::lance_dans(communes, donnees, options, &[])
    }

    /// The same in an environment.
    pub fn lance_dans(
        communes: &Path,
        donnees: &Path,
        options: &[&str],
        environnement: &[(&str, &OsStr)],
    ) -> Result<Self, Echec> {
        Self::demarre(communes, donnees, options, environnement, Stdio::inherit())
    }

    /// On the towns of the tree, everything that it logs in that file.
    pub fn lance_en_notant(donnees: &Path, journal: &Path) -> Result<Self, Echec> {
        let tout = [("GUICHET_LOG", OsStr::new("debug"))];
        let journal = std::fs::File::create(journal)?;
        Self::demarre(&racine().join("communes"), donnees, &[], &tout, journal.into())
    }

    fn demarre(
        communes: &Path,
        donnees: &Path,
        options: &[&str],
        environnement: &[(&str, &OsStr)],
        journal: Stdio,
    ) -> Result<Self, Echec> {
        let mut enfant = Command::new(binaire()?)
            .args(["serve", "--listen", "127.0.0.1:0", "--communes"])
            .arg(communes)
            .arg("--data")
            .arg(donnees)
            .args(options)
            .env("GUICHET_LOG", "warn")
            .envs(environnement.iter().copied())
            .stdout(Stdio::piped())
            .stderr(journal)
            .spawn()?;
        let sortie = enfant.stdout.take().ok_or("no standard output")?;
        let mut ligne = String::new();
        BufReader::new(sortie).read_line(&mut ligne)?;
        match ligne.trim().rsplit_once(' ') {
            Some((_, adresse)) if adresse.starts_with("http://") => {
                Ok(Self { adresse: adresse.to_owned(), enfant })
            }
            _ => Err(format!("the server said {ligne:?} ({:?})", enfant.wait()).into()),
        }
    }

    /// Number of the process, to send it a signal.
    pub fn pid(&self) -> u32 {
        self.enfant.id()
    }

    /// `kill -9`: no signal handler, no flush.
    pub fn tue(mut self) -> Result<(), Echec> {
        self.enfant.kill()?;
        self.enfant.wait()?;
        Ok(())
    }

    /// SIGTERM, as a service manager stops it; whether its status says that all is well.
    pub fn arrete(&mut self) -> Result<bool, Echec> {
        Command::new("kill").arg(self.enfant.id().to_string()).status()?;
        Ok(self.enfant.wait()?.success())
    }

    /// A browser with its own cookies.
    pub fn navigateur(&self) -> Navigateur {
        Navigateur::nouveau(&self.adresse)
    }
}

impl Drop for Serveur {
    fn drop(&mut self) {
        // already gone is as good
        let _ = self.enfant.kill();
        let _ = self.enfant.wait();
    }
}

/// A browser without a screen, and without JavaScript; a clone shares its cookies.
#[derive(Debug, Clone)]
pub struct Navigateur {
    agent: ureq::Agent,
    adresse: String,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Page {
    /// HTTP status.
    pub code: u16,
    /// Path of the page, after redirections.
    pub chemin: String,
    /// Headers that tests look at, lower case.
    pub entetes: Vec<(String, String)>,
    /// Body.
    pub texte: String,
}

impl Navigateur {
    /// A browser for that address, `http://…`.
    fn nouveau(adresse: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(20)))
            .build();
        Self { agent: config.into(), adresse: adresse.to_owned() }
    }

    /// The same with this cookie, as `Set-Cookie` would say it; one that does not read is not kept.
    pub fn de(adresse: &str, cookie: &str) -> Self {
        let neuf = Self::nouveau(adresse);
        if let Ok(ici) = adresse.parse()
            && let Ok(cookie) = ureq::Cookie::parse(cookie.to_owned(), &ici)
        {
            let _pose = neuf.agent.cookie_jar_lock().insert(cookie, &ici);
        }
        neuf
    }

    /// The session's cookie of a town, as a request says it; empty when nobody has entered.
    pub fn cookie(&self, slug: &str) -> String {
        let nom = format!("guichet-{slug}");
        let pot = self.agent.cookie_jar_lock();
        let lu = pot.get("127.0.0.1", &format!("/{slug}"), &nom);
        lu.map(|c| format!("{nom}={}", c.value())).unwrap_or_default()
    }

    /// `GET`, redirections followed.
    pub fn lit(&self, chemin: &str) -> Result<Page, Echec> {
        let reponse = self.agent.get(format!("{}{chemin}", self.adresse)).call()?;
        self.suit(chemin, reponse)
    }

    /// `GET` with these headers, redirections followed without them.
    pub fn lit_avec(&self, chemin: &str, entetes: &[(&str, &str)]) -> Result<Page, Echec> {
        let mut requete = self.agent.get(format!("{}{chemin}", self.adresse));
        for (nom, valeur) in entetes {
            requete = requete.header(*nom, *valeur);
        }
        self.suit(chemin, requete.call()?)
    }

    /// Posts a form, redirections followed.
    pub fn poste(&self, chemin: &str, champs: &[(&str, &str)]) -> Result<Page, Echec> {
        let reponse =
            self.agent.post(format!("{}{chemin}", self.adresse)).send_form(champs.iter().copied())?;
        self.suit(chemin, reponse)
    }

    /// Sends one file of a form, redirections followed.
    pub fn envoie_fichier(
        &self,
        chemin: &str,
        champs: &[(&str, &str)],
        nom: &str,
        contenu: &[u8],
    ) -> Result<Page, Echec> {
        let limite = "----limite-des-essais";
        let mut corps = Vec::new();
        for (champ, valeur) in champs {
            corps.extend_from_slice(
                format!("--{limite}\r\nContent-Disposition: form-data; name=\"{champ}\"\r\n\r\n{valeur}\r\n")
                    .as_bytes(),
            );
        }
        corps.extend_from_slice(
            format!("--{limite}\r\nContent-Disposition: form-data; name=\"fichier\"; filename=\"{nom}\"\r\nContent-Type: application/octet-stream\r\n\r\n").as_bytes(),
        );
        corps.extend_from_slice(contenu);
        corps.extend_from_slice(format!("\r\n--{limite}--\r\n").as_bytes());
        let reponse = self
            .agent
            .post(format!("{}{chemin}", self.adresse))
            .header("content-type", format!("multipart/form-data; boundary={limite}"))
            .send(&corps)?;
        self.suit(chemin, reponse)
    }

    /// Any request, not followed. A body goes with the methods that take one, and with a `DELETE` when there is one.
    pub fn brut(
        &self,
        methode: &str,
        chemin: &str,
        entetes: &[(&str, &str)],
        corps: &[u8],
    ) -> Result<Page, Echec> {
        let mut requete =
            ureq::http::Request::builder().method(methode).uri(format!("{}{chemin}", self.adresse));
        for (nom, valeur) in entetes {
            requete = requete.header(*nom, *valeur);
        }
        let reponse = if matches!(methode, "POST" | "PUT" | "PATCH") {
            self.agent.run(requete.body(corps)?)?
        } else if !corps.is_empty() {
            let mut seule = self.agent.delete(format!("{}{chemin}", self.adresse)).force_send_body();
            for (nom, valeur) in entetes {
                seule = seule.header(*nom, *valeur);
            }
            seule.send(corps)?
        } else {
            self.agent.run(requete.body(())?)?
        };
        page(chemin, reponse)
    }

    /// Any request with a JSON body, not followed.
    pub fn json(
        &self,
        chemin: &str,
        entetes: &[(&str, &str)],
        corps: Option<&serde_json::Value>,
    ) -> Result<(u16, serde_json::Value), Echec> {
        let url = format!("{}{chemin}", self.adresse);
        let reponse = match corps {
            Some(corps) => {
                let mut requete = self.agent.post(url);
                for (nom, valeur) in entetes {
                    requete = requete.header(*nom, *valeur);
                }
                requete.send_json(corps)?
            }
            None => self.agent.get(url).call()?,
        };
        en_json(reponse)
    }

    /// Posts these bytes; the JSON answer.
    pub fn octets(
        &self,
        chemin: &str,
        entetes: &[(&str, &str)],
        corps: &[u8],
    ) -> Result<(u16, serde_json::Value), Echec> {
        let mut requete = self.agent.post(format!("{}{chemin}", self.adresse));
        for (nom, valeur) in entetes {
            requete = requete.header(*nom, *valeur);
        }
        en_json(requete.send(corps)?)
    }

    /// `DELETE`; the JSON answer.
    pub fn supprime(&self, chemin: &str) -> Result<(u16, serde_json::Value), Echec> {
        en_json(self.agent.delete(format!("{}{chemin}", self.adresse)).call()?)
    }

    fn suit(&self, chemin: &str, reponse: ureq::http::Response<ureq::Body>) -> Result<Page, Echec> {
        let (mut chemin, mut reponse) = (chemin.to_owned(), reponse);
        for _ in 0..5 {
            let Some(suite) = reponse.headers().get("location").and_then(|l| l.to_str().ok()) else { break };
            chemin = suite.to_owned();
            reponse = self.agent.get(format!("{}{chemin}", self.adresse)).call()?;
        }
        page(&chemin, reponse)
    }
}

fn page(chemin: &str, mut reponse: ureq::http::Response<ureq::Body>) -> Result<Page, Echec> {
    let entetes = reponse
        .headers()
        .iter()
        .map(|(n, v)| (n.as_str().to_owned(), String::from_utf8_lossy(v.as_bytes()).into_owned()))
        .collect();
    let octets = reponse.body_mut().read_to_vec()?;
    let texte = String::from_utf8_lossy(&octets).into_owned();
    Ok(Page { code: reponse.status().as_u16(), chemin: chemin.to_owned(), entetes, texte })
}

fn en_json(mut reponse: ureq::http::Response<ureq::Body>) -> Result<(u16, serde_json::Value), Echec> {
    let texte = reponse.body_mut().read_to_string()?;
    let corps = serde_json::from_str(&texte).map_err(|e| format!("{e}: {texte}"))?;
    Ok((reponse.status().as_u16(), corps))
}

impl Page {
    /// The value of the named hidden input.
    pub fn cache(&self, nom: &str) -> Option<&str> {
        self.texte.split_once(&format!("name=\"{nom}\" value=\""))?.1.split('"').next()
    }

    /// The form token.
    pub fn jeton(&self) -> Result<&str, Echec> {
        self.cache("_jeton")
            .ok_or_else(|| format!("no form on {} ({}):\n{}", self.chemin, self.code, self.texte).into())
    }

    /// Visible text: tags taken out, blanks and no-break spaces reduced to one space.
    pub fn visible(&self) -> String {
        let mut texte = String::new();
        let mut dans_balise = false;
        for c in self.texte.chars() {
            match c {
                '<' => {
                    dans_balise = true;
                    texte.push(' ');
                }
                '>' => dans_balise = false,
                c if !dans_balise => texte.push(c),
                _ => {}
            }
        }
        let texte =
            texte.replace("&#x27;", "'").replace("&#39;", "'").replace("&quot;", "\"").replace("&amp;", "&");
        texte.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The header of that name.
    pub fn entete(&self, nom: &str) -> Option<&str> {
        self.entetes.iter().find(|(n, _)| n == nom).map(|(_, v)| v.as_str())
    }
}
