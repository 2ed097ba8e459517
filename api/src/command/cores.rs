//! The same work on a part of the towns, or of the mutations, on each core.

use crate::error::Fatale;

/// What `fait` gives of each part of `tous`, in order: a part a core, a thread a part. `arret` says that one stopped.
pub(super) fn par_coeur<T: Sync, R: Send>(
    tous: &[T],
    arret: &str,
    fait: impl Fn(&[T]) -> R + Sync,
) -> Result<Vec<R>, Fatale> {
    let coeurs = std::thread::available_parallelism().map_or(1, usize::from);
    let faits = std::thread::scope(|s| {
        let fait = &fait;
        let parts = tous.chunks(tous.len().div_ceil(coeurs).max(1));
        let taches: Vec<_> = parts.map(|part| s.spawn(move || fait(part))).collect();
        taches.into_iter().map(std::thread::ScopedJoinHandle::join).collect::<Result<Vec<_>, _>>()
    });
    faits.map_err(|_| Fatale::Interne(arret.to_owned()))
}
