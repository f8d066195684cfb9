//! The road in segments: hash, send what the store has not, join by manifests, let Glance fetch, compare, clean up.
//!
//! Two lines run side by side. One asks for one thing at a time ([`Step`]: record, container, lease, listing … import,
//! removal); the other sends contents ([`contents`]), several at a time. Both are driven by what is, not by what happened
//! last: [`Segmented::advance`] looks at the state after every event and asks for what is missing. So pause, sign-in,
//! silence and sleep need no states of their own, and an answer that nobody waits for changes nothing.
//!
//! Rules that are decided here, with their reasons, are in `docs/uploads.md`. It knows nothing of HTTP beyond status
//! codes, and never holds a byte of the file.

mod advancing;
mod comparing;
mod contents;
mod ending;
mod failing;
mod hashing;
mod importing;
mod manifests;
mod names;
mod pacing;
mod preparing;
mod removing;
mod sending;
mod showing;
mod unclear;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::event::{Effect, Event, Ticket};
use crate::import::{Follower, Progress, SeenTask};
use crate::limits::LONGEST_TICK;
use crate::outcome::{Check, LeftBehind, Outcome};
use crate::plan::Plan;
use contents::{Contents, Listing, Totals};
use ending::Ending;
use hashing::Hashing;
use manifests::Manifest;
use pacing::Pacing;
use sending::Flight;

/// One upload on the road in segments. The file has at least one byte: for an empty one [`crate::Engine::segmented`]
/// takes the direct road, as there is nothing that could break.
#[derive(Clone, Debug)]
pub struct Segmented {
    plan: Plan,
    step: Step,
    /// The effect under way for the step.
    asked: Option<Ticket>,
    asked_epoch: u32,
    /// The step's next try.
    not_before: Duration,
    /// Of the step, in a row.
    tries: u32,
    last_refusal: Option<(u16, String)>,

    now: Duration,
    started: Option<Duration>,
    next_ticket: u32,
    online: bool,
    offline_since: Duration,
    paused: bool,
    /// The whole queue rests: the cloud asked for it.
    rest_until: Duration,
    token: Option<Ticket>,
    token_epoch: u32,
    refused_tokens: u32,
    /// Counts what progressed; failures are counted within one.
    epoch: u64,

    record: Option<String>,
    /// The record is of an earlier run and has to be looked at.
    old_record: bool,
    /// The image of an earlier run was found made, or being made.
    old_image: bool,
    left: LeftBehind,
    opened: bool,
    reopened: u32,
    lease_day: Option<u64>,
    listing: Option<Listing>,
    quota_bytes: Option<u64>,
    store_looked: bool,
    /// Requests with data in a row that the store refused without saying so.
    hidden: u32,
    /// The store's words of a 413, while its quota is looked up.
    full: Option<String>,

    hashing: Hashing,
    contents: Contents,
    flights: Vec<Flight>,
    pacing: Pacing,
    wire_bytes: u64,
    resent_bytes: u64,
    breaks: u32,
    shown_bytes: u64,
    /// As they were when the end began: what is removed then was sent all the same.
    last_totals: Option<Totals>,

    manifests: Vec<Manifest>,
    /// Lease and manifests that were put, whatever was answered, with the day on which they expire.
    own_objects: BTreeMap<String, u64>,
    manifest_silences: u32,
    relisted: u32,

    follower: Option<Follower>,
    import_progress: Option<Progress>,
    last_task: Option<SeenTask>,
    import_failures: u32,
    import_tries: u32,
    import_refusal: Option<(u16, String)>,
    image_status: String,
    has_import_task: bool,
    stuck: u32,
    theirs: Option<String>,
    /// The image is there, with a hash that says nothing to us.
    not_comparable: Option<Check>,

    ending: Option<Ending>,
    finished: Option<Outcome>,
    effects: Vec<Effect>,
}

/// What the line of single questions is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    New,
    /// How the record of an earlier run is.
    LookAtRecord,
    CreateRecord,
    /// The record is of no use any more; then another one is made.
    ReplaceRecord,
    Open,
    Lease,
    List,
    /// Contents are sent until all are in the store.
    Send,
    /// What the container allows.
    LookAtStore,
    PutManifest(usize),
    /// Whether a manifest arrived whose reply was lost.
    LookAtManifest(usize),
    StartImport,
    /// Whether the import began although it was not answered so.
    LookAfterImport,
    Follow,
    FollowTask,
    /// The image is active and of our size; only our own hash is missing.
    Verify,
    /// It is ending; what is being made must be known first.
    Settle,
    DropRecord,
    ListLeases,
    ListSegments,
    DropObjects,
    Finished,
}

