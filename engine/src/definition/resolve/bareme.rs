//! Tariff tables: rows, dated grids, and what their analysis finds.

use rules::bareme::{
    Bareme, BaremeId, ConstatGrille, Decale, DefinitionGrille, Ecart, Grandeur, Grille, Resultat, Version,
};
use rules::expression::TypeExpr;
use rules::faits::{FaitId, Symboles};
use rules::lieu::Lieu;
use rules::montant::{Arrondi, Mode};
use rules::table::{Constat, Ligne};
use rules::valeur::Valeur;

use super::fichiers::Fichiers;
use super::index::Index;
use super::table::{self, Forme};
use super::{Resolution, cellule, condition, question, texte_source};
use crate::commune::{BaremeNomme, Texte};
use crate::definition::arbre::Noeud;
use crate::definition::lecture::{Id, Liste, Sp, suggestion};
use crate::definition::raw::bareme::{RawBareme, RawColonnes, RawVersionBareme};
use crate::definition::raw::valeurs::{RawArrondi, RawRangee, montant, taux};
use crate::definition::source::Span;
use crate::diagnostic::{Diagnostic, codes};

/// The keys of a row that make a price.
const RESULTATS: [&str; 9] =
    ["prix", "parts", "taux", "entre", "formule", "comme", "script", "non_offert", "a_demander"];
/// The keys that go with `taux`.
const AVEC_TAUX: [&str; 3] = ["plancher", "plafond", "assiette"];

/// Compiles every tariff, in the order of [`Index`].
pub(super) fn resout(r: &mut Resolution<'_>, index: &mut Index, f: &Fichiers) -> Vec<BaremeNomme> {
    (0..).zip(&f.baremes).filter_map(|(i, b)| un(r, index, f, BaremeId(i), b)).collect()
}

fn un(
    r: &mut Resolution<'_>,
    index: &mut Index,
    f: &Fichiers,
    id: BaremeId,
    raw: &Sp<RawBareme>,
) -> Option<BaremeNomme> {
    let nom = raw.bareme.to_string();
    question::de_source(r, &format!("bareme.{nom}"), raw.source.as_ref());
    question::de_liste(r, &format!("bareme.{nom}"), &raw.questions);
    let source = raw.source.as_ref().map(|s| texte_source(s));
    let lieu = r.pose(raw.bareme.span, source.as_ref());
    let dimensions = faits(r, &raw.dimensions);
    let axe = raw.axe.as_ref().and_then(|a| fait(r, a));
    let assiette = raw.assiette.as_ref().and_then(|a| fait(r, a));
    let arrondi = raw.arrondi.as_ref().and_then(|a| arrondi(r, a));
    let decimales = match raw.decimales.as_ref() {
        None => 2,
        Some(d) if (2..=4).contains(&d.valeur.0) => u8::try_from(d.valeur.0).unwrap_or(2),
        Some(d) => {
            r.signale(Diagnostic::new(codes::TAR06, d.span, "`decimales` va de 2 à 4"));
            2
        }
    };
    let restreint = restreint(r, f, &nom);
    let commun = Commun {
        restreint: &restreint,
        nom: &nom,
        dimensions: &dimensions,
        axe,
        assiette,
        arrondi,
        decimales,
    };
    let mut versions = Vec::new();
    for version in &raw.versions {
        if let Some(grille) = grille(r, index, raw, &commun, version, source.as_ref()) {
            versions.push(Version { depuis: version.depuis.0, grille: Some(grille) });
        }
    }
    let bareme = match Bareme::nouveau(id, lieu, versions) {
        Ok(b) => b,
        Err(jour) => {
            let span = raw.versions.iter().rfind(|v| v.depuis.0 == jour).map_or(raw.span, |v| v.depuis.span);
            let message = format!("barème `{nom}` : deux versions commencent le {jour}");
            r.signale(
                Diagnostic::new(codes::TAR07, span, message)
                    .aide("une délibération remplace la précédente à sa date"),
            );
            return None;
        }
    };
    Some(BaremeNomme { nom, unite: raw.unite.to_string(), bareme, arrondi, lieu })
}

struct Commun<'a> {
    /// The prestations that this tariff prices.
    restreint: &'a [(FaitId, Vec<Valeur>)],
    nom: &'a str,
    dimensions: &'a [FaitId],
    axe: Option<FaitId>,
    assiette: Option<FaitId>,
    arrondi: Option<Arrondi>,
    decimales: u8,
}

