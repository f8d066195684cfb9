//! Deleting an image: what follows from it, who uses it, and why the cloud refused. One that points to volume snapshots
//! has a question more (`delete_parts`).

use leptos::prelude::*;
use leptos::task::spawn_local;
use openstack::image::Image;
use openstack::{ApiError, ErrorKind, ImageId};

use super::actions::ImageActions;
use super::delete_parts::DeleteWithParts;
use super::display_name;
use super::usage::use_words;
use crate::cloud::{Cloud, ImageUse};
use crate::text::{errors, format, tr, tr_with};
use crate::ui::{Button, ButtonKind, Note, Toast, Tone};

/// The dialog's body and foot.
#[component]
pub(super) fn DeleteImage(
    /// The page's actions.
    actions: ImageActions,
    /// The image.
    image: Image,
) -> impl IntoView {
    if !image.volume_snapshots().is_empty() {
        return view! { <DeleteWithParts actions=actions image=image /> }.into_any();
    }
    let deleting = RwSignal::new(false);
    let refused = RwSignal::new(None::<ApiError>);
    let users = LocalResource::new({
        let (cloud, id) = (actions.cloud.get_value(), image.id.clone());
        move || look(cloud.clone(), id.clone())
    });
    let consequences = consequences(&image);
    let delete = move |_| {
        if deleting.get_untracked() {
            return;
        }
        deleting.set(true);
        refused.set(None);
        let (cloud, image) = (actions.cloud.get_value(), image.clone());
        spawn_local(async move {
            let answer = cloud.delete_image(&image.id).await;
            // The dialog drops its content when it is closed.
            let in_sight = deleting.try_set(false).is_none();
            let name = display_name(&image);
            match answer {
                Ok(()) => {
                    let words = tr_with("{name} was deleted", &[("name", &name)]);
                    gone(actions, image, words, in_sight);
                }
                // Somebody else was quicker: what was asked for is so.
                Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Gone) => {
                    let words = tr_with("{name} was deleted already", &[("name", &name)]);
                    gone(actions, image, words, in_sight);
                }
                Err(error) if in_sight => refused.set(Some(error)),
                Err(error) => tell_refusal(actions, &image, &error),
            }
        });
    };
    view! {
        <div class="dialog__body">
            <p>{consequences}</p>
            {move || users.get().map(|users| users_view(&users))}
            {move || refused.get().map(|error| {
                let words = errors::api(&error, Some(tr("The image is still there.")));
                let text = words.text_with_request();
                view! { <Note tone=Tone::Danger title=words.title text=text /> }
            })}
        </div>
        <div class="dialog__foot">
            <Button on_press=move |_| actions.open.set(false)>{tr("Keep it")}</Button>
            <Button kind=ButtonKind::DangerSolid busy=deleting on_press=delete>{tr("Delete image")}</Button>
        </div>
    }
    .into_any()
}

/// The refusal, where the dialog that would show it is closed.
pub(super) fn tell_refusal(actions: ImageActions, image: &Image, error: &ApiError) {
    let words = errors::api(error, Some(tr("The image is still there.")));
    let title = format!("{}: {}", display_name(image), words.title);
    actions.toasts.show(Toast::danger(title, words.text_with_request()));
}

fn gone(actions: ImageActions, image: Image, words: String, in_sight: bool) {
    if in_sight {
        actions.open.try_set(false);
    }
    actions.toasts.show(Toast::ok(words));
    actions.on_deleted.try_run(image);
}

async fn look(cloud: Cloud, id: ImageId) -> Result<ImageUse, ApiError> {
    cloud.image_use(&id, &[]).await
}

fn users_view(users: &Result<ImageUse, ApiError>) -> AnyView {
    match users {
        Ok(users) if users.is_empty() => ().into_any(),
        Ok(users) => {
            let title = tr_with("In use by {what}", &[("what", &use_words(users))]);
            let text = tr(
                "They go on as they are. What is lost: instances cannot be rebuilt from it or rescued with it, and some clouds refuse to delete an image while volumes hang on it.",
            );
            view! { <Note tone=Tone::Warn title=title text=Some(text.to_owned()) /> }.into_any()
        }
        Err(error) => {
            let words = errors::api(error, None);
            let title = tr("Whether anything uses it could not be found out");
            view! { <Note tone=Tone::Warn title=title text=Some(words.paragraph()) /> }.into_any()
        }
    }
}

/// What deleting does, said of this image.
fn consequences(image: &Image) -> String {
    if image.is_volume_snapshot() {
        return tr("It holds no data itself: only the record goes.").to_owned();
    }
    let stay = tr("Instances and volumes that were made from it stay as they are.");
    match image.size_bytes {
        Some(size_bytes) if size_bytes > 0 => {
            let size = format::bytes(size_bytes);
            format!("{} {stay}", tr_with("Its {size} are removed for good.", &[("size", &size)]))
        }
        _ => format!("{} {stay}", tr("It holds no data yet.")),
    }
}
