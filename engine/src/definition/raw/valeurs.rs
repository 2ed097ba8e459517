//! The leaves of the town's files: amounts, rates, dates, conditions.

use rules::scalaire::ErreurScalaire;
use rust_decimal::Decimal;
use schemars::json_schema;

pub use super::ligne::RawRangee;
use super::source::RawSource;
use crate::definition::arbre::{Cle, Contenu, Noeud};
use crate::definition::lecture::{
    Booleen, Entier, Id, Lecture, Lire, Liste, Schema, SchemaGenerator, Sp, Texte, bloc, variantes,
};

/// A leaf read by a parser of texts: its wording and its JSON Schema in one place.
macro_rules! feuille {
    ($(#[doc = $doc:literal])* $Nom:ident($type:ty), $nom:literal, $attendu:literal, $schema:tt, $analyse:expr) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $Nom(pub $type);

        impl Lire for $Nom {
            fn lire(noeud: &Noeud, l: &mut Lecture) -> Option<Self> {
                l.feuille(noeud, $attendu, $analyse).map(Self)
            }
            fn nom() -> String {
                $nom.to_owned()
            }
            fn schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}

fn refus<T>(texte: &str, message: impl Into<String>, aide: &str) -> Result<T, ErreurScalaire> {
    let aide = (!aide.is_empty()).then(|| aide.to_owned());
    Err(ErreurScalaire { aide, ..ErreurScalaire::entier(texte, message) })
}

feuille! {
    /// A folder name: lower case, digits and hyphens.
    Slug(String), "nom de dossier", "nom de dossier attendu, ex. `villeneuve`",
    { "type": "string", "pattern": "^[a-z][a-z0-9-]*$" },
    |texte| {
        let bon = texte.starts_with(|c: char| c.is_ascii_lowercase())
            && texte.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if bon { Ok(texte.to_owned()) } else {
            refus(texte, format!("nom de dossier attendu, ex. `ma-commune` — trouvé « {texte} »"), "minuscules, chiffres et tirets")
        }
    }
}

feuille! {
    /// INSEE code of a commune: five characters, `2A`/`2B` for Corsica.
    Insee(String), "code INSEE", "code INSEE attendu, ex. \"80001\"",
    { "type": "string", "pattern": "^[0-9][0-9AB][0-9]{3}$" },
    |texte| {
        let bon = texte.len() == 5
            && texte.bytes().enumerate().all(|(i, b)| b.is_ascii_digit() || (i == 1 && matches!(b, b'A' | b'B')));
        if bon { Ok(texte.to_owned()) } else {
            refus(texte, format!("code INSEE attendu, ex. \"80001\" — trouvé « {texte} »"), "cinq caractères ; 2A ou 2B pour la Corse")
        }
    }
}

feuille! {
    /// A plain number: a step, a bound.
    Nombre(Decimal), "nombre", "nombre attendu, ex. 900 ou 0.01",
    { "type": ["number", "string"] },
    nombre
}

/// A number written plainly: digits, one point, no exponent.
pub(crate) fn nombre(texte: &str) -> Result<Decimal, ErreurScalaire> {
    let chiffres = texte.strip_prefix('-').unwrap_or(texte);
    let (entiers, decimales) = chiffres.split_once('.').unwrap_or((chiffres, "0"));
    let plein = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    match texte.parse() {
        Ok(n) if plein(entiers) && plein(decimales) => Ok(n),
        _ if texte.contains(',') => refus(
            texte,
            format!("nombre attendu — trouvé « {texte} »"),
            "le séparateur est le point, ex. 900.50",
        ),
        _ => refus(texte, format!("nombre attendu, ex. 900 ou 0.01 — trouvé « {texte} »"), ""),
    }
}

feuille! {
    /// An amount in euros, as written: at least two decimals (more where the barème says `decimales`).
    RawMontant(Decimal), "montant", "montant attendu, ex. 3.50",
    { "type": ["number", "string"], "pattern": "^-?[0-9]+\\.[0-9]{2,4}$" },
    montant
}

/// An amount: `3.50`. Two to four decimals; the barème's `decimales` narrows it.
pub(crate) fn montant(texte: &str) -> Result<Decimal, ErreurScalaire> {
    let attendu = |aide: &str| refus(texte, format!("montant attendu, ex. 3.50 — trouvé « {texte} »"), aide);
    if texte.contains('€') {
        return attendu("sans le signe €");
    }
    if texte.contains(',') {
        return attendu(&format!("le séparateur est le point : {}", texte.replace(',', ".")));
    }
    let Ok(n) = nombre(texte) else { return attendu("") };
    match n.scale() {
        2..=4 => Ok(n),
        // between braces, YAML reads « 5,50 » as 5 and a key « 50 »
        0 => attendu(&format!(
            "deux décimales et un point, jamais une virgule : {texte}.00, ou {texte}.50 pour « {texte},50 »"
        )),
        1 => attendu(&format!("deux décimales : {texte}0")),
        _ => attendu("quatre décimales au plus"),
    }
}

feuille! {
    /// A rate: `20 %` is 0.20.
    RawTaux(Decimal), "taux", "taux attendu, ex. 20 %",
    { "type": "string", "pattern": "^[0-9]+(\\.[0-9]+)? ?%$" },
    taux
}

/// A rate with its `%`, so that 0.5 and 0.5 % cannot be confused; as a fraction of one.
pub(crate) fn taux(texte: &str) -> Result<Decimal, ErreurScalaire> {
    let Some(n) = texte.strip_suffix('%') else {
        return refus(
            texte,
            format!("taux attendu, ex. 20 % — trouvé « {texte} »"),
            &format!("le signe % est obligatoire : {texte} %"),
        );
    };
    let pour_cent = nombre(n.trim_end())?;
    pour_cent.checked_div(Decimal::ONE_HUNDRED).map_or_else(|| refus(texte, "taux trop grand", ""), Ok)
}

feuille! {
    /// A date, with an optional verified weekday.
    RawDate(jiff::civil::Date), "date", "date attendue, ex. 2025-09-01",
    { "type": "string" },
    rules::scalaire::lit_date
}

feuille! {
    /// A duration.
    RawDuree(rules::scalaire::Duree), "durée", "durée attendue, ex. 3 mois",
    { "type": "string" },
    rules::scalaire::Duree::lit
}

feuille! {
    /// A time slot.
    RawPlage(rules::scalaire::Plage), "plage horaire", "plage horaire attendue, ex. \"07:50..08:40\"",
    { "type": "string" },
    rules::scalaire::Plage::lit
}

bloc! {
    /// Un arrondi : le pas, la direction, et à quoi il s'applique.
    pub struct RawArrondi {
        /// Le pas, ex. `0.01`.
        [requis] pas: Nombre,
        /// `demi_superieur`, `demi_pair`, `inferieur` ou `superieur`.
        [requis] mode: Id,
        /// `unitaire`, `ligne` ou `facture`.
        [optionnel] a: Id,
    }
}

/// A condition (`si`): a map of dimensions, or a text.
#[derive(Clone, Debug)]
pub enum RawCondition {
    /// All keys must hold.
    Carte(Vec<(Cle, Noeud)>),
    /// An expression.
    Texte(Noeud),
}

impl Lire for RawCondition {
    fn lire(noeud: &Noeud, l: &mut Lecture) -> Option<Self> {
        match &noeud.contenu {
            Contenu::Carte(entrees) if !entrees.is_empty() => Some(Self::Carte(entrees.clone())),
            Contenu::Scalaire(_) => Some(Self::Texte(noeud.clone())),
            _ => {
                l.inattendu(noeud, "condition attendue, ex. `{ residence: exterieur }`", None);
                None
            }
        }
    }
    fn nom() -> String {
        "condition".to_owned()
    }
    fn schema(_: &mut SchemaGenerator) -> Schema {
        let cellule = super::ligne::cellule();
        json_schema!({ "anyOf": [
            { "type": "object", "minProperties": 1, "additionalProperties": cellule },
            { "type": "string" },
        ] })
    }
}

/// The type of a fact or a field: a word, or a word with its list.
#[derive(Clone, Debug)]
pub enum RawType {
    /// `texte`, `nombre`, `date`…
    Mot(Id),
    /// `{ choix: [a, b] }`, `{ ensemble: [..] }`, `{ services: [..] }`.
    Liste(Cle, Liste<Id>),
    /// `{ liste_commune: ecoles }`.
    DeLaCommune(Sp<Id>),
}

impl Lire for RawType {
    fn lire(noeud: &Noeud, l: &mut Lecture) -> Option<Self> {
        match &noeud.contenu {
            Contenu::Scalaire(_) => Id::lire(noeud, l).map(Self::Mot),
            Contenu::Carte(entrees) => match entrees.as_slice() {
                [(cle, valeur)] if cle.texte == "liste_commune" => l.lit(valeur).map(Self::DeLaCommune),
                [(cle, valeur)] if matches!(cle.texte.as_str(), "choix" | "ensemble" | "services") => {
                    Some(Self::Liste(cle.clone(), l.lit_liste(valeur)))
                }
                _ => {
                    let aide = "une seule clé : `choix`, `ensemble`, `services` ou `liste_commune`";
                    l.inattendu(noeud, "type attendu, ex. `{ choix: [oui, non] }`", Some(aide));
                    None
                }
            },
            _ => {
                l.inattendu(noeud, "type attendu, ex. `texte` ou `{ choix: [matin, soir] }`", None);
                None
            }
        }
    }
    fn nom() -> String {
        "type".to_owned()
    }
    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "type": "string" }, { "type": "object", "minProperties": 1, "maxProperties": 1 }] })
    }
}

