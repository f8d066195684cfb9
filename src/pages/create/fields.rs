//! Step 2 of the wizard: what the image is.

use leptos::prelude::*;

use super::draft::{Place, Problem, Source};
use super::entry::Entry;
use super::form::{Form, error_at, warning_at};
use super::presets::Preset;
use crate::cloud::use_cloud;
use crate::components::systems::{self, SYSTEMS};
use crate::text::{tr, tr_with};
use crate::ui::{
    Check, Choice, ChoiceCard, Combobox, Field, Input, Section, Select, Suggestion, marked,
};

/// The formats to choose from before (or without) the cloud's own list.
const USUAL_FORMATS: &[&str] = &["qcow2", "raw", "vmdk", "vhd", "vhdx", "vdi", "iso"];

/// One field of an entry: label, control, and what is to be said about it.
pub(super) fn field(
    form: Form,
    problems: Memo<Vec<Problem>>,
    entry: Entry,
    label: &'static str,
    hint: Signal<Option<String>>,
    optional: bool,
    control: AnyControl,
) -> AnyView {
    view! {
        <Field
            label=label
            id=entry.field_id()
            optional=optional
            hint=hint
            source=form.source_of(entry)
            error=error_at(problems, Place::At(entry))
            warning=warning_at(problems, Place::At(entry))
        >
            {control()}
        </Field>
    }
    .into_any()
}

/// Draws the control inside a field.
pub(super) type AnyControl = Box<dyn FnOnce() -> AnyView + Send>;

/// A line of text.
pub(super) fn line(value: RwSignal<String>, mono: bool) -> AnyControl {
    Box::new(move || view! { <Input value=value mono=mono /> }.into_any())
}

/// A number with its unit.
pub(super) fn amount(value: RwSignal<String>, unit: &'static str) -> AnyControl {
    Box::new(move || {
        view! { <Input value=value inputmode="numeric" short=true unit=unit /> }.into_any()
    })
}

/// One of a few.
pub(super) fn select(
    value: RwSignal<String>,
    options: impl Into<Signal<Vec<Choice>>>,
) -> AnyControl {
    let options = options.into();
    Box::new(move || view! { <Select value=value options=options /> }.into_any())
}

/// A text with suggestions.
pub(super) fn suggest(
    value: RwSignal<String>,
    options: Signal<Vec<Suggestion>>,
    placeholder: Signal<String>,
) -> AnyControl {
    Box::new(move || {
        view! { <Combobox value=value options=options placeholder=placeholder /> }.into_any()
    })
}

/// Nothing to say.
pub(super) fn no_hint() -> Signal<Option<String>> {
    Signal::stored(None)
}

/// Something to say from the start.
pub(super) fn hint(text: &'static str) -> Signal<Option<String>> {
    Signal::stored(Some(text.to_owned()))
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
    /// No other image has the name; known only after the cloud was asked.
    name_is_free: Signal<bool>,
) -> impl IntoView {
    let policy = use_cloud().config().images.clone();
    let architectures: Vec<Choice> =
        policy.architectures.iter().map(|name| Choice::new(name.as_str(), name.as_str())).collect();
    let only_architecture = architectures.len() == 1;
    let filled = Signal::derive(move || {
        let count = form.filled_count();
        (count > 0 && form.source.get() == Source::File).then(|| {
            tr_with("{count} filled in from the file; change what you like", &[("count", &count)])
        })
    });
    let distro = form.text(Entry::Distro);
    let versions = Signal::derive(move || {
        let versions = systems::system_of(&distro.read()).map_or(&[][..], |system| system.versions);
        versions.iter().map(|version| Suggestion::new(*version, *version)).collect()
    });
    let user_hint = Signal::derive(move || {
        Some(match systems::usual_user(&distro.read()) {
            Some(user) => tr_with(
                "Who logs in on a new instance; usually {user} on this system.",
                &[("user", &user)],
            ),
            None => tr("Who logs in on a new instance: debian, ubuntu, Administrator.").to_owned(),
        })
    });
    let all_systems: Signal<Vec<Suggestion>> = Signal::stored(
        SYSTEMS.iter().map(|system| Suggestion::noted(system.id, system.name, system.id)).collect(),
    );
    let name_hint = Signal::derive(move || {
        name_is_free.get().then(|| tr("No other image has this name.").to_owned())
    });
    let text = move |entry| form.text(entry);
    view! {
        <Section title=tr("What it is") number=2_u8 note=filled>
            <Presets form=form />
            <div class="pair">
                {field(form, problems, Entry::Name, tr("Name"), name_hint, false, line(text(Entry::Name), false))}
                {field(form, problems, Entry::DiskFormat, tr("Disk format"), format_hint(form), false, format_control(form, formats))}
                {field(
                    form, problems, Entry::Distro, tr("Operating system"),
                    hint(tr("Search, or type what is not in the list.")), true,
                    suggest(text(Entry::Distro), all_systems, Signal::stored(tr("Debian, Windows …").to_owned())),
                )}
                {field(
                    form, problems, Entry::Version, tr("Version"),
                    hint(tr("As its maker writes it: 12, 24.04, 2022.")), true,
                    suggest(text(Entry::Version), versions, Signal::stored(String::new())),
                )}
                {field(
                    form, problems, Entry::Architecture, tr("Architecture"),
                    if only_architecture { hint(tr("The only one in this cloud.")) } else { no_hint() }, false,
                    select(text(Entry::Architecture), architectures),
                )}
                {field(form, problems, Entry::AdminUser, tr("First user"), user_hint, true, line(text(Entry::AdminUser), true))}
            </div>
            <Visibility form=form allowed=policy.visibilities />
            <Check
                checked=form.protected
                label=tr("Protect from deletion")
                hint=Some(tr("Delete is refused until somebody takes the protection away.").to_owned())
            />
        </Section>
    }
}