/// The prestations that this tariff prices: no other can meet its rows.
fn restreint(r: &Resolution<'_>, f: &Fichiers, nom: &str) -> Vec<(FaitId, Vec<Valeur>)> {
    let Some(fait) = r.vocabulaire.fait("prestation") else { return Vec::new() };
    let prestations = f.services.iter().flat_map(|s| s.prestations.iter());
    let miennes = prestations.filter(|p| p.bareme.as_ref().is_some_and(|b| b.as_str() == nom));
    let valeurs: Vec<Valeur> =
        miennes.filter_map(|p| r.vocabulaire.domaine(fait).choix(p.prestation.as_str())).collect();
    if valeurs.is_empty() { Vec::new() } else { vec![(fait, valeurs)] }
}

/// The fact of that name; an unknown one is reported.
pub(super) fn fait(r: &mut Resolution<'_>, id: &Sp<Id>) -> Option<FaitId> {
    let fait = r.vocabulaire.fait(id.as_str());
    if fait.is_none() {
        let message = match r.vocabulaire.texte(id.as_str()) {
            Some(_) => format!("`{}` est un texte libre : une règle ne peut pas le lire", id.as_str()),
            None => format!("dimension inconnue : « {} »", id.as_str()),
        };
        let d = Diagnostic::new(codes::REF01, id.span, message)
            .aide(suggestion(id.as_str(), r.vocabulaire.noms()));
        r.signale(d);
    }
    fait
}

fn faits(r: &mut Resolution<'_>, ids: &Liste<Id>) -> Vec<FaitId> {
    ids.iter().filter_map(|id| fait(r, id)).collect()
}

/// A stated rounding; an unknown mode is reported.
pub(super) fn arrondi(r: &mut Resolution<'_>, raw: &RawArrondi) -> Option<Arrondi> {
    Some(Arrondi { pas: raw.pas.0, mode: mode(r, &raw.mode)? })
}

/// The word of a rounding mode.
pub(super) fn mode(r: &mut Resolution<'_>, mot: &Sp<Id>) -> Option<Mode> {
    const MODES: [&str; 4] = ["demi_superieur", "demi_pair", "inferieur", "superieur"];
    match mot.as_str() {
        "demi_superieur" => Some(Mode::DemiSuperieur),
        "demi_pair" => Some(Mode::DemiPair),
        "inferieur" => Some(Mode::Inferieur),
        "superieur" => Some(Mode::Superieur),
        autre => {
            let d = Diagnostic::new(codes::SYN04, mot.span, format!("mode d'arrondi inconnu : « {autre} »"));
            r.signale(d.aide(suggestion(autre, MODES)));
            None
        }
    }
}

fn grille(
    r: &mut Resolution<'_>,
    index: &mut Index,
    raw: &RawBareme,
    commun: &Commun<'_>,
    version: &Sp<RawVersionBareme>,
    source_bareme: Option<&Texte>,
) -> Option<Grille> {
    let sur = format!("bareme.{} (depuis le {})", commun.nom, version.depuis.0);
    question::de_source(r, &sur, version.source.as_ref());
    question::de_liste(r, &sur, &version.questions);
    let source = version.source.as_ref().map(|s| texte_source(s)).or_else(|| source_bareme.cloned());
    if source.is_none() {
        let message = format!("barème `{}` : cette version ne dit pas sa source", commun.nom);
        let d = Diagnostic::new(codes::TAR13, version.depuis.span, message);
        r.signale(d.aide("`source: \"Délibération du …\"`, ou `source: { choix, question }`"));
    }
    let forme = Forme {
        nom: format!("le barème `{}`", commun.nom),
        dimensions: Some(commun.dimensions.to_vec()),
        resultats: &[
            "prix",
            "parts",
            "taux",
            "entre",
            "formule",
            "comme",
            "script",
            "non_offert",
            "a_demander",
            "plancher",
            "plafond",
            "assiette",
        ],
        restreint: commun.restreint,
        source: source.as_ref(),
        trou: codes::TAR01,
        span: version.lignes.span.unwrap_or(version.depuis.span),
    };
    let lignes = match &version.colonnes {
        None => table::lignes(r, &forme, &version.lignes, Resultat::NonOffert, |r, rangee, lieu| {
            question::de_source(r, &sur, rangee.source.as_ref());
            question::de_liste(r, &sur, &rangee.questions);
            resultat(r, index, commun, rangee, lieu)
        }),
        Some(colonnes) => en_colonnes(r, &forme, commun, colonnes, &version.lignes),
    };
    for d in &raw.decale {
        if raw.axe.as_ref().is_some_and(|axe| **axe != *d.axe) {
            let message = format!("`decale` suit l'axe du barème, et `{}` n'est pas le sien", d.axe.as_str());
            let axe = raw.axe.as_ref().map_or("", |a| a.as_str());
            r.signale(Diagnostic::new(codes::TAR12, d.axe.span, message).aide(format!("`axe: {axe}`")));
        }
    }
    let decale = raw.decale.iter().filter_map(|d| {
        let lieu = r.pose(d.span, source.as_ref());
        let garde_au_bord = d.au_bord.as_str() == "garde";
        let si = condition::facultative(r, d.si.as_ref())?;
        Some(Decale { si, de: i32::try_from(d.de.0).ok()?, garde_au_bord, lieu })
    });
    let definition = DefinitionGrille {
        decale: decale.collect(),
        dimensions: lignes.dimensions,
        lignes: lignes.lignes,
        axe: commun.axe,
        assiette: commun.assiette,
        decimales: commun.decimales,
        arrondi: commun.arrondi,
    };
    let (grille, constats) = Grille::compile(definition);
    let mut de_table: Vec<Constat> = Vec::new();
    for constat in constats {
        match constat {
            ConstatGrille::Table(c) => de_table.push(c),
            autre => signale_grille(r, commun, &grille, raw.span, &autre),
        }
    }
    table::signale(r, &forme, grille.table(), lignes.ecrites, lignes.incomplet, &de_table);
    Some(grille)
}

