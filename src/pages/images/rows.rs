//! The rows in the document, drawn by one effect again whenever anything in them changes. Which row is used for which image is
//! decided in `components/list/drawn.rs`.

use leptos::html;
use leptos::prelude::*;
use openstack::{ImageId, Timestamp};
use web_sys::HtmlElement;

use super::Shown;
use super::pattern::pattern;
use super::query::ListQuery;
use super::row::{Around, Row};
use crate::components::image::{ImageActions, local_upload};
use crate::components::list::{DrawnRows, Place, RowAt};
use crate::ui::SharedMenu;
use crate::uploads::Uploads;

#[derive(Default)]
struct Rows {
    /// What was asked for when they were drawn.
    query: Option<ListQuery>,
    pattern: Option<HtmlElement>,
    drawn: DrawnRows<ImageId, Row>,
}

/// Draws the rows of the window. `around` takes the focus of a row that leaves the document.
pub fn draw_rows(
    shown: Shown,
    actions: ImageActions,
    now: ReadSignal<Timestamp>,
    menu: SharedMenu,
    around: NodeRef<html::Div>,
) {
    let rows = StoredValue::new_local(Rows::default());
    let uploads = use_context::<Uploads>();
    Effect::new(move |_| {
        let Some(body) = shown.window.rows.get() else { return };
        let now = now.get();
        let sends = uploads.is_some_and(|uploads| !uploads.jobs().read().is_empty());
        let about = |row: &RowAt<ImageId>| Around {
            number: row.number,
            chosen: shown.selection.has(&row.id),
            busy: actions.is_changing(&row.id),
            upload: sends.then(|| local_upload(&row.id)).flatten(),
            now,
        };
        let wanted = shown.rows.get();
        let query = shown.query.get().with_columns(None);
        rows.update_value(|rows| {
            let same_view = rows.query.as_ref() == Some(&query);
            rows.query = Some(query);
            rows.pattern = rows.pattern.take().or_else(pattern);
            let pattern = rows.pattern.as_ref();
            let place = Place { body: &body, window: shown.window, menu, around };
            shown.set.with(|set| {
                rows.drawn.draw(
                    &place,
                    &wanted,
                    same_view,
                    || Row::new(pattern?),
                    |drawn, row| {
                        if let Some(entry) = set.get(&row.id) {
                            drawn.show(&entry, &about(row));
                        }
                    },
                );
            });
        });
    });
}
