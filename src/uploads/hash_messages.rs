//! What the page and the hashing worker say to each other. The worker (`src/hasher.rs`) is a program of its own and reads
//! this file too.
#![allow(dead_code, reason = "each side writes the one half and reads the other")]

use hashing::{Begin, Hashed, Names, Wanted};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::Blob;

use crate::channel::MessagePort;

/// What to hash of a file.
pub(crate) enum HashJob {
    /// The SHA-512 of it all.
    Whole,
    /// It all, in segments.
    Segments {
        /// The length of every segment but the last.
        segment_bytes: u64,
        /// Where to begin.
        begin: Begin,
        /// Which hashes.
        wanted: Wanted,
        /// The way to the other worker: who names the segments reads the file and gives each window to the one who hashes
        /// the whole, as reading costs as much as hashing.
        port: MessagePort,
    },
    /// MD5 and BLAKE3 of some segments.
    Samples {
        /// The length of every segment but the last.
        segment_bytes: u64,
        /// Which ones.
        indices: Vec<u64>,
    },
}

impl HashJob {
    /// As it is posted: `[file, job, segment_bytes, from_segment, checkpoint, port]`, or `[file, "samples", segment_bytes, indices]`.
    pub(crate) fn message(&self, file: &Blob) -> JsValue {
        let message = Array::of1(file);
        match self {
            Self::Whole => message.push(&"whole".into()),
            Self::Segments { segment_bytes, begin, wanted, port } => {
                let name = match wanted {
                    Wanted::Names => "names",
                    Wanted::Whole => "checkpoints",
                };
                message.push(&name.into());
                message.push(&number(*segment_bytes));
                message.push(&number(begin.from_segment));
                message.push(&Uint8Array::from(begin.checkpoint.as_slice()).into());
                message.push(port)
            }
            Self::Samples { segment_bytes, indices } => {
                message.push(&"samples".into());
                message.push(&number(*segment_bytes));
                message.push(&indices.iter().map(|index| number(*index)).collect::<Array>())
            }
        };
        message.into()
    }

    /// What cannot be copied into the message but only given.
    pub(crate) fn given(&self) -> Array {
        match self {
            Self::Segments { port, .. } => Array::of1(port),
            Self::Whole | Self::Samples { .. } => Array::new(),
        }
    }

    /// What was posted; `None` when it is nothing of ours.
    pub(crate) fn read(message: JsValue) -> Option<(Blob, Self)> {
        let message = message.dyn_into::<Array>().ok()?;
        let file = message.get(0).dyn_into::<Blob>().ok()?;
        let segment_bytes = || whole(&message.get(2));
        let segments = |wanted| {
            let from_segment = whole(&message.get(3))?;
            let checkpoint = message.get(4).dyn_into::<Uint8Array>().ok()?.to_vec();
            let begin = Begin { from_segment, checkpoint };
            let port = message.get(5).dyn_into::<MessagePort>().ok()?;
            Some(Self::Segments { segment_bytes: segment_bytes()?, begin, wanted, port })
        };
        let job = match message.get(1).as_string()?.as_str() {
            "whole" => Self::Whole,
            "names" => segments(Wanted::Names)?,
            "checkpoints" => segments(Wanted::Whole)?,
            "samples" => Self::Samples {
                segment_bytes: segment_bytes()?,
                indices: message
                    .get(3)
                    .dyn_into::<Array>()
                    .ok()?
                    .iter()
                    .map(|index| whole(&index))
                    .collect::<Option<_>>()?,
            },
            _ => return None,
        };
        Some((file, job))
    }
}

/// What the worker says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HashSaid {
    /// How far in the file it is.
    Progress(u64),
    /// A segment is hashed.
    Segment(Hashed),
    /// All is hashed; the SHA-512 when it was wanted.
    Done(Option<String>),
}

impl HashSaid {
    /// As it is posted: a number; `[index, length, checkpoint, md5, blake3, zeros]` with nulls for what is not wanted; a text
    /// or null. An `Error` says that it failed.
    pub(crate) fn message(&self) -> JsValue {
        match self {
            Self::Progress(bytes) => number(*bytes),
            Self::Segment(segment) => {
                let message = Array::of2(&number(segment.index), &number(segment.length_bytes));
                message.push(&match &segment.checkpoint {
                    Some(bytes) => Uint8Array::from(bytes.as_slice()).into(),
                    None => JsValue::NULL,
                });
                if let Some(names) = &segment.names {
                    message.push(&names.md5.as_str().into());
                    message.push(&names.blake3.as_str().into());
                    message.push(&names.zeros.into());
                }
                message.into()
            }
            Self::Done(Some(hash)) => hash.as_str().into(),
            Self::Done(None) => JsValue::NULL,
        }
    }

    /// What was posted; `None` when it is nothing of ours: an `Error`.
    pub(crate) fn read(message: &JsValue) -> Option<Self> {
        if message.is_null() {
            return Some(Self::Done(None));
        }
        if let Some(bytes) = whole(message) {
            return Some(Self::Progress(bytes));
        }
        if let Some(hash) = message.as_string() {
            return Some(Self::Done(Some(hash)));
        }
        let message = message.dyn_ref::<Array>()?;
        let names = match (message.get(3).as_string(), message.get(4).as_string()) {
            (Some(md5), Some(blake3)) => {
                Some(Names { md5, blake3, zeros: message.get(5).is_truthy() })
            }
            _ => None,
        };
        Some(Self::Segment(Hashed {
            index: whole(&message.get(0))?,
            length_bytes: whole(&message.get(1))?,
            names,
            checkpoint: message.get(2).dyn_ref::<Uint8Array>().map(Uint8Array::to_vec),
        }))
    }
}

/// Sizes and counts are whole numbers far below 2^53.
fn number(value: u64) -> JsValue {
    JsValue::from_f64(value as f64)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole(value: &JsValue) -> Option<u64> {
    value.as_f64().map(|value| value as u64)
}
