//! Snapshots of volumes: the row, its life, and what the API makes of it.
//!
//! Deliberately not here: groups of snapshots, reverting a volume to one, managing and unmanaging (the operator's).

mod api;
mod life;
mod model;
mod view;

pub use api::answer;
pub(crate) use life::for_image;
pub use life::{find, follow, of_volume};
pub use model::{SCHEMA, Snapshot, SnapshotStatus};
