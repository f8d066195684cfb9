use std::collections::BTreeSet;
use std::time::Duration;

use openstack::time::Offset;
use openstack::{ApiError, ErrorKind, Service, Timestamp};
use upload::import::{ImportFailure, Progress};
use upload::{Check, Failure, LeftBehind, Mismatch, SegmentsView, StoreStep};

use super::*;
use crate::ui::Shape;
use crate::uploads::{CanaryStep, Fetched, RoadChoice, Trouble, WhyDirect, WhyRoad};

fn state(road: Road, phase: Phase) -> JobState {
    let phase = JobPhase::File(phase);
    JobState {
        sent_bytes: 61_000,
        hashed_bytes: 61_000,
        ..JobState::new(road, phase, Some(100_000))
    }
}

fn in_parts(phase: Phase) -> JobState {
    let segments = SegmentsView {
        segment_bytes: 1 << 25,
        segments: 320,
        stored: 12,
        width: 4,
        ..SegmentsView::default()
    };
    JobState { segments: Some(segments), ..state(Road::Segments, phase) }
}

fn progress() -> Progress {
    Progress { begun: true, copied_mib: None, quiet_for: Duration::ZERO }
}

fn phases() -> Vec<Phase> {
    vec![
        Phase::New,
        Phase::Creating,
        Phase::Sending,
        Phase::AwaitingReply,
        Phase::Queued,
        Phase::Paused,
        Phase::Preparing,
        Phase::Assembling,
        Phase::Importing(progress()),
        Phase::Releasing,
        Phase::AwaitingSignIn,
        Phase::Checking,
        Phase::Offline,
        Phase::Verifying,
        Phase::CleaningUp,
    ]
}

const STEPS: [StoreStep; 5] =
    [StoreStep::Open, StoreStep::List, StoreStep::Segment, StoreStep::Manifest, StoreStep::Lease];

fn failures() -> Vec<Failure> {
    let message = || "No room".to_owned();
    let mut all = vec![
        Failure::NoReplyToCreate,
        Failure::ContentRefused { message: message() },
        Failure::Gone,
        Failure::KeepsBreaking { breaks: 6, last: Some((503, message())) },
        Failure::Unreachable,
        Failure::OddState { status: "deactivated".into() },
        Failure::HashFailed { message: message() },
        Failure::HashFailed { message: crate::worker::NOT_LOADED.to_owned() },
        Failure::Mismatch(Mismatch::Size { ours_bytes: 5, theirs_bytes: None }),
        Failure::Mismatch(Mismatch::Sha512 { ours: "a".into(), theirs: None }),
        Failure::SourceChanged,
        Failure::StoreFull { missing_bytes: 5, quota_bytes: Some(10), message: message() },
        Failure::ImportRefused { status: 403, message: message() },
        Failure::ImportFailed { message: message() },
        Failure::ImportStuck,
        Failure::SignedOut,
    ];
    for status in [400, 403, 413, 500] {
        all.push(Failure::RecordRefused { status, message: message() });
    }
    for status in [403, 409, 413, 500] {
        all.push(Failure::Refused { status, message: message() });
    }
    for step in STEPS {
        all.push(Failure::StoreSilent { step, quota_bytes: Some(10), missing_bytes: 5 });
        for status in [403, 413, 500] {
            all.push(Failure::StoreRefused { step, status, message: message() });
        }
    }
    all
}

/// Whole sentences without a name left in braces.
fn assert_said(text: &str, of: &str) {
    assert!(text.ends_with(['.', '!', '?']), "{of}: {text}");
    assert!(!text.contains(['{', '}']) && !text.contains("  "), "{of}: {text}");
}

#[test]
fn every_phase_says_what_it_means_on_each_road() {
    for road in [Road::Direct, Road::Segments] {
        for phase in phases() {
            let words = job(&state(road, phase.clone()));
            assert_said(&words.why.unwrap(), &format!("{phase:?} {road:?}"));
            assert!(!words.word.is_empty());
        }
    }
}

#[test]
fn what_waits_says_that_parts_are_kept_and_one_piece_is_not() {
    for phase in [Phase::Paused, Phase::Offline] {
        let why = |road| job(&state(road, phase.clone())).why.unwrap();
        assert!(why(Road::Segments).contains("is kept"), "{phase:?}");
        assert!(why(Road::Direct).contains("from its beginning"), "{phase:?}");
    }
}

#[test]
fn every_failure_says_what_happened_and_what_to_do() {
    let mut seen = BTreeSet::new();
    for reason in failures() {
        let left = LeftBehind::default();
        let words =
            job(&in_parts(Phase::Finished(Outcome::Failed { reason: reason.clone(), left })));
        assert_eq!(words.shape, Shape::Failed);
        let why = words.why.unwrap();
        assert_said(&why, &format!("{reason:?}"));
        assert_said(&failure(&reason), &format!("{reason:?}"));
        assert!(why.matches('.').count() >= 2, "what happened, then what to do: {why}");
        assert!(seen.insert(why.clone()), "said of two failures: {why}");
    }
}

