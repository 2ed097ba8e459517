//! From the text to typed trees: Rhai parses, we keep what the subset allows and report the rest.

use std::sync::{Arc, LazyLock};

use rhai::{Engine, OptimizationLevel, Position, Stmt};
use rust_decimal::Decimal;

use super::arbre::{Booleen, Choix, Comparaison, DateExpr, Heure, Nombre, Racine};
use super::{Constante, ErreurExpr, Expr, TEXTE_MAX, TypeExpr};
use crate::faits::{FaitId, Symboles};
use crate::fonctions::JOURS;
use crate::syntaxe::{self, Repere};
use crate::valeur::Domaine;

mod appels;
mod comparaisons;

/// Deepest nesting of an expression, counted on its tree.
const PROFONDEUR_MAX: u32 = 64;

const AIDE_SCRIPT: &str = "une expression n'a que des valeurs, des comparaisons et les fonctions de la documentation ; \
                           pour le reste, déplacez ce calcul dans un script de regles/";

/// A parser only: nothing ever runs in it.
static ANALYSEUR: LazyLock<Engine> = LazyLock::new(|| {
    let mut moteur = Engine::new_raw();
    moteur.set_optimization_level(OptimizationLevel::None);
    moteur.set_max_expr_depths(64, 16);
    moteur.set_max_string_size(TEXTE_MAX);
    moteur.set_max_array_size(256);
    moteur.set_max_map_size(1);
    moteur
});

static NOMS_DES_JOURS: LazyLock<Arc<[Box<str>]>> =
    LazyLock::new(|| JOURS.iter().map(|j| Box::from(*j)).collect());

/// Bytes of the text.
#[derive(Clone, Copy, Debug)]
struct Etendue {
    debut: usize,
    fin: usize,
}

impl Etendue {
    fn avec(self, autre: Self) -> Self {
        Self { debut: self.debut.min(autre.debut), fin: self.fin.max(autre.fin) }
    }
}

/// A typed tree, or a text that waits for the domain it is compared with.
#[derive(Clone, Debug)]
enum Arbre {
    Nombre(Nombre),
    Date(DateExpr),
    Heure(Heure),
    Choix(Choix, Arc<[Box<str>]>),
    Booleen(Booleen),
    Ensemble(FaitId, Arc<[Box<str>]>),
    Texte(Box<str>),
    /// Already reported.
    Inconnu,
}

impl Arbre {
    fn article(&self) -> &'static str {
        match self {
            Self::Nombre(_) => "un nombre",
            Self::Date(_) => "une date",
            Self::Heure(_) => "une heure",
            Self::Choix(..) => "un choix",
            Self::Booleen(_) => "une condition (oui ou non)",
            Self::Ensemble(..) => "un ensemble",
            Self::Texte(_) => "un texte",
            Self::Inconnu => "une valeur illisible",
        }
    }
}

/// What was read at one place, and which facts it proves known.
#[derive(Clone, Debug)]
struct Lu {
    arbre: Arbre,
    etendue: Etendue,
    /// Facts that are known when it is true.
    si_vrai: Vec<FaitId>,
    /// Facts that are known when it is false.
    si_faux: Vec<FaitId>,
}

impl Lu {
    fn new(arbre: Arbre, etendue: Etendue) -> Self {
        Self { arbre, etendue, si_vrai: Vec::new(), si_faux: Vec::new() }
    }
}

struct Lecture<'a> {
    texte: &'a str,
    repere: Repere<'a>,
    symboles: &'a dyn Symboles,
    erreurs: Vec<ErreurExpr>,
    /// Facts proved known on the path to here.
    connus: Vec<FaitId>,
    lus: Vec<FaitId>,
    constantes: Vec<Constante>,
    profondeur: u32,
}

pub(super) fn compile(
    texte: &str,
    symboles: &dyn Symboles,
    attendu: TypeExpr,
) -> Result<Expr, Vec<ErreurExpr>> {
    let entier = Etendue { debut: 0, fin: texte.len() };
    let mut lecture = Lecture {
        texte,
        repere: Repere::new(texte),
        symboles,
        erreurs: Vec::new(),
        connus: Vec::new(),
        lus: Vec::new(),
        constantes: Vec::new(),
        profondeur: 0,
    };
    let racine = if texte.len() > TEXTE_MAX {
        let message = format!("expression de {} octets, au plus {TEXTE_MAX}", texte.len());
        lecture.erreur("RHA03", entier, message, Some(AIDE_SCRIPT.to_owned()));
        None
    } else {
        lecture.racine(entier, attendu)
    };
    let Lecture { mut erreurs, mut lus, mut constantes, .. } = lecture;
    match racine {
        Some(racine) if erreurs.is_empty() => {
            lus.sort_unstable();
            lus.dedup();
            constantes.sort_by_key(|c| c.debut);
            Ok(Expr { racine, texte: texte.into(), faits: lus.into(), constantes: constantes.into() })
        }
        _ => {
            erreurs.sort_by_key(|e| (e.debut, e.fin));
            Err(erreurs)
        }
    }
}

