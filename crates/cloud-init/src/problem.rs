//! All that can be found.

use serde::{Deserialize, Serialize};

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
    /// Aliases that stand for more values than this, most likely aliases of aliases.
    TooManyAliases(usize),
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
