//! The macros, on a small grammar that has one of each shape.

use super::*;
use crate::definition::arbre;
use crate::definition::source::SourceSet;

bloc! {
    /// Un barème : des prix selon des conditions.
    struct RawBareme {
        /// Identifiant du barème, ex. `repas`.
        [requis] bareme: Id,
        /// Axe des barèmes continus.
        [optionnel] axe: Id,
        /// Dimensions dont le prix dépend.
        [liste requise] dimensions: Id,
        /// Versions datées.
        [liste] versions: RawVersion,
        /// Genre de barème.
        [optionnel] genre ("type"): UnOuListe<Texte>,
    }
}

bloc! {
    /// Une version.
    struct RawVersion {
        /// Nombre de décimales.
        [requis] decimales: Entier,
        /// Le tarif est voté.
        [optionnel] vote: Booleen | Factures,
        /// Accès exigé.
        [liste] acces: RawExige,
    }
}

variantes! {
    /// Ce qu'un accès exige.
    enum RawExige {
        /// Le dossier de l'année est complet.
        "dossier_complet" => DossierComplet,
        /// L'enfant est dans cette école.
        "ecole" => Ecole(Id),
    }
}

fn lit(texte: &str) -> (Option<RawBareme>, Vec<String>) {
    let mut sources = SourceSet::new();
    let fichier = sources.ajoute("ham/repas.yaml", texte);
    let mut l = Lecture::new();
    let lu = arbre::lit(&sources, fichier, l.diagnostics()).and_then(|n| RawBareme::lire(&n, &mut l));
    let mut diagnostics = l.fin();
    crate::diagnostic::trie(&mut diagnostics, &sources);
    let lignes = diagnostics.iter().map(|d| {
        let p = sources.position(fichier, d.principal.debut);
        format!("{} {}:{} [{}] {}", d.code, p.ligne, p.colonne, sources.texte(d.principal), d.message)
    });
    (lu, lignes.collect())
}

#[test]
fn un_bloc_juste_se_lit_avec_ses_places() {
    let (lu, diagnostics) = lit(
        "bareme: repas\ndimensions: [quotient]\ntype: a\nversions:\n  - decimales: 3\n    vote: oui\n    acces: [dossier_complet, { ecole: jean_zay }]\n",
    );
    assert_eq!(
        diagnostics,
        [
            "SYN09 6:5 [vote] `vote` est compris, mais rien ne l'applique encore : attend les factures et les paiements (après la partie 4)"
        ]
    );
    let lu = lu.unwrap();
    assert_eq!(lu.bareme.as_str(), "repas");
    assert_eq!((lu.bareme.span.debut, lu.bareme.span.fin), (8, 13));
    assert_eq!(lu.genre.unwrap()[0].as_str(), "a");
    assert_eq!(lu.versions.len(), 1);
    assert_eq!((lu.versions[0].decimales.0, lu.versions[0].vote.as_ref().map(|v| v.0)), (3, Some(true)));
    assert!(matches!(&lu.versions[0].acces[1].valeur, RawExige::Ecole(e) if e.as_str() == "jean_zay"));
    assert_eq!(
        lu.cles.iter().map(|c| c.0.as_str()).collect::<Vec<_>>(),
        ["bareme", "dimensions", "type", "versions"]
    );
}

