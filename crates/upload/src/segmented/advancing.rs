//! After every event: what is to be asked for now, given all that is known.

use std::time::Duration;

use super::contents::Presence;
use super::{Segmented, Step, names};
use crate::event::Effect;
use crate::outcome::Failure;
use crate::plan::Patience;

/// Timers fire a little early or late; nobody wants to wait for the next tick because of it.
const TIMER_SLACK: Duration = Duration::from_millis(20);
/// How many objects are looked at at a time.
const MOST_LOOKS: usize = 4;
/// The canary answers within this, or the answer is no.
const CANARY_PATIENCE: Duration = Duration::from_secs(60);

impl Segmented {
    pub(super) fn advance(&mut self) {
        if matches!(self.step, Step::New | Step::Finished) {
            return;
        }
        self.watch_canary();
        if self.step == Step::Settle && self.asked.is_none() {
            self.settled();
        }
        self.run_hashing();
        self.compare_hashes();
        if self.step == Step::Send {
            self.check_preparation();
        }
        self.ask_step();
        self.work_on_contents();
        self.remove_objects();
    }

    /// Goes to a step now.
    pub(super) fn goto(&mut self, step: Step) {
        self.step = step;
        self.asked = None;
        self.tries = 0;
        self.not_before = self.now;
    }

    /// Tries the step again after a while; `self.tries` stays.
    pub(super) fn step_after(&mut self, step: Step, after: Duration) {
        self.step = step;
        self.asked = None;
        self.not_before = self.now + after;
        self.alarm(after);
    }

    /// Comes back to itself after this.
    pub(super) fn alarm(&mut self, after: Duration) {
        if after > Duration::ZERO {
            let ticket = self.ticket();
            self.effects.push(Effect::Wait { ticket, after });
        }
    }

    /// What comes before sending and is not done yet; [`Step::Send`] when all is.
    pub(super) fn preparation(&self) -> Step {
        let leased =
            self.lease_day.is_some_and(|day| names::lives_long_enough(day, self.now_unix_s()));
        match () {
            () if self.record.is_none() => Step::CreateRecord,
            () if self.old_record => Step::LookAtRecord,
            () if !self.opened => Step::Open,
            // Before the listing: whoever releases segments after this lets them live.
            () if !leased => Step::Lease,
            () if self.listing.is_none() => Step::List,
            () => Step::Send,
        }
    }

    fn check_preparation(&mut self) {
        let next = self.preparation();
        if next != Step::Send {
            return self.goto(next);
        }
        let all_hashed =
            self.hashing.is_trusted() && self.contents.hashed() == self.segment_count();
        if !all_hashed || !self.flights.is_empty() {
            return;
        }
        if self.contents.all_stored() {
            // The import must end before they expire.
            self.contents.outdate(self.now_unix_s());
        }
        if self.contents.all_stored() {
            self.assemble();
        }
    }

    /// Whether nothing may be asked now.
    pub(super) fn held(&self) -> bool {
        let rests = self.paused && self.can_rest();
        let ending = self.ending.is_some();
        self.token.is_some()
            || !ending && (!self.online || rests || self.now + TIMER_SLACK < self.rest_until)
    }

    /// Whether a pause would rest anything: the cloud fetches without us.
    pub(super) fn can_rest(&self) -> bool {
        !matches!(
            self.step,
            Step::New | Step::LookAfterImport | Step::Follow | Step::FollowTask | Step::Finished
        ) && self.ending.is_none()
    }

    pub(super) fn is_due(&self, at: Duration) -> bool {
        self.now + TIMER_SLACK >= at
    }

    fn ask_step(&mut self) {
        let waits = matches!(
            self.step,
            Step::New
                | Step::Send
                | Step::Verify
                | Step::Settle
                | Step::DropObjects
                | Step::Finished
        );
        if waits || self.asked.is_some() || self.held() || !self.is_due(self.not_before) {
            return;
        }
        let ticket = self.ticket();
        let user = &self.plan.user;
        let id = self.record.clone().unwrap_or_default();
        let after = Duration::ZERO;
        let effect = match self.step {
            Step::CreateRecord => Effect::CreateRecord { ticket },
            Step::LookAtRecord | Step::LookAfterImport | Step::Follow => {
                Effect::LookAtImage { ticket, id, after }
            }
            Step::ReplaceRecord | Step::DropRecord => Effect::DeleteRecord { ticket, id, after },
            Step::Open => Effect::OpenStore { ticket },
            Step::LookAtStore => Effect::LookAtStore { ticket },
            Step::Lease => {
                let day = names::expiry_day(self.now_unix_s());
                let name = names::lease(user, &self.plan.upload);
                Effect::PutLease { ticket, name, delete_at_unix_s: names::delete_at(day) }
            }
            Step::List | Step::ListSegments => {
                Effect::ListObjects { ticket, prefix: names::segments_of(user) }
            }
            Step::ListLeases => Effect::ListObjects { ticket, prefix: names::leases_of(user) },
            Step::PutManifest(at) => match self.put_manifest(at, ticket) {
                Some(effect) => effect,
                None => return,
            },
            Step::LookAtManifest(at) => match self.manifests.get(at) {
                Some(manifest) => {
                    Effect::LookAtObject { ticket, name: manifest.name.clone(), after }
                }
                None => return,
            },
            Step::StartImport => {
                let object = names::root(user, &self.plan.upload);
                Effect::StartImport { ticket, id, object }
            }
            Step::FollowTask => Effect::LookAtTask { ticket, id },
            Step::New
            | Step::Send
            | Step::Verify
            | Step::Settle
            | Step::DropObjects
            | Step::Finished => return,
        };
        if self.step == Step::Lease {
            // It may be there from now on, whatever is answered.
            self.own_objects.insert(
                names::lease(&self.plan.user, &self.plan.upload),
                names::expiry_day(self.now_unix_s()),
            );
        }
        self.asked = Some(ticket);
        self.asked_epoch = self.token_epoch;
        self.effects.push(effect);
    }

    fn work_on_contents(&mut self) {
        if self.step != Step::Send || self.held() || !self.hashing.is_trusted() {
            return;
        }
        let now = self.now + TIMER_SLACK;
        while self.contents.asked(Presence::Unsure) < MOST_LOOKS {
            let Some(at) = self.contents.next(Presence::Unsure, now) else { break };
            self.look_at_content(at);
        }
        while let Some(at) = self.contents.next(Presence::Suspect, now) {
            self.hash_again(at);
        }
        while self.flights.len() < self.width() {
            let Some(at) = self.contents.next(Presence::Missing, now) else { return };
            self.send(at);
        }
    }

    /// The canary is there to answer quickly.
    fn watch_canary(&mut self) {
        let began = self.started.unwrap_or(self.now);
        let late = self.now.saturating_sub(began) >= CANARY_PATIENCE;
        if self.plan.patience != Patience::Canary || !late || self.ending.is_some() {
            return;
        }
        let reason = match self.step {
            Step::Open => self.silent(crate::StoreStep::Open),
            Step::Lease => self.silent(crate::StoreStep::Lease),
            Step::List => self.silent(crate::StoreStep::List),
            Step::Send | Step::LookAtStore => self.silent(crate::StoreStep::Segment),
            Step::PutManifest(_) | Step::LookAtManifest(_) => {
                self.silent(crate::StoreStep::Manifest)
            }
            Step::Follow | Step::FollowTask => Failure::ImportStuck,
            _ => Failure::Unreachable,
        };
        self.fail(reason);
    }
}
