//! TAR06, TAR07, TAR08, TAR12: amounts that are too large, tariffs that start too late, discounts and formulas that can
//! go below zero.

use jiff::civil::Date;
use rules::ajustement::{Operation, Quantum};
use rules::bareme::{Grandeur, Resultat};
use rules::calendrier::plus_jours;
use rules::expression::{Bornes, Expr};
use rules::faits::{FaitId, Symboles};
use rules::lieu::Lieu;
use rules::selection::Motif;
use rules::table::Ligne;
use rules::valeur::Valeur;
use rust_decimal::Decimal;

use super::Examen;
use crate::commune::{BaremeNomme, Commune};
use crate::definition::source::Span;
use crate::diagnostic::{Diagnostic, Gravite, codes};
use crate::service::{Service, Tarif};

/// A unit price above this is looked at again: a comma may have moved.
const BEAUCOUP: Decimal = Decimal::from_parts(200, 0, 0, false, 0);
/// Units that are expected to cost more.
const LONGUES: [&str; 6] = ["semaine", "mois", "trimestre", "annee", "sejour", "forfait"];

/// Every tariff, then every service.
pub(super) fn controle(examen: &Examen<'_>, sortie: &mut Vec<Diagnostic>) {
    let commune = examen.commune;
    for bareme in &commune.baremes {
        for version in bareme.bareme.versions() {
            for ligne in version.grille.iter().flat_map(|g| g.table().lignes()) {
                if ligne.lieu != Lieu::default() {
                    une_ligne(examen, bareme, ligne, sortie);
                }
            }
            taux_sans_bornes(examen, bareme, version, sortie);
        }
        jamais_en_vigueur(examen, bareme, sortie);
    }
    for service in &commune.services {
        sans_tarif_au_debut(examen, service, sortie);
        etapes(examen, service, sortie);
    }
}

fn une_ligne(
    examen: &Examen<'_>,
    bareme: &BaremeNomme,
    ligne: &Ligne<Resultat>,
    sortie: &mut Vec<Diagnostic>,
) {
    let (nom, ou) = (&bareme.nom, examen.span(ligne.lieu));
    let enorme = match &ligne.resultat {
        Resultat::Prix(m) | Resultat::Exemple(m) => Some(*m),
        Resultat::Entre(a, b) => Some((*a).max(*b)),
        _ => None,
    };
    if let Some(m) = enorme.filter(|m| *m > BEAUCOUP && !LONGUES.contains(&bareme.unite.as_str())) {
        let message = format!("barème `{nom}` : {m} € pour une unité `{}`", bareme.unite);
        let d = Diagnostic::new(codes::TAR06, ou, message).gravite(Gravite::Attention);
        sortie.push(d.aide("vérifiez la place du point décimal"));
    }
    if let Resultat::Formule(e) = &ligne.resultat
        && bornes(examen.commune, ligne, e).peut_etre_negatif()
    {
        let message = format!("barème `{nom}` : rien n'empêche cette formule de donner un prix négatif");
        let d = Diagnostic::new(codes::TAR12, ou, message).gravite(Gravite::Attention);
        sortie.push(d.aide("écrivez `max(0, …)`, ou donnez un `min` aux faits qu'elle lit"));
    }
}

/// What a formula can give, its row's own intervals taken into account.
fn bornes(commune: &Commune, ligne: &Ligne<Resultat>, e: &Expr) -> Bornes {
    let fait = |f: FaitId| {
        let du_domaine = Bornes::du_domaine(commune.vocabulaire.domaine(f));
        let motif = ligne.conditions.iter().find(|(g, s)| *g == f && !s.sauf);
        match motif.map(|(_, s)| s.motifs.as_slice()) {
            Some([Motif::Nombres(i)]) => Bornes {
                min: i.de.map(|b| b.valeur).or(du_domaine.min),
                max: i.a.map(|b| b.valeur).or(du_domaine.max),
            },
            _ => du_domaine,
        }
    };
    let parametre = |p: u16| {
        let valeurs = commune.parametres.get(usize::from(p)).into_iter().flatten();
        let nombres: Vec<Decimal> =
            valeurs.filter_map(|(_, v)| if let Valeur::Nombre(n) = v { Some(*n) } else { None }).collect();
        Bornes { min: nombres.iter().min().copied(), max: nombres.iter().max().copied() }
    };
    e.bornes(&fait, &parametre)
}

