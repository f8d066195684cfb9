//! What happens without a request: objects whose end has come are removed now and then (swift/obj/expirer.py), and what a
//! kill left behind is swept away at a start.
//!
//! Until then an expired object still stands in listings and counts; reading it is a 404 at once.

use super::files;
use super::stamp::Stamp;
use super::store;
use crate::db::DbError;
use crate::state::Region;

/// How many are removed in one transaction.
const AT_ONCE: i64 = 1000;

/// Called at every start, before the first request.
pub async fn resume(region: &Region) {
    if let Err(error) = sweep(region).await {
        tracing::error!(%error, region = region.name, "the object store's folder");
    }
    let region = region.clone();
    let tasks = region.tasks.clone();
    tasks.spawn(async move {
        loop {
            tokio::time::sleep(region.options.object_expirer).await;
            if let Err(error) = expire(&region).await {
                tracing::error!(%error, "removing expired objects");
            }
        }
    });
}

async fn sweep(region: &Region) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let named = region.db.read(store::all_files).await?;
    let folder = files::folder(region);
    tokio::task::spawn_blocking(move || files::sweep(&folder, &named)).await??;
    Ok(())
}

async fn expire(region: &Region) -> Result<(), DbError> {
    let now = Stamp::now(&region.clock);
    loop {
        let removed = region
            .db
            .write(move |tx| {
                let expired = store::expired(tx, now, AT_ONCE)?;
                for object in &expired {
                    store::remove_object(tx, object)?;
                }
                Ok::<_, DbError>(expired)
            })
            .await?;
        if removed.is_empty() {
            return Ok(());
        }
        for object in removed {
            files::discard(&files::folder(region).join(object.file));
        }
    }
}
