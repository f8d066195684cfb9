//! One row of the list: elements that are made once and given from instance to instance while the page is scrolled
//! (`components/list/drawn.rs`). What can take the focus stays in the document and only its words change, so that a look at
//! the cloud never takes it away.

use std::any::Any;

use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use openstack::Timestamp;
use openstack::compute::Server;
use web_sys::HtmlElement;

use super::Shown;
use super::table::MENU;
use crate::clock;
use crate::components::OsMark;
use crate::components::list::{Part, RowView, focus_in_place, row_index};
use crate::components::server::{
    Deed, Deeds, Next, ServerState, boot_volume, origin_id, origin_name, properties,
};
use crate::routes;
use crate::text::{format, tr, tr_with};
use crate::ui::{CopyButton, Entry, Glyph, Icon, Status, TimeAgo};

/// A row of the table; a card where it is narrow.
pub struct InstanceRow {
    element: HtmlElement,
    server: RwSignal<Server>,
    number: RwSignal<usize>,
    chosen: RwSignal<bool>,
    /// What keeps its words up to date; gone with it.
    owner: Owner,
    _drawn: Box<dyn Any>,
}

impl Drop for InstanceRow {
    fn drop(&mut self) {
        self.owner.cleanup();
    }
}

impl RowView for InstanceRow {
    fn element(&self) -> &HtmlElement {
        &self.element
    }

    fn focus(&self, part: Part) {
        let selector = if part == Part::Tick { ".tick" } else { ".entry__name" };
        focus_on(&self.element, selector);
    }
}

/// What rows need besides their instance. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Around {
    /// The page's instances.
    pub shown: Shown,
    /// The time, for ages.
    pub now: ReadSignal<Timestamp>,
    /// What can be done.
    pub deeds: Deeds,
}

impl InstanceRow {
    /// Makes one that shows an instance. It lives in `page`, however often the rows are drawn.
    pub fn new(page: &Owner, around: Around, first: &Server) -> Option<Self> {
        let owner = page.with(Owner::new);
        let server = owner.with(|| RwSignal::new(first.clone()));
        let (number, chosen) = owner.with(|| (RwSignal::new(0), RwSignal::new(false)));
        let (element, drawn) = owner.with(|| {
            let row: NodeRef<html::Tr> = NodeRef::new();
            let drawn = view(row, server, number, chosen, around).build();
            (row.get_untracked().map(HtmlElement::from), drawn)
        });
        let element = element?;
        Some(Self { element, server, number, chosen, owner, _drawn: Box::new(drawn) })
    }

    /// Shows an instance at a place of the list.
    pub fn show(&self, server: &Server, number: usize, chosen: bool) {
        if self.server.with_untracked(|known| known != server) {
            self.server.set(server.clone());
        }
        if self.number.get_untracked() != number {
            self.number.set(number);
        }
        if self.chosen.get_untracked() != chosen {
            self.chosen.set(chosen);
        }
    }
}

fn focus_on(row: &HtmlElement, selector: &str) {
    if let Ok(Some(found)) = row.query_selector(selector)
        && let Some(control) = found.dyn_ref::<HtmlElement>()
    {
        focus_in_place(control);
    }
}

fn view(
    row: NodeRef<html::Tr>,
    server: RwSignal<Server>,
    number: RwSignal<usize>,
    chosen: RwSignal<bool>,
    around: Around,
) -> AnyView {
    let Around { shown, now, deeds } = around;
    let name = Signal::derive(move || server.with(display_name));
    let id = Signal::derive(move || server.with(|server| server.id.to_string()));
    let details = Signal::derive(move || routes::instance(&id.get()));
    let distro = Memo::new(move |_| {
        shown.origins.with(|origins| {
            server.with(|server| {
                properties(server, origins).and_then(|image| image.get("os_distro").cloned())
            })
        })
    });
    let mark = move || view! { <OsMark distro=distro /> };
    let no_address = Memo::new(move |_| server.with(|server| server.all_addresses().is_empty()));
    view! {
        <tr
            class="table__row"
            role="row"
            node_ref=row
            aria-rowindex=move || row_index(number.get())
            aria-selected=move || if chosen.get() { "true" } else { "false" }
        >
            <td class="cell-select" role="cell">
                <input
                    class="tick"
                    type="checkbox"
                    aria-label=move || tr_with("Select {name}", &[("name", &name.get())])
                    prop:checked=chosen
                />
            </td>
            <td class="table__name" role="cell"><Entry href=details name=name id=id mark=mark /></td>
            <td class="cell-status col-state" role="cell"><RowStatus server=server /></td>
            <td class="cell-facts col-address" role="cell" data-first=move || (!no_address.get()).then_some("")>
                <Addresses server=server />
            </td>
            <td class="cell-facts col-flavor" role="cell" data-first=move || no_address.get().then_some("") data-last><Size server=server /></td>
            <td class="cell-minor cell-second col-origin" role="cell"><Origin server=server shown=shown /></td>
            <td class="cell-minor cell-second num table__muted col-created" role="cell"><Created server=server now=now /></td>
            <td class="cell-actions" role="cell">{actions(row, server, name, details, deeds)}</td>
        </tr>
    }
    .into_any()
}

fn display_name(server: &Server) -> String {
    if server.name.is_empty() { tr("Without a name").to_owned() } else { server.name.clone() }
}

fn nothing() -> AnyView {
    view! { <span class="faint">{format::NONE}</span> }.into_any()
}

#[component]
fn RowStatus(server: RwSignal<Server>) -> impl IntoView {
    let state = Memo::new(move |_| server.with(ServerState::of));
    view! {
        <Status
            shape=Signal::derive(move || state.with(|state| state.shape))
            word=Signal::derive(move || state.with(|state| state.word.clone()))
            note=Signal::derive(move || state.with(|state| state.note.clone()))
        />
    }
}

