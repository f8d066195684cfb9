//! When there is no row to show: what belongs here, and how it gets here.

use leptos::prelude::*;

use super::query::{ListQuery, Tab};
use super::{Extent, Shown};
use crate::cloud::use_cloud;
use crate::routes;
use crate::text::{format, tr, tr_with};
use crate::ui::{ButtonKind, ButtonLink, Copyable, Empty};

/// In place of the table.
#[component]
pub fn Nothing(
    /// The page's images.
    shown: Shown,
) -> impl IntoView {
    move || {
        let query = shown.query.get();
        match (shown.extent.get(), query.is_narrowed()) {
            // What is searched for may be among the rows that are still coming.
            (Extent::Nothing | Extent::Part, _) => view! {
                <Empty
                    title=tr("Nothing so far")
                    text=Signal::derive(move || (!shown.broken.get()).then(|| tr("The rest of the list is on its way.").to_owned()))
                />
            }
            .into_any(),
            (Extent::Whole, true) => not_found(query, shown),
            (Extent::Whole, false) => none_here(query.tab),
        }
    }
}

/// Search and facets let nothing through in this tab.
fn not_found(query: ListQuery, shown: Shown) -> AnyView {
    let everywhere = query.with_tab(Tab::All);
    let elsewhere = if query.tab == Tab::All {
        0
    } else {
        shown.set.with_untracked(|set| set.find(&everywhere).rows.len())
    };
    let search = query.search.trim().to_owned();
    let title = match (search.is_empty(), query.tab) {
        (true, Tab::All) => tr("No image matches these filters").to_owned(),
        (true, tab) => tr_with("No image in {tab} matches these filters", &[("tab", &tab.label())]),
        (false, Tab::All) => tr_with("No image matches “{search}”", &[("search", &search)]),
        (false, tab) => tr_with(
            "No image matches “{search}” in {tab}",
            &[("search", &search), ("tab", &tab.label())],
        ),
    };
    let text = match query.has_facets() {
        false => tr("The search looks for every word in name, id, tags and system."),
        true => tr("Every filter has to fit: the more are set, the less is found."),
    };
    let without_search =
        (query.has_facets() && !search.is_empty()).then(|| query.with_search("").href());
    let cleared = query.cleared().href();
    let clear = if query.has_facets() { tr("Clear all") } else { tr("Clear the search") };
    view! {
        <Empty title=title text=Signal::stored(Some(text.to_owned()))>
            <ButtonLink href=cleared>{clear}</ButtonLink>
            {without_search.map(|href| view! { <ButtonLink href=href>{tr("Clear the search")}</ButtonLink> })}
            {(elsewhere > 0).then(|| view! {
                <ButtonLink href=everywhere.href()>
                    {tr_with("Show {count} in All", &[("count", &format::thousands(elsewhere as u64))])}
                </ButtonLink>
            })}
        </Empty>
    }
    .into_any()
}

/// The tab has no image at all.
fn none_here(tab: Tab) -> AnyView {
    let text = |words: &'static str| Signal::stored(Some(words.to_owned()));
    match tab {
        Tab::Public => view! {
            <Empty title=tr("No public images") text=text(tr("The cloud offers none in this region. Bring your own."))><Create /></Empty>
        }
        .into_any(),
        Tab::Own => view! {
            <Empty
                title=tr("No private images yet")
                text=text(tr("Disk images that you upload, import from a URL or make from an instance are listed here. Only this project sees them."))
            >
                <Create />
            </Empty>
        }
        .into_any(),
        Tab::Shared => {
            let project = use_cloud().project().id.to_string();
            view! {
                <Empty
                    title=tr("Nothing is shared with this project")
                    text=text(tr("Images that other projects share with this one are listed here. To get one, give its owner the id of this project:"))
                >
                    <Copyable text=project what=tr("project id") />
                </Empty>
            }
            .into_any()
        }
        Tab::Community => view! {
            <Empty title=tr("No community images") text=text(tr("Images that other projects offer to everyone in this cloud are listed here.")) />
        }
        .into_any(),
        Tab::All => view! {
            <Empty title=tr("No images yet") text=text(tr("The cloud offers none in this region, and this project has none of its own."))><Create /></Empty>
        }
        .into_any(),
    }
}

#[component]
fn Create() -> impl IntoView {
    view! { <ButtonLink kind=ButtonKind::Plain href=routes::CREATE_IMAGE>{tr("Create image")}</ButtonLink> }
}
