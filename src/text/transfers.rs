//! What uploads, imports and downloads have in common when they are put into words. Pure.

use upload::progress::Estimate;

use super::{format, tr_with};
use crate::ui::Shape;

/// Something on its way, worded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferWords {
    /// The shape beside the word.
    pub shape: Shape,
    /// One word or two: "Sending".
    pub word: &'static str,
    /// Figures: "61 % · 38.2 MB/s · 3 min 24 s left".
    pub figures: Option<String>,
    /// What it means, what is kept and what to do, in sentences.
    pub why: Option<String>,
    /// What an operator of the cloud would have to change, where that is the cause.
    pub operator: Option<String>,
}

impl TransferWords {
    /// Only what it does.
    pub fn plain((shape, word): (Shape, &'static str)) -> Self {
        Self { shape, word, figures: None, why: None, operator: None }
    }

    /// What it does and what that means.
    pub fn because(step: (Shape, &'static str), why: impl Into<String>) -> Self {
        Self { why: Some(why.into()), ..Self::plain(step) }
    }
}

/// "61 % · 38.2 MB/s · 3 min 24 s left", as far as it is known.
pub fn pace(share: Option<f64>, estimate: Option<&Estimate>) -> Option<String> {
    let percent = share.map(format::percent);
    let Some(estimate) = estimate else { return percent };
    let rate = format::rate(estimate.bytes_per_second);
    let so_far = match percent {
        Some(percent) => format!("{percent} · {rate}"),
        None => rate,
    };
    Some(match estimate.time_left {
        Some(left) => format!("{so_far} · {}", time_left(left)),
        None => so_far,
    })
}

/// "3 min 24 s left".
pub fn time_left(left: std::time::Duration) -> String {
    // Seconds mean nothing when it takes hours, and whole minutes hold still.
    let seconds = match left.as_secs().max(1) {
        short if short < 600 => short,
        long => long / 60 * 60,
    };
    tr_with("{time} left", &[("time", &format::duration(seconds))])
}

/// `part` of `whole`, from 0 to 1; `None` of nothing.
#[allow(clippy::cast_precision_loss)] // Sizes of files are far below 2^53.
pub fn share_of(part: u64, whole: Option<u64>) -> Option<f64> {
    whole.filter(|whole| *whole > 0).map(|whole| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_pace_says_what_is_known() {
        let estimate =
            |left| Estimate { bytes_per_second: 2e6, time_left: Some(Duration::from_secs(left)) };
        assert_eq!(pace(None, None), None);
        assert_eq!(pace(Some(0.619), None).as_deref(), Some("61 %"));
        let check = |left, expected: &str| {
            assert_eq!(pace(Some(0.5), Some(&estimate(left))).as_deref(), Some(expected));
        };
        check(0, "50 % · 2 MB/s · 1 s left");
        check(204, "50 % · 2 MB/s · 3 min 24 s left");
        check(1234, "50 % · 2 MB/s · 20 min left");
    }
}
