//! Real small disks, made by the tools that make large ones.

// Each test binary uses its own part of this.
#![allow(dead_code)]

use std::cell::Cell;
use std::fs::File;
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::{Command, Stdio};

use disk_image::{ReadAt, ReadError};

/// Paths below a root, and what is in the files; `-> target` is a symbolic link.
pub type Tree = Vec<(String, String)>;

/// A folder with images in it, gone with its test.
pub struct Folder(tempfile::TempDir);

/// One partition to be made.
pub struct Partition {
    kind: &'static str,
    mbr_kind: &'static str,
    content: Option<String>,
}

impl Partition {
    pub fn bios_boot() -> Self {
        Self { kind: "21686148-6449-6E6F-744E-656564454649", mbr_kind: "da", content: None }
    }
    pub fn efi(content: String) -> Self {
        Self { kind: "uefi", mbr_kind: "ef", content: Some(content) }
    }
    pub fn root(content: String) -> Self {
        Self { kind: "linux", mbr_kind: "83", content: Some(content) }
    }
    pub fn swap() -> Self {
        Self { kind: "swap", mbr_kind: "82", content: None }
    }
    /// In an extended partition; MBR only, and the last one.
    pub fn logical(content: String) -> Self {
        Self { kind: "linux", mbr_kind: "logical", content: Some(content) }
    }
}

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn open(&self, name: &str) -> Counted {
        Counted {
            file: File::open(self.path().join(name)).unwrap(),
            reads: Cell::new(0),
            bytes: Cell::new(0),
        }
    }

    /// Runs a command whose words hold no spaces.
    pub fn run(&self, command: &str) {
        self.words(&command.split_whitespace().collect::<Vec<_>>());
    }

    pub fn words(&self, words: &[&str]) {
        self.command(words, "");
    }

    pub fn input(&self, command: &str, input: &str) {
        self.command(&command.split_whitespace().collect::<Vec<_>>(), input);
    }

    fn command(&self, words: &[&str], input: &str) {
        let (program, arguments) = words.split_first().unwrap();
        let path = format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default());
        let mut child = Command::new(program)
            .args(arguments)
            .current_dir(self.path())
            .env("PATH", path)
            // mke2fs and mkfs.fat would ask the clock; the images shall be the same every time.
            .env("SOURCE_DATE_EPOCH", "1700000000")
            .env("MTOOLS_SKIP_CHECK", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|why| panic!("{program} is needed (tools/setup-packages all): {why}"));
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let done = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{words:?}: {said}");
    }

    pub fn write_at(&self, name: &str, offset: u64, bytes: &[u8]) {
        let path = self.path().join(name);
        let file = File::options().create(true).truncate(false).write(true).open(path).unwrap();
        file.write_all_at(bytes, offset).unwrap();
    }

    /// Bytes where a boot sector has its code.
    pub fn boot_code(&self, name: &str) {
        self.write_at(name, 0, &[0xeb, 0x63, 0x90, 0xfa]);
    }

    fn tree(&self, name: &str, tree: &[(String, String)]) {
        let root = self.path().join(name);
        std::fs::create_dir_all(&root).unwrap();
        for (path, content) in tree {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            match content.strip_prefix("-> ") {
                Some(target) => std::os::unix::fs::symlink(target, path).unwrap(),
                None => std::fs::write(path, content).unwrap(),
            }
        }
    }

    pub fn ext4(&self, name: &str, label: &str, tree: &[(String, String)]) -> String {
        self.ext("ext4", name, label, tree)
    }

    pub fn ext(&self, kind: &str, name: &str, label: &str, tree: &[(String, String)]) -> String {
        let files = format!("{name}.tree");
        self.tree(&files, tree);
        self.words(&["mke2fs", "-q", "-t", kind, "-L", label, "-d", &files, name, "8M"]);
        name.to_owned()
    }

    /// An EFI partition's file system with these files, all of them empty.
    pub fn fat(&self, name: &str, files: &[&str]) -> String {
        self.run(&format!("mkfs.fat -n EFI -i 12345678 -C {name} 4096"));
        std::fs::write(self.path().join("nothing"), "").unwrap();
        for file in files {
            let mut above = Path::new(file).ancestors().skip(1).collect::<Vec<_>>();
            above.pop();
            for folder in above.iter().rev() {
                // It may be there already.
                let folder = format!("::/{}", folder.display());
                let _ = Command::new("mmd")
                    .args(["-D", "s", "-i", name, &folder])
                    .current_dir(self.path())
                    .stderr(Stdio::null())
                    .status();
            }
            self.words(&["mcopy", "-i", name, "nothing", &format!("::/{file}")]);
        }
        name.to_owned()
    }

    /// An NTFS file system with these files and a registry.
    pub fn ntfs(&self, name: &str, tree: &[(String, String)], software: Option<&str>) {
        let files = format!("{name}.tree");
        self.tree(&files, tree);
        if let Some(hive) = software {
            let place = self.path().join(&files).join("Windows/System32/config/SOFTWARE");
            std::fs::copy(self.path().join(hive), place).unwrap();
        }
        self.run(&format!("truncate -s 16M {name}"));
        self.run(&format!("mkntfs -q -F -f -L System {name}"));
        // The one tool that fills an NTFS file system which is not mounted.
        self.run(&format!("wimcapture {files} {name}.wim --compress=none --quiet"));
        self.run(&format!("wimapply {name}.wim 1 {name} --quiet"));
    }

    /// A registry hive with what Windows says of itself; `hivexregedit` fills an empty one that is written here.
    pub fn hive(&self, name: &str, product: &str, build: &str) {
        std::fs::write(self.path().join(name), empty_hive()).unwrap();
        let prefix = "HKEY_LOCAL_MACHINE\\SOFTWARE";
        let mut keys = vec![format!("[{prefix}\\Classes]"), format!("[{prefix}\\Microsoft]")];
        keys.extend((0..40).map(|number| format!("[{prefix}\\Microsoft\\Product {number}]")));
        keys.push(format!("[{prefix}\\Microsoft\\Windows]"));
        keys.push(format!("[{prefix}\\Microsoft\\Windows NT]"));
        keys.push(format!(
            "[{prefix}\\Microsoft\\Windows NT\\CurrentVersion]\n\"CurrentBuildNumber\"=\"{build}\"\n\"ProductName\"=\"{product}\""
        ));
        let text = format!("Windows Registry Editor Version 5.00\n\n{}\n", keys.join("\n\n"));
        std::fs::write(self.path().join("registry.reg"), text).unwrap();
        self.words(&["hivexregedit", "--merge", "--prefix", prefix, name, "registry.reg"]);
    }

    pub fn gpt(&self, name: &str, partitions: &[Partition]) {
        let kinds = partitions.iter().map(|one| one.kind).collect::<Vec<_>>();
        self.partitioned(
            name,
            "label: gpt\nlabel-id: 00000000-0000-4000-8000-000000000001",
            partitions,
            &kinds,
        );
    }

    pub fn mbr(&self, name: &str, partitions: &[Partition]) {
        let kinds = partitions.iter().map(|one| one.mbr_kind).collect::<Vec<_>>();
        self.partitioned(name, "label: dos\nlabel-id: 0x12345678", partitions, &kinds);
    }

    fn partitioned(&self, name: &str, head: &str, partitions: &[Partition], kinds: &[&str]) {
        const SECTOR: u64 = 512;
        const MIB: u64 = 1024 * 1024 / SECTOR;
        let mut script = format!("{head}\nunit: sectors\nsector-size: 512\n\n");
        let mut start = MIB;
        let mut places = Vec::new();
        for (partition, kind) in partitions.iter().zip(kinds) {
            let content = partition.content.as_ref().map(|content| self.path().join(content));
            let len = content.as_ref().map_or(1024 * 1024, |path| path.metadata().unwrap().len());
            let sectors = len.div_ceil(SECTOR);
            let kind = if *kind == "logical" {
                script.push_str(&format!("start={start}, size={}, type=5\n", sectors + MIB));
                start += MIB;
                "83"
            } else {
                kind
            };
            script.push_str(&format!("start={start}, size={sectors}, type={kind}\n"));
            places.push((content, start * SECTOR));
            start = (start + sectors).next_multiple_of(MIB);
        }
        let disk = File::create(self.path().join(name)).unwrap();
        disk.set_len((start + MIB) * SECTOR).unwrap();
        self.input(&format!("sfdisk --quiet {name}"), &script);
        for (content, place) in places {
            if let Some(content) = content {
                let seek = format!("seek={place}");
                self.words(&[
                    "dd",
                    &format!("if={}", content.display()),
                    &format!("of={name}"),
                    &seek,
                    "bs=64K",
                    "oflag=seek_bytes",
                    "conv=notrunc,sparse",
                    "status=none",
                ]);
            }
        }
    }
}

