//! Glance's error answers: WebOb's exceptions, text and HTML, byte for byte as a real Glance sends them.
//!
//! A handler returns a [`Fault`]; the service's outermost layer ([`super::envelope`]) renders it, since only there the
//! request's `Accept` header is known: WebOb answers plain text when the client sent no `Accept`, HTML when it accepts
//! HTML (`*/*` counts: every browser and the `openstack` client), JSON when it accepts only that (webob/exc.py,
//! `generate_response`).

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::Release;
use crate::db::DbError;

/// One refusal, before it is put into words for a certain client.
#[derive(Debug, Clone)]
pub struct Fault {
    status: StatusCode,
    text: Text,
    allow: Option<&'static str>,
    accept_patch: Option<&'static str>,
}

#[derive(Debug, Clone)]
enum Text {
    /// `explanation`, and Glance's own addition to it.
    Usual { explanation: String, detail: String },
    /// 415 names the request's media type in front of the detail.
    MediaType { detail: String },
    /// 405 names the request's method.
    Method,
}

/// A `Result` of anything in this service that can refuse.
pub type Answer<T> = Result<T, Fault>;

impl Fault {
    fn new(status: StatusCode, explanation: impl Into<String>) -> Self {
        let text = Text::Usual { explanation: explanation.into(), detail: String::new() };
        Self { status, text, allow: None, accept_patch: None }
    }

    fn with_detail(status: StatusCode, explanation: &str, detail: impl Into<String>) -> Self {
        let text = Text::Usual { explanation: explanation.to_owned(), detail: detail.into() };
        Self { status, text, allow: None, accept_patch: None }
    }

