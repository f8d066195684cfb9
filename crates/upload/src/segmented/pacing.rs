//! How many requests at a time, and how long to wait before the next try.

use std::time::Duration;

/// Two hide the waiting for replies on a slow line, and a break loses at most two segments.
const START_WIDTH: usize = 2;
/// As many as are tried without a reason.
const USUAL_WIDTH: usize = 4;
/// Browsers open six connections to a host; one is for everything else.
const MOST_WIDTH: usize = 5;
/// Below 50 Mbit/s more requests only share the line (bytes per second).
const SLOW: f64 = 6_000_000.0;
/// Speed is judged over this long.
const WINDOW: Duration = Duration::from_secs(4);
/// One more request must bring this much.
const WORTH: f64 = 1.1;
/// After one more brought nothing, this long passes before it is tried again.
const HOLD: Duration = Duration::from_secs(60);

/// The first delay before another try.
const FIRST_DELAY: Duration = Duration::from_millis(500);
/// The longest.
const LONGEST_DELAY: Duration = Duration::from_secs(60);

/// How many requests with data may be in flight.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pacing {
    width: usize,
    allotted: usize,
    window_from: Duration,
    window_bytes: u64,
    /// The speed before the last request was added.
    before: Option<f64>,
    hold_until: Duration,
}

impl Pacing {
    pub(super) fn new() -> Self {
        Self {
            width: START_WIDTH,
            allotted: MOST_WIDTH,
            window_from: Duration::ZERO,
            window_bytes: 0,
            before: None,
            hold_until: Duration::ZERO,
        }
    }

    pub(super) fn allot(&mut self, width: usize) {
        self.allotted = width;
    }

    /// Whether others come first.
    pub(super) fn waits_its_turn(&self) -> bool {
        self.allotted == 0
    }

    /// The most requests that may be in flight when one more begins.
    pub(super) fn limit(&self) -> usize {
        self.width.min(self.allotted)
    }

    /// The measurement begins anew: after a break, a pause, a sleep.
    pub(super) fn restart(&mut self, now: Duration) {
        self.window_from = now;
        self.window_bytes = 0;
    }

    /// Bytes left, while this many requests were in flight.
    pub(super) fn moved(&mut self, bytes: u64, in_flight: usize, now: Duration) {
        if in_flight < self.limit() {
            // Not the line was the limit but the hashing, or the end of the file.
            return self.restart(now);
        }
        self.window_bytes += bytes;
        let passed = now.saturating_sub(self.window_from);
        if passed >= WINDOW {
            self.judge(self.window_bytes as f64 / passed.as_secs_f64(), now);
            self.restart(now);
        }
    }

    fn judge(&mut self, rate: f64, now: Duration) {
        if rate < SLOW {
            self.width = START_WIDTH;
            self.before = None;
            return;
        }
        match self.before {
            None if self.width < USUAL_WIDTH => self.one_more(rate, now),
            Some(before) if rate >= before * WORTH && self.width < MOST_WIDTH => {
                self.one_more(rate, now)
            }
            Some(before) if rate < before * WORTH => {
                self.width = (self.width - 1).max(START_WIDTH);
                self.before = None;
                self.hold_until = now + HOLD;
            }
            _ => {}
        }
    }

    fn one_more(&mut self, rate: f64, now: Duration) {
        if now >= self.hold_until && self.width < self.allotted {
            self.before = Some(rate);
            self.width += 1;
        }
    }
}

/// The delay before the n-th try again, counted from 0: half a second, doubled each time, at most a minute; up to half
/// of it less, by chance, or every page of a cloud would come back at the same moment. `dice` is any number.
pub(super) fn delay(attempt: u32, dice: u64) -> Duration {
    let full = FIRST_DELAY.saturating_mul(2_u32.saturating_pow(attempt)).min(LONGEST_DELAY);
    let part = u32::try_from(mix(dice) % 512).unwrap_or_default();
    full / 2 + (full / 2) * part / 512
}

/// splitmix64's last step: neighbouring numbers become far ones.
pub(super) fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line of `total` bytes a second of which one request gets at most `each`; the width after a minute.
    fn width_on(total: u64, each: u64) -> usize {
        let mut pacing = Pacing::new();
        for second in 1..=60 {
            let flying = pacing.limit();
            let bytes = total.min(each * flying as u64);
            pacing.moved(bytes, flying, Duration::from_secs(second));
        }
        pacing.limit()
    }

    #[test]
    fn two_on_a_slow_line_more_while_more_is_faster() {
        assert_eq!(width_on(2_500_000, 2_500_000), 2, "20 Mbit/s");
        assert_eq!(width_on(125_000_000, 125_000_000), 2, "one request fills the line");
        assert_eq!(width_on(125_000_000, 45_000_000), 3, "three fill it");
        assert_eq!(width_on(1_000_000_000, 50_000_000), 5, "each brings more");
    }

    #[test]
    fn never_more_than_allotted() {
        let mut pacing = Pacing::new();
        pacing.allot(1);
        for second in 1..100 {
            pacing.moved(100_000_000, 1, Duration::from_secs(second));
            assert_eq!(pacing.limit(), 1);
        }
        pacing.allot(0);
        assert_eq!((pacing.limit(), pacing.waits_its_turn()), (0, true));
    }

    /// Row 3 of the fault matrix (`docs/uploads.md`): backoff 0.5 s doubled, jitter, at most 60 s.
    #[test]
    fn delays_double_from_half_a_second_to_a_minute_with_jitter() {
        for (attempt, most) in [(0, 500), (1, 1000), (3, 4000), (7, 60_000), (40, 60_000)] {
            let delays: Vec<u128> = (0..50).map(|n| delay(attempt, n).as_millis()).collect();
            let (low, high) = (delays.iter().min().unwrap(), delays.iter().max().unwrap());
            assert!(*low >= most / 2 && *high <= most && high > low, "{attempt}: {low} {high}");
        }
    }
}
