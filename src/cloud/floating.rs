//! Floating addresses (Neutron): which an instance has, which it could have, and from where.

use futures_util::future::join3;
use openstack::network::{self, FloatingIp, Plug, WayIn};
use openstack::{ApiError, ErrorKind, FloatingIpId, NetworkId, ServerId};

use super::Cloud;

/// What floating addresses mean to one instance.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reach {
    /// Those that are tied to it.
    pub own: Vec<FloatingIp>,
    /// The project's addresses that are tied to nothing and could be tied to it now.
    pub free: Vec<FloatingIp>,
    /// The ways by which one could reach it; none where no router leads out of its networks.
    pub ways: Vec<WayIn>,
}

impl Cloud {
    /// What floating addresses mean to an instance.
    ///
    /// # Errors
    /// As every call; a cloud without routers has no floating addresses.
    pub async fn reach(&self, server: &ServerId) -> Result<Reach, ApiError> {
        let client = self.client();
        let (ports, routers, addresses) = join3(
            network::ports(client, None),
            network::routers(client),
            network::floating_ips(client),
        )
        .await;
        let ports = ports?.items;
        let (routers, addresses) = match (routers, addresses) {
            (Ok(routers), Ok(addresses)) => (routers.items, addresses.items),
            (Err(error), _) | (_, Err(error)) if error.kind == ErrorKind::NotFound => {
                return Ok(Reach::default());
            }
            (Err(error), _) | (_, Err(error)) => return Err(error),
        };
        let own_ports: Vec<_> =
            ports.iter().filter(|port| port.device_id == server.as_str()).cloned().collect();
        let ways = network::ways_in(&own_ports, &ports, &routers);
        let (mut own, mut free) = (Vec::new(), Vec::new());
        for address in addresses {
            match &address.port_id {
                Some(port) if own_ports.iter().any(|own| own.id == *port) => own.push(address),
                Some(_) => {}
                None if ways.iter().any(|way| way.external == address.network_id) => {
                    free.push(address);
                }
                None => {}
            }
        }
        Ok(Reach { own, free, ways })
    }

    /// Gives the project a new floating address of an external network, tied at once to what is named.
    ///
    /// # Errors
    /// `Conflict` over quota (`OverQuota`) or where the network has none left, `NotFound` where no router leads there.
    pub async fn create_floating_ip(
        &self,
        network: &NetworkId,
        plug: Option<&Plug>,
    ) -> Result<FloatingIp, ApiError> {
        network::create_floating_ip(self.client(), network, plug).await
    }

    /// Ties a floating address of the project to an instance's port.
    ///
    /// # Errors
    /// `NotFound` where no router leads there, `Conflict` where the port has one.
    pub async fn associate_floating_ip(
        &self,
        id: &FloatingIpId,
        plug: &Plug,
    ) -> Result<FloatingIp, ApiError> {
        network::associate_floating_ip(self.client(), id, plug).await
    }

    /// Unties a floating address; the project keeps it, and pays for it.
    ///
    /// # Errors
    /// `NotFound` when it is gone.
    pub async fn disassociate_floating_ip(
        &self,
        id: &FloatingIpId,
    ) -> Result<FloatingIp, ApiError> {
        network::disassociate_floating_ip(self.client(), id).await
    }

    /// Gives a floating address back to the cloud.
    ///
    /// # Errors
    /// `NotFound` when it is gone.
    pub async fn delete_floating_ip(&self, id: &FloatingIpId) -> Result<(), ApiError> {
        network::delete_floating_ip(self.client(), id).await
    }
}
