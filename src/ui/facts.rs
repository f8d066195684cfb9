//! Readings: what, value, where it was read; and figures with their label above.

use leptos::prelude::*;

/// One row of a `<dl class="facts">` (`facts--plain` in a panel's body, `facts--sum` for sums).
#[component]
pub fn Fact(
    /// What it is.
    #[prop(into)]
    term: String,
    /// Where it was read: "header, byte 24".
    #[prop(optional, into)]
    place: Option<String>,
    /// The value.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="facts__row">
            <dt class="facts__term">{term}</dt>
            <dd class="facts__value">{children()}</dd>
            {place.map(|place| view! { <dd class="facts__where">{place}</dd> })}
        </div>
    }
}

/// One cell of a `<div class="readout">`: a label above a figure.
#[component]
pub fn Reading(
    /// What is read.
    #[prop(into)]
    label: String,
    /// The figure.
    #[prop(into)]
    value: Signal<String>,
    /// Its unit, smaller.
    #[prop(optional, into)]
    unit: Signal<Option<String>>,
    /// What explains it.
    #[prop(optional, into)]
    note: Signal<Option<String>>,
    /// The large size.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    view! {
        <div class="readout__cell">
            <p class="readout__label">{label}</p>
            <p class="readout__value" class:readout__value--l=large>
                {move || value.get()}
                {move || unit.get().map(|unit| view! { " " <span class="readout__unit">{unit}</span> })}
            </p>
            {move || note.get().map(|note| view! { <p class="readout__note">{note}</p> })}
        </div>
    }
}