/// A file that counts what is read of it.
pub struct Counted {
    file: File,
    reads: Cell<u32>,
    bytes: Cell<u64>,
}

impl Counted {
    /// How many reads, of how many bytes altogether.
    pub fn counts(&self) -> (u32, u64) {
        (self.reads.get(), self.bytes.get())
    }
}

impl ReadAt for Counted {
    fn len_bytes(&self) -> u64 {
        self.file.metadata().unwrap().len()
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), ReadError> {
        self.reads.set(self.reads.get() + 1);
        self.bytes.set(self.bytes.get() + into.len() as u64);
        self.file.read_exact_at(into, offset).map_err(|error| ReadError::Source(error.to_string()))
    }
}

fn named(files: &[(&str, &str)]) -> Tree {
    files.iter().map(|(path, content)| ((*path).to_owned(), (*content).to_owned())).collect()
}

/// What is looked at of a Debian.
pub fn debian() -> Tree {
    let release = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\nID=debian\n";
    let configured = "users:\n - default\nsystem_info:\n   distro: debian\n   default_user:\n     name: debian\n";
    let ours = "system_info:\n  default_user:\n    name: ops\n";
    let program = "\u{7f}ELF\u{2}\u{1}\u{1}\0\0\0\0\0\0\0\0\0\u{3}\0\u{3e}\0rest of the program";
    named(&[
        ("usr/lib/os-release", release),
        ("etc/os-release", "-> ../usr/lib/os-release"),
        ("etc/cloud/cloud.cfg", configured),
        ("etc/cloud/cloud.cfg.d/90_ours.cfg", ours),
        ("etc/cloud/cloud.cfg.d/README", "default_user:\n name: nobody\n"),
        ("usr/bin/cloud-init", "#!/usr/bin/python3\n"),
        ("usr/bin/env", "-> coreutils"),
        ("usr/bin/coreutils", program),
    ])
}

