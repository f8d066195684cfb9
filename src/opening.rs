//! How a Web Worker of ours begins (`hasher.rs`, `inspector.rs`, `checker.rs`): it says that it listens, and does what it is given.
//!
//! The page's side is `worker.rs`. What is posted before a worker's wasm is there would be lost, so the page waits for the
//! word.

use std::future::Future;

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// Listens for messages of the page, and gives each to `work`. Outside a worker it does nothing.
pub(crate) fn listen<F>(work: impl Fn(DedicatedWorkerGlobalScope, JsValue) -> F + 'static)
where
    F: Future<Output = ()> + 'static,
{
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else {
        return;
    };
    let page = scope.clone();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        spawn_local(work(page.clone(), event.data()));
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    post(&scope, &JsValue::TRUE);
}

/// Tells the page.
pub(crate) fn post(page: &DedicatedWorkerGlobalScope, message: &JsValue) {
    // Posting fails only for values that cannot be cloned; ours are texts, numbers, bytes, Errors and Blobs.
    if let Err(error) = page.post_message(message) {
        wasm_bindgen::throw_val(error);
    }
}