/// What each mistake gives: code, line, column, underlined text.
const FAUTES: &[(&str, &str, &str, u32, u32)] = &[
    // YAML that cannot be read
    ("a:\n\tb: 1\n", "SYN01", "\t", 2, 1),
    ("a: 1\n  b: 2\n", "SYN01", "b", 2, 3),
    ("a: [1, 2\nb: 3\n", "SYN01", ":", 2, 2),
    ("a: { b: 1\nc: 2\n", "SYN01", "c", 2, 1),
    ("a: \"sans fin\nb: 2\n", "SYN01", "\"sans fin", 1, 4),
    ("a: b: c\n", "SYN01", ":", 1, 5),
    ("a: 'l'école'\n", "SYN01", "école'", 1, 7),
    ("a: >400..600\n", "SYN01", ">400..600", 1, 4),
    ("a: { q: >400, p: 2 }\n", "SYN01", ">400", 1, 9),
    ("a:\n   c: 1\n  d: 2\n", "SYN01", "d", 3, 3),
    ("a:\n  x: 1\n  - y\n", "SYN01", "-", 3, 3),
    ("a: {b: 1 c: 2}\n", "SYN01", "c", 1, 10),
    ("a: {prix:3.50}\n", "SYN01", "prix:3.50", 1, 5),
    ("prix:3.50\nb: 2\n", "SYN01", "prix:3.50", 1, 1),
    ("a: [1, 2}\n", "SYN01", "[", 1, 4),
    ("a: \"c:\\quoi\"\n", "SYN01", "\\q", 1, 7),
    // keys
    ("bareme: a\ndimensions: []\ndimention: b\n", "SYN02", "dimention", 3, 1),
    ("bareme: a\ndimensions: []\nprix: 3.50\n", "SYN02", "prix", 3, 1),
    ("bareme: a\ndimensions: []\nversions:\n  - { decimales: 2, axe: q }\n", "SYN02", "axe", 4, 21),
    ("bareme: a\ndimensions: []\nbareme: b\n", "SYN03", "bareme", 3, 1),
    (
        "bareme: a\ndimensions: []\nversions: [ { decimales: 2, decimales: 3 } ]\n",
        "SYN03",
        "decimales",
        3,
        29,
    ),
    ("bareme: a\n\"bareme\": b\ndimensions: []\n", "SYN03", "\"bareme\"", 2, 1),
    // types
    ("bareme: Repas\ndimensions: []\n", "SYN04", "R", 1, 9),
    ("bareme: [a]\ndimensions: []\n", "SYN04", "[a]", 1, 9),
    ("bareme: a\ndimensions: quotient\n", "SYN04", "quotient", 2, 13),
    ("bareme: a\ndimensions: [q]\naxe:\n", "SYN04", "axe", 3, 1),
    ("bareme: a\ndimensions: []\nversions: [ { decimales: trois } ]\n", "SYN04", "trois", 3, 26),
    (
        "bareme: a\ndimensions: []\nversions: [ { decimales: 2, vote: peut-être } ]\n",
        "SYN04",
        "peut-être",
        3,
        35,
    ),
    ("bareme: a\ndimensions: []\nversions: [ { vote: oui } ]\n", "SYN04", "{ vote: oui }", 3, 13),
    ("bareme: a\ndimensions: [ \"caf\\u00e9\" ]\n", "SYN04", "\"caf\\u00e9\"", 2, 15),
    // values that others read otherwise
    ("type: 16:30\nbareme: a\ndimensions: []\n", "SYN05", "16:30", 1, 7),
    ("bareme: no\ndimensions: []\n", "SYN05", "no", 1, 9),
    ("type: [a, 0100]\nbareme: a\ndimensions: []\n", "SYN05", "0100", 1, 11),
    ("bareme: a\ndimensions: []\ntype: 1_000\n", "SYN05", "1_000", 3, 7),
    // budgets
    ("bareme: &a x\ndimensions: []\n", "SYN06", "&a", 1, 9),
    ("bareme: a\ndimensions: [*q]\n", "SYN06", "*q", 2, 14),
    ("bareme: !Ref a\ndimensions: []\n", "SYN06", "!Ref", 1, 9),
    ("bareme: a\ndimensions: []\n---\nbareme: b\n", "SYN06", "---", 3, 1),
    ("bareme: a\n<<: {}\ndimensions: []\n", "SYN06", "<<", 2, 1),
    // what nothing obeys yet
    ("bareme: a\ndimensions: []\nversions: [ { decimales: 2, vote: oui } ]\n", "SYN09", "vote", 3, 29),
    ("bareme: a\ndimensions: []\nversions:\n  - decimales: 2\n    vote: non\n", "SYN09", "vote", 5, 5),
    ("bareme: a\ndimensions: []\nversions: [ { vote: oui } ]\n", "SYN09", "vote", 3, 15),
    // what the eye does not see
    ("bareme: a\ndimensions: []\ntype: a\u{200b}b\n", "SYN08", "\u{200b}", 3, 8),
    ("bareme: a\ndimensions: []\ntype: e\u{301}cole\n", "SYN08", "e\u{301}", 3, 7),
    ("bareme: a # \u{202e}sens\ndimensions: []\n", "SYN08", "\u{202e}", 1, 13),
    ("bareme: a\ndimensions: []\ntype: сосо\n", "SYN08", "сосо", 3, 7),
    ("bareme: a\ndimensions: []\ntype: “x”\n", "SYN08", "“x”", 3, 7),
];

