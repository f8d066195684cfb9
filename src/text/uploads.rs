//! Uploads and imports in words: what they do, how they ended, what is left behind, what to do. Beside `errors`, the only
//! place that words a failure. Pure.

use upload::import::ImportFailure;
use upload::{Check, Failure, LeftBehind, Mismatch, Outcome, Phase};

use super::{errors, format, tr, tr_with};
use crate::ui::Shape;
use crate::uploads::{Fetched, JobPhase, JobState, Road};

/// A job, worded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobWords {
    /// The shape beside the word.
    pub shape: Shape,
    /// One word or two: "Sending".
    pub word: String,
    /// Figures: "61 %", "38.2 MB/s · 3 min 24 s left".
    pub figures: Option<String>,
    /// What it means and what to do, in sentences, where that is not plain.
    pub why: Option<String>,
}

/// Words for a job.
pub fn job(state: &JobState) -> JobWords {
    match &state.phase {
        JobPhase::File(phase) => file(phase, state),
        JobPhase::Fetching(progress) => JobWords {
            shape: Shape::Importing,
            word: tr("Importing").into(),
            figures: progress.copied_mib.map(|mib| tr_with("{size} stored", &[("size", &format::binary(mib.saturating_mul(1 << 20)))])),
            why: Some(tr("The cloud fetches the image by itself and shows no progress meanwhile. You may close this tab.").into()),
        },
        JobPhase::CleaningUp => plain(Shape::Deleting, tr("Removing the record")),
        JobPhase::Fetched(end) => fetched(end),
    }
}

/// How much of the bar is filled; `None` when nobody knows.
pub fn share(state: &JobState) -> Option<f64> {
    let part =
        |done: u64| state.size_bytes.filter(|size| *size > 0).map(|size| done as f64 / size as f64);
    match &state.phase {
        JobPhase::File(Phase::Finished(_)) | JobPhase::Fetched(_) => Some(1.0),
        JobPhase::File(Phase::Sending | Phase::Offline | Phase::AwaitingSignIn) => {
            part(state.sent_bytes)
        }
        JobPhase::File(Phase::Verifying) => part(state.hashed_bytes),
        _ => None,
    }
}

fn plain(shape: Shape, word: &str) -> JobWords {
    JobWords { shape, word: word.to_owned(), figures: None, why: None }
}

fn because(shape: Shape, word: &str, why: impl Into<String>) -> JobWords {
    JobWords { shape, word: word.to_owned(), figures: None, why: Some(why.into()) }
}

fn file(phase: &Phase, state: &JobState) -> JobWords {
    let mut words = match phase {
        Phase::New | Phase::Creating => plain(Shape::Queued, tr("Making the record")),
        Phase::Sending => sending(state),
        Phase::AwaitingReply => plain(Shape::Saving, tr("Stored by the cloud")),
        Phase::AwaitingSignIn => because(
            Shape::Paused,
            tr("Waits for sign-in"),
            tr("Your session has ended. It goes on as soon as you sign in again."),
        ),
        Phase::Checking => plain(Shape::Verifying, tr("Looking at the image")),
        Phase::Offline => because(
            Shape::Offline,
            tr("Offline"),
            tr(
                "It goes on by itself when the network is back. A file sent in one piece then starts again from its beginning.",
            ),
        ),
        Phase::Verifying => because(
            Shape::Verifying,
            tr("Comparing"),
            tr("Everything has arrived; this computer is still computing the file’s SHA-512."),
        ),
        Phase::CleaningUp => plain(Shape::Deleting, tr("Removing the record")),
        Phase::Queued => plain(Shape::Queued, tr("Waits for its turn")),
        Phase::Paused => plain(Shape::Paused, tr("Paused")),
        Phase::Preparing => plain(Shape::Queued, tr("Looking at what is there")),
        Phase::Assembling => plain(Shape::Saving, tr("Putting it together")),
        Phase::Importing(_) => plain(Shape::Importing, tr("Importing")),
        Phase::Releasing => plain(Shape::Deleting, tr("Tidying up")),
        Phase::Finished(outcome) => return finished(outcome, state),
    };
    if words.why.is_none() && state.breaks > 0 {
        words.why = Some(match state.breaks {
            1 => tr("The connection broke once; the file is sent again from its beginning.")
                .to_owned(),
            breaks => tr_with(
                "The connection broke {breaks} times; the file is sent again from its beginning.",
                &[("breaks", &breaks)],
            ),
        });
    }
    words
}

fn sending(state: &JobState) -> JobWords {
    let mut figures = share(state).map(format::percent).unwrap_or_default();
    if let Some(estimate) = &state.estimate {
        figures = format!("{figures} · {}", format::rate(estimate.bytes_per_second));
        if let Some(left) = estimate.time_left {
            figures = tr_with(
                "{figures} · {duration} left",
                &[("figures", &figures), ("duration", &format::duration(left.as_secs().max(1)))],
            );
        }
    }
    JobWords {
        shape: Shape::Uploading,
        word: tr("Sending").into(),
        figures: Some(figures),
        why: None,
    }
}

