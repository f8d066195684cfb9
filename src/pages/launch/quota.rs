//! What this launch takes of the quotas: a bar each, used and asked for apart.

use leptos::prelude::*;

use super::capacity::{self, Demand};
use super::fields::Fields;
use super::supply::Supply;
use crate::text::{format, tr, tr_with};

/// The bars, how many of these can be started, and what could not be read.
#[component]
pub fn QuotaUse(
    /// What the cloud offers.
    supply: Supply,
    /// The form.
    fields: Fields,
) -> impl IntoView {
    let unread = move || {
        let sizes = supply
            .sizes
            .remote()
            .with(|remote| remote.value().is_some_and(|sizes| sizes.limits.is_err()));
        let disks = supply
            .disks
            .remote()
            .with(|remote| remote.value().is_some_and(|disks| disks.limits.is_err()));
        sizes || disks
    };
    let resources = Memo::new(move |_| {
        fields.demands.with(|all| all.iter().map(|demand| demand.resource).collect::<Vec<_>>())
    });
    view! {
        <Show when=move || !resources.read().is_empty()>
            <ul class="quota" aria-label=tr("What this takes of your quota")>
                <For each=move || resources.get() key=|resource| *resource let:resource>
                    {
                        let demand = Memo::new(move |_| {
                            fields.demands.with(|all| all.iter().find(|one| one.resource == resource).copied())
                        });
                        view! { <Bar demand=demand fields=fields /> }
                    }
                </For>
            </ul>
        </Show>
        {move || fields.demands.with(|all| capacity::sentence(all)).map(|words| view! { <p class="small">{words}</p> })}
        <Show when=unread>
            <p class="small muted">{tr("Your quota could not be read; the cloud checks it when you launch.")}</p>
        </Show>
    }
}

#[component]
fn Bar(demand: Memo<Option<Demand>>, fields: Fields) -> impl IntoView {
    let count = move || fields.count_now();
    let label = move || demand.get().map(|demand| demand.resource.label());
    let reading = move || demand.get().map(|demand| demand.reading(count()));
    let over = move || demand.get().is_some_and(|demand| demand.is_over(count()));
    let room = move || {
        demand.get().map(|demand| match demand.room() {
            0 => tr("no room").to_owned(),
            room => tr_with("room for {count}", &[("count", &format::thousands(room))]),
        })
    };
    let percent = |share: f64| format!("{:.2}%", share * 100.0);
    let shares = move || demand.get().map_or((0.0, 0.0), |demand| demand.shares(count()));
    view! {
        <li class="quota__row" data-over=move || over().then_some("")>
            <span class="quota__label">{label} <span class="quota__room">" · " {room}</span></span>
            <span class="quota__reading">{reading}</span>
            <svg class="quota__bar" aria-hidden="true" preserveAspectRatio="none">
                <rect class="quota__used" x="0" y="0" height="100%" width=move || percent(shares().0) />
                <rect class="quota__asked" y="0" height="100%" x=move || percent(shares().0) width=move || percent(shares().1) />
            </svg>
        </li>
    }
}
