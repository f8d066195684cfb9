//! Carries out an order for an image of an instance: shut down, ask, follow, start again. `order` judges what is seen, and
//! `search` whether there is an image where the answer to the asking was lost: none is made twice.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::*;
use openstack::{ApiError, ErrorKind, ImageId, ServerId};

use super::looks::{BELIEVED, Looks};
use super::order::{self, InstanceOrder, Making, Power};
use super::remembered::{Memory, Reached, Remembered};
use super::search::{PATIENT, Search, Seen, is_lost};
use super::state::{Capture, CaptureState, End, Origin, Phase, Switched, Unclear};
use super::{Captures, snapshots};
use crate::cloud::Cloud;
use crate::uploads::UploadLock;

/// How much of an order is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Course {
    /// All of it; the instance is left as it is.
    Beside,
    /// All of it; the instance is shut down first.
    ShutDown,
    /// What a closed tab has left of it.
    Rest,
    /// The image is looked for and followed, nothing else.
    Search,
}

/// Begins one.
pub fn begin(captures: Captures, cloud: Cloud, order: InstanceOrder) -> Capture {
    let begun_ms = crate::clock::now().as_millisecond();
    let begun = Remembered {
        id: format!("capture-{}-{begun_ms}", order.server),
        user: cloud.user().id.to_string(),
        scope: cloud.key(),
        server: order.server,
        server_name: order.server_name,
        image_name: order.image_name,
        properties: order.properties,
        start_again: order.power == Power::ShutDownAndStart,
        reached: if order.power.shuts_down() { Reached::Stopping } else { Reached::Asking },
        image: None,
        before: Vec::new(),
        begun_ms,
    };
    let course = if order.power.shuts_down() { Course::ShutDown } else { Course::Beside };
    start(captures, cloud, begun, course)
}

/// What an order is made of.
pub(super) fn of(id: &str, name: &str) -> Origin {
    Origin::Instance { id: id.to_owned(), name: name.to_owned() }
}

pub(super) fn start(
    captures: Captures,
    cloud: Cloud,
    begun: Remembered,
    course: Course,
) -> Capture {
    let capture = captures.add(
        &cloud,
        begun.image_name.clone(),
        of(&begun.server, &begun.server_name),
        CaptureState { image_id: begun.image.clone(), ..CaptureState::new(Phase::Asking) },
    );
    carry_out(captures, &capture, cloud, begun, course);
    capture
}

/// Carries out so much of an order, and shows it as that capture.
pub(super) fn carry_out(
    captures: Captures,
    capture: &Capture,
    cloud: Cloud,
    begun: Remembered,
    course: Course,
) {
    let phase = match (course, begun.reached) {
        (Course::Search, _) => Phase::Searching,
        (_, Reached::Stopping) => Phase::Stopping,
        (_, Reached::Asking) => Phase::Asking,
        (_, Reached::Copying) => Phase::Copying,
    };
    let called_off = Rc::new(Cell::new(false));
    let kept = matches!(course, Course::ShutDown | Course::Rest);
    let run = Run {
        cloud,
        state: capture.state.clone(),
        memory: Memory::new(kept, begun),
        called_off: Rc::clone(&called_off),
    };
    run.phase(phase);
    let key = capture.key;
    captures.follow(key, called_off, async move {
        // Two tabs must not carry out the same order: the other one shows it.
        let Some(_lock) = UploadLock::try_take(&run.memory.now().id).await else {
            return captures.dismiss(key);
        };
        run.memory.keep();
        run.all(course).await;
    });
}

/// One order on its way.
pub(super) struct Run {
    pub(super) cloud: Cloud,
    state: ArcRwSignal<CaptureState>,
    pub(super) memory: Memory,
    called_off: Rc<Cell<bool>>,
}

impl Run {
    async fn all(&self, course: Course) {
        let begun = self.memory.now();
        let server = ServerId::from(begun.server.as_str());
        let stops = match course {
            Course::ShutDown => true,
            Course::Rest => begun.reached == Reached::Stopping,
            Course::Beside | Course::Search => false,
        };
        if stops && let Err(end) = self.shut_down(&server).await {
            return self.over(end);
        }
        if matches!(course, Course::ShutDown | Course::Rest) {
            self.switched(if begun.start_again { Switched::OffForNow } else { Switched::Off });
        }
        if stops && self.called_off.get() {
            self.start_again(&server).await;
            return self.over(End::CalledOff);
        }
        let image = match begun.image.as_deref().map(ImageId::from) {
            Some(image) => image,
            None => match self.image(&server, &begun, course).await {
                Ok(image) => image,
                Err(end) => {
                    self.start_again(&server).await;
                    return self.over(end);
                }
            },
        };
        self.state.update(|state| state.image_id = Some(image.as_str().to_owned()));
        self.memory.reached(Reached::Copying, Some(&image));
        self.phase(Phase::Copying);
        let end = self.copying(&server, &image).await;
        let pointing = end == End::Made;
        if self.is_off() {
            self.phase(Phase::StartingAgain);
            self.start_again(&server).await;
        }
        let end = match pointing {
            true => self.snapshots(&image).await,
            false => end,
        };
        self.over(end);
    }

