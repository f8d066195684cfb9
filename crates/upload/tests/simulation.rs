//! Random schedules of faults on the road in segments: a cloud that keeps Swift's and Glance's rules, a network, a user
//! and others that keep none.
//!
//! Every schedule is a seed. `SLIPWAY_SEED=17` runs that one alone and tells what happens; `SLIPWAY_SCHEDULES=100000` runs
//! more than the usual ten thousand.
#![allow(clippy::panic, clippy::indexing_slicing, reason = "a test that fails says so")]

mod world;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use upload::{Check, Event, Failure, Outcome, Patience, Plan};
use world::cloud::Kind;
use world::dice::{Dice, sha512};
use world::{Meddling, NOW_UNIX_S, News, World, plan};

const SCHEDULES: u64 = 10_000;
/// No schedule may last longer: a pause of days, stuck imports, a rest of an hour now and then.
const HORIZON: Duration = Duration::from_secs(30 * 86_400);
/// Nor ask for more: that is what "never more than so many tries" comes to.
const MOST_REQUESTS: usize = 1000;
/// Unanswered at any time: requests with data, looks after them, samples, removals, one more question.
const MOST_ASKED: usize = 16;

/// What a file of this schedule is like: some zeros, some repeats.
fn contents(dice: &mut Dice, count: u64) -> Vec<u64> {
    let variety = 1 + dice.below(12);
    (0..count).map(|_| dice.below(variety)).collect()
}

fn world(seed: u64) -> World {
    let mut dice = Dice(seed);
    let count = 1 + dice.below(14);
    let last = 1 + dice.below(10);
    let contents = contents(&mut dice, count);
    let patience = if dice.percent(5) { Patience::Canary } else { Patience::Upload };
    let plan = Plan {
        leaf_entries: 2 + dice.below(5) as usize,
        seed,
        keep_segments: dice.percent(20),
        patience,
        ..plan((count - 1) * 10 + last)
    };
    let mut world = World::with(plan, &contents);
    world.dice = dice;
    world.weather = [0, 2, 5, 15, 35, 70][world.dice.below(6) as usize];
    world.file.notices = world.dice.percent(50);
    world.cross_origin = world.dice.percent(50);
    world.shows_tasks = world.dice.percent(70);
    let slowest = if patience == Patience::Canary { 20 } else { 120 };
    world.fetch = Duration::from_secs(world.dice.below(slowest));
    if world.weather > 0 && world.dice.percent(6) {
        world.imports_fail = 80;
    }
    if world.weather > 0 && world.dice.percent(30) {
        world.cloud.lag_s = 1 + world.dice.below(120);
    }
    if world.weather > 0 && world.dice.percent(5) {
        world.algorithm = "sha256";
    }
    world
}

/// What happens beside the requests.
fn arrange(world: &mut World) {
    world.after(Duration::ZERO, News::Tell(Event::Start));
    if world.weather == 0 {
        return;
    }
    let soon = |world: &mut World, most: u64| Duration::from_millis(world.dice.below(most * 1000));
    while world.dice.percent(50) {
        let from = soon(world, 60);
        let lasts = if world.dice.percent(5) { 5 * 86_400 } else { 300 };
        let until = from + soon(world, lasts);
        match world.dice.below(6) {
            0 | 1 => {
                world.after(from, News::Tell(Event::Offline));
                world.after(until, News::Tell(Event::Online));
            }
            2 => {
                world.after(from, News::Tell(Event::Pause));
                world.after(until, News::Tell(Event::Resume));
            }
            3 => {
                let width = world.dice.below(4) as usize;
                world.after(from, News::Tell(Event::Allot { width }));
                world.after(until, News::Tell(Event::Allot { width: 5 }));
            }
            4 => world.after(from, News::Sleep(until - from)),
            _ => world.after(from, News::Crash),
        }
    }
    while world.dice.percent(30) {
        let within = [8, 90][world.dice.below(2) as usize];
        let at = soon(world, within);
        let what = match world.dice.below(18) {
            0..=4 => Meddling::DeletesSegment,
            5 => Meddling::DeletesContainer,
            6 => Meddling::DeletesImage,
            7 | 8 => Meddling::Poisons,
            9..=11 => Meddling::Leases,
            12 => Meddling::Unleases,
            13 => Meddling::SetsQuota,
            14..=16 => Meddling::ChangesFile,
            _ => Meddling::TakesFile,
        };
        world.after(at, News::Meddle(what));
    }
    if world.dice.percent(12) {
        let at = soon(world, 90);
        world.after(at, News::Tell(Event::Cancel));
    }
    if world.dice.percent(4) {
        let at = soon(world, 90);
        world.after(at, News::Tell(Event::SignedOut));
    }
}

/// How many schedules ended how, so that the test can see that it tests something.
#[derive(Debug, Default)]
struct Tally {
    ends: BTreeMap<String, u64>,
    crashed: u64,
    left: u64,
    longest: Duration,
    most_requests: usize,
    most_asked: usize,
}

fn check(seed: u64, tally: &mut Tally) {
    let mut world = world(seed);
    world.aloud = number("SLIPWAY_SEED").is_some();
    arrange(&mut world);
    let lives = 1 + if world.weather > 0 { world.dice.below(3) as usize } else { 0 };
    loop {
        world.step();
        assert!(world.now < HORIZON, "does not end: {:?}", world.engine.view());
        // Looking at an import is no try again: it lasts as long as it lasts.
        let looks = world.count("look-image") + world.count("task");
        let requests = world.made.values().sum::<usize>() - looks;
        assert!(requests < MOST_REQUESTS, "asks for ever: {:?}", world.made);
        assert!(world.most_asked <= MOST_ASKED, "{} unanswered", world.most_asked);
        if world.engine.outcome().is_none() {
            continue;
        }
        verify(&mut world, tally);
        tally.most_requests = tally.most_requests.max(requests);
        let uploaded = matches!(world.engine.outcome(), Some(Outcome::Uploaded { .. }));
        if uploaded || world.ended.len() >= lives {
            break;
        }
        // The user tries again, or gives it up.
        world.file.changed = false;
        world.file.lost = false;
        let again = if world.dice.percent(80) { Event::Retry } else { Event::Cancel };
        world.tell(again);
        if world.engine.outcome().is_some() {
            break;
        }
    }
    tally.crashed += u64::from(world.crashes > 0);
    tally.longest = tally.longest.max(world.now);
    tally.most_asked = tally.most_asked.max(world.most_asked);
}

