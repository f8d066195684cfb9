//! The road in segments, rule by rule. "Row" is a row of the fault matrix in `docs/uploads.md`.
#![allow(clippy::panic, clippy::indexing_slicing, reason = "a test that fails says so")]

mod world;

use std::time::Duration;

use upload::{
    Check, Effect, Engine, Event, Failure, Mismatch, Outcome, Patience, Phase, Plan, SegmentsView,
    StoreStep,
};
use world::dice::md5;
use world::{Fate, Meddling, News, World, plan};

/// The day on which segments expire that are made at the world's beginning.
const DAY: u64 = 20_846;
const FOUR: [u64; 4] = [1, 2, 3, 4];

fn four() -> World {
    started(&FOUR)
}

fn started(contents: &[u64]) -> World {
    let mut world = World::new(contents);
    world.start();
    world
}

#[track_caller]
fn verified(outcome: &Outcome) {
    let good = matches!(outcome, Outcome::Uploaded { check: Check::Verified, .. });
    assert!(good, "{outcome:?}");
}

/// Verified, and nothing stays but the image.
#[track_caller]
fn clean(world: &World, outcome: &Outcome) {
    verified(outcome);
    assert!(outcome.left().is_nothing(), "{outcome:?}");
    assert_eq!((world.stored(""), world.cloud.images.len()), (vec![], 1));
}

#[track_caller]
fn failure(outcome: &Outcome) -> &Failure {
    match outcome {
        Outcome::Failed { reason, .. } => reason,
        other => panic!("{other:?}"),
    }
}

fn segments(world: &World) -> SegmentsView {
    world.engine.view().segments.unwrap_or_else(|| panic!("no segments"))
}

fn seconds(world: &World) -> u64 {
    world.now.as_secs()
}

// What travels, and what does not.

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

// The line breaks.

/// Row 1: reset in the middle of a segment.
#[test]
fn a_break_in_the_middle_of_a_segment_sends_that_one_again() {
    let mut world = four();
    world.fault("segment", 2, Fate::Breaks);
    let outcome = world.run();
    clean(&world, &outcome);
    assert_eq!((world.sent.len(), segments(&world).resent_bytes), (5, 5));
}

/// Row 2: reset after the body, before the reply.
#[test]
fn a_lost_reply_is_found_out_by_looking_and_nothing_is_sent_again() {
    for fate in [Fate::ReplyLost, Fate::DoneBut(504)] {
        let mut world = four();
        world.fault("segment", 2, fate);
        let outcome = world.run();
        clean(&world, &outcome);
        assert_eq!((world.sent.len(), world.count("look-object")), (4, 1));
        assert_eq!(segments(&world).resent_bytes, 0);
    }
}

/// Row 3: 5xx again and again: twelve more tries with growing delays, then a named end.
#[test]
fn a_store_that_is_down_is_asked_with_growing_delays_and_then_no_more() {
    let mut world = started(&[1]);
    world.faults("segment", 1, Fate::Refused(503));
    let outcome = world.run();
    let reason = failure(&outcome);
    assert!(
        matches!(reason, Failure::KeepsBreaking { breaks: 13, last: Some((503, _)) }),
        "{reason:?}"
    );
    assert_eq!(world.count("segment"), 13);
    assert!((200..600).contains(&seconds(&world)), "{} s", seconds(&world));
    assert_eq!(world.stored(""), Vec::<&String>::new());
}

#[test]
fn patience_is_new_whenever_anything_progresses() {
    let mut world = started(&[1, 2]);
    // Twelve failures each: 24 in a row would be too many.
    (1..=24).for_each(|nth| world.fault("segment", nth, Fate::Refused(503)));
    let outcome = world.run();
    clean(&world, &outcome);
}

/// Row 6: the whole queue rests as long as the cloud asks for.
#[test]
fn retry_after_rests_the_whole_queue() {
    let mut world = started(&[1, 2, 3, 4, 5, 6]);
    world.fault("segment", 3, Fate::RetryAfter(429, 40));
    world.run_until("segment", 3);
    world.run_for(4);
    let (sent, at) = (world.sent.len(), world.now);
    world.run_for(30);
    assert_eq!(world.sent.len(), sent, "sent while resting, at {at:?}");
    let outcome = world.run();
    clean(&world, &outcome);
    assert_eq!(world.sent.len(), 7);
}

