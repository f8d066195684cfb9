//! One row of the list: elements that are copied from one pattern, and what is written into them.
//!
//! A row is kept and given another image when its own has gone out of view: making thirty elements costs far more than
//! changing the words in them. What was written is remembered, so that only what differs is written. No cloud data becomes
//! HTML: it goes into text nodes and attributes.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use openstack::Timestamp;
use openstack::image::ImageStatus;
use openstack::time::Offset;
use web_sys::{Element, HtmlElement, HtmlInputElement, Node};

use super::entry::{Entry, Share};
use super::keys::row_index;
use crate::clock;
use crate::components::image::{
    LocalUpload, Next, architecture, display_name, needs, visibility_word,
};
use crate::components::systems::Mark;
use crate::routes;
use crate::text::{format, tr, tr_with};
use crate::ui::{Glyph, Icon};

/// The id of the menu that all rows share.
pub const MENU: &str = "images-row-menu";

/// The parts that are written into, in the order in which the pattern has them. The row itself is the first.
#[derive(Clone, Copy)]
enum Part {
    Row,
    Tick,
    Mark,
    Strokes,
    Name,
    Copy,
    Short,
    CopyWords,
    Notes,
    System,
    SystemName,
    SubArch,
    SubFormat,
    Arch,
    Format,
    Size,
    Needs,
    Visibility,
    Lock,
    Status,
    StatusWord,
    StatusNote,
    Created,
    Next,
    Act,
    Menu,
}

/// What can be said of an image in a row.
#[derive(Clone, Copy)]
enum Say {
    Number,
    Selected,
    Dimmed,
    Tick,
    Tint,
    Strokes,
    Name,
    Href,
    Id,
    Short,
    Copy,
    Notes,
    NoSystem,
    System,
    SubArch,
    SubFormat,
    NoArch,
    Arch,
    NoFormat,
    Format,
    NoSize,
    Size,
    NoNeeds,
    Needs,
    Visibility,
    Unlocked,
    Shape,
    Status,
    NoNote,
    Note,
    Datetime,
    Moment,
    Ago,
    NoNext,
    NextHref,
    NextName,
    Next,
    NoAct,
    ActName,
    ActBusy,
    Act,
    Menu,
}

/// How many things can be said.
const SAYS: usize = Say::Menu as usize + 1;

impl Say {
    /// Where it is said: in an attribute of a part, or (`None`) as its text.
    const fn place(self) -> (Part, Option<&'static str>) {
        match self {
            Self::Number => (Part::Row, Some("aria-rowindex")),
            Self::Selected => (Part::Row, Some("aria-selected")),
            Self::Dimmed => (Part::Row, Some("data-dimmed")),
            Self::Tick => (Part::Tick, Some("aria-label")),
            Self::Tint => (Part::Mark, Some("data-os")),
            Self::Strokes => (Part::Strokes, Some("d")),
            Self::Name => (Part::Name, None),
            Self::Href => (Part::Name, Some("href")),
            Self::Id => (Part::Copy, Some("title")),
            Self::Short => (Part::Short, None),
            Self::Copy => (Part::CopyWords, None),
            Self::Notes => (Part::Notes, None),
            Self::NoSystem => (Part::System, Some("data-none")),
            Self::System => (Part::SystemName, None),
            Self::SubArch => (Part::SubArch, None),
            Self::SubFormat => (Part::SubFormat, None),
            Self::NoArch => (Part::Arch, Some("data-none")),
            Self::Arch => (Part::Arch, None),
            Self::NoFormat => (Part::Format, Some("data-none")),
            Self::Format => (Part::Format, None),
            Self::NoSize => (Part::Size, Some("data-none")),
            Self::Size => (Part::Size, None),
            Self::NoNeeds => (Part::Needs, Some("data-none")),
            Self::Needs => (Part::Needs, None),
            Self::Visibility => (Part::Visibility, None),
            Self::Unlocked => (Part::Lock, Some("hidden")),
            Self::Shape => (Part::Status, Some("data-status")),
            Self::Status => (Part::StatusWord, None),
            Self::NoNote => (Part::StatusNote, Some("hidden")),
            Self::Note => (Part::StatusNote, None),
            Self::Datetime => (Part::Created, Some("datetime")),
            Self::Moment => (Part::Created, Some("title")),
            Self::Ago => (Part::Created, None),
            Self::NoNext => (Part::Next, Some("hidden")),
            Self::NextHref => (Part::Next, Some("href")),
            Self::NextName => (Part::Next, Some("aria-label")),
            Self::Next => (Part::Next, None),
            Self::NoAct => (Part::Act, Some("hidden")),
            Self::ActName => (Part::Act, Some("aria-label")),
            Self::ActBusy => (Part::Act, Some("aria-busy")),
            Self::Act => (Part::Act, None),
            Self::Menu => (Part::Menu, Some("aria-label")),
        }
    }
}

