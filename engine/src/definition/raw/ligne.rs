//! A row of any table: conditions on dimensions, and what they give.

use serde_json::{Value, json};

use super::source::{RawQuestion, RawSource};
use super::valeurs::{RawMontant, RawTaux};
use crate::definition::arbre::{Cle, Contenu, Noeud};
use crate::definition::lecture::{
    Booleen, CleDeclaree, Declaration, Entier, Forme, Id, Lecture, Lire, Liste, Presence, Schema,
    SchemaGenerator, Sp, schema_libre,
};

/// Every word that a row may hold beside its dimensions; which ones a table takes is known where it is resolved.
static DECLARATION: Declaration = Declaration {
    nom: "RawRangee",
    doc: "Une ligne de tableau : des conditions sur les dimensions (`residence: hamois`, `quotient: \"..900\"`, une liste, `absent`, `{ sauf: [..] }`), et un seul résultat. Une dimension qui n'est pas écrite accepte tout.",
    cles: &[
        cle("sinon", "Écrit `sinon: oui` : tous les cas que les autres lignes ne prennent pas.", || {
            "`oui`".into()
        }),
        cle("source", "Le document qui le dit, ou `{ choix, question }`.", RawSource::nom),
        cle("questions", "Questions à la commune.", || "liste".into()),
        cle(
            "prix",
            "Barème : le prix ; dans une grille à `colonnes`, un prix par colonne ; `{ exemple: 3.10 }` s'il n'est pas voté.",
            RawMontant::nom,
        ),
        cle("parts", "Barème : un prix en plusieurs parts, ex. `{ repas: 2.10, animation: 0.40 }`.", || {
            "clés libres → montant".into()
        }),
        cle("taux", "Barème : une part de l'assiette, ex. `0.42 %`.", RawTaux::nom),
        cle("assiette", "Avec `taux` : le fait sur lequel il porte, ici seulement.", Id::nom),
        cle("plancher", "Avec `taux` : pas moins que ce montant.", RawMontant::nom),
        cle("plafond", "Avec `taux` : pas plus que ce montant.", RawMontant::nom),
        cle(
            "entre",
            "Barème : du premier au second prix le long de l'axe, ex. `[5.00, 8.00]`. Limite : entre deux repères.",
            || "deux montants, ou deux repères".into(),
        ),
        cle(
            "formule",
            "Barème, ou fait déduit : une expression sur des faits, ex. `\"quotient * 0.0042\"`.",
            || "expression".into(),
        ),
        cle(
            "comme",
            "Barème : le prix d'un autre, ex. `{ bareme: repas, avec: { residence: exterieur }, majore: 20 % }`.",
            || "`{ bareme, avec, majore }`".into(),
        ),
        cle("script", "Barème : un script de `regles/`.", || "chemin".into()),
        cle(
            "non_offert",
            "Barème : ce cas n'est pas proposé ; le texte est montré à la famille.",
            || "texte".into(),
        ),
        cle("a_demander", "Ce que la commune n'a pas publié : la question à lui poser.", || {
            "question".into()
        }),
        cle("avant", "Limite : jusqu'à ce repère, exclu, ex. `\"J-1 12:00\"`.", || "repère".into()),
        cle("jusqu_a", "Limite : jusqu'à ce repère, inclus.", || "repère".into()),
        cle("des", "Ouverture : à partir de ce repère, inclus.", || "repère".into()),
        cle("toujours", "Limite : aucune.", || "`oui`".into()),
        cle("jamais", "Limite, ouverture : c'est fermé ; le texte est montré à la famille.", || {
            "texte".into()
        }),
        cle("facture", "Absence : `oui`, `non`, un taux ou un montant.", || {
            "`oui`, `non`, montant ou taux".into()
        }),
        cle("droit", "Absence : le droit que la famille garde.", Id::nom),
        cle("message", "Le message de `messages/` que la famille lit.", Id::nom),
        cle("places", "Capacité : le nombre de places.", Entier::nom),
        cle("encadrement", "Capacité : selon l'encadrement présent.", || "valeur".into()),
        cle("montant", "Étape de prix : le montant de ce cas.", RawMontant::nom),
        cle("valeur", "Fait déduit : sa valeur dans ce cas.", || "valeur".into()),
    ],
    forme: Forme::Bloc,
};

