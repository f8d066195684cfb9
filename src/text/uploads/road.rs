//! The roads that a file can take, in words: which, why, and what an operator would have to change for the other one.

use super::{format, joined, quoted, tr, tr_with};
use crate::uploads::{CanaryStep, Road, RoadChoice, WhyDirect, WhyRoad};

/// How a file travels: "In parts".
pub fn road(road: Road) -> &'static str {
    match road {
        Road::Direct => tr("In one piece"),
        Road::Segments => tr("In parts"),
        Road::Url => tr("By the cloud"),
    }
}

/// "320 parts of 32 MiB".
pub fn parts(size_bytes: u64, segment_bytes: u64) -> String {
    let count = size_bytes.div_ceil(segment_bytes.max(1)).max(1);
    match count {
        1 => tr("1 part").to_owned(),
        _ => tr_with(
            "{count} parts of {size}",
            &[("count", &format::thousands(count)), ("size", &format::binary(segment_bytes))],
        ),
    }
}

/// What leaving or closing the tab does to a job, for the tray's foot.
pub fn leaving(road: Road) -> &'static str {
    match road {
        Road::Direct => tr("Leave this tab open: closing it breaks off what is being sent."),
        Road::Segments => {
            tr("Leave this tab open to keep sending. Closing it loses nothing that has arrived.")
        }
        Road::Url => tr("The cloud goes on by itself when this tab is closed."),
    }
}

/// Why a file takes the road that it takes, in a sentence or two.
pub fn why_road(choice: &RoadChoice, size_bytes: u64, segment_bytes: u64) -> String {
    match &choice.why {
        WhyRoad::Large => tr_with(
            "Sent in {parts}: survives a lost line, a closed tab and a restart.",
            &[("parts", &parts(size_bytes, segment_bytes))],
        ),
        WhyRoad::Small => {
            tr("Sent in one piece: it is small enough to be sent again, should the line break.")
                .to_owned()
        }
        WhyRoad::Cannot(why) => joined(&[
            tr("Sent in one piece; if the line breaks, it starts again from its beginning.")
                .to_owned(),
            why_direct(why).text,
        ]),
    }
}

/// Why a file cannot travel in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The reason, and what the user can do.
    pub text: String,
    /// What an operator would have to change.
    pub operator: Option<String>,
    /// Commands that anybody in the project can run once, one a line.
    pub commands: Vec<String>,
}

/// Why a file cannot travel in parts, and what would have to change.
pub fn why_direct(why: &WhyDirect) -> Closed {
    let closed = |text: String, operator: Option<&str>| Closed {
        text,
        operator: operator.map(str::to_owned),
        commands: Vec::new(),
    };
    match why {
        WhyDirect::TooSmall => closed(tr("There is nothing in it that could be cut.").to_owned(), None),
        WhyDirect::NoObjectStore => closed(
            tr("This region has no object store, and parts need a place where they wait for each other.").to_owned(),
            Some(tr("A service of the type object-store in the catalogue of this region.")),
        ),
        WhyDirect::NoImportMethod => closed(
            tr("This cloud’s image service fetches nothing by itself, so it cannot put parts together.").to_owned(),
            Some(tr("web-download among enabled_import_methods of Glance.")),
        ),
        WhyDirect::ReadOnly => closed(
            tr("Your role only lets you look; parts need the right to write into the object store.").to_owned(),
            Some(tr("A role for you that Swift’s operator_roles name, member for instance.")),
        ),
        WhyDirect::StoreClosed { commands } => Closed {
            text: tr("The object store does not let this page in.").to_owned(),
            operator: Some(tr("The address of this page in cors_allow_origin of Swift’s proxy, and delay_auth_decision = True in its authtoken filter. For this project alone these commands are enough, run once:").to_owned()),
            commands: commands.clone(),
        },
        WhyDirect::NoTempUrl => closed(
            tr("The object store gives out no addresses for a limited time, by which the image service could fetch the parts.").to_owned(),
            Some(tr("tempurl in the pipeline of Swift’s proxy, with sha256 or sha512 among its allowed_digests.")),
        ),
        WhyDirect::NoLargeObjects => closed(
            tr("The object store does not join parts to one object, or not as many as are needed.").to_owned(),
            Some(tr("slo in the pipeline of Swift’s proxy, with max_manifest_segments at its usual 1000.")),
        ),
        WhyDirect::Insecure => closed(
            tr("The object store is not reached by HTTPS, so anybody on the way could read what is sent.").to_owned(),
            Some(tr("An https address for the object store in the catalogue.")),
        ),
        WhyDirect::StoreRefused { status, message } => closed(
            joined(&[
                tr_with("The object store refuses ({status}).", &[("status", status)]),
                quoted(message),
            ]),
            Some(match status {
                401 | 403 => tr("A role for you that Swift’s operator_roles name, member for instance."),
                413 => tr("More room in the object store for this project: its quota is used up."),
                _ => tr("The object store’s log says why it refused."),
            }),
        ),
        WhyDirect::CanaryFailed { step, status, message } => canary(*step, *status, message),
        WhyDirect::Unreachable { message } => closed(
            joined(&[
                tr("Whether this cloud takes parts could not be found out: it did not answer.").to_owned(),
                quoted(message),
                tr("It is asked again the next time.").to_owned(),
            ]),
            None,
        ),
    }
}

