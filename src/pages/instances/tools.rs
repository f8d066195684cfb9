//! The line between heading and table: search, facets, how many there are, how fresh the list is, the order of cards.

use leptos::prelude::*;

use super::Shown;
use super::facets::Facet;
use super::query::{Column, ListQuery};
use crate::components::Freshness;
use crate::components::list::{RefreshButton, SearchField, Step, facet_menu};
use crate::text::{format, tr, tr_with};
use crate::ui::{Button, ButtonKind, Direction, Glyph, Icon, Menu, MenuAlign, MenuItem, MenuTitle};

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
