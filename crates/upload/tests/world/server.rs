//! Requests reach the cloud; and what others do there.

use std::time::Duration;

use upload::{CloudImage, CloudStatus, Effect, Event};

use super::cloud::{Kind, Object};
use super::dice::md5;
use super::driver::ticket;
use super::{Fate, Meddling, NOW_UNIX_S, News, World};

impl World {
    pub fn arrives(&mut self, effect: Effect, fate: Fate) {
        let Some(ticket) = ticket(&effect) else { return };
        let fate = match (&effect, self.offline) {
            (Effect::HashSample { .. }, _) | (_, false) => fate,
            (_, true) => Fate::Breaks,
        };
        let refused = |status, seconds: Option<u64>| {
            let retry_after = seconds.map(Duration::from_secs);
            let message = "words".to_owned();
            match effect {
                Effect::CreateRecord { .. } => Event::RecordRefused { ticket, status, message },
                Effect::LookAtImage { .. } => Event::LookFailed { ticket },
                Effect::DeleteRecord { .. } => Event::DeleteFailed { ticket },
                Effect::SendSegment { .. } => {
                    Event::SendDone { ticket, status, message, retry_after }
                }
                Effect::HashSample { .. } => Event::HashFailed { ticket, message },
                _ => Event::Refused { ticket, status, message, retry_after },
            }
        };
        let silence = match effect {
            Effect::CreateRecord { .. } => Event::RecordUnknown { ticket },
            Effect::LookAtImage { .. } => Event::LookFailed { ticket },
            Effect::DeleteRecord { .. } => Event::DeleteFailed { ticket },
            Effect::SendSegment { .. } => Event::SendBroken { ticket },
            Effect::HashSample { .. } => Event::HashFailed { ticket, message: "worker".into() },
            _ => Event::NoReply { ticket },
        };
        let answer = match fate {
            Fate::Breaks => Some(silence.clone()),
            Fate::Hangs => None,
            Fate::Refused(status) => Some(refused(status, None)),
            Fate::RetryAfter(status, seconds) => Some(refused(status, Some(seconds))),
            Fate::Fine | Fate::Twice => Some(match self.serve(&effect, fate) {
                Ok(event) => event,
                Err(status) => refused(status, None),
            }),
            Fate::ReplyLost | Fate::DoneBut(_) | Fate::DoneAndHangs => {
                let done = self.serve(&effect, fate);
                match (fate, done) {
                    (Fate::ReplyLost, _) => Some(silence.clone()),
                    (Fate::DoneBut(status), Ok(_)) => Some(refused(status, None)),
                    (Fate::DoneBut(_), Err(status)) => Some(refused(status, None)),
                    _ => None,
                }
            }
        };
        let Some(answer) = answer else { return };
        let answer = if self.is_hidden(&effect, &answer) { silence } else { answer };
        if fate == Fate::Twice {
            let late = Duration::from_millis(self.dice.below(60_000));
            self.after(late, News::Tell(answer.clone()));
        }
        self.tell(answer);
    }

    /// What Swift's middleware answers has no CORS headers: the page sees a broken line (`docs/uploads.md`).
    fn is_hidden(&self, effect: &Effect, answer: &Event) -> bool {
        let store = !matches!(
            effect,
            Effect::CreateRecord { .. } | Effect::StartImport { .. } | Effect::LookAtTask { .. }
        );
        let manifest = matches!(effect, Effect::PutManifest { .. });
        self.cross_origin
            && store
            && match answer {
                Event::Refused { status, .. } | Event::SendDone { status, .. } => {
                    matches!(status, 413 | 498) || (manifest && matches!(status, 400 | 422))
                }
                _ => false,
            }
    }

    /// The cloud does it; the true answer, or a status.
    pub fn serve(&mut self, effect: &Effect, fate: Fate) -> Result<Event, u16> {
        let Some(ticket) = ticket(effect) else { return Err(500) };
        let done =
            |status: u16| if status < 300 { Ok(Event::Done { ticket }) } else { Err(status) };
        match effect {
            Effect::CreateRecord { .. } => {
                let id = self.cloud.create_image();
                if !matches!(fate, Fate::Fine | Fate::Twice) {
                    self.nameless += 1;
                }
                Ok(Event::RecordCreated { ticket, id })
            }
            Effect::DeleteRecord { id, .. } => {
                self.cloud.images.remove(id);
                Ok(Event::RecordDeleted { ticket })
            }
            Effect::LookAtImage { id, .. } => Ok(self.show_image(id, ticket)),
            Effect::OpenStore { .. } => {
                self.cloud.container = true;
                done(201)
            }
            Effect::LookAtStore { .. } => {
                let used = self.cloud.used();
                Ok(Event::StoreState {
                    ticket,
                    quota_bytes: self.cloud.quota,
                    used_bytes: (!self.cross_origin).then_some(used),
                })
            }
            Effect::ListObjects { prefix, .. } => {
                let objects = self.cloud.list(prefix).ok_or(404_u16)?;
                Ok(Event::Listed { ticket, objects })
            }
            Effect::PutLease { name, delete_at_unix_s, .. } => {
                let lease = Object {
                    kind: Kind::Lease,
                    size: 0,
                    etag: "empty".into(),
                    delete_at: *delete_at_unix_s,
                    ours: true,
                };
                done(self.cloud.put(name, lease))
            }
            Effect::HashSample { index, .. } => {
                if self.file.unreadable() {
                    let message = "unreadable".to_owned();
                    return Ok(Event::HashFailed { ticket, message });
                }
                let segment = self.file.hashed(*index, Vec::new());
                Ok(Event::SegmentHashed { ticket, segment })
            }
            Effect::SendSegment {
                name, offset_bytes, length_bytes, md5, delete_at_unix_s, ..
            } => {
                assert_eq!(offset_bytes % self.file.segment, 0);
                let part = self.file.part(offset_bytes / self.file.segment);
                assert_eq!(part.1, *length_bytes, "not a whole segment");
                let status = self.put_segment(name, part, md5, *delete_at_unix_s);
                let message = String::new();
                if status > 299 {
                    return Err(status);
                }
                Ok(Event::SendDone { ticket, status, message, retry_after: None })
            }
            Effect::LookAtObject { name, .. } => Ok(match self.cloud.object(name) {
                Some(object) => {
                    Event::Object { ticket, size_bytes: object.size, etag: object.etag.clone() }
                }
                None => Event::ObjectGone { ticket },
            }),
            Effect::PutManifest { name, entries, etag, delete_at_unix_s, .. } => {
                done(self.cloud.put_manifest(name, entries, etag, *delete_at_unix_s))
            }
            Effect::StartImport { id, object, .. } => {
                let status = self.cloud.start_import(id, object);
                if status == 202 {
                    self.import_is_coming(id);
                }
                done(status)
            }
            Effect::LookAtTask { id, .. } => {
                if !self.shows_tasks {
                    return Err(403);
                }
                let task = self.cloud.images.get(id).and_then(|image| image.task.clone());
                let (status, message) = task.unwrap_or_default();
                Ok(Event::Task { ticket, status, message })
            }
            Effect::DeleteObject { name, .. } => {
                self.cloud.objects.remove(name);
                done(204)
            }
            _ => Err(500),
        }
    }

