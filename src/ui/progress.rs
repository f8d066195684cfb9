//! Progress of something that has an end.

use leptos::prelude::*;

use super::Shape;

/// A bar. Without a share it runs to and fro: under way, nobody knows how far.
#[component]
pub fn Progress(
    /// The name of the thing that progresses.
    #[prop(into)]
    label: Signal<String>,
    /// How far it is, from 0 to 1.
    #[prop(into)]
    share: Signal<Option<f64>>,
    /// Colours it: paused and offline, verified, failed.
    #[prop(optional, into)]
    shape: Signal<Option<Shape>>,
    /// The thin one, for the edge of a panel.
    #[prop(optional)]
    thin: bool,
) -> impl IntoView {
    // Whole per cents: a screen reader that follows the bar is not told every byte.
    let percent =
        move || share.get().map(|share| (share.clamp(0.0, 1.0) * 100.0).floor().to_string());
    view! {
        <progress
            class="progress"
            class:progress--s=thin
            max="100"
            value=percent
            aria-label=move || label.get()
            data-status=move || shape.get().map(Shape::name)
        ></progress>
    }
}
