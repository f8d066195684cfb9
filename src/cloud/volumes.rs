//! Volumes and their types (Cinder).

use openstack::volume::{self, Volume, VolumeLimits, VolumeType};
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
