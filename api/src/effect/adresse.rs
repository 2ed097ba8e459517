//! Addresses that the process may call: no system of the exploitant's own network, unless it is said.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// May the process send a request there? Everything that is not a public unicast address may not (IANA special-purpose
/// registries, RFC 6890).
pub(super) fn est_publique(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => v4(ip),
        IpAddr::V6(ip) => v6(ip),
    }
}

/// Is it a machine of the exploitant's own network: this one, or one of RFC 1918 or RFC 4193? Link-local addresses, where
/// clouds answer with their keys, never are.
pub(super) const fn est_du_reseau(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local(),
    }
}

fn v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let reservee = ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_broadcast()
        || ip.is_documentation()
        || ip.is_unspecified()
        || ip.is_multicast()
        || a == 0
        || a >= 240
        // shared by operators, and the benches of networks
        || (a == 100 && (64..128).contains(&b))
        || (a == 198 && (18..20).contains(&b))
        || (a == 192 && b == 0 && c == 0);
    !reservee
}

fn v6(ip: Ipv6Addr) -> bool {
    if let Some(v4_dedans) = ip.to_ipv4_mapped() {
        return v4(v4_dedans);
    }
    let [premier, second, ..] = ip.segments();
    // 2000::/3 is what is given out; less the tunnels, which may lead anywhere, and the examples
    premier & 0xe000 == 0x2000
        && premier != 0x2002
        && !(premier == 0x2001 && (second < 0x0200 || second == 0x0db8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seules_les_adresses_publiques_s_appellent() {
        for publique in ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "2a00:1450:4007::1"] {
            assert!(est_publique(publique.parse().unwrap()), "{publique}");
        }
        for privee in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "198.18.0.1",
            "192.0.0.8",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "64:ff9b::7f00:1",
            "ff02::1",
        ] {
            assert!(!est_publique(privee.parse().unwrap()), "{privee}");
        }
        for proche in ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "::1", "fc00::1"] {
            assert!(est_du_reseau(proche.parse().unwrap()), "{proche}");
        }
        for jamais in ["169.254.169.254", "fe80::1", "0.0.0.0", "::ffff:169.254.169.254", "100.64.0.1"] {
            assert!(!est_du_reseau(jamais.parse().unwrap()), "{jamais}");
        }
    }
}
