//! Making a volume from an image: name, size, type, zone; then following it until it is available or failed.

use std::time::Duration;

use futures_util::future::join3;
use leptos::prelude::*;
use leptos::task::spawn_local;
use openstack::image::Image;
use openstack::volume::{CreateVolume, Volume, VolumeStatus, VolumeType};
use openstack::{ApiError, ErrorKind};

use super::actions::ImageActions;
use super::display_name;
use crate::cloud::Cloud;
use crate::text::{errors, format, tr, tr_with};
use crate::ui::{
    Button, ButtonKind, Choice, Field, Input, Note, Progress, Select, Shape, Status, Toast, Toasts,
    Tone,
};

/// Pause between two looks at a volume that is being made.
const GLANCE: Duration = Duration::from_secs(2);
/// Looks that may fail in a row before following is given up.
const PATIENCE: u32 = 20;

/// How far it is.
#[derive(Clone, Debug, PartialEq)]
enum Making {
    Asking,
    Sending,
    Refused(ApiError),
    Made(Volume),
    Lost(ApiError),
}

/// What the cloud offers for it. What could not be read is left to the cloud.
#[derive(Clone, Debug, Default, PartialEq)]
struct Offer {
    types: Vec<VolumeType>,
    default_type: Option<String>,
    zones: Vec<String>,
    gib_left: Option<u64>,
}

/// The dialog's body and foot.
#[component]
pub(super) fn VolumeFromImage(
    /// The page's actions.
    actions: ImageActions,
    /// The image.
    image: Image,
) -> impl IntoView {
    let smallest = smallest_gib(
        &image,
        actions.cloud.with_value(|cloud| cloud.config().smallest_boot_volume_gib),
    );
    let name = RwSignal::new(display_name(&image));
    let size = RwSignal::new(smallest.to_string());
    let (kind, zone) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let making = RwSignal::new(Making::Asking);
    let tried = RwSignal::new(false);
    let offer = LocalResource::new({
        let cloud = actions.cloud.get_value();
        move || ask(cloud.clone())
    });
    let offered = Signal::derive(move || offer.get().unwrap_or_default());
    let wrong_size =
        Memo::new(move |_| wrong_size(&size.read(), smallest, offered.read().gib_left));
    let refusal = move |at: At| {
        making.with(|making| match making {
            Making::Refused(error) if At::of(error) == at => Some(words(error)),
            _ => None,
        })
    };
    let size_error = Signal::derive(move || {
        wrong_size.get().filter(|_| tried.get()).or_else(|| refusal(At::Size))
    });
    let busy = Signal::derive(move || making.with(|making| *making == Making::Sending));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if busy.get_untracked() || wrong_size.read_untracked().is_some() {
            return;
        }
        let some =
            |text: RwSignal<String>| Some(text.get_untracked()).filter(|text| !text.is_empty());
        let wanted = CreateVolume {
            name: name.get_untracked().trim().to_owned(),
            size_gib: size.read_untracked().trim().parse().unwrap_or(smallest),
            image: Some(image.id.clone()),
            volume_type: some(kind),
            availability_zone: some(zone),
            ..CreateVolume::default()
        };
        making.set(Making::Sending);
        let (cloud, toasts) = (actions.cloud.get_value(), actions.toasts);
        spawn_local(make(cloud, wanted, making, actions.open, toasts));
    };
    let hint = tr_with(
        "At least {size}: what the unpacked data and the image’s smallest disk need.",
        &[("size", &format::disk(smallest))],
    );
    let types = Signal::derive(move || offered.with(type_choices));
    let zones = Signal::derive(move || offered.with(|offer| zone_choices(&offer.zones)));
    view! {
        {move || match making.get() {
            Making::Made(volume) => view! { <Made volume=volume actions=actions /> }.into_any(),
            Making::Lost(error) => view! { <Lost error=error actions=actions /> }.into_any(),
            _ => view! {
                <form novalidate on:submit=submit.clone()>
                    <div class="dialog__body">
                        <Field label=tr("Name")><Input value=name /></Field>
                        <div class="pair">
                            <Field label=tr("Size") hint=Some(hint.clone()) error=size_error>
                                <Input value=size inputmode="numeric" unit="GiB" short=true />
                            </Field>
                            <Field label=tr("Volume type") error=Signal::derive(move || refusal(At::Type))>
                                <Select value=kind options=types />
                            </Field>
                            <Field label=tr("Zone") error=Signal::derive(move || refusal(At::Zone))>
                                <Select value=zone options=zones />
                            </Field>
                        </div>
                        {move || refusal(At::Form).map(|text| view! {
                            <Note tone=Tone::Danger title=tr("The volume was not created") text=Some(text) />
                        })}
                    </div>
                    <div class="dialog__foot">
                        <Button on_press=move |_| actions.open.set(false)>{tr("Cancel")}</Button>
                        <Button kind=ButtonKind::Primary submit=true busy=busy>{tr("Create volume")}</Button>
                    </div>
                </form>
            }.into_any(),
        }}
    }
}

