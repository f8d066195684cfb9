//! An instance as the source: the same form as in the dialog of the instance's own page.

use leptos::prelude::*;
use openstack::compute::Server;

use super::{Existing, chooser, look_again, summary};
use crate::components::server::{ServerState, SnapshotFields, UnderWay, WhatComes, why_not_image};
use crate::text::{format, tr, tr_with};
use crate::ui::{Fact, Section, Suggestion};

/// The id of the field that chooses.
pub(super) const FIELD: &str = "create-instance";

/// Why no image can be made of an instance now.
pub(super) fn why_not(server: &Server) -> Option<&'static str> {
    why_not_image(server)
}

/// Which instance.
pub(super) fn pick(existing: Existing) -> AnyView {
    let error = Signal::derive(move || {
        let id = existing.server.get();
        let id = id.trim();
        let servers = existing.servers.get()?.ok()?;
        if id.is_empty() {
            return None;
        }
        match servers.iter().find(|one| one.id.as_str() == id) {
            Some(server) => why_not(server).map(str::to_owned),
            None => Some(tr_with("No instance here is called {name}.", &[("name", &id)])),
        }
    });
    let in_the_way =
        Signal::derive(move || existing.snapshot.read().is_none() && error.read().is_some());
    let choice = chooser(
        tr("Which instance"),
        FIELD,
        existing.server,
        existing.servers,
        suggestion,
        error,
        tr("This project has no instances in this region."),
    );
    view! { {choice}{look_again(existing, in_the_way)} }.into_any()
}

fn suggestion(server: &Server) -> Suggestion {
    let address = server.all_addresses().first().map(|address| address.addr.clone());
    let on = match server.boots_from_volume() {
        true => tr("on a volume"),
        false => tr("local disk"),
    };
    let parts = [Some(ServerState::of(server).word), Some(on.to_owned()), address];
    let note = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let name = if server.name.is_empty() { server.id.to_string() } else { server.name.clone() };
    Suggestion::noted(server.id.to_string(), name, note)
}

/// The form for it.
pub(super) fn fields(existing: Existing) -> AnyView {
    (move || {
        existing.snapshot.get().map(|form| {
            let busy = form.busy();
            view! {
                <Section title=tr("What it is") number=2_u8>
                    {move || match busy.get() {
                        true => view! { <UnderWay form=form /> }.into_any(),
                        false => view! { <SnapshotFields form=form /> }.into_any(),
                    }}
                </Section>
                <Section title=tr("What will come") number=3_u8><WhatComes form=form untitled=true /></Section>
            }
        })
    })
    .into_any()
}

/// Summary, button, command line.
pub(super) fn aside(existing: Existing, why_not: Option<String>) -> AnyView {
    let title = Signal::derive(move || {
        let name = existing.snapshot.get().map(|form| form.image_name()).unwrap_or_default();
        if name.is_empty() { tr("New image").to_owned() } else { name }
    });
    let of = move || existing.snapshot.get().map(|form| form.server_name());
    let facts = view! {
        <Fact term=tr("From the instance")>{move || of().unwrap_or_else(|| format::NONE.to_owned())}</Fact>
        <Fact term=tr("To send")>{tr("nothing")}</Fact>
    };
    let verb = Signal::derive(move || {
        existing.snapshot.get().map_or(tr("Create image"), |form| form.verb())
    });
    let busy =
        Signal::derive(move || existing.snapshot.get().is_some_and(|form| form.busy().get()));
    let why_not = Signal::derive(move || {
        let missing = existing.snapshot.read().is_none();
        why_not.clone().or_else(|| missing.then(|| tr("Choose an instance first.").to_owned()))
    });
    let command = Signal::derive(move || existing.snapshot.get().map(|form| form.command()));
    let hint = tr(
        "The cloud copies the disk by itself; the tray follows it, and the image’s page shows when it is active.",
    );
    summary(title, facts.into_any(), verb, busy, why_not, hint, command)
}
