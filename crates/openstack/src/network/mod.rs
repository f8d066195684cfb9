//! Neutron: networks, subnets, ports, security groups and floating addresses, as far as a launch and its instance need them.
//!
//! Reference: <https://docs.openstack.org/api-ref/network/v2/>.

mod floating;
mod quota;
mod router;

use serde::Deserialize;

use crate::call::Call;
use crate::client::Client;
use crate::decode::{Listing, null_as_default};
use crate::endpoint::Service;
use crate::error::ApiError;
use crate::ids::{NetworkId, PortId, ProjectId, SecurityGroupId, ServerId, SubnetId};
use crate::query::Query;
use crate::transport::{Method, Transport};

pub use floating::{
    FloatingIp, Plug, associate_floating_ip, create_floating_ip, delete_floating_ip,
    disassociate_floating_ip, floating_ips,
};
pub use quota::{NetworkQuota, Room, quota};
pub use router::{Router, WayIn, routers, ways_in};

/// A network.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Network {
    /// Its id.
    pub id: NetworkId,
    /// Its name; may be empty.
    #[serde(default, deserialize_with = "null_as_default")]
    pub name: String,
    /// Whose it is.
    #[serde(default)]
    pub project_id: Option<ProjectId>,
    /// Whether other projects may use it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub shared: bool,
    /// Whether it leads outside: floating addresses come from it, and few clouds let a server on it directly.
    #[serde(default, rename = "router:external", deserialize_with = "null_as_default")]
    pub external: bool,
    /// `ACTIVE`, `DOWN`, …
    #[serde(default)]
    pub status: Option<String>,
    /// Whether it is switched on.
    #[serde(default = "yes")]
    pub admin_state_up: bool,
    /// Its subnets; a server on a network without any gets no address.
    #[serde(default, deserialize_with = "null_as_default")]
    pub subnets: Vec<SubnetId>,
    /// The zones it is meant for.
    #[serde(default, deserialize_with = "null_as_default")]
    pub availability_zone_hints: Vec<String>,
    /// In the owner's words.
    #[serde(default, deserialize_with = "null_as_default")]
    pub description: String,
}

/// A range of addresses of a network.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Subnet {
    /// Its id.
    pub id: SubnetId,
    /// Its name; may be empty.
    #[serde(default, deserialize_with = "null_as_default")]
    pub name: String,
    /// The network it belongs to.
    pub network_id: NetworkId,
    /// `10.0.0.0/24`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub cidr: String,
    /// 4 or 6.
    #[serde(default)]
    pub ip_version: Option<u8>,
    /// Whether servers are told their address.
    #[serde(default, deserialize_with = "null_as_default")]
    pub enable_dhcp: bool,
    /// The way out.
    #[serde(default)]
    pub gateway_ip: Option<String>,
}

/// A plug of a server in a network.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Port {
    /// Its id.
    pub id: PortId,
    /// Its name; may be empty.
    #[serde(default, deserialize_with = "null_as_default")]
    pub name: String,
    /// The network.
    pub network_id: NetworkId,
    /// `ACTIVE`, `DOWN`, `BUILD`, …
    #[serde(default)]
    pub status: Option<String>,
    /// The server (or router) that holds it; empty when it is free.
    #[serde(default, deserialize_with = "null_as_default")]
    pub device_id: String,
    /// What holds it: `compute:{zone}`, `network:router_interface`, …
    #[serde(default, deserialize_with = "null_as_default")]
    pub device_owner: String,
    /// Its hardware address.
    #[serde(default)]
    pub mac_address: Option<String>,
    /// Its addresses.
    #[serde(default, deserialize_with = "null_as_default")]
    pub fixed_ips: Vec<FixedIp>,
    /// What may pass.
    #[serde(default, deserialize_with = "null_as_default")]
    pub security_groups: Vec<SecurityGroupId>,
}

/// An address of a port.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct FixedIp {
    /// From which range.
    pub subnet_id: SubnetId,
    /// The address.
    pub ip_address: String,
}

/// A set of rules about what may pass.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct SecurityGroup {
    /// Its id.
    pub id: SecurityGroupId,
    /// Its name; Nova takes groups by name.
    pub name: String,
    /// In the owner's words.
    #[serde(default, deserialize_with = "null_as_default")]
    pub description: String,
    /// Its rules.
    #[serde(default, rename = "security_group_rules", deserialize_with = "null_as_default")]
    pub rules: Vec<Rule>,
}

/// What may pass.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Rule {
    /// `ingress` or `egress`.
    pub direction: String,
    /// `IPv4` or `IPv6`.
    #[serde(default)]
    pub ethertype: Option<String>,
    /// `tcp`, `udp`, `icmp`, a number; any when `None`.
    #[serde(default)]
    pub protocol: Option<String>,
    /// The first port.
    #[serde(default)]
    pub port_range_min: Option<i64>,
    /// The last port.
    #[serde(default)]
    pub port_range_max: Option<i64>,
    /// From or to where.
    #[serde(default)]
    pub remote_ip_prefix: Option<String>,
    /// Or from or to members of this group.
    #[serde(default)]
    pub remote_group_id: Option<SecurityGroupId>,
}

impl SecurityGroup {
    /// Whether anyone may reach this TCP port: whether SSH (22) or RDP (3389) will answer.
    pub fn lets_in_tcp(&self, port: u16) -> bool {
        self.rules.iter().any(|rule| {
            let from_anywhere = rule.remote_group_id.is_none()
                && matches!(rule.remote_ip_prefix.as_deref(), None | Some("0.0.0.0/0" | "::/0"));
            let protocol = matches!(rule.protocol.as_deref(), None | Some("tcp" | "6"));
            let first = rule.port_range_min.unwrap_or(0);
            let last = rule.port_range_max.unwrap_or(i64::from(u16::MAX));
            rule.direction == "ingress"
                && from_anywhere
                && protocol
                && (first..=last).contains(&i64::from(port))
        })
    }
}

/// The networks that the project sees.
///
/// # Errors
/// As every call.
pub async fn networks<T: Transport>(client: &Client<T>) -> Result<Listing<Network>, ApiError> {
    client
        .all_pages(
            Call::new("list networks", Service::Network, Method::Get, "/networks"),
            "networks",
        )
        .await
}

/// The subnets that the project sees.
///
/// # Errors
/// As every call.
pub async fn subnets<T: Transport>(client: &Client<T>) -> Result<Listing<Subnet>, ApiError> {
    client
        .all_pages(Call::new("list subnets", Service::Network, Method::Get, "/subnets"), "subnets")
        .await
}

/// The ports of a server, or all of the project's.
///
/// # Errors
/// As every call.
pub async fn ports<T: Transport>(
    client: &Client<T>,
    server: Option<&ServerId>,
) -> Result<Listing<Port>, ApiError> {
    let query = Query::new().with_some("device_id", server.map(ServerId::as_str));
    client
        .all_pages(
            Call::new("list ports", Service::Network, Method::Get, "/ports").query(query),
            "ports",
        )
        .await
}

/// The project's security groups with their rules. (Someone with more rights sees other projects' groups too, so the
/// project is asked for.)
///
/// # Errors
/// As every call.
pub async fn security_groups<T: Transport>(
    client: &Client<T>,
) -> Result<Listing<SecurityGroup>, ApiError> {
    let session = client.session();
    let project = session.project.as_ref().map(|project| project.id.as_str());
    let query = Query::new().with_some("project_id", project);
    let call = Call::new("list security groups", Service::Network, Method::Get, "/security-groups")
        .query(query);
    client.all_pages(call, "security_groups").await
}

fn yes() -> bool {
    true
}
