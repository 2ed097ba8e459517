//! Long lists, a page at a time: the page's number is in the address.

use serde::Deserialize;

/// Which page of a list, from 1; anything else is the first.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Feuillet {
    page: Option<String>,
}

/// A page of a list.
pub(crate) struct Coupe<T> {
    /// Its lines.
    pub(crate) lignes: Vec<T>,
    /// Address of what follows; empty at the end.
    pub(crate) suite: String,
    /// Address of what comes before it; empty on the first.
    pub(crate) retour: String,
}

impl Feuillet {
    /// The lines of this page of `toutes`, `par` a page; the list is at `adresse`.
    pub(crate) fn coupe<T>(&self, toutes: Vec<T>, par: usize, adresse: &str) -> Coupe<T> {
        let pages = toutes.len().div_ceil(par.max(1)).max(1);
        let demandee = self.page.as_deref().and_then(|p| p.parse::<usize>().ok());
        let ici = demandee.unwrap_or(1).clamp(1, pages);
        let lignes = toutes.into_iter().skip((ici - 1) * par).take(par).collect();
        Coupe {
            lignes,
            suite: if ici < pages { format!("{adresse}?page={}", ici + 1) } else { String::new() },
            retour: if ici > 1 { format!("{adresse}?page={}", ici - 1) } else { String::new() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_liste_se_coupe_en_pages() {
        let coupe = |page: &str, n: usize| {
            let c = Feuillet { page: Some(page.to_owned()) }.coupe((1..=n).collect::<Vec<_>>(), 10, "/l");
            (c.lignes.first().copied(), c.lignes.len(), c.suite, c.retour)
        };
        let dit = |suite: &str, retour: &str| (suite.to_owned(), retour.to_owned());
        let vu = |page, n| {
            let (premiere, combien, suite, retour) = coupe(page, n);
            (premiere, combien, (suite, retour))
        };
        assert_eq!(vu("1", 0), (None, 0, dit("", "")));
        assert_eq!(vu("1", 10), (Some(1), 10, dit("", "")));
        assert_eq!(vu("1", 11), (Some(1), 10, dit("/l?page=2", "")));
        assert_eq!(vu("2", 25), (Some(11), 10, dit("/l?page=3", "/l?page=1")));
        assert_eq!(vu("3", 25), (Some(21), 5, dit("", "/l?page=2")));
        // what nobody wrote leads to a page that exists
        for (faux, premiere) in [("0", 1), ("99", 21), ("-1", 1), ("x", 1), ("", 1)] {
            assert_eq!(coupe(faux, 25).0, Some(premiere), "{faux}");
        }
    }
}
