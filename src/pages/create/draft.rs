//! The create form as plain values, and what is wrong with it. `record` has what it asks for.
//!
//! Pure: no signals, no browser, no requests. Rules of the cloud cite their source.

use crate::text::shell;
use disk_image::{Kind, Refusal};

/// Where the image’s data comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// A file of this computer.
    #[default]
    File,
    /// An address that the cloud fetches by itself (`web-download`).
    Url,
}

/// What is known of the chosen file before anything is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFacts {
    /// Its name on this computer.
    pub name: String,
    /// Its size.
    pub size_bytes: u64,
    /// What its first bytes say it is.
    pub kind: Kind,
}

/// The form as the user left it; numbers are still text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// File or URL.
    pub source: Source,
    /// The chosen file.
    pub file: Option<FileFacts>,
    /// The address to fetch.
    pub url: String,
    /// The image’s name.
    pub name: String,
    /// `qcow2`, `raw` ...; empty when not chosen.
    pub disk_format: String,
    /// `os_distro`, in libosinfo’s words; empty when not known.
    pub os_distro: String,
    /// `os_version`.
    pub os_version: String,
    /// `architecture`.
    pub architecture: String,
    /// `private` or `shared` ...
    pub visibility: String,
    /// Refuse deletion.
    pub protected: bool,
    /// GiB.
    pub min_disk: String,
    /// MiB.
    pub min_ram: String,
    /// In words.
    pub description: String,
    /// Separated by commas.
    pub tags: String,
    /// `hw_firmware_type`: `bios`, `uefi` or empty.
    pub firmware: String,
    /// `hw_disk_bus` or empty.
    pub disk_bus: String,
    /// `hw_vif_model` or empty.
    pub vif_model: String,
    /// `hw_qemu_guest_agent`.
    pub guest_agent: bool,
    /// `os_admin_user`.
    pub admin_user: String,
    /// For rescue: `hw_rescue_device=cdrom`, `hw_rescue_bus=scsi`.
    pub rescue: bool,
    /// `key=value`, one a line.
    pub other: String,
}

/// What the cloud has told, as far as it has been asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CloudFacts {
    /// Another image that this project sees has the name.
    pub name_taken: bool,
    /// Bytes left of the quota; `None` without limit.
    pub bytes_left: Option<u64>,
    /// Images left of the quota; `None` without limit.
    pub images_left: Option<u64>,
}

/// Which field something is said about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FieldName {
    /// The file or the URL.
    Source,
    /// Name.
    Name,
    /// Disk format.
    DiskFormat,
    /// Smallest disk.
    MinDisk,
    /// Smallest RAM.
    MinRam,
    /// Tags.
    Tags,
    /// Other properties.
    Other,
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub field: FieldName,
    /// In words.
    pub text: String,
    /// Whether the image can be created nevertheless.
    pub weight: Weight,
}

/// How much a problem weighs, the heaviest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// The cloud would not take it.
    Wrong,
    /// Not filled in yet: said only when the user tries to create the image.
    Missing,
    /// It can be done, but the user should know.
    Notice,
}

impl Weight {
    /// The image cannot be created like this.
    pub fn blocks(self) -> bool {
        self != Self::Notice
    }
}

/// Glance’s schema: name, tags and property keys have at most this many characters.
pub(super) const LONGEST_NAME: usize = 255;

