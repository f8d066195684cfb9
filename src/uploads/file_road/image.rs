//! What is asked of Glance.

use std::rc::Rc;
use std::time::Duration;

use openstack::image;
use openstack::{ErrorKind, ImageId};
use upload::{CloudImage, CloudStatus, Event, Ticket};

use super::super::store::{NotOpen, without_signatures};
use super::{FileRoad, said};

impl FileRoad {
    pub(super) fn create_record(self: &Rc<Self>, ticket: Ticket) {
        let road = Rc::clone(self);
        self.then(async move {
            match image::create(road.cloud.client(), &road.record).await {
                Ok(image) => Event::RecordCreated { ticket, id: image.id.as_str().to_owned() },
                Err(error) if error.kind == ErrorKind::SignedOut => Event::SignedOut,
                Err(error) => {
                    road.note_trouble("POST /images", &error);
                    match error.status {
                        Some(status) => {
                            Event::RecordRefused { ticket, status, message: said(&error) }
                        }
                        None => Event::RecordUnknown { ticket },
                    }
                }
            }
        });
    }

    pub(super) fn look(self: &Rc<Self>, ticket: Ticket, id: ImageId, after: Duration) {
        let road = Rc::clone(self);
        self.then(async move {
            gloo_timers::future::sleep(after).await;
            match image::show(road.cloud.client(), &id).await {
                Ok(image) => Event::Image {
                    ticket,
                    image: CloudImage {
                        status: CloudStatus::from(image.status.as_str()),
                        has_import_task: image.property("os_glance_import_task").is_some(),
                        size_bytes: image.size_bytes,
                        hash_algo: image.hash_algo,
                        hash_value: image.hash_value,
                    },
                },
                Err(error) => {
                    road.note_trouble(&format!("GET /images/{id}"), &error);
                    match error.kind {
                        ErrorKind::NotFound | ErrorKind::Gone => Event::ImageGone { ticket },
                        ErrorKind::SignedOut => Event::SignedOut,
                        _ => Event::LookFailed { ticket },
                    }
                }
            }
        });
    }

    pub(super) fn delete(self: &Rc<Self>, ticket: Ticket, id: ImageId, after: Duration) {
        let road = Rc::clone(self);
        self.then(async move {
            gloo_timers::future::sleep(after).await;
            match image::delete(road.cloud.client(), &id).await {
                Ok(()) => Event::RecordDeleted { ticket },
                Err(error) => match error.kind {
                    ErrorKind::NotFound | ErrorKind::Gone => Event::RecordDeleted { ticket },
                    ErrorKind::SignedOut => Event::SignedOut,
                    _ => {
                        road.note_trouble(&format!("DELETE /images/{id}"), &error);
                        Event::DeleteFailed { ticket }
                    }
                },
            }
        });
    }

    /// The signed URL is made here and lives no longer than this call.
    pub(super) fn start_import(self: &Rc<Self>, ticket: Ticket, id: ImageId, object: String) {
        let road = Rc::clone(self);
        self.then(async move {
            let url = match road.store.sign(&object).await {
                Ok(url) => url,
                Err(NotOpen::Api(error)) => {
                    return road.failed(ticket, "HEAD slipway-uploads", &error);
                }
                Err(NotOpen::Cannot(why)) => return road.cannot(ticket, why),
            };
            match image::import_from_url(road.cloud.client(), &id, url.reveal()).await {
                Ok(()) => Event::Done { ticket },
                Err(error) => road.failed(ticket, &format!("POST /images/{id}/import"), &error),
            }
        });
    }

    pub(super) fn look_at_task(self: &Rc<Self>, ticket: Ticket, id: ImageId) {
        let road = Rc::clone(self);
        self.then(async move {
            match image::tasks(road.cloud.client(), &id).await {
                Ok(tasks) => {
                    let newest = image::newest_task(&tasks.items);
                    let status = newest.map(|task| task.status.as_str().to_owned());
                    Event::Task {
                        ticket,
                        status: status.unwrap_or_default(),
                        message: newest
                            .map(|task| without_signatures(&task.message))
                            .unwrap_or_default(),
                    }
                }
                // A cloud older than the call shows none.
                Err(error) if error.kind == ErrorKind::NotFound => {
                    Event::Task { ticket, status: String::new(), message: String::new() }
                }
                Err(error) => road.failed(ticket, &format!("GET /images/{id}/tasks"), &error),
            }
        });
    }
}
