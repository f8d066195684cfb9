//! The images that the page knows, and which of them a query shows: search, facets, order, counts. Pure, and quick enough
//! for ten thousand images at every keystroke: what is compared is prepared when an image arrives, and each order is made
//! once.
//!
//! Search is our own work, as Glance matches only whole values.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use openstack::ImageId;

use super::entry::{Entry, Share};
use super::facets::{self, FACETS, Facet};
use super::query::{COLUMNS, Column, ListQuery, Sort, Tab};
use crate::components::image::is_changing;
use crate::ui::Direction;

/// What all private images together take up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Own images with data.
    pub stored: usize,
    /// Their bytes.
    pub stored_bytes: u64,
    /// Own images without data: not uploaded yet, or only pointing to volume snapshots.
    pub empty: usize,
}

/// The images known, in no particular order.
#[derive(Clone, Debug, Default)]
pub struct ImageSet {
    entries: Vec<Arc<Entry>>,
    /// Which value of each facet an entry has: places in `values`.
    marks: Vec<[u16; FACETS]>,
    /// The values seen of each facet.
    values: [Vec<facets::Value>; FACETS],
    /// Where each is. Shared by copies until one of them gets or loses an image.
    at: Arc<HashMap<ImageId, usize>>,
    orders: [OnceLock<Arc<[u32]>>; COLUMNS * 2],
}

/// After an amendment most entries are the very same ones: those need no second look.
impl PartialEq for ImageSet {
    fn eq(&self, other: &Self) -> bool {
        let same =
            |(left, right): (&Arc<Entry>, &Arc<Entry>)| Arc::ptr_eq(left, right) || left == right;
        self.entries.len() == other.entries.len()
            && self.entries.iter().zip(&other.entries).all(same)
    }
}

impl ImageSet {
    /// Adds an image, or takes the place of what was known of it.
    pub fn put(&mut self, entry: Entry) {
        let marks = self.mark(&entry);
        match self.at.get(&entry.image.id).copied() {
            Some(at) => {
                let (Some(known), Some(known_marks)) =
                    (self.entries.get_mut(at), self.marks.get_mut(at))
                else {
                    return;
                };
                // The same again keeps its place in memory: who compares is quick.
                if **known == entry {
                    return;
                }
                *known_marks = marks;
                *known = Arc::new(entry);
                self.place_anew(at);
            }
            None => {
                let at = self.entries.len();
                Arc::make_mut(&mut self.at).insert(entry.image.id.clone(), at);
                self.entries.push(Arc::new(entry));
                self.marks.push(marks);
                self.place_anew(at);
            }
        }
    }

    /// Whether an image is known just so: then putting it changes nothing.
    pub fn has(&self, entry: &Entry) -> bool {
        let at = self.at.get(&entry.image.id);
        at.and_then(|at| self.entries.get(*at)).is_some_and(|known| **known == *entry)
    }

    /// So many images come at once that the orders are made anew after them.
    pub fn forget_orders(&mut self) {
        self.orders = Default::default();
    }

    /// Gives one entry its place in the orders that are made: one image that changes must not have ten thousand sorted.
    fn place_anew(&mut self, at: usize) {
        let (Ok(place), Some(entry)) = (u32::try_from(at), self.entries.get(at)) else { return };
        for (slot, made) in self.orders.iter_mut().enumerate() {
            let Some(order) = made.get() else { continue };
            let (Some(column), falls) = (Column::EACH.get(slot / 2), slot % 2 == 1) else {
                continue;
            };
            let direction = if falls { Direction::Down } else { Direction::Up };
            let mut places: Vec<u32> =
                order.iter().copied().filter(|other| *other != place).collect();
            let before = places.partition_point(|other| {
                self.entries
                    .get(*other as usize)
                    .is_some_and(|other| other.compare(entry, *column, direction).is_lt())
            });
            places.insert(before, place);
            *made = OnceLock::from(Arc::from(places));
        }
    }

