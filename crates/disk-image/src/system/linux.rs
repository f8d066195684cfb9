//! A Linux, by the files of its root (and of `/usr`, where that lies elsewhere).

use super::{names, os_release};
use crate::filesystems::ext::{Ext, Failed};
use crate::read::Fields;
use crate::report::{Os, Presence};

/// What makes keys and user data work. Not all are cloud-init: Alpine, CirrOS and the CoreOS family have their own.
const CLOUD_INIT: &[&str] = &[
    "/usr/bin/cloud-init",
    "/usr/local/bin/cloud-init",
    "/usr/sbin/cloud-init",
    "/sbin/tiny-cloud",
    "/usr/sbin/tiny-cloud",
    "/usr/bin/tiny-cloud",
    "/sbin/cirros-init",
    "/usr/bin/coreos-cloudinit",
    "/usr/lib/dracut/modules.d/30ignition",
];
/// An administrator's way of switching it off; installed or not, keys do not arrive.
const CLOUD_INIT_OFF: &str = "/etc/cloud/cloud-init.disabled";
const GUEST_AGENT: &[&str] = &["/usr/bin/qemu-ga", "/usr/sbin/qemu-ga", "/usr/local/bin/qemu-ga"];
/// Programs that every system has one of, to see what processor they are for.
const PROGRAMS: &[&str] = &[
    "/usr/bin/env",
    "/bin/sh",
    "/usr/bin/bash",
    "/bin/busybox",
    "/usr/lib/systemd/systemd",
    "/sbin/init",
];
const LIBRARIES: &[(&str, &str)] = &[
    ("/usr/lib/x86_64-linux-gnu", "x86_64"),
    ("/usr/lib/aarch64-linux-gnu", "aarch64"),
    ("/lib64/ld-linux-x86-64.so.2", "x86_64"),
    ("/lib/ld-linux-aarch64.so.1", "aarch64"),
];
/// Texts of a configuration are not larger.
const MOST_TEXT_BYTES: usize = 128 * 1024;
const MOST_CONFIGURATIONS: usize = 64;

/// The system whose root is among these; `None` when none of them is one.
pub(super) fn read(file_systems: &[Ext<'_>]) -> Result<Option<Os>, Failed> {
    let mut failed = None;
    for root in file_systems {
        match Tree::at(root, file_systems).and_then(|tree| tree.system()) {
            Ok(Some(os)) => return Ok(Some(os)),
            Ok(None) => {}
            Err(why) => failed = failed.or(Some(why)),
        }
    }
    failed.map_or(Ok(None), Err)
}

/// The root, and `/usr` where it is a file system of its own.
struct Tree<'t, 'a> {
    root: &'t Ext<'a>,
    usr: Option<&'t Ext<'a>>,
}

impl<'t, 'a> Tree<'t, 'a> {
    fn at(root: &'t Ext<'a>, all: &'t [Ext<'a>]) -> Result<Self, Failed> {
        let mut usr = None;
        if root.exists("/etc")? && !root.exists("/usr/bin")? {
            for other in all {
                if !std::ptr::eq(root, other) && other.exists("/lib/os-release")? {
                    usr = Some(other);
                }
            }
        }
        Ok(Self { root, usr })
    }

    fn system(&self) -> Result<Option<Os>, Failed> {
        let mut os = None;
        for place in ["/etc/os-release", "/usr/lib/os-release"] {
            if let Some(text) = self.text(place)? {
                os = os_release::read(&text);
            }
            if os.is_some() {
                break;
            }
        }
        // Buildroot's own is what CirrOS has in its place.
        if let Some(version) = self.text("/etc/cirros/version")? {
            os = names::guess_by_name(&format!("cirros {version}"), Default::default())
                .map(|cirros| Os { read_from: crate::report::ReadFrom::OsRelease, ..cirros });
        }
        let Some(mut os) = os else { return Ok(None) };
        os.architecture = self.architecture();
        os.cloud_init = match self.presence(CLOUD_INIT) {
            Presence::Yes if self.exists(CLOUD_INIT_OFF).is_ok_and(|off| off) => Presence::No,
            presence => presence,
        };
        os.guest_agent = self.presence(GUEST_AGENT);
        os.default_user = match os.cloud_init {
            Presence::No => None,
            _ => self.configured_user().or(os.default_user),
        };
        Ok(Some(os))
    }

    fn within<'p>(&self, path: &'p str) -> (&'t Ext<'a>, &'p str) {
        match (self.usr, path.strip_prefix("/usr/")) {
            (Some(usr), Some(_)) => (usr, path.strip_prefix("/usr").unwrap_or(path)),
            _ => (self.root, path),
        }
    }

    fn exists(&self, path: &str) -> Result<bool, Failed> {
        let (file_system, path) = self.within(path);
        file_system.exists(path)
    }

    fn text(&self, path: &str) -> Result<Option<String>, Failed> {
        let (file_system, path) = self.within(path);
        match file_system.read(path, MOST_TEXT_BYTES) {
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Err(Failed::NotThere) => Ok(None),
            Err(failed) => Err(failed),
        }
    }

    /// Says "no" only when the folders where these would be were there to be read.
    fn presence(&self, places: &[&str]) -> Presence {
        let mut presence = match self.exists("/usr/bin") {
            Ok(true) => Presence::No,
            _ => Presence::Unknown,
        };
        for place in places {
            match self.exists(place) {
                Ok(true) => return Presence::Yes,
                Ok(false) => {}
                Err(_) => presence = Presence::Unknown,
            }
        }
        presence
    }

    fn architecture(&self) -> Option<String> {
        let program = PROGRAMS.iter().find_map(|path| {
            let (file_system, path) = self.within(path);
            elf_machine(&file_system.read(path, 20).ok()?)
        });
        let library = || {
            let found =
                LIBRARIES.iter().find(|(path, _)| self.exists(path).is_ok_and(|there| there));
            found.map(|(_, architecture)| *architecture)
        };
        program.or_else(library).map(str::to_owned)
    }

    /// Who cloud-init makes, by its own configuration: the last file that says so wins.
    fn configured_user(&self) -> Option<String> {
        let folder = "/etc/cloud/cloud.cfg.d";
        let mut names = self.root.names(folder, MOST_CONFIGURATIONS).unwrap_or_default();
        names.retain(|name| name.ends_with(".cfg"));
        names.sort();
        let overriding = names.iter().rev().map(|name| format!("{folder}/{name}"));
        overriding.chain(["/etc/cloud/cloud.cfg".to_owned()]).find_map(|path| {
            let text = self.text(&path).ok()??;
            default_user(&text)
        })
    }
}

