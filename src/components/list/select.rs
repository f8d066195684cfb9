//! Which rows are chosen for work on several at once. It lives as long as the page: an address that says "these five" would be
//! a list of ids.

use std::collections::HashSet;
use std::hash::Hash;

use leptos::prelude::*;

/// The chosen rows. Cheap to copy.
pub struct Selection<I: Send + Sync + 'static> {
    /// Their ids; some may be gone by now.
    pub ids: RwSignal<HashSet<I>>,
    total: Callback<(), usize>,
    id_at: Callback<usize, Option<I>>,
    /// The row from which Shift reaches to another. Rows move when others come and go.
    anchor: StoredValue<Option<I>>,
}

impl<I: Send + Sync + 'static> Clone for Selection<I> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<I: Send + Sync + 'static> Copy for Selection<I> {}

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

impl<I: Clone + Eq + Hash + Send + Sync + 'static> Selection<I> {
    /// Nothing is chosen yet. `total` is how many rows are shown, and tracks what they follow from; `id_at` gives the id of
    /// each, and tracks nothing.
    pub fn new(
        total: impl Fn() -> usize + Send + Sync + 'static,
        id_at: impl Fn(usize) -> Option<I> + Send + Sync + 'static,
    ) -> Self {
        Self {
            ids: RwSignal::new(HashSet::new()),
            total: Callback::new(move |()| total()),
            id_at: Callback::new(id_at),
            anchor: StoredValue::new(None),
        }
    }

    /// Whether one is chosen.
    pub fn has(self, id: &I) -> bool {
        self.ids.with(|ids| ids.contains(id))
    }

    /// Chooses a row, or not any more; with `reach` all rows from the last one to it.
    pub fn press(self, row: usize, id: &I, reach: bool) {
        let choose = !self.ids.with_untracked(|ids| ids.contains(id));
        let anchor = self.anchor.get_value().filter(|_| reach);
        let anchor = anchor.and_then(|id| self.row_of(&id)).unwrap_or(row);
        let (first, last) = (anchor.min(row), anchor.max(row));
        let reached: Vec<I> = (first..=last).filter_map(|row| self.id_at.run(row)).collect();
        self.set(reached, choose);
        self.anchor.set_value(Some(id.clone()));
    }

    /// Chooses everything that is shown, or nothing of it any more.
    pub fn press_all(self) {
        let choose = self.share_untracked() != Share::All;
        self.set(self.shown().collect(), choose);
    }

    fn set(self, rows: Vec<I>, choose: bool) {
        self.ids.update(|ids| {
            for id in rows {
                if choose {
                    ids.insert(id);
                } else {
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
        self.total.run(());
        self.share_untracked()
    }

    /// How many of the chosen are in what is shown.
    pub fn in_sight(self) -> usize {
        self.ids.with_untracked(|ids| {
            if ids.is_empty() { 0 } else { self.shown().filter(|id| ids.contains(id)).count() }
        })
    }

    fn share_untracked(self) -> Share {
        match self.in_sight() {
            0 => Share::None,
            chosen if chosen == self.total() => Share::All,
            _ => Share::Part,
        }
    }

    /// How many rows are shown now; tracks nothing.
    pub fn total(self) -> usize {
        untrack(|| self.total.run(()))
    }

    fn shown(self) -> impl Iterator<Item = I> {
        (0..self.total()).filter_map(move |row| self.id_at.run(row))
    }

    /// Chooses the row at that place, or not any more; as [`Selection::press`].
    pub fn press_at(self, row: usize, reach: bool) {
        if let Some(id) = self.id_at.run(row) {
            self.press(row, &id, reach);
        }
    }

    fn row_of(self, id: &I) -> Option<usize> {
        self.shown().position(|other| other == *id)
    }
}
