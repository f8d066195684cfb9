//! What is found, where, and how grave it is.

use serde::{Deserialize, Serialize};

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

/// What a value is, in YAML 1.1 as cloud-init reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// A number with a point.
    Number,
    /// `true`, `yes`, `on` …
    Boolean,
    /// `- a`, `[a, b]`.
    List,
    /// `key: value`.
    Mapping,
    /// Nothing.
    Nothing,
    /// A date or a moment.
    Date,
}

/// Where a key that is unknown here would be known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Nearby {
    /// Nowhere.
    Nowhere,
    /// A key of nearly this name is known here.
    Like(String),
    /// It is known below this key.
    Below(String),
    /// It is known at the left margin.
    Top,
}

/// Why the text is no YAML.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum YamlProblem {
    /// A tab where only spaces may be.
    Tab,
    /// `key: a: b`: a second value in a line.
    SecondValue,
    /// A key that is indented neither like those above nor more than they are.
    Indentation,
    /// A quote that does not end.
    OpenQuote,
    /// `[` or `{` that does not end.
    OpenBracket,
    /// A line that should have a colon after its key.
    NoColon,
    /// `*name` without `&name`.
    UnknownAlias,
    /// `!name`, which cloud-init does not know.
    UnknownTag(String),
    /// A list or a mapping as a key: `{{ … }}` without the template's first line.
    ListAsKey,
    /// A character that must not be in YAML, by its number.
    Character(u32),
    /// A character that no value may begin with.
    Start(char),
    /// A second document after `---`.
    SecondDocument,
    /// Lists within lists, deeper than anything that is meant.
    TooDeep,
    /// Anything else, in the parser's words.
    Other(String),
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Problem {
    // The whole.
    /// Longer than Nova takes; characters after base64.
    TooLong(usize),
    /// There is nothing in it.
    Empty,
    /// The first line is not one that cloud-init knows: it ignores all of it. What it begins with.
    UnknownFormat(String),
    /// The first line is nearly one that it knows.
    NearlyFormat(String),
    /// It looks like keys and values, but `#cloud-config` is missing.
    NoHeader,
    /// A byte order mark before the first line.
    ByteOrderMark,
    /// Blank lines before the first line.
    BlankStart,
    /// `---` before `#cloud-config`.
    DocumentStart,
    /// It is base64 already; the console encodes it by itself.
    Encoded,
    /// A format that only cloudbase-init on Windows knows, for an image that is not Windows.
    OnlyWindows,
    /// A format that cloudbase-init on Windows does not know.
    NotWindows,
    /// Bytes that are neither text nor compressed.
    Binary,
    /// Anyone may copy this into a `#cloud-config`, but the file says it is for something else.
    NotText(usize),

    // Scripts.
    /// Lines end as on Windows: the shell that the first line names is not found.
    WindowsLines,
    /// The first line names no program.
    NoInterpreter,
    /// The first line names a program without its path.
    RelativeInterpreter(String),
    /// A blank before `#!`: the kernel does not see it.
    BlankBeforeScript,

    // #include.
    /// A line that is no address.
    NotAnAddress(String),
    /// No address at all.
    NothingIncluded,

    // MIME, archives and templates.
    /// A multi-part message without its boundary.
    NoBoundary,
    /// The boundary is named, but no part begins with it.
    NoParts,
    /// The last part does not end with the boundary and two dashes.
    OpenParts,
    /// A part of a type that cloud-init does not know; it skips it.
    UnknownPart(String),
    /// A part whose base64 cannot be decoded.
    PartEncoding,
    /// An archive has to be a list.
    ArchiveNotList,
    /// What is in an archive is a text or has `content`.
    ArchiveEntry,
    /// A template whose next line is not one that cloud-init knows.
    TemplateFormat,
    /// A template with blocks: only what stands in it was checked, not what comes of it.
    TemplateBlocks,
    /// `{{` or `{%` without its end.
    TemplateOpen,

    // YAML.
    /// It is no YAML: cloud-init ignores all of it.
    Yaml(YamlProblem),
    /// The same key twice: the first is ignored.
    Duplicate(String),
    /// Not a mapping of keys.
    NotMapping(Kind),
    /// A space that is none (no-break space, zero width).
    OddSpace(u32),
    /// A quotation mark of a word processor.
    OddQuote(char),

    // The schema.
    /// cloud-init knows no such key here.
    UnknownKey(String, Nearby),
    /// Another kind of value is expected.
    WrongKind {
        /// What is expected.
        expected: Vec<Kind>,
        /// What is there.
        found: Kind,
        /// As it is written, when it is short and without quotes: quotes would make it text.
        unquoted: Option<String>,
    },
    /// Only these values.
    NotOneOf {
        /// The values.
        values: Vec<String>,
        /// Which was nearly written.
        like: Option<String>,
    },
    /// A key is missing.
    Missing(String),
    /// Keys that exclude each other.
    Together(Vec<String>),
    /// Fewer than so many.
    TooFew(u64),
    /// More than so many.
    TooMany(u64),
    /// The same entry twice.
    NotUnique,
    /// Less than this.
    TooSmall(i64),
    /// Not of this form.
    Pattern(String),
    /// Not a date like 2026-12-31.
    NotDate,
    /// It may be read in two ways.
    Ambiguous,
    /// No longer wanted; since when, and what to do, in cloud-init's words.
    Deprecated(String, String),
    /// Its meaning changed; since when, and how, in cloud-init's words.
    Changed(String, String),
    /// It was too much to check all of it.
    NotAllChecked,

    // Known mistakes.
    /// `permissions: 0644`: without quotes it is a number. As it is written, and the number.
    Permissions(String, i64),
    /// Permissions that are no octal number.
    PermissionsForm,
    /// `users:` without `default`: the image's own user, and so the key pair's, is not made.
    NoDefaultUser,
    /// A user with a password whose login by password stays locked.
    LockedPassword(String),
    /// A user without key or password: nobody logs in as this user.
    NoWayIn(String),
    /// A hash is expected, and this is none.
    NotHashed,
    /// A password that anyone on the instance can read.
    PlainPassword,
    /// A private key where a public one belongs.
    PrivateKey,
    /// Not a public key.
    NotPublicKey,
    /// A command that a colon made a mapping.
    CommandColon,
    /// `[a, ">", b]`: in a list, no shell reads `>`.
    ShellInList(String),
    /// A key that cloudbase-init does not know.
    IgnoredByWindows(String),
    /// base64 that cannot be decoded.
    ContentEncoding,
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
