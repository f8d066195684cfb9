//! Images that are snapshots of instances: what they point to, and the instance they came from.

use futures_util::future::join;
use openstack::image::MappedDisk;
use openstack::volume::{self, Volume, VolumeSnapshot};
use openstack::{ApiError, ErrorKind, ServerId};

use super::Cloud;

/// What is known of an image of an instance besides its record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SnapshotImage {
    /// The volume snapshots that hold its data; none of an image that holds its data itself.
    pub parts: Vec<SnapshotPart>,
    /// The instance it came from, as far as that can be known.
    pub origin: Option<Origin>,
}

/// A volume snapshot that an image points to.
#[derive(Clone, Debug, PartialEq)]
pub struct SnapshotPart {
    /// What the image's record says of it.
    pub disk: MappedDisk,
    /// The snapshot; `None` when it is gone, and the image worth nothing.
    pub snapshot: Option<VolumeSnapshot>,
    /// The volume it was made of, which decides the zone.
    pub volume: Option<Volume>,
    /// The volumes that were made from it and are still there.
    pub children: Vec<Volume>,
}

/// The instance that an image came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// Its id.
    pub id: ServerId,
    /// Its name; `None` when the instance is gone.
    pub name: Option<String>,
}

impl Cloud {
    /// What an image of an instance points to (`Image::mapped_disks`), and where it came from (`Image::source_server`). Of an
    /// image without data the record does not name the instance: it is the one that has the snapshot's volume now.
    ///
    /// # Errors
    /// As every call; of an image that points to volume snapshots also where the region has no volume service.
    pub async fn snapshot_image(
        &self,
        disks: Vec<MappedDisk>,
        server: Option<ServerId>,
    ) -> Result<SnapshotImage, ApiError> {
        let parts = match disks.is_empty() {
            true => Vec::new(),
            false => self.snapshot_parts(vec![disks]).await?.pop().unwrap_or_default(),
        };
        let holder = || {
            let root = parts.iter().find(|part| part.disk.is_root()).or(parts.first())?;
            root.volume.as_ref()?.server().cloned()
        };
        let origin = match server.or_else(holder) {
            Some(id) => Some(self.origin_server(id).await?),
            None => None,
        };
        Ok(SnapshotImage { parts, origin })
    }

    /// An instance by its id, which may be gone.
    ///
    /// # Errors
    /// As every call but 404.
    pub async fn origin_server(&self, id: ServerId) -> Result<Origin, ApiError> {
        match self.server(&id).await {
            Ok(server) => Ok(Origin { id, name: Some(server.name) }),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(Origin { id, name: None }),
            Err(error) => Err(error),
        }
    }

    /// What several images point to, in their order; looked up for all of them at once.
    ///
    /// # Errors
    /// As every call; also where the region has no volume service.
    pub async fn snapshot_parts(
        &self,
        images: Vec<Vec<MappedDisk>>,
    ) -> Result<Vec<Vec<SnapshotPart>>, ApiError> {
        let (snapshots, volumes) =
            join(volume::snapshots(self.client()), volume::list(self.client())).await;
        let (snapshots, volumes) = (snapshots?.items, volumes?.items);
        let part = |disk: MappedDisk| {
            let snapshot = snapshots.iter().find(|snapshot| snapshot.id == disk.snapshot).cloned();
            let volume = snapshot.as_ref().and_then(|snapshot| {
                volumes.iter().find(|volume| volume.id == snapshot.volume_id).cloned()
            });
            let children = snapshot
                .as_ref()
                .map(|snapshot| snapshot.children(&volumes).cloned().collect())
                .unwrap_or_default();
            SnapshotPart { disk, snapshot, volume, children }
        };
        Ok(images.into_iter().map(|disks| disks.into_iter().map(part).collect()).collect())
    }
}
