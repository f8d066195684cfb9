//! Its addresses: each with its network and port, and the floating one that stands for it, which can be added, taken away
//! and released here.

mod dialogs;
mod plan;

use leptos::prelude::*;
use openstack::compute::Server;
use openstack::poll::Motion;

use self::dialogs::{Dialogs, FloatingDialogs, use_dialogs};
use self::plan::{Line, Offer, lines};
use super::Known;
use crate::cloud::{ServerNet, use_cloud};
use crate::components::server::{Reach, reach};
use crate::components::{ErrorNote, Stale};
use crate::live::{Live, use_live};
use crate::text::tr;
use crate::ui::{Button, ButtonKind, CopyButton, Glyph, Panel, Skeleton};

/// What the network service knows, again whenever the instance changes.
pub(crate) fn use_net(server: Memo<Option<Server>>) -> Live<ServerNet> {
    let cloud = use_cloud();
    let key = Memo::new(move |_| {
        server.with(|server| {
            server.as_ref().map(|server| (server.id.clone(), server.addresses.clone()))
        })
    });
    let net = use_live(
        Memo::new(move |_| key.with(|key| key.as_ref().map(|(id, _)| id.clone()))),
        move |id| {
            let cloud = cloud.clone();
            async move {
                match id {
                    Some(id) => cloud.server_net(&id).await,
                    None => Ok(ServerNet::default()),
                }
            }
        },
        // What others change is seen with the instance's own record.
        |_| Motion::Still,
    );
    Effect::new(move |before: Option<Option<_>>| {
        let now = key.get();
        if before.flatten().is_some_and(|before| Some(&before) != now.as_ref()) {
            net.refresh();
        }
        now
    });
    net
}

/// The panel.
#[component]
pub fn Addresses(
    /// The instance.
    known: Known,
    /// What the network service knows.
    net: Live<ServerNet>,
    /// Look at the instance anew.
    #[prop(into)]
    on_change: Callback<()>,
) -> impl IntoView {
    let dialogs = use_dialogs(net, on_change);
    let remote = net.remote();
    let shown = Memo::new(move |_| {
        known.server.with(|server| {
            let server = server.as_ref()?;
            // Nova's own record fills in until Neutron has answered, and where it does not.
            Some(remote.with(|remote| match remote.value() {
                Some(net) => lines(server, net),
                None => lines(server, &ServerNet::default()),
            }))
        })
    });
    let waiting = Memo::new(move |_| {
        remote.with(|remote| remote.value().is_none() && remote.error.is_none())
            && shown.with(|shown| shown.as_ref().is_none_or(Vec::is_empty))
    });
    let failed = Memo::new(move |_| {
        remote.with(|remote| remote.value().is_none().then(|| remote.error.clone()).flatten())
    });
    let changing = Memo::new(move |_| {
        known.server.with(|server| server.as_ref().is_some_and(Server::is_changing))
    });
    let keys = move || {
        shown.with(|shown| {
            let lines = shown.iter().flatten();
            lines.map(|line| (line.network.clone(), line.address.clone())).collect::<Vec<_>>()
        })
    };
    view! {
        <Panel title=tr("Addresses") flush=true>
            {move || failed.get().map(|error| view! {
                <div class="instance__inset">
                    <ErrorNote error=Signal::stored(error) on_retry=move |()| net.refresh() />
                </div>
            })}
            <Stale remote=remote on_retry=move |()| net.refresh() />
            <Show when=move || waiting.get()>
                <div class="instance__inset"><Skeleton lines=2 /></div>
            </Show>
            <ul class="addresses">
                <For each=keys key=|key| key.clone() let:key>
                    <One key=key shown=shown dialogs=dialogs />
                </For>
            </ul>
            <Show when=move || !waiting.get() && shown.with(|shown| shown.as_ref().is_some_and(Vec::is_empty))>
                <p class="instance__inset small muted">
                    {move || if changing.get() {
                        tr("Its addresses appear here as soon as it has them.")
                    } else {
                        tr("It is on no network, and has no address.")
                    }}
                </p>
            </Show>
            <FloatingDialogs dialogs=dialogs />
        </Panel>
    }
}

/// One of its own addresses.
#[component]
fn One(key: (String, String), shown: Memo<Option<Vec<Line>>>, dialogs: Dialogs) -> impl IntoView {
    let line = Memo::new(move |before: Option<&Option<Line>>| {
        shown
            .with(|shown| {
                let mut lines = shown.iter().flatten();
                lines.find(|line| line.network == key.0 && line.address == key.1).cloned()
            })
            .or_else(|| before.cloned().flatten())
    });
    let text = |take: fn(&Line) -> String| {
        Signal::derive(move || line.with(|line| line.as_ref().map(take).unwrap_or_default()))
    };
    let address = text(|line| line.address.clone());
    let kind = move || {
        let address =
            openstack::compute::Address { addr: address.get(), version: 4, kind: None, mac: None };
        match reach(&address) {
            Reach::Internet => tr("public"),
            Reach::Inside => tr("private"),
        }
    };
    let port = move || {
        line.with(|line| {
            let line = line.as_ref()?;
            let state = match line.status.as_deref() {
                None | Some("ACTIVE") => None,
                Some("DOWN") => Some(tr("port is down").to_owned()),
                Some("BUILD") => Some(tr("port is being made").to_owned()),
                Some(other) => Some(other.to_lowercase()),
            };
            let parts: Vec<String> = [line.mac.clone(), state].into_iter().flatten().collect();
            (!parts.is_empty()).then(|| parts.join(" · "))
        })
    };
    let floating = Memo::new(move |_| line.with(|line| line.as_ref()?.floating.clone()));
    let offer = Memo::new(move |_| line.with(|line| line.as_ref().map(|line| line.offer.clone())));
    view! {
        <li class="addresses__line">
            <span class="addresses__network">{text(|line| line.network.clone())}</span>
            <span class="addresses__own">
                <span class="copyable">
                    <code class="copyable__text">{address}</code>
                    <CopyButton text=address what=tr("address") />
                </span>
                <span class="tag">{kind}</span>
                {move || port().map(|words| view! { <span class="addresses__port">{words}</span> })}
            </span>
            <span class="addresses__floating">
                {move || match offer.get() {
                    Some(Offer::Has) => floating.get().map(|floating| view! {
                        <span class="copyable">
                            <code class="copyable__text">{floating.address.clone()}</code>
                            <CopyButton text=floating.address.clone() what=tr("floating address") />
                        </span>
                        <span class="tag" data-tone="accent">{tr("floating")}</span>
                        <Button
                            kind=ButtonKind::Quiet
                            small=true
                            why_not=dialogs.why_not()
                            on_press=move |_| dialogs.take(floating.clone())
                        >
                            {tr("Take away")}
                        </Button>
                    }).into_any(),
                    Some(Offer::Can(ways)) => view! {
                        <Button
                            small=true
                            icon=Glyph::Plus
                            why_not=dialogs.why_not()
                            on_press=move |_| dialogs.add(address.get_untracked(), ways.clone())
                        >
                            {tr("Add floating address")}
                        </Button>
                    }.into_any(),
                    Some(Offer::Cannot(why)) => view! { <span class="addresses__why">{why}</span> }.into_any(),
                    Some(Offer::NeedsNone) | None => ().into_any(),
                }}
            </span>
        </li>
    }
}
