//! The create form as plain values, and what is wrong with it. `record` has what it asks for, `properties` the rules on keys.
//!
//! Pure: no signals, no browser, no requests. Rules of the cloud cite their source.

use std::collections::BTreeMap;

use disk_image::Mismatch;
use disk_image::report::{Format, Report, Seen, System, Trouble, Weight as Heavy};

use super::entry::Entry;
use crate::address::{Address, NoAddress};
use crate::text::{findings, format, tr, tr_with};

/// Where the image’s data comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// A file of this computer.
    #[default]
    File,
    /// An address that the cloud fetches by itself (`web-download`).
    Url,
    /// An instance of the project; the cloud copies its disk.
    Instance,
    /// A volume of the project; the cloud copies it.
    Volume,
}

impl Source {
    /// All, in the order shown.
    pub const ALL: [Self; 4] = [Self::File, Self::Url, Self::Instance, Self::Volume];

    /// Its name in links.
    pub const fn key(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Url => "url",
            Self::Instance => "instance",
            Self::Volume => "volume",
        }
    }

    /// The source of that name.
    pub fn of(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.key() == key)
    }

    /// What it is called.
    pub fn label(self) -> &'static str {
        match self {
            Self::File => tr("File"),
            Self::Url => tr("URL"),
            Self::Instance => tr("Instance"),
            Self::Volume => tr("Volume"),
        }
    }

    /// Whether the data is in the cloud already: then the cloud copies it, and the record follows from it.
    pub const fn is_in_the_cloud(self) -> bool {
        matches!(self, Self::Instance | Self::Volume)
    }
}

/// What is known of the chosen file before anything is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChosenFile {
    /// Its name on this computer.
    pub name: String,
    /// Its size.
    pub size_bytes: u64,
    /// What it says about itself; `None` while it is read, or when it could not be.
    pub report: Option<Report>,
}

/// The form as the user left it; numbers are still text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// File or URL.
    pub source: Source,
    /// The chosen file.
    pub file: Option<ChosenFile>,
    /// What stands in each entry; those that are not there are empty.
    pub values: BTreeMap<Entry, String>,
    /// Refuse deletion.
    pub protected: bool,
    /// Any other property, key and value, as typed.
    pub others: Vec<(String, String)>,
    /// Send a file that the cloud is expected to refuse.
    pub insists: bool,
    /// Send a raw disk as a qcow2 made on the way.
    pub as_qcow2: bool,
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
    /// How many bytes of the chosen file would travel, when that is less than all of them.
    pub bytes_to_send: Option<u64>,
}

