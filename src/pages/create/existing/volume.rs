//! A volume as the source.

use leptos::prelude::*;
use openstack::volume::{Volume, VolumeStatus};

use super::volume_form::VolumeForm;
use super::volume_rules::{self, Can, FORMATS};
use super::{Existing, chooser, look_again, summary, volume_command};
use crate::captures::is_lost;
use crate::cloud::use_cloud;
use crate::components::ErrorNote;
use crate::components::image::visibility_word;
use crate::routes;
use crate::text::{format, tr, tr_with};
use crate::ui::{
    ButtonLink, Check, Choice, Fact, Field, Fold, Input, Note, Section, Select, Suggestion, Tone,
};

/// The id of the field that chooses.
const FIELD: &str = "create-volume";

/// Which volume.
pub(super) fn pick(existing: Existing) -> AnyView {
    let form = existing.volume_form;
    let error = Signal::derive(move || form.volume_error());
    view! {
        {chooser(
            tr("Which volume"),
            FIELD,
            existing.volume,
            existing.volumes,
            suggestion,
            error,
            tr("This project has no volumes in this region."),
        )}
        {look_again(existing, Signal::derive(move || form.volume.read().is_some() && error.read().is_some()))}
        {move || held(existing, form)}
    }
    .into_any()
}

fn suggestion(volume: &Volume) -> Suggestion {
    let state = match &volume.status {
        VolumeStatus::Available => tr("available").to_owned(),
        VolumeStatus::InUse => tr("in use").to_owned(),
        other => other.as_str().to_owned(),
    };
    let parts = [Some(format::disk(volume.size_gib)), volume.volume_type.clone(), Some(state)];
    let note = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    Suggestion::noted(volume.id.to_string(), volume_rules::display_name(volume), note)
}

/// What there is to know of a volume that an instance holds.
fn held(existing: Existing, form: VolumeForm) -> Option<AnyView> {
    let volume = form.volume.get().filter(|volume| volume_rules::can(volume) == Can::Forced)?;
    let server = volume.server().cloned();
    let name = server.as_ref().and_then(|id| {
        let servers = existing.servers.get()?.ok()?;
        servers.into_iter().find(|one| one.id == *id).map(|one| one.name)
    });
    let title = match name {
        Some(name) => tr_with("The instance {name} has it", &[("name", &name)]),
        None => tr("An instance has it").to_owned(),
    };
    // An image of the whole instance is what most people want then.
    let other = server.map(|id| routes::create_from_instance(Some(id.as_str())));
    Some(
        view! {
            <Note
                tone=Tone::Warn
                title=title
                text=Some(tr("Its image is then as a disk after a power cut, and many clouds refuse it altogether. Better: detach the volume or make an image of the instance.").to_owned())
            >
                {other.map(|href| view! { <ButtonLink small=true href=href>{tr("Image of the instance")}</ButtonLink> })}
            </Note>
            <Check
                checked=form.force
                label=tr("Copy it while it is in use")
                hint=Signal::derive(move || form.tried.get().then(|| tr("Without this the cloud refuses it.").to_owned()).filter(|_| form.force_missing()))
            />
        }
        .into_any(),
    )
}

