//! The search for an image whose asking was not answered: an image is not made twice, and none is said to be missing before
//! the cloud had its time. Pure.

use openstack::compute::Server;
use openstack::image::Image;
use openstack::{ApiError, ErrorKind, ImageId, ProjectId};

use super::order;
use super::remembered::Remembered;

/// So many looks have to show neither an image nor a copy being made, where the asking may still be under way.
pub(super) const PATIENT: u32 = 10;

/// What a look shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// The image that was asked for.
    Image(ImageId),
    /// Nothing yet.
    Wait,
    /// There is none, as far as can be told.
    Nothing,
}

/// What is looked for, and how long in vain.
pub(super) struct Search<'a> {
    project: ProjectId,
    begun: &'a Remembered,
    patience: u32,
    in_vain: u32,
}

impl<'a> Search<'a> {
    /// For the image of an order, among those of this project.
    pub(super) fn new(project: ProjectId, begun: &'a Remembered, patience: u32) -> Self {
        Self { project, begun, patience, in_vain: 0 }
    }

    /// The image, if it is among these.
    pub(super) fn found(&self, images: &[Image]) -> Option<ImageId> {
        images.iter().find(|image| self.is_it(image)).map(|image| image.id.clone())
    }

    /// Judges a look at the images of that name and at the instance.
    pub(super) fn see(&mut self, images: &[Image], server: Option<&Server>) -> Seen {
        if let Some(image) = self.found(images) {
            return Seen::Image(image);
        }
        // Nova has begun to copy: the record is on its way into the list.
        if server.is_some_and(order::is_copied) {
            self.in_vain = 0;
            return Seen::Wait;
        }
        self.in_vain += 1;
        if self.in_vain >= self.patience { Seen::Nothing } else { Seen::Wait }
    }

    /// This project's, younger than the order, of no other instance, and not there before.
    fn is_it(&self, image: &Image) -> bool {
        // The computer's clock and the cloud's may differ by a little.
        let since = self.begun.begun_ms - 60_000;
        let young = image.created_at.is_some_and(|made| made.as_millisecond() >= since);
        let of_another =
            image.source_server().is_some_and(|server| server.as_str() != self.begun.server);
        let was_there = self.begun.before.iter().any(|id| id == image.id.as_str());
        young && !of_another && !was_there && image.owner.as_ref() == Some(&self.project)
    }
}

/// Nobody knows whether the cloud has done what it was asked for.
pub fn is_lost(error: &ApiError) -> bool {
    matches!(error.kind, ErrorKind::Unreachable | ErrorKind::Timeout | ErrorKind::Decode)
        || error.status.is_some_and(|status| status >= 500)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::remembered::Reached;
    use super::*;

    fn begun() -> Remembered {
        Remembered {
            id: "capture".into(),
            user: "u".into(),
            scope: "c/r/p".into(),
            server: "s".into(),
            server_name: "web-1".into(),
            image_name: "golden".into(),
            properties: Default::default(),
            start_again: true,
            reached: Reached::Asking,
            image: None,
            before: vec!["older".into()],
            begun_ms: 1_795_435_200_000, // 2026-11-23T12:00:00Z
        }
    }

    fn image(more: Value) -> Image {
        let mut image = json!({
            "id": "i", "name": "golden", "status": "queued", "owner": "p", "created_at": "2026-11-23T12:00:05Z",
        });
        let fields = image.as_object_mut().expect("an object");
        fields.extend(more.as_object().expect("an object").clone());
        serde_json::from_value(image).expect("an image")
    }

    fn server(task: Option<&str>) -> Server {
        serde_json::from_value(
            json!({"id": "s", "status": "SHUTOFF", "OS-EXT-STS:task_state": task}),
        )
        .expect("a server")
    }

    #[test]
    fn only_the_image_of_this_order_is_taken_for_it() {
        let begun = begun();
        let check = |more: Value, found: bool| {
            let seen =
                Search::new(ProjectId::from("p"), &begun, 2).see(&[image(more.clone())], None);
            assert_eq!(seen == Seen::Image(ImageId::from("i")), found, "{more}");
        };
        check(json!({}), true);
        check(json!({"instance_uuid": "s"}), true);
        check(json!({"instance_uuid": "another"}), false);
        check(json!({"owner": "another"}), false);
        // Asked for twice within a minute, the first one is not the second.
        check(json!({"id": "older"}), false);
        check(json!({"created_at": "2026-11-22T12:00:00Z"}), false);
        check(json!({"created_at": null}), false);
        // Clocks differ.
        check(json!({"created_at": "2026-11-23T11:59:30Z"}), true);
    }

    #[test]
    fn it_is_missing_only_after_its_time() {
        let begun = begun();
        let mut search = Search::new(ProjectId::from("p"), &begun, 3);
        let resting = server(None);
        assert_eq!(search.see(&[], Some(&resting)), Seen::Wait);
        assert_eq!(search.see(&[], Some(&resting)), Seen::Wait);
        // As long as the disk is copied there will be one.
        let copied = server(Some("image_pending_upload"));
        assert_eq!(search.see(&[], Some(&copied)), Seen::Wait);
        assert_eq!(search.see(&[], Some(&resting)), Seen::Wait);
        assert_eq!(search.see(&[], None), Seen::Wait);
        assert_eq!(search.see(&[], Some(&resting)), Seen::Nothing);
    }

    #[test]
    fn an_answer_that_was_not_seen_is_told_from_a_refusal() {
        let error = |kind, status| ApiError {
            status,
            ..ApiError::local("create the image", openstack::Service::Compute, kind, "")
        };
        assert!(is_lost(&error(ErrorKind::Unreachable, None)));
        assert!(is_lost(&error(ErrorKind::Timeout, None)));
        assert!(is_lost(&error(ErrorKind::Decode, Some(202))));
        assert!(is_lost(&error(ErrorKind::Server, Some(504))));
        assert!(!is_lost(&error(ErrorKind::Forbidden, Some(403))));
        assert!(!is_lost(&error(ErrorKind::Conflict, Some(409))));
    }
}
