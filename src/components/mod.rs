//! Parts that know the domain and serve two pages or more.

mod brand;
mod check_link;
mod error_note;
pub mod image;
mod language;
pub mod list;
mod osmark;
mod page;
pub mod palette;
mod person;
mod reauthenticate;
mod scope;
pub mod server;
mod shell;
pub mod systems;

pub use brand::Brand;
pub use check_link::CheckLink;
pub use error_note::{ErrorNote, Freshness, Stale};
pub use language::{LanguageButtons, LanguageDialog, LanguageItems, Switching, Typed};
pub use osmark::OsMark;
pub use page::{Crumb, FirstPage, Page};
pub use palette::{Command, Palette, PaletteDialog};
pub use person::Person;
pub use reauthenticate::Reauthenticate;
pub use shell::{Nav, Shell};