impl Lecture<'_> {
    fn erreur(
        &mut self,
        code: &'static str,
        etendue: Etendue,
        message: impl Into<String>,
        aide: Option<String>,
    ) {
        let Etendue { debut, fin } = etendue;
        self.erreurs.push(ErreurExpr { code, message: message.into(), debut, fin, aide });
    }

    fn racine(&mut self, entier: Etendue, attendu: TypeExpr) -> Option<Racine> {
        let ast = match ANALYSEUR.compile_expression(self.texte) {
            Ok(ast) => ast,
            Err(e) => {
                let etendue = self.mot(e.position());
                self.erreur("RHA01", etendue, syntaxe::phrase(e.err_type()), Some(AIDE_SCRIPT.to_owned()));
                return None;
            }
        };
        let [Stmt::Expr(expr)] = ast.statements() else {
            self.erreur("RHA01", entier, "une seule expression est attendue", Some(AIDE_SCRIPT.to_owned()));
            return None;
        };
        let lu = self.lit(expr);
        match (attendu, lu.arbre) {
            (_, Arbre::Inconnu) => None,
            (TypeExpr::Booleen, Arbre::Booleen(b)) => Some(Racine::Booleen(b)),
            (TypeExpr::Nombre, Arbre::Nombre(n)) => Some(Racine::Nombre(n)),
            (TypeExpr::Date, Arbre::Date(d)) => Some(Racine::Date(d)),
            (attendu, autre) => {
                let attendu = match attendu {
                    TypeExpr::Booleen => "une condition (oui ou non)",
                    TypeExpr::Nombre => "un nombre",
                    TypeExpr::Date => "une date",
                };
                let message = format!(
                    "{attendu} est attendu{} ici, cette expression donne {}",
                    if attendu.starts_with("une") { "e" } else { "" },
                    autre.article()
                );
                self.erreur("RHA04", lu.etendue, message, None);
                None
            }
        }
    }

    fn mot(&self, position: Position) -> Etendue {
        let debut = self.repere.octet(position);
        Etendue { debut, fin: self.repere.fin_du_mot(debut) }
    }

    fn inconnu(etendue: Etendue) -> Lu {
        Lu::new(Arbre::Inconnu, etendue)
    }

    fn refuse(&mut self, etendue: Etendue, quoi: &str) -> Lu {
        self.erreur(
            "RHA03",
            etendue,
            format!("{quoi} n'est pas possible dans une expression"),
            Some(AIDE_SCRIPT.to_owned()),
        );
        Self::inconnu(etendue)
    }

    fn lit(&mut self, expr: &rhai::Expr) -> Lu {
        self.profondeur += 1;
        let lu = if self.profondeur > PROFONDEUR_MAX {
            let etendue = self.mot(expr.start_position());
            self.erreur("RHA03", etendue, "cette expression est trop longue", Some(AIDE_SCRIPT.to_owned()));
            Self::inconnu(etendue)
        } else {
            self.lit_un(expr)
        };
        self.profondeur -= 1;
        lu
    }

    fn lit_un(&mut self, expr: &rhai::Expr) -> Lu {
        let ici = self.mot(expr.start_position());
        match expr {
            rhai::Expr::BoolConstant(b, _) => Lu::new(Arbre::Booleen(Booleen::Constante(*b)), ici),
            rhai::Expr::IntegerConstant(n, _) => self.constante(Decimal::from(*n), ici),
            rhai::Expr::StringConstant(texte, _) => Lu::new(Arbre::Texte(texte.as_str().into()), ici),
            rhai::Expr::DynamicConstant(valeur, _) => match valeur.as_decimal() {
                Ok(n) => self.constante(n, ici),
                Err(_) => self.refuse(ici, "cette valeur"),
            },
            rhai::Expr::Variable(x, _, position) => {
                if !x.2.is_empty() {
                    return self.refuse(ici, "un module (« :: »)");
                }
                let etendue = self.mot(*position);
                self.fait(&x.1, etendue)
            }
            rhai::Expr::Dot(..) => self.nom_pointe(expr, ici),
            rhai::Expr::And(liste, _) => self.connecteur(liste, true, ici),
            rhai::Expr::Or(liste, _) => self.connecteur(liste, false, ici),
            rhai::Expr::FnCall(appel, position) => self.appel(appel, *position),
            rhai::Expr::InterpolatedString(..) => self.refuse(ici, "la construction d'un texte"),
            rhai::Expr::CharConstant(..) => {
                self.refuse(ici, "un caractère entre apostrophes (écrivez un texte entre guillemets doubles)")
            }
            rhai::Expr::Index(..) => self.refuse(ici, "un indice entre crochets"),
            rhai::Expr::Array(..) => self.refuse(ici, "une liste ailleurs qu'après « in »"),
            rhai::Expr::Map(..) => self.refuse(ici, "une table #{ … }"),
            rhai::Expr::Unit(_) => self.refuse(ici, "une valeur vide"),
            rhai::Expr::Stmt(_) => self.refuse(ici, "une instruction (if, let, boucle…)"),
            rhai::Expr::Coalesce(..) => self.refuse(ici, "« ?? » (écrivez une condition avec est_connu)"),
            _ => self.refuse(ici, "ceci"),
        }
    }

    fn constante(&mut self, valeur: Decimal, etendue: Etendue) -> Lu {
        self.constantes.push(Constante { valeur, debut: etendue.debut, fin: etendue.fin });
        Lu::new(Arbre::Nombre(Nombre::Constante(valeur)), etendue)
    }

    /// `a`, `a.b`, `a.b.c`: the whole dotted name is one fact.
    fn nom_pointe(&mut self, expr: &rhai::Expr, ici: Etendue) -> Lu {
        match self.nom_de_fait(expr) {
            Some((nom, etendue)) => self.fait(&nom, etendue),
            None => self.refuse(ici, "l'appel d'une méthode, ou « ?. »,"),
        }
    }

    /// The dotted name that `expr` writes, when it is only that.
    fn nom_de_fait(&self, expr: &rhai::Expr) -> Option<(String, Etendue)> {
        match expr {
            rhai::Expr::Variable(x, _, position) if x.2.is_empty() => {
                Some((x.1.to_string(), self.mot(*position)))
            }
            rhai::Expr::Property(x, position) => Some((x.2.to_string(), self.mot(*position))),
            rhai::Expr::Dot(deux, drapeaux, _) if !drapeaux.intersects(rhai::ASTFlags::NEGATED) => {
                let (gauche, a) = self.nom_de_fait(&deux.lhs)?;
                let (droite, b) = self.nom_de_fait(&deux.rhs)?;
                Some((format!("{gauche}.{droite}"), a.avec(b)))
            }
            _ => None,
        }
    }

    /// The fact of that name; one that may be absent must have been proved known on the way here.
    fn fait(&mut self, nom: &str, etendue: Etendue) -> Lu {
        let Some(fait) = self.trouve(nom, etendue) else { return Self::inconnu(etendue) };
        self.lus.push(fait);
        if self.symboles.peut_manquer(fait) && !self.connus.contains(&fait) {
            let message =
                format!("« {nom} » peut être absent : le comparer ou calculer avec n'a alors pas de sens");
            let aide = format!("écrivez « est_connu({nom}) && … » (ou « !est_connu({nom}) || … »)");
            self.erreur("RHA02", etendue, message, Some(aide));
        }
        let arbre = match self.symboles.domaine(fait) {
            Domaine::Booleen => Arbre::Booleen(Booleen::Fait(fait)),
            Domaine::Choix(noms) => Arbre::Choix(Choix::Fait(fait), noms.clone()),
            Domaine::Nombre { .. } | Domaine::Duree(_) => Arbre::Nombre(Nombre::Fait(fait)),
            Domaine::Date => Arbre::Date(DateExpr::Fait(fait)),
            Domaine::Heure => Arbre::Heure(Heure::Fait(fait)),
            Domaine::Ensemble(noms) => Arbre::Ensemble(fait, noms.clone()),
        };
        Lu::new(arbre, etendue)
    }

    fn trouve(&mut self, nom: &str, etendue: Etendue) -> Option<FaitId> {
        let fait = self.symboles.fait(nom);
        if fait.is_none() {
            let symboles = self.symboles;
            let aide = match nom {
                "oui" => Some("écrivez « true »".to_owned()),
                "non" => Some("écrivez « false »".to_owned()),
                _ => syntaxe::vouliez_vous_dire(nom, symboles.noms()).or_else(|| self.entre_guillemets(nom)),
            };
            self.erreur("RHA02", etendue, format!("« {nom} » n'est pas une information déclarée"), aide);
        }
        fait
    }

    /// A choice written without its quotes.
    fn entre_guillemets(&self, nom: &str) -> Option<String> {
        let symboles = self.symboles;
        let porte =
            |d: &Domaine| matches!(d, Domaine::Choix(_) | Domaine::Ensemble(_)) && d.choix(nom).is_some();
        let fait = symboles
            .noms()
            .into_iter()
            .find(|n| symboles.fait(n).is_some_and(|f| porte(symboles.domaine(f))))?;
        Some(format!("« {nom} » est une valeur de « {fait} » : écrivez-la entre guillemets, \"{nom}\""))
    }

    /// `&&` or `||`: what the operands before prove holds for those after.
    fn connecteur(&mut self, liste: &[rhai::Expr], et: bool, ici: Etendue) -> Lu {
        let avant = self.connus.len();
        let mut operandes = Vec::with_capacity(liste.len());
        let mut etendue = ici;
        let mut tous: Vec<FaitId> = Vec::new();
        let mut chacun: Option<Vec<FaitId>> = None;
        let mut illisible = false;
        for expr in liste {
            let lu = self.lit(expr);
            etendue = etendue.avec(lu.etendue);
            // for `&&`: going on means true, stopping means false; for `||` the reverse
            let (continue_si, arrete_si) =
                if et { (&lu.si_vrai, &lu.si_faux) } else { (&lu.si_faux, &lu.si_vrai) };
            // stopping here: known so far, and by this operand
            let ici: Vec<FaitId> = tous.iter().chain(arrete_si).copied().collect();
            chacun = Some(match chacun {
                None => ici,
                Some(commun) => commun.into_iter().filter(|f| ici.contains(f)).collect(),
            });
            tous.extend(continue_si);
            self.connus.extend(continue_si);
            match lu.arbre {
                Arbre::Booleen(b) => operandes.push(b),
                Arbre::Inconnu => illisible = true,
                autre => {
                    let signe = if et { "&&" } else { "||" };
                    let message = format!("« {signe} » relie des conditions, ceci est {}", autre.article());
                    self.erreur("RHA04", lu.etendue, message, None);
                    illisible = true;
                }
            }
        }
        self.connus.truncate(avant);
        let chacun = chacun.unwrap_or_default();
        let operandes = operandes.into_boxed_slice();
        let arbre = match (illisible, et) {
            (true, _) => Arbre::Inconnu,
            (false, true) => Arbre::Booleen(Booleen::Et(operandes)),
            (false, false) => Arbre::Booleen(Booleen::Ou(operandes)),
        };
        let (si_vrai, si_faux) = if et { (tous, chacun) } else { (chacun, tous) };
        Lu { arbre, etendue, si_vrai, si_faux }
    }

    /// An operator or a host function.
    fn appel(&mut self, appel: &rhai::FnCallExpr, position: Position) -> Lu {
        let ici = self.mot(position);
        if !appel.namespace.is_empty() {
            return self.refuse(ici, "un module (« :: »)");
        }
        if let ("contains", [liste, x]) = (appel.name.as_str(), appel.args.as_slice())
            && matches!(self.texte.get(ici.debut..), Some(t) if t.starts_with("in") || t.starts_with("!in"))
        {
            // Rhai reads `x in y` as the call `contains(y, x)`, placed at the word `in`
            return self.dans(x, liste, ici);
        }
        if !appel.is_operator_call() {
            return self.fonction(&appel.name, &appel.args, ici);
        }
        match (appel.name.as_str(), appel.args.as_slice()) {
            ("!", [x]) => self.negation(x, ici),
            ("-", [x]) => {
                let lu = self.lit(x);
                let etendue = ici.avec(lu.etendue);
                match self.nombre(lu) {
                    Some(Nombre::Constante(n)) => {
                        // `-3.50` is one figure
                        if let Some(c) = self.constantes.last_mut() {
                            *c = Constante { valeur: -n, debut: etendue.debut, fin: etendue.fin };
                        }
                        Lu::new(Arbre::Nombre(Nombre::Constante(-n)), etendue)
                    }
                    Some(n) => Lu::new(Arbre::Nombre(Nombre::Oppose(Box::new(n))), etendue),
                    None => Self::inconnu(etendue),
                }
            }
            ("+", [x]) => self.lit(x),
            ("+" | "-" | "*" | "/", [a, b]) => self.arithmetique(&appel.name, a, b, ici),
            ("==", [a, b]) => self.compare(Comparaison::Egal, a, b, ici),
            ("!=", [a, b]) => self.compare(Comparaison::Different, a, b, ici),
            ("<", [a, b]) => self.compare(Comparaison::Inferieur, a, b, ici),
            ("<=", [a, b]) => self.compare(Comparaison::InferieurOuEgal, a, b, ici),
            (">", [a, b]) => self.compare(Comparaison::Superieur, a, b, ici),
            (">=", [a, b]) => self.compare(Comparaison::SuperieurOuEgal, a, b, ici),
            (autre, _) => self.refuse(ici, &format!("l'opérateur « {autre} »")),
        }
    }

    fn negation(&mut self, x: &rhai::Expr, ici: Etendue) -> Lu {
        let Lu { arbre, etendue, si_vrai, si_faux } = self.lit(x);
        let etendue = ici.avec(etendue);
        let arbre = match arbre {
            Arbre::Booleen(b) => Arbre::Booleen(Booleen::Non(Box::new(b))),
            Arbre::Inconnu => Arbre::Inconnu,
            autre => {
                self.erreur(
                    "RHA04",
                    etendue,
                    format!("« ! » nie une condition, ceci est {}", autre.article()),
                    None,
                );
                Arbre::Inconnu
            }
        };
        Lu { arbre, etendue, si_vrai: si_faux, si_faux: si_vrai }
    }

    fn arithmetique(&mut self, op: &str, a: &rhai::Expr, b: &rhai::Expr, ici: Etendue) -> Lu {
        let (a, b) = (self.lit(a), self.lit(b));
        let etendue = ici.avec(a.etendue).avec(b.etendue);
        if let ("-", Arbre::Heure(x), Arbre::Heure(y)) = (op, &a.arbre, &b.arbre) {
            return Lu::new(Arbre::Nombre(Nombre::Minutes(*x, *y)), etendue);
        }
        if let ("-", Arbre::Heure(x), Arbre::Texte(_)) = (op, &a.arbre, &b.arbre) {
            return match self.heure_ecrite(&b) {
                Some(y) => Lu::new(Arbre::Nombre(Nombre::Minutes(*x, y)), etendue),
                None => Self::inconnu(etendue),
            };
        }
        if let ("-", Arbre::Date(_), Arbre::Date(_)) = (op, &a.arbre, &b.arbre) {
            let aide = "écrivez jours_entre(a, b) ou mois_entre(a, b)".to_owned();
            self.erreur("RHA04", etendue, "deux dates ne se soustraient pas", Some(aide));
            return Self::inconnu(etendue);
        }
        if op == "+" && matches!((&a.arbre, &b.arbre), (Arbre::Texte(_), _) | (_, Arbre::Texte(_))) {
            return self.refuse(etendue, "la construction d'un texte");
        }
        let portee_b = b.etendue;
        let (Some(x), Some(y)) = (self.nombre(a), self.nombre(b)) else { return Self::inconnu(etendue) };
        if op == "/" && matches!(y, Nombre::Constante(n) if n.is_zero()) {
            self.erreur("RHA04", portee_b, "division par zéro", None);
        }
        let xy = Box::new((x, y));
        let nombre = match op {
            "+" => Nombre::Plus(xy),
            "-" => Nombre::Moins(xy),
            "*" => Nombre::Fois(xy),
            _ => Nombre::Divise(xy),
        };
        Lu::new(Arbre::Nombre(nombre), etendue)
    }

    fn nombre(&mut self, lu: Lu) -> Option<Nombre> {
        match lu.arbre {
            Arbre::Nombre(n) => Some(n),
            Arbre::Inconnu => None,
            autre => {
                self.erreur(
                    "RHA04",
                    lu.etendue,
                    format!("un nombre est attendu ici, ceci est {}", autre.article()),
                    None,
                );
                None
            }
        }
    }

    fn date(&mut self, lu: Lu) -> Option<DateExpr> {
        match &lu.arbre {
            Arbre::Date(_) => {}
            Arbre::Texte(_) => return self.date_ecrite(&lu).map(DateExpr::Constante),
            Arbre::Inconnu => return None,
            autre => {
                let message = format!("une date est attendue ici, ceci est {}", autre.article());
                self.erreur("RHA04", lu.etendue, message, None);
                return None;
            }
        }
        match lu.arbre {
            Arbre::Date(d) => Some(d),
            _ => None,
        }
    }
}
