//! What is found, where, and how grave it is.

use serde::{Deserialize, Serialize};

use crate::problem::Problem;

/// Something about the user data that its author should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How grave it is.
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// The key it is about, as cloud-init names it: `users.0.name`; empty when it is about none.
    pub path: String,
    /// What.
    pub problem: Problem,
    /// What would mend it.
    pub fix: Option<Fix>,
}

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// cloud-init skips it, or all of the user data.
    Error,
    /// It works, but hardly as meant, or not for long.
    Warning,
    /// Good to know.
    Note,
}

/// A place in the text. Lines and columns count from 1, columns and lengths in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The line; 0 when it is about the whole.
    pub line: usize,
    /// The column.
    pub column: usize,
    /// How many characters of the line.
    pub length: usize,
}

impl Place {
    /// The beginning of a line.
    pub const fn line(line: usize) -> Self {
        Self { line, column: 1, length: 0 }
    }

    /// So many characters at a place.
    pub const fn new(line: usize, column: usize, length: usize) -> Self {
        Self { line, column, length }
    }

    /// In the text around, for a place in a part of it: the part's first line stands on `line`, and all its lines begin
    /// after `indent` characters.
    pub(crate) const fn within(self, line: usize, indent: usize) -> Self {
        if self.line == 0 {
            return Self { line, column: indent + 1, length: 0 };
        }
        Self { line: self.line + line - 1, column: self.column + indent, length: self.length }
    }
}

/// A change of the text that mends a finding: the characters at `place` become `text`. A length of 0 inserts; a place of no
/// line (0) makes all line ends plain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// What is replaced.
    pub place: Place,
    /// By what.
    pub text: String,
}

impl Fix {
    /// The text with the change; `None` when there is no such place in it.
    pub fn apply(&self, text: &str) -> Option<String> {
        if self.place.line == 0 {
            return Some(text.replace("\r\n", "\n"));
        }
        let line_start = match self.place.line.checked_sub(1)? {
            0 => 0,
            before => text.match_indices('\n').nth(before - 1).map(|(at, _)| at + 1)?,
        };
        let start = nth_char(text, line_start, self.place.column.checked_sub(1)?)?;
        let end = nth_char(text, start, self.place.length)?;
        let (before, rest) = text.split_at_checked(start)?;
        let after = rest.get(end - start..)?;
        Some([before, &self.text, after].concat())
    }
}

fn nth_char(text: &str, from: usize, count: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    let all = rest.char_indices().map(|(at, _)| at).chain(std::iter::once(rest.len()));
    all.into_iter().nth(count).map(|at| from + at)
}

impl Finding {
    pub(crate) fn new(severity: Severity, place: Place, problem: Problem) -> Self {
        Self { severity, place, path: String::new(), problem, fix: None }
    }

    pub(crate) fn error(place: Place, problem: Problem) -> Self {
        Self::new(Severity::Error, place, problem)
    }

    pub(crate) fn warning(place: Place, problem: Problem) -> Self {
        Self::new(Severity::Warning, place, problem)
    }

    pub(crate) fn note(place: Place, problem: Problem) -> Self {
        Self::new(Severity::Note, place, problem)
    }

    pub(crate) fn at_path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    pub(crate) fn with_fix(mut self, place: Place, text: impl Into<String>) -> Self {
        self.fix = Some(Fix { place, text: text.into() });
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fix_replaces_and_inserts() {
        let fix = |line, column, length, text: &str| Fix {
            place: Place::new(line, column, length),
            text: text.into(),
        };
        assert_eq!(
            fix(2, 1, 7, "runcmd").apply("a\nrun_cmd: å\nb").as_deref(),
            Some("a\nruncmd: å\nb")
        );
        assert_eq!(
            fix(1, 1, 0, "#cloud-config\n").apply("a: 1").as_deref(),
            Some("#cloud-config\na: 1")
        );
        assert_eq!(fix(2, 3, 1, "y").apply("a\nåäö").as_deref(), Some("a\nåäy"));
        assert_eq!(fix(0, 0, 0, "").apply("a\r\nb\r\n").as_deref(), Some("a\nb\n"));
        assert_eq!(fix(9, 1, 0, "x").apply("a"), None);
        assert_eq!(fix(1, 9, 0, "x").apply("a"), None);
    }
}
