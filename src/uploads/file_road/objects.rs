//! What is asked of the object store, save for the segments themselves.

use std::rc::Rc;
use std::time::Duration;

use openstack::ErrorKind;
use openstack::object_store as swift;
use upload::{Event, ManifestEntry, StoredObject, Ticket};

use super::super::roads::WhyDirect;
use super::super::store::{CONTAINER, NotOpen};
use super::FileRoad;
use super::data::moment;

impl FileRoad {
    pub(super) fn open_store(self: &Rc<Self>, ticket: Ticket) {
        let road = Rc::clone(self);
        self.then(async move {
            match road.store.open().await {
                Ok(()) => Event::Done { ticket },
                Err(NotOpen::Api(error)) => road.failed(ticket, "PUT slipway-uploads", &error),
                Err(NotOpen::Cannot(why)) => road.cannot(ticket, why),
            }
        });
    }

    /// The store cannot be used, whatever is repeated: said as a refusal, as waiting would not help.
    pub(super) fn cannot(&self, ticket: Ticket, why: WhyDirect) -> Event {
        *self.why_closed.borrow_mut() = Some(why);
        Event::Refused { ticket, status: 403, message: String::new(), retry_after: None }
    }

    /// Why the store cannot be used, where that is known better than by an answer.
    pub(in crate::uploads) fn why_closed(&self) -> Option<WhyDirect> {
        self.why_closed.borrow().clone()
    }

    pub(super) fn look_at_store(self: &Rc<Self>, ticket: Ticket) {
        let road = Rc::clone(self);
        self.then(async move {
            match swift::container_show(road.cloud.client(), CONTAINER).await {
                Ok(Some(container)) => Event::StoreState {
                    ticket,
                    quota_bytes: container.quota_bytes,
                    used_bytes: container.used_bytes,
                },
                Ok(None) => Event::Refused {
                    ticket,
                    status: 404,
                    message: String::new(),
                    retry_after: None,
                },
                Err(error) => road.failed(ticket, "HEAD slipway-uploads", &error),
            }
        });
    }

    pub(super) fn list_objects(self: &Rc<Self>, ticket: Ticket, prefix: String) {
        let road = Rc::clone(self);
        self.then(async move {
            let listed = swift::list_all_objects(road.cloud.client(), CONTAINER, &prefix).await;
            match listed {
                Ok(listing) => Event::Listed {
                    ticket,
                    objects: listing
                        .items
                        .into_iter()
                        .map(|object| StoredObject {
                            name: object.name,
                            size_bytes: object.bytes,
                            md5: object.hash,
                        })
                        .collect(),
                },
                Err(error) => road.failed(ticket, "GET slipway-uploads", &error),
            }
        });
    }

    pub(super) fn put_lease(self: &Rc<Self>, ticket: Ticket, name: String, delete_at: u64) {
        let road = Rc::clone(self);
        self.then(async move {
            let delete_at = delete_at.to_string();
            let headers = [("X-Delete-At", delete_at.as_str())];
            let client = road.cloud.client();
            match swift::object_put(client, CONTAINER, &name, Vec::new(), &headers).await {
                Ok(put) => {
                    road.store.learn_time(put.last_modified);
                    Event::Done { ticket }
                }
                Err(error) => road.failed(ticket, &format!("PUT {name}"), &error),
            }
        });
    }

    pub(super) fn look_at_object(self: &Rc<Self>, ticket: Ticket, name: String, after: Duration) {
        let road = Rc::clone(self);
        self.then(async move {
            gloo_timers::future::sleep(after).await;
            match swift::object_show(road.cloud.client(), CONTAINER, &name).await {
                Ok(Some(object)) => match (object.bytes, object.etag) {
                    (Some(size_bytes), Some(etag)) => Event::Object { ticket, size_bytes, etag },
                    // A gateway that hides what tells one object from another.
                    _ => Event::NoReply { ticket },
                },
                Ok(None) => Event::ObjectGone { ticket },
                Err(error) => road.failed(ticket, &format!("HEAD {name}"), &error),
            }
        });
    }

    pub(super) fn put_manifest(
        self: &Rc<Self>,
        ticket: Ticket,
        name: String,
        entries: Vec<ManifestEntry>,
        etag: String,
        delete_at_unix_s: u64,
    ) {
        let road = Rc::clone(self);
        self.then(async move {
            let entries: Vec<swift::ManifestEntry> = entries
                .into_iter()
                .map(|entry| swift::ManifestEntry {
                    container: CONTAINER.to_owned(),
                    name: entry.name,
                    etag: entry.etag,
                    size_bytes: entry.size_bytes,
                })
                .collect();
            let client = road.cloud.client();
            let delete_at = Some(moment(delete_at_unix_s));
            let put =
                swift::manifest_put(client, CONTAINER, &name, &entries, Some(&etag), delete_at);
            match put.await {
                Ok(put) => {
                    road.store.learn_time(put.last_modified);
                    Event::Done { ticket }
                }
                Err(error) => road.failed(ticket, &format!("PUT {name}"), &error),
            }
        });
    }

    pub(super) fn delete_object(self: &Rc<Self>, ticket: Ticket, name: String, after: Duration) {
        let road = Rc::clone(self);
        self.then(async move {
            gloo_timers::future::sleep(after).await;
            match swift::object_delete(road.cloud.client(), CONTAINER, &name).await {
                Ok(()) => Event::Done { ticket },
                Err(error) if error.kind == ErrorKind::NotFound => Event::Done { ticket },
                Err(error) => road.failed(ticket, &format!("DELETE {name}"), &error),
            }
        });
    }
}
