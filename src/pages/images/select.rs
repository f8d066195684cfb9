//! Which images are chosen for work on several at once. It lives as long as the page: an address that says "these five"
//! would be a list of ids.

use std::collections::HashSet;
use std::sync::Arc;

use leptos::prelude::*;
use openstack::ImageId;

use super::entry::Entry;
use super::set::{Found, ImageSet};

/// The chosen images. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Selection {
    /// Their ids; some may be gone by now.
    pub ids: RwSignal<HashSet<ImageId>>,
    /// The images that are still there.
    pub chosen: Memo<Vec<Arc<Entry>>>,
    set: Memo<Arc<ImageSet>>,
    found: Memo<Found>,
    /// The image from whose row Shift reaches to another. Rows move when others come and go.
    anchor: StoredValue<Option<ImageId>>,
}

/// How much of what is shown is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// Nothing.
    None,
    /// Some of it.
    Part,
    /// All of it.
    All,
}

impl Selection {
    /// Nothing is chosen yet.
    pub fn new(set: Memo<Arc<ImageSet>>, found: Memo<Found>) -> Self {
        let ids = RwSignal::new(HashSet::<ImageId>::new());
        let chosen = Memo::new(move |_| {
            set.with(|set| {
                let mut chosen: Vec<Arc<Entry>> =
                    ids.with(|ids| ids.iter().filter_map(|id| set.get(id)).collect());
                chosen.sort_by(|left, right| left.image.name.cmp(&right.image.name));
                chosen
            })
        });
        Self { ids, chosen, set, found, anchor: StoredValue::new(None) }
    }

    /// Whether an image is chosen.
    pub fn has(self, id: &ImageId) -> bool {
        self.ids.with(|ids| ids.contains(id))
    }

    /// Chooses the image of a row, or not any more; with `reach` all rows from the last one to it.
    pub fn press(self, row: usize, id: &ImageId, reach: bool) {
        let choose = !self.ids.with_untracked(|ids| ids.contains(id));
        let anchor = self.anchor.get_value().filter(|_| reach);
        let anchor = anchor.and_then(|id| self.row_of(&id)).unwrap_or(row);
        let (first, last) = (anchor.min(row), anchor.max(row));
        let reached = self.rows(first, last);
        self.ids.update(|ids| {
            for id in reached {
                if choose {
                    ids.insert(id);
                } else {
                    ids.remove(&id);
                }
            }
        });
        self.anchor.set_value(Some(id.clone()));
    }

    /// Chooses everything that is shown, or nothing of it any more.
    pub fn press_all(self) {
        let all = self.rows(0, usize::MAX);
        let choose = self.share_untracked() != Share::All;
        self.ids.update(|ids| {
            if choose {
                ids.extend(all);
            } else {
                for id in all {
                    ids.remove(&id);
                }
            }
        });
    }

    /// Nothing is chosen any more.
    pub fn clear(self) {
        self.ids.update(HashSet::clear);
    }

    /// How much of what is shown is chosen.
    pub fn share(self) -> Share {
        self.ids.track();
        self.found.track();
        self.share_untracked()
    }

    /// How many of the chosen images search, facets or tab leave out.
    pub fn out_of_sight(self) -> usize {
        let shown = self.shown_and_chosen();
        self.chosen.with(Vec::len).saturating_sub(shown)
    }

    fn share_untracked(self) -> Share {
        let shown = self.found.with_untracked(|found| found.rows.len());
        match self.shown_and_chosen() {
            0 => Share::None,
            chosen if chosen == shown => Share::All,
            _ => Share::Part,
        }
    }

    fn shown_and_chosen(self) -> usize {
        self.ids.with_untracked(|ids| {
            if ids.is_empty() {
                return 0;
            }
            self.set.with_untracked(|set| {
                self.found.with_untracked(|found| {
                    let entries = found.rows.iter().filter_map(|place| set.entry(*place));
                    entries.filter(|entry| ids.contains(&entry.image.id)).count()
                })
            })
        })
    }

    fn row_of(self, id: &ImageId) -> Option<usize> {
        self.set.with_untracked(|set| {
            self.found.with_untracked(|found| {
                let is_it =
                    |place: &u32| set.entry(*place).is_some_and(|entry| entry.image.id == *id);
                found.rows.iter().position(is_it)
            })
        })
    }

    fn rows(self, first: usize, last: usize) -> Vec<ImageId> {
        self.set.with_untracked(|set| {
            self.found.with_untracked(|found| {
                let rows = found.rows.iter().skip(first);
                rows.take(last.saturating_sub(first).saturating_add(1))
                    .filter_map(|place| set.entry(*place))
                    .map(|entry| entry.image.id.clone())
                    .collect()
            })
        })
    }
}
