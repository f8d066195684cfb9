//! What this tab knows of an image beyond the cloud's record, because it sends the data itself.
//!
//! The pages about images ask [`local_upload`]; `uploads` answers, by a [`LocalUploads`] in context. Without one nothing
//! is known, and the record alone is shown.

use leptos::prelude::*;
use openstack::ImageId;

use super::ImageState;

/// An upload of this tab, as the pages about its image show it.
#[derive(Clone, Debug, PartialEq)]
pub struct LocalUpload {
    /// Takes the place of the record's state while it goes on; `None` when it is over.
    pub under_way: Option<UnderWay>,
    /// How the comparison ended, or `None` before it.
    pub receipt: Option<Receipt>,
}

/// An upload that goes on.
#[derive(Clone, Debug, PartialEq)]
pub struct UnderWay {
    /// Shape and word: Uploading, Paused, Verifying.
    pub state: ImageState,
    /// "61 %".
    pub note: Option<String>,
}

/// The digest of the file as this browser read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// As Glance names it: `sha512`.
    pub algorithm: String,
    /// Lower-case hex.
    pub value: String,
    /// How many bytes were read.
    pub size_bytes: u64,
}

/// Looks an upload up. It may read signals: it is asked where reading them is tracked.
#[derive(Clone, Copy)]
pub struct LocalUploads(pub Callback<ImageId, Option<LocalUpload>>);

/// What this tab knows of an image's upload.
pub fn local_upload(id: &ImageId) -> Option<LocalUpload> {
    use_context::<LocalUploads>().and_then(|uploads| uploads.0.run(id.clone()))
}
