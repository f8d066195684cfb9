//! The canary.

use upload::{Outcome, Patience, Plan};

use super::{clean, seconds};
use crate::world::{Fate, World, plan};

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
