//! What every transfer in the tray looks alike in: name and buttons, bar, status and figures, what it means.

use std::iter::successors;

use leptos::ev::MouseEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::text::transfers::TransferWords;
use crate::ui::{Button, ButtonKind, Glyph, Status};

/// The button that ends a row; the last of them, so that the focus finds it.
const END_BUTTON: &str = ".tray__buttons > button:last-of-type";

/// One transfer.
#[component]
pub(crate) fn TrayRow(
    /// What is transferred.
    name: String,
    /// The page about it, while there is one.
    href: Signal<Option<String>>,
    /// What it does.
    words: Memo<TransferWords>,
    /// What stands beside the figures: since when it waits.
    #[prop(optional, into)]
    beside: Signal<Option<String>>,
    /// The progress bar.
    bar: AnyView,
    /// What can be done.
    buttons: AnyView,
    /// Size and road.
    about: Signal<String>,
    /// The project it works in.
    project: String,
    /// What is below: details, dialogs.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let inside = StoredValue::new(false);
    let row: NodeRef<html::Li> = NodeRef::new();
    keep_focus(row, inside, words);
    leave_focus(name.clone(), inside);
    let figures = move || {
        let parts = [words.read().figures.clone(), beside.get()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    };
    view! {
        <li
            class="tray__item"
            node_ref=row
            on:focusin=move |_| inside.set_value(true)
            on:focusout=move |event: web_sys::FocusEvent| left(row, inside, event.target())
        >
            <div class="tray__top">
                {move || {
                    let name = name.clone();
                    match href.get() {
                        Some(href) => view! { <a class="tray__name truncate" href=href>{name}</a> }.into_any(),
                        None => view! { <span class="tray__name truncate">{name}</span> }.into_any(),
                    }
                }}
                <span class="tray__buttons">{buttons}</span>
            </div>
            {bar}
            <div class="tray__line">
                <Status
                    shape=Signal::derive(move || words.read().shape)
                    word=Signal::derive(move || words.read().word.to_owned())
                />
                <span>{figures}</span>
            </div>
            {move || words.read().why.clone().map(|why| view! { <p class="tray__why">{why}</p> })}
            {move || words.read().operator.clone().map(|operator| view! {
                <p class="tray__why tray__why--operator"><strong>{crate::text::tr("For the cloud’s operator:")}</strong>" "{operator}</p>
            })}
            <div class="tray__line tray__line--about">
                <span>{move || about.get()}</span>
                <span class="truncate">{project}</span>
            </div>
            {children.map(|children| children())}
        </li>
    }
}

/// The button that ends a transfer under way, and takes one that is over out of the tray. It stays the same one, so that it
/// keeps the focus.
pub(crate) fn end_button(
    label: Signal<String>,
    busy: Signal<bool>,
    on_press: impl Fn() + Clone + Send + Sync + 'static,
    leaves: impl Fn() -> bool + Send + Sync + 'static,
) -> AnyView {
    let press = move |event: MouseEvent| {
        let heir = leaves().then(|| heir(&event)).flatten();
        on_press();
        if let Some(heir) = heir {
            request_animation_frame(move || drop(heir.focus()));
        }
    };
    view! { <Button kind=ButtonKind::Quiet small=true icon=Glyph::X label=label busy=busy on_press=press /> }
        .into_any()
}

/// Where the focus goes when the row of the pressed button goes: to the next row, or the one before; to the page when it
/// was the last.
fn heir(event: &MouseEvent) -> Option<HtmlElement> {
    let pressed = event.target()?.dyn_into::<Element>().ok()?;
    let row = pressed.closest("li").ok()??;
    let next = successors(row.next_element_sibling(), Element::next_element_sibling);
    let before = successors(row.previous_element_sibling(), Element::previous_element_sibling);
    // What goes on in another tab has no buttons.
    next.chain(before).find_map(|row| end_button_of(&row)).or_else(page)
}

fn end_button_of(row: &Element) -> Option<HtmlElement> {
    row.query_selector(END_BUTTON).ok()??.dyn_into().ok()
}

fn page() -> Option<HtmlElement> {
    document().get_element_by_id("main")?.dyn_into().ok()
}

fn focus_is_lost() -> bool {
    document().active_element().is_none_or(|now| now.tag_name() == "BODY")
}

/// The focus has left something in the row, perhaps for something else in it. What is taken out of the page is not left:
/// then the row keeps the focus.
fn left(row: NodeRef<html::Li>, inside: StoredValue<bool>, from: Option<web_sys::EventTarget>) {
    let from = from.and_then(|from| from.dyn_into::<Element>().ok());
    set_timeout(
        move || {
            let Some(Some(row)) = row.try_get_untracked() else { return };
            let stays = document().active_element().is_some_and(|now| row.contains(Some(&now)));
            if !stays && from.is_none_or(|from| from.is_connected()) {
                inside.try_update_value(|inside| *inside = false);
            }
        },
        std::time::Duration::ZERO,
    );
}

/// A row that goes by itself, as what was left behind does when it is gone on with or removed, leaves the focus to the row
/// that then tells of the same thing, else to the last one.
fn leave_focus(name: String, inside: StoredValue<bool>) {
    on_cleanup(move || {
        if inside.try_get_value() != Some(true) {
            return;
        }
        // When the other row is there.
        request_animation_frame(move || {
            if focus_is_lost()
                && let Some(heir) = heir_of(&name)
            {
                drop(heir.focus());
            }
        });
    });
}

fn heir_of(name: &str) -> Option<HtmlElement> {
    let found = document().query_selector_all(".tray__item").ok()?;
    let rows = (0..found.length()).filter_map(|at| found.item(at)?.dyn_into::<Element>().ok());
    let (mut same, others): (Vec<Element>, Vec<Element>) = rows.partition(|row| {
        let named = row.query_selector(".tray__name").ok().flatten();
        named.and_then(|named| named.text_content()).as_deref() == Some(name)
    });
    same.extend(others.into_iter().rev());
    same.iter().find_map(end_button_of).or_else(page)
}

/// Buttons come and go with the steps. One that had the focus when it went leaves it to the row's last button.
fn keep_focus(row: NodeRef<html::Li>, inside: StoredValue<bool>, words: Memo<TransferWords>) {
    let word = Memo::new(move |_| words.read().word);
    Effect::new(move |before: Option<&'static str>| {
        let word = word.get();
        if before.is_some() && inside.get_value() {
            request_animation_frame(move || {
                let row = row.try_get_untracked().flatten().filter(|_| focus_is_lost());
                if let Some(button) = row.and_then(|row| end_button_of(&row)) {
                    drop(button.focus());
                }
            });
        }
        word
    });
}
