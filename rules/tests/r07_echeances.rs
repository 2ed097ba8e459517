//! R07: every day of 2025 to 2027, many cutoff forms, one second before, at, and one second after, against a second
//! implementation written apart: it steps day by day and minute by minute, with its own Easter, its own rule of summer
//! time (EU directive 2000/84/EC) and its own reading of the school holidays. It shares no code with `rules`.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests: a failure is a failed test"
)]

mod longs;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rules::calendrier::{
    Calendrier, CalendrierScolaire, DefinitionCalendrier, Fermeture, RegimeFeries, Semaine, Zone,
};
use rules::lieu::Lieu;
use rules::limite::{Limite, Moment};
use rules::repere::{Contexte, Repere, SiJourFerme};
use rules::scalaire::Heure;

/// Closures of the test town, as (year, month, day).
const FERMETURES: [(i64, i64, i64); 4] = [(2025, 5, 9), (2026, 5, 15), (2026, 7, 13), (2027, 12, 24)];

/// The second implementation: a table of days, walked.
mod temoin {
    pub(super) const HEURE: i64 = 3600;
    const JOUR: i64 = 24 * HEURE;

    #[derive(Clone, Debug)]
    pub(super) struct Jour {
        pub(super) a: i64,
        pub(super) m: i64,
        pub(super) j: i64,
        /// 1 = Monday … 7 = Sunday.
        pub(super) semaine: i64,
        pub(super) ouvre: bool,
        pub(super) ecole: bool,
        pub(super) vacances: Option<usize>,
    }

    pub(super) struct Temoin {
        pub(super) jours: Vec<Jour>,
        /// UTC seconds between which it is summer time, a pair a year from 2024.
        ete: Vec<(i64, i64)>,
    }

    /// 1 January 2024 was a Monday, 19 723 days after 1 January 1970.
    const ORIGINE: i64 = 19_723;

    /// Easter by the tables of the computus: golden number, corrections of sun and moon, paschal moon, next Sunday.
    fn paques(a: i64) -> (i64, i64) {
        let or = a % 19 + 1;
        let siecle = a / 100 + 1;
        let soleil = 3 * siecle / 4 - 12;
        let lune = (8 * siecle + 5) / 25 - 5;
        let mut epacte = (11 * or + 20 + lune - soleil).rem_euclid(30);
        if epacte == 24 || (epacte == 25 && or > 11) {
            epacte += 1;
        }
        let mut pleine = 44 - epacte;
        if pleine < 21 {
            pleine += 30;
        }
        // day of March of the Sunday strictly after the full moon
        let dimanche = 5 * a / 4 - soleil - 10;
        let jour = pleine + 7 - (dimanche + pleine).rem_euclid(7);
        if jour > 31 { (4, jour - 31) } else { (3, jour) }
    }

    fn longueur(a: i64, m: i64) -> i64 {
        match m {
            4 | 6 | 9 | 11 => 30,
            2 if (a % 4 == 0 && a % 100 != 0) || a % 400 == 0 => 29,
            2 => 28,
            _ => 31,
        }
    }

