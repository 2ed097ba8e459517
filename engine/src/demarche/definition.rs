//! A démarche as compiled from a town's folder: immutable, every name resolved.

use jiff::Timestamp;
use rules::condition::Condition;
use rules::faits::FaitId;
use rules::lieu::Lieu;
use rules::scalaire::{Duree, JourAnnuel};
use rules::valeur::Domaine;

use super::agenda::Agenda;
use super::effet::{Effet, Quoi};
use super::phase::Phase;
use super::{echange, echeance, rendez_vous};
use crate::foyer::Genre;

/// A procedure that a family files and agents examine.
#[derive(Clone, Debug)]
pub struct Demarche {
    /// Identifier, unique in the town.
    pub id: String,
    /// Name shown.
    pub nom: String,
    /// The contact (and agents' role) that examines it.
    pub instruit_par: String,
    /// Who may file it.
    pub acces: Acces,
    /// What makes two dossiers the same; empty = as many as one likes.
    pub un_dossier_par: Vec<Unicite>,
    /// What a family reads before starting.
    pub description: Option<String>,
    /// Other words that it is looked for by.
    pub mots: Vec<String>,
    /// Help to fill it in.
    pub aide: Option<String>,
    /// How many dossiers may hold a place at once: filed, and not refused, cancelled nor expired.
    pub quota: Option<Quota>,
    /// Its appointments.
    pub rendez_vous: Option<Agenda>,
    /// Do the family and the service write to each other in it?
    pub echanges: bool,
    /// Time to fill it, shown before starting, as written (`10 min`).
    pub duree: Option<String>,
    /// When and to whom it is open. Disjoint rows; a family that no row takes is refused.
    pub ouverture: Vec<Ouverture>,
    /// The screens, in order.
    pub formulaire: Vec<Ecran>,
    /// Ids of `pieces.yaml`.
    pub pieces: Vec<String>,
    /// The first one is where a dossier starts: its phase is `brouillon`.
    pub etapes: Vec<Etape>,
    /// What the administration's silence means.
    pub silence: Silence,
    /// The document that founds it.
    pub source: Option<String>,
    /// Dimensions of its conditions that come from the form: `FaitId(base + i)` is the `i`-th.
    pub champs_conditions: ChampsConditions,
    /// Étapes that it once had → the étape that takes their dossiers over.
    pub reprise: Vec<(String, String)>,
    /// Where it is written.
    pub lieu: Lieu,
    /// SHA-256 of its resolved canonical form, hexadecimal: what a dossier is pinned to.
    pub digest: String,
}

/// The form's fields as dimensions of conditions, after the town's own facts.
#[derive(Clone, Debug, Default)]
pub struct ChampsConditions {
    /// Number of facts of the town: the first field is `FaitId(base)`.
    pub base: u16,
    /// Name and domain of each field that a condition may read, in order.
    pub champs: Vec<(String, Domaine)>,
}

impl ChampsConditions {
    /// The dimension of that field.
    pub fn fait(&self, champ: &str) -> Option<FaitId> {
        let i = self.champs.iter().position(|(nom, _)| nom == champ)?;
        self.base.checked_add(u16::try_from(i).ok()?).map(FaitId)
    }
}

/// `quota:`: places, each held by one dossier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// How many.
    pub places: u32,
    /// Where it is written.
    pub lieu: Lieu,
}

/// Who may file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acces {
    /// A family that has an account.
    Compte,
    /// Anybody.
    Public,
}

/// One part of what makes a dossier unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unicite {
    /// The household.
    Foyer,
    /// Who files.
    Demandeur,
    /// The child that it is about.
    Enfant,
    /// The school year that contains the start of the dossier, or that the family chose.
    AnneeScolaire,
    /// The person described in the form: two different persons may be declared at once.
    PersonneAjoutee,
}

/// A row of `ouverture`.
#[derive(Clone, Debug)]
pub struct Ouverture {
    /// For whom; `None` = everybody.
    pub si: Option<Condition>,
    /// First instant.
    pub des: Option<Timestamp>,
    /// Last instant (included), if it closes.
    pub jusqu_a: Option<Timestamp>,
    /// What happens past `jusqu_a`.
    pub apres: ApresCloture,
    /// `jamais:` closed to them, and the sentence that tells them why.
    pub jamais: Option<String>,
    /// Where it is written.
    pub lieu: Lieu,
}

/// What a filing past the closing date becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApresCloture {
    /// Refused.
    Ferme,
    /// Accepted, as late.
    Accepte,
}

/// One screen of the form.
#[derive(Clone, Debug)]
pub struct Ecran {
    /// Identifier.
    pub id: String,
    /// Title.
    pub titre: String,
    /// Help under the title.
    pub aide: Option<String>,
    /// Fields, in order.
    pub champs: Vec<Champ>,
    /// Where it is written.
    pub lieu: Lieu,
}

