//! The create form's signals: one per entry, so that typing in one redraws nothing else. `draft` has the rules, `filled` what
//! a file says, `keep` what survives a reload.

use leptos::prelude::*;
use openstack::image::CreateImage;
use web_sys::File;

use super::draft::{ChosenFile, CloudFacts, Draft, Place, Problem, Source, Weight};
use super::entry::Entry;
use super::filled::{self, Filled, settle};
use super::keep::{self, Kept};
use super::looking::Looking;
use super::presets::{self, Before, Preset};
use super::road::Roads;
use crate::inspecting::InspectionEvent;
use crate::storage::{self, Keep};
use crate::uploads::{FileHandle, Upload};

/// One of the other properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Tells it from the others while they come and go.
    pub(super) id: u32,
    pub(super) key: RwSignal<String>,
    pub(super) value: RwSignal<String>,
}

/// Everything the user can set. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Form {
    pub(super) source: RwSignal<Source>,
    pub(super) file: RwSignal<Option<File>, LocalStorage>,
    /// The way back to it after a reload, where the browser gives one.
    handle: StoredValue<Option<FileHandle>, LocalStorage>,
    pub(super) chosen: RwSignal<Option<ChosenFile>>,
    pub(super) looking: Looking,
    texts: [RwSignal<String>; Entry::COUNT],
    pub(super) protected: RwSignal<bool>,
    pub(super) insists: RwSignal<bool>,
    pub(super) as_qcow2: RwSignal<bool>,
    pub(super) roads: Roads,
    pub(super) rows: RwSignal<Vec<Row>>,
    pub(super) preset: RwSignal<Preset>,
    before: RwSignal<Before>,
    told: RwSignal<Filled>,
    /// The user has tried to create the image: what is missing is said from then on.
    pub(super) tried: RwSignal<bool>,
    /// The name of the file chosen before the page was loaded anew, as long as what was typed then is all there is.
    pub(super) restored: RwSignal<Option<Restored>>,
    start: StoredValue<Filled>,
    architectures: StoredValue<Vec<String>>,
    owner: StoredValue<Owner>,
    next_row: StoredValue<u32>,
}

/// What came back from before the page was loaded anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Restored {
    /// The file that must be chosen again.
    pub(super) file: Option<String>,
}

impl Form {
    /// An empty form with this cloud's first architecture and visibility, or what its user had typed before.
    pub(super) fn new(architectures: &[String], visibilities: &[String], user: &str) -> Self {
        let first = |names: &[String]| names.first().cloned().unwrap_or_default();
        let start = Filled::from([
            (Entry::Architecture, first(architectures)),
            (Entry::Visibility, first(visibilities)),
        ]);
        let form = Self {
            source: RwSignal::new(Source::File),
            file: RwSignal::new_local(None),
            handle: StoredValue::new_local(None),
            chosen: RwSignal::new(None),
            looking: Looking::new(),
            texts: Entry::ALL
                .map(|entry| RwSignal::new(start.get(&entry).cloned().unwrap_or_default())),
            protected: RwSignal::new(false),
            insists: RwSignal::new(false),
            as_qcow2: RwSignal::new(false),
            roads: Roads::new(),
            rows: RwSignal::new(Vec::new()),
            preset: RwSignal::new(Preset::General),
            before: RwSignal::new(Before::new()),
            told: RwSignal::new(Filled::new()),
            tried: RwSignal::new(false),
            restored: RwSignal::new(None),
            start: StoredValue::new(start),
            architectures: StoredValue::new(architectures.to_vec()),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
            next_row: StoredValue::new(0),
        };
        let kept = storage::read(Keep::Tab, keep::NAME).and_then(|text| Kept::read(&text, user));
        if let Some(kept) = kept {
            form.restore(kept, visibilities);
        }
        form
    }

    /// What stands in an entry.
    #[allow(clippy::indexing_slicing)] // There is one signal for each entry, in their order.
    pub(super) fn text(self, entry: Entry) -> RwSignal<String> {
        self.texts[entry as usize]
    }

