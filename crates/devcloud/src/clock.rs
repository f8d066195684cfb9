//! The cloud's clock and its pace.
//!
//! Tests shift the clock forward instead of waiting for a token to expire, and set the pace to 0
//! instead of waiting for a server to build.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// The wall clock plus a shift. Clones share the shift.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    shift_ms: Arc<AtomicI64>,
}

impl Clock {
    /// Now, as this cloud sees it.
    pub fn now(&self) -> Timestamp {
        let shift = SignedDuration::from_millis(self.shift_ms.load(Ordering::Relaxed));
        let now = Timestamp::now();
        // Only a shift of thousands of years can leave the range of a timestamp.
        now.checked_add(shift).unwrap_or(now)
    }

    /// Moves the clock forward by this much, on top of earlier shifts. Tokens age; nothing waits.
    pub fn shift(&self, by: Duration) {
        let ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.shift_ms.fetch_add(ms, Ordering::Relaxed);
    }

    /// By how much the clock is ahead of the wall clock.
    pub fn shifted_by(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.shift_ms.load(Ordering::Relaxed)).unwrap_or(0))
    }
}

/// A moment that is kept in microseconds since 1970. One out of range is none of ours; it is told as the last that there is, or the
/// first.
pub(crate) fn at_micros(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(utmost(micros))
}

/// The same, of seconds.
pub(crate) fn at_seconds(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or(utmost(seconds))
}

fn utmost(from: i64) -> Timestamp {
    if from < 0 { Timestamp::MIN } else { Timestamp::MAX }
}

/// How long state changes take, as a factor on what a fast real cloud needs.
#[derive(Debug, Clone, Copy)]
pub struct Pace(f64);

impl Pace {
    /// `1.0` is lively, `0.0` is at once; anything negative or not a number counts as `0.0`.
    pub fn new(factor: f64) -> Self {
        Self(if factor.is_finite() && factor > 0.0 { factor.min(1000.0) } else { 0.0 })
    }

    /// The time that a step takes here which takes `usual` in a fast real cloud.
    pub fn of(self, usual: Duration) -> Duration {
        usual.mul_f64(self.0)
    }

    /// Waits for [`Pace::of`] `usual`. At pace 0 it only yields.
    pub async fn wait(self, usual: Duration) {
        let time = self.of(usual);
        if time.is_zero() {
            tokio::task::yield_now().await;
        } else {
            tokio::time::sleep(time).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shift_adds_up_and_is_shared_by_clones() {
        let clock = Clock::default();
        let clone = clock.clone();
        clock.shift(Duration::from_secs(60));
        clock.shift(Duration::from_secs(30));
        assert_eq!(clone.shifted_by(), Duration::from_secs(90));
        let ahead = clone.now().duration_since(Timestamp::now());
        assert!(
            (SignedDuration::from_secs(89)..=SignedDuration::from_secs(91)).contains(&ahead),
            "{ahead}"
        );
    }

    #[test]
    fn a_moment_out_of_range_is_the_last_one() {
        assert_eq!(at_micros(1_500_000).to_string(), "1970-01-01T00:00:01.5Z");
        assert_eq!(at_seconds(1_795_370_806).to_string(), "2026-11-22T18:06:46Z");
        assert_eq!((at_micros(i64::MAX), at_seconds(i64::MIN)), (Timestamp::MAX, Timestamp::MIN));
    }

    #[test]
    fn a_pace_that_makes_no_sense_is_no_wait() {
        for (factor, expected_ms) in
            [(0.0, 0), (1.0, 4000), (0.5, 2000), (-3.0, 0), (f64::NAN, 0), (f64::INFINITY, 0)]
        {
            assert_eq!(
                Pace::new(factor).of(Duration::from_secs(4)),
                Duration::from_millis(expected_ms),
                "{factor}"
            );
        }
    }
}