/// A field.
#[derive(Clone, Debug)]
pub struct Champ {
    /// Identifier, unique in the form.
    pub id: String,
    /// Label.
    pub nom: String,
    /// What it takes.
    pub genre: TypeChamp,
    /// The fact that its answer becomes.
    pub fait: Option<FaitVise>,
    /// Must it be answered?
    pub obligatoire: Obligatoire,
    /// Shown only if; an answer to a field not shown is dropped at deposit.
    pub si: Option<Condition>,
    /// Help under the label.
    pub aide: Option<String>,
    /// Example of an answer.
    pub exemple: Option<String>,
    /// Unit shown after the input (`€`, `m²`).
    pub unite: Option<String>,
    /// Shape of a text: anchored, compiled when the town is loaded.
    pub motif: Option<Motif>,
    /// Several answers of this type.
    pub plusieurs: bool,
    /// What a box « identique » copies into it.
    pub recopie: Option<Recopie>,
    /// Where it is written.
    pub lieu: Lieu,
}

/// What a field may copy, on one tick; the family may still write something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recopie {
    /// The answer to another field of the form.
    Champ {
        /// Which.
        champ: String,
        /// Its label.
        libelle: String,
    },
    /// What is already known.
    Fait {
        /// Of whom.
        de: SujetVise,
        /// Its name in `donnees.yaml`.
        nom: String,
        /// Its label.
        libelle: String,
    },
}

/// The shape of a text.
#[derive(Clone, Debug)]
pub struct Motif {
    /// The whole answer must match it.
    pub motif: crate::motif::Motif,
    /// What to say when the answer does not have it.
    pub message: String,
}

/// What a field takes.
#[derive(Clone, Debug)]
pub enum TypeChamp {
    /// One line.
    Texte {
        /// Most characters.
        max: Option<u32>,
    },
    /// Several lines.
    TexteLong {
        /// Most characters.
        max: Option<u32>,
    },
    /// A number, within its fact's domain.
    Nombre(Domaine),
    /// Euros, two decimals.
    Montant,
    /// A civil date.
    Date,
    /// A time of day.
    Heure,
    /// Yes or no.
    Booleen,
    /// One of these: (id, label).
    Choix(Vec<(String, String)>),
    /// Any of these: (id, label).
    Ensemble(Vec<(String, String)>),
    /// Services of the town: (id, label).
    Services(Vec<(String, String)>),
    /// A French commune, by name and INSEE code.
    Commune,
    /// A postal address with its INSEE code.
    Adresse,
    /// A French or international phone number.
    Telephone,
    /// An e-mail address.
    Courriel,
    /// A file.
    Fichier,
    /// A repeated group of fields.
    Groupe(Vec<Champ>),
}

/// When a field must be answered.
#[derive(Clone, Debug)]
pub enum Obligatoire {
    /// Always (when shown).
    Toujours,
    /// Never.
    Jamais,
    /// When the condition holds.
    Si(Condition),
}

/// The fact that an answer becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaitVise {
    /// About whom.
    pub de: SujetVise,
    /// Name in `donnees.yaml`, without its subject (`naissance`, `quotient`).
    pub nom: String,
    /// How long the answer holds.
    pub validite: Validite,
}

/// How long a fact holds, from the day the town received it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Validite {
    /// Until a newer one.
    Illimitee,
    /// `duree: 3 mois`, the first day counted.
    Duree(Duree),
    /// `jusqu_a: 12-31`: until that day of the year (included), the next one that comes.
    JusquA(JourAnnuel),
    /// Until the 31 August that ends the dossier's school year.
    AnneeScolaire,
}

/// About whom a field asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SujetVise {
    /// The household.
    Foyer,
    /// Who files (`responsable.…`).
    Demandeur,
    /// The child that the dossier is about (`enfant.…`).
    Enfant,
    /// The person that the form describes (`personne.…`).
    PersonneAjoutee,
}

/// A step of the procedure, the town's own.
#[derive(Clone, Debug)]
pub struct Etape {
    /// Identifier.
    pub id: String,
    /// Name shown.
    pub nom: String,
    /// The administrative state that it declares.
    pub phase: Phase,
    /// What may be done from it.
    pub actions: Vec<Action>,
    /// What time does from it, counted from the entry.
    pub echeances: Vec<Echeance>,
    /// What happens on entering it, after the effects of the action.
    pub a_l_entree: Vec<Effet>,
    /// Where it is written.
    pub lieu: Lieu,
}

/// A transition.
#[derive(Clone, Debug)]
pub struct Action {
    /// Identifier, unique in the étape.
    pub id: String,
    /// Label of the button.
    pub nom: String,
    /// Who may do it.
    pub par: Vec<Acteur>,
    /// Only if.
    pub si: Option<Condition>,
    /// What must be there.
    pub exige: Vec<Exige>,
    /// The étape that follows; `None` = stays.
    pub vers: Option<String>,
    /// In order.
    pub effets: Vec<Effet>,
    /// Texts that an agent may start from when it asks for a reason: (name, text).
    pub textes: Vec<(String, String)>,
    /// Where it is written.
    pub lieu: Lieu,
}

