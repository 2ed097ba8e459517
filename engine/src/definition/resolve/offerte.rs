//! `offerte`: a prestation that is free for some, for a time.

use super::service::Contexte;
use super::{Resolution, condition, question, texte_source};
use crate::definition::lecture::Sp;
use crate::definition::raw::service::RawOfferte;
use crate::diagnostic::{Diagnostic, codes};
use crate::service::Offerte;

/// A gift needs its text, its own or the service's.
pub(super) fn une(
    r: &mut Resolution<'_>,
    ctx: &Contexte<'_>,
    prestation: &str,
    raw: &Sp<RawOfferte>,
) -> Option<Offerte> {
    question::de_source(r, &format!("prestation.{prestation}.offerte"), raw.source.as_ref());
    let source = raw.source.as_ref().map(|s| texte_source(s)).or_else(|| ctx.source.clone());
    let lieu = r.pose(raw.span, source.as_ref());
    let si = condition::facultative(r, raw.si.as_ref())?;
    let Some(source) = source else {
        let d = Diagnostic::new(
            codes::TAR08,
            raw.span,
            format!("`{prestation}` est offerte sans dire par quel texte"),
        );
        r.signale(d.aide("ajoutez `source:` sous `offerte`"));
        return None;
    };
    let (des, jusqu_a) = (raw.des.as_ref().map(|d| d.0), raw.jusqu_a.as_ref().map(|d| d.0));
    Some(Offerte { si, des, jusqu_a, source, lieu })
}
