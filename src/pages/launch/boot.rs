//! The boot disk: a new volume, or the size's own disk.

use leptos::prelude::*;

use super::fields::Fields;
use super::fit::local_disk_reason;
use super::form::{self, BootDisk, Part};
use super::supply::{Supply, value};
use crate::text::{format, tr, tr_with};
use crate::ui::{Check, Choice, ChoiceCard, Field, Glyph, Icon, Input, Section, Select};

/// The section.
#[component]
pub fn BootSection(
    /// What the cloud offers.
    supply: Supply,
    /// The form.
    fields: Fields,
) -> impl IntoView {
    let disk = Memo::new(move |_| fields.disk_now());
    // Where no size has a disk of its own there is nothing to choose.
    let any_local = Memo::new(move |_| {
        fields.offer.with(|offer| {
            offer
                .as_ref()
                .is_some_and(|offer| offer.flavors.iter().any(|flavor| flavor.disk_gib > 0))
        })
    });
    let choice = Memo::new(move |_| any_local.get() && disk.get() != BootDisk::AsImageSays);
    view! {
        <Section title=tr("Boot disk")>
            <Show when=move || choice.get()><Kinds supply=supply fields=fields /></Show>
            {move || match disk.get() {
                BootDisk::NewVolume => view! { <VolumeFields supply=supply fields=fields /> }.into_any(),
                BootDisk::Local => view! {
                    <p class="small muted">{tr("The local disk is fast and goes with the instance: what is on it is lost with it.")}</p>
                }.into_any(),
                BootDisk::AsImageSays => view! { <SnapshotFields fields=fields /> }.into_any(),
            }}
        </Section>
    }
}

#[component]
fn Kinds(supply: Supply, fields: Fields) -> impl IntoView {
    let disk = Memo::new(move |_| fields.disk_now());
    let no_volumes = Signal::derive(move || {
        supply.has_no_volumes().then(|| tr("This region has no volume service.").to_owned())
    });
    let no_local = Signal::derive(move || {
        let reason = fields.against(|draft, offer| {
            offer.flavor(draft).and_then(|flavor| local_disk_reason(flavor, &offer.needs))
        });
        // Once it is chosen, the sizes say which of them cannot.
        reason.flatten().filter(|_| disk.get() != BootDisk::Local)
    });
    let local_text = Signal::derive(move || {
        let size = fields.against(|draft, offer| offer.flavor(draft).map(|flavor| flavor.disk_gib));
        size.flatten().map(|disk_gib| {
            tr_with(
                "{disk}, fast, part of the size. Goes with the instance.",
                &[("disk", &format::disk(disk_gib))],
            )
        })
    });
    view! {
        <fieldset class="fieldset" id=Part::Disk.anchor() tabindex="-1">
            <legend class="visually-hidden">{tr("Kind of boot disk")}</legend>
            <div class="choices choices--2">
                <ChoiceCard
                    name="boot-disk"
                    title=tr("New volume")
                    text=tr("Of any size; can outlive the instance, be moved and be snapshotted.").to_owned()
                    checked=Signal::derive(move || disk.get() == BootDisk::NewVolume)
                    on_choose=move |()| fields.disk.set(BootDisk::NewVolume)
                    why_not=no_volumes
                />
                <ChoiceCard
                    name="boot-disk"
                    title=tr("The size’s local disk")
                    text=local_text
                    checked=Signal::derive(move || disk.get() == BootDisk::Local)
                    on_choose=move |()| fields.disk.set(BootDisk::Local)
                    why_not=no_local
                />
            </div>
        </fieldset>
    }
}

