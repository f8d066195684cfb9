//! A world for one upload: a file, a network, a user, a cloud; and the driver that performs what the engine wants.
//!
//! Faults come from a script ([`World::fault`]) or from dice ([`World::weather`]). The cloud assembles real contents, so
//! that a success can be held against the file.
#![allow(dead_code, reason = "each test binary uses its part")]
#![allow(clippy::panic, clippy::indexing_slicing, reason = "a test that fails says so")]

pub mod cloud;
pub mod dice;
pub mod driver;
mod server;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use cloud::Cloud;
use dice::{Dice, File};
use upload::{Effect, Engine, Event, HashedSegment, Note, Outcome, Patience, Plan, Resume, Ticket};

pub const NOW_UNIX_S: u64 = 1_800_000_000;
const TICK: Duration = Duration::from_secs(5);

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Done and answered.
    Fine,
    /// The line breaks before anything is done.
    Breaks,
    /// Done, but the reply is lost.
    ReplyLost,
    /// Not done, and said so.
    Refused(u16),
    /// The same with `Retry-After` in seconds.
    RetryAfter(u16, u64),
    /// Done, but a gateway says something else.
    DoneBut(u16),
    /// Nothing moves any more, and nobody tells.
    Hangs,
    /// Done, and nobody tells.
    DoneAndHangs,
    /// Done and answered twice.
    Twice,
}

/// What is on its way.
#[derive(Clone, Debug)]
pub enum News {
    /// To the engine.
    Tell(Event),
    /// A request reaches the cloud.
    Arrives { effect: Effect, fate: Fate },
    /// The hasher has read on.
    Hashed,
    /// An import is seen to begin.
    ImportBegins { id: String, import: u32 },
    /// An import is over.
    ImportEnds { id: String, import: u32 },
    /// The page is gone, and comes again.
    Crash,
    /// The page is there again.
    Wakes,
    /// The computer sleeps.
    Sleep(Duration),
    /// Somebody else does something.
    Meddle(Meddling),
}

/// What others do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meddling {
    /// Deletes a segment.
    DeletesSegment,
    /// Deletes the container.
    DeletesContainer,
    /// Deletes the image.
    DeletesImage,
    /// Writes other bytes under the name of a segment.
    Poisons,
    /// Another upload of the same user begins.
    Leases,
    /// And ends.
    Unleases,
    /// Sets a quota that is nearly reached.
    SetsQuota,
    /// The file is written to.
    ChangesFile,
    /// The file cannot be read any more.
    TakesFile,
}

/// What is remembered beyond a crash.
#[derive(Clone, Debug, Default)]
pub struct Journal {
    pub record: Option<String>,
    pub hashed: Vec<HashedSegment>,
    pub sha512: Option<String>,
}

