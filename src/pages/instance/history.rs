//! What was done to the instance: each action with who, when, its result and request id, and on request its steps.
//!
//! Nova keeps it in `os-instance-actions`. It is fetched with the page, again whenever the instance changes, and its first
//! action also tells the steps of the start (`building.rs`) and what failed (`fault.rs`).

use leptos::prelude::*;
use openstack::compute::{ActionRow, ActionStep, Server};
use openstack::poll::Motion;
use openstack::{ApiError, ErrorKind, ServerId, Timestamp};

use super::Known;
use crate::clock;
use crate::cloud::{Cloud, use_cloud};
use crate::components::ErrorNote;
use crate::live::{Live, use_live};
use crate::remote::Phase;
use crate::text::{format, tr, tr_with};
use crate::ui::{CopyButton, Empty, Glyph, Icon, Panel, Shape, Skeleton, Status};

/// What the cloud remembers.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Told {
    /// What was done, newest first.
    pub rows: Vec<ActionRow>,
    /// The steps of its creation, as far as policy shows them.
    pub creation: Vec<ActionStep>,
}

impl Told {
    /// When a host took the instance over.
    pub fn on_host(&self) -> Option<Timestamp> {
        let build = |step: &&ActionStep| step.event == "compute__do_build_and_run_instance";
        self.creation.iter().filter(build).filter_map(|step| step.start_time).min()
    }

    /// The request that failed: the newest with a message, else the creation itself.
    pub fn failed_request(&self) -> Option<String> {
        self.rows
            .iter()
            .find(|row| is_failed(row))
            .or_else(|| self.rows.iter().find(|row| row.action == "create"))
            .map(|row| row.request_id.clone())
    }
}

fn is_failed(row: &ActionRow) -> bool {
    row.message.as_ref().is_some_and(|message| !message.is_empty())
}

/// Fetched with the page, and again when the instance changes.
pub(crate) fn use_history(id: Memo<ServerId>, server: Memo<Option<Server>>) -> Live<Told> {
    let cloud = use_cloud();
    let history = use_live(
        id,
        move |id: ServerId| {
            let cloud = cloud.clone();
            async move { fetch(&cloud, &id).await }
        },
        move |_| {
            let changing = server
                .try_with_untracked(|server| server.as_ref().is_some_and(Server::is_changing));
            Motion::any(changing)
        },
    );
    let state = Memo::new(move |_| {
        server.with(|server| {
            server.as_ref().map(|server| (server.status.clone(), server.task_state.clone()))
        })
    });
    Effect::new(move |before: Option<Option<_>>| {
        let state = state.get();
        if before.flatten().is_some_and(|before| Some(&before) != state.as_ref()) {
            history.refresh();
        }
        state
    });
    history
}

async fn fetch(cloud: &Cloud, id: &ServerId) -> Result<Told, ApiError> {
    let rows = cloud.server_history(id).await?;
    let created = rows.iter().find(|row| row.action == "create");
    let creation = match created {
        None => Vec::new(),
        Some(row) => match cloud.server_steps(id, &row.request_id).await {
            Ok(steps) => steps,
            // Policy may keep the steps from customers; the rows are worth showing without them.
            Err(error) if matches!(error.kind, ErrorKind::Forbidden | ErrorKind::NotFound) => {
                Vec::new()
            }
            Err(error) => return Err(error),
        },
    };
    Ok(Told { rows, creation })
}

/// The panel.
#[component]
pub fn History(
    /// The instance.
    known: Known,
) -> impl IntoView {
    let remote = known.history.remote();
    let phase = Memo::new(move |_| remote.with(|remote| remote.phase()));
    let error = Memo::new(move |_| remote.with(|remote| remote.error.clone()));
    let rows = Memo::new(move |_| {
        remote.with(|remote| remote.value().map(|told| told.rows.clone()).unwrap_or_default())
    });
    let count = move || {
        (phase.get() == Phase::Ready)
            .then(|| format::count(rows.with(Vec::len), "action", "actions"))
    };
    view! {
        <Panel title=tr("History") flush=true note=move || view! { {count} }>
            {move || match phase.get() {
                Phase::Loading => view! { <div class="instance__inset"><Skeleton lines=3 /></div> }.into_any(),
                Phase::Failed => view! {
                    <div class="instance__inset">
                        {error.get().map(|error| view! {
                            <ErrorNote error=Signal::stored(error) on_retry=move |()| known.history.refresh() />
                        })}
                    </div>
                }.into_any(),
                Phase::Ready => view! {
                    <ul class="history">
                        <For each=move || rows.get() key=|row| row.request_id.clone() let:row>
                            <Row row=row rows=rows known=known />
                        </For>
                    </ul>
                    <Show when=move || rows.read().is_empty()>
                        <Empty small=true title=tr("The cloud remembers nothing that was done to it") />
                    </Show>
                }.into_any(),
            }}
        </Panel>
    }
}

