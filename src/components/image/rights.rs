//! Why something cannot be done with an image, in a sentence to show beside it. Pure.
//!
//! The cloud's policy decides in the end; here is only what can be known before asking.

use openstack::image::{Image, ImageStatus, Visibility};

use crate::text::tr;

/// Who looks at an image, as far as it decides what they may do.
#[derive(Clone, Copy, Debug)]
pub struct Onlooker<'a> {
    /// The image belongs to the project at hand.
    pub own: bool,
    /// Why this user may change nothing.
    pub read_only: Option<&'a str>,
}

/// Why an image cannot be changed.
pub fn why_not_change(own: bool, read_only: Option<&str>) -> Option<String> {
    match (own, read_only) {
        (false, _) => Some(tr("It belongs to another project.").to_owned()),
        (true, Some(why)) => Some(why.to_owned()),
        (true, None) => None,
    }
}

/// Why an image cannot be deleted.
pub fn why_not_delete(image: &Image, own: bool, read_only: Option<&str>) -> Option<String> {
    let protected = || image.protected.then(|| tr("Protected. Unprotect it first.").to_owned());
    why_not_change(own, read_only).or_else(protected)
}

/// Why an image cannot be shared with a project.
pub fn why_not_share(image: &Image, who: Onlooker<'_>) -> Option<String> {
    why_not_change(who.own, who.read_only).or_else(|| match image.visibility {
        Visibility::Public => Some(tr("Everybody sees it already: it is public.").to_owned()),
        Visibility::Community => {
            Some(tr("Everybody who knows its id can use it already. Make it private or shareable first.").to_owned())
        }
        _ => None,
    })
}

/// Why its data cannot be closed (an active image) or opened again (a deactivated one).
pub fn why_not_switch(image: &Image, who: Onlooker<'_>) -> Option<String> {
    why_not_change(who.own, who.read_only).or_else(|| match image.status {
        ImageStatus::Active | ImageStatus::Deactivated => None,
        _ => Some(tr("Only an active image can be deactivated.").to_owned()),
    })
}

/// Why no volume can be made from it now.
pub fn why_not_volume(image: &Image, failed: bool, who: Onlooker<'_>) -> Option<String> {
    who.read_only.map(str::to_owned).or_else(|| why_not_launch(image, failed)).or_else(|| {
        image.is_volume_snapshot().then(|| {
            tr("It holds no data itself. Make volumes from its volume snapshots, or launch from it.").to_owned()
        })
    })
}

/// Why its data cannot be saved to this computer. A reader sees images but does not get their data
/// (glance/policies/image.py, `download_image`).
pub fn why_not_download(image: &Image, failed: bool, who: Onlooker<'_>) -> Option<String> {
    if let Some(why) = who.read_only {
        return Some(why.to_owned());
    }
    let has_none = || {
        (image.size_bytes.unwrap_or(0) == 0).then(|| tr("It holds no data to download.").to_owned())
    };
    match image.status {
        ImageStatus::Deactivated => Some(tr("It is deactivated.").to_owned()),
        _ => why_not_launch(image, failed).or_else(has_none),
    }
}

/// Why no instance can be started from an image now.
pub fn why_not_launch(image: &Image, failed: bool) -> Option<String> {
    let why = match &image.status {
        _ if failed => tr("Its data did not arrive."),
        ImageStatus::Active => return None,
        ImageStatus::Queued => tr("It has no data yet."),
        ImageStatus::Saving | ImageStatus::Uploading | ImageStatus::Importing => {
            tr("Its data is still on the way.")
        }
        ImageStatus::Deactivated => tr("It is deactivated."),
        ImageStatus::Killed => tr("Its data did not arrive."),
        ImageStatus::Deleted | ImageStatus::PendingDelete => tr("It is being deleted."),
        ImageStatus::Other(_) => tr("It is not active."),
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

    #[test]
    fn sharing_switching_and_saving_have_reasons_of_their_own() {
        let me = Onlooker { own: true, read_only: None };
        let other = Onlooker { own: false, read_only: None };
        let image =
            |json: serde_json::Value| -> Image { serde_json::from_value(json).expect("an image") };
        let with = |visibility: &str| {
            image(
                serde_json::json!({"id": "i", "status": "active", "size": 7, "visibility": visibility}),
            )
        };
        let check = |why: Option<String>, possible: bool, what: &str| {
            assert_eq!(why.is_none(), possible, "{what}")
        };
        check(why_not_share(&with("private"), me), true, "private");
        check(why_not_share(&with("public"), me), false, "public");
        check(why_not_share(&with("shared"), other), false, "another's");
        check(why_not_switch(&with("private"), me), true, "active");
        check(why_not_switch(&super::tests::image("queued", false), me), false, "queued");
        check(why_not_download(&with("public"), false, other), true, "of others");
        check(
            why_not_download(&super::tests::image("active", false), false, me),
            false,
            "without data",
        );
        let reader = Onlooker { own: true, read_only: Some("You may only look.") };
        check(why_not_download(&with("private"), false, reader), false, "reader");
        check(why_not_volume(&with("private"), false, me), true, "volume");
        let snapshot = image(
            serde_json::json!({"id": "i", "status": "active", "size": 0, "block_device_mapping": "[]"}),
        );
        check(why_not_volume(&snapshot, false, me), false, "volume snapshot");
    }
}
