//! The line breaks.

use std::time::Duration;

use upload::{Event, Failure, Phase};

use super::{clean, failure, four, seconds, segments, started};
use crate::world::{Fate, News};

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