/// A volume that was made or is being made.
#[component]
fn Made(volume: Volume, actions: ImageActions) -> impl IntoView {
    let (shape, word) = state(&volume.status);
    let going_on = volume.status.is_changing();
    let text = match &volume.status {
        VolumeStatus::Error => tr(
            "The cloud could not make it and does not say why. Its record stays until it is deleted: `openstack volume delete` with its id.",
        ),
        VolumeStatus::Available => {
            tr("Instances can boot from it, and it can be attached to them.")
        }
        _ => tr(
            "The cloud copies the image’s data to it. You may close this; you are told when it is done.",
        ),
    };
    view! {
        <div class="dialog__body">
            <p role="status"><Status shape=shape word=word /></p>
            <p>{volume.name.clone()}", "{format::disk(volume.size_gib)}" " <code>{volume.id.to_string()}</code></p>
            {going_on.then(|| view! { <Progress label=tr("The volume") share=None thin=true /> })}
            <p class="muted">{crate::ui::marked(text)}</p>
        </div>
        <div class="dialog__foot">
            <Button kind=ButtonKind::Primary on_press=move |_| actions.open.set(false)>{tr("Close")}</Button>
        </div>
    }
}

#[component]
fn Lost(error: ApiError, actions: ImageActions) -> impl IntoView {
    let words = errors::api(&error, Some(tr("The volume may be made nevertheless.")));
    let text = words.text_with_request();
    view! {
        <div class="dialog__body"><Note tone=Tone::Warn title=words.title text=text /></div>
        <div class="dialog__foot">
            <Button kind=ButtonKind::Primary on_press=move |_| actions.open.set(false)>{tr("Close")}</Button>
        </div>
    }
}

/// Makes it and follows it. When the dialog is closed meanwhile, a toast tells the end.
async fn make(
    cloud: Cloud,
    wanted: CreateVolume,
    making: RwSignal<Making>,
    open: RwSignal<bool>,
    toasts: Toasts,
) {
    let mut volume = match cloud.create_volume(&wanted).await {
        Ok(volume) => volume,
        Err(error) => {
            // The dialog was closed meanwhile: nobody would see it there.
            if let Some(Making::Refused(error)) = making.try_set(Making::Refused(error)) {
                let text = errors::api(&error, None).text_with_request();
                toasts.show(Toast::danger(tr("The volume was not created"), text));
            }
            return;
        }
    };
    let mut failures = 0;
    while volume.status.is_changing() {
        making.try_set(Making::Made(volume.clone()));
        gloo_timers::future::sleep(GLANCE).await;
        match cloud.volume(&volume.id).await {
            Ok(now) => {
                failures = 0;
                volume = now;
            }
            Err(error) if error.is_transient() && failures < PATIENCE => failures += 1,
            Err(error) => {
                if let Some(Making::Lost(error)) = making.try_set(Making::Lost(error)) {
                    let kept = tr("The volume may be made nevertheless.");
                    let words = errors::api(&error, Some(kept));
                    toasts.show(Toast::danger(words.title.clone(), words.text_with_request()));
                }
                return;
            }
        }
    }
    let failed = volume.status == VolumeStatus::Error;
    making.try_set(Making::Made(volume.clone()));
    // The page's signals are gone when it was left.
    if open.try_get_untracked() == Some(true) {
        return;
    }
    let name = if volume.name.is_empty() { volume.id.to_string() } else { volume.name };
    let values: [(&str, &dyn std::fmt::Display); 1] = [("name", &name)];
    toasts.show(if failed {
        Toast::danger(
            tr_with("The volume {name} failed", &values),
            tr("The cloud could not make it and does not say why."),
        )
    } else {
        Toast::ok(tr_with("The volume {name} is available", &values))
    });
}

async fn ask(cloud: Cloud) -> Offer {
    let (types, zones, limits) =
        join3(cloud.volume_types(), cloud.volume_zones(), cloud.volume_limits()).await;
    let left_to_the_cloud = |error: ApiError| leptos::logging::warn!("{error}");
    let (types, default_type) = types.map_or_else(
        |error| {
            left_to_the_cloud(error);
            (Vec::new(), None)
        },
        |(types, default)| (types.items, default.map(|kind| kind.name)),
    );
    let zones = zones.map_or_else(
        |error| {
            left_to_the_cloud(error);
            Vec::new()
        },
        |zones| zones.into_iter().map(|zone| zone.name).collect(),
    );
    let gib_left = match limits {
        Ok(limits) => limits.max_gib.map(|max| max.saturating_sub(limits.used_gib)),
        Err(error) => {
            left_to_the_cloud(error);
            None
        }
    };
    Offer { types, default_type, zones, gib_left }
}

