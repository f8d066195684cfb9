//! The Web Worker that checks user data as it is written (`crates/cloud-init`): a program of its own, so that neither the YAML
//! parser nor cloud-init's schema are in what the pages load, and no keystroke waits for it.
//!
//! Protocol: it posts `true` when it listens; the page posts a pair of bytes and a number for whose user data they are
//! (`cloud_init::Guest`: 0 unknown, 1 Linux, 2 Windows), again and again; each is answered by a `cloud_init::Report` in JSON.

mod opening;

use cloud_init::Guest;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;

fn main() {
    opening::listen(async |page, message| {
        let pair = Array::from(&message);
        let bytes = Uint8Array::new(&pair.get(0)).to_vec();
        let guest = match pair.get(1).as_f64() {
            Some(1.0) => Guest::Linux,
            Some(2.0) => Guest::Windows,
            _ => Guest::Unknown,
        };
        let report = cloud_init::check(&bytes, guest);
        match serde_json::to_string(&report) {
            Ok(text) => opening::post(&page, &JsValue::from(text)),
            Err(error) => opening::post(&page, &js_sys::Error::new(&error.to_string())),
        }
    });
}
