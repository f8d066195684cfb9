//! The line between heading and table: search, facets, how many there are, how fresh the list is, the order of cards.

use leptos::prelude::*;

use super::Shown;
use super::facets::Facet;
use super::query::{Column, ListQuery};
use crate::components::Freshness;
use crate::components::list::{
    RefreshButton, SearchField, SortChoice, Step, facet_menu, sort_menu,
};
use crate::text::{format, tr, tr_with};
use crate::ui::{Button, ButtonKind};

/// Search, facets, how many there are, and how fresh the list is.
#[component]
pub fn Tools(
    /// The page's instances.
    shown: Shown,
) -> impl IntoView {
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
        <div class="facets listing__tools" role="search">
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
        <div class="listing__line">
            <span class="listing__count" role="status">{move || count.get()}</span>
            <Freshness remote=shown.servers.remote() />
            <span class="listing__ends">
                {order(shown)}
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

/// The order of the rows, where they are cards.
fn order(shown: Shown) -> AnyView {
    let choice = |column: Column| SortChoice {
        label: column.label(),
        direction: shown.direction(column),
        on_sort: shown.turn(column),
    };
    sort_menu(Column::EACH.into_iter().map(choice).collect())
}
