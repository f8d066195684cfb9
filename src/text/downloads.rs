//! Words for downloads. Pure.

use super::transfers::{TransferWords, pace, share_of};
use super::{errors, format, tr, tr_with};
use crate::downloads::{Compared, DownloadState, Failure, Phase};
use crate::ui::Shape;

/// How far it is, from 0 to 1.
pub fn share(state: &DownloadState) -> Option<f64> {
    let done = match &state.phase {
        Phase::Fetching => state.saved_bytes,
        Phase::Comparing => state.hashed_bytes,
        Phase::Saved(_) => return Some(1.0),
        Phase::Choosing | Phase::Failed(_) | Phase::Cancelled => return Some(0.0),
    };
    share_of(done, Some(state.size_bytes))
}

/// What it does, in words.
pub fn download(state: &DownloadState) -> TransferWords {
    let size = Some(format::bytes(state.size_bytes));
    let (step, figures, why) = match &state.phase {
        Phase::Choosing => (
            (Shape::Queued, tr("Choose a file")),
            None,
            Some(tr("The browser asks where to write it.").to_owned()),
        ),
        Phase::Fetching => (
            (Shape::Importing, tr("Downloading")),
            pace(share(state), state.estimate.as_ref()),
            None,
        ),
        Phase::Comparing => (
            (Shape::Verifying, tr("Comparing")),
            share(state).map(format::percent),
            Some(tr("All of it is saved; its SHA-512 is being compared with the cloud’s.").to_owned()),
        ),
        Phase::Saved(Compared::Equal) => {
            ((Shape::Verified, tr("Saved and verified")), size, None)
        }
        Phase::Saved(Compared::NotCompared) => (
            (Shape::Done, tr("Saved, not compared")),
            size,
            Some(tr("The size is right. The content could not be compared with the cloud’s.").to_owned()),
        ),
        Phase::Saved(Compared::Different) => (
            (Shape::Failed, tr("Different")),
            None,
            Some(tr("What arrived is not what the cloud has. Do not use the file; download it again.").to_owned()),
        ),
        Phase::Failed(failure) => ((Shape::Failed, tr("Failed")), None, Some(failed(failure))),
        Phase::Cancelled => (
            (Shape::Deactivated, tr("Cancelled")),
            None,
            Some(tr("Nothing is left of it on this computer.").to_owned()),
        ),
    };
    TransferWords { figures, why, ..TransferWords::plain(step) }
}

fn failed(failure: &Failure) -> String {
    match failure {
        Failure::Cloud(error) => errors::api(error, Some(tr("Nothing is left of it on this computer."))).text_with_request(),
        Failure::Short => tr("It ended before all of it had arrived. Nothing is left of it on this computer. Download it again.").to_owned(),
        Failure::Browser(words) if words.is_empty() => {
            tr("The browser could not write the file. Is there room on the disk?").to_owned()
        }
        Failure::Browser(words) => {
            tr_with("The browser could not write the file: {words}", &[("words", words)])
        }
    }
}

#[cfg(test)]
mod tests {
    use openstack::{ApiError, ErrorKind, Service};

    use super::*;

    fn state(phase: Phase) -> DownloadState {
        DownloadState { phase, size_bytes: 200, saved_bytes: 50, hashed_bytes: 100, estimate: None }
    }

    #[test]
    fn success_is_said_only_of_an_equal_file() {
        let check = |phase: Phase, shape: Shape| {
            assert_eq!(download(&state(phase.clone())).shape, shape, "{phase:?}");
        };
        check(Phase::Saved(Compared::Equal), Shape::Verified);
        check(Phase::Saved(Compared::NotCompared), Shape::Done);
        check(Phase::Saved(Compared::Different), Shape::Failed);
        check(Phase::Failed(Failure::Short), Shape::Failed);
        assert_eq!(share(&state(Phase::Fetching)), Some(0.25));
        assert_eq!(share(&state(Phase::Comparing)), Some(0.5));
    }

    #[test]
    fn a_refusal_keeps_the_clouds_words() {
        let error = ApiError::local(
            "download the image",
            Service::Image,
            ErrorKind::Forbidden,
            "It is closed",
        );
        let why = download(&state(Phase::Failed(Failure::Cloud(error)))).why;
        assert!(
            why.is_some_and(|why| why.contains("It is closed") && why.contains("Nothing is left"))
        );
    }
}
