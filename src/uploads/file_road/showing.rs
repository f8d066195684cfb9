//! What pages see of it, and what the queue asks it.

use std::time::Duration;

use leptos::prelude::*;
use openstack::{ApiError, ErrorKind};
use upload::Phase;

use super::super::job::{JobPhase, JobState, Pausing, Road, Trouble};
use super::super::monotonic;
use super::super::queue::MOST_REQUESTS;
use super::FileRoad;
use crate::clock;

/// What moves all the time is drawn at most this often: four times a second is as often as figures can be read, and each time
/// costs processor that the sending and the hashing want.
const DRAW_EVERY: Duration = Duration::from_millis(250);

impl FileRoad {
    /// How many requests with data it could use now; `None` when it is past that, and must not be held up either: it may
    /// still be hashing.
    pub(in crate::uploads) fn wants(&self) -> Option<usize> {
        self.state_now(|state| {
            let JobPhase::File(phase) = &state.phase else { return None };
            match phase {
                Phase::New
                | Phase::Creating
                | Phase::Preparing
                | Phase::Queued
                | Phase::Sending
                | Phase::AwaitingReply
                | Phase::AwaitingSignIn
                | Phase::Checking
                | Phase::Offline => {
                    Some(if state.road == Road::Segments { MOST_REQUESTS } else { 1 })
                }
                Phase::Paused => Some(0),
                Phase::Assembling
                | Phase::Importing(_)
                | Phase::Releasing
                | Phase::Verifying
                | Phase::CleaningUp
                | Phase::Finished(_) => None,
            }
        })
    }

    pub(super) fn state_now<T>(&self, read: impl FnOnce(&JobState) -> T) -> T {
        self.state.with_untracked(read)
    }

    /// Shows what moves all the time, but not each step of it.
    pub(super) fn show_soon(&self) {
        if monotonic().saturating_sub(self.drawn.get()) >= DRAW_EVERY {
            self.show();
        }
    }

    pub(super) fn show(&self) {
        let now = monotonic();
        self.drawn.set(now);
        let before = self.state.get_untracked();
        let mut inner = self.inner.borrow_mut();
        let mut view = inner.engine.view();
        if inner.held.is_some() {
            view.phase = Phase::Queued;
        }
        // What was saved stays saved when the store is tidied up.
        if let (Some(now), Some(before)) = (&mut view.segments, &before.segments) {
            now.present_bytes = now.present_bytes.max(before.present_bytes);
            now.repeated_bytes = now.repeated_bytes.max(before.repeated_bytes);
        }
        let over = matches!(view.phase, Phase::Finished(_));
        let sending = matches!(view.phase, Phase::Sending);
        let (gone, all) = match &view.segments {
            Some(segments) => {
                (segments.wire_bytes, segments.wire_bytes.saturating_add(segments.left_bytes))
            }
            None => (view.sent_bytes, view.size_bytes),
        };
        inner.speed.update(gone, now);
        let hashed_bytes =
            view.segments.as_ref().map_or(inner.hashed_bytes, |segments| segments.hashed_bytes);
        let took = over.then(|| before.took.unwrap_or_else(|| now.saturating_sub(inner.began)));
        let next = JobState {
            estimate: if sending { inner.speed.estimate(all) } else { None },
            pausing: pausing(before.road, &view.phase),
            phase: JobPhase::File(view.phase),
            sent_bytes: view.sent_bytes,
            segments: view.segments,
            hashed_bytes,
            size_bytes: Some(view.size_bytes),
            image_id: view.image_id,
            breaks: view.breaks,
            sha512: inner.sha512.clone(),
            took,
            ..before.clone()
        };
        drop(inner);
        self.stay_awake(sending);
        if before != next {
            self.state.set(next);
        }
    }

    /// Keeps what the cloud's support asks for.
    pub(super) fn note_trouble(&self, request: &str, error: &ApiError) {
        // What is not there yet is no trouble, nor is what we ended ourselves.
        if matches!(error.kind, ErrorKind::SignedOut | ErrorKind::Aborted) {
            return;
        }
        let trouble = Trouble {
            at: clock::now(),
            request: request.to_owned(),
            status: error.status,
            request_id: error.request_id.clone(),
        };
        self.state.update(|state| state.note(trouble));
    }
}

/// Whether a job in this phase can rest.
fn pausing(road: Road, phase: &Phase) -> Pausing {
    let sends = matches!(
        phase,
        Phase::Preparing
            | Phase::Queued
            | Phase::Sending
            | Phase::AwaitingReply
            | Phase::AwaitingSignIn
            | Phase::Offline
    );
    match (phase, road) {
        (Phase::Paused, _) => Pausing::Paused,
        (_, Road::Segments) if sends => Pausing::Can,
        (_, Road::Direct) if sends => Pausing::OnePiece,
        _ => Pausing::Nothing,
    }
}
