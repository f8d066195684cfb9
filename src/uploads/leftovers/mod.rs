//! What uploads left behind: found after signing in, and offered to be gone on with or removed. Also what goes on in other
//! tabs of this browser.
//!
//! It comes with the tray, after the first page. It removes nothing by itself, and proves nothing: whether a file is the
//! same one is found out by the engine.

mod going_on;
mod look;
mod remove;
mod sort;
mod view;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::File;

pub use going_on::NotGone;
pub use remove::{Removed, What};
pub use sort::{Kind, Leftover};
pub use view::LeftoverItems;

use super::handles::{FileHandle, Permission};
use super::locks::{UploadLock, Waiting};
use super::tabs::{Summary, Tabs, Told};
use super::{Job, Standing, Uploads, use_uploads};
use crate::cloud::Cloud;
use crate::session::Account;
use crate::storage::{self, Keep};
use crate::text::uploads as job_words;

/// The uploads that run in this tab: after a reload they go on by themselves where the browser still lets us read the file.
const RUNNING: &str = "slipway.uploads.running";

/// What the user does not want to see any more, by its key: others' uploads mostly.
const HIDDEN: &str = "slipway.uploads.hidden";
/// So many of them are kept; older ones are gone from the cloud by then.
const MOST_HIDDEN: usize = 200;

/// The first page has this long for its own requests.
const BREATH: Duration = Duration::from_secs(3);
/// Other tabs answer within this, or are not there.
const ANSWERS: Duration = Duration::from_millis(400);
/// How often other tabs are told how ours are.
const TELL_EVERY: Duration = Duration::from_secs(1);

/// What was left behind, and what goes on elsewhere. Cheap to copy; lives as long as the tray.
#[derive(Clone, Copy)]
pub struct Leftovers {
    uploads: Uploads,
    current: Signal<Option<Cloud>>,
    left: RwSignal<Vec<Leftover>, LocalStorage>,
    elsewhere: RwSignal<Vec<Elsewhere>>,
    said: RwSignal<BTreeMap<String, Summary>>,
    done: RwSignal<Vec<Done>>,
    tabs: StoredValue<Option<Tabs>, LocalStorage>,
    waiting: StoredValue<BTreeMap<String, Waiting>, LocalStorage>,
    /// Ran in this tab before it was loaded anew.
    before: StoredValue<BTreeSet<String>>,
}

/// An upload of another tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// Its id.
    pub upload: String,
    /// The image's name.
    pub name: String,
}

/// Something that was removed, or not quite.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    /// Of the [`Leftover`].
    pub key: String,
    /// What it was.
    pub name: Option<String>,
    /// What became of it.
    pub removed: Removed,
}

impl Leftovers {
    /// Begins to look, now and whenever the user goes to another scope. Call it once, in the tray.
    pub fn watch() -> Self {
        let before = storage::read(Keep::Tab, RUNNING)
            .map(|text| text.split_whitespace().map(str::to_owned).collect())
            .unwrap_or_default();
        let this = Self {
            uploads: use_uploads(),
            current: expect_context::<Account>().current(),
            left: RwSignal::new_local(Vec::new()),
            elsewhere: RwSignal::new(Vec::new()),
            said: RwSignal::new(BTreeMap::new()),
            done: RwSignal::new(Vec::new()),
            tabs: StoredValue::new_local(None),
            waiting: StoredValue::new_local(BTreeMap::new()),
            before: StoredValue::new(before),
        };
        this.tabs.set_value(Some(Tabs::listen(move |told| this.hear(told))));
        Effect::new(move || {
            let _ = this.current.read();
            this.forget_all();
            set_timeout(move || this.look(), BREATH);
        });
        // What is taken out of the tray may have left something.
        Effect::new(move |known: Option<usize>| {
            let count = this.uploads.jobs().read().len();
            if known.is_some_and(|known| count < known) {
                this.look();
            }
            count
        });
        Effect::new(move || {
            let running: Vec<String> =
                this.uploads.jobs().read().iter().filter_map(running).collect();
            let text = Some(running.join(" ")).filter(|text| !text.is_empty());
            storage::write(Keep::Tab, RUNNING, text.as_deref());
        });
        if let Ok(clock) = set_interval_with_handle(move || this.tell_all(), TELL_EVERY) {
            on_cleanup(move || clock.clear());
        }
        this
    }

    /// How many rows there are. Tracked.
    pub fn count(self) -> usize {
        self.left.read().len() + self.elsewhere.read().len() + self.done.read().len()
    }

