//! How often a key may be tried in vain, whoever tries: a key is short enough to be dictated, so tries are what guards it.

/// So many misses in that many minutes, then nothing is even compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plafond {
    /// Misses.
    pub manques: u32,
    /// In how long a sliding window.
    pub minutes: u32,
}

/// Of one account while the whole town is braked: whoever has an account and types right at once is never kept out by somebody
/// else's tries.
pub const PLAFOND_FREINE: Plafond = Plafond { manques: 1, minutes: 60 };

/// Of one account, of one network address, of a whole town: a town's own families do not miss two hundred keys in an hour.
pub const PLAFONDS: [Plafond; 3] = [
    Plafond { manques: 5, minutes: 15 },
    Plafond { manques: 20, minutes: 60 },
    Plafond { manques: 200, minutes: 60 },
];
