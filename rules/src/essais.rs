//! A small invented town for the unit tests of prices.

use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use crate::bareme::{Bareme, BaremeId, DefinitionGrille, Grille, Refus, Resultat, Tarifs, Version};
use crate::condition::Condition;
use crate::expression::{Expr, Hote, SansCalendrier, TypeExpr};
use crate::faits::{FaitId, Faits, Symboles};
use crate::lieu::Lieu;
use crate::montant::Arrondi;
use crate::selection::{Borne, Intervalle, Motif, Selection};
use crate::table::{Dimension, Ligne, Table};
use crate::trace::{Journal, SansTrace};
use crate::valeur::{Domaine, Sens, UniteDuree, Valeur};

pub(crate) fn d(t: &str) -> Decimal {
    t.parse().unwrap()
}

pub(crate) const RENTREE: Date = date(2025, 9, 4);

/// Facts by name; the order is the ids'.
pub(crate) struct Ville {
    pub(crate) faits: Vec<(&'static str, Domaine, bool)>,
    pub(crate) baremes: Vec<Bareme>,
}

fn noms(l: &[&str]) -> Domaine {
    Domaine::Choix(l.iter().map(|n| Box::from(*n)).collect::<Vec<Box<str>>>().into())
}

pub(crate) fn nombre(pas: &str, sens: Sens) -> Domaine {
    Domaine::Nombre { pas: Some((d(pas), sens)), min: Some(Decimal::ZERO), max: None }
}

impl Ville {
    /// The facts that the tests use; `pas` is the quotient's.
    pub(crate) fn nouvelle(pas: &str, sens: Sens) -> Self {
        let entier = || nombre("1", Sens::Proche);
        let faits = vec![
            ("quotient", nombre(pas, sens), true),
            ("residence", noms(&["commune", "dos", "exterieur"]), false),
            ("mode", noms(&["habituel", "exceptionnel"]), false),
            ("delai", noms(&["a_temps", "tardif", "tres_tardif", "sans_reservation"]), false),
            (
                "prestation",
                noms(&["repas", "demi_journee", "journee_repas", "soir", "matin", "matin_soir", "forfait"]),
                false,
            ),
            ("cout_reel", Domaine::Nombre { pas: None, min: None, max: None }, true),
            ("enfants_presents", entier(), false),
            ("enfants_inscrits", entier(), false),
            ("rang", entier(), false),
            ("present_le_matin", Domaine::Booleen, false),
            ("occurrence", entier(), true),
            ("ressources", nombre("0.01", Sens::Proche), true),
            ("regime", noms(&["caf", "msa", "aucun"]), false),
            ("statut", noms(&["urgence_sociale", "ordinaire"]), false),
            ("depart", Domaine::Heure, true),
            ("dossier_regulier", Domaine::Booleen, true),
            ("jours_par_semaine", entier(), true),
            ("delai_piece", Domaine::Duree(UniteDuree::Jour), true),
        ];
        Self { faits, baremes: Vec::new() }
    }

    pub(crate) fn id(&self, nom: &str) -> FaitId {
        self.fait(nom).unwrap_or_else(|| panic!("{nom}"))
    }

    /// `quotient: ..900|absent`; names for choices; `!a|b` = `sauf`.
    pub(crate) fn selection(&self, nom: &str, texte: &str) -> (FaitId, Selection) {
        let fait = self.id(nom);
        let domaine = self.domaine(fait);
        let (texte, sauf) = texte.strip_prefix('!').map_or((texte, false), |t| (t, true));
        let motifs = texte.split('|').map(|t| motif(domaine, t)).collect();
        (fait, Selection { motifs, sauf, absent_aussi: false })
    }

    /// `residence=dos, quotient=..900`.
    pub(crate) fn conditions(&self, texte: &str) -> Vec<(FaitId, Selection)> {
        texte
            .split(',')
            .filter(|t| !t.trim().is_empty())
            .map(|t| t.split_once('=').unwrap())
            .map(|(f, s)| self.selection(f.trim(), s.trim()))
            .collect()
    }

    pub(crate) fn si(&self, texte: &str) -> Condition {
        let carte =
            self.conditions(texte).into_iter().map(|(f, s)| (f, self.domaine(f).clone(), s)).collect();
        Condition::compile(carte, None).unwrap()
    }

    pub(crate) fn dimensions(&self, noms: &[&str]) -> Vec<Dimension> {
        let dimension = |n: &&str| Dimension {
            fait: self.id(n),
            domaine: self.domaine(self.id(n)).clone(),
            peut_manquer: self.peut_manquer(self.id(n)),
        };
        noms.iter().map(dimension).collect()
    }

    pub(crate) fn lignes<R>(&self, lignes: Vec<(&str, R)>) -> Vec<Ligne<R>> {
        (1..)
            .zip(lignes)
            .map(|(i, (texte, resultat))| {
                let (nom, texte) = texte.split_once("@ ").map_or((None, texte), |(n, t)| (Some(n.into()), t));
                Ligne {
                    conditions: self.conditions(texte),
                    garde: None,
                    sinon: false,
                    resultat,
                    lieu: Lieu(i),
                    nom,
                }
            })
            .collect()
    }

    /// A complete table; panics with its findings otherwise.
    pub(crate) fn table<R>(&self, dimensions: &[&str], lignes: Vec<(&str, R)>) -> Table<R> {
        let (table, constats) = Table::compile(self.dimensions(dimensions), self.lignes(lignes));
        assert_eq!(constats, vec![]);
        table
    }

    pub(crate) fn definition(&self, dimensions: &[&str], lignes: Vec<(&str, Resultat)>) -> DefinitionGrille {
        DefinitionGrille {
            dimensions: self.dimensions(dimensions),
            lignes: self.lignes(lignes),
            axe: self.fait("quotient"),
            assiette: self.fait("quotient"),
            decimales: 3,
            arrondi: None,
            decale: Vec::new(),
        }
    }

