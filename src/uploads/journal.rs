//! What must outlive this tab: for every upload what it is, where it is, and what of the file is hashed. In IndexedDB, so
//! that it is there after a reload, a crash or another day, and for every tab of this browser.
//!
//! A browser may refuse it (some private windows do): then uploads work without memory. There is no token, no signed URL
//! and none of the file's bytes in it. What is remembered proves nothing: the engine hashes samples again.

mod database;
mod entry;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::pin::pin;
use std::rc::Rc;

use futures_util::future::{Either, select};
use js_sys::{Array, Object, Reflect, Uint8Array};
use leptos::prelude::{ArcRwSignal, Set};
use leptos::task::spawn_local;
use upload::{HashedSegment, Note, Resume};
use wasm_bindgen::prelude::*;

#[cfg(test)]
pub(in crate::uploads) use entry::tests;
pub use entry::{Differs, Entry, FileIdentity, KeptRoad};

use self::database::{Database, Transaction, answer, range};
use super::handles::FileHandle;
use crate::worker::words;

const NAME: &str = "slipway-uploads";
/// One row an upload: `{text, handle}`.
const UPLOADS: &str = "uploads";
/// One row a hashed segment.
const SEGMENTS: &str = "segments";

/// Segments are written together this often: what a crash takes is hashed again, not sent again.
const TOGETHER: std::time::Duration = std::time::Duration::from_millis(400);

/// A browser that has not opened the database by then (some have hung there for good) works without memory: uploads wait
/// for it before they begin.
const OPENING: std::time::Duration = std::time::Duration::from_secs(20);

/// What is remembered of an upload that is not over.
#[derive(Clone, Debug, PartialEq)]
pub struct Remembered {
    /// What it is.
    pub entry: Entry,
    /// The segments hashed so far, from the first on without a gap.
    pub hashed: Vec<HashedSegment>,
    /// The way back to the file, where the browser gives one.
    pub handle: Option<FileHandle>,
}

impl Remembered {
    /// For [`upload::Plan`].
    pub fn resume(&self) -> Resume {
        Resume {
            record: self.entry.image.clone(),
            hashed: self.hashed.clone(),
            sha512: self.entry.sha512.clone(),
        }
    }
}

/// The journal of this browser. Cheap to clone; all clones write one after the other.
#[derive(Clone, Default)]
pub struct Journal(Rc<RefCell<Inner>>);

#[derive(Default)]
struct Inner {
    opened: Opened,
    /// Uploads of this tab.
    running: BTreeMap<String, Running>,
    waiting: Vec<Write>,
    /// A task is writing, or will soon.
    writing: bool,
}

struct Running {
    entry: Entry,
    handle: Option<FileHandle>,
}

#[derive(Clone, Default)]
enum Opened {
    #[default]
    NotYet,
    Yes(Database),
    Never,
}

enum Write {
    /// The row of an upload as it is when it is written.
    Upload(String),
    Segment {
        key: String,
        row: Vec<u8>,
    },
    /// The rows of an upload's segments go.
    Forget(String),
    /// Everything of an upload goes.
    Finish(String),
}

thread_local! {
    static OURS: Journal = Journal::default();
    static FORGETS: ArcRwSignal<bool> = ArcRwSignal::new(false);
}

/// Whether this browser remembers nothing here, as some private windows do.
pub fn forgets() -> ArcRwSignal<bool> {
    FORGETS.with(ArcRwSignal::clone)
}

fn without_memory() {
    forgets().set(true);
}

impl Journal {
    /// The one of this tab.
    pub fn ours() -> Self {
        OURS.with(Self::clone)
    }

    /// Writes an upload down, or one that goes on. Await it before anything is made in the cloud: then a crash leaves
    /// nothing that is not known. Without memory it is over at once.
    pub async fn begin(&self, entry: Entry, handle: Option<FileHandle>) {
        let upload = entry.upload.clone();
        {
            let mut inner = self.0.borrow_mut();
            if !entry.keeps_hashes {
                // Of another run, they would be taken for this one's.
                inner.waiting.push(Write::Forget(upload.clone()));
            }
            inner.running.insert(upload.clone(), Running { entry, handle });
            inner.waiting.push(Write::Upload(upload));
        }
        self.write_waiting().await;
    }

