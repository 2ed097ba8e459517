//! Bookings and absences: openings, delays, announcements, places.

use rules::limite::Limite as Borne;
use rules::repere::{Repere, SiJourFerme};
use rules::table::Table;

use super::service::Contexte;
use super::table::{self, Forme};
use super::{Resolution, condition, derive, question, texte_source};
use crate::definition::arbre::Noeud;
use crate::definition::lecture::{Attente, Liste, Sp};
use crate::definition::raw::service::{RawAbsence, RawReservation};
use crate::definition::raw::valeurs::{RawRangee, RawSinon};
use crate::definition::source::Span;
use crate::diagnostic::{Diagnostic, codes};
use crate::service::{
    Absence, Annonce, Capacite, Credit, Delai, Facturee, LigneAbsence, Limite, Reservation, Sinon, Verdict,
};

/// How one books: opening, delays, what comes after.
pub(super) fn reservation(
    r: &mut Resolution<'_>,
    ctx: &Contexte<'_>,
    raw: &RawReservation,
    span: Span,
) -> Reservation {
    let sur = format!("service.{}.reservation", ctx.id);
    question::de_source(r, &sur, raw.source.as_ref());
    question::de_liste(r, &sur, &raw.questions);
    let source = raw.source.as_ref().map(|s| texte_source(s)).or_else(|| ctx.source.clone());
    let lieu = r.pose(span, source.as_ref());
    let ouverture = limite(
        r,
        ctx,
        &format!("l'ouverture de `{}`", ctx.id),
        &raw.ouverture,
        &["des", "entre", "toujours", "jamais", "a_demander"],
        span,
    );
    let mut delais = Vec::new();
    let mut sinon = None;
    for d in &raw.delais {
        question::de_source(r, &sur, d.source.as_ref());
        match (&d.delai, &d.sinon) {
            (Some(id), None) => {
                let nom = format!("la limite du délai `{}` de `{}`", id.as_str(), ctx.id);
                let verbes = ["avant", "jusqu_a", "entre", "toujours", "jamais", "a_demander"];
                let limite = limite(r, ctx, &nom, &d.limite, &verbes, d.span);
                delais.push(Delai { id: id.to_string(), limite, lieu: r.pose(d.span, source.as_ref()) });
            }
            (None, Some(s)) => {
                let message = d.message.as_ref().map(|m| m.to_string());
                sinon = Some(match &s.valeur {
                    RawSinon::Refus => Sinon::Refus(message),
                    RawSinon::ListeAttente => {
                        r.signale(attente_non_tenue(s.span));
                        Sinon::ListeAttente
                    }
                    RawSinon::Delai(id) => Sinon::Delai(id.to_string()),
                });
            }
            _ => {
                let d = Diagnostic::new(
                    codes::SYN04,
                    d.span,
                    "un délai a un nom (`delai`) et une `limite`, ou c'est le `sinon` final",
                );
                r.signale(d);
            }
        }
    }
    let sinon = sinon.unwrap_or_else(|| {
        if !raw.delais.incomplete {
            let message = format!("service `{}` : rien n'est dit quand tous les délais sont passés", ctx.id);
            let ou = raw.delais.span.unwrap_or(span);
            r.signale(
                Diagnostic::new(codes::LIM01, ou, message).aide("terminez `delais` par `{ sinon: refus }`"),
            );
        }
        Sinon::Refus(None)
    });
    let si_jour_ferme = match raw.si_jour_ferme.as_ref() {
        None => SiJourFerme::Garde,
        Some(mot) => match derive::mot(r, mot, &["garde", "avance", "recule"]).as_deref() {
            Some("avance") => SiJourFerme::Avance,
            Some("recule") => SiJourFerme::Recule,
            _ => SiJourFerme::Garde,
        },
    };
    let modes = raw.modes.iter().map(|m| m.to_string()).collect();
    Reservation { modes, ouverture, delais, sinon, si_jour_ferme, lieu }
}