fn signale_grille(
    r: &mut Resolution<'_>,
    c: &Commun<'_>,
    grille: &Grille,
    span: Span,
    constat: &ConstatGrille,
) {
    let ou = |i: &u32| grille.table().ligne(*i).map_or(span, |l| r.span(l.lieu));
    let nom = c.nom;
    let d = match constat {
        ConstatGrille::Table(_) => return,
        ConstatGrille::EntreSansTranche { ligne } => {
            let message = format!(
                "barème `{nom}` : `entre` demande un `axe`, et sur cet axe un intervalle fini dans la ligne"
            );
            Diagnostic::new(codes::TAR12, ou(ligne), message)
                .aide("ex. `axe: quotient` et `quotient: \"300..900\"`")
        }
        ConstatGrille::TauxSansAssiette { ligne } => Diagnostic::new(
            codes::TAR12,
            ou(ligne),
            format!("barème `{nom}` : un `taux` sans `assiette` : de quoi ?"),
        )
        .aide("`assiette: quotient` dans le barème, ou `assiette: cout_reel`"),
        ConstatGrille::DecaleSansAxe => Diagnostic::new(
            codes::TAR12,
            span,
            format!("barème `{nom}` : `decale` demande un `axe` qui soit une dimension ordonnée"),
        ),
        ConstatGrille::DecaleSurEntre { ligne } => Diagnostic::new(
            codes::TAR12,
            ou(ligne),
            format!("barème `{nom}` : `decale` ne se combine pas avec `entre`"),
        ),
        ConstatGrille::TropDeDecimales { ligne, montant } => {
            let message = format!("barème `{nom}` : {montant} a plus de {} décimales", c.decimales);
            Diagnostic::new(codes::TAR06, ou(ligne), message)
                .aide("ajoutez `decimales: 3` au barème si la délibération les vote")
        }
        ConstatGrille::MontantNegatif { ligne, montant } => {
            Diagnostic::new(codes::TAR06, ou(ligne), format!("barème `{nom}` : {montant} est négatif"))
        }
    };
    r.signale(d);
}

