//! What will come of making an image of a server, before it is made.

use leptos::prelude::*;

use super::form::SnapshotForm;
use super::rules::{self, Coming, Disk};
use crate::text::{format, tr, tr_with};
use crate::ui::{Note, Skeleton, Tone};

/// What will come.
#[component]
pub fn WhatComes(
    /// The form.
    form: SnapshotForm,
    /// A heading stands above it already.
    #[prop(optional)]
    untitled: bool,
) -> impl IntoView {
    let name = form.name;
    view! {
        <div class="stack stack--tight small">
            {(!untitled).then(|| view! { <p class="fieldset__legend">{tr("What will come")}</p> })}
            {move || match form.known.get() {
                None => view! { <Skeleton lines=2 /> }.into_any(),
                Some(known) => {
                    let server = form.server.get_value();
                    let coming = rules::coming(&server, &known.volumes, known.base.as_ref());
                    let over = rules::over_quota(&coming, known.limits.as_ref());
                    let what = match coming {
                        Coming::Data { disk_gib, base_bytes, left_out } => data(disk_gib, base_bytes, left_out),
                        Coming::Pointers(disks) => pointers(disks, name),
                    };
                    view! {
                        {what}
                        {over.map(|(needed, left)| view! {
                            <Note
                                tone=Tone::Warn
                                title=tr("The quota of volume snapshots is too small")
                                text=Some(tr_with("This needs {needed}, and {left} are left. The cloud will refuse it: delete snapshots that you no longer need, or ask for more.", &[("needed", &needed), ("left", &left)]))
                            />
                        })}
                        {known.missing.map(|why| view! {
                            <p class="small muted">{tr_with("Not all could be read: {why} The image can be made nevertheless.", &[("why", &why)])}</p>
                        })}
                    }
                    .into_any()
                }
            }}
        </div>
    }
}

fn data(disk_gib: Option<u64>, base_bytes: Option<u64>, left_out: usize) -> AnyView {
    let size = match (base_bytes, disk_gib) {
        (Some(base), Some(disk)) => tr_with(
            "A real image of its local disk: about {base} to begin with, as the image it was made of, and what was written since; at most {disk}.",
            &[("base", &format::bytes(base)), ("disk", &format::disk(disk))],
        ),
        (None, Some(disk)) => tr_with(
            "A real image of its local disk: as much as is written on it, at most {disk}.",
            &[("disk", &format::disk(disk))],
        ),
        (Some(base), None) => tr_with(
            "A real image of its local disk: about {base}, as the image it was made of, and what was written since.",
            &[("base", &format::bytes(base))],
        ),
        (None, None) => {
            tr("A real image of its local disk: as much as is written on it.").to_owned()
        }
    };
    let left_out = match left_out {
        0 => None,
        1 => Some(tr("Its attached volume is not in it.").to_owned()),
        n => Some(tr_with("Its {n} attached volumes are not in it.", &[("n", &n)])),
    };
    view! {
        <p>{size}</p>
        {left_out.map(|words| view! { <p><strong>{words}</strong></p> })}
        <p class="muted">{tr("It can be launched from in every zone, downloaded and shared; it counts in the image quota.")}</p>
    }
    .into_any()
}

fn pointers(disks: Vec<Disk>, name: RwSignal<String>) -> AnyView {
    let count = disks.len();
    let mut zones: Vec<String> = disks.iter().filter_map(|disk| disk.zone.clone()).collect();
    zones.sort();
    zones.dedup();
    let rows = disks.into_iter().map(|disk| {
        let size = disk.size_gib.map(format::disk);
        let boots = disk.boots.then(|| tr("boot disk").to_owned());
        let facts: Vec<String> = [size, disk.zone, boots].into_iter().flatten().collect();
        view! {
            <li>
                <strong>{disk.name}</strong>
                {(!facts.is_empty()).then(|| format!(" · {}", facts.join(" · ")))}
            </li>
        }
    });
    let first = match count {
        1 => tr("It boots from a volume: the image itself has size 0 and points to a snapshot of the volume.").to_owned(),
        n => tr_with("It boots from a volume: the image itself has size 0 and points to snapshots of its {n} volumes.", &[("n", &n)]),
    };
    let called = move || {
        let name = name.get();
        let named: [(&str, &dyn std::fmt::Display); 1] = [("name", &name.trim())];
        match count {
            1 => tr_with(
                "The snapshot is called “snapshot for {name}” and is as large as the volume.",
                &named,
            ),
            _ => tr_with(
                "Each snapshot is called “snapshot for {name}” and is as large as its volume.",
                &named,
            ),
        }
    };
    let zones = zones.join(", ");
    let stays = (!zones.is_empty()).then(|| {
        tr_with("Snapshots stay where their volumes are: instances from this image start only in {zones}.", &[("zones", &zones)])
    });
    view! {
        <p>{first}</p>
        <ul class="dialog__list">{rows.collect_view()}</ul>
        <p>
            {called}" "
            {stays.map(|stays| view! { <strong>{stays}</strong>" " })}
            {tr("They count in the volume quota, and are paid for until they are deleted.")}
        </p>
        <p class="muted">{tr("Such an image cannot be downloaded, nor anything be rescued with it. Deleting it offers to delete its volume snapshots too.")}</p>
    }
    .into_any()
}
