//! Looking for what uploads left behind: in this browser's journal, among the project's images, in the object store.

use std::collections::BTreeSet;

use futures_util::future::join3;
use openstack::image::{self, Filter, Image, ImageStatus, Visibility};
use openstack::object_store::{self as swift, ListedObject};
use openstack::{ApiError, ErrorKind, ImageId};

use super::sort::{Found, Leftover, sort};
use crate::cloud::Cloud;
use crate::uploads::journal::{Journal, Remembered};
use crate::uploads::locks;
use crate::uploads::store::CONTAINER;
use crate::uploads::time::unix_s;

/// What was found out. What could not be looked at is not offered; it is looked at again the next time.
pub(super) struct Looked {
    /// What was left behind.
    pub(super) left: Vec<Leftover>,
    /// What runs in another tab.
    pub(super) elsewhere: Vec<Remembered>,
}

/// Looks. `ours` are this tab's uploads, `worked_on` the images that this or another tab works with.
pub(super) async fn look(
    cloud: &Cloud,
    ours: &BTreeSet<String>,
    worked_on: BTreeSet<String>,
) -> Looked {
    let user = cloud.user().id.as_str();
    let now = unix_s();
    let remembered = Journal::ours().load_all(&cloud.key(), user, now).await;
    let running: BTreeSet<String> =
        locks::running().await.into_iter().chain(ours.clone()).collect();
    let elsewhere = remembered
        .iter()
        .filter(|one| running.contains(&one.entry.upload) && !ours.contains(&one.entry.upload))
        .cloned()
        .collect();
    if cloud.why_read_only().is_some() {
        // Whoever may only look can neither go on nor remove.
        return Looked { left: Vec::new(), elsewhere };
    }
    let (waiting, hidden, objects) =
        join3(waiting(cloud), hidden(cloud), objects(cloud, user)).await;
    let mut images = or_none(waiting, "images that wait for data");
    images.extend(or_none(hidden, "hidden images"));
    for one in &remembered {
        if running.contains(&one.entry.upload) {
            continue;
        }
        if let Some(id) = &one.entry.image
            && !images.iter().any(|image| image.id.as_str() == id)
        {
            match image::show(cloud.client(), &ImageId::new(id.as_str())).await {
                Ok(image) => images.push(image),
                Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Gone) => {}
                Err(error) => leptos::logging::warn!("{error}"),
            }
        }
    }
    let left = sort(Found {
        now_s: i64::try_from(now).unwrap_or(i64::MAX),
        remembered,
        running,
        worked_on,
        images,
        objects: or_none(objects, "objects of uploads"),
    });
    Looked { left, elsewhere }
}

/// Nobody has asked for this look, so a failure is not put before anybody.
fn or_none<T>(answer: Result<Vec<T>, ApiError>, what: &str) -> Vec<T> {
    answer.unwrap_or_else(|error| {
        leptos::logging::warn!("{what} could not be looked at: {error}");
        Vec::new()
    })
}

async fn waiting(cloud: &Cloud) -> Result<Vec<Image>, ApiError> {
    let statuses = ["queued", "saving", "uploading"].map(ImageStatus::from).to_vec();
    let filter = Filter { statuses, ..own(cloud) };
    Ok(image::list_all(cloud.client(), &filter).await?.items)
}

/// Among them the records of trial runs.
async fn hidden(cloud: &Cloud) -> Result<Vec<Image>, ApiError> {
    let filter = Filter { hidden: true, ..own(cloud) };
    Ok(image::list_all(cloud.client(), &filter).await?.items)
}

fn own(cloud: &Cloud) -> Filter {
    Filter {
        owner: Some(cloud.project().id.clone()),
        visibility: Some(Visibility::Other("all".to_owned())),
        ..Filter::default()
    }
}

/// Leases and manifests of this user.
async fn objects(cloud: &Cloud, user: &str) -> Result<Vec<ListedObject>, ApiError> {
    let mut all = Vec::new();
    for prefix in [format!("lease/{user}/"), format!("m/{user}/")] {
        match swift::list_all_objects(cloud.client(), CONTAINER, &prefix).await {
            Ok(listing) => all.extend(listing.items),
            // Nothing was ever uploaded by this road, or there is no object store.
            Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::NoEndpoint) => {
                return Ok(all);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(all)
}
