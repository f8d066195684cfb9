//! The form around the sections, and beside it: what is asked for, the button that asks, what keeps it from asking, and the
//! same for other tools.

use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos_router::hooks::use_navigate;
use openstack::ApiError;
use openstack::compute::{CreateServer, CreatedServer};

use super::command::Commands;
use super::fields::{Fields, Refused};
use super::form::{BootDisk, Part};
use super::supply::Supply;
use crate::cloud::use_cloud;
use crate::components::ErrorNote;
use crate::routes;
use crate::text::{errors, format, tr, tr_with};
use crate::ui::{Button, ButtonKind, Fact, Glyph, Icon, Panel, Toast, Toasts, unique_id};

/// The form.
#[component]
pub fn Summary(
    /// What the cloud offers.
    supply: Supply,
    /// The form's fields.
    fields: Fields,
    /// The sections.
    children: Children,
) -> impl IntoView {
    let launching = RwSignal::new(false);
    let problems: NodeRef<html::Div> = NodeRef::new();
    let launch = use_launch(fields, launching);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if launching.get_untracked() {
            return;
        }
        fields.tried.set(true);
        fields.refused.set(None);
        match untrack(|| fields.request()) {
            Some(server) => launch.run(server),
            None => focus(problems),
        }
    };
    Effect::new(move || {
        if fields.refused.read().is_some() {
            focus(problems);
        }
    });
    view! {
        <form class="split launch" novalidate on:submit=submit>
            <div class="split__main">{children()}</div>
            <aside class="split__aside" aria-label=tr("Summary")>
                <Asked fields=fields supply=supply launching=launching problems=problems />
                <Commands fields=fields />
            </aside>
        </form>
    }
}

/// Asks the cloud, and goes to the instance. Whoever has left the page meanwhile is told by a message instead.
fn use_launch(fields: Fields, launching: RwSignal<bool>) -> Callback<CreateServer> {
    let cloud = use_cloud();
    let toasts = expect_context::<Toasts>();
    let navigate = use_navigate();
    Callback::new(move |server: CreateServer| {
        let (cloud, navigate) = (cloud.clone(), navigate.clone());
        launching.set(true);
        spawn_local(async move {
            let answer: Result<CreatedServer, ApiError> = cloud.launch(&server).await;
            let still_here = launching.try_set(false).is_none();
            match answer {
                Ok(created) if still_here => {
                    navigate(&routes::instance(created.id.as_str()), Default::default());
                }
                Ok(created) => {
                    let toast =
                        Toast::ok(tr_with("{name} is being started", &[("name", &server.name)]));
                    toasts.show(
                        toast.with_link(routes::instance(created.id.as_str()), tr("Show it")),
                    );
                }
                Err(error) if still_here => fields.refuse(error),
                Err(error) => {
                    let words = errors::api(&error, None);
                    toasts.show(Toast::danger(words.title.clone(), words.text_with_request()));
                }
            }
        });
    })
}

fn focus(problems: NodeRef<html::Div>) {
    // After the list has been drawn.
    request_animation_frame(move || {
        if let Some(problems) = problems.get_untracked() {
            // Only an element that is not in the document refuses.
            drop(problems.focus());
        }
    });
}

