//! Nova: flavors, key pairs, limits, and servers with their live states, as far as launching one of an image needs them.
//!
//! Deliberately not here: machines. A server is a row that changes its state as a real one would, with ports at Neutron and
//! volumes at Cinder. Resize, rebuild, shelving and attaching volumes and interfaces are answered as actions that do not exist.
//! `tests/contract/nova` holds samples of a real one.

mod action_schemas;
mod actions;
mod api;
mod attached;
mod build;
mod call;
mod console;
mod console_api;
mod create;
mod disks;
mod error;
mod event_model;
pub mod failures;
mod flavors;
mod groups;
mod history;
mod hosts;
mod keypairs;
mod labels;
mod life;
mod list;
mod made_key;
mod mapping;
mod model;
mod naming;
mod nics;
mod quota;
mod rescue;
mod schemas;
mod seed;
mod snapshot;
mod snapshot_upload;
mod states;
mod versions;
mod view;

pub use api::router;
pub use error::ComputeError;
pub use model::SCHEMA;
pub use seed::seed;

use crate::records;
use crate::state::Region;

/// Goes on with what a kill left under way.
pub async fn resume(region: &Region) {
    match region.db.read(records::under_way::<model::Server>).await {
        Ok(ids) => ids.into_iter().for_each(|id| life::follow(region, id)),
        Err(error) => tracing::error!(%error, "servers under way cannot be read"),
    }
}
