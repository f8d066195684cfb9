//! A Web Worker of our own that is given one job on one file: `src/hasher.rs`, `src/inspector.rs`; or one after the other,
//! on texts: `src/checker.rs`.
//!
//! Each posts `true` as soon as it listens (what was posted before would be lost), is then given its job, and posts
//! what it finds. `index.html` names the workers' files, whose names carry a hash: an app never meets a worker of
//! another release.

use std::time::Duration;

use js_sys::Array;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::{document, set_timeout_with_handle};
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, Worker};

/// A worker that does not listen after this has not been loaded. A browser tells only of a script that is missing, not of
/// the wasm that the script asks for.
const LOADING: Duration = Duration::from_secs(5 * 60);

/// A worker at work on a file; dropping it ends it.
pub(crate) struct FileWorker {
    worker: Worker,
    loading: TimeoutHandle,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

/// What a worker says.
pub(crate) enum WorkerEvent {
    /// A message of its own kind.
    Said(JsValue),
    /// It did not start, stopped, or could not be given the file.
    Failed(String),
}

impl FileWorker {
    /// Starts the worker whose script the `meta` element of that name tells, and gives it `job`, which holds a file, and for good what
    /// is in `give`.
    ///
    /// # Errors
    /// When the browser does not start it.
    pub(crate) fn start(
        meta: &str,
        job: &JsValue,
        give: &Array,
        on_event: impl Fn(WorkerEvent) + Clone + 'static,
    ) -> Result<Self, JsValue> {
        let worker = Worker::new(&address(meta)?)?;
        let loading = {
            let on_event = on_event.clone();
            set_timeout_with_handle(move || on_event(not_loaded()), LOADING)?
        };
        let on_message = {
            let (on_event, listener) = (on_event.clone(), worker.clone());
            let (job, give) = (job.clone(), give.clone());
            Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                if event.data().as_bool() != Some(true) {
                    on_event(WorkerEvent::Said(event.data()));
                    return;
                }
                loading.clear();
                if let Err(error) = listener.post_message_with_transfer(&job, &give) {
                    on_event(WorkerEvent::Failed(format!(
                        "the file could not be given to the worker: {}",
                        words(&error)
                    )));
                }
            })
        };
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        let on_error = Closure::<dyn FnMut(ErrorEvent)>::new(move |event: ErrorEvent| {
            // A script that cannot be loaded is told by a plain `Event`; asking that for its message would throw.
            let why = js_sys::Reflect::get(&event, &JsValue::from_str("message"))
                .ok()
                .and_then(|message| message.as_string());
            loading.clear();
            on_event(match why {
                Some(why) => WorkerEvent::Failed(format!("the worker stopped: {why}")),
                None => not_loaded(),
            });
        });
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self { worker, loading, _on_message: on_message, _on_error: on_error })
    }
}

impl Drop for FileWorker {
    fn drop(&mut self) {
        self.loading.clear();
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

impl FileWorker {
    /// Gives it another job, for those that take several one after the other.
    ///
    /// # Errors
    /// When the job cannot be posted.
    pub(crate) fn give(&self, job: &JsValue) -> Result<(), JsValue> {
        self.worker.post_message(job)
    }
}

/// What is said of a worker that did not come: there is no network, or the host has a newer release.
pub(crate) const NOT_LOADED: &str = "the worker could not be loaded";

fn not_loaded() -> WorkerEvent {
    WorkerEvent::Failed(NOT_LOADED.to_owned())
}

/// What an exception says for itself.
pub(crate) fn words(error: &JsValue) -> String {
    match error.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        // `DOMException` is not always an `Error`.
        None => js_sys::Reflect::get(error, &JsValue::from_str("message"))
            .ok()
            .and_then(|message| message.as_string())
            .unwrap_or_else(|| format!("{error:?}")),
    }
}

fn address(meta: &str) -> Result<String, JsValue> {
    document()
        .query_selector(&format!("meta[name='{meta}']"))?
        .and_then(|element| element.get_attribute("content"))
        .ok_or_else(|| JsValue::from_str(&format!("index.html does not name the worker {meta}")))
}
