//! A procedure, from its presentation to its follow-up.

use serde::Serialize;

use super::cadre::{Cadre, Genre};
use crate::formulaire::{ChampVue, ErreurVue, LigneVue, OptionVue, Rendu};
use crate::gabarit::Vue;

/// A step of the way through a procedure.
#[derive(Clone, Debug, Serialize)]
pub struct Jalon {
    /// Text.
    pub titre: String,
    /// Behind us?
    pub fait: bool,
    /// Here?
    pub ici: bool,
    /// « page 2 sur 3 »; empty when the step has one page.
    pub detail: String,
}

/// `/{slug}/demarches/{id}`: what the procedure is, before starting it.
#[derive(Clone, Debug, Serialize)]
pub struct PageDemarche {
    /// Frame.
    pub cadre: Cadre,
    /// Way through it.
    pub jalons: Vec<Jalon>,
    /// Name.
    pub nom: String,
    /// What it is for.
    pub description: String,
    /// « 15 min », empty when the town does not say.
    pub duree: String,
    /// Who examines it.
    pub service: String,
    /// Until when, or since when; empty when it is always open.
    pub fenetre: String,
    /// Help to fill it in; empty when the town wrote none.
    pub aide: String,
    /// Documents to have at hand.
    pub pieces: Vec<PieceAPreparer>,
    /// What silence means, in one sentence.
    pub silence: String,
    /// The document that founds it.
    pub source: String,
    /// Form token; empty when one cannot start.
    pub jeton: String,
    /// Where the form is posted.
    pub action: String,
    /// Which child is it for? Empty when it is about no child.
    pub enfants: Vec<OptionVue>,
    /// Why one cannot start; empty when one can.
    pub refus: String,
    /// A draft to take up again.
    pub brouillon: String,
}

/// A document that a procedure may ask.
#[derive(Clone, Debug, Serialize)]
pub struct PieceAPreparer {
    /// Name.
    pub nom: String,
    /// Of whom it is asked, after its name; empty = of everybody.
    pub pour_qui: String,
    /// What may be given instead, in words; empty = nothing.
    pub sinon: String,
    /// « dès que possible », « facultative »; empty = the request waits for it.
    pub exigence: String,
}

/// A screen to fill in.
#[derive(Clone, Debug, Serialize)]
pub struct PageEcran {
    /// Frame.
    pub cadre: Cadre,
    /// Way through it.
    pub jalons: Vec<Jalon>,
    /// Title of the screen.
    pub titre: String,
    /// Help under the title.
    pub aide: String,
    /// Where the procedure's own help is; empty when the town wrote none.
    pub aide_generale: String,
    /// Whom it is about; empty when it is about no child.
    pub sujet: String,
    /// What this page was made from, to see whether it changed elsewhere meanwhile.
    pub lu: String,
    /// It did.
    pub change_ailleurs: bool,
    /// Fields.
    pub champs: Vec<ChampVue>,
    /// Names of the fields shown.
    pub affiches: String,
    /// What is wrong.
    pub erreurs: Vec<ErreurVue>,
    /// New fields have just appeared.
    pub precisions: bool,
    /// Form token.
    pub jeton: String,
    /// Where the form is posted.
    pub action: String,
    /// Previous screen.
    pub precedent: String,
}

/// A file of a document that was sent.
#[derive(Clone, Debug, Serialize)]
pub struct FichierVu {
    /// Id.
    pub id: String,
    /// « RIB, fichier 1 ».
    pub titre: String,
    /// Where it is.
    pub href: String,
    /// May the page show it?
    pub image: bool,
}

/// A required document.
#[derive(Clone, Debug, Serialize)]
pub struct PieceVue {
    /// Id.
    pub piece: String,
    /// HTML id.
    pub id: String,
    /// Name.
    pub nom: String,
    /// Of whom it is asked, after its name; empty = of everybody.
    pub pour_qui: String,
    /// « obligatoire », « facultative »…
    pub exigence: String,
    /// State in words.
    pub etat: String,
    /// Tone of the state.
    pub genre: Genre,
    /// May one send it now?
    pub a_envoyer: bool,
    /// May files go with those already sent?
    pub a_completer: bool,
    /// May another document take its place?
    pub a_remplacer: bool,
    /// May it be taken back?
    pub a_retirer: bool,
    /// « 2 fichiers sur 4 »; empty when there is none.
    pub combien: String,
    /// May it be made of several files?
    pub plusieurs: bool,
    /// Its files, for those who may open them.
    pub fichiers: Vec<FichierVu>,
    /// Must the date written on it be given?
    pub datee: bool,
    /// What is wrong with what was sent.
    pub erreur: String,
}

