//! Which effect of the engine is performed where.

use std::rc::Rc;

use openstack::ImageId;
use upload::{Effect, Event};

use super::{FileRoad, data};

impl FileRoad {
    pub(super) fn perform(self: &Rc<Self>, effect: Effect) {
        match effect {
            Effect::CreateRecord { ticket } => self.create_record(ticket),
            Effect::LookAtImage { ticket, id, after } => self.look(ticket, ImageId::new(id), after),
            Effect::DeleteRecord { ticket, id, after } => {
                self.delete(ticket, ImageId::new(id), after)
            }
            Effect::StartImport { ticket, id, object } => {
                self.start_import(ticket, ImageId::new(id), object)
            }
            Effect::LookAtTask { ticket, id } => self.look_at_task(ticket, ImageId::new(id)),

            Effect::Send { ticket, id } => {
                let id = ImageId::new(id);
                let waits = self.inner.borrow().width == 0;
                if waits {
                    self.inner.borrow_mut().held = Some((ticket, id));
                } else {
                    self.send_whole(ticket, id);
                }
            }
            Effect::SendSegment {
                ticket,
                name,
                offset_bytes,
                length_bytes,
                md5,
                delete_at_unix_s,
            } => {
                let slice = data::Slice { offset_bytes, length_bytes };
                self.send_segment(ticket, name, slice, md5, delete_at_unix_s);
            }
            Effect::AbortSend { ticket } => {
                let mut inner = self.inner.borrow_mut();
                inner.held.take_if(|(held, _)| *held == ticket);
                let request = inner.requests.remove(&ticket);
                drop(inner);
                // Outside of the borrow: aborting may call back.
                drop(request);
            }
            Effect::AwaitToken { ticket } => self.await_token(ticket),

            Effect::StartHash { ticket } => self.hash(ticket),
            Effect::StopHash => self.stop_hash(),
            Effect::HashSegments { ticket, from, checkpoint } => {
                self.hash_segments(ticket, from, checkpoint)
            }
            Effect::HashSample { ticket, index } => self.hash_sample(ticket, index),

            Effect::OpenStore { ticket } => self.open_store(ticket),
            Effect::LookAtStore { ticket } => self.look_at_store(ticket),
            Effect::ListObjects { ticket, prefix } => self.list_objects(ticket, prefix),
            Effect::PutLease { ticket, name, delete_at_unix_s } => {
                self.put_lease(ticket, name, delete_at_unix_s)
            }
            Effect::LookAtObject { ticket, name, after } => {
                self.look_at_object(ticket, name, after)
            }
            Effect::PutManifest { ticket, name, entries, etag, delete_at_unix_s } => {
                self.put_manifest(ticket, name, entries, etag, delete_at_unix_s)
            }
            Effect::DeleteObject { ticket, name, after } => self.delete_object(ticket, name, after),

            Effect::Wait { ticket, after } => self.then(async move {
                gloo_timers::future::sleep(after).await;
                Event::Done { ticket }
            }),
            Effect::Note(note) => self.remember_note(&note),
            Effect::Finished(outcome) => self.finished(outcome),
        }
    }
}
