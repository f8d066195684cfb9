//! Heads of columns, and the grey bars before the first answer.

use leptos::prelude::*;

use crate::ui::{Direction, SkeletonRows, SortButton};

/// The head of a column that can be sorted by.
#[component]
pub fn SortHead(
    /// The column's name.
    label: &'static str,
    /// How the table is sorted by it, if it is.
    #[prop(into)]
    direction: Signal<Option<Direction>>,
    /// Sort by it, or turn the order.
    on_sort: Callback<()>,
    /// What happens to the column where it is narrow.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    view! {
        <th scope="col" role="columnheader" class=class aria-sort=move || direction.get().map(Direction::aria)>
            <SortButton label=label direction=direction on_sort=on_sort />
        </th>
    }
}

/// A list before its first answer.
#[component]
pub fn TableSkeleton(
    /// How many rows.
    rows: usize,
    /// What is being loaded: "Loading images".
    words: &'static str,
) -> impl IntoView {
    view! {
        <div class="table-box">
            <table class="table table--skeleton" role="presentation">
                <tbody><SkeletonRows rows=rows columns=6 /></tbody>
            </table>
        </div>
        <p class="visually-hidden" role="status">{words}</p>
    }
}
