//! What is filled in on the launch page, what is wrong with it, and the request that follows from it.
//!
//! Pure: the page holds one signal a field and derives a `Draft` from them. Nothing here asks the cloud.

use openstack::compute::{BootFrom, ComputeLimits, CreateServer, Flavor, Networks};
use openstack::image::{Image, ImageStatus};
use openstack::network::{Network, SecurityGroup};
use openstack::volume::VolumeLimits;
use openstack::{FlavorId, SecurityGroupId};

use super::attach::{NetworkChoice, auto_reason, group_names, network_reason};
use super::fit::{Misfit, Needs, misfit};
use crate::text::{tr, tr_with};

/// Where the instance's first disk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BootDisk {
    /// On a new volume made from the image.
    NewVolume,
    /// On the size's local disk.
    Local,
    /// On volumes made from the snapshots that the image points to; nothing to choose.
    AsImageSays,
}

/// What is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// As typed.
    pub name: String,
    /// The chosen size.
    pub flavor: Option<FlavorId>,
    /// The first disk.
    pub disk: BootDisk,
    /// The new volume's size in GiB, as typed.
    pub volume_gib: String,
    /// Its type; the cloud's default when `None`.
    pub volume_type: Option<String>,
    /// Whether it goes with the instance.
    pub delete_volume: bool,
    /// The network; `None` until one is chosen.
    pub network: Option<NetworkChoice>,
    /// The chosen security groups.
    pub groups: Vec<SecurityGroupId>,
    /// A key pair's name.
    pub key: Option<String>,
    /// A zone; any when `None`.
    pub zone: Option<String>,
}

/// What the form is filled in against. An empty list or a limit of `None` means that it is not known (yet).
#[derive(Clone, Debug)]
pub struct Offer {
    /// What is launched.
    pub image: Image,
    /// What the image needs here.
    pub needs: Needs,
    /// The sizes.
    pub flavors: Vec<Flavor>,
    /// The compute quota.
    pub limits: Option<ComputeLimits>,
    /// The volume quota.
    pub volume_limits: Option<VolumeLimits>,
    /// The networks.
    pub networks: Vec<Network>,
    /// The security groups.
    pub groups: Vec<SecurityGroup>,
}

impl Offer {
    /// The chosen size.
    pub fn flavor(&self, draft: &Draft) -> Option<&Flavor> {
        self.flavors.iter().find(|flavor| Some(&flavor.id) == draft.flavor.as_ref())
    }
}

/// The parts of the form that something can be wrong with, in the order in which they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The image that is launched.
    Image,
    /// The name.
    Name,
    /// The availability zone.
    Zone,
    /// The size.
    Size,
    /// The boot volume's size.
    VolumeSize,
    /// The boot volume's type.
    VolumeType,
    /// The network.
    Network,
    /// The key pair.
    Key,
    /// The security groups.
    Groups,
}

impl Part {
    /// The id of the element that the summary of problems leads to.
    pub const fn anchor(self) -> &'static str {
        match self {
            Self::Image => "launch-image",
            Self::Name => "launch-name",
            Self::Zone => "launch-zone",
            Self::Size => "launch-size",
            Self::VolumeSize => "launch-volume-size",
            Self::VolumeType => "launch-volume-type",
            Self::Network => "launch-network",
            Self::Key => "launch-key",
            Self::Groups => "launch-groups",
        }
    }
}

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
    [
        (Part::Image, image_problem(&offer.image)),
        (Part::Name, name_problem(&draft.name)),
        (Part::Size, size_problem(draft, offer)),
        (Part::VolumeSize, volume_problem(draft, offer)),
        (Part::Network, network_problem(draft, &offer.networks)),
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
    let (Some(flavor), Some(network), true) =
        (draft.flavor.clone(), draft.network.clone(), found.is_empty())
    else {
        return Err(found);
    };
    let image = offer.image.id.clone();
    let boot = match draft.disk {
        BootDisk::Local | BootDisk::AsImageSays => BootFrom::LocalDisk { image },
        BootDisk::NewVolume => BootFrom::NewVolume {
            image,
            size_gib: whole_gib(&draft.volume_gib).unwrap_or(offer.needs.volume_gib),
            volume_type: draft.volume_type.clone(),
            delete_with_server: draft.delete_volume,
        },
    };
    let networks = match network {
        NetworkChoice::Auto => Networks::Auto,
        NetworkChoice::None => Networks::None,
        NetworkChoice::This(id) => Networks::These(vec![id]),
    };
    let security_groups = if networks == Networks::None {
        Vec::new()
    } else {
        group_names(&draft.groups, &offer.groups)
    };
    Ok(CreateServer {
        key_name: draft.key.clone(),
        security_groups,
        availability_zone: draft.zone.clone(),
        ..CreateServer::new(draft.name.trim(), flavor, boot, networks)
    })
}

