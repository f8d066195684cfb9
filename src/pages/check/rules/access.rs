//! Whether a page of this origin may ask a service what the console asks, and read what it reads (CORS).

use openstack::{ErrorKind, Service};

use super::{Line, program};
use crate::pages::check::found::{Ask, Here, Looked, Own, Reply};
use crate::pages::check::mend;
use crate::text::{tr, tr_with};

const ALLOW: &str = "CORS allow";
const EXPOSE: &str = "CORS expose";

/// What is let in and what may be read.
pub(super) fn lines(looked: &Looked, url: &str, here: &Here) -> Vec<Line> {
    let mut lines = Vec::new();
    if here.is_own(url) {
        lines.push(Line::fine(
            ALLOW,
            tr("It is of the same origin as this page, so it need not let it in."),
        ));
    } else {
        lines.push(allow(looked, here));
        lines.extend(expose(looked, here));
    }
    lines.extend(sign_in(looked));
    lines
}

/// It answers, and the browser keeps the answer from the page.
pub(super) fn closed(service: Service, url: &str, here: &Here) -> Line {
    let text = tr_with(
        "{program} answers, but the browser keeps the answers from this page, as they do not name {origin}: nothing of it works here. (An error of a proxy before it looks the same: the second line shows what is sent.)",
        &[("program", &program(service)), ("origin", &here.origin)],
    );
    Line::wrong(ALLOW, text)
        .mended(mend::let_in(service, here))
        .mended(mend::ask_as_the_page(url, here))
}

fn allow(looked: &Looked, here: &Here) -> Line {
    let service = looked.service;
    if let Own::Store { container, opening, .. } = &looked.own {
        return store(container.as_ref(), opening, here);
    }
    let refused: Vec<String> = looked
        .asks
        .iter()
        .filter(|(_, reply)| !matches!(reply, Reply::Read(_)))
        .map(|(ask, _)| words(ask))
        .collect();
    if !refused.is_empty() {
        let text = tr_with(
            "It lets {origin} in, but not with everything that Slipway sends. The browser may not send: {requests}. What needs that fails as if the network were down.",
            &[("origin", &here.origin), ("requests", &refused.join("; "))],
        );
        return Line::wrong(ALLOW, text).mended(mend::let_ask(service, here));
    }
    if looked.asks.is_empty() {
        return Line::unlooked(
            ALLOW,
            tr_with(
                "It lets {origin} in. Whether with everything that Slipway sends shows after a sign-in.",
                &[("origin", &here.origin)],
            ),
        );
    }
    let mut methods: Vec<&str> = looked.asks.iter().map(|(ask, _)| ask.method.as_str()).collect();
    methods.sort_unstable();
    methods.dedup();
    Line::fine(
        ALLOW,
        tr_with(
            "It lets {origin} in, with {methods} and the headers that Slipway sends.",
            &[("origin", &here.origin), ("methods", &methods.join(", "))],
        ),
    )
}

/// The object store has rules of its own: containers say whom they let in, the proxy for all of them.
fn store(
    container: Option<&Result<(), openstack::ApiError>>,
    opening: &[String],
    here: &Here,
) -> Line {
    match container {
        None => Line::unlooked(ALLOW, tr("Whether it lets this page at containers shows after a sign-in.")),
        Some(Ok(())) => Line::fine(ALLOW, tr_with("It lets {origin} at the container of the uploads.", &[("origin", &here.origin)])),
        Some(Err(error)) if error.kind == ErrorKind::Unreachable => Line::missing(
            ALLOW,
            tr_with(
                "It keeps its containers from {origin}: files travel in one piece, and a broken line starts them again. Either the operator lets this page at all containers, or the project at this one, once:",
                &[("origin", &here.origin)],
            ),
        )
        .mended(mend::let_in(Service::ObjectStore, here))
        .mended(mend::open_container(opening)),
        Some(Err(error)) => Line::unlooked(ALLOW, refused_by_store(error)),
    }
}

fn refused_by_store(error: &openstack::ApiError) -> String {
    match error.status {
        Some(status @ (401 | 403)) => tr_with(
            "It refuses you ({status}): your role is none of its operator_roles.",
            &[("status", &status)],
        ),
        Some(status) => tr_with("It answered {status} to the question.", &[("status", &status)]),
        None => tr("There was no answer to look at.").to_owned(),
    }
}

fn expose(looked: &Looked, here: &Here) -> Vec<Line> {
    let mut lines = Vec::new();
    if looked.service == Service::Identity {
        lines.push(if here.signed_in {
            Line::fine(EXPOSE, tr("The token can be read (X-Subject-Token): you are signed in."))
        } else {
            Line::unlooked(EXPOSE, tr("Whether the token can be read (X-Subject-Token) shows only a sign-in. If that ends with an answer that could not be read, these lines are missing:"))
                .mended(mend::let_read(looked.service))
        });
    }
    let numbers: Vec<bool> = looked
        .asks
        .iter()
        .filter(|(ask, _)| ask.numbered)
        .filter_map(|(_, reply)| match reply {
            Reply::Read(answer) => Some(answer.has_request_id),
            _ => None,
        })
        .collect();
    if !numbers.is_empty() {
        let title = "CORS expose: X-OpenStack-Request-ID";
        lines.push(if numbers.contains(&true) {
            Line::fine(title, tr("Errors can be shown with the number of their request."))
        } else {
            Line::missing(title, tr("Errors are shown without the number of their request, which support finds them by in the logs."))
                .mended(mend::let_read(looked.service))
        });
    }
    lines
}

/// A service that does not take the token it is shown.
fn sign_in(looked: &Looked) -> Option<Line> {
    let title = tr("Sign-in accepted");
    let program = program(looked.service);
    let (_, reply) = looked.asks.iter().find(|(ask, _)| ask.counts)?;
    let status = match reply {
        Reply::Read(answer) if answer.status == 401 || answer.status >= 500 => answer.status,
        // From another origin the browser may be the one who keeps it back: said above.
        Reply::Silent | Reply::Slow => {
            return Some(Line::wrong(
                title,
                tr_with(
                    "{program} gave no answer when it was asked with your sign-in.",
                    &[("program", &program)],
                ),
            ));
        }
        _ => return None,
    };
    Some(match status {
        401 => Line::wrong(
            title,
            tr_with(
                "{program} does not accept your sign-in (401): its keystonemiddleware cannot ask Keystone, or asks another one. [keystone_authtoken] and its log say which.",
                &[("program", &program)],
            ),
        ),
        _ => Line::wrong(
            title,
            tr_with(
                "{program} failed when it was asked with your sign-in ({status}). Its log says why.",
                &[("program", &program), ("status", &status)],
            ),
        ),
    })
}

/// `PATCH (X-Auth-Token, Content-Type)`.
fn words(ask: &Ask) -> String {
    match ask.headers {
        [] => ask.method.as_str().to_owned(),
        headers => format!("{} ({})", ask.method.as_str(), headers.join(", ")),
    }
}
