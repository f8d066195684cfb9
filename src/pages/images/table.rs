//! The table around the rows: its head, and the grey bars before the first answer.

use std::time::Duration;

use leptos::prelude::*;

use super::query::Column;
use super::row::ImageRow;
use super::{Go, Shown, Step};
use crate::clock;
use crate::components::image::ImageActions;
use crate::ui::{Direction, SkeletonRows, SortButton};

/// Ages in the table are told in minutes.
const TICK: Duration = Duration::from_secs(30);
const COLUMNS: usize = 11;

/// Head and rows.
#[component]
pub fn ImageTable(
    /// The page's images.
    shown: Shown,
    /// What the rows can do.
    actions: ImageActions,
    /// Goes to another order.
    go: Go,
) -> impl IntoView {
    let now = clock::use_now(TICK);
    view! {
        <table class="table table--cards" role="table" aria-label="Images">
            <thead class="table__head" role="rowgroup">
                <tr role="row">
                    <Head shown=shown go=go column=Column::Name />
                    <Head shown=shown go=go column=Column::System />
                    <th scope="col" class="cell-third">"Arch"</th>
                    <th scope="col" class="cell-third">"Format"</th>
                    <Head shown=shown go=go column=Column::Size class="num" />
                    <th scope="col" class="cell-second num">"Min disk / RAM"</th>
                    <th scope="col" class="cell-second">"Visibility"</th>
                    <th scope="col"><span class="visually-hidden">"Protected"</span></th>
                    <Head shown=shown go=go column=Column::Status />
                    <Head shown=shown go=go column=Column::Created class="cell-second num" />
                    <th scope="col"><span class="visually-hidden">"Actions"</span></th>
                </tr>
            </thead>
            <tbody role="rowgroup">
                <For each=move || shown.page.with(|page| page.ids.clone()) key=|id| id.clone() let:id>
                    <ImageRow id=id shown=shown now=now actions=actions />
                </For>
            </tbody>
        </table>
    }
}

/// The head of a column that can be sorted by.
#[component]
fn Head(
    shown: Shown,
    go: Go,
    column: Column,
    #[prop(optional)] class: &'static str,
) -> impl IntoView {
    let direction = Memo::new(move |_| shown.query.with(|query| query.direction(column)));
    let press = move |()| go.run((shown.query.get_untracked().with_pressed(column), Step::Push));
    view! {
        <th scope="col" class=class aria-sort=move || direction.get().map(Direction::aria)>
            <SortButton label=column.label() direction=direction on_sort=press />
        </th>
    }
}

/// Before the first answer.
#[component]
pub fn TableSkeleton() -> impl IntoView {
    view! {
        <table class="table table--skeleton" role="presentation">
            <tbody><SkeletonRows rows=10 columns=COLUMNS.min(6) /></tbody>
        </table>
        <p class="visually-hidden" role="status">"Loading images"</p>
    }
}
