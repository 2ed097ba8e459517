//! The files of a town, read and typed: its own, merged with its model's.

use std::collections::BTreeMap;

use super::empreinte::empreinte;
use super::{Partage, Resolution};
use crate::definition::arbre::{self, Noeud};
use crate::definition::heritage;
use crate::definition::lecture::{Lire, Sp, suggestion};
use crate::definition::raw::bareme::{RawBareme, RawFichierBaremes, RawParametre};
use crate::definition::raw::commune::{RawCommune, RawModele};
use crate::definition::raw::demarche::RawDemarche;
use crate::definition::raw::donnees::RawDonnees;
use crate::definition::raw::exigence::RawExigences;
use crate::definition::raw::piece::RawPieces;
use crate::definition::raw::regie::RawRegie;
use crate::definition::raw::service::RawService;
use crate::definition::source::{FichierId, SourceSet, Span};
use crate::diagnostic::{Diagnostic, codes};

/// Folder of the models, beside the towns.
const MODELES: &str = "modeles";

/// Everything a town's folder says, typed, nothing resolved.
#[derive(Debug, Default)]
pub struct Fichiers {
    /// `commune.yaml`.
    pub commune: Option<Sp<RawCommune>>,
    /// `donnees.yaml`.
    pub donnees: Option<Sp<RawDonnees>>,
    /// `baremes/*.yaml`.
    pub baremes: Vec<Sp<RawBareme>>,
    /// Named dated figures of the same files.
    pub parametres: Vec<Sp<RawParametre>>,
    /// `services/*.yaml`.
    pub services: Vec<Sp<RawService>>,
    /// `pieces.yaml`.
    pub pieces: Option<Sp<RawPieces>>,
    /// `demarches/*.yaml`.
    pub demarches: Vec<Sp<RawDemarche>>,
    /// `regie.yaml`.
    pub regie: Option<Sp<RawRegie>>,
    /// `exigences.yaml`.
    pub exigences: Option<Sp<RawExigences>>,
    /// `messages/*.tera`: id → file.
    pub messages: BTreeMap<String, FichierId>,
    /// `regles/*.rhai`: path below the folder → file.
    pub scripts: BTreeMap<String, FichierId>,
    /// Files whose tree was lost (not YAML), or a model that does not exist: nothing is concluded from what they would have said.
    pub incomplet: bool,
    /// Digest of all of the above, whatever its layout.
    pub digest: String,
}

/// The trees of a town, by path below its folder, each merged with its model's.
pub fn arbres_fusionnes(sources: &SourceSet, slug: &str) -> BTreeMap<String, Noeud> {
    Fichiers::default().fusionnes(&mut Resolution::new(sources, &mut Partage::default()), slug)
}

impl Fichiers {
    /// Reads the folder `slug`, with its model.
    pub(crate) fn lit(r: &mut Resolution<'_>, slug: &str) -> Self {
        let mut f = Self::default();
        let arbres = f.fusionnes(r, slug);
        for (chemin, noeud) in &arbres {
            f.type_un(r, chemin, noeud);
        }
        if !arbres.contains_key("commune.yaml") && !f.incomplet {
            let message = format!("le dossier `{slug}` n'a pas de commune.yaml");
            let aide = "un dossier de commune commence par commune.yaml : `guichet new` en écrit un";
            r.signale(Diagnostic::new(codes::SYN04, r.sources.debut(), message).aide(aide));
        }
        f
    }

    fn empreinte(&self, r: &Resolution<'_>, arbres: &BTreeMap<String, Noeud>) -> String {
        let texte = |f: &FichierId| r.sources.fichier(*f).map_or("", |f| f.texte.as_str());
        let messages = self.messages.iter().map(|(id, f)| (format!("messages/{id}.tera"), texte(f)));
        let scripts = self.scripts.iter().map(|(chemin, f)| (chemin.clone(), texte(f)));
        empreinte(arbres, &messages.chain(scripts).collect())
    }

    /// The town's trees, each merged with its model's.
    fn fusionnes(&mut self, r: &mut Resolution<'_>, slug: &str) -> BTreeMap<String, Noeud> {
        let mut arbres = self.arbres(r, slug);
        let modele = arbres.get("commune.yaml").and_then(|n| n.champ("modele")).cloned();
        let mut base =
            match modele.and_then(|n| RawModele::lire(&n, &mut crate::definition::lecture::Lecture::new())) {
                Some(modele) => self.modele(r, &modele),
                None => BTreeMap::new(),
            };
        self.etend(r, &mut arbres, &mut base);
        for (chemin, noeud) in base {
            let fusion = match arbres.remove(&chemin) {
                Some(ville) => heritage::fusionne(noeud, ville, &mut r.lecture),
                None => noeud,
            };
            arbres.insert(chemin, fusion);
        }
        self.digest = self.empreinte(r, &arbres);
        arbres
    }

    /// The trees of a folder by path below it; texts and scripts are noted on the way.
    fn arbres(&mut self, r: &mut Resolution<'_>, dossier: &str) -> BTreeMap<String, Noeud> {
        let mut arbres = BTreeMap::new();
        let sources = r.sources;
        for (id, chemin, _) in sources.sous(dossier) {
            if let Some(id_message) = chemin.strip_prefix("messages/").and_then(|c| c.strip_suffix(".tera")) {
                self.messages.insert(id_message.to_owned(), id);
            } else if chemin.starts_with("regles/") && chemin.ends_with(".rhai") {
                self.scripts.insert(chemin.to_owned(), id);
            } else if chemin.ends_with(".yaml") && !chemin.starts_with("cas/") {
                match arbre::lit(r.sources, id, r.lecture.diagnostics()) {
                    Some(noeud) => drop(arbres.insert(chemin.to_owned(), noeud)),
                    None => self.incomplet = true,
                }
            }
        }
        arbres
    }

