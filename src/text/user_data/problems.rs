//! Every problem in words. Pure.

use cloud_init::{Kind, Nearby, Problem, YamlProblem};

use crate::text::{format as figures, tr, tr_with};

/// What is wrong and what to do, as sentences; code between backticks.
pub fn words(problem: &Problem) -> String {
    match problem {
        Problem::Yaml(why) => yaml(why),
        Problem::UnknownKey(key, nearby) => unknown_key(key, nearby),
        Problem::WrongKind { expected, found, unquoted } => {
            wrong_kind(expected, *found, unquoted.as_deref())
        }
        Problem::NotOneOf { values, like } => not_one_of(values, like.as_deref()),
        _ => about_format(problem)
            .or_else(|| about_values(problem))
            .unwrap_or_else(|| about_mistakes(problem)),
    }
}

/// The whole, scripts, messages, templates.
fn about_format(problem: &Problem) -> Option<String> {
    Some(match problem {
        Problem::TooLong(length) => tr_with(
            "It is too long: {length} characters after base64, and the cloud takes 65,535. Compress it, or fetch the rest with `#include`.",
            &[("length", &figures::thousands(*length as u64))],
        ),
        Problem::Empty => tr("There is nothing in it to do.").to_owned(),
        Problem::UnknownFormat(_) => tr("cloud-init does not know this first line and ignores all of it. It begins with `#cloud-config`, `#!` and the path of a program, or another of its first lines.").to_owned(),
        Problem::NearlyFormat(meant) => tr_with("cloud-init does not know this first line and ignores all of it. Did you mean `{meant}`?", &[("meant", meant)]),
        Problem::NoHeader => tr("The first line must be `#cloud-config`; without it all of this is ignored.").to_owned(),
        Problem::ByteOrderMark => tr("An invisible byte order mark stands before the first line, so all of it is ignored.").to_owned(),
        Problem::BlankStart => tr("Something blank stands before the first line. Newer cloud-init skips it; cloudbase-init on Windows does not.").to_owned(),
        Problem::DocumentStart => tr("`---` stands before the first line, so all of it is ignored. It may follow it.").to_owned(),
        Problem::Encoded => tr("This is base64 already. It is encoded once more when it is sent, so give it here as it is.").to_owned(),
        Problem::OnlyWindows => tr("Only cloudbase-init on Windows knows this; cloud-init on Linux ignores it.").to_owned(),
        Problem::NotWindows => tr("cloudbase-init on Windows does not know this.").to_owned(),
        Problem::Binary => tr("These bytes are neither text nor compressed with gzip; cloud-init ignores them.").to_owned(),
        Problem::NotText(at) => tr_with("Byte {at} is no text (UTF-8): cloud-init cannot read it. Files that are no text belong into `write_files` with `encoding: b64`.", &[("at", &(at + 1))]),
        Problem::WindowsLines => tr("The lines end as on Windows (CR LF): the program in the first line is not found, and commands get a CR at their end.").to_owned(),
        Problem::NoInterpreter => tr("A script begins with `#!` and the path of a program, such as `#!/bin/sh`.").to_owned(),
        Problem::RelativeInterpreter(program) => tr_with("`{program}` needs its path: `#!/bin/sh`, or `#!/usr/bin/env {program}`.", &[("program", program)]),
        Problem::BlankBeforeScript => tr("`#!` must be the very first letters, or the script does not run.").to_owned(),
        Problem::NotAnAddress(line) => tr_with("`{line}` is no address. One a line, with `https://`.", &[("line", line)]),
        Problem::NothingIncluded => tr("No address is named.").to_owned(),
        Problem::NoBoundary => tr("The header names no `boundary`, so the parts cannot be found.").to_owned(),
        Problem::NoParts => tr("No part begins with the boundary that the header names.").to_owned(),
        Problem::OpenParts => tr("The last part does not end: the boundary with two dashes after it is missing.").to_owned(),
        Problem::UnknownPart(kind) => tr_with("cloud-init knows no parts of the type `{kind}` and skips this one.", &[("kind", kind)]),
        Problem::PartEncoding => tr("This part says that it is base64, and is not.").to_owned(),
        Problem::ArchiveNotList => tr("An archive is a list: each part begins with `- `.").to_owned(),
        Problem::ArchiveEntry => tr("A part needs `content`.").to_owned(),
        Problem::TemplateFormat => tr("After the template's first line comes one that cloud-init knows: `#cloud-config` or `#!/bin/sh`.").to_owned(),
        Problem::TemplateBlocks => tr("The template has blocks: what comes of it is known on the instance only. Keys and values are checked as they stand.").to_owned(),
        Problem::TemplateOpen => tr("This does not end: `}}`, `%}` or `#}` is missing.").to_owned(),
        Problem::NotAllChecked => tr("It was too much to check all of it.").to_owned(),
        _ => return None,
    })
}

