//! Errors in words: what we were doing, what happened, what is kept, what to do, and the request id.
//!
//! Only this file does that. It decides by the error's kind, never by matching the cloud's words.

use openstack::identity::CloudsFileError;
use openstack::{ApiError, ErrorKind, Service};

use super::{format, tr, tr_with};
use crate::config::ConfigError;

/// An error, worded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// What could not be done: "Could not list images". No full stop.
    pub title: String,
    /// What happened, what is kept, what to do: whole sentences.
    pub text: String,
    /// What an operator asks for.
    pub request_id: Option<String>,
}

impl Words {
    /// Everything in one paragraph, for a field's message or a toast.
    pub fn paragraph(&self) -> String {
        match &self.request_id {
            Some(id) => tr_with(
                "{title}. {text} Request {id}.",
                &[("title", &self.title), ("text", &self.text), ("id", &id)],
            ),
            None => format!("{}. {}", self.title, self.text),
        }
    }

    /// The text with the request id at its end.
    pub fn text_with_request(&self) -> String {
        match &self.request_id {
            Some(id) => tr_with("{text} Request {id}.", &[("text", &self.text), ("id", &id)]),
            None => self.text.clone(),
        }
    }
}

/// Words for a call that failed. `kept` is a sentence about what is not lost ("What you typed is
/// still here."), when there is something to say.
pub fn api(error: &ApiError, kept: Option<&str>) -> Words {
    let mut sentences = vec![happened(error)];
    if let Some(said) = cloud_said(error) {
        sentences.push(said);
    }
    if let Some(kept) = kept {
        sentences.push(kept.to_owned());
    }
    if let Some(advice) = advice(error) {
        sentences.push(advice.to_owned());
    }
    Words {
        title: tr_with("Could not {operation}", &[("operation", &tr(error.operation))]),
        text: sentences.join(" "),
        request_id: error.request_id.clone(),
    }
}

/// Words for a refused sign-in. Keystone deliberately does not say what of it was wrong.
pub fn sign_in(error: &ApiError, asked: SignInStep) -> Words {
    let refused = error.kind == ErrorKind::Unauthorized;
    let (title, text) = match (refused, asked) {
        (true, SignInStep::Password) => (
            tr("User, password or domain is wrong"),
            tr(
                "The cloud does not say which. After several wrong tries it may lock the user for a while.",
            ),
        ),
        (true, SignInStep::Passcode) => (
            tr("The code is wrong or was used already"),
            tr("A code works once and for about 30 seconds. Wait for the next one."),
        ),
        (true, SignInStep::ApplicationCredential) => (
            tr("Id or secret is wrong, or the credential has expired"),
            tr(
                "The cloud does not say which. `openstack application credential list` shows when it expires.",
            ),
        ),
        (false, _) => return api(error, None),
    };
    Words { title: title.to_owned(), text: text.to_owned(), request_id: error.request_id.clone() }
}

/// Which form was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInStep {
    /// User and password.
    Password,
    /// The one-time code.
    Passcode,
    /// Id and secret.
    ApplicationCredential,
}

/// The cloud wants a proof that this console cannot give.
pub fn unknown_method() -> Words {
    Words {
        title: tr("This cloud asks for more than a password and a code").to_owned(),
        text: tr("That kind of sign-in is not possible here. An application credential is: make one with `openstack application credential create` and use the second tab.")
            .to_owned(),
        request_id: None,
    }
}

/// The user is known but has no role anywhere.
pub fn no_project(user: &str) -> Words {
    Words {
        title: tr_with("{user} is in no project", &[("user", &user)]),
        text: tr("The sign-in is right, but there is nothing to work in. Ask your cloud’s administrator for a role in a project.")
            .to_owned(),
        request_id: None,
    }
}

/// Why a `clouds.yaml` or openrc could not be read.
pub fn credentials_file(error: &CloudsFileError) -> String {
    match error {
        CloudsFileError::NotCredentials => {
            tr("This is neither a clouds.yaml nor an openrc: there is no `clouds:` and no `OS_AUTH_URL` in it.").to_owned()
        }
        CloudsFileError::Line { line, what } => tr_with("Line {line} is not understood: {what}.", &[("line", &line), ("what", &tr(what))]),
        CloudsFileError::NoClouds => tr("`clouds:` is there, but no cloud is below it.").to_owned(),
    }
}

