//! Which images are chosen for work on several at once (`components/list/select.rs`), and what they are.

use std::ops::Deref;
use std::sync::Arc;

use leptos::prelude::*;
use openstack::ImageId;

use super::entry::Entry;
use super::set::{Found, ImageSet};
use crate::components::list;

/// The chosen images. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Selection {
    rows: list::Selection<ImageId>,
    /// The images that are still there.
    pub chosen: Memo<Vec<Arc<Entry>>>,
}

impl Deref for Selection {
    type Target = list::Selection<ImageId>;

    fn deref(&self) -> &Self::Target {
        &self.rows
    }
}

impl Selection {
    /// Nothing is chosen yet.
    pub fn new(set: Memo<Arc<ImageSet>>, found: Memo<Found>) -> Self {
        let id_at = move |row: usize| {
            set.with_untracked(|set| {
                let place = found.with_untracked(|found| found.rows.get(row).copied())?;
                set.entry(place).map(|entry| entry.image.id.clone())
            })
        };
        let rows = list::Selection::new(move || found.with(|found| found.rows.len()), id_at);
        let chosen = Memo::new(move |_| {
            set.with(|set| {
                let mut chosen: Vec<Arc<Entry>> =
                    rows.ids.with(|ids| ids.iter().filter_map(|id| set.get(id)).collect());
                chosen.sort_by(|left, right| left.image.name.cmp(&right.image.name));
                chosen
            })
        });
        Self { rows, chosen }
    }

    /// How many of the chosen images search, facets or tab leave out.
    pub fn out_of_sight(self) -> usize {
        self.chosen.with(Vec::len).saturating_sub(self.in_sight())
    }
}