    /// Forgets an image.
    pub fn remove(&mut self, id: &ImageId) {
        let places = Arc::make_mut(&mut self.at);
        let Some(at) = places.remove(id) else { return };
        self.entries.swap_remove(at);
        self.marks.swap_remove(at);
        if let Some(moved) = self.entries.get(at) {
            places.insert(moved.image.id.clone(), at);
        }
        self.orders = Default::default();
    }

    /// One image.
    pub fn get(&self, id: &ImageId) -> Option<Arc<Entry>> {
        self.at.get(id).and_then(|at| self.entries.get(*at)).cloned()
    }

    /// The image at a place that [`Found`] names.
    pub fn entry(&self, place: u32) -> Option<&Arc<Entry>> {
        self.entries.get(place as usize)
    }

    /// How many images are known.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// The images that are about to change by themselves.
    pub fn changing(&self) -> Vec<ImageId> {
        self.entries
            .iter()
            .filter(|entry| is_changing(&entry.image))
            .map(|entry| entry.image.id.clone())
            .collect()
    }

    /// The images that are offered or rejected.
    pub fn unanswered(&self) -> Vec<ImageId> {
        let unanswered = self.entries.iter().filter(|entry| entry.is_unanswered());
        unanswered.map(|entry| entry.image.id.clone()).collect()
    }

    /// How many images each tab has, at [`Tab::index`].
    pub fn counts(&self, hidden: bool) -> [usize; 5] {
        let shown = |entry: &&Arc<Entry>| hidden || !entry.image.hidden;
        Tab::EACH
            .map(|tab| self.entries.iter().filter(shown).filter(|entry| entry.is_in(tab)).count())
    }

    /// How many images are offered and not answered.
    pub fn offers(&self) -> usize {
        self.entries.iter().filter(|entry| entry.share == Some(Share::Offered)).count()
    }

    /// What the project's own images take up.
    pub fn usage(&self) -> Usage {
        let mut usage = Usage::default();
        for entry in self.entries.iter().filter(|entry| entry.own) {
            match entry.image.size_bytes {
                Some(bytes) if bytes > 0 => {
                    usage.stored += 1;
                    usage.stored_bytes = usage.stored_bytes.saturating_add(bytes);
                }
                _ => usage.empty += 1,
            }
        }
        usage
    }

    /// What a query shows.
    pub fn find(&self, query: &ListQuery) -> Found {
        let search = query.search.to_lowercase();
        let terms: Vec<&str> = search.split_whitespace().collect();
        let wanted = Facet::EACH.map(|facet| self.wanted(facet, query.values(facet)));
        let mut found = Found {
            tallies: Facet::EACH
                .map(|facet| vec![0; self.values.get(facet.index()).map_or(0, Vec::len)]),
            ..Found::default()
        };
        for place in self.order(query.sort).iter() {
            let at = *place as usize;
            let (Some(entry), Some(marks)) = (self.entries.get(at), self.marks.get(at)) else {
                continue;
            };
            if !entry.is_in(query.tab) || (entry.image.hidden && !query.hidden) {
                continue;
            }
            found.in_tab += 1;
            if !terms.iter().all(|term| entry.has(term)) {
                continue;
            }
            found.take(*place, marks, &wanted);
        }
        found
    }

    /// The values of a facet with how many rows each would show, those that are there or chosen.
    pub fn choices(&self, facet: Facet, found: &Found, chosen: &[String]) -> Vec<Choice> {
        let (Some(values), Some(tally)) =
            (self.values.get(facet.index()), found.tallies.get(facet.index()))
        else {
            return Vec::new();
        };
        let mut choices: Vec<Choice> = values
            .iter()
            .zip(tally)
            .map(|(value, count)| Choice {
                value: value.clone(),
                count: *count,
                chosen: chosen.contains(&value.key),
            })
            .filter(|choice| choice.count > 0 || choice.chosen)
            .collect();
        // A value of the address that no image has can be taken back all the same.
        for key in chosen.iter().filter(|key| values.iter().all(|value| value.key != **key)) {
            let value = facets::Value { key: key.clone(), label: key.clone() };
            choices.push(Choice { value, count: 0, chosen: true });
        }
        // By name, as counts change under the hand that chooses.
        choices.sort_by_cached_key(|choice| choice.value.label.to_lowercase());
        choices
    }