/// What is looked at of a Windows; folders with names enough to be trees.
pub fn windows() -> Tree {
    let cloudbase = "Program Files/Cloudbase Solutions/Cloudbase-Init/conf/cloudbase-init.conf";
    let mut tree = named(&[
        ("Windows/SysWOW64/kernel32.dll", ""),
        ("Windows/System32/config/SAM", ""),
        (cloudbase, "[DEFAULT]\nusername=Operator\ngroups=Administrators\n"),
    ]);
    tree.extend(
        (0..600).map(|number| (format!("Windows/System32/lib{number}.dll"), String::new())),
    );
    tree
}

/// A hive with a root key and nothing below it.
fn empty_hive() -> Vec<u8> {
    fn cell(content: &[u8]) -> Vec<u8> {
        let len = (content.len() + 4).next_multiple_of(8);
        let mut cell = (-i32::try_from(len).unwrap()).to_le_bytes().to_vec();
        cell.extend(content);
        cell.resize(len, 0);
        cell
    }
    let numbers =
        |numbers: &[u32]| numbers.iter().flat_map(|one| one.to_le_bytes()).collect::<Vec<u8>>();
    let root_at = 32_u32;
    let key = |security: u32| {
        let mut key = b"nk\x2c\0".to_vec();
        key.extend(numbers(&[
            0,
            0,
            0,
            0,
            0,
            0,
            u32::MAX,
            u32::MAX,
            0,
            u32::MAX,
            security,
            u32::MAX,
        ]));
        key.extend(numbers(&[0, 0, 0, 0, 0, 4]));
        key.extend(b"ROOT");
        cell(&key)
    };
    let security_at = root_at + u32::try_from(key(0).len()).unwrap();
    let mut security = b"sk\0\0".to_vec();
    security.extend(numbers(&[security_at, security_at, 1, 20]));
    security.extend(b"\x01\0\x04\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
    let mut bin = b"hbin".to_vec();
    bin.extend(numbers(&[0, 4096, 0, 0, 0, 0, 0]));
    bin.extend(key(security_at));
    bin.extend(cell(&security));
    let free = u32::try_from(4096 - bin.len()).unwrap();
    bin.extend(numbers(&[free]));
    bin.resize(4096, 0);
    let mut head = b"regf".to_vec();
    head.extend(numbers(&[1, 1, 0, 0, 1, 3, 0, 1, root_at, 4096, 1]));
    head.resize(508, 0);
    let sum = head.as_chunks::<4>().0.iter().fold(0, |sum, one| sum ^ u32::from_le_bytes(*one));
    head.extend(sum.to_le_bytes());
    head.resize(4096, 0);
    head.extend(bin);
    head
}
