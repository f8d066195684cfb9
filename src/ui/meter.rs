//! How much of something limited is used.

use leptos::prelude::*;

/// A label, a reading ("61.1 of 200 GB") and a bar.
#[component]
pub fn Meter(
    /// What is measured.
    #[prop(into)]
    label: Signal<String>,
    /// The reading in words.
    #[prop(into)]
    reading: Signal<String>,
    /// How much is used, from 0 to 1.
    #[prop(into)]
    share: Signal<f64>,
) -> impl IntoView {
    view! {
        <div class="meter">
            <span class="meter__label">{move || label.get()}</span>
            <span class="meter__value">{move || reading.get()}</span>
            <meter
                class="meter__bar"
                min="0"
                max="1"
                low="0.75"
                high="0.95"
                optimum="0"
                value=move || share.get().clamp(0.0, 1.0).to_string()
                aria-label=move || label.get()
                aria-valuetext=move || reading.get()
            ></meter>
        </div>
    }
}
