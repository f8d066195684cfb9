//! What is said of what uploads left behind. Pure.

use openstack::image::ImageStatus;

use super::sort::{Kind, Leftover};
use super::{Done, NotGone, Removed, What};
use crate::text::transfers::TransferWords;
use crate::text::{format, tr, tr_with};
use crate::ui::Shape;
use crate::uploads::journal::KeptRoad;

/// A row is drawn anew when what can be done changes.
pub(super) fn key(one: &Leftover) -> String {
    let status = one.image.as_ref().map_or("", |image| image.status.as_str());
    format!("{} {status}", one.key)
}

/// How it is called.
pub(super) fn name(one: &Leftover) -> String {
    match (&one.kind, &one.name) {
        (Kind::Probes(_), _) => tr("Trial runs").to_owned(),
        (_, Some(name)) if !name.is_empty() => name.clone(),
        (Kind::Objects, _) => tr("Traces of an upload").to_owned(),
        _ => one.image.as_ref().map_or_else(String::new, |image| image.id.as_str().to_owned()),
    }
}

/// What it is, and what can be done.
pub(super) fn words(one: &Leftover) -> TransferWords {
    let say =
        |shape: Shape, word: &'static str, why: String| TransferWords::because((shape, word), why);
    match &one.kind {
        Kind::Remembered(known) if one.is_there() => {
            let theirs = one.image.as_ref().and_then(|image| image.hash_value.as_deref());
            match (known.entry.sha512.as_deref(), theirs) {
                (Some(ours), Some(theirs)) if ours == theirs => say(
                    Shape::Verified,
                    tr("Verified"),
                    tr("It arrived while its tab was closed, and is the file byte for byte. What helped to upload it can be removed.").to_owned(),
                ),
                (Some(_), Some(_)) => say(
                    Shape::Failed,
                    tr("Not the file"),
                    tr("It arrived while its tab was closed, but its SHA-512 is not that of the file: do not use it. Delete the image and upload the file again.").to_owned(),
                ),
                _ => say(
                    Shape::Active,
                    tr("Active"),
                    tr("It arrived while its tab was closed, so it was not compared with the file. What helped to upload it can be removed.").to_owned(),
                ),
            }
        }
        Kind::Remembered(known) => {
            let file = &known.entry.file.name;
            let why = match (known.entry.road, known.handle.is_some()) {
                (KeptRoad::Segmented, true) => tr("It stopped on the way. What was sent is kept: it goes on where it stopped.").to_owned(),
                (KeptRoad::Segmented, false) => tr_with("It stopped on the way. What was sent is kept: choose {file} once more, and it goes on where it stopped.", &[("file", file)]),
                (KeptRoad::Direct, true) => tr("It stopped on the way. It travels in one piece, so it begins anew, as the same image.").to_owned(),
                (KeptRoad::Direct, false) => tr_with("It stopped on the way. It travels in one piece: choose {file} once more, and it begins anew, as the same image.", &[("file", file)]),
            };
            say(Shape::Paused, tr("Unfinished"), why)
        }
        Kind::Record if one.can_go_on() => say(
            Shape::Queued,
            tr("Waits for its data"),
            tr("Nothing in this browser sends to it. Unless a colleague or another program does, choose its file: what is in the object store already is not sent again.").to_owned(),
        ),
        Kind::Record => say(
            Shape::Saving,
            match one.image.as_ref().map(|image| &image.status) {
                Some(ImageStatus::Queued) | None => tr("Waits for its data"),
                Some(_) => tr("Receiving data"),
            },
            tr("Nothing in this browser sends to it. Unless a colleague or another program does, its data will never be whole: remove it and upload the file again.").to_owned(),
        ),
        Kind::Objects => say(
            Shape::Queued,
            tr("In the object store"),
            tr("This browser does not remember the upload they belong to: it may still go on in another browser or on another computer. They expire by themselves.").to_owned(),
        ),
        Kind::Probes(images) => say(
            Shape::Queued,
            tr("Not removed"),
            tr_with("{count} hidden records by which it was tried out whether this cloud takes uploads in segments. Nobody needs them.", &[("count", &images.len())]),
        ),
    }
}

/// File and size.
pub(super) fn about(one: &Leftover) -> String {
    match &one.kind {
        Kind::Remembered(known) => {
            let file = &known.entry.file;
            [file.name.clone(), format::bytes(file.content_bytes())].join(" · ")
        }
        Kind::Record => {
            one.image.as_ref().map_or_else(String::new, |image| image.id.as_str().to_owned())
        }
        Kind::Objects => format::count(one.objects.len(), "object", "objects"),
        Kind::Probes(_) => String::new(),
    }
}

/// What removing it means.
pub(super) fn removing(one: &Leftover) -> String {
    match &one.kind {
        Kind::Remembered(_) if one.is_there() => tr("The image stays. What helped to upload it is removed from the object store.").to_owned(),
        Kind::Remembered(_) => tr("The image’s record and what was sent are removed. The file on this computer is not touched.").to_owned(),
        Kind::Record => tr("The image’s record is removed. Should a colleague or another program be sending to it, that breaks off.").to_owned(),
        Kind::Objects => tr("The upload’s notes are removed, and the segments of all your uploads in this project unless another of them is under way. Should it still go on in another browser, it sends them again.").to_owned(),
        Kind::Probes(_) => String::new(),
    }
}