/// A file for a cloud that this console does not serve.
pub fn foreign_cloud(auth_url: Option<&str>) -> String {
    match auth_url {
        Some(url) => {
            tr_with("It is for {url}, which this console does not serve.", &[("url", &url)])
        }
        None => tr(
            "It does not say which cloud it is for (`auth_url`), and this console serves several.",
        )
        .to_owned(),
    }
}

/// Words for a configuration that cannot be used.
pub fn config(error: &ConfigError) -> Words {
    let text = match error {
        ConfigError::Unreachable(why) => tr_with("It could not be fetched ({why}). Check that you are online and that the server answers, then load the page again.", &[("why", &why)]),
        ConfigError::Status(404) => tr("It is not there (404). It belongs beside index.html; docs/hosting.md shows an example.").to_owned(),
        ConfigError::Status(status) => {
            tr_with("The server answered {status} for it. It has to be readable by everybody; there are no secrets in it.", &[("status", &status)])
        }
        ConfigError::WebPage => tr("A web page came instead of it. The hosting answers unknown addresses with index.html, so the file is most likely missing.").to_owned(),
        ConfigError::Malformed { line, column, why } => {
            tr_with("Line {line}, column {column}: {why}. The rest was not read.", &[("line", &line), ("column", &column), ("why", &why)])
        }
        ConfigError::NoClouds => tr("It names no cloud: `clouds` is missing or empty. At least one with `id`, `name` and `auth_url` is needed.").to_owned(),
        ConfigError::SameId(id) => tr_with("Two clouds have the id `{id}`. Ids must differ, as the browser remembers things by them.", &[("id", &id)]),
        ConfigError::AuthUrl { cloud, url } => tr_with("The `auth_url` of cloud `{cloud}` is `{url}`. It has to be Keystone’s address (https://…) or a path of this site (/identity/v3).", &[("cloud", &cloud), ("url", &url)]),
        ConfigError::Endpoint { cloud, url } => tr_with("An address below `endpoints` of cloud `{cloud}` is `{url}`. It has to be a web address (https://…) or a path of this site (/image).", &[("cloud", &cloud), ("url", &url)]),
        ConfigError::Logo(url) => tr_with("The `logo` is `{url}`. It has to be a path of this site (/logo.svg): pictures from elsewhere are not loaded.", &[("url", &url)]),
    };
    Words { title: tr("config.json cannot be used").to_owned(), text, request_id: None }
}

/// The service's name in sentences.
pub fn service(service: Service) -> &'static str {
    match service {
        Service::Identity => tr("sign-in service"),
        Service::Image => tr("image service"),
        Service::Compute => tr("compute service"),
        Service::Network => tr("network service"),
        Service::Volume => tr("volume service"),
        Service::ObjectStore => tr("object store"),
    }
}

