//! The line between tabs and table: search, facets, how many there are, how fresh the list is, which columns it has.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, MouseEvent};

use super::columns::Columns;
use super::facets::Facet;
use super::feed::Feed;
use super::query::{Column, ListQuery};
use super::set::Choice;
use super::{Extent, Shown};
use crate::components::Freshness;
use crate::components::list::{RefreshButton, SearchField, Step};
use crate::storage::{self, Keep};
use crate::text::{format, tr, tr_with};
use crate::ui::{Button, ButtonKind, Direction, Glyph, Icon, Menu, MenuAlign, MenuItem, MenuTitle};

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
        <div class="facets images__tools" role="search">
            <SearchField
                label=tr("Search images")
                placeholder=tr("Name, id, tag or system")
                value=search
                described_by=Signal::derive(move || partial.get().then(|| SEARCH_HINT.to_owned()))
                on_search=on_search
            />
            <div class="facets__set" role="group" aria-label=tr("Filters")>
                {Facet::EACH.map(|facet| facet_menu(facet, shown)).collect_view()}
                {hidden_switch(shown)}
                <Show when=move || shown.query.with(ListQuery::is_narrowed)>
                    <Button
                        kind=ButtonKind::Quiet
                        on_press=move |_| {
                            // The button goes: the next thing to do is another search.
                            focus_in(document().document_element(), ".images__tools input[type=search]");
                            shown.go(&shown.query.get_untracked().cleared(), Step::Push);
                        }
                    >
                        {tr("Clear all")}
                    </Button>
                </Show>
            </div>
        </div>
        <div class="images__line">
            <span class="images__count" role="status">{move || count.get()}</span>
            <Freshness remote=feed.remote() />
            <Show when=move || partial.get()>
                <p class="images__hint" id=SEARCH_HINT>
                    {move || tr_with(
                        "Find in page sees only the rows on the screen; the search above looks through all {images}.",
                        &[("images", &format::count(shown.found.with(|found| found.in_tab), "image", "images"))],
                    )}
                </p>
            </Show>
            <span class="images__ends">
                {sort_menu(shown)}
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

/// Gives the focus to the first element of a kind.
fn focus_in(around: Option<Element>, selector: &str) {
    let found = around.and_then(|around| around.query_selector(selector).ok().flatten());
    if let Some(control) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
        // What cannot take it leaves it where it is.
        drop(control.focus());
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

/// A facet: a button that opens its choices and says which are chosen.
fn facet_menu(facet: Facet, shown: Shown) -> AnyView {
    let chosen = Memo::new(move |_| {
        let keys = shown.query.with(|query| query.values(facet).to_vec());
        shown
            .set
            .with(|set| keys.iter().map(|key| set.label(facet, key)).collect::<Vec<_>>().join(", "))
    });
    let is_set = move || chosen.with(|chosen| !chosen.is_empty());
    let button = move || {
        view! {
            {facet.label()}
            {move || is_set().then(|| view! { ": " <span class="facet__value">{chosen.get()}</span> })}
            {move || (!is_set()).then(|| view! { <Icon glyph=Glyph::Down small=true /> })}
        }
    };
    let clear = move |event: MouseEvent| {
        // The cross goes: the focus stays with its facet.
        let cross = event.current_target().and_then(|cross| cross.dyn_into::<Element>().ok());
        focus_in(cross.and_then(|cross| cross.parent_element()), ".facet__open");
        shown.go(&shown.query.get_untracked().without(facet), Step::Push);
    };
    view! {
        <span class="facet" data-set=move || is_set().then_some("")>
            <Menu button_class="facet__open" button=button>
                <MenuTitle>{facet.title()}</MenuTitle>
                {choices(facet, shown)}
            </Menu>
            <Show when=is_set>
                <button
                    class="facet__clear"
                    type="button"
                    aria-label=tr_with("Clear {filter}", &[("filter", &facet.label())])
                    on:click=clear
                >
                    <Icon glyph=Glyph::X small=true />
                </button>
            </Show>
        </span>
    }
    .into_any()
}

/// What can be chosen. Several values of a facet widen it; the menu stays open.
fn choices(facet: Facet, shown: Shown) -> AnyView {
    let all = Memo::new(move |_| {
        shown.query.with(|query| {
            shown
                .found
                .with(|found| shown.set.with(|set| set.choices(facet, found, query.values(facet))))
        })
    });
    let line = move |choice: Choice| {
        let key = choice.value.key.clone();
        let now = {
            let key = key.clone();
            Memo::new(move |_| {
                all.with(|all| {
                    let now = all.iter().find(|choice| choice.value.key == key);
                    now.map_or((false, 0), |choice| (choice.chosen, choice.count))
                })
            })
        };
        let toggle = move |_| {
            shown.go(&shown.query.get_untracked().with_toggled(facet, &key), Step::Push);
        };
        tick_item(choice.value.label, Signal::derive(move || now.get().0), toggle, move || {
            Some(format::thousands(u64::from(now.get().1)))
        })
    };
    view! {
        <For each=move || all.get() key=|choice| choice.value.key.clone() children=line />
        <Show when=move || all.read().is_empty()>
            <p class="menu__reason">{tr("There is nothing to choose from.")}</p>
        </Show>
    }
    .into_any()
}

/// A line of a menu that is on or off. It keeps the menu open, and the focus.
fn tick_item(
    label: String,
    on: Signal<bool>,
    toggle: impl Fn(web_sys::MouseEvent) + 'static,
    note: impl Fn() -> Option<String> + Send + 'static,
) -> AnyView {
    view! {
        <button
            class="menu__item"
            type="button"
            role="checkbox"
            aria-checked=move || if on.get() { "true" } else { "false" }
            on:click=toggle
        >
            <span class="menu__tick" aria-hidden="true">
                <Icon glyph=Glyph::Check small=true />
            </span>
            <span class="menu__word">{label}</span>
            <span class="menu__note">{note}</span>
        </button>
    }
    .into_any()
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

/// Cards have no heads to press: where rows are cards, the order is chosen here.
fn sort_menu(shown: Shown) -> AnyView {
    let item = move |column: Column| {
        let direction = Memo::new(move |_| shown.query.with(|query| query.direction(column)));
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
