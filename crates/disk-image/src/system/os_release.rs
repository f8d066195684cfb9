//! `/etc/os-release` (man page `os-release(5)`): shell assignments, one a line.

use super::names;
use crate::report::{Os, Presence, ReadFrom};

/// What the file says; `None` when it names no system.
pub(super) fn read(text: &str) -> Option<Os> {
    let value = |key: &str| {
        let raw =
            text.lines().rev().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix('='))?;
        Some(unquoted(raw)).filter(|value| !value.is_empty())
    };
    let id = value("ID")?.to_ascii_lowercase();
    let distro = match value("VARIANT_ID").as_deref() {
        Some("coreos") if id == "fedora" => "fedora-coreos".to_owned(),
        _ => names::distro_of_id(&id),
    };
    let version = value("VERSION_ID").map(|version| names::usual_version(&distro, &version));
    let name = value("PRETTY_NAME").unwrap_or_else(|| names::name(&distro, version.as_deref()));
    let default_user = names::customary_user(&distro, version.as_deref());
    Some(Os {
        distro,
        version,
        name,
        architecture: None,
        cloud_init: Presence::Unknown,
        guest_agent: Presence::Unknown,
        default_user,
        read_from: ReadFrom::OsRelease,
    })
}

/// A value without its quotes and backslashes.
fn unquoted(raw: &str) -> String {
    let raw = raw.trim();
    let inner = ['"', '\'']
        .iter()
        .find_map(|quote| raw.strip_prefix(*quote)?.strip_suffix(*quote))
        .unwrap_or(raw);
    let mut value = String::new();
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => value.extend(letters.next()),
            letter => value.push(letter),
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&str, Option<&str>, &str)>) {
        let found = read(text);
        let found =
            found.as_ref().map(|os| (os.distro.as_str(), os.version.as_deref(), os.name.as_str()));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn distributions_in_their_own_words() {
        let debian =
            "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\nID=debian\n";
        check(debian, Some(("debian", Some("12"), "Debian GNU/Linux 12 (bookworm)")));
        let alpine = "NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.20.3\n";
        check(alpine, Some(("alpinelinux", Some("3.20"), "Alpine Linux 3.20")));
        check(
            "ID=\"opensuse-leap\"\nVERSION_ID='15.6'",
            Some(("opensuse", Some("15.6"), "openSUSE 15.6")),
        );
        check("ID=arch\nBUILD_ID=rolling", Some(("arch", None, "Arch Linux")));
        check("ID=new\nPRETTY_NAME=\"A \\\"new\\\" one\"", Some(("new", None, "A \"new\" one")));
        let coreos =
            "ID=fedora\nVARIANT_ID=coreos\nVERSION_ID=42\nPRETTY_NAME=\"Fedora CoreOS 42\"";
        check(coreos, Some(("fedora-coreos", Some("42"), "Fedora CoreOS 42")));
        check("NAME=nothing", None);
        check("", None);
    }
}
