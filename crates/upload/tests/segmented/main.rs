//! The road in segments, rule by rule. "Row" is a row of the fault matrix in `docs/uploads.md`.
#![allow(clippy::panic, clippy::indexing_slicing, reason = "a test that fails says so")]

mod canary;
mod file;
mod imports;
mod line;
mod manifests;
mod refusals;
mod resuming;
mod token;
mod travelling;
mod user;
#[path = "../world/mod.rs"]
mod world;

use upload::{Check, Failure, Outcome, SegmentsView};
use world::World;

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