/// Row 7: no progress for 30 s: abort, look, send again.
#[test]
fn a_stalled_request_is_given_up_after_half_a_minute() {
    let mut world = four();
    world.fault("segment", 1, Fate::Hangs);
    let outcome = world.run();
    clean(&world, &outcome);
    assert_eq!((world.sent.len(), world.count("look-object")), (5, 1));
    assert!((30..75).contains(&seconds(&world)), "{} s", seconds(&world));
}

/// Row 7: silence after the last byte: 120 s, then a look.
#[test]
fn silence_after_the_last_byte_is_looked_into_after_two_minutes() {
    let mut world = four();
    world.fault("segment", 1, Fate::DoneAndHangs);
    let outcome = world.run();
    clean(&world, &outcome);
    assert_eq!(world.sent.len(), 4);
    assert!((120..165).contains(&seconds(&world)), "{} s", seconds(&world));
}

/// Row 8: five minutes offline.
#[test]
fn a_network_that_goes_away_costs_nothing_and_it_goes_on_at_once() {
    let mut world = four();
    world.run_until("segment", 2);
    world.tell(Event::Offline);
    assert_eq!(world.engine.view().phase, Phase::Offline);
    let sent = world.sent.len();
    world.run_for(300);
    assert_eq!(world.sent.len(), sent);
    world.tell(Event::Online);
    world.run_for(2);
    assert!(world.sent.len() > sent, "goes on within seconds");
    let outcome = world.run();
    clean(&world, &outcome);
    // Those in flight, and no others.
    assert!(world.sent.len() <= 6, "{:?}", world.sent);
}

/// Row 9: the computer slept.
#[test]
fn after_a_sleep_what_was_in_flight_is_looked_at_and_it_goes_on() {
    let mut world = four();
    world.fault("segment", 1, Fate::Hangs);
    world.fault("segment", 2, Fate::DoneAndHangs);
    world.run_until("segment", 2);
    world.run_for(6);
    let sleep = Duration::from_secs(3600);
    world.after(Duration::ZERO, News::Sleep(sleep));
    let woken = world.now + sleep;
    let outcome = world.run();
    clean(&world, &outcome);
    assert_eq!(world.sent.len(), 5, "the one that arrived is not sent again");
    assert!(world.now - woken < Duration::from_secs(60));
}

