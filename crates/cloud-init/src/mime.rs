//! MIME: several parts in one message, as Python's `email` reads it.

use crate::base64;
use crate::check::{self, Around};
use crate::finding::{Finding, Place};
use crate::format::Guest;
use crate::problem::Problem;

/// The types that cloud-init does something with (`handlers`, `user_data.py`).
const TYPES: [&str; 17] = [
    "text/cloud-config",
    "text/cloud-config-archive",
    "text/cloud-config-jsonp",
    "text/x-shellscript",
    "text/x-shellscript-per-boot",
    "text/x-shellscript-per-instance",
    "text/x-shellscript-per-once",
    "text/x-include-url",
    "text/x-include-once-url",
    "text/cloud-boothook",
    "text/part-handler",
    "text/jinja2",
    "text/plain",
    "text/x-not-multipart",
    "application/gzip",
    "application/x-gzip",
    "application/octet-stream",
];

/// Whether cloud-init does something with parts of this type by itself.
pub(crate) fn is_known(kind: &str) -> bool {
    TYPES.contains(&kind)
}

/// What is wrong with the message and its parts.
pub(crate) fn check(text: &str, guest: Guest, depth: usize) -> Vec<Finding> {
    let lines: Vec<&str> =
        text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    message(&lines, 1, guest, depth)
}

/// A message or a part, whose first line stands on `line`.
fn message(lines: &[&str], line: usize, guest: Guest, depth: usize) -> Vec<Finding> {
    let headers = Headers::read(lines);
    let kind = headers.value("content-type").unwrap_or("text/plain");
    let main = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let place = Place::line(line + headers.line("content-type"));
    let body = lines.get(headers.count..).unwrap_or_default();
    let body_line = line + headers.count;
    if main.starts_with("multipart/") {
        return match parameter(kind, "boundary") {
            None => vec![Finding::error(place, Problem::NoBoundary)],
            Some(boundary) => parts(body, body_line, &boundary, place, guest, depth),
        };
    }
    if !is_known(&main) && guest != Guest::Windows {
        return vec![Finding::warning(place, Problem::UnknownPart(main))];
    }
    let encoding =
        headers.value("content-transfer-encoding").unwrap_or_default().trim().to_ascii_lowercase();
    let examined =
        matches!(main.as_str(), "text/plain" | "text/x-not-multipart" | "text/x-shellscript");
    match encoding.as_str() {
        "base64" => match base64::decode(&body.concat()) {
            None => vec![Finding::error(Place::line(body_line), Problem::PartEncoding)],
            Some(decoded) => match String::from_utf8(decoded) {
                Ok(text) => check::part(
                    &text,
                    &main,
                    examined,
                    Around::Point(Place::line(body_line)),
                    guest,
                    depth,
                ),
                Err(_) => Vec::new(),
            },
        },
        // Its lines are not those that are read; nobody writes it by hand.
        "quoted-printable" => Vec::new(),
        _ => {
            let around = Around::Block { line: body_line, indent: 0 };
            check::part(&body.join("\n"), &main, examined, around, guest, depth)
        }
    }
}

fn parts(
    body: &[&str],
    line: usize,
    boundary: &str,
    place: Place,
    guest: Guest,
    depth: usize,
) -> Vec<Finding> {
    let begin = format!("--{boundary}");
    let end = format!("--{boundary}--");
    let mut findings = Vec::new();
    let mut starts = Vec::new();
    let mut ended = None;
    for (at, content) in body.iter().enumerate() {
        let content = content.trim_end();
        if content == end {
            ended = Some(at);
            break;
        }
        if content == begin {
            starts.push(at);
        }
    }
    if starts.is_empty() {
        findings.push(Finding::error(place, Problem::NoParts));
        return findings;
    }
    if ended.is_none() {
        findings.push(Finding::warning(
            Place::line(line + body.len().saturating_sub(1)),
            Problem::OpenParts,
        ));
    }
    let last = ended.unwrap_or(body.len());
    let ends = starts.iter().skip(1).copied().chain(std::iter::once(last));
    for (start, end) in starts.iter().zip(ends) {
        if depth > 0 {
            let part = body.get(start + 1..end).unwrap_or_default();
            findings.extend(message(part, line + start + 1, guest, depth - 1));
        }
    }
    findings
}

/// `boundary="…"` of a header.
fn parameter(header: &str, name: &str) -> Option<String> {
    header.split(';').skip(1).find_map(|part| {
        let (key, value) = part.split_once('=')?;
        let value = value.trim().trim_matches('"');
        (key.trim().eq_ignore_ascii_case(name) && !value.is_empty()).then(|| value.to_owned())
    })
}

/// The header lines of a message, up to the blank line.
struct Headers {
    /// Name in lower case, value with its continuation lines, line from 0.
    found: Vec<(String, String, usize)>,
    /// Lines, with the blank one.
    count: usize,
}

impl Headers {
    fn read(lines: &[&str]) -> Self {
        let mut found: Vec<(String, String, usize)> = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            if line.trim().is_empty() {
                return Self { found, count: at + 1 };
            }
            if line.starts_with([' ', '\t']) {
                if let Some((_, value, _)) = found.last_mut() {
                    value.push(' ');
                    value.push_str(line.trim());
                }
                continue;
            }
            match line.split_once(':') {
                Some((name, value)) => {
                    found.push((name.trim().to_ascii_lowercase(), value.trim().to_owned(), at))
                }
                // mbox's own first line; anything else begins the body.
                None if at == 0 && line.starts_with("From ") => {}
                None => return Self { found, count: at },
            }
        }
        Self { found, count: lines.len() }
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.found.iter().find(|(known, _, _)| known == name).map(|(_, value, _)| value.as_str())
    }

    fn line(&self, name: &str) -> usize {
        self.found.iter().find(|(known, _, _)| known == name).map_or(0, |(_, _, line)| *line)
    }
}
