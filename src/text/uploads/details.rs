//! What only those want to know who look closely, or whom the cloud's support asks: figures, hashes, requests.

use openstack::time::Offset;

use super::{format, road, tr, tr_with, why_direct};
use crate::uploads::{JobState, Standing, Trouble};

/// A thing known of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detail {
    /// What it is.
    pub term: &'static str,
    /// Its value.
    pub value: String,
    /// It can be pasted somewhere: a hash, an id.
    pub exact: bool,
}

/// All that is known, in order. `offset` is the user's, from UTC.
pub fn details(state: &JobState, offset: Offset) -> Vec<Detail> {
    let mut list = Vec::new();
    let standing = state.phase.standing();
    let mut add = |term, value: String, exact| {
        if !value.is_empty() {
            list.push(Detail { term, value, exact });
        }
    };
    add(tr("Road"), road(state.road).to_owned(), false);
    if let Some(why) = &state.detour {
        add(tr("Why not in parts"), why_direct(why).text, false);
    }
    if let Some(segments) = &state.segments {
        let size = format::binary(segments.segment_bytes);
        let (stored, all) =
            (format::thousands(segments.stored), format::thousands(segments.segments));
        add(
            tr("Parts"),
            tr_with(
                "{stored} of {all} there, {size} each",
                &[("stored", &stored), ("all", &all), ("size", &size)],
            ),
            false,
        );
        if standing == Standing::UnderWay {
            add(
                tr("Under way"),
                tr_with(
                    "{count}, at most {width} at once",
                    &[("count", &segments.in_flight), ("width", &segments.width)],
                ),
                false,
            );
        }
        let amount = |bytes: u64| if bytes == 0 { String::new() } else { format::bytes(bytes) };
        add(tr("There already"), amount(segments.present_bytes), false);
        add(tr("Zeros and repetitions"), amount(segments.repeated_bytes), false);
        // What was cancelled is not sent again.
        if standing != Standing::Cancelled {
            add(tr("Sent again"), amount(segments.resent_bytes), false);
        }
    }
    let hashed =
        state.segments.as_ref().map_or(state.hashed_bytes, |segments| segments.hashed_bytes);
    if let Some(size) = state.size_bytes {
        let (hashed, size) = (format::bytes(hashed.min(size)), format::bytes(size));
        add(
            tr("Hashed"),
            tr_with("{hashed} of {size}", &[("hashed", &hashed), ("size", &size)]),
            false,
        );
    }
    if state.breaks > 0 {
        add(tr("Lost connections"), state.breaks.to_string(), false);
    }
    add("SHA-512", state.sha512.clone().unwrap_or_default(), true);
    add(tr("Image id"), state.image_id.clone().unwrap_or_default(), true);
    for trouble in &state.troubles {
        add(tr("Failed request"), request(trouble, offset), true);
    }
    list
}

/// The same as lines of text, for a message to the cloud's support.
pub fn copied(name: &str, details: &[Detail]) -> String {
    let mut text = name.to_owned();
    for Detail { term, value, .. } in details {
        text.push_str(&format!("\n{term}: {value}"));
    }
    text
}

/// "22 Nov 2026, 21:40:05 PUT /v1/… 503 req-…": when, what, answer, the id that finds it in the cloud's log.
fn request(trouble: &Trouble, offset: Offset) -> String {
    let Trouble { at, request, status, request_id } = trouble;
    let answer = status.map_or_else(|| tr("no answer").to_owned(), |status| status.to_string());
    let id = request_id.as_deref().unwrap_or(tr("no request id"));
    format!("{} · {request} · {answer} · {id}", format::moment(*at, offset))
}