/// A name to begin with, from the image's: what a host name may have, at most 63 characters.
pub fn suggested_name(image: &str) -> String {
    let mut name = String::new();
    for letter in image.chars() {
        match letter {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' => name.push(letter),
            _ if name.ends_with('-') => {}
            _ => name.push('-'),
        }
    }
    let name: String = name.trim_matches(['-', '.']).chars().take(63).collect();
    name.trim_end_matches(['-', '.']).to_owned()
}

/// The host name that Nova makes of a name (nova/utils.py `sanitize_hostname`), when it differs from the name.
pub fn host_name(name: &str) -> Option<String> {
    let name = name.trim();
    let replaced: String = name
        .chars()
        .map(|letter| if matches!(letter, ' ' | '_') { '-' } else { letter })
        .filter(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.'))
        .collect::<String>()
        .to_ascii_lowercase();
    let host: String =
        replaced.trim_matches(['-', '.']).replace('.', "-").chars().take(63).collect();
    (!host.is_empty() && host != name).then_some(host)
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

fn name_problem(name: &str) -> Option<String> {
    let name = name.trim();
    if name.is_empty() {
        Some(tr("Give the instance a name.").to_owned())
    } else if name.chars().count() > 255 {
        Some(tr_with(
            "255 characters at most; these are {count}.",
            &[("count", &name.chars().count())],
        ))
    } else if name.chars().any(char::is_control) {
        Some(tr("The name has a character in it that cannot be printed.").to_owned())
    } else {
        None
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
        return Some(tr("Choose a size.").to_owned());
    };
    misfit(flavor, offer.needs, draft.disk, limits)
        .map(Misfit::words)
        .map(|why| tr_with("{name} does not fit: {why}.", &[("name", &flavor.name), ("why", &why)]))
}

fn volume_problem(draft: &Draft, offer: &Offer) -> Option<String> {
    if draft.disk != BootDisk::NewVolume {
        return None;
    }
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
    let limits = offer.volume_limits?;
    if limits.max_volumes.is_some_and(|max| max <= limits.used_volumes) {
        let max = limits.max_volumes.unwrap_or_default();
        return Some(tr_with("All {max} volumes of your quota are in use.", &[("max", &max)]));
    }
    let left = limits.max_gib.map(|max| max.saturating_sub(limits.used_gib));
    left.filter(|left| size > *left).map(|left| {
        tr_with("{left} GiB of volume storage are left in your quota.", &[("left", &left)])
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

fn network_problem(draft: &Draft, networks: &[Network]) -> Option<String> {
    match &draft.network {
        None => Some(tr("Choose a network.").to_owned()),
        Some(NetworkChoice::Auto) => auto_reason(networks)
            .map(|why| tr_with("The cloud cannot choose: {why}. Choose one.", &[("why", &why)])),
        Some(NetworkChoice::None) => None,
        Some(NetworkChoice::This(id)) => networks
            .iter()
            .find(|network| network.id == *id)
            .and_then(network_reason)
            .map(|why| tr_with("This network cannot be used: {why}.", &[("why", &why)])),
    }
}

/// A whole number of GiB above 0, as typed.
pub fn whole_gib(typed: &str) -> Option<u64> {
    typed.trim().parse().ok().filter(|gib| *gib > 0)
}

#[cfg(test)]
#[path = "form_tests.rs"]
mod tests;
