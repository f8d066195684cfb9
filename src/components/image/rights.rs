//! Why something cannot be done with an image, in a sentence to show beside it. Pure.
//!
//! The cloud's policy decides in the end; here is only what can be known before asking.

use openstack::image::{Image, ImageStatus};

/// Why an image cannot be changed.
pub fn why_not_change(own: bool, read_only: Option<&str>) -> Option<String> {
    match (own, read_only) {
        (false, _) => Some("It belongs to another project.".to_owned()),
        (true, Some(why)) => Some(why.to_owned()),
        (true, None) => None,
    }
}

/// Why an image cannot be deleted.
pub fn why_not_delete(image: &Image, own: bool, read_only: Option<&str>) -> Option<String> {
    let protected = || image.protected.then(|| "Protected. Unprotect it first.".to_owned());
    why_not_change(own, read_only).or_else(protected)
}

/// Why no instance can be started from an image now.
pub fn why_not_launch(image: &Image, failed: bool) -> Option<String> {
    let why = match &image.status {
        _ if failed => "Its data did not arrive.",
        ImageStatus::Active => return None,
        ImageStatus::Queued => "It has no data yet.",
        ImageStatus::Saving | ImageStatus::Uploading | ImageStatus::Importing => {
            "Its data is still on the way."
        }
        ImageStatus::Deactivated => "It is deactivated.",
        ImageStatus::Killed => "Its data did not arrive.",
        ImageStatus::Deleted | ImageStatus::PendingDelete => "It is being deleted.",
        ImageStatus::Other(_) => "It is not active.",
    };
    Some(why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(status: &str, protected: bool) -> Image {
        serde_json::from_value(
            serde_json::json!({"id": "i", "status": status, "protected": protected}),
        )
        .expect("an image")
    }

    #[test]
    fn the_reason_that_cannot_be_helped_comes_first() {
        let reader = Some("You may only look.");
        let check = |protected, own, read_only, expected: Option<&str>| {
            assert_eq!(
                why_not_delete(&image("active", protected), own, read_only).as_deref(),
                expected
            );
        };
        check(false, true, None, None);
        check(true, true, None, Some("Protected. Unprotect it first."));
        check(true, true, reader, reader);
        check(true, false, reader, Some("It belongs to another project."));
    }

    #[test]
    fn only_active_images_can_be_launched() {
        assert_eq!(why_not_launch(&image("active", false), false), None);
        for status in ["queued", "saving", "importing", "deactivated", "killed", "melting"] {
            assert!(why_not_launch(&image(status, false), false).is_some(), "{status}");
        }
    }
}
