//! `variantes!`: one word among several, alone or as the only key of a map.

use super::{CleDeclaree, Declaration, Lecture, Presence, proche};
use crate::definition::arbre::{Contenu, Noeud, abrege};
use crate::diagnostic::{Diagnostic, codes};

/// Declares an externally tagged choice: `dossier_complet` | `{ ecole: jean_zay }`.
///
/// ```ignore
/// variantes! {
///     /// Ce qu'un accès exige.
///     pub enum RawExige {
///         /// Le dossier de l'année est complet.
///         "dossier_complet" => DossierComplet,
///         /// L'enfant est dans cette école.
///         "ecole" => Ecole(Id),
///     }
/// }
/// ```
macro_rules! variantes {
    (@presence) => { $crate::definition::lecture::Presence::Mot };
    (@presence $type:ty) => { $crate::definition::lecture::Presence::MotAvecValeur };
    (@attente) => { None };
    (@attente $attente:ident) => { Some($crate::definition::lecture::Attente::$attente) };
    (@genre) => { String::new };
    (@genre $type:ty) => { <$type as $crate::definition::lecture::Lire>::nom };
    (@declaration) => { || None };
    (@declaration $type:ty) => { <$type as $crate::definition::lecture::Lire>::declaration };
    (@schema $g:ident) => { None };
    (@schema $g:ident $type:ty) => { Some(<$type as $crate::definition::lecture::Lire>::schema($g)) };
    (@lit $l:ident $valeur:ident $choix:ident $Variante:ident) => {
        $l.sous($choix, $valeur.span, |_| Some(Self::$Variante))
    };
    (@lit $l:ident $valeur:ident $choix:ident $Variante:ident $type:ty) => {
        $l.sous($choix, $valeur.span, |l| l.lit::<$type>($valeur).map(Self::$Variante))
    };

    (
        $(#[doc = $doc:literal])*
        $vis:vis enum $Nom:ident {
            $(
                $(#[doc = $aide:literal])*
                $mot:literal => $Variante:ident $(($type:ty))? $(=> $attente:ident)?
            ),* $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug)]
        $vis enum $Nom {
            $(
                $(#[doc = $aide])*
                $Variante $(($crate::definition::lecture::Sp<$type>))?,
            )*
        }

        impl $Nom {
            /// The reference of its words.
            $vis const DECLARATION: $crate::definition::lecture::Declaration =
                $crate::definition::lecture::Declaration {
                    nom: stringify!($Nom),
                    doc: concat!($($doc, "\n"),*),
                    cles: &[$(
                        $crate::definition::lecture::CleDeclaree {
                            nom: $mot,
                            doc: concat!($($aide, "\n"),*),
                            presence: $crate::definition::lecture::variantes!(@presence $($type)?),
                            genre: $crate::definition::lecture::variantes!(@genre $($type)?),
                            declaration: $crate::definition::lecture::variantes!(@declaration $($type)?),
                            attente: $crate::definition::lecture::variantes!(@attente $($attente)?),
                        },
                    )*],
                    forme: $crate::definition::lecture::Forme::Variantes,
                };
        }

        impl $crate::definition::lecture::Lire for $Nom {
            fn lire(
                noeud: &$crate::definition::arbre::Noeud,
                l: &mut $crate::definition::lecture::Lecture,
            ) -> Option<Self> {
                static DECLARATION: $crate::definition::lecture::Declaration = $Nom::DECLARATION;
                // a word without value is given its own node, which is not read
                let (choix, valeur) = $crate::definition::lecture::choisie(noeud, l, &DECLARATION)?;
                $(
                    if choix.nom == $mot {
                        return $crate::definition::lecture::variantes!(@lit l valeur choix $Variante $($type)?);
                    }
                )*
                None
            }

            fn nom() -> String {
                [$(concat!("`", $mot, "`")),*].join(" ou ")
            }

            fn schema(g: &mut $crate::definition::lecture::SchemaGenerator) -> $crate::definition::lecture::Schema {
                $crate::definition::lecture::schema_variantes(g, &Self::DECLARATION, |g| vec![$(
                    $crate::definition::lecture::variantes!(@schema g $($type)?),
                )*])
            }

            fn declaration() -> Option<&'static $crate::definition::lecture::Declaration> {
                static DECLARATION: $crate::definition::lecture::Declaration = $Nom::DECLARATION;
                Some(&DECLARATION)
            }
        }
    };
}
pub(crate) use variantes;

/// The declared word that a node chooses, and the node of its value (the word's own node when it has none).
pub fn choisie<'n>(
    noeud: &'n Noeud,
    l: &mut Lecture,
    declaration: &'static Declaration,
) -> Option<(&'static CleDeclaree, &'n Noeud)> {
    let (mot, span, valeur) = match &noeud.contenu {
        Contenu::Scalaire(s) => (&s.texte, noeud.span, None),
        Contenu::Carte(entrees) => match entrees.as_slice() {
            [(cle, valeur)] => (&cle.texte, cle.span, Some(valeur)),
            [] => {
                l.inattendu(noeud, "un choix est attendu", Some(&possibles(declaration)));
                return None;
            }
            [(premiere, _), (seconde, _), ..] => {
                let message = format!(
                    "`{}` et `{}` ne vont pas ensemble : un seul choix",
                    abrege(&premiere.texte),
                    abrege(&seconde.texte)
                );
                let d = Diagnostic::new(codes::SYN04, seconde.span, message);
                l.signale(d.secondaire(premiere.span, "premier choix").aide(possibles(declaration)));
                return None;
            }
        },
        _ => {
            l.inattendu(noeud, "un choix est attendu", Some(&possibles(declaration)));
            return None;
        }
    };
    let Some(choix) = declaration.cles.iter().find(|c| c.nom == *mot) else {
        let d = Diagnostic::new(codes::SYN04, span, format!("choix inconnu `{}`", abrege(mot)));
        let d = match proche(mot, declaration.cles.iter().map(|c| c.nom)) {
            Some(candidat) => d.aide(format!("vouliez-vous dire `{candidat}` ?")).correction(span, candidat),
            None => d.aide(possibles(declaration)),
        };
        l.signale(d);
        return None;
    };
    match (choix.presence, valeur) {
        (Presence::MotAvecValeur, Some(valeur)) if !valeur.est_nul() => Some((choix, valeur)),
        (Presence::MotAvecValeur, _) => {
            let message = format!("`{mot}` demande une valeur — attendu : {}", (choix.genre)());
            l.signale(Diagnostic::new(codes::SYN04, span, message).aide(format!("écrivez `{{ {mot}: … }}`")));
            None
        }
        (_, None) => Some((choix, noeud)),
        (_, Some(_)) => {
            let d = Diagnostic::new(codes::SYN04, span, format!("`{mot}` s'écrit seul, sans valeur"));
            l.signale(d.aide(format!("écrivez `{mot}`")).correction(noeud.span, mot.clone()));
            None
        }
    }
}

/// « un de : `a`, `{ b: … }` ».
fn possibles(declaration: &Declaration) -> String {
    let mots = declaration.cles.iter().map(|c| match c.presence {
        Presence::MotAvecValeur => format!("`{{ {}: … }}`", c.nom),
        _ => format!("`{}`", c.nom),
    });
    format!("un de : {}", mots.collect::<Vec<_>>().join(", "))
}