/// What a row gives: exactly one result, with what goes with it.
fn resultat(
    r: &mut Resolution<'_>,
    index: &mut Index,
    c: &Commun<'_>,
    rangee: &Sp<RawRangee>,
    _lieu: Lieu,
) -> Option<Resultat> {
    let (cle, noeud) = table::un_resultat(r, rangee, &RESULTATS)?;
    if cle != "taux"
        && let Some((autre, _)) = rangee.entrees.iter().find(|(k, _)| AVEC_TAUX.contains(&k.texte.as_str()))
    {
        let message = format!("`{}` ne va qu'avec `taux`", autre.texte);
        r.signale(Diagnostic::new(codes::TAR12, autre.span, message));
        return None;
    }
    match cle {
        "prix" => prix(r, c, noeud),
        "parts" => {
            let entrees = noeud.carte().unwrap_or_default();
            if entrees.is_empty() {
                r.lecture.inattendu(noeud, "parts attendues, ex. `{ repas: 2.10, animation: 0.40 }`", None);
            }
            let parts: Vec<_> =
                entrees.iter().map(|(k, n)| Some((index.part(&k.texte), euros(r, n)?))).collect();
            let parts: Option<Box<[_]>> = parts.into_iter().collect();
            parts.filter(|p| !p.is_empty()).map(Resultat::Parts)
        }
        "taux" => {
            let taux = r.lecture.feuille(noeud, "taux attendu, ex. 0.50 %", taux)?;
            let assiette = match rangee.entree("assiette") {
                None => None,
                Some((_, n)) => {
                    let id = r.lecture.lit::<Id>(n)?;
                    Some(fait(r, &id)?)
                }
            };
            let plancher = grandeur(r, rangee, "plancher")?;
            let plafond = grandeur(r, rangee, "plafond")?;
            Some(Resultat::Taux { taux, assiette, plancher, plafond })
        }
        "entre" => match noeud.liste() {
            Some([a, b]) => Some(Resultat::Entre(euros(r, a)?, euros(r, b)?)),
            _ => {
                r.lecture.inattendu(noeud, "deux montants attendus, ex. `[5.00, 8.00]`", None);
                None
            }
        },
        "formule" => condition::expression(r, noeud, TypeExpr::Nombre).map(Resultat::Formule),
        "comme" => comme(r, index, noeud),
        "script" => index.script(r, noeud.texte().unwrap_or_default(), noeud.span).map(Resultat::Script),
        "non_offert" => Some(Resultat::NonOffert),
        _ => {
            let question = noeud.texte().unwrap_or_default();
            question::a_demander(r, &format!("bareme.{}", c.nom), noeud.span, question);
            Some(Resultat::ADemander(question.into()))
        }
    }
}

fn euros(r: &mut Resolution<'_>, noeud: &Noeud) -> Option<rust_decimal::Decimal> {
    r.lecture.feuille(noeud, "montant attendu, ex. 3.50", montant)
}

/// `3.50`, or `{ exemple: 3.10 }` for an amount that nobody voted.
fn prix(r: &mut Resolution<'_>, c: &Commun<'_>, noeud: &Noeud) -> Option<Resultat> {
    match noeud.carte() {
        None => euros(r, noeud).map(Resultat::Prix),
        Some([(cle, n)]) if cle.texte == "exemple" => {
            let m = euros(r, n)?;
            let message = format!("barème `{}` : {m} est un montant d'exemple, non voté", c.nom);
            let d = Diagnostic::new(codes::CFM02, noeud.span, message);
            r.signale(d.aide("il est montré partout comme tel ; remplacez-le par le montant voté"));
            Some(Resultat::Exemple(m))
        }
        Some(_) => {
            r.lecture.inattendu(noeud, "montant attendu, ex. 3.50, ou `{ exemple: 3.10 }`", None);
            None
        }
    }
}

/// An amount, a named figure or a formula; `Some(None)` when the key is not written.
fn grandeur(r: &mut Resolution<'_>, rangee: &Sp<RawRangee>, cle: &str) -> Option<Option<Grandeur>> {
    match rangee.entree(cle) {
        None => Some(None),
        Some((_, noeud)) => grandeur_noeud(r, noeud).map(Some),
    }
}

/// An amount, a named figure or a formula.
pub(super) fn grandeur_noeud(r: &mut Resolution<'_>, noeud: &Noeud) -> Option<Grandeur> {
    let texte = noeud.texte().unwrap_or_default();
    if texte.starts_with(|c: char| c.is_ascii_digit()) && montant(texte).is_ok() {
        return euros(r, noeud).map(Grandeur::Montant);
    }
    if let Some(p) = r.vocabulaire.parametre(texte) {
        return Some(Grandeur::Parametre(p));
    }
    condition::expression(r, noeud, TypeExpr::Nombre).map(Grandeur::Formule)
}

