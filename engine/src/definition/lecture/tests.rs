//! The macros, on a small grammar that has one of each shape.

use super::*;
use crate::definition::arbre;
use crate::definition::source::SourceSet;

bloc! {
    /// Un barème : des prix selon des conditions.
    struct RawBareme {
        /// Identifiant du barème, ex. `repas`.
        [requis] bareme: Id,
        /// Axe des barèmes continus.
        [optionnel] axe: Id,
        /// Dimensions dont le prix dépend.
        [liste requise] dimensions: Id,
        /// Versions datées.
        [liste] versions: RawVersion,
        /// Genre de barème.
        [optionnel] genre ("type"): UnOuListe<Texte>,
    }
}

bloc! {
    /// Une version.
    struct RawVersion {
        /// Nombre de décimales.
        [requis] decimales: Entier,
        /// Le tarif est voté.
        [optionnel] vote: Booleen,
        /// Accès exigé.
        [liste] acces: RawExige,
    }
}

variantes! {
    /// Ce qu'un accès exige.
    enum RawExige {
        /// Le dossier de l'année est complet.
        "dossier_complet" => DossierComplet,
        /// L'enfant est dans cette école.
        "ecole" => Ecole(Id),
    }
}

fn lit(texte: &str) -> (Option<RawBareme>, Vec<String>) {
    let mut sources = SourceSet::new();
    let fichier = sources.ajoute("ham/repas.yaml", texte);
    let mut l = Lecture::new();
    let lu = arbre::lit(&sources, fichier, l.diagnostics()).and_then(|n| RawBareme::lire(&n, &mut l));
    let mut diagnostics = l.fin();
    crate::diagnostic::trie(&mut diagnostics, &sources);
    let lignes = diagnostics.iter().map(|d| {
        let p = sources.position(fichier, d.principal.debut);
        format!("{} {}:{} [{}] {}", d.code, p.ligne, p.colonne, sources.texte(d.principal), d.message)
    });
    (lu, lignes.collect())
}

#[test]
fn un_bloc_juste_se_lit_avec_ses_places() {
    let (lu, diagnostics) = lit(
        "bareme: repas\ndimensions: [quotient]\ntype: a\nversions:\n  - decimales: 3\n    vote: oui\n    acces: [dossier_complet, { ecole: jean_zay }]\n",
    );
    assert_eq!(diagnostics, Vec::<String>::new());
    let lu = lu.unwrap();
    assert_eq!(lu.bareme.as_str(), "repas");
    assert_eq!((lu.bareme.span.debut, lu.bareme.span.fin), (8, 13));
    assert_eq!(lu.genre.unwrap()[0].as_str(), "a");
    assert_eq!(lu.versions.len(), 1);
    assert!(matches!(&lu.versions[0].acces[1].valeur, RawExige::Ecole(e) if e.as_str() == "jean_zay"));
    assert_eq!(
        lu.cles.iter().map(|c| c.0.as_str()).collect::<Vec<_>>(),
        ["bareme", "dimensions", "type", "versions"]
    );
}