/// An answer, in words.
#[derive(Clone, Debug, Serialize)]
pub struct LigneRecap {
    /// Label.
    pub libelle: String,
    /// Answer.
    pub valeur: String,
}

/// The answers of a screen.
#[derive(Clone, Debug, Serialize)]
pub struct SectionRecap {
    /// Title.
    pub titre: String,
    /// Answers.
    pub lignes: Vec<LigneRecap>,
    /// Where they are changed; empty when they cannot be.
    pub modifier: String,
}

/// An act that the state machine allows the reader.
#[derive(Clone, Debug, Serialize)]
pub struct ActionVue {
    /// Id.
    pub action: String,
    /// Text of the button.
    pub nom: String,
    /// Does it need a reason?
    pub motif: bool,
    /// Does it end the file badly for the family?
    pub danger: bool,
    /// Texts to start from for the reason.
    pub textes: Vec<TexteVue>,
}

/// A text that an agent may start from.
#[derive(Clone, Debug, Serialize)]
pub struct TexteVue {
    /// Its name.
    pub nom: String,
    /// The text.
    pub texte: String,
}

/// Something that happened.
#[derive(Clone, Debug, Serialize)]
pub struct Etape {
    /// When, in words.
    pub quand: String,
    /// What.
    pub quoi: String,
    /// The document that it is about; empty = none.
    pub href: String,
}

pub(super) fn jalons() -> Vec<Jalon> {
    [("La démarche", true, false), ("Ma demande", false, true), ("Récapitulatif", false, false)]
        .map(|(titre, fait, ici)| Jalon {
            titre: titre.into(),
            fait,
            ici,
            detail: if ici { "page 1 sur 2" } else { "" }.into(),
        })
        .into()
}

/// A photograph, and another file.
pub(super) fn fichiers() -> Vec<FichierVu> {
    [true, false]
        .map(|image| FichierVu {
            id: "f".into(),
            titre: "Dossier <b>santé</b>, fichier 1".into(),
            href: "/a/dossiers/1/pieces/p/1".into(),
            image,
        })
        .into()
}

pub(super) fn pieces() -> Vec<PieceVue> {
    [true, false]
        .map(|a_envoyer| PieceVue {
            pour_qui: if a_envoyer { "si vous êtes <b>allocataire</b>".into() } else { String::new() },
            piece: "p".into(),
            id: format!("piece-{a_envoyer}"),
            nom: "Dossier <b>santé</b>".into(),
            exigence: "obligatoire".into(),
            etat: if a_envoyer { "à envoyer" } else { "reçue" }.into(),
            genre: if a_envoyer { Genre::Alerte } else { Genre::Succes },
            a_envoyer,
            a_completer: !a_envoyer,
            a_remplacer: !a_envoyer,
            a_retirer: !a_envoyer,
            combien: if a_envoyer { String::new() } else { "2 fichiers sur 4".into() },
            plusieurs: a_envoyer,
            fichiers: if a_envoyer { vec![] } else { fichiers() },
            datee: a_envoyer,
            erreur: if a_envoyer { "Format non reconnu." } else { "" }.into(),
        })
        .into()
}

