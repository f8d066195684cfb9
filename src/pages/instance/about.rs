//! What the instance is made of: size, image, boot disk, key, zone, groups, times.

use leptos::prelude::*;
use openstack::Timestamp;
use openstack::compute::Server;

use super::Known;
use crate::clock;
use crate::components::server::{Origins, boot_volume, origin_id, origin_name};
use crate::routes;
use crate::text::{format, tr, tr_with};
use crate::ui::{CopyButton, Fact, Panel};

/// The panel.
#[component]
pub fn About(
    /// The instance.
    known: Known,
) -> impl IntoView {
    let read = move |take: fn(&Server) -> Option<String>| {
        let found = Memo::new(move |_| known.server.with(|server| server.as_ref().and_then(take)));
        move || or_none(found.get())
    };
    view! {
        <Panel title=tr("About")>
            <dl class="facts facts--plain">
                <Fact term=tr("Size")>{read(size)}</Fact>
                <Fact term=tr("Image")><Image known=known /></Fact>
                <Fact term=tr("Boot disk")><BootDisk known=known /></Fact>
                <Fact term=tr("Key pair")>{read(|server| server.key_name.clone())}</Fact>
                <Fact term=tr("Security groups")><Groups known=known /></Fact>
                <Fact term=tr("Availability zone")>
                    {read(|server| Some(server.availability_zone.clone()).filter(|zone| !zone.is_empty()))}
                </Fact>
                <Fact term=tr("Asked for")>{moment(known, |server| server.created)}</Fact>
                <Fact term=tr("First ran")>{moment(known, |server| server.launched_at)}</Fact>
                <Fact term=tr("Changed")>{moment(known, |server| server.updated)}</Fact>
                <Fact term=tr("Host name")>{read(|server| server.hostname.clone())}</Fact>
                {optional(known, tr("Description"), |server| server.description.clone())}
                {optional(known, tr("Server group"), |server| server.server_groups.first().map(ToString::to_string))}
                {optional(known, tr("Config drive"), |server| server.config_drive.then(|| tr("yes").to_owned()))}
                {optional(known, tr("Locked"), |server| {
                    server.locked.then(|| server.locked_reason.clone().unwrap_or_else(|| tr("yes").to_owned()))
                })}
                <Words known=known />
            </dl>
        </Panel>
    }
}

fn or_none(text: Option<String>) -> AnyView {
    match text {
        Some(text) => text.into_any(),
        None => view! { <span class="faint">{format::NONE}</span> }.into_any(),
    }
}

/// A line that is there only where it says something.
fn optional(
    known: Known,
    term: &'static str,
    take: fn(&Server) -> Option<String>,
) -> impl IntoView {
    let found = Memo::new(move |_| known.server.with(|server| server.as_ref().and_then(take)));
    move || {
        let text = found.get().filter(|text| !text.is_empty());
        text.map(|text| view! { <Fact term=term>{text}</Fact> })
    }
}

/// Tags, and the key-value pairs.
#[component]
fn Words(known: Known) -> impl IntoView {
    let found = Memo::new(move |_| {
        known.server.with(|server| {
            let server = server.as_ref()?;
            Some((server.tags.clone(), server.metadata.clone()))
        })
    });
    move || {
        found.get().map(|(tags, metadata)| {
            let tags = (!tags.is_empty()).then(|| {
                let tags = tags.into_iter().map(|tag| view! { <span class="tag">{tag}</span> });
                view! { <Fact term=tr("Tags")><span class="row">{tags.collect_view()}</span></Fact> }
            });
            let metadata = (!metadata.is_empty()).then(|| {
                let pairs = metadata.into_iter().map(|(key, value)| {
                    view! { <span class="instance__pair"><code>{key}</code>" "{value}</span> }
                });
                view! { <Fact term=tr("Metadata")><span class="instance__pairs">{pairs.collect_view()}</span></Fact> }
            });
            view! { {tags} {metadata} }
        })
    }
}

fn moment(known: Known, take: fn(&Server) -> Option<Timestamp>) -> impl IntoView {
    let then = Memo::new(move |_| known.server.with(|server| server.as_ref().and_then(take)));
    move || or_none(then.get().map(|then| format::moment(then, clock::offset_at(then))))
}

