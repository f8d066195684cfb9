//! The Web Worker beside an upload: hashes a file, whole or in segments (`crates/hashing`).
//!
//! Protocol: `uploads/hash_messages.rs`; it posts `true` when it listens, is then given one job, and posts what it
//! finds. To stop it, the page terminates it. Whatever the file's size, eight windows of it at most are in memory. It
//! deliberately knows nothing of uploads, clouds or the page.
//!
//! Segments are hashed by two of these workers, but read by one: the one who names them gives each window to the one who
//! hashes the whole.

mod channel;
#[path = "uploads/hash_messages.rs"]
mod hash_messages;
mod opening;
mod read_ahead;
#[path = "hasher_sharing.rs"]
mod sharing;

use hashing::{Begin, Hashed, NamesHasher, Segments, Wanted};
use js_sys::{Date, Error};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, DedicatedWorkerGlobalScope};

use self::hash_messages::{HashJob, HashSaid};
use self::read_ahead::ReadAhead;

/// The page is told ten times a second how far we are: more often only costs it time.
const TELL_EVERY_MS: f64 = 100.0;

fn main() {
    opening::listen(async |page, message| {
        let done = match HashJob::read(message) {
            Some((file, job)) => hash(&Page::new(page.clone()), &file, job).await,
            None => Err(Error::new("the hashing worker was given no job").into()),
        };
        if let Err(error) = done {
            opening::post(&page, &error);
        }
    });
}

async fn hash(page: &Page, file: &Blob, job: HashJob) -> Result<(), JsValue> {
    match job {
        HashJob::Whole => {
            let all = Segments::new(u64::MAX, Wanted::Whole, &Begin::default());
            whole(page, file, all).await
        }
        HashJob::Segments { segment_bytes, begin, wanted, port } => {
            let hasher = Segments::new(segment_bytes, wanted, &begin);
            match wanted {
                Wanted::Names => sharing::read(page, file, hasher, port).await,
                Wanted::Whole => sharing::take(page, hasher, port),
            }
        }
        HashJob::Samples { segment_bytes, indices } => {
            samples(page, file, segment_bytes, &indices).await
        }
    }
}

async fn whole(page: &Page, file: &Blob, mut hasher: Segments) -> Result<(), JsValue> {
    let mut windows = ReadAhead::new(file.clone());
    let mut window = Vec::new();
    while windows.next(&mut window).await? {
        hasher.feed(&window);
        page.progress(hasher.at());
    }
    let (_, hash) = hasher.finish();
    page.tell(HashSaid::Done(hash));
    Ok(())
}

async fn samples(
    page: &Page,
    file: &Blob,
    segment_bytes: u64,
    indices: &[u64],
) -> Result<(), JsValue> {
    let mut hasher = NamesHasher::default();
    let mut window = Vec::new();
    let mut hashed = 0;
    for index in indices {
        let start = index.saturating_mul(segment_bytes) as f64;
        let mut windows =
            ReadAhead::new(file.slice_with_f64_and_f64(start, start + segment_bytes as f64)?);
        let before = hashed;
        while windows.next(&mut window).await? {
            hasher.feed(&window);
            hashed += window.len() as u64;
            page.progress(hashed);
        }
        page.tell(HashSaid::Segment(Hashed {
            index: *index,
            length_bytes: hashed - before,
            names: Some(hasher.finish()),
            checkpoint: None,
        }));
    }
    page.tell(HashSaid::Done(None));
    Ok(())
}

/// The page, told of progress now and then and of everything else at once.
#[derive(Clone)]
struct Page {
    scope: DedicatedWorkerGlobalScope,
    told_ms: std::cell::Cell<f64>,
}

impl Page {
    fn new(scope: DedicatedWorkerGlobalScope) -> Self {
        Self { scope, told_ms: std::cell::Cell::new(Date::now()) }
    }

    fn progress(&self, bytes: u64) {
        let now = Date::now();
        // A clock that was set back must not silence us.
        if (now - self.told_ms.get()).abs() >= TELL_EVERY_MS {
            self.told_ms.set(now);
            self.tell(HashSaid::Progress(bytes));
        }
    }

    fn tell(&self, said: HashSaid) {
        opening::post(&self.scope, &said.message());
    }

    /// What a window has come to.
    fn tell_segments(&self, hasher: &mut Segments, window: &[u8]) {
        for segment in hasher.feed(window) {
            self.tell(HashSaid::Segment(segment));
        }
        self.progress(hasher.at());
    }

    /// What the end of the file has come to.
    fn tell_end(&self, hasher: Segments) {
        let (last, hash) = hasher.finish();
        if let Some(segment) = last {
            self.tell(HashSaid::Segment(segment));
        }
        self.tell(HashSaid::Done(hash));
    }
}
