//! Images that Nova and Cinder make: of a server, of a volume. They come to Glance as any client does, in the name of the
//! one who asked, so quotas count and names that fail do.
//!
//! The order: [`queue`] in the request that asks for the image (its refusal is the answer's), then [`fill`] from a background
//! task, or [`activate_empty`] for an image without bytes. A `fill` that a kill cuts off leaves the image `queued` after the next start
//! (`resume.rs`), and can be done again.

use std::io;
use std::path::PathBuf;

use axum::http::StatusCode;
use bytes::Bytes;
use jiff::Timestamp;
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::create::check_properties;
use super::fail_names::Failure;
use super::fault::{Answer, Fault};
use super::files::Files;
use super::policy::{self, Caller};
use super::quota;
use super::receive::{back_to_queued, describe};
use super::record::{ImageRecord, Properties};
use super::sink::{Sink, Summary, summary_of};
use crate::auth::Scope;
use crate::state::Region;

/// Whose quotas an image counts against; kept with the work that outlives the request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payer {
    /// The project that will own the image.
    pub project_id: String,
    /// Its name.
    pub project_name: String,
    /// Who asked.
    pub user_id: String,
}

impl From<&Scope> for Payer {
    fn from(scope: &Scope) -> Self {
        Self {
            project_id: scope.project_id.clone(),
            project_name: scope.project_name.clone(),
            user_id: scope.user_id.clone(),
        }
    }
}

impl Payer {
    fn caller(&self) -> Caller {
        Caller {
            user_id: self.user_id.clone(),
            project_id: self.project_id.clone(),
            project_name: self.project_name.clone(),
            is_admin: false,
            can_write: true,
        }
    }
}

/// What is asked of a new image.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewImage {
    /// Its name.
    pub name: String,
    /// `private` mostly.
    pub visibility: String,
    /// `raw`, `qcow2` …
    pub disk_format: String,
    /// `bare` mostly.
    pub container_format: String,
    /// Cannot be deleted.
    pub protected: bool,
    /// GiB.
    pub min_disk_gib: i64,
    /// MiB.
    pub min_ram_mib: i64,
    /// All other fields, in the order in which they are to be shown.
    pub properties: Vec<(String, String)>,
}

/// Glance's refusal, for the service that asked to put into its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotMade {
    /// Glance's status.
    pub status: StatusCode,
    /// Glance's words.
    pub message: String,
}

impl From<Fault> for NotMade {
    fn from(fault: Fault) -> Self {
        Self { status: fault.status(), message: fault.reason() }
    }
}

impl From<crate::db::DbError> for NotMade {
    fn from(error: crate::db::DbError) -> Self {
        Fault::from(error).into()
    }
}

/// Where an image's bytes come from.
pub enum Source {
    /// A file that is the image as it is to be.
    File(PathBuf),
    /// Pieces as they are made by a thread of the caller's; an error ends the image.
    Pieces(mpsc::Receiver<io::Result<Bytes>>),
}

/// Makes the record, `queued`; gives its id. 413 over the quota of images, 403 for what policy forbids.
pub fn queue(
    tx: &Transaction<'_>,
    now: Timestamp,
    scope: &Scope,
    wanted: NewImage,
) -> Result<String, NotMade> {
    Ok(insert(tx, now, scope, wanted)?.id)
}

fn insert(
    tx: &Transaction<'_>,
    now: Timestamp,
    scope: &Scope,
    wanted: NewImage,
) -> Answer<ImageRecord> {
    let caller = Caller::from(scope);
    policy::may_create(&caller, &caller.project_id)?;
    quota::images(tx, &caller)?;
    let id = Uuid::new_v4().to_string();
    let mut image = ImageRecord::new(id, caller.project_id.clone(), now.as_second());
    policy::may_set_visibility(&caller, &image, &wanted.visibility)?;
    let mut properties = Properties::default();
    for (name, value) in wanted.properties {
        properties.set(&name, value);
    }
    check_properties(&properties)?;
    image.name = Some(wanted.name);
    image.visibility = wanted.visibility;
    image.disk_format = Some(wanted.disk_format);
    image.container_format = Some(wanted.container_format);
    image.protected = wanted.protected;
    image.min_disk = wanted.min_disk_gib;
    image.min_ram = wanted.min_ram_mib;
    image.properties = properties;
    if image.insert(tx)? { Ok(image) } else { Err(Fault::internal()) }
}

/// Makes a `queued` image `active` without a byte, as Nova does with the image of a server that boots of a volume: size 0,
/// the hashes of nothing.
pub fn activate_empty(tx: &Transaction<'_>, now: Timestamp, id: &str) -> Result<(), NotMade> {
    let activate = || -> Answer<()> {
        let Some(mut image) = ImageRecord::find(tx, id)? else { return Err(Fault::no_image(id)) };
        let nothing = summary_of(&[]);
        image.size = Some(0);
        image.checksum = Some(nothing.md5);
        image.os_hash_algo = Some("sha512".to_owned());
        image.os_hash_value = Some(nothing.sha512);
        image.status = "active".to_owned();
        image.stores = vec!["fast".to_owned()];
        image.updated_at = now.as_second();
        Ok(image.save(tx)?)
    };
    Ok(activate()?)
}

