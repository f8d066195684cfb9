//! All checks of a text, by its format.

use serde::{Deserialize, Serialize};

use crate::finding::{Finding, Place, Severity};
use crate::format::{Format, Guest, format, of_text};
use crate::problem::{Problem, YamlProblem};
use crate::yaml::{Loaded, Value};
use crate::{
    LONGEST_ENCODED, archive, encoded_len, include, jinja, mime, mistakes, opening, schema, script,
    yaml,
};

/// What is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// What it is.
    pub format: Format,
    /// What is to be said, by place.
    pub findings: Vec<Finding>,
}

/// Messages within messages, deeper than anybody sends.
const DEEPEST: usize = 4;

/// Looks at user data as it will be given to Nova, before base64.
pub fn check(bytes: &[u8], guest: Guest) -> Report {
    let format = format(bytes, guest);
    let mut findings = match std::str::from_utf8(bytes) {
        Ok(text) => of_format(text, format, guest),
        Err(_) if format == Format::Gzip => Vec::new(),
        Err(error) => vec![not_text(bytes, error.valid_up_to())],
    };
    let length = encoded_len(bytes.len());
    if length > LONGEST_ENCODED {
        findings.push(Finding::error(Place::default(), Problem::TooLong(length)));
    }
    if format.is_windows() && guest != Guest::Windows {
        let severity = if guest == Guest::Linux { Severity::Error } else { Severity::Note };
        findings.push(Finding::new(severity, Place::line(1), Problem::OnlyWindows));
    }
    if guest == Guest::Windows && format.is_linux() {
        findings.push(Finding::error(Place::line(1), Problem::NotWindows));
    }
    findings.sort_by_key(|finding| (finding.place.line, finding.place.column, finding.severity));
    findings.dedup();
    Report { format, findings }
}

fn not_text(bytes: &[u8], good: usize) -> Finding {
    let before = bytes.get(..good).unwrap_or_default();
    match of_text(std::str::from_utf8(before).unwrap_or_default()) {
        Format::Unknown => Finding::error(Place::default(), Problem::Binary),
        _ => Finding::error(Place::default(), Problem::NotText(good)),
    }
}

fn of_format(text: &str, format: Format, guest: Guest) -> Vec<Finding> {
    let mut findings = Vec::new();
    match format {
        Format::Empty => {
            if !text.is_empty() {
                findings.push(Finding::note(Place::line(1), Problem::Empty));
            }
        }
        Format::Unknown => findings.push(opening::unknown(text, guest)),
        Format::Mime => findings.extend(mime::check(text, guest, DEEPEST)),
        Format::Gzip => {}
        _ => {
            findings.extend(opening::blank_start(text, format));
            findings.extend(inner(text, format, guest, DEEPEST));
        }
    }
    findings
}

/// Where a part stands in the text around it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Around {
    /// Its lines are lines of the text, from `line` on, each after `indent` characters.
    Block { line: usize, indent: usize },
    /// Its lines are not lines of the text: everything is said here.
    Point(Place),
}

/// Checks a part of a message or an archive. `examined`: its own first line counts for more than its type.
pub(crate) fn part(
    text: &str,
    kind: &str,
    examined: bool,
    around: Around,
    guest: Guest,
    depth: usize,
) -> Vec<Finding> {
    let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
    let named = match kind {
        "text/cloud-config" => Format::CloudConfig,
        "text/cloud-config-archive" => Format::Archive,
        "text/cloud-config-jsonp" => Format::JsonPatch,
        "text/x-include-url" => Format::Include,
        "text/x-include-once-url" => Format::IncludeOnce,
        "text/jinja2" => Format::Template,
        "text/cloud-boothook" => Format::Boothook,
        "text/part-handler" => Format::PartHandler,
        kind if kind.starts_with("text/x-shellscript") => Format::Script,
        _ => Format::Unknown,
    };
    let format = match of_text(text) {
        found if examined && found != Format::Unknown => found,
        _ => named,
    };
    let findings = match format {
        Format::Script if of_text(text) != Format::Script => {
            vec![Finding::error(Place::line(1), Problem::NoInterpreter)]
        }
        _ => inner(text, format, guest, depth),
    };
    findings.into_iter().map(|finding| moved(finding, around)).collect()
}

