//! An import under way: the states that a poller sees, in the order and with the leftovers of the recorded cloud.
//!
//! `importing` → `active`; when it fails, a download leaves the image `queued`, a staged file leaves it `importing` for ever (the
//! recorded cloud does so), and the task says nothing but "Task failed due to Internal Error". Every step is committed before the
//! next one starts, and each can be done again, so that [`resume`] picks up what a crash left.

use std::time::Duration;

use rusqlite::{OptionalExtension, Transaction, params};
use serde_json::Value;

use super::fail_names::Failure;
use super::fault::{Answer, Fault};
use super::files::{self, Files};
use super::import::LOCK;
use super::receive::describe;
use super::record::ImageRecord;
use super::sink::{Summary, summarise};
use super::web;
use crate::state::Region;

/// What a fast real cloud needs for each step.
const PICK_UP: Duration = Duration::from_millis(400);
const COPY: Duration = Duration::from_millis(900);
const CLOSE: Duration = Duration::from_millis(250);

/// How long a finished task is kept in sight (Glance's `task_time_to_live`: 48 h).
const TASK_LIFE: i64 = 48 * 3600;

const IMPORTING: &str = "os_glance_importing_to_stores";
const FAILED: &str = "os_glance_failed_import";

/// What the task was given.
#[derive(Debug, Clone)]
struct Job {
    task: String,
    image: String,
    method: String,
    uri: Option<String>,
    stores: Vec<String>,
}

/// Does the import that `task` describes, to its end.
pub(super) async fn run(region: Region, task: String) {
    let job = match load(&region, &task).await {
        Ok(Some(job)) => job,
        Ok(None) => return,
        Err(fault) => {
            tracing::error!(?fault, task, "an import task could not be read");
            return;
        }
    };
    region.pace.wait(PICK_UP).await;
    if let Err(fault) = work(&region, &job).await {
        tracing::info!(?fault, task, image = job.image, "import failed");
        if let Err(fault) = fail(&region, &job).await {
            tracing::error!(?fault, task, "a failed import could not be recorded");
        }
    }
}

async fn load(region: &Region, task: &str) -> Answer<Option<Job>> {
    let task = task.to_owned();
    let found = region
        .db
        .read(move |conn| {
            let sql = "SELECT id, image_id, input FROM image_task WHERE id = ?1 AND status IN ('pending', 'processing')";
            let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?));
            conn.prepare_cached(sql)?.query_row([&task], row).optional()
        })
        .await?;
    let Some((task, image, input)) = found else { return Ok(None) };
    let input: Value = serde_json::from_str(&input).map_err(|_| Fault::internal())?;
    let text = |pointer: &str| input.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let stores = input.get("backend").and_then(Value::as_array);
    Ok(Some(Job {
        task,
        image,
        method: text("/import_req/method/name").unwrap_or_default(),
        uri: text("/import_req/method/uri"),
        stores: stores.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
    }))
}

async fn work(region: &Region, job: &Job) -> Answer<()> {
    let name = start(region, job).await?;
    region.pace.wait(COPY).await;
    match Failure::of(name.as_deref()) {
        Some(Failure::Import) => return Err(Fault::internal()),
        // The worker is gone, and nobody takes its work up.
        Some(Failure::Worker) => return Ok(()),
        _ => {}
    }
    let copied = match job.method.as_str() {
        "copy-image" => copied_mib(region, job).await?,
        _ => {
            let summary = fetch(region, job).await?;
            let mib = summary.size >> 20;
            activate(region, job, summary).await?;
            mib
        }
    };
    region.pace.wait(CLOSE).await;
    close(region, job, "success", format!("Copied {copied} MiB")).await
}

/// `importing`, and to which stores.
async fn start(region: &Region, job: &Job) -> Answer<Option<String>> {
    let job = job.clone();
    let now = region.clock.now().as_second();
    region
        .db
        .write(move |tx| {
            let Some(mut image) = ImageRecord::find(tx, &job.image)? else {
                return Err(Fault::no_image(&job.image));
            };
            if job.method != "copy-image" {
                image.status = "importing".to_owned();
            }
            image.properties.set(IMPORTING, job.stores.join(","));
            image.properties.set(FAILED, "");
            image.updated_at = now;
            image.save(tx)?;
            let sql = "UPDATE image_task SET status = 'processing', updated_at = ?2 WHERE id = ?1";
            tx.prepare_cached(sql)?.execute(params![job.task, now])?;
            Ok(image.name)
        })
        .await
}