#[test]
fn what_only_an_operator_can_mend_is_told_apart() {
    let refused = Failure::ImportRefused { status: 403, message: String::new() };
    let left = LeftBehind::default();
    let words = job(&in_parts(Phase::Finished(Outcome::Failed { reason: refused.clone(), left })));
    assert!(words.operator.unwrap().contains("enabled_import_methods"));
    assert!(!words.why.unwrap().contains("enabled_import_methods"));
    assert!(failure(&refused).contains("For the cloud’s operator:"));
}

#[test]
fn only_a_comparison_is_called_verified() {
    let end = |check| {
        let left = LeftBehind::default();
        job(&state(
            Road::Direct,
            Phase::Finished(Outcome::Uploaded { id: "i".into(), check, left }),
        ))
        .word
    };
    assert_eq!(end(Check::Verified), "Verified");
    assert_eq!(end(Check::NotComparable { algorithm: Some("md5".into()) }), "Active, not compared");
}

#[test]
fn what_is_left_behind_is_said() {
    let check = |left: LeftBehind, parts: [&str; 2]| {
        for outcome in [
            Outcome::Cancelled { left: left.clone() },
            Outcome::Failed { reason: Failure::SourceChanged, left: left.clone() },
            Outcome::Uploaded { id: "i".into(), check: Check::Verified, left: left.clone() },
        ] {
            let why = job(&in_parts(Phase::Finished(outcome))).why.unwrap();
            for part in parts {
                assert!(why.contains(part), "{part}: {why}");
            }
            assert_said(&why, "left behind");
        }
    };
    let nothing = LeftBehind::default;
    check(LeftBehind { records: vec!["abc".into()], ..nothing() }, ["abc", "could not be removed"]);
    check(
        LeftBehind { records: vec!["abc".into(), "def".into()], ..nothing() },
        ["abc, def", "delete them"],
    );
    check(
        LeftBehind { perhaps_a_record: true, ..nothing() },
        ["did not answer", "may be in the list"],
    );
    let objects = vec!["s/u/20789/a-1".to_owned(), "s/u/20789/b-1".to_owned()];
    check(LeftBehind { objects: objects.clone(), ..nothing() }, ["2 objects", "slipway-uploads"]);
    let expiring = LeftBehind { objects, objects_expire_unix_s: Some(1_796_169_600), ..nothing() };
    check(expiring, ["2 objects", "2 Dec 2026"]);
    let left = LeftBehind { records: vec!["abc".into()], ..nothing() };
    let why = job(&in_parts(Phase::Finished(Outcome::Cancelled { left }))).why.unwrap();
    assert!(!why.contains("was removed"), "{why}");
    // Nor is both said of one record.
    for reason in [
        Failure::ContentRefused { message: "Not a qcow2".into() },
        Failure::Mismatch(Mismatch::Size { ours_bytes: 5, theirs_bytes: None }),
    ] {
        let why = |left| {
            let outcome = Outcome::Failed { reason: reason.clone(), left };
            job(&in_parts(Phase::Finished(outcome))).why.unwrap()
        };
        assert!(why(nothing()).contains("was removed"), "{reason:?}");
        let kept = why(LeftBehind { records: vec!["abc".into()], ..nothing() });
        assert!(!kept.contains("was removed"), "{kept}");
    }
}

#[test]
fn imports_end_in_words_too() {
    let message = "Task failed".to_owned();
    let error =
        ApiError::local("show the image", Service::Image, ErrorKind::Forbidden, "It is closed");
    for end in [
        Fetched::Active,
        Fetched::Failed(ImportFailure::Task { message }),
        Fetched::Failed(ImportFailure::NeverBegan),
        Fetched::Failed(ImportFailure::Gone),
        Fetched::Failed(ImportFailure::OddState { status: "killed".into() }),
        Fetched::Lost(error),
        Fetched::Cancelled(LeftBehind::default()),
        Fetched::Cancelled(LeftBehind { records: vec!["abc".into()], ..LeftBehind::default() }),
    ] {
        let words = job(&JobState::new(Road::Url, JobPhase::Fetched(end.clone()), None));
        assert_said(&words.why.unwrap(), &format!("{end:?}"));
    }
}

#[test]
fn sending_shows_how_far_it_is() {
    assert_eq!(job(&state(Road::Direct, Phase::Sending)).figures.as_deref(), Some("61 %"));
    assert_eq!(share(&state(Road::Direct, Phase::AwaitingReply)), None);
    assert_eq!(share(&state(Road::Segments, Phase::Checking)), Some(0.61));
    assert_eq!(share(&state(Road::Direct, Phase::Checking)), None);
}

