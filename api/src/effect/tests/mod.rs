//! Effects as they leave the process: a real SMTP server, a real receiver of calls, and the clock set by hand.

mod appels;
mod banc;
mod courriels;
mod effacement;
mod liens;
mod morts;
mod recepteur;
mod serveur_smtp;
