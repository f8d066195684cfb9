//! One row of the list: elements that are copied from one pattern, and what is written into them.
//!
//! A row is kept and given another image when its own has gone out of view: making thirty elements costs far more than
//! changing the words in them. What was written is remembered, so that only what differs is written. No cloud data becomes
//! HTML: it goes into text nodes and attributes.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use openstack::Timestamp;
use openstack::image::ImageStatus;
use openstack::time::Offset;
use web_sys::{Element, HtmlElement, HtmlInputElement};

use super::entry::{Entry, Share};
use super::pattern::{Part, SAYS, Say};
use crate::clock;
use crate::components::image::{
    LocalUpload, Next, architecture, display_name, needs, visibility_word,
};
use crate::components::list::{self, RowView, focus_in_place, row_index};
use crate::components::systems::Mark;
use crate::routes;
use crate::text::{format, tr, tr_with};

/// What is most likely done with the row's image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// Somewhere to go.
    Go(Next),
    /// Accept an offer; it may have been rejected before.
    Accept,
    /// Open the data again.
    Reactivate,
}

impl First {
    /// What fits the image; `sending` while this tab sends its data.
    pub fn of(entry: &Entry, sending: bool) -> Self {
        match entry.share {
            _ if sending => Self::Go(Next::ShowUpload),
            Some(Share::Offered | Share::Rejected) => Self::Accept,
            _ if entry.own && entry.image.status == ImageStatus::Deactivated => Self::Reactivate,
            _ => Self::Go(Next::of(&entry.image)),
        }
    }
}

/// What a row says besides what is in its image's record.
pub struct Around {
    /// Its place in the whole list, from 0.
    pub number: usize,
    /// It is chosen.
    pub chosen: bool,
    /// Something is being changed about it.
    pub busy: bool,
    /// What this tab knows of its upload.
    pub upload: Option<LocalUpload>,
    /// The time, for its age.
    pub now: Timestamp,
}

/// The elements of a row.
pub struct Row {
    element: HtmlElement,
    parts: Vec<Element>,
    said: [Option<String>; SAYS],
    chosen: bool,
    entry: Option<Arc<Entry>>,
    created: Option<(Timestamp, Offset)>,
}

impl RowView for Row {
    fn element(&self) -> &HtmlElement {
        &self.element
    }

    fn focus(&self, part: list::Part) {
        match part {
            list::Part::Tick => self.focus_tick(),
            list::Part::Name | list::Part::Other => self.focus_name(),
        }
    }
}

impl Row {
    /// A copy of the pattern.
    pub fn new(pattern: &HtmlElement) -> Option<Self> {
        let element: HtmlElement = pattern.clone_node_with_deep(true).ok()?.dyn_into().ok()?;
        let found = element.query_selector_all("[data-part]").ok()?;
        let inner = (0..found.length()).filter_map(|at| found.item(at)?.dyn_into::<Element>().ok());
        let parts = std::iter::once(Element::from(element.clone())).chain(inner).collect();
        let said = std::array::from_fn(|_| None);
        Some(Self { element, parts, said, chosen: false, entry: None, created: None })
    }

    /// Shows an image.
    pub fn show(&mut self, entry: &Arc<Entry>, around: &Around) {
        if self.entry.as_ref().is_none_or(|known| !Arc::ptr_eq(known, entry)) {
            self.record(entry);
            self.entry = Some(Arc::clone(entry));
        }
        self.say(Say::Number, &row_index(around.number).to_string());
        self.say(Say::Selected, if around.chosen { "true" } else { "false" });
        self.tick(around.chosen);
        match self.created {
            Some((then, offset)) => self.say(Say::Ago, &format::ago(then, around.now, offset)),
            None => self.say(Say::Ago, format::NONE),
        }
        let sending = around.upload.as_ref().and_then(|upload| upload.under_way.as_ref());
        let state = sending.map_or_else(|| entry.state(), |sending| sending.state.clone());
        let note = sending.and_then(|sending| sending.percent.as_deref());
        self.say(Say::Shape, state.shape.name());
        self.say(Say::Status, &state.word);
        self.switch(Say::NoNote, note.is_none());
        self.say(Say::Note, note.unwrap_or_default());
        self.first(entry, First::of(entry, sending.is_some()), around.busy);
    }

