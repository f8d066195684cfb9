//! The Web Worker that looks into a file before it is sent: what it is, and where a raw disk holds nothing but zeros.
//!
//! Protocol: the worker posts `true` when it listens; the page then posts one `File`; the worker posts messages
//! (`inspecting/message.rs`). To stop it, the page terminates it. Whatever the file's size, it keeps 4 MiB of it in memory,
//! and four windows of that length while it looks for zeros. It deliberately knows nothing of uploads, clouds or the page.

mod channel;
#[path = "inspecting/message.rs"]
mod message;
mod opening;
mod read_ahead;

use disk_image::sparse::{self, DataMap, MOST_RUNS, Piece, Plan};
use disk_image::{ReadAt, ReadError, Windows};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, DedicatedWorkerGlobalScope, FileReaderSync};

use self::message::Message;
use self::opening::post;
use self::read_ahead::ReadAhead;

/// After how many bytes the page is told how far it is.
const TELL_EVERY_BYTES: u64 = 64 << 20;

fn main() {
    opening::listen(async |page, message| {
        let done = match message.dyn_into::<Blob>() {
            Ok(file) => look(&page, file).await,
            Err(_) => Err(js_sys::Error::new("the inspecting worker was given no file").into()),
        };
        if let Err(error) = done {
            tell(&page, &Message::Failed(words(&error)), None);
        }
    });
}

async fn look(page: &DedicatedWorkerGlobalScope, file: Blob) -> Result<(), JsValue> {
    // A composed blob has no name.
    let name = file.dyn_ref::<web_sys::File>().map(web_sys::File::name).unwrap_or_default();
    let windows = Windows::new(Source::new(file)?);
    let report =
        disk_image::inspect(&windows).map_err(|error| js_sys::Error::new(&error.to_string()))?;
    let report = disk_image::with_file_name(report, &name);
    let disk_bytes = sparse::raw_bytes(&report);
    tell(page, &Message::Report(report), None);
    match disk_bytes {
        Some(bytes) if notices_changes() => scan(page, &windows.into_source(), bytes).await,
        _ => Ok(()),
    }
}

/// Whether the browser refuses to read a file that was changed since it was chosen. Firefox hands out the new bytes (seen:
/// `tests/e2e/tests/journeys/sparse.rs` run in it): data written where the search saw zeros would be left out without a word, and
/// the hash of what was sent would still be equal. So nothing is left out there.
fn notices_changes() -> bool {
    let said = js_sys::Reflect::get(&js_sys::global(), &"navigator".into())
        .and_then(|navigator| js_sys::Reflect::get(&navigator, &"userAgent".into()));
    said.ok().and_then(|agent| agent.as_string()).is_some_and(|agent| !agent.contains("Firefox/"))
}

async fn scan(
    page: &DedicatedWorkerGlobalScope,
    source: &Source,
    disk_bytes: u64,
) -> Result<(), JsValue> {
    let mut map = DataMap::new(disk_bytes, MOST_RUNS);
    let mut windows = ReadAhead::new(source.file.slice_with_f64_and_f64(0.0, disk_bytes as f64)?);
    let mut window = Vec::new();
    let mut told = 0;
    while windows.next(&mut window).await? {
        map.feed(&window);
        if map.fed_bytes() - told >= TELL_EVERY_BYTES {
            told = map.fed_bytes();
            let (scanned_bytes, zero_bytes) = (told, map.zero_bytes());
            tell(page, &Message::Zeros { scanned_bytes, zero_bytes }, None);
        }
    }
    let Some(plan) = Plan::new(map, source.len_bytes()) else { return Ok(()) };
    let content = compose(&plan, &source.file)?;
    tell(page, &Message::Saving(plan.saving()), Some(&content));
    Ok(())
}

/// The file that the plan describes. Slices stay on disk; what is written goes to the browser's own blob store.
fn compose(plan: &Plan, file: &Blob) -> Result<Blob, JsValue> {
    let parts = Array::new();
    for piece in plan.pieces() {
        let part: JsValue = match piece {
            Piece::Written(bytes) => Uint8Array::from(bytes.as_slice()).into(),
            Piece::Slice { start, end } => {
                file.slice_with_f64_and_f64(start as f64, end as f64)?.into()
            }
            Piece::Zeros(count) => {
                Uint8Array::new_with_length(u32::try_from(count).unwrap_or(u32::MAX)).into()
            }
        };
        parts.push(&part);
    }
    Blob::new_with_blob_sequence(&parts)
}

/// The file, read where it is asked for.
struct Source {
    file: Blob,
    reader: FileReaderSync,
    size_bytes: u64,
}

impl Source {
    // Sizes are whole numbers far below 2^53; the browser hands them out as floats.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn new(file: Blob) -> Result<Self, JsValue> {
        let reader = FileReaderSync::new()?;
        let size_bytes = file.size() as u64;
        Ok(Self { file, reader, size_bytes })
    }
}

impl ReadAt for Source {
    fn len_bytes(&self) -> u64 {
        self.size_bytes
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), ReadError> {
        let beyond = || ReadError::BeyondEnd { offset, wanted: into.len() };
        let end = offset
            .checked_add(into.len() as u64)
            .filter(|end| *end <= self.size_bytes)
            .ok_or_else(beyond)?;
        let read = self
            .file
            .slice_with_f64_and_f64(offset as f64, end as f64)
            .and_then(|slice| self.reader.read_as_array_buffer(&slice))
            .map_err(|error| ReadError::Source(words(&error)))?;
        let bytes = Uint8Array::new(&read);
        if bytes.length() as usize != into.len() {
            return Err(beyond());
        }
        bytes.copy_to(into);
        Ok(())
    }
}

fn words(error: &JsValue) -> String {
    js_sys::Reflect::get(error, &JsValue::from_str("message"))
        .ok()
        .and_then(|message| message.as_string())
        .unwrap_or_else(|| format!("{error:?}"))
}

fn tell(page: &DedicatedWorkerGlobalScope, message: &Message, content: Option<&Blob>) {
    let text = match serde_json::to_string(message) {
        Ok(text) => JsValue::from(text),
        Err(error) => js_sys::Error::new(&error.to_string()).into(),
    };
    match content {
        Some(content) => post(page, &Array::of2(&text, content)),
        None => post(page, &text),
    }
}
