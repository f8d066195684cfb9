//! What belongs to one instance and is kept by other services: its volumes, ports and floating addresses.

use std::collections::BTreeMap;

use futures_util::future::{join, join_all, join5};
use openstack::compute::{Feature, Server, VolumeAttachment};
use openstack::network::{self, FloatingIp, Network, NetworkQuota, Port, Router, SecurityGroup};
use openstack::volume::Volume;
use openstack::{ApiError, ErrorKind, FloatingIpId, Listing, ServerId, VolumeId};

use super::Cloud;

/// What is to be known before an instance is deleted.
#[derive(Clone, Debug)]
pub struct Belongings {
    /// Its volumes, as far as they could be read.
    pub volumes: BTreeMap<VolumeId, Volume>,
    /// Its floating addresses.
    pub addresses: Result<Vec<(FloatingIpId, String)>, ApiError>,
    /// Whether the fate of its volumes can be changed before it goes.
    pub can_choose: bool,
}

/// What the network service knows about an instance.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServerNet {
    /// Its ports.
    pub ports: Vec<Port>,
    /// All that the project sees, those of its routers among them.
    pub all_ports: Vec<Port>,
    /// The project's routers; none where the cloud has no such thing.
    pub routers: Vec<Router>,
    /// The project's floating addresses.
    pub floating: Vec<FloatingIp>,
    /// The networks that the project sees.
    pub networks: Vec<Network>,
    /// How many there may be.
    pub quota: Option<NetworkQuota>,
    /// The project's security groups.
    pub groups: Vec<SecurityGroup>,
}

impl ServerNet {
    /// Whether its security groups let nobody in at a TCP port. Unknown counts as no: a port without groups may have its
    /// filter switched off.
    pub fn is_closed(&self, tcp_port: u16) -> bool {
        let mut ids = self.ports.iter().flat_map(|port| &port.security_groups).peekable();
        let known = ids.peek().is_some();
        known
            && ids.all(|id| {
                self.groups
                    .iter()
                    .find(|group| group.id == *id)
                    .is_some_and(|group| !group.lets_in_tcp(tcp_port))
            })
    }
}

impl Cloud {
    /// What is to be known before an instance is deleted. What could not be read is told, or stays as it was chosen.
    pub async fn belongings(&self, server: &Server) -> Belongings {
        let volumes = join_all(server.volumes.iter().map(|volume| self.volume(&volume.id)));
        let addresses = self.tied_addresses(&server.id);
        let (volumes, addresses) = join(volumes, addresses).await;
        let volumes = volumes
            .into_iter()
            .filter_map(|volume| match volume {
                Ok(volume) => Some((volume.id.clone(), volume)),
                Err(error) => {
                    leptos::logging::warn!("{error}");
                    None
                }
            })
            .collect();
        let can_choose = match self.compute_has(Feature::VolumeFate).await {
            Ok(can) => can,
            Err(error) => {
                leptos::logging::warn!("{error}");
                false
            }
        };
        Belongings { volumes, addresses, can_choose }
    }

    async fn tied_addresses(&self, id: &ServerId) -> Result<Vec<(FloatingIpId, String)>, ApiError> {
        let (ports, floating) =
            join(self.server_ports(id), network::floating_ips(self.client())).await;
        let (ports, floating) = (ports?.items, none_where_missing(floating)?);
        let tied = |floating: &FloatingIp| {
            floating.port_id.as_ref().is_some_and(|id| ports.iter().any(|port| port.id == *id))
        };
        Ok(floating.into_iter().filter(tied).map(|one| (one.id, one.address)).collect())
    }

    /// What the network service knows about an instance.
    ///
    /// # Errors
    /// As every call.
    pub async fn server_net(&self, id: &ServerId) -> Result<ServerNet, ApiError> {
        let client = self.client();
        let own = join5(
            network::ports(client, None),
            network::routers(client),
            network::floating_ips(client),
            network::networks(client),
            network::quota(client),
        );
        let ((ports, routers, floating, networks, quota), groups) =
            join(own, network::security_groups(client)).await;
        let all_ports = ports?.items;
        let own = all_ports.iter().filter(|port| port.device_id == id.as_str()).cloned().collect();
        Ok(ServerNet {
            ports: own,
            all_ports,
            routers: none_where_missing(routers)?,
            floating: none_where_missing(floating)?,
            networks: networks?.items,
            quota: quota?,
            groups: groups?.items,
        })
    }

    /// The volumes of an instance with their devices, and each volume itself as far as it can be read.
    ///
    /// # Errors
    /// As every call.
    pub async fn server_volumes(
        &self,
        id: &ServerId,
    ) -> Result<Vec<(VolumeAttachment, Option<Volume>)>, ApiError> {
        let attached = openstack::compute::volume_attachments(self.client(), id).await?.items;
        let volumes = join_all(attached.iter().map(|one| self.volume(&one.volume_id))).await;
        attached
            .into_iter()
            .zip(volumes)
            .map(|(attached, volume)| match volume {
                Ok(volume) => Ok((attached, Some(volume))),
                // Another project's, or just gone: the attachment is worth showing.
                Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::NoEndpoint) => {
                    Ok((attached, None))
                }
                Err(error) => Err(error),
            })
            .collect()
    }
}

/// A cloud without routers answers 404 to everything about them: it has none.
fn none_where_missing<T>(answer: Result<Listing<T>, ApiError>) -> Result<Vec<T>, ApiError> {
    match answer {
        Ok(listing) => Ok(listing.items),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn groups_that_let_nobody_in_are_noticed() {
        let net = |groups: serde_json::Value, on_port: &[&str]| {
            let port = json!({"id": "p", "network_id": "n", "security_groups": on_port});
            ServerNet {
                ports: vec![serde_json::from_value(port).expect("a port")],
                groups: serde_json::from_value(groups).expect("groups"),
                ..ServerNet::default()
            }
        };
        let ssh = json!({"direction": "ingress", "protocol": "tcp", "port_range_min": 22, "port_range_max": 22});
        let groups = || json!([{"id": "d", "name": "default"}, {"id": "s", "name": "ssh", "security_group_rules": [ssh]}]);
        assert!(net(groups(), &["d"]).is_closed(22));
        assert!(!net(groups(), &["d", "s"]).is_closed(22));
        assert!(net(groups(), &["s"]).is_closed(3389));
        assert!(!net(groups(), &[]).is_closed(22), "not known");
        assert!(!net(groups(), &["other"]).is_closed(22), "not known");
    }
}
