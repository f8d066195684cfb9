//! `DELETE ?multipart-manifest=delete` (slo.py, `handle_multipart_delete`): the segments first, the manifest last; 200 with a
//! report, whatever came of it.

use std::collections::VecDeque;

use axum::http::StatusCode;

use super::access::{self, Access, Denied};
use super::call::Call;
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
    if call.switched_on("async") {
        let access = access::writing(access).map_err(|denied| denied.refusal(call))?;
        return delete_later(call, &access, &own).await;
    }
    let access = match access {
        Ok(access) => access,
        Err(denied) => {
            let words = match denied {
                Denied::Unauthorized => denied.status(),
                Denied::Forbidden => "Unable to load SLO manifest or segment.",
            };
            report.fail(&own, words.to_owned());
            return Ok(report.report(call.accepts_json()));
        }
    };
    let mut left = VecDeque::from([(own, true)]);
    while let Some((path, is_manifest)) = left.pop_front() {
        if !access.reaches(&path) {
            report.fail(&path, Denied::Unauthorized.status().to_owned());
            continue;
        }
        if is_manifest {
            match segments(call, &path).await? {
                Ok(segments) => left.extend(segments.into_iter().map(|s| (s.name, s.sub_slo))),
                Err(NoManifest::Missing) => {}
                Err(NoManifest::Ordinary) => {
                    report.fail(&path, String::from("Not an SLO manifest"));
                    continue;
                }
            }
            left.push_back((path, false));
            continue;
        }
        let removed = match access.may_write {
            true => change::remove(&call.region, call.place.beside(&path), call.now).await,
            false => Err(Denied::Forbidden.refusal(call)),
        };
        report.count(&path, removed);
    }
    Ok(report.report(call.accepts_json()))
}

/// `async=yes`: all segments must lie in one container and be plain; then the manifest goes, and the segments after it.
async fn delete_later(call: &Call, access: &Access, own: &str) -> Answer {
    let refused = |words: &str| Refusal::html(StatusCode::BAD_REQUEST, words);
    let segments = match segments(call, own).await? {
        Ok(segments) => segments,
        Err(NoManifest::Missing) => {
            return Err(Refusal::html(StatusCode::NOT_FOUND, "SLO manifest not found"));
        }
        Err(NoManifest::Ordinary) => return Err(refused("Not an SLO manifest")),
    };
    let container = |segment: &Segment| call.place.beside(&segment.name).container;
    if segments.windows(2).any(|pair| matches!(pair, [a, b] if container(a) != container(b))) {
        return Err(refused("All segments must be in one container."));
    }
    if segments.iter().any(|segment| segment.sub_slo) {
        return Err(refused("No segments may be large objects."));
    }
    if segments.iter().any(|segment| !access.reaches(&segment.name)) {
        return Err(Denied::Unauthorized.refusal(call));
    }
    change::remove(&call.region, call.place.clone(), call.now).await?;
    for segment in segments {
        // A segment that stood in the manifest twice is gone the second time.
        match change::remove(&call.region, call.place.beside(&segment.name), call.now).await {
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