/// What a price step adds, removes or puts: an amount, a rate, or where to find one.
#[derive(Clone, Debug)]
pub enum RawOperande {
    /// `2.00`.
    Montant(Decimal),
    /// `25 %`.
    Taux(Decimal),
    /// An expression on facts, or `fait.nom`.
    Expression(Noeud),
    /// `{ lignes: [..] }`, `{ bareme: .. }`, `{ ligne: .. }`, `{ montant: .. }`, `{ apres: .., par_tranche: .. }`.
    Bloc(Box<RawOperandeBloc>),
}

bloc! {
    /// Où trouver le montant d'une étape : une seule forme.
    pub struct RawOperandeBloc {
        /// Un tableau.
        [liste] lignes: RawRangee,
        /// Un barème.
        [optionnel] bareme: Id,
        /// Une ligne nommée du barème de la prestation.
        [optionnel] ligne: Id,
        /// Un montant.
        [optionnel] montant: RawMontant,
        /// Après cette heure, ex. `"18:45"`.
        [optionnel] apres: Texte,
        /// Par tranche, ex. `15 min`.
        [optionnel] par_tranche: RawDuree,
        /// Une tranche entamée : `due` ou `non_due`.
        [optionnel] entamee: Id,
        /// Tolérance.
        [optionnel] tolerance: RawDuree,
        /// La question posée à la commune, quand le montant n'est pas publié.
        [optionnel] a_demander: Texte,
        /// Un montant d'exemple, non voté.
        [optionnel] exemple: RawMontant,
        /// Un fait qui porte le montant.
        [optionnel] fait: Texte,
    }
}

