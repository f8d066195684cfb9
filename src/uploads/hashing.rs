//! The page's side of the hashing worker (`src/hasher.rs`): starts it for a file, hears how far it is, ends it.

use leptos::prelude::document;
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, File, MessageEvent, Worker};

use super::sending::whole;

/// What the worker says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HashEvent {
    /// So many bytes are hashed.
    Progress(u64),
    /// The whole file's SHA-512, hexadecimal.
    Done(String),
    /// The file could not be read, or the worker did not start.
    Failed(String),
}

/// A file being hashed; dropping it ends the worker.
pub struct Hashing {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

impl Hashing {
    /// Starts to hash `file`.
    ///
    /// # Errors
    /// When the browser does not start the worker.
    pub fn start(
        file: &File,
        on_event: impl Fn(HashEvent) + Clone + 'static,
    ) -> Result<Self, JsValue> {
        let worker = Worker::new(&address()?)?;
        let on_message = {
            let (on_event, listener, file) = (on_event.clone(), worker.clone(), file.clone());
            Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                if event.data().as_bool() != Some(true) {
                    on_event(said(&event.data()));
                } else if let Err(error) = listener.post_message(&file) {
                    on_event(HashEvent::Failed(format!(
                        "the file could not be given to the hashing worker: {error:?}"
                    )));
                }
            })
        };
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        let on_error = Closure::<dyn FnMut(ErrorEvent)>::new(move |event: ErrorEvent| {
            on_event(HashEvent::Failed(format!("the hashing worker stopped: {}", event.message())));
        });
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self { worker, _on_message: on_message, _on_error: on_error })
    }
}

impl Drop for Hashing {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

fn said(message: &JsValue) -> HashEvent {
    if let Some(bytes) = message.as_f64() {
        return HashEvent::Progress(whole(bytes));
    }
    match message.as_string() {
        Some(hash) => HashEvent::Done(hash),
        None => HashEvent::Failed(message.dyn_ref::<js_sys::Error>().map_or_else(
            || "the file could not be read".to_owned(),
            |error| String::from(error.message()),
        )),
    }
}

/// `index.html` names the worker's file, whose name carries a hash: an app never meets a worker of another release.
fn address() -> Result<String, JsValue> {
    document()
        .query_selector("meta[name='slipway-hasher']")?
        .and_then(|meta| meta.get_attribute("content"))
        .ok_or_else(|| JsValue::from_str("index.html does not name the hashing worker"))
}
