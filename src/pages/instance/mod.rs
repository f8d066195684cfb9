//! One instance: how its start goes, how to log in, its addresses and volumes, what it is made of, its console log, what was
//! done to it, and what can be done.

mod about;
mod access;
mod addresses;
mod building;
mod console;
mod fault;
mod history;
mod volumes;

use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map};
use openstack::compute::{Server, ServerStatus};
use openstack::poll::Motion;
use openstack::{ErrorKind, ServerId, Timestamp};

use self::about::About;
use self::access::Access;
use self::addresses::{Addresses, use_net};
use self::building::Building;
use self::console::ConsoleLog;
use self::fault::FaultNote;
use self::history::{History, Told, use_history};
use self::volumes::Volumes;
use crate::cloud::{ServerNet, use_cloud};
use crate::components::OsMark;
use crate::components::server::{
    Deed, DeedButton, DeedDialog, Deeds, Origins, RescueBanner, Seen, ServerMenuItems, ServerState,
    Wanted, offer_asks, properties, use_deeds,
};
use crate::components::{ErrorNote, Page, Stale};
use crate::live::{Live, use_live};
use crate::remote::Phase;
use crate::routes;
use crate::text::tr;
use crate::ui::{ButtonLink, Copyable, Glyph, Icon, Menu, MenuAlign, Note, Skeleton, Status, Tone};

/// The page.
#[component]
pub fn InstancePage() -> impl IntoView {
    let parameters = use_params_map();
    let id = Memo::new(move |_| parameters.with(|map| map.get(routes::ID)).unwrap_or_default());
    // Another instance is another page: steps, dialogs and answers of the one before are not its own.
    move || view! { <Details id=ServerId::from(id.get()) /> }
}

#[component]
fn Details(id: ServerId) -> impl IntoView {
    let id = Memo::new(move |_| id.clone());
    let server = use_server(id);
    let known = Known::new(server, id);
    let navigate = use_navigate();
    let go_to_list = Callback::new(move |()| navigate(routes::INSTANCES, Default::default()));
    let on_done = move |deed: Deed, _| {
        server.amend(|server| server.task_state = Some(deed.task().to_owned()));
        match deed {
            Deed::Delete => go_to_list.run(()),
            _ => server.refresh(),
        }
    };
    let deeds = use_deeds(on_done, move || server.refresh());
    offer_asks(known.server, deeds.asks);
    let title = Signal::derive(move || {
        known.server.with(|server| match server {
            Some(server) if !server.name.is_empty() => server.name.clone(),
            Some(_) => tr("Instance without a name").to_owned(),
            None => tr("Instance").to_owned(),
        })
    });
    let distro = Signal::derive(move || known.property("os_distro"));
    view! {
        <Page
            title=title
            crumbs=vec![(tr("Instances").to_owned(), routes::INSTANCES.to_owned())]
            mark=move || view! { <OsMark distro=distro large=true /> }
            subtitle=move || view! { <Subtitle known=known id=id /> }
            actions=move || view! { <Actions known=known deeds=deeds /> }
        >
            <Body known=known live=server deeds=deeds id=id />
            <DeedDialog deeds=deeds />
        </Page>
    }
}

fn use_server(id: Memo<ServerId>) -> Live<Server> {
    let cloud = use_cloud();
    use_live(
        id,
        move |id: ServerId| {
            let cloud = cloud.clone();
            async move { cloud.server(&id).await }
        },
        |server| Motion::any([server.is_changing()]),
    )
}

/// What is known of the instance. Cheap to copy.
#[derive(Clone, Copy)]
pub(crate) struct Known {
    /// Its record, when there is one.
    pub server: Memo<Option<Server>>,
    /// Where it comes from.
    pub origins: Memo<Origins>,
    /// The steps of its building that were seen.
    pub seen: Memo<Seen>,
    /// What was done to it.
    pub history: Live<Told>,
    /// When a host took it over, as its history says.
    pub on_host: Memo<Option<Timestamp>>,
}

impl Known {
    fn new(live: Live<Server>, id: Memo<ServerId>) -> Self {
        let server = Memo::new(move |_| live.remote().with(|remote| remote.value().cloned()));
        let wanted = Memo::new(move |_| {
            server.with(|server| {
                server
                    .as_ref()
                    .map(|server| Wanted::by(std::slice::from_ref(server)))
                    .unwrap_or_default()
            })
        });
        let cloud = use_cloud();
        let origins = use_live(
            wanted,
            move |wanted| {
                let cloud = cloud.clone();
                async move { cloud.origins(&wanted).await }
            },
            Origins::motion,
        );
        let origins = Memo::new(move |before: Option<&Origins>| {
            origins
                .remote()
                .with(|remote| remote.value().cloned())
                .or_else(|| before.cloned())
                .unwrap_or_default()
        });
        let seen = Memo::new(move |before: Option<&Seen>| {
            let before = before.cloned().unwrap_or_default();
            server
                .with(|server| server.as_ref().map(|server| before.with(server)))
                .unwrap_or(before)
        });
        let history = use_history(id, server);
        let on_host = Memo::new(move |_| {
            history.remote().with(|remote| remote.value().and_then(Told::on_host))
        });
        Self { server, origins, seen, history, on_host }
    }

    /// What its image says of itself.
    pub fn property(&self, name: &str) -> Option<String> {
        self.origins.with(|origins| {
            self.server.with(|server| properties(server.as_ref()?, origins)?.get(name).cloned())
        })
    }
}

