//! TAR03 and TAR10: what prices do along an axis and between two audiences, and the properties that a tariff promises.

use rules::bareme::{ConstatCourbe, NonAnalyse, Resultat};
use rules::faits::{FaitId, Symboles};
use rules::lieu::Lieu;
use rules::selection::{Intervalle, Motif, Selection};
use rules::table::{Ligne, Temoin};
use rules::valeur::{Domaine, Valeur};
use rust_decimal::Decimal;

use super::Examen;
use super::tarifs::{self, Vue};
use crate::definition::arbre::Noeud;
use crate::definition::lecture::suggestion;
use crate::definition::raw::bareme::RawProprietes;
use crate::definition::raw::valeurs::{RawCondition, RawType};
use crate::definition::source::Span;
use crate::diagnostic::{Code, Diagnostic, Gravite, codes};

/// Curves, audiences and promises of every grid.
pub(super) fn controle(examen: &Examen<'_>, sortie: &mut Vec<Diagnostic>) {
    let mut trouves: Vec<Diagnostic> = Vec::new();
    for vue in tarifs::vues(examen) {
        let un = Un { examen, vue: &vue };
        un.axe(&mut trouves);
        un.publics(&mut trouves);
        un.fusionnables(&mut trouves);
    }
    // a grid seen on several days says the same thing once
    for d in trouves {
        if !sortie.iter().any(|s| (s.code, s.principal, &s.message) == (d.code, d.principal, &d.message)) {
            sortie.push(d);
        }
    }
}

struct Un<'a> {
    examen: &'a Examen<'a>,
    vue: &'a Vue<'a>,
}

