//! The driver of the direct road: performs what the engine (`upload::Machine`) asks for, and tells it what happened.
//!
//! It decides nothing itself. One machine, at most one request and one hashing worker at a time; all of them end when
//! the engine says so or the tab does.

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use openstack::image::{self, CreateImage};
use openstack::{ApiError, ErrorKind, Generation, ImageId, Response, Service};
use upload::progress::Speed;
use upload::{CloudImage, CloudStatus, Effect, Event, Machine, Phase, Ticket};

use super::content::Upload;
use super::hashing::{HashEvent, Hashing};
use super::job::{JobPhase, JobState, Road};
use super::monotonic;
use super::roads::Way;
use super::sending::{SendEvent, Sending};
use crate::cloud::Cloud;
use crate::text::tr_with;

/// One file on its way.
pub(super) struct FileRoad {
    cloud: Cloud,
    record: CreateImage,
    upload: Upload,
    state: ArcRwSignal<JobState>,
    inner: RefCell<Inner>,
}

struct Inner {
    machine: Machine,
    speed: Speed,
    began: Duration,
    request: Option<(Ticket, Option<Sending>)>,
    hashing: Option<Hashing>,
    hashed_bytes: u64,
    sha512: Option<String>,
    token: Option<Generation>,
}

impl FileRoad {
    /// A road that has not begun.
    pub(super) fn new(cloud: Cloud, record: CreateImage, upload: Upload, _way: Way) -> Self {
        let size_bytes = upload.size_bytes();
        let now = monotonic();
        Self {
            cloud,
            record,
            upload,
            state: ArcRwSignal::new(JobState::new(
                Road::Direct,
                JobPhase::File(Phase::New),
                Some(size_bytes),
            )),
            inner: RefCell::new(Inner {
                machine: Machine::new(size_bytes),
                speed: Speed::new(now),
                began: now,
                request: None,
                hashing: None,
                hashed_bytes: 0,
                sha512: None,
                token: None,
            }),
        }
    }

    /// What pages show.
    pub(super) fn state(&self) -> ArcRwSignal<JobState> {
        self.state.clone()
    }

    /// Tells the engine what happened and does what it then wants done.
    pub(super) fn tell(self: &Rc<Self>, event: Event) {
        if event == Event::Retry {
            let mut inner = self.inner.borrow_mut();
            inner.began = monotonic();
            inner.speed = Speed::new(inner.began);
        }
        let effects = self.inner.borrow_mut().machine.handle(event, monotonic());
        for effect in effects {
            self.perform(effect);
        }
        self.show();
    }

    fn show(&self) {
        let mut inner = self.inner.borrow_mut();
        let view = inner.machine.view();
        inner.speed.update(view.sent_bytes, monotonic());
        let over = matches!(view.phase, Phase::Finished(_));
        let sending = matches!(view.phase, Phase::Sending);
        let next = JobState {
            segments: view.segments.clone(),
            estimate: if sending { inner.speed.estimate(view.size_bytes) } else { None },
            phase: JobPhase::File(view.phase),
            sent_bytes: view.sent_bytes,
            hashed_bytes: inner.hashed_bytes,
            size_bytes: Some(view.size_bytes),
            image_id: view.image_id,
            breaks: view.breaks,
            sha512: inner.sha512.clone(),
            took: over.then(|| {
                self.state
                    .with_untracked(|state| state.took)
                    .unwrap_or_else(|| monotonic().saturating_sub(inner.began))
            }),
            ..self.state.get_untracked()
        };
        drop(inner);
        if self.state.with_untracked(|state| *state != next) {
            self.state.set(next);
        }
    }

    fn perform(self: &Rc<Self>, effect: Effect) {
        match effect {
            Effect::CreateRecord { ticket } => self.create_record(ticket),
            Effect::Send { ticket, id } => self.send(ticket, ImageId::new(id)),
            Effect::AbortSend { ticket } => {
                let mut inner = self.inner.borrow_mut();
                if inner.request.as_ref().is_some_and(|(own, _)| *own == ticket) {
                    inner.request = None;
                }
            }
            Effect::StartHash { ticket } => self.hash(ticket),
            Effect::StopHash => self.inner.borrow_mut().hashing = None,
            Effect::LookAtImage { ticket, id, after } => self.look(ticket, ImageId::new(id), after),
            Effect::AwaitToken { ticket } => self.await_token(ticket),
            Effect::DeleteRecord { ticket, id, after } => {
                self.delete(ticket, ImageId::new(id), after)
            }
            // Of the road in segments.
            Effect::OpenStore { .. }
            | Effect::LookAtStore { .. }
            | Effect::ListObjects { .. }
            | Effect::PutLease { .. }
            | Effect::HashSegments { .. }
            | Effect::HashSample { .. }
            | Effect::SendSegment { .. }
            | Effect::LookAtObject { .. }
            | Effect::PutManifest { .. }
            | Effect::StartImport { .. }
            | Effect::LookAtTask { .. }
            | Effect::DeleteObject { .. }
            | Effect::Wait { .. }
            | Effect::Note(_) => {}
            Effect::Finished(_) => {
                let mut inner = self.inner.borrow_mut();
                inner.request = None;
                inner.hashing = None;
            }
        }
    }

    /// Runs something and tells the engine what came of it.
    fn then(self: &Rc<Self>, work: impl Future<Output = Event> + 'static) {
        let road = Rc::clone(self);
        spawn_local(async move {
            let event = work.await;
            road.tell(event);
        });
    }

