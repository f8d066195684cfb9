//! Bodies that carry an image: `PUT .../file` and `PUT .../stage`.
//!
//! The body is received by a task of its own, so that a client that hangs up is noticed in order: the image goes back to `queued`.

use std::path::PathBuf;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use futures_util::StreamExt;
use tokio::sync::oneshot;

use super::fail_names::{Failure, corrupted};
use super::fault::{Answer, Fault};
use super::files::{self, Files};
use super::images::empty;
use super::info::STORES;
use super::policy::{self, Caller};
use super::quota;
use super::record::ImageRecord;
use super::sink::{Sink, Summary};
use crate::auth::Scope;
use crate::state::Region;

/// Glance's `image_size_cap`: 1 TiB.
const SIZE_CAP: u64 = 1 << 40;
/// A refused body is read on to here, so that the client gets to see the answer instead of a reset connection. Beyond it the
/// connection is closed, as a real one is.
const READ_ON: u64 = 64 << 20;

/// `PUT /v2/images/{id}/file`.
pub(super) async fn upload(
    State(region): State<Region>,
    Path(id): Path<String>,
    scope: Scope,
    headers: HeaderMap,
    body: Body,
) -> Answer<Response> {
    let begun = begin_upload(&region, &id, &scope, &headers).await;
    receive(&region, body, begun, |region, begun, body| finish_upload(region, begun, body)).await
}

/// `PUT /v2/images/{id}/stage`.
pub(super) async fn stage(
    State(region): State<Region>,
    Path(id): Path<String>,
    scope: Scope,
    headers: HeaderMap,
    body: Body,
) -> Answer<Response> {
    let begun = begin_stage(&region, &id, &scope, &headers).await;
    receive(&region, body, begun, |region, begun, body| finish_stage(region, begun, body)).await
}

/// An image that is ready for its body.
struct Begun {
    image: ImageRecord,
    caller: Caller,
    store: &'static str,
    /// What `x-openstack-image-size` promised.
    promised: Option<u64>,
}

/// Lets `work` take the body in the background, waits for its answer, and reads a refused body on.
async fn receive<F>(
    region: &Region,
    body: Body,
    begun: Answer<Begun>,
    work: impl FnOnce(Region, Begun, BodyReader) -> F,
) -> Answer<Response>
where
    F: Future<Output = (Answer<()>, BodyReader)> + Send + 'static,
{
    let body = BodyReader { body: body.into_data_stream(), received: 0, ended: false };
    let begun = match begun {
        Ok(begun) => begun,
        Err(fault) => {
            region.tasks.spawn(body.read_on());
            return Err(fault);
        }
    };
    let (answer, answered) = oneshot::channel();
    let work = work(region.clone(), begun, body);
    region.tasks.spawn(async move {
        let (result, body) = work.await;
        let refused = result.is_err();
        // The client may be gone: then nobody wants to know.
        let _ = answer.send(result);
        if refused {
            body.read_on().await;
        }
    });
    answered.await.map_err(|_| Fault::internal())??;
    Ok(empty(StatusCode::NO_CONTENT))
}

/// The body, piece by piece.
struct BodyReader {
    body: axum::body::BodyDataStream,
    received: u64,
    ended: bool,
}

impl BodyReader {
    /// The next piece; `None` at the end; an error when the client hung up.
    async fn next(&mut self) -> Result<Option<bytes::Bytes>, axum::Error> {
        let piece = self.body.next().await.transpose();
        match &piece {
            Ok(Some(piece)) => self.received += piece.len() as u64,
            _ => self.ended = true,
        }
        piece
    }

    async fn read_on(mut self) {
        let until = self.received + READ_ON;
        while !self.ended && self.received < until {
            if self.next().await.is_err() {
                return;
            }
        }
    }
}

fn media_type(headers: &HeaderMap) -> Answer<()> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let essence = given.and_then(|t| t.split(';').next()).map(str::trim);
    match essence {
        Some("application/octet-stream") => Ok(()),
        other => {
            Err(Fault::media_type(format!("Invalid content type {}", other.unwrap_or("None"))))
        }
    }
}

/// The size in `x-openstack-image-size`, and the one to hold against the quota.
fn sizes(headers: &HeaderMap) -> Answer<(Option<u64>, Option<u64>)> {
    let number = |name: &str| -> Answer<Option<u64>> {
        let Some(value) = headers.get(name) else { return Ok(None) };
        let words = "Invalid or missing image size in request headers.";
        let parsed = value.to_str().ok().and_then(|v| v.trim().parse().ok());
        parsed.map(Some).ok_or_else(|| Fault::bad_request(words))
    };
    let promised = number("x-openstack-image-size")?;
    let length = number("content-length")?;
    Ok((promised, promised.or(length)))
}

