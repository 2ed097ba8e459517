//! A dossier as its pages show it: steps, answers, documents, acts, and what comes next.

use engine::decision::Refus;
use engine::demarche::{
    Action, Champ, Demarche, Dossier, EtatPiece, Exige, Phase, PieceDemandee, Reponses, Silence, VautSilence,
};

use crate::formulaire::reponse_lisible;
use crate::vues::{ActionVue, Genre, Jalon, LigneRecap, PieceVue, SectionRecap};

/// Where one is in a procedure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ou {
    /// Its presentation.
    Presentation,
    /// The n-th screen, from 0.
    Ecran(usize),
    /// The documents.
    Pieces,
    /// The recapitulation.
    Recapitulatif,
}

/// The way through a procedure.
pub fn jalons(demarche: &Demarche, ou: Ou) -> Vec<Jalon> {
    let mut etapes = vec![(Ou::Presentation, "La démarche".to_owned())];
    etapes.extend(demarche.formulaire.iter().enumerate().map(|(i, e)| (Ou::Ecran(i), e.titre.clone())));
    if !demarche.pieces.is_empty() {
        etapes.push((Ou::Pieces, "Mes documents".to_owned()));
    }
    etapes.push((Ou::Recapitulatif, "Récapitulatif".to_owned()));
    let ici = etapes.iter().position(|(e, _)| *e == ou).unwrap_or(0);
    etapes
        .into_iter()
        .enumerate()
        .map(|(i, (_, titre))| Jalon { titre, fait: i < ici, ici: i == ici })
        .collect()
}

/// The answers, screen by screen; `visibles` are the fields that show. `modifier` gives the address of the n-th screen.
pub fn recapitulatif(
    demarche: &Demarche,
    reponses: &Reponses,
    visibles: &[&Champ],
    modifier: impl Fn(usize) -> String,
) -> Vec<SectionRecap> {
    let lignes = |champs: &[Champ]| -> Vec<LigneRecap> {
        champs
            .iter()
            .filter(|c| visibles.iter().any(|v| v.id == c.id))
            .map(|c| LigneRecap {
                libelle: c.nom.clone(),
                valeur: reponses
                    .0
                    .get(&c.id)
                    .map_or_else(|| "non renseigné".to_owned(), |r| reponse_lisible(c, r)),
            })
            .collect()
    };
    demarche
        .formulaire
        .iter()
        .enumerate()
        .map(|(i, e)| SectionRecap {
            titre: e.titre.clone(),
            lignes: lignes(&e.champs),
            modifier: modifier(i),
        })
        .collect()
}

/// The documents asked, with their state; `famille_ecrit`: may they be sent now?
pub fn pieces(demandees: &[PieceDemandee], dossier: &Dossier, famille_ecrit: bool) -> Vec<PieceVue> {
    demandees
        .iter()
        .map(|p| {
            let recue = dossier.pieces.get(&p.piece);
            let (etat, genre, manque) = match recue.map(|r| &r.etat) {
                Some(EtatPiece::Acceptee) => ("vérifiée".to_owned(), Genre::Succes, false),
                Some(EtatPiece::AVerifier) => ("envoyée".to_owned(), Genre::Succes, false),
                Some(EtatPiece::Refusee(motif)) => (format!("à renvoyer : {motif}"), Genre::Erreur, true),
                None if p.deja_recue => ("déjà donnée".to_owned(), Genre::Succes, false),
                None if p.bloque => ("à envoyer".to_owned(), Genre::Alerte, true),
                None => ("non envoyée".to_owned(), Genre::Info, true),
            };
            PieceVue {
                piece: p.piece.clone(),
                id: format!("piece-{}", p.piece),
                nom: p.nom.clone(),
                exigence: match (p.bloque, p.plus_tard) {
                    (true, _) => "obligatoire",
                    (false, true) => "à donner dès que possible",
                    (false, false) => "facultative",
                }
                .to_owned(),
                etat,
                genre,
                a_envoyer: famille_ecrit && manque,
                datee: p.age_max.is_some(),
                erreur: String::new(),
            }
        })
        .collect()
}

/// The buttons that the state machine allows: what stops one now is said after the press, with its rule.
pub fn actions(demarche: &Demarche, permises: &[(&Action, Option<Refus>)]) -> Vec<ActionVue> {
    proposees(permises)
        .map(|action| {
            let suite = action.vers.as_deref().and_then(|v| demarche.etape(v)).map(|e| e.phase);
            ActionVue {
                action: action.id.clone(),
                nom: action.nom.clone(),
                motif: action.exige.contains(&Exige::Motif),
                danger: matches!(suite, Some(Phase::Refusee | Phase::Annulee | Phase::Expiree)),
            }
        })
        .collect()
}

/// Of the actions that share a name, whose conditions exclude each other, the one whose condition holds: one button.
fn proposees<'a>(permises: &'a [(&'a Action, Option<Refus>)]) -> impl Iterator<Item = &'a Action> {
    let tient = |refus: &Option<Refus>| refus.as_ref().is_none_or(|r| !r.regle.ends_with(".si"));
    let retenue = move |id: &str| {
        let memes = || permises.iter().filter(|(a, _)| a.id == id);
        memes().find(|(_, r)| tient(r)).or_else(|| memes().next())
    };
    let seule = move |(a, _): &&(&'a Action, Option<Refus>)| {
        retenue(&a.id).is_some_and(|(premiere, _)| std::ptr::eq(*a, *premiere))
    };
    permises.iter().filter(seule).map(|(a, _)| *a)
}

/// The tone of a phase.
pub const fn genre(phase: Phase) -> Genre {
    match phase {
        Phase::Acceptee => Genre::Succes,
        Phase::Brouillon | Phase::Incomplete | Phase::Suspendue => Genre::Alerte,
        Phase::Deposee | Phase::EnInstruction | Phase::EnAttente => Genre::Info,
        Phase::Refusee | Phase::Annulee | Phase::Expiree => Genre::Erreur,
    }
}

/// What silence means.
pub fn silence(silence: &Silence) -> String {
    let vaut = match silence.vaut {
        VautSilence::Acceptation => "acceptée",
        VautSilence::Rejet => "rejetée",
    };
    format!("Sans réponse au bout de {}, une demande complète est considérée comme {vaut}.", silence.delai)
}

/// What comes next, in one sentence; empty when nothing does.
pub fn suite(demarche: &Demarche, dossier: &Dossier) -> String {
    match dossier.phase {
        Phase::Brouillon => "Votre demande n’est pas encore envoyée : personne d’autre que vous ne la voit.".to_owned(),
        Phase::Incomplete => "Le service attend vos précisions pour reprendre l’examen de votre demande.".to_owned(),
        Phase::Deposee | Phase::EnInstruction | Phase::EnAttente => silence(&demarche.silence),
        Phase::Suspendue => "Votre demande est suspendue.".to_owned(),
        Phase::Refusee => "Vous pouvez contester cette décision dans les deux mois : auprès du service qui l’a prise, puis du tribunal administratif.".to_owned(),
        Phase::Acceptee | Phase::Annulee | Phase::Expiree => String::new(),
    }
}

#[cfg(test)]
mod tests;