    /// A tariff in force since 2024-09-01, without any finding.
    pub(crate) fn tarif(&mut self, dimensions: &[&str], lignes: Vec<(&str, Resultat)>) -> BaremeId {
        let definition = self.definition(dimensions, lignes);
        self.de(definition)
    }

    pub(crate) fn de(&mut self, definition: DefinitionGrille) -> BaremeId {
        let (grille, constats) = Grille::compile(definition);
        assert_eq!(constats, vec![]);
        self.versions(vec![Version { depuis: date(2024, 9, 1), grille: Some(grille) }])
    }

    pub(crate) fn versions(&mut self, versions: Vec<Version>) -> BaremeId {
        let id = BaremeId(u16::try_from(self.baremes.len()).unwrap());
        self.baremes.push(Bareme::nouveau(id, Lieu(100), versions).unwrap());
        id
    }

    pub(crate) fn formule(&self, texte: &str) -> Expr {
        let connus: Vec<FaitId> = (0..).take(self.faits.len()).map(FaitId).collect();
        Expr::compile(
            texte,
            &crate::expression::Sachant { symboles: self, connus: &connus },
            TypeExpr::Nombre,
        )
        .unwrap()
    }

    /// `quotient=900, residence=dos`: all facts of a line.
    pub(crate) fn faits(&self, texte: &str) -> Vec<Valeur> {
        let mut valeurs = vec![Valeur::Absent; self.faits.len()];
        for (nom, v) in texte.split(',').filter(|t| !t.trim().is_empty()).map(|t| t.split_once('=').unwrap())
        {
            let fait = self.id(nom.trim());
            let Motif::Valeur(v) = motif(self.domaine(fait), v.trim()) else { panic!("{texte}") };
            valeurs[usize::from(fait.0)] = v;
        }
        valeurs
    }

    pub(crate) fn exact(&self, bareme: BaremeId, jour: Date, faits: &str) -> Result<Decimal, Refus> {
        let valeurs = self.faits(faits);
        let faits = Faits { valeurs: &valeurs, parametres: &[] };
        let prix = self.baremes[usize::from(bareme.0)].prix(jour, &faits, self, &mut SansTrace);
        // a trace changes nothing
        let mut journal = Journal::default();
        assert_eq!(self.baremes[usize::from(bareme.0)].prix(jour, &faits, self, &mut journal), prix);
        prix.map(|p| p.montant)
    }

    /// The price rounded to the centime, as text.
    pub(crate) fn prix(&self, bareme: BaremeId, faits: &str) -> String {
        let exact = self.exact(bareme, RENTREE, faits).unwrap();
        format!("{:.2}", Arrondi::CENTIME.applique(exact).unwrap())
    }
}

fn motif(domaine: &Domaine, t: &str) -> Motif {
    if t == "absent" {
        return Motif::Valeur(Valeur::Absent);
    }
    let minutes = |t: &str| {
        t.split_once(':').map_or_else(
            || t.parse().unwrap(),
            |(h, m)| h.parse::<i64>().unwrap() * 60 + m.parse::<i64>().unwrap(),
        )
    };
    match (domaine, t.split_once("..")) {
        (Domaine::Nombre { .. }, Some((de, a))) => Motif::Nombres(intervalle(de, a, d)),
        (Domaine::Nombre { .. }, None) => Motif::Valeur(Valeur::Nombre(d(t))),
        (Domaine::Heure | Domaine::Duree(_), Some((de, a))) => Motif::Entiers(intervalle(de, a, minutes)),
        (Domaine::Heure, None) => Motif::Valeur(Valeur::Heure(u16::try_from(minutes(t)).unwrap())),
        _ => Motif::Valeur(domaine.choix(t).unwrap_or_else(|| panic!("{t}"))),
    }
}

fn intervalle<T>(de: &str, a: &str, lit: impl Fn(&str) -> T) -> Intervalle<T> {
    let borne = |t: &str, exclu: char| {
        let nu = t.trim_matches(exclu);
        (!nu.is_empty()).then(|| Borne { valeur: lit(nu), incluse: !t.contains(exclu) })
    };
    Intervalle { de: borne(de, '>'), a: borne(a, '<') }
}

impl Symboles for Ville {
    fn fait(&self, nom: &str) -> Option<FaitId> {
        self.faits.iter().position(|f| f.0 == nom).map(|i| FaitId(u16::try_from(i).unwrap()))
    }
    fn domaine(&self, fait: FaitId) -> &Domaine {
        &self.faits[usize::from(fait.0)].1
    }
    fn nom(&self, fait: FaitId) -> &str {
        self.faits[usize::from(fait.0)].0
    }
    fn peut_manquer(&self, fait: FaitId) -> bool {
        self.faits[usize::from(fait.0)].2
    }
    fn noms(&self) -> Vec<&str> {
        self.faits.iter().map(|f| f.0).collect()
    }
    fn parametre(&self, _: &str) -> Option<u16> {
        None
    }
}

impl Tarifs for Ville {
    fn bareme(&self, id: BaremeId) -> Option<&Bareme> {
        self.baremes.get(usize::from(id.0))
    }
    fn script(&self, script: u16, courant: Option<Decimal>, _: &Faits<'_>) -> Result<Decimal, String> {
        if let (2, Some(c)) = (script, courant) {
            return Ok(c + Decimal::ONE);
        }
        if script == 0 { Ok(d("1.234")) } else { Err("hors bornes".into()) }
    }
    fn hote(&self) -> &dyn Hote {
        &SansCalendrier
    }
}
