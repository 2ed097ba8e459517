//! Where a rule is written.

use serde::{Deserialize, Serialize};

/// Index of a place (file, line, column, layer) in the table that the loaded town keeps.
///
/// Rules carry it by value, so that a trace costs four bytes a step; the town turns it into
/// `communes/x/baremes/repas.yaml:12` and the délibération when somebody reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Lieu(pub u32);
