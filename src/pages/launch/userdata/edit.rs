//! Places in a text, and what a Tab does to it. Pure.
//!
//! A textarea counts in UTF-16 and knows no CR: whatever is said to it is said so.

use cloud_init::{Finding, Place, Severity};

/// What one Tab is.
pub(super) const STEP: &str = "  ";

/// Where a place begins and ends, as a textarea counts.
pub(super) fn range(text: &str, place: Place) -> (u32, u32) {
    let mut start = 0;
    let mut lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    for line in lines.by_ref().take(place.line.saturating_sub(1)) {
        start += units(line) + 1;
    }
    let line = lines.next().unwrap_or_default();
    let before: u32 = line.chars().take(place.column.saturating_sub(1)).map(width).sum();
    let within: u32 =
        line.chars().skip(place.column.saturating_sub(1)).take(place.length).map(width).sum();
    (start + before, start + before + within)
}

/// Whether the same stands at a place in two texts: its whole line, and what follows where the place reaches over that.
pub(super) fn is_same_at(before: &str, now: &str, place: Place) -> bool {
    let Some(above) = place.line.checked_sub(1).filter(|_| before != now) else { return true };
    let end = place.column.saturating_sub(1) + place.length;
    match (before.split('\n').nth(above), now.split('\n').nth(above)) {
        (Some(before), Some(now)) => before == now && end <= now.chars().count(),
        _ => false,
    }
}

fn width(letter: char) -> u32 {
    if letter.len_utf16() == 2 { 2 } else { 1 }
}

fn units(text: &str) -> u32 {
    text.chars().map(width).sum()
}

/// Replaces a range of the text by another text; what is selected afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) text: String,
    pub(super) select: (u32, u32),
}

/// What Tab (`back`: Shift and Tab) does with this selection: a caret steps to the next even column, the lines of what is
/// selected move together. `None` when there is nothing to take away.
pub(super) fn tab(text: &str, start: u32, end: u32, back: bool) -> Option<Change> {
    let first = line_start(text, start);
    if !back && start == end {
        let column = slice(text, first, start).chars().count();
        let spaces = " ".repeat(STEP.len() - column % STEP.len());
        let after = start + units(&spaces);
        return Some(Change { start, end, text: spaces, select: (after, after) });
    }
    // A selection that ends at the very start of a line does not mean that line.
    let last = if end > start && slice(text, end - 1, end) == "\n" { end - 1 } else { end };
    let last = last + units(slice(text, last, u32::MAX).split('\n').next().unwrap_or_default());
    let lines = slice(text, first, last);
    let moved: Vec<String> = lines
        .split('\n')
        .map(|line| match back {
            false if line.trim().is_empty() => line.to_owned(),
            false => format!("{STEP}{line}"),
            true => {
                let spaces = line.len() - line.trim_start_matches(' ').len();
                line.get(spaces.min(STEP.len())..).unwrap_or_default().to_owned()
            }
        })
        .collect();
    let moved = moved.join("\n");
    if moved == lines {
        return None;
    }
    // A caret comes here only to step back.
    let caret = start.saturating_sub(units(lines).saturating_sub(units(&moved))).max(first);
    let select = if start == end { (caret, caret) } else { (first, first + units(&moved)) };
    Some(Change { start: first, end: last, text: moved, select })
}

/// What stands between two places, as a textarea counts.
fn slice(text: &str, start: u32, end: u32) -> &str {
    let mut at = 0;
    let (mut from, mut to) = (text.len(), text.len());
    for (byte, letter) in text.char_indices() {
        if at >= start && byte < from {
            from = byte;
        }
        if at >= end {
            to = byte;
            break;
        }
        at += width(letter);
    }
    text.get(from.min(to)..to).unwrap_or_default()
}

fn line_start(text: &str, at: u32) -> u32 {
    let before = slice(text, 0, at);
    units(before.rsplit_once('\n').map_or("", |(lines, _)| lines))
        + u32::from(before.contains('\n'))
}

