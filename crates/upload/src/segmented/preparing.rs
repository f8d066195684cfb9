//! Before the first byte leaves: the record, the container, the lease, the listing. And whom an answer is for.

use std::time::Duration;

use super::failing::is_passing;
use super::{Segmented, Step, names};
use crate::event::Effect;
use crate::event::{CloudImage, CloudStatus, Ticket};
use crate::import::Follower;
use crate::limits::MOST_DELETES;
use crate::outcome::{Failure, StoreStep};
use crate::plan::{Note, StoredObject};

/// How often making a record is tried when it is not known whether there is one: each time may leave one behind.
const MOST_CREATES: u32 = 2;
/// How often opening, leasing and listing are tried.
const MOST_OPENS: u32 = 8;

impl Segmented {
    pub(super) fn begin(&mut self) {
        if self.step != Step::New {
            return;
        }
        self.started = Some(self.now);
        if self.plan.size_bytes == 0 {
            let message = "no manifest refers to nothing".to_owned();
            let step = StoreStep::Manifest;
            self.step = Step::CreateRecord;
            return self.fail(Failure::StoreRefused { step, status: 400, message });
        }
        self.take_over();
        let next = self.preparation();
        self.goto(next);
    }

    /// What an earlier run left is ours: to be used, or to be removed.
    pub(super) fn take_over(&mut self) {
        let Some(resume) = self.plan.resume.take() else { return };
        self.adopt(&resume);
        self.old_record = resume.record.is_some();
        self.record = resume.record;
        let day = names::expiry_day(self.now_unix_s());
        let (user, upload) = (&self.plan.user, &self.plan.upload);
        self.own_objects.insert(names::lease(user, upload), day);
        self.own_objects.insert(names::root(user, upload), day);
        for n in 0..self.leaf_count() {
            self.own_objects.insert(names::leaf(&self.plan.user, &self.plan.upload, n), day);
        }
    }

    pub(super) fn record_created(&mut self, ticket: Ticket, id: String) {
        if self.asked != Some(ticket) {
            return;
        }
        self.record = Some(id.clone());
        self.effects.push(Effect::Note(Note::Record { id }));
        self.progressed();
        if self.step == Step::Settle {
            self.asked = None;
            return;
        }
        let next = self.preparation();
        self.goto(next);
    }

    pub(super) fn no_record(&mut self, ticket: Ticket, answer: Option<(u16, String)>) {
        if self.asked != Some(ticket) {
            return;
        }
        self.asked = None;
        // Only a plain 4xx says that nothing was made: a gateway's 504 may hide a success, and so may a 201 that could
        // not be read.
        let nothing = matches!(answer, Some((400..=407 | 409..=499, _)));
        self.left.perhaps_a_record |= !nothing;
        if self.step == Step::Settle {
            return;
        }
        let again = match &answer {
            Some((401, message)) => return self.token_refused(self.asked_epoch, message.clone()),
            Some((status, _)) => is_passing(*status),
            None => true,
        };
        if again && self.try_again(Step::CreateRecord, MOST_CREATES) {
            return;
        }
        self.fail(match answer {
            Some((status, message)) => Failure::RecordRefused { status, message },
            None => Failure::NoReplyToCreate,
        });
    }

    /// The record of an earlier run: what became of it meanwhile.
    pub(super) fn old_record_seen(&mut self, image: &CloudImage) {
        self.old_record = false;
        self.progressed();
        match &image.status {
            CloudStatus::Queued => {
                let next = self.preparation();
                self.goto(next);
            }
            CloudStatus::Active => {
                self.old_image = true;
                self.compare(image);
            }
            CloudStatus::Importing => {
                self.old_image = true;
                self.follow(Follower::new(self.now));
            }
            CloudStatus::Other(word) if word == "deleted" || word == "pending_delete" => {
                self.old_record_gone()
            }
            CloudStatus::Saving | CloudStatus::Other(_) => self.goto(Step::ReplaceRecord),
        }
    }

    pub(super) fn old_record_gone(&mut self) {
        self.old_record = false;
        self.forget_record();
        let next = self.preparation();
        self.goto(next);
    }

    pub(super) fn forget_record(&mut self) {
        if self.record.take().is_some() {
            self.effects.push(Effect::Note(Note::RecordGone));
        }
    }