/// Writes the bytes of a `queued` image: `saving`, then `active` with size, hashes and virtual size.
///
/// When it cannot be (over the quota of bytes, not of its format, a disk error, a name that fails) the image is `queued` again or gone,
/// as [`discard`] leaves it to the caller; an image that was deleted meanwhile is a 404 or 410.
pub async fn fill(region: &Region, payer: &Payer, id: &str, source: Source) -> Result<(), NotMade> {
    let (caller, wanted, now) = (payer.caller(), id.to_owned(), region.clock.now().as_second());
    let image = region
        .db
        .write(move |tx| {
            quota::size(tx, &caller, None)?;
            let Some(mut image) = ImageRecord::find(tx, &wanted)? else {
                return Err(Fault::no_image(&wanted));
            };
            if image.status != "queued" {
                return Err(Fault::transition(&image.status, "saving"));
            }
            image.status = "saving".to_owned();
            image.updated_at = now;
            image.save(tx)?;
            quota::uploading(tx, &caller)?;
            Ok(image)
        })
        .await?;
    match pour(region, payer, &image, source).await {
        Ok(summary) => Ok(finish(region, id, summary).await?),
        Err(fault) => {
            if Failure::of(image.name.as_deref()) != Some(Failure::Saving) {
                Files::of(region).remove(id).await;
                back_to_queued(region, id, "saving").await?;
            }
            Err(fault.into())
        }
    }
}

async fn pour(
    region: &Region,
    payer: &Payer,
    image: &ImageRecord,
    source: Source,
) -> Answer<Summary> {
    let mut pieces = match source {
        Source::File(path) => read(path),
        Source::Pieces(pieces) => pieces,
    };
    let sink = Sink::open(Files::of(region).stored(&image.id));
    while let Some(piece) = pieces.recv().await {
        match piece {
            // A sink that takes no more has met an error, which `finish` tells.
            Ok(piece) if sink.push(piece.clone()).await.is_ok() => {}
            Ok(_) => break,
            Err(error) => {
                sink.abandon().await;
                return Err(error.into());
            }
        }
    }
    let summary = sink.finish().await?;
    let (caller, counts) = (payer.caller(), region.options.release.image_length_counts());
    let size = counts.then_some(summary.size);
    region.db.read(move |conn| Ok(quota::size(conn, &caller, size))).await??;
    match Failure::of(image.name.as_deref()) {
        Some(Failure::Saving | Failure::Unavailable) => Err(Fault::unavailable(
            "The server is currently unavailable. Please try again at a later time.",
        )),
        Some(Failure::Quota) => Err(quota::exceeded(
            &image.owner.clone().unwrap_or_default(),
            "image_size_total",
            0,
            0,
            1,
        )),
        _ => Ok(summary),
    }
}

/// A file's bytes, by a thread of its own.
fn read(path: PathBuf) -> mpsc::Receiver<io::Result<Bytes>> {
    const PIECE: u64 = 256 << 10;
    let (to, from) = mpsc::channel(8);
    tokio::task::spawn_blocking(move || {
        let next = |file: &mut std::fs::File| -> io::Result<Bytes> {
            use io::Read;
            let mut piece = Vec::new();
            file.by_ref().take(PIECE).read_to_end(&mut piece)?;
            Ok(piece.into())
        };
        let mut file = match std::fs::File::open(path) {
            Ok(file) => file,
            Err(error) => return drop(to.blocking_send(Err(error))),
        };
        loop {
            let piece = next(&mut file);
            let more = piece.as_ref().is_ok_and(|piece| !piece.is_empty());
            // Nobody listens any more: the image is not to be.
            if to.blocking_send(piece).is_err() || !more {
                return;
            }
        }
    });
    from
}

async fn finish(region: &Region, id: &str, summary: Summary) -> Answer<()> {
    let (wanted, now) = (id.to_owned(), region.clock.now().as_second());
    let release = region.options.release;
    let outcome = region
        .db
        .write(move |tx| {
            let image = ImageRecord::find(tx, &wanted)?.filter(|image| image.status == "saving");
            let Some(mut image) = image else { return Ok::<_, Fault>(None) };
            let verdict = describe(&mut image, &summary, release);
            image.updated_at = now;
            match &verdict {
                Ok(()) => {
                    image.status = "active".to_owned();
                    image.stores = vec!["fast".to_owned()];
                }
                Err(_) => {
                    image.status = "queued".to_owned();
                    image.size = None;
                    image.virtual_size = None;
                }
            }
            image.save(tx)?;
            Ok(Some(verdict))
        })
        .await?;
    match outcome {
        Some(verdict) => verdict,
        None => {
            Files::of(region).remove(id).await;
            Err(Fault::gone(format!("Image {id} was deleted during the upload.")))
        }
    }
}

/// Whether an image is done.
pub async fn is_active(region: &Region, id: &str) -> Result<bool, NotMade> {
    let wanted = id.to_owned();
    let image = region.db.read(move |conn| ImageRecord::find(conn, &wanted)).await?;
    Ok(image.is_some_and(|image| image.status == "active"))
}

/// Removes an image that could not be filled, as Nova and Cinder do: only one that is `queued` or `saving`.
pub async fn discard(region: &Region, id: &str) -> Result<(), NotMade> {
    let wanted = id.to_owned();
    let removed = region
        .db
        .write(move |tx| {
            let image = ImageRecord::find(tx, &wanted)?;
            let image = image.filter(|image| ["queued", "saving"].contains(&image.status.as_str()));
            let Some(image) = image else { return Ok::<_, Fault>(false) };
            image.delete(tx)?;
            Ok(true)
        })
        .await?;
    if removed {
        Files::of(region).remove(id).await;
    }
    Ok(())
}
