//! Reading a repère.

use super::{Ancre, Decalage, Repere};
use crate::calendrier::Compte;
use crate::fonctions::JOURS;
use crate::scalaire::{
    ErreurScalaire, Heure, Mot, compte, date_du_mot, date_et_jour, entier, jour_nomme, mots, proche,
};

/// Bounds of what can be written: a slip of the keyboard is not a deadline in the next century.
const JOURS_MAX: u32 = 999;
const HEURES_MAX: u32 = 9_999;
const SEMAINES_MAX: u32 = 99;
const MOIS_MAX: u32 = 99;

const FORMES: &str = "formes : J-2 ouvres, 72 h, jeudi S-1, vendredi precedent, 12 M-1, fin M, P-10 francs, fin P, 2025-08-23 ; puis une heure, 12:00";

impl Repere {
    /// Reads a repère. Any identifier is taken as a calendar's name, except what looks like a slip for a word of
    /// the language; see [`Repere::lit_avec`].
    pub fn lit(texte: &str) -> Result<Self, ErreurScalaire> {
        lit(texte, None)
    }

    /// The same, where only these calendars exist beside `ouvres`, `ecole` and `francs`.
    pub fn lit_avec(texte: &str, calendriers: &[&str]) -> Result<Self, ErreurScalaire> {
        lit(texte, Some(calendriers))
    }
}

fn lit(texte: &str, connus: Option<&[&str]>) -> Result<Repere, ErreurScalaire> {
    let tous = mots(texte);
    let (ancre, heure) = match tous.as_slice() {
        [ancre @ .., dernier] if dernier.texte.contains(':') => (ancre, Some(dernier)),
        // « J-2 10h »: a time in another spelling, told as such
        [ancre @ .., dernier]
            if !ancre.is_empty()
                && dernier.texte.starts_with(|c: char| c.is_ascii_digit())
                && dernier.texte.contains(['h', 'H']) =>
        {
            (ancre, Some(dernier))
        }
        ancre => (ancre, None),
    };
    let Some((premier, reste)) = ancre.split_first() else {
        let erreur =
            ErreurScalaire::nouvelle("jour attendu : on ne sait pas de quel jour il s'agit", 0, texte.len());
        return Err(match heure {
            Some(heure) => erreur.aide(format!("écrire « J {} » pour le jour même", heure.texte)),
            None => erreur.aide(FORMES),
        });
    };
    let ancre = lit_ancre(premier, reste, connus)?;
    match (&ancre, heure) {
        (Ancre::Heures { .. }, Some(heure)) => {
            Err(heure.erreur("une heure du jour ne suit pas un nombre d'heures").aide(
                "« 72 h » se compte depuis le début du créneau ; pour une heure fixe, écrire « J-3 12:00 »",
            ))
        }
        (_, heure) => Ok(Repere { ancre, heure: heure.map(Heure::du_mot).transpose()? }),
    }
}

fn lit_ancre(premier: &Mot<'_>, reste: &[Mot<'_>], connus: Option<&[&str]>) -> Result<Ancre, ErreurScalaire> {
    if let Some(suite) = lettre(premier, "J") {
        return Ok(Ancre::Jour(lit_decalage(premier, &suite, reste, connus)?));
    }
    if let Some(suite) = lettre(premier, "P") {
        return Ok(Ancre::Periode { fin: false, decalage: lit_decalage(premier, &suite, reste, connus)? });
    }
    if premier.texte == "fin" {
        return lit_fin(premier, reste, connus);
    }
    if jour_nomme(premier.texte).is_some() {
        return lit_jour(premier, reste);
    }
    if premier.texte.starts_with(|c: char| c.is_ascii_digit()) {
        return lit_nombre(premier, reste);
    }
    Err(inconnu(premier))
}

/// What follows the letter of an anchor: nothing, or a signed number.
fn lettre<'a>(mot: &Mot<'a>, lettre: &str) -> Option<Mot<'a>> {
    mot.apres(lettre).filter(|suite| suite.texte.is_empty() || suite.texte.starts_with(['-', '+']))
}

