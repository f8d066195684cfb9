//! The images of the page, kept up to date.
//!
//! The first rows are shown when they are there, the rest is fetched behind them, in pages small enough that reading one
//! does not hold up the page. A list of one page of Glance's is then fetched anew each time; of a longer one only what has
//! changed since, and the whole now and then, as deleted images are in no list of changes. What is shared with the project
//! and not accepted, and what is hidden, Glance keeps in lists of their own.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{join, join3};
use leptos::prelude::*;
use openstack::Timestamp;
use openstack::image::Image;
use openstack::poll::Motion;
use openstack::{ApiError, ErrorKind, ImageId, Listing};

use super::entry::{Entry, Share};
use super::set::ImageSet;
use crate::clock;
use crate::cloud::{Cloud, use_cloud};
use crate::components::Palette;
use crate::components::image::on_upload_step;
use crate::live::{Live, use_live, use_live_from};
use crate::remote::{Dated, Phase, Remote};

/// What is asked for first: more than a screenful, and quick.
const FIRST_ROWS: u32 = 200;
/// What is asked for at once behind it: reading a page is one piece of work for the browser.
const MORE_ROWS: u32 = 500;
/// Longer lists are not fetched anew for every change.
const SHORT: usize = 1000;
/// How long changes are enough for a longer list.
const WHOLE_EVERY: Duration = Duration::from_secs(300);
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
    newest: Option<Timestamp>,
    /// When the whole list was last fetched, by this computer's clock.
    whole_at: Timestamp,
}

impl Known {
    /// An image is gone.
    pub fn forget(&mut self, id: &ImageId) {
        if self.set.get(id).is_some() {
            Arc::make_mut(&mut self.set).remove(id);
        }
    }
}

/// What has become of an image.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant)] // Made one at a time and taken apart at once: a box would only cost.
pub enum Change {
    /// It is as the cloud has just answered it.
    Put(Image),
    /// It is gone.
    Removed(ImageId),
}

/// The live list. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Feed {
    live: Live<Known>,
    hidden: Live<Listing<Image>>,
    cloud: StoredValue<Cloud>,
    /// What was last received or amended, for the next look to start from.
    last: StoredValue<Option<Known>>,
    /// The first rows of a first look that is still under way.
    first_rows: RwSignal<Option<Known>>,
    /// What was deleted here: an answer that was asked for before may still name it.
    gone: StoredValue<HashSet<ImageId>>,
}

/// Starts to fetch, from what was known before. Ends with the page.
pub fn use_feed(before: Option<Dated<Known>>) -> Feed {
    let cloud = use_cloud();
    let last = StoredValue::new(before.as_ref().map(|before| before.value.clone()));
    let first_rows = RwSignal::new(None);
    let gone: StoredValue<HashSet<ImageId>> = StoredValue::new(HashSet::new());
    let fetch = {
        let cloud = cloud.clone();
        move |()| {
            let cloud = cloud.clone();
            let known = last.try_get_value().flatten();
            async move {
                let mut seen = match known.filter(changes_are_enough) {
                    Some(known) => changes(&cloud, known).await?,
                    None => {
                        let known_already = last.try_with_value(Option::is_some).unwrap_or(true);
                        whole(&cloud, |mut part| {
                            if !known_already {
                                gone.try_with_value(|gone| forget(&mut part, gone));
                                first_rows.try_set(Some(part));
                            }
                        })
                        .await?
                    }
                };
                gone.try_with_value(|gone| forget(&mut seen, gone));
                last.try_set_value(Some(seen.clone()));
                first_rows.try_set(None);
                Ok(seen)
            }
        }
    };
    let live = use_live_from(before, Signal::stored(()), fetch, |known: &Known| {
        Motion::any([!known.set.changing().is_empty()])
    });
    let hidden = {
        let cloud = cloud.clone();
        let fetch = move |()| {
            let cloud = cloud.clone();
            async move { cloud.hidden_images().await }
        };
        use_live(Signal::stored(()), fetch, |_| Motion::Still)
    };
    on_upload_step(move || live.refresh());
    Feed { live, hidden, cloud: StoredValue::new(cloud), last, first_rows, gone }
}

impl Feed {
    /// Lends the list to the command palette, as long as the page is there.
    pub fn lend(self) {
        expect_context::<Palette>().lend(move |take| {
            let whole = self.live.remote().try_get_untracked().and_then(|remote| remote.data);
            let Some(known) = whole.filter(|known| !known.value.partial) else { return false };
            for place in 0..known.value.set.len() {
                if let Some(entry) =
                    u32::try_from(place).ok().and_then(|at| known.value.set.entry(at))
                {
                    take(&entry.image);
                }
            }
            true
        });
    }

