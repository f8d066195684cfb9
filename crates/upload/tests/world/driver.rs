//! Performs what the engine wants, as the console's driver does, over a network that may fail.

use std::time::Duration;

use upload::{Effect, Event, Ticket};

use super::dice::{fold, sha512};
use super::{Fate, News, World};

/// The most requests with data that the engine may ever have.
const MOST_WIDTH: usize = 5;

/// What an effect is called in scripts, and the object it is for.
pub fn kind(effect: &Effect) -> (&'static str, String) {
    let none = String::new;
    match effect {
        Effect::CreateRecord { .. } => ("create", none()),
        Effect::LookAtImage { .. } => ("look-image", none()),
        Effect::DeleteRecord { .. } => ("delete-record", none()),
        Effect::OpenStore { .. } => ("open", none()),
        Effect::LookAtStore { .. } => ("look-store", none()),
        Effect::ListObjects { prefix, .. } => ("list", prefix.clone()),
        Effect::PutLease { name, .. } => ("lease", name.clone()),
        Effect::HashSample { .. } => ("sample", none()),
        Effect::SendSegment { name, .. } => ("segment", name.clone()),
        Effect::LookAtObject { name, .. } => ("look-object", name.clone()),
        Effect::PutManifest { name, .. } => ("manifest", name.clone()),
        Effect::StartImport { .. } => ("import", none()),
        Effect::LookAtTask { .. } => ("task", none()),
        Effect::DeleteObject { name, .. } => ("delete-object", name.clone()),
        Effect::HashSegments { .. } => ("hash", none()),
        Effect::AwaitToken { .. } => ("token", none()),
        _ => ("", none()),
    }
}

/// Who has to be answered.
pub fn ticket(effect: &Effect) -> Option<Ticket> {
    match effect {
        Effect::CreateRecord { ticket }
        | Effect::LookAtImage { ticket, .. }
        | Effect::DeleteRecord { ticket, .. }
        | Effect::OpenStore { ticket }
        | Effect::LookAtStore { ticket }
        | Effect::ListObjects { ticket, .. }
        | Effect::PutLease { ticket, .. }
        | Effect::HashSample { ticket, .. }
        | Effect::SendSegment { ticket, .. }
        | Effect::LookAtObject { ticket, .. }
        | Effect::PutManifest { ticket, .. }
        | Effect::StartImport { ticket, .. }
        | Effect::LookAtTask { ticket, .. }
        | Effect::DeleteObject { ticket, .. }
        | Effect::AwaitToken { ticket } => Some(*ticket),
        _ => None,
    }
}

fn answered(event: &Event) -> Option<Ticket> {
    match event {
        Event::RecordCreated { ticket, .. }
        | Event::RecordRefused { ticket, .. }
        | Event::RecordUnknown { ticket }
        | Event::SendDone { ticket, .. }
        | Event::SendBroken { ticket }
        | Event::SourceLost { ticket, .. }
        | Event::HashFailed { ticket, .. }
        | Event::Image { ticket, .. }
        | Event::ImageGone { ticket }
        | Event::LookFailed { ticket }
        | Event::TokenRenewed { ticket }
        | Event::RecordDeleted { ticket }
        | Event::DeleteFailed { ticket }
        | Event::Done { ticket }
        | Event::Refused { ticket, .. }
        | Event::NoReply { ticket }
        | Event::Listed { ticket, .. }
        | Event::Object { ticket, .. }
        | Event::ObjectGone { ticket }
        | Event::StoreState { ticket, .. }
        | Event::SegmentHashed { ticket, .. }
        | Event::Task { ticket, .. } => Some(*ticket),
        _ => None,
    }
}

impl World {
    /// What the world itself notices of an event on its way to the engine; false when nobody would tell it.
    pub fn comes_through(&mut self, event: &Event) -> bool {
        if let Some(ticket) = answered(event) {
            self.asked.remove(&ticket);
        }
        match event {
            Event::SendDone { ticket, .. }
            | Event::SendBroken { ticket }
            | Event::SourceLost { ticket, .. } => {
                self.flights.remove(ticket);
            }
            Event::HashFailed { ticket, .. } | Event::HashDone { ticket, .. } => {
                if self.hashing.is_some_and(|(own, ..)| own == *ticket) {
                    self.hashing = None;
                }
            }
            Event::Allot { width } => self.allotted = *width,
            Event::Offline => {
                self.offline = true;
                let flying: Vec<Ticket> = self.flights.keys().copied().collect();
                for ticket in flying {
                    self.hush(ticket);
                    if self.dice.percent(50) {
                        let soon = Duration::from_millis(self.dice.below(2000));
                        self.after(soon, News::Tell(Event::SendBroken { ticket }));
                    }
                }
            }
            Event::Online => self.offline = false,
            _ => {}
        }
        true
    }

