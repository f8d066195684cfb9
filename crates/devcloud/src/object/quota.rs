//! Quotas (middleware/container_quotas.py, account_quotas.py): what an upload would make of a container or an account is
//! held against them before its body is read.
//!
//! The 413 of a container's quota comes from a middleware: other origins see a network error. That of an account's quota is
//! given to the proxy server in place of the permission to write, and answered by it: they see it.

use axum::http::StatusCode;
use rusqlite::Connection;

use super::call::Place;
use super::reply::{Answer, Refusal};
use super::store;

/// Whether `bytes` more may come in. `of_accounts` is the cloud's own quota for every account.
pub(super) fn check(
    conn: &Connection,
    place: &Place,
    bytes: u64,
    of_accounts: Option<u64>,
) -> Answer<()> {
    let exceeded = || Refusal::html(StatusCode::PAYLOAD_TOO_LARGE, "Upload exceeds quota.");
    if let Some(container) = store::container(conn, place.project(), &place.container)? {
        let quota =
            |name: &str| container.meta.get(name).and_then(|value| value.parse::<u64>().ok());
        let (most_bytes, most_objects) = (quota("quota-bytes"), quota("quota-count"));
        if most_bytes.is_some() || most_objects.is_some() {
            let totals = store::container_totals(conn, container.id)?;
            if most_bytes.is_some_and(|most| totals.bytes.saturating_add(bytes) > most)
                || most_objects.is_some_and(|most| totals.objects + 1 > most)
            {
                return Err(exceeded().hidden());
            }
        }
    }
    if let Some(most) = of_accounts {
        let used = store::account_totals(conn, place.project())?.bytes;
        if used.saturating_add(bytes) > most {
            return Err(exceeded());
        }
    }
    Ok(())
}
