//! The line between tabs and table: search, facets, how many there are, how fresh the list is, which columns it has.

use leptos::prelude::*;

use super::columns::Columns;
use super::facets::Facet;
use super::feed::Feed;
use super::query::{Column, ListQuery};
use super::{Extent, Shown};
use crate::components::Freshness;
use crate::components::list::{
    FacetChoice, RefreshButton, SearchField, SortChoice, Step, facet_menu, focus_in, sort_menu,
    tick_item,
};
use crate::storage::{self, Keep};
use crate::text::{format, tr, tr_with};
use crate::ui::{Button, ButtonKind, Glyph, Icon, Menu, MenuAlign, MenuTitle};

/// Where the columns are kept that are shown.
const COLUMNS_KEPT: &str = "slipway.images.columns";
/// The id of the sentence about searching.
const SEARCH_HINT: &str = "images-search-hint";

/// The columns that were chosen at an earlier visit.
pub fn kept_columns() -> Columns {
    storage::read(Keep::Site, COLUMNS_KEPT).map(|words| Columns::parse(&words)).unwrap_or_default()
}

/// The line between tabs and table.
#[component]
pub fn Tools(
    /// The page's images.
    shown: Shown,
    /// Where they come from.
    feed: Feed,
) -> impl IntoView {
    let search = Memo::new(move |_| shown.query.with(|query| query.search.clone()));
    let on_search = Callback::new(move |text: String| {
        let query = shown.query.get_untracked();
        shown.visit.run((query.with_search(text).href(), Step::of_search(&query.search)));
    });
    let partial = Memo::new(move |_| shown.window.is_partial());
    let count = Memo::new(move |_| count_words(shown));
    let busy = Signal::derive(move || feed.remote().with(|remote| remote.refreshing));
    view! {
        <div class="facets listing__tools" role="search">
            <SearchField
                label=tr("Search images")
                placeholder=tr("Name, id, tag or system")
                value=search
                described_by=Signal::derive(move || partial.get().then(|| SEARCH_HINT.to_owned()))
                on_search=on_search
            />
            <div class="facets__set" role="group" aria-label=tr("Filters")>
                {Facet::EACH.map(|one| facet(one, shown)).collect_view()}
                {hidden_switch(shown)}
                <Show when=move || shown.query.with(ListQuery::is_narrowed)>
                    <Button
                        kind=ButtonKind::Quiet
                        on_press=move |_| {
                            // The button goes: the next thing to do is another search.
                            focus_in(document().document_element(), ".listing__tools input[type=search]");
                            shown.go(&shown.query.get_untracked().cleared(), Step::Push);
                        }
                    >
                        {tr("Clear all")}
                    </Button>
                </Show>
            </div>
        </div>
        <div class="listing__line">
            <span class="listing__count" role="status">{move || count.get()}</span>
            <Freshness remote=feed.remote() />
            <Show when=move || partial.get()>
                <p class="listing__hint" id=SEARCH_HINT>
                    {move || tr_with(
                        "Find in page sees only the rows on the screen; the search above looks through all {images}.",
                        &[("images", &format::count(shown.found.with(|found| found.in_tab), "image", "images"))],
                    )}
                </p>
            </Show>
            <span class="listing__ends">
                {order(shown)}
                <RefreshButton
                    label=tr("Refresh images")
                    busy=busy
                    on_press=Callback::new(move |()| feed.refresh())
                />
                {column_menu(shown)}
            </span>
        </div>
    }
}

/// "173 images", "12 of 173 images", "3,000 images so far".
fn count_words(shown: Shown) -> Option<String> {
    let (matching, in_tab) = shown.found.with(|found| (found.rows.len(), found.in_tab));
    let all = format::count(in_tab, "image", "images");
    let words = match shown.query.with(ListQuery::is_narrowed) {
        false => all,
        true => tr_with(
            "{count} of {images}",
            &[("count", &format::thousands(matching as u64)), ("images", &all)],
        ),
    };
    match shown.extent.get() {
        Extent::Nothing => None,
        Extent::Part if shown.broken.get() => {
            Some(tr_with("{images}, and more that did not come", &[("images", &words)]))
        }
        Extent::Part => Some(tr_with("{images} so far, more are coming", &[("images", &words)])),
        Extent::Whole => Some(words),
    }
}

