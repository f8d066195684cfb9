//! The volume snapshots that an image without data points to, the instance they came from, and what hangs on them.

use leptos::prelude::*;
use openstack::image::{Image, MappedDisk};
use openstack::poll::Motion;
use openstack::{ServerId, VolumeSnapshotId};

use super::origin::origin_view;
use crate::cloud::{SnapshotImage, SnapshotPart, use_cloud};
use crate::components::image::{
    children_words, part_name, part_note, part_state, part_zones, parts_sum,
};
use crate::components::{ErrorNote, Stale};
use crate::live::use_live;
use crate::text::{tr, tr_with};
use crate::ui::{Copyable, Fact, Note, Panel, Skeleton, Status, Tone};

/// The panel. It looks for itself: snapshots change apart from the image.
#[component]
pub fn PartsPanel(
    /// The image.
    image: Memo<Image>,
) -> impl IntoView {
    let cloud = use_cloud();
    let project = cloud.project().id.clone();
    let own = Memo::new(move |_| image.with(|image| image.owner.as_ref() == Some(&project)));
    let key = Memo::new(move |_| image.with(|image| (image.mapped_disks(), image.source_server())));
    let fetch = move |(disks, server): (Vec<MappedDisk>, Option<ServerId>)| {
        let cloud = cloud.clone();
        async move { cloud.snapshot_image(disks, server).await }
    };
    let live = use_live(key, fetch, |known: &SnapshotImage| {
        let changing = |part: &SnapshotPart| {
            part.snapshot.as_ref().is_some_and(|snapshot| snapshot.status.is_changing())
        };
        Motion::any(known.parts.iter().map(changing))
    });
    let remote = live.remote();
    let known = Memo::new(move |_| remote.with(|remote| remote.value().cloned()));
    let error = Memo::new(move |_| remote.with(|remote| remote.error.clone()));
    let sum = move || known.with(|known| known.as_ref().map(|known| parts_sum(&known.parts)));
    let origin = Memo::new(move |_| {
        known.with(|known| known.as_ref().and_then(|known| known.origin.clone()))
    });
    let parts = Memo::new(move |_| {
        known.with(|known| known.as_ref().map(|known| known.parts.clone()).unwrap_or_default())
    });
    let ids = Memo::new(move |_| {
        parts.with(|parts| parts.iter().map(|part| part.disk.snapshot.clone()).collect::<Vec<_>>())
    });
    let broken =
        move || own.get() && parts.with(|parts| parts.iter().any(|part| part.snapshot.is_none()));
    view! {
        <Panel title=tr("Volume snapshots") note=move || view! { {sum} } foot=move || view! { {move || parts.with(|parts| where_to(parts))} } flush=true>
            <Stale remote=remote on_retry=move |()| live.refresh() />
            {move || match (known.read().is_some(), error.get()) {
                (true, _) => ().into_any(),
                (false, Some(error)) => view! { <ErrorNote error=Signal::stored(error) on_retry=move |()| live.refresh() /> }.into_any(),
                (false, None) => view! { <Skeleton lines=3 /> }.into_any(),
            }}
            <Show when=broken>
                <Note
                    tone=Tone::Danger
                    still=true
                    title=tr("A volume snapshot of this image is gone")
                    text=Signal::stored(Some(tr("Instances can no longer be launched from it. Delete the image; make another one from the instance if that is still there.").to_owned()))
                />
            </Show>
            <ul class="relations">
                <For each=move || ids.get() key=|id| id.clone() let(id)><PartRow id=id parts=parts own=own /></For>
            </ul>
            {move || origin.get().map(|origin| view! {
                <dl class="facts facts--plain">
                    <Fact term=tr("Made from")>{origin_view(&origin)}</Fact>
                </dl>
            })}
        </Panel>
    }
}

#[component]
fn PartRow(id: VolumeSnapshotId, parts: Memo<Vec<SnapshotPart>>, own: Memo<bool>) -> impl IntoView {
    let of = id.clone();
    let part = Memo::new(move |_| {
        parts.with(|parts| parts.iter().find(|part| part.disk.snapshot == of).cloned())
    });
    let words = Memo::new(move |_| {
        part.with(|part| {
            part.as_ref().map(|part| (part_name(part), part_note(part), children_words(part)))
        })
    });
    let state = move || part.with(|part| part.as_ref().map(|part| part_state(part, own.get())));
    view! {
        <li class="relations__row">
            <span class="relations__name">
                {move || words.get().map(|(name, ..)| name)}
                <Copyable text=id.to_string() what=tr("id") />
                {move || words.get().map(|(_, note, _)| view! { <span class="relations__note">{note}</span> })}
                {move || words.get().and_then(|(.., children)| children).map(|children| view! {
                    <span class="relations__note">{children}</span>
                })}
            </span>
            {move || state().map(|(shape, word)| view! { <Status shape=shape word=word /> })}
        </li>
    }
}

/// In which zone what is made from them comes to be.
fn where_to(parts: &[SnapshotPart]) -> String {
    let zones = part_zones(parts);
    match zones.as_slice() {
        [zone] => tr_with(
            "An instance launched from this image gets new volumes made from them. They come to be in the zone {zone}, so the instance has to be there too.",
            &[("zone", zone)],
        ),
        [] | [_, ..] => {
            tr("An instance launched from this image gets new volumes made from them, in the zone that they are in.").to_owned()
        }
    }
}
