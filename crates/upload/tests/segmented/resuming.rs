//! Going on after a crash.

use std::time::Duration;

use upload::Failure;

use super::{clean, failure, four, segments, started, verified};
use crate::world::{Journal, News};

/// Row 10: a reload, a dead tab, a killed browser.
#[test]
fn after_a_crash_only_what_was_in_flight_is_sent_again() {
    for nth in 1..=12 {
        let contents: Vec<u64> = (1..=12).collect();
        let mut world = started(&contents);
        world.run_until("segment", nth);
        world.crash();
        let outcome = world.run();
        clean(&world, &outcome);
        assert!(world.sent.len() <= 12 + world.most_flights, "{:?}", world.sent);
        assert!(world.count("sample") <= 3 && world.cloud.made == 1);
    }
}

#[test]
fn a_crash_at_any_moment_ends_in_a_verified_image_of_one_record() {
    for steps in 0..90 {
        let mut world = started(&[1, 2, 3, 4, 5]);
        for _ in 0..steps {
            world.step();
        }
        if world.engine.outcome().is_some() {
            return;
        }
        world.crash();
        let outcome = world.run();
        clean(&world, &outcome);
        assert!(world.count("sample") <= 3, "after {steps} steps");
    }
}

/// Row 11: another browser, another machine: nothing is remembered, everything is in the store.
#[test]
fn another_browser_hashes_everything_and_sends_nothing() {
    let mut world = four();
    world.run_until("manifest", 1);
    world.journal = Journal::default();
    world.plan.upload = "y".into();
    world.crash();
    let outcome = world.run();
    verified(&outcome);
    assert_eq!((world.sent.len(), segments(&world).present_bytes), (4, 40));
}

#[test]
fn what_was_hashed_of_another_file_is_forgotten() {
    let mut world = four();
    world.run_until("manifest", 1);
    world.file.contents = vec![5, 6, 7, 8];
    world.crash();
    let outcome = world.run();
    verified(&outcome);
    assert_eq!(world.sent.len(), 8);
    assert_eq!(
        world.cloud.images.values().next().map(|image| image.content.clone()),
        Some(world.file.parts())
    );
}

#[test]
fn the_record_of_an_earlier_run_is_used_followed_compared_or_replaced() {
    // (its state when the page comes back, records made in all, segments sent in all)
    for (status, made, imports) in [("queued", 1, 1), ("saving", 2, 1), ("deactivated", 2, 1)] {
        let mut world = four();
        world.run_until("segment", 2);
        for image in world.cloud.images.values_mut() {
            image.status = status.into();
        }
        world.crash();
        let outcome = world.run();
        clean(&world, &outcome);
        assert_eq!((world.cloud.made, world.count("import")), (made, imports), "{status}");
    }
    // Being imported, and imported meanwhile: nothing is sent, nothing begun again.
    for wait in [2, 3600] {
        let mut world = four();
        world.fetch = Duration::from_secs(30);
        world.run_until("import", 1);
        world.run_for(4);
        world.after(Duration::ZERO, News::Sleep(Duration::from_secs(wait)));
        world.after(Duration::ZERO, News::Crash);
        let outcome = world.run();
        clean(&world, &outcome);
        assert_eq!((world.sent.len(), world.count("import"), world.cloud.made), (4, 1, 1));
    }
    // Deleted meanwhile.
    let mut world = four();
    world.run_until("segment", 2);
    world.cloud.images.clear();
    world.crash();
    let outcome = world.run();
    clean(&world, &outcome);
    assert_eq!(world.cloud.made, 2);
}

/// Nobody can compare such an image with the file: so the file has to be what it was.
#[test]
fn an_image_of_an_earlier_run_is_no_success_when_the_file_changed_since() {
    let mut world = four();
    world.algorithm = "sha256";
    world.run_until("import", 1);
    world.run_for(4);
    world.crash();
    world.file.contents = vec![5, 6, 7, 8];
    let outcome = world.run();
    assert_eq!(failure(&outcome), &Failure::SourceChanged);
    assert_eq!(outcome.left().records, ["image-1"], "it is what the file was then");
}
