//! Launch an instance from an image: one page, sensible defaults, everything that does not fit said beforehand.
//!
//! How many, cloud-init, making and importing keys, server groups, tags and the draw-down of the quota are not here yet.

mod attach;
mod boot;
mod command;
mod fields;
mod fit;
mod form;
mod groups;
mod network;
mod picker;
mod refusal;
mod sizes;
mod summary;
mod supply;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use openstack::image::Image;
use openstack::{ErrorKind, ImageId};

use self::boot::BootSection;
use self::fields::Fields;
use self::form::Part;
use self::network::NetworkSection;
use self::picker::Picker;
use self::sizes::SizeSection;
use self::summary::Summary;
use self::supply::{Supply, use_supply, value};
use crate::components::OsMark;
use crate::components::image::{display_name, system_name};
use crate::components::{ErrorNote, Page, Stale};
use crate::remote::Phase;
use crate::routes;
use crate::text::{format, tr, tr_with};
use crate::ui::{ButtonLink, Choice, Field, Input, Note, Section, Select, Skeleton, Tone};

/// The page.
#[component]
pub fn LaunchPage() -> impl IntoView {
    let parameters = use_query_map();
    let id = Memo::new(move |_| {
        parameters.with(|map| map.get(routes::IMAGE)).filter(|id| !id.is_empty()).map(ImageId::from)
    });
    // Another image is another form.
    move || match id.get() {
        None => view! { <Picker /> }.into_any(),
        Some(id) => view! { <Launch id=id /> }.into_any(),
    }
}

#[component]
fn Launch(id: ImageId) -> impl IntoView {
    let supply = use_supply(id);
    let image = Memo::new(move |_| value(supply.image));
    let title = Signal::derive(move || {
        image.with(|image| match image {
            Some(image) => tr_with("Launch from {name}", &[("name", &display_name(image))]),
            None => tr("Launch").to_owned(),
        })
    });
    let distro = Signal::derive(move || {
        image.with(|image| {
            image.as_ref().and_then(|image| image.property("os_distro").map(str::to_owned))
        })
    });
    let facts = move || image.with(|image| image.as_ref().map(facts));
    view! {
        <Page
            title=title
            crumbs=vec![(tr("Instances").to_owned(), routes::INSTANCES.to_owned())]
            mark=move || view! { <OsMark distro=distro large=true /> }
            subtitle=move || view! { <span id=Part::Image.anchor() tabindex="-1">{facts}</span> }
            actions=|| view! { <ButtonLink href=routes::LAUNCH>{tr("Choose another image")}</ButtonLink> }
        >
            <Body supply=supply />
        </Page>
    }
}

/// "Debian 12 · 40 GiB disk · needs 2 GiB RAM · UEFI".
fn facts(image: &Image) -> String {
    let disk = image.smallest_volume_gib();
    let firmware = match image.property("hw_firmware_type") {
        Some("uefi") => Some("UEFI".to_owned()),
        Some(other) => Some(other.to_uppercase()),
        None => None,
    };
    let parts = [
        system_name(image),
        (!image.is_volume_snapshot())
            .then(|| tr_with("needs a disk of {disk}", &[("disk", &format::disk(disk))])),
        (image.min_ram_mib > 0)
            .then(|| tr_with("{ram} RAM", &[("ram", &format::ram(image.min_ram_mib))])),
        image.property("architecture").map(str::to_owned),
        firmware,
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Skeleton, error or the form.
#[component]
fn Body(supply: Supply) -> impl IntoView {
    let remote = supply.image.remote();
    let phase = Memo::new(move |_| remote.with(|remote| remote.phase()));
    let error = Memo::new(move |_| remote.with(|remote| remote.error.clone()));
    move || {
        match phase.get() {
        Phase::Loading => view! { <div class="launch__wait"><Skeleton lines=8 /></div> }.into_any(),
        Phase::Failed => error
            .get()
            .map(|error| {
                match error.kind {
            ErrorKind::NotFound => view! {
                <Note
                    tone=Tone::Warn
                    title=tr("There is no such image")
                    text=tr("It was deleted, or this project may not see it.").to_owned()
                >
                    <ButtonLink href=routes::LAUNCH small=true>{tr("Choose another image")}</ButtonLink>
                </Note>
            }.into_any(),
            _ => view! {
                <ErrorNote error=Signal::stored(error) on_retry=move |()| supply.image.refresh() />
            }.into_any(),
        }
            })
            .into_any(),
        Phase::Ready => view! { <Form supply=supply /> }.into_any(),
    }
    }
}

#[component]
fn Form(supply: Supply) -> impl IntoView {
    let fields = Fields::new(supply);
    fields.begin_with_image();
    view! {
        <div class="launch__state"><Stale remote=supply.image.remote() on_retry=move |()| supply.image.refresh() /></div>
        // The summary's button launches; Enter in a field does the same through the form.
        <Summary supply=supply fields=fields>
            <InstanceSection supply=supply fields=fields />
            <SizeSection supply=supply fields=fields />
            <BootSection supply=supply fields=fields />
            <NetworkSection supply=supply fields=fields />
        </Summary>
    }
}

/// Name, and zone where there are several.
#[component]
fn InstanceSection(supply: Supply, fields: Fields) -> impl IntoView {
    let hint = Signal::derive(move || {
        form::host_name(&fields.name.read())
            .map(|host| tr_with("Inside it is called {host}.", &[("host", &host)]))
    });
    let zones = Memo::new(move |_| {
        value(supply.zones)
            .unwrap_or_default()
            .into_iter()
            .map(|zone| zone.name)
            .collect::<Vec<_>>()
    });
    let options = Signal::derive(move || {
        let any = Choice::new("", tr("Any (recommended)"));
        std::iter::once(any)
            .chain(zones.get().into_iter().map(|zone| Choice::new(zone.clone(), zone)))
            .collect::<Vec<_>>()
    });
    view! {
        <Section title=tr("Instance")>
            <div class="pair">
                <Field label=tr("Name") hint=hint error=fields.error(Part::Name) id=Part::Name.anchor()>
                    <Input value=fields.name />
                </Field>
                <Show when=move || { zones.read().len() > 1 }>
                    <Field label=tr("Availability zone") error=fields.error(Part::Zone) id=Part::Zone.anchor()>
                        <Select value=fields.zone options=options />
                    </Field>
                </Show>
            </div>
        </Section>
    }
}