/// The trial of 4 KiB did not arrive.
fn canary(step: CanaryStep, status: Option<u16>, message: &str) -> Closed {
    let (text, operator) = match step {
        CanaryStep::Record => (
            tr("A trial with 8 KiB failed: no image record could be made."),
            Some(tr("The policy add_image of Glance for your role, and room in its quotas.")),
        ),
        CanaryStep::Open => (
            tr("A trial with 8 KiB failed: the container for the parts could not be opened."),
            Some(tr("The right to make containers in Swift for your role.")),
        ),
        CanaryStep::List => (
            tr("A trial with 8 KiB failed: the container could not be listed."),
            Some(tr("The right to list containers in Swift for your role.")),
        ),
        CanaryStep::Segment => (
            tr("A trial with 8 KiB failed: the object store took no part."),
            Some(tr(
                "Room in the object store’s quota, and CORS for PUT from the address of this page.",
            )),
        ),
        CanaryStep::Manifest => (
            tr("A trial with 8 KiB failed: the object store did not join the parts."),
            Some(tr("slo in the pipeline of Swift’s proxy.")),
        ),
        CanaryStep::Import => (
            tr("A trial with 8 KiB failed: the image service would not begin to fetch."),
            Some(tr(
                "web-download among enabled_import_methods of Glance, and the port of the object store among allowed_ports of [import_filtering_opts].",
            )),
        ),
        CanaryStep::Fetch => (
            tr(
                "A trial with 8 KiB failed: the image service could not fetch from the object store.",
            ),
            Some(tr(
                "From Glance’s hosts the public address of the object store must be reachable: its name, its port among allowed_ports of [import_filtering_opts] (80 and 443 unless changed), its certificate trusted, room in the staging folder.",
            )),
        ),
        CanaryStep::Compare => (
            tr(
                "A trial with 8 KiB came out as something else: this cloud changes images while it imports them.",
            ),
            Some(tr(
                "Without the plug-ins image_conversion and image_decompression of [image_import_opts] what arrives is what was sent.",
            )),
        ),
        CanaryStep::Other => (tr("A trial with 8 KiB failed."), None),
    };
    let answer = status.map(|status| tr_with("The answer was {status}.", &[("status", &status)]));
    Closed {
        text: joined(&[text.to_owned(), answer.unwrap_or_default(), quoted(message)]),
        operator: operator.map(str::to_owned),
        commands: Vec::new(),
    }
}
