//! The file.

use upload::{Event, Failure};

use super::{clean, failure, four, started, verified};
use crate::world::{Fate, Meddling};

/// Row 12: the file is replaced, appended to or removed.
#[test]
fn a_file_that_changes_or_vanishes_is_named_and_never_a_success() {
    for (what, notices, expected) in [
        (Meddling::ChangesFile, true, "HashFailed"),
        (Meddling::ChangesFile, false, "SourceChanged"),
        (Meddling::TakesFile, true, "HashFailed"),
    ] {
        let mut world = started(&[1, 2, 3, 4, 5, 6, 7, 8]);
        world.file.notices = notices;
        world.run_until("segment", 2);
        world.meddle(what);
        world.file.contents = vec![9, 10, 11, 12, 13, 14, 15, 16];
        let outcome = world.run();
        let reason = format!("{:?}", failure(&outcome));
        assert!(reason.starts_with(expected), "{what:?} {notices}: {reason}");
        assert_eq!((world.cloud.images.len(), world.journal.record.clone()), (0, None));
        // Everything is hashed anew.
        world.file.changed = false;
        world.file.lost = false;
        world.tell(Event::Retry);
        let outcome = world.run();
        verified(&outcome);
    }
}

/// Row 13: the store found other bytes than were hashed.
#[test]
fn other_bytes_than_hashed_are_read_again_once_and_the_second_time_the_file_changed() {
    let mut world = four();
    world.fault("segment", 1, Fate::Refused(422));
    let outcome = world.run();
    clean(&world, &outcome);
    assert_eq!((world.count("sample"), world.sent.len()), (1, 5));

    let mut world = started(&[1]);
    world.faults("segment", 1, Fate::Refused(422));
    let outcome = world.run();
    assert_eq!(failure(&outcome), &Failure::SourceChanged);
    assert_eq!(world.count("segment"), 2);
}

#[test]
fn hashing_that_fails_once_goes_on_from_where_it_was() {
    let mut world = four();
    world.fault("hashed", 3, Fate::Breaks);
    let outcome = world.run();
    clean(&world, &outcome);
    assert_eq!(world.count("hash"), 2);
}

/// A pause ends all hashing, also of the segment that is to be hashed again.
#[test]
fn a_segment_that_is_hashed_again_survives_a_pause() {
    let mut world = started(&[1, 2, 3, 4, 5, 6, 7, 8]);
    world.fault("segment", 1, Fate::Refused(422));
    world.run_until("sample", 1);
    world.tell(Event::Pause);
    world.run_for(60);
    world.tell(Event::Resume);
    let outcome = world.run();
    clean(&world, &outcome);
    assert_eq!(world.count("sample"), 2);
}
