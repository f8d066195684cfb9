//! Step 3 of the wizard: hardware, description, rescue. `rows` has the other properties.

use leptos::prelude::*;
use openstack::image::PropertyDefinition;

use super::draft::Problem;
use super::entry::Entry;
use super::fields::{amount, field, hint, line, no_hint, select};
use super::form::Form;
use super::rows::OtherProperties;
use crate::text::{tr, tr_with};
use crate::ui::{Choice, Fold, Section};

fn choices(values: &[(&str, &str)]) -> Vec<Choice> {
    values.iter().map(|(value, label)| Choice::new(*value, *label)).collect()
}

/// Values that speak for themselves, after "as the cloud chooses".
fn machine_words(values: &[&str]) -> Vec<Choice> {
    let mut options = choices(&[("", tr("As the cloud chooses"))]);
    options.extend(values.iter().map(|value| Choice::new(*value, *value)));
    options
}

/// Step 3.
#[component]
pub(super) fn Options(
    /// The form.
    form: Form,
    /// What is wrong with it.
    problems: Memo<Vec<Problem>>,
    /// What this cloud itself explains of properties, and whether it could be asked.
    definitions: Signal<Definitions>,
) -> impl IntoView {
    view! {
        <Section title=tr("Options") number=3_u8 note=Some(tr("Sensible without touching them").to_owned())>
            <Fold title=tr("Hardware") note=hardware_note(form)>{hardware(form, problems)}</Fold>
            <Fold title=tr("Description and tags") note=words_note(form)>
                <div class="stack">
                    {field(form, problems, Entry::Description, tr("Description"), no_hint(), true, line(form.text(Entry::Description), false))}
                    {field(form, problems, Entry::Tags, tr("Tags"), hint(tr("Separated by commas.")), true, line(form.text(Entry::Tags), false))}
                </div>
            </Fold>
            <Fold title=tr("Use as a rescue image") note=rescue_note(form)>{rescue(form, problems)}</Fold>
            <OtherProperties form=form problems=problems definitions=definitions />
        </Section>
    }
}

/// What the cloud says about properties.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Definitions {
    /// Nobody has asked yet, or the answer is on its way.
    #[default]
    Unasked,
    /// These.
    Known(Vec<PropertyDefinition>),
    /// It does not say.
    Silent,
}

fn hardware(form: Form, problems: Memo<Vec<Problem>>) -> AnyView {
    let text = move |entry| form.text(entry);
    let machine = Signal::derive(move || {
        let mut options = machine_words(&["q35", "pc"]);
        if *form.text(Entry::Firmware).read() == "uefi"
            && let Some(first) = options.first_mut()
        {
            first.label = tr("q35, which goes with UEFI").to_owned();
        }
        options
    });
    let scsi = Signal::derive(move || {
        let mut options = machine_words(&["virtio-scsi", "lsilogic", "vmpvscsi"]);
        if *form.text(Entry::DiskBus).read() == "scsi"
            && let Some(first) = options.first_mut()
        {
            first.label = tr("virtio-scsi, the usual one").to_owned();
        }
        options
    });
    let agent = [("", tr("Not said")), ("yes", tr("Installed")), ("no", tr("Not installed"))];
    let family = [("", tr("Not said")), ("linux", "Linux"), ("windows", "Windows")];
    let firmware = [("", tr("As the cloud chooses")), ("bios", "BIOS"), ("uefi", "UEFI")];
    view! {
        <div class="pair">
            {field(form, problems, Entry::MinDisk, tr("Smallest disk"), no_hint(), true, amount(text(Entry::MinDisk), "GiB"))}
            {field(form, problems, Entry::MinRam, tr("Smallest RAM"), no_hint(), true, amount(text(Entry::MinRam), "MiB"))}
            {field(form, problems, Entry::Firmware, tr("Firmware"), no_hint(), true, select(text(Entry::Firmware), choices(&firmware)))}
            {field(form, problems, Entry::Machine, tr("Machine"), no_hint(), true, select(text(Entry::Machine), machine))}
            {field(form, problems, Entry::DiskBus, tr("Disk bus"), no_hint(), true, select(text(Entry::DiskBus), machine_words(&["virtio", "scsi", "sata", "ide", "usb"])))}
            {field(form, problems, Entry::ScsiModel, tr("SCSI controller"), hint(tr("Only for the disk bus scsi.")), true, select(text(Entry::ScsiModel), scsi))}
            {field(form, problems, Entry::VifModel, tr("Network model"), no_hint(), true, select(text(Entry::VifModel), machine_words(&["virtio", "e1000", "e1000e", "rtl8139", "vmxnet3"])))}
            {field(form, problems, Entry::OsType, tr("System family"), hint(tr("Windows gets a clock in local time, and timers of its own.")), true, select(text(Entry::OsType), choices(&family)))}
            {field(
                form, problems, Entry::GuestAgent, tr("QEMU guest agent"),
                hint(tr("Lets the cloud freeze the file systems while it takes a snapshot.")), true,
                select(text(Entry::GuestAgent), choices(&agent)),
            )}
        </div>
    }
    .into_any()
}

fn rescue(form: Form, problems: Memo<Vec<Problem>>) -> AnyView {
    let text = move |entry| form.text(entry);
    view! {
        <p class="field__hint">{tr("Both are needed to rescue an instance that has a boot volume.")}</p>
        <div class="pair">
            {field(form, problems, Entry::RescueDevice, tr("Rescue device"), no_hint(), true, select(text(Entry::RescueDevice), machine_words(&["cdrom", "disk", "floppy"])))}
            {field(form, problems, Entry::RescueBus, tr("Rescue bus"), no_hint(), true, select(text(Entry::RescueBus), machine_words(&["scsi", "virtio", "ide", "usb"])))}
        </div>
    }
    .into_any()
}

fn hardware_note(form: Form) -> Signal<Option<String>> {
    Signal::derive(move || {
        let mut parts = Vec::new();
        let text = |entry| form.text(entry).get();
        let (disk, ram) = (text(Entry::MinDisk), text(Entry::MinRam));
        if !disk.is_empty() {
            parts.push(tr_with("{size} GiB disk", &[("size", &disk)]));
        }
        if !ram.is_empty() {
            parts.push(tr_with("{size} MiB RAM", &[("size", &ram)]));
        }
        for entry in [Entry::Firmware, Entry::Machine, Entry::DiskBus, Entry::VifModel] {
            parts.push(text(entry));
        }
        if text(Entry::GuestAgent) == "yes" {
            parts.push(tr("guest agent").to_owned());
        }
        parts.retain(|part| !part.is_empty());
        let words = parts.join(", ");
        Some(if words.is_empty() { tr("as the cloud chooses").to_owned() } else { words })
    })
}

fn words_note(form: Form) -> Signal<Option<String>> {
    Signal::derive(move || {
        let entries = [Entry::Description, Entry::Tags];
        let set = entries.iter().any(|entry| !form.text(*entry).read().is_empty());
        Some(if set { tr("set") } else { tr("none") }.to_owned())
    })
}

fn rescue_note(form: Form) -> Signal<Option<String>> {
    Signal::derive(move || {
        let set = !form.text(Entry::RescueDevice).read().is_empty()
            && !form.text(Entry::RescueBus).read().is_empty();
        Some(if set { tr("yes") } else { tr("no") }.to_owned())
    })
}
