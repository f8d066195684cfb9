//! `#include` and `#include-once`: addresses, one a line (`user_data.py`, `_do_include`).

use crate::finding::{Finding, Place};
use crate::opening::shown;
use crate::problem::Problem;

/// What `read_file_or_url` fetches.
const SCHEMES: [&str; 4] = ["http://", "https://", "ftp://", "file://"];

/// The lines that are no address.
pub(crate) fn check(text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut addresses = 0;
    for (number, line) in (1..).zip(text.lines()) {
        let lower = line.to_ascii_lowercase();
        let header =
            ["#include-once", "#include"].into_iter().find(|header| lower.starts_with(header));
        let content = line.get(header.map_or(0, str::len)..).unwrap_or_default().trim();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        addresses += 1;
        let known = SCHEMES.iter().any(|scheme| content.to_ascii_lowercase().starts_with(scheme));
        if !known && !content.starts_with('/') || content.contains(char::is_whitespace) {
            let column = line
                .find(content)
                .and_then(|at| line.get(..at))
                .map_or(0, |before| before.chars().count())
                + 1;
            let place = Place::new(number, column, content.chars().count());
            findings.push(Finding::error(place, Problem::NotAnAddress(shown(content))));
        }
    }
    if addresses == 0 {
        findings.push(Finding::warning(Place::line(1), Problem::NothingIncluded));
    }
    findings
}
