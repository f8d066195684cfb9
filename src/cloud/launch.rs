//! What launching and listing instances needs of several services at once.

use std::collections::BTreeMap;

use futures_util::future::join;
use openstack::image::{self, Filter, Image, ImageStatus, Visibility};
use openstack::{ApiError, ImageId, Listing};

use super::Cloud;
use crate::components::server::{Origins, Wanted};

/// So many ids go into one address without making it longer than proxies allow.
const IDS_AT_ONCE: usize = 50;

impl Cloud {
    /// The images that can be launched now.
    ///
    /// # Errors
    /// As every call.
    pub async fn launchable_images(&self) -> Result<Listing<Image>, ApiError> {
        let filter = Filter { statuses: vec![ImageStatus::Active], ..everything() };
        image::list_all(self.client(), &filter).await
    }

    /// The images and boot volumes that instances were made from. What is gone or may not be seen is left out: an
    /// instance outlives its image.
    ///
    /// # Errors
    /// As every call; a region without a volume service has no volumes.
    pub async fn origins(&self, wanted: &Wanted) -> Result<Origins, ApiError> {
        let (images, volumes) =
            join(self.images_by_id(&wanted.images), self.boot_volumes(wanted)).await;
        Ok(Origins { images: images?, volumes: volumes? })
    }

    async fn images_by_id(&self, ids: &[ImageId]) -> Result<BTreeMap<ImageId, Image>, ApiError> {
        let mut found = BTreeMap::new();
        for some in ids.chunks(IDS_AT_ONCE) {
            let words: Vec<&str> = some.iter().map(ImageId::as_str).collect();
            let mut filter = everything();
            filter.other.push(("id".to_owned(), format!("in:{}", words.join(","))));
            let listing = image::list_all(self.client(), &filter).await?;
            found.extend(listing.items.into_iter().map(|image| (image.id.clone(), image)));
        }
        Ok(found)
    }

    async fn boot_volumes(
        &self,
        wanted: &Wanted,
    ) -> Result<BTreeMap<openstack::VolumeId, openstack::volume::Volume>, ApiError> {
        let volumes = match wanted.volumes.as_slice() {
            [] => Vec::new(),
            [one] => match self.volume(one).await {
                Ok(volume) => vec![volume],
                Err(error) if error.kind == openstack::ErrorKind::NotFound => Vec::new(),
                Err(error) => return Err(error),
            },
            // One list is quicker than a call for each.
            _ => self.volumes().await?.items,
        };
        Ok(volumes.into_iter().map(|volume| (volume.id.clone(), volume)).collect())
    }
}

/// Without `visibility=all` Glance leaves out community images.
fn everything() -> Filter {
    Filter { visibility: Some(Visibility::Other("all".to_owned())), ..Filter::default() }
}
