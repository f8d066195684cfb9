//! The create form as `openstack` command line. Pure; a journey runs it with the real client and compares the images.

use disk_image::report::Format;

use super::draft::{Draft, Source};
use super::entry::Entry;
use crate::text::shell;

/// Between two words of a long line.
const NEXT: &str = " \\\n  ";

impl Draft {
    /// The same as `openstack` command line, ready to be pasted where the file lies.
    pub fn command_line(&self) -> String {
        match self.source {
            Source::File => self.create(None),
            // The id, as names need not be unique.
            Source::Url => format!(
                "image=$({})\nopenstack image import{NEXT}--method web-download{NEXT}--uri {}{NEXT}\"$image\"",
                self.create(Some("-f value -c id")),
                shell::quote(self.value(Entry::Url).trim())
            ),
            // Their forms have command lines of their own.
            Source::Instance | Source::Volume => String::new(),
        }
    }

    fn create(&self, also: Option<&str>) -> String {
        let record = self.record();
        let mut words = vec!["openstack image create".to_owned()];
        let mut before = String::new();
        if let (Source::File, Some(file)) = (self.source, &self.file) {
            let own = plain(&file.name);
            let sent = if self.as_qcow2 {
                let made = plain(&made_of(&file.name));
                let from = match &file.report {
                    Some(report) if report.format == Format::VhdFixed => "vpc",
                    _ => "raw",
                };
                before = format!(
                    "qemu-img convert -f {from} -O qcow2 {} {}\n",
                    shell::quote(&own),
                    shell::quote(&made)
                );
                made
            } else {
                own
            };
            words.push(format!("--file {}", shell::quote(&sent)));
        }
        words.push(format!("--disk-format {}", shell::quote(&record.disk_format)));
        words.push("--container-format bare".to_owned());
        words.push(format!("--{}", self.value(Entry::Visibility)));
        if record.protected {
            words.push("--protected".to_owned());
        }
        if record.min_disk_gib > 0 {
            words.push(format!("--min-disk {}", record.min_disk_gib));
        }
        if record.min_ram_mib > 0 {
            words.push(format!("--min-ram {}", record.min_ram_mib));
        }
        for (key, value) in &record.properties {
            // With "=": the client takes a word that begins with "-" for an option of its own.
            words.push(format!("--property={}", shell::quote(&format!("{key}={value}"))));
        }
        for tag in &record.tags {
            words.push(format!("--tag={}", shell::quote(tag)));
        }
        words.extend(also.map(str::to_owned));
        let dashes = if record.name.starts_with('-') { "-- " } else { "" };
        words.push(format!("{dashes}{}", shell::quote(&record.name)));
        before + &words.join(NEXT)
    }
}

/// A file's name that no program takes for an option, nor QEMU what precedes a colon in it for a protocol.
fn plain(name: &str) -> String {
    if name.starts_with('-') || name.contains(':') { format!("./{name}") } else { name.to_owned() }
}

/// What the converted file is called: never as the file itself, which would be written over while it is read.
fn made_of(name: &str) -> String {
    let made = format!("{}.qcow2", stem(name));
    if made.eq_ignore_ascii_case(name) { format!("{}-new.qcow2", stem(name)) } else { made }
}

/// A file's name without its ending.
fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| if stem.is_empty() { name } else { stem })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::create::draft::tests::draft;

    #[test]
    fn the_command_line_can_be_pasted() {
        let mut form = draft();
        form.values.insert(Entry::Name, "it's mine".into());
        form.protected = true;
        assert_eq!(
            form.command_line(),
            "openstack image create \\\n  --file disk.qcow2 \\\n  --disk-format raw \\\n  --container-format bare \\\n  --private \\\n  --protected \\\n  --property=architecture=x86_64 \\\n  'it'\\''s mine'"
        );
        form.values.insert(Entry::Name, "-x".into());
        form.file.as_mut().unwrap().name = "-disk.raw".into();
        form.as_qcow2 = true;
        let line = form.command_line();
        assert!(
            line.starts_with("qemu-img convert -f raw -O qcow2 ./-disk.raw ./-disk.qcow2\n"),
            "{line}"
        );
        assert!(line.contains("--file ./-disk.qcow2") && line.ends_with("-- -x"), "{line}");
        let mut convert = |name: &str, files: &str| {
            form.file.as_mut().unwrap().name = name.into();
            let line = form.command_line();
            let expected = format!("qemu-img convert -f raw -O qcow2 {files}\n");
            assert!(line.starts_with(&expected), "{line}");
        };
        convert("disk.qcow2", "disk.qcow2 disk-new.qcow2");
        convert("at 10:00.raw", "'./at 10:00.raw' './at 10:00.qcow2'");
    }

    #[test]
    fn an_address_is_imported_into_the_new_image() {
        let mut form = draft();
        form.source = Source::Url;
        form.values.insert(Entry::Url, "https://x.example/a?b=c&d".into());
        let line = form.command_line();
        assert!(
            line.starts_with("image=$(openstack image create \\\n  --disk-format raw"),
            "{line}"
        );
        assert!(line.ends_with("--uri 'https://x.example/a?b=c&d' \\\n  \"$image\""), "{line}");
    }
}
