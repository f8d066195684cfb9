//! The way to a part of the form.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::form::Part;

/// Whether the part has a field on the page now, where something can be said about it.
pub fn is_here(part: Part) -> bool {
    part != Part::Image && document().get_element_by_id(part.anchor()).is_some()
}

/// The focus to the control of a part, out of whatever it is folded away in.
pub fn go_to(part: Part) {
    let Some(place) = document().get_element_by_id(part.anchor()) else { return };
    if let Ok(Some(fold)) = place.closest("details") {
        drop(fold.set_attribute("open", ""));
    }
    let is_control = matches!(place.tag_name().as_str(), "INPUT" | "SELECT" | "TEXTAREA");
    let control = if is_control {
        None
    } else {
        let first = |what: &str| place.query_selector(what).ok().flatten();
        first("input:checked:not(:disabled)").or_else(|| {
            first("input:not(:disabled), select:not(:disabled), textarea, button:not(:disabled)")
        })
    };
    if let Ok(element) = control.unwrap_or(place).dyn_into::<HtmlElement>() {
        // Focus brings it into view as well; what cannot take it stays where it is.
        drop(element.focus());
    }
}
