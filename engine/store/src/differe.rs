//! What the writes of a batch append is sent together, a statement a table: a statement costs a round trip to the engine, and
//! appending needs no answer.
//!
//! Rows wait in the [`Cx`] that writes them. A statement that names one of their tables sends them first, so that whoever
//! reads sees what was written before; the batch sends what is left before it commits, and an order under its own savepoint
//! before it is released. What a unique key refuses is refused there, inside the transaction.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use crate::cx::Cx;
use crate::erreur::Erreur;
use crate::sql::{Requete, Sql, Valeur};
use crate::{compteur, echeance, idempotence, journal, outbox};

/// Rows that one statement appends; what is left over goes by the smaller ones, so that few texts are prepared.
const TAILLES: [usize; 4] = [64, 16, 4, 1];

/// A table whose rows wait. Sent in this order.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ajout {
    Journal,
    Outbox,
    Echeance,
    Cle,
}

impl Ajout {
    const TOUS: [Self; 4] = [Self::Journal, Self::Outbox, Self::Echeance, Self::Cle];

    const fn table(self) -> &'static str {
        match self {
            Self::Journal => "journal",
            Self::Outbox => "outbox",
            Self::Echeance => "echeance",
            Self::Cle => "cle_idempotence",
        }
    }

    /// The statement that appends one row.
    pub(crate) const fn un(self) -> Sql {
        match self {
            Self::Journal => journal::ECRIRE,
            Self::Outbox => outbox::ECRIRE,
            Self::Echeance => echeance::ECRIRE,
            Self::Cle => idempotence::ECRIRE,
        }
    }

    /// Leading values that name a row which the next one replaces: an engine does not write a row twice in one statement.
    const fn cle(self) -> Option<usize> {
        match self {
            Self::Echeance => Some(3),
            Self::Journal | Self::Outbox | Self::Cle => None,
        }
    }
}

/// Rows that wait, and what was read once for the batch.
#[derive(Debug, Default)]
pub(crate) struct Differes {
    rangs: [Vec<Vec<Valeur<'static>>>; 4],
    /// The last numbers given, to write.
    pub(crate) compteurs: BTreeMap<String, i64>,
    /// The idempotency keys of the batch, read at its start: the request and its answer, where there is one.
    pub(crate) cles: HashMap<String, Option<(Vec<u8>, String)>>,
}

impl Differes {
    /// A row to append.
    pub(crate) fn ajoute(&mut self, ajout: Ajout, rang: Vec<Valeur<'static>>) {
        let Some(rangs) = self.rangs.get_mut(ajout as usize) else { return };
        let meme = ajout.cle().and_then(|n| rangs.iter_mut().find(|autre| autre.get(..n) == rang.get(..n)));
        match meme {
            Some(autre) => *autre = rang,
            None => rangs.push(rang),
        }
    }

    /// Does this statement name a table whose rows wait?
    pub(crate) fn concerne(&self, sql: &str) -> bool {
        Ajout::TOUS.iter().zip(&self.rangs).any(|(a, rangs)| !rangs.is_empty() && sql.contains(a.table()))
    }
}

/// Sends the rows that wait.
pub(crate) async fn envoie(cx: &mut Cx) -> Result<(), Erreur> {
    let rangs = std::mem::take(&mut cx.differes.rangs);
    for (ajout, rangs) in Ajout::TOUS.into_iter().zip(rangs) {
        let mut reste = rangs.into_iter();
        while reste.len() > 0 {
            let taille = TAILLES.into_iter().find(|t| *t <= reste.len()).unwrap_or(1);
            let valeurs = reste.by_ref().take(taille).flatten().collect();
            Requete::avec(plusieurs(ajout, taille), valeurs).execute(cx).await?;
        }
    }
    Ok(())
}

/// Sends everything: the rows, and the last number of each counter.
pub(crate) async fn envoie_tout(cx: &mut Cx, commune: &str) -> Result<(), Erreur> {
    envoie(cx).await?;
    for (cle, dernier) in std::mem::take(&mut cx.differes.compteurs) {
        compteur::pose(cx, commune, &cle, dernier).await?;
    }
    Ok(())
}

/// The statement that appends `taille` rows: made once.
fn plusieurs(ajout: Ajout, taille: usize) -> Sql {
    static TEXTES: [[OnceLock<String>; 4]; 4] = [const { [const { OnceLock::new() }; 4] }; 4];
    let un = ajout.un();
    let rang = TAILLES.iter().position(|t| *t == taille);
    let Some(texte) = rang.and_then(|r| TEXTES.get(ajout as usize)?.get(r)) else { return un };
    let texte = texte.get_or_init(|| repete(un.sqlite, taille));
    Sql { sqlite: texte, pg: texte }
}

/// `… VALUES ($1, $2) …` with as many rows as asked: `… VALUES ($1, $2), ($3, $4) …`.
pub(crate) fn repete(un: &str, rangs: usize) -> String {
    let Some((debut, reste)) = un.split_once("VALUES (") else { return un.to_owned() };
    let Some((rang, fin)) = reste.split_once(')') else { return un.to_owned() };
    let colonnes = rang.split(',').count();
    let un_rang = |r: usize| {
        let valeurs: Vec<String> = (1..=colonnes).map(|c| format!("${}", r * colonnes + c)).collect();
        format!("({})", valeurs.join(", "))
    };
    let rangs: Vec<String> = (0..rangs).map(un_rang).collect();
    format!("{debut}VALUES {}{fin}", rangs.join(", "))
}

/// Every statement that this file makes, with its name.
#[cfg(test)]
pub(crate) fn toutes() -> Vec<(String, Sql)> {
    let de = |a: Ajout| TAILLES.map(|t| (format!("differe::{}_{t}", a.table()), plusieurs(a, t)));
    Ajout::TOUS.into_iter().flat_map(de).collect()
}
