//! Heads of columns, the same choice as a menu, and the grey bars before the first answer.

use std::hash::Hash;

use leptos::prelude::*;

use super::{Selection, Share};
use crate::text::tr;
use crate::ui::{
    Direction, Glyph, Icon, Menu, MenuAlign, MenuItem, MenuTitle, SkeletonRows, SortButton,
};

/// A column that a list can be sorted by.
#[derive(Clone, Copy)]
pub struct SortChoice {
    /// The column's name.
    pub label: &'static str,
    /// How the list is sorted by it, if it is.
    pub direction: Memo<Option<Direction>>,
    /// Sort by it, or turn the order.
    pub on_sort: Callback<()>,
}

/// Cards have no heads to press: where rows are cards, the order is chosen here.
pub fn sort_menu(choices: Vec<SortChoice>) -> AnyView {
    let item = |choice: &SortChoice| {
        let SortChoice { label, direction, on_sort } = *choice;
        let note = Signal::derive(move || {
            let word = direction.get().map_or("", |direction| match direction {
                Direction::Up => tr("rising"),
                Direction::Down => tr("falling"),
            });
            word.to_owned()
        });
        let current = Signal::derive(move || direction.get().is_some());
        let press = move |()| on_sort.run(());
        view! { <MenuItem current=current note=note on_press=press>{label}</MenuItem> }
    };
    let items = move || choices.iter().map(item).collect_view();
    view! {
        <span class="listing__sort">
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

/// The head of the column of ticks: chooses everything that is listed, or nothing of it.
pub fn tick_all<I: Clone + Eq + Hash + Send + Sync + 'static>(selection: Selection<I>) -> AnyView {
    let share = Memo::new(move |_| selection.share());
    view! {
        <th scope="col" role="columnheader" class="cell-select">
            <input
                class="tick"
                type="checkbox"
                aria-label=tr("Select all that are listed")
                prop:checked=move || share.get() == Share::All
                prop:indeterminate=move || share.get() == Share::Part
                on:click=move |_| selection.press_all()
            />
        </th>
    }
    .into_any()
}

/// The head of a column that can be sorted by.
#[component]
pub fn SortHead(
    /// The column's name.
    label: &'static str,
    /// How the table is sorted by it, if it is.
    #[prop(into)]
    direction: Signal<Option<Direction>>,
    /// Sort by it, or turn the order.
    on_sort: Callback<()>,
    /// What happens to the column where it is narrow.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    view! {
        <th scope="col" role="columnheader" class=class aria-sort=move || direction.get().map(Direction::aria)>
            <SortButton label=label direction=direction on_sort=on_sort />
        </th>
    }
}

/// A list before its first answer.
#[component]
pub fn TableSkeleton(
    /// How many rows.
    rows: usize,
    /// What is being loaded: "Loading images".
    words: &'static str,
) -> impl IntoView {
    view! {
        <div class="table-box">
            <table class="table table--skeleton" role="presentation">
                <tbody><SkeletonRows rows=rows columns=6 /></tbody>
            </table>
        </div>
        <p class="visually-hidden" role="status">{words}</p>
    }
}
