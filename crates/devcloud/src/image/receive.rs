//! What `PUT .../file` and `PUT .../stage` share: taking a body that carries an image.
//!
//! The body is received by a task of its own, so that a client that hangs up is noticed in order: the image goes back to `queued`.

use std::path::PathBuf;

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use tokio::sync::oneshot;

use super::fail_names::{Failure, corrupted};
use super::fault::{Answer, Fault};
use super::files;
use super::images::empty;
use super::info::STORES;
use super::policy::Caller;
use super::quota;
use super::record::ImageRecord;
use super::sink::{Sink, Summary};
use crate::Release;
use crate::body_reader::BodyReader;
use crate::state::Region;

/// Glance's `image_size_cap`: 1 TiB.
const SIZE_CAP: u64 = 1 << 40;

/// An image that is ready for its body.
pub(super) struct Begun {
    pub(super) image: ImageRecord,
    pub(super) caller: Caller,
    pub(super) store: &'static str,
    /// What `x-openstack-image-size` promised.
    pub(super) promised: Option<u64>,
}

/// Lets `work` take the body in the background, waits for its answer, and reads a refused body on.
pub(super) async fn receive<F>(
    region: &Region,
    body: Body,
    begun: Answer<Begun>,
    work: impl FnOnce(Region, Begun, BodyReader) -> F,
) -> Answer<Response>
where
    F: Future<Output = (Answer<()>, BodyReader)> + Send + 'static,
{
    let body = BodyReader::new(body);
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

pub(super) fn media_type(headers: &HeaderMap, release: Release) -> Answer<()> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let essence = given.and_then(|t| t.split(';').next()).map(str::trim);
    match essence {
        Some("application/octet-stream") => Ok(()),
        other => {
            let words = format!("Invalid content type {}", other.unwrap_or("None"));
            Err(Fault::media_type(words).for_release(release))
        }
    }
}

/// The size in `x-openstack-image-size`, and the one to hold against the quota.
pub(super) fn sizes(headers: &HeaderMap, release: Release) -> Answer<(Option<u64>, Option<u64>)> {
    if !release.image_length_counts() {
        return Ok((None, None));
    }
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

pub(super) fn store(headers: &HeaderMap) -> Answer<&'static str> {
    let Some(value) = headers.get("x-image-meta-store") else { return Ok("fast") };
    let name = value.to_str().unwrap_or_default();
    let known = STORES.iter().find(|s| **s == name).copied();
    known.ok_or_else(|| Fault::bad_request(format!("Unknown scheme '{name}' found in URI")))
}

/// The body into the file. Whatever goes wrong leaves no file.
pub(super) async fn pour(
    path: PathBuf,
    begun: &Begun,
    body: &mut BodyReader,
    failure: Option<Failure>,
) -> Answer<Summary> {
    let sink = Sink::open(path.clone());
    let refusal = loop {
        match body.next().await {
            Ok(Some(_)) if failure == Some(Failure::Quota) => {
                let mib = i64::try_from(body.received() >> 20).unwrap_or(i64::MAX);
                break Some(quota::exceeded(
                    &begun.caller.project_id,
                    "image_size_total",
                    mib,
                    mib,
                    1,
                ));
            }
            Ok(Some(_)) if body.received() > SIZE_CAP => {
                let words = "The incoming image is too large: The provided image is too large.";
                break Some(Fault::too_large(words));
            }
            // A sink that takes no more has met an error, which `finish` tells.
            Ok(Some(piece)) if sink.push(piece.clone()).await.is_err() => break None,
            Ok(Some(_)) => {}
            Ok(None) => match begun.promised {
                Some(size) if size != body.received() => {
                    let words = format!(
                        "Size mismatch: the header promised {size} bytes, {} were received.",
                        body.received()
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

/// Puts size, hashes and virtual size into the record; the refusal when Glance would not have these bytes.
pub(super) fn describe(image: &mut ImageRecord, summary: &Summary, release: Release) -> Answer<()> {
    let corrupt = Failure::of(image.name.as_deref()) == Some(Failure::Hash);
    let digest = |hex: &str| if corrupt { corrupted(hex) } else { hex.to_owned() };
    image.size = i64::try_from(summary.size).ok();
    image.checksum = Some(digest(&summary.md5));
    image.os_hash_algo = Some("sha512".to_owned());
    image.os_hash_value = Some(digest(&summary.sha512));
    let disk_format = image.disk_format.as_deref().unwrap_or_default();
    let container_format = image.container_format.as_deref().unwrap_or_default();
    let verdict = match release.image_formats_are_held_against() {
        true => summary.finding.judge(disk_format, container_format),
        false => Ok(summary.finding.measure(disk_format, container_format)),
    };
    image.virtual_size = match &verdict {
        Ok(size) => size.and_then(|s| i64::try_from(s).ok()),
        Err(_) => None,
    };
    verdict.map(|_| ()).map_err(|refusal| Fault::media_type(refusal.0))
}

pub(super) async fn back_to_queued(region: &Region, id: &str, from: &'static str) -> Answer<()> {
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
