//! The form's signals: one a field. What follows from them is derived, never stored.
//!
//! The form fills in what is most likely right as soon as it knows it ([`Fields::begin`]), unless the link or what was typed
//! before says otherwise, and remembers what that was: what differs from it is what the user has changed.

mod filling;

use std::collections::BTreeSet;

use cloud_init::Guest;
use leptos::prelude::*;
use openstack::ApiError;
use openstack::compute::CreateServer;
use openstack::identity::Secret;

use super::capacity::{self, Demand};
use super::draft::{BootDisk, Draft, Given, Part};
use super::form::{self, Offer, Problem};
use super::supply::Supply;
use super::{places, refusal};
use crate::text::errors;

/// A refusal of the cloud, and where it belongs.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// The part of the form that caused it, if it is known.
    pub part: Option<Part>,
    /// What stood there: another value may be right.
    at: Vec<String>,
    /// The same of the password, which is among no values.
    password: Secret,
    /// The error.
    pub error: ApiError,
}

/// A text in a row of several, that keeps its signal while rows come, go and change places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nic {
    /// Tells it from the others.
    pub id: u32,
    /// A network's id, or a word of `NetworkChoice`; empty until one is chosen.
    pub value: RwSignal<String>,
}

/// A name and a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Tells it from the others.
    pub id: u32,
    /// The name, as typed.
    pub key: RwSignal<String>,
    /// The value, as typed.
    pub value: RwSignal<String>,
}

/// The form. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Fields {
    /// As typed.
    pub name: RwSignal<String>,
    /// As typed.
    pub count: RwSignal<String>,
    /// A zone; empty for any.
    pub zone: RwSignal<String>,
    /// The id of the chosen size; empty for none.
    pub flavor: RwSignal<String>,
    /// New volume or local disk, as chosen. What it comes to is [`Fields::disk_now`].
    pub disk: RwSignal<BootDisk>,
    /// GiB, as typed.
    pub volume_gib: RwSignal<String>,
    /// A type's name; empty for the cloud's default.
    pub volume_type: RwSignal<String>,
    /// Whether the volume goes with the instance.
    pub delete_volume: RwSignal<bool>,
    /// The networks, in the order of the cards.
    pub nics: RwSignal<Vec<Nic>>,
    /// The ids of the chosen groups.
    pub groups: RwSignal<Vec<String>>,
    /// A key's name; empty for none.
    pub key: RwSignal<String>,
    /// As typed; only in memory.
    pub password: RwSignal<String>,
    /// For cloud-init, as typed. The editor writes into it.
    pub user_data: RwSignal<String>,
    /// A server group's id; empty for none.
    pub server_group: RwSignal<String>,
    /// As typed; empty for the one that follows from the name.
    pub host_name: RwSignal<String>,
    /// As typed.
    pub description: RwSignal<String>,
    /// As typed, with commas between them.
    pub tags: RwSignal<String>,
    /// Names and values.
    pub metadata: RwSignal<Vec<Pair>>,
    /// Whether the instance gets its data on a drive as well.
    pub config_drive: RwSignal<bool>,
    /// The user has tried to launch: from then on everything that is wrong is shown.
    pub tried: RwSignal<bool>,
    /// What the cloud said to the last try.
    pub refused: RwSignal<Option<Refused>>,
    /// What was typed here before is back, and the address does not say so.
    pub restored: RwSignal<bool>,
    /// What it is filled in against.
    pub offer: Memo<Option<OfferBox>>,
    /// What is wrong with it.
    pub problems: Memo<Vec<Problem>>,
    /// What the user has changed.
    pub changed: Memo<Given>,
    /// What one instance takes of each quota.
    pub demands: Memo<Vec<Demand>>,
    no_volumes: Memo<bool>,
    start: RwSignal<Draft>,
    given: StoredValue<BTreeSet<Part>>,
    begun: StoredValue<BTreeSet<Part>>,
    next_row: StoredValue<u32>,
}

/// An offer that a memo can compare: a new answer makes a new one.
#[derive(Clone)]
pub struct OfferBox(std::sync::Arc<Offer>);

impl PartialEq for OfferBox {
    fn eq(&self, other: &Self) -> bool {
        std::sync::Arc::ptr_eq(&self.0, &other.0)
    }
}

impl std::ops::Deref for OfferBox {
    type Target = Offer;
    fn deref(&self) -> &Offer {
        &self.0
    }
}

impl Fields {
    /// An empty form; the sections fill in their defaults when they know them.
    pub fn new(supply: Supply) -> Self {
        let offer =
            Memo::new(move |_| supply.offer().map(|offer| OfferBox(std::sync::Arc::new(offer))));
        let empty = || RwSignal::new(String::new());
        let start = RwSignal::new(Draft::default());
        let mut fields = Self {
            name: empty(),
            count: RwSignal::new(Draft::default().count),
            zone: empty(),
            flavor: empty(),
            disk: RwSignal::new(BootDisk::default()),
            volume_gib: empty(),
            volume_type: empty(),
            delete_volume: RwSignal::new(false),
            nics: RwSignal::new(Vec::new()),
            groups: RwSignal::new(Vec::new()),
            key: empty(),
            password: empty(),
            user_data: empty(),
            server_group: empty(),
            host_name: empty(),
            description: empty(),
            tags: empty(),
            metadata: RwSignal::new(Vec::new()),
            config_drive: RwSignal::new(false),
            tried: RwSignal::new(false),
            refused: RwSignal::new(None),
            restored: RwSignal::new(false),
            offer,
            problems: Memo::new(|_| Vec::new()),
            changed: Memo::new(|_| Given::new()),
            demands: Memo::new(|_| Vec::new()),
            no_volumes: Memo::new(move |_| supply.has_no_volumes()),
            start,
            given: StoredValue::new(BTreeSet::new()),
            begun: StoredValue::new(BTreeSet::new()),
            next_row: StoredValue::new(0),
        };
        let so_far = fields;
        fields.problems = Memo::new(move |_| so_far.against(form::problems).unwrap_or_default());
        fields.demands = Memo::new(move |_| {
            let found = so_far.against(|draft, offer| {
                offer.flavor(draft).map(|flavor| capacity::demands(draft, flavor, offer))
            });
            found.flatten().unwrap_or_default()
        });
        fields.changed = Memo::new(move |_| start.with(|start| so_far.draft().changed_from(start)));
        fields
    }

