//! Invoice streams, arrears and direct debit, as compiled from `regie.yaml`.

use rules::lieu::Lieu;
use rules::repere::Repere;
use rules::scalaire::Duree;
use rust_decimal::Decimal;

use crate::demarche::Destinataire;

/// The town's cash office.
#[derive(Clone, Debug)]
pub struct Regie {
    /// Streams of invoices, in the order written.
    pub facturations: Vec<Facturation>,
    /// Prepaid wallet.
    pub portefeuille: Option<Portefeuille>,
    /// Direct debit.
    pub prelevement: Option<Prelevement>,
}

impl Regie {
    /// The stream of that name.
    pub fn facturation(&self, id: &str) -> Option<&Facturation> {
        self.facturations.iter().find(|f| f.id == id)
    }
}

/// A stream of invoices.
#[derive(Clone, Debug)]
pub struct Facturation {
    /// Identifier.
    pub id: String,
    /// Name shown.
    pub nom: String,
    /// What one invoice covers.
    pub periode: Periode,
    /// When it is paid.
    pub mode: Mode,
    /// When it is issued, relative to the billed period; `J` is its last day.
    pub emise: Option<Repere>,
    /// When it is due, the same.
    pub echeance: Option<Repere>,
    /// Below this many euros it waits for the next one.
    pub seuil_report: Option<Decimal>,
    /// What is done of an unpaid invoice, in order.
    pub impayes: Vec<Impaye>,
    /// Shape of its numbers, as written.
    pub numerotation: Option<String>,
    /// Line of the budget.
    pub budget: Option<String>,
    /// Where it is written.
    pub lieu: Lieu,
}

/// What one invoice covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Periode {
    /// A calendar month.
    Mois,
    /// Two.
    Bimestre,
    /// Three.
    Trimestre,
    /// A school year.
    Annee,
}

impl Periode {
    /// As written, with its name.
    pub const MOTS: [(&'static str, Self); 4] = [
        ("mois", Self::Mois),
        ("bimestre", Self::Bimestre),
        ("trimestre", Self::Trimestre),
        ("annee", Self::Annee),
    ];
}

/// When a family pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// When it books.
    Prepaye,
    /// When it books; differences are settled afterwards.
    PrepayeAvecRegularisation,
    /// Afterwards, by invoice.
    Postpaye,
    /// From a wallet filled beforehand.
    Portefeuille,
}

impl Mode {
    /// As written, with its name.
    pub const MOTS: [(&'static str, Self); 4] = [
        ("prepaye", Self::Prepaye),
        ("prepaye_avec_regularisation", Self::PrepayeAvecRegularisation),
        ("postpaye", Self::Postpaye),
        ("portefeuille", Self::Portefeuille),
    ];

    /// Does it send invoices that wait for their payment?
    pub const fn facture_apres(self) -> bool {
        matches!(self, Self::PrepayeAvecRegularisation | Self::Postpaye)
    }
}

/// A step of what is done of an unpaid invoice.
#[derive(Clone, Debug)]
pub struct Impaye {
    /// When.
    pub quand: QuandImpaye,
    /// In order.
    pub faire: Vec<Relance>,
    /// Where it is written.
    pub lieu: Lieu,
}

/// When a step falls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QuandImpaye {
    /// After the due date.
    Apres(Duree),
    /// On a day relative to the due date.
    Le(Repere),
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Relance {
    /// A text is sent.
    Message {
        /// Name of the text.
        modele: String,
        /// To whom.
        a: Destinataire,
    },
    /// The family is told that the services may be suspended.
    AvertirSuspension {
        /// How long before.
        delai: Duree,
    },
    /// A person is asked to decide a suspension.
    ProposerSuspension {
        /// The agents' contact that decides; `None` = the one that manages the service.
        decide_par: Option<String>,
    },
}

/// Prepaid wallet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portefeuille {
    /// Smallest top-up, in euros.
    pub recharge_minimum: Option<Decimal>,
    /// One a child (`true`), or one a household.
    pub par_enfant: bool,
}

/// Direct debit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prelevement {
    /// Day of the month.
    pub jour: u8,
    /// How long before the family is told.
    pub prenotification: Option<Duree>,
    /// Where it is written.
    pub lieu: Lieu,
}
