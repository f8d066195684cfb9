//! The table around the rows, and its head.

use std::time::Duration;

use leptos::prelude::*;

use super::query::Column;
use super::row::InstanceRow;
use super::{Go, Shown};
use crate::clock;
use crate::components::list::{SortHead, Step};
use crate::components::server::Deeds;
use crate::text::tr;

/// Ages in the table are told in minutes.
const TICK: Duration = Duration::from_secs(30);

/// Head and rows.
#[component]
pub fn InstanceTable(
    /// The page's instances.
    shown: Shown,
    /// What the rows can do.
    deeds: Deeds,
    /// Goes to another order.
    go: Go,
) -> impl IntoView {
    let now = clock::use_now(TICK);
    view! {
        <div class="table-box">
            <table class="table table--cards" role="table" aria-label=tr("Instances")>
                <thead class="table__head" role="rowgroup">
                    <tr role="row">
                        <Head shown=shown go=go column=Column::Name />
                        <Head shown=shown go=go column=Column::Status />
                        <Head shown=shown go=go column=Column::Size />
                        <th scope="col">{tr("Address")}</th>
                        <Head shown=shown go=go column=Column::Image class="cell-second" />
                        <Head shown=shown go=go column=Column::Created class="cell-second num" />
                        <th scope="col"><span class="visually-hidden">{tr("Actions")}</span></th>
                    </tr>
                </thead>
                <tbody role="rowgroup">
                    <For each=move || shown.rows.with(|rows| rows.ids.clone()) key=|id| id.clone() let:id>
                        <InstanceRow id=id shown=shown now=now deeds=deeds />
                    </For>
                </tbody>
            </table>
        </div>
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
    let direction = Memo::new(move |_| shown.query.with(|query| query.direction_of(column)));
    let press = move |()| go.run((shown.query.get_untracked().with_pressed(column), Step::Push));
    view! {
        <SortHead label=column.label() direction=direction on_sort=Callback::new(press) class=class />
    }
}
