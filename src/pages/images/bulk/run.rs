//! Doing it: a few images at a time, each outcome kept apart, so that what failed can be told and tried again.

use std::collections::HashSet;

use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt};
use leptos::prelude::*;
use leptos::task::spawn_local;
use openstack::image::{Image, MemberStatus};
use openstack::{ApiError, ErrorKind, ImageId, ProjectId};

use super::super::feed::{Change, Feed};
use super::plan::Deed;
use crate::cloud::{Cloud, use_cloud};
use crate::components::image::{PartRow, delete_part, display_name, wrong_project};
use crate::text::{tr, tr_with};
use crate::ui::{Toast, Toasts};

/// How many images are worked on at once: quick, and no burden to the cloud.
const AT_ONCE: usize = 4;
/// The list follows so many outcomes behind: taking each one by one would draw ten thousand rows again and again.
const BATCH: usize = 25;

/// What came of it, so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// How many images it is about.
    pub total: usize,
    /// How many went well.
    pub done: usize,
    /// Those that did not.
    pub failed: Vec<Failure>,
    /// Nothing is under way any more.
    pub over: bool,
}

impl Progress {
    /// How much of it is behind us, from 0 to 1.
    pub fn share(&self) -> f64 {
        if self.total == 0 {
            return 1.0;
        }
        (self.done + self.failed.len()) as f64 / self.total as f64
    }

    /// How many were not begun when it was stopped.
    pub fn left(&self) -> usize {
        self.total - self.done - self.failed.len()
    }
}

/// An image that something is done to, with the volume snapshots that go with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The image.
    pub image: Image,
    /// The volume snapshots that are to go with it; of a failure those that are still there.
    pub parts: Vec<PartRow>,
    /// It is done to the image itself; only snapshots of it are left.
    image_done: bool,
}

impl Item {
    /// One to which nothing is done yet.
    pub fn new(image: Image, parts: Vec<PartRow>) -> Self {
        Self { image, parts, image_done: false }
    }
}

/// An image to which it could not be done.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// The image, and what is left to be done.
    pub item: Item,
    /// Why.
    pub why: Why,
}

/// Why something is left to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Why {
    /// The cloud refused, or failed; the image is as it was.
    Refused(ApiError),
    /// The image is deleted, and volume snapshots of it are still there: each says why.
    PartsStay,
}

/// A run of one deed. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Run {
    cloud: StoredValue<Cloud>,
    toasts: Toasts,
    feed: Feed,
    selected: RwSignal<HashSet<ImageId>>,
    /// What came of it; `None` before it is begun.
    pub progress: RwSignal<Option<Progress>>,
    stopping: StoredValue<bool>,
    /// Whether the dialog that tells it all is open.
    open: RwSignal<bool>,
}

/// One at a time for a page. What is done leaves the selection.
pub fn use_run(feed: Feed, selected: RwSignal<HashSet<ImageId>>, open: RwSignal<bool>) -> Run {
    Run {
        cloud: StoredValue::new(use_cloud()),
        toasts: expect_context::<Toasts>(),
        feed,
        selected,
        progress: RwSignal::new(None),
        stopping: StoredValue::new(false),
        open,
    }
}

impl Run {
    /// Whether something is under way.
    pub fn is_going(self) -> bool {
        self.progress.with(|progress| progress.as_ref().is_some_and(|progress| !progress.over))
    }

    /// Begins nothing more; what is under way is finished.
    pub fn stop(self) {
        self.stopping.set_value(true);
    }

    /// Does it to all of them. `word` is the tag or the project that it is about. `on_end` says whether all went well.
    ///
    /// It goes on when the page is left, and says at the end what came of it.
    pub fn start(
        self,
        deed: Deed,
        word: String,
        items: Vec<Item>,
        on_end: impl Fn(bool) + 'static,
    ) {
        let cloud = self.cloud.get_value();
        let mut progress = Progress { total: items.len(), ..Progress::default() };
        self.stopping.set_value(false);
        self.progress.set(Some(progress.clone()));
        let stopping = self.stopping;
        spawn_local(async move {
            let work = items
                .into_iter()
                .take_while(|_| stopping.try_get_value() != Some(true))
                .map(|item| {
                    let (cloud, word) = (cloud.clone(), word.clone());
                    async move { carry_out(&cloud, deed, &word, item).await }
                });
            let mut outcomes = stream::iter(work).buffer_unordered(AT_ONCE);
            let mut changes = Vec::new();
            while let Some((item, change, why)) = outcomes.next().await {
                if let Some(change) = change {
                    self.selected.try_update(|selected| selected.remove(&item.image.id));
                    changes.push(change);
                }
                match why {
                    None => progress.done += 1,
                    Some(why) => progress.failed.push(Failure { item, why }),
                }
                if changes.len() >= BATCH {
                    self.feed.apply(std::mem::take(&mut changes));
                }
                self.progress.try_set(Some(progress.clone()));
            }
            self.feed.apply(changes);
            self.feed.look();
            progress.over = true;
            self.progress.try_set(Some(progress.clone()));
            self.tell(deed, &progress);
            on_end(progress.failed.is_empty() && progress.left() == 0);
        });
    }

