//! One grid: its table, its axis, and how a row's result becomes a unit price.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::resultat::nombre;
use super::{BaremeId, Ecart, Part, Prix, Refus, Resultat, Tarifs};
use crate::condition::Condition;
use crate::faits::{FaitId, Faits};
use crate::lieu::Lieu;
use crate::montant::Arrondi;
use crate::selection::{Motif, Selection};
use crate::table::{Constat, Dimension, Ligne, Table};
use crate::trace::{Quoi, Trace};
use crate::valeur::Valeur;

/// `decale`: the row beside, along the axis, same other dimensions.
#[derive(Clone, Debug)]
pub struct Decale {
    /// When.
    pub si: Condition,
    /// How many rows: negative, towards smaller values.
    pub de: i32,
    /// At the end of the axis: keep the last row there is (`au_bord: garde`), or have no price.
    pub garde_au_bord: bool,
    /// Where it is written.
    pub lieu: Lieu,
}

/// A grid as the loader resolved it; `colonnes` are already rows.
#[derive(Clone, Debug)]
pub struct DefinitionGrille {
    /// The facts that rows may speak of.
    pub dimensions: Vec<Dimension>,
    /// The rows.
    pub lignes: Vec<Ligne<Resultat>>,
    /// The quotient-like axis, for `entre` and `decale`.
    pub axe: Option<FaitId>,
    /// The base of the rates.
    pub assiette: Option<FaitId>,
    /// Decimals of a voted amount: 2 to 4.
    pub decimales: u8,
    /// Overrides the town's rounding.
    pub arrondi: Option<Arrondi>,
    /// Shifts, in order; the first that holds applies.
    pub decale: Vec<Decale>,
}

/// A compiled grid.
#[derive(Clone, Debug)]
pub struct Grille {
    table: Table<Resultat>,
    axe: Option<FaitId>,
    assiette: Option<FaitId>,
    arrondi: Option<Arrondi>,
    decale: Box<[Decale]>,
    /// The ends of each `entre` row on the axis, by row.
    tranches: Box<[Option<(Decimal, Decimal)>]>,
}

/// What is wrong in a grid beyond its table.
#[derive(Clone, Debug, PartialEq)]
pub enum ConstatGrille {
    /// The table's own findings.
    Table(Constat),
    /// `entre` needs an `axe`, and one finite interval on it in the row.
    EntreSansTranche {
        /// The row.
        ligne: u32,
    },
    /// `taux` without an `assiette`.
    TauxSansAssiette {
        /// The row.
        ligne: u32,
    },
    /// `decale` without an `axe` that is a dimension.
    DecaleSansAxe,
    /// `decale` may leave the interval of an `entre` row: such a price cannot be said.
    DecaleSurEntre {
        /// The row.
        ligne: u32,
    },
    /// An amount with more decimals than the tariff has.
    TropDeDecimales {
        /// The row.
        ligne: u32,
        /// The amount.
        montant: Decimal,
    },
    /// A voted amount below zero.
    MontantNegatif {
        /// The row.
        ligne: u32,
        /// The amount.
        montant: Decimal,
    },
}

impl Grille {
    /// Compiles and checks. The grid is usable whatever the findings: what it cannot say refuses.
    pub fn compile(d: DefinitionGrille) -> (Self, Vec<ConstatGrille>) {
        let (table, constats) = Table::compile(d.dimensions, d.lignes);
        let mut constats: Vec<ConstatGrille> = constats.into_iter().map(ConstatGrille::Table).collect();
        let mut tranches = Vec::with_capacity(table.lignes().len());
        for (i, ligne) in (0..).zip(table.lignes()) {
            let mut tranche = None;
            match &ligne.resultat {
                Resultat::Entre(..) => {
                    tranche = d.axe.and_then(|axe| tranche_de(ligne, axe));
                    if tranche.is_none() {
                        constats.push(ConstatGrille::EntreSansTranche { ligne: i });
                    }
                    if !d.decale.is_empty() {
                        constats.push(ConstatGrille::DecaleSurEntre { ligne: i });
                    }
                }
                Resultat::Taux { assiette, .. } if assiette.or(d.assiette).is_none() => {
                    constats.push(ConstatGrille::TauxSansAssiette { ligne: i });
                }
                _ => {}
            }
            for montant in ecrits(&ligne.resultat) {
                if montant.normalize().scale() > u32::from(d.decimales) {
                    constats.push(ConstatGrille::TropDeDecimales { ligne: i, montant });
                }
                if montant.is_sign_negative() && !montant.is_zero() {
                    constats.push(ConstatGrille::MontantNegatif { ligne: i, montant });
                }
            }
            tranches.push(tranche);
        }
        if !d.decale.is_empty()
            && !d.axe.is_some_and(|a| table.axe(a).is_some_and(crate::table::axe::Axe::ordonne))
        {
            constats.push(ConstatGrille::DecaleSansAxe);
        }
        let grille = Self {
            table,
            axe: d.axe,
            assiette: d.assiette,
            arrondi: d.arrondi,
            decale: d.decale.into_boxed_slice(),
            tranches: tranches.into_boxed_slice(),
        };
        (grille, constats)
    }

