//! What may stand in the fields that are only text. Pure; the rules are Nova's own (nova/api/validation/parameter_types.py).

use crate::text::{tr, tr_with};

/// Nova's limit for names, descriptions, and keys and values of metadata.
const LONGEST: usize = 255;
const LONGEST_TAG: usize = 60;
const MOST_TAGS: usize = 50;

/// What is wrong with the name of `count` instances.
pub fn name_problem(name: &str, count: u32) -> Option<String> {
    let name = name.trim();
    // Several get "-1", "-2", … behind it.
    let ending = if count > 1 { 1 + count.to_string().len() } else { 0 };
    if name.is_empty() {
        Some(tr("Give the instance a name.").to_owned())
    } else if name.chars().count() + ending > LONGEST {
        Some(tr_with(
            "{most} characters at most; these are {count}.",
            &[("most", &(LONGEST - ending)), ("count", &name.chars().count())],
        ))
    } else if name.chars().any(char::is_control) {
        Some(tr("The name has a character in it that cannot be printed.").to_owned())
    } else {
        None
    }
}

/// What is wrong with a host name that was given for `count` instances. `dots` when this cloud takes a full domain name (2.94).
pub fn host_name_problem(name: &str, count: u32, dots: bool) -> Option<String> {
    let name = name.trim();
    if name.is_empty() {
        return None;
    }
    let longest = if dots { LONGEST } else { 63 };
    let good =
        |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || (dots && letter == '.');
    let edge = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphanumeric());
    let length = name.chars().count();
    if count > 1 {
        Some(
            tr("Several instances cannot have one host name. Leave it empty: each gets its own.")
                .to_owned(),
        )
    } else if name.contains('.') && !dots {
        Some(tr("This cloud takes no dots in it. Give the first part alone.").to_owned())
    } else if !name.chars().all(good) {
        Some(tr("Letters a to z, digits and dashes only.").to_owned())
    } else if !edge(name.chars().next()) || !edge(name.chars().last()) {
        Some(tr("It begins and ends with a letter or a digit.").to_owned())
    } else if length < 2 || length > longest {
        Some(tr_with("It has 2 to {most} characters.", &[("most", &longest)]))
    } else {
        None
    }
}

/// What is wrong with a description.
pub fn description_problem(text: &str) -> Option<String> {
    let count = text.trim().chars().count();
    if count > LONGEST {
        Some(tr_with(
            "{most} characters at most; these are {count}.",
            &[("most", &LONGEST), ("count", &count)],
        ))
    } else if text.trim().chars().any(char::is_control) {
        Some(tr("There is a character in it that cannot be printed.").to_owned())
    } else {
        None
    }
}

/// What is wrong with the tags.
pub fn tags_problem(tags: &[String]) -> Option<String> {
    if tags.len() > MOST_TAGS {
        return Some(tr_with(
            "{most} tags at most; these are {count}.",
            &[("most", &MOST_TAGS), ("count", &tags.len())],
        ));
    }
    tags.iter().find_map(|tag| {
        if tag.contains('/') {
            Some(tr_with("There may be no slash in a tag: {tag}.", &[("tag", tag)]))
        } else if tag.chars().count() > LONGEST_TAG {
            Some(tr_with("{tag} is longer than 60 characters.", &[("tag", tag)]))
        } else {
            None
        }
    })
}

