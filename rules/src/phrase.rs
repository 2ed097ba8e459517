//! One French sentence for a parent: why this price.

use std::fmt::Write as _;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::bareme::PartId;
use crate::date_fr::date_longue;
use crate::faits::FaitId;
use crate::lieu::Lieu;
use crate::montant::{Arrondi, Montant};
use crate::selection::{Borne, Intervalle, Motif, Selection};
use crate::trace::{Pas, Quoi};
use crate::valeur::Valeur;

/// The town's words. Everything a sentence names comes from here.
pub trait Noms {
    /// « Quotient », « Tarif » : the name of a fact, as a sentence begins.
    fn fait(&self, fait: FaitId) -> &str;
    /// What a fact's value is called: « Hamois ».
    fn valeur(&self, fait: FaitId, valeur: Valeur) -> Option<String>;
    /// Where a fact's value comes from: « attestation CAF, valable jusqu'au 31 décembre 2025 ».
    fn provenance(&self, fait: FaitId) -> Option<&str>;
    /// The conditions of the row written there, in its order.
    fn conditions(&self, lieu: Lieu) -> &[(FaitId, Selection)];
    /// What a rule does, without its amount: « présent sans réservation ».
    fn regle(&self, lieu: Lieu) -> Option<&str>;
    /// Where the rule comes from.
    fn source(&self, lieu: Lieu) -> Option<Source<'_>>;
    /// The name of a part of a price.
    fn part(&self, part: PartId) -> &str;
}