/// What the schema says of values.
fn about_values(problem: &Problem) -> Option<String> {
    Some(match problem {
        Problem::Duplicate(key) => tr_with("`{key}` stands here twice: this one is ignored, the last one counts.", &[("key", key)]),
        Problem::NotMapping(_) => tr("A cloud-config is made of keys with values: `packages:` and below it `- nginx`. cloud-init ignores this.").to_owned(),
        Problem::OddSpace(number) => tr_with("A space that is none (U+{number}): it came with a copied text. Write a plain one.", &[("number", &format!("{number:04X}"))]),
        Problem::OddQuote(quote) => tr_with("{quote} is a quotation mark for readers: YAML takes it as a letter.", &[("quote", quote)]),
        Problem::Missing(key) => tr_with("The key `{key}` is missing here.", &[("key", key)]),
        Problem::Together(keys) => tr_with("Only one of these may be here: {keys}.", &[("keys", &code(keys))]),
        Problem::TooFew(1) => tr("It must not be empty.").to_owned(),
        Problem::TooFew(least) => tr_with("At least {count} are needed.", &[("count", least)]),
        Problem::TooMany(most) => tr_with("At most {count} may be here.", &[("count", most)]),
        Problem::NotUnique => tr("This stands in the list twice.").to_owned(),
        Problem::TooSmall(least) => tr_with("At least {least}.", &[("least", least)]),
        Problem::Pattern(pattern) => match pattern_words(pattern) {
            Some(words) => words.to_owned(),
            None => tr_with("It is not of the form `{pattern}`.", &[("pattern", pattern)]),
        },
        Problem::NotDate => tr("A date is written `'2027-01-31'`.").to_owned(),
        Problem::Ambiguous => tr("It can be read in two ways; cloud-init refuses it.").to_owned(),
        Problem::Deprecated(since, why) => tr_with("Deprecated since cloud-init {since}. {why}", &[("since", since), ("why", &theirs(why))]).trim_end().to_owned(),
        Problem::Changed(since, why) => tr_with("Changed in cloud-init {since}. {why}", &[("since", since), ("why", &theirs(why))]).trim_end().to_owned(),
        _ => return None,
    })
}

fn about_mistakes(problem: &Problem) -> String {
    match problem {
        Problem::Permissions(written, number) => tr_with("Without quotes `{written}` is the number {number}, and cloud-init refuses it. Permissions are text.", &[("written", written), ("number", number)]),
        Problem::PermissionsForm => tr("Permissions are an octal number in quotes, such as `'0644'`.").to_owned(),
        Problem::NoDefaultUser => tr("Without an entry `- default` the image’s own user is not made, and the key pair of this form reaches nobody.").to_owned(),
        Problem::LockedPassword(name) => tr_with("{name} has a password but cannot log in with it: add `lock_passwd: false`.", &[("name", name)]),
        Problem::NoWayIn(name) => tr_with("{name} has neither key nor password, so nobody can log in as this user.", &[("name", name)]),
        Problem::NotHashed => tr("A hash is expected here (`$6$…`, made by `mkpasswd --method=SHA-512`). As it is, this password never fits.").to_owned(),
        Problem::PlainPassword => tr("A password in plain text: everybody who can read the instance’s metadata, or its record in the cloud, can read it. A hash or a key is better.").to_owned(),
        Problem::PrivateKey => tr("This is a private key. Never give it away: the public one belongs here, a single line.").to_owned(),
        Problem::NotPublicKey => tr("This is no public key: one begins with `ssh-ed25519 AAAA` or `ssh-rsa AAAA`, on one line.").to_owned(),
        Problem::CommandColon => tr("A colon and a space make this a key and a value, no command. Put the whole line in single quotes.").to_owned(),
        Problem::ShellInList(word) => tr_with("In a list no shell reads `{word}`: it reaches the program as a word. Write the command as one line instead.", &[("word", word)]),
        Problem::IgnoredByWindows(key) => tr_with("cloudbase-init on Windows does not know `{key}` and ignores it.", &[("key", key)]),
        Problem::ContentEncoding => tr("This is not base64, as `encoding` says.").to_owned(),
        // All others have their words above.
        other => format!("{other:?}"),
    }
}