const fn cle(nom: &'static str, doc: &'static str, genre: fn() -> String) -> CleDeclaree {
    CleDeclaree { nom, doc, presence: Presence::Optionnelle, genre, declaration: || None, attente: None }
}

/// What editors accept under a key of a row.
fn schema_cle(nom: &str, g: &mut SchemaGenerator) -> Schema {
    let texte = || json!({ "type": "string", "minLength": 1 });
    let montant = RawMontant::schema(g).to_value();
    let valeur = match nom {
        "sinon" | "toujours" => json!({ "enum": ["oui", true] }),
        "source" => RawSource::schema(g).to_value(),
        "questions" => json!({ "type": "array", "items": RawQuestion::schema(g).to_value() }),
        "prix" => json!({ "anyOf": [
            montant,
            { "type": "array", "items": { "anyOf": [montant, { "const": "a_demander" }] } },
            { "type": "object", "properties": { "exemple": montant }, "required": ["exemple"], "additionalProperties": false },
        ] }),
        "parts" => json!({ "type": "object", "minProperties": 1, "additionalProperties": montant }),
        "taux" => RawTaux::schema(g).to_value(),
        "assiette" | "message" | "droit" => Id::schema(g).to_value(),
        "plancher" | "plafond" | "montant" => json!({ "type": ["number", "string"] }),
        "entre" => {
            json!({ "type": "array", "minItems": 2, "maxItems": 2, "items": { "type": ["number", "string"] } })
        }
        "comme" => json!({
            "type": "object",
            "properties": { "bareme": Id::schema(g).to_value(), "avec": { "type": "object" }, "majore": { "type": ["string", "number"] } },
            "required": ["bareme"],
            "additionalProperties": false,
        }),
        "facture" => json!({ "anyOf": [Booleen::schema(g).to_value(), { "type": ["string", "number"] }] }),
        "places" => json!({ "type": "integer", "minimum": 1 }),
        "encadrement" | "valeur" => Value::Bool(true),
        _ => texte(),
    };
    Schema::try_from(valeur).unwrap_or_default()
}

/// The condition on one dimension.
pub(super) fn cellule() -> Value {
    json!({ "anyOf": [
        { "type": ["string", "number", "boolean"] },
        { "type": "array", "items": { "type": ["string", "number", "boolean"] } },
        { "type": "object", "properties": { "sauf": true }, "required": ["sauf"], "additionalProperties": false },
    ] })
}

/// A row of a table: conditions and results in one map; which key is which is known where the table is resolved.
#[derive(Clone, Debug)]
pub struct RawRangee {
    /// Every entry but `source` and `questions`.
    pub entrees: Vec<(Cle, Noeud)>,
    /// Its document.
    pub source: Option<Sp<RawSource>>,
    /// Its questions.
    pub questions: Liste<RawQuestion>,
}

impl Lire for RawRangee {
    fn lire(noeud: &Noeud, l: &mut Lecture) -> Option<Self> {
        let Contenu::Carte(tout) = &noeud.contenu else {
            l.inattendu(noeud, "ligne de tableau attendue, ex. `{ quotient: \"..900\", prix: 3.50 }`", None);
            return None;
        };
        let mut rangee = Self { entrees: Vec::new(), source: None, questions: Liste::default() };
        for (cle, valeur) in tout {
            match cle.texte.as_str() {
                "source" => rangee.source = l.lit(valeur),
                "questions" => rangee.questions = l.lit_liste(valeur),
                _ => rangee.entrees.push((cle.clone(), valeur.clone())),
            }
        }
        Some(rangee)
    }
    fn nom() -> String {
        "ligne de tableau".to_owned()
    }
    fn schema(g: &mut SchemaGenerator) -> Schema {
        schema_libre(
            g,
            &DECLARATION,
            |g| DECLARATION.cles.iter().map(|c| schema_cle(c.nom, g)).collect(),
            cellule(),
        )
    }
    fn declaration() -> Option<&'static Declaration> {
        Some(&DECLARATION)
    }
}

impl RawRangee {
    /// The entry of this key.
    pub fn entree(&self, cle: &str) -> Option<&(Cle, Noeud)> {
        self.entrees.iter().find(|(c, _)| c.texte == cle)
    }
}
