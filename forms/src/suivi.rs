//! A dossier as its pages show it: steps, answers, documents, acts, and what comes next.

use engine::decision::Refus;
use engine::demarche::{
    Action, Champ, Demarche, Dossier, EtatPiece, Exige, FICHIERS_PAR_PIECE, Phase, PieceDemandee, PieceRecue,
    Reponses, Silence, SujetVise, VautSilence,
};
use engine::identifiant::FichierId;
use jiff::tz::TimeZone;
use rules::date_fr;

use crate::formulaire::reponse_lisible;
use crate::vues::{ActionVue, FichierVu, Genre, Jalon, LigneRecap, PieceVue, SectionRecap, TexteVue};

/// Where one is in a procedure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ou {
    /// Its presentation.
    Presentation,
    /// The appointment.
    RendezVous,
    /// Who files.
    Informations,
    /// The n-th screen, from 0.
    Ecran(usize),
    /// The documents.
    Pieces,
    /// The recapitulation.
    Recapitulatif,
}

/// The way through a procedure: the same steps in each, and where one is inside the current one.
pub fn jalons(demarche: &Demarche, ou: Ou) -> Vec<Jalon> {
    let informations = ecrans_d_informations(demarche);
    let mut etapes = vec!["La démarche"];
    if demarche.rendez_vous.is_some() {
        etapes.push("Mon rendez-vous");
    }
    etapes.extend(["Mes informations", "Ma demande", "Récapitulatif"]);
    let titre = match ou {
        Ou::Presentation => "La démarche",
        Ou::RendezVous => "Mon rendez-vous",
        Ou::Informations => "Mes informations",
        Ou::Ecran(n) if n < informations => "Mes informations",
        Ou::Ecran(_) | Ou::Pieces => "Ma demande",
        Ou::Recapitulatif => "Récapitulatif",
    };
    let ecrans = demarche.formulaire.len();
    let pages = ecrans.saturating_sub(informations) + usize::from(!demarche.pieces.is_empty());
    let page = match ou {
        Ou::Ecran(n) if n >= informations => Some(n - informations + 1),
        Ou::Pieces => Some(pages),
        _ => None,
    };
    let detail = page.filter(|_| pages > 1).map(|p| format!("page {p} sur {pages}")).unwrap_or_default();
    let ici = etapes.iter().position(|e| *e == titre).unwrap_or(0);
    etapes
        .into_iter()
        .enumerate()
        .map(|(i, titre)| Jalon {
            titre: titre.to_owned(),
            fait: i < ici,
            ici: i == ici,
            detail: if i == ici { detail.clone() } else { String::new() },
        })
        .collect()
}

