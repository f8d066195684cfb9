//! What several pages say and do about images: words for their system, state and needs, and the actions on them.

mod actions;
mod commands;
mod delete;
mod delete_parts;
mod dialogs;
mod download;
mod fate;
mod menu;
mod part_choice;
mod part_words;
mod property_words;
mod rights;
mod share;
mod state;
mod upload;
mod usage;
mod volume;
mod words;

pub use actions::{Asking, ImageActions, use_image_actions};
pub use commands::offer_commands;
pub use dialogs::{ImageDialog, ImageDialogs};
pub use fate::delete_part;
pub use menu::{ImageMenu, ImageMenuItems, copy_id};
pub use part_choice::{PartChoice, PartRow, part_choice};
pub use part_words::{children_words, part_name, part_note, part_state, part_zones, parts_sum};
pub use property_words::{KNOWN as KNOWN_PROPERTIES, meaning as property_meaning};
pub use rights::{
    Onlooker, why_not_change, why_not_delete, why_not_download, why_not_launch, why_not_share,
    why_not_switch, why_not_volume,
};
pub use share::wrong_project;
pub use state::{ImageState, Next, is_changing, is_failed};
pub use upload::{LocalUpload, Receipt, UnderWay, local_upload, on_upload_step, upload_words};
pub use usage::use_words;
pub use words::{
    architecture, display_name, format_words, needs, smallest_disk_gib, system_name,
    visibility_word,
};
