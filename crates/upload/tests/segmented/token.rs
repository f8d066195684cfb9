//! The token.

use upload::{Failure, Phase};

use super::{clean, failure, four};
use crate::world::Fate;

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
