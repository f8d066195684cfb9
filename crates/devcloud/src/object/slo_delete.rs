//! `DELETE ?multipart-manifest=delete` (slo.py, `handle_multipart_delete`): the segments first, the manifest last; 200 with a
//! report, whatever came of it.

use std::collections::VecDeque;

use axum::http::StatusCode;

use super::access::{Access, Denied};
use super::call::{Call, Place};
use super::change;
use super::files;
use super::manifest::{self, Segment};
use super::reply::{Answer, Refusal, empty};
use super::report::Deleted;
use super::store;

/// `DELETE ?multipart-manifest=delete`.
pub(super) async fn delete(call: &Call, access: Result<Access, Denied>) -> Answer {
    let own = format!("/{}/{}", call.place.container, call.place.object);
    let mut report = Deleted::default();
    let denied = match &access {
        Err(denied) => Some(*denied),
        Ok(access) if !access.may_write => Some(Denied::Forbidden),
        Ok(_) => None,
    };
    if let Some(denied) = denied {
        report.problems.push((own, denied.status().to_owned()));
        report.outcome = Some((denied.status().to_owned(), String::new()));
        return Ok(report.report(call.accepts_json()));
    }
    if call.switched_on("async") {
        return delete_later(call, &own).await;
    }
    let mut left = VecDeque::from([(own, true)]);
    while let Some((path, is_manifest)) = left.pop_front() {
        if is_manifest {
            match segments(call, &path).await? {
                Ok(segments) => left.extend(segments.into_iter().map(|s| (s.name, s.sub_slo))),
                Err(NoManifest::Missing) => {}
                Err(NoManifest::Ordinary) => {
                    report.problems.push((path, String::from("400 Bad Request")));
                    let words = String::from("Not an SLO manifest");
                    report.outcome = Some((String::from("400 Bad Request"), words));
                    continue;
                }
            }
            left.push_back((path, false));
            continue;
        }
        let status = match change::remove(&call.region, place(call, &path), call.now).await {
            Ok(()) => 204,
            Err(refusal) => refusal.0.status().as_u16(),
        };
        report.count(&path, status);
    }
    Ok(report.report(call.accepts_json()))
}

/// `async=yes`: all segments must lie in one container and be plain; then the manifest goes, and the segments after it.
async fn delete_later(call: &Call, own: &str) -> Answer {
    let refused = |words: &str| Refusal::html(StatusCode::BAD_REQUEST, words);
    let segments = match segments(call, own).await? {
        Ok(segments) => segments,
        Err(NoManifest::Missing) => {
            return Err(Refusal::html(StatusCode::NOT_FOUND, "SLO manifest not found"));
        }
        Err(NoManifest::Ordinary) => return Err(refused("Not an SLO manifest")),
    };
    let container = |segment: &Segment| place(call, &segment.name).container;
    if segments.windows(2).any(|pair| matches!(pair, [a, b] if container(a) != container(b))) {
        return Err(refused("All segments must be in one container."));
    }
    if segments.iter().any(|segment| segment.sub_slo) {
        return Err(refused("No segments may be large objects."));
    }
    change::remove(&call.region, place(call, own), call.now).await?;
    for segment in segments {
        // A segment that stood in the manifest twice is gone the second time.
        match change::remove(&call.region, place(call, &segment.name), call.now).await {
            Err(refusal) if refusal.0.status() != StatusCode::NOT_FOUND => return Err(refusal),
            _ => {}
        }
    }
    Ok(empty(StatusCode::NO_CONTENT))
}

/// Why there is no manifest.
enum NoManifest {
    Missing,
    Ordinary,
}

async fn segments(call: &Call, path: &str) -> Answer<Result<Vec<Segment>, NoManifest>> {
    let (project, now, path) = (call.place.project().to_owned(), call.now, path.to_owned());
    let found = call.region.db.read(move |conn| store::object_at(conn, &project, &path, now));
    match found.await? {
        None => Ok(Err(NoManifest::Missing)),
        Some(object) if object.slo.is_none() => Ok(Err(NoManifest::Ordinary)),
        Some(object) => {
            let file = files::folder(&call.region).join(object.file);
            Ok(Ok(manifest::load(&file).await?))
        }
    }
}

fn place(call: &Call, path: &str) -> Place {
    let path = path.trim_start_matches('/');
    let (container, object) = path.split_once('/').unwrap_or((path, ""));
    Place {
        account: call.place.account.clone(),
        container: container.to_owned(),
        object: object.to_owned(),
    }
}