    fn put_segment(&mut self, name: &str, part: (u64, u64), etag: &str, delete_at: u64) -> u16 {
        if md5(part) != etag {
            return 422;
        }
        let object = Object {
            kind: Kind::Segment(part),
            size: part.1,
            etag: md5(part),
            delete_at,
            ours: true,
        };
        self.cloud.put(name, object)
    }

    fn show_image(&mut self, id: &str, ticket: upload::Ticket) -> Event {
        let Some(image) = self.cloud.images.get(id) else { return Event::ImageGone { ticket } };
        let hash_value = self.cloud.hash_of(id);
        let image = CloudImage {
            status: CloudStatus::from(image.status.as_str()),
            size_bytes: hash_value.is_some().then(|| image.size()),
            hash_algo: hash_value.is_some().then(|| self.algorithm.to_owned()),
            hash_value,
            has_import_task: image.fetching.is_some(),
        };
        Event::Image { ticket, image }
    }

    fn import_is_coming(&mut self, id: &str) {
        let Some(import) = self.cloud.images.get(id).map(|image| image.import) else { return };
        let begins = Duration::from_millis(self.dice.below(3000));
        let ends = begins + self.fetch;
        self.after(begins, News::ImportBegins { id: id.to_owned(), import });
        let nth = self.made.get("import").copied().unwrap_or_default();
        let dies = self.script.contains_key(&("worker", nth));
        // A worker that dies leaves the image as it is, for ever.
        let dies = dies || (self.faulty() && self.dice.percent(10));
        if !dies {
            self.after(ends, News::ImportEnds { id: id.to_owned(), import });
        }
    }

    pub fn import_ends(&mut self, id: &str, import: u32) {
        let nth = self.made.get("import").copied().unwrap_or_default();
        let scripted = self.script.get(&("fetch", nth)).copied();
        let fails = matches!(scripted, Some(Fate::Breaks))
            || (self.faulty() && self.dice.percent(30))
            || self.dice.percent(self.imports_fail);
        let damaged =
            matches!(scripted, Some(Fate::Twice)) || (self.faulty() && self.dice.percent(8));
        self.cloud.import_ends(id, import, fails, damaged);
    }

    /// Somebody else does something.
    pub fn meddle(&mut self, what: Meddling) {
        let segments: Vec<String> =
            self.cloud.objects.keys().filter(|name| name.starts_with("s/")).cloned().collect();
        let one = (!segments.is_empty())
            .then(|| segments[self.dice.below(segments.len() as u64) as usize].clone());
        let lease = "lease/u/another".to_owned();
        match what {
            Meddling::DeletesSegment => {
                one.map(|name| self.cloud.objects.remove(&name));
            }
            Meddling::DeletesContainer => {
                self.cloud.container = false;
                self.cloud.objects.clear();
            }
            Meddling::DeletesImage => {
                // A finished image may have been verified: its owner may do with it what he likes.
                if let Some(id) = self.journal.record.clone()
                    && self.cloud.hash_of(&id).is_none()
                {
                    self.cloud.images.remove(&id);
                }
            }
            Meddling::Poisons => {
                if let Some(object) = one.and_then(|name| self.cloud.objects.get_mut(&name)) {
                    object.kind = Kind::Segment((u64::MAX, object.size));
                    object.etag = "poison".into();
                    object.ours = false;
                }
            }
            Meddling::Leases => {
                let object = Object {
                    kind: Kind::Lease,
                    size: 0,
                    etag: "empty".into(),
                    delete_at: NOW_UNIX_S + 9_000_000,
                    ours: false,
                };
                self.cloud.objects.insert(lease, object);
            }
            Meddling::Unleases => {
                self.cloud.objects.remove(&lease);
            }
            Meddling::SetsQuota => {
                let most = self.dice.below(self.file.size + 1);
                self.cloud.quota = Some(most);
            }
            Meddling::ChangesFile => {
                let at = self.dice.below(self.file.contents.len() as u64) as usize;
                self.file.contents[at] = 1_000_000 + self.dice.below(1_000_000);
                self.file.changed = true;
                self.was_changed = true;
            }
            Meddling::TakesFile => self.file.lost = true,
        }
    }
}
