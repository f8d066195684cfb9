//! The canary: 8 KiB of zeros go the whole way that a large file would go, before that does. One answer proves CORS, the
//! digest of signed URLs, joined objects, Glance's port filter, its DNS and TLS trust, policy, staging and hash.
//!
//! What it found is believed for a day, per cloud, project and region; there is nothing secret in it. Its image is hidden
//! and removed afterwards.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use gloo_timers::callback::Interval;
use leptos::prelude::window;
use leptos::task::spawn_local;
use openstack::image::{self, CreateImage, Visibility};
use openstack::object_store as swift;
use openstack::{ErrorKind, ImageId};
use serde::{Deserialize, Serialize};
use upload::{Event, Failure, Outcome, StoreStep};
use web_sys::File;

use super::content::Upload;
use super::file_road::FileRoad;
use super::later::Later;
use super::roads::{CanaryStep, WhyDirect};
use super::store::{self, random_hex};
use super::time::unix_s;
use crate::cloud::Cloud;
use crate::storage::{self, Keep};
use crate::worker::words;

/// The canary's image is named so, and a random end.
pub(super) const PROBE_NAME: &str = ".slipway-upload-probe-";

/// How long what it found is believed, in seconds.
const BELIEVED_FOR_S: u64 = 24 * 3600;

/// Twice the same segment, so that a reference repeats as it does in a file with holes.
const SEGMENT_BYTES: u64 = 4096;

/// How often removing the canary's image is tried.
const MOST_DELETES: u32 = 3;

/// What was found, as it is kept.
#[derive(Serialize, Deserialize)]
struct Found {
    at_unix_s: u64,
    /// Nothing is in the way, or this.
    why: Option<WhyDirect>,
    /// A record that could not be removed.
    left: Option<String>,
}

type Answer = Later<Result<(), WhyDirect>>;

thread_local! {
    /// Those under way, by what they are about.
    static UNDER_WAY: RefCell<BTreeMap<String, Answer>> = const { RefCell::new(BTreeMap::new()) };
}

/// What is believed without trying; `None` when it has to be tried.
pub(super) fn known(cloud: &Cloud) -> Option<Result<(), WhyDirect>> {
    if let Some(why) = plainly_not(cloud) {
        return Some(Err(why));
    }
    let found = read(cloud)?;
    let age_s = unix_s().checked_sub(found.at_unix_s)?;
    (age_s < BELIEVED_FOR_S).then_some(match found.why {
        None => Ok(()),
        Some(why) => Err(why),
    })
}

/// Tries it. Whoever asks while it is being tried waits for the same answer, and it is brought to its end when nobody
/// waits any more.
pub(super) async fn try_it(cloud: &Cloud) -> Result<(), WhyDirect> {
    if let Some(why) = plainly_not(cloud) {
        return Err(why);
    }
    let key = cloud.key();
    let under_way = UNDER_WAY.with_borrow(|all| all.get(&key).cloned());
    if let Some(answer) = under_way {
        return answer.await;
    }
    let answer = Answer::new();
    UNDER_WAY.with_borrow_mut(|all| all.insert(key.clone(), answer.clone()));
    let (cloud, told) = (cloud.clone(), answer.clone());
    spawn_local(async move {
        let result = fly(&cloud).await;
        UNDER_WAY.with_borrow_mut(|all| all.remove(&key));
        told.set(result);
    });
    answer.await
}

/// What needs no question to the cloud.
fn plainly_not(cloud: &Cloud) -> Option<WhyDirect> {
    if cloud.why_read_only().is_some() {
        return Some(WhyDirect::ReadOnly);
    }
    match store::base(cloud) {
        Err(_) => Some(WhyDirect::NoObjectStore),
        Ok(base) if store::is_insecure(&base) => Some(WhyDirect::Insecure),
        Ok(_) => None,
    }
}

