//! Our verdicts on the samples in `oracle/samples.txt`, held against those of `cloud-init schema`, which
//! `tools/cloud-init-verdicts` has recorded in `oracle/verdicts.json`. Compared is whether cloud-init takes a sample at all,
//! where it is no YAML (the line), which keys are refused, and which are deprecated; each by its path.

#![allow(clippy::unwrap_used)] // what fails here is the test itself

use std::collections::BTreeSet;

use cloud_init::{Finding, Format, Guest, Problem, Severity, check};
use serde_json::Value;

/// Where we say something else than the tool, and why. An entry that is no longer needed fails too.
const DIFFERENT: [(&str, &str); 4] = [
    (
        "bad-indent",
        "the tool names the line where the mapping begins, we the line that does not fit",
    ),
    (
        "second-document",
        "the tool names the line where the first document begins, we that of the second",
    ),
    ("control-character", "the tool names the first line always, we that of the character"),
    (
        "chpasswd-users-type",
        "`type: plain`: the tool takes it for the kind without a password and complains of that key, we of the type",
    ),
];

type Paths = BTreeSet<String>;

#[derive(Debug, PartialEq, Eq)]
struct Verdict {
    /// cloud-init ignores it as a whole.
    ignored: bool,
    errors: Paths,
    deprecations: Paths,
}

fn samples() -> Vec<(String, String)> {
    let letters = [
        ("<TAB>", "\t"),
        ("<CR>", "\r"),
        ("<BOM>", "\u{feff}"),
        ("<NBSP>", "\u{a0}"),
        ("<BELL>", "\u{7}"),
        ("<NL>", ""),
    ];
    let parts = include_str!("oracle/samples.txt").split("\n=== ").skip(1);
    parts
        .map(|part| {
            let (name, text) = part.split_once('\n').unwrap_or((part, ""));
            let text = letters
                .iter()
                .fold(text.to_owned(), |text, (word, letter)| text.replace(word, letter));
            // The line end before the next sample's line was taken with it.
            (name.to_owned(), format!("{text}\n"))
        })
        .collect()
}

fn theirs(said: &Value) -> Verdict {
    let paths = |key: &str| -> Paths {
        said[key]
            .as_array()
            .unwrap()
            .iter()
            .map(|pair| line_only(pair[0].as_str().unwrap()))
            .collect()
    };
    Verdict {
        ignored: said["type"].is_null(),
        errors: paths("errors"),
        deprecations: paths("deprecations"),
    }
}

/// The tool's places within YAML are where PyYAML noticed; lines are compared, columns not.
fn line_only(path: &str) -> String {
    match path.strip_prefix("format-").and_then(|place| place.split_once('.')) {
        Some((line, _)) => format!("line {}", line.trim_start_matches('l')),
        None => path.to_owned(),
    }
}

fn ours(text: &str) -> Verdict {
    let report = check(text.as_bytes(), Guest::Linux);
    // What it says of scripts and the like the tool does not look at.
    let is_config = report.format == Format::CloudConfig;
    let of = |wanted: fn(&Finding) -> bool| -> Paths {
        report.findings.iter().filter(|finding| is_config && wanted(finding)).map(path).collect()
    };
    Verdict {
        ignored: report.format == Format::Unknown,
        errors: of(|finding| {
            finding.severity == Severity::Error || matches!(finding.problem, Problem::Empty)
        }),
        deprecations: of(|finding| {
            matches!(finding.problem, Problem::Deprecated(..) | Problem::Changed(..))
        }),
    }
}

fn path(finding: &Finding) -> String {
    match finding.problem {
        Problem::Yaml(_) => format!("line {}", finding.place.line),
        _ => finding.path.clone(),
    }
}

#[test]
fn says_what_cloud_init_says() {
    let recorded: Value = serde_json::from_str(include_str!("oracle/verdicts.json")).unwrap();
    assert_eq!(recorded["cloud-init"], cloud_init::SCHEMA_RELEASE);
    let samples = samples();
    assert!(samples.len() >= 60, "{}", samples.len());
    let mut wrong = Vec::new();
    for (name, text) in &samples {
        let theirs = theirs(
            recorded["verdicts"].get(name).unwrap_or_else(|| panic!("{name} was not recorded")),
        );
        let ours = ours(text);
        let explained = DIFFERENT.iter().any(|(known, _)| known == name);
        if (ours == theirs) == explained {
            wrong.push(format!(
                "{name}{}\n  cloud-init: {theirs:?}\n  we:         {ours:?}",
                if explained { " (explained)" } else { "" }
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
