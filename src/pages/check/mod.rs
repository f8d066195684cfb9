//! The check of a cloud: before anybody blames the user, what this browser finds of the cloud, service by service, and the lines of
//! configuration that mend what is wrong.
//!
//! `looking` asks (`questions`), `found` holds what came back, `rules` makes verdicts of it, `mend` has the lines, `report` the plain text. It
//! changes nothing in the cloud but for the trial of 8 KiB, which is the one that uploads make (`uploads::probe`), and works
//! without a sign-in as far as anything can be known then.

mod found;
mod looking;
mod mend;
mod questions;
mod report;
mod rules;
mod view;

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_query_map;
use openstack::Service;

use self::found::{Here, Looked, Trial};
use self::looking::Target;
use self::rules::{Line, Sum};
use self::view::{Group, Verdict};
use crate::clock;
use crate::cloud::Cloud;
use crate::components::Page;
use crate::routes;
use crate::session::Account;
use crate::text::{errors, format, tr, tr_with};
use crate::ui::{Button, ButtonLink, CopyButton, Glyph};
use crate::uploads::{probe, probe_again};

/// In the order in which a sign-in and an upload need them.
const SERVICES: [Service; 6] = [
    Service::Identity,
    Service::Image,
    Service::ObjectStore,
    Service::Compute,
    Service::Network,
    Service::Volume,
];

/// The page: made anew when the cloud, the project or the sign-in change.
#[component]
pub fn CheckPage() -> impl IntoView {
    let account = expect_context::<Account>();
    let query = use_query_map();
    let wanted = Memo::new(move |_| query.with(|query| query.get(routes::CLOUD)));
    let forbidden = StoredValue::new(Vec::new());
    let listener = window_event_listener_untyped("securitypolicyviolation", move |event| {
        let url = js_sys::Reflect::get(&event, &"blockedURI".into()).ok();
        if let Some(url) = url.and_then(|url| url.as_string()) {
            forbidden.update_value(|all: &mut Vec<String>| all.push(url));
        }
    });
    on_cleanup(move || listener.remove());
    move || {
        let target = target(account, wanted.get().as_deref(), account.current().get(), forbidden);
        target.map(|target| view! { <Checked target=target /> })
    }
}

fn target(
    account: Account,
    wanted: Option<&str>,
    current: Option<Cloud>,
    forbidden: StoredValue<Vec<String>>,
) -> Option<Target> {
    let config = account.config();
    let own = current.as_ref().map(|cloud| cloud.settings().id.clone());
    let settings = config.cloud(wanted.or(own.as_deref()))?.clone();
    let cloud = current.filter(|cloud| cloud.settings().id == settings.id);
    let region = match &cloud {
        Some(cloud) => cloud.region().map(str::to_owned),
        None => settings.region.clone(),
    };
    let secure = js_sys::Reflect::get(&window(), &"isSecureContext".into())
        .ok()
        .and_then(|secure| secure.as_bool());
    let here = Here {
        origin: window().location().origin().unwrap_or_default(),
        secure: secure.unwrap_or(false),
        signed_in: cloud.is_some(),
        region,
    };
    Some(Target { here, settings, cloud, forbidden })
}

/// What was found so far. Cheap to copy.
#[derive(Clone, Copy)]
struct Findings {
    found: RwSignal<BTreeMap<Service, Looked>>,
    /// Those that are being looked at.
    waiting: RwSignal<BTreeSet<Service>>,
    trial: RwSignal<Trial>,
    flying: RwSignal<bool>,
}

impl Findings {
    fn new() -> Self {
        Self {
            found: RwSignal::new(BTreeMap::new()),
            waiting: RwSignal::new(BTreeSet::new()),
            trial: RwSignal::new(Trial::Unasked),
            flying: RwSignal::new(false),
        }
    }

    fn busy(self) -> bool {
        !self.waiting.read().is_empty() || self.flying.get()
    }

    /// Looks at everything. What was found before stays in view until its place is taken. `again`: the trial goes out anew,
    /// whatever it found within the last day.
    fn look(self, target: &Target, again: bool) {
        self.waiting.set(SERVICES.into_iter().collect());
        for service in SERVICES {
            let target = target.clone();
            spawn_local(async move {
                let looked = looking::look(target, service).await;
                self.found.try_update(|found| found.insert(service, looked));
                self.waiting.try_update(|waiting| waiting.remove(&service));
            });
        }
        let Some(cloud) = target.cloud.clone() else { return };
        self.flying.set(true);
        if matches!(self.trial.get_untracked(), Trial::Unasked) {
            self.trial.set(Trial::Flying);
        }
        spawn_local(async move {
            let landed = if again { probe_again(&cloud).await } else { probe(&cloud).await };
            self.trial.try_set(Trial::Landed(landed));
            self.flying.try_set(false);
        });
    }
}

