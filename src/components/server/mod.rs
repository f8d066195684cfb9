//! What several pages say and do about servers: words for their state, where they come from, how to log in, and the
//! actions on them.

mod asks;
mod build;
mod deeds;
mod delete;
mod fates;
mod login;
mod menu;
mod origin;
mod password;
mod reboot;
mod rescue;
mod snapshot;
mod state;

pub use asks::{Ask, ServerAsks, offer_asks};
pub use build::{Line, Progress, Seen, Step, timeline};
pub use deeds::{DeedButton, DeedDialog, DeedItem, Deeds, use_deeds};
pub use login::{Login, Properties, Reach, UserFrom, best_address, is_windows, login, reach};
pub use menu::ServerMenuItems;
pub use origin::{Origins, Wanted, boot_volume, origin_id, origin_name, properties};
pub use password::{PasswordOf, forget_password, keep_password, kept_passwords};
pub use rescue::RescueBanner;
pub use snapshot::{SnapshotFields, SnapshotForm, UnderWay, WhatComes, why_not_image};
pub use state::{Deed, Next, ServerState};