/// `-2` then an optional calendar. `ancre` is the whole first word, for errors.
fn lit_decalage(
    ancre: &Mot<'_>,
    suite: &Mot<'_>,
    reste: &[Mot<'_>],
    connus: Option<&[&str]>,
) -> Result<Decalage, ErreurScalaire> {
    if suite.texte.is_empty() {
        return match reste.first() {
            None => Ok(Decalage { n: 0, compte: Compte::Civils }),
            Some(mot) if mot.texte.starts_with(['-', '+']) => {
                Err(ErreurScalaire::nouvelle("le décalage se colle à la lettre", ancre.debut, mot.fin())
                    .aide(format!("écrire « {}{} »", ancre.texte, mot.texte)))
            }
            Some(mot) => Err(mot
                .erreur(format!("« {} » est de trop", mot.texte))
                .aide(format!("un calendrier suit un nombre de jours : « {}-2 ouvres »", ancre.texte))),
        };
    }
    let n = lit_signe(suite, JOURS_MAX)?;
    let compte = match reste {
        [] => Compte::Civils,
        [mot] => compte(mot, connus)?,
        [_, trop, ..] => return Err(de_trop(trop)),
    };
    Ok(Decalage { n, compte })
}

/// `-2`, `+1`; never zero, which is written as nothing.
fn lit_signe(suite: &Mot<'_>, max: u32) -> Result<i32, ErreurScalaire> {
    let (moins, nombre) = match (suite.apres("-"), suite.apres("+")) {
        (Some(nombre), _) => (true, nombre),
        (None, Some(nombre)) => (false, nombre),
        (None, None) => {
            return Err(suite.erreur(format!("« -1 » ou « +1 » attendu, pas « {} »", suite.texte)));
        }
    };
    if nombre.texte == "0" {
        return Err(suite.erreur("un décalage de zéro ne s'écrit pas").aide("J-0 s'écrit J"));
    }
    if nombre.texte.is_empty() {
        return Err(suite.erreur("un nombre manque après le signe"));
    }
    let n = i32::try_from(entier(&nombre, max)?).map_err(|_| nombre.erreur("nombre trop grand"))?;
    Ok(if moins { -n } else { n })
}

/// The shift of `S-1` or `M+1`, nothing after it.
fn lit_rang(suite: &Mot<'_>, reste: &[Mot<'_>], max: u32) -> Result<i32, ErreurScalaire> {
    if let Some(trop) = reste.first() {
        return Err(de_trop(trop));
    }
    if suite.texte.is_empty() { Ok(0) } else { lit_signe(suite, max) }
}

/// `fin M`, `fin P+4`.
fn lit_fin(fin: &Mot<'_>, reste: &[Mot<'_>], connus: Option<&[&str]>) -> Result<Ancre, ErreurScalaire> {
    let Some((mot, reste)) = reste.split_first() else {
        return Err(fin
            .erreur("fin de quoi ?")
            .aide("« fin M » : dernier jour du mois ; « fin P » : dernier jour de la période"));
    };
    if let Some(suite) = lettre(mot, "M") {
        return Ok(Ancre::Mois { quantieme: None, decalage: lit_rang(&suite, reste, MOIS_MAX)? });
    }
    if let Some(suite) = lettre(mot, "P") {
        return Ok(Ancre::Periode { fin: true, decalage: lit_decalage(mot, &suite, reste, connus)? });
    }
    Err(mot
        .erreur(format!("M ou P attendu après « fin », pas « {} »", mot.texte))
        .aide("« fin M-1 », « fin P+4 »"))
}

/// `jeudi S-1`, `vendredi precedent`, `mardi 2025-09-30`.
fn lit_jour(premier: &Mot<'_>, reste: &[Mot<'_>]) -> Result<Ancre, ErreurScalaire> {
    let aide = format!(
        "« {0} S-1 » : de la semaine précédente ; « {0} precedent » : le dernier avant le jour",
        premier.texte
    );
    let (Some(jour), Some((mot, reste))) = (jour_nomme(premier.texte), reste.split_first()) else {
        return Err(premier.erreur(format!("de quelle semaine est ce {} ?", premier.texte)).aide(aide));
    };
    if let Some(suite) = lettre(mot, "S") {
        return Ok(Ancre::Semaine { jour, decalage: lit_rang(&suite, reste, SEMAINES_MAX)? });
    }
    if let Some(trop) = reste.first() {
        return Err(de_trop(trop));
    }
    if mot.texte == "precedent" {
        return Ok(Ancre::Precedent(jour));
    }
    if mot.texte.starts_with(|c: char| c.is_ascii_digit()) {
        let (date, _) = date_et_jour(premier, mot)?;
        return Ok(Ancre::Absolu { date, jour_dit: true });
    }
    let erreur = mot.erreur(format!("« {} » ne suit pas un jour de la semaine", mot.texte));
    Err(match proche(mot.texte, ["precedent"]) {
        Some(voisin) => erreur.aide(format!("vouliez-vous dire « {voisin} » ?")),
        None => erreur.aide(aide),
    })
}

