//! The list of instances: searched, narrowed, sorted, alive, and quick however many there are; work on several at once.
//!
//! What is shown lives in the address (`query.rs`). Only the rows in view are in the document (`components/list/window.rs`).

mod bulk;
mod facets;
mod query;
mod row;
mod table;

use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos_router::hooks::use_query_map;
use openstack::compute::Server;
use openstack::poll::Motion;
use openstack::{Listing, ServerId};
use web_sys::HtmlElement;

use self::bulk::{BulkBar, BulkDialog, use_bulk};
use self::facets::Facet;
use self::query::{Column, Found, ListQuery};
use self::table::InstanceTable;
use crate::cloud::use_cloud;
use crate::components::list::{
    COVERED, RefreshButton, RowAt, RowWindow, SearchField, Selection, Step, TableSkeleton, Visit,
    facet_menu, use_row_window, use_visit,
};
use crate::components::server::{Deed, DeedDialog, Deeds, Origins, Wanted, use_deeds};
use crate::components::{ErrorNote, Freshness, Page, Stale};
use crate::live::{Live, use_live};
use crate::remote::Phase;
use crate::routes;
use crate::text::{format, tr, tr_with};
use crate::ui::{
    Button, ButtonKind, ButtonLink, Direction, Empty, Glyph, Icon, Menu, MenuAlign, MenuItem,
    MenuTitle,
};

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

/// Search, facets, how many there are, and how fresh the list is.
#[component]
fn Tools(shown: Shown) -> impl IntoView {
    let search = Memo::new(move |_| shown.query.with(|query| query.search.clone()));
    let on_search = Callback::new(move |text: String| {
        let query = shown.query.get_untracked();
        shown.go(&query.with_search(text), Step::of_search(&query.search));
    });
    let loaded = Memo::new(move |_| shown.servers.remote().with(|remote| remote.value().is_some()));
    let count = Memo::new(move |_| {
        let all = shown
            .servers
            .remote()
            .with(|remote| remote.value().map_or(0, |listing| listing.items.len()));
        let all = format::count(all, "instance", "instances");
        loaded.get().then(|| {
            if shown.query.with(ListQuery::is_narrowed) {
                let count = format::thousands(shown.total.get() as u64);
                tr_with("{count} of {all}", &[("count", &count), ("all", &all)])
            } else {
                all
            }
        })
    });
    let busy = Signal::derive(move || shown.servers.remote().with(|remote| remote.refreshing));
    let has_facets = Memo::new(move |_| shown.query.with(ListQuery::has_facets));
    let clear = move |_| {
        shown.go(&shown.query.get_untracked().cleared(), Step::Push);
    };
    view! {
        <div class="facets images__tools" role="search">
            <SearchField
                label=tr("Search instances")
                placeholder=tr("Name, address, image or size")
                value=search
                on_search=on_search
            />
            <span class="facets__set">
                {Facet::EACH.map(|one| facet(one, shown)).into_iter().collect_view()}
                <Show when=move || has_facets.get()>
                    <Button kind=ButtonKind::Quiet small=true on_press=clear>{tr("Clear all")}</Button>
                </Show>
            </span>
        </div>
        <div class="images__line">
            <span class="images__count" role="status">{move || count.get()}</span>
            <Freshness remote=shown.servers.remote() />
            <span class="images__ends">
                {sort_menu(shown)}
                <RefreshButton
                    label=tr("Refresh instances")
                    busy=busy
                    on_press=Callback::new(move |()| shown.servers.refresh())
                />
            </span>
        </div>
    }
}

fn facet(facet: Facet, shown: Shown) -> AnyView {
    let choices = Memo::new(move |_| {
        shown.found.with(|found| found.choices.get(facet.index()).cloned().unwrap_or_default())
    });
    let chosen = Signal::derive(move || {
        choices.with(|choices| {
            let chosen = choices.iter().filter(|choice| choice.chosen);
            chosen.map(|choice| choice.label.clone()).collect::<Vec<_>>().join(", ")
        })
    });
    let toggle = Callback::new(move |key: String| {
        shown.go(&shown.query.get_untracked().with_toggled(facet, &key), Step::Push);
    });
    let clear = Callback::new(move |()| {
        shown.go(&shown.query.get_untracked().without(facet), Step::Push);
    });
    facet_menu(facet.label(), facet.label(), chosen, choices, toggle, clear)
}

