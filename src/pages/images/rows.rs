//! The rows in the document: drawn by one effect, kept when their images stay, given to other images when theirs go.
//!
//! A row follows its image when the list moves, so that a look at the cloud never takes the focus away; a row that has the
//! focus, or whose menu is open, is never given to another image. Which row is used for what is decided in `assign` and
//! `stays`, which are pure.

use std::collections::HashMap;

use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use openstack::{ImageId, Timestamp};
use web_sys::{HtmlElement, Node};

use super::keys::{self, Part};
use super::pattern::pattern;
use super::query::ListQuery;
use super::row::{Around, Row};
use super::{RowAt, Shown};
use crate::components::image::{ImageActions, local_upload};
use crate::components::list::RowWindow;
use crate::ui::SharedMenu;
use crate::uploads::Uploads;

/// Rows out of use that are kept for the next time.
const SPARE: usize = 64;

struct Drawn {
    id: ImageId,
    /// Its place in the whole list.
    number: usize,
    row: Row,
}

#[derive(Default)]
struct Rows {
    /// What was asked for when they were drawn.
    query: Option<ListQuery>,
    pattern: Option<HtmlElement>,
    drawn: Vec<Drawn>,
    spare: Vec<Row>,
}

/// Draws the rows of the window, again whenever anything in them changes. `around` takes the focus of a row that leaves
/// the document.
pub fn draw_rows(
    shown: Shown,
    actions: ImageActions,
    now: ReadSignal<Timestamp>,
    menu: SharedMenu,
    around: NodeRef<html::Div>,
) {
    let rows = StoredValue::new_local(Rows::default());
    let uploads = use_context::<Uploads>();
    Effect::new(move |_| {
        let Some(body) = shown.window.rows.get() else { return };
        let now = now.get();
        let sends = uploads.is_some_and(|uploads| !uploads.jobs().read().is_empty());
        let about = |row: &RowAt| Around {
            number: row.number,
            chosen: shown.selection.has(&row.id),
            busy: actions.is_changing(&row.id),
            upload: sends.then(|| local_upload(&row.id)).flatten(),
            now,
        };
        let wanted = shown.rows.get();
        let query = shown.query.get().with_columns(None);
        rows.update_value(|rows| {
            if rows.query.as_ref() == Some(&query) {
                keep_place(shown.window, rows.moved_by(shown.window, &wanted));
            }
            rows.query = Some(query);
            let focused = rows.focused();
            let kept = [focused.as_ref().map(|(at, _)| *at), rows.opened(menu)];
            rows.arrange(&body, &wanted, kept);
            shown.set.with(|set| {
                for (drawn, row) in rows.drawn.iter_mut().zip(&wanted) {
                    drawn.number = row.number;
                    if let Some(entry) = set.get(&row.id) {
                        drawn.row.show(&entry, &about(row));
                    }
                }
            });
            // A menu does not outlive its row. Closing, it may leave the focus nowhere.
            let orphaned = menu.opened_by().is_some_and(|button| !body.contains(Some(&button)));
            if orphaned {
                menu.close();
            }
            match focused {
                Some((_, before)) => rows.keep_focus(Some(&before), around),
                None if orphaned => rows.keep_focus(None, around),
                None => {}
            }
        });
    });
}

impl Rows {
    /// The row that has the focus: its place, and what of it.
    fn focused(&self) -> Option<(usize, keys::Focused)> {
        let active = document().active_element()?;
        let at = self.drawn.iter().position(|drawn| drawn.row.holds(&active))?;
        let id = self.drawn.get(at)?.id.clone();
        let part = keys::part_of(&active).unwrap_or(Part::Other);
        Some((at, keys::Focused { id, part }))
    }

    /// The row whose menu is open: the focus is in the menu then.
    fn opened(&self, menu: SharedMenu) -> Option<usize> {
        let button = menu.opened_by()?;
        self.drawn.iter().position(|drawn| drawn.row.holds(&button))
    }

