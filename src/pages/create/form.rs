//! The create form's signals: one per field, so that typing in one redraws nothing else. `draft` has the rules.

use leptos::prelude::*;
use web_sys::File;

use super::draft::{CloudFacts, Draft, FieldName, FileFacts, Problem, Source, Weight};
use super::from_file::{format_from, name_from, smallest_disk_gib};

/// Everything the user can set. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Form {
    pub(super) source: RwSignal<Source>,
    pub(super) file: RwSignal<Option<File>, LocalStorage>,
    pub(super) facts: RwSignal<Option<FileFacts>>,
    pub(super) url: RwSignal<String>,
    pub(super) name: RwSignal<String>,
    pub(super) disk_format: RwSignal<String>,
    pub(super) os_distro: RwSignal<String>,
    pub(super) os_version: RwSignal<String>,
    pub(super) architecture: RwSignal<String>,
    pub(super) visibility: RwSignal<String>,
    pub(super) protected: RwSignal<bool>,
    pub(super) min_disk: RwSignal<String>,
    pub(super) min_ram: RwSignal<String>,
    pub(super) description: RwSignal<String>,
    pub(super) tags: RwSignal<String>,
    pub(super) firmware: RwSignal<String>,
    pub(super) disk_bus: RwSignal<String>,
    pub(super) vif_model: RwSignal<String>,
    pub(super) guest_agent: RwSignal<bool>,
    pub(super) admin_user: RwSignal<String>,
    pub(super) rescue: RwSignal<bool>,
    pub(super) other: RwSignal<String>,
    /// The user has tried to create the image: what is missing is said from then on.
    pub(super) tried: RwSignal<bool>,
}

impl Form {
    /// An empty form with this cloud's first architecture and visibility.
    pub(super) fn new(architecture: &str, visibility: &str) -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            source: RwSignal::new(Source::File),
            file: RwSignal::new_local(None),
            facts: RwSignal::new(None),
            url: text(),
            name: text(),
            disk_format: text(),
            os_distro: text(),
            os_version: text(),
            architecture: RwSignal::new(architecture.to_owned()),
            visibility: RwSignal::new(visibility.to_owned()),
            protected: RwSignal::new(false),
            min_disk: text(),
            min_ram: text(),
            description: text(),
            tags: text(),
            firmware: text(),
            disk_bus: text(),
            vif_model: text(),
            guest_agent: RwSignal::new(false),
            admin_user: text(),
            rescue: RwSignal::new(false),
            other: text(),
            tried: RwSignal::new(false),
        }
    }

    /// The form as plain values; follows every field.
    pub(super) fn draft(self) -> Draft {
        Draft {
            source: self.source.get(),
            file: self.facts.get(),
            url: self.url.get(),
            name: self.name.get(),
            disk_format: self.disk_format.get(),
            os_distro: self.os_distro.get(),
            os_version: self.os_version.get(),
            architecture: self.architecture.get(),
            visibility: self.visibility.get(),
            protected: self.protected.get(),
            min_disk: self.min_disk.get(),
            min_ram: self.min_ram.get(),
            description: self.description.get(),
            tags: self.tags.get(),
            firmware: self.firmware.get(),
            disk_bus: self.disk_bus.get(),
            vif_model: self.vif_model.get(),
            guest_agent: self.guest_agent.get(),
            admin_user: self.admin_user.get(),
            rescue: self.rescue.get(),
            other: self.other.get(),
        }
    }

    /// What is to be said now: what is missing only after the user has tried.
    pub(super) fn problems(self, cloud: Signal<CloudFacts>) -> Memo<Vec<Problem>> {
        Memo::new(move |_| {
            let tried = self.tried.get();
            let mut problems = self.draft().problems(&cloud.read());
            problems.retain(|problem| tried || problem.weight != Weight::Missing);
            problems
        })
    }

    /// Takes a file over: what it tells fills the fields that the user has not filled.
    pub(super) fn take_file(self, file: File, facts: FileFacts) {
        let format = format_from(&facts.name, &facts.kind);
        if self.name.read_untracked().is_empty() || self.is_name_from_file() {
            self.name.set(name_from(&facts.name));
        }
        self.disk_format.set(format.to_owned());
        match smallest_disk_gib(&facts) {
            Some(gib) => self.min_disk.set(gib.to_string()),
            None => self.min_disk.set(String::new()),
        }
        self.facts.set(Some(facts));
        self.file.set(Some(file));
    }

    /// The name is still the one made from the file chosen before.
    fn is_name_from_file(self) -> bool {
        self.facts
            .read_untracked()
            .as_ref()
            .is_some_and(|facts| name_from(&facts.name) == *self.name.read_untracked())
    }
}

/// The error at a field.
pub(super) fn error_at(problems: Memo<Vec<Problem>>, field: FieldName) -> Signal<Option<String>> {
    text_at(problems, field, true)
}

/// The warning at a field.
pub(super) fn warning_at(problems: Memo<Vec<Problem>>, field: FieldName) -> Signal<Option<String>> {
    text_at(problems, field, false)
}

fn text_at(
    problems: Memo<Vec<Problem>>,
    field: FieldName,
    blocking: bool,
) -> Signal<Option<String>> {
    Signal::derive(move || {
        let problems = problems.read();
        problems
            .iter()
            .find(|problem| problem.field == field && problem.weight.blocks() == blocking)
            .map(|problem| problem.text.clone())
    })
}