    /// What became of what was removed: key, name and word of each. Tracked.
    pub fn ends(self) -> Vec<(String, String, &'static str)> {
        let done = self.done.read();
        done.iter()
            .map(|one| (one.key.clone(), words::name_of(one), words::end(&one.removed).1))
            .collect()
    }

    /// Whether there is something that this browser has begun, or that goes on in another tab. Tracked.
    pub fn is_ours(self) -> bool {
        !self.elsewhere.read().is_empty()
            || !self.done.read().is_empty()
            || self.left.read().iter().any(|one| !one.is_foreign())
    }

    /// Looks again.
    pub fn look(self) {
        let Some(cloud) = self.current.try_get_untracked().flatten() else { return };
        self.tell(&Told::Ask);
        spawn_local(async move {
            gloo_timers::future::sleep(ANSWERS).await;
            let jobs = self.uploads.jobs().get_untracked();
            let ours: BTreeSet<String> = jobs.iter().filter_map(|job| job.upload.clone()).collect();
            let mut worked_on: BTreeSet<String> = jobs
                .iter()
                .filter_map(|job| job.state.with_untracked(|state| state.image_id.clone()))
                .collect();
            self.said.with_untracked(|said| {
                worked_on.extend(said.values().filter_map(|one| one.image.clone()))
            });
            let mut looked = look::look(&cloud, &ours, worked_on).await;
            let hidden = hidden();
            looked.left.retain(|one| !(one.is_foreign() && hidden.contains(&one.key)));
            // Gone on with here while the cloud was asked.
            looked.left.retain(|one| !self.is_here(one));
            if self.current.try_get_untracked().flatten() != Some(cloud) {
                return;
            }
            for one in looked.elsewhere {
                let name = one.entry.name().to_owned();
                self.runs_elsewhere(Elsewhere { upload: one.entry.upload, name });
            }
            self.left.set(looked.left.clone());
            for one in looked.left {
                self.go_on_by_itself(one).await;
            }
        });
    }

    /// Whether a job of this tab works on it.
    fn is_here(self, one: &Leftover) -> bool {
        let image = one.image.as_ref().map(|image| image.id.as_str());
        self.uploads.jobs().with_untracked(|jobs| {
            jobs.iter().any(|job| {
                let same = |ours: Option<&str>, theirs| ours.is_some() && ours == theirs;
                same(job.upload.as_deref(), one.upload.as_deref())
                    || job.state.with_untracked(|state| same(state.image_id.as_deref(), image))
            })
        })
    }

    /// Whether it is still offered: not since the user went to another scope, or it was gone on with.
    fn is_offered(self, one: &Leftover) -> bool {
        self.left.with_untracked(|left| left.iter().any(|other| other.key == one.key))
    }

    /// Opens the file that the journal leads to, and goes on. To be called from a click.
    ///
    /// # Errors
    /// When the browser does not give the file, or it is another one.
    async fn reopen(self, one: Leftover, handle: FileHandle) -> Result<(), NotGone> {
        if handle.permission().await != Permission::Granted
            && handle.ask().await != Permission::Granted
        {
            return Err(NotGone::Refused);
        }
        let file = handle.file().await.map_err(NotGone::Unreadable)?;
        self.go_on(one, file, Some(handle)).await
    }

    /// Goes on with a file that was chosen.
    async fn go_on(
        self,
        one: Leftover,
        file: File,
        handle: Option<FileHandle>,
    ) -> Result<(), NotGone> {
        let cloud = self.current.get_untracked().filter(|_| self.is_offered(&one));
        let Some(cloud) = cloud else { return Err(NotGone::Nothing) };
        let key = one.key.clone();
        going_on::go_on(self.uploads, cloud, one, file, handle).await?;
        self.left.update(|left| left.retain(|one| one.key != key));
        Ok(())
    }

    /// The tab was loaded anew while this ran, and the browser has not forgotten that we may read the file.
    async fn go_on_by_itself(self, one: Leftover) {
        let Kind::Remembered(known) = &one.kind else { return };
        let ran = self
            .before
            .try_update_value(|before| before.remove(&known.entry.upload))
            .unwrap_or_default();
        let Some(handle) = known.handle.clone().filter(|_| ran && !known.entry.paused) else {
            return;
        };
        if !one.can_go_on() || handle.permission().await != Permission::Granted {
            return;
        }
        if let Ok(file) = handle.file().await
            && let Err(why) = self.go_on(one, file, Some(handle)).await
        {
            // The row stays and says why when it is pressed.
            leptos::logging::warn!("an upload does not go on by itself: {why:?}");
        }
    }

