//! The form in a link: `/instances/launch?image=…&name=web-1&flavor=…`.
//!
//! Pure, both ways. A part that the link does not name is filled in by the form itself; one that is named and empty is empty.
//! A network, a size or a security group may be named instead of given by its id. The password is in no link, and user data
//! only in one that is copied, as far as addresses go through everything on their way.

use super::draft::{BootDisk, Draft, Given, Part};
use crate::routes;

/// The longest user data in a link, counted as the address counts it: proxies and chat programs cut longer addresses.
pub const LONGEST_USER_DATA: usize = 4_000;

/// The instance whose launch is to be repeated, a parameter: what this tab filled in for it wins over the rest of the link.
pub const AGAIN: &str = "again";

/// A link, and what would not go into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The address, beginning with `/`.
    pub href: String,
    /// What is in it.
    pub given: Given,
    /// The user data is too long for it.
    pub without_user_data: bool,
}

/// The link that opens the form with these values.
pub fn link(image: &str, given: &Given) -> Link {
    let mut carried = given.clone();
    carried.retain(|part, values| *part != Part::UserData || values.iter().all(|text| fits(text)));
    let mut pairs: Vec<(&str, Option<&str>)> = vec![(routes::IMAGE, Some(image))];
    for part in Part::LINKED {
        let Some(values) = carried.get(&part) else { continue };
        if values.is_empty() {
            pairs.push((part.parameter(), Some("")));
        }
        pairs.extend(values.iter().map(|value| (part.parameter(), Some(value.as_str()))));
    }
    let href = routes::with_query(routes::LAUNCH, &pairs);
    Link { href, without_user_data: carried.len() < given.len(), given: carried }
}

/// What stands in the address bar: as [`link`], without user data. It may hold secrets, and what stands there goes into the
/// browser's history and, with a reload, into the web host's log; a link that is copied is meant to be given away.
pub fn address(image: &str, given: &Given) -> Link {
    let mut shown = given.clone();
    shown.remove(&Part::UserData);
    link(image, &shown)
}

/// The link that opens the form as it was when an instance was launched: `given` as far as it goes, and all of it in the tab
/// that launched it.
pub fn again(image: &str, server: &str, given: &Given) -> String {
    format!("{}&{AGAIN}={server}", link(image, given).href)
}

/// What a link says; `get` gives the decoded values of a name.
pub fn read(get: impl Fn(&str) -> Option<Vec<String>>) -> Given {
    Part::LINKED
        .into_iter()
        .filter_map(|part| {
            let mut values = get(part.parameter())?;
            values.retain(|value| !value.is_empty());
            Some((part, values))
        })
        .collect()
}

/// Everything that somebody else needs to launch the same: what is filled in, and the emptiness of what the form would
/// fill in otherwise.
pub fn whole(draft: &Draft) -> Given {
    let blank = Draft::default();
    Part::LINKED
        .into_iter()
        .map(|part| (part, draft.values(part)))
        .filter(|(part, values)| {
            let own_default = matches!(part, Part::Key | Part::Groups);
            let fate = matches!(part, Part::DeleteVolume) && draft.disk != BootDisk::Local;
            own_default || fate || *values != blank.values(*part)
        })
        .collect()
}

fn fits(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let length: usize = text.bytes().map(|byte| if plain(byte) { 1 } else { 3 }).sum();
    length <= LONGEST_USER_DATA
}

#[cfg(test)]
mod tests {
    use openstack::identity::Secret;

    use super::*;

