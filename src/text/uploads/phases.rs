//! What a job does, while it is not over.

use upload::import::Progress;
use upload::{Outcome, Phase};

use super::{format, joined, share, tr, tr_with, why_direct};
use crate::text::transfers::{TransferWords, pace};
use crate::ui::Shape;
use crate::uploads::{Fetched, JobPhase, JobState, Road};

/// So long an import may show nothing before that is said.
const QUIET: std::time::Duration = std::time::Duration::from_secs(10 * 60);

/// Shape and word of what a job does: all that a list shows.
pub fn step(phase: &JobPhase) -> (Shape, &'static str) {
    match phase {
        JobPhase::File(phase) => file_step(phase),
        JobPhase::Fetching(_) => (Shape::Importing, tr("Importing")),
        JobPhase::CleaningUp => (Shape::Deleting, tr("Removing the record")),
        JobPhase::Elsewhere => (Shape::Uploading, tr("Goes on in another tab")),
        JobPhase::Fetched(Fetched::Active) => (Shape::Active, tr("Active")),
        JobPhase::Fetched(Fetched::Failed(_)) => (Shape::Failed, tr("Failed")),
        JobPhase::Fetched(Fetched::Lost(_)) => (Shape::Unknown, tr("Lost sight of")),
        JobPhase::Fetched(Fetched::Cancelled(_)) => (Shape::Deactivated, tr("Cancelled")),
    }
}

fn file_step(phase: &Phase) -> (Shape, &'static str) {
    match phase {
        Phase::New | Phase::Creating => (Shape::Queued, tr("Making the record")),
        Phase::Queued => (Shape::Queued, tr("Waits for its turn")),
        Phase::Paused => (Shape::Paused, tr("Paused")),
        Phase::Preparing => (Shape::Queued, tr("Looking at what is there")),
        Phase::Sending => (Shape::Uploading, tr("Sending")),
        Phase::AwaitingReply => (Shape::Saving, tr("Stored by the cloud")),
        Phase::AwaitingSignIn => (Shape::Paused, tr("Waits for sign-in")),
        Phase::Checking => (Shape::Verifying, tr("Looking what arrived")),
        Phase::Offline => (Shape::Offline, tr("Offline")),
        Phase::Assembling => (Shape::Saving, tr("Putting it together")),
        Phase::Importing(_) => (Shape::Importing, tr("Importing")),
        Phase::Verifying => (Shape::Verifying, tr("Comparing")),
        Phase::Releasing => (Shape::Deleting, tr("Tidying up")),
        Phase::CleaningUp => (Shape::Deleting, tr("Removing the record")),
        Phase::Finished(Outcome::Uploaded { check: upload::Check::Verified, .. }) => {
            (Shape::Verified, tr("Verified"))
        }
        Phase::Finished(Outcome::Uploaded { .. }) => (Shape::Active, tr("Active, not compared")),
        Phase::Finished(Outcome::Failed { .. }) => (Shape::Failed, tr("Failed")),
        Phase::Finished(Outcome::Cancelled { .. }) => (Shape::Deactivated, tr("Cancelled")),
    }
}

/// Words for a job that is not over.
pub(super) fn under_way(state: &JobState) -> TransferWords {
    let mut words = TransferWords::plain(step(&state.phase));
    match &state.phase {
        JobPhase::File(Phase::Importing(progress)) => {
            words.figures = stored(progress);
            words.why = Some(importing(progress).to_owned());
        }
        JobPhase::File(phase) => {
            words.figures = match phase {
                Phase::Sending => pace(share(state), state.estimate.as_ref()),
                _ => share(state).map(format::percent),
            };
            words.why = Some(file(phase, state));
        }
        JobPhase::Fetching(progress) => {
            words.figures = stored(progress);
            words.why = Some(tr("The cloud fetches the image by itself and shows no progress meanwhile. You may close this tab.").to_owned());
        }
        JobPhase::CleaningUp => {
            words.why = Some(
                tr("The import ends when its record is gone. Leave the tab open until it is.")
                    .to_owned(),
            );
        }
        JobPhase::Elsewhere => {
            words.why = Some(tr("It is paused and cancelled there.").to_owned());
        }
        JobPhase::Fetched(_) => {}
    }
    words
}

fn stored(progress: &Progress) -> Option<String> {
    let size = format::binary(progress.copied_mib?.saturating_mul(1 << 20));
    Some(tr_with("{size} stored", &[("size", &size)]))
}

fn importing(progress: &Progress) -> &'static str {
    if progress.quiet_for >= QUIET {
        tr(
            "The cloud makes the image from the parts, and nothing new was seen of it for a while. That is usual while it fetches a large one. What has arrived is kept.",
        )
    } else {
        tr(
            "The cloud makes the image from the parts and does not say how far it is. Leave this tab open: the image is compared with the file when it is there.",
        )
    }
}

