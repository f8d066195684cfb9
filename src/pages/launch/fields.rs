//! The form's signals: one a field. What follows from them is derived, never stored.

use leptos::prelude::*;
use openstack::compute::CreateServer;
use openstack::{ApiError, FlavorId, SecurityGroupId};

use super::attach::NetworkChoice;
use super::form::{self, BootDisk, Draft, Offer, Part, Problem};
use super::refusal;
use super::supply::Supply;
use crate::components::server::is_windows;
use crate::text::errors;

/// A refusal of the cloud, and where it belongs.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// The part of the form that caused it, if it is known.
    pub part: Option<Part>,
    /// The error.
    pub error: ApiError,
}

/// The form. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Fields {
    /// As typed.
    pub name: RwSignal<String>,
    /// The chosen size.
    pub flavor: RwSignal<Option<FlavorId>>,
    /// New volume or local disk.
    pub disk: RwSignal<BootDisk>,
    /// GiB, as typed.
    pub volume_gib: RwSignal<String>,
    /// A type's name; empty for the cloud's default.
    pub volume_type: RwSignal<String>,
    /// Whether the volume goes with the instance.
    pub delete_volume: RwSignal<bool>,
    /// The value of the network select.
    pub network: RwSignal<String>,
    /// The chosen groups.
    pub groups: RwSignal<Vec<SecurityGroupId>>,
    /// A key's name; empty for none.
    pub key: RwSignal<String>,
    /// A zone; empty for any.
    pub zone: RwSignal<String>,
    /// The user has tried to launch: from then on everything that is wrong is shown.
    pub tried: RwSignal<bool>,
    /// What the cloud said to the last try.
    pub refused: RwSignal<Option<Refused>>,
    /// What it is filled in against.
    pub offer: Memo<Option<OfferBox>>,
    /// What is wrong with it.
    pub problems: Memo<Vec<Problem>>,
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
        let mut fields = Self {
            name: RwSignal::new(String::new()),
            flavor: RwSignal::new(None),
            disk: RwSignal::new(BootDisk::NewVolume),
            volume_gib: RwSignal::new(String::new()),
            volume_type: RwSignal::new(String::new()),
            delete_volume: RwSignal::new(false),
            network: RwSignal::new(String::new()),
            groups: RwSignal::new(Vec::new()),
            key: RwSignal::new(String::new()),
            zone: RwSignal::new(String::new()),
            tried: RwSignal::new(false),
            refused: RwSignal::new(None),
            offer,
            problems: Memo::new(|_| Vec::new()),
        };
        let so_far = fields;
        fields.problems = Memo::new(move |_| {
            offer.with(|offer| {
                offer
                    .as_ref()
                    .map(|offer| form::problems(&so_far.draft(), offer))
                    .unwrap_or_default()
            })
        });
        fields
    }

    /// Fills in what follows from the image alone. Called once, when it is known and before anything is drawn.
    pub fn begin_with_image(self) {
        self.offer.with_untracked(|offer| {
            let Some(offer) = offer else { return };
            self.name.set(form::suggested_name(offer.image.name.as_deref().unwrap_or_default()));
            self.volume_gib.set(offer.needs.volume_gib.to_string());
            if offer.image.is_volume_snapshot() {
                self.disk.set(BootDisk::AsImageSays);
            }
        });
    }

    /// The image's own words about itself, for whether it is Windows.
    pub fn is_windows(self) -> bool {
        self.offer
            .with(|offer| offer.as_ref().is_some_and(|offer| is_windows(&offer.image.properties)))
    }

    /// What is filled in.
    pub fn draft(&self) -> Draft {
        let some = |signal: RwSignal<String>| Some(signal.get()).filter(|value| !value.is_empty());
        Draft {
            name: self.name.get(),
            flavor: self.flavor.get(),
            disk: self.disk.get(),
            volume_gib: self.volume_gib.get(),
            volume_type: some(self.volume_type),
            delete_volume: self.delete_volume.get(),
            network: NetworkChoice::parse(&self.network.read()),
            groups: self.groups.get(),
            key: some(self.key),
            zone: some(self.zone),
        }
    }

    /// The request, when nothing is wrong.
    pub fn request(&self) -> Option<CreateServer> {
        let draft = self.draft();
        self.offer.with(|offer| offer.as_ref().and_then(|offer| form::request(&draft, offer).ok()))
    }

    /// What to show at a part of the form: the cloud's refusal, or what is wrong once launching was tried.
    pub fn error(self, part: Part) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.problem(part).filter(|_| self.tried.get()).or_else(|| self.refusal(part))
        })
    }

    /// The same for a field whose default is right: only the user can have made it wrong, so it is said at once.
    pub fn error_at_once(self, part: Part) -> Signal<Option<String>> {
        Signal::derive(move || self.problem(part).or_else(|| self.refusal(part)))
    }

    /// Takes the cloud's refusal to its place.
    pub fn refuse(self, error: ApiError) {
        let part = refusal::part_of(&error, self.disk.get_untracked());
        self.refused.set(Some(Refused { part, error }));
    }

    fn problem(self, part: Part) -> Option<String> {
        self.problems.with(|all| {
            all.iter().find(|problem| problem.part == part).map(|problem| problem.words.clone())
        })
    }

    fn refusal(self, part: Part) -> Option<String> {
        self.refused.with(|refused| {
            let refused = refused.as_ref().filter(|refused| refused.part == Some(part))?;
            Some(errors::api(&refused.error, None).text_with_request())
        })
    }
}
