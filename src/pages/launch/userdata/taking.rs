//! A file as user data: opened or dropped. Text goes into the editor; what is no text is kept as it is.

use cloud_init::field_of;
use js_sys::Uint8Array;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;
use web_sys::{DragEvent, File};

use crate::text::{format, tr, tr_with};
use crate::ui::FileDrag;

/// Larger files are no user data, even compressed: gzip rarely comes below a twentieth.
const LARGEST: f64 = 2_000_000.0;

/// Takes files. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Taking {
    value: RwSignal<String>,
    /// What is dragged over it.
    pub(super) drag: FileDrag,
    /// What has to be said about the last thing that was tried.
    pub(super) said: RwSignal<Option<String>>,
}

impl Taking {
    pub(super) fn new(value: RwSignal<String>) -> Self {
        let said = RwSignal::new(None);
        Self { value, drag: FileDrag::new(), said }
    }

    fn take(self, file: File) {
        if file.size() > LARGEST {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // A file's size.
            let size = format::bytes(file.size() as u64);
            self.said.set(Some(tr_with(
                "{name} has {size}: too much for user data.",
                &[("name", &file.name()), ("size", &size)],
            )));
            return;
        }
        let before = self.value.get_untracked();
        spawn_local(async move {
            let read = JsFuture::from(file.array_buffer()).await;
            // What was typed meanwhile is not overwritten.
            if self.value.try_get_untracked().as_ref() != Some(&before) {
                return;
            }
            match read {
                Ok(buffer) => {
                    let field = field_of(&Uint8Array::new(&buffer).to_vec());
                    self.said.set(None);
                    if before.is_empty()
                        || before == field
                        || *cloud_init::bytes_of(&before) != *before.as_bytes()
                    {
                        self.value.set(field);
                    } else if *cloud_init::bytes_of(&field) == *field.as_bytes()
                        && !field.contains('\r')
                        && field.len() <= super::editor::LONGEST_TYPED
                    {
                        // Typed over, so that it can be undone.
                        super::editor::write_all(self.value, field);
                    } else {
                        self.said.set(Some(tr("The editor is not empty. Empty it first: what is in the file cannot be undone here.").to_owned()));
                    }
                }
                Err(error) => self.said.set(Some(tr_with(
                    "{name} could not be read: {why}",
                    &[("name", &file.name()), ("why", &crate::worker::words(&error))],
                ))),
            }
        });
    }

    /// It was dropped.
    pub(super) fn drop(self, event: &DragEvent) {
        if !self.drag.drop(event) {
            return;
        }
        let files = event.data_transfer().and_then(|data| data.files());
        if let Some(file) = files.and_then(|files| files.get(0)) {
            self.take(file);
        }
    }
}

/// The button that opens a file.
#[component]
pub(super) fn OpenFile(
    /// Takes it.
    taking: Taking,
) -> impl IntoView {
    let input: NodeRef<html::Input> = NodeRef::new();
    let picked = move |_| {
        let Some(input) = input.get_untracked() else { return };
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            taking.take(file);
        }
        // So that the same file can be picked again after it was changed.
        input.set_value("");
    };
    view! {
        <span class="pick userdata__file">
            <input class="visually-hidden pick__input" type="file" id="launch-user-data-file" aria-label=tr("User data file") node_ref=input on:change=picked />
            <label class="button button--s" for="launch-user-data-file">{tr("Open a file")}</label>
        </span>
    }
}
