//! Following an import that the cloud does by itself (`web-download`): from what is seen of image and task to what it means.
//!
//! Glance has no word for a failed import: the image silently goes back to `queued`, and the reason is (hardly) in the
//! task's message. The follower asks for nothing; it is shown what was seen and answers what it means. The content cannot
//! be compared with anything, as nobody here has seen it: that is said, not hidden.

use std::time::Duration;

/// Right after the import was accepted nothing may be seen of it for a moment.
const UNSEEN_FOR: Duration = Duration::from_secs(60);
/// Look this often at first.
const QUICK: Duration = Duration::from_secs(2);
/// And at least this often later.
const SLOW: Duration = Duration::from_secs(15);

/// What was seen at one look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The image's `status`.
    pub status: String,
    /// Whether the image names a task (`os_glance_import_task`).
    pub has_task: bool,
    /// The stores of `os_glance_failed_import`.
    pub failed_stores: Vec<String>,
    /// The newest task, where the cloud shows tasks.
    pub task: Option<SeenTask>,
}

/// A task as Glance shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenTask {
    /// `pending`, `processing`, `success`, `failure`.
    pub status: String,
    /// Its words.
    pub message: String,
}

/// What it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Go on; look again after this.
    Wait {
        /// When to look again.
        after: Duration,
        /// What is known meanwhile.
        progress: Progress,
    },
    /// The image is ready. Its content was compared with nothing.
    Active,
    /// It failed. The record is still there (unless `gone`), and the import may be tried again when it is `queued`.
    Failed {
        /// What the cloud says about it.
        reason: ImportFailure,
    },
}

/// What is known while an import goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Whether it was seen to have begun.
    pub begun: bool,
    /// How much was copied into the store. Nothing is known while the cloud fetches.
    pub copied_mib: Option<u64>,
    /// How long nothing new was seen. Fetching shows nothing for hours, so this alone means little.
    pub quiet_for: Duration,
}

/// Why an import failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportFailure {
    /// The task failed; its words are often only "Task failed due to Internal Error".
    Task {
        /// Its words; empty where the cloud shows no tasks.
        message: String,
    },
    /// Accepted, but nothing was ever seen of it.
    NeverBegan,
    /// The image was deleted meanwhile.
    Gone,
    /// The image is in a state that no import leads to.
    OddState {
        /// Glance's word.
        status: String,
    },
}

/// Follows one import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Follower {
    since: Duration,
    begun: bool,
    last_news: Duration,
    last_seen: Option<Seen>,
}

impl Follower {
    /// For an import that the cloud accepted now.
    pub fn new(now: Duration) -> Self {
        Self { since: now, begun: false, last_news: now, last_seen: None }
    }

    /// The image is not there any more (404).
    pub fn gone(&self) -> Step {
        Step::Failed { reason: ImportFailure::Gone }
    }

    /// Takes in what was seen and says what it means.
    pub fn look(&mut self, seen: Seen, now: Duration) -> Step {
        if self.last_seen.as_ref() != Some(&seen) {
            self.last_news = now;
        }
        let step = self.judge(&seen, now);
        self.last_seen = Some(seen);
        step
    }

    fn judge(&mut self, seen: &Seen, now: Duration) -> Step {
        let task_failed = seen.task.as_ref().is_some_and(|task| task.status == "failure");
        match seen.status.as_str() {
            // The task may still say "processing" for a moment.
            "active" => Step::Active,
            "importing" | "queued" | "uploading" | "saving" if task_failed => self.failed(seen),
            "importing" | "uploading" | "saving" => {
                self.begun = true;
                self.wait(seen, now)
            }
            "queued" if !seen.failed_stores.is_empty() && !seen.has_task => self.failed(seen),
            "queued" if seen.has_task || under_way(seen) => {
                self.begun |= under_way(seen);
                self.wait(seen, now)
            }
            // The image was looked at before the task: it was made in between. Seen again it means nothing good.
            "queued" if succeeded(seen) && self.last_seen.as_ref() != Some(seen) => {
                self.wait(seen, now)
            }
            "queued" if self.begun => self.failed(seen),
            "queued" if now.saturating_sub(self.since) >= UNSEEN_FOR => {
                Step::Failed { reason: ImportFailure::NeverBegan }
            }
            "queued" => self.wait(seen, now),
            "deleted" | "pending_delete" => self.gone(),
            other => Step::Failed { reason: ImportFailure::OddState { status: other.to_owned() } },
        }
    }

    fn failed(&self, seen: &Seen) -> Step {
        let message = seen.task.as_ref().map(|task| task.message.clone()).unwrap_or_default();
        Step::Failed { reason: ImportFailure::Task { message } }
    }

    fn wait(&self, seen: &Seen, now: Duration) -> Step {
        let lasted = now.saturating_sub(self.since);
        Step::Wait {
            after: (lasted / 10).clamp(QUICK, SLOW),
            progress: Progress {
                begun: self.begun,
                copied_mib: seen.task.as_ref().and_then(|task| copied_mib(&task.message)),
                quiet_for: now.saturating_sub(self.last_news),
            },
        }
    }
}

fn under_way(seen: &Seen) -> bool {
    seen.task.as_ref().is_some_and(|task| matches!(task.status.as_str(), "pending" | "processing"))
}

fn succeeded(seen: &Seen) -> bool {
    seen.task.as_ref().is_some_and(|task| task.status == "success")
}

/// "Copied 12 MiB" (glance/async_/flows/api_image_import.py).
fn copied_mib(message: &str) -> Option<u64> {
    message.strip_prefix("Copied ")?.strip_suffix(" MiB")?.parse().ok()
}
