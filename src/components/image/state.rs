//! The state of an image as people should see it, and what they most likely do next. Pure.

use openstack::image::{Image, ImageStatus};

use crate::text::tr;
use crate::ui::Shape;

/// Shape and word of an image's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageState {
    /// The shape beside the word.
    pub shape: Shape,
    /// The word.
    pub word: String,
}

impl ImageState {
    /// What Glance's record says.
    pub fn of(image: &Image) -> Self {
        if import_failed(image) {
            return Self::new(Shape::Failed, tr("Failed"));
        }
        match &image.status {
            ImageStatus::Queued if image.is_changing() => {
                Self::new(Shape::Importing, tr("Importing"))
            }
            ImageStatus::Queued => Self::new(Shape::Queued, tr("Queued")),
            ImageStatus::Saving => Self::new(Shape::Saving, tr("Saving")),
            ImageStatus::Uploading => Self::new(Shape::Uploading, tr("Uploading")),
            ImageStatus::Importing => Self::new(Shape::Importing, tr("Importing")),
            ImageStatus::Active => Self::new(Shape::Active, tr("Active")),
            ImageStatus::Deactivated => Self::new(Shape::Deactivated, tr("Deactivated")),
            ImageStatus::Killed => Self::new(Shape::Failed, tr("Failed")),
            ImageStatus::Deleted => Self::new(Shape::Deleting, tr("Deleted")),
            ImageStatus::PendingDelete => Self::new(Shape::Deleting, tr("Deleting")),
            ImageStatus::Other(word) => Self::new(Shape::Unknown, word),
        }
    }

    /// Another project offers the image and nobody here has answered.
    pub fn offered() -> Self {
        Self::new(Shape::Pending, tr("Offered"))
    }

    fn new(shape: Shape, word: &str) -> Self {
        Self { shape, word: word.to_owned() }
    }
}

/// Whether the record is about to change by itself, so that it is worth looking again soon.
///
/// A failed `glance-direct` import leaves the status `importing` for ever: that is no change under way.
pub fn is_changing(image: &Image) -> bool {
    image.is_changing() && !import_failed(image)
}

/// Whether its data did not arrive and nobody is trying any more.
pub fn is_failed(image: &Image) -> bool {
    image.status == ImageStatus::Killed || import_failed(image)
}

/// An import never ends as `killed`: afterwards `os_glance_failed_import` names the stores, the task is gone, and the
/// status is `queued` (web-download) or still `importing` (glance-direct with data that is not what it was said to be).
fn import_failed(image: &Image) -> bool {
    matches!(image.status, ImageStatus::Queued | ImageStatus::Importing)
        && !image.failed_stores().is_empty()
        && image.property("os_glance_importing_to_stores").is_none()
        && image.property("os_glance_import_task").is_none()
}

/// The likely next action with an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Start an instance from it.
    Launch,
    /// Look how this tab sends its data.
    ShowUpload,
    /// Look how the cloud fetches its data.
    ShowImport,
    /// Look what went wrong.
    ShowWhy,
    /// Look at it.
    Open,
}

impl Next {
    /// What fits the record's state.
    pub fn of(image: &Image) -> Self {
        match ImageState::of(image).shape {
            Shape::Active => Self::Launch,
            Shape::Importing => Self::ShowImport,
            Shape::Failed => Self::ShowWhy,
            _ => Self::Open,
        }
    }

    /// The words on its button.
    pub fn label(self) -> &'static str {
        match self {
            Self::Launch => tr("Launch"),
            Self::ShowUpload => tr("Show upload"),
            Self::ShowImport => tr("Show import"),
            Self::ShowWhy => tr("Show why"),
            Self::Open => tr("Open"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(json: serde_json::Value) -> Image {
        let mut all = serde_json::json!({"id": "8c1f04d2"});
        if let (Some(all), Some(more)) = (all.as_object_mut(), json.as_object()) {
            all.extend(more.clone());
        }
        serde_json::from_value(all).expect("an image")
    }

    fn check(json: serde_json::Value, word: &str, changing: bool, next: Next) {
        let image = image(json);
        assert_eq!(ImageState::of(&image).word, word, "{image:?}");
        assert_eq!(is_changing(&image), changing, "{image:?}");
        assert_eq!(Next::of(&image), next, "{image:?}");
    }

    #[test]
    fn states_as_recorded_from_a_real_cloud() {
        check(serde_json::json!({"status": "active"}), "Active", false, Next::Launch);
        check(serde_json::json!({"status": "queued"}), "Queued", false, Next::Open);
        check(serde_json::json!({"status": "saving"}), "Saving", true, Next::Open);
        check(
            serde_json::json!({"status": "queued", "os_glance_import_task": "e4acf847"}),
            "Importing",
            true,
            Next::ShowImport,
        );
        check(
            serde_json::json!({"status": "importing", "os_glance_import_task": "4d3c", "os_glance_importing_to_stores": "fast", "os_glance_failed_import": ""}),
            "Importing",
            true,
            Next::ShowImport,
        );
        check(
            serde_json::json!({"status": "queued", "os_glance_importing_to_stores": "", "os_glance_failed_import": "fast"}),
            "Failed",
            false,
            Next::ShowWhy,
        );
        check(
            serde_json::json!({"status": "importing", "os_glance_importing_to_stores": "", "os_glance_failed_import": "fast"}),
            "Failed",
            false,
            Next::ShowWhy,
        );
        check(
            serde_json::json!({"status": "active", "os_glance_importing_to_stores": "", "os_glance_failed_import": ""}),
            "Active",
            false,
            Next::Launch,
        );
        check(serde_json::json!({"status": "melting"}), "melting", false, Next::Open);
    }
}
