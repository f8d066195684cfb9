//! Who uses an image: instances and volumes that were made from it.

use futures_util::future::join;
use openstack::compute::{self, Server, ServerFilter};
use openstack::volume::{self, Volume};
use openstack::{ApiError, ErrorKind, ImageId, ServerId, VolumeSnapshotId};

use super::Cloud;

/// What the project has made from an image, as far as it is still there. Other projects' use is not known to us.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImageUse {
    /// Instances on a disk made from it, and those that a volume made from it is attached to.
    pub servers: Vec<Server>,
    /// Volumes made from it.
    pub volumes: Vec<Volume>,
}

impl ImageUse {
    /// Whether anything is there.
    pub fn is_empty(&self) -> bool {
        self.servers.is_empty() && self.volumes.is_empty()
    }
}

impl Cloud {
    /// Who uses an image. Nova filters its servers by image; it knows none for servers on volumes, so those are found
    /// through the volumes: Cinder keeps in `volume_image_metadata` what each was made of, but filters by nothing of it
    /// unless an operator allows that (cinder `resource_filters.json`), so all of the project's volumes are read. Of an image
    /// that points to `snapshots` the volumes are made from those, and say so themselves.
    ///
    /// # Errors
    /// As every call; a region without a volume service has no volumes.
    pub async fn image_use(
        &self,
        id: &ImageId,
        snapshots: &[VolumeSnapshotId],
    ) -> Result<ImageUse, ApiError> {
        let filter = ServerFilter { image: Some(id.clone()), ..ServerFilter::default() };
        let (servers, volumes) =
            join(compute::list(self.client(), &filter), volume::list(self.client())).await;
        let mut servers = servers?.items;
        let mut volumes = match volumes {
            Ok(volumes) => volumes.items,
            Err(error) if error.kind == ErrorKind::NoEndpoint => Vec::new(),
            Err(error) => return Err(error),
        };
        let from_snapshot =
            |volume: &Volume| volume.snapshot_id.as_ref().is_some_and(|id| snapshots.contains(id));
        volumes.retain(|volume| volume.image_id().as_ref() == Some(id) || from_snapshot(volume));
        let holders: Vec<&ServerId> = volumes
            .iter()
            .flat_map(|volume| &volume.attachments)
            .map(|held| &held.server_id)
            .collect();
        if !holders.is_empty() {
            let all = compute::list(self.client(), &ServerFilter::default()).await?;
            servers.extend(all.items.into_iter().filter(|server| holders.contains(&&server.id)));
            servers.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
            servers.dedup_by(|a, b| a.id == b.id);
        }
        Ok(ImageUse { servers, volumes })
    }
}
