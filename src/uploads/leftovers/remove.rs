//! Removing what an upload left behind: the record, its lease and manifests, and its segments by the rule of leases. It
//! tells each thing that it removed or could not remove.

use std::collections::BTreeSet;

use futures_util::StreamExt;
use openstack::image::{self, Image, ImageStatus};
use openstack::object_store::{self as swift};
use openstack::{ApiError, ErrorKind, ImageId};

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
    /// Names of images whose data has arrived since they were looked at: they stay.
    pub arrived: Vec<String>,
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
    for (id, name) in records(left) {
        let now = match &left.kind {
            Kind::Probes(_) => Ok(Now::Waits),
            Kind::Remembered(_) | Kind::Record | Kind::Objects => now(cloud, &id).await,
        };
        let gone = match now {
            Ok(Now::Gone) => continue,
            Ok(Now::Arrived) => {
                removed.arrived.push(name);
                continue;
            }
            Ok(Now::Waits) => gone(image::delete(cloud.client(), &id).await),
            Err(error) => Err(error),
        };
        match gone {
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

/// What is to be removed from the images, with its name. An image that is there is not left over; only what helped to make
/// it is.
fn records(left: &Leftover) -> Vec<(ImageId, String)> {
    let images = match &left.kind {
        Kind::Probes(images) => images.as_slice(),
        _ if left.is_there() => return Vec::new(),
        Kind::Remembered(_) | Kind::Record | Kind::Objects => left.image.as_slice(),
    };
    let named = |image: &Image| {
        let name = image.name.clone().unwrap_or_else(|| image.id.as_str().to_owned());
        (image.id.clone(), name)
    };
    match &left.kind {
        // It could not be looked at then.
        Kind::Remembered(known) if images.is_empty() => {
            let id = known.entry.image.iter();
            id.map(|id| (ImageId::new(id.as_str()), known.entry.name().to_owned())).collect()
        }
        _ => images.iter().map(named).collect(),
    }
}

/// How a record is now: what is offered may have been found hours ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Now {
    Gone,
    Waits,
    /// Somebody has completed it meanwhile, or the cloud has: it is not left over.
    Arrived,
}

async fn now(cloud: &Cloud, id: &ImageId) -> Result<Now, ApiError> {
    match image::show(cloud.client(), id).await {
        Ok(image) if is_whole(&image.status) => Ok(Now::Arrived),
        Ok(_) => Ok(Now::Waits),
        Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Gone) => Ok(Now::Gone),
        Err(error) => Err(error),
    }
}

/// Glance lets an administrator switch off an image that has its data.
fn is_whole(status: &ImageStatus) -> bool {
    matches!(status, ImageStatus::Active | ImageStatus::Deactivated)
}

/// Manifests first, as they refer to segments; the lease last, as it protects what is still there.
async fn release(cloud: &Cloud, left: &Leftover, upload: &str, removed: &mut Removed) {
    let user = cloud.user().id.as_str();
    // The leases as late as can be: an upload that begins meanwhile is seen.
    let prefixes = [format!("m/{user}/{upload}/"), format!("s/{user}/"), format!("lease/{user}/")];
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
    let [manifests, segments, leases] = listings.as_slice() else { return };
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
    let contents = contents(&left.kind);
    let names: BTreeSet<String> = segments
        .iter()
        .map(|object| object.name.clone())
        .filter(|name| is_of(contents.as_ref(), name))
        .collect();
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

/// The contents of its segments, where it is known which they are. An upload that has hashed nothing has sent none.
fn contents(kind: &Kind) -> Option<BTreeSet<String>> {
    match kind {
        Kind::Remembered(known) => {
            let hashed = known.hashed.iter();
            Some(hashed.map(|one| format!("{}-{}", one.blake3, one.length_bytes)).collect())
        }
        Kind::Record | Kind::Objects | Kind::Probes(_) => None,
    }
}

/// Whether a segment is among them. Where that is not known, every one is: without any lease nobody needs any.
fn is_of(contents: Option<&BTreeSet<String>>, segment: &str) -> bool {
    contents.is_none_or(|all| all.contains(segment.rsplit('/').next().unwrap_or_default()))
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

#[cfg(test)]
mod tests {
    use upload::HashedSegment;

    use super::*;
    use crate::uploads::journal::Remembered;
    use crate::uploads::journal::tests::entry;

    fn remembered(blake3: &[&str]) -> Kind {
        let segment = |(index, blake3): (u64, &&str)| HashedSegment {
            index,
            length_bytes: 9,
            md5: String::new(),
            blake3: (*blake3).to_owned(),
            checkpoint: Vec::new(),
        };
        let hashed = (0..).zip(blake3).map(segment).collect();
        Kind::Remembered(Box::new(Remembered { entry: entry("ab", 7), hashed, handle: None }))
    }

    #[test]
    fn an_upload_takes_no_segments_but_its_own_with_it() {
        let check = |kind: &Kind, segment: &str, expected: bool| {
            assert_eq!(is_of(contents(kind).as_ref(), segment), expected, "{segment}");
        };
        check(&remembered(&["aa"]), "s/me/20000/aa-9", true);
        check(&remembered(&["aa"]), "s/me/20000/bb-9", false);
        check(&remembered(&["aa"]), "s/me/20000/aa-8", false);
        // In one piece, or nothing hashed: what lies there is of others, or kept on purpose.
        check(&remembered(&[]), "s/me/20000/aa-9", false);
        check(&Kind::Objects, "s/me/20000/aa-9", true);
    }

    #[test]
    fn a_record_that_could_not_be_looked_at_is_removed_all_the_same() {
        let Kind::Remembered(mut known) = remembered(&[]) else { return };
        known.entry.image = Some("i".to_owned());
        let left = Leftover {
            key: "ab".into(),
            kind: Kind::Remembered(known),
            name: None,
            image: None,
            upload: Some("ab".into()),
            objects: Vec::new(),
            since: None,
        };
        assert_eq!(records(&left), [(ImageId::new("i"), "golden".to_owned())]);
    }

    #[test]
    fn an_image_with_its_data_is_not_removed() {
        let check = |status: &str, expected: bool| {
            assert_eq!(is_whole(&ImageStatus::from(status)), expected, "{status}");
        };
        check("active", true);
        check("deactivated", true);
        check("queued", false);
        check("saving", false);
        check("importing", false);
    }
}
