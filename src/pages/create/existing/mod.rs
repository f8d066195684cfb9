//! The sources that are in the cloud already: an instance, a volume. The cloud copies them; nothing travels through this
//! computer. Each has fields of its own, as what the record says follows from what is copied.

mod instance;
mod volume;
mod volume_command;
mod volume_form;
mod volume_keep;
mod volume_rules;

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use openstack::ApiError;
use openstack::compute::Server;
use openstack::volume::Volume;

use self::volume_form::VolumeForm;
use super::draft::Source;
use super::form::Form;
use super::link::{self, Link};
use crate::cloud::Cloud;
use crate::components::ErrorNote;
use crate::components::server::SnapshotForm;
use crate::text::tr;
use crate::ui::{
    Button, ButtonKind, Combobox, CopyButton, Field, Glyph, Panel, Skeleton, Suggestion,
};

/// What is chosen, and the form for it. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Existing {
    source: RwSignal<Source>,
    /// The id of the chosen instance, or what was typed in its place.
    server: RwSignal<String>,
    volume: RwSignal<String>,
    servers: Signal<Option<Result<Vec<Server>, ApiError>>>,
    volumes: Signal<Option<Result<Vec<Volume>, ApiError>>>,
    /// The form for the chosen instance, when an image can be made of it.
    snapshot: Memo<Option<SnapshotForm>>,
    volume_form: VolumeForm,
    /// Asks for the lists anew.
    look_again: Callback<()>,
    /// The image, once the cloud has given it an id.
    pub(super) made: Memo<Option<String>>,
}

impl Existing {
    /// With what the address says. The lists are fetched when their source is chosen.
    pub(super) fn new(cloud: &Cloud, form: Form) -> Self {
        let link = Link::here();
        let source = form.source;
        // Before the lists listen to it: a `LocalResource` that hears of a memo's change before its first answer keeps that
        // answer, to the question before (reactive_graph 0.2.16, `already_dirty`).
        if let Some(named) = link.source {
            source.set(named);
        }
        let (server, volume) = (RwSignal::new(link.instance), RwSignal::new(link.volume));
        let is_volume = Memo::new(move |_| source.get() == Source::Volume);
        // An instance's volumes are asked for by its own form.
        let is_instance = Memo::new(move |_| source.get() == Source::Instance);
        let servers = LocalResource::new({
            let cloud = cloud.clone();
            move || {
                let (cloud, wanted) = (cloud.clone(), is_instance.get() || is_volume.get());
                async move {
                    match wanted {
                        true => Some(cloud.servers().await.map(|servers| servers.items)),
                        false => None,
                    }
                }
            }
        });
        let volumes = LocalResource::new({
            let cloud = cloud.clone();
            move || {
                let (cloud, wanted) = (cloud.clone(), is_volume.get());
                async move {
                    match wanted {
                        true => Some(cloud.volumes().await.map(|volumes| volumes.items)),
                        false => None,
                    }
                }
            }
        });
        let look_again = Callback::new(move |()| {
            servers.refetch();
            volumes.refetch();
        });
        let servers = Signal::derive(move || servers.get().flatten());
        let volumes = Signal::derive(move || volumes.get().flatten());
        let chosen_server = Memo::new(move |_| {
            let id = server.get();
            let found = servers.with(|servers| {
                let all = servers.as_ref()?.as_ref().ok()?;
                all.iter().find(|one| one.id.as_str() == id).cloned()
            });
            found.filter(|found| instance::why_not(found).is_none())
        });
        let snapshot = {
            let cloud = cloud.clone();
            Memo::new_with_compare(
                move |_| Some(SnapshotForm::new(Arc::new(chosen_server.get()?), cloud.clone())),
                // Each is another form.
                |_, _| true,
            )
        };
        let volume_form = VolumeForm::new(cloud, volume, volumes);
        let made = Memo::new(move |_| match source.get() {
            Source::Instance => snapshot.get().and_then(|form| form.image().get()),
            Source::Volume => volume_form.made.get(),
            Source::File | Source::Url => None,
        });
        let existing = Self {
            source,
            server,
            volume,
            servers,
            volumes,
            snapshot,
            volume_form,
            look_again,
            made,
        };
        existing.keep_address();
        existing
    }

    /// Chooses what a link names.
    pub(super) fn choose(self, link: &Link) {
        for (chosen, named) in [(self.server, &link.instance), (self.volume, &link.volume)] {
            if !named.is_empty() && *chosen.read_untracked() != *named {
                chosen.set(named.clone());
            }
        }
    }

    /// What is chosen of a source.
    pub(super) fn chosen_untracked(self, source: Source) -> String {
        match source {
            Source::Instance => self.server.get_untracked(),
            Source::Volume => self.volume.get_untracked(),
            Source::File | Source::Url => String::new(),
        }
    }

    /// The address follows what is chosen.
    fn keep_address(self) {
        let navigate = use_navigate();
        let known = Memo::new(move |_| match self.source.get() {
            Source::Instance => {
                known(&self.servers.get(), &self.server.get(), |one| one.id.as_str())
            }
            Source::Volume => known(&self.volumes.get(), &self.volume.get(), |one| one.id.as_str()),
            Source::File | Source::Url => None,
        });
        Effect::new(move |before: Option<Option<String>>| {
            let now = known.get();
            if let Some(id) = &now
                && before.is_none_or(|before| before != now)
            {
                let address = link::address(self.source.get_untracked(), id);
                let options =
                    NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
                navigate(&address, options);
            }
            now
        });
    }