/// The form for it.
pub(super) fn fields(existing: Existing) -> AnyView {
    let form = existing.volume_form;
    let formats: Vec<Choice> = FORMATS.iter().map(|name| Choice::new(*name, *name)).collect();
    let policy = use_cloud().config().images.clone();
    let visibilities: Vec<Choice> = policy
        .visibilities
        .iter()
        .map(|name| {
            let word = visibility_word(&openstack::image::Visibility::from(name.as_str()), true);
            Choice::new(name.as_str(), word)
        })
        .collect();
    let only_one = visibilities.len() == 1;
    let format_hint = Signal::derive(move || {
        Some(match form.disk_format.read().as_str() {
            "raw" => tr("As large as the volume; starts fastest in some clouds.").to_owned(),
            "qcow2" => tr("Only what is written takes room.").to_owned(),
            _ => tr("For use elsewhere; this cloud may not start from it.").to_owned(),
        })
    });
    view! {
        {move || form.failure.get().map(|error| view! {
            <ErrorNote kept=kept(&error) error=Signal::stored(error) />
        })}
        <Section title=tr("What it is") number=2_u8>
            <div class="pair">
                <Field label=tr("Name") id="create-volume-name" error=Signal::derive(move || form.name_error())>
                    <Input value=form.name />
                </Field>
                <Field label=tr("Disk format") hint=format_hint>
                    <Select value=form.disk_format options=formats />
                </Field>
                <Field label=tr("Visibility") hint=only_one.then(|| tr("The only one that this cloud allows.").to_owned())>
                    <Select value=form.visibility options=visibilities />
                </Field>
            </div>
            <Check
                checked=form.protected
                label=tr("Protect from deletion")
                hint=Some(tr("Delete is refused until somebody takes the protection away.").to_owned())
            />
        </Section>
        {move || form.volume.get().map(|volume| view! {
            <Section title=tr("What will come") number=3_u8>{what_comes(&volume)}</Section>
        })}
    }
    .into_any()
}

/// What the image takes over from the volume; Cinder lets nothing else be said of it.
fn what_comes(volume: &Volume) -> AnyView {
    let ids = ["image_id", "image_name", "checksum", "container_format", "disk_format", "size"];
    let taken: Vec<(String, String)> = volume
        .image_metadata
        .iter()
        .filter(|(key, _)| !ids.contains(&key.as_str()) && !key.starts_with("signature"))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let nothing = taken.is_empty();
    let count = format::count(taken.len(), "property", "properties");
    let rows = taken.into_iter().map(|(key, value)| view! { <Fact term=key>{value}</Fact> });
    view! {
        <div class="stack stack--tight small">
            <p>{tr_with("A real image with the volume’s data: at most {size}. The volume stays as it is, and cannot be attached while it is copied.", &[("size", &format::disk(volume.size_gib))])}</p>
            <p class="muted">{match nothing {
                true => tr("The volume knows nothing of a system, so neither will the image: set operating system and hardware on its page afterwards."),
                false => tr("The image takes over what the volume kept of the image that it was made of. Everything else can be set on its page afterwards."),
            }}</p>
            {(!nothing).then(|| view! {
                <Fold title=tr("What it takes over") note=Some(count)>
                    <dl class="facts facts--plain">{rows.collect_view()}</dl>
                </Fold>
            })}
        </div>
    }
    .into_any()
}

/// Summary, button, command line.
pub(super) fn aside(existing: Existing, why_not: Option<String>) -> AnyView {
    let form = existing.volume_form;
    let title = Signal::derive(move || {
        let name = form.name.get();
        if name.trim().is_empty() { tr("New image").to_owned() } else { name.trim().to_owned() }
    });
    let of = move || form.volume.get().map(|volume| volume_rules::display_name(&volume));
    let size = move || form.volume.get().map(|volume| format::disk(volume.size_gib));
    let or_none = |text: Option<String>| text.unwrap_or_else(|| format::NONE.to_owned());
    let facts = view! {
        <Fact term=tr("From the volume")>{move || or_none(of())}</Fact>
        <Fact term=tr("Its size")>{move || or_none(size())}</Fact>
        <Fact term=tr("To send")>{tr("nothing")}</Fact>
    };
    let why_not = Signal::derive(move || {
        let none = form.volume.read().is_none();
        why_not.clone().or_else(|| none.then(|| tr("Choose a volume first.").to_owned()))
    });
    let command =
        Signal::derive(move || form.order().map(|order| volume_command::command_line(&order)));
    summary(
        title,
        facts.into_any(),
        Signal::stored(tr("Create image")),
        form.sending.into(),
        why_not,
        tr(
            "The cloud copies the volume by itself; the tray follows it, and the image’s page shows when it is active.",
        ),
        command,
    )
}

/// What is left of a try that failed.
fn kept(error: &openstack::ApiError) -> &'static str {
    match is_lost(error) {
        // Cinder makes the image's record before it answers.
        true => tr(
            "What you typed is still here. Whether the cloud makes the image is not known: look in the list of images before you ask again.",
        ),
        false => tr("What you typed is still here, and nothing was left in the cloud."),
    }
}
