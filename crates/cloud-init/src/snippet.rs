//! Ready pieces of a `#cloud-config`, and how one is put into a text that is there already.

use std::rc::Rc;

use crate::format::{Format, Guest, format};
use crate::yaml::{self, Node, Value};

/// A piece: its keys and, below each, lines as they stand in a list or mapping of two spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// Keys of the left margin with their entries, each of which begins at the left margin itself: `("packages", "- nginx")`,
    /// or with their value when it is a single one: `("package_update", "true")`.
    pub entries: Vec<(&'static str, String)>,
}

/// The text with the piece in it: below the keys that are there already, the other keys at the end; with `#cloud-config`
/// before it when there is nothing yet. `None` when the text is something else (a script, a message), or cannot be read, or
/// says something else at one of the keys: nothing that was written is ever changed.
pub fn add(text: &str, snippet: &Snippet) -> Option<String> {
    if text.trim().is_empty() {
        return Some(format!("#cloud-config\n{}", block(&snippet.entries)));
    }
    if format(text.as_bytes(), Guest::Unknown) != Format::CloudConfig {
        return None;
    }
    let loaded = yaml::load(text);
    if loaded.refused.is_some() {
        return None;
    }
    let root = loaded.root.filter(|root| !matches!(root.value, Value::Null));
    let mut lines: Vec<String> = text.trim_end().split('\n').map(str::to_owned).collect();
    let mut new = Vec::new();
    // From the last place to the first, so that the earlier ones stay where they are.
    let mut places = Vec::new();
    for (key, content) in &snippet.entries {
        let Some(there) = root.as_ref().and_then(|root| root.get(key)) else {
            new.push((*key, content.clone()));
            continue;
        };
        match (&there.value, content.starts_with("- ")) {
            (Value::List(_), true) => places.push((there, content)),
            // The same is said already.
            (_, false) if there.written == *content => {}
            _ => return None,
        }
    }
    places.sort_by_key(|(there, _)| std::cmp::Reverse(there.place.line));
    for (there, content) in places {
        let (after, indent) = end_of_block(&lines, there)?;
        let added = content.lines().map(|line| format!("{indent}{line}"));
        lines.splice(after..after, added);
    }
    let mut out = lines.join("\n");
    out.push('\n');
    if !new.is_empty() {
        out.push_str(&block(&new));
    }
    // Only what can still be read, with all that was there.
    yaml::load(&out).refused.is_none().then_some(out)
}

/// Where a block list ends (the number of lines before), and how its entries are indented. `None` for `[a, b]`.
fn end_of_block(lines: &[String], list: &Rc<Node>) -> Option<(usize, String)> {
    let first = list.list().first()?;
    let line = lines.get(first.place.line.checked_sub(1)?)?;
    let indent: String = line.chars().take_while(|letter| *letter == ' ').collect();
    if !line.trim_start().starts_with('-') {
        return None;
    }
    let belongs = |line: &String| {
        let depth = line.len() - line.trim_start().len();
        line.trim().is_empty()
            || depth > indent.len()
            || depth == indent.len() && (line.trim_start().starts_with("- ") || line.trim() == "-")
    };
    let begin = first.place.line;
    let all = lines.get(begin..)?.iter().take_while(|line| belongs(line)).count();
    let mut end = begin + all;
    while end > begin && lines.get(end - 1).is_some_and(|line| line.trim().is_empty()) {
        end -= 1;
    }
    Some((end, indent))
}

fn block(entries: &[(&'static str, String)]) -> String {
    let mut out = String::new();
    for (key, content) in entries {
        if content.starts_with("- ") {
            out.push_str(key);
            out.push_str(":\n");
            for line in content.lines() {
                out.push_str("  ");
                out.push_str(line);
                out.push('\n');
            }
        } else {
            out.push_str(&format!("{key}: {content}\n"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packages() -> Snippet {
        Snippet {
            entries: vec![("package_update", "true".into()), ("packages", "- nginx\n- git".into())],
        }
    }

    #[test]
    fn is_put_where_it_belongs() {
        let check = |text: &str, expected: Option<&str>| {
            let found = add(text, &packages());
            assert_eq!(found.as_deref(), expected, "{text}");
            if let Some(found) = found {
                let report = crate::check(found.as_bytes(), Guest::Linux);
                assert_eq!(report.findings, [], "{found}");
            }
        };
        let fresh = "#cloud-config\npackage_update: true\npackages:\n  - nginx\n  - git\n";
        check("", Some(fresh));
        check(" \n", Some(fresh));
        check("#cloud-config\n", Some(fresh));
        check(
            "#cloud-config\npackages:\n- curl\n\n# then\nruncmd:\n  - ls\n",
            Some(
                "#cloud-config\npackages:\n- curl\n- nginx\n- git\n\n# then\nruncmd:\n  - ls\npackage_update: true\n",
            ),
        );
        check(
            "#cloud-config\npackage_update: true\npackages:\n    - curl\n    - [jq, '1.6']",
            Some(
                "#cloud-config\npackage_update: true\npackages:\n    - curl\n    - [jq, '1.6']\n    - nginx\n    - git\n",
            ),
        );
        // Nothing that was written is changed.
        check("#cloud-config\npackages: [curl]\n", None);
        check("#cloud-config\npackage_update: false\n", None);
        check("#cloud-config\npackages: {\n", None);
        check("#!/bin/sh\n", None);
    }
}
