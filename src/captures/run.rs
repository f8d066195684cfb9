//! Carries out an order for an image of an instance: shut down, ask, follow, start again. `order` judges what is seen.
//!
//! An answer that was lost is looked up before anything is asked again: an image is not made twice.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use openstack::compute::Server;
use openstack::image::Image;
use openstack::{ApiError, ErrorKind, ImageId, ServerId};

use super::order::{self, InstanceOrder, Making, Power, Stopping};
use super::remembered::{self, Reached, Remembered};
use super::state::{Capture, CaptureState, End, Origin, Phase, Switched};
use super::{Captures, snapshots};
use crate::cloud::Cloud;
use crate::uploads::{UploadLock, Waiting};

/// Pause between two looks at first; it grows to [`LONGEST_GLANCE`].
const GLANCE: Duration = Duration::from_millis(1000);
/// The longest pause between two looks.
const LONGEST_GLANCE: Duration = Duration::from_secs(5);
/// After so many failed looks in a row it is called lost.
const MOST_FAILED_LOOKS: u32 = 20;
/// So many looks may show nothing going on before that is believed: a task begins a moment after its answer.
pub(super) const BELIEVED: u32 = 3;

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
        begun_ms,
    };
    start(captures, cloud, begun, order.power.shuts_down(), None)
}

/// Puts the orders that a closed tab has left half done back into the tray, where they can be gone on with.
pub fn recall(captures: Captures, cloud: Cloud) -> Vec<Waiting> {
    let left = remembered::read(cloud.user().id.as_str(), &cloud.key());
    // Those of another project are shown there.
    let key = cloud.key();
    captures.list.update(|list| list.retain(|one| one.scope == key || interrupted(one).is_none()));
    let mut waiting = Vec::new();
    for one in left {
        let (cloud, id) = (cloud.clone(), one.id.clone());
        let show = {
            let one = one.clone();
            move || show_interrupted(captures, &cloud, &one)
        };
        // While another tab carries it out, it is that tab's.
        match Waiting::start(id, {
            let show = show.clone();
            move |_free| show()
        }) {
            Some(wait) => waiting.push(wait),
            None => show(),
        }
    }
    waiting
}

fn show_interrupted(captures: Captures, cloud: &Cloud, one: &Remembered) {
    let now = remembered::read(&one.user, &one.scope).into_iter().find(|now| now.id == one.id);
    let Some(now) = now else { return };
    let is_shown = |one: &Capture| interrupted(one).is_some_and(|shown| shown.id == now.id);
    if captures.list.with_untracked(|list| list.iter().any(is_shown)) {
        return;
    }
    let state = CaptureState {
        image_id: now.image.clone(),
        ..CaptureState::new(Phase::Over(End::Interrupted(Box::new(now.clone()))))
    };
    captures.add(cloud, now.image_name, of(&now.server, &now.server_name), state);
}

impl Captures {
    /// Goes on with one that was interrupted.
    pub fn go_on(self, key: u32, cloud: Cloud) {
        let Some(begun) = self.interrupted(key) else { return };
        self.dismiss(key);
        let image = begun.image.clone();
        start(self, cloud, begun, true, image);
    }

    /// Leaves one that was interrupted as it is.
    pub fn forget(self, key: u32) {
        if let Some(begun) = self.interrupted(key) {
            remembered::forget(&begun.id);
        }
        self.dismiss(key);
    }

    fn interrupted(self, key: u32) -> Option<Remembered> {
        self.list
            .with_untracked(|list| list.iter().find(|one| one.key == key).and_then(interrupted))
    }
}

/// What a capture was that a closed tab has left half done.
fn interrupted(one: &Capture) -> Option<Remembered> {
    one.state.with_untracked(|state| match &state.phase {
        Phase::Over(End::Interrupted(begun)) => Some((**begun).clone()),
        _ => None,
    })
}

fn of(id: &str, name: &str) -> Origin {
    Origin::Instance { id: id.to_owned(), name: name.to_owned() }
}

fn start(
    captures: Captures,
    cloud: Cloud,
    begun: Remembered,
    shuts_down: bool,
    image: Option<String>,
) -> Capture {
    let phase = match begun.reached {
        Reached::Stopping => Phase::Stopping,
        Reached::Asking => Phase::Asking,
        Reached::Copying => Phase::Copying,
    };
    let resumed = shuts_down && begun.reached != Reached::Stopping;
    let capture = captures.add(
        &cloud,
        begun.image_name.clone(),
        of(&begun.server, &begun.server_name),
        CaptureState { image_id: image, ..CaptureState::new(phase) },
    );
    let called_off = Rc::new(Cell::new(false));
    let run = Run {
        cloud,
        state: capture.state.clone(),
        memory: Memory { kept: shuts_down, now: std::cell::RefCell::new(begun) },
        called_off: Rc::clone(&called_off),
    };
    let key = capture.key;
    captures.follow(key, called_off, async move {
        // Two tabs must not carry out the same order: the other one shows it.
        let Some(_lock) = UploadLock::try_take(&run.memory.id()).await else {
            return captures.dismiss(key);
        };
        if shuts_down {
            run.memory.keep();
        }
        run.all(shuts_down, resumed).await;
    });
    capture
}

