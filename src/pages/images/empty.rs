//! When there is no row to show: what belongs here, and how it gets here.

use leptos::prelude::*;

use super::query::{ListQuery, Tab};
use super::{Extent, Shown};
use crate::cloud::use_cloud;
use crate::routes;
use crate::ui::{ButtonKind, ButtonLink, Copyable, Empty};

/// In place of the table.
#[component]
pub fn Nothing(
    /// The page's images.
    shown: Shown,
) -> impl IntoView {
    move || {
        let query = shown.query.get();
        match (shown.extent.get(), query.search.trim().is_empty()) {
            // What is searched for may be among the rows that are still coming.
            (Extent::Nothing | Extent::Part, _) => view! {
                <Empty title="Nothing so far" text=Signal::stored(Some("The rest of the list is on its way.".to_owned())) />
            }
            .into_any(),
            (Extent::Whole, false) => view! { <NotFound query=query shown=shown /> }.into_any(),
            (Extent::Whole, true) => view! { <NoneHere tab=query.tab /> }.into_any(),
        }
    }
}

/// The search finds nothing in this tab.
#[component]
fn NotFound(query: ListQuery, shown: Shown) -> impl IntoView {
    let everywhere = query.with_tab(Tab::All);
    let elsewhere = if query.tab == Tab::All {
        0
    } else {
        shown.set.with_untracked(|set| set.page(&everywhere).matching)
    };
    let place =
        if query.tab == Tab::All { String::new() } else { format!(" in {}", query.tab.label()) };
    let title = format!("No image matches “{}”{place}", query.search.trim());
    let text = "The search looks for every word in name, id, tags and system.".to_owned();
    let clear = query.with_search("").href();
    view! {
        <Empty title=title text=Signal::stored(Some(text))>
            <ButtonLink href=clear>"Clear the search"</ButtonLink>
            {(elsewhere > 0).then(|| view! {
                <ButtonLink href=everywhere.href()>{format!("Show {elsewhere} in All")}</ButtonLink>
            })}
        </Empty>
    }
}

/// The tab has no image at all.
#[component]
fn NoneHere(tab: Tab) -> impl IntoView {
    let text = |words: &str| Signal::stored(Some(words.to_owned()));
    match tab {
        Tab::Public => view! {
            <Empty title="No public images" text=text("The cloud offers none in this region. Bring your own.")><Create /></Empty>
        }
        .into_any(),
        Tab::Own => view! {
            <Empty
                title="No private images yet"
                text=text("Disk images that you upload, import from a URL or make from an instance are listed here. Only this project sees them.")
            >
                <Create />
            </Empty>
        }
        .into_any(),
        Tab::Shared => {
            let project = use_cloud().project().id.to_string();
            view! {
                <Empty
                    title="Nothing is shared with this project"
                    text=text("Images that other projects share with this one are listed here. To get one, give its owner the id of this project:")
                >
                    <Copyable text=project what="project id" />
                </Empty>
            }
            .into_any()
        }
        Tab::Community => view! {
            <Empty title="No community images" text=text("Images that other projects offer to everyone in this cloud are listed here.") />
        }
        .into_any(),
        Tab::All => view! {
            <Empty title="No images yet" text=text("The cloud offers none in this region, and this project has none of its own.")><Create /></Empty>
        }
        .into_any(),
    }
}

#[component]
fn Create() -> impl IntoView {
    view! { <ButtonLink kind=ButtonKind::Plain href=routes::CREATE_IMAGE>"Create image"</ButtonLink> }
}