    /// Nothing more is heard of a request with data, nor done.
    pub fn hush(&mut self, of: Ticket) {
        self.queue.retain(|_, news| match news {
            News::Arrives { effect: Effect::SendSegment { ticket, .. }, .. }
            | News::Tell(
                Event::SendProgress { ticket, .. }
                | Event::SendDone { ticket, .. }
                | Event::SendBroken { ticket }
                | Event::SourceLost { ticket, .. },
            ) => *ticket != of,
            _ => true,
        });
    }

    pub fn fate(&mut self, kind: &'static str) -> Fate {
        let nth = self.made.entry(kind).or_default();
        *nth += 1;
        if let Some(fate) = self.script.get(&(kind, *nth)) {
            return *fate;
        }
        if !self.faulty() {
            return Fate::Fine;
        }
        match self.dice.below(9) {
            0 | 1 => Fate::Breaks,
            2 => Fate::ReplyLost,
            3 => Fate::DoneBut([500, 502, 504][self.dice.below(3) as usize]),
            4 => {
                let final_ones = self.dice.percent(10);
                let passing = [401, 408, 422, 429, 498, 500, 503];
                let status = passing[self.dice.below(7) as usize];
                let refusal = [403, 413][self.dice.below(2) as usize];
                Fate::Refused(if final_ones { refusal } else { status })
            }
            5 => Fate::RetryAfter([429, 503][self.dice.below(2) as usize], self.dice.below(40)),
            6 if kind == "segment" => Fate::Hangs,
            7 if kind == "segment" => Fate::DoneAndHangs,
            6 => Fate::Refused(503),
            _ => Fate::Twice,
        }
    }

    fn latency(&mut self) -> Duration {
        Duration::from_millis(20 + self.dice.below(400))
    }

    pub fn perform(&mut self, effect: Effect) {
        let (kind, name) = kind(&effect);
        if let Some(ticket) = ticket(&effect) {
            self.asked.insert(ticket);
            self.most_asked = self.most_asked.max(self.asked.len());
        }
        if !name.is_empty() {
            *self.named.entry((kind, name)).or_default() += 1;
        }
        match effect {
            Effect::Note(note) => self.remember(note),
            Effect::Finished(outcome) => self.ended.push(outcome),
            Effect::Wait { ticket, after } => {
                assert!(after > Duration::ZERO && after <= Duration::from_secs(3600), "{after:?}");
                self.after(after, News::Tell(Event::Done { ticket }));
            }
            Effect::StopHash => self.stop_hash(),
            Effect::HashSegments { ticket, from, checkpoint } => {
                assert!(self.hashing.is_none(), "hashed twice at a time");
                *self.made.entry("hash").or_default() += 1;
                let state = <[u8; 8]>::try_from(checkpoint.as_slice()).map(u64::from_le_bytes);
                assert_eq!(state.is_err(), from == 0, "goes on from nothing");
                self.hashing = Some((ticket, from, state.unwrap_or(1)));
                self.hash_soon();
            }
            Effect::AbortSend { ticket } => {
                assert!(self.flights.remove(&ticket).is_some(), "aborted what is not in flight");
                self.asked.remove(&ticket);
                self.aborted(ticket);
            }
            Effect::AwaitToken { ticket } => {
                *self.made.entry("token").or_default() += 1;
                let event = if self.faulty() && self.dice.percent(5) {
                    Event::SignedOut
                } else {
                    Event::TokenRenewed { ticket }
                };
                let delay = self.latency() * 5;
                self.after(delay, News::Tell(event));
            }
            Effect::SendSegment { ticket, ref name, length_bytes, .. } => {
                self.flights.insert(ticket, name.clone());
                self.sent.push(name.clone());
                self.most_flights = self.most_flights.max(self.flights.len());
                let most = self.allotted.min(MOST_WIDTH);
                assert!(self.flights.len() <= most, "more in flight than allotted");
                self.fly(ticket, length_bytes, effect);
            }
            Effect::LookAtImage { after, .. }
            | Effect::DeleteRecord { after, .. }
            | Effect::LookAtObject { after, .. }
            | Effect::DeleteObject { after, .. } => {
                let fate = self.fate(kind);
                let delay = after + self.latency();
                self.after(delay, News::Arrives { effect, fate });
            }
            Effect::CreateRecord { .. }
            | Effect::OpenStore { .. }
            | Effect::LookAtStore { .. }
            | Effect::ListObjects { .. }
            | Effect::PutLease { .. }
            | Effect::HashSample { .. }
            | Effect::PutManifest { .. }
            | Effect::StartImport { .. }
            | Effect::LookAtTask { .. } => {
                let fate = self.fate(kind);
                let delay = self.latency();
                self.after(delay, News::Arrives { effect, fate });
            }
            Effect::Send { .. } | Effect::StartHash { .. } => panic!("of the other road"),
        }
    }

