//! The keyboard in the rows: besides going from row to row (`components/list/keys.rs`), Space chooses, Enter opens (the link
//! does that by itself), Escape lets go.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use super::Shown;
use crate::components::list::{Part, go_to_row, part_of, row_by_key, row_of};
use crate::ui::SharedMenu;

/// A key was pressed somewhere in the rows.
pub fn on_key(event: &KeyboardEvent, shown: Shown, menu: SharedMenu) {
    if event.default_prevented() || event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else {
        return;
    };
    if target.has_attribute("popovertarget")
        && let Some(button) = target.dyn_ref::<HtmlElement>()
    {
        // The press is heard as every other, and says which image the menu is about.
        menu.key(event, button);
        return;
    }
    let (Some(row), Some(part)) = (row_of(&target), part_of(&target)) else { return };
    match event.key().as_str() {
        // On the tick itself the browser does it.
        " " if part == Part::Name => {
            event.prevent_default();
            if let Some(id) = shown.id_at(row) {
                shown.selection.press(row, &id, event.shift_key());
            }
        }
        "Escape" if !shown.selection.ids.with_untracked(|ids| ids.is_empty()) => {
            shown.selection.clear();
        }
        key => {
            let total = shown.total.get_untracked();
            if let Some(to) = row_by_key(key, row, total, shown.window) {
                event.prevent_default();
                go_to_row(to, part, shown.window);
            }
        }
    }
}