/// How many of the first screens ask only about who files and the household.
fn ecrans_d_informations(demarche: &Demarche) -> usize {
    let sien =
        |c: &Champ| c.fait.as_ref().is_some_and(|f| matches!(f.de, SujetVise::Foyer | SujetVise::Demandeur));
    demarche.formulaire.iter().take_while(|e| !e.champs.is_empty() && e.champs.iter().all(sien)).count()
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

/// The documents asked, with their state; `famille_ecrit`: may they be sent now? `adresse`: the dossier's, where its reader may
/// look at what was sent; `retire`: may they be taken back?
pub fn pieces(
    demandees: &[PieceDemandee],
    dossier: &Dossier,
    famille_ecrit: bool,
    adresse: Option<&str>,
) -> Vec<PieceVue> {
    let retire = famille_ecrit && dossier.phase.famille_ecrit();
    let tenue = |id: &str| dossier.pieces.get(id).is_some_and(|r| !matches!(r.etat, EtatPiece::Refusee(_)));
    let remplacees: Vec<(PieceDemandee, String)> =
        demandees.iter().flat_map(|p| a_la_place(p, demandees, &tenue)).collect();
    let toutes = demandees.iter().map(|p| (p, None)).chain(remplacees.iter().map(|(p, dit)| (p, Some(dit))));
    toutes
        .map(|(p, exigence)| {
            let recue = dossier.pieces.get(&p.piece);
            let autre = p.a_la_place.iter().find(|a| tenue(&a.piece));
            let (etat, genre, manque) = match (recue.map(|r| &r.etat), autre) {
                (None, Some(autre)) => {
                    let quand = if autre.provisoire { "en attendant" } else { "à la place" };
                    (format!("donnée {quand} : {}", autre.nom), Genre::Info, true)
                }
                (Some(EtatPiece::Acceptee), _) => ("vérifiée".to_owned(), Genre::Succes, false),
                (Some(EtatPiece::AVerifier), _) => ("envoyée".to_owned(), Genre::Succes, false),
                (Some(EtatPiece::Refusee(motif)), _) => {
                    (format!("à renvoyer : {motif}"), Genre::Erreur, true)
                }
                (None, None) if p.deja_recue => ("déjà donnée".to_owned(), Genre::Succes, false),
                (None, None) if p.bloque => ("à envoyer".to_owned(), Genre::Alerte, true),
                (None, None) => ("non envoyée".to_owned(), Genre::Info, true),
            };
            let nombre = recue.map_or(0, |r| r.fichiers.len());
            let max = usize::try_from(p.fichiers.unwrap_or(FICHIERS_PAR_PIECE)).unwrap_or(usize::MAX);
            // once accepted by the service, only a request back in the family's hands changes it
            let change = famille_ecrit
                && !manque
                && recue.map_or(p.deja_recue, |r| retire || r.etat != EtatPiece::Acceptee);
            PieceVue {
                piece: p.piece.clone(),
                id: format!("piece-{}", p.piece),
                nom: p.nom.clone(),
                pour_qui: p.pour_qui.clone(),
                exigence: match (exigence, p.bloque, p.plus_tard) {
                    (Some(dite), ..) => dite.as_str(),
                    (None, true, _) => "obligatoire",
                    (None, false, true) => "à donner dès que possible",
                    (None, false, false) => "facultative",
                }
                .to_owned(),
                etat,
                genre,
                a_envoyer: famille_ecrit && manque,
                a_completer: change && nombre > 0 && nombre < max,
                a_remplacer: change,
                a_retirer: retire && nombre > 0,
                combien: match nombre {
                    0 => String::new(),
                    n => format!("{n} fichier{} sur {max}", if n > 1 { "s" } else { "" }),
                },
                plusieurs: max > 1,
                fichiers: fichiers(recue, p, adresse),
                datee: p.age_max.is_some(),
                erreur: String::new(),
            }
        })
        .collect()
}

/// What may be given instead of a document that is not there, as documents of their own; one asked for itself is not shown twice.
fn a_la_place(
    piece: &PieceDemandee,
    demandees: &[PieceDemandee],
    tenue: &impl Fn(&str) -> bool,
) -> Vec<(PieceDemandee, String)> {
    let manque = !tenue(&piece.piece) && !piece.deja_recue;
    let autres = piece
        .a_la_place
        .iter()
        .filter(|a| (manque || tenue(&a.piece)) && demandees.iter().all(|d| d.piece != a.piece));
    autres
        .map(|a| {
            let quand = if a.provisoire { "en attendant" } else { "à la place de" };
            let seule = PieceDemandee {
                piece: a.piece.clone(),
                nom: a.nom.clone(),
                bloque: false,
                deja_recue: false,
                a_la_place: Vec::new(),
                age_max: None,
                fichiers: None,
                ..piece.clone()
            };
            (seule, format!("acceptée {quand} « {} »", piece.nom))
        })
        .collect()
}

/// The files of a document, as its reader opens them.
fn fichiers(recue: Option<&PieceRecue>, piece: &PieceDemandee, adresse: Option<&str>) -> Vec<FichierVu> {
    let (Some(recue), Some(adresse)) = (recue, adresse) else { return Vec::new() };
    let un = |(n, id): (usize, &FichierId)| FichierVu {
        id: id.to_string(),
        titre: format!("{}, fichier {n}", piece.nom),
        href: format!("{adresse}/pieces/{}/{n}", piece.piece),
        image: recue.images.contains(id),
    };
    (1..).zip(&recue.fichiers).map(un).collect()
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
                textes: action
                    .textes
                    .iter()
                    .map(|(nom, texte)| TexteVue { nom: nom.clone(), texte: texte.clone() })
                    .collect(),
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

/// The same for a dossier whose clock runs, with its date.
pub fn silence_date(demarche: &Demarche, dossier: &Dossier, fuseau: &TimeZone) -> String {
    let Some(le) = dossier.suivi.silence_le.filter(|_| dossier.phase.silence_court()) else {
        return silence(&demarche.silence);
    };
    let vaut = match demarche.silence.vaut {
        VautSilence::Acceptation => "acceptée",
        VautSilence::Rejet => "rejetée",
    };
    // the delay ends with its last day
    let jour = le.to_zoned(fuseau.clone()).date();
    let dernier = jour.yesterday().unwrap_or(jour);
    format!(
        "Sans réponse au plus tard le {}, votre demande, si elle est complète, sera considérée comme {vaut}.",
        date_fr::date_longue(dernier)
    )
}

/// How to contest a refusal, express or by silence (code de justice administrative, R421-1 and R421-2).
pub const RECOURS: &str = "Vous pouvez contester cette décision dans les deux mois : par un recours auprès du service qui l’a prise, ou devant le tribunal administratif (www.telerecours.fr). Un recours auprès du service suspend le délai pour saisir le tribunal.";

/// What comes next, in one sentence; empty when nothing does.
pub fn suite(demarche: &Demarche, dossier: &Dossier, fuseau: &TimeZone) -> String {
    match dossier.phase {
        Phase::Brouillon => {
            "Votre demande n’est pas encore envoyée : personne d’autre que vous ne la voit.".to_owned()
        }
        Phase::Incomplete => {
            "Le service attend vos précisions pour reprendre l’examen de votre demande.".to_owned()
        }
        Phase::Deposee | Phase::EnInstruction | Phase::EnAttente => silence_date(demarche, dossier, fuseau),
        Phase::Suspendue => "Votre demande est suspendue.".to_owned(),
        Phase::Refusee => RECOURS.to_owned(),
        Phase::Acceptee | Phase::Annulee | Phase::Expiree => String::new(),
    }
}

#[cfg(test)]
mod tests;
