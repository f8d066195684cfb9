//! The bar over the list's end while images are chosen.

use leptos::prelude::*;

use super::Bulk;
use super::plan::{Deed, Plan};
use crate::cloud::use_cloud;
use crate::text::{format, tr, tr_with};
use crate::ui::{Button, ButtonKind, Glyph, Icon, Menu, MenuAlign, MenuItem};

/// The id of what the bar says about those that are left out.
const NOTE: &str = "images-bulk-note";

/// How many are chosen, and what can be done with them.
#[component]
pub fn BulkBar(
    /// The page's work on several images.
    bulk: Bulk,
) -> impl IntoView {
    let chosen = bulk.selection.chosen;
    let any = Memo::new(move |_| chosen.with(|chosen| !chosen.is_empty()) || bulk.run.is_going());
    view! {
        <Show when=move || any.get()>{bar(bulk)}</Show>
        <p class="visually-hidden" role="status">
            // Not at each image that is done: a toast tells the end.
            {move || (any.get() && !bulk.run.is_going()).then(|| count_words(bulk))}
        </p>
    }
}

fn bar(bulk: Bulk) -> AnyView {
    let chosen = bulk.selection.chosen;
    let read_only = use_cloud().why_read_only();
    let plan = move |deed: Deed| chosen.with(|chosen| Plan::new(deed, chosen));
    let read_only = StoredValue::new(read_only);
    let why_not = move |deed: Deed| {
        Signal::derive(move || {
            if let Some(why) = read_only.get_value() {
                return Some(why);
            }
            let plan = plan(deed);
            if plan.can.is_empty() { plan.left_out() } else { None }
        })
    };
    let words = move |deed: Deed| {
        move || {
            let (can, all) = (plan(deed).can.len(), chosen.with(Vec::len));
            if can == all || can == 0 {
                return deed.verb().to_owned();
            }
            let can = format::thousands(can as u64);
            let all = format::thousands(all as u64);
            tr_with(
                "{verb} {count} of {total}",
                &[("verb", &deed.verb()), ("count", &can), ("total", &all)],
            )
        }
    };
    let button = move |deed: Deed, glyph: Glyph, kind: ButtonKind| {
        view! {
            <Button
                kind=kind
                small=true
                icon=glyph
                why_not=why_not(deed)
                reason_at=NOTE
                on_press=move |_| bulk.ask(deed)
            >
                {words(deed)}
            </Button>
        }
        .into_any()
    };
    let item = move |deed: Deed, glyph: Glyph| {
        view! { <MenuItem icon=glyph on_press=move |()| bulk.ask(deed) why_not=why_not(deed)>{words(deed)}</MenuItem> }
            .into_any()
    };
    let offers =
        Memo::new(move |_| chosen.with(|chosen| chosen.iter().any(|entry| entry.is_unanswered())));
    let protect = Memo::new(move |_| {
        chosen.with(|chosen| chosen.iter().any(|entry| entry.own && !entry.image.protected))
    });
    let note = move || {
        read_only.get_value().or_else(|| {
            let (delete, share) = (plan(Deed::Delete), plan(Deed::Share));
            let left_out = delete.left_out();
            // Of what cannot be done at all the reason is told, unless it is the same.
            let not_shared = share
                .left_out()
                .filter(|reasons| share.can.is_empty() && left_out.as_ref() != Some(reasons))
                .map(|reasons| format!("{}: {reasons}", Deed::Share.verb()));
            let not_deleted = left_out
                .filter(|_| !offers.get() || delete.can.is_empty())
                .map(|reasons| tr_with("Not deleted: {reasons}", &[("reasons", &reasons)]));
            let parts: Vec<String> = [not_deleted, not_shared].into_iter().flatten().collect();
            (!parts.is_empty()).then(|| parts.join(" · "))
        })
    };
    view! {
        <div class="bulk" role="group" aria-label=tr("Selected images")>
            <span class="bulk__count">{move || count_words(bulk)}</span>
            {move || if bulk.run.is_going() {
                view! {
                    <Button small=true on_press=move |_| bulk.open.set(true)>{tr("Show progress")}</Button>
                }.into_any()
            } else {
                view! {
                    {move || offers.get().then(|| view! {
                        {button(Deed::Accept, Glyph::Check, ButtonKind::Plain)}
                        {button(Deed::Reject, Glyph::X, ButtonKind::Quiet)}
                    })}
                    {move || if protect.get() {
                        button(Deed::Protect, Glyph::Lock, ButtonKind::Quiet)
                    } else {
                        button(Deed::Unprotect, Glyph::Unlock, ButtonKind::Quiet)
                    }}
                    {button(Deed::Share, Glyph::Share, ButtonKind::Quiet)}
                    {button(Deed::Delete, Glyph::Trash, ButtonKind::Quiet)}
                    <Menu
                        button_class="button button--quiet button--s button--icon"
                        label=Signal::stored(tr("More for the selected images").to_owned())
                        button=|| view! { <Icon glyph=Glyph::More /> }
                        align=MenuAlign::End
                    >
                        {move || if protect.get() {
                            item(Deed::Unprotect, Glyph::Unlock)
                        } else {
                            item(Deed::Protect, Glyph::Lock)
                        }}
                        {item(Deed::Tag, Glyph::Edit)}
                        {item(Deed::Unshare, Glyph::X)}
                        {item(Deed::Deactivate, Glyph::Pause)}
                        {item(Deed::Reactivate, Glyph::Play)}
                        {item(Deed::Accept, Glyph::Check)}
                        {item(Deed::Reject, Glyph::Stop)}
                    </Menu>
                }.into_any()
            }}
            <span class="bulk__note" id=NOTE>{note}</span>
            <Button kind=ButtonKind::Quiet small=true on_press=move |_| {
                bulk.selection.clear();
                super::dialog::focus_around(bulk);
            }>
                {tr("Clear selection")}
            </Button>
        </div>
    }
    .into_any()
}

/// "2 selected · 32.8 GB · 1 not in view", "12 of 30 done".
fn count_words(bulk: Bulk) -> String {
    if let Some(progress) = bulk.run.progress.get().filter(|progress| !progress.over) {
        let gone = progress.done + progress.failed.len();
        return tr_with("{count} of {total} done", &[("count", &gone), ("total", &progress.total)]);
    }
    bulk.selection.chosen.with(|chosen| {
        let count = format::thousands(chosen.len() as u64);
        let mut parts = vec![tr_with("{count} selected", &[("count", &count)])];
        let size_bytes: u64 = chosen.iter().filter_map(|entry| entry.image.size_bytes).sum();
        if size_bytes > 0 {
            parts.push(format::bytes(size_bytes));
        }
        bulk.selection.share();
        match bulk.selection.out_of_sight() {
            0 => {}
            hidden => parts.push(tr_with("{count} not in this list", &[("count", &hidden)])),
        }
        parts.join(" · ")
    })
}
