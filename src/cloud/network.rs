//! Networks, addresses, security groups (Neutron).

use openstack::network::{self, Network, NetworkQuota, Port, SecurityGroup, Subnet};
use openstack::{ApiError, Listing, ServerId};

use super::Cloud;

impl Cloud {
    /// The networks that the project sees.
    ///
    /// # Errors
    /// As every call.
    pub async fn networks(&self) -> Result<Listing<Network>, ApiError> {
        network::networks(self.client()).await
    }

    /// The ranges of addresses of those networks.
    ///
    /// # Errors
    /// As every call.
    pub async fn subnets(&self) -> Result<Listing<Subnet>, ApiError> {
        network::subnets(self.client()).await
    }

    /// The project's security groups with their rules.
    ///
    /// # Errors
    /// As every call.
    pub async fn security_groups(&self) -> Result<Listing<SecurityGroup>, ApiError> {
        network::security_groups(self.client()).await
    }

    /// The ports of an instance, one for each of its networks.
    ///
    /// # Errors
    /// As every call.
    pub async fn server_ports(&self, id: &ServerId) -> Result<Listing<Port>, ApiError> {
        network::ports(self.client(), Some(id)).await
    }

    /// How many ports and floating addresses the project may still have; `None` where the cloud does not tell.
    ///
    /// # Errors
    /// As every call.
    pub async fn network_quota(&self) -> Result<Option<NetworkQuota>, ApiError> {
        network::quota(self.client()).await
    }
}
