//! Glance fetches the object: beginning the import, following it, trying again.

use std::time::Duration;

use super::{Segmented, Step};
use crate::event::{CloudImage, CloudStatus, Ticket};
use crate::import::{self, Follower, ImportFailure, Seen, SeenTask};
use crate::limits::MOST_FAILED_LOOKS;
use crate::outcome::Failure;

/// How often a failed import is begun again.
const MOST_IMPORTS_AGAIN: u32 = 2;
/// Not sooner than this: the new task must be newer than the old one, which is told in seconds.
const IMPORT_AGAIN_AFTER: Duration = Duration::from_secs(5);
/// How often beginning is tried when nothing comes of it.
const MOST_BEGINNINGS: u32 = 6;
/// Without any news an import may last this long, and longer by what fetching takes at a slow 10 MB/s: Glance shows
/// nothing while it fetches.
const STUCK_AFTER: Duration = Duration::from_secs(60 * 60);
const SLOW_FETCH_BYTES_PER_S: u64 = 10_000_000;
/// How often an image that stays `importing` is replaced by another before the user is asked.
const MOST_STUCK: u32 = 1;

impl Segmented {
    pub(super) fn import_accepted(&mut self) {
        self.progressed();
        self.relisted = 0;
        self.follow(Follower::new(self.now));
    }

    pub(super) fn follow(&mut self, follower: Follower) {
        self.follower = Some(follower);
        self.import_progress = None;
        self.last_task = None;
        self.goto(Step::Follow);
    }

    pub(super) fn import_not_accepted(&mut self, answer: Option<(u16, String)>) {
        let final_refusal = matches!(&answer, Some((status, _))
            if !matches!(status, 404 | 409) && !super::failing::is_passing(*status));
        self.import_refusal = answer.clone();
        match answer {
            Some((status, message)) if final_refusal => {
                self.fail(Failure::ImportRefused { status, message });
            }
            // 409: an earlier request of ours may have begun it. The others: who knows.
            _ => self.goto(Step::LookAfterImport),
        }
    }

    pub(super) fn image_seen(&mut self, ticket: Ticket, image: &CloudImage) {
        if self.asked != Some(ticket) {
            return;
        }
        self.asked = None;
        match self.step {
            Step::LookAtRecord => self.old_record_seen(image),
            Step::LookAfterImport => self.seen_after_import(image),
            Step::Follow => {
                self.tries = 0;
                if image.status == CloudStatus::Active {
                    return self.compare(image);
                }
                self.image_status = word(&image.status);
                self.has_import_task = image.has_import_task;
                self.step = Step::FollowTask;
                self.not_before = self.now;
            }
            _ => {}
        }
    }

    fn seen_after_import(&mut self, image: &CloudImage) {
        match &image.status {
            CloudStatus::Active => self.compare(image),
            CloudStatus::Queued if image.has_import_task => self.follow(Follower::new(self.now)),
            CloudStatus::Queued => match &self.import_refusal {
                Some((status @ 404, message)) => {
                    let (status, message) = (*status, message.clone());
                    self.fail(Failure::ImportRefused { status, message });
                }
                // It is queued behind others, or nothing will ever be seen of it: following tells.
                Some((409, _)) => self.follow(Follower::new(self.now)),
                _ => self.begin_import_again(),
            },
            _ => self.follow(Follower::new(self.now)),
        }
    }

    fn begin_import_again(&mut self) {
        self.import_tries += 1;
        if self.import_tries > self.most(MOST_BEGINNINGS) {
            let reason = match self.import_refusal.take() {
                Some((status, message)) => Failure::ImportRefused { status, message },
                None => Failure::Unreachable,
            };
            return self.fail(reason);
        }
        let after = self.delay(self.import_tries);
        self.tries = 0;
        self.step_after(Step::StartImport, after);
    }

