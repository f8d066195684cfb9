//! `POST ?bulk-delete` (swift/common/middleware/bulk.py): a list of paths, 200 and a report.

use axum::http::StatusCode;

use super::access::{self, Access, Denied};
use super::call::Call;
use super::info::MAX_DELETES;
use super::reply::{Answer, Refusal};
use super::report::Deleted;
use super::{change, container};
use crate::body_reader::BodyReader;

/// The longest list that is read: every path as long as it may be.
const MAX_LIST: usize = 16 << 20;

pub(super) async fn delete(call: &Call, body: &mut BodyReader) -> Answer {
    let json = call.accepts_json();
    let access = access::writing(access::of(call).await?);
    let gone = || Refusal::page(StatusCode::BAD_REQUEST);
    let text = body.all(MAX_LIST).await.map_err(|_| gone())?.ok_or_else(gone)?;
    let text = String::from_utf8_lossy(&text).into_owned();
    let paths: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    // Objects first, so that a container in the same list is empty when its turn comes.
    let (objects, containers): (Vec<&str>, Vec<&str>) =
        paths.iter().copied().partition(|path| path.trim_matches('/').contains('/'));
    let mut report = Deleted::default();
    if paths.len() > MAX_DELETES {
        let words = format!("Maximum Bulk Deletes: {MAX_DELETES} per request");
        report.outcome = Some((StatusCode::PAYLOAD_TOO_LARGE, words));
        return Ok(report.report(json));
    }
    for path in objects.into_iter().chain(containers) {
        let path = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
        report.count(&path, one(call, &access, &path).await);
    }
    Ok(report.report(json))
}

async fn one(call: &Call, access: &Result<Access, Denied>, path: &str) -> Answer<()> {
    access.as_ref().map_err(|denied| denied.refusal(call))?;
    // It would not be the name that was meant.
    if path.contains(char::REPLACEMENT_CHARACTER) {
        return Err(Refusal::page(StatusCode::PRECONDITION_FAILED));
    }
    let place = call.place.beside(path);
    if place.container.is_empty() {
        return Err(Refusal::page(StatusCode::METHOD_NOT_ALLOWED));
    }
    if !place.object.is_empty() {
        return change::remove(&call.region, place, call.now).await;
    }
    let work = move |tx: &rusqlite::Transaction<'_>| {
        container::remove(tx, place.project(), &place.container)
    };
    call.region.db.write(work).await
}
