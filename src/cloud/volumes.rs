//! Volumes and their types (Cinder).

use openstack::compute::Zone;
use openstack::volume::{
    self, CreateVolume, ImageOfVolume, Volume, VolumeLimits, VolumeSnapshot, VolumeType,
};
use openstack::{ApiError, ImageId, Listing, VolumeId, VolumeSnapshotId};

use super::Cloud;

impl Cloud {
    /// The project's volumes.
    ///
    /// # Errors
    /// As every call.
    pub async fn volumes(&self) -> Result<Listing<Volume>, ApiError> {
        volume::list(self.client()).await
    }

    /// One volume.
    ///
    /// # Errors
    /// As every call.
    pub async fn volume(&self, id: &VolumeId) -> Result<Volume, ApiError> {
        volume::show(self.client(), id).await
    }

    /// Makes a volume; it is `creating` when this returns.
    ///
    /// # Errors
    /// 400 when it is smaller than its image needs, 404 for an unknown type, 413 over quota.
    pub async fn create_volume(&self, wanted: &CreateVolume) -> Result<Volume, ApiError> {
        volume::create(self.client(), wanted).await
    }

    /// Makes an image of a volume, and gives the image's id; it is `queued` and the volume `uploading` when this returns.
    ///
    /// # Errors
    /// `BadRequest` for a volume that an instance has, unless that is asked for and the cloud allows it; `Forbidden` for a
    /// visibility that policy does not allow; `TooLarge` over the image quota.
    pub async fn image_of_volume(
        &self,
        id: &VolumeId,
        wanted: &ImageOfVolume,
    ) -> Result<ImageId, ApiError> {
        volume::upload_to_image(self.client(), id, wanted).await
    }

    /// The zones that take new volumes, by name.
    ///
    /// # Errors
    /// As every call.
    pub async fn volume_zones(&self) -> Result<Vec<Zone>, ApiError> {
        let mut zones = volume::zones(self.client()).await?.items;
        zones.retain(Zone::is_available);
        zones.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(zones)
    }

    /// The project's volume snapshots.
    ///
    /// # Errors
    /// As every call.
    pub async fn volume_snapshots(&self) -> Result<Listing<VolumeSnapshot>, ApiError> {
        volume::snapshots(self.client()).await
    }

    /// One volume snapshot.
    ///
    /// # Errors
    /// `NotFound` when it is gone.
    pub async fn volume_snapshot(&self, id: &VolumeSnapshotId) -> Result<VolumeSnapshot, ApiError> {
        volume::snapshot(self.client(), id).await
    }

    /// Asks for a volume snapshot to be deleted. It may come back as `available` where volumes were made from it:
    /// [`Cloud::why_snapshot_stayed`].
    ///
    /// # Errors
    /// `BadRequest` in a state that does not allow it, `NotFound` when it is gone.
    pub async fn delete_volume_snapshot(&self, id: &VolumeSnapshotId) -> Result<(), ApiError> {
        volume::delete_snapshot(self.client(), id).await
    }

    /// The cloud's own words for why a volume snapshot that was to be deleted is still there; `None` where it has none.
    ///
    /// # Errors
    /// As every call.
    pub async fn why_snapshot_stayed(
        &self,
        id: &VolumeSnapshotId,
    ) -> Result<Option<String>, ApiError> {
        let messages = volume::messages(self.client()).await?.items;
        let newest = messages
            .into_iter()
            .filter(|message| message.resource_id == id.as_str())
            .max_by_key(|message| message.created_at);
        Ok(newest.map(|message| message.user_message))
    }

    /// The kinds of volume, and the one that is taken unless another is asked for.
    ///
    /// # Errors
    /// As every call.
    pub async fn volume_types(
        &self,
    ) -> Result<(Listing<VolumeType>, Option<VolumeType>), ApiError> {
        let types = volume::types(self.client()).await?;
        let default = volume::default_type(self.client()).await?;
        Ok((types, default))
    }

    /// The volume quota and its use.
    ///
    /// # Errors
    /// As every call.
    pub async fn volume_limits(&self) -> Result<VolumeLimits, ApiError> {
        volume::limits(self.client()).await
    }
}
