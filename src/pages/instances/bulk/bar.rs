//! The bar over the list's end while instances are chosen.

use leptos::prelude::*;

use super::super::focus_on;
use super::Bulk;
use super::plan::Plan;
use crate::cloud::Cloud;
use crate::components::server::Deed;
use crate::text::{format, tr, tr_with};
use crate::ui::{Button, ButtonKind, Glyph};

/// The id of what the bar says about those that are left out.
const NOTE: &str = "instances-bulk-note";

/// How many are chosen, and what can be done with them.
#[component]
pub fn BulkBar(
    /// The page's work on several instances.
    bulk: Bulk,
) -> impl IntoView {
    let any = Memo::new(move |_| bulk.chosen.with(|chosen| !chosen.is_empty()) || bulk.is_going());
    view! {
        <Show when=move || any.get()>{bar(bulk)}</Show>
        <p class="visually-hidden" role="status">
            {move || (any.get() && !bulk.is_going()).then(|| count_words(bulk))}
        </p>
    }
}

fn count_words(bulk: Bulk) -> String {
    let chosen = bulk.chosen.with(Vec::len);
    let count = format::thousands(chosen as u64);
    let mut parts = vec![tr_with("{count} selected", &[("count", &count)])];
    bulk.shown.selection.share();
    let hidden = chosen.saturating_sub(bulk.shown.selection.in_sight());
    if hidden > 0 {
        parts.push(tr_with("{count} not in this list", &[("count", &hidden)]));
    }
    parts.join(" · ")
}

fn bar(bulk: Bulk) -> AnyView {
    let read_only = StoredValue::new(bulk.cloud.with_value(Cloud::why_read_only));
    let plan = move |deed: Deed| bulk.chosen.with(|chosen| Plan::new(deed, chosen));
    let button = move |deed: Deed, glyph: Glyph| {
        let why_not = Signal::derive(move || {
            let nothing = || {
                let plan = plan(deed);
                if plan.can.is_empty() { plan.left_out() } else { None }
            };
            read_only.get_value().or_else(nothing)
        });
        let words = move || {
            let (can, all) = (plan(deed).can.len(), bulk.chosen.with(Vec::len));
            if can == all || can == 0 {
                return deed.verb().to_owned();
            }
            let (can, all) = (format::thousands(can as u64), format::thousands(all as u64));
            tr_with(
                "{verb} {count} of {total}",
                &[("verb", &deed.verb()), ("count", &can), ("total", &all)],
            )
        };
        view! {
            <Button
                kind=ButtonKind::Quiet
                small=true
                icon=glyph
                why_not=why_not
                reason_at=NOTE
                on_press=move |_| bulk.ask(deed)
            >
                {words}
            </Button>
        }
        .into_any()
    };
    let note = move || {
        read_only.get_value().or_else(|| {
            let parts: Vec<String> = [Deed::Start, Deed::Stop, Deed::Reboot, Deed::Delete]
                .into_iter()
                .map(plan)
                .filter(|plan| plan.can.is_empty())
                .filter_map(|plan| Some(format!("{}: {}", plan.deed.verb(), plan.left_out()?)))
                .collect();
            (!parts.is_empty()).then(|| parts.join(" · "))
        })
    };
    view! {
        <div class="bulk" role="group" aria-label=tr("Selected instances")>
            <span class="bulk__count">{move || count_words(bulk)}</span>
            {move || if bulk.is_going() {
                view! {
                    <Button small=true on_press=move |_| bulk.open.set(true)>{tr("Show progress")}</Button>
                }.into_any()
            } else {
                view! {
                    {button(Deed::Start, Glyph::Play)}
                    {button(Deed::Stop, Glyph::Stop)}
                    {button(Deed::Reboot, Glyph::Retry)}
                    {button(Deed::Delete, Glyph::Trash)}
                }.into_any()
            }}
            <span class="bulk__note" id=NOTE>{note}</span>
            <Button kind=ButtonKind::Quiet small=true on_press=move |_| {
                bulk.shown.selection.clear();
                request_animation_frame(move || focus_on(bulk.around));
            }>
                {tr("Clear selection")}
            </Button>
        </div>
    }
    .into_any()
}
