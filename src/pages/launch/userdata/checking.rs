//! Checking what is written, a moment after it was: the worker (`src/checker.rs`) is loaded with the first letter, works on
//! one text at a time, and is given the newest when it is done.

use std::time::Duration;

use cloud_init::{Guest, Place, Report, bytes_of};
use js_sys::{Array, Uint8Array};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use super::edit;
use crate::worker::{FileWorker, WorkerEvent};

/// Nobody wants to be told what is wrong with a word that is not finished.
const REST: Duration = Duration::from_millis(400);

/// What is known of the text. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Checking {
    /// What was found last; `None` before that, and when there is nothing to check.
    pub(super) report: Memo<Option<Report>>,
    /// Why it cannot be checked.
    pub(super) failed: RwSignal<Option<String>>,
    value: RwSignal<String>,
    guest: Signal<Guest>,
    found: RwSignal<Option<Report>>,
    /// The text in which it was found.
    looked_at: StoredValue<String>,
    /// The text that the worker was given last.
    given: StoredValue<String>,
    /// The text was changed since it was given to the worker.
    stale: StoredValue<bool>,
    worker: StoredValue<Option<FileWorker>, LocalStorage>,
    /// The worker is at work.
    busy: StoredValue<bool>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Checking {
    /// Of this text, as long as the page is there.
    pub(super) fn new(value: RwSignal<String>, guest: Signal<Guest>) -> Self {
        let found = RwSignal::new(None);
        let report = Memo::new(move |_| match value.with(String::is_empty) {
            true => None,
            false => found.get(),
        });
        let this = Self {
            report,
            found,
            looked_at: StoredValue::new(String::new()),
            given: StoredValue::new(String::new()),
            stale: StoredValue::new(false),
            failed: RwSignal::new(None),
            value,
            guest,
            worker: StoredValue::new_local(None),
            busy: StoredValue::new(false),
            timer: StoredValue::new(None),
        };
        Effect::new(move || {
            value.track();
            guest.track();
            this.wait();
        });
        on_cleanup(move || {
            this.stop_waiting();
            this.worker.try_update_value(|worker| *worker = None);
        });
        this
    }

    /// Whether what was found at a place is there still: the text may have changed since it was looked at.
    pub(super) fn is_still_at(self, place: Place) -> bool {
        self.looked_at.with_value(|before| {
            self.value.with_untracked(|now| edit::is_same_at(before, now, place))
        })
    }

    fn wait(self) {
        self.stop_waiting();
        let is_empty = self.value.with_untracked(String::is_empty);
        self.stale.set_value(!is_empty);
        if is_empty {
            return;
        }
        match set_timeout_with_handle(move || self.send(), REST) {
            Ok(handle) => self.timer.set_value(Some(handle)),
            Err(error) => leptos::logging::error!("the browser gives no timer: {error:?}"),
        }
    }

    fn stop_waiting(self) {
        if let Some(Some(timer)) = self.timer.try_update_value(Option::take) {
            timer.clear();
        }
    }

    fn send(self) {
        if self.busy.get_value() || self.value.with_untracked(String::is_empty) {
            return;
        }
        let job = self.value.with_untracked(|value| job(value, self.guest.get_untracked()));
        self.given.set_value(self.value.get_untracked());
        self.busy.set_value(true);
        self.stale.set_value(false);
        let given = match self
            .worker
            .with_value(|worker| worker.as_ref().map(|worker| worker.give(&job)))
        {
            Some(given) => given,
            None => FileWorker::start("slipway-checker", &job, &Array::new(), move |event| {
                self.hear(event)
            })
            .map(|worker| self.worker.set_value(Some(worker))),
        };
        if let Err(error) = given {
            self.hear(WorkerEvent::Failed(crate::worker::words(&error)));
        }
    }

    fn hear(self, event: WorkerEvent) {
        if self.busy.try_set_value(false).is_some() {
            return;
        }
        let report = match event {
            WorkerEvent::Said(said) => match said.as_string() {
                Some(text) => {
                    serde_json::from_str::<Report>(&text).map_err(|error| error.to_string())
                }
                None => Err(crate::worker::words(&said)),
            },
            WorkerEvent::Failed(why) => Err(why),
        };
        match report {
            Ok(report) => {
                self.failed.set(None);
                self.looked_at.set_value(self.given.get_value());
                self.found.set(Some(report));
                if self.stale.get_value() {
                    self.send();
                }
            }
            Err(why) => {
                // Another one is started with the next letter.
                self.worker.set_value(None);
                self.found.set(None);
                self.failed.set(Some(why));
            }
        }
    }
}

fn job(value: &str, guest: Guest) -> JsValue {
    let guest = match guest {
        Guest::Unknown => 0,
        Guest::Linux => 1,
        Guest::Windows => 2,
    };
    Array::of2(&Uint8Array::from(bytes_of(value).as_ref()), &JsValue::from(guest)).into()
}
