//! How often one network address may post without an account.
//!
//! Whoever has a session answers for what they send; somebody without one only has an address. It is the socket's, or what a
//! declared proxy (`--relais`) says of its own client: a header that anybody can write is never believed.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Mutex;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, Method};
use governor::clock::{Clock as _, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use sha2::{Digest as _, Sha256};

use crate::clock::Chronometre;

/// Requests begun, secret links opened: so many at once, then one each `COMMENCE_CHAQUE`. A public computer room starts as many
/// in an hour; whoever takes every appointment of a town needs hundreds.
const COMMENCE: NonZeroU32 = nombre(20);
const COMMENCE_CHAQUE: Duration = Duration::from_secs(180);
/// Passwords, codes, accounts asked for, links followed: each account, and each address written to, has counts of its own.
const ENTRE: NonZeroU32 = nombre(240);
const ENTRE_CHAQUE: Duration = Duration::from_secs(1);
/// Screens and messages: a page with its script saves every few seconds, and several people may be behind one address.
const ECRIT: NonZeroU32 = nombre(240);
const ECRIT_CHAQUE: Duration = Duration::from_millis(500);
/// Documents, of 5 MB at most each.
const ENVOIE: NonZeroU32 = nombre(40);
const ENVOIE_CHAQUE: Duration = Duration::from_secs(30);

/// Accounts asked for without a proof of work: no script ran, or no person typed.
const SANS_PREUVE: NonZeroU32 = nombre(5);
const SANS_PREUVE_CHAQUE: Duration = Duration::from_secs(600);
/// Passwords, codes, letters of one account: so many in a row, then none before the first one is old enough.
const ESSAIS: u8 = 5;
const ESSAIS_DUREE: Duration = Duration::from_secs(15 * 60);
/// Most accounts counted at once; beyond, the oldest counts go first.
const ESSAIS_MAX: usize = 100_000;
/// Most addresses counted apart at once, of each kind.
const ADRESSES_MAX: usize = 100_000;

const fn nombre(n: u32) -> NonZeroU32 {
    match NonZeroU32::new(n) {
        Some(n) => n,
        None => NonZeroU32::MIN,
    }
}

type Compte = RateLimiter<IpAddr, HashMapStateStore<IpAddr>, DefaultClock>;

/// What somebody without an account sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Genre {
    /// Begins a request, opens a link.
    Commence,
    /// Enters, or asks for an account: a school or a mobile network is one address for many families.
    Entre,
    /// Goes on with one.
    Ecrit,
    /// Sends a document.
    Envoie,
    /// Asks for an account without a proof of work.
    SansPreuve,
}

/// The counts of each address, in the memory of this process; an address that rests is forgotten.
pub(crate) struct Cadence {
    relais: Vec<IpAddr>,
    commence: Compte,
    entre: Compte,
    ecrit: Compte,
    envoie: Compte,
    sans_preuve: Compte,
    horloge: DefaultClock,
}

impl std::fmt::Debug for Cadence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // addresses are personal data
        f.debug_struct("Cadence").field("relais", &self.relais).finish_non_exhaustive()
    }
}

impl Cadence {
    /// `relais`: the proxies that say whom they speak for.
    pub(crate) fn nouvelle(relais: &[IpAddr]) -> Self {
        // a period that is not zero: these always are
        let compte = |nombre, chaque| {
            let quota = Quota::with_period(chaque).unwrap_or(Quota::per_hour(nombre));
            RateLimiter::hashmap(quota.allow_burst(nombre))
        };
        Self {
            relais: relais.iter().map(IpAddr::to_canonical).collect(),
            commence: compte(COMMENCE, COMMENCE_CHAQUE),
            entre: compte(ENTRE, ENTRE_CHAQUE),
            ecrit: compte(ECRIT, ECRIT_CHAQUE),
            envoie: compte(ENVOIE, ENVOIE_CHAQUE),
            sans_preuve: compte(SANS_PREUVE, SANS_PREUVE_CHAQUE),
            horloge: DefaultClock::default(),
        }
    }

