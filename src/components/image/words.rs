//! Words for what an image's record holds: system, needs, visibility, format. Pure.

use openstack::image::{Image, Visibility};

use crate::components::systems::system_of;
use crate::text::{format, tr, tr_with};

/// The name to show; Glance allows images without one.
pub fn display_name(image: &Image) -> String {
    match image.name.as_deref().map(str::trim) {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ => tr("Without a name").to_owned(),
    }
}

/// "Debian 12", "Windows Server 2022"; `None` when the image does not say what it is.
pub fn system_name(image: &Image) -> Option<String> {
    let version = image.property("os_version").unwrap_or_default();
    let Some(distro) = image.property("os_distro") else {
        // Only the family is known: what Nova's own `os_type` says.
        return image.property("os_type").map(capitalised);
    };
    let distro = distro.to_ascii_lowercase();
    if let Some(known) = windows(&distro, version) {
        return Some(known);
    }
    let name = match (system_of(&distro), distro.as_str()) {
        // From 9 on there is no other CentOS than Stream.
        (_, "centos") if major(version).is_none_or(|major| major < 9) => "CentOS".to_owned(),
        (_, "opensuse") if version.starts_with("15") || version.starts_with("42") => {
            "openSUSE Leap".to_owned()
        }
        (Some(system), _) => system.short().to_owned(),
        (None, _) => capitalised(&distro),
    };
    Some(if version.is_empty() { name } else { format!("{name} {version}") })
}

fn major(version: &str) -> Option<u32> {
    version.split('.').next().and_then(|major| major.parse().ok())
}

/// Windows is named by its year (`windows` with `2022`), or by libosinfo's short id (`win2k22`, `win11`).
fn windows(distro: &str, version: &str) -> Option<String> {
    let years = distro.strip_prefix("win2k");
    if let Some(year) = years {
        let (year, release) = year.split_at_checked(2).unwrap_or((year, ""));
        return Some(format!(
            "Windows Server 20{year}{}{}",
            if release.is_empty() { "" } else { " " },
            release.to_uppercase()
        ));
    }
    if !distro.starts_with("win") {
        return None;
    }
    let own = distro
        .trim_start_matches("windows")
        .trim_start_matches("win")
        .trim_start_matches(['-', '_', ' ']);
    let version = if version.is_empty() { own } else { version };
    let is_year = version.len() >= 4 && version.starts_with("20");
    Some(match (version.is_empty(), is_year) {
        (true, _) => "Windows".to_owned(),
        (false, true) => format!("Windows Server {version}"),
        (false, false) => format!("Windows {version}"),
    })
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The machine type, as the image says it.
pub fn architecture(image: &Image) -> Option<&str> {
    image.property("architecture").or_else(|| image.property("hw_architecture"))
}

/// Who sees it. An own image with Glance's default `shared` is seen by nobody else until somebody is added.
pub fn visibility_word(visibility: &Visibility, own: bool) -> String {
    match visibility {
        Visibility::Public => tr("Public").to_owned(),
        Visibility::Community => tr("Community").to_owned(),
        Visibility::Shared if own => tr("Shareable").to_owned(),
        Visibility::Shared => tr("Shared").to_owned(),
        Visibility::Private => tr("Private").to_owned(),
        Visibility::Other(word) => word.clone(),
    }
}

/// GiB of disk that an instance needs at least: what the record demands, or what the data needs when it is unpacked.
/// 0 when neither is known.
pub fn smallest_disk_gib(image: &Image) -> u64 {
    const GIB: u64 = 1 << 30;
    image.min_disk_gib.max(image.virtual_size_bytes.map_or(0, |bytes| bytes.div_ceil(GIB)))
}

/// Disk and memory that an instance needs at least: "40 / 2 GiB"; `None` when nothing is known.
pub fn needs(image: &Image) -> Option<String> {
    format::needs(smallest_disk_gib(image), image.min_ram_mib)
}

/// "qcow2", "qcow2 in an ova container"; `None` for a record that does not say.
pub fn format_words(image: &Image) -> Option<String> {
    let disk = image.disk_format.as_deref()?;
    Some(match image.container_format.as_deref() {
        None | Some("bare") => disk.to_owned(),
        Some(container) => {
            tr_with("{disk} in {container}", &[("disk", &disk), ("container", &container)])
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(fields: &[(&str, serde_json::Value)]) -> Image {
        let mut object = serde_json::Map::new();
        object.insert("id".into(), "8c1f04d2".into());
        object.extend(fields.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
        serde_json::from_value(object.into()).expect("an image")
    }

    fn check_system(fields: &[(&str, &str)], expected: Option<&str>) {
        let fields: Vec<_> = fields.iter().map(|(key, value)| (*key, (*value).into())).collect();
        assert_eq!(system_name(&image(&fields)).as_deref(), expected, "{fields:?}");
    }

    #[test]
    fn systems_have_names_that_people_use() {
        check_system(&[("os_distro", "debian"), ("os_version", "12")], Some("Debian 12"));
        check_system(&[("os_distro", "Ubuntu"), ("os_version", "24.04")], Some("Ubuntu 24.04"));
        check_system(
            &[("os_distro", "opensuse"), ("os_version", "15.6")],
            Some("openSUSE Leap 15.6"),
        );
        check_system(
            &[("os_distro", "windows"), ("os_version", "2022")],
            Some("Windows Server 2022"),
        );
        check_system(&[("os_distro", "centos"), ("os_version", "9")], Some("CentOS Stream 9"));
        check_system(&[("os_distro", "centos"), ("os_version", "7.9")], Some("CentOS 7.9"));
        check_system(&[("os_distro", "centos-stream")], Some("CentOS Stream"));
        check_system(&[("os_distro", "rhel"), ("os_version", "9.4")], Some("RHEL 9.4"));
        check_system(&[("os_distro", "alma"), ("os_version", "9")], Some("AlmaLinux 9"));
        check_system(&[("os_distro", "win2k12r2")], Some("Windows Server 2012 R2"));
        check_system(
            &[("os_distro", "win2k22"), ("os_version", "10.0")],
            Some("Windows Server 2022"),
        );
        check_system(&[("os_distro", "win11")], Some("Windows 11"));
        check_system(&[("os_distro", "windows"), ("os_version", "11")], Some("Windows 11"));
        check_system(&[("os_distro", "haiku")], Some("Haiku"));
        check_system(&[("os_type", "linux")], Some("Linux"));
        check_system(&[("os_version", "12")], None);
        check_system(&[("os_distro", "")], None);
    }

    #[test]
    fn the_disk_must_hold_the_unpacked_data() {
        let check = |demanded: u64, unpacked: Option<u64>, expected: Option<&str>| {
            let image = image(&[("min_disk", demanded.into()), ("virtual_size", unpacked.into())]);
            assert_eq!(needs(&image).as_deref(), expected);
        };
        check(40, Some(10 * (1 << 30)), Some("40 GiB"));
        check(0, Some(10 * (1 << 30) + 1), Some("11 GiB"));
        check(0, None, None);
    }

    #[test]
    fn an_image_without_a_name_still_has_words_to_press() {
        assert_eq!(display_name(&image(&[("name", serde_json::Value::Null)])), "Without a name");
        assert_eq!(display_name(&image(&[("name", "erp".into())])), "erp");
    }
}
