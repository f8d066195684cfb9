//! Random schedules of faults: a small cloud that keeps Glance's rules, a network and a user that keep none.
//!
//! Every schedule is a seed. To see one again: `check(seed)`.
#![allow(clippy::panic, clippy::indexing_slicing, reason = "a test that fails says so")]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use upload::{Check, CloudImage, CloudStatus, Effect, Event, Machine, Outcome, Ticket};

const SCHEDULES: u64 = 10_000;
const SIZE: u64 = 1000;
const OURS: &str = "aa";
/// No schedule may last longer than this: four days.
const HORIZON: Duration = Duration::from_secs(4 * 24 * 3600);

/// splitmix64: small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Stored {
    Queued,
    /// Until a time, then queued or active; `None`: the worker is dead.
    Saving {
        until: Option<Duration>,
        then_content: Option<String>,
    },
    Active {
        content: String,
    },
}

#[derive(Clone, Debug)]
struct Record {
    stored: Stored,
    /// Glance's store has a file of this name already: every further PUT is answered 500.
    spoilt: bool,
    size: u64,
}

/// What is on its way to the machine, or happens in the cloud.
#[derive(Clone, Debug)]
enum News {
    Event(Event),
    /// A look reaches the cloud.
    Look {
        ticket: Ticket,
        id: String,
    },
    /// A removal reaches the cloud.
    Delete {
        ticket: Ticket,
        id: String,
    },
    /// Every byte of a request is there.
    Arrived {
        ticket: Ticket,
        id: String,
    },
}

