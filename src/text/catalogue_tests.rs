//! Holds the catalogues against the sources: every word that is said has its translation, with the same `{names}`, and no
//! translation is left over from a word that is no longer said.
//!
//! Keys are found by reading the sources: the literals in `tr("…")`, `tr_with("…"` and `count(…, "…", "…")`, and what the
//! client says it was doing (`text/errors.rs` puts that after "Could not").

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::Catalogue;

const SWEDISH: &str = include_str!("../../public/locales/sv.json");

#[test]
fn every_word_has_its_swedish_one() {
    let words: Catalogue = serde_json::from_str(SWEDISH).unwrap();
    let keys = keys();
    assert!(keys.len() > 100, "the sources were not read: {}", keys.len());
    let missing: Vec<_> = keys.iter().filter(|key| !words.contains_key(*key)).collect();
    assert!(missing.is_empty(), "public/locales/sv.json lacks {}: {missing:#?}", missing.len());
    let strays: Vec<_> = words.keys().filter(|key| !keys.contains(*key)).collect();
    assert!(strays.is_empty(), "nobody says these of public/locales/sv.json: {strays:#?}");
}

#[test]
fn a_translation_has_the_names_and_the_edges_of_its_original() {
    let words: Catalogue = serde_json::from_str(SWEDISH).unwrap();
    for (english, swedish) in &words {
        assert_eq!(names(english), names(swedish), "{english}");
        assert!(!swedish.trim().is_empty(), "{english}");
        // Some stand beside a value or a link: the spaces there are part of them.
        let edges = |text: &str| (text.starts_with(' '), text.ends_with(' '));
        assert_eq!(edges(english), edges(swedish), "{english}");
    }
}

#[test]
fn a_key_is_read_however_it_is_written() {
    let source = r##"
        #[cfg(test)]
        mod tests;
        tr("plain") tr_with(
            "two {n} \
             lines", &[("n", &n)]) // tr("in a comment")
        format::count(list.len(), "one", "many") names.iter().count() xtr("no") tr(word)
        tr("say \"so\" \u{2013} \\ {x}") '"' tr("after a quote") r#"tr("raw")"#
        #[cfg(test)]
        mod tests { tr("only tested") }
    "##;
    let found: Vec<String> = keys_of(source).into_iter().collect();
    let expected =
        ["after a quote", "many", "one", "plain", "say \"so\" – \\ {x}", "two {n} lines"];
    assert_eq!(found, expected);
}

/// The names in braces, each once.
fn names(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect()
}

fn keys() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut keys = BTreeSet::new();
    for_each_source(&root.join("src"), &mut |source| keys.extend(keys_of(source)));
    for_each_source(&root.join("crates/openstack/src"), &mut |source| {
        keys.extend(operations_of(source));
    });
    keys
}

fn for_each_source(folder: &Path, read: &mut impl FnMut(&str)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            for_each_source(&path, read);
        } else if name.ends_with(".rs") && !name.ends_with("tests.rs") {
            read(&fs::read_to_string(&path).unwrap());
        }
    }
}

fn keys_of(source: &str) -> BTreeSet<String> {
    let literals = literals(source);
    let mut keys = BTreeSet::new();
    for (at, literal) in literals.iter().enumerate() {
        let is_call = ["tr(", "tr_with("].iter().any(|call| {
            literal.before.strip_suffix(call).is_some_and(|rest| !rest.ends_with(word_letter))
        });
        // `count(number, "one", "many")`: the second word follows the first one's comma and ends the call.
        let call = literal.before.strip_suffix(',').and_then(|call| call.rsplit_once("count("));
        let is_count = call.is_some_and(|(_, number)| !number.contains(';'));
        if is_call {
            keys.insert(literal.text.clone());
        } else if is_count
            && let [many, after, ..] = literals.get(at + 1..).unwrap_or_default()
            && many.before == ","
            && after.before.trim_start_matches(',').trim_start().starts_with(')')
        {
            keys.extend([literal.text.clone(), many.text.clone()]);
        }
    }
    keys
}

/// What the client was doing, as it names it in its errors; and what it did not understand in a file.
fn operations_of(source: &str) -> BTreeSet<String> {
    let starts =
        ["act(client,", "tag_call(client,", "OPERATION:&str=", "self.expect(", "odd(", "what:"];
    let squeezed = |code: &str| code.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    literals(source)
        .windows(2)
        .filter(|pair| {
            let (before, after) = (squeezed(&pair[0].before), squeezed(&pair[1].before));
            starts.iter().any(|start| before.ends_with(start)) || after.starts_with(",Service::")
        })
        .map(|pair| pair[0].text.clone())
        .collect()
}

struct Literal {
    text: String,
    /// The code between the literal before it and this one.
    before: String,
}

fn word_letter(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Where the tests begin that stand in a source themselves, not in a file of their own.
fn tests_from(source: &str) -> usize {
    let mut marks = source.match_indices("#[cfg(test)]");
    let here = |(at, _): &(usize, &str)| {
        source[*at..].find(['{', ';']).is_some_and(|end| source[*at + end..].starts_with('{'))
    };
    marks.find(here).map_or(source.len(), |(at, _)| at)
}

/// The string literals of the code that is not for tests; and an empty one, for the code after the last.
fn literals(source: &str) -> Vec<Literal> {
    let source = source.split_at(tests_from(source)).0;
    let mut found = Vec::new();
    let mut before = String::new();
    let mut rest = source;
    while let Some(letter) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if let Some(raw) = rest.strip_prefix("r#\"") {
            rest = &raw[raw.find("\"#").unwrap() + 2..];
        } else if let Some(after) = rest.strip_prefix("'\"'") {
            rest = after;
        } else if let Some(inside) = rest.strip_prefix('"') {
            let (text, length) = unquoted(inside);
            found.push(Literal { text, before: before.trim().to_owned() });
            before.clear();
            rest = &inside[length..];
        } else {
            before.push(letter);
            rest = &rest[letter.len_utf8()..];
        }
    }
    found.push(Literal { text: String::new(), before: before.trim().to_owned() });
    found
}

/// What a literal says, and how long it is in the source with its closing quote.
fn unquoted(inside: &str) -> (String, usize) {
    let mut text = String::new();
    let mut letters = inside.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (text, at + 1),
            '\\' => match letters.next().map(|(_, letter)| letter) {
                Some('n') => text.push('\n'),
                Some('u') => {
                    let code: String = letters
                        .by_ref()
                        .map(|(_, letter)| letter)
                        .take_while(|letter| *letter != '}')
                        .filter(|letter| *letter != '{')
                        .collect();
                    text.extend(char::from_u32(u32::from_str_radix(&code, 16).unwrap()));
                }
                Some('\n') => {
                    while letters.next_if(|(_, letter)| letter.is_whitespace()).is_some() {}
                }
                Some(letter) => text.push(letter),
                None => break,
            },
            letter => text.push(letter),
        }
    }
    panic!("a literal without an end: {inside}")
}