pub struct World {
    pub dice: Dice,
    /// The chance of a fault at each turn, in percent.
    pub weather: u64,
    /// Tells what happens.
    pub aloud: bool,
    /// Faults by kind of request and its number, from 1.
    script: BTreeMap<(&'static str, usize), Fate>,
    /// How often each kind of request was made.
    pub made: BTreeMap<&'static str, usize>,
    /// The same by kind and name, for objects.
    pub named: BTreeMap<(&'static str, String), usize>,
    pub now: Duration,
    next_tick: Duration,
    order: u64,
    queue: BTreeMap<(Duration, u64), News>,
    pub engine: Engine,
    pub plan: Plan,
    pub journal: Journal,
    pub file: File,
    pub cloud: Cloud,
    /// A page of another origin does not see what the store's middleware answers.
    pub cross_origin: bool,
    pub shows_tasks: bool,
    /// The chance that a fetch fails besides the weather's, in percent.
    pub imports_fail: u64,
    pub algorithm: &'static str,
    /// How long a fetch takes.
    pub fetch: Duration,
    pub offline: bool,
    /// The file was written to at some time.
    pub was_changed: bool,
    pub flights: BTreeMap<Ticket, String>,
    pub most_flights: usize,
    pub allotted: usize,
    /// Effects that wait for an answer, without waits.
    asked: BTreeSet<Ticket>,
    pub most_asked: usize,
    hashing: Option<(Ticket, u64, u64)>,
    pub ended: Vec<Outcome>,
    /// Records whose id never reached the engine: told as "perhaps", or of a page that was gone.
    pub nameless: usize,
    pub orphans: usize,
    pub crashes: usize,
    shown: u64,
    /// Contents in the order in which they were sent.
    pub sent: Vec<String>,
}

pub fn plan(size_bytes: u64) -> Plan {
    Plan {
        size_bytes,
        segment_bytes: 10,
        leaf_entries: 4,
        user: "u".into(),
        upload: "x".into(),
        now_unix_s: NOW_UNIX_S,
        keep_segments: false,
        patience: Patience::Upload,
        seed: 1,
        resume: None,
    }
}

impl World {
    /// A world in good weather, for a file whose segments have these contents (10 bytes each).
    pub fn new(contents: &[u64]) -> Self {
        Self::with(plan(contents.len() as u64 * 10), contents)
    }

    pub fn with(plan: Plan, contents: &[u64]) -> Self {
        let file = File::new(contents.to_vec(), plan.segment_bytes, plan.size_bytes);
        Self {
            dice: Dice(plan.seed),
            weather: 0,
            aloud: false,
            script: BTreeMap::new(),
            made: BTreeMap::new(),
            named: BTreeMap::new(),
            now: Duration::ZERO,
            next_tick: TICK,
            order: 0,
            queue: BTreeMap::new(),
            engine: Engine::segmented(plan.clone()),
            cloud: Cloud {
                most_entries: plan.leaf_entries,
                now_unix_s: plan.now_unix_s,
                ..Cloud::default()
            },
            plan,
            journal: Journal::default(),
            file,
            cross_origin: false,
            shows_tasks: true,
            imports_fail: 0,
            algorithm: "sha512",
            fetch: Duration::from_secs(10),
            offline: false,
            was_changed: false,
            flights: BTreeMap::new(),
            most_flights: 0,
            allotted: 5,
            asked: BTreeSet::new(),
            most_asked: 0,
            hashing: None,
            ended: Vec::new(),
            nameless: 0,
            orphans: 0,
            crashes: 0,
            shown: 0,
            sent: Vec::new(),
        }
    }

    /// The n-th request of this kind, counted from 1, fares like this.
    pub fn fault(&mut self, kind: &'static str, nth: usize, fate: Fate) {
        self.script.insert((kind, nth), fate);
    }

    /// All requests of this kind from the n-th on, a hundred of them.
    pub fn faults(&mut self, kind: &'static str, from: usize, fate: Fate) {
        (from..from + 100).for_each(|nth| self.fault(kind, nth, fate));
    }

    pub fn count(&self, kind: &str) -> usize {
        self.made.get(kind).copied().unwrap_or_default()
    }

    pub fn faulty(&mut self) -> bool {
        let weather = self.weather;
        self.dice.percent(weather)
    }

    pub fn after(&mut self, delay: Duration, news: News) {
        self.order += 1;
        self.queue.insert((self.now + delay, self.order), news);
    }

    pub fn at(&mut self, seconds: u64, news: News) {
        let delay = Duration::from_secs(seconds).saturating_sub(self.now);
        self.after(delay, news);
    }

    /// The user begins.
    pub fn start(&mut self) {
        self.after(Duration::ZERO, News::Tell(Event::Start));
    }

    /// The store has a content already, under a name that expires on this day.
    pub fn has(&mut self, content: u64, day: u64, etag: String) {
        self.cloud.container = true;
        let object = cloud::Object {
            kind: cloud::Kind::Segment((content, 10)),
            size: 10,
            etag,
            delete_at: day * 86_400,
            ours: false,
        };
        self.cloud.objects.insert(format!("s/u/{day}/b3of{content}-10"), object);
    }

    /// Our objects in the store whose names begin so.
    pub fn stored(&self, prefix: &str) -> Vec<&String> {
        let ours = self.cloud.objects.iter().filter(|(_, object)| object.ours);
        ours.map(|(name, _)| name).filter(|name| name.starts_with(prefix)).collect()
    }

    /// One thing happens.
    pub fn step(&mut self) {
        let next = self.queue.first_key_value().map(|((at, _), _)| *at);
        let news = match next {
            Some(at) if at <= self.next_tick => {
                self.now = self.now.max(at);
                self.queue.pop_first().map(|(_, news)| news)
            }
            _ => {
                self.now = self.now.max(self.next_tick);
                self.next_tick = self.now + TICK;
                Some(News::Tell(Event::Tick))
            }
        };
        self.cloud.pass(NOW_UNIX_S + self.now.as_secs());
        if let (true, Some(news)) = (self.aloud, &news)
            && !matches!(news, News::Tell(_))
        {
            eprintln!("{:?} {news:?}", self.now);
        }
        match news {
            Some(News::Tell(event)) => self.tell(event),
            Some(News::Arrives { effect, fate }) => self.arrives(effect, fate),
            Some(News::Hashed) => self.hash_on(),
            Some(News::ImportBegins { id, import }) => self.cloud.import_begins(&id, import),
            Some(News::ImportEnds { id, import }) => self.import_ends(&id, import),
            Some(News::Crash) => self.crash(),
            Some(News::Wakes) => {
                if self.offline {
                    self.tell(Event::Offline);
                }
                self.tell(Event::Start);
            }
            Some(News::Sleep(how_long)) => self.sleep(how_long),
            Some(News::Meddle(what)) => self.meddle(what),
            None => {}
        }
    }

    /// Until it is over.
    pub fn run(&mut self) -> Outcome {
        let ended = self.ended.len();
        while self.ended.len() == ended {
            self.step();
            assert!(self.now < Duration::from_secs(3 * 86_400), "no end: {:?}", self.engine.view());
        }
        self.ended.last().cloned().unwrap_or_else(|| panic!("no outcome"))
    }

    /// Until this many requests of a kind were made.
    pub fn run_until(&mut self, kind: &str, nth: usize) {
        while self.count(kind) < nth {
            assert!(self.engine.outcome().is_none(), "over before: {:?}", self.engine.view());
            self.step();
        }
    }

    /// For so many seconds.
    pub fn run_for(&mut self, seconds: u64) {
        let until = self.now + Duration::from_secs(seconds);
        while self.now < until {
            self.step();
        }
    }

    pub fn tell(&mut self, event: Event) {
        if !self.comes_through(&event) {
            return;
        }
        if event == Event::Retry {
            self.shown = 0;
        }
        if self.aloud && event != Event::Tick {
            eprintln!("{:?} {event:?}", self.now);
        }
        let created = match &event {
            Event::RecordCreated { id, .. } => Some(id.clone()),
            _ => None,
        };
        let over = self.engine.outcome().is_some();
        let (ended, again) = (self.ended.len(), matches!(event, Event::Retry | Event::Cancel));
        let effects = self.engine.handle(event, self.now);
        assert!(!over || again || effects.is_empty(), "wanted after the end: {effects:?}");
        for effect in effects {
            if self.aloud {
                eprintln!("    {effect:?}");
            }
            assert_eq!(self.ended.len(), ended, "wanted after the end: {effect:?}");
            self.perform(effect);
        }
        // An answer that came after the user had signed out: the outcome of then said "perhaps".
        self.nameless += usize::from(created.is_some_and(|id| self.journal.record != Some(id)));
        let view = self.engine.view();
        assert!(view.sent_bytes >= self.shown, "progress went back");
        assert!(view.sent_bytes <= self.file.size);
        self.shown = view.sent_bytes;
        if let Some(segments) = &view.segments {
            assert_eq!(segments.in_flight, self.flights.len(), "in flight is not what is told");
            assert!(segments.stored <= segments.segments);
        }
        if self.engine.outcome().is_some() {
            assert!(self.flights.is_empty(), "a request is still in flight");
            assert!(self.hashing.is_none(), "still hashing");
        }
    }

    fn remember(&mut self, note: Note) {
        let journal = &mut self.journal;
        match note {
            Note::Record { id } => journal.record = Some(id),
            Note::RecordGone => journal.record = None,
            Note::Segment(segment) => {
                assert_eq!(segment.index, journal.hashed.len() as u64, "a gap in the notes");
                journal.hashed.push(segment);
            }
            Note::Sha512(sha512) => journal.sha512 = Some(sha512),
            Note::Forget => {
                journal.hashed.clear();
                journal.sha512 = None;
            }
        }
    }

    /// The page dies; another one goes on from what was remembered.
    pub fn crash(&mut self) {
        if self.engine.outcome().is_some() {
            return;
        }
        self.crashes += 1;
        // What was on its way arrives, or not; nobody hears of it.
        let queue = std::mem::take(&mut self.queue);
        for (key, news) in queue {
            match news {
                News::Arrives { effect: Effect::CreateRecord { .. }, .. } => {}
                News::Arrives { effect: Effect::SendSegment { .. }, .. } => {}
                News::Arrives { effect, fate } => {
                    // Only what was done by then is done.
                    if fate == Fate::Fine && self.dice.percent(50) {
                        let _nobody_hears = self.serve(&effect, fate);
                    }
                }
                News::Tell(Event::RecordCreated { .. }) => {}
                // The user and the network are what they are.
                News::Tell(event) if !is_answer(&event) => {
                    self.queue.insert(key, News::Tell(event));
                }
                News::Tell(_) | News::Hashed | News::Wakes => {}
                other => {
                    self.queue.insert(key, other);
                }
            }
        }
        self.flights.clear();
        self.asked.clear();
        self.hashing = None;
        self.shown = 0;
        self.allotted = 5;
        let mut hashed = self.journal.hashed.clone();
        if self.weather > 0 && self.dice.percent(30) {
            // The last notes did not reach the disk.
            hashed.truncate(hashed.len().saturating_sub(2));
        }
        let whole = hashed.len() == self.journal.hashed.len();
        let sha512 = self.journal.sha512.clone().filter(|_| whole);
        self.journal.hashed.clone_from(&hashed);
        self.journal.sha512.clone_from(&sha512);
        // What is in the store and in no note can be known to nobody; the search for leftovers at sign-in shows it.
        let known: BTreeSet<String> = hashed
            .iter()
            .map(|segment| format!("{}-{}", segment.blake3, segment.length_bytes))
            .collect();
        for (name, object) in &mut self.cloud.objects {
            let tail = name.rsplit('/').next().unwrap_or_default();
            object.ours &= !name.starts_with("s/") || known.contains(tail);
        }
        // The same for records: one is noted.
        let noted = |id: &&String| Some(*id) != self.journal.record.as_ref();
        self.nameless = self.cloud.images.keys().filter(noted).count();
        let resume = Resume { record: self.journal.record.clone(), hashed, sha512 };
        let plan = Plan {
            resume: Some(resume),
            now_unix_s: NOW_UNIX_S + self.now.as_secs(),
            ..self.plan.clone()
        };
        self.engine = Engine::segmented(plan);
        let awake = Duration::from_secs(2);
        self.after(awake, News::Wakes);
    }

    /// Nothing of this computer happens for a while.
    fn sleep(&mut self, how_long: Duration) {
        let queue = std::mem::take(&mut self.queue);
        for ((at, order), news) in queue {
            let ours = matches!(news, News::Tell(_) | News::Hashed);
            let at = if ours { at + how_long } else { at };
            self.queue.insert((at, order), news);
        }
        self.now += how_long;
        self.next_tick = self.now;
    }
}

/// Whether an event answers an effect.
pub fn is_answer(event: &Event) -> bool {
    !matches!(
        event,
        Event::Start
            | Event::Allot { .. }
            | Event::Pause
            | Event::Resume
            | Event::SignedOut
            | Event::Offline
            | Event::Online
            | Event::Tick
            | Event::Cancel
            | Event::Retry
    )
}