struct World {
    dice: Dice,
    /// Chance of a fault at each turn, in percent.
    weather: u64,
    now: Duration,
    order: u64,
    queue: BTreeMap<(Duration, u64), News>,
    cloud: BTreeMap<String, Record>,
    /// Records whose id never reached us.
    nameless: usize,
    made: u64,
    algo: &'static str,
    in_flight: Option<Ticket>,
    hashing: Option<Ticket>,
    ended: Vec<Outcome>,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let weather = [0, 5, 20, 50, 80][dice.below(5) as usize];
        let algo = if weather > 0 && dice.percent(5) { "sha256" } else { "sha512" };
        Self {
            dice,
            weather,
            now: Duration::ZERO,
            order: 0,
            queue: BTreeMap::new(),
            cloud: BTreeMap::new(),
            nameless: 0,
            made: 0,
            algo,
            in_flight: None,
            hashing: None,
            ended: Vec::new(),
        }
    }

    fn fault(&mut self) -> bool {
        let weather = self.weather;
        self.dice.percent(weather)
    }

    fn after(&mut self, delay: Duration, news: News) {
        self.order += 1;
        self.queue.insert((self.now + delay, self.order), news);
    }

    fn soon(&mut self, news: News) {
        let delay = Duration::from_millis(1 + self.dice.below(3000));
        // Now and then an answer is told twice, the second time late.
        if self.fault() && self.dice.percent(20) {
            let late = delay + Duration::from_secs(self.dice.below(120));
            self.after(late, news.clone());
        }
        self.after(delay, news);
    }

    fn tell(&mut self, event: Event) {
        self.soon(News::Event(event));
    }

    fn perform(&mut self, effect: Effect) {
        assert!(self.ended.len() < 3, "nothing is wanted after the end");
        match effect {
            Effect::CreateRecord { ticket } => self.create(ticket),
            Effect::Send { ticket, id } => self.send(ticket, &id),
            Effect::AbortSend { ticket } => {
                assert_eq!(self.in_flight.take(), Some(ticket), "aborted what was not in flight");
                self.queue.retain(|_, news| !is_of_request(news, ticket));
                self.half_received();
            }
            Effect::StartHash { ticket } => {
                assert_eq!(self.hashing, None, "hashed twice at a time");
                self.hashing = Some(ticket);
                let delay = Duration::from_secs(self.dice.below(60));
                let event = if self.fault() && self.dice.percent(20) {
                    Event::HashFailed { ticket, message: "unreadable".into() }
                } else {
                    Event::HashDone { ticket, sha512: OURS.into() }
                };
                self.after(delay, News::Event(event));
            }
            Effect::StopHash => self.hashing = None,
            Effect::LookAtImage { ticket, id, after } => {
                let delay = after + Duration::from_millis(1 + self.dice.below(1000));
                self.after(delay, News::Look { ticket, id });
            }
            Effect::AwaitToken { ticket } => {
                let event = if self.fault() && self.dice.percent(10) {
                    Event::SignedOut
                } else {
                    Event::TokenRenewed { ticket }
                };
                self.tell(event);
            }
            Effect::DeleteRecord { ticket, id, after } => {
                let delay = after + Duration::from_millis(1 + self.dice.below(1000));
                self.after(delay, News::Delete { ticket, id });
            }
            Effect::Finished(outcome) => self.ended.push(outcome),
            other => panic!("of the other road: {other:?}"),
        }
    }

    fn create(&mut self, ticket: Ticket) {
        let fault = self.fault().then(|| self.dice.below(4));
        if fault == Some(0) {
            return self.tell(Event::RecordRefused { ticket, status: 413, message: "full".into() });
        }
        if fault == Some(1) {
            return self.tell(Event::RecordUnknown { ticket });
        }
        self.made += 1;
        let id = format!("image-{}", self.made);
        self.cloud.insert(id.clone(), Record { stored: Stored::Queued, spoilt: false, size: 0 });
        if matches!(fault, Some(2 | 3)) {
            self.nameless += 1;
            return self.tell(match fault {
                Some(2) => Event::RecordUnknown { ticket },
                _ => Event::RecordRefused {
                    ticket,
                    status: 504,
                    message: "a gateway's words".into(),
                },
            });
        }
        // An answer that is told twice names the same record.
        self.tell(Event::RecordCreated { ticket, id });
    }

    fn send(&mut self, ticket: Ticket, id: &str) {
        assert_eq!(self.in_flight, None, "two requests at a time");
        self.in_flight = Some(ticket);
        let answer =
            |status| Event::SendDone { ticket, status, message: "words".into(), retry_after: None };
        let fault = self.fault().then(|| self.dice.below(9));
        if fault == Some(0) {
            return self.tell(answer(401));
        }
        if fault == Some(1) {
            let status = [400, 403, 413, 503, 429][self.dice.below(5) as usize];
            return self.tell(answer(status));
        }
        if fault == Some(2) {
            // Someone deletes it.
            self.cloud.remove(id);
            return self.tell(answer(410));
        }
        let Some(record) = self.cloud.get_mut(id) else { return self.tell(answer(404)) };
        settle(record, self.now);
        if record.spoilt {
            return self.tell(answer(500));
        }
        if record.stored != Stored::Queued {
            return self.tell(answer(409));
        }
        record.stored = Stored::Saving { until: None, then_content: None };
        for part in 1..=4 {
            let delay = Duration::from_secs(part * 5);
            self.after(
                delay,
                News::Event(Event::SendProgress { ticket, sent_bytes: SIZE * part / 5 }),
            );
        }
        match fault {
            // Broken half way: Glance goes back to queued by itself, unless its worker dies.
            Some(3 | 4) => {
                let quick = Duration::from_secs(self.dice.below(20));
                self.queue.retain(|(at, _), news| {
                    *at <= self.now + quick || !is_of_request(news, ticket)
                });
                let event = if self.dice.percent(10) {
                    Event::SourceLost { ticket, message: "changed".into() }
                } else {
                    Event::SendBroken { ticket }
                };
                self.after(quick, News::Event(event));
                self.half_received_at(id, quick);
            }
            // Hangs half way: nobody tells.
            Some(5) => self.queue.retain(|_, news| !is_of_request(news, ticket)),
            _ => self.after(Duration::from_secs(25), News::Arrived { ticket, id: id.to_owned() }),
        }
    }

    /// What Glance makes of a body that ends too early, now.
    fn half_received(&mut self) {
        let saving: Vec<String> = self
            .cloud
            .iter()
            .filter(|(_, record)| {
                record.stored == Stored::Saving { until: None, then_content: None }
            })
            .map(|(id, _)| id.clone())
            .collect();
        for id in saving {
            self.half_received_at(&id, Duration::ZERO);
        }
    }

    fn half_received_at(&mut self, id: &str, delay: Duration) {
        let worker_dies = self.fault() && self.dice.percent(30);
        let until = self.now + delay + Duration::from_secs(self.dice.below(3));
        if let Some(record) = self.cloud.get_mut(id).filter(|_| !worker_dies) {
            record.stored = Stored::Saving { until: Some(until), then_content: None };
        }
    }

    /// The whole body is there.
    fn arrived(&mut self, ticket: Ticket, id: &str) {
        self.tell(Event::SendProgress { ticket, sent_bytes: SIZE });
        let fault = self.fault().then(|| self.dice.below(8));
        let damaged = fault == Some(0);
        let truncated = fault == Some(1);
        let answer =
            |status| Event::SendDone { ticket, status, message: "words".into(), retry_after: None };
        let slow = Duration::from_secs(self.dice.below(30));
        let Some(record) = self.cloud.get_mut(id) else { return self.tell(answer(410)) };
        if fault == Some(2) {
            // Not what was declared, or it was told so: the store keeps the file's name.
            record.stored = Stored::Queued;
            record.spoilt = true;
            let status = if self.dice.percent(50) { 415 } else { 500 };
            return self.tell(answer(status));
        }
        record.size = if truncated { SIZE - 1 } else { SIZE };
        let content = if damaged || truncated { "bb" } else { OURS };
        record.stored =
            Stored::Saving { until: Some(self.now + slow), then_content: Some(content.into()) };
        match fault {
            // The reply is lost: at once, by a gateway, or by silence.
            Some(3) => self.tell(Event::SendBroken { ticket }),
            Some(4) => self.tell(answer(504)),
            Some(5) => {}
            _ => {
                let delay = slow + Duration::from_secs(1);
                self.after(delay, News::Event(answer(204)));
            }
        }
    }

    fn look(&mut self, ticket: Ticket, id: &str) {
        if self.fault() && self.dice.percent(60) {
            return self.tell(Event::LookFailed { ticket });
        }
        let (now, algo) = (self.now, self.algo);
        let event = match self.cloud.get_mut(id) {
            None => Event::ImageGone { ticket },
            Some(record) => {
                settle(record, now);
                let (status, hash) = match &record.stored {
                    Stored::Queued => (CloudStatus::Queued, None),
                    Stored::Saving { .. } => (CloudStatus::Saving, None),
                    Stored::Active { content } => (CloudStatus::Active, Some(content.clone())),
                };
                let size_bytes = (status == CloudStatus::Active).then_some(record.size);
                let hash_algo = hash.is_some().then(|| algo.to_owned());
                Event::Image {
                    ticket,
                    image: CloudImage {
                        status,
                        size_bytes,
                        hash_algo,
                        hash_value: hash,
                        has_import_task: false,
                    },
                }
            }
        };
        self.tell(event);
    }

    fn delete(&mut self, ticket: Ticket, id: &str) {
        let fault = self.fault().then(|| self.dice.below(2));
        if fault == Some(0) {
            return self.tell(Event::DeleteFailed { ticket });
        }
        self.cloud.remove(id);
        let lost = fault == Some(1);
        self.tell(if lost {
            Event::DeleteFailed { ticket }
        } else {
            Event::RecordDeleted { ticket }
        });
    }

    /// Takes off what is over, so that "in flight" stays true.
    fn note(&mut self, event: &Event) {
        match event {
            Event::SendDone { ticket, .. }
            | Event::SendBroken { ticket }
            | Event::SourceLost { ticket, .. }
                if self.in_flight == Some(*ticket) =>
            {
                self.in_flight = None;
            }
            Event::HashDone { ticket, .. } | Event::HashFailed { ticket, .. }
                if self.hashing == Some(*ticket) =>
            {
                self.hashing = None;
            }
            _ => {}
        }
    }
}

