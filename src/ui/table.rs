//! Pieces of tables. A table itself is written out by its page:
//! `<div class="table-box"><table class="table table--cards" role="table">` with a
//! `<thead class="table__head" role="rowgroup">` and rows of class `table__row`. Card tables state
//! their roles themselves, as `display` takes them away. The classes `cell-second`, `cell-third`,
//! `cell-status`, `cell-facts` and `cell-minor` say what happens to a column when it gets narrow.

use leptos::prelude::*;

use super::{Glyph, Icon};

/// Which way a column is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// A to Z, small to large, old to new.
    Up,
    /// The other way.
    Down,
}

impl Direction {
    /// The value of `aria-sort` for the column's `<th>`.
    pub const fn aria(self) -> &'static str {
        match self {
            Self::Up => "ascending",
            Self::Down => "descending",
        }
    }
}

/// The button in the head of a column. Its `<th>` carries
/// `aria-sort=move || direction.get().map(Direction::aria)`.
#[component]
pub fn SortButton(
    /// The column's name.
    #[prop(into)]
    label: String,
    /// How the table is sorted by this column, if it is.
    #[prop(into)]
    direction: Signal<Option<Direction>>,
    /// Sort by it, or turn the order.
    #[prop(into)]
    on_sort: Callback<()>,
) -> impl IntoView {
    view! {
        <button class="table__sort" type="button" on:click=move |_| on_sort.run(())>
            {label}
            <Show when=move || direction.read().is_some()>
                <Icon glyph=Glyph::Arrow small=true />
            </Show>
        </button>
    }
}

/// The first cell's content: a mark, the name as the link to the details, the id quietly below.
#[component]
pub fn Entry(
    /// Where the name leads.
    #[prop(into)]
    href: Signal<String>,
    /// The name.
    #[prop(into)]
    name: Signal<String>,
    /// The id; its first eight characters are shown.
    #[prop(into)]
    id: Signal<String>,
    /// A word after the id: "snapshot".
    #[prop(optional, into)]
    note: Signal<Option<String>>,
    /// An `OsMark` or an icon.
    #[prop(optional, into)]
    mark: Option<ViewFn>,
) -> impl IntoView {
    view! {
        <span class="entry" class:entry--bare=mark.is_none()>
            {mark.as_ref().map(ViewFn::run)}
            <a class="entry__name" href=move || href.get()>{move || name.get()}</a>
            <span class="entry__id">
                <code>{move || id.get().chars().take(8).collect::<String>()}</code>
                {move || note.get().map(|note| format!(" · {note}"))}
            </span>
        </span>
    }
}
