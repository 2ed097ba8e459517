//! From the text of a town's folder to typed blocks: `source` (texts and positions) → `arbre` (spanned tree)
//! → `lecture` (typed, tolerant reading). Each step reports everything it finds and goes on.

pub mod arbre;
pub mod effectif;
pub mod genres;
pub mod heritage;
pub mod lecture;
pub mod mise_en_forme;
pub mod raw;
pub mod reference;
pub mod resolve;
pub mod source;