    /// 400 with the reason.
    pub fn bad_request(explanation: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, explanation)
    }

    /// 403 with the reason.
    pub fn forbidden(explanation: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, explanation)
    }

    /// 403 in WebOb's standard words, the reason behind them.
    pub fn access_denied(detail: impl Into<String>) -> Self {
        Self::with_detail(StatusCode::FORBIDDEN, "Access was denied to this resource.", detail)
    }

    /// 403 of the policy engine: "You are not authorized to complete RULE action."
    pub fn policy(rule: &str) -> Self {
        Self::forbidden(format!("You are not authorized to complete {rule} action."))
    }

    /// 404 with the reason.
    pub fn not_found(explanation: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, explanation)
    }

    /// 404 for an image that is not there, or not for this project to see.
    pub fn no_image(id: &str) -> Self {
        Self::not_found(format!("No image found with ID {id}"))
    }

    /// 404 in WebOb's standard words.
    pub fn nothing_here() -> Self {
        Self::not_found("The resource could not be found.")
    }

    /// 409 with the reason.
    pub fn conflict(explanation: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, explanation)
    }

    /// 409 in WebOb's standard words, the reason behind them.
    pub fn conflict_detail(detail: impl Into<String>) -> Self {
        let explanation = "There was a conflict when trying to complete your request.";
        Self::with_detail(StatusCode::CONFLICT, explanation, detail)
    }

    /// 409 of the state machine (glance/domain/__init__.py, `Image.status`).
    pub fn transition(from: &str, to: &str) -> Self {
        Self::conflict(format!("Image status transition from {from} to {to} is not allowed"))
    }

    /// 410 with the reason.
    pub fn gone(explanation: impl Into<String>) -> Self {
        Self::new(StatusCode::GONE, explanation)
    }

    /// 413 with the reason.
    pub fn too_large(explanation: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, explanation)
    }

    /// 415 with the reason; the request's media type is named in front of it.
    pub fn media_type(detail: impl Into<String>) -> Self {
        let text = Text::MediaType { detail: detail.into() };
        Self { status: StatusCode::UNSUPPORTED_MEDIA_TYPE, text, allow: None, accept_patch: None }
    }

    /// 415 of PATCH, which also says what it would take.
    pub fn patch_media_type(types: &'static str) -> Self {
        let fault = Self::media_type(format!("Image PATCH expects Content-Type one of: {types}"));
        Self { accept_patch: Some(types), ..fault }
    }

    /// The same as this release words it: Glance 28 puts the reason of a 415 where WebOb's page has no place for it.
    #[must_use]
    pub fn for_release(self, release: Release) -> Self {
        match self.text {
            Text::MediaType { .. } if !release.image_media_type_is_explained() => {
                Self { text: Text::MediaType { detail: String::new() }, ..self }
            }
            _ => self,
        }
    }

    /// 405; `allow` lists the methods.
    pub fn method_not_allowed(allow: Option<&'static str>) -> Self {
        let (status, text) = (StatusCode::METHOD_NOT_ALLOWED, Text::Method);
        Self { status, text, allow, accept_patch: None }
    }

    /// 416 with the reason.
    pub fn range(detail: impl Into<String>) -> Self {
        let explanation = "The Range requested is not available.";
        Self::with_detail(StatusCode::RANGE_NOT_SATISFIABLE, explanation, detail)
    }

    /// 500 in WebOb's standard words, as Glance answers whatever it did not foresee.
    pub fn internal() -> Self {
        let words =
            "The server has either erred or is incapable of performing the requested operation.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, words)
    }

    /// 503 with the reason.
    pub fn unavailable(explanation: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, explanation)
    }

    /// The HTTP status of this refusal.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The reason in Glance's words, without the form of an answer around it.
    pub fn reason(&self) -> String {
        match &self.text {
            Text::Usual { explanation, detail } if detail.is_empty() => explanation.clone(),
            Text::Usual { detail, .. } | Text::MediaType { detail } => detail.clone(),
            Text::Method => "The method is not allowed for this resource.".to_owned(),
        }
    }

    /// Puts the refusal into words for the client that sent `headers`.
    pub fn render(&self, method: &Method, headers: &HeaderMap) -> Response {
        let header = |name| headers.get(name).and_then(|v: &HeaderValue| v.to_str().ok());
        let html = self.text.template(method, header(header::CONTENT_TYPE), escape_html);
        let plain = self.text.template(method, header(header::CONTENT_TYPE), str::to_owned);
        let status = format!("{} {}", self.status.as_u16(), title(self.status));
        let (content_type, body) = match preferred(header(header::ACCEPT)) {
            Form::Plain => (
                "text/plain; charset=UTF-8",
                format!("{status}\n\n{}", strip_tags(&plain)),
            ),
            Form::Html => (
                "text/html; charset=UTF-8",
                format!(
                    "<html>\n <head>\n  <title>{status}</title>\n </head>\n <body>\n  \
                     <h1>{status}</h1>\n  {html}\n </body>\n</html>"
                ),
            ),
            Form::Json => (
                "application/json",
                serde_json::json!({ "message": plain, "code": status, "title": title(self.status) })
                    .to_string(),
            ),
        };
        let mut response =
            (self.status, [(header::CONTENT_TYPE, content_type)], body).into_response();
        let out = response.headers_mut();
        if let Some(allow) = self.allow {
            out.insert(header::ALLOW, HeaderValue::from_static(allow));
        }
        if let Some(types) = self.accept_patch {
            out.insert("accept-patch", HeaderValue::from_static(types));
        }
        response
    }
}

