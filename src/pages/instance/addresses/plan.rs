//! Which addresses the instance has, and what can be done about floating ones, with the reason where nothing can. Pure.

use std::collections::BTreeMap;

use openstack::compute::Server;
use openstack::network::{FloatingIp, Network, Plug, WayIn, ways_in};
use openstack::{NetworkId, PortId};

use crate::cloud::ServerNet as Net;
use crate::text::{tr, tr_with};

/// One of its own addresses.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The network's name.
    pub network: String,
    /// The address.
    pub address: String,
    /// The port, where it is known.
    pub port: Option<PortId>,
    /// The port's hardware address.
    pub mac: Option<String>,
    /// Whether the port passes anything: `ACTIVE`, `DOWN`, …
    pub status: Option<String>,
    /// The floating address that stands for it.
    pub floating: Option<FloatingIp>,
    /// What can be done about one.
    pub offer: Offer,
}

/// What can be done about a floating address.
#[derive(Clone, Debug, PartialEq)]
pub enum Offer {
    /// It has one.
    Has,
    /// It needs none: version 6 addresses are public, and so are those of a network that leads outside.
    NeedsNone,
    /// One can be added.
    Can(Vec<Way>),
    /// None can be added, for this reason.
    Cannot(String),
}

/// An external network that an address can come from.
#[derive(Clone, Debug, PartialEq)]
pub struct Way {
    /// What it is tied to.
    pub plug: Plug,
    /// The network that it comes from.
    pub external: NetworkId,
    /// Its name.
    pub name: String,
    /// Addresses of it that the project has and that are tied to nothing.
    pub free: Vec<FloatingIp>,
    /// Why no new one can be had.
    pub why_no_new: Option<String>,
}

/// Its own addresses, each with its floating one.
pub fn lines(server: &Server, net: &Net) -> Vec<Line> {
    if net.ports.is_empty() {
        return from_record(server);
    }
    let ways = ways_in(&net.ports, &net.all_ports, &net.routers);
    let names: BTreeMap<&NetworkId, &Network> =
        net.networks.iter().map(|network| (&network.id, network)).collect();
    let mut lines = Vec::new();
    for port in &net.ports {
        let network = names.get(&port.network_id).copied();
        for fixed in &port.fixed_ips {
            let tied = |floating: &&FloatingIp| {
                floating.port_id.as_ref() == Some(&port.id)
                    && floating
                        .fixed_ip_address
                        .as_ref()
                        .is_none_or(|address| *address == fixed.ip_address)
            };
            let floating = net.floating.iter().find(tied).cloned();
            let here: Vec<&WayIn> = ways
                .iter()
                .filter(|way| way.plug.port == port.id && way.fixed_ip == fixed.ip_address)
                .collect();
            let routed = net.all_ports.iter().any(|other| {
                other.device_owner.starts_with("network:router")
                    && other.fixed_ips.iter().any(|ip| ip.subnet_id == fixed.subnet_id)
            });
            let offer = if floating.is_some() {
                Offer::Has
            } else if !fixed.ip_address.contains('.') {
                Offer::NeedsNone
            } else if here.is_empty() {
                no_way(network, routed)
            } else {
                Offer::Can(here.into_iter().map(|way| one_way(way, net, &names)).collect())
            };
            lines.push(Line {
                network: network.map_or_else(
                    || port.network_id.as_str().chars().take(8).collect(),
                    |network| network.name.clone(),
                ),
                address: fixed.ip_address.clone(),
                port: Some(port.id.clone()),
                mac: port.mac_address.clone(),
                status: port.status.clone(),
                floating,
                offer,
            });
        }
    }
    lines
}

/// What Nova itself says, while the network service is silent.
fn from_record(server: &Server) -> Vec<Line> {
    let line = |network: &String, addr: &str, mac: Option<String>| Line {
        network: network.clone(),
        address: addr.to_owned(),
        port: None,
        mac,
        status: None,
        floating: None,
        offer: Offer::NeedsNone,
    };
    server
        .addresses
        .iter()
        .flat_map(|(network, all)| {
            all.iter().map(move |address| line(network, &address.addr, address.mac.clone()))
        })
        .collect()
}

fn no_way(network: Option<&Network>, routed: bool) -> Offer {
    let name = network.map_or("", |network| network.name.as_str());
    match network {
        Some(network) if network.external || network.shared && !routed => Offer::NeedsNone,
        _ if routed => Offer::Cannot(tr_with(
            "No floating address: the router on {network} has no way out. It needs an external gateway first.",
            &[("network", &name)],
        )),
        _ => Offer::Cannot(tr_with(
            "No floating address: no router joins {network} with an external network.",
            &[("network", &name)],
        )),
    }
}

