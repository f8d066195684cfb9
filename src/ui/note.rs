//! A note in the page: what happened, what is kept, what to do.

use leptos::prelude::*;

use super::{Glyph, Icon, Tone, marked};

/// Title, text, actions. Danger is announced at once, the others politely.
#[component]
pub fn Note(
    /// How grave it is. None: for information.
    #[prop(optional, into)]
    tone: Option<Tone>,
    /// What happened, in one sentence without a full stop.
    #[prop(into)]
    title: Signal<String>,
    /// What is kept and what to do.
    #[prop(optional, into)]
    text: Signal<Option<String>>,
    /// It was there from the start: nothing to announce.
    #[prop(optional)]
    still: bool,
    /// Buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let role = match (still, tone) {
        (true, _) => None,
        (false, Some(Tone::Danger)) => Some("alert"),
        (false, _) => Some("status"),
    };
    let glyph = match tone {
        Some(Tone::Warn | Tone::Danger) => Glyph::Warn,
        Some(Tone::Ok) => Glyph::Check,
        _ => Glyph::Info,
    };
    view! {
        <div class="note" data-tone=tone.map(Tone::name) role=role>
            <Icon glyph=glyph />
            <p class="note__title">{move || title.get()}</p>
            {move || text.get().map(|text| view! { <p class="note__text">{marked(&text)}</p> })}
            {children.map(|children| view! { <div class="note__actions">{children()}</div> })}
        </div>
    }
}
