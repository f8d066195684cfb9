//! The form around the sections, and beside it: what is asked for, what that takes of the quotas, the button that asks, what
//! keeps it from asking, the link, and the same for other tools.

use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use openstack::network::Network;

use super::attach::{self, NetworkChoice};
use super::command::Commands;
use super::fields::{Fields, Refused};
use super::form::{BootDisk, Draft, Offer, Part};
use super::launching::Launching;
use super::link;
use super::places::go_to;
use super::quota::QuotaUse;
use super::supply::Supply;
use crate::captures::is_lost;
use crate::cloud::use_cloud;
use crate::components::ErrorNote;
use crate::text::{errors, format, tr, tr_with};
use crate::ui::{Button, ButtonKind, CopyButton, Fact, Glyph, Icon, Note, Panel, Tone, unique_id};

/// The form.
#[component]
pub fn Summary(
    /// What the cloud offers.
    supply: Supply,
    /// The form's fields.
    fields: Fields,
    /// The id of the image.
    image: String,
    /// The launch.
    launching: Launching,
    /// The sections.
    children: Children,
) -> impl IntoView {
    let problems: NodeRef<html::Div> = NodeRef::new();
    let elsewhere: NodeRef<html::Div> = NodeRef::new();
    let ask = move || {
        // Gone with its page, or pressed twice.
        if launching.busy.try_get_untracked() != Some(false) {
            return;
        }
        fields.tried.set(true);
        fields.refused.set(None);
        match untrack(|| fields.request()) {
            Some(server) => launching.run(server),
            None => focus(problems),
        }
    };
    // What a link names becomes an id when its list is here: until then the launch waits.
    let looking = Memo::new(move |_| supply.is_looking());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        match looking.get_untracked() {
            true => launching.waits.set(true),
            false => ask(),
        }
    };
    Effect::new(move || {
        if launching.waits.get() && !looking.get() {
            launching.waits.set(false);
            // The sections have filled in what they know by then.
            request_animation_frame(ask);
        }
    });
    let refused = Memo::new(move |_| {
        fields.refused_now().filter(|refused| refused.part.is_none()).map(|refused| refused.error)
    });
    Effect::new(move || {
        if refused.read().is_some() {
            focus(elsewhere);
        }
    });
    view! {
        <form class="split launch" novalidate on:submit=submit>
            <div class="split__main">
                {image_in_the_way(fields)}
                {restored(fields)}
                <div class="launch__refused" node_ref=elsewhere tabindex="-1" hidden=move || refused.read().is_none()>
                    {move || refused.get().map(|error| view! {
                        <ErrorNote kept=what_is_kept(&error) error=Signal::stored(error) />
                    })}
                </div>
                {children()}
            </div>
            <aside class="split__aside" aria-label=tr("Summary")>
                <Asked fields=fields supply=supply image=image launching=launching problems=problems />
                <Commands fields=fields />
            </aside>
        </form>
    }
}

/// What is left of a launch that failed. Where its answer was lost, launching again may start a second instance.
pub(super) fn what_is_kept(error: &openstack::ApiError) -> &'static str {
    match is_lost(error) {
        true => tr(
            "What you filled in is still here. The cloud may have started it all the same: look in the list of instances before you launch again.",
        ),
        false => tr("What you filled in is still here."),
    }
}

/// What keeps the image itself from being launched: nothing in the form mends it.
fn image_in_the_way(fields: Fields) -> impl IntoView {
    let problem = fields.error_at_once(Part::Image);
    move || {
        problem.get().map(|words| {
            view! { <Note tone=Tone::Warn title=tr("Nothing can be launched from this image now") text=words /> }
        })
    }
}

/// What was typed here before is back, and the address does not say so.
fn restored(fields: Fields) -> impl IntoView {
    move || {
        fields.restored.get().then(|| {
            view! {
                <Note
                    title=tr("What you filled in before is here again")
                    text=tr("It is kept in this tab until the instance is launched; passwords are not.").to_owned()
                >
                    <Button small=true on_press=move |_| fields.start_over()>{tr("Start over")}</Button>
                </Note>
            }
        })
    }
}

fn focus(element: NodeRef<html::Div>) {
    // After it has been drawn.
    request_animation_frame(move || {
        if let Some(element) = element.get_untracked() {
            // Only an element that is not in the document refuses.
            drop(element.focus());
        }
    });
}