/// The bytes, in the store, and what they are.
async fn fetch(region: &Region, job: &Job) -> Answer<Summary> {
    let files = Files::of(region);
    let (staged, stored) = (files.staged(&job.image), files.stored(&job.image));
    match (job.method.as_str(), &job.uri) {
        ("web-download", Some(uri)) => {
            let summary = web::download(region, uri, &staged).await.map_err(|error| {
                tracing::info!(%error, image = job.image, "web-download");
                Fault::internal()
            })?;
            files::promote(staged, stored).await?;
            Ok(summary)
        }
        ("glance-direct", _) => {
            // A crash may have come after the move and before the commit.
            if !tokio::fs::try_exists(&staged).await? && tokio::fs::try_exists(&stored).await? {
                return Ok(summarise(&stored).await?);
            }
            let summary = summarise(&staged).await?;
            files::promote(staged, stored).await?;
            Ok(summary)
        }
        // `glance-download`: there is no other cloud to fetch from.
        _ => Err(Fault::internal()),
    }
}

async fn activate(region: &Region, job: &Job, summary: Summary) -> Answer<()> {
    let job = job.clone();
    let (now, release) = (region.clock.now().as_second(), region.options.release);
    region
        .db
        .write(move |tx| {
            let Some(mut image) = ImageRecord::find(tx, &job.image)? else {
                return Err(Fault::no_image(&job.image));
            };
            describe(&mut image, &summary, release)?;
            image.stores = job.stores.clone();
            image.status = "active".to_owned();
            image.properties.set(IMPORTING, "");
            image.updated_at = now;
            image.save(tx)?;
            Ok(())
        })
        .await
}

/// `copy-image`: both stores share the file, so only the row changes.
async fn copied_mib(region: &Region, job: &Job) -> Answer<u64> {
    let job = job.clone();
    let now = region.clock.now().as_second();
    region
        .db
        .write(move |tx| {
            let Some(mut image) = ImageRecord::find(tx, &job.image)? else {
                return Err(Fault::no_image(&job.image));
            };
            for store in
                job.stores.iter().filter(|s| !image.stores.contains(s)).cloned().collect::<Vec<_>>()
            {
                image.stores.push(store);
            }
            image.properties.set(IMPORTING, "");
            image.updated_at = now;
            image.save(tx)?;
            Ok(image.size.and_then(|size| u64::try_from(size).ok()).unwrap_or(0) >> 20)
        })
        .await
}

/// Unlocks the image and ends the task.
async fn close(region: &Region, job: &Job, status: &'static str, message: String) -> Answer<()> {
    let job = job.clone();
    let now = region.clock.now().as_second();
    region
        .db
        .write(move |tx| {
            if let Some(mut image) = ImageRecord::find(tx, &job.image)?
                && image.properties.get(LOCK) == Some(job.task.as_str())
            {
                image.properties.remove(LOCK);
                image.save(tx)?;
            }
            end_task(tx, &job.task, status, &message, now)
        })
        .await
}

fn end_task(tx: &Transaction<'_>, task: &str, status: &str, message: &str, now: i64) -> Answer<()> {
    tx.prepare_cached(
        "UPDATE image_task SET status = ?2, message = ?3, updated_at = ?4, expires_at = ?5 WHERE id = ?1",
    )?
    .execute(params![task, status, message, now, now + TASK_LIFE])?;
    Ok(())
}

async fn fail(region: &Region, job: &Job) -> Answer<()> {
    let files = Files::of(region);
    // What was copied is taken back, what was downloaded thrown away; what the user staged stays until he deletes the image.
    match job.method.as_str() {
        "copy-image" => {}
        "glance-direct" => {
            let (staged, stored) = (files.staged(&job.image), files.stored(&job.image));
            if tokio::fs::try_exists(&stored).await? {
                files::promote(stored, staged).await?;
            }
        }
        _ => files.remove(&job.image).await,
    }
    let failed = job.clone();
    let now = region.clock.now().as_second();
    let there = region
        .db
        .write(move |tx| {
            let Some(mut image) = ImageRecord::find(tx, &failed.image)? else {
                return Ok::<_, Fault>(false);
            };
            image.properties.set(IMPORTING, "");
            image.properties.set(FAILED, failed.stores.join(","));
            if !["copy-image", "glance-direct"].contains(&failed.method.as_str()) {
                image.status = "queued".to_owned();
                image.size = None;
                image.virtual_size = None;
            }
            image.updated_at = now;
            image.save(tx)?;
            Ok(true)
        })
        .await?;
    if !there {
        files.remove(&job.image).await;
    }
    region.pace.wait(CLOSE).await;
    close(region, job, "failure", "Task failed due to Internal Error".to_owned()).await
}

/// Takes up the imports that were under way when the process ended.
pub(super) async fn resume(region: &Region) -> Answer<()> {
    let tasks: Vec<String> = region
        .db
        .read(|conn| {
            let sql =
                "SELECT id FROM image_task WHERE status IN ('pending', 'processing') ORDER BY seq";
            conn.prepare_cached(sql)?.query_map([], |row| row.get(0))?.collect()
        })
        .await?;
    for task in tasks {
        region.tasks.spawn(run(region.clone(), task));
    }
    Ok(())
}
