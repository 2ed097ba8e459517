//! A town, loaded and checked: immutable, shared by every request until the next valid folder replaces it.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use rules::ajustement::ArrondiA;
use rules::bareme::Bareme;
use rules::calendrier::Calendrier;
use rules::faits::FaitId;
use rules::lieu::Lieu;
use rules::montant::Arrondi;
use rules::scalaire::JourAnnuel;
use rules::script::Script;

use crate::cle_enfance::ModeCle;
use crate::compte::ReglesDuCompte;
use crate::demarche::{Demarche, Validite};
use crate::derive::FaitDerive;
use crate::garde_alternee::Semaine53;
use crate::regie::Regie;
use crate::service::{Prestation, Service};
use crate::vocabulaire::Vocabulaire;

pub use rules::condition::Condition;

/// A short text shown as it is, shared.
pub type Texte = Arc<str>;

/// A town as the engine runs it.
#[derive(Debug)]
pub struct Commune {
    /// Folder name and first path segment.
    pub slug: String,
    /// Name shown to families.
    pub nom: String,
    /// INSEE code.
    pub insee: String,
    /// Time zone of all its civil times.
    pub fuseau: TimeZone,
    /// Holidays, school days, closures.
    pub calendrier: Arc<Calendrier>,
    /// What the town does of a 53rd week, where it knows children of two homes.
    pub semaine_53: Option<Semaine53>,
    /// From that day of the year on, families enrol for the next school year; `None` = nothing is enrolled by year.
    pub inscriptions: Option<JourAnnuel>,
    /// Contacts, which are also the roles of agents.
    pub contacts: Vec<Contact>,
    /// The systems that `appeler` calls.
    pub appels: Vec<Appel>,
    /// The facts and dimensions, with their domains.
    pub vocabulaire: Vocabulaire,
    /// The zones that addresses fall in.
    pub zonages: Vec<Zonage>,
    /// The schools.
    pub ecoles: Vec<Ecole>,
    /// The tariff tables.
    pub baremes: Vec<BaremeNomme>,
    /// Names of products (prestations, then fees), by `PrestationId`.
    pub produits: Vec<String>,
    /// Paths of scripts, by their number in rules.
    pub scripts: Vec<String>,
    /// The same scripts, compiled; empty when one of them does not compile (the town is then refused).
    pub scripts_compiles: Vec<Script>,
    /// Names of the parts of prices, by `PartId`.
    pub parts: Vec<String>,
    /// Named dated figures, in the order of the vocabulary.
    pub parametres: Vec<Vec<(Date, rules::valeur::Valeur)>>,
    /// Derived facts, each after what it reads.
    pub derives: Vec<FaitDerive>,
    /// What is booked and billed.
    pub services: Vec<Service>,
    /// The documents.
    pub pieces: Vec<Piece>,
    /// Texts that an agent may start from to refuse a document: (name, text).
    pub textes_de_pieces: Vec<(String, String)>,
    /// The procedures.
    pub demarches: Vec<Demarche>,
    /// Its cash office.
    pub regie: Option<Regie>,
    /// Letters and screens' texts, by id.
    pub messages: Vec<Message>,
    /// Rounding where no tariff says otherwise.
    pub arrondi: ArrondiA,
    /// On which day's rules a line is priced.
    pub date_du_prix: DateDuPrix,
    /// Who answers families, with its article: « la mairie », « la Caisse des écoles ».
    pub organisme: String,
    /// Colours and links.
    pub portail: Portail,
    /// How accounts are made.
    pub compte: ReglesDuCompte,
    /// How a new account is linked to a family.
    pub cle_enfance: Vec<ModeCle>,
    /// What the town was asked and has not confirmed.
    pub questions: Vec<Question>,
    /// What its guide asks.
    pub exigences: Vec<Exigence>,
    /// Places by [`Lieu`].
    pub lieux: Lieux,
    /// SHA-256 of the resolved canonical form, in hexadecimal.
    pub digest: String,
}

impl Commune {
    /// The service that holds this prestation, and the prestation.
    pub fn prestation(&self, id: &str) -> Option<(&Service, &Prestation)> {
        self.services.iter().find_map(|s| s.prestation(id).map(|p| (s, p)))
    }

    /// The tariff table of that name.
    pub fn bareme(&self, nom: &str) -> Option<&BaremeNomme> {
        self.baremes.iter().find(|b| b.nom == nom)
    }

    /// The procedure of that name.
    pub fn demarche(&self, id: &str) -> Option<&Demarche> {
        self.demarches.iter().find(|d| d.id == id)
    }

