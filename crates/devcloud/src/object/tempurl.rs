//! Temporary URLs: a signature in the query stands for a token (swift/common/middleware/tempurl.py).
//!
//! What is signed is `METHOD\nexpires\n/v1/account/container/object`, the path decoded and as Swift itself sees it: whatever
//! a proxy in front puts before `/v1` is not part of it. A key of a container reaches that container only; the segments
//! of a large object count.

use axum::body::Body;
use axum::http::header::{CONTENT_DISPOSITION, EXPIRES, WWW_AUTHENTICATE};
use axum::http::{HeaderName, Method, Response, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, utf8_percent_encode};
use sha1::Sha1;
use sha2::{Sha256, Sha512};

use super::access::{Access, challenge};
use super::call::Call;
use super::meta::{Meta, text};
use super::reply::{Answer, QUOTE, Refusal, quoted, set};
use super::stamp::http_date;
use super::store;
use crate::options::TEMPURL_DIGESTS;

/// What the query says.
pub(super) struct TempUrl {
    signature: String,
    expires: String,
}

/// A URL whose signature is good.
pub(super) struct Good {
    pub(super) access: Access,
    expires: i64,
}

impl TempUrl {
    /// `None` when the request does not ask for it, or this cloud has none.
    pub(super) fn of(call: &Call) -> Option<Self> {
        if call.region.options.tempurl_digests.is_empty() || call.method == Method::OPTIONS {
            return None;
        }
        let (signature, expires) = (call.asked("temp_url_sig"), call.asked("temp_url_expires"));
        if signature.is_none() && expires.is_none() {
            return None;
        }
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        Some(Self { signature: text(signature), expires: text(expires) })
    }
}

/// One refusal for whatever is wrong with it.
fn invalid() -> Refusal {
    let mut refusal =
        Refusal::html(StatusCode::UNAUTHORIZED, "401 Unauthorized: Temp URL invalid\n");
    challenge(&mut refusal, WWW_AUTHENTICATE, "Swift realm=\"unknown\"");
    refusal
}

pub(super) async fn check(call: &Call, given: TempUrl) -> Answer<Good> {
    let place = call.place.clone();
    let expires = moment(&given.expires).filter(|end| *end > call.now.seconds());
    let signature = Signature::read(&given.signature).filter(|signature| {
        call.region.options.tempurl_digests.iter().any(|d| d == signature.digest)
    });
    let (Some(expires), Some(signature)) = (expires, signature) else { return Err(invalid()) };
    if place.container.is_empty() || place.object.is_empty() {
        return Err(invalid());
    }
    let path = match call.asked("temp_url_prefix") {
        None => format!("/v1/{}/{}/{}", place.account, place.container, place.object),
        Some(prefix) if place.object.starts_with(prefix) => {
            format!("prefix:/v1/{}/{}/{prefix}", place.account, place.container)
        }
        Some(_) => return Err(invalid()),
    };
    // A HEAD may be made with the signature of what it is a part of.
    let methods: &[&str] = match call.method.as_str() {
        "HEAD" => &["HEAD", "GET", "POST", "PUT"],
        "GET" => &["GET"],
        "PUT" => &["PUT"],
        "POST" => &["POST"],
        "DELETE" => &["DELETE"],
        _ => &[],
    };
    let container = place.container.clone();
    let (of_account, of_container) = call
        .region
        .db
        .read(move |conn| {
            let account = store::account(conn, place.project())?.map(|account| account.meta);
            let container = store::container(conn, place.project(), &place.container)?;
            Ok((account.unwrap_or_default(), container.map(|c| c.meta).unwrap_or_default()))
        })
        .await?;
    let good = |meta: &Meta| {
        ["temp-url-key", "temp-url-key-2"].iter().filter_map(|name| meta.get(*name)).any(|key| {
            // The moment is signed as a number, also when the URL writes it as a date.
            methods
                .iter()
                .any(|method| signature.fits(key, &format!("{method}\n{expires}\n{path}")))
        })
    };
    let only_container = match () {
        () if good(&of_account) => None,
        () if good(&of_container) => Some(container),
        () => return Err(invalid()),
    };
    if ["x-object-manifest", "x-symlink-target"].iter().any(|name| call.headers.contains_key(*name))
    {
        return Err(Refusal::html(
            StatusCode::BAD_REQUEST,
            "The header is not allowed in this tempurl\n",
        ));
    }
    Ok(Good { access: Access { owner: false, may_write: true, only_container }, expires })
}

/// Seconds since 1970, or an ISO date.
fn moment(text: &str) -> Option<i64> {
    match text.parse() {
        Ok(seconds) => Some(seconds),
        Err(_) => text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second),
    }
}

/// `hex` (its length tells the digest) or `sha256:base64`.
struct Signature {
    digest: &'static str,
    bytes: Vec<u8>,
}

