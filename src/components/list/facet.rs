//! Facets: buttons that open what a list can be narrowed by, each with how many there are.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, MouseEvent};

use crate::text::{format, tr, tr_with};
use crate::ui::{Glyph, Icon, Menu, MenuTitle};

/// Chooses a value of a facet, or not any more. They stand in order, so that one view of a list has one address.
pub fn toggle_value(values: &mut Vec<String>, value: &str) {
    match values.iter().position(|chosen| chosen == value) {
        Some(at) => drop(values.remove(at)),
        None => {
            values.push(value.to_owned());
            values.sort();
        }
    }
}

/// One value that a list can be narrowed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetChoice {
    /// In the address; the same in every language.
    pub key: String,
    /// On the screen.
    pub label: String,
    /// It is chosen.
    pub chosen: bool,
    /// How many rows it would show.
    pub count: usize,
}

/// A facet: a button that opens its choices and says which are chosen (`chosen`, in words). Several values widen it; the
/// menu stays open.
pub fn facet_menu(
    label: &'static str,
    title: &'static str,
    chosen: Signal<String>,
    choices: Memo<Vec<FacetChoice>>,
    on_toggle: Callback<String>,
    on_clear: Callback<()>,
) -> AnyView {
    let chosen = Memo::new(move |_| chosen.get());
    let is_set = move || chosen.with(|chosen| !chosen.is_empty());
    let button = move || {
        view! {
            {label}
            {move || is_set().then(|| view! { ": " <span class="facet__value">{chosen.get()}</span> })}
            {move || (!is_set()).then(|| view! { <Icon glyph=Glyph::Down small=true /> })}
        }
    };
    let clear = move |event: MouseEvent| {
        // The cross goes: the focus stays with its facet.
        let cross = event.current_target().and_then(|cross| cross.dyn_into::<Element>().ok());
        focus_in(cross.and_then(|cross| cross.parent_element()), ".facet__open");
        on_clear.run(());
    };
    let line = move |choice: FacetChoice| {
        let key = choice.key.clone();
        let now = {
            let key = key.clone();
            Memo::new(move |_| {
                choices.with(|all| {
                    let now = all.iter().find(|choice| choice.key == key);
                    now.map_or((false, 0), |choice| (choice.chosen, choice.count))
                })
            })
        };
        let toggle = move |_| on_toggle.run(key.clone());
        tick_item(choice.label, Signal::derive(move || now.get().0), toggle, move || {
            Some(format::thousands(now.get().1 as u64))
        })
    };
    view! {
        <span class="facet" data-set=move || is_set().then_some("")>
            <Menu button_class="facet__open" button=button>
                <MenuTitle>{title}</MenuTitle>
                <For each=move || choices.get() key=|choice| choice.key.clone() children=line />
                <Show when=move || choices.read().is_empty()>
                    <p class="menu__reason">{tr("There is nothing to choose from.")}</p>
                </Show>
            </Menu>
            <Show when=is_set>
                <button
                    class="facet__clear"
                    type="button"
                    aria-label=tr_with("Clear {filter}", &[("filter", &label)])
                    on:click=clear
                >
                    <Icon glyph=Glyph::X small=true />
                </button>
            </Show>
        </span>
    }
    .into_any()
}

/// A line of a menu that is on or off. It keeps the menu open, and the focus.
pub fn tick_item(
    label: String,
    on: Signal<bool>,
    toggle: impl Fn(web_sys::MouseEvent) + 'static,
    note: impl Fn() -> Option<String> + Send + 'static,
) -> AnyView {
    view! {
        <button
            class="menu__item"
            type="button"
            role="checkbox"
            aria-checked=move || if on.get() { "true" } else { "false" }
            on:click=toggle
        >
            <span class="menu__tick" aria-hidden="true">
                <Icon glyph=Glyph::Check small=true />
            </span>
            <span class="menu__word">{label}</span>
            <span class="menu__note">{note}</span>
        </button>
    }
    .into_any()
}

/// Gives the focus to the first element of a kind.
pub fn focus_in(around: Option<Element>, selector: &str) {
    let found = around.and_then(|around| around.query_selector(selector).ok().flatten());
    if let Some(control) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
        // What cannot take it leaves it where it is.
        drop(control.focus());
    }
}