#[component]
fn Checked(
    /// What is looked at.
    target: Target,
) -> impl IntoView {
    let findings = Findings::new();
    findings.look(&target, false);
    let target = StoredValue::new(target);
    let groups = Memo::new(move |_| target.with_value(|target| groups(target, findings)));
    let sum = Memo::new(move |_| {
        groups.with(|groups| {
            Sum::of(groups.iter().filter_map(|group| group.lines.as_ref()).flatten())
        })
    });
    let busy = Memo::new(move |_| findings.busy());
    let again = move |_| target.with_value(|target| findings.look(target, true));
    let text = Signal::derive(move || {
        target.with_value(|target| groups.with(|groups| written(target, groups)))
    });
    let (crumbs, subtitle) = target.with_value(|target| {
        let crumbs = match target.here.signed_in {
            true => Vec::new(),
            false => vec![(tr("Sign in").to_owned(), sign_in(target))],
        };
        let origin = &target.here.origin;
        (
            crumbs,
            tr_with(
                "{cloud}, seen from {origin}",
                &[("cloud", &place(target)), ("origin", origin)],
            ),
        )
    });
    let actions = move || {
        view! {
            <CopyButton text=text what=tr("the report") worded=true words=tr("Copy the report") />
            <Button icon=Glyph::Retry busy=busy on_press=again>{tr("Check again")}</Button>
        }
    };
    let keys = Memo::new(move |_| groups.with(|groups| (0..groups.len()).collect::<Vec<_>>()));
    view! {
        <Page title=tr("Check the cloud").to_owned() crumbs=crumbs subtitle=move || view! { {subtitle.clone()} } actions=actions>
            <div class="check-page">
                <Verdict sum=sum busy=busy signed_in=target.with_value(|target| target.here.signed_in) sign_in=target.with_value(sign_in) />
                {target.with_value(others)}
                <div class="check__groups">
                    <For each=move || keys.get() key=|at| *at let:at>
                        <Group group=Memo::new(move |_| groups.with(|groups| groups.get(at).cloned())) />
                    </For>
                </div>
            </div>
        </Page>
    }
}

/// The verdicts on one thing.
#[derive(Clone, Debug, PartialEq)]
struct Verdicts {
    /// What an operator calls it.
    title: String,
    /// What it is.
    note: &'static str,
    /// `None` while it is looked at for the first time.
    lines: Option<Vec<Line>>,
}

fn groups(target: &Target, findings: Findings) -> Vec<Verdicts> {
    let here = &target.here;
    let found = findings.found.read();
    let service = |service: &Service| Verdicts {
        title: rules::program(*service).to_owned(),
        note: errors::service(*service),
        lines: found.get(service).map(|looked| rules::service(looked, here)),
    };
    let mut all: Vec<Verdicts> = SERVICES.iter().map(service).collect();
    let store = found.get(&Service::ObjectStore).and_then(Looked::address);
    let trial = findings.trial.with(|trial| rules::trial(trial, store));
    let parts = Verdicts {
        title: tr("Uploads in parts").to_owned(),
        note: "Glance, Swift",
        lines: trial.map(|line| vec![line]),
    };
    all.insert(3, parts);
    all.push(Verdicts {
        title: tr("This page").to_owned(),
        note: tr("the console’s host"),
        lines: Some(rules::page(here)),
    });
    all
}

/// The report.
fn written(target: &Target, groups: &[Verdicts]) -> String {
    let now = clock::now();
    let head = report::Head {
        cloud: place(target),
        console: format!(
            "Slipway {}, {}",
            env!("CARGO_PKG_VERSION"),
            format::moment(now, clock::offset_at(now))
        ),
        origin: target.here.origin.clone(),
        signed_in: target.here.signed_in,
    };
    let told: Vec<(String, Vec<Line>)> = groups
        .iter()
        .map(|group| {
            (format!("{} ({})", group.title, group.note), group.lines.clone().unwrap_or_default())
        })
        .collect();
    let private = target.cloud.as_ref().map(|cloud| {
        vec![
            (cloud.project().id.to_string(), "PROJECT_ID"),
            (cloud.user().id.to_string(), "USER_ID"),
            (cloud.user().name.clone(), "USER"),
        ]
    });
    report::text(&head, &told, &private.unwrap_or_default())
}

/// `Nordic cloud · europe-se-1`.
fn place(target: &Target) -> String {
    match &target.here.region {
        Some(region) => format!("{} · {region}", target.settings.name),
        None => target.settings.name.clone(),
    }
}

/// Where to sign in and come back.
fn sign_in(target: &Target) -> String {
    routes::login_then(&routes::check(Some(&target.settings.id)))
}

/// The other clouds of this console.
fn others(target: &Target) -> Option<AnyView> {
    let config = expect_context::<Account>().config();
    let links: Vec<_> = config
        .clouds
        .iter()
        .filter(|cloud| cloud.id != target.settings.id)
        .map(|cloud| {
            let (href, name) = (routes::check(Some(&cloud.id)), cloud.name.clone());
            view! { <ButtonLink small=true href=href>{name}</ButtonLink> }
        })
        .collect();
    (!links.is_empty()).then(|| {
        view! { <p class="check__others"><span class="muted small">{tr("Other clouds of this console:")}</span>{links}</p> }
            .into_any()
    })
}
