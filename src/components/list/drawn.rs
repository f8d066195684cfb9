//! The rows of a long list that are in the document: kept when their things stay, given to other things when theirs go.
//!
//! A row follows its thing when the list moves, so that a look at the cloud never takes the focus away; a row that has the
//! focus, or whose menu is open, is never given to another. Which row is used for what is decided in `assign` and `stays`,
//! which are pure. What is written into a row is its page's work.

use std::collections::HashMap;
use std::hash::Hash;

use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, Node};

use super::RowWindow;
use super::keys::{COVERED, Part, focus_in_place, part_of};
use crate::ui::SharedMenu;

/// Rows out of use that are kept for the next time.
const SPARE: usize = 64;

/// A row that is wanted in the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowAt<I> {
    /// What it is about.
    pub id: I,
    /// Its place in the whole list, from 0.
    pub number: usize,
}

/// What can be drawn as a row.
pub trait RowView {
    /// The `<tr>`.
    fn element(&self) -> &HtmlElement;
    /// Gives the focus to its name or its tick, without scrolling.
    fn focus(&self, part: Part);
}

/// One that is drawn.
pub struct Drawn<I, R> {
    id: I,
    number: usize,
    /// The row.
    pub row: R,
}

/// All that are drawn, in order.
pub struct DrawnRows<I, R> {
    drawn: Vec<Drawn<I, R>>,
    spare: Vec<R>,
}

impl<I, R> Default for DrawnRows<I, R> {
    fn default() -> Self {
        Self { drawn: Vec::new(), spare: Vec::new() }
    }
}

/// The row and the part of it that had the focus.
pub struct Focused<I> {
    id: I,
    part: Part,
}

impl<I: Clone + Eq + Hash, R: RowView> DrawnRows<I, R> {
    /// Draws what is wanted: `make` makes a row, `write` writes one. `same_view` says that nobody asked for another view of
    /// the list: then what is in view stays where it is, whatever comes or goes above it.
    pub fn draw(
        &mut self,
        place: &Place,
        wanted: &[RowAt<I>],
        same_view: bool,
        make: impl Fn() -> Option<R>,
        mut write: impl FnMut(&mut R, &RowAt<I>),
    ) {
        let Place { body, window, menu, around } = *place;
        if same_view {
            keep_place(window, self.moved_by(window, wanted));
        }
        let focused = self.focused();
        let kept = [focused.as_ref().map(|(at, _)| *at), self.opened(menu)];
        self.arrange(body, wanted, kept, make);
        for (drawn, row) in self.drawn.iter_mut().zip(wanted) {
            drawn.number = row.number;
            write(&mut drawn.row, row);
        }
        // A menu does not outlive its row. Closing, it may leave the focus nowhere.
        let orphaned = menu.opened_by().is_some_and(|button| !body.contains(Some(&button)));
        if orphaned {
            menu.close();
        }
        match focused {
            Some((_, before)) => self.keep_focus(Some(&before), around),
            None if orphaned => self.keep_focus(None, around),
            None => {}
        }
    }

    /// The row that has the focus: its place, and what of it.
    fn focused(&self) -> Option<(usize, Focused<I>)> {
        let active = document().active_element()?;
        let at = self.drawn.iter().position(|drawn| holds(&drawn.row, &active))?;
        let id = self.drawn.get(at)?.id.clone();
        let part = part_of(&active).unwrap_or(Part::Other);
        Some((at, Focused { id, part }))
    }

    /// The row whose menu is open: the focus is in the menu then.
    fn opened(&self, menu: SharedMenu) -> Option<usize> {
        let button = menu.opened_by()?;
        self.drawn.iter().position(|drawn| holds(&drawn.row, &button))
    }

    /// By how many rows the first row in view moves, as others have come or gone above it.
    fn moved_by(&self, window: RowWindow, wanted: &[RowAt<I>]) -> isize {
        let Some(first) = window.first_below(COVERED.0).filter(|first| *first > 0) else {
            return 0;
        };
        let anchor = self.drawn.iter().find(|drawn| drawn.number == first);
        let now = anchor.and_then(|anchor| wanted.iter().find(|row| row.id == anchor.id));
        now.map_or(0, |row| row.number.cast_signed() - first.cast_signed())
    }

