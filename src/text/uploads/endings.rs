//! How jobs end: what came of it, what is left in the cloud, and what cancelling would remove.

use openstack::Timestamp;
use openstack::time::Offset;
use upload::import::ImportFailure;
use upload::{Check, Failure, LeftBehind, Outcome, Phase};

use super::failures::{Advice, advice};
use super::phases::{saved, step};
use super::{format, joined, quoted, tr, tr_with};
use crate::text::errors;
use crate::text::transfers::TransferWords;
use crate::uploads::{Fetched, JobPhase, JobState, Road};

/// Words for a file that is at its end.
pub(super) fn finished(outcome: &Outcome, state: &JobState) -> TransferWords {
    let mut words = TransferWords::plain(step(&state.phase));
    let left = left_behind(outcome);
    match outcome {
        Outcome::Uploaded { check: Check::Verified, .. } => {
            words.figures = Some(match (state.size_bytes, state.took) {
                (Some(size), Some(took)) => tr_with(
                    "{size} in {duration} · SHA-512 equal",
                    &[
                        ("size", &format::bytes(size)),
                        ("duration", &format::duration(took.as_secs().max(1))),
                    ],
                ),
                _ => tr("SHA-512 equal").to_owned(),
            });
            let why = joined(&[saved_at_the_end(state), left]);
            words.why = Some(why).filter(|why| !why.is_empty());
        }
        Outcome::Uploaded { check: Check::NotComparable { algorithm }, .. } => {
            let why = match algorithm {
                Some(name) => tr_with("The size is right. This cloud hashes images with {name}, so the content could not be compared.", &[("name", name)]),
                None => tr("The size is right. This cloud does not say the image’s hash, so the content could not be compared.").to_owned(),
            };
            words.why = Some(joined(&[why, left]));
        }
        Outcome::Failed { reason, left: behind } => {
            let Advice { happened, next, operator } = advice(reason);
            let removed = removed(reason, behind).to_owned();
            words.why = Some(joined(&[happened, removed, left, next]));
            words.operator = operator;
        }
        Outcome::Cancelled { left: behind } => {
            let clean = tr("The record was removed. Nothing of it is stored or paid for.");
            words.why = Some(match (behind.is_nothing(), behind.records.is_empty()) {
                (true, _) => clean.to_owned(),
                (false, true) if !behind.perhaps_a_record => {
                    joined(&[tr("The record was removed."), &left])
                }
                _ => left,
            });
        }
    }
    words
}

/// What a failure has removed by itself, unless it could not.
fn removed(reason: &Failure, behind: &LeftBehind) -> &'static str {
    match reason {
        _ if !behind.records.is_empty() => "",
        Failure::ContentRefused { .. } => tr("The record was removed."),
        Failure::Mismatch(_) => tr("The image was removed."),
        _ => "",
    }
}

/// "12 GB of 40 GB need not be sent" was true; now it is past.
fn saved_at_the_end(state: &JobState) -> String {
    let Some(segments) = state.segments.as_ref().filter(|_| saved(state).is_some()) else {
        return String::new();
    };
    let saved = segments.repeated_bytes.saturating_add(segments.present_bytes);
    tr_with("{saved} of it did not have to be sent.", &[("saved", &format::bytes(saved))])
}

/// Why a file's upload failed and what to do, in one paragraph.
pub fn failure(reason: &Failure) -> String {
    let Advice { happened, next, operator } = advice(reason);
    let operator =
        operator.map(|what| tr_with("For the cloud’s operator: {what}", &[("what", &what)]));
    joined(&[happened, next, operator.unwrap_or_default()])
}

/// Words for an import that is at its end.
pub(super) fn fetched(end: &Fetched) -> TransferWords {
    let step = step(&JobPhase::Fetched(end.clone()));
    match end {
        Fetched::Active => TransferWords::because(
            step,
            tr(
                "The cloud fetched it. Nobody here has seen the data, so it was compared with nothing.",
            ),
        ),
        Fetched::Failed(reason) => TransferWords::because(step, import_failure(reason)),
        Fetched::Lost(error) => TransferWords::because(
            step,
            tr_with(
                "{error} The import may go on in the cloud; the image’s page shows it.",
                &[("error", &errors::api(error, None).paragraph())],
            ),
        ),
        Fetched::Cancelled(left) if left.is_nothing() => TransferWords::because(
            step,
            tr("The record was removed. Nothing of it is stored or paid for."),
        ),
        Fetched::Cancelled(left) => TransferWords::because(step, records_left(left)),
    }
}

