//! The import.

use std::time::Duration;

use upload::{Check, Event, Failure, Mismatch, Outcome};

use super::{clean, failure, four, seconds};
use crate::world::{Fate, Meddling};

/// Row 18: a failed import is begun again twice; then the segments are kept for another try.
#[test]
fn a_failed_import_is_tried_three_times_and_the_segments_are_kept() {
    let mut world = four();
    (1..=3).for_each(|nth| world.fault("fetch", nth, Fate::Breaks));
    let outcome = world.run();
    let words = "Task failed due to Internal Error".to_owned();
    assert_eq!(failure(&outcome), &Failure::ImportFailed { message: words });
    assert_eq!((world.count("import"), world.sent.len()), (3, 4));
    assert_eq!((world.cloud.images.len(), world.stored("").len()), (0, 4));
    world.tell(Event::Retry);
    let outcome = world.run();
    clean(&world, &outcome);
    assert_eq!((world.sent.len(), world.count("hash")), (4, 1), "nothing sent or hashed again");
}

#[test]
fn an_import_that_fails_as_something_vanished_is_healed() {
    let mut world = four();
    world.run_until("import", 1);
    world.meddle(Meddling::DeletesSegment);
    let outcome = world.run();
    clean(&world, &outcome);
    assert_eq!((world.sent.len(), world.count("import")), (5, 2));
}

/// Row 19: the worker in the cloud dies; another image from the same segments.
#[test]
fn an_import_without_an_end_gets_another_image_from_the_same_segments() {
    let mut world = four();
    world.fault("worker", 1, Fate::Breaks);
    let outcome = world.run();
    clean(&world, &outcome);
    assert_eq!((world.sent.len(), world.count("create"), world.count("import")), (4, 2, 2));
    assert!(seconds(&world) > 3600);

    let mut world = four();
    world.fault("worker", 1, Fate::Breaks);
    world.fault("worker", 2, Fate::Breaks);
    let outcome = world.run();
    assert_eq!(failure(&outcome), &Failure::ImportStuck);
    assert_eq!((world.cloud.images.len(), world.stored("s/").len()), (0, 4));
}

/// The reply is lost, but the record names its import.
#[test]
fn an_import_that_waits_in_the_cloud_is_not_begun_twice() {
    let mut world = four();
    world.shows_tasks = false;
    world.fault("import", 1, Fate::ReplyLost);
    let outcome = world.run();
    clean(&world, &outcome);
    assert_eq!(world.count("import"), 1);
}

#[test]
fn an_import_that_is_refused_is_told_with_the_words_of_the_cloud() {
    let mut world = four();
    world.fault("import", 1, Fate::Refused(403));
    let outcome = world.run();
    let refused = Failure::ImportRefused { status: 403, message: "words".into() };
    assert_eq!(failure(&outcome), &refused);
    assert_eq!((world.cloud.images.len(), world.stored("").len()), (0, 4));
}

#[test]
fn an_import_whose_acceptance_was_lost_is_recognised() {
    for fate in [Fate::ReplyLost, Fate::DoneBut(502)] {
        let mut world = four();
        world.fault("import", 1, fate);
        let outcome = world.run();
        clean(&world, &outcome);
        assert_eq!(world.cloud.made, 1);
    }
}

/// Row 20: the image is not the file.
#[test]
fn an_image_that_is_not_the_file_is_deleted_and_never_a_success() {
    let mut world = four();
    world.fault("fetch", 1, Fate::Twice);
    let outcome = world.run();
    assert!(matches!(failure(&outcome), Failure::Mismatch(Mismatch::Sha512 { .. })));
    assert_eq!(world.cloud.images.len(), 0);
}

#[test]
fn a_hash_that_cannot_be_compared_is_said() {
    let mut world = four();
    world.algorithm = "sha256";
    let outcome = world.run();
    let check = Check::NotComparable { algorithm: Some("sha256".into()) };
    assert!(matches!(outcome, Outcome::Uploaded { check: own, .. } if own == check));
}

#[test]
fn an_image_that_somebody_deletes_ends_it() {
    let mut world = four();
    world.fetch = Duration::from_secs(60);
    world.run_until("import", 1);
    world.run_for(20);
    world.meddle(Meddling::DeletesImage);
    let outcome = world.run();
    assert_eq!(failure(&outcome), &Failure::Gone);
    assert_eq!(outcome.left().records, Vec::<String>::new());
}

/// A listing may be older than what was sent: nothing travels twice because of it.
#[test]
fn what_was_sent_and_is_not_listed_yet_is_looked_at_before_it_is_sent_again() {
    let mut world = four();
    world.cloud.lag_s = 3600;
    world.fault("fetch", 1, Fate::Breaks);
    let outcome = world.run();
    clean(&world, &outcome);
    assert_eq!((world.sent.len(), world.count("look-object")), (4, 4));
}
