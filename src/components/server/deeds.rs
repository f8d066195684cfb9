//! Doing something to a server: one piece of state and one dialog for a whole page, used by rows and by details.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use openstack::compute::{Reboot, Server};
use openstack::{ApiError, ErrorKind, ServerId};

use super::asks::{ServerAskDialog, ServerAsks};
use super::delete::DeleteDialog;
use super::fates::Fates;
use super::reboot::RebootDialog;
use super::state::Deed;
use crate::cloud::{Cloud, use_cloud};
use crate::components::ErrorNote;
use crate::text::{errors, tr, tr_with};
use crate::ui::{Button, ButtonKind, ConfirmDialog, Glyph, MenuItem, Toast, Toasts};

/// What is asked of the cloud, and for which server.
#[derive(Clone)]
pub(super) struct Asked {
    /// What.
    pub deed: Deed,
    /// For which.
    pub server: Arc<Server>,
    /// What gives the address of the launch form with its settings, to go there when it is deleted.
    pub again: Option<Callback<(), String>>,
}

/// Why it was not done.
#[derive(Clone)]
pub(super) struct Failure {
    /// The cloud's refusal.
    pub error: ApiError,
    /// What is kept, where that is not all of it.
    pub kept: Option<String>,
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self { error, kept: None }
    }
}

impl Failure {
    /// What is kept, and what to do.
    fn advice(&self) -> Option<&str> {
        self.kept.as_deref().or_else(|| busy_advice(&self.error))
    }
}

/// What was chosen in the dialog that asked.
pub(super) enum Chosen {
    /// There was nothing to choose.
    Nothing,
    /// How to restart.
    Reboot(Reboot),
    /// What goes with a deleted server, and what stays.
    Fates(Fates),
}

/// The deeds of a page. Made by [`use_deeds`]; cheap to copy.
#[derive(Clone, Copy)]
pub struct Deeds {
    cloud: StoredValue<Cloud>,
    toasts: Toasts,
    asked: RwSignal<Option<Asked>>,
    /// Whether the dialog is open.
    pub(super) open: RwSignal<bool>,
    failure: RwSignal<Option<Failure>>,
    under_way: RwSignal<Vec<ServerId>>,
    on_done: Callback<(Deed, ServerId)>,
    look: Callback<()>,
    go: Callback<String>,
    /// What is asked in dialogs with choices of their own: an image of it, rescue.
    pub asks: ServerAsks,
}

/// The deeds of this page. `on_done` is called after each that the cloud accepted: show it and look again; `look` when it
/// refused one, as its state is not what the page shows.
pub fn use_deeds(
    on_done: impl Fn(Deed, ServerId) + Send + Sync + 'static,
    look: impl Fn() + Send + Sync + 'static,
) -> Deeds {
    let navigate = use_navigate();
    let look = Callback::new(move |()| look());
    Deeds {
        cloud: StoredValue::new(use_cloud()),
        toasts: expect_context::<Toasts>(),
        asked: RwSignal::new(None),
        open: RwSignal::new(false),
        failure: RwSignal::new(None),
        under_way: RwSignal::new(Vec::new()),
        on_done: Callback::new(move |(deed, id)| on_done(deed, id)),
        look,
        go: Callback::new(move |href: String| navigate(&href, Default::default())),
        asks: ServerAsks::new(look),
    }
}

impl Deeds {
    /// Asks first where something is broken off or lost; starting loses nothing.
    pub fn press(self, deed: Deed, server: Server) {
        let asked = Asked { deed, server: Arc::new(server), again: None };
        if deed == Deed::Start {
            self.perform(asked, Chosen::Nothing);
        } else {
            self.ask(asked);
        }
    }

    /// Asks whether to delete a server and to open the launch form with its settings.
    pub fn try_again(self, server: Server, launch: Callback<(), String>) {
        self.ask(Asked { deed: Deed::Delete, server: Arc::new(server), again: Some(launch) });
    }