/// One field of each way of drawing it.
fn champs() -> Vec<ChampVue> {
    let champ = |rendu: Rendu, plein: bool| ChampVue {
        id: format!("c-{rendu:?}-{plein}"),
        nom: "c".into(),
        libelle: "Nom <b>de l’enfant</b>".into(),
        aide: if plein { "Comme sur le livret de famille." } else { "" }.into(),
        unite: if plein { "€" } else { "" }.into(),
        obligatoire: plein,
        rendu,
        valeur: "<b>Léa</b>".into(),
        options: [true, false]
            .map(|choisie| OptionVue { valeur: choisie.to_string(), libelle: "Oui".into(), choisie })
            .into(),
        erreur: if plein { "Ce champ est à remplir." } else { "" }.into(),
        decrit_par: if plein { "c-aide c-faute" } else { "" }.into(),
        autocomplete: if plein { "family-name" } else { "" }.into(),
        communes: if plein { "nom" } else { "" },
        clavier: if plein { "decimal" } else { "" }.into(),
        longueur: if plein { 80 } else { 0 },
        parties: Vec::new(),
        lignes: Vec::new(),
        ajout: plein,
        recopie: if plein { "Identique à : Adresse" } else { "" }.into(),
        copiee: plein,
        repris: plein,
        entretemps: if plein { "<b>Tom</b>" } else { "" }.into(),
    };
    let simples = [
        Rendu::Text,
        Rendu::Date,
        Rendu::Time,
        Rendu::Tel,
        Rendu::Email,
        Rendu::TexteLong,
        Rendu::Boutons,
        Rendu::Cases,
        Rendu::Liste,
    ];
    let mut champs: Vec<ChampVue> =
        simples.into_iter().flat_map(|r| [champ(r, true), champ(r, false)]).collect();
    let parties = vec![champ(Rendu::Text, true)];
    champs.push(ChampVue { parties: parties.clone(), ..champ(Rendu::Bloc, true) });
    let lignes = vec![LigneVue { rang: 1, champs: vec![ChampVue { parties, ..champ(Rendu::Bloc, false) }] }];
    champs.push(ChampVue { lignes, ..champ(Rendu::Groupe, true) });
    champs.push(champ(Rendu::Groupe, false));
    champs
}

impl Vue for PageDemarche {
    const GABARIT: &'static str = "demarche.html";

    fn samples() -> Vec<Self> {
        let vide = |cadre| Self {
            cadre,
            jalons: vec![],
            nom: "Inscription".into(),
            description: String::new(),
            duree: String::new(),
            fenetre: String::new(),
            aide: String::new(),
            service: "Affaires scolaires".into(),
            pieces: vec![],
            silence: "Sans réponse au bout de 2 mois, la demande est rejetée.".into(),
            source: String::new(),
            jeton: String::new(),
            action: String::new(),
            enfants: vec![],
            refus: "La démarche ouvre le 1er juillet.".into(),
            brouillon: String::new(),
        };
        let plein = |cadre| Self {
            jalons: jalons(),
            description: "Pour <b>chaque</b> enfant.".into(),
            duree: "15 min".into(),
            fenetre: "Ouverte jusqu’au vendredi 23 août 2024.".into(),
            aide: "Préparez <b>l’attestation</b>.".into(),
            pieces: [("", "", ""), ("si <b>séparés</b>", "un certificat", "dès que possible")]
                .map(|(pour_qui, sinon, exigence)| PieceAPreparer {
                    nom: "Dossier <b>santé</b>".into(),
                    pour_qui: pour_qui.into(),
                    sinon: sinon.into(),
                    exigence: exigence.into(),
                })
                .into(),
            source: "Lettre aux familles".into(),
            jeton: "x".into(),
            action: "/a/demarches/i".into(),
            enfants: [true, false]
                .map(|choisie| OptionVue { valeur: "1".into(), libelle: "<b>Léa</b>".into(), choisie })
                .into(),
            refus: String::new(),
            brouillon: "/a/dossiers/1".into(),
            ..vide(cadre)
        };
        let sans_enfant = |cadre| Self { enfants: vec![], brouillon: String::new(), ..plein(cadre) };
        Cadre::samples()
            .into_iter()
            .flat_map(|c| [vide(c.clone()), plein(c.clone()), sans_enfant(c)])
            .collect()
    }
}

impl Vue for PageEcran {
    const GABARIT: &'static str = "ecran.html";

    fn samples() -> Vec<Self> {
        [false, true]
            .into_iter()
            .zip(Cadre::samples())
            .map(|(plein, cadre)| Self {
                cadre,
                jalons: jalons(),
                titre: "L’enfant".into(),
                aide: if plein { "Pour <b>chaque</b> enfant." } else { "" }.into(),
                aide_generale: if plein { "/a/demarches/i#aide" } else { "" }.into(),
                lu: "0123".into(),
                change_ailleurs: plein,
                sujet: if plein { "Pour <b>Léa</b>" } else { "" }.into(),
                champs: champs(),
                affiches: "c".into(),
                erreurs: if plein {
                    vec![ErreurVue { cible: "c".into(), texte: "Nom : à remplir.".into() }]
                } else {
                    vec![]
                },
                precisions: plein,
                jeton: "x".into(),
                action: "/a/dossiers/1/ecrans/1".into(),
                precedent: "/a/dossiers/1".into(),
            })
            .collect()
    }
}
