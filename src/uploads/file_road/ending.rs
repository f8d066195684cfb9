//! How it ends, and how what was to travel in segments goes on in one piece.

use std::rc::Rc;

use leptos::prelude::*;
use upload::progress::Speed;
use upload::{Engine, Event, Failure, Outcome, Phase, SegmentsView};

use super::super::job::{JobPhase, Road};
use super::super::monotonic;
use super::super::roads::WhyDirect;
use super::FileRoad;

impl FileRoad {
    /// Sends a file that failed in segments in one piece. What was kept of the segments for another try goes first, or
    /// nobody would be told of it any more.
    pub(in crate::uploads) fn go_direct(self: &Rc<Self>) {
        let failed = self.state.with_untracked(|state| {
            state.road == Road::Segments
                && matches!(
                    &state.phase,
                    JobPhase::File(Phase::Finished(
                        Outcome::Failed { .. } | Outcome::Cancelled { .. }
                    ))
                )
        });
        if failed && !self.beginning.get() {
            self.direct_next.set(true);
            self.begin_with(Event::Cancel);
        }
    }

    /// From segments to one piece.
    fn turn(self: &Rc<Self>, why: Option<WhyDirect>) {
        {
            let mut inner = self.inner.borrow_mut();
            inner.engine = Engine::direct(self.upload.size_bytes());
            inner.hashed_bytes = 0;
            inner.began = monotonic();
            inner.speed = Speed::new(inner.began);
            // The new engine has not heard it yet.
            inner.width = usize::MAX;
        }
        self.engines.set(self.engines.get().wrapping_add(1));
        self.state.update(|state| {
            state.road = Road::Direct;
            state.detour = why;
            state.took = None;
        });
        self.begin();
    }

    /// Two tabs went on with the same upload at the same moment: the other one has it.
    pub(super) fn leave_to_other_tab(&self) {
        self.direct_next.set(false);
        self.state.update(|state| state.phase = JobPhase::Elsewhere);
    }

    pub(super) fn finished(self: &Rc<Self>, outcome: Outcome) {
        let (requests, hashing, samples) = {
            let mut inner = self.inner.borrow_mut();
            inner.held = None;
            (
                std::mem::take(&mut inner.requests),
                inner.hashing.take(),
                std::mem::take(&mut inner.samples),
            )
        };
        drop((requests, hashing, samples));
        let on_end = self.on_end.borrow_mut().take();
        if let Some(on_end) = on_end {
            return on_end(outcome);
        }
        let segments = self.inner.borrow().engine.view().segments;
        match self.why_turn(&outcome, segments.as_ref()) {
            Some(why) => self.turn(Some(why)),
            None => self.ended(&outcome),
        }
    }

    /// It is over, unless it was to go on in one piece.
    pub(super) fn ended(self: &Rc<Self>, outcome: &Outcome) {
        if self.direct_next.take() { self.turn(None) } else { self.remember_end(outcome) }
    }

    /// Why a file that was to travel in segments goes in one piece after all: the cloud refused before anything was sent,
    /// and nothing of it is left there.
    fn why_turn(&self, outcome: &Outcome, segments: Option<&SegmentsView>) -> Option<WhyDirect> {
        let Outcome::Failed { reason, left } = outcome else { return None };
        let nothing_sent = segments.is_some_and(|segments| segments.wire_bytes == 0);
        if !nothing_sent || !left.is_nothing() {
            return None;
        }
        let closed = self.why_closed.borrow().clone();
        match reason {
            Failure::StoreRefused { status, message, .. } => {
                let refused = WhyDirect::StoreRefused { status: *status, message: message.clone() };
                Some(closed.unwrap_or(refused))
            }
            Failure::StoreSilent { .. } => closed,
            _ => None,
        }
    }
}
