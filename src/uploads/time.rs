//! The clock of everything that is sent: it never goes back, and it goes on while the computer sleeps.
//!
//! `performance.now()` alone stands still during sleep on most systems, and `Date` alone jumps when somebody sets the
//! clock. So each step of time is the larger of the two: a sleep counts in full, a clock set back not at all. A clock set
//! forward looks like a sleep, which costs no more than the requests in flight.

use std::cell::Cell;
use std::time::Duration;

use leptos::prelude::window;

/// What both clocks said last, and the time that we made of it; milliseconds.
#[derive(Clone, Copy, Default)]
struct Reading {
    running: f64,
    wall: f64,
    total: f64,
}

thread_local! {
    static LAST: Cell<Option<Reading>> = const { Cell::new(None) };
}

/// Time since this was first asked for.
pub(crate) fn monotonic() -> Duration {
    let running = window().performance().map_or(0.0, |performance| performance.now());
    let wall = js_sys::Date::now();
    let next = step(LAST.get(), running, wall);
    LAST.set(Some(next));
    Duration::from_secs_f64(next.total / 1000.0)
}

fn step(last: Option<Reading>, running: f64, wall: f64) -> Reading {
    let passed = last.map_or(0.0, |last| (running - last.running).max(wall - last.wall).max(0.0));
    Reading { running, wall, total: last.unwrap_or_default().total + passed }
}

/// Seconds since 1970 by this computer.
pub(super) fn unix_s() -> u64 {
    whole_seconds(js_sys::Date::now() / 1000.0)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Far below 2^53 and never before 1970.
fn whole_seconds(seconds: f64) -> u64 {
    seconds.max(0.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleep_counts_and_a_clock_set_back_does_not() {
        let check = |running: f64, wall: f64, expected: f64| {
            let last = Reading { running: 1000.0, wall: 50_000.0, total: 700.0 };
            let total = step(Some(last), running, wall).total;
            assert!((total - expected).abs() < 1e-6, "{running} {wall}: {total}");
        };
        check(2000.0, 51_000.0, 1700.0);
        check(1010.0, 650_000.0, 600_700.0);
        check(2000.0, 10.0, 1700.0);
        check(1000.0, 50_000.0, 700.0);
    }
}