    pub(super) fn record_dropped(&mut self, ticket: Ticket, removed: bool) {
        let drops = matches!(self.step, Step::ReplaceRecord | Step::DropRecord);
        if self.asked != Some(ticket) || !drops {
            return;
        }
        self.asked = None;
        if !removed {
            self.tries += 1;
            if self.tries < MOST_DELETES {
                return self.step_after(self.step, self.delay(self.tries));
            }
            // It stays noted: after a crash it is looked at again.
            self.left.records.extend(self.record.take());
        }
        let ends = self.step == Step::DropRecord;
        self.forget_record();
        if ends {
            return self.record_is_dropped();
        }
        let next = self.preparation();
        self.goto(next);
    }

    pub(super) fn listed(&mut self, ticket: Ticket, objects: Vec<StoredObject>) {
        if self.asked != Some(ticket) {
            return;
        }
        match self.step {
            Step::List | Step::ListSegments => {
                let listing = names::sort_listing(&self.plan.user, objects, self.now_unix_s());
                self.contents.compare_with(&listing);
                self.listing = Some(listing);
                self.progressed();
                if self.step == Step::ListSegments {
                    return self.release();
                }
                let next = self.preparation();
                self.goto(next);
            }
            Step::ListLeases => self.leases_seen(&objects),
            _ => {}
        }
    }

    /// A step that has nothing to tell is done.
    pub(super) fn done(&mut self, ticket: Ticket) {
        if self.object_removed(ticket, true) || self.asked != Some(ticket) {
            return;
        }
        self.asked = None;
        match self.step {
            Step::Open => {
                self.opened = true;
                self.progressed();
            }
            Step::Lease => {
                let name = names::lease(&self.plan.user, &self.plan.upload);
                self.lease_day = self.own_objects.get(&name).copied();
                self.progressed();
            }
            Step::PutManifest(at) => return self.manifest_is_there(at),
            Step::StartImport => return self.import_accepted(),
            _ => return,
        }
        let next = self.preparation();
        self.goto(next);
    }

    /// A step was refused, or not answered.
    pub(super) fn not_done(
        &mut self,
        ticket: Ticket,
        answer: Option<(u16, String)>,
        retry_after: Option<Duration>,
    ) {
        if let Some((status, _)) = &answer {
            self.rest(*status, retry_after);
        }
        if self.contents.of(ticket).is_some() {
            return self.content_unseen(ticket, answer);
        }
        if self.is_removal(ticket) {
            return self.object_not_removed(ticket, answer);
        }
        if self.asked != Some(ticket) {
            return;
        }
        self.asked = None;
        if self.step == Step::Settle {
            return;
        }
        if let Some((401, message)) = answer {
            return self.token_refused(self.asked_epoch, message);
        }
        match self.step {
            Step::Open => self.not_prepared(StoreStep::Open, answer),
            Step::Lease => self.not_prepared(StoreStep::Lease, answer),
            Step::List => self.not_prepared(StoreStep::List, answer),
            Step::LookAtStore => self.store_unseen(),
            Step::PutManifest(at) => self.manifest_refused(at, answer),
            Step::LookAtManifest(at) => self.manifest_unseen(at),
            Step::StartImport => self.import_not_accepted(answer),
            Step::FollowTask => self.task_unknown(),
            Step::ListLeases | Step::ListSegments => self.unlisted_at_the_end(),
            _ => {}
        }
    }

    fn not_prepared(&mut self, step: StoreStep, answer: Option<(u16, String)>) {
        match answer {
            Some((404, message)) if step != StoreStep::Open => self.reopen(step, message),
            Some((413, message)) => self.ask_for_room(message),
            Some((status, message)) if !is_passing(status) => {
                self.fail(Failure::StoreRefused { step, status, message });
            }
            answer => {
                if self.try_again(self.step, MOST_OPENS) {
                    return;
                }
                let reason = match answer {
                    Some((status, message)) => Failure::StoreRefused { step, status, message },
                    None => self.silent(step),
                };
                self.fail(reason);
            }
        }
    }

    pub(super) fn object_seen(&mut self, ticket: Ticket, object: Option<(u64, String)>) {
        if self.contents.of(ticket).is_some() {
            return self.content_seen(ticket, object);
        }
        if let (true, Step::LookAtManifest(at)) = (self.asked == Some(ticket), self.step) {
            self.asked = None;
            self.manifest_seen(at, object);
        }
    }
}
