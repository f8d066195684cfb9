//! Launch an instance from an image: one page, sensible defaults, everything that does not fit said beforehand.
//!
//! What is filled in is plain text (`draft`), judged by `form` against what the cloud offers (`supply`), and can be put into a
//! link (`link`) and back; what the user changed survives a reload (`keep`). Everything here that decides is pure; the other
//! files are one section of the form each.

mod access;
mod again;
mod attach;
mod boot;
mod capacity;
mod command;
mod draft;
mod fields;
mod fit;
mod form;
mod groups;
mod instance;
mod keep;
mod keypair;
mod launching;
mod link;
mod more;
mod network;
mod offer;
mod picker;
mod places;
mod public_key;
mod quota;
mod refusal;
mod security;
mod server_group;
mod sizes;
mod snapshots;
mod summary;
mod supply;
mod userdata;
mod words;
mod zones;

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use openstack::image::Image;
use openstack::{ErrorKind, ImageId};

pub use self::again::again_href;
use self::boot::BootSection;
use self::draft::Given;
use self::fields::Fields;
use self::form::Part;
use self::instance::InstanceSection;
use self::keep::{Beginning, Kept};
use self::keypair::{GenerateDialog, ImportDialog};
use self::launching::{PasswordDialog, use_launch};
use self::more::More;
use self::network::NetworkSection;
use self::picker::Picker;
use self::server_group::ServerGroupDialog;
use self::sizes::SizeSection;
use self::summary::Summary;
use self::supply::{Supply, use_supply, value};
use self::userdata::UserDataSection;
use crate::cloud::use_cloud;
use crate::components::OsMark;
use crate::components::image::{display_name, system_name};
use crate::components::list::{Step, use_visit};
use crate::components::{ErrorNote, Page, Stale};
use crate::remote::Phase;
use crate::routes;
use crate::text::{format, tr, tr_with};
use crate::ui::{ButtonLink, Note, Skeleton, Tone};

/// The address follows what is typed after a rest of this length: browsers allow few changes of it.
const REST: Duration = Duration::from_millis(400);

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
    let cloud = use_cloud();
    let image = supply.image.remote().with_untracked(|remote| {
        remote.value().map(|image| image.id.to_string()).unwrap_or_default()
    });
    let fields = Fields::new(supply);
    let owner = keep::owner(&cloud);
    let (beginning, address) = beginning(&image, &owner);
    fields.begin_with_image(beginning);
    keep_in_step(fields, image.clone(), owner, address);
    let launching = use_launch(fields, image.clone());
    let (generate, import) = (RwSignal::new(false), RwSignal::new(false));
    let new_group = RwSignal::new(false);
    view! {
        <div class="launch__state"><Stale remote=supply.image.remote() on_retry=move |()| supply.image.refresh() /></div>
        // The summary's button launches; Enter in a field does the same through the form.
        <Summary supply=supply fields=fields image=image launching=launching>
            <InstanceSection supply=supply fields=fields />
            <SizeSection supply=supply fields=fields />
            <BootSection supply=supply fields=fields />
            <NetworkSection supply=supply fields=fields generate=generate import=import />
            <UserDataSection fields=fields />
            <More supply=supply fields=fields new_group=new_group />
        </Summary>
        // Forms of their own, so they stand outside of the other one.
        <GenerateDialog open=generate supply=supply fields=fields />
        <ImportDialog open=import supply=supply fields=fields />
        <ServerGroupDialog open=new_group supply=supply fields=fields />
        <PasswordDialog launching=launching />
    }
}

/// What the form begins with, and what of it stands in the address; nothing where that has to be written anew: an address
/// that repeats a launch would do so at each reload, whatever was typed since.
fn beginning(image: &str, owner: &str) -> (Beginning, Option<Given>) {
    let parameters = use_query_map();
    let (linked, again) = parameters
        .with_untracked(|map| (link::read(|name| map.get_all(name)), map.get(link::AGAIN)));
    let launched = again.and_then(|server| keep::launched(&server, owner));
    if let Some((_, given)) = launched.filter(|(of, _)| of == image) {
        return (Beginning { given, restored: false }, None);
    }
    (keep::begin(linked.clone(), keep::take_up(image, owner)), Some(linked))
}

/// Keeps what is changed, at once for this tab and a moment later in the address, so that the page can be linked to, loaded
/// again and come back to.
fn keep_in_step(fields: Fields, image: String, owner: String, address: Option<Given>) {
    let visit = use_visit();
    let address = StoredValue::new(address);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(Some(timer)) = timer.try_update_value(Option::take) {
            timer.clear();
        }
    };
    Effect::new(move || {
        let changed = fields.changed.get();
        let written = address.get_value();
        keep::put_by(
            &image,
            &Kept::new(&owner, written.as_ref().unwrap_or(&Given::new()), &changed),
        );
        stop();
        let next = link::address(&image, &changed);
        if written.as_ref() == Some(&next.given) {
            return;
        }
        let (image, owner) = (image.clone(), owner.clone());
        let write = move || {
            address.set_value(Some(next.given.clone()));
            keep::put_by(&image, &Kept::new(&owner, &next.given, &changed));
            visit.run((next.href.clone(), Step::Replace));
        };
        match set_timeout_with_handle(write, REST) {
            Ok(handle) => timer.set_value(Some(handle)),
            Err(error) => leptos::logging::error!("the browser gives no timer: {error:?}"),
        }
    });
    on_cleanup(stop);
}
