//! The page's side of the hashing worker (`src/hasher.rs`): starts it for what is sent, hears how far it is, ends it.

use wasm_bindgen::prelude::*;
use web_sys::Blob;

use super::sending::whole;
use crate::worker::{FileWorker, WorkerEvent, words};

/// What the worker says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HashEvent {
    /// So many bytes are hashed.
    Progress(u64),
    /// The SHA-512 of it all, hexadecimal.
    Done(String),
    /// It could not be read, or the worker did not start.
    Failed(String),
}

/// Something being hashed; dropping it ends the worker.
pub struct Hashing {
    _worker: FileWorker,
}

impl Hashing {
    /// Starts to hash `content`.
    ///
    /// # Errors
    /// When the browser does not start the worker.
    pub fn start(
        content: &Blob,
        on_event: impl Fn(HashEvent) + Clone + 'static,
    ) -> Result<Self, JsValue> {
        let worker = FileWorker::start("slipway-hasher", content, move |event| {
            on_event(match event {
                WorkerEvent::Said(message) => said(&message),
                WorkerEvent::Failed(why) => HashEvent::Failed(why),
            });
        })?;
        Ok(Self { _worker: worker })
    }
}

fn said(message: &JsValue) -> HashEvent {
    if let Some(bytes) = message.as_f64() {
        return HashEvent::Progress(whole(bytes));
    }
    match message.as_string() {
        Some(hash) => HashEvent::Done(hash),
        None => HashEvent::Failed(words(message)),
    }
}
