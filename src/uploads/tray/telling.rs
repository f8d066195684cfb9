//! What is said where the page is not seen: on the tab, and by a notification when it is hidden.
//!
//! A notification is shown only if the user asked for it, at the end of a transfer, and while the tab is hidden.

use std::collections::BTreeSet;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::prelude::Closure;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Notification, NotificationOptions, NotificationPermission, VisibilityState};

use super::standing;
use super::sum::Sum;
use crate::captures::{self, Capture};
use crate::downloads::{self, Download};
use crate::text::transfers::TransferWords;
use crate::text::{captures as capture_words, downloads as download_words, tr, uploads as words};
use crate::title::{self, TabProgress};
use crate::uploads::{Job, Standing};

/// Keeps the tab's title and icon in step with the transfers.
pub(super) fn on_the_tab(sum: Memo<Sum>) {
    let progress = Memo::new(move |_| sum.read().on_the_tab());
    Effect::new(move || title::show_progress(progress.read().as_ref()));
    on_cleanup(|| title::show_progress(None));
}

impl Sum {
    fn on_the_tab(&self) -> Option<TabProgress> {
        // Rounded down, so that 100 is shown only when it is all.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let percent = self.share().map(|share| (share.clamp(0.0, 1.0) * 100.0) as u8);
        Some(TabProgress { words: self.in_the_title()?, percent, waits: self.waits() })
    }
}

/// What the browser lets us do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Permission {
    /// The user was not asked yet.
    NotAsked,
    /// Notifications may be shown.
    Given,
    /// They may not: by the user's word, or the browser has none.
    Refused,
}

/// What the browser lets us do now.
pub(super) fn permission() -> Permission {
    // Reading a permission that is not there throws.
    let there = js_sys::Reflect::has(&window(), &"Notification".into()).unwrap_or(false);
    if !there || !window().is_secure_context() {
        return Permission::Refused;
    }
    read(Notification::permission())
}

fn read(permission: NotificationPermission) -> Permission {
    match permission {
        NotificationPermission::Granted => Permission::Given,
        NotificationPermission::Default => Permission::NotAsked,
        _ => Permission::Refused,
    }
}

/// Lets the browser ask the user. Only after a press of a button.
pub(super) fn ask(answer: RwSignal<Permission>) {
    match Notification::request_permission() {
        Ok(asked) => spawn_local(async move {
            if let Err(error) = JsFuture::from(asked).await {
                leptos::logging::warn!("the browser does not ask: {error:?}");
            }
            answer.try_set(permission());
        }),
        Err(error) => {
            leptos::logging::warn!("the browser does not ask: {error:?}");
            answer.set(Permission::Refused);
        }
    }
}

/// Tells the end of each transfer when nobody sees the page.
pub(super) fn when_hidden(
    jobs: Signal<Vec<Job>>,
    list: Signal<Vec<Download>>,
    making: Signal<Vec<Capture>>,
) {
    Effect::new(move |before: Option<BTreeSet<String>>| {
        let went_on = |key: &String| before.as_ref().is_some_and(|before| before.contains(key));
        let mut going = BTreeSet::new();
        for job in jobs.read().iter() {
            let key = format!("slipway-{}", job.key);
            match standing(job) {
                Standing::UnderWay | Standing::InTheCloud => {
                    going.insert(key);
                }
                Standing::Done | Standing::Failed if went_on(&key) => {
                    notify(&key, &job.name, &job.state.with_untracked(words::job));
                }
                Standing::Done | Standing::Failed | Standing::Cancelled => {}
            }
        }
        for one in list.read().iter() {
            let key = format!("slipway-download-{}", one.key);
            let phase = one.state.with(|state| state.phase.clone());
            if phase.is_under_way() {
                going.insert(key);
            } else if phase != downloads::Phase::Cancelled && went_on(&key) {
                notify(&key, &one.name, &one.state.with_untracked(download_words::download));
            }
        }
        for one in making.read().iter() {
            let key = format!("slipway-capture-{}", one.key);
            match one.state.with(|state| state.standing()) {
                captures::Standing::NeedsTab | captures::Standing::InTheCloud => {
                    going.insert(key);
                }
                captures::Standing::Done | captures::Standing::Failed if went_on(&key) => {
                    let said = |state: &_| capture_words::capture(&one.of, state);
                    notify(&key, &one.name, &one.state.with_untracked(said));
                }
                _ => {}
            }
        }
        going
    });
}

fn notify(key: &str, name: &str, said: &TransferWords) {
    let unseen = document().visibility_state() == VisibilityState::Hidden;
    if !unseen || permission() != Permission::Given {
        return;
    }
    let options = NotificationOptions::new();
    let more = said.figures.as_deref().or(said.why.as_deref()).unwrap_or_default();
    options.set_body(&format!("{}. {more}", said.word));
    options.set_tag(key);
    options.set_lang(crate::text::language::spoken().tag());
    match Notification::new_with_options(name, &options) {
        Ok(shown) => {
            let closing = shown.clone();
            let seen = Closure::once_into_js(move || {
                // The tab comes to the front; where the browser does not let it, the notification goes all the same.
                drop(window().focus());
                closing.close();
            });
            shown.set_onclick(Some(seen.unchecked_ref()));
        }
        // Browsers of phones have notifications for service workers only.
        Err(error) => leptos::logging::warn!("no notification is shown: {error:?}"),
    }
}

/// What there is to say about notifications, below the list.
pub(super) fn words_for(permission: Permission) -> Option<&'static str> {
    match permission {
        Permission::NotAsked => None,
        Permission::Given => {
            Some(tr("When this tab is hidden, a notification tells how it ended."))
        }
        Permission::Refused => None,
    }
}
