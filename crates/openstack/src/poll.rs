//! How soon to look again: a pure decision from what is changing.
//!
//! A page says after each answer whether something on it is on its way ([`Motion`]); [`Pace`] answers with a delay. It
//! starts no timer, and a hidden page simply does not ask.

use std::time::Duration;

/// Whether what a page shows is about to change by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    /// Nothing is on its way; look now and then for what others do.
    Still,
    /// Something is in a passing state (saving, importing, building, deleting).
    Changing,
}

impl Motion {
    /// `Changing` when any is.
    pub fn any(changing: impl IntoIterator<Item = bool>) -> Self {
        if changing.into_iter().any(|one| one) { Self::Changing } else { Self::Still }
    }
}

/// While something changes: at first this often.
const QUICK: Duration = Duration::from_secs(2);
/// For this long; a launch takes about that.
const QUICK_FOR: Duration = Duration::from_secs(60);
/// After that at least this often.
const SLOW: Duration = Duration::from_secs(10);
/// While nothing changes.
const IDLE: Duration = Duration::from_secs(60);
/// The longest pause between attempts while the cloud does not answer.
const LONGEST_FAILURE: Duration = Duration::from_secs(60);

/// The rhythm of one poll. `now` is the time since any fixed moment, from a clock that never goes back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    changing_since: Option<Duration>,
    failures: u32,
}

impl Pace {
    /// A poll that starts.
    pub fn new() -> Self {
        Self::default()
    }

    /// The delay after an answer.
    pub fn after_answer(&mut self, motion: Motion, now: Duration) -> Duration {
        self.failures = 0;
        match motion {
            Motion::Still => {
                self.changing_since = None;
                IDLE
            }
            Motion::Changing => {
                let since = *self.changing_since.get_or_insert(now);
                let lasted = now.saturating_sub(since);
                if lasted < QUICK_FOR { QUICK } else { (lasted / 30).clamp(QUICK, SLOW) }
            }
        }
    }

    /// The delay after a failure: 2, 4, 8 … 60 seconds, or what the cloud asked for when that is longer.
    pub fn after_failure(&mut self, retry_after: Option<Duration>) -> Duration {
        let backoff = QUICK.saturating_mul(2_u32.saturating_pow(self.failures.min(10)));
        self.failures = self.failures.saturating_add(1);
        backoff.min(LONGEST_FAILURE).max(retry_after.unwrap_or_default())
    }

    /// The user did something: be quick again.
    pub fn restart(&mut self) {
        *self = Self::default();
    }
}
