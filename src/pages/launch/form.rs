//! From what is filled in to the request: what is wrong with it, held against the offer, and what follows from it.
//!
//! Pure: the page holds one signal a field and derives a `Draft` from them. Nothing here asks the cloud.

use cloud_init::bytes_of;
use openstack::compute::{BootFrom, CreateServer, Networks, user_data};
use openstack::image::{Image, ImageStatus};
use openstack::{FlavorId, ServerGroupId};

use super::attach::{self, NetworkChoice};
pub use super::draft::{BootDisk, Draft, Part};
use super::fit::{Misfit, misfit};
pub use super::offer::Offer;
use super::{capacity, snapshots, words, zones};
use crate::text::{format, tr, tr_with};

/// Something that keeps the instance from being launched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub part: Part,
    /// What is wrong and what to do, as a sentence.
    pub words: String,
}

/// Everything that is wrong, in the order of the form.
pub fn problems(draft: &Draft, offer: &Offer) -> Vec<Problem> {
    let count = capacity::parse_count(&draft.count).unwrap_or(1);
    let demands = offer.flavor(draft).map(|flavor| capacity::demands(draft, flavor, offer));
    let password = || words::password_problem(draft.password.reveal());
    [
        (Part::Image, image_problem(&offer.image)),
        (Part::Name, words::name_problem(&draft.name, count)),
        (Part::Count, capacity::count_problem(&draft.count, &demands.unwrap_or_default())),
        (Part::Zone, zones::zone_problem(&draft.zone, &offer.zones)),
        (Part::Size, size_problem(draft, offer)),
        (Part::VolumeSize, volume_problem(draft, offer)),
        (Part::VolumeType, type_problem(draft, &offer.volume_types)),
        (Part::Network, network_problem(draft, offer)),
        (Part::Key, key_problem(draft, offer)),
        (Part::Password, offer.wants_password(draft).then(password).flatten()),
        (Part::Groups, groups_problem(draft, offer)),
        (Part::UserData, user_data_problem(&draft.user_data)),
        (Part::ServerGroup, server_group_problem(draft, offer)),
        (
            Part::HostName,
            words::host_name_problem(&draft.host_name, count, offer.dots_in_host_names),
        ),
        (Part::Description, words::description_problem(&draft.description)),
        (Part::Tags, words::tags_problem(&draft.tag_list())),
        (
            Part::Metadata,
            words::metadata_problem(
                &draft.metadata,
                offer.limits.and_then(|limits| limits.max_metadata),
            ),
        ),
    ]
    .into_iter()
    .filter_map(|(part, words)| words.map(|words| Problem { part, words }))
    .collect()
}

/// The request, when nothing is wrong.
///
/// # Errors
/// What is wrong.
pub fn request(draft: &Draft, offer: &Offer) -> Result<CreateServer, Vec<Problem>> {
    let found = problems(draft, offer);
    let (Some(network), false, true) = (draft.network(), draft.flavor.is_empty(), found.is_empty())
    else {
        return Err(found);
    };
    let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let networks = match network {
        NetworkChoice::Auto => Networks::Auto,
        NetworkChoice::None => Networks::None,
        NetworkChoice::These(ids) => Networks::These(ids),
    };
    let security_groups = if networks == Networks::None {
        Vec::new()
    } else {
        attach::group_names(&draft.groups, &offer.groups)
    };
    let password = Some(draft.password.clone())
        .filter(|password| !password.is_empty() && offer.wants_password(draft));
    let metadata = draft.metadata.iter().filter(|(key, _)| !key.is_empty()).cloned().collect();
    let flavor = FlavorId::from(draft.flavor.as_str());
    Ok(CreateServer {
        key_name: text(&draft.key),
        security_groups,
        availability_zone: text(&draft.zone),
        // That it is not too long is one of the rules above.
        user_data: text(&draft.user_data).and_then(|_| user_data(bytes_of(&draft.user_data)).ok()),
        config_drive: draft.config_drive,
        admin_password: password,
        metadata,
        tags: draft.tag_list(),
        description: text(&draft.description),
        hostname: text(&draft.host_name),
        server_group: text(&draft.server_group).map(ServerGroupId::from),
        count: capacity::parse_count(&draft.count).unwrap_or(1),
        ..CreateServer::new(draft.name.trim(), flavor, boot(draft, offer), networks)
    })
}