/// What a phase means for a file: what is kept, what comes next.
fn file(phase: &Phase, state: &JobState) -> String {
    let parts = state.road == Road::Segments;
    let text = match phase {
        Phase::New | Phase::Creating => tr(
            "The image’s record comes first: rights and quota are known before any data travels.",
        ),
        Phase::Queued => tr("Other uploads are sent first. It begins by itself."),
        Phase::Paused if parts => {
            tr("Paused by you. What has arrived is kept for at least a week; Resume goes on there.")
        }
        Phase::Paused => tr(
            "Paused by you. A file sent in one piece starts again from its beginning when you resume it.",
        ),
        Phase::Preparing => {
            tr("The object store is opened and asked which parts of the file it has already.")
        }
        Phase::Sending => return sending(state),
        Phase::AwaitingReply => tr(
            "Everything has left this computer. The cloud answers when it has stored all of it, which may take minutes.",
        ),
        Phase::AwaitingSignIn if parts => tr(
            "Your session has ended. What has arrived is kept; it goes on as soon as you sign in again.",
        ),
        Phase::AwaitingSignIn => {
            tr("Your session has ended. It goes on as soon as you sign in again.")
        }
        Phase::Checking => tr(
            "The line broke, or an answer was lost. The cloud is asked what it has before anything is sent again.",
        ),
        Phase::Offline if parts => tr(
            "No network. What has arrived is kept; it goes on by itself when the network is back.",
        ),
        Phase::Offline => tr(
            "It goes on by itself when the network is back. A file sent in one piece then starts again from its beginning.",
        ),
        Phase::Assembling => tr(
            "All parts are in the object store; the list that makes one file of them is being written.",
        ),
        Phase::Verifying => {
            tr("Everything has arrived; this computer is still computing the file’s SHA-512.")
        }
        Phase::Releasing => {
            tr("The image is ready. What helped to make it is being removed from the object store.")
        }
        Phase::CleaningUp => tr(
            "What it made in the cloud is being removed. Leave the tab open: it then says what is left, if anything is.",
        ),
        // Said elsewhere.
        Phase::Importing(_) | Phase::Finished(_) => "",
    };
    text.to_owned()
}

fn sending(state: &JobState) -> String {
    match state.road {
        Road::Segments => match saved(state) {
            Some(saved) => joined(&[saved, resent(state).unwrap_or_default()]),
            None => resent(state).unwrap_or_else(|| {
                tr("Sent in parts: what has arrived is kept, whatever happens to line, tab or computer.")
                    .to_owned()
            }),
        },
        Road::Direct | Road::Url => match (state.breaks, &state.detour) {
            // The way was changed on the way: the reason stands first.
            (0, Some(why)) => joined(&[
                why_direct(why).text,
                tr("Sent in one piece; if the line breaks, it starts again from its beginning.")
                    .to_owned(),
            ]),
            (0, None) => tr("Sent in one piece: it cannot be paused, and if the line breaks it starts again from its beginning.")
                .to_owned(),
            (1, _) => tr("The connection broke once; the file is sent again from its beginning.")
                .to_owned(),
            (breaks, _) => tr_with(
                "The connection broke {breaks} times; the file is sent again from its beginning.",
                &[("breaks", &breaks)],
            ),
        },
    }
}

/// "12 GB of 40 GB need not be sent: 9 GB zeros and repetitions, 3 GB there already."
pub fn saved(state: &JobState) -> Option<String> {
    let segments = state.segments.as_ref()?;
    let (repeated, present) = (segments.repeated_bytes, segments.present_bytes);
    let size = format::bytes(state.size_bytes?);
    let amounts = (
        format::bytes(repeated.saturating_add(present)),
        format::bytes(repeated),
        format::bytes(present),
    );
    let values: [(&str, &dyn std::fmt::Display); 4] =
        [("saved", &amounts.0), ("size", &size), ("repeated", &amounts.1), ("present", &amounts.2)];
    match (repeated, present) {
        (0, 0) => None,
        (_, 0) => Some(tr_with(
            "{saved} of {size} need not be sent: zeros and other repetitions.",
            &values,
        )),
        (0, _) => {
            Some(tr_with("{saved} of {size} need not be sent: they are there already.", &values))
        }
        _ => Some(tr_with(
            "{saved} of {size} need not be sent: {repeated} zeros and other repetitions, {present} there already.",
            &values,
        )),
    }
}

/// What breaks have cost.
fn resent(state: &JobState) -> Option<String> {
    let resent = state.segments.as_ref()?.resent_bytes;
    let size = format::bytes(resent);
    match (state.breaks, resent) {
        (_, 0) => None,
        // Paused in the middle of a part.
        (0, _) => Some(tr_with(
            "{size} of parts that had not arrived whole were sent again.",
            &[("size", &size)],
        )),
        (1, _) => Some(tr_with("The line broke once; {size} were sent again.", &[("size", &size)])),
        (breaks, _) => Some(tr_with(
            "The line broke {breaks} times; {size} were sent again.",
            &[("breaks", &breaks), ("size", &size)],
        )),
    }
}