    /// The procedures in the order of the home page: those that the town orders, then the others.
    pub fn demarches_en_ordre(&self) -> Vec<&Demarche> {
        let rang = |d: &Demarche| self.portail.demarches.iter().position(|id| *id == d.id);
        let mut demarches: Vec<&Demarche> = self.demarches.iter().collect();
        // stable: the others keep the order of their files
        demarches.sort_by_key(|d| rang(d).unwrap_or(usize::MAX));
        demarches
    }

    /// The document of that name.
    pub fn piece(&self, id: &str) -> Option<&Piece> {
        self.pieces.iter().find(|p| p.id == id)
    }

    /// The service of the town hall of that name.
    pub fn contact(&self, id: &str) -> Option<&Contact> {
        self.contacts.iter().find(|c| c.id == id)
    }

    /// Name of the service that examines this procedure.
    pub fn instructeur(&self, demarche: &Demarche) -> String {
        self.contact(&demarche.instruit_par).map_or_else(|| demarche.instruit_par.clone(), |c| c.nom.clone())
    }

    /// The system of that name.
    pub fn appel(&self, id: &str) -> Option<&Appel> {
        self.appels.iter().find(|a| a.id == id)
    }

    /// The text of that name.
    pub fn message(&self, id: &str) -> Option<&Message> {
        self.messages.iter().find(|m| m.id == id)
    }
}

/// A tariff table and its name.
#[derive(Clone, Debug)]
pub struct BaremeNomme {
    /// Identifier.
    pub nom: String,
    /// Unit of its price.
    pub unite: String,
    /// The compiled grids.
    pub bareme: Bareme,
    /// Its own rounding.
    pub arrondi: Option<Arrondi>,
    /// Where it is written.
    pub lieu: Lieu,
}

/// A service of the town hall that one can reach; also an agents' role.
#[derive(Clone, Debug)]
pub struct Contact {
    /// Identifier.
    pub id: String,
    /// Name shown.
    pub nom: String,
    /// Phone, address, hours: as written.
    pub telephone: Option<String>,
    /// E-mail address, or `secret:nom`.
    pub courriel: Option<String>,
    /// Postal address.
    pub adresse: Option<String>,
    /// Hours in words.
    pub horaires: Option<String>,
    /// When nobody answers the phone, in words.
    pub telephone_ferme: Option<String>,
}

/// A system that `appeler` calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appel {
    /// Identifier.
    pub id: String,
    /// `https://…`
    pub url: String,
    /// Name of the shared key that signs, among the exploitant's secrets.
    pub secret: String,
    /// Where it is written.
    pub lieu: Lieu,
}

/// A way to sort addresses into zones; its name is a dimension.
#[derive(Clone, Debug)]
pub struct Zonage {
    /// The dimension.
    pub fait: FaitId,
    /// Its zones, in the order of the dimension's names.
    pub zones: Vec<Zone>,
}

/// A zone.
#[derive(Clone, Debug)]
pub struct Zone {
    /// Identifier.
    pub id: String,
    /// Name shown.
    pub nom: String,
    /// Communes, each with its département: `("Villeneuve", "80")`.
    pub communes: Vec<(String, String)>,
    /// INSEE codes.
    pub insee: Vec<String>,
    /// Every other address.
    pub reste: bool,
}

/// A school.
#[derive(Clone, Debug)]
pub struct Ecole {
    /// Identifier.
    pub id: String,
    /// Name shown.
    pub nom: String,
    /// Message shown when the portal does not serve it.
    pub hors_portail: Option<String>,
}

/// A required document.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Identifier.
    pub id: String,
    /// Name shown.
    pub nom: String,
    /// Whose: foyer, enfant, responsable.
    pub de: String,
    /// Asked only if.
    pub quand: Condition,
    /// The same in words, after its name: « si vous êtes allocataire de la CAF »; empty = of everybody.
    pub pour_qui: String,
    /// What its absence does.
    pub si_manque: SiManque,
    /// Accepted instead of it, each with its condition.
    pub alternatives: Vec<Alternative>,
    /// Accepted for a while instead of it.
    pub provisoire: Option<Provisoire>,
    /// Formats taken: `pdf`, `jpeg`, `png`.
    pub formats: Vec<String>,
    /// Files at most; `None` = the town does not say.
    pub fichiers: Option<u32>,
    /// Oldest accepted, at deposit.
    pub age_max: Option<rules::scalaire::Duree>,
    /// How long it holds once received; `None` = as long as it is not replaced.
    pub valable: Option<Validite>,
    /// How long before its end the family is reminded; `None` = it is not.
    pub rappel: Option<rules::scalaire::Duree>,
    /// How often the family is reminded of one that may come later.
    pub relance: Option<rules::scalaire::Duree>,
    /// How many must sign.
    pub signataires: u8,
    /// Only at a first registration.
    pub premiere_fois: bool,
    /// publique, personnelle, financiere, sante, judiciaire.
    pub sensibilite: String,
    /// Where it is written.
    pub lieu: Lieu,
}

