//! What the writes of a batch append, and the dossiers that they move, is sent together, a statement a table: a statement costs a
//! round trip to the engine, and none of these needs its answer to go on.
//!
//! Rows wait in the [`Cx`] that writes them. A statement that names one of their tables, or a table that points to it, sends
//! them first, so that whoever reads sees what was written before; the batch sends what is left before it commits, and an order
//! under its own savepoint before it is released. What a unique key or a version refuses is refused there, inside the
//! transaction: the batch is then written again with a savepoint an order, a row a statement, and the refusal finds its order.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use engine::identifiant::DossierId;

use crate::cx::Cx;
use crate::erreur::Erreur;
use crate::sql::{Requete, Sql, Valeur};
use crate::{compteur, dossier, echeance, idempotence, journal, outbox};

/// Rows that one statement appends; what is left over goes by the smaller ones, so that few texts are prepared.
const TAILLES: [usize; 5] = [64, 16, 4, 2, 1];
/// How many kinds of rows wait.
const NOMBRE: usize = 7;

/// A table whose rows wait. Sent in this order: whom others point to comes first.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ajout {
    DossierNeuf,
    Dossier,
    Journal,
    Outbox,
    Echeance,
    Cle,
    Reponse,
}

impl Ajout {
    const TOUS: [Self; NOMBRE] = [
        Self::DossierNeuf,
        Self::Dossier,
        Self::Journal,
        Self::Outbox,
        Self::Echeance,
        Self::Cle,
        Self::Reponse,
    ];

    /// Its table, and those that point to it.
    const fn tables(self) -> &'static [&'static str] {
        match self {
            Self::DossierNeuf | Self::Dossier => &["dossier", "inscription", "suivi"],
            Self::Journal => &["journal"],
            Self::Outbox => &["outbox"],
            Self::Echeance => &["echeance"],
            Self::Cle | Self::Reponse => &["cle_idempotence"],
        }
    }

    /// The statement that appends one row.
    pub(crate) const fn un(self) -> Sql {
        match self {
            Self::DossierNeuf => dossier::CREER,
            Self::Dossier => dossier::MODIFIER,
            Self::Journal => journal::ECRIRE,
            Self::Outbox => outbox::ECRIRE,
            Self::Echeance => echeance::ECRIRE,
            Self::Cle => idempotence::ECRIRE,
            Self::Reponse => idempotence::COMPLETER,
        }
    }

    /// Leading values that name a row which the next one replaces: an engine does not write a row twice in one statement.
    const fn cle(self) -> Option<usize> {
        match self {
            Self::Echeance => Some(3),
            _ => None,
        }
    }

    /// What a row that changed nothing means.
    fn sans_effet(self, rang: &[Valeur<'static>]) -> Option<Erreur> {
        matches!(self, Self::DossierNeuf | Self::Dossier).then(|| dossier::depasse(rang))
    }
}