    /// Its table.
    pub fn table(&self) -> &Table<Resultat> {
        &self.table
    }

    /// The quotient-like axis.
    pub fn axe(&self) -> Option<FaitId> {
        self.axe
    }

    /// The base of the rates.
    pub fn assiette(&self) -> Option<FaitId> {
        self.assiette
    }

    /// Its own rounding.
    pub fn arrondi(&self) -> Option<Arrondi> {
        self.arrondi
    }

    /// The ends of an `entre` row on the axis.
    pub fn tranche(&self, ligne: u32) -> Option<(Decimal, Decimal)> {
        *self.tranches.get(usize::try_from(ligne).ok()?)?
    }

    #[inline]
    #[expect(clippy::too_many_arguments, reason = "the context of one price, passed through")]
    pub(super) fn prix<T: Trace>(
        &self,
        id: BaremeId,
        lieu: Lieu,
        jour: Date,
        faits: &Faits<'_>,
        tarifs: &dyn Tarifs,
        trace: &mut T,
        detours: u8,
    ) -> Result<Prix, Refus> {
        let place = |i: u32| self.table.ligne(i).map_or(lieu, |l| l.lieu);
        let mut ligne =
            self.table.cherche(faits, tarifs.hote()).map_err(|m| Refus::de_table(m, lieu, place))?;
        if T::ACTIVE {
            for d in self.table.dimensions() {
                trace.note(Quoi::Fait(d.fait, faits.valeur(d.fait)), place(ligne), None, None);
            }
            trace.note(Quoi::Ligne(id, ligne), place(ligne), None, None);
        }
        for decale in &self.decale {
            if decale.si.tient(faits, tarifs.hote()).map_err(|f| Refus::calcul(decale.lieu, f))? {
                ligne = self.decalee(ligne, decale, faits, tarifs, trace)?;
                break;
            }
        }
        self.prix_de(ligne, jour, faits, tarifs, trace, detours)
    }

    fn decalee<T: Trace>(
        &self,
        ligne: u32,
        decale: &Decale,
        faits: &Faits<'_>,
        tarifs: &dyn Tarifs,
        trace: &mut T,
    ) -> Result<u32, Refus> {
        let axe = self.axe.ok_or(Refus::CasNonPrevu { lieu: decale.lieu })?;
        if faits.valeur(axe) == Valeur::Absent {
            // a family without a place on the axis has no place beside it
            return Ok(ligne);
        }
        let place = |i: u32| self.table.ligne(i).map_or(decale.lieu, |l| l.lieu);
        let mut reste = decale.de;
        while reste != 0 {
            let voisine = self
                .table
                .voisine(faits, axe, reste, tarifs.hote())
                .map_err(|m| Refus::de_table(m, decale.lieu, place))?;
            if let Some(v) = voisine {
                if T::ACTIVE {
                    trace.note(Quoi::Decale(reste, v), decale.lieu, None, None);
                }
                return Ok(v);
            }
            if !decale.garde_au_bord {
                return Err(Refus::CasNonPrevu { lieu: decale.lieu });
            }
            // the edge is nearer than asked: as far as there are rows
            reste -= reste.signum();
        }
        Ok(ligne)
    }

