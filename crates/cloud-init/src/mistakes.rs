//! Mistakes that the schema does not see, or says in words that do not help.

mod commands;
mod files;
mod letters;
mod users;

use std::rc::Rc;

use crate::finding::Finding;
use crate::format::Guest;
use crate::problem::Problem;
use crate::yaml::Node;

pub(crate) use letters::in_text;

/// What cloudbase-init does of a cloud-config (`userdataplugins/cloudconfigplugins/factory.py`).
const WINDOWS_KEYS: [&str; 9] = [
    "write_files",
    "set_timezone",
    "timezone",
    "set_hostname",
    "hostname",
    "ntp",
    "groups",
    "users",
    "runcmd",
];

/// Everything in a tree of keys.
pub(crate) fn in_tree(root: &Rc<Node>, guest: Guest) -> Vec<Finding> {
    let mut findings = Vec::new();
    if guest == Guest::Windows {
        findings.extend(
            root.pairs()
                .iter()
                .filter(|(key, _)| !WINDOWS_KEYS.contains(&key.written.as_str()))
                .map(|(key, _)| {
                    Finding::warning(key.place, Problem::IgnoredByWindows(key.written.clone()))
                        .at_path(key.written.clone())
                }),
        );
    } else {
        findings.extend(users::check(root));
    }
    findings.extend(users::passwords(root));
    findings.extend(files::check(root));
    findings.extend(commands::check(root));
    findings
}
