//! Swift's moments: seconds with five decimals (swift/common/utils/timestamp.py), and the three ways it writes them.

use crate::clock::{Clock, at_micros, at_seconds};

/// A moment in units of 10 µs since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stamp(pub(super) i64);

const UNITS: i64 = 100_000;

impl Stamp {
    pub(super) fn now(clock: &Clock) -> Self {
        Self(clock.now().as_microsecond() / 10)
    }

    /// Whole seconds, rounded down.
    pub(super) fn seconds(self) -> i64 {
        self.0.div_euclid(UNITS)
    }

    /// `1795370205.46426`, as in `X-Timestamp`.
    pub(super) fn internal(self) -> String {
        format!("{}.{:05}", self.seconds(), self.0.rem_euclid(UNITS))
    }

    /// As in `Last-Modified`: rounded up to the next second.
    pub(super) fn last_modified(self) -> String {
        http_date(self.rounded_up())
    }

    /// As in listings, with all digits.
    pub(super) fn iso(self) -> String {
        at_micros(self.0.saturating_mul(10)).strftime("%Y-%m-%dT%H:%M:%S.%6f").to_string()
    }

    /// As in manifests, which take it from `Last-Modified`.
    pub(super) fn iso_of_last_modified(self) -> String {
        Self(self.rounded_up() * UNITS).iso()
    }

    fn rounded_up(self) -> i64 {
        -(-self.0).div_euclid(UNITS)
    }
}

/// `Sun, 22 Nov 2026 17:56:46 GMT`.
pub(super) fn http_date(seconds: i64) -> String {
    at_seconds(seconds).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_recorded() {
        let moment = Stamp(179_537_020_600_464);
        assert_eq!(moment.internal(), "1795370206.00464");
        assert_eq!(moment.last_modified(), "Sun, 22 Nov 2026 17:56:47 GMT");
        assert_eq!(moment.iso(), "2026-11-22T17:56:46.004640");
        assert_eq!(moment.iso_of_last_modified(), "2026-11-22T17:56:47.000000");
        assert_eq!(Stamp(179_537_020_600_000).last_modified(), "Sun, 22 Nov 2026 17:56:46 GMT");
    }
}
