//! The systems that a town calls: where, and under which of the exploitant's keys.

use super::{Resolution, question};
use crate::commune::Appel;
use crate::definition::lecture::{Sp, Texte};
use crate::definition::raw::commune::RawCommune;
use crate::diagnostic::{Diagnostic, codes};

/// The names that `appeler` may take.
pub(super) fn noms(raw: &RawCommune) -> Vec<&str> {
    raw.appels.iter().flat_map(|c| c.valeur.iter()).map(|(cle, _)| cle.texte.as_str()).collect()
}

/// Compiles them; one that is wrong is reported and left out.
pub(super) fn resout(r: &mut Resolution<'_>, raw: &RawCommune) -> Vec<Appel> {
    let mut appels = Vec::new();
    for (cle, a) in raw.appels.iter().flat_map(|c| c.valeur.iter()) {
        question::de_source(r, &format!("commune.appels.{}", cle.texte), a.source.as_ref());
        let (url, secret) = (adresse(r, &a.url), secret(r, &a.cle));
        if let (Some(url), Some(secret)) = (url, secret) {
            appels.push(Appel { id: cle.texte.clone(), url, secret, lieu: r.pose(a.span, None) });
        }
    }
    appels
}

/// `https://host/…`, with no password in it.
fn adresse(r: &mut Resolution<'_>, url: &Sp<Texte>) -> Option<String> {
    let apres = url.0.strip_prefix("https://").unwrap_or_default();
    let hote = apres.split(['/', '?', '#']).next().unwrap_or_default();
    if !hote.is_empty() && !hote.contains('@') && !url.0.chars().any(char::is_whitespace) {
        return Some(url.0.clone());
    }
    let message = format!("« {} » : une adresse en `https://`, sans mot de passe, est attendue", url.0);
    r.signale(Diagnostic::new(codes::SYN04, url.span, message).aide("ex. `https://exemple.fr/guichet`"));
    None
}

/// The name behind `secret:`.
fn secret(r: &mut Resolution<'_>, cle: &Sp<Texte>) -> Option<String> {
    let nom = cle.0.strip_prefix("secret:").map(str::trim).filter(|n| !n.is_empty());
    if nom.is_none() {
        let message = "la clé qui signe un appel ne s'écrit pas dans ce dossier";
        let d = Diagnostic::new(codes::SEC01, cle.span, message);
        r.signale(d.aide("écrivez `secret:nom` et donnez la valeur à l'hébergeur (--secrets)"));
    }
    nom.map(str::to_owned)
}
