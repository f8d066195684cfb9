//! The rows, or what stands in their place.

use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;

use super::table::InstanceTable;
use super::{Shown, focus_on};
use crate::components::ErrorNote;
use crate::components::list::{Step, TableSkeleton};
use crate::components::server::Deeds;
use crate::remote::Phase;
use crate::routes;
use crate::text::{format, tr, tr_with};
use crate::ui::{Button, ButtonLink, Empty, Glyph};

/// The rows, or what stands in their place.
#[component]
pub fn Results(
    /// The page's instances.
    shown: Shown,
    /// What can be done.
    deeds: Deeds,
    /// Takes the focus of what goes.
    results: NodeRef<html::Div>,
) -> impl IntoView {
    let servers = shown.servers;
    let phase = Memo::new(move |_| servers.remote().with(|remote| remote.phase()));
    let error = Memo::new(move |_| servers.remote().with(|remote| remote.error.clone()));
    let has_rows = Memo::new(move |_| shown.total.get() > 0);
    // What had the focus goes with the last row: then the list's place takes it.
    Effect::new(move |before: Option<bool>| {
        let now = has_rows.get();
        if before == Some(true) && !now {
            request_animation_frame(move || {
                let lost = document().active_element().is_none_or(|active| {
                    Some(active.unchecked_ref()) == document().body().as_ref()
                });
                if lost {
                    focus_on(results);
                }
            });
        }
        now
    });
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
