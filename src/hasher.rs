//! The Web Worker beside an upload: computes the SHA-512 of a whole file.
//!
//! Protocol: the worker posts `true` when it listens (what was posted before its wasm is there would be lost); the page
//! then posts one `File`, or a `Blob` composed of slices of one; the worker posts numbers (bytes hashed so far), then the
//! hash as a hexadecimal string, or an `Error` when it could not be read. To stop it, the page terminates it. It keeps
//! four windows of the file in memory whatever the file's size, and deliberately knows nothing of uploads, clouds or the
//! page.

mod read_ahead;

use sha2::{Digest, Sha512};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, DedicatedWorkerGlobalScope, MessageEvent};

use self::read_ahead::ReadAhead;

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

async fn hash(page: &DedicatedWorkerGlobalScope, file: &Blob) -> Result<String, JsValue> {
    let mut hash = Sha512::new();
    let mut windows = ReadAhead::new(file.clone());
    let mut window = Vec::new();
    let mut hashed = 0.0;
    while windows.next(&mut window).await? {
        hash.update(&window);
        hashed += window.len() as f64;
        tell(page, &JsValue::from_f64(hashed));
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn tell(page: &DedicatedWorkerGlobalScope, message: &JsValue) {
    // Posting fails only for values that cannot be cloned; ours are numbers, strings and Errors.
    if let Err(error) = page.post_message(message) {
        wasm_bindgen::throw_val(error);
    }
}
