//! The process: the only place with a socket, a file, a clock.

mod assets;
mod clock;
mod command;
mod error;
mod folders;
mod pages;
mod security;
mod state;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    command::run(command::Cli::parse())
}