    /// The price that one row gives.
    #[inline]
    pub(super) fn prix_de<T: Trace>(
        &self,
        numero: u32,
        jour: Date,
        faits: &Faits<'_>,
        tarifs: &dyn Tarifs,
        trace: &mut T,
        detours: u8,
    ) -> Result<Prix, Refus> {
        let ligne = self.table.ligne(numero).ok_or(Refus::CasNonPrevu { lieu: Lieu::default() })?;
        let lieu = ligne.lieu;
        let en_un = |montant| Prix { montant, parts: Vec::new(), exemple: false, lieu };
        let prix = match &ligne.resultat {
            Resultat::Prix(p) => {
                note(trace, Quoi::Prix, lieu, None, *p);
                en_un(*p)
            }
            Resultat::Exemple(p) => {
                note(trace, Quoi::Exemple, lieu, None, *p);
                Prix { exemple: true, ..en_un(*p) }
            }
            Resultat::Parts(parts) => {
                let parts: Vec<Part> =
                    parts.iter().map(|(part, montant)| Part { part: *part, montant: *montant }).collect();
                let total = parts
                    .iter()
                    .try_fold(Decimal::ZERO, |t, p| t.checked_add(p.montant))
                    .ok_or(Refus::Depassement { lieu })?;
                for p in &parts {
                    note(trace, Quoi::Part(p.part), lieu, None, p.montant);
                }
                note(trace, Quoi::Prix, lieu, None, total);
                Prix { parts, ..en_un(total) }
            }
            Resultat::Taux { taux, assiette, plancher, plafond } => {
                let fait = assiette.or(self.assiette).ok_or(Refus::CasNonPrevu { lieu })?;
                let base = nombre(faits, fait, lieu)?;
                let mut montant = taux.checked_mul(base).ok_or(Refus::Depassement { lieu })?;
                note(trace, Quoi::Taux { taux: *taux, assiette: base }, lieu, None, montant);
                if let Some(bas) =
                    plancher.as_ref().map(|p| p.vaut(faits, tarifs.hote(), lieu)).transpose()?
                    && montant < bas
                {
                    note(trace, Quoi::Plancher, lieu, Some(montant), bas);
                    montant = bas;
                }
                if let Some(haut) =
                    plafond.as_ref().map(|p| p.vaut(faits, tarifs.hote(), lieu)).transpose()?
                    && montant > haut
                {
                    note(trace, Quoi::Plafond, lieu, Some(montant), haut);
                    montant = haut;
                }
                en_un(montant)
            }
            Resultat::Entre(bas, haut) => {
                let montant = self.entre(numero, *bas, *haut, faits, lieu)?;
                note(trace, Quoi::Entre, lieu, None, montant);
                en_un(montant)
            }
            Resultat::Formule(f) => {
                match f.evalue(faits, tarifs.hote()).map_err(|e| Refus::calcul(lieu, e))? {
                    Valeur::Nombre(montant) => {
                        if T::ACTIVE {
                            for fait in f.faits_lus() {
                                trace.note(Quoi::Fait(*fait, faits.valeur(*fait)), lieu, None, None);
                            }
                        }
                        note(trace, Quoi::Formule, lieu, None, montant);
                        en_un(montant)
                    }
                    _ => return Err(Refus::CasNonPrevu { lieu }),
                }
            }
            Resultat::Comme { bareme, avec, majore } => {
                let autre = tarifs.bareme(*bareme).ok_or(Refus::BaremeInconnu { lieu })?;
                let detours = detours.checked_sub(1).ok_or(Refus::Cercle { lieu })?;
                let mut valeurs = faits.valeurs.to_vec();
                for (fait, valeur) in avec {
                    let place = usize::from(fait.0);
                    if valeurs.len() <= place {
                        valeurs.resize(place + 1, Valeur::Absent);
                    }
                    if let Some(v) = valeurs.get_mut(place) {
                        *v = *valeur;
                    }
                }
                if T::ACTIVE {
                    trace.note(Quoi::Comme(*bareme), lieu, None, None);
                }
                let mut prix = autre.prix_apres(
                    jour,
                    &Faits { valeurs: &valeurs, parametres: faits.parametres },
                    tarifs,
                    trace,
                    detours,
                )?;
                prix.lieu = lieu;
                if let Some(ecart) = majore {
                    majore_prix(&mut prix, ecart, faits, tarifs, lieu, trace)?;
                }
                prix
            }
            Resultat::Script(s) => {
                let montant = tarifs
                    .script(*s, None, faits)
                    .map_err(|motif| Refus::Script { lieu, motif: motif.into() })?;
                note(trace, Quoi::Script(*s), lieu, None, montant);
                en_un(montant)
            }
            Resultat::NonOffert => return Err(Refus::NonOffert { lieu }),
            Resultat::ADemander(question) => {
                return Err(Refus::ADemander { lieu, question: question.clone() });
            }
        };
        if prix.montant < Decimal::ZERO {
            return Err(Refus::Negatif { lieu });
        }
        Ok(prix)
    }