    /// Makes the image, or says what is missing.
    pub(super) fn submit(self) {
        match self.source.get_untracked() {
            Source::Instance => match self.snapshot.get_untracked() {
                Some(form) => form.submit(),
                None => super::go_to(instance::FIELD),
            },
            Source::Volume => self.volume_form.submit(),
            Source::File | Source::Url => {}
        }
    }
}

fn known<T>(
    all: &Option<Result<Vec<T>, ApiError>>,
    id: &str,
    id_of: impl Fn(&T) -> &str,
) -> Option<String> {
    let all = all.as_ref()?.as_ref().ok()?;
    all.iter().any(|one| id_of(one) == id).then(|| id.to_owned())
}

/// Which instance, or which volume: in step 1.
#[component]
pub(super) fn ExistingPick(
    /// The wizard's form.
    form: Form,
    /// The choice.
    existing: Existing,
) -> impl IntoView {
    move || match form.source.get() {
        Source::Instance => instance::pick(existing),
        Source::Volume => volume::pick(existing),
        Source::File | Source::Url => ().into_any(),
    }
}

/// The fields below it.
#[component]
pub(super) fn ExistingFields(
    /// The wizard's form.
    form: Form,
    /// The choice.
    existing: Existing,
) -> impl IntoView {
    move || match form.source.get() {
        Source::Instance => instance::fields(existing),
        Source::Volume => volume::fields(existing),
        Source::File | Source::Url => ().into_any(),
    }
}

/// Summary, button, command line.
#[component]
pub(super) fn ExistingAside(
    /// The wizard's form.
    form: Form,
    /// The choice.
    existing: Existing,
    /// Why nothing can be created by this user.
    why_not: Option<String>,
) -> impl IntoView {
    move || match form.source.get() {
        Source::Instance => instance::aside(existing, why_not.clone()),
        Source::Volume => volume::aside(existing, why_not.clone()),
        Source::File | Source::Url => ().into_any(),
    }
}

/// What is in the way may pass: asks the cloud again.
fn look_again(existing: Existing, in_the_way: Signal<bool>) -> AnyView {
    view! {
        <Show when=move || in_the_way.get()>
            <div><Button small=true icon=Glyph::Retry on_press=move |_| existing.look_again.run(())>{tr("Look again")}</Button></div>
        </Show>
    }
    .into_any()
}

/// A choice among what the project has: a text field that searches.
fn chooser<T: Clone + Send + Sync + 'static>(
    label: &'static str,
    id: &'static str,
    value: RwSignal<String>,
    all: Signal<Option<Result<Vec<T>, ApiError>>>,
    suggestion: fn(&T) -> Suggestion,
    error: Signal<Option<String>>,
    empty: &'static str,
) -> AnyView {
    let options = Signal::derive(move || {
        all.with(|all| match all {
            Some(Ok(all)) => all.iter().map(suggestion).collect(),
            _ => Vec::new(),
        })
    });
    let state = Memo::new(move |_| {
        all.with(|all| match all {
            None => State::Loading,
            Some(Err(_)) => State::Failed,
            Some(Ok(all)) if all.is_empty() => State::Empty,
            Some(Ok(_)) => State::There,
        })
    });
    (move || match state.get() {
        State::Loading => view! { <Skeleton lines=2 /> }.into_any(),
        State::Empty => view! { <p class="muted">{empty}</p> }.into_any(),
        State::Failed => {
            let error = all.with(|all| all.clone().and_then(Result::err));
            error.map(|error| view! { <ErrorNote error=Signal::stored(error) /> }).into_any()
        }
        State::There => view! {
            <Field
                label=label
                id=id
                error=error
                hint=Some(tr("Type a part of its name, or choose from the list.").to_owned())
            >
                <Combobox value=value options=options />
            </Field>
        }
        .into_any(),
    })
    .into_any()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Loading,
    Failed,
    Empty,
    There,
}

/// The summary's panel and the command below it.
fn summary(
    title: Signal<String>,
    facts: AnyView,
    verb: Signal<&'static str>,
    busy: Signal<bool>,
    why_not: Signal<Option<String>>,
    hint: &'static str,
    command: Signal<Option<String>>,
) -> AnyView {
    view! {
        <Panel title=title>
            <dl class="facts facts--sum">{facts}</dl>
            <Button kind=ButtonKind::Primary wide=true submit=true busy=busy why_not=why_not>{move || verb.get()}</Button>
            <p class="field__hint">{hint}</p>
        </Panel>
        <Show when=move || command.read().is_some()>
            <div class="code">
                <div class="code__head">
                    <span class="code__kind">{tr("The same as a command")}</span>
                    <CopyButton text=Signal::derive(move || command.get().unwrap_or_default()) what=tr("command") worded=true />
                </div>
                <code class="code__text" tabindex="0" role="region" aria-label=tr("Command line")>{move || command.get()}</code>
            </div>
        </Show>
    }
    .into_any()
}
