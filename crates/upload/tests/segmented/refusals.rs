//! No room; hidden answers.

use upload::{Event, Failure, StoreStep};

use super::{DAY, clean, failure, four, seconds, started};
use crate::world::dice::md5;
use crate::world::{Fate, Meddling};

/// Row 14: a visible 413.
#[test]
fn no_room_is_told_with_the_bytes_that_are_missing_and_what_was_sent_is_kept() {
    let mut world = started(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    world.cloud.quota = Some(90);
    let outcome = world.run();
    let Failure::StoreFull { missing_bytes: 10, quota_bytes: Some(90), message } =
        failure(&outcome)
    else {
        panic!("{outcome:?}")
    };
    assert_eq!(
        (message.as_str(), world.stored("s/").len(), world.stored("").len()),
        ("words", 9, 9)
    );
    assert_eq!(outcome.left().objects.len(), 9, "and told");
    assert!(outcome.left().objects_expire_unix_s.is_some());
    // More room: only what is missing travels.
    world.cloud.quota = None;
    let sent = world.sent.len();
    world.tell(Event::Retry);
    let outcome = world.run();
    clean(&world, &outcome);
    assert_eq!((world.sent.len() - sent, world.count("hash")), (1, 1));
}

/// Row 5: the same where the page may not see it: the container's quota explains the silence.
#[test]
fn a_hidden_413_is_explained_by_the_quota() {
    let mut world = four();
    world.cross_origin = true;
    world.cloud.quota = Some(5);
    let outcome = world.run();
    let reason = failure(&outcome);
    let full = matches!(
        reason,
        Failure::StoreFull { missing_bytes: 40, quota_bytes: Some(5), message } if message.is_empty()
    );
    assert!(full, "{reason:?}");

    // It would fit if the container were empty; who knows.
    let mut world = four();
    world.cross_origin = true;
    world.cloud.quota = Some(45);
    world.has(77, DAY, md5((77, 10)));
    world.has(78, DAY, md5((78, 10)));
    let outcome = world.run();
    let reason = failure(&outcome);
    let silent = matches!(
        reason,
        Failure::StoreSilent { step: StoreStep::Segment, quota_bytes: Some(45), .. }
    );
    assert!(silent, "{reason:?}");
}

/// Row 5: a refusal that is hidden, and nothing explains it.
#[test]
fn a_store_that_stays_silent_is_named() {
    let mut world = four();
    world.cross_origin = true;
    world.faults("segment", 1, Fate::Refused(498));
    let outcome = world.run();
    let reason = failure(&outcome);
    let silent = matches!(
        reason,
        Failure::StoreSilent { step: StoreStep::Segment, quota_bytes: None, missing_bytes: 40 }
    );
    assert!(silent, "{reason:?}");
    assert_eq!(world.count("look-store"), 1);

    let mut world = four();
    world.faults("open", 1, Fate::Breaks);
    let outcome = world.run();
    assert!(matches!(failure(&outcome), Failure::StoreSilent { step: StoreStep::Open, .. }));
    assert_eq!(world.cloud.images.len(), 0, "no record stays");
}

/// Row 5: an account's quota is hidden and cannot be asked for; finding out costs a few segments, not the file.
#[test]
fn a_refusal_in_secret_costs_a_few_segments_only() {
    let many: Vec<u64> = (1..=100).collect();
    let mut world = started(&many);
    world.cross_origin = true;
    world.faults("segment", 1, Fate::Refused(413));
    let outcome = world.run();
    assert!(matches!(failure(&outcome), Failure::StoreSilent { quota_bytes: None, .. }));
    let sent = world.count("segment");
    assert!((8..=16).contains(&sent), "{sent} segments");
    assert_eq!(world.count("look-store"), 1);
    let waited = seconds(&world);
    assert!((20..300).contains(&waited), "{waited} s");
}

/// Row 8: a line that is down while the browser believes that it is not. Only questions are lost, for as long as it takes.
#[test]
fn a_line_that_is_down_for_hours_is_waited_for() {
    let mut world = four();
    world.fault("segment", 1, Fate::Breaks);
    world.fault("segment", 2, Fate::Breaks);
    for nth in 1..=400 {
        world.fault("look-object", nth, Fate::Breaks);
    }
    let outcome = world.run();
    clean(&world, &outcome);
    assert_eq!(world.count("segment"), 6, "two were sent again");
    let hours = seconds(&world) / 3600;
    assert!((2..12).contains(&hours), "{hours} h");
}

#[test]
fn a_refusal_that_will_not_change_is_told_at_once() {
    for (kind, step) in [
        ("open", StoreStep::Open),
        ("lease", StoreStep::Lease),
        ("list", StoreStep::List),
        ("segment", StoreStep::Segment),
        ("manifest", StoreStep::Manifest),
    ] {
        let mut world = four();
        world.faults(kind, 1, Fate::Refused(403));
        let outcome = world.run();
        let reason = failure(&outcome);
        let told =
            matches!(reason, Failure::StoreRefused { step: own, status: 403, .. } if *own == step);
        assert!(told, "{kind}: {reason:?}");
        assert_eq!((world.cloud.images.len(), world.stored("m/").len()), (0, 0));
        let told = &outcome.left().objects;
        assert!(world.stored("").iter().all(|name| told.contains(*name)), "{outcome:?}");
    }
}

#[test]
fn a_container_that_vanishes_is_made_again_and_filled_again() {
    let mut world = started(&[1, 2, 3, 4, 5, 6]);
    world.run_until("segment", 4);
    world.meddle(Meddling::DeletesContainer);
    let outcome = world.run();
    clean(&world, &outcome);
    assert_eq!(world.count("open"), 2);
}