fn yaml(why: &YamlProblem) -> String {
    let words = match why {
        YamlProblem::Tab => tr("A tab: YAML wants spaces."),
        YamlProblem::SecondValue => tr(
            "A second colon in this line, or a line that is indented deeper than it should be. Text with a colon and a space in it needs quotes.",
        ),
        YamlProblem::Indentation => tr("This line is indented like nothing above it."),
        YamlProblem::OpenQuote => tr("This quotation mark is not closed."),
        YamlProblem::OpenBracket => tr("This bracket is not closed."),
        YamlProblem::NoColon => tr("A colon is missing after the key, or a dash before the entry."),
        YamlProblem::UnknownAlias => {
            tr("`*` refers to something that no `&` names. Text that begins with `*` needs quotes.")
        }
        YamlProblem::UnknownTag(tag) => {
            return read(&tr_with(
                "cloud-init does not know `{tag}`. Text that begins with `!` or is a lone `=` needs quotes.",
                &[("tag", tag)],
            ));
        }
        YamlProblem::ListAsKey => tr(
            "A bracket within a bracket as a key: a template needs `## template: jinja` as its first line; text with brackets needs quotes.",
        ),
        YamlProblem::Character(number) => {
            return read(&tr_with(
                "A character that must not be in YAML (U+{number}).",
                &[("number", &format!("{number:04X}"))],
            ));
        }
        YamlProblem::Start(letter) => {
            return read(&tr_with(
                "Nothing may begin with {letter}: put it in quotes.",
                &[("letter", letter)],
            ));
        }
        YamlProblem::SecondDocument => tr("A second document begins here; only one is read."),
        YamlProblem::TooDeep => tr("It is nested too deeply."),
        YamlProblem::TooManyAliases(most) => {
            return tr_with(
                "Here its aliases (`*`) stand for more than {most} values, so it is not checked. cloud-init may be busy with it for ever: write out what is meant.",
                &[("most", &figures::thousands(*most as u64))],
            );
        }
        YamlProblem::Other(why) => {
            return read(&tr_with("It is not valid YAML: {why}.", &[("why", why)]));
        }
    };
    read(words)
}

/// What follows from all of them.
fn read(words: &str) -> String {
    format!("{words} {}", tr("As it is, cloud-init ignores all of it."))
}

fn unknown_key(key: &str, nearby: &Nearby) -> String {
    match nearby {
        Nearby::Like(meant) => tr_with(
            "cloud-init knows no key `{key}` here. Did you mean `{meant}`?",
            &[("key", &key), ("meant", meant)],
        ),
        Nearby::Below(home) => tr_with(
            "`{key}` belongs below `{home}`: is it indented far enough?",
            &[("key", &key), ("home", home)],
        ),
        Nearby::Top => tr_with("`{key}` belongs to the left margin, not here.", &[("key", &key)]),
        Nearby::Nowhere => tr_with("cloud-init knows no key `{key}` here.", &[("key", &key)]),
    }
}

fn wrong_kind(expected: &[Kind], found: Kind, unquoted: Option<&str>) -> String {
    let expected_words: Vec<&str> = expected.iter().map(|kind| kind_words(*kind)).collect();
    let expected_words = expected_words.join(tr(" or "));
    match unquoted {
        Some(written) if expected.contains(&Kind::Text) => tr_with(
            "Expected is {expected}. Without quotes `{written}` is {found}: put it in quotes.",
            &[("expected", &expected_words), ("written", &written), ("found", &kind_words(found))],
        ),
        _ => tr_with(
            "Expected is {expected}; this is {found}.",
            &[("expected", &expected_words), ("found", &kind_words(found))],
        ),
    }
}

fn not_one_of(values: &[String], like: Option<&str>) -> String {
    const MOST: usize = 12;
    let shown = code(values.get(..MOST).unwrap_or(values));
    let shown = if values.len() > MOST { format!("{shown} …") } else { shown };
    match like {
        Some(like) => tr_with(
            "Only these are known: {values}. Did you mean `{like}`?",
            &[("values", &shown), ("like", &like)],
        ),
        None => tr_with("Only these are known: {values}.", &[("values", &shown)]),
    }
}

fn kind_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => tr("a text"),
        Kind::Integer => tr("a whole number"),
        Kind::Number => tr("a number"),
        Kind::Boolean => tr("true or false"),
        Kind::List => tr("a list"),
        Kind::Mapping => tr("keys with values"),
        Kind::Nothing => tr("nothing"),
        Kind::Date => tr("a date"),
    }
}

/// The patterns of the schema that say little by themselves.
fn pattern_words(pattern: &str) -> Option<&'static str> {
    match pattern {
        "^([0-9]+)?\\.?[0-9]+[BKMGT]$" => Some(tr("A size is a number and B, K, M, G or T: `2G`.")),
        "^\\+?[0-9]+$" => Some(tr("A number of minutes is expected, such as `+5`.")),
        "^.+:.+$" => Some(tr("A name, a colon and a password are expected.")),
        "^[-_0-9a-zA-Z]+(,[-_0-9a-zA-Z]+)*$" => {
            Some(tr("Names with commas between them are expected, without spaces."))
        }
        _ => None,
    }
}

fn code(values: &[String]) -> String {
    values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ")
}

/// cloud-init's own words, in English: its marks for code and for keys become ours.
fn theirs(words: &str) -> String {
    words.replace("``", "`").replace("**", "`")
}
