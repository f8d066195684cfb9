//! One instance in the list. What can take the focus is made once and only its words change, so that a look at the
//! cloud never takes it away.

use leptos::prelude::*;
use openstack::ServerId;
use openstack::Timestamp;
use openstack::compute::Server;

use super::Shown;
use crate::clock;
use crate::components::OsMark;
use crate::components::server::{
    DeedButton, Deeds, Next, ServerMenuItems, ServerState, boot_volume, origin_id, origin_name,
    properties,
};
use crate::routes;
use crate::text::{format, tr, tr_with};
use crate::ui::{Entry, Glyph, Icon, Menu, MenuAlign, Status, TimeAgo};

/// A row of the table; a card where it is narrow.
#[component]
pub fn InstanceRow(
    /// Which instance.
    id: ServerId,
    /// The page's instances.
    shown: Shown,
    /// The time, for ages.
    now: ReadSignal<Timestamp>,
    /// What can be done.
    deeds: Deeds,
) -> impl IntoView {
    let details = routes::instance(id.as_str());
    let find = {
        let id = id.clone();
        move || {
            shown.servers.remote().with(|remote| {
                remote.value().and_then(|listing| {
                    listing.items.iter().find(|server| server.id == id).cloned()
                })
            })
        }
    };
    let first = untrack(&find)?;
    // An instance that has just gone keeps its words until its row is taken away.
    let server = Memo::new(move |before: Option<&Server>| {
        find().or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
    });
    let name = Signal::derive(move || server.with(display_name));
    let distro = Memo::new(move |_| {
        shown.origins.with(|origins| {
            server.with(|server| {
                properties(server, origins).and_then(|image| image.get("os_distro").cloned())
            })
        })
    });
    let mark = move || view! { <OsMark distro=distro /> };
    let no_address = Memo::new(move |_| server.with(|server| server.all_addresses().is_empty()));
    Some(view! {
        <tr class="table__row" role="row">
            <td class="table__name" role="cell">
                <Entry href=details.clone() name=name id=id.to_string() mark=mark />
            </td>
            <td class="cell-status" role="cell"><RowStatus server=server /></td>
            <td class="cell-facts" role="cell" data-first data-last=move || no_address.get().then_some("")>
                <Size server=server />
            </td>
            <td class="cell-facts" role="cell" data-last><Addresses server=server /></td>
            <td class="cell-minor cell-second" role="cell"><Origin server=server shown=shown /></td>
            <td class="cell-minor cell-second num table__muted" role="cell"><Created server=server now=now /></td>
            <td class="cell-actions" role="cell">
                <RowActions server=server name=name details=details deeds=deeds />
            </td>
        </tr>
    })
}

fn display_name(server: &Server) -> String {
    if server.name.is_empty() { tr("Without a name").to_owned() } else { server.name.clone() }
}

fn nothing() -> AnyView {
    view! { <span class="faint">{format::NONE}</span> }.into_any()
}

#[component]
fn RowStatus(server: Memo<Server>) -> impl IntoView {
    let state = Memo::new(move |_| server.with(ServerState::of));
    view! {
        <Status
            shape=Signal::derive(move || state.with(|state| state.shape))
            word=Signal::derive(move || state.with(|state| state.word.clone()))
            note=Signal::derive(move || state.with(|state| state.note.clone()))
        />
    }
}

/// The address people connect to, and how many more there are.
#[component]
fn Addresses(server: Memo<Server>) -> impl IntoView {
    let addresses = Memo::new(move |_| {
        server.with(|server| {
            server
                .all_addresses()
                .into_iter()
                .map(|address| address.addr.clone())
                .collect::<Vec<_>>()
        })
    });
    move || {
        let all = addresses.get();
        let Some(first) = all.first().cloned() else { return nothing() };
        let more = all.len() - 1;
        view! {
            <code title=all.join(", ")>{first}</code>
            {(more > 0).then(|| view! { <span class="table__muted">" +"{more}</span> })}
        }
        .into_any()
    }
}

#[component]
fn Size(server: Memo<Server>) -> impl IntoView {
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
fn Origin(server: Memo<Server>, shown: Shown) -> impl IntoView {
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
fn Created(server: Memo<Server>, now: ReadSignal<Timestamp>) -> impl IntoView {
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

/// The likely next action, and the rest behind one button.
#[component]
fn RowActions(
    server: Memo<Server>,
    name: Signal<String>,
    details: String,
    deeds: Deeds,
) -> impl IntoView {
    let next = Memo::new(move |_| server.with(Next::of));
    let label = Signal::derive(move || tr_with("Actions for {name}", &[("name", &name.get())]));
    view! {
        <span class="table__actions">
            {move || match next.get() {
                Next::Do(deed) => view! { <DeedButton deeds=deeds deed=deed server=server in_row=true /> }.into_any(),
                next => view! {
                    <a
                        class="button button--quiet button--s button--next"
                        href=details.clone()
                        aria-label=move || format!("{} {}", next.label(), name.get())
                    >{next.label()}</a>
                }.into_any(),
            }}
            <Menu
                button_class="button button--quiet button--s button--icon"
                label=label
                button=|| view! { <Icon glyph=Glyph::More /> }
                align=MenuAlign::End
            >
                <ServerMenuItems deeds=deeds server=server />
            </Menu>
        </span>
    }
}
