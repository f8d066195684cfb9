//! Reads a file once through, for the workers: some windows are being read while one is worked on.
//!
//! Measured in Chromium on two busy cores (4 GiB): three windows of 4 MiB ahead read two to three times as fast as
//! `FileReaderSync`, half as fast again as one ahead; larger and smaller windows are not faster. Whatever the file's size,
//! that is all that is in memory.

use std::collections::VecDeque;

use js_sys::{Error, Promise, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

const WINDOW_BYTES: f64 = 4.0 * 1024.0 * 1024.0;
const WINDOWS_AHEAD: usize = 3;

/// A file being read from its beginning to `end`.
pub(crate) struct ReadAhead<'a> {
    file: &'a Blob,
    end: f64,
    asked: f64,
    read: f64,
    under_way: VecDeque<Promise>,
}

impl<'a> ReadAhead<'a> {
    pub(crate) fn new(file: &'a Blob, end: f64) -> Self {
        Self { file, end, asked: 0.0, read: 0.0, under_way: VecDeque::new() }
    }

    /// The next window, in place of what `into` holds; `false` at the end.
    ///
    /// # Errors
    /// When the browser cannot read the file, or it is shorter than it was.
    pub(crate) async fn next(&mut self, into: &mut Vec<u8>) -> Result<bool, JsValue> {
        self.ask()?;
        let Some(window) = self.under_way.pop_front() else {
            return match self.read < self.end {
                true => Err(Error::new("the file ended early: was it changed?").into()),
                false => Ok(false),
            };
        };
        let bytes = Uint8Array::new(&JsFuture::from(window).await?);
        self.ask()?;
        self.read += f64::from(bytes.length());
        into.resize(bytes.length() as usize, 0);
        bytes.copy_to(into);
        Ok(true)
    }

    fn ask(&mut self) -> Result<(), JsValue> {
        while self.under_way.len() < WINDOWS_AHEAD && self.asked < self.end {
            let start = self.asked;
            self.asked = (start + WINDOW_BYTES).min(self.end);
            let window = self.file.slice_with_f64_and_f64(start, self.asked)?;
            self.under_way.push_back(window.array_buffer());
        }
        Ok(())
    }
}
