//! Looking into a file before anything is sent: what it is, and, for a raw disk, what could be saved by sending it as
//! qcow2 without its zeros. A worker of its own does it (`src/inspector.rs`), loaded with the first file; this is the page's
//! side. It deliberately knows nothing of forms and decides nothing.

mod message;

use disk_image::report::Report;
use disk_image::sparse::Saving;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, File};

use self::message::Message;
use crate::worker::{FileWorker, WorkerEvent};

/// What is found, in this order: first a report, then, for a raw disk (or a fixed VHD), zeros again and again and at last
/// a saving. `Failed` may come at any time and is the last.
#[derive(Clone, Debug, PartialEq)]
pub enum InspectionEvent {
    /// What the file is. It comes after milliseconds.
    Report(Box<Report>),
    /// How far the search for zeros is. The file is read once through, so this may take minutes; nobody has to wait for it.
    Zeros {
        /// So many bytes of the disk were looked at.
        scanned_bytes: u64,
        /// So many of them need not be sent.
        zero_bytes: u64,
    },
    /// The search is over: what the file would be as qcow2.
    Plan(SparsePlan),
    /// The file could not be read, or the worker did not start; in the browser's words.
    Failed(String),
}

/// A raw disk as a qcow2 file without its zeros, composed of tables and slices of the file: nothing of it is in memory.
#[derive(Clone, Debug, PartialEq)]
pub struct SparsePlan {
    /// What it saves. Offer it when [`Saving::is_worth_it`].
    pub saving: Saving,
    /// The qcow2 file, to be sent in place of the file with `disk_format` `qcow2`.
    pub content: Blob,
}

/// A file being looked into; dropping it ends that.
pub struct Inspection {
    _worker: FileWorker,
}

impl Inspection {
    /// Starts to look into `file`.
    ///
    /// # Errors
    /// When the browser does not start the worker.
    pub fn start(
        file: &File,
        on_event: impl Fn(InspectionEvent) + Clone + 'static,
    ) -> Result<Self, JsValue> {
        let worker =
            FileWorker::start("slipway-inspector", file, &js_sys::Array::new(), move |event| {
                on_event(match event {
                    WorkerEvent::Said(message) => said(&message),
                    WorkerEvent::Failed(why) => InspectionEvent::Failed(why),
                });
            })?;
        Ok(Self { _worker: worker })
    }
}

/// A text, or a pair of a text and the composed file.
fn said(message: &JsValue) -> InspectionEvent {
    let pair = message.dyn_ref::<js_sys::Array>();
    let text = pair.map_or_else(|| message.clone(), |pair| pair.get(0)).as_string();
    let Some(text) = text else {
        return InspectionEvent::Failed(crate::worker::words(message));
    };
    match (serde_json::from_str(&text), pair) {
        (Ok(Message::Report(report)), _) => InspectionEvent::Report(Box::new(report)),
        (Ok(Message::Zeros { scanned_bytes, zero_bytes }), _) => {
            InspectionEvent::Zeros { scanned_bytes, zero_bytes }
        }
        (Ok(Message::Saving(saving)), Some(pair)) => match pair.get(1).dyn_into::<Blob>() {
            Ok(content) => InspectionEvent::Plan(SparsePlan { saving, content }),
            Err(_) => InspectionEvent::Failed("the worker composed no file".to_owned()),
        },
        (Ok(Message::Saving(_)), None) => {
            InspectionEvent::Failed("the worker composed no file".to_owned())
        }
        (Ok(Message::Failed(why)), _) => InspectionEvent::Failed(why),
        (Err(error), _) => {
            InspectionEvent::Failed(format!("the worker was not understood: {error}"))
        }
    }
}
