//! A Windows, by its registry, or by files that only it has.

use super::hive::Hive;
use crate::filesystems::ntfs::{Ntfs, Record};
use crate::read::{Fields, ReadAt, ReadError};
use crate::report::{Os, Presence, ReadFrom};

const SYSTEM: &str = "Windows/System32";
const KERNEL: &str = "Windows/System32/ntoskrnl.exe";
const SOFTWARE: &str = "Windows/System32/config/SOFTWARE";
const CLOUDBASE: &str = "Program Files/Cloudbase Solutions/Cloudbase-Init";
const CLOUDBASE_CONFIGURATION: &str =
    "Program Files/Cloudbase Solutions/Cloudbase-Init/conf/cloudbase-init.conf";
const GUEST_AGENT: &[&str] =
    &["Program Files/Qemu-ga/qemu-ga.exe", "Program Files/QEMU Guest Agent/qemu-ga.exe"];
const MOST_TEXT_BYTES: usize = 64 * 1024;

/// The system on this file system; `None` when it has none.
pub(super) fn read(ntfs: &Ntfs<'_>) -> Result<Option<Os>, ReadError> {
    if ntfs.find(SYSTEM)?.is_none() {
        return Ok(None);
    }
    let product = product(ntfs).unwrap_or_default();
    let read_from = match product {
        Some(_) => ReadFrom::WindowsRegistry,
        None => ReadFrom::WindowsFiles,
    };
    let (name, version) = product.unwrap_or_else(|| ("Windows".to_owned(), None));
    let cloud_init = presence(ntfs, &[CLOUDBASE]);
    Ok(Some(Os {
        distro: "windows".to_owned(),
        version,
        name,
        architecture: architecture(ntfs),
        cloud_init,
        guest_agent: presence(ntfs, GUEST_AGENT),
        default_user: if cloud_init == Presence::Yes { cloudbase_user(ntfs) } else { None },
        read_from,
    }))
}

fn presence(ntfs: &Ntfs<'_>, places: &[&str]) -> Presence {
    let mut presence = Presence::No;
    for place in places {
        match ntfs.find(place) {
            Ok(Some(_)) => return Presence::Yes,
            Ok(None) => {}
            Err(_) => presence = Presence::Unknown,
        }
    }
    presence
}

/// Name and version by the registry. Whatever fails here leaves the files to tell.
fn product(ntfs: &Ntfs<'_>) -> Result<Option<(String, Option<String>)>, ReadError> {
    let Some(file) = ntfs.find(SOFTWARE)? else { return Ok(None) };
    let Some(content) = ntfs.content(file)? else { return Ok(None) };
    let Some(hive) = Hive::open(&content)? else { return Ok(None) };
    let Some(key) = hive.key("Microsoft\\Windows NT\\CurrentVersion")? else { return Ok(None) };
    let Some(name) = hive.text(&key, "ProductName")? else { return Ok(None) };
    let build = hive.text(&key, "CurrentBuildNumber")?;
    Ok(Some(told(&name, build.as_deref())))
}

/// Windows 11 calls itself "Windows 10 Pro" here; its build number tells.
fn told(product: &str, build: Option<&str>) -> (String, Option<String>) {
    const FIRST_OF_11: u32 = 22_000;
    let is_11 = build.and_then(|build| build.parse::<u32>().ok()).is_some_and(|b| b >= FIRST_OF_11);
    let name = match product.strip_prefix("Windows 10") {
        Some(edition) if is_11 => format!("Windows 11{edition}"),
        _ => product.to_owned(),
    };
    let rest = name.trim_start_matches("Windows").trim_start();
    let rest = rest.strip_prefix("Server").unwrap_or(rest).trim_start();
    let mut words = rest.split_whitespace();
    let number = words.next().filter(|word| word.starts_with(|first: char| first.is_ascii_digit()));
    let release = words.next().filter(|word| *word == "R2");
    let version = number.map(|number| match release {
        Some(release) => format!("{number} {release}"),
        None => number.to_owned(),
    });
    (name, version)
}

/// By the kernel's own header; programs may be packed so that only the folder for 32-bit ones tells.
fn architecture(ntfs: &Ntfs<'_>) -> Option<String> {
    let exists = |path: &str| ntfs.find(path).is_ok_and(|found| found.is_some());
    let kernel = ntfs.find(KERNEL).ok().flatten().and_then(|file| pe_machine(ntfs, file));
    let folders = || match () {
        () if exists("Windows/SysArm32") => Some("aarch64"),
        () if exists("Windows/SysWOW64") => Some("x86_64"),
        () => None,
    };
    kernel.or_else(folders).map(str::to_owned)
}

fn pe_machine(ntfs: &Ntfs<'_>, file: Record) -> Option<&'static str> {
    let content = ntfs.content(file).ok()??;
    let head = content.take(0, 64).ok()?;
    let at = u64::from(head.le32(60).filter(|_| head.starts_with(b"MZ"))?);
    let header = content.take(at, 6).ok()?;
    match (header.starts_with(b"PE\0\0"), header.le16(4)?) {
        (true, 0x8664) => Some("x86_64"),
        (true, 0xaa64) => Some("aarch64"),
        (true, 0x014c) => Some("i686"),
        _ => None,
    }
}

/// `username=` of cloudbase-init's configuration; "Admin" is its own default.
fn cloudbase_user(ntfs: &Ntfs<'_>) -> Option<String> {
    let file = ntfs.find(CLOUDBASE_CONFIGURATION).ok()??;
    let content = ntfs.content(file).ok()??;
    let len = usize::try_from(content.len_bytes()).unwrap_or(usize::MAX).min(MOST_TEXT_BYTES);
    let text = content.take(0, len).ok()?;
    let text = String::from_utf8_lossy(&text);
    let set = text.lines().find_map(|line| {
        let (key, value) = line.split_once('=')?;
        (key.trim() == "username").then(|| value.trim().to_owned())
    });
    Some(set.filter(|user| !user.is_empty()).unwrap_or_else(|| "Admin".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_by_the_product_name() {
        let check = |product: &str, build: &str, name: &str, version: Option<&str>| {
            let expected = (name.to_owned(), version.map(str::to_owned));
            assert_eq!(told(product, Some(build)), expected, "{product}");
        };
        let server = "Windows Server 2022 Standard";
        check(server, "20348", server, Some("2022"));
        let r2 = "Windows Server 2012 R2 Datacenter";
        check(r2, "9600", r2, Some("2012 R2"));
        check("Windows 10 Pro", "19045", "Windows 10 Pro", Some("10"));
        check("Windows 10 Pro", "22631", "Windows 11 Pro", Some("11"));
        check("Hyper-V Server", "1", "Hyper-V Server", None);
    }
}