    /// What follows from the record alone.
    fn record(&mut self, entry: &Entry) {
        let image = &entry.image;
        let (id, name) = (image.id.as_str(), display_name(image));
        let named = [("name", &name as &dyn std::fmt::Display)];
        self.switch(Say::Dimmed, image.hidden || entry.share == Some(Share::Rejected));
        self.say(Say::Tick, &tr_with("Select {name}", &named));
        let mark = Mark::of(image.property("os_distro").unwrap_or_default());
        self.say(Say::Tint, mark.tint);
        self.say(Say::Strokes, mark.strokes);
        self.say(Say::Href, &routes::image(id));
        self.say(Say::Id, id);
        self.say(Say::Short, id.get(..8).unwrap_or(id));
        self.say(Say::Copy, &tr_with(": copy the id of {name}", &named));
        self.say(Say::Notes, &notes(entry));
        self.switch(Say::NoSystem, entry.system.is_none());
        self.say(Say::System, entry.system.as_deref().unwrap_or(tr("Unknown")));
        let (arch, format) = (architecture(image), image.disk_format.as_deref());
        self.say(Say::SubArch, arch.unwrap_or_default());
        self.say(Say::SubFormat, format.unwrap_or_default());
        self.cell(Say::NoArch, Say::Arch, arch);
        self.cell(Say::NoFormat, Say::Format, format);
        self.cell(Say::NoSize, Say::Size, size(entry).as_deref());
        self.cell(Say::NoNeeds, Say::Needs, needs(image).as_deref());
        self.say(Say::Visibility, &visibility_word(&image.visibility, entry.own));
        self.switch(Say::Unlocked, !image.protected);
        self.created = image.created_at.map(|then| (then, clock::offset_at(then)));
        let moment =
            self.created.map(|(then, offset)| (then.to_string(), format::moment(then, offset)));
        self.put(Say::Datetime, moment.as_ref().map(|(iso, _)| iso.as_str()));
        self.put(Say::Moment, moment.as_ref().map(|(_, words)| words.as_str()));
        self.say(Say::Menu, &tr_with("Actions for {name}", &named));
        self.say(Say::Name, &name);
    }

    fn first(&mut self, entry: &Entry, first: First, busy: bool) {
        let act = match first {
            First::Go(_) => None,
            First::Accept => Some(tr("Accept")),
            First::Reactivate => Some(tr("Reactivate")),
        };
        let name = display_name(&entry.image);
        if let First::Go(next) = first {
            let id = entry.image.id.as_str();
            self.say(
                Say::NextHref,
                &match next {
                    Next::Launch => routes::launch_from(id),
                    _ => routes::image(id),
                },
            );
            self.say(Say::NextName, &format!("{} {name}", next.label()));
            self.say(Say::Next, next.label());
        }
        if let Some(word) = act {
            self.say(Say::ActName, &format!("{word} {name}"));
            self.say(Say::Act, word);
        }
        self.put(Say::ActBusy, busy.then_some("true"));
        // What has the focus may go, as a button that was pressed does with what it did: the focus stays in the row.
        let goes = if act.is_some() { Part::Next } else { Part::Act };
        let leaves = self.part(goes) == document().active_element().as_ref();
        self.switch(Say::NoNext, act.is_some());
        self.switch(Say::NoAct, act.is_none());
        if leaves {
            self.focus_name();
        }
    }

    /// Gives the focus to the name, where it is.
    fn focus_name(&self) {
        if let Some(name) = self.part(Part::Name).and_then(|name| name.dyn_ref::<HtmlElement>()) {
            focus_in_place(name);
        }
    }

    /// Gives the focus to the tick, where it is.
    fn focus_tick(&self) {
        if let Some(tick) = self.part(Part::Tick).and_then(|tick| tick.dyn_ref::<HtmlElement>()) {
            focus_in_place(tick);
        }
    }

    fn tick(&mut self, chosen: bool) {
        if self.chosen != chosen
            && let Some(tick) =
                self.part(Part::Tick).and_then(|tick| tick.dyn_ref::<HtmlInputElement>())
        {
            tick.set_checked(chosen);
        }
        self.chosen = chosen;
    }

    fn part(&self, part: Part) -> Option<&Element> {
        self.parts.get(part as usize)
    }

    /// A text, or the sign for "no value yet".
    fn cell(&mut self, none: Say, text: Say, value: Option<&str>) {
        self.switch(none, value.is_none());
        self.say(text, value.unwrap_or(format::NONE));
    }

    fn say(&mut self, what: Say, words: &str) {
        self.put(what, Some(words));
    }

    /// An attribute without a value, there or not.
    fn switch(&mut self, what: Say, on: bool) {
        self.put(what, on.then_some(""));
    }

    fn put(&mut self, what: Say, words: Option<&str>) {
        let Some(said) = self.said.get_mut(what as usize) else { return };
        if said.as_deref() == words {
            return;
        }
        *said = words.map(str::to_owned);
        let (part, attribute) = what.place();
        let Some(element) = self.parts.get(part as usize) else { return };
        let done = match (attribute, words) {
            (None, words) => {
                if let Some(text) = element.first_child() {
                    text.set_node_value(words);
                }
                Ok(())
            }
            (Some(name), Some(value)) => element.set_attribute(name, value),
            (Some(name), None) => element.remove_attribute(name),
        };
        if done.is_err() {
            leptos::logging::warn!("a row could not be written");
        }
    }
}

/// A record that holds no data of its own has no size.
fn size(entry: &Entry) -> Option<String> {
    entry.image.size_bytes.filter(|size_bytes| *size_bytes > 0).map(format::bytes)
}

/// Words after the id: what the image is, when that is not the usual.
fn notes(entry: &Entry) -> String {
    let on_volumes = entry.image.is_volume_snapshot();
    let words = [
        (entry.image.is_snapshot() && !on_volumes, tr("snapshot")),
        (on_volumes, tr("snapshot of volumes")),
        (entry.share.is_some(), tr("from another project")),
        (entry.image.hidden, tr("hidden")),
    ];
    words.into_iter().filter(|(is, _)| *is).map(|(_, word)| format!(" · {word}")).collect()
}