fn happened(error: &ApiError) -> String {
    let service = service(error.service);
    if error.is_quota() {
        return tr("Your quota is used up.").to_owned();
    }
    match error.kind {
        ErrorKind::BadRequest => tr_with(
            "The {service} did not accept the request{status}.",
            &[("service", &service), ("status", &status(error))],
        ),
        ErrorKind::Unauthorized => {
            tr_with("The {service} does not accept the sign-in (401).", &[("service", &service)])
        }
        ErrorKind::Forbidden => tr_with(
            "The {service} does not allow it (403): your role in this project is not enough.",
            &[("service", &service)],
        ),
        ErrorKind::NotFound => tr_with(
            "The {service} has no such thing (404). It may have been deleted, or it is in another project.",
            &[("service", &service)],
        ),
        ErrorKind::Conflict => {
            tr_with("Its state does not allow that now{status}.", &[("status", &status(error))])
        }
        ErrorKind::Gone => tr("It was deleted meanwhile (410).").to_owned(),
        ErrorKind::TooLarge => {
            tr_with("It is larger than the {service} accepts (413).", &[("service", &service)])
        }
        ErrorKind::UnsupportedMedia => {
            tr_with("The {service} does not accept this content (415).", &[("service", &service)])
        }
        ErrorKind::RateLimited => match error.retry_after {
            Some(wait) => tr_with(
                "The {service} asks for fewer requests (429), for {duration}.",
                &[("service", &service), ("duration", &format::duration(wait.as_secs()))],
            ),
            None => {
                tr_with("The {service} asks for fewer requests (429).", &[("service", &service)])
            }
        },
        ErrorKind::Server => tr_with(
            "The {service} failed{status}.",
            &[("service", &service), ("status", &status(error))],
        ),
        ErrorKind::Unreachable => tr_with(
            "The {service} did not answer. Either this computer is offline, the service is down, or it does not allow this site (CORS).",
            &[("service", &service)],
        ),
        ErrorKind::Aborted => tr("It was stopped on this computer.").to_owned(),
        ErrorKind::Timeout => {
            tr_with("The {service} did not answer in time.", &[("service", &service)])
        }
        ErrorKind::Decode => tr_with(
            "The {service} answered with something that could not be read.",
            &[("service", &service)],
        ),
        ErrorKind::NoEndpoint => tr_with("This region has no {service}.", &[("service", &service)]),
        ErrorKind::SignedOut => tr("You are signed out.").to_owned(),
        ErrorKind::Unsupported => tr_with(
            "The {service} of this cloud has no version of its API that can do it.",
            &[("service", &service)],
        ),
    }
}

/// The cloud's own words, where they say more than the status does.
fn cloud_said(error: &ApiError) -> Option<String> {
    let message = error.message.trim();
    let silent = matches!(
        error.kind,
        ErrorKind::Unreachable
            | ErrorKind::Unauthorized
            | ErrorKind::Aborted
            | ErrorKind::SignedOut
            | ErrorKind::NoEndpoint
    );
    if silent || message.is_empty() {
        return None;
    }
    let end = if message.ends_with(['.', '!', '?']) { "" } else { "." };
    Some(tr_with("It says: {message}{end}", &[("message", &message), ("end", &end)]))
}

fn advice(error: &ApiError) -> Option<&'static str> {
    if error.is_quota() {
        return Some(tr(
            "Delete something you no longer need, or ask your cloud’s support for more.",
        ));
    }
    match error.kind {
        ErrorKind::Server
        | ErrorKind::Timeout
        | ErrorKind::RateLimited
        | ErrorKind::Unreachable => Some(tr("Try again in a moment.")),
        ErrorKind::SignedOut => Some(tr("Sign in again.")),
        ErrorKind::Decode => Some(tr("Tell your cloud’s support, with the request.")),
        _ => None,
    }
}

fn status(error: &ApiError) -> String {
    error.status.map(|status| format!(" ({status})")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(kind: ErrorKind, status: u16, message: &str) -> ApiError {
        ApiError {
            status: Some(status),
            request_id: Some("req-5d1e90c2".to_owned()),
            ..ApiError::local("delete the image", Service::Image, kind, message)
        }
    }

    #[test]
    fn an_error_says_what_happened_what_is_kept_and_what_to_do() {
        let words = api(&error(ErrorKind::Server, 500, "boom"), Some("The image is unchanged."));
        assert_eq!(
            words.paragraph(),
            "Could not delete the image. The image service failed (500). It says: boom. The image is unchanged. \
             Try again in a moment. Request req-5d1e90c2."
        );
    }

    #[test]
    fn a_quota_is_called_a_quota() {
        let words = api(&error(ErrorKind::TooLarge, 413, "Quota exceeded"), None);
        assert!(words.text.starts_with("Your quota is used up."), "{}", words.text);
    }

    #[test]
    fn a_refused_sign_in_is_told_by_what_was_asked() {
        let refused = error(
            ErrorKind::Unauthorized,
            401,
            "The request you have made requires authentication.",
        );
        assert_eq!(
            sign_in(&refused, SignInStep::Password).title,
            "User, password or domain is wrong"
        );
        assert!(sign_in(&refused, SignInStep::Passcode).title.starts_with("The code"));
        let down = error(ErrorKind::Server, 503, "");
        assert_eq!(sign_in(&down, SignInStep::Password).title, "Could not delete the image");
    }
}
