//! The images: everything that may be seen, divided by owner, searched, narrowed, sorted, alive, and quick however many
//! there are.
//!
//! What is shown lives in the address (`query.rs`); which rows that means is decided in `set.rs`, over entries that are
//! prepared once (`entry.rs`); the images come from `feed.rs`. Only the rows in view are in the document
//! (`components/list/window.rs`). Work on several at once is in `bulk/`.

mod bulk;
mod columns;
mod empty;
mod entry;
mod facets;
mod feed;
mod fetching;
mod head;
mod left;
mod pattern;
mod pressed;
mod query;
mod row;
mod rows;
mod select;
mod set;
mod table;
mod tools;

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos_router::hooks::use_query_map;
use openstack::ImageId;
use openstack::image::Image;
use web_sys::{Element, MouseEvent};

pub use self::left::{LeftList, list_href};

pub use self::bulk::BulkDialogBody;
use self::bulk::{BulkBar, BulkDialog, use_bulk};
use self::columns::Columns;
use self::empty::Nothing;
use self::entry::Entry;
use self::feed::{Feed, use_feed};
use self::head::{Tabs, UsageLine};
use self::left::{Leaving, LeftRow, keep_list};
use self::query::{Column, ListQuery};
use self::select::Selection;
use self::set::{Found, ImageSet};
use self::table::ImageTable;
use self::tools::{Tools, kept_columns};
use crate::cloud::use_cloud;
use crate::components::image::{ImageActions, ImageDialogs, use_image_actions};
use crate::components::list::{
    COVERED, RowAt, RowWindow, Step, TableSkeleton, Visit, use_row_window, use_visit,
};
use crate::components::{ErrorNote, Page, Stale};
use crate::remote::Phase;
use crate::routes;
use crate::text::{format, tr};
use crate::ui::{ButtonKind, ButtonLink, Direction, Glyph, Toasts};

/// The page.
#[component]
pub fn ImagesPage() -> impl IntoView {
    let parameters = use_query_map();
    let query = Memo::new(move |_| {
        parameters.with(|map| ListQuery::parse(|name| map.get_all(name).unwrap_or_default()))
    });
    let (cloud, left) = (use_cloud(), use_context::<LeftList>());
    let feed = use_feed(left.and_then(|left| left.known(&cloud)));
    feed.lend();
    let back = left.and_then(|left| query.with_untracked(|query| left.row(&cloud, query)));
    let shown = Shown::new(query, feed, back.as_ref());
    keep_list(shown, &cloud, back, move || feed.newest());
    let results: NodeRef<html::Div> = NodeRef::new();
    back_to_the_start(shown);
    let bulk = use_bulk(feed, shown.selection, results);
    let actions = use_image_actions(
        expect_context::<Toasts>(),
        move |image: Image| feed.put(image),
        move |image: Image| {
            feed.remove(&image.id);
            // The dialog, closing, gives the focus back to a row that goes away: take it after that.
            request_animation_frame(move || focus_on(results));
        },
    );
    let actions_of_page = || {
        view! {
            <ButtonLink href=routes::CREATE_IMAGE kind=ButtonKind::Primary icon=Glyph::Plus>{tr("Create image")}</ButtonLink>
        }
    };
    view! {
        <Page title=tr("Images") actions=actions_of_page>
            <UsageLine shown=shown feed=feed />
            <Tabs shown=shown />
            <Tools shown=shown feed=feed />
            <Stale remote=feed.remote() on_retry=move |()| feed.refresh() />
            {results_of(shown, feed, actions, results)}
            <BulkBar bulk=bulk />
            <ImageDialogs actions=actions />
            <BulkDialog bulk=bulk />
        </Page>
    }
}

/// What the parts of the page read. Cheap to copy.
#[derive(Clone, Copy)]
pub(crate) struct Shown {
    /// What the address asks for.
    pub query: Memo<ListQuery>,
    /// Goes to another view of the list.
    pub visit: Visit,
    /// The images known; none before the first answer.
    pub set: Memo<Arc<ImageSet>>,
    /// Which of them the query shows.
    pub found: Memo<Found>,
    /// How many those are.
    pub total: Memo<usize>,
    /// Which rows are in the document.
    pub window: RowWindow,
    /// Those rows.
    pub rows: Memo<Vec<RowAt<ImageId>>>,
    /// Which images are chosen.
    pub selection: Selection,
    /// The columns shown.
    pub columns: Memo<Columns>,
    /// The columns that an address without any shows.
    pub kept_columns: RwSignal<Columns>,
    /// How much of the list is there.
    pub extent: Memo<Extent>,
    /// How many records could not be read.
    pub unreadable: Memo<usize>,
    /// There is nothing, and the last look failed.
    pub failed: Memo<bool>,
    /// The last look failed before everything was there.
    pub broken: Memo<bool>,
    /// How the page is left.
    pub leaving: Leaving,
}

/// How much of the list is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Nothing yet.
    Nothing,
    /// The first rows; the rest is coming.
    Part,
    /// Everything.
    Whole,
}