/// Rows that wait, and what was read once for the batch.
#[derive(Debug, Default)]
pub(crate) struct Differes {
    rangs: [Vec<Vec<Valeur<'static>>>; NOMBRE],
    /// The last numbers given, to write.
    pub(crate) compteurs: BTreeMap<String, i64>,
    /// The idempotency keys of the batch, read at its start: the request and its answer, where there is one.
    pub(crate) cles: HashMap<String, Option<(Vec<u8>, String)>>,
    /// The dossiers that the batch writes, read at its start, where it has several.
    pub(crate) dossiers: Option<dossier::Connus>,
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

    /// The last kind of rows that must be sent before this statement: those of a table that it names, or that one of these
    /// points to, and those that go before them.
    pub(crate) fn concerne(&self, sql: &str) -> Option<Ajout> {
        let attend = |(a, rangs): &(Ajout, &Vec<_>)| {
            !rangs.is_empty() && a.tables().iter().any(|table| nomme(sql, table))
        };
        Ajout::TOUS.into_iter().zip(&self.rangs).filter(attend).map(|(a, _)| a).next_back()
    }

    /// Does this dossier wait to be written?
    pub(crate) fn attend(&self, id: &DossierId) -> bool {
        let id = Valeur::from(id.as_str());
        let dossiers = [Ajout::DossierNeuf, Ajout::Dossier];
        dossiers.iter().filter_map(|a| self.rangs.get(*a as usize)).flatten().any(|r| r.get(1) == Some(&id))
    }
}

/// Is this table a word of the statement?
fn nomme(sql: &str, table: &str) -> bool {
    let d_un_mot = |c: char| c.is_ascii_alphanumeric() || c == '_';
    sql.match_indices(table).any(|(debut, _)| {
        let (avant, apres) = (sql.get(..debut), sql.get(debut + table.len()..));
        !avant.is_some_and(|a| a.ends_with(d_un_mot)) && !apres.is_some_and(|a| a.starts_with(d_un_mot))
    })
}

/// Sends the rows that wait, up to those of `dernier`.
pub(crate) async fn envoie(cx: &mut Cx, dernier: Ajout) -> Result<(), Erreur> {
    for ajout in Ajout::TOUS.into_iter().take(dernier as usize + 1) {
        let rangs = cx.differes.rangs.get_mut(ajout as usize).map(std::mem::take).unwrap_or_default();
        let mut reste = rangs.into_iter().peekable();
        while let Some(premier) = reste.peek() {
            // made before the row is sent: which one was refused is known when it goes alone
            let sans_effet = ajout.sans_effet(premier);
            let taille = TAILLES.into_iter().find(|t| *t <= reste.len() && !cx.prudent).unwrap_or(1);
            let valeurs = reste.by_ref().take(taille).flatten().collect();
            let touchees = Requete::avec(plusieurs(ajout, taille), valeurs).execute(cx).await?;
            if let Some(erreur) = sans_effet
                && usize::try_from(touchees) != Ok(taille)
            {
                // whose row it is is not known here: no other order may be blamed, and none may stand without it
                cx.a_ecrit = true;
                return Err(erreur);
            }
        }
    }
    Ok(())
}

/// Sends everything: the rows, and the last number of each counter.
pub(crate) async fn envoie_tout(cx: &mut Cx, commune: &str) -> Result<(), Erreur> {
    envoie(cx, Ajout::Reponse).await?;
    for (cle, dernier) in std::mem::take(&mut cx.differes.compteurs) {
        compteur::pose(cx, commune, &cle, dernier).await?;
    }
    Ok(())
}

/// The statement that appends `taille` rows: made once.
fn plusieurs(ajout: Ajout, taille: usize) -> Sql {
    type Textes = OnceLock<(String, String)>;
    static TEXTES: [[Textes; TAILLES.len()]; NOMBRE] =
        [const { [const { OnceLock::new() }; TAILLES.len()] }; NOMBRE];
    let un = ajout.un();
    let rang = TAILLES.iter().position(|t| *t == taille);
    let Some(texte) = rang.and_then(|r| TEXTES.get(ajout as usize)?.get(r)) else { return un };
    // SQLite looks for the name of each parameter among those before it: a thousand numbered ones cost half a million steps
    let (sqlite, pg) = texte.get_or_init(|| {
        (repete(un.sqlite, taille, |_| "?".to_owned()), repete(un.pg, taille, |n| format!("${n}")))
    });
    Sql { sqlite, pg }
}

/// `… VALUES ($1, $2) …` with as many rows as asked: `… VALUES ($1, $2), ($3, $4) …`.
fn repete(un: &str, rangs: usize, parametre: impl Fn(usize) -> String) -> String {
    let Some((debut, reste)) = un.split_once("VALUES (") else { return un.to_owned() };
    let Some((rang, fin)) = reste.split_once(')') else { return un.to_owned() };
    let colonnes = rang.split(',').count();
    let un_rang = |r: usize| {
        let valeurs: Vec<String> = (1..=colonnes).map(|c| parametre(r * colonnes + c)).collect();
        format!("({})", valeurs.join(", "))
    };
    let rangs: Vec<String> = (0..rangs).map(un_rang).collect();
    format!("{debut}VALUES {}{fin}", rangs.join(", "))
}

/// Every statement that this file makes, with its name.
#[cfg(test)]
pub(crate) fn toutes() -> Vec<(String, Sql)> {
    let de = |a: Ajout| TAILLES.map(|t| (format!("differe::{a:?}_{t}"), plusieurs(a, t)));
    Ajout::TOUS.into_iter().flat_map(de).collect()
}
