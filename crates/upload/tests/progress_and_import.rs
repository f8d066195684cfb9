//! Speed, time left, and following an import.
#![allow(clippy::panic, reason = "a test that fails says so")]

use std::time::Duration;

use upload::import::{Follower, ImportFailure, Seen, SeenTask, Step};
use upload::progress::Speed;

const MIB: u64 = 1 << 20;

fn millis(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// Samples as (milliseconds, bytes so far); the speed in MiB/s and the seconds left of 1000 MiB, both rounded.
fn check_speed(samples: &[(u64, u64)], expected: Option<(u64, Option<u64>)>) {
    let mut speed = Speed::new(Duration::ZERO);
    for (at, bytes) in samples {
        speed.update(*bytes, millis(*at));
    }
    let found = speed.estimate(1000 * MIB).map(|estimate| {
        let mib = (estimate.bytes_per_second / MIB as f64).round() as u64;
        (mib, estimate.time_left.map(|left| left.as_secs_f64().round() as u64))
    });
    assert_eq!(found, expected, "{samples:?}");
}

#[test]
fn speed_and_time_left() {
    let steady: Vec<(u64, u64)> = (1..=40).map(|n| (n * 250, n * 5 * MIB)).collect();
    check_speed(&[], None);
    check_speed(&[(100, MIB)], None);
    check_speed(&[(250, 5 * MIB)], Some((20, None)));
    check_speed(&steady, Some((20, Some(40))));
    // One burst is halved away in four seconds.
    check_speed(&[(1000, 100 * MIB), (5000, 100 * MIB)], Some((50, Some(18))));
    // Nothing moves for a minute.
    check_speed(&[(1000, 100 * MIB), (61_000, 100 * MIB)], Some((0, Some(294_912))));
    check_speed(&[(1000, 100 * MIB), (301_000, 100 * MIB)], Some((0, None)));
    // It begins again.
    check_speed(&[(1000, 100 * MIB), (2000, 0)], None);
    check_speed(&[(1000, 100 * MIB), (2000, 0), (3000, 10 * MIB)], Some((10, None)));
    // Two reports at one moment.
    check_speed(&[(1000, 100 * MIB), (1000, 100 * MIB)], Some((100, None)));
}

/// What is seen: `status`, `+task` when the image names one, `!store` for a failed store, `(state: message)` of the task.
fn seen(words: &str) -> Seen {
    let mut seen = Seen {
        status: words.split([' ', '(']).next().unwrap_or_default().to_owned(),
        ..Seen::default()
    };
    seen.has_task = words.contains("+task");
    if words.contains('!') {
        seen.failed_stores.push("fast".to_owned());
    }
    if let Some((status, message)) =
        words.split_once('(').and_then(|(_, task)| task.trim_end_matches(')').split_once(": "))
    {
        seen.task = Some(SeenTask { status: status.to_owned(), message: message.to_owned() });
    }
    seen
}

fn words(step: &Step) -> String {
    match step {
        Step::Wait { after, progress } => {
            let begun = if progress.begun { "begun" } else { "not-begun" };
            let copied = progress.copied_mib.map_or(String::new(), |mib| format!(" {mib}MiB"));
            format!(
                "wait {}s {begun}{copied} quiet {}s",
                after.as_secs(),
                progress.quiet_for.as_secs()
            )
        }
        Step::Active => "active".to_owned(),
        Step::Failed { reason: ImportFailure::Task { message } } => format!("failed: {message}"),
        Step::Failed { reason: ImportFailure::NeverBegan } => "never began".to_owned(),
        Step::Failed { reason: ImportFailure::Gone } => "gone".to_owned(),
        Step::Failed { reason: ImportFailure::OddState { status } } => format!("odd {status}"),
    }
}

/// What is seen at which second after the import was accepted, and what each means.
fn check_import(course: &[(u64, &str, &str)]) {
    let mut follower = Follower::new(millis(0));
    for (at, what, expected) in course {
        let step = follower.look(seen(what), Duration::from_secs(*at));
        assert_eq!(words(&step), *expected, "at {at} s: {what} in {course:?}");
    }
}

#[test]
fn imports() {
    // As recorded (wire glance-import-web): the task may still be processing when the image is active.
    check_import(&[
        (0, "queued +task", "wait 2s not-begun quiet 0s"),
        (1, "importing +task (processing: )", "wait 2s begun quiet 0s"),
        (60, "importing +task (processing: )", "wait 6s begun quiet 59s"),
        (70, "importing +task (processing: Copied 12 MiB)", "wait 7s begun 12MiB quiet 0s"),
        (600, "importing +task (processing: Copied 12 MiB)", "wait 15s begun 12MiB quiet 530s"),
        (601, "active (processing: Copied 20 MiB)", "active"),
    ]);
    // Back to queued, with what little Glance says.
    check_import(&[
        (0, "queued +task", "wait 2s not-begun quiet 0s"),
        (1, "importing +task (processing: )", "wait 2s begun quiet 0s"),
        (
            2,
            "queued ! (failure: Task failed due to Internal Error)",
            "failed: Task failed due to Internal Error",
        ),
    ]);
    // So fast that importing was never seen; and where tasks are not shown.
    check_import(&[(1, "queued !", "failed: ")]);
    check_import(&[(1, "importing", "wait 2s begun quiet 0s"), (2, "queued", "failed: ")]);
    // Made between the look at the image and the look at its task. Should it stay so, nothing was made.
    check_import(&[
        (1, "queued (pending: )", "wait 2s begun quiet 0s"),
        (3, "queued (success: )", "wait 2s begun quiet 0s"),
        (5, "active (success: )", "active"),
    ]);
    check_import(&[
        (1, "importing", "wait 2s begun quiet 0s"),
        (3, "queued (success: )", "wait 2s begun quiet 0s"),
        (5, "queued (success: )", "failed: "),
    ]);
    // A mismatch after staging stays `importing` for ever; only the task tells.
    check_import(&[(1, "importing +task (failure: no match)", "failed: no match")]);
    // Failed stores of an earlier attempt, while a new one begins.
    check_import(&[(1, "queued +task ! (pending: )", "wait 2s begun quiet 0s")]);
    check_import(&[
        (1, "queued", "wait 2s not-begun quiet 0s"),
        (59, "queued", "wait 5s not-begun quiet 58s"),
        (60, "queued", "never began"),
    ]);
    check_import(&[(1, "deleted", "gone")]);
    check_import(&[(1, "deactivated", "odd deactivated")]);
    assert_eq!(words(&Follower::new(millis(0)).gone()), "gone");
}