#[component]
fn VolumeFields(supply: Supply, fields: Fields) -> impl IntoView {
    let hint = Signal::derive(move || {
        fields.offer.with(|offer| {
            let offer = offer.as_ref()?;
            Some(tr_with(
                "At least {least}: {reason}.",
                &[("least", &offer.needs.volume_gib), ("reason", &form::least_reason(offer))],
            ))
        })
    });
    let types = Memo::new(move |_| {
        let known = value(supply.disks);
        let default = known.as_ref().and_then(|disks| disks.default.clone());
        let first = match &default {
            Some(name) => Choice::new("", tr_with("{name} (default)", &[("name", &name)])),
            None => Choice::new("", tr("The cloud’s default")),
        };
        let others =
            known.map(|disks| disks.types).unwrap_or_default().into_iter().map(|kind| kind.name);
        let others = others.filter(|name| default.as_ref() != Some(name)).collect::<Vec<_>>();
        // What a link asks for is shown even where it is not there.
        let asked = fields.volume_type.get_untracked();
        let stray = (!asked.is_empty() && !others.contains(&asked)).then_some(asked);
        std::iter::once(first)
            .chain(others.into_iter().chain(stray).map(|name| Choice::new(name.clone(), name)))
            .collect::<Vec<_>>()
    });
    let unread = Signal::derive(move || {
        supply.disks.remote().with(|remote| {
            (remote.data.is_none() && remote.error.is_some()).then(|| {
                tr("The kinds of volume could not be read; the cloud takes its default.").to_owned()
            })
        })
    });
    view! {
        <div class="pair">
            <Field label=tr("Size of the new volume") hint=hint error=fields.error_at_once(Part::VolumeSize) id=Part::VolumeSize.anchor()>
                <Input value=fields.volume_gib inputmode="numeric" unit="GiB" short=true />
            </Field>
            <Field label=tr("Volume type") error=fields.error_at_once(Part::VolumeType) warning=unread id=Part::VolumeType.anchor()>
                <Select value=fields.volume_type options=Signal::derive(move || types.get()) />
            </Field>
        </div>
        <Fate fields=fields several=false />
    }
}

/// The volumes that are made from the snapshots of the image.
#[component]
fn SnapshotFields(fields: Fields) -> impl IntoView {
    let disks = Memo::new(move |_| {
        fields.against(|_, offer| offer.snapshots.clone()).flatten().unwrap_or_default()
    });
    let unread = move || {
        disks.read().is_empty().then(|| {
            view! {
                <p class="small muted">
                    {tr("What they are is not for this console to read; the image’s own record says what becomes of them when the instance is deleted.")}
                </p>
            }
        })
    };
    let error = fields.error_at_once(Part::VolumeSize);
    view! {
        <div class="stack stack--tight" id=Part::VolumeSize.anchor() tabindex="-1">
            <p class="small muted">
                {tr("This image points to volume snapshots. The cloud makes new volumes from them, of their sizes and in their zone.")}
            </p>
            <ul class="small" aria-label=tr("Volumes that are made")>
                {move || disks.get().into_iter().map(|disk| {
                    let size = disk.size_gib.map_or_else(|| tr("of the snapshot’s size").to_owned(), format::disk);
                    view! { <li>{disk.device.map(|device| view! { <code>{device}</code> ": " })}{size}</li> }
                }).collect_view()}
            </ul>
            {unread}
            {move || error.get().map(|words| view! {
                <p class="field__message"><Icon glyph=Glyph::Warn small=true /><span>{words}</span></p>
            })}
        </div>
        <Show when=move || !disks.read().is_empty()>
            <Fate fields=fields several={disks.with_untracked(Vec::len) > 1} />
        </Show>
    }
}

/// What becomes of the volumes. Never left to a default: the clouds' differ.
#[component]
fn Fate(fields: Fields, several: bool) -> impl IntoView {
    let delete = fields.delete_volume;
    let fate = Signal::derive(move || {
        Some(
            if delete.get() {
                tr("What is on it is lost with the instance.")
            } else {
                tr("It stays when the instance is deleted, and is paid for until you delete it.")
            }
            .to_owned(),
        )
    });
    let label = if several {
        tr("Delete the volumes together with the instance")
    } else {
        tr("Delete the volume together with the instance")
    };
    view! { <Check checked=delete label=label.to_owned() hint=fate /> }
}
