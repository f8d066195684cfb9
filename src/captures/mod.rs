//! Images that the cloud makes of what is there already: of an instance, of a volume. They live in app context on purpose:
//! an order that shuts an instance down and starts it again goes on while the user moves through the app.
//!
//! `order` says what is wanted and judges what is seen, `run`, `power` and `volume` carry it out, `search` looks for an image
//! whose asking was not answered, `remembered` is what outlives the tab, and `recall` brings it back. What is here is all
//! that the first page carries; the rest comes with the pages.

mod looks;
pub mod order;
mod power;
mod recall;
mod remembered;
mod run;
mod search;
mod snapshots;
mod state;
mod tray_items;
mod volume;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use futures_util::future::AbortHandle;
use leptos::prelude::*;
use web_sys::BeforeUnloadEvent;

pub use recall::recall;
pub use run::begin;
pub use search::is_lost;
pub use state::{Capture, CaptureState, End, Origin, Phase, Standing, Switched, Unclear};
pub use tray_items::{CaptureItems, recall_here};
pub use volume::begin_of_volume;

use crate::cloud::Cloud;
use crate::session::Account;

/// All of this tab. In context; cheap to copy.
#[derive(Clone, Copy)]
pub struct Captures {
    list: RwSignal<Vec<Capture>>,
    running: StoredValue<BTreeMap<u32, Running>, LocalStorage>,
    next_key: StoredValue<u32>,
    /// Another number after each sign-out.
    visit: StoredValue<u32>,
}

/// How one that goes on is ended.
struct Running {
    following: AbortHandle,
    called_off: Rc<Cell<bool>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.following.abort();
    }
}

/// The images being made in this tab, which the app provides around every page.
#[allow(clippy::expect_used)] // `app` provides it before any page is drawn.
pub fn use_captures() -> Captures {
    use_context::<Captures>().expect("the app provides the captures")
}

impl Captures {
    /// None yet. Call it once, in the app's own owner: it asks before the tab is closed.
    pub fn new() -> Self {
        let captures = Self {
            list: RwSignal::new(Vec::new()),
            running: StoredValue::new_local(BTreeMap::new()),
            next_key: StoredValue::new(1),
            visit: StoredValue::new(0),
        };
        let listener = window_event_listener_untyped("beforeunload", move |event| {
            if untrack(|| captures.need_tab()) > 0 {
                event.prevent_default();
                // Older Chromium asks only when the value is set.
                if let Ok(event) = wasm_bindgen::JsCast::dyn_into::<BeforeUnloadEvent>(event) {
                    event.set_return_value("making");
                }
            }
        });
        if let Some(account) = use_context::<Account>() {
            Effect::new(move |was_here: Option<bool>| {
                let here = account.current().read().is_some();
                if was_here == Some(true) && !here {
                    captures.leave();
                }
                here
            });
        }
        on_cleanup(move || listener.remove());
        captures
    }

    /// All of them, newest first.
    pub fn list(self) -> Signal<Vec<Capture>> {
        self.list.into()
    }

    /// How many would be left half done by closing the tab. Follows their states.
    pub fn need_tab(self) -> usize {
        let needs = |one: &&Capture| one.state.with(|state| state.standing() == Standing::NeedsTab);
        self.list.with(|list| list.iter().filter(needs).count())
    }

    /// Ends one that shuts its instance down, before the image is asked for.
    pub fn call_off(self, key: u32) {
        self.running.with_value(|running| {
            if let Some(one) = running.get(&key) {
                one.called_off.set(true);
            }
        });
    }

    /// Takes one out of the tray. What the cloud does by itself goes on there.
    pub fn dismiss(self, key: u32) {
        self.list.update(|list| list.retain(|one| one.key != key));
        drop(self.running.try_update_value(|running| running.remove(&key)));
    }

    /// The user has signed out: nothing more is asked of the cloud. An order that is half done is remembered.
    fn leave(self) {
        self.visit.update_value(|visit| *visit = visit.wrapping_add(1));
        drop(self.running.try_update_value(std::mem::take));
        self.list.set(Vec::new());
    }

    fn add(self, cloud: &Cloud, name: String, of: Origin, state: CaptureState) -> Capture {
        let key = self.next_key.get_value();
        self.next_key.set_value(key.wrapping_add(1));
        let capture = Capture {
            key,
            name,
            of,
            scope: cloud.key(),
            project: cloud.project().name.clone(),
            state: ArcRwSignal::new(state),
        };
        self.list.update(|list| list.insert(0, capture.clone()));
        capture
    }

    /// Runs what follows a capture, until it is over, called off or left.
    fn follow(
        self,
        key: u32,
        called_off: Rc<Cell<bool>>,
        work: impl Future<Output = ()> + 'static,
    ) {
        let (following, registration) = AbortHandle::new_pair();
        self.running.update_value(|running| {
            running.insert(key, Running { following, called_off });
        });
        leptos::task::spawn_local(async move {
            let whole = futures_util::future::Abortable::new(work, registration).await;
            if whole.is_ok() {
                drop(self.running.try_update_value(|running| running.remove(&key)));
            }
        });
    }
}

impl Default for Captures {
    fn default() -> Self {
        Self::new()
    }
}