/// Cards have no heads to press: where rows are cards, the order is chosen here.
fn sort_menu(shown: Shown) -> AnyView {
    let item = move |column: Column| {
        let direction = Memo::new(move |_| shown.query.with(|query| query.direction_of(column)));
        let note = Signal::derive(move || {
            direction
                .get()
                .map_or("", |direction| match direction {
                    Direction::Up => tr("rising"),
                    Direction::Down => tr("falling"),
                })
                .to_owned()
        });
        let press =
            move |()| shown.go(&shown.query.get_untracked().with_pressed(column), Step::Push);
        let current = Signal::derive(move || direction.get().is_some());
        view! { <MenuItem current=current note=note on_press=press>{column.label()}</MenuItem> }
    };
    let items = move || Column::EACH.into_iter().map(item).collect_view();
    view! {
        <span class="images__sort">
            <Menu
                button_class="button button--quiet button--s"
                button=|| view! { {tr("Sort")} <Icon glyph=Glyph::Down small=true /> }
                align=MenuAlign::End
            >
                <MenuTitle>{tr("Sort by; again turns the order")}</MenuTitle>
                {items()}
            </Menu>
        </span>
    }
    .into_any()
}

/// The rows, or what stands in their place.
#[component]
fn Results(shown: Shown, deeds: Deeds, results: NodeRef<html::Div>) -> impl IntoView {
    let servers = shown.servers;
    let phase = Memo::new(move |_| servers.remote().with(|remote| remote.phase()));
    let error = Memo::new(move |_| servers.remote().with(|remote| remote.error.clone()));
    let has_rows = Memo::new(move |_| shown.total.get() > 0);
    let unreadable = Memo::new(move |_| {
        servers.remote().with(|remote| remote.value().map_or(0, |listing| listing.skipped.len()))
    });
    view! {
        {move || match phase.get() {
            Phase::Loading => view! { <TableSkeleton rows=5 words=tr("Loading instances") /> }.into_any(),
            Phase::Failed => error.get().map(|error| view! {
                <ErrorNote error=Signal::stored(error) on_retry=move |()| servers.refresh() />
            }).into_any(),
            Phase::Ready => view! {
                <div class="table-box results" node_ref=results tabindex="-1" role="region" aria-label=tr("Instances")>
                    <Show when=move || has_rows.get() fallback=move || view! { <Nothing shown=shown results=results /> }>
                        <InstanceTable shown=shown deeds=deeds around=results />
                    </Show>
                </div>
            }.into_any(),
        }}
        <Show when=move || unreadable.get() != 0>
            <p class="list-foot">
                {move || format::count(unreadable.get(), "instance is", "instances are")}
                {tr(" not shown, as what the cloud says of them could not be read.")}
            </p>
        </Show>
    }
}

/// Why there are no rows, and how to get some.
#[component]
fn Nothing(shown: Shown, results: NodeRef<html::Div>) -> impl IntoView {
    let none_at_all = Memo::new(move |_| {
        shown
            .servers
            .remote()
            .with(|remote| remote.value().is_none_or(|listing| listing.items.is_empty()))
    });
    let clear = move |_| {
        shown.go(&shown.query.get_untracked().cleared(), Step::Push);
        // The button goes with what it stands in.
        request_animation_frame(move || focus_on(results));
    };
    move || {
        if none_at_all.get() {
            view! {
                <Empty
                    title=tr("No instances yet")
                    text=tr("An instance is a machine that boots from an image. Choose an image, a size and a network; it runs within a minute.")
                        .to_owned()
                >
                    <ButtonLink href=routes::LAUNCH icon=Glyph::Launch>{tr("Launch instance")}</ButtonLink>
                    <ButtonLink href=routes::IMAGES>{tr("Look at the images")}</ButtonLink>
                </Empty>
            }
            .into_any()
        } else {
            let title = Signal::derive(move || {
                shown.query.with(|query| match query.search.trim() {
                    "" => tr("No instance is like that").to_owned(),
                    search => tr_with("Nothing matches “{search}”", &[("search", &search)]),
                })
            });
            view! {
                <Empty
                    title=title
                    text=tr("Names, ids, addresses, status words, sizes and images are searched.").to_owned()
                >
                    <Button on_press=clear>{tr("Clear search and filters")}</Button>
                </Empty>
            }
            .into_any()
        }
    }
}

pub(crate) fn focus_on(results: NodeRef<html::Div>) {
    if let Some(Some(results)) = results.try_get_untracked() {
        let results: &HtmlElement = results.unchecked_ref();
        // Only an element that is not in the document refuses.
        drop(results.focus());
    }
}