    /// The straight line between the two ends of the row's interval.
    fn entre(
        &self,
        numero: u32,
        bas: Decimal,
        haut: Decimal,
        faits: &Faits<'_>,
        lieu: Lieu,
    ) -> Result<Decimal, Refus> {
        let (axe, (de, a)) = self.axe.zip(self.tranche(numero)).ok_or(Refus::CasNonPrevu { lieu })?;
        let brut = nombre(faits, axe, lieu)?;
        // the same reading as the table's, or a family between two steps would leave the interval
        let x = self.table.axe(axe).and_then(|axe| axe.lu(brut)).ok_or(Refus::Depassement { lieu })?;
        if x < de || x > a {
            return Err(Refus::HorsTranche { lieu });
        }
        let calcul = || {
            bas.checked_add(
                x.checked_sub(de)?.checked_mul(haut.checked_sub(bas)?)?.checked_div(a.checked_sub(de)?)?,
            )
        };
        calcul().ok_or(Refus::Depassement { lieu })
    }
}

#[inline]
fn note<T: Trace>(trace: &mut T, quoi: Quoi, lieu: Lieu, avant: Option<Decimal>, apres: Decimal) {
    if T::ACTIVE {
        trace.note(quoi, lieu, avant, Some(apres));
    }
}

/// Raises a price; a rate raises each part, an amount the last one.
fn majore_prix<T: Trace>(
    prix: &mut Prix,
    ecart: &Ecart,
    faits: &Faits<'_>,
    tarifs: &dyn Tarifs,
    lieu: Lieu,
    trace: &mut T,
) -> Result<(), Refus> {
    let (plus, taux) = match ecart {
        Ecart::Montant(g) => (g.vaut(faits, tarifs.hote(), lieu)?, None),
        Ecart::Taux(t) => (prix.montant.checked_mul(*t).ok_or(Refus::Depassement { lieu })?, Some(*t)),
    };
    let avant = prix.montant;
    prix.montant = avant.checked_add(plus).ok_or(Refus::Depassement { lieu })?;
    match taux {
        Some(t) => {
            for p in &mut prix.parts {
                p.montant = t
                    .checked_add(Decimal::ONE)
                    .and_then(|f| p.montant.checked_mul(f))
                    .ok_or(Refus::Depassement { lieu })?;
            }
        }
        None => {
            if let Some(p) = prix.parts.last_mut() {
                p.montant = p.montant.checked_add(plus).ok_or(Refus::Depassement { lieu })?;
            }
        }
    }
    note(trace, Quoi::Majore(u16::MAX, taux), lieu, Some(avant), prix.montant);
    Ok(())
}

/// The one finite interval that the row has on the axis.
fn tranche_de(ligne: &Ligne<Resultat>, axe: FaitId) -> Option<(Decimal, Decimal)> {
    let (_, selection) = ligne.conditions.iter().find(|(f, _)| *f == axe)?;
    let Selection { motifs, sauf: false, .. } = selection else { return None };
    let [Motif::Nombres(i)] = motifs.as_slice() else { return None };
    let (de, a) = (i.de?.valeur, i.a?.valeur);
    (de < a).then_some((de, a))
}

/// The amounts that a result writes.
fn ecrits(resultat: &Resultat) -> Vec<Decimal> {
    match resultat {
        Resultat::Prix(p) | Resultat::Exemple(p) => vec![*p],
        Resultat::Entre(a, b) => vec![*a, *b],
        Resultat::Parts(parts) => parts.iter().map(|(_, m)| *m).collect(),
        _ => Vec::new(),
    }
}
