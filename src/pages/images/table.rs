//! The table around the rows: its head, the rows in view, and the gaps where the others would be.

use std::sync::Arc;
use std::time::Duration;

use leptos::html;
use leptos::prelude::*;
use openstack::ImageId;

use super::Shown;
use super::pattern::MENU;
use super::pressed::Presses;
use super::query::Column;
use super::rows::draw_rows;
use crate::clock;
use crate::components::image::{ImageActions, ImageMenuItems};
use crate::components::list::{SortHead, keys_note, on_row_key, row_index, tick_all};
use crate::text::tr;
use crate::ui::{MenuAlign, SharedMenu, Toasts};

/// Ages in the table are told in minutes.
const TICK: Duration = Duration::from_secs(30);
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
    let menu = SharedMenu::in_this_owner();
    let about = RwSignal::new(None::<ImageId>);
    let toasts = expect_context::<Toasts>();
    let presses = Presses { shown, actions, menu, about, toasts };
    draw_rows(shown, actions, now, menu, around);
    let image = Signal::derive(move || {
        let id = about.get()?;
        shown.set.with(|set| set.get(&id)).map(|entry| entry.image.clone())
    });
    let window = shown.window;
    view! {
        <table
            class="table table--cards table--even"
            role="table"
            aria-label=tr("Images")
            aria-describedby=KEYS
            aria-rowcount=move || row_index(shown.total.get()) - 1
            data-without=move || shown.columns.get().without()
        >
            <thead class="table__head" role="rowgroup">{head(shown)}</thead>
            <tbody class="table__gap" aria-hidden="true" node_ref=window.before style:--gap=move || window.gap_before()>
                <tr><td></td></tr>
            </tbody>
            <tbody
                role="rowgroup"
                node_ref=window.rows
                on:keydown=move |event| on_row_key(&event, *shown.selection, shown.window, menu)
                on:click=move |event| presses.press(&event)
            ></tbody>
            <tbody class="table__gap" aria-hidden="true" style:--gap=move || window.gap_behind()>
                <tr><td></td></tr>
            </tbody>
        </table>
        {menu.view(MENU, MenuAlign::End, Arc::new(move || {
            view! { <ImageMenuItems image=image actions=actions /> }.into_any()
        }))}
        {keys_note(KEYS)}
    }
}

/// The tick for everything, and the columns.
fn head(shown: Shown) -> AnyView {
    let column = move |column: Column, class: &'static str| {
        let (direction, turn) = (shown.direction(column), shown.turn(column));
        view! { <SortHead label=column.label() direction=direction on_sort=turn class=class /> }
            .into_any()
    };
    view! {
        <tr role="row" aria-rowindex="1">
            {tick_all(*shown.selection)}
            {column(Column::Name, "")}
            {column(Column::System, "col-system")}
            {column(Column::Architecture, "col-arch")}
            {column(Column::Format, "col-format")}
            {column(Column::Size, "num col-size")}
            {column(Column::Needs, "num col-needs")}
            {column(Column::Visibility, "cell-second col-visibility")}
            <th scope="col" role="columnheader" class="col-lock"><span class="visually-hidden">{tr("Protected")}</span></th>
            {column(Column::Status, "col-status")}
            {column(Column::Created, "cell-second num col-created")}
            <th scope="col" role="columnheader" class="cell-actions"><span class="visually-hidden">{tr("Actions")}</span></th>
        </tr>
    }
    .into_any()
}