/// What an ELF file is for, as libvirt and `os_architecture` name it.
fn elf_machine(head: &[u8]) -> Option<&'static str> {
    if !head.starts_with(b"\x7fELF") {
        return None;
    }
    let little = *head.get(5)? == 1;
    let machine = if little { head.le16(18)? } else { head.be16(18)? };
    Some(match (machine, little) {
        (3, _) => "i686",
        (21, true) => "ppc64le",
        (21, false) => "ppc64",
        (22, _) => "s390x",
        (40, _) => "armv7l",
        (62, _) => "x86_64",
        (183, _) => "aarch64",
        (243, _) => "riscv64",
        (258, _) => "loongarch64",
        _ => return None,
    })
}

/// `system_info.default_user.name` of a cloud-init configuration. Reads lines, not YAML: the key is found by its name and
/// its value by being further in, which holds for every file that distributions ship.
fn default_user(text: &str) -> Option<String> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let outer = lines.find(|line| line.trim_end().trim_start() == "default_user:").map(indent)?;
    let inner = lines.take_while(|line| line.trim().is_empty() || indent(line) > outer);
    let value = inner.into_iter().find_map(|line| line.trim().strip_prefix("name:"))?;
    let value = value.split(" #").next()?.trim().trim_matches(['"', '\'']);
    (!value.is_empty()).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_user_of_a_configuration() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(default_user(text).as_deref(), expected, "{text}");
        };
        let debian = "users:\n  - default\nsystem_info:\n  default_user:\n    # Who\n    name: debian\n    lock_passwd: true\n";
        check(debian, Some("debian"));
        check(
            "system_info:\n   default_user:\n     lock_passwd: True\n     name: 'ops' # us\n",
            Some("ops"),
        );
        check("system_info:\n  default_user:\n    lock_passwd: true\n  name: not-it\n", None);
        check("# default_user:\n#   name: nobody\n", None);
        check("", None);
    }

    #[test]
    fn programs_tell_the_processor() {
        let elf = |order: u8, machine: [u8; 2]| {
            let mut head = b"\x7fELF".to_vec();
            head.resize(20, 0);
            head[5] = order;
            head[18..20].copy_from_slice(&machine);
            head
        };
        assert_eq!(elf_machine(&elf(1, [62, 0])), Some("x86_64"));
        assert_eq!(elf_machine(&elf(1, [183, 0])), Some("aarch64"));
        assert_eq!(elf_machine(&elf(2, [0, 22])), Some("s390x"));
        assert_eq!(elf_machine(b"#!/bin/sh"), None);
    }
}