    pub(super) fn image_gone(&mut self, ticket: Ticket) {
        if self.asked != Some(ticket) {
            return;
        }
        self.asked = None;
        match self.step {
            Step::LookAtRecord => self.old_record_gone(),
            Step::LookAfterImport | Step::Follow => {
                self.forget_record();
                self.fail(Failure::Gone);
            }
            _ => {}
        }
    }

    pub(super) fn image_unseen(&mut self, ticket: Ticket) {
        if self.asked != Some(ticket) {
            return;
        }
        self.asked = None;
        // The canary has a minute for all.
        self.tries += u32::from(self.online);
        if self.tries >= MOST_FAILED_LOOKS {
            return self.fail(Failure::Unreachable);
        }
        let after = self.delay(self.tries);
        self.step_after(self.step, after);
    }

    pub(super) fn task_seen(&mut self, ticket: Ticket, status: String, message: String) {
        if self.asked == Some(ticket) && self.step == Step::FollowTask {
            self.asked = None;
            let task = (!status.is_empty()).then_some(SeenTask { status, message });
            self.last_task.clone_from(&task);
            self.follow_on(task);
        }
    }

    /// The cloud does not show tasks, or not now: what was seen last is no news.
    pub(super) fn task_unknown(&mut self) {
        self.follow_on(self.last_task.clone());
    }

    fn follow_on(&mut self, task: Option<SeenTask>) {
        let now = self.now;
        let (status, has_task) = (self.image_status.clone(), self.has_import_task);
        let seen = Seen { status, has_task, task, ..Seen::default() };
        let Some(follower) = &mut self.follower else { return };
        match follower.look(seen, now) {
            import::Step::Wait { after, progress } => {
                let quiet_for = progress.quiet_for;
                self.import_progress = Some(progress);
                let fetch = Duration::from_secs(self.plan.size_bytes / SLOW_FETCH_BYTES_PER_S);
                if quiet_for >= STUCK_AFTER + fetch {
                    self.import_is_stuck();
                } else {
                    self.step_after(Step::Follow, after);
                }
            }
            // The look that saw it active was the image's.
            import::Step::Active => self.goto(Step::Follow),
            import::Step::Failed { reason } => self.import_failed(reason),
        }
    }

    /// Whoever did it is dead, and Glance never ends this state by itself: another image from the same segments.
    fn import_is_stuck(&mut self) {
        self.stuck += 1;
        if self.stuck > self.most(MOST_STUCK) {
            return self.fail(Failure::ImportStuck);
        }
        self.prepare_import_again();
        self.goto(Step::ReplaceRecord);
    }

    fn prepare_import_again(&mut self) {
        self.follower = None;
        self.import_progress = None;
        self.old_image = false;
        // Perhaps it failed because something is missing.
        self.listing = None;
    }

    fn import_failed(&mut self, reason: ImportFailure) {
        let message = match reason {
            ImportFailure::Gone => {
                self.forget_record();
                return self.fail(Failure::Gone);
            }
            ImportFailure::OddState { status } => return self.fail(Failure::OddState { status }),
            ImportFailure::Task { message } => message,
            ImportFailure::NeverBegan => String::new(),
        };
        self.import_failures += 1;
        if self.import_failures > self.most(MOST_IMPORTS_AGAIN) {
            let reason = match self.import_refusal.take() {
                Some((status, refused)) if message.is_empty() => {
                    Failure::ImportRefused { status, message: refused }
                }
                _ => Failure::ImportFailed { message },
            };
            return self.fail(reason);
        }
        self.prepare_import_again();
        if self.image_status == "queued" {
            let next = self.preparation();
            self.tries = 0;
            self.step_after(next, IMPORT_AGAIN_AFTER);
        } else {
            // It failed and yet stays what it is: no second import is accepted for it.
            self.goto(Step::ReplaceRecord);
        }
    }
}

fn word(status: &CloudStatus) -> String {
    match status {
        CloudStatus::Queued => "queued",
        CloudStatus::Saving => "saving",
        CloudStatus::Importing => "importing",
        CloudStatus::Active => "active",
        CloudStatus::Other(word) => word,
    }
    .to_owned()
}
