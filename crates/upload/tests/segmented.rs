//! The road in segments, in good weather.
#![allow(clippy::panic, reason = "a test that fails says so")]

use std::time::Duration;

use upload::{
    Check, CloudImage, CloudStatus, Effect, Engine, Event, HashedSegment, Note, Outcome, Patience,
    Phase, Plan,
};

fn plan(size_bytes: u64) -> Plan {
    Plan {
        size_bytes,
        segment_bytes: 10,
        leaf_entries: 4,
        user: "u".into(),
        upload: "x".into(),
        now_unix_s: 1_700_000_000,
        keep_segments: false,
        patience: Patience::Upload,
        seed: 1,
        resume: None,
    }
}

/// Answers everything well. Every segment has a content of its own.
fn answer(effect: &Effect, size: u64, made: &mut Vec<String>) -> Vec<Event> {
    let done = |ticket: &upload::Ticket| vec![Event::Done { ticket: *ticket }];
    match effect {
        Effect::CreateRecord { ticket } => {
            vec![Event::RecordCreated { ticket: *ticket, id: "a".into() }]
        }
        Effect::ListObjects { ticket, .. } => {
            vec![Event::Listed { ticket: *ticket, objects: vec![] }]
        }
        Effect::HashSegments { ticket, from, .. } => {
            let mut events: Vec<Event> = (*from..size.div_ceil(10))
                .map(|index| Event::SegmentHashed {
                    ticket: *ticket,
                    segment: HashedSegment {
                        index,
                        length_bytes: (size - index * 10).min(10),
                        md5: format!("md5-{index}"),
                        blake3: format!("b3-{index}"),
                        checkpoint: vec![1],
                    },
                })
                .collect();
            events.push(Event::HashDone { ticket: *ticket, sha512: "abcd".into() });
            events
        }
        Effect::SendSegment { ticket, name, length_bytes, .. } => {
            made.push(name.clone());
            vec![
                Event::SendProgress { ticket: *ticket, sent_bytes: *length_bytes },
                Event::SendDone {
                    ticket: *ticket,
                    status: 201,
                    message: String::new(),
                    retry_after: None,
                },
            ]
        }
        Effect::PutManifest { ticket, name, .. } | Effect::PutLease { ticket, name, .. } => {
            made.push(name.clone());
            done(ticket)
        }
        Effect::DeleteObject { ticket, name, .. } => {
            made.retain(|made| made != name);
            done(ticket)
        }
        Effect::OpenStore { ticket } | Effect::StartImport { ticket, .. } => done(ticket),
        Effect::LookAtImage { ticket, .. } => vec![Event::Image {
            ticket: *ticket,
            image: CloudImage {
                status: CloudStatus::Active,
                size_bytes: Some(size),
                hash_algo: Some("sha512".into()),
                hash_value: Some("ABCD".into()),
            },
        }],
        _ => vec![],
    }
}

#[test]
fn in_good_weather_every_segment_is_sent_once_and_nothing_stays() {
    let mut engine = Engine::segmented(plan(95));
    let (mut made, mut sent, mut notes) = (Vec::new(), 0, 0);
    let mut events = std::collections::VecDeque::from([Event::Start]);
    while let Some(event) = events.pop_front() {
        for effect in engine.handle(event, Duration::ZERO) {
            sent += u32::from(matches!(effect, Effect::SendSegment { .. }));
            notes += u32::from(matches!(effect, Effect::Note(Note::Segment(_))));
            events.extend(answer(&effect, 95, &mut made));
        }
    }
    assert!(
        matches!(engine.outcome(), Some(Outcome::Uploaded { check: Check::Verified, .. })),
        "{:?}",
        engine.view()
    );
    assert_eq!((sent, notes, made), (10, 10, vec![]));
    assert!(matches!(engine.view().phase, Phase::Finished(_)));
    assert_eq!(engine.view().sent_bytes, 95);
    assert!(engine.outcome().is_some_and(|outcome| outcome.left().is_nothing()));
}
