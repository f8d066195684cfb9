//! What travels, and what does not.

use std::time::Duration;

use upload::{Effect, Engine, Event, Plan};

use super::{DAY, FOUR, clean, four, segments, started, verified};
use crate::world::dice::md5;
use crate::world::{Meddling, World, plan};

#[test]
fn in_good_weather_every_content_is_sent_once_and_nothing_stays() {
    let mut world = started(&[1, 2, 3, 4, 5, 6, 7, 8, 9]);
    let outcome = world.run();
    clean(&world, &outcome);
    assert_eq!((world.sent.len(), world.count("manifest"), world.count("import")), (9, 4, 1));
    let view = segments(&world);
    assert_eq!((view.wire_bytes, view.left_bytes, view.resent_bytes), (90, 0, 0));
    assert_eq!((view.segments, view.segment_bytes, world.engine.view().sent_bytes), (9, 10, 90));
}

/// Row 27: sizes around one segment and around one manifest.
#[test]
fn every_size_around_a_segment_and_a_manifest_arrives_whole() {
    for size in [1_u64, 9, 10, 11, 39, 40, 41, 159, 160, 161, 641] {
        let contents: Vec<u64> = (0..size.div_ceil(10)).collect();
        let mut world = World::with(plan(size), &contents);
        world.start();
        let outcome = world.run();
        clean(&world, &outcome);
        assert_eq!(world.sent.len(), contents.len(), "{size} bytes");
    }
}

/// Row 27: an empty file goes the direct road, whatever was planned.
#[test]
fn an_empty_file_goes_the_direct_road() {
    let mut engine = Engine::segmented(plan(0));
    let mut effects = engine.handle(Event::Start, Duration::ZERO);
    let Some(Effect::CreateRecord { ticket }) = effects.pop() else { panic!("{effects:?}") };
    let created = Event::RecordCreated { ticket, id: "a".into() };
    let effects = engine.handle(created, Duration::ZERO);
    assert!(matches!(effects.as_slice(), [Effect::Send { .. }]), "{effects:?}");
    assert_eq!(engine.view().segments, None);
}

/// Row 27: 200 GB of zeros are two requests with data (the last segment is shorter), twelve manifests and their root.
#[test]
fn two_hundred_gigabytes_of_zeros_are_two_requests_with_data() {
    let size = 200_000_000_000;
    let plan = Plan { segment_bytes: 32 << 20, leaf_entries: 512, ..plan(size) };
    let mut world = World::with(plan, &[0; 5961]);
    world.start();
    let outcome = world.run();
    clean(&world, &outcome);
    assert_eq!((world.sent.len(), world.count("manifest")), (2, 13));
    assert_eq!(segments(&world).repeated_bytes, 5959 * (32 << 20));
}

#[test]
fn runs_of_zeros_and_repeated_segments_are_sent_once() {
    let mut world = started(&[0, 0, 7, 0, 7, 0]);
    let outcome = world.run();
    clean(&world, &outcome);
    assert_eq!((world.sent.len(), segments(&world).repeated_bytes), (2, 40));
}

#[test]
fn what_the_store_has_is_not_sent_again_unless_it_expires_soon() {
    let mut world = four();
    world.has(1, DAY, md5((1, 10)));
    world.has(2, DAY - 2, md5((2, 10)));
    // Less than 72 hours are left.
    world.has(3, 20_836, md5((3, 10)));
    let outcome = world.run();
    verified(&outcome);
    assert_eq!((world.sent.len(), segments(&world).present_bytes), (2, 20));
}

/// Row 29: a name proves nothing.
#[test]
fn a_poisoned_segment_is_overwritten() {
    let mut world = four();
    world.has(1, DAY, "another".into());
    world.has(2, DAY, md5((2, 9)));
    let outcome = world.run();
    clean(&world, &outcome);
    assert_eq!(world.sent.len(), 4);
}

/// Row 23: somebody else's upload builds upon the same segments.
#[test]
fn segments_stay_while_another_upload_of_the_user_lives_and_that_is_told() {
    let mut world = four();
    world.meddle(Meddling::Leases);
    world.cloud.container = true;
    let outcome = world.run();
    verified(&outcome);
    assert_eq!(world.stored("").len(), 4, "only segments");
    assert_eq!(outcome.left().objects.len(), 4);
    assert_eq!(outcome.left().objects_expire_unix_s, Some(DAY * 86_400));
}

#[test]
fn segments_that_the_user_wants_to_keep_are_kept_and_not_called_left_behind() {
    let mut world = World::with(Plan { keep_segments: true, ..plan(40) }, &FOUR);
    world.start();
    let outcome = world.run();
    verified(&outcome);
    assert_eq!((world.stored("s/").len(), world.stored("").len()), (4, 4));
    assert!(outcome.left().is_nothing());
}