impl Un<'_> {
    fn nom(&self) -> &str {
        &self.vue.nomme.nom
    }

    fn promesses(&self) -> Option<&RawProprietes> {
        self.vue.raw.proprietes.as_ref().map(|p| &p.valeur)
    }

    /// The row of a case: its own place, or the tariff's.
    fn ou(&self, ligne: u32) -> Span {
        let ecrite = self.vue.grille.table().ligne(ligne).filter(|l| l.lieu != Lieu::default());
        ecrite.map_or(self.vue.raw.bareme.span, |l| self.examen.span(l.lieu))
    }

    fn du_cas(&self, cas: &Temoin) -> Span {
        let taille = cas.iter().map(|(f, _)| usize::from(f.0) + 1).max().unwrap_or(0);
        let mut valeurs = vec![Valeur::Absent; taille];
        for (f, v) in cas {
            if let Some(place) = valeurs.get_mut(usize::from(f.0)) {
                *place = *v;
            }
        }
        let faits = rules::faits::Faits { valeurs: &valeurs, parametres: &self.vue.parametres };
        let ligne = self.vue.grille.table().cherche(&faits, self.examen.commune.calendrier.as_ref());
        ligne.map_or(self.vue.raw.bareme.span, |l| self.ou(l))
    }

    fn en_mots(&self, cas: &Temoin) -> String {
        tarifs::temoin_en_mots(self.examen.commune, cas)
    }

    /// The declared axis; otherwise the only quotient of the grid; otherwise, when a growth is promised, its only number.
    fn axe_suivi(&self) -> Option<FaitId> {
        let dimensions = self.vue.grille.table().dimensions();
        let seul = |garde: &dyn Fn(FaitId) -> bool| {
            let mut trouves = dimensions
                .iter()
                .filter(|d| matches!(d.domaine, Domaine::Nombre { .. }) && garde(d.fait))
                .map(|d| d.fait);
            trouves.next().filter(|_| trouves.next().is_none())
        };
        let quotients: Vec<&str> = self
            .examen
            .fichiers
            .donnees
            .iter()
            .flat_map(|d| d.faits.iter())
            .filter(|f| matches!(&f.genre.valeur, RawType::Mot(m) if m.as_str() == "quotient"))
            .map(|f| f.fait.as_str())
            .collect();
        let vocabulaire = &self.examen.commune.vocabulaire;
        let promis = self.promesses().is_some_and(|p| p.croissant.is_some() || p.saut_maximal.is_some());
        self.vue
            .grille
            .axe()
            .or_else(|| seul(&|f| quotients.contains(&vocabulaire.nom(f))))
            .or_else(|| if promis { seul(&|_| true) } else { None })
    }

    fn axe(&self, sortie: &mut Vec<Diagnostic>) {
        let croissant = self.promesses().and_then(|p| p.croissant.as_ref());
        let saut = self.promesses().and_then(|p| p.saut_maximal.as_ref());
        let Some(axe) = self.axe_suivi() else {
            if let Some(span) = croissant.map(|c| c.span).or(saut.map(|s| s.span)) {
                let message = format!(
                    "barème `{}` : non analysé, parce qu'aucune dimension n'est l'axe des prix",
                    self.nom()
                );
                let d = Diagnostic::new(codes::TAR03, span, message).gravite(Gravite::Erreur);
                sortie.push(d.aide("écrivez `axe: quotient` dans le barème"));
            }
            return;
        };
        let promis = croissant.is_some_and(|c| c.0);
        let nom_axe = self.examen.commune.vocabulaire.nom(axe).to_owned();
        for constat in self.vue.grille.courbe(axe, self.vue.regard(self.examen.commune)) {
            match constat {
                ConstatCourbe::Baisse { cas, avant, apres } if croissant.is_none_or(|c| c.0) => {
                    let message = format!(
                        "barème `{}` : le prix baisse quand `{nom_axe}` monte, de {avant} à {apres}",
                        self.nom()
                    );
                    let d =
                        Diagnostic::new(codes::TAR03, self.du_cas(&cas), message).temoin(self.en_mots(&cas));
                    sortie.push(match croissant.filter(|_| promis) {
                        Some(c) => d.gravite(Gravite::Erreur).secondaire(c.span, "promis croissant ici"),
                        None => d.aide("si c'est voulu, dites-le : `proprietes: { croissant: non }`"),
                    });
                }
                ConstatCourbe::PlusGrandeMarche { cas, avant, apres } => {
                    let Some(saut) = saut else { continue };
                    let marche = apres.checked_sub(avant).unwrap_or(Decimal::MAX);
                    if marche > saut.0 {
                        let message = format!(
                            "barème `{}` : saut de {marche} entre deux tranches ({avant} puis {apres}), au plus {} promis",
                            self.nom(),
                            saut.0
                        );
                        let d = Diagnostic::new(codes::TAR03, self.du_cas(&cas), message)
                            .gravite(Gravite::Erreur);
                        sortie.push(d.temoin(self.en_mots(&cas)).secondaire(saut.span, "promis ici"));
                    }
                }
                ConstatCourbe::EntreSansRaccord { ligne, cas, ici, voisin } => {
                    let message = format!(
                        "barème `{}` : `entre` arrive à {ici}, et la ligne voisine donne {voisin}",
                        self.nom()
                    );
                    let d = Diagnostic::new(codes::TAR03, self.ou(ligne), message);
                    sortie.push(d.temoin(self.en_mots(&cas)));
                }
                ConstatCourbe::Negatif { ligne, cas } => sortie.push(self.negatif(ligne, &cas)),
                autre => self.non_analyse(
                    codes::TAR03,
                    croissant.map(|c| c.span).or(saut.map(|s| s.span)),
                    &autre,
                    sortie,
                ),
            }
        }
    }

    fn negatif(&self, ligne: u32, cas: &Temoin) -> Diagnostic {
        let message = format!("barème `{}` : ce calcul donne un prix négatif", self.nom());
        Diagnostic::new(codes::TAR12, self.ou(ligne), message)
            .temoin(self.en_mots(cas))
            .aide("ajoutez un `plancher`, ou `max(0, …)` dans la formule")
    }

    /// What could not be decided is said where something was promised.
    fn non_analyse(
        &self,
        code: Code,
        promesse: Option<Span>,
        constat: &ConstatCourbe,
        sortie: &mut Vec<Diagnostic>,
    ) {
        let Some(promesse) = promesse else { return };
        let (ou, gravite, pourquoi) = match constat {
            ConstatCourbe::Echantillonne { ligne } => {
                let pourquoi = "vérifié en quelques points seulement, parce que c'est une formule".to_owned();
                (self.ou(*ligne), Gravite::Info, pourquoi)
            }
            ConstatCourbe::NonAnalyse { ligne, pourquoi } => {
                let pourquoi = match pourquoi {
                    NonAnalyse::Script => "c'est un script".to_owned(),
                    NonAnalyse::AutreAssiette => "son assiette n'est pas l'axe".to_owned(),
                    NonAnalyse::Refus(refus) => refus.to_string(),
                };
                (self.ou(*ligne), Gravite::Attention, format!("non analysé, parce que {pourquoi}"))
            }
            ConstatCourbe::TropDeCas => {
                let pourquoi = "non analysé, parce que les dimensions ont trop de combinaisons".to_owned();
                (promesse, Gravite::Attention, pourquoi)
            }
            _ => return,
        };
        let d =
            Diagnostic::new(code, promesse, format!("barème `{}` : {pourquoi}", self.nom())).gravite(gravite);
        sortie.push(if ou == promesse { d } else { d.secondaire(ou, "cette ligne, par exemple") });
    }

    /// TAR10: the rest of a zoning never pays less than its zones; and what `jamais_moins` promises.
    fn publics(&self, sortie: &mut Vec<Diagnostic>) {
        let mut promis: Vec<FaitId> = Vec::new();
        match self.promesses().and_then(|p| p.jamais_moins.as_ref()) {
            None => {}
            Some(c) => match &c.valeur {
                RawCondition::Texte(n) => {
                    let d = Diagnostic::new(
                        codes::SYN04,
                        n.span,
                        "`jamais_moins` s'écrit `{ dimension: valeur }`",
                    );
                    sortie.push(d.aide("ex. `jamais_moins: { residence: exterieur }`"));
                }
                RawCondition::Carte(entrees) => {
                    for (cle, noeud) in entrees {
                        promis.extend(self.jamais_moins(&cle.texte, cle.span, noeud, sortie));
                    }
                }
            },
        }
        let commune = self.examen.fichiers.commune.as_ref();
        let zonages = commune.into_iter().flat_map(|c| c.zonages.iter().flat_map(|z| z.valeur.iter()));
        for (cle, zones) in zonages {
            let Some(fait) = self.examen.commune.vocabulaire.fait(&cle.texte) else { continue };
            if promis.contains(&fait) || !self.dans_la_grille(fait) {
                continue;
            }
            let domaine = self.examen.commune.vocabulaire.domaine(fait);
            let dehors = zones.valeur.0.iter().find(|z| z.reste.as_ref().is_some_and(|r| r.0));
            let Some(haut) = dehors.and_then(|z| domaine.choix(z.zone.as_str())) else { continue };
            for zone in zones.valeur.0.iter() {
                if let Some(bas) = domaine.choix(zone.zone.as_str()).filter(|b| *b != haut) {
                    self.oppose(fait, bas, haut, None, sortie);
                }
            }
        }
    }

    fn dans_la_grille(&self, fait: FaitId) -> bool {
        self.vue.grille.table().dimensions().iter().any(|d| d.fait == fait)
    }

    /// One entry of `jamais_moins`; the dimension, when it is one.
    fn jamais_moins(
        &self,
        dimension: &str,
        span: Span,
        noeud: &Noeud,
        sortie: &mut Vec<Diagnostic>,
    ) -> Option<FaitId> {
        let vocabulaire = &self.examen.commune.vocabulaire;
        let Some(fait) = vocabulaire.fait(dimension).filter(|f| self.dans_la_grille(*f)) else {
            let noms = self.vue.grille.table().dimensions().iter().map(|d| vocabulaire.nom(d.fait));
            let message = format!("`{dimension}` n'est pas une dimension du barème `{}`", self.nom());
            sortie.push(Diagnostic::new(codes::REF01, span, message).aide(suggestion(dimension, noms)));
            return None;
        };
        let Domaine::Choix(noms) = vocabulaire.domaine(fait) else {
            let message = format!("`jamais_moins` compare des choix : `{dimension}` n'en est pas un");
            sortie
                .push(Diagnostic::new(codes::SYN04, span, message).aide("pour un nombre : `croissant: oui`"));
            return Some(fait);
        };
        let valeurs: Vec<&Noeud> = noeud.liste().map_or_else(|| vec![noeud], |l| l.iter().collect());
        let mut hauts = Vec::new();
        for v in &valeurs {
            let texte = v.texte().unwrap_or_default();
            match vocabulaire.domaine(fait).choix(texte) {
                Some(choix) => hauts.push((choix, v.span)),
                None => {
                    let message = format!("`{dimension}` ne vaut jamais « {texte} »");
                    let d = Diagnostic::new(codes::REF01, v.span, message);
                    sortie.push(d.aide(suggestion(texte, noms.iter().map(|n| &**n))));
                }
            }
        }
        for bas in noms.iter().filter_map(|n| vocabulaire.domaine(fait).choix(n)) {
            for (haut, span) in &hauts {
                if hauts.iter().all(|(h, _)| *h != bas) {
                    self.oppose(fait, bas, *haut, Some(*span), sortie);
                }
            }
        }
        Some(fait)
    }

    fn oppose(
        &self,
        fait: FaitId,
        bas: Valeur,
        haut: Valeur,
        promis: Option<Span>,
        sortie: &mut Vec<Diagnostic>,
    ) {
        let vocabulaire = &self.examen.commune.vocabulaire;
        let regard = self.vue.regard(self.examen.commune);
        for constat in self.vue.grille.compare(fait, (bas, haut), self.axe_suivi(), regard) {
            match constat {
                ConstatCourbe::Inversion { cas, bas: paie_bas, haut: paie_haut } => {
                    let (qui, autre) = (vocabulaire.ecrit(fait, haut), vocabulaire.ecrit(fait, bas));
                    let message = format!(
                        "barème `{}` : `{}: {qui}` paie {paie_haut}, moins que `{autre}` ({paie_bas})",
                        self.nom(),
                        vocabulaire.nom(fait)
                    );
                    let d =
                        Diagnostic::new(codes::TAR10, self.du_cas(&cas), message).temoin(self.en_mots(&cas));
                    sortie.push(match promis {
                        Some(span) => {
                            d.gravite(Gravite::Erreur).secondaire(span, "« jamais moins » promis ici")
                        }
                        None => d.aide("à vérifier sur la délibération"),
                    });
                }
                autre => self.non_analyse(codes::TAR10, promis, &autre, sortie),
            }
        }
    }

    /// TAR03: two neighbouring rows that give the same price, all else equal.
    fn fusionnables(&self, sortie: &mut Vec<Diagnostic>) {
        let Some(axe) = self.axe_suivi() else { return };
        let version = self.vue.raw.versions.iter().rfind(|v| v.depuis.0 <= self.vue.jour);
        let Some(version) = version.filter(|v| v.colonnes.is_none()) else { return };
        let lignes: Vec<_> = self.vue.grille.table().lignes().iter().take(version.lignes.len()).collect();
        let sourcees: Vec<bool> = version.lignes.iter().map(|l| l.source.is_some()).collect();
        for (i, a) in lignes.iter().enumerate() {
            for (j, b) in lignes.iter().enumerate() {
                let propre = [i, j].iter().any(|k| sourcees.get(*k).copied().unwrap_or(true));
                if propre || !matches!(a.resultat, Resultat::Prix(_)) || a.resultat != b.resultat {
                    continue;
                }
                if voisines(a, b, axe, self.vue.grille.table().dimensions()) {
                    let message =
                        format!("barème `{}` : cette tranche a le même prix que la précédente", self.nom());
                    let d = Diagnostic::new(codes::TAR03, self.examen.span(b.lieu), message);
                    sortie.push(
                        d.secondaire(self.examen.span(a.lieu), "la précédente")
                            .aide("une seule ligne suffit, ou l'un des deux prix est à corriger"),
                    );
                }
            }
        }
    }
}

