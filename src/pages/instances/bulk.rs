//! Work on several instances at once: the bar that offers it, the dialog that asks before and tells after, the run.

use std::collections::HashSet;

use futures_util::stream::{self, StreamExt};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use openstack::compute::{Reboot, Server};
use openstack::{ApiError, ErrorKind, ServerId};

use super::{Shown, focus_on};
use crate::cloud::{Cloud, use_cloud};
use crate::components::server::Deed;
use crate::text::{errors, format, tr, tr_with};
use crate::ui::{self, Button, ButtonKind, Dialog, Glyph, Toast, Toasts};

/// How many instances are worked on at once: quick, and no burden to the cloud.
const AT_ONCE: usize = 4;
/// The id of what the bar says about those that are left out.
const NOTE: &str = "instances-bulk-note";

/// A deed and the instances that were chosen for it.
#[derive(Clone, Debug, PartialEq)]
struct Plan {
    deed: Deed,
    /// To these.
    can: Vec<Server>,
    /// Not to so many, for this reason.
    cannot: Vec<(&'static str, usize)>,
}

impl Plan {
    fn new(deed: Deed, chosen: &[Server]) -> Self {
        let mut plan = Self { deed, can: Vec::new(), cannot: Vec::new() };
        for server in chosen {
            match deed.reason_against(server) {
                None => plan.can.push(server.clone()),
                Some(reason) => match plan.cannot.iter_mut().find(|(known, _)| *known == reason) {
                    Some((_, count)) => *count += 1,
                    None => plan.cannot.push((reason, 1)),
                },
            }
        }
        plan
    }

