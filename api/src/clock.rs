//! The clock: the system's, or the demonstration's, which the banner sets.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// The process's clock. The demonstration's differs from the system's by an offset, so that it still runs, unless it was
/// stopped at an instant: what happens exactly then can be looked at.
#[derive(Debug, Default)]
pub(crate) struct Horloge {
    decalage_ms: AtomicI64,
    /// Milliseconds since 1970; 0 = it runs.
    arretee_a_ms: AtomicI64,
}

impl Horloge {
    /// Now.
    pub(crate) fn maintenant(&self) -> Timestamp {
        let arretee = self.arretee_a_ms.load(Ordering::Relaxed);
        if arretee != 0 {
            return Timestamp::from_millisecond(arretee).unwrap_or(Timestamp::MAX);
        }
        let decalage = SignedDuration::from_millis(self.decalage_ms.load(Ordering::Relaxed));
        let reel = systeme();
        reel.checked_add(decalage).unwrap_or(reel)
    }

    /// The system's, whatever the demonstration says: sessions live in real time.
    pub(crate) fn reel(&self) -> Timestamp {
        systeme()
    }

    /// From now on, it stays at `instant`.
    pub(crate) fn arrete(&self, instant: Timestamp) {
        self.regle(instant);
        self.arretee_a_ms.store(instant.as_millisecond(), Ordering::Relaxed);
    }

    /// It is `instant`, and goes on from there.
    pub(crate) fn regle(&self, instant: Timestamp) {
        self.arretee_a_ms.store(0, Ordering::Relaxed);
        self.decale(instant.as_millisecond().saturating_sub(systeme().as_millisecond()));
    }

    /// The offset, in milliseconds: what the data folder keeps from one run to the next.
    pub(crate) fn decalage_ms(&self) -> i64 {
        self.decalage_ms.load(Ordering::Relaxed)
    }

    /// Takes up a kept offset.
    pub(crate) fn decale(&self, ms: i64) {
        self.decalage_ms.store(ms, Ordering::Relaxed);
    }
}

#[allow(clippy::disallowed_methods, reason = "the process is where the clock is read")]
fn systeme() -> Timestamp {
    Timestamp::now()
}

/// How long something took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chronometre(std::time::Instant);

impl Chronometre {
    /// Starts.
    #[allow(clippy::disallowed_methods, reason = "the process is where the clock is read")]
    pub(crate) fn part() -> Self {
        Self(std::time::Instant::now())
    }

    /// Since it started.
    pub(crate) fn ecoule(self) -> std::time::Duration {
        self.0.elapsed()
    }
}
