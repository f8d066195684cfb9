//! Cinder: volumes with their states, types, limits and zones, as far as servers need them.
//!
//! Deliberately not here: writing to a volume, backups, groups, transfers, migration, and whatever else only an operator does.

mod actions;
mod api;
mod body;
mod change;
mod content;
mod disk;
mod error;
pub mod failures;
mod life;
mod list;
mod make;
mod messages;
mod metadata;
mod model;
mod origin;
mod paging;
mod quota;
mod schemas;
mod snapshots;
mod types;
mod upload;
mod view;

pub use api::router;
pub use error::VolumeError;
pub use life::{attach, delete, detach, find, follow, reserve};
pub use make::{NewVolume, check_image, create, create_of_snapshot};
pub use model::{Attachment, Status, Volume};
pub use quota::snapshots_free;
pub(crate) use snapshots::for_image as snapshot_for_image;
pub use snapshots::{Snapshot, SnapshotStatus, find as find_snapshot, follow as follow_snapshot};
pub use types::{VolumeType, find as find_type};

use std::collections::HashSet;

use crate::db::DbError;
use crate::records;
use crate::seed::SeedError;
use crate::state::Region;

/// The tables of this service.
pub const SCHEMAS: [&str; 3] = [model::SCHEMA, snapshots::SCHEMA, messages::SCHEMA];

/// A new region has no volumes.
pub async fn seed(_region: &Region) -> Result<(), SeedError> {
    Ok(())
}

/// Goes on with what a kill left under way.
pub async fn resume(region: &Region) {
    if let Err(error) = pick_up(region).await {
        tracing::error!(%error, "volumes and snapshots under way cannot be picked up");
    }
}

async fn pick_up(region: &Region) -> Result<(), DbError> {
    let (all, snapshots) = region
        .db
        .read(|conn| Ok((records::all::<Volume>(conn)?, records::all::<Snapshot>(conn)?)))
        .await?;
    let kept: HashSet<String> = all
        .iter()
        .map(|one| one.id.clone())
        .chain(snapshots.iter().map(|one| one.id.clone()))
        .collect();
    if let Err(error) = content::sweep(region, |id| kept.contains(id)) {
        tracing::error!(%error, "bytes of volumes that are no more cannot be removed");
    }
    for volume in all {
        if volume.upload.is_some() {
            upload::follow(region, volume.id.clone());
        }
        if volume.due.is_some() {
            follow(region, volume.id);
        }
    }
    let under_way = snapshots.into_iter().filter(|snapshot| snapshot.due.is_some());
    under_way.for_each(|snapshot| follow_snapshot(region, snapshot.id));
    Ok(())
}

/// Any project's volume, for Nova, which already knows that it may.
pub fn get(conn: &rusqlite::Connection, id: &str) -> rusqlite::Result<Option<Volume>> {
    records::get(conn, id)
}
