//! What is too long, compressed: cloud-init and cloudbase-init both unpack gzip. The browser has it built in.

use cloud_init::{Format, LONGEST_ENCODED, bytes_of, encoded_len, field_of};
use js_sys::{Array, Function, Reflect, Uint8Array};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

use super::taking::Taking;
use crate::text::{format, tr, tr_with, user_data};
use crate::ui::{Button, ButtonKind, Glyph, Icon};

/// Offered when the text is longer than Nova takes.
#[component]
pub(super) fn TooLong(
    /// The text.
    value: RwSignal<String>,
    /// Says what went wrong.
    taking: Taking,
) -> impl IntoView {
    let too_long = Memo::new(move |_| {
        value.with(|value| {
            let bytes = bytes_of(value);
            encoded_len(bytes.len()) > LONGEST_ENCODED && !bytes.starts_with(b"\x1f\x8b")
        })
    });
    let busy = RwSignal::new(false);
    let pack = move |_| {
        busy.set(true);
        let text = value.get_untracked();
        spawn_local(async move {
            let packed = through("CompressionStream", &bytes_of(&text)).await;
            busy.try_set(false);
            // Meanwhile the page may be gone, or the text another one.
            if value.try_get_untracked().as_ref() != Some(&text) {
                return;
            }
            match packed {
                Ok(packed) if encoded_len(packed.len()) <= LONGEST_ENCODED => {
                    taking.said.set(None);
                    value.set(field_of(&packed));
                }
                Ok(packed) => {
                    let length = format::thousands(encoded_len(packed.len()) as u64);
                    taking.said.set(Some(tr_with("Compressed it is still {length} characters long. Put large files elsewhere and fetch them with `runcmd` or `#include`.", &[("length", &length)])));
                }
                Err(error) => taking.said.set(Some(tr_with(
                    "The browser could not compress it: {why}",
                    &[("why", &crate::worker::words(&error))],
                ))),
            }
        });
    };
    view! {
        <Show when=move || too_long.get()>
            <p class="userdata__pack">
                <Button small=true busy=busy on_press=pack>{tr("Send it compressed")}</Button>
                <span class="field__hint">{tr("cloud-init unpacks gzip by itself. Nothing is lost: it can be edited again.")}</span>
            </p>
        </Show>
    }
}

/// What is no text: which format, how long, and the way back to a text.
#[component]
pub(super) fn Packed(
    /// The text that stands for it.
    value: RwSignal<String>,
    /// Says what went wrong.
    taking: Taking,
    /// What it is.
    format: Memo<Option<Format>>,
) -> impl IntoView {
    let size = move || value.with(|value| format::bytes(bytes_of(value).len() as u64));
    let is_gzip = Memo::new(move |_| value.with(|value| bytes_of(value).starts_with(b"\x1f\x8b")));
    let unpack = move |_| {
        let packed = value.get_untracked();
        spawn_local(async move {
            let text = through("DecompressionStream", &bytes_of(&packed)).await;
            if value.try_get_untracked().as_ref() != Some(&packed) {
                return;
            }
            let why = match text {
                Ok(bytes) if std::str::from_utf8(&bytes).is_ok() => {
                    taking.said.set(None);
                    value.set(field_of(&bytes));
                    return;
                }
                Ok(_) => tr("What is in it is no text.").to_owned(),
                Err(error) => crate::worker::words(&error),
            };
            taking.said.set(Some(tr_with("It cannot be edited: {why}", &[("why", &why)])));
        });
    };
    view! {
        <div class="file" id=super::ANCHOR tabindex="-1">
            <Icon glyph=Glyph::File />
            <span>
                <span class="file__name">{move || user_data::format(format.get().unwrap_or(Format::Unknown))}</span>
                <br />
                <span class="file__note">{size}</span>
            </span>
            <span class="file__actions">
                <Show when=move || is_gzip.get()><Button small=true on_press=unpack>{tr("Edit as text")}</Button></Show>
                <Button small=true kind=ButtonKind::Quiet on_press=move |_| value.set(String::new())>{tr("Remove")}</Button>
            </span>
        </div>
    }
}

/// Bytes through one of the browser's streams for gzip.
async fn through(stream: &str, bytes: &[u8]) -> Result<Vec<u8>, JsValue> {
    let blob: JsValue =
        Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes)))?.into();
    let made = |name: &str, arguments: &Array| {
        let class: Function = Reflect::get(&js_sys::global(), &name.into())?.dyn_into()?;
        Reflect::construct(&class, arguments)
    };
    let call = |of: &JsValue, name: &str, arguments: &Array| {
        let method: Function = Reflect::get(of, &name.into())?.dyn_into()?;
        method.apply(of, arguments)
    };
    let gzip = made(stream, &Array::of1(&"gzip".into()))?;
    let piped = call(&call(&blob, "stream", &Array::new())?, "pipeThrough", &Array::of1(&gzip))?;
    let response = made("Response", &Array::of1(&piped))?;
    let read: js_sys::Promise = call(&response, "arrayBuffer", &Array::new())?.dyn_into()?;
    Ok(Uint8Array::new(&JsFuture::from(read).await?).to_vec())
}
