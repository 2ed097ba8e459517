//! Intervals as a document prints them, beside a question: the hole or the double cover that the town must settle.

use rules::faits::Symboles;
use rules::valeur::Domaine;
use rust_decimal::Decimal;

use super::{Resolution, intervalle};
use crate::definition::lecture::{Sp, Texte};
use crate::definition::raw::source::RawQuestion;
use crate::definition::raw::valeurs::nombre;
use crate::diagnostic::{Code, Diagnostic, Gravite, codes};

/// One end: the value, and whether it is inside.
type Bout = Option<(Decimal, bool)>;

/// Says what the printed intervals leave to no row (TAR01) or to two (TAR02), with the smallest such value; a warning,
/// until the town confirms the choice.
pub(super) fn controle(r: &mut Resolution<'_>, q: &Sp<RawQuestion>) {
    if q.imprime.is_empty() || q.confirme.is_some() {
        return;
    }
    let nom = q.sur.0.split(':').next().unwrap_or_default().trim().to_owned();
    let Some(Domaine::Nombre { pas, .. }) =
        r.vocabulaire.fait(&nom).map(|f| r.vocabulaire.domaine(f).clone())
    else {
        let message = format!("`imprime` cite des tranches : `{}` ne dit pas de quel nombre", q.sur.0);
        r.signale(Diagnostic::new(codes::SYN04, q.sur.span, message).aide("ex. `sur: \"quotient: 500\"`"));
        return;
    };
    let pas = pas.map(|(p, _)| p);
    let lues: Option<Vec<_>> = q.imprime.iter().map(|t| tranche(r, t).map(|i| (t, i))).collect();
    let Some(lues) = lues else { return };
    let mut trouve = false;
    for paire in lues.windows(2) {
        let [(avant, (_, fin)), (apres, (debut, _))] = paire else { continue };
        let Some((code, cas)) = defaut(*fin, *debut, pas) else { continue };
        trouve = true;
        let suite = if code == codes::TAR01 { "n'est dans aucune tranche" } else { "est dans deux tranches" };
        let cas = cas.normalize().to_string().replace('.', ",");
        let message = format!(
            "la grille imprimée dit « {} » puis « {} » : `{nom}` {cas} {suite}. {}",
            avant.0, apres.0, q.question.0
        );
        let d = Diagnostic::new(code, apres.span, message).gravite(Gravite::Attention);
        r.signale(d.secondaire(avant.span, "la tranche d'avant").aide(format!(
            "en attendant : {} ; quand la commune a répondu : `confirme: {{ par: \"service\", le: AAAA-MM-JJ }}`",
            q.choix.0
        )));
    }
    if let (false, Some((premiere, _))) = (trouve, lues.first()) {
        let message = "la grille imprimée ne laisse ni trou ni double : `imprime` n'apprend rien";
        r.signale(
            Diagnostic::new(codes::REF02, premiere.span, message)
                .aide("citez les deux tranches en cause, ou retirez la clé"),
        );
    }
}

fn tranche(r: &mut Resolution<'_>, texte: &Sp<Texte>) -> Option<(Bout, Bout)> {
    let lu = intervalle::lit(&texte.0).ok().flatten();
    let bout = |b: Option<intervalle::Bout<'_>>| -> Option<Bout> {
        b.map_or(Some(None), |b| nombre(b.texte).ok().map(|n| Some((n, b.incluse))))
    };
    let tranche = lu.and_then(|i| Some((bout(i.de)?, bout(i.a)?)));
    if tranche.is_none() {
        let message = format!("« {} » n'est pas une tranche", texte.0);
        r.signale(
            Diagnostic::new(codes::SYN04, texte.span, message).aide("ex. `\"..<500\"`, `\"501..1000\"`"),
        );
    }
    tranche
}

/// What is wrong between the end of a band and the start of the next, and the smallest value that shows it.
fn defaut(fin: Bout, debut: Bout, pas: Option<Decimal>) -> Option<(Code, Decimal)> {
    let ((a, a_incluse), (b, b_incluse)) = (fin?, debut?);
    if a > b || a == b && a_incluse && b_incluse {
        return Some((codes::TAR02, b));
    }
    if a == b {
        return (!a_incluse && !b_incluse).then_some((codes::TAR01, a));
    }
    let premiere = if a_incluse { a.checked_add(pas.unwrap_or(Decimal::new(1, 2)))? } else { a };
    (premiere < b || premiere == b && !b_incluse).then_some((codes::TAR01, premiere))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn le_plus_petit_cas_est_montre() {
        let n = |t: &str| Some((t.trim_end_matches('!').parse::<Decimal>().unwrap(), !t.ends_with('!')));
        let dit = |a: &str, b: &str, pas: Option<i64>| {
            defaut(n(a), n(b), pas.map(Decimal::from)).map(|(c, v)| format!("{} {v}", c.nom()))
        };
        assert_eq!(dit("500!", "501", None).as_deref(), Some("TAR01 500"));
        assert_eq!(dit("500!", "501", Some(1)).as_deref(), Some("TAR01 500"));
        assert_eq!(dit("1500", "1501", None).as_deref(), Some("TAR01 1500.01"));
        assert_eq!(dit("1500", "1501", Some(1)), None, "whole numbers leave nothing between");
        assert_eq!(dit("500", "500", None).as_deref(), Some("TAR02 500"));
        assert_eq!(dit("500!", "500!", None).as_deref(), Some("TAR01 500"));
        assert_eq!(dit("500", "500!", None), None);
        assert_eq!(dit("600", "501", None).as_deref(), Some("TAR02 501"));
    }
}
