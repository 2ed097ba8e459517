//! The letters that the engine sends about documents: a town may write each its own way in `messages/`, under the same name.
//! None says in its subject whose document it is, nor names in its text one of health or of justice.

use crate::compte::lettre::Lettre;

/// A document was refused: why, and where to give it again.
pub const PIECE_REFUSEE: &str = "piece_refusee";
/// A document given after the decision was accepted.
pub const PIECE_ACCEPTEE: &str = "piece_acceptee";
/// A document soon holds no more.
pub const PIECE_EXPIRE: &str = "piece_expire";
/// What stood for a document for a while does not any more.
pub const PIECE_DUE: &str = "piece_due";
/// A document that may come later did not come yet.
pub const PIECE_ATTENDUE: &str = "piece_attendue";

/// Each letter, as it is where the town writes no other. `motif` says which documents, and why.
pub const LETTRES: [Lettre; 5] = [
    Lettre {
        id: PIECE_REFUSEE,
        objet: "Un document est à renvoyer",
        corps: "Bonjour {{ demandeur.prenom }},\n\nLe service « {{ service.nom }} » a regardé les documents de votre demande « {{ demarche.nom }} » (numéro {{ dossier.numero }}), et en demande un autre :\n\n{{ motif }}\n\nVous pouvez le renvoyer depuis votre espace, dans « Pièces » :\n\n{{ lien }}",
    },
    Lettre {
        id: PIECE_ACCEPTEE,
        objet: "Votre document est accepté",
        corps: "Bonjour {{ demandeur.prenom }},\n\nLe service « {{ service.nom }} » a accepté ce document de votre demande « {{ demarche.nom }} » (numéro {{ dossier.numero }}) :\n\n{{ motif }}\n\n{{ lien }}",
    },
    Lettre {
        id: PIECE_EXPIRE,
        objet: "Un document arrive à la fin de sa validité",
        corps: "Bonjour {{ demandeur.prenom }},\n\nUn document que vous avez donné avec votre demande « {{ demarche.nom }} » (numéro {{ dossier.numero }}) ne vaudra bientôt plus :\n\n{{ motif }}\n\nVous pouvez en donner un autre depuis votre espace, dans « Pièces » :\n\n{{ lien }}",
    },
    Lettre {
        id: PIECE_DUE,
        objet: "Un document est à donner maintenant",
        corps: "Bonjour {{ demandeur.prenom }},\n\nLe document provisoire donné avec votre demande « {{ demarche.nom }} » (numéro {{ dossier.numero }}) ne suffit plus :\n\n{{ motif }}\n\nVous pouvez le donner depuis votre espace, dans « Pièces » :\n\n{{ lien }}",
    },
    Lettre {
        id: PIECE_ATTENDUE,
        objet: "Un document est encore attendu",
        corps: "Bonjour {{ demandeur.prenom }},\n\nIl manque encore un document à votre demande « {{ demarche.nom }} » (numéro {{ dossier.numero }}). Elle n’est pas bloquée, mais il est à donner dès que possible :\n\n{{ motif }}\n\nVous pouvez le donner depuis votre espace, dans « Pièces » :\n\n{{ lien }}",
    },
];