    /// It is somebody else's: it is not shown any more in this browser.
    fn hide(self, one: &Leftover) {
        let mut all = hidden();
        all.push(one.key.clone());
        let kept = all.get(all.len().saturating_sub(MOST_HIDDEN)..).unwrap_or_default().join(" ");
        storage::write(Keep::Site, HIDDEN, Some(&kept));
        self.left.update(|left| left.retain(|other| other.key != one.key));
    }

    async fn remove(self, one: Leftover) {
        let cloud = self.current.get_untracked().filter(|_| self.is_offered(&one));
        let Some(cloud) = cloud else { return };
        let lock = match &one.upload {
            None => None,
            Some(upload) => match UploadLock::try_take(upload).await {
                Some(lock) => Some(lock),
                // A tab has gone on with it: it is not left behind any more.
                None => return self.look(),
            },
        };
        let removed = remove::remove(&cloud, &one).await;
        drop(lock);
        if removed.failed.is_empty() {
            self.left.update(|left| left.retain(|other| other.key != one.key));
        }
        let done = Done { key: one.key, name: one.name, removed };
        self.done.update(|all| {
            all.retain(|other| other.key != done.key);
            all.push(done);
        });
    }

    fn hear(self, told: Told) {
        match told {
            Told::Ask => self.tell_all(),
            Told::State(summary) => {
                let here = self.current.try_get_untracked().flatten().is_some_and(|cloud| {
                    cloud.key() == summary.scope && cloud.user().id.as_str() == summary.user
                });
                if !here {
                    return;
                }
                let (upload, name) = (summary.upload.clone(), summary.name.clone());
                self.said.try_update(|said| said.insert(upload.clone(), *summary));
                self.runs_elsewhere(Elsewhere { upload, name });
            }
        }
    }

    /// Shows an upload of another tab until that gives it back.
    fn runs_elsewhere(self, one: Elsewhere) {
        let ours = self
            .uploads
            .jobs()
            .with_untracked(|jobs| jobs.iter().any(|job| job.upload.as_ref() == Some(&one.upload)));
        let known =
            self.elsewhere.with_untracked(|all| all.iter().any(|it| it.upload == one.upload));
        if ours || known {
            return;
        }
        let upload = one.upload.clone();
        let waiting = Waiting::start(upload.clone(), move |lock| {
            drop(lock);
            self.waiting.try_update_value(|waiting| waiting.remove(&upload));
            self.said.try_update(|said| said.remove(&upload));
            self.elsewhere.try_update(|all| all.retain(|it| it.upload != upload));
            self.look();
        });
        // Without locks nobody would tell when it ends.
        let Some(waiting) = waiting else { return };
        self.waiting.update_value(|all| {
            all.insert(one.upload.clone(), waiting);
        });
        self.left.update(|left| left.retain(|it| it.upload.as_ref() != Some(&one.upload)));
        self.elsewhere.update(|all| all.push(one));
    }

    fn forget_all(self) {
        self.left.set(Vec::new());
        self.elsewhere.set(Vec::new());
        self.said.set(BTreeMap::new());
        self.done.set(Vec::new());
        self.waiting.set_value(BTreeMap::new());
    }

    fn tell(self, told: &Told) {
        self.tabs.try_with_value(|tabs| {
            if let Some(tabs) = tabs {
                tabs.tell(told);
            }
        });
    }

    fn tell_all(self) {
        let Some(cloud) = self.current.try_get_untracked().flatten() else { return };
        let user = cloud.user().id.as_str().to_owned();
        for job in self.uploads.jobs().get_untracked() {
            let Some(upload) = untrack(|| running(&job)) else { continue };
            let said = job.state.with_untracked(|state| {
                let shown = job_words::job(state);
                Summary {
                    upload,
                    scope: job.scope.clone(),
                    user: user.clone(),
                    name: job.name.clone(),
                    image: state.image_id.clone(),
                    word: shown.word.to_owned(),
                    shape: shown.shape.name().to_owned(),
                    figures: shown.figures,
                    share: job_words::share(state),
                }
            });
            self.tell(&Told::State(Box::new(said)));
        }
    }
}

/// The upload of a job that is under way. Tracked.
fn running(job: &Job) -> Option<String> {
    let under_way = job.state.with(|state| state.phase.standing() == Standing::UnderWay);
    job.upload.clone().filter(|_| under_way)
}

fn hidden() -> Vec<String> {
    let text = storage::read(Keep::Site, HIDDEN).unwrap_or_default();
    text.split_whitespace().map(str::to_owned).collect()
}
