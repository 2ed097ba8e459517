//! The journal: append-only, each entry chained to the one before by its hash.

use engine::decision::{Agregat, EntreeJournal, Pas};
use engine::demarche::Changement;
use engine::identifiant::FichierId;
use sha2::{Digest, Sha256};

use crate::coffre;
use crate::cx::{Cx, Rang};
use crate::differe::Ajout;
use crate::erreur::{Erreur, illisible};
use crate::portee::Portee;
use crate::sql::{requete, requetes};
use crate::store::Store;
use crate::{dossier, foyer, reservation};

requetes! {
    DERNIERE = "SELECT n, empreinte FROM journal WHERE commune_id = $1 ORDER BY n DESC LIMIT 1";
    ECRIRE = "INSERT INTO journal (commune_id, n, agregat, seq, entree, trace, empreinte) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    D_UN_AGREGAT = "SELECT n, entree, trace FROM journal WHERE commune_id = $1 AND agregat = $2 ORDER BY seq";
    DERNIER_SEQ = "SELECT COALESCE(MAX(seq), 0) FROM journal WHERE commune_id = $1 AND agregat = $2";
    CHAINE = "SELECT n, entree, trace, empreinte FROM journal WHERE commune_id = $1 AND n > $2 ORDER BY n LIMIT 1000";
}

/// An entry with its trace.
#[derive(Clone, Debug, PartialEq)]
pub struct EntreeLue {
    /// Rank in the town's journal.
    pub n: i64,
    /// The entry.
    pub entree: EntreeJournal,
    /// How it was reached.
    pub trace: Vec<Pas>,
}

/// What a part of the journal says of documents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fichiers {
    /// Rank of the last entry read.
    pub dernier: i64,
    /// What happened to them, in order, each with its dossier.
    pub mouvements: Vec<(Agregat, Mouvement)>,
}

/// What an entry says of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mouvement {
    /// It was received, or made.
    Recu(Tenu),
    /// The family took it back before it sent its request.
    Oublie(Tenu),
    /// The family erased the draft.
    Efface,
}

/// A file where a dossier holds it: the same file may be given for two documents.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tenu {
    /// Which file.
    pub fichier: FichierId,
    /// The document that it was given for; empty for one that the town hall made.
    pub piece: String,
}

/// The first entry whose hash does not follow from the one before: somebody wrote in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuptureJournal {
    /// Rank of that entry.
    pub n: i64,
}

impl Store {
    /// What happened to an aggregate, in order; nothing when it is not of this scope.
    pub async fn journal(&self, portee: &Portee, agregat: &Agregat) -> Result<Vec<EntreeLue>, Erreur> {
        let mut cx = self.lecture(portee).await?;
        let sien = match agregat {
            Agregat::Dossier(id) => dossier::lit(&mut cx, portee, id).await?.is_some(),
            Agregat::Foyer(id) => foyer::lit(&mut cx, portee, id).await?.is_some(),
            Agregat::Reservation(id) => reservation::lit(&mut cx, portee, id).await?.is_some(),
            // who read what is the town's to show, when somebody of the household asks for it
            Agregat::Acces(id) => {
                portee.foyer().is_none() && foyer::lit(&mut cx, portee, id).await?.is_some()
            }
            // keys are the town's: no family reads them
            Agregat::Compte(id) => portee.filtre().is_none() || portee.compte() == Some(id),
            Agregat::Cle(_) | Agregat::CleEnfance(_) | Agregat::EssaisDeCle => portee.filtre().is_none(),
        };
        if sien { d_un_agregat(&mut cx, portee, agregat).await } else { Ok(Vec::new()) }
    }

    /// The rank that the next journal entry of an aggregate takes.
    pub async fn seq_suivant(&self, portee: &Portee, agregat: &Agregat) -> Result<i64, Erreur> {
        let mut cx = self.lecture(portee).await?;
        Ok(dernier_seq(&mut cx, portee.commune().as_str(), agregat).await?.saturating_add(1))
    }