fn is_of_request(news: &News, request: Ticket) -> bool {
    match news {
        News::Event(
            Event::SendProgress { ticket, .. }
            | Event::SendDone { ticket, .. }
            | Event::SendBroken { ticket }
            | Event::SourceLost { ticket, .. },
        )
        | News::Arrived { ticket, .. } => *ticket == request,
        _ => false,
    }
}

fn settle(record: &mut Record, now: Duration) {
    if let Stored::Saving { until: Some(until), then_content } = &record.stored
        && *until <= now
    {
        record.stored = match then_content {
            Some(content) => Stored::Active { content: content.clone() },
            None => Stored::Queued,
        };
    }
}

/// How many schedules ended how, so that the test can see that it tests something.
#[derive(Debug, Default)]
struct Tally {
    verified: u64,
    not_comparable: u64,
    failed: u64,
    cancelled: u64,
    left: u64,
    longest: Duration,
}

/// Runs one schedule to its end and holds what is promised against the cloud as it is then.
fn check(seed: u64, tally: &mut Tally) {
    let mut world = World::new(seed);
    let mut machine = Machine::new(SIZE);
    world.after(Duration::ZERO, News::Event(Event::Start));
    if world.fault() && world.dice.percent(30) {
        let at = Duration::from_secs(world.dice.below(90));
        world.after(at, News::Event(Event::Cancel));
    }
    while world.fault() && world.dice.percent(60) {
        let gone = Duration::from_secs(world.dice.below(200));
        let back = gone + Duration::from_secs(world.dice.below(400));
        world.after(gone, News::Event(Event::Offline));
        world.after(back, News::Event(Event::Online));
    }
    let retries = u64::from(world.weather > 0) * world.dice.below(3);
    let mut next_tick = Duration::ZERO;
    loop {
        let next = world.queue.first_key_value().map(|((at, _), _)| *at);
        let news = match next {
            Some(at) if at <= next_tick => {
                world.now = at;
                world.queue.pop_first().map(|(_, news)| news)
            }
            _ => {
                world.now = next_tick;
                next_tick += Duration::from_secs(5);
                Some(News::Event(Event::Tick))
            }
        };
        assert!(world.now < HORIZON, "seed {seed} does not end: {:?}", machine.view());
        match news {
            Some(News::Event(event)) => {
                world.note(&event);
                let ended = world.ended.len();
                for effect in machine.handle(event, world.now) {
                    assert_eq!(
                        world.ended.len(),
                        ended,
                        "seed {seed}: something is wanted after the end"
                    );
                    world.perform(effect);
                }
            }
            Some(News::Look { ticket, id }) => world.look(ticket, &id),
            Some(News::Delete { ticket, id }) => world.delete(ticket, &id),
            Some(News::Arrived { ticket, id }) => world.arrived(ticket, &id),
            None => {}
        }
        if machine.outcome().is_some() {
            let uploaded = matches!(machine.outcome(), Some(Outcome::Uploaded { .. }));
            if uploaded || world.ended.len() as u64 > retries {
                break;
            }
            // A second try by the user, while old answers are still on their way.
            world.after(Duration::ZERO, News::Event(Event::Retry));
            if world.ended.len() > 2 {
                break;
            }
        }
    }
    verify(seed, &mut world, tally);
}