async fn fly(cloud: &Cloud) -> Result<(), WhyDirect> {
    let earlier = read(cloud).and_then(|found| found.left);
    let mut left = match earlier {
        Some(id) => remove(cloud, ImageId::new(id)).await,
        None => None,
    };
    let result = match ask(cloud).await {
        Ok(segment_bytes) => go(cloud, segment_bytes, &mut left).await,
        Err(why) => Err(why),
    };
    let passing = result.as_ref().is_err_and(is_passing);
    if !passing || left.is_some() {
        // What was not found out is not believed: it counts as found very long ago.
        let at_unix_s = if passing { 0 } else { unix_s() };
        write(cloud, &Found { at_unix_s, why: result.clone().err(), left });
    }
    result
}

/// Whether the same question may be answered otherwise in a moment.
fn is_passing(why: &WhyDirect) -> bool {
    match why {
        WhyDirect::Unreachable { .. } => true,
        WhyDirect::StoreRefused { status, .. }
        | WhyDirect::CanaryFailed { status: Some(status), .. } => {
            matches!(status, 408 | 429 | 498 | 500..=599)
        }
        _ => false,
    }
}

/// What the cloud says of itself. Returns the size of the canary's segments.
async fn ask(cloud: &Cloud) -> Result<u64, WhyDirect> {
    let unreachable =
        |error: openstack::ApiError| WhyDirect::Unreachable { message: error.message };
    match cloud.fetches_urls().await {
        Ok(true) => {}
        Ok(false) => return Err(WhyDirect::NoImportMethod),
        Err(error) => return Err(unreachable(error)),
    }
    let info = match swift::info(cloud.client()).await {
        Ok(info) => info,
        // It does not tell; the canary will.
        Err(error) if error.status.is_some() => return Ok(SEGMENT_BYTES),
        Err(error) => return Err(unreachable(error)),
    };
    let Some(slo) = info.slo else { return Err(WhyDirect::NoLargeObjects) };
    if slo.max_segments < super::file_road::LEAF_ENTRIES as u64 {
        return Err(WhyDirect::NoLargeObjects);
    }
    if info.temp_url.is_none_or(|limits| limits.best_digest().is_none()) {
        return Err(WhyDirect::NoTempUrl);
    }
    Ok(SEGMENT_BYTES.max(slo.min_segment_bytes).min(1 << 20))
}

async fn go(cloud: &Cloud, segment_bytes: u64, left: &mut Option<String>) -> Result<(), WhyDirect> {
    let other = |message: String| WhyDirect::CanaryFailed {
        step: CanaryStep::Other,
        status: None,
        message,
    };
    let zeros = zeros(segment_bytes * 2).map_err(|error| other(words(&error)))?;
    let end = Later::<Outcome>::new();
    let told = end.clone();
    let road = FileRoad::canary(
        cloud.clone(),
        record(),
        Upload::whole(zeros, None),
        segment_bytes,
        move |outcome| told.set(outcome),
    );
    let road = Rc::new(road);
    let ticking = Rc::clone(&road);
    let clock = Interval::new(1000, move || ticking.tell(Event::Tick));
    road.begin();
    let outcome = end.await;
    drop(clock);
    if let Outcome::Uploaded { id, .. } = &outcome
        && let Some(id) = remove(cloud, ImageId::new(id.clone())).await
    {
        *left = Some(id);
    }
    if let Some(id) = outcome.left().records.first() {
        *left = Some(id.clone());
    }
    match outcome {
        Outcome::Uploaded { .. } => Ok(()),
        Outcome::Cancelled { .. } => Err(other(String::new())),
        Outcome::Failed { reason, .. } => Err(road.why_closed().unwrap_or_else(|| why(&reason))),
    }
}

fn record() -> CreateImage {
    let name = random_hex(8).unwrap_or_default();
    CreateImage {
        name: format!("{PROBE_NAME}{name}"),
        disk_format: "raw".to_owned(),
        visibility: Some(Visibility::Private),
        hidden: true,
        ..CreateImage::default()
    }
}

