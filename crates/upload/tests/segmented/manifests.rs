//! The manifests.

use upload::{Failure, StoreStep};

use super::{clean, failure, four, started};
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