/// A facet of the list, with its choices.
fn facet(facet: Facet, shown: Shown) -> AnyView {
    let chosen = Signal::derive(move || {
        let keys = shown.query.with(|query| query.values(facet).to_vec());
        shown
            .set
            .with(|set| keys.iter().map(|key| set.label(facet, key)).collect::<Vec<_>>().join(", "))
    });
    let choices = Memo::new(move |_| {
        shown.query.with(|query| {
            let all = shown
                .found
                .with(|found| shown.set.with(|set| set.choices(facet, found, query.values(facet))));
            all.into_iter()
                .map(|choice| FacetChoice {
                    key: choice.value.key,
                    label: choice.value.label,
                    chosen: choice.chosen,
                    count: choice.count as usize,
                })
                .collect::<Vec<_>>()
        })
    });
    let toggle = Callback::new(move |key: String| {
        shown.go(&shown.query.get_untracked().with_toggled(facet, &key), Step::Push);
    });
    let clear = Callback::new(move |()| {
        shown.go(&shown.query.get_untracked().without(facet), Step::Push);
    });
    facet_menu(facet.label(), facet.title(), chosen, choices, toggle, clear)
}

/// Images that their owners have hidden are listed on request only.
fn hidden_switch(shown: Shown) -> AnyView {
    let on = Memo::new(move |_| shown.query.with(|query| query.hidden));
    let toggle = move |_| {
        let query = shown.query.get_untracked();
        shown.go(&query.with_hidden(!query.hidden), Step::Push);
    };
    view! {
        <button
            class="facet facet--switch"
            type="button"
            aria-pressed=move || if on.get() { "true" } else { "false" }
            data-set=move || on.get().then_some("")
            on:click=toggle
        >
            <Icon glyph=Glyph::Eye small=true />
            {tr("Hidden too")}
        </button>
    }
    .into_any()
}

/// The order of the rows, where they are cards.
fn order(shown: Shown) -> AnyView {
    let choice = |column: Column| SortChoice {
        label: column.label(),
        direction: shown.direction(column),
        on_sort: shown.turn(column),
    };
    sort_menu(Column::EACH.into_iter().map(choice).collect())
}

/// Which columns are shown. The choice is kept for the next visit; where it is not the usual one, the address says it.
fn column_menu(shown: Shown) -> AnyView {
    let toggle = move |column: Column| {
        let columns = shown.columns.get_untracked().toggled(column);
        let usual = columns == Columns::default();
        let words = columns.words();
        storage::write(Keep::Site, COLUMNS_KEPT, (!usual).then_some(words.as_str()));
        shown.kept_columns.set(columns);
        let columns = (!usual).then_some(columns);
        shown.go(&shown.query.get_untracked().with_columns(columns), Step::Replace);
    };
    let lines = move || {
        Column::EACH
            .into_iter()
            .filter(|column| *column != Column::Name)
            .map(|column| {
                let on = Signal::derive(move || shown.columns.with(|columns| columns.has(column)));
                tick_item(column.label().to_owned(), on, move |_| toggle(column), || None)
            })
            .collect_view()
    };
    view! {
        <Menu
            button_class="button button--quiet button--s button--icon images__columns"
            label=Signal::stored(tr("Choose columns").to_owned())
            button=|| view! { <Icon glyph=Glyph::Columns /> }
            align=MenuAlign::End
        >
            <MenuTitle>{tr("Columns")}</MenuTitle>
            {lines()}
            <p class="menu__reason menu__reason--plain">
                {tr("Where the window is narrow, the least important ones are left out.")}
            </p>
        </Menu>
    }
    .into_any()
}
