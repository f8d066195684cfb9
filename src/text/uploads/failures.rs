//! Why an upload failed: what happened, what to do next, and what an operator of the cloud would have to change.
//!
//! What is kept is not said here: `endings` knows it from what the engine left behind.

use upload::{Failure, Mismatch, StoreStep};

use crate::worker::NOT_LOADED;

use super::{format, joined, quoted, tr, tr_with};

/// A failure in words.
pub(super) struct Advice {
    /// What happened, and what the cloud said of it.
    pub(super) happened: String,
    /// What to do next.
    pub(super) next: String,
    /// What an operator would have to change, where that is the cause.
    pub(super) operator: Option<String>,
}

/// What happened, what to do next, what an operator would have to change.
pub(super) fn advice(reason: &Failure) -> Advice {
    let (happened, next, operator) = match reason {
        Failure::RecordRefused { status, message } => record_refused(*status, message),
        Failure::NoReplyToCreate => (
            tr("The cloud did not answer when the image was to be made. Nothing was sent.").to_owned(),
            tr("Try again."),
            None,
        ),
        Failure::ContentRefused { message } => (
            joined(&[
                tr("The cloud looked into the file and refused it (415): it is not what the disk format says, or not safe.").to_owned(),
                quoted(message),
            ]),
            tr("Choose the right format, or convert the file with qemu-img, and create the image again."),
            Some(tr("Only if the file is right all the same: require_image_format_match in [image_format] of Glance.")),
        ),
        Failure::Refused { status, message } => data_refused(*status, message),
        Failure::Gone => (
            tr("Somebody deleted the image meanwhile.").to_owned(),
            tr("Try again, which makes a new one."),
            None,
        ),
        Failure::KeepsBreaking { breaks, last } => keeps_breaking(*breaks, last.as_ref()),
        Failure::Unreachable => (
            tr("The cloud could not be reached to see what became of the image.").to_owned(),
            tr("Look at it in the list before you send the file again."),
            None,
        ),
        Failure::OddState { status } => (
            tr_with("The image is “{status}”, which no upload leads to. Somebody else may work on it.", &[("status", status)]),
            tr("Look at its page; try again to make another one."),
            None,
        ),
        Failure::HashFailed { message } if message == NOT_LOADED => (
            tr("The part of the console that computes checksums could not be loaded, so the image could not be verified.").to_owned(),
            tr("The console may have been updated: reload the tab, then choose the file again."),
            None,
        ),
        Failure::HashFailed { message } => (
            tr_with("The file could not be read to its end, so the image could not be verified: {message}.", &[("message", message)]),
            tr("Was it changed, moved, or on a disk that was unplugged? Choose it again."),
            None,
        ),
        Failure::Mismatch(Mismatch::Size { ours_bytes, theirs_bytes }) => {
            let theirs = match theirs_bytes {
                Some(bytes) => tr_with("{bytes} bytes", &[("bytes", &format::thousands(*bytes))]),
                None => tr("no size").to_owned(),
            };
            (
                tr_with(
                    "The cloud has {theirs}, the file {ours} bytes: it was damaged on the way, or the file changed meanwhile.",
                    &[("theirs", &theirs), ("ours", &format::thousands(*ours_bytes))],
                ),
                tr("Try again."),
                None,
            )
        }
        Failure::Mismatch(Mismatch::Sha512 { .. }) => (
            tr("The cloud’s SHA-512 differs from the file’s: it was damaged on the way, or the file changed meanwhile.").to_owned(),
            tr("Try again. If it differs again, ask the cloud’s support."),
            Some(tr("Plug-ins of [image_import_opts] that convert or unpack images change their hash.")),
        ),
        Failure::SourceChanged => (
            tr("The file changed while it was sent.").to_owned(),
            tr("Stop what writes to it, a running machine for instance, and choose it again."),
            None,
        ),
        Failure::StoreRefused { step, status, message } => store_refused(*step, *status, message),
        Failure::StoreSilent { step, quota_bytes, missing_bytes } => {
            store_silent(*step, *quota_bytes, *missing_bytes)
        }
        Failure::StoreFull { missing_bytes, quota_bytes, message } => (
            joined(&[
                match missing_bytes {
                    0 => tr("There is no room in the object store to join the parts; all of them have arrived.").to_owned(),
                    missing => tr_with("There is no room in the object store: {size} are still to be sent.", &[("size", &format::bytes(*missing))]),
                },
                quota(*quota_bytes),
                quoted(message),
            ]),
            tr("Delete objects that are no longer needed, then try again; or send the file in one piece."),
            Some(tr("A larger quota for the container slipway-uploads or for the project’s account.")),
        ),
        Failure::ImportRefused { status, message } => (
            joined(&[
                tr_with("All parts have arrived, but the cloud refused to make an image of them ({status}).", &[("status", status)]),
                quoted(message),
            ]),
            tr("Try again later, or send the file in one piece."),
            Some(tr("web-download among enabled_import_methods of Glance, and the port of the object store among allowed_ports of [import_filtering_opts].")),
        ),
        Failure::ImportFailed { message } => (
            joined(&[
                tr("All parts have arrived, but the cloud could not make an image of them.").to_owned(),
                quoted(message),
            ]),
            tr("Check that the file is what the disk format says. Trying again sends no part twice."),
            Some(tr("From Glance’s hosts the public address of the object store must be reachable, and its staging folder must have room for the whole file. Glance’s log says more.")),
        ),
        Failure::ImportStuck => (
            tr("All parts have arrived, but the cloud’s import neither ends nor fails: what did it there has died.").to_owned(),
            tr("Try again, which makes a new record of the same parts."),
            Some(tr("A glance-api process ended during the import; the image stays “importing” until it is deleted.")),
        ),
        Failure::SignedOut => (
            tr("You signed out before it was done, so nothing more could be sent or removed.").to_owned(),
            tr("Sign in and try again."),
            None,
        ),
    };
    Advice { happened, next: next.to_owned(), operator: operator.map(str::to_owned) }
}

