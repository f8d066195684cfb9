//! Routers, as far as floating addresses need them: which port can be reached from which external network.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{Plug, Port};
use crate::call::Call;
use crate::client::Client;
use crate::decode::{Listing, null_as_default};
use crate::endpoint::Service;
use crate::error::ApiError;
use crate::ids::{NetworkId, RouterId};
use crate::transport::{Method, Transport};

/// A router of the project.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Router {
    /// Its id.
    pub id: RouterId,
    /// Its name; may be empty.
    #[serde(default, deserialize_with = "null_as_default")]
    pub name: String,
    /// `ACTIVE`, …
    #[serde(default)]
    pub status: Option<String>,
    /// The external network behind it; `None` leads nowhere.
    #[serde(default, rename = "external_gateway_info", deserialize_with = "gateway_network")]
    pub external_network: Option<NetworkId>,
}

/// A way for floating addresses to a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayIn {
    /// What the address is tied to.
    pub plug: Plug,
    /// The server's own address there.
    pub fixed_ip: String,
    /// The network of the port.
    pub network: NetworkId,
    /// The network that the floating address is to come from.
    pub external: NetworkId,
    /// The router between them.
    pub router: RouterId,
}

/// Every way for floating addresses to the ports of a server: each IPv4 address on a subnet in which a router has a port,
/// with the network that the router leads out to (neutron/db/l3_db.py `get_router_for_floatingip`). `ports` are all that
/// the project sees, those of its routers among them.
pub fn ways_in(server_ports: &[Port], ports: &[Port], routers: &[Router]) -> Vec<WayIn> {
    let mut ways = Vec::new();
    for port in server_ports {
        let only_one = port.fixed_ips.len() == 1;
        for fixed in port.fixed_ips.iter().filter(|fixed| fixed.ip_address.contains('.')) {
            let behind = |candidate: &&Port| {
                candidate.device_owner.starts_with("network:")
                    && candidate.fixed_ips.iter().any(|ip| ip.subnet_id == fixed.subnet_id)
            };
            for router_port in ports.iter().filter(behind) {
                let router =
                    routers.iter().find(|router| router.id.as_str() == router_port.device_id);
                let Some(router) = router else { continue };
                let Some(external) = router.external_network.clone() else { continue };
                let plug = Plug {
                    port: port.id.clone(),
                    fixed_ip: (!only_one).then(|| fixed.ip_address.clone()),
                };
                let way = WayIn {
                    plug,
                    fixed_ip: fixed.ip_address.clone(),
                    network: port.network_id.clone(),
                    external,
                    router: router.id.clone(),
                };
                // A router that is spread over hosts has several ports in a subnet.
                if !ways.contains(&way) {
                    ways.push(way);
                }
            }
        }
    }
    ways
}

/// The project's routers.
///
/// # Errors
/// 404 where the cloud has no routers.
pub async fn routers<T: Transport>(client: &Client<T>) -> Result<Listing<Router>, ApiError> {
    let call = Call::new("list routers", Service::Network, Method::Get, "/routers");
    client.all_pages(call, "routers").await
}

/// `{"network_id": …}`, or null.
fn gateway_network<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<NetworkId>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(value.get("network_id").and_then(Value::as_str).map(NetworkId::from))
}
