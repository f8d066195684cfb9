//! The images: everything that may be seen, divided by owner, searched, sorted, in pages, alive.
//!
//! What is shown lives in the address (`query.rs`); which rows that means is decided in `rows.rs`; the images come from
//! `feed.rs`. Facets, columns to choose and actions on several at once are not here yet.

mod empty;
mod feed;
mod head;
mod query;
mod row;
mod rows;
mod table;
mod tools;

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use openstack::image::Image;

use self::empty::Nothing;
use self::feed::{Feed, use_feed};
use self::head::{Tabs, UsageLine};
use self::query::ListQuery;
use self::rows::{ImageSet, PageOfRows};
use self::table::{ImageTable, TableSkeleton};
use self::tools::Tools;
use crate::components::image::{DeleteImageDialog, ImageActions, use_image_actions};
use crate::components::{ErrorNote, Page, Stale};
use crate::remote::Phase;
use crate::routes;
use crate::text::format;
use crate::ui::{ButtonKind, ButtonLink, Glyph, Pager, Toasts};

/// The page.
#[component]
pub fn ImagesPage() -> impl IntoView {
    let parameters = use_query_map();
    let query = Memo::new(move |_| parameters.with(|map| ListQuery::parse(|name| map.get(name))));
    let feed = use_feed();
    let shown = Shown::new(query, feed);
    let results: NodeRef<html::Div> = NodeRef::new();
    focus_after_paging(shown, results);
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
            <ButtonLink href=routes::CREATE_IMAGE kind=ButtonKind::Primary icon=Glyph::Plus>"Create image"</ButtonLink>
        }
    };
    view! {
        <Page title="Images" actions=actions_of_page>
            <UsageLine shown=shown />
            <Tabs shown=shown />
            <Tools shown=shown feed=feed go=use_go() />
            <Stale remote=feed.remote() on_retry=move |()| feed.refresh() />
            <Results shown=shown feed=feed actions=actions results=results />
            <DeleteImageDialog actions=actions />
        </Page>
    }
}

/// What the parts of the page read. Cheap to copy.
#[derive(Clone, Copy)]
pub(crate) struct Shown {
    /// What the address asks for.
    pub query: Memo<ListQuery>,
    /// The images known; none before the first answer.
    pub set: Memo<Arc<ImageSet>>,
    /// The rows that the query shows of them.
    pub page: Memo<PageOfRows>,
    /// How much of the list is there.
    pub extent: Memo<Extent>,
    /// How many records could not be read.
    pub unreadable: Memo<usize>,
    /// There is nothing, and the last look failed.
    pub failed: Memo<bool>,
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
    fn new(query: Memo<ListQuery>, feed: Feed) -> Self {
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
        let page = Memo::new(move |_| query.with(|query| set.with(|set| set.page(query))));
        let unreadable = Memo::new(move |_| {
            known.with(|known| known.as_ref().map_or(0, |known| known.unreadable))
        });
        let failed = Memo::new(move |_| {
            extent.get() == Extent::Nothing
                && feed.remote().with(|remote| remote.phase() == Phase::Failed)
        });
        Self { query, set, page, extent, unreadable, failed }
    }
}

/// Whether the back button leads to the view before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// It does.
    Push,
    /// It does not: a letter more in the search is no place to go back to.
    Replace,
}

/// Goes to another view of the list, staying where the page is scrolled to.
type Go = Callback<(ListQuery, Step)>;

fn use_go() -> Go {
    let navigate = use_navigate();
    Callback::new(move |(query, step): (ListQuery, Step)| {
        let replace = step == Step::Replace;
        navigate(
            &query.href(),
            NavigateOptions { replace, scroll: false, ..NavigateOptions::default() },
        );
    })
}

/// The rows, or what stands in their place.
#[component]
fn Results(
    shown: Shown,
    feed: Feed,
    actions: ImageActions,
    results: NodeRef<html::Div>,
) -> impl IntoView {
    let error = Memo::new(move |_| {
        shown.failed.get().then(|| feed.remote().with(|remote| remote.error.clone())).flatten()
    });
    let loaded = Memo::new(move |_| shown.extent.get() != Extent::Nothing);
    let has_rows = Memo::new(move |_| shown.page.with(|page| !page.ids.is_empty()));
    let label = move || {
        shown.page.with(|page| match page.pages {
            0 | 1 => "Images".to_owned(),
            pages => format!("Images, page {} of {pages}", page.page),
        })
    };
    view! {
        {move || error.get().map(|error| view! {
            <ErrorNote error=Signal::stored(error) on_retry=move |()| feed.refresh() />
        })}
        <Show when=move || error.read().is_none()>
            <div class="table-box results" node_ref=results tabindex="-1" role="region" aria-label=label>
                <Show when=move || loaded.get() fallback=|| view! { <TableSkeleton /> }>
                    <Show when=move || has_rows.get() fallback=move || view! { <Nothing shown=shown /> }>
                        <ImageTable shown=shown actions=actions go=use_go() />
                    </Show>
                </Show>
            </div>
        </Show>
        <Show when=move || shown.page.with(|page| page.pages > 1)><Pages shown=shown /></Show>
        <Show when=move || shown.unreadable.get() != 0>
            <p class="list-foot">
                {move || format::count(shown.unreadable.get(), "image is", "images are")}
                " not shown, as what the cloud says of them could not be read."
            </p>
        </Show>
    }
}

#[component]
fn Pages(shown: Shown) -> impl IntoView {
    let Shown { query, page, .. } = shown;
    let href = move |to: usize| query.with(|query| query.with_page(to).href());
    let previous =
        Signal::derive(move || page.with(|page| (page.page > 1).then(|| href(page.page - 1))));
    let next = Signal::derive(move || {
        page.with(|page| (page.page < page.pages).then(|| href(page.page + 1)))
    });
    view! {
        <Pager
            what="images"
            from=Signal::derive(move || page.with(|page| page.skipped + 1))
            to=Signal::derive(move || page.with(|page| page.skipped + page.ids.len()))
            total=Signal::derive(move || page.with(|page| page.matching))
            previous=previous
            next=next
        />
    }
}

/// The links of the pager are at the foot of what has gone: go on reading at the head of what has come.
fn focus_after_paging(shown: Shown, results: NodeRef<html::Div>) {
    Effect::new(move |before: Option<(usize, ListQuery)>| {
        let now = (shown.page.with(|page| page.page), shown.query.get_untracked());
        let paged = before.is_some_and(|(number, query)| {
            number != now.0 && query.with_page(1) == now.1.with_page(1)
        });
        if paged {
            focus_on(results);
            window().scroll_to_with_x_and_y(0.0, 0.0);
        }
        now
    });
}

fn focus_on(results: NodeRef<html::Div>) {
    if let Some(results) = results.get_untracked() {
        // Only an element that is not in the document refuses.
        drop(results.focus());
    }
}
