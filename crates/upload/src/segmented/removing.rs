//! Removing what helped: manifests, then segments if nobody else builds upon them, then the lease.
//!
//! Segments are shared: another upload of the same user may have counted on one that it saw. So they are removed only
//! when no other lease of the user lives; else they expire by themselves.

use std::collections::VecDeque;
use std::time::Duration;

use super::{Segmented, Step, names};
use crate::event::{Effect, Ticket};
use crate::limits::MOST_DELETES;
use crate::plan::StoredObject;

/// How many removals at a time, object by object, as bulk removal hides its answer from pages.
const WIDTH: usize = 4;
/// After this many objects in a row that could not be removed, the rest is left to expiry.
const MOST_FAILURES: u32 = 3;

/// One object being removed.
#[derive(Clone, Debug)]
pub(super) struct Removal {
    pub(super) name: String,
    pub(super) tries: u32,
    epoch: u32,
}

impl Segmented {
    pub(super) fn leases_seen(&mut self, leases: &[StoredObject]) {
        self.asked = None;
        let own = names::lease(&self.plan.user, &self.plan.upload);
        if leases.iter().any(|lease| lease.name != own) {
            return self.collect_own_objects();
        }
        self.collect_objects();
    }

    /// A listing on the way out was not answered.
    pub(super) fn unlisted_at_the_end(&mut self) {
        self.tries += 1;
        if self.tries < MOST_DELETES {
            return self.step_after(self.step, self.delay(self.tries));
        }
        match self.step {
            Step::ListSegments => self.release(),
            // Nobody knows who else builds upon the segments: they expire by themselves.
            _ => self.collect_own_objects(),
        }
    }

    /// Everything goes: manifests, segments, lease.
    pub(super) fn collect_objects(&mut self) {
        let user = self.plan.user.clone();
        let segments: Vec<String> = self
            .contents
            .perhaps_stored()
            .map(|content| names::segment(&user, content.day, &content.tail))
            .collect();
        self.collect(segments);
    }

    /// Only what is this upload's alone: manifests and lease.
    pub(super) fn collect_own_objects(&mut self) {
        self.collect(Vec::new());
    }

    fn collect(&mut self, segments: Vec<String>) {
        let lease = names::lease(&self.plan.user, &self.plan.upload);
        let mut queue: VecDeque<String> =
            self.own_objects.keys().filter(|name| **name != lease).cloned().collect();
        // The root first: what is referred to must not go before what refers to it.
        queue.make_contiguous().reverse();
        queue.extend(segments);
        queue.extend(self.own_objects.contains_key(&lease).then_some(lease));
        if let Some(ending) = &mut self.ending {
            ending.queue = queue;
        }
        self.goto(Step::DropObjects);
    }

    pub(super) fn remove_objects(&mut self) {
        if self.step != Step::DropObjects || self.held() {
            return;
        }
        let lease = names::lease(&self.plan.user, &self.plan.upload);
        while let Some(ending) = &mut self.ending {
            let last = ending.queue.len() == 1 && ending.queue.front() == Some(&lease);
            let room = if last { 1 } else { WIDTH };
            if ending.active.len() >= room {
                return;
            }
            let Some(name) = ending.queue.pop_front() else { break };
            self.remove(name, 0);
        }
        if self.ending.as_ref().is_some_and(|ending| ending.active.is_empty()) {
            self.finish();
        }
    }

    fn remove(&mut self, name: String, tries: u32) {
        let ticket = self.ticket();
        let after = if tries == 0 { Duration::ZERO } else { self.delay(tries) };
        let epoch = self.token_epoch;
        let Some(ending) = &mut self.ending else { return };
        ending.active.insert(ticket, Removal { name: name.clone(), tries, epoch });
        self.effects.push(Effect::DeleteObject { ticket, name, after });
    }

    pub(super) fn is_removal(&self, ticket: Ticket) -> bool {
        self.ending.as_ref().is_some_and(|ending| ending.active.contains_key(&ticket))
    }

    /// Whether the ticket was a removal's.
    pub(super) fn object_removed(&mut self, ticket: Ticket, removed: bool) -> bool {
        let Some(ending) = &mut self.ending else { return false };
        let Some(removal) = ending.active.remove(&ticket) else { return false };
        if removed {
            ending.failures = 0;
            self.refused_tokens = 0;
            self.own_objects.remove(&removal.name);
            if let Some((_, tail)) = removal.name.rsplit_once('/')
                && removal.name.starts_with("s/")
            {
                self.contents.removed(tail);
            }
            return true;
        }
        ending.failures += 1;
        if ending.failures >= MOST_FAILURES {
            ending.queue.clear();
        }
        true
    }

    pub(super) fn object_not_removed(&mut self, ticket: Ticket, answer: Option<(u16, String)>) {
        let removal = self.ending.as_ref().and_then(|ending| ending.active.get(&ticket)).cloned();
        let Some(removal) = removal else { return };
        if let Some((401, message)) = answer {
            if let Some(ending) = &mut self.ending {
                ending.active.remove(&ticket);
                ending.queue.push_front(removal.name);
            }
            return self.token_refused(removal.epoch, message);
        }
        if removal.tries + 1 >= MOST_DELETES {
            self.object_removed(ticket, false);
            return;
        }
        if let Some(ending) = &mut self.ending {
            ending.active.remove(&ticket);
        }
        self.remove(removal.name, removal.tries + 1);
    }
}