    fn ask(self, asked: Asked) {
        self.failure.set(None);
        self.asked.set(Some(asked));
        self.open.set(true);
    }

    /// Why this user cannot do it now.
    pub fn reason_against(self, deed: Deed, server: &Server) -> Option<String> {
        self.cloud
            .with_value(Cloud::why_read_only)
            .or_else(|| deed.reason_against(server).map(str::to_owned))
    }

    /// Does it.
    pub(super) fn perform(self, asked: Asked, chosen: Chosen) {
        let Asked { deed, server, again } = asked.clone();
        let id = server.id.clone();
        self.failure.set(None);
        self.under_way.update(|under_way| under_way.push(id.clone()));
        let cloud = self.cloud.get_value();
        spawn_local(async move {
            let answer = ask(&cloud, deed, &server, &chosen).await;
            // The page may have gone meanwhile; then there is nothing left to show it on but a toast.
            self.under_way.try_update(|under_way| under_way.retain(|other| *other != id));
            let in_sight = self.is_in_sight(&asked);
            match answer {
                Ok(left_behind) => {
                    if in_sight {
                        self.open.set(false);
                    }
                    self.toasts.show(Toast::ok(done_words(deed, &server.name)));
                    if let Some(error) = left_behind {
                        let words = errors::api(&error, None);
                        self.toasts
                            .show(Toast::danger(words.title.clone(), words.text_with_request()));
                    }
                    match again {
                        Some(launch) => drop(launch.try_run(()).map(|href| self.go.try_run(href))),
                        None => drop(self.on_done.try_run((deed, id))),
                    }
                }
                Err(failure) if in_sight => {
                    self.failure.set(Some(failure));
                    self.look.try_run(());
                }
                // There was no dialog, or it is closed, or another one by now.
                Err(failure) => {
                    let words = errors::api(&failure.error, failure.advice());
                    let title = format!("{}: {}", server.name, words.title);
                    self.toasts.show(Toast::danger(title, words.text_with_request()));
                    self.look.try_run(());
                }
            }
        });
    }

    /// Whether the dialog that asked is open still.
    fn is_in_sight(self, asked: &Asked) -> bool {
        let is_it = |now: &Option<Asked>| {
            now.as_ref().is_some_and(|now| Arc::ptr_eq(&now.server, &asked.server))
        };
        self.open.try_get_untracked() == Some(true)
            && self.asked.try_with_untracked(is_it) == Some(true)
    }

    /// Whether something is being asked for it just now.
    pub fn is_busy(self, id: &ServerId) -> bool {
        self.under_way.read().contains(id)
    }
}

/// What to do where the cloud says that the state does not allow it: nearly always something else is under way.
fn busy_advice(error: &ApiError) -> Option<&'static str> {
    (error.kind == ErrorKind::Conflict).then(|| {
        tr("Something else is being done to it. This page follows it; try again when it is over. Nothing was changed.")
    })
}

/// What went well but for something beside it is `Ok` with that.
async fn ask(
    cloud: &Cloud,
    deed: Deed,
    server: &Server,
    chosen: &Chosen,
) -> Result<Option<ApiError>, Failure> {
    let id = &server.id;
    match (deed, chosen) {
        (Deed::Start, _) => cloud.start_server(id).await?,
        (Deed::Stop, _) => cloud.stop_server(id).await?,
        (Deed::Reboot, Chosen::Reboot(how)) => cloud.reboot_server(id, *how).await?,
        (Deed::Reboot, _) => cloud.reboot_server(id, Reboot::Soft).await?,
        (Deed::Delete, Chosen::Fates(fates)) => return fates.delete(cloud, server).await,
        (Deed::Delete, _) => cloud.delete_server(id).await?,
    }
    Ok(None)
}

fn done_words(deed: Deed, name: &str) -> String {
    match deed {
        Deed::Start => tr_with("{name} is starting", &[("name", &name)]),
        Deed::Stop => tr_with("{name} is stopping", &[("name", &name)]),
        Deed::Reboot => tr_with("{name} is rebooting", &[("name", &name)]),
        Deed::Delete => tr_with("{name} is being deleted", &[("name", &name)]),
    }
}

