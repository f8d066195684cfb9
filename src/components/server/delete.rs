//! Deleting a server: what goes with it and what stays, each to be chosen, before anything is deleted.
//!
//! Which volumes go was said when they were attached; Nova lets it be changed until the last moment (2.85). Floating addresses
//! always stay with the project, and are paid for: here they can be released as well.

use leptos::prelude::*;
use openstack::compute::Server;
use openstack::volume::Volume;
use openstack::{FloatingIpId, VolumeId};

use super::deeds::{Asked, Chosen, Deeds, Refusal};
use super::fates::{Fates, VolumeFate};
use crate::cloud::{Belongings, use_cloud};
use crate::text::{errors, format, tr, tr_with};
use crate::ui::{Button, ButtonKind, Check, Dialog};

/// A volume of the server, in the dialog.
#[derive(Clone)]
struct Line {
    id: VolumeId,
    /// It is the disk that it boots from.
    boots: bool,
    /// Whether it was to go with the server.
    went: bool,
    /// Whether it goes.
    goes: RwSignal<bool>,
}

fn lines(server: &Server) -> Vec<Line> {
    let boots = server.boots_from_volume();
    server
        .volumes
        .iter()
        .enumerate()
        .map(|(at, volume)| Line {
            id: volume.id.clone(),
            boots: boots && at == 0,
            went: volume.delete_on_termination,
            goes: RwSignal::new(volume.delete_on_termination),
        })
        .collect()
}

/// Asks, and lets each volume's fate be chosen.
#[component]
pub(super) fn DeleteDialog(
    /// The page's deeds.
    deeds: Deeds,
    /// For which server.
    asked: Asked,
) -> impl IntoView {
    let server = asked.server.clone();
    let again = asked.again.is_some();
    let cloud = use_cloud();
    let known = {
        let server = server.clone();
        LocalResource::new(move || {
            let (cloud, server) = (cloud.clone(), server.clone());
            async move { cloud.belongings(&server).await }
        })
    };
    let volumes = StoredValue::new(lines(&server));
    let released = RwSignal::new(Vec::<FloatingIpId>::new());
    let busy = Signal::derive({
        let id = server.id.clone();
        move || deeds.is_busy(&id)
    });
    // What was said once and could not be set back is said again, whatever it was at first.
    let said = StoredValue::new(Vec::<VolumeId>::new());
    let perform = StoredValue::new(move || {
        let fate = |line: &Line| VolumeFate {
            id: line.id.clone(),
            went: line.went,
            goes: line.goes.get_untracked(),
        };
        let is_said = |fate: &VolumeFate| {
            fate.went != fate.goes || said.with_value(|said| said.contains(&fate.id))
        };
        let fates: Vec<VolumeFate> =
            volumes.with_value(|lines| lines.iter().map(fate).filter(is_said).collect());
        said.set_value(fates.iter().map(|fate| fate.id.clone()).collect());
        let fates = Fates { volumes: fates, addresses: released.get_untracked() };
        deeds.perform(asked.clone(), Chosen::Fates(fates));
    });
    let title = match again {
        true => tr_with("Delete {name} and try again?", &[("name", &server.name)]),
        false => tr_with("Delete {name}?", &[("name", &server.name)]),
    };
    let confirm = if again { tr("Delete and try again") } else { tr("Delete instance") };
    let local_disk = server.image_id.is_some();
    view! {
        <Dialog open=deeds.open title=title>
            <div class="dialog__body">
                <p>
                    {tr("This cannot be undone.")}
                    {local_disk.then(|| view! { " " {tr("Its local disk goes with it.")} })}
                </p>
                {again.then(|| view! { <p>{tr("After that the launch form opens, filled in as it was.")}</p> })}
                {volumes.with_value(|lines| (!lines.is_empty()).then(|| volume_list(lines.clone(), known)))}
                {move || address_list(known, released)}
                <Refusal deeds=deeds />
            </div>
            <div class="dialog__foot">
                <Button on_press=move |_| deeds.open.set(false)>{tr("Cancel")}</Button>
                <Button
                    kind=ButtonKind::DangerSolid
                    busy=busy
                    on_press=move |_| perform.with_value(|perform| perform())
                >
                    {confirm}
                </Button>
            </div>
        </Dialog>
    }
}

type Known = LocalResource<Belongings>;

