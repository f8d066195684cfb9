//! What the objects in the container are called, and when they expire.
//!
//! A segment's name says whose it is, when it expires and what is in it: so it needs no `HEAD` to know whether it will
//! live long enough, no count of references, and no upload's id. Expiry days come in buckets of a week, or the same
//! content would have another name every day.

use std::collections::BTreeMap;

use crate::plan::{HashedSegment, StoredObject};

const DAY_S: u64 = 24 * 60 * 60;
/// Segments live at least this long: the longest upload that is not repeated, plus an import.
const LEAST_DAYS: u64 = 8;
/// Expiry days are multiples of this.
const BUCKET_DAYS: u64 = 7;
/// What expires sooner is not built upon.
pub(super) const LEAST_LEFT_S: u64 = 72 * 60 * 60;

/// The day (since 1970) on which what is made now expires.
pub(super) fn expiry_day(now_unix_s: u64) -> u64 {
    (now_unix_s.div_ceil(DAY_S) + LEAST_DAYS).next_multiple_of(BUCKET_DAYS)
}

/// `X-Delete-At` of a day.
pub(super) fn delete_at(day: u64) -> u64 {
    day.saturating_mul(DAY_S)
}

/// Whether what expires on this day may still be built upon.
pub(super) fn lives_long_enough(day: u64, now_unix_s: u64) -> bool {
    delete_at(day) > now_unix_s.saturating_add(LEAST_LEFT_S)
}

/// What a segment's name ends with: its content.
pub(super) fn tail(segment: &HashedSegment) -> String {
    format!("{}-{}", segment.blake3, segment.length_bytes)
}

/// What the names of all segments of a user begin with.
pub(super) fn segments_of(user: &str) -> String {
    format!("s/{user}/")
}

/// A segment's whole name.
pub(super) fn segment(user: &str, day: u64, tail: &str) -> String {
    format!("s/{user}/{day}/{tail}")
}

/// What the names of all leases of a user begin with.
pub(super) fn leases_of(user: &str) -> String {
    format!("lease/{user}/")
}

/// The note that this upload is under way.
pub(super) fn lease(user: &str, upload: &str) -> String {
    format!("lease/{user}/{upload}")
}

/// The n-th manifest below the root.
pub(super) fn leaf(user: &str, upload: &str, n: usize) -> String {
    format!("m/{user}/{upload}/{n}")
}

/// The manifest of the whole file.
pub(super) fn root(user: &str, upload: &str) -> String {
    format!("m/{user}/{upload}/root")
}

/// A segment that the store has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) day: u64,
    pub(super) size_bytes: u64,
    pub(super) md5: String,
}

/// The segments of a listing by the ends of their names; of the same content the one that lives longest. What expires
/// too soon is left out.
pub(super) fn sort_listing(
    user: &str,
    objects: Vec<StoredObject>,
    now_unix_s: u64,
) -> BTreeMap<String, Vec<Listed>> {
    let prefix = segments_of(user);
    let mut found: BTreeMap<String, Vec<Listed>> = BTreeMap::new();
    for object in objects {
        let Some((day, tail)) =
            object.name.strip_prefix(&prefix).and_then(|rest| rest.split_once('/'))
        else {
            continue;
        };
        let Ok(day) = day.parse::<u64>() else { continue };
        if lives_long_enough(day, now_unix_s) {
            let listed = Listed { day, size_bytes: object.size_bytes, md5: object.md5 };
            found.entry(tail.to_owned()).or_default().push(listed);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_lives_for_eight_days_at_least_and_fifteen_at_most() {
        for now in (0..40 * DAY_S).step_by(3571) {
            let left = delete_at(expiry_day(now)) - now;
            assert!((LEAST_DAYS * DAY_S..=15 * DAY_S).contains(&left), "{now}: {left}");
            assert_eq!(expiry_day(now) % BUCKET_DAYS, 0);
            assert!(lives_long_enough(expiry_day(now), now));
        }
    }

    #[test]
    fn a_listing_is_sorted_by_content_without_what_expires_soon() {
        let object =
            |name: &str| StoredObject { name: name.to_owned(), size_bytes: 5, md5: "d".to_owned() };
        let names = ["s/u/10/a-5", "s/u/14/a-5", "s/u/3/a-5", "s/v/14/b-5", "s/u/x/c-5", "s/u/14"];
        let found = sort_listing("u", names.map(object).to_vec(), 2 * DAY_S);
        let days: Vec<u64> = found["a-5"].iter().map(|listed| listed.day).collect();
        assert_eq!((found.len(), days), (1, vec![10, 14]));
    }
}
