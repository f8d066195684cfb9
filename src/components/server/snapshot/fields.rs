//! The fields for an image of a server: whether it is shut down first, name, description; and why the last try failed.

use leptos::prelude::*;
use openstack::compute::ServerStatus;

use super::form::SnapshotForm;
use super::rules;
use crate::captures::order::Power;
use crate::text::{tr, tr_with};
use crate::ui::{Button, Check, ChoiceCard, Field, Glyph, Input, Note, Tone};

/// The fields.
#[component]
pub fn SnapshotFields(
    /// The form.
    form: SnapshotForm,
) -> impl IntoView {
    view! {
        {move || form.failure().get().map(|words| failure(form, words.why))}
        {power(form)}
        <Field label=tr("Name") id="snapshot-name" error=form.name_error() warning=form.name_warning()>
            <Input value=form.name />
        </Field>
        <Field
            label=tr("Description")
            optional=true
            hint=Some(tr("Why it was made: before the upgrade, with the new kernel.").to_owned())
        >
            <Input value=form.description />
        </Field>
    }
}

/// Why the last try ended without an image, or without anybody knowing of one.
fn failure(form: SnapshotForm, why: Option<String>) -> AnyView {
    if form.is_unclear() {
        return view! {
            <Note tone=Tone::Warn title=tr("Nobody knows whether there will be an image") text=why>
                <Button small=true icon=Glyph::Retry on_press=move |_| form.look_again()>{tr("Look again")}</Button>
            </Note>
        }
        .into_any();
    }
    view! { <Note tone=Tone::Danger title=tr("There is no image") text=why /> }.into_any()
}

/// Whether it is shut down first.
fn power(form: SnapshotForm) -> AnyView {
    let server = form.server.get_value();
    let name = server.name.clone();
    if let Some(words) = as_it_is(&server.status) {
        return view! { <p class="muted">{words}</p> }.into_any();
    }
    let why_not = rules::why_not_shut_down(&server).map(str::to_owned);
    let power = form.power;
    let shuts_down = Signal::derive(move || power.get().shuts_down());
    let runs = Signal::derive(move || !power.get().shuts_down());
    let start_again = RwSignal::new(power.get_untracked() != Power::ShutDown);
    let choose = move |shut_down: bool| {
        power.set(match (shut_down, start_again.get_untracked()) {
            (false, _) => Power::AsItIs,
            (true, true) => Power::ShutDownAndStart,
            (true, false) => Power::ShutDown,
        });
    };
    // The box is a field of its own; the power follows it.
    Effect::new(move |before: Option<()>| {
        start_again.track();
        if before.is_some() && power.get_untracked().shuts_down() {
            choose(true);
        }
    });
    view! {
        <fieldset class="fieldset fieldset--close">
            <legend class="fieldset__legend">{tr_with("{name} is running", &[("name", &name)])}</legend>
            <div class="choices choices--2">
                <ChoiceCard
                    name="snapshot-power"
                    title=tr("Shut it down first (recommended)")
                    text=Some(tr("Everything is written to its disk then. It answers nobody until the image is made.").to_owned())
                    why_not=why_not
                    checked=shuts_down
                    on_choose=move |()| choose(true)
                />
                <ChoiceCard
                    name="snapshot-power"
                    title=tr("Leave it running")
                    text=Some(tr("The image is as a disk after a power cut: what is not written yet is missing. Databases may have to recover.").to_owned())
                    checked=runs
                    on_choose=move |()| choose(false)
                />
            </div>
            <Show when=move || shuts_down.get()>
                <Check
                    checked=start_again
                    label=tr("Start it again after")
                    hint=Some(tr("As soon as its disk was read. This tab does it: leave it open until then.").to_owned())
                />
            </Show>
        </fieldset>
    }
    .into_any()
}

/// What there is to say of one that does not run.
fn as_it_is(status: &ServerStatus) -> Option<&'static str> {
    match status {
        ServerStatus::Active => None,
        ServerStatus::Shutoff => {
            Some(tr("It is stopped: everything is written to its disk. It stays stopped."))
        }
        _ => Some(tr(
            "It sleeps: what its system had not written when it fell asleep is not in the image.",
        )),
    }
}