#[test]
fn what_need_not_be_sent_is_said() {
    let check = |repeated_bytes, present_bytes, expected: Option<&str>| {
        let mut state = in_parts(Phase::Sending);
        state.size_bytes = Some(40_000_000_000);
        if let Some(segments) = state.segments.as_mut() {
            segments.repeated_bytes = repeated_bytes;
            segments.present_bytes = present_bytes;
        }
        assert_eq!(saved(&state).as_deref(), expected);
    };
    check(0, 0, None);
    check(9_000_000_000, 0, Some("9 GB of 40 GB need not be sent: zeros and other repetitions."));
    check(0, 3_000_000_000, Some("3 GB of 40 GB need not be sent: they are there already."));
    check(
        9_000_000_000,
        3_000_000_000,
        Some(
            "12 GB of 40 GB need not be sent: 9 GB zeros and other repetitions, 3 GB there already.",
        ),
    );
}

#[test]
fn cancelling_says_what_goes_and_what_stays() {
    let said = |state: &JobState| {
        let (verb, lines) = cancelling(state);
        (verb, lines.join(" "))
    };
    let (verb, text) = said(&JobState::new(Road::Url, JobPhase::Fetching(progress()), None));
    assert_eq!(verb, "Cancel the import");
    assert!(!text.contains("upload") && text.contains("record"), "{text}");
    let (verb, text) = said(&state(Road::Direct, Phase::Sending));
    assert_eq!(verb, "Cancel the upload");
    assert!(text.contains("thrown away") && text.contains("not touched"), "{text}");
    let (_, text) = said(&in_parts(Phase::Sending));
    assert!(text.contains("61 kB") && text.contains("are removed as well"), "{text}");
    let kept = JobState { keep_segments: true, ..in_parts(Phase::Sending) };
    let (_, text) = said(&kept);
    assert!(
        text.contains("61 kB") && text.contains("as you wished") && text.contains("15 days"),
        "{text}"
    );
    let (_, text) = said(&JobState::new(Road::Segments, JobPhase::File(Phase::Queued), Some(5)));
    assert!(text.contains("Nothing was made"), "{text}");
}

#[test]
fn details_name_requests_and_never_end_empty() {
    let mut state = in_parts(Phase::Sending);
    state.sha512 = Some("ab".repeat(64));
    state.note(Trouble {
        at: Timestamp::UNIX_EPOCH,
        request: "PUT /v1/AUTH_x/slipway-uploads/s".into(),
        status: Some(503),
        request_id: Some("tx123".into()),
    });
    let list = details(&state, Offset::UTC);
    assert!(list.iter().all(|detail| !detail.value.is_empty()));
    let text = copied("golden", &list);
    for part in ["golden\n", "12 of 320 there, 32 MiB each", "503 · tx123", "SHA-512: abab"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn every_closed_road_has_its_reason() {
    let mut seen = BTreeSet::new();
    let mut all = vec![
        WhyDirect::TooSmall,
        WhyDirect::NoObjectStore,
        WhyDirect::NoImportMethod,
        WhyDirect::ReadOnly,
        WhyDirect::StoreClosed { commands: vec!["openstack container create x".into()] },
        WhyDirect::NoTempUrl,
        WhyDirect::NoLargeObjects,
        WhyDirect::Insecure,
        WhyDirect::StoreRefused { status: 403, message: "no".into() },
        WhyDirect::Unreachable { message: "gone".into() },
    ];
    for step in [
        CanaryStep::Record,
        CanaryStep::Open,
        CanaryStep::List,
        CanaryStep::Segment,
        CanaryStep::Manifest,
        CanaryStep::Import,
        CanaryStep::Fetch,
        CanaryStep::Compare,
        CanaryStep::Other,
    ] {
        all.push(WhyDirect::CanaryFailed { step, status: None, message: String::new() });
    }
    for why in all {
        let closed = why_direct(&why);
        assert_said(&closed.text, &format!("{why:?}"));
        assert!(seen.insert(closed.text.clone()), "said twice: {}", closed.text);
        let needs_nobody = matches!(
            why,
            WhyDirect::TooSmall
                | WhyDirect::Unreachable { .. }
                | WhyDirect::CanaryFailed { step: CanaryStep::Other, .. }
        );
        assert_eq!(closed.operator.is_none(), needs_nobody, "{why:?}");
    }
}

#[test]
fn the_chosen_road_says_why() {
    let why = |why| why_road(&RoadChoice { road: Road::Segments, why }, 10 << 30, 1 << 25);
    assert_eq!(
        why(WhyRoad::Large),
        "Sent in 320 parts of 32 MiB: survives a lost line, a closed tab and a restart."
    );
    assert!(why(WhyRoad::Cannot(WhyDirect::NoObjectStore)).contains("no object store"));
    assert_eq!(parts(0, 1 << 25), "1 part");
}
