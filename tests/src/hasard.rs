//! SplitMix64: the same draw on every machine.

/// A generator, from its seed.
#[derive(Debug, Clone)]
pub struct Hasard(pub u64);

impl Hasard {
    /// The next 64 bits.
    pub const fn tire(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `n`, which is not zero.
    pub const fn sous(&mut self, n: u64) -> u64 {
        self.tire() % n
    }
}
