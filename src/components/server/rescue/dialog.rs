//! The dialogs of rescue: which image, the password shown once, and the end of it.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use openstack::compute::{Feature, Server};
use openstack::identity::Secret;
use openstack::{ApiError, ImageId};

use super::super::asks::{Ask, ServerAsks};
use super::super::password::{PasswordOf, keep_password};
use super::rules::{self, Fit, Offer, Way};
use crate::cloud::Cloud;
use crate::components::ErrorNote;
use crate::routes;
use crate::text::{errors, tr, tr_with};
use crate::ui::{
    Button, ButtonKind, ButtonLink, Combobox, ConfirmDialog, Copyable, Dialog, Field, Fold, Note,
    Skeleton, Suggestion, Toast, Toasts, Tone, marked,
};

/// How far it is.
#[derive(Clone)]
enum Stage {
    Choosing,
    Sending,
    Refused(ApiError),
    /// The cloud has begun; its password, where it sets one.
    Begun(Option<Secret>),
}

/// What there is to choose from.
type Answer = Result<Choice, ApiError>;

#[derive(Clone, PartialEq)]
enum Choice {
    Images(Offer),
    /// The cloud's compute API is older than the rescue of a server on a volume.
    TooOld,
}

/// The dialog for the rescue of a server, or for its end.
#[component]
pub fn RescueDialog(
    /// The page's dialogs.
    asks: ServerAsks,
    /// Which of the two.
    ask: Ask,
    /// The server, as it was when it was asked.
    server: Arc<Server>,
) -> impl IntoView {
    let stage = RwSignal::new(Stage::Choosing);
    if ask == Ask::Unrescue {
        return end_dialog(asks, server, stage);
    }
    let name = server.name.clone();
    let title =
        Signal::derive(move || match stage.with(|stage| matches!(stage, Stage::Begun(_))) {
            true => tr_with("{name} is being rescued", &[("name", &name)]),
            false => tr_with("Rescue {name}", &[("name", &name)]),
        });
    let server = StoredValue::new(server);
    let answer = LocalResource::new(move || {
        let (cloud, server) = (asks.cloud.get_value(), server.get_value());
        async move { look(&cloud, &server).await }
    });
    let chosen = RwSignal::new(String::new());
    view! {
        <Dialog open=asks.open title=title>
            {move || match stage.get() {
                Stage::Begun(password) => begun(asks, password),
                _ => match answer.get() {
                    None => view! { <div class="dialog__body"><Skeleton lines=4 /></div> }.into_any(),
                    Some(Err(error)) => unread(asks, error),
                    Some(Ok(Choice::TooOld)) => too_old(asks),
                    Some(Ok(Choice::Images(offer))) if offer.fit.is_empty() => nothing_fits(asks, &offer),
                    Some(Ok(Choice::Images(offer))) => {
                        choosing(asks, server.get_value(), stage, chosen, offer)
                    }
                },
            }}
        </Dialog>
    }
    .into_any()
}

async fn look(cloud: &Cloud, server: &Server) -> Answer {
    let on_volume = server.boots_from_volume();
    if on_volume && !cloud.compute_has(Feature::RescueOnVolume).await? {
        return Ok(Choice::TooOld);
    }
    let images = cloud.launchable_images().await?.items;
    let own = server.image_id.as_ref().map(ImageId::as_str);
    Ok(Choice::Images(rules::offer(&images, on_volume, own)))
}

fn close_foot(asks: ServerAsks) -> AnyView {
    view! {
        <div class="dialog__foot">
            <Button kind=ButtonKind::Primary on_press=move |_| asks.open.set(false)>{tr("Close")}</Button>
        </div>
    }
    .into_any()
}

fn unread(asks: ServerAsks, error: ApiError) -> AnyView {
    view! {
        <div class="dialog__body"><ErrorNote error=Signal::stored(error) kept=tr("The instance is as it was.") /></div>
        {close_foot(asks)}
    }
    .into_any()
}

fn too_old(asks: ServerAsks) -> AnyView {
    view! {
        <div class="dialog__body">
            <Note
                tone=Tone::Warn
                still=true
                title=tr("This cloud cannot rescue an instance that boots from a volume")
                text=Some(tr("That came with version 2.87 of the compute API, and this cloud’s is older. What helps instead: delete the instance but keep its volume, attach the volume to another instance, mend it there, and launch from it again.").to_owned())
            />
        </div>
        {close_foot(asks)}
    }
    .into_any()
}