    /// By how many rows the first row in view moves, as others have come or gone above it.
    fn moved_by(&self, window: RowWindow, wanted: &[RowAt]) -> isize {
        let Some(first) = window.first_below(keys::COVERED.0).filter(|first| *first > 0) else {
            return 0;
        };
        let anchor = self.drawn.iter().find(|drawn| drawn.number == first);
        let now = anchor.and_then(|anchor| wanted.iter().find(|row| row.id == anchor.id));
        now.map_or(0, |row| row.number.cast_signed() - first.cast_signed())
    }

    /// Has a row for each that is wanted, in order.
    fn arrange(&mut self, body: &Node, wanted: &[RowAt], kept: [Option<usize>; 2]) {
        if self.drawn.iter().map(|drawn| &drawn.id).eq(wanted.iter().map(|row| &row.id)) {
            return;
        }
        let before: Vec<&ImageId> = self.drawn.iter().map(|drawn| &drawn.id).collect();
        let from = assign(&before, wanted, kept);
        let stays = stays(&from);
        let mut old: Vec<Option<Drawn>> =
            std::mem::take(&mut self.drawn).into_iter().map(Some).collect();
        let taken: Vec<Option<Row>> = from
            .iter()
            .map(|from| from.and_then(|at| old.get_mut(at)?.take()).map(|drawn| drawn.row))
            .collect();
        // What is left is not needed now.
        for (at, drawn) in old.into_iter().enumerate() {
            let Some(Drawn { row, .. }) = drawn else { continue };
            row.element.remove();
            if !kept.contains(&Some(at)) && self.spare.len() < SPARE {
                self.spare.push(row);
            }
        }
        for (row, wanted) in taken.into_iter().zip(wanted) {
            if let Some(row) = row.or_else(|| self.another()) {
                self.drawn.push(Drawn { id: wanted.id.clone(), number: wanted.number, row });
            }
        }
        let mut next: Option<&Node> = None;
        for (drawn, stays) in self.drawn.iter().zip(stays).rev() {
            let element: &Node = drawn.row.element.unchecked_ref();
            if !stays && body.insert_before(element, next).is_err() {
                leptos::logging::warn!("a row could not be put in its place");
            }
            next = Some(element);
        }
    }

    fn another(&mut self) -> Option<Row> {
        self.spare.pop().or_else(|| {
            self.pattern = self.pattern.take().or_else(pattern);
            Row::new(self.pattern.as_ref()?)
        })
    }

    /// Gives the focus back when the browser took it away, as it does when a row moves or leaves the document.
    fn keep_focus(&self, before: Option<&keys::Focused>, around: NodeRef<html::Div>) {
        let lost = match document().active_element() {
            None => true,
            Some(active) => Some(active.unchecked_ref()) == document().body().as_ref(),
        };
        if !lost {
            return;
        }
        let own = before.and_then(|before| {
            let drawn = self.drawn.iter().find(|drawn| drawn.id == before.id)?;
            Some((&drawn.row, before.part))
        });
        match own {
            Some((row, Part::Tick)) => row.focus_tick(),
            Some((row, _)) => row.focus_name(),
            None => {
                if let Some(around) = around.get_untracked() {
                    keys::focus_in_place(&around);
                }
            }
        }
    }
}

/// A look at the cloud never scrolls: what is in view stays where it is.
fn keep_place(window: RowWindow, rows: isize) {
    if rows != 0 {
        // When the gaps have their new heights too.
        request_animation_frame(move || window.shift(rows));
    }
}

/// Which of the rows that are drawn is used for each that is wanted: its own; else one whose image has gone, in order;
/// else none. The rows that are `kept`, with the focus or an open menu, are used for no other image.
fn assign(before: &[&ImageId], wanted: &[RowAt], kept: [Option<usize>; 2]) -> Vec<Option<usize>> {
    let at: HashMap<&ImageId, usize> =
        before.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    let own: Vec<Option<usize>> = wanted.iter().map(|row| at.get(&row.id).copied()).collect();
    let mut used = vec![false; before.len()];
    for at in own.iter().chain(&kept).flatten() {
        if let Some(used) = used.get_mut(*at) {
            *used = true;
        }
    }
    let mut free = used.iter().enumerate().filter(|(_, used)| !**used).map(|(at, _)| at);
    own.into_iter().map(|own| own.or_else(|| free.next())).collect()
}