    impl Temoin {
        pub(super) fn nouveau(fermetures: &[(i64, i64, i64)], ecole: [bool; 8]) -> Self {
            let mut jours = Vec::new();
            let (mut a, mut m, mut j, mut semaine) = (2024, 1, 1, 1);
            while a < 2029 {
                jours.push(Jour { a, m, j, semaine, ouvre: false, ecole: false, vacances: None });
                semaine = semaine % 7 + 1;
                j += 1;
                if j > longueur(a, m) {
                    (m, j) = (m + 1, 1);
                }
                if m > 12 {
                    (a, m) = (a + 1, 1);
                }
            }
            let mut t = Self { jours, ete: Vec::new() };
            t.ete = (2024..2029).map(|a| (t.bascule(a, 3), t.bascule(a, 10))).collect();
            let csv = include_str!("../src/calendrier/vacances_scolaires.csv");
            for (k, ligne) in csv.lines().filter(|l| l.starts_with("B,")).enumerate() {
                let c: Vec<&str> = ligne.split(',').collect();
                for jour in &mut t.jours {
                    let ecrit = format!("{:04}-{:02}-{:02}", jour.a, jour.m, jour.j);
                    if c[2] <= ecrit.as_str() && ecrit.as_str() <= c[3] {
                        jour.vacances = Some(k);
                    }
                }
            }
            let mut feries = Vec::new();
            for a in 2024..2029 {
                let (pm, pj) = paques(a);
                let p = t.indice(a, pm, pj);
                feries.extend([p + 1, p + 39, p + 50]);
                for (m, j) in [(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)] {
                    feries.push(t.indice(a, m, j));
                }
            }
            for i in 0..t.jours.len() {
                let ferme = feries.contains(&i) || {
                    let d = &t.jours[i];
                    fermetures.contains(&(d.a, d.m, d.j))
                };
                let d = &mut t.jours[i];
                d.ouvre = d.semaine <= 5 && !ferme;
                d.ecole = ecole[d.semaine as usize] && !ferme && d.vacances.is_none();
            }
            t
        }

        pub(super) fn indice(&self, a: i64, m: i64, j: i64) -> usize {
            self.jours.iter().position(|d| (d.a, d.m, d.j) == (a, m, j)).unwrap()
        }

        /// 01:00 UTC of the last Sunday of a month of 31 days.
        fn bascule(&self, a: i64, mois: i64) -> i64 {
            let mut i = self.indice(a, mois, 31);
            while self.jours[i].semaine != 7 {
                i -= 1;
            }
            (ORIGINE + i as i64) * JOUR + HEURE
        }

        /// UTC offset of metropolitan France at a UTC second: +2 h between the last Sundays of March and October, else +1 h.
        pub(super) fn decalage(&self, utc: i64) -> i64 {
            if self.ete.iter().any(|(de, a)| (*de..*a).contains(&utc)) { 2 * HEURE } else { HEURE }
        }

        /// Index of the local day of a UTC second.
        pub(super) fn jour_de(&self, utc: i64) -> usize {
            usize::try_from((utc + self.decalage(utc)) / JOUR - ORIGINE).unwrap()
        }

        /// The first UTC second whose local time is at or after that minute of that day, found by walking.
        pub(super) fn utc(&self, jour: usize, minute: i64) -> i64 {
            let voulu = (ORIGINE + jour as i64) * JOUR + minute * 60;
            let mut utc = voulu - 3 * HEURE;
            while utc + self.decalage(utc) < voulu {
                utc += 60;
            }
            utc
        }

        /// Steps one day at a time in direction `sens`, `n` accepted days.
        pub(super) fn marche(
            &self,
            depuis: usize,
            n: usize,
            sens: i64,
            accepte: impl Fn(&Jour) -> bool,
        ) -> usize {
            let mut i = depuis;
            for _ in 0..n {
                loop {
                    i = usize::try_from(i as i64 + sens).unwrap();
                    if accepte(&self.jours[i]) {
                        break;
                    }
                }
            }
            i
        }

        /// Minute by minute backwards, counting those of working days.
        pub(super) fn heures_ouvrees(&self, debut: i64, heures: i64) -> i64 {
            let (mut utc, mut comptees) = (debut, 0);
            while comptees < heures * 60 {
                utc -= 60;
                if self.jours[self.jour_de(utc)].ouvre {
                    comptees += 1;
                }
            }
            utc
        }

        /// First and last day of the holiday or the term that holds `i`.
        pub(super) fn periode(&self, i: usize) -> (usize, usize) {
            let meme = |k: usize| self.jours[k].vacances == self.jours[i].vacances;
            let (mut de, mut a) = (i, i);
            while de > 0 && meme(de - 1) {
                de -= 1;
            }
            while a + 1 < self.jours.len() && meme(a + 1) {
                a += 1;
            }
            (de, a)
        }

