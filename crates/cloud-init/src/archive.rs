//! `#cloud-config-archive`: a list of parts in YAML (`user_data.py`, `_explode_archive`).

use std::rc::Rc;

use crate::check::{self, Around, yaml_findings};
use crate::finding::Finding;
use crate::format::Guest;
use crate::mime;
use crate::problem::Problem;
use crate::yaml::{Node, Style, load};

/// What is wrong with the list and with what is in it.
pub(crate) fn check(text: &str, guest: Guest, depth: usize) -> Vec<Finding> {
    let loaded = load(text);
    let mut findings = yaml_findings(&loaded);
    let Some(root) = loaded.root else { return findings };
    if !matches!(root.value, crate::yaml::Value::List(_)) {
        findings.push(Finding::error(root.place, Problem::ArchiveNotList));
        return findings;
    }
    for entry in root.list() {
        match (entry.text(), entry.get("content")) {
            (Some(_), _) => findings.extend(part(entry, None, guest, depth)),
            (None, Some(content)) => {
                let named = entry.get("type");
                let kind = named.and_then(|kind| kind.text());
                if let (Some(node), Some(kind)) = (named, kind.filter(|kind| !mime::is_known(kind)))
                {
                    let problem = Problem::UnknownPart(kind.to_owned());
                    findings.push(Finding::warning(node.place, problem));
                }
                findings.extend(part(content, kind, guest, depth));
            }
            (None, None) => findings.push(Finding::error(entry.place, Problem::ArchiveEntry)),
        }
    }
    findings
}

fn part(content: &Rc<Node>, kind: Option<&str>, guest: Guest, depth: usize) -> Vec<Finding> {
    let Some(written) = content.text() else { return Vec::new() };
    // Lines of a block keep their places; those of anything else are only known to be here.
    let around = match content.style {
        Style::Literal => {
            Around::Block { line: content.place.line, indent: content.place.column - 1 }
        }
        _ => Around::Point(content.place),
    };
    check::part(written, kind.unwrap_or("text/cloud-config"), kind.is_none(), around, guest, depth)
}
