//! Volumes and their types (Cinder).

use openstack::compute::Zone;
use openstack::volume::{self, CreateVolume, Volume, VolumeLimits, VolumeSnapshot, VolumeType};
use openstack::{ApiError, Listing, VolumeId};

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
