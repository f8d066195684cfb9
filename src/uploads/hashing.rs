//! The page's side of the hashing workers (`src/hasher.rs`): starts them for what is sent, hears how far they are, ends
//! them.
//!
//! A file in segments has two workers: one reads it and names the segments, the other hashes the whole. SHA-512 can only
//! go from front to back and takes as long as MD5 and BLAKE3 together (`docs/adr/0005-hashing-workers.md` has the figures).

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use hashing::{Begin, Hashed, Wanted};
use wasm_bindgen::prelude::*;
use web_sys::Blob;

use super::hash_messages::{HashJob, HashSaid};
use crate::channel::MessageChannel;
use crate::worker::{FileWorker, WorkerEvent, words};

pub(crate) use upload::HashedSegment;

/// What comes of hashing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HashEvent {
    /// So many bytes of the file are hashed, at most ten times a second; of samples, so many of those.
    Progress(u64),
    /// A segment is hashed; they come in order. Samples have no checkpoint.
    Segment(HashedSegment),
    /// All is hashed: the SHA-512 of it all, hexadecimal. Samples have none, so it is empty.
    Done(String),
    /// It could not be read, or a worker did not start. The last event.
    Failed(String),
}

/// Something being hashed; dropping it ends the workers, and nothing more is told.
pub struct Hashing {
    _workers: Vec<FileWorker>,
    over: Rc<Cell<bool>>,
}

impl Hashing {
    /// Starts to hash `content` as one.
    ///
    /// # Errors
    /// When the browser does not start the worker.
    pub fn whole(content: &Blob, on_event: impl Fn(HashEvent) + 'static) -> Result<Self, JsValue> {
        Self::start(content, vec![HashJob::Whole], Rc::new(on_event))
    }

    /// Starts to hash `content` in segments, from the segment `from` on. With the checkpoint after the one before it nothing
    /// is read twice; without (or with one that does not fit) the SHA-512 begins at the beginning, and a segment is told
    /// when both are there.
    ///
    /// # Errors
    /// When the browser does not start the workers.
    pub fn segments(
        content: &Blob,
        segment_bytes: u64,
        from: u64,
        checkpoint: Option<Vec<u8>>,
        on_event: impl Fn(HashEvent) + 'static,
    ) -> Result<Self, JsValue> {
        let begin = Begin { from_segment: from, checkpoint: checkpoint.unwrap_or_default() };
        let channel = MessageChannel::new();
        let job = |wanted, port| {
            let begin = begin.clone();
            HashJob::Segments { segment_bytes, begin, wanted, port }
        };
        let jobs = vec![job(Wanted::Names, channel.port1()), job(Wanted::Whole, channel.port2())];
        Self::start(content, jobs, Rc::new(on_event))
    }

    /// Starts to hash some segments of `content`: whether a file is still what it was.
    ///
    /// # Errors
    /// When the browser does not start the worker.
    pub fn samples(
        content: &Blob,
        segment_bytes: u64,
        indices: Vec<u64>,
        on_event: impl Fn(HashEvent) + 'static,
    ) -> Result<Self, JsValue> {
        let job = HashJob::Samples { segment_bytes, indices };
        Self::start(content, vec![job], Rc::new(on_event))
    }

    fn start(
        content: &Blob,
        jobs: Vec<HashJob>,
        on_event: Rc<dyn Fn(HashEvent)>,
    ) -> Result<Self, JsValue> {
        let over = Rc::new(Cell::new(false));
        let together = Rc::new(RefCell::new(Together::new(jobs.len())));
        let mut workers = Vec::new();
        for (number, job) in jobs.iter().enumerate() {
            let (over, together) = (Rc::clone(&over), Rc::clone(&together));
            let on_event = Rc::clone(&on_event);
            let hear = move |event| {
                let told = together.borrow_mut().hear(number, said(event));
                if let Some(event) = told.filter(|_| !over.get()) {
                    over.set(matches!(event, HashEvent::Failed(_)));
                    on_event(event);
                }
            };
            workers.push(FileWorker::start(
                "slipway-hasher",
                &job.message(content),
                &job.given(),
                hear,
            )?);
        }
        Ok(Self { _workers: workers, over })
    }
}

impl Drop for Hashing {
    fn drop(&mut self) {
        self.over.set(true);
    }
}

fn said(event: WorkerEvent) -> Result<HashSaid, String> {
    match event {
        WorkerEvent::Said(message) => HashSaid::read(&message).ok_or_else(|| words(&message)),
        WorkerEvent::Failed(why) => Err(why),
    }
}

/// What several workers say of the same file, made one.
struct Together {
    /// How far each is; one that is done is infinitely far.
    at: Vec<u64>,
    told_bytes: u64,
    /// Segments that not all have told yet.
    waiting: BTreeMap<u64, (usize, HashedSegment)>,
    hash: String,
}

impl Together {
    fn new(workers: usize) -> Self {
        Self { at: vec![0; workers], told_bytes: 0, waiting: BTreeMap::new(), hash: String::new() }
    }