impl Signature {
    fn read(text: &str) -> Option<Self> {
        let (digest, bytes) = match text.split_once(':') {
            Some((name, value)) => {
                let bytes = STANDARD
                    .decode(value)
                    .or_else(|_| URL_SAFE.decode(value))
                    .or_else(|_| URL_SAFE_NO_PAD.decode(value));
                (*TEMPURL_DIGESTS.iter().find(|digest| **digest == name)?, bytes.ok()?)
            }
            None => {
                let digest = match text.len() {
                    40 => "sha1",
                    64 => "sha256",
                    128 => "sha512",
                    _ => return None,
                };
                (digest, unhex(text)?)
            }
        };
        Some(Self { digest, bytes })
    }

    fn fits(&self, key: &str, message: &str) -> bool {
        fn verify<M: Mac + KeyInit>(key: &str, message: &str, bytes: &[u8]) -> bool {
            match <M as KeyInit>::new_from_slice(key.as_bytes()) {
                Ok(mut mac) => {
                    mac.update(message.as_bytes());
                    mac.verify_slice(bytes).is_ok()
                }
                Err(_) => false,
            }
        }
        match self.digest {
            "sha1" => verify::<Hmac<Sha1>>(key, message, &self.bytes),
            "sha256" => verify::<Hmac<Sha256>>(key, message, &self.bytes),
            _ => verify::<Hmac<Sha512>>(key, message, &self.bytes),
        }
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    let pairs = (0..text.len()).step_by(2);
    pairs.map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

impl Good {
    /// A browser saves it under its name; private metadata stay private.
    pub(super) fn dress(&self, call: &Call, mut response: Response<Body>) -> Response<Body> {
        let private: Vec<HeaderName> = response
            .headers()
            .keys()
            .filter(|name| {
                let name = name.as_str();
                name.starts_with("x-object-meta-") && !name.starts_with("x-object-meta-public-")
            })
            .cloned()
            .collect();
        for name in private {
            response.headers_mut().remove(name);
        }
        if !call.reads() || !response.status().is_success() {
            return response;
        }
        let own = response.headers().get(CONTENT_DISPOSITION).map(text);
        let disposition = match (call.asked("inline"), call.asked("filename"), own) {
            (Some(_), Some(name), _) if !name.is_empty() => disposition("inline", name),
            (Some(_), ..) => String::from("inline"),
            (None, Some(name), _) if !name.is_empty() => disposition("attachment", name),
            (None, _, Some(own)) => own,
            (None, ..) => {
                let path = call.place.object.trim_end_matches('/');
                disposition("attachment", path.rsplit('/').next().unwrap_or(path))
            }
        };
        set(&mut response, CONTENT_DISPOSITION, &disposition.replace('\n', "%0A"));
        set(&mut response, EXPIRES, &http_date(self.expires));
        response
    }
}

fn disposition(kind: &str, name: &str) -> String {
    const QUOTE_BUT_SPACE: &AsciiSet = &QUOTE.remove(b' ');
    let plain = utf8_percent_encode(name, QUOTE_BUT_SPACE);
    format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{}", quoted(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recorded_signature_fits() {
        let path = "/v1/AUTH_46252803802a441ab7b00fd84c4f8152/wire/disk.raw";
        let message = format!("GET\n1795370806\n{path}");
        for signature in [
            "22fac4739fd9578de923e143c3078e850593557c3fdd49300f2a93a5596a2fde",
            "abb6f2bd65e38d86e87b8c39bce7fa88f2ed3c19",
            "6bba687f039a7dec1d3746d4f3bc3c7c64072eba39c55099e6f5f364ee56a63bbe113a3c8bda81abd48e4aa888916337ce83694f64e53c9d8cbacdcc7a63e990",
        ] {
            let read = Signature::read(signature).unwrap();
            assert!(read.fits("lab-key", &message), "{signature}");
            assert!(!read.fits("lab-kez", &message), "{signature}");
            let as_base64 = format!("{}:{}", read.digest, STANDARD.encode(&read.bytes));
            assert!(Signature::read(&as_base64).unwrap().fits("lab-key", &message));
        }
        assert!(Signature::read("022fac").is_none());
        assert!(Signature::read("md5:AAAA").is_none());
    }

    #[test]
    fn a_name_is_written_twice() {
        assert_eq!(
            disposition("attachment", "my disk.img"),
            "attachment; filename=\"my disk.img\"; filename*=UTF-8''my%20disk.img"
        );
    }

    #[test]
    fn an_end_is_a_number_or_a_date() {
        assert_eq!(moment("1795370806"), Some(1_795_370_806));
        assert_eq!(moment("2026-11-22T18:06:46Z"), Some(1_795_370_806));
        assert_eq!(moment("tomorrow"), None);
    }
}
