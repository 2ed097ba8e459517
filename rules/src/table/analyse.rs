//! What a compiled table leaves uncovered, covers twice, or never uses: merged into boxes, each with a witness.

use std::collections::{BTreeMap, HashSet};

use super::axe::Axe;
use super::boite::{Prises, classes_de, etend, lisible, produit, temoin};
use super::cellules::Cellules;
use super::grand::{Grand, lignes};
use super::{Boite, CONSTATS_MAX, Constat, Corps, Dimension};

pub(super) struct Analyse<'a> {
    pub(super) dimensions: &'a [Dimension],
    pub(super) axes: &'a [Axe],
    pub(super) classes: &'a [u32],
    pub(super) prises: &'a [Prises],
    pub(super) gardees: &'a [bool],
    pub(super) sinon: Option<u32>,
    pub(super) exclue: &'a dyn Fn(usize) -> bool,
}

/// A hole's nature: a cell is the fault of `absent` on a dimension when knowing that fact would give it a row.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Trou {
    Plein,
    Absent(usize),
}

/// Nodes that the analysis of a large table may visit.
const NOEUDS_MAX: usize = 1 << 18;

pub(super) fn analyse(a: &Analyse<'_>, corps: &Corps, suspectes: &[u32], constats: &mut Vec<Constat>) {
    let possibles = a.possibles();
    for (i, prise) in a.prises.iter().enumerate().filter(|(i, _)| !(a.exclue)(*i)) {
        if prise.commune(prise, &possibles).iter().any(Vec::is_empty) {
            constats.extend(u32::try_from(i).ok().map(|ligne| Constat::LigneMorte { ligne }));
        }
    }
    match corps {
        Corps::Cellules(c) => {
            a.doubles(&paires(suspectes), &possibles, constats);
            a.trous(c, &possibles, constats);
        }
        Corps::Grand(g) => a.grand(g, &possibles, constats),
    }
}

fn paires(suspectes: &[u32]) -> Vec<(u32, u32)> {
    suspectes
        .iter()
        .enumerate()
        .flat_map(|(k, x)| suspectes.iter().skip(k + 1).map(move |y| (*x, *y)))
        .collect()
}

impl Analyse<'_> {
    /// The classes that a declared value may fall in, a dimension after the other.
    fn possibles(&self) -> Vec<Vec<u32>> {
        let choix = self.dimensions.iter().zip(self.axes);
        choix
            .map(|(d, axe)| {
                (0..axe.classes())
                    .filter(|c| if *c == axe.absente() { d.peut_manquer } else { axe.possible(*c) })
                    .collect()
            })
            .collect()
    }

    fn boite(&self, classes: &[Vec<u32>], possibles: &[Vec<u32>]) -> Boite {
        lisible(classes, possibles, self.dimensions, self.axes)
    }

    fn doubles(&self, paires: &[(u32, u32)], possibles: &[Vec<u32>], constats: &mut Vec<Constat>) {
        let (mut dits, mut tus) = (0, 0);
        for (x, y) in paires {
            let (Ok(i), Ok(j)) = (usize::try_from(*x), usize::try_from(*y)) else { continue };
            let (Some(p), Some(q)) = (self.prises.get(i), self.prises.get(j)) else { continue };
            let commune = p.commune(q, possibles);
            if commune.iter().any(Vec::is_empty) {
                continue;
            }
            if dits == CONSTATS_MAX {
                tus += 1;
                continue;
            }
            dits += 1;
            let temoin = temoin(&commune, self.dimensions, self.axes);
            let gardee = |k: usize| self.gardees.get(k) == Some(&true);
            constats.push(if gardee(i) || gardee(j) {
                Constat::RecouvrementPossible { a: *x, b: *y, temoin }
            } else {
                Constat::Recouvrement { a: *x, b: *y, temoin, boite: self.boite(&commune, possibles) }
            });
        }
        if tus > 0 {
            constats.push(Constat::EtAutres { nombre: tus });
        }
    }

    /// Which cells have no row, and why.
    fn etiquettes(&self, c: &Cellules, possibles: &[Vec<u32>]) -> BTreeMap<u32, Trou> {
        // with a `sinon`, what a text condition may leave is told too
        let prise = |cellule: u32| {
            c.simple(cellule).is_some() || {
                let autres = c.candidates(cellule);
                if self.sinon.is_some() {
                    autres
                        .iter()
                        .any(|i| usize::try_from(*i).is_ok_and(|i| self.gardees.get(i) == Some(&false)))
                } else {
                    !autres.is_empty()
                }
            }
        };
        let libres = produit(possibles, &c.pas).into_iter().filter(|k| !prise(*k));
        libres
            .map(|cellule| {
                let classes = classes_de(cellule, self.classes);
                let faute = classes.iter().zip(self.axes).zip(possibles.iter().zip(&c.pas)).position(
                    |((classe, axe), (choix, pas))| {
                        *classe == axe.absente()
                            && choix.iter().any(|k| k != classe && prise(cellule - classe * pas + k * pas))
                    },
                );
                (cellule, faute.filter(|_| self.sinon.is_none()).map_or(Trou::Plein, Trou::Absent))
            })
            .collect()
    }

    fn trous(&self, c: &Cellules, possibles: &[Vec<u32>], constats: &mut Vec<Constat>) {
        let etiquettes = self.etiquettes(c, possibles);
        let mut reste = etiquettes.clone();
        let mut boites = Vec::new();
        while let Some((depart, nature)) = reste.iter().min_by_key(|(k, n)| (**n, **k)).map(|(k, n)| (*k, *n))
        {
            if boites.len() == CONSTATS_MAX {
                break;
            }
            let boite = etend(&classes_de(depart, self.classes), possibles, &c.pas, |k| {
                etiquettes.get(&k) == Some(&nature)
            });
            for k in produit(&boite, &c.pas) {
                reste.remove(&k);
            }
            boites.push((nature, boite));
        }
        self.dit(boites, reste.len(), possibles, constats);
    }

    fn dit(
        &self,
        boites: Vec<(Trou, Vec<Vec<u32>>)>,
        tus: usize,
        possibles: &[Vec<u32>],
        constats: &mut Vec<Constat>,
    ) {
        if let Some(ligne) = self.sinon {
            let boites: Vec<Boite> = boites.iter().map(|(_, b)| self.boite(b, possibles)).collect();
            constats.push(if boites.is_empty() {
                Constat::SinonNeCouvreRien { ligne }
            } else {
                Constat::SinonCouvre { ligne, boites }
            });
            return;
        }
        for (nature, classes) in boites {
            let (temoin, boite) =
                (temoin(&classes, self.dimensions, self.axes), self.boite(&classes, possibles));
            let fautif = if let Trou::Absent(d) = nature { self.dimensions.get(d) } else { None };
            constats.push(match fautif {
                Some(d) => Constat::AbsentNonCouvert { fait: d.fait, temoin, boite },
                None => Constat::Trou { temoin, boite },
            });
        }
        if tus > 0 {
            constats.push(Constat::EtAutres { nombre: tus });
        }
    }

    /// A large table: a walk over dimensions with the set of rows still possible, each set seen once a depth.
    fn grand(&self, g: &Grand, possibles: &[Vec<u32>], constats: &mut Vec<Constat>) {
        let mut marche = Marche {
            a: self,
            g,
            possibles,
            vus: HashSet::new(),
            trous: Vec::new(),
            paires: Vec::new(),
            tus: 0,
        };
        let complet = marche.descend(&mut Vec::new(), &g.toutes());
        let Marche { trous, mut paires, tus, .. } = marche;
        paires.sort_unstable();
        paires.dedup();
        self.doubles(&paires, possibles, constats);
        if !complet {
            constats.push(Constat::NonAnalyse);
        }
        if complet || !trous.is_empty() || self.sinon.is_none() {
            self.dit(trous, tus, possibles, constats);
        }
    }
}