/// `72 h`, `48 h ouvrees`, `12 M-1`, `2025-08-23`.
fn lit_nombre(premier: &Mot<'_>, reste: &[Mot<'_>]) -> Result<Ancre, ErreurScalaire> {
    if premier.texte.contains(['-', '/']) {
        return match reste.first() {
            Some(trop) => Err(de_trop(trop)),
            None => Ok(Ancre::Absolu { date: date_du_mot(premier)?, jour_dit: false }),
        };
    }
    let aide = "« 72 h » : heures avant le créneau ; « 12 M-1 » : le 12 du mois précédent ; « J-3 » : trois jours avant";
    if let Some(n) = premier.texte.strip_suffix('h')
        && n.bytes().all(|b| b.is_ascii_digit())
    {
        return Err(premier.erreur("le nombre et l'unité se séparent").aide(format!("écrire « {n} h »")));
    }
    let Some((mot, reste)) = reste.split_first() else {
        return Err(premier.erreur("un nombre seul ne dit pas un jour").aide(aide));
    };
    if mot.texte == "h" {
        let n = entier(premier, HEURES_MAX)?;
        return match reste {
            [] => Ok(Ancre::Heures { n, ouvrees: false }),
            [seul] if seul.texte == "ouvrees" => Ok(Ancre::Heures { n, ouvrees: true }),
            [seul] if proche(seul.texte, ["ouvrees", "ouvres"]).is_some() => Err(seul
                .erreur(format!("« {} » ne suit pas un nombre d'heures", seul.texte))
                .aide("vouliez-vous dire « ouvrees » ?")),
            [.., trop] => Err(de_trop(trop)),
        };
    }
    if let Some(suite) = lettre(mot, "M") {
        let q = entier(premier, 31)?;
        let quantieme = i8::try_from(q).map_err(|_| premier.erreur("un mois a 31 jours au plus"))?;
        return Ok(Ancre::Mois { quantieme: Some(quantieme), decalage: lit_rang(&suite, reste, MOIS_MAX)? });
    }
    let erreur = mot.erreur(format!("« {} » ne suit pas un nombre", mot.texte));
    Err(match mot.texte {
        "heures" | "heure" | "H" => erreur.aide(format!("écrire « {} h »", premier.texte)),
        "jours" | "jour" | "j" => erreur.aide(format!("écrire « J-{} »", premier.texte)),
        _ => erreur.aide(aide),
    })
}

fn de_trop(mot: &Mot<'_>) -> ErreurScalaire {
    mot.erreur(format!("« {} » est de trop", mot.texte))
}

fn inconnu(mot: &Mot<'_>) -> ErreurScalaire {
    let erreur = mot.erreur(format!("« {} » ne commence aucun repère", mot.texte));
    if let Some(suite) = lettre(mot, "S") {
        return erreur.aide(format!("un jour précède la semaine : « jeudi S{} »", suite.texte));
    }
    if let Some(suite) = lettre(mot, "M") {
        return erreur
            .aide(format!("un quantième précède le mois : « 12 M{0} » ou « fin M{0} »", suite.texte));
    }
    for minuscule in ["j", "p"] {
        if let Some(suite) = lettre(mot, minuscule) {
            return erreur.aide(format!("écrire « {}{} »", minuscule.to_uppercase(), suite.texte));
        }
    }
    match proche(mot.texte, JOURS.into_iter().chain(["fin"])) {
        Some(voisin) => erreur.aide(format!("vouliez-vous dire « {voisin} » ?")),
        None => erreur.aide(FORMES),
    }
}
