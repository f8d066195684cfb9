//! Removing what an upload left behind: the record, its lease and manifests, and its segments by the rule of leases. It
//! tells each thing that it removed or could not remove.

use std::collections::BTreeSet;

use futures_util::StreamExt;
use openstack::object_store::{self as swift};
use openstack::{ApiError, ErrorKind, ImageId, image};

use super::sort::{Kind, Leftover};
use crate::cloud::Cloud;
use crate::uploads::journal::Journal;
use crate::uploads::store::CONTAINER;

/// Requests at once: pages need some of the browser's connections.
const AT_ONCE: usize = 4;

/// What became of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Removed {
    /// Names of records that are gone.
    pub records: Vec<String>,
    /// Leases and manifests that are gone.
    pub objects: usize,
    /// Segments that are gone.
    pub segments: usize,
    /// Their sizes together.
    pub segments_bytes: u64,
    /// Segments stay until they expire, as another upload of this user may need them.
    pub shared: bool,
    /// What could not be removed: what it is, and why.
    pub failed: Vec<(What, ApiError)>,
}

/// One thing in the cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// An image's record, by its name.
    Record(String),
    /// An object of the container, by its name.
    Object(String),
    /// What the container holds could not be listed.
    Listing,
}

/// Removes it. What the journal knows is forgotten when everything is gone.
pub(super) async fn remove(cloud: &Cloud, left: &Leftover) -> Removed {
    let mut removed = Removed::default();
    let records = match &left.kind {
        Kind::Probes(images) => images.as_slice(),
        Kind::Remembered(_) | Kind::Record | Kind::Objects => left.image.as_slice(),
    };
    // An image that is there is not left over; only what helped to make it is.
    let records = records.iter().filter(|_| !left.is_there());
    for image in records {
        let name = image.name.clone().unwrap_or_else(|| image.id.as_str().to_owned());
        match delete_record(cloud, &image.id).await {
            Ok(()) => removed.records.push(name),
            Err(error) => removed.failed.push((What::Record(name), error)),
        }
    }
    if let Some(upload) = &left.upload {
        release(cloud, left, upload, &mut removed).await;
        if removed.failed.is_empty() {
            Journal::ours().finish(upload).await;
        }
    }
    removed
}

async fn delete_record(cloud: &Cloud, id: &ImageId) -> Result<(), ApiError> {
    gone(image::delete(cloud.client(), id).await)
}

/// Manifests first, as they refer to segments; the lease last, as it protects what is still there.
async fn release(cloud: &Cloud, left: &Leftover, upload: &str, removed: &mut Removed) {
    let user = cloud.user().id.as_str();
    let prefixes = [format!("m/{user}/{upload}/"), format!("lease/{user}/"), format!("s/{user}/")];
    let mut listings = Vec::new();
    for prefix in &prefixes {
        match swift::list_all_objects(cloud.client(), CONTAINER, prefix).await {
            Ok(listing) => listings.push(listing.items),
            Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::NoEndpoint) => {
                return;
            }
            Err(error) => return removed.failed.push((What::Listing, error)),
        }
    }
    let [manifests, leases, segments] = listings.as_slice() else { return };
    let names = manifests.iter().map(|object| object.name.clone()).collect();
    removed.objects += delete_all(cloud, names, &mut removed.failed).await;
    if !removed.failed.is_empty() {
        return;
    }

    let lease = format!("lease/{user}/{upload}");
    let keep = match &left.kind {
        Kind::Remembered(known) => known.entry.keep_segments,
        Kind::Record | Kind::Objects | Kind::Probes(_) => false,
    };
    let contents: BTreeSet<String> = match &left.kind {
        Kind::Remembered(known) => {
            known.hashed.iter().map(|one| format!("{}-{}", one.blake3, one.length_bytes)).collect()
        }
        Kind::Record | Kind::Objects | Kind::Probes(_) => BTreeSet::new(),
    };
    // Where it is not known which ones they are: without any lease nobody needs any.
    let ours = |name: &str| {
        contents.is_empty() || contents.contains(name.rsplit('/').next().unwrap_or_default())
    };
    let names: BTreeSet<String> =
        segments.iter().map(|object| object.name.clone()).filter(|name| ours(name)).collect();
    removed.shared = !names.is_empty() && leases.iter().any(|other| other.name != lease);
    if !removed.shared && !keep {
        let bytes = segments.iter().filter(|one| names.contains(&one.name)).map(|one| one.bytes);
        let bytes: u64 = bytes.sum();
        let (before, count) = (removed.failed.len(), names.len());
        removed.segments =
            delete_all(cloud, names.into_iter().collect(), &mut removed.failed).await;
        removed.segments_bytes = if removed.segments == count { bytes } else { 0 };
        if removed.failed.len() > before {
            return;
        }
    }
    if leases.iter().any(|one| one.name == lease) {
        removed.objects += delete_all(cloud, vec![lease], &mut removed.failed).await;
    }
}

/// Deletes objects one by one: Swift hides the answer of its bulk deletion from pages of another origin. Returns how many
/// are gone.
async fn delete_all(
    cloud: &Cloud,
    names: Vec<String>,
    failed: &mut Vec<(What, ApiError)>,
) -> usize {
    let answers: Vec<_> = futures_util::stream::iter(names)
        .map(|name| async move {
            let answer = gone(swift::object_delete(cloud.client(), CONTAINER, &name).await);
            (name, answer)
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let mut count = 0;
    for (name, answer) in answers {
        match answer {
            Ok(()) => count += 1,
            Err(error) => failed.push((What::Object(name), error)),
        }
    }
    count
}

/// What is not there is as wanted.
fn gone(answer: Result<(), ApiError>) -> Result<(), ApiError> {
    match answer {
        Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Gone) => Ok(()),
        other => other,
    }
}
