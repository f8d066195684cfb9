//! Speed and time left, calm enough to be read: a filter with a half-life, as in Uppy's `@uppy/utils` (the idea, not the code).

use std::time::Duration;

/// After this much time half of the speed shown is from before.
const HALF_LIFE: Duration = Duration::from_secs(4);
/// Samples closer together are taken as one: progress events come in bursts.
const SHORTEST_SAMPLE: Duration = Duration::from_millis(200);
/// No time left is shown before this: the first bytes only fill buffers.
const WARM_UP: Duration = Duration::from_secs(2);

/// Measures the speed of one transfer.
#[derive(Clone, Debug, PartialEq)]
pub struct Speed {
    started: Duration,
    last: Duration,
    last_bytes: u64,
    bytes_per_second: Option<f64>,
}

/// What can be said about a transfer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The steady speed.
    pub bytes_per_second: f64,
    /// Until the end at this speed; `None` while it is too early to say, or nothing moves.
    pub time_left: Option<Duration>,
}

impl Speed {
    /// A transfer that starts now, from nothing.
    pub fn new(now: Duration) -> Self {
        Self { started: now, last: now, last_bytes: 0, bytes_per_second: None }
    }

    /// Takes in how much was transferred so far. Less than before means that it began again.
    pub fn update(&mut self, total_bytes: u64, now: Duration) {
        if total_bytes < self.last_bytes {
            *self = Self::new(now);
            self.last_bytes = total_bytes;
            return;
        }
        let passed = now.saturating_sub(self.last);
        if passed < SHORTEST_SAMPLE {
            return;
        }
        // Exact enough: a sample is far below 2^53 bytes.
        let sample = (total_bytes - self.last_bytes) as f64 / passed.as_secs_f64();
        self.bytes_per_second = Some(match self.bytes_per_second {
            None => sample,
            Some(before) => {
                let kept = (-passed.as_secs_f64() / HALF_LIFE.as_secs_f64()).exp2();
                sample + (before - sample) * kept
            }
        });
        self.last = now;
        self.last_bytes = total_bytes;
    }

    /// What can be said now about what is left; `None` before the first sample. Call [`Speed::update`] also while nothing
    /// moves, or a stopped transfer keeps its speed.
    pub fn estimate(&self, size_bytes: u64) -> Option<Estimate> {
        let bytes_per_second = self.bytes_per_second?;
        let left = size_bytes.saturating_sub(self.last_bytes) as f64;
        let warm = self.last.saturating_sub(self.started) >= WARM_UP;
        // Below one byte a second nothing moves, and the quotient may be more than a `Duration` holds.
        let time_left = (warm && bytes_per_second >= 1.0)
            .then(|| Duration::try_from_secs_f64(left / bytes_per_second).ok())
            .flatten();
        Some(Estimate { bytes_per_second, time_left })
    }
}