fn finished(outcome: &Outcome, state: &JobState) -> JobWords {
    let left = left_behind(outcome.left());
    let mut words = match outcome {
        Outcome::Uploaded { check: Check::Verified, .. } => JobWords {
            shape: Shape::Verified,
            word: tr("Verified").into(),
            figures: Some(match (state.size_bytes, state.took) {
                (Some(size), Some(took)) => {
                    tr_with("{size} in {duration} · SHA-512 equal", &[("size", &format::bytes(size)), ("duration", &format::duration(took.as_secs().max(1)))])
                }
                _ => tr("SHA-512 equal").to_owned(),
            }),
            why: None,
        },
        Outcome::Uploaded { check: Check::NotComparable { algorithm }, .. } => because(
            Shape::Active,
            tr("Active, not compared"),
            match algorithm {
                Some(name) => tr_with("The size is right. This cloud hashes images with {name}, so the content could not be compared.", &[("name", &name)]),
                None => tr("The size is right. This cloud does not say the image’s hash, so the content could not be compared.").to_owned(),
            },
        ),
        Outcome::Failed { reason, .. } => because(Shape::Failed, tr("Failed"), failure(reason)),
        Outcome::Cancelled { .. } => because(Shape::Deactivated, tr("Cancelled"), tr("The record was removed. Nothing of it is stored or paid for.")),
    };
    if let Some(left) = left {
        words.why = Some(match (&words.why, outcome) {
            (Some(why), Outcome::Failed { .. } | Outcome::Uploaded { .. }) => {
                format!("{why} {left}")
            }
            _ => left,
        });
    }
    words
}

/// Why a file's upload failed and what to do.
pub fn failure(reason: &Failure) -> String {
    match reason {
        Failure::RecordRefused { status, message } => tr_with("The cloud refused to make the image ({status}). {said}", &[("status", &status), ("said", &quoted(message))]),
        Failure::NoReplyToCreate => tr("The cloud did not answer when the image was to be made. Try again.").into(),
        Failure::ContentRefused { message } => tr_with("The cloud looked into the file and refused it (415): it is not what the disk format says, or not safe. {said}Choose the right format, or convert the file with qemu-img, and create the image again. The record was removed.", &[("said", &spaced(&quoted(message)))]),
        Failure::Refused { status: 413, message } => tr_with("The cloud takes no more data (413): a quota or its largest size is reached. {said}Delete something you no longer need, then try again.", &[("said", &spaced(&quoted(message)))]),
        Failure::Refused { status, message } => tr_with("The cloud refused the data ({status}). {said}", &[("status", &status), ("said", &quoted(message))]),
        Failure::Gone => tr("Somebody deleted the image meanwhile.").into(),
        Failure::KeepsBreaking { breaks, last } => {
            let said = match last {
                Some((status, message)) => tr_with(" The cloud’s last answer was {status}. {said}", &[("status", &status), ("said", &quoted(message))]),
                None => String::new(),
            };
            tr_with("The connection broke {breaks} times.{said} Try again when the line is better.", &[("breaks", &breaks), ("said", &said)])
        }
        Failure::Unreachable => tr("The cloud could not be reached to see what became of the image. Look at it in the list before you send the file again.").into(),
        Failure::OddState { status } => tr_with("The image is “{status}”, which no upload leads to. Somebody else may work on it.", &[("status", &status)]),
        Failure::HashFailed { message } => tr_with("The file could not be read to its end, so the image could not be verified: {message}. Was it changed or moved? Choose it again.", &[("message", &message)]),
        Failure::Mismatch(Mismatch::Size { ours_bytes, theirs_bytes }) => tr_with("The cloud has {theirs}, the file {ours} bytes: it was damaged on the way, or the file changed meanwhile. The image was removed; try again.", &[("theirs", &(theirs_bytes.map_or_else(|| tr("no size").to_owned(), |bytes| tr_with("{bytes} bytes", &[("bytes", &bytes)])))), ("ours", &ours_bytes)]),
        Failure::Mismatch(Mismatch::Sha512 { .. }) => tr("The cloud’s SHA-512 differs from the file’s: it was damaged on the way, or the file changed meanwhile. The image was removed; try again.").into(),
        Failure::SourceChanged => tr("The file changed while it was sent. Choose it again.").into(),
        Failure::StoreRefused { status, message, .. } => tr_with("The object store refused a step ({status}). {said}", &[("status", status), ("said", &quoted(message))]),
        Failure::StoreSilent { .. } => tr("The object store gives no answer that this page may see. What was sent is kept; try again.").into(),
        Failure::StoreFull { missing_bytes, message, .. } => tr_with("There is no room in the object store: {size} are still to be sent. {said}What was sent is kept; make room and try again.", &[("size", &format::binary(*missing_bytes)), ("said", &spaced(&quoted(message)))]),
        Failure::ImportRefused { status, message } => tr_with("The cloud refused to import what was sent ({status}). {said}", &[("status", status), ("said", &quoted(message))]),
        Failure::ImportFailed { message } => tr_with("The cloud could not import what was sent. {said}What was sent is kept; try again.", &[("said", &spaced(&quoted(message)))]),
        Failure::ImportStuck => tr("The cloud’s import neither ends nor fails. What was sent is kept; try again, which makes a new record.").into(),
        Failure::SignedOut => tr("You signed out before it was done.").into(),
    }
}

