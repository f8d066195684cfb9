//! `runcmd` and `bootcmd`: each entry is a line for the shell, or a list of a program and its arguments, in which no shell
//! reads anything (`util.py`, `shellify`: it quotes each).

use std::rc::Rc;

use crate::finding::Finding;
use crate::problem::Problem;
use crate::yaml::{Node, Style, Value};

/// What means something to a shell only.
const SHELL: [&str; 13] =
    ["|", "||", "&&", ">", ">>", "<", ";", "2>&1", "2>", "&", "&>", "<<", "2>>"];

pub(super) fn check(root: &Rc<Node>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in ["runcmd", "bootcmd"] {
        let commands = root.get(name).map(|commands| commands.list()).unwrap_or_default();
        for (at, command) in commands.iter().enumerate() {
            let path = format!("{name}.{at}");
            match &command.value {
                Value::Map(pairs) => {
                    let place = pairs.first().map_or(command.place, |(key, _)| key.place);
                    findings.push(Finding::error(place, Problem::CommandColon).at_path(path));
                }
                Value::List(words) => {
                    let shell = words
                        .iter()
                        .find(|word| word.text().is_some_and(|word| SHELL.contains(&word)));
                    // `[sh, -c, "a > b"]` has it within one word.
                    if let Some(word) = shell {
                        let finding = Finding::warning(
                            word.place,
                            Problem::ShellInList(word.written.clone()),
                        );
                        findings.push(finding.at_path(path));
                    }
                }
                // `- "echo a: b` without quotes ends up above; what is not text is the schema's.
                Value::Text if command.style == Style::Plain => {}
                _ => {}
            }
        }
    }
    findings
}
