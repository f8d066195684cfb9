//! The images that the page knows, and which of them a query shows: search, order, page, counts. Pure, and quick enough
//! for ten thousand images at every keystroke: what is compared is prepared when an image arrives.
//!
//! Search is our own work, as Glance matches only whole values.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use openstack::image::{Image, Visibility};
use openstack::{ImageId, ProjectId};

use super::query::{Column, ListQuery, PAGE_ROWS, Tab};
use crate::components::image::{ImageState, display_name, is_changing, system_name};
use crate::ui::Direction;

/// An image with what the list needs of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The record.
    pub image: Image,
    /// It belongs to the project we work in.
    pub own: bool,
    /// Another project offers it and nobody here has answered.
    pub offered: bool,
    /// "Debian 12".
    pub system: Option<String>,
    /// Everything but the id that a search looks into, in lower case.
    haystack: String,
    name_key: String,
    system_key: String,
}

impl Entry {
    /// Prepares an image for the list of a project.
    pub fn new(image: Image, project: &ProjectId, offered: bool) -> Self {
        let system = system_name(&image);
        let name = display_name(&image);
        let words = [name.as_str(), system.as_deref().unwrap_or_default()];
        let distro = image.property("os_distro");
        let parts = words.into_iter().chain(distro).chain(image.tags.iter().map(String::as_str));
        let haystack = parts.collect::<Vec<_>>().join("\n").to_lowercase();
        let own = image.owner.as_ref() == Some(project);
        Self {
            own,
            // Glance lists our own shared images among those offered to us.
            offered: offered && !own,
            haystack,
            name_key: natural_key(&name),
            system_key: system.as_deref().map(natural_key).unwrap_or_default(),
            system,
            image,
        }
    }

    /// Shape and word of its state.
    pub fn state(&self) -> ImageState {
        if self.offered { ImageState::offered() } else { ImageState::of(&self.image) }
    }

    /// Whether a word of a search, in lower case, is found in it. An id is found by its beginning only, and not by two
    /// or three letters: every number is somewhere in some id.
    fn has(&self, term: &str) -> bool {
        const SHORTEST_OF_ID: usize = 4;
        self.haystack.contains(term)
            || (term.len() >= SHORTEST_OF_ID && self.image.id.as_str().starts_with(term))
    }

    fn is_in(&self, tab: Tab) -> bool {
        match tab {
            Tab::Public => self.image.visibility == Visibility::Public,
            Tab::Own => self.own,
            Tab::Shared => !self.own && self.image.visibility == Visibility::Shared,
            Tab::Community => self.image.visibility == Visibility::Community,
            Tab::All => true,
        }
    }
}

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

/// The part of the list that a query shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageOfRows {
    /// The rows, in order.
    pub ids: Vec<ImageId>,
    /// How many rows lie before the first, over all pages.
    pub skipped: usize,
    /// How many images the query lets through, over all pages.
    pub matching: usize,
    /// How many images the tab has without the search.
    pub in_tab: usize,
    /// The page shown, from 1.
    pub page: usize,
    /// How many pages there are; at least 1.
    pub pages: usize,
}

