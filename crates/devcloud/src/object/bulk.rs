//! `POST ?bulk-delete` (swift/common/middleware/bulk.py): a list of paths, 200 and a report.

use axum::http::StatusCode;

use super::access::{self, Access, Denied};
use super::call::{Call, Place};
use super::info::MAX_DELETES;
use super::reply::{Answer, Refusal};
use super::report::Deleted;
use super::{change, container};
use crate::body_reader::BodyReader;

/// The longest list that is read: every path as long as it may be.
const MAX_LIST: usize = 16 << 20;

pub(super) async fn delete(call: &Call, body: &mut BodyReader) -> Answer {
    let json = call.accepts_json();
    let access = access::of(call).await?;
    let gone = || Refusal::page(StatusCode::BAD_REQUEST);
    let text = body.all(MAX_LIST).await.map_err(|_| gone())?.ok_or_else(gone)?;
    let text = String::from_utf8_lossy(&text).into_owned();
    let paths: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut report = Deleted::default();
    if paths.len() > MAX_DELETES {
        let words = format!("Maximum Bulk Deletes: {MAX_DELETES} per request");
        report.outcome = Some((String::from("413 Request Entity Too Large"), words));
        return Ok(report.report(json));
    }
    for path in paths {
        match one(call, &access, path).await {
            Ok(()) => report.count(path, 204),
            Err(refusal) => {
                let status = refusal.0.status().as_u16();
                report.count(path, status);
                // bulk.py stops at the first 401.
                if status == 401 {
                    report.outcome = Some((String::from("401 Unauthorized"), String::new()));
                    break;
                }
            }
        }
    }
    Ok(report.report(json))
}

async fn one(call: &Call, access: &Result<Access, Denied>, path: &str) -> Answer<()> {
    match access {
        Err(denied) => return Err(denied.refusal(call)),
        Ok(access) if !access.may_write => return Err(Denied::Forbidden.refusal(call)),
        Ok(_) => {}
    }
    let encoded = format!("/v1/{}/{}", call.place.account, path.trim_start_matches('/'));
    let refused = || Refusal::page(StatusCode::BAD_REQUEST);
    let place = Place::of(&encoded).ok_or_else(refused)?;
    if place.container.is_empty() {
        return Err(refused());
    }
    if !place.object.is_empty() {
        return change::remove(&call.region, place, call.now).await;
    }
    let work = move |tx: &rusqlite::Transaction<'_>| {
        container::remove(tx, place.project(), &place.container)
    };
    call.region.db.write(work).await
}
