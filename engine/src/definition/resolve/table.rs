//! Rows to a compiled table; what the analysis finds becomes diagnostics with a counterexample.

use rules::faits::{FaitId, Symboles};
use rules::lieu::Lieu;
use rules::selection::{Motif, Selection};
use rules::table::{Boite, Constat, Dimension, Ligne, Table, Temoin};
use rules::valeur::{Domaine, Valeur};

use super::{Resolution, cellule, condition, texte_source};
use crate::commune::Texte;
use crate::definition::arbre::Noeud;
use crate::definition::lecture::{Id, Liste, Sp, suggestion};
use crate::definition::raw::valeurs::RawRangee;
use crate::definition::source::Span;
use crate::diagnostic::{Code, Diagnostic, codes};

/// What is known of a table before its rows.
pub(crate) struct Forme<'a> {
    /// Named in messages: « barème `repas` », « limite du délai `a_temps` ».
    pub nom: String,
    /// The only dimensions that rows may speak of; `None` = any of the vocabulary.
    pub dimensions: Option<Vec<FaitId>>,
    /// The keys of rows that are results.
    pub resultats: &'a [&'a str],
    /// The values that may happen here, for dimensions whose domain is wider (a service's own prestations).
    pub restreint: &'a [(FaitId, Vec<Valeur>)],
    /// The nearest source up the tree.
    pub source: Option<&'a Texte>,
    /// Code of a hole.
    pub trou: Code,
    /// Where to point when the table as a whole is wrong.
    pub span: Span,
}

/// Rows read, before they are compiled.
pub(crate) struct Lignes<R> {
    /// The rows, then the ones that stand for what cannot happen here.
    pub lignes: Vec<Ligne<R>>,
    /// How many were written.
    pub ecrites: usize,
    /// A row could not be read: no hole is concluded.
    pub incomplet: bool,
    /// The dimensions.
    pub dimensions: Vec<Dimension>,
}

