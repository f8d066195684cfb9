//! Sizes, key pairs, limits, instances (Nova).

use std::collections::BTreeMap;

use openstack::compute::{
    self, ActionRow, ActionStep, ComputeLimits, CreateServer, CreateServerGroup, CreatedServer,
    Feature, Flavor, Keypair, NewKeypair, Reboot, Server, ServerFilter, ServerGroup, Zone,
};
use openstack::identity::Secret;
use openstack::{ApiError, ImageId, Listing, ServerId, VolumeId};

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

    /// Lets the cloud make a key pair; its private half is in the answer and nowhere else.
    ///
    /// # Errors
    /// `Conflict` for a name that the user has, `Forbidden` over quota; `BadRequest` for characters that Nova does not take.
    pub async fn generate_keypair(&self, name: &str) -> Result<NewKeypair, ApiError> {
        compute::generate_keypair(self.client(), name).await
    }

    /// Gives the cloud the public half of a key pair, in OpenSSH's form.
    ///
    /// # Errors
    /// As [`Cloud::generate_keypair`], and `BadRequest` for text that is no key.
    pub async fn import_keypair(&self, name: &str, key: &str) -> Result<Keypair, ApiError> {
        compute::import_keypair(self.client(), name, key).await
    }

    /// The project's server groups.
    ///
    /// # Errors
    /// As every call.
    pub async fn server_groups(&self) -> Result<Listing<ServerGroup>, ApiError> {
        compute::server_groups(self.client()).await
    }

    /// Makes a server group.
    ///
    /// # Errors
    /// `Forbidden` over quota, `Unsupported` where the cloud is too old for what is asked ([`Cloud::compute_has`]).
    pub async fn create_server_group(
        &self,
        group: &CreateServerGroup,
    ) -> Result<ServerGroup, ApiError> {
        compute::create_server_group(self.client(), group).await
    }

    /// Whether this cloud's compute API is new enough for something.
    ///
    /// # Errors
    /// When its version document cannot be read.
    pub async fn compute_has(&self, feature: Feature) -> Result<bool, ApiError> {
        compute::has(self.client(), feature).await
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

    /// Makes an image of an instance, and gives the image's id; it is `queued` when this returns. Of an instance on a
    /// volume it becomes an image without data and a snapshot for each of its volumes. `properties` are added to those
    /// that it takes over.
    ///
    /// # Errors
    /// `Conflict` in a state that does not allow it; `Forbidden` over a quota of volume snapshots, `TooLarge` over one of
    /// images.
    pub async fn snapshot_server(
        &self,
        id: &ServerId,
        name: &str,
        properties: &BTreeMap<String, String>,
    ) -> Result<ImageId, ApiError> {
        compute::create_image(self.client(), id, name, properties).await
    }

    /// Boots an instance from a rescue image, or (`None`) from the image that it was made of. Gives the password of the
    /// rescue system, this once, where the cloud sets one.
    ///
    /// # Errors
    /// `BadRequest` for an instance on a volume where the cloud ([`Feature::RescueOnVolume`]) or the image
    /// (`hw_rescue_device`, `hw_rescue_bus`) does not allow it, and for an image that cannot be used; `Conflict` as with
    /// [`Cloud::start_server`].
    pub async fn rescue_server(
        &self,
        id: &ServerId,
        image: Option<&ImageId>,
    ) -> Result<Option<Secret>, ApiError> {
        compute::rescue(self.client(), id, image).await
    }

    /// Boots a rescued instance from its own disk again.
    ///
    /// # Errors
    /// As [`Cloud::start_server`].
    pub async fn unrescue_server(&self, id: &ServerId) -> Result<(), ApiError> {
        compute::unrescue(self.client(), id).await
    }

    /// Says whether a volume goes with its instance when that is deleted.
    ///
    /// # Errors
    /// `NotFound` when it is not attached there, `Unsupported` where the cloud is too old.
    pub async fn set_volume_fate(
        &self,
        id: &ServerId,
        volume: &VolumeId,
        goes: bool,
    ) -> Result<(), ApiError> {
        compute::set_volume_fate(self.client(), id, volume, goes).await
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

    /// The steps of one thing that was done to an instance ([`ActionRow::request_id`]), in their order; none where the
    /// cloud does not show them.
    ///
    /// # Errors
    /// As every call; `NotFound` for another's request.
    pub async fn server_steps(
        &self,
        id: &ServerId,
        request_id: &str,
    ) -> Result<Vec<ActionStep>, ApiError> {
        let mut steps = compute::action_steps(self.client(), id, request_id).await?.items;
        steps.sort_by_key(|step| step.start_time);
        Ok(steps)
    }
}