impl Segmented {
    /// For a file and a container.
    pub fn new(plan: Plan) -> Self {
        Self {
            step: Step::New,
            asked: None,
            asked_epoch: 0,
            not_before: Duration::ZERO,
            tries: 0,
            last_refusal: None,
            now: Duration::ZERO,
            started: None,
            next_ticket: 0,
            online: true,
            offline_since: Duration::ZERO,
            paused: false,
            rest_until: Duration::ZERO,
            token: None,
            token_epoch: 0,
            refused_tokens: 0,
            epoch: 0,
            record: None,
            old_record: false,
            old_image: false,
            left: LeftBehind::default(),
            opened: false,
            reopened: 0,
            lease_day: None,
            listing: None,
            quota_bytes: None,
            store_looked: false,
            hidden: 0,
            full: None,
            hashing: Hashing::default(),
            contents: Contents::default(),
            flights: Vec::new(),
            pacing: Pacing::new(),
            wire_bytes: 0,
            resent_bytes: 0,
            breaks: 0,
            shown_bytes: 0,
            last_totals: None,
            manifests: Vec::new(),
            own_objects: BTreeMap::new(),
            manifest_silences: 0,
            relisted: 0,
            follower: None,
            import_progress: None,
            last_task: None,
            import_failures: 0,
            import_tries: 0,
            import_refusal: None,
            image_status: String::new(),
            has_import_task: false,
            stuck: 0,
            theirs: None,
            not_comparable: None,
            ending: None,
            finished: None,
            effects: Vec::new(),
            plan: Plan {
                segment_bytes: plan.segment_bytes.max(1),
                leaf_entries: plan.leaf_entries.max(2),
                ..plan
            },
        }
    }

    /// Takes in what happened and returns what is to be done, in this order. `now` is the time since any fixed moment,
    /// from a clock that never goes back.
    pub fn handle(&mut self, event: Event, now: Duration) -> Vec<Effect> {
        let silence = now.saturating_sub(self.now);
        self.now = self.now.max(now);
        self.take_in(event);
        if silence > LONGEST_TICK {
            self.slept();
        }
        self.advance();
        self.keep_progress();
        std::mem::take(&mut self.effects)
    }

    /// How it ended, once it has.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.finished.as_ref()
    }

    fn take_in(&mut self, event: Event) {
        match event {
            Event::Start => self.begin(),
            Event::Retry => self.retry(),
            Event::Cancel => self.cancel(),
            Event::SignedOut => self.signed_out(),
            Event::Pause => self.pause(),
            Event::Resume => self.paused = false,
            Event::Allot { width } => self.pacing.allot(width),
            Event::Offline => self.gone_offline(),
            Event::Online => self.back_online(),
            Event::Tick => self.watch_flights(),
            Event::TokenRenewed { ticket } => self.token_renewed(ticket),
            Event::RecordCreated { ticket, id } => self.record_created(ticket, id),
            Event::RecordRefused { ticket, status, message } => {
                self.no_record(ticket, Some((status, message)))
            }
            Event::RecordUnknown { ticket } => self.no_record(ticket, None),
            Event::RecordDeleted { ticket } => self.record_dropped(ticket, true),
            Event::DeleteFailed { ticket } => self.record_dropped(ticket, false),
            Event::SendProgress { ticket, sent_bytes } => self.flew(ticket, sent_bytes),
            Event::SendDone { ticket, status, message, retry_after } => {
                self.landed(ticket, status, message, retry_after)
            }
            Event::SendBroken { ticket } => self.flight_broken(ticket),
            Event::SourceLost { ticket, .. } => self.source_lost(ticket),
            Event::SegmentHashed { ticket, segment } => self.segment_hashed(ticket, segment),
            Event::HashDone { ticket, sha512 } => self.file_hashed(ticket, sha512),
            Event::HashFailed { ticket, message } => self.hash_failed(ticket, message),
            Event::Image { ticket, image } => self.image_seen(ticket, &image),
            Event::ImageGone { ticket } => self.image_gone(ticket),
            Event::LookFailed { ticket } => self.image_unseen(ticket),
            Event::Task { ticket, status, message } => self.task_seen(ticket, status, message),
            Event::Listed { ticket, objects } => self.listed(ticket, objects),
            Event::Object { ticket, size_bytes, etag } => {
                self.object_seen(ticket, Some((size_bytes, etag)))
            }
            Event::ObjectGone { ticket } => self.object_seen(ticket, None),
            Event::StoreState { ticket, quota_bytes, used_bytes } => {
                self.store_seen(ticket, quota_bytes, used_bytes)
            }
            Event::Done { ticket } => self.done(ticket),
            Event::Refused { ticket, status, message, retry_after } => {
                self.not_done(ticket, Some((status, message)), retry_after)
            }
            Event::NoReply { ticket } => self.not_done(ticket, None, None),
        }
    }

    fn ticket(&mut self) -> Ticket {
        self.next_ticket += 1;
        Ticket(self.next_ticket)
    }

    /// The cloud's clock, as far as can be known.
    fn now_unix_s(&self) -> u64 {
        let since = self.now.saturating_sub(self.started.unwrap_or(self.now));
        self.plan.now_unix_s.saturating_add(since.as_secs())
    }

    /// How many segments the file has.
    fn segment_count(&self) -> u64 {
        self.plan.size_bytes.div_ceil(self.plan.segment_bytes)
    }
}
