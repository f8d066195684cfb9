//! Tabs. `TabLinks` when each tab has an address (lists); `Tabs` when it has none (forms, dialogs).

use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use crate::text::format;

/// A row of links to views of the same list.
#[component]
pub fn TabLinks(
    /// What they divide: "Images by owner".
    #[prop(into)]
    label: String,
    /// `TabLink`s.
    children: Children,
) -> impl IntoView {
    view! { <nav class="tabs" aria-label=label>{children()}</nav> }
}

/// One link of a `TabLinks`.
#[component]
pub fn TabLink(
    /// Its address.
    #[prop(into)]
    href: Signal<String>,
    /// It is the one shown.
    #[prop(into)]
    current: Signal<bool>,
    /// How many things are there, once known.
    #[prop(optional, into)]
    count: Signal<Option<usize>>,
    /// What waits there for the user: "1 to accept".
    #[prop(optional, into)]
    news: Signal<Option<String>>,
    /// Its name.
    children: Children,
) -> impl IntoView {
    view! {
        <a
            class="tabs__tab"
            href=move || href.get()
            aria-current=move || current.get().then_some("page")
            data-noscroll="true"
        >
            {children()}
            {move || count.get().map(|count| view! {
                <span class="tabs__count">{format::thousands(count as u64)}</span>
            })}
            {move || news.get().map(|news| view! { <span class="tabs__news">{news}</span> })}
        </a>
    }
}

/// A tab list after the ARIA pattern: arrows, Home and End move; the panel follows.
#[component]
pub fn Tabs(
    /// What is chosen between: "Way to sign in".
    #[prop(into)]
    label: String,
    /// Key and name of each tab, in order. The panel's id is `{key}-panel`.
    tabs: Vec<(&'static str, &'static str)>,
    /// The key of the chosen tab.
    selected: RwSignal<&'static str>,
) -> impl IntoView {
    let list: NodeRef<html::Div> = NodeRef::new();
    let keys: Vec<&'static str> = tabs.iter().map(|(key, _)| *key).collect();
    let on_key = move |event: KeyboardEvent| {
        let at = keys.iter().position(|key| *key == selected.get_untracked()).unwrap_or(0);
        let last = keys.len().saturating_sub(1);
        let next = match event.key().as_str() {
            "ArrowRight" => {
                if at == last {
                    0
                } else {
                    at + 1
                }
            }
            "ArrowLeft" => at.checked_sub(1).unwrap_or(last),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        let Some(key) = keys.get(next) else { return };
        selected.set(key);
        let tab = document().get_element_by_id(&format!("{key}-tab"));
        if let Some(tab) = tab.and_then(|tab| tab.dyn_into::<HtmlElement>().ok()) {
            drop(tab.focus());
        }
    };
    view! {
        <div class="tabs" role="tablist" aria-label=label node_ref=list on:keydown=on_key>
            {tabs.into_iter().map(|(key, name)| view! {
                <button
                    class="tabs__tab"
                    role="tab"
                    type="button"
                    id=format!("{key}-tab")
                    aria-controls=format!("{key}-panel")
                    aria-selected=move || if selected.get() == key { "true" } else { "false" }
                    tabindex=move || if selected.get() == key { "0" } else { "-1" }
                    on:click=move |_| selected.set(key)
                >{name}</button>
            }).collect_view()}
        </div>
    }
}

/// What a tab of `Tabs` shows. Its content stays alive while another tab is shown, so that nothing
/// typed is lost.
#[component]
pub fn TabPanel(
    /// The key of its tab.
    key: &'static str,
    /// The key of the chosen tab.
    selected: RwSignal<&'static str>,
    /// Extra class, for layout.
    #[prop(default = "stack")]
    class: &'static str,
    /// The content.
    children: Children,
) -> impl IntoView {
    view! {
        <div
            class=class
            role="tabpanel"
            id=format!("{key}-panel")
            aria-labelledby=format!("{key}-tab")
            hidden=move || selected.get() != key
        >{children()}</div>
    }
}
