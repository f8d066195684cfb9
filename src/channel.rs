//! Channels between the page's workers (`MessageChannel`), as far as they are needed: the workers' programs read this file
//! too.
#![allow(dead_code, reason = "page and workers each use a part of it")]

use js_sys::Array;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    pub(crate) type MessageChannel;
    #[wasm_bindgen(constructor)]
    pub(crate) fn new() -> MessageChannel;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn port1(this: &MessageChannel) -> MessagePort;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn port2(this: &MessageChannel) -> MessagePort;

    #[derive(Clone)]
    pub(crate) type MessagePort;
    #[wasm_bindgen(method)]
    pub(crate) fn close(this: &MessagePort);
    #[wasm_bindgen(method, catch, js_name = postMessage)]
    pub(crate) fn post_message(
        this: &MessagePort,
        message: &JsValue,
        give: &Array,
    ) -> Result<(), JsValue>;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_onmessage(this: &MessagePort, listener: &js_sys::Function);
}