fn boot(draft: &Draft, offer: &Offer) -> BootFrom {
    let image = offer.image.id.clone();
    match (draft.disk, &offer.snapshots) {
        (BootDisk::NewVolume, _) => BootFrom::NewVolume {
            image,
            size_gib: whole_gib(&draft.volume_gib).unwrap_or(offer.needs.volume_gib),
            volume_type: Some(draft.volume_type.clone()).filter(|name| !name.is_empty()),
            delete_with_server: draft.delete_volume,
        },
        // The image itself would do, but would leave it to its record whether the volumes stay.
        (BootDisk::AsImageSays, Some(disks)) => {
            BootFrom::Snapshots(snapshots::asked(disks, draft.delete_volume))
        }
        (BootDisk::Local, _) | (BootDisk::AsImageSays, None) => BootFrom::LocalDisk { image },
    }
}

fn image_problem(image: &Image) -> Option<String> {
    match &image.status {
        ImageStatus::Active => None,
        ImageStatus::Deactivated => {
            Some(tr("The image is deactivated. Reactivate it, or choose another.").to_owned())
        }
        status if status.is_changing() || *status == ImageStatus::Queued => Some(tr_with(
            "The image is {status}; it can be launched once it is active.",
            &[("status", &status.as_str().replace('_', " "))],
        )),
        status => Some(tr_with(
            "The image is {status}. Choose another.",
            &[("status", &status.as_str().replace('_', " "))],
        )),
    }
}

fn size_problem(draft: &Draft, offer: &Offer) -> Option<String> {
    let limits = offer.limits.as_ref();
    if let Some(max) =
        limits.and_then(|limits| limits.max_servers.filter(|max| *max <= limits.used_servers))
    {
        return Some(tr_with(
            "All {max} instances of your quota are in use. Delete one, or ask for more.",
            &[("max", &max)],
        ));
    }
    let Some(flavor) = offer.flavor(draft) else {
        if draft.flavor.is_empty() || offer.flavors.is_empty() {
            return draft.flavor.is_empty().then(|| tr("Choose a size.").to_owned());
        }
        return Some(tr_with(
            "There is no size {name} here. Choose another.",
            &[("name", &draft.flavor)],
        ));
    };
    misfit(flavor, &offer.needs, draft.disk, limits, &offer.architectures)
        .map(Misfit::words)
        .map(|why| tr_with("{name} does not fit: {why}.", &[("name", &flavor.name), ("why", &why)]))
}

fn volume_problem(draft: &Draft, offer: &Offer) -> Option<String> {
    let (number, size) = match draft.disk {
        BootDisk::Local => return None,
        BootDisk::AsImageSays => offer.snapshot_demand(),
        BootDisk::NewVolume => {
            let least = offer.needs.volume_gib;
            let Some(size) = whole_gib(&draft.volume_gib) else {
                return Some(tr_with(
                    "Give a whole number of GiB, at least {least}.",
                    &[("least", &least)],
                ));
            };
            if size < least {
                return Some(tr_with(
                    "At least {least} GiB: {reason}.",
                    &[("least", &least), ("reason", &least_reason(offer))],
                ));
            }
            (1, size)
        }
    };
    let limits = offer.volume_limits?;
    if let Some(max) = limits.max_volumes.filter(|max| limits.used_volumes + number > *max) {
        return Some(match max.saturating_sub(limits.used_volumes) {
            0 => tr_with("All {max} volumes of your quota are in use.", &[("max", &max)]),
            left => tr_with(
                "{number} volumes are made; {left} are left in your quota.",
                &[("number", &number), ("left", &left)],
            ),
        });
    }
    let left = limits.max_gib.map(|max| max.saturating_sub(limits.used_gib));
    left.filter(|left| size > *left).map(|left| {
        tr_with(
            "{left} GiB of volume storage are left in your quota.",
            &[("left", &format::thousands(left))],
        )
    })
}

