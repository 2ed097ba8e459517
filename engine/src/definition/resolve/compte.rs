//! What a town says of accounts.

use super::{Resolution, derive, donnees};
use crate::compte::{Cgu, EtapeCompte, RegleMotDePasse, ReglesDuCompte};
use crate::definition::lecture::{Booleen, Sp};
use crate::definition::raw::commune::{RawCompte, RawMotDePasse};
use crate::diagnostic::{Diagnostic, codes};

/// What one cannot do without: how to write to whoever asks, and with what they enter.
const NECESSAIRES: [EtapeCompte; 3] =
    [EtapeCompte::Identite, EtapeCompte::MoyensDeContact, EtapeCompte::Identifiants];

/// Resolves `compte:`; what is wrong is reported, and the usual stands for it.
pub(super) fn resout(r: &mut Resolution<'_>, raw: &Sp<RawCompte>, slug: &str) -> ReglesDuCompte {
    super::question::de_source(r, "commune.compte.cgu", raw.cgu.source.as_ref());
    let mot_de_passe = raw.mot_de_passe.as_ref();
    super::question::de_source(
        r,
        "commune.compte.mot_de_passe",
        mot_de_passe.and_then(|m| m.source.as_ref()),
    );
    if raw.activation.usage.as_str() != "unique" {
        derive::mot(r, &raw.activation.usage, &["unique"]);
    }
    let mut parmi = |id: Option<&Sp<_>>, mots: [&str; 2]| {
        let Some(id) = id else { return 0 };
        let id: &Sp<crate::definition::lecture::Id> = id;
        mots.iter().position(|m| *m == id.as_str()).unwrap_or_else(|| {
            derive::mot(r, id, &mots);
            0
        })
    };
    let identifiant_choisi = parmi(raw.identifiant.as_ref(), ["courriel", "choisi"]) == 1;
    let suppression_par_agent = parmi(raw.suppression_entourage.as_ref(), ["parent", "agent"]) == 1;
    ReglesDuCompte {
        etapes: etapes(r, raw),
        cgu: cgu(r, raw, slug),
        delai_activation: raw.activation.delai.0.clone(),
        identifiant_choisi,
        mot_de_passe: mot_de_passe.map(regle).unwrap_or_default(),
        suppression_par_agent,
    }
}

fn etapes(r: &mut Resolution<'_>, raw: &Sp<RawCompte>) -> Vec<EtapeCompte> {
    let noms = EtapeCompte::TOUTES.map(EtapeCompte::nom);
    let mut etapes = Vec::new();
    for id in &raw.etapes {
        match EtapeCompte::lit(id.as_str()) {
            Some(etape) if etapes.contains(&etape) => r.signale(donnees::double(id.span, "étape", id)),
            Some(etape) => etapes.push(etape),
            None => drop(derive::mot(r, id, &noms)),
        }
    }
    for etape in NECESSAIRES.into_iter().filter(|e| !etapes.contains(e)).collect::<Vec<_>>() {
        let message = format!("la création du compte n'a pas d'étape `{}`", etape.nom());
        r.signale(
            Diagnostic::new(codes::SYN04, raw.span, message)
                .aide(format!("ex. `etapes: [{}]`", noms.join(", "))),
        );
        etapes.push(etape);
    }
    etapes
}

fn cgu(r: &mut Resolution<'_>, raw: &RawCompte, slug: &str) -> Cgu {
    let chemin = &raw.cgu.texte;
    let lu = r.sources.trouve(&format!("{slug}/{}", chemin.0)).and_then(|f| r.sources.fichier(f));
    let texte = lu.map(|f| f.texte.trim().to_owned()).unwrap_or_default();
    if texte.is_empty() {
        let message = format!("le texte des conditions générales, `{}`, n'existe pas ou est vide", chemin.0);
        r.signale(
            Diagnostic::new(codes::REF01, chemin.span, message)
                .aide("un fichier .md du dossier de la commune, ex. `contenus/cgu.md`"),
        );
    }
    Cgu { version: raw.cgu.version.0.clone(), texte }
}

fn regle(raw: &Sp<RawMotDePasse>) -> RegleMotDePasse {
    let oui = |b: Option<&Sp<Booleen>>| b.is_some_and(|b| b.0);
    RegleMotDePasse {
        longueur: raw.longueur.as_ref().and_then(|n| u32::try_from(n.valeur.0).ok()).unwrap_or(0),
        minuscule: oui(raw.minuscule.as_ref()),
        chiffre: oui(raw.chiffre.as_ref()),
    }
}
