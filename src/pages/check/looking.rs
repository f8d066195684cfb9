//! Looks at a cloud from this browser. It decides nothing: what it finds goes to `rules`.
//!
//! A page is not told why a request failed. So whatever fails is asked once more as an opaque request, whose answer nobody may
//! read and which carries nothing: if that succeeds, something answers there and does not let this page in.

use std::future::Future;
use std::time::Duration;

use futures_util::future::{Either, join, join_all, select};
use leptos::prelude::*;
use openstack::endpoint::{version_root, versioned};
use openstack::{Client, Method, Request, Service, Transport, TransportError, image, object_store};

use super::found::{Answer, Here, Looked, Own, Reply, Site, is_page, versions};
use super::questions::questions;
use crate::cloud::Cloud;
use crate::config::CloudConfig;
use crate::fetch::{self, FetchTransport};
use crate::uploads::{UPLOADS_CONTAINER, opening_commands};

/// How long an answer may take here: who looks for trouble wants to know soon.
const PATIENCE: Duration = Duration::from_secs(15);

/// The browser says in a task of its own that the page's policy forbade a request.
const MOMENT: Duration = Duration::from_millis(50);

/// What is looked at, and from where.
#[derive(Clone)]
pub(super) struct Target {
    /// The page.
    pub here: Here,
    /// The cloud of the configuration.
    pub settings: CloudConfig,
    /// The same, signed in to.
    pub cloud: Option<Cloud>,
    /// Addresses that the page's own policy has forbidden since the page was opened.
    pub forbidden: StoredValue<Vec<String>>,
}

impl Target {
    /// Where a service is.
    pub(super) fn site(&self, service: Service) -> Site {
        let found = match (service, &self.cloud) {
            (Service::Identity, _) => Some(versioned(service, &self.settings.auth_url)),
            (_, Some(cloud)) => match cloud.client().endpoints().base(service) {
                Some(base) => Some(base.to_owned()),
                None => return Site::Absent,
            },
            (_, None) => self.settings.endpoints.get(&service).map(|url| versioned(service, url)),
        };
        match found {
            Some(url) if url.starts_with('/') => Site::At(format!("{}{url}", self.here.origin)),
            Some(url) => Site::At(url),
            None => Site::Untold,
        }
    }

    fn is_forbidden(&self, url: &str) -> bool {
        self.forbidden.with_value(|all| {
            all.iter().any(|forbidden| !forbidden.is_empty() && url.starts_with(forbidden.as_str()))
        })
    }
}

/// Looks at one service.
pub(super) async fn look(target: Target, service: Service) -> Looked {
    let site = target.site(service);
    let mut looked =
        Looked { service, site, simple: None, asks: Vec::new(), own: Own::none_of(service) };
    let Some(base) = looked.address().map(str::to_owned) else { return looked };
    looked.simple = Some(ask(&target, plain(simplest(service, &base))).await);
    if looked.answer().is_none() {
        return looked;
    }
    let token = match &target.cloud {
        Some(cloud) => cloud.client().token().await.ok().map(|(token, _)| token),
        None => None,
    };
    let elsewhere = !target.here.is_own(&base);
    let questions = questions(service, &base, elsewhere, token.is_some());
    let asks = join_all(questions.into_iter().map(|question| {
        let (target, token) = (&target, token.as_ref().map(|token| token.reveal()));
        async move {
            let request = question.request(token);
            let reply = match ask(target, request.clone()).await {
                reply @ Reply::Read(_) => reply,
                // A line that broke once is no verdict.
                _ => ask(target, request).await,
            };
            (question.ask, reply)
        }
    }));
    let own = async {
        match &target.cloud {
            Some(cloud) => own(cloud.client(), service, elsewhere).await,
            None => Own::none_of(service),
        }
    };
    (looked.asks, looked.own) = join(asks, own).await;
    looked
}

/// What needs no permission and tells the versions.
fn simplest(service: Service, base: &str) -> String {
    let versioned = version_root(base);
    let root = versioned.rsplit_once('/').map_or(versioned, |(root, _)| root);
    match service {
        Service::Identity => base.to_owned(),
        Service::Image => format!("{root}/versions"),
        // Its list of all versions has no CORS in older releases.
        Service::Compute => format!("{versioned}/"),
        Service::Network | Service::Volume => format!("{root}/"),
        Service::ObjectStore => format!("{root}/info"),
    }
}

fn plain(url: String) -> Request {
    Request { method: Method::Get, url, headers: Vec::new(), body: None }
}

/// What only one service has.
async fn own(client: &Client<FetchTransport>, service: Service, elsewhere: bool) -> Own {
    match service {
        Service::Image => {
            let (methods, stores) =
                join(image::import_methods(client), image::stores(client)).await;
            let stores = stores.map(|stores| stores.items);
            Own::Image { methods: Some(methods), stores: Some(stores) }
        }
        Service::ObjectStore => {
            let container = async {
                match elsewhere {
                    true => Some(
                        object_store::container_show(client, UPLOADS_CONTAINER).await.map(drop),
                    ),
                    false => None,
                }
            };
            let (info, container) = join(object_store::info(client), container).await;
            Own::Store { info: Some(info), container, opening: opening_commands() }
        }
        other => Own::none_of(other),
    }
}

async fn ask(target: &Target, request: Request) -> Reply {
    let url = request.url.clone();
    if target.here.is_mixed(&url) {
        return Reply::Mixed;
    }
    match in_time(FetchTransport.send(request)).await {
        Ok(response) => Reply::Read(Answer {
            status: response.status,
            has_request_id: response.header("x-openstack-request-id").is_some(),
            is_page: is_page(&response.body),
            versions: versions(&response.body),
        }),
        Err(TransportError::Timeout) => Reply::Slow,
        Err(_) => why_unread(target, &url).await,
    }
}

async fn why_unread(target: &Target, url: &str) -> Reply {
    FetchTransport.sleep(MOMENT).await;
    if target.is_forbidden(url) {
        return Reply::Forbidden;
    }
    if target.here.is_own(url) {
        return Reply::Silent;
    }
    match in_time(fetch::answers(url)).await {
        Ok(()) => Reply::Hidden,
        Err(TransportError::Timeout) => Reply::Slow,
        Err(_) => Reply::Silent,
    }
}

/// The request is given up when its time is over.
async fn in_time<T>(
    work: impl Future<Output = Result<T, TransportError>>,
) -> Result<T, TransportError> {
    match select(Box::pin(work), Box::pin(FetchTransport.sleep(PATIENCE))).await {
        Either::Left((done, _)) => done,
        Either::Right(((), _)) => Err(TransportError::Timeout),
    }
}