impl Draft {
    /// Everything that is wrong, blocking things first.
    pub fn problems(&self, cloud: &CloudFacts) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut say = |field, weight, text: String| problems.push(Problem { field, text, weight });
        match self.source {
            Source::File => match &self.file {
                None => say(FieldName::Source, Weight::Missing, "Choose a file.".into()),
                Some(file) => self.file_problems(file, cloud, &mut say),
            },
            Source::Url => {
                if let Some((weight, text)) = url_problem(&self.url) {
                    say(FieldName::Source, weight, text.into());
                }
            }
        }
        match self.name.trim() {
            "" => say(FieldName::Name, Weight::Missing, "Give the image a name.".into()),
            name if name.chars().count() > LONGEST_NAME => {
                say(
                    FieldName::Name,
                    Weight::Wrong,
                    format!(
                        "At most {LONGEST_NAME} characters; these are {}.",
                        name.chars().count()
                    ),
                );
            }
            _ if cloud.name_taken => say(
                FieldName::Name,
                Weight::Notice,
                "Another image has this name. Both can exist; only their ids will tell them apart."
                    .into(),
            ),
            _ => {}
        }
        if self.disk_format.is_empty() {
            say(FieldName::DiskFormat, Weight::Missing, "Choose the disk format.".into());
        }
        for (field, text, what) in
            [(FieldName::MinDisk, &self.min_disk, "GiB"), (FieldName::MinRam, &self.min_ram, "MiB")]
        {
            if number(text).is_err() {
                say(field, Weight::Wrong, format!("A whole number of {what}, or nothing."));
            }
        }
        if self.tag_list().iter().any(|tag| tag.chars().count() > LONGEST_NAME) {
            say(
                FieldName::Tags,
                Weight::Wrong,
                format!("A tag has at most {LONGEST_NAME} characters."),
            );
        }
        if let Err(text) = self.properties() {
            say(FieldName::Other, Weight::Wrong, text);
        }
        if cloud.images_left == Some(0) {
            say(
                FieldName::Source,
                Weight::Wrong,
                "The project has as many images as its quota allows. Delete one first.".into(),
            );
        }
        problems.sort_by_key(|problem| problem.weight);
        problems
    }

    fn file_problems(
        &self,
        file: &FileFacts,
        cloud: &CloudFacts,
        say: &mut impl FnMut(FieldName, Weight, String),
    ) {
        if let Some(left) = cloud.bytes_left.filter(|left| *left < file.size_bytes) {
            let text = format!(
                "The file has {}, but only {} of the project’s quota are left.",
                crate::text::format::bytes(file.size_bytes),
                crate::text::format::bytes(left)
            );
            say(FieldName::Source, Weight::Wrong, text);
        }
        match &file.kind {
            Kind::Empty => say(FieldName::Source, Weight::Wrong, "The file is empty.".into()),
            Kind::Wrapped(wrapped) => say(
                FieldName::Source,
                if self.disk_format == "raw" { Weight::Notice } else { Weight::Wrong },
                format!(
                    "This is a {} file, not a disk: clouds store it but cannot boot it. Unpack it first: {}",
                    wrapped.name(),
                    wrapped.remedy(&file.name)
                ),
            ),
            Kind::VmdkDescriptor => say(
                FieldName::Source,
                Weight::Wrong,
                "This file only describes a disk; the data lies in other files beside it. Make one file of them: ".to_owned()
                    + &convert(&file.name),
            ),
            Kind::Qed | Kind::Luks => {
                say(FieldName::Source, Weight::Notice, "Clouds do not boot this format. Convert it first: ".to_owned() + &convert(&file.name));
            }
            Kind::Qcow2(qcow2) => {
                if let Some(refusal) = qcow2.refusals.first() {
                    let why = match refusal {
                        Refusal::BackingFile => "Part of this disk lies in another file (its backing file)",
                        Refusal::DataFile => "This file’s data lies in another file",
                        Refusal::UnknownFeature => "This qcow2 file uses a feature that clouds refuse",
                    };
                    say(FieldName::Source, Weight::Wrong, format!("{why}. Make one plain file: {}", convert(&file.name)));
                }
            }
            _ => {}
        }
        // A cloud that inspects answers 415 after the whole body; an older one takes the file and never boots it
        // (glance/location.py; before 2025.1 there is no check at all). A disk without partition table is still raw.
        match file.kind.disk_format() {
            Some(found) if !self.disk_format.is_empty() && found != self.disk_format => say(
                FieldName::DiskFormat,
                Weight::Notice,
                format!(
                    "The file itself says {found}. As {} the cloud will refuse it, or take it and never boot it.",
                    self.disk_format
                ),
            ),
            None if file.kind == Kind::Unknown
                && !matches!(self.disk_format.as_str(), "" | "raw") =>
            {
                say(
                    FieldName::DiskFormat,
                    Weight::Notice,
                    format!(
                        "The file does not look like {}. The cloud will refuse it, or take it and never boot it.",
                        self.disk_format
                    ),
                )
            }
            _ => {}
        }
    }
}

fn convert(file: &str) -> String {
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    format!(
        "qemu-img convert -O qcow2 {} {}",
        shell::quote(file),
        shell::quote(&format!("{stem}-plain.qcow2"))
    )
}

pub(super) fn number(text: &str) -> Result<u64, ()> {
    match text.trim() {
        "" => Ok(0),
        // Glance keeps both as 32-bit integers.
        text => text.parse::<u64>().ok().filter(|number| *number <= i32::MAX as u64).ok_or(()),
    }
}