impl Shown {
    fn new(query: Memo<ListQuery>, feed: Feed, back: Option<&LeftRow>) -> Self {
        let known = feed.known();
        let set = Memo::new(move |_| {
            known.with(|known| {
                known.as_ref().map(|known| Arc::clone(&known.set)).unwrap_or_default()
            })
        });
        let extent = Memo::new(move |_| {
            known.with(|known| match known {
                None => Extent::Nothing,
                Some(known) if known.partial => Extent::Part,
                Some(_) => Extent::Whole,
            })
        });
        let found = Memo::new(move |_| query.with(|query| set.with(|set| set.find(query))));
        let total = Memo::new(move |_| found.with(|found| found.rows.len()));
        let start = back.and_then(|back| {
            set.with_untracked(|set| found.with_untracked(|found| left::start(back, set, found)))
        });
        let window = use_row_window(total, start);
        let rows = Memo::new(move |_| {
            let span = window.span.get();
            set.with(|set| {
                found.with(|found| {
                    let places = found.rows.iter().enumerate().skip(span.first);
                    places
                        .take(span.end.saturating_sub(span.first))
                        .filter_map(|(number, place)| {
                            let id = set.entry(*place)?.image.id.clone();
                            Some(RowAt { id, number })
                        })
                        .collect::<Vec<_>>()
                })
            })
        });
        let unreadable = Memo::new(move |_| {
            known.with(|known| known.as_ref().map_or(0, |known| known.unreadable))
        });
        let broken =
            Memo::new(move |_| feed.remote().with(|remote| remote.phase() == Phase::Failed));
        let failed = Memo::new(move |_| extent.get() == Extent::Nothing && broken.get());
        let kept_columns = RwSignal::new(kept_columns());
        let columns =
            Memo::new(move |_| query.with(|query| query.columns).unwrap_or(kept_columns.get()));
        Self {
            query,
            visit: use_visit(),
            set,
            found,
            total,
            window,
            rows,
            selection: Selection::new(set, found),
            columns,
            kept_columns,
            extent,
            unreadable,
            failed,
            broken,
            leaving: Leaving::new(window),
        }
    }

    /// Goes to another view of the list.
    pub fn go(self, query: &ListQuery, step: Step) {
        self.visit.run((query.href(), step));
    }

    /// How the list is sorted by a column, if it is.
    fn direction(self, column: Column) -> Memo<Option<Direction>> {
        Memo::new(move |_| self.query.with(|query| query.direction(column)))
    }

    /// Sorts by a column, or turns the order.
    fn turn(self, column: Column) -> Callback<()> {
        Callback::new(move |()| {
            self.go(&self.query.get_untracked().with_pressed(column), Step::Push);
        })
    }

    /// The image of a row.
    pub fn entry_at(self, row: usize) -> Option<Arc<Entry>> {
        self.set.with_untracked(|set| {
            let place = self.found.with_untracked(|found| found.rows.get(row).copied())?;
            set.entry(place).cloned()
        })
    }

    /// Its id.
    pub fn id_at(self, row: usize) -> Option<ImageId> {
        self.entry_at(row).map(|entry| entry.image.id.clone())
    }
}

/// The rows, or what stands in their place.
fn results_of(
    shown: Shown,
    feed: Feed,
    actions: ImageActions,
    results: NodeRef<html::Div>,
) -> AnyView {
    // Also when some rows are there, and the rest could not be fetched.
    let error = Memo::new(move |_| {
        feed.remote().with(|remote| match remote.phase() {
            Phase::Failed => remote.error.clone(),
            _ => None,
        })
    });
    let hidden_error = Memo::new(move |_| {
        shown.query.with(|query| query.hidden).then(|| feed.hidden_error()).flatten()
    });
    let loaded = Memo::new(move |_| shown.extent.get() != Extent::Nothing);
    let has_rows = Memo::new(move |_| shown.total.get() > 0);
    view! {
        {move || error.get().map(|error| view! {
            <ErrorNote error=Signal::stored(error) on_retry=move |()| feed.refresh() />
        })}
        {move || hidden_error.get().map(|error| view! {
            <ErrorNote error=Signal::stored(error) on_retry=move |()| feed.refresh() />
        })}
        <Show when=move || !shown.failed.get()>
            <div
                class="table-box results"
                node_ref=results
                tabindex="-1"
                role="region"
                aria-label=tr("Images")
                // What an empty list offers goes with it.
                on:click=move |event| if is_in(&event, ".empty") {
                    request_animation_frame(move || focus_on(results));
                }
            >
                <Show when=move || loaded.get() fallback=|| view! { <TableSkeleton rows=10 words=tr("Loading images") /> }>
                    <Show when=move || has_rows.get() fallback=move || view! { <Nothing shown=shown /> }>
                        <ImageTable shown=shown actions=actions around=results />
                    </Show>
                </Show>
            </div>
        </Show>
        <Show when=move || shown.unreadable.get() != 0>
            <p class="list-foot">
                {move || format::count(
                    shown.unreadable.get(),
                    "image is not shown, as what the cloud says of it could not be read.",
                    "images are not shown, as what the cloud says of them could not be read.",
                )}
            </p>
        </Show>
    }
    .into_any()
}

/// Another search, filter, order or tab is read from its first row. A look at the cloud never scrolls.
fn back_to_the_start(shown: Shown) {
    Effect::new(move |before: Option<ListQuery>| {
        let now = shown.query.get().with_columns(None);
        if before.is_some_and(|before| before != now) {
            shown.window.bring_start(COVERED.0);
        }
        now
    });
}

fn is_in(event: &MouseEvent, selector: &str) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| target.closest(selector).is_ok_and(|found| found.is_some()))
}

fn focus_on(results: NodeRef<html::Div>) {
    if let Some(Some(results)) = results.try_get_untracked() {
        // Only an element that is not in the document refuses.
        drop(results.focus());
    }
}