/// The images known, in no particular order.
#[derive(Clone, Debug, Default)]
pub struct ImageSet {
    entries: Vec<Arc<Entry>>,
    at: HashMap<ImageId, usize>,
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
        match self.at.get(&entry.image.id).and_then(|at| self.entries.get_mut(*at)) {
            Some(known) => *known = Arc::new(entry),
            None => {
                self.at.insert(entry.image.id.clone(), self.entries.len());
                self.entries.push(Arc::new(entry));
            }
        }
    }

    /// Forgets an image.
    pub fn remove(&mut self, id: &ImageId) {
        let Some(at) = self.at.remove(id) else { return };
        self.entries.swap_remove(at);
        if let Some(moved) = self.entries.get(at) {
            self.at.insert(moved.image.id.clone(), at);
        }
    }

    /// One image.
    pub fn get(&self, id: &ImageId) -> Option<Arc<Entry>> {
        self.at.get(id).and_then(|at| self.entries.get(*at)).cloned()
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

    /// How many images each tab has, at [`Tab::index`].
    pub fn counts(&self) -> [usize; 5] {
        Tab::EACH.map(|tab| self.entries.iter().filter(|entry| entry.is_in(tab)).count())
    }

    /// How many images are offered and not answered.
    pub fn offers(&self) -> usize {
        self.entries.iter().filter(|entry| entry.offered).count()
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
    pub fn page(&self, query: &ListQuery) -> PageOfRows {
        let search = query.search.to_lowercase();
        let terms: Vec<&str> = search.split_whitespace().collect();
        let mut in_tab = 0;
        let mut rows: Vec<&Entry> = Vec::new();
        for entry in self.entries.iter().filter(|entry| entry.is_in(query.tab)) {
            in_tab += 1;
            if terms.iter().all(|term| entry.has(term)) {
                rows.push(entry);
            }
        }
        match query.sort.column {
            // The words are made once for each row, not once for each comparison.
            Column::Status => {
                let mut worded: Vec<(String, &Entry)> =
                    rows.into_iter().map(|entry| (entry.state().word, entry)).collect();
                worded.sort_by(|(a, left), (b, right)| {
                    turned(a.cmp(b), query.sort.direction).then_with(|| by_name(left, right))
                });
                rows = worded.into_iter().map(|(_, entry)| entry).collect();
            }
            column => rows.sort_by(|left, right| {
                by(column, query.sort.direction, left, right).then_with(|| by_name(left, right))
            }),
        }
        let pages = rows.len().div_ceil(PAGE_ROWS).max(1);
        let page = query.page.clamp(1, pages);
        let skipped = (page - 1) * PAGE_ROWS;
        PageOfRows {
            ids: rows
                .iter()
                .skip(skipped)
                .take(PAGE_ROWS)
                .map(|entry| entry.image.id.clone())
                .collect(),
            skipped,
            matching: rows.len(),
            in_tab,
            page,
            pages,
        }
    }
}

fn by(column: Column, direction: Direction, left: &Entry, right: &Entry) -> Ordering {
    match column {
        Column::Name | Column::Status => turned(left.name_key.cmp(&right.name_key), direction),
        Column::System => {
            let known =
                |entry: &Entry| Some(entry.system_key.clone()).filter(|key| !key.is_empty());
            missing_last(known(left), known(right), direction)
        }
        Column::Size => missing_last(left.image.size_bytes, right.image.size_bytes, direction),
        Column::Created => missing_last(left.image.created_at, right.image.created_at, direction),
    }
}

/// A total order, so that rows with equal values never change places between two looks.
fn by_name(left: &Entry, right: &Entry) -> Ordering {
    left.name_key.cmp(&right.name_key).then_with(|| left.image.id.cmp(&right.image.id))
}

fn turned(order: Ordering, direction: Direction) -> Ordering {
    match direction {
        Direction::Up => order,
        Direction::Down => order.reverse(),
    }
}

/// What has no value yet comes last whichever way the column is sorted.
fn missing_last<T: Ord>(left: Option<T>, right: Option<T>, direction: Direction) -> Ordering {
    match (left, right) {
        (Some(left), Some(right)) => turned(left.cmp(&right), direction),
        (left, right) => right.is_some().cmp(&left.is_some()),
    }
}

/// A text that compares as people order names: `debian-9` before `debian-12`, whatever the case.
fn natural_key(text: &str) -> String {
    /// Digits of the largest number that keeps its order; longer ones (timestamps of 20 digits) compare as text.
    const WIDTH: usize = 14;
    let lower = text.to_lowercase();
    let mut key = String::with_capacity(lower.len() + WIDTH);
    let mut digits = String::new();
    let flush = |digits: &mut String, key: &mut String| {
        for _ in digits.len()..WIDTH {
            if digits.is_empty() {
                break;
            }
            key.push('0');
        }
        key.push_str(digits);
        digits.clear();
    };
    for letter in lower.chars() {
        if letter.is_ascii_digit() {
            digits.push(letter);
        } else {
            flush(&mut digits, &mut key);
            key.push(letter);
        }
    }
    flush(&mut digits, &mut key);
    key
}

#[cfg(test)]
mod tests;