/// What is asked for, and the button.
#[component]
fn Asked(
    fields: Fields,
    supply: Supply,
    launching: RwSignal<bool>,
    problems: NodeRef<html::Div>,
) -> impl IntoView {
    let cloud = use_cloud();
    let region = cloud.region().map(str::to_owned);
    let why_not = cloud.why_read_only();
    let flavor = Memo::new(move |_| {
        let draft = fields.draft();
        fields.offer.with(|offer| offer.as_ref().and_then(|offer| offer.flavor(&draft).cloned()))
    });
    let title = Signal::derive(move || {
        flavor.with(|flavor| {
            flavor
                .as_ref()
                .map_or_else(|| tr("No size chosen").to_owned(), |flavor| flavor.name.clone())
        })
    });
    let size = move || {
        flavor.with(|flavor| {
            let flavor = flavor.as_ref()?;
            let cores = if flavor.vcpus == 1 { tr("core") } else { tr("cores") };
            Some(tr_with(
                "{vcpus} {cores}, {ram} RAM",
                &[
                    ("vcpus", &flavor.vcpus),
                    ("cores", &cores),
                    ("ram", &format::ram(flavor.ram_mib)),
                ],
            ))
        })
    };
    let disk = move || match fields.disk.get() {
        BootDisk::NewVolume => {
            let kind = Some(fields.volume_type.get()).filter(|kind| !kind.is_empty());
            let fate = if fields.delete_volume.get() { tr("goes with it") } else { tr("stays") };
            let size =
                tr_with("new volume, {size} GiB", &[("size", &fields.volume_gib.read().trim())]);
            [Some(size), kind, Some(fate.to_owned())]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(", ")
        }
        BootDisk::Local => tr("local disk, goes with it").to_owned(),
        BootDisk::AsImageSays => tr("as the image says").to_owned(),
    };
    let key = move || match fields.key.get() {
        key if key.is_empty() => tr("none").to_owned(),
        key => key,
    };
    let can_start = move || {
        let flavor = flavor.get()?;
        let limits = fields.offer.with(|offer| offer.as_ref().and_then(|offer| offer.limits))?;
        match limits.how_many(flavor.vcpus, flavor.ram_mib)? {
            0 => None,
            1 => Some(tr("Your quota has room for this one and no more.").to_owned()),
            many => Some(tr_with(
                "Your quota has room for {count} of these.",
                &[("count", &format::thousands(many))],
            )),
        }
    };
    let unread_quota = move || {
        supply
            .sizes
            .remote()
            .with(|remote| remote.value().is_some_and(|sizes| sizes.limits.is_err()))
    };
    let or_none = |text: Option<String>| text.unwrap_or_else(|| format::NONE.to_owned());
    view! {
        <Panel title=title note=move || view! { {region.clone()} }>
            <dl class="facts facts--sum">
                <Fact term=tr("Size")>{move || or_none(size())}</Fact>
                <Fact term=tr("Boot disk")>{disk}</Fact>
                <Fact term=tr("Key pair")>{key}</Fact>
            </dl>
            {move || can_start().map(|words| view! { <p class="small muted">{words}</p> })}
            <Show when=unread_quota>
                <p class="small muted">{tr("Your quota could not be read; the cloud checks it when you launch.")}</p>
            </Show>
            <div class="launch__go">
                <Button
                    kind=ButtonKind::Primary
                    wide=true
                    submit=true
                    icon=Glyph::Launch
                    busy=launching
                    why_not=Signal::stored(why_not)
                >
                    {move || if launching.get() { tr("Launching") } else { tr("Launch instance") }}
                </Button>
            </div>
            <Problems fields=fields element=problems />
        </Panel>
    }
}

/// What keeps the instance from being launched, each with the way to its place.
#[component]
fn Problems(fields: Fields, element: NodeRef<html::Div>) -> impl IntoView {
    let title = unique_id("problems");
    let labelled = title.clone();
    let refusal = Memo::new(move |_| fields.refused.get());
    let lines = Memo::new(move |_| {
        let mut lines: Vec<(Part, String)> = if fields.tried.get() {
            fields.problems.get().into_iter().map(|problem| (problem.part, problem.words)).collect()
        } else {
            Vec::new()
        };
        if let Some(Refused { part: Some(part), error }) = refusal.get() {
            // Why stands at its place; here is the way there.
            lines.push((part, format!("{}.", errors::api(&error, None).title)));
        }
        lines
    });
    let elsewhere = Memo::new(move |_| {
        refusal.get().filter(|refused| refused.part.is_none()).map(|refused| refused.error)
    });
    view! {
        <div
            class="launch__problems"
            node_ref=element
            tabindex="-1"
            role="group"
            aria-labelledby=labelled
            hidden=move || lines.read().is_empty() && elsewhere.read().is_none()
        >
            <p class="visually-hidden" id=title>{tr("What is in the way")}</p>
            {move || elsewhere.get().map(|error| view! {
                <ErrorNote error=Signal::stored(error) kept=tr("What you filled in is still here.") />
            })}
            {move || lines.get().into_iter().map(|(part, words)| view! {
                <p class="field__message">
                    <Icon glyph=Glyph::Warn small=true />
                    <span>
                        {words} " "
                        <button class="link" type="button" on:click=move |_| go_to(part)>{tr("Go there")}</button>
                    </span>
                </p>
            }).collect_view()}
        </div>
    }
}

fn go_to(part: Part) {
    let element = document().get_element_by_id(part.anchor());
    if let Some(element) =
        element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
    {
        // Focus brings it into view as well; what cannot take it stays where it is.
        drop(element.focus());
    }
}
