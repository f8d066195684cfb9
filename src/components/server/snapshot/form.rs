//! The form for an image of a server: signals, what the cloud tells while it is filled in, and what becomes of it. The same
//! in the dialog and in the wizard.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join3;
use leptos::prelude::*;
use openstack::ApiError;
use openstack::compute::{Server, ServerStatus};
use openstack::image::Image;
use openstack::volume::{Volume, VolumeLimits};

use super::keep::{self, Kept};
use super::{command, rules};
use crate::captures::order::{InstanceOrder, Power};
use crate::captures::{self, Capture, Captures, Phase, Standing, Switched, use_captures};
use crate::clock;
use crate::cloud::Cloud;
use crate::text::captures as words;
use crate::text::transfers::TransferWords;
use crate::text::{errors, tr};
use crate::ui::{Progress, Status};

/// Typing pauses this long before the cloud is asked whether the name is taken.
const PAUSE: Duration = Duration::from_millis(400);

/// What the cloud told of what will come.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Known {
    pub(super) volumes: Vec<Volume>,
    pub(super) base: Option<Image>,
    pub(super) limits: Option<VolumeLimits>,
    /// What could not be read, in words.
    pub(super) missing: Option<String>,
}

/// Everything the user can set. Cheap to copy.
#[derive(Clone, Copy)]
pub struct SnapshotForm {
    pub(super) server: StoredValue<Arc<Server>>,
    cloud: StoredValue<Cloud>,
    captures: Captures,
    pub(super) name: RwSignal<String>,
    pub(super) description: RwSignal<String>,
    pub(super) power: RwSignal<Power>,
    tried: RwSignal<bool>,
    running: RwSignal<Option<Capture>>,
    name_taken: Signal<bool>,
    pub(super) known: Signal<Option<Known>>,
}

impl SnapshotForm {
    /// For one server; with what was typed for it before in this tab.
    pub fn new(server: Arc<Server>, cloud: Cloud) -> Self {
        let runs = server.status == ServerStatus::Active && !server.locked;
        let kept = keep::read(cloud.user().id.as_str(), server.id.as_str());
        let recommended = if runs { Power::ShutDownAndStart } else { Power::AsItIs };
        let power = kept.as_ref().and_then(Kept::power).filter(|_| runs).unwrap_or(recommended);
        let (name, description) = match kept {
            Some(kept) => (kept.name, kept.description),
            None => (suggested_name(&server), String::new()),
        };
        let name = RwSignal::new(name);
        let known = LocalResource::new({
            let (cloud, server) = (cloud.clone(), Arc::clone(&server));
            move || look(cloud.clone(), Arc::clone(&server))
        });
        let form = Self {
            name_taken: name_taken(&cloud, name),
            server: StoredValue::new(server),
            cloud: StoredValue::new(cloud),
            captures: use_captures(),
            name,
            description: RwSignal::new(description),
            power: RwSignal::new(power),
            tried: RwSignal::new(false),
            running: RwSignal::new(None),
            known: Signal::derive(move || known.get()),
        };
        form.keep();
        form
    }

    /// Keeps what is typed until the image is asked for.
    fn keep(self) {
        Effect::new(move || {
            if self.image().read().is_some() {
                return keep::write(None);
            }
            let power = self.power.get();
            let kept = Kept {
                user: self.cloud.with_value(|cloud| cloud.user().id.to_string()),
                server: self.server.with_value(|server| server.id.to_string()),
                name: self.name.get(),
                description: self.description.get(),
                shut_down: Some(power.shuts_down()),
                start_again: power == Power::ShutDownAndStart,
            };
            let as_at_first = self.server.with_value(|server| suggested_name(server)) == kept.name
                && kept.description.is_empty();
            keep::write(Some(&kept).filter(|_| !as_at_first));
        });
    }

    /// The order as it stands.
    fn order(self) -> InstanceOrder {
        let description = self.description.get().trim().to_owned();
        let mut properties = BTreeMap::new();
        if !description.is_empty() {
            properties.insert("description".to_owned(), description);
        }
        self.server.with_value(|server| InstanceOrder {
            server: server.id.to_string(),
            server_name: server.name.clone(),
            image_name: self.name.get().trim().to_owned(),
            properties,
            power: self.power.get(),
        })
    }

    /// The same as a command line; follows every field.
    pub fn command(self) -> String {
        command::command_line(&self.order())
    }

    /// The image's name as it is typed.
    pub fn image_name(self) -> String {
        self.name.get().trim().to_owned()
    }

    /// What the instance is called.
    pub fn server_name(self) -> String {
        self.server.with_value(|server| server.name.clone())
    }

