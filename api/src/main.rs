//! The process: the only place with a socket, a file, a clock.

mod acts;
mod agents;
mod alea;
mod assets;
mod attachment;
mod basket;
mod bookings;
mod childkeys;
mod clock;
mod command;
mod communes_fr;
mod deliveries;
mod demo;
mod effect;
mod error;
mod facts;
mod failures;
mod files;
mod folders;
mod http;
mod letter;
mod links;
mod listen;
mod metrics;
mod pages;
mod password;
mod proof;
mod publication;
mod rate;
mod routes;
mod security;
mod session;
mod slots;
mod state;
mod sweep;
mod totp;
mod vault;
mod watch;
mod witness;
mod worker;

use std::process::ExitCode;

fn main() -> ExitCode {
    command::run(std::env::args_os())
}
