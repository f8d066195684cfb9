//! Which release of OpenStack the journeys play on: the newest, the one that `SLIPWAY_RELEASE` names, or the one that a test asks for.

use std::cell::Cell;

use devcloud::Release;

use crate::{Outcome, Trouble};

thread_local! {
    /// What this test asks for. A test begins its cloud on the thread that it was called on.
    static ASKED: Cell<Option<Release>> = const { Cell::new(None) };
}

/// Plays a journey, which may be a test in itself, on a devcloud of that release, also where others play on a real cloud.
///
/// # Errors
/// Whatever the journey returned.
pub fn on_release(release: Release, journey: fn() -> Outcome) -> Outcome {
    let before = ASKED.replace(Some(release));
    let outcome = journey();
    ASKED.set(before);
    outcome
}

/// What the test asks for by [`on_release`].
pub(crate) fn asked() -> Option<Release> {
    ASKED.get()
}

/// The release of this test's devcloud.
///
/// # Errors
/// When `SLIPWAY_RELEASE` names none.
pub fn release() -> Result<Release, Trouble> {
    match (asked(), std::env::var("SLIPWAY_RELEASE")) {
        (Some(release), _) => Ok(release),
        (None, Ok(name)) => name.parse().map_err(|why| format!("SLIPWAY_RELEASE: {why}").into()),
        (None, Err(_)) => Ok(Release::default()),
    }
}
