//! Words for images that the cloud makes of an instance or a volume. Pure.

use openstack::ApiError;

use super::transfers::TransferWords;
use super::{errors, tr, tr_with};
use crate::captures::{CaptureState, End, Origin, Phase, Switched, Unclear};
use crate::ui::Shape;

/// What it does, in words.
pub fn capture(of: &Origin, state: &CaptureState) -> TransferWords {
    let name = of.name();
    let named: [(&str, &dyn std::fmt::Display); 1] = [("name", &name)];
    let (step, mut why) = match &state.phase {
        Phase::Stopping => (
            (Shape::Saving, tr("Shutting down")),
            vec![tr_with(
                "{name} is asked to shut down. The image is made when it is off.",
                &named,
            )],
        ),
        Phase::Asking => ((Shape::Queued, tr("Asking for the image")), Vec::new()),
        Phase::Searching => (
            (Shape::Queued, tr("Looking for the image")),
            vec![tr("The cloud’s answer was not seen. Whether it makes the image is looked up, so that none is made twice.").to_owned()],
        ),
        Phase::Copying => (
            (Shape::Saving, tr("Copying the disk")),
            vec![match of {
                Origin::Instance { .. } => {
                    tr("The cloud writes the instance’s disk to the image.").to_owned()
                }
                Origin::Volume { .. } => tr("The cloud writes the volume to the image.").to_owned(),
            }],
        ),
        Phase::Snapshots => (
            (Shape::Saving, tr("Taking volume snapshots")),
            vec![
                tr("The image is there; the volume snapshots that it points to are being taken.")
                    .to_owned(),
            ],
        ),
        Phase::StartingAgain => {
            ((Shape::Uploading, tr("Starting again")), vec![tr("The image is made.").to_owned()])
        }
        Phase::Over(End::Lost(error)) if state.image_id.is_none() => (
            (Shape::Unknown, tr("Not known")),
            vec![
                said(error),
                tr_with(
                    "{name} was asked to shut down and is probably off; no image was asked for. Reload this page to go on with it.",
                    &named,
                ),
            ],
        ),
        Phase::Over(end) => over(name, end),
    };
    why.extend(switched(name, state));
    let why = Some(why.join(" ")).filter(|why| !why.is_empty());
    let step = match (&state.phase, &state.switched) {
        // The image is there, but not everything that was asked for was done.
        (Phase::Over(End::Made), Switched::NotStarted(_)) => {
            (Shape::Failed, tr("Not started again"))
        }
        _ => step,
    };
    TransferWords { why, ..TransferWords::plain(step) }
}

/// Where the order began, for the row's small print.
pub fn source(of: &Origin) -> String {
    let name = of.name();
    match of {
        Origin::Instance { .. } => tr_with("From the instance {name}", &[("name", &name)]),
        Origin::Volume { .. } => tr_with("From the volume {name}", &[("name", &name)]),
    }
}