/// What is wrong with the metadata, of which the quota allows so much.
pub fn metadata_problem(rows: &[(String, String)], most: Option<u64>) -> Option<String> {
    let filled: Vec<&(String, String)> =
        rows.iter().filter(|(key, value)| !key.is_empty() || !value.is_empty()).collect();
    if let Some(most) = most.filter(|most| filled.len() as u64 > *most) {
        return Some(tr_with(
            "Your quota allows {most} of them; these are {count}.",
            &[("most", &most), ("count", &filled.len())],
        ));
    }
    filled.iter().enumerate().find_map(|(at, (key, value))| {
        // What a link can tell apart from the value, and Nova takes.
        let good = |letter: char| letter.is_ascii_alphanumeric() || "-_:. ".contains(letter);
        if key.is_empty() {
            Some(tr_with("{value} has no name.", &[("value", value)]))
        } else if !key.chars().all(good) {
            Some(tr_with(
                "A name has letters a to z, digits, spaces and - _ : . only, unlike {key}.",
                &[("key", key)],
            ))
        } else if key.chars().count() > LONGEST || value.chars().count() > LONGEST {
            Some(tr_with("{key} is longer than 255 characters.", &[("key", key)]))
        } else if filled.iter().take(at).any(|(other, _)| other == key) {
            Some(tr_with("{key} is there twice.", &[("key", key)]))
        } else {
            None
        }
    })
}

/// What is wrong with a password.
pub fn password_problem(password: &str) -> Option<String> {
    if password.chars().any(char::is_control) {
        Some(tr("There is a character in it that cannot be printed.").to_owned())
    } else if !password.is_empty() && password.trim() != password {
        Some(tr("It begins or ends with a space, which no login screen shows.").to_owned())
    } else {
        None
    }
}

/// What is wrong with the name of a new key pair, beside those that the user has.
pub fn key_name_problem(name: &str, known: &[String]) -> Option<String> {
    let name = name.trim();
    // Since 2.92 Nova takes @ and dots as well; an older one says so itself.
    let good = |letter: char| letter.is_ascii_alphanumeric() || " @._-".contains(letter);
    if name.is_empty() {
        Some(tr("Give the key pair a name.").to_owned())
    } else if name.chars().count() > LONGEST {
        Some(tr_with(
            "{most} characters at most; these are {count}.",
            &[("most", &LONGEST), ("count", &name.chars().count())],
        ))
    } else if !name.chars().all(good) {
        Some(tr("Letters a to z, digits, spaces and @ . _ - only.").to_owned())
    } else if known.iter().any(|other| other == name) {
        Some(tr("You have a key pair of this name. Choose another name.").to_owned())
    } else {
        None
    }
}

/// A name to begin with, from the image's: what a host name may have, at most 63 characters.
pub fn suggested_name(image: &str) -> String {
    let mut name = String::new();
    for letter in image.chars() {
        match letter {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' => name.push(letter),
            _ if name.ends_with('-') => {}
            _ => name.push('-'),
        }
    }
    let name: String = name.trim_matches(['-', '.']).chars().take(63).collect();
    name.trim_end_matches(['-', '.']).to_owned()
}

