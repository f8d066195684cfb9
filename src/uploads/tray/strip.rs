//! The bar of a file that travels in parts, to scale: what was there already, what need not travel, what was sent, what is
//! on its way. The geometry is pure.

use leptos::prelude::*;

use crate::text::{format, tr};
use crate::ui::Shape;
use crate::uploads::JobState;

/// A part of the bar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Part {
    /// As the style sheet names it.
    pub(super) kind: Kind,
    /// How much of the file.
    pub(super) size_bytes: u64,
    /// How much of the bar, from 0 to 100.
    pub(super) percent: f64,
}

/// What became of a part of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It was in the object store before.
    Known,
    /// It is the same as another part: zeros, mostly.
    Zero,
    /// It was sent.
    Sent,
    /// It is on its way.
    Flight,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Zero => "zero",
            Self::Sent => "sent",
            Self::Flight => "flight",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Known => tr("there already"),
            Self::Zero => tr("need not travel"),
            Self::Sent => tr("sent"),
            Self::Flight => tr("on its way"),
        }
    }
}

/// The parts of the bar, those that are empty too; `None` for a file in one piece, or an empty one.
#[allow(clippy::cast_precision_loss)] // Sizes of files are far below 2^53.
pub(super) fn parts(state: &JobState) -> Option<[Part; 4]> {
    let segments = state.segments.as_ref()?;
    let size = state.size_bytes.filter(|size| *size > 0)?;
    let known = segments.present_bytes;
    let zero = segments.repeated_bytes;
    // What is told as sent holds what is on its way; whole segments are there.
    let there = segments.segment_bytes.saturating_mul(segments.stored).min(size);
    let most = segments.segment_bytes.saturating_mul(segments.in_flight as u64);
    let flight = state.sent_bytes.saturating_sub(there).min(most);
    let sent = state.sent_bytes.saturating_sub(known.saturating_add(zero).saturating_add(flight));
    let mut left = size;
    let list =
        [(Kind::Known, known), (Kind::Zero, zero), (Kind::Sent, sent), (Kind::Flight, flight)];
    Some(list.map(|(kind, bytes)| {
        // What is told may be a moment apart; the bar is never longer than the file.
        let size_bytes = bytes.min(left);
        left -= size_bytes;
        Part { kind, size_bytes, percent: size_bytes as f64 / size as f64 * 100.0 }
    }))
}

/// The bar. It is for the eye: what it says in sum stands in the `<progress>` beside it.
pub(super) fn strip(parts: Memo<Option<[Part; 4]>>, shape: Signal<Shape>) -> AnyView {
    let part = |at: usize| {
        let percent = move || {
            let percent = parts.read().and_then(|parts| parts.get(at).map(|part| part.percent));
            format!("{:.2}%", percent.unwrap_or_default())
        };
        let kind =
            move || parts.read().and_then(|parts| parts.get(at).map(|part| part.kind.name()));
        view! { <span class="strip__part" data-part=kind style:inline-size=percent></span> }
    };
    view! { <div class="strip" aria-hidden="true" data-status=move || shape.get().name()>{[0, 1, 2, 3].map(part)}</div> }.into_any()
}

/// What the parts of the bar are, with their sizes.
pub(super) fn key(state: &JobState) -> Option<AnyView> {
    let parts = parts(state)?;
    let told: u64 = parts.iter().map(|part| part.size_bytes).sum();
    let rest = state.size_bytes.unwrap_or_default().saturating_sub(told);
    let shown = parts.into_iter().filter(|part| part.size_bytes > 0).map(|part| {
        view! {
            <span class="key__item" data-part=part.kind.name()>
                {format::bytes(part.size_bytes)}" "{part.kind.words()}
            </span>
        }
    });
    let rest = (rest > 0)
        .then(|| view! { <span class="key__item">{format::bytes(rest)}" "{tr("to send")}</span> });
    Some(view! { <div class="key tray__key">{shown.collect_view()}{rest}</div> }.into_any())
}

#[cfg(test)]
mod tests {
    use upload::{Phase, SegmentsView};

    use super::*;
    use crate::uploads::{JobPhase, Road};

    fn drawn(sent_bytes: u64, segments: SegmentsView) -> Vec<(Kind, u64)> {
        let phase = JobPhase::File(Phase::Sending);
        let state = JobState {
            sent_bytes,
            segments: Some(segments),
            ..JobState::new(Road::Segments, phase, Some(1000))
        };
        parts(&state)
            .into_iter()
            .flatten()
            .filter(|part| part.size_bytes > 0)
            .map(|part| (part.kind, part.size_bytes))
            .collect()
    }

    #[test]
    fn parts_add_up_to_what_is_there() {
        let segments = SegmentsView {
            present_bytes: 100,
            repeated_bytes: 300,
            stored: 5,
            in_flight: 2,
            segment_bytes: 100,
            ..SegmentsView::default()
        };
        let expected =
            [(Kind::Known, 100), (Kind::Zero, 300), (Kind::Sent, 100), (Kind::Flight, 50)];
        assert_eq!(drawn(550, segments), expected);
    }

    #[test]
    fn the_bar_is_never_longer_than_the_file() {
        let segments = SegmentsView {
            present_bytes: 900,
            repeated_bytes: 900,
            stored: u64::MAX,
            in_flight: 4,
            segment_bytes: u64::MAX,
            ..SegmentsView::default()
        };
        assert_eq!(drawn(5000, segments), [(Kind::Known, 900), (Kind::Zero, 100)]);
        assert_eq!(drawn(0, SegmentsView::default()), []);
    }
}