/// Each volume with its fate.
fn volume_list(lines: Vec<Line>, known: Known) -> AnyView {
    let line = move |line: Line| {
        let Line { id, boots, went, goes } = line;
        let label = {
            let id = id.clone();
            Signal::derive(move || {
                let volume = known.get().and_then(|known| known.volumes.get(&id).cloned());
                volume_words(&id, boots, volume.as_ref())
            })
        };
        let hint = Signal::derive(move || {
            Some(match (goes.get(), went) {
                (true, true) => tr("Goes with the instance, as was chosen when it was attached."),
                (true, false) => tr("Goes with the instance, with all that is on it."),
                (false, _) => tr("Stays, and is paid for until you delete it. An instance can be launched from it later."),
            }
            .to_owned())
        });
        // What cannot be changed is told all the same: the hint's words are the fate.
        let why_not = Signal::derive(move || match known.get() {
            Some(known) if known.can_choose => None,
            Some(_) => Some(format!(
                "{} {}",
                hint.get().unwrap_or_default(),
                tr("This cloud is too old to change that here.")
            )),
            None => hint.get(),
        });
        view! { <Check checked=goes label=label hint=hint why_not=why_not /> }
    };
    view! {
        <fieldset class="fieldset">
            <legend class="fieldset__legend">{tr("Delete with it")}</legend>
            <div class="stack stack--tight">{lines.into_iter().map(line).collect_view()}</div>
        </fieldset>
    }
    .into_any()
}

/// "Boot volume, 20 GiB, ssd (4f0c91d2)".
fn volume_words(id: &VolumeId, boots: bool, volume: Option<&Volume>) -> String {
    let short: String = id.as_str().chars().take(8).collect();
    let kind = if boots { tr("Boot volume") } else { tr("Volume") };
    let name = volume.map(|volume| volume.name.trim()).filter(|name| !name.is_empty());
    let parts: Vec<String> = [
        Some(name.map_or_else(|| kind.to_owned(), |name| format!("{kind} {name}"))),
        volume.map(|volume| format::disk(volume.size_gib)),
        volume.and_then(|volume| volume.volume_type.clone()),
    ]
    .into_iter()
    .flatten()
    .collect();
    format!("{} ({short})", parts.join(", "))
}

/// Its floating addresses, each to be released as well; nothing while there are none.
fn address_list(known: Known, released: RwSignal<Vec<FloatingIpId>>) -> Option<AnyView> {
    let addresses = match known.get()?.addresses {
        Ok(addresses) => addresses,
        Err(error) => {
            let words = errors::api(&error, None);
            return Some(
                view! {
                    <p class="small muted">
                        {tr("Whether it has floating addresses could not be read; they stay with the project.")}
                        " " {words.text}
                    </p>
                }
                .into_any(),
            );
        }
    };
    if addresses.is_empty() {
        return None;
    }
    let line = move |(id, address): (FloatingIpId, String)| {
        let release = RwSignal::new(false);
        Effect::new(move || {
            let wanted = release.get();
            released.update(|released| {
                released.retain(|other| *other != id);
                if wanted {
                    released.push(id.clone());
                }
            });
        });
        let hint = Signal::derive(move || {
            Some(
                if release.get() {
                    tr("Goes back to the cloud; somebody else may get it.")
                } else {
                    tr("Stays with the project for another instance, and is paid for.")
                }
                .to_owned(),
            )
        });
        view! { <Check checked=release label=tr_with("Floating address {address}", &[("address", &address)]) hint=hint /> }
    };
    Some(
        view! {
            <fieldset class="fieldset">
                <legend class="fieldset__legend">{tr("Release with it")}</legend>
                <div class="stack stack--tight">{addresses.into_iter().map(line).collect_view()}</div>
            </fieldset>
        }
        .into_any(),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_volume_has_its_fate() {
        let server: Server = serde_json::from_value(json!({
            "id": "s", "status": "ACTIVE", "image": "",
            "os-extended-volumes:volumes_attached": [{"id": "v", "delete_on_termination": true}, {"id": "w"}],
        }))
        .expect("a server");
        let found: Vec<(bool, bool)> =
            lines(&server).iter().map(|line| (line.boots, line.goes.get_untracked())).collect();
        assert_eq!(found, [(true, true), (false, false)]);
    }

    #[test]
    fn a_volume_is_told_by_what_is_known_of_it() {
        let id = VolumeId::from("4f0c91d2-aaaa");
        let volume: Volume = serde_json::from_value(json!({
            "id": "4f0c91d2-aaaa", "name": "data", "status": "in-use", "size": 20, "volume_type": "ssd",
        }))
        .expect("a volume");
        assert_eq!(volume_words(&id, false, Some(&volume)), "Volume data, 20 GiB, ssd (4f0c91d2)");
        assert_eq!(volume_words(&id, true, None), "Boot volume (4f0c91d2)");
    }
}
