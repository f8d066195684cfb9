//! The Web Worker beside an upload: computes the SHA-512 of a whole file.
//!
//! Protocol: the worker posts `true` when it listens (what was posted before its wasm is there would be lost); the page
//! then posts one `File`; the worker posts numbers (bytes hashed so far), then the hash as a hexadecimal
//! string, or an `Error` when the file could not be read. To stop it, the page terminates it. It keeps two windows of
//! the file in memory whatever the file's size, and deliberately knows nothing of uploads, clouds or the page.

use js_sys::Uint8Array;
use sha2::{Digest, Sha512};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, DedicatedWorkerGlobalScope, MessageEvent};

/// How much of the file is read at a time, in bytes. Larger windows are not faster (measured), smaller ones are slower.
const WINDOW_BYTES: f64 = 4.0 * 1024.0 * 1024.0;

fn main() {
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else {
        return;
    };
    let page = scope.clone();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let page = page.clone();
        spawn_local(async move {
            let answer = match event.data().dyn_into::<Blob>() {
                Ok(file) => hash(&page, &file).await.map_or_else(|error| error, JsValue::from),
                Err(_) => js_sys::Error::new("the hashing worker was given no file").into(),
            };
            tell(&page, &answer);
        });
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    tell(&scope, &JsValue::TRUE);
}

/// The next window is being read while this one is hashed: reading takes about half the time.
async fn hash(page: &DedicatedWorkerGlobalScope, file: &Blob) -> Result<String, JsValue> {
    let size = file.size();
    let mut hash = Sha512::new();
    let mut window = Vec::new();
    let mut start = 0.0;
    let mut next = read(file, start)?;
    while start < size {
        let bytes = Uint8Array::new(&JsFuture::from(next).await?);
        if bytes.length() == 0 {
            return Err(js_sys::Error::new("the file ended early: was it changed?").into());
        }
        start += f64::from(bytes.length());
        next = read(file, start)?;
        window.resize(bytes.length() as usize, 0);
        bytes.copy_to(&mut window);
        hash.update(&window);
        tell(page, &JsValue::from_f64(start));
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn read(file: &Blob, start: f64) -> Result<js_sys::Promise, JsValue> {
    Ok(file.slice_with_f64_and_f64(start, start + WINDOW_BYTES)?.array_buffer())
}

fn tell(page: &DedicatedWorkerGlobalScope, message: &JsValue) {
    // Posting fails only for values that cannot be cloned; ours are numbers, strings and Errors.
    if let Err(error) = page.post_message(message) {
        wasm_bindgen::throw_val(error);
    }
}
