//! The downloads of this tab: an image's data saved to this computer, with its SHA-512 compared at the end. They live in
//! app context on purpose: they go on while the user moves through the app.
//!
//! The token travels in a header, never in an address, so the browser's own download cannot be used: the data is fetched
//! here (the only place besides `fetch` and `uploads` that talks to the cloud) and written piece by piece, to the disk
//! where the browser lets us (`saving`). Nothing can be resumed: Glance's CORS defaults allow no `Range`.

mod saving;
mod tray_items;

use std::collections::BTreeMap;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use openstack::image::Image;
use openstack::{ApiError, ImageId};
use upload::progress::{Estimate, Speed};
use web_sys::AbortController;

pub use saving::Way;
pub use tray_items::DownloadItems;

use crate::cloud::Cloud;
use crate::uploads::{HashEvent, Hashing, monotonic};
use saving::{Saved, Trouble};

/// The most that is kept in memory where the browser cannot write to the disk.
pub const MOST_IN_MEMORY: u64 = 1_000_000_000;

/// All downloads of this tab. In context; cheap to copy.
#[derive(Clone, Copy)]
pub struct Downloads {
    list: RwSignal<Vec<Download>>,
    running: StoredValue<BTreeMap<u32, Running>, LocalStorage>,
    next_key: StoredValue<u32>,
}

/// What ends with a download.
#[derive(Default)]
struct Running {
    abort: Option<AbortController>,
    hashing: Option<Hashing>,
    /// What is being compared.
    saved: Option<Rc<Saved>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(abort) = &self.abort {
            abort.abort();
        }
    }
}

/// One download.
#[derive(Clone)]
pub struct Download {
    /// Names it within this tab.
    pub key: u32,
    /// The image's name.
    pub name: String,
    /// The image.
    pub image: ImageId,
    /// The project it is fetched from.
    pub project: String,
    /// Outlives the page that started it.
    pub state: ArcRwSignal<DownloadState>,
}

/// How far it is.
#[derive(Clone, Debug, PartialEq)]
pub struct DownloadState {
    /// What it does.
    pub phase: Phase,
    /// Of all that is to come.
    pub size_bytes: u64,
    /// Arrived and given to the browser to be written.
    pub saved_bytes: u64,
    /// Read again for the comparison.
    pub hashed_bytes: u64,
    /// Speed and time left.
    pub estimate: Option<Estimate>,
}

/// What a download does.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// The user chooses a file.
    Choosing,
    /// Data comes.
    Fetching,
    /// The file is read once more.
    Comparing,
    /// It is there.
    Saved(Compared),
    /// It is not.
    Failed(Failure),
    /// The user ended it.
    Cancelled,
}

impl Phase {
    /// Whether closing the tab would break it off.
    pub fn is_under_way(&self) -> bool {
        matches!(self, Self::Choosing | Self::Fetching | Self::Comparing)
    }
}

/// What the comparison said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compared {
    /// The same SHA-512.
    Equal,
    /// Another one: the file is not the image.
    Different,
    /// The cloud has none, or uses another algorithm, or the file could not be read again.
    NotCompared,
}

/// Why there is no file.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// The cloud did not give it.
    Cloud(ApiError),
    /// It ended before all of it was there.
    Short,
    /// The browser could not write it; its words.
    Browser(String),
}

/// The downloads of this tab, which the app provides around every page.
#[allow(clippy::expect_used)] // `app` provides it before any page is drawn.
pub fn use_downloads() -> Downloads {
    use_context::<Downloads>().expect("the app provides the downloads")
}

impl Downloads {
    /// None yet. Call it once, in the app's own owner: it asks before the tab is closed.
    pub fn new() -> Self {
        let downloads = Self {
            list: RwSignal::new(Vec::new()),
            running: StoredValue::new_local(BTreeMap::new()),
            next_key: StoredValue::new(1),
        };
        let listener = window_event_listener_untyped("beforeunload", move |event| {
            if untrack(|| downloads.under_way()) > 0 {
                event.prevent_default();
            }
        });
        on_cleanup(move || listener.remove());
        downloads
    }

    /// All of them, newest first.
    pub fn list(self) -> Signal<Vec<Download>> {
        self.list.into()
    }

    /// How many would be broken off by closing the tab. Follows their states.
    pub fn under_way(self) -> usize {
        let going = |one: &&Download| one.state.with(|state| state.phase.is_under_way());
        self.list.with(|list| list.iter().filter(going).count())
    }

