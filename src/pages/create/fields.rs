//! Steps 2 and 3 of the wizard: what the image is, and its options.

use leptos::prelude::*;

use super::draft::{FieldName, Problem};
use super::form::{Form, error_at, warning_at};
use crate::cloud::use_cloud;
use crate::ui::{Check, Choice, ChoiceCard, Field, Fold, Input, Section, Select, TextArea};

/// libosinfo's short ids (`os_distro`) and how people call them.
const SYSTEMS: &[(&str, &str)] = &[
    ("", "Not known"),
    ("alma", "AlmaLinux"),
    ("alpine", "Alpine Linux"),
    ("arch", "Arch Linux"),
    ("centos", "CentOS"),
    ("cirros", "CirrOS"),
    ("debian", "Debian"),
    ("fedora", "Fedora"),
    ("freebsd", "FreeBSD"),
    ("opensuse", "openSUSE"),
    ("pfsense", "pfSense"),
    ("rhel", "Red Hat Enterprise Linux"),
    ("rocky", "Rocky Linux"),
    ("sles", "SUSE Linux Enterprise"),
    ("ubuntu", "Ubuntu"),
    ("windows", "Windows"),
];

/// The formats to choose from before (or without) the cloud's own list.
const USUAL_FORMATS: &[&str] = &["qcow2", "raw", "vmdk", "vhd", "vhdx", "vdi", "iso"];

fn choices(values: &[(&str, &str)]) -> Vec<Choice> {
    values.iter().map(|(value, label)| Choice::new(*value, *label)).collect()
}

/// Step 2.
#[component]
pub(super) fn WhatItIs(
    /// The form.
    form: Form,
    /// What is wrong with it.
    problems: Memo<Vec<Problem>>,
    /// The disk formats that this cloud takes; empty while not known.
    formats: Signal<Vec<String>>,
) -> impl IntoView {
    let policy = use_cloud().config().images.clone();
    let architectures = policy.architectures;
    let visibilities = policy.visibilities;
    let from_file = move |set: bool| (set && form.facts.read().is_some()).then_some("file");
    let format_options = Signal::derive(move || {
        let known = formats.get();
        let mut formats: Vec<String> =
            USUAL_FORMATS.iter().map(|format| (*format).to_owned()).collect();
        if !known.is_empty() {
            formats.retain(|format| known.contains(format));
            formats.extend(
                known.into_iter().filter(|format| !USUAL_FORMATS.contains(&format.as_str())),
            );
        }
        let mut options = vec![Choice::new("", "Choose a format")];
        options.extend(formats.into_iter().map(|format| Choice::new(format.clone(), format)));
        options
    });
    let architecture_options: Vec<Choice> =
        architectures.iter().map(|name| Choice::new(name.as_str(), name.as_str())).collect();
    let only_architecture = architectures.len() == 1;
    view! {
        <Section title="What it is" number=2_u8>
            <div class="pair">
                <Field
                    label="Name"
                    id="create-name"
                    error=error_at(problems, FieldName::Name)
                    warning=warning_at(problems, FieldName::Name)
                >
                    <Input value=form.name />
                </Field>
                <Field
                    label="Disk format"
                    id="create-format"
                    source=Signal::derive(move || from_file(
                        form.facts.read().as_ref().is_some_and(|facts| facts.kind.disk_format() == Some(form.disk_format.read().as_str())),
                    ))
                    error=error_at(problems, FieldName::DiskFormat)
                    warning=warning_at(problems, FieldName::DiskFormat)
                >
                    <Select value=form.disk_format options=format_options />
                </Field>
                <Field label="Operating system" optional=true>
                    <Select value=form.os_distro options=choices(SYSTEMS) />
                </Field>
                <Field label="Version" optional=true hint=Some("As its maker writes it: 12, 24.04, 2022.".to_owned())>
                    <Input value=form.os_version />
                </Field>
                <Field
                    label="Architecture"
                    hint=only_architecture.then(|| "The only one in this cloud.".to_owned())
                >
                    <Select
                        value=form.architecture
                        options=architecture_options
                    />
                </Field>
                <Field label="First user" optional=true hint=Some("Who logs in on a new instance: debian, ubuntu, Administrator.".to_owned())>
                    <Input value=form.admin_user mono=true />
                </Field>
            </div>
            <fieldset class="fieldset">
                <legend class="fieldset__legend">"Who can use it"</legend>
                <div class="choices choices--2">
                    {visibilities.into_iter().map(|visibility| {
                        let (title, text) = visibility_words(&visibility);
                        let own = visibility.clone();
                        view! {
                            <ChoiceCard
                                name="visibility"
                                title=title
                                text=Some(text.to_owned())
                                checked=Signal::derive(move || *form.visibility.read() == own)
                                on_choose=Callback::new(move |()| form.visibility.set(visibility.clone()))
                            />
                        }
                    }).collect_view()}
                </div>
            </fieldset>
            <Check
                checked=form.protected
                label="Protect from deletion"
                hint=Some("Delete is refused until somebody takes the protection away.".to_owned())
            />
        </Section>
    }
}

