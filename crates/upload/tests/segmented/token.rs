//! The token.

use std::time::Duration;

use upload::{Effect, Engine, Event, Failure, HashedSegment, Phase};

use super::{clean, failure, four};
use crate::world::driver::ticket;
use crate::world::{Fate, plan};

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

/// Looks that were refused with the old token say nothing of the new one, however late they say it.
#[test]
fn a_look_that_was_refused_late_does_not_ask_for_another_token() {
    let mut engine = Engine::segmented(plan(20));
    let mut effects = engine.handle(Event::Start, Duration::ZERO);
    let (mut looks, mut sent) = (Vec::new(), 0);
    while let Some(effect) = effects.pop() {
        let Some(ticket) = ticket(&effect) else {
            if let Effect::HashSegments { ticket, .. } = effect {
                for index in 0..2 {
                    let (md5, blake3) = (format!("m{index}"), format!("b{index}"));
                    let (length_bytes, checkpoint) = (10, vec![1]);
                    let segment = HashedSegment { index, length_bytes, md5, blake3, checkpoint };
                    let event = Event::SegmentHashed { ticket, segment };
                    effects.extend(engine.handle(event, Duration::ZERO));
                }
            }
            continue;
        };
        let event = match effect {
            Effect::CreateRecord { .. } => Event::RecordCreated { ticket, id: "i".into() },
            Effect::ListObjects { .. } => Event::Listed { ticket, objects: Vec::new() },
            Effect::SendSegment { .. } => {
                sent += 1;
                Event::SendBroken { ticket }
            }
            Effect::LookAtObject { .. } => {
                looks.push(ticket);
                continue;
            }
            _ => Event::Done { ticket },
        };
        effects.extend(engine.handle(event, Duration::ZERO));
        if sent == 2 {
            effects.extend(engine.handle(Event::Tick, Duration::from_secs(10)));
        }
    }
    let now = Duration::from_secs(11);
    let refused =
        |ticket| Event::Refused { ticket, status: 401, message: String::new(), retry_after: None };
    let [first, second] = looks[..] else { panic!("{looks:?}") };
    let effects = engine.handle(refused(first), now);
    let [Effect::AwaitToken { ticket }] = effects[..] else { panic!("{effects:?}") };
    let effects = engine.handle(Event::TokenRenewed { ticket }, now);
    assert!(matches!(effects[..], [Effect::LookAtObject { .. }]), "{effects:?}");
    let effects = engine.handle(refused(second), now);
    assert!(matches!(effects[..], [Effect::LookAtObject { .. }]), "{effects:?}");
}
