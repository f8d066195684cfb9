//! What a press in the rows does: one listener for all of them, as rows are given from image to image.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use openstack::image::Image;
use web_sys::{Element, HtmlElement, MouseEvent};

use super::Shown;
use super::row::First;
use crate::components::image::{ImageActions, copy_id};
use crate::components::list::row_of;
use crate::ui::{SharedMenu, Toasts};

/// What presses need.
#[derive(Clone, Copy)]
pub struct Presses {
    /// The page's images.
    pub shown: Shown,
    /// What can be done with one.
    pub actions: ImageActions,
    /// The menu of all rows.
    pub menu: SharedMenu,
    /// Which image it is about.
    pub about: RwSignal<Option<openstack::ImageId>>,
    /// Where it is said that an id was copied.
    pub toasts: Toasts,
}

impl Presses {
    /// Something in the rows was pressed.
    pub fn press(self, event: &MouseEvent) {
        let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok())
        else {
            return;
        };
        let Ok(Some(control)) = target.closest("a, button, input") else { return };
        let Some(row) = row_of(&control) else { return };
        let Some(entry) = self.shown.entry_at(row) else { return };
        let image: &Image = &entry.image;
        let classes = control.class_list();
        if classes.contains("tick") {
            self.shown.selection.press(row, &image.id, event.shift_key());
        } else if classes.contains("entry__copy") {
            copy_id(image, self.toasts);
        } else if control.has_attribute("popovertarget") {
            self.about.set(Some(image.id.clone()));
            if let Ok(button) = control.dyn_into::<HtmlElement>() {
                self.menu.asked_by(button);
            }
        } else if control.tag_name().eq_ignore_ascii_case("a") {
            // With a key held down the link opens elsewhere, and the page stays.
            if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                self.shown.leaving.leave_from(&image.id);
            }
        } else {
            match First::of(&entry, false) {
                First::Accept => self.actions.answer(image, true),
                First::Reactivate => self.actions.reactivate(image, true),
                // Then it is a link.
                First::Go(_) => {}
            }
        }
    }
}
