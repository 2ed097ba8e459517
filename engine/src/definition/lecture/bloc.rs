//! `bloc!`: one declaration gives the struct, its reader, its reference and its JSON Schema.

/// Declares a map of known keys. The doc comments, in French, are what configurateurs read.
///
/// ```ignore
/// bloc! {
///     /// Un barème : des prix selon des conditions.
///     pub struct RawBareme {
///         /// Identifiant du barème, ex. `repas`.
///         [requis] bareme: Id,
///         /// Axe des barèmes continus, ex. `quotient`.
///         [optionnel] axe: Id,
///         /// Dimensions dont le prix dépend.
///         [liste requise] dimensions: Id,
///         /// Clé dont le nom est réservé en Rust.
///         [optionnel] genre ("type"): Texte,
///     }
/// }
/// ```
/// `=> Espace` after a type says that nothing obeys the key yet (see [`super::Attente`]): the compiler holds it, by
/// `dead_code`, for the keys that say so and for those that do not. After the struct's name it says so of all its keys,
/// which are only found under a key that waits. `| Espace`: its questions are read, and nothing else of it.
///
/// Fields: `requis` → `Sp<T>`, `optionnel` → `Option<Sp<T>>`, `liste` and `liste requise` → `Liste<T>`; and
/// `span`, `cles` (the keys written, with their places), `incomplet` (something in it could not be read).
macro_rules! bloc {
    (@type [requis] $type:ty) => { $crate::definition::lecture::Sp<$type> };
    (@type [optionnel] $type:ty) => { Option<$crate::definition::lecture::Sp<$type>> };
    (@type [liste] $type:ty) => { $crate::definition::lecture::Liste<$type> };
    (@type [liste requise] $type:ty) => { $crate::definition::lecture::Liste<$type> };

    (@presence [requis]) => { $crate::definition::lecture::Presence::Requise };
    (@presence [optionnel]) => { $crate::definition::lecture::Presence::Optionnelle };
    (@presence [liste]) => { $crate::definition::lecture::Presence::Liste };
    (@presence [liste requise]) => { $crate::definition::lecture::Presence::ListeRequise };

    (@lit [requis] $cles:ident $l:ident $nom:expr) => { $cles.requise($nom, $l) };
    (@lit [optionnel] $cles:ident $l:ident $nom:expr) => { $cles.optionnelle($nom, $l) };
    (@lit [liste] $cles:ident $l:ident $nom:expr) => { $cles.liste($nom, $l) };
    (@lit [liste requise] $cles:ident $l:ident $nom:expr) => { $cles.liste_requise($nom, $l) };

    (@garde [requis] $valeur:ident) => { $valeur? };
    (@garde [optionnel] $valeur:ident) => { $valeur };
    (@garde [liste] $valeur:ident) => { $valeur };
    (@garde [liste requise] $valeur:ident) => { $valeur? };

    (@attente) => { None };
    (@attente $attente:ident) => { Some($crate::definition::lecture::Attente::$attente) };

    (@nom $champ:ident) => { stringify!($champ) };
    (@nom $champ:ident $nom:literal) => { $nom };

    (
        $(#[doc = $doc:literal])*
        $vis:vis struct $Nom:ident $(=> $bloc:ident)? {
            $(
                $(#[doc = $aide:literal])*
                [$($presence:ident)+] $champ:ident $(($nom:literal))? : $type:ty $(=> $attente:ident)? $(| $lue:ident)?
            ),* $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug)]
        $(
            #[doc = concat!("Waits: ", stringify!($bloc))]
            #[cfg_attr(not(test), expect(dead_code, reason = "nothing obeys these keys yet, and their author is told"))]
            #[cfg_attr(test, allow(dead_code, reason = "tests may look at what is read"))]
        )?
        $vis struct $Nom {
            $(
                $(#[doc = $aide])*
                $(
                    #[doc = concat!("Waits: ", stringify!($attente))]
                    #[cfg_attr(not(test), expect(dead_code, reason = "nothing obeys the key yet, and its author is told"))]
                    #[cfg_attr(test, allow(dead_code, reason = "tests may look at what is read"))]
                )?
                pub(crate) $champ: $crate::definition::lecture::bloc!(@type [$($presence)+] $type),
            )*
            /// Where the block is.
            #[allow(dead_code, reason = "not every block is pointed at")]
            $vis span: $crate::definition::source::Span,
            /// The keys written, in order, with their places.
            #[allow(dead_code, reason = "not every block is asked what it writes")]
            $vis cles: Vec<(String, $crate::definition::source::Span)>,
            /// Something in the block was written and could not be read.
            #[allow(dead_code, reason = "not every block is concluded from")]
            $vis incomplet: bool,
        }

        impl $Nom {
            /// The reference of its keys.
            $vis const DECLARATION: $crate::definition::lecture::Declaration =
                $crate::definition::lecture::Declaration {
                    nom: stringify!($Nom),
                    doc: concat!($($doc, "\n"),*),
                    cles: &[$(
                        $crate::definition::lecture::CleDeclaree {
                            nom: $crate::definition::lecture::bloc!(@nom $champ $($nom)?),
                            doc: concat!($($aide, "\n"),*),
                            presence: $crate::definition::lecture::bloc!(@presence [$($presence)+]),
                            genre: <$type as $crate::definition::lecture::Lire>::nom,
                            declaration: <$type as $crate::definition::lecture::Lire>::declaration,
                            attente: $crate::definition::lecture::bloc!(@attente $($attente)? $($lue)?),
                        },
                    )*],
                    forme: $crate::definition::lecture::Forme::Bloc,
                };
        }

        impl $crate::definition::lecture::Lire for $Nom {
            fn lire(
                noeud: &$crate::definition::arbre::Noeud,
                l: &mut $crate::definition::lecture::Lecture,
            ) -> Option<Self> {
                static DECLARATION: $crate::definition::lecture::Declaration = $Nom::DECLARATION;
                let mut lecteur = $crate::definition::lecture::Cles::ouvre(noeud, l, &DECLARATION)?;
                $(
                    let $champ = $crate::definition::lecture::bloc!(
                        @lit [$($presence)+] lecteur l
                        $crate::definition::lecture::bloc!(@nom $champ $($nom)?)
                    );
                )*
                let (span, cles, incomplet) = lecteur.ferme(l);
                // every key has been read and reported: only now may the block be left out
                Some(Self {
                    $($champ: $crate::definition::lecture::bloc!(@garde [$($presence)+] $champ),)*
                    span,
                    cles,
                    incomplet,
                })
            }

            fn nom() -> String {
                "bloc de clés".to_owned()
            }

            fn schema(g: &mut $crate::definition::lecture::SchemaGenerator) -> $crate::definition::lecture::Schema {
                $crate::definition::lecture::schema_bloc(g, &Self::DECLARATION, |g| vec![$(
                    <$type as $crate::definition::lecture::Lire>::schema(g),
                )*])
            }

            fn declaration() -> Option<&'static $crate::definition::lecture::Declaration> {
                static DECLARATION: $crate::definition::lecture::Declaration = $Nom::DECLARATION;
                Some(&DECLARATION)
            }
        }
    };
}
pub(crate) use bloc;