/// One action; opened, its steps.
#[component]
fn Row(row: ActionRow, rows: Memo<Vec<ActionRow>>, known: Known) -> impl IntoView {
    let request = row.request_id.clone();
    let first = row.clone();
    let row = Memo::new(move |_| {
        rows.with(|rows| rows.iter().find(|row| row.request_id == request).cloned())
            .unwrap_or_else(|| first.clone())
    });
    let cloud = use_cloud();
    let own = cloud.user().id.clone();
    let open = RwSignal::new(false);
    // The newest one goes on for as long as the instance changes.
    let going = Memo::new(move |_| {
        let newest = rows.with(|rows| rows.first().map(|first| first.request_id.clone()));
        newest.is_some_and(|newest| row.with(|row| row.request_id == newest))
            && known.server.with(|server| server.as_ref().is_some_and(Server::is_changing))
    });
    let result = Memo::new(move |_| row.with(|row| outcome(row, going.get())));
    let who = move || {
        row.with(|row| match &row.user_id {
            Some(user) if *user == own => tr("by you").to_owned(),
            Some(user) => tr_with(
                "by user {user}",
                &[("user", &user.as_str().chars().take(8).collect::<String>())],
            ),
            None => tr("by the cloud").to_owned(),
        })
    };
    let when = move || {
        row.with(|row| row.start_time.map(|then| format::moment(then, clock::offset_at(then))))
    };
    let steps = LocalResource::new(move || {
        let cloud = cloud.clone();
        let wanted = open.get().then(|| {
            let id = known
                .server
                .with_untracked(|server| server.as_ref().map(|server| server.id.clone()));
            // A change of the row is a reason to look again.
            id.zip(row.with(|row| Some(row.request_id.clone())))
        });
        async move {
            match wanted.flatten() {
                Some((id, request)) => Some(cloud.server_steps(&id, &request).await),
                None => None,
            }
        }
    });
    view! {
        <li class="history__row">
            <details
                class="history__fold"
                on:toggle:target=move |event| open.set(event.target().open())
            >
                <summary class="history__line">
                    <span class="history__what">
                        <Status
                            shape=Signal::derive(move || result.get().0)
                            word=Signal::derive(move || row.with(|row| action_words(&row.action)))
                            note=Signal::derive(move || result.get().1.map(str::to_owned))
                        />
                    </span>
                    <span class="history__when">{when}</span>
                    <span class="history__who">{who}</span>
                    <Icon glyph=Glyph::Right small=true />
                </summary>
                <div class="history__more">
                    <p class="history__request">
                        {tr("Request ")}
                        <span class="copyable">
                            <code class="copyable__text">{move || row.with(|row| row.request_id.clone())}</code>
                            <CopyButton text=Signal::derive(move || row.with(|row| row.request_id.clone())) what=tr("request id") />
                        </span>
                    </p>
                    {move || open.get().then(|| match steps.get().flatten() {
                        None => view! { <Skeleton lines=2 /> }.into_any(),
                        Some(Err(error)) => view! { <ErrorNote error=Signal::stored(error) /> }.into_any(),
                        Some(Ok(steps)) if steps.is_empty() => view! {
                            <p class="small muted">{tr("This cloud does not show its steps.")}</p>
                        }.into_any(),
                        Some(Ok(steps)) => view! { <ol class="history__steps">{steps.iter().map(one_step).collect_view()}</ol> }.into_any(),
                    })}
                </div>
            </details>
        </li>
    }
}