    /// Remembers what an upload of this tab has to remember ([`upload::Effect::Note`]). It returns at once; the record's
    /// id is written at once too, the rest soon.
    pub fn note(&self, upload: &str, note: &Note) {
        let mut soon = true;
        {
            let mut inner = self.0.borrow_mut();
            let Some(running) = inner.running.get_mut(upload) else { return };
            match note {
                Note::Segment(segment) => {
                    let Some(row) = entry::row(segment) else { return };
                    let key = entry::row_key(upload, segment.index);
                    inner.waiting.push(Write::Segment { key, row });
                }
                Note::Forget => {
                    running.entry.sha512 = None;
                    inner.waiting.push(Write::Forget(upload.to_owned()));
                    inner.waiting.push(Write::Upload(upload.to_owned()));
                }
                Note::Record { .. } | Note::RecordGone | Note::Sha512(_) => {
                    match note {
                        Note::Record { id } => running.entry.image = Some(id.clone()),
                        Note::RecordGone => running.entry.image = None,
                        Note::Sha512(sha512) => running.entry.sha512 = Some(sha512.clone()),
                        Note::Segment(_) | Note::Forget => {}
                    }
                    soon = false;
                    inner.waiting.push(Write::Upload(upload.to_owned()));
                }
            }
        }
        self.write_later(soon);
    }

    /// Remembers whether the user wants it to rest.
    pub fn paused(&self, upload: &str, paused: bool) {
        {
            let mut inner = self.0.borrow_mut();
            let Some(running) = inner.running.get_mut(upload) else { return };
            if running.entry.paused == paused {
                return;
            }
            running.entry.paused = paused;
            inner.waiting.push(Write::Upload(upload.to_owned()));
        }
        self.write_later(false);
    }

    /// It is over, and nothing of it is left to go on with.
    pub async fn finish(&self, upload: &str) {
        {
            let mut inner = self.0.borrow_mut();
            inner.running.remove(upload);
            inner.waiting.push(Write::Finish(upload.to_owned()));
        }
        self.write_waiting().await;
    }

    /// The uploads of this scope and user that are not over, of all tabs. Those that have expired are forgotten.
    pub async fn load_all(&self, scope: &str, user: &str, now_unix_s: u64) -> Vec<Remembered> {
        self.write_waiting().await;
        let Some(database) = self.database().await else { return Vec::new() };
        let found = match read_all(&database).await {
            Ok(found) => found,
            Err(error) => {
                leptos::logging::error!("the journal could not be read: {}", words(&error));
                return Vec::new();
            }
        };
        let (old, found): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|one| one.entry.has_expired(now_unix_s));
        for old in old {
            self.finish(&old.entry.upload).await;
        }
        found.into_iter().filter(|one| one.entry.scope == scope && one.entry.user == user).collect()
    }

    async fn database(&self) -> Option<Database> {
        let opened = self.0.borrow().opened.clone();
        match opened {
            Opened::Yes(database) => Some(database),
            Opened::Never => None,
            Opened::NotYet => {
                let opening = pin!(Database::open(NAME, &[UPLOADS, SEGMENTS]));
                let too_long = pin!(gloo_timers::future::sleep(OPENING));
                let opened = match select(opening, too_long).await {
                    Either::Left((answer, _)) => answer,
                    Either::Right(_) => Err(JsValue::from_str("the database does not open")),
                };
                let opened = match opened {
                    Ok(database) => Opened::Yes(database),
                    Err(error) => {
                        leptos::logging::warn!("uploads are not remembered: {}", words(&error));
                        without_memory();
                        Opened::Never
                    }
                };
                self.0.borrow_mut().opened = opened.clone();
                match opened {
                    Opened::Yes(database) => Some(database),
                    Opened::Never | Opened::NotYet => None,
                }
            }
        }
    }

    fn write_later(&self, soon: bool) {
        if soon && std::mem::replace(&mut self.0.borrow_mut().writing, true) {
            return;
        }
        let journal = self.clone();
        spawn_local(async move {
            if soon {
                gloo_timers::future::sleep(TOGETHER).await;
                journal.0.borrow_mut().writing = false;
            }
            journal.write_waiting().await;
        });
    }

    /// Writes what waits. Transactions over the same stores come one after the other, so order is kept.
    async fn write_waiting(&self) {
        if self.0.borrow().waiting.is_empty() {
            return;
        }
        let Some(database) = self.database().await else {
            self.0.borrow_mut().waiting.clear();
            return;
        };
        let waiting = std::mem::take(&mut self.0.borrow_mut().waiting);
        if waiting.is_empty() {
            return;
        }
        let written = match self.write(&database, waiting) {
            Ok(transaction) => transaction.done().await,
            Err(error) => Err(error),
        };
        if let Err(error) = written {
            leptos::logging::error!("the journal could not be written: {}", words(&error));
            // A full disk, or the user cleared the site's data: from now on without memory.
            self.0.borrow_mut().opened = Opened::Never;
            without_memory();
        }
    }

    fn write(&self, database: &Database, waiting: Vec<Write>) -> Result<Transaction, JsValue> {
        let transaction = database.write(&[UPLOADS, SEGMENTS])?;
        let (uploads, segments) = (transaction.store(UPLOADS)?, transaction.store(SEGMENTS)?);
        let inner = self.0.borrow();
        for write in waiting {
            match write {
                Write::Upload(upload) => {
                    // Finished meanwhile: the row goes.
                    if let Some(running) = inner.running.get(&upload) {
                        uploads.put_with_key(&running.row()?, &upload.as_str().into())?;
                    }
                }
                Write::Segment { key, row } => {
                    let row = Uint8Array::from(row.as_slice());
                    segments.put_with_key(&row, &key.as_str().into())?;
                }
                Write::Forget(upload) => {
                    let (from, to) = entry::row_keys(&upload);
                    segments.delete(&range(&from, &to)?)?;
                }
                Write::Finish(upload) => {
                    let (from, to) = entry::row_keys(&upload);
                    segments.delete(&range(&from, &to)?)?;
                    uploads.delete(&upload.as_str().into())?;
                }
            }
        }
        Ok(transaction)
    }
}

