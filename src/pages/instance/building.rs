//! How the start of an instance goes, and how it went: what happens by Nova's own names, when each step began and how long
//! it took.
//!
//! The steps are known from `task_state`, which is seen only when somebody looks; the end of scheduling is known exactly
//! from the action's first event (`history.rs` fetches it).

use std::time::Duration;

use leptos::prelude::*;
use openstack::Timestamp;
use openstack::compute::{Server, ServerStatus};
use openstack::volume::VolumeStatus;

use super::Known;
use crate::clock;
use crate::components::server::{Line, Origins, Progress, Step, boot_volume, timeline};
use crate::text::{format, tr, tr_with};
use crate::ui::{Panel, Shape, Status};

const TICK: Duration = Duration::from_secs(1);

/// The steps while it starts, and afterwards for whoever has watched it.
#[component]
pub fn Building(
    /// The instance.
    known: Known,
) -> impl IntoView {
    let building = Memo::new(move |_| {
        known.server.with(|server| {
            server.as_ref().is_some_and(|server| server.status == ServerStatus::Build)
        })
    });
    let title = Signal::derive(move || {
        if building.get() { tr("Starting") } else { tr("Started") }.to_owned()
    });
    let now = clock::use_now(TICK);
    let since = move || {
        let (created, launched) = known.server.with(|server| {
            let server = server.as_ref()?;
            Some((server.created?, server.launched_at))
        })?;
        if let (false, Some(launched)) = (building.get(), launched) {
            let seconds = u64::try_from(launched.as_second() - created.as_second()).ok()?;
            return Some(tr_with("in {duration}", &[("duration", &format::duration(seconds))]));
        }
        let age = format::age(created, now.get());
        let age = if age == tr("now") { tr("just now").to_owned() } else { age };
        Some(tr_with("asked for {age}", &[("age", &age)]))
    };
    let foot = move || {
        if building.get() {
            tr("You may leave this page; the cloud goes on. Most instances run within a minute.")
        } else {
            tr(
                "Its system starts now: until it answers may take another minute. The console log shows how far it is.",
            )
        }
    };
    view! {
        <Panel title=title note=move || view! { {since} } foot=move || view! { {foot} }>
            <Steps known=known now=now />
        </Panel>
    }
}

/// The list of steps.
#[component]
pub fn Steps(
    /// The instance.
    known: Known,
    /// The time, for the step under way.
    #[prop(into)]
    now: Signal<Timestamp>,
) -> impl IntoView {
    let lines = Memo::new(move |_| {
        known.server.with(|server| {
            let server = server.as_ref()?;
            Some(known.seen.with(|seen| timeline(server, seen, known.on_host.get())))
        })
    });
    let line = move |step: Step| {
        let line = Memo::new(move |_| {
            lines.with(|lines| lines.as_ref()?.iter().find(|line| line.step == step).copied())
        });
        let shape =
            Signal::derive(move || line.get().map_or(Shape::Queued, |line| shape(line.progress)));
        let what = Memo::new(move |_| {
            let progress = line.get()?.progress;
            known.origins.with(|origins| {
                known.server.with(|server| what(server.as_ref()?, origins, step, progress))
            })
        });
        let is_now =
            move || line.get().is_some_and(|line| line.progress == Progress::Now).then_some("step");
        view! {
            <li class="steps__step" aria-current=is_now>
                <span class="steps__name">
                    <Status shape=shape word=step.label() />
                    <code class="steps__task">{step.task()}</code>
                </span>
                <span class="steps__time">{move || line.get().and_then(|line| times(line, now.get()))}</span>
                {move || what.get().map(|what| view! { <span class="steps__what">{what}</span> })}
            </li>
        }
    };
    view! { <ol class="steps steps--timed">{Step::EACH.map(line).collect_view()}</ol> }
}