    /// Recomputes the hash chain of a town's journal: how many entries, or the first that does not follow.
    pub async fn verifie_journal(&self, portee: &Portee) -> Result<Result<i64, RuptureJournal>, Erreur> {
        verifie(&mut self.lecture(portee).await?, portee.commune().as_str()).await
    }

    /// The documents that the next entries of a town's journal after `apres` received or made, and those of drafts that they say
    /// erased: with the last entry read, or `apres` when there is none left.
    pub async fn fichiers_recus(&self, portee: &Portee, apres: i64) -> Result<Fichiers, Erreur> {
        fichiers(&mut self.lecture(portee).await?, portee.commune().as_str(), apres).await
    }
}

/// The last entry of a town's chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tete {
    n: i64,
    empreinte: Vec<u8>,
}

/// An aggregate as rows name it: `dossier:01h…`.
pub(crate) fn nom(agregat: &Agregat) -> String {
    match agregat {
        Agregat::Dossier(id) => format!("dossier:{id}"),
        Agregat::Foyer(id) => format!("foyer:{id}"),
        Agregat::Reservation(id) => format!("reservation:{id}"),
        Agregat::Acces(id) => format!("acces:{id}"),
        Agregat::Cle(id) => format!("cle:{id}"),
        Agregat::Compte(id) => format!("compte:{id}"),
        Agregat::CleEnfance(id) => format!("cle_enfance:{id}"),
        Agregat::EssaisDeCle => "essais_de_cle".to_owned(),
    }
}

fn empreinte(precedente: &[u8], entree: &str, trace: &str) -> Vec<u8> {
    Sha256::new()
        .chain_update(precedente)
        .chain_update(entree)
        .chain_update([0])
        .chain_update(trace)
        .finalize()
        .to_vec()
}

/// Appends. Whoever writes a town's journal holds its lock: nobody else appends between the reading and the writing.
pub(crate) async fn ecrit(
    cx: &mut Cx,
    commune: &str,
    entree: &EntreeJournal,
    trace: &[Pas],
) -> Result<(), Erreur> {
    let tete = tete(cx, commune).await?;
    let n = tete.n.saturating_add(1);
    let (rang, coffre) = (n.to_string(), cx.coffre.as_ref());
    let texte = serde_json::to_string(entree)?;
    let texte = coffre::range(coffre, texte, &[commune, "journal", &rang], |c| c.garde_entree(entree))?;
    let trace = serde_json::to_string(trace)?;
    let trace = coffre::range_s_il_nomme(coffre, trace, &[commune, "trace", &rang])?;
    // of what is written: the chain is checked without the key
    let suivante = Tete { n, empreinte: empreinte(&tete.empreinte, &texte, &trace) };
    let rang = vec![
        commune.to_owned().into(),
        suivante.n.into(),
        nom(&entree.agregat).into(),
        entree.seq.into(),
        texte.into(),
        trace.into(),
        suivante.empreinte.clone().into(),
    ];
    cx.ajoute(Ajout::Journal, rang);
    cx.tete = Some(suivante);
    Ok(())
}

/// The end of the chain: read once a transaction.
async fn tete(cx: &mut Cx, commune: &str) -> Result<Tete, Erreur> {
    if let Some(tete) = cx.tete.take() {
        return Ok(tete);
    }
    let derniere = requete(DERNIERE).bind(commune).fetch_optional(cx).await?;
    derniere.map_or_else(|| Ok(Tete::default()), |r| Ok(Tete { n: r.try_get(0)?, empreinte: r.try_get(1)? }))
}

/// The rank of an aggregate's last entry; 0 = none.
pub(crate) async fn dernier_seq(cx: &mut Cx, commune: &str, agregat: &Agregat) -> Result<i64, Erreur> {
    requete(DERNIER_SEQ).bind(commune).bind(nom(agregat)).fetch_one(cx).await?.try_get(0)
}

