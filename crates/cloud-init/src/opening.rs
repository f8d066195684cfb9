//! The first line, and what stands before it.

use crate::base64;
use crate::finding::{Finding, Place, Severity};
use crate::format::{FIRST_LINES, Format, Guest, format, of_text};
use crate::nearest::nearest;
use crate::problem::Problem;
use crate::yaml;

/// Why a text is none of the formats, with the way to make it one.
pub(crate) fn unknown(text: &str, guest: Guest) -> Finding {
    let first = Place::new(1, 1, text.lines().next().unwrap_or_default().chars().count());
    if let Some(rest) = text.strip_prefix('\u{feff}') {
        let problem = match format(rest.as_bytes(), guest) {
            Format::Unknown => Problem::UnknownFormat(shown(rest)),
            _ => Problem::ByteOrderMark,
        };
        return Finding::error(Place::new(1, 1, 1), problem).with_fix(Place::new(1, 1, 1), "");
    }
    if let Some(finding) = after_document_start(text) {
        return finding;
    }
    let line = text.lines().next().unwrap_or_default();
    if let Some(meant) = nearly(line) {
        return Finding::error(first, Problem::NearlyFormat(meant.to_owned()))
            .with_fix(first, meant);
    }
    if let Some(decoded) = base64::decode(text).filter(|_| text.trim().len() >= 12)
        && !matches!(format(&decoded, guest), Format::Unknown | Format::Empty)
    {
        return encoded(text, &decoded);
    }
    let looks_like_keys = yaml::load(text).root.is_some_and(|root| {
        root.pairs().iter().any(|(key, _)| crate::schema::is_top_key(&key.written))
    });
    if looks_like_keys {
        return Finding::error(first, Problem::NoHeader)
            .with_fix(Place::new(1, 1, 0), "#cloud-config\n");
    }
    Finding::error(first, Problem::UnknownFormat(shown(text)))
}

fn encoded(text: &str, decoded: &[u8]) -> Finding {
    let finding = Finding::error(Place::default(), Problem::Encoded);
    // Several lines cannot be replaced by one fix.
    match (std::str::from_utf8(decoded), text.trim_end().contains('\n')) {
        (Ok(decoded), false) => {
            let all = Place::new(1, 1, text.trim_end_matches('\n').chars().count());
            finding.with_fix(all, decoded)
        }
        _ => finding,
    }
}

/// `---`, then a first line that would have been right.
fn after_document_start(text: &str) -> Option<Finding> {
    let mut lines = text.lines();
    let dashes = lines.next().filter(|line| line.trim_end() == "---")?;
    match of_text(lines.next()?) {
        Format::Unknown => None,
        _ => {
            let place = Place::new(1, 1, dashes.chars().count());
            // With its line end.
            let fix = Place { length: place.length + 1, ..place };
            Some(Finding::error(place, Problem::DocumentStart).with_fix(fix, ""))
        }
    }
}

/// The first line that was meant: `# cloud-config`, `cloud-config`, `#cloudconfig`, `#cloud-init`.
fn nearly(line: &str) -> Option<&'static str> {
    let line = line.trim().to_ascii_lowercase();
    let bare = line.trim_start_matches('#').trim_start();
    if matches!(bare, "cloud-init" | "cloud init" | "cloudinit") {
        return Some("#cloud-config");
    }
    if let Some(rest) = bare.strip_prefix("template:").filter(|_| line.starts_with('#'))
        && rest.trim() == "jinja"
    {
        return Some("## template: jinja");
    }
    if bare.is_empty() || bare.contains(' ') || bare.contains(':') {
        return None;
    }
    let meant = nearest(
        bare,
        FIRST_LINES.into_iter().map(|known| known.trim_start_matches('#').trim_start()),
    )?;
    FIRST_LINES.into_iter().find(|known| known.trim_start_matches('#').trim_start() == meant)
}

/// Blank lines before a first line that is known.
pub(crate) fn blank_start(text: &str, format: Format) -> Option<Finding> {
    let blank = text.len() - text.trim_start().len();
    if blank == 0 {
        return None;
    }
    let lines = text.get(..blank).unwrap_or_default().matches('\n').count();
    let severity = match format {
        // The kernel looks at the very first bytes.
        Format::Script => Severity::Error,
        _ => Severity::Warning,
    };
    let problem =
        if format == Format::Script { Problem::BlankBeforeScript } else { Problem::BlankStart };
    let fix = Place::new(1, 1, text.get(..blank).unwrap_or_default().chars().count());
    Some(
        Finding::new(severity, Place::line(if lines == 0 { 1 } else { lines }), problem)
            .with_fix(fix, ""),
    )
}

/// The beginning of a text, short enough to be shown.
pub(crate) fn shown(text: &str) -> String {
    const MOST: usize = 40;
    let line = text.trim_start().lines().next().unwrap_or_default();
    match line.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default()),
        None => line.to_owned(),
    }
}