/// The dialog that asks. Once on a page.
#[component]
pub fn DeedDialog(
    /// The page's deeds.
    deeds: Deeds,
) -> impl IntoView {
    view! {
        {move || {
            deeds.asked.get().map(|asked| match asked.deed {
                Deed::Delete => view! { <DeleteDialog deeds=deeds asked=asked /> }.into_any(),
                Deed::Reboot => view! { <RebootDialog deeds=deeds asked=asked /> }.into_any(),
                Deed::Start | Deed::Stop => stop_dialog(deeds, asked),
            })
        }}
        <ServerAskDialog asks=deeds.asks />
    }
}

fn stop_dialog(deeds: Deeds, asked: Asked) -> AnyView {
    let server = asked.server.clone();
    let busy = Signal::derive({
        let id = server.id.clone();
        move || deeds.is_busy(&id)
    });
    view! {
        <ConfirmDialog
            open=deeds.open
            title=tr_with("Stop {name}?", &[("name", &server.name)])
            confirm=tr("Stop instance")
            busy=busy
            on_confirm=move |()| deeds.perform(asked.clone(), Chosen::Nothing)
        >
            <p>{tr("Its operating system is asked to shut down; after a minute or so it is switched off. Disks and addresses are kept.")}</p>
            <p>{tr("A stopped instance still counts in your quota.")}</p>
            <Refusal deeds=deeds />
        </ConfirmDialog>
    }
    .into_any()
}

/// Why the cloud did not do it, in the dialog that asked.
#[component]
pub(super) fn Refusal(
    /// The page's deeds.
    deeds: Deeds,
) -> impl IntoView {
    move || {
        deeds.failure.get().map(|failure| {
            let kept = failure.advice().unwrap_or(tr("The instance is as it was.")).to_owned();
            view! { <ErrorNote error=Signal::stored(failure.error) kept=kept /> }
        })
    }
}

/// A deed in a menu; it stays there with the reason when it cannot be done.
#[component]
pub fn DeedItem(
    /// The page's deeds.
    deeds: Deeds,
    /// Which.
    deed: Deed,
    /// To which server.
    #[prop(into)]
    server: Signal<Server>,
) -> impl IntoView {
    let why_not = Signal::derive(move || server.with(|server| deeds.reason_against(deed, server)));
    view! {
        <MenuItem
            icon=glyph(deed)
            danger=deed == Deed::Delete
            why_not=why_not
            on_press=move |()| deeds.press(deed, server.get_untracked())
        >
            {deed.verb()}
        </MenuItem>
    }
}

/// A deed as a button of its own.
#[component]
pub fn DeedButton(
    /// The page's deeds.
    deeds: Deeds,
    /// Which.
    deed: Deed,
    /// To which server.
    #[prop(into)]
    server: Signal<Server>,
    /// The small, quiet one of a row.
    #[prop(optional)]
    in_row: bool,
) -> impl IntoView {
    let busy = Signal::derive(move || server.with(|server| deeds.is_busy(&server.id)));
    let why_not = Signal::derive(move || server.with(|server| deeds.reason_against(deed, server)));
    let press = move |_| deeds.press(deed, server.get_untracked());
    if in_row {
        return view! {
            <Button kind=ButtonKind::Quiet small=true busy=busy why_not=why_not on_press=press>{deed.verb()}</Button>
        }
        .into_any();
    }
    let kind = if deed == Deed::Delete { ButtonKind::Danger } else { ButtonKind::Plain };
    view! { <Button kind=kind icon=glyph(deed) busy=busy why_not=why_not on_press=press>{deed.verb()}</Button> }.into_any()
}

const fn glyph(deed: Deed) -> Glyph {
    match deed {
        Deed::Start => Glyph::Play,
        Deed::Stop => Glyph::Stop,
        Deed::Reboot => Glyph::Retry,
        Deed::Delete => Glyph::Trash,
    }
}
