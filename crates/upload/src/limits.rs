//! The engine's numbers, in one place with their reasons.

use std::time::Duration;

/// How often the whole file is sent again by itself before the user is asked. Each time may be an hour of sending.
pub(crate) const MOST_BREAKS: u32 = 5;
/// How often a renewed token may be refused in a row before it is called a failure.
pub(crate) const MOST_REFUSED_TOKENS: u32 = 3;
/// How often looking at the image may fail in a row (about eight minutes with the delays below).
pub(crate) const MOST_FAILED_LOOKS: u32 = 20;
/// How often removing a record is tried before it is reported as left behind.
pub(crate) const MOST_DELETES: u32 = 3;
/// How often hashing is tried: a crashed worker deserves a second chance, a file that cannot be read does not get better.
pub(crate) const MOST_HASHES: u32 = 2;

/// No byte leaves for this long: the connection is dead, though the browser has not noticed.
pub(crate) const STALLED_AFTER: Duration = Duration::from_secs(60);
/// The most that one tick adds to a stall: a laptop that slept has not stalled.
pub(crate) const LONGEST_TICK: Duration = Duration::from_secs(15);
/// All bytes have left and no reply comes: look at the image, without giving the request up. Glance may still be writing.
pub(crate) const PEEK_EVERY: Duration = Duration::from_secs(30);
/// All bytes have left, no reply, and the image is still empty: a gateway that buffers needs time to pass 100 GB on
/// (15 minutes at 1 Gbit/s), after this the connection is dead.
pub(crate) const SILENT_AND_EMPTY: Duration = Duration::from_secs(30 * 60);
/// The same while Glance says that it is saving, or says nothing.
pub(crate) const SILENT_AND_SAVING: Duration = Duration::from_secs(2 * 60 * 60);

/// `saving` without a request of ours, when a part of the body was sent: Glance notices a broken body within seconds
/// (wire: at most 2 s), so after this its worker is dead.
pub(crate) const SAVING_AFTER_PART: Duration = Duration::from_secs(90);
/// The same when the whole body was sent: a slow store may still be writing it.
pub(crate) const SAVING_AFTER_WHOLE: Duration = Duration::from_secs(600);

/// The delay before the n-th attempt in a row, counted from 0: 1, 2, 4 … 30 seconds.
pub(crate) fn backoff(attempt: u32) -> Duration {
    Duration::from_secs(2_u64.saturating_pow(attempt.min(5)).min(30))
}