    /// The form as plain values; follows every field.
    pub(super) fn draft(self) -> Draft {
        Draft {
            source: self.source.get(),
            file: self.chosen.get(),
            values: Entry::ALL
                .into_iter()
                .map(|entry| (entry, self.text(entry).get()))
                .filter(|(_, value)| !value.is_empty())
                .collect(),
            protected: self.protected.get(),
            others: self.rows.get().iter().map(|row| (row.key.get(), row.value.get())).collect(),
            insists: self.insists.get(),
            as_qcow2: self.as_qcow2.get(),
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

    /// What is sent, and the record it belongs to. `None` without a file.
    pub(super) fn upload(self) -> Option<(CreateImage, Upload)> {
        let record = untrack(|| self.draft().record());
        let file = self.file.get_untracked()?;
        let handle = self.handle.get_value();
        let upload = match (self.as_qcow2.get_untracked(), self.looking.plan()) {
            (true, Some(plan)) => Upload::sparse(file, plan, handle),
            _ => Upload::whole(file, handle),
        };
        Some((record, upload))
    }

    /// Takes a file over and looks into it: what it tells fills the fields that the user has not filled. With the way back
    /// to it, an upload goes on after a reload without choosing it again.
    pub(super) fn take_file(self, file: File, size_bytes: u64, handle: Option<FileHandle>) {
        self.handle.set_value(handle);
        let name = file.name();
        self.source.set(Source::File);
        self.insists.set(false);
        if self.as_qcow2.get_untracked() {
            self.send_as_qcow2(false);
        }
        self.chosen.set(Some(ChosenFile { name: name.clone(), size_bytes, report: None }));
        self.fill(filled::from_name(&name));
        if let Some(restored) = self.restored.get_untracked()
            && restored.file.is_some()
        {
            self.restored.set(None);
        }
        self.looking.start(&file, move |event| {
            if let InspectionEvent::Report(report) = event {
                self.chosen.try_update(|chosen| {
                    if let Some(chosen) = chosen {
                        self.fill(filled::from_report(&chosen.name, report));
                        chosen.report = Some((**report).clone());
                    }
                });
            }
        });
        self.file.set(Some(file));
    }

    /// The way back to the chosen file comes a moment after the file itself when it was dropped.
    pub(super) fn take_handle(self, file: &File, handle: FileHandle) {
        if self.file.with_untracked(|chosen| chosen.as_ref() == Some(file)) {
            self.handle.set_value(Some(handle));
        }
    }

    /// Where the value of an entry comes from, as `Field` wants it.
    pub(super) fn source_of(self, entry: Entry) -> Signal<Option<&'static str>> {
        Signal::derive(move || {
            let told = self.told.read();
            let told = told.get(&entry).filter(|_| self.is_reading(entry))?;
            Some(if *told == *self.text(entry).read() { "file" } else { "changed" })
        })
    }

    /// How many entries hold what the file says.
    pub(super) fn filled_count(self) -> usize {
        let told = self.told.read();
        let read = told.iter().filter(|(entry, _)| self.is_reading(**entry));
        read.filter(|(entry, value)| *self.text(**entry).read() == **value).count()
    }

    fn is_reading(self, entry: Entry) -> bool {
        self.chosen.with(|chosen| {
            let report = chosen.as_ref().and_then(|chosen| chosen.report.as_ref());
            filled::is_reading(entry, report)
        })
    }

    /// Sends a raw disk as qcow2, or as it is after all.
    pub(super) fn send_as_qcow2(self, yes: bool) {
        self.as_qcow2.set(yes);
        let own = self.chosen.with_untracked(|chosen| {
            let report = chosen.as_ref()?.report.as_ref()?;
            report.format.disk_format()
        });
        let format = if yes { "qcow2" } else { own.unwrap_or("raw") };
        self.text(Entry::DiskFormat).set(format.to_owned());
    }

    /// Chooses a preset; what the one before had set goes.
    pub(super) fn choose(self, preset: Preset) {
        let mut before = self.before.get_untracked();
        let value_of = |entry| self.text(entry).get_untracked();
        let changes = presets::switch(value_of, &mut before, self.preset.get_untracked(), preset);
        for (entry, value) in changes {
            self.text(entry).set(value);
        }
        self.before.set(before);
        self.preset.set(preset);
    }

    /// A row for another property; returns its number.
    pub(super) fn add_row(self, key: String, value: String) -> u32 {
        let id = self.next_row.get_value();
        self.next_row.set_value(id.wrapping_add(1));
        // The row lives as long as the form, wherever it was asked for.
        let row = self.owner.with_value(|owner| {
            owner.with(|| Row { id, key: RwSignal::new(key), value: RwSignal::new(value) })
        });
        self.rows.update(|rows| rows.push(row));
        id
    }

    /// Keeps what was typed, for this tab. Says whether the browser has kept it; without anything typed nothing is kept.
    pub(super) fn keep(self, user: &str) -> bool {
        let mut draft = self.draft();
        // The file is chosen anew after a reload, and with it how it is sent.
        if draft.as_qcow2
            && let Some(own) = self.told.read().get(&Entry::DiskFormat)
        {
            draft.values.insert(Entry::DiskFormat, own.clone());
        }
        let (preset, before) = (self.preset.get(), self.before.get());
        let kept = Kept::new(user, &draft, preset, &before, &self.told.read());
        let untouched = self.start.with_value(|start| {
            let plain = Draft { values: start.clone(), ..Draft::default() };
            kept == Kept::new(user, &plain, Preset::General, &Before::new(), &Filled::new())
        });
        let text = if untouched { None } else { kept.text() };
        storage::write(Keep::Tab, keep::NAME, text.as_deref());
        storage::read(Keep::Tab, keep::NAME) == text
    }

    /// Back to an empty form.
    pub(super) fn start_over(self) {
        self.looking.stop();
        let start = self.start.get_value();
        for entry in Entry::ALL {
            self.text(entry).set(start.get(&entry).cloned().unwrap_or_default());
        }
        self.file.set(None);
        self.handle.set_value(None);
        self.chosen.set(None);
        self.protected.set(false);
        self.insists.set(false);
        self.as_qcow2.set(false);
        self.roads.reset();
        self.rows.set(Vec::new());
        self.preset.set(Preset::General);
        self.before.set(Before::new());
        self.told.set(Filled::new());
        self.tried.set(false);
        self.restored.set(None);
    }

    fn fill(self, mut new: Filled) {
        // A machine type that this cloud does not have cannot be chosen; the field says what the disk is for.
        let offered = |name: &String| self.architectures.with_value(|known| known.contains(name));
        if !new.get(&Entry::Architecture).is_none_or(offered) {
            new.remove(&Entry::Architecture);
        }
        let old = self.told.get_untracked();
        let start = self.start.get_value();
        for entry in Entry::ALL {
            let now = self.text(entry).get_untracked();
            let start = start.get(&entry).map_or("", String::as_str);
            let settled = settle(&now, start, old.get(&entry), new.get(&entry));
            if settled != now {
                self.text(entry).set(settled);
            }
        }
        // What a preset has replaced follows the file as well: it is what comes back when the preset goes.
        self.before.update(|before| {
            for (entry, value) in before.iter_mut() {
                let start = start.get(entry).map_or("", String::as_str);
                *value = settle(value, start, old.get(entry), new.get(entry));
            }
        });
        self.told.set(new);
        // What kind of rescue image it is follows the file's format.
        if self.preset.get_untracked() == Preset::Rescue {
            self.choose(Preset::General);
            self.choose(Preset::Rescue);
        }
    }

    fn restore(self, kept: Kept, visibilities: &[String]) {
        let allowed = |entry: Entry, value: &String| match entry {
            Entry::Visibility => visibilities.contains(value),
            Entry::Architecture => self.architectures.with_value(|known| known.contains(value)),
            _ => true,
        };
        for (entry, value) in keep::entries(&kept.values) {
            if allowed(entry, &value) {
                self.text(entry).set(value);
            }
        }
        self.source.set(if kept.by_url { Source::Url } else { Source::File });
        self.protected.set(kept.protected);
        for (key, value) in kept.others {
            self.add_row(key, value);
        }
        self.preset.set(Preset::of(&kept.preset));
        self.before.set(keep::entries(&kept.before));
        self.told.set(keep::entries(&kept.told));
        self.restored.set(Some(Restored { file: kept.file.filter(|_| !kept.by_url) }));
    }
}

/// Forgets what was typed: it has become an image.
pub(super) fn forget() {
    storage::write(Keep::Tab, keep::NAME, None);
}

/// The error at a place.
pub(super) fn error_at(problems: Memo<Vec<Problem>>, place: Place) -> Signal<Option<String>> {
    text_at(problems, place, true)
}

/// The warning at a place.
pub(super) fn warning_at(problems: Memo<Vec<Problem>>, place: Place) -> Signal<Option<String>> {
    text_at(problems, place, false)
}

fn text_at(problems: Memo<Vec<Problem>>, place: Place, blocking: bool) -> Signal<Option<String>> {
    Signal::derive(move || {
        let problems = problems.read();
        problems
            .iter()
            .find(|problem| problem.place == place && problem.weight.blocks() == blocking)
            .map(|problem| problem.text.clone())
    })
}
