//! Every path of the app and every query parameter that leads somewhere. Nothing else spells a path.

use crate::address::is_own_path;

/// Sign in.
pub const LOGIN: &str = "/login";
/// The images.
pub const IMAGES: &str = "/images";
/// Create an image.
pub const CREATE_IMAGE: &str = "/images/create";
/// The instances.
pub const INSTANCES: &str = "/instances";
/// Launch an instance.
pub const LAUNCH: &str = "/instances/launch";
/// Check the cloud.
pub const CHECK: &str = "/check";
/// The cloud of the configuration that is checked, a query parameter of `/check`.
pub const CLOUD: &str = "cloud";
/// The name of the id in `/images/:id` and `/instances/:id`.
pub const ID: &str = "id";
/// Where to go after signing in, a query parameter of `/login`.
pub const NEXT: &str = "next";
/// Where the data of a new image comes from, a query parameter of `/images/create`: `file`, `url`, `instance`, `volume`.
pub const SOURCE: &str = "source";
/// The instance that an image is made of, a query parameter of `/images/create`.
pub const INSTANCE: &str = "instance";
/// The volume that an image is made of, a query parameter of `/images/create`.
pub const VOLUME: &str = "volume";
/// What a new image is for, a query parameter of `/images/create`: `rescue`, …
pub const PRESET: &str = "preset";
/// The image to launch from, a query parameter of `/instances/launch`.
pub const IMAGE: &str = "image";

/// An image's details.
pub fn image(id: &str) -> String {
    format!("{IMAGES}/{}", encode(id))
}

/// An image's form.
pub fn edit_image(id: &str) -> String {
    format!("{}/edit", image(id))
}

/// An instance's details.
pub fn instance(id: &str) -> String {
    format!("{INSTANCES}/{}", encode(id))
}

/// Launch from an image.
pub fn launch_from(image_id: &str) -> String {
    with_query(LAUNCH, &[(IMAGE, Some(image_id))])
}

/// Create an image from an instance; without an id it is chosen there.
pub fn create_from_instance(server_id: Option<&str>) -> String {
    with_query(CREATE_IMAGE, &[(SOURCE, Some(INSTANCE)), (INSTANCE, server_id)])
}

/// Create an image from a volume; without an id it is chosen there.
pub fn create_from_volume(volume_id: Option<&str>) -> String {
    with_query(CREATE_IMAGE, &[(SOURCE, Some(VOLUME)), (VOLUME, volume_id)])
}

/// Create an image that others are rescued with.
pub fn create_rescue_image() -> String {
    with_query(CREATE_IMAGE, &[(PRESET, Some("rescue"))])
}

/// Check a cloud of the configuration; without an id the one that is signed in to, else the first.
pub fn check(cloud_id: Option<&str>) -> String {
    with_query(CHECK, &[(CLOUD, cloud_id)])
}

/// Sign in, then go on to where the user wanted to be.
pub fn login_then(next: &str) -> String {
    let next = Some(next).filter(|next| *next != "/" && *next != IMAGES && is_own_path(next));
    with_query(LOGIN, &[(NEXT, next)])
}

/// A path with those query parameters that have a value, in the given order, so that the same view
/// always has the same address.
pub fn with_query(path: &str, parameters: &[(&str, Option<&str>)]) -> String {
    let query: Vec<String> = parameters
        .iter()
        .filter_map(|(name, value)| value.map(|value| format!("{name}={}", encode(value))))
        .collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// Where to go after signing in: the wanted page if it is one of ours, else the images.
pub fn after_login(next: Option<&str>) -> String {
    match next {
        Some(next) if is_own_path(next) && !next.starts_with(LOGIN) => next.to_owned(),
        _ => IMAGES.to_owned(),
    }
}

/// Percent-encodes everything but the unreserved characters of RFC 3986.
fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{after_login, launch_from, login_then, with_query};

    #[test]
    fn only_our_own_pages_follow_a_sign_in() {
        let check = |next: Option<&str>, expected: &str| {
            assert_eq!(after_login(next), expected, "{next:?}")
        };
        check(None, "/images");
        check(Some("/instances?page=2"), "/instances?page=2");
        check(Some("https://elsewhere.example/"), "/images");
        check(Some("//elsewhere.example/"), "/images");
        check(Some("/\\elsewhere.example/"), "/images");
        check(Some("/\t/elsewhere.example/"), "/images");
        check(Some("/login?next=/login"), "/images");
        check(Some("javascript:alert(1)"), "/images");
    }

    #[test]
    fn queries_are_encoded_and_left_out_when_empty() {
        assert_eq!(launch_from("a b&c"), "/instances/launch?image=a%20b%26c");
        assert_eq!(with_query("/images", &[("tab", None), ("q", Some("å"))]), "/images?q=%C3%A5");
        assert_eq!(login_then("/images"), "/login");
        assert_eq!(login_then("/images/1?x=2"), "/login?next=%2Fimages%2F1%3Fx%3D2");
    }
}
