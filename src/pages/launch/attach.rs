//! What an instance is attached to: which networks and security groups can be chosen, and which are at first.
//!
//! Pure.

use openstack::network::{Network, SecurityGroup, Subnet};
use openstack::{NetworkId, SecurityGroupId};

use crate::text::{tr, tr_with};

/// Which networks the instance is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NetworkChoice {
    /// The cloud chooses the only one there is, or makes one.
    Auto,
    /// None.
    None,
    /// These: the first network card is on the first of them, and so on.
    These(Vec<NetworkId>),
}

impl NetworkChoice {
    /// The word for the cloud's choice.
    pub const AUTO: &'static str = "auto";
    /// The word for no network.
    pub const NONE: &'static str = "none";

    /// From the values of the selects. One of the two words in the first of them makes the others idle.
    pub fn parse(values: &[String]) -> Option<Self> {
        let mut chosen = values.iter().map(String::as_str).filter(|value| !value.is_empty());
        match chosen.next()? {
            Self::AUTO => Some(Self::Auto),
            Self::NONE => Some(Self::None),
            first => {
                let rest = chosen.filter(|value| !is_word(value));
                Some(Self::These(std::iter::once(first).chain(rest).map(NetworkId::from).collect()))
            }
        }
    }
}

/// Whether a value names no network.
pub fn is_word(value: &str) -> bool {
    matches!(value, NetworkChoice::AUTO | NetworkChoice::NONE)
}

/// How Nova is told the groups: by name, or by id where two have the same name.
pub fn group_names(chosen: &[String], groups: &[SecurityGroup]) -> Vec<String> {
    let same_name = |name: &str| groups.iter().filter(|group| group.name == name).count();
    groups
        .iter()
        .filter(|group| chosen.iter().any(|id| id == group.id.as_str()))
        .map(
            |group| {
                if same_name(&group.name) > 1 { group.id.to_string() } else { group.name.clone() }
            },
        )
        .collect()
}

/// Which groups are chosen at first: the one that every project has, which the cloud would take by itself.
pub fn default_groups(groups: &[SecurityGroup]) -> Vec<SecurityGroupId> {
    groups.iter().filter(|group| group.name == "default").map(|group| group.id.clone()).collect()
}

/// The groups that will hold: the chosen ones, or the cloud's default when none is.
pub fn groups_in_force<'a>(
    chosen: &[String],
    groups: &'a [SecurityGroup],
) -> Vec<&'a SecurityGroup> {
    let found: Vec<&SecurityGroup> =
        groups.iter().filter(|group| chosen.iter().any(|id| id == group.id.as_str())).collect();
    if found.is_empty() {
        return groups.iter().filter(|group| group.name == "default").collect();
    }
    found
}

/// Which network is chosen at first: the only usable one of the project, or its first; without any, the cloud's choice.
pub fn default_network(networks: &[Network]) -> String {
    let own = |network: &&Network| !network.shared;
    let usable = || networks.iter().filter(|network| network_reason(network).is_none());
    usable()
        .find(own)
        .or_else(|| usable().next())
        .map_or(NetworkChoice::AUTO, |network| network.id.as_str())
        .to_owned()
}

/// Why a network cannot be chosen.
pub fn network_reason(network: &Network) -> Option<&'static str> {
    if !network.admin_state_up {
        Some(tr("switched off"))
    } else if network.external && !network.shared {
        Some(tr("outside: reached through a router"))
    } else if network.subnets.is_empty() {
        Some(tr("has no subnet"))
    } else {
        None
    }
}

/// Why the cloud cannot choose the network: with several it answers 409 (nova `NetworkAmbiguous`).
pub fn auto_reason(networks: &[Network]) -> Option<&'static str> {
    let usable = networks.iter().filter(|network| network_reason(network).is_none()).count();
    (usable > 1).then_some(tr("there are several"))
}

/// A network as the select shows it: name, address ranges, whose it is.
pub fn network_label(network: &Network, subnets: &[Subnet]) -> String {
    let name = network_name(network);
    let ranges = subnets
        .iter()
        .filter(|subnet| subnet.network_id == network.id)
        .map(|subnet| subnet.cidr.as_str());
    let mut label = std::iter::once(name.as_str()).chain(ranges).collect::<Vec<_>>().join(" · ");
    if network.shared {
        label.push_str(tr(" · shared"));
    }
    label
}

/// Its name, or the beginning of its id.
pub fn network_name(network: &Network) -> String {
    if network.name.is_empty() {
        network.id.as_str().chars().take(8).collect()
    } else {
        network.name.clone()
    }
}

/// What is wrong with the chosen networks.
pub fn network_problem(choice: Option<&NetworkChoice>, networks: &[Network]) -> Option<String> {
    let ids = match choice {
        None => return Some(tr("Choose a network.").to_owned()),
        Some(NetworkChoice::None) => return None,
        Some(NetworkChoice::Auto) => {
            return auto_reason(networks).map(|why| {
                tr_with("The cloud cannot choose: {why}. Choose one.", &[("why", &why)])
            });
        }
        Some(NetworkChoice::These(ids)) => ids,
    };
    ids.iter().enumerate().find_map(|(at, id)| {
        let known = networks.iter().find(|network| network.id == *id);
        let name = known.map_or_else(|| id.to_string(), network_name);
        if ids.iter().take(at).any(|other| other == id) {
            return Some(tr_with(
                "{name} is chosen twice. Choose another, or remove one.",
                &[("name", &name)],
            ));
        }
        if known.is_none() && !networks.is_empty() {
            return Some(tr_with(
                "There is no network {name} in this project. Choose another.",
                &[("name", &name)],
            ));
        }
        known
            .and_then(network_reason)
            .map(|why| tr_with("{name} cannot be used: {why}.", &[("name", &name), ("why", &why)]))
    })
}
