//! The dialogs about floating addresses: add one of the project's or a new one; take one away, and keep or release it.

use std::pin::Pin;

use leptos::prelude::*;
use leptos::task::spawn_local;
use openstack::network::{FloatingIp, Plug};
use openstack::{ApiError, FloatingIpId, NetworkId};

use super::plan::Way;
use crate::cloud::{Cloud, ServerNet, use_cloud};
use crate::components::ErrorNote;
use crate::live::Live;
use crate::text::{errors, tr, tr_with};
use crate::ui::{Button, ButtonKind, ChoiceCard, Dialog, Toast, Toasts, unique_id};

/// What is asked.
#[derive(Clone, PartialEq)]
enum Question {
    /// Which one to add for this address.
    Add(String, Vec<Way>),
    /// Whether to keep what is taken away.
    Take(FloatingIp),
}

/// Where an added one comes from.
#[derive(Clone, PartialEq)]
enum From {
    /// A new one of that network.
    New(NetworkId, Plug),
    /// One that the project has.
    Pool(FloatingIpId, Plug),
}

/// The dialogs of the panel. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Dialogs {
    cloud: StoredValue<Cloud>,
    toasts: Toasts,
    net: Live<ServerNet>,
    on_change: Callback<()>,
    question: RwSignal<Option<Question>>,
    open: RwSignal<bool>,
    busy: RwSignal<bool>,
    failure: RwSignal<Option<ApiError>>,
    from: RwSignal<Option<From>>,
    release: RwSignal<bool>,
}

/// Makes them. [`FloatingDialogs`] has to be in the page once.
pub fn use_dialogs(net: Live<ServerNet>, on_change: Callback<()>) -> Dialogs {
    Dialogs {
        cloud: StoredValue::new(use_cloud()),
        toasts: expect_context::<Toasts>(),
        net,
        on_change,
        question: RwSignal::new(None),
        open: RwSignal::new(false),
        busy: RwSignal::new(false),
        failure: RwSignal::new(None),
        from: RwSignal::new(None),
        release: RwSignal::new(false),
    }
}

impl Dialogs {
    /// Why nothing can be changed.
    pub fn why_not(self) -> Signal<Option<String>> {
        Signal::stored(self.cloud.with_value(Cloud::why_read_only))
    }

    /// Asks which one to add.
    pub fn add(self, address: String, ways: Vec<Way>) {
        // One of the project's own costs nothing more.
        let first = ways
            .iter()
            .find_map(|way| {
                let free = way.free.first()?;
                Some(From::Pool(free.id.clone(), way.plug.clone()))
            })
            .or_else(|| {
                let way = ways.iter().find(|way| way.why_no_new.is_none())?;
                Some(From::New(way.external.clone(), way.plug.clone()))
            });
        self.from.set(first);
        self.ask(Question::Add(address, ways));
    }

    /// Asks whether to keep it.
    pub fn take(self, floating: FloatingIp) {
        self.release.set(false);
        self.ask(Question::Take(floating));
    }

    fn ask(self, question: Question) {
        self.failure.set(None);
        self.question.set(Some(question));
        self.open.set(true);
    }

    fn perform(self, work: Pin<Box<dyn Future<Output = Result<String, ApiError>>>>) {
        self.busy.set(true);
        self.failure.set(None);
        spawn_local(async move {
            let answer = work.await;
            self.busy.try_set(false);
            match answer {
                Ok(words) => {
                    self.open.try_set(false);
                    self.toasts.show(Toast::ok(words));
                }
                Err(error) if self.open.try_get_untracked() == Some(true) => {
                    self.failure.set(Some(error));
                }
                // The dialog is closed, or the page was left.
                Err(error) => {
                    let words = errors::api(&error, None);
                    self.toasts.show(Toast::danger(words.title.clone(), words.text_with_request()));
                }
            }
            self.net.refresh();
            self.on_change.try_run(());
        });
    }

    fn perform_add(self, address: String) {
        let Some(from) = self.from.get_untracked() else { return };
        let cloud = self.cloud.get_value();
        self.perform(Box::pin(async move {
            let made = match from {
                From::New(network, plug) => cloud.create_floating_ip(&network, Some(&plug)).await?,
                From::Pool(id, plug) => cloud.associate_floating_ip(&id, &plug).await?,
            };
            Ok(tr_with(
                "{floating} now leads to {address}",
                &[("floating", &made.address), ("address", &address)],
            ))
        }));
    }

    fn perform_take(self, floating: FloatingIp) {
        let cloud = self.cloud.get_value();
        let release = self.release.get_untracked();
        self.perform(Box::pin(async move {
            let named = [("address", &floating.address as &dyn std::fmt::Display)];
            if release {
                cloud.delete_floating_ip(&floating.id).await?;
                Ok(tr_with("{address} was released", &named))
            } else {
                cloud.disassociate_floating_ip(&floating.id).await?;
                Ok(tr_with("{address} was taken away; the project keeps it", &named))
            }
        }));
    }
}

