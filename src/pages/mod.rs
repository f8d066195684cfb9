//! One module per route.
//!
//! How a page is written:
//! - It is `<Page title=.. crumbs=.. actions=..>`, which gives it its heading, title and focus.
//! - It takes its scope with `let cloud = use_cloud();` and is made anew when project or region
//!   change, so it never watches for that.
//! - It reads with `use_live(key, fetch, motion)`: `fetch` captures a clone of `cloud`, not a context.
//!   First load: `Skeleton`; failed first load: `ErrorNote`; failed refresh: `Stale` above old data.
//! - It writes with `Action::new_local`; while pending its button is `busy`; what the user may not do
//!   stays visible with `why_not`. Afterwards `live.amend(..)` and `live.refresh()`.
//! - Filter, sort, page, tab live in the query string: read `use_query_map()`, link with
//!   `routes::with_query`. A page that grows becomes a folder with a pure `form.rs` or `query.rs`.
//! - New functions of the cloud go to `cloud/<service>.rs`, new words for errors to `text/errors.rs`.
//! - Errors: `components::ErrorNote` in the page; at a field when one field caused it.

mod check;
mod create;
mod image;
mod images;
mod instance;
mod instances;
mod launch;
mod login;
mod not_found;

pub use check::CheckPage;
pub use create::CreatePage;
pub use image::{EditImagePage, ImagePage};
pub use images::{BulkDialogBody, ImagesPage, LeftList};
pub use instance::InstancePage;
pub use instances::InstancesPage;
pub use launch::LaunchPage;
pub use login::LoginPage;
pub use not_found::NotFound;
