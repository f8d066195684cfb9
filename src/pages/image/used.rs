//! Who uses the image: instances and volumes that were made from it.

use leptos::prelude::*;
use openstack::compute::Server;
use openstack::image::Image;
use openstack::poll::Motion;
use openstack::volume::Volume;
use openstack::{ImageId, VolumeSnapshotId};

use crate::cloud::{ImageUse, use_cloud};
use crate::components::image::use_words;
use crate::components::server::ServerState;
use crate::components::{ErrorNote, Stale};
use crate::live::use_live;
use crate::routes;
use crate::text::{format, tr, tr_with};
use crate::ui::{Copyable, Empty, Panel, Skeleton, Status};

/// The panel. It looks for itself: what uses an image changes apart from the image.
#[component]
pub fn UsedPanel(
    /// The image.
    image: Memo<Image>,
) -> impl IntoView {
    let cloud = use_cloud();
    let key = Memo::new(move |_| image.with(|image| (image.id.clone(), image.volume_snapshots())));
    let fetch = move |(id, snapshots): (ImageId, Vec<VolumeSnapshotId>)| {
        let cloud = cloud.clone();
        async move { cloud.image_use(&id, &snapshots).await }
    };
    let live = use_live(key, fetch, |users: &ImageUse| {
        Motion::any(
            users
                .servers
                .iter()
                .map(Server::is_changing)
                .chain(users.volumes.iter().map(|volume| volume.status.is_changing())),
        )
    });
    let remote = live.remote();
    let users = Memo::new(move |_| remote.with(|remote| remote.value().cloned()));
    let error = Memo::new(move |_| remote.with(|remote| remote.error.clone()));
    let note =
        move || users.with(|users| users.as_ref().filter(|users| !users.is_empty()).map(use_words));
    view! {
        <Panel title=tr("Used by") note=move || view! { {note} } flush=true>
            <Stale remote=remote on_retry=move |()| live.refresh() />
            {move || match (users.get(), error.get()) {
                (Some(users), _) if users.is_empty() => view! {
                    <Empty
                        small=true
                        title=tr("Nothing yet")
                        text=Some(tr("Instances and volumes made from this image are listed here, so that you know before you delete it.").to_owned())
                    />
                }.into_any(),
                (Some(users), _) => list(&users),
                (None, Some(error)) => view! { <ErrorNote error=Signal::stored(error) on_retry=move |()| live.refresh() /> }.into_any(),
                (None, None) => view! { <Skeleton lines=2 /> }.into_any(),
            }}
        </Panel>
    }
}

fn list(users: &ImageUse) -> AnyView {
    let servers = users.servers.iter().map(|server| {
        let state = ServerState::of(server);
        let name = if server.name.is_empty() { server.id.to_string() } else { server.name.clone() };
        let on_volume = server.image_id.is_none();
        view! {
            <li class="relations__row">
                <span class="relations__name">
                    <a class="link" href=routes::instance(server.id.as_str())>{name}</a>
                    <span class="relations__note">{if on_volume { tr("Instance, on a volume") } else { tr("Instance") }}</span>
                </span>
                <Status shape=state.shape word=state.word />
            </li>
        }
    });
    let volumes = users.volumes.iter().map(|volume| volume_row(volume, &users.servers));
    view! { <ul class="relations">{servers.collect_view()}{volumes.collect_view()}</ul> }.into_any()
}

fn volume_row(volume: &Volume, servers: &[Server]) -> AnyView {
    let holder = volume.attachments.first().map(|held| {
        servers
            .iter()
            .find(|server| server.id == held.server_id && !server.name.is_empty())
            .map_or_else(|| held.server_id.to_string(), |server| server.name.clone())
    });
    let size = format::disk(volume.size_gib);
    let note = match holder {
        Some(holder) => tr_with(
            "Volume of {size}, attached to {instance}",
            &[("size", &size), ("instance", &holder)],
        ),
        None => tr_with(
            "Volume of {size}, {status}",
            &[("size", &size), ("status", &volume.status.as_str())],
        ),
    };
    let name =
        (!volume.name.is_empty() && volume.name != volume.id.as_str()).then(|| volume.name.clone());
    view! {
        <li class="relations__row">
            <span class="relations__name">
                {name.map(|name| view! { <span>{name}</span> })}
                <Copyable text=volume.id.to_string() what=tr("id") />
                <span class="relations__note">{note}</span>
            </span>
        </li>
    }
    .into_any()
}
