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

fn main() -> ExitCode {
    command::run(std::env::args_os())
}
