//! Names interned for the kernel: tariffs, products, parts, scripts.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rules::ajustement::PrestationId;
use rules::bareme::{Bareme, BaremeId, DefinitionGrille, Grille, PartId, Resultat, Version};
use rules::lieu::Lieu;
use rules::table::Ligne;

use super::fichiers::Fichiers;
use super::{Resolution, donnees};
use crate::commune::BaremeNomme;
use crate::definition::lecture::{Id, Sp, suggestion};
use crate::definition::source::Span;
use crate::diagnostic::{Diagnostic, codes};

/// The interned names of a town.
#[derive(Default)]
pub(super) struct Index {
    baremes: BTreeMap<String, BaremeId>,
    suivant: u16,
    /// Tariffs that a step writes in place (`a_demander`, `exemple`).
    ajoutes: Vec<BaremeNomme>,
    /// Products by id: prestations, then fees.
    pub produits: Vec<String>,
    tarifs: BTreeMap<String, String>,
    /// Parts of prices by id.
    pub parts: Vec<String>,
    /// Scripts by id.
    pub scripts: Vec<String>,
}

impl Index {
    /// Interns the tariffs and prestations of the town; two tariffs of the same name are reported.
    pub(super) fn nouveau(r: &mut Resolution<'_>, f: &Fichiers) -> Self {
        let mut index = Self { scripts: r.scripts.keys().cloned().collect(), ..Self::default() };
        for b in &f.baremes {
            let id = BaremeId(index.suivant);
            index.suivant = index.suivant.saturating_add(1);
            if index.baremes.insert(b.bareme.to_string(), id).is_some() {
                r.signale(donnees::double(b.bareme.span, "barème", &b.bareme));
            }
        }
        for p in f.services.iter().flat_map(|s| s.prestations.iter()) {
            index.produits.push(p.prestation.to_string());
            if let Some(bareme) = &p.bareme {
                index.tarifs.insert(p.prestation.to_string(), bareme.to_string());
            }
        }
        index
    }

    /// The tariff of that name; an unknown one is reported.
    pub(super) fn bareme(&self, r: &mut Resolution<'_>, nom: &str, span: Span) -> Option<BaremeId> {
        let id = self.baremes.get(nom).copied();
        if id.is_none() {
            let d = Diagnostic::new(codes::REF01, span, format!("barème inconnu : « {nom} »"));
            r.signale(d.aide(suggestion(nom, self.baremes.keys().map(String::as_str))));
        }
        id
    }

    /// A tariff of one row that a step writes in place.
    pub(super) fn ajoute(&mut self, resultat: Resultat, lieu: Lieu) -> BaremeId {
        let id = BaremeId(self.suivant);
        self.suivant = self.suivant.saturating_add(1);
        let ligne = Ligne { conditions: Vec::new(), garde: None, sinon: false, resultat, lieu, nom: None };
        let definition = DefinitionGrille {
            dimensions: Vec::new(),
            lignes: vec![ligne],
            axe: None,
            assiette: None,
            decimales: 2,
            arrondi: None,
            decale: Vec::new(),
        };
        let version = Version { depuis: Date::MIN, grille: Some(Grille::compile(definition).0) };
        // one version cannot meet another of the same day
        if let Ok(bareme) = Bareme::nouveau(id, lieu, vec![version]) {
            let nom = format!("en place {}", id.0);
            self.ajoutes.push(BaremeNomme { nom, unite: "ligne".to_owned(), bareme, arrondi: None, lieu });
        }
        id
    }

    /// The tariffs that steps wrote in place.
    pub(super) fn ajoutes(&mut self) -> Vec<BaremeNomme> {
        std::mem::take(&mut self.ajoutes)
    }

    /// The prestation of that name; an unknown one is reported.
    pub(super) fn prestation(&self, r: &mut Resolution<'_>, id: &Sp<Id>) -> Option<PrestationId> {
        let trouve = self.produits.iter().position(|p| p == id.as_str());
        if trouve.is_none() {
            let d =
                Diagnostic::new(codes::REF01, id.span, format!("prestation inconnue : « {} »", id.as_str()));
            r.signale(d.aide(suggestion(id.as_str(), self.produits.iter().map(String::as_str))));
        }
        trouve.and_then(|i| u16::try_from(i).ok()).map(PrestationId)
    }

    /// The same, with its tariff; one that has none is reported.
    pub(super) fn prestation_tarifee(
        &self,
        r: &mut Resolution<'_>,
        id: &Sp<Id>,
    ) -> Option<(PrestationId, BaremeId)> {
        let prestation = self.prestation(r, id)?;
        let bareme = self.tarifs.get(id.as_str()).and_then(|b| self.baremes.get(b)).copied();
        if bareme.is_none() {
            let message = format!("la prestation `{}` n'a pas de barème", id.as_str());
            r.signale(Diagnostic::new(codes::TAR08, id.span, message));
        }
        Some((prestation, bareme?))
    }

    /// A product that is not a prestation: a fee.
    pub(super) fn produit(&mut self, nom: &str) -> PrestationId {
        let i = self.produits.iter().position(|p| p == nom).unwrap_or_else(|| {
            self.produits.push(nom.to_owned());
            self.produits.len() - 1
        });
        PrestationId(u16::try_from(i).unwrap_or(u16::MAX))
    }

    /// The part of that name, new or not.
    pub(super) fn part(&mut self, nom: &str) -> PartId {
        let i = self.parts.iter().position(|p| p == nom).unwrap_or_else(|| {
            self.parts.push(nom.to_owned());
            self.parts.len() - 1
        });
        PartId(u16::try_from(i).unwrap_or(u16::MAX))
    }

    /// The part of that name, if a tariff has it.
    pub(super) fn part_connue(&self, nom: &str) -> Option<PartId> {
        self.parts.iter().position(|p| p == nom).and_then(|i| u16::try_from(i).ok()).map(PartId)
    }

    /// The script of that path; an unknown one is reported.
    pub(super) fn script(&self, r: &mut Resolution<'_>, chemin: &str, span: Span) -> Option<u16> {
        let trouve = self.scripts.iter().position(|s| s == chemin);
        if trouve.is_none() {
            let d = Diagnostic::new(codes::REF01, span, format!("script inconnu : « {chemin} »"));
            r.signale(d.aide(suggestion(chemin, self.scripts.iter().map(String::as_str))));
        }
        trouve.and_then(|i| u16::try_from(i).ok())
    }
}
