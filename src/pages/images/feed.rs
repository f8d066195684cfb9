//! The images of the page, kept up to date.
//!
//! The first rows are shown when they are there, the rest is fetched behind them, in pages small enough that reading one
//! does not hold up the page. A list of one page of Glance's is then fetched anew each time; of a longer one only what has
//! changed since, and the whole now and then, as deleted images are in no list of changes. What is shared with the project
//! and not accepted, and what is hidden, Glance keeps in lists of their own.

use std::collections::HashSet;
use std::sync::Arc;

use leptos::prelude::*;
use openstack::image::Image;
use openstack::poll::Motion;
use openstack::{ApiError, ImageId, Listing, ProjectId, Timestamp};

use super::entry::Entry;
use super::fetching::{Known, changes, changes_are_enough, forget, put, whole};
use crate::cloud::{Cloud, use_cloud};
use crate::components::Palette;
use crate::components::image::on_upload_step;
use crate::live::{Live, use_live, use_live_from};
use crate::remote::{Dated, Phase, Remote};

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
    known: Memo<Option<Known>>,
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
    let project = cloud.project().id.clone();
    let known = merged(live, hidden, first_rows, project);
    Feed { live, hidden, cloud: StoredValue::new(cloud), last, first_rows, gone, known }
}

/// The newest answer, or the first rows of the first one, with the hidden images. Neither part changes with each look at the
/// cloud, and so a list that stays the same stays the very same one.
fn merged(
    live: Live<Known>,
    hidden: Live<Listing<Image>>,
    first_rows: RwSignal<Option<Known>>,
    project: ProjectId,
) -> Memo<Option<Known>> {
    let listed = Memo::new(move |_| {
        let answer = live.remote().with(|remote| remote.value().cloned());
        answer.or_else(|| first_rows.get())
    });
    let hidden = Memo::new(move |_| {
        let items = |listing: &Listing<Image>| listing.items.clone();
        hidden.remote().with(|remote| remote.value().map(items)).unwrap_or_default()
    });
    Memo::new(move |_| {
        let mut known = listed.get()?;
        // Not with each part of a list that is still coming.
        if !known.partial {
            hidden.with(|hidden| {
                for image in hidden {
                    // What was changed here since is newer.
                    let newer = known
                        .set
                        .get(&image.id)
                        .is_none_or(|known| known.image.updated_at < image.updated_at);
                    if newer {
                        put(&mut known.set, Entry::new(image.clone(), &project, None), false);
                    }
                }
            });
        }
        Some(known)
    })
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
        self.known
    }

    /// Whether it is known which images are hidden, or that it cannot be known now.
    pub fn hidden_answered(self) -> bool {
        self.hidden.remote().with(|remote| remote.phase() != Phase::Loading)
    }

    /// The whole list as it is shown now, with the orders that were made of it.
    pub fn newest(self) -> Option<Dated<Known>> {
        let remote = self.live.remote();
        let received_at = remote
            .try_with_untracked(|remote| remote.data.as_ref().map(|data| data.received_at))??;
        let value = self.known.try_get_untracked().flatten().filter(|known| !known.partial)?;
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
