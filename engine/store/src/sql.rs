//! Statements are constants, listed so that a test prepares each of them.

/// Declares statements, and `TOUTES` with all of the file's.
macro_rules! requetes {
    ($($(#[$doc:meta])* $nom:ident = $sql:expr;)*) => {
        $($(#[$doc])* const $nom: &str = $sql;)*
        /// Every statement of this file.
        #[cfg(test)]
        pub(crate) const TOUTES: &[(&str, &str)] = &[$((stringify!($nom), $nom)),*];
    };
}
pub(crate) use requetes;