/// The shape that another tab has named.
pub(super) fn shape(name: &str) -> Shape {
    const ALL: [Shape; 9] = [
        Shape::Queued,
        Shape::Pending,
        Shape::Uploading,
        Shape::Importing,
        Shape::Saving,
        Shape::Verifying,
        Shape::Paused,
        Shape::Offline,
        Shape::Deleting,
    ];
    ALL.into_iter().find(|shape| shape.name() == name).unwrap_or(Shape::Uploading)
}

/// Why it does not go on.
pub(super) fn not_gone(why: &NotGone) -> String {
    match why {
        NotGone::OtherFile { chosen, meant } => tr_with(
            "This is not the file: {chosen} has {size}, and {meant} had {wanted}.",
            &[
                ("chosen", &chosen.name),
                ("size", &exactly(chosen.size_bytes)),
                ("meant", &meant.name),
                ("wanted", &exactly(meant.size_bytes)),
            ],
        ),
        NotGone::OtherFormat { chosen, format, wanted } => tr_with(
            "This is not the file: {chosen} is {format}, and the image’s record is for {wanted}.",
            &[("chosen", chosen), ("format", format), ("wanted", wanted)],
        ),
        NotGone::Unreadable(why) => tr_with(
            "The file cannot be read: it was moved or removed, or is not to be read by this page. Choose it again. The browser says: {why}",
            &[("why", why)],
        ),
        NotGone::Refused => {
            tr("The browser does not let this page read the file again. Choose it once more.")
                .to_owned()
        }
        NotGone::Closed => String::new(),
        NotGone::Nothing => tr("There is nothing to go on with any more.").to_owned(),
    }
}

/// To the byte: files of nearly the same size are told apart.
fn exactly(size_bytes: u64) -> String {
    tr_with("{count} bytes", &[("count", &format::thousands(size_bytes))])
}

/// What became of something that was removed, shape and word.
pub(super) fn end(removed: &Removed) -> (Shape, &'static str) {
    match (removed.failed.is_empty(), removed.arrived.is_empty()) {
        (false, _) => (Shape::Failed, tr("Not all could be removed")),
        (true, false) => (Shape::Active, tr("Active")),
        (true, true) => (Shape::Done, tr("Removed")),
    }
}

/// How it was called.
pub(super) fn name_of(done: &Done) -> String {
    done.name.clone().unwrap_or_else(|| tr("Traces of an upload").to_owned())
}

/// What was removed; `None` when nothing was there.
pub(super) fn removed(removed: &Removed) -> Option<String> {
    let mut parts = Vec::new();
    match removed.records.as_slice() {
        [] => {}
        [one] => parts.push(tr_with("the record of {name}", &[("name", one)])),
        several => parts.push(format::count(several.len(), "record", "records")),
    }
    if removed.objects > 0 {
        parts.push(format::count(removed.objects, "note or manifest", "notes and manifests"));
    }
    if removed.segments > 0 {
        let count = format::count(removed.segments, "segment", "segments");
        parts.push(match removed.segments_bytes {
            0 => count,
            bytes => format!("{count} ({})", format::bytes(bytes)),
        });
    }
    let mut sentences = Vec::new();
    if !parts.is_empty() {
        sentences.push(tr_with("Removed: {parts}.", &[("parts", &parts.join(", "))]));
    }
    for name in &removed.arrived {
        sentences.push(tr_with(
            "The data of {name} has arrived meanwhile: the image stays.",
            &[("name", name)],
        ));
    }
    if removed.shared {
        sentences.push(
            tr("Its segments stay until they expire, as another upload of yours may need them.")
                .to_owned(),
        );
    }
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// One thing that could not be removed.
pub(super) fn what(what: &What) -> String {
    match what {
        What::Record(name) => tr_with("The record of {name}", &[("name", name)]),
        What::Object(name) => name.clone(),
        What::Listing => tr("What is in the object store").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removing_says_what_was_removed() {
        let check = |one: Removed, expected: Option<&str>| {
            assert_eq!(removed(&one).as_deref(), expected);
        };
        check(Removed::default(), None);
        let records = vec!["golden".to_owned()];
        check(
            Removed { records, objects: 1, ..Removed::default() },
            Some("Removed: the record of golden, 1 note or manifest."),
        );
        check(
            Removed { objects: 3, segments: 2, segments_bytes: 64_000_000, ..Removed::default() },
            Some("Removed: 3 notes and manifests, 2 segments (64 MB)."),
        );
        let arrived = vec!["golden".to_owned()];
        check(
            Removed { arrived, ..Removed::default() },
            Some("The data of golden has arrived meanwhile: the image stays."),
        );
        let shared = removed(&Removed { shared: true, ..Removed::default() }).unwrap();
        assert!(shared.contains("until they expire"), "{shared}");
    }
}