type Words = (String, &'static str, Option<&'static str>);

fn record_refused(status: u16, message: &str) -> Words {
    let happened = joined(&[
        tr_with(
            "The cloud refused to make the image ({status}). Nothing was sent.",
            &[("status", &status)],
        ),
        quoted(message),
    ]);
    let (next, operator) = match status {
        401 | 403 => (
            tr("Ask for the right to make images in this project."),
            Some(tr("The policy add_image of Glance for your role.")),
        ),
        413 => (
            tr("A quota is reached: delete an image that you no longer need, then try again."),
            Some(tr("The limits image_count_total and image_size_total of the project.")),
        ),
        400..=499 => (tr("Change what it names in the form, and create the image again."), None),
        _ => (tr("Try again in a while. If it stays so, ask the cloud’s support."), None),
    };
    (happened, next, operator)
}

fn data_refused(status: u16, message: &str) -> Words {
    let (happened, next, operator) = match status {
        413 => (
            tr("The cloud takes no more data (413): a quota or its largest size is reached."),
            tr("Delete something you no longer need, then try again."),
            Some(tr(
                "The limit image_size_total of the project, image_size_cap of Glance, and the largest body that a proxy before it lets through.",
            )),
        ),
        401 | 403 => (
            tr("The cloud does not let you send data to this image (403)."),
            tr("Ask for the right to upload images in this project."),
            Some(tr("The policy upload_image of Glance for your role.")),
        ),
        409 => (
            tr("The image already receives data from elsewhere (409)."),
            tr("Look at it in the list; try again to make another one."),
            None,
        ),
        _ => {
            return (
                joined(&[
                    tr_with("The cloud refused the data ({status}).", &[("status", &status)]),
                    quoted(message),
                ]),
                tr("Try again in a while. If it stays so, ask the cloud’s support."),
                None,
            );
        }
    };
    (joined(&[happened.to_owned(), quoted(message)]), next, operator)
}

fn keeps_breaking(breaks: u32, last: Option<&(u16, String)>) -> Words {
    let answer = last.map(|(status, message)| {
        joined(&[
            tr_with("The cloud’s last answer was {status}.", &[("status", status)]),
            quoted(message),
        ])
    });
    (
        joined(&[
            tr_with("The connection broke {breaks} times.", &[("breaks", &breaks)]),
            answer.unwrap_or_default(),
        ]),
        tr(
            "Try again when the line is better. Sent in parts, where the cloud can do that, a break costs one part only.",
        ),
        Some(tr("A proxy before the service that limits how large or how long a request may be.")),
    )
}

/// What the object store was asked for, after "when": "a part was sent".
fn asked(step: StoreStep) -> &'static str {
    match step {
        StoreStep::Open => tr("the container for the parts was opened"),
        StoreStep::List => tr("it was asked which parts it has"),
        StoreStep::Segment => tr("a part was sent"),
        StoreStep::Manifest => tr("the parts were put together"),
        StoreStep::Lease => tr("the upload was noted down there"),
    }
}

fn store_refused(step: StoreStep, status: u16, message: &str) -> Words {
    let happened = joined(&[
        tr_with(
            "The object store refused when {asked} ({status}).",
            &[("asked", &asked(step)), ("status", &status)],
        ),
        quoted(message),
    ]);
    let (next, operator) = match (status, step) {
        (401 | 403, _) => (
            tr(
                "Ask for the right to write into the project’s object store, or send the file in one piece.",
            ),
            Some(tr("A role for you that Swift’s operator_roles name, member for instance.")),
        ),
        (413, _) => (
            tr(
                "Delete objects that are no longer needed, then try again; or send the file in one piece.",
            ),
            Some(tr(
                "A larger quota for the container slipway-uploads or for the project’s account.",
            )),
        ),
        (_, StoreStep::Open | StoreStep::List) => (
            tr("Try again in a while, or send the file in one piece."),
            Some(tr("The right to make and list containers in Swift for your role.")),
        ),
        (_, StoreStep::Manifest) => (
            tr("Try again: parts that are gone meanwhile are sent anew."),
            Some(tr(
                "slo in the pipeline of Swift’s proxy, with max_manifest_segments at its usual 1000.",
            )),
        ),
        (_, StoreStep::Segment | StoreStep::Lease) => (
            tr("Try again in a while, or send the file in one piece."),
            Some(tr("The object store’s log says why it refused.")),
        ),
    };
    (happened, next, operator)
}

fn store_silent(step: StoreStep, quota_bytes: Option<u64>, missing_bytes: u64) -> Words {
    let missing = match missing_bytes {
        0 => String::new(),
        size => tr_with("{size} are still to be sent.", &[("size", &format::bytes(size))]),
    };
    (
        joined(&[
            tr_with(
                "The object store gave no answer that a page may see when {asked}, again and again, although the network is there. Mostly that hides a full quota or a limit on requests.",
                &[("asked", &asked(step))],
            ),
            quota(quota_bytes),
            missing,
        ]),
        tr("Make room in the object store and try again, or send the file in one piece."),
        Some(tr(
            "Refusals by quota (413) and rate limit (498, 429) carry no CORS headers and are hidden from pages: the log of Swift’s proxy shows them.",
        )),
    )
}

fn quota(quota_bytes: Option<u64>) -> String {
    quota_bytes.map_or_else(String::new, |size| {
        tr_with("The container may hold {size}.", &[("size", &format::bytes(size))])
    })
}
