//! The line above a list: what is searched for, and looking anew.

use leptos::prelude::*;

use crate::ui::{Button, ButtonKind, Glyph, Icon};

/// The search of a list. It searches while it is typed into.
#[component]
pub fn SearchField(
    /// Its name: "Search images".
    label: &'static str,
    /// What is searched.
    placeholder: &'static str,
    /// What is searched for.
    #[prop(into)]
    value: Signal<String>,
    /// The id of a text that says more about it.
    #[prop(optional, into)]
    described_by: Signal<Option<String>>,
    /// Something else is searched for.
    on_search: Callback<String>,
) -> impl IntoView {
    view! {
        <span class="control control--lead facets__search">
            <Icon glyph=Glyph::Search small=true />
            <input
                class="input"
                type="search"
                placeholder=placeholder
                aria-label=label
                aria-describedby=move || described_by.get()
                autocomplete="off"
                spellcheck="false"
                prop:value=value
                on:input:target=move |event| on_search.run(event.target().value())
            />
        </span>
    }
}

/// Looks anew.
#[component]
pub fn RefreshButton(
    /// Its name: "Refresh images".
    label: &'static str,
    /// A look is under way.
    #[prop(into)]
    busy: Signal<bool>,
    /// Looks.
    on_press: Callback<()>,
) -> impl IntoView {
    view! {
        <Button
            kind=ButtonKind::Quiet
            small=true
            icon=Glyph::Retry
            label=Signal::stored(label.to_owned())
            busy=busy
            on_press=move |_| on_press.run(())
        />
    }
}