/// Reads the rows; `resultat` reads what a row gives. `hors` stands for the cases that `restreint` leaves out.
pub(crate) fn lignes<R: Clone>(
    r: &mut Resolution<'_>,
    forme: &Forme<'_>,
    lignes: &Liste<RawRangee>,
    hors: R,
    mut resultat: impl FnMut(&mut Resolution<'_>, &Sp<RawRangee>, Lieu) -> Option<R>,
) -> Lignes<R> {
    let mut incomplet = lignes.incomplete;
    let mut compilees: Vec<Ligne<R>> = Vec::new();
    for rangee in lignes {
        match une_ligne(r, forme, rangee, &mut resultat) {
            Some(l) => compilees.push(l),
            None => incomplet = true,
        }
    }
    dimensionne(r, forme, compilees, incomplet, hors)
}

/// Adds the dimensions, and the rows for what cannot happen here.
pub(crate) fn dimensionne<R: Clone>(
    r: &Resolution<'_>,
    forme: &Forme<'_>,
    mut compilees: Vec<Ligne<R>>,
    incomplet: bool,
    hors: R,
) -> Lignes<R> {
    let ecrites = compilees.len();
    let faits = match &forme.dimensions {
        Some(faits) => faits.clone(),
        None => utilisees(&compilees),
    };
    for (fait, valeurs) in forme.restreint.iter().filter(|(f, _)| faits.contains(f)) {
        restreint(&mut compilees, *fait, valeurs, ecrites, hors.clone());
    }
    let dimensions = faits
        .iter()
        .map(|f| Dimension {
            fait: *f,
            domaine: r.vocabulaire.domaine(*f).clone(),
            peut_manquer: r.vocabulaire.peut_manquer(*f),
        })
        .collect();
    Lignes { lignes: compilees, ecrites, incomplet, dimensions }
}

/// Compiles the rows and reports what the analysis finds.
pub(crate) fn table<R: Clone>(
    r: &mut Resolution<'_>,
    forme: &Forme<'_>,
    rangees: &Liste<RawRangee>,
    hors: R,
    resultat: impl FnMut(&mut Resolution<'_>, &Sp<RawRangee>, Lieu) -> Option<R>,
) -> Table<R> {
    let Lignes { lignes, ecrites, incomplet, dimensions } = lignes(r, forme, rangees, hors, resultat);
    let (table, constats) = Table::compile(dimensions, lignes);
    signale(r, forme, &table, ecrites, incomplet, &constats);
    table
}

/// Reports what compiling a table found.
pub(crate) fn signale<R>(
    r: &mut Resolution<'_>,
    forme: &Forme<'_>,
    table: &Table<R>,
    ecrites: usize,
    incomplet: bool,
    constats: &[Constat],
) {
    for constat in constats {
        if let Some(d) = diagnostic(r, forme, table, ecrites, incomplet, constat) {
            r.signale(d);
        }
    }
}

fn utilisees<R>(lignes: &[Ligne<R>]) -> Vec<FaitId> {
    let mut faits: Vec<FaitId> = lignes.iter().flat_map(|l| l.conditions.iter().map(|(f, _)| *f)).collect();
    faits.sort_unstable();
    faits.dedup();
    faits
}

/// Rows speak of `valeurs` only; one more row, never reported, takes the rest.
fn restreint<R>(lignes: &mut Vec<Ligne<R>>, fait: FaitId, valeurs: &[Valeur], ecrites: usize, hors: R) {
    let dedans = Selection {
        motifs: valeurs.iter().copied().map(Motif::Valeur).collect(),
        sauf: false,
        absent_aussi: false,
    };
    for ligne in lignes.iter_mut().take(ecrites).filter(|l| !l.sinon) {
        if !ligne.conditions.iter().any(|(f, _)| *f == fait) {
            ligne.conditions.push((fait, dedans.clone()));
        }
    }
    let dehors = Selection { sauf: true, absent_aussi: true, ..dedans };
    lignes.push(Ligne {
        conditions: vec![(fait, dehors)],
        garde: None,
        sinon: false,
        resultat: hors,
        lieu: Lieu::default(),
        nom: None,
    });
}

pub(crate) fn une_ligne<R>(
    r: &mut Resolution<'_>,
    forme: &Forme<'_>,
    rangee: &Sp<RawRangee>,
    resultat: &mut impl FnMut(&mut Resolution<'_>, &Sp<RawRangee>, Lieu) -> Option<R>,
) -> Option<Ligne<R>> {
    let source = rangee.source.as_ref().map(|s| texte_source(s));
    let lieu = r.pose(rangee.span, source.as_ref().or(forme.source));
    let mut conditions: Vec<(FaitId, Selection)> = Vec::new();
    let (mut garde, mut sinon, mut nom, mut bon) = (None, false, None, true);
    for (cle, valeur) in &rangee.entrees {
        match cle.texte.as_str() {
            "si" => match condition::parties(r, valeur) {
                Some((carte, texte)) => {
                    conditions.extend(carte);
                    garde = texte.or(garde);
                }
                None => bon = false,
            },
            "sinon" => match r.lecture.lit::<crate::definition::lecture::Booleen>(valeur) {
                Some(b) => sinon = b.0,
                None => bon = false,
            },
            "ligne" => match r.lecture.lit::<Id>(valeur) {
                Some(id) => nom = Some(Box::from(id.as_str())),
                None => bon = false,
            },
            c if forme.resultats.contains(&c) => {}
            c => match r
                .vocabulaire
                .fait(c)
                .filter(|f| forme.dimensions.as_ref().is_none_or(|d| d.contains(f)))
            {
                Some(fait) => match cellule::selection(r, fait, valeur) {
                    Some(s) => conditions.push((fait, s)),
                    None => bon = false,
                },
                None => {
                    dimension_inconnue(r, forme, c, cle.span);
                    bon = false;
                }
            },
        }
    }
    let sait = |s: &Selection| !s.accepte(Valeur::Absent);
    r.connus = conditions.iter().filter(|(_, s)| sait(s)).map(|(f, _)| *f).collect();
    let resultat = resultat(r, rangee, lieu);
    r.connus.clear();
    bon.then_some(())?;
    Some(Ligne { conditions, garde, sinon, resultat: resultat?, lieu, nom })
}

fn dimension_inconnue(r: &mut Resolution<'_>, forme: &Forme<'_>, texte: &str, span: Span) {
    let connue = r.vocabulaire.fait(texte).is_some();
    let message = if connue {
        format!("`{texte}` n'est pas une dimension déclarée de {}", forme.nom)
    } else {
        format!("`{texte}` n'est ni une dimension connue ni un résultat ici ({})", forme.nom)
    };
    let mut d = Diagnostic::new(codes::REF01, span, message);
    if connue {
        d = d.aide(format!("ajoutez `{texte}` à `dimensions`, ou retirez cette condition"));
    } else {
        let connus: Vec<&str> = match &forme.dimensions {
            Some(faits) => {
                faits.iter().map(|f| r.vocabulaire.nom(*f)).chain(forme.resultats.iter().copied()).collect()
            }
            None => r.vocabulaire.noms().into_iter().chain(forme.resultats.iter().copied()).collect(),
        };
        d = d.aide(suggestion(texte, connus));
    }
    r.signale(d);
}

/// Exactly one result among `cles`; `None` was reported.
pub(crate) fn un_resultat<'a>(
    r: &mut Resolution<'_>,
    rangee: &'a Sp<RawRangee>,
    cles: &[&str],
) -> Option<(&'a str, &'a Noeud)> {
    let trouves: Vec<_> = rangee.entrees.iter().filter(|(c, _)| cles.contains(&c.texte.as_str())).collect();
    match trouves.as_slice() {
        [(cle, noeud)] => Some((cle.texte.as_str(), noeud)),
        [] => {
            let message = format!("cette ligne n'a pas de résultat : il en faut un parmi {}", liste(cles));
            r.signale(Diagnostic::new(codes::SYN04, rangee.span, message));
            None
        }
        [(premiere, _), (seconde, _), ..] => {
            let message =
                format!("une ligne n'a qu'un résultat : `{}` et `{}`", premiere.texte, seconde.texte);
            let d = Diagnostic::new(codes::SYN04, seconde.span, message);
            r.signale(d.secondaire(premiere.span, "premier résultat"));
            None
        }
    }
}

fn liste(cles: &[&str]) -> String {
    cles.iter().map(|c| format!("`{c}`")).collect::<Vec<_>>().join(", ")
}

/// `residence : dos, quotient : 900.5`.
pub(crate) fn temoin_en_mots(r: &Resolution<'_>, temoin: &Temoin) -> String {
    let un =
        |(f, v): &(FaitId, Valeur)| format!("{} : {}", r.vocabulaire.nom(*f), r.vocabulaire.ecrit(*f, *v));
    temoin.iter().map(un).collect::<Vec<_>>().join(", ")
}

fn boite_en_mots(r: &Resolution<'_>, boite: &Boite) -> String {
    let un =
        |(f, s): &(FaitId, Selection)| format!("{} : {}", r.vocabulaire.nom(*f), selection_en_mots(r, *f, s));
    boite.iter().map(un).collect::<Vec<_>>().join(" ; ")
}

/// A selection as a configurateur would write it.
pub(crate) fn selection_en_mots(r: &Resolution<'_>, fait: FaitId, s: &Selection) -> String {
    let motifs: Vec<String> = s.motifs.iter().map(|m| motif_en_mots(r, fait, m)).collect();
    let liste = motifs.join(", ");
    match (s.sauf, motifs.len()) {
        (true, 0) => "toute valeur connue".to_owned(),
        (true, _) => format!("tout sauf {liste}"),
        (false, 0 | 1) => liste,
        (false, _) => format!("[{liste}]"),
    }
}

fn motif_en_mots(r: &Resolution<'_>, fait: FaitId, motif: &Motif) -> String {
    fn bornes<T: PartialEq>(i: &rules::selection::Intervalle<T>, ecrit: impl Fn(&T) -> String) -> String {
        if let (Some(de), Some(a)) = (&i.de, &i.a)
            && de.valeur == a.valeur
        {
            return ecrit(&de.valeur);
        }
        let de = i.de.as_ref().map(|b| format!("{}{}", if b.incluse { "" } else { ">" }, ecrit(&b.valeur)));
        let a = i.a.as_ref().map(|b| format!("{}{}", if b.incluse { "" } else { "<" }, ecrit(&b.valeur)));
        format!("{}..{}", de.unwrap_or_default(), a.unwrap_or_default())
    }
    match motif {
        Motif::Valeur(v) => r.vocabulaire.ecrit(fait, *v),
        Motif::Nombres(i) => bornes(i, ToString::to_string),
        Motif::Dates(i) => bornes(i, ToString::to_string),
        Motif::Entiers(i) => match r.vocabulaire.domaine(fait) {
            Domaine::Heure => bornes(i, |m| format!("{:02}:{:02}", m / 60, m % 60)),
            _ => bornes(i, ToString::to_string),
        },
    }
}

fn diagnostic<R>(
    r: &Resolution<'_>,
    forme: &Forme<'_>,
    table: &Table<R>,
    ecrites: usize,
    incomplet: bool,
    constat: &Constat,
) -> Option<Diagnostic> {
    let ecrite = |i: u32| usize::try_from(i).is_ok_and(|i| i < ecrites);
    let span = |i: u32| table.ligne(i).map_or(forme.span, |l| r.span(l.lieu));
    let nom = &forme.nom;
    Some(match constat {
        // a row that could not be read may be what fills the hole
        Constat::Trou { .. } | Constat::AbsentNonCouvert { .. } if incomplet => return None,
        Constat::Trou { temoin, boite } => {
            let message = format!("trou dans {nom} : aucun tarif ou résultat pour {}", boite_en_mots(r, boite));
            Diagnostic::new(forme.trou, forme.span, message)
                .temoin(temoin_en_mots(r, temoin))
                .aide("ajoutez une ligne pour ce cas, élargissez une ligne voisine, ou écrivez `a_demander: \"question\"`")
        }
        Constat::AbsentNonCouvert { fait, temoin, .. } => {
            let fait = r.vocabulaire.nom(*fait);
            let message = format!("{nom} : rien n'est prévu quand `{fait}` n'est pas connu");
            Diagnostic::new(codes::TAR05, forme.span, message)
                .temoin(temoin_en_mots(r, temoin))
                .aide(format!("ajoutez une ligne `{fait}: absent`, ou `absent` à une ligne existante"))
        }
        Constat::Recouvrement { a, b, temoin, .. } if ecrite(*a) && ecrite(*b) => {
            Diagnostic::new(codes::TAR02, span(*b), format!("{nom} : deux lignes prennent le même cas"))
                .secondaire(span(*a), "l'autre ligne")
                .temoin(temoin_en_mots(r, temoin))
                .aide("resserrez l'une des deux : un cas n'a qu'une ligne")
        }
        Constat::RecouvrementPossible { a, b, temoin } if ecrite(*a) && ecrite(*b) => {
            Diagnostic::new(codes::TAR02, span(*b), format!("{nom} : non analysé, parce que la condition en texte peut tenir en même temps que l'autre ligne"))
                .gravite(crate::diagnostic::Gravite::Attention)
                .secondaire(span(*a), "l'autre ligne")
                .temoin(temoin_en_mots(r, temoin))
        }
        Constat::LigneMorte { ligne } if ecrite(*ligne) => {
            Diagnostic::new(codes::TAR04, span(*ligne), format!("{nom} : cette ligne ne prend aucun cas possible"))
                .aide("retirez-la, ou corrigez ses conditions")
        }
        Constat::BorneHorsPas { ligne, fait, valeur } => {
            let message = format!("{nom} : la borne {valeur} n'est pas un multiple du pas de `{}`", r.vocabulaire.nom(*fait));
            Diagnostic::new(codes::TAR01, span(*ligne), message)
                .gravite(crate::diagnostic::Gravite::Attention)
                .aide("écrivez un multiple du pas, ou changez `pas` dans donnees.yaml")
        }
        Constat::SinonNeCouvreRien { ligne } => {
            Diagnostic::new(codes::TAR04, span(*ligne), format!("{nom} : `sinon` ne prend aucun cas"))
                .aide("retirez cette ligne : les autres couvrent tout")
        }
        Constat::SinonEnDouble { ligne } => {
            Diagnostic::new(codes::TAR02, span(*ligne), format!("{nom} : un seul `sinon` par tableau"))
        }
        Constat::SinonConditionne { ligne } => {
            Diagnostic::new(codes::TAR02, span(*ligne), format!("{nom} : `sinon` n'a pas de condition"))
                .aide("`sinon: true` prend exactement ce que les autres lignes ne prennent pas")
        }
        Constat::GardeSansSinon { ligne } => {
            Diagnostic::new(codes::TAR01, span(*ligne), format!("{nom} : une condition en texte demande une ligne `sinon: true`"))
                .aide("le contrôle ne peut pas savoir quand le texte tient")
        }
        Constat::ColonneInconnue { ligne, fait } | Constat::TypeFaux { ligne, fait } => {
            let message = format!("{nom} : la condition sur `{}` n'est pas de son type", r.vocabulaire.nom(*fait));
            Diagnostic::new(codes::SYN04, span(*ligne), message)
        }
        Constat::DimensionInutile { fait } => {
            let message = format!("{nom} : la dimension `{}` n'est lue par aucune ligne", r.vocabulaire.nom(*fait));
            Diagnostic::new(codes::REF02, forme.span, message).aide("retirez-la de `dimensions`")
        }
        Constat::EnsembleTropGrand { fait } => {
            let message = format!("{nom} : trop de valeurs de `{}` dans un même tableau", r.vocabulaire.nom(*fait));
            Diagnostic::new(codes::TAR01, forme.span, message)
        }
        Constat::EtAutres { nombre } => {
            Diagnostic::new(forme.trou, forme.span, format!("{nom} : et {nombre} autres cas du même genre"))
        }
        Constat::NonAnalyse => {
            Diagnostic::new(codes::TAR01, forme.span, format!("{nom} : non analysé, parce que le tableau a trop de cases"))
                .gravite(crate::diagnostic::Gravite::Attention)
        }
        Constat::SinonCouvre { .. }
        | Constat::Recouvrement { .. }
        | Constat::RecouvrementPossible { .. }
        | Constat::LigneMorte { .. } => return None,
    })
}
