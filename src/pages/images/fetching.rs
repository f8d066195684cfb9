//! How the images are fetched: the whole list in pages, or what has changed of it.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{join, join3};
use openstack::image::Image;
use openstack::{ApiError, ErrorKind, ImageId, Listing, Timestamp};

use super::entry::{Entry, Share};
use super::set::ImageSet;
use crate::clock;
use crate::cloud::Cloud;

/// What is asked for first: more than a screenful, and quick.
const FIRST_ROWS: u32 = 200;
/// What is asked for at once behind it: reading a page is one piece of work for the browser.
const MORE_ROWS: u32 = 500;
/// Longer lists are not fetched anew for every change.
const SHORT: usize = 1000;
/// How long changes are enough for a longer list.
const WHOLE_EVERY: Duration = Duration::from_secs(300);
/// More at once than are put in order one by one.
const FEW: usize = 32;
/// How many images are asked for one by one when no list names them any more.
const SINGLE_LOOKS: usize = 20;

/// The images, as far as they are known.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// The images.
    pub set: Arc<ImageSet>,
    /// How many records could not be read.
    pub unreadable: usize,
    /// The rest is still being fetched.
    pub partial: bool,
    /// The newest change seen, by the cloud's clock.
    pub newest: Option<Timestamp>,
    /// When the whole list was last fetched, by this computer's clock.
    pub whole_at: Timestamp,
}

impl Known {
    /// An image is gone.
    pub fn forget(&mut self, id: &ImageId) {
        if self.set.get(id).is_some() {
            Arc::make_mut(&mut self.set).remove(id);
        }
    }
}

/// Takes out what was deleted here. No image comes back under its old id.
pub fn forget(known: &mut Known, gone: &HashSet<ImageId>) {
    if gone.iter().any(|id| known.set.get(id).is_some()) {
        let set = Arc::make_mut(&mut known.set);
        for id in gone {
            set.remove(id);
        }
    }
}

/// Whether the list is long and was fetched as a whole not long ago.
pub fn changes_are_enough(known: &Known) -> bool {
    let age = clock::now().as_second().saturating_sub(known.whole_at.as_second());
    let young = u64::try_from(age).is_ok_and(|age| age < WHOLE_EVERY.as_secs());
    known.set.len() > SHORT && young && known.newest.is_some()
}

/// The whole list, page by page. `on_part` gets what is there so far.
pub async fn whole(cloud: &Cloud, on_part: impl Fn(Known)) -> Result<Known, ApiError> {
    let pages = async {
        let mut known = Known {
            set: Arc::default(),
            unreadable: 0,
            partial: true,
            newest: None,
            whole_at: clock::now(),
        };
        let mut marker = None;
        let mut rows = FIRST_ROWS;
        loop {
            let page = cloud.image_rows(rows, marker.as_ref()).await?;
            rows = MORE_ROWS;
            take(&mut known, page.rows, cloud);
            if page.next.is_none() || page.next == marker {
                known.partial = false;
                return Ok::<Known, ApiError>(known);
            }
            marker = page.next;
            on_part(known.clone());
        }
    };
    let (known, offered, rejected) =
        join3(pages, cloud.offered_images(), cloud.rejected_images()).await;
    let mut known = known?;
    take_unanswered(&mut known, offered?, rejected?, cloud);
    Ok(known)
}

/// What has changed since the newest change that is known.
pub async fn changes(cloud: &Cloud, mut known: Known) -> Result<Known, ApiError> {
    let Some(newest) = known.newest else { return whole(cloud, drop).await };
    let unreadable = known.unreadable;
    let lists = join(cloud.offered_images(), cloud.rejected_images());
    let (changed, (offered, rejected)) = join(cloud.images_changed_since(newest), lists).await;
    let (changed, offered, rejected) = (changed?, offered?, rejected?);
    let named = |id: &ImageId, lists: &[&Listing<Image>]| {
        lists.iter().any(|list| list.items.iter().any(|image| image.id == *id))
    };
    // A passing state that no list of changes names any more has ended in a deletion; an offer that is no longer among the
    // offers was answered, or taken back.
    let silent: Vec<ImageId> = known
        .set
        .changing()
        .into_iter()
        .filter(|id| !named(id, &[&changed]))
        .chain(known.set.unanswered().into_iter().filter(|id| !named(id, &[&offered, &rejected])))
        .take(SINGLE_LOOKS)
        .collect();
    take(&mut known, changed, cloud);
    take_unanswered(&mut known, offered, rejected, cloud);
    for id in silent {
        match cloud.image(&id).await {
            Ok(image) => {
                take(&mut known, Listing { items: vec![image], skipped: Vec::new() }, cloud)
            }
            Err(error) if error.kind == ErrorKind::NotFound => {
                Arc::make_mut(&mut known.set).remove(&id)
            }
            Err(error) => return Err(error),
        }
    }
    // Counted with the whole list: each look at what has changed would count the same ones again.
    known.unreadable = unreadable;
    Ok(known)
}

fn take(known: &mut Known, rows: Listing<Image>, cloud: &Cloud) {
    known.unreadable += rows.skipped.len();
    let many = rows.items.len() > FEW;
    for image in rows.items {
        known.newest = known.newest.max(image.updated_at);
        put(&mut known.set, Entry::new(image, &cloud.project().id, None), many);
    }
}

/// Puts an image that is not known just so: a set that stays the same needs no second look, and no copy.
pub fn put(set: &mut Arc<ImageSet>, entry: Entry, many: bool) {
    if !set.has(&entry) {
        let set = Arc::make_mut(set);
        if many {
            set.forget_orders();
        }
        set.put(entry);
    }
}

fn take_unanswered(
    known: &mut Known,
    offered: Listing<Image>,
    rejected: Listing<Image>,
    cloud: &Cloud,
) {
    known.unreadable += offered.skipped.len() + rejected.skipped.len();
    // To its owner, and to an operator, Glance names in both lists what they can see anyway: nobody has two answers.
    let offered_ids: HashSet<ImageId> =
        offered.items.iter().map(|image| image.id.clone()).collect();
    let anyway: HashSet<ImageId> = rejected
        .items
        .iter()
        .filter(|image| offered_ids.contains(&image.id))
        .map(|image| image.id.clone())
        .collect();
    for (list, share) in [(offered, Share::Offered), (rejected, Share::Rejected)] {
        for image in list.items {
            let share = (!anyway.contains(&image.id)).then_some(share);
            let seen = known.set.get(&image.id).is_some_and(|entry| !entry.is_unanswered());
            if !seen || share == Some(Share::Rejected) {
                put(&mut known.set, Entry::new(image, &cloud.project().id, share), false);
            }
        }
    }
}
