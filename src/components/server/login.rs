//! How to log in to a server: which user, at which address, and whether that address can be reached. Pure.

use std::collections::BTreeMap;
use std::net::IpAddr;

use openstack::compute::{Address, Server};

use crate::components::systems;
use crate::text::shell;

/// How to log in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// `ssh debian@203.0.113.7`.
    pub command: String,
    /// The address in it.
    pub address: String,
    /// Where the user's name comes from.
    pub user: UserFrom,
    /// Whether the address is reached from the internet.
    pub reach: Reach,
}

/// Where the user's name comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserFrom {
    /// The image names it (`os_admin_user`).
    Image,
    /// Images of this system have it usually.
    System,
    /// Nobody says; a word to be replaced stands there.
    Nobody,
}

/// Who reaches an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Anyone whom the security groups let in.
    Internet,
    /// Only machines on the same network, or over a VPN.
    Inside,
}

/// What the image says of its system and its user; the same keys stand on an image and on a volume made of it.
pub type Properties = BTreeMap<String, String>;

/// Whether the system is Windows, which one logs in to otherwise.
pub fn is_windows(image: &Properties) -> bool {
    let says =
        |key: &str| image.get(key).is_some_and(|value| value.to_lowercase().starts_with("win"));
    says("os_type") || says("os_distro")
}

/// How to log in by SSH; `None` without an address or on Windows.
pub fn login(server: &Server, image: &Properties) -> Option<Login> {
    if is_windows(image) {
        return None;
    }
    let address = best_address(server)?;
    let (user, from) = user(image);
    Some(Login {
        command: format!("ssh {}", shell::quote(&format!("{user}@{}", address.addr))),
        address: address.addr.clone(),
        user: from,
        reach: reach(address),
    })
}

/// Who reaches an address. A floating address is for the outside, whatever its number.
pub fn reach(address: &Address) -> Reach {
    let public = match address.ip() {
        Some(IpAddr::V4(ip)) => {
            let octets = ip.octets();
            let shared = octets[0] == 100 && (64..128).contains(&octets[1]);
            !(ip.is_private() || ip.is_loopback() || ip.is_link_local() || shared)
        }
        Some(IpAddr::V6(ip)) => {
            let first = ip.segments()[0];
            let (unique_local, link_local) = (first & 0xfe00 == 0xfc00, first & 0xffc0 == 0xfe80);
            !(unique_local || link_local || ip.is_loopback())
        }
        None => false,
    };
    if address.is_floating() || public { Reach::Internet } else { Reach::Inside }
}

/// Floating before public before the rest, IPv4 before IPv6 among equals.
pub fn best_address(server: &Server) -> Option<&Address> {
    let mut all = server.all_addresses();
    all.sort_by_key(|address| {
        (!address.is_floating(), reach(address) == Reach::Inside, address.version != 4)
    });
    all.into_iter().next()
}

fn user(image: &Properties) -> (&str, UserFrom) {
    if let Some(user) = image.get("os_admin_user").filter(|user| is_user(user)) {
        return (user, UserFrom::Image);
    }
    // The first user of the systems' own cloud images.
    match image.get("os_distro").and_then(|distro| systems::usual_user(distro)) {
        Some(usual) => (usual, UserFrom::System),
        None => ("USER", UserFrom::Nobody),
    }
}

/// Whether it is a name that systems give their users (useradd(8)). Anybody may have made the image, and the name stands in
/// a command that people paste: `-oProxyCommand=…` is an option of ssh, `x; rm …` is a command of its own.
fn is_user(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "_.-".contains(letter))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(
        addresses: serde_json::Value,
        image: &[(&str, &str)],
        expected: Option<(&str, UserFrom, Reach)>,
    ) {
        let server: Server =
            serde_json::from_value(json!({"id": "s", "status": "ACTIVE", "addresses": addresses}))
                .expect("a server");
        let image =
            image.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let found = login(&server, &image);
        let found = found.as_ref().map(|login| (login.command.as_str(), login.user, login.reach));
        assert_eq!(found, expected);
    }

    #[test]
    fn the_image_names_the_user_and_the_floating_address_is_taken() {
        let both = json!({"net": [
            {"addr": "10.0.0.86", "version": 4, "OS-EXT-IPS:type": "fixed"},
            {"addr": "203.0.113.36", "version": 4, "OS-EXT-IPS:type": "floating"},
        ]});
        let admin = [("os_admin_user", "erp"), ("os_distro", "debian")];
        check(both, &admin, Some(("ssh erp@203.0.113.36", UserFrom::Image, Reach::Internet)));
    }

    #[test]
    fn what_is_not_known_is_guessed_openly() {
        let inside = json!({"net": [{"addr": "10.0.0.86", "version": 4}]});
        check(
            inside.clone(),
            &[("os_distro", "Debian")],
            Some(("ssh debian@10.0.0.86", UserFrom::System, Reach::Inside)),
        );
        check(inside.clone(), &[], Some(("ssh USER@10.0.0.86", UserFrom::Nobody, Reach::Inside)));
        check(inside, &[("os_type", "windows")], None);
        check(json!({}), &[], None);
    }

    #[test]
    fn a_name_that_would_be_a_command_is_no_user() {
        let server = json!({"net": [{"addr": "10.0.0.86", "version": 4}]});
        for hostile in ["-oProxyCommand=id", "x; id", "$(id)", "`id`", "a b", "x\nid", "<b>", ""] {
            check(
                server.clone(),
                &[("os_admin_user", hostile), ("os_distro", "debian")],
                Some(("ssh debian@10.0.0.86", UserFrom::System, Reach::Inside)),
            );
        }
        check(
            json!({"net": [{"addr": "$(id)", "version": 4}]}),
            &[("os_admin_user", "erp")],
            Some(("ssh 'erp@$(id)'", UserFrom::Image, Reach::Inside)),
        );
    }

    #[test]
    fn a_public_fixed_address_is_reached_from_outside() {
        let two = json!({"a": [{"addr": "fd00::7", "version": 6}], "b": [{"addr": "2001:db8::7", "version": 6}]});
        check(
            two,
            &[("os_distro", "fedora-coreos")],
            Some(("ssh core@2001:db8::7", UserFrom::System, Reach::Internet)),
        );
        check(
            json!({"shared": [{"addr": "100.64.3.2", "version": 4}]}),
            &[("os_distro", "arch")],
            Some(("ssh arch@100.64.3.2", UserFrom::System, Reach::Inside)),
        );
    }
}
