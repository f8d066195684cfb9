//! What can be done with an image from several pages: protect, unprotect, delete. The dialog that asks is one for the
//! page, not one for each row.

use std::collections::HashSet;

use leptos::prelude::*;
use leptos::task::spawn_local;
use openstack::image::Image;
use openstack::{ApiError, ErrorKind, ImageId};

use super::display_name;
use crate::cloud::{Cloud, use_cloud};
use crate::text::{errors, format};
use crate::ui::{ConfirmDialog, Note, Toast, Toasts, Tone};

/// The actions of one page. Cheap to copy.
#[derive(Clone, Copy)]
pub struct ImageActions {
    cloud: StoredValue<Cloud>,
    toasts: Toasts,
    on_changed: Callback<Image>,
    on_deleted: Callback<Image>,
    /// Images whose protection is being changed.
    changing: RwSignal<HashSet<ImageId>>,
    /// The image that the dialog is about. It stays while the dialog closes.
    asked: RwSignal<Option<Image>>,
    open: RwSignal<bool>,
    deleting: RwSignal<bool>,
    refused: RwSignal<Option<ApiError>>,
}

/// Makes the actions of a page. `on_changed` gets the image as the cloud answered it, `on_deleted` one that is gone.
/// [`DeleteImageDialog`] has to be in the page once.
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
        deleting: RwSignal::new(false),
        refused: RwSignal::new(None),
    }
}

impl ImageActions {
    /// Whether the image's protection is being changed.
    pub fn is_changing(self, id: &ImageId) -> bool {
        self.changing.with(|changing| changing.contains(id))
    }

    /// Protects or unprotects.
    pub fn protect(self, image: &Image, protected: bool) {
        let (id, name) = (image.id.clone(), display_name(image));
        if !self.changing.try_update(|changing| changing.insert(id.clone())).unwrap_or(false) {
            return;
        }
        let cloud = self.cloud.get_value();
        spawn_local(async move {
            let answer = cloud.protect_image(&id, protected).await;
            self.changing.try_update(|changing| changing.remove(&id));
            match answer {
                Ok(image) => {
                    let state =
                        if image.protected { "is protected" } else { "can be deleted again" };
                    self.toasts.show(Toast::ok(format!("{name} {state}")));
                    self.on_changed.try_run(image);
                }
                Err(error) => {
                    let words = errors::api(&error, None);
                    let verb = if protected { "protect" } else { "unprotect" };
                    self.toasts.show(Toast::danger(
                        format!("Could not {verb} {name}"),
                        words.text_with_request(),
                    ));
                }
            }
        });
    }

    /// Asks before an image is deleted.
    pub fn ask_to_delete(self, image: Image) {
        self.refused.set(None);
        self.asked.set(Some(image));
        self.open.set(true);
    }

    fn delete(self) {
        let Some(image) = self.asked.get_untracked() else { return };
        if self.deleting.get_untracked() {
            return;
        }
        self.deleting.set(true);
        self.refused.set(None);
        let cloud = self.cloud.get_value();
        spawn_local(async move {
            let answer = cloud.delete_image(&image.id).await;
            self.deleting.try_set(false);
            match answer {
                Ok(()) => self.gone(image, "was deleted"),
                // Somebody else was quicker: what was asked for is so.
                Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Gone) => {
                    self.gone(image, "was deleted already");
                }
                Err(error) => {
                    self.refused.try_set(Some(error));
                }
            }
        });
    }

    fn gone(self, image: Image, how: &str) {
        self.open.try_set(false);
        self.toasts.show(Toast::ok(format!("{} {how}", display_name(&image))));
        self.on_deleted.try_run(image);
    }
}

/// The dialog that asks before an image is deleted, and says why the cloud refused.
#[component]
pub fn DeleteImageDialog(
    /// The page's actions.
    actions: ImageActions,
) -> impl IntoView {
    let name =
        move || actions.asked.with(|image| image.as_ref().map(display_name).unwrap_or_default());
    let title = Signal::derive(move || format!("Delete {}?", name()));
    view! {
        <ConfirmDialog
            open=actions.open
            title=title
            confirm="Delete image"
            cancel="Keep it"
            danger=true
            busy=actions.deleting
            on_confirm=move |()| actions.delete()
        >
            <p>{move || actions.asked.with(|image| image.as_ref().map(consequences))}</p>
            {move || actions.refused.get().map(|error| {
                let words = errors::api(&error, Some("The image is still there."));
                let text = words.text_with_request();
                view! { <Note tone=Tone::Danger title=words.title text=text /> }
            })}
        </ConfirmDialog>
    }
}

/// What deleting does, said of this image.
fn consequences(image: &Image) -> String {
    if image.is_volume_snapshot() {
        return "It holds no data itself. The volume snapshots that it points to stay and go on counting against the quota."
            .to_owned();
    }
    let data = match image.size_bytes {
        Some(size_bytes) if size_bytes > 0 => {
            format!("Its {} are removed for good.", format::bytes(size_bytes))
        }
        _ => "It holds no data yet.".to_owned(),
    };
    format!("{data} Instances and volumes that were made from it stay as they are.")
}