fn fetched(end: &Fetched) -> JobWords {
    match end {
        Fetched::Active => because(
            Shape::Active,
            tr("Active"),
            tr(
                "The cloud fetched it. Nobody here has seen the data, so it was compared with nothing.",
            ),
        ),
        Fetched::Failed(reason) => because(Shape::Failed, tr("Failed"), import_failure(reason)),
        Fetched::Lost(error) => because(
            Shape::Unknown,
            tr("Lost sight of"),
            tr_with(
                "{error} The import may go on in the cloud; the image’s page shows it.",
                &[("error", &errors::api(error, None).paragraph())],
            ),
        ),
        Fetched::Cancelled(left) => because(
            Shape::Deactivated,
            tr("Cancelled"),
            left_behind(left).unwrap_or_else(|| {
                tr("The record was removed. Nothing of it is stored or paid for.").to_owned()
            }),
        ),
    }
}

/// Why an import failed and what to do.
pub fn import_failure(reason: &ImportFailure) -> String {
    match reason {
        ImportFailure::Task { message } => tr_with("The cloud could not import it. {said}Check that the address answers without a login and holds what the disk format says. The record is still there, without data: delete it, or import again.", &[("said", &spaced(&quoted(message)))]),
        ImportFailure::NeverBegan => tr("The cloud accepted the import but never began it. The record is still there, without data.").into(),
        ImportFailure::Gone => tr("Somebody deleted the image meanwhile.").into(),
        ImportFailure::OddState { status } => tr_with("The image is “{status}”, which no import leads to.", &[("status", &status)]),
    }
}

fn left_behind(left: &LeftBehind) -> Option<String> {
    if left.is_nothing() {
        return None;
    }
    let mut sentences = Vec::new();
    match left.records.as_slice() {
        [] => {}
        [one] => sentences.push(tr_with("The record {record} could not be removed and is still in the cloud; delete it in the list.", &[("record", &one)])),
        several => sentences.push(tr_with("The records {records} could not be removed and are still in the cloud; delete them in the list.", &[("records", &several.join(", "))])),
    }
    if left.perhaps_a_record {
        sentences.push(tr("The cloud did not answer when the record was made: one without data may be in the list.").to_owned());
    }
    Some(sentences.join(" "))
}

fn quoted(message: &str) -> String {
    let message = message.trim();
    if message.is_empty() {
        return String::new();
    }
    let end = if message.ends_with(['.', '!', '?']) { "" } else { "." };
    tr_with("It says: {message}{end}", &[("message", &message), ("end", &end)])
}

fn spaced(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{text} ") }
}

/// What leaving or closing the tab does to a job, for the tray's foot.
pub fn leaving(road: Road) -> &'static str {
    match road {
        Road::Direct | Road::Segments => {
            tr("Leave this tab open: closing it breaks off what is being sent.")
        }
        Road::Url => tr("The cloud goes on by itself when this tab is closed."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(phase: Phase) -> JobState {
        let phase = JobPhase::File(phase);
        JobState {
            sent_bytes: 61,
            hashed_bytes: 61,
            ..JobState::new(Road::Direct, phase, Some(100))
        }
    }

    #[test]
    fn only_a_comparison_is_called_verified() {
        let end = |check| {
            let left = LeftBehind::default();
            job(&state(Phase::Finished(Outcome::Uploaded { id: "i".into(), check, left }))).word
        };
        assert_eq!(end(Check::Verified), "Verified");
        assert_eq!(
            end(Check::NotComparable { algorithm: Some("sha256".into()) }),
            "Active, not compared"
        );
    }

    #[test]
    fn what_is_left_behind_is_said() {
        let left = LeftBehind { records: vec!["abc".into()], ..LeftBehind::default() };
        let words = job(&state(Phase::Finished(Outcome::Cancelled { left })));
        let why = words.why.unwrap();
        assert!(why.contains("abc") && !why.contains("was removed"), "{why}");
    }

    #[test]
    fn sending_shows_how_far_it_is() {
        assert_eq!(job(&state(Phase::Sending)).figures.as_deref(), Some("61 %"));
        assert_eq!(share(&state(Phase::AwaitingReply)), None);
    }
}
