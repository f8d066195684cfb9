//! The form for an image of a volume: signals, and what becomes of it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use openstack::volume::Volume;
use openstack::{ApiError, Timestamp};

use super::volume_keep::{self, Kept};
use super::volume_rules::{self, Can, FORMATS};
use crate::captures::order::VolumeOrder;
use crate::captures::{self, Captures, use_captures};
use crate::clock;
use crate::cloud::Cloud;
use crate::text::{errors, tr, tr_with};
use crate::ui::{Toast, Toasts};

/// Glance's schema.
const LONGEST_NAME: usize = 255;

/// "data-1-2026-11-23".
fn dated_name(name: &str, now: Timestamp) -> String {
    let today = now.at(clock::offset_at(now));
    format!("{name}-{:04}-{:02}-{:02}", today.year, today.month, today.day)
}

/// Everything the user can set. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct VolumeForm {
    cloud: StoredValue<Cloud>,
    captures: Captures,
    toasts: Toasts,
    /// The chosen volume's record.
    pub(super) volume: Memo<Option<Volume>>,
    id: RwSignal<String>,
    /// The image's name as typed; the volume's own while nothing is.
    pub(super) name: RwSignal<String>,
    pub(super) disk_format: RwSignal<String>,
    pub(super) visibility: RwSignal<String>,
    pub(super) protected: RwSignal<bool>,
    pub(super) force: RwSignal<bool>,
    pub(super) tried: RwSignal<bool>,
    pub(super) sending: RwSignal<bool>,
    pub(super) failure: RwSignal<Option<ApiError>>,
    /// The image, once the cloud has given it an id.
    pub(super) made: RwSignal<Option<String>>,
}

impl VolumeForm {
    /// With what was typed before in this tab.
    pub(super) fn new(
        cloud: &Cloud,
        id: RwSignal<String>,
        volumes: Signal<Option<Result<Vec<Volume>, ApiError>>>,
    ) -> Self {
        let policy = &cloud.config().images;
        let first = policy.visibilities.first().cloned().unwrap_or_default();
        let kept = volume_keep::read(cloud.user().id.as_str()).unwrap_or_default();
        let or = |text: &str, other: &str| if text.is_empty() { other } else { text }.to_owned();
        // A volume of another project is not here.
        if id.read_untracked().is_empty() && kept.scope == cloud.key() {
            id.set(kept.volume.clone());
        }
        let visibility =
            if policy.visibilities.contains(&kept.visibility) { kept.visibility } else { first };
        let form = Self {
            cloud: StoredValue::new(cloud.clone()),
            captures: use_captures(),
            toasts: expect_context::<Toasts>(),
            volume: Memo::new(move |_| {
                let id = id.get();
                volumes.with(|volumes| {
                    let all = volumes.as_ref()?.as_ref().ok()?;
                    all.iter().find(|one| one.id.as_str() == id).cloned()
                })
            }),
            id,
            name: RwSignal::new(kept.name),
            disk_format: RwSignal::new(or(&kept.disk_format, FORMATS[0])),
            visibility: RwSignal::new(visibility),
            protected: RwSignal::new(kept.protected),
            force: RwSignal::new(kept.force),
            tried: RwSignal::new(false),
            sending: RwSignal::new(false),
            failure: RwSignal::new(None),
            made: RwSignal::new(None),
        };
        form.suggest_name();
        form.keep();
        form
    }

    /// Names the image after the chosen volume, as long as the user has named it nothing else. The field is the user's: what
    /// is suggested has to be put into it.
    fn suggest_name(self) {
        let suggested = Memo::new(move |_| {
            let name = self.volume.with(|volume| volume.as_ref().map(volume_rules::display_name));
            name.map(|name| dated_name(&name, clock::now()))
        });
        Effect::new(move |before: Option<Option<String>>| {
            let now = suggested.get();
            let untouched = self
                .name
                .with_untracked(|name| name.is_empty() || before.flatten().as_ref() == Some(name));
            if let Some(now) = now.clone().filter(|_| untouched) {
                self.name.set(now);
            }
            now
        });
    }

    fn keep(self) {
        Effect::new(move || {
            if self.made.read().is_some() {
                return volume_keep::write(None);
            }
            let kept = Kept {
                user: self.cloud.with_value(|cloud| cloud.user().id.to_string()),
                scope: self.cloud.with_value(Cloud::key),
                volume: self.id.get(),
                name: self.name.get(),
                disk_format: self.disk_format.get(),
                visibility: self.visibility.get(),
                protected: self.protected.get(),
                force: self.force.get(),
            };
            let untouched = kept.volume.is_empty() && kept.name.is_empty();
            volume_keep::write(Some(&kept).filter(|_| !untouched));
        });
    }

    /// The order as it stands; `None` while no volume is chosen. Follows every field.
    pub(super) fn order(self) -> Option<VolumeOrder> {
        let volume = self.volume.get()?;
        Some(VolumeOrder {
            volume: volume.id.to_string(),
            volume_name: volume_rules::display_name(&volume),
            image_name: self.name.get().trim().to_owned(),
            disk_format: self.disk_format.get(),
            visibility: self.visibility.get(),
            protected: self.protected.get(),
            force: self.force.get() && volume_rules::can(&volume) == Can::Forced,
        })
    }

    /// Why the chosen volume cannot be taken.
    pub(super) fn volume_error(self) -> Option<String> {
        let id = self.id.get();
        match self.volume.get() {
            Some(volume) => match volume_rules::can(&volume) {
                Can::Not(why) => Some(why),
                Can::Now | Can::Forced => None,
            },
            None if id.trim().is_empty() => {
                self.tried.get().then(|| tr("Choose a volume.").to_owned())
            }
            None => Some(tr_with("No volume here is called {name}.", &[("name", &id.trim())])),
        }
    }

    /// What is wrong with the name.
    pub(super) fn name_error(self) -> Option<String> {
        let name = self.name.get();
        match name.trim() {
            "" => self.tried.get().then(|| tr("Give the image a name.").to_owned()),
            name if name.chars().count() > LONGEST_NAME => Some(tr_with(
                "At most {most} characters; these are {count}.",
                &[("most", &LONGEST_NAME), ("count", &name.chars().count())],
            )),
            _ => None,
        }
    }

    /// Why it is not made while an instance holds the volume and nobody insists.
    pub(super) fn force_missing(self) -> bool {
        let held = self.volume.with(|volume| {
            volume.as_ref().is_some_and(|volume| volume_rules::can(volume) == Can::Forced)
        });
        held && !self.force.get()
    }

    /// Asks the cloud, unless something is wrong.
    pub(super) fn submit(self) {
        self.tried.set(true);
        let wrong = untrack(|| {
            self.volume_error().is_some() || self.name_error().is_some() || self.force_missing()
        });
        let order = untrack(|| self.order());
        let Some(order) = order.filter(|_| !wrong && !self.sending.get_untracked()) else {
            return;
        };
        self.sending.set(true);
        self.failure.set(None);
        let (captures, cloud, toasts) = (self.captures, self.cloud.get_value(), self.toasts);
        spawn_local(async move {
            let answer = captures::begin_of_volume(captures, cloud, order).await;
            self.sending.try_set(false);
            match answer {
                Ok(image) => drop(self.made.try_set(Some(image.to_string()))),
                Err(error) => {
                    // The form was left meanwhile.
                    if let Some(Some(error)) = self.failure.try_set(Some(error)) {
                        let words = errors::api(&error, None);
                        toasts.show(Toast::danger(words.title.clone(), words.text_with_request()));
                    }
                }
            }
        });
    }
}
