//! Rows in a window: of a long list only the rows in view and a margin around them are in the document.
//!
//! All rows have one height (`style/components/window.css` sees to it, cards too), so that a place on the page and a row's
//! number follow from each other. A list that is short enough is there as a whole: then the browser's own search finds
//! everything in it.

use std::rc::Rc;

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Lists up to this long are there as a whole.
const WHOLE: usize = 120;
/// Rows beyond each edge of the view: a turn of the wheel finds them there.
const MARGIN: usize = 8;
/// Rows beyond the lower edge while the page is not scrolled, as it mostly is when people search and sort: what is not in view
/// is not waited for.
const FIRST_MARGIN: usize = 2;
/// The window moves by so many rows at once, so that not every pixel of scrolling is work.
const STEP: usize = 4;
/// Before the first row is measured.
const USUAL_HEIGHT: f64 = 40.0;

/// The rows that are in the document: from `first`, up to but without `end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The first row, from 0.
    pub first: usize,
    /// The row after the last.
    pub end: usize,
}

impl Span {
    /// Whether a row is in it.
    pub const fn holds(self, row: usize) -> bool {
        self.first <= row && row < self.end
    }

    /// The same without what lies behind the end of a list.
    fn within(self, total: usize) -> Self {
        if total <= WHOLE {
            return Self { first: 0, end: total };
        }
        let end = self.end.min(total);
        // A list that became shorter shows its end, not nothing.
        let length = self.end - self.first;
        Self { first: self.first.min(end.saturating_sub(length.min(end))), end }
    }
}

/// Where the rows are on the screen, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Place {
    /// The top of row 0, below (or, negative, above) the top of the view.
    top: f64,
    /// How high the view is.
    view: f64,
    /// How high a row is.
    row: f64,
    /// The page is scrolled, however little.
    scrolled: bool,
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Row numbers: small and not negative.
fn span(place: Place) -> Span {
    let row = if place.row >= 1.0 { place.row } else { USUAL_HEIGHT };
    let above = ((-place.top).max(0.0) / row).floor() as usize;
    let visible = ((place.view - place.top.max(0.0)).max(0.0) / row).ceil() as usize;
    let margin = if place.scrolled { MARGIN } else { FIRST_MARGIN };
    let first = above.saturating_sub(margin) / STEP * STEP;
    let end = (above + visible + margin).div_ceil(STEP) * STEP;
    Span { first, end }
}

/// How far the page has to be scrolled so that a row is in view, `None` when it is. `covered` is what lies over the top
/// and the bottom of the view (bars that stick there).
fn way_to(row: usize, place: Place, covered: (f64, f64)) -> Option<f64> {
    let top = place.top + row as f64 * place.row;
    let (least, most) = (covered.0, place.view - covered.1 - place.row);
    if top < least {
        Some(top - least)
    } else if top > most {
        Some(top - most.max(least))
    } else {
        None
    }
}

/// Where a list begins that was left and is come back to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Start {
    /// The top of row 0, below (or, negative, above) the top of the view.
    pub top: f64,
    /// How high a row was.
    pub row: f64,
}

/// The window of one table. Cheap to copy.
#[derive(Clone, Copy)]
pub struct RowWindow {
    /// Put this on the `<tbody>` of the gap before the rows.
    pub before: NodeRef<html::Tbody>,
    /// Put this on the `<tbody>` of the rows.
    pub rows: NodeRef<html::Tbody>,
    /// The rows in the document.
    pub span: Memo<Span>,
    total: Signal<usize>,
    moved: RwSignal<Span>,
    row_height: RwSignal<f64>,
    /// Where the rows were when they were last looked at.
    last: StoredValue<Option<Place>>,
}

/// Follows the page's scrolling and size. Ends with its owner.
pub fn use_row_window(total: impl Into<Signal<usize>>, start: Option<Start>) -> RowWindow {
    let total = total.into();
    let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(900.0);
    let start = start.unwrap_or(Start { top: 0.0, row: USUAL_HEIGHT });
    let scrolled = start.top < 0.0;
    let place = Place { top: start.top, view: height, row: start.row, scrolled };
    let moved = RwSignal::new(span(place));
    let row_height = RwSignal::new(start.row);
    let span = Memo::new(move |_| moved.get().within(total.get()));
    let this = RowWindow {
        before: NodeRef::new(),
        rows: NodeRef::new(),
        span,
        total,
        moved,
        row_height,
        last: StoredValue::new(None),
    };
    // One look a frame, however many events there are.
    let waiting = StoredValue::new(false);
    let look = Rc::new(move || {
        if waiting.try_get_value() != Some(false) {
            return;
        }
        waiting.set_value(true);
        request_animation_frame(move || {
            waiting.try_set_value(false);
            this.look();
        });
    });
    let (on_scroll, on_resize) = (look.clone(), look.clone());
    let scroll = window_event_listener(ev::scroll, move |_| on_scroll());
    let resize = window_event_listener(ev::resize, move |_| on_resize());
    on_cleanup(move || {
        scroll.remove();
        resize.remove();
    });
    Effect::new(move |_| {
        this.rows.track();
        total.track();
        // The rows that have come are measured when they are laid out.
        look();
    });
    this
}

impl RowWindow {
    /// Whether rows are left out of the document.
    pub fn is_partial(self) -> bool {
        self.total.get() > WHOLE
    }

    /// The height of the gap before the rows, as CSS writes it.
    pub fn gap_before(self) -> String {
        format!("{}px", self.span.get().first as f64 * self.row_height.get())
    }

    /// The height of the gap behind the rows.
    pub fn gap_behind(self) -> String {
        let rest = self.total.get().saturating_sub(self.span.get().end);
        format!("{}px", rest as f64 * self.row_height.get())
    }