/// Row 26: duplicated and late replies.
#[test]
fn answers_that_come_twice_change_nothing() {
    let mut world = started(&[1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for kind in ["create", "open", "lease", "list", "segment", "manifest", "import", "task"] {
        world.faults(kind, 1, Fate::Twice);
    }
    for kind in ["look-image", "delete-object"] {
        world.faults(kind, 1, Fate::Twice);
    }
    let outcome = world.run();
    clean(&world, &outcome);
    assert_eq!((world.sent.len(), world.count("import"), world.count("create")), (9, 1, 1));
    world.run_for(120);
    assert_eq!(world.ended.len(), 1);
}

// The token.

/// Row 4: a 401 that the page may see.
#[test]
fn one_renewed_token_serves_all_and_no_byte_is_lost() {
    let mut world = four();
    world.fault("segment", 1, Fate::Refused(401));
    world.fault("segment", 2, Fate::Refused(401));
    world.run_until("token", 1);
    assert_eq!(world.engine.view().phase, Phase::AwaitingSignIn);
    let outcome = world.run();
    clean(&world, &outcome);
    assert_eq!((world.count("token"), world.sent.len()), (1, 6));
}

#[test]
fn every_step_goes_on_after_a_renewed_token() {
    for kind in ["create", "open", "lease", "list", "manifest", "import", "delete-object"] {
        let mut world = four();
        world.fault(kind, 1, Fate::Refused(401));
        let outcome = world.run();
        clean(&world, &outcome);
        assert_eq!(world.count("token"), 1, "{kind}");
    }
}

#[test]
fn a_token_that_is_refused_again_and_again_ends_it() {
    let mut world = four();
    world.faults("open", 1, Fate::Refused(401));
    let outcome = world.run();
    assert!(matches!(failure(&outcome), Failure::Refused { status: 401, .. }));
    assert_eq!(world.cloud.images.len(), 0);
}

// No room; hidden answers.

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

// The manifests.

/// Row 15: a segment is missing when it is referred to.
#[test]
fn a_segment_that_vanished_is_sent_again_after_another_listing() {
    for cross_origin in [false, true] {
        let mut world = four();
        world.cross_origin = cross_origin;
        world.run_until("manifest", 1);
        world.meddle(Meddling::DeletesSegment);
        let outcome = world.run();
        clean(&world, &outcome);
        assert_eq!(world.sent.len(), 5, "hidden: {cross_origin}");
    }
}

#[test]
fn a_manifest_that_is_refused_twice_ends_it() {
    let mut world = four();
    world.faults("manifest", 1, Fate::Refused(400));
    let outcome = world.run();
    let reason = failure(&outcome);
    let told =
        matches!(reason, Failure::StoreRefused { step: StoreStep::Manifest, status: 400, .. });
    assert!(told, "{reason:?}");
    assert_eq!((world.count("manifest"), world.stored("s/").len()), (2, 4));
}

/// Row 16: the reply to a manifest is lost.
#[test]
fn a_manifest_whose_reply_was_lost_is_recognised_by_its_etag() {
    let mut world = started(&[1, 2, 3, 4, 5]);
    world.fault("manifest", 1, Fate::ReplyLost);
    world.fault("manifest", 3, Fate::DoneBut(504));
    let outcome = world.run();
    clean(&world, &outcome);
    assert_eq!((world.count("manifest"), world.count("look-object")), (3, 2));
}

// The import.

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

// The file.

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

// Going on after a crash.

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
        assert_eq!(world.count("sample") <= 3, true, "after {steps} steps");
    }
}

/// Row 11: another browser, another machine: nothing is remembered, everything is in the store.
#[test]
fn another_browser_hashes_everything_and_sends_nothing() {
    let mut world = four();
    world.run_until("manifest", 1);
    world.journal = world::Journal::default();
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

// What the user does.

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

// The canary.

fn canary() -> World {
    let plan = Plan { patience: Patience::Canary, ..plan(20) };
    let mut world = World::with(plan, &[0, 0]);
    world.start();
    world
}

#[test]
fn the_canary_sends_one_segment_twice_referred_to() {
    let mut world = canary();
    let outcome = world.run();
    clean(&world, &outcome);
    assert_eq!((world.sent.len(), world.count("manifest")), (1, 1));
}

/// Row 17: port filter, TLS, policy, a disabled method: the canary says no within a minute and leaves nothing.
#[test]
fn the_canary_answers_within_a_minute_and_leaves_nothing() {
    let stuck = ("worker", Fate::Breaks);
    for (kind, fate) in [
        ("create", Fate::Refused(403)),
        ("open", Fate::Breaks),
        ("lease", Fate::Breaks),
        ("list", Fate::Refused(503)),
        ("segment", Fate::Breaks),
        ("segment", Fate::Hangs),
        ("manifest", Fate::Breaks),
        ("import", Fate::Refused(400)),
        ("import", Fate::Refused(409)),
        ("fetch", Fate::Breaks),
        ("fetch", Fate::Twice),
        stuck,
    ] {
        let mut world = canary();
        world.fault(kind, 1, fate);
        let outcome = world.run();
        assert!(matches!(outcome, Outcome::Failed { .. }), "{kind} {fate:?}: {outcome:?}");
        assert!(seconds(&world) <= 75, "{kind} {fate:?}: {} s", seconds(&world));
        assert_eq!((world.cloud.images.len(), world.stored("").len()), (0, 0), "{kind} {fate:?}");
        assert!(outcome.left().objects.is_empty(), "{outcome:?}");
    }
}