        /// Day `q` of the month `n` months away, or its last.
        pub(super) fn quantieme(&self, i: usize, q: i64, n: i64) -> usize {
            let d = &self.jours[i];
            let rang = d.a * 12 + d.m - 1 + n;
            let (a, m) = (rang.div_euclid(12), rang.rem_euclid(12) + 1);
            self.indice(a, m, q.min(longueur(a, m)))
        }
    }
}

use temoin::{HEURE, Temoin};

/// What the witness says of one form for day `i`: the UTC second, and whether that very second is allowed.
type Regle = fn(&Temoin, usize) -> i64;

/// (text, is it `jusqu_a`, witness). The slot starts at 02:30, to meet the changes of clock.
fn formes() -> Vec<(&'static str, bool, Regle)> {
    fn lundi(t: &Temoin, i: usize) -> usize {
        i + 1 - t.jours[i].semaine as usize
    }
    vec![
        ("J 06:00", false, |t, i| t.utc(i, 360)),
        ("J 02:30", true, |t, i| t.utc(i, 150)),
        ("J-2 ouvres 10:00", false, |t, i| t.utc(t.marche(i, 2, -1, |d| d.ouvre), 600)),
        ("J-3 ecole 11:30", true, |t, i| t.utc(t.marche(i, 3, -1, |d| d.ecole), 690)),
        ("J-6 francs", true, |t, i| t.utc(i - 7, 1440)),
        ("J-1", false, |t, i| t.utc(i - 1, 0)),
        ("72 h", true, |t, i| t.utc(i, 150) - 72 * HEURE),
        ("48 h ouvrees", true, |t, i| t.heures_ouvrees(t.utc(i, 150), 48)),
        ("jeudi S-1 12:00", false, |t, i| t.utc(lundi(t, i) - 7 + 3, 720)),
        ("dimanche S 02:30", true, |t, i| t.utc(lundi(t, i) + 6, 150)),
        ("vendredi precedent 24:00", true, |t, i| t.utc(t.marche(i, 1, -1, |d| d.semaine == 5), 1440)),
        ("12 M-1", false, |t, i| t.utc(t.quantieme(i, 12, -1), 0)),
        ("31 M-1 02:30", true, |t, i| t.utc(t.quantieme(i, 31, -1), 150)),
        ("fin M", true, |t, i| t.utc(t.quantieme(i, 31, 0), 1440)),
        ("P-10 francs", true, |t, i| t.utc(t.periode(i).0 - 11, 1440)),
        ("fin P+4 18:00", false, |t, i| t.utc(t.periode(i).1 + 4, 1080)),
        ("2026-10-25 02:30", false, |t, _| t.utc(t.indice(2026, 10, 25), 150)),
    ]
}

fn ville() -> Calendrier {
    use jiff::civil::Weekday::{Friday, Monday, Thursday, Tuesday};
    let fermetures = FERMETURES.map(|(a, m, j)| {
        let jour = Date::new(a as i16, m as i8, j as i8).unwrap();
        Fermeture {
            debut: jour,
            fin: jour,
            motif: "fermé".into(),
            calendriers: Box::new([]),
            lieu: Lieu::default(),
        }
    });
    Calendrier::construit(DefinitionCalendrier {
        annees: (2024, 2028),
        feries: RegimeFeries::Commun,
        scolaire: CalendrierScolaire::publie(Zone::B).unwrap(),
        jours_ouvres: Semaine::LUNDI_A_VENDREDI,
        jours_ecole: Semaine::de([Monday, Tuesday, Thursday, Friday]),
        nommes: Vec::new(),
        fermetures: fermetures.into(),
    })
    .unwrap()
}