    /// What is known: the newest answer, or the first rows of the first one; with hidden images, which are shown only where
    /// they are wanted, but take up space all the same.
    pub fn known(self) -> Memo<Option<Known>> {
        Memo::new(move |_| {
            let answer = self.live.remote().with(|remote| remote.value().cloned());
            let mut known = answer.or_else(|| self.first_rows.get())?;
            self.hidden.remote().with(|remote| {
                let hidden = remote.value().filter(|hidden| !hidden.items.is_empty());
                // Not with each part of a list that is still coming.
                let Some(hidden) = hidden.filter(|_| !known.partial) else {
                    return;
                };
                let project = self.cloud.with_value(|cloud| cloud.project().id.clone());
                let set = Arc::make_mut(&mut known.set);
                for image in &hidden.items {
                    // What was changed here since is newer.
                    if set.get(&image.id).is_none() {
                        set.put(Entry::new(image.clone(), &project, None));
                    }
                }
            });
            Some(known)
        })
    }

    /// Whether it is known which images are hidden, or that it cannot be known now.
    pub fn hidden_answered(self) -> bool {
        self.hidden.remote().with(|remote| remote.phase() != Phase::Loading)
    }

    /// The newest whole answer, with what was changed here since.
    pub fn newest(self) -> Option<Dated<Known>> {
        let received_at = self
            .live
            .remote()
            .try_with_untracked(|remote| remote.data.as_ref().map(|data| data.received_at))??;
        let value = self.last.try_get_value().flatten()?;
        Some(Dated { value, received_at })
    }

    /// How the look for hidden images failed, if it did.
    pub fn hidden_error(self) -> Option<ApiError> {
        self.hidden.remote().with(|remote| remote.error.clone())
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
        self.hidden.refresh();
        self.live.refresh();
    }

    /// Takes an image as the cloud has just answered it, and looks again.
    pub fn put(self, image: Image) {
        self.apply(vec![Change::Put(image)]);
        self.look();
    }

    /// Forgets an image that is gone, and looks again.
    pub fn remove(self, id: &ImageId) {
        self.apply(vec![Change::Removed(id.clone())]);
        self.look();
    }

    /// Looks again: an answer that is under way may be older than what was done here.
    pub fn look(self) {
        self.hidden.refresh();
        self.live.refresh();
    }

    /// Changes what is at hand, many images at once.
    pub fn apply(self, changes: Vec<Change>) {
        let Some(project) = self.cloud.try_with_value(|cloud| cloud.project().id.clone()) else {
            return;
        };
        let gone: HashSet<ImageId> = changes
            .iter()
            .filter_map(|change| match change {
                Change::Removed(id) => Some(id.clone()),
                Change::Put(_) => None,
            })
            .collect();
        let mut amended = None;
        self.last.try_update_value(|last| {
            let Some(known) = last else { return };
            let set = Arc::make_mut(&mut known.set);
            for change in changes {
                match change {
                    Change::Removed(id) => set.remove(&id),
                    Change::Put(image) => {
                        let share = set.get(&image.id).and_then(|entry| entry.share);
                        set.put(Entry::new(image, &project, share));
                    }
                }
            }
            amended = Some(known.clone());
        });
        if let Some(amended) = amended {
            self.live.amend(move |known| *known = amended);
        }
        if !gone.is_empty() {
            self.gone.try_update_value(|all| all.extend(gone.iter().cloned()));
            self.first_rows.try_update(|rows| {
                if let Some(rows) = rows {
                    forget(rows, &gone);
                }
            });
            self.hidden.amend(move |hidden| hidden.items.retain(|image| !gone.contains(&image.id)));
        }
    }
}

/// Takes out what was deleted here. No image comes back under its old id.
fn forget(known: &mut Known, gone: &HashSet<ImageId>) {
    if gone.iter().any(|id| known.set.get(id).is_some()) {
        let set = Arc::make_mut(&mut known.set);
        for id in gone {
            set.remove(id);
        }
    }
}

fn changes_are_enough(known: &Known) -> bool {
    let age = clock::now().as_second().saturating_sub(known.whole_at.as_second());
    let young = u64::try_from(age).is_ok_and(|age| age < WHOLE_EVERY.as_secs());
    known.set.len() > SHORT && young && known.newest.is_some()
}

async fn whole(cloud: &Cloud, on_part: impl Fn(Known)) -> Result<Known, ApiError> {
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

async fn changes(cloud: &Cloud, mut known: Known) -> Result<Known, ApiError> {
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
    let set = Arc::make_mut(&mut known.set);
    for image in rows.items {
        known.newest = known.newest.max(image.updated_at);
        set.put(Entry::new(image, &cloud.project().id, None));
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
    let set = Arc::make_mut(&mut known.set);
    for (list, share) in [(offered, Share::Offered), (rejected, Share::Rejected)] {
        for image in list.items {
            let share = (!anyway.contains(&image.id)).then_some(share);
            let seen = set.get(&image.id).is_some_and(|entry| !entry.is_unanswered());
            if !seen || share == Some(Share::Rejected) {
                set.put(Entry::new(image, &cloud.project().id, share));
            }
        }
    }
}
