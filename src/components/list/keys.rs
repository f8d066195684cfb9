//! The keyboard in the rows of a long list: arrows go from row to row, Home and End to the first and last of all of them, Page
//! Up and Page Down a screenful; Space chooses, Enter opens (the link does that by itself), Escape lets go.
//!
//! It works with the focus on a row's name or tick; every control of a row stays in the Tab order, so that nothing has to
//! be known. Rows far away are brought into the document first.

use std::hash::Hash;

use leptos::prelude::*;
use leptos::wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement, KeyboardEvent};

use super::{RowWindow, Selection};
use crate::text::tr;
use crate::ui::SharedMenu;

/// What bars cover at the top and the bottom of the view, in pixels: the bar of tools and the table's head, the bulk bar.
pub const COVERED: (f64, f64) = (92.0, 84.0);
/// Rows are counted from 1, and the head is one of them.
const HEAD_ROWS: usize = 2;

/// The keys in words, below the list. `id`: for what it describes.
pub fn keys_note(id: &'static str) -> AnyView {
    view! {
        <p class="list-foot list-foot--keys" id=id>
            {tr("Keys in the list: arrows, Home and End go from row to row, Enter opens, Space chooses, Shift and Space choose all rows between, Escape lets go.")}
        </p>
    }
    .into_any()
}

/// The number for assistive technology, of a row from 0.
pub fn row_index(row: usize) -> usize {
    row + HEAD_ROWS
}

/// What of a row has the focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The name.
    Name,
    /// The tick.
    Tick,
    /// Something else of it.
    Other,
}

/// A key was pressed somewhere in the rows; `menu` is the one that all of them share.
pub fn on_row_key<I: Clone + Eq + Hash + Send + Sync + 'static>(
    event: &KeyboardEvent,
    selection: Selection<I>,
    window: RowWindow,
    menu: SharedMenu,
) {
    if event.default_prevented() || event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else {
        return;
    };
    if target.has_attribute("popovertarget")
        && let Some(button) = target.dyn_ref::<HtmlElement>()
    {
        // The press is heard as every other, and says which row the menu is about.
        menu.key(event, button);
        return;
    }
    let (Some(row), Some(part)) = (row_of(&target), part_of(&target)) else { return };
    match event.key().as_str() {
        // On the tick itself the browser does it.
        " " if part == Part::Name => {
            event.prevent_default();
            selection.press_at(row, event.shift_key());
        }
        "Escape" if !selection.ids.with_untracked(|ids| ids.is_empty()) => selection.clear(),
        key => {
            if let Some(to) = row_by_key(key, row, selection.total(), window) {
                event.prevent_default();
                go_to_row(to, part, window);
            }
        }
    }
}

/// The row that a key leads to from a row; `None` for keys that lead nowhere. `total` is how many rows there are.
fn row_by_key(key: &str, row: usize, total: usize, window: RowWindow) -> Option<usize> {
    let last = total.saturating_sub(1);
    Some(match key {
        "ArrowDown" => (row + 1).min(last),
        "ArrowUp" => row.saturating_sub(1),
        "Home" => 0,
        "End" => last,
        "PageDown" => (row + window.screenful()).min(last),
        "PageUp" => row.saturating_sub(window.screenful()),
        _ => return None,
    })
}

/// Brings a row into view and gives it the focus.
pub fn go_to_row(row: usize, part: Part, window: RowWindow) {
    window.bring(row, COVERED);
    if !focus_on(row, part) {
        // It is drawn before the next frame.
        request_animation_frame(move || {
            focus_on(row, part);
        });
    }
}

/// The row that an element is in, from 0.
pub fn row_of(element: &Element) -> Option<usize> {
    let row = element.closest("[aria-rowindex]").ok()??;
    let number: usize = row.get_attribute("aria-rowindex")?.parse().ok()?;
    number.checked_sub(HEAD_ROWS)
}

/// Which part of a row an element is.
pub fn part_of(element: &Element) -> Option<Part> {
    let classes = element.class_list();
    if classes.contains("entry__name") {
        Some(Part::Name)
    } else if classes.contains("tick") {
        Some(Part::Tick)
    } else {
        None
    }
}

fn focus_on(row: usize, part: Part) -> bool {
    let control = match part {
        Part::Name | Part::Other => ".entry__name",
        Part::Tick => ".tick",
    };
    let selector = format!("[aria-rowindex=\"{}\"] {control}", row_index(row));
    let Ok(Some(found)) = document().query_selector(&selector) else { return false };
    found.dyn_ref::<HtmlElement>().map(focus_in_place).is_some()
}

/// Gives the focus without scrolling: where the row has to be, it is.
pub fn focus_in_place(element: &HtmlElement) {
    let options = js_sys::Object::new();
    let set = js_sys::Reflect::set(&options, &"preventScroll".into(), &JsValue::TRUE);
    let focus = js_sys::Reflect::get(element, &"focus".into())
        .and_then(|focus| focus.dyn_into::<js_sys::Function>());
    let done = match (set, focus) {
        (Ok(_), Ok(focus)) => focus.call1(element, &options).is_ok(),
        _ => element.focus().is_ok(),
    };
    if !done {
        leptos::logging::warn!("a row did not take the focus");
    }
}