    /// What a value of the address is called.
    pub fn label(&self, facet: Facet, key: &str) -> String {
        let values = self.values.get(facet.index());
        let known = values.and_then(|values| values.iter().find(|value| value.key == key));
        known.map_or_else(|| key.to_owned(), |value| value.label.clone())
    }

    /// Which values of a facet are let through; `None` when all are.
    fn wanted(&self, facet: Facet, chosen: &[String]) -> Option<Vec<bool>> {
        if chosen.is_empty() {
            return None;
        }
        let values = self.values.get(facet.index())?;
        Some(values.iter().map(|value| chosen.contains(&value.key)).collect())
    }

    fn mark(&mut self, entry: &Entry) -> [u16; FACETS] {
        Facet::EACH.map(|facet| {
            let value = facets::value_of(facet, entry);
            let Some(values) = self.values.get_mut(facet.index()) else { return 0 };
            let at = match values.iter().position(|known| known.key == value.key) {
                Some(at) => at,
                None => {
                    values.push(value);
                    values.len() - 1
                }
            };
            // More kinds of systems than that are counted as one.
            u16::try_from(at).unwrap_or(u16::MAX)
        })
    }

    /// All places in an order; made when it is first asked for.
    fn order(&self, sort: Sort) -> Arc<[u32]> {
        let slot = sort.column.index() * 2 + usize::from(sort.direction == Direction::Down);
        let make = || {
            let mut entries: Vec<(u32, &Arc<Entry>)> = (0_u32..).zip(&self.entries).collect();
            entries.sort_unstable_by(|(_, left), (_, right)| {
                left.compare(right, sort.column, sort.direction)
            });
            entries.into_iter().map(|(place, _)| place).collect()
        };
        match self.orders.get(slot) {
            Some(order) => Arc::clone(order.get_or_init(make)),
            None => make(),
        }
    }
}

/// A value of a facet that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The value.
    pub value: facets::Value,
    /// How many rows have it, by the search and the other facets.
    pub count: u32,
    /// It is chosen.
    pub chosen: bool,
}

/// The part of the list that a query shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The places of the rows in the set, in order.
    pub rows: Vec<u32>,
    /// How many images the tab has without search and facets.
    pub in_tab: usize,
    /// How many rows each value of each facet would show, by the search and the *other* facets.
    tallies: [Vec<u32>; FACETS],
}

impl Found {
    fn take(&mut self, place: u32, marks: &[u16; FACETS], wanted: &[Option<Vec<bool>>; FACETS]) {
        let lets = |wanted: &Option<Vec<bool>>, mark: u16| match wanted {
            None => true,
            Some(wanted) => wanted.get(usize::from(mark)).copied().unwrap_or(false),
        };
        let mut refusing = None;
        let mut refusals = 0;
        for (at, (wanted, mark)) in wanted.iter().zip(marks).enumerate() {
            if !lets(wanted, *mark) {
                refusals += 1;
                refusing = Some(at);
            }
        }
        if refusals == 0 {
            self.rows.push(place);
        }
        for (at, (tally, mark)) in self.tallies.iter_mut().zip(marks).enumerate() {
            // A facet's own choice does not count against its other values.
            if (refusals == 0 || (refusals == 1 && refusing == Some(at)))
                && let Some(count) = tally.get_mut(usize::from(*mark))
            {
                *count += 1;
            }
        }
    }
}

#[cfg(test)]
#[path = "set_tests.rs"]
mod tests;