fn over(name: &str, end: &End) -> ((Shape, &'static str), Vec<String>) {
    let named: [(&str, &dyn std::fmt::Display); 1] = [("name", &name)];
    let failed = (Shape::Failed, tr("Failed"));
    match end {
        End::Made => ((Shape::Active, tr("Image made")), Vec::new()),
        End::NotAsked(error) => (
            failed,
            vec![
                said(error),
                tr("No image was asked for, and the instance is as it was.").to_owned(),
            ],
        ),
        End::RunsOn => (
            (Shape::Failed, tr("Did not shut down")),
            vec![tr_with(
                "{name} did not shut down, and no image was asked for. Shut its system down from within, or make the image while it runs.",
                &named,
            )],
        ),
        End::Refused(error) => (failed, vec![said(error), tr("No image was made.").to_owned()]),
        End::Unclear(unclear) => ((Shape::Unknown, tr("Not known")), not_known(unclear)),
        End::Failed(word) => (
            failed,
            vec![tr_with(
                "The cloud could not write the image and does not say why (the image is {word}). Common reasons: the project’s image quota, no room in the image store.",
                &[("word", word)],
            )],
        ),
        End::SnapshotFailed(snapshot) => (
            (Shape::Failed, tr("A snapshot failed")),
            vec![tr_with(
                "The volume snapshot {snapshot} failed: nothing can be launched from the image. Delete the image with its snapshots, and make it again.",
                &[("snapshot", snapshot)],
            )],
        ),
        End::Lost(error) => (
            (Shape::Unknown, tr("Not known")),
            vec![
                said(error),
                tr("The cloud may go on with it; the image’s page tells.").to_owned(),
            ],
        ),
        End::CalledOff => {
            ((Shape::Deactivated, tr("Called off")), vec![tr("No image was made.").to_owned()])
        }
        End::Interrupted(begun) => {
            let mut why = vec![tr_with(
                "The tab was closed on the way: {name} was asked to shut down for this image and is probably still off.",
                &named,
            )];
            why.push(match begun.image_was_asked_for() {
                Some(true) => tr("The image was asked for; the cloud makes it by itself.").to_owned(),
                Some(false) => tr("No image was asked for yet.").to_owned(),
                None => tr("Whether the cloud has begun the image is not known: going on looks first, and makes no second one.").to_owned(),
            });
            why.push(match begun.start_again {
                true => tr_with("Go on does the rest, and starts {name} again.", &named),
                false => tr("Go on does the rest.").to_owned(),
            });
            ((Shape::Paused, tr("Interrupted")), why)
        }
    }
}

/// Whether there will be an image nobody knows: why, and what to do.
fn not_known(unclear: &Unclear) -> Vec<String> {
    let image = &unclear.begun.image_name;
    let mut why: Vec<String> = unclear.lost.iter().map(said).collect();
    why.push(match &unclear.unread {
        None => tr_with(
            "No image called {image} has appeared since. The cloud may still make it.",
            &[("image", image)],
        ),
        Some(error) => format!(
            "{} {}",
            said(error),
            tr_with(
                "So whether the cloud makes the image {image} could not be looked up.",
                &[("image", image)],
            )
        ),
    });
    why.push(
        tr("Look again, or in the list of images, before you ask for another: else there may be two.").to_owned(),
    );
    why
}

/// What became of the instance, as a sentence; nothing while that says itself.
fn switched(name: &str, state: &CaptureState) -> Option<String> {
    let named: [(&str, &dyn std::fmt::Display); 1] = [("name", &name)];
    let over = matches!(state.phase, Phase::Over(_));
    Some(match &state.switched {
        Switched::Untouched => return None,
        Switched::Off if over => tr_with("{name} is switched off, as you wished.", &named),
        Switched::Off => return None,
        Switched::OffForNow if over => tr_with(
            "{name} is switched off and was not started again. Start it on its page.",
            &named,
        ),
        Switched::OffForNow => tr_with("Then {name} is started again.", &named),
        Switched::Starting => tr_with("{name} is starting again.", &named),
        Switched::On => tr_with("{name} runs again.", &named),
        Switched::NotStarted(None) => {
            tr_with("{name} could not be started again. Its page says why.", &named)
        }
        Switched::NotStarted(Some(error)) => tr_with(
            "{name} was not started again: {why}",
            &[("name", &name), ("why", &said(error))],
        ),
    })
}

fn said(error: &ApiError) -> String {
    errors::api(error, None).paragraph()
}

#[cfg(test)]
mod tests {
    use openstack::{ErrorKind, Service};

    use super::*;

    fn of() -> Origin {
        Origin::Instance { id: "s".into(), name: "web-1".into() }
    }

    fn check(phase: Phase, switched: Switched, word: &str, parts: &[&str]) {
        let state = CaptureState { phase, switched, image_id: None };
        let words = capture(&of(), &state);
        assert_eq!(words.word, word, "{state:?}");
        let why = words.why.unwrap_or_default();
        for part in parts {
            assert!(why.contains(part), "{part:?} is not in {why:?}");
        }
    }

    #[test]
    fn what_became_of_the_instance_is_always_said() {
        check(
            Phase::Stopping,
            Switched::Untouched,
            "Shutting down",
            &["web-1 is asked to shut down"],
        );
        check(
            Phase::Copying,
            Switched::OffForNow,
            "Copying the disk",
            &["Then web-1 is started again"],
        );
        check(Phase::Over(End::Made), Switched::On, "Image made", &["web-1 runs again."]);
        check(Phase::Over(End::Made), Switched::Off, "Image made", &["as you wished"]);
        check(
            Phase::Over(End::Made),
            Switched::NotStarted(None),
            "Not started again",
            &["Its page says why"],
        );
    }

    #[test]
    fn a_refusal_says_that_no_image_was_made_and_has_the_request() {
        let error = ApiError {
            request_id: Some("req-1".into()),
            ..ApiError::local(
                "create the image from the instance",
                Service::Compute,
                ErrorKind::Forbidden,
                "Quota exceeded for snapshots.",
            )
        };
        let parts = ["Your quota is used up", "req-1", "No image was made.", "web-1 runs again."];
        check(Phase::Over(End::Refused(error)), Switched::On, "Failed", &parts);
    }
}
