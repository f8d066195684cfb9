//! What a service is asked to learn whether this page may ask what the console asks. Pure: requests, not their sending.
//!
//! Whatever might change something is asked of an id that nothing has: 404 is a good answer, as it can be read.

use openstack::endpoint::version_root;
use openstack::{Method, Request, Service};

use super::found::Ask;

/// What nothing has as its id.
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// Something to ask, with all that goes with it.
pub(super) struct Question {
    /// What it is about.
    pub(super) ask: Ask,
    url: String,
    body: Option<&'static str>,
    media_type: Option<&'static str>,
    version: Option<&'static str>,
}

impl Question {
    /// The request, with the token if it wants one.
    pub(super) fn request(&self, token: Option<&str>) -> Request {
        let value = |name: &str| match name {
            "X-Auth-Token" => token,
            "X-Subject-Token" => Some(NOBODY),
            "OpenStack-API-Version" => self.version,
            "Content-Type" => self.media_type,
            _ => None,
        };
        let headers = self
            .ask
            .headers
            .iter()
            .filter_map(|name| value(name).map(|value| ((*name).to_owned(), value.to_owned())));
        Request {
            method: self.ask.method,
            url: self.url.clone(),
            headers: headers.collect(),
            body: self.body.map(|body| body.as_bytes().to_vec()),
        }
    }
}

const TOKEN: &[&str] = &["X-Auth-Token"];
const TOKEN_TYPE: &[&str] = &["X-Auth-Token", "Content-Type"];
const TOKEN_VERSION: &[&str] = &["X-Auth-Token", "OpenStack-API-Version"];
const TOKEN_VERSION_TYPE: &[&str] = &["X-Auth-Token", "OpenStack-API-Version", "Content-Type"];
const JSON: &str = "application/json";

/// What is asked of a service: of one on the page's own origin only whether it takes the token.
pub(super) fn questions(
    service: Service,
    base: &str,
    elsewhere: bool,
    signed_in: bool,
) -> Vec<Question> {
    let version = match service {
        Service::Compute => Some("compute 2.1"),
        Service::Volume => Some("volume 3.0"),
        _ => None,
    };
    let counting = |path: String, headers| Question {
        ask: Ask { method: Method::Get, headers, numbered: true, counts: true },
        url: path,
        body: None,
        media_type: None,
        version,
    };
    let trying = |method, path: &str, headers, media_type: Option<&'static str>, body| Question {
        ask: Ask { method, headers, numbered: false, counts: false },
        url: format!("{base}{path}"),
        body,
        media_type,
        version,
    };
    let nobody = |path: &str| path.replace("{id}", NOBODY);
    let mut all = Vec::new();
    if service == Service::Identity && elsewhere {
        // A sign-in without a word in it: Keystone calls it malformed, which is an answer.
        all.push(trying(Method::Post, "/auth/tokens", &["Content-Type"], Some(JSON), Some("{}")));
    }
    if !signed_in || service == Service::ObjectStore {
        return all;
    }
    all.push(match service {
        Service::Identity => counting(format!("{base}/auth/projects"), TOKEN),
        Service::Image => counting(format!("{base}/images?limit=1"), TOKEN),
        Service::Compute => counting(format!("{}/", version_root(base)), TOKEN_VERSION),
        Service::Network => counting(format!("{base}/networks?limit=1&fields=id"), TOKEN),
        _ => counting(format!("{base}/limits"), TOKEN_VERSION),
    });
    if !elsewhere {
        return all;
    }
    let (put, post, delete) = (Method::Put, Method::Post, Method::Delete);
    match service {
        Service::Identity => {
            // No token of this name exists; ours is only shown.
            all.push(trying(
                delete,
                "/auth/tokens",
                &["X-Auth-Token", "X-Subject-Token"],
                None,
                None,
            ));
        }
        Service::Image => {
            let patch = Some("application/openstack-images-v2.1-json-patch");
            let octets = Some("application/octet-stream");
            all.push(trying(
                post,
                &nobody("/images/{id}/members"),
                TOKEN_TYPE,
                Some(JSON),
                Some("{}"),
            ));
            all.push(trying(Method::Patch, &nobody("/images/{id}"), TOKEN_TYPE, patch, Some("[]")));
            all.push(trying(put, &nobody("/images/{id}/file"), TOKEN_TYPE, octets, Some("")));
            all.push(trying(delete, &nobody("/images/{id}"), TOKEN, None, None));
        }
        Service::Compute => {
            all.push(trying(
                post,
                &nobody("/servers/{id}/action"),
                TOKEN_VERSION_TYPE,
                Some(JSON),
                Some("{}"),
            ));
            all.push(trying(
                put,
                &nobody("/servers/{id}"),
                TOKEN_VERSION_TYPE,
                Some(JSON),
                Some("{}"),
            ));
            all.push(trying(delete, &nobody("/servers/{id}"), TOKEN_VERSION, None, None));
        }
        Service::Network => {
            all.push(trying(post, "/floatingips", TOKEN_TYPE, Some(JSON), Some("{}")));
            all.push(trying(
                put,
                &nobody("/ports/{id}"),
                TOKEN_TYPE,
                Some(JSON),
                Some("{\"port\":{}}"),
            ));
            all.push(trying(delete, &nobody("/ports/{id}"), TOKEN, None, None));
        }
        Service::Volume => {
            all.push(trying(
                post,
                &nobody("/volumes/{id}/action"),
                TOKEN_VERSION_TYPE,
                Some(JSON),
                Some("{}"),
            ));
            all.push(trying(
                put,
                &nobody("/volumes/{id}"),
                TOKEN_VERSION_TYPE,
                Some(JSON),
                Some("{}"),
            ));
            all.push(trying(delete, &nobody("/volumes/{id}"), TOKEN_VERSION, None, None));
        }
        Service::ObjectStore => {}
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_there_can_be_changed() {
        for service in Service::ALL {
            for question in questions(service, "https://a.example/v3", true, true) {
                let request = question.request(Some("secret"));
                let header = |name: &str| {
                    let found = request.headers.iter().find(|(header, _)| header == name);
                    found.map(|(_, value)| value.as_str())
                };
                let harmless = request.method.is_safe()
                    || request.url.contains(NOBODY)
                    || header("X-Subject-Token") == Some(NOBODY)
                    || request.body.as_deref() == Some(b"{}".as_slice());
                assert!(harmless, "{request:?}");
                assert!(!request.url.contains("secret"), "{request:?}");
                let asked = question.ask.headers.len();
                assert_eq!(request.headers.len(), asked, "what is asked is sent: {request:?}");
            }
        }
    }

    #[test]
    fn on_the_pages_own_origin_only_the_token_is_tried() {
        for service in Service::ALL {
            let own = questions(service, "https://console.example/v3", false, true);
            assert!(own.iter().all(|question| question.ask.counts), "{service:?}");
            assert!(questions(service, "https://console.example/v3", false, false).is_empty());
        }
        let stranger = questions(Service::Identity, "https://a.example/v3", true, false);
        assert!(stranger.iter().all(|question| !question.ask.headers.contains(&"X-Auth-Token")));
    }
}
