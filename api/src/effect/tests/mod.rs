//! Effects as they leave the process: a real SMTP server, a real receiver of calls, and the clock set by hand.

mod appels;
mod banc;
mod courriels;
mod effacement;
mod liens;
mod morts;
mod recepteur;
#[allow(unreachable_pub, dead_code, reason = "shared with the tests of the whole")]
#[path = "../../../../tests/src/serveur_smtp.rs"]
mod serveur_smtp;