fn store(headers: &HeaderMap) -> Answer<&'static str> {
    let Some(value) = headers.get("x-image-meta-store") else { return Ok("fast") };
    let name = value.to_str().unwrap_or_default();
    let known = STORES.iter().find(|s| **s == name).copied();
    known.ok_or_else(|| Fault::bad_request(format!("Unknown scheme '{name}' found in URI")))
}

/// `'saving'` needs both formats (glance/domain/__init__.py, `Image.status`).
fn formats_are_set(image: &ImageRecord) -> Answer<()> {
    let missing: Vec<&str> =
        [("disk_format", &image.disk_format), ("container_format", &image.container_format)]
            .into_iter()
            .filter(|(_, format)| format.is_none())
            .map(|(name, _)| name)
            .collect();
    let noun = match missing.len() {
        0 => return Ok(()),
        1 => "Property",
        _ => "Properties",
    };
    let names = missing.join(", ");
    Err(Fault::bad_request(format!("{noun} {names} must be set prior to saving data.")))
}

async fn begin_upload(
    region: &Region,
    id: &str,
    scope: &Scope,
    headers: &HeaderMap,
) -> Answer<Begun> {
    media_type(headers)?;
    let (promised, size) = sizes(headers)?;
    let caller = Caller::from(scope);
    let store = store(headers)?;
    let now = region.clock.now().as_second();
    let id = id.to_owned();
    region
        .db
        .write(move |tx| {
            quota::size(tx, &caller, size)?;
            let mut image = policy::visible(tx, &caller, &id)?;
            policy::may_upload(&caller, &image)?;
            if image.status != "queued" {
                return Err(Fault::transition(&image.status, "saving"));
            }
            formats_are_set(&image)?;
            // The bytes of a refused upload are still in the store, and the store does not write over a file: a real
            // Glance answers 500 here, whatever is sent. A new record is the way out.
            if !image.stores.is_empty() {
                return Err(Fault::internal());
            }
            image.status = "saving".to_owned();
            image.updated_at = now;
            image.save(tx)?;
            quota::uploading(tx, &caller)?;
            Ok(Begun { image, caller, store, promised })
        })
        .await
}

async fn finish_upload(
    region: Region,
    begun: Begun,
    mut body: BodyReader,
) -> (Answer<()>, BodyReader) {
    let answer = take_upload(&region, &begun, &mut body).await;
    (answer, body)
}

async fn take_upload(region: &Region, begun: &Begun, body: &mut BodyReader) -> Answer<()> {
    let image = &begun.image;
    let failure = Failure::of(image.name.as_deref());
    let path = Files::of(region).stored(&image.id);
    let summary = match pour(path, begun, body, failure).await {
        Ok(summary) => summary,
        Err(fault) => {
            back_to_queued(region, &image.id, "saving").await?;
            return Err(fault);
        }
    };
    match failure {
        Some(Failure::Saving) => return Err(Fault::unavailable(WORKER_DIED)),
        Some(Failure::Unavailable) => {
            Files::of(region).remove(&image.id).await;
            back_to_queued(region, &image.id, "saving").await?;
            return Err(Fault::unavailable(WORKER_DIED));
        }
        _ => {}
    }
    store_upload(region, begun, summary).await
}

const WORKER_DIED: &str = "The server is currently unavailable. Please try again at a later time.";

/// The body into the file. Whatever goes wrong leaves no file.
async fn pour(
    path: PathBuf,
    begun: &Begun,
    body: &mut BodyReader,
    failure: Option<Failure>,
) -> Answer<Summary> {
    let sink = Sink::open(path.clone());
    let refusal = loop {
        match body.next().await {
            Ok(Some(_)) if failure == Some(Failure::Quota) => {
                let mib = i64::try_from(body.received >> 20).unwrap_or(i64::MAX);
                break Some(quota::exceeded(
                    &begun.caller.project_id,
                    "image_size_total",
                    mib,
                    mib,
                    1,
                ));
            }
            Ok(Some(_)) if body.received > SIZE_CAP => {
                let words = "The incoming image is too large: The provided image is too large.";
                break Some(Fault::too_large(words));
            }
            // A sink that takes no more has met an error, which `finish` tells.
            Ok(Some(piece)) if sink.push(piece.clone()).await.is_err() => break None,
            Ok(Some(_)) => {}
            Ok(None) => match begun.promised {
                Some(size) if size != body.received => {
                    let words = format!(
                        "Size mismatch: the header promised {size} bytes, {} were received.",
                        body.received
                    );
                    break Some(Fault::bad_request(words));
                }
                _ => break None,
            },
            // Nobody is there to read it.
            Err(_) => break Some(Fault::bad_request("The connection was broken off.")),
        }
    };
    if let Some(refusal) = refusal {
        sink.abandon().await;
        return Err(refusal);
    }
    match sink.finish().await {
        Ok(summary) => Ok(summary),
        Err(error) => {
            files::remove(&path).await;
            Err(disk_fault(error))
        }
    }
}

