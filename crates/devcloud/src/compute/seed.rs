//! What a new region has: a key pair of the user `demo`.

use super::keypairs;
use crate::db::DbError;
use crate::seed::{SeedError, well_known};
use crate::state::Region;

/// A real ed25519 key whose private half was thrown away.
const PUBLIC_KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKQqPsroFA5SyJNrO6LzM8ZRcwSXAF/i6xyxdGubn/Bh demo";

/// Fills an empty region.
pub async fn seed(region: &Region) -> Result<(), SeedError> {
    let created = region.clock.now().as_microsecond();
    let Some(fingerprint) = keypairs::fingerprint(PUBLIC_KEY) else { return Ok(()) };
    let written: Result<(), DbError> = region
        .db
        .write(move |tx| {
            let user = well_known::USER_DEMO;
            Ok(keypairs::insert(tx, user, "demo-key", "ssh", PUBLIC_KEY, &fingerprint, created)?)
        })
        .await;
    Ok(written?)
}
