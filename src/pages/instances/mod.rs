//! The list of instances: searched, sorted, in pages, alive.
//!
//! What is shown lives in the address (`query.rs`). Creating an image from an instance, rescue and work on several at
//! once are not here yet.

mod query;
mod row;
mod table;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use openstack::compute::Server;
use openstack::poll::Motion;
use openstack::{Listing, ServerId};

use self::query::{ListQuery, PAGE_ROWS};
use self::table::InstanceTable;
use crate::cloud::use_cloud;
use crate::components::list::{RefreshButton, SearchField, Step, TableSkeleton, use_visit};
use crate::components::server::{Deed, DeedDialog, Deeds, Origins, Wanted, use_deeds};
use crate::components::{ErrorNote, Freshness, Page, Stale};
use crate::live::{Live, use_live};
use crate::remote::Phase;
use crate::routes;
use crate::text::{format, tr, tr_with};
use crate::ui::{Button, ButtonKind, ButtonLink, Empty, Glyph, Pager};

/// The page.
#[component]
pub fn InstancesPage() -> impl IntoView {
    let parameters = use_query_map();
    let query = Memo::new(move |_| parameters.with(|map| ListQuery::parse(|name| map.get(name))));
    let servers = use_servers();
    let shown = Shown::new(query, servers);
    let on_done = move |deed, id| {
        servers.amend(|listing| mark(listing, deed, &id));
        servers.refresh();
    };
    let deeds = use_deeds(on_done, move || servers.refresh());
    let actions = || {
        view! {
            <ButtonLink href=routes::LAUNCH kind=ButtonKind::Primary icon=Glyph::Launch>{tr("Launch instance")}</ButtonLink>
        }
    };
    view! {
        <Page title=tr("Instances") actions=actions>
            <Tools shown=shown />
            <Stale remote=servers.remote() on_retry=move |()| servers.refresh() />
            <Results shown=shown deeds=deeds />
            <DeedDialog deeds=deeds />
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

/// Goes to another view of the list, staying where the page is scrolled to.
pub(crate) type Go = Callback<(ListQuery, Step)>;

fn use_go() -> Go {
    let visit = use_visit();
    Callback::new(move |(query, step): (ListQuery, Step)| visit.run((query.href(), step)))
}

/// What the parts of the page read. Cheap to copy.
#[derive(Clone, Copy)]
pub(crate) struct Shown {
    /// What the address asks for.
    pub query: Memo<ListQuery>,
    /// The instances.
    pub servers: Live<Listing<Server>>,
    /// Where they come from, as far as it is known by now.
    pub origins: Memo<Origins>,
    /// Whether all that can be known of it is known.
    pub settled: Memo<bool>,
    /// The rows of the page at hand.
    pub rows: Memo<Rows>,
}

/// The part of the list that is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rows {
    /// In order.
    pub ids: Vec<ServerId>,
    /// The page, from 1.
    pub page: usize,
    /// How many rows lie before the first.
    pub skipped: usize,
    /// How many the search lets through.
    pub matching: usize,
    /// How many there are.
    pub all: usize,
}

impl Shown {
    fn new(query: Memo<ListQuery>, servers: Live<Listing<Server>>) -> Self {
        let wanted = Memo::new(move |_| {
            servers.remote().with(|remote| {
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
        let rows = Memo::new(move |_| {
            query.with(|query| {
                let remote = servers.remote();
                let remote = remote.read();
                let Some(listing) = remote.value() else { return Rows::default() };
                let found = origins.with(|origins| query::rows(&listing.items, origins, query));
                let (page, first, last) = query::page(found.len(), query.page);
                let ids = found
                    .iter()
                    .skip(first)
                    .take(last - first)
                    .map(|server| server.id.clone())
                    .collect();
                Rows { ids, page, skipped: first, matching: found.len(), all: listing.items.len() }
            })
        });
        let settled = Memo::new(move |_| live.remote().with(|remote| remote.value().is_some()));
        Self { query, servers, origins, settled, rows }
    }
}

/// The search, and how fresh the list is.
#[component]
fn Tools(shown: Shown) -> impl IntoView {
    let go = use_go();
    let search = Memo::new(move |_| shown.query.with(|query| query.search.clone()));
    let on_search = Callback::new(move |text: String| {
        let query = shown.query.get_untracked();
        go.run((query.with_search(text), Step::of_search(&query.search)));
    });
    let loaded = Memo::new(move |_| shown.servers.remote().with(|remote| remote.value().is_some()));
    let count = Memo::new(move |_| {
        let (matching, all) = shown.rows.with(|rows| (rows.matching, rows.all));
        let all = format::count(all, "instance", "instances");
        let searched = shown.query.with(|query| !query.search.trim().is_empty());
        loaded.get().then(|| {
            if searched {
                tr_with(
                    "{count} of {all}",
                    &[("count", &format::thousands(matching as u64)), ("all", &all)],
                )
            } else {
                all
            }
        })
    });
    view! {
        <div class="facets" role="search">
            <SearchField
                label=tr("Search instances")
                placeholder=tr("Name, address, image or size")
                value=search
                on_search=on_search
            />
            <span class="facets__end">
                <span role="status">{move || count.get()}</span>
                <Freshness remote=shown.servers.remote() />
                <RefreshButton
                    label=tr("Refresh instances")
                    busy=Signal::derive(move || shown.servers.remote().with(|remote| remote.refreshing))
                    on_press=Callback::new(move |()| shown.servers.refresh())
                />
            </span>
        </div>
    }
}

/// The rows, or what stands in their place.
#[component]
fn Results(shown: Shown, deeds: Deeds) -> impl IntoView {
    let servers = shown.servers;
    let phase = Memo::new(move |_| servers.remote().with(|remote| remote.phase()));
    let error = Memo::new(move |_| servers.remote().with(|remote| remote.error.clone()));
    let has_rows = Memo::new(move |_| shown.rows.with(|rows| !rows.ids.is_empty()));
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
                <Show when=move || has_rows.get() fallback=move || view! { <Nothing shown=shown /> }>
                    <InstanceTable shown=shown deeds=deeds go=use_go() />
                </Show>
            }.into_any(),
        }}
        <Show when=move || shown.rows.with(|rows| rows.matching > PAGE_ROWS)><Pages shown=shown /></Show>
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
fn Nothing(shown: Shown) -> impl IntoView {
    let go = use_go();
    let none_at_all = Memo::new(move |_| shown.rows.with(|rows| rows.all == 0));
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
            let search = Signal::derive(move || {
                tr_with(
                    "Nothing matches “{search}”",
                    &[("search", &(shown.query.with(|query| query.search.trim().to_owned())))],
                )
            });
            view! {
                <Empty
                    title=search
                    text=tr("Names, ids, addresses, status words, sizes and images are searched.").to_owned()
                >
                    <Button on_press=move |_| go.run((shown.query.get_untracked().with_search(""), Step::Push))>
                        {tr("Clear the search")}
                    </Button>
                </Empty>
            }
            .into_any()
        }
    }
}

#[component]
fn Pages(shown: Shown) -> impl IntoView {
    let Shown { query, rows, .. } = shown;
    let href = move |to: usize| query.with(|query| query.with_page(to).href());
    let previous =
        Signal::derive(move || rows.with(|rows| (rows.page > 1).then(|| href(rows.page - 1))));
    let next = Signal::derive(move || {
        rows.with(|rows| {
            (rows.skipped + rows.ids.len() < rows.matching).then(|| href(rows.page + 1))
        })
    });
    view! {
        <Pager
            what=tr("instances")
            from=Signal::derive(move || rows.with(|rows| rows.skipped + 1))
            to=Signal::derive(move || rows.with(|rows| rows.skipped + rows.ids.len()))
            total=Signal::derive(move || rows.with(|rows| rows.matching))
            previous=previous
            next=next
        />
    }
}
