//! The manifests.

use upload::{Failure, StoreStep};

use super::{DAY, FOUR, clean, failure, four, segments, started, verified};
use crate::world::dice::md5;
use crate::world::{Fate, Meddling};

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
fn a_manifest_that_is_refused_again_and_again_ends_it() {
    let mut world = four();
    world.faults("manifest", 1, Fate::Refused(400));
    let outcome = world.run();
    let reason = failure(&outcome);
    let told =
        matches!(reason, Failure::StoreRefused { step: StoreStep::Manifest, status: 400, .. });
    assert!(told, "{reason:?}");
    assert_eq!((world.count("manifest"), world.stored("s/").len()), (4, 4));
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

/// A listing may be older than what was removed.
#[test]
fn a_segment_that_vanished_is_sent_again_although_the_listing_still_has_it() {
    for cross_origin in [false, true] {
        let mut world = four();
        world.cross_origin = cross_origin;
        world.cloud.lag_s = 3600;
        for content in FOUR {
            world.has(content, DAY, md5((content, 10)));
        }
        world.run_until("manifest", 1);
        world.cloud.objects.remove(&format!("s/u/{DAY}/b3of2-10"));
        let outcome = world.run();
        verified(&outcome);
        assert_eq!(world.sent, [format!("s/u/{DAY}/b3of2-10")], "hidden: {cross_origin}");
        assert_eq!(segments(&world).present_bytes, 30);
    }
}

/// Another upload of the user listed the leases before ours was there, and removes what we count on, one by one.
#[test]
fn segments_that_go_one_after_the_other_are_sent_again() {
    let mut world = four();
    for content in FOUR {
        world.has(content, DAY, md5((content, 10)));
    }
    for (nth, content) in [(1, 1), (2, 3)] {
        world.run_until("manifest", nth);
        world.cloud.objects.remove(&format!("s/u/{DAY}/b3of{content}-10"));
    }
    let outcome = world.run();
    verified(&outcome);
    assert_eq!((world.sent.len(), world.count("manifest")), (2, 3));
}
