//! Sizes, key pairs, limits, instances (Nova).

use openstack::compute::{
    self, ActionRow, ComputeLimits, CreateServer, CreatedServer, Flavor, Keypair, Reboot, Server,
    ServerFilter, Zone,
};
use openstack::{ApiError, Listing, ServerId};

use super::Cloud;

impl Cloud {
    /// The project's instances, newest first.
    ///
    /// # Errors
    /// As every call.
    pub async fn servers(&self) -> Result<Listing<Server>, ApiError> {
        compute::list(self.client(), &ServerFilter::default()).await
    }

    /// One instance.
    ///
    /// # Errors
    /// `NotFound` also for another project's.
    pub async fn server(&self, id: &ServerId) -> Result<Server, ApiError> {
        compute::show(self.client(), id).await
    }

    /// The sizes.
    ///
    /// # Errors
    /// As every call.
    pub async fn flavors(&self) -> Result<Listing<Flavor>, ApiError> {
        compute::flavors(self.client()).await
    }

    /// The compute quota and its use.
    ///
    /// # Errors
    /// As every call.
    pub async fn compute_limits(&self) -> Result<ComputeLimits, ApiError> {
        compute::limits(self.client()).await
    }

    /// The user's key pairs.
    ///
    /// # Errors
    /// As every call.
    pub async fn keypairs(&self) -> Result<Listing<Keypair>, ApiError> {
        compute::keypairs(self.client()).await
    }

    /// The availability zones that take new instances, by name.
    ///
    /// # Errors
    /// As every call.
    pub async fn zones(&self) -> Result<Vec<Zone>, ApiError> {
        let mut zones = compute::zones(self.client()).await?.items;
        zones.retain(Zone::is_available);
        zones.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(zones)
    }

    /// Starts an instance.
    ///
    /// # Errors
    /// A refusal names its reason in words only; `pages/launch/refusal.rs` finds the field.
    pub async fn launch(&self, server: &CreateServer) -> Result<CreatedServer, ApiError> {
        compute::create(self.client(), server).await
    }

    /// Switches an instance on.
    ///
    /// # Errors
    /// `Conflict` in a state that does not allow it; so for all of these.
    pub async fn start_server(&self, id: &ServerId) -> Result<(), ApiError> {
        compute::start(self.client(), id).await
    }

    /// Switches an instance off.
    ///
    /// # Errors
    /// As [`Cloud::start_server`].
    pub async fn stop_server(&self, id: &ServerId) -> Result<(), ApiError> {
        compute::stop(self.client(), id).await
    }

    /// Restarts an instance.
    ///
    /// # Errors
    /// As [`Cloud::start_server`].
    pub async fn reboot_server(&self, id: &ServerId, how: Reboot) -> Result<(), ApiError> {
        compute::reboot(self.client(), id, how).await
    }

    /// Deletes an instance, and the volumes that are marked to go with it.
    ///
    /// # Errors
    /// As [`Cloud::start_server`].
    pub async fn delete_server(&self, id: &ServerId) -> Result<(), ApiError> {
        compute::delete(self.client(), id).await
    }

    /// The last lines of an instance's serial console.
    ///
    /// # Errors
    /// `Conflict` while it is being made.
    pub async fn console_log(&self, id: &ServerId, lines: u32) -> Result<String, ApiError> {
        compute::console_output(self.client(), id, lines).await
    }

    /// What was done to an instance, newest first.
    ///
    /// # Errors
    /// As every call.
    pub async fn server_history(&self, id: &ServerId) -> Result<Vec<ActionRow>, ApiError> {
        Ok(compute::actions(self.client(), id).await?.items)
    }
}
