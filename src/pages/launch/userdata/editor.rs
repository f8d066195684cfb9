//! The editor: a textarea with the numbers of its lines beside it.

use cloud_init::{Place, Severity};
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlTextAreaElement;

use super::ANCHOR;
use super::checking::Checking;
use super::edit::{self, Change};
use crate::text::tr;

/// It grows with what is in it, as far as it leaves the rest of the form in sight.
const FEWEST_LINES: usize = 4;
const MOST_LINES: usize = 20;

/// Browsers take seconds to type what is longer than this.
pub(super) const LONGEST_TYPED: usize = 16_384;

/// The editor.
#[component]
pub(super) fn Editor(
    /// What is in it.
    value: RwSignal<String>,
    /// What is wrong with that.
    checking: Checking,
    /// The cloud would refuse it.
    invalid: Signal<bool>,
) -> impl IntoView {
    let area: NodeRef<html::Textarea> = NodeRef::new();
    let gutter: NodeRef<html::Div> = NodeRef::new();
    // After Esc, Tab leaves as it does everywhere else.
    let leaving = StoredValue::new(false);
    let lines = Memo::new(move |_| value.with(|value| value.split('\n').count()));
    let numbers = Memo::new(move |_| {
        checking.report.with(|report| {
            let findings =
                report.as_ref().map(|report| report.findings.as_slice()).unwrap_or_default();
            edit::numbers(lines.get(), findings)
        })
    });
    let follow = move |_| {
        if let (Some(area), Some(gutter)) = (area.get_untracked(), gutter.get_untracked()) {
            gutter.set_scroll_top(area.scroll_top());
        }
    };
    let key = move |event: KeyboardEvent| match event.key().as_str() {
        "Escape" => leaving.set_value(true),
        "Tab" if leaving.get_value() || event.ctrl_key() || event.alt_key() || event.meta_key() => {
        }
        "Tab" => {
            let Some(area) = area.get_untracked() else { return };
            event.prevent_default();
            let (start, end) = selection(&area);
            if let Some(change) = edit::tab(&area.value(), start, end, event.shift_key()) {
                write(&area, &change);
            }
        }
        "Shift" => {}
        _ => leaving.set_value(false),
    };
    view! {
        <div class="editor" aria-invalid=move || invalid.get().then_some("true")>
            <div class="editor__numbers" aria-hidden="true" node_ref=gutter>
                {move || numbers.get().into_iter().map(|(text, severity)| view! {
                    <span data-severity=severity.map(severity_name)>{text}</span>
                }).collect_view()}
            </div>
            <textarea
                class="editor__area"
                id=ANCHOR
                node_ref=area
                rows=move || lines.get().clamp(FEWEST_LINES, MOST_LINES).to_string()
                wrap="off"
                spellcheck="false"
                autocomplete="off"
                autocapitalize="off"
                placeholder="#cloud-config"
                title=tr("Tab indents; Esc and then Tab leaves the editor.")
                aria-describedby=move || match invalid.get() {
                    true => "launch-user-data-message launch-user-data-hint",
                    false => "launch-user-data-hint",
                }
                aria-invalid=move || invalid.get().then_some("true")
                prop:value=value
                on:input:target=move |event| value.set(event.target().value())
                on:keydown=key
                on:blur=move |_| leaving.set_value(false)
                on:scroll=follow
            ></textarea>
        </div>
    }
}

/// How grave a finding is, for style sheets.
pub(super) const fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// The editor's field, when there is one.
pub(super) fn area() -> Option<HtmlTextAreaElement> {
    document().get_element_by_id(ANCHOR)?.dyn_into().ok()
}

fn selection(area: &HtmlTextAreaElement) -> (u32, u32) {
    let at = |place: Result<Option<u32>, JsValue>| place.ok().flatten().unwrap_or_default();
    (at(area.selection_start()), at(area.selection_end()))
}

/// Goes to a place of the text: it is selected, and in sight.
pub(super) fn go_to(text: &str, place: Place) {
    let Some(area) = area() else { return };
    let (start, end) = edit::range(text, place);
    select(&area, start, end);
    let lines = text.split('\n').count().max(1);
    let line_height = f64::from(area.scroll_height()) / lines as f64;
    let above =
        (place.line.saturating_sub(1)) as f64 * line_height - f64::from(area.client_height()) / 3.0;
    #[allow(clippy::cast_possible_truncation)] // Pixels of a page.
    area.set_scroll_top(above.max(0.0) as i32);
    // What is far to the right is brought in sight by the browser itself, when it is far.
    if place.column < 40 {
        area.set_scroll_left(0);
    }
}

/// Writes a change as if it had been typed, so that it can be undone.
pub(super) fn write(area: &HtmlTextAreaElement, change: &Change) {
    select(area, change.start, change.end);
    if !typed(&change.text)
        && let Err(error) =
            area.set_range_text_with_start_and_end(&change.text, change.start, change.end)
    {
        leptos::logging::error!("the browser does not write: {error:?}");
    }
    select(area, change.select.0, change.select.1);
    // Where it was not typed nobody was told. A second time does no harm.
    if let Ok(event) = web_sys::Event::new("input")
        && let Err(error) = area.dispatch_event(&event)
    {
        leptos::logging::error!("the editor was not told: {error:?}");
    }
}

/// Puts another text in the place of all of it, so that it can be undone when it is not too long for that.
pub(super) fn write_all(value: RwSignal<String>, text: String) {
    match area() {
        Some(area) if text.len() <= LONGEST_TYPED => {
            let length = u32::try_from(area.value().encode_utf16().count()).unwrap_or(u32::MAX);
            let end = u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX);
            write(&area, &Change { start: 0, end: length, text, select: (end, end) });
        }
        _ => value.set(text),
    }
}

fn select(area: &HtmlTextAreaElement, start: u32, end: u32) {
    if area.focus().and_then(|()| area.set_selection_range(start, end)).is_err() {
        leptos::logging::warn!("the editor takes no selection");
    }
}

/// `execCommand` is old, and the one way to write into a field that the browser's own undo knows.
fn typed(text: &str) -> bool {
    let document: JsValue = document().into();
    let command = if text.is_empty() { "delete" } else { "insertText" };
    js_sys::Reflect::get(&document, &"execCommand".into())
        .ok()
        .and_then(|run| run.dyn_into::<js_sys::Function>().ok())
        .and_then(|run| run.call3(&document, &command.into(), &JsValue::FALSE, &text.into()).ok())
        .is_some_and(|done| done.is_truthy())
}
