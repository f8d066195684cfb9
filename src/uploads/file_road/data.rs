//! Requests with data: the whole file, or slices of it. The browser reads them from disk while they travel.

use std::rc::Rc;

use leptos::task::spawn_local;
use openstack::image;
use openstack::object_store as swift;
use openstack::{ApiError, ImageId, Response, Service, Timestamp};
use upload::{Event, Ticket};
use web_sys::Blob;

use super::super::sending::{SendEvent, Sending};
use super::super::store::CONTAINER;
use super::{FileRoad, Request, said};

/// A part of what is sent.
#[derive(Clone, Copy)]
pub(super) struct Slice {
    /// Where it begins.
    pub(super) offset_bytes: u64,
    /// How long it is.
    pub(super) length_bytes: u64,
}

/// Where to, and with what.
struct Target {
    service: Service,
    url: String,
    headers: Vec<(String, String)>,
}

impl FileRoad {
    pub(super) fn send_whole(self: &Rc<Self>, ticket: Ticket, id: ImageId) {
        let target = image::upload_request(self.cloud.client(), &id).map(|target| Target {
            service: Service::Image,
            url: target.url,
            headers: target.headers,
        });
        let name = format!("PUT /images/{id}/file");
        self.put(ticket, name, 0, Ok(self.upload.content().clone()), target);
    }

    pub(super) fn send_segment(
        self: &Rc<Self>,
        ticket: Ticket,
        name: String,
        slice: Slice,
        md5: String,
        delete_at_unix_s: u64,
    ) {
        let delete_at = Some(moment(delete_at_unix_s));
        let target =
            swift::object_put_request(self.cloud.client(), CONTAINER, &name, &md5, delete_at).map(
                |target| Target {
                    service: Service::ObjectStore,
                    url: target.url,
                    headers: target.headers,
                },
            );
        // A reference into the file, not its bytes.
        let content = self.upload.slice(slice.offset_bytes, slice.length_bytes);
        self.put(ticket, format!("PUT {name}"), slice.offset_bytes, content, target);
    }

    fn put(
        self: &Rc<Self>,
        ticket: Ticket,
        name: String,
        offset_bytes: u64,
        content: Result<Blob, String>,
        target: Result<Target, ApiError>,
    ) {
        let request = Request { token: None, sending: None, offset_bytes, name };
        self.inner.borrow_mut().requests.insert(ticket, request);
        let road = Rc::clone(self);
        let engine = self.engines.get();
        spawn_local(async move {
            let token = road.cloud.client().token().await;
            // Given up while we waited for the token.
            if road.engines.get() != engine || !road.inner.borrow().requests.contains_key(&ticket) {
                return;
            }
            let Ok((token, generation)) = token else {
                road.tell(Event::SignedOut);
                return;
            };
            let started = target.map_err(|error| said(&error)).and_then(|target| {
                let mut headers = target.headers;
                headers.push(("X-Auth-Token".to_owned(), token.reveal().to_owned()));
                let again = Rc::clone(&road);
                let service = target.service;
                Sending::start(&target.url, &headers, &content?, move |event| {
                    again.hear(ticket, service, event)
                })
                .map_err(|error| format!("{error:?}"))
            });
            match started {
                Ok(sending) => {
                    let mut inner = road.inner.borrow_mut();
                    if let Some(request) = inner.requests.get_mut(&ticket) {
                        request.token = Some(generation);
                        request.sending = Some(sending);
                    }
                }
                Err(why) => {
                    leptos::logging::error!("the browser refused to send: {why}");
                    road.broken(ticket);
                }
            }
        });
    }

    fn hear(self: &Rc<Self>, ticket: Ticket, service: Service, event: SendEvent) {
        match event {
            SendEvent::Progress(sent_bytes) => {
                self.tell(Event::SendProgress { ticket, sent_bytes });
            }
            SendEvent::Broken => self.broken(ticket),
            SendEvent::Answered { status, body, headers } => {
                let request = self.inner.borrow_mut().requests.remove(&ticket);
                if status == 401 {
                    let mut inner = self.inner.borrow_mut();
                    let token = request.as_ref().and_then(|request| request.token);
                    // Requests that went out with the same token are refused one after the other; a late one must not
                    // hide that a newer token was refused.
                    inner.refused = inner.refused.max(token);
                }
                let (message, retry_after) = if (200..300).contains(&status) {
                    (String::new(), None)
                } else {
                    let response = Response { status, headers, body: body.into_bytes() };
                    let error = ApiError::from_response("send the data", service, &response);
                    let name = request.map(|request| request.name).unwrap_or_default();
                    self.note_trouble(&name, &error);
                    (said(&error), error.retry_after)
                };
                self.tell(Event::SendDone { ticket, status, message, retry_after });
            }
        }
    }

    /// No answer came. Reading a byte of what was sent tells the file from the network.
    fn broken(self: &Rc<Self>, ticket: Ticket) {
        let Some(request) = self.inner.borrow_mut().requests.remove(&ticket) else { return };
        let road = Rc::clone(self);
        self.then(async move {
            match road.upload.why_unreadable_at(request.offset_bytes).await {
                Some(message) => Event::SourceLost { ticket, message },
                None => {
                    let (kind, service) = (openstack::ErrorKind::Unreachable, Service::ObjectStore);
                    let error = ApiError::local("send the data", service, kind, "");
                    road.note_trouble(&request.name, &error);
                    Event::SendBroken { ticket }
                }
            }
        });
    }

    /// All who were refused with the same token share one renewal, and one dialog: the client sees to that.
    pub(super) fn await_token(self: &Rc<Self>, ticket: Ticket) {
        let cloud = self.cloud.clone();
        let refused = self.inner.borrow().refused;
        self.then(async move {
            let renewed = match refused {
                Some(generation) => cloud.client().token_after(generation).await,
                None => cloud.client().token().await,
            };
            if renewed.is_ok() { Event::TokenRenewed { ticket } } else { Event::SignedOut }
        });
    }
}

/// A moment in seconds since 1970.
pub(super) fn moment(unix_s: u64) -> Timestamp {
    Timestamp::from_millisecond(i64::try_from(unix_s).unwrap_or(i64::MAX).saturating_mul(1000))
}