/// Holds what is promised against the cloud as it is now.
fn verify(world: &mut World, tally: &mut Tally) {
    let Some(outcome) = world.engine.outcome().cloned() else { return };
    *tally.ends.entry(name(&outcome)).or_default() += 1;
    tally.left += u64::from(!outcome.left().is_nothing());
    // By the last outcome: that is what a page shows.
    let mut told: Vec<&String> = outcome.left().records.iter().collect();
    if let Outcome::Uploaded { id, check, .. } = &outcome {
        told.push(id);
        let image = world.cloud.images.get(id).unwrap_or_else(|| panic!("{id} is not there"));
        assert_eq!(image.status, "active", "a false success");
        assert_eq!(image.size(), world.file.size, "a false success");
        match check {
            Check::Verified => {
                assert_eq!(world.algorithm, "sha512", "verified by what?");
                // What was remembered of the file when it was hashed.
                let hashed = world.journal.sha512.clone();
                assert_eq!(Some(sha512(&image.content)), hashed, "a false success");
                if !world.was_changed {
                    assert_eq!(image.content, world.file.parts(), "a false success");
                }
            }
            Check::NotComparable { algorithm } => {
                assert_eq!((algorithm.as_deref(), world.algorithm), (Some("sha256"), "sha256"));
            }
        }
    }
    let untold = world.cloud.images.keys().filter(|id| !told.contains(id)).count();
    let perhaps = outcome.left().perhaps_a_record;
    assert!(untold <= world.nameless, "untold {:?}, told {told:?}", world.cloud.images.keys());
    assert!(untold == 0 || perhaps || world.crashes > 0, "nobody said that there may be records");

    let left = outcome.left();
    let kept = matches!(outcome, Outcome::Uploaded { .. }) && world.plan.keep_segments;
    for (name, object) in world.cloud.objects.iter().filter(|(_, object)| object.ours) {
        let is_segment = matches!(object.kind, Kind::Segment(_));
        // What expires within three days is not built upon, and not spoken of.
        let soon = object.delete_at < NOW_UNIX_S + world.now.as_secs() + 73 * 3600;
        let tail = name.rsplit('/').next().unwrap_or_default();
        let is_told = left.objects.contains(name)
            || (is_segment && left.objects.iter().any(|told| told.ends_with(tail)));
        // What was sent before a crash and is not listed yet is known to nobody.
        let unseen = world.crashes > 0 && world.cloud.lag_s > 0;
        assert!(
            is_told || (is_segment && (kept || soon || unseen)),
            "untold: {name}, told: {left:?}"
        );
        if is_told {
            let until = left.objects_expire_unix_s;
            assert!(until.is_some_and(|until| until >= object.delete_at), "{name} lives longer");
        }
    }
    assert_eq!(left.objects.is_empty(), left.objects_expire_unix_s.is_none());
    if world.weather == 0 {
        let good = matches!(&outcome, Outcome::Uploaded { check: Check::Verified, left, .. } if left.is_nothing());
        assert!(good, "{outcome:?}");
        assert_eq!((world.sent.len(), world.count("manifest") > 0), (distinct(world), true));
    }
}

fn distinct(world: &World) -> usize {
    let parts: std::collections::BTreeSet<_> = world.file.parts().into_iter().collect();
    parts.len()
}

fn name(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Uploaded { check, .. } => format!("uploaded {check:?}"),
        Outcome::Cancelled { .. } => "cancelled".to_owned(),
        Outcome::Failed { reason, .. } => {
            let words = match reason {
                Failure::Mismatch(_) => "Mismatch".to_owned(),
                reason => format!("{reason:?}"),
            };
            let end = words.find([' ', '(']).unwrap_or(words.len());
            words.get(..end).unwrap_or_default().to_owned()
        }
    }
}

/// Which seed fails is what a failure must tell.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the schedule is SLIPWAY_SEED={}", self.0);
        }
    }
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().and_then(|value| value.parse().ok())
}

#[test]
fn ten_thousand_schedules_in_segments() {
    let mut tally = Tally::default();
    if let Some(seed) = number("SLIPWAY_SEED") {
        let _seed = Seed(seed);
        return check(seed, &mut tally);
    }
    let schedules = number("SLIPWAY_SCHEDULES").unwrap_or(SCHEDULES);
    let began = Instant::now();
    for seed in 0..schedules {
        let _seed = Seed(seed);
        check(seed, &mut tally);
    }
    let a_second = schedules as f64 / began.elapsed().as_secs_f64();
    println!("{a_second:.0} schedules a second; {tally:#?}");
    // It would prove nothing if one of the ends never came.
    let often = schedules / 500;
    for end in [
        "uploaded Verified",
        "cancelled",
        "SignedOut",
        "StoreFull",
        "ImportFailed",
        "Mismatch",
        "SourceChanged",
        "Gone",
    ] {
        let count = tally.ends.get(end).copied().unwrap_or_default();
        assert!(count > often, "{end}: {count} in {tally:?}");
    }
    assert!(tally.crashed > often && tally.left > often, "{tally:?}");
}
