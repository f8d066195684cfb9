//! The table of sizes. One that does not fit stays, with the reason under its name.

use leptos::prelude::*;
use openstack::FlavorId;
use openstack::compute::Flavor;

use super::capacity;
use super::fields::Fields;
use super::fit::{misfit, shown, usual};
use super::form::{Draft, Offer, Part};
use super::supply::Supply;
use super::supply::waiting;
use crate::text::{format, tr, tr_with};
use crate::ui::{Button, ButtonKind, Glyph, Icon, Section, unique_id};

/// A row.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    flavor: Flavor,
    why_not: Option<String>,
    can_start: Option<u64>,
}

/// The section.
#[component]
pub fn SizeSection(
    /// What the cloud offers.
    supply: Supply,
    /// The form.
    fields: Fields,
) -> impl IntoView {
    let rows = Memo::new(move |_| fields.against(rows).unwrap_or_default());
    let note = Signal::derive(move || {
        rows.with(|rows| {
            let fitting = rows.iter().filter(|row| row.why_not.is_none()).count();
            match rows.len() {
                0 => None,
                all if all == fitting => {
                    Some(tr_with("All {all} fit this image and your quota", &[("all", &all)]))
                }
                all => Some(tr_with(
                    "{fitting} of {all} fit this image and your quota",
                    &[("fitting", &fitting), ("all", &all)],
                )),
            }
        })
    });
    let error = fields.error_at_once(Part::Size);
    let loaded = Memo::new(move |_| rows.with(|rows| !rows.is_empty()));
    view! {
        <Section title=tr("Size") note=note>
            <div id=Part::Size.anchor() tabindex="-1" class="stack stack--tight">
                {waiting(supply.sizes, 6, move || {
                    choose_first(fields, rows);
                    view! { <Table fields=fields rows=rows /> }.into_any()
                })}
                <Show when=move || loaded.get()>
                    {move || error.get().map(|words| view! {
                        <p class="field__message"><Icon glyph=Glyph::Warn small=true /><span>{words}</span></p>
                    })}
                </Show>
            </div>
        </Section>
    }
}

fn rows(draft: &Draft, offer: &Offer) -> Vec<Row> {
    let row = |flavor: &Flavor| {
        let limits = offer.limits.as_ref();
        let why_not = misfit(flavor, &offer.needs, draft.disk, limits, &offer.architectures);
        let room = capacity::tightest(&capacity::demands(draft, flavor, offer));
        Row {
            flavor: flavor.clone(),
            why_not: why_not.map(super::fit::Misfit::words),
            can_start: room.map(|(_, room)| room),
        }
    };
    offer.flavors.iter().map(row).collect()
}

/// One that is pleasant to use, unless one was chosen before; a link may name it.
fn choose_first(fields: Fields, rows: Memo<Vec<Row>>) {
    rows.with_untracked(|rows| {
        let flavors: Vec<Flavor> = rows.iter().map(|row| row.flavor.clone()).collect();
        let fits: Vec<bool> = rows.iter().map(|row| row.why_not.is_none()).collect();
        let (windows, disk) = untrack(|| (fields.is_windows(), fields.disk_now()));
        let first = usual(&flavors, &fits, windows, disk);
        let default: Vec<String> = first
            .and_then(|at| flavors.get(at))
            .map(|one| one.id.to_string())
            .into_iter()
            .collect();
        // No two sizes of a cloud have one name.
        let id_of =
            |name: &str| flavors.iter().find(|one| one.name == name).map(|one| one.id.to_string());
        fields.begin(Part::Size, &default, id_of);
    });
}