/// A table of limits: conditions, and exactly one verb.
fn limite(
    r: &mut Resolution<'_>,
    ctx: &Contexte<'_>,
    nom: &str,
    lignes: &Liste<RawRangee>,
    verbes: &[&str],
    span: Span,
) -> Table<Limite> {
    let forme = Forme {
        nom: nom.to_owned(),
        dimensions: None,
        resultats: verbes,
        restreint: &ctx.restreint,
        source: ctx.source.as_ref(),
        trou: codes::LIM01,
        span: lignes.span.unwrap_or(span),
    };
    let hors = Limite { borne: Verdict::Borne(Borne::Toujours), lieu: rules::lieu::Lieu::default() };
    table::table(r, &forme, lignes, hors, |r, rangee, lieu| {
        question::de_source(r, nom, rangee.source.as_ref());
        question::de_liste(r, nom, &rangee.questions);
        let (verbe, noeud) = table::un_resultat(r, rangee, verbes)?;
        Some(Limite { borne: verdict(r, ctx, nom, verbe, noeud)?, lieu })
    })
}

fn verdict(
    r: &mut Resolution<'_>,
    ctx: &Contexte<'_>,
    nom: &str,
    verbe: &str,
    noeud: &Noeud,
) -> Option<Verdict> {
    let borne = match verbe {
        "avant" => Borne::Avant(repere(r, ctx, noeud)?),
        "jusqu_a" => Borne::JusquA(repere(r, ctx, noeud)?),
        "des" => Borne::Des(repere(r, ctx, noeud)?),
        "toujours" => Borne::Toujours,
        "jamais" => Borne::Jamais(noeud.texte().unwrap_or_default().into()),
        "entre" => match noeud.liste() {
            Some([de, a]) => Borne::Entre(repere(r, ctx, de)?, repere(r, ctx, a)?),
            _ => {
                r.lecture.inattendu(noeud, "deux repères attendus, ex. `[\"J 07:30\", \"J 08:45\"]`", None);
                return None;
            }
        },
        _ => {
            let q = noeud.texte().unwrap_or_default();
            question::a_demander(r, nom, noeud.span, q);
            return Some(Verdict::ADemander(q.to_owned()));
        }
    };
    Some(Verdict::Borne(borne))
}

fn repere(r: &mut Resolution<'_>, ctx: &Contexte<'_>, noeud: &Noeud) -> Option<Repere> {
    let noms: Vec<&str> = ctx.calendriers.iter().map(String::as_str).collect();
    r.lecture.feuille(noeud, "repère attendu, ex. `\"J-1 12:00\"`", |t| Repere::lit_avec(t, &noms))
}

