//! Floating addresses (Neutron): getting one, tying and untying it, giving it back. Which an instance has or could have is
//! told by `belongings.rs`.

use openstack::network::{self, FloatingIp, Plug};
use openstack::{ApiError, FloatingIpId, NetworkId};

use super::Cloud;

impl Cloud {
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
