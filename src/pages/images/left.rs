//! The list as it was left: what is known of the images, and the place in it. Coming back shows it at once, at the same
//! place, with the focus on the row that was left; the cloud is asked behind it.
//!
//! It lives in the app's context, for one person in one project; signing out forgets it. Nothing of it outlives the tab.

use leptos::prelude::*;
use openstack::ImageId;

use super::fetching::Known;
use super::query::ListQuery;
use super::set::Found;
use super::{Shown, set::ImageSet};
use crate::cloud::Cloud;
use crate::components::list::{COVERED, Part, RowWindow, Start, go_to_row};
use crate::remote::Dated;
use crate::routes;

/// What is kept of the list while other pages are open. Cheap to copy.
#[derive(Clone, Copy)]
pub struct LeftList(StoredValue<Left>);

#[derive(Default)]
struct Left {
    /// Whose list it is.
    key: String,
    known: Option<Dated<Known>>,
    /// The view that was open.
    href: Option<String>,
    row: Option<LeftRow>,
}

/// A row that was in view.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftRow {
    id: ImageId,
    /// Its top, below the top of the view, in pixels.
    top: f64,
    /// How high it is.
    height: f64,
    /// The page was left through it.
    focused: bool,
}

impl LeftList {
    /// Nothing. Call it once, in the app's own owner.
    pub fn in_this_owner() -> Self {
        Self(StoredValue::new(Left::default()))
    }

    /// Forgets everything.
    pub fn clear(self) {
        self.0.set_value(Left::default());
    }

    /// An image was deleted elsewhere: no list of changes names it.
    pub fn forget(self, id: &ImageId) {
        self.0.update_value(|left| {
            if let Some(known) = &mut left.known {
                known.value.forget(id);
            }
        });
    }

    /// The images as they were last known in this project.
    pub(super) fn known(self, cloud: &Cloud) -> Option<Dated<Known>> {
        self.0.with_value(|left| left.known.clone().filter(|_| left.key == key(cloud)))
    }

    /// The row to come back to in a view.
    pub(super) fn row(self, cloud: &Cloud, query: &ListQuery) -> Option<LeftRow> {
        self.0.with_value(|left| {
            let same = left.key == key(cloud) && left.href.as_ref() == Some(&query.href());
            left.row.clone().filter(|_| same)
        })
    }
}

fn key(cloud: &Cloud) -> String {
    format!("{}/{}", cloud.key(), cloud.user().id)
}

/// The address of the list as it was last seen.
pub fn list_href() -> String {
    use_context::<LeftList>()
        .and_then(|left| left.0.with_value(|left| left.href.clone()))
        .unwrap_or_else(|| routes::IMAGES.to_owned())
}

/// Through which row the page is being left.
#[derive(Clone, Copy)]
pub struct Leaving {
    window: RowWindow,
    through: StoredValue<Option<ImageId>>,
}

impl Leaving {
    /// Not yet.
    pub(super) fn new(window: RowWindow) -> Self {
        Self { window, through: StoredValue::new(None) }
    }

    /// A link in that row was followed.
    pub fn leave_from(self, id: &ImageId) {
        self.window.note_place();
        self.through.set_value(Some(id.clone()));
    }
}

/// Where the window begins: at the row that was left.
pub(super) fn start(row: &LeftRow, set: &ImageSet, found: &Found) -> Option<Start> {
    let number = number_of(&row.id, set, found)?;
    Some(Start { top: row.top - number as f64 * row.height, row: row.height })
}

fn number_of(id: &ImageId, set: &ImageSet, found: &Found) -> Option<usize> {
    found.rows.iter().position(|place| set.entry(*place).is_some_and(|entry| entry.image.id == *id))
}

/// Goes back to the row that was left, and keeps the list when the page is left again.
pub(super) fn keep_list(
    shown: Shown,
    cloud: &Cloud,
    back: Option<LeftRow>,
    known: impl Fn() -> Option<Dated<Known>> + Send + Sync + 'static,
) {
    let Some(left) = use_context::<LeftList>() else { return };
    let key = key(cloud);
    Effect::new(move |_| {
        let href = shown.query.with(ListQuery::href);
        left.0.update_value(|left| left.href = Some(href));
    });
    Effect::new(move |done: Option<bool>| {
        if done == Some(true) || shown.window.rows.get().is_none() {
            return done.unwrap_or_default();
        }
        if let Some(back) = back.clone() {
            // After the page's heading took the focus, and after the router has scrolled to the top.
            request_animation_frame(move || go_back_to(&back, shown));
        }
        true
    });
    on_cleanup(move || {
        let row = shown.left_row();
        let known = known();
        left.0.update_value(|left| {
            left.key = key;
            left.known = known;
            left.row = row;
        });
    });
}

fn go_back_to(row: &LeftRow, shown: Shown) {
    let number = shown.set.try_with_untracked(|set| {
        shown.found.try_with_untracked(|found| number_of(&row.id, set, found)).flatten()
    });
    let Some(Some(number)) = number else { return };
    shown.window.bring_to(number, row.top);
    if row.focused {
        go_to_row(number, Part::Name, shown.window);
    }
}

impl Shown {
    /// The row to come back to: the one that was followed, else the first that is wholly in view.
    fn left_row(self) -> Option<LeftRow> {
        let (top, view, height) = self.window.last_place()?;
        let at = |number: usize| top + number as f64 * height;
        let through = self.leaving.through.get_value().and_then(|id| {
            let number = self.set.with_untracked(|set| {
                self.found.with_untracked(|found| number_of(&id, set, found))
            })?;
            (at(number) > -height && at(number) < view).then_some((id, number))
        });
        if let Some((id, number)) = through {
            return Some(LeftRow { id, top: at(number), height, focused: true });
        }
        // At its start the list needs no row to come back to.
        let first = self.window.first_below(COVERED.0)?;
        let id = self.id_at(first).filter(|_| first > 0)?;
        Some(LeftRow { id, top: at(first), height, focused: false })
    }
}