#[test]
fn chaque_faute_est_montree_a_sa_place() {
    for (texte, code, souligne, ligne, colonne) in FAUTES {
        let (_, diagnostics) = lit(texte);
        let attendu = format!("{code} {ligne}:{colonne} [{souligne}] ");
        assert!(
            diagnostics.iter().any(|d| d.starts_with(&attendu)),
            "{texte:?}\n{attendu}\n{diagnostics:#?}"
        );
    }
    for code in crate::diagnostic::codes::REGISTRE.iter().filter(|c| c.nom().starts_with("SYN0")) {
        // the version of the schema is checked where files are resolved
        let n = FAUTES.iter().filter(|f| f.1 == code.nom()).count();
        assert!(n >= 3 || code.nom() == "SYN07", "{code} : {n} fautes");
    }
}

const FAUTIF: &str = "\
bareme: Repas du midi
dimension: [residence]
axe: [quotient]
type: oui
versions:
  - decimales: trois
    votee: oui
    acces: [dossier_complt, { ecole: Jean }, { ecole: a, dossier_complet: b }]
  - vote: yes
    acces: dossier_complet
  - decimales: 2
    decimales: 3
    axe: quotient
    acces: [ecole]
";

#[test]
fn chaque_faute_d_un_fichier_est_dite_dans_l_ordre() {
    let (lu, diagnostics) = lit(FAUTIF);
    assert!(lu.is_none(), "sans identifiant ni dimensions, le barème est laissé");
    let lieux: Vec<String> =
        diagnostics.iter().map(|d| d.split(']').next().unwrap_or("").to_owned() + "]").collect();
    let attendus = [
        "SYN04 1:9 [R]",
        "SYN02 2:1 [dimension]",
        "SYN04 3:6 [[quotient]",
        "SYN04 6:16 [trois]",
        "SYN02 7:5 [votee]",
        "SYN04 8:13 [dossier_complt]",
        "SYN04 8:38 [J]",
        "SYN04 8:58 [dossier_complet]",
        "SYN04 9:5 [vote]",
        "SYN09 9:5 [vote]",
        "SYN04 9:11 [yes]",
        "SYN05 9:11 [yes]",
        "SYN04 10:12 [dossier_complet]",
        "SYN03 12:5 [decimales]",
        "SYN02 13:5 [axe]",
        "SYN04 14:13 [ecole]",
    ];
    assert_eq!(lieux, attendus);
}

#[test]
fn ce_qui_manque_est_su_de_ce_qui_l_entoure() {
    let (lu, diagnostics) =
        lit("bareme: a\ndimensions: [q, Q]\naxe: Q\nversions:\n  - decimales: 2\n  - decimales: x\n");
    assert_eq!(diagnostics.len(), 3);
    let lu = lu.unwrap();
    assert!(lu.incomplet && lu.axe.is_none());
    assert_eq!((lu.dimensions.len(), lu.dimensions.incomplete), (1, true));
    assert_eq!((lu.versions.len(), lu.versions.incomplete), (1, true));
    assert!(
        !lu.versions[0].incomplet && !lu.versions[0].acces.incomplete && lu.versions[0].acces.span.is_none()
    );
}

#[test]
fn la_faute_d_une_feuille_est_soulignee_dans_son_texte() {
    let mut sources = SourceSet::new();
    let fichier = sources.ajoute("x.yaml", "avant: [\"J-2 ouvrs\", 'J-2 ouvres', \"J-2\\u0020ouvrs\"]");
    let mut l = Lecture::new();
    let noeud = arbre::lit(&sources, fichier, l.diagnostics()).unwrap();
    let lus: Vec<bool> = noeud
        .champ("avant")
        .and_then(Noeud::liste)
        .unwrap()
        .iter()
        .map(|n| l.feuille(n, "repère attendu, ex. `J-2 ouvres`", rules::repere::Repere::lit).is_some())
        .collect();
    assert_eq!(lus, [false, true, false]);
    let soulignes: Vec<String> = l.fin().iter().map(|d| sources.texte(d.principal).to_owned()).collect();
    // an escaped text is underlined whole: its bytes are not those of the file
    assert_eq!(soulignes, ["ouvrs", "\"J-2\\u0020ouvrs\""]);
}