/// "10:00:03, 14 s".
fn times(line: Line, now: Timestamp) -> Option<String> {
    let began = line.began?;
    let at = began.at(clock::offset_at(began));
    let at = format!("{:02}:{:02}:{:02}", at.hour, at.minute, at.second);
    let seconds = match line.progress {
        Progress::Now => u64::try_from(now.as_second() - began.as_second()).ok(),
        _ => line.seconds(),
    };
    Some(match seconds {
        Some(seconds) => format!("{at}, {}", format::duration(seconds)),
        None => at,
    })
}

/// Shape of a step; the words beside it say the rest.
fn shape(progress: Progress) -> Shape {
    match progress {
        Progress::Done => Shape::Done,
        Progress::Now => Shape::Uploading,
        Progress::Ahead => Shape::Queued,
        Progress::Failed => Shape::Failed,
        Progress::Unknown => Shape::Unknown,
    }
}

/// What happens in a step, with this instance's own things.
fn what(server: &Server, origins: &Origins, step: Step, progress: Progress) -> Option<String> {
    match (step, progress) {
        (Step::Scheduling, Progress::Now) => {
            Some(tr("A host with enough free cores, memory and disk is looked for.").to_owned())
        }
        (Step::Scheduling, Progress::Done) if !server.availability_zone.is_empty() => {
            Some(tr_with("A host in {zone} has room.", &[("zone", &server.availability_zone)]))
        }
        (Step::Networking, Progress::Now) => {
            Some(tr("Ports are made on its networks, with their addresses.").to_owned())
        }
        (Step::Networking, Progress::Done) => {
            let all: Vec<String> = server
                .addresses
                .iter()
                .flat_map(|(network, addresses)| {
                    addresses.iter().map(move |address| {
                        tr_with(
                            "{address} on {network}",
                            &[("address", &address.addr), ("network", network)],
                        )
                    })
                })
                .collect();
            (!all.is_empty()).then(|| all.join(", "))
        }
        (Step::BlockDevice, Progress::Now) => Some(disk(server, origins)),
        (Step::Spawning, Progress::Now) => {
            Some(tr("The machine is defined on its host and switched on.").to_owned())
        }
        _ => None,
    }
}

fn disk(server: &Server, origins: &Origins) -> String {
    if server.image_id.is_some() {
        return tr("The image is fetched to the host, where it is not there already.").to_owned();
    }
    let volume = boot_volume(server).and_then(|id| origins.volumes.get(&id).cloned());
    match volume {
        Some(volume) if volume.status == VolumeStatus::Downloading => tr_with(
            "Its volume of {size} is filled from the image; a large one takes minutes.",
            &[("size", &format::disk(volume.size_gib))],
        ),
        Some(volume) if volume.status == VolumeStatus::Creating => {
            tr_with("Its volume of {size} is made.", &[("size", &format::disk(volume.size_gib))])
        }
        _ => {
            tr("Its volume is made, filled from the image and attached; a large one takes minutes.")
                .to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(server: serde_json::Value, step: Step, progress: Progress, expected: Option<&str>) {
        let server: Server = serde_json::from_value(server).expect("a server");
        let found = what(&server, &Origins::default(), step, progress);
        assert_eq!(found.as_deref(), expected);
    }

    #[test]
    fn each_step_says_what_happens_to_this_instance() {
        let server = || {
            json!({
                "id": "s", "status": "BUILD", "image": "", "OS-EXT-AZ:availability_zone": "dev-1a",
                "addresses": {"inside": [{"addr": "192.168.0.5", "version": 4}]},
            })
        };
        check(server(), Step::Scheduling, Progress::Done, Some("A host in dev-1a has room."));
        check(server(), Step::Networking, Progress::Done, Some("192.168.0.5 on inside"));
        check(server(), Step::Spawning, Progress::Ahead, None);
        let local = json!({"id": "s", "status": "BUILD", "image": {"id": "i"}});
        check(
            local,
            Step::BlockDevice,
            Progress::Now,
            Some("The image is fetched to the host, where it is not there already."),
        );
    }
}
