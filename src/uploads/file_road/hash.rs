//! What is asked of the hashing workers.

use std::rc::Rc;

use upload::{Event, Ticket};

use super::super::hashing::{HashEvent, Hashing};
use super::FileRoad;

impl FileRoad {
    pub(super) fn hash(self: &Rc<Self>, ticket: Ticket) {
        self.forget_hash();
        let road = Rc::clone(self);
        let started =
            Hashing::whole(self.upload.content(), move |event| road.hashed(ticket, event));
        self.started(ticket, started);
    }

    pub(super) fn hash_segments(self: &Rc<Self>, ticket: Ticket, from: u64, checkpoint: Vec<u8>) {
        self.forget_hash();
        let road = Rc::clone(self);
        let checkpoint = (!checkpoint.is_empty()).then_some(checkpoint);
        let content = self.upload.content();
        let started =
            Hashing::segments(content, self.segment_bytes, from, checkpoint, move |event| {
                road.hashed(ticket, event)
            });
        self.started(ticket, started);
    }

    pub(super) fn hash_sample(self: &Rc<Self>, ticket: Ticket, index: u64) {
        let road = Rc::clone(self);
        let content = self.upload.content();
        let started =
            Hashing::samples(content, self.segment_bytes, vec![index], move |event| match event {
                HashEvent::Segment(segment) => {
                    drop(road.inner.borrow_mut().samples.remove(&ticket));
                    road.tell(Event::SegmentHashed { ticket, segment });
                }
                HashEvent::Failed(message) => road.tell(Event::HashFailed { ticket, message }),
                HashEvent::Progress(_) | HashEvent::Done(_) => {}
            });
        match started {
            Ok(sample) => drop(self.inner.borrow_mut().samples.insert(ticket, sample)),
            Err(error) => {
                let message = crate::worker::words(&error);
                self.tell(Event::HashFailed { ticket, message });
            }
        }
    }

    pub(super) fn stop_hash(&self) {
        let (hashing, samples) = {
            let mut inner = self.inner.borrow_mut();
            (inner.hashing.take(), std::mem::take(&mut inner.samples))
        };
        drop((hashing, samples));
    }

    /// Of an attempt before this one.
    fn forget_hash(&self) {
        let before = {
            let mut inner = self.inner.borrow_mut();
            inner.hashed_bytes = 0;
            inner.sha512 = None;
            inner.hashing.take()
        };
        drop(before);
    }

    fn started(self: &Rc<Self>, ticket: Ticket, started: Result<Hashing, wasm_bindgen::JsValue>) {
        match started {
            Ok(hashing) => self.inner.borrow_mut().hashing = Some(hashing),
            Err(error) => {
                let message = crate::worker::words(&error);
                self.tell(Event::HashFailed { ticket, message });
            }
        }
    }

    fn hashed(self: &Rc<Self>, ticket: Ticket, event: HashEvent) {
        match event {
            HashEvent::Progress(bytes) => {
                self.inner.borrow_mut().hashed_bytes = bytes;
                self.show_soon();
            }
            HashEvent::Segment(segment) => self.tell(Event::SegmentHashed { ticket, segment }),
            HashEvent::Done(sha512) => {
                self.inner.borrow_mut().sha512 = Some(sha512.clone());
                self.tell(Event::HashDone { ticket, sha512 });
            }
            HashEvent::Failed(message) => self.tell(Event::HashFailed { ticket, message }),
        }
    }
}
