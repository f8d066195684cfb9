//! What Nova and Cinder ask of Glance.

use std::path::PathBuf;

use super::files::Files;
use super::policy::{self, Caller};
use super::record::ImageRecord;
use super::seed::disks;
use crate::auth::Scope;
use crate::db::DbError;
use crate::image_facts::ImageFacts;
use crate::state::Region;

/// The image with this id, if the caller's project may see it.
pub async fn show_for(
    region: &Region,
    scope: &Scope,
    id: &str,
) -> Result<Option<ImageFacts>, DbError> {
    let (caller, id) = (Caller::from(scope), id.to_owned());
    let found = region.db.read(move |conn| Ok(policy::visible(conn, &caller, &id))).await?;
    match found {
        Ok(image) => Ok(Some(facts(image))),
        Err(fault) if fault.status() == axum::http::StatusCode::NOT_FOUND => Ok(None),
        Err(_) => Err(DbError::Stopped),
    }
}

/// The file with the bytes of an image whose id [`show_for`] gave; there may be none.
pub fn bytes_of(region: &Region, id: &str) -> PathBuf {
    Files::of(region).stored(id)
}

/// A small true disk of this size, for what has no bytes of its own: `raw` or `qcow2`; `label` makes its hash its own.
pub fn small_disk(disk_format: &str, size_bytes: u64, label: &str) -> Vec<u8> {
    match disk_format {
        "raw" => disks::raw(label),
        _ => disks::qcow2(size_bytes, label),
    }
}

fn facts(image: ImageRecord) -> ImageFacts {
    ImageFacts {
        id: image.id,
        name: image.name.unwrap_or_default(),
        status: image.status,
        size_bytes: image.size.unwrap_or(0),
        virtual_size_bytes: image.virtual_size.unwrap_or(0),
        min_disk_gib: image.min_disk,
        min_ram_mib: image.min_ram,
        disk_format: image.disk_format.unwrap_or_default(),
        container_format: image.container_format.unwrap_or_default(),
        checksum: image.checksum.unwrap_or_default(),
        properties: image.properties.iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect(),
    }
}