/// What is asked for, and the button.
#[component]
fn Asked(
    fields: Fields,
    supply: Supply,
    image: String,
    launching: Launching,
    problems: NodeRef<html::Div>,
) -> impl IntoView {
    let cloud = use_cloud();
    let region = cloud.region().map(str::to_owned);
    let why_not = cloud.why_read_only();
    let flavor =
        Memo::new(move |_| fields.against(|draft, offer| offer.flavor(draft).cloned()).flatten());
    let count = Memo::new(move |_| fields.count_now());
    let title = Signal::derive(move || {
        flavor.with(|flavor| match (flavor, count.get()) {
            (None, _) => tr("No size chosen").to_owned(),
            (Some(flavor), 1) => flavor.name.clone(),
            (Some(flavor), many) => {
                format!("{} × {}", format::thousands(u64::from(many)), flavor.name)
            }
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
    let disk = move || fields.against(disk_words);
    let network = move || fields.against(network_words).flatten();
    let key = move || match fields.key.get() {
        key if !key.is_empty() => key,
        _ if !fields.password.read().is_empty() => tr("password").to_owned(),
        _ => tr("none").to_owned(),
    };
    let or_none = |text: Option<String>| text.unwrap_or_else(|| format::NONE.to_owned());
    view! {
        <Panel title=title note=move || view! { {region.clone()} }>
            <dl class="facts facts--sum">
                <Fact term=tr("Size")>{move || or_none(size())}</Fact>
                <Fact term=tr("Boot disk")>{move || or_none(disk())}</Fact>
                <Fact term=tr("Network")>{move || or_none(network())}</Fact>
                <Fact term=tr("Log in with")>{key}</Fact>
            </dl>
            <QuotaUse supply=supply fields=fields />
            <div class="launch__go">
                <Button
                    kind=ButtonKind::Primary
                    wide=true
                    submit=true
                    icon=Glyph::Launch
                    busy=Signal::derive(move || launching.is_under_way())
                    why_not=Signal::stored(why_not)
                >
                    {move || match (launching.is_under_way(), count.get()) {
                        (true, _) => tr("Launching").to_owned(),
                        (false, 1) => tr("Launch instance").to_owned(),
                        (false, many) => tr_with("Launch {count} instances", &[("count", &many)]),
                    }}
                </Button>
                <CopyLink fields=fields image=image />
            </div>
            <Problems fields=fields element=problems />
        </Panel>
    }
}

fn disk_words(draft: &Draft, _: &Offer) -> String {
    match draft.disk {
        BootDisk::NewVolume => {
            let kind = Some(draft.volume_type.clone()).filter(|kind| !kind.is_empty());
            let fate = if draft.delete_volume { tr("goes with it") } else { tr("stays") };
            let size = tr_with("new volume, {size} GiB", &[("size", &draft.volume_gib.trim())]);
            [Some(size), kind, Some(fate.to_owned())]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(", ")
        }
        BootDisk::Local => tr("local disk, goes with it").to_owned(),
        BootDisk::AsImageSays => {
            let fate = if draft.delete_volume { tr("goes with it") } else { tr("stays") };
            tr_with("from volume snapshots, {fate}", &[("fate", &fate)])
        }
    }
}

fn network_words(draft: &Draft, offer: &Offer) -> Option<String> {
    Some(match draft.network()? {
        NetworkChoice::Auto => tr("the cloud chooses").to_owned(),
        NetworkChoice::None => tr("none").to_owned(),
        NetworkChoice::These(ids) => {
            let name = |network: &Network| attach::network_name(network);
            let names = ids.iter().map(|id| {
                let known = offer.networks.iter().find(|network| network.id == *id);
                known.map_or_else(|| id.to_string(), name)
            });
            names.collect::<Vec<_>>().join(", ")
        }
    })
}

/// All of it as a link.
#[component]
fn CopyLink(fields: Fields, image: String) -> impl IntoView {
    let link = Memo::new(move |_| link::link(&image, &link::whole(&fields.draft())));
    let text = Signal::derive(move || {
        let origin = window().location().origin().unwrap_or_default();
        link.with(|link| format!("{origin}{}", link.href))
    });
    let without = move || {
        let password = !fields.password.read().is_empty();
        match (link.with(|link| link.without_user_data), password) {
            (true, true) => {
                tr("Without the password, and without the user data, which is too long for a link.")
            }
            (true, false) => tr("Without the user data, which is too long for a link."),
            (false, true) => tr("Without the password."),
            (false, false) if !fields.user_data.read().is_empty() => {
                tr("With the user data: whoever has the link can read it.")
            }
            (false, false) => tr("This form as it is now."),
        }
    };
    view! {
        <div class="launch__link">
            <CopyButton text=text what=tr("link") worded=true words=tr("Copy link") />
            <span class="field__hint">{without}</span>
        </div>
    }
}

/// What keeps the instance from being launched, each with the way to its place.
#[component]
fn Problems(fields: Fields, element: NodeRef<html::Div>) -> impl IntoView {
    let title = unique_id("problems");
    let labelled = title.clone();
    let lines = Memo::new(move |_| {
        let mut lines: Vec<(Part, String)> = if fields.tried.get() {
            fields.problems.get().into_iter().map(|problem| (problem.part, problem.words)).collect()
        } else {
            Vec::new()
        };
        if let Some(Refused { part: Some(part), error, .. }) = fields.refused_now() {
            // Why stands at its place; here is the way there.
            lines.push((part, format!("{}.", errors::api(&error, None).title)));
        }
        lines
    });
    view! {
        <div
            class="launch__problems"
            node_ref=element
            tabindex="-1"
            role="group"
            aria-labelledby=labelled
            hidden=move || lines.read().is_empty()
        >
            <p class="visually-hidden" id=title>{tr("What is in the way")}</p>
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