/// A document accepted for a while instead of a piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provisoire {
    /// Which.
    pub piece: String,
    /// For how long, from the day that it is given; `None` = the town did not say yet.
    pub jusqu_a: Option<rules::scalaire::Duree>,
}

impl Piece {
    /// Is that document accepted for a while instead of it?
    pub fn provisoire_est(&self, piece: &str) -> bool {
        self.provisoire.as_ref().is_some_and(|p| p.piece == piece)
    }

    /// Is it of health or of justice? No letter names it, and who reads it is written down.
    pub fn est_sensible(&self) -> bool {
        matches!(self.sensibilite.as_str(), "sante" | "judiciaire")
    }
}

/// A set of documents accepted instead of a piece.
#[derive(Clone, Debug)]
pub struct Alternative {
    /// For whom.
    pub si: Condition,
    /// All of these.
    pub pieces: Vec<String>,
}

/// What a missing document does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SiManque {
    /// The file is incomplete.
    Bloque,
    /// Nothing; a tariff may follow `absent`.
    SansBlocage,
    /// It may come later, with reminders.
    DesQuePossible,
}

/// A text with variables.
#[derive(Clone, Debug)]
pub struct Message {
    /// Identifier: the file's name.
    pub id: String,
    /// Subject, from the header.
    pub objet: String,
    /// Template (tera).
    pub corps: String,
    /// Where it is written.
    pub lieu: Lieu,
}

/// On which day's rules a line is priced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateDuPrix {
    /// The service day: the usual.
    JourDuService,
    /// The day it was booked.
    Reservation,
    /// The day of the invoice.
    Facture,
}

/// Colours and links of the pages.
#[derive(Clone, Debug, Default)]
pub struct Portail {
    /// Main colour, `#rrggbb`.
    pub principale: Option<String>,
    /// Text on it.
    pub texte: Option<String>,
    /// Title and address.
    pub liens: Vec<(String, String)>,
    /// Ids of the procedures, in the order of the home page.
    pub demarches: Vec<String>,
}

/// What the source does not say, the choice made meanwhile, and who confirmed it.
#[derive(Clone, Debug)]
pub struct Question {
    /// What it is about, as a path.
    pub sur: String,
    /// The question to the town.
    pub question: String,
    /// The choice made meanwhile; `None` for `a_demander`.
    pub choix: Option<String>,
    /// Who confirmed it and when.
    pub confirme: Option<(String, Date)>,
    /// Where it is written.
    pub lieu: Lieu,
}

/// One thing that the town's guide asks.
#[derive(Clone, Debug)]
pub struct Exigence {
    /// `H14`.
    pub id: String,
    /// Short quote.
    pub citation: String,
    /// Document and line.
    pub document: String,
    /// Line in it.
    pub ligne: Option<u32>,
    /// The part it waits for, when definitions alone cannot show it.
    pub attend: Option<String>,
    /// Where it is written.
    pub lieu: Lieu,
}

/// Where things are written: `Lieu` → file, line, and the document that they come from.
#[derive(Clone, Debug, Default)]
pub struct Lieux {
    detail: Vec<LieuDetail>,
}

/// One place.
#[derive(Clone, Debug)]
pub struct LieuDetail {
    /// Path below the communes folder.
    pub fichier: Arc<str>,
    /// 1-based.
    pub ligne: u32,
    /// 1-based, in characters.
    pub colonne: u32,
    /// The nearest `source:` up the tree.
    pub source: Option<Texte>,
}

impl Lieux {
    /// Records a place.
    pub fn pose(&mut self, detail: LieuDetail) -> Lieu {
        let n = u32::try_from(self.detail.len()).unwrap_or(u32::MAX);
        self.detail.push(detail);
        Lieu(n)
    }

    /// The place.
    pub fn detail(&self, lieu: Lieu) -> Option<&LieuDetail> {
        self.detail.get(usize::try_from(lieu.0).ok()?)
    }

    /// `villeneuve/baremes/repas.yaml:12`, or nothing for a rule that no file wrote.
    pub fn texte(&self, lieu: Lieu) -> String {
        self.detail(lieu).map(|d| format!("{}:{}", d.fichier, d.ligne)).unwrap_or_default()
    }
}