fn verify(seed: u64, world: &mut World, tally: &mut Tally) {
    let now = world.now;
    tally.longest = tally.longest.max(now);
    world.cloud.values_mut().for_each(|record| settle(record, now));
    assert_eq!(world.in_flight, None, "seed {seed}: a request is still in flight");
    let mut told: BTreeSet<String> = BTreeSet::new();
    let mut perhaps = 0;
    for outcome in &world.ended {
        told.extend(outcome.left().records.iter().cloned());
        perhaps += usize::from(outcome.left().perhaps_a_record);
        tally.left += u64::from(!outcome.left().is_nothing());
        match outcome {
            Outcome::Uploaded { id, check, .. } => {
                told.insert(id.clone());
                let record =
                    world.cloud.get(id).unwrap_or_else(|| panic!("seed {seed}: {id} is not there"));
                match check {
                    Check::Verified => {
                        tally.verified += 1;
                        let ours = Stored::Active { content: OURS.to_owned() };
                        assert_eq!(
                            (&record.stored, record.size),
                            (&ours, SIZE),
                            "seed {seed}: a false success"
                        );
                        assert_eq!(world.algo, "sha512", "seed {seed}: verified by what?");
                    }
                    Check::NotComparable { algorithm } => {
                        tally.not_comparable += 1;
                        assert_eq!(algorithm.as_deref(), Some("sha256"), "seed {seed}");
                        assert_eq!(record.size, SIZE, "seed {seed}");
                    }
                }
            }
            Outcome::Failed { .. } => tally.failed += 1,
            Outcome::Cancelled { .. } => tally.cancelled += 1,
        }
    }
    let untold = world.cloud.keys().filter(|id| !told.contains(*id)).count();
    assert!(
        untold <= world.nameless.min(perhaps),
        "seed {seed}: untold {:?}, told {told:?}",
        world.cloud
    );
    if world.weather == 0 {
        assert!(
            matches!(world.ended.as_slice(), [Outcome::Uploaded { check: Check::Verified, .. }]),
            "seed {seed}: {:?}",
            world.ended
        );
    }
}

#[test]
fn ten_thousand_schedules() {
    let mut tally = Tally::default();
    for seed in 0..SCHEDULES {
        check(seed, &mut tally);
    }
    // It would prove nothing if one of the ends never came.
    let often = SCHEDULES / 100;
    assert!(tally.verified > often && tally.failed > often && tally.cancelled > often, "{tally:?}");
    assert!(tally.not_comparable > 0 && tally.left > often, "{tally:?}");
    println!("{tally:?}");
}
