//! The browser's clock and time zone, for code that is pure otherwise.

use std::time::Duration;

use leptos::prelude::*;
use openstack::Timestamp;
use openstack::time::Offset;

/// The time now, by this computer.
pub fn now() -> Timestamp {
    from_millis(js_sys::Date::now())
}

/// The user's offset from UTC at a moment (summer time differs from winter time).
pub fn offset_at(then: Timestamp) -> Offset {
    let millis = js_sys::Date::new(&(then.as_millisecond() as f64).into());
    // JavaScript counts minutes to UTC, so its sign is the other way round.
    let seconds = -(millis.get_timezone_offset() * 60.0) as i32;
    Offset::from_seconds(seconds)
}

/// A signal that changes every `period`, for texts that tell an age. Stops with its owner.
pub fn use_now(period: Duration) -> ReadSignal<Timestamp> {
    let (time, set_time) = signal(now());
    match set_interval_with_handle(move || set_time.set(now()), period) {
        Ok(handle) => on_cleanup(move || handle.clear()),
        Err(error) => leptos::logging::error!("the browser gives no timer: {error:?}"),
    }
    time
}

#[allow(clippy::cast_possible_truncation)] // A time in milliseconds fits for 290 million years.
fn from_millis(millis: f64) -> Timestamp {
    Timestamp::from_millisecond(millis as i64)
}
