//! The driver of a file on its way, by either road: performs what the engine (`upload::Engine`) asks for, and tells it what
//! happened.
//!
//! It decides nothing itself, but for one thing: a file that was to travel in segments is sent in one piece when the object
//! store turns out to be unusable before anything was sent, and the reason is then shown (`ending`). Effects are performed
//! in files of their own (`performing` says which does what): `data` sends, `image` talks to Glance, `objects` to Swift, `hash`
//! to the hashing workers.

mod beginning;
mod data;
mod ending;
mod hash;
mod image;
mod objects;
mod performing;
mod remember;
mod showing;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use openstack::image::CreateImage;
use openstack::{ApiError, ErrorKind, Generation, ImageId};
use upload::progress::Speed;
use upload::{Engine, Event, Outcome, Patience, Phase, Plan, Ticket};

use super::content::Upload;
use super::hashing::Hashing;
use super::job::{JobPhase, JobState, Road};
use super::locks::UploadLock;
use super::monotonic;
use super::roads::{Segmented, Way, WhyDirect};
use super::sending::Sending;
use super::store::{Store, random_hex, without_signatures};
use crate::cloud::Cloud;
use crate::text::tr_with;

/// References in one manifest; more make a manifest of manifests. Swift allows 1000 (slo.py, `max_manifest_segments`),
/// counting repeats.
pub(super) const LEAF_ENTRIES: usize = 512;

/// One file on its way.
pub(super) struct FileRoad {
    cloud: Cloud,
    record: CreateImage,
    upload: Upload,
    /// Names the upload in the container and in what is remembered.
    id: String,
    patience: Patience,
    segment_bytes: u64,
    keep_segments: bool,
    /// It begins with what an earlier run has hashed.
    keeps_hashes: Cell<bool>,
    /// The record of an earlier run.
    earlier_record: RefCell<Option<String>>,
    /// That this tab runs it, and no other.
    lock: RefCell<Option<UploadLock>>,
    /// It is being written down that it begins; it does when that is done.
    beginning: Cell<bool>,
    /// Cancelled while it was being written down.
    called_off: Cell<bool>,
    /// What was kept of the segments is being removed, and then it goes in one piece.
    direct_next: Cell<bool>,
    /// How often it began; an end that is being written down gives back the lock of its own run only.
    begun: Cell<u32>,
    /// Counts the engines: what answers one is not told to the next.
    engines: Cell<u32>,
    /// Another tab has it: nothing that happens here concerns it.
    elsewhere: Cell<bool>,
    store: Store,
    state: ArcRwSignal<JobState>,
    /// Why the store cannot be used, where that is known better than by an answer.
    why_closed: RefCell<Option<WhyDirect>>,
    /// Waits for the end; the canary's.
    on_end: RefCell<Option<OnEnd>>,
    drawn: Cell<Duration>,
    inner: RefCell<Inner>,
}

type OnEnd = Box<dyn FnOnce(Outcome)>;

struct Inner {
    engine: Engine,
    speed: Speed,
    began: Duration,
    requests: BTreeMap<Ticket, Request>,
    hashing: Option<Hashing>,
    samples: BTreeMap<Ticket, Hashing>,
    /// Direct: what the worker has read.
    hashed_bytes: u64,
    sha512: Option<String>,
    /// The newest token that was refused.
    refused: Option<Generation>,
    width: usize,
    /// Direct: what is to be sent when it is this upload's turn. Its engine believes that it is on its way, and is told of
    /// no time that passes meanwhile.
    held: Option<(Ticket, ImageId)>,
}

/// A request with data.
struct Request {
    /// The token it went out with.
    token: Option<Generation>,
    /// `None` while it waits for a token.
    sending: Option<Sending>,
    /// Where its data begins in what is sent.
    offset_bytes: u64,
    /// For what is said of it when it breaks.
    name: String,
}

impl FileRoad {
    /// A road that has not begun.
    pub(super) fn new(cloud: Cloud, record: CreateImage, upload: Upload, way: Way) -> Self {
        let segment_bytes = cloud.config().upload_segment_mib << 20;
        Self::with(cloud, record, upload, way, Patience::Upload, segment_bytes)
    }

    /// The same machinery over a few bytes; `on_end` hears how it ended.
    pub(super) fn canary(
        cloud: Cloud,
        record: CreateImage,
        upload: Upload,
        segment_bytes: u64,
        on_end: impl FnOnce(Outcome) + 'static,
    ) -> Self {
        let way = Way::Segments(Segmented::default());
        let road = Self::with(cloud, record, upload, way, Patience::Canary, segment_bytes);
        *road.on_end.borrow_mut() = Some(Box::new(on_end));
        road
    }

