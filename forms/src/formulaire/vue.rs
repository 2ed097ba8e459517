//! A screen's fields as the templates see them: labels, notes, attributes, what was typed, what is wrong.

use engine::demarche::{Champ, ErreurChamp, Reponses, SujetVise, TypeChamp};
use serde::Serialize;

use super::lecture::libelle_recopie;
use super::{Formulaire, LIGNES_MAX, Saisie, reponse_lisible};

/// How a field is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rendu {
    /// `<input type="text">`
    Text,
    /// `<input type="date">`
    Date,
    /// `<input type="time">`
    Time,
    /// `<input type="tel">`
    Tel,
    /// `<input type="email">`
    Email,
    /// `<input type="password">`: never filled in by us.
    Password,
    /// `<textarea>`
    TexteLong,
    /// Radio buttons.
    Boutons,
    /// Check boxes.
    Cases,
    /// A drop-down list.
    Liste,
    /// Several inputs under one legend (an address).
    Bloc,
    /// A repeated group.
    Groupe,
}

/// A field, ready to draw.
#[derive(Clone, Debug, Serialize)]
pub struct ChampVue {
    /// HTML id.
    pub id: String,
    /// HTML name.
    pub nom: String,
    /// Label.
    pub libelle: String,
    /// Help and example; empty when there is none.
    pub aide: String,
    /// Unit after the input.
    pub unite: String,
    /// Starred?
    pub obligatoire: bool,
    /// How it is drawn.
    pub rendu: Rendu,
    /// What was typed.
    pub valeur: String,
    /// Choices.
    pub options: Vec<OptionVue>,
    /// What is wrong.
    pub erreur: String,
    /// Ids of the notes, for `aria-describedby`.
    pub decrit_par: String,
    /// `autocomplete`; empty = none.
    pub autocomplete: String,
    /// Are French communes suggested: `nom` for a field that takes one, `adresse` for that of an address; empty = no.
    pub communes: &'static str,
    /// `inputmode`; empty = none.
    pub clavier: String,
    /// Most characters, 0 = no limit.
    pub longueur: u32,
    /// Parts of a `bloc`.
    pub parties: Vec<ChampVue>,
    /// Rows of a `groupe`.
    pub lignes: Vec<LigneVue>,
    /// May one add a row?
    pub ajout: bool,
    /// « Identique à : Adresse »; empty when nothing can be copied.
    pub recopie: String,
    /// Is that box ticked?
    pub copiee: bool,
    /// What stands in the field comes from what the town knows.
    pub repris: bool,
    /// What is stored now, when it is not what this page was made from; empty otherwise.
    pub entretemps: String,
}

/// A choice.
#[derive(Clone, Debug, Serialize)]
pub struct OptionVue {
    /// Posted value.
    pub valeur: String,
    /// Text.
    pub libelle: String,
    /// Chosen?
    pub choisie: bool,
}

/// A row of a repeated group.
#[derive(Clone, Debug, Serialize)]
pub struct LigneVue {
    /// 1, 2…
    pub rang: usize,
    /// Its fields.
    pub champs: Vec<ChampVue>,
}

/// An entry of the error summary.
#[derive(Clone, Debug, Serialize)]
pub struct ErreurVue {
    /// Id of the field to go to.
    pub cible: String,
    /// Label and sentence.
    pub texte: String,
}

/// The button pressed to add or take away a row: `_lignes` = `+groupe` or `-groupe.2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Geste<'a> {
    Ajoute(&'a str),
    Retire(&'a str),
    Aucun,
}

fn geste(saisie: &Saisie) -> Geste<'_> {
    let texte = saisie.texte("_lignes");
    match (texte.strip_prefix('+'), texte.strip_prefix('-')) {
        (Some(groupe), _) => Geste::Ajoute(groupe),
        (_, Some(ligne)) => Geste::Retire(ligne),
        _ => Geste::Aucun,
    }
}

