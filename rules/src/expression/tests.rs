use std::sync::Arc;

use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use super::{Bornes, ErreurCalcul, ErreurExpr, Expr, Hote, Sachant, SansCalendrier, TypeExpr};
use crate::faits::{FaitId, Faits, Symboles};
use crate::valeur::{Domaine, UniteDuree, Valeur};

fn d(texte: &str) -> Decimal {
    texte.parse().unwrap()
}

fn noms(liste: &[&str]) -> Arc<[Box<str>]> {
    liste.iter().map(|n| Box::from(*n)).collect()
}

/// A town of eleven facts; the quotient and the school year may be absent.
struct Ville(Vec<(&'static str, Domaine, bool)>);

fn ville() -> Ville {
    let nombre = |min: Option<i64>, max: Option<i64>| Domaine::Nombre {
        pas: None,
        min: min.map(Decimal::from),
        max: max.map(Decimal::from),
    };
    Ville(vec![
        ("quotient", nombre(Some(0), None), true),
        ("residence", Domaine::Choix(noms(&["commune", "exterieur"])), false),
        ("enfant.classe", Domaine::Choix(noms(&["maternelle", "elementaire"])), true),
        ("rang", nombre(Some(1), Some(9)), false),
        ("agent", Domaine::Booleen, false),
        ("jour", Domaine::Date, false),
        ("naissance", Domaine::Date, false),
        ("depart", Domaine::Heure, false),
        ("duree", Domaine::Duree(UniteDuree::Minute), false),
        ("jours_fixes", Domaine::Ensemble(noms(&["lundi", "mardi", "jeudi"])), false),
        ("revenu", nombre(Some(0), Some(100_000)), false),
    ])
}

impl Symboles for Ville {
    fn fait(&self, nom: &str) -> Option<FaitId> {
        self.0.iter().position(|f| f.0 == nom).map(|i| FaitId(u16::try_from(i).unwrap()))
    }
    fn domaine(&self, fait: FaitId) -> &Domaine {
        &self.0[usize::from(fait.0)].1
    }
    fn nom(&self, fait: FaitId) -> &str {
        self.0[usize::from(fait.0)].0
    }
    fn peut_manquer(&self, fait: FaitId) -> bool {
        self.0[usize::from(fait.0)].2
    }
    fn noms(&self) -> Vec<&str> {
        self.0.iter().map(|f| f.0).collect()
    }
    fn parametre(&self, nom: &str) -> Option<u16> {
        (nom == "plafond").then_some(0)
    }
}

struct Calendrier;

impl Hote for Calendrier {
    fn est_ferie(&self, jour: Date) -> Option<bool> {
        Some(jour == date(2025, 11, 11))
    }
    fn est_ecole(&self, jour: Date) -> Option<bool> {
        Some(jour == date(2025, 9, 2))
    }
}

/// Quotient 650.50, exterieur, elementaire, rank 2, agent, Tuesday 2 September 2025, born 2020-09-02, left 18:05, 95 min, lundi+jeudi, 24 000.
fn valeurs() -> [Valeur; 11] {
    [
        Valeur::Nombre(d("650.50")),
        Valeur::Choix(1),
        Valeur::Choix(1),
        Valeur::Nombre(d("2")),
        Valeur::Booleen(true),
        Valeur::Date(date(2025, 9, 2)),
        Valeur::Date(date(2020, 9, 2)),
        Valeur::Heure(18 * 60 + 5),
        Valeur::Duree(95),
        Valeur::Ensemble(0b101),
        Valeur::Nombre(d("24000")),
    ]
}

/// Compiles where the quotient and the class are known, and evaluates over [`valeurs`].
fn vaut(texte: &str, attendu: TypeExpr) -> Result<Valeur, ErreurCalcul> {
    let ville = ville();
    let connus = [FaitId(0), FaitId(2)];
    let symboles = Sachant { symboles: &ville, connus: &connus };
    let expr = Expr::compile(texte, &symboles, attendu).unwrap_or_else(|e| panic!("{texte}: {e:#?}"));
    expr.evalue(&Faits { valeurs: &valeurs(), parametres: &[Valeur::Nombre(d("8.20"))] }, &Calendrier)
}

fn erreurs(texte: &str, attendu: TypeExpr) -> Vec<ErreurExpr> {
    Expr::compile(texte, &ville(), attendu).expect_err(texte)
}

#[test]
fn des_nombres_exacts() {
    for (texte, attendu) in [
        ("7 / 2", "3.5"),
        ("0.1 + 0.2", "0.3"),
        ("quotient * 0.00420 * 2 + 3.95", "9.41420"),
        ("1.8 + 0.4 * min(rang, 3) + 0.7 * max(rang - 3, 0)", "2.6"),
        ("-(rang - 5) * 2", "6"),
        ("-3.50 + +1", "-2.50"),
        ("borne(quotient, 700, 900)", "700"),
        ("arrondi(2.945, 2)", "2.95"),
        ("arrondi_inf(2.949, 2)", "2.94"),
        ("arrondi_sup(duree / 15, 0) * 0.50", "3.50"),
        ("min(parametre(\"plafond\"), 9, 10)", "8.20"),
        ("age(naissance, jour)", "5"),
        ("jours_entre(\"2025-09-01\", jour)", "1"),
        ("mois_entre(naissance, jour)", "60"),
        ("semaine_iso(jour)", "36"),
        ("depart - \"18:00\"", "5"),
        ("(revenu / 12) / 2", "1000"),
    ] {
        assert_eq!(vaut(texte, TypeExpr::Nombre), Ok(Valeur::Nombre(d(attendu))), "{texte}");
    }
}

#[test]
fn des_conditions() {
    for (texte, attendu) in [
        ("residence == \"exterieur\" && quotient >= 650.50", true),
        ("residence != \"exterieur\" || rang in [1, 2]", true),
        ("residence in [\"commune\"]", false),
        ("!(residence in [\"commune\"])", true),
        ("enfant.classe == \"elementaire\" && agent", true),
        ("agent == false", false),
        ("depart > \"18:00\" && depart <= \"24:00\"", true),
        ("duree >= 95 && duree < 96", true),
        ("\"jeudi\" in jours_fixes", true),
        ("\"mardi\" in jours_fixes", false),
        ("jour_semaine(jour) == \"mardi\"", true),
        ("jour_semaine(jour) in [\"samedi\", \"dimanche\"]", false),
        ("jour == \"2025-09-02\" && est_ecole(jour) && !est_ferie(jour)", true),
        ("naissance < ajoute_mois(jour, -36)", true),
        ("jour in [\"2025-09-01\", \"2025-09-02\"]", true),
        ("quotient == 650.5", true),
        ("1 + 2 * 3 == 7", true),
    ] {
        assert_eq!(vaut(texte, TypeExpr::Booleen), Ok(Valeur::Booleen(attendu)), "{texte}");
    }
    assert_eq!(
        vaut("ajoute_mois(date(\"2025-01-31\"), 1)", TypeExpr::Date),
        Ok(Valeur::Date(date(2025, 2, 28)))
    );
}

#[test]
fn un_fait_qui_peut_manquer_est_garde() {
    for texte in [
        "est_connu(quotient) && quotient < 900",
        "!est_connu(quotient) || quotient < 900",
        "!(!est_connu(quotient)) && quotient < 900",
        "!(est_connu(quotient) && quotient < 900) || quotient < 100",
        "est_connu(quotient) && (agent || quotient < 900)",
        "est_connu(quotient) && est_connu(enfant.classe) && enfant.classe == \"maternelle\" && quotient * 2 > 3",
        "(est_connu(quotient) && agent || est_connu(quotient) && !agent) && quotient > 1",
        "!est_connu(quotient)",
    ] {
        assert!(Expr::compile(texte, &ville(), TypeExpr::Booleen).is_ok(), "{texte}");
    }
    for texte in [
        "quotient < 900",
        "quotient < 900 && est_connu(quotient)",
        "est_connu(quotient) || quotient < 900",
        "!est_connu(quotient) && quotient < 900",
        "(agent || est_connu(quotient)) && quotient < 900",
        "(est_connu(quotient) && agent) || quotient > 1",
        "est_connu(enfant.classe) && quotient > 1",
    ] {
        let erreurs = erreurs(texte, TypeExpr::Booleen);
        assert_eq!(erreurs.len(), 1, "{texte}: {erreurs:?}");
        assert_eq!(erreurs[0].code, "RHA02", "{texte}");
        assert_eq!(&texte[erreurs[0].debut..erreurs[0].fin], "quotient", "{texte}");
    }
    // at run time a guard stops before the absent fact, and an absent fact is never 0
    let mut valeurs = valeurs();
    valeurs[0] = Valeur::Absent;
    let faits = Faits { valeurs: &valeurs, parametres: &[] };
    let garde = Expr::compile("est_connu(quotient) && quotient < 900", &ville(), TypeExpr::Booleen).unwrap();
    assert_eq!(garde.evalue(&faits, &SansCalendrier), Ok(Valeur::Booleen(false)));
    let ville = ville();
    let sachant = Sachant { symboles: &ville, connus: &[FaitId(0)] };
    let promis = Expr::compile("quotient * 2", &sachant, TypeExpr::Nombre).unwrap();
    assert_eq!(promis.evalue(&faits, &SansCalendrier), Err(ErreurCalcul::FaitAbsent(FaitId(0))));
}

/// Each text with its code, the words underlined, and a part of the message or of the help.
#[test]
fn ce_qui_ne_va_pas_est_montre() {
    use TypeExpr::{Booleen, Nombre};
    for (texte, attendu, code, souligne, dit) in [
        ("revnu > 10", Booleen, "RHA02", "revnu", "vouliez-vous dire « revenu » ?"),
        (
            "residence == \"exterieure\"",
            Booleen,
            "RHA02",
            "\"exterieure\"",
            "vouliez-vous dire « exterieur » ?",
        ),
        ("residence == \"nord\"", Booleen, "RHA02", "\"nord\"", "commune, exterieur"),
        ("residence == \"absent\"", Booleen, "RHA02", "\"absent\"", "est_connu"),
        ("residence == exterieur", Booleen, "RHA02", "exterieur", "\"exterieur\""),
        ("agent == oui", Booleen, "RHA02", "oui", "true"),
        ("rang == \"2\"", Booleen, "RHA04", "\"2\"", "sans guillemets"),
        ("rang == agent", Booleen, "RHA04", "rang == agent", "un nombre ne se compare pas à une condition"),
        ("residence < \"exterieur\"", Booleen, "RHA04", "residence < \"exterieur\"", "n'ont pas d'ordre"),
        ("residence == enfant.classe", Booleen, "RHA02", "enfant.classe", "peut être absent"),
        ("jour > rang", Booleen, "RHA04", "jour > rang", "une date ne se compare pas à un nombre"),
        ("jour == \"2025-02-30\"", Booleen, "RHA04", "\"2025-02-30\"", "2025-09-01"),
        ("jour == \"20250230\"", Booleen, "RHA04", "\"20250230\"", "n'est pas une date"),
        ("depart > \"6:00\"", Booleen, "RHA04", "\"6:00\"", "06:00"),
        ("depart > \"24:01\"", Booleen, "RHA04", "\"24:01\"", "n'est pas une heure"),
        ("agent && rang", Booleen, "RHA04", "rang", "relie des conditions"),
        ("!rang", Booleen, "RHA04", "!rang", "nie une condition"),
        ("rang", Booleen, "RHA04", "rang", "une condition (oui ou non) est attendue"),
        ("agent", Nombre, "RHA04", "agent", "un nombre est attendu"),
        ("rang + agent", Nombre, "RHA04", "agent", "un nombre est attendu"),
        ("\"a\" + \"b\"", Nombre, "RHA03", "\"a\" + \"b\"", "regles/"),
        ("jour - naissance", Nombre, "RHA04", "jour - naissance", "jours_entre"),
        ("rang / 0", Nombre, "RHA04", "0", "division par zéro"),
        ("arondi(rang, 2)", Nombre, "RHA02", "arondi", "« arrondi »"),
        ("arrondi(rang)", Nombre, "RHA02", "arrondi", "arrondi(x, décimales)"),
        ("arrondi(rang, rang)", Nombre, "RHA04", "rang", "de 0 à 10"),
        ("parametre(\"plafon\")", Nombre, "RHA02", "\"plafon\"", "pas déclaré"),
        ("eval(\"1\")", Nombre, "RHA02", "eval", "n'existe pas"),
        ("rang.abs()", Nombre, "RHA03", "rang", "méthode"),
        ("rang % 2", Nombre, "RHA03", "%", "l'opérateur « % »"),
        ("[1, 2][0]", Nombre, "RHA03", "[", "indice"),
        ("`a${rang}` == `b`", Booleen, "RHA03", "`", "construction d'un texte"),
        ("if agent { 1 } else { 2 }", Nombre, "RHA03", "if", "regles/"),
        ("let x = 1; x", Nombre, "RHA01", "let", "regles/"),
        ("rang = 3", Nombre, "RHA01", "=", "regles/"),
        ("rang >", Booleen, "RHA01", "", "manque"),
        ("(rang > 1", Booleen, "RHA01", "", "manque"),
        ("rang in []", Booleen, "RHA04", "rang in", "vide"),
        ("rang in [1, agent]", Booleen, "RHA04", "agent", "ne se compare pas"),
        ("rang in residence", Booleen, "RHA04", "residence", "attend une liste"),
        ("jours_fixes == \"lundi\"", Booleen, "RHA04", "jours_fixes == \"lundi\"", "in ensemble"),
        ("\"samedi\" in jours_fixes", Booleen, "RHA02", "\"samedi\"", "lundi, mardi, jeudi"),
    ] {
        let erreurs = erreurs(texte, attendu);
        let e = erreurs.iter().find(|e| e.code == code && &texte[e.debut..e.fin] == souligne);
        let e = e.unwrap_or_else(|| panic!("{texte}: {erreurs:#?}"));
        let tout = format!("{} {}", e.message, e.aide.as_deref().unwrap_or_default());
        assert!(tout.contains(dit), "{texte}: {tout}");
    }
}

#[test]
fn toutes_les_erreurs_dun_texte() {
    let texte = "revnu > 10 && residence == \"nord\" && quotient < 3 && revenu > \"é\" && zzz";
    let erreurs = erreurs(texte, TypeExpr::Booleen);
    let soulignes: Vec<&str> = erreurs.iter().map(|e| &texte[e.debut..e.fin]).collect();
    assert_eq!(soulignes, ["revnu", "\"nord\"", "quotient", "\"é\"", "zzz"], "{erreurs:#?}");
}

#[test]
fn un_texte_enorme_ou_profond_est_refuse_sans_panique() {
    for texte in [
        "1+".repeat(900) + "1",
        "(".repeat(900) + "1" + &*")".repeat(900),
        "!".repeat(1_500) + "agent",
        "1".repeat(5_000),
    ] {
        let erreurs = erreurs(&texte, TypeExpr::Nombre);
        assert!(!erreurs.is_empty() && erreurs.len() < 10, "{} erreurs", erreurs.len());
    }
}

#[test]
fn le_calcul_impossible_a_un_nom() {
    let nombre = |t| vaut(t, TypeExpr::Nombre);
    assert_eq!(nombre("revenu / (rang - 2)"), Err(ErreurCalcul::DivisionParZero));
    assert_eq!(nombre("99999999999999999999999999 * revenu"), Err(ErreurCalcul::Depassement));
    assert_eq!(nombre("borne(rang, revenu, 0)"), Err(ErreurCalcul::BornesInversees));
    assert_eq!(vaut("ajoute_mois(jour, 0.5) == jour", TypeExpr::Booleen), Err(ErreurCalcul::PasEntier));
    assert_eq!(
        vaut("ajoute_mois(jour, 9999999999) == jour", TypeExpr::Booleen),
        Err(ErreurCalcul::DateImpossible)
    );
    let expr = Expr::compile("est_ferie(jour)", &ville(), TypeExpr::Booleen).unwrap();
    let faits = Faits { valeurs: &valeurs(), parametres: &[] };
    assert_eq!(expr.evalue(&faits, &SansCalendrier), Err(ErreurCalcul::HorsCalendrier(date(2025, 9, 2))));
}

#[test]
fn faits_lus_et_constantes() {
    let texte = "est_connu(quotient) && quotient * 0.00420 > -3 && rang in [1, 2]";
    let expr = Expr::compile(texte, &ville(), TypeExpr::Booleen).unwrap();
    assert_eq!(expr.faits_lus(), [FaitId(0), FaitId(3)]);
    let constantes: Vec<(&str, Decimal)> =
        expr.constantes().iter().map(|c| (&texte[c.debut..c.fin], c.valeur)).collect();
    assert_eq!(constantes, [("0.00420", d("0.00420")), ("-3", d("-3")), ("1", d("1")), ("2", d("2"))]);
    assert_eq!(expr.to_string(), texte);
}

#[test]
fn les_bornes_dun_prix() {
    let ville = ville();
    let sachant = Sachant { symboles: &ville, connus: &[FaitId(0)] };
    let bornes = |texte: &str| {
        let expr = Expr::compile(texte, &sachant, TypeExpr::Nombre).unwrap();
        let b = expr.bornes(&|f| Bornes::du_domaine(ville.domaine(f)), &|_| Bornes::AUCUNE);
        (b.min.map(|x| x.normalize().to_string()), b.max.map(|x| x.normalize().to_string()))
    };
    let b = |min: &str, max: &str| {
        let un = |t: &str| (!t.is_empty()).then(|| t.to_owned());
        (un(min), un(max))
    };
    assert_eq!(bornes("quotient * 0.00420 * 2 + 3.95"), b("3.95", ""));
    assert_eq!(bornes("5 - quotient * 0.01"), b("", "5"));
    assert_eq!(bornes("max(0, 5 - quotient * 0.01)"), b("0", "5"));
    assert_eq!(bornes("min(quotient, 8.20)"), b("0", "8.2"));
    assert_eq!(bornes("borne(quotient - 100, 2, 8)"), b("2", "8"));
    assert_eq!(bornes("revenu / rang"), b("0", "100000"));
    assert_eq!(bornes("quotient / rang"), b("0", ""));
    assert_eq!(bornes("rang / (rang - 5)"), b("", ""));
    assert_eq!(bornes("-rang * 3"), b("-27", "-3"));
    assert_eq!(bornes("rang / -2"), b("-4.5", "-0.5"));
    assert_eq!(bornes("100 / (quotient + 4)"), b("0", "25.00000000000000000000000001"));
    assert_eq!(bornes("arrondi_sup(rang / 2, 0)"), b("1", "5"));
    assert_eq!(bornes("semaine_iso(jour) - 1"), b("0", "52"));
    assert_eq!(bornes("parametre(\"plafond\")"), b("", ""));
    assert!(Bornes { min: Some(d("-0.01")), max: None }.peut_etre_negatif());
    assert!(!Bornes { min: Some(d("-0.0")), max: None }.peut_etre_negatif());
}
