//! The list of instances: searched, narrowed, sorted, alive, and quick however many there are; work on several at once.
//!
//! What is shown lives in the address (`query.rs`). Only the rows in view are in the document (`components/list/window.rs`).

mod bulk;
mod facets;
mod query;
mod results;
mod row;
mod table;
mod tools;

use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos_router::hooks::use_query_map;
use openstack::compute::Server;
use openstack::poll::Motion;
use openstack::{Listing, ServerId};
use web_sys::HtmlElement;

use self::bulk::{BulkBar, BulkDialog, use_bulk};
use self::query::{Column, Found, ListQuery};
use self::results::Results;
use self::tools::Tools;
use crate::cloud::use_cloud;
use crate::components::list::{
    COVERED, RowAt, RowWindow, Selection, Step, Visit, use_row_window, use_visit,
};
use crate::components::server::{Deed, DeedDialog, Origins, Wanted, use_deeds};
use crate::components::{Page, Stale};
use crate::live::{Live, use_live};
use crate::routes;
use crate::text::tr;
use crate::ui::{ButtonKind, ButtonLink, Direction, Glyph};

/// The page.
#[component]
pub fn InstancesPage() -> impl IntoView {
    let parameters = use_query_map();
    let query = Memo::new(move |_| {
        parameters.with(|map| ListQuery::parse(|name| map.get_all(name).unwrap_or_default()))
    });
    let servers = use_servers();
    let shown = Shown::new(query, servers);
    let results: NodeRef<html::Div> = NodeRef::new();
    back_to_the_start(shown);
    let on_done = move |deed, id| {
        servers.amend(|listing| mark(listing, deed, &id));
        servers.refresh();
    };
    let deeds = use_deeds(on_done, move || servers.refresh());
    let bulk = use_bulk(shown, results);
    let actions = || {
        view! {
            <ButtonLink href=routes::LAUNCH kind=ButtonKind::Primary icon=Glyph::Launch>{tr("Launch instance")}</ButtonLink>
        }
    };
    view! {
        <Page title=tr("Instances") actions=actions>
            <Tools shown=shown />
            <Stale remote=servers.remote() on_retry=move |()| servers.refresh() />
            <Results shown=shown deeds=deeds results=results />
            <BulkBar bulk=bulk />
            <DeedDialog deeds=deeds />
            <BulkDialog bulk=bulk />
        </Page>
    }
}

fn use_servers() -> Live<Listing<Server>> {
    let cloud = use_cloud();
    use_live(
        Signal::stored(()),
        move |()| {
            let cloud = cloud.clone();
            async move { cloud.servers().await }
        },
        |listing| Motion::any(listing.items.iter().map(Server::is_changing)),
    )
}

/// What Nova will say at the next look: so that the row answers at once.
fn mark(listing: &mut Listing<Server>, deed: Deed, id: &ServerId) {
    if let Some(server) = listing.items.iter_mut().find(|server| server.id == *id) {
        server.task_state = Some(deed.task().to_owned());
    }
}

/// What the parts of the page read. Cheap to copy.
#[derive(Clone, Copy)]
pub(crate) struct Shown {
    /// What the address asks for.
    pub query: Memo<ListQuery>,
    /// Goes to another view of the list.
    pub visit: Visit,
    /// The instances.
    pub servers: Live<Listing<Server>>,
    /// Where they come from, as far as it is known by now.
    pub origins: Memo<Origins>,
    /// Whether all that can be known of it is known.
    pub settled: Memo<bool>,
    /// Which of them the query shows.
    pub found: Memo<Found>,
    /// How many those are.
    pub total: Memo<usize>,
    /// Which rows are in the document.
    pub window: RowWindow,
    /// Those rows.
    pub rows: Memo<Vec<RowAt<ServerId>>>,
    /// Which instances are chosen.
    pub selection: Selection<ServerId>,
}

impl Shown {
    fn new(query: Memo<ListQuery>, servers: Live<Listing<Server>>) -> Self {
        let remote = servers.remote();
        let wanted = Memo::new(move |_| {
            remote.with(|remote| {
                remote.value().map(|listing| Wanted::by(&listing.items)).unwrap_or_default()
            })
        });
        let cloud = use_cloud();
        let live = use_live(
            wanted,
            move |wanted| {
                let cloud = cloud.clone();
                async move { cloud.origins(&wanted).await }
            },
            Origins::motion,
        );
        // A new instance asks for new origins; the names of the others stay meanwhile.
        let origins = Memo::new(move |before: Option<&Origins>| {
            live.remote()
                .with(|remote| remote.value().cloned())
                .or_else(|| before.cloned())
                .unwrap_or_default()
        });
        let found = Memo::new(move |_| {
            query.with(|query| {
                origins.with(|origins| {
                    remote.with(|remote| {
                        let servers = remote.value().map(|listing| listing.items.as_slice());
                        query::find(servers.unwrap_or_default(), origins, query)
                    })
                })
            })
        });
        let total = Memo::new(move |_| found.with(|found| found.rows.len()));
        let window = use_row_window(total, None);
        let id_of = move |place: usize| {
            remote.with_untracked(|remote| {
                remote.value()?.items.get(place).map(|server| server.id.clone())
            })
        };
        let rows = Memo::new(move |_| {
            let span = window.span.get();
            remote.track();
            found.with(|found| {
                let places = found.rows.iter().enumerate().skip(span.first);
                places
                    .take(span.end.saturating_sub(span.first))
                    .filter_map(|(number, place)| Some(RowAt { id: id_of(*place)?, number }))
                    .collect::<Vec<_>>()
            })
        });
        let selection = Selection::new(
            move || found.with(|found| found.rows.len()),
            move |row| id_of(found.with_untracked(|found| found.rows.get(row).copied())?),
        );
        let settled = Memo::new(move |_| live.remote().with(|remote| remote.value().is_some()));
        let visit = use_visit();
        Self { query, visit, servers, origins, settled, found, total, window, rows, selection }
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

    /// The id of a row.
    pub fn id_at(self, row: usize) -> Option<ServerId> {
        let place = self.found.with_untracked(|found| found.rows.get(row).copied())?;
        self.servers.remote().with_untracked(|remote| {
            remote.value()?.items.get(place).map(|server| server.id.clone())
        })
    }

    /// An instance.
    pub fn server(self, id: &ServerId) -> Option<Server> {
        self.servers
            .remote()
            .with(|remote| remote.value()?.items.iter().find(|server| server.id == *id).cloned())
    }
}

/// Another search, filter or order is read from its first row. A look at the cloud never scrolls.
fn back_to_the_start(shown: Shown) {
    Effect::new(move |before: Option<ListQuery>| {
        let now = shown.query.get();
        if before.is_some_and(|before| before != now) {
            shown.window.bring_start(COVERED.0);
        }
        now
    });
}

pub(crate) fn focus_on(results: NodeRef<html::Div>) {
    if let Some(Some(results)) = results.try_get_untracked() {
        let results: &HtmlElement = results.unchecked_ref();
        // Only an element that is not in the document refuses.
        drop(results.focus());
    }
}
