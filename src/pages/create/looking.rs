//! The look into the chosen file, as signals: how far it is, and what could be saved. The worker does the work
//! (`crate::inspecting`); what it finds goes to `form`.

use disk_image::sparse::Saving;
use leptos::prelude::*;
use web_sys::File;

use crate::inspecting::{Inspection, InspectionEvent, SparsePlan};

/// How far the look is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Look {
    /// No file, or nothing begun.
    #[default]
    Idle,
    /// The first milliseconds.
    Reading,
    /// The report is there.
    Done,
    /// The file could not be read; in the browser's words.
    Failed(String),
}

/// The look into the file that is chosen now. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Looking {
    pub(super) look: RwSignal<Look>,
    /// Share of the disk that was searched for zeros, while that goes on.
    pub(super) searched: RwSignal<Option<f64>>,
    /// What sending as qcow2 saves, when it is worth it.
    pub(super) saving: RwSignal<Option<Saving>>,
    plan: RwSignal<Option<SparsePlan>, LocalStorage>,
    running: StoredValue<Option<Inspection>, LocalStorage>,
    /// What waits for the report.
    then: StoredValue<Option<Callback<()>>>,
}

impl Looking {
    /// At nothing.
    pub(super) fn new() -> Self {
        Self {
            look: RwSignal::new(Look::Idle),
            searched: RwSignal::new(None),
            saving: RwSignal::new(None),
            plan: RwSignal::new_local(None),
            running: StoredValue::new_local(None),
            then: StoredValue::new(None),
        }
    }

    /// Looks into this file, and no longer into another. `on_event` hears everything.
    pub(super) fn start(self, file: &File, on_event: impl Fn(&InspectionEvent) + Clone + 'static) {
        self.stop();
        self.look.set(Look::Reading);
        let size = file.size().max(1.0);
        let begun = Inspection::start(file, move |event| {
            on_event(&event);
            self.hear(event, size);
        });
        match begun {
            Ok(running) => self.running.set_value(Some(running)),
            Err(error) => self.look.set(Look::Failed(crate::worker::words(&error))),
        }
    }

    /// Looks at nothing any more.
    pub(super) fn stop(self) {
        self.running.set_value(None);
        self.then.set_value(None);
        self.look.set(Look::Idle);
        self.searched.set(None);
        self.saving.set(None);
        self.plan.set(None);
    }

    /// Does something once the file has told about itself: now, or in the milliseconds that this takes.
    pub(super) fn after(self, then: Callback<()>) {
        match self.look.get_untracked() {
            Look::Reading => self.then.set_value(Some(then)),
            Look::Idle | Look::Done | Look::Failed(_) => then.run(()),
        }
    }

    /// The file as qcow2, once it is known.
    pub(super) fn plan(self) -> Option<SparsePlan> {
        self.plan.get_untracked()
    }

    #[allow(clippy::cast_precision_loss)] // A share of what is far below 2^53.
    fn hear(self, event: InspectionEvent, size: f64) {
        // The page may be gone by now.
        match event {
            InspectionEvent::Report(_) => {
                self.look.try_set(Look::Done);
                self.go_on();
            }
            InspectionEvent::Zeros { scanned_bytes, .. } => {
                self.searched.try_set(Some((scanned_bytes as f64 / size).min(1.0)));
            }
            InspectionEvent::Plan(plan) => {
                self.searched.try_set(None);
                self.saving.try_set(Some(plan.saving).filter(Saving::is_worth_it));
                self.plan.try_set(Some(plan));
            }
            InspectionEvent::Failed(why) => {
                self.searched.try_set(None);
                // After the report only the saving is lost: nothing that is missed.
                if self.look.try_get_untracked() != Some(Look::Done) {
                    self.look.try_set(Look::Failed(why));
                    self.go_on();
                }
            }
        }
    }

    fn go_on(self) {
        if let Some(then) = self.then.try_update_value(Option::take).flatten() {
            then.run(());
        }
    }
}
