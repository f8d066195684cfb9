//! One image with what the list needs of it, prepared once when it arrives: what is searched, compared and counted at
//! every keystroke must not be made at every keystroke. Pure.

use std::cmp::Ordering;

use openstack::ProjectId;
use openstack::image::{Image, Visibility};

use super::query::{Column, Tab};
use crate::components::image::{
    ImageState, architecture, display_name, smallest_disk_gib, system_name,
};
use crate::components::list::{missing_last, natural_key, turned};
use crate::text::tr;
use crate::ui::{Direction, Shape};

/// This project's answer to an image that another project shares with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// Not answered: offered.
    Offered,
    /// In the project's lists.
    Accepted,
    /// Not in the project's lists.
    Rejected,
}

/// An image with what the list needs of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The record.
    pub image: Image,
    /// It belongs to the project we work in.
    pub own: bool,
    /// Another project shares it with this one.
    pub share: Option<Share>,
    /// "Debian 12".
    pub system: Option<String>,
    /// Shape and word of its state.
    state: ImageState,
    /// Everything but the id that a search looks into, in lower case.
    haystack: String,
    name_key: String,
    system_key: String,
}

impl Entry {
    /// Prepares an image for the list of a project. `share` is the answer under which Glance listed it, when it was not in
    /// the plain list.
    pub fn new(image: Image, project: &ProjectId, share: Option<Share>) -> Self {
        let system = system_name(&image);
        let name = display_name(&image);
        let words = [name.as_str(), system.as_deref().unwrap_or_default()];
        let distro = image.property("os_distro");
        let parts = words.into_iter().chain(distro).chain(image.tags.iter().map(String::as_str));
        let haystack = parts.collect::<Vec<_>>().join("\n").to_lowercase();
        let own = image.owner.as_ref() == Some(project);
        // Glance lists our own shared images among those offered to us.
        let share = match share {
            _ if own => None,
            None if image.visibility == Visibility::Shared => Some(Share::Accepted),
            share => share,
        };
        let state = match share {
            Some(Share::Offered) => ImageState::offered(),
            Some(Share::Rejected) => {
                ImageState { shape: Shape::Rejected, word: tr("Rejected").to_owned() }
            }
            _ => ImageState::of(&image),
        };
        Self {
            own,
            share,
            state,
            haystack,
            name_key: natural_key(&name),
            system_key: system.as_deref().map(natural_key).unwrap_or_default(),
            system,
            image,
        }
    }

    /// Shape and word of its state.
    pub fn state(&self) -> ImageState {
        self.state.clone()
    }

    /// Whether it is shared with the project and in no plain list: offered or rejected.
    pub fn is_unanswered(&self) -> bool {
        matches!(self.share, Some(Share::Offered | Share::Rejected))
    }

    /// Whether a word of a search, in lower case, is found in it. An id is found by its beginning only, and not by two
    /// or three letters: every number is somewhere in some id.
    pub fn has(&self, term: &str) -> bool {
        const SHORTEST_OF_ID: usize = 4;
        self.haystack.contains(term)
            || (term.len() >= SHORTEST_OF_ID && self.image.id.as_str().starts_with(term))
    }

    /// Whether a tab shows it.
    pub fn is_in(&self, tab: Tab) -> bool {
        match tab {
            Tab::Public => self.image.visibility == Visibility::Public,
            Tab::Own => self.own,
            Tab::Shared => self.share.is_some(),
            Tab::Community => self.image.visibility == Visibility::Community,
            // What was rejected is not wanted in sight, but can be found among what is shared.
            Tab::All => self.share != Some(Share::Rejected),
        }
    }

    /// The order of two rows by a column. Rows with equal values never change places between two looks.
    pub fn compare(&self, other: &Self, column: Column, direction: Direction) -> Ordering {
        self.by(other, column, direction)
            .then_with(|| self.name_key.cmp(&other.name_key))
            .then_with(|| self.image.id.cmp(&other.image.id))
    }

    fn by(&self, other: &Self, column: Column, direction: Direction) -> Ordering {
        let (left, right) = (&self.image, &other.image);
        match column {
            Column::Name => turned(self.name_key.cmp(&other.name_key), direction),
            Column::System => {
                let known = |key: &'_ str| (!key.is_empty()).then(|| key.to_owned());
                match (self.system_key.is_empty(), other.system_key.is_empty()) {
                    (false, false) => turned(self.system_key.cmp(&other.system_key), direction),
                    _ => missing_last(known(&self.system_key), known(&other.system_key), direction),
                }
            }
            Column::Architecture => {
                missing_last(architecture(left), architecture(right), direction)
            }
            Column::Format => {
                missing_last(left.disk_format.as_deref(), right.disk_format.as_deref(), direction)
            }
            Column::Size => missing_last(stored(left), stored(right), direction),
            Column::Needs => missing_last(needed(left), needed(right), direction),
            Column::Visibility => {
                turned(left.visibility.as_str().cmp(right.visibility.as_str()), direction)
            }
            Column::Status => turned(self.state.word.cmp(&other.state.word), direction),
            Column::Created => missing_last(left.created_at, right.created_at, direction),
        }
    }
}

/// A record that holds no data of its own has no size.
fn stored(image: &Image) -> Option<u64> {
    image.size_bytes.filter(|size_bytes| *size_bytes > 0)
}

fn needed(image: &Image) -> Option<(u64, u64)> {
    Some((smallest_disk_gib(image), image.min_ram_mib)).filter(|needs| *needs != (0, 0))
}