/// Walks the three years with one choice for closed days; gives the number of comparisons.
fn compare(temoin: &Temoin, calendrier: &Calendrier, fuseau: &TimeZone, ferme: SiJourFerme) -> usize {
    let mut cas = 0;
    let (de, a) = (temoin.indice(2025, 1, 1), temoin.indice(2027, 12, 31));
    for (texte, incluse, regle) in formes() {
        let repere = Repere::lit(texte).unwrap();
        let limite = if incluse { Limite::JusquA(repere) } else { Limite::Avant(repere) };
        for i in de..=a {
            let d = &temoin.jours[i];
            let jour = Date::new(d.a as i16, d.m as i8, d.j as i8).unwrap();
            let ctx = Contexte {
                jour,
                debut_creneau: Heure::en_minutes(150),
                periode: Some(calendrier.periode(jour).unwrap().bornes()),
                fuseau,
                calendrier,
                si_jour_ferme: ferme,
            };
            let fenetre = limite.fenetre(&ctx).unwrap();
            let mut attendu = regle(temoin, i);
            let absolue = texte.starts_with("20");
            // a whole day ends before the first instant of the next; a number of hours is moved at the time it shows
            let entiere =
                incluse && (texte.ends_with("24:00") || !texte.contains(':') && !texte.contains(" h"));
            if ferme != SiJourFerme::Garde && !absolue {
                let jour = temoin.jour_de(attendu) - usize::from(entiere);
                if !temoin.jours[jour].ouvre {
                    let sens = if ferme == SiJourFerme::Avance { -1 } else { 1 };
                    let minute = (attendu + temoin.decalage(attendu)) / 60 % 1440;
                    // the time as written, where the clocks had skipped it
                    let minute = if texte.ends_with("02:30") { 150 } else { minute };
                    let minute = if entiere { 1440 } else { minute };
                    attendu = temoin.utc(temoin.marche(jour, 1, sens, |d| d.ouvre), minute);
                }
            }
            for (ecart, permis) in [(-1, true), (0, incluse && !entiere), (1, false)] {
                let recu_le = Timestamp::from_second(attendu + ecart).unwrap();
                let moment = if permis { Moment::Ouvert } else { Moment::TropTard };
                assert_eq!(
                    fenetre.moment(recu_le),
                    moment,
                    "{texte} ({ferme:?}) for {jour}: {ecart} s around {}, computed {:?}",
                    Timestamp::from_second(attendu).unwrap(),
                    fenetre.ferme
                );
                cas += 1;
            }
        }
    }
    cas
}

#[test]
fn toutes_les_echeances_de_trois_ans() {
    let temoin = Temoin::nouveau(&FERMETURES, [false, true, true, false, true, true, false, false]);
    let (calendrier, fuseau) = (ville(), TimeZone::get("Europe/Paris").unwrap());
    let mut cas = 0;
    for ferme in [SiJourFerme::Garde, SiJourFerme::Avance, SiJourFerme::Recule] {
        cas += compare(&temoin, &calendrier, &fuseau, ferme);
    }
    longs::rapporte("R07 deadlines against a second implementation", cas, "0 difference");
    assert_eq!(cas, 3 * 17 * 1095 * 3);
}

#[test]
fn le_temoin_nest_pas_une_copie() {
    // figures of the outside world, so that two equal mistakes do not agree
    let temoin = Temoin::nouveau(&[], [true; 8]);
    let utc = |a, m, j, minute| {
        Timestamp::from_second(temoin.utc(temoin.indice(a, m, j), minute)).unwrap().to_string()
    };
    assert_eq!(utc(2026, 3, 29, 150), "2026-03-29T01:00:00Z");
    assert_eq!(utc(2025, 10, 26, 150), "2025-10-26T00:30:00Z");
    let ouvre = |a, m, j| temoin.jours[temoin.indice(a, m, j)].ouvre;
    assert!(!ouvre(2025, 4, 21) && !ouvre(2026, 5, 25) && !ouvre(2027, 3, 29) && ouvre(2027, 3, 30));
}
