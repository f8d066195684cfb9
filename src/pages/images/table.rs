//! The table around the rows: its head, the rows in view, and the gaps where the others would be.

use std::time::Duration;

use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::Shown;
use super::keys::{self, Focused};
use super::query::Column;
use super::row::ImageRow;
use super::select::Share;
use crate::clock;
use crate::components::image::ImageActions;
use crate::components::list::{SortHead, Step};
use crate::text::tr;

/// Ages in the table are told in minutes.
const TICK: Duration = Duration::from_secs(30);
/// More than there are: the gaps go over all columns.
const ALL_COLUMNS: &str = "12";
/// The id of the words about keys.
const KEYS: &str = "images-keys";

/// Head and rows.
#[component]
pub fn ImageTable(
    /// The page's images.
    shown: Shown,
    /// What the rows can do.
    actions: ImageActions,
    /// Takes the focus of a row that leaves the document.
    around: NodeRef<html::Div>,
) -> impl IntoView {
    let now = clock::use_now(TICK);
    let focused: StoredValue<Option<Focused>> = StoredValue::new(None);
    Effect::new(move |_| {
        shown.rows.track();
        // A button that was pressed may go with what it did: an answered offer has none.
        shown.set.track();
        let Some(before) = focused.get_value() else { return };
        // After the rows are drawn.
        queue_microtask(move || {
            let around = around.try_get_untracked().flatten();
            keys::keep_focus(
                &before,
                shown,
                around.as_ref().map(|around| around.unchecked_ref::<HtmlElement>()),
            );
        });
    });
    let window = shown.window;
    view! {
        <table
            class="table table--cards table--even"
            role="table"
            aria-label=tr("Images")
            aria-describedby=KEYS
            aria-rowcount=move || keys::row_index(shown.total.get()) - 1
            data-without=move || shown.columns.get().without()
        >
            <thead class="table__head" role="rowgroup">{head(shown)}</thead>
            <tbody class="table__gap" aria-hidden="true" node_ref=window.before style:--gap=move || window.gap_before()>
                <tr><td colspan=ALL_COLUMNS></td></tr>
            </tbody>
            <tbody
                role="rowgroup"
                node_ref=window.rows
                on:keydown=move |event| keys::on_key(&event, shown)
                on:focusin=move |event| {
                    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
                    focused.set_value(target.and_then(|target| keys::focused(&target, shown)));
                }
                // A row that is moved or taken away does not say so: then the focus is to be given back.
                on:focusout=move |_| focused.set_value(None)
            >
                <For each=move || shown.rows.get() key=|row| row.id.clone() let:row>
                    <ImageRow id=row.id shown=shown now=now actions=actions />
                </For>
            </tbody>
            <tbody class="table__gap" aria-hidden="true" style:--gap=move || window.gap_behind()>
                <tr><td colspan=ALL_COLUMNS></td></tr>
            </tbody>
        </table>
        <p class="list-foot list-foot--keys" id=KEYS>
            {tr("Keys in the list: arrows, Home and End go from row to row, Enter opens, Space chooses, Shift and Space choose all rows between, Escape lets go.")}
        </p>
    }
}

/// The tick for everything, and the columns.
fn head(shown: Shown) -> AnyView {
    let share = Memo::new(move |_| shown.selection.share());
    let column = move |column: Column, class: &'static str| {
        let direction = Memo::new(move |_| shown.query.with(|query| query.direction(column)));
        let press =
            move |()| shown.go(&shown.query.get_untracked().with_pressed(column), Step::Push);
        view! { <SortHead label=column.label() direction=direction on_sort=Callback::new(press) class=class /> }
            .into_any()
    };
    view! {
        <tr role="row" aria-rowindex="1">
            <th scope="col" role="columnheader" class="cell-select">
                <input
                    class="tick"
                    type="checkbox"
                    aria-label=tr("Select all that are listed")
                    prop:checked=move || share.get() == Share::All
                    prop:indeterminate=move || share.get() == Share::Part
                    on:click=move |_| shown.selection.press_all()
                />
            </th>
            {column(Column::Name, "")}
            {column(Column::System, "col-system")}
            {column(Column::Architecture, "cell-third col-arch")}
            {column(Column::Format, "cell-third col-format")}
            {column(Column::Size, "num col-size")}
            {column(Column::Needs, "cell-second num col-needs")}
            {column(Column::Visibility, "cell-second col-visibility")}
            <th scope="col" role="columnheader"><span class="visually-hidden">{tr("Protected")}</span></th>
            {column(Column::Status, "col-status")}
            {column(Column::Created, "cell-second num col-created")}
            <th scope="col" role="columnheader" class="cell-actions"><span class="visually-hidden">{tr("Actions")}</span></th>
        </tr>
    }
    .into_any()
}
