//! What several pages say and do about servers: words for their state, where they come from, how to log in, and the
//! actions on them.

mod actions;
mod build;
mod login;
mod menu;
mod origin;
mod state;

pub use actions::{DeedButton, DeedDialog, DeedItem, Deeds, use_deeds};
pub use build::{Progress, Step, progress, step};
pub use login::{Login, Properties, Reach, UserFrom, is_windows, login, reach};
pub use menu::ServerMenuItems;
pub use origin::{Origins, Wanted, boot_volume, origin_id, origin_name, properties};
pub use state::{Deed, Next, ServerState};