/// TAR12: a rate of a family's income has a floor and a ceiling, or the poorest pay nothing and the richest anything.
fn taux_sans_bornes(
    examen: &Examen<'_>,
    bareme: &BaremeNomme,
    version: &rules::bareme::Version,
    sortie: &mut Vec<Diagnostic>,
) {
    let Some(grille) = &version.grille else { return };
    let reel = examen.commune.vocabulaire.fait("cout_reel");
    for ligne in grille.table().lignes() {
        let Resultat::Taux { assiette, plancher, plafond, .. } = &ligne.resultat else { continue };
        let base = assiette.or(grille.assiette());
        let bornee = |s: &rules::selection::Selection| {
            !s.sauf
                && s.motifs.iter().all(|m| matches!(m, Motif::Nombres(i) if i.de.is_some() && i.a.is_some()))
        };
        // a row that holds only between two values of the base has both bounds already
        let encadree = ligne.conditions.iter().any(|(f, s)| Some(*f) == base && bornee(s));
        if base.is_none() || base == reel || encadree || (plancher.is_some() && plafond.is_some()) {
            continue;
        }
        let manque = match (plancher, plafond) {
            (None, None) => "ni `plancher` ni `plafond`",
            (None, _) => "pas de `plancher`",
            _ => "pas de `plafond`",
        };
        let message = format!("barème `{}` : ce taux n'a {manque}", bareme.nom);
        let d = Diagnostic::new(codes::TAR12, examen.span(ligne.lieu), message).gravite(Gravite::Attention);
        sortie.push(
            d.aide("ex. `{ taux: 0.50 %, plancher: 1.20, plafond: 6.00 }`, comme la délibération les vote"),
        );
    }
}

/// The services that a tariff prices.
fn usagers<'a>(commune: &'a Commune, bareme: &str) -> Vec<&'a Service> {
    let prise =
        |s: &&Service| s.prestations.iter().any(|p| matches!(&p.tarif, Tarif::Bareme(b) if b == bareme));
    commune.services.iter().filter(prise).collect()
}

/// TAR07: replaced before any service that it prices begins.
fn jamais_en_vigueur(examen: &Examen<'_>, bareme: &BaremeNomme, sortie: &mut Vec<Diagnostic>) {
    let Some(raw) = examen.fichiers.baremes.get(usize::from(bareme.bareme.id().0)) else { return };
    let debuts: Vec<Date> = usagers(examen.commune, &bareme.nom)
        .iter()
        .filter_map(|s| s.versions.first().map(|(d, _)| *d))
        .collect();
    for paire in bareme.bareme.versions().windows(2) {
        let [a, b] = paire else { continue };
        if debuts.is_empty() || debuts.iter().any(|d| *d < b.depuis) {
            continue;
        }
        let ecrite = raw.versions.iter().find(|v| v.depuis.0 == a.depuis);
        let message = format!(
            "barème `{}` : la version du {} est remplacée le {} sans avoir jamais servi",
            bareme.nom, a.depuis, b.depuis
        );
        let d = Diagnostic::new(codes::TAR07, ecrite.map_or(raw.span, |v| v.depuis.span), message);
        sortie.push(d.gravite(Gravite::Attention).aide("vérifiez les dates d'effet"));
    }
}

/// TAR07: days that can be booked before the tariff exists.
fn sans_tarif_au_debut(examen: &Examen<'_>, service: &Service, sortie: &mut Vec<Diagnostic>) {
    let Some((depuis, _)) = service.versions.first().filter(|(d, _)| *d != Date::MIN) else { return };
    for p in &service.prestations {
        let Tarif::Bareme(nom) = &p.tarif else { continue };
        let Some(bareme) = examen.commune.bareme(nom) else { continue };
        let Some(premiere) = bareme.bareme.versions().first().map(|v| v.depuis) else { continue };
        let Some(veille) = plus_jours(premiere, -1).filter(|v| v >= depuis) else { continue };
        let mut jours = super::annee::jours(*depuis, veille);
        let ouvert = jours.find(|j| service.jours.ouvre(*j, &examen.commune.calendrier).unwrap_or(true));
        let Some(jour) = ouvert else { continue };
        let message = format!(
            "`{}` se réserve dès le {depuis}, et son barème `{nom}` ne commence que le {premiere}",
            p.id
        );
        let d =
            Diagnostic::new(codes::TAR07, debut(examen, bareme), message).temoin(format!("jour : {jour}"));
        sortie.push(
            d.secondaire(examen.span(p.lieu), "la prestation")
                .aide("avancez `depuis` du barème, ou ajoutez la version d'avant"),
        );
    }
}