/// Where it failed, without words for people.
fn why(reason: &Failure) -> WhyDirect {
    let failed = |step, status, message: &str| WhyDirect::CanaryFailed {
        step,
        status,
        message: message.to_owned(),
    };
    let offline = !window().navigator().on_line();
    match reason {
        Failure::RecordRefused { status, message } => {
            failed(CanaryStep::Record, Some(*status), message)
        }
        Failure::StoreRefused { step, status, message } => {
            failed(step_of(*step), Some(*status), message)
        }
        Failure::StoreSilent { step, .. } if !offline => failed(step_of(*step), None, ""),
        Failure::StoreFull { message, .. } => failed(CanaryStep::Segment, Some(413), message),
        Failure::KeepsBreaking { last, .. } if !offline => match last {
            Some((status, message)) => failed(CanaryStep::Segment, Some(*status), message),
            None => failed(CanaryStep::Segment, None, ""),
        },
        Failure::ImportRefused { status, message } => {
            failed(CanaryStep::Import, Some(*status), message)
        }
        Failure::ImportFailed { message } => failed(CanaryStep::Fetch, None, message),
        Failure::ImportStuck => failed(CanaryStep::Fetch, None, ""),
        Failure::Mismatch(_) => failed(CanaryStep::Compare, None, ""),
        Failure::ContentRefused { message } => failed(CanaryStep::Fetch, Some(415), message),
        Failure::Refused { status, message } => failed(CanaryStep::Other, Some(*status), message),
        Failure::HashFailed { message } => failed(CanaryStep::Other, None, message),
        Failure::OddState { status } => failed(CanaryStep::Fetch, None, status),
        Failure::Gone | Failure::SourceChanged => failed(CanaryStep::Other, None, ""),
        Failure::StoreSilent { .. }
        | Failure::KeepsBreaking { .. }
        | Failure::NoReplyToCreate
        | Failure::Unreachable
        | Failure::SignedOut => WhyDirect::Unreachable { message: String::new() },
    }
}

fn step_of(step: StoreStep) -> CanaryStep {
    match step {
        StoreStep::Open => CanaryStep::Open,
        StoreStep::List => CanaryStep::List,
        StoreStep::Segment | StoreStep::Lease => CanaryStep::Segment,
        StoreStep::Manifest => CanaryStep::Manifest,
    }
}

/// Removes the canary's image; its id when that did not work.
async fn remove(cloud: &Cloud, id: ImageId) -> Option<String> {
    for attempt in 1..=MOST_DELETES {
        match image::delete(cloud.client(), &id).await {
            Ok(()) => return None,
            Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Gone) => {
                return None;
            }
            Err(error) if error.kind == ErrorKind::SignedOut => break,
            Err(_) if attempt < MOST_DELETES => {
                gloo_timers::future::sleep(std::time::Duration::from_secs(2)).await;
            }
            Err(_) => {}
        }
    }
    Some(id.as_str().to_owned())
}

#[allow(clippy::cast_possible_truncation)] // A few KiB.
fn zeros(bytes: u64) -> Result<File, wasm_bindgen::JsValue> {
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::new_with_length(bytes as u32));
    File::new_with_u8_array_sequence(&parts, "zeros.raw")
}

fn name(cloud: &Cloud) -> String {
    format!("slipway.canary.{}", cloud.key())
}

fn read(cloud: &Cloud) -> Option<Found> {
    // Of another version: as if it had not been tried.
    serde_json::from_str(&storage::read(Keep::Site, &name(cloud))?).ok()
}

fn write(cloud: &Cloud, found: &Found) {
    match serde_json::to_string(found) {
        Ok(text) => storage::write(Keep::Site, &name(cloud), Some(&text)),
        Err(error) => leptos::logging::error!("the canary's result could not be kept: {error}"),
    }
}
