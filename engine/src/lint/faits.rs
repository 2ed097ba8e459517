//! FRM01 on facts: one that a rule reads is written by somebody.

use super::Examen;
use crate::definition::lecture::{Sp, suggestion};
use crate::definition::raw::donnees::RawFait;
use crate::diagnostic::{Diagnostic, codes};

/// Who writes facts besides documents.
const AUTEURS: [&str; 4] = ["parent", "agent", "import", "api"];
/// Those who need no form.
const SANS_FORMULAIRE: [&str; 3] = ["agent", "import", "api"];

/// Every recorded fact.
pub(super) fn controle(examen: &Examen<'_>, sortie: &mut Vec<Diagnostic>) {
    let faits = || examen.fichiers.donnees.iter().flat_map(|d| d.faits.iter());
    for fait in faits().filter(|f| f.derive.is_none()) {
        let connue = provenance(examen, fait, sortie);
        if connue && examen.sain && !ecrit(examen, fait) && lu(examen, fait.fait.as_str()) {
            let message =
                format!("le fait `{}` est lu par une règle, et personne ne l'écrit", fait.fait.as_str());
            let d = Diagnostic::new(codes::FRM01, fait.fait.span, message);
            let aide = "ajoutez un champ `fait:` à un formulaire, demandez la pièce d'où il vient, ou ajoutez `agent` à sa `provenance`";
            sortie.push(d.aide(aide));
        }
    }
}

/// Who may write it exists; what does not is reported.
fn provenance(examen: &Examen<'_>, fait: &RawFait, sortie: &mut Vec<Diagnostic>) -> bool {
    let mut connue = true;
    let pieces = || examen.fichiers.pieces.iter().flat_map(|p| p.pieces.iter()).map(|p| p.piece.as_str());
    for p in &fait.provenance {
        if !AUTEURS.contains(&p.as_str()) && !pieces().any(|piece| piece == p.as_str()) {
            let connus: Vec<&str> = AUTEURS.into_iter().chain(pieces()).collect();
            let d =
                Diagnostic::new(codes::REF01, p.span, format!("provenance inconnue : « {} »", p.as_str()));
            sortie.push(d.aide(suggestion(p.as_str(), connus)));
            connue = false;
        }
    }
    connue
}

fn ecrit(examen: &Examen<'_>, fait: &Sp<RawFait>) -> bool {
    let demarches = &examen.commune.demarches;
    fait.provenance.iter().any(|p| match p.as_str() {
        p if SANS_FORMULAIRE.contains(&p) => true,
        "parent" => demarches
            .iter()
            .flat_map(|d| d.champs())
            .any(|c| c.fait.as_ref().is_some_and(|f| f.nom == fait.fait.as_str())),
        piece => demarches.iter().any(|d| d.pieces.iter().any(|p| p == piece)),
    })
}

/// Is the name written in a file of the town besides its declaration? Wider than the truth: a word of a comment is left
/// out, a key of another meaning is not.
fn lu(examen: &Examen<'_>, nom: &str) -> bool {
    let dossier = format!("{}/", examen.commune.slug);
    examen.sources.iter().any(|(_, f)| {
        let relatif = f.chemin.strip_prefix(&dossier);
        let regle = relatif.is_some_and(|c| {
            (c.ends_with(".yaml") || c.ends_with(".rhai")) && !c.starts_with("cas/") && c != "exigences.yaml"
        });
        regle && f.texte.lines().any(|ligne| cite(ligne, nom))
    })
}

fn cite(ligne: &str, nom: &str) -> bool {
    let ligne = ligne.split_once(" #").map_or(ligne, |(avant, _)| avant);
    if ligne.trim_start().starts_with('#') {
        return false;
    }
    let mot = |c: char| c.is_alphanumeric() || c == '_';
    ligne.match_indices(nom).any(|(i, _)| {
        let (avant, apres) =
            (ligne.get(..i).unwrap_or_default(), ligne.get(i + nom.len()..).unwrap_or_default());
        !avant.ends_with(mot)
            && !apres.starts_with(mot)
            && !avant.trim_end().ends_with("fait:")
            && !avant.trim_end().ends_with("champ:")
    })
}
