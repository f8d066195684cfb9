//! The volume snapshots that can go with an image that is deleted: each with its own tick, and what became of it.

use leptos::prelude::*;
use openstack::VolumeSnapshotId;

use super::fate::Fate;
use super::part_words::{children_words, part_name, part_size_gib, why_not_delete_part};
use crate::cloud::SnapshotPart;
use crate::text::{format, tr};
use crate::ui::Check;

/// A snapshot that can be chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct PartChoice {
    /// The snapshot.
    pub part: SnapshotPart,
    /// Whether it goes.
    pub goes: RwSignal<bool>,
}

impl PartChoice {
    /// What nothing hangs on goes, unless somebody says otherwise.
    pub fn of(part: SnapshotPart) -> Self {
        let goes = why_not_delete_part(&part).is_none() && part.children.is_empty();
        Self { part, goes: RwSignal::new(goes) }
    }
}

/// A snapshot that was chosen, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct PartRow {
    /// Its id.
    pub id: VolumeSnapshotId,
    /// "snapshot for erp, 40 GiB".
    pub name: String,
    /// What became of it.
    pub fate: Fate,
}

impl PartRow {
    /// One whose turn comes.
    pub fn of(part: &SnapshotPart) -> Self {
        Self { id: part.disk.snapshot.clone(), name: name_and_size(part), fate: Fate::Going }
    }

    /// Whether it is known to be there still.
    pub fn stays(&self) -> bool {
        !self.fate.is_well() && self.fate != Fate::Going
    }
}

/// Those of one image have the same name; the sizes tell them apart.
fn name_and_size(part: &SnapshotPart) -> String {
    match part_size_gib(part).map(format::disk) {
        Some(size) => format!("{}, {size}", part_name(part)),
        None => part_name(part),
    }
}

/// The tick of a snapshot; with `image` the name of what it belongs to, where there are several.
pub fn part_choice(choice: PartChoice, image: Option<&str>) -> AnyView {
    let part = &choice.part;
    let hint = children_words(part).map(|children| {
        let means = tr(
            "What was made from it goes on as it is. Many clouds keep a snapshot as long as such a volume is there: delete the volume first, or try.",
        );
        format!("{children} {means}")
    });
    let label = match image {
        Some(image) => format!("{image}: {}", name_and_size(part)),
        None => name_and_size(part),
    };
    view! {
        <Check
            checked=choice.goes
            label=Signal::stored(label)
            hint=Signal::stored(hint)
            why_not=Signal::stored(why_not_delete_part(part))
        />
    }
    .into_any()
}