impl Lire for RawOperande {
    fn lire(noeud: &Noeud, l: &mut Lecture) -> Option<Self> {
        match &noeud.contenu {
            Contenu::Carte(_) => RawOperandeBloc::lire(noeud, l).map(|b| Self::Bloc(Box::new(b))),
            Contenu::Scalaire(s) if s.texte.trim_end().ends_with('%') => {
                l.feuille(noeud, "taux attendu, ex. 20 %", taux).map(Self::Taux)
            }
            Contenu::Scalaire(s)
                if s.texte.starts_with(|c: char| c.is_ascii_digit() || c == '-')
                    && nombre(&s.texte).is_ok() =>
            {
                l.feuille(noeud, "montant attendu, ex. 3.50", montant).map(Self::Montant)
            }
            Contenu::Scalaire(s)
                if s.texte.starts_with(|c: char| c.is_ascii_digit()) && s.texte.contains([',', '€']) =>
            {
                l.feuille(noeud, "montant attendu, ex. 3.50", montant).map(Self::Montant)
            }
            Contenu::Scalaire(_) => Some(Self::Expression(noeud.clone())),
            _ => {
                l.inattendu(noeud, "montant ou taux attendu, ex. 2.00 ou 25 %", None);
                None
            }
        }
    }
    fn nom() -> String {
        "montant, taux ou tableau".to_owned()
    }
    fn schema(g: &mut SchemaGenerator) -> Schema {
        let b = RawOperandeBloc::schema(g).to_value();
        json_schema!({ "anyOf": [{ "type": ["number", "string"] }, b] })
    }
}

