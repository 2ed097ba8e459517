//! Another system: it answers what it is told to, and keeps what it was sent.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

/// A call, as received.
#[derive(Clone, Debug, Default)]
pub(super) struct Appel {
    /// First line.
    pub(super) ligne: String,
    /// Lower-case name, value.
    entetes: Vec<(String, String)>,
    pub(super) corps: String,
}

impl Appel {
    pub(super) fn entete(&self, nom: &str) -> &str {
        self.entetes.iter().find(|(n, _)| n == nom).map(|(_, v)| v.as_str()).unwrap_or_default()
    }
}

/// The system, on a port of its own. Without any other order it answers 204.
#[derive(Clone, Debug)]
pub(super) struct Recepteur {
    pub(super) port: u16,
    recus: Arc<Mutex<Vec<Appel>>>,
}

impl Recepteur {
    /// `reponses`: the head of each answer, after `HTTP/1.1 `.
    pub(super) fn lance(reponses: &[&str]) -> Self {
        let ecoute = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = ecoute.local_addr().unwrap().port();
        let recus = Arc::new(Mutex::new(Vec::new()));
        let mut reponses: VecDeque<String> = reponses.iter().map(|r| (*r).to_owned()).collect();
        let siens = recus.clone();
        std::thread::spawn(move || {
            for flux in ecoute.incoming().flatten() {
                let mut lecture = BufReader::new(&flux);
                let mut appel = Appel::default();
                let _ = lecture.read_line(&mut appel.ligne);
                loop {
                    let mut ligne = String::new();
                    let _ = lecture.read_line(&mut ligne);
                    let Some((nom, valeur)) = ligne.trim_end().split_once(": ") else { break };
                    appel.entetes.push((nom.to_lowercase(), valeur.to_owned()));
                }
                let mut corps = vec![0; appel.entete("content-length").parse().unwrap_or(0)];
                let _ = lecture.read_exact(&mut corps);
                appel.corps = String::from_utf8_lossy(&corps).into_owned();
                siens.lock().unwrap().push(appel);
                let reponse = reponses.pop_front().unwrap_or_else(|| "204 No Content".to_owned());
                let _ = (&flux).write_all(
                    format!("HTTP/1.1 {reponse}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                        .as_bytes(),
                );
            }
        });
        Self { port, recus }
    }

    /// The secrets of a town that calls it, at an address of the exploitant's network.
    pub(super) fn secrets(&self) -> String {
        format!(
            "communes:\n  ham:\n    secrets: {{ caisse: une-cle-partagee }}\n    appels_prives: {{ caisse: \"http://127.0.0.1:{}/guichet\" }}\n",
            self.port
        )
    }

    pub(super) fn recus(&self) -> Vec<Appel> {
        self.recus.lock().unwrap().clone()
    }
}
