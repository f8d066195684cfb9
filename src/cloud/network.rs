//! Networks, addresses, security groups (Neutron).

use openstack::network::{self, Network, SecurityGroup, Subnet};
use openstack::{ApiError, Listing};

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
}