/// The numbers beside the lines, in pieces: a line about which something was found is a piece of its own.
pub(super) fn numbers(lines: usize, findings: &[Finding]) -> Vec<(String, Option<Severity>)> {
    let mut marked: Vec<(usize, Severity)> = Vec::new();
    for finding in findings.iter().filter(|finding| finding.place.line > 0) {
        match marked.iter_mut().find(|(line, _)| *line == finding.place.line) {
            Some((_, severity)) => *severity = finding.severity.min(*severity),
            None => marked.push((finding.place.line, finding.severity)),
        }
    }
    marked.sort();
    let mut pieces: Vec<(String, Option<Severity>)> = Vec::new();
    let mut marks = marked.into_iter().peekable();
    for line in 1..=lines {
        let severity = marks.next_if(|(marked, _)| *marked == line).map(|(_, severity)| severity);
        match (pieces.last_mut(), severity) {
            (Some((text, None)), None) => text.push_str(&format!("{line}\n")),
            _ => pieces.push((format!("{line}\n"), severity)),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_as_a_textarea_counts() {
        let text = "#cloud-config\r\nå: 🦀x\nb: 1";
        assert_eq!(range(text, Place::new(1, 1, 13)), (0, 13));
        assert_eq!(range(text, Place::new(2, 4, 1)), (17, 19));
        assert_eq!(range(text, Place::new(2, 5, 1)), (19, 20));
        assert_eq!(range(text, Place::new(3, 1, 1)), (21, 22));
        assert_eq!(range(text, Place::new(9, 1, 1)), (26, 26));
    }

    #[test]
    fn a_place_is_the_same_while_its_line_is() {
        let check = |now: &str, place: Place, expected: bool| {
            let before = "#cloud-config\nrun_cmd: []\na: 1\n";
            assert_eq!(is_same_at(before, now, place), expected, "{now:?}");
        };
        let key = Place::new(2, 1, 7);
        check("#cloud-config\nrun_cmd: []\na: 1\n", key, true);
        check("#cloud-config\nrun_cmd: []\na: 23\n", key, true);
        check("#cloud-config\n\nrun_cmd: []\na: 1\n", key, false);
        check("#cloud-config", key, false);
        // Over the end of its line, and about the whole text.
        check("#cloud-config\nrun_cmd: []\na: 2\n", Place::new(2, 1, 12), false);
        check("", Place::default(), true);
    }

    #[test]
    fn tab_indents_and_steps_back() {
        let check =
            |text: &str, start: u32, end: u32, back: bool, expected: Option<(&str, (u32, u32))>| {
                let changed = tab(text, start, end, back).map(|change| {
                    let before = slice(text, 0, change.start);
                    let after = slice(text, change.end, u32::MAX);
                    (format!("{before}{}{after}", change.text), change.select)
                });
                let expected = expected.map(|(text, select)| (text.to_owned(), select));
                assert_eq!(changed, expected, "{text:?}");
            };
        check("ab", 0, 0, false, Some(("  ab", (2, 2))));
        check("ab", 1, 1, false, Some(("a b", (2, 2))));
        check("å🦀b", 3, 3, false, Some(("å🦀  b", (5, 5))));
        // What is selected is never typed over.
        check("ab", 0, 2, false, Some(("  ab", (0, 4))));
        check("a\nb\nc", 0, 4, false, Some(("  a\n  b\nc", (0, 7))));
        check("a\n\nb", 0, 4, false, Some(("  a\n\n  b", (0, 8))));
        check("  a", 3, 3, true, Some(("a", (1, 1))));
        check("x\n a", 4, 4, true, Some(("x\na", (3, 3))));
        check("a", 1, 1, true, None);
        check("  a\n    b", 1, 9, true, Some(("a\n  b", (0, 5))));
    }

    #[test]
    fn numbers_stand_beside_lines() {
        assert_eq!(numbers(3, &[]), [("1\n2\n3\n".to_owned(), None)]);
        let finding = |line, severity| Finding {
            severity,
            place: Place::new(line, 1, 1),
            path: String::new(),
            problem: cloud_init::Problem::Empty,
            fix: None,
        };
        let findings = [
            finding(2, Severity::Warning),
            finding(2, Severity::Error),
            finding(0, Severity::Error),
        ];
        assert_eq!(
            numbers(3, &findings),
            [
                ("1\n".to_owned(), None),
                ("2\n".to_owned(), Some(Severity::Error)),
                ("3\n".to_owned(), None)
            ]
        );
    }
}