    /// The image that the cloud makes, or how it ended without one. Where it may have been asked for already it is looked
    /// for first.
    async fn image(
        &self,
        server: &ServerId,
        begun: &Remembered,
        course: Course,
    ) -> Result<ImageId, End> {
        let not_found = |unread: Option<ApiError>| {
            End::Unclear(Box::new(Unclear { begun: begun.clone(), lost: None, unread }))
        };
        if course == Course::Search {
            return match self.search(server, begun, PATIENT).await {
                Ok(found) => found.ok_or_else(|| not_found(None)),
                Err(error) => Err(not_found(Some(error))),
            };
        }
        let resumed = course == Course::Rest && begun.reached != Reached::Stopping;
        if resumed {
            // It is a while ago: what was asked for is there by now.
            match self.search(server, begun, BELIEVED).await {
                Ok(Some(image)) => return Ok(image),
                Ok(None) => {}
                Err(error) => return Err(not_found(Some(error))),
            }
        }
        self.phase(Phase::Asking);
        self.memory.asking(self.others(begun).await);
        let begun = &self.memory.now();
        let unclear = |lost: ApiError, unread: Option<ApiError>| {
            End::Unclear(Box::new(Unclear { begun: begun.clone(), lost: Some(lost), unread }))
        };
        match self.cloud.snapshot_server(server, &begun.image_name, &begun.properties).await {
            Ok(image) => Ok(image),
            Err(error) if is_lost(&error) => {
                self.phase(Phase::Searching);
                match self.search(server, begun, PATIENT).await {
                    Ok(found) => found.ok_or_else(|| unclear(error, None)),
                    Err(unread) => Err(unclear(error, Some(unread))),
                }
            }
            // A browser asks again by itself where the connection was closed without an answer: then the second asking finds
            // the first one at work.
            Err(error) if error.kind == ErrorKind::Conflict => match self.found(begun).await {
                Ok(found) => found.ok_or(End::Refused(error)),
                Err(unread) => Err(unclear(error, Some(unread))),
            },
            Err(error) => Err(End::Refused(error)),
        }
    }

    /// The images of that name that are there already. Where they cannot be read, the time alone tells them from its own.
    async fn others(&self, begun: &Remembered) -> Vec<String> {
        match self.cloud.images_named(&begun.image_name).await {
            Ok(found) => found.items.into_iter().map(|image| image.id.to_string()).collect(),
            Err(error) => {
                leptos::logging::warn!("{error}");
                Vec::new()
            }
        }
    }

    async fn found(&self, begun: &Remembered) -> Result<Option<ImageId>, ApiError> {
        let images = Looks::new().images(&self.cloud, &begun.image_name).await?;
        Ok(Search::new(self.cloud.project().id.clone(), begun, 1).found(&images))
    }

    async fn search(
        &self,
        server: &ServerId,
        begun: &Remembered,
        patience: u32,
    ) -> Result<Option<ImageId>, ApiError> {
        let mut looks = Looks::new();
        let mut search = Search::new(self.cloud.project().id.clone(), begun, patience);
        loop {
            let images = looks.images(&self.cloud, &begun.image_name).await?;
            let server = looks.server(&self.cloud, server).await?;
            match search.see(&images, server.as_ref()) {
                Seen::Image(image) => return Ok(Some(image)),
                Seen::Nothing => return Ok(None),
                Seen::Wait => looks.pause().await,
            }
        }
    }

    /// Follows the image until it is active or not to be. Its data is read until then: the instance is started after.
    async fn copying(&self, server: &ServerId, id: &ImageId) -> End {
        let mut looks = Looks::new();
        let mut still = 0;
        loop {
            let image = match looks.image(&self.cloud, id).await {
                Ok(image) => image,
                Err(error) => return End::Lost(error),
            };
            match order::making(image.as_ref()) {
                Making::Active => return End::Made,
                Making::Failed(word) => return End::Failed(word),
                Making::Wait => {}
            }
            let now = match looks.server(&self.cloud, server).await {
                Ok(now) => now,
                Err(error) => return End::Lost(error),
            };
            match now {
                Some(now) if order::is_copied(&now) => still = 0,
                // The image may become active a moment after the task has ended.
                _ if still >= 4 * BELIEVED => {
                    let word =
                        image.map_or("deleted".into(), |image| image.status.as_str().to_owned());
                    return End::Failed(word);
                }
                _ => still += 1,
            }
            looks.pause().await;
        }
    }

    pub(super) fn is_off(&self) -> bool {
        self.state.with_untracked(|state| state.switched == Switched::OffForNow)
    }

    async fn snapshots(&self, image: &ImageId) -> End {
        let shown = match self.cloud.image(image).await {
            Ok(shown) => shown,
            Err(error) => return End::Lost(error),
        };
        if shown.volume_snapshots().is_empty() {
            return End::Made;
        }
        self.phase(Phase::Snapshots);
        snapshots::follow(&self.cloud, &shown).await
    }

    fn over(&self, end: End) {
        // What could not be followed may still have to be started again, or was only asked to shut down: it is offered
        // when somebody comes back.
        let half_done = self.state.with_untracked(|state| match (&end, &state.switched) {
            (_, Switched::NotStarted(Some(error))) => error.is_transient(),
            (End::Lost(_), Switched::OffForNow) => true,
            (End::Lost(_), _) => state.phase == Phase::Stopping,
            _ => false,
        });
        if !half_done {
            self.memory.forget();
        }
        self.phase(Phase::Over(end));
    }

    pub(super) fn phase(&self, phase: Phase) {
        self.state.update(|state| state.phase = phase);
    }

    pub(super) fn switched(&self, switched: Switched) {
        self.state.update(|state| state.switched = switched);
    }
}
