//! `POST` (metadata) and `DELETE` of an object.

use axum::http::StatusCode;

use super::call::{Call, Place};
use super::files;
use super::put::{delete_at, kept_headers};
use super::reply::{Answer, Refusal, empty, page};
use super::stamp::Stamp;
use super::store;
use crate::state::Region;

/// `POST`: the metadata are replaced as a whole, and so is the moment at which it is to go.
pub(super) async fn change(call: &Call) -> Answer {
    let (headers, end) = (kept_headers(&call.headers)?, delete_at(call)?);
    let kind = call.header("content-type").to_owned();
    let (place, now) = (call.place.clone(), call.now);
    call.region
        .db
        .write(move |tx| {
            let found = store::container(tx, place.project(), &place.container)?;
            let container = found.ok_or_else(|| Refusal::page(StatusCode::NOT_FOUND))?;
            let found = store::object(tx, container.id, &place.object, now)?;
            let mut object = found.ok_or_else(|| Refusal::page(StatusCode::NOT_FOUND))?;
            object.headers = headers;
            object.delete_at = end;
            if !kind.is_empty() {
                object.content_type = kind;
            }
            store::save_object(tx, &object)?;
            Ok::<_, Refusal>(())
        })
        .await?;
    Ok(page(StatusCode::ACCEPTED))
}

/// `DELETE`: of a large object the manifest alone.
pub(super) async fn delete(call: &Call) -> Answer {
    remove(&call.region, call.place.clone(), call.now).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

/// Removes an object and its file.
pub(super) async fn remove(region: &Region, place: Place, now: Stamp) -> Answer<()> {
    let removed = region
        .db
        .write(move |tx| {
            let found = store::container(tx, place.project(), &place.container)?;
            let container = found.ok_or_else(|| Refusal::page(StatusCode::NOT_FOUND))?;
            let found = store::object(tx, container.id, &place.object, now)?;
            let object = found.ok_or_else(|| Refusal::page(StatusCode::NOT_FOUND))?;
            store::remove_object(tx, &object)?;
            Ok::<_, Refusal>(object)
        })
        .await?;
    files::discard(&files::folder(region).join(removed.file));
    Ok(())
}