    fn create_record(self: &Rc<Self>, ticket: Ticket) {
        let (cloud, record) = (self.cloud.clone(), self.record.clone());
        self.then(async move {
            match image::create(cloud.client(), &record).await {
                Ok(image) => Event::RecordCreated { ticket, id: image.id.as_str().to_owned() },
                Err(error) if error.kind == ErrorKind::SignedOut => Event::SignedOut,
                Err(error) => match error.status {
                    Some(status) => Event::RecordRefused { ticket, status, message: said(&error) },
                    None => Event::RecordUnknown { ticket },
                },
            }
        });
    }

    fn send(self: &Rc<Self>, ticket: Ticket, id: ImageId) {
        self.inner.borrow_mut().request = Some((ticket, None));
        let road = Rc::clone(self);
        spawn_local(async move {
            let client = road.cloud.client();
            let Ok((token, generation)) = client.token().await else {
                road.tell(Event::SignedOut);
                return;
            };
            let started = image::upload_request(client, &id)
                .map_err(|error| said(&error))
                .and_then(|target| {
                    let mut headers = target.headers;
                    headers.push(("X-Auth-Token".to_owned(), token.reveal().to_owned()));
                    let again = Rc::clone(&road);
                    Sending::start(&target.url, &headers, road.upload.content(), move |event| {
                        again.hear(ticket, event)
                    })
                    .map_err(|error| format!("{error:?}"))
                });
            let mut inner = road.inner.borrow_mut();
            inner.token = Some(generation);
            match started {
                // Given up while we waited for the token: dropping the request ends it.
                Ok(_) if inner.request.as_ref().map(|(own, _)| *own) != Some(ticket) => {}
                Ok(sending) => inner.request = Some((ticket, Some(sending))),
                Err(why) => {
                    drop(inner);
                    leptos::logging::error!("the browser refused to send: {why}");
                    road.tell(Event::SendBroken { ticket });
                }
            }
        });
    }

    fn hear(self: &Rc<Self>, ticket: Ticket, event: SendEvent) {
        self.tell(match event {
            SendEvent::Progress(sent_bytes) => Event::SendProgress { ticket, sent_bytes },
            SendEvent::Broken => {
                let road = Rc::clone(self);
                return self.then(async move {
                    match road.upload.why_unreadable().await {
                        Some(message) => Event::SourceLost { ticket, message },
                        None => Event::SendBroken { ticket },
                    }
                });
            }
            SendEvent::Answered { status, body, request_id } => {
                let headers = request_id
                    .map(|id| ("x-openstack-request-id".to_owned(), id))
                    .into_iter()
                    .collect();
                let response = Response { status, headers, body: body.into_bytes() };
                let error = ApiError::from_response("upload the image", Service::Image, &response);
                Event::SendDone { ticket, status, message: said(&error), retry_after: None }
            }
        });
    }

    fn hash(self: &Rc<Self>, ticket: Ticket) {
        {
            // Of an attempt before this one.
            let mut inner = self.inner.borrow_mut();
            inner.hashed_bytes = 0;
            inner.sha512 = None;
        }
        let road = Rc::clone(self);
        let started = Hashing::start(self.upload.content(), move |event| match event {
            HashEvent::Progress(bytes) => {
                road.inner.borrow_mut().hashed_bytes = bytes;
                road.show();
            }
            HashEvent::Done(sha512) => {
                road.inner.borrow_mut().sha512 = Some(sha512.clone());
                road.tell(Event::HashDone { ticket, sha512 });
            }
            HashEvent::Failed(message) => road.tell(Event::HashFailed { ticket, message }),
        });
        match started {
            Ok(hashing) => self.inner.borrow_mut().hashing = Some(hashing),
            Err(error) => self.tell(Event::HashFailed { ticket, message: format!("{error:?}") }),
        }
    }

    fn look(self: &Rc<Self>, ticket: Ticket, id: ImageId, after: Duration) {
        let cloud = self.cloud.clone();
        self.then(async move {
            gloo_timers::future::sleep(after).await;
            match image::show(cloud.client(), &id).await {
                Ok(image) => Event::Image {
                    ticket,
                    image: CloudImage {
                        status: CloudStatus::from(image.status.as_str()),
                        size_bytes: image.size_bytes,
                        hash_algo: image.hash_algo,
                        hash_value: image.hash_value,
                    },
                },
                Err(error) => match error.kind {
                    ErrorKind::NotFound | ErrorKind::Gone => Event::ImageGone { ticket },
                    ErrorKind::SignedOut => Event::SignedOut,
                    _ => Event::LookFailed { ticket },
                },
            }
        });
    }

    fn await_token(self: &Rc<Self>, ticket: Ticket) {
        let cloud = self.cloud.clone();
        let refused = self.inner.borrow().token;
        self.then(async move {
            let renewed = match refused {
                Some(generation) => cloud.client().token_after(generation).await,
                None => cloud.client().token().await,
            };
            if renewed.is_ok() { Event::TokenRenewed { ticket } } else { Event::SignedOut }
        });
    }

    fn delete(self: &Rc<Self>, ticket: Ticket, id: ImageId, after: Duration) {
        let cloud = self.cloud.clone();
        self.then(async move {
            gloo_timers::future::sleep(after).await;
            match image::delete(cloud.client(), &id).await {
                Ok(()) => Event::RecordDeleted { ticket },
                Err(error) => match error.kind {
                    ErrorKind::NotFound | ErrorKind::Gone => Event::RecordDeleted { ticket },
                    ErrorKind::SignedOut => Event::SignedOut,
                    _ => Event::DeleteFailed { ticket },
                },
            }
        });
    }
}

/// The cloud's words with its request id: all that the engine keeps of an answer.
fn said(error: &ApiError) -> String {
    match &error.request_id {
        Some(id) if error.message.is_empty() => tr_with("Request {id}", &[("id", id)]),
        Some(id) => tr_with("{message} (request {id})", &[("message", &error.message), ("id", id)]),
        None => error.message.clone(),
    }
}