fn visibility_words(visibility: &str) -> (String, &'static str) {
    match visibility {
        "private" => ("Private".into(), "This project only."),
        "shared" => ("Shared".into(), "This project, and projects that you name later."),
        "community" => {
            ("Community".into(), "Everybody who knows its id, without being listed for them.")
        }
        "public" => ("Public".into(), "Everybody in this cloud."),
        other => (other.to_owned(), "As this cloud defines it."),
    }
}

/// Step 3.
#[component]
pub(super) fn Options(
    /// The form.
    form: Form,
    /// What is wrong with it.
    problems: Memo<Vec<Problem>>,
) -> impl IntoView {
    let hardware = Signal::derive(move || {
        let mut parts = Vec::new();
        let number = |text: &str, unit: &str| (!text.is_empty()).then(|| format!("{text} {unit}"));
        parts.extend(number(&form.min_disk.read(), "GiB disk"));
        parts.extend(number(&form.min_ram.read(), "MiB RAM"));
        for part in [form.firmware, form.disk_bus, form.vif_model] {
            if !part.read().is_empty() {
                parts.push(part.get());
            }
        }
        if form.guest_agent.get() {
            parts.push("guest agent".to_owned());
        }
        Some(if parts.is_empty() { "as the cloud chooses".to_owned() } else { parts.join(", ") })
    });
    let words = Signal::derive(move || {
        let set = [form.description, form.tags].iter().any(|text| !text.read().is_empty());
        Some(if set { "set" } else { "none" }.to_owned())
    });
    let rescue =
        Signal::derive(move || Some(if form.rescue.get() { "yes" } else { "no" }.to_owned()));
    let others = Signal::derive(move || {
        let lines = form.other.read().lines().filter(|line| !line.trim().is_empty()).count();
        Some(if lines == 0 { "none".to_owned() } else { lines.to_string() })
    });
    view! {
        <Section title="Options" number=3_u8 note=Some("Sensible without touching them".to_owned())>
            <Fold title="Hardware" note=hardware>
                <div class="pair">
                    <Field
                        label="Smallest disk"
                        id="create-min-disk"
                        optional=true
                        source=Signal::derive(move || {
                            let facts = form.facts.read();
                            let told = facts.as_ref().and_then(super::from_file::smallest_disk_gib);
                            told.filter(|gib| gib.to_string() == *form.min_disk.read()).map(|_| "file")
                        })
                        error=error_at(problems, FieldName::MinDisk)
                    >
                        <Input value=form.min_disk inputmode="numeric" short=true unit="GiB" />
                    </Field>
                    <Field label="Smallest RAM" id="create-min-ram" optional=true error=error_at(problems, FieldName::MinRam)>
                        <Input value=form.min_ram inputmode="numeric" short=true unit="MiB" />
                    </Field>
                    <Field label="Firmware" optional=true>
                        <Select value=form.firmware options=choices(&[("", "As the cloud chooses"), ("bios", "BIOS"), ("uefi", "UEFI, machine q35")]) />
                    </Field>
                    <Field label="Disk bus" optional=true>
                        <Select value=form.disk_bus options=choices(&[("", "As the cloud chooses"), ("virtio", "virtio"), ("scsi", "scsi (virtio-scsi)"), ("sata", "sata"), ("ide", "ide")]) />
                    </Field>
                    <Field label="Network model" optional=true>
                        <Select value=form.vif_model options=choices(&[("", "As the cloud chooses"), ("virtio", "virtio"), ("e1000", "e1000"), ("e1000e", "e1000e"), ("rtl8139", "rtl8139"), ("vmxnet3", "vmxnet3")]) />
                    </Field>
                </div>
                <Check checked=form.guest_agent label="QEMU guest agent is installed" hint=Some("Lets the cloud freeze the file systems while it takes a snapshot.".to_owned()) />
            </Fold>
            <Fold title="Description and tags" note=words>
                <div class="stack">
                    <Field label="Description" optional=true>
                        <Input value=form.description />
                    </Field>
                    <Field label="Tags" id="create-tags" optional=true hint=Some("Separated by commas.".to_owned()) error=error_at(problems, FieldName::Tags)>
                        <Input value=form.tags />
                    </Field>
                </div>
            </Fold>
            <Fold title="Use as a rescue image" note=rescue>
                <Check
                    checked=form.rescue
                    label="Instances can be rescued with it"
                    hint=Some("Sets hw_rescue_device=cdrom and hw_rescue_bus=scsi, which rescuing an instance with a boot volume needs.".to_owned())
                />
            </Fold>
            <Fold title="Other properties" note=others>
                <Field label="Properties" id="create-other" optional=true hint=Some("key=value, one a line.".to_owned()) error=error_at(problems, FieldName::Other)>
                    <TextArea value=form.other rows=4 placeholder="hw_watchdog_action=reset" />
                </Field>
            </Fold>
        </Section>
    }
}
