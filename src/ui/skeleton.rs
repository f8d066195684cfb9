//! Grey bars where content of a known shape will be. Only on the first load.

use crate::text::tr;
use leptos::prelude::*;

/// A few lines.
#[component]
pub fn Skeleton(
    /// How many lines.
    #[prop(default = 3)]
    lines: usize,
) -> impl IntoView {
    view! {
        <div class="stack" aria-hidden="true">
            {(0..lines).map(|line| view! {
                <span class="skeleton" class:skeleton--short=line % 3 == 0 class:skeleton--mid=line % 3 == 2></span>
            }).collect_view()}
        </div>
        <p class="visually-hidden" role="status">{tr("Loading")}</p>
    }
}

/// Rows of a table that is being loaded. Put it into the `<tbody>`.
#[component]
pub fn SkeletonRows(
    /// How many rows.
    #[prop(default = 8)]
    rows: usize,
    /// How many cells a row has.
    columns: usize,
) -> impl IntoView {
    (0..rows)
        .map(|row| {
            view! {
                <tr class="table__row" aria-hidden="true">
                    {(0..columns).map(|column| view! {
                        <td class:table__name=column == 0>
                            <span class="skeleton" class:skeleton--mid={column == 0 && row % 3 != 1} class:skeleton--short={column == 0 && row % 3 == 1}></span>
                        </td>
                    }).collect_view()}
                </tr>
            }
        })
        .collect_view()
}
