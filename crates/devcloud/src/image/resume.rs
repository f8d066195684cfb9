//! After a start: what a kill left under way.

use std::collections::HashSet;

use super::fail_names::Failure;
use super::fault::{Answer, Fault};
use super::files::Files;
use super::import_task;
use super::record::{COLUMNS, ImageRecord};
use crate::state::Region;

/// Picks up what a kill left under way. Called at every start, before the first request.
///
/// Uploads and stagings that were cut off are `queued` again; imports go on; bytes that belong to no image are removed.
pub async fn resume(region: &Region) {
    if let Err(fault) = pick_up(region).await {
        tracing::error!(
            ?fault,
            region = region.name,
            "images that were under way could not be picked up"
        );
    }
}

async fn pick_up(region: &Region) -> Answer<()> {
    let files = Files::of(region);
    files.prepare()?;
    let now = region.clock.now().as_second();
    let kept: HashSet<String> = region
        .db
        .write(move |tx| {
            let cut_off = format!(
                "SELECT {COLUMNS} FROM image WHERE status = 'saving' OR (status = 'uploading' AND size IS NULL)"
            );
            let rows = tx.prepare(&cut_off)?.query_map([], ImageRecord::from_row)?.collect::<Result<Vec<_>, _>>()?;
            for mut image in rows {
                if image.status == "saving" && Failure::of(image.name.as_deref()) == Some(Failure::Saving) {
                    continue;
                }
                image.status = "queued".to_owned();
                image.updated_at = now;
                image.save(tx)?;
            }
            // A queued image without a store has no bytes worth keeping.
            let sql = "SELECT id FROM image WHERE status <> 'queued' OR stores <> ''";
            let ids = tx.prepare(sql)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            Ok::<_, Fault>(ids)
        })
        .await?;
    let sweep = tokio::task::spawn_blocking(move || files.sweep(|id| kept.contains(id)));
    sweep.await.map_err(|_| Fault::internal())??;
    import_task::resume(region).await
}
