//! Parts that know the domain and serve two pages or more.

mod brand;
mod error_note;
pub mod image;
mod page;
mod person;
mod reauthenticate;
mod scope;
pub mod server;
mod shell;

pub use brand::Brand;
pub use error_note::{ErrorNote, Freshness, Stale};
pub use page::{Crumb, FirstPage, Page};
pub use reauthenticate::Reauthenticate;
pub use shell::Shell;