/// State and id, below the name.
#[component]
fn Subtitle(known: Known, id: Memo<ServerId>) -> impl IntoView {
    let state =
        Memo::new(move |_| known.server.with(|server| server.as_ref().map(ServerState::of)));
    view! {
        <span class="instance__head">
            <span role="status">
                {move || state.get().map(|state| view! {
                    <Status shape=state.shape word=state.word note=Signal::stored(state.note) />
                })}
            </span>
            <Copyable text=Signal::derive(move || id.get().to_string()) what=tr("id") />
        </span>
    }
}

/// What is most likely wanted in its state as buttons, the rest in a menu.
#[component]
fn Actions(known: Known, deeds: Deeds) -> impl IntoView {
    let first = known.server;
    let likely = Memo::new(move |_| {
        first.with(|server| match server.as_ref() {
            Some(server) if server.is_changing() => Vec::new(),
            Some(server) => match server.status {
                ServerStatus::Active => vec![Deed::Stop, Deed::Reboot],
                ServerStatus::Shutoff => vec![Deed::Start],
                ServerStatus::Error => vec![Deed::Delete],
                _ => Vec::new(),
            },
            None => Vec::new(),
        })
    });
    let loaded = Memo::new(move |_| first.with(Option::is_some));
    view! {
        <Show when=move || loaded.get()>
            {move || first.get_untracked().map(|initial| {
                let server = Memo::new(move |before: Option<&Server>| {
                    first.get().or_else(|| before.cloned()).unwrap_or_else(|| initial.clone())
                });
                view! {
                    <For each=move || likely.get() key=|deed| *deed let:deed>
                        <DeedButton deeds=deeds deed=deed server=server />
                    </For>
                    <Menu
                        button_class="button button--icon"
                        label=Signal::stored(tr("More actions").to_owned())
                        button=|| view! { <Icon glyph=Glyph::More /> }
                        align=MenuAlign::End
                    >
                        <ServerMenuItems deeds=deeds server=server />
                    </Menu>
                }
            })}
        </Show>
    }
}

/// Skeleton, error or the panels.
#[component]
fn Body(known: Known, live: Live<Server>, deeds: Deeds, id: Memo<ServerId>) -> impl IntoView {
    let net = use_net(known.server);
    let look = Callback::new(move |()| live.refresh());
    let remote = live.remote();
    let phase = Memo::new(move |_| remote.with(|remote| remote.phase()));
    let error = Memo::new(move |_| remote.with(|remote| remote.error.clone()));
    let gone = Memo::new(move |_| {
        remote.with(|remote| {
            remote.data.is_some()
                && remote.error.as_ref().is_some_and(|error| error.kind == ErrorKind::NotFound)
        })
    });
    view! {
        {move || match phase.get() {
            Phase::Loading => view! { <div class="instance__wait"><Skeleton lines=6 /></div> }.into_any(),
            Phase::Failed => view! {
                <div class="instance__state">{error.get().map(|error| view! { <NotShown error=error live=live /> })}</div>
            }.into_any(),
            Phase::Ready => view! {
                <div class="instance__state">{move || if gone.get() {
                    view! {
                        <Note
                            title=tr("It is deleted")
                            text=tr("The cloud no longer has this instance. What you see is what it was.").to_owned()
                        >
                            <ButtonLink href=routes::INSTANCES small=true>{tr("Show the other instances")}</ButtonLink>
                        </Note>
                    }.into_any()
                } else {
                    view! { <Stale remote=remote on_retry=move |()| live.refresh() /> }.into_any()
                }}</div>
                <div class="instance__state"><RescueBanner asks=deeds.asks server=known.server /></div>
                <Panels known=known deeds=deeds id=id net=net look=look />
            }.into_any(),
        }}
    }
}

/// Why there is nothing to show, and where to go.
#[component]
fn NotShown(error: openstack::ApiError, live: Live<Server>) -> impl IntoView {
    if error.kind == ErrorKind::NotFound {
        return view! {
            <Note
                tone=Tone::Warn
                title=tr("There is no such instance here")
                text=tr("It was deleted, or it is in another project or region. The project that you are in stands at the top left.")
                    .to_owned()
            >
                <ButtonLink href=routes::INSTANCES small=true>{tr("Show the instances")}</ButtonLink>
            </Note>
        }
        .into_any();
    }
    view! { <ErrorNote error=Signal::stored(error) on_retry=move |()| live.refresh() /> }.into_any()
}

#[component]
fn Panels(
    known: Known,
    deeds: Deeds,
    id: Memo<ServerId>,
    net: Live<ServerNet>,
    look: Callback<()>,
) -> impl IntoView {
    let part = move |wanted: fn(&Server) -> bool| {
        Memo::new(move |_| known.server.with(|server| server.as_ref().is_some_and(wanted)))
    };
    let failed = part(|server| server.status == ServerStatus::Error);
    // Whoever has watched the start keeps seeing how it went.
    let building = part(|server| server.status == ServerStatus::Build);
    let watched = Memo::new(move |before: Option<&bool>| {
        before.copied().unwrap_or_default() || building.get()
    });
    // An instance that never ran has no console, and nobody logs in to it.
    let has_run =
        part(|server| server.launched_at.is_some() && server.status != ServerStatus::Build);
    view! {
        <div class="split split--panels">
            <div class="split__main">
                <Show when=move || failed.get()><FaultNote known=known deeds=deeds /></Show>
                <Show when=move || watched.get() && !failed.get()><Building known=known /></Show>
                <Show when=move || has_run.get() || !failed.get()>
                    <Access known=known net=net />
                    <Addresses known=known net=net on_change=look />
                </Show>
                <Volumes known=known id=id />
                <Show when=move || has_run.get()><ConsoleLog known=known /></Show>
                <History known=known />
            </div>
            <aside class="split__aside" aria-label=tr("What it is made of")><About known=known /></aside>
        </div>
    }
}
