//! `PUT /v2/images/{id}/file`: the direct road.
//!
//! Mirrors `ImageDataController.upload` (glance/api/v2/image_data.py): refused data leaves the image `queued` with its hashes and its
//! file, and a second try on the same image gets 500.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::fail_names::Failure;
use super::fault::{Answer, Fault};
use super::files::Files;
use super::policy::{self, Caller};
use super::quota;
use super::receive::{Begun, back_to_queued, describe, media_type, pour, receive, sizes, store};
use super::record::ImageRecord;
use super::sink::Summary;
use crate::auth::Scope;
use crate::body_reader::BodyReader;
use crate::state::Region;

/// `PUT /v2/images/{id}/file`.
pub(super) async fn upload(
    State(region): State<Region>,
    Path(id): Path<String>,
    scope: Scope,
    headers: HeaderMap,
    body: Body,
) -> Answer<Response> {
    let begun = begin_upload(&region, &id, &scope, &headers).await;
    receive(&region, body, begun, finish_upload).await
}

async fn begin_upload(
    region: &Region,
    id: &str,
    scope: &Scope,
    headers: &HeaderMap,
) -> Answer<Begun> {
    let release = region.options.release;
    media_type(headers, release)?;
    let (promised, size) = sizes(headers, release)?;
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

async fn store_upload(region: &Region, begun: &Begun, summary: Summary) -> Answer<()> {
    let (id, store) = (begun.image.id.clone(), begun.store);
    let (now, release) = (region.clock.now().as_second(), region.options.release);
    let gone = id.clone();
    let outcome = region
        .db
        .write(move |tx| {
            // Formats cannot change while `saving`, the name can: the row is read again.
            let image = ImageRecord::find(tx, &id)?.filter(|image| image.status == "saving");
            let Some(mut image) = image else { return Ok::<_, Fault>(None) };
            let verdict = describe(&mut image, &summary, release);
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
