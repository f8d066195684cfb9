//! Whether a service is there, answers, and answers by HTTPS.

use openstack::Service;

use super::{Line, program};
use crate::pages::check::found::{Answer, Here, Looked, Reply, Site, is_loopback};
use crate::pages::check::mend;
use crate::text::{tr, tr_with};

/// Whether what answered is the service: a page of the console's own host is none.
pub(super) fn is_of_the_service(answer: &Answer, own_origin: bool) -> bool {
    answer.status < 500 && !(own_origin && answer.is_page)
}

/// The first line of a service.
pub(super) fn line(looked: &Looked, here: &Here) -> Line {
    let title = tr("Reachable");
    let url = match &looked.site {
        Site::At(url) => url,
        Site::Untold => {
            return Line::unlooked(
                title,
                tr("Where it is stands in the catalogue, which comes with a sign-in."),
            );
        }
        Site::Absent => return absent(looked.service, here),
    };
    match &looked.simple {
        Some(Reply::Read(answer)) => answered(looked.service, answer, url, here),
        Some(Reply::Hidden) => Line::fine(title, tr("Something answers there.")),
        Some(Reply::Silent) => Line::wrong(
            title,
            tr_with(
                "Nothing answers at {url}. It is down, its name or port is not known here, a firewall is in the way, or the browser does not trust its certificate: it does not tell a page which. Open the address in a tab of its own, or ask from this computer:",
                &[("url", &url)],
            ),
        )
        .mended(mend::ask_by_hand(url)),
        Some(Reply::Slow) => Line::wrong(
            title,
            tr_with("{url} took the question and gave no answer within 15 seconds. A firewall that drops packets looks so, and a service that is overloaded.", &[("url", &url)]),
        )
        .mended(mend::ask_by_hand(url)),
        Some(Reply::Mixed) => Line::wrong(
            title,
            tr_with("The browser did not even ask: this page came by HTTPS, and {url} would answer without.", &[("url", &url)]),
        ),
        Some(Reply::Forbidden) => Line::wrong(
            title,
            tr("The browser did not even ask: the Content-Security-Policy that the console’s host sends does not name this address. Add it to its connect-src:"),
        )
        .mended(mend::widen_policy(url)),
        None => Line::unlooked(title, tr("It was not asked.")),
    }
}

fn answered(service: Service, answer: &Answer, url: &str, here: &Here) -> Line {
    let title = tr("Reachable");
    if answer.status >= 500 {
        return Line::wrong(
            title,
            tr_with(
                "It answers {status}: {program} itself, or the proxy before it, has failed. Its log says why.",
                &[("status", &answer.status), ("program", &program(service))],
            ),
        );
    }
    if is_of_the_service(answer, here.is_own(url)) {
        return Line::fine(title, tr_with("It answers at {url}.", &[("url", &url)]));
    }
    let path = url.strip_prefix(&here.origin).unwrap_or(url);
    let place = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    Line::wrong(
        title,
        tr_with(
            "A web page answers at {url}, not {program}: the console’s host does not forward this path.",
            &[("url", &url), ("program", &program(service))],
        ),
    )
    .mended(mend::forward(service, &format!("/{place}/")))
}

/// What is not possible without a service, and how the catalogue gets to know it.
fn absent(service: Service, here: &Here) -> Line {
    let meaning = match service {
        Service::Identity | Service::Image => {
            tr("The catalogue of this region names none. Without it there is nothing to do here.")
        }
        Service::Compute => {
            tr("The catalogue of this region names none: no instance can be launched or seen.")
        }
        Service::Network => tr(
            "The catalogue of this region names none: networks, addresses and security groups cannot be chosen.",
        ),
        Service::Volume => tr(
            "The catalogue of this region names none: no volume, no instance that starts from one.",
        ),
        Service::ObjectStore => tr(
            "The catalogue of this region names none: large files travel in one piece, and a broken line starts them again.",
        ),
    };
    let line = match service {
        Service::Identity | Service::Image => Line::wrong(tr("Reachable"), meaning),
        _ => Line::missing(tr("Reachable"), meaning),
    };
    line.mended(mend::register(service, here.region.as_deref()))
}

/// Whether what is said to it can be read on the way.
pub(super) fn tls(looked: &Looked, url: &str) -> Line {
    let title = "TLS";
    if url.starts_with("https://") {
        return match &looked.simple {
            Some(Reply::Silent) => Line::unlooked(
                title,
                tr(
                    "There was no answer; whether the certificate is the reason only a tab of its own tells.",
                ),
            ),
            Some(Reply::Slow | Reply::Forbidden) | None => {
                Line::unlooked(title, tr("There was no answer to look at."))
            }
            _ => Line::fine(title, tr("By HTTPS, with a certificate that this browser trusts.")),
        };
    }
    if is_loopback(url) {
        return Line::fine(title, tr("Without HTTPS, but on this very computer."));
    }
    let text = match (looked.service, &looked.simple) {
        (_, Some(Reply::Mixed)) => {
            tr("Without HTTPS a page that came by HTTPS cannot speak to it at all.")
        }
        (Service::Identity, _) => {
            tr("Without HTTPS: everybody on the way can read passwords and tokens.")
        }
        (Service::ObjectStore, _) => tr(
            "Without HTTPS: everybody on the way can read tokens and what is sent. Files are not sent in parts.",
        ),
        _ => tr("Without HTTPS: everybody on the way can read tokens."),
    };
    Line::wrong(title, text).mended(mend::use_https(looked.service, url))
}