struct Marche<'a> {
    a: &'a Analyse<'a>,
    g: &'a Grand,
    possibles: &'a [Vec<u32>],
    vus: HashSet<(usize, Vec<u64>)>,
    trous: Vec<(Trou, Vec<Vec<u32>>)>,
    paires: Vec<(u32, u32)>,
    tus: usize,
}

impl Marche<'_> {
    /// `false` when the budget is spent.
    fn descend(&mut self, chemin: &mut Vec<Vec<u32>>, bits: &[u64]) -> bool {
        let profondeur = chemin.len();
        let nues = lignes(bits)
            .into_iter()
            .filter(|i| usize::try_from(*i).is_ok_and(|i| self.a.gardees.get(i) == Some(&false)))
            .count();
        if bits.iter().all(|m| *m == 0) || (self.a.sinon.is_some() && nues == 0) {
            return self.trou(chemin);
        }
        if self.vus.len() >= NOEUDS_MAX {
            return false;
        }
        if !self.vus.insert((profondeur, bits.to_vec())) {
            return true;
        }
        let (Some(choix), Some(axe)) = (self.possibles.get(profondeur), self.a.axes.get(profondeur)) else {
            let presentes = lignes(bits);
            if presentes.len() > 1 && self.paires.len() < NOEUDS_MAX {
                self.paires.extend(paires(&presentes));
            }
            return true;
        };
        // classes that leave the same rows are one branch; `absent` is always its own
        let mut branches: BTreeMap<(bool, Vec<u64>), Vec<u32>> = BTreeMap::new();
        for classe in choix {
            branches
                .entry((*classe == axe.absente(), self.g.filtre(bits, profondeur, *classe)))
                .or_default()
                .push(*classe);
        }
        let mut complet = true;
        for ((_, reste), classes) in branches {
            chemin.push(classes);
            complet &= self.descend(chemin, &reste);
            chemin.pop();
        }
        complet
    }

    fn trou(&mut self, chemin: &[Vec<u32>]) -> bool {
        if self.trous.len() == CONSTATS_MAX {
            self.tus += 1;
            return true;
        }
        let mut boite = chemin.to_vec();
        boite.extend(self.possibles.iter().skip(chemin.len()).cloned());
        if boite.iter().any(Vec::is_empty) {
            return true;
        }
        let depart: Vec<u32> = boite.iter().filter_map(|l| l.first().copied()).collect();
        let fautif = self.a.axes.iter().enumerate().position(|(d, axe)| {
            depart.get(d) == Some(&axe.absente()) && {
                let connues = self.possibles.get(d).into_iter().flatten().filter(|k| **k != axe.absente());
                connues.into_iter().any(|k| {
                    let mut autre = depart.clone();
                    if let Some(place) = autre.get_mut(d) {
                        *place = *k;
                    }
                    !self.g.candidates(&autre).is_empty()
                })
            }
        });
        self.trous.push((fautif.filter(|_| self.a.sinon.is_none()).map_or(Trou::Plein, Trou::Absent), boite));
        true
    }
}