/// What all rows are copied from. Its classes are those of `style/components/table.css` and `window.css`.
pub fn pattern() -> Option<HtmlElement> {
    let row: NodeRef<html::Tr> = NodeRef::new();
    // Text nodes are there to be changed, never to be made.
    let built = view! {
        <tr class="table__row" role="row" node_ref=row>
            <td class="cell-select" role="cell"><input class="tick" type="checkbox" data-part="" /></td>
            <td class="table__name" role="cell">
                <span class="entry">
                    <svg class="os" viewBox="0 0 20 20" aria-hidden="true" data-part=""><path data-part="" /></svg>
                    <a class="entry__name" data-part="">"-"</a>
                    <span class="entry__id">
                        // The menu of the row has it for the keyboard. What is seen is a part of the name, for who speaks
                        // to the browser.
                        <button class="entry__copy" type="button" tabindex="-1" data-part="">
                            <code data-part="">"-"</code>
                            <span class="visually-hidden" data-part="">"-"</span>
                        </button>
                        <span data-part="">"-"</span>
                    </span>
                </span>
            </td>
            <td class="cell-facts col-system" role="cell" data-first="" data-part="">
                <span class="cell-main" data-part="">"-"</span>
                <span class="cell-sub"><span class="sub-arch" data-part="">"-"</span><span class="sub-format" data-part="">"-"</span></span>
            </td>
            <td class="cell-minor table__muted col-arch" role="cell" data-part="">"-"</td>
            <td class="cell-minor table__muted col-format" role="cell" data-part="">"-"</td>
            <td class="cell-facts num col-size" role="cell" data-part="">"-"</td>
            <td class="cell-facts num table__muted col-needs" role="cell" data-label=tr("needs") data-part="">"-"</td>
            <td class="cell-facts cell-second col-visibility" role="cell" data-last="" data-part="">"-"</td>
            <td class="cell-minor col-lock" role="cell">
                <span class="lock" title=tr("Protected") data-part="">
                    <Icon glyph=Glyph::Lock small=true />
                    <span class="visually-hidden">{tr("Protected")}</span>
                </span>
            </td>
            <td class="cell-status col-status" role="cell">
                <span class="status" data-part="">
                    <span data-part="">"-"</span>
                    <span class="status__note" data-part="">"-"</span>
                </span>
            </td>
            <td class="cell-minor cell-second num table__muted col-created" role="cell"><time data-part="">"-"</time></td>
            <td class="cell-actions" role="cell">
                <span class="table__actions">
                    <a class="button button--quiet button--s button--next" data-part="">"-"</a>
                    <button class="button button--quiet button--s button--next" type="button" data-part="">"-"</button>
                    <button
                        class="button button--quiet button--s button--icon"
                        type="button"
                        popovertarget=MENU
                        aria-expanded="false"
                        data-part=""
                    ><Icon glyph=Glyph::More /></button>
                </span>
            </td>
        </tr>
    }
    .into_any()
    .build();
    let row = row.get_untracked().map(HtmlElement::from);
    // The elements outlive what has built them.
    drop(built);
    row
}

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
    /// The `<tr>`.
    pub element: HtmlElement,
    parts: Vec<Element>,
    said: [Option<String>; SAYS],
    chosen: bool,
    entry: Option<Arc<Entry>>,
    created: Option<(Timestamp, Offset)>,
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

    /// Whether an element is in it.
    pub fn holds(&self, element: &Node) -> bool {
        self.element.contains(Some(element))
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
        self.switch(Say::NoNext, act.is_some());
        // A button that was pressed goes with what it did: its focus stays in the row.
        let leaves = act.is_none() && self.part(Part::Act) == document().active_element().as_ref();
        self.switch(Say::NoAct, act.is_none());
        if leaves {
            self.focus_name();
        }
    }

    /// Gives the focus to the name, where it is.
    pub fn focus_name(&self) {
        if let Some(name) = self.part(Part::Name).and_then(|name| name.dyn_ref::<HtmlElement>()) {
            super::keys::focus_in_place(name);
        }
    }

    /// Gives the focus to the tick, where it is.
    pub fn focus_tick(&self) {
        if let Some(tick) = self.part(Part::Tick).and_then(|tick| tick.dyn_ref::<HtmlElement>()) {
            super::keys::focus_in_place(tick);
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
    let words = [
        (entry.image.is_snapshot(), tr("snapshot")),
        (entry.share.is_some(), tr("from another project")),
        (entry.image.hidden, tr("hidden")),
    ];
    words.into_iter().filter(|(is, _)| *is).map(|(_, word)| format!(" · {word}")).collect()
}
