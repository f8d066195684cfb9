//! Uploads and imports in words: what they do, how they ended, what is left behind, what to do. Beside `errors`, the only
//! place that words a failure. Pure.
//!
//! Every state says what it means, what is kept and what comes next; `tests` holds them to it.

mod details;
mod endings;
mod failures;
mod phases;
mod road;

use upload::{Outcome, Phase};

pub use details::{Detail, copied, details};
pub use endings::{cancelling, failure};
pub use phases::{saved, step};
pub use road::{Closed, leaving, parts, road, why_direct, why_road};

use super::transfers::{TransferWords, share_of};
use super::{format, tr, tr_with};
use crate::uploads::{JobPhase, JobState, Road};

/// Words for a job.
pub fn job(state: &JobState) -> TransferWords {
    match &state.phase {
        JobPhase::File(Phase::Finished(outcome)) => endings::finished(outcome, state),
        JobPhase::Fetched(end) => endings::fetched(end),
        _ => under_way(state),
    }
}

/// Words for a job that is not over; without the words for endings, which the first page does not need.
pub fn under_way(state: &JobState) -> TransferWords {
    phases::under_way(state)
}

/// How much of the bar is filled; `None` when nobody knows.
pub fn share(state: &JobState) -> Option<f64> {
    match &state.phase {
        JobPhase::File(Phase::Finished(Outcome::Failed { .. } | Outcome::Cancelled { .. })) => {
            Some(share_of(state.sent_bytes, state.size_bytes).unwrap_or(0.0))
        }
        JobPhase::File(Phase::Finished(_)) | JobPhase::Fetched(_) => Some(1.0),
        JobPhase::File(Phase::Sending | Phase::Offline | Phase::AwaitingSignIn | Phase::Paused) => {
            share_of(state.sent_bytes, state.size_bytes)
        }
        // Of what is cut something may be there already; else it is not known whether anything is done at all.
        JobPhase::File(Phase::Queued | Phase::Preparing | Phase::Checking)
            if state.road == Road::Segments =>
        {
            share_of(state.sent_bytes, state.size_bytes)
        }
        JobPhase::File(Phase::Queued) | JobPhase::Elsewhere => Some(0.0),
        JobPhase::File(Phase::Verifying) => share_of(state.hashed_bytes, state.size_bytes),
        _ => None,
    }
}

/// "It says: no room." where the cloud said anything.
fn quoted(message: &str) -> String {
    let message = message.trim();
    if message.is_empty() {
        return String::new();
    }
    let end = if message.ends_with(['.', '!', '?']) { "" } else { "." };
    tr_with("It says: {message}{end}", &[("message", &message), ("end", &end)])
}

/// The sentences that there are, one after the other.
fn joined<S: AsRef<str>>(sentences: &[S]) -> String {
    let said: Vec<&str> =
        sentences.iter().map(AsRef::as_ref).filter(|sentence| !sentence.is_empty()).collect();
    said.join(" ")
}

#[cfg(test)]
mod tests;