bloc! {
    /// La source d'une gratuité.
    pub struct RawGratuit {
        /// Le document, ou `{ choix, question }`.
        [requis] source: RawSource,
    }
}

/// `obligatoire`: yes, no, or a condition.
#[derive(Clone, Debug)]
pub enum RawObligatoire {
    /// `oui` / `non`.
    Booleen(bool),
    /// When.
    Si(RawCondition),
}

impl Lire for RawObligatoire {
    fn lire(noeud: &Noeud, l: &mut Lecture) -> Option<Self> {
        match noeud.texte() {
            Some("oui" | "non" | "true" | "false") => Booleen::lire(noeud, l).map(|b| Self::Booleen(b.0)),
            _ => RawCondition::lire(noeud, l).map(Self::Si),
        }
    }
    fn nom() -> String {
        "oui, non ou condition".to_owned()
    }
    fn schema(g: &mut SchemaGenerator) -> Schema {
        let si = RawCondition::schema(g).to_value();
        json_schema!({ "anyOf": [{ "type": "boolean" }, si] })
    }
}

/// `quand` of a document: always, or a condition.
#[derive(Clone, Debug)]
pub enum RawQuand {
    /// `toujours`.
    Toujours,
    /// When.
    Si(RawCondition),
}

impl Lire for RawQuand {
    fn lire(noeud: &Noeud, l: &mut Lecture) -> Option<Self> {
        match noeud.texte() {
            Some("toujours") => Some(Self::Toujours),
            _ => RawCondition::lire(noeud, l).map(Self::Si),
        }
    }
    fn nom() -> String {
        "`toujours` ou condition".to_owned()
    }
    fn schema(g: &mut SchemaGenerator) -> Schema {
        let si = RawCondition::schema(g).to_value();
        json_schema!({ "anyOf": [{ "const": "toujours" }, si] })
    }
}

variantes! {
    /// Ce que fait l'absence d'une pièce.
    pub enum RawSiManque {
        /// Le dossier est incomplet.
        "bloque" => Bloque,
        /// Rien n'est bloqué ; un prix peut suivre la ligne `absent`.
        "sans_blocage" => SansBlocage,
        /// Elle peut venir plus tard, avec des rappels.
        "des_que_possible" => DesQuePossible(RawRelance),
    }
}

bloc! {
    /// Rappels d'une pièce qui peut venir plus tard.
    pub struct RawRelance => Espace {
        /// Délai entre deux rappels.
        [requis] relance: RawDuree,
        /// Ensuite.
        [optionnel] puis: Id,
    }
}

variantes! {
    /// La durée de validité d'une pièce.
    pub enum RawValable {
        /// Jusqu'à la fin de l'année scolaire.
        "annee_scolaire" => AnneeScolaire,
        /// Tant que le document est en cours.
        "en_cours" => EnCours,
        /// Sans fin.
        "illimitee" => Illimitee,
        /// Jusqu'à ce jour de l'année, inclus.
        "jusqu_a" => JusquA(Texte),
        /// Pendant cette durée.
        "duree" => Duree(RawDuree),
    }
}

