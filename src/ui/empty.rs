//! An empty list: what belongs here and how it gets here.

use leptos::prelude::*;

/// Title, text, and the button that brings the first one.
#[component]
pub fn Empty(
    /// What is not there: "No private images yet".
    #[prop(into)]
    title: Signal<String>,
    /// How it gets here.
    #[prop(optional, into)]
    text: Signal<Option<String>>,
    /// Inside a panel: no frame of its own.
    #[prop(optional)]
    small: bool,
    /// Buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty" class:empty--s=small>
            <p class="empty__title">{move || title.get()}</p>
            {move || text.get().map(|text| view! { <p class="empty__text">{text}</p> })}
            {children.map(|children| view! { <div class="empty__actions">{children()}</div> })}
        </div>
    }
}