#[component]
fn Table(fields: Fields, rows: Memo<Vec<Row>>) -> impl IntoView {
    let everything = RwSignal::new(false);
    let ids = Memo::new(move |_| {
        rows.with(|rows| {
            let id = |at: &usize| rows.get(*at).map(|row| row.flavor.id.clone());
            if everything.get() {
                return rows.iter().map(|row| row.flavor.id.clone()).collect::<Vec<_>>();
            }
            let fits: Vec<bool> = rows.iter().map(|row| row.why_not.is_none()).collect();
            // Where the chosen one stood when the table was drawn: rows do not jump while one chooses.
            let chosen = fields.flavor.get_untracked();
            let chosen = rows.iter().position(|row| row.flavor.id.as_str() == chosen);
            shown(&fits, chosen).iter().filter_map(id).collect()
        })
    });
    let all = Memo::new(move |_| rows.with(Vec::len));
    let hidden = Memo::new(move |_| ids.with(Vec::len) < all.get());
    let any_local =
        Memo::new(move |_| rows.with(|rows| rows.iter().any(|row| row.flavor.disk_gib > 0)));
    let any_limit =
        Memo::new(move |_| rows.with(|rows| rows.iter().any(|row| row.can_start.is_some())));
    view! {
        <div class="panel panel--flush flavors">
            <div class="panel__body">
                <div class="table-box">
                    <table class="table" aria-label=tr("Sizes")>
                        <thead class="table__head">
                            <tr>
                                <th scope="col"><span class="visually-hidden">{tr("Choose")}</span></th>
                                <th scope="col">{tr("Size")}</th>
                                <th scope="col" class="num">{tr("Cores")}</th>
                                <th scope="col" class="num">{tr("RAM")}</th>
                                <Show when=move || any_local.get()><th scope="col" class="num cell-wide">{tr("Local disk")}</th></Show>
                                <Show when=move || any_limit.get()><th scope="col" class="num cell-wide">{tr("Can start")}</th></Show>
                            </tr>
                        </thead>
                        <tbody>
                            <For each=move || ids.get() key=|id| id.clone() let:id>
                                <SizeRow id=id fields=fields rows=rows any_local=any_local any_limit=any_limit />
                            </For>
                        </tbody>
                    </table>
                </div>
            </div>
            <Show when=move || hidden.get()>
                <p class="panel__foot">
                    <Button kind=ButtonKind::Quiet small=true icon=Glyph::Down on_press=move |_| everything.set(true)>
                        {move || tr_with("Show all {all} sizes", &[("all", &all.get())])}
                    </Button>
                </p>
            </Show>
        </div>
    }
}

#[component]
fn SizeRow(
    id: FlavorId,
    fields: Fields,
    rows: Memo<Vec<Row>>,
    any_local: Memo<bool>,
    any_limit: Memo<bool>,
) -> impl IntoView {
    let find = {
        let id = id.clone();
        move |rows: &Vec<Row>| rows.iter().find(|row| row.flavor.id == id).cloned()
    };
    let row = Memo::new(move |_| rows.with(&find));
    let flavor = row.with_untracked(|row| row.as_ref().map(|row| row.flavor.clone()))?;
    let why_not =
        Memo::new(move |_| row.with(|row| row.as_ref().and_then(|row| row.why_not.clone())));
    let reason_id = unique_id("size");
    let chosen = {
        let id = id.clone();
        Memo::new(move |_| fields.flavor.with(|chosen| chosen == id.as_str()))
    };
    let choose = move || {
        if why_not.read_untracked().is_none() {
            fields.flavor.set(id.to_string());
        }
    };
    let by_row = choose.clone();
    let can_start = move || {
        row.with(|row| {
            let row = row.as_ref().filter(|row| row.why_not.is_none())?;
            row.can_start.map(format::thousands)
        })
    };
    let described_by = {
        let reason_id = reason_id.clone();
        move || why_not.read().is_some().then(|| reason_id.clone())
    };
    let local =
        if flavor.disk_gib > 0 { format::disk(flavor.disk_gib) } else { format::NONE.to_owned() };
    Some(view! {
        <tr
            class="table__row"
            data-dimmed=move || why_not.read().is_some().then_some("")
            on:click=move |_| by_row()
        >
            <td>
                <input
                    class="tick"
                    type="radio"
                    name="flavor"
                    aria-label=flavor.name.clone()
                    aria-describedby=described_by
                    disabled=move || why_not.read().is_some()
                    prop:checked=move || chosen.get()
                    on:change=move |_| choose()
                />
            </td>
            <td class="table__name table__name--wrap">
                <strong class="nowrap">{flavor.name}</strong>
                {move || why_not.get().map(|words| view! {
                    <span class="table__reason" id=reason_id.clone()>{words}</span>
                })}
            </td>
            <td class="num">{flavor.vcpus}</td>
            <td class="num">{format::ram(flavor.ram_mib)}</td>
            <Show when=move || any_local.get()>
                <td class="num cell-wide" class:faint=flavor.disk_gib == 0>{local.clone()}</td>
            </Show>
            <Show when=move || any_limit.get()>
                <td class="num cell-wide">{move || can_start().unwrap_or_else(|| format::NONE.to_owned())}</td>
            </Show>
        </tr>
    })
}