/// Where the smallest boot volume comes from.
pub fn least_reason(offer: &Offer) -> &'static str {
    if offer.needs.volume_gib > offer.needs.local_gib {
        tr("the smallest boot volume of this cloud")
    } else if offer.needs.volume_gib == offer.image.min_disk_gib {
        tr("the image asks for it")
    } else {
        tr("the image’s own disk")
    }
}

fn type_problem(draft: &Draft, types: &[String]) -> Option<String> {
    let name = &draft.volume_type;
    let gone = draft.disk == BootDisk::NewVolume
        && !name.is_empty()
        && !types.is_empty()
        && !types.contains(name);
    gone.then(|| tr_with("There is no volume type {name} here. Choose another.", &[("name", name)]))
}

fn network_problem(draft: &Draft, offer: &Offer) -> Option<String> {
    let choice = draft.network();
    attach::network_problem(choice.as_ref(), &offer.networks).or_else(|| {
        let wanted = match &choice {
            Some(NetworkChoice::These(ids)) => ids.len() as u64,
            Some(NetworkChoice::Auto) => 1,
            Some(NetworkChoice::None) | None => 0,
        };
        let ports = offer.ports?;
        let left = ports.left()?;
        (wanted > left).then(|| {
            tr_with(
                "An instance takes a port on each network: {wanted} here, and {left} are left in your quota.",
                &[("wanted", &wanted), ("left", &left)],
            )
        })
    })
}

fn key_problem(draft: &Draft, offer: &Offer) -> Option<String> {
    let keys = offer.keys.as_ref()?;
    let name = &draft.key;
    (!name.is_empty() && !keys.iter().any(|key| key.name == *name)).then(|| {
        tr_with(
            "You have no key pair {name}: key pairs belong to a user, not to a project. Choose one of yours, or make one.",
            &[("name", name)],
        )
    })
}

fn groups_problem(draft: &Draft, offer: &Offer) -> Option<String> {
    let known = |id: &&String| !offer.groups.iter().any(|group| group.id.as_str() == id.as_str());
    let stray = draft.groups.iter().find(known).filter(|_| !offer.groups.is_empty())?;
    if draft.network() == Some(NetworkChoice::None) {
        return None;
    }
    Some(tr_with(
        "There is no security group {name} in this project. It is not among these.",
        &[("name", stray)],
    ))
}

/// What is wrong with the user data as a whole; what is in it is judged where it is edited.
pub fn user_data_problem(text: &str) -> Option<String> {
    if text.trim().is_empty() {
        return None;
    }
    user_data(bytes_of(text)).err().map(|length| {
        tr_with(
            "Too long: {length} characters after base64; Nova takes 65,535.",
            &[("length", &format::thousands(length as u64))],
        )
    })
}

fn server_group_problem(draft: &Draft, offer: &Offer) -> Option<String> {
    let groups = offer.server_groups.as_ref()?;
    let id = &draft.server_group;
    (!id.is_empty() && !groups.iter().any(|group| group.id.as_str() == id.as_str())).then(|| {
        tr_with("There is no server group {name} in this project. Choose another.", &[("name", id)])
    })
}

/// A whole number of GiB above 0, as typed.
pub fn whole_gib(typed: &str) -> Option<u64> {
    typed.trim().parse().ok().filter(|gib| *gib > 0)
}

#[cfg(test)]
#[path = "form_tests.rs"]
mod tests;
