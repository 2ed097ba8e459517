//! Definitions of towns and durable state machines, without a socket, a file or a clock.

pub mod definition;
pub mod diagnostic;
