//! What can be done with an image from several pages. What is done at a press is here; what asks or needs words first is
//! in the page's one dialog (`dialogs`).

use std::collections::HashSet;
use std::future::Future;

use leptos::prelude::*;
use leptos::task::spawn_local;
use openstack::image::{Image, ImageStatus, MemberStatus};
use openstack::{ApiError, ErrorKind, ImageId};

use super::display_name;
use crate::cloud::{Cloud, use_cloud};
use crate::text::{errors, tr, tr_with};
use crate::ui::{Toast, Toasts};

/// What the page's dialog is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    /// Whether to delete it.
    Delete,
    /// Which project to share it with.
    Share,
    /// What volume to make from it.
    Volume,
    /// How its data is saved to this computer.
    Download,
}

/// The actions of one page. Cheap to copy.
#[derive(Clone, Copy)]
pub struct ImageActions {
    pub(super) cloud: StoredValue<Cloud>,
    pub(super) toasts: Toasts,
    pub(super) on_changed: Callback<Image>,
    pub(super) on_deleted: Callback<Image>,
    /// Images that are being changed.
    changing: RwSignal<HashSet<ImageId>>,
    /// What the dialog is about. It stays while the dialog closes.
    pub(super) asked: RwSignal<Option<(Asking, Image)>>,
    pub(super) open: RwSignal<bool>,
}

/// Makes the actions of a page. `on_changed` gets the image as it is then (look again: what others see of it may have
/// changed as well), `on_deleted` one that is gone. [`super::ImageDialogs`] has to be in the page once.
pub fn use_image_actions(
    toasts: Toasts,
    on_changed: impl Fn(Image) + Send + Sync + 'static,
    on_deleted: impl Fn(Image) + Send + Sync + 'static,
) -> ImageActions {
    ImageActions {
        cloud: StoredValue::new(use_cloud()),
        toasts,
        on_changed: Callback::new(on_changed),
        on_deleted: Callback::new(on_deleted),
        changing: RwSignal::new(HashSet::new()),
        asked: RwSignal::new(None),
        open: RwSignal::new(false),
    }
}

impl ImageActions {
    /// Whether the image is being changed.
    pub fn is_changing(self, id: &ImageId) -> bool {
        self.changing.with(|changing| changing.contains(id))
    }

    /// Protects or unprotects.
    pub fn protect(self, image: &Image, protected: bool) {
        let (id, cloud) = (image.id.clone(), self.cloud.get_value());
        let name = display_name(image);
        let (done, failed) = match protected {
            true => (
                tr_with("{name} is protected", &[("name", &name)]),
                tr_with("Could not protect {name}", &[("name", &name)]),
            ),
            false => (
                tr_with("{name} can be deleted again", &[("name", &name)]),
                tr_with("Could not unprotect {name}", &[("name", &name)]),
            ),
        };
        self.change(
            image,
            done,
            failed,
            None,
            async move { cloud.protect_image(&id, protected).await },
        );
    }

    /// Opens or closes its data.
    pub fn reactivate(self, image: &Image, open: bool) {
        let (mut after, cloud) = (image.clone(), self.cloud.get_value());
        let name = display_name(image);
        let (done, failed) = match open {
            true => (
                tr_with("{name} can be used again", &[("name", &name)]),
                tr_with("Could not reactivate {name}", &[("name", &name)]),
            ),
            false => (
                tr_with(
                    "{name} is deactivated: nobody can launch or download it",
                    &[("name", &name)],
                ),
                tr_with("Could not deactivate {name}", &[("name", &name)]),
            ),
        };
        let forbidden = tr(
            "In some clouds only operators may deactivate and reactivate images; ask your cloud’s support.",
        );
        self.change(image, done, failed, Some(forbidden), async move {
            cloud.open_image(&after.id, open).await?;
            after.status = if open { ImageStatus::Active } else { ImageStatus::Deactivated };
            Ok(after)
        });
    }

    /// Accepts an image that another project shares with this one, or rejects it.
    pub fn answer(self, image: &Image, accept: bool) {
        let (after, cloud) = (image.clone(), self.cloud.get_value());
        let name = display_name(image);
        let (status, done) = match accept {
            true => (
                MemberStatus::Accepted,
                tr_with("{name} is in this project’s list now", &[("name", &name)]),
            ),
            false => (
                MemberStatus::Rejected,
                tr_with("{name} is rejected and in no list of this project", &[("name", &name)]),
            ),
        };
        let failed = tr_with("Could not answer the offer of {name}", &[("name", &name)]);
        self.change(image, done, failed, None, async move {
            cloud.answer_image(&after.id, &status).await?;
            Ok(after)
        });
    }

    /// Adds a tag or removes it.
    pub fn tag(self, image: &Image, tag: String, there: bool) {
        let (mut after, cloud) = (image.clone(), self.cloud.get_value());
        let (done, failed) = match there {
            true => (
                tr_with("Tag {tag} is added", &[("tag", &tag)]),
                tr_with("Could not add the tag {tag}", &[("tag", &tag)]),
            ),
            false => (
                tr_with("Tag {tag} is removed", &[("tag", &tag)]),
                tr_with("Could not remove the tag {tag}", &[("tag", &tag)]),
            ),
        };
        self.change(image, done, failed, None, async move {
            cloud.tag_image(&after.id, &tag, there).await?;
            after.tags.retain(|other| *other != tag);
            if there {
                after.tags.push(tag);
            }
            Ok(after)
        });
    }

    /// Opens the page's dialog about an image.
    pub fn ask(self, asking: Asking, image: Image) {
        self.asked.set(Some((asking, image)));
        self.open.set(true);
    }

    /// Asks before an image is deleted.
    pub fn ask_to_delete(self, image: Image) {
        self.ask(Asking::Delete, image);
    }

    /// Does one thing at a time to an image and says what came of it. `forbidden` is what a 403 means besides.
    fn change(
        self,
        image: &Image,
        done: String,
        failed: String,
        forbidden: Option<&'static str>,
        work: impl Future<Output = Result<Image, ApiError>> + 'static,
    ) {
        let id = image.id.clone();
        if !self.changing.try_update(|changing| changing.insert(id.clone())).unwrap_or(false) {
            return;
        }
        spawn_local(async move {
            let answer = work.await;
            self.changing.try_update(|changing| changing.remove(&id));
            match answer {
                Ok(image) => {
                    self.toasts.show(Toast::ok(done));
                    self.on_changed.try_run(image);
                }
                Err(error) => {
                    let hint = forbidden.filter(|_| error.kind == ErrorKind::Forbidden);
                    let words = errors::api(&error, hint);
                    self.toasts.show(Toast::danger(failed, words.text_with_request()));
                }
            }
        });
    }
}