    /// How many rows fit into the view, for the keys that go a screenful.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // A few dozen.
    pub fn screenful(self) -> usize {
        self.place().map_or(10, |place| (place.view / place.row).floor().max(3.0) as usize - 2)
    }

    /// Scrolls so that a row is in view, and has it in the document at once.
    pub fn bring(self, row: usize, covered: (f64, f64)) {
        if let Some(way) = self.place().and_then(|place| way_to(row, place, covered)) {
            window().scroll_by_with_x_and_y(0.0, way);
        }
        self.look();
    }

    /// Scrolls back to the first row, if the page is scrolled beyond it.
    pub fn bring_start(self, covered: f64) {
        if let Some(way) = self.place().map(|place| place.top - covered)
            && way < 0.0
        {
            window().scroll_by_with_x_and_y(0.0, way);
        }
    }

    /// Scrolls so that the top of a row is that far below the top of the view.
    pub fn bring_to(self, row: usize, top: f64) {
        if let Some(place) = self.place() {
            let way = place.top + row as f64 * place.row - top;
            window().scroll_by_with_x_and_y(0.0, way);
        }
        self.look();
    }

    /// The first row that was wholly below so many pixels of the view when the rows were last looked at.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // A row's number.
    pub fn first_below(self, covered: f64) -> Option<usize> {
        let place = self.last.try_get_value().flatten()?;
        Some(((covered - place.top) / place.row).ceil().max(0.0) as usize)
    }

    /// Scrolls by so many rows.
    pub fn shift(self, rows: isize) {
        if let Some(place) = self.place() {
            window().scroll_by_with_x_and_y(0.0, rows as f64 * place.row);
        }
        self.look();
    }

    /// Remembers where the rows are.
    pub fn note_place(self) {
        let place = self.place();
        self.last.try_set_value(place);
    }

    /// Where the rows were when they were last looked at: the top of row 0 below the top of the view, how high the view is,
    /// and how high a row.
    pub fn last_place(self) -> Option<(f64, f64, f64)> {
        self.last.try_get_value().flatten().map(|place| (place.top, place.view, place.row))
    }

    fn look(self) {
        if let Some(place) = self.place() {
            self.last.try_set_value(Some(place));
            if (self.row_height.get_untracked() - place.row).abs() > 0.01 {
                self.row_height.set(place.row);
            }
            let span = span(place);
            if self.moved.get_untracked() != span {
                self.moved.set(span);
            }
        }
    }

    fn place(self) -> Option<Place> {
        // Nothing is there any more when a frame comes after the page has gone.
        let before: HtmlElement = self.before.try_get_untracked()??.unchecked_into();
        let rows: HtmlElement = self.rows.try_get_untracked()??.unchecked_into();
        // Those that are drawn: the span may be ahead of them.
        let count = rows.child_element_count();
        let height = rows.get_bounding_client_rect().height();
        let row = if count > 0 && height > 0.0 {
            height / f64::from(count)
        } else {
            self.row_height.try_get_untracked()?
        };
        let view = window().inner_height().ok()?.as_f64()?;
        let scrolled = window().scroll_y().ok()? > 0.0;
        Some(Place { top: before.get_bounding_client_rect().top(), view, row, scrolled })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_span(top: f64, view: f64, row: f64, total: usize, expected: (usize, usize)) {
        let place = Place { top, view, row, scrolled: top < 0.0 };
        let span = span(place).within(total);
        assert_eq!((span.first, span.end), expected, "{place:?} of {total}");
        // Whatever is in view is in the document.
        let above = ((-top).max(0.0) / row).floor() as usize;
        let shown = ((view - top.max(0.0)) / row) as usize;
        let last = (above + shown).min(total).saturating_sub(1);
        assert!(total == 0 || above >= total || span.holds(above.min(last)), "{span:?}");
        assert!(total == 0 || span.holds(last), "{span:?} lacks {last}");
    }

    #[test]
    fn the_window_holds_what_is_in_view_and_a_margin() {
        check_span(200.0, 1000.0, 40.0, 0, (0, 0));
        check_span(200.0, 1000.0, 40.0, 120, (0, 120));
        check_span(200.0, 1000.0, 40.0, 10_000, (0, 24));
        check_span(-4000.0, 1000.0, 40.0, 10_000, (92, 136));
        check_span(-399_000.0, 1000.0, 40.0, 10_000, (9956, 10_000));
        // The list became shorter than the place that the page is scrolled to.
        check_span(-399_000.0, 1000.0, 40.0, 200, (156, 200));
        check_span(-4000.0, 640.0, 118.5, 2_000, (24, 48));
        // Not measured yet.
        let unmeasured = Place { top: 0.0, view: 1000.0, row: 0.0, scrolled: false };
        assert_eq!(span(unmeasured), Span { first: 0, end: 28 });
        // A first turn of the wheel is followed by the margin at once.
        let begun = Place { top: 160.0, view: 1000.0, row: 40.0, scrolled: true };
        assert_eq!(span(begun), Span { first: 0, end: 32 });
    }

    #[test]
    fn a_row_is_brought_into_view_by_the_shortest_way() {
        let place = Place { top: 100.0, view: 1000.0, row: 40.0, scrolled: false };
        let check = |row: usize, expected: Option<f64>| {
            assert_eq!(way_to(row, place, (80.0, 60.0)), expected, "{row}");
        };
        check(0, None);
        check(20, None);
        check(21, Some(40.0));
        check(1999, Some(79_160.0));
        let scrolled = Place { top: -4000.0, ..place };
        assert_eq!(way_to(0, scrolled, (80.0, 60.0)), Some(-4080.0));
    }
}
