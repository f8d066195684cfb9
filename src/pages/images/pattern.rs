//! What all rows of the list are copied from, and what can be written where in a copy.

use leptos::html;
use leptos::prelude::*;
use web_sys::HtmlElement;

use crate::text::tr;
use crate::ui::{Glyph, Icon};

/// The id of the menu that all rows share.
pub const MENU: &str = "images-row-menu";

/// The parts that are written into, in the order in which the pattern has them. The row itself is the first.
#[derive(Clone, Copy)]
#[allow(missing_docs)] // The names are the documentation.
pub enum Part {
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
#[allow(missing_docs)] // The names are the documentation.
pub enum Say {
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
pub const SAYS: usize = Say::Menu as usize + 1;

impl Say {
    /// Where it is said: in an attribute of a part, or (`None`) as its text.
    pub const fn place(self) -> (Part, Option<&'static str>) {
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