    fn hear(&mut self, worker: usize, said: Result<HashSaid, String>) -> Option<HashEvent> {
        match said {
            Ok(HashSaid::Progress(bytes)) => {
                self.move_to(worker, bytes);
                let all = self.at.iter().copied().min().unwrap_or_default();
                (all > self.told_bytes).then(|| {
                    self.told_bytes = all;
                    HashEvent::Progress(all)
                })
            }
            Ok(HashSaid::Segment(segment)) => self.segment(segment).map(HashEvent::Segment),
            Ok(HashSaid::Done(hash)) => {
                self.move_to(worker, u64::MAX);
                self.hash = hash.unwrap_or(std::mem::take(&mut self.hash));
                self.at
                    .iter()
                    .all(|at| *at == u64::MAX)
                    .then(|| HashEvent::Done(std::mem::take(&mut self.hash)))
            }
            Err(why) => Some(HashEvent::Failed(why)),
        }
    }

    fn move_to(&mut self, worker: usize, bytes: u64) {
        if let Some(at) = self.at.get_mut(worker) {
            *at = bytes;
        }
    }

    fn segment(&mut self, part: Hashed) -> Option<HashedSegment> {
        let Hashed { index, length_bytes, names, checkpoint } = part;
        let (told, whole) = self.waiting.entry(index).or_insert_with(|| {
            let (md5, blake3, checkpoint) = (String::new(), String::new(), Vec::new());
            (0, HashedSegment { index, length_bytes, md5, blake3, checkpoint })
        });
        *told += 1;
        if let Some(names) = names {
            (whole.md5, whole.blake3) = (names.md5, names.blake3);
        }
        if let Some(checkpoint) = checkpoint {
            whole.checkpoint = checkpoint;
        }
        match *told < self.at.len() {
            true => None,
            false => self.waiting.remove(&index).map(|(_, segment)| segment),
        }
    }
}

#[cfg(test)]
mod tests {
    use hashing::Names;

    use super::*;

    fn named(index: u64) -> Result<HashSaid, String> {
        let names = Names { md5: format!("m{index}"), blake3: format!("b{index}"), zeros: false };
        Ok(HashSaid::Segment(Hashed {
            index,
            length_bytes: 9,
            names: Some(names),
            checkpoint: None,
        }))
    }

    fn reached(index: u64) -> Result<HashSaid, String> {
        let checkpoint = Some(vec![7]);
        Ok(HashSaid::Segment(Hashed { index, length_bytes: 9, names: None, checkpoint }))
    }

    fn told(index: u64) -> Option<HashEvent> {
        let (md5, blake3) = (format!("m{index}"), format!("b{index}"));
        let checkpoint = vec![7];
        Some(HashEvent::Segment(HashedSegment { index, length_bytes: 9, md5, blake3, checkpoint }))
    }

    #[test]
    fn two_workers_tell_a_segment_once_and_in_order() {
        let mut both = Together::new(2);
        assert_eq!(both.hear(0, named(0)), None);
        assert_eq!(both.hear(0, named(1)), None);
        assert_eq!(both.hear(1, reached(0)), told(0));
        assert_eq!(both.hear(1, reached(1)), told(1));
        assert_eq!(both.hear(1, reached(2)), None);
        assert_eq!(both.hear(0, named(2)), told(2));
        assert!(both.waiting.is_empty());
    }

    #[test]
    fn progress_is_that_of_the_slower_one_and_never_goes_back() {
        let mut both = Together::new(2);
        let at = |bytes| Ok(HashSaid::Progress(bytes));
        assert_eq!(both.hear(0, at(50)), None);
        assert_eq!(both.hear(1, at(30)), Some(HashEvent::Progress(30)));
        assert_eq!(both.hear(0, at(60)), None);
        assert_eq!(both.hear(1, at(80)), Some(HashEvent::Progress(60)));
        assert_eq!(both.hear(0, Ok(HashSaid::Done(None))), None);
        assert_eq!(both.hear(1, at(90)), Some(HashEvent::Progress(90)));
    }

    #[test]
    fn all_is_done_when_both_are() {
        let hash = || Ok(HashSaid::Done(Some("abc".into())));
        let done = Some(HashEvent::Done("abc".into()));
        let mut both = Together::new(2);
        assert_eq!(both.hear(1, hash()), None);
        assert_eq!(both.hear(0, Ok(HashSaid::Done(None))), done);
        let mut both = Together::new(2);
        assert_eq!(both.hear(0, Ok(HashSaid::Done(None))), None);
        assert_eq!(both.hear(1, hash()), done);
        assert_eq!(Together::new(1).hear(0, hash()), done);
        let samples = Together::new(1).hear(0, Ok(HashSaid::Done(None)));
        assert_eq!(samples, Some(HashEvent::Done(String::new())));
    }

    #[test]
    fn one_that_fails_is_enough() {
        let mut both = Together::new(2);
        let failed = both.hear(1, Err("unplugged".into()));
        assert_eq!(failed, Some(HashEvent::Failed("unplugged".into())));
    }
}
