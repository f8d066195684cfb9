//! A moment, as people say it, with the exact one behind it.

use leptos::prelude::*;

/// A `<time>`: the words are the caller's ("4 min ago"), the exact moment is in its tooltip.
#[component]
pub fn TimeAgo(
    /// As people say it.
    #[prop(into)]
    words: Signal<String>,
    /// RFC 3339, for machines.
    #[prop(into)]
    exact: Signal<String>,
    /// The exact moment in words, in the user's time zone.
    #[prop(into)]
    title: Signal<String>,
) -> impl IntoView {
    view! { <time datetime=move || exact.get() title=move || title.get()>{move || words.get()}</time> }
}
