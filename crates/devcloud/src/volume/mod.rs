//! Cinder: volumes with their states, types, limits and zones, as far as servers need them.
//!
//! Deliberately not here: writing to a volume, backups, groups, transfers, migration, and whatever else only an operator does.

mod api;
mod change;
mod content;
mod error;
pub mod failures;
mod life;
mod list;
mod messages;
mod model;
mod quota;
mod schemas;
mod snapshots;
mod types;
mod view;

pub use api::router;
pub use error::VolumeError;
pub use life::{
    NewVolume, attach, check_image, create, create_of_snapshot, delete, detach, find, follow,
    reserve,
};
pub use model::{Attachment, Status, Volume};
pub(crate) use snapshots::for_image as snapshot_for_image;
pub use snapshots::{
    Snapshot, SnapshotStatus, find as find_snapshot, follow as follow_snapshot,
    of_volume as snapshots_of,
};
pub use types::{VolumeType, find as find_type};

use std::collections::HashSet;

use crate::db::DbError;
use crate::records::{self, Record};
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
    let (volumes, snapshots, kept) = region
        .db
        .read(|conn| {
            let mut kept = HashSet::new();
            kept.extend(records::all::<Volume>(conn)?.iter().map(|one| one.id().to_owned()));
            kept.extend(records::all::<Snapshot>(conn)?.iter().map(|one| one.id().to_owned()));
            let volumes = records::under_way::<Volume>(conn)?;
            Ok((volumes, records::under_way::<Snapshot>(conn)?, kept))
        })
        .await?;
    if let Err(error) = content::sweep(region, |id| kept.contains(id)) {
        tracing::error!(%error, "bytes of volumes that are no more cannot be removed");
    }
    volumes.into_iter().for_each(|id| follow(region, id));
    snapshots.into_iter().for_each(|id| follow_snapshot(region, id));
    Ok(())
}

/// Any project's volume, for Nova, which already knows that it may.
pub fn get(conn: &rusqlite::Connection, id: &str) -> rusqlite::Result<Option<Volume>> {
    records::get(conn, id)
}
