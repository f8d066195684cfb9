//! What an instance is attached to: which networks and security groups can be chosen, and which are at first.
//!
//! Pure.

use crate::text::tr;
use openstack::network::{Network, SecurityGroup, Subnet};
use openstack::{NetworkId, SecurityGroupId};

/// Which network the instance is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NetworkChoice {
    /// The cloud chooses the only one there is, or makes one.
    Auto,
    /// None.
    None,
    /// This one.
    This(NetworkId),
}

impl NetworkChoice {
    const AUTO: &'static str = "auto";
    const NONE: &'static str = "none";

    /// From the value of the select.
    pub fn parse(value: &str) -> Option<Self> {
        match value {
            "" => None,
            Self::AUTO => Some(Self::Auto),
            Self::NONE => Some(Self::None),
            id => Some(Self::This(NetworkId::from(id))),
        }
    }

    /// As a value of the select.
    pub fn value(&self) -> &str {
        match self {
            Self::Auto => Self::AUTO,
            Self::None => Self::NONE,
            Self::This(id) => id.as_str(),
        }
    }
}

/// How Nova is told the groups: by name, or by id where two have the same name.
pub fn group_names(chosen: &[SecurityGroupId], groups: &[SecurityGroup]) -> Vec<String> {
    let same_name = |name: &str| groups.iter().filter(|group| group.name == name).count();
    groups
        .iter()
        .filter(|group| chosen.contains(&group.id))
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

/// Which network is chosen at first: the only usable one of the project, or its first; without any, the cloud's choice.
pub fn default_network(networks: &[Network]) -> NetworkChoice {
    let own = |network: &&Network| !network.shared;
    let usable = || networks.iter().filter(|network| network_reason(network).is_none());
    usable()
        .find(own)
        .or_else(|| usable().next())
        .map_or(NetworkChoice::Auto, |network| NetworkChoice::This(network.id.clone()))
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
    let name = if network.name.is_empty() {
        network.id.as_str().chars().take(8).collect()
    } else {
        network.name.clone()
    };
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
