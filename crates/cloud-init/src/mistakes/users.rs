//! Users, keys and passwords.

use std::rc::Rc;

use crate::finding::Finding;
use crate::problem::Problem;
use crate::yaml::{Node, Value};

/// What lets a user in.
const WAYS_IN: [&str; 9] = [
    "ssh_authorized_keys",
    "ssh-authorized-keys",
    "ssh_import_id",
    "ssh-import-id",
    "ssh_redirect_user",
    "ssh-redirect-user",
    "passwd",
    "plain_text_passwd",
    "hashed_passwd",
];

/// Users of the image, which need nothing here.
const SYSTEM: [&str; 2] = ["default", "root"];

pub(super) fn check(root: &Rc<Node>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(users) = root.get("users") {
        findings.extend(no_default(root, users));
        for (at, user) in users.list().iter().enumerate() {
            findings.extend(
                one(user).into_iter().map(|finding| finding.at_path(format!("users.{at}"))),
            );
            findings.extend(keys(user, &format!("users.{at}.")));
        }
    }
    findings.extend(keys(root, ""));
    findings
}

/// Nothing but users of one's own, and none of them the image's.
fn no_default(root: &Rc<Node>, users: &Rc<Node>) -> Option<Finding> {
    let named = |user: &Rc<Node>| {
        user.text() == Some("default")
            || user.get("name").and_then(|name| name.text()) == Some("default")
    };
    // `users: []` is how one says that no user is wanted at all.
    let own = users.list().iter().any(|user| matches!(user.value, Value::Map(_) | Value::Text));
    let place = root.key("users").map_or(users.place, |key| key.place);
    (own && !users.list().iter().any(named))
        .then(|| Finding::warning(place, Problem::NoDefaultUser).at_path("users"))
}

fn one(user: &Rc<Node>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let name = user.get("name").and_then(|name| name.text()).unwrap_or_default();
    if !matches!(user.value, Value::Map(_))
        || SYSTEM.contains(&name)
        || user.get("snapuser").is_some()
    {
        return findings;
    }
    let place = user.key("name").map_or(user.place, |key| key.place);
    let yes = |keys: [&str; 2]| {
        keys.iter()
            .find_map(|key| user.get(key))
            .map(|node| !matches!(node.value, Value::Bool(false)))
    };
    let password =
        ["plain_text_passwd", "passwd", "hashed_passwd", "hashed-passwd", "plain-text-passwd"]
            .into_iter()
            .find_map(|key| user.key(key));
    if let Some(key) = password
        && yes(["lock_passwd", "lock-passwd"]).unwrap_or(true)
    {
        findings.push(Finding::warning(key.place, Problem::LockedPassword(name.to_owned())));
    }
    let system = user.get("system").is_some_and(|node| matches!(node.value, Value::Bool(true)));
    if !system && !WAYS_IN.iter().any(|way| user.get(way).is_some()) {
        findings.push(Finding::note(place, Problem::NoWayIn(name.to_owned())));
    }
    for key in ["passwd", "hashed_passwd"] {
        if let Some(node) = user.get(key)
            && node.text().is_some_and(|text| !is_hash(text))
        {
            findings.push(Finding::warning(node.place, Problem::NotHashed));
        }
    }
    findings
}

/// `$6$…`, or what stands for no password at all.
fn is_hash(text: &str) -> bool {
    text.starts_with('$') && text.matches('$').count() >= 3 || matches!(text, "*" | "!" | "!!" | "")
}

/// `ssh_authorized_keys`, of a user or of the image's own.
fn keys(of: &Rc<Node>, path: &str) -> Vec<Finding> {
    let name = ["ssh_authorized_keys", "ssh-authorized-keys"]
        .into_iter()
        .find(|name| of.get(name).is_some());
    let Some((name, keys)) = name.and_then(|name| Some((name, of.get(name)?))) else {
        return Vec::new();
    };
    keys.list()
        .iter()
        .enumerate()
        .filter_map(|(at, key)| {
            let text = key.text()?;
            let problem = if text.contains("PRIVATE KEY") {
                Problem::PrivateKey
            } else if !is_public_key(text) {
                Problem::NotPublicKey
            } else {
                return None;
            };
            Some(Finding::warning(key.place, problem).at_path(format!("{path}{name}.{at}")))
        })
        .collect()
}

/// A kind of key, perhaps after options, and something in base64 after it.
fn is_public_key(text: &str) -> bool {
    let kind = |word: &&str| {
        ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-sha2-"]
            .iter()
            .any(|start| word.starts_with(start))
    };
    let mut words = text.split_whitespace().skip_while(|word| !kind(word)).skip(1);
    words.next().is_some_and(|data| data.len() >= 16 && data.starts_with("AAAA"))
}

/// Passwords that anyone can read who is on the instance.
pub(super) fn passwords(root: &Rc<Node>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut plain = |node: Option<&Rc<Node>>, path: String| {
        if let Some(node) = node
            && node.text().is_some_and(|text| {
                !text.is_empty() && !is_hash(text) && !matches!(text, "R" | "RANDOM")
            })
        {
            findings.push(Finding::warning(node.place, Problem::PlainPassword).at_path(path));
        }
    };
    plain(root.get("password"), "password".to_owned());
    let users = root.get("users").map(|users| users.list()).unwrap_or_default();
    for (at, user) in users.iter().enumerate() {
        plain(user.get("plain_text_passwd"), format!("users.{at}.plain_text_passwd"));
    }
    let Some(chpasswd) = root.get("chpasswd") else { return findings };
    let users = chpasswd.get("users").map(|users| users.list()).unwrap_or_default();
    for (at, user) in users.iter().enumerate() {
        if user.get("type").is_some_and(|kind| kind.text() == Some("text")) {
            plain(user.get("password"), format!("chpasswd.users.{at}.password"));
        }
    }
    let Some(list) = chpasswd.get("list") else { return findings };
    let of = |line: &str| {
        line.split_once(':').is_some_and(|(_, word)| {
            !is_hash(word.trim()) && !matches!(word.trim(), "R" | "RANDOM")
        })
    };
    for node in std::iter::once(list).chain(list.list()) {
        if node.text().is_some_and(|text| text.lines().any(of)) {
            findings.push(
                Finding::warning(node.place, Problem::PlainPassword).at_path("chpasswd.list"),
            );
        }
    }
    findings
}