    /// The trees of the model, or an error that says which models there are.
    fn modele(&mut self, r: &mut Resolution<'_>, modele: &RawModele) -> BTreeMap<String, Noeud> {
        let dossier = format!("{MODELES}/{}", modele.de.valeur.0);
        if r.sources.sous(&dossier).next().is_none() {
            let mut connus: Vec<&str> = r
                .sources
                .iter()
                .filter_map(|(_, f)| f.chemin.strip_prefix(MODELES)?.strip_prefix('/')?.split('/').next())
                .collect();
            connus.dedup();
            let message = format!("le modèle `{}` n'existe pas dans {MODELES}/", modele.de.valeur.0);
            let mut d = Diagnostic::new(codes::REF05, modele.de.span, message);
            d = d.aide(suggestion(&modele.de.valeur.0, connus));
            r.signale(d);
            self.incomplet = true;
            return BTreeMap::new();
        }
        // the town's own messages win over the model's
        let propres = std::mem::take(&mut self.messages);
        let base = self.arbres(r, &dossier);
        self.messages.extend(propres);
        base
    }

    /// `etend: modele.x`: the town's démarche continues the model's `demarches/x.yaml`, which is then not served itself.
    fn etend(
        &mut self,
        r: &mut Resolution<'_>,
        arbres: &mut BTreeMap<String, Noeud>,
        base: &mut BTreeMap<String, Noeud>,
    ) {
        let mut etendues = Vec::new();
        for (chemin, noeud) in arbres.iter_mut().filter(|(c, _)| c.starts_with("demarches/")) {
            let Some(etend) = noeud.champ("etend").cloned() else { continue };
            let nom = etend.texte().and_then(|t| t.strip_prefix("modele.")).unwrap_or_default();
            let origine = format!("demarches/{nom}.yaml");
            let Some(modele) = base.get(&origine) else {
                let connus: Vec<String> = base
                    .keys()
                    .filter_map(|c| c.strip_prefix("demarches/")?.strip_suffix(".yaml"))
                    .map(|c| format!("modele.{c}"))
                    .collect();
                let message = format!("le modèle n'a pas de démarche {}", etend.en_mots());
                let mut d = Diagnostic::new(codes::REF01, etend.span, message);
                d = d.aide(suggestion(etend.texte().unwrap_or_default(), connus.iter().map(String::as_str)));
                r.signale(d);
                continue;
            };
            *noeud = heritage::fusionne(modele.clone(), noeud.clone(), &mut r.lecture);
            etendues.push((origine, chemin.clone()));
        }
        // a model's démarche that the town continues under another name is not a démarche of its own
        for (origine, chemin) in etendues {
            if origine != chemin || arbres.contains_key(&chemin) {
                base.remove(&origine);
            }
        }
        // without a form it is a march for others to continue, which this town does not
        base.retain(|chemin, noeud| {
            !chemin.starts_with("demarches/")
                || noeud.champ("formulaire").is_some()
                || arbres.contains_key(chemin)
        });
    }

    fn type_un(&mut self, r: &mut Resolution<'_>, chemin: &str, noeud: &Noeud) {
        let dossier = chemin.split_once('/').map_or("", |(d, _)| d);
        match (dossier, chemin) {
            ("", "commune.yaml") => self.commune = r.lecture.lit(noeud),
            ("", "donnees.yaml") => self.donnees = r.lecture.lit(noeud),
            ("", "pieces.yaml") => self.pieces = r.lecture.lit(noeud),
            ("", "regie.yaml") => self.regie = r.lecture.lit(noeud),
            ("", "exigences.yaml") => self.exigences = r.lecture.lit(noeud),
            ("services", _) => self.services.extend(r.lecture.lit(noeud)),
            ("demarches", _) => self.demarches.extend(r.lecture.lit(noeud)),
            ("baremes", _) if noeud.champ("baremes").is_some() || noeud.champ("bareme").is_none() => {
                if let Some(fichier) = r.lecture.lit::<RawFichierBaremes>(noeud) {
                    self.baremes.extend(fichier.valeur.baremes.elements);
                    self.parametres.extend(fichier.valeur.parametres.elements);
                }
            }
            ("baremes", _) => {
                if let Some(mut bareme) = r.lecture.lit::<RawBareme>(noeud) {
                    self.parametres.append(&mut bareme.valeur.parametres.elements);
                    self.baremes.push(bareme);
                }
            }
            _ => {
                let debut = Span::new(noeud.span.fichier, noeud.span.debut, noeud.span.debut);
                let d = Diagnostic::new(
                    codes::SYN02,
                    debut,
                    format!("le fichier `{chemin}` n'est lu par personne"),
                );
                let aide = "les fichiers lus : commune, donnees, pieces, regie, exigences, et ceux de baremes/, services/, demarches/, cas/";
                r.signale(d.gravite(crate::diagnostic::Gravite::Attention).aide(aide));
            }
        }
    }
}
