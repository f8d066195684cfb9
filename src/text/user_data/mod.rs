//! What was found in user data, in words. Pure; what is found is `cloud_init`'s to say.

mod problems;

use cloud_init::{Finding, Fix, Format, Problem, Report, Severity};

pub use self::problems::words;
use super::{tr, tr_with};

/// What it is.
pub fn format(format: Format) -> String {
    let words = match format {
        Format::Empty => tr("Nothing"),
        Format::CloudConfig => "cloud-config",
        Format::Script => tr("Script"),
        Format::Include | Format::IncludeOnce => tr("List of addresses"),
        Format::Boothook => tr("Boot hook"),
        Format::PartHandler => tr("Part handler"),
        Format::Archive => tr("Archive of parts"),
        Format::JsonPatch => tr("JSON patch"),
        Format::Template => tr("Jinja template"),
        Format::Mime => tr("Several parts (MIME)"),
        Format::Gzip => tr("Compressed (gzip)"),
        Format::PowerShell => "PowerShell",
        Format::Cmd => tr("Windows commands"),
        Format::Ec2 => tr("Windows script as on EC2"),
        Format::Unknown => tr("Not recognised"),
    };
    words.to_owned()
}

/// How much was found, as one sentence for who does not see the list appear. That it is too long the field says.
pub fn summary(report: &Report) -> String {
    if report.format == Format::Gzip {
        return tr("What is compressed is not looked into.").to_owned();
    }
    let said = |finding: &&Finding| !matches!(finding.problem, Problem::TooLong(_));
    let count = |severity| {
        report.findings.iter().filter(said).filter(|finding| finding.severity == severity).count()
    };
    let one_or = |count: usize, one: &'static str, several: String| match count {
        0 => None,
        1 => Some(one.to_owned()),
        _ => Some(several),
    };
    let (errors, warnings, notes) =
        (count(Severity::Error), count(Severity::Warning), count(Severity::Note));
    let parts = [
        one_or(errors, tr("1 error"), tr_with("{count} errors", &[("count", &errors)])),
        one_or(warnings, tr("1 warning"), tr_with("{count} warnings", &[("count", &warnings)])),
        one_or(notes, tr("1 note"), tr_with("{count} notes", &[("count", &notes)])),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    match (parts.is_empty(), report.findings.is_empty()) {
        (true, true) => tr("Nothing wrong was found.").to_owned(),
        (true, false) => String::new(),
        (false, _) => parts.join(", "),
    }
}

/// What a change does.
pub fn mend(fix: &Fix) -> String {
    let text = fix.text.trim_end_matches('\n');
    if fix.place.line == 0 {
        tr("Make all line ends plain").to_owned()
    } else if text.trim().is_empty() {
        if fix.text.is_empty() { tr("Take it out").to_owned() } else { tr("Use spaces").to_owned() }
    } else if text.contains('\n') || text.chars().count() > 40 {
        tr("Change it").to_owned()
    } else {
        tr_with("Write `{text}`", &[("text", &text)])
    }
}

#[cfg(test)]
mod tests {
    use cloud_init::{Guest, check};

    use super::*;

    fn said(text: &str) -> Vec<String> {
        check(text.as_bytes(), Guest::Linux)
            .findings
            .iter()
            .map(|finding| words(&finding.problem))
            .collect()
    }

    #[test]
    fn says_what_is_wrong_and_what_to_do() {
        let check = |text: &str, expected: &str| assert_eq!(said(text), [expected], "{text}");
        check(
            "#cloud-config\nrun_cmd: [ls]\n",
            "cloud-init knows no key `run_cmd` here. Did you mean `runcmd`?",
        );
        check(
            "#cloud-config\nwrite_files:\n  - path: /a\n    permissions: 0644\n",
            "Without quotes `0644` is the number 420, and cloud-init refuses it. Permissions are text.",
        );
        check(
            "#cloud-config\nhostname: on\n",
            "Expected is a text. Without quotes `on` is true or false: put it in quotes.",
        );
        check("#cloud-config\nruncmd: ls\n", "Expected is a list; this is a text.");
        check(
            "#cloud-config\napt_update: true\n",
            "Deprecated since cloud-init 22.2. Use `package_update` instead.",
        );
        check(
            "#cloud-config\na: 1\n\tb: 2\n",
            "A tab: YAML wants spaces. As it is, cloud-init ignores all of it.",
        );
        check(
            "#cloud-config\nswap: {size: 2GB}\n",
            "A size is a number and B, K, M, G or T: `2G`.",
        );
        check("#cloud-config\nntp: {servers: [a, a]}\n", "This stands in the list twice.");
        check(
            "#cloud-config\nwrite_files:\n  - path: /a\ncontent: b\n",
            "`content` belongs below `write_files`: is it indented far enough?",
        );
        check(
            "# cloud-config\n",
            "cloud-init does not know this first line and ignores all of it. Did you mean `#cloud-config`?",
        );
    }

    #[test]
    fn every_finding_has_words() {
        for text in [
            "hello",
            "#!sh\r\nls",
            "#include\nx\n",
            "## template: jinja\nx",
            "#cloud-config-archive\nx: 1\n",
            "- \u{7}",
        ] {
            for words in said(text) {
                assert!(words.ends_with(['.', '?', '`']) && !words.contains("Problem"), "{words}");
            }
        }
        let summary = |text: &[u8]| super::summary(&check(text, Guest::Linux));
        assert_eq!(summary(b"#cloud-config\nhostname: a\n"), "Nothing wrong was found.");
        assert_eq!(summary(b"\x1f\x8b"), "What is compressed is not looked into.");
        assert_eq!(summary(format!("#!/bin/sh\n{}", "#".repeat(60_000)).as_bytes()), "");
        let two = b"#cloud-config\nrun_cmd: [ls]\napt_update: true\n";
        assert_eq!(summary(two), "1 error, 1 warning");
    }
}