    /// What the button says: what it does.
    pub fn verb(self) -> &'static str {
        match self.power.get().shuts_down() {
            true => tr("Shut down and create image"),
            false => tr("Create image"),
        }
    }

    /// Whether the order is being carried out and the form waits for it.
    pub fn busy(self) -> Signal<bool> {
        Signal::derive(move || self.is_busy())
    }

    fn is_busy(self) -> bool {
        self.running.with(|running| {
            running.as_ref().is_some_and(|one| one.state.with(|state| !is_over(&state.phase)))
        })
    }

    /// Changes with every step that the order takes: the instance is worth a look then.
    pub(super) fn step(self) -> Memo<Option<(Phase, Switched)>> {
        Memo::new(move |_| {
            self.running.with(|running| {
                let one = running.as_ref()?;
                Some(one.state.with(|state| (state.phase.clone(), state.switched.clone())))
            })
        })
    }

    /// The image, once the cloud has given it an id.
    pub fn image(self) -> Memo<Option<String>> {
        Memo::new(move |_| {
            self.running.with(|running| {
                let one = running.as_ref()?;
                one.state.with(|state| state.image_id.clone())
            })
        })
    }

    pub(super) fn name_error(self) -> Signal<Option<String>> {
        Signal::derive(move || rules::name_problem(&self.name.read()).filter(|_| self.tried.get()))
    }

    pub(super) fn name_warning(self) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.name_taken.get().then(|| {
                tr("Another image has this name. Both can exist; only their ids will tell them apart.").to_owned()
            })
        })
    }

    /// Why there is no image, in words, after the order has ended without one.
    pub(super) fn failure(self) -> Signal<Option<TransferWords>> {
        Signal::derive(move || {
            self.running.with(|running| {
                let one = running.as_ref()?;
                one.state.with(|state| {
                    // Where there is one, its page and the tray tell.
                    let failed = is_over(&state.phase) && state.image_id.is_none();
                    failed.then(|| words::capture(&one.of, state))
                })
            })
        })
    }

    /// Whether the order has ended without anybody knowing of an image.
    pub(super) fn is_unclear(self) -> bool {
        self.running.with(|running| {
            running.as_ref().is_some_and(|one| one.state.with(|state| state.is_unclear()))
        })
    }

    /// Looks for it again.
    pub(super) fn look_again(self) {
        if let Some(one) = self.running.get_untracked() {
            self.captures.look_again(one.key, self.cloud.get_value());
        }
    }

    /// Begins, unless something is wrong or it is under way already.
    pub fn submit(self) {
        self.tried.set(true);
        let wrong = self.name.with_untracked(|name| rules::name_problem(name)).is_some();
        if wrong || untrack(|| self.is_busy()) {
            return;
        }
        // What failed before is told by what comes now.
        if let Some(before) = self.running.get_untracked() {
            self.captures.dismiss(before.key);
        }
        let order = untrack(|| self.order());
        self.running.set(Some(captures::begin(self.captures, self.cloud.get_value(), order)));
    }
}

fn is_over(phase: &Phase) -> bool {
    matches!(phase, Phase::Over(_))
}

/// "web-1-2026-11-23": tells the image from the instance, and from tomorrow's.
fn suggested_name(server: &Server) -> String {
    let now = clock::now();
    let today = now.at(clock::offset_at(now));
    format!("{}-{:04}-{:02}-{:02}", server.name, today.year, today.month, today.day)
}

fn name_taken(cloud: &Cloud, name: RwSignal<String>) -> Signal<bool> {
    let cloud = cloud.clone();
    // The name is part of the answer, as an older answer says nothing of a newer name.
    let taken = LocalResource::new(move || {
        let (cloud, asked) = (cloud.clone(), name.get().trim().to_owned());
        async move {
            gloo_timers::future::sleep(PAUSE).await;
            let settled = name.try_with_untracked(|now| now.trim() == asked).unwrap_or(false);
            if asked.is_empty() || !settled {
                return Ok::<_, ApiError>(None);
            }
            let found = cloud.images_named(&asked).await?;
            Ok(Some(asked).filter(|_| !found.items.is_empty()))
        }
    });
    Signal::derive(move || match taken.get() {
        // Not known when it could not be asked: both names can exist anyway.
        Some(Ok(Some(asked))) => asked == name.read().trim(),
        _ => false,
    })
}

/// What the image will be made of. What cannot be read is said; the image can be made nevertheless.
async fn look(cloud: Cloud, server: Arc<Server>) -> Known {
    let on_volume = server.boots_from_volume();
    let volumes = async {
        match on_volume {
            true => cloud.volumes().await.map(|volumes| volumes.items),
            false => Ok(Vec::new()),
        }
    };
    let limits = async {
        match on_volume {
            true => cloud.volume_limits().await.map(Some),
            false => Ok(None),
        }
    };
    let base = async {
        match &server.image_id {
            Some(id) => match cloud.image(id).await {
                Ok(image) => Ok(Some(image)),
                // An instance outlives its image.
                Err(error) if error.kind == openstack::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(error),
            },
            None => Ok(None),
        }
    };
    let (volumes, limits, base) = join3(volumes, limits, base).await;
    let mut known = Known::default();
    let mut missing = |error: ApiError| known.missing = Some(errors::api(&error, None).paragraph());
    let volumes = volumes.map_err(&mut missing).unwrap_or_else(|()| Vec::new());
    let limits = limits.map_err(&mut missing).unwrap_or(None);
    let base = base.map_err(&mut missing).unwrap_or(None);
    Known { volumes, limits, base, ..known }
}

/// What goes on after the button was pressed, where the form was.
#[component]
pub fn UnderWay(
    /// The form.
    form: SnapshotForm,
) -> impl IntoView {
    move || {
        let one = form.running.get()?;
        let shown = Memo::new({
            let (state, of) = (one.state.clone(), one.of.clone());
            move |_| state.with(|state| words::capture(&of, state))
        });
        let needs_tab = Memo::new({
            let state = one.state.clone();
            move |_| state.with(|state| state.standing()) == Standing::NeedsTab
        });
        Some(view! {
            <div class="stack stack--tight">
                <p role="status">
                    <Status
                        shape=Signal::derive(move || shown.read().shape)
                        word=Signal::derive(move || shown.read().word.to_owned())
                    />
                </p>
                <Progress label=one.name.clone() share=Signal::stored(None) thin=true />
                {move || shown.read().why.clone().map(|why| view! { <p>{why}</p> })}
                <p class="muted">{move || match needs_tab.get() {
                    true => tr("You may go to other pages; the tray goes on with it. Leave the tab open: the rest is done from here."),
                    false => tr("The cloud goes on by itself; the tray follows it."),
                }}</p>
            </div>
        })
    }
}