/// What the site keeps of it.
struct Memory {
    /// Only an order that switches an instance off has to be remembered.
    kept: bool,
    now: std::cell::RefCell<Remembered>,
}

impl Memory {
    fn id(&self) -> String {
        self.now.borrow().id.clone()
    }

    fn keep(&self) {
        if self.kept {
            remembered::write(&self.now.borrow());
        }
    }

    fn reached(&self, reached: Reached, image: Option<&ImageId>) {
        {
            let mut now = self.now.borrow_mut();
            now.reached = reached;
            now.image = image.map(|id| id.as_str().to_owned());
        }
        self.keep();
    }

    fn forget(&self) {
        if self.kept {
            remembered::forget(&self.id());
        }
    }
}

struct Run {
    cloud: Cloud,
    state: ArcRwSignal<CaptureState>,
    memory: Memory,
    called_off: Rc<Cell<bool>>,
}

impl Run {
    async fn all(&self, shuts_down: bool, resumed: bool) {
        let begun = self.memory.now.borrow().clone();
        let server = ServerId::from(begun.server.as_str());
        if shuts_down && !resumed {
            if let Err(end) = self.shut_down(&server).await {
                return self.over(end);
            }
            self.switched(if begun.start_again { Switched::OffForNow } else { Switched::Off });
            if self.called_off.get() {
                self.start_again(&server).await;
                return self.over(End::CalledOff);
            }
        } else if shuts_down {
            self.switched(if begun.start_again { Switched::OffForNow } else { Switched::Off });
        }
        let image = match begun.image.as_deref().map(ImageId::from) {
            Some(image) => image,
            None => match self.ask(&server, &begun, resumed).await {
                Ok(image) => image,
                Err(error) => {
                    self.start_again(&server).await;
                    return self.over(End::Refused(error));
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

    /// Off, or how it ended.
    async fn shut_down(&self, server: &ServerId) -> Result<(), End> {
        self.phase(Phase::Stopping);
        let now = self.cloud.server(server).await.map_err(End::NotAsked)?;
        if order::stopping(&now) == Stopping::Off {
            return Ok(());
        }
        match self.cloud.stop_server(server).await {
            Ok(()) => {}
            // It may be shutting down already, or the answer was lost: looking tells.
            Err(error) if error.kind == ErrorKind::Conflict || is_lost(&error) => {
                let now = self.cloud.server(server).await.map_err(End::Lost)?;
                if order::stopping(&now) == Stopping::RunsOn {
                    return Err(End::NotAsked(error));
                }
            }
            Err(error) => return Err(End::NotAsked(error)),
        }
        let mut looks = Looks::new();
        let mut runs_on = 0;
        loop {
            match looks.server(&self.cloud, server).await.map_err(End::Lost)? {
                Some(now) => match order::stopping(&now) {
                    Stopping::Off => return Ok(()),
                    Stopping::Wait => runs_on = 0,
                    Stopping::RunsOn if runs_on >= BELIEVED => return Err(End::RunsOn),
                    Stopping::RunsOn => runs_on += 1,
                },
                None => return Err(End::RunsOn),
            }
            looks.pause().await;
        }
    }

    /// Asks for the image. Where the answer was not seen, an image of that name that is younger than the order is it.
    async fn ask(
        &self,
        server: &ServerId,
        begun: &Remembered,
        resumed: bool,
    ) -> Result<ImageId, ApiError> {
        self.phase(Phase::Asking);
        self.memory.reached(Reached::Asking, None);
        if resumed && let Some(image) = self.made_since(begun).await? {
            return Ok(image);
        }
        let asked = self.cloud.snapshot_server(server, &begun.image_name, &begun.properties).await;
        match asked {
            Err(error) if is_lost(&error) => self.made_since(begun).await?.ok_or(error),
            asked => asked,
        }
    }

    async fn made_since(&self, begun: &Remembered) -> Result<Option<ImageId>, ApiError> {
        let own = self.cloud.project().id.clone();
        let images = self.cloud.images_named(&begun.image_name).await?.items;
        // The computer's clock and the cloud's may differ by a little.
        let since = begun.begun_ms - 60_000;
        let found = images.into_iter().find(|image| {
            let young = image.created_at.is_some_and(|made| made.as_millisecond() >= since);
            image.owner.as_ref() == Some(&own) && young
        });
        Ok(found.map(|image| image.id))
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

    fn is_off(&self) -> bool {
        self.state.with_untracked(|state| state.switched == Switched::OffForNow)
    }

    /// Starts the instance again, where that is wanted. Its disk may still be read: then it is waited for.
    async fn start_again(&self, server: &ServerId) {
        if !self.is_off() {
            return;
        }
        let mut looks = Looks::new();
        let mut other = 0;
        loop {
            let now = match looks.server(&self.cloud, server).await {
                Ok(Some(now)) => now,
                Ok(None) => return self.switched(Switched::NotStarted(None)),
                Err(error) => return self.switched(Switched::NotStarted(Some(error))),
            };
            if order::can_start(&now) {
                match self.cloud.start_server(server).await {
                    Ok(()) => break,
                    // Something else began between the look and the start, or nobody knows: looking tells.
                    Err(error) if other < BELIEVED && may_have_begun(&error) => other += 1,
                    Err(error) => return self.switched(Switched::NotStarted(Some(error))),
                }
            } else if runs(&now) {
                // Somebody has started it meanwhile.
                return self.switched(Switched::On);
            } else if now.task_state.is_none() {
                other += 1;
                if other > BELIEVED {
                    return self.switched(Switched::NotStarted(None));
                }
            }
            looks.pause().await;
        }
        self.switched(Switched::Starting);
        // From here on the cloud does it by itself.
        self.memory.forget();
        let mut still = 0;
        loop {
            match looks.server(&self.cloud, server).await {
                Ok(Some(now)) if runs(&now) => return self.switched(Switched::On),
                Ok(Some(now)) if now.task_state.is_some() => still = 0,
                Ok(Some(_)) if still < BELIEVED => still += 1,
                Ok(_) => return self.switched(Switched::NotStarted(None)),
                Err(error) => return self.switched(Switched::NotStarted(Some(error))),
            }
            looks.pause().await;
        }
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
        let stopping = self.state.with_untracked(|state| state.phase == Phase::Stopping);
        let half_done = matches!(end, End::Lost(_)) && (stopping || self.is_off());
        if !half_done {
            self.memory.forget();
        }
        self.phase(Phase::Over(end));
    }

    fn phase(&self, phase: Phase) {
        self.state.update(|state| state.phase = phase);
    }

    fn switched(&self, switched: Switched) {
        self.state.update(|state| state.switched = switched);
    }
}

fn runs(server: &Server) -> bool {
    server.status == openstack::compute::ServerStatus::Active && server.task_state.is_none()
}

fn may_have_begun(error: &ApiError) -> bool {
    error.kind == ErrorKind::Conflict || is_lost(error)
}

/// Nobody knows whether the cloud has done it.
fn is_lost(error: &ApiError) -> bool {
    matches!(error.kind, ErrorKind::Unreachable | ErrorKind::Timeout)
        || error.status.is_some_and(|status| status >= 500)
}

/// Looks at things again and again, a little slower each time; a failed look is no answer.
pub(super) struct Looks {
    failed: u32,
    pause: Duration,
}

impl Looks {
    pub(super) fn new() -> Self {
        Self { failed: 0, pause: GLANCE }
    }

    pub(super) async fn pause(&mut self) {
        gloo_timers::future::sleep(self.pause).await;
        self.pause = (self.pause * 5 / 4).min(LONGEST_GLANCE);
    }

    /// `None` when it is gone.
    pub(super) async fn image(
        &mut self,
        cloud: &Cloud,
        id: &ImageId,
    ) -> Result<Option<Image>, ApiError> {
        loop {
            match self.judge(cloud.image(id).await) {
                Some(answer) => return answer,
                None => self.pause().await,
            }
        }
    }

    /// `None` when it is gone.
    async fn server(&mut self, cloud: &Cloud, id: &ServerId) -> Result<Option<Server>, ApiError> {
        loop {
            match self.judge(cloud.server(id).await) {
                Some(answer) => return answer,
                None => self.pause().await,
            }
        }
    }

    /// `None`: look again.
    pub(super) fn judge<T>(
        &mut self,
        answer: Result<T, ApiError>,
    ) -> Option<Result<Option<T>, ApiError>> {
        match answer {
            Ok(found) => {
                self.failed = 0;
                Some(Ok(Some(found)))
            }
            Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Gone) => {
                Some(Ok(None))
            }
            Err(error) if error.is_transient() && self.failed < MOST_FAILED_LOOKS => {
                self.failed += 1;
                None
            }
            Err(error) => Some(Err(error)),
        }
    }
}