fn nothing_fits(asks: ServerAsks, offer: &Offer) -> AnyView {
    view! {
        <div class="dialog__body">
            <Note
                tone=Tone::Warn
                still=true
                title=tr("No image here can rescue it")
                text=Some(tr("Make one: an ISO of a rescue system, with the preset “Rescue image” of Create image, which sets what is needed.").to_owned())
            >
                <ButtonLink small=true href=routes::create_rescue_image()>{tr("Create a rescue image")}</ButtonLink>
            </Note>
            {not_offered(offer)}
        </div>
        {close_foot(asks)}
    }
    .into_any()
}

/// Why other images are not in the list.
fn not_offered(offer: &Offer) -> AnyView {
    if offer.unfit.is_empty() {
        return ().into_any();
    }
    let count: usize = offer.unfit.iter().map(|(_, names)| names.len()).sum();
    let rows = offer.unfit.iter().map(|(why, names)| {
        view! { <p class="small">{marked(why.words())}</p><p class="small muted">{names.join(", ")}</p> }
    });
    let rows = rows.collect_view();
    let title = match count {
        1 => tr("1 image is not offered").to_owned(),
        several => tr_with("{count} images are not offered", &[("count", &several)]),
    };
    view! {
        <Fold title=title>
            <div class="stack stack--tight">{rows}</div>
        </Fold>
    }
    .into_any()
}

fn choosing(
    asks: ServerAsks,
    server: Arc<Server>,
    stage: RwSignal<Stage>,
    chosen: RwSignal<String>,
    offer: Offer,
) -> AnyView {
    let fit = StoredValue::new(offer.fit.clone());
    if chosen.read_untracked().is_empty()
        && let Some(first) = offer.fit.first()
    {
        chosen.set(first.id.clone());
    }
    let options: Vec<Suggestion> = offer
        .fit
        .iter()
        .map(|fit| Suggestion::noted(fit.id.clone(), fit.name.clone(), fit.note()))
        .collect();
    let taken = Memo::new(move |_| {
        let id = chosen.get();
        fit.with_value(|fit| fit.iter().find(|fit| fit.id == id).cloned())
    });
    let tried = RwSignal::new(false);
    let error = Signal::derive(move || {
        (tried.get() && taken.read().is_none())
            .then(|| tr("Choose one of the images in the list.").to_owned())
    });
    let busy = Signal::derive(move || stage.with(|stage| matches!(stage, Stage::Sending)));
    let refused = move || match stage.get() {
        Stage::Refused(error) => Some(error),
        _ => None,
    };
    let toasts = expect_context::<Toasts>();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let Some(fit) = taken.get_untracked() else { return };
        if busy.get_untracked() {
            return;
        }
        stage.set(Stage::Sending);
        let (cloud, server) = (asks.cloud.get_value(), Arc::clone(&server));
        spawn_local(async move {
            let image = ImageId::from(fit.id.as_str());
            let answer = cloud.rescue_server(&server.id, Some(&image)).await;
            // The dialog may be closed by now, and the page left: the password is on the instance's page as well.
            if let Ok(Some(password)) = &answer
                && !password.is_empty()
            {
                keep_password(&cloud, &server.id, PasswordOf::Rescue, password.clone());
            }
            match answer {
                Ok(password) if is_in_sight(asks, stage) => stage.set(Stage::Begun(password)),
                Ok(_) => {
                    let title = tr_with("{name} is being rescued", &[("name", &server.name)]);
                    let page = routes::instance(server.id.as_str());
                    toasts.show(Toast::ok(title).with_link(page, tr("Show the instance")));
                }
                Err(error) => refused_at(asks, stage, toasts, &server, error),
            }
            asks.look.try_run(());
        });
    };
    view! {
        <form novalidate on:submit=submit>
            <div class="dialog__body">
                <p>{tr("It is shut down and starts from the image that you choose. Its own disks stay untouched and can be mended from there; ending the rescue starts it from its own disk again.")}</p>
                <Field label=tr("Rescue image") error=error hint=Signal::derive(move || taken.get().map(|fit| way_words(&fit)))>
                    <Combobox value=chosen options=Signal::stored(options) />
                </Field>
                {not_offered(&offer)}
                {move || refused().map(|error| view! { <ErrorNote error=Signal::stored(error) kept=tr("The instance is as it was.") /> })}
            </div>
            <div class="dialog__foot">
                <Button on_press=move |_| asks.open.set(false)>{tr("Cancel")}</Button>
                <Button kind=ButtonKind::Primary submit=true busy=busy>{tr("Rescue instance")}</Button>
            </div>
        </form>
    }
    .into_any()
}