/// A hand-written reader: `{ prix: 3, ecole: a, … }`, whose other keys are conditions.
#[derive(Debug, PartialEq)]
struct Ligne {
    prix: i64,
    conditions: Vec<(String, String)>,
}

static LIGNE: Declaration = Declaration {
    nom: "Ligne",
    doc: "Une ligne.",
    cles: &[CleDeclaree {
        attente: None,
        nom: "prix",
        doc: "Le prix.",
        presence: Presence::Requise,
        genre: Entier::nom,
        declaration: Entier::declaration,
    }],
    forme: Forme::Bloc,
};

impl Lire for Ligne {
    fn lire(noeud: &Noeud, l: &mut Lecture) -> Option<Self> {
        let mut cles = Cles::ouvre_libre(noeud, l, &LIGNE)?;
        let prix = cles.requise::<Entier>("prix", l);
        let conditions = cles
            .autres()
            .filter_map(|(cle, noeud)| Some((cle.texte.clone(), l.lit::<Texte>(noeud)?.as_str().to_owned())));
        let conditions = conditions.collect();
        cles.ferme(l);
        Some(Self { prix: prix?.valeur.0, conditions })
    }

    fn nom() -> String {
        "ligne".to_owned()
    }

    fn schema(g: &mut SchemaGenerator) -> Schema {
        Carte::<Texte>::schema(g)
    }
}

#[test]
fn un_lecteur_a_la_main_garde_les_autres_cles() {
    let mut sources = SourceSet::new();
    let fichier = sources.ajoute("x.yaml", "{ ecole: a, prix: 3, quotient: \"..900\" }");
    let mut l = Lecture::new();
    let noeud = arbre::lit(&sources, fichier, l.diagnostics()).unwrap();
    let conditions = vec![("ecole".to_owned(), "a".to_owned()), ("quotient".to_owned(), "..900".to_owned())];
    assert_eq!(Ligne::lire(&noeud, &mut l), Some(Ligne { prix: 3, conditions }));
    assert_eq!(l.fin(), vec![]);
}

#[test]
fn les_fautes_se_rendent_en_quatre_formats() {
    let mut sources = SourceSet::new();
    let fichier = sources.ajoute("ham/été,1.yaml", FAUTIF);
    let mut l = Lecture::new();
    let noeud = arbre::lit(&sources, fichier, l.diagnostics()).unwrap();
    RawBareme::lire(&noeud, &mut l);
    let mut diagnostics = l.fin();
    crate::diagnostic::trie(&mut diagnostics, &sources);
    use crate::diagnostic::rendu::{Format, Options, rend};
    let options = Options { racine: "communes/", ..Options::default() };
    insta::assert_snapshot!("texte", rend(Format::Texte, &diagnostics, &sources, options));
    let trois = &diagnostics[1..4];
    for format in ["json", "github", "sarif"] {
        let rendu = rend(Format::trouve(format).unwrap(), trois, &sources, options);
        insta::assert_snapshot!(format, rendu);
    }
    let court = rend(Format::Texte, &diagnostics, &sources, Options { maximum: 2, ..options });
    assert!(court.ends_with("\n… et 14 autres\n\n14 erreurs, 2 attentions\n"), "{court}");
}

#[test]
fn le_schema_dit_les_cles_et_leur_aide() {
    let schema = racine::<RawBareme>("barème");
    insta::assert_snapshot!("schema", format!("{schema:#}"));
}

#[test]
fn les_erreurs_de_yaml_sont_dites_en_francais() {
    let mut rendu = String::new();
    for (texte, code, ..) in FAUTES.iter().filter(|f| ["SYN01", "SYN05", "SYN06", "SYN08"].contains(&f.1)) {
        let mut sources = SourceSet::new();
        let fichier = sources.ajoute("x.yaml", *texte);
        let mut diagnostics = Vec::new();
        arbre::lit(&sources, fichier, &mut diagnostics);
        crate::diagnostic::trie(&mut diagnostics, &sources);
        diagnostics.retain(|d| d.code.nom() == *code);
        use crate::diagnostic::rendu::{Format, Options, rend};
        rendu.push_str(&rend(Format::Texte, &diagnostics, &sources, Options::default()));
    }
    insta::assert_snapshot!("yaml", rendu);
}