impl Formulaire<'_> {
    /// Was a row added or taken away, instead of going on?
    pub fn est_un_geste(saisie: &Saisie) -> bool {
        geste(saisie) != Geste::Aucun
    }

    /// The fields shown, as typed, with what is wrong.
    pub fn vue(&self, saisie: &Saisie, erreurs: &[ErreurChamp]) -> Vec<ChampVue> {
        let reponses = self.lit(saisie).reponses;
        self.visibles(&reponses).map(|c| self.champ_vue(c, "", saisie, erreurs, &reponses)).collect()
    }

    /// Marks the fields whose stored answer is not the one that the page was made from, with what is stored.
    pub fn montre_entretemps(&self, champs: &mut [ChampVue], enregistrees: &Reponses, saisies: &Reponses) {
        for vue in champs {
            let Some(champ) = self.champs.iter().find(|c| c.id == vue.nom) else { continue };
            let (a, b) = (enregistrees.0.get(&champ.id), saisies.0.get(&champ.id));
            if a != b {
                vue.entretemps = a.map_or_else(|| "rien".to_owned(), |r| reponse_lisible(champ, r));
                decrit(vue);
            }
        }
    }

    /// The list that the page posts back, so that reading knows what it showed.
    pub fn affiches(champs: &[ChampVue]) -> String {
        champs.iter().map(|c| c.nom.as_str()).collect::<Vec<_>>().join(",")
    }

    /// The error summary.
    pub fn resume(&self, champs: &[ChampVue]) -> Vec<ErreurVue> {
        let mut resume = Vec::new();
        for champ in champs {
            if !champ.erreur.is_empty() {
                let texte = format!("{} : {}", champ.libelle, champ.erreur);
                resume.push(ErreurVue { cible: champ.id.clone(), texte });
            }
            resume.extend(self.resume(&champ.parties));
            for ligne in &champ.lignes {
                resume.extend(self.resume(&ligne.champs).into_iter().map(|e| ErreurVue {
                    texte: format!("{} {}, {}", champ.libelle, ligne.rang, e.texte),
                    ..e
                }));
            }
        }
        resume
    }

    fn champ_vue(
        &self,
        champ: &Champ,
        prefixe: &str,
        saisie: &Saisie,
        erreurs: &[ErreurChamp],
        reponses: &Reponses,
    ) -> ChampVue {
        let nom = format!("{prefixe}{}", champ.id);
        let mut vue = ChampVue {
            options: options(champ, saisie.textes(&nom)),
            valeur: saisie.texte(&nom).to_owned(),
            aide: aide(champ),
            unite: unite(champ),
            obligatoire: self.est_obligatoire(champ, reponses),
            rendu: rendu(champ),
            recopie: champ
                .recopie
                .as_ref()
                .map(|r| format!("Identique à : {}", libelle_recopie(r)))
                .unwrap_or_default(),
            copiee: champ.recopie.is_some() && saisie.est_recopie(&champ.id),
            repris: prefixe.is_empty()
                && reponses.0.get(&champ.id).is_some_and(|r| self.connu.faits.0.get(&champ.id) == Some(r)),
            autocomplete: autocomplete(champ).to_owned(),
            communes: if matches!(champ.genre, TypeChamp::Commune) { "nom" } else { "" },
            clavier: clavier(champ).to_owned(),
            longueur: match &champ.genre {
                TypeChamp::Texte { max } | TypeChamp::TexteLong { max } => max.unwrap_or(0),
                _ => 0,
            },
            ..simple(&nom, &champ.nom, erreurs)
        };
        match &champ.genre {
            TypeChamp::Adresse => vue.parties = adresse(&nom, saisie, erreurs, vue.obligatoire, champ),
            TypeChamp::Groupe(sous) => {
                vue.lignes = self.lignes(&nom, sous, saisie, erreurs, vue.obligatoire);
                vue.ajout = vue.lignes.len() < LIGNES_MAX;
            }
            _ => {}
        }
        decrit(&mut vue);
        vue
    }

    fn lignes(
        &self,
        groupe: &str,
        sous: &[Champ],
        saisie: &Saisie,
        erreurs: &[ErreurChamp],
        au_moins_une: bool,
    ) -> Vec<LigneVue> {
        let mut numeros = saisie.lignes(groupe);
        match geste(saisie) {
            Geste::Ajoute(g) if g == groupe => numeros.push(numeros.last().map_or(1, |n| n + 1)),
            Geste::Retire(ligne) => numeros.retain(|n| format!("{groupe}.{n}") != ligne),
            _ => {}
        }
        if numeros.is_empty() && au_moins_une {
            numeros.push(1);
        }
        numeros.truncate(LIGNES_MAX);
        numeros
            .into_iter()
            .map(|rang| {
                let prefixe = format!("{groupe}.{rang}.");
                let champs = sous
                    .iter()
                    .map(|c| self.champ_vue(c, &prefixe, saisie, erreurs, &Reponses::default()))
                    .collect();
                LigneVue { rang, champs }
            })
            .collect()
    }
}

impl ChampVue {
    /// An input of one line that no definition declares (a password, a code): starred, empty.
    pub fn seul(
        (nom, libelle): (&str, &str),
        rendu: Rendu,
        (aide, autocomplete): (&str, &str),
        erreurs: &[ErreurChamp],
    ) -> Self {
        let mut vue = Self {
            aide: aide.to_owned(),
            autocomplete: autocomplete.to_owned(),
            obligatoire: true,
            rendu,
            ..simple(nom, libelle, erreurs)
        };
        decrit(&mut vue);
        vue
    }
}

/// An input of one line, with its error.
fn simple(nom: &str, libelle: &str, erreurs: &[ErreurChamp]) -> ChampVue {
    ChampVue {
        id: format!("c-{}", nom.replace('.', "-")),
        nom: nom.to_owned(),
        libelle: libelle.to_owned(),
        aide: String::new(),
        unite: String::new(),
        obligatoire: false,
        rendu: Rendu::Text,
        valeur: String::new(),
        options: Vec::new(),
        erreur: erreurs.iter().find(|e| e.champ == nom).map(|e| e.motif.clone()).unwrap_or_default(),
        decrit_par: String::new(),
        autocomplete: String::new(),
        communes: "",
        clavier: String::new(),
        longueur: 0,
        parties: Vec::new(),
        lignes: Vec::new(),
        ajout: false,
        recopie: String::new(),
        copiee: false,
        repris: false,
        entretemps: String::new(),
    }
}

