//! The cloud fetches an image by itself (`web-download`); this follows it. Ending it removes the record, which is the only
//! way to stop an import.

use std::cell::RefCell;
use std::rc::Rc;

use futures_util::future::{AbortHandle, Abortable};
use leptos::prelude::*;
use leptos::task::spawn_local;
use openstack::image::{self, CreateImage};
use openstack::{ApiError, ErrorKind, ImageId};
use upload::LeftBehind;
use upload::import::{Follower, Progress, Seen, SeenTask, Step};

use super::job::{Fetched, JobPhase, JobState, Road};
use super::monotonic;
use crate::cloud::Cloud;

/// After so many failed looks in a row the import is called lost; it may go on in the cloud.
const MOST_FAILED_LOOKS: u32 = 20;

/// One import being followed.
pub(super) struct UrlRoad {
    cloud: Cloud,
    id: ImageId,
    state: ArcRwSignal<JobState>,
    following: RefCell<Option<AbortHandle>>,
}

/// Why an import did not begin.
#[derive(Clone, Debug)]
pub struct NotBegun {
    /// What the cloud said.
    pub error: ApiError,
    /// The id of a record that could not be removed again.
    pub left: Option<String>,
}

/// Makes the record and asks the cloud to fetch. When it refuses, the record is removed again.
///
/// # Errors
/// What the cloud said, and what could not be removed.
pub(super) async fn begin(
    cloud: &Cloud,
    record: &CreateImage,
    url: &str,
) -> Result<ImageId, NotBegun> {
    let made = image::create(cloud.client(), record)
        .await
        .map_err(|error| NotBegun { error, left: None })?;
    match image::import_from_url(cloud.client(), &made.id, url).await {
        Ok(()) => Ok(made.id),
        // No answer: it may have begun. Following it tells.
        Err(error) if matches!(error.kind, ErrorKind::Unreachable | ErrorKind::Timeout) => {
            Ok(made.id)
        }
        Err(error) => {
            let left = image::delete(cloud.client(), &made.id)
                .await
                .err()
                .map(|_| made.id.as_str().to_owned());
            Err(NotBegun { error, left })
        }
    }
}

impl UrlRoad {
    /// Follows the import of an image.
    pub(super) fn follow(cloud: Cloud, id: ImageId) -> Rc<Self> {
        let waiting =
            Progress { begun: false, copied_mib: None, quiet_for: std::time::Duration::ZERO };
        let mut state = JobState::new(Road::Url, JobPhase::Fetching(waiting), None);
        state.image_id = Some(id.as_str().to_owned());
        let road = Rc::new(Self {
            cloud,
            id,
            state: ArcRwSignal::new(state),
            following: RefCell::new(None),
        });
        let (handle, registration) = AbortHandle::new_pair();
        *road.following.borrow_mut() = Some(handle);
        let watch = Rc::clone(&road);
        spawn_local(async move {
            let began = monotonic();
            // Aborted: `cancel` says what came of it.
            if let Ok(end) = Abortable::new(watch.watch(), registration).await {
                watch.state.update(|state| state.took = Some(monotonic().saturating_sub(began)));
                watch.set(JobPhase::Fetched(end));
            }
        });
        road
    }

    /// What pages show.
    pub(super) fn state(&self) -> ArcRwSignal<JobState> {
        self.state.clone()
    }

    /// Ends it: removes the record.
    pub(super) fn cancel(self: &Rc<Self>) {
        // The image may have become active while the user was being asked: it must not be removed then.
        if !self.state.with_untracked(|state| matches!(state.phase, JobPhase::Fetching(_))) {
            return;
        }
        if let Some(handle) = self.following.borrow_mut().take() {
            handle.abort();
        }
        self.set(JobPhase::CleaningUp);
        let road = Rc::clone(self);
        spawn_local(async move {
            let removed = match image::delete(road.cloud.client(), &road.id).await {
                Ok(()) => true,
                Err(error) => matches!(error.kind, ErrorKind::NotFound | ErrorKind::Gone),
            };
            let records = if removed { Vec::new() } else { vec![road.id.as_str().to_owned()] };
            road.set(JobPhase::Fetched(Fetched::Cancelled(LeftBehind {
                records,
                ..LeftBehind::default()
            })));
        });
    }

    /// Follows it no more; the cloud goes on.
    pub(super) fn leave(&self) {
        if let Some(handle) = self.following.borrow_mut().take() {
            handle.abort();
        }
    }

    fn set(&self, phase: JobPhase) {
        self.state.update(|state| state.phase = phase);
    }

    async fn watch(&self) -> Fetched {
        let mut follower = Follower::new(monotonic());
        let mut failed_looks = 0;
        loop {
            let step = match self.look().await {
                Ok(Some(seen)) => {
                    failed_looks = 0;
                    follower.look(seen, monotonic())
                }
                Ok(None) => follower.gone(),
                Err(error)
                    if error.kind == ErrorKind::SignedOut || failed_looks >= MOST_FAILED_LOOKS =>
                {
                    return Fetched::Lost(error);
                }
                Err(_) => {
                    failed_looks += 1;
                    gloo_timers::future::sleep(std::time::Duration::from_secs(5)).await;
                    continue;
                }
            };
            match step {
                Step::Active => return Fetched::Active,
                Step::Failed { reason } => return Fetched::Failed(reason),
                Step::Wait { after, progress } => {
                    self.set(JobPhase::Fetching(progress));
                    gloo_timers::future::sleep(after).await;
                }
            }
        }
    }

    /// `None` when the image is gone.
    async fn look(&self) -> Result<Option<Seen>, ApiError> {
        let client = self.cloud.client();
        let image = match image::show(client, &self.id).await {
            Ok(image) => image,
            Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Gone) => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        // Older clouds show no tasks, and a task list that fails for once says less than the image itself.
        let tasks = match image::tasks(client, &self.id).await {
            Ok(tasks) => tasks.items,
            Err(error) if error.kind == ErrorKind::SignedOut => return Err(error),
            Err(_) => Vec::new(),
        };
        let newest = tasks.into_iter().max_by_key(|task| task.created_at);
        Ok(Some(Seen {
            status: image.status.as_str().to_owned(),
            has_task: image.property("os_glance_import_task").is_some(),
            failed_stores: image.failed_stores().into_iter().map(str::to_owned).collect(),
            task: newest.map(|task| SeenTask {
                status: task.status.as_str().to_owned(),
                message: task.message,
            }),
        }))
    }
}
