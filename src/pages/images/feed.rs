//! The images of the page, kept up to date.
//!
//! Glance gives at most a thousand rows at once. The first ones are shown when they are there, the rest is fetched
//! behind them. A list of one page is then fetched anew each time; of a longer one only what has changed since, and the
//! whole now and then, as deleted images are in no list of changes.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join;
use jiff::Timestamp;
use leptos::prelude::*;
use openstack::image::Image;
use openstack::poll::Motion;
use openstack::{ApiError, ErrorKind, ImageId, Listing};

use super::rows::{Entry, ImageSet};
use crate::clock;
use crate::cloud::{Cloud, use_cloud};
use crate::components::image::on_upload_step;
use crate::live::{Live, use_live};
use crate::remote::Remote;

/// What can be had in one request.
const ONE_PAGE: usize = 1000;
/// How long changes are enough for a longer list.
const WHOLE_EVERY: Duration = Duration::from_secs(300);
/// How many images in a passing state are asked for one by one when no list of changes names them.
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
    newest: Option<Timestamp>,
    /// When the whole list was last fetched, by this computer's clock.
    whole_at: Timestamp,
}

/// The live list. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Feed {
    live: Live<Known>,
    cloud: StoredValue<Cloud>,
    /// What was last received or amended, for the next look to start from.
    last: StoredValue<Option<Known>>,
    /// The first rows of a first look that is still under way.
    first_rows: RwSignal<Option<Known>>,
}

/// Starts to fetch. Ends with the page.
pub fn use_feed() -> Feed {
    let cloud = use_cloud();
    let last: StoredValue<Option<Known>> = StoredValue::new(None);
    let first_rows = RwSignal::new(None);
    let fetch = {
        let cloud = cloud.clone();
        move |()| {
            let cloud = cloud.clone();
            let known = last.try_get_value().flatten();
            async move {
                let seen = match known.filter(changes_are_enough) {
                    Some(known) => changes(&cloud, known).await?,
                    None => {
                        let known_already = last.try_with_value(Option::is_some).unwrap_or(true);
                        whole(&cloud, |part| {
                            if !known_already {
                                first_rows.try_set(Some(part));
                            }
                        })
                        .await?
                    }
                };
                last.try_set_value(Some(seen.clone()));
                first_rows.try_set(None);
                Ok(seen)
            }
        }
    };
    let live = use_live(Signal::stored(()), fetch, |known: &Known| {
        Motion::any([!known.set.changing().is_empty()])
    });
    on_upload_step(move || live.refresh());
    Feed { live, cloud: StoredValue::new(cloud), last, first_rows }
}

impl Feed {
    /// What is known: the newest answer, or the first rows of the first one.
    pub fn known(self) -> Memo<Option<Known>> {
        Memo::new(move |_| {
            let answer = self.live.remote().with(|remote| remote.value().cloned());
            answer.or_else(|| self.first_rows.get())
        })
    }

    /// The newest answer and how the last look went.
    pub fn remote(self) -> Signal<Remote<Known>> {
        self.live.remote()
    }

    /// Fetches the whole list now.
    pub fn refresh(self) {
        self.last.try_update_value(|last| {
            if let Some(known) = last {
                known.whole_at = Timestamp::UNIX_EPOCH;
            }
        });
        self.live.refresh();
    }

    /// Takes an image as the cloud has just answered it.
    pub fn put(self, image: Image) {
        let project = self.cloud.with_value(|cloud| cloud.project().id.clone());
        self.amend(|set| set.put(Entry::new(image.clone(), &project, false)));
    }

    /// Forgets an image that is gone.
    pub fn remove(self, id: &ImageId) {
        self.amend(|set| set.remove(id));
    }

    /// Changes what is at hand, and looks again: an answer that is under way may be older than the change.
    fn amend(self, change: impl Fn(&mut ImageSet)) {
        let apply = |known: &mut Known| change(Arc::make_mut(&mut known.set));
        self.last.try_update_value(|last| {
            if let Some(known) = last {
                apply(known);
            }
        });
        self.live.amend(apply);
        self.live.refresh();
    }
}

fn changes_are_enough(known: &Known) -> bool {
    let age = clock::now().as_second().saturating_sub(known.whole_at.as_second());
    let young = u64::try_from(age).is_ok_and(|age| age < WHOLE_EVERY.as_secs());
    known.set.len() > ONE_PAGE && young && known.newest.is_some()
}

async fn whole(cloud: &Cloud, on_part: impl Fn(Known)) -> Result<Known, ApiError> {
    let project = cloud.project().id.clone();
    let pages = async {
        let mut known = Known {
            set: Arc::default(),
            unreadable: 0,
            partial: true,
            newest: None,
            whole_at: clock::now(),
        };
        let mut marker = None;
        loop {
            let page = cloud.images_page(marker.as_ref()).await?;
            take(&mut known, page.rows, cloud);
            if page.next.is_none() || page.next == marker {
                known.partial = false;
                return Ok::<Known, ApiError>(known);
            }
            marker = page.next;
            on_part(known.clone());
        }
    };
    let (known, offered) = join(pages, cloud.offered_images()).await;
    let (mut known, offered) = (known?, offered?);
    known.unreadable += offered.skipped.len();
    let set = Arc::make_mut(&mut known.set);
    for image in offered.items {
        // To its owner, and to an operator, Glance names here what they can see anyway.
        if set.get(&image.id).is_some() {
            continue;
        }
        set.put(Entry::new(image, &project, true));
    }
    Ok(known)
}

async fn changes(cloud: &Cloud, mut known: Known) -> Result<Known, ApiError> {
    let Some(newest) = known.newest else { return whole(cloud, drop).await };
    let changed = cloud.images_changed_since(newest).await?;
    // A passing state that no list of changes names any more has ended in a deletion.
    let silent: Vec<ImageId> = known
        .set
        .changing()
        .into_iter()
        .filter(|id| !changed.items.iter().any(|image| image.id == *id))
        .take(SINGLE_LOOKS)
        .collect();
    take(&mut known, changed, cloud);
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
    Ok(known)
}

fn take(known: &mut Known, rows: Listing<Image>, cloud: &Cloud) {
    known.unreadable += rows.skipped.len();
    let set = Arc::make_mut(&mut known.set);
    for image in rows.items {
        known.newest = known.newest.max(image.updated_at);
        set.put(Entry::new(image, &cloud.project().id, false));
    }
}