fn one_step(step: &ActionStep) -> AnyView {
    let (shape, word) = match step.result.as_deref() {
        None => (Shape::Uploading, tr("under way").to_owned()),
        Some("Success") => (Shape::Done, tr("done").to_owned()),
        Some("Error") => (Shape::Failed, tr("failed").to_owned()),
        Some(other) => (Shape::Unknown, other.to_owned()),
    };
    let seconds = step
        .start_time
        .zip(step.finish_time)
        .and_then(|(began, ended)| u64::try_from(ended.as_second() - began.as_second()).ok());
    let note = seconds.map(format::duration);
    let details = step.details.clone().filter(|details| !details.is_empty());
    view! {
        <li class="history__step">
            <Status shape=shape word=word note=Signal::stored(note) />
            <code class="history__event">{step.event.clone()}</code>
            {details.map(|details| view! { <span class="history__details">{details}</span> })}
        </li>
    }
    .into_any()
}

/// Shape and, where it did not go well or goes on, a word.
fn outcome(row: &ActionRow, going: bool) -> (Shape, Option<&'static str>) {
    match (is_failed(row), going) {
        (true, _) => (Shape::Failed, Some(tr("failed"))),
        (false, true) => (Shape::Uploading, Some(tr("under way"))),
        (false, false) => (Shape::Done, None),
    }
}

/// What was done (nova/compute/instance_actions.py), as people say it; a word we do not know as it is.
fn action_words(action: &str) -> String {
    match action {
        "create" => tr("Launched"),
        "delete" => tr("Deleted"),
        "start" => tr("Started"),
        "stop" => tr("Stopped"),
        "reboot" => tr("Rebooted"),
        "createImage" => tr("Image created from it"),
        "rescue" => tr("Rescued"),
        "unrescue" => tr("Rescue ended"),
        "attach_volume" => tr("Volume attached"),
        "detach_volume" => tr("Volume detached"),
        "attach_interface" => tr("Network attached"),
        "detach_interface" => tr("Network detached"),
        "rebuild" => tr("Rebuilt"),
        "resize" => tr("Resized"),
        "confirmResize" => tr("New size kept"),
        "revertResize" => tr("Old size restored"),
        "lock" => tr("Locked"),
        "unlock" => tr("Unlocked"),
        "pause" => tr("Paused"),
        "unpause" => tr("Unpaused"),
        "suspend" => tr("Suspended"),
        "resume" => tr("Resumed"),
        "shelve" => tr("Shelved"),
        "unshelve" => tr("Unshelved"),
        "changePassword" => tr("Password set"),
        "migrate" | "live-migration" => tr("Moved to another host"),
        other => return other.to_owned(),
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(action: &str, request: &str, message: Option<&str>) -> ActionRow {
        serde_json::from_value(json!({"action": action, "request_id": request, "message": message}))
            .expect("a row")
    }

    #[test]
    fn the_request_that_failed_is_found() {
        let check = |rows: Vec<ActionRow>, expected: Option<&str>| {
            let told = Told { rows, creation: Vec::new() };
            assert_eq!(told.failed_request().as_deref(), expected);
        };
        let created = || row("create", "req-1", None);
        check(vec![row("reboot", "req-2", Some("Error")), created()], Some("req-2"));
        check(vec![row("reboot", "req-2", None), created()], Some("req-1"));
        check(Vec::new(), None);
    }

    #[test]
    fn the_first_event_on_a_host_ends_the_scheduling() {
        let steps = json!([
            {"event": "compute__do_build_and_run_instance", "start_time": "2026-11-22T10:00:09.000000"},
            {"event": "compute__do_build_and_run_instance", "start_time": "2026-11-22T10:00:03.000000"},
            {"event": "conductor_schedule_and_build_instances", "start_time": "2026-11-22T10:00:00.000000"},
        ]);
        let creation = serde_json::from_value(steps).expect("steps");
        let told = Told { rows: Vec::new(), creation };
        let expected: Timestamp = "2026-11-22T10:00:03Z".parse().expect("a moment");
        assert_eq!(told.on_host(), Some(expected));
    }

    #[test]
    fn actions_are_named_as_people_say_them() {
        assert_eq!(action_words("createImage"), "Image created from it");
        assert_eq!(action_words("evacuate"), "evacuate");
    }
}