fn type_choices(offer: &Offer) -> Vec<Choice> {
    let first = match &offer.default_type {
        Some(name) => tr_with("{name} (default)", &[("name", name)]),
        None => tr("The cloud’s default").to_owned(),
    };
    let others = offer.types.iter().map(|kind| kind.name.clone());
    let others = others.filter(|name| offer.default_type.as_ref() != Some(name));
    std::iter::once(Choice::new("", first))
        .chain(others.map(|name| Choice::new(name.clone(), name)))
        .collect()
}

fn zone_choices(zones: &[String]) -> Vec<Choice> {
    let first = Choice::new("", tr("Any"));
    std::iter::once(first)
        .chain(zones.iter().map(|name| Choice::new(name.clone(), name.clone())))
        .collect()
}

/// The largest of what the data, the image's own demand, and this cloud ask for.
fn smallest_gib(image: &Image, of_this_cloud: Option<u32>) -> u64 {
    image.smallest_volume_gib().max(of_this_cloud.unwrap_or(0).into())
}

fn wrong_size(text: &str, smallest: u64, left: Option<u64>) -> Option<String> {
    match text.trim().parse::<u64>() {
        Err(_) => Some(tr("A whole number of GiB is expected.").to_owned()),
        Ok(size) if size < smallest => {
            Some(tr_with("The image needs at least {size}.", &[("size", &format::disk(smallest))]))
        }
        Ok(size) if left.is_some_and(|left| size > left) => Some(tr_with(
            "Your volume quota has {size} left.",
            &[("size", &format::disk(left.unwrap_or(0)))],
        )),
        Ok(_) => None,
    }
}

/// Where a refusal belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Size,
    Type,
    Zone,
    Form,
}

impl At {
    fn of(error: &ApiError) -> Self {
        let message = error.message.to_ascii_lowercase();
        match error.kind {
            _ if message.contains("volume type") || message.contains("volume_type") => Self::Type,
            _ if message.contains("availability zone") || message.contains("availability_zone") => {
                Self::Zone
            }
            _ if error.is_quota() || message.contains("size") => Self::Size,
            ErrorKind::BadRequest if message.contains("gigabytes") => Self::Size,
            _ => Self::Form,
        }
    }
}

fn words(error: &ApiError) -> String {
    errors::api(error, Some(tr("What you typed is still here."))).text_with_request()
}

fn state(status: &VolumeStatus) -> (Shape, String) {
    match status {
        VolumeStatus::Creating => (Shape::Uploading, tr("Creating").to_owned()),
        VolumeStatus::Downloading => (Shape::Importing, tr("Copying the image").to_owned()),
        VolumeStatus::Available => (Shape::Active, tr("Available").to_owned()),
        VolumeStatus::Error => (Shape::Failed, tr("Failed").to_owned()),
        other => (Shape::Unknown, other.as_str().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use openstack::Service;
    use serde_json::json;

    use super::*;

    #[test]
    fn the_size_holds_data_and_demand_and_fits_the_quota() {
        let image = |json| serde_json::from_value::<Image>(json).expect("an image");
        let bare = image(json!({"id": "i", "size": 1, "min_disk": 0}));
        let large =
            image(json!({"id": "i", "size": 1, "virtual_size": 10_737_418_241_u64, "min_disk": 5}));
        assert_eq!((smallest_gib(&bare, None), smallest_gib(&bare, Some(10))), (1, 10));
        assert_eq!((smallest_gib(&large, None), smallest_gib(&large, Some(10))), (11, 11));
        let check = |text: &str, fits: bool| {
            assert_eq!(wrong_size(text, 11, Some(40)).is_none(), fits, "{text}")
        };
        check("11", true);
        check(" 40 ", true);
        check("10", false);
        check("41", false);
        check("", false);
        check("11.5", false);
    }

    #[test]
    fn a_refusal_is_told_where_it_belongs() {
        let check = |kind: ErrorKind, message: &str, expected: At| {
            let error = ApiError::local("create the volume", Service::Volume, kind, message);
            assert_eq!(At::of(&error), expected, "{message}");
        };
        let smaller = "Invalid input received: Volume size 1GB cannot be smaller than the image minDisk size 10GB.";
        check(ErrorKind::BadRequest, smaller, At::Size);
        check(ErrorKind::NotFound, "Volume type with name none could not be found.", At::Type);
        check(ErrorKind::BadRequest, "Availability zone 'x' is invalid.", At::Zone);
        check(ErrorKind::TooLarge, "VolumeSizeExceedsAvailableQuota: …", At::Size);
        check(ErrorKind::Server, "boom", At::Form);
    }
}