/// The address people connect to, to be copied, and how many more there are.
#[component]
fn Addresses(server: RwSignal<Server>) -> impl IntoView {
    let addresses = Memo::new(move |_| {
        server.with(|server| {
            let all = server.all_addresses();
            all.into_iter().map(|address| address.addr.clone()).collect::<Vec<_>>()
        })
    });
    move || {
        let all = addresses.get();
        let Some(first) = all.first().cloned() else { return nothing() };
        let more = all.len() - 1;
        view! {
            <span class="copyable">
                <code class="copyable__text" title=all.join(", ")>{first.clone()}</code>
                <CopyButton text=first what=tr("address") />
                {(more > 0).then(|| view! { <span class="table__muted">"+"{more}</span> })}
            </span>
        }
        .into_any()
    }
}

#[component]
fn Size(server: RwSignal<Server>) -> impl IntoView {
    let words = Memo::new(move |_| {
        server.with(|server| {
            let flavor = server.flavor.as_ref()?;
            let name =
                flavor.name.clone().or_else(|| flavor.id.as_ref().map(ToString::to_string))?;
            let figures = flavor.vcpus.zip(flavor.ram_mib).map(|(vcpus, ram_mib)| {
                let cores = if vcpus == 1 { tr("core") } else { tr("cores") };
                format!("{vcpus} {cores}, {}", format::ram(ram_mib))
            });
            Some((name, figures))
        })
    });
    move || match words.get() {
        None => nothing(),
        Some((name, figures)) => view! { <span title=figures>{name}</span> }.into_any(),
    }
}

/// The image it was made from, by name, as a link; the volume it boots from says less.
#[component]
fn Origin(server: RwSignal<Server>, shown: Shown) -> impl IntoView {
    let found = Memo::new(move |_| {
        shown.origins.with(|origins| {
            server.with(|server| {
                let id = origin_id(server, origins).map(|id| routes::image(id.as_str()));
                (id, origin_name(server, origins), boot_volume(server).is_some())
            })
        })
    });
    move || match found.get() {
        (Some(href), Some(name), _) => {
            view! { <a class="table__link" href=href>{name}</a> }.into_any()
        }
        (None, Some(name), _) => view! { <span>{name}</span> }.into_any(),
        (Some(_), None, _) if shown.settled.get() => {
            view! { <span class="table__muted">{tr("Gone or not yours")}</span> }.into_any()
        }
        (None, None, true) => view! { <span class="table__muted">{tr("Volume")}</span> }.into_any(),
        _ => nothing(),
    }
}

#[component]
fn Created(server: RwSignal<Server>, now: ReadSignal<Timestamp>) -> impl IntoView {
    let then = Memo::new(move |_| server.with(|server| server.created));
    move || match then.get() {
        None => nothing(),
        Some(then) => {
            let offset = clock::offset_at(then);
            view! {
                <TimeAgo
                    words=Signal::derive(move || format::ago(then, now.get(), offset))
                    exact=then.to_string()
                    title=format::moment(then, offset)
                />
            }
            .into_any()
        }
    }
}

/// The likely next action, and the rest behind one button. Link and button are both there, one of them hidden: what was
/// pressed does not vanish under the finger.
fn actions(
    row: NodeRef<html::Tr>,
    server: RwSignal<Server>,
    name: Signal<String>,
    details: Signal<String>,
    deeds: Deeds,
) -> AnyView {
    let next = Memo::new(move |_| {
        server.with(|server| match Next::of(server) {
            Next::Do(deed) if deeds.reason_against(deed, server).is_some() => Next::Open,
            next => next,
        })
    });
    let deed = move || match next.get() {
        Next::Do(deed) => Some(deed),
        _ => None,
    };
    let label = move || format!("{} {}", next.get().label(), name.get());
    let busy = move || server.with(|server| deeds.is_busy(&server.id));
    let press = move |_| {
        if let Some(deed) = deed()
            && !untrack(busy)
        {
            deeds.press(deed, server.get_untracked());
        }
    };
    let (link, button) = (NodeRef::<html::A>::new(), NodeRef::<html::Button>::new());
    // One of the two is there. When it is the other's turn, the focus of the one that goes stays in the row: it is moved
    // before, as the browser drops what is hidden.
    Effect::new(move || {
        let acts = deed().is_some();
        let (Some(link), Some(button)) = (link.get(), button.get()) else { return };
        let goes: &HtmlElement = if acts { &link } else { &button };
        let leaves = document().active_element().is_some_and(|active| active == **goes);
        link.set_hidden(acts);
        button.set_hidden(!acts);
        if leaves && let Some(row) = row.get_untracked() {
            focus_on(&HtmlElement::from(row), ".entry__name");
        }
    });
    view! {
        <span class="table__actions">
            <a
                class="button button--quiet button--s button--next"
                href=details
                node_ref=link
                aria-label=label
            >
                {move || next.get().label()}
            </a>
            <button
                class="button button--quiet button--s button--next"
                type="button"
                node_ref=button
                hidden
                aria-label=label
                aria-busy=move || busy().then_some("true")
                on:click=press
            >
                {move || deed().map(Deed::verb)}
            </button>
            <button
                class="button button--quiet button--s button--icon"
                type="button"
                popovertarget=MENU
                aria-expanded="false"
                aria-label=move || tr_with("Actions for {name}", &[("name", &name.get())])
            >
                <Icon glyph=Glyph::More />
            </button>
        </span>
    }
    .into_any()
}
