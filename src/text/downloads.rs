//! Words for downloads. Pure.

use super::{errors, format, tr, tr_with};
use crate::downloads::{Compared, DownloadState, Failure, Phase};
use crate::ui::Shape;

/// A download in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DownloadWords {
    /// The shape beside the word.
    pub shape: Shape,
    /// What it does.
    pub word: &'static str,
    /// Share, speed, time left; or how large it is.
    pub figures: Option<String>,
    /// What the word means, where that is not plain.
    pub why: Option<String>,
}

/// How far it is, from 0 to 1.
pub fn share(state: &DownloadState) -> Option<f64> {
    let done = match &state.phase {
        Phase::Fetching => state.saved_bytes,
        Phase::Comparing => state.hashed_bytes,
        Phase::Saved(_) => return Some(1.0),
        Phase::Choosing | Phase::Failed(_) | Phase::Cancelled => return Some(0.0),
    };
    #[allow(clippy::cast_precision_loss)] // Sizes of files are far below 2^53.
    (state.size_bytes > 0).then(|| done as f64 / state.size_bytes as f64)
}

/// What it does, in words.
pub fn download(state: &DownloadState) -> DownloadWords {
    let words = |shape, word, figures, why| DownloadWords { shape, word, figures, why };
    let percent = share(state).map(format::percent);
    let size = Some(format::bytes(state.size_bytes));
    let text = |text: &str| Some(text.to_owned());
    match &state.phase {
        Phase::Choosing => words(Shape::Queued, tr("Choose a file"), None, None),
        Phase::Fetching => {
            let mut figures = percent.unwrap_or_default();
            if let Some(estimate) = &state.estimate {
                figures = format!("{figures} · {}", format::rate(estimate.bytes_per_second));
                if let Some(left) = estimate.time_left {
                    let left = format::duration(left.as_secs().max(1));
                    figures = format!("{figures} · {}", tr_with("{time} left", &[("time", &left)]));
                }
            }
            words(Shape::Importing, tr("Downloading"), Some(figures), None)
        }
        Phase::Comparing => words(
            Shape::Verifying,
            tr("Comparing"),
            percent,
            text(tr("All of it is saved; its SHA-512 is being compared with the cloud’s.")),
        ),
        Phase::Saved(Compared::Equal) => {
            words(Shape::Verified, tr("Saved and verified"), size, None)
        }
        Phase::Saved(Compared::NotCompared) => words(
            Shape::Done,
            tr("Saved, not compared"),
            size,
            text(tr("The size is right. The content could not be compared with the cloud’s.")),
        ),
        Phase::Saved(Compared::Different) => words(
            Shape::Failed,
            tr("Different"),
            None,
            text(tr(
                "What arrived is not what the cloud has. Do not use the file; download it again.",
            )),
        ),
        Phase::Failed(failure) => words(Shape::Failed, tr("Failed"), None, Some(failed(failure))),
        Phase::Cancelled => words(
            Shape::Deactivated,
            tr("Cancelled"),
            None,
            text(tr("Nothing is left of it on this computer.")),
        ),
    }
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