fn comme(r: &mut Resolution<'_>, index: &Index, noeud: &Noeud) -> Option<Resultat> {
    let Some(entrees) = noeud.carte() else {
        r.lecture.inattendu(noeud, "`{ bareme: .., avec: { .. }, majore: 20 % }` attendu", None);
        return None;
    };
    for (cle, _) in entrees {
        if !["bareme", "avec", "majore"].contains(&cle.texte.as_str()) {
            let d = Diagnostic::new(codes::SYN02, cle.span, format!("clé inconnue : `{}`", cle.texte));
            r.signale(d.aide(suggestion(&cle.texte, ["bareme", "avec", "majore"])));
        }
    }
    let Some(cible) = noeud.champ("bareme") else {
        r.signale(Diagnostic::new(codes::SYN04, noeud.span, "`comme` demande `bareme`"));
        return None;
    };
    let bareme = index.bareme(r, cible.texte().unwrap_or_default(), cible.span)?;
    let mut avec = Vec::new();
    for (cle, valeur) in noeud.champ("avec").and_then(Noeud::carte).unwrap_or_default() {
        let f = fait(r, &Sp { valeur: Id::analyse(&cle.texte).ok()?, span: cle.span })?;
        let s = cellule::selection(r, f, valeur)?;
        match s.motifs.as_slice() {
            [rules::selection::Motif::Valeur(v)] if !s.sauf => avec.push((f, *v)),
            [rules::selection::Motif::Nombres(i)] if !s.sauf && i.de.is_some() && i.de == i.a => {
                avec.extend(i.de.map(|b| (f, rules::valeur::Valeur::Nombre(b.valeur))));
            }
            _ => {
                r.lecture.inattendu(valeur, "une seule valeur attendue", None);
                return None;
            }
        }
    }
    let majore = match noeud.champ("majore") {
        None => None,
        Some(n) => Some(ecart(r, n)?),
    };
    Some(Resultat::Comme { bareme, avec, majore })
}

/// An amount or a rate.
pub(super) fn ecart(r: &mut Resolution<'_>, noeud: &Noeud) -> Option<Ecart> {
    match noeud.texte() {
        Some(t) if t.trim_end().ends_with('%') => {
            r.lecture.feuille(noeud, "taux attendu, ex. 20 %", taux).map(Ecart::Taux)
        }
        _ => grandeur_noeud(r, noeud).map(Ecart::Montant),
    }
}

/// A printed grid: each row has one price a column.
fn en_colonnes(
    r: &mut Resolution<'_>,
    forme: &Forme<'_>,
    c: &Commun<'_>,
    colonnes: &RawColonnes,
    rangees: &Liste<RawRangee>,
) -> table::Lignes<Resultat> {
    let mut compilees: Vec<Ligne<Resultat>> = Vec::new();
    let mut incomplet = rangees.incomplete;
    let dimension = fait(r, &colonnes.dimension);
    let valeurs: Vec<Option<_>> = match dimension {
        None => Vec::new(),
        Some(f) => colonnes.valeurs.iter().map(|v| cellule::selection(r, f, &v.valeur.0)).collect(),
    };
    for rangee in rangees {
        let cellules = rangee.entree("prix").and_then(|(_, n)| n.liste()).unwrap_or_default();
        if cellules.len() != valeurs.len() {
            let message =
                format!("barème `{}` : {} prix pour {} colonnes", c.nom, cellules.len(), valeurs.len());
            r.signale(
                Diagnostic::new(codes::TAR14, rangee.span, message)
                    .aide("un prix par colonne, dans leur ordre"),
            );
            incomplet = true;
            continue;
        }
        let un = table::une_ligne(r, forme, rangee, &mut |_, _, _| Some(()));
        let (Some(base), Some(dimension)) = (un, dimension) else {
            incomplet = true;
            continue;
        };
        for (selection, noeud) in valeurs.iter().zip(cellules) {
            let resultat = match noeud.texte() {
                Some("non_offert") => Some(Resultat::NonOffert),
                Some("a_demander") => {
                    let sur = format!("bareme.{}", c.nom);
                    question::a_demander(r, &sur, noeud.span, "montant absent de la grille imprimée");
                    Some(Resultat::ADemander("montant absent de la grille imprimée".into()))
                }
                _ => prix(r, c, noeud),
            };
            let lieu = r.pose(noeud.span, forme.source);
            match (resultat, selection) {
                (Some(resultat), Some(s)) => {
                    let mut conditions = base.conditions.clone();
                    conditions.push((dimension, s.clone()));
                    compilees.push(Ligne {
                        conditions,
                        garde: base.garde.clone(),
                        sinon: base.sinon,
                        resultat,
                        lieu,
                        nom: base.nom.clone(),
                    });
                }
                _ => incomplet = true,
            }
        }
    }
    table::dimensionne(r, forme, compilees, incomplet, Resultat::NonOffert)
}
