//! The table around the rows: its head, the rows in view, the gaps where the others would be, and the keyboard and presses in
//! them.

use std::sync::Arc;
use std::time::Duration;

use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use openstack::ServerId;
use openstack::compute::Server;
use web_sys::{Element, HtmlElement, MouseEvent};

use super::Shown;
use super::query::{Column, ListQuery};
use super::row::{Around, InstanceRow};
use crate::clock;
use crate::components::list::{
    DrawnRows, Place, SortHead, keys_note, on_row_key, row_index, row_of, tick_all,
};
use crate::components::server::{Deeds, ServerMenuItems};
use crate::text::tr;
use crate::ui::{MenuAlign, SharedMenu};

/// The id of the menu that all rows share.
pub const MENU: &str = "instances-row-menu";
/// The id of the words about keys.
const KEYS: &str = "instances-keys";
/// Ages in the table are told in minutes.
const TICK: Duration = Duration::from_secs(30);

/// Head and rows.
#[component]
pub fn InstanceTable(
    /// The page's instances.
    shown: Shown,
    /// What the rows can do.
    deeds: Deeds,
    /// Takes the focus of a row that leaves the document.
    around: NodeRef<html::Div>,
) -> impl IntoView {
    let now = clock::use_now(TICK);
    let menu = SharedMenu::in_this_owner();
    let about = RwSignal::new(None::<ServerId>);
    draw_rows(Around { shown, now, deeds }, menu, around);
    // What has gone meanwhile keeps its last words until the menu is closed.
    let server = Memo::new(move |before: Option<&Option<Server>>| {
        let id = about.get()?;
        shown.server(&id).or_else(|| before.cloned().flatten())
    });
    let window = shown.window;
    view! {
        <table
            class="table table--cards table--even table--instances"
            role="table"
            aria-label=tr("Instances")
            aria-describedby=KEYS
            aria-rowcount=move || row_index(shown.total.get()) - 1
        >
            <thead class="table__head" role="rowgroup">{head(shown)}</thead>
            <tbody class="table__gap" aria-hidden="true" node_ref=window.before style:--gap=move || window.gap_before()>
                <tr><td></td></tr>
            </tbody>
            <tbody
                role="rowgroup"
                node_ref=window.rows
                on:keydown=move |event| on_row_key(&event, shown.selection, shown.window, menu)
                on:click=move |event| on_press(&event, shown, menu, about)
            ></tbody>
            <tbody class="table__gap" aria-hidden="true" style:--gap=move || window.gap_behind()>
                <tr><td></td></tr>
            </tbody>
        </table>
        {menu.view(MENU, MenuAlign::End, Arc::new(move || {
            server.get_untracked().map(|first| {
                let server = Signal::derive(move || server.get().unwrap_or_else(|| first.clone()));
                view! { <ServerMenuItems deeds=deeds server=server /> }
            }).into_any()
        }))}
        {keys_note(KEYS)}
    }
}

#[derive(Default)]
struct Rows {
    /// What was asked for when they were drawn.
    query: Option<ListQuery>,
    drawn: DrawnRows<ServerId, InstanceRow>,
}

/// Draws the rows of the window, again whenever anything in them changes. The rows are elements outside of the reactive tree:
/// giving them their instance here is what draws them.
fn draw_rows(row_around: Around, menu: SharedMenu, around: NodeRef<html::Div>) {
    let shown = row_around.shown;
    let rows = StoredValue::new_local(Rows::default());
    let page = Owner::new();
    Effect::new(move |_| {
        let Some(body) = shown.window.rows.get() else { return };
        let wanted = shown.rows.get();
        let query = shown.query.get();
        shown.selection.ids.track();
        let remote = shown.servers.remote();
        let remote = remote.read();
        let Some(listing) = remote.value() else { return };
        let Some(first) = listing.items.first() else { return };
        let found = shown.found.read_untracked();
        rows.update_value(|rows| {
            let same_view = rows.query.as_ref() == Some(&query);
            rows.query = Some(query);
            let place = Place { body: &body, window: shown.window, menu, around };
            rows.drawn.draw(
                &place,
                &wanted,
                same_view,
                || InstanceRow::new(&page, row_around, first),
                |drawn, row| {
                    let place = found.rows.get(row.number);
                    if let Some(server) = place.and_then(|place| listing.items.get(*place)) {
                        drawn.show(server, row.number, shown.selection.has(&row.id));
                    }
                },
            );
        });
    });
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
            {tick_all(shown.selection)}
            {column(Column::Name, "")}
            {column(Column::Status, "col-state")}
            <th scope="col" role="columnheader" class="col-address">{tr("Address")}</th>
            {column(Column::Size, "col-flavor")}
            {column(Column::Image, "cell-second col-origin")}
            {column(Column::Created, "cell-second num col-created")}
            <th scope="col" role="columnheader" class="cell-actions"><span class="visually-hidden">{tr("Actions")}</span></th>
        </tr>
    }
    .into_any()
}

/// What has no listener of its own in a row: the tick, and the button of the menu that all rows share.
fn on_press(event: &MouseEvent, shown: Shown, menu: SharedMenu, about: RwSignal<Option<ServerId>>) {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else {
        return;
    };
    let Ok(Some(control)) = target.closest("button, input") else { return };
    let Some((row, id)) = row_of(&control).and_then(|row| Some((row, shown.id_at(row)?))) else {
        return;
    };
    if control.class_list().contains("tick") {
        shown.selection.press(row, &id, event.shift_key());
    } else if control.has_attribute("popovertarget") {
        about.set(Some(id));
        if let Ok(button) = control.dyn_into::<HtmlElement>() {
            menu.asked_by(button);
        }
    }
}
