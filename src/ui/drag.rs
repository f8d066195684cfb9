//! Files that are dragged over a part of the page. Text that is dragged into a field is the browser's business.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{DragEvent, EventTarget, Node};

/// Whether files are over it. Cheap to copy.
#[derive(Clone, Copy)]
pub struct FileDrag {
    over: RwSignal<bool>,
}

impl FileDrag {
    /// Nothing is.
    pub fn new() -> Self {
        Self { over: RwSignal::new(false) }
    }

    /// Whether files are over it.
    pub fn is_over(self) -> bool {
        self.over.get()
    }

    /// Something is dragged over it.
    pub fn drag(self, event: &DragEvent) {
        if has_files(event) {
            event.prevent_default();
            self.over.set(true);
        }
    }

    /// It left the element, not only a part of it.
    pub fn leave(self, event: &DragEvent) {
        let node = |target: Option<EventTarget>| target?.dyn_into::<Node>().ok();
        let (into, around) = (node(event.related_target()), node(event.current_target()));
        if !around.is_some_and(|around| around.contains(into.as_ref())) {
            self.over.set(false);
        }
    }

    /// Something was dropped. Whether it is files: then they are the page's.
    pub fn drop(self, event: &DragEvent) -> bool {
        if !has_files(event) {
            return false;
        }
        event.prevent_default();
        self.over.set(false);
        true
    }
}

impl Default for FileDrag {
    fn default() -> Self {
        Self::new()
    }
}

fn has_files(event: &DragEvent) -> bool {
    event.data_transfer().is_some_and(|data| data.types().includes(&"Files".into(), 0))
}
