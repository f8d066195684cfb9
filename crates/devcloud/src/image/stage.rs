//! `PUT /v2/images/{id}/stage`: bytes that wait for their import.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::fault::{Answer, Fault};
use super::files::Files;
use super::policy::{self, Caller};
use super::quota;
use super::receive::{Begun, back_to_queued, media_type, pour, receive, sizes};
use crate::auth::Scope;
use crate::body_reader::BodyReader;
use crate::state::Region;

/// `PUT /v2/images/{id}/stage`.
pub(super) async fn stage(
    State(region): State<Region>,
    Path(id): Path<String>,
    scope: Scope,
    headers: HeaderMap,
    body: Body,
) -> Answer<Response> {
    let begun = begin_stage(&region, &id, &scope, &headers).await;
    receive(&region, body, begun, finish_stage).await
}

async fn begin_stage(
    region: &Region,
    id: &str,
    scope: &Scope,
    headers: &HeaderMap,
) -> Answer<Begun> {
    let release = region.options.release;
    media_type(headers, release)?;
    let (promised, size) = sizes(headers, release)?;
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
