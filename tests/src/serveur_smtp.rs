//! A small SMTP server that does as it is told, letter by letter. Shared with the tests of `api`.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What becomes of the next letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suite {
    /// 250.
    Prend,
    /// The text is received, and the connection is cut before the answer.
    Coupe,
    /// This code, to the recipient.
    Refuse(u16),
    /// This code, to the text.
    RefuseTexte(u16),
}

#[derive(Debug, Default)]
struct Vu {
    suites: VecDeque<Suite>,
    /// Each text received, whole.
    textes: Vec<String>,
    /// Each recipient named.
    destinataires: Vec<String>,
    connexions: usize,
}

/// The server, on a port of its own. Without any other order it takes every letter.
#[derive(Clone, Debug)]
pub struct ServeurSmtp {
    /// Of 127.0.0.1.
    pub port: u16,
    vu: Arc<Mutex<Vu>>,
}

impl ServeurSmtp {
    /// Starts it; these orders first.
    pub fn lance(suites: &[Suite]) -> Self {
        let ecoute = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = ecoute.local_addr().unwrap().port();
        let vu = Arc::new(Mutex::new(Vu { suites: suites.iter().copied().collect(), ..Vu::default() }));
        let sien = vu.clone();
        std::thread::spawn(move || {
            for flux in ecoute.incoming().flatten() {
                let vu = sien.clone();
                vu.lock().unwrap().connexions += 1;
                std::thread::spawn(move || parle(&flux, &vu));
            }
        });
        Self { port, vu }
    }

    /// The secrets of a town that sends through it.
    pub fn secrets(&self, securite: &str) -> String {
        format!(
            "smtp: {{ serveur: 127.0.0.1, port: {}, securite: {securite}, expediteur: \"Mairie <mairie@exemple.fr>\" }}\n",
            self.port
        )
    }

    /// Each text received, whole.
    pub fn textes(&self) -> Vec<String> {
        self.vu.lock().unwrap().textes.clone()
    }

    /// How many letters were begun.
    pub fn essais(&self) -> usize {
        self.vu.lock().unwrap().destinataires.len()
    }

    /// Each recipient named.
    pub fn destinataires(&self) -> Vec<String> {
        self.vu.lock().unwrap().destinataires.clone()
    }

    /// How many connections were opened.
    pub fn connexions(&self) -> usize {
        self.vu.lock().unwrap().connexions
    }
}

/// The value of that header, in the one letter that has it.
pub fn entete<'t>(texte: &'t str, nom: &str) -> &'t str {
    let (entetes, _) = texte.split_once("\r\n\r\n").unwrap();
    let mut lignes = entetes.split("\r\n").filter_map(|l| l.strip_prefix(nom)?.strip_prefix(": "));
    let valeur = lignes.next().unwrap_or_else(|| panic!("no {nom} in\n{texte}"));
    assert_eq!(lignes.next(), None, "{nom} twice in\n{texte}");
    valeur
}

/// One connection, until it ends.
fn parle(flux: &TcpStream, vu: &Mutex<Vu>) -> Option<()> {
    let mut lecture = BufReader::new(flux.try_clone().ok()?);
    let dit = |texte: &str| (&*flux).write_all(format!("{texte}\r\n").as_bytes()).ok();
    dit("220 essai")?;
    let mut suite = Suite::Prend;
    loop {
        let mut ligne = String::new();
        if lecture.read_line(&mut ligne).ok()? == 0 {
            return None;
        }
        let verbe = ligne.trim_end().to_ascii_uppercase();
        if verbe.starts_with("RCPT") {
            let mut vu = vu.lock().unwrap();
            vu.destinataires.push(ligne.trim_end().to_owned());
            suite = vu.suites.pop_front().unwrap_or(Suite::Prend);
        }
        match (verbe.get(..4).unwrap_or_default(), suite) {
            ("EHLO", _) => dit("250-essai\r\n250 8BITMIME")?,
            ("RCPT", Suite::Refuse(code)) => dit(&format!("{code} durand@exemple.fr: pas maintenant"))?,
            ("DATA", _) => {
                dit("354 va")?;
                vu.lock().unwrap().textes.push(texte(&mut lecture)?);
                match suite {
                    Suite::Coupe => {
                        flux.shutdown(std::net::Shutdown::Both).ok()?;
                        return None;
                    }
                    Suite::RefuseTexte(code) => dit(&format!("{code} durand@exemple.fr: non"))?,
                    _ => dit("250 pris")?,
                }
            }
            ("QUIT", _) => {
                dit("221 au revoir")?;
                return None;
            }
            _ => dit("250 bien")?,
        }
    }
}

/// Up to the line of a single dot, doubled dots made simple (RFC 5321 §4.5.2).
fn texte(lecture: &mut BufReader<TcpStream>) -> Option<String> {
    let mut texte = String::new();
    loop {
        let mut ligne = String::new();
        if lecture.read_line(&mut ligne).ok()? == 0 {
            return None;
        }
        if ligne == ".\r\n" {
            return Some(texte);
        }
        texte.push_str(ligne.strip_prefix('.').filter(|_| ligne.starts_with("..")).unwrap_or(&ligne));
    }
}