fn moved(finding: Finding, around: Around) -> Finding {
    match around {
        Around::Block { line, indent } => Finding {
            place: finding.place.within(line, indent),
            fix: finding.fix.map(|fix| match fix.place.line {
                0 => fix,
                _ => crate::Fix { place: fix.place.within(line, indent), ..fix },
            }),
            ..finding
        },
        Around::Point(place) => Finding { place, fix: None, ..finding },
    }
}

/// Checks a text of a known format.
fn inner(text: &str, format: Format, guest: Guest, depth: usize) -> Vec<Finding> {
    match format {
        Format::CloudConfig => cloud_config(text, guest, true),
        // cloudbase-init gives it to bash.exe or python.exe, whatever it names.
        Format::Script if guest == Guest::Windows => Vec::new(),
        Format::Script => script::check(text),
        Format::Boothook | Format::PartHandler => script::windows_lines(text).into_iter().collect(),
        Format::Include | Format::IncludeOnce => include::check(text),
        Format::Archive => archive::check(text, guest, depth),
        Format::Template => template(text, guest, depth),
        Format::JsonPatch
        | Format::Mime
        | Format::Gzip
        | Format::PowerShell
        | Format::Cmd
        | Format::Ec2
        | Format::Empty
        | Format::Unknown => Vec::new(),
    }
}

fn template(text: &str, guest: Guest, depth: usize) -> Vec<Finding> {
    let masked = jinja::mask(text);
    let mut findings = Vec::new();
    if masked.has_blocks {
        findings.push(Finding::note(Place::line(1), Problem::TemplateBlocks));
    }
    // cloud-init takes the first line away and looks again.
    let start = masked.text.find('\n').map_or(masked.text.len(), |at| at + 1);
    let rest = masked.text.get(start..).unwrap_or_default();
    let format = of_text(rest);
    if masked.open.is_some() {
        findings.extend(masked.open);
    } else if format == Format::Unknown {
        findings.push(Finding::error(Place::line(2), Problem::TemplateFormat));
    } else {
        let found = match format {
            Format::CloudConfig => cloud_config(rest, guest, !masked.has_blocks),
            Format::Template => Vec::new(),
            format => inner(rest, format, guest, depth),
        };
        findings.extend(
            found.into_iter().map(|finding| moved(finding, Around::Block { line: 2, indent: 0 })),
        );
    }
    findings
}

/// `certain` is not when a template's blocks decide what is there: then only what stands there is held against the schema.
fn cloud_config(text: &str, guest: Guest, certain: bool) -> Vec<Finding> {
    let loaded = yaml::load(text);
    let mut findings = if certain { yaml_findings(&loaded) } else { Vec::new() };
    findings.extend(mistakes::in_text(text, loaded.refused.is_some()));
    let Some(root) = loaded.root else {
        if loaded.refused.is_none() && certain {
            findings.push(Finding::note(Place::line(1), Problem::Empty));
        }
        return findings;
    };
    match root.value {
        Value::Map(_) => {
            let known = mistakes::in_tree(&root, guest);
            let found = schema::validate(&root, certain);
            // What is said in plainer words is not said twice.
            findings.extend(found.into_iter().filter(|finding| {
                !known.iter().any(|known| known.path == finding.path && known.replaces(finding))
            }));
            findings.extend(known);
        }
        Value::Null => findings.push(Finding::note(Place::line(1), Problem::Empty)),
        Value::Unknown => {}
        _ => {
            if let Some(kind) = root.kind() {
                findings.push(Finding::error(root.place, Problem::NotMapping(kind)));
            }
        }
    }
    findings
}

/// What is wrong with a text as YAML.
pub(crate) fn yaml_findings(loaded: &Loaded) -> Vec<Finding> {
    let refused = loaded.refused.clone().map(|(place, why)| {
        let finding = Finding::error(place, Problem::Yaml(why.clone()));
        match why {
            YamlProblem::Tab => finding.with_fix(place, "  "),
            _ => finding,
        }
    });
    let twice = loaded
        .duplicates
        .iter()
        .map(|key| Finding::warning(key.place, Problem::Duplicate(key.written.clone())));
    refused.into_iter().chain(twice).collect()
}

impl Finding {
    /// Whether it says in other words what `other`, of the same key, says.
    fn replaces(&self, other: &Self) -> bool {
        matches!(
            (&self.problem, &other.problem),
            (
                Problem::Permissions(..) | Problem::CommandColon,
                Problem::WrongKind { .. } | Problem::NotOneOf { .. }
            )
        )
    }
}