    /// Has a row for each that is wanted, in order.
    fn arrange(
        &mut self,
        body: &Node,
        wanted: &[RowAt<I>],
        kept: [Option<usize>; 2],
        make: impl Fn() -> Option<R>,
    ) {
        if self.drawn.iter().map(|drawn| &drawn.id).eq(wanted.iter().map(|row| &row.id)) {
            return;
        }
        let before: Vec<&I> = self.drawn.iter().map(|drawn| &drawn.id).collect();
        let from = assign(&before, wanted, kept);
        let stays = stays(&from);
        let mut old: Vec<Option<Drawn<I, R>>> =
            std::mem::take(&mut self.drawn).into_iter().map(Some).collect();
        let taken: Vec<Option<R>> = from
            .iter()
            .map(|from| from.and_then(|at| old.get_mut(at)?.take()).map(|drawn| drawn.row))
            .collect();
        // What is left is not needed now.
        for (at, drawn) in old.into_iter().enumerate() {
            let Some(Drawn { row, .. }) = drawn else { continue };
            row.element().remove();
            if !kept.contains(&Some(at)) && self.spare.len() < SPARE {
                self.spare.push(row);
            }
        }
        for (row, wanted) in taken.into_iter().zip(wanted) {
            if let Some(row) = row.or_else(|| self.spare.pop()).or_else(&make) {
                self.drawn.push(Drawn { id: wanted.id.clone(), number: wanted.number, row });
            }
        }
        let mut next: Option<&Node> = None;
        for (drawn, stays) in self.drawn.iter().zip(stays).rev() {
            let element: &Node = drawn.row.element().unchecked_ref();
            if !stays && body.insert_before(element, next).is_err() {
                leptos::logging::warn!("a row could not be put in its place");
            }
            next = Some(element);
        }
    }

    /// Gives the focus back when the browser took it away, as it does when a row moves or leaves the document.
    fn keep_focus(&self, before: Option<&Focused<I>>, around: NodeRef<html::Div>) {
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
            Some((row, part)) => row.focus(part),
            None => {
                if let Some(around) = around.get_untracked() {
                    focus_in_place(&around);
                }
            }
        }
    }
}

/// Where rows are drawn.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// The `<tbody>`.
    pub body: &'a Node,
    /// Which rows it shows.
    pub window: RowWindow,
    /// The menu that the rows share.
    pub menu: SharedMenu,
    /// Takes the focus of a row that leaves the document.
    pub around: NodeRef<html::Div>,
}

fn holds(row: &impl RowView, element: &Element) -> bool {
    row.element().contains(Some(element))
}

/// A look at the cloud never scrolls: what is in view stays where it is.
fn keep_place(window: RowWindow, rows: isize) {
    if rows != 0 {
        // When the gaps have their new heights too.
        request_animation_frame(move || window.shift(rows));
    }
}

/// Which of the rows that are drawn is used for each that is wanted: its own; else one whose thing has gone, in order;
/// else none. The rows that are `kept`, with the focus or an open menu, are used for no other.
fn assign<I: Eq + Hash>(
    before: &[&I],
    wanted: &[RowAt<I>],
    kept: [Option<usize>; 2],
) -> Vec<Option<usize>> {
    let at: HashMap<&I, usize> = before.iter().enumerate().map(|(at, id)| (*id, at)).collect();
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
        let ids: Vec<char> = before.chars().collect();
        let rows: Vec<RowAt<char>> =
            wanted.chars().enumerate().map(|(number, id)| RowAt { id, number }).collect();
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
    fn a_row_with_the_focus_or_an_open_menu_is_given_to_no_other() {
        check("abcd", "bcde", [Some(0), None], &[Some(1), Some(2), Some(3), None], "e");
        check("abcd", "bcde", [Some(1), None], &[Some(1), Some(2), Some(3), Some(0)], "e");
        check("ab", "xy", [Some(1), None], &[Some(0), None], "y");
        check("ab", "xy", [None, Some(1)], &[Some(0), None], "y");
        check("ab", "xy", [Some(0), Some(1)], &[None, None], "xy");
    }
}