fn decrit(vue: &mut ChampVue) {
    let notes = [
        (!vue.aide.is_empty(), "aide"),
        (vue.repris, "repris"),
        (!vue.entretemps.is_empty(), "entretemps"),
        (!vue.erreur.is_empty(), "faute"),
    ];
    vue.decrit_par = notes
        .iter()
        .filter(|(la, _)| *la)
        .map(|(_, n)| format!("{}-{n}", vue.id))
        .collect::<Vec<_>>()
        .join(" ");
}

fn adresse(
    nom: &str,
    saisie: &Saisie,
    erreurs: &[ErreurChamp],
    obligatoire: bool,
    champ: &Champ,
) -> Vec<ChampVue> {
    let la_sienne = autocomplete(champ) != "off";
    [
        ("voie", "Numéro et rue", obligatoire, "address-line1", ""),
        ("complement", "Complément (bâtiment, étage…)", false, "address-line2", ""),
        ("code_postal", "Code postal", obligatoire, "postal-code", "numeric"),
        ("commune", "Commune", obligatoire, "address-level2", ""),
    ]
    .map(|(partie, libelle, obligatoire, auto, clavier)| {
        let nom = format!("{nom}.{partie}");
        let mut vue = ChampVue {
            valeur: saisie.texte(&nom).to_owned(),
            obligatoire,
            autocomplete: if la_sienne { auto } else { "off" }.to_owned(),
            communes: if partie == "commune" { "adresse" } else { "" },
            clavier: clavier.to_owned(),
            ..simple(&nom, libelle, erreurs)
        };
        decrit(&mut vue);
        vue
    })
    .into()
}

fn rendu(champ: &Champ) -> Rendu {
    match &champ.genre {
        TypeChamp::TexteLong { .. } => Rendu::TexteLong,
        TypeChamp::Date => Rendu::Date,
        TypeChamp::Heure => Rendu::Time,
        TypeChamp::Telephone => Rendu::Tel,
        TypeChamp::Courriel => Rendu::Email,
        TypeChamp::Booleen => Rendu::Boutons,
        TypeChamp::Ensemble(_) => Rendu::Cases,
        TypeChamp::Choix(_) | TypeChamp::Services(_) if champ.plusieurs => Rendu::Cases,
        TypeChamp::Choix(o) | TypeChamp::Services(o) => {
            if o.len() > 6 {
                Rendu::Liste
            } else {
                Rendu::Boutons
            }
        }
        TypeChamp::Adresse => Rendu::Bloc,
        TypeChamp::Groupe(_) => Rendu::Groupe,
        TypeChamp::Texte { .. }
        | TypeChamp::Nombre(_)
        | TypeChamp::Montant
        | TypeChamp::Commune
        | TypeChamp::Fichier => Rendu::Text,
    }
}

fn options(champ: &Champ, choisies: &[String]) -> Vec<OptionVue> {
    let ouinon = [("oui".to_owned(), "Oui".to_owned()), ("non".to_owned(), "Non".to_owned())];
    let liste: &[(String, String)] = match &champ.genre {
        TypeChamp::Choix(o) | TypeChamp::Ensemble(o) | TypeChamp::Services(o) => o,
        TypeChamp::Booleen => &ouinon,
        _ => &[],
    };
    liste
        .iter()
        .map(|(id, libelle)| OptionVue {
            valeur: id.clone(),
            libelle: libelle.clone(),
            choisie: choisies.contains(id),
        })
        .collect()
}

fn aide(champ: &Champ) -> String {
    let exemple = champ.exemple.as_ref().map(|e| format!("Exemple : {e}."));
    [champ.aide.clone(), exemple].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn unite(champ: &Champ) -> String {
    match (&champ.unite, &champ.genre) {
        (Some(unite), _) => unite.clone(),
        (None, TypeChamp::Montant) => "€".to_owned(),
        _ => String::new(),
    }
}

const fn clavier(champ: &Champ) -> &'static str {
    match champ.genre {
        TypeChamp::Nombre(_) | TypeChamp::Montant => "decimal",
        _ => "",
    }
}

/// Only what the person says of themself is completed by their browser (RGAA 11.13); another's name must not be.
fn autocomplete(champ: &Champ) -> &'static str {
    let Some(fait) = &champ.fait else { return "" };
    match (fait.de, fait.nom.as_str()) {
        (SujetVise::Demandeur, "nom") => "family-name",
        (SujetVise::Demandeur, "prenom") => "given-name",
        (SujetVise::Demandeur, "naissance") => "bday",
        (SujetVise::Demandeur, "courriel") => "email",
        (SujetVise::Demandeur, "telephone") => "tel",
        (SujetVise::Demandeur | SujetVise::Foyer, "adresse") => "street-address",
        _ => "off",
    }
}