/// The host name that Nova makes of a name (nova/utils.py `sanitize_hostname`), when it differs from the name.
pub fn host_name(name: &str) -> Option<String> {
    let name = name.trim();
    let replaced: String = name
        .chars()
        .map(|letter| if matches!(letter, ' ' | '_') { '-' } else { letter })
        .filter(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.'))
        .collect::<String>()
        .to_ascii_lowercase();
    let host: String =
        replaced.trim_matches(['-', '.']).replace('.', "-").chars().take(63).collect();
    (!host.is_empty() && host != name).then_some(host)
}

/// What several instances will be called (nova's `multi_instance_display_name_template`): "web-1 and web-2".
pub fn names_of_several(name: &str, count: u32) -> String {
    let nth = |at: u32| format!("{}-{at}", name.trim());
    match count {
        0 | 1 => name.trim().to_owned(),
        2 => tr_with("{first} and {last}", &[("first", &nth(1)), ("last", &nth(2))]),
        3 => tr_with(
            "{first}, {second} and {last}",
            &[("first", &nth(1)), ("second", &nth(2)), ("last", &nth(3))],
        ),
        _ => tr_with(
            "{first}, {second} … {last}",
            &[("first", &nth(1)), ("second", &nth(2)), ("last", &nth(count))],
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(found: Option<String>, part: &str) {
        match found {
            None => assert_eq!(part, "", "nothing was found"),
            Some(words) => assert!(!part.is_empty() && words.contains(part), "{words}"),
        }
    }

    #[test]
    fn names() {
        says(name_problem("web-1", 1), "");
        says(name_problem("  ", 1), "Give the instance a name");
        says(name_problem(&"å".repeat(255), 1), "");
        says(name_problem(&"å".repeat(256), 1), "255 characters at most; these are 256");
        says(name_problem(&"a".repeat(253), 2), "");
        says(name_problem(&"a".repeat(253), 10), "252 characters at most");
        says(name_problem("a\u{7}b", 1), "cannot be printed");
    }

    #[test]
    fn host_names() {
        says(host_name_problem("", 3, false), "");
        says(host_name_problem("web-1", 1, false), "");
        says(host_name_problem("web", 2, false), "Several instances");
        says(host_name_problem("web.example.org", 1, false), "no dots");
        says(host_name_problem("web.example.org", 1, true), "");
        says(host_name_problem("web_1", 1, true), "Letters a to z");
        says(host_name_problem("-web", 1, true), "begins and ends");
        says(host_name_problem("web.", 1, true), "begins and ends");
        says(host_name_problem("w", 1, false), "2 to 63");
        says(host_name_problem(&"w".repeat(64), 1, false), "2 to 63");
        says(host_name_problem(&"w".repeat(64), 1, true), "");
    }

    #[test]
    fn descriptions_and_tags() {
        says(description_problem(&"a".repeat(255)), "");
        says(description_problem(&"a".repeat(256)), "255 characters at most");
        says(description_problem("a\u{0}b"), "cannot be printed");
        let tags = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
        says(tags_problem(&tags("web,blue green")), "");
        says(tags_problem(&tags("web,a/b")), "a/b");
        says(tags_problem(&["x".repeat(61)]), "longer than 60");
        says(tags_problem(&vec!["x".to_owned(); 51]), "50 tags at most");
    }

    #[test]
    fn metadata() {
        let rows = |rows: &[(&str, &str)]| {
            rows.iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect::<Vec<_>>()
        };
        says(metadata_problem(&rows(&[("role", "web"), ("", "")]), Some(1)), "");
        says(metadata_problem(&rows(&[("a", "1"), ("b", "2")]), Some(1)), "Your quota allows 1");
        says(metadata_problem(&rows(&[("", "web")]), None), "web has no name");
        says(metadata_problem(&rows(&[("a=b", "web")]), None), "unlike a=b");
        says(metadata_problem(&rows(&[("a", &"x".repeat(256))]), None), "longer than 255");
        says(metadata_problem(&rows(&[("a", "1"), ("a", "2")]), None), "a is there twice");
    }

    #[test]
    fn passwords_and_names_of_keys() {
        says(password_problem(""), "");
        says(password_problem("s3cret pass"), "");
        says(password_problem(" s3cret"), "space");
        says(password_problem("a\tb"), "cannot be printed");
        let known = ["lena".to_owned()];
        says(key_name_problem("lena 2026", &known), "");
        says(key_name_problem("lena ", &known), "You have a key pair");
        says(key_name_problem("", &known), "Give the key pair a name");
        says(key_name_problem("lena/2", &known), "Letters a to z");
    }

    #[test]
    fn names_suit_hosts() {
        assert_eq!(suggested_name("erp golden (2026-10)"), "erp-golden-2026-10");
        assert_eq!(suggested_name("Windows Server 2022"), "Windows-Server-2022");
        assert_eq!(suggested_name("åäö"), "");
        assert_eq!(suggested_name(&"a".repeat(80)).len(), 63);
        assert_eq!(host_name("web-1"), None);
        assert_eq!(host_name("Web_1.example"), Some("web-1-example".to_owned()));
        assert_eq!(host_name("åäö"), None);
    }

    #[test]
    fn several_are_numbered() {
        assert_eq!(names_of_several(" web ", 1), "web");
        assert_eq!(names_of_several("web", 2), "web-1 and web-2");
        assert_eq!(names_of_several("web", 3), "web-1, web-2 and web-3");
        assert_eq!(names_of_several("web", 12), "web-1, web-2 … web-12");
    }
}