fn url_problem(text: &str) -> Option<(Weight, &'static str)> {
    if text.trim().is_empty() {
        return Some((Weight::Missing, "Give the address of the image."));
    }
    let wrong = match url::Url::parse(text.trim()) {
        Err(_) => Some("This is not an address. It begins with https:// or http://."),
        Ok(url) if !matches!(url.scheme(), "http" | "https") => {
            Some("The cloud fetches only from http:// and https:// addresses.")
        }
        Ok(url) if url.host_str().is_none() => Some("The address names no host."),
        Ok(_) => None,
    };
    wrong.map(|text| (Weight::Wrong, text))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A form without problems.
    pub(in crate::pages::create) fn draft() -> Draft {
        Draft {
            file: Some(FileFacts {
                name: "disk.qcow2".into(),
                size_bytes: 1000,
                kind: Kind::Unknown,
            }),
            name: "golden".into(),
            disk_format: "raw".into(),
            visibility: "private".into(),
            architecture: "x86_64".into(),
            ..Draft::default()
        }
    }

    fn check(change: impl FnOnce(&mut Draft), field: FieldName, weight: Weight, part: &str) {
        let mut draft = draft();
        change(&mut draft);
        let cloud = CloudFacts { bytes_left: Some(5000), ..CloudFacts::default() };
        let problems = draft.problems(&cloud);
        assert!(
            problems
                .iter()
                .any(|p| p.field == field && p.weight == weight && p.text.contains(part)),
            "{part:?} not in {problems:?}"
        );
    }

    #[test]
    fn a_good_draft_has_no_problems() {
        assert_eq!(draft().problems(&CloudFacts::default()), vec![]);
    }

    #[test]
    fn what_is_wrong_is_said_at_its_field() {
        let kind = |kind: Kind| move |d: &mut Draft| d.file.as_mut().unwrap().kind = kind;
        check(|d| d.file = None, FieldName::Source, Weight::Missing, "Choose a file");
        check(
            |d| d.file.as_mut().unwrap().size_bytes = 6000,
            FieldName::Source,
            Weight::Wrong,
            "quota",
        );
        check(kind(Kind::Empty), FieldName::Source, Weight::Wrong, "empty");
        check(kind(Kind::VmdkDescriptor), FieldName::Source, Weight::Wrong, "qemu-img convert");
        check(
            |d| {
                kind(Kind::Wrapped(disk_image::Wrapped::Xz))(d);
                d.disk_format = "qcow2".into();
            },
            FieldName::Source,
            Weight::Wrong,
            "unxz",
        );
        check(
            kind(Kind::Wrapped(disk_image::Wrapped::Xz)),
            FieldName::Source,
            Weight::Notice,
            "unxz",
        );
        check(
            |d| d.disk_format = "qcow2".into(),
            FieldName::DiskFormat,
            Weight::Notice,
            "does not look like qcow2",
        );
        check(kind(Kind::Vhdx), FieldName::DiskFormat, Weight::Notice, "itself says vhdx");
        check(|d| d.name = " ".into(), FieldName::Name, Weight::Missing, "name");
        check(|d| d.name = "x".repeat(256), FieldName::Name, Weight::Wrong, "255");
        check(|d| d.min_disk = "4.5".into(), FieldName::MinDisk, Weight::Wrong, "GiB");
        check(|d| d.min_ram = "-1".into(), FieldName::MinRam, Weight::Wrong, "MiB");
        check(|d| d.min_ram = "99999999999".into(), FieldName::MinRam, Weight::Wrong, "MiB");
        check(|d| d.other = "novalue".into(), FieldName::Other, Weight::Wrong, "no “=”");
        check(|d| d.other = "os_glance_x=1".into(), FieldName::Other, Weight::Wrong, "os_glance");
        check(|d| d.other = "architecture=arm".into(), FieldName::Other, Weight::Wrong, "twice");
        check(|d| d.other = "size=1".into(), FieldName::Other, Weight::Wrong, "field of the image");
        check(
            |d| {
                d.source = Source::Url;
                d.url = "ftp://x/y".into();
            },
            FieldName::Source,
            Weight::Wrong,
            "http://",
        );
        check(
            |d| {
                d.source = Source::Url;
                d.url = "nonsense".into();
            },
            FieldName::Source,
            Weight::Wrong,
            "not an address",
        );
    }

    #[test]
    fn a_taken_name_warns_and_a_full_quota_blocks() {
        let taken = draft().problems(&CloudFacts { name_taken: true, ..CloudFacts::default() });
        assert!(
            taken.iter().any(|p| p.field == FieldName::Name && p.weight == Weight::Notice),
            "{taken:?}"
        );
        let full = draft().problems(&CloudFacts { images_left: Some(0), ..CloudFacts::default() });
        assert!(
            full.iter().any(|p| p.field == FieldName::Source && p.weight == Weight::Wrong),
            "{full:?}"
        );
    }
}