variantes! {
    /// Ce qu'un accès exige.
    pub enum RawExige {
        /// Toutes les pièces bloquantes de l'enfant sont là et valables.
        "dossier_complet" => DossierComplet,
        /// L'inscription à ce service est acceptée.
        "inscription_acceptee" => InscriptionAcceptee,
        /// Pas de suspension pour impayé.
        "sans_impaye" => SansImpaye,
        /// Le compte du parent est validé.
        "compte_valide" => CompteValide,
        /// L'enfant est dans une de ces écoles.
        "ecole" => Ecole(crate::definition::lecture::UnOuListe<Id>),
        /// Cette pièce est valable.
        "piece" => Piece(Id),
        /// Cette prestation est payée.
        "paye" => Paye(Id),
        /// Une condition sur des faits.
        "fait" => Fait(RawCondition),
        /// Un compteur ne dépasse pas un nombre.
        "compteur" => Compteur(RawCompteurAcces),
        /// Présent le même jour ailleurs.
        "presence" => Presence(RawMemeJour),
        /// Réservé le même jour ailleurs.
        "reserve" => Reserve(RawMemeJour),
        /// Autorisations signées.
        "autorisations" => Autorisations(crate::definition::lecture::UnOuListe<Id>),
    }
}

bloc! {
    /// Un compteur qui ne doit pas dépasser un nombre.
    pub struct RawCompteurAcces {
        /// Ce qui est compté.
        [requis] de: Id,
        /// Au plus.
        [requis] max: Entier,
        /// Par période.
        [requis] par: Id,
    }
}

bloc! {
    /// Le même jour, ailleurs.
    pub struct RawMemeJour {
        /// La prestation.
        [requis] prestation: Id,
        /// `jour`.
        [requis] meme: Id,
    }
}

variantes! {
    /// Quand tous les délais sont passés.
    pub enum RawSinon {
        /// C'est refusé.
        "refus" => Refus,
        /// Sur la liste d'attente.
        "liste_attente" => ListeAttente,
        /// Accepté sous ce délai.
        "delai" => Delai(Id),
    }
}

/// A list whose being written (even `[]`) counts.
#[derive(Clone, Debug)]
pub struct RawListeAcces(pub Liste<super::service::RawAcces>);

impl Lire for RawListeAcces {
    fn lire(noeud: &Noeud, l: &mut Lecture) -> Option<Self> {
        Some(Self(l.lit_liste(noeud)))
    }
    fn nom() -> String {
        "liste de règles d'accès".to_owned()
    }
    fn schema(g: &mut SchemaGenerator) -> Schema {
        let un = super::service::RawAcces::schema(g).to_value();
        json_schema!({ "type": "array", "items": un })
    }
    fn declaration() -> Option<&'static crate::definition::lecture::Declaration> {
        super::service::RawAcces::declaration()
    }
}

/// `aucune`, or how one books.
#[derive(Clone, Debug)]
pub enum RawReservationOuAucune {
    /// The service is not booked.
    Aucune,
    /// How.
    Regle(Box<super::service::RawReservation>),
}

impl Lire for RawReservationOuAucune {
    fn lire(noeud: &Noeud, l: &mut Lecture) -> Option<Self> {
        match noeud.texte() {
            Some("aucune") => Some(Self::Aucune),
            _ => super::service::RawReservation::lire(noeud, l).map(|r| Self::Regle(Box::new(r))),
        }
    }
    fn nom() -> String {
        "`aucune`, ou un bloc de clés".to_owned()
    }
    fn schema(g: &mut SchemaGenerator) -> Schema {
        let r = super::service::RawReservation::schema(g).to_value();
        json_schema!({ "anyOf": [{ "const": "aucune" }, r] })
    }
    fn declaration() -> Option<&'static crate::definition::lecture::Declaration> {
        super::service::RawReservation::declaration()
    }
}