fn one_way(way: &WayIn, net: &Net, names: &BTreeMap<&NetworkId, &Network>) -> Way {
    let free = net
        .floating
        .iter()
        .filter(|floating| floating.is_free() && floating.network_id == way.external)
        .cloned()
        .collect();
    let room = net.quota.map(|quota| quota.floating_ips);
    let why_no_new = room.filter(|room| room.left() == Some(0)).map(|room| {
        tr_with(
            "All {count} floating addresses of your quota are in use.",
            &[("count", &room.used())],
        )
    });
    Way {
        plug: way.plug.clone(),
        external: way.external.clone(),
        name: names
            .get(&way.external)
            .map_or_else(|| tr("the external network").to_owned(), |network| network.name.clone()),
        free,
        why_no_new,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn net(parts: Value) -> Net {
        fn take<T: serde::de::DeserializeOwned>(parts: &Value, name: &str) -> Vec<T> {
            let rows = parts.get(name).cloned().unwrap_or_else(|| json!([]));
            serde_json::from_value(rows).expect("rows")
        }
        Net {
            ports: take(&parts, "ports"),
            all_ports: take(&parts, "all_ports"),
            routers: take(&parts, "routers"),
            floating: take(&parts, "floating"),
            networks: take(&parts, "networks"),
            groups: take(&parts, "groups"),
            quota: parts
                .get("quota")
                .map(|quota| serde_json::from_value(quota.clone()).expect("a quota")),
        }
    }

    fn port(id: &str, owner: &str, device: &str, address: &str) -> Value {
        json!({
            "id": id, "network_id": "inside", "device_owner": owner, "device_id": device,
            "fixed_ips": [{"subnet_id": "s", "ip_address": address}],
        })
    }

    fn offer(parts: Value) -> Offer {
        let server: Server =
            serde_json::from_value(json!({"id": "s", "status": "ACTIVE"})).expect("a server");
        let found = lines(&server, &net(parts));
        found.into_iter().next().expect("a line").offer
    }

    fn parts() -> Value {
        json!({
            "ports": [port("p", "compute:a", "s", "10.0.0.5")],
            "all_ports": [port("p", "compute:a", "s", "10.0.0.5"), port("r", "network:router_interface", "router", "10.0.0.1")],
            "routers": [{"id": "router", "name": "r", "external_gateway_info": {"network_id": "out"}}],
            "networks": [{"id": "inside", "name": "inside"}, {"id": "out", "name": "outside", "router:external": true}],
            "floating": [
                {"id": "f1", "floating_ip_address": "203.0.113.7", "floating_network_id": "out", "port_id": null},
                {"id": "f2", "floating_ip_address": "203.0.113.8", "floating_network_id": "elsewhere", "port_id": null},
            ],
        })
    }

    #[test]
    fn an_address_comes_from_the_pool_or_is_new() {
        let Offer::Can(ways) = offer(parts()) else { panic!("it can have one") };
        let way = ways.first().expect("a way");
        assert_eq!((way.name.as_str(), way.why_no_new.as_deref()), ("outside", None));
        let free: Vec<&str> = way.free.iter().map(|free| free.address.as_str()).collect();
        assert_eq!(free, ["203.0.113.7"], "only those of that network");
    }

    #[test]
    fn the_reason_is_said_where_there_is_none() {
        let change = |name: &str, value: Value| {
            let mut parts = parts();
            parts.as_object_mut().expect("an object").insert(name.to_owned(), value);
            parts
        };
        let no_gateway = change(
            "routers",
            json!([{"id": "router", "name": "r", "external_gateway_info": null}]),
        );
        assert!(matches!(offer(no_gateway), Offer::Cannot(why) if why.contains("no way out")));
        let no_router = change("all_ports", json!([]));
        assert!(matches!(offer(no_router), Offer::Cannot(why) if why.contains("no router")));
        let shared = json!([{"id": "inside", "name": "direct", "shared": true}]);
        let mut direct = change("networks", shared);
        direct.as_object_mut().expect("an object").insert("all_ports".to_owned(), json!([]));
        assert_eq!(offer(direct), Offer::NeedsNone);
        let full = change("quota", json!({"floatingip": {"limit": 2, "used": 2, "reserved": 0}}));
        let Offer::Can(ways) = offer(full) else { panic!("the pool has one") };
        assert!(ways.iter().all(|way| way.why_no_new.is_some()));
    }

    #[test]
    fn the_one_it_has_is_shown() {
        let mut parts = parts();
        parts.as_object_mut().expect("an object").insert(
            "floating".to_owned(),
            json!([{
                "id": "f1", "floating_ip_address": "203.0.113.7", "floating_network_id": "out", "port_id": "p",
                "fixed_ip_address": "10.0.0.5",
            }]),
        );
        assert_eq!(offer(parts), Offer::Has);
    }
}