/// A disk that is full is the store's 413, anything else a 500.
fn disk_fault(error: std::io::Error) -> Fault {
    match error.kind() {
        std::io::ErrorKind::StorageFull => Fault::too_large(
            "Image storage media is full: There is not enough disk space on the image storage media.",
        ),
        _ => error.into(),
    }
}

async fn store_upload(region: &Region, begun: &Begun, summary: Summary) -> Answer<()> {
    let (id, store) = (begun.image.id.clone(), begun.store);
    let now = region.clock.now().as_second();
    let gone = id.clone();
    let outcome = region
        .db
        .write(move |tx| {
            // Formats cannot change while `saving`, the name can: the row is read again.
            let image = ImageRecord::find(tx, &id)?.filter(|image| image.status == "saving");
            let Some(mut image) = image else { return Ok::<_, Fault>(None) };
            let verdict = describe(&mut image, &summary);
            image.stores = vec![store.to_owned()];
            image.updated_at = now;
            match &verdict {
                Ok(()) => image.status = "active".to_owned(),
                Err(_) => {
                    // Size is cleared with `queued`; hashes and the store's file stay, as recorded.
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
            Files::of(region).remove(&gone).await;
            Err(Fault::gone(format!(
                "Image {gone} could not be found after upload. The image may have been deleted during the upload, \
                 cleaning up the chunks uploaded."
            )))
        }
    }
}

/// Puts size, hashes and virtual size into the record; the refusal when Glance would not have these bytes.
pub(super) fn describe(image: &mut ImageRecord, summary: &Summary) -> Answer<()> {
    let corrupt = Failure::of(image.name.as_deref()) == Some(Failure::Hash);
    let digest = |hex: &str| if corrupt { corrupted(hex) } else { hex.to_owned() };
    image.size = i64::try_from(summary.size).ok();
    image.checksum = Some(digest(&summary.md5));
    image.os_hash_algo = Some("sha512".to_owned());
    image.os_hash_value = Some(digest(&summary.sha512));
    let disk_format = image.disk_format.as_deref().unwrap_or_default();
    let container_format = image.container_format.as_deref().unwrap_or_default();
    let verdict = summary.finding.judge(disk_format, container_format);
    image.virtual_size = match &verdict {
        Ok(size) => size.and_then(|s| i64::try_from(s).ok()),
        Err(_) => None,
    };
    verdict.map(|_| ()).map_err(|refusal| Fault::media_type(refusal.0))
}

async fn back_to_queued(region: &Region, id: &str, from: &'static str) -> Answer<()> {
    let now = region.clock.now().as_second();
    let id = id.to_owned();
    region
        .db
        .write(move |tx| {
            tx.prepare_cached(
                "UPDATE image SET status = 'queued', size = NULL, virtual_size = NULL, updated_at = ?2 \
                 WHERE id = ?1 AND status = ?3",
            )?
            .execute(rusqlite::params![id, now, from])?;
            Ok(())
        })
        .await
}

async fn begin_stage(
    region: &Region,
    id: &str,
    scope: &Scope,
    headers: &HeaderMap,
) -> Answer<Begun> {
    media_type(headers)?;
    let (promised, size) = sizes(headers)?;
    let caller = Caller::from(scope);
    let now = region.clock.now().as_second();
    let id = id.to_owned();
    region
        .db
        .write(move |tx| {
            quota::stage(tx, &caller, size)?;
            let mut image = policy::visible(tx, &caller, &id)?;
            policy::may_modify(&caller, &image)?;
            if image.status != "queued" {
                return Err(Fault::transition(&image.status, "uploading"));
            }
            image.status = "uploading".to_owned();
            image.size = None;
            image.updated_at = now;
            image.save(tx)?;
            quota::uploading(tx, &caller)?;
            Ok(Begun { image, caller, store: "fast", promised })
        })
        .await
}

async fn finish_stage(
    region: Region,
    begun: Begun,
    mut body: BodyReader,
) -> (Answer<()>, BodyReader) {
    let answer = take_stage(&region, &begun, &mut body).await;
    (answer, body)
}

async fn take_stage(region: &Region, begun: &Begun, body: &mut BodyReader) -> Answer<()> {
    let id = begun.image.id.clone();
    let path = Files::of(region).staged(&id);
    let summary = match pour(path, begun, body, None).await {
        Ok(summary) => summary,
        Err(fault) => {
            back_to_queued(region, &id, "uploading").await?;
            return Err(fault);
        }
    };
    let now = region.clock.now().as_second();
    let size = i64::try_from(summary.size).unwrap_or(i64::MAX);
    let row = id.clone();
    let kept = region
        .db
        .write(move |tx| {
            let sql = "UPDATE image SET size = ?2, updated_at = ?3 WHERE id = ?1 AND status = 'uploading'";
            Ok::<_, Fault>(tx.prepare_cached(sql)?.execute(rusqlite::params![row, size, now])?)
        })
        .await?;
    if kept == 0 {
        Files::of(region).remove(&id).await;
        return Err(Fault::no_image(&id));
    }
    Ok(())
}