    fn tell(self, deed: Deed, progress: &Progress) {
        if progress.done > 0 {
            self.toasts.show(Toast::ok(deed.done(progress.done)));
        }
        // The open dialog tells each of them. Where it is closed, or the page was left, nobody would see it.
        let is_seen = self.open.try_get_untracked() == Some(true);
        if !is_seen && !progress.failed.is_empty() {
            let title = tr_with(
                "{what}: failed for {count}",
                &[("what", &deed.verb()), ("count", &progress.failed.len())],
            );
            self.toasts.show(Toast::danger(title, failed_words(&progress.failed)));
        }
    }
}

/// What is still there of those that failed, for whoever does not see the dialog.
fn failed_words(failed: &[Failure]) -> String {
    let refused = failed.iter().filter(|failure| failure.why != Why::PartsStay).take(5);
    let names: Vec<String> = refused.map(|failure| display_name(&failure.item.image)).collect();
    let refused = (!names.is_empty())
        .then(|| tr_with("They stay as they were: {names}", &[("names", &names.join(", "))]));
    let parts = failed.iter().filter(|failure| failure.why == Why::PartsStay).map(|failure| {
        let name = display_name(&failure.item.image);
        let ids: Vec<&str> = failure.item.parts.iter().map(|part| part.id.as_str()).collect();
        tr_with(
            "{name} is deleted, and these volume snapshots of it are still there: {ids}",
            &[("name", &name), ("ids", &ids.join(", "))],
        )
    });
    refused.into_iter().chain(parts).collect::<Vec<_>>().join(". ")
}

/// Does it to one image and to what goes with it. Gives what is left of it, what the list learns, and what went wrong.
async fn carry_out(
    cloud: &Cloud,
    deed: Deed,
    word: &str,
    item: Item,
) -> (Item, Option<Change>, Option<Why>) {
    let change = match item.image_done {
        true => None,
        false => match perform(cloud, deed, word, &item.image).await {
            Ok(change) => Some(change),
            Err(error) => return (item, None, Some(Why::Refused(error))),
        },
    };
    // The image goes first, so that nothing of its data is lost where the cloud refuses to let go of it.
    let fates = item.parts.into_iter().map(|part| async move {
        let fate = delete_part(cloud, &part.id).await;
        PartRow { fate, ..part }
    });
    let parts: Vec<PartRow> = join_all(fates).await.into_iter().filter(PartRow::stays).collect();
    let why = (!parts.is_empty()).then_some(Why::PartsStay);
    (Item { image: item.image, parts, image_done: true }, change, why)
}

async fn perform(cloud: &Cloud, deed: Deed, word: &str, image: &Image) -> Result<Change, ApiError> {
    let id = &image.id;
    match deed {
        Deed::Protect => return cloud.protect_image(id, true).await.map(Change::Put),
        Deed::Unprotect => return cloud.protect_image(id, false).await.map(Change::Put),
        Deed::Delete => {
            return match cloud.delete_image(id).await {
                Ok(()) => Ok(Change::Removed(id.clone())),
                // Somebody else was quicker: what was asked for is so.
                Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Gone) => {
                    Ok(Change::Removed(id.clone()))
                }
                Err(error) => Err(error),
            };
        }
        Deed::Share => match cloud.share_image(image, &ProjectId::from(word)).await {
            Ok(_) => {}
            // It is offered to that project already.
            Err(error) if error.kind == ErrorKind::Conflict => {}
            Err(error) => return Err(error),
        },
        Deed::Unshare => cloud.unshare_image(id, &ProjectId::from(word)).await?,
        Deed::Tag => cloud.tag_image(id, word, true).await?,
        Deed::Deactivate => cloud.open_image(id, false).await?,
        Deed::Reactivate => cloud.open_image(id, true).await?,
        Deed::Accept => cloud.answer_image(id, &MemberStatus::Accepted).await.map(drop)?,
        Deed::Reject => cloud.answer_image(id, &MemberStatus::Rejected).await.map(drop)?,
    }
    // These answers do not hold the image as it is now. It is done even where this look fails; the list looks again.
    Ok(Change::Put(cloud.image(id).await.unwrap_or_else(|error| {
        leptos::logging::warn!("{error}");
        image.clone()
    })))
}

/// What is wrong with the word that a deed needs: the tag, or the project.
pub fn why_not_word(deed: Deed, word: &str, own_project: &str) -> Option<&'static str> {
    /// Glance refuses longer tags (glance/db/sqlalchemy/models.py `ImageTag`).
    const LONGEST_TAG: usize = 255;
    match deed {
        Deed::Tag if word.trim().is_empty() => Some(tr("Type the tag.")),
        Deed::Tag if word.trim().chars().count() > LONGEST_TAG => {
            Some(tr("A tag has at most 255 characters."))
        }
        Deed::Share | Deed::Unshare => wrong_project(word, own_project),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_checked_before_anything_is_sent() {
        let own = "0123456789abcdef0123456789abcdef";
        let check = |deed: Deed, word: &str, fine: bool| {
            assert_eq!(why_not_word(deed, word, own).is_none(), fine, "{deed:?} {word:?}");
        };
        check(Deed::Tag, " ", false);
        check(Deed::Tag, "golden", true);
        check(Deed::Tag, &"x".repeat(256), false);
        check(Deed::Share, "team-platform", false);
        check(Deed::Share, own, false);
        check(Deed::Share, "fedcba98-7654-3210-fedc-ba9876543210", true);
        check(Deed::Unshare, " fedcba9876543210fedcba9876543210 ", true);
        check(Deed::Delete, "", true);
    }
}