impl Text {
    fn template(
        &self,
        method: &Method,
        content_type: Option<&str>,
        escape: impl Fn(&str) -> String,
    ) -> String {
        match self {
            Text::Usual { explanation, detail } => {
                format!("{}<br /><br />\n{}\n\n", escape(explanation), escape(detail))
            }
            Text::MediaType { detail } => format!(
                "The request media type {} is not supported by this server.\n<br /><br />\n{}",
                escape(content_type.unwrap_or("${CONTENT_TYPE}")),
                escape(detail)
            ),
            Text::Method => {
                format!("The method {method} is not allowed for this resource. <br /><br />\n")
            }
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<DbError> for Fault {
    fn from(error: DbError) -> Self {
        tracing::error!(%error, "the image database failed");
        Self::internal()
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        tracing::error!(%error, "the image database failed");
        Self::internal()
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        tracing::error!(%error, "the image store failed");
        Self::internal()
    }
}

enum Form {
    Plain,
    Html,
    Json,
}

/// What WebOb would choose between `text/html` and `application/json`; neither means plain text.
fn preferred(accept: Option<&str>) -> Form {
    let quality = |offer: &str, class: &str| -> f32 {
        let mut best: Option<(u8, f32)> = None;
        for range in accept.unwrap_or_default().split(',') {
            let mut parts = range.split(';').map(str::trim);
            let precision = match parts.next().unwrap_or_default() {
                r if r.eq_ignore_ascii_case(offer) => 2,
                r if r.eq_ignore_ascii_case(class) => 1,
                "*/*" => 0,
                _ => continue,
            };
            let q = parts.find_map(|p| p.strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
            if best.is_none_or(|(p, _)| precision >= p) {
                best = Some((precision, q));
            }
        }
        best.map_or(0.0, |(_, q)| q)
    };
    let (html, json) =
        (quality("text/html", "text/*"), quality("application/json", "application/*"));
    match () {
        () if html > 0.0 && html >= json => Form::Html,
        () if json > 0.0 => Form::Json,
        () => Form::Plain,
    }
}

/// WebOb's titles, where they differ from the registered phrases.
fn title(status: StatusCode) -> &'static str {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => "Request Entity Too Large",
        StatusCode::RANGE_NOT_SATISFIABLE => "Requested Range Not Satisfiable",
        _ => status.canonical_reason().unwrap_or("Error"),
    }
}

/// webob/exc.py `strip_tags`: line ends become blanks, `<br>` becomes a line end, other tags vanish.
fn strip_tags(html: &str) -> String {
    let text = html.replace('\n', " ").replace('\r', "").replace("<br />", "\n");
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    // Only closed tags are tags (`<[^>]*>`): a lone `<` in a user's value stays.
    while let Some((before, tail)) = rest.split_once('<') {
        out.push_str(before);
        match tail.split_once('>') {
            Some((_, after)) => rest = after,
            None => {
                out.push('<');
                rest = tail;
            }
        }
    }
    out.push_str(rest);
    out
}

fn escape_html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#x27;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(fault: &Fault) -> String {
        let status = format!("{} {}", fault.status.as_u16(), title(fault.status));
        let body = fault.text.template(&Method::PUT, Some("application/json"), str::to_owned);
        format!("{status}\n\n{}", strip_tags(&body))
    }

    #[test]
    fn plain_bodies_are_those_of_the_recorded_cloud() {
        assert_eq!(
            plain(&Fault::transition("active", "saving")),
            "409 Conflict\n\nImage status transition from active to saving is not allowed\n\n   "
        );
        assert_eq!(
            plain(&Fault::access_denied("Attribute 'os_glance_x' is reserved.")),
            "403 Forbidden\n\nAccess was denied to this resource.\n\n Attribute 'os_glance_x' is reserved.  "
        );
        assert_eq!(
            plain(&Fault::media_type("Invalid content type application/json")),
            "415 Unsupported Media Type\n\nThe request media type application/json is not supported by this \
             server. \n\n Invalid content type application/json"
        );
    }

    #[test]
    fn accept_decides_the_form_as_in_webob() {
        assert!(matches!(preferred(None), Form::Plain));
        assert!(matches!(preferred(Some("*/*")), Form::Html));
        assert!(matches!(preferred(Some("application/json")), Form::Json));
        assert!(matches!(preferred(Some("application/json, */*;q=0.5")), Form::Json));
        assert!(matches!(preferred(Some("image/png")), Form::Plain));
    }
}
