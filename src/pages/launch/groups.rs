//! Security groups in a sentence, and whether they let anybody log in. Pure.

use openstack::network::{Rule, SecurityGroup};

use crate::text::{tr, tr_with};

/// What a group lets pass: "In: TCP 22 from 192.0.2.0/24. Out: all."
pub fn summary(group: &SecurityGroup, all: &[SecurityGroup]) -> String {
    let nothing = || tr("nothing").to_owned();
    let incoming = joined(places(group, all, "ingress"), |whats, place| {
        tr_with("{whats} from {place}", &[("whats", &whats), ("place", &place)])
    });
    let outgoing = places(group, all, "egress");
    let unlimited = matches!(outgoing.as_slice(), [(place, whats)]
        if place == tr("anywhere") && whats.iter().any(|what| what == tr("all")));
    let outgoing = match unlimited {
        true => Some(tr("all").to_owned()),
        false => joined(outgoing, |whats, place| {
            tr_with("{whats} to {place}", &[("whats", &whats), ("place", &place)])
        }),
    };
    tr_with(
        "In: {incoming}. Out: {outgoing}.",
        &[
            ("incoming", &incoming.unwrap_or_else(nothing)),
            ("outgoing", &outgoing.unwrap_or_else(nothing)),
        ],
    )
}

/// Whether any of the rules lets this TCP port in, from wherever.
pub fn lets_in(group: &SecurityGroup, port: u16) -> bool {
    group.rules.iter().any(|rule| {
        let protocol = matches!(rule.protocol.as_deref(), None | Some("tcp" | "6" | "any"));
        let first = rule.port_range_min.unwrap_or(0);
        let last = rule.port_range_max.unwrap_or(i64::from(u16::MAX));
        // Members of a group reach it only from inside: that is no way in for a person.
        rule.direction == "ingress"
            && rule.remote_group_id.is_none()
            && protocol
            && (first..=last).contains(&i64::from(port))
    })
}

/// Rules of one direction, those from the same place together.
fn places(
    group: &SecurityGroup,
    all: &[SecurityGroup],
    direction: &str,
) -> Vec<(String, Vec<String>)> {
    let mut places: Vec<(String, Vec<String>)> = Vec::new();
    for rule in group.rules.iter().filter(|rule| rule.direction == direction) {
        let (place, what) = (place(rule, group, all), what(rule));
        match places.iter_mut().find(|(known, _)| *known == place) {
            Some((_, whats)) if whats.contains(&what) => {}
            Some((_, whats)) => whats.push(what),
            None => places.push((place, vec![what])),
        }
    }
    places
}

/// "TCP 80, 443 from anywhere; all from members of web"; `None` for no rules.
fn joined(
    places: Vec<(String, Vec<String>)>,
    say: impl Fn(String, String) -> String,
) -> Option<String> {
    let sentences: Vec<String> = places
        .into_iter()
        .map(|(place, whats)| {
            // What passes whatever it is makes the rest of the list idle.
            let idle = whats.iter().any(|what| what == tr("all"));
            say(if idle { tr("all").to_owned() } else { listed(&whats) }, place)
        })
        .collect();
    (!sentences.is_empty()).then(|| sentences.join("; "))
}

/// "TCP 80, 443": the protocol once.
fn listed(whats: &[String]) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut last: Option<&str> = None;
    for what in whats {
        let (protocol, ports) = what.split_once(' ').unwrap_or((what, ""));
        match (last == Some(protocol), ports) {
            (true, ports) if !ports.is_empty() => words.push(ports.to_owned()),
            _ => words.push(what.clone()),
        }
        last = Some(protocol);
    }
    words.join(", ")
}

fn place(rule: &Rule, group: &SecurityGroup, all: &[SecurityGroup]) -> String {
    match (&rule.remote_group_id, rule.remote_ip_prefix.as_deref()) {
        (Some(id), _) if *id == group.id => tr("members of this group").to_owned(),
        (Some(id), _) => match all.iter().find(|other| other.id == *id) {
            Some(other) => tr_with("members of {name}", &[("name", &other.name)]),
            None => tr("members of another group").to_owned(),
        },
        (None, None | Some("0.0.0.0/0" | "::/0")) => tr("anywhere").to_owned(),
        (None, Some(prefix)) => prefix.to_owned(),
    }
}

fn what(rule: &Rule) -> String {
    let protocol = match rule.protocol.as_deref() {
        None | Some("any") => return tr("all").to_owned(),
        Some("icmp" | "1" | "ipv6-icmp" | "icmpv6" | "58") => return "ICMP".to_owned(),
        Some("6") => "TCP".to_owned(),
        Some("17") => "UDP".to_owned(),
        Some(other) => other.to_uppercase(),
    };
    match (rule.port_range_min, rule.port_range_max) {
        (Some(first), Some(last)) if first == last => format!("{protocol} {first}"),
        (Some(1), Some(65535)) | (None, None) => protocol,
        (Some(first), Some(last)) => format!("{protocol} {first}–{last}"),
        (first, last) => format!("{protocol} {}", first.or(last).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn group(id: &str, rules: Value) -> SecurityGroup {
        serde_json::from_value(json!({"id": id, "name": id, "security_group_rules": rules}))
            .expect("a group")
    }

    fn check(rules: Value, expected: &str, ssh: bool) {
        let group = group("g", rules);
        let all = [group.clone(), self::group("web", json!([]))];
        assert_eq!(summary(&group, &all), expected);
        assert_eq!(lets_in(&group, 22), ssh, "{expected}");
    }

    #[test]
    fn a_group_in_a_sentence() {
        let out = || json!({"direction": "egress", "ethertype": "IPv4"});
        check(
            json!([out(), {"direction": "egress", "ethertype": "IPv6"}, {"direction": "ingress", "remote_group_id": "g"}]),
            "In: all from members of this group. Out: all.",
            false,
        );
        check(
            json!([out(), {"direction": "ingress", "protocol": "tcp", "port_range_min": 22, "port_range_max": 22,
                           "remote_ip_prefix": "192.0.2.0/24"}]),
            "In: TCP 22 from 192.0.2.0/24. Out: all.",
            true,
        );
        check(
            json!([
                {"direction": "ingress", "protocol": "tcp", "port_range_min": 80, "port_range_max": 80, "remote_ip_prefix": "0.0.0.0/0"},
                {"direction": "ingress", "protocol": "tcp", "port_range_min": 443, "port_range_max": 443},
                {"direction": "ingress", "protocol": "icmp"},
                {"direction": "ingress", "protocol": "udp", "port_range_min": 1, "port_range_max": 9, "remote_group_id": "web"},
            ]),
            "In: TCP 80, 443, ICMP from anywhere; UDP 1–9 from members of web. Out: nothing.",
            false,
        );
        check(
            json!([{"direction": "ingress", "protocol": "tcp", "port_range_min": 1, "port_range_max": 65535}]),
            "In: TCP from anywhere. Out: nothing.",
            true,
        );
    }

    #[test]
    fn members_of_a_group_are_no_way_in() {
        let inside = json!([{"direction": "ingress", "remote_group_id": "g"}]);
        assert!(!lets_in(&group("g", inside), 22));
        let anything = json!([{"direction": "ingress"}]);
        assert!(lets_in(&group("g", anything), 22));
    }
}