/// The dialog.
#[component]
pub fn FloatingDialogs(
    /// What it is about.
    dialogs: Dialogs,
) -> impl IntoView {
    move || {
        dialogs.question.get().map(|question| match question {
            Question::Add(address, ways) => adding(dialogs, address, ways),
            Question::Take(floating) => taking(dialogs, floating),
        })
    }
}

fn adding(dialogs: Dialogs, address: String, ways: Vec<Way>) -> AnyView {
    let title = tr_with("Add a floating address to {address}", &[("address", &address)]);
    let name = unique_id("floating");
    let choices = StoredValue::new((name, ways));
    let address = StoredValue::new(address);
    let none = Signal::derive(move || {
        dialogs.from.read().is_none().then(|| {
            tr("There is none to be had: no free one, and no room for a new one.").to_owned()
        })
    });
    view! {
        <Dialog open=dialogs.open title=title>
            <div class="dialog__body">
                <p>{tr("Whoever connects to it from the internet reaches this instance, as far as its security groups let them in.")}</p>
                <fieldset class="fieldset">
                    <legend class="fieldset__legend">{tr("Which")}</legend>
                    <div class="choices">
                        {choices.with_value(|(name, ways)| {
                            ways.iter().map(|way| way_choices(dialogs, name, way)).collect_view()
                        })}
                    </div>
                </fieldset>
                <Failure dialogs=dialogs />
            </div>
            <div class="dialog__foot">
                <Button on_press=move |_| dialogs.open.set(false)>{tr("Cancel")}</Button>
                <Button
                    kind=ButtonKind::Primary
                    busy=dialogs.busy
                    why_not=none
                    on_press=move |_| dialogs.perform_add(address.get_value())
                >
                    {tr("Add address")}
                </Button>
            </div>
        </Dialog>
    }
    .into_any()
}

fn way_choices(dialogs: Dialogs, name: &str, way: &Way) -> AnyView {
    let card = move |name: String, title: String, text: String, from: From, why: Option<String>| {
        let (chosen, wanted) = (from.clone(), from);
        view! {
            <ChoiceCard
                name=name
                title=title
                text=Some(text)
                checked=Signal::derive(move || dialogs.from.with(|from| from.as_ref() == Some(&chosen)))
                on_choose=move |()| dialogs.from.set(Some(wanted.clone()))
                why_not=Signal::stored(why)
            />
        }
        .into_any()
    };
    let pool = way
        .free
        .iter()
        .map(|free| {
            card(
                name.to_owned(),
                free.address.clone(),
                tr_with(
                    "From {network}; the project has it already, and it is tied to nothing.",
                    &[("network", &way.name)],
                ),
                From::Pool(free.id.clone(), way.plug.clone()),
                None,
            )
        })
        .collect_view();
    let new = card(
        name.to_owned(),
        tr_with("A new one from {network}", &[("network", &way.name)]),
        tr("The project keeps it, and pays for it, until it is released.").to_owned(),
        From::New(way.external.clone(), way.plug.clone()),
        way.why_no_new.clone(),
    );
    view! { {pool} {new} }.into_any()
}

fn taking(dialogs: Dialogs, floating: FloatingIp) -> AnyView {
    let title =
        tr_with("Take {address} away from this instance?", &[("address", &floating.address)]);
    let name = StoredValue::new(unique_id("floating"));
    let floating = StoredValue::new(floating);
    let confirm =
        move || if dialogs.release.get() { tr("Release address") } else { tr("Take away") };
    view! {
        <Dialog open=dialogs.open title=title>
            <div class="dialog__body">
                <p>{tr("Connections over it break at once. The instance keeps its own address.")}</p>
                <fieldset class="fieldset">
                    <legend class="fieldset__legend">{tr("And the address")}</legend>
                    <div class="choices">
                        <ChoiceCard
                            name=name.get_value()
                            title=tr("Keep it in the project")
                            text=Some(tr("It can be given to another instance, and is paid for meanwhile.").to_owned())
                            checked=Signal::derive(move || !dialogs.release.get())
                            on_choose=move |()| dialogs.release.set(false)
                        />
                        <ChoiceCard
                            name=name.get_value()
                            title=tr("Release it")
                            text=Some(tr("It goes back to the cloud; somebody else may get it. Names that point to it should be changed first.").to_owned())
                            checked=dialogs.release
                            on_choose=move |()| dialogs.release.set(true)
                        />
                    </div>
                </fieldset>
                <Failure dialogs=dialogs />
            </div>
            <div class="dialog__foot">
                <Button on_press=move |_| dialogs.open.set(false)>{tr("Cancel")}</Button>
                {move || {
                    let kind = if dialogs.release.get() { ButtonKind::DangerSolid } else { ButtonKind::Primary };
                    view! {
                        <Button
                            kind=kind
                            busy=dialogs.busy
                            on_press=move |_| dialogs.perform_take(floating.get_value())
                        >
                            {confirm()}
                        </Button>
                    }
                }}
            </div>
        </Dialog>
    }
    .into_any()
}

#[component]
fn Failure(dialogs: Dialogs) -> impl IntoView {
    move || {
        dialogs.failure.get().map(|error| {
            view! { <ErrorNote error=Signal::stored(error) kept=tr("Its addresses are as they were.") /> }
        })
    }
}
