//! Cinder: volumes with their states, types, limits and zones, as far as servers need them.
//!
//! Deliberately not here: bytes. A volume made of an image keeps the image's metadata, not its data. Snapshots and backups
//! are listed (there are none) and cannot be made; upload to an image and other actions are left to a later issue.

mod api;
mod change;
mod error;
pub mod failures;
mod life;
mod list;
mod model;
mod quota;
mod schemas;
mod types;
mod view;

pub use api::router;
pub use error::VolumeError;
pub use life::{NewVolume, attach, check_image, create, delete, detach, find, follow, reserve};
pub use model::{Attachment, SCHEMA, Status, Volume};
pub use types::{VolumeType, find as find_type};

use crate::records;
use crate::seed::SeedError;
use crate::state::Region;

/// A new region has no volumes.
pub async fn seed(_region: &Region) -> Result<(), SeedError> {
    Ok(())
}

/// Goes on with what a kill left under way.
pub async fn resume(region: &Region) {
    match region.db.read(records::under_way::<Volume>).await {
        Ok(ids) => ids.into_iter().for_each(|id| follow(region, id)),
        Err(error) => tracing::error!(%error, "volumes under way cannot be read"),
    }
}

/// Any project's volume, for Nova, which already knows that it may.
pub fn get(conn: &rusqlite::Connection, id: &str) -> rusqlite::Result<Option<Volume>> {
    records::get(conn, id)
}
