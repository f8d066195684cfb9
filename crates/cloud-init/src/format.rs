//! Which of the formats it is, decided as cloud-init (`handlers/__init__.py`, `user_data.py`) and cloudbase-init
//! (`userdata.py`, `userdatautils.py`) decide it.

use serde::{Deserialize, Serialize};

/// Whose user data it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Guest {
    /// The image does not say.
    #[default]
    Unknown,
    /// cloud-init reads it.
    Linux,
    /// cloudbase-init reads it.
    Windows,
}

/// The formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Format {
    /// Nothing, or only white space.
    Empty,
    /// `#cloud-config`.
    CloudConfig,
    /// `#!`.
    Script,
    /// `#include`.
    Include,
    /// `#include-once`.
    IncludeOnce,
    /// `#cloud-boothook`.
    Boothook,
    /// `#part-handler`.
    PartHandler,
    /// `#cloud-config-archive`.
    Archive,
    /// `#cloud-config-jsonp`.
    JsonPatch,
    /// `## template: jinja`.
    Template,
    /// MIME, several parts.
    Mime,
    /// Compressed with gzip.
    Gzip,
    /// `#ps1`, `#ps1_sysnative`, `#ps1_x86`: PowerShell, only on Windows.
    PowerShell,
    /// `rem cmd`: only on Windows.
    Cmd,
    /// `<powershell>` or `<script>`, as on EC2: only on Windows.
    Ec2,
    /// None of them: cloud-init ignores it.
    Unknown,
}

impl Format {
    /// Only cloudbase-init knows it.
    pub const fn is_windows(self) -> bool {
        matches!(self, Self::PowerShell | Self::Cmd | Self::Ec2)
    }

    /// Only cloud-init knows it when it stands by itself.
    pub const fn is_linux(self) -> bool {
        matches!(
            self,
            Self::Include
                | Self::IncludeOnce
                | Self::Boothook
                | Self::PartHandler
                | Self::Archive
                | Self::JsonPatch
                | Self::Template
        )
    }
}

/// What cloud-init looks for at the beginning, in lower case, the longest first (`INCLUSION_SRCH`).
const BEGINNINGS: [(&str, Format); 9] = [
    ("#cloud-config-archive", Format::Archive),
    ("#cloud-config-jsonp", Format::JsonPatch),
    ("## template: jinja", Format::Template),
    ("#cloud-boothook", Format::Boothook),
    ("#include-once", Format::IncludeOnce),
    ("#cloud-config", Format::CloudConfig),
    ("#part-handler", Format::PartHandler),
    ("#include", Format::Include),
    ("#!", Format::Script),
];

/// The first lines that there are, for when one is nearly right.
pub(crate) const FIRST_LINES: [&str; 8] = [
    "#cloud-config",
    "#cloud-config-archive",
    "#cloud-config-jsonp",
    "#cloud-boothook",
    "#include-once",
    "#include",
    "#part-handler",
    "## template: jinja",
];

/// Where cloud-init looks for `mime-version:`.
const MIME_WITHIN: usize = 4096;

/// What this is.
pub fn format(bytes: &[u8], guest: Guest) -> Format {
    if bytes.starts_with(b"\x1f\x8b") {
        return Format::Gzip;
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return Format::Unknown };
    if text.trim().is_empty() {
        return Format::Empty;
    }
    if is_mime(bytes, guest) {
        return Format::Mime;
    }
    match of_text(text) {
        Format::Unknown => of_windows(text),
        known => known,
    }
}

/// What a text is by its beginning alone, as a part of something else is.
pub(crate) fn of_text(text: &str) -> Format {
    // Python's `lstrip` and `lower`, of which only ASCII matters here.
    let text = text.trim_start_matches(|letter: char| {
        letter.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&letter)
    });
    BEGINNINGS
        .into_iter()
        .find(|(beginning, _)| {
            text.get(..beginning.len()).is_some_and(|start| start.eq_ignore_ascii_case(beginning))
        })
        .map_or(Format::Unknown, |(_, format)| format)
}

fn is_mime(bytes: &[u8], guest: Guest) -> bool {
    let beginning = bytes.get(..MIME_WITHIN).unwrap_or(bytes).to_ascii_lowercase();
    beginning.windows(13).any(|at| at == b"mime-version:")
        || guest == Guest::Windows && bytes.starts_with(b"Content-Type: multipart")
}

/// cloudbase-init's own beginnings; they must be at the very start, in lower case, with white space after them.
fn of_windows(text: &str) -> Format {
    let begins = |with: &str| {
        text.strip_prefix(with).is_some_and(|rest| rest.starts_with(char::is_whitespace))
    };
    if ["#ps1", "#ps1_sysnative", "#ps1_x86"].into_iter().any(begins) {
        return Format::PowerShell;
    }
    let cmd = text.strip_prefix("rem").filter(|rest| rest.starts_with(char::is_whitespace));
    if cmd
        .and_then(|rest| rest.trim_start().strip_prefix("cmd"))
        .is_some_and(|rest| rest.starts_with(char::is_whitespace))
    {
        return Format::Cmd;
    }
    match ["<script>", "</script>", "<powershell>", "</powershell>"]
        .into_iter()
        .any(|tag| text.contains(tag))
    {
        true => Format::Ec2,
        false => Format::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_formats() {
        let check = |bytes: &[u8], expected: Format| {
            assert_eq!(
                format(bytes, Guest::Unknown),
                expected,
                "{}",
                String::from_utf8_lossy(bytes)
            );
        };
        check(b"", Format::Empty);
        check(b" \n\n", Format::Empty);
        check(b"#cloud-config\n", Format::CloudConfig);
        check(b"#Cloud-Config\n", Format::CloudConfig);
        check(b"\n\n  #cloud-config\n", Format::CloudConfig);
        // As in cloud-init, nothing need follow.
        check(b"#cloud-configuration\n", Format::CloudConfig);
        check(b"#cloud-config-archive\n", Format::Archive);
        check(b"#cloud-config-jsonp\n", Format::JsonPatch);
        check(b"#!/bin/sh\n", Format::Script);
        check(b"#include\nhttp://a\n", Format::Include);
        check(b"#include-once\nhttp://a\n", Format::IncludeOnce);
        check(b"#cloud-boothook\n", Format::Boothook);
        check(b"#part-handler\n", Format::PartHandler);
        check(b"## template: jinja\n#cloud-config\n", Format::Template);
        check(b"## template:jinja\n#cloud-config\n", Format::Unknown);
        check(b"Content-Type: multipart/mixed\nMIME-Version: 1.0\n", Format::Mime);
        check(b"Content-Type: multipart/mixed; boundary=x\n", Format::Unknown);
        assert_eq!(
            format(b"Content-Type: multipart/mixed; boundary=x\n", Guest::Windows),
            Format::Mime
        );
        check(b"\x1f\x8b\x08\x00", Format::Gzip);
        check(b"#ps1_sysnative\nls\n", Format::PowerShell);
        check(b"#ps1\nls\n", Format::PowerShell);
        check(b"#ps1_x86 \n", Format::PowerShell);
        check(b"#ps1x\n", Format::Unknown);
        check(b"rem cmd\necho\n", Format::Cmd);
        check(b"remcmd\n", Format::Unknown);
        check(b"<powershell>\nls\n</powershell>", Format::Ec2);
        check(b"---\n#cloud-config\n", Format::Unknown);
        check("\u{feff}#cloud-config\n".as_bytes(), Format::Unknown);
        check(b"# cloud-config\n", Format::Unknown);
        check(b"\xff\xfe#\x00", Format::Unknown);
    }
}