    /// What was given up may have arrived all the same.
    fn aborted(&mut self, of: Ticket) {
        let arrives = self.queue.values().find_map(|news| match news {
            News::Arrives { effect: effect @ Effect::SendSegment { ticket, .. }, fate }
                if *ticket == of && *fate == Fate::Fine =>
            {
                Some(effect.clone())
            }
            _ => None,
        });
        self.hush(of);
        if let Some(effect) = arrives.filter(|_| self.weather > 0 && self.dice.percent(20)) {
            let _nobody_hears = self.serve(&effect, Fate::ReplyLost);
        }
    }

    fn fly(&mut self, ticket: Ticket, length: u64, effect: Effect) {
        let mut fate = self.fate("segment");
        let takes = Duration::from_millis(400 + self.dice.below(1600));
        if self.offline {
            fate = Fate::Breaks;
        }
        // The file is read as it is sent.
        if self.file.unreadable() {
            let message = "unreadable".to_owned();
            return self.after(takes / 2, News::Tell(Event::SourceLost { ticket, message }));
        }
        let parts = match fate {
            Fate::Breaks | Fate::Hangs => 2,
            Fate::Refused(_) | Fate::RetryAfter(..) => 1,
            _ => 4,
        };
        for part in 1..=parts {
            let sent_bytes = length * part / 4;
            let at = takes * part as u32 / 4;
            self.after(at, News::Tell(Event::SendProgress { ticket, sent_bytes }));
        }
        let at = takes * parts as u32 / 4 + Duration::from_millis(5);
        self.after(at, News::Arrives { effect, fate });
    }

    fn hash_soon(&mut self) {
        let delay = Duration::from_millis(20 + self.dice.below(300));
        self.after(delay, News::Hashed);
    }

    /// All workers end, also those of samples; what they had not told is never told.
    fn stop_hash(&mut self) {
        self.hashing = None;
        let asked = &mut self.asked;
        self.queue.retain(|_, news| match news {
            News::Arrives { effect: Effect::HashSample { ticket, .. }, .. } => {
                asked.remove(ticket);
                false
            }
            _ => true,
        });
    }

    /// The worker has read the next segment.
    pub fn hash_on(&mut self) {
        let Some((ticket, index, state)) = self.hashing else { return };
        let dies = self.script.contains_key(&("hashed", index as usize + 1))
            || (self.faulty() && self.dice.percent(3));
        if self.file.unreadable() || dies {
            self.script.remove(&("hashed", index as usize + 1));
            let message = "unreadable".to_owned();
            return self.tell(Event::HashFailed { ticket, message });
        }
        if index == self.file.contents.len() as u64 {
            let event = Event::HashDone { ticket, sha512: format!("{state:016x}") };
            return self.tell(event);
        }
        let state = fold(state, self.file.part(index));
        self.hashing = Some((ticket, index + 1, state));
        let checkpoint = state.to_le_bytes().to_vec();
        let event = Event::SegmentHashed { ticket, segment: self.file.hashed(index, checkpoint) };
        if self.faulty() && self.dice.percent(20) {
            self.after(Duration::from_secs(3), News::Tell(event.clone()));
        }
        self.hash_soon();
        self.tell(event);
    }

    /// The file's own hash, as it is now.
    pub fn sha512(&self) -> String {
        sha512(&self.file.parts())
    }
}