impl Running {
    fn row(&self) -> Result<JsValue, JsValue> {
        let text = serde_json::to_string(&self.entry)
            .map_err(|error| JsValue::from_str(&error.to_string()))?;
        let row = Object::new();
        Reflect::set(&row, &"text".into(), &text.as_str().into())?;
        if let Some(handle) = &self.handle {
            Reflect::set(&row, &"handle".into(), handle.as_ref())?;
        }
        Ok(row.into())
    }
}

async fn read_all(database: &Database) -> Result<Vec<Remembered>, JsValue> {
    let rows = database.read(&[UPLOADS])?.store(UPLOADS)?.get_all()?;
    let rows = Array::from(&answer(&rows).await?);
    let mut found = Vec::new();
    for row in rows.iter() {
        let text = Reflect::get(&row, &"text".into())?.as_string().unwrap_or_default();
        let entry: Entry = match serde_json::from_str(&text) {
            Ok(entry) => entry,
            Err(error) => {
                leptos::logging::warn!("an upload of another version is remembered: {error}");
                continue;
            }
        };
        let handle = FileHandle::from_kept(Reflect::get(&row, &"handle".into())?);
        let hashed = read_segments(database, &entry.upload).await?;
        found.push(Remembered { entry, hashed, handle });
    }
    Ok(found)
}

async fn read_segments(database: &Database, upload: &str) -> Result<Vec<HashedSegment>, JsValue> {
    let (from, to) = entry::row_keys(upload);
    let range = range(&from, &to)?;
    let store = database.read(&[SEGMENTS])?.store(SEGMENTS)?;
    // Both asked at once: a transaction ends when nothing more is asked of it.
    let (keys, rows) = (store.get_all_keys_with_key(&range)?, store.get_all_with_key(&range)?);
    let (keys, rows) = futures_util::future::try_join(answer(&keys), answer(&rows)).await?;
    let (keys, rows) = (Array::from(&keys), Array::from(&rows));
    let pairs = keys
        .iter()
        .zip(rows.iter())
        .map(|(key, row)| (key.as_string().unwrap_or_default(), Uint8Array::from(row).to_vec()));
    Ok(entry::without_gap(pairs))
}