fn debut(examen: &Examen<'_>, bareme: &BaremeNomme) -> Span {
    let raw = examen.fichiers.baremes.get(usize::from(bareme.bareme.id().0));
    let premiere = raw.and_then(|r| r.versions.iter().min_by_key(|v| v.depuis.0));
    premiere.map_or_else(|| examen.span(bareme.lieu), |v| v.depuis.span)
}

/// TAR08: what steps do to the prices of a service.
fn etapes(examen: &Examen<'_>, service: &Service, sortie: &mut Vec<Diagnostic>) {
    let commune = examen.commune;
    let lignes = || {
        let noms = service.prestations.iter().filter_map(|p| match &p.tarif {
            Tarif::Bareme(nom) => commune.bareme(nom),
            Tarif::Gratuit(_) => None,
        });
        let versions = noms.flat_map(|b| b.bareme.versions().iter());
        let lignes = versions.flat_map(|v| v.grille.iter().flat_map(|g| g.table().lignes()));
        lignes.filter(|l| l.lieu != Lieu::default())
    };
    let inconnu = |l: &Ligne<Resultat>| matches!(l.resultat, Resultat::ADemander(_) | Resultat::NonOffert);
    let sans_base = lignes().next().is_some() && lignes().all(inconnu);
    let prix = |l: &Ligne<Resultat>| match &l.resultat {
        Resultat::Prix(m) | Resultat::Exemple(m) => Some((*m, l.lieu)),
        Resultat::Entre(a, b) => Some(((*a).min(*b), l.lieu)),
        Resultat::Parts(parts) => Some((parts.iter().map(|(_, m)| *m).sum(), l.lieu)),
        _ => None,
    };
    let plus_bas = lignes().filter_map(prix).min_by_key(|(m, _)| *m);
    let mut deja: Vec<Lieu> = Vec::new();
    for (_, regles) in &service.versions {
        for (i, a) in regles.pipeline.ajustements.iter().enumerate() {
            if deja.contains(&a.lieu) {
                continue;
            }
            deja.push(a.lieu);
            let nom = regles.noms.ajustements.get(i).map_or("", |n| n.id.as_str());
            let ou = examen.span(a.lieu);
            if sans_base && matches!(a.operation, Operation::Majore(_) | Operation::Remise(_)) {
                let message =
                    format!("service `{}` : `{nom}` change un prix que personne n'a donné", service.id);
                let d = Diagnostic::new(codes::TAR08, ou, message).gravite(Gravite::Attention);
                sortie.push(d.aide("le tarif de base est encore à demander à la commune"));
            }
            let Operation::Remise(quantum) = &a.operation else { continue };
            let apres = regles.pipeline.ajustements.iter().skip(i + 1);
            let rattrape = apres.into_iter().any(|s| matches!(s.operation, Operation::Plancher(_)));
            let toujours = a.si.faits_lus().next().is_none();
            let trop = match quantum {
                Quantum::Taux(t) if *t > Decimal::ONE => {
                    Some((format!("{} %", t.normalize() * Decimal::ONE_HUNDRED), Gravite::Erreur))
                }
                Quantum::Montant(Grandeur::Montant(m)) => {
                    plus_bas.filter(|(bas, _)| m > bas && !rattrape).map(|(bas, _)| {
                        (
                            format!("{m} € sur un prix de {bas} €"),
                            if toujours { Gravite::Erreur } else { Gravite::Attention },
                        )
                    })
                }
                _ => None,
            };
            if let Some((combien, gravite)) = trop {
                let message =
                    format!("service `{}` : la remise `{nom}` peut passer sous zéro : {combien}", service.id);
                let mut d = Diagnostic::new(codes::TAR08, ou, message).gravite(gravite);
                if let Some((_, lieu)) = plus_bas {
                    d = d.secondaire(examen.span(lieu), "le prix le plus bas");
                }
                sortie
                    .push(d.aide("ajoutez une étape `plancher: 0.00` après elle, si la délibération le dit"));
            }
        }
    }
}