    /// The network that sends.
    pub(crate) fn adresse(&self, extensions: &Extensions, entetes: &HeaderMap) -> IpAddr {
        let pair = extensions.get::<ConnectInfo<SocketAddr>>();
        let pair = pair.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |ConnectInfo(pair)| pair.ip());
        reseau(client(pair, entetes, &self.relais))
    }

    /// Counts a post of this address; how long to wait when there were too many.
    pub(crate) fn prend(&self, genre: Genre, parts: &Parts) -> Result<(), Duration> {
        self.prend_de(genre, &parts.extensions, &parts.headers)
    }

    /// The same, by what a handler has of its request.
    pub(crate) fn prend_de(
        &self,
        genre: Genre,
        extensions: &Extensions,
        entetes: &HeaderMap,
    ) -> Result<(), Duration> {
        let compte = match genre {
            Genre::Commence => &self.commence,
            Genre::Entre => &self.entre,
            Genre::Ecrit => &self.ecrit,
            Genre::Envoie => &self.envoie,
            Genre::SansPreuve => &self.sans_preuve,
        };
        let mut de = self.adresse(extensions, entetes);
        if compte.len() >= ADRESSES_MAX {
            compte.retain_recent();
            if compte.len() >= ADRESSES_MAX {
                de = voisinage(de);
            }
        }
        compte.check_key(&de).map_err(|trop| trop.wait_time_from(self.horloge.now()))
    }

    /// Forgets the addresses that rest.
    pub(crate) fn oublie(&self) {
        for compte in [&self.commence, &self.entre, &self.ecrit, &self.envoie, &self.sans_preuve] {
            compte.retain_recent();
        }
    }
}

/// When more addresses write than are counted, those of a network are counted together.
fn voisinage(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(v4) => IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & 0xffff_0000)),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 96))),
    }
}

/// Tries on one account, in the memory of this process. What names the account is hashed: a name that nobody has counts as well.
#[derive(Debug, Default)]
pub(crate) struct Essais(Mutex<HashMap<[u8; 32], (u8, Chronometre)>>);

impl Essais {
    /// Counts a try; how long to wait when there were too many.
    pub(crate) fn compte(&self, quoi: &[&str]) -> Result<(), Duration> {
        let Ok(mut essais) = self.0.lock() else { return Ok(()) };
        if essais.len() >= ESSAIS_MAX {
            fait_place(&mut essais);
        }
        let (n, depuis) = essais.entry(cle(quoi)).or_insert_with(|| (0, Chronometre::part()));
        let ecoule = depuis.ecoule();
        if ecoule >= ESSAIS_DUREE {
            (*n, *depuis) = (0, Chronometre::part());
        }
        if *n >= ESSAIS {
            return Err(ESSAIS_DUREE.saturating_sub(ecoule));
        }
        *n += 1;
        Ok(())
    }

    /// The try was right: those before are forgotten.
    pub(crate) fn reussit(&self, quoi: &[&str]) {
        if let Ok(mut essais) = self.0.lock() {
            essais.remove(&cle(quoi));
        }
    }

    /// Forgets what is old.
    pub(crate) fn oublie(&self) {
        if let Ok(mut essais) = self.0.lock() {
            essais.retain(|_, (_, depuis)| depuis.ecoule() < ESSAIS_DUREE);
        }
    }
}

/// What is old goes; where all is recent, the older half of the counts that stop nobody, then of those that do.
fn fait_place(essais: &mut HashMap<[u8; 32], (u8, Chronometre)>) {
    essais.retain(|_, (_, depuis)| depuis.ecoule() < ESSAIS_DUREE);
    for arretent in [false, true] {
        if essais.len() < ESSAIS_MAX {
            return;
        }
        let age = |(n, depuis): &(u8, Chronometre)| ((*n >= ESSAIS) == arretent).then(|| depuis.ecoule());
        let mut ages: Vec<Duration> = essais.values().filter_map(age).collect();
        let moitie = ages.len() / 2;
        let seuil = if ages.is_empty() { Duration::MAX } else { *ages.select_nth_unstable(moitie).1 };
        essais.retain(|_, essai| age(essai).is_none_or(|a| a < seuil));
    }
}

fn cle(quoi: &[&str]) -> [u8; 32] {
    let mut empreinte = Sha256::new();
    for partie in quoi {
        empreinte.update(partie.as_bytes());
        empreinte.update([0]);
    }
    empreinte.finalize().into()
}