fn format_hint(form: Form) -> Signal<Option<String>> {
    Signal::derive(move || {
        form.as_qcow2.get().then(|| tr("The file is sent as qcow2, made on the way.").to_owned())
    })
}

fn format_control(form: Form, formats: Signal<Vec<String>>) -> AnyControl {
    let value = form.text(Entry::DiskFormat);
    // What the file is, though this cloud does not take it: without an entry the field would seem empty.
    let foreign = Memo::new(move |_| {
        let (now, known) = (value.get(), formats.get());
        (!now.is_empty() && !known.is_empty() && !known.contains(&now)).then_some(now)
    });
    let options = Signal::derive(move || {
        let known = formats.get();
        let mut formats: Vec<String> =
            USUAL_FORMATS.iter().map(|format| (*format).to_owned()).collect();
        if !known.is_empty() {
            formats.retain(|format| known.contains(format));
            formats.extend(
                known.into_iter().filter(|format| !USUAL_FORMATS.contains(&format.as_str())),
            );
        }
        let mut options = vec![Choice::new("", tr("Choose a format"))];
        options.extend(formats.into_iter().map(|format| Choice::new(format.clone(), format)));
        options.extend(foreign.get().map(|format| {
            let label = tr_with("{format} (not taken by this cloud)", &[("format", &format)]);
            Choice::new(format, label)
        }));
        options
    });
    // Another format means the file as it is.
    let chosen = Callback::new(move |format: String| {
        if format != "qcow2" {
            form.as_qcow2.set(false);
        }
    });
    Box::new(move || view! { <Select value=value options=options on_change=chosen /> }.into_any())
}

/// What the image is to be, and what the chosen preset sets.
#[component]
fn Presets(
    /// The form.
    form: Form,
) -> impl IntoView {
    let cards = Preset::ALL.into_iter().map(|preset| {
        let (title, text) = preset_words(preset);
        view! {
            <ChoiceCard
                name="preset"
                title=title
                text=Some(text.to_owned())
                checked=Signal::derive(move || form.preset.get() == preset)
                on_choose=Callback::new(move |()| form.choose(preset))
            />
        }
    });
    let sets = move || {
        let sets: Vec<String> = form
            .preset
            .get()
            .words(&form.text(Entry::DiskFormat).read())
            .iter()
            .map(|words| format!("`{words}`"))
            .collect();
        if sets.is_empty() {
            return tr("Sets nothing by itself.").to_owned();
        }
        tr_with("Sets {properties}. General takes that back.", &[("properties", &sets.join(", "))])
    };
    view! {
        <fieldset class="fieldset fieldset--close">
            <legend class="fieldset__legend">{tr("What it is for")}</legend>
            <div class="choices choices--presets">{cards.collect_view()}</div>
            <p class="field__hint" role="status">{move || marked(&sets())}</p>
        </fieldset>
    }
}

fn preset_words(preset: Preset) -> (&'static str, &'static str) {
    match preset {
        Preset::General => (tr("General"), tr("The cloud chooses the hardware.")),
        Preset::Uefi => (tr("UEFI"), tr("For disks that start with UEFI.")),
        Preset::Windows => {
            (tr("Windows with virtio"), tr("For Windows with the virtio drivers installed."))
        }
        Preset::Rescue => (
            tr("Rescue image"),
            tr("A disc, usually an ISO, that other instances are rescued with."),
        ),
    }
}

/// Who can use it. What the policy forbids stays in sight with the reason.
#[component]
fn Visibility(
    /// The form.
    form: Form,
    /// What the policy allows.
    allowed: Vec<String>,
) -> impl IntoView {
    let value = form.text(Entry::Visibility);
    let forbidden: Vec<String> = ["shared", "community", "public"]
        .into_iter()
        .filter(|name| !allowed.iter().any(|allowed| allowed == name))
        .map(|name| visibility_words(name).0)
        .collect();
    let cards = allowed.into_iter().map(move |visibility| {
        let (title, text) = visibility_words(&visibility);
        let own = visibility.clone();
        view! {
            <ChoiceCard
                name="visibility"
                title=title
                text=Some(text.to_owned())
                checked=Signal::derive(move || *value.read() == own)
                on_choose=Callback::new(move |()| value.set(visibility.clone()))
            />
        }
    });
    let others = (!forbidden.is_empty()).then(|| {
        view! {
            <ChoiceCard
                name="visibility"
                title=forbidden.join(", ")
                checked=false
                on_choose=Callback::new(|()| {})
                why_not=Some(tr("Not allowed here: the policy of this cloud keeps its customers’ images to themselves.").to_owned())
            />
        }
    });
    view! {
        <fieldset class="fieldset">
            <legend class="fieldset__legend">{tr("Who can use it")}</legend>
            <div class="choices choices--2">{cards.collect_view()}{others}</div>
        </fieldset>
    }
}

fn visibility_words(visibility: &str) -> (String, &'static str) {
    match visibility {
        "private" => (tr("Private").into(), tr("This project only.")),
        "shared" => (tr("Shared").into(), tr("This project, and projects that you name later.")),
        "community" => (
            tr("Community").into(),
            tr("Everybody who knows its id, without being listed for them."),
        ),
        "public" => (tr("Public").into(), tr("Everybody in this cloud.")),
        other => (other.to_owned(), tr("As this cloud defines it.")),
    }
}
