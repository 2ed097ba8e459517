//! The communes of France and their postal codes, to suggest one as it is typed (`donnees/SOURCES.md` says where they come from).

use std::sync::LazyLock;

use engine::foyer::cle_de_recherche;

/// INSEE code, name, postal codes: read at the first search.
const LISTE: &str = include_str!("../donnees/communes.tsv");
/// Most suggestions.
const SUGGESTIONS: usize = 10;

static COMMUNES: LazyLock<Vec<CommuneFr>> =
    LazyLock::new(|| LISTE.lines().filter_map(CommuneFr::lit).collect());

/// A commune.
#[derive(Debug)]
pub(crate) struct CommuneFr {
    /// INSEE code.
    insee: &'static str,
    /// Its name.
    pub(crate) nom: &'static str,
    codes_postaux: &'static str,
    cle: String,
}

impl CommuneFr {
    fn lit(ligne: &'static str) -> Option<Self> {
        let mut parties = ligne.split('\t');
        let (insee, nom, codes_postaux) = (parties.next()?, parties.next()?, parties.next()?);
        Some(Self { insee, nom, codes_postaux, cle: cle_de_recherche(nom) })
    }

    /// `80`, `2A`, `974`: what tells two communes of the same name apart.
    pub(crate) fn departement(&self) -> &'static str {
        let n = if self.insee.starts_with("97") || self.insee.starts_with("98") { 3 } else { 2 };
        self.insee.get(..n).unwrap_or(self.insee)
    }

    /// Its postal codes.
    pub(crate) fn codes_postaux(&self) -> impl Iterator<Item = &'static str> {
        self.codes_postaux.split(',')
    }
}

/// The communes whose name begins so, the shortest names first; after five digits, those of that postal code.
pub(crate) fn cherche(texte: &str) -> Vec<&'static CommuneFr> {
    let chiffres = texte.trim();
    if chiffres.len() == 5 && chiffres.bytes().all(|c| c.is_ascii_digit()) {
        return COMMUNES
            .iter()
            .filter(|c| c.codes_postaux().any(|p| p == chiffres))
            .take(SUGGESTIONS)
            .collect();
    }
    let cle = cle_de_recherche(texte);
    // « st » is how many write « saint »
    let cle = match cle.split_once(' ') {
        Some(("st", reste)) => format!("saint {reste}"),
        Some(("ste", reste)) => format!("sainte {reste}"),
        _ => cle,
    };
    if cle.chars().count() < 2 {
        return Vec::new();
    }
    let mut trouvees: Vec<&CommuneFr> = COMMUNES.iter().filter(|c| c.cle.starts_with(&cle)).collect();
    trouvees.sort_by_key(|c| (c.cle.len(), c.insee));
    trouvees.truncate(SUGGESTIONS);
    trouvees
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_commune_se_suggere_comme_on_la_tape() {
        assert_eq!(COMMUNES.len(), 35_009, "donnees/SOURCES.md says how many");
        let noms = |texte: &str| cherche(texte).into_iter().map(|c| c.nom).collect::<Vec<_>>();
        assert_eq!(noms("Abbevil").first(), Some(&"Abbeville"));
        assert!(noms("st etienne").contains(&"Saint-Étienne"));
        assert_eq!(noms("80100"), ["Abbeville"]);
        assert_eq!(noms("x"), Vec::<&str>::new(), "one letter is too little");
        assert!(noms("saint").len() == SUGGESTIONS);
        assert_eq!(noms("piscine-sur-mer"), Vec::<&str>::new());
        let ajaccio = cherche("ajaccio");
        assert_eq!(ajaccio[0].departement(), "2A");
        assert!(ajaccio[0].codes_postaux().any(|c| c == "20000"));
    }
}