/// Which of them can stay where they are in the document while the others are put between them: the longest series that
/// rises.
fn stays(from: &[Option<usize>]) -> Vec<bool> {
    // For each: how long the series is that ends with it, and what comes before it in that series.
    let mut ends: Vec<(usize, Option<usize>)> = Vec::with_capacity(from.len());
    for (at, own) in from.iter().enumerate() {
        let mut best = (0, None);
        if own.is_some() {
            best = (1, None);
            for (earlier, (length, _)) in ends.iter().enumerate() {
                if from.get(earlier).copied().flatten().is_some_and(|place| Some(place) < *own)
                    && *length >= best.0
                {
                    best = (length + 1, Some(earlier));
                }
            }
        }
        debug_assert_eq!(at, ends.len());
        ends.push(best);
    }
    let mut stays = vec![false; from.len()];
    let longest = ends.iter().enumerate().max_by_key(|(_, (length, _))| *length);
    let mut next = longest.filter(|(_, (length, _))| *length > 0).map(|(at, _)| at);
    while let Some(at) = next {
        if let Some(stays) = stays.get_mut(at) {
            *stays = true;
        }
        next = ends.get(at).and_then(|(_, before)| *before);
    }
    stays
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(
        before: &str,
        wanted: &str,
        kept: [Option<usize>; 2],
        from: &[Option<usize>],
        moved: &str,
    ) {
        let ids: Vec<ImageId> = before.chars().map(|id| ImageId::new(id.to_string())).collect();
        let rows: Vec<RowAt> = wanted
            .chars()
            .enumerate()
            .map(|(number, id)| RowAt { id: ImageId::new(id.to_string()), number })
            .collect();
        let got = assign(&ids.iter().collect::<Vec<_>>(), &rows, kept);
        assert_eq!(got, from, "{before} to {wanted}");
        let stays = stays(&got);
        let placed: String =
            wanted.chars().zip(&stays).filter(|(_, stays)| !**stays).map(|(id, _)| id).collect();
        assert_eq!(placed, moved, "{before} to {wanted}");
        // Those that stay are in order already.
        let kept: Vec<usize> =
            got.iter().zip(&stays).filter(|(_, stays)| **stays).filter_map(|(at, _)| *at).collect();
        assert!(kept.is_sorted());
    }

    #[test]
    fn rows_are_used_again_and_as_few_as_can_be_are_moved() {
        let some = |places: [usize; 4]| places.map(Some);
        // Scrolled by one, down and up.
        check("abcd", "bcde", [None; 2], &some([1, 2, 3, 0]), "e");
        check("bcde", "abcd", [None; 2], &some([3, 0, 1, 2]), "a");
        // Others altogether: nothing is moved, only the words change.
        check("abcd", "wxyz", [None; 2], &some([0, 1, 2, 3]), "");
        // The first draws all, the last gives all back.
        check("", "abcd", [None; 2], &[None; 4], "abcd");
        check("abcd", "", [None; 2], &[], "");
        // One more comes in between.
        check("abcd", "abxcd", [None; 2], &[Some(0), Some(1), None, Some(2), Some(3)], "x");
        // Turned round: the one that stays is whichever.
        check("abc", "cba", [None; 2], &[Some(2), Some(1), Some(0)], "cb");
    }

    #[test]
    fn a_row_with_the_focus_or_an_open_menu_is_given_to_no_other_image() {
        check("abcd", "bcde", [Some(0), None], &[Some(1), Some(2), Some(3), None], "e");
        check("abcd", "bcde", [Some(1), None], &[Some(1), Some(2), Some(3), Some(0)], "e");
        check("ab", "xy", [Some(1), None], &[Some(0), None], "y");
        check("ab", "xy", [None, Some(1)], &[Some(0), None], "y");
        check("ab", "xy", [Some(0), Some(1)], &[None, None], "xy");
    }
}