/// Everything that happened to an aggregate, in order. The caller read the aggregate itself in its scope first.
pub(crate) async fn d_un_agregat(
    cx: &mut Cx,
    portee: &Portee,
    agregat: &Agregat,
) -> Result<Vec<EntreeLue>, Erreur> {
    let rangs = requete(D_UN_AGREGAT).bind(portee.commune().as_str()).bind(nom(agregat));
    let rangs = rangs.fetch_all(&mut *cx).await?;
    rangs.iter().map(|r| lit(cx, portee.commune().as_str(), r)).collect()
}

fn lit(cx: &Cx, commune: &str, rang: &Rang) -> Result<EntreeLue, Erreur> {
    let n: i64 = rang.try_get(0)?;
    let place = [commune, "trace", &n.to_string()];
    let trace = coffre::lis(cx.coffre.as_ref(), rang.try_get(2)?, &place, ("journal", "trace"))?;
    Ok(EntreeLue {
        n,
        entree: entree_lue(cx, commune, n, rang.try_get(1)?)
            .and_then(|e| serde_json::from_str(&e).map_err(illisible("journal", "entree")))?,
        trace: serde_json::from_str(&trace).map_err(illisible("journal", "trace"))?,
    })
}

fn entree_lue(cx: &Cx, commune: &str, n: i64, texte: String) -> Result<String, Erreur> {
    coffre::lis(cx.coffre.as_ref(), texte, &[commune, "journal", &n.to_string()], ("journal", "entree"))
}

/// The documents received in the next thousand entries after `apres`, and the drafts erased.
pub(crate) async fn fichiers(cx: &mut Cx, commune: &str, apres: i64) -> Result<Fichiers, Erreur> {
    let rangs = requete(CHAINE).bind(commune).bind(apres).fetch_all(&mut *cx).await?;
    let mut lus = Fichiers { dernier: apres, ..Fichiers::default() };
    for rang in &rangs {
        lus.dernier = rang.try_get(0)?;
        let texte = entree_lue(cx, commune, lus.dernier, rang.try_get(1)?)?;
        // most entries hold no document: they are not worth reading whole
        if !["\"fichiers\"", "\"document_fait\"", "{\"efface\""].iter().any(|mot| texte.contains(mot)) {
            continue;
        }
        let entree: EntreeJournal = serde_json::from_str(&texte).map_err(illisible("journal", "entree"))?;
        let agregat = entree.agregat;
        for changement in entree.changements {
            let mut note = |piece: String, fichiers: Vec<FichierId>, quoi: fn(Tenu) -> Mouvement| {
                let tenus = fichiers.into_iter().map(|fichier| Tenu { fichier, piece: piece.clone() });
                lus.mouvements.extend(tenus.map(|t| (agregat.clone(), quoi(t))));
            };
            match changement {
                Changement::PieceRecue { piece, recue } => note(piece, recue.fichiers, Mouvement::Recu),
                Changement::PieceRetiree { piece, fichiers, oubliees: true } => {
                    note(piece, fichiers, Mouvement::Oublie)
                }
                Changement::DocumentFait(fait) => note(String::new(), vec![fait.fichier], Mouvement::Recu),
                Changement::Efface(_) => lus.mouvements.push((agregat.clone(), Mouvement::Efface)),
                _ => {}
            }
        }
    }
    Ok(lus)
}

/// Recomputes the whole chain: the number of entries, or the first that does not follow.
pub(crate) async fn verifie(cx: &mut Cx, commune: &str) -> Result<Result<i64, RuptureJournal>, Erreur> {
    let (mut vues, mut precedente) = (0_i64, Vec::new());
    loop {
        let rangs = requete(CHAINE).bind(commune).bind(vues).fetch_all(&mut *cx).await?;
        if rangs.is_empty() {
            return Ok(Ok(vues));
        }
        for rang in rangs {
            let n: i64 = rang.try_get(0)?;
            let (entree, trace): (String, String) = (rang.try_get(1)?, rang.try_get(2)?);
            let attendue = empreinte(&precedente, &entree, &trace);
            if n != vues.saturating_add(1) || rang.try_get::<Vec<u8>>(3)? != attendue {
                return Ok(Err(RuptureJournal { n }));
            }
            (vues, precedente) = (n, attendue);
        }
    }
}
