//! `write_files`.

use std::rc::Rc;

use crate::base64;
use crate::finding::Finding;
use crate::problem::Problem;
use crate::yaml::{Node, Style, Value};

pub(super) fn check(root: &Rc<Node>) -> Vec<Finding> {
    let files = root.get("write_files").map(|files| files.list()).unwrap_or_default();
    files.iter().enumerate().flat_map(|(at, file)| one(at, file)).collect()
}

fn one(at: usize, file: &Rc<Node>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(permissions) = file.get("permissions") {
        findings.extend(
            wrong_permissions(permissions)
                .map(|finding| finding.at_path(format!("write_files.{at}.permissions"))),
        );
    }
    let encoding = file.get("encoding").and_then(|encoding| encoding.text()).unwrap_or_default();
    if matches!(encoding, "b64" | "base64" | "gz+b64" | "gzip+b64" | "gz+base64" | "gzip+base64")
        && let Some(content) = file.get("content")
        && content.text().is_some_and(|text| base64::decode(text).is_none())
    {
        let finding = Finding::warning(content.place, Problem::ContentEncoding);
        findings.push(finding.at_path(format!("write_files.{at}.content")));
    }
    findings
}

fn wrong_permissions(node: &Rc<Node>) -> Option<Finding> {
    match node.value {
        Value::Int(number) => {
            let finding =
                Finding::error(node.place, Problem::Permissions(node.written.clone(), number));
            Some(if node.style == Style::Plain {
                finding.with_fix(node.place, format!("'{}'", quoted(&node.written)))
            } else {
                finding
            })
        }
        Value::Text => {
            let digits = node.written.strip_prefix("0o").unwrap_or(&node.written);
            let octal = (3..=5).contains(&digits.len())
                && digits.bytes().all(|digit| matches!(digit, b'0'..=b'7'));
            (!octal).then(|| Finding::warning(node.place, Problem::PermissionsForm))
        }
        _ => None,
    }
}

/// `644` means `0644`.
fn quoted(written: &str) -> String {
    if written.starts_with('0') { written.to_owned() } else { format!("0{written}") }
}