    /// A browser's reading of a query, as far as our own links go.
    fn parsed(href: &str) -> impl Fn(&str) -> Option<Vec<String>> {
        let decode = |text: &str| {
            let mut bytes = Vec::new();
            let mut rest = text.as_bytes();
            while let Some((first, tail)) = rest.split_first() {
                if *first == b'%' {
                    let hex = std::str::from_utf8(&tail[..2]).expect("two digits");
                    bytes.push(u8::from_str_radix(hex, 16).expect("a hexadecimal number"));
                    rest = &tail[2..];
                } else {
                    bytes.push(*first);
                    rest = tail;
                }
            }
            String::from_utf8(bytes).expect("UTF-8")
        };
        let query = href.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default();
        let pairs: Vec<(String, String)> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (decode(name), decode(value)))
            .collect();
        move |name| {
            let found: Vec<String> = pairs
                .iter()
                .filter(|(key, _)| key == name)
                .map(|(_, value)| value.clone())
                .collect();
            (!found.is_empty()).then_some(found)
        }
    }

    fn full() -> Draft {
        Draft {
            name: "web åäö & co".to_owned(),
            count: "3".to_owned(),
            zone: "europe-se-1b".to_owned(),
            flavor: "f-1".to_owned(),
            disk: BootDisk::NewVolume,
            volume_gib: "60".to_owned(),
            volume_type: "ssd".to_owned(),
            delete_volume: true,
            networks: vec!["n2".to_owned(), "n1".to_owned()],
            groups: vec!["g1".to_owned(), "g2".to_owned()],
            key: "lena 2026".to_owned(),
            password: Secret::new("hunter2"),
            user_data: "#cloud-config\nruncmd:\n  - echo \"1 + 1 = 2\"\n".to_owned(),
            server_group: "sg".to_owned(),
            host_name: "web".to_owned(),
            description: "100 % ready?".to_owned(),
            tags: "a, b".to_owned(),
            metadata: vec![
                ("role".to_owned(), "a=b".to_owned()),
                ("empty".to_owned(), String::new()),
            ],
            config_drive: true,
        }
    }

    #[test]
    fn everything_but_the_password_goes_there_and_back() {
        let draft = full();
        let link = link("i/1", &whole(&draft));
        assert!(
            link.href.starts_with("/instances/launch?image=i%2F1&name=web%20"),
            "{}",
            link.href
        );
        assert!(!link.href.contains("hunter2") && !link.without_user_data);
        let mut again = Draft::default();
        for (part, values) in read(parsed(&link.href)) {
            again.take(part, &values);
        }
        assert_eq!(again, Draft { password: Secret::new(""), ..draft });
    }

    #[test]
    fn a_short_draft_makes_a_short_link() {
        let draft = Draft {
            name: "web-1".to_owned(),
            disk: BootDisk::Local,
            key: "lena".to_owned(),
            ..Draft::default()
        };
        assert_eq!(
            link("i", &whole(&draft)).href,
            "/instances/launch?image=i&name=web-1&disk=local&key=lena&security_group="
        );
        assert_eq!(link("i", &Given::new()).href, "/instances/launch?image=i");
    }

    #[test]
    fn what_was_emptied_stays_empty_and_what_is_not_said_is_left_to_the_form() {
        let given = read(parsed("/instances/launch?image=i&key=&config_drive=yes"));
        assert_eq!(given.get(&Part::Key), Some(&Vec::new()));
        assert_eq!(given.get(&Part::Name), None);
        assert_eq!(given.get(&Part::ConfigDrive), Some(&vec!["yes".to_owned()]));
    }

    #[test]
    fn user_data_that_is_too_long_stays_behind_and_is_named() {
        let data = |length: usize| Draft { user_data: "a".repeat(length), ..Draft::default() };
        assert!(!link("i", &whole(&data(4_000))).without_user_data);
        let long = link("i", &whole(&data(4_001)));
        assert!(long.without_user_data && !long.href.contains("user_data"));
        let percent = Draft { user_data: "\n".repeat(1_334), ..Draft::default() };
        assert!(link("i", &whole(&percent)).without_user_data, "each of these takes three");
        let shown = address("i", &whole(&Draft { name: "web".to_owned(), ..data(5) }));
        assert!(shown.href.contains("name=web") && !shown.href.contains("aaaaa"), "{}", shown.href);
    }

    #[test]
    fn nonsense_in_a_link_changes_nothing() {
        let mut draft = Draft::default();
        for (part, values) in read(parsed("/x?disk=floppy&delete_volume=perhaps&unknown=1")) {
            draft.take(part, &values);
        }
        assert_eq!(draft, Draft::default());
    }
}
