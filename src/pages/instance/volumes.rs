//! The volumes that are attached to the instance, each with its device and its fate.

use leptos::prelude::*;
use openstack::ServerId;
use openstack::compute::{Server, VolumeAttachment};
use openstack::poll::Motion;
use openstack::volume::{Volume, VolumeStatus};

use super::Known;
use crate::cloud::use_cloud;
use crate::components::ErrorNote;
use crate::live::use_live;
use crate::remote::Phase;
use crate::text::{format, tr};
use crate::ui::{CopyButton, Panel, Shape, Skeleton, Status};

type Attached = (VolumeAttachment, Option<Volume>);

/// The panel; not there while it has none.
#[component]
pub fn Volumes(
    /// The instance.
    known: Known,
    /// Its id.
    id: Memo<ServerId>,
) -> impl IntoView {
    let ids = Memo::new(move |_| {
        known.server.with(|server| {
            let volumes = server.as_ref().map(|server| server.volumes.clone()).unwrap_or_default();
            volumes.into_iter().map(|volume| volume.id).collect::<Vec<_>>()
        })
    });
    let any = Memo::new(move |_| !ids.read().is_empty());
    move || any.get().then(|| panel(known, id, ids).into_any())
}

fn panel(known: Known, id: Memo<ServerId>, ids: Memo<Vec<openstack::VolumeId>>) -> impl IntoView {
    let cloud = use_cloud();
    let volumes = use_live(
        id,
        move |id: ServerId| {
            let cloud = cloud.clone();
            async move { cloud.server_volumes(&id).await }
        },
        |attached: &Vec<Attached>| {
            Motion::any(
                attached
                    .iter()
                    .filter_map(|(_, volume)| Some(volume.as_ref()?.status.is_changing())),
            )
        },
    );
    Effect::new(move |before: Option<Vec<_>>| {
        let now = ids.get();
        if before.is_some_and(|before| before != now) {
            volumes.refresh();
        }
        now
    });
    let remote = volumes.remote();
    let phase = Memo::new(move |_| remote.with(|remote| remote.phase()));
    let error = Memo::new(move |_| remote.with(|remote| remote.error.clone()));
    let rows =
        Memo::new(move |_| remote.with(|remote| remote.value().cloned().unwrap_or_default()));
    view! {
        <Panel title=tr("Volumes") flush=true>
            {move || match phase.get() {
                Phase::Loading => view! { <div class="instance__inset"><Skeleton lines=2 /></div> }.into_any(),
                Phase::Failed => view! {
                    <div class="instance__inset">
                        {error.get().map(|error| view! {
                            <ErrorNote error=Signal::stored(error) on_retry=move |()| volumes.refresh() />
                        })}
                    </div>
                }.into_any(),
                Phase::Ready => view! {
                    <ul class="volumes">
                        <For each=move || rows.get() key=key let:row>
                            {one(&row, known)}
                        </For>
                    </ul>
                }.into_any(),
            }}
        </Panel>
    }
}

/// What a row is drawn anew for.
fn key((attached, volume): &Attached) -> String {
    let volume = volume.as_ref();
    format!(
        "{} {} {:?} {:?}",
        attached.volume_id,
        attached.delete_on_termination,
        volume.map(|volume| volume.status.as_str()),
        volume.map(|volume| (&volume.name, volume.size_gib)),
    )
}

fn one(row: &Attached, known: Known) -> AnyView {
    let (attached, volume) = row;
    let id = attached.volume_id.to_string();
    let name = volume.as_ref().map(|volume| volume.name.clone()).filter(|name| !name.is_empty());
    let boots = known
        .server
        .with_untracked(|server| server.as_ref().is_some_and(|server| is_boot(server, attached)));
    let facts: Vec<String> = [
        volume.as_ref().map(|volume| format::disk(volume.size_gib)),
        volume.as_ref().and_then(|volume| volume.volume_type.clone()),
    ]
    .into_iter()
    .flatten()
    .collect();
    let fate = if attached.delete_on_termination {
        tr("goes with the instance")
    } else {
        tr("stays when the instance is deleted")
    };
    let short: String = id.chars().take(8).collect();
    // One without a name is called after what it is.
    let tagged = boots && name.is_some();
    let title = match (name, boots) {
        (Some(name), _) => name,
        (None, true) => tr("Boot volume").to_owned(),
        (None, false) => tr("Volume without a name").to_owned(),
    };
    view! {
        <li class="volumes__line">
            <span class="volumes__name">
                <strong>{title}</strong>
                <span class="copyable">
                    <code class="copyable__text" title=id.clone()>{short}</code>
                    <CopyButton text=id what=tr("volume id") />
                </span>
                {tagged.then(|| view! { <span class="tag" data-tone="accent">{tr("boot disk")}</span> })}
            </span>
            <span class="volumes__facts">
                {volume.as_ref().map(|volume| view! { <Status shape=shape(&volume.status) word=status_words(&volume.status) /> })}
                <span>{facts.join(", ")}</span>
                {attached.device.clone().map(|device| view! { <code>{device}</code> })}
                <span class="muted">{fate}</span>
            </span>
        </li>
    }
    .into_any()
}

fn is_boot(server: &Server, attached: &VolumeAttachment) -> bool {
    server.boots_from_volume()
        && server.volumes.first().is_some_and(|first| first.id == attached.volume_id)
}

fn shape(status: &VolumeStatus) -> Shape {
    match status {
        VolumeStatus::InUse | VolumeStatus::Available => Shape::Active,
        VolumeStatus::Error | VolumeStatus::ErrorDeleting => Shape::Failed,
        VolumeStatus::Deleting => Shape::Deleting,
        status if status.is_changing() => Shape::Uploading,
        VolumeStatus::Reserved => Shape::Pending,
        _ => Shape::Unknown,
    }
}

fn status_words(status: &VolumeStatus) -> String {
    match status {
        VolumeStatus::Creating => tr("Being made"),
        VolumeStatus::Downloading => tr("Being filled"),
        VolumeStatus::Uploading => tr("Being written to an image"),
        VolumeStatus::Available => tr("Available"),
        VolumeStatus::Reserved => tr("Reserved"),
        VolumeStatus::Attaching => tr("Being attached"),
        VolumeStatus::Detaching => tr("Being detached"),
        VolumeStatus::InUse => tr("In use"),
        VolumeStatus::Deleting => tr("Deleting"),
        VolumeStatus::Error => tr("Error"),
        VolumeStatus::ErrorDeleting => tr("Could not be deleted"),
        other => return other.as_str().to_owned(),
    }
    .to_owned()
}