/// Does it write?
pub(crate) fn ecrit(methode: &Method) -> bool {
    !matches!(*methode, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Who sends: the socket's peer, or the last address that declared proxies did not add themselves.
fn client(pair: IpAddr, entetes: &HeaderMap, relais: &[IpAddr]) -> IpAddr {
    let pair = pair.to_canonical();
    if !relais.contains(&pair) {
        return pair;
    }
    let lignes = entetes.get_all("x-forwarded-for").iter().rev();
    for texte in lignes.filter_map(|l| l.to_str().ok()).flat_map(|l| l.rsplit(',')) {
        let texte = texte.trim();
        let lue = texte.parse::<IpAddr>().ok().or_else(|| texte.parse::<SocketAddr>().ok().map(|a| a.ip()));
        match lue.map(|ip| ip.to_canonical()) {
            Some(ip) if relais.contains(&ip) => {}
            Some(ip) => return ip,
            // what the proxy wrote is no address: nothing before it is worth more
            None => break,
        }
    }
    pair
}

/// Whoever has one IPv6 address has its whole /64.
fn reseau(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderValue, Request};

    fn demande(pair: &str, transmises: &[&str]) -> Parts {
        let (mut parts, ()) = Request::post("/").body(()).unwrap().into_parts();
        parts.extensions.insert(ConnectInfo(SocketAddr::new(pair.parse().unwrap(), 4000)));
        for t in transmises {
            parts.headers.append("x-forwarded-for", HeaderValue::from_str(t).unwrap());
        }
        parts
    }

    #[test]
    fn une_adresse_compte_ses_envois_et_chacune_les_siens() {
        let cadence = Cadence::nouvelle(&[]);
        let (a, b) = (demande("192.0.2.1", &[]), demande("192.0.2.2", &[]));
        for _ in 0..COMMENCE.get() {
            assert_eq!(cadence.prend(Genre::Commence, &a), Ok(()));
        }
        let attente = cadence.prend(Genre::Commence, &a).unwrap_err();
        assert!(attente > Duration::from_secs(170) && attente <= COMMENCE_CHAQUE, "{attente:?}");
        assert_eq!(cadence.prend(Genre::Ecrit, &a), Ok(()), "what is begun goes on");
        assert_eq!(cadence.prend(Genre::Commence, &b), Ok(()));
    }

    /// However many names are tried, the memory has an end; who was stopped stays so longest.
    #[test]
    fn les_essais_comptes_ont_une_fin() {
        let essais = Essais::default();
        for _ in 0..ESSAIS {
            assert_eq!(essais.compte(&["entrer", "victime"]), Ok(()));
        }
        for n in 0..3 * ESSAIS_MAX {
            assert_eq!(essais.compte(&["entrer", &n.to_string()]), Ok(()));
            if n % 50_000 == 0 {
                assert!(essais.compte(&["entrer", "victime"]).is_err(), "{n}");
            }
        }
        assert!(essais.0.lock().unwrap().len() <= ESSAIS_MAX);
        assert!(essais.compte(&["entrer", "victime"]).is_err());
        for (ip, attendu) in [("192.0.2.1", "192.0.0.0"), ("2001:db8:1:2::", "2001:db8::")] {
            assert_eq!(voisinage(ip.parse().unwrap()).to_string(), attendu);
        }
    }

    /// S22: 1,000 forged headers are 1,000 posts of the same address.
    #[test]
    fn une_adresse_inventee_n_est_pas_crue() {
        let cadence = Cadence::nouvelle(&["10.0.0.1".parse().unwrap()]);
        let passees = |pair: &str, bout: &str| {
            let une = |n: u32| {
                let forge = format!("203.0.113.{}, {}.7.7.7{bout}", n % 250, n % 200);
                cadence.prend(Genre::Commence, &demande(pair, &[&forge])).is_ok()
            };
            (0..1_000).filter(|n| une(*n)).count()
        };
        assert_eq!(passees("198.51.100.7", ""), 20, "straight to the server");
        assert_eq!(passees("10.0.0.1", ", 198.51.100.8"), 20, "the proxy adds the true one at the end");
    }

    #[test]
    fn le_dernier_relais_declare_dit_de_qui_il_parle() {
        let relais = ["10.0.0.1", "10.0.0.2"].map(|r| r.parse().unwrap());
        for (pair, transmises, attendu) in [
            ("192.0.2.9", &["203.0.113.1"][..], "192.0.2.9"),
            ("10.0.0.1", &["203.0.113.1"], "203.0.113.1"),
            ("10.0.0.1", &["198.51.100.9, 203.0.113.1, 10.0.0.2"], "203.0.113.1"),
            ("10.0.0.1", &["198.51.100.9", "203.0.113.1:5123"], "203.0.113.1"),
            ("10.0.0.1", &["203.0.113.1, personne"], "10.0.0.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("::ffff:10.0.0.1", &["203.0.113.1"], "203.0.113.1"),
        ] {
            let lu = client(pair.parse().unwrap(), &demande(pair, transmises).headers, &relais);
            assert_eq!(lu.to_string(), attendu, "{pair} {transmises:?}");
        }
        let voisines = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9"].map(|ip| reseau(ip.parse().unwrap()));
        assert_eq!(voisines[0], voisines[1]);
        assert_ne!(voisines[0], reseau("2001:db8:1:3::1".parse().unwrap()));
    }
}