/// Who may do an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Acteur {
    /// The family that filed.
    Parent,
    /// An agent: any of the démarche's contact, or of this one.
    Agent(Option<String>),
    /// The engine.
    Systeme,
}

/// What an action needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exige {
    /// A reason, which the family reads.
    Motif,
    /// Every required document received and not refused.
    Pieces,
    /// Every required field answered.
    Champs,
    /// An opinion.
    Avis,
    /// A meeting that took place.
    RendezVous,
}

/// What time does.
#[derive(Clone, Debug)]
pub struct Echeance {
    /// When.
    pub quand: Quand,
    /// The étape that follows; `None` = stays.
    pub vers: Option<String>,
    /// In order.
    pub effets: Vec<Effet>,
    /// Where it is written.
    pub lieu: Lieu,
}

/// When an échéance falls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quand {
    /// `apres:` the entry into the étape.
    Apres(Duree),
    /// `le:` a date and hour; past at the entry = never.
    Le(Timestamp),
}

/// `silence: { delai, vaut }`: what no answer means, counted from the complete filing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silence {
    /// How long.
    pub delai: Duree,
    /// What it means.
    pub vaut: VautSilence,
    /// How long after the complete filing the agents are told that it comes near.
    pub alerte: Option<Duree>,
    /// Where it is written.
    pub lieu: Lieu,
}

/// What silence means (code des relations entre le public et l'administration, L231-1 and L231-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VautSilence {
    /// Accepted.
    Acceptation,
    /// Refused.
    Rejet,
}

impl Demarche {
    /// The letters that the engine itself sends about its dossiers: the town writes them, as the others.
    pub fn lettres_du_moteur(&self) -> Vec<&'static str> {
        let mut lettres = Vec::new();
        if self.echanges {
            lettres.extend([echange::POUR_LA_FAMILLE, echange::POUR_LE_SERVICE]);
        }
        if self.rendez_vous.is_some() {
            lettres.extend([rendez_vous::PRIS, rendez_vous::ANNULE]);
        }
        if self.silence.alerte.is_some() {
            lettres.push(echeance::ALERTE);
        }
        lettres
    }

    /// The étape of that name.
    pub fn etape(&self, id: &str) -> Option<&Etape> {
        self.etapes.iter().find(|e| e.id == id)
    }

    /// Every field, screens in order; the fields inside a repeated group are not listed.
    pub fn champs(&self) -> impl Iterator<Item = &Champ> {
        self.formulaire.iter().flat_map(|e| e.champs.iter())
    }

    /// Does a dossier keep its place once accepted: for its school year, or because the person that it added is there?
    pub fn vaut_apres(&self) -> bool {
        self.un_dossier_par.contains(&Unicite::AnneeScolaire) || self.ajoute_une_personne()
    }

    /// Does it add somebody to the household?
    pub fn ajoute_une_personne(&self) -> bool {
        self.effets().any(|q| matches!(q, Quoi::AjouterPersonne { .. }))
    }

    /// Does it take somebody out of it?
    pub fn retire_une_personne(&self) -> bool {
        self.effets().any(|q| matches!(q, Quoi::RetirerPersonne(_)))
    }

    /// Everything that it may do, étapes in order.
    pub fn effets(&self) -> impl Iterator<Item = &Quoi> {
        self.etapes.iter().flat_map(|e| {
            let actions = e.actions.iter().flat_map(|a| &a.effets);
            actions.chain(e.echeances.iter().flat_map(|x| &x.effets)).chain(&e.a_l_entree).map(|x| &x.quoi)
        })
    }

    /// Does an action of it wait for an agent's opinion?
    pub fn demande_un_avis(&self) -> bool {
        self.etapes.iter().flat_map(|e| &e.actions).any(|a| a.exige.contains(&Exige::Avis))
    }

    /// The field of that name.
    pub fn champ(&self, id: &str) -> Option<&Champ> {
        self.champs().find(|c| c.id == id)
    }
}

impl Etape {
    /// The action of that name.
    pub fn action(&self, id: &str) -> Option<&Action> {
        self.actions.iter().find(|a| a.id == id)
    }
}

/// What an answer to a `lien` field makes of the person, or `None` when the option is none of the engine's words.
pub fn genre_de_lien(option: &str) -> Option<Genre> {
    match option {
        "membre_du_foyer" | "enfant" => Some(Genre::Enfant),
        "responsable" => Some(Genre::Responsable),
        "co_representant" => Some(Genre::CoRepresentant),
        "contact" => Some(Genre::Contact),
        _ => None,
    }
}