/// "gp.2x4 · 2 cores, 4 GiB RAM".
fn size(server: &Server) -> Option<String> {
    let flavor = server.flavor.as_ref()?;
    let name = flavor.name.clone().or_else(|| flavor.id.as_ref().map(ToString::to_string));
    let figures = flavor.vcpus.zip(flavor.ram_mib).map(|(vcpus, ram_mib)| {
        let cores = if vcpus == 1 { tr("core") } else { tr("cores") };
        tr_with(
            "{vcpus} {cores}, {ram} RAM",
            &[("vcpus", &vcpus), ("cores", &cores), ("ram", &format::ram(ram_mib))],
        )
    });
    let parts: Vec<String> = [name, figures].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

#[component]
fn Image(known: Known) -> impl IntoView {
    let found = Memo::new(move |_| {
        known.origins.with(|origins| {
            known.server.with(|server| {
                let server = server.as_ref()?;
                Some((origin_id(server, origins)?, origin_name(server, origins)))
            })
        })
    });
    move || match found.get() {
        None => or_none(None),
        Some((id, name)) => {
            let words = name.unwrap_or_else(|| id.as_str().chars().take(8).collect());
            view! { <a class="link" href=routes::image(id.as_str())>{words}</a> }.into_any()
        }
    }
}

/// The volume and its fate, or the local disk.
fn disk(server: &Server, origins: &Origins) -> Option<(String, Option<String>)> {
    let Some(id) = boot_volume(server) else {
        // Without an image and without a volume nothing is known yet.
        server.image_id.as_ref()?;
        let gib = server.flavor.as_ref().and_then(|flavor| flavor.disk_gib).filter(|gib| *gib > 0);
        let words = gib.map_or_else(
            || tr("Local disk").to_owned(),
            |gib| tr_with("Local disk, {disk}", &[("disk", &format::disk(gib))]),
        );
        return Some((tr_with("{words}; goes with the instance", &[("words", &words)]), None));
    };
    let goes = server.volumes.iter().any(|volume| volume.id == id && volume.delete_on_termination);
    let fate =
        if goes { tr("goes with the instance") } else { tr("stays when the instance is deleted") };
    let volume = origins.volumes.get(&id);
    let kind = volume.and_then(|volume| volume.volume_type.clone());
    let size = volume.map(|volume| format::disk(volume.size_gib));
    let parts: Vec<String> =
        [Some(tr("Volume").to_owned()), size, kind].into_iter().flatten().collect();
    Some((format!("{}; {fate}", parts.join(", ")), Some(id.to_string())))
}

#[component]
fn BootDisk(known: Known) -> impl IntoView {
    let found = Memo::new(move |_| {
        known.origins.with(|origins| known.server.with(|server| disk(server.as_ref()?, origins)))
    });
    move || {
        match found.get() {
        None => or_none(None),
        Some((words, id)) => view! {
            <span class="instance__disk">
                <span>{words}</span>
                {id.map(|id| view! {
                    <span class="copyable">
                        <code class="copyable__text" title=id.clone()>{id.chars().take(8).collect::<String>()}</code>
                        <CopyButton text=id what=tr("volume id") />
                    </span>
                })}
            </span>
        }
        .into_any(),
    }
    }
}

#[component]
fn Groups(known: Known) -> impl IntoView {
    let names = Memo::new(move |_| {
        known.server.with(|server| {
            let groups =
                server.as_ref().map(|server| server.security_groups.clone()).unwrap_or_default();
            let mut names: Vec<String> = groups.into_iter().map(|group| group.name).collect();
            // Nova repeats a group for each port.
            names.sort();
            names.dedup();
            names
        })
    });
    move || {
        let names = names.get();
        if names.is_empty() {
            return or_none(None);
        }
        view! {
            <span class="row">{names.into_iter().map(|name| view! { <span class="tag">{name}</span> }).collect_view()}</span>
        }
        .into_any()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_boot_disk_and_its_fate() {
        let server =
            |value: serde_json::Value| serde_json::from_value::<Server>(value).expect("a server");
        let local = server(
            json!({"id": "s", "status": "ACTIVE", "image": {"id": "i"}, "flavor": {"disk": 20}}),
        );
        let (words, id) = disk(&local, &Origins::default()).expect("a disk");
        assert_eq!((words.as_str(), id), ("Local disk, 20 GiB; goes with the instance", None));
        let kept = server(json!({
            "id": "s", "status": "ACTIVE", "image": "", "os-extended-volumes:volumes_attached": [{"id": "v"}],
        }));
        let (words, id) = disk(&kept, &Origins::default()).expect("a disk");
        assert_eq!(
            (words.as_str(), id.as_deref()),
            ("Volume; stays when the instance is deleted", Some("v"))
        );
        let building = server(json!({"id": "s", "status": "BUILD", "image": ""}));
        assert_eq!(disk(&building, &Origins::default()), None, "its volume is not known yet");
    }

    #[test]
    fn the_size_is_name_and_figures() {
        let server: Server = serde_json::from_value(json!({
            "id": "s", "status": "ACTIVE", "flavor": {"original_name": "gp.1x1", "vcpus": 1, "ram": 1024},
        }))
        .expect("a server");
        assert_eq!(size(&server).as_deref(), Some("gp.1x1 · 1 core, 1 GiB RAM"));
    }
}
