//! What several pages say and do about images: words for their system, state and needs, and the actions on them.

mod actions;
mod menu;
mod rights;
mod state;
mod upload;
mod words;

pub use actions::{DeleteImageDialog, ImageActions, use_image_actions};
pub use menu::ImageMenu;
pub use rights::{why_not_change, why_not_delete, why_not_launch};
pub use state::{ImageState, Next, is_changing, is_failed};
pub use upload::{LocalUpload, Receipt, UnderWay, local_upload, on_upload_step};
pub use words::{
    architecture, display_name, format_words, needs, smallest_disk_gib, system_name,
    visibility_word,
};