    /// Who reads the user data.
    pub fn guest(self) -> Guest {
        self.offer.with(|offer| match offer {
            Some(offer) if offer.is_windows() => Guest::Windows,
            Some(offer) if offer.image.property("os_distro").is_some() => Guest::Linux,
            _ => Guest::Unknown,
        })
    }

    /// The public key of the chosen key pair.
    pub fn public_key(self) -> Option<String> {
        let name = self.key.get_untracked();
        self.offer.with_untracked(|offer| {
            let keys = offer.as_ref()?.keys.as_ref()?;
            keys.iter().find(|key| key.name == name)?.public_key.clone()
        })
    }

    /// Whether the image says that it is Windows.
    pub fn is_windows(self) -> bool {
        self.offer.with(|offer| offer.as_ref().is_some_and(|offer| offer.is_windows()))
    }

    /// Where the first disk is: what was chosen, as far as the image and the region leave a choice.
    pub fn disk_now(self) -> BootDisk {
        let as_image = self
            .offer
            .with(|offer| offer.as_ref().is_some_and(|offer| offer.image.is_volume_snapshot()));
        match self.disk.get() {
            _ if as_image => BootDisk::AsImageSays,
            BootDisk::AsImageSays => BootDisk::NewVolume,
            BootDisk::NewVolume if self.no_volumes.get() => BootDisk::Local,
            chosen => chosen,
        }
    }

    /// How many, once it is a number.
    pub fn count_now(self) -> u32 {
        capacity::parse_count(&self.count.read()).unwrap_or(1)
    }

    /// What is filled in.
    pub fn draft(&self) -> Draft {
        let pair = |pair: &Pair| (pair.key.get().trim().to_owned(), pair.value.get());
        Draft {
            name: self.name.get(),
            count: self.count.get(),
            zone: self.zone.get(),
            flavor: self.flavor.get(),
            disk: self.disk_now(),
            volume_gib: self.volume_gib.get(),
            volume_type: self.volume_type.get(),
            delete_volume: self.delete_volume.get(),
            networks: self.nics.read().iter().map(|nic| nic.value.get()).collect(),
            groups: self.groups.get(),
            key: self.key.get(),
            password: Secret::new(self.password.get()),
            user_data: self.user_data.get(),
            server_group: self.server_group.get(),
            host_name: self.host_name.get(),
            description: self.description.get(),
            tags: self.tags.get(),
            metadata: self.metadata.read().iter().map(pair).collect(),
            config_drive: self.config_drive.get(),
        }
    }

    /// The request, when nothing is wrong.
    pub fn request(&self) -> Option<CreateServer> {
        self.against(|draft, offer| form::request(draft, offer).ok()).flatten()
    }

    /// Something that follows from what is filled in and what it is held against, once the image is known.
    pub fn against<T>(&self, derive: impl FnOnce(&Draft, &Offer) -> T) -> Option<T> {
        let draft = self.draft();
        self.offer.with(|offer| offer.as_ref().map(|offer| derive(&draft, offer)))
    }

    /// What to show at a part of the form: the cloud's refusal, or what is wrong once launching was tried.
    pub fn error(self, part: Part) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.problem(part).filter(|_| self.tried.get()).or_else(|| self.refusal(part))
        })
    }

    /// The same for a field whose default is right: only the user (or a link) can have made it wrong, so it is said at once.
    pub fn error_at_once(self, part: Part) -> Signal<Option<String>> {
        Signal::derive(move || self.problem(part).or_else(|| self.refusal(part)))
    }

    /// Takes the cloud's refusal to its place, and says where that is.
    pub fn refuse(self, error: ApiError) -> Option<Part> {
        let draft = untrack(|| self.draft());
        // What is not on the page now, as the image, has no place but the top.
        let part = refusal::part_of(&error, &draft).filter(|part| places::is_here(*part));
        let at = part.map(|part| draft.values(part)).unwrap_or_default();
        self.refused.set(Some(Refused { part, at, password: draft.password, error }));
        part
    }

    /// The refusal that still holds: what caused it has not been changed.
    pub fn refused_now(self) -> Option<Refused> {
        let refused = self.refused.get()?;
        let same = refused.part.is_none_or(|part| {
            let draft = self.draft();
            draft.values(part) == refused.at
                && (part != Part::Password || draft.password == refused.password)
        });
        same.then_some(refused)
    }

    fn problem(self, part: Part) -> Option<String> {
        self.problems.with(|all| {
            all.iter().find(|problem| problem.part == part).map(|problem| problem.words.clone())
        })
    }

    fn refusal(self, part: Part) -> Option<String> {
        let refused = self.refused_now().filter(|refused| refused.part == Some(part))?;
        Some(errors::api(&refused.error, None).text_with_request())
    }
}