/// What something is said about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// The file or the URL.
    Source,
    /// One entry.
    At(Entry),
    /// The other property of that row, from 0.
    Row(usize),
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub place: Place,
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
    /// What stands in an entry.
    pub fn value(&self, entry: Entry) -> &str {
        self.values.get(&entry).map_or("", String::as_str)
    }

    /// Everything that is wrong, blocking things first.
    pub fn problems(&self, cloud: &CloudFacts) -> Vec<Problem> {
        let mut problems = Vec::new();
        // What is in the cloud already has a form of its own (`existing`).
        if self.source.is_in_the_cloud() {
            return problems;
        }
        let mut say = |place, weight, text: String| problems.push(Problem { place, text, weight });
        match self.source {
            Source::File => match &self.file {
                None => say(Place::Source, Weight::Missing, tr("Choose a file.").into()),
                Some(file) => self.file_problems(file, cloud, &mut say),
            },
            Source::Url => {
                if let Some((weight, text)) = url_problem(self.value(Entry::Url)) {
                    say(Place::Source, weight, text.into());
                }
            }
            Source::Instance | Source::Volume => {}
        }
        if cloud.images_left == Some(0) {
            let text = tr("The project has as many images as its quota allows. Delete one first.");
            say(Place::Source, Weight::Wrong, text.into());
        }
        self.entry_problems(cloud, &mut say);
        for (row, weight, text) in self.property_problems() {
            say(Place::Row(row), weight, text);
        }
        problems.sort_by_key(|problem| problem.weight);
        problems
    }

    fn entry_problems(&self, cloud: &CloudFacts, say: &mut impl FnMut(Place, Weight, String)) {
        match self.value(Entry::Name).trim() {
            "" => say(Place::At(Entry::Name), Weight::Missing, tr("Give the image a name.").into()),
            name if name.chars().count() > LONGEST_NAME => say(
                Place::At(Entry::Name),
                Weight::Wrong,
                tr_with(
                    "At most {most} characters; these are {count}.",
                    &[("most", &LONGEST_NAME), ("count", &name.chars().count())],
                ),
            ),
            _ if cloud.name_taken => say(
                Place::At(Entry::Name),
                Weight::Notice,
                tr("Another image has this name. Both can exist; only their ids will tell them apart.").into(),
            ),
            _ => {}
        }
        if self.value(Entry::DiskFormat).is_empty() {
            say(
                Place::At(Entry::DiskFormat),
                Weight::Missing,
                tr("Choose the disk format.").into(),
            );
        }
        if number(self.value(Entry::MinDisk)).is_err() {
            let text = tr("A whole number of GiB, or nothing.");
            say(Place::At(Entry::MinDisk), Weight::Wrong, text.into());
        }
        if number(self.value(Entry::MinRam)).is_err() {
            let text = tr("A whole number of MiB, or nothing.");
            say(Place::At(Entry::MinRam), Weight::Wrong, text.into());
        }
        if let Some((entry, text)) = self.rescue_problem() {
            say(Place::At(entry), Weight::Notice, text.into());
        }
        if self.tag_list().iter().any(|tag| tag.chars().count() > LONGEST_NAME) {
            say(
                Place::At(Entry::Tags),
                Weight::Wrong,
                tr_with("A tag has at most {most} characters.", &[("most", &LONGEST_NAME)]),
            );
        }
        let machine = self.value(Entry::Architecture);
        if let Some(disk) = self.report().and_then(architecture_of)
            && !machine.is_empty()
            && disk != machine
        {
            let text = tr_with(
                "The disk itself is made for {disk}. On {machine} it will not start.",
                &[("disk", &disk), ("machine", &machine)],
            );
            say(Place::At(Entry::Architecture), Weight::Notice, text);
        }
    }

    /// What keeps a rescue image from being one: for an instance on a volume Nova asks for both properties
    /// (nova/compute/api.py `rescue`), and a cdrom starts only from an ISO.
    fn rescue_problem(&self) -> Option<(Entry, &'static str)> {
        let (device, bus) = (self.value(Entry::RescueDevice), self.value(Entry::RescueBus));
        let format = self.value(Entry::DiskFormat);
        match (device, bus) {
            ("", "") => None,
            (_, "") => Some((
                Entry::RescueBus,
                tr("Without the bus it cannot rescue instances that boot from a volume."),
            )),
            ("", _) => Some((
                Entry::RescueDevice,
                tr(
                    "Without the device it cannot rescue instances that boot from a volume, and is a disk to the others.",
                ),
            )),
            ("cdrom", _) if !matches!(format, "" | "iso") => Some((
                Entry::RescueDevice,
                tr("A cdrom starts only from an ISO. For this disk format choose disk."),
            )),
            ("disk", _) if format == "iso" => {
                Some((Entry::RescueDevice, tr("Most ISOs start only from a cdrom.")))
            }
            _ => None,
        }
    }

    fn file_problems(
        &self,
        file: &ChosenFile,
        cloud: &CloudFacts,
        say: &mut impl FnMut(Place, Weight, String),
    ) {
        let to_send = match (self.as_qcow2, cloud.bytes_to_send) {
            (true, Some(bytes)) => bytes,
            _ => file.size_bytes,
        };
        if let Some(left) = cloud.bytes_left.filter(|left| *left < to_send) {
            let text = tr_with(
                "The file has {size}, but only {left} of the project’s quota are left.",
                &[("size", &format::bytes(to_send)), ("left", &format::bytes(left))],
            );
            say(Place::Source, Weight::Wrong, text);
        }
        let Some(report) = &file.report else { return };
        let chosen = self.value(Entry::DiskFormat);
        // The panel says all of them at length; here stands what keeps the image from being created.
        for finding in &report.findings {
            let empty = report.format == Format::Empty;
            // What is written anew on the way is a plain qcow2, whatever the file was.
            let passes = !empty && (self.insists || self.as_qcow2);
            let only_as_raw = matches!(finding.trouble, Trouble::Table(_)) && chosen != "raw";
            if finding.weight == Heavy::Refused && !passes && !only_as_raw {
                let words = findings::words(&finding.trouble, report.format);
                say(Place::Source, Weight::Wrong, words.title);
            }
        }
        let mismatch = (!chosen.is_empty() && !self.as_qcow2).then(|| report.mismatch(chosen));
        if let Some(Mismatch { seen, weight }) = mismatch.flatten() {
            let is = match seen {
                Seen::Raw | Seen::Gpt => {
                    tr_with("The file does not look like {chosen}.", &[("chosen", &chosen)])
                }
                _ => tr_with("The file itself says {found}.", &[("found", &seen.name())]),
            };
            let text = match weight {
                Heavy::Refused => tr("The cloud will refuse it, or take it and never boot it."),
                Heavy::NeverBoots | Heavy::Notice => {
                    tr("The cloud will take it, but no instance will start from it.")
                }
            };
            say(Place::At(Entry::DiskFormat), Weight::Notice, format!("{is} {text}"));
        }
    }

    /// What the chosen file says about itself.
    pub fn report(&self) -> Option<&Report> {
        self.file.as_ref().filter(|_| self.source == Source::File)?.report.as_ref()
    }

    /// The tags, without empty ones and doubles.
    pub(super) fn tag_list(&self) -> Vec<String> {
        let mut tags: Vec<String> = Vec::new();
        for tag in self.value(Entry::Tags).split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
            if !tags.iter().any(|known| known == tag) {
                tags.push(tag.to_owned());
            }
        }
        tags
    }
}

fn architecture_of(report: &Report) -> Option<&str> {
    match &report.system {
        System::Found(os) | System::Guessed { os, .. } => os.architecture.as_deref(),
        System::NotTold(_) => None,
    }
}

/// Nothing is 0.
pub(super) fn number(text: &str) -> Result<u64, ()> {
    match text.trim() {
        "" => Ok(0),
        // Glance keeps both as 32-bit integers.
        text => text.parse::<u64>().ok().filter(|number| *number <= i32::MAX as u64).ok_or(()),
    }
}

fn url_problem(text: &str) -> Option<(Weight, &'static str)> {
    if text.trim().is_empty() {
        return Some((Weight::Missing, tr("Give the address of the image.")));
    }
    let wrong = match Address::parse(text.trim()) {
        Err(NoAddress::Form) => {
            Some(tr("This is not an address. It begins with https:// or http://."))
        }
        Err(NoAddress::Scheme) => {
            Some(tr("The cloud fetches only from http:// and https:// addresses."))
        }
        Err(NoAddress::Host) => Some(tr("The address names no host.")),
        Ok(_) => None,
    };
    wrong.map(|text| (Weight::Wrong, text))
}

#[cfg(test)]
#[path = "draft_tests.rs"]
pub(super) mod tests;