/// Does `b` begin on the axis where `a` ends, everything else being the same?
fn voisines(
    a: &Ligne<Resultat>,
    b: &Ligne<Resultat>,
    axe: FaitId,
    dimensions: &[rules::table::Dimension],
) -> bool {
    let autres = |l: &Ligne<Resultat>| -> Vec<(FaitId, Selection)> {
        l.conditions.iter().filter(|(f, _)| *f != axe).cloned().collect()
    };
    let (Some(fin), Some(debut)) = (tranche(a, axe).and_then(|i| i.a), tranche(b, axe).and_then(|i| i.de))
    else {
        return false;
    };
    let pas = dimensions.iter().find(|d| d.fait == axe).and_then(|d| match d.domaine {
        Domaine::Nombre { pas: Some((pas, _)), .. } => Some(pas),
        _ => None,
    });
    let touche = if fin.valeur == debut.valeur {
        fin.incluse != debut.incluse
    } else {
        fin.incluse
            && debut.incluse
            && pas.is_some()
            && fin.valeur.checked_add(pas.unwrap_or_default()) == Some(debut.valeur)
    };
    touche && a.garde == b.garde && autres(a) == autres(b)
}

/// The only interval of a row on the axis.
fn tranche(ligne: &Ligne<Resultat>, axe: FaitId) -> Option<Intervalle<Decimal>> {
    let (_, s) = ligne.conditions.iter().find(|(f, _)| *f == axe)?;
    match s.motifs.as_slice() {
        [Motif::Nombres(i)] if !s.sauf => Some(*i),
        _ => None,
    }
}
