//! The parts every page is built from: buttons, fields, dialogs, tables, words for states.
//!
//! Nothing here knows the router, the API client or a domain type: values come in as strings,
//! numbers and signals, choices go out as callbacks. Class names are those of `style/components`.
//! Links are plain `<a href>`; the router picks clicks on them up by itself.

mod button;
mod choice;
mod combobox;
mod copy;
mod dialog;
mod drag;
mod empty;
mod facts;
mod field;
mod icon;
mod id;
mod marked;
mod menu;
mod meter;
mod note;
mod pager;
mod panel;
mod progress;
mod skeleton;
mod status;
mod table;
mod tabs;
mod time;
mod toast;

pub use button::{Button, ButtonKind, ButtonLink};
pub use choice::{Check, ChoiceCard, SegmentedOption};
pub use combobox::{Combobox, Suggestion};
pub use copy::{CopyButton, Copyable};
pub use dialog::{ConfirmDialog, Dialog};
pub use drag::FileDrag;
pub use empty::Empty;
pub use facts::{Fact, Reading};
pub use field::{Choice, Field, Input, Select, TextArea};
pub use icon::{Glyph, Icon, Tone};
pub use id::unique_id;
pub use marked::marked;
pub use menu::{Menu, MenuAlign, MenuItem, MenuLink, MenuRule, MenuTitle, SharedMenu};
pub use meter::Meter;
pub use note::Note;
pub use pager::Pager;
pub use panel::{Fold, Panel, Section};
pub use progress::Progress;
pub use skeleton::{Skeleton, SkeletonRows};
pub use status::{Shape, Status};
pub use table::{Direction, Entry, SortButton};
pub use tabs::{TabLink, TabLinks, TabPanel, Tabs};
pub use time::TimeAgo;
pub use toast::{Toast, ToastRegion, Toasts};
