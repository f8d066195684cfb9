//! What is sent as an image's data: a file as it is, or a file composed of slices of one.

use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File};

use super::handles::{self, FileHandle};
use super::journal::FileIdentity;
use super::sending::whole;
use crate::inspecting::SparsePlan;
use crate::worker::words;

/// What is sent as an image's data.
#[derive(Clone, Debug, PartialEq)]
pub struct Upload {
    content: Blob,
    /// Where the content comes from: the file itself, or what it was composed of.
    source: File,
    /// It was composed.
    sparse: bool,
    /// The way back to the file after a reload.
    handle: Option<FileHandle>,
}

impl Upload {
    /// The file as it is.
    pub fn whole(file: File, handle: Option<FileHandle>) -> Self {
        Self { content: Blob::clone(&file), source: file, sparse: false, handle }
    }

    /// The file's data as qcow2, without its zeros.
    pub fn sparse(file: File, plan: SparsePlan, handle: Option<FileHandle>) -> Self {
        Self { content: plan.content, source: file, sparse: true, handle }
    }

    /// The way back to the file after a reload, where the browser gives one.
    pub(super) fn handle(&self) -> Option<FileHandle> {
        self.handle.clone()
    }

    /// What tells the file from others before it is read.
    pub(super) fn identity(&self) -> FileIdentity {
        handles::identity(&self.source, self.sparse.then(|| self.size_bytes()))
    }

    /// What travels.
    pub(super) fn content(&self) -> &Blob {
        &self.content
    }

    /// How much travels.
    pub fn size_bytes(&self) -> u64 {
        whole(self.content.size())
    }

    /// A part of what travels: a reference, not bytes in memory.
    pub(super) fn slice(&self, offset_bytes: u64, length_bytes: u64) -> Result<Blob, String> {
        let end = offset_bytes.saturating_add(length_bytes);
        self.content
            .slice_with_f64_and_f64(offset_bytes as f64, end as f64)
            .map_err(|error| words(&error))
    }

    /// Asks for a byte of the file, there where a request began and at its end: when sending breaks, this tells a file that
    /// was changed, moved or unplugged from a network that failed. In the browser's words; `None` when it can be read.
    pub(super) async fn why_unreadable_at(&self, offset_bytes: u64) -> Option<String> {
        let end = self.source.size();
        let last = self
            .source
            .slice_with_f64_and_f64((end - 1.0).max(0.0), end)
            .map_err(|error| words(&error));
        for byte in [self.slice(offset_bytes, 1), last] {
            let read = match byte {
                Ok(byte) => JsFuture::from(byte.array_buffer()).await,
                Err(why) => return Some(why),
            };
            if let Err(error) = read {
                return Some(words(&error));
            }
        }
        None
    }
}