/// Declared absences and what they cost.
pub(super) fn absence(r: &mut Resolution<'_>, ctx: &Contexte<'_>, raw: &Sp<RawAbsence>) -> Absence {
    let sur = format!("service.{}.absence", ctx.id);
    question::de_source(r, &sur, raw.source.as_ref());
    question::de_liste(r, &sur, &raw.questions);
    let source = raw.source.as_ref().map(|s| texte_source(s)).or_else(|| ctx.source.clone());
    let lieu = r.pose(raw.span, source.as_ref());
    let mut annonces = Vec::new();
    for a in &raw.annonces {
        question::de_source(r, &sur, a.source.as_ref());
        let nom = format!("la limite de l'annonce `{}` de `{}`", a.annonce.as_str(), ctx.id);
        let limite = limite(
            r,
            ctx,
            &nom,
            &a.limite,
            &["avant", "jusqu_a", "entre", "toujours", "jamais", "a_demander"],
            a.span,
        );
        annonces.push(Annonce { id: a.annonce.to_string(), limite, lieu: r.pose(a.span, source.as_ref()) });
    }
    let resultats = ["facture", "droit", "message", "a_demander"];
    let forme = Forme {
        nom: format!("le tableau des absences de `{}`", ctx.id),
        dimensions: None,
        resultats: &resultats,
        restreint: &ctx.restreint,
        source: source.as_ref(),
        trou: codes::TAR01,
        span: raw.lignes.span.unwrap_or(raw.span),
    };
    let hors = LigneAbsence { facture: Facturee::Oui, droit: None, message: None, lieu };
    let lignes = table::table(r, &forme, &raw.lignes, hors, |r, rangee, lieu| {
        question::de_source(r, &sur, rangee.source.as_ref());
        question::de_liste(r, &sur, &rangee.questions);
        let (cle, noeud) = table::un_resultat(r, rangee, &["facture", "a_demander"])?;
        let facture = match noeud.texte().unwrap_or_default() {
            q if cle == "a_demander" => {
                question::a_demander(r, &sur, noeud.span, q);
                Facturee::ADemander(q.to_owned())
            }
            "oui" | "true" => Facturee::Oui,
            "non" | "false" => Facturee::Non,
            t if t.trim_end().ends_with('%') => Facturee::Taux(r.lecture.feuille(
                noeud,
                "taux attendu",
                crate::definition::raw::valeurs::taux,
            )?),
            _ => Facturee::Montant(r.lecture.feuille(
                noeud,
                "`oui`, `non`, un taux ou un montant attendu",
                crate::definition::raw::valeurs::montant,
            )?),
        };
        let texte = |cle: &str| rangee.entree(cle).and_then(|(_, n)| n.texte()).map(str::to_owned);
        Some(LigneAbsence { facture, droit: texte("droit"), message: texte("message"), lieu })
    });
    let credit = raw.credit.as_ref().and_then(|c| match c.as_str() {
        "facture_suivante" => Some(Credit::FactureSuivante),
        "fin_annee" => Some(Credit::FinAnnee),
        "portefeuille" => Some(Credit::Portefeuille),
        _ => derive::mot(r, c, &["facture_suivante", "fin_annee", "portefeuille"]).and(None),
    });
    Absence { motifs: raw.motifs.iter().map(|m| m.to_string()).collect(), annonces, lignes, credit, lieu }
}

/// A row of places.
pub(super) fn capacite(r: &mut Resolution<'_>, ctx: &Contexte<'_>, raw: &Sp<RawRangee>) -> Option<Capacite> {
    question::de_source(r, &format!("service.{}.capacite", ctx.id), raw.source.as_ref());
    let lieu = r.pose(raw.span, ctx.source.as_ref());
    let (cle, noeud) = table::un_resultat(r, raw, &["places", "encadrement", "a_demander"])?;
    let conditions: Vec<_> = raw
        .entrees
        .iter()
        .filter(|(c, _)| !["places", "encadrement", "a_demander"].contains(&c.texte.as_str()))
        .cloned()
        .collect();
    let si = match conditions.is_empty() {
        true => crate::commune::Condition::default(),
        false => condition::condition(r, &crate::definition::raw::valeurs::RawCondition::Carte(conditions))?,
    };
    let places = match cle {
        "places" => {
            let n = r.lecture.lit::<crate::definition::lecture::Entier>(noeud)?;
            if n.0 <= 0 {
                r.signale(Diagnostic::new(codes::LIM06, noeud.span, "une capacité est d'au moins une place"));
                return None;
            }
            Some(u32::try_from(n.0).ok()?)
        }
        "a_demander" => {
            question::a_demander(
                r,
                &format!("service.{}.capacite", ctx.id),
                noeud.span,
                noeud.texte().unwrap_or_default(),
            );
            None
        }
        _ => None,
    };
    Some(Capacite { si, places, lieu })
}

/// SYN09: nothing keeps a place in a queue yet, and families are refused.
fn attente_non_tenue(span: Span) -> Diagnostic {
    let partie = Attente::Reservations.partie().unwrap_or_default();
    let message = format!(
        "`sinon: liste_attente` est compris, mais rien ne l'applique encore : les délais passés, la réservation est refusée ; attend {partie}"
    );
    Diagnostic::new(codes::SYN09, span, message)
        .aide("écrivez `sinon: refus`, ou gardez-le en sachant que les familles sont refusées pour l'instant")
}