    /// "It is stopped (2), It is locked against changes (1)"; without figures where there is one reason.
    fn left_out(&self) -> Option<String> {
        let words = |reason: &str| reason.trim_end_matches('.').to_owned();
        match self.cannot.as_slice() {
            [] => None,
            [(reason, _)] => Some(words(reason)),
            several => {
                let each =
                    several.iter().map(|(reason, count)| format!("{} ({count})", words(reason)));
                Some(each.collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn question(&self) -> String {
        let count = format::count(self.can.len(), "instance", "instances");
        tr_with("{verb} {instances}", &[("verb", &self.deed.verb()), ("instances", &count)])
    }

    /// What follows from it, as sentences.
    fn consequences(&self) -> Vec<String> {
        match self.deed {
            Deed::Start => Vec::new(),
            Deed::Stop => vec![
                tr("Their operating systems are asked to shut down; after a minute or so they are switched off. Disks and addresses are kept.")
                    .to_owned(),
            ],
            Deed::Reboot => vec![
                tr("Those that run are asked to restart; the others are switched off and on. Connections to them break.").to_owned(),
            ],
            Deed::Delete => {
                let volumes = || self.can.iter().flat_map(|server| &server.volumes);
                let going = volumes().filter(|volume| volume.delete_on_termination).count();
                let staying = volumes().count() - going;
                let mut all = vec![tr("This cannot be undone. Local disks go with them; floating addresses stay with the project.").to_owned()];
                if going > 0 {
                    let count = format::count(going, "volume", "volumes");
                    all.push(tr_with("{volumes} go with them, as was chosen when they were attached.", &[("volumes", &count)]));
                }
                if staying > 0 {
                    let count = format::count(staying, "volume", "volumes");
                    all.push(tr_with("{volumes} stay, and are paid for until you delete them. To have them deleted too, delete those instances one by one.", &[("volumes", &count)]));
                }
                all
            }
        }
    }
}

/// What came of it, so far.
#[derive(Clone, Debug, Default, PartialEq)]
struct Progress {
    total: usize,
    done: usize,
    failed: Vec<(Server, ApiError)>,
    over: bool,
}

/// What bar and dialog share. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Bulk {
    cloud: StoredValue<Cloud>,
    toasts: Toasts,
    shown: Shown,
    /// The chosen instances that are still there.
    chosen: Memo<Vec<Server>>,
    plan: RwSignal<Option<Plan>>,
    progress: RwSignal<Option<Progress>>,
    open: RwSignal<bool>,
    around: NodeRef<html::Div>,
}

/// Makes it for the page. [`BulkBar`] and [`BulkDialog`] have to be in the page once.
pub fn use_bulk(shown: Shown, around: NodeRef<html::Div>) -> Bulk {
    let chosen = Memo::new(move |_| {
        let ids: HashSet<ServerId> = shown.selection.ids.get();
        shown.servers.remote().with(|remote| {
            let all = remote.value().map(|listing| listing.items.as_slice()).unwrap_or_default();
            if ids.is_empty() {
                return Vec::new();
            }
            all.iter().filter(|server| ids.contains(&server.id)).cloned().collect::<Vec<_>>()
        })
    });
    Bulk {
        cloud: StoredValue::new(use_cloud()),
        toasts: expect_context::<Toasts>(),
        shown,
        chosen,
        plan: RwSignal::new(None),
        progress: RwSignal::new(None),
        open: RwSignal::new(false),
        around,
    }
}

impl Bulk {
    fn ask(self, deed: Deed) {
        self.plan.set(Some(self.chosen.with_untracked(|chosen| Plan::new(deed, chosen))));
        self.progress.set(None);
        self.open.set(true);
    }

    fn is_going(self) -> bool {
        self.progress.with(|progress| progress.as_ref().is_some_and(|progress| !progress.over))
    }

    /// Does it to all of them. It goes on when the page is left, and says at the end what came of it.
    fn start(self, deed: Deed, servers: Vec<Server>) {
        let cloud = self.cloud.get_value();
        let mut progress = Progress { total: servers.len(), ..Progress::default() };
        self.progress.set(Some(progress.clone()));
        spawn_local(async move {
            let work = servers.into_iter().map(|server| {
                let cloud = cloud.clone();
                async move {
                    let answer = perform(&cloud, deed, &server).await;
                    (server, answer)
                }
            });
            let mut outcomes = stream::iter(work).buffer_unordered(AT_ONCE);
            while let Some((server, answer)) = outcomes.next().await {
                match answer {
                    Ok(()) => {
                        progress.done += 1;
                        self.shown.selection.ids.try_update(|ids| ids.remove(&server.id));
                    }
                    Err(error) => progress.failed.push((server, error)),
                }
                self.progress.try_set(Some(progress.clone()));
            }
            progress.over = true;
            self.shown.servers.refresh();
            self.progress.try_set(Some(progress.clone()));
            self.tell(deed, &progress);
        });
    }

    fn tell(self, deed: Deed, progress: &Progress) {
        if progress.done > 0 {
            self.toasts.show(Toast::ok(done_words(deed, progress.done)));
        }
        if progress.failed.is_empty() {
            self.open.try_set(false);
            request_animation_frame(move || focus_on(self.around));
        } else if self.open.try_get_untracked() != Some(true) {
            // The open dialog tells each of them. Where it is closed, or the page was left, nobody would see it.
            let names: Vec<String> =
                progress.failed.iter().take(5).map(|(server, _)| server.name.clone()).collect();
            let title = tr_with(
                "{what}: failed for {count}",
                &[("what", &deed.verb()), ("count", &progress.failed.len())],
            );
            let text = tr_with("They stay as they were: {names}", &[("names", &names.join(", "))]);
            self.toasts.show(Toast::danger(title, text));
        }
    }
}

async fn perform(cloud: &Cloud, deed: Deed, server: &Server) -> Result<(), ApiError> {
    let id = &server.id;
    match deed {
        Deed::Start => cloud.start_server(id).await,
        Deed::Stop => cloud.stop_server(id).await,
        Deed::Reboot if Deed::reason_against_asking(server).is_none() => {
            cloud.reboot_server(id, Reboot::Soft).await
        }
        Deed::Reboot => cloud.reboot_server(id, Reboot::Hard).await,
        Deed::Delete => match cloud.delete_server(id).await {
            // Somebody else was quicker: what was asked for is so.
            Err(error) if error.kind == ErrorKind::NotFound => Ok(()),
            answer => answer,
        },
    }
}

fn done_words(deed: Deed, count: usize) -> String {
    let instances = format::count(count, "instance", "instances");
    let values: [(&str, &dyn std::fmt::Display); 1] = [("instances", &instances)];
    match deed {
        Deed::Start => tr_with("Starting {instances}", &values),
        Deed::Stop => tr_with("Stopping {instances}", &values),
        Deed::Reboot => tr_with("Rebooting {instances}", &values),
        Deed::Delete => tr_with("Deleting {instances}", &values),
    }
}

/// How many are chosen, and what can be done with them.
#[component]
pub fn BulkBar(
    /// The page's work on several instances.
    bulk: Bulk,
) -> impl IntoView {
    let any = Memo::new(move |_| bulk.chosen.with(|chosen| !chosen.is_empty()) || bulk.is_going());
    view! {
        <Show when=move || any.get()>{bar(bulk)}</Show>
        <p class="visually-hidden" role="status">
            {move || (any.get() && !bulk.is_going()).then(|| count_words(bulk))}
        </p>
    }
}

fn count_words(bulk: Bulk) -> String {
    let chosen = bulk.chosen.with(Vec::len);
    let count = format::thousands(chosen as u64);
    let mut parts = vec![tr_with("{count} selected", &[("count", &count)])];
    bulk.shown.selection.share();
    let hidden = chosen.saturating_sub(bulk.shown.selection.in_sight());
    if hidden > 0 {
        parts.push(tr_with("{count} not in this list", &[("count", &hidden)]));
    }
    parts.join(" · ")
}

fn bar(bulk: Bulk) -> AnyView {
    let read_only = StoredValue::new(bulk.cloud.with_value(Cloud::why_read_only));
    let plan = move |deed: Deed| bulk.chosen.with(|chosen| Plan::new(deed, chosen));
    let button = move |deed: Deed, glyph: Glyph| {
        let why_not = Signal::derive(move || {
            let nothing = || {
                let plan = plan(deed);
                if plan.can.is_empty() { plan.left_out() } else { None }
            };
            read_only.get_value().or_else(nothing)
        });
        let words = move || {
            let (can, all) = (plan(deed).can.len(), bulk.chosen.with(Vec::len));
            if can == all || can == 0 {
                return deed.verb().to_owned();
            }
            let (can, all) = (format::thousands(can as u64), format::thousands(all as u64));
            tr_with(
                "{verb} {count} of {total}",
                &[("verb", &deed.verb()), ("count", &can), ("total", &all)],
            )
        };
        view! {
            <Button
                kind=ButtonKind::Quiet
                small=true
                icon=glyph
                why_not=why_not
                reason_at=NOTE
                on_press=move |_| bulk.ask(deed)
            >
                {words}
            </Button>
        }
        .into_any()
    };
    let note = move || {
        read_only.get_value().or_else(|| {
            let parts: Vec<String> = [Deed::Start, Deed::Stop, Deed::Reboot, Deed::Delete]
                .into_iter()
                .map(plan)
                .filter(|plan| plan.can.is_empty())
                .filter_map(|plan| Some(format!("{}: {}", plan.deed.verb(), plan.left_out()?)))
                .collect();
            (!parts.is_empty()).then(|| parts.join(" · "))
        })
    };
    view! {
        <div class="bulk" role="group" aria-label=tr("Selected instances")>
            <span class="bulk__count">{move || count_words(bulk)}</span>
            {move || if bulk.is_going() {
                view! {
                    <Button small=true on_press=move |_| bulk.open.set(true)>{tr("Show progress")}</Button>
                }.into_any()
            } else {
                view! {
                    {button(Deed::Start, Glyph::Play)}
                    {button(Deed::Stop, Glyph::Stop)}
                    {button(Deed::Reboot, Glyph::Retry)}
                    {button(Deed::Delete, Glyph::Trash)}
                }.into_any()
            }}
            <span class="bulk__note" id=NOTE>{note}</span>
            <Button kind=ButtonKind::Quiet small=true on_press=move |_| {
                bulk.shown.selection.clear();
                request_animation_frame(move || focus_on(bulk.around));
            }>
                {tr("Clear selection")}
            </Button>
        </div>
    }
    .into_any()
}

/// Asks, shows how far it is, tells what failed.
#[component]
pub fn BulkDialog(
    /// The page's work on several instances.
    bulk: Bulk,
) -> impl IntoView {
    let title = Signal::derive(move || {
        bulk.plan.with(|plan| {
            plan.as_ref().map(|plan| format!("{}?", plan.question())).unwrap_or_default()
        })
    });
    // Only the step that is shown is made anew, not at each instance that is done.
    let step = Memo::new(move |_| {
        bulk.progress.with(|progress| match progress {
            None => Stage::Asking,
            Some(progress) if !progress.over => Stage::Going,
            Some(_) => Stage::Over,
        })
    });
    view! {
        <Dialog open=bulk.open title=title>
            {move || bulk.plan.get().map(|plan| match step.get() {
                Stage::Asking => asking(bulk, plan),
                Stage::Going => going(bulk),
                Stage::Over => over(bulk, plan.deed),
            })}
        </Dialog>
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Asking,
    Going,
    Over,
}

fn asking(bulk: Bulk, plan: Plan) -> AnyView {
    let kind =
        if plan.deed == Deed::Delete { ButtonKind::DangerSolid } else { ButtonKind::Primary };
    let label = plan.question();
    let left_out = plan.left_out();
    let names = plan
        .can
        .iter()
        .map(|server| {
            let short: String = server.id.as_str().chars().take(8).collect();
            view! {
                <li class="bulk__line">
                    <span class="truncate">{server.name.clone()}</span>
                    <code class="faint">{short}</code>
                </li>
            }
        })
        .collect_view();
    let consequences =
        plan.consequences().into_iter().map(|words| view! { <p>{words}</p> }).collect_view();
    let (deed, servers) = (plan.deed, plan.can);
    view! {
        <div class="dialog__body">
            <ul class="dialog__list bulk__names" tabindex="0" aria-label=tr("Instances")>{names}</ul>
            {consequences}
            {left_out.map(|reasons| view! {
                <p class="muted">{tr_with("Left out: {reasons}", &[("reasons", &reasons)])}</p>
            })}
        </div>
        <div class="dialog__foot">
            <Button on_press=move |_| bulk.open.set(false)>{tr("Cancel")}</Button>
            <Button kind=kind on_press=move |_| bulk.start(deed, servers.clone())>{label}</Button>
        </div>
    }
    .into_any()
}

fn going(bulk: Bulk) -> AnyView {
    let progress = move || bulk.progress.get().unwrap_or_default();
    let share = Signal::derive(move || {
        let now = progress();
        Some((now.done + now.failed.len()) as f64 / now.total.max(1) as f64)
    });
    let words = move || {
        let now = progress();
        let gone = now.done + now.failed.len();
        tr_with("{count} of {total} done", &[("count", &gone), ("total", &now.total)])
    };
    view! {
        <div class="dialog__body">
            <ui::Progress label=Signal::stored(tr("Progress").to_owned()) share=share />
            <p>{words}</p>
            <p class="muted">{tr("It goes on when this is closed.")}</p>
        </div>
        <div class="dialog__foot">
            <Button on_press=move |_| bulk.open.set(false)>{tr("Close")}</Button>
        </div>
    }
    .into_any()
}

/// Row by row what failed and why, and the way to try those again.
fn over(bulk: Bulk, deed: Deed) -> AnyView {
    let progress = bulk.progress.get_untracked().unwrap_or_default();
    let again: Vec<Server> = progress.failed.iter().map(|(server, _)| server.clone()).collect();
    let failures = progress
        .failed
        .iter()
        .map(|(server, error)| {
            let words = errors::api(error, None);
            view! {
                <li class="bulk__failure">
                    <span class="bulk__name">{server.name.clone()}</span>
                    <span class="bulk__why">{words.text_with_request()}</span>
                </li>
            }
        })
        .collect_view();
    let told = tr_with(
        "{done} done, {failed} failed and stay as they were:",
        &[("done", &progress.done), ("failed", &progress.failed.len())],
    );
    view! {
        <div class="dialog__body" role="alert">
            <p>{told}</p>
            <ul class="bulk__failures" tabindex="0" aria-label=tr("What failed")>{failures}</ul>
        </div>
        <div class="dialog__foot">
            <Button on_press=move |_| bulk.open.set(false)>{tr("Close")}</Button>
            <Button kind=ButtonKind::Primary on_press=move |_| bulk.start(deed, again.clone())>{tr("Try these again")}</Button>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn server(status: &str, volumes: serde_json::Value) -> Server {
        serde_json::from_value(json!({
            "id": "s", "status": status, "os-extended-volumes:volumes_attached": volumes,
        }))
        .expect("a server")
    }

    #[test]
    fn what_cannot_be_done_is_left_out_with_its_reason() {
        let chosen = [
            server("ACTIVE", json!([])),
            server("SHUTOFF", json!([])),
            server("SHUTOFF", json!([])),
        ];
        let plan = Plan::new(Deed::Stop, &chosen);
        assert_eq!(plan.can.len(), 1);
        assert_eq!(plan.left_out().as_deref(), Some("It is stopped"));
        assert_eq!(plan.question(), "Stop 1 instance");
        assert_eq!(Plan::new(Deed::Delete, &chosen).left_out(), None);
    }

    #[test]
    fn deleting_several_says_what_becomes_of_their_volumes() {
        let chosen = [
            server("ACTIVE", json!([{"id": "v", "delete_on_termination": true}])),
            server("ACTIVE", json!([{"id": "w"}, {"id": "x"}])),
        ];
        let all = Plan::new(Deed::Delete, &chosen).consequences().join(" ");
        assert!(all.contains("1 volume go") && all.contains("2 volumes stay"), "{all}");
    }
}
