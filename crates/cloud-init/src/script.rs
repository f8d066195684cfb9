//! Scripts: `#!`, and what a boot hook or a part handler has in common with them.

use crate::finding::{Finding, Place};
use crate::format::FIRST_LINES;
use crate::nearest::nearest;
use crate::problem::Problem;

/// What is wrong with a script that begins with `#!`.
pub(crate) fn check(text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let first = text.trim_start().lines().next().unwrap_or_default();
    let line =
        text.get(..text.len() - text.trim_start().len()).unwrap_or_default().matches('\n').count()
            + 1;
    let named = first.strip_prefix("#!").unwrap_or_default().trim();
    let place = Place::new(line, 1, first.chars().count());
    if let Some(meant) =
        nearest(named, FIRST_LINES.into_iter().filter_map(|line| line.strip_prefix('#')))
    {
        let meant = format!("#{meant}");
        return vec![
            Finding::error(place, Problem::NearlyFormat(meant.clone())).with_fix(place, meant),
        ];
    }
    match named.split_whitespace().next() {
        None => findings.push(Finding::error(place, Problem::NoInterpreter)),
        Some(program) if !program.starts_with('/') => {
            findings.push(Finding::error(place, Problem::RelativeInterpreter(program.to_owned())));
        }
        Some(_) => {}
    }
    findings.extend(windows_lines(text));
    findings
}

/// CR LF: the program that is looked for has a CR at the end of its name.
pub(crate) fn windows_lines(text: &str) -> Option<Finding> {
    let (line, content) = text.split('\n').enumerate().find(|(_, line)| line.ends_with('\r'))?;
    let place = Place::new(line + 1, content.chars().count(), 1);
    Some(Finding::error(place, Problem::WindowsLines).with_fix(Place::default(), ""))
}
