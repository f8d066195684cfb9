//! What the user does.

use upload::{Event, Failure, Outcome, Phase};

use super::{FOUR, clean, failure, four, segments, started, verified};
use crate::world::{Fate, World};

/// Row 21: cancelling at any moment leaves nothing, or tells it.
#[test]
fn cancelling_at_any_moment_leaves_nothing() {
    for steps in 0..400 {
        let mut world = started(&[1, 2, 3, 4, 5]);
        for _ in 0..steps {
            world.step();
        }
        if world.engine.outcome().is_some() {
            assert!(steps > 50, "over too soon to test anything");
            return;
        }
        world.tell(Event::Cancel);
        let outcome = match world.engine.outcome() {
            Some(outcome) => outcome.clone(),
            None => world.run(),
        };
        let ours = world.stored("").len();
        match &outcome {
            Outcome::Cancelled { left } => {
                assert!(left.is_nothing(), "{steps}: {left:?}");
                assert_eq!((world.cloud.images.len(), ours), (0, 0), "after {steps} steps");
            }
            // The image was verified by then: what is still to be removed expires, and is told.
            Outcome::Uploaded { left, .. } => assert!(left.objects.len() >= ours, "{left:?}"),
            Outcome::Failed { .. } => panic!("{outcome:?}"),
        }
    }
}

#[test]
fn cancelling_an_earlier_run_before_it_begins_removes_what_it_left() {
    let mut world = four();
    world.run_until("manifest", 1);
    world.crash();
    world.run_for(1);
    world.tell(Event::Cancel);
    let outcome = world.run();
    assert!(matches!(&outcome, Outcome::Cancelled { left } if left.is_nothing()), "{outcome:?}");
    assert_eq!((world.cloud.images.len(), world.stored("").len()), (0, 0));
}

#[test]
fn a_failed_upload_can_be_cancelled_to_remove_what_was_kept() {
    let mut world = four();
    world.fault("import", 1, Fate::Refused(403));
    let outcome = world.run();
    assert_eq!((outcome.left().objects.len(), world.stored("").len()), (4, 4));
    world.tell(Event::Cancel);
    let outcome = world.run();
    assert!(matches!(&outcome, Outcome::Cancelled { left } if left.is_nothing()), "{outcome:?}");
    assert_eq!(world.stored("").len(), 0);
}

#[test]
fn a_pause_at_any_moment_rests_everything_until_the_user_wants_it_to_go_on() {
    for steps in 1..400 {
        let mut world = started(&[1, 2, 3, 4, 5]);
        for _ in 0..steps {
            world.step();
        }
        if world.engine.outcome().is_some() {
            return;
        }
        world.tell(Event::Pause);
        // Once the import is asked for, it is the cloud that works.
        let paused = world.engine.view().phase == Phase::Paused && world.count("import") == 0;
        let (sent, hashed) = (world.sent.len(), world.count("hash"));
        world.run_for(600);
        if paused {
            assert_eq!(world.engine.view().phase, Phase::Paused);
            assert_eq!((world.sent.len(), world.count("hash")), (sent, hashed));
            assert_eq!(segments(&world).in_flight, 0);
        }
        if world.engine.outcome().is_none() {
            world.tell(Event::Resume);
            world.run();
        }
        let outcome = world.ended[0].clone();
        clean(&world, &outcome);
        assert!(world.sent.len() <= 5 + 2, "{:?}", world.sent);
    }
}

#[test]
fn signing_out_at_any_moment_tells_everything_and_a_retry_sends_only_what_is_missing() {
    for steps in 1..400 {
        let mut world = started(&[1, 2, 3, 4, 5]);
        for _ in 0..steps {
            world.step();
        }
        if world.engine.outcome().is_some() {
            return;
        }
        let flying = world.flights.len();
        world.tell(Event::SignedOut);
        let outcome = world.ended[0].clone();
        if matches!(outcome, Outcome::Uploaded { .. }) {
            continue;
        }
        assert_eq!(failure(&outcome), &Failure::SignedOut);
        let left = outcome.left();
        assert!(world.stored("").iter().all(|name| left.objects.contains(*name)), "{left:?}");
        let unnamed = world.cloud.images.keys().filter(|id| !left.records.contains(*id)).count();
        assert!(unnamed == 0 || left.perhaps_a_record);
        world.tell(Event::Retry);
        let outcome = world.run();
        verified(&outcome);
        assert!(world.sent.len() <= 5 + flying, "{steps}: {:?}", world.sent);
    }
}

#[test]
fn an_upload_without_an_allotment_waits_for_its_turn() {
    let mut world = World::new(&FOUR);
    world.tell(Event::Allot { width: 0 });
    world.start();
    world.run_for(60);
    assert_eq!(world.engine.view().phase, Phase::Queued);
    assert_eq!((world.sent.len(), world.count("hash"), world.cloud.made), (0, 0, 1));
    world.tell(Event::Allot { width: 1 });
    let outcome = world.run();
    clean(&world, &outcome);
    assert_eq!(world.most_flights, 1);
}

/// The next outcome takes the place of the last one: what that told must not be forgotten.
#[test]
fn a_record_that_could_not_be_removed_is_told_until_the_end() {
    for again in [Event::Cancel, Event::Retry] {
        let mut world = four();
        world.fault("import", 1, Fate::Refused(403));
        (1..=3).for_each(|nth| world.fault("delete-record", nth, Fate::Refused(500)));
        let outcome = world.run();
        let stays = vec!["image-1".to_owned()];
        assert_eq!(outcome.left().records, stays);
        world.tell(again);
        let outcome = world.run();
        assert_eq!(outcome.left().records, stays, "{outcome:?}");
    }
}
