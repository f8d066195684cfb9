//! What only Glance and Swift have: imports, stores, joined objects, signed addresses, and the trial that goes through both.

use openstack::ApiError;
use openstack::object_store::{SloLimits, TempUrlDigest, TempUrlLimits};

use super::Line;
use crate::pages::check::found::{Here, Looked, Own, Trial};
use crate::pages::check::mend;
use crate::text::{errors, format, tr, tr_with, uploads};
use crate::uploads::WhyDirect;

/// References that one manifest of an upload has at most.
const REFERENCES: u64 = 512;

/// The lines of a service that only it has.
pub(super) fn lines(looked: &Looked, here: &Here) -> Vec<Line> {
    match &looked.own {
        Own::Nothing => Vec::new(),
        Own::Image { methods, stores } => {
            if !here.signed_in {
                return vec![Line::unlooked(
                    tr("Import methods"),
                    tr("They are told after a sign-in."),
                )];
            }
            [methods.as_ref().map(imports), stores.as_ref().map(kept)]
                .into_iter()
                .flatten()
                .collect()
        }
        Own::Store { info, .. } => match info {
            None => vec![Line::unlooked(
                tr("Uploads in parts"),
                tr("What it can do is asked after a sign-in."),
            )],
            Some(Err(error)) => vec![silent(error)],
            Some(Ok(info)) => vec![joined(info.slo.as_ref()), signed(info.temp_url.as_ref())],
        },
    }
}

fn imports(methods: &Result<Vec<String>, ApiError>) -> Line {
    let title = tr("Import methods");
    match methods {
        Err(error) => Line::unlooked(title, errors::api(error, None).paragraph()),
        Ok(methods) if methods.iter().any(|method| method == "web-download") => Line::fine(
            title,
            tr_with("web-download is among them: {methods}.", &[("methods", &methods.join(", "))]),
        ),
        Ok(methods) => {
            let list = if methods.is_empty() { tr("none").to_owned() } else { methods.join(", ") };
            Line::missing(
                title,
                tr_with("web-download is not among them ({methods}): no image can be made from an address, and large files travel in one piece. Glance needs this line and a restart:", &[("methods", &list)]),
            )
            .mended(mend::fetch_urls(methods))
        }
    }
}

fn kept(stores: &Result<Vec<openstack::image::Store>, ApiError>) -> Line {
    let title = tr("Stores");
    match stores {
        Err(error) => Line::unlooked(title, errors::api(error, None).paragraph()),
        Ok(stores) if stores.is_empty() => Line::fine(title, tr("One, which it does not name.")),
        Ok(stores) => {
            let name = |store: &openstack::image::Store| match store.is_default {
                true => tr_with("{store} (the default)", &[("store", &store.id)]),
                false => store.id.clone(),
            };
            Line::fine(title, stores.iter().map(name).collect::<Vec<_>>().join(", "))
        }
    }
}

/// `/info` is switched off, or a gateway keeps it back.
fn silent(error: &ApiError) -> Line {
    let title = tr("What it can do");
    match error.status {
        Some(status) => Line::missing(
            title,
            tr_with("It does not say ({status} at /info). The trial below tells whether files can travel in parts all the same.", &[("status", &status)]),
        )
        .mended(mend::tell_info()),
        None => Line::unlooked(title, tr("There was no answer to look at.")),
    }
}

fn joined(limits: Option<&SloLimits>) -> Line {
    let title = tr("Joining parts (SLO)");
    match limits {
        None => Line::missing(title, tr("It does not join objects: large files travel in one piece. slo belongs into the pipeline of its proxy:")).mended(mend::join_objects()),
        Some(limits) if limits.max_segments < REFERENCES => Line::missing(
            title,
            tr_with("It joins {count} parts at most, and 512 are needed: large files travel in one piece.", &[("count", &limits.max_segments)]),
        )
        .mended(mend::join_objects()),
        Some(limits) => Line::fine(
            title,
            tr_with(
                "Up to {count} parts in one object, each of {size} or more.",
                &[("count", &format::thousands(limits.max_segments)), ("size", &format::binary(limits.min_segment_bytes))],
            ),
        ),
    }
}

fn signed(limits: Option<&TempUrlLimits>) -> Line {
    let title = tr("Signed addresses (TempURL)");
    let Some(limits) = limits else {
        return Line::missing(title, tr("It signs none, so Glance cannot fetch from it: large files travel in one piece. tempurl belongs into the pipeline of its proxy:")).mended(mend::sign_addresses());
    };
    if !limits.methods.is_empty() && !limits.methods.iter().any(|method| method == "GET") {
        return Line::missing(title, tr("They may not be used with GET, so Glance cannot fetch: large files travel in one piece.")).mended(mend::sign_addresses());
    }
    match limits.best_digest() {
        None => Line::missing(title, tr("None of the digests it allows is one that Slipway can make (sha256, sha512, sha1): large files travel in one piece.")).mended(mend::sign_addresses()),
        Some(TempUrlDigest::Sha1) => Line::fine(title, tr("Signed with sha1, the only digest that it allows; sha256 would be better.")).mended(mend::sign_addresses()),
        Some(TempUrlDigest::Sha256) => Line::fine(title, tr_with("Signed with {digest}.", &[("digest", &"sha256")])),
        Some(TempUrlDigest::Sha512) => Line::fine(title, tr_with("Signed with {digest}.", &[("digest", &"sha512")])),
    }
}

/// What the trial of 8 KiB came to; `None` while it is under way.
pub(super) fn trial(trial: &Trial, store: Option<&str>) -> Option<Line> {
    let title = tr("Trial with 8 KiB");
    Some(match trial {
        Trial::Flying => return None,
        Trial::Unasked => Line::unlooked(
            title,
            tr("It makes a hidden image for a moment, which needs a sign-in."),
        ),
        Trial::Landed(Ok(())) => Line::fine(
            title,
            tr(
                "It went the whole way: into the object store, joined, fetched by Glance, compared, removed again. Files of any size survive a broken line.",
            ),
        ),
        Trial::Landed(Err(why)) => failed(title, why, store),
    })
}

fn failed(title: &'static str, why: &WhyDirect, store: Option<&str>) -> Line {
    let told = uploads::why_direct(why);
    let text = match &told.operator {
        Some(operator) => tr_with(
            "{why} What is needed: {operator}",
            &[("why", &told.text), ("operator", operator)],
        ),
        None => told.text,
    };
    // Nothing was sent; what is missing stands in the lines above, or has to do with who is signed in.
    let unsent = matches!(
        why,
        WhyDirect::ReadOnly
            | WhyDirect::Unreachable { .. }
            | WhyDirect::NoObjectStore
            | WhyDirect::NoImportMethod
            | WhyDirect::StoreClosed { .. }
            | WhyDirect::Insecure
    );
    if unsent {
        return Line::unlooked(title, tr_with("It was not sent. {why}", &[("why", &text)]));
    }
    let line = Line::missing(title, text);
    match mend::trial(why, store) {
        Some(mend) => line.mended(mend),
        None => line,
    }
}