    fn with(
        cloud: Cloud,
        record: CreateImage,
        upload: Upload,
        way: Way,
        patience: Patience,
        segment_bytes: u64,
    ) -> Self {
        let size_bytes = upload.size_bytes();
        let store = Store::new(cloud.clone());
        let earlier = way.earlier().cloned();
        let earlier_record = earlier.as_ref().and_then(|earlier| earlier.resume.record.clone());
        let id = earlier
            .map(|earlier| earlier.upload)
            .or_else(|| random_hex(16))
            .unwrap_or_else(poor_id);
        let mut sha512 = None;
        let mut keep_segments = false;
        let mut keeps_hashes = false;
        let (engine, road) = match way {
            Way::Direct => (Engine::direct(size_bytes), Road::Direct),
            Way::DirectAgain(earlier) => {
                let engine = match earlier.resume.record {
                    Some(record) => Engine::direct_again(size_bytes, record),
                    None => Engine::direct(size_bytes),
                };
                (engine, Road::Direct)
            }
            Way::Segments(how) => {
                keep_segments = how.keep_segments;
                let mut resume = how.earlier.map(|earlier| earlier.resume);
                if let Some(resume) = &mut resume {
                    // Cut in another size then: those hashes name other pieces.
                    let fits = size_bytes.min(segment_bytes);
                    if resume.hashed.first().is_some_and(|first| first.length_bytes != fits) {
                        resume.hashed.clear();
                        resume.sha512 = None;
                    }
                    keeps_hashes = !resume.hashed.is_empty();
                    sha512.clone_from(&resume.sha512);
                }
                let plan = Plan {
                    size_bytes,
                    segment_bytes,
                    leaf_entries: LEAF_ENTRIES,
                    user: cloud.user().id.as_str().to_owned(),
                    upload: id.clone(),
                    now_unix_s: store.now_unix_s(),
                    keep_segments,
                    patience,
                    seed: js_sys::Math::random().to_bits(),
                    resume,
                };
                (Engine::segmented(plan), Road::Segments)
            }
        };
        let now = monotonic();
        let mut state = JobState::new(road, JobPhase::File(Phase::New), Some(size_bytes));
        state.sha512.clone_from(&sha512);
        state.keep_segments = keep_segments;
        Self {
            cloud,
            record,
            upload,
            id,
            patience,
            segment_bytes,
            keep_segments,
            keeps_hashes: Cell::new(keeps_hashes),
            earlier_record: RefCell::new(earlier_record),
            lock: RefCell::new(None),
            beginning: Cell::new(false),
            called_off: Cell::new(false),
            direct_next: Cell::new(false),
            begun: Cell::new(0),
            engines: Cell::new(0),
            elsewhere: Cell::new(false),
            store,
            state: ArcRwSignal::new(state),
            why_closed: RefCell::new(None),
            on_end: RefCell::new(None),
            drawn: Cell::new(Duration::ZERO),
            inner: RefCell::new(Inner {
                engine,
                speed: Speed::new(now),
                began: now,
                requests: BTreeMap::new(),
                hashing: None,
                samples: BTreeMap::new(),
                hashed_bytes: 0,
                sha512,
                refused: None,
                // The engine is told its share before it starts.
                width: usize::MAX,
                held: None,
            }),
        }
    }

    /// By which tabs, the journal and the container know it.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// What pages show.
    pub(super) fn state(&self) -> ArcRwSignal<JobState> {
        self.state.clone()
    }

    /// Tells the engine what happened and does what it then wants done.
    pub(super) fn tell(self: &Rc<Self>, event: Event) {
        if self.elsewhere.get() {
            return;
        }
        match &event {
            Event::Pause => self.remember_pause(true),
            Event::Resume => self.remember_pause(false),
            Event::Allot { width } => {
                let mut inner = self.inner.borrow_mut();
                if std::mem::replace(&mut inner.width, *width) == *width {
                    return;
                }
                let turn = if *width > 0 { inner.held.take() } else { None };
                drop(inner);
                if let Some((ticket, id)) = turn {
                    self.send_whole(ticket, id);
                }
            }
            Event::Tick if self.inner.borrow().held.is_some() => return,
            _ => {}
        }
        let moving =
            matches!(event, Event::SendProgress { .. } | Event::SegmentHashed { .. } | Event::Tick);
        let effects = self.inner.borrow_mut().engine.handle(event, monotonic());
        let any = !effects.is_empty();
        for effect in effects {
            self.perform(effect);
        }
        if !moving || any { self.show() } else { self.show_soon() }
    }

    /// Runs something and tells the engine what came of it.
    fn then(self: &Rc<Self>, work: impl Future<Output = Event> + 'static) {
        let road = Rc::clone(self);
        let engine = self.engines.get();
        spawn_local(async move {
            let event = work.await;
            if road.engines.get() == engine {
                road.tell(event);
            }
        });
    }

    /// A failed step, as the engine takes it.
    fn failed(&self, ticket: Ticket, request: &str, error: &ApiError) -> Event {
        self.note_trouble(request, error);
        match (error.kind, error.status) {
            (ErrorKind::SignedOut, _) => Event::SignedOut,
            (_, Some(status)) => Event::Refused {
                ticket,
                status,
                message: said(error),
                retry_after: error.retry_after,
            },
            (_, None) => Event::NoReply { ticket },
        }
    }
}

/// The cloud's words with its request id: all that the engine keeps of an answer.
fn said(error: &ApiError) -> String {
    let message = without_signatures(&error.message);
    match &error.request_id {
        Some(id) if message.is_empty() => tr_with("Request {id}", &[("id", id)]),
        Some(id) => tr_with("{message} (request {id})", &[("message", &message), ("id", id)]),
        None => message,
    }
}

/// It is no secret: it only has to differ from other uploads'.
fn poor_id() -> String {
    format!("{:016x}{:016x}", js_sys::Math::random().to_bits(), js_sys::Math::random().to_bits())
}
