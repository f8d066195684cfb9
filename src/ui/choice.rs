//! Checkboxes, radio cards and segmented controls.

use leptos::prelude::*;

use super::unique_id;

/// A checkbox with its label and, below it, a hint or the reason why it cannot be changed.
#[component]
pub fn Check(
    /// On or off.
    checked: RwSignal<bool>,
    /// What it switches.
    #[prop(into)]
    label: Signal<String>,
    /// What follows from it.
    #[prop(optional, into)]
    hint: Signal<Option<String>>,
    /// Why it cannot be changed. Takes the place of the hint.
    #[prop(optional, into)]
    why_not: Signal<Option<String>>,
) -> impl IntoView {
    let hint_id = unique_id("check");
    let text = move || why_not.get().or_else(|| hint.get());
    view! {
        <label class="check">
            <input
                type="checkbox"
                disabled=move || why_not.read().is_some()
                aria-describedby={let id = hint_id.clone(); move || text().map(|_| id.clone())}
                prop:checked=checked
                on:change:target=move |event| checked.set(event.target().checked())
            />
            <span>
                {move || label.get()}
                {move || text().map(|text| view! {
                    <span class="check__hint" id=hint_id.clone()>{text}</span>
                })}
            </span>
        </label>
    }
}

/// One of a few exclusive choices that need a sentence each. Put them into
/// `<fieldset class="fieldset"><legend class="fieldset__legend">..</legend><div class="choices choices--2">`.
#[component]
pub fn ChoiceCard(
    /// The same for all cards of one question.
    #[prop(into)]
    name: String,
    /// The choice in a word or two.
    #[prop(into)]
    title: String,
    /// What it means.
    #[prop(optional, into)]
    text: Signal<Option<String>>,
    /// It is the chosen one.
    #[prop(into)]
    checked: Signal<bool>,
    /// It was chosen.
    #[prop(into)]
    on_choose: Callback<()>,
    /// Why it cannot be chosen. Takes the place of `text`.
    #[prop(optional, into)]
    why_not: Signal<Option<String>>,
) -> impl IntoView {
    let text_id = unique_id("choice");
    view! {
        <label class="choice">
            <input
                type="radio"
                name=name
                aria-describedby=text_id.clone()
                disabled=move || why_not.read().is_some()
                prop:checked=checked
                on:change=move |_| on_choose.run(())
            />
            <span class="choice__title">{title}</span>
            <span class="choice__text" id=text_id>
                {move || why_not.get().or_else(|| text.get())}
            </span>
        </label>
    }
}

/// One of a few exclusive choices that need a word each. Put them into
/// `<div class="segmented" role="radiogroup" aria-label="..">`.
#[component]
pub fn SegmentedOption(
    /// The same for all options of one control.
    #[prop(into)]
    name: String,
    /// The choice in a word.
    #[prop(into)]
    label: String,
    /// It is the chosen one.
    #[prop(into)]
    checked: Signal<bool>,
    /// It was chosen.
    #[prop(into)]
    on_choose: Callback<()>,
) -> impl IntoView {
    view! {
        <label class="segmented__option">
            <input type="radio" name=name prop:checked=checked on:change=move |_| on_choose.run(()) />
            {label}
        </label>
    }
}