/// Where a rule comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source<'a> {
    /// The text that voted it: « délibération du 27 juin 2024 ».
    Vote(&'a str),
    /// A choice made while the town has not answered.
    Choix(&'a str),
}

/// `12,5`; thousands apart, no useless zero.
pub fn nombre_en_lettres(n: Decimal) -> String {
    let n = n.normalize();
    let texte = n.abs().to_string();
    let (entier, fraction) = texte.split_once('.').map_or((texte.as_str(), None), |(e, f)| (e, Some(f)));
    let mut lu = String::new();
    for (i, c) in entier.chars().enumerate() {
        if i > 0 && (entier.len() - i) % 3 == 0 {
            lu.push('\u{202f}');
        }
        lu.push(c);
    }
    if let Some(f) = fraction {
        lu.push(',');
        lu.push_str(f);
    }
    if n.is_sign_negative() && !n.is_zero() { format!("−{lu}") } else { lu }
}

/// An amount: `3,50 €`, or with the decimals it has when centimes do not say it.
pub fn montant_en_lettres(m: Decimal) -> String {
    Montant::exact(m).map_or_else(|| format!("{}\u{a0}€", nombre_en_lettres(m)), |m| m.to_string())
}

/// `20 %`
fn taux_en_lettres(t: Decimal) -> String {
    t.checked_mul(Decimal::ONE_HUNDRED)
        .map_or_else(String::new, |t| format!("{}\u{a0}%", nombre_en_lettres(t)))
}

/// An interval in words: « jusqu'à 900 », « de 901 à 1 275 », « plus de 500, jusqu'à 1 000 ».
pub fn intervalle_en_mots(i: &Intervalle<Decimal>) -> String {
    let n = |b: Borne<Decimal>| nombre_en_lettres(b.valeur);
    match (i.de, i.a) {
        (None, None) => "toute valeur connue".to_owned(),
        (None, Some(a)) => format!("{} {}", if a.incluse { "jusqu'à" } else { "moins de" }, n(a)),
        (Some(de), None) if de.incluse => format!("{} et plus", n(de)),
        (Some(de), None) => format!("plus de {}", n(de)),
        (Some(de), Some(a)) if de.incluse && a.incluse => format!("de {} à {}", n(de), n(a)),
        (Some(de), Some(a)) => {
            let debut =
                if de.incluse { format!("à partir de {}", n(de)) } else { format!("plus de {}", n(de)) };
            format!("{debut}, {} {}", if a.incluse { "jusqu'à" } else { "moins de" }, n(a))
        }
    }
}

/// The sentence of one line: what is billed, its amount, the facts and the row, each adjustment, the vote.
///
/// `quoi` is the product with its capital (« Repas »); `pas` are the steps of that line.
pub fn phrase(quoi: &str, jour: Date, montant: Montant, pas: &[Pas], noms: &dyn Noms) -> String {
    let mut texte = format!("{quoi} du {} : {montant}.", date_longue(jour));
    texte.push_str(&raisons(pas, noms));
    texte
}

/// What follows the amount in a [`phrase`]: the row and its facts, each step, the vote. Begins with a space, or is empty.
pub fn raisons(pas: &[Pas], noms: &dyn Noms) -> String {
    let mut texte = String::new();
    let (mut faits, mut suite, mut source, mut exemple, mut regle) =
        (Vec::new(), Vec::new(), None, false, None);
    for p in pas {
        match p.quoi {
            Quoi::Fait(fait, valeur) => faits.push((fait, valeur)),
            Quoi::Ligne(..) => {
                texte.push_str(&raison(&faits, p.lieu, noms));
                faits.clear();
                source = noms.source(p.lieu).or(source);
            }
            Quoi::Exemple => exemple = true,
            Quoi::Ajustement(_) => regle = noms.regle(p.lieu),
            _ => suite.extend(operation(p, regle.take(), noms)),
        }
    }
    if !suite.is_empty() {
        let mut detail = suite.join(" ; ");
        if let Some(premiere) = detail.get(..1) {
            let majuscule = premiere.to_uppercase();
            detail.replace_range(..1, &majuscule);
        }
        let _ = write!(texte, " {detail}.");
    }
    if exemple {
        texte.push_str(" Montant d'exemple, non voté.");
    }
    match source {
        // what is not voted has no vote to name
        Some(Source::Vote(source)) if exemple => {
            let _ = write!(texte, " D’après : {}.", source.trim_end_matches('.'));
        }
        Some(Source::Vote(source)) => {
            let _ = write!(texte, " Règle votée : {}.", source.trim_end_matches('.'));
        }
        Some(Source::Choix(choix)) => {
            let _ = write!(texte, " Règle à confirmer par la commune : {}.", choix.trim_end_matches('.'));
        }
        None => {}
    }
    texte
}

/// « Quotient 900 : tranche « jusqu'à 900 », tarif Hamois. »
fn raison(faits: &[(FaitId, Valeur)], lieu: Lieu, noms: &dyn Noms) -> String {
    let conditions = noms.conditions(lieu);
    let lue = |fait: FaitId| conditions.iter().find(|(f, _)| *f == fait).map(|(_, s)| s);
    let (mut tete, mut tranches, mut dits) = (None, Vec::new(), Vec::new());
    for (fait, valeur) in faits {
        // a fact that the row does not read explains nothing
        let Some(selection) = lue(*fait) else { continue };
        match valeur {
            Valeur::Nombre(n) => {
                let provenance = noms.provenance(*fait).map_or_else(String::new, |p| format!(" ({p})"));
                tete.get_or_insert_with(|| {
                    format!("{} {}{provenance}", noms.fait(*fait), nombre_en_lettres(*n))
                });
                let tranche = selection.motifs.iter().find_map(|m| {
                    if let Motif::Nombres(i) = m
                        && i.contient(n)
                    {
                        Some(i)
                    } else {
                        None
                    }
                });
                // the number read by steps may lie between two bounds: the row's only interval is then the one
                let seule = selection
                    .motifs
                    .iter()
                    .find_map(|m| if let Motif::Nombres(i) = m { Some(i) } else { None });
                tranches.extend(
                    tranche.or(seule).map(|i| format!("tranche «\u{a0}{}\u{a0}»", intervalle_en_mots(i))),
                );
            }
            Valeur::Absent => {
                tete.get_or_insert_with(|| format!("{} non connu", noms.fait(*fait)));
            }
            valeur => dits.extend(noms.valeur(*fait, *valeur).map(|v| format!("tarif {v}"))),
        }
    }
    tranches.append(&mut dits);
    let dits = tranches;
    match (tete, dits.is_empty()) {
        (Some(tete), false) => format!(" {tete} : {}.", dits.join(", ")),
        (Some(tete), true) => format!(" {tete}."),
        (None, false) => {
            let mut dits = dits.join(", ");
            if let Some(reste) = dits.strip_prefix('t') {
                dits = format!("T{reste}");
            }
            format!(" {dits}.")
        }
        (None, true) => String::new(),
    }
}

/// One step that changed the amount.
fn operation(p: &Pas, regle: Option<&str>, noms: &dyn Noms) -> Option<String> {
    let pourquoi = |texte: String| match regle.or_else(|| noms.regle(p.lieu)) {
        Some(r) => format!("{texte} : {r}"),
        None => texte,
    };
    let ecart = || p.apres.zip(p.avant).and_then(|(a, b)| a.checked_sub(b));
    Some(match p.quoi {
        Quoi::Taux { taux, assiette } => {
            format!("{} de {}", taux_en_lettres(taux), nombre_en_lettres(assiette))
        }
        Quoi::Plancher => pourquoi(format!("minimum de {}", montant_en_lettres(p.apres?))),
        Quoi::Plafond => pourquoi(format!("maximum de {}", montant_en_lettres(p.apres?))),
        Quoi::Entre => "montant calculé entre les deux bornes de la tranche".to_owned(),
        Quoi::Formule => "montant calculé par la formule du tarif".to_owned(),
        Quoi::Fois(n) => pourquoi(format!("{} × {}", nombre_en_lettres(n), montant_en_lettres(p.avant?))),
        Quoi::Majore(_, Some(t)) => {
            pourquoi(format!("+\u{a0}{}, soit {}", taux_en_lettres(t), montant_en_lettres(ecart()?)))
        }
        Quoi::Majore(_, None) => pourquoi(format!("+\u{a0}{}", montant_en_lettres(ecart()?))),
        Quoi::Remise(_, Some(t)) => {
            pourquoi(format!("−\u{a0}{}, soit {}", taux_en_lettres(t), montant_en_lettres(ecart()?.abs())))
        }
        Quoi::Remise(_, None) => pourquoi(format!("−\u{a0}{}", montant_en_lettres(ecart()?.abs()))),
        Quoi::Remplace(_) => pourquoi(format!("remplacé par {}", montant_en_lettres(p.apres?))),
        Quoi::Script(_) | Quoi::Regle(_) => pourquoi(format!("porté à {}", montant_en_lettres(p.apres?))),
        Quoi::Repartition(_) => pourquoi(format!("part de {}", montant_en_lettres(p.apres?))),
        Quoi::Penalite(_) => pourquoi(format!("pénalité de {}", montant_en_lettres(p.apres?))),
        Quoi::Tiers(_) => pourquoi(format!("reste à votre charge {}", montant_en_lettres(p.apres?))),
        Quoi::Decale(de, _) => {
            pourquoi(format!("tranche {}", if de < 0 { "inférieure" } else { "supérieure" }))
        }
        Quoi::Part(part) => format!("{} {}", noms.part(part), montant_en_lettres(p.apres?)),
        Quoi::Arrondi(Arrondi { pas, .. }) if pas != Arrondi::CENTIME.pas => {
            format!("arrondi à {}", montant_en_lettres(p.apres?))
        }
        Quoi::Question => "règle à confirmer par la commune".to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bareme::{BaremeId, Resultat};
    use crate::essais::{RENTREE, Ville, d};
    use crate::faits::{Faits, Symboles};
    use crate::trace::{Journal, Trace};
    use crate::valeur::Sens;

    struct Mots(Vec<Vec<(FaitId, Selection)>>);

    impl Noms for Mots {
        fn fait(&self, fait: FaitId) -> &str {
            if fait.0 == 0 { "Quotient" } else { "Résidence" }
        }
        fn valeur(&self, _: FaitId, valeur: Valeur) -> Option<String> {
            match valeur {
                Valeur::Choix(0) => Some("Hamois".into()),
                Valeur::Choix(2) => Some("Extérieur".into()),
                _ => None,
            }
        }
        fn provenance(&self, _: FaitId) -> Option<&str> {
            None
        }
        fn conditions(&self, lieu: Lieu) -> &[(FaitId, Selection)] {
            self.0.get(lieu.0 as usize).map_or(&[], Vec::as_slice)
        }
        fn regle(&self, lieu: Lieu) -> Option<&str> {
            (lieu == Lieu(200)).then_some("présent sans réservation")
        }
        fn source(&self, lieu: Lieu) -> Option<Source<'_>> {
            (lieu.0 < 100).then_some(Source::Vote("Lettre aux familles, rentrée 2025"))
        }
        fn part(&self, _: PartId) -> &str {
            "repas"
        }
    }

    fn ham() -> (Ville, BaremeId, Mots) {
        let mut v = Ville::nouvelle("1", Sens::Inferieur);
        let lignes = [
            ("residence=commune|dos, quotient=..900", "3.50"),
            ("residence=commune|dos, quotient=901..", "3.90"),
            ("residence=commune|dos, quotient=absent", "3.90"),
            ("residence=exterieur", "5.90"),
        ];
        let mots = Mots([vec![]].into_iter().chain(lignes.iter().map(|(t, _)| v.conditions(t))).collect());
        let b = v.tarif(
            &["residence", "quotient"],
            lignes.into_iter().map(|(t, p)| (t, Resultat::Prix(d(p)))).collect(),
        );
        (v, b, mots)
    }

    fn dite(faits: &str, plus: impl FnOnce(&mut Journal), montant: i64) -> String {
        let (v, b, mots) = ham();
        let (valeurs, mut journal) = (v.faits(faits), Journal::default());
        v.baremes[usize::from(b.0)]
            .prix(RENTREE, &Faits { valeurs: &valeurs, parametres: &[] }, &v, &mut journal)
            .unwrap();
        plus(&mut journal);
        assert_eq!(v.fait("quotient"), Some(FaitId(0)));
        phrase("Repas", RENTREE, Montant::centimes(montant), journal.pas(), &mots)
    }

    #[test]
    fn une_phrase_par_cas() {
        let rien = |_: &mut Journal| {};
        assert_eq!(
            dite("residence=commune, quotient=900", rien, 350),
            "Repas du jeudi 4 septembre 2025 : 3,50\u{a0}€. Quotient 900 : tranche «\u{a0}jusqu'à 900\u{a0}», tarif Hamois. Règle votée : Lettre aux familles, rentrée 2025."
        );
        assert_eq!(
            dite("residence=commune, quotient=1901.5", rien, 390),
            "Repas du jeudi 4 septembre 2025 : 3,90\u{a0}€. Quotient 1\u{202f}901,5 : tranche «\u{a0}901 et plus\u{a0}», tarif Hamois. Règle votée : Lettre aux familles, rentrée 2025."
        );
        assert_eq!(
            dite("residence=commune", rien, 390),
            "Repas du jeudi 4 septembre 2025 : 3,90\u{a0}€. Quotient non connu : tarif Hamois. Règle votée : Lettre aux familles, rentrée 2025."
        );
        // the row does not read the quotient: it is not a reason
        assert_eq!(
            dite("residence=exterieur, quotient=300", rien, 590),
            "Repas du jeudi 4 septembre 2025 : 5,90\u{a0}€. Tarif Extérieur. Règle votée : Lettre aux familles, rentrée 2025."
        );
    }

    #[test]
    fn chaque_ajustement_est_dit() {
        let plus = |j: &mut Journal| {
            j.note(Quoi::Majore(0, None), Lieu(200), Some(d("5.90")), Some(d("7.90")));
            j.note(Quoi::Majore(1, Some(d("0.2"))), Lieu(201), Some(d("7.90")), Some(d("9.48")));
        };
        assert_eq!(
            dite("residence=exterieur", plus, 948),
            "Repas du jeudi 4 septembre 2025 : 9,48\u{a0}€. Tarif Extérieur. +\u{a0}2,00\u{a0}€ : présent sans réservation ; +\u{a0}20\u{a0}%, soit 1,58\u{a0}€. Règle votée : Lettre aux familles, rentrée 2025."
        );
        let exemple = |j: &mut Journal| j.note(Quoi::Exemple, Lieu(5), None, Some(d("5.90")));
        assert!(dite("residence=exterieur", exemple, 590).contains("Montant d'exemple, non voté."));
    }

    #[test]
    fn les_intervalles_et_les_dates_se_lisent() {
        let v = Ville::nouvelle("1", Sens::Inferieur);
        for (texte, attendu) in [
            ("..900", "jusqu'à 900"),
            ("..<900", "moins de 900"),
            ("901..", "901 et plus"),
            (">1600..", "plus de 1\u{202f}600"),
            ("400..640", "de 400 à 640"),
            (">500..1000", "plus de 500, jusqu'à 1\u{202f}000"),
            ("318..<1275", "à partir de 318, moins de 1\u{202f}275"),
        ] {
            let (_, s) = v.selection("quotient", texte);
            let Motif::Nombres(i) = &s.motifs[0] else { panic!() };
            assert_eq!(intervalle_en_mots(i), attendu);
        }
        assert_eq!(montant_en_lettres(d("0.335")), "0,335\u{a0}€");
        assert_eq!(nombre_en_lettres(d("-1234567.50")), "−1\u{202f}234\u{202f}567,5");
    }
}