/// Why an import failed and what to do.
fn import_failure(reason: &ImportFailure) -> String {
    match reason {
        ImportFailure::Task { message } => joined(&[
            tr("The cloud could not import it.").to_owned(),
            quoted(message),
            tr("Check that the address answers without a login and holds what the disk format says. The record is still there, without data: delete it, or import again.").to_owned(),
        ]),
        ImportFailure::NeverBegan => tr("The cloud accepted the import but never began it. The record is still there, without data: delete it, and try again later.").to_owned(),
        ImportFailure::Gone => tr("Somebody deleted the image meanwhile. Nothing of it is stored.").to_owned(),
        ImportFailure::OddState { status } => tr_with("The image is “{status}”, which no import leads to. Somebody else may work on it; look at its page.", &[("status", status)]),
    }
}

/// What is still in the cloud, until when, and who removes it.
fn left_behind(outcome: &Outcome) -> String {
    let left = outcome.left();
    joined(&[records_left(left), objects_left(outcome)])
}

fn records_left(left: &LeftBehind) -> String {
    let records = match left.records.as_slice() {
        [] => String::new(),
        [one] => tr_with(
            "The record {record} could not be removed and is still in the cloud; delete it in the list.",
            &[("record", one)],
        ),
        several => tr_with(
            "The records {records} could not be removed and are still in the cloud; delete them in the list.",
            &[("records", &several.join(", "))],
        ),
    };
    let perhaps = if left.perhaps_a_record {
        tr(
            "The cloud did not answer when the record was made: one without data may be in the list.",
        )
    } else {
        ""
    };
    joined(&[records.as_str(), perhaps])
}

fn objects_left(outcome: &Outcome) -> String {
    let left = outcome.left();
    if left.objects.is_empty() {
        return String::new();
    }
    let objects = format::count(left.objects.len(), "object", "objects");
    let Some(date) = left.objects_expire_unix_s.map(day) else {
        return tr_with(
            "{objects} in the container slipway-uploads could not be removed; delete them there.",
            &[("objects", &objects)],
        );
    };
    let values: [(&str, &dyn std::fmt::Display); 2] = [("objects", &objects), ("date", &date)];
    match outcome {
        Outcome::Uploaded { .. } => tr_with(
            "{objects} stay in the object store until {date} and then remove themselves; until then a changed file sends only what changed.",
            &values,
        ),
        Outcome::Failed { .. } | Outcome::Cancelled { .. } => tr_with(
            "What has arrived stays in the object store until {date} ({objects}), and then removes itself; until then the same file sends only the rest.",
            &values,
        ),
    }
}

/// The day of a moment, in UTC as the cloud counts: "3 Dec 2026".
fn day(unix_s: u64) -> String {
    let then =
        Timestamp::from_millisecond(i64::try_from(unix_s).unwrap_or(i64::MAX).saturating_mul(1000));
    format::date(then, Timestamp::UNIX_EPOCH, Offset::UTC)
}

/// What cancelling a job would remove, and what would stay; and the verb for doing it.
pub fn cancelling(state: &JobState) -> (&'static str, Vec<String>) {
    let record = match (&state.image_id, &state.phase) {
        (None, JobPhase::File(Phase::New | Phase::Queued)) => {
            tr("Nothing was made in the cloud yet.")
        }
        _ => tr("The image’s record is removed from the cloud."),
    };
    match state.road {
        Road::Url => (
            tr("Cancel the import"),
            vec![tr("The image’s record is removed, which ends the import. What the cloud has fetched so far is thrown away; the address it came from is not touched.").to_owned()],
        ),
        Road::Direct => (
            tr("Cancel the upload"),
            vec![
                joined(&[record, tr("What was sent is thrown away.")]),
                tr("The file on this computer is not touched.").to_owned(),
            ],
        ),
        Road::Segments => {
            let parts = match (state.sent_bytes, state.keep_segments) {
                (0, _) => tr("Nothing of the file has arrived yet.").to_owned(),
                (sent, true) => tr_with(
                    "The parts that have arrived ({size}) stay in the object store, as you wished, and remove themselves within {days} days. Until then the same file sends only the rest.",
                    &[("size", &format::bytes(sent)), ("days", &LONGEST_KEPT_DAYS)],
                ),
                (sent, false) => tr_with(
                    "The parts that have arrived ({size}) are removed as well. Only those that another upload of yours still needs stay, and remove themselves within {days} days.",
                    &[("size", &format::bytes(sent)), ("days", &LONGEST_KEPT_DAYS)],
                ),
            };
            (
                tr("Cancel the upload"),
                vec![
                    record.to_owned(),
                    parts,
                    tr("The file on this computer is not touched.").to_owned(),
                ],
            )
        }
    }
}

/// Parts expire by the week, at least 8 days after they were sent.
const LONGEST_KEPT_DAYS: u32 = 15;
