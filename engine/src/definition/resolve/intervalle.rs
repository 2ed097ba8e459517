//! Intervals as they are written in a cell: `..900`, `901..`, `400..<640`, `>400..600`, `..`.

/// The text of one end, with its place in the scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bout<'a> {
    /// The bound's text.
    pub texte: &'a str,
    /// Byte offset in the scalar.
    pub debut: usize,
    /// Without `<` or `>` beside it.
    pub incluse: bool,
}

/// An interval before its ends are typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct IntervalleEcrit<'a> {
    /// Lower end.
    pub de: Option<Bout<'a>>,
    /// Upper end.
    pub a: Option<Bout<'a>>,
}

/// Why a text with `..` is not an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ErreurIntervalle {
    /// In the configurateur's words.
    pub message: &'static str,
    /// Byte offset in the scalar.
    pub debut: usize,
    /// Byte offset, excluded.
    pub fin: usize,
}

/// `Ok(None)` when `texte` holds no `..`: it is not an interval.
pub(super) fn lit(texte: &str) -> Result<Option<IntervalleEcrit<'_>>, ErreurIntervalle> {
    let Some((gauche, droite)) = texte.split_once("..") else { return Ok(None) };
    let apres = texte.len() - droite.len();
    let erreur = |message, debut, fin| Err(ErreurIntervalle { message, debut, fin });
    if droite.contains("..") {
        return erreur("un intervalle a un seul « .. »", 0, texte.len());
    }
    let (avant, sans_signe) = match gauche.trim_start().strip_prefix('>') {
        Some(reste) => (false, reste),
        None => (true, gauche),
    };
    if let Some(i) = sans_signe.find('<') {
        let debut = gauche.len() - sans_signe.len() + i;
        return erreur("à gauche, la borne exclue s'écrit avec « > », ex. « >400..600 »", debut, debut + 1);
    }
    let (apres_inclus, droite_nue) = match droite.trim_start().strip_prefix('<') {
        Some(reste) => (false, reste),
        None => (true, droite),
    };
    if let Some(i) = droite_nue.find('>') {
        let debut = texte.len() - droite_nue.len() + i;
        return erreur("à droite, la borne exclue s'écrit avec « < », ex. « 400..<640 »", debut, debut + 1);
    }
    let bout = |morceau: &'_ str, fin_du_texte: usize, incluse: bool| {
        let nu = morceau.trim();
        let debut = fin_du_texte - morceau.len() + (morceau.len() - morceau.trim_start().len());
        (nu.len(), debut, incluse)
    };
    let (long_g, debut_g, inc_g) = bout(sans_signe, gauche.len(), avant);
    let (long_d, debut_d, inc_d) = bout(droite_nue, texte.len(), apres_inclus);
    if long_g == 0 && !inc_g {
        return erreur("« > » attend une borne, ex. « >400..600 »", 0, gauche.len());
    }
    if long_d == 0 && !inc_d {
        return erreur("« < » attend une borne, ex. « 400..<640 »", apres, texte.len());
    }
    let extrait = |debut: usize, long: usize, incluse| {
        (long > 0)
            .then(|| texte.get(debut..debut + long).map(|t| Bout { texte: t, debut, incluse }))
            .flatten()
    };
    Ok(Some(IntervalleEcrit { de: extrait(debut_g, long_g, inc_g), a: extrait(debut_d, long_d, inc_d) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relit(texte: &str) -> String {
        match lit(texte) {
            Ok(None) => "valeur".into(),
            Ok(Some(i)) => {
                let cote = |b: Option<Bout<'_>>| {
                    b.map_or("∞".into(), |b| {
                        assert_eq!(texte.get(b.debut..b.debut + b.texte.len()), Some(b.texte));
                        format!("{}{}", b.texte, if b.incluse { "" } else { "!" })
                    })
                };
                format!("{}|{}", cote(i.de), cote(i.a))
            }
            Err(e) => format!("erreur {}-{}", e.debut, e.fin),
        }
    }

    #[test]
    fn les_bornes_sont_incluses_sauf_signe() {
        for (texte, attendu) in [
            ("900", "valeur"),
            ("..900", "∞|900"),
            ("901..", "901|∞"),
            ("400..<640", "400|640!"),
            (">400..600", "400!|600"),
            (">1900..", "1900!|∞"),
            ("..", "∞|∞"),
            (">2 jours..8 jours", "2 jours!|8 jours"),
            ("06:00..<08:05", "06:00|08:05!"),
            ("<400..600", "erreur 0-1"),
            ("400..>600", "erreur 5-6"),
            (">..600", "erreur 0-1"),
            ("1..2..3", "erreur 0-7"),
        ] {
            assert_eq!(relit(texte), attendu, "{texte}");
        }
    }
}