/// Whether the dialog of this stage is open still.
fn is_in_sight(asks: ServerAsks, stage: RwSignal<Stage>) -> bool {
    asks.open.try_get_untracked() == Some(true) && stage.try_with_untracked(|_| ()).is_some()
}

/// Shows a refusal in the dialog; where that is closed, in a toast.
fn refused_at(
    asks: ServerAsks,
    stage: RwSignal<Stage>,
    toasts: Toasts,
    server: &Server,
    error: ApiError,
) {
    if is_in_sight(asks, stage) {
        return stage.set(Stage::Refused(error));
    }
    let words = errors::api(&error, None);
    let title = format!("{}: {}", server.name, words.title);
    toasts.show(Toast::danger(title, words.text_with_request()));
}

fn way_words(fit: &Fit) -> String {
    match &fit.way {
        Way::Beside { device, bus: Some(bus) } => tr_with(
            "It is attached as {device} on {bus}, as its properties `hw_rescue_device` and `hw_rescue_bus` say; all other disks keep their places.",
            &[("device", device), ("bus", bus)],
        ),
        Way::Beside { device, bus: None } => tr_with(
            "It is attached as {device}, as its property `hw_rescue_device` says; all other disks keep their places.",
            &[("device", device)],
        ),
        Way::First => tr("It has neither `hw_rescue_device` nor `hw_rescue_bus`: it takes the place of the first disk, and the instance’s own disk becomes the second. If it is the same image as the instance’s own, both have the same labels: mount by device.").to_owned(),
    }
}

fn begun(asks: ServerAsks, password: Option<Secret>) -> AnyView {
    let body = match password.filter(|password| !password.is_empty()) {
        Some(password) => {
            let text = password.reveal().to_owned();
            view! {
                <p>{tr("It shuts down and starts from the rescue image; that takes a minute or so. The password of the rescue system is")}</p>
                <p class="rescue__password"><Copyable text=text what=tr("password") /></p>
                <Note
                    tone=Tone::Warn
                    still=true
                    title=tr("The cloud does not tell it again")
                    text=Some(tr("It stays on the instance’s page until you have noted it, or this tab is reloaded or closed. Ending the rescue and beginning anew gives another. Only images that take a password from the cloud know it: a rescue disc ignores it and has its own on its console.").to_owned())
                />
            }
            .into_any()
        }
        None => view! {
            <p>{tr("It shuts down and starts from the rescue image; that takes a minute or so. This cloud sets no password for it: log in with what the rescue system has itself, on its console.")}</p>
        }
        .into_any(),
    };
    view! { <div class="dialog__body">{body}</div>{close_foot(asks)} }.into_any()
}

fn end_dialog(asks: ServerAsks, server: Arc<Server>, stage: RwSignal<Stage>) -> AnyView {
    let title = tr_with("End the rescue of {name}?", &[("name", &server.name)]);
    let busy = Signal::derive(move || stage.with(|stage| matches!(stage, Stage::Sending)));
    let toasts = expect_context::<Toasts>();
    let confirm = move |()| {
        stage.set(Stage::Sending);
        let (cloud, server) = (asks.cloud.get_value(), Arc::clone(&server));
        spawn_local(async move {
            match cloud.unrescue_server(&server.id).await {
                Ok(()) if is_in_sight(asks, stage) => asks.open.set(false),
                Ok(()) => {}
                Err(error) => refused_at(asks, stage, toasts, &server, error),
            }
            asks.look.try_run(());
        });
    };
    view! {
        <ConfirmDialog open=asks.open title=title confirm=tr("End rescue") busy=busy on_confirm=confirm>
            <p>{tr("The rescue system is shut down, and the instance starts from its own disk. What was written to the rescue system itself is lost; what was mended on its own disks stays.")}</p>
            {move || match stage.get() {
                Stage::Refused(error) => Some(view! { <ErrorNote error=Signal::stored(error) kept=tr("It is rescued as before.") /> }),
                _ => None,
            }}
        </ConfirmDialog>
    }
    .into_any()
}