    /// Saves an image's data under a file name. Call it where the user has just pressed something: the browser asks for
    /// the file only then.
    pub fn start(self, cloud: Cloud, image: &Image, name: String, file: String) {
        let key = self.next_key.get_value();
        self.next_key.set_value(key.wrapping_add(1));
        let state = ArcRwSignal::new(DownloadState {
            phase: Phase::Choosing,
            size_bytes: image.size_bytes.unwrap_or(0),
            saved_bytes: 0,
            hashed_bytes: 0,
            estimate: None,
        });
        let download = Download {
            key,
            name,
            image: image.id.clone(),
            project: cloud.project().name.clone(),
            state: state.clone(),
        };
        let abort = AbortController::new().ok();
        let signal = abort.as_ref().map(AbortController::signal);
        self.running.update_value(|running| {
            running.insert(key, Running { abort, hashing: None, saved: None });
        });
        self.list.update(|list| list.insert(0, download));
        let wanted =
            image.hash_value.clone().filter(|_| image.hash_algo.as_deref() == Some("sha512"));
        let image = image.clone();
        spawn_local(async move {
            let mut speed = Speed::new(monotonic());
            let told = state.clone();
            let on_progress = move |saved_bytes: u64| {
                // A piece that was on its way when the user ended it.
                if !told.with_untracked(|state| state.phase.is_under_way()) {
                    return;
                }
                speed.update(saved_bytes, monotonic());
                told.update(|state| {
                    state.phase = Phase::Fetching;
                    state.saved_bytes = saved_bytes;
                    state.estimate = speed.estimate(state.size_bytes);
                });
            };
            let saved = saving::save(&cloud, &image, &file, signal.as_ref(), on_progress).await;
            match saved {
                // Ended at the last moment: what is in memory goes, a file on the disk is there all the same.
                Ok(saved) if !state.with_untracked(|state| state.phase.is_under_way()) => {
                    if !saved.in_memory {
                        state.update(|state| state.phase = Phase::Saved(Compared::NotCompared));
                    }
                    self.stop(key);
                }
                Ok(saved) => self.compare(key, saved, wanted, state),
                // Nothing was begun: there is nothing to show.
                Err(Trouble::NotChosen) => self.dismiss(key),
                Err(Trouble::Aborted) => self.end(key, &state, Phase::Cancelled),
                Err(Trouble::Failed(failure)) => self.end(key, &state, Phase::Failed(failure)),
            }
        });
    }

    /// Ends a download. What was written of it is thrown away by the browser.
    pub fn cancel(self, key: u32) {
        let states = self.list.with_untracked(|list| {
            list.iter()
                .filter(|one| one.key == key)
                .map(|one| one.state.clone())
                .collect::<Vec<_>>()
        });
        for state in states {
            // While it is compared the file is there already, or in memory and whole.
            let comparing = state.with_untracked(|state| state.phase == Phase::Comparing);
            let saved = self
                .running
                .with_value(|running| running.get(&key).and_then(|one| one.saved.clone()));
            if let Some(saved) = saved.filter(|_| comparing) {
                saved.hand_over();
            }
            let phase =
                if comparing { Phase::Saved(Compared::NotCompared) } else { Phase::Cancelled };
            self.end(key, &state, phase);
        }
    }

    /// Takes one that is over out of the tray.
    pub fn dismiss(self, key: u32) {
        self.list.update(|list| list.retain(|one| one.key != key));
        self.stop(key);
    }

    fn stop(self, key: u32) {
        // Dropping it ends what is still going on.
        let ended = self.running.try_update_value(|running| running.remove(&key));
        drop(ended);
    }

    fn end(self, key: u32, state: &ArcRwSignal<DownloadState>, phase: Phase) {
        if state.with_untracked(|state| state.phase.is_under_way()) {
            state.update(|state| {
                state.phase = phase;
                state.estimate = None;
            });
        }
        self.stop(key);
    }

    /// Reads what was saved once more, so that what is compared is what is on the disk.
    fn compare(
        self,
        key: u32,
        saved: Saved,
        wanted: Option<String>,
        state: ArcRwSignal<DownloadState>,
    ) {
        let Some(wanted) = wanted else {
            saved.hand_over();
            return self.end(key, &state, Phase::Saved(Compared::NotCompared));
        };
        state.update(|state| {
            state.phase = Phase::Comparing;
            state.estimate = None;
        });
        let file = saved.file.clone();
        let (told, saved) = (state.clone(), Rc::new(saved));
        let kept = Rc::clone(&saved);
        let started = Hashing::whole(&file, move |event| match event {
            HashEvent::Progress(bytes) => told.update(|state| state.hashed_bytes = bytes),
            HashEvent::Done(hash) => {
                let equal = hash.eq_ignore_ascii_case(&wanted);
                // What is in memory is given to the user only now, and only when it is right.
                if equal {
                    saved.hand_over();
                }
                self.end(
                    key,
                    &told,
                    Phase::Saved(if equal { Compared::Equal } else { Compared::Different }),
                );
            }
            // Hashed as one.
            HashEvent::Segment(_) => {}
            HashEvent::Failed(why) => {
                leptos::logging::warn!("the saved file could not be compared: {why}");
                saved.hand_over();
                self.end(key, &told, Phase::Saved(Compared::NotCompared));
            }
        });
        match started {
            Ok(hashing) => self.running.update_value(|running| {
                let one = running.entry(key).or_default();
                one.hashing = Some(hashing);
                one.saved = Some(kept);
            }),
            Err(error) => {
                leptos::logging::warn!("the hashing worker did not start: {error:?}");
                kept.hand_over();
                self.end(key, &state, Phase::Saved(Compared::NotCompared));
            }
        }
    }
}

impl Default for Downloads {
    fn default() -> Self {
        Self::new()
    }
}
